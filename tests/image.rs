//! Pictures of one page: JPEG, PNG, GIF, WebP and BMP of every sort that is met, upright and over white; what they say
//! of themselves; and what becomes of damaged, huge and rare ones. They are made here, or are samples of the project.

mod press;

use std::io::Cursor;

use casedesk::{
    case::{Picture, Pixels, Turn, Viewport},
    document::{Pages, Why, open},
};
use image::{
    DynamicImage, ExtendedColorType, Frame, ImageEncoder, ImageFormat, Rgba, RgbaImage,
    codecs::{gif::GifEncoder, png::PngEncoder},
};
use press::{Format, Sheet, Values};
use proptest::prelude::*;

fn opened(bytes: Vec<u8>) -> Box<dyn Pages> {
    open(bytes, None).unwrap_or_else(|why| panic!("{why:?}"))
}

fn viewport(page_width: u32) -> Viewport {
    let (width, height) = (u16::MAX, u16::MAX);
    Viewport { page_width, left: 0, top: 0, width, height, turn: Turn::None, invert: false }
}

fn seen(pages: &mut dyn Pages) -> Picture {
    let extent = pages.extent(0).unwrap().unwrap();
    pages.picture(0, &viewport(extent.width.round() as u32)).unwrap_or_else(|why| panic!("{why:?}"))
}

fn bytes(picture: &Picture) -> &[u8] {
    let (Pixels::Grey(bytes) | Pixels::Colour(bytes)) = &picture.pixels;
    bytes
}

fn asset(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/assets/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn facts(pages: &dyn Pages) -> Vec<String> {
    pages.facts().iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect()
}

fn png(samples: &[u8], width: u32, height: u32, colour: ExtendedColorType) -> Vec<u8> {
    let mut file = Vec::new();
    PngEncoder::new(&mut file).write_image(samples, width, height, colour).unwrap();
    file
}

#[track_caller]
fn shows(file: Vec<u8>, width: u32, expected: &[u8]) {
    let mut pages = opened(file);
    assert_eq!(pages.count(), 1);
    let shown = seen(&mut *pages);
    assert_eq!(shown.width, width);
    assert_eq!(bytes(&shown), expected);
    assert_eq!(pages.text(0).unwrap().notes, Vec::<String>::new());
}

// ---- without loss

#[test]
fn png_of_every_colour_shows_its_pixels() {
    use ExtendedColorType::{L8, L16, La8, Rgb8, Rgb16, Rgba8, Rgba16};
    let deep = |samples: &[u16]| samples.iter().flat_map(|sample| sample.to_ne_bytes()).collect::<Vec<_>>();
    shows(png(&[0, 9, 255, 128], 2, 2, L8), 2, &[0, 9, 255, 128]);
    shows(png(&deep(&[0x12ff, 0xff00]), 2, 1, L16), 2, &[0x12, 0xff]);
    shows(png(&[100, 128, 9, 255], 2, 1, La8), 2, &[177, 9]);
    shows(png(&[1, 2, 3, 4, 5, 6], 2, 1, Rgb8), 2, &[1, 2, 3, 4, 5, 6]);
    shows(png(&deep(&[0x1234, 0x5678, 0x9abc]), 1, 1, Rgb16), 1, &[0x12, 0x56, 0x9a]);
    shows(png(&[100, 0, 200, 128, 7, 7, 7, 0], 2, 1, Rgba8), 2, &[177, 127, 227, 255, 255, 255]);
    shows(png(&deep(&[0x6400, 0, 0xc800, 0xffff]), 1, 1, Rgba16), 1, &[100, 0, 200]);
}

#[test]
fn png_of_few_bits_and_of_a_palette_shows_its_pixels() {
    let written = |depth: png::BitDepth, colour: png::ColorType, palette: &[u8], row: &[u8]| {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 4, 1);
        encoder.set_color(colour);
        encoder.set_depth(depth);
        if !palette.is_empty() {
            encoder.set_palette(palette.to_vec());
        }
        encoder.write_header().unwrap().write_image_data(row).unwrap();
        file
    };
    let grey = png::ColorType::Grayscale;
    shows(written(png::BitDepth::One, grey, &[], &[0b1010_0000]), 4, &[255, 0, 255, 0]);
    shows(written(png::BitDepth::Four, grey, &[], &[0x0f, 0x3c]), 4, &[0, 255, 51, 204]);
    let indexed =
        written(png::BitDepth::Two, png::ColorType::Indexed, &[1, 2, 3, 4, 5, 6, 7, 8, 9], &[0b00_01_10_00]);
    shows(indexed, 4, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3]);
}

