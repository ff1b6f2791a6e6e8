//! Reading Word documents: a cardholder's letter, and what hostile ones may not do.

mod leaf;

use std::io::{Cursor, Write};

use casedesk::document::{Kind, Limits, Why, open, sniff};
use leaf::{fact, lines, member_named, notes, opened, text};
use proptest::prelude::*;
use zip::{ZipWriter, write::SimpleFileOptions};

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const TYPES: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");

fn letter(body: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let main = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:document xmlns:w=\"w\" xmlns:r=\"r\"><w:body>{body}\
         <w:sectPr/></w:body></w:document>"
    );
    packed(&[&[TYPES, ("word/document.xml", main.as_bytes())], more].concat())
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

#[test]
fn a_cardholders_letter_is_read_as_it_was_meant() {
    let cell = |text: &str| format!("<w:tc><w:tcPr/>{}</w:tc>", paragraph(text));
    let row = |cells: [&str; 3]| format!("<w:tr>{}</w:tr>", cells.map(cell).concat());
    let body = [
        "<w:p><w:pPr><w:pStyle w:val=\"H1\"/></w:pPr><w:r><w:t>Dispute of 3 charges</w:t></w:r></w:p>".to_owned(),
        paragraph("I, Ann O&apos;Neil, dispute these charges &amp; ask for my money:"),
        format!(
            "<w:tbl><w:tblPr/>{}{}{}</w:tbl>",
            row(["Date", "Merchant", "Amount"]),
            row(["2026-02-12", "Kettle &amp; Sons", "79.00"]),
            row(["2026-02-13", "Kettle &amp; Sons", "79.00"])
        ),
        "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"2\"/></w:numPr></w:pPr><w:r><w:t>I never ordered.</w:t></w:r></w:p>".into(),
        "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"1\"/><w:numId w:val=\"2\"/></w:numPr></w:pPr><w:r><w:t>Not by phone.</w:t></w:r></w:p>".into(),
        "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"2\"/></w:numPr></w:pPr><w:r><w:t>I wrote to the shop</w:t><w:footnoteReference w:id=\"5\"/><w:t>.</w:t></w:r></w:p>".into(),
        "<w:p><w:r><w:t>See </w:t></w:r><w:hyperlink r:id=\"rId9\"><w:r><w:t>the terms</w:t></w:r></w:hyperlink></w:p>".into(),
        "<w:p><w:r><w:t>Name:</w:t><w:tab/><w:t>Ann</w:t><w:br/><w:t>Signed</w:t><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/></w:r></w:p>".into(),
    ]
    .concat();
    let styles =
        b"<w:styles xmlns:w=\"w\"><w:style w:styleId=\"H1\"><w:name w:val=\"heading 1\"/></w:style></w:styles>";
    let numbering = b"<w:numbering xmlns:w=\"w\"><w:abstractNum w:abstractNumId=\"7\">\
        <w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/><w:lvlText w:val=\"%1.\"/></w:lvl>\
        <w:lvl w:ilvl=\"1\"><w:start w:val=\"1\"/><w:numFmt w:val=\"lowerLetter\"/><w:lvlText w:val=\"%1.%2)\"/></w:lvl>\
        </w:abstractNum><w:num w:numId=\"2\"><w:abstractNumId w:val=\"7\"/></w:num></w:numbering>";
    let notes = b"<w:footnotes xmlns:w=\"w\"><w:footnote w:type=\"separator\" w:id=\"-1\"><w:p/></w:footnote>\
        <w:footnote w:id=\"5\"><w:p><w:r><w:t>On 1 March.</w:t></w:r></w:p></w:footnote></w:footnotes>";
    let links = b"<Relationships><Relationship Id=\"rId9\" Type=\"http://x/hyperlink\" Target=\"https://shop.example/terms\"/></Relationships>";
    let core = b"<cp:coreProperties><dc:creator>Ann O'Neil</dc:creator><dc:title/></cp:coreProperties>";
    let bytes = letter(
        &body,
        &[
            ("word/styles.xml", styles),
            ("word/numbering.xml", numbering),
            ("word/footnotes.xml", notes),
            ("word/_rels/document.xml.rels", links),
            ("word/header1.xml", format!("<w:hdr>{}</w:hdr>", paragraph("Case 4711")).as_bytes()),
            ("word/footer1.xml", format!("<w:ftr>{}</w:ftr>", paragraph("Page 1")).as_bytes()),
            ("word/media/image1.png", b"\x89PNG\r\n\x1a\n...."),
            ("docProps/core.xml", core),
        ],
    );
    assert_eq!(sniff(&bytes), Kind::Docx);
    let mut letter = opened(bytes);
    assert_eq!(
        lines(&mut *letter, 0),
        [
            "[header] Case 4711",
            "",
            "# Dispute of 3 charges",
            "I, Ann O'Neil, dispute these charges & ask for my money:",
            "",
            "Date       │ Merchant      │ Amount",
            "───────────┼───────────────┼───────",
            "2026-02-12 │ Kettle & Sons │ 79.00",
            "2026-02-13 │ Kettle & Sons │ 79.00",
            "",
            "1. I never ordered.",
            "  1.a) Not by phone.",
            "2. I wrote to the shop[note 1].",
            "See the terms[1]",
            "Name:\tAnn",
            "Signed☒",
            "",
            "[footer] Page 1",
            "",
            "[note 1] On 1 March.",
            "",
            "[1]: https://shop.example/terms",
        ]
    );
    assert_eq!(fact(&*letter, "author"), "Ann O'Neil");
    assert_eq!(sniff(&member_named(&mut *letter, "word/media/image1.png").bytes), Kind::Png);
}

