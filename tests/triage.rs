//! Finding the next piece of work: queues, the most urgent case, parking, why a case is here, reading again.

mod analyst;

use analyst::World;
use casedesk::{
    case::{CaseId, Kept, Place, View},
    desk::{
        Focus, Over,
        words::{Asked, Effect, Errand, Event, Undone},
    },
    sandbox::Trouble,
    text::{Raw, own},
};

#[test]
fn an_analyst_browses_the_seven_queues() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.sees("SANDBOX").sees("All cases");
    for (digit, name) in [
        ("1", "1000 1st Line Issuer"),
        ("2", "2000 1st Line NETS"),
        ("3", "3000 Case Handling Not Possible"),
        ("4", "4000 Closed Supercase"),
        ("5", "5000 Awaiting Issuer Feedback"),
        ("6", "6000 Awaiting Dispute Submission"),
        ("7", "7000 Issuer Disputes"),
    ] {
        ann.press(digit).sees(&format!("─ {name}  1/"));
    }
    ann.press("6");
    sees_screen!(ann, "queue 6000");
}

#[test]
fn a_queue_that_nobody_named_is_shown_by_its_number() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.misses("8100");
    ann.commands("queue 8100").sees("─ 8100  1/2").sees("▶ 8100 (not declared)");
    sees_screen!(ann, "queue 8100");
    // It stays, with its count, wherever the analyst goes.
    ann.press("6");
    assert!(ann.line_with("8100 (not declared)").contains(" 2 "));
    ann.leaves();
    world.analyst().sees("8100 (not declared)");
}

#[test]
fn a_case_group_brings_its_case_from_a_queue_that_nobody_named() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.commands("group G26000006").sees("All cases  1/2 of 79  filter:");
    ann.sees("2600410043").sees("2600410050");
    ann.commands("group G26999999").is_told("group G26999999: the provider does not know it");
    ann.sees("sandbox: as of").misses("ERROR ANSWERS");
}

#[test]
fn a_queue_that_nobody_has_is_told_and_the_provider_still_counts_as_reached() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.commands("queue 9999").is_told("queue 9999: the provider refused").misses("NOT RE");
    ann.sees("─ 9999  0/0").sees("No case is in this queue.");
    sees_screen!(ann, "queue 9999");
    ann.press("6").sees("6000 Awaiting Dispute Submission  1/20");
}

#[test]
fn the_most_urgent_case_comes_from_anywhere_again_and_again_and_round() {
    let world = World::of(40);
    let mut ann = world.analyst();
    let workable = ["with them", "won", "lost", "withdrawn"];
    // From the list, from the queue pane, from a text that is read.
    let first = ann.press("n").case();
    ann.press("Esc j j j n");
    assert_eq!(ann.case(), first);
    // Where it lies under the cursor already, the one after it.
    ann.press("Esc h n");
    let second = ann.case();
    ann.press("r").commands("next");
    let mut seen = vec![first.clone(), second, ann.case()];
    while seen.len() < 60 {
        let file = ann.place.desk.file_in_hand().unwrap();
        assert!(!workable.contains(&file.case.stage.words()), "{} is not workable", file.case.stage.words());
        ann.press("n");
        if ann.case() == first {
            break;
        }
        assert!(!seen.contains(&ann.case()), "{} came twice", ann.case());
        seen.push(ann.case());
    }
    let workable = |ann: &mut analyst::Analyst<'_>, stage: &str| {
        ann.commands("view all").commands(&format!("filter \"stage:{stage}\""));
        ann.place.desk.list.window.matched
    };
    let stages = ["intake", "with us", "needs answer", "pre-arbitration", "arbitration", "unknown"];
    let expected: usize = stages.iter().map(|stage| workable(&mut ann, stage)).sum();
    // "arbitration" names one stage only; every workable case came exactly once before the first came again.
    assert_eq!(seen.len(), expected);
}

