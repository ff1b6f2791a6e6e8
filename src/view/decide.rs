//! The dialogs of the outbox: what became of an entry, and questions with few answers. What a key does there is the
//! desk's to know.

use ratatui::layout::{Position, Rect};

use super::{over::middle, paint::Brush, style::Role};
use crate::{
    case::moment::Minute,
    desk::{
        Desk,
        decide::{Allowed, Choice, Decide, allowed},
        line::Line,
        outbox::{subject, title, what},
        question::Question,
    },
    text::{SafeText, own, say},
};

const WIDE: u16 = 76;

pub fn draw(desk: &Desk, decide: &Decide, brush: &mut Brush) {
    let Some(entry) = desk.outbox.entry(&decide.entry) else { return };
    let whole = brush.cells.area;
    let width = usize::from(WIDE.min(whole.width).saturating_sub(4));
    let rows = rows(desk, decide, width);
    let area = middle(whole, WIDE, rows.len() as u16 + 2);
    let parts = [title(&desk.setup, &entry.draft), subject(&entry.draft), what(&desk.setup, &entry.draft)];
    let heading = SafeText::join(parts.iter().filter(|part| !part.is_empty()), " ");
    let inside = brush.boxed(area, &say!("What became of it? {}", heading));
    // What is typed stays in view, however little room there is.
    let typed = rows.iter().position(|row| matches!(row, Row::Typed(_))).map_or(0, |at| at + 2);
    let top = typed.saturating_sub(usize::from(inside.height));
    for (y, row) in (inside.y..inside.bottom()).zip(rows.iter().skip(top)) {
        match row {
            Row::Text(text, role) => {
                brush.text(inside.x, y, inside.width, text, *role);
            }
            Row::Marked(text) => {
                brush.sign(inside.x, y, brush.look.signs.cursor(), Role::Accent);
                brush.text(inside.x + 2, y, inside.width.saturating_sub(2), text, Role::Strong);
            }
            Row::Typed(line) => typed_line(line, Rect { y, height: 1, ..inside }, brush),
        }
    }
}

enum Row<'a> {
    Text(SafeText, Role),
    /// The choice under the cursor.
    Marked(SafeText),
    Typed(&'a Line),
}

fn rows<'a>(desk: &Desk, decide: &'a Decide, width: usize) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut put =
        |text: SafeText, role| rows.extend(text.wrap(width).into_iter().map(|row| Row::Text(row, role)));
    match &decide.told {
        None => {
            put(own("Say only what you were told or saw yourself; it goes into the journal."), Role::Plain);
            rows.extend(choices(desk, decide, width));
        }
        Some(told) => {
            put(say!("You say: {}.", own(told.choice.words())), Role::Strong);
            if let Some(from) = risk(desk, decide, told.choice) {
                let risk = say!(
                    "RISK: a copy may still arrive until {}. Sent again before that, it may be done TWICE.",
                    Minute(from)
                );
                put(risk, Role::Danger);
            }
            for (at, (asked, line)) in told.lines.iter().enumerate().take(told.at + 1) {
                let role = if at == told.at { Role::Accent } else { Role::Dim };
                rows.extend(say!("{}:", asked.words()).wrap(width).into_iter().map(|row| Row::Text(row, role)));
                if at == told.at {
                    rows.push(Row::Typed(line));
                } else {
                    let (before, after) = line.parts();
                    rows.push(Row::Text(say!("{}{}", before, after).cut(width), Role::Plain));
                }
            }
        }
    }
    if let Some(problem) = &decide.problem {
        rows.extend(problem.wrap(width).into_iter().map(|row| Row::Text(row, Role::Danger)));
    }
    let last = &decide.told.as_ref().map(|told| told.at + 1 == told.lines.len());
    let help = match last {
        Some(true) => "Enter: decide it so   Esc: back",
        Some(false) => "Enter: on   Esc: back",
        None => "j k: choose   Enter: on   Esc: leave it",
    };
    rows.push(Row::Text(own(help), Role::Dim));
    rows
}

fn choices<'a>(desk: &Desk, decide: &Decide, width: usize) -> Vec<Row<'a>> {
    const INDENT: usize = 6;
    let Some(entry) = desk.outbox.entry(&decide.entry) else { return Vec::new() };
    let standing = desk.outbox.standing(&entry.id);
    let mut rows = Vec::new();
    for (at, choice) in Choice::ALL.into_iter().enumerate() {
        let words = own(choice.words());
        let allowed = allowed(choice, entry, standing, desk.now);
        let role = if matches!(allowed, Allowed::No(_)) { Role::Dim } else { Role::Plain };
        rows.push(if at == decide.cursor { Row::Marked(words) } else { Row::Text(say!("  {}", words), role) });
        match allowed {
            Allowed::Yes => {}
            Allowed::No(why) => rows.extend(
                why.wrap(width.saturating_sub(INDENT).max(1))
                    .into_iter()
                    .map(|row| Row::Text(say!("      {}", row), Role::Dim)),
            ),
            Allowed::Confirmed(from) => rows.push(Row::Text(
                say!("      before {} only with the provider's confirmation", Minute(from)),
                Role::Danger,
            )),
        }
    }
    rows
}

/// Until when a copy may still arrive, where that is the risk of the choice.
fn risk(desk: &Desk, decide: &Decide, choice: Choice) -> Option<crate::case::Moment> {
    let entry = desk.outbox.entry(&decide.entry)?;
    match allowed(choice, entry, desk.outbox.standing(&entry.id), desk.now) {
        Allowed::Confirmed(from) => Some(from),
        Allowed::Yes | Allowed::No(_) => None,
    }
}

/// A long line scrolls so that the place of typing stays in view.
fn typed_line(line: &Line, area: Rect, brush: &mut Brush) {
    let (before, after) = line.parts();
    let before = before.tail(usize::from(area.width).saturating_sub(2).max(1));
    let x = area.x + brush.text(area.x, area.y, area.width, &before, Role::Plain);
    brush.caret = Some(Position { x: x.min(area.right().saturating_sub(1)), y: area.y });
    brush.text(x, area.y, area.right().saturating_sub(x), &after, Role::Plain);
}

pub fn question(desk: &Desk, question: &Question, brush: &mut Brush) {
    let whole = brush.cells.area;
    let width = WIDE.min(whole.width);
    let lines: Vec<SafeText> = question
        .asks
        .words(&desk.outbox)
        .iter()
        .flat_map(|line| line.wrap(usize::from(width.saturating_sub(4)).max(1)))
        .collect();
    let inside = brush.boxed(middle(whole, width, lines.len() as u16 + 2), &question.asks.title());
    for (y, (at, line)) in (inside.y..inside.bottom()).zip(lines.iter().enumerate()) {
        brush.text(inside.x, y, inside.width, line, if at == 0 { Role::Strong } else { Role::Plain });
    }
}
