//! The letters of a page with their places, invisible ones (a scan's recognised text) and those of annotations'
//! appearances included.

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
        InterpreterSettings, SoftMask, TransformExt,
        font::{Glyph, GlyphRun},
        hayro_cmap::WritingMode,
        interpret_page,
    },
    hayro_syntax::{
        object::{Dict, String as Bytes},
        page::Page,
    },
    kurbo::{Affine, BezPath, Point, Rect},
};

use super::{
    extent_of,
    fonts::Fonts,
    text_string,
    undrawn::{LETTER, Writing},
};
use crate::case::{Extent, Turn};

/// Letters read of one page; a page full of small print has some 10 000.
const AT_MOST: usize = 1_000_000;
/// Smaller letters, in points, are marks of a program.
const SMALLEST: f32 = 0.5;

/// In points, in the frame of a reader who holds the page so that the line runs to the right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Letter {
    pub is: char,
    pub from: f32,
    pub to: f32,
    /// Of its baseline, from the top.
    pub base: f32,
    /// Of the font.
    pub size: f32,
}

#[derive(Default)]
pub struct Gathered {
    /// By the turn after which a line that runs to the right runs as these do.
    pub letters: [Vec<Letter>; 4],
    /// There are more.
    pub is_cut: bool,
    /// Glyphs of which nothing tells what character they are.
    pub unknown: usize,
}

pub const TURNS: [Turn; 4] = [Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters];

pub fn gather<'a>(
    page: &'a Page<'a>,
    writings: &[Writing],
    cache: &InterpreterCache<'a>,
    fonts: &mut Fonts,
) -> Gathered {
    let extent = extent_of(page);
    let whole = Rect::new(0.0, 0.0, extent.width.into(), extent.height.into());
    let upright = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(upright, whole, cache, page.xref(), InterpreterSettings::default());
    let mut gatherer = Gatherer { extent, fonts, spans: Vec::new(), found: Gathered::default(), count: 0 };
    interpret_page(page, &mut context, &mut gatherer);
    for writing in writings {
        gatherer.write(writing);
    }
    gatherer.found
}

struct Gatherer<'f> {
    extent: Extent,
    fonts: &'f mut Fonts,
    /// Marked content that is open; with the text that stands for it, where it has one.
    spans: Vec<Option<Span>>,
    found: Gathered,
    count: usize,
}

/// Glyphs for which a text is given.
struct Span {
    text: String,
    over: Option<(usize, Letter)>,
}

impl Gatherer<'_> {
    /// A glyph's characters side by side on its place.
    fn take(&mut self, text: &str, direction: usize, glyph: Letter) {
        let span = self.spans.iter_mut().find_map(Option::as_mut);
        if let Some(span) = span {
            match &mut span.over {
                Some((_, over)) => {
                    over.from = over.from.min(glyph.from);
                    over.to = over.to.max(glyph.to);
                }
                None => span.over = Some((direction, glyph)),
            }
            return;
        }
        self.put(text, direction, glyph);
    }

    fn put(&mut self, text: &str, direction: usize, glyph: Letter) {
        let Some(letters) = self.found.letters.get_mut(direction) else { return };
        let shown = || text.chars().filter(|c| !c.is_control() || *c == '\t');
        let step = (glyph.to - glyph.from) / shown().count().max(1) as f32;
        let mut from = glyph.from;
        for is in shown() {
            if self.count >= AT_MOST {
                self.found.is_cut = true;
                return;
            }
            self.count += 1;
            let is = if is.is_whitespace() { ' ' } else { is };
            letters.push(Letter { is, from, to: from + step, ..glyph });
            from += step;
        }
    }

    /// A line apart from what stands before it.
    fn write(&mut self, Writing { text, left, base, size }: &Writing) {
        let to = left + LETTER * size * text.chars().count() as f32;
        let place = Letter { is: ' ', from: *left, to, base: *base, size: *size };
        if self.is_on_page(0, &place) {
            self.put(text, 0, place);
            self.put(" ", 0, Letter { from: to, ..place });
        }
    }

    /// Whether any of it may lie on the page.
    fn is_on_page(&self, direction: usize, glyph: &Letter) -> bool {
        let Extent { width, height } = self.extent.turned(TURNS.get(direction).copied().unwrap_or_default());
        let Letter { from, to, base, size, .. } = *glyph;
        [from, to, base, size].iter().all(|number| number.is_finite())
            && (SMALLEST..=f32::from(u16::MAX)).contains(&size)
            && to >= 0.0
            && from <= width
            && base >= 0.0
            && base - size <= height
    }
}

