//! The store as its owner uses it: what is kept, in which order it comes back, and what happens when the file, the
//! key or the disk is not as it should be.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use casedesk::case::{
    Case, CaseId, Column, Currency, Deadline, DocumentRef, Filter, Happening, Kept, Moment, Money, Paper, Part,
    Place, Query, QueueId, Row, Side, Silent, Sort, Stage, View, Whose, moment,
};
use casedesk::seal::{InstallKey, about};
use casedesk::store::{Chain, Note, OpenProblem, Store, StoreError, database, install_key};
use casedesk::text::Raw;
use tempfile::TempDir;

/// 2026-11-18, a little after eleven.
const NOON: Moment = Moment(1_795_000_000_000);

/// The owner hands it to a thread.
const _: fn() = || {
    fn can_be_sent<T: Send>() {}
    can_be_sent::<Store>();
};

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

    fn file(&self) -> PathBuf {
        database(self.dir.path())
    }
}

fn id(number: &str) -> CaseId {
    CaseId { profile: "nets-live".into(), number: number.into() }
}

fn queue(number: &str) -> QueueId {
    QueueId { profile: "nets-live".into(), id: number.into() }
}

/// A case that needs an answer, due so many hours after noon.
fn case(number: &str, hours: i64) -> Case {
    Case {
        stage: Stage::NeedsAnswer,
        status: "Open".into(),
        merchant: "Luftfart AB".into(),
        network: "Visa".into(),
        deadline: Some(Deadline { at: NOON.plus(hours * moment::HOUR), whose: Whose::Provider }),
        opened: Some(NOON.plus(-hours * moment::DAY)),
        ..Case::bare(id(number))
    }
}

/// Cases with gaps and ties in every column.
fn varied(count: usize) -> Vec<Case> {
    let pick = |of: usize, from: &[&str]| Raw::from(from[of % from.len()]);
    (0..count)
        .map(|at| {
            let mix = at * 2_654_435_761 % 1_000_003;
            Case {
                group: pick(mix, &["G1", "G2", "", "g10"]),
                queue: pick(mix / 2, &["1000", "5000"]),
                stage: Stage::ALL[mix % 10],
                status: pick(mix / 3, &["Open", "Awaiting issuer", ""]),
                network: pick(mix / 5, &["Visa", "Mastercard"]),
                card: pick(mix / 7, &["411111******1111", "555555******4444", ""]),
                cardholder: pick(mix / 11, &["Ann Sørensen", "Bo Ek", ""]),
                arn: pick(mix / 13, &["74567890123456789012345", "24567890123456789012346", ""]),
                reason: pick(mix / 17, &["10.4", "13.1", "4853"]),
                merchant: pick(mix / 19, &["Luftfart AB", "SHELL OIL 12", "Åhléns", "zoo", ""]),
                amount: (mix % 4 > 0).then(|| Money {
                    minor: (mix % 70) as i64,
                    currency: Currency::parse(["EUR", "JPY"][mix % 2]),
                }),
                opened: (mix % 6 > 0).then(|| NOON.plus_days(-((mix % 30) as i64))),
                updated: (mix % 5 > 0).then(|| NOON.plus_days(-((mix % 9) as i64))),
                deadline: (mix % 8 > 0).then(|| Deadline {
                    at: NOON.plus((mix % 40) as i64 * 6 * moment::HOUR - 5 * moment::DAY),
                    whose: Whose::Provider,
                }),
                documents: vec![document("d"); mix % 3],
                ..Case::bare(id(&format!("CB-{mix:05}")))
            }
        })
        .collect()
}

fn document(name: &str) -> DocumentRef {
    DocumentRef {
        id: name.into(),
        name: name.into(),
        claimed: "application/pdf".into(),
        side: Side::Merchant,
        by: Raw::default(),
        at: None,
    }
}

/// What stands in the journal of something done to case 2.
fn note() -> Note {
    Note {
        at: NOON,
        who: "ann".into(),
        event: "done",
        case: Some(id("2")),
        subject: Raw::default(),
        detail: Raw::default(),
    }
}

fn numbers(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.id.number.exact()).collect()
}

fn all(store: &mut Store, query: &Query) -> Vec<Row> {
    store.window(query, 0, 100_000, NOON).unwrap().rows
}

fn view(view: View) -> Query {
    Query::at(Place::View(view))
}

fn typed(place: Place, filter: &str) -> Query {
    let (filter, bad) = Filter::parse(filter);
    assert_eq!(bad, []);
    Query { filter, ..Query::at(place) }
}

fn load(store: &mut Store) {
    while store.load_some(97).unwrap() {}
}

// ---- What is kept -------------------------------------------------------------------------------------------------

#[test]
fn a_queue_answer_is_kept_whole_and_comes_back_by_urgency() {
    let desk = Desk::new();
    let mut store = desk.open();
    let answer = vec![case("3", 30), case("1", 10), case("2", 10)];
    let kept = store.keep_queue(&queue("1000"), &"1st line".into(), answer, NOON);
    assert_eq!(kept.unwrap(), Kept { new: 3, ..Kept::default() });
    let window = store.window(&Query::at(Place::Queue(queue("1000"))), 0, 2, NOON).unwrap();
    assert_eq!((window.total, window.matched, window.first), (3, 3, 0));
    assert_eq!(numbers(&window.rows), ["1", "2"]);
    assert_eq!(store.case(&id("3")).unwrap().unwrap(), (case("3", 30), None, NOON));
    let line = &store.queues().unwrap()[0];
    assert_eq!((line.name.exact(), line.count, line.read_at), ("1st line", 3, Some(NOON)));
    assert_eq!(line.oldest, Some(NOON.plus_days(-30)));
    assert_eq!(line.next_deadline, Some(NOON.plus(10 * moment::HOUR)));
}

