//! Covers parts of a page's picture: where the text of a page holds a card number, its picture must not show it.

use crate::case::{Area, Extent, Picture, Pixels, Viewport};

/// Paints the areas of the page black, as far as the picture shows them. A little more than the area is covered:
/// letters reach over the places that a document tells of them.
pub fn cover(picture: &mut Picture, viewport: &Viewport, extent: Extent, areas: &[Area]) {
    let page = (viewport.page_width as f32, extent.height_of(viewport.turn, viewport.page_width) as f32);
    for area in areas {
        let area = viewport.turn.area(*area);
        let reach = ((area.right - area.left) * page.0).min((area.bottom - area.top) * page.1) * REACH;
        let span = |from: f32, to: f32, size: f32, at: u32, shown: u32| {
            let first = (from * size - reach - at as f32).floor().max(0.0) as u32;
            let last = (to * size + reach - at as f32).ceil().clamp(0.0, shown as f32) as u32;
            first.min(last)..last
        };
        let columns = span(area.left, area.right, page.0, viewport.left, picture.width);
        for y in span(area.top, area.bottom, page.1, viewport.top, picture.height) {
            let each = match &picture.pixels {
                Pixels::Grey(_) => 1,
                Pixels::Colour(_) => 3,
            };
            let (Pixels::Grey(bytes) | Pixels::Colour(bytes)) = &mut picture.pixels;
            let row = (y as usize * picture.width as usize) * each;
            let span = row + columns.start as usize * each..row + columns.end as usize * each;
            if let Some(covered) = bytes.get_mut(span) {
                covered.fill(0);
            }
        }
    }
}

/// In shares of the area's height, or of its width where that is less.
const REACH: f32 = 0.15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Turn;

    fn covered(viewport: Viewport, area: Area) -> Vec<(u32, u32)> {
        let (width, height) = (u32::from(viewport.width), u32::from(viewport.height));
        let pixels = Pixels::Grey(vec![255; (width * height) as usize]);
        let mut picture = Picture::new(width, height, pixels).unwrap();
        cover(&mut picture, &viewport, Extent { width: 100.0, height: 200.0 }, &[area]);
        let Pixels::Grey(bytes) = picture.pixels else { unreachable!() };
        let dark = bytes.iter().enumerate().filter(|(_, pixel)| **pixel == 0);
        dark.map(|(at, _)| (at as u32 % width, at as u32 / width)).collect()
    }

    const NUMBER: Area = Area { left: 0.5, top: 0.25, right: 0.7, bottom: 0.3 };

    fn viewport(turn: Turn) -> Viewport {
        let (width, height) = if turn.is_sideways() { (200, 100) } else { (100, 200) };
        Viewport { page_width: u32::from(width), left: 0, top: 0, width, height, turn, invert: false }
    }

    #[test]
    fn a_number_is_covered_however_the_page_is_turned() {
        for (turn, middle) in [
            (Turn::None, (60, 55)),
            (Turn::Quarter, (200 - 55, 60)),
            (Turn::Half, (100 - 60, 200 - 55)),
            (Turn::ThreeQuarters, (55, 100 - 60)),
        ] {
            let dark = covered(viewport(turn), NUMBER);
            assert!(dark.contains(&middle), "{turn:?}");
            // 20 x 10 pixels, and a little on every side.
            assert!((200..=24 * 14).contains(&dark.len()), "{turn:?}: {}", dark.len());
        }
    }

    #[test]
    fn what_lies_outside_the_viewport_covers_nothing_in_it() {
        let viewport =
            Viewport { page_width: 400, left: 0, top: 0, width: 50, height: 50, ..viewport(Turn::None) };
        assert!(covered(viewport, NUMBER).is_empty());
        let far = Viewport { left: 350, top: 700, ..viewport };
        assert!(covered(far, NUMBER).is_empty());
        let through = Viewport { left: 240, top: 210, ..viewport };
        assert_eq!(covered(through, NUMBER).first(), Some(&(0, 0)));
    }
}
