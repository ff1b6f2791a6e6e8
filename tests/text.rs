//! The text contract against its corpus of hostile strings, and its promises for any other string.

use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::text::{Raw, SafeText, mask, say};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Corpus {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    base64: String,
    field: String,
    screen: String,
    table_cell: Option<String>,
    #[serde(default)]
    badges: Vec<String>,
    pans_masked: usize,
    screen_len: Option<usize>,
    screen_sha256: Option<String>,
}

impl Entry {
    fn raw(&self) -> Raw {
        Raw::from_bytes(&STANDARD.decode(&self.base64).unwrap())
    }
    fn several_lines(&self) -> bool {
        self.field == "multi-line"
    }
    fn shown(&self) -> String {
        if !self.several_lines() {
            return self.raw().show().into_string();
        }
        let lines = self.raw().lines_limited(4096);
        lines.iter().map(SafeText::as_str).collect::<Vec<_>>().join("\n")
    }
}

fn corpus() -> Vec<Entry> {
    let corpus: Corpus = serde_json::from_str(include_str!("nasty-strings.json")).unwrap();
    corpus.entries
}

#[test]
fn every_string_of_the_corpus_shows_what_it_may_show() {
    for entry in corpus() {
        let mut shown = entry.shown();
        if entry.several_lines() && entry.raw().exact().ends_with('\n') {
            shown.push('\n');
        }
        match (&entry.screen_sha256, entry.screen_len) {
            (Some(expected), Some(length)) => {
                let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, shown.as_bytes());
                let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!((shown.chars().count(), hex.as_str()), (length, expected.as_str()), "{}", entry.id);
            }
            _ => assert_eq!(shown, entry.screen, "{}", entry.id),
        }
    }
}

#[test]
fn every_string_of_the_corpus_fits_a_table_cell() {
    for entry in corpus() {
        let cell = entry.raw().cell();
        match &entry.table_cell {
            Some(expected) => assert_eq!(cell.as_str(), expected, "{}", entry.id),
            None if entry.screen_len.is_none() => assert_eq!(cell.as_str(), entry.screen, "{}", entry.id),
            None => panic!("{}: a long text without a cell", entry.id),
        }
    }
}

#[test]
fn every_string_of_the_corpus_carries_its_marks() {
    for entry in corpus() {
        let marks = if entry.several_lines() { entry.raw().marks_of_lines() } else { entry.raw().marks() };
        assert_eq!(marks.words().collect::<Vec<_>>(), entry.badges, "{}", entry.id);
    }
}

#[test]
fn every_card_number_of_the_corpus_is_masked() {
    for entry in corpus() {
        let raw = entry.raw();
        assert_eq!(mask(raw.exact()).1, entry.pans_masked, "{}", entry.id);
    }
}

/// Beginnings and lengths of card numbers: Visa, Mastercard, American Express, Diners Club, JCB, Discover, UnionPay,
/// Maestro, Dankort, Mir, RuPay, Troy.
const BRANDS: [(&str, usize); 26] = [
    ("4", 13),
    ("4", 16),
    ("4", 18),
    ("4", 19),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("36", 14),
    ("300", 14),
    ("3095", 16),
    ("38", 16),
    ("3528", 16),
    ("3589", 19),
    ("6011", 16),
    ("65", 16),
    ("62", 16),
    ("62", 19),
    ("5018", 13),
    ("5612", 17),
    ("5019", 16),
    ("2200", 16),
    ("8201", 16),
    ("9792", 16),
];

fn card(brand: (&str, usize), seed: u64) -> String {
    let (start, length) = brand;
    let fill = format!("{seed:020}");
    let mut digits = format!("{start}{}", &fill[fill.len() - (length - 1 - start.len())..]);
    let sum: u32 = digits
        .chars()
        .rev()
        .enumerate()
        .map(|(place, digit)| match digit.to_digit(10).unwrap() * if place % 2 == 0 { 2 } else { 1 } {
            two if two > 9 => two - 9,
            one => one,
        })
        .sum();
    digits.push_str(&((10 - sum % 10) % 10).to_string());
    digits
}

fn grouped(card: &str, size: usize, between: &str) -> String {
    let digits: Vec<char> = card.chars().collect();
    digits.chunks(size).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(between)
}

fn written_from(card: &str, zero: char) -> String {
    card.chars().map(|digit| char::from_u32(zero as u32 + digit.to_digit(10).unwrap()).unwrap()).collect()
}

