//! Drafts, attached files and the outbox as the store keeps them: every change durable and whole or not there at all,
//! whoever else writes, whatever becomes of the disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use casedesk::action::life::{Earlier, Late};
use casedesk::action::{
    Attachment, Draft, Entered, Entry, Frozen, Life, Meanwhile, Method, Settling, Stamp, State, Values,
};
use casedesk::case::{Case, CaseId, Deadline, Moment, QueueId, Stage, Whose, moment};
use casedesk::seal::InstallKey;
use casedesk::store::{
    Chain, Change, Ended, Follows, KeptDraft, NewEntry, Note, Queued, Store, StoreError, database, install_key,
};
use casedesk::text::{Raw, Secret};
use serde_json::json;
use tempfile::TempDir;

const NOON: Moment = Moment(1_795_000_000_000);
/// A test number.
const PAN: &str = "4111111111111111";

struct Desk {
    dir: TempDir,
    key: InstallKey,
}

impl Desk {
    fn new() -> Desk {
        let dir = tempfile::Builder::new().permissions(PermissionsExt::from_mode(0o700)).tempdir().unwrap();
        let key = install_key(dir.path()).unwrap();
        Desk { dir, key }
    }

    fn open(&self) -> Store {
        Store::open(self.dir.path(), &self.key).unwrap()
    }

    /// Somebody who can write the file, without the key.
    fn tamper(&self, sql: &str) {
        rusqlite::Connection::open(database(self.dir.path())).unwrap().execute_batch(sql).unwrap();
    }
}

fn id(number: &str) -> CaseId {
    CaseId { profile: "nets-live".into(), number: number.into() }
}

fn case(number: &str, hours: i64) -> Case {
    Case {
        stage: Stage::NeedsAnswer,
        deadline: Some(Deadline { at: NOON.plus(hours * moment::HOUR), whose: Whose::Provider }),
        ..Case::bare(id(number))
    }
}

fn draft(name: &str, case: &str, notes: &str) -> Draft {
    let mut values = Values::default();
    values.set_text("notes", notes);
    Draft {
        id: name.into(),
        profile: "nets-live".into(),
        action: "submit".into(),
        case: Some(id(case)),
        base: Some(Box::new(self::case(case, 1))),
        values,
    }
}

fn note(event: &'static str, case: &str) -> Note {
    Note {
        at: NOON,
        who: "ann".into(),
        event,
        case: Some(id(case)),
        subject: Raw::default(),
        detail: Raw::default(),
    }
}

fn frozen(body: &str) -> Frozen {
    Frozen {
        method: Method::Put,
        path: "/dispute/1".into(),
        headers: vec![("accept".into(), "application/json".into())],
        body: body.into(),
    }
}

