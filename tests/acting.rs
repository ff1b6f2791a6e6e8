//! The first acts of an analyst, from a key to the provider's answer: each verb once, and what a provider refuses. The
//! stand-in's own record of what had an effect is the judge.

mod analyst;

use analyst::World;
use casedesk::{
    desk::{Focus, Over},
    sandbox::{Action, Trouble},
};

/// Scans and letters that the stories attach.
const LETTER: &[u8] = b"I did not buy this.\n";

#[test]
fn a_case_is_submitted_with_a_note_and_a_file_and_leaves_its_queue() {
    let world = World::of(80);
    world.has_file("letter.txt", LETTER);
    let mut ann = world.analyst();
    let begun = ann.keys;
    ann.press("6 Enter d ] s").sees("Submit 2600410540").types("The cardholder never got the goods.");
    ann.press("Tab").types("let").press("Enter").sees("letter.txt").press("Tab");
    sees_screen!(ann, "submit form");
    ann.press("Ctrl-r").reads().sees("Environment");
    sees_screen!(ann, "submit review");
    ann.press("s");
    assert_eq!(ann.keys - begun, 10, "at most 14 are allowed");
    // The next most urgent case follows at once.
    ann.sees("Submit of 2600410540: accepted (200)");
    assert_eq!(ann.place.desk.focus, Focus::Case);
    assert_ne!(ann.place.desk.case_in_hand().unwrap().number.exact(), "2600410540");
    sees_screen!(ann, "submitted");
    ann.press("6").sees("6000 Awaiting Dispute Submission  1/19").misses("2600410540");
    ann.press("7").sees("2600410540");
    ann.press("B").sees("accepted").sees("2600410540");
    sees_screen!(ann, "outbox accepted");
    ann.press("Esc").commands("2600410540").sees("letter.txt");
    sees_screen!(ann, "submitted case");
    let done = world.done();
    assert_eq!(done.len(), 1);
    assert_eq!((done[0].case.as_str(), done[0].action), ("2600410540", "SUBMIT"));
}

#[test]
fn a_case_is_closed() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let case = ann.press("6 j").case();
    ann.press("c").types("The amount is too small to go on.").sends();
    ann.sees(&format!("Close of {case}: accepted (200)")).press("6").misses(&case);
    ann.press("4").sees(&case);
    sees_screen!(ann, "closed");
    judge(&world, &case, "CLOSE");
}

#[test]
fn an_answer_of_a_merchant_is_rejected_and_the_next_case_follows() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let case = ann.press("5 Enter").case();
    let begun = ann.keys;
    ann.press("x").types("The merchant's papers are of another sale.").sends();
    assert_eq!(ann.keys - begun, 3, "at most 5 are allowed");
    ann.sees(&format!("Reject of {case}: accepted (200)"));
    assert_ne!(ann.case(), case);
    ann.press("4").sees(&case);
    sees_screen!(ann, "rejected");
    judge(&world, &case, "REJECT");
}

#[test]
fn a_closure_is_acknowledged() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let case = ann.press("4").case();
    ann.press("a").sends().sees(&format!("Acknowledge closure of {case}: accepted (200)"));
    ann.press("4").misses(&case).commands("view left").sees(&case);
    sees_screen!(ann, "acknowledged");
    judge(&world, &case, "ACKNOWLEDGE_CLOSURE");
}

/// Nothing but one write had an effect.
fn judge(world: &World, case: &str, action: &str) {
    let done = world.done();
    let done: Vec<_> = done.iter().map(|done| (done.case.as_str(), done.action)).collect();
    assert_eq!(done, [(case, action)]);
}

const CARD: &str = "4111111111111111";

