//! Entries of several steps, and what an entry keeps of the settings that it was queued under: a step that cannot be made
//! at its time, a first step whose answer is lost, a profile that is changed while a write is under way.

mod sender;

use casedesk::{
    action::{Draft, Entered, Entry, State, Values},
    case::{Case, moment::MINUTE},
    desk::words::{Decision, Effect, Errand, Event, Submission},
    provider::{
        Asked,
        rebilly::sandbox::{API_KEY, BASE},
    },
    run::outbox::points::Point,
    sandbox::{self, Trouble},
    store::database,
    text::Raw,
};
use sender::{MORNING, Program, World, moment};

const REBILLY: &str = "rebilly";

/// A draft for Rebilly, of no case unless one is given.
fn draft(world: &World, action: &str, case: Option<&Case>, values: Values) -> Draft {
    Draft {
        id: casedesk::seal::new_id(world.clock.now()).unwrap(),
        profile: REBILLY.into(),
        action: action.into(),
        case: case.map(|case| case.id.clone()),
        base: case.cloned().map(Box::new),
        values,
    }
}

/// The disputes that wait for a response.
fn disputes(ann: &mut Program<'_>) -> Vec<Case> {
    in_queue(ann, "response-needed")
}

fn in_queue(ann: &mut Program<'_>, queue: &str) -> Vec<Case> {
    let errand = Errand::Queue { profile: REBILLY.into(), queue: queue.into() };
    let answer = ann.carries_out(Effect::Ask(errand));
    assert!(matches!(answer, Event::Asked { answer: Ok(_), .. }), "{answer:?}");
    let queue = casedesk::case::QueueId { profile: REBILLY.into(), id: queue.into() };
    let place = casedesk::case::Place::Queue(queue);
    let query = casedesk::case::Query { place, filter: Default::default(), sort: Default::default() };
    let window = ann.store.window(&query, 0, 100, ann.world.clock.now()).unwrap();
    window.rows.iter().map(|row| ann.store.case(&row.id).unwrap().unwrap().0).collect()
}

/// A form that puts a file beside a dispute: an upload, and then its place.
fn with_a_file(ann: &mut Program<'_>, case: &Case) -> Draft {
    let home = ann.world.home.path();
    std::fs::write(home.join("slip.pdf"), b"%PDF-1.7\n%%EOF\n").unwrap();
    let mut draft = draft(ann.world, "attach", Some(case), Values::default());
    let (field, folder, name) = ("file".to_owned(), Raw::default(), Raw::new("slip.pdf"));
    let attach = Effect::Attach { draft: draft.id.clone(), field, folder, name };
    let Event::Attached { answer: Ok(file), .. } = ann.carries_out(attach) else { panic!("not attached") };
    draft.values.set("file", Entered::Files(vec![file]));
    draft
}

fn submission(draft: &Draft) -> Box<Submission> {
    Box::new(Submission { draft: draft.clone(), version: 0, cards: Vec::new(), forced: false })
}

/// What had an effect at the provider, in order.
fn effects(world: &World) -> Vec<String> {
    world
        .served
        .written_at(REBILLY)
        .into_iter()
        .filter(|written| !written.again)
        .map(|written| written.what)
        .collect()
}

fn stands(entry: &Entry) -> (State, usize) {
    (entry.life.state, entry.step)
}

/// Somebody at the file, past the program.
fn at_the_file(world: &World, sql: &str) {
    rusqlite::Connection::open(database(&world.dir())).unwrap().execute_batch(sql).unwrap();
}

/// The attached bytes cannot be read, as where the disk fails just there.
const UNREADABLE: &str =
    "CREATE TABLE IF NOT EXISTS aside AS SELECT * FROM attachment; UPDATE attachment SET body = x'00';";
const READABLE: &str = "UPDATE attachment SET body = (SELECT aside.body FROM aside WHERE aside.key = attachment.key); \
    DROP TABLE aside;";

