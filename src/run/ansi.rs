//! A frame as bytes, and as few of them as it takes: on a slow line they are what is felt. Knows cells and a place to
//! write to, and never what they say.

use std::io::{self, Write};

use ratatui::{
    backend::{Backend, ClearType, CrosstermBackend, WindowSize},
    buffer::Cell,
    layout::{Position, Rect, Size},
    style::{Color, Modifier},
};

/// Writes cells. What is not about cells is left to ratatui's own backend. Nothing leaves before [`Backend::flush`].
pub struct Ansi<W: Write> {
    rest: CrosstermBackend<W>,
    /// Whether the terminal shows its cursor, as far as we know.
    cursor: Option<bool>,
    /// What stands where, by row: a short stretch of it is cheaper to write again than to jump over.
    rows: Vec<Vec<Known>>,
}

/// A cell of one plain letter, which can be written again, or any other.
type Known = Option<(u8, Ink)>;
const BLANK: Known = Some((b' ', Ink::PLAIN));
/// A jump takes six bytes at least ("\x1b[1;1H").
const WORTH_WRITING: u16 = 6;

impl<W: Write> Ansi<W> {
    pub fn new(to: W) -> Ansi<W> {
        Ansi { rest: CrosstermBackend::new(to), cursor: None, rows: Vec::new() }
    }

    /// The terminal was in other hands; its screen is emptied before the next cell is written.
    pub fn forget(&mut self) {
        self.cursor = None;
        self.rows.clear();
    }

    /// Something else than letters stands in these cells, and writing a letter there would spoil it.
    pub fn cover(&mut self, area: Rect) {
        let (left, right) = (usize::from(area.left()), usize::from(area.right()));
        let bottom = usize::from(area.bottom());
        if self.rows.len() < bottom {
            self.rows.resize(bottom, Vec::new());
        }
        for row in self.rows.iter_mut().take(bottom).skip(usize::from(area.top())) {
            if row.len() < right {
                row.resize(right, BLANK);
            }
            row.iter_mut().take(right).skip(left).for_each(|cell| *cell = None);
        }
    }

    /// What stands from `from` to before `to` in a row, where all of it is plain letters in this ink.
    fn between(&self, y: u16, from: u16, to: u16, ink: Ink) -> Option<Vec<u8>> {
        let row = self.rows.get(usize::from(y));
        let known = |x: u16| row.and_then(|row| row.get(usize::from(x))).copied().unwrap_or(BLANK);
        (from..to).map(|x| known(x).filter(|(_, its)| *its == ink).map(|(letter, _)| letter)).collect()
    }

    fn go(&mut self, from: Option<(u16, u16)>, (x, y): (u16, u16), ink: Ink) -> io::Result<()> {
        let near = from.filter(|at| at.1 == y && at.0 < x && x - at.0 < WORTH_WRITING);
        match near.and_then(|at| self.between(y, at.0, x, ink)) {
            Some(letters) => self.rest.write_all(&letters),
            None => write!(self.rest, "\x1b[{};{}H", y + 1, x + 1),
        }
    }

    fn know(&mut self, x: u16, y: u16, symbol: &str, ink: Ink) {
        let (x, y) = (usize::from(x), usize::from(y));
        if self.rows.len() <= y {
            self.rows.resize(y + 1, Vec::new());
        }
        let Some(row) = self.rows.get_mut(y) else { return };
        // A letter of another kind may be two cells wide.
        let (stands, cells) = match symbol.as_bytes() {
            [letter] => (Some((*letter, ink)), 1),
            _ => (None, 2),
        };
        if row.len() < x + cells {
            row.resize(x + cells, BLANK);
        }
        row.iter_mut().skip(x).take(cells).for_each(|cell| *cell = stands);
    }

    fn show(&mut self, shown: bool) -> io::Result<()> {
        if self.cursor.replace(shown) == Some(shown) {
            return Ok(());
        }
        self.rest.write_all(if shown { b"\x1b[?25h" } else { b"\x1b[?25l" })
    }
}

impl<W: Write> Write for Ansi<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.rest.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.rest)
    }
}

impl<W: Write> Backend for Ansi<W> {
    type Error = io::Error;

    /// Begins and ends with plain ink.
    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, cells: I) -> io::Result<()> {
        let (mut ink, mut next) = (Ink::PLAIN, None);
        for (x, y, cell) in cells {
            if next != Some((x, y)) {
                self.go(next, (x, y), ink)?;
            }
            next = Some((x + 1, y));
            let wanted = Ink { letters: cell.fg, ground: cell.bg, modifier: cell.modifier };
            if wanted != ink {
                wanted.write(ink, &mut self.rest)?;
                ink = wanted;
            }
            self.rest.write_all(cell.symbol().as_bytes())?;
            self.know(x, y, cell.symbol(), ink);
        }
        if ink == Ink::PLAIN { Ok(()) } else { self.rest.write_all(b"\x1b[m") }
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.show(false)
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.show(true)
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.rest.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let Position { x, y } = position.into();
        write!(self.rest, "\x1b[{};{}H", y + 1, x + 1)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        match region {
            ClearType::All => self.rows.clear(),
            // From a place we did not note: what was not blank may be now.
            _ => self.rows.iter_mut().flatten().filter(|cell| **cell != BLANK).for_each(|cell| *cell = None),
        }
        self.rest.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.rest.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.rest.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.rest)
    }
}