#[test]
fn a_dispute_is_created_and_its_card_number_stands_nowhere() {
    let world = World::of(80);
    world.has_file("letter.txt", LETTER);
    let mut ann = world.analyst();
    ann.press("6 N").types(CARD).press("Tab").types("74550236315282316642233").press("Tab").types("149.50");
    ann.press("Tab").types("nok").press("Enter").types("yesterday").press("Tab").types("Fjordvarer AS");
    // Picked by a few letters of what it says.
    ann.press("Tab Tab").types("fraud absent").sees("10.4");
    sees_screen!(ann, "picking a reason");
    ann.press("Enter Tab").types("Kari Nordmann").press("Tab Tab").types("yes").press("Enter");
    ann.types("The card never left the house.").press("Tab Tab").types("let").press("Enter");
    ann.press("Ctrl-r").reads().sees("16 digits, not shown; leave encrypted").sees("NOK").sees("10.4");
    sees_screen!(ann, "create review");
    ann.press("s");
    let done = world.done();
    ann.sees(&format!("New dispute {}: accepted (201)", done[0].case));
    ann.press("B").sees(&format!("New dispute  {}", done[0].case)).press("Esc");
    assert_eq!((done.len(), done[0].action), (1, "CREATE"));
    ann.commands(&done[0].case).sees("Fjordvarer AS").sees("letter.txt").sees("411111******1111");
    sees_screen!(ann, "created");
    let shown = ann.place.screen.backend().bytes();
    assert!(!holds(&shown, CARD), "it was on the screen");
    ann.leaves();
    for file in files_below(&world.dir()) {
        assert!(!holds(&std::fs::read(&file).unwrap(), CARD), "{}", file.display());
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn what_the_provider_refuses_stands_under_its_field_in_the_draft_that_is_kept() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let case = ann.press("6 Enter").case();
    let says = br#"{"errors":{"notes":["Too sad."]}}"#.to_vec();
    world.served.troubles.next(1, "PUT ", Trouble::Says(422, "application/json", says));
    ann.press("s").types("They never came, alas.").sends();
    ann.is_told("Too sad.").press("B G").sees("refused").sees("draft");
    sees_screen!(ann, "refused in the outbox");
    // Straight from the case again: as it was left, with the provider's words under the field.
    ann.press("Esc").commands(&case).press("s").sees("They never came, alas.").sees("! Too sad.");
    sees_screen!(ann, "refused in the form");
    ann.press("Ctrl-u").types("They never came.").misses("Too sad.").sends();
    ann.sees(&format!("Submit of {case}: accepted (200)"));
    judge(&world, &case, "SUBMIT");
    // Now it is gone.
    ann.press("B").sees("accepted");
    assert_eq!(ann.place.desk.outbox.kept.drafts.len(), 0);
}

#[test]
fn an_action_that_does_not_fit_is_begun_only_by_force_and_the_journal_says_so() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let case = ann.press("7 Enter").case();
    ann.press("s").is_told(":submit --force begins it all the same");
    assert!(matches!(ann.place.desk.over, Over::Nothing));
    ann.commands("submit --force").types("Kari at Nets asked for it.").press("Ctrl-r").reads();
    ann.sees("forced, although it does not fit");
    sees_screen!(ann, "forced review");
    ann.press("s").is_told("refused by the provider").commands(&case).press("G");
    ann.sees("forced although it does not fit");
    sees_screen!(ann, "forced in the journal");
    assert_eq!((world.done().len(), world.writes_tried()), (0, 1));
}

#[test]
fn a_case_that_moved_since_its_form_was_opened_stops_and_is_sent_after_a_second_review() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let case = ann.press("5 Enter").case();
    ann.press("s").types("Here is our answer.");
    world.served.colleague(&case, Action::Reject).unwrap();
    let before = world.done().len();
    ann.sends().is_told("moved").is_told("queue 5000 -> 4000").press("B G").sees("stopped, unsent");
    ann.misses("taken back");
    sees_screen!(ann, "moved in the outbox");
    assert_eq!((world.done().len(), world.writes_tried()), (before, 0));
    ann.press("Esc").commands(&case).commands("submit --force").sees("Here is our answer.");
    sees_screen!(ann, "moved in the form");
    ann.press("Ctrl-r").reads().sees("moved since the form was begun: queue 5000 -> 4000");
    ann.press("s");
    // It was seen and meant: now it goes out, and the provider says what it thinks of it.
    assert_eq!(world.writes_tried(), 1);
}

