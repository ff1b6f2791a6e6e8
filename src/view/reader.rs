//! The reader pane: the lines in sight, with their search hits. It never sees a document, only lines fit to be shown.

use ratatui::layout::Rect;

use super::{dispute, paint::Brush, style::Role};
use crate::{
    desk::{
        Desk, layout,
        reader::{Reader, State, Subject},
    },
    text::{SafeText, own, say},
};

pub fn draw(desk: &Desk, area: Rect, brush: &mut Brush) {
    let Some(reader) = &desk.reader else { return };
    brush.title(Rect { height: 1, ..area }, &title(desk, reader, area), Role::Accent);
    if let Some(file) = desk.file_in_hand() {
        dispute::strip(desk, file, Rect { y: area.y + 1, height: layout::STRIP, ..area }, brush);
    }
    let top = area.y + 2 + layout::STRIP;
    let width = layout::text_width(area) as u16;
    match &reader.state {
        State::Waiting => {
            brush.text(area.x + 1, top, width, &own("The document is on its way."), Role::Dim);
        }
        State::Failed(fault) => {
            let text = say!(
                "This document could not be read: {}. Nothing of it is kept here; Esc and then d asks for it again.",
                fault.tell()
            );
            for (y, line) in (top..area.bottom()).zip(text.wrap(usize::from(width).max(1))) {
                brush.text(area.x + 1, y, width, &line, Role::Danger);
            }
        }
        State::Open(reading) => {
            let facts = reading.facts.iter().map(SafeText::beside).collect::<Vec<_>>();
            let facts = SafeText::join(&facts, ", ");
            brush.text(area.x + 1, top - 1, width, &facts, Role::Dim);
            for (y, (at, row)) in (top..area.bottom()).zip(reader.rows.iter().enumerate().skip(reader.top)) {
                brush.text(area.x + 1, y, width, row, Role::Plain);
                hits(reader, at, row, area.x + 1, y, brush);
            }
        }
    }
}

/// "letter.txt (2 of 4)  line 12-45 of 80  hit 1 of 3".
fn title(desk: &Desk, reader: &Reader, area: Rect) -> SafeText {
    let listed = match (&reader.subject, desk.file_in_hand()) {
        (Subject::Document(id), Some(file)) => {
            let documents = &file.case.documents;
            let at = documents.iter().position(|document| document.id == *id);
            at.map(|at| (documents[at].name.show().beside(), say!(" ({} of {})", at + 1, documents.len())))
        }
        _ => None,
    };
    let State::Open(reading) = &reader.state else {
        return listed.map_or(own("Document"), |(name, place)| say!("{}{}", name, place));
    };
    let place = listed.map_or(SafeText::default(), |(_, place)| place);
    let rows = layout::text_rows(area);
    let end = (reader.top + rows).min(reader.rows.len());
    let mut after = say!("{}  line {}-{} of {}", place, (reader.top + 1).min(end), end, reader.rows.len());
    if let Some(search) = &reader.search {
        let at = if search.hits.is_empty() { 0 } else { search.at + 1 };
        let first = own(if search.is_cut { "the first " } else { "" });
        after = say!("{}  hit {} of {}{}", after, at, first, search.hits.len());
    }
    // A long name is cut before what changes with every key.
    let room = usize::from(area.width).saturating_sub(6 + after.width());
    say!("{}{}", reading.name.beside().cut(room.max(8)), after)
}

/// Paints the search hits of one row over its text.
fn hits(reader: &Reader, row: usize, text: &SafeText, x: u16, y: u16, brush: &mut Brush) {
    let here = reader.search.as_ref().map(|search| search.at);
    for (at, range) in reader.hits_in(row) {
        let (before, hit) = (text.slice(0..range.start), text.slice(range));
        let role = if Some(at) == here { Role::HitHere } else { Role::Hit };
        brush.text(x + before.width() as u16, y, hit.width() as u16, &hit, role);
    }
}