#[test]
fn the_same_answer_again_writes_no_case_anew() {
    let desk = Desk::new();
    let mut store = desk.open();
    let cases = || vec![case("1", 1), case("2", 2), case("3", 3)];
    store.keep_queue(&queue("1000"), &"q".into(), cases(), NOON).unwrap();
    let bodies = || -> Vec<Vec<u8>> {
        let db = rusqlite::Connection::open(desk.file()).unwrap();
        let mut read = db.prepare("SELECT body FROM sealed ORDER BY id").unwrap();
        read.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let before = bodies();
    let later = NOON.plus(moment::HOUR);
    let kept = store.keep_queue(&queue("1000"), &"q".into(), cases(), later).unwrap();
    assert_eq!(kept, Kept { same: 3, ..Kept::default() });
    assert_eq!(bodies(), before);
    assert_eq!(store.case(&id("2")).unwrap().unwrap().2, later, "but seen it was");
    let mut cases = cases();
    cases[1].status = "Closed".into();
    let kept = store.keep_queue(&queue("1000"), &"q".into(), cases, later).unwrap();
    assert_eq!(kept, Kept { same: 2, changed: 1, ..Kept::default() });
    assert_ne!(bodies()[1], before[1]);
}

#[test]
fn a_case_that_left_its_last_queue_is_kept_and_marked_as_gone() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_queue(&queue("1000"), &"a".into(), vec![case("1", 1), case("2", 2)], NOON).unwrap();
    store.keep_queue(&queue("5000"), &"b".into(), vec![case("2", 2), case("3", 3)], NOON).unwrap();
    let kept = store.keep_queue(&queue("1000"), &"a".into(), vec![], NOON).unwrap();
    assert_eq!(kept, Kept { left: 2, ..Kept::default() });
    let gone = all(&mut store, &view(View::Gone));
    assert_eq!(numbers(&gone), ["1"], "2 is still in the other queue");
    assert!(gone[0].gone);
    assert_eq!(numbers(&all(&mut store, &view(View::All))), ["1", "2", "3"]);
    assert_eq!(store.queues().unwrap()[0].count, 0);
    let kept = store.keep_queue(&queue("5000"), &"b".into(), vec![case("1", 1)], NOON).unwrap();
    assert_eq!(kept, Kept { same: 1, left: 2, ..Kept::default() });
    assert_eq!(numbers(&all(&mut store, &view(View::Gone))), ["2", "3"], "1 is back");
    assert_eq!(numbers(&all(&mut store, &view(View::NeedsAnswer))), ["1"]);
}

#[test]
fn a_case_asked_for_by_itself_moves_in_every_queue_that_lists_it() {
    let desk = Desk::new();
    let mut store = desk.open();
    for number in ["1000", "5000"] {
        store.keep_queue(&queue(number), &"q".into(), vec![case("1", 1), case("2", 2)], NOON).unwrap();
    }
    let kept = store.keep_cases(vec![case("1", 9), case("9", 5)], NOON).unwrap();
    assert_eq!(kept, Kept { new: 1, changed: 1, ..Kept::default() });
    for number in ["1000", "5000"] {
        assert_eq!(numbers(&all(&mut store, &Query::at(Place::Queue(queue(number))))), ["2", "1"]);
    }
    assert_eq!(store.queues().unwrap()[1].next_deadline, Some(NOON.plus(2 * moment::HOUR)));
    assert_eq!(numbers(&all(&mut store, &view(View::Gone))), [""; 0], "9 was in no queue to leave");
    store.keep_queue(&queue("1000"), &"q".into(), vec![], NOON).unwrap();
    store.keep_queue(&queue("5000"), &"q".into(), vec![], NOON).unwrap();
    assert_eq!(numbers(&all(&mut store, &view(View::Gone))), ["2", "1"]);
}

#[test]
fn a_case_twice_in_one_answer_counts_once_and_the_later_deadline_holds() {
    let desk = Desk::new();
    let mut store = desk.open();
    let answer = vec![case("1", 1), case("1", 7), case("2", 3)];
    store.keep_queue(&queue("1000"), &"q".into(), answer, NOON).unwrap();
    let window = store.window(&Query::at(Place::Queue(queue("1000"))), 0, 9, NOON).unwrap();
    assert_eq!((window.total, numbers(&window.rows)), (2, vec!["2", "1"]));
    assert_eq!(store.queues().unwrap()[0].next_deadline, Some(NOON.plus(3 * moment::HOUR)));
}

/// A case as an answer that speaks of nothing but its number and these parts.
fn thin(case: Case, spoken: &[Part]) -> Case {
    let mut silent = Silent::default();
    PARTS.into_iter().filter(|part| !spoken.contains(part)).for_each(|part| silent.leave_out(part));
    Case { silent, ..case }
}

const PARTS: [Part; 21] = [
    Part::Group,
    Part::Queue,
    Part::Status,
    Part::Network,
    Part::Card,
    Part::Cardholder,
    Part::Arn,
    Part::Reason,
    Part::Merchant,
    Part::MerchantPlace,
    Part::MerchantCategory,
    Part::Amount,
    Part::Currency,
    Part::TransactionAmount,
    Part::TransactionCurrency,
    Part::TransactionAt,
    Part::Opened,
    Part::Updated,
    Part::Deadline,
    Part::Documents,
    Part::History,
];

fn full() -> Case {
    let euro = |minor| Some(Money { minor, currency: Currency::parse("EUR") });
    Case {
        group: "G".into(),
        queue: "5000".into(),
        card: "411111******1111".into(),
        cardholder: "Ann".into(),
        arn: "74567890123456789012345".into(),
        reason: "10.4".into(),
        merchant_place: "Bergen, NO".into(),
        merchant_category: "5812".into(),
        amount: euro(1250),
        transaction_amount: euro(1300),
        transaction_at: Some(NOON.plus_days(-40)),
        updated: Some(NOON),
        documents: vec![document("a"), document("b")],
        history: vec![Happening { at: None, who: "ann".into(), what: "opened".into() }],
        raw: "full".into(),
        ..case("1", 5)
    }
}

#[test]
fn cases_of_a_profile_that_is_no_longer_configured_leave_the_queues() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_queue(&queue("5000"), &"b".into(), vec![case("1", 1), case("2", 2)], NOON).unwrap();
    store.retire(&["nets-live"], NOON).unwrap();
    assert_eq!(store.next_urgent(None, NOON).unwrap(), Some(id("1")));
    store.retire(&["nets-two"], NOON).unwrap();
    assert_eq!(store.next_urgent(None, NOON).unwrap(), None, "nobody is sent to work that cannot be done");
    assert_eq!(numbers(&all(&mut store, &view(View::Gone))), ["1", "2"]);
    // The profile is back.
    store.keep_queue(&queue("5000"), &"b".into(), vec![case("1", 1), case("2", 2)], NOON).unwrap();
    assert_eq!(store.next_urgent(None, NOON).unwrap(), Some(id("1")));
}

#[test]
fn what_an_answer_leaves_out_stays_as_it_was() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_queue(&queue("5000"), &"q".into(), vec![full()], NOON).unwrap();
    let bare = Case { raw: "thin".into(), status: "Closed".into(), ..Case::bare(id("1")) };
    let kept = store.keep_cases(vec![thin(bare.clone(), &[Part::Status])], NOON).unwrap();
    assert_eq!(kept, Kept { changed: 1, ..Kept::default() });
    let wanted = Case { raw: "thin".into(), status: "Closed".into(), ..full() };
    assert_eq!(store.case(&id("1")).unwrap().unwrap().0, wanted);
    let rows = all(&mut store, &Query::at(Place::Queue(queue("5000"))));
    assert_eq!((rows[0].stage, rows[0].documents, rows[0].queue.as_str()), (Stage::NeedsAnswer, 2, "5000"));
    let again = store.keep_cases(vec![thin(bare.clone(), &[Part::Status])], NOON).unwrap();
    assert_eq!(again, Kept { same: 1, ..Kept::default() }, "and the same thin answer changes nothing");
    // The queue listing says where it is now, and nothing of the documents.
    let listed = Case { queue: "1000".into(), stage: Stage::WithUs, raw: "listed".into(), ..bare.clone() };
    store.keep_queue(&queue("1000"), &"q".into(), vec![thin(listed, &[Part::Queue])], NOON).unwrap();
    let wanted = Case { queue: "1000".into(), stage: Stage::WithUs, raw: "listed".into(), ..wanted };
    assert_eq!(store.case(&id("1")).unwrap().unwrap().0, wanted);
    let line = &store.queues().unwrap()[0];
    assert_eq!((line.oldest, line.next_deadline), (full().opened, full().deadline.map(|due| due.at)));
    // What is said to be empty is empty.
    store.keep_cases(vec![thin(bare.clone(), &PARTS)], NOON).unwrap();
    let wanted = Case { silent: Silent::default(), ..bare };
    assert_eq!(store.case(&id("1")).unwrap().unwrap().0, wanted);
}