#[test]
fn a_case_that_cannot_be_worked_is_parked_with_a_reason_and_taken_up_again() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let first = ann.press("n").case();
    ann.press("u").sees("park, because:").press("Enter").sees("a reason is needed");
    sees_screen!(ann, "no reason to park");
    ann.types("waiting for the cardholder").press("Enter");
    // The next one is open at once, and the parked one is not offered any more.
    ann.sees(&format!("{first} is parked"));
    let second = ann.case();
    assert_ne!(second, first);
    for _ in 0..80 {
        assert_ne!(ann.press("n").case(), first, "a parked case was offered");
    }
    ann.commands("view parked").sees("Parked  1/1").sees("waiting for the cardholder");
    sees_screen!(ann, "parked");
    ann.leaves();

    let mut ann = world.analyst();
    ann.sees("Parked  1/1").sees(&first).sees("P");
    ann.press("w").sees("Parked 2026-11-22 08:00: waiting for the cardholder").press("Esc");
    ann.press("U").sees(&format!("{first} is unparked")).sees("No case is in this list.");
    ann.press("n");
    assert_eq!(ann.case(), first);
    // What was done here stands in the timeline.
    ann.press("G").sees("ann parked: waiting for the cardholder").sees("ann unparked");
}

#[test]
fn parking_from_the_list_stays_in_the_list_and_esc_parks_nothing() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 j j").press("u").types("half a rea").press("Esc");
    assert_eq!(ann.place.desk.queues.line_of(&Place::View(View::Parked)).unwrap().count, Some(0));
    let third = ann.place.desk.case_in_hand();
    ann.commands("park no papers yet");
    assert_eq!(ann.place.desk.focus, Focus::List);
    assert_eq!(ann.place.desk.case_in_hand(), third);
    assert!(ann.line_with(third.unwrap().number.exact()).contains("P"));
    ann.commands("park").sees("park, because:").press("Ctrl-c");
}

#[test]
fn why_a_case_is_here_is_answered_in_place() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 w")
        .sees("Why here?")
        .sees("Case 2600410540 is in queue 6000")
        .sees("Overdue since 2026-11-21");
    sees_screen!(ann, "why here");
    ann.press("w").misses("Why here?");
    // On a screen without a preview the case has to be read first.
    ann.resizes(80, 24).press("j j w").sees("Why here?").press("q").misses("Why here?");
}

#[test]
fn a_queue_and_a_case_are_read_again() {
    let world = World::of(80);
    let mut ann = world.analyst();
    world.clock.set(analyst::moment("2026-11-22T08:30:00Z"));
    let before = world.served.seen().len();
    ann.press("6 R").sees("sandbox: as of 2026-11-22 08:30");
    assert_eq!(world.served.seen().len(), before + 1, "one queue was asked for, once");
    assert_eq!(world.served.seen().last().unwrap().query, "queueId=6000");
    ann.press("Enter R").sees("2600410540 is unchanged").sees("read here 2026-11-22 08:30");
    assert_eq!(world.served.seen().len(), before + 2);
    ann.press("Esc").commands("refresh-all");
    assert_eq!(world.served.seen().len(), before + 9, "the seven declared queues");
}

#[test]
fn a_provider_that_fails_leaves_what_is_kept_and_says_so() {
    let world = World::of(80);
    let mut ann = world.analyst();
    world.served.troubles.always("", Trouble::Broken);
    ann.press("6 R")
        .is_told("queue 6000: the provider has a fault of its own (500)")
        .sees("ERROR ANSWERS: 6000");
    ann.sees("6000 Awaiting Dispute Submission  1/20");
    sees_screen!(ann, "provider fails");
    world.served.troubles.clear();
    ann.press("R").misses("ERROR ANSWERS");
}

