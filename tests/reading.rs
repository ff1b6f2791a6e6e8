//! Reading a case: its pane, its documents, the provider's own JSON.

mod analyst;

use std::borrow::Cow;

use analyst::{Analyst, World};
use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::{
    case::{Case, CaseId},
    desk::words::Effect,
    document::Sha256,
    provider::{Asked, nets::sandbox as nets},
    sandbox::{self, Trouble},
};
use ratatui::style::Modifier;

/// The bytes of a document, taken from a second stand-in of the same world.
fn bytes_of(world: &World, id: &str) -> Vec<u8> {
    let key = vec![("authorization".to_owned(), nets::API_KEY.to_owned())];
    let target = format!("{}/disputes/document/{id}", nets::BASE);
    let origin = world.origin();
    let born = origin.born;
    let answer = sandbox::world(origin).answer(&Asked::new("GET", &target, key, Vec::new()), born);
    assert_eq!(answer.status, 200, "{id}");
    match serde_json::from_slice::<serde_json::Value>(&answer.body)
        .ok()
        .filter(|json| json["content"].is_string())
    {
        Some(wrapped) => STANDARD.decode(wrapped["content"].as_str().unwrap()).unwrap(),
        None => answer.body,
    }
}

/// The runs of the screen that are painted with a modifier.
fn painted(ann: &Analyst, modifier: Modifier) -> Vec<String> {
    let buffer = ann.place.screen.backend().cells.buffer();
    let mut runs = vec![String::new()];
    for cell in &buffer.content {
        match (cell.modifier.contains(modifier), runs.last_mut()) {
            (true, Some(run)) => run.push_str(cell.symbol()),
            (false, Some(run)) if !run.is_empty() => runs.push(String::new()),
            _ => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// The number of the world's case at a place.
fn case(place: u64) -> String {
    (2_600_410_001 + 7 * place).to_string()
}

fn fetched(world: &World) -> usize {
    world.served.troubles.count("/disputes/document/")
}

// ---- the case

#[test]
fn a_case_is_read_from_top_to_end() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410043").sees("Case 2600410043").sees("Documents (").sees("Timeline");
    ann.sees("case  2600410043");
    // Somebody typed a card number into a note.
    ann.misses("4111 1111 1111 1111").misses("4111111111111111");
    sees_screen!(ann, "case pane");
}

#[test]
fn what_ann_does_with_a_case_stands_in_its_timeline() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410043").press("u").types("waits for the police report").press("Enter");
    ann.commands("2600410043").sees("ann parked: waits for the police report").sees("parked ");
    ann.press("d Esc").sees("ann fetched document: 2600410043-1");
    ann.press("U").sees("ann unparked");
    let screen = ann.screen();
    let line = |text: &str| screen.find(text).unwrap();
    let order = ["Case created", "ann parked", "ann fetched document", "ann unparked"].map(line);
    assert!(order.is_sorted(), "oldest first:\n{screen}");
    sees_screen!(ann, "timeline with our own journal");
}

#[test]
fn a_case_with_a_page_of_its_own_at_the_provider_says_where_and_asks_for_it_to_be_opened() {
    let world = World::of(12);
    let case = |number: &str, page: &str| {
        let id = CaseId { profile: analyst::SANDBOX.into(), number: number.into() };
        Case { page: page.into(), ..Case::bare(id) }
    };
    let address = "https://disputes.example/dispute/7-1";
    world.store().keep_cases(vec![case("7-1", address), case("7-2", "")], world.clock.now()).unwrap();
    let mut ann = world.analyst();
    ann.commands("7-1").sees(&format!("{address}, :page opens it"));
    ann.press(":").types("page");
    let effects = ann.desk_hears_keys("Enter");
    assert!(
        matches!(&effects[..], [Effect::ShowPage { case, page }]
            if case.number.exact() == "7-1" && page.exact() == address),
        "{effects:?}"
    );
    ann.press("Esc").commands("7-2").misses("opens it").commands("page");
    ann.is_told("the provider has no page of its own for this case");
}

#[test]
fn every_reason_code_of_the_world_is_explained() {
    let world = World::of(40);
    let mut ann = world.analyst();
    for index in 0..40 {
        let number = (2_600_410_001u64 + 7 * index).to_string();
        ann.commands(&number);
        let line = ann.line_with(" reason   ");
        assert!(line.contains(": "), "case {number} has a code without words: {line}");
        ann.press("Esc");
    }
}

#[test]
fn of_an_endless_history_the_newest_is_laid_out_and_the_rest_counted() {
    let world = World::of(12);
    let mut ann = world.analyst();
    let history: Vec<_> = (0..5000)
        .map(|at| {
            serde_json::json!({"timestamp": format!("2026-11-{:02}T{:02}:00:00Z", 1 + at % 20, at / 20 % 24),
            "user": "x", "description": format!("entry {at}.")})
        })
        .collect();
    let case =
        serde_json::json!({"cases": [{"caseNumber": "2600410008", "history": history, "documents": []}]});
    let says = Trouble::Says(200, "application/json", case.to_string().into_bytes());
    ann.commands("2600410008");
    world.served.troubles.next(1, "/disputes", says);
    ann.press("R").sees("Timeline").sees("3000 older entries of the provider are not shown here; r shows all");
    ann.press("G").sees("2026-11-20 23:00 x: entry 4799.");
    for keys in ["g", "j", "]", "Esc", "Enter", "G k", "w", "Esc"] {
        ann.press(keys);
        let lines = ann.place.desk.case_lines(84);
        assert!(matches!(lines, Cow::Borrowed(_)), "{keys} left it to the drawing to lay the case out");
    }
    ann.press("Enter");
    assert_eq!(
        ann.place.desk.case_lines(84).iter().filter(|line| line.text.as_str().contains("entry ")).count(),
        2000
    );
    ann.press("r").sees("raw JSON").press("/").types("entry 0.").press("Enter").sees("hit 1 of 1");
}

// ---- text documents

#[test]
fn a_letter_is_read_and_searched() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410008")
        .press("d")
        .sees("cardholder letter.txt (1 of ")
        .sees("To my bank's card department");
    sees_screen!(ann, "letter");
    ann.press("/").types("CARD").press("Enter").sees("hit 1 of ");
    let here = painted(&ann, Modifier::REVERSED);
    assert_eq!(here, ["card"], "the current hit is painted, capitals or not");
    sees_screen!(ann, "letter with hits");
    let first = ann.screen();
    ann.press("n").sees("hit 2 of ");
    assert_eq!(painted(&ann, Modifier::REVERSED).len(), 1);
    ann.press("N").sees("hit 1 of ");
    assert_eq!(ann.screen(), first);
    ann.press("N");
    let line = ann.line_with("hit ");
    let (_, counts) = line.split_once("hit ").unwrap();
    let mut numbers = counts.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    assert_eq!(numbers.next(), numbers.next(), "before the first comes the last: {line}");
    ann.press("/").types("no such words").press("Enter").is_told("\"no such words\" is not in this text");
    ann.sees("hit 0 of 0");
    sees_screen!(ann, "nothing found");
    ann.press("/").press("Enter").misses("hit 0");
}

#[test]
fn a_search_finds_words_that_the_wrapping_parted() {
    let world = World::of(12);
    let mut ann = world.analyst_at(60, 24);
    ann.commands("2600410008").press("d /").types("dispute is 39.01 eur").press("Enter");
    ann.sees("hit 1 of 1");
    assert_eq!(painted(&ann, Modifier::REVERSED), ["dispute is", "39.01 EUR"]);
    sees_screen!(ann, "hit over two rows");
    ann.resizes(140, 24).sees("hit 1 of 1");
    assert_eq!(painted(&ann, Modifier::REVERSED), ["dispute is 39.01 EUR"]);
}

#[test]
fn a_word_that_stands_everywhere_is_counted_up_to_the_limit() {
    let world = World::of(12);
    let mut ann = world.analyst();
    // All in a few lines that wrap into thousands of rows: each hit must be found by its row, not by walking.
    let letter = format!("{}\n{}\nend\n", "ab ".repeat(99_000), "Ab".repeat(1_500)).into_bytes();
    world.served.troubles.next(1, "/disputes/document/", Trouble::Says(200, "text/plain", letter));
    ann.commands("2600410008").press("d /").types("ab").press("Enter").sees("hit 1 of the first 100000");
    ann.press("N").sees("hit 100000 of the first 100000");
    assert_eq!(painted(&ann, Modifier::REVERSED), ["Ab"]);
    ann.press("n n").sees("hit 2 of the first 100000");
    assert_eq!(painted(&ann, Modifier::REVERSED), ["ab"]);
    ann.press("/").types("b a").press("Enter").sees("hit 1 of 9").misses("the first");
    ann.press("/").types("end").press("Enter").sees("hit 1 of 1");
}

#[test]
fn a_letter_that_comes_while_ann_looks_at_the_case_is_wrapped_for_its_own_pane() {
    let world = World::of(12);
    let mut ann = world.analyst();
    world.served.troubles.next(1, "/disputes/document/", Trouble::Hold);
    ann.commands("2600410008").tell_keys("d").turns_until("on its way");
    ann.tell_keys("Esc").turns_until("Documents (");
    world.served.troubles.clear();
    ann.settle().press("Tab").sees("To my bank's card department");
    ann.press("BackTab").sees("Documents (").resizes(100, 30).press("Tab").sees("To my bank's card department");
}

#[test]
fn a_search_that_hits_nothing_is_not_asked_for_the_next_hit() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410008").press("d n").is_told("nothing is searched for yet");
}