#[test]
fn a_list_that_begins_anew_does_so_once() {
    let item = |list: u8| {
        format!(
            "<w:p><w:pPr><w:numPr><w:numId w:val=\"{list}\"/></w:numPr></w:pPr><w:r><w:t>item</w:t></w:r></w:p>"
        )
    };
    let numbering = b"<w:numbering><w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\"><w:numFmt w:val=\"upperRoman\"/>\
        <w:lvlText w:val=\"%1:\"/></w:lvl></w:abstractNum><w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num>\
        <w:num w:numId=\"2\"><w:abstractNumId w:val=\"7\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride w:val=\"4\"/>\
        </w:lvlOverride></w:num></w:numbering>";
    let body = [1, 1, 2, 2].map(item).concat();
    let mut letter = opened(letter(&body, &[("word/numbering.xml", numbering)]));
    assert_eq!(lines(&mut *letter, 0), ["I: item", "II: item", "IV: item", "V: item"]);
}

#[test]
fn tracked_changes_are_shown_as_they_would_be_accepted_and_said() {
    let body = "<w:p><w:r><w:t>I ordered </w:t></w:r><w:del w:id=\"1\"><w:r><w:delText>two</w:delText></w:r></w:del>\
                <w:ins w:id=\"2\"><w:r><w:t>one</w:t></w:r></w:ins><w:r><w:t> kettle.</w:t></w:r></w:p>";
    let mut letter = opened(letter(body, &[]));
    assert_eq!(text(&mut *letter, 0), "I ordered one kettle.\n");
    let notes = notes(&mut *letter, 0);
    assert!(notes[0].contains("1 passage deleted") && notes[1].contains("1 passage inserted"), "{notes:?}");
}

#[test]
fn boxes_comments_fields_and_forms_are_read() {
    let body = format!(
        "<w:p><w:r><w:t>Before</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>{0}\
         </w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox>\
         </mc:Fallback></mc:AlternateContent></w:r></w:p>\
         <w:p><w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:checkBox><w:default w:val=\"0\"/><w:checked/></w:checkBox>\
         </w:ffData></w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>\
         <w:r><w:t> Goods not received</w:t></w:r><w:commentReference w:id=\"0\"/></w:p>\
         <w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> HYPERLINK \"https://a.example\" </w:instrText></w:r>\
         <w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>here</w:t></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>",
        paragraph("In a box")
    );
    let comments = format!(
        "<w:comments><w:comment w:id=\"0\" w:author=\"Bob\" w:date=\"2026-03-01T09:00:00Z\">{}</w:comment></w:comments>",
        paragraph("Ask her for proof")
    );
    assert_eq!(
        lines(&mut *opened(letter(&body, &[("word/comments.xml", comments.as_bytes())])), 0),
        [
            "Before",
            "In a box",
            "☒ Goods not received[comment 1]",
            "here[1]",
            "",
            "[comment 1, Bob, 2026-03-01T09:00:00Z] Ask her for proof",
            "",
            "[1]: https://a.example",
        ]
    );
}

#[test]
fn no_entity_is_expanded_and_no_file_is_read() {
    let bombs = (1..12).map(|n| format!("<!ENTITY b{n} \"{}\">", format!("&b{};", n - 1).repeat(10)));
    let main = format!(
        "<!DOCTYPE d [<!ENTITY b0 \"boom\">{}<!ENTITY x SYSTEM \"file:///etc/hostname\">]><w:document><w:body>{}\
         </w:body></w:document>",
        bombs.collect::<String>(),
        paragraph("a &b11; and &x; &#66;")
    );
    let mut letter = opened(packed(&[TYPES, ("word/document.xml", main.as_bytes())]));
    assert_eq!(text(&mut *letter, 0), "a &b11; and &x; B\n");
}

