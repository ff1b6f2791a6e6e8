//! PDF documents: their text as it is laid out, where its words stand, their pictures, and what they say of themselves.

mod scribe;

use casedesk::{
    case::{Area, Extent, Picture, Pixels, Turn, Viewport},
    document::{Line, Pages, Text, Why, open},
};
use proptest::prelude::*;
use scribe::{Document, Page, line, one, page, stream, write};

fn opened(bytes: &[u8]) -> Box<dyn Pages> {
    open(bytes.to_vec(), None).unwrap_or_else(|why| panic!("{why:?}"))
}

fn text(bytes: &[u8]) -> Text {
    let text = opened(bytes).text(0).unwrap();
    for Line { text, words, .. } in &text.lines {
        let count = text.split(' ').filter(|word| !word.is_empty()).count();
        assert_eq!(words.len(), count, "{text:?} has an area for each word");
    }
    text
}

fn lines(bytes: &[u8]) -> Vec<String> {
    text(bytes).lines.into_iter().map(|line| line.text).collect()
}

fn whole(page_width: u32) -> Viewport {
    Viewport {
        page_width,
        left: 0,
        top: 0,
        width: page_width as u16,
        height: u16::MAX,
        turn: Turn::None,
        invert: false,
    }
}

fn invoice() -> Vec<u8> {
    let mut draws = [
        line("F1", 18.0, 50.0, 780.0, "INVOICE"),
        line("F1", 10.0, 400.0, 780.0, "No. 2024-0117"),
        line("F1", 10.0, 50.0, 750.0, "ACME Trading Ltd"),
        line("F1", 10.0, 300.0, 750.0, "Bill to: John Doe"),
        line("F1", 10.0, 50.0, 738.0, "12 High Street"),
        line("F1", 10.0, 300.0, 738.0, "42 Elm Avenue"),
    ]
    .concat();
    let rows = [
        ("Description", "Qty", "Price", "Amount"),
        ("Premium widget (blue)", "2", "19.90", "39.80"),
        ("Shipping and handling", "1", "4.50", "4.50"),
        ("USB-C cable, 2 m, braided, black", "10", "7.25", "72.50"),
    ];
    for (at, (what, count, price, sum)) in rows.into_iter().enumerate() {
        let y = 690.0 - 14.0 * at as f32;
        for (x, cell) in [(50.0, what), (300.0, count), (360.0, price), (440.0, sum)] {
            draws.push_str(&line("F1", 10.0, x, y, cell));
        }
    }
    draws.push_str(&line("F1", 10.0, 360.0, 620.0, "Total"));
    draws.push_str(&line("F1", 10.0, 440.0, 620.0, "116.80"));
    one(&draws)
}

#[test]
fn the_columns_of_an_invoice_stand_below_each_other() {
    assert_eq!(
        lines(&invoice()),
        [
            "INVOICE                                                    No. 2024-0117",
            "ACME Trading Ltd                        Bill to: John Doe",
            "12 High Street                          42 Elm Avenue",
            "",
            "",
            "Description                             Qty       Price       Amount",
            "Premium widget (blue)                   2         19.90       39.80",
            "Shipping and handling                   1         4.50        4.50",
            "USB-C cable, 2 m, braided, black        10        7.25        72.50",
            "",
            "                                                  Total       116.80",
        ]
    );
}

#[test]
fn a_letter_keeps_its_paragraphs_and_one_blank_between_words() {
    let set = |y: f32, text: &str| line("F1", 11.0, 70.0, y, text);
    let letter = [
        set(760.0, "Dear Sir or Madam,"),
        set(730.0, "The goods never arrived. I wrote to the shop"),
        set(716.0, "twice, and nobody answered."),
        set(600.0, "Yours faithfully"),
    ];
    assert_eq!(
        lines(&one(&letter.concat())),
        [
            "Dear Sir or Madam,",
            "",
            "The goods never arrived. I wrote to the shop",
            "twice, and nobody answered.",
            "",
            "",
            "Yours faithfully",
        ]
    );
}

