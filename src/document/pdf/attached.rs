//! The files within a PDF: what its catalog's tree of embedded files names (ISO 32000-2, 7.11.4), which is also where
//! a portfolio keeps its documents.

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Stream, String as Bytes},
};

use super::text_string;
use crate::{
    case::Paper,
    document::pages::{Limits, Member, Why},
};

/// Levels of the tree that are followed; one branch of 32 has room for more than there may be.
const DEPTH: usize = 16;

pub fn members(pdf: &Pdf) -> Vec<Member> {
    attached(pdf).iter().map(member_of).collect()
}

pub fn member(pdf: &Pdf, at: usize) -> Result<Paper, Why> {
    let files = attached(pdf);
    let file = files.get(at).ok_or_else(|| Why::Missing(format!("file {}", at.saturating_add(1))))?;
    let Some(stream) = &file.stream else { return Err(Why::Missing("its bytes".into())) };
    let bytes = stream.decoded().map_err(|_| Why::Damaged("its packed bytes".into()))?.into_owned();
    if bytes.len() as u64 > Limits::MEMBER {
        return Err(Why::Limit(format!("{} MB", Limits::MEMBER / 1024 / 1024)));
    }
    let claimed = stream.dict().get::<hayro::hayro_syntax::object::Name<'_>>("Subtype");
    let claimed = claimed.map(|name| name.as_str().to_owned()).unwrap_or_default();
    Ok(Paper { name: file.name.as_str().into(), claimed: claimed.as_str().into(), bytes })
}

struct Attached<'a> {
    name: String,
    stream: Option<Stream<'a>>,
}

fn member_of(file: &Attached<'_>) -> Member {
    let stream = file.stream.as_ref();
    let said = stream.and_then(|stream| stream.dict().get::<Dict<'_>>("Params")?.get::<u32>("Size"));
    let packed = stream.map(|stream| stream.raw_data().len() as u64).unwrap_or_default();
    Member {
        name: file.name.clone(),
        size: said.map_or(packed, u64::from),
        closed: stream.is_none().then(|| "its bytes are not in the document".into()),
    }
}

fn attached(pdf: &Pdf) -> Vec<Attached<'_>> {
    let xref = pdf.xref();
    let catalog = xref.get::<Dict<'_>>(xref.root_id());
    let tree = catalog.and_then(|catalog| catalog.get::<Dict<'_>>("Names")?.get::<Dict<'_>>("EmbeddedFiles"));
    let mut found = Vec::new();
    if let Some(tree) = tree {
        walk(&tree, DEPTH, &mut Limits::MEMBERS.clone(), &mut found);
    }
    found
}

/// Visits so many nodes at most, since a tree may hold itself.
fn walk<'a>(node: &Dict<'a>, depth: usize, left: &mut usize, found: &mut Vec<Attached<'a>>) {
    if let Some(names) = node.get::<Array<'_>>("Names") {
        let mut pairs = names.flex_iter();
        while let Some((name, file)) = pairs.next::<(Bytes<'_>, Dict<'_>)>() {
            if found.len() >= Limits::MEMBERS {
                return;
            }
            found.push(file_of(&name, &file));
        }
    }
    let Some(kids) = node.get::<Array<'_>>("Kids").filter(|_| depth > 0) else { return };
    for kid in kids.iter::<Dict<'_>>() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        walk(&kid, depth - 1, left, found);
    }
}

fn file_of<'a>(key: &Bytes<'_>, file: &Dict<'a>) -> Attached<'a> {
    let named = file.get::<Bytes<'_>>("UF").or_else(|| file.get::<Bytes<'_>>("F"));
    let name = text_string(named.as_deref().unwrap_or(key));
    let held = file.get::<Dict<'_>>("EF");
    let stream = held.and_then(|held| held.get::<Stream<'_>>("F").or_else(|| held.get::<Stream<'_>>("UF")));
    Attached { name, stream }
}