#[test]
fn a_part_that_unpacks_to_more_than_the_limit_is_refused() {
    let bomb = vec![b' '; usize::try_from(Limits::MEMBER).unwrap() + 1];
    let refused = |bytes| open(bytes, None).err();
    let bytes = packed(&[TYPES, ("word/document.xml", &bomb)]);
    assert!(bytes.len() < 1024 * 1024);
    assert!(matches!(refused(bytes), Some(Why::Limit(_))));
    // All parts together have the same limit.
    let half = &bomb[..bomb.len() * 2 / 3];
    let bytes = letter("", &[("word/header1.xml", half), ("word/header2.xml", half)]);
    assert!(matches!(refused(bytes), Some(Why::Limit(_))));
}

#[test]
fn endless_nesting_and_endless_text_come_to_an_end() {
    let nested = "<w:tbl><w:tr><w:tc>".repeat(100_000);
    let mut deep = opened(letter(&format!("{}{nested}{}", paragraph("first"), paragraph("last")), &[]));
    assert!(text(&mut *deep, 0).starts_with("first\n"));
    assert!(notes(&mut *deep, 0).iter().any(|note| note.contains("too deeply")), "{:?}", notes(&mut *deep, 0));
    for body in
        [paragraph("word ").repeat(150_000), paragraph(&"word ".repeat(2_000_000)), "<w:p/>".repeat(2_000_000)]
    {
        leaf::read_all(letter(&body, &[]));
    }
    let wide =
        format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", format!("<w:tc>{}</w:tc>", paragraph("x")).repeat(20_000));
    leaf::read_all(letter(&wide, &[]));
}

#[test]
fn a_letter_that_breaks_off_is_shown_to_there_and_says_so() {
    let main = format!("<w:document><w:body>{}<w:p><w:r><w:t>lost <", paragraph("kept"));
    let mut letter = opened(packed(&[TYPES, ("word/document.xml", main.as_bytes())]));
    assert!(text(&mut *letter, 0).starts_with("kept\n"));
    assert!(notes(&mut *letter, 0)[0].starts_with("damaged"), "{:?}", notes(&mut *letter, 0));
}

#[test]
fn a_letter_that_was_cut_anywhere_does_no_harm() {
    let bytes = letter(&paragraph("Dear Sir"), &[("word/styles.xml", b"<w:styles/>")]);
    (0..bytes.len()).for_each(|end| leaf::read_all(bytes[..end].to_vec()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_words_of_a_letter_may_be_any_markup(parts in prop::collection::vec(piece(), 0..40)) {
        leaf::read_all(letter(&parts.concat(), &[("word/footnotes.xml", parts.concat().as_bytes())]));
        leaf::read_all(letter("", &[("word/numbering.xml", parts.concat().as_bytes())]));
    }

    #[test]
    fn the_bytes_of_a_letter_may_be_anything(changes in leaf::changes()) {
        let bytes = letter(&paragraph("Dear Sir"), &[("word/media/a.png", b"....")]);
        leaf::read_all(leaf::changed(&bytes, &changes));
    }
}

fn piece() -> impl Strategy<Value = String> {
    let names = [
        "w:p",
        "w:r",
        "w:t",
        "w:tbl",
        "w:tr",
        "w:tc",
        "w:pPr",
        "w:numPr",
        "w:ilvl",
        "w:numId",
        "w:lvl",
        "w:num",
        "w:abstractNum",
        "w:abstractNumId",
        "w:lvlText",
        "w:fldChar",
        "w:txbxContent",
        "w:del",
        "w:ins",
        "w:footnote",
        "w:footnoteReference",
        "w:hyperlink",
        "w:sym",
        "w:br",
    ];
    let name = prop::sample::select(names.to_vec());
    let value =
        prop::sample::select(vec!["0", "1", "2", "begin", "end", "separate", "99999999999", "%1%9", ""]);
    prop_oneof![
        (name.clone(), value.clone(), value).prop_map(|(name, one, two)| format!(
            "<{name} w:val=\"{one}\" w:numId=\"{two}\" w:abstractNumId=\"{one}\" w:id=\"{two}\" w:fldCharType=\"{one}\">"
        )),
        name.prop_map(|name| format!("</{name}>")),
        "[a-z&;<>\u{4e00}]{0,6}",
    ]
}
