//! Straight to a case: by its number, its group, its ARN, the end of its card, or the whole card, unseen; and the
//! command line itself.

mod analyst;

use analyst::{Analyst, World};
use casedesk::{
    desk::{Desk, Focus, Over, Setup, Start},
    sandbox::Trouble,
};

const CARD: &str = "4111111111111111";

fn open_case(ann: &Analyst<'_>) -> String {
    assert_eq!(ann.place.desk.focus, Focus::Case, "no case is open:\n{}", ann.screen());
    ann.place.desk.case_in_hand().unwrap().number.exact().to_owned()
}

/// How many digits the card line says were typed.
fn stars(ann: &Analyst<'_>) -> usize {
    ann.line_with("not shown: ").matches('*').count()
}

#[test]
fn a_case_is_opened_by_its_number_its_group_or_its_arn() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let asked = world.served.seen().len();
    ann.commands("2600410120");
    assert_eq!(open_case(&ann), "2600410120");
    let (group, arn) = {
        let case = &ann.place.desk.file_in_hand().unwrap().case;
        (case.group.exact().to_owned(), case.arn.exact().to_owned())
    };
    assert_eq!(arn.len(), 23);
    ann.press("Esc").commands(&arn);
    assert_eq!(open_case(&ann), "2600410120");
    ann.press("Esc").commands(&group.to_lowercase());
    match &ann.place.desk.over {
        Over::Pick { rows, .. } => assert!(rows.iter().any(|row| row.number.as_str() == "2600410120")),
        _ => assert_eq!(open_case(&ann), "2600410120"),
    }
    ann.press("Esc");
    // The list stands on the case, for when it is closed.
    ann.press("Esc Esc").commands("2600410120").press("Esc");
    assert_eq!(ann.place.desk.list.row().unwrap().number.as_str(), "2600410120");
    assert_eq!(world.served.seen().len(), asked, "what is kept is not asked for");
}

#[test]
fn several_cases_of_one_ending_are_offered() {
    let world = World::of(300);
    let mut ann = world.analyst();
    ann.commands("1111").sees("cases are called 1111: Enter opens, Esc closes");
    sees_screen!(ann, "choice");
    let Over::Pick { rows, .. } = &ann.place.desk.over else { panic!("no choice is offered") };
    let second = rows[1].number.as_str().to_owned();
    assert!(rows.iter().all(|row| row.card.as_str().ends_with("1111")));
    ann.press("x j Enter");
    assert_eq!(open_case(&ann), second);
    ann.press("Esc").commands("1111").press("G k Home Esc").misses("Enter opens");
    assert_eq!(ann.place.desk.focus, Focus::List);
}

#[test]
fn a_case_that_is_not_kept_is_brought_from_the_provider() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let asked = world.served.seen().len();
    ann.misses("8100").commands("2600410050");
    assert_eq!(open_case(&ann), "2600410050");
    assert_eq!(world.served.seen().len(), asked + 1);
    sees_screen!(ann, "brought from the provider");
    ann.press("Esc").sees("All cases").sees("/79").press("1 G");
    ann.commands("2600410050");
    assert_eq!(world.served.seen().len(), asked + 1, "now it is kept");
}

#[test]
fn what_nobody_knows_is_told() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let asked = world.served.seen().len();
    ann.commands("2699999999").is_told("nothing here or at the providers is called 2699999999");
    assert_eq!(world.served.seen().len(), asked + 1);
    world.served.troubles.always("", Trouble::Broken);
    ann.commands("2699999998").is_told("nothing kept here is called 2699999998; sandbox could not be asked: ");
    ann.sees("a fault of its own");
}

#[test]
fn waiting_for_a_slow_provider_can_be_ended() {
    let world = World::of(80);
    let mut ann = world.analyst();
    world.served.troubles.always("/disputes", Trouble::Hold);
    ann.press_nowait(": 2 6 0 0 4 1 0 0 5 0 Enter");
    ann.sees("looking for 2600410050; Esc stops waiting");
    ann.press_nowait("d j").sees("looking for 2600410050");
    ann.press_nowait("Esc").sees("not waited for any longer");
    ann.press_nowait("j j");
    assert_eq!(ann.place.desk.list.cursor, 2);
    world.served.troubles.clear();
    ann.settle();
    // It came too late to be opened under the analyst's hands, but it is kept.
    assert_eq!((ann.place.desk.focus, ann.place.desk.list.cursor), (Focus::List, 2));
    ann.commands("2600410050");
    assert_eq!(open_case(&ann), "2600410050");
}

#[test]
fn cases_are_found_by_a_card_number_that_nobody_sees() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let before = ann.bytes();
    ann.commands("card").sees("card number for sandbox, not shown:");
    ann.types(CARD).sees("not shown: ****************");
    sees_screen!(ann, "card number");
    ann.press("Enter").sees("cases of this card");
    sees_screen!(ann, "cases of the card");
    let bytes = ann.place.screen.backend().bytes().split_off(before);
    let written = String::from_utf8(bytes).unwrap();
    assert!(!written.contains(CARD) && !written.contains("41111111"), "the number was written");
    assert!(world.served.seen().iter().all(|seen| !seen.query.contains(CARD) && !seen.path.contains(CARD)));
    // Nor does it stand in any file.
    ann.leaves();
    for file in std::fs::read_dir(world.dir()).unwrap() {
        let path = file.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        assert!(!bytes.windows(CARD.len()).any(|part| part == CARD.as_bytes()), "{}", path.display());
    }
}