#[test]
fn keys_typed_before_the_store_has_answered_act_on_the_case_that_comes() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press_at_once("6 Enter").sees("─ Case 2600410540");
    ann.press("Esc 1").press_at_once("6 j j Enter w").sees("Case 2600410120 is in queue 6000").press("Esc");
    // The most urgent case is parked, and not the one that was open before.
    let open = ann.case();
    ann.press("Esc 1").press_at_once("n");
    let urgent = ann.case();
    assert_ne!(open, urgent);
    ann.press("Esc 1").press_at_once("n u l a t e r Enter").sees(&format!("{urgent} is parked"));
    // A filter that is typed and entered in one go.
    ann.press("Esc 6").press_at_once("/ e u r Enter Enter");
    assert_eq!(ann.place.desk.focus, Focus::Case);
    let amount = ann.place.desk.file_in_hand().unwrap().case.amount.unwrap();
    assert_eq!(amount.currency.unwrap().code(), "EUR");
    // A jump, and then its papers.
    ann.press("Esc Esc").press_at_once(": 2 6 0 0 4 1 0 0 3 6 Enter ] d").sees("case  2600410036");
    assert_eq!(ann.place.desk.reader.as_ref().unwrap().case().unwrap().number.exact(), "2600410036");
    assert_eq!(ann.place.desk.position.document, 1);
    // The provider's own words, straight from a list without a preview.
    ann.press("q q")
        .resizes(80, 24)
        .press("1")
        .press_at_once("j :  r a w Enter")
        .sees("raw JSON")
        .sees("caseNumber");
}

#[test]
fn a_deadline_that_passes_while_the_analyst_sits_there_is_counted_as_overdue() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let counts = |ann: &analyst::Analyst<'_>| {
        [View::DueToday, View::Overdue]
            .map(|view| ann.place.desk.queues.line_of(&Place::View(view)).and_then(|line| line.count).unwrap())
    };
    ann.commands("view overdue").sees("Overdue  1/4");
    assert_eq!(counts(&ann), [1, 4]);
    // The one that was due at the end of the day is overdue in the first second of the next.
    ann.waits_until("2026-11-22T23:00:00Z");
    assert_eq!(counts(&ann), [1, 4]);
    let midnight = ann.place.desk.wake().unwrap();
    assert!(midnight <= analyst::moment("2026-11-23T00:00:00Z"), "{}", midnight.rfc3339());
    ann.waits_until("2026-11-23T00:00:00Z").sees("Overdue  1/5");
    assert_eq!(counts(&ann)[1], 5);
}

/// The newest question for rows: its number, and the case around which it asks.
fn look(effects: &[Effect]) -> (u64, Option<CaseId>) {
    let looks = effects.iter().rev().find_map(|effect| match effect {
        Effect::Look { ask, around, .. } => Some((*ask, around.clone())),
        _ => None,
    });
    looks.unwrap_or_else(|| panic!("nobody asked for rows: {effects:?}"))
}

/// A provider's answer that changed something here.
fn something_changed() -> Event {
    let errand = Errand::Queue { profile: analyst::SANDBOX.to_owned(), queue: Raw::new("6000") };
    let kept = Kept { changed: 1, ..Kept::default() };
    Event::Asked { errand, answer: Ok(Asked { kept, cases: Vec::new() }) }
}

#[test]
fn the_list_stands_on_the_case_that_was_landed_on_whatever_is_answered_meanwhile() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("j j j");
    let window = ann.place.desk.list.window.clone();
    let landed = window.rows[0].id.clone();
    ann.desk_hears_keys("n");
    let first = ann.desk_hears(Event::Urgent(Some(landed.clone())));
    assert_eq!(look(&first).1, Some(landed.clone()));
    let (ask, around) = look(&ann.desk_hears(something_changed()));
    assert_eq!(around, Some(landed.clone()), "the newer question forgot the case");
    // Back in the list before its rows are here: a key that acts on the case there waits.
    ann.desk_hears_keys("Esc u");
    assert!(matches!(ann.place.desk.over, Over::Nothing));
    ann.desk_hears(Event::Rows { ask, window, around: Some(0) });
    assert_eq!(ann.place.desk.case_in_hand(), Some(landed));
    assert!(matches!(ann.place.desk.over, Over::Line(_)));
    ann.desk_hears_keys("Esc");
}