fn notations(card: &str) -> Vec<String> {
    let mut all: Vec<String> = [
        " ",
        "-",
        ".",
        "_",
        "/",
        ",",
        ":",
        "|",
        "*",
        "\u{a0}",
        "\u{2007}",
        "\u{202f}",
        "\u{2009}",
        "\u{2003}",
        "\u{3000}",
        "–",
        "—",
        "‐",
        "−",
        "·",
        "•",
        " - ",
        "  ",
        "\t",
        "\n",
        "\r\n",
        "\u{fffd}",
        "．",
        "－",
        "\u{200b}",
        "\u{ad}",
        "\u{feff}",
        "\u{e0020}",
        "\u{202e}",
        "\u{0}",
        "\u{8}",
        "\u{85}",
        "\u{1b}[1m",
        "\u{1b}[38;5;1m",
        "\u{1b}]0;title\u{7}",
        "\u{1b}]8;;https://example.test\u{1b}\\",
        "\u{9b}0m",
        "\u{1b}(B",
        "\u{301}",
        "\u{fe0f}\u{20e3}",
    ]
    .iter()
    .flat_map(|between| [grouped(card, 4, between), grouped(card, 1, between), grouped(card, 5, between)])
    .collect();
    all.extend(
        ['０', '٠', '۰', '०', '๐', '𝟎', '𝟘', '𝟶', '\u{1fbf0}', '\u{10d40}']
            .map(|zero| written_from(card, zero)),
    );
    all.extend(["x", "Card:", "東", "é", "№ ", "😀", "(", "\"", "א"].map(|word| format!("{word}{card}y")));
    all.extend([
        card.replace('0', "⁰").replace('1', "¹").replace('4', "⁴").replace('5', "⁵"),
        card.replace('1', "①").replace('2', "②").replace('4', "④"),
        format!("\u{1b}[{card}m"),
        format!("\u{1b}]0;{card}\u{7}"),
        format!("\u{1b}P{card}\u{1b}\\"),
        format!("cvv {}", grouped(card, 4, " ")),
        format!("{card}=27121011234567890123?"),
        format!("%B{card}^DOE/JANE^2712101?"),
        format!("12 {} 12/27", grouped(card, 4, " ")),
        format!("https://shop.test/?n={card}&x=1"),
    ]);
    all
}