/// The letters of a ligature that has a character of its own (Unicode, Alphabetic Presentation Forms), so that they are
/// found.
fn unjoined(text: &str) -> &str {
    match text {
        "\u{fb00}" => "ff",
        "\u{fb01}" => "fi",
        "\u{fb02}" => "fl",
        "\u{fb03}" => "ffi",
        "\u{fb04}" => "ffl",
        "\u{fb05}" | "\u{fb06}" => "st",
        text => text,
    }
}

/// Where a glyph stands: the index of its turn, and its place with a blank for a character.
fn place(at: Affine, measure: &Measure, extent: Extent) -> (usize, Letter) {
    let origin = at * Point::ZERO;
    let [a, b, ..] = at.as_coeffs();
    let (run, size) = (measure.advance as f32, measure.size as f32);
    let (x, y) = (origin.x as f32, origin.y as f32);
    let Extent { width, height } = extent;
    let is_level = a.abs() >= b.abs();
    let (direction, along, base) = match (measure.is_vertical, is_level) {
        // Upright signs below each other, whose origin lies in the middle of the foot: a column is a line that runs
        // down, and its baseline is to the left of the signs.
        (true, _) => (1, y - 0.88 * size, width - x - 0.12 * size),
        (_, true) if a >= 0.0 => (0, x, y),
        (_, true) => (2, width - x, height - y),
        (_, false) if b > 0.0 => (1, y, width - x),
        (_, false) => (3, height - y, x),
    };
    (direction, Letter { is: ' ', from: along, to: along + run, base, size })
}

/// The extent of a glyph in points.
struct Measure {
    advance: f64,
    size: f64,
    is_vertical: bool,
}

/// Thousandths of the font's size, in which glyphs are measured.
const EM: f64 = 1000.0;

fn advance(glyph: &Glyph<'_>) -> f64 {
    match glyph {
        Glyph::Outline(glyph) => glyph.advance_width(),
        Glyph::Type3(glyph) => glyph.advance_width(),
    }
    .map_or(EM / 2.0, f64::from)
}

/// How long a glyph's two axes are on the page, of a length of 1 in the font.
fn axes(at: Affine) -> (f64, f64) {
    let [a, b, c, d, ..] = at.as_coeffs();
    (a.hypot(b), c.hypot(d))
}

/// A font that stands in for one that is not in the document has each glyph stretched to the other's width, which is
/// what the advance already is; the line as a whole is stretched where all glyphs are, and by as much.
fn is_stretched_one_by_one(run: &GlyphRun<'_, '_>) -> bool {
    let mut ratios = run.glyphs().iter().map(|glyph| {
        let (across, up) = axes(glyph.transform());
        across / up
    });
    let first = ratios.next().unwrap_or(1.0);
    ratios.any(|ratio| (ratio - first).abs() > 0.001 * first.abs())
}

/// The size of a font whose glyphs are drawings can be anything; so it is guessed from how wide they are, where what it
/// says makes no sense: of common text, letters are half as wide as the font is high.
fn drawn_size(run: &GlyphRun<'_, '_>, size: f64, across: f64) -> f64 {
    let widths = run.glyphs().iter().filter(|glyph| matches!(&***glyph, Glyph::Type3(_)));
    let (sum, count) = widths
        .map(|glyph| advance(glyph))
        .filter(|width| *width > 0.0)
        .fold((0.0, 0.0), |(sum, count), width| (sum + width, count + 1.0));
    let usual = 2.0 * across * sum / f64::max(count, 1.0);
    if usual > 0.0 && !(0.4..=2.5).contains(&(usual / size)) { usual } else { size }
}

impl<'a> Device<'a> for Gatherer<'_> {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        if self.found.is_cut {
            return;
        }
        let is_each_stretched = is_stretched_one_by_one(run);
        let is_vertical = run.writing_mode() == WritingMode::Vertical;
        for glyph in run.glyphs() {
            let at = props.transform * glyph.transform();
            let (across, up) = axes(at);
            let size = match &**glyph {
                Glyph::Outline(_) => up * EM,
                Glyph::Type3(_) => drawn_size(run, up * EM, across),
            };
            let advance = match is_vertical {
                true => size,
                false => advance(glyph) * if is_each_stretched { up } else { across },
            };
            let (direction, place) = place(at, &Measure { advance, size, is_vertical }, self.extent);
            if !self.is_on_page(direction, &place) {
                continue;
            }
            match self.fonts.text_of(glyph) {
                Some(text) => self.take(unjoined(&text), direction, place),
                None => self.found.unknown += 1,
            }
        }
    }

    fn begin_marked_content(&mut self, _: &[u8], said: Option<&Dict<'_>>) {
        let text = said.and_then(|said| said.get::<Bytes<'_>>("ActualText")).map(|text| text_string(&text));
        self.spans.push(text.map(|text| Span { text, over: None }));
    }

    fn end_marked_content(&mut self) {
        if let Some(Some(Span { text, over: Some((direction, over)) })) = self.spans.pop() {
            self.take(&text, direction, over);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
