//! Reading documents: what bytes are, whether they are what they say, and what is shown of them.

use std::path::Path;

use casedesk::{
    case::Paper,
    desk::words::{Reading, Unread},
    document::{Kind, LINE_AT_MOST, LINES_AT_MOST, Limits, Sha256, is_what_it_says, open, sniff},
    run::papers::{
        laying::{CUT, lay_out, unopened},
        lectern::Lectern,
    },
    text::{Raw, SafeText, say},
};
use proptest::prelude::*;

fn paper(name: &str, claimed: &str, bytes: &[u8]) -> Paper {
    Paper { name: name.into(), claimed: claimed.into(), bytes: bytes.to_vec() }
}

/// As the desk reads it: by a worker process of the real program.
fn read(paper: Paper) -> Reading {
    match Lectern::open(Path::new(env!("CARGO_BIN_EXE_casedesk")), paper, None) {
        Ok(mut lectern) => lay_out(&mut lectern),
        Err((paper, why)) => unopened(&paper, &why),
    }
}

/// The encoding, the lines, and whether there is more.
fn text_of(bytes: &[u8]) -> (String, Vec<String>, bool) {
    let reading = read(paper("", "", bytes));
    assert_eq!(reading.unread, None);
    let about = |label: &str| reading.about.iter().find(|(known, _)| known.as_str() == label);
    let encoding = about("encoding").expect("an encoding").1.as_str().to_owned();
    let mut lines: Vec<_> = reading.lines.iter().map(|line| line.as_str().to_owned()).collect();
    let cut = lines.last().is_some_and(|line| line == CUT);
    if cut {
        lines.pop();
    }
    (encoding, lines, cut)
}

fn placeholder_of(bytes: &[u8]) -> String {
    match read(paper("", "", bytes)).unread {
        Some(Unread::For(why)) => why.as_str().to_owned(),
        other => panic!("{other:?}"),
    }
}

/// An archive with stored, empty members: local headers, central directory and end record.
fn archive(names: &[&str]) -> Vec<u8> {
    let (mut bytes, mut central) = (Vec::new(), Vec::new());
    for name in names {
        let (at, length) = ((bytes.len() as u32).to_le_bytes(), (name.len() as u16).to_le_bytes());
        bytes.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        bytes.extend([&length[..], b"\0\0", name.as_bytes()].concat());
        central.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
        central.extend([&length[..], &[0; 12], &at, name.as_bytes()].concat());
    }
    let (start, size) = ((bytes.len() as u32).to_le_bytes(), (central.len() as u32).to_le_bytes());
    let count = (names.len() as u16).to_le_bytes();
    bytes.extend(central);
    bytes.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &start, b"\0\0"].concat());
    bytes
}

