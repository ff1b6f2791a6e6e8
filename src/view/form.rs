//! A form and its review, in the place of the case. Which line says what is decided in [`crate::desk::form`].

use ratatui::layout::{Position, Rect};

use super::{
    dispute,
    paint::Brush,
    style::{Role, of_realm},
};
use crate::{
    desk::{
        Desk, REVIEW_FOOT,
        form::{
            Form, Stage,
            page::{Columns, Kind, Line, Page, SIGN, page},
            review,
        },
        layout,
    },
    text::{SafeText, own, say},
};

pub fn draw(desk: &Desk, area: Rect, brush: &mut Brush) {
    let Some(form) = desk.form() else { return };
    brush.title(Rect { height: 1, ..area }, &title(form), Role::Accent);
    let strip = Rect { y: area.y + 1, height: layout::STRIP, ..area };
    match &form.file {
        Some(file) => dispute::strip(desk, file, strip, brush),
        None => {
            brush.text(
                strip.x + 1,
                strip.y,
                strip.width.saturating_sub(2),
                &own(form.action.says),
                Role::Strong,
            );
        }
    }
    let top = area.y + 1 + layout::STRIP;
    let place = Rect {
        x: area.x + 1,
        y: top,
        width: layout::text_width(area) as u16,
        height: area.bottom().saturating_sub(top),
    };
    match &form.review {
        Some(review) => {
            let inside = Rect { height: place.height.saturating_sub(REVIEW_FOOT), ..place };
            let page = desk.review_page(usize::from(place.width));
            lines(&page, review.top, inside, brush);
            foot(form, review, &page, inside, brush);
        }
        None => {
            let hindrance = form.draft.case.as_ref().and_then(|case| desk.hindrance(case));
            let page = page(form, hindrance, usize::from(place.width));
            let top = page.top(usize::from(place.height));
            lines(&page, top, place, brush);
            let columns = Columns::of(usize::from(place.width));
            if let Some((line, column)) = page.caret.filter(|(line, _)| *line >= top) {
                let (x, y) = (place.x + (columns.value + column) as u16, place.y + (line - top) as u16);
                if y < place.bottom() {
                    brush.caret = Some(Position { x: x.min(place.right().saturating_sub(1)), y });
                }
            }
        }
    }
}

/// "Submit 2600410001", "Review: Submit 2600410001".
fn title(form: &Form) -> SafeText {
    let action = own(form.action.title);
    let what = match &form.draft.case {
        Some(id) => say!("{} {}", action, id.number.id().beside()),
        None => action,
    };
    match (&form.review, form.stage) {
        (_, Stage::Sending) => say!("{}: being queued", what),
        (_, Stage::Leaving) => say!("{}: the draft is being kept", what),
        (Some(_), _) => say!("Review: {}", what),
        (None, _) => what,
    }
}

fn lines(page: &Page, top: usize, place: Rect, brush: &mut Brush) {
    let columns = Columns::of(usize::from(place.width));
    for (y, line) in (place.y..place.bottom()).zip(page.lines.iter().skip(top)) {
        put(line, columns, Rect { y, height: 1, ..place }, brush);
    }
}

fn put(line: &Line, columns: Columns, row: Rect, brush: &mut Brush) {
    let value = row.x + columns.value as u16;
    let width = row.right().saturating_sub(value);
    let label = row.x + SIGN as u16 + 2 * line.depth as u16;
    let (text, named) = match line.kind {
        Kind::Blank => return,
        Kind::Heading => (Role::Plain, Role::Strong),
        Kind::Field { here } => {
            if here {
                brush.sign(row.x, row.y, brush.look.signs.cursor(), Role::Accent);
            }
            (Role::Plain, if here { Role::Strong } else { Role::Dim })
        }
        Kind::More => (Role::Plain, Role::Plain),
        Kind::Hint => (Role::Dim, Role::Dim),
        Kind::Problem | Kind::Warning => {
            brush.text(value.saturating_sub(2), row.y, 1, &own("!"), Role::Danger);
            (Role::Danger, Role::Danger)
        }
        Kind::Choice { marked } => {
            if marked {
                brush.sign(value.saturating_sub(2), row.y, brush.look.signs.cursor(), Role::Accent);
            }
            (if marked { Role::Strong } else { Role::Plain }, Role::Plain)
        }
        Kind::Realm(realm) => (of_realm(realm), Role::Dim),
    };
    let room = if columns.stacked { row.right() } else { value.saturating_sub(1) };
    brush.text(label, row.y, room.saturating_sub(label), &line.label, named);
    brush.text(value, row.y, width, &line.text, text);
    brush.right(row.x, row.y, row.width, &line.right, Role::Dim);
}

/// How to send, and where in a long review this is.
fn foot(form: &Form, review: &review::Review, page: &Page, above: Rect, brush: &mut Brush) {
    let (y, width) = (above.bottom() + 1, above.width);
    let seen = review.top + usize::from(above.height);
    let more = page.lines.len().saturating_sub(seen);
    let more = if more > 0 { say!("  (j: {} lines more)", more) } else { SafeText::default() };
    if let Some(problem) = &review.problem {
        brush.text(above.x, y, width, problem, Role::Danger);
    } else if form.action.is_final {
        let sign = say!(
            "final: type {} and Enter: {}",
            review::word(form),
            crate::text::Raw::new(review.typed.clone()).show()
        );
        let taken = brush.text(above.x, y, width, &sign, Role::Strong);
        brush.caret = Some(Position { x: (above.x + taken).min(above.right().saturating_sub(1)), y });
        brush.text(above.x + taken + 1, y, width.saturating_sub(taken + 1), &more, Role::Warning);
    } else {
        brush.text(above.x, y, width, &say!("s sends it, Esc goes back to the form{}", more), Role::Strong);
    }
}