#[test]
fn the_next_and_the_previous_document_follow_round_and_round() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410001").press("d").sees("(1 of ");
    let line = ann.line_with("(1 of ");
    let count: usize = line.split("(1 of ").nth(1).unwrap().split(')').next().unwrap().parse().unwrap();
    for at in 2..=count {
        ann.press("]").sees(&format!("({at} of {count})"));
    }
    ann.press("]").sees(&format!("(1 of {count})"));
    ann.press("[").sees(&format!("({count} of {count})"));
    assert_eq!(fetched(&world), count, "each was fetched once");
}

#[test]
fn a_long_letter_is_paged_through() {
    let world = World::of(40);
    let mut ann = world.analyst_at(100, 24);
    ann.commands("2600410008").press("d").sees("line 1-");
    let first = ann.screen();
    ann.press("PgDn").misses("To my bank's card department");
    sees_screen!(ann, "second page of a letter");
    ann.press("PgUp");
    assert_eq!(ann.screen(), first);
    ann.press("G").sees("Kind regards");
    let line = ann.line_with("line ");
    let end = line.split('-').next_back().unwrap();
    let mut numbers = end.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    assert_eq!(numbers.next(), numbers.next(), "the last line is the last: {line}");
    let last = ann.screen();
    ann.press("j PgDn");
    assert_eq!(ann.screen(), last, "there is nothing below the end");
    ann.press("k k g");
    assert_eq!(ann.screen(), first);
}

