//! `casedesk journal export`: every record, oldest first. Whether they are as they were written, `verify` says.

use std::io::{self, Write};

use serde_json::json;

use super::data;
use crate::{
    case::{Entry, moment::Minute},
    text::{Raw, own, say},
};

pub fn export(records: &[Entry], as_json: bool, out: &mut dyn Write) -> io::Result<()> {
    if as_json {
        let of = |entry: &Entry| {
            json!({
                "record": entry.seq,
                "at": entry.at.rfc3339(),
                "who": data::text(&entry.who),
                "event": Raw::new(entry.event.clone()).show().as_str(),
                "subject": data::id(&entry.subject),
                "detail": data::text(&entry.detail),
            })
        };
        return data::json(&records.iter().map(of).collect(), out);
    }
    let cells = |entry: &Entry| {
        let subject = if entry.subject.is_empty() { own("-") } else { entry.subject.id_cell() };
        let event = Raw::new(entry.event.clone()).cell();
        vec![
            say!("{}", entry.seq),
            say!("{}", Minute(entry.at)),
            entry.who.cell(),
            event,
            subject,
            entry.detail.cell(),
        ]
    };
    let headings = ["record", "at", "who", "event", "about", "detail"];
    data::table(&headings, &records.iter().map(cells).collect::<Vec<_>>(), out)
}
