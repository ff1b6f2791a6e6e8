//! The shape of a page of pixels: its size, how it is to be turned, and how wide a pixel is for its height.

use crate::{
    case::{Extent, Turn},
    document::pages::{Limits, Why},
};

/// Up to so many times wider than high may a pixel be said to be, or higher than wide; a document that says more has it
/// wrong. A fax of low resolution says 2.08 (204 to 98 dpi, ITU-T T.4).
const STRETCH_AT_MOST: f64 = 4.0;

/// A longer side is refused: no scan has one, and each of its pixels takes a weight when it is scaled.
const SIDE_AT_MOST: u32 = 1_000_000;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// In pixels, as stored.
    pub width: u32,
    pub height: u32,
    /// How many times wider than high a pixel is.
    pub stretch: f64,
    pub pose: Pose,
}

impl Shape {
    /// Square pixels, upright; only where there are some, and not too many.
    pub fn checked(width: u64, height: u64) -> Result<Shape, Why> {
        if width == 0 || height == 0 {
            return Err(Why::Damaged(format!("{width} x {height} pixels")));
        }
        let side = |length: u64| u32::try_from(length).ok().filter(|length| *length <= SIDE_AT_MOST);
        match (side(width), side(height)) {
            (Some(across), Some(down)) if width * height <= Limits::PIXELS => {
                Ok(Shape { width: across, height: down, stretch: 1.0, pose: Pose::default() })
            }
            _ => Err(Why::Limit(format!(
                "{width} x {height} pixels, where {} million are shown at most",
                Limits::PIXELS / 1_000_000
            ))),
        }
    }

    /// Pixels per length across and down, in whatever unit. What makes no sense changes nothing.
    pub fn with_resolution(self, across: f64, down: f64) -> Shape {
        let stretch = down / across;
        let makes_sense = (1.0 / STRETCH_AT_MOST..=STRETCH_AT_MOST).contains(&stretch);
        Shape { stretch: if makes_sense { stretch } else { 1.0 }, ..self }
    }

    /// In square pixels, turned as the document asks. The finer of the two resolutions stays as it is.
    pub fn extent(&self) -> Extent {
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let (width, height) =
            if self.stretch >= 1.0 { (width * self.stretch, height) } else { (width, height / self.stretch) };
        Extent { width: width as f32, height: height as f32 }.turned(self.pose.turn)
    }
}

/// How a stored page becomes an upright one: first mirrored left to right, then turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pose {
    pub is_mirrored: bool,
    pub turn: Turn,
}

impl Pose {
    /// From the Orientation tag of TIFF and EXIF (TIFF 6.0, page 36); anything but 2 to 8 is upright.
    pub fn from_tag(orientation: u64) -> Pose {
        let (is_mirrored, turn) = match orientation {
            2 => (true, Turn::None),
            3 => (false, Turn::Half),
            4 => (true, Turn::Half),
            5 => (true, Turn::ThreeQuarters),
            6 => (false, Turn::Quarter),
            7 => (true, Turn::Quarter),
            8 => (false, Turn::ThreeQuarters),
            _ => (false, Turn::None),
        };
        Pose { is_mirrored, turn }
    }
}

/// Pixels per inch across and down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resolution {
    pub across: f64,
    pub down: f64,
}

impl Resolution {
    /// Nothing where it makes no sense.
    pub fn new(across: f64, down: f64) -> Option<Resolution> {
        let sound = 1.0..=100_000.0;
        (sound.contains(&across) && sound.contains(&down)).then_some(Resolution { across, down })
    }

    /// The finer of the two, in whole pixels per inch.
    pub fn finest(self) -> u32 {
        self.across.max(self.down).round() as u32
    }

    /// "300 dpi", "204 x 98 dpi".
    pub fn words(self) -> String {
        let (across, down) = (self.across.round(), self.down.round());
        if across == down { format!("{across} dpi") } else { format!("{across} x {down} dpi") }
    }
}