#[test]
fn what_stands_a_little_higher_belongs_to_the_row() {
    let draws = "BT /F1 10 Tf 70 700 Td (CO) Tj /F1 7 Tf -2 Ts (2) Tj /F1 10 Tf 0 Ts ( on the 5) Tj /F1 7 Tf 4 Ts (th) Tj \
                 0 Ts /F1 10 Tf ( day) Tj ET";
    assert_eq!(lines(&one(draws)), ["CO2 on the 5th day"]);
}

#[test]
fn letters_set_apart_make_words_all_the_same() {
    let draws = "BT /F1 10 Tf 4 Tc 70 700 Td (TOTAL) Tj ET BT /F1 10 Tf 0 Tc 300 700 Td (9.90) Tj ET";
    let found = lines(&one(draws));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].split_whitespace().collect::<Vec<_>>(), ["TOTAL", "9.90"]);
}

#[test]
fn twins_are_dropped_and_repeated_letters_are_not() {
    let bold = [line("F1", 10.0, 70.0, 700.0, "Amount due"), line("F1", 10.0, 70.3, 700.0, "Amount due")];
    assert_eq!(lines(&one(&bold.concat())), ["Amount due"]);
    let shadow = [line("F1", 20.0, 70.0, 700.0, "PAID"), line("F1", 20.0, 71.0, 698.5, "PAID")];
    assert_eq!(lines(&one(&shadow.concat())), ["PAID"]);
    assert_eq!(lines(&one(&line("F1", 10.0, 70.0, 700.0, "iiillll 1111"))), ["iiillll 1111"]);
}

#[test]
fn texts_that_lie_over_each_other_keep_their_words() {
    let draws = [line("F1", 10.0, 70.0, 700.0, "Original"), line("F1", 10.0, 78.0, 700.0, "Potato")];
    let found = lines(&one(&draws.concat())).join(" ");
    let mut words: Vec<&str> = found.split_whitespace().collect();
    words.sort_unstable();
    assert_eq!(words, ["Original", "Potato"]);
}

#[test]
fn gaps_part_words_where_there_are_no_blanks_and_dots_do_not_hide_them() {
    let words = "BT /F1 10 Tf 70 700 Td [(Help) -300 (macros) -500 (.) -300 (.) -300 (.) -300 (.) -300 (.) -300 (.) -300 (7)] TJ ET";
    assert_eq!(lines(&one(words)), ["Help macros . . . . . . 7"]);
}

#[test]
fn letters_that_are_lowered_or_raised_into_others_make_one_word() {
    let logo = "BT /F1 10 Tf 70 700 Td [(L) 300] TJ /F1 7 Tf 2.1 Ts [(A) 215] TJ /F1 10 Tf 0 Ts [(T) 167] TJ \
                -2.15 Ts [(E) 125] TJ 0 Ts (X) Tj ET";
    let beside = line("F1", 10.0, 300.0, 704.4, "beside it, a little higher");
    assert_eq!(
        lines(&one(&[beside, logo.to_owned()].concat())),
        ["LATEX                                       beside it, a little higher"]
    );
}

#[test]
fn rows_of_two_columns_that_are_half_a_line_apart_stay_apart() {
    let draws = [
        line("F1", 10.0, 70.0, 700.0, "left"),
        line("F1", 10.0, 70.0, 688.0, "column"),
        line("F1", 10.0, 300.0, 694.0, "right"),
    ];
    let found = lines(&one(&draws.concat()));
    let found: Vec<&str> = found.iter().map(|line| line.trim()).collect();
    assert_eq!(found, ["left", "right", "column"]);
}

#[test]
fn small_print_drives_no_columns_apart() {
    let row = |at: u8| {
        let y = 700.0 - 14.0 * f32::from(at);
        line("F1", 10.0, 70.0, y, "Goods as ordered in the shop") + &line("F1", 10.0, 420.0, y, "9.90")
    };
    let table: String = (0..12).map(row).collect();
    let print = line("F1", 5.0, 150.0, 60.0, &"terms apply to all of these sales, ".repeat(3));
    let column = |draws: &str| lines(&one(draws))[0].find("9.90").unwrap();
    let (without, with) = (column(&table), column(&(table.clone() + &print)));
    assert!(with < without + without / 4, "{with} instead of {without}");
}

