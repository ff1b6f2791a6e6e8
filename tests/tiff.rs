//! Pages of TIFF files: whatever way they are packed and laid out, the same pixels are shown; what is damaged is shown as
//! far as it is there, and said. The files are made here (`press`) or are samples whose original lies beside them.

mod press;

use casedesk::{
    case::{Extent, Picture, Pixels, Turn, Viewport},
    document::{Pages, Why, open},
};
use press::{Format, PLAIN, Sheet, Values, print, print_all};
use proptest::prelude::*;

const WHITE_IS_ZERO: u16 = 0;
const BLACK_IS_ZERO: u16 = 1;
const RGB: u16 = 2;

// ---- looking at pages

fn opened(bytes: Vec<u8>) -> Box<dyn Pages> {
    open(bytes, None).unwrap_or_else(|why| panic!("{why:?}"))
}

fn viewport(page_width: u32) -> Viewport {
    let (width, height) = (u16::MAX, u16::MAX);
    Viewport { page_width, left: 0, top: 0, width, height, turn: Turn::None, invert: false }
}

/// A page pixel by pixel.
fn seen(pages: &mut dyn Pages, page: usize) -> Picture {
    let extent = pages.extent(page).unwrap().unwrap();
    pages.picture(page, &viewport(extent.width.round() as u32)).unwrap_or_else(|why| panic!("{why:?}"))
}

/// The only page, which nothing is wrong with.
#[track_caller]
fn sound(bytes: Vec<u8>) -> Picture {
    let mut pages = opened(bytes);
    let picture = seen(&mut *pages, 0);
    assert_eq!(pages.text(0).unwrap().notes, Vec::<String>::new());
    picture
}

fn bytes(picture: &Picture) -> &[u8] {
    let (Pixels::Grey(bytes) | Pixels::Colour(bytes)) = &picture.pixels;
    bytes
}

