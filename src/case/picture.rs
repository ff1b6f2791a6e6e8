//! Pages as pixels: how large one is, which part of it is wanted, and what that looks like. Knows no document kind and
//! no terminal.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Part of a page, in shares of its width and height from the upper left, 0 to 1, before it is turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Area {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

/// The size of a page, not turned, with any turn that the document itself asks for already made: points (1/72 inch) of
/// a PDF, pixels of a picture, whose pixels are taken for square after its two resolutions were applied.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extent {
    pub width: f32,
    pub height: f32,
}

/// What is known of a document without looking at its pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// At least 1.
    pub pages: usize,
    /// Where its pages are pixels.
    pub scan: Option<Scan>,
}

/// Pages of pixels, as they are stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    /// Of the page with the most pixels.
    pub width: u32,
    pub height: u32,
    /// Pixels per inch of the finest page, whichever way is finer; where one tells.
    pub dpi: Option<u32>,
    /// How each kind of page is packed, in our words: "CCITT Group 4". Nothing where the format leaves no choice.
    pub packing: Vec<String>,
}

impl Scan {
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// A viewport onto a page that was first turned, then scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Viewport {
    /// How many pixels the whole turned page would be wide; its height follows.
    pub page_width: u32,
    /// Where on that the viewport lies, in pixels.
    pub left: u32,
    pub top: u32,
    /// Its size in pixels. The picture is smaller where the page ends before.
    pub width: u16,
    pub height: u16,
    pub turn: Turn,
    /// Light for dark.
    pub invert: bool,
}

/// Clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Turn {
    #[default]
    None,
    Quarter,
    Half,
    ThreeQuarters,
}

impl Turn {
    pub fn next(self) -> Turn {
        match self {
            Turn::None => Turn::Quarter,
            Turn::Quarter => Turn::Half,
            Turn::Half => Turn::ThreeQuarters,
            Turn::ThreeQuarters => Turn::None,
        }
    }

    /// Whether width and height change places.
    pub fn is_sideways(self) -> bool {
        matches!(self, Turn::Quarter | Turn::ThreeQuarters)
    }

    /// An area of a page as it lies once the page is turned.
    pub fn area(self, area: Area) -> Area {
        let Area { left, top, right, bottom } = area;
        match self {
            Turn::None => area,
            Turn::Quarter => Area { left: 1.0 - bottom, top: left, right: 1.0 - top, bottom: right },
            Turn::Half => Area { left: 1.0 - right, top: 1.0 - bottom, right: 1.0 - left, bottom: 1.0 - top },
            Turn::ThreeQuarters => Area { left: top, top: 1.0 - right, right: bottom, bottom: 1.0 - left },
        }
    }
}

impl Extent {
    pub fn turned(self, turn: Turn) -> Extent {
        if turn.is_sideways() { Extent { width: self.height, height: self.width } } else { self }
    }

    /// How high the turned page is where it is so many pixels wide.
    pub fn height_of(self, turn: Turn, page_width: u32) -> u32 {
        let turned = self.turned(turn);
        (page_width as f32 * turned.height / turned.width.max(f32::MIN_POSITIVE)).round().max(1.0) as u32
    }
}

/// Rows from the top, pixels from the left, no padding.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub pixels: Pixels,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Pixels {
    /// One byte each: 0 black, 255 white.
    Grey(Vec<u8>),
    /// Three bytes each: red, green, blue.
    Colour(Vec<u8>),
}

impl Picture {
    /// Nothing where the pixels are not as many as width and height say.
    pub fn new(width: u32, height: u32, pixels: Pixels) -> Option<Picture> {
        let count = usize::try_from(u64::from(width) * u64::from(height)).ok()?;
        let fits = match &pixels {
            Pixels::Grey(bytes) => bytes.len() == count,
            Pixels::Colour(bytes) => bytes.len() == count.checked_mul(3)?,
        };
        fits.then_some(Picture { width, height, pixels })
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if matches!(self.pixels, Pixels::Grey(_)) { "grey" } else { "colour" };
        write!(f, "Picture({}x{} {kind})", self.width, self.height)
    }
}