#[test]
fn text_that_runs_in_any_of_four_directions_is_read() {
    let draws = "BT /F1 10 Tf 1 0 0 1 70 700 Tm (runs right) Tj ET \
                 BT /F1 10 Tf 0 1 -1 0 40 300 Tm (runs up) Tj ET \
                 BT /F1 10 Tf 0 -1 1 0 560 500 Tm (runs down) Tj ET \
                 BT /F1 10 Tf -1 0 0 -1 400 100 Tm (upside down) Tj ET";
    assert_eq!(lines(&one(draws)), ["runs right", "", "runs down", "", "upside down", "", "runs up"]);
}

#[test]
fn a_page_that_turns_itself_is_read_and_measured_as_displayed() {
    let draws = "BT /F1 12 Tf 0 1 -1 0 100 60 Tm (This way up) Tj ET";
    let turned = Page { draws, entries: "/Rotate 90", resources: "" };
    let bytes = write(&Document { pages: vec![turned], ..Document::default() });
    assert_eq!(opened(&bytes).extent(0).unwrap(), Some(Extent { width: 842.0, height: 595.0 }));
    let text = text(&bytes);
    assert_eq!(text.lines.len(), 1);
    assert_eq!(text.lines[0].text, "This way up");
    let first = text.lines[0].words[0];
    assert!((first.left - 60.0 / 842.0).abs() < 0.001, "{first:?}");
    assert!(first.top < 100.0 / 595.0 && first.bottom > 100.0 / 595.0, "{first:?}");
}

#[test]
fn the_recognised_text_of_a_scan_is_its_text() {
    let draws = "q 500 0 0 700 40 70 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \u{20}\u{7f}\u{7f}\u{20} EI Q \
                 BT 3 Tr /F1 10 Tf 70 700 Td (Receipt 4711) Tj ET";
    let bytes = one(draws);
    assert_eq!(lines(&bytes), ["Receipt 4711"]);
    let facts = opened(&bytes).facts();
    assert!(facts.iter().any(|fact| fact.label == "text layer" && fact.value == "yes"), "{facts:?}");
}

#[test]
fn a_text_that_stands_for_signs_replaces_them() {
    let draws = "BT /F1 10 Tf 70 700 Td /Span <</ActualText (Refund)>> BDC (R3f#nd) Tj EMC ( of 5.00) Tj ET";
    assert_eq!(lines(&one(draws)), ["Refund of 5.00"]);
}

#[test]
fn drawn_signs_are_read_by_their_names() {
    let square = stream("", b"600 0 0 0 500 700 d1 0 0 500 700 re f");
    let font = "<</Type/Font/Subtype/Type3/FontBBox[0 0 750 750]/FontMatrix[0.001 0 0 0.001 0 0]\
                /CharProcs<</P 5 0 R/a 5 0 R/i 5 0 R/d 5 0 R>>\
                /Encoding<</Type/Encoding/Differences[1/P/a/i/d]>>/FirstChar 1/LastChar 4/Widths[600 600 600 600]>>";
    let draws = "BT /F3 10 Tf 70 700 Td <01020304> Tj ET";
    let bytes = write(&Document {
        pages: vec![Page { draws, entries: "", resources: "" }],
        objects: vec![square, font.into()],
        ..Document::default()
    });
    let bytes = String::from_utf8(bytes).unwrap().replace("/F2 4 0 R", "/F3 6 0 R");
    assert_eq!(lines(bytes.as_bytes()), ["Paid"]);
}

#[test]
fn what_runs_to_the_left_is_given_in_the_order_of_reading() {
    let names = "/Encoding<</Type/Encoding/Differences[65/afii57664/afii57665/afii57666]>>";
    let font = format!(
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica{names}/FirstChar 65/LastChar 67/Widths[600 600 600]>>"
    );
    let bytes = write(&Document {
        // On paper, from the left: gimel bet alef.
        pages: vec![page("BT /F1 10 Tf 70 700 Td (CBA) Tj ET")],
        objects: vec![font.into()],
        ..Document::default()
    });
    let bytes = String::from_utf8(bytes).unwrap().replace("/F1 3 0 R", "/F1 5 0 R");
    assert_eq!(lines(bytes.as_bytes()), ["\u{5d0}\u{5d1}\u{5d2}"]);
}

