//! Reading archives: what lies in one, and what hostile ones may not do.

mod leaf;

use std::io::{Cursor, Write};

use casedesk::document::{Limits, Why, open};
use leaf::{fact, lines, member_named, opened};
use proptest::prelude::*;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().last_modified_time(DateTime::from_date_and_time(2026, 3, 3, 14, 5, 0).unwrap())
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, bytes)) in files.iter().enumerate() {
        let method = if at % 2 == 0 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        zip.start_file(*name, options().compression_method(method)).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn an_archive_is_a_list_of_files_that_open() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_directory("Belege/", options()).unwrap();
    zip.start_file("Belege/Rückgabe.txt", options()).unwrap();
    zip.write_all("Gebühr erstattet. ".repeat(100).as_bytes()).unwrap();
    zip.start_file("inner.zip", options()).unwrap();
    let inner = archive(&[("a.txt", b"within")]);
    zip.write_all(&inner).unwrap();
    let mut pages = opened(zip.finish().unwrap().into_inner());
    assert_eq!(
        lines(&mut *pages, 0),
        [
            "    0 bytes  2026-03-03 14:05  Belege/  (a folder)",
            "1,900 bytes  2026-03-03 14:05  Belege/Rückgabe.txt",
            &format!("  {} bytes  2026-03-03 14:05  inner.zip", inner.len()),
        ]
    );
    assert_eq!(fact(&*pages, "files"), "3");
    assert_eq!(pages.members()[0].closed.as_deref(), Some("a folder"));
    assert!(pages.member(0).is_err());
    assert!(member_named(&mut *pages, "Belege/Rückgabe.txt").bytes.starts_with("Gebühr".as_bytes()));
    let inner = member_named(&mut *pages, "inner.zip");
    assert_eq!(member_named(&mut *opened(inner.bytes), "a.txt").bytes, b"within");
}

#[test]
fn a_name_is_read_in_the_alphabet_that_the_archive_says() {
    let mut bytes = archive(&[("Gebyhr.txt", b"x")]);
    // Without the flag for UTF-8, the names are of code page 437.
    let places: Vec<_> =
        bytes.windows(6).enumerate().filter(|(_, name)| *name == b"Gebyhr").map(|(at, _)| at).collect();
    places.iter().for_each(|at| bytes[at + 3] = 0x81);
    assert_eq!(opened(bytes).members()[0].name, "Gebühr.txt");
}

/// Sets a field of the first entry, both in its own header and in the list.
fn patched(mut bytes: Vec<u8>, local: usize, central: usize, value: &[u8]) -> Vec<u8> {
    let list = bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    bytes[local..local + value.len()].copy_from_slice(value);
    bytes[list + central..list + central + value.len()].copy_from_slice(value);
    bytes
}

#[test]
fn what_cannot_be_opened_says_why() {
    let bytes = archive(&[("a.txt", b"some bytes, and some bytes"), ("b.txt", b"more")]);
    let sealed = opened(patched(bytes.clone(), 6, 8, &[1, 0]));
    assert_eq!(sealed.members()[0].closed.as_deref(), Some("encrypted"));
    assert_eq!(sealed.members()[1].closed, None);
    let mut strange = opened(patched(bytes.clone(), 8, 10, &[98, 0]));
    assert!(strange.members()[0].closed.as_deref().unwrap().contains("method"), "{:?}", strange.members());
    assert!(matches!(strange.member(0), Err(Why::Unsupported(_))));
    let mut damaged = opened(patched(bytes, 14, 16, &[1, 2, 3, 4]));
    assert!(matches!(damaged.member(0), Err(Why::Damaged(_))), "a wrong checksum");
    assert_eq!(damaged.member(1).unwrap().bytes, b"more");
}

#[test]
fn a_file_that_unpacks_to_more_than_it_claims_is_stopped() {
    let size = usize::try_from(Limits::MEMBER).unwrap() + 1;
    let bomb = archive(&[("bomb.txt", &vec![b'a'; size])]);
    let mut honest = opened(bomb.clone());
    assert!(honest.members()[0].closed.as_deref().unwrap().contains("64 MB"));
    assert!(honest.member(0).is_err());
    // It says that it has 10 bytes.
    let mut lying = opened(patched(bomb, 22, 24, &[10, 0, 0, 0]));
    assert_eq!(lying.members()[0].closed, None);
    assert!(matches!(lying.member(0), Err(Why::Limit(_) | Why::Damaged(_))));
}

