//! A page seen as a picture: which page, how large, which part of it, turned or not. Knows pixels and cells, and
//! nothing of terminals.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use crate::{
    case::{Area, Extent, Picture, Pixels, Turn, Viewport},
    desk::words::Move,
    text::SafeText,
};

#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    pub page: usize,
    pub aim: Aim,
    /// The part that is wanted now.
    wanted: Option<Viewport>,
    /// The part that was asked for and has not come. One at a time: who holds a key down is not shown every step.
    asked: Option<Viewport>,
    pub shown: Shown,
}

/// How a page is looked at. Kept from page to page.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aim {
    pub fit: Fit,
    /// In percent of what fits.
    pub zoom: u32,
    /// The upper left corner of what is seen, in shares of the turned page.
    pub left: f32,
    pub top: f32,
    pub turn: Turn,
    /// Light for dark.
    pub invert: bool,
}

impl Default for Aim {
    fn default() -> Aim {
        Aim { fit: Fit::Width, zoom: 100, left: 0.0, top: 0.0, turn: Turn::None, invert: false }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fit {
    Width,
    Page,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// Nothing of this page has come yet.
    Waiting,
    /// The part that came last.
    Picture(Box<Part>),
    Failed(SafeText),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub viewport: Viewport,
    /// With the search hits marked.
    pub marked: Arc<Picture>,
    /// Of what is seen: other pixels have another one.
    pub id: u64,
    plain: Arc<Picture>,
}

/// The most that a fitting page is enlarged, in percent.
const ZOOM_MOST: u32 = 1600;
/// A page is never asked for in more pixels across.
const WIDEST: u32 = 20_000;

impl Sight {
    pub fn of(page: usize, aim: Aim) -> Sight {
        Sight { page, aim, wanted: None, asked: None, shown: Shown::Waiting }
    }

    /// The part to be asked for, in a room of so many pixels.
    pub fn viewport(&self, extent: Extent, room: (u32, u32)) -> Viewport {
        let (aim, turned) = (self.aim, extent.turned(self.aim.turn));
        let whole = (room.1 as f32 * turned.width / turned.height.max(f32::MIN_POSITIVE)) as u32;
        let fitting = match aim.fit {
            Fit::Width => room.0,
            Fit::Page => room.0.min(whole),
        };
        let page_width = (fitting.saturating_mul(aim.zoom) / 100).clamp(1, WIDEST);
        let page_height = extent.height_of(aim.turn, page_width);
        let along = |share: f32, size: u32, room: u32| {
            let at = (share * size as f32).round() as u32;
            (at.min(size.saturating_sub(room)), size.min(room).min(u32::from(u16::MAX)) as u16)
        };
        let (left, width) = along(aim.left, page_width, room.0);
        let (top, height) = along(aim.top, page_height, room.1);
        Viewport { page_width, left, top, width, height, turn: aim.turn, invert: aim.invert }
    }

    /// The part to be asked for now, if any.
    pub fn wants(&mut self, extent: Extent, room: (u32, u32)) -> Option<Viewport> {
        let viewport = self.viewport(extent, room);
        if self.asked.is_some() || self.wanted.replace(viewport) == Some(viewport) {
            return None;
        }
        self.asked = Some(viewport);
        self.asked
    }

    /// Enlarges or makes smaller by a quarter, around the middle of what is seen.
    pub fn zoom(&mut self, nearer: bool, extent: Extent, room: (u32, u32)) {
        let zoom = if nearer { self.aim.zoom * 5 / 4 } else { self.aim.zoom * 4 / 5 };
        // Steps up and down again meet where they began.
        let zoom = ((zoom + 2) / 5 * 5).clamp(20, ZOOM_MOST);
        self.around_middle(extent, room, |aim| aim.zoom = if (95..=105).contains(&zoom) { 100 } else { zoom });
    }

    pub fn fit(&mut self, fit: Fit, extent: Extent, room: (u32, u32)) {
        self.around_middle(extent, room, |aim| (aim.fit, aim.zoom) = (fit, 100));
    }

    pub fn turn(&mut self) {
        self.aim = Aim { turn: self.aim.turn.next(), left: 0.0, top: 0.0, ..self.aim };
    }

    fn around_middle(&mut self, extent: Extent, room: (u32, u32), change: impl FnOnce(&mut Aim)) {
        let middle = |at: &Viewport| {
            let height = extent.height_of(at.turn, at.page_width).max(1) as f32;
            let width = at.page_width.max(1) as f32;
            let x = (at.left as f32 + f32::from(at.width) / 2.0) / width;
            (x, (at.top as f32 + f32::from(at.height) / 2.0) / height)
        };
        let before = middle(&self.viewport(extent, room));
        change(&mut self.aim);
        (self.aim.left, self.aim.top) = (0.0, 0.0);
        let now = middle(&self.viewport(extent, room));
        self.aim.left = (before.0 - now.0).max(0.0);
        self.aim.top = (before.1 - now.1).max(0.0);
    }

    /// Moves what is seen; says whether it moved, for at the end the next page may follow.
    pub fn go(&mut self, step: Move, extent: Extent, room: (u32, u32)) -> bool {
        let now = self.viewport(extent, room);
        let height = extent.height_of(now.turn, now.page_width);
        let last = height.saturating_sub(u32::from(now.height));
        let (small, large) = (u32::from(now.height) / 8, u32::from(now.height) * 9 / 10);
        let top = match step {
            Move::Up => now.top.saturating_sub(small.max(1)),
            Move::Down => now.top + small.max(1),
            Move::PageUp => now.top.saturating_sub(large.max(1)),
            Move::PageDown => now.top + large.max(1),
            Move::Top => 0,
            Move::Bottom => last,
        };
        let top = top.min(last);
        self.aim.top = top as f32 / height.max(1) as f32;
        top != now.top
    }

    /// Moves to the right, or to the left.
    pub fn aside(&mut self, right: bool, extent: Extent, room: (u32, u32)) {
        let now = self.viewport(extent, room);
        let small = (u32::from(now.width) / 8).max(1);
        let last = now.page_width.saturating_sub(u32::from(now.width));
        let left = if right { (now.left + small).min(last) } else { now.left.saturating_sub(small) };
        self.aim.left = left as f32 / now.page_width.max(1) as f32;
    }

    /// Brings a place of the page into sight, unless it is there.
    pub fn bring(&mut self, area: Area, extent: Extent, room: (u32, u32)) {
        let now = self.viewport(extent, room);
        let (width, height) = (now.page_width as f32, extent.height_of(now.turn, now.page_width) as f32);
        let place = now.turn.area(area);
        let inside =
            |from: f32, to: f32, at: u32, shown: u16| from >= at as f32 && to <= at as f32 + f32::from(shown);
        if !inside(place.top * height, place.bottom * height, now.top, now.height) {
            self.aim.top = (place.top - f32::from(now.height) / height / 3.0).max(0.0);
        }
        if !inside(place.left * width, place.right * width, now.left, now.width) {
            self.aim.left = (place.left - f32::from(now.width) / width / 3.0).max(0.0);
        }
    }

    /// What came of the question for a part.
    pub fn came(&mut self, viewport: Viewport, answer: Result<Picture, SafeText>) {
        self.asked = None;
        match answer {
            Ok(plain) => {
                let plain = Arc::new(plain);
                let part = Part { viewport, id: number(&plain), marked: plain.clone(), plain };
                self.shown = Shown::Picture(Box::new(part));
            }
            Err(why) => self.shown = Shown::Failed(why),
        }
    }

    /// Marks places of the page; `here`: the one that is meant now.
    pub fn mark(&mut self, extent: Extent, places: &[(Area, bool)]) {
        let Shown::Picture(part) = &mut self.shown else { return };
        if places.is_empty() && Arc::ptr_eq(&part.marked, &part.plain) {
            return;
        }
        if places.is_empty() {
            part.marked = part.plain.clone();
            part.id = number(&part.marked);
            return;
        }
        let mut marked = Picture::clone(&part.plain);
        let viewport = part.viewport;
        let (width, height) =
            (viewport.page_width as f32, extent.height_of(viewport.turn, viewport.page_width) as f32);
        for (area, here) in places {
            let area = viewport.turn.area(*area);
            let span = |from: f32, to: f32, size: f32, at: u32, shown: u32| {
                let clip = |pixel: f32| (pixel - at as f32).clamp(0.0, shown as f32) as u32;
                clip((from * size).floor() - 1.0)..clip((to * size).ceil() + 1.0)
            };
            let columns = span(area.left, area.right, width, viewport.left, marked.width);
            let rows = span(area.top, area.bottom, height, viewport.top, marked.height);
            tint(&mut marked, columns, rows, *here);
        }
        part.id = number(&marked);
        part.marked = Arc::new(marked);
    }
}

fn number(picture: &Picture) -> u64 {
    let mut hasher = DefaultHasher::new();
    picture.hash(&mut hasher);
    hasher.finish()
}

/// A hit is light on dark where it is the current one, and on a grey ground otherwise.
fn tint(picture: &mut Picture, columns: std::ops::Range<u32>, rows: std::ops::Range<u32>, here: bool) {
    let each = if matches!(picture.pixels, Pixels::Grey(_)) { 1 } else { 3 };
    let (Pixels::Grey(bytes) | Pixels::Colour(bytes)) = &mut picture.pixels;
    for y in rows {
        let row = y as usize * picture.width as usize * each;
        let span = row + columns.start as usize * each..row + columns.end as usize * each;
        for byte in bytes.get_mut(span).into_iter().flatten() {
            *byte = if here { 255 - *byte } else { (u16::from(*byte) * 3 / 4) as u8 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LETTER: Extent = Extent { width: 600.0, height: 800.0 };
    const ROOM: (u32, u32) = (300, 200);

    fn sight() -> Sight {
        Sight::of(0, Aim::default())
    }

    #[test]
    fn a_page_fits_the_width_or_as_a_whole() {
        let wide = sight().viewport(LETTER, ROOM);
        assert_eq!((wide.page_width, wide.width, wide.height), (300, 300, 200));
        let mut whole = sight();
        whole.fit(Fit::Page, LETTER, ROOM);
        let whole = whole.viewport(LETTER, ROOM);
        assert_eq!((whole.page_width, whole.width, whole.height), (150, 150, 200));
    }

    #[test]
    fn going_down_ends_at_the_foot_of_the_page() {
        let mut sight = sight();
        assert!(sight.go(Move::PageDown, LETTER, ROOM));
        assert_eq!(sight.viewport(LETTER, ROOM).top, 180);
        assert!(sight.go(Move::PageDown, LETTER, ROOM));
        assert_eq!(sight.viewport(LETTER, ROOM).top, 200, "400 high, 200 are seen");
        assert!(!sight.go(Move::PageDown, LETTER, ROOM), "nothing moved: the next page may come");
        assert!(sight.go(Move::Top, LETTER, ROOM));
        assert_eq!(sight.viewport(LETTER, ROOM).top, 0);
    }

    #[test]
    fn zooming_keeps_the_middle() {
        let mut sight = sight();
        sight.zoom(true, LETTER, ROOM);
        let near = sight.viewport(LETTER, ROOM);
        assert_eq!(near.page_width, 375);
        let middle = (near.left + 150) as f32 / 375.0;
        assert!((middle - 0.5).abs() < 0.01, "{middle}");
        sight.zoom(false, LETTER, ROOM);
        assert_eq!(sight.viewport(LETTER, ROOM).page_width, 300, "and back");
        for _ in 0..30 {
            sight.zoom(true, LETTER, ROOM);
        }
        assert_eq!(sight.aim.zoom, ZOOM_MOST);
    }

    #[test]
    fn a_place_out_of_sight_is_brought_into_it() {
        let mut sight = sight();
        let place = Area { left: 0.1, top: 0.9, right: 0.2, bottom: 0.92 };
        sight.bring(place, LETTER, ROOM);
        let seen = sight.viewport(LETTER, ROOM);
        assert!((seen.top..seen.top + 200).contains(&360), "{seen:?}");
        let before = sight.clone();
        sight.bring(place, LETTER, ROOM);
        assert_eq!(sight, before, "it is there");
    }

    #[test]
    fn marks_lie_where_the_words_are_and_go_again() {
        let mut sight = sight();
        let viewport = sight.wants(LETTER, ROOM).unwrap();
        assert_eq!(sight.wants(LETTER, ROOM), None, "it is on its way");
        let white = Picture::new(300, 200, Pixels::Grey(vec![255; 60_000])).unwrap();
        sight.came(viewport, Ok(white.clone()));
        let word = Area { left: 0.5, top: 0.25, right: 0.6, bottom: 0.3 };
        sight.mark(LETTER, &[(word, true)]);
        let Shown::Picture(part) = &sight.shown else { panic!() };
        let Pixels::Grey(bytes) = &part.marked.pixels else { panic!() };
        assert_eq!((bytes[110 * 300 + 160], bytes[110 * 300 + 100]), (0, 255));
        sight.mark(LETTER, &[]);
        let Shown::Picture(part) = &sight.shown else { panic!() };
        assert_eq!(*part.marked, white);
    }
}
