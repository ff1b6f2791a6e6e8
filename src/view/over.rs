//! What lies on top: help, the choice among several cases, "why here?". What a key does there is the desk's to know.

use ratatui::layout::Rect;

use super::{decide, paint::Brush, style::Role};
use crate::{
    action::{Offer, check::size, scheme},
    case::Row,
    desk::{Desk, Over, dispute, help, reader::Reader, words::Reading},
    text::{Raw, SafeText, own, say},
};

pub fn draw(desk: &Desk, brush: &mut Brush) {
    match &desk.over {
        Over::Help { top } => help(desk, *top, brush),
        Over::Pick { words, rows, cursor } => pick(words, rows, *cursor, brush),
        Over::Why => why(desk, brush),
        Over::Verbs { cursor } => verbs(desk, *cursor, brush),
        Over::Decide(dialog) => decide::draw(desk, dialog, brush),
        Over::Question(question) => decide::question(desk, question, brush),
        Over::Leaves { cursor } => leaves(desk, *cursor, brush),
        Over::Inside { cursor } => inside(desk, *cursor, brush),
        Over::About { top } => about(desk, *top, brush),
        Over::Nothing | Over::Line(_) | Over::Card(_) | Over::Password(_) | Over::Form(_) => {}
    }
}

fn help(desk: &Desk, top: usize, brush: &mut Brush) {
    let area = brush.cells.area;
    let area = Rect { height: area.height.saturating_sub(1), ..area };
    let inside = brush.boxed(area, &own("Help: j k move, Esc closes"));
    for (y, line) in (inside.y..inside.bottom())
        .zip(help::lines(desk.context(), desk.actions_in_hand(), help::width(desk.area.width)).iter().skip(top))
    {
        match line {
            help::Line::Blank => {}
            help::Line::Heading(text) => {
                brush.text(inside.x, y, inside.width, text, Role::Strong);
            }
            help::Line::Key { keys, name, says } => {
                let (name_at, says_at) =
                    (help::KEYS_WIDE as u16 + 1, (help::KEYS_WIDE + help::NAME_WIDE) as u16 + 2);
                let keys_wide = if name.is_empty() { says_at } else { name_at };
                brush.text(inside.x, y, keys_wide, keys, Role::Accent);
                brush.text(inside.x + name_at, y, says_at - name_at, name, Role::Plain);
                brush.text(inside.x + says_at, y, inside.width.saturating_sub(says_at), says, Role::Plain);
            }
        }
    }
}

fn pick(words: &Raw, rows: &[Row], cursor: usize, brush: &mut Brush) {
    let area = middle(brush.cells.area, 90, rows.len() as u16 + 2);
    let title = say!("{} cases are called {}: Enter opens, Esc closes", rows.len(), words.cell());
    let inside = brush.boxed(area, &title);
    let height = usize::from(inside.height);
    let top = cursor.saturating_sub(height.saturating_sub(1));
    for (y, (at, row)) in (inside.y..inside.bottom()).zip(rows.iter().enumerate().skip(top)) {
        if at == cursor {
            brush.sign(inside.x, y, brush.look.signs.cursor(), Role::Accent);
        }
        let amount = row.amount.map_or(SafeText::default(), |amount| say!("{}", amount));
        let text = SafeText::join(
            &[row.number.clone(), row.merchant.cut(24), amount, row.queue.clone(), row.card.clone()],
            "  ",
        );
        let role = if at == cursor { Role::Strong } else { Role::Plain };
        brush.text(inside.x + 2, y, inside.width.saturating_sub(2), &text, role);
    }
}

/// The pages of a document, each with its first words.
fn leaves(desk: &Desk, cursor: usize, brush: &mut Brush) {
    let Some(reading) = desk.reader.as_ref().and_then(Reader::reading) else { return };
    let area = middle(brush.cells.area, 90, reading.pages.len() as u16 + 2);
    let inside = brush
        .boxed(area, &say!("{}: Enter goes there, Esc closes", many(reading.pages.len(), "page", "pages")));
    let height = usize::from(inside.height);
    let top = cursor.saturating_sub(height.saturating_sub(1));
    for (y, (at, leaf)) in (inside.y..inside.bottom()).zip(reading.pages.iter().enumerate().skip(top)) {
        let end = reading.pages.get(at + 1).map_or(reading.lines.len(), |leaf| leaf.first);
        let heading = usize::from(reading.pages.len() > 1);
        let lines = reading.lines.get(leaf.first + heading..end).unwrap_or_default();
        let words = lines.iter().find(|line| !line.as_str().trim().is_empty()).cloned().unwrap_or_default();
        entry(inside, y, at == cursor, &say!("{}  {}", at + 1, words.beside()), brush);
    }
}

/// The files within a document.
fn inside(desk: &Desk, cursor: usize, brush: &mut Brush) {
    let Some(reading) = desk.reader.as_ref().and_then(Reader::reading) else { return };
    let count = reading.members.len();
    let area = middle(brush.cells.area, 100, count as u16 + 2);
    let inside = brush.boxed(area, &say!("{} inside: Enter opens, Esc closes", many(count, "file", "files")));
    let height = usize::from(inside.height);
    let top = cursor.saturating_sub(height.saturating_sub(1));
    for (y, (at, member)) in (inside.y..inside.bottom()).zip(reading.members.iter().enumerate().skip(top)) {
        let size = usize::try_from(member.size).map_or(SafeText::default(), size);
        let text = match &member.closed {
            Some(why) => say!("{}  {}  ({})", member.name.beside(), size, why),
            None => say!("{}  {}", member.name.beside(), size),
        };
        entry(inside, y, at == cursor, &text, brush);
    }
}