#[track_caller]
fn shows(sheet: &Sheet, format: Format, width: u32, expected: &[u8]) {
    let picture = sound(print(sheet, format));
    assert_eq!(picture.width, width);
    assert_eq!(bytes(&picture), expected);
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/assets/samples/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

const FORMATS: [Format; 4] = [
    Format { is_little: true, is_big: false },
    Format { is_little: false, is_big: false },
    Format { is_little: true, is_big: true },
    Format { is_little: false, is_big: true },
];

/// A page that no packing finds too easy: 53 x 31 pixels.
fn grey() -> Vec<u8> {
    (0..31u32).flat_map(|y| (0..53u32).map(move |x| if x % 11 < 4 { 200 } else { (x * y + x) as u8 })).collect()
}

fn colour() -> Vec<u8> {
    grey().iter().enumerate().flat_map(|(at, grey)| [*grey, (at % 251) as u8, 255 - *grey]).collect()
}

// ---- packing

#[test]
fn a_page_shows_the_same_pixels_however_facsimile_packs_it() {
    let original = sound(sample("form.tif"));
    assert_eq!((original.width, original.height), (397, 150));
    assert!(bytes(&original).contains(&0) && bytes(&original).contains(&255));
    for name in [
        "form-huffman.tif",
        "form-g3.tif",
        "form-g3-fill.tif",
        "form-g3-2d.tif",
        "form-g3-2d-fill.tif",
        "form-g4.tif",
        "form-g4-lsb.tif",
        "form-g4-one-strip.tif",
        "form-g4-tiles.tif",
    ] {
        assert!(sound(sample(name)) == original, "{name}");
    }
}

type Packer = fn(&[u8]) -> Vec<u8>;

const PACKERS: [(u16, Packer); 6] = [
    (1, <[u8]>::to_vec),
    (5, press::lzw),
    (5, press::old_lzw),
    (8, press::deflate),
    (32946, press::deflate),
    (32773, press::pack_bits),
];

#[test]
fn a_page_shows_the_same_pixels_however_it_is_packed_and_laid_out() {
    for format in FORMATS {
        for (number, pack) in PACKERS {
            for (samples, photometric, size) in [(grey(), BLACK_IS_ZERO, 1), (colour(), RGB, 3)] {
                let sheet = Sheet::new(53, 31, photometric, &vec![8; size]).short(259, number);
                let packed = |chunks: Vec<Vec<u8>>| chunks.iter().map(|chunk| pack(chunk)).collect::<Vec<_>>();
                let strips = packed(press::strips(&samples, 53 * size, 7));
                shows(&sheet.clone().strips(7, strips), format, 53, &samples);
                let tiles = packed(press::tiles(&samples, (53, 31), size, (16, 16)));
                shows(&sheet.tiles(16, 16, tiles), format, 53, &samples);
            }
        }
    }
}

#[test]
fn bits_that_lie_the_other_way_round_are_turned() {
    let reversed = grey().iter().map(|byte| byte.reverse_bits()).collect();
    let sheet = Sheet::new(53, 31, BLACK_IS_ZERO, &[8]).short(266, 2).strips(31, vec![reversed]);
    shows(&sheet, PLAIN, 53, &grey());
}

#[test]
fn planes_are_put_together() {
    let colour = colour();
    let plane = |of: usize| colour.iter().skip(of).step_by(3).copied().collect::<Vec<_>>();
    let sheet = Sheet::new(53, 31, RGB, &[8, 8, 8]).short(284, 2);
    let strips = (0..3).flat_map(|of| press::strips(&plane(of), 53, 10)).collect();
    shows(&sheet.clone().strips(10, strips), PLAIN, 53, &colour);
    let tiles = (0..3).flat_map(|of| press::tiles(&plane(of), (53, 31), 1, (32, 16))).collect();
    shows(&sheet.tiles(32, 16, tiles), PLAIN, 53, &colour);
}

#[test]
fn differences_to_the_pixel_before_are_summed_up() {
    let colour = colour();
    let mut differences = colour.clone();
    for row in differences.chunks_mut(53 * 3) {
        for at in (3..row.len()).rev() {
            row[at] = row[at].wrapping_sub(row[at - 3]);
        }
    }
    let sheet = Sheet::new(53, 31, RGB, &[8, 8, 8]).short(317, 2).short(259, 5);
    shows(&sheet.strips(31, vec![press::lzw(&differences)]), PLAIN, 53, &colour);
    for format in FORMATS {
        let deep = [0x1234u16, 0x1200, 0xff80, 0x0001];
        let mut packed = Vec::new();
        let mut before = 0u16;
        for sample in deep {
            press::number(&mut packed, format, 2, sample.wrapping_sub(before).into());
            before = sample;
        }
        let sheet = Sheet::new(4, 1, BLACK_IS_ZERO, &[16]).short(317, 2).strips(1, vec![packed]);
        shows(&sheet, format, 4, &[0x12, 0x12, 0xff, 0x00]);
    }
}

#[test]
fn floats_that_lie_byte_by_byte_are_put_together() {
    let reals = [0.0f32, 0.25, 1.0, 0.5];
    for format in FORMATS {
        let mut apart: Vec<u8> = (0..4).flat_map(|byte| reals.map(|real| real.to_be_bytes()[byte])).collect();
        for at in (1..apart.len()).rev() {
            apart[at] = apart[at].wrapping_sub(apart[at - 1]);
        }
        let sheet = Sheet::new(4, 1, BLACK_IS_ZERO, &[32]).short(317, 3).short(339, 3).strips(1, vec![apart]);
        shows(&sheet, format, 4, &[0, 64, 255, 128]);
    }
}

#[test]
fn jpeg_within_a_tiff_is_like_the_original() {
    let original = sound(sample("photo.tif"));
    for name in ["photo-jpeg.tif", "photo-jpeg-rgb.tif", "photo-jpeg-tiles.tif"] {
        let shown = sound(sample(name));
        let off = unlike(&shown, &original);
        assert!(off < 4.0, "{name}: {off}");
    }
}

/// The tables of a JPEG stream, its frame header, its scan header, and the scan.
fn taken_apart(stream: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>, Vec<u8>, Vec<u8>) {
    let (mut tables, mut frame, mut rest) = (Vec::new(), Vec::new(), &stream[2..]);
    loop {
        let end =
            if rest.len() < 4 { rest.len() } else { 2 + usize::from(u16::from_be_bytes([rest[2], rest[3]])) };
        match rest.get(1) {
            Some(0xda) => return (tables, frame, rest[..end].to_vec(), rest[end..rest.len() - 2].to_vec()),
            Some(0xc4 | 0xdb) => tables.push(rest[..end].to_vec()),
            Some(0xc0) => frame = rest[..end].to_vec(),
            Some(0xd9) | None => return (tables, frame, Vec::new(), Vec::new()),
            Some(_) => {}
        }
        rest = &rest[end..];
    }
}

/// A colour page in strips of 16 rows, as JPEG the old way: bare scans. The scans and tables of the newer way are taken.
fn old_jpeg() -> (Sheet, Vec<Vec<u8>>, Vec<u8>, Vec<u8>) {
    let newer = sample("photo-jpeg.tif");
    let bytes: Vec<u8> = press::values(&newer, 347).iter().map(|value| *value as u8).collect();
    let (tables, ..) = taken_apart(&bytes);
    let places = press::values(&newer, 273).into_iter().zip(press::values(&newer, 279));
    let strips: Vec<_> = places.map(|(at, length)| &newer[at as usize..(at + length) as usize]).collect();
    let (_, frame, header, _) = taken_apart(strips[0]);
    let scans = strips.iter().map(|strip| taken_apart(strip).3).collect();
    let sheet = Sheet::new(128, 96, 6, &[8; 3]).short(259, 6).short(512, 1).tag(530, Values::Short(vec![2, 2]));
    (sheet.strips(16, scans), tables, frame, header)
}

#[test]
fn jpeg_the_old_way_shows_the_same_pixels_from_tables_in_the_directory() {
    let newer = sound(sample("photo-jpeg.tif"));
    let (sheet, tables, ..) = old_jpeg();
    // Quantisation, then Huffman tables for direct and alternating currents; of luminance, then of chrominance. One
    // segment may hold several.
    let mut places = std::collections::BTreeMap::new();
    let mut content = Vec::new();
    for table in &tables {
        let mut rest = &table[4..];
        while let [number, body @ ..] = rest {
            let size = if table[1] == 0xdb {
                64
            } else {
                16 + body[..16].iter().map(|count| usize::from(*count)).sum::<usize>()
            };
            places.insert((table[1], *number), 8 + content.len() as u32);
            content.extend(&body[..size]);
            rest = &body[size..];
        }
    }
    let at = |class, first, second| {
        Values::Long(vec![places[&(class, first)], places[&(class, second)], places[&(class, second)]])
    };
    let sheet = sheet.tag(519, at(0xdb, 0, 1)).tag(520, at(0xc4, 0x00, 0x01)).tag(521, at(0xc4, 0x10, 0x11));
    let whole = Sheet { before: content, ..sheet };
    let shown = sound(print(&whole, PLAIN));
    assert!(unlike(&shown, &newer) < 1.0, "{}", unlike(&shown, &newer));
}

#[test]
fn jpeg_the_old_way_shows_the_same_pixels_from_the_headers_of_a_stream() {
    let newer = sound(sample("photo-jpeg.tif"));
    let (sheet, tables, mut frame, header) = old_jpeg();
    frame[5..7].copy_from_slice(&96u16.to_be_bytes());
    let stream = [vec![0xff, 0xd8], tables.concat(), frame, header].concat();
    let sheet = sheet.tag(513, Values::Long(vec![8])).tag(514, Values::Long(vec![stream.len() as u32]));
    let shown = sound(print(&Sheet { before: stream, ..sheet }, PLAIN));
    assert!(unlike(&shown, &newer) < 1.0, "{}", unlike(&shown, &newer));
    // A whole stream, whose place the strips do not tell.
    let stream = std::fs::read(format!("{}/assets/samples/photo.jpg", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let original = sound(stream.clone());
    let sheet = Sheet::new(128, 96, 6, &[8; 3]).short(259, 6).tag(513, Values::Long(vec![8]));
    let shown = sound(print(&Sheet { before: stream, ..sheet.strips(96, vec![vec![0]]) }, PLAIN));
    assert!(unlike(&shown, &original) < 1.0, "{}", unlike(&shown, &original));
}

fn unlike(one: &Picture, other: &Picture) -> f64 {
    assert_eq!((one.width, one.height), (other.width, other.height));
    let off = bytes(one).iter().zip(bytes(other)).map(|(one, other)| f64::from(one.abs_diff(*other)));
    off.sum::<f64>() / bytes(one).len() as f64
}

#[test]
fn the_packings_of_two_old_machines_are_read() {
    // Pixels as they are, three steps up, down and up, two large steps, and a run of three.
    let thunder = vec![0xc5, 0x40 | 0b01_11_01, 0x80 | 0b011_101, 0x03];
    let sheet = Sheet::new(9, 1, BLACK_IS_ZERO, &[4]).short(259, 32809).strips(1, vec![thunder]);
    shows(&sheet, PLAIN, 9, &[5, 6, 5, 6, 9, 6, 6, 6, 6].map(|grey| grey * 17));
    // A row as it is, a span in a white one, and runs.
    let next = vec![0x00, 0b00_01_10_11, 0xe4, 0x40, 0, 1, 0, 1, 0x00, 0xc3, 0x42, 0x03];
    let sheet = Sheet::new(8, 3, BLACK_IS_ZERO, &[2]).short(259, 32766).strips(3, vec![next]);
    let rows = [[0, 1, 2, 3, 3, 2, 1, 0], [3, 3, 3, 3, 0, 0, 0, 0], [3, 3, 3, 1, 1, 0, 0, 0]];
    shows(&sheet, PLAIN, 8, &rows.concat().iter().map(|grey| grey * 85).collect::<Vec<_>>());
}

// ---- samples

#[test]
fn samples_of_every_depth_become_grey() {
    let one = |bits: u16, format: u16, row: Vec<u8>| {
        Sheet::new(2, 1, BLACK_IS_ZERO, &[bits]).short(339, format).strips(1, vec![row])
    };
    let little = |sheet: &Sheet, expected: [u8; 2]| shows(sheet, PLAIN, 2, &expected);
    little(&one(1, 1, vec![0b0100_0000]), [0, 255]);
    little(&one(2, 1, vec![0b0110_0000]), [85, 170]);
    little(&one(4, 1, vec![0x3f]), [51, 255]);
    little(&one(6, 1, vec![0b1000_0011, 0b1111_0000]), [129, 255]);
    little(&one(8, 2, vec![0x80, 0x7f]), [0, 255]);
    little(&one(12, 1, vec![0x80, 0x0f, 0xff]), [128, 255]);
    little(&one(16, 1, vec![0xff, 0x12, 0, 0x80]), [0x12, 0x80]);
    little(&one(16, 2, vec![0, 0x80, 0, 0]), [0, 128]);
    little(&one(32, 1, vec![1, 2, 3, 4, 0, 0, 0, 0x90]), [4, 0x90]);
    little(&one(16, 3, vec![0, 0x38, 0, 0x3c]), [128, 255]);
    little(&one(32, 3, [0.5f32.to_le_bytes(), 1f32.to_le_bytes()].concat()), [128, 255]);
    little(&one(64, 3, [0f64.to_le_bytes(), 1f64.to_le_bytes()].concat()), [0, 255]);
    // Floats beyond 0 to 1 are spread from the smallest to the largest, or as the file says.
    let far = one(32, 3, [(-5f32).to_le_bytes(), 5f32.to_le_bytes()].concat());
    little(&far, [0, 255]);
    little(&far.tag(340, Values::Real(vec![-5.0])).tag(341, Values::Real(vec![15.0])), [0, 128]);
}

#[test]
fn zero_is_white_where_the_file_says_so() {
    let inverted: Vec<_> = grey().iter().map(|grey| 255 - grey).collect();
    shows(&Sheet::new(53, 31, WHITE_IS_ZERO, &[8]).strips(31, vec![grey()]), PLAIN, 53, &inverted);
    let bits = Sheet::new(10, 1, WHITE_IS_ZERO, &[1]).strips(1, vec![vec![0b1010_0000, 0b0111_1111]]);
    shows(&bits, PLAIN, 10, &[0, 255, 0, 255, 255, 255, 255, 255, 255, 0]);
}

#[test]
fn ink_that_begins_within_a_byte_is_put_where_it_belongs() {
    let row = |tile: u8| vec![tile; 2];
    let sheet =
        Sheet::new(10, 2, BLACK_IS_ZERO, &[1]).tiles(4, 2, vec![row(0b1010_1111), row(0x00), row(0xff)]);
    let one = [255, 0, 255, 0, 0, 0, 0, 0, 255, 255];
    shows(&sheet, PLAIN, 10, &[one, one].concat());
}

#[test]
fn numbers_stand_for_the_colours_of_the_palette() {
    let map = |high: u16| {
        Values::Short(
            [[0, 10, 20, 255], [0, 40, 50, 255], [0, 70, 80, 255]].concat().iter().map(|v| v * high).collect(),
        )
    };
    let sheet = Sheet::new(4, 1, 3, &[2]).strips(1, vec![vec![0b11_01_00_10]]);
    let expected = [255, 255, 255, 10, 40, 70, 0, 0, 0, 20, 50, 80];
    shows(&sheet.clone().tag(320, map(257)), PLAIN, 4, &expected);
    // Some old files have the colours in 8 bits.
    shows(&sheet.clone().tag(320, map(1)), PLAIN, 4, &expected);
    let grey = Values::Short([[0, 0x4000, 0x8000, 0xffff]; 3].concat());
    shows(&sheet.tag(320, grey), PLAIN, 4, &[255, 0x40, 0, 0x80]);
}

#[test]
fn other_colour_spaces_become_red_green_and_blue() {
    let inks = Sheet::new(2, 1, 5, &[8; 4]).strips(1, vec![vec![255, 0, 0, 0, 0, 0, 0, 128]]);
    shows(&inks, PLAIN, 2, &[0, 255, 255, 127, 127, 127]);
    let lab = Sheet::new(2, 1, 8, &[8; 3]).strips(1, vec![vec![255, 0, 0, 0, 0, 0]]);
    shows(&lab, PLAIN, 2, &[255, 255, 255, 0, 0, 0]);
    let red = Sheet::new(1, 1, 8, &[8; 3]).strips(1, vec![vec![136, 80, 67]]);
    let shown = sound(print(&red, PLAIN));
    assert!(matches!(bytes(&shown), [200..=255, 0..=40, 0..=40]), "{:?}", bytes(&shown));
}

#[test]
fn what_is_transparent_lies_over_white() {
    let two = vec![100, 0, 200, 128, 100, 0, 200, 0];
    let loose = Sheet::new(2, 1, RGB, &[8; 4]).short(338, 2).strips(1, vec![two]);
    shows(&loose, PLAIN, 2, &[177, 127, 227, 255, 255, 255]);
    let multiplied = vec![50, 0, 100, 128, 0, 0, 0, 0];
    let bound = Sheet::new(2, 1, RGB, &[8; 4]).short(338, 1).strips(1, vec![multiplied]);
    shows(&bound, PLAIN, 2, &[177, 127, 227, 255, 255, 255]);
    let grey = Sheet::new(2, 1, BLACK_IS_ZERO, &[8; 2]).short(338, 2).strips(1, vec![vec![100, 128, 100, 255]]);
    shows(&grey, PLAIN, 2, &[177, 100]);
}

#[test]
fn chrominance_that_pixels_share_is_given_to_each() {
    // Two units of 2 x 2 pixels, the second reaching over the right edge, and one row of them cut by the lower edge.
    let unit = |y: [u8; 4], cb: u8, cr: u8| [&y[..], &[cb, cr]].concat();
    let packed = [
        unit([10, 20, 30, 40], 128, 128),
        unit([50, 99, 60, 99], 128, 128),
        unit([70, 80, 99, 99], 128, 128),
        unit([76, 99, 99, 99], 85, 255),
    ]
    .concat();
    let sheet = Sheet::new(3, 3, 6, &[8; 3]).tag(530, Values::Short(vec![2, 2])).strips(3, vec![packed]);
    let greys = [10, 20, 50, 30, 40, 60, 70, 80].map(|grey| [grey; 3]).concat();
    shows(&sheet, PLAIN, 3, &[greys, vec![254, 0, 0]].concat());
    let packed = [76, 85, 255, 255, 128, 128].to_vec();
    let even = Sheet::new(2, 1, 6, &[8; 3]).tag(530, Values::Short(vec![1, 1])).strips(1, vec![packed]);
    shows(&even, PLAIN, 2, &[254, 0, 0, 255, 255, 255]);
}

// ---- how a page lies

#[test]
fn a_page_is_turned_as_the_file_says() {
    // 2 x 3: each pixel by where it belongs on the upright page.
    let stored = |orientation: u16, width: u32, height: u32, pixels: [u8; 6]| {
        let sheet = Sheet::new(width, height, BLACK_IS_ZERO, &[8])
            .short(274, orientation)
            .strips(height, vec![pixels.to_vec()]);
        shows(&sheet, PLAIN, 2, &[1, 2, 3, 4, 5, 6]);
    };
    stored(1, 2, 3, [1, 2, 3, 4, 5, 6]);
    stored(2, 2, 3, [2, 1, 4, 3, 6, 5]);
    stored(3, 2, 3, [6, 5, 4, 3, 2, 1]);
    stored(4, 2, 3, [5, 6, 3, 4, 1, 2]);
    stored(5, 3, 2, [1, 3, 5, 2, 4, 6]);
    stored(6, 3, 2, [2, 4, 6, 1, 3, 5]);
    stored(7, 3, 2, [6, 4, 2, 5, 3, 1]);
    stored(8, 3, 2, [5, 3, 1, 6, 4, 2]);
}

fn with_resolution(sheet: Sheet, across: u32, down: u32) -> Sheet {
    sheet.tag(282, Values::Ratio(vec![(across, 1)])).tag(283, Values::Ratio(vec![(down, 1)]))
}

#[test]
fn a_fax_of_unequal_resolutions_has_its_true_proportions() {
    let page = |across, down| {
        let sheet = Sheet::new(1728, 1100, WHITE_IS_ZERO, &[1]).strips(1100, vec![vec![0x55; 216 * 1100]]);
        let mut pages = opened(print(&with_resolution(sheet, across, down), PLAIN));
        let extent = pages.extent(0).unwrap().unwrap();
        let picture = pages.picture(0, &viewport(100)).unwrap();
        (extent.width.round(), extent.height.round(), picture.width, picture.height)
    };
    assert_eq!(page(204, 98), (1728.0, 2290.0, 100, 133));
    assert_eq!(page(204, 204), (1728.0, 1100.0, 100, 64));
    assert_eq!(page(204, 391), (3312.0, 1100.0, 100, 33));
    // What makes no sense changes nothing.
    assert_eq!(page(204, 1), (1728.0, 1100.0, 100, 64));
    assert_eq!(page(0, 98), (1728.0, 1100.0, 100, 64));
}

#[test]
fn a_strip_may_be_said_to_reach_beyond_the_page() {
    shows(&Sheet::new(53, 31, BLACK_IS_ZERO, &[8]).strips(u32::MAX, vec![grey()]), PLAIN, 53, &grey());
    let bare = Sheet { chunks: vec![grey()], ..Sheet::new(53, 31, BLACK_IS_ZERO, &[8]) };
    shows(&bare, PLAIN, 53, &grey());
}

#[test]
fn strips_need_no_lengths() {
    for (number, pack) in PACKERS {
        let strips: Vec<_> = press::strips(&grey(), 53, 1).iter().map(|strip| pack(strip)).collect();
        let sheet = Sheet::new(53, 31, BLACK_IS_ZERO, &[8]).short(259, number).strips(1, strips);
        shows(&sheet.tag(279, Values::Long(vec![0; 31])), PLAIN, 53, &grey());
    }
}

// ---- several pages, and what the file says of itself

#[test]
fn every_page_is_there_and_the_facts_tell_what_differs() {
    let page = |width: u32| {
        let strip = vec![vec![width as u8; width as usize]];
        with_resolution(Sheet::new(width, 1, BLACK_IS_ZERO, &[8]), 200, 200).strips(1, strip)
    };
    let first = page(3)
        .tag(305, Values::Text("Scan Wörks 2".into()))
        .tag(306, Values::Text("2026:11:02 09:10:11".into()));
    let mut pages = opened(print_all(&[first, page(3), page(4)], PLAIN));
    assert_eq!(pages.count(), 3);
    for (number, width) in [(2, 4), (0, 3), (1, 3)] {
        assert_eq!(bytes(&seen(&mut *pages, number)), vec![width; width as usize]);
    }
    let facts: Vec<_> = pages.facts().iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect();
    assert_eq!(
        facts,
        [
            "pages: 3",
            "size: pages 1 to 2: 3 x 1 pixels (0 x 0 mm)",
            "size: page 3: 4 x 1 pixels (1 x 0 mm)",
            "resolution: 200 dpi",
            "colour: grey, 8 bits a pixel",
            "compression: none",
            "date: 2026:11:02 09:10:11",
            "software: Scan Wörks 2",
        ]
    );
    assert_eq!(pages.extent(3), Err(Why::Missing("page 4".into())));
    assert_eq!(pages.picture(3, &viewport(4)), Err(Why::Missing("page 4".into())));
}

#[test]
fn pages_that_follow_each_other_in_a_circle_end() {
    let sheet = Sheet::new(1, 1, BLACK_IS_ZERO, &[8]).strips(1, vec![vec![9]]);
    let mut file = print_all(&[sheet.clone(), sheet], PLAIN);
    let first = file[4..8].to_vec();
    let end = file.len();
    file[end - 4..].copy_from_slice(&first);
    let mut pages = opened(file);
    assert_eq!(pages.count(), 2);
    assert_eq!(pages.text(0).unwrap().notes, Vec::<String>::new());
    assert_eq!(pages.text(1).unwrap().notes, ["the file has further pages that cannot be read"]);
}

// ---- damage

#[test]
fn what_is_there_of_a_damaged_page_is_shown_and_the_rest_is_said() {
    let strips = press::strips(&grey(), 53, 10);
    let sheet = Sheet::new(53, 31, BLACK_IS_ZERO, &[8]).strips(10, strips.clone());
    let expect = |sheet: &Sheet, shown: &[u8], note: &str| {
        let mut pages = opened(print(sheet, PLAIN));
        assert_eq!(bytes(&seen(&mut *pages, 0)), shown);
        assert_eq!(pages.text(0).unwrap().notes, [note]);
    };
    let white = |from: usize| [&grey()[..from], &vec![255; 53 * 31 - from]].concat();
    let missing = Sheet { chunks: strips[..2].to_vec(), ..sheet.clone() };
    let note = "2 of 4 strips are damaged or missing, and white where nothing is left: it is not in the file";
    expect(&missing, &white(53 * 20), note);
    let mut short = sheet.clone();
    short.chunks[3].truncate(7);
    let note = "1 of 4 strips are damaged or missing, and white where nothing is left: it is too short";
    expect(&short, &white(53 * 30 + 7), note);
    let beyond = sheet.tag(273, Values::Long(vec![8, u32::MAX]));
    let note = "3 of 4 strips are damaged or missing, and white where nothing is left: it lies beyond the end of the file";
    expect(&beyond, &white(53 * 10), note);
}

#[test]
fn a_page_of_which_nothing_is_there_is_refused() {
    let sheet = Sheet::new(53, 31, BLACK_IS_ZERO, &[8]).tag(273, Values::Long(vec![u32::MAX]));
    let mut pages = opened(print(&sheet, PLAIN));
    let why = Why::Damaged("it lies beyond the end of the file".into());
    assert_eq!(pages.picture(0, &viewport(53)), Err(why.clone()));
    assert_eq!(pages.text(0), Err(why));
    assert_eq!(open(b"II*\0\0\0\0\0".to_vec(), None).err(), Some(Why::Damaged("it has no page".into())));
}

#[test]
fn what_cannot_be_read_is_said_in_words() {
    let refused = |sheet: Sheet| opened(print(&sheet, PLAIN)).picture(0, &viewport(9)).unwrap_err();
    let page =
        |number: u16| Sheet::new(9, 9, BLACK_IS_ZERO, &[1]).short(259, number).strips(9, vec![vec![0; 99]]);
    for (number, words) in [
        (34661, "compression 34661: JBIG"),
        (34676, "compression 34676: LogLuv, light measured on a logarithmic scale"),
        (34712, "compression 34712: JPEG 2000"),
        (777, "compression 777"),
    ] {
        assert_eq!(refused(page(number)), Why::Unsupported(words.into()));
    }
    assert_eq!(refused(page(1).tag(258, Values::Short(vec![65]))), Why::Unsupported("65 bits a sample".into()));
    let uneven = Sheet::new(9, 9, RGB, &[5, 6, 5]).strips(9, vec![vec![0; 99]]);
    assert_eq!(refused(uneven), Why::Unsupported("samples of different depths".into()));
}

#[test]
fn a_page_that_claims_too_much_is_refused_before_it_takes_memory() {
    let refused = |sheet: Sheet| opened(print(&sheet, PLAIN)).picture(0, &viewport(9)).unwrap_err();
    let page = |width, height, bits: &[u16]| Sheet::new(width, height, RGB, bits).strips(1, vec![vec![0; 99]]);
    assert!(matches!(refused(page(u32::MAX, u32::MAX, &[8])), Why::Limit(_)));
    assert!(matches!(refused(page(2_000_000, 1, &[8])), Why::Limit(_)));
    assert!(matches!(refused(page(12_000, 10_001, &[8])), Why::Limit(_)));
    assert!(matches!(refused(page(12_000, 9_000, &[64; 3])), Why::Limit(_)));
    assert!(matches!(refused(page(0, 5, &[8])), Why::Damaged(_)));
    let tile = Sheet::new(9, 9, RGB, &[8; 3]).tiles(u32::MAX, u32::MAX, vec![vec![0; 99]]);
    assert!(matches!(refused(tile), Why::Limit(_)));
}

#[test]
fn strips_that_lie_upon_each_other_are_not_unpacked_without_end() {
    let packed = press::deflate(&vec![7; 4_000_000]);
    let place = Values::Long(vec![8; 100_000]);
    let length = Values::Long(vec![packed.len() as u32; 100_000]);
    let sheet = Sheet::new(9, 100_000, BLACK_IS_ZERO, &[8]).short(259, 8).strips(1, vec![packed]);
    let mut pages = opened(print(&sheet.tag(273, place).tag(279, length), PLAIN));
    let note = &pages.text(0).unwrap().notes[0];
    assert!(note.ends_with("the strips lie upon each other"), "{note}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_files_never_panic(
        name in prop::sample::select(vec!["form-g3.tif", "form-g4.tif", "form-g3-2d.tif", "form-huffman.tif", "form-g4-tiles.tif", "photo.tif", "photo-jpeg.tif", "photo-jpeg-tiles.tif"]),
        cut in 0.0..1.3f64,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        tail in any::<bool>(),
    ) {
        let mut file = sample(name);
        file.truncate((file.len() as f64 * cut) as usize);
        if !file.is_empty() {
            for (at, byte) in changes {
                // The directory lies at the end of these files.
                let from = if tail { file.len().saturating_sub(260) } else { 8.min(file.len() - 1) };
                let at = from + at.index(file.len() - from);
                file[at] = byte;
            }
        }
        if let Ok(mut pages) = open(file, None) {
            for page in 0..pages.count().min(3) {
                let _ = pages.facts();
                let _ = pages.text(page);
                if let Ok(Some(Extent { width, .. })) = pages.extent(page) {
                    let _ = pages.picture(page, &viewport((width as u32).min(300)));
                }
            }
        }
    }
}

// ---- the viewport

fn grey_page(width: u32, height: u32, orientation: u16) -> Vec<u8> {
    let pixels = (0..width * height).map(|at| (at * 37 % 256) as u8).collect();
    print(
        &Sheet::new(width, height, BLACK_IS_ZERO, &[8]).short(274, orientation).strips(height, vec![pixels]),
        PLAIN,
    )
}

/// A quarter clockwise.
fn turned(picture: &Picture) -> Picture {
    let (width, height) = (picture.width as usize, picture.height as usize);
    let from = bytes(picture);
    let pixels =
        (0..width).flat_map(|row| (0..height).rev().map(move |column| from[column * width + row])).collect();
    Picture { width: picture.height, height: picture.width, pixels: Pixels::Grey(pixels) }
}

fn cropped(picture: &Picture, left: usize, top: usize, width: usize, height: usize) -> Picture {
    let stride = picture.width as usize;
    let (width, height) =
        (width.min(stride.saturating_sub(left)), height.min((picture.height as usize).saturating_sub(top)));
    let rows = bytes(picture).chunks(stride.max(1)).skip(top).take(height);
    let pixels = rows.flat_map(|row| row[left.min(stride)..][..width].to_vec()).collect();
    Picture { width: width as u32, height: height as u32, pixels: Pixels::Grey(pixels) }
}

proptest! {
    #[test]
    fn a_viewport_shows_part_of_the_whole_page(
        (width, height) in (1u32..40, 1u32..40), page_width in 1u32..90, orientation in 1u16..9,
        (left, top) in (0u32..100, 0u32..100), (across, down) in (0u16..60, 0u16..60),
        turn in prop::sample::select(vec![Turn::None, Turn::Quarter, Turn::Half, Turn::ThreeQuarters]),
    ) {
        let mut pages = opened(grey_page(width, height, orientation));
        let whole = pages.picture(0, &Viewport { turn, ..viewport(page_width) }).unwrap();
        prop_assert_eq!(whole.width, page_width);
        prop_assert_eq!(whole.height, pages.extent(0).unwrap().unwrap().height_of(turn, page_width));
        let part = Viewport { page_width, left, top, width: across, height: down, turn, invert: false };
        let shown = pages.picture(0, &part).unwrap();
        let expected = cropped(&whole, left as usize, top as usize, across.into(), down.into());
        prop_assert_eq!(bytes(&shown), bytes(&expected));
        let inverted = pages.picture(0, &Viewport { invert: true, ..part }).unwrap();
        prop_assert_eq!(bytes(&inverted), bytes(&shown).iter().map(|byte| 255 - byte).collect::<Vec<_>>());
    }

    #[test]
    fn a_turned_page_is_the_page_turned(size in 1u32..30, times in 1u32..3, orientation in 1u16..9) {
        // Square, so that it is scaled alike whichever way it lies.
        let mut pages = opened(grey_page(size, size, orientation));
        let mut expected = pages.picture(0, &viewport(size * times)).unwrap();
        let mut turn = Turn::None;
        for _ in 0..4 {
            let shown = pages.picture(0, &Viewport { turn, ..viewport(size * times) }).unwrap();
            prop_assert_eq!((shown.width, shown.height), (expected.width, expected.height));
            prop_assert_eq!(bytes(&shown), bytes(&expected));
            expected = turned(&expected);
            turn = turn.next();
        }
    }

    #[test]
    fn an_even_page_stays_even(grey in any::<u8>(), (width, height) in (1u32..300, 1u32..50), page_width in 1u32..700) {
        let sheet = Sheet::new(width, height, BLACK_IS_ZERO, &[8]).strips(height, vec![vec![grey; (width * height) as usize]]);
        let shown = opened(print(&sheet, PLAIN)).picture(0, &viewport(page_width)).unwrap();
        prop_assert!(bytes(&shown).iter().all(|byte| *byte == grey));
    }
}

#[test]
fn a_smaller_page_shows_averages_and_a_larger_one_what_lies_between() {
    let page = |bits: u16, width: u32, row: Vec<u8>| {
        opened(print(&Sheet::new(width, 1, BLACK_IS_ZERO, &[bits]).strips(1, vec![row]), PLAIN))
    };
    let shown =
        |pages: &mut Box<dyn Pages>, width| bytes(&pages.picture(0, &viewport(width)).unwrap()).to_vec();
    // A stroke one pixel wide among seven white ones is not lost.
    assert_eq!(shown(&mut page(1, 8, vec![0b1110_1111]), 2), [191, 255]);
    assert_eq!(shown(&mut page(8, 3, vec![0, 90, 240]), 2), [30, 190]);
    assert_eq!(shown(&mut page(8, 2, vec![0, 200]), 4), [[0, 50, 150, 200]; 2].concat());
}

#[test]
fn a_viewport_beside_the_page_is_empty() {
    let mut pages = opened(grey_page(9, 9, 1));
    let shown = pages.picture(0, &Viewport { left: 9, ..viewport(9) }).unwrap();
    assert_eq!((shown.width, shown.height), (0, 9));
    let shown = pages.picture(0, &Viewport { page_width: 0, ..viewport(9) }).unwrap();
    assert_eq!((shown.width, shown.height), (1, 1));
}