#[test]
fn every_part_that_is_left_out_stays_and_no_other() {
    let desk = Desk::new();
    let mut store = desk.open();
    for part in PARTS {
        store.keep_cases(vec![full()], NOON).unwrap();
        let mut answer = Case::bare(id("1"));
        answer.silent.leave_out(part);
        store.keep_cases(vec![answer], NOON).unwrap();
        let kept = serde_json::to_value(store.case(&id("1")).unwrap().unwrap().0).unwrap();
        let (full, bare) =
            (serde_json::to_value(full()).unwrap(), serde_json::to_value(Case::bare(id("1"))).unwrap());
        let members = kept.as_object().unwrap();
        let differ: Vec<_> = members.keys().filter(|name| kept[*name] != bare[*name]).collect();
        let stayed = members.keys().filter(|name| kept[*name] == full[*name] && full[*name] != bare[*name]);
        assert_eq!(stayed.collect::<Vec<_>>(), differ, "{part:?}");
        let wanted = match part {
            Part::Queue => 2,
            Part::Currency | Part::TransactionCurrency => 0,
            _ => 1,
        };
        assert_eq!(differ.len(), wanted, "{part:?}: {differ:?}");
    }
}

#[test]
fn a_number_without_its_currency_keeps_the_known_one() {
    let desk = Desk::new();
    let mut store = desk.open();
    for (known, now) in [("EUR", Currency::parse("EUR")), ("JPY", None)] {
        let money = |minor, currency| Some(Money { minor, currency });
        store
            .keep_cases(vec![Case { amount: money(5, Currency::parse(known)), ..case("1", 1) }], NOON)
            .unwrap();
        let mut answer = Case { amount: money(700, None), ..case("1", 1) };
        answer.silent.leave_out(Part::Currency);
        store.keep_cases(vec![answer], NOON).unwrap();
        assert_eq!(store.case(&id("1")).unwrap().unwrap().0.amount, money(700, now), "{known}");
    }
}

#[test]
fn the_same_number_of_two_profiles_is_two_cases() {
    let desk = Desk::new();
    let mut store = desk.open();
    let mut other = case("1", 1);
    other.id.profile = "nets-test".into();
    other.merchant = "Other".into();
    store.keep_cases(vec![case("1", 1), other.clone()], NOON).unwrap();
    assert_eq!(store.case(&other.id).unwrap().unwrap().0.merchant, Raw::from("Other"));
    assert_eq!(store.case(&id("1")).unwrap().unwrap().0.merchant, Raw::from("Luftfart AB"));
    assert_eq!(store.case(&id("2")).unwrap(), None);
}

#[test]
fn everything_is_still_there_after_a_restart() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_queue(&queue("1000"), &"q".into(), varied(50), NOON).unwrap();
    store.prefer("columns", "due,case").unwrap();
    let before = all(&mut store, &view(View::All));
    drop(store);
    let key = install_key(desk.dir.path()).unwrap();
    let mut store = Store::open(desk.dir.path(), &key).unwrap();
    assert_eq!(all(&mut store, &view(View::All)), before);
    assert_eq!(store.preference("columns").unwrap().as_deref(), Some("due,case"));
    assert_eq!(store.preference("nothing").unwrap(), None);
    assert_eq!(store.check(), Ok(()));
    store.tidy().unwrap();
}

// ---- Working through it -------------------------------------------------------------------------------------------

#[test]
fn the_next_case_is_the_most_urgent_that_can_be_worked() {
    let desk = Desk::new();
    let mut store = desk.open();
    let mut lost = case("0", -99);
    lost.stage = Stage::Lost;
    let mut open_end = case("5", 0);
    open_end.deadline = None;
    let cases = vec![lost, case("2", 2), case("1", 1), case("4", 2), case("3", 3), open_end];
    store.keep_queue(&queue("1000"), &"q".into(), cases, NOON).unwrap();
    store.park(&id("3"), &"waiting for the bank".into(), &note()).unwrap();
    let (mut walk, mut at) = (Vec::new(), None);
    for _ in 0..5 {
        at = store.next_urgent(at.as_ref(), NOON).unwrap();
        walk.push(at.as_ref().unwrap().number.exact().to_owned());
    }
    assert_eq!(walk, ["1", "2", "4", "5", "1"], "and from the beginning again");
    store.keep_queue(&queue("1000"), &"q".into(), vec![case("4", 2)], NOON).unwrap();
    assert_eq!(store.next_urgent(None, NOON).unwrap(), Some(id("4")));
    assert_eq!(store.next_urgent(Some(&id("4")), NOON).unwrap(), None, "there is no other");
    assert_eq!(store.next_urgent(Some(&id("1")), NOON).unwrap(), Some(id("4")), "from one that left");
}

#[test]
fn a_parked_case_says_why_and_can_be_taken_up_again() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_cases(vec![case("1", 1), case("2", 2)], NOON).unwrap();
    load(&mut store);
    store.park(&id("2"), &"wrong scheme".into(), &note()).unwrap();
    let (_, parked, _) = store.case(&id("2")).unwrap().unwrap();
    assert_eq!(parked.unwrap().why.exact(), "wrong scheme");
    let rows = all(&mut store, &view(View::Parked));
    assert_eq!((numbers(&rows), rows[0].parked), (vec!["2"], true));
    assert!(store.unpark(&id("2"), &note()).unwrap());
    assert!(!store.unpark(&id("2"), &note()).unwrap());
    assert_eq!(all(&mut store, &view(View::Parked)), []);
    let journal = store.journal_of(&id("2")).unwrap();
    let done: Vec<_> = journal.iter().map(|entry| (entry.seq, entry.event.as_str())).collect();
    assert_eq!(done, [(2, "done"), (1, "done")], "what changed nothing is not written down");
    assert_eq!(store.park(&id("7"), &"x".into(), &note()), Err(StoreError::NoSuchCase));
}

