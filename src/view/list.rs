//! The case list. The cursor is a sign and one bold cell, not a reversed row: on a slow line a moved cursor costs a
//! few dozen bytes.

use ratatui::layout::Rect;

use super::{
    paint::Brush,
    queues::queue_words,
    style::{self, Role},
};
use crate::{
    case::{
        Column, Place, Row,
        moment::{Day, Minute, time_left},
    },
    desk::{Desk, Focus, layout, outbox::Sign},
    text::{Raw, SafeText, own, say},
};

pub fn draw(desk: &Desk, area: Rect, brush: &mut Brush) {
    if area.width <= layout::MARGIN {
        return;
    }
    let role = if desk.focus == Focus::List { Role::Accent } else { Role::Strong };
    let columns = desk.list.fit(area.width);
    // A filter that is cut off would look like no filter; the name stands in the queue pane, too.
    let needs = facts(desk, &columns, 0).width() + FRAME;
    let name = name(desk).cut(usize::from(area.width).saturating_sub(needs).max(LEAST_NAME));
    let at = area.x + 3 + brush.title(Rect { height: 1, ..area }, &name, role);
    // Not in the heading's own looks: what changes with every step should cost few bytes.
    let room = area.right().saturating_sub(at + 1);
    let facts = facts(desk, &columns, usize::from(room));
    let wide = u16::try_from(facts.width() + 1).unwrap_or(room);
    brush.clear(Rect { x: at, y: area.y, width: wide.min(room), height: 1 });
    brush.text(at, area.y, room, &facts, Role::Plain);
    headings(desk, &columns, area, brush);
    let rows = layout::list_rows(area);
    let first = area.y + 2;
    let mut drawn = 0;
    for (position, row) in desk.list.visible(rows) {
        let y = first + (position - desk.list.top) as u16;
        line(desk, row, position == desk.list.cursor, &columns, Rect { y, height: 1, ..area }, brush);
        drawn += 1;
    }
    if drawn == 0 {
        brush.text(area.x + layout::MARGIN, first, area.width - layout::MARGIN, &nothing(desk), Role::Dim);
    }
}

/// What of the title's row is neither name nor facts, and how much of the name always stays.
const FRAME: usize = 5;
const LEAST_NAME: usize = 12;

/// "6000 Awaiting Dispute Submission", with the profile where there are several.
fn name(desk: &Desk) -> SafeText {
    let list = &desk.list;
    match &list.query.place {
        Place::View(view) => own(view.words()),
        Place::Queue(queue) => match desk.queues.line_of(&list.query.place) {
            Some(line) if !line.name.is_empty() && desk.setup.profiles.len() > 1 => {
                let profile = Raw::new(queue.profile.clone());
                say!("{} ({})", queue_words(queue, &line.name), profile.cell())
            }
            Some(line) if !line.name.is_empty() => queue_words(queue, &line.name),
            _ => queue.id.cell(),
        },
    }
}

/// " 3/41 of 52  filter: eur  by arn falling  oldest 2026-09-26", the last only where there is room for it.
fn facts(desk: &Desk, columns: &[(Column, u16)], room: usize) -> SafeText {
    let list = &desk.list;
    // The rows at hand may still be those of another place or filter: their count says nothing of this one.
    let mut title = if list.is_anew && !list.is_lost() {
        own(" …")
    } else {
        let at = if list.window.matched == 0 { 0 } else { list.cursor + 1 };
        let of = if list.typed.is_empty() { own("") } else { say!(" of {}", list.window.total) };
        say!(" {}/{}{}", at, list.window.matched, of)
    };
    if !list.typed.is_empty() {
        title = say!("{}  filter: {}", title, Raw::new(list.typed.clone()).cell());
    }
    if !columns.iter().any(|(column, _)| *column == list.query.sort.column) {
        title = say!("{}  {}", title, list.heading());
    }
    if !list.bad.is_empty() {
        let terms = list.bad.iter().map(|bad| Raw::new(bad.term.clone()).show()).collect::<Vec<_>>();
        title = say!("{}  IGNORED: {}", title, SafeText::join(&terms, " "));
    }
    let oldest = desk.queues.line_of(&list.query.place).and_then(|line| line.oldest);
    let whole = oldest.map(|oldest| say!("{}  oldest {}", title, Day(oldest)));
    whole.filter(|whole| whole.width() < room).unwrap_or(title)
}