#[test]
fn bitmaps_and_webp_show_their_pixels() {
    let picture = RgbaImage::from_fn(5, 3, |x, y| Rgba([x as u8 * 50, y as u8 * 80, 7, 255]));
    let plain = DynamicImage::ImageRgba8(picture).into_rgb8();
    for format in [ImageFormat::Bmp, ImageFormat::WebP] {
        let mut file = Cursor::new(Vec::new());
        plain.write_to(&mut file, format).unwrap();
        shows(file.into_inner(), 5, plain.as_raw());
    }
}

fn gif(colours: &[[u8; 4]]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    encoder
        .encode_frames(colours.iter().map(|colour| Frame::new(RgbaImage::from_pixel(3, 2, Rgba(*colour)))))
        .unwrap();
    drop(encoder);
    file
}

#[test]
fn of_what_moves_the_first_frame_is_shown_and_it_is_said() {
    let red = [250, 0, 0, 255];
    let still = gif(&[red]);
    assert_eq!(
        facts(&*opened(still.clone())),
        ["size: 3 x 2 pixels", "colour: red, green, blue, transparent, 32 bits a pixel"]
    );
    shows(still, 3, &[250, 0, 0].repeat(6));
    let moving = gif(&[red, [0, 0, 250, 255]]);
    assert!(
        facts(&*opened(moving.clone())).contains(&"animation: it moves; only the first frame is shown".into())
    );
    shows(moving, 3, &[250, 0, 0].repeat(6));
}

// ---- JPEG

fn unlike(one: &Picture, other: &Picture) -> f64 {
    assert_eq!((one.width, one.height), (other.width, other.height));
    let off = bytes(one).iter().zip(bytes(other)).map(|(one, other)| f64::from(one.abs_diff(*other)));
    off.sum::<f64>() / bytes(one).len() as f64
}

#[test]
fn jpeg_is_like_the_original() {
    let original = seen(&mut *opened(asset("samples/photo.tif")));
    for name in ["samples/photo.jpg", "samples/photo-progressive.jpg", "samples/photo-cmyk.jpg"] {
        let off = unlike(&seen(&mut *opened(asset(name))), &original);
        assert!(off < 4.0, "{name}: {off}");
    }
    let weights = [0.299, 0.587, 0.114];
    let luminance =
        |pixel: &[u8]| pixel.iter().zip(weights).map(|(byte, weight)| f64::from(*byte) * weight).sum::<f64>();
    let grey = bytes(&original).chunks(3).map(|pixel| luminance(pixel).round() as u8).collect();
    let grey = Picture { pixels: Pixels::Grey(grey), ..original };
    let off = unlike(&seen(&mut *opened(asset("samples/photo-grey.jpg"))), &grey);
    assert!(off < 4.0, "{off}");
}

/// A photograph with the data that a camera adds.
fn taken(sheet: &Sheet, format: Format) -> Vec<u8> {
    let exif = [b"Exif\0\0".to_vec(), press::print(sheet, format)].concat();
    let mut file = vec![0xff, 0xd8, 0xff, 0xe1];
    file.extend((exif.len() as u16 + 2).to_be_bytes());
    file.extend(exif);
    file.extend(&asset("samples/photo.jpg")[2..]);
    file
}

#[test]
fn a_photograph_stands_upright_and_says_who_took_it_when() {
    let plain = seen(&mut *opened(asset("samples/photo.jpg")));
    for is_little in [true, false] {
        let sheet = Sheet::default()
            .short(274, 6)
            .tag(271, Values::Text("Nordlys Optik".into()))
            .tag(272, Values::Text("N 5".into()))
            .tag(306, Values::Text("2026:11:02 10:00:00".into()));
        let mut pages = opened(taken(&sheet, Format { is_little, is_big: false }));
        let extent = pages.extent(0).unwrap().unwrap();
        assert_eq!((extent.width, extent.height), (96.0, 128.0));
        let shown = pages.picture(0, &Viewport { turn: Turn::ThreeQuarters, ..viewport(128) }).unwrap();
        assert!(shown == plain);
        assert_eq!(
            facts(&*pages),
            [
                "size: 128 x 96 pixels (22 x 16 mm)",
                "resolution: 150 dpi",
                "colour: red, green, blue, 24 bits a pixel",
                "date: 2026:11:02 10:00:00",
                "make: Nordlys Optik",
                "model: N 5",
            ]
        );
    }
}