#[test]
fn a_case_is_parked_and_taken_up_with_its_journal_record_or_not_at_all() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_cases(vec![case("1", 1), case("2", 2)], NOON).unwrap();
    store.park(&id("2"), &"wrong scheme".into(), &note()).unwrap();
    let db = rusqlite::Connection::open(desk.file()).unwrap();
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'no room'); END";
    db.execute_batch(refuse).unwrap();
    for why in ["new", "changed"] {
        assert!(store.park(&id(if why == "new" { "1" } else { "2" }), &why.into(), &note()).is_err());
    }
    assert!(store.unpark(&id("2"), &note()).is_err());
    let why = |number| store.case(&id(number)).unwrap().unwrap().1.map(|parked| parked.why);
    assert_eq!((why("1"), why("2")), (None, Some("wrong scheme".into())));
    assert_eq!(store.journal_of(&id("2")).unwrap().len(), 1);
    assert_eq!(store.verify().unwrap(), Chain::Whole { records: 1 });
}

#[test]
fn the_desks_own_lists_count_what_they_hold() {
    let desk = Desk::new();
    let mut store = desk.open();
    let mut them = case("6", -1);
    them.stage = Stage::WithThem;
    let cases = vec![case("1", -30), case("2", 1), case("3", 48), them, case("5", -2)];
    store.keep_queue(&queue("1000"), &"q".into(), cases, NOON).unwrap();
    store.park(&id("3"), &"x".into(), &note()).unwrap();
    let lines = store.views(NOON).unwrap();
    let counts: Vec<_> = lines.iter().map(|line| (line.view, line.count)).collect();
    let wanted = [
        (View::DueToday, 1),
        (View::Overdue, 2),
        (View::NeedsAnswer, 4),
        (View::Parked, 1),
        (View::Gone, 0),
        (View::All, 5),
    ];
    assert_eq!(counts, wanted);
    assert_eq!(lines[1].next_deadline, Some(NOON.plus(-30 * moment::HOUR)));
    for line in lines {
        let window = store.window(&view(line.view), 0, 100, NOON).unwrap();
        assert_eq!((window.total, window.rows.len()), (line.count, line.count), "{:?}", line.view);
    }
    let from_file = store.views(NOON).unwrap();
    load(&mut store);
    assert_eq!(store.views(NOON).unwrap(), from_file);
}

#[test]
fn a_jump_finds_whole_numbers_first_and_then_beginnings() {
    let desk = Desk::new();
    let mut store = desk.open();
    let mut group = case("900", 1);
    group.group = "12".into();
    let mut arn = case("901", 1);
    arn.arn = "74567890123456789012345".into();
    let mut card = case("902", 1);
    card.card = "411111******1234".into();
    store.keep_cases(vec![case("1234", 4), case("123", 3), case("12", 9), group, arn, card], NOON).unwrap();
    let mut find = |typed: &str| -> Vec<String> {
        store.find(typed).unwrap().iter().map(|row| row.id.number.exact().to_owned()).collect()
    };
    assert_eq!(find("12"), ["12", "900", "123", "1234", "902"]);
    assert_eq!(find(" 1234 "), ["1234", "902"]);
    assert_eq!(find("7456789"), ["901"]);
    assert_eq!(find("nothing"), [""; 0]);
    assert_eq!(find(""), [""; 0]);
}

// ---- Orders and filters -------------------------------------------------------------------------------------------

#[test]
fn the_file_and_the_index_give_the_same_order_everywhere() {
    let desk = Desk::new();
    let mut store = desk.open();
    let mut cases = varied(400);
    let rest = cases.split_off(200);
    store.keep_queue(&queue("1000"), &"a".into(), cases.clone(), NOON).unwrap();
    store.keep_queue(&queue("5000"), &"b".into(), rest, NOON).unwrap();
    store.keep_queue(&queue("1000"), &"a".into(), cases[30..].to_vec(), NOON).unwrap();
    for case in &cases[40..60] {
        store.park(&case.id, &"x".into(), &note()).unwrap();
    }
    let mut places: Vec<Place> = View::ALL.into_iter().map(Place::View).collect();
    places.extend(["1000", "5000", "77"].map(|number| Place::Queue(queue(number))));
    let look = |store: &mut Store| -> Vec<_> {
        let mut seen = Vec::new();
        for place in &places {
            for (first, rows) in [(0, 1000), (0, 7), (95, 7), (5000, 7)] {
                seen.push(store.window(&Query::at(place.clone()), first, rows, NOON).unwrap());
            }
        }
        seen
    };
    let positions = |store: &mut Store| -> Vec<Vec<Option<usize>>> {
        let mut ask = |place: &Place| {
            let query = Query::at(place.clone());
            cases.iter().map(|case| store.position(&query, &case.id, NOON).unwrap()).collect()
        };
        places.iter().map(&mut ask).collect()
    };
    let from_file = (look(&mut store), positions(&mut store));
    load(&mut store);
    let from_index = (look(&mut store), positions(&mut store));
    assert_eq!(from_file, from_index);
    for (place, windows) in places.iter().zip(from_file.0.chunks(4)) {
        let (whole, last) = (&windows[0], &windows[3]);
        assert_eq!(whole.rows.len(), whole.total, "{place:?}");
        assert_eq!(windows[1].rows[..], whole.rows[..whole.total.min(7)]);
        assert_eq!(last.rows[..], whole.rows[whole.total.saturating_sub(7)..], "behind the end: the last ones");
    }
    assert_eq!(from_file.0[4 * 6].total, 170);
}

/// The meaning of a filter, written down a second time and slowly.
fn passes(case: &Case, filter: &str) -> bool {
    let low = |raw: &Raw| raw.exact().to_lowercase();
    let hay =
        [&case.id.number, &case.group, &case.arn, &case.cardholder, &case.merchant].map(low).join("\u{1f}");
    let last_four = case.card.exact().get(12..).unwrap_or("");
    /// The rest of the word, each letter at most two behind the one before.
    fn goes_on(word: &[char], name: &[char]) -> bool {
        let Some((first, rest)) = word.split_first() else { return true };
        (0..name.len().min(3)).any(|at| name[at] == *first && goes_on(rest, &name[at + 1..]))
    }
    let fuzzy = |word: &str| {
        let (word, name) = (word.chars().collect::<Vec<_>>(), low(&case.merchant).chars().collect::<Vec<_>>());
        (0..name.len()).any(|at| name[at] == word[0] && goes_on(&word[1..], &name[at + 1..]))
    };
    let day = |text| Moment::parse(text).unwrap().end_of_day();
    filter.split(' ').all(|term| {
        let (negated, term) = term.strip_prefix('!').map_or((false, term), |term| (true, term));
        let holds = match term {
            "stage:won" => case.stage == Stage::Won,
            "stage:arb" => case.stage.words().contains("arb"),
            "amount>0.3" => case.amount.is_some_and(|amount| amount.ten_thousandths() > 3000),
            "currency:jpy" => case.amount.is_some_and(|amount| amount.currency == Currency::parse("JPY")),
            "due<2d" => case.deadline.as_ref().is_some_and(|due| due.at.since(NOON) < 2 * moment::DAY),
            "docs>=2" => case.documents.len() >= 2,
            "reason:13" => low(&case.reason).contains("13"),
            "card:44" => last_four.contains("44"),
            "group:1" => low(&case.group).contains('1'),
            "merchant:oil" => low(&case.merchant).contains("oil"),
            "opened>2026-11-01" => case.opened.is_some_and(|at| at > day("2026-11-01")),
            word => hay.contains(word) || last_four.contains(word) || fuzzy(word),
        };
        holds != negated
    })
}

