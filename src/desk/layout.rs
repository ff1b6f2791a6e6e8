//! Where everything stands, from the size of the terminal alone. Drawing and paging ask the same function, so
//! neither has to remember anything.

use ratatui::layout::Rect;

use super::Focus;
use crate::case::Column;

/// The smallest terminal that the desk is drawn in.
pub const LEAST: (u16, u16) = (60, 20);
/// The largest part of a terminal that is drawn in; more holds no more text, only memory.
pub const MOST: (u16, u16) = (1000, 500);
const QUEUES_WIDE: u16 = 34;
const QUEUES_WIDEST: u16 = 46;
const QUEUES_NARROW: u16 = 23;
/// The least room for a preview; on a tall screen it has a third.
const PREVIEW: u16 = 12;

/// The panes of one screen; an empty rectangle where a pane has no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Panes {
    pub header: Rect,
    pub queues: Rect,
    pub list: Rect,
    /// The case under the cursor, below the list.
    pub preview: Rect,
    pub case: Rect,
    pub reader: Rect,
    pub outbox: Rect,
    /// What is known of the entry under the cursor, below the outbox or alone.
    pub evidence: Rect,
    /// Notices, and the line that is typed.
    pub line: Rect,
    pub footer: Rect,
}

/// The part of a terminal of that size that is drawn in.
pub fn drawn(width: u16, height: u16) -> Rect {
    Rect::new(0, 0, width.min(MOST.0), height.min(MOST.1))
}

/// `None` where the terminal is too small for anything but saying so.
pub fn panes(area: Rect, focus: Focus) -> Option<Panes> {
    if area.width < LEAST.0 || area.height < LEAST.1 {
        return None;
    }
    let row = |y| Rect { y, height: 1, ..area };
    let mut panes = Panes {
        header: row(area.y),
        line: row(area.bottom() - 2),
        footer: row(area.bottom() - 1),
        ..Panes::default()
    };
    let body = Rect { y: area.y + 1, height: area.height - 3, ..area };
    let reading = matches!(focus, Focus::Case | Focus::Reader | Focus::Outbox | Focus::Entry);
    let side = match body.width {
        0..80 => 0,
        // What is read takes the whole width where there is little of it.
        80..110 if reading => 0,
        110..150 if focus == Focus::Reader => 0,
        80..110 => QUEUES_NARROW,
        110..150 => QUEUES_WIDE,
        _ => QUEUES_WIDEST,
    };
    if side == 0 && focus == Focus::Queues {
        panes.queues = body;
        return Some(panes);
    }
    panes.queues = Rect { width: side, ..body };
    let right = Rect { x: body.x + side, width: body.width - side, ..body };
    match focus {
        Focus::Case => panes.case = right,
        Focus::Reader => panes.reader = right,
        Focus::Outbox => {
            let below = if body.height >= 2 * PREVIEW + 3 { body.height / 2 } else { 0 };
            panes.outbox = Rect { height: right.height - below, ..right };
            panes.evidence = Rect { y: right.bottom() - below, height: below, ..right };
        }
        Focus::Entry => panes.evidence = right,
        Focus::List | Focus::Queues => {
            let below = if body.height >= 2 * PREVIEW + 3 { PREVIEW.max(body.height / 3) } else { 0 };
            panes.list = Rect { height: right.height - below, ..right };
            panes.preview = Rect { y: right.bottom() - below, height: below, ..right };
        }
    }
    Some(panes)
}

/// How many rows of cases a list pane holds: all but its title and its headings.
pub fn list_rows(list: Rect) -> usize {
    usize::from(list.height.saturating_sub(2))
}

/// How many lines the case pane holds below its title and the strip of facts.
pub fn case_rows(pane: Rect) -> usize {
    usize::from(pane.height.saturating_sub(1 + STRIP))
}

/// How many lines the reader holds below its title, the strip and the facts of the text.
pub fn text_rows(pane: Rect) -> usize {
    usize::from(pane.height.saturating_sub(2 + STRIP))
}

/// Where the reader's text or picture stands.
pub fn picture(pane: Rect) -> Rect {
    let (width, height) = (text_width(pane) as u16, text_rows(pane) as u16);
    Rect { x: pane.x + 1, y: pane.y + 2 + STRIP, width, height }
}

/// How many lines a pane of the outbox holds below its title.
pub fn outbox_rows(pane: Rect) -> usize {
    usize::from(pane.height.saturating_sub(1))
}

/// The strip of facts that never leaves: two rows.
pub const STRIP: u16 = 2;

/// How wide the text of a pane may run: one blank on either side.
pub fn text_width(pane: Rect) -> usize {
    usize::from(pane.width.saturating_sub(2))
}

/// The columns that fit, with their widths. The merchant's takes what is left; columns that do not fit fall off
/// from the end. `number`: how wide the widest case number is that is shown.
pub fn fit(columns: &[Column], width: u16, number: u16) -> Vec<(Column, u16)> {
    let mut left = width.saturating_sub(MARGIN);
    let mut fitting = Vec::new();
    for &column in columns {
        let least = least_width(column);
        let needs = least + 1;
        if needs > left {
            break;
        }
        left -= needs;
        fitting.push((column, least));
    }
    if let Some((_, width)) = fitting.iter_mut().find(|(column, _)| *column == Column::Case) {
        let more = number.min(LONGEST_NUMBER).saturating_sub(*width).min(left);
        *width += more;
        left -= more;
    }
    let room = left.min(20);
    if let Some((_, width)) = fitting.iter_mut().find(|(column, _)| *column == Column::Merchant) {
        *width += room;
    }
    fitting
}

/// A UUID.
const LONGEST_NUMBER: u16 = 36;

/// Left of the columns stand the cursor sign and the case's flag.
pub const MARGIN: u16 = 3;

fn least_width(column: Column) -> u16 {
    match column {
        Column::Due => 4,
        Column::Case => 11,
        Column::Merchant => 16,
        Column::Amount => 14,
        Column::Reason => 6,
        Column::Network => 10,
        Column::Stage => 12,
        Column::Status => 20,
        Column::Queue => 6,
        Column::Card => 19,
        Column::Group => 10,
        Column::Arn => 23,
        Column::Opened => 10,
        Column::Updated => 16,
        Column::Documents => 4,
        Column::Profile => 12,
    }
}
