//! A decoded page of pixels and the windows onto it. Knows nothing of the format that the pixels came from.

mod scale;
mod shape;

use crate::case::{Extent, Picture, Pixels, Turn, Viewport};
use scale::{Axis, Rows, scaled};

pub use shape::{Pose, Resolution, Shape};

/// A page as its document stores it: neither turned nor stretched.
pub struct Raster {
    shape: Shape,
    dots: Dots,
}

/// Rows from the top. An A4 page scanned at 300 dpi (2480 x 3508) takes 1.1 MB of ink, 8.7 MB of grey or 26 MB of
/// colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dots {
    /// Eight pixels a byte, the leftmost in its highest bit, 1 for black; a row begins with a byte of its own.
    Ink(Vec<u8>),
    /// 0 black, 255 white.
    Grey(Vec<u8>),
    /// Red, green, blue.
    Colour(Vec<u8>),
}

/// What a pixel takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    Ink,
    Grey,
    Colour,
}

impl Depth {
    /// Bytes of a row.
    pub fn stride(self, width: u32) -> usize {
        let width = width as usize;
        match self {
            Depth::Ink => width.div_ceil(8),
            Depth::Grey => width,
            Depth::Colour => width.saturating_mul(3),
        }
    }
}

impl Dots {
    /// All white.
    pub fn blank(depth: Depth, width: u32, height: u32) -> Dots {
        let size = depth.stride(width).saturating_mul(height as usize);
        match depth {
            Depth::Ink => Dots::Ink(vec![0; size]),
            Depth::Grey => Dots::Grey(vec![255; size]),
            Depth::Colour => Dots::Colour(vec![255; size]),
        }
    }

    pub fn depth(&self) -> Depth {
        match self {
            Dots::Ink(_) => Depth::Ink,
            Dots::Grey(_) => Depth::Grey,
            Dots::Colour(_) => Depth::Colour,
        }
    }

    pub fn bytes(&self) -> &[u8] {
        let (Dots::Ink(bytes) | Dots::Grey(bytes) | Dots::Colour(bytes)) = self;
        bytes
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        let (Dots::Ink(bytes) | Dots::Grey(bytes) | Dots::Colour(bytes)) = self;
        bytes
    }
}

impl Raster {
    /// Nothing where there are not as many dots as the shape says.
    pub fn new(shape: Shape, dots: Dots) -> Option<Raster> {
        let size = dots.depth().stride(shape.width).checked_mul(shape.height as usize)?;
        (size > 0 && dots.bytes().len() == size).then_some(Raster { shape, dots })
    }

    pub fn extent(&self) -> Extent {
        self.shape.extent()
    }

    /// What the window shows: averages of the pixels below each of its own where the page is made smaller, so that
    /// the thin strokes of a black and white scan become grey and stay legible; a smooth picture where it is made
    /// larger. Empty where the window lies beside the page.
    pub fn view(&self, viewport: &Viewport) -> Picture {
        let page = Size {
            width: viewport.page_width.max(1),
            height: self.extent().height_of(viewport.turn, viewport.page_width.max(1)),
        };
        let shown = Span2 {
            across: Span::clipped(viewport.left, viewport.width, page.width),
            down: Span::clipped(viewport.top, viewport.height, page.height),
        };
        let turn = one_after_the_other(self.shape.pose.turn, viewport.turn);
        let stored = if turn.is_sideways() { Size { width: page.height, height: page.width } } else { page };
        let from = shown.turned_back(turn, stored).mirrored(self.shape.pose.is_mirrored, stored);
        let mut plain = self.stored_view(stored, from);
        if self.shape.pose.is_mirrored {
            plain.mirror();
        }
        let mut turned = plain.turned(turn);
        if viewport.invert {
            turned.bytes.iter_mut().for_each(|byte| *byte = 255 - *byte);
        }
        turned.picture()
    }