const FILTERS: &[&str] = &[
    "luft",
    "shl",
    "søren",
    "4444",
    "cb-0",
    "!luft",
    "stage:won",
    "stage:arb",
    "!stage:won",
    "amount>0.3",
    "currency:jpy",
    "due<2d",
    "!due<2d",
    "docs>=2",
    "reason:13",
    "card:44",
    "group:1",
    "merchant:oil",
    "opened>2026-11-01",
    "åhl",
    "zzz",
    "bo !zoo docs>=2",
];

#[test]
fn a_filter_lets_through_exactly_what_it_says() {
    let desk = Desk::new();
    let mut store = desk.open();
    let cases = varied(600);
    store.keep_queue(&queue("1000"), &"a".into(), cases.clone(), NOON).unwrap();
    let mut dividing = 0;
    for filter in FILTERS {
        let rows = all(&mut store, &typed(Place::View(View::All), filter));
        let mut found = numbers(&rows);
        found.sort_unstable();
        let mut wanted: Vec<_> =
            cases.iter().filter(|case| passes(case, filter)).map(|case| case.id.number.exact()).collect();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{filter}");
        dividing += usize::from(!wanted.is_empty() && wanted.len() < cases.len());
    }
    assert_eq!(dividing, FILTERS.len() - 1, "every filter but zzz divides the cases");
}

#[test]
fn typing_on_gives_the_same_as_typing_at_once() {
    let desk = Desk::new();
    let (mut one, mut other) = (desk.open(), desk.open());
    one.keep_queue(&queue("1000"), &"a".into(), varied(600), NOON).unwrap();
    for filter in FILTERS {
        for end in filter.char_indices().map(|(at, _)| at).skip(1).chain([filter.len()]) {
            let query = Query { filter: Filter::parse(&filter[..end]).0, ..view(View::All) };
            let typed_on = one.window(&query, 0, 1000, NOON).unwrap();
            other.window(&typed(Place::View(View::Gone), "x"), 0, 1, NOON).unwrap();
            assert_eq!(typed_on, other.window(&query, 0, 1000, NOON).unwrap(), "{}", &filter[..end]);
        }
    }
}

#[test]
fn rows_that_lack_the_value_come_last_whichever_way_the_order_runs() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_queue(&queue("1000"), &"a".into(), varied(300), NOON).unwrap();
    let mut gaps = 0;
    for column in Column::ALL {
        for descending in [false, true] {
            let rows = all(&mut store, &Query { sort: Sort { column, descending }, ..view(View::All) });
            let lacks: Vec<bool> = rows
                .iter()
                .map(|row| match column {
                    Column::Due => row.deadline.is_none(),
                    Column::Merchant => row.merchant.as_str().is_empty(),
                    Column::Amount => row.amount.is_none(),
                    Column::Status => row.status.as_str().is_empty(),
                    Column::Card => row.card.as_str().is_empty(),
                    Column::Group => row.group.as_str().is_empty(),
                    Column::Arn => row.arn.as_str().is_empty(),
                    Column::Opened => row.opened.is_none(),
                    Column::Updated => row.updated.is_none(),
                    _ => false,
                })
                .collect();
            assert!(lacks.is_sorted(), "{column:?} {descending}");
            gaps += usize::from(lacks.contains(&true));
        }
    }
    assert_eq!(gaps, 18);
}

#[test]
fn a_deadline_that_passes_moves_the_case_to_the_overdue() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_cases(vec![case("1", 1)], NOON).unwrap();
    load(&mut store);
    let due = NOON.plus(moment::HOUR);
    assert_eq!(store.window(&view(View::Overdue), 0, 9, due).unwrap().rows, []);
    assert_eq!(store.window(&view(View::Overdue), 0, 9, due.plus(moment::SECOND)).unwrap().rows.len(), 1);
}

// ---- Two terminals ------------------------------------------------------------------------------------------------

#[test]
fn what_the_other_terminal_writes_is_seen_here() {
    let desk = Desk::new();
    let (mut here, mut there) = (desk.open(), desk.open());
    here.keep_queue(&queue("1000"), &"a".into(), varied(300), NOON).unwrap();
    load(&mut here);
    let query = typed(Place::Queue(queue("1000")), "luft");
    let before = here.window(&query, 0, 1000, NOON).unwrap();
    assert!(!here.others_wrote().unwrap());
    let mut cases = varied(300);
    cases.push(case("77", 1));
    cases.remove(3);
    there.keep_queue(&queue("1000"), &"a".into(), cases, NOON).unwrap();
    there.park(&id("77"), &"x".into(), &note()).unwrap();
    assert!(here.others_wrote().unwrap());
    assert!(!here.others_wrote().unwrap());
    let after = here.window(&query, 0, 1000, NOON).unwrap();
    assert_ne!(before, after);
    assert!(after.rows.iter().any(|row| row.id == id("77") && row.parked));
    assert_eq!(after, there.window(&query, 0, 1000, NOON).unwrap());
    let other = Query { sort: Sort { column: Column::Merchant, descending: true }, ..view(View::All) };
    assert_eq!(all(&mut here, &other), all(&mut desk.open(), &other));
}

#[test]
fn a_terminal_that_was_away_for_long_reads_everything_anew() {
    let desk = Desk::new();
    let (mut here, mut there) = (desk.open(), desk.open());
    here.keep_queue(&queue("1000"), &"a".into(), vec![case("1", 1)], NOON).unwrap();
    load(&mut here);
    for number in 100..200 {
        there.keep_cases(vec![case(&number.to_string(), 2)], NOON).unwrap();
    }
    let query = typed(Place::View(View::All), "luft");
    assert_eq!(here.window(&query, 0, 500, NOON).unwrap().matched, 101);
}

#[test]
fn two_terminals_writing_at_once_lose_nothing() {
    let desk = Desk::new();
    drop(desk.open());
    std::thread::scope(|scope| {
        for turn in 0..4 {
            let desk = &desk;
            scope.spawn(move || {
                let mut store = desk.open();
                for number in 0..25 {
                    store.keep_cases(vec![case(&format!("{turn}-{number}"), number)], NOON).unwrap();
                }
            });
        }
    });
    let mut store = desk.open();
    let window = store.window(&view(View::All), 0, 500, NOON).unwrap();
    assert_eq!((window.total, window.rows.len()), (100, 100));
    assert_eq!(store.check(), Ok(()));
}