#[test]
fn resizing_keeps_the_place_of_reading() {
    let world = World::of(12);
    let mut ann = world.analyst_at(140, 24);
    let line =
        |at: usize| format!("remark {at}: {}end {at}.\n", "the shop did not answer ".repeat(1 + at % 17));
    let letter: String = (0..300).map(line).collect();
    world.served.troubles.next(1, "/disputes/document/", Trouble::Says(200, "text/plain", letter.into_bytes()));
    ann.commands("2600410008").press("d PgDn PgDn PgDn PgDn PgDn PgDn");
    // The first remark that begins on the screen: the next one where the top row is the rest of a line.
    let top = |ann: &Analyst| -> usize {
        let screen = ann.screen();
        let number = screen.split("remark ").nth(1).and_then(|rest| rest.split(':').next()).unwrap();
        number.parse().unwrap()
    };
    let before = top(&ann);
    for (width, height) in [(100, 30), (62, 20), (200, 50), (62, 20), (61, 21), (20, 5), (140, 24)] {
        ann.resizes(width, height);
        if width > 20 {
            assert!(top(&ann).abs_diff(before) <= 1, "{width}x{height}, was {before}:\n{}", ann.screen());
        }
    }
    assert_eq!(top(&ann), before);
}

#[test]
fn mail_table_and_log_are_laid_out_to_be_read() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410015").press("d ]").sees("e-mail").sees("From:     J").misses("Message-ID:");
    sees_screen!(ann, "mail");
    ann.commands("2600410029").press("d ]").sees("CSV").sees("merchant").misses("date;time");
    sees_screen!(ann, "table");
    ann.commands("2600410064").press("d ]").sees("JSON").sees("\"parcel\"");
    sees_screen!(ann, "log");
}