// ---- pictures

fn picture(bytes: &[u8], viewport: &Viewport) -> Picture {
    opened(bytes).picture(0, viewport).unwrap()
}

/// Red, green, blue of a place.
fn at(picture: &Picture, x: u32, y: u32) -> [u8; 3] {
    let place = (y * picture.width + x) as usize;
    match &picture.pixels {
        Pixels::Grey(grey) => [grey[place]; 3],
        Pixels::Colour(colour) => colour[3 * place..3 * place + 3].try_into().unwrap(),
    }
}

fn is_dark(picture: &Picture, x: u32, y: u32) -> bool {
    at(picture, x, y).iter().all(|part| *part < 128)
}

/// Where on a picture an area lies, a pixel wider all round.
fn holds(area: &Area, picture: &Picture, x: u32, y: u32) -> bool {
    let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
    let (width, height) = (picture.width as f32, picture.height as f32);
    x >= area.left * width - 1.0
        && x <= area.right * width + 1.0
        && y >= area.top * height - 1.0
        && y <= area.bottom * height + 1.0
}

#[test]
fn words_lie_over_their_ink_and_no_ink_lies_elsewhere() {
    let four = "BT /F1 14 Tf 0 1 -1 0 40 300 Tm (runs up) Tj ET BT /F1 14 Tf 0 -1 1 0 560 500 Tm (runs down) Tj ET \
                BT /F2 14 Tf -1 0 0 -1 400 100 Tm (upside down) Tj ET BT /F2 14 Tf 1 0 0 1 70 700 Tm (runs right) Tj ET";
    let turned = Page { draws: four, entries: "/Rotate 270", resources: "" };
    let cropped = Page { draws: four, entries: "/CropBox [20 50 580 760]", resources: "" };
    for bytes in [
        invoice(),
        one(four),
        write(&Document { pages: vec![turned], ..Document::default() }),
        write(&Document { pages: vec![cropped], ..Document::default() }),
    ] {
        let picture = picture(&bytes, &whole(900));
        let areas: Vec<Area> = text(&bytes).lines.into_iter().flat_map(|line| line.words).collect();
        let places = (0..picture.height).flat_map(|y| (0..picture.width).map(move |x| (x, y)));
        let ink: Vec<_> = places.filter(|(x, y)| is_dark(&picture, *x, *y)).collect();
        assert!(!ink.is_empty());
        for area in &areas {
            assert!(ink.iter().any(|(x, y)| holds(area, &picture, *x, *y)), "{area:?} lies over nothing");
        }
        for (x, y) in ink {
            assert!(areas.iter().any(|area| holds(area, &picture, x, y)), "{x},{y} belongs to no word");
        }
    }
}

#[test]
fn viewports_are_parts_of_the_whole_picture() {
    let bytes = invoice();
    let all = picture(&bytes, &whole(600));
    assert_eq!((all.width, all.height), (600, 849));
    let mut document = opened(&bytes);
    for (left, top) in [(0, 0), (37, 51), (300, 90), (500, 800)] {
        let viewport = Viewport { left, top, width: 200, height: 120, ..whole(600) };
        let part = document.picture(0, &viewport).unwrap();
        assert_eq!((part.width, part.height), (200.min(600 - left), 120.min(849 - top)));
        for (x, y) in (0..part.height).flat_map(|y| (0..part.width).map(move |x| (x, y))) {
            let (one, other) = (at(&part, x, y)[0], at(&all, left + x, top + y)[0]);
            assert!(one.abs_diff(other) <= 2, "{left},{top}: {x},{y} is {one}, not {other}");
        }
    }
    let past = Viewport { left: 600, top: 0, ..whole(600) };
    assert_eq!(document.picture(0, &past).unwrap().width, 0);
}