#[test]
fn what_waited_for_a_case_is_dropped_when_the_analyst_turns_to_something_else() {
    let world = World::of(80);
    let mut ann = world.analyst_at(80, 24);
    ann.press("6").press_at_once("d Esc");
    assert_eq!(ann.place.desk.focus, Focus::List);
    assert!(ann.place.desk.reader.is_none());
    ann.press("j").press_at_once("d Tab");
    assert_eq!(ann.place.desk.focus, Focus::List);
    ann.press("j").press_at_once("d 1");
    assert_eq!(ann.place.desk.focus, Focus::List);
    ann.press("6 j j j").press_at_once("w / e u r");
    assert!(matches!(ann.place.desk.over, Over::Line(_)));
    assert_eq!(ann.place.desk.list.typed, "eur");
    ann.press("Esc Esc j").press_at_once("w / Esc").misses("Why here?");
    ann.press("j").press_at_once("w j").misses("Why here?");
}

#[test]
fn a_list_that_time_changes_is_read_again_when_its_time_has_come() {
    let world = World::of(80);
    for (width, height) in [(120, 40), (60, 20)] {
        world.clock.set(analyst::moment(analyst::MORNING));
        let mut ann = world.analyst_at(width, height);
        ann.commands("columns case merchant").commands("view due").sees("Due today  1/1");
        let due = ann.place.desk.case_in_hand().unwrap();
        // Read once more in the last second of the day: what was found then is not what is due in the next.
        ann.waits_until("2026-11-22T23:59:59.500Z");
        ann.press("= =");
        ann.waits_until("2026-11-23T00:00:00Z");
        assert!(!ann.place.desk.list.window.rows.iter().any(|row| row.id == due), "{}", ann.screen());
        ann.commands("view all");
    }
}

#[test]
fn a_filter_on_the_time_left_goes_with_the_time() {
    let world = World::of(300);
    let mut ann = world.analyst_at(60, 20);
    ann.commands("columns case merchant").commands("filter due<3d").sees("filter: due<3d");
    let matched = |ann: &analyst::Analyst<'_>| ann.place.desk.list.window.matched;
    let before = matched(&ann);
    let wake = ann.place.desk.wake().expect("the filter depends on the time");
    assert!(wake <= analyst::moment("2026-11-22T09:00:00.001Z"), "{}", wake.rfc3339());
    ann.waits_until("2026-11-24T00:00:00.001Z");
    assert!(matched(&ann) > before, "{before} cases before and after");
    // Reading again without any news tells the time too.
    world.clock.set(analyst::moment("2026-11-24T00:00:00.500Z"));
    let asked = ann.desk_hears(Event::Asked {
        errand: Errand::Queue { profile: analyst::SANDBOX.to_owned(), queue: Raw::new("6000") },
        answer: Ok(Asked { kept: Kept { same: 20, ..Kept::default() }, cases: Vec::new() }),
    });
    look(&asked);
    ann.press("/ Ctrl-u Enter");
    assert_eq!(ann.place.desk.wake(), None, "nothing here depends on the time any more");
}

#[test]
fn due_today_read_again_without_news_shows_what_is_due_now() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.commands("view due").sees("Due today  1/1");
    let due = ann.place.desk.case_in_hand().unwrap();
    world.clock.set(analyst::moment("2026-11-23T00:00:01Z"));
    ann.press("R");
    assert!(!ann.place.desk.list.window.rows.iter().any(|row| row.id == due), "{}", ann.screen());
}

#[test]
fn a_clock_that_was_set_right_again_is_believed() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let (now, glitch) = (analyst::moment(analyst::MORNING), analyst::moment("2026-12-22T08:00:00Z"));
    ann.tell(Event::Woken);
    ann.settle();
    let before = ann.screen();
    world.clock.set(glitch);
    ann.tell(Event::Woken);
    ann.settle();
    assert_ne!(ann.screen(), before);
    // What was told a moment earlier by another thread is no step back.
    world.clock.set(glitch.plus(-1500));
    ann.tell(Event::Woken);
    ann.settle();
    assert_eq!(ann.place.desk.now, glitch);
    world.clock.set(now);
    ann.tell(Event::Woken);
    ann.settle();
    assert_eq!(ann.place.desk.now, now);
    assert_eq!(ann.screen(), before);
}

