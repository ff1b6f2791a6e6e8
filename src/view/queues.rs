//! The queue pane, as [`crate::desk::queues`] has it. Counts and marks come from there; nothing is counted here.

use ratatui::layout::Rect;

use super::{
    paint::Brush,
    style::{self, Role},
};
use crate::{
    action::State,
    case::{Place, QueueId, moment},
    desk::{Desk, Focus, outbox::Part, queues::Line},
    text::{Raw, SafeText, own, say},
};

pub fn draw(desk: &Desk, area: Rect, brush: &mut Brush) {
    if area.width == 0 {
        return;
    }
    let focused = desk.focus == Focus::Queues;
    let role = if focused { Role::Accent } else { Role::Strong };
    brush.title(Rect { height: 1, ..area }, &own("Queues"), role);
    for y in area.y + 1..area.bottom() {
        brush.sign(area.right() - 1, y, brush.look.signs.down(), Role::Dim);
    }
    let inside = Rect { y: area.y + 1, width: area.width - 2, height: area.height - 1, ..area };
    let rows = rows(desk);
    let height = usize::from(inside.height);
    let cursor = rows.iter().position(|row| row.at() == Some(desk.queues.cursor));
    let top = cursor.unwrap_or(0).saturating_sub(height.saturating_sub(1));
    for (y, row) in (inside.y..inside.bottom()).zip(rows.iter().skip(top)) {
        match row {
            Row::Heading(text) => {
                brush.text(inside.x, y, inside.width, text, Role::Dim);
            }
            Row::Line(at, line) => place(desk, *at, line, Rect { y, height: 1, ..inside }, brush),
            Row::Shelf(at, part, count) => {
                shelf(desk, *at, *part, *count, Rect { y, height: 1, ..inside }, brush);
            }
        }
    }
}

enum Row<'a> {
    Heading(SafeText),
    Line(usize, &'a Line),
    /// Drafts or outbox.
    Shelf(usize, Part, usize),
}

impl Row<'_> {
    fn at(&self) -> Option<usize> {
        match self {
            Row::Heading(_) => None,
            Row::Line(at, _) | Row::Shelf(at, ..) => Some(*at),
        }
    }
}

/// The lines, with a heading before each profile and before the desk's own lists.
fn rows(desk: &Desk) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut before: Option<String> = None;
    for (at, line) in desk.queues.lines.iter().enumerate() {
        let heading = match &line.place {
            Place::Queue(queue) => queue.profile.clone(),
            Place::View(_) => "own lists".to_owned(),
        };
        if before.as_ref() != Some(&heading) {
            rows.push(Row::Heading(Raw::new(heading.clone()).show()));
            before = Some(heading);
        }
        rows.push(Row::Line(at, line));
    }
    let first = desk.queues.lines.len();
    let shelves = desk.queues.shelves.iter().enumerate();
    rows.extend(shelves.map(|(at, (part, count))| Row::Shelf(first + at, *part, *count)));
    rows
}

fn widest_count(desk: &Desk) -> u16 {
    let shelved = desk.queues.shelves.iter().map(|(_, count)| *count);
    let most = desk.queues.lines.iter().filter_map(|line| line.count).chain(shelved).max().unwrap_or(0);
    most.to_string().len() as u16
}

/// "Drafts  2", "Outbox  3".
fn shelf(desk: &Desk, at: usize, part: Part, count: usize, area: Rect, brush: &mut Brush) {
    let here = at == desk.queues.cursor;
    if here {
        brush.sign(area.x, area.y, brush.look.signs.cursor(), Role::Accent);
    }
    let unknown = part == Part::Live && desk.outbox.count(State::is_unsettled) > 0;
    let role = match (unknown, here) {
        (true, _) => Role::Danger,
        (false, true) => Role::Strong,
        (false, false) => Role::Plain,
    };
    let name = if part == Part::Drafts { "Drafts" } else { "Outbox" };
    brush.text(area.x + 2, area.y, area.width.saturating_sub(2), &own(name), role);
    let (count_width, left_width) = (widest_count(desk) + 1, 5);
    brush.right(area.right() - count_width - left_width, area.y, count_width, &say!("{}", count), role);
}

/// "6000 Awaiting Dispute"; where the id is no number, the name says as much alone.
pub(super) fn queue_words(queue: &QueueId, name: &Raw) -> SafeText {
    let id = queue.id.cell();
    let is_number = id.as_str().bytes().all(|byte| byte.is_ascii_digit());
    if is_number { say!("{} {}", id, name.cell()) } else { name.cell() }
}

/// "▶ 6000 Awaiting Dispute  41  2d": id, name, count, time to the next deadline.
fn place(desk: &Desk, at: usize, line: &Line, area: Rect, brush: &mut Brush) {
    let here = at == desk.queues.cursor;
    if here {
        brush.sign(area.x, area.y, brush.look.signs.cursor(), Role::Accent);
    }
    let left =
        line.next_deadline.map(|due| (moment::time_left(due, desk.now).0, style::nearness(due, desk.now)));
    let count = line.count.map_or(own("?"), |count| say!("{}", count));
    let (count_width, left_width) = (widest_count(desk) + 1, 5);
    let name = match &line.place {
        Place::Queue(queue) if line.name.is_empty() => say!("{} (not declared)", queue.id.cell()),
        Place::Queue(queue) => queue_words(queue, &line.name),
        Place::View(_) => line.name.cell(),
    };
    let room = area.width.saturating_sub(2 + count_width + left_width);
    let role = if here { Role::Strong } else { Role::Plain };
    brush.text(area.x + 2, area.y, room, &name, role);
    let x = area.right() - count_width - left_width;
    brush.right(x, area.y, count_width, &count, if line.count == Some(0) { Role::Dim } else { role });
    if let Some((left, role)) = left {
        brush.right(x + count_width, area.y, left_width, &Raw::new(left).show(), role);
    }
}