// ---- Documents ----------------------------------------------------------------------------------------------------

#[test]
fn a_document_is_kept_as_received_and_forgotten_in_time() {
    let desk = Desk::new();
    let mut store = desk.open();
    let paper =
        Paper { name: "receipt.pdf".into(), claimed: "application/pdf".into(), bytes: (0..=255).collect() };
    store.keep_document(&id("1"), &"doc-1".into(), &paper, NOON).unwrap();
    store.keep_document(&id("1"), &"doc-2".into(), &paper, NOON.plus_days(3)).unwrap();
    let (found, at) = store.document(&id("1"), &"doc-1".into()).unwrap().unwrap();
    assert!(found == paper && at == NOON);
    assert!(store.document(&id("2"), &"doc-1".into()).unwrap().is_none());
    assert_eq!(store.forget_documents(NOON.plus_days(1)).unwrap(), 1);
    assert!(store.document(&id("1"), &"doc-1".into()).unwrap().is_none());
    assert!(store.document(&id("1"), &"doc-2".into()).unwrap().is_some());
}

#[test]
fn a_document_kept_by_an_earlier_version_is_read() {
    let desk = Desk::new();
    let mut store = desk.open();
    let paper = Paper { name: "a.pdf".into(), claimed: "application/pdf".into(), bytes: b"%PDF".to_vec() };
    store.keep_document(&id("1"), &"d".into(), &paper, NOON).unwrap();
    let subject = [about(&["document", "nets-live", "1", "d"]), b"facts".to_vec()].concat();
    let facts = desk.key.seal(&subject, br#"["a.pdf","application/pdf","and a hash of the bytes"]"#).unwrap();
    rusqlite::Connection::open(desk.file())
        .unwrap()
        .execute("UPDATE document SET facts = ?1", [facts])
        .unwrap();
    assert!(store.document(&id("1"), &"d".into()).unwrap().unwrap().0 == paper);
}

// ---- Card data ----------------------------------------------------------------------------------------------------

/// Every file of the store in one piece.
fn bytes_on_disk(dir: &Path) -> Vec<u8> {
    fs::read_dir(dir).unwrap().flat_map(|entry| fs::read(entry.unwrap().path()).unwrap()).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

const PANS: [&str; 3] = ["4111111111111111", "5555555555554444", "378282246310005"];

#[test]
fn no_card_number_stands_in_the_files() {
    let desk = Desk::new();
    let mut store = desk.open();
    let cases = PANS.map(|pan| Case {
        raw: format!(r#"{{"cardNumber":"{pan}","mark":"findme-raw"}}"#).into(),
        unread: vec![pan.into()],
        merchant_place: pan.into(),
        ..case(&format!("case of {}", &pan[12..]), 1)
    });
    store.keep_queue(&queue("1000"), &"q".into(), cases.to_vec(), NOON).unwrap();
    let paper = Paper { name: PANS[0].into(), claimed: "text/plain".into(), bytes: PANS[1].into() };
    store.keep_document(&id("1"), &PANS[2].into(), &paper, NOON).unwrap();
    store.park(&cases[0].id, &PANS[0].into(), &note()).unwrap();
    store.prefer("filter", PANS[1]).unwrap();
    let bytes = bytes_on_disk(desk.dir.path());
    assert!(holds(&bytes, "Luftfart AB"), "what may be seen is in the clear, so the search would find it");
    assert!(!holds(&bytes, "findme-raw"));
    for pan in PANS {
        assert!(!holds(&bytes, pan), "{pan}");
        assert!(!holds(&bytes, &casedesk::document::Sha256::of(pan.as_bytes()).to_string()));
    }
    let (back, ..) = store.case(&cases[2].id).unwrap().unwrap();
    assert_eq!(back, cases[2], "and exactly the same comes back");
}

#[test]
fn a_card_number_in_any_shown_field_is_masked_on_disk_and_exact_in_the_case() {
    let desk = Desk::new();
    let mut store = desk.open();
    let pan = PANS[0];
    let place = || -> Raw { format!("paid with {pan} twice").into() };
    let sly = Case {
        status: place(),
        merchant: place(),
        cardholder: place(),
        card: pan.into(),
        group: place(),
        reason: place(),
        queue: place(),
        network: place(),
        ..case(pan, 1)
    };
    store.keep_queue(&queue("1000"), &place(), vec![sly.clone()], NOON).unwrap();
    let bytes = bytes_on_disk(desk.dir.path());
    assert!(!holds(&bytes, pan));
    assert_eq!(store.case(&sly.id).unwrap().unwrap().0, sly);
    let rows = all(&mut store, &view(View::All));
    assert_eq!(rows[0].id, sly.id, "the number to ask the provider with is exact");
    assert!(!rows[0].number.as_str().contains(pan));
    assert_eq!(numbers(&store.find(pan).unwrap()), [pan]);
    assert_eq!(store.next_urgent(None, NOON).unwrap(), Some(sly.id));
}

// ---- A file that is not as it should be ---------------------------------------------------------------------------

fn filled(desk: &Desk) {
    let mut store = desk.open();
    store.keep_queue(&queue("1000"), &"q".into(), varied(200), NOON).unwrap();
    store.park(&id("CB-00000"), &"x".into(), &note()).unwrap();
}

#[test]
fn the_store_of_a_newer_casedesk_is_left_untouched() {
    let desk = Desk::new();
    filled(&desk);
    rusqlite::Connection::open(desk.file()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(desk.file()).unwrap();
    let problem = Store::open(desk.dir.path(), &desk.key).err().unwrap();
    assert!(matches!(problem, OpenProblem::Newer { found: 99, .. }), "{problem}");
    assert_eq!(fs::read(desk.file()).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_left_untouched() {
    let desk = Desk::new();
    fs::write(desk.file(), "my holiday photographs").unwrap();
    fs::set_permissions(desk.file(), PermissionsExt::from_mode(0o600)).unwrap();
    let problem = Store::open(desk.dir.path(), &desk.key).err().unwrap();
    assert!(matches!(problem, OpenProblem::Damaged { .. }), "{problem}");
    assert!(problem.to_string().contains("casedesk.db"), "{problem}");
    assert_eq!(fs::read(desk.file()).unwrap(), b"my holiday photographs");
}

#[test]
fn two_hundred_damaged_bytes_are_never_a_panic_and_never_another_case() {
    let desk = Desk::new();
    filled(&desk);
    let whole = fs::read(desk.file()).unwrap();
    let expected = varied(200);
    let (mut refused, mut noticed, mut seed) = (0, 0, 1_u64);
    for _ in 0..200 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut bytes = whole.clone();
        // Every tenth one where a single byte matters most.
        let at = (seed >> 20) as usize % if seed % 10 == 0 { 100 } else { bytes.len() };
        bytes[at] ^= 1 << (seed >> 60 & 7);
        fs::write(desk.file(), &bytes).unwrap();
        match Store::open(desk.dir.path(), &desk.key) {
            Err(_) => {
                refused += 1;
                assert_eq!(fs::read(desk.file()).unwrap(), bytes, "refused and untouched");
            }
            Ok(mut store) => {
                noticed += usize::from(store.check().is_err());
                let _ = store.window(&typed(Place::View(View::All), "luft"), 0, 50, NOON);
                for case in expected.iter().step_by(9) {
                    if let Ok(Some((found, ..))) = store.case(&case.id) {
                        assert_eq!(&found, case, "a case that opens is the case");
                    }
                }
                let _ = (store.views(NOON), store.queues(), store.verify(), store.next_urgent(None, NOON));
            }
        }
        for rest in ["casedesk.db-wal", "casedesk.db-shm"] {
            let _ = fs::remove_file(desk.dir.path().join(rest));
        }
    }
    assert!(refused > 0 && noticed > 0, "{refused} {noticed}");
}

#[test]
fn a_store_found_damaged_takes_no_more_writes() {
    let desk = Desk::new();
    filled(&desk);
    let mut bytes = fs::read(desk.file()).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x55);
    fs::write(desk.file(), &bytes).unwrap();
    let mut store = desk.open();
    assert!(matches!(store.check(), Err(StoreError::Damaged(_))));
    assert!(matches!(store.keep_cases(vec![case("1", 1)], NOON), Err(StoreError::Damaged(_))));
    assert!(matches!(store.prefer("a", "b"), Err(StoreError::Damaged(_))));
    drop(store);
    assert!(fs::read(desk.file()).unwrap() == bytes);
}

#[test]
fn damage_that_one_store_finds_stops_every_store_of_the_program() {
    let desk = Desk::new();
    filled(&desk);
    let mut hands = desk.open();
    let mut network = Store::beside(desk.dir.path(), &desk.key, &hands.soundness()).unwrap();
    let mut check = hands.another().unwrap();
    // What is still in the log must not get into the damaged file either, by tidying or by closing.
    network.keep_cases(vec![case("1", 1)], NOON).unwrap();
    let mut bytes = fs::read(desk.file()).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x55);
    fs::write(desk.file(), &bytes).unwrap();
    assert!(matches!(check.check(), Err(StoreError::Damaged(_))));
    for store in [&mut hands, &mut network, &mut check] {
        assert!(matches!(store.keep_cases(vec![case("2", 1)], NOON), Err(StoreError::Damaged(_))));
        assert!(matches!(store.prefer("a", "b"), Err(StoreError::Damaged(_))));
        assert!(matches!(store.tidy(), Err(StoreError::Damaged(_))));
    }
    assert!(hands.another().is_ok(), "to save what can be read");
    drop((hands, network, check));
    assert!(fs::read(desk.file()).unwrap() == bytes);
}

#[test]
fn a_store_that_others_can_reach_is_refused_with_the_command_that_helps() {
    let desk = Desk::new();
    filled(&desk);
    for (path, mode, good, wanted) in [
        (desk.file(), 0o640, 0o600, "chmod 600"),
        (desk.dir.path().join("key"), 0o604, 0o600, "chmod 600"),
        (desk.dir.path().to_owned(), 0o750, 0o700, "chmod 700"),
    ] {
        let set = |mode| fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        set(mode);
        let opened = install_key(desk.dir.path()).and_then(|key| Store::open(desk.dir.path(), &key));
        let problem = opened.err().expect("refused").to_string();
        assert!(problem.contains(wanted) && problem.contains(path.to_str().unwrap()), "{problem}");
        set(good);
    }
    assert!(Store::open(desk.dir.path(), &desk.key).is_ok());
}

#[test]
fn the_files_of_a_new_store_are_for_their_owner_only() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("a").join("casedesk");
    let key = install_key(&dir).unwrap();
    let mut store = Store::open(&dir, &key).unwrap();
    store.keep_cases(vec![case("1", 1)], NOON).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir), 0o700);
    let files: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files.len(), 4, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{file:?}");
    }
}

