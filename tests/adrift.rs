//! The outbox as an analyst meets it when the world does not play along: answers that are lost, networks and tokens that
//! die, disks that are full, a second terminal. The stand-in's own record of what had an effect is the judge.

mod analyst;

use analyst::{Analyst, World};
use casedesk::{
    case::moment::{MINUTE, SECOND},
    desk::Over,
    run::outbox::points::Point,
    sandbox::Trouble,
};

/// Opens the case under the cursor and submits it with a note.
fn submits(ann: &mut Analyst<'_>, note: &str) -> String {
    ann.press("Enter");
    let case = ann.place.desk.case_in_hand().unwrap().number.exact().to_owned();
    ann.press("s").types(note).sends();
    case
}

#[test]
fn an_answer_that_is_lost_is_found_by_reading_back() {
    let world = World::of(80);
    let mut ann = world.analyst();
    world.served.troubles.next(1, "PUT ", Trouble::LoseAnswer);
    ann.press("6");
    let case = submits(&mut ann, "All papers are here.");
    ann.is_told("outcome unknown").press("B").sees("outcome unknown").sees(&case);
    let hindrance = "Submit is under way since 2026-11-22 08:00 (outcome unknown); nothing else";
    ann.press("Esc")
        .commands(&case)
        .press("A")
        .sees(hindrance)
        .press("Esc c")
        .sees("Submit is under way since");
    ann.press("Ctrl-r").sees("Review: Close").sees("Submit is under way since").press("Esc Esc B");
    sees_screen!(ann, "outcome unknown");
    ann.later(20 * SECOND)
        .sees("outcome unknown")
        .later(15 * SECOND)
        .sees("it arrived")
        .press("B")
        .sees("accepted");
    sees_screen!(ann, "found by reading back");
    assert_eq!((world.done().len(), world.writes_tried()), (1, 1));
}

#[test]
fn an_answer_that_is_lost_for_good_is_settled_by_a_person_after_the_quiet_time() {
    let world = World::of(80);
    let mut ann = world.analyst();
    // It never arrived, and nobody can know that here.
    world.served.troubles.next(1, "PUT ", Trouble::Drop);
    ann.press("6");
    let case = submits(&mut ann, "Did it arrive?");
    ann.is_told("outcome unknown").press("B D").sees("not there: send it again");
    sees_screen!(ann, "too early to decide");
    ann.press("Esc");
    for _ in 0..6 {
        ann.later(16 * MINUTE);
    }
    ann.is_told("a person has to decide").press("B").sees("a person decides");
    assert_eq!((world.done().len(), world.writes_tried()), (0, 1), "nothing was sent again by itself");
    ann.press("D").reads();
    sees_screen!(ann, "a person decides");
    // "It is there" stands first.
    ann.press("Down Enter").types("Kari at Nets, by telephone, 09:45").press("Enter");
    ann.types(&case[case.len() - 4..]).press("Enter");
    ann.sees(&format!("Submit of {case}: accepted (200)"));
    sees_screen!(ann, "sent again by a person's word");
    assert_eq!((world.done().len(), world.writes_tried()), (1, 2));
    ann.press("B Enter").sees("Kari at Nets");
}

#[test]
fn what_is_queued_on_a_dead_line_waits_and_leaving_asks() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6");
    world.served.troubles.always("", Trouble::Drop);
    let case = submits(&mut ann, "Patience.");
    ann.is_told("waits").press("B").sees("queued").sees("waits:");
    sees_screen!(ann, "queued on a dead line");
    ann.press("Esc Esc q").sees("1 waits to be sent");
    sees_screen!(ann, "leaving with something queued");
    ann.reads().press("l");
    assert_eq!(ann.place.exit(), Some(0));
    drop(ann);
    assert_eq!(world.done().len(), 0);
    // The next morning the line is there.
    world.served.troubles.clear();
    let mut ann = world.analyst();
    ann.later(MINUTE).press("B").sees("accepted").sees(&case);
    assert_eq!((world.done().len(), world.writes_tried()), (1, 1));
}

