//! Reading texts, tables and JSON: what a statement of charges looks like, and what hostile ones may not do.

mod leaf;

use casedesk::document::{Kind, Limits, sniff};
use leaf::{fact, lines, notes, opened, text};
use proptest::prelude::*;

#[test]
fn a_statement_is_a_table_with_its_numbers_below_each_other() {
    let statement = "\u{feff}Date;Merchant;Amount\r\n2026-02-12;\"Kettle; Sons\nLtd\";1.079,50\r\n2026-02-13;Café \"\"Bar;-7,00\r\n";
    let mut table = opened(statement);
    assert_eq!(
        lines(&mut *table, 0),
        [
            "Date       │ Merchant           │   Amount",
            "───────────┼────────────────────┼─────────",
            "2026-02-12 │ Kettle; Sons ⏎ Ltd │ 1.079,50",
            "2026-02-13 │ Café \"\"Bar         │    -7,00",
        ]
    );
    assert_eq!(fact(&*table, "separator"), "semicolon");
    assert_eq!(fact(&*table, "size"), "3 rows of 3 columns");
}

#[test]
fn the_separator_is_the_one_that_parts_the_records_alike() {
    for (statement, separator) in [
        ("a,b,c\n1,2,3\n", "comma"),
        ("a\tb\tc\n1,5\t2\t3\n", "tab"),
        ("a|b|c\n1,5|2|3,0\n", "bar"),
        ("name;amount\nA, B;1,50\nC;2,50\nD;3,50\n", "semicolon"),
    ] {
        assert_eq!(fact(&*opened(statement), "separator"), separator, "{statement}");
    }
}

#[test]
fn a_long_cell_is_whole_and_shifts_only_its_own_row() {
    let long = "x".repeat(500);
    let mut table = opened(format!("id,note,end\n1,{long},a\n2,short,b\n3,short,c\n"));
    let lines = lines(&mut *table, 0);
    assert!(lines[2].contains(&format!("{long} │ a")), "{}", lines[2]);
    assert!(lines[3].len() < 100, "{}", lines[3]);
}

#[test]
fn a_table_without_end_is_cut_and_says_so() {
    for statement in [
        "1,2,3\n".repeat(200_000),
        ",".repeat(3_000_000) + "\n",
        "a,b,c\n".to_owned() + &"\"x,".repeat(900_000),
    ] {
        let head = "a,b,c\n1,2,3\n1,2,3\n";
        let mut table = opened(format!("{head}{statement}"));
        let text = table.text(0).unwrap();
        assert!(!text.lines.is_empty());
        leaf::read_all(format!("{head}{statement}").into_bytes());
    }
    assert!(opened("1,2,3\n".repeat(200_000)).text(0).unwrap().is_cut);
}

#[test]
fn json_is_as_deep_as_it_lies_and_its_numbers_stay_as_they_were_written() {
    let json = r#"{"id":12345678901234567890123,"amount":1.10,"amount":1e400,"who":{"name":"Caf\u00e9 \n\"X\"","tags":[]},"list":[1,[true,null]],"e":{}}"#;
    assert_eq!(sniff(json.as_bytes()), Kind::Json);
    let shown = opened(json).text(0).unwrap().lines;
    let shown: Vec<_> = shown.iter().map(|line| (line.depth, line.text.as_str())).collect();
    assert_eq!(
        shown,
        [
            (0, "{"),
            (1, "  \"id\": 12345678901234567890123,"),
            (1, "  \"amount\": 1.10,"),
            (1, "  \"amount\": 1e400,"),
            (1, "  \"who\": {"),
            (2, "    \"name\": \"Café \\n\\\"X\\\"\","),
            (2, "    \"tags\": []"),
            (1, "  },"),
            (1, "  \"list\": ["),
            (2, "    1,"),
            (2, "    ["),
            (3, "      true,"),
            (3, "      null"),
            (2, "    ]"),
            (1, "  ],"),
            (1, "  \"e\": {}"),
            (0, "}"),
        ]
    );
}

#[test]
fn values_line_by_line_are_json_too() {
    let log = "{\"id\":1}\n{\"id\":2}\n";
    assert_eq!(sniff(log.as_bytes()), Kind::Json);
    let mut log = opened(log);
    assert_eq!(lines(&mut *log, 0), ["{", "  \"id\": 1", "}", "{", "  \"id\": 2", "}"]);
    assert_eq!(fact(&*log, "values"), "2");
}