#[test]
fn a_store_behind_a_link_or_with_a_second_name_is_refused() {
    let desk = Desk::new();
    filled(&desk);
    let other = desk.dir.path().join("other.db");
    fs::hard_link(desk.file(), &other).unwrap();
    assert!(matches!(Store::open(desk.dir.path(), &desk.key), Err(OpenProblem::Unguarded { .. })));
    fs::remove_file(desk.file()).unwrap();
    std::os::unix::fs::symlink(&other, desk.file()).unwrap();
    assert!(matches!(Store::open(desk.dir.path(), &desk.key), Err(OpenProblem::Unguarded { .. })));
}

#[test]
fn a_lost_or_wrong_key_is_told_and_no_new_one_made() {
    let desk = Desk::new();
    filled(&desk);
    let file = desk.dir.path().join("key");
    let right = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    assert!(matches!(install_key(desk.dir.path()), Err(OpenProblem::KeyLost { .. })));
    assert!(!file.exists());
    let other = InstallKey::generate().unwrap();
    assert!(matches!(Store::open(desk.dir.path(), &other), Err(OpenProblem::KeyWrong { .. })));
    fs::write(&file, &right[..31]).unwrap();
    fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).unwrap();
    assert!(matches!(install_key(desk.dir.path()), Err(OpenProblem::KeyWrong { .. })));
    fs::write(&file, &right).unwrap();
    assert!(Store::open(desk.dir.path(), &install_key(desk.dir.path()).unwrap()).is_ok());
}

// ---- A disk that is not as it should be ---------------------------------------------------------------------------

#[test]
fn a_full_disk_leaves_the_last_whole_answer() {
    let desk = Desk::new();
    let mut store = desk.open();
    store.keep_queue(&queue("1000"), &"q".into(), vec![case("1", 1)], NOON).unwrap();
    load(&mut store);
    let before = all(&mut store, &view(View::All));
    store.limit_pages(60).unwrap();
    let problem = store.keep_queue(&queue("1000"), &"q".into(), varied(600), NOON).unwrap_err();
    assert_eq!(problem, StoreError::Full);
    assert!(problem.to_string().contains("disk is full"));
    assert_eq!(all(&mut store, &view(View::All)), before);
    assert_eq!(store.queues().unwrap()[0].count, 1);
    store.limit_pages(100_000).unwrap();
    assert_eq!(store.keep_queue(&queue("1000"), &"q".into(), varied(600), NOON).unwrap().left, 1);
    assert_eq!(store.check(), Ok(()));
}

