//! The case pane and the preview below the list. Which line says what is decided in [`crate::desk::dispute`].

use ratatui::layout::Rect;

use super::{paint::Brush, style::Role};
use crate::{
    desk::{
        Desk, Focus,
        dispute::{self, Kind, LABEL, Line},
        layout,
        words::CaseFile,
    },
    text::{own, say},
};

pub fn draw(desk: &Desk, area: Rect, brush: &mut Brush) {
    let Some(file) = desk.file_in_hand() else {
        brush.title(Rect { height: 1, ..area }, &own("Case"), Role::Accent);
        return;
    };
    let title = say!("Case {}", file.case.id.number.id().beside());
    brush.title(Rect { height: 1, ..area }, &title, Role::Accent);
    strip(desk, file, Rect { y: area.y + 1, height: layout::STRIP, ..area }, brush);
    let width = layout::text_width(area);
    let lines = desk.case_lines(width);
    let top = area.y + 1 + layout::STRIP;
    for (y, line) in (top..area.bottom()).zip(lines.iter().skip(desk.position.top)) {
        put(line, desk.position.document, Rect { x: area.x + 1, y, width: width as u16, height: 1 }, brush);
    }
}

/// The facts that stay in view, over the case and over every paper of it.
pub fn strip(desk: &Desk, file: &CaseFile, area: Rect, brush: &mut Brush) {
    let overdue = file.case.deadline.as_ref().is_some_and(|deadline| deadline.at < desk.now);
    let [first, second] = dispute::strip(file, desk.now);
    brush.text(area.x + 1, area.y, area.width.saturating_sub(2), &first, Role::Strong);
    let role = if overdue { Role::Danger } else { Role::Plain };
    brush.text(area.x + 1, area.y + 1, area.width.saturating_sub(2), &second, role);
}

/// The first lines of the case under the cursor. An older case stays until the newer one is here.
pub fn preview(desk: &Desk, area: Rect, brush: &mut Brush) {
    if area.height == 0 {
        return;
    }
    let Some(file) = desk.file.as_ref().filter(|_| desk.list.row().is_some()) else {
        brush.title(Rect { height: 1, ..area }, &own("Case"), Role::Dim);
        return;
    };
    debug_assert!(matches!(desk.focus, Focus::List | Focus::Queues));
    let title = say!("Case {}", file.case.id.number.id().beside());
    brush.title(Rect { height: 1, ..area }, &title, Role::Strong);
    let width = layout::text_width(area);
    let lines = desk.case_lines(width);
    for (y, line) in (area.y + 1..area.bottom()).zip(lines.iter()) {
        put(line, desk.position.document, Rect { x: area.x + 1, y, width: width as u16, height: 1 }, brush);
    }
}

/// `document`: the marked one.
pub(super) fn put(line: &Line, document: usize, row: Rect, brush: &mut Brush) {
    let Rect { x, y, width, .. } = row;
    let label = LABEL as u16;
    match line.kind {
        Kind::Blank => {}
        Kind::Heading => {
            brush.text(x, y, width, &line.text, Role::Strong);
        }
        Kind::Document { at, begins } => {
            let marked = begins && at == document;
            if marked {
                brush.sign(x, y, brush.look.signs.cursor(), Role::Accent);
            }
            let role = if marked { Role::Strong } else { Role::Plain };
            brush.text(x + 2, y, width.saturating_sub(2), &line.text, role);
        }
        Kind::Fact | Kind::Theirs | Kind::Ours | Kind::Warning => {
            let role = match line.kind {
                Kind::Warning => Role::Danger,
                Kind::Ours => Role::Dim,
                _ => Role::Plain,
            };
            brush.text(x, y, label, &line.label, if line.kind == Kind::Warning { role } else { Role::Dim });
            brush.text(x + label + 1, y, width.saturating_sub(label + 1), &line.text, role);
        }
    }
}
