//! The brush: puts text that passed the contract into cells, cut to its place. Nothing else in the face writes.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::style::{Look, Role, Signs};
use crate::text::{SafeText, own};

pub struct Brush<'a> {
    pub cells: &'a mut Buffer,
    pub look: Look,
    /// Where the terminal's cursor belongs, if anywhere.
    pub caret: Option<Position>,
    /// The rows that hold right-to-left letters.
    pub turned: Vec<u16>,
}

impl Brush<'_> {
    /// Writes `text` from (x, y), at most `width` cells wide. Returns how many cells it took.
    pub fn text(&mut self, x: u16, y: u16, width: u16, text: &SafeText, role: Role) -> u16 {
        let style = self.look.of(role);
        self.styled(x, y, width, text, style)
    }

    pub fn styled(&mut self, x: u16, y: u16, width: u16, text: &SafeText, style: Style) -> u16 {
        let area = self.cells.area;
        if y < area.y || y >= area.bottom() || x >= area.right() || width == 0 {
            return 0;
        }
        let width = usize::from(width.min(area.right() - x));
        if text.as_str().len() <= width && is_printable_ascii(text.as_str()) {
            return self.ascii(x, y, text.as_str(), style);
        }
        let fits = text.width() <= width;
        let cut = if fits { Cow::Borrowed(text) } else { Cow::Owned(text.cut(width)) };
        if cut.turns() {
            self.turned.push(y);
        }
        let mut letters = Cow::Borrowed(cut.as_str());
        if self.look.signs == Signs::Ascii && !letters.is_ascii() {
            letters = Cow::Owned(plain(&letters));
        }
        let (end, _) = self.cells.set_stringn(x, y, &letters, width, style);
        end - x
    }

    /// What almost every text is: a cell for each byte, and no letters that join. Looking for those would be most of
    /// the work of a frame.
    fn ascii(&mut self, x: u16, y: u16, text: &str, style: Style) -> u16 {
        let start = self.cells.index_of(x, y);
        let letters = (0..text.len()).filter_map(|at| text.get(at..=at));
        for (cell, letter) in self.cells.content.iter_mut().skip(start).zip(letters) {
            cell.set_symbol(letter).set_style(style);
        }
        text.len() as u16
    }

    /// Writes `text` so that it ends at the right edge of its place.
    pub fn right(&mut self, x: u16, y: u16, width: u16, text: &SafeText, role: Role) {
        let taken = u16::try_from(text.width()).unwrap_or(width).min(width);
        self.text(x + width - taken, y, taken, text, role);
    }

    /// Writes one of the program's own signs, which are one cell wide.
    pub fn sign(&mut self, x: u16, y: u16, sign: &'static str, role: Role) {
        let style = self.look.of(role);
        let shown = if self.look.signs == Signs::Ascii && !sign.is_ascii() { "?" } else { sign };
        if let Some(cell) = self.cells.cell_mut(Position { x, y }) {
            cell.set_symbol(shown).set_style(style);
        }
    }

    /// A rule with a title in it: "── Queues ──────". Returns how many cells the title took.
    pub fn title(&mut self, area: Rect, title: &SafeText, role: Role) -> u16 {
        let across = self.look.signs.across();
        for x in area.x..area.right() {
            self.sign(x, area.y, across, Role::Dim);
        }
        if area.width <= 6 {
            return 0;
        }
        let room = area.width - 5;
        self.text(area.x + 1, area.y, 1, &own(" "), Role::Plain);
        let taken = self.text(area.x + 2, area.y, room, title, role);
        self.text(area.x + 2 + taken, area.y, 1, &own(" "), Role::Plain);
        taken
    }

    /// Empties a place, for what lies on top.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.cells.area);
        for y in area.y..area.bottom() {
            for x in area.x..area.right() {
                self.cells[(x, y)].reset();
            }
        }
    }

    /// A box for what lies on top, emptied, with a title in its upper edge. Returns the room inside.
    pub fn boxed(&mut self, area: Rect, title: &SafeText) -> Rect {
        let area = area.intersection(self.cells.area);
        if area.is_empty() {
            return area;
        }
        // Nothing stands beside a box: letters that run from right to left would take its digits along.
        self.clear(Rect { x: self.cells.area.x, width: self.cells.area.width, ..area });
        if area.width < 4 || area.height < 3 {
            return Rect::default();
        }
        let signs = self.look.signs;
        self.title(area, title, Role::Strong);
        for x in area.x..area.right() {
            self.sign(x, area.bottom() - 1, signs.across(), Role::Dim);
        }
        for y in area.y..area.bottom() {
            self.sign(area.x, y, signs.down(), Role::Dim);
            self.sign(area.right() - 1, y, signs.down(), Role::Dim);
        }
        let [top_left, top_right, bottom_left, bottom_right] = signs.corners();
        for (x, y, sign) in [
            (area.x, area.y, top_left),
            (area.right() - 1, area.y, top_right),
            (area.x, area.bottom() - 1, bottom_left),
            (area.right() - 1, area.bottom() - 1, bottom_right),
        ] {
            self.sign(x, y, sign, Role::Dim);
        }
        Rect {
            x: area.x + 2,
            y: area.y + 1,
            width: area.width.saturating_sub(4),
            height: area.height.saturating_sub(2),
        }
    }
}

fn is_printable_ascii(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// A text for a terminal that shows ASCII only: what it cannot show stands as a question mark, as wide as before.
fn plain(text: &str) -> String {
    text.graphemes(true)
        .map(|letter| match letter {
            "…" => "~".to_owned(),
            letter if letter.is_ascii() => letter.to_owned(),
            letter => "?".repeat(letter.width()),
        })
        .collect()
}
