//! PIXELS: pictures as what terminals take of them: escape sequences of three kinds, or cells of half blocks. Pure: it
//! is told what a terminal said of itself, and says which bytes to write. Knows no document and writes nothing.

mod answers;
mod choice;
mod half_blocks;
mod iterm2;
mod kitty;
mod png;
mod reduced;
mod sixel;

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};

use crate::case::{Picture, Pixels};

pub use answers::Answers;
pub use choice::{Surroundings, Wish, choose, question};
pub use half_blocks::Tones;

/// How pictures are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// The graphics protocol of kitty: PNG in APC, by id.
    Kitty,
    /// As kitty, but handed on by tmux, with letters in the cells that stand for the picture.
    KittyInTmux,
    Sixel,
    /// Inline files of iTerm2: PNG in OSC 1337.
    Iterm2,
    /// No pictures: two tones to a cell.
    HalfBlocks,
}

impl Protocol {
    pub fn words(self) -> &'static str {
        match self {
            Protocol::Kitty => "pictures as kitty takes them",
            Protocol::KittyInTmux => "pictures as kitty takes them, through tmux",
            Protocol::Sixel => "pictures as sixels",
            Protocol::Iterm2 => "pictures as iTerm2 takes them",
            Protocol::HalfBlocks => "pictures as half blocks",
        }
    }
}

/// How many pixels a cell has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellSize {
    pub width: u16,
    pub height: u16,
}

impl CellSize {
    /// Where a terminal says nothing: that of the VT340, whose sixels are still counted by it.
    pub const ASSUMED: CellSize = CellSize { width: 10, height: 20 };
    /// Enough to find the two tones of a cell: half blocks need no more.
    pub const TONES: CellSize = CellSize { width: 4, height: 8 };

    /// Nothing where that is no size of a cell that can be read.
    pub fn new(width: u16, height: u16) -> Option<CellSize> {
        let readable = |length: u16| (2..=200).contains(&length);
        (readable(width) && readable(height)).then_some(CellSize { width, height })
    }
}

/// What a terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    pub protocol: Protocol,
    /// The size that pictures are to be made for.
    pub cell: CellSize,
    pub tones: Tones,
}

impl Terminal {
    /// Where pictures are bytes of their own: those that show one with its upper left corner in that of `area`, and
    /// nothing of it outside. The cursor stays where it is. `id`, of 24 bits, is for [`Terminal::remove`].
    pub fn show(&self, picture: &Picture, area: Rect, id: u32) -> Vec<u8> {
        let room = (
            u32::from(area.width) * u32::from(self.cell.width),
            u32::from(area.height) * u32::from(self.cell.height),
        );
        let picture = cut(picture, room);
        if picture.width == 0 || picture.height == 0 {
            return Vec::new();
        }
        let cells = (
            picture.width.div_ceil(u32::from(self.cell.width)) as u16,
            picture.height.div_ceil(u32::from(self.cell.height)) as u16,
        );
        let covered = Rect { width: cells.0, height: cells.1, ..area };
        let whole = || {
            let size = (
                u32::from(cells.0) * u32::from(self.cell.width),
                u32::from(cells.1) * u32::from(self.cell.height),
            );
            png::png(&filled(&picture, size))
        };
        let bytes = match self.protocol {
            Protocol::Kitty => kitty::show(&png::png(&picture), id),
            Protocol::KittyInTmux => kitty::show_in_tmux(&whole(), covered, id),
            Protocol::Iterm2 => iterm2::show(&whole(), cells),
            Protocol::Sixel => sixel::sixel(&picture),
            Protocol::HalfBlocks => return Vec::new(),
        };
        // Save the cursor, go there, and back.
        [format!("\x1b7\x1b[{};{}H", area.y + 1, area.x + 1).into_bytes(), bytes, b"\x1b8".to_vec()].concat()
    }

    /// The bytes that take a picture from the terminal. Where there are none its cells are to be written again.
    pub fn remove(&self, id: u32) -> Vec<u8> {
        match self.protocol {
            Protocol::Kitty => kitty::remove(id),
            Protocol::KittyInTmux => kitty::through_tmux(&kitty::remove(id)),
            Protocol::Sixel | Protocol::Iterm2 | Protocol::HalfBlocks => Vec::new(),
        }
    }

    /// Whether a picture takes the place of what was written in its cells.
    pub fn covers_cells(&self) -> bool {
        !matches!(self.protocol, Protocol::Kitty | Protocol::HalfBlocks)
    }

    /// Where pictures are cells: draws one into `area`.
    pub fn fill(&self, picture: &Picture, area: Rect, cells: &mut Buffer) {
        if self.protocol == Protocol::HalfBlocks {
            half_blocks::fill(picture, self.cell, self.tones, area, cells);
        }
    }
}

/// The upper left part of a picture, `width` by `height` pixels at most.
fn cut(picture: &Picture, (width, height): (u32, u32)) -> Cow<'_, Picture> {
    if picture.width <= width && picture.height <= height {
        return Cow::Borrowed(picture);
    }
    filled(picture, (width.min(picture.width), height.min(picture.height)))
}

/// The picture in another size, cut off or filled with the tone of its last pixel.
fn filled(picture: &Picture, (width, height): (u32, u32)) -> Cow<'_, Picture> {
    if (picture.width, picture.height) == (width, height) {
        return Cow::Borrowed(picture);
    }
    let (bytes, channels, kind): (_, _, fn(Vec<u8>) -> Pixels) = match &picture.pixels {
        Pixels::Grey(bytes) => (bytes, 1, Pixels::Grey),
        Pixels::Colour(bytes) => (bytes, 3, Pixels::Colour),
    };
    let last = bytes.get(bytes.len().saturating_sub(channels)..).unwrap_or_default();
    let (wide, high) = (width as usize * channels, height as usize);
    let mut pixels = Vec::with_capacity(wide * high);
    for row in bytes.chunks((picture.width as usize * channels).max(1)).take(high) {
        pixels.extend_from_slice(row.get(..wide).unwrap_or(row));
        pixels.extend(last.iter().cycle().take(wide.saturating_sub(row.len())));
    }
    pixels.extend(last.iter().cycle().take((wide * high).saturating_sub(pixels.len())));
    Picture::new(width, height, kind(pixels)).map_or(Cow::Borrowed(picture), Cow::Owned)
}