#[test]
fn a_step_that_cannot_be_made_says_why_and_holds_up_nothing_and_is_tried_again() {
    let world = World::of(20);
    let mut ann = world.program_at(REBILLY);
    let cases = disputes(&mut ann);
    let draft = with_a_file(&mut ann, &cases[0]);
    world.served.troubles.next(1, "/files ", Trouble::AfterEffect(Box::new(Trouble::Hold)));
    ann.begins(Effect::Submit(submission(&draft))).until_seen("/files ", 1);
    at_the_file(&world, UNREADABLE);
    world.served.troubles.clear();
    ann.rests();
    // The upload is proven and on the disk, and why the next step waits is said.
    let entry = ann.store.live_entries().unwrap().remove(0);
    assert_eq!(stands(&entry), (State::Queued, 1), "{entry:?}");
    assert_eq!(ann.store.answers(&entry.id).unwrap()[0]["name"], "slip.pdf");
    assert!(entry.why.exact().starts_with("step 2 of 2 is not made yet: "), "{:?}", entry.why);
    assert!(
        ann.told.iter().any(|told| told.says.as_str().contains("step 1 of 2: accepted (201)")),
        "{:?}",
        ann.told
    );
    assert!(ann.told.last().unwrap().says.as_str().contains("is tried again"), "{:?}", ann.told);
    // Nothing else waits for it.
    let other =
        ann.submits_all_of(*submission(&self::draft(&world, "review", Some(&cases[1]), Values::default())));
    assert_eq!(ann.state(&other.unwrap()), State::Accepted);
    assert_eq!(effects(&world).len(), 2);
    // Not in a loop, but as long again as it has waited; then made and sent without anybody's word.
    let told = ann.told.len();
    ann.waits(MINUTE).waits(10_000);
    assert_eq!(ann.told.len(), told + 1, "{:?}", ann.told);
    at_the_file(&world, READABLE);
    ann.sleeps_until(2 * MINUTE, &entry.id, State::Accepted);
    assert_eq!(effects(&world)[2], "POST /attachments");
    assert_eq!(ann.store.draft(&draft.id).unwrap(), None);
}

#[test]
fn a_step_that_waits_to_be_made_outlives_the_program_and_is_taken_back_in_true_words() {
    let world = World::of(20);
    let mut ann = world.program_at(REBILLY);
    let cases = disputes(&mut ann);
    let mut ids = Vec::new();
    for case in &cases[..2] {
        let draft = with_a_file(&mut ann, case);
        world.served.troubles.next(1, "/files ", Trouble::AfterEffect(Box::new(Trouble::Hold)));
        ann.begins(Effect::Submit(submission(&draft))).until_seen("/files ", ids.len() + 1);
        at_the_file(&world, UNREADABLE);
        world.served.troubles.clear();
        ann.rests();
        ids.push(ann.store.newest_of(&draft.id).unwrap().unwrap().id);
        at_the_file(&world, READABLE);
    }
    let Event::News(says) = ann.carries_out(Effect::TakeBack(ids[0].clone())) else { panic!("not taken back") };
    assert_eq!(says.as_str(), "taken back; the steps before were done at the provider; the draft is kept");
    drop(ann);
    let mut bob = world.program_at(REBILLY);
    bob.waits(MINUTE);
    assert_eq!((bob.state(&ids[0]), bob.state(&ids[1])), (State::Cancelled, State::Accepted));
    assert_eq!(effects(&world), ["POST /files", "POST /files", "POST /attachments"]);
}

#[test]
fn a_disk_that_fails_when_a_step_is_done_is_waited_for_and_the_next_one_made_then() {
    let world = World::of(20);
    let mut ann = world.program_at(REBILLY);
    let case = disputes(&mut ann).remove(0);
    let draft = with_a_file(&mut ann, &case);
    world.served.troubles.next(1, "/files ", Trouble::AfterEffect(Box::new(Trouble::Hold)));
    ann.begins(Effect::Submit(submission(&draft))).until_seen("/files ", 1);
    at_the_file(&world, UNREADABLE);
    ann.disk_is_full_at(Some(Point::Recording));
    world.served.troubles.clear();
    ann.rests();
    let id = ann.store.live_entries().unwrap().remove(0).id;
    assert_eq!(ann.state(&id), State::Sending);
    // It is well again, both of it: nobody has to start anew.
    at_the_file(&world, READABLE);
    ann.disk_is_full_at(None);
    ann.waits(10_000);
    assert_eq!(stands(&ann.entry(&id)), (State::Accepted, 1), "{:?}", ann.entry(&id));
    assert_eq!(effects(&world), ["POST /files", "POST /attachments"]);
}