fn headings(desk: &Desk, columns: &[(Column, u16)], area: Rect, brush: &mut Brush) {
    let sort = desk.list.query.sort;
    let mut x = area.x + layout::MARGIN;
    for (column, width) in columns {
        let name = own(column.name());
        let (text, role) = if sort.column == *column {
            let signs = brush.look.signs;
            let sign = own(if sort.descending { signs.falling() } else { signs.rising() });
            (say!("{}{}", name, sign), Role::Strong)
        } else {
            (name, Role::Dim)
        };
        if is_right(*column) {
            brush.right(x, area.y + 1, *width, &text, role);
        } else {
            brush.text(x, area.y + 1, *width, &text, role);
        }
        x += width + 1;
    }
}

fn line(desk: &Desk, row: &Row, here: bool, columns: &[(Column, u16)], area: Rect, brush: &mut Brush) {
    if here {
        brush.sign(area.x, area.y, brush.look.signs.cursor(), Role::Accent);
    }
    if let Some((flag, role)) = flag(desk, row) {
        brush.sign(area.x + 1, area.y, flag, role);
    }
    let mut x = area.x + layout::MARGIN;
    for (column, width) in columns {
        let (text, role) = cell(desk, row, *column);
        let role = if here && *column == Column::Case { Role::Strong } else { role };
        if is_right(*column) {
            brush.right(x, area.y, *width, &text, role);
        } else {
            brush.text(x, area.y, *width, &text, role);
        }
        x += width + 1;
    }
}

/// One sign that says what is special: something is on its way, parked, gone from the queues, or text that is not
/// what it seems.
fn flag(desk: &Desk, row: &Row) -> Option<(&'static str, Role)> {
    match desk.outbox.sign_of(&row.id) {
        Some(Sign::OnItsWay) => return Some((">", Role::Accent)),
        Some(Sign::Unknown) => return Some(("?", Role::Danger)),
        None => {}
    }
    if row.parked {
        Some(("P", Role::Dim))
    } else if row.gone {
        Some(("-", Role::Dim))
    } else if row.marked {
        Some(("!", Role::Warning))
    } else {
        None
    }
}

fn cell(desk: &Desk, row: &Row, column: Column) -> (SafeText, Role) {
    let plain = |text: SafeText| (text, Role::Plain);
    let day = |at: Option<crate::case::Moment>| at.map_or(SafeText::default(), |at| say!("{}", Day(at)));
    match column {
        Column::Due => match row.deadline {
            Some(due) => (Raw::new(time_left(due, desk.now).0).show(), style::nearness(due, desk.now)),
            None => (own("-"), Role::Dim),
        },
        Column::Case => plain(row.number.clone()),
        Column::Merchant => plain(row.merchant.clone()),
        Column::Amount => plain(row.amount.map_or(own("-"), |amount| say!("{}", amount))),
        Column::Reason => plain(row.reason.clone()),
        Column::Network => plain(row.network.clone()),
        Column::Stage => (own(row.stage.words()), style::of_stage(row.stage)),
        Column::Status => plain(row.status.clone()),
        Column::Queue => plain(row.queue.clone()),
        Column::Card => plain(row.card.clone()),
        Column::Group => plain(row.group.clone()),
        Column::Arn => plain(row.arn.clone()),
        Column::Opened => plain(day(row.opened)),
        Column::Updated => plain(row.updated.map_or(SafeText::default(), |at| say!("{}", Minute(at)))),
        Column::Documents => plain(say!("{}", row.documents)),
        Column::Profile => plain(Raw::new(row.id.profile.clone()).show()),
    }
}

fn is_right(column: Column) -> bool {
    matches!(column, Column::Due | Column::Amount | Column::Documents)
}

/// What an empty list means.
fn nothing(desk: &Desk) -> SafeText {
    if desk.list.is_lost() {
        return own("This list could not be read; R tries again.");
    }
    if desk.list.window.total > 0 {
        return own("No case passes the filter. Esc drops it.");
    }
    let reading = desk.health.iter().any(|health| health.asking > 0);
    match &desk.list.query.place {
        _ if reading => own("Nothing is kept here yet; the provider is being asked."),
        _ if desk.health.iter().all(|health| health.answered_at.is_none()) => {
            own("Nothing was read from the provider yet; R asks it.")
        }
        Place::Queue(_) => own("No case is in this queue."),
        Place::View(_) => own("No case is in this list."),
    }
}