#[test]
fn a_letter_of_an_old_mainframe_keeps_its_letters() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410078").press("d ]").sees("windows-1252").misses("\u{fffd}");
    sees_screen!(ann, "letter in ISO-8859-1");
}

// ---- documents of every kind

#[test]
fn every_kind_of_the_sandbox_is_read_or_seen_and_known_by_its_hash() {
    let world = World::of(12);
    let mut ann = world.analyst();
    for (number, kind, seen) in [
        ("2600410001", "PDF", "INVOICE"),
        ("2600410008", "TIFF", "page 1/3  width 100 %"),
        ("2600410022", "JPEG", "width 100 %"),
        ("2600410036", "PNG", "width 100 %"),
        ("2600410043", "Word", "Merchant response"),
        ("2600410050", "ZIP", "files inside (I)"),
        ("2600410057", "PNG", "width 100 %"),
    ] {
        let bytes = bytes_of(&world, &format!("{number}02"));
        ann.commands(number).press("d ]").sees(kind).sees(seen).press("D");
        ann.sees(&format!("{} bytes", bytes.len())).sees(&Sha256::of(&bytes).to_string()).press("Esc");
    }
}

#[test]
fn a_document_whose_name_lies_is_told() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410057").press("d").sees("named .pdf and claimed application/pdf, is HTML");
    sees_screen!(ann, "web page that is called PDF");
    ann.commands("2600410064").press("d").sees("it has no bytes");
    sees_screen!(ann, "document without bytes");
}

#[test]
fn a_hostile_name_is_shown_for_what_it_is() {
    let world = World::of(200);
    let mut ann = world.analyst();
    ann.commands("2600410022").misses("\u{202e}").sees("U+202E");
    ann.press("d").misses("\u{202e}");
    sees_screen!(ann, "name that would run backwards");
    ann.commands("2600410036").press("d").sees("../../cardholder letter.txt");
    // A program's name whose end would be shown first.
    ann.commands(&case(72)).sees("exe").press("d ]").sees("named .exe");
    sees_screen!(ann, "program that is called invoice");
}

#[test]
fn a_hostile_merchant_cannot_paint_the_screen() {
    let world = World::of(40);
    let mut ann = world.analyst();
    ann.commands("2600410029").sees("odd text").misses("\u{1b}");
    sees_screen!(ann, "merchant with escapes");
}

// ---- the provider's own words

#[test]
fn the_providers_own_json_is_read_with_card_numbers_masked() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410043").press("r").sees("raw JSON").sees("\"caseNumber\": \"2600410043\"");
    // A member that the desk makes nothing of is there all the same.
    ann.sees("\"cardBlocked\"");
    sees_screen!(ann, "raw JSON");
    ann.press("/").types("cardholder confirms card").press("Enter").sees("hit 1 of 1");
    ann.misses("4111 1111 1111 1111").sees("1111 was in her possession");
    sees_screen!(ann, "card number masked in raw JSON");
    ann.press("Esc").sees("Documents (");
}