#[test]
fn a_copy_on_the_wire_is_told_and_leaving_says_that_it_is_under_way() {
    let world = World::of(80);
    let mut ann = world.analyst();
    world.served.troubles.next(1, "PUT ", Trouble::Hold);
    ann.press("6 Enter s").types("Is anybody there?").press("Ctrl-r").reads();
    ann.tell_keys("s").turns_until("is on its way").tell_keys("B").turns_until("\u{25b6} sending");
    ann.turns_until("Copies that left or were about to (1)").misses("takes it back");
    ann.tell_keys("z").turns_until("it cannot be taken back: sending");
    ann.tell_keys("Esc Esc q").turns_until("1 is on its way").misses("to be sent");
    // The question tells how it stands now, not how it stood.
    world.served.troubles.clear();
    ann.settle().sees("Nothing waits to be sent any more").reads().press("l");
    assert_eq!(ann.place.exit(), Some(0));
    assert_eq!((world.done().len(), world.writes_tried()), (1, 1));
}

#[test]
fn what_was_sent_too_hastily_is_taken_back_before_it_leaves() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6");
    world.served.troubles.always("", Trouble::Drop);
    let case = submits(&mut ann, "Too hasty.");
    ann.is_told("waits").press("z").sees("taken back");
    world.served.troubles.clear();
    ann.later(20 * MINUTE);
    assert_eq!(world.writes_tried(), 0);
    // What was typed is still there.
    ann.commands(&case).press("s").sees("Too hasty.").press("Esc");
}

#[test]
fn twelve_are_queued_and_the_credentials_are_refused() {
    let world = World::of(400);
    let mut ann = world.analyst();
    ann.press("6");
    world.served.troubles.always("", Trouble::Drop);
    for place in 0..12 {
        ann.press("Esc Esc 6 g").press(&"j ".repeat(place));
        submits(&mut ann, "In a row.");
    }
    ann.sees("is queued");
    assert_eq!(ann.place.desk.outbox.kept.entries.len(), 12);
    world.served.troubles.clear();
    world.served.troubles.next(1, "PUT ", Trouble::ExpireTokens);
    world.served.troubles.next(4, "PUT ", Trouble::Slow(std::time::Duration::ZERO));
    world.served.troubles.always("PUT ", Trouble::Unauthorised);
    ann.later(20 * MINUTE).sees("NOTHING IS SENT");
    ann.press("B");
    sees_screen!(ann, "nothing is sent");
    assert_eq!(
        world.done().len(),
        4,
        "a token that died is replaced, and refused credentials are not tried in a loop"
    );
    world.served.troubles.clear();
    ann.press("S").misses("NOTHING IS SENT");
    assert_eq!(world.done().len(), 12);
}

#[test]
fn a_full_disk_loses_nothing_at_any_commit() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6");
    world.disk_is_full_at(Some(Point::Queueing));
    let case = submits(&mut ann, "Is there room?");
    ann.is_told("the disk is full").sees("Is there room?");
    sees_screen!(ann, "full disk before it is queued");
    assert_eq!(world.writes_tried(), 0);
    world.disk_is_full_at(Some(Point::Claiming));
    ann.sends().is_told("was not sent: the disk is full").press("B").sees("queued").sees(&case);
    sees_screen!(ann, "full disk before it is sent");
    assert_eq!(world.writes_tried(), 0);
    world.disk_is_full_at(Some(Point::Recording));
    ann.later(10 * SECOND).is_told("could not be written down");
    // Whether the lists were read again by now is nobody's matter here.
    ann.sees("▶ sending          Submit").sees("Copies that left or were about to (1)").sees("no end seen");
    ann.sees("it is tried again").sees("as long as casedesk runs");
    assert_eq!(world.done().len(), 1);
    world.disk_is_full_at(None);
    ann.later(10 * SECOND).press("B").sees("accepted");
    assert_eq!((world.done().len(), world.writes_tried()), (1, 1));
}