#[test]
fn every_digit_of_a_card_number_stays_unseen_while_it_is_typed() {
    let world = World::of(0);
    let mut ann = world.analyst();
    ann.commands("card");
    let before = ann.bytes();
    ann.types("5105105105105100");
    let written = String::from_utf8(ann.place.screen.backend().bytes().split_off(before)).unwrap();
    // What is written must not depend on the digits at all.
    ann.press("Esc").commands("card");
    let before = ann.bytes();
    ann.types("4242424242424242");
    let other = String::from_utf8(ann.place.screen.backend().bytes().split_off(before)).unwrap();
    assert_eq!(written, other);
    ann.press("Esc");
}

#[test]
fn a_card_number_of_the_wrong_length_or_with_letters_is_not_sent() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let asked = world.served.seen().len();
    ann.commands("card").types("4111").press("Enter").sees("12 to 19 digits, this has 4");
    ann.types("x").sees("a card number is digits only").press("Backspace");
    assert_eq!(stars(&ann), 3);
    ann.pastes("4111 1111 1111 1111 1111").sees("at most 19 digits; this was not taken");
    assert_eq!(stars(&ann), 3);
    ann.pastes("1-1111 1111 1111\n").misses("not taken");
    assert_eq!(stars(&ann), 16);
    ann.press("Esc").misses("card number for");
    assert_eq!(world.served.seen().len(), asked);
    // A card of which the provider has no case.
    ann.commands("card").pastes("4000 0000 0000 0002").press("Enter").sees("the provider has no such case");
}

#[test]
fn without_the_providers_key_no_card_number_leaves() {
    let world = World::of(80);
    let mut ann = world.analyst_without_card_key();
    let asked = world.served.seen().len();
    ann.commands("card").types(CARD).press("Enter").is_told("a card number leaves only encrypted");
    ann.sees("profile sandbox has no card-key").misses("NOT REACHED");
    sees_screen!(ann, "no card key");
    assert_eq!(world.served.seen().len(), asked);
}

#[test]
fn a_card_number_typed_as_anything_else_is_not_asked_for() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let asked = world.served.seen().len();
    for line in [CARD, "4111 1111 1111 1111", "group 4111111111111111", "queue 4111111111111111"] {
        ann.commands(line).is_told("that may be a card number and was not sent; :card takes one unseen");
    }
    assert_eq!(world.served.seen().len(), asked);
}

#[test]
fn a_card_number_in_a_filter_is_masked_wherever_the_caret_stands_and_never_kept() {
    let world = World::of(80);
    let mut ann = world.analyst();
    for (line, keys) in [("/", 1), ("/", 7), ("/", 12), (":", 3), (":", 9)] {
        ann.press(line).types(CARD);
        for _ in 0..keys {
            ann.press("Left").sees("411111******1111").misses("11111111");
        }
        ann.press("Ctrl-u Right").press("Esc Esc");
    }
    // The caret stays where it is in the text.
    ann.press("/").types(CARD).press("Left Left Backspace").sees("filter: 411111111111111");
    ann.press("Ctrl-u").press("End").press("Esc");
    ann.press("/").types(CARD).press("Left Left Enter").misses("11111111");
    assert_eq!(ann.place.desk.list.typed, "411111******1111");
    ann.press("Esc").commands(&format!("filter {CARD}")).misses("11111111");
    assert_eq!(ann.place.desk.list.typed, "411111******1111");
    ann.leaves();
    let mut again = world.analyst();
    assert_eq!(again.place.desk.list.typed, "411111******1111");
    again.press("Esc");
    // Nor is one that was kept by an older program.
    let start = Start { filter: CARD.to_owned(), ..Start::default() };
    let area = again.place.desk.area;
    let (desk, _) = Desk::open(Setup { profiles: Vec::new(), start }, area, analyst::moment(analyst::MORNING));
    assert_eq!(desk.list.typed, "411111******1111");
}

#[test]
fn what_would_have_to_be_altered_is_not_asked_for() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let asked = world.served.seen().len();
    for (typed, pasted) in [
        ("", CARD),
        ("", "4111 1111 1111 1111"),
        ("", "26004\u{200b}10120"),
        ("", "2600410120\u{a0}x"),
        ("group ", CARD),
        ("group ", "G-10\u{202e}42"),
        ("queue ", "60\u{ad}00"),
        ("", "26 cvv 123"),
    ] {
        ann.press(":")
            .types(typed)
            .pastes(pasted)
            .press("Enter")
            .sees("not sent: it held what cannot be shown");
        // Altering it further does not make it what was pasted.
        ann.types("1").press("Backspace Enter").sees("not sent: it held");
        ann.press("Ctrl-u").types("why").press("Esc");
    }
    // Typed key by key, without a paste.
    for line in ["cvv 123", "group cvv 123", "queue cvv 123"] {
        ann.commands(line).is_told("not sent: it held what cannot be shown");
    }
    assert_eq!(world.served.seen().len(), asked);
    // An emptied line begins anew; what needs no altering is asked for.
    ann.press(":").pastes("26\u{200b}").press("Ctrl-u").pastes("2600410050\n").press("Enter");
    assert_eq!(open_case(&ann), "2600410050");
}