#[test]
fn an_archive_of_endless_files_is_listed_to_the_limit() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..Limits::MEMBERS + 5 {
        zip.start_file(format!("{at}.txt"), options().compression_method(CompressionMethod::Stored)).unwrap();
    }
    let mut pages = opened(zip.finish().unwrap().into_inner());
    assert_eq!(pages.members().len(), Limits::MEMBERS);
    let text = pages.text(0).unwrap();
    assert!(text.is_cut && text.notes[0].starts_with("5 more files"), "{:?}", text.notes);
    assert!(pages.member(Limits::MEMBERS).is_err());
}

#[test]
fn an_archive_that_was_cut_anywhere_does_no_harm() {
    let bytes = archive(&[("a.txt", b"some"), ("b/c.txt", b"more")]);
    (0..bytes.len()).for_each(|end| leaf::read_all(bytes[..end].to_vec()));
    assert!(matches!(open(bytes[..bytes.len() - 1].to_vec(), None).err(), Some(Why::Damaged(_))));
}

#[test]
fn a_spreadsheet_has_a_page_for_each_sheet() {
    let book = b"<workbook><sheets><sheet name=\"Charges\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"Old &amp; gone\" \
        sheetId=\"2\" state=\"hidden\" r:id=\"rId2\"/></sheets></workbook>";
    let relations = b"<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" \
        Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>";
    let strings = b"<sst><si><t>Merchant</t></si><si><r><t>Kettle </t></r><r><t>&amp; Sons</t></r></si></sst>";
    let styles =
        b"<styleSheet><numFmts><numFmt numFmtId=\"170\" formatCode=\"dd/mm/yyyy\"/></numFmts><cellXfs>\
        <xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>";
    let sheet = b"<worksheet><sheetData>\
        <row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"inlineStr\"><is><t>Amount</t></is></c><c r=\"D1\" t=\"str\"><v>On</v></c></row>\
        <row r=\"3\"><c r=\"A3\" t=\"s\"><v>1</v></c><c r=\"B3\"><f>A1*2</f><v>79.5</v></c><c r=\"D3\" s=\"1\"><v>46084</v></c></row>\
        <row r=\"4\"><c r=\"B4\" t=\"b\"><v>1</v></c><c r=\"D4\" s=\"2\"><v>46084.75</v></c></row></sheetData></worksheet>";
    let mut book = opened(archive(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/sharedStrings.xml", strings),
        ("xl/styles.xml", styles),
        ("xl/worksheets/sheet1.xml", sheet),
    ]));
    assert_eq!(book.count(), 2);
    assert_eq!(fact(&*book, "sheets"), "Charges, Old & gone (hidden)");
    assert_eq!(
        lines(&mut *book, 0),
        [
            "# Charges",
            "",
            "Merchant      │ Amount │  │ On",
            "──────────────┼────────┼──┼────────────────────",
            "",
            "Kettle & Sons │ 79.5   │  │ 2026-03-03",
            "              │ TRUE   │  │ 2026-03-03 18:00:00",
        ]
    );
    assert_eq!(leaf::notes(&mut *book, 1), ["its cells are not in the file"]);
}

#[test]
fn a_spreadsheet_of_endless_cells_comes_to_an_end() {
    let far = "<row r=\"99999\"><c r=\"ZZZ99999\"><v>1</v></c></row>".to_owned();
    let rows =
        (1..90_000).map(|row| format!("<row r=\"{row}\"><c r=\"AAA{row}\"><v>1</v></c></row>")).collect();
    for cells in [far, rows, "<row><c>".repeat(200_000)] {
        let sheet = format!("<worksheet>{cells}</worksheet>");
        leaf::read_all(archive(&[
            ("[Content_Types].xml", b"<Types/>"),
            ("xl/workbook.xml", b"<workbook><sheet name=\"a\" r:id=\"i\"/></workbook>"),
            ("xl/_rels/workbook.xml.rels", b"<r><Relationship Id=\"i\" Target=\"s.xml\"/></r>"),
            ("xl/s.xml", sheet.as_bytes()),
        ]));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn an_archive_may_be_anything(changes in leaf::changes()) {
        let bytes = archive(&[("a.txt", b"some bytes, some bytes"), ("b/c.txt", b"more")]);
        leaf::read_all(leaf::changed(&bytes, &changes));
    }
}