#[test]
fn a_file_that_is_gone_or_too_large_is_told_and_one_that_changed_is_sent_as_it_was() {
    let world = World::of(80);
    for name in ["letter.txt", "gone.txt"] {
        world.has_file(name, b"I did not buy this.\n");
    }
    let large = std::fs::File::create(world.home.path().join("huge.tif")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    let mut ann = world.analyst();
    ann.press("6 Enter s Tab").sees("gone.txt");
    std::fs::remove_file(world.home.path().join("gone.txt")).unwrap();
    ann.types("gone").press("Enter").sees("gone.txt was not attached");
    ann.press("Ctrl-u").types("huge").press("Enter").sees("huge.tif was not attached");
    ann.press("Ctrl-u").types("letter").press("Enter").sees("attached: letter.txt");
    world.has_file("letter.txt", b"something else altogether");
    let case = ann.place.desk.case_in_hand().unwrap().number.exact().to_owned();
    ann.sends().sees("accepted (200)").commands(&case).sees("letter.txt");
    let down = ann.place.desk.file_in_hand().unwrap().case.documents.len() - 1;
    for _ in 0..down {
        ann.press("]");
    }
    ann.press("d").sees("I did not buy this.").misses("altogether").press("Esc");
    assert_eq!(world.done().len(), 1);
}

#[test]
fn two_terminals_on_one_case_keep_both_drafts_and_queue_one_submission() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 Enter");
    let case = ann.place.desk.case_in_hand().unwrap().number.exact().to_owned();
    let mut bob = world.analyst();
    bob.commands(&case);
    ann.press("s").types("Ann's words.").press("Esc");
    bob.press("s").sees("Ann's words.");
    ann.press("s").press("Ctrl-u").types("Ann's second thoughts.").press("Esc");
    bob.later(SECOND).press("Ctrl-u").types("Bob's own words.").press("Esc").press("B");
    // Neither is lost.
    bob.sees("Drafts (2)");
    sees_screen!(bob, "two drafts of two terminals");
    bob.press("Esc");
    ann.press("s").sends();
    ann.sees(&format!("Submit of {case}: accepted (200)"));
    bob.is_nudged();
    assert_eq!(bob.place.desk.outbox.kept.entries.len(), 1);
    // The case has gone on; Bob's draft says so, and is not sent unseen.
    bob.commands(&case).sees("7000").press("s");
    sees_screen!(bob, "the other terminal was faster");
    bob.is_told("this one is in 7000");
    while !matches!(bob.place.desk.over, Over::Nothing) {
        bob.press("Esc");
    }
    assert_eq!((world.done().len(), world.writes_tried()), (1, 1));
}

#[test]
fn what_is_typed_into_a_draft_that_another_terminal_queued_or_discarded_is_found_again() {
    for words in ["queued", "discarded"] {
        let world = World::of(80);
        let mut ann = world.analyst();
        ann.press("6 Enter");
        let case = ann.place.desk.case_in_hand().unwrap().number.exact().to_owned();
        ann.press("s").types("They never came.").press("Esc s");
        let mut bob = world.analyst();
        if words == "queued" {
            world.served.troubles.always("PUT ", Trouble::Drop);
            bob.commands(&case).press("s").sees("They never came.").sends();
        } else {
            bob.press("B x").reads().press("y");
            assert_eq!(bob.place.desk.outbox.kept.drafts, []);
        }
        ann.types(" Nor does anybody answer.")
            .press("Esc")
            .is_told(&format!("another terminal {words} this draft"));
        assert!(matches!(ann.place.desk.over, Over::Nothing));
        ann.press("B").sees("Drafts (1)");
        let drafts = &ann.place.desk.outbox.kept.drafts;
        assert_eq!(drafts[0].draft.values.text("notes"), "They never came. Nor does anybody answer.");
    }
}

#[test]
fn a_discarded_draft_that_nobody_touched_does_not_come_back() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 Enter s").types("They never came.").press("Esc s");
    let mut bob = world.analyst();
    bob.press("B x").reads().press("y");
    ann.press("Esc").is_nudged();
    assert_eq!(ann.place.desk.outbox.kept.drafts, []);
}

#[test]
fn what_the_editor_leaves_is_in_the_draft_whatever_was_typed_ahead_or_ended_meanwhile() {
    let world = World::of(80);
    world.has_editor("printf 'A long story.\\n' > \"$1\"");
    let mut ann = world.analyst();
    ann.press("6 Enter s").tell_keys("Ctrl-e Esc").settle().press("B");
    assert_eq!(ann.place.desk.outbox.kept.drafts[0].draft.values.text("notes"), "A long story.");
    drop(ann);
    world.has_editor("printf 'A longer story.\\n' > \"$1\"");
    let mut ann = world.analyst();
    ann.press("B Enter").tell_keys("Ctrl-e");
    ann.loses_the_line();
    let mut ann = world.analyst();
    ann.press("B");
    assert_eq!(ann.place.desk.outbox.kept.drafts[0].draft.values.text("notes"), "A longer story.");
}

#[test]
fn what_was_typed_survives_a_line_that_drops() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 Enter");
    let case = ann.place.desk.case_in_hand().unwrap().number.exact().to_owned();
    ann.press("s").types("In the middle of a sen");
    ann.loses_the_line();
    let mut ann = world.analyst();
    ann.press("B").sees("Drafts (1)").press("Enter").sees("In the middle of a sen");
    ann.types("tence.").sends().sees(&format!("Submit of {case}: accepted (200)"));
    assert_eq!(world.done().len(), 1);
}