#[test]
fn the_next_of_a_queue_is_the_most_urgent_behind_a_case_and_begins_again_at_the_end() {
    let desk = Desk::new();
    let mut store = desk.open();
    store
        .keep_queue(&queue("1000"), &"q".into(), vec![case("1", 3), case("2", 1), case("3", 5)], NOON)
        .unwrap();
    store.keep_queue(&queue("2000"), &"q".into(), vec![case("4", 0), case("5", 4)], NOON).unwrap();
    let next = |store: &Store, of: &str, after: Option<&str>| -> Option<String> {
        let found = store.next_urgent_in(&queue(of), after.map(id).as_ref()).unwrap();
        found.map(|id| id.number.exact().to_owned())
    };
    for (after, found) in [(None, "2"), (Some("2"), "1"), (Some("1"), "3"), (Some("3"), "2")] {
        assert_eq!(next(&store, "1000", after).as_deref(), Some(found), "after {after:?}");
    }
    // Behind a case of another queue, too; it is the deadline that counts.
    assert_eq!(next(&store, "1000", Some("5")).as_deref(), Some("3"));
    let note = Note {
        at: NOON,
        who: "ann".into(),
        event: "parked",
        case: Some(id("1")),
        subject: Raw::default(),
        detail: Raw::default(),
    };
    store.park(&id("1"), &"later".into(), &note).unwrap();
    assert_eq!(next(&store, "1000", Some("2")).as_deref(), Some("3"), "parked ones are left out");
    store.keep_queue(&queue("1000"), &"q".into(), vec![case("2", 1)], NOON).unwrap();
    assert_eq!((next(&store, "1000", Some("2")), next(&store, "3000", None)), (None, None));
}

// ---- the register

#[test]
fn the_queues_of_a_provider_that_lists_nothing_are_made_of_its_cases() {
    let desk = Desk::new();
    let mut store = desk.open();
    let of = |number: &str, queue: &str| Case { queue: queue.into(), ..case(number, 1) };
    let other = Case { id: CaseId { profile: "other".into(), number: "9".into() }, ..of("9", "won") };
    let names: Vec<(Raw, Raw)> =
        [("won", "Won"), ("lost", "Lost")].map(|(id, name)| (id.into(), name.into())).into();
    let cases = vec![of("1", "won"), of("2", "lost"), of("3", "odd"), Case::bare(id("4")), other];
    store.keep_cases(cases, NOON).unwrap();
    store.enlist("nets-live", &names, None).unwrap();
    let lines = |store: &Store| -> Vec<String> {
        let line = |line: casedesk::case::QueueLine| {
            format!("{} {:?} {}", line.id.id.exact(), line.name.exact(), line.count)
        };
        store.queues().unwrap().into_iter().map(line).collect()
    };
    assert_eq!(lines(&store), ["odd \"\" 1", "won \"Won\" 1", "lost \"Lost\" 1"]);
    let registered = |store: &Store, queue: &str| -> Vec<String> {
        let found = store.registered("nets-live", &queue.into()).unwrap();
        found.into_iter().map(|id| id.number.exact().to_owned()).collect()
    };
    assert_eq!((registered(&store, "won"), registered(&store, "")), (vec!["1".into()], vec!["4".into()]));

    // A case that moves is in the one queue and not in the other, and never gone.
    store.keep_cases(vec![of("1", "lost"), of("4", "won")], NOON.plus(1)).unwrap();
    store.enlist("nets-live", &names, Some((&"lost".into(), NOON.plus(1)))).unwrap();
    assert_eq!(lines(&store), ["odd \"\" 1", "won \"Won\" 1", "lost \"Lost\" 2"]);
    let read = |store: &Store, queue: &str| {
        store.queues().unwrap().into_iter().find(|line| line.id.id.exact() == queue).unwrap().read_at
    };
    assert_eq!((read(&store, "lost"), read(&store, "won")), (Some(NOON.plus(1)), None));
    let gone = Query::at(Place::View(View::Gone));
    assert_eq!(desk.open().window(&gone, 0, 9, NOON).unwrap().total, 0);

    // Without its profile its cases are gone; with it they are back, and can be worked.
    store.retire(&[], NOON).unwrap();
    assert_eq!(desk.open().window(&gone, 0, 9, NOON).unwrap().total, 4);
    store.enlist("nets-live", &names, None).unwrap();
    assert_eq!(desk.open().window(&gone, 0, 9, NOON).unwrap().total, 0);
    let answer = Query::at(Place::View(View::NeedsAnswer));
    assert_eq!(desk.open().window(&answer, 0, 9, NOON).unwrap().total, 5, "with the other profile's");
    assert_eq!(lines(&store), ["odd \"\" 1", "won \"Won\" 1", "lost \"Lost\" 2"]);
}

#[test]
fn a_case_of_a_register_is_moved_as_it_is_kept() {
    let desk = Desk::new();
    let mut store = desk.open();
    let of = |number: &str, queue: &str, hours| Case { queue: queue.into(), ..case(number, hours) };
    let names: Vec<(Raw, Raw)> =
        [("won", "Won"), ("lost", "Lost")].map(|(id, name)| (id.into(), name.into())).into();
    let listed = |queue: &str| -> Vec<String> {
        let query = Query::at(Place::Queue(self::queue(queue)));
        let window = desk.open().window(&query, 0, 9, NOON).unwrap();
        window.rows.iter().map(|row| row.number.as_str().to_owned()).collect()
    };
    let lines = |store: &Store| -> Vec<String> {
        let line = |line: casedesk::case::QueueLine| {
            format!("{} {:?} {}", line.id.id.exact(), line.name.exact(), line.count)
        };
        store.queues().unwrap().into_iter().map(line).collect()
    };
    let cases = vec![of("1", "won", 1), of("2", "won", 2), of("3", "odd", 3), Case::bare(id("4"))];
    assert_eq!(store.keep_registered(cases, &names, NOON).unwrap().new, 4);
    assert_eq!(lines(&store), ["odd \"\" 1", "won \"Won\" 2"]);
    // To another queue, and within the same one to another place; one that was never read is in none.
    let cases = vec![of("1", "lost", 1), of("2", "won", 9), of("4", "won", 5)];
    store.keep_registered(cases, &names, NOON.plus(1)).unwrap();
    assert_eq!(
        (listed("won"), listed("lost"), listed("odd")),
        (vec!["4".to_owned(), "2".to_owned()], vec!["1".to_owned()], vec!["3".to_owned()])
    );
    assert_eq!(lines(&store), ["odd \"\" 1", "won \"Won\" 2", "lost \"Lost\" 1"]);
    // It is what the whole register makes of them.
    store.enlist("nets-live", &names, None).unwrap();
    assert_eq!(lines(&store), ["odd \"\" 1", "won \"Won\" 2", "lost \"Lost\" 1"]);
    // Without their profile they are gone; one that is kept again is back, and the others are not.
    store.retire(&[], NOON).unwrap();
    store.keep_registered(vec![of("1", "lost", 1)], &names, NOON.plus(2)).unwrap();
    assert_eq!((listed("lost"), listed("won")), (vec!["1".to_owned()], vec![]));
    let gone = Query::at(Place::View(View::Gone));
    assert_eq!(desk.open().window(&gone, 0, 9, NOON).unwrap().total, 3);
}