/// Without letters, whose edges are laid on the pixels.
fn blocks() -> Vec<u8> {
    one(
        "0.2 g 60 600 300 180 re f 0.7 g 300 100 80 400 re f 0 g 100 100 60 60 re f 0.5 g 500 700 m 560 800 l 560 700 l f",
    )
}

/// The mean of what differs, of 255.
fn difference(one: &Picture, other: impl Fn(u32, u32) -> f32) -> f32 {
    let places = (0..one.height).flat_map(|y| (0..one.width).map(move |x| (x, y)));
    let sum: f32 = places.map(|(x, y)| (f32::from(at(one, x, y)[0]) - other(x, y)).abs()).sum();
    sum / (one.width * one.height) as f32
}

#[test]
fn turned_pictures_show_the_same() {
    let bytes = blocks();
    let upright = picture(&bytes, &whole(595));
    let (width, height) = (upright.width, upright.height);
    for (turn, page_width) in [(Turn::Quarter, height), (Turn::Half, width), (Turn::ThreeQuarters, height)] {
        let turned = picture(&bytes, &Viewport { turn, ..whole(page_width) });
        let size = if turn.is_sideways() { (height, width) } else { (width, height) };
        assert_eq!((turned.width, turned.height), size, "{turn:?}");
        let back = |x: u32, y: u32| match turn {
            Turn::None => (x, y),
            Turn::Quarter => (y, height - 1 - x),
            Turn::Half => (width - 1 - x, height - 1 - y),
            Turn::ThreeQuarters => (width - 1 - y, x),
        };
        let far = difference(&turned, |x, y| {
            let (x, y) = back(x, y);
            at(&upright, x, y)[0].into()
        });
        assert!(far < 0.5, "{turn:?}: {far}");
    }
}

#[test]
fn a_picture_zoomed_in_shows_the_same() {
    let bytes = blocks();
    let (small, large) = (picture(&bytes, &whole(400)), picture(&bytes, &whole(1600)));
    let mean = |x: u32, y: u32| {
        let places = (0..4).flat_map(|down| (0..4).map(move |right| (4 * x + right, 4 * y + down)));
        let inside = places.filter(|(x, y)| *x < large.width && *y < large.height);
        inside.map(|(x, y)| f32::from(at(&large, x, y)[0])).sum::<f32>() / 16.0
    };
    let far = difference(&small, mean);
    assert!(far < 0.5, "{far}");
}

#[test]
fn a_picture_is_the_same_after_many_zooms() {
    let bytes = invoice();
    let mut document = opened(&bytes);
    let first = document.picture(0, &whole(300)).unwrap();
    for page_width in 301..340 {
        let other = document.picture(0, &whole(page_width)).unwrap();
        assert_eq!(other.width, page_width);
    }
    assert!(document.picture(0, &whole(300)).unwrap() == first);
}

#[test]
fn grey_stays_grey_and_colour_colour_and_both_are_turned_over() {
    let grey = one("0.5 g 0 0 595 842 re f");
    let red = one("1 0 0 rg 0 0 595 842 re f");
    let viewport = Viewport { width: 4, height: 4, ..whole(100) };
    let inverted = Viewport { invert: true, ..viewport };
    assert!(matches!(picture(&grey, &viewport).pixels, Pixels::Grey(_)));
    assert_eq!(at(&picture(&grey, &viewport), 1, 1), [128; 3]);
    assert_eq!(at(&picture(&grey, &inverted), 1, 1), [127; 3]);
    assert_eq!(at(&picture(&red, &viewport), 1, 1), [255, 0, 0]);
    assert_eq!(at(&picture(&red, &inverted), 1, 1), [0, 255, 255]);
    assert_eq!(at(&picture(&one(""), &viewport), 1, 1), [255; 3]);
}

#[test]
fn a_picture_is_not_larger_than_the_limit() {
    let huge = Viewport { height: u16::MAX, width: u16::MAX, ..whole(65_535) };
    assert!(matches!(opened(&one("")).picture(0, &huge), Err(Why::Limit(_))));
}

// ---- the document