/// "1 page", "3 pages".
fn many(count: usize, one: &'static str, more: &'static str) -> SafeText {
    say!("{} {}", count, own(if count == 1 { one } else { more }))
}

fn entry(inside: Rect, y: u16, here: bool, text: &SafeText, brush: &mut Brush) {
    if here {
        brush.sign(inside.x, y, brush.look.signs.cursor(), Role::Accent);
    }
    let role = if here { Role::Strong } else { Role::Plain };
    brush.text(inside.x + 2, y, inside.width.saturating_sub(2), text, role);
}

/// All that is known of a document.
fn about(desk: &Desk, top: usize, brush: &mut Brush) {
    let Some(reading) = desk.reader.as_ref().and_then(Reader::reading) else { return };
    let whole = brush.cells.area;
    let width = whole.width.min(100);
    let room = usize::from(width.saturating_sub(4 + LABEL)).max(1);
    let mut rows = Vec::new();
    for (label, value) in reading.about.iter().chain(&of_scheme(desk, reading)) {
        for (at, text) in value.wrap(room).into_iter().enumerate() {
            rows.push((if at == 0 { label.clone() } else { SafeText::default() }, text));
        }
    }
    let area = middle(whole, width, rows.len() as u16 + 2);
    let inside = brush.boxed(area, &own("This document: Esc closes"));
    let top = top.min(rows.len().saturating_sub(usize::from(inside.height)));
    for (y, (label, text)) in (inside.y..inside.bottom()).zip(rows.iter().skip(top)) {
        brush.text(inside.x, y, LABEL - 1, label, Role::Dim);
        brush.text(inside.x + LABEL, y, room as u16, text, Role::Plain);
    }
}

/// Whether the card scheme of the case in hand would take the document, as far as its limits are known.
fn of_scheme(desk: &Desk, reading: &Reading) -> Vec<(SafeText, SafeText)> {
    let case = desk.file_in_hand().map(|file| &file.case);
    let (Some(file), Some(from)) = (&reading.file, scheme::held_against(case)) else { return Vec::new() };
    let doubts = scheme::doubts(case, std::slice::from_ref(file));
    let mut says: Vec<_> = doubts.of(0).iter().chain(&doubts.all).cloned().collect();
    if says.is_empty() {
        says.push(own("keeps the limits that are known here"));
    }
    says.push(from);
    says.into_iter().map(|says| (own("card scheme"), says)).collect()
}

/// Where what is said stands behind its label.
const LABEL: u16 = 18;

fn why(desk: &Desk, brush: &mut Brush) {
    let Some(file) = desk.file_in_hand() else { return };
    let whole = brush.cells.area;
    let width = whole.width.min(90);
    let lines: Vec<SafeText> = dispute::why(file, desk.now)
        .iter()
        .flat_map(|line| line.wrap(usize::from(width.saturating_sub(4)).max(1)))
        .collect();
    let area = middle(whole, width, lines.len() as u16 + 2);
    let inside = brush.boxed(area, &own("Why here? Esc closes"));
    for (y, line) in (inside.y..inside.bottom()).zip(&lines) {
        brush.text(inside.x, y, inside.width, line, Role::Plain);
    }
}

/// Every action with its key; below one that does not fit, why not.
fn verbs(desk: &Desk, cursor: usize, brush: &mut Brush) {
    let verbs = desk.verbs();
    let width = brush.cells.area.width.min(100);
    let room = usize::from(width.saturating_sub(4 + VERB)).max(1);
    let mut rows = Vec::new();
    let hindrance = desk.case_in_hand().and_then(|case| desk.hindrance(&case));
    for row in hindrance.iter().flat_map(|words| words.wrap(room)) {
        rows.push((0, false, row, Role::Danger));
    }
    for (at, verb) in verbs.iter().enumerate() {
        let says = say!("{}: {}", own(verb.action.title), own(verb.action.says));
        let (why, role) = match &verb.offer {
            Some(Offer::No(why)) => (Some(why), Role::Dim),
            Some(Offer::Perhaps(why)) => (Some(why), Role::Plain),
            Some(Offer::Fits) | None => (None, Role::Plain),
        };
        rows.extend(says.wrap(room).into_iter().enumerate().map(|(row, text)| (at, row == 0, text, role)));
        rows.extend(why.into_iter().flat_map(|why| why.wrap(room)).map(|text| (at, false, text, Role::Dim)));
    }
    let area = middle(brush.cells.area, width, rows.len() as u16 + 2);
    let inside = brush.boxed(area, &own("Actions: Enter begins, Esc closes"));
    let height = usize::from(inside.height);
    let end = rows.iter().rposition(|(at, ..)| *at == cursor).unwrap_or(0) + 1;
    for (y, (at, first, text, role)) in
        (inside.y..inside.bottom()).zip(rows.iter().skip(end.saturating_sub(height)))
    {
        if let (true, Some(verb)) = (*first, verbs.get(*at)) {
            if *at == cursor {
                brush.sign(inside.x, y, brush.look.signs.cursor(), Role::Accent);
            }
            brush.text(
                inside.x + 2,
                y,
                VERB - 3,
                &own(verb.action.key),
                if verb.is_open() { Role::Accent } else { Role::Dim },
            );
        }
        brush.text(inside.x + VERB, y, room as u16, text, *role);
    }
}

/// Where the words of an action begin: behind the sign of the cursor and the key.
const VERB: u16 = 8;

/// A place of that size in the middle, or as much of it as there is.
pub(super) fn middle(whole: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(whole.width), height.clamp(3, whole.height.saturating_sub(2).max(3)));
    Rect {
        x: whole.x + (whole.width - width) / 2,
        y: whole.y + (whole.height.saturating_sub(height)) / 2,
        width,
        height,
    }
}