const WORD_NAMES: [&str; 4] = ["[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "word/document.xml"];

fn bitmap(header: u8) -> Vec<u8> {
    [&b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0"[..], &[header, 0, 0, 0], &[0; 50]].concat()
}

#[test]
fn the_bytes_say_what_a_document_is() {
    let windows_program = [&b"MZ\x90\0\x03\0\0\0"[..], &[0; 120]].concat();
    let table: &[(&[u8], Kind)] = &[
        (b"", Kind::Empty),
        (b"%PDF-1.7\n1 0 obj", Kind::Pdf),
        (b"\r\n junk from a scanner\n%PDF-1.4\n1 0 obj\n", Kind::Pdf),
        (b"II*\0\x08\0\0\0", Kind::Tiff),
        (b"MM\0*\0\0\0\x08", Kind::Tiff),
        (b"II+\0\x08\0\0\0", Kind::Tiff),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind::Jpeg),
        (b"\xff\xd8\xff\xe1\0\x10Exif", Kind::Jpeg),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Png),
        (b"GIF87a\x01\0\x01\0", Kind::Gif),
        (b"GIF89a\x01\0\x01\0", Kind::Gif),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Kind::WebP),
        (b"RIFF\x10\0\0\0WAVEfmt ", Kind::Unknown),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", Kind::Unknown),
        (&bitmap(40), Kind::Bmp),
        (&bitmap(7), Kind::Unknown),
        (b"BMW paid the invoice.\nThe garage was closed.\n", Kind::Text),
        (&archive(&["a.txt", "b.txt"]), Kind::Zip),
        (&archive(&[]), Kind::Zip),
        (&archive(&["[Content_Types].xml", "xl/workbook.xml"]), Kind::Zip),
        (&archive(&["word/document.xml"]), Kind::Zip),
        (&archive(&["sub/word/document.xml", "[Content_Types].xml"]), Kind::Zip),
        (&archive(&WORD_NAMES), Kind::Docx),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", Kind::Ole),
        (b"{\\rtf1\\ansi Dear Sir}", Kind::Rtf),
        (b"\x7fELF\x02\x01\x01\0", Kind::Executable),
        (&windows_program, Kind::Executable),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01", Kind::Executable),
        (
            b"MZ is how the cardholder signs his letters, all of them, since the year of the flood.\n",
            Kind::Text,
        ),
        (b"#!/bin/sh\nrm -rf ~\n", Kind::Script),
        (b"From: a@example.com\r\nSubject: my order\r\n\r\nHello", Kind::Email),
        (b"Received: from mx.example.com\r\n\tby mail.example.com\r\n", Kind::Email),
        (b"From someone Mon Jan  1\nFrom: a@example.com\nTo: b@example.com\n\nHi", Kind::Email),
        (b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nHi\n--b--", Kind::Email),
        (b"Content-Type: text/plain\n\nHi", Kind::Text),
        (b"\xd4\xcf\xd7\xc1\xd2 \xce\xc5 \xd0\xcf\xcc\xd5\xde\xc5\xce", Kind::Text),
        (b"X-Unheard: of\nX-More: of it\n\nbody", Kind::Text),
        (b"Subject: the broken kettle\n\nIt broke.", Kind::Text),
        (b"Dear Sir,\nFrom: me\nTo: you\n", Kind::Text),
        (b"<!DOCTYPE html>\n<p>Sign in", Kind::Html),
        (b"\xef\xbb\xbf  <HTML><body>", Kind::Html),
        (b"<?xml version=\"1.0\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">", Kind::Html),
        (b"<?xml version=\"1.0\"?>\n<invoice/>", Kind::Text),
        (b"<address>no tag that opens a page</address>", Kind::Text),
        (b"<p>It speaks of %PDF-1.7 and 1 0 obj only", Kind::Html),
        (b"A letter about the file %PDF-1.7 that did not open.", Kind::Text),
        (b"{\"id\": 7, \"items\": []}", Kind::Json),
        (b"\xef\xbb\xbf[1, 2]", Kind::Json),
        (b"[1] see the footnote", Kind::Text),
        (b"{ \"id\": 7,", Kind::Text),
        (b"id,name,amount\n1,\"a, b\nc\",7\n", Kind::Csv),
        (b"id;amount\n1;7,50\n2;8,00\n", Kind::Csv),
        (b"id\tname\tamount\n1\ta\t7", Kind::Csv),
        (b"Dear Sir,\nI never ordered this.\nYours,\n", Kind::Text),
        (b"Hello bank,\nI paid 1,150.68 NOK\nplease refund 3,150.68 NOK\n", Kind::Text),
        (b"red, green, blue\nof them, I think, two\n", Kind::Text),
        (b"Hello", Kind::Text),
        ("Grüße aus Århus".as_bytes(), Kind::Text),
        (b"Gr\xfc\xdfe aus \xc5rhus", Kind::Text),
        (b"\xff\xfeH\0i\0", Kind::Text),
        (b"\xfe\xff\0H\0i", Kind::Text),
        (b"before \x1b]52;c;cm0gLXJmIH4=\x07 after \x1b[2J", Kind::Text),
        (b"\xff\xfe", Kind::Unknown),
        (b"\0\0\0\0", Kind::Unknown),
        (b"\x01\x02\x03\x04\x05\x06\x07", Kind::Unknown),
        (b"\x93\xb4\xc5\xa8\xf6\x81\xd2\x99", Kind::Unknown),
    ];
    for (bytes, kind) in table {
        assert_eq!(sniff(bytes), *kind, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
    }
}

#[test]
fn a_word_document_that_was_cut_off_is_still_told_by_its_first_names() {
    let mut bytes = archive(&WORD_NAMES);
    bytes.truncate(bytes.len() - 30);
    assert_eq!(sniff(&bytes), Kind::Docx);
}

#[test]
fn the_beginning_of_a_long_json_is_json() {
    let long = format!("[{}1]", "{\"id\": \"7\"},\n".repeat(20_000));
    assert_eq!(sniff(long.as_bytes()), Kind::Json);
    let broken = format!("[{}1]", "{\"id\": 7,,}".repeat(20_000));
    assert_eq!(sniff(broken.as_bytes()), Kind::Text);
    assert_eq!(sniff("[".repeat(2_000_000).as_bytes()), Kind::Json, "sound so far, and nothing overflows");
}

#[test]
fn every_kind_has_words_and_a_media_type() {
    for kind in Kind::ALL {
        assert!(!kind.words().is_empty());
        assert!(kind.media_type().contains('/'));
        assert_eq!(Kind::ALL.iter().filter(|other| **other == kind).count(), 1);
    }
}

#[test]
fn a_document_that_is_not_what_it_says_is_named_as_such() {
    let table: &[(Kind, &str, &str, Option<&str>)] = &[
        (Kind::Html, "invoice.pdf", "", Some("named .pdf, is HTML")),
        (Kind::Html, "", "application/pdf", Some("claimed application/pdf, is HTML")),
        (Kind::Html, "invoice.PDF", "image/png", Some("named .pdf and claimed image/png, is HTML")),
        (
            Kind::Executable,
            "receipt.jpg",
            "image/jpeg",
            Some("named .jpg and claimed image/jpeg, is a program"),
        ),
        (Kind::Empty, "receipt.jpg", "", Some("named .jpg, is empty")),
        (Kind::Unknown, "receipt.tif", "", Some("named .tif, is unknown")),
        (Kind::Pdf, "invoice.pdf.exe", "", Some("named .exe, is PDF")),
        (Kind::Pdf, "invoice_\u{202e}fdp.exe", "", Some("named .exe, is PDF")),
        (Kind::Pdf, "invoice.docx ", "", Some("named .docx, is PDF")),
        (Kind::Zip, "letter.docx", "", Some("named .docx, is ZIP")),
        (Kind::Script, "letter.csv", "", Some("named .csv, is a script")),
        (Kind::Png, "", "pdf", Some("claimed pdf, is PNG")),
        (Kind::Pdf, "invoice.pdf", "application/pdf; charset=binary", None),
        (Kind::Pdf, "invoice.PDF.", "APPLICATION/PDF", None),
        (Kind::Pdf, "", "", None),
        (Kind::Executable, "", "application/octet-stream", None),
        (Kind::Html, "letter.", "application/octet-stream", None),
        (Kind::Html, "page 3.of the file", "", None),
        (Kind::Jpeg, "photo.jpeg", "image/jpg", None),
        (Kind::Csv, "letter.txt", "text/plain", None),
        (Kind::Text, "one-column.csv", "text/csv", None),
        (Kind::Text, "short.eml", "message/rfc822", None),
        (Kind::Zip, "sheet.xlsx", "", None),
        (Kind::Tiff, "scan.tif", "tif", None),
    ];
    for (kind, name, claimed, words) in table {
        let mismatch = is_what_it_says(*kind, &Raw::from(*claimed), &Raw::from(*name));
        let told = mismatch.map(|mismatch| mismatch.words().as_str().to_owned());
        assert_eq!(told.as_deref(), *words, "{kind:?} {name} {claimed}");
    }
}

#[test]
fn a_kind_is_never_a_mismatch_with_its_own_media_type() {
    for kind in Kind::ALL {
        assert_eq!(is_what_it_says(kind, &Raw::from(kind.media_type()), &Raw::default()), None, "{kind:?}");
    }
}

#[test]
fn a_reading_names_kind_size_and_hash() {
    let reading = read(paper("a.pdf", "application/pdf", b"abc"));
    let about: Vec<_> =
        reading.about.iter().map(|(label, value)| (label.as_str(), value.as_str().to_owned())).collect();
    // FIPS 180-2, appendix B.1.
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(
        about[..4],
        [
            ("name", "a.pdf".to_owned()),
            ("kind", "NOT WHAT IT SAYS: named .pdf and claimed application/pdf, is text".to_owned()),
            ("file size", "3 bytes".to_owned()),
            ("SHA-256", digest.to_owned()),
        ]
    );
    assert_eq!(say!("{}", Sha256::of(b"abc")).as_str(), digest);
    assert_eq!(reading.lines.iter().map(SafeText::as_str).collect::<Vec<_>>(), ["abc"]);
}

#[test]
fn a_hash_that_looks_like_a_card_number_is_shown_whole() {
    let mut sum = [0xaa; 32];
    sum[..8].copy_from_slice(&[0x41, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11]);
    assert!(say!("{}", Sha256(sum)).as_str().starts_with("4111111111111111aa"));
}

#[test]
fn text_is_read_in_the_encoding_that_its_bytes_tell() {
    let table: &[(&[u8], &str, &str)] = &[
        ("Smørrebrød €5".as_bytes(), "UTF-8", "Smørrebrød €5"),
        (b"\xef\xbb\xbfSm\xc3\xb8r", "UTF-8", "Smør"),
        (b"\xff\xfeS\0m\0\xf8\0r\0", "UTF-16 LE", "Smør"),
        (b"\xfe\xff\0S\0m\0\xf8\0r", "UTF-16 BE", "Smør"),
        (b"Sm\xf8r for \x80 5", "windows-1252", "Smør for € 5"),
        (b"a truncated Sm\xc3", "windows-1252", "a truncated SmÃ"),
    ];
    for (bytes, encoding, shown) in table {
        assert_eq!(text_of(bytes), ((*encoding).to_owned(), vec![(*shown).to_owned()], false));
    }
}

#[test]
fn one_broken_byte_does_not_spoil_a_text_in_utf_8() {
    let mut bytes = "Ærø, Ålborg, Smørum og Tårnby. ".repeat(3).into_bytes();
    bytes.extend(b"\xff!");
    let (encoding, lines, _) = text_of(&bytes);
    assert_eq!(encoding, "damaged UTF-8");
    assert!(lines[0].starts_with("Ærø, Ålborg, Smørum"));
}

#[test]
fn lines_are_kept_as_they_stand() {
    let (_, lines, cut) = text_of(b"Dear Sir,\n\nI never\nYours");
    assert_eq!(lines, ["Dear Sir,", "", "I never", "Yours"]);
    assert!(!cut);
}

#[test]
fn what_cannot_be_shown_has_a_placeholder_that_says_why() {
    for (bytes, why) in [
        (&b""[..], "it is damaged (it has no bytes)"),
        (b"\x7fELF\x02", "this cannot be read here: a program, which is never run"),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
            "this cannot be read here: HEIC or AVIF, the photo formats of telephones",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0",
            "this cannot be read here: an old Office document or Outlook message",
        ),
        (b"\0\0", "this cannot be read here: bytes of no kind that is known here"),
    ] {
        assert_eq!(placeholder_of(bytes), why);
    }
}

#[test]
fn a_card_number_in_a_text_is_masked() {
    let (_, lines, _) = text_of(b"I paid with 4111 1111 1111 1111 yesterday.");
    assert!(!lines[0].contains("1111 1111 1111") && !lines[0].contains("111111111"), "{}", lines[0]);
}

#[test]
fn a_card_number_broken_over_two_lines_is_masked() {
    for text in ["number 4111 1111\n1111 1111, thanks", "number 41111111\r\n11111111, thanks"] {
        let (_, lines, _) = text_of(text.as_bytes());
        let ones: usize = lines.iter().map(|line| line.matches('1').count()).sum();
        assert!(ones <= 9, "{lines:?}");
    }
}

#[test]
fn a_card_number_at_the_place_where_a_long_line_is_broken_is_masked() {
    let text = format!("{}4111111111111111 and more", "x".repeat(LINE_AT_MOST - 8));
    let (_, lines, _) = text_of(text.as_bytes());
    assert!(lines.len() >= 2);
    let ones: usize = lines.iter().map(|line| line.matches('1').count()).sum();
    assert!(ones <= 9, "{ones} digits of the number are shown");
}

#[test]
fn half_a_card_number_is_not_shown_where_a_text_is_cut() {
    for separator in ["", " ", "\n"] {
        // The cut falls behind the twelfth digit, where nothing tells that this was a card number.
        let number: String = "4111111111111111".chars().map(|digit| format!("{digit}{separator}")).collect();
        let before = Limits::TEXT - 12 * (1 + separator.len());
        let text = format!("{}:{number} and more", "x".repeat(before - 1));
        let (_, lines, cut) = text_of(text.as_bytes());
        assert!(cut);
        assert!(lines.iter().all(|line| !line.contains('1')), "{separator:?}: {:?}", lines.last());
    }
}

#[test]
fn a_long_text_is_cut_and_says_so() {
    let lines = |count: usize| text_of("Hello\n".repeat(count).as_bytes());
    let (_, shown, cut) = lines(LINES_AT_MOST);
    assert_eq!((shown.len(), cut), (LINES_AT_MOST, false));
    let (_, shown, cut) = lines(LINES_AT_MOST + 1);
    assert_eq!((shown.len(), cut), (LINES_AT_MOST, true));
    let (_, shown, cut) = text_of("a\n".repeat(4_000_000).as_bytes());
    assert_eq!((shown.len(), cut), (LINES_AT_MOST, true));
}

#[test]
fn a_text_cut_inside_a_character_keeps_its_encoding() {
    let text = format!("x{}", "ø".repeat(5 * 1024 * 1024));
    let (encoding, lines, cut) = text_of(text.as_bytes());
    assert_eq!((encoding.as_str(), cut), ("UTF-8", true));
    assert!(!lines.iter().any(|line| line.contains('\u{fffd}')));
}

#[test]
fn a_line_without_end_is_broken_and_loses_nothing() {
    let text = "ab ".repeat(10_000);
    let (_, lines, cut) = text_of(text.as_bytes());
    assert!(!cut);
    assert!(lines.iter().all(|line| line.chars().count() <= LINE_AT_MOST));
    assert_eq!(lines.concat(), text.trim_end());
}

/// Bytes that begin like something, so that the deeper readers are reached.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let start = prop::sample::select(vec![
        b"".to_vec(),
        b"%PDF-1.".to_vec(),
        b"PK\x03\x04".to_vec(),
        b"PK\x05\x06".to_vec(),
        archive(&WORD_NAMES),
        bitmap(40),
        b"From: a\n".to_vec(),
        b"{\"a\":[".to_vec(),
        b"a,b,c\n\"".to_vec(),
        b"<?xml".to_vec(),
        b"\xff\xfe".to_vec(),
        b"\xfe\xff\xd8".to_vec(),
        b"\xef\xbb\xbf".to_vec(),
        b"MZ".to_vec(),
    ]);
    (start, prop::collection::vec(any::<u8>(), 0..300)).prop_map(|(start, rest)| [start, rest].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in hostile()) {
        let Ok(mut pages) = open(bytes, None) else { return Ok(()) };
        for line in pages.text(0).map(|text| text.lines).unwrap_or_default() {
            let line = Raw::new(line.text).show();
            for hit in line.find("a") {
                prop_assert!(line.as_str().is_char_boundary(hit.start));
                prop_assert!(line.as_str().is_char_boundary(hit.end));
            }
        }
    }

    #[test]
    fn an_archive_damaged_anywhere_is_read_without_panic(at in 0..400usize, to: u8, end in 0..400usize) {
        let mut bytes = archive(&WORD_NAMES);
        if let Some(byte) = bytes.get_mut(at) {
            *byte = to;
        }
        bytes.truncate(end);
        sniff(&bytes);
    }
}