#[test]
fn a_card_number_with_more_digits_behind_it_is_an_arn_in_a_jump_only() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let asked = world.served.seen().len();
    // 23 digits that begin with a card number, and 23 characters that are no digits only.
    let glued = "41111111111111111226123";
    assert_eq!(glued.len(), 23);
    for line in [format!("queue {glued}"), format!("group {glued}"), "4111 1111 1111 1111 abc".to_owned()] {
        ann.commands(&line).is_told("that may be a card number and was not sent");
    }
    assert_eq!(world.served.seen().len(), asked);
    ann.commands(glued).is_told("nothing here or at the providers is called");
    ann.misses("411111111111");
}

#[test]
fn the_case_number_is_copied() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 y").sees("2600410540 was sent to the terminal").press("j Enter y").commands("copy");
    let second = open_case(&ann);
    assert_eq!(ann.copied(), ["2600410540".to_owned(), second.clone(), second]);
    // In a text it is the top line; of an empty list it is nothing.
    ann.press("r j y").sees("was sent to the terminal");
    assert_eq!(ann.copied()[3], "  \"caseNumber\": \"2600410547\",");
    ann.press("q q").commands("view left").press("y").is_told("there is nothing to copy here");
    assert_eq!(ann.copied().len(), 4);
}

#[test]
fn a_command_is_completed_and_a_wrong_one_keeps_the_line() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press(":").types("re").sees("refresh  refresh-all").sees("reverse").sees("redraw");
    sees_screen!(ann, "completions");
    ann.press("Tab")
        .sees(":reverse")
        .press("Tab")
        .sees(":refresh")
        .press("Tab Tab Tab")
        .sees(":reject")
        .press("Tab")
        .sees(":reverse");
    ann.press("Ctrl-u")
        .types("qu")
        .press("Tab")
        .types(" ")
        .press("Enter")
        .sees("which queue? as in: queue 6000");
    ann.types("6000").misses("which queue?").press("Enter").sees("6000 Awaiting Dispute Submission");
    ann.press(":").types("help me").press("Enter").sees(":help me").sees("help takes nothing after it");
    ann.press("Esc : Backspace").misses("refresh  refresh-all");
    ann.press(":").types("view nowhere").press("Enter").is_told("there is no such list: due, overdue, answer");
}

#[test]
fn a_paste_goes_into_a_line_and_presses_no_key() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.pastes("6nq").is_told("nothing here takes a paste").sees("All cases  1/78");
    ann.press("Enter").pastes("qqq\r").is_told("nothing here takes a paste");
    assert_eq!(ann.place.desk.focus, Focus::Case);
    ann.press("Esc /").pastes("gulf\r\n").sees("filter: gulf").sees("of 78");
    assert!(matches!(ann.place.desk.over, Over::Line(_)), "the line end pressed Enter");
    ann.pastes("\u{1b}[2Jx\ny").sees("filter: gulf^[[2Jx^Jy");
    sees_screen!(ann, "hostile paste");
    ann.press("Ctrl-u")
        .pastes(&"x".repeat(64 * 1024 + 1))
        .sees("the paste was longer than 64 KiB and was not taken");
    ann.sees("All cases  1/78")
        .pastes(&"x".repeat(1001))
        .sees("a line holds 1000 characters; this was not taken");
    ann.press("Esc").pastes(&"q".repeat(64 * 1024 + 1)).is_told("longer than 64 KiB");
    ann.press("u")
        .pastes("asked by phone\n")
        .sees("park, because: asked by phone")
        .press("Enter")
        .sees("is parked");
}

#[test]
fn words_for_the_journal_are_taken_from_a_paste_without_what_is_no_text() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let pasted = "called at ten\r\nagain\tat\rtwo\u{1b}[2J\u{7}\r\n";
    let words = "called at ten again at two";
    let case = ann.press("Enter").place.desk.case_in_hand().unwrap();
    for (keys, typed, sign) in [("o", "", "note: "), (":", "note ", ":note "), ("u", "", "park, because: ")] {
        ann.press(keys).types(typed).pastes(pasted).sees(&format!("{sign}{words}"));
        ann.sees("5 characters that are no text were left out").misses("^").press("Enter");
    }
    let mut kept = world.store().journal_of(&case).unwrap();
    kept.reverse();
    let kept: Vec<_> = kept.iter().map(|line| (line.event.as_str(), line.detail.exact())).collect();
    assert_eq!(kept, [("note", words), ("note", words), ("parked", words)]);
    // What is looked for is looked for as it is.
    ann.press(":").pastes("26\u{7}00410540").press("Enter").sees("not sent: it held").press("Esc");
}
