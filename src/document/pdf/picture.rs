//! A viewport onto a page, drawn as such: never the whole page at a high zoom.

use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::{InterpreterSettings, TransformExt},
    hayro_syntax::page::Page,
    kurbo::Affine,
    render_into,
    vello_cpu::{Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit, color::palette::css::WHITE},
};

use super::extent_of;
use crate::{
    case::{Extent, Picture, Pixels, Turn, Viewport},
    document::pages::{Limits, Why},
};

pub fn draw<'a>(page: &'a Page<'a>, cache: &RenderCache<'a>, viewport: &Viewport) -> Result<Picture, Why> {
    let extent = extent_of(page);
    let page_height = extent.height_of(viewport.turn, viewport.page_width);
    let width = part(viewport.page_width, viewport.left, viewport.width);
    let height = part(page_height, viewport.top, viewport.height);
    if u64::from(width) * u64::from(height) > Limits::PIXELS {
        return Err(Why::Limit(format!("{} megapixels", Limits::PIXELS / 1_000_000)));
    }
    let drawn = if width == 0 || height == 0 {
        Vec::new()
    } else {
        let mut target = RenderContext::new(width, height);
        let place = placed(extent, page_height, viewport) * page.initial_transform(true).to_kurbo();
        let interpreter = InterpreterSettings::default();
        render_into(page, cache, &interpreter, &RenderSettings::default(), &mut target, place);
        target.flush();
        let mut drawn = Pixmap::new(width, height);
        let on_white = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..Default::default() };
        target.render_with(&mut drawn, &mut Resources::default(), on_white);
        drawn.take_rgba8(hayro::vello_cpu::peniko::ImageAlphaType::AlphaPremultiplied)
    };
    Picture::new(width.into(), height.into(), pixels(&drawn, viewport.invert))
        .ok_or_else(|| Why::Damaged("its picture has another size than it should".into()))
}

/// How much of a length there is from a place on.
fn part(whole: u32, from: u32, wanted: u16) -> u16 {
    u16::try_from(whole.saturating_sub(from)).unwrap_or(u16::MAX).min(wanted)
}

/// From points of the page as displayed to pixels of the viewport: turned about its middle, scaled, moved.
fn placed(extent: Extent, page_height: u32, viewport: &Viewport) -> Affine {
    let turned = extent.turned(viewport.turn);
    let quarters = match viewport.turn {
        Turn::None => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
        Turn::Quarter => [0.0, 1.0, -1.0, 0.0, turned.width.into(), 0.0],
        Turn::Half => [-1.0, 0.0, 0.0, -1.0, turned.width.into(), turned.height.into()],
        Turn::ThreeQuarters => [0.0, -1.0, 1.0, 0.0, 0.0, turned.height.into()],
    };
    let across = f64::from(viewport.page_width) / f64::from(turned.width.max(f32::MIN_POSITIVE));
    let down = f64::from(page_height) / f64::from(turned.height.max(f32::MIN_POSITIVE));
    Affine::translate((-f64::from(viewport.left), -f64::from(viewport.top)))
        * Affine::scale_non_uniform(across, down)
        * Affine::new(quarters)
}

fn pixels(drawn: &[u8], invert: bool) -> Pixels {
    let (all, _) = drawn.as_chunks::<4>();
    let mask = if invert { 0xff } else { 0 };
    if all.iter().all(|[red, green, blue, _]| red == green && green == blue) {
        Pixels::Grey(all.iter().map(|[grey, ..]| grey ^ mask).collect())
    } else {
        Pixels::Colour(
            all.iter().flat_map(|[red, green, blue, _]| [red ^ mask, green ^ mask, blue ^ mask]).collect(),
        )
    }
}
