//! FACE: one pure function draws the desk. Every text it writes is a `SafeText`; it stores nothing and decides
//! nothing.

pub mod style;

mod bars;
mod decide;
mod dispute;
mod form;
mod list;
mod outbox;
mod over;
mod paint;
mod queues;
mod reader;

use std::sync::Arc;

use ratatui::{Frame, layout::Rect};

use crate::{
    case::Picture,
    desk::{Desk, Focus, Over, layout, reader::sight::Shown},
    text::say,
};
use paint::Brush;
use style::{Look, Role};

/// Draws the desk as it is.
pub fn draw(desk: &Desk, look: Look, frame: &mut Frame) {
    let mut brush = Brush { cells: frame.buffer_mut(), look, caret: None, turned: Vec::new() };
    match desk.panes() {
        Some(panes) => {
            bars::header(desk, panes.header, &mut brush);
            queues::draw(desk, panes.queues, &mut brush);
            match desk.focus {
                _ if desk.form().is_some() => form::draw(desk, panes.case, &mut brush),
                Focus::Case => dispute::draw(desk, panes.case, &mut brush),
                Focus::Reader => reader::draw(desk, panes.reader, &mut brush),
                Focus::Outbox | Focus::Entry => {
                    outbox::draw(desk, panes.outbox, &mut brush);
                    outbox::evidence(desk, panes.evidence, &mut brush);
                }
                Focus::List | Focus::Queues => {
                    list::draw(desk, panes.list, &mut brush);
                    dispute::preview(desk, panes.preview, &mut brush);
                }
            }
            // A terminal may move the digits of a row that holds right-to-left letters: what is read stands alone.
            for y in std::mem::take(&mut brush.turned) {
                brush.clear(Rect { y, height: 1, ..panes.queues });
            }
            bars::footer(desk, panes.footer, &mut brush);
            over::draw(desk, &mut brush);
            bars::line(desk, panes.line, &mut brush);
        }
        None => too_small(desk, &mut brush),
    }
    if let Some(caret) = brush.caret {
        frame.set_cursor_position(caret);
    }
}

/// The picture that the desk shows, where it stands, and a number that no other picture has. What lies on top of the
/// panes hides it.
pub fn picture(desk: &Desk) -> Option<(Rect, Arc<Picture>, u64)> {
    let clear = matches!(desk.over, Over::Nothing | Over::Line(_) | Over::Card(_) | Over::Password(_));
    // Long news take rows above their line, until the next key.
    let rows = desk.notice.as_ref().map_or(0, |notice| bars::news_rows(&notice.text, desk.area.width));
    if !clear || rows > 1 || desk.focus != Focus::Reader {
        return None;
    }
    let place = layout::picture(desk.panes()?.reader);
    match &desk.reader.as_ref()?.sight.as_ref()?.shown {
        Shown::Picture(part) => Some((place, part.marked.clone(), part.id)),
        Shown::Waiting | Shown::Failed(_) => None,
    }
}

fn too_small(desk: &Desk, brush: &mut Brush) {
    let (width, height) = layout::LEAST;
    let area = brush.cells.area;
    let text =
        say!("casedesk needs {} x {}; this is {} x {}", width, height, desk.area.width, desk.area.height);
    for (row, line) in
        text.wrap(usize::from(area.width).max(1)).iter().take(usize::from(area.height)).enumerate()
    {
        brush.text(area.x, area.y + row as u16, area.width, line, Role::Plain);
    }
}
