//! The outbox pane, and what is known of one entry. Which line says what is decided in [`crate::desk::outbox`].

use ratatui::layout::Rect;

use super::{dispute, paint::Brush, style::Role};
use crate::{
    action::{Entry, State},
    case::moment::{Minute, Second},
    desk::{
        Desk, Focus, layout,
        outbox::{Item, Part, evidence as lines, since, subject, title, what},
        words::DraftLine,
    },
    text::{SafeText, own, say},
};

/// Marks no document.
const NONE: usize = usize::MAX;

pub fn draw(desk: &Desk, area: Rect, brush: &mut Brush) {
    if area.height == 0 {
        return;
    }
    let heading = if desk.outbox.kept.sent_elsewhere { "Outbox: another casedesk sends" } else { "Outbox" };
    brush.title(Rect { height: 1, ..area }, &own(heading), Role::Accent);
    let items = desk.outbox.items();
    let inside = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if items.is_empty() {
        let text = own("Nothing is on its way, and nothing was begun.");
        brush.text(
            area.x + layout::MARGIN,
            inside.y,
            area.width.saturating_sub(layout::MARGIN),
            &text,
            Role::Dim,
        );
        return;
    }
    let rows = rows(&items);
    let cursor = rows.iter().position(|row| matches!(row, Row::Item(at, _) if *at == desk.outbox.cursor));
    let top = (cursor.unwrap_or(0) + 1).saturating_sub(usize::from(inside.height));
    for (y, row) in (inside.y..inside.bottom()).zip(rows.iter().skip(top)) {
        let place = Rect { y, height: 1, ..inside };
        match row {
            Row::Heading(part, count) => {
                let text = say!("{} ({})", own(part.words()), *count);
                brush.text(place.x + 1, y, place.width.saturating_sub(1), &text, Role::Dim);
            }
            Row::Item(at, item) => line(desk, *item, *at == desk.outbox.cursor, place, brush),
        }
    }
}

enum Row<'a> {
    Heading(Part, usize),
    Item(usize, Item<'a>),
}

/// The lines, with a heading before each part.
fn rows<'a>(items: &[Item<'a>]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut before = None;
    for (at, item) in items.iter().enumerate() {
        let part = item.part();
        if before != Some(part) {
            rows.push(Row::Heading(part, items.iter().filter(|item| item.part() == part).count()));
            before = Some(part);
        }
        rows.push(Row::Item(at, *item));
    }
    rows
}

const STATE: u16 = 16;
const TITLE: u16 = 12;
const SUBJECT: u16 = 12;
const SINCE: u16 = 16;

/// "▶ outcome unknown  Submit  2600410001  2026-11-22 09:41  Luftfahrt EUR 99.10  due 2026-11-25 …".
fn line(desk: &Desk, item: Item<'_>, here: bool, area: Rect, brush: &mut Brush) {
    if here {
        brush.sign(area.x, area.y, brush.look.signs.cursor(), Role::Accent);
    }
    let (state, role, at, rest) = match item {
        Item::Entry(entry) => {
            let state = entry.life.state;
            (own(entry.life.words()), of_state(state), since(entry), beside(desk, entry))
        }
        Item::Draft(DraftLine { draft, at }) => (own("draft"), Role::Plain, *at, what(&desk.setup, draft)),
    };
    let draft = item.draft();
    let strong = if here { Role::Strong } else { Role::Plain };
    let mut x = area.x + 2;
    for (text, width, role) in [
        (state, STATE, role),
        (title(&desk.setup, draft), TITLE, strong),
        (number(item), SUBJECT, strong),
        (say!("{}", Minute(at)), SINCE, Role::Dim),
    ] {
        brush.text(x, area.y, width.min(area.right().saturating_sub(x)), &text, role);
        x += width + 1;
    }
    brush.text(x, area.y, area.right().saturating_sub(x + 1), &rest, Role::Plain);
}

/// The case's number, or the one that the provider gave it.
fn number(item: Item<'_>) -> SafeText {
    match item {
        Item::Entry(entry) if entry.case().is_none() && !entry.remote.is_empty() => entry.remote.id().beside(),
        _ => subject(item.draft()),
    }
}

/// What there is room for behind the columns: whose money it is, until when, and why it waits.
fn beside(desk: &Desk, entry: &Entry) -> SafeText {
    let due = entry.deadline.filter(|_| entry.life.state.is_live());
    let parts = [
        what(&desk.setup, &entry.draft),
        due.map_or(SafeText::default(), |at| say!("due {}", Minute(at))),
        match desk.outbox.rest_of(entry, desk.now) {
            Some((until, why)) => say!("waits until {}: {}", Second(until), why.beside()),
            None => entry.why.cell(),
        },
    ];
    SafeText::join(parts.iter().filter(|part| !part.is_empty()), "  ")
}

fn of_state(state: State) -> Role {
    match state {
        State::Queued | State::Sending => Role::Accent,
        State::Unknown | State::Person | State::Rejected => Role::Danger,
        State::Accepted => Role::Good,
        State::Cancelled => Role::Dim,
    }
}

/// What is known of the entry or draft under the cursor.
pub fn evidence(desk: &Desk, area: Rect, brush: &mut Brush) {
    if area.height == 0 {
        return;
    }
    let whole = desk.focus == Focus::Entry;
    let width = layout::text_width(area);
    let lines = lines::lines(desk, width);
    let top = if whole { desk.outbox.top } else { 0 };
    let rest = lines.len().saturating_sub(top + layout::outbox_rows(area));
    let heading = match (whole, rest) {
        (false, 1..) => say!("What is known of it: {} lines more, Enter shows all", rest),
        (true, 1..) => say!("What is known of it: {} lines more, j", rest),
        _ => own("What is known of it"),
    };
    brush.title(Rect { height: 1, ..area }, &heading, if whole { Role::Accent } else { Role::Strong });
    for (y, line) in (area.y + 1..area.bottom()).zip(lines.iter().skip(top)) {
        dispute::put(line, NONE, Rect { x: area.x + 1, y, width: width as u16, height: 1 }, brush);
    }
}