#[test]
fn it_tells_who_made_it_and_when_and_on_which_paper() {
    let bytes = write(&Document {
        pages: vec![page(""), page("")],
        info: "/Title<FEFF00DC0062006500720067>/Producer(Caf\\351 \\240)/Creator()/CreationDate(D:20240305143000+01'00')",
        ..Document::default()
    });
    let mut document = opened(&bytes);
    assert_eq!(document.count(), 2);
    let facts: Vec<String> =
        document.facts().iter().map(|fact| format!("{}: {}", fact.label, fact.value)).collect();
    assert_eq!(
        facts,
        [
            "version: PDF 1.7",
            "title: Überg",
            "producer: Café €",
            "created: 2024-03-05 14:30 UTC+01:00",
            "page size: A4, 210 × 297 mm",
            "text layer: none on page 1",
        ]
    );
    assert_eq!(document.text(2), Err(Why::Missing("page 3".into())));
    assert_eq!(document.extent(7), Err(Why::Missing("page 8".into())));
    assert_eq!(
        document.picture(usize::MAX, &whole(10)).unwrap_err(),
        Why::Missing(format!("page {}", usize::MAX))
    );
}

#[test]
fn a_sealed_document_opens_with_its_password_only() {
    let sealed = include_bytes!("../assets/samples/sealed.pdf");
    let refused = |password| open(sealed.to_vec(), password).err();
    assert_eq!(refused(None), Some(Why::Password { wrong: false }));
    assert_eq!(refused(Some("guess")), Some(Why::Password { wrong: true }));
    let mut document = open(sealed.to_vec(), Some("open sesame")).unwrap_or_else(|why| panic!("{why:?}"));
    assert_eq!(document.text(0).unwrap().lines[0].text, "Account statement");
    assert!(document.facts().iter().any(|fact| fact.label == "encrypted"), "{:?}", document.facts());
}

#[test]
fn what_is_not_drawn_is_told() {
    let note = "<</Type/Annot/Subtype/FreeText/Rect[50 500 200 520]/Contents(See me)/DA(/F1 10 Tf)>>";
    let link = "<</Type/Annot/Subtype/Link/Rect[50 400 200 420]>>";
    let hidden = "<</Type/Annot/Subtype/Square/F 2/Rect[50 400 200 420]>>";
    let empty = "<</Type/Annot/Subtype/Widget/FT/Tx/Rect[50 400 200 420]>>";
    let filled = "<</Type/Annot/Subtype/Widget/FT/Tx/V(12.00)/Rect[50 400 200 420]>>";
    let look = "<</N 5 0 R>>";
    let drawn = format!("<</Type/Annot/Subtype/Stamp/Rect[50 300 200 320]/AP{look}>>");
    let with = |annotations: &str| {
        let entries = format!("/Annots[{annotations}]");
        let form = stream(
            "/Type/XObject/Subtype/Form/BBox[0 0 150 20]/Resources<</Font<</F1 3 0 R>>>>",
            b"BT /F1 10 Tf 5 5 Td (Stamped) Tj ET",
        );
        text(&write(&Document {
            pages: vec![Page { draws: "", entries: &entries, resources: "" }],
            objects: vec![form],
            ..Document::default()
        }))
    };
    assert!(with(&[link, hidden, empty].concat()).notes.is_empty());
    assert_eq!(with(note).notes, ["1 annotation without an appearance is not drawn"]);
    assert_eq!(
        with(&[note, note, filled].concat()).notes,
        [
            "2 annotations without an appearance are not drawn",
            "1 filled-in form field without an appearance is not drawn",
        ]
    );
    let written: Vec<String> = with(&[note, filled].concat()).lines.into_iter().map(|line| line.text).collect();
    assert_eq!(written.iter().filter(|line| !line.is_empty()).collect::<Vec<_>>(), ["See me", "12.00"]);
    let secret = "<</Type/Annot/Subtype/Widget/FT/Tx/Ff 8192/V(geheim)/Rect[50 400 200 420]>>";
    assert!(with(secret).lines.is_empty());
    let stamped = with(&drawn);
    assert!(stamped.notes.is_empty());
    assert_eq!(stamped.lines[0].text, "Stamped");
}