/// How a cell is written (ECMA-48, "select graphic rendition").
#[derive(Clone, Copy, PartialEq)]
struct Ink {
    letters: Color,
    ground: Color,
    modifier: Modifier,
}

impl Ink {
    const PLAIN: Ink = Ink { letters: Color::Reset, ground: Color::Reset, modifier: Modifier::empty() };

    /// Changes from one ink to this one. Taking a modifier away begins anew, which is as short as naming it.
    fn write(self, from: Ink, to: &mut impl Write) -> io::Result<()> {
        if self == Ink::PLAIN {
            return to.write_all(b"\x1b[m");
        }
        let anew = !self.modifier.contains(from.modifier);
        let from = if anew { Ink::PLAIN } else { from };
        let mut between = if anew { "\x1b[0;" } else { "\x1b[" };
        // The names are in the order of their numbers, from 1 (bold) on.
        for (place, modifier) in Modifier::all().iter().enumerate() {
            if self.modifier.contains(modifier) && !from.modifier.contains(modifier) {
                write!(to, "{between}{}", place + 1)?;
                between = ";";
            }
        }
        for (now, before, plane) in [(self.letters, from.letters, 0), (self.ground, from.ground, 10)] {
            if now != before {
                to.write_all(between.as_bytes())?;
                colour(now, plane, to)?;
                between = ";";
            }
        }
        to.write_all(b"m")
    }
}

/// `plane` is 0 for letters and 10 for their ground.
fn colour(colour: Color, plane: u8, to: &mut impl Write) -> io::Result<()> {
    let number = match colour {
        Color::Reset => 39,
        Color::Black => 30,
        Color::Red => 31,
        Color::Green => 32,
        Color::Yellow => 33,
        Color::Blue => 34,
        Color::Magenta => 35,
        Color::Cyan => 36,
        Color::Gray => 37,
        Color::DarkGray => 90,
        Color::LightRed => 91,
        Color::LightGreen => 92,
        Color::LightYellow => 93,
        Color::LightBlue => 94,
        Color::LightMagenta => 95,
        Color::LightCyan => 96,
        Color::White => 97,
        Color::Indexed(index) => return write!(to, "{};5;{index}", 38 + plane),
        Color::Rgb(red, green, blue) => return write!(to, "{};2;{red};{green};{blue}", 38 + plane),
    };
    write!(to, "{}", number + plane)
}

#[cfg(test)]
mod tests {
    use ratatui::{buffer::Buffer, style::Style};

    use super::*;

    fn bytes(cells: &[(u16, u16, &str, Style)]) -> String {
        let cells: Vec<_> = cells
            .iter()
            .map(|(x, y, symbol, style)| {
                let mut cell = Cell::default();
                cell.set_symbol(symbol).set_style(*style);
                (*x, *y, cell)
            })
            .collect();
        let mut sent = Vec::new();
        let mut ansi = Ansi::new(&mut sent);
        ansi.draw(cells.iter().map(|(x, y, cell)| (*x, *y, cell))).unwrap();
        ansi.hide_cursor().unwrap();
        ansi.hide_cursor().unwrap();
        drop(ansi);
        String::from_utf8(sent).unwrap()
    }

    #[test]
    fn a_frame_says_nothing_twice() {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        let sign = bold.fg(Color::Cyan);
        let sent = bytes(&[(0, 0, "a", sign), (1, 0, "b", bold), (2, 0, "c", Style::new()), (9, 1, "d", bold)]);
        assert_eq!(sent, "\x1b[1;1H\x1b[1;36ma\x1b[39mb\x1b[mc\x1b[2;10H\x1b[1md\x1b[m\x1b[?25l");
    }

    #[test]
    fn a_short_way_is_written_and_a_long_one_jumped() {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        assert_eq!(bytes(&[(0, 0, "a", plain), (3, 0, "b", plain)]), "\x1b[1;1Ha  b\x1b[?25l");
        assert_eq!(bytes(&[(0, 0, "a", plain), (7, 0, "b", plain)]), "\x1b[1;1Ha\x1b[1;8Hb\x1b[?25l");
        assert_eq!(
            bytes(&[(0, 0, "a", bold), (3, 0, "b", bold)]),
            "\x1b[1;1H\x1b[1ma\x1b[1;4Hb\x1b[m\x1b[?25l"
        );
        // What may be two cells wide is not written over.
        let wide = bytes(&[(1, 0, "漢", plain), (0, 0, "a", plain), (4, 0, "b", plain)]);
        assert_eq!(wide, "\x1b[1;2H漢\x1b[1;1Ha\x1b[1;5Hb\x1b[?25l");
    }