#[test]
fn what_was_meant_to_be_json_says_where_it_breaks() {
    let broken = "{\"id\": 7,\n \"name\": oops}\n";
    let mut plain = opened(broken);
    assert_eq!(text(&mut *plain, 0), broken);
    assert!(notes(&mut *plain, 0)[0].contains("line 2"), "{:?}", notes(&mut *plain, 0));
    assert_eq!(notes(&mut *opened("[1] see the footnote"), 0), [""; 0]);
    // Sound for long enough to be taken for JSON.
    let late = format!("[{}oops]", "\"word\",\n".repeat(20_000));
    let mut late = opened(late);
    assert!(notes(&mut *late, 0)[0].contains("line 20001"), "{:?}", notes(&mut *late, 0));
}

#[test]
fn json_without_end_comes_to_an_end() {
    let deep = "[".repeat(500_000) + &"]".repeat(500_000);
    let shown = opened(deep).text(0).unwrap();
    assert!(shown.is_cut && shown.lines.iter().all(|line| line.text.len() < 100));
    leaf::read_all(format!("[{}1]", "1,".repeat(3_000_000)).into_bytes());
}

#[test]
fn a_text_is_read_in_the_alphabet_that_it_was_written_in() {
    let wide =
        |text: &str, four: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| four(c.into())).collect::<Vec<_>>();
    let double = |text: &str, two: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(two).collect::<Vec<_>>();
    let words = "Die Gebühr wurde erstattet.\nGrüße aus Århus\n";
    let latin: Vec<u8> = words.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let table: &[(Vec<u8>, &str, &str)] = &[
        (words.into(), "UTF-8", words),
        ([b"\xef\xbb\xbf", words.as_bytes()].concat(), "UTF-8", words),
        ([&b"\xff\xfe"[..], &double(words, u16::to_le_bytes)].concat(), "UTF-16 LE", words),
        ([&b"\xfe\xff"[..], &double(words, u16::to_be_bytes)].concat(), "UTF-16 BE", words),
        (double(words, u16::to_le_bytes), "UTF-16 LE", words),
        (double(words, u16::to_be_bytes), "UTF-16 BE", words),
        ([&b"\xff\xfe\0\0"[..], &wide(words, u32::to_le_bytes)].concat(), "UTF-32 LE", words),
        ([&b"\0\0\xfe\xff"[..], &wide(words, u32::to_be_bytes)].concat(), "UTF-32 BE", words),
        (latin, "windows-1252", words),
        (encoded("Shift_JIS", "返品の商品は届いていません。"), "Shift_JIS", "返品の商品は届いていません。\n"),
        (encoded("GBK", "商品尚未收到,请退款。"), "GBK", "商品尚未收到,请退款。\n"),
        (encoded("windows-1251", "Товар не был получен."), "windows-1251", "Товар не был получен.\n"),
        (encoded("ISO-2022-JP", "商品は届いていません。"), "ISO-2022-JP", "商品は届いていません。\n"),
    ];
    for (bytes, encoding, wanted) in table {
        let mut pages = opened(bytes.clone());
        assert_eq!((fact(&*pages, "encoding").as_str(), text(&mut *pages, 0).as_str()), (*encoding, *wanted));
    }
}

fn encoded(label: &str, text: &str) -> Vec<u8> {
    encoding_rs::Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
}

#[test]
fn a_statement_in_double_bytes_is_a_table_too() {
    let statement = "Date\tMerchant\tAmount\r\n2026-02-12\tCafé\t7.50\r\n";
    let bytes: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(statement.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(sniff(&bytes), Kind::Csv);
    assert_eq!(lines(&mut *opened(bytes), 0)[2], "2026-02-12 │ Café     │   7.50");
}

#[test]
fn a_form_feed_begins_a_page() {
    let mut pages = opened("Page one\nof the letter\n\u{c}Page two\n\u{c}\n");
    assert_eq!(pages.count(), 2);
    assert_eq!(lines(&mut *pages, 0), ["Page one", "of the letter"]);
    assert_eq!(lines(&mut *pages, 1), ["Page two"]);
    assert!(pages.text(2).is_err());
    assert_eq!(opened("a\u{c}".repeat(Limits::PAGES * 2)).count(), Limits::PAGES);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_text_may_be_anything(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        leaf::read_all(bytes);
    }

    #[test]
    fn a_table_may_be_anything(text in "([a-z0-9é\"\r ]{0,6}[,;\t|\n]){0,60}") {
        leaf::read_all(text.into_bytes());
    }

    #[test]
    fn json_may_be_anything(changes in leaf::changes()) {
        let json = br#"{"id": 7, "who": {"name": "Caf\u00e9", "tags": [1, 2.50, [true, null]]}, "e": {}}"#;
        leaf::read_all(leaf::changed(json, &changes));
    }
}