#[test]
fn a_member_that_the_provider_sent_twice_is_read_twice() {
    let world = World::of(12);
    let mut ann = world.analyst();
    let case = r#"{"cases":[{"caseNumber":"2600410008","disputeAmount":10,"disputeAmount":99,"rate":1.10}]}"#;
    let says = Trouble::Says(200, "application/json", case.as_bytes().to_vec());
    ann.commands("2600410008");
    world.served.troubles.next(1, "/disputes", says);
    ann.press("R r").sees("\"disputeAmount\": 10,").sees("\"disputeAmount\": 99,").sees("\"rate\": 1.10");
}

#[test]
fn keys_that_are_faster_than_the_store_lose_nothing() {
    let world = World::of(12);
    let mut ann = world.analyst_at(100, 24);
    ann.press_at_once("j Enter r").sees("raw JSON").sees("\"caseNumber\"").press("Esc Esc");
    let mut ann = ann.commands("2600410008");
    ann = ann
        .press_at_once("d ] ]")
        .sees("2600410008-3 dispute-form.tif (3 of 5)")
        .sees("TIFF, ")
        .sees("page 1/3");
    ann.press("Esc").sees("▶ 2026-11-19  2600410008-3");
}

#[test]
fn the_raw_view_follows_the_case_when_it_is_read_again() {
    let world = World::of(12);
    let mut ann = world.analyst_at(100, 24);
    ann.commands("2600410008").press("r j j").sees("line 3-");
    let anew =
        r#"{"cases":[{"caseNumber":"2600410008","queueId":"2000","status":"Anew","extra":{"1":[true,null]}}]}"#;
    let says = Trouble::Says(200, "application/json", anew.as_bytes().to_vec());
    world.served.troubles.next(1, "/disputes", says);
    ann.press("R").sees("2600410008 has changed").sees("\"Anew\"").sees("\"extra\"");
    sees_screen!(ann, "raw JSON of a case read again");
}

// ---- right-to-left letters

/// A letter or number that a bidirectional terminal orders from right to left (Hebrew, Arabic).
fn turns(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

/// Names in Hebrew and Arabic hold no digit here: every digit beside one is of another field.
fn no_digit_stands_beside_a_turning_letter(ann: &Analyst, sees: &[&str]) {
    let screen = ann.screen();
    for line in screen.lines().filter(|line| line.chars().any(turns)) {
        assert!(!line.chars().any(|letter| letter.is_ascii_digit()), "{line}\n{screen}");
    }
    for text in sees {
        assert!(screen.contains(text), "{text}:\n{screen}");
    }
}

#[test]
fn a_name_that_runs_from_right_to_left_shares_no_line_with_a_number_of_another_field() {
    let world = World::of(12);
    for (width, height) in [(80, 44), (120, 44), (200, 60)] {
        let mut ann = world.analyst_at(width, height);
        let [shop, place, holder, clerk, letter, note] =
            ["חנות הספרים", "حيفا", "דוד כהן", "فاطمة", "מכתב.txt", "הלקוח התקשר"];
        let case = serde_json::json!({"cases": [{
            "caseNumber": "2600410008", "queueId": "2000", "caseStatus": "ממתין", "disputeAmount": 10,
            "disputeCurrency": "EUR", "merchantName": shop, "merchantCity": place, "merchantCategoryCode": "5942",
            "cardholderName": holder, "cardNumber": "411111******1111",
            "history": [{"timestamp": "2026-11-20T10:00:00Z", "user": clerk, "action": note, "description": note}],
            "documents": [{"documentId": "260041000801", "documentName": letter, "fileName": letter,
                "uploadedBy": clerk, "createdBy": clerk, "createdDate": "2026-11-20"}],
        }]});
        let says = Trouble::Says(200, "application/json", case.to_string().into_bytes());
        ann.commands("2600410008");
        world.served.troubles.next(1, "/disputes", says);
        ann.press("R");
        no_digit_stands_beside_a_turning_letter(&ann, &[shop, holder]);
        ann.press("w");
        no_digit_stands_beside_a_turning_letter(&ann, &[]);
        ann.press("Esc u").types(note).press("Enter").commands("2600410008");
        no_digit_stands_beside_a_turning_letter(&ann, &[note]);
        ann.press("r");
        no_digit_stands_beside_a_turning_letter(&ann, &[shop]);
        ann.press("Esc d");
        no_digit_stands_beside_a_turning_letter(&ann, &[]);
        ann.press("Esc Esc").types("/").types(shop).press("Enter");
        no_digit_stands_beside_a_turning_letter(&ann, &[]);
        ann.press("Esc").commands("unpark");
    }
}

// ---- what the desk does not know

#[test]
fn a_reason_code_without_a_network_is_told_with_every_network_it_may_be_of() {
    let world = World::of(12);
    let mut ann = world.analyst();
    let case = r#"{"cases":[{"caseNumber":"2700000007","queueId":"1000","cardSchemeDisputeReasonCode":"53",
        "disputeAmount":10,"disputeCurrency":"EUR"}]}"#;
    world.served.troubles.next(
        1,
        "/disputes",
        Trouble::Says(200, "application/json", case.as_bytes().to_vec()),
    );
    ann.commands("2700000007").sees("Case 2700000007").sees("if Visa: ").sees("if Mastercard: ");
    sees_screen!(ann, "reason code without a network");
}

