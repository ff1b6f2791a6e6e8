//! The documents of a dispute: what is attached to it, each with the file that it is. A file is read by its own id.

use std::collections::HashSet;

use crate::{
    case::{DocumentRef, Side},
    http::Response,
    provider::{
        Found,
        json::{self, Kind, kind},
        object::{Object, parse},
    },
    text::Raw,
};

/// Reads the attachments of the dispute with that id. Those of something else are counted and left out.
pub fn papers(answer: &Response, dispute: &Raw) -> Result<Found, String> {
    let parsed = parse(answer)?;
    let attachments = parsed.objects()?;
    let (mut documents, mut unread, mut others) = (Vec::new(), Vec::new(), 0usize);
    let (mut files, count) = (HashSet::new(), attachments.len());
    for attachment in attachments {
        let related = attachment.text("relatedId");
        if !related.is_empty() && related != *dispute {
            others += 1;
            continue;
        }
        let document = document(&attachment);
        if document.id.is_empty() || files.insert(document.id.clone()) {
            documents.push(document);
        }
        unread.extend(attachment.unread());
    }
    unread.truncate(MOST_UNREAD);
    if others > 0 {
        unread.push(format!("documents: {others} of something else came with them, and are left out").into());
    }
    if let Some(total) = super::ask::total(answer).filter(|total| *total > count) {
        unread.push(format!("documents: only {count} of {total} came").into());
    }
    Ok(Found::Papers { documents, unread })
}

/// How much is said of what could not be understood in all attachments together.
const MOST_UNREAD: usize = 100;

fn document(attachment: &Object<'_>) -> DocumentRef {
    let (id, file) = (attachment.text("fileId"), file(attachment));
    let of_file = |name: &str| file.as_ref().map_or_else(Raw::default, |file| file.text(name));
    let names = [attachment.text("name"), of_file("name"), id.clone()];
    DocumentRef {
        name: names.into_iter().find(|name| !name.exact().trim().is_empty()).unwrap_or_default(),
        id,
        claimed: of_file("mime"),
        side: Side::Merchant,
        by: Raw::default(),
        at: attachment.moment("createdTime"),
    }
}

/// What `expand=file` put into the attachment: an object that has it, or a list of such.
fn file<'a>(attachment: &Object<'a>) -> Option<Object<'a>> {
    const EMBEDDED: &str = "_embedded";
    match kind(attachment.piece(EMBEDDED)?) {
        Kind::Array => {
            let embedded = json::elements(attachment.piece(EMBEDDED)?).into_iter().map(Object::of);
            embedded.filter(|one| one.has("file")).find_map(|one| one.object("file"))
        }
        _ => attachment.object(EMBEDDED)?.object("file"),
    }
}
