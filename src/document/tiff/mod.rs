//! TIFF: directories of tags, and pages of strips or tiles packed in many ways. The libraries' own readers take too few
//! of the files that card schemes exchange, so that only the unpacking is theirs.

mod chunk;
mod codec;
mod directory;
mod facts;
mod fax;
mod layout;
mod old_jpeg;
mod paint;
mod sample;
mod tag;
mod tone;
mod unpack;

use std::mem;

use self::{directory::Directory, layout::Layout, paint::Page};
use super::pages::{Fact, Limits, Pages, Text, Why};
use crate::{
    case::{Extent, Picture, Scan, Viewport},
    document::raster::Resolution,
};

pub use directory::File;
pub use facts::{origin, resolution, size};
pub use tag::{EXIF, EXIF_TAKEN, ORIENTATION};

/// Several pages, of which the one looked at last is kept decoded.
struct Tiff {
    file: File,
    directories: Vec<Directory>,
    facts: Vec<Fact>,
    /// There are more directories than were read: damaged ones, or too many.
    is_cut: bool,
    kept: Option<(usize, Result<Page, Why>)>,
}

pub fn open(bytes: Vec<u8>) -> Result<Box<dyn Pages>, Why> {
    let file = File::new(bytes).ok_or_else(|| Why::Damaged("it does not begin as a TIFF".into()))?;
    let (directories, is_whole) = file.chain(Limits::PAGES);
    if directories.is_empty() {
        return Err(Why::Damaged("it has no page".into()));
    }
    let facts = facts::of(&file, &directories, is_whole);
    Ok(Box::new(Tiff { file, directories, facts, is_cut: !is_whole, kept: None }))
}

impl Tiff {
    fn directory(&self, page: usize) -> Result<&Directory, Why> {
        self.directories.get(page).ok_or_else(|| Why::Missing(format!("page {}", page + 1)))
    }

    /// The page, decoded now unless it is the one that was looked at last.
    fn page(&mut self, page: usize) -> Result<&Page, Why> {
        if !matches!(&self.kept, Some((kept, _)) if *kept == page) {
            // Before the next one takes its memory.
            drop(mem::take(&mut self.kept));
            let decoded = paint::page(&self.file, self.directory(page)?);
            self.kept = Some((page, decoded));
        }
        match &self.kept {
            Some((_, decoded)) => decoded.as_ref().map_err(Why::clone),
            None => Err(Why::Missing(format!("page {}", page + 1))),
        }
    }
}

impl Pages for Tiff {
    fn count(&self) -> usize {
        self.directories.len()
    }

    fn facts(&self) -> Vec<Fact> {
        self.facts.clone()
    }

    /// Of the pages that can be read.
    fn scan(&self) -> Option<Scan> {
        let tags: Vec<_> = self.directories.iter().map(|directory| self.file.tags(directory)).collect();
        let layouts: Vec<_> = tags.iter().filter_map(|tags| Layout::of(tags).ok()).collect();
        let pixels = |layout: &&Layout| u64::from(layout.shape.width) * u64::from(layout.shape.height);
        let largest = layouts.iter().max_by_key(pixels)?.shape;
        let mut packing: Vec<_> = layouts.iter().map(|layout| layout.codec.words().to_owned()).collect();
        packing.sort();
        packing.dedup();
        let dpi = tags.iter().filter_map(|tags| resolution(tags).map(Resolution::finest)).max();
        Some(Scan { width: largest.width, height: largest.height, dpi, packing })
    }

    /// No lines; the notes tell what of the picture is damaged.
    fn text(&mut self, page: usize) -> Result<Text, Why> {
        let is_last = page + 1 == self.directories.len();
        let mut notes = self.page(page)?.notes.clone();
        if is_last && self.is_cut {
            notes.push("the file has further pages that cannot be read".into());
        }
        Ok(Text { notes, ..Text::default() })
    }

    fn extent(&mut self, page: usize) -> Result<Option<Extent>, Why> {
        let layout = Layout::of(&self.file.tags(self.directory(page)?))?;
        Ok(Some(layout.shape.extent()))
    }

    fn picture(&mut self, page: usize, viewport: &Viewport) -> Result<Picture, Why> {
        Ok(self.page(page)?.raster.view(viewport))
    }
}