    /// Part of the page, scaled to this size.
    fn stored_view(&self, page: Size, part: Span2) -> Block {
        let across = Axis::new(self.shape.width, page.width, part.across.range());
        let down = Axis::new(self.shape.height, page.height, part.down.range());
        let rows = Rows { dots: &self.dots, width: self.shape.width };
        let channels = if self.dots.depth() == Depth::Colour { 3 } else { 1 };
        let bytes = scaled(&rows, channels, &across, &down);
        Block { width: part.across.length as usize, height: part.down.length as usize, channels, bytes }
    }
}

fn one_after_the_other(first: Turn, second: Turn) -> Turn {
    match second {
        Turn::None => first,
        Turn::Quarter => first.next(),
        Turn::Half => first.next().next(),
        Turn::ThreeQuarters => first.next().next().next(),
    }
}

#[derive(Clone, Copy)]
struct Size {
    width: u32,
    height: u32,
}

/// Pixels from a first one on.
#[derive(Clone, Copy)]
struct Span {
    first: u32,
    length: u32,
}

impl Span {
    fn clipped(first: u32, length: u16, all: u32) -> Span {
        let first = first.min(all);
        Span { first, length: u32::from(length).min(all - first) }
    }

    /// The same pixels, counted from the other end.
    fn reversed(self, all: u32) -> Span {
        Span { first: all - self.first - self.length, ..self }
    }

    fn range(self) -> std::ops::Range<u32> {
        self.first..self.first + self.length
    }
}

#[derive(Clone, Copy)]
struct Span2 {
    across: Span,
    down: Span,
}

impl Span2 {
    /// Where a part of the turned page lies on the page before its turn, which has this size.
    fn turned_back(self, turn: Turn, page: Size) -> Span2 {
        let Span2 { across, down } = self;
        match turn {
            Turn::None => self,
            Turn::Quarter => Span2 { across: down, down: across.reversed(page.height) },
            Turn::Half => Span2 { across: across.reversed(page.width), down: down.reversed(page.height) },
            Turn::ThreeQuarters => Span2 { across: down.reversed(page.width), down: across },
        }
    }

    fn mirrored(self, is_mirrored: bool, page: Size) -> Span2 {
        if is_mirrored { Span2 { across: self.across.reversed(page.width), ..self } } else { self }
    }
}

/// What becomes a picture.
struct Block {
    width: usize,
    height: usize,
    channels: usize,
    bytes: Vec<u8>,
}

impl Block {
    fn mirror(&mut self) {
        let channels = self.channels;
        for row in self.bytes.chunks_exact_mut((self.width * channels).max(1)) {
            row.reverse();
            row.chunks_exact_mut(channels).for_each(|pixel| pixel.reverse());
        }
    }

    fn turned(self, turn: Turn) -> Block {
        match turn {
            Turn::None => self,
            Turn::Half => self.half_turned(),
            Turn::Quarter => self.transposed().mirrored(),
            Turn::ThreeQuarters => self.mirrored().transposed(),
        }
    }

    fn mirrored(mut self) -> Block {
        self.mirror();
        self
    }

    fn half_turned(mut self) -> Block {
        self.bytes.reverse();
        let channels = self.channels;
        self.bytes.chunks_exact_mut(channels).for_each(|pixel| pixel.reverse());
        self
    }

    /// Rows become columns.
    fn transposed(self) -> Block {
        let Block { width, height, channels, bytes } = self;
        let mut turned = Vec::with_capacity(bytes.len());
        for column in 0..width {
            let pixels = bytes.chunks_exact(channels).skip(column).step_by(width);
            pixels.for_each(|pixel| turned.extend_from_slice(pixel));
        }
        Block { width: height, height: width, channels, bytes: turned }
    }

    fn picture(self) -> Picture {
        let pixels = if self.channels == 3 { Pixels::Colour(self.bytes) } else { Pixels::Grey(self.bytes) };
        Picture { width: self.width as u32, height: self.height as u32, pixels }
    }
}