// ---- kept documents

#[test]
fn a_document_is_fetched_once_and_read_from_the_store_afterwards() {
    let world = World::of(12);
    {
        let mut ann = world.analyst();
        ann.commands("2600410008").press("d").sees("To my bank's card department");
        assert_eq!(fetched(&world), 1);
        ann.press("Esc d").sees("To my bank's card department").press("Esc Esc");
        assert_eq!(fetched(&world), 1, "the second time it comes from the store");
        ann.leaves();
    }
    world.served.troubles.always("", Trouble::Drop);
    let mut ann = world.analyst();
    ann.is_told("what is kept here is shown");
    ann.commands("2600410008").press("d").sees("To my bank's card department");
    sees_screen!(ann, "letter from the store while the network is dead");
}

#[test]
fn a_document_that_is_gone_is_told_and_asked_for_again() {
    let world = World::of(12);
    let mut ann = world.analyst();
    let gone = Trouble::Says(404, "application/json", br#"{"code":"404","message":"Purged"}"#.to_vec());
    world.served.troubles.next(1, "/disputes/document/", gone);
    ann.commands("2600410008").press("d").sees("Purged").sees("404");
    sees_screen!(ann, "document that is gone");
    ann.press("Esc d").sees("To my bank's card department");
}

#[test]
fn a_long_table_with_long_lines_is_cut_and_says_so() {
    let world = World::of(12);
    let mut ann = world.analyst();
    let row = format!("2026-11-22;{};4111111111111111\n", "x".repeat(9_000));
    let table = row.repeat(1000).into_bytes();
    world.served.troubles.next(1, "/disputes/document/", Trouble::Says(200, "text/csv", table));
    ann.commands("2600410008").press("d").sees("CSV").sees("8.6 MiB").press("G");
    ann.sees("The text goes on; this is as much of it as is shown here.").misses("4111111111111111");
    ann.press("/").types("411111******1111").press("Enter").sees("hit 928 of 928");
    ann.press("n").sees("hit 1 of 928");
}

#[test]
fn while_a_document_is_on_its_way_the_case_can_be_read() {
    let world = World::of(12);
    let mut ann = world.analyst();
    world.served.troubles.next(1, "/disputes/document/", Trouble::Hold);
    ann.commands("2600410008").tell_keys("d").turns_until("on its way");
    sees_screen!(ann, "document on its way");
    ann.tell_keys("Esc").turns_until("Timeline").tell_keys("w").turns_until("Why here?").tell_keys("Esc");
    world.served.troubles.clear();
    ann.settle();
}

#[test]
fn a_document_too_large_to_take_is_told() {
    let world = World::of(12);
    let mut ann = world.analyst();
    world.served.troubles.next(1, "/disputes/document/", Trouble::Endless);
    ann.commands("2600410008").press("d").sees("larger than the limit");
    sees_screen!(ann, "document that never ends");
}