#[test]
fn a_failed_save_leaves_a_jump_under_way() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let row = ann.place.desk.list.window.rows[5].clone();
    ann.desk_hears_keys(": n o w h e r e 7 Enter");
    ann.desk_hears(Event::Trouble(Undone::Other, own("the disk is full")));
    ann.is_told("the disk is full");
    // Nor does an older jump that failed end this one.
    ann.desk_hears(Event::Trouble(Undone::Find(Raw::new("elsewhere")), own("the disk is full")));
    ann.desk_hears_keys("j j");
    assert_eq!(ann.place.desk.list.cursor, 0, "the keys wait for the case");
    ann.desk_hears(Event::Found { words: Raw::new("nowhere7"), rows: vec![row.clone()], faults: Vec::new() });
    assert_eq!(ann.place.desk.focus, Focus::Case);
    assert_eq!(ann.place.desk.case_in_hand(), Some(row.id));
}

#[test]
fn a_jump_that_failed_is_over_and_its_keys_act_on_no_other_case() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.desk_hears_keys(": n o w h e r e 7 Enter u x");
    ann.desk_hears(Event::Trouble(Undone::Find(Raw::new("nowhere7")), own("the disk is broken")));
    ann.is_told("the disk is broken");
    assert!(matches!(ann.place.desk.over, Over::Nothing), "the case shown before was about to be parked");
    ann.press("j");
    assert_eq!(ann.place.desk.list.cursor, 1);
}

#[test]
fn keys_typed_for_a_case_that_is_not_there_act_on_no_other() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.desk_hears_keys(": n o w h e r e 7 Enter u x Enter");
    ann.desk_hears(Event::Found { words: Raw::new("nowhere7"), rows: Vec::new(), faults: Vec::new() });
    ann.is_told("nothing here or at the providers is called nowhere7");
    assert!(matches!(ann.place.desk.over, Over::Nothing), "the case shown before was about to be parked");
    ann.desk_hears_keys("n u");
    ann.desk_hears(Event::Urgent(None));
    ann.is_told("no workable case is left");
    assert!(matches!(ann.place.desk.over, Over::Nothing), "the case shown before was about to be parked");
}

#[test]
fn a_list_that_could_not_be_read_shows_no_other_and_is_read_again() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let (older, _) = look(&ann.desk_hears_keys("1"));
    let (ask, _) = look(&ann.desk_hears_keys("6 u"));
    ann.desk_hears(Event::Trouble(Undone::Look(older), own("the disk is broken")));
    assert!(ann.place.desk.list.row().is_some(), "the rows on their way are still awaited");
    ann.desk_hears(Event::Trouble(Undone::Look(ask), own("the disk is broken")));
    ann.is_told("the disk is broken");
    assert_eq!(ann.place.desk.case_in_hand(), None, "a case of another queue could be worked");
    assert!(matches!(ann.place.desk.over, Over::Nothing));
    ann.press("u").is_told("there is no case under the cursor");
    ann.sees("6000 Awaiting Dispute Submission").sees("This list could not be read; R tries again.");
    ann.press("R").sees("6000 Awaiting Dispute Submission  1/20").press("u Esc");
}

#[test]
fn a_park_that_failed_ends_no_other_wait() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.desk_hears_keys("u x Enter n");
    ann.desk_hears(Event::Trouble(Undone::Park, own("the disk is full")));
    ann.is_told("the disk is full");
    ann.desk_hears_keys("j");
    assert_eq!(ann.place.desk.list.cursor, 0, "the key waits for the most urgent case");
    ann.desk_hears(Event::Urgent(None));
    assert_eq!(ann.place.desk.list.cursor, 0, "it was meant for a case that is not there");
    ann.press("j");
    assert_eq!(ann.place.desk.list.cursor, 1, "the desk hears keys again");
}

trait Reads {
    fn case(&self) -> String;
}

impl Reads for analyst::Analyst<'_> {
    /// The number of the open case.
    fn case(&self) -> String {
        assert_eq!(self.place.desk.focus, Focus::Case, "no case is open:\n{}", self.screen());
        self.place.desk.case_in_hand().unwrap().number.exact().to_owned()
    }
}