#[test]
fn resolutions_are_told_and_unequal_ones_applied() {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 4, 4);
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: 7874, yppu: 3937, unit: png::Unit::Meter }));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header().unwrap().write_image_data(&[9; 16]).unwrap();
    let mut pages = opened(file);
    assert!(facts(&*pages).contains(&"resolution: 200 x 100 dpi".into()), "{:?}", facts(&*pages));
    let extent = pages.extent(0).unwrap().unwrap();
    assert_eq!((extent.width, extent.height.round()), (4.0, 8.0));
}

// ---- what is damaged, huge or rare

#[test]
fn a_jpeg_that_ends_too_early_is_shown_and_that_is_said() {
    let whole = asset("samples/photo.jpg");
    let mut pages = opened(whole[..whole.len() * 3 / 4].to_vec());
    let shown = seen(&mut *pages);
    assert_eq!(pages.text(0).unwrap().notes, ["the picture is damaged: it ends too early"]);
    let original = seen(&mut *opened(whole));
    assert_eq!(bytes(&shown)[..128 * 3 * 32], bytes(&original)[..128 * 3 * 32]);
}

#[test]
fn rare_ways_of_jpeg_are_refused_in_words() {
    let file = asset("samples/photo.jpg");
    let frame = file.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    let refused = |at: usize, byte: u8| {
        let mut file = file.clone();
        file[at] = byte;
        open(file, None).err().unwrap()
    };
    assert_eq!(refused(frame + 1, 0xc9), Why::Unsupported("a JPEG with arithmetic coding".into()));
    assert_eq!(refused(frame + 1, 0xca), Why::Unsupported("a JPEG with arithmetic coding".into()));
    assert_eq!(refused(frame + 1, 0xc3), Why::Unsupported("a lossless JPEG".into()));
    assert_eq!(refused(frame + 4, 12), Why::Unsupported("a JPEG of 12 bits a sample".into()));
    // 96 rows, told by two bytes, the upper of which is 0.
    let later = Why::Unsupported("a JPEG that tells its height at its end only (DNL)".into());
    assert_eq!(refused(frame + 6, 0), later);
}

#[test]
fn a_picture_that_claims_too_much_is_refused_before_it_takes_memory() {
    let mut huge = png(&[0; 9], 3, 3, ExtendedColorType::L8);
    huge[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let sum = crc(&huge[12..29]);
    huge[29..33].copy_from_slice(&sum.to_be_bytes());
    assert!(matches!(open(huge, None), Err(Why::Limit(_))));
    let mut file = asset("samples/photo.jpg");
    let frame = file.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert!(matches!(open(file, None), Err(Why::Limit(_))));
}

/// The check sum of a PNG chunk (PNG, third edition, annex D).
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { 0xedb8_8320 ^ crc >> 1 } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[test]
fn there_is_one_page() {
    let mut pages = opened(asset("samples/photo.jpg"));
    let missing = Why::Missing("page 2".into());
    assert_eq!(pages.text(1), Err(missing.clone()));
    assert_eq!(pages.extent(1), Err(missing.clone()));
    assert_eq!(pages.picture(1, &viewport(9)), Err(missing));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn damaged_pictures_never_panic(
        kind in 0usize..6,
        cut in 0.0..1.2f64,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
    ) {
        let written = |format| {
            let mut file = Cursor::new(Vec::new());
            DynamicImage::new_rgb8(20, 20).write_to(&mut file, format).unwrap();
            file.into_inner()
        };
        let mut file = match kind {
            0 => asset("samples/photo.jpg"),
            1 => asset("samples/photo-progressive.jpg"),
            2 => gif(&[[9, 9, 9, 255], [200, 9, 9, 255]]),
            3 => written(ImageFormat::Bmp),
            4 => written(ImageFormat::WebP),
            _ => png(&[7; 300], 10, 10, ExtendedColorType::Rgb8),
        };
        file.truncate((file.len() as f64 * cut) as usize);
        for (at, byte) in changes {
            if file.len() > 12 {
                let at = 12 + at.index(file.len() - 12);
                file[at] = byte;
            }
        }
        if let Ok(mut pages) = open(file, None) {
            let _ = (pages.facts(), pages.text(0), pages.picture(0, &viewport(40)));
        }
    }
}