fn digits_in_a_row(text: &str, card: &str) -> bool {
    let bare: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '*').collect();
    bare.contains(card)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_card_number_of_any_scheme_is_masked_in_every_notation(brand in 0..BRANDS.len(), seed in any::<u64>()) {
        let card = card(BRANDS[brand], seed);
        for written in notations(&card) {
            let (masked, _) = mask(&written);
            let stars = masked.matches('*').count() - written.matches('*').count();
            prop_assert!(stars >= card.len() - 10 || masked.contains("<track data removed>"), "{written:?} {masked:?}");
            prop_assert!(!digits_in_a_row(&masked, &card), "{written:?} {masked:?}");
            let shown = Raw::new(written.clone()).show();
            prop_assert!(!digits_in_a_row(shown.as_str(), &card), "{written:?} {shown:?}");
        }
    }

    #[test]
    fn a_masked_card_number_keeps_its_first_six_and_last_four_digits(brand in 0..BRANDS.len(), seed in any::<u64>()) {
        let card = card(BRANDS[brand], seed);
        let stars = "*".repeat(card.len() - 10);
        let expected = format!("{}{stars}{}", &card[..6], &card[card.len() - 4..]);
        prop_assert_eq!(mask(&card), (expected.clone(), 1));
        prop_assert_eq!(mask(&expected), (expected.clone(), 0));
    }

    #[test]
    fn one_wrong_digit_is_no_card_number(brand in 0..BRANDS.len(), seed in any::<u64>()) {
        let mut card = card(BRANDS[brand], seed);
        let last = card.pop().unwrap().to_digit(10).unwrap();
        card.push_str(&((last + 1) % 10).to_string());
        prop_assert_eq!(mask(&card), (card.clone(), 0));
    }

    #[test]
    fn identifiers_stay_as_they_are(bits in any::<u128>()) {
        let hex = format!("{bits:032x}");
        let uuid = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-");
        prop_assert_eq!(mask(&uuid), (uuid.clone(), 0));
        let account = format!("{:018}", bits % 1_000_000_000_000_000_000);
        let rest: u128 = format!("{account}131400").parse().unwrap();
        let iban = format!("DE{:02}{account}", 98 - rest % 97);
        prop_assert_eq!(mask(&iban), (iban.clone(), 0));
        let number = format!("{:023}", bits % 10u128.pow(23));
        let id = Raw::new(number.clone()).id();
        prop_assert_eq!(id.as_str(), number);
    }

    #[test]
    fn whatever_the_bytes_nothing_forbidden_is_shown(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        holds_the_contract(&Raw::from_bytes(&bytes))?;
    }

    #[test]
    fn whatever_the_characters_nothing_forbidden_is_shown(text in hostile()) {
        holds_the_contract(&Raw::new(text))?;
    }

    #[test]
    fn what_was_shown_once_is_shown_the_same_again(text in hostile()) {
        // A named character may read as the value behind such a name: masked then, which is the safe side.
        let no_values: String = text.replace("cvv", "").chars().filter(|c| !digit(*c)).collect();
        let once = Raw::new(no_values).show_limited(usize::MAX);
        let stored = serde_json::to_string(&once).unwrap();
        prop_assert_eq!(&serde_json::from_str::<SafeText>(&stored).unwrap(), &once);
        prop_assert_eq!(Raw::new(once.as_str()).show_limited(usize::MAX), once);
    }

    #[test]
    fn a_line_never_exceeds_its_width_and_no_character_is_lost(text in hostile(), words in "[a-z 東é]{0,80}", width in 1usize..=40) {
        for text in [Raw::new(text).show(), Raw::new(words).show()] {
            let cut = text.cut(width);
            prop_assert!(cut.width() <= width, "{cut:?}");
            prop_assert_eq!(text.pad(width).width(), width);
            prop_assert_eq!(text.pad_left(width).width(), width);
            if text.width() <= width {
                prop_assert_eq!(&cut, &text);
            } else {
                prop_assert!(text.as_str().starts_with(cut.as_str().strip_suffix('…').unwrap()));
            }
            let lines = text.wrap(width);
            prop_assert!(lines.iter().all(|line| line.width() <= width), "{lines:?}");
            let ranges = text.wrap_ranges(width);
            prop_assert_eq!(ranges.len(), lines.len());
            let kept: String = ranges.iter().map(|range| &text.as_str()[range.clone()]).collect();
            prop_assert_eq!(kept.replace(' ', ""), text.as_str().replace(' ', ""));
            for (range, line) in ranges.iter().zip(&lines) {
                let part = text.slice(range.clone());
                prop_assert!(&part == line || part.width() > width, "{part:?}");
            }
        }
    }

    #[test]
    fn what_is_searched_is_found_in_any_case_and_the_pieces_are_the_whole(text in hostile(), typed in "[a-c é]{1,2}") {
        let text = Raw::new(text).show();
        let hits = text.find(&typed);
        let pieces = text.pieces(&hits);
        let whole: String = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
        prop_assert_eq!(&whole, text.as_str());
        for (piece, hit) in pieces {
            prop_assert_eq!(hit, piece.as_str().to_lowercase().contains(&typed) && hit);
        }
        prop_assert_eq!(hits.is_empty(), !text.as_str().to_lowercase().contains(&typed));
        prop_assert!(text.slice(1..text.as_str().len() + 9).as_str().len() <= text.as_str().len());
    }
}

fn digit(c: char) -> bool {
    c.is_numeric()
}

/// Texts of the pieces that have caused harm somewhere, and of any character.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "B",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "\u{1b}",
        "\u{1b}[2J",
        "\u{9b}",
        "\u{1b}]0;",
        "\u{7}",
        "\u{200b}",
        "\u{200d}",
        "\u{fe0f}",
        "\u{20e3}",
        "\u{301}",
        "\u{302}",
        "\u{488}",
        "\u{903}",
        "\u{202e}",
        "\u{2066}",
        "א",
        "٤",
        "🇩",
        "🏳",
        "👩",
        "🏽",
        "\u{e0067}",
        "\u{e000}",
        "\u{378}",
        "\u{2028}",
        "\u{3000}",
        "東",
        "क्षि",
        "ﷺ",
        "р",
        "é",
        "İ",
        "ﬀ",
        "1",
        "4111",
        "<",
        "cvv",
        "\u{fffd}",
        "\u{1f0ff}",
        "ᄀ",
        "ᅡ",
    ])
    .prop_map(str::to_owned);
    let any = any::<char>().prop_map(String::from);
    prop::collection::vec(prop_oneof![4 => pieces, 1 => any], 0..30).prop_map(|parts| parts.concat())
}