#[test]
fn a_case_that_moved_and_still_takes_the_action_is_written_to_once_after_a_second_review() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let case = ann.press("6 Enter").case();
    ann.press("c").types("The cardholder was refunded.");
    world.served.colleague(&case, Action::Submit).unwrap();
    let before = world.done().len();
    ann.sends().is_told("not sent").is_told("queue 6000 -> 7000");
    assert_eq!((world.done().len(), world.writes_tried()), (before, 0));
    ann.commands(&case).press("c").sees("The cardholder was refunded.").sees("queue 6000 -> 7000");
    ann.sends().is_told(&format!("Close of {case}: accepted (200)"));
    let ours: Vec<_> = world.done().into_iter().skip(before).map(|one| (one.case, one.action)).collect();
    assert_eq!(ours, [(case, "CLOSE")]);
    assert_eq!(world.writes_tried(), 1);
}

#[test]
fn five_closures_are_acknowledged_one_after_the_other_from_the_list() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("4").sees("4000 Closed Supercase  1/7");
    let mut done = Vec::new();
    for left in [6, 5, 4, 3, 2] {
        let case = ann.case();
        assert!(!done.contains(&case), "{case} is in hand again");
        ann.press("a").sends().is_told(&format!("Acknowledge closure of {case}: accepted (200)"));
        ann.sees(&format!("4000 Closed Supercase  1/{left}"));
        done.push(case);
    }
    let written: Vec<_> = world.done().into_iter().map(|one| (one.case, one.action)).collect();
    let asked: Vec<_> = done.into_iter().map(|case| (case, "ACKNOWLEDGE_CLOSURE")).collect();
    assert_eq!(written, asked, "each once, in their order");
}

#[test]
fn closures_are_acknowledged_one_after_the_other_from_the_open_case() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let queue = ann.press("4").list();
    assert!(queue.len() > 3);
    ann.press("Enter");
    for case in &queue[..3] {
        assert_eq!(ann.case(), *case, "the next of this queue, most urgent first");
        ann.press("a").sends().is_told(&format!("Acknowledge closure of {case}: accepted (200)"));
        assert_eq!(ann.place.desk.focus, Focus::Case);
    }
    // The most urgent one from anywhere is a key away; and where the queue has no other, it follows by itself.
    assert_eq!(ann.case(), queue[3]);
    for case in &queue[3..] {
        assert_eq!(ann.case(), *case);
        ann.press("a").sends().is_told(&format!("Acknowledge closure of {case}: accepted (200)"));
    }
    assert!(!queue.contains(&ann.case()));
    let written: Vec<_> = world.done().into_iter().map(|one| one.case).collect();
    assert_eq!(written, queue);
}

#[test]
fn keys_that_were_typed_ahead_and_pastes_submit_nothing() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 Enter").press_at_once("s s s Enter Enter").sees("Submit 2600410540");
    ann.pastes("s\ns\n").press("Ctrl-r").press_at_once("s s s Enter Enter").pastes("s\r\ns\r\n");
    ann.is_told("nothing here takes a paste");
    assert_eq!(world.writes_tried(), 0);
    // Nor from the case, whatever a paste would mean as keys.
    ann.press("Esc Esc").pastes("s\u{12}s\r");
    assert!(matches!(ann.place.desk.over, Over::Nothing));
    ann.press_at_once("s Ctrl-r s s Enter").sees("Review: Submit").pastes("s");
    sees_screen!(ann, "typed ahead");
    assert_eq!(world.writes_tried(), 0);
    ann.press("Esc Esc");
}

trait Reads {
    fn case(&self) -> String;
    fn list(&mut self) -> Vec<String>;
}

impl Reads for analyst::Analyst<'_> {
    /// The number of the case in hand.
    fn case(&self) -> String {
        self.place.desk.case_in_hand().unwrap().number.exact().to_owned()
    }

    /// The numbers of the cases that are listed, in their order.
    fn list(&mut self) -> Vec<String> {
        self.place.desk.list.visible(100).map(|(_, row)| row.id.number.exact().to_owned()).collect()
    }
}
