//! The reader pane: the lines in sight, with their search hits. It never sees a document, only lines fit to be shown.

use ratatui::layout::Rect;

use super::{dispute, paint::Brush, style::Role};
use crate::{
    desk::{
        Desk, layout,
        reader::{
            Reader, State, Subject,
            sight::{Fit, Shown, Sight},
        },
        words::{PaperId, PaperOf},
    },
    text::{SafeText, own, say},
};

pub fn draw(desk: &Desk, area: Rect, brush: &mut Brush) {
    let Some(reader) = &desk.reader else { return };
    brush.title(Rect { height: 1, ..area }, &title(desk, reader, area), Role::Accent);
    let file = desk.form_behind().map_or(desk.file_in_hand(), |form| form.file.as_ref());
    if let Some(file) = file {
        dispute::strip(desk, file, Rect { y: area.y + 1, height: layout::STRIP, ..area }, brush);
    }
    let top = area.y + 2 + layout::STRIP;
    let width = layout::text_width(area) as u16;
    match &reader.state {
        State::Waiting => {
            brush.text(area.x + 1, top, width, &own("The document is on its way."), Role::Dim);
        }
        State::Failed(fault) => {
            let next = own(match desk.form_behind() {
                Some(_) => "Esc goes back to the form.",
                None => "Nothing of it is kept here; Esc and then d asks for it again.",
            });
            let text = say!("This document could not be read: {}. {}", fault.tell(), next);
            for (y, line) in (top..area.bottom()).zip(text.wrap(usize::from(width).max(1))) {
                brush.text(area.x + 1, y, width, &line, Role::Danger);
            }
        }
        State::Open(reading) => {
            let facts = reading.facts.iter().map(SafeText::beside).collect::<Vec<_>>();
            let facts = SafeText::join(&facts, ", ");
            brush.text(area.x + 1, top - 1, width, &facts, Role::Dim);
            if let Some(sight) = &reader.sight {
                return picture(sight, layout::picture(area), brush);
            }
            for (y, (at, row)) in (top..area.bottom()).zip(reader.rows.iter().enumerate().skip(reader.top)) {
                let role = if reader.is_picked(at) { Role::Hit } else { Role::Plain };
                brush.text(area.x + 1, y, width, row, role);
                hits(reader, at, row, area.x + 1, y, brush);
            }
        }
    }
}

/// What is said where a picture is to stand. The picture itself is laid there after the frame.
fn picture(sight: &Sight, place: Rect, brush: &mut Brush) {
    let told = |text: &SafeText, role: Role, brush: &mut Brush| {
        for (y, line) in (place.y..place.bottom()).zip(text.wrap(usize::from(place.width).max(1))) {
            brush.text(place.x, y, place.width, &line, role);
        }
    };
    match &sight.shown {
        Shown::Waiting => told(&own("The picture of this page is on its way."), Role::Dim, brush),
        Shown::Failed(why) => {
            told(&say!("This page cannot be shown: {}. v goes back to its text.", why), Role::Danger, brush);
        }
        Shown::Picture(_) => {}
    }
}

/// "letter.txt (2 of 4)  line 12-45 of 80  hit 1 of 3".
fn title(desk: &Desk, reader: &Reader, area: Rect) -> SafeText {
    let listed = match (&reader.subject, desk.file_in_hand()) {
        (Subject::Document(PaperId { of: PaperOf::Case { document: id, .. }, .. }), Some(file)) => {
            let documents = &file.case.documents;
            let at = documents.iter().position(|document| document.id == *id);
            at.map(|at| (documents[at].name.show().beside(), say!(" ({} of {})", at + 1, documents.len())))
        }
        _ => None,
    };
    let State::Open(reading) = &reader.state else {
        return listed.map_or(own("Document"), |(name, place)| say!("{}{}", name, place));
    };
    let mut place = listed.map_or(SafeText::default(), |(_, place)| place);
    if reader.paper().is_some_and(|paper| !paper.within.is_empty()) {
        place = own(" (inside)");
    }
    let pages = reading.pages.len();
    if pages > 1 {
        place = say!("{}  page {}/{}", place, reader.page() + 1, pages);
    }
    let rows = layout::text_rows(area);
    let end = (reader.top + rows).min(reader.rows.len());
    let mut after = match &reader.sight {
        Some(sight) => {
            let fit = own(if sight.aim.fit == Fit::Width { "width" } else { "page" });
            say!("{}  {} {} %", place, fit, sight.aim.zoom)
        }
        None => say!("{}  line {}-{} of {}", place, (reader.top + 1).min(end), end, reader.rows.len()),
    };
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