/// The id that the provider gives the first file that is uploaded.
fn first_file(body: &[u8]) -> String {
    let mut there = sandbox::stand_in(REBILLY, moment(MORNING)).unwrap();
    let headers = vec![
        ("reb-apikey".to_owned(), API_KEY.to_owned()),
        ("content-type".to_owned(), "application/json".to_owned()),
    ];
    let asked = Asked::new("POST", &format!("{BASE}/files"), headers, body.to_vec());
    let answer: serde_json::Value =
        serde_json::from_slice(&there.answer(&asked, moment(MORNING)).body).unwrap();
    answer["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_upload_that_a_person_found_is_gone_on_with_under_its_id() {
    let world = World::of(20);
    let mut ann = world.program_at(REBILLY);
    let case = disputes(&mut ann).remove(0);
    let draft = with_a_file(&mut ann, &case);
    world.served.troubles.next(1, "/files ", Trouble::LoseAnswer);
    let id = ann.submits_all_of(*submission(&draft)).unwrap();
    ann.waits(MINUTE);
    assert_eq!(stands(&ann.entry(&id)), (State::Person, 0));
    let there = |number: &str| Effect::Decide {
        entry: id.clone(),
        decision: Decision::There(Raw::new(number)),
        why: Raw::new("seen among the files in the portal"),
    };
    let told = ann.carries_out(there(""));
    let needed = "the id that the provider gave it is needed";
    assert!(matches!(&told, Event::Trouble(_, why) if why.as_str().contains(needed)), "{told:?}");
    assert_eq!(stands(&ann.entry(&id)), (State::Person, 0));
    let file = first_file(&ann.store.frozen(&id, 0).unwrap().unwrap().body);
    assert!(matches!(ann.carries_out(there(&file)), Event::News(_)));
    let entry = ann.entry(&id);
    assert_eq!(stands(&entry), (State::Accepted, 1), "{entry:?}");
    assert!(
        ann.told.iter().any(|told| told.says.as_str().contains("step 1 of 2: accepted, by a person's word"))
    );
    assert_eq!((entry.remote.exact(), entry.decided_by.exact()), (case.id.number.exact(), "ann"));
    assert_eq!(effects(&world), ["POST /files", "POST /attachments"]);
}

#[test]
fn what_is_entered_for_ourselves_stands_in_the_journal_and_does_not_leave() {
    let world = World::of(20);
    let mut ann = world.program_at(REBILLY);
    let case = in_queue(&mut ann, "won").remove(0);
    let mut values = Values::default();
    values.set_text("status", "under-review");
    values.set_text("why", "The bank asked again.");
    let draft = draft(&world, "reopen", Some(&case), values);
    let id = ann.submits_all_of(*submission(&draft)).unwrap();
    assert_eq!(ann.state(&id), State::Accepted, "{:?}", ann.entry(&id));
    let lines = ann.store.journal_of(&case.id).unwrap();
    let queued = lines.iter().find(|line| line.event == "queued").unwrap().detail.exact();
    assert!(queued.starts_with("Reopen, Why: The bank asked again. ["), "{queued}");
    assert!(!queued.contains("under-review"), "what leaves is the provider's to keep: {queued}");
    let body = ann.store.frozen(&id, 0).unwrap().unwrap().body;
    let body = String::from_utf8(body).unwrap();
    assert!(body.contains("under-review") && !body.contains("bank asked"), "{body}");
}

const NEW: &[(&str, &str)] = &[
    ("transactionId", "txn_0YVDTQJ8YWDGQACV2N2N5SPWQ0"),
    ("amount", "12.50"),
    ("currency", "EUR"),
    ("reasonCode", "13.1"),
    ("type", "first-chargeback"),
    ("status", "response-needed"),
    ("postedTime", "2026-11-20 14:30"),
];

#[test]
fn a_profile_that_is_changed_changes_nothing_of_what_is_under_way() {
    // As it was when it was queued, as it is then; how many copies leave, and how it ends.
    for (was, is, copies, ends) in [("post", "put", 1, State::Person), ("put", "post", 2, State::Accepted)] {
        let world = World::of(20);
        let mut ann = world.program_of(REBILLY, &[("create", was)]);
        let mut values = Values::default();
        NEW.iter().for_each(|(name, text)| values.set_text(name, *text));
        let line = if was == "post" { "POST /" } else { "PUT /" };
        world.served.troubles.next(1, line, Trouble::Drop);
        let id = ann.submits_all_of(*submission(&draft(&world, "create", None, values))).unwrap();
        assert_eq!(ann.state(&id), State::Unknown, "{was}");
        drop(ann);
        let mut bob = world.program_of(REBILLY, &[("create", is)]);
        for _ in 0..8 {
            bob.waits(16 * MINUTE);
        }
        assert_eq!(bob.state(&id), ends, "{was}: {:?}", bob.entry(&id));
        assert_eq!(world.served.troubles.count(line), copies, "{was}");
        assert_eq!(effects(&world).len(), copies - 1, "{was}");
    }
}