/// Entry `name` of a draft about a case.
fn new(name: &str, draft: &Draft, version: i64) -> NewEntry {
    NewEntry {
        id: name.into(),
        draft: draft.clone(),
        version,
        subject: Secret::new(draft.case.as_ref().unwrap().number.exact()),
        frozen: frozen(r#"{"notes":"goods not received"}"#),
        settling: Settling::Chosen,
        steps: 1,
        life: Life::queued(Late::Ask),
        deadline: Some(NOON.plus(moment::HOUR)),
        forced: false,
        by: "ann".into(),
        at: NOON,
        supersedes: None,
    }
}

fn life(state: State) -> Life {
    let stamp = Stamp { at: NOON, boot: 7, up: 1 };
    let earlier = if state == State::Unknown { Earlier::Loose } else { Earlier::Clear };
    Life {
        state,
        attempts: 1,
        earlier,
        first_send: Some(stamp),
        last_send: Some(stamp),
        ..Life::queued(Late::Ask)
    }
}

/// Queues a never-kept draft of case `number` as entry `name`.
fn queued(store: &mut Store, name: &str, number: &str) -> Entry {
    let draft = draft(&format!("draft of {name}"), number, "goods not received");
    match store.queue(&new(name, &draft, 0), &note("submitted", number)).unwrap() {
        Queued::Yes(entry) => entry,
        other => panic!("{other:?}"),
    }
}

fn claimed(store: &mut Store, name: &str, number: &str) -> Entry {
    let entry = queued(store, name, number);
    let version = store.claim(name, entry.version, &life(State::Sending), NOON).unwrap().unwrap();
    let entry = store.entry(name).unwrap().unwrap();
    assert_eq!(entry.version, version);
    entry
}

/// Entry `name`, claimed and recorded in a state.
fn recorded(store: &mut Store, name: &str, number: &str, state: State) -> Entry {
    let entry = claimed(store, name, number);
    let end = Ended { at: NOON.plus(5), status: Some(202), says: state.words().into(), ..Ended::default() };
    assert!(store.record_try(name, entry.version, &life(state), &end, &note("recorded", number)).unwrap());
    store.entry(name).unwrap().unwrap()
}

fn beside(id: &str, meanwhile: Meanwhile) -> KeptDraft {
    KeptDraft::Beside { id: id.into(), version: 1, meanwhile }
}

fn events(store: &Store, number: &str) -> Vec<String> {
    store.journal_of(&id(number)).unwrap().into_iter().rev().map(|entry| entry.event).collect()
}

// ---- Drafts -------------------------------------------------------------------------------------------------------

#[test]
fn a_draft_is_found_by_what_it_is_for_and_the_newest_comes_first() {
    let desk = Desk::new();
    let mut store = desk.open();
    assert_eq!(store.draft_for("nets-live", "submit", Some(&id("1"))).unwrap(), None);
    let (one, two) = (draft("a", "1", "first"), draft("b", "1", "second"));
    assert_eq!(store.keep_draft(&one, 0, "x", NOON).unwrap(), KeptDraft::Yes(1));
    assert_eq!(store.keep_draft(&two, 0, "x", NOON.plus(1)).unwrap(), KeptDraft::Yes(1));
    let other = Draft { action: "close".into(), ..draft("c", "1", "") };
    let create = Draft { case: None, base: None, action: "create".into(), ..draft("d", "1", "") };
    for draft in [&other, &create] {
        store.keep_draft(draft, 0, "x", NOON.plus(-1)).unwrap();
    }
    let store = desk.open();
    assert_eq!(store.draft_for("nets-live", "submit", Some(&id("1"))).unwrap(), Some((two.clone(), 1)));
    assert_eq!(store.draft_for("nets-live", "create", None).unwrap(), Some((create, 1)));
    assert_eq!(store.draft_for("nets-live", "submit", None).unwrap(), None);
    assert_eq!(store.draft_for("nets-two", "submit", Some(&id("1"))).unwrap(), None);
    assert_eq!(store.draft("a").unwrap(), Some((one.clone(), 1)));
    let all: Vec<_> =
        store.drafts().unwrap().into_iter().map(|(draft, at)| (draft.id, at.0 - NOON.0)).collect();
    assert_eq!(all, [("b".into(), 1), ("a".into(), 0), ("d".into(), -1), ("c".into(), -1)]);
}

#[test]
fn two_terminals_on_one_draft_never_write_over_each_other() {
    let desk = Desk::new();
    let (mut here, mut there) = (desk.open(), desk.open());
    here.keep_draft(&draft("a", "1", "start"), 0, "x", NOON).unwrap();
    assert_eq!(here.keep_draft(&draft("a", "1", "mine"), 1, "x", NOON).unwrap(), KeptDraft::Yes(2));
    let theirs = there.keep_draft(&draft("a", "1", "theirs"), 1, "b", NOON).unwrap();
    assert_eq!(theirs, beside("b", Meanwhile::Changed));
    assert_eq!(there.keep_draft(&draft("b", "1", "theirs!"), 1, "c", NOON).unwrap(), KeptDraft::Yes(2));
    assert_eq!(here.draft("a").unwrap(), Some((draft("a", "1", "mine"), 2)));
    assert_eq!(here.draft("b").unwrap(), Some((draft("b", "1", "theirs!"), 2)));
    // The same words need no draft beside.
    assert_eq!(there.keep_draft(&draft("a", "1", "mine"), 1, "d", NOON).unwrap(), KeptDraft::Yes(2));
    assert_eq!(there.drafts().unwrap().len(), 2);
}

#[test]
fn a_draft_is_discarded_by_a_word_in_the_journal_but_not_once_it_is_on_its_way() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_draft(&draft("a", "1", "x"), 0, "x", NOON).unwrap();
    assert!(store.drop_draft("a", &note("discarded", "1")).unwrap());
    assert!(!store.drop_draft("a", &note("discarded", "1")).unwrap());
    assert_eq!(events(&store, "1"), ["discarded"]);
    // Another terminal, which had it open, typed on.
    let typed_on = store.keep_draft(&draft("a", "1", "y"), 1, "b", NOON).unwrap();
    assert_eq!(typed_on, beside("b", Meanwhile::Discarded));
    assert_eq!((store.draft("a").unwrap(), store.draft("b").unwrap()), (None, Some((draft("b", "1", "y"), 1))));
    let entry = queued(&mut store, "e", "2");
    assert!(!store.drop_draft(&entry.draft.id, &note("discarded", "2")).unwrap());
    assert_eq!(events(&store, "2"), ["submitted"]);
}

#[test]
fn what_is_typed_into_a_draft_that_another_terminal_queued_is_kept_beside_it() {
    let desk = Desk::new();
    let (mut here, mut there) = (desk.open(), desk.open());
    here.keep_draft(&draft("a", "1", "start"), 0, "x", NOON).unwrap();
    let Queued::Yes(entry) =
        there.queue(&new("e", &draft("a", "1", "start"), 1), &note("submitted", "1")).unwrap()
    else {
        panic!("not queued")
    };
    let typed_on = here.keep_draft(&draft("a", "1", "start, and more"), 1, "b", NOON).unwrap();
    assert_eq!(typed_on, beside("b", Meanwhile::Queued));
    assert_eq!(here.draft("b").unwrap(), Some((draft("b", "1", "start, and more"), 1)));
    assert_eq!(there.entry("e").unwrap().unwrap().draft, draft("a", "1", "start"), "what is sent stays");
    there.claim("e", entry.version, &life(State::Sending), NOON).unwrap();
    there.record_try("e", 2, &life(State::Accepted), &Ended::default(), &note("accepted", "1")).unwrap();
    let after_all = here.keep_draft(&draft("a", "1", "too late"), 1, "c", NOON).unwrap();
    assert_eq!(after_all, beside("c", Meanwhile::Sent));
}

#[test]
fn the_words_of_a_refused_and_then_discarded_draft_are_kept_where_they_are_typed_anew() {
    let desk = Desk::new();
    let mut store = desk.open();
    let form = recorded(&mut store, "e", "1", State::Rejected).draft;
    assert!(store.drop_draft(&form.id, &note("discarded", "1")).unwrap());
    assert_eq!(store.keep_draft(&form, 1, "b", NOON).unwrap(), beside("b", Meanwhile::Discarded));
}

// ---- Attached files -----------------------------------------------------------------------------------------------