#[test]
fn attached_files_are_its_members() {
    let bytes = write(&Document {
        pages: vec![page("")],
        catalog: "/Names<</EmbeddedFiles<</Kids[6 0 R]>>>>",
        objects: vec![
            stream("/Type/EmbeddedFile/Subtype/text#2Fcsv/Params<</Size 7>>", b"a;b\n1;2"),
            b"<</Limits[(a)(z)]/Names[(a)<</Type/Filespec/F(old.csv)/UF<FEFF00FC002E006300730076>/EF<</F 5 0 R>>>>(b)<</F(gone.txt)>>]>>".to_vec(),
        ],
        ..Document::default()
    });
    let mut document = opened(&bytes);
    let members = document.members();
    assert_eq!(members.len(), 2);
    assert_eq!((members[0].name.as_str(), members[0].size, &members[0].closed), ("ü.csv", 7, &None));
    assert!(members[1].closed.is_some());
    let paper = document.member(0).unwrap();
    assert_eq!(
        (paper.name.exact(), paper.claimed.exact(), paper.bytes.as_slice()),
        ("ü.csv", "text/csv", &b"a;b\n1;2"[..])
    );
    assert!(matches!(document.member(1), Err(Why::Missing(_))));
    assert!(matches!(document.member(2), Err(Why::Missing(_))));
}

#[test]
fn a_tree_of_files_that_holds_itself_ends() {
    let bytes = write(&Document {
        pages: vec![page("")],
        catalog: "/Names<</EmbeddedFiles 5 0 R>>",
        objects: vec![b"<</Kids[5 0 R 5 0 R 5 0 R]/Names[(a)<</F(a)>>]>>".to_vec()],
        ..Document::default()
    });
    assert!(!opened(&bytes).members().is_empty());
}

#[test]
fn a_page_of_endless_text_is_cut() {
    let line = format!("({}) Tj 0 -0.8 Td ", "x".repeat(1000));
    let bytes = one(&format!("BT /F1 0.6 Tf 1 840 Td {} ET", line.repeat(1001)));
    let text = text(&bytes);
    assert!(text.is_cut);
    assert!(text.lines.iter().map(|line| line.text.len()).sum::<usize>() <= 1_100_000);
}

#[test]
fn bytes_that_only_begin_like_a_pdf_are_damaged() {
    assert!(matches!(open(b"%PDF-1.7\nnothing".to_vec(), None), Err(Why::Damaged(_))));
}

/// Everything that can be asked of it.
fn ask_all(bytes: Vec<u8>) {
    let Ok(mut document) = open(bytes, None) else { return };
    document.facts();
    for page in 0..document.count().min(3) {
        if let Ok(text) = document.text(page) {
            for area in text.lines.iter().flat_map(|line| &line.words) {
                assert!(area.left <= area.right && area.top <= area.bottom, "{area:?}");
            }
        }
        if let Ok(Some(extent)) = document.extent(page) {
            assert!(extent.width > 0.0 && extent.height > 0.0);
            let viewport = Viewport { width: 80, height: 80, turn: Turn::Quarter, ..whole(100) };
            let _ = document.picture(page, &viewport);
        }
    }
    for at in 0..document.members().len().min(5) {
        let _ = document.member(at);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics_over_a_damaged_document(
        changes in prop::collection::vec((0_usize..4000, any::<u8>()), 0..24),
        numbers in prop::collection::vec((0_usize..400, prop::sample::select(vec!["-1", "0", "99999999999", "1e30", ".", "0 R", "<<", "]"])), 0..4),
        cut in 0_usize..4000,
    ) {
        let mut bytes = invoice();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        for (nth, number) in numbers {
            let digits: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            if let Some(at) = digits.get(nth % digits.len().max(1)) {
                bytes.splice(*at..*at + 1, number.bytes());
            }
        }
        if cut < 1000 {
            bytes.truncate(bytes.len() - cut.min(bytes.len()));
        }
        ask_all(bytes);
    }
}