fn forbidden(c: char) -> bool {
    use unicode_properties::{GeneralCategory::*, UnicodeGeneralCategory};
    matches!(
        c.general_category(),
        Control | Format | PrivateUse | Surrogate | Unassigned | LineSeparator | ParagraphSeparator
    ) || matches!(c, '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

fn holds_the_contract(raw: &Raw) -> Result<(), TestCaseError> {
    let mut all = vec![raw.show(), raw.cell(), raw.id(), raw.show_limited(7)];
    all.extend(raw.lines());
    for text in all {
        prop_assert!(!text.as_str().contains(forbidden), "{:?} shows {:?}", raw.exact(), text);
        let mut marks = 0;
        for c in text.as_str().chars() {
            marks = if combining(c) { marks + 1 } else { 0 };
            prop_assert!(marks <= 4, "{:?} shows {:?}", raw.exact(), text);
        }
        prop_assert!(!text.as_str().starts_with(combining));
    }
    let debug = format!("{raw:?}");
    prop_assert!(!debug.contains(forbidden));
    raw.marks();
    Ok(())
}

fn combining(c: char) -> bool {
    use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
    c.general_category_group() == GeneralCategoryGroup::Mark
}

#[test]
fn stored_text_that_was_tampered_with_passes_the_contract_again() {
    let text: SafeText = serde_json::from_str(r#""a\u001b[2J\u202e 4111111111111111""#).unwrap();
    assert_eq!(text.as_str(), "a^[[2J<U+202E> 411111******1111");
}

#[test]
fn an_acquirer_reference_number_is_exempt_only_as_an_identifier() {
    let arn = "41111111111111111227123";
    assert_eq!(Raw::new(arn).id().as_str(), arn);
    assert_eq!(Raw::new(arn).id_cell().as_str(), arn);
    assert_eq!(
        Raw::new(format!("{}a", "א".repeat(11))).id_cell().as_str(),
        "<RTL text, 11 letters: open to read>"
    );
    assert_eq!(Raw::new(arn).show().as_str(), "411111******1111*******");
    assert_eq!(Raw::new(format!("{arn} ")).id().as_str(), "411111******1111******* ");
    assert_eq!(Raw::new("4111111111111111").id().as_str(), "411111******1111");
}

#[test]
fn ten_thousand_digits_and_other_long_texts_are_masked_in_linear_time() {
    // Without a bound on the candidates these would take hours, not moments.
    for part in [
        "4",
        "4 1 ",
        "1-",
        "\u{9d}1",
        "\u{1b}]0;4111 ",
        "a\u{301}1",
        "cvv 123 ",
        "DE89 ",
        "\u{e0067}1",
        "4111111111111111=",
    ] {
        let text = part.repeat(100_000 / part.len());
        assert!(!mask(&text).0.is_empty());
        assert!(!Raw::new(text).show().is_empty());
    }
}

#[test]
fn a_card_number_deep_in_a_long_document_is_masked() {
    // Long texts are masked in stretches of 64 KiB: a number across the place where one may end is found all the same.
    for before in (65_523..65_540).chain([65_500]) {
        for written in ["4111 1111\n1111 1111 CVV 123", "4111 1111\u{1b}[1m\n1111 1111 CVV 123"] {
            let text = format!("{}\n{written}\n{}", "x".repeat(before), "and so on\n".repeat(500));
            let (masked, cards) = mask(&text);
            assert_eq!(cards, 1);
            let expected =
                written.replacen("1111 CVV 123", "1111 CVV ***", 1).replacen("1111\n1111", "11**\n****", 1);
            let expected = expected.replacen("1111\u{1b}[1m\n1111", "11**\u{1b}[1m\n****", 1);
            assert!(masked[before..].starts_with(&format!("\n{expected}\nand so on")), "{before}");
            assert_eq!(masked.len(), text.len());
        }
    }
}

#[test]
fn one_digit_over_and_over_is_no_card_number() {
    assert_eq!(mask("6666666666666"), ("6666666666666".to_owned(), 0));
}

#[test]
fn a_longer_number_that_fits_by_chance_does_not_uncover_a_card_number() {
    for digit in 0..10 {
        let text = format!("400000{digit} 4111 1111 1111 1111");
        let (masked, cards) = mask(&text);
        assert!(masked.ends_with("** **** 1111"), "{masked}");
        assert_eq!(cards, 1);
    }
}

#[test]
fn verification_values_are_removed_in_the_forms_that_people_and_machines_write() {
    for (text, shown) in [
        ("CVV: 123", "CVV: ***"),
        ("cvc2 = 1234", "cvc2 = ****"),
        ("\"cvv\":\"123\"", "\"cvv\":\"***\""),
        ("card_cvv=123", "card_cvv=***"),
        ("CVV123", "CVV***"),
        ("c\u{200b}vv 1\u{200b}23", "c<U+200B>vv *<U+200B>**"),
        ("CVV ٤٥٦", "CVV ***"),
        ("Security Code 1234", "Security Code ****"),
        ("security_code:123", "security_code:***"),
        ("Prüfziffer 123", "Prüfziffer ***"),
        ("Pru\u{308}fziffer 123", "Pru\u{308}fziffer ***"),
        ("CVV = to be on 123", "CVV = to be on ***"),
        ("CVV = to be on: 123", "CVV = to be on: 123"),
        ("CVV 123\u{200b}4111111111111111", "CVV ***<U+200B>411111******1111"),
        ("CVV 12345", "CVV 12345"),
        ("CVV 12", "CVV 12"),
        ("CVV\n123", "CVV^J123"),
        ("placid 123", "placid 123"),
        ("CVV was asked for on 123", "CVV was asked for on 123"),
        ("cvv 4111 1111 1111 1111", "cvv **** 11** **** 1111"),
    ] {
        assert_eq!(Raw::new(text).show().as_str(), shown, "{text:?}");
    }
}

#[test]
fn lines_are_whole_however_long_and_end_where_the_text_says() {
    let long = "x".repeat(10_000);
    assert_eq!(Raw::new(format!("{long}\r\n\tb\u{2028}c\n\nd\n")).lines().len(), 5);
    assert_eq!(Raw::new(long.clone()).lines()[0].as_str(), long);
    assert_eq!(Raw::new(long).lines_limited(3)[0].as_str(), "xxx<…9997 more>");
    assert!(Raw::new("").lines().is_empty());
}

#[test]
fn text_is_fitted_to_columns() {
    let text = Raw::new("東京 Harald Nyborg, Odense").show();
    assert_eq!(text.cut(4).as_str(), "東…");
    assert_eq!(text.pad(4).as_str(), "東… ");
    assert_eq!(text.pad_left(28).as_str(), "  東京 Harald Nyborg, Odense");
    assert_eq!(text.cut(0).as_str(), "");
    let lines = text.wrap(11);
    let lines: Vec<&str> = lines.iter().map(SafeText::as_str).collect();
    assert_eq!(lines, ["東京 Harald", "Nyborg,", "Odense"]);
    assert_eq!(SafeText::own("  indented text").wrap(10)[0].as_str(), "  indented");
    assert_eq!(SafeText::default().wrap(5).len(), 1);
    assert_eq!(text.wrap(1)[0].as_str(), "…");
}

#[test]
fn search_finds_whole_characters() {
    let text = Raw::new("Ærø, ÆRØ, e\u{301}te\u{301}, İstanbul").show();
    let found = |typed: &str| -> Vec<String> {
        text.find(typed).into_iter().map(|range| text.as_str()[range].to_owned()).collect()
    };
    assert_eq!(found("ærø"), ["Ærø", "ÆRØ"]);
    assert_eq!(found("e"), ["e\u{301}", "e\u{301}"]);
    assert_eq!(found("İs"), ["İs"]);
    assert!(found("").is_empty());
}

#[test]
fn parts_are_composed_only_from_what_is_safe() {
    let merchant = Raw::new("A\u{1b}B").show();
    let line = say!("{} {}: {}", 3u8, merchant, -4i64);
    assert_eq!(line.as_str(), "3 A^[B: -4");
    let joined = SafeText::join([&line, &SafeText::own("end")], ", ");
    assert_eq!(joined.as_str(), "3 A^[B: -4, end");
}

#[test]
fn what_is_left_out_is_counted() {
    for (text, shown) in [
        ("a\u{200b}\u{200b}\u{200b}b", "a<U+200B><U+200B><U+200B>b"),
        ("a\u{200b}\u{200b}\u{200b}\u{200b}b", "a<4 hidden>b"),
        ("a\u{200b}\u{301}", "a<U+200B><U+0301>"),
        ("a\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}b", "a\u{301}\u{301}\u{301}\u{301}<+2 marks>b"),
        ("👩\u{200d}👩\u{200d}👧", "👩<+2>"),
        ("🏳\u{20e3}🏽\u{fe0f}", "🏳"),
        ("a\u{7f}b", "a^?b"),
        ("\u{7f}\u{80}", "^?<U+0080>"),
        ("🇩🇰🇩", "<DK><D>"),
    ] {
        assert_eq!(Raw::new(text).show().as_str(), shown, "{text:?}");
    }
}