    #[test]
    fn what_a_picture_covers_is_jumped_over() {
        let cell = Cell::new("a");
        let mut sent = Vec::new();
        let mut ansi = Ansi::new(&mut sent);
        ansi.cover(Rect::new(2, 1, 2, 1));
        ansi.draw([(0, 1, &cell), (5, 1, &cell), (0, 0, &cell), (5, 0, &cell)].into_iter()).unwrap();
        drop(ansi);
        assert_eq!(String::from_utf8(sent).unwrap(), "\x1b[2;1Ha\x1b[2;6Ha\x1b[1;1Ha    a");
    }

    #[test]
    fn a_frame_that_changes_nothing_is_empty() {
        assert_eq!(bytes(&[]), "\x1b[?25l");
    }

    /// An emulator that knows nothing of us sees what was meant, whatever came before.
    #[test]
    fn every_ink_follows_every_ink() {
        let modifiers =
            [Modifier::empty(), Modifier::BOLD, Modifier::UNDERLINED, Modifier::BOLD | Modifier::REVERSED];
        let colours = [
            (Color::Reset, vt100::Color::Default),
            (Color::Red, vt100::Color::Idx(1)),
            (Color::DarkGray, vt100::Color::Idx(8)),
            (Color::Indexed(200), vt100::Color::Idx(200)),
            (Color::Rgb(1, 2, 3), vt100::Color::Rgb(1, 2, 3)),
        ];
        let mut inks = Vec::new();
        for modifier in modifiers {
            for (letters, seen_letters) in &colours {
                for (ground, seen_ground) in &colours {
                    inks.push((
                        Style::new().fg(*letters).bg(*ground).add_modifier(modifier),
                        modifier,
                        *seen_letters,
                        *seen_ground,
                    ));
                }
            }
        }
        for first in &inks {
            for second in &inks {
                let mut terminal = vt100::Parser::new(1, 2, 0);
                terminal.process(bytes(&[(0, 0, "a", first.0), (1, 0, "b", second.0)]).as_bytes());
                for (x, ink) in [(0, first), (1, second)] {
                    let cell = terminal.screen().cell(0, x).unwrap();
                    assert_eq!((cell.fgcolor(), cell.bgcolor()), (ink.2, ink.3));
                    assert_eq!(cell.bold(), ink.1.contains(Modifier::BOLD));
                    assert_eq!(cell.underline(), ink.1.contains(Modifier::UNDERLINED));
                    assert_eq!(cell.inverse(), ink.1.contains(Modifier::REVERSED));
                }
            }
        }
    }

    /// Whatever is drawn over whatever stood there, an emulator shows the cells that were meant.
    #[test]
    fn frames_over_frames_show_what_was_drawn() {
        const LETTERS: [&str; 8] = ["a", "b", " ", " ", " ", "é", "漢", "…"];
        let (mut chance, area) = (7u64, Rect::new(0, 0, 24, 4));
        let mut roll = |below: usize| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (chance >> 33) as usize % below
        };
        for frames in 1..200 {
            let (mut sent, mut cells) = (Vec::new(), Buffer::empty(area));
            let mut rows = [[("a", Style::new()); 12]; 4];
            let mut ansi = Ansi::new(&mut sent);
            for _ in 0..frames % 20 {
                for _ in 0..roll(12) {
                    let style = if roll(3) == 0 { Style::new().fg(Color::Red) } else { Style::new() };
                    rows[roll(4)][roll(12)] = (LETTERS[roll(LETTERS.len())], style);
                }
                let before = std::mem::replace(&mut cells, Buffer::empty(area));
                for (y, row) in (0..).zip(rows) {
                    row.iter().fold(0, |x, (letter, style)| cells.set_stringn(x, y, letter, 2, *style).0);
                }
                ansi.draw(before.diff(&cells).into_iter()).unwrap();
            }
            let mut emulator = vt100::Parser::new(area.height, area.width, 0);
            emulator.process(&sent);
            for (x, y) in area.positions().map(|at| (at.x, at.y)) {
                let seen = emulator.screen().cell(y, x).unwrap();
                if !seen.is_wide_continuation() {
                    let shown = if seen.has_contents() { seen.contents() } else { " " };
                    assert_eq!(shown, cells[(x, y)].symbol(), "at {x}, {y}");
                }
            }
        }
    }
}
