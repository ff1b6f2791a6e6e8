//! Pictures where a terminal has none: each cell shows two tones, one above the other. Too coarse to read a page at its
//! full width, good enough to find one's way on it.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
};

use super::{
    CellSize,
    reduced::{Rgb, luminance},
};
use crate::case::{Picture, Pixels};

/// Which colours a terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tones {
    /// Any.
    All,
    /// xterm's table of 256.
    Table,
    /// Black, white, and two greys between.
    Four,
}

/// Draws the picture into the cells of `area` from its upper left corner on; what it does not cover stays as it is.
pub fn fill(picture: &Picture, cell: CellSize, tones: Tones, area: Rect, cells: &mut Buffer) {
    let area = area.intersection(cells.area);
    let halves = halves(picture, cell, tones, area);
    let columns = usize::from(area.width).max(1);
    let mut rows = halves.chunks(columns);
    for y in area.rows() {
        let (Some(upper), Some(lower)) = (rows.next(), rows.next()) else { return };
        let mut pen = Pen { letters: Color::Reset, ground: Color::Reset };
        for ((at, upper), lower) in y.positions().zip(upper).zip(lower) {
            let Some(upper) = upper else { break };
            let sign = pen.draw(*upper, lower.unwrap_or(Color::Reset));
            if let Some(cell) = cells.cell_mut(at) {
                cell.reset();
                cell.set_char(sign).set_style(Style::new().fg(pen.letters).bg(pen.ground));
            }
        }
    }
}

/// Letters and ground of the cell before: what stays the same need not be written again.
struct Pen {
    letters: Color,
    ground: Color,
}

impl Pen {
    fn draw(&mut self, upper: Color, lower: Color) -> char {
        let ways = if upper == lower {
            [(self.letters, upper, ' '), (upper, self.ground, '█')]
        } else {
            [(upper, lower, '▀'), (lower, upper, '▄')]
        };
        let changes = |(letters, ground, _): &(Color, Color, char)| {
            u8::from(*letters != self.letters) + u8::from(*ground != self.ground)
        };
        let [one, other] = ways;
        let (letters, ground, sign) = if changes(&other) < changes(&one) { other } else { one };
        (self.letters, self.ground) = (letters, ground);
        sign
    }
}

/// The tones of the half cells, by rows, two rows for each of `area`; none where the picture has come to its end.
fn halves(picture: &Picture, cell: CellSize, tones: Tones, area: Rect) -> Vec<Option<Color>> {
    let (columns, rows) = (usize::from(area.width), usize::from(area.height) * 2);
    let (wide, high) = (usize::from(cell.width).max(1), usize::from(cell.height / 2).max(1));
    let mut sums = vec![([0u32; 3], 0u32); columns * rows];
    let width = (picture.width as usize).max(1);
    let mut add = |at: usize, pixel: Rgb| {
        let (x, y) = (at % width / wide, at / width / high);
        let sum = if x < columns { sums.get_mut(y * columns + x) } else { None };
        if let Some((sum, count)) = sum {
            sum.iter_mut().zip(pixel).for_each(|(sum, channel)| *sum += u32::from(channel));
            *count += 1;
        }
    };
    match &picture.pixels {
        Pixels::Grey(greys) => greys.iter().enumerate().for_each(|(at, grey)| add(at, [*grey; 3])),
        Pixels::Colour(bytes) => bytes.as_chunks().0.iter().enumerate().for_each(|(at, pixel)| add(at, *pixel)),
    }
    let mean =
        |(sum, count): ([u32; 3], u32)| (count > 0).then(|| tone(sum.map(|sum| (sum / count) as u8), tones));
    sums.into_iter().map(mean).collect()
}

/// How far apart the channels of a grey may lie.
const GREY: u8 = 16;

fn tone(colour: Rgb, tones: Tones) -> Color {
    let [red, green, blue] = colour;
    let grey = red.max(green).max(blue) - red.min(green).min(blue) <= GREY;
    match tones {
        Tones::Four => match luminance(colour) {
            ..64 => Color::Black,
            64..128 => Color::DarkGray,
            128..216 => Color::Gray,
            216.. => Color::White,
        },
        // The table's own greys are finer than anybody sees, and shorter to name.
        _ if grey => Color::Indexed(grey_of_table(luminance(colour))),
        Tones::Table => {
            let [red, green, blue] = colour.map(|channel| (u16::from(channel) * 5 + 127) / 255);
            Color::Indexed((16 + 36 * red + 6 * green + blue) as u8)
        }
        Tones::All => {
            let [red, green, blue] = colour.map(|channel| channel & 0xf0 | channel >> 4);
            Color::Rgb(red, green, blue)
        }
    }
}

/// Of xterm's 256 colours: black, white, and every second of the 24 greys between (8, 18 … 238).
fn grey_of_table(grey: u8) -> u8 {
    match grey {
        ..8 => 16,
        246.. => 231,
        _ => 232 + (grey - 8) / 20 * 2 + 1,
    }
}
