//! Pictures of one page: JPEG, PNG, GIF, WebP and BMP. Shown upright, over white; of what moves only the first frame.

mod decode;
mod facts;

use std::mem;

use super::{
    kind::Kind,
    pages::{Fact, Pages, Text, Why},
    raster::{Raster, Resolution, Shape},
};
use crate::case::{Extent, Picture, Scan, Viewport};

/// Decoded when it is first looked at, and then kept.
struct Image {
    shape: Shape,
    resolution: Option<Resolution>,
    facts: Vec<Fact>,
    state: State,
}

enum State {
    Packed { kind: Kind, bytes: Vec<u8> },
    Decoded { raster: Raster, notes: Vec<String> },
    Failed(Why),
}

pub fn open(kind: Kind, bytes: Vec<u8>) -> Result<Box<dyn Pages>, Why> {
    let head = decode::head(kind, &bytes)?;
    let facts = facts::of(kind, &bytes, &head);
    let resolution = facts::resolution(kind, &bytes, head.exif.as_ref());
    Ok(Box::new(Image { shape: head.shape, resolution, facts, state: State::Packed { kind, bytes } }))
}

impl Image {
    fn decoded(&mut self) -> Result<(&Raster, &[String]), Why> {
        if matches!(self.state, State::Packed { .. })
            && let State::Packed { kind, bytes } =
                mem::replace(&mut self.state, State::Failed(Why::Damaged("it could not be decoded".into())))
        {
            self.state = match decode::raster(kind, &bytes, self.shape) {
                Ok((raster, notes)) => State::Decoded { raster, notes },
                Err(why) => State::Failed(why),
            };
        }
        match &self.state {
            State::Decoded { raster, notes } => Ok((raster, notes)),
            State::Failed(why) => Err(why.clone()),
            State::Packed { .. } => Err(Why::Missing("page 1".into())),
        }
    }
}

/// There is one.
fn only(page: usize) -> Result<(), Why> {
    if page == 0 { Ok(()) } else { Err(Why::Missing(format!("page {}", page + 1))) }
}

impl Pages for Image {
    fn count(&self) -> usize {
        1
    }

    fn facts(&self) -> Vec<Fact> {
        self.facts.clone()
    }

    fn scan(&self) -> Option<Scan> {
        let Shape { width, height, .. } = self.shape;
        Some(Scan { width, height, dpi: self.resolution.map(Resolution::finest), packing: Vec::new() })
    }

    /// No lines; the notes tell what of the picture is damaged.
    fn text(&mut self, page: usize) -> Result<Text, Why> {
        only(page)?;
        let (_, notes) = self.decoded()?;
        Ok(Text { notes: notes.to_vec(), ..Text::default() })
    }

    fn extent(&mut self, page: usize) -> Result<Option<Extent>, Why> {
        only(page)?;
        Ok(Some(self.shape.extent()))
    }

    fn picture(&mut self, page: usize, viewport: &Viewport) -> Result<Picture, Why> {
        only(page)?;
        Ok(self.decoded()?.0.view(viewport))
    }
}