fn with_file(draft: Draft, sha256: &str) -> Draft {
    let mut draft = draft;
    let file = Attachment {
        name: "receipt.pdf".into(),
        sha256: sha256.into(),
        size: 4,
        media: "application/pdf".into(),
        description: Raw::default(),
        measured: Default::default(),
    };
    draft.values.set("documents", Entered::Files(vec![file]));
    draft
}

#[test]
fn a_file_is_kept_once_and_only_as_long_as_a_draft_names_it() {
    let desk = Desk::new();
    let mut store = desk.open();
    for name in ["loose", "typed", "sent", "loose"] {
        store.keep_file(name.as_bytes(), name, NOON).unwrap();
    }
    let rows = || -> i64 {
        let db = rusqlite::Connection::open(database(desk.dir.path())).unwrap();
        db.query_row("SELECT count(*) FROM attachment", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(rows(), 3);
    store.keep_draft(&with_file(draft("a", "1", ""), "typed"), 0, "x", NOON).unwrap();
    let sent = with_file(draft("b", "2", ""), "sent");
    let Queued::Yes(entry) = store.queue(&new("e", &sent, 0), &note("submitted", "2")).unwrap() else {
        panic!("not queued")
    };
    assert_eq!(store.forget_files(NOON).unwrap(), 0, "none is that old");
    assert_eq!(store.forget_files(NOON.plus(1)).unwrap(), 1);
    assert_eq!(store.file("loose").unwrap(), None);
    assert_eq!(store.file("typed").unwrap().unwrap(), b"typed");
    assert_eq!(store.file("sent").unwrap().unwrap(), b"sent");
    store.claim("e", entry.version, &life(State::Sending), NOON).unwrap();
    store.record_try("e", 2, &life(State::Accepted), &Ended::default(), &note("accepted", "2")).unwrap();
    assert_eq!(store.forget_files(NOON.plus(1)).unwrap(), 1);
    assert_eq!(store.file("sent").unwrap(), None);
    // One that is attached again is not an old one.
    store.keep_file(b"late", "late", NOON).unwrap();
    store.keep_file(b"late", "late", NOON.plus(9)).unwrap();
    assert_eq!(store.forget_files(NOON.plus(1)).unwrap(), 0);
}

#[test]
fn the_bytes_of_one_file_never_pass_for_those_of_another() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_file(b"one", "1", NOON).unwrap();
    store.keep_file(b"two", "2", NOON).unwrap();
    desk.tamper("UPDATE attachment SET body = (SELECT body FROM attachment ORDER BY key LIMIT 1)");
    let read = [store.file("1"), store.file("2")];
    assert_eq!(read.iter().filter(|file| **file == Err(StoreError::NotOpened)).count(), 1, "{read:?}");
}

// ---- The way of an entry ------------------------------------------------------------------------------------------

#[test]
fn an_accepted_entry_leaves_its_story_and_no_draft() {
    let desk = Desk::new();
    let mut store = desk.open();
    let form = draft("a", "1", "goods not");
    store.keep_draft(&form, 0, "x", NOON).unwrap();
    // Typed on until it was sent.
    let form = draft("a", "1", "goods not received");
    let submission = new("e", &form, 1);
    let Queued::Yes(entry) = store.queue(&submission, &note("submitted", "1")).unwrap() else {
        panic!("not queued")
    };
    assert_eq!((entry.draft.clone(), entry.life, entry.version), (form.clone(), Life::queued(Late::Ask), 1));
    assert_eq!((entry.step, entry.steps, entry.deadline), (0, 1, Some(NOON.plus(moment::HOUR))));
    assert_eq!((entry.created_at, entry.created_by.exact()), (NOON, "ann"));
    assert_eq!(store.draft_for("nets-live", "submit", Some(&id("1"))).unwrap(), None, "it is on its way");
    assert_eq!((store.draft("a").unwrap(), store.drafts().unwrap()), (None, vec![]));
    assert_eq!(store.keep_draft(&form, 1, "b", NOON).unwrap(), KeptDraft::Gone, "it is what was queued");
    assert_eq!(store.frozen("e", 0).unwrap().as_ref(), Some(&submission.frozen));
    assert_eq!(store.frozen("e", 1).unwrap(), None);

    assert_eq!(store.claim("e", 1, &life(State::Sending), NOON.plus(1)).unwrap(), Some(2));
    let open = store.entry("e").unwrap().unwrap();
    assert_eq!((open.life, open.tries.len()), (life(State::Sending), 1));
    assert_eq!((open.tries[0].started_at, open.tries[0].ended_at), (NOON.plus(1), None));

    let end = Ended {
        at: NOON.plus(2),
        status: Some(202),
        says: "accepted".into(),
        request_id: "r-1".into(),
        answer: Some(br#"{"id":1}"#),
        ..Ended::default()
    };
    assert!(store.record_try("e", 2, &life(State::Accepted), &end, &note("accepted", "1")).unwrap());
    let done = desk.open().entry("e").unwrap().unwrap();
    assert_eq!((done.life, done.version, done.why.exact()), (life(State::Accepted), 3, "accepted"));
    let told = &done.tries[0];
    assert_eq!((told.ended_at, told.status, told.says.exact()), (Some(NOON.plus(2)), Some(202), "accepted"));
    assert_eq!(told.request_id.exact(), "r-1");
    assert_eq!(store.keep_draft(&form, 2, "b", NOON).unwrap(), KeptDraft::Gone, "it is what was sent");
    assert_eq!(store.drafts().unwrap(), []);
    assert_eq!(store.live_entries().unwrap(), []);
    assert_eq!(events(&store, "1"), ["submitted", "accepted"]);
    assert_eq!(store.verify().unwrap(), Chain::Whole { records: 2 });
}

#[test]
fn a_second_press_a_moved_draft_and_a_discarded_one_queue_nothing() {
    let desk = Desk::new();
    let (mut here, mut there) = (desk.open(), desk.open());
    let form = draft("a", "1", "mine");
    here.keep_draft(&form, 0, "x", NOON).unwrap();
    there.keep_draft(&draft("a", "1", "theirs"), 1, "x", NOON).unwrap();
    let mut queue = |name: &str, draft: &Draft, version| {
        here.queue(&new(name, draft, version), &note("submitted", "1")).unwrap()
    };
    assert_eq!(queue("e1", &form, 1), Queued::DraftMoved);
    assert_eq!(queue("e1", &draft("nowhere", "1", ""), 3), Queued::DraftMoved);
    let Queued::Yes(first) = queue("e1", &form, 2) else { panic!("not queued") };
    assert_eq!(queue("e2", &form, 2), Queued::Live(first.clone()));
    assert_eq!(queue("e2", &draft("b", "1", "another form"), 0), Queued::Live(first));
    assert_eq!(here.entries(Moment(0)).unwrap().len(), 1);
    assert_eq!(events(&here, "1"), ["submitted"]);
    assert_eq!(here.draft("b").unwrap(), None, "and nothing else was kept");
}

#[test]
fn the_file_itself_lets_one_live_entry_stand_on_a_subject() {
    let desk = Desk::new();
    let mut store = desk.open();
    queued(&mut store, "e1", "1");
    queued(&mut store, "e2", "2");
    let db = rusqlite::Connection::open(database(desk.dir.path())).unwrap();
    let same = "UPDATE outbox SET subject = (SELECT subject FROM outbox WHERE id = 'e1') WHERE id = 'e2'";
    assert!(db.execute(same, []).unwrap_err().to_string().contains("UNIQUE"));
}

#[test]
fn what_was_accepted_guards_until_the_case_is_read_anew() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_cases(vec![case("1", 1)], NOON).unwrap();
    let first = recorded(&mut store, "e1", "1", State::Accepted);
    let again = draft("b", "1", "another note");
    let ask = |store: &mut Store| store.queue(&new("e2", &again, 0), &note("submitted", "1")).unwrap();
    assert_eq!(ask(&mut store), Queued::Already(first.clone()));
    store.keep_cases(vec![case("1", 1)], NOON).unwrap();
    assert_eq!(ask(&mut store), Queued::Already(first.clone()), "it was read before that");
    store.keep_cases(vec![case("1", 1)], NOON.plus(9)).unwrap();
    let same = store.queue(&new("e2", &first.draft, 0), &note("submitted", "1")).unwrap();
    assert_eq!(same, Queued::Already(first), "the same form is never sent twice");
    assert!(matches!(ask(&mut store), Queued::Yes(_)));
}

#[test]
fn a_case_that_was_made_is_not_made_again_within_a_day() {
    let desk = Desk::new();
    let mut store = desk.open();
    let made = |name: &str, subject: &str, hours| {
        let draft = Draft { case: None, base: None, action: "create".into(), ..draft(name, "", "x") };
        let subject = Secret::new(subject);
        NewEntry { subject, at: NOON.plus(hours * moment::HOUR), ..new_case(name, &draft) }
    };
    let note = Note { case: None, subject: "create".into(), ..note("submitted", "") };
    assert!(matches!(store.queue(&made("e1", "card and arn", 0), &note).unwrap(), Queued::Yes(_)));
    store.claim("e1", 1, &life(State::Sending), NOON).unwrap();
    let end = Ended { at: NOON, remote: "CB-9".into(), ..Ended::default() };
    store.record_try("e1", 2, &life(State::Accepted), &end, &note).unwrap();
    let first = store.entry("e1").unwrap().unwrap();
    assert_eq!((first.remote.exact(), first.case()), ("CB-9", None));
    assert_eq!(store.queue(&made("e2", "card and arn", 23), &note).unwrap(), Queued::Already(first));
    assert!(matches!(store.queue(&made("e2", "another card", 23), &note).unwrap(), Queued::Yes(_)));
    assert!(matches!(store.queue(&made("e3", "card and arn", 25), &note).unwrap(), Queued::Yes(_)));
}

fn new_case(name: &str, draft: &Draft) -> NewEntry {
    let of_a_case = Draft { case: Some(id("")), ..draft.clone() };
    NewEntry { draft: draft.clone(), ..new(name, &of_a_case, 0) }
}

#[test]
fn what_was_refused_or_taken_back_is_a_draft_again() {
    for state in [State::Rejected, State::Cancelled] {
        let desk = Desk::new();
        let mut store = desk.open();
        let entry = recorded(&mut store, "e1", "1", state);
        let (draft, version) = store.draft_for("nets-live", "submit", Some(&id("1"))).unwrap().unwrap();
        assert_eq!(draft, entry.draft);
        let submission = NewEntry { supersedes: Some("e1".into()), ..new("e2", &draft, version) };
        let Queued::Yes(second) = store.queue(&submission, &note("submitted", "1")).unwrap() else {
            panic!("not queued")
        };
        assert_eq!(second.supersedes.as_deref(), Some("e1"));
        let change = Change { at: NOON, why: "not wanted any more".into(), ..Change::default() };
        let taken_back = note("taken back", "1");
        assert!(store.moved("e2", 1, &life(State::Cancelled), &change, Some(&taken_back)).unwrap());
        assert_eq!(store.draft(&draft.id).unwrap().unwrap().0, draft);
        assert_eq!(events(&store, "1"), ["submitted", "recorded", "submitted", "taken back"]);
    }
}

#[test]
fn an_unknown_outcome_is_looked_for_handed_over_and_decided() {
    let desk = Desk::new();
    let mut store = desk.open();
    let lost = recorded(&mut store, "e", "1", State::Unknown);
    assert_eq!(store.drafts().unwrap(), [], "its draft stays on its way");
    let look = Change {
        at: NOON.plus(7),
        why: "not there yet".into(),
        look: Some("no trace of it".into()),
        ..Change::default()
    };
    assert!(store.moved("e", lost.version, &life(State::Unknown), &look, None).unwrap());
    assert!(!store.moved("e", lost.version, &life(State::Unknown), &look, None).unwrap(), "it was moved");
    let given = Change { at: NOON.plus(8), why: "a person decides".into(), ..Change::default() };
    assert!(store.moved("e", lost.version + 1, &life(State::Person), &given, None).unwrap());
    let decided = Change {
        at: NOON.plus(9),
        why: "it is there".into(),
        decided_by: "bob".into(),
        decided_why: "seen in the portal".into(),
        remote: "CB-7".into(),
        ..Change::default()
    };
    let decision = note("decided", "1");
    assert!(store.moved("e", lost.version + 2, &life(State::Accepted), &decided, Some(&decision)).unwrap());
    let done = store.entry("e").unwrap().unwrap();
    assert_eq!((done.looks.len(), done.looks[0].says.exact()), (1, "no trace of it"));
    assert_eq!((done.decided_by.exact(), done.decided_why.exact()), ("bob", "seen in the portal"));
    assert_eq!((done.remote.exact(), done.life.state), ("CB-7", State::Accepted));
    assert_eq!(events(&store, "1"), ["submitted", "recorded", "decided"]);
    let late = store.moved("e", done.version, &life(State::Queued), &decided, None);
    assert!(matches!(late, Err(StoreError::Other(_))), "what ended does not change");
}

#[test]
fn a_claim_that_the_gate_gives_back_closes_its_try() {
    let desk = Desk::new();
    let mut store = desk.open();
    let open = claimed(&mut store, "e", "1");
    let again = store.claim("e", open.version, &life(State::Sending), NOON);
    assert!(matches!(again, Err(StoreError::Other(_))), "claimed is claimed");
    let change = Change { at: NOON.plus(3), why: "the machine slept".into(), ..Change::default() };
    assert!(store.moved("e", open.version, &life(State::Queued), &change, None).unwrap());
    let back = store.entry("e").unwrap().unwrap();
    assert_eq!((back.tries[0].ended_at, back.tries[0].says.exact()), (Some(NOON.plus(3)), "the machine slept"));
    assert_eq!(store.claim("e", back.version, &life(State::Sending), NOON).unwrap(), Some(back.version + 1));
    assert_eq!(store.entry("e").unwrap().unwrap().tries.len(), 2);
    let queued = queued(&mut store, "other", "2");
    let never =
        store.record_try("other", queued.version, &life(State::Accepted), &Ended::default(), &note("x", "2"));
    assert!(matches!(never, Err(StoreError::Other(_))), "no try, no outcome");
}

#[test]
fn the_next_step_is_frozen_in_the_commit_that_records_the_one_before() {
    let desk = Desk::new();
    let mut store = desk.open();
    let form = draft("a", "1", "x");
    let submission = NewEntry { steps: 3, ..new("e", &form, 0) };
    store.queue(&submission, &note("submitted", "1")).unwrap();
    store.claim("e", 1, &life(State::Sending), NOON).unwrap();
    let accepted = life(State::Accepted);
    let end = Ended { at: NOON, answer: Some(br#"{"upload":"u-1"}"#), ..Ended::default() };
    let missing = store.record_try("e", 2, &accepted, &end, &note("done", "1"));
    assert!(matches!(missing, Err(StoreError::Other(_))), "two more were declared");
    let second = frozen(r#"{"file":"u-1"}"#);
    let end = Ended { next: Follows::Step(&second, Settling::ReadBack), ..end };
    assert!(store.record_try("e", 2, &accepted, &end, &note("done", "1")).unwrap());
    let entry = store.entry("e").unwrap().unwrap();
    assert_eq!((entry.step, entry.life, entry.version), (1, Life::queued(Late::Ask), 3));
    assert_eq!(entry.settling, Settling::ReadBack, "each step is settled in its own way");
    assert_eq!(store.frozen("e", 1).unwrap(), Some(second));
    assert_eq!(store.answers("e").unwrap(), [json!({"upload": "u-1"})]);
    assert_eq!(store.drafts().unwrap(), []);
    // The answer to the second is lost, and a read-back finds it done.
    store.claim("e", 3, &life(State::Sending), NOON).unwrap();
    store.record_try("e", 4, &life(State::Unknown), &Ended::default(), &note("unknown", "1")).unwrap();
    let third = frozen(r#"{"close":true}"#);
    let found = Change {
        look: Some("there".into()),
        next: Follows::Step(&third, Settling::Nobody),
        ..Change::default()
    };
    assert!(store.moved("e", 5, &accepted, &found, None).unwrap());
    assert_eq!(store.answers("e").unwrap(), [json!({"upload": "u-1"}), json!(null)]);
    store.claim("e", 6, &life(State::Sending), NOON).unwrap();
    let none_left = Ended { next: Follows::Step(&third, Settling::Nobody), ..Ended::default() };
    assert!(store.record_try("e", 7, &accepted, &none_left, &note("done", "1")).is_err());
    assert!(store.record_try("e", 7, &accepted, &Ended::default(), &note("done", "1")).unwrap());
    let done = store.entry("e").unwrap().unwrap();
    assert_eq!((done.step, done.life.state), (2, State::Accepted));
    assert_eq!(done.tries.iter().map(|told| told.step).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn a_step_that_could_not_be_made_at_its_time_is_made_once_and_before_it_is_claimed() {
    let desk = Desk::new();
    let mut store = desk.open();
    let submission = NewEntry { steps: 2, ..new("e", &draft("a", "1", "x"), 0) };
    store.queue(&submission, &note("submitted", "1")).unwrap();
    assert!(store.is_made("e", 0).unwrap());
    store.claim("e", 1, &life(State::Sending), NOON).unwrap();
    let end = Ended { answer: Some(b"{}"), next: Follows::Later, ..Ended::default() };
    assert!(store.record_try("e", 2, &life(State::Accepted), &end, &note("done", "1")).unwrap());
    let entry = store.entry("e").unwrap().unwrap();
    assert_eq!((entry.step, entry.life, entry.version), (1, Life::queued(Late::Ask), 3));
    assert!(!store.is_made("e", 1).unwrap());
    let second = frozen(r#"{"file":"u-1"}"#);
    assert_eq!(store.make_step("e", 2, &second, Settling::ReadBack, NOON).unwrap(), None, "somebody moved it");
    assert_eq!(store.make_step("e", 3, &second, Settling::ReadBack, NOON).unwrap(), Some(4));
    assert_eq!(store.frozen("e", 1).unwrap(), Some(second.clone()));
    assert_eq!(store.entry("e").unwrap().unwrap().settling, Settling::ReadBack);
    assert!(store.make_step("e", 4, &frozen("{}"), Settling::ReadBack, NOON).is_err(), "bytes are made once");
    store.claim("e", 4, &life(State::Sending), NOON).unwrap();
    assert!(matches!(store.make_step("e", 5, &second, Settling::ReadBack, NOON), Err(StoreError::Other(_))));
}

#[test]
fn what_was_being_sent_when_the_program_died_is_recovered_once() {
    let desk = Desk::new();
    let mut store = desk.open();
    queued(&mut store, "waits", "1");
    claimed(&mut store, "one", "2");
    claimed(&mut store, "two", "3");
    drop(store);
    let mut store = desk.open();
    let lost = |life: Life| Some(Life { state: State::Unknown, earlier: Earlier::Loose, ..life });
    let recovered = store.recover(NOON.plus(9), &"ann".into(), lost).unwrap();
    let names: Vec<_> = recovered.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(names, ["one", "two"]);
    assert!(
        recovered.iter().all(|entry| entry.life.state == State::Unknown && entry.tries[0].ended_at.is_none())
    );
    assert!(recovered[0].tries[0].says.exact().contains("was not seen"));
    assert_eq!(store.entry("two").unwrap().as_ref(), Some(&recovered[1]));
    assert_eq!(store.recover(NOON.plus(9), &"ann".into(), lost).unwrap(), []);
    assert_eq!(events(&store, "2"), ["submitted", "recovered"]);
    assert_eq!(events(&store, "1"), ["submitted"]);
    assert_eq!(store.verify().unwrap(), Chain::Whole { records: 5 });
}

#[test]
fn the_outbox_lists_what_is_live_first_and_what_ended_of_late_behind() {
    let desk = Desk::new();
    let mut store = desk.open();
    let end = |store: &mut Store, name: &str, number: &str, minutes: i64| {
        let entry = claimed(store, name, number);
        let end = Ended { at: NOON.plus(minutes * moment::MINUTE), ..Ended::default() };
        store.record_try(name, entry.version, &life(State::Rejected), &end, &note("refused", number)).unwrap();
    };
    end(&mut store, "old", "1", -99);
    end(&mut store, "early", "2", 1);
    end(&mut store, "late", "3", 2);
    queued(&mut store, "live-1", "4");
    queued(&mut store, "live-2", "5");
    let names = |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>();
    assert_eq!(names(store.entries(NOON).unwrap()), ["live-1", "live-2", "late", "early"]);
    assert_eq!(names(store.live_entries().unwrap()), ["live-1", "live-2"]);
    assert_eq!(store.entry("nowhere").unwrap(), None);
    assert_eq!(store.wipe_bodies(NOON).unwrap(), 1);
    assert_eq!(store.wipe_bodies(NOON).unwrap(), 0);
    assert_eq!(store.frozen("old", 0).unwrap(), None);
    assert!(store.frozen("early", 0).unwrap().is_some() && store.frozen("live-1", 0).unwrap().is_some());
    assert_eq!(store.entry("old").unwrap().unwrap().tries.len(), 1, "its story stays");
}

#[test]
fn nobody_is_sent_to_a_case_that_is_on_its_way() {
    let desk = Desk::new();
    let mut store = desk.open();
    let queue = QueueId { profile: "nets-live".into(), id: "5000".into() };
    store.keep_queue(&queue, &"q".into(), vec![case("1", 1), case("2", 2)], NOON).unwrap();
    assert_eq!(store.next_urgent(None, NOON).unwrap(), Some(id("1")));
    let entry = queued(&mut store, "e", "1");
    assert_eq!(store.next_urgent(None, NOON).unwrap(), Some(id("2")));
    assert_eq!(store.next_urgent(Some(&id("2")), NOON).unwrap(), None);
    store.moved("e", entry.version, &life(State::Cancelled), &Change::default(), None).unwrap();
    assert_eq!(store.next_urgent(None, NOON).unwrap(), Some(id("1")));
}

// ---- Two at once --------------------------------------------------------------------------------------------------

#[test]
fn of_two_that_claim_one_entry_one_gets_it() {
    let desk = Desk::new();
    let mut store = desk.open();
    for number in 0..20 {
        queued(&mut store, &format!("e{number}"), &number.to_string());
    }
    let claim_all = || -> Vec<bool> {
        let mut store = desk.open();
        let mut claim = |name: &str| store.claim(name, 1, &life(State::Sending), NOON).unwrap().is_some();
        (0..20).map(|number| claim(&format!("e{number}"))).collect()
    };
    let (one, other) = std::thread::scope(|scope| {
        let (one, other) = (scope.spawn(claim_all), scope.spawn(claim_all));
        (one.join().unwrap(), other.join().unwrap())
    });
    assert!(one.iter().zip(&other).all(|(one, other)| one != other), "{one:?} {other:?}");
    assert!(store.live_entries().unwrap().iter().all(|entry| entry.tries.len() == 1 && entry.version == 2));
}

#[test]
fn of_two_that_submit_about_one_case_one_is_queued() {
    let desk = Desk::new();
    drop(desk.open());
    let submit_all = |who: &'static str| {
        let mut store = desk.open();
        let mut submit = |number: usize| {
            let (name, case) = (format!("{who}{number}"), number.to_string());
            let submission = new(&name, &draft(&name, &case, who), 0);
            matches!(store.queue(&submission, &note("submitted", &case)).unwrap(), Queued::Yes(_))
        };
        (0..20).map(&mut submit).collect::<Vec<_>>()
    };
    let (ann, bob) = std::thread::scope(|scope| {
        let (ann, bob) = (scope.spawn(|| submit_all("ann")), scope.spawn(|| submit_all("bob")));
        (ann.join().unwrap(), bob.join().unwrap())
    });
    assert!(ann.iter().zip(&bob).all(|(ann, bob)| ann != bob), "{ann:?} {bob:?}");
    let store = desk.open();
    assert_eq!(store.live_entries().unwrap().len(), 20);
    assert_eq!(store.verify().unwrap(), Chain::Whole { records: 20 });
}

// ---- A full disk --------------------------------------------------------------------------------------------------

/// Everything that there is to see.
#[derive(Debug, PartialEq)]
struct Seen {
    entries: Vec<Entry>,
    drafts: Vec<(Draft, Moment)>,
    chain: Chain,
    frozen: Vec<Option<Frozen>>,
}

fn seen(store: &Store) -> Seen {
    let entries = store.entries(Moment(0)).unwrap();
    let frozen = entries.iter().map(|entry| store.frozen(&entry.id, entry.step).unwrap()).collect();
    Seen { entries, drafts: store.drafts().unwrap(), chain: store.verify().unwrap(), frozen }
}

#[test]
fn a_full_disk_at_queueing_leaves_the_draft_and_nothing_submitted() {
    let desk = Desk::new();
    let mut store = desk.open();
    let form = draft("a", "1", "goods not received");
    store.keep_draft(&form, 0, "x", NOON).unwrap();
    let before = seen(&store);
    let submission = NewEntry { frozen: frozen(&"x".repeat(100_000)), ..new("e", &form, 1) };
    store.limit_pages(1).unwrap();
    assert_eq!(store.queue(&submission, &note("submitted", "1")), Err(StoreError::Full));
    assert_eq!(seen(&store), before);
    assert_eq!(seen(&desk.open()), before);
    store.limit_pages(100_000).unwrap();
    assert!(matches!(store.queue(&submission, &note("submitted", "1")).unwrap(), Queued::Yes(_)));
}

#[test]
fn a_full_disk_at_the_claim_leaves_it_queued() {
    let desk = Desk::new();
    let mut store = desk.open();
    let mut version = queued(&mut store, "e", "1").version;
    let back = Change { at: NOON, why: "no connection".into(), ..Change::default() };
    // Each round fills the file a little more, until a claim finds no room.
    for _ in 0..1000 {
        store.limit_pages(1).unwrap();
        let before = seen(&store);
        match store.claim("e", version, &life(State::Sending), NOON) {
            Ok(claimed) => version = claimed.unwrap(),
            Err(problem) => {
                assert_eq!(problem, StoreError::Full);
                assert_eq!(seen(&store), before);
                assert_eq!(seen(&desk.open()), before);
                store.limit_pages(100_000).unwrap();
                assert_eq!(store.claim("e", version, &life(State::Sending), NOON).unwrap(), Some(version + 1));
                return;
            }
        }
        store.limit_pages(100_000).unwrap();
        assert!(store.moved("e", version, &Life::queued(Late::Ask), &back, None).unwrap());
        version += 1;
    }
    panic!("the disk never filled up");
}

#[test]
fn a_full_disk_at_the_record_leaves_it_sending() {
    let desk = Desk::new();
    let mut store = desk.open();
    let entry = claimed(&mut store, "e", "1");
    let before = seen(&store);
    let answer = format!(r#"{{"says":"{}"}}"#, "x".repeat(100_000));
    let end = Ended { at: NOON, answer: Some(answer.as_bytes()), ..Ended::default() };
    let record = |store: &mut Store| {
        store.record_try("e", entry.version, &life(State::Accepted), &end, &note("accepted", "1"))
    };
    store.limit_pages(1).unwrap();
    assert_eq!(record(&mut store), Err(StoreError::Full));
    assert_eq!(seen(&store), before);
    assert_eq!(seen(&desk.open()), before);
    store.limit_pages(100_000).unwrap();
    assert_eq!(record(&mut store), Ok(true));
}

// ---- What somebody does to the file -------------------------------------------------------------------------------

#[test]
fn any_flipped_byte_of_a_frozen_request_is_noticed() {
    let desk = Desk::new();
    let mut store = desk.open();
    queued(&mut store, "e", "1");
    let whole = store.frozen("e", 0).unwrap();
    let db = rusqlite::Connection::open(database(desk.dir.path())).unwrap();
    for column in ["body", "mac"] {
        let read = format!("SELECT {column} FROM step");
        let write = format!("UPDATE step SET {column} = ?1");
        let bytes: Vec<u8> = db.query_row(&read, [], |row| row.get(0)).unwrap();
        for at in (0..bytes.len()).step_by(7) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            db.execute(&write, [flipped]).unwrap();
            assert_eq!(store.frozen("e", 0), Err(StoreError::NotOpened), "{column}, byte {at}");
        }
        db.execute(&write, [bytes]).unwrap();
        assert_eq!(store.frozen("e", 0).unwrap(), whole);
    }
}

#[test]
fn the_bytes_of_another_entry_are_never_handed_out() {
    for sql in [
        "UPDATE step SET body = (SELECT body FROM step WHERE entry = 'e2') WHERE entry = 'e1'",
        "UPDATE step SET mac = (SELECT mac FROM step WHERE entry = 'e2') WHERE entry = 'e1'",
        "DELETE FROM step WHERE entry = 'e1'; UPDATE step SET entry = 'e1' WHERE entry = 'e2'",
    ] {
        let desk = Desk::new();
        let mut store = desk.open();
        queued(&mut store, "e1", "1");
        queued(&mut store, "e2", "2");
        assert!(store.frozen("e1", 0).unwrap().is_some());
        desk.tamper(sql);
        assert_eq!(store.frozen("e1", 0), Err(StoreError::NotOpened), "{sql}");
    }
}

#[test]
fn an_entry_that_was_put_back_to_queued_is_refused() {
    let desk = Desk::new();
    let mut store = desk.open();
    queued(&mut store, "e", "1");
    desk.tamper("CREATE TABLE old AS SELECT * FROM outbox");
    store.claim("e", 1, &life(State::Sending), NOON).unwrap();
    desk.tamper("UPDATE outbox SET state = 'queued'");
    assert!(matches!(store.entry("e"), Err(StoreError::Damaged(_))));
    desk.tamper("UPDATE outbox SET word = (SELECT word FROM old)");
    assert_eq!(store.entry("e"), Err(StoreError::NotOpened));
}

#[test]
fn no_word_of_a_form_and_no_card_number_stands_in_the_files() {
    let desk = Desk::new();
    let mut store = desk.open();
    let words = "findme-notes";
    let mut form = with_file(draft("a", "findme-case", &format!("{words} {PAN}")), "findme-hash");
    form.profile = "findme-profile".into();
    form.action = "findme-action".into();
    store.keep_draft(&form, 0, "x", NOON).unwrap();
    store.keep_file(format!("findme-file {PAN}").as_bytes(), "findme-hash", NOON).unwrap();
    let sent = Frozen {
        path: "/findme-path".into(),
        headers: vec![("x-findme-header".into(), PAN.into())],
        ..frozen(&format!(r#"{{"findme-body":"{PAN}"}}"#))
    };
    let quiet = Note { case: None, subject: "e".into(), ..note("submitted", "") };
    let submission = NewEntry { subject: Secret::new(PAN), frozen: sent.clone(), ..new("e", &form, 1) };
    assert!(matches!(store.queue(&submission, &quiet).unwrap(), Queued::Yes(_)));
    store.claim("e", 1, &life(State::Sending), NOON).unwrap();
    let answer = format!(r#"{{"findme-answer":"{PAN}"}}"#);
    let end = Ended {
        at: NOON,
        says: "findme-says".into(),
        request_id: "findme-request".into(),
        answer: Some(answer.as_bytes()),
        remote: PAN.into(),
        ..Ended::default()
    };
    store.record_try("e", 2, &life(State::Unknown), &end, &quiet).unwrap();
    let change = Change {
        at: NOON,
        why: "findme-why".into(),
        look: Some("findme-look".into()),
        decided_by: "findme-who".into(),
        decided_why: "findme-decision".into(),
        ..Change::default()
    };
    store.moved("e", 3, &life(State::Person), &change, Some(&quiet)).unwrap();
    let files = fs::read_dir(desk.dir.path()).unwrap();
    let bytes: Vec<u8> = files.flat_map(|file| fs::read(file.unwrap().path()).unwrap()).collect();
    let holds = |text: &str| memchr::memmem::find(&bytes, text.as_bytes()).is_some();
    assert!(holds("submitted"), "the journal is in the clear, so the search would find it");
    assert!(!holds("findme"));
    assert!(!holds(PAN));
    let plain = casedesk::document::Sha256::of(PAN.as_bytes());
    assert!(!holds(&plain.to_string()) && memchr::memmem::find(&bytes, &plain.0).is_none());
    let entry = store.entry("e").unwrap().unwrap();
    assert_eq!((entry.remote.exact(), entry.decided_why.exact()), (PAN, "findme-decision"));
    assert_eq!(store.frozen("e", 0).unwrap(), Some(sent), "and exactly the same comes back");
    assert_eq!(store.verify().unwrap(), Chain::Whole { records: 3 });
}