#[test]
fn pages_of_pixels_tell_their_size_their_resolution_and_how_they_are_packed() {
    let scan = |bytes: &[u8]| {
        let opened = Lectern::open(Path::new(env!("CARGO_BIN_EXE_casedesk")), paper("", "", bytes), None);
        opened.map_err(|(_, why)| why).unwrap().summary.scan
    };
    let told = |bytes: &[u8]| scan(bytes).map(|scan| (scan.width, scan.height, scan.dpi, scan.packing));
    let form = include_bytes!("../assets/documents/dispute-form.tif");
    assert_eq!(told(form), Some((1728, 2292, Some(204), vec!["CCITT Group 4".to_owned()])));
    // A photograph that tells no resolution, and the same with one (JFIF: unit 1 is the inch).
    let mut photo = include_bytes!("../assets/documents/receipt.jpg").to_vec();
    assert_eq!(told(&photo), Some((640, 960, None, vec![])));
    photo[13..18].copy_from_slice(&[1, 1, 44, 1, 44]);
    assert_eq!(told(&photo), Some((640, 960, Some(300), vec![])));
    assert_eq!(told(include_bytes!("../assets/documents/chat.png")), Some((560, 760, None, vec![])));
    assert_eq!(scan(b"a letter\n"), None, "text has no pixels");
}
