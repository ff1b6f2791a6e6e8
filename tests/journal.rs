//! The journal: what was done is written down once and for all, and any later change to it is found.

use std::os::unix::fs::PermissionsExt;

use casedesk::case::{CaseId, Moment};
use casedesk::store::{Chain, Note, Store, database, install_key};
use casedesk::text::Raw;
use proptest::prelude::*;
use rusqlite::Connection;
use tempfile::TempDir;

fn desk() -> TempDir {
    tempfile::Builder::new().permissions(PermissionsExt::from_mode(0o700)).tempdir().unwrap()
}

fn open(dir: &TempDir) -> Store {
    Store::open(dir.path(), &install_key(dir.path()).unwrap()).unwrap()
}

fn id(number: &str) -> CaseId {
    CaseId { profile: "nets-live".into(), number: number.into() }
}

fn note(at: i64, case: &str) -> Note {
    Note {
        at: Moment(at),
        who: "ann".into(),
        event: "parked",
        case: Some(id(case)),
        subject: Raw::default(),
        detail: format!("for the {at}th time").into(),
    }
}

fn written(dir: &TempDir, records: i64) {
    let mut store = open(dir);
    (1..=records).for_each(|at| assert_eq!(store.record(&note(at, &(at % 3).to_string())).unwrap(), at));
}

/// Somebody with the file and the means to write it, but without the key.
fn tamper(dir: &TempDir, sql: &str) {
    let db = Connection::open(database(dir.path())).unwrap();
    db.execute_batch("DROP TRIGGER journal_is_not_changed; DROP TRIGGER journal_is_not_shortened;").unwrap();
    db.execute_batch(sql).unwrap();
}

#[test]
fn what_was_done_to_a_case_is_read_back_newest_first() {
    let dir = desk();
    written(&dir, 7);
    let store = open(&dir);
    let of_one = store.journal_of(&id("1")).unwrap();
    assert_eq!(of_one.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [7, 4, 1]);
    let first = &of_one[2];
    assert_eq!((first.at, first.who.exact(), first.event.as_str()), (Moment(1), "ann", "parked"));
    assert_eq!((first.subject.exact(), first.detail.exact()), ("1", "for the 1th time"));
    assert_eq!(store.journal_of(&id("9")).unwrap(), []);
    assert_eq!(store.verify().unwrap(), Chain::Whole { records: 7 });
}

#[test]
fn an_empty_journal_is_whole_and_an_emptied_one_is_not() {
    let dir = desk();
    assert_eq!(open(&dir).verify().unwrap(), Chain::Whole { records: 0 });
    written(&dir, 3);
    tamper(&dir, "DELETE FROM journal");
    assert_eq!(open(&dir).verify().unwrap(), Chain::Broken { first_bad: 1 });
    tamper_head(&dir);
    assert_eq!(open(&dir).verify().unwrap(), Chain::Broken { first_bad: 1 });
}

fn tamper_head(dir: &TempDir) {
    Connection::open(database(dir.path()))
        .unwrap()
        .execute("DELETE FROM fact WHERE name = 'journal_head'", [])
        .unwrap();
}

#[test]
fn the_file_itself_refuses_to_change_or_shorten_the_journal() {
    let dir = desk();
    written(&dir, 2);
    let db = Connection::open(database(dir.path())).unwrap();
    for sql in ["UPDATE journal SET who = 'bob'", "DELETE FROM journal WHERE seq = 2"] {
        let problem = db.execute(sql, []).unwrap_err().to_string();
        assert!(problem.contains("append-only"), "{problem}");
    }
    assert_eq!(open(&dir).verify().unwrap(), Chain::Whole { records: 2 });
}

#[test]
fn the_first_record_that_was_tampered_with_is_named() {
    for (sql, first_bad) in [
        ("UPDATE journal SET detail = 'nothing' WHERE seq = 4", 4),
        ("UPDATE journal SET who = 'annparked', event = '' WHERE seq = 4", 4),
        ("UPDATE journal SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE journal SET dispute = NULL WHERE seq = 6", 6),
        ("UPDATE journal SET mac = zeroblob(32) WHERE seq = 9", 9),
        ("UPDATE journal SET mac = x'' WHERE seq = 2", 2),
        ("DELETE FROM journal WHERE seq = 5", 5),
        ("DELETE FROM journal WHERE seq = 1", 1),
        ("DELETE FROM journal WHERE seq > 6", 7),
        ("DELETE FROM journal WHERE seq = 5; UPDATE journal SET seq = seq - 1 WHERE seq > 5", 5),
        (
            "INSERT INTO journal SELECT 11, at, who, event, subject, detail, dispute, mac FROM journal WHERE seq = 10",
            11,
        ),
        (
            "INSERT INTO journal SELECT 0, at, who, event, subject, detail, dispute, mac FROM journal WHERE seq = 1",
            1,
        ),
        (
            "UPDATE journal SET seq = 99 WHERE seq = 3; UPDATE journal SET seq = 3 WHERE seq = 4;
             UPDATE journal SET seq = 4 WHERE seq = 99",
            3,
        ),
        ("UPDATE fact SET value = zeroblob(72) WHERE name = 'journal_head'", 11),
        ("DELETE FROM fact WHERE name = 'journal_head'", 11),
    ] {
        let dir = desk();
        written(&dir, 10);
        tamper(&dir, sql);
        assert_eq!(open(&dir).verify().unwrap(), Chain::Broken { first_bad }, "{sql}");
        let mut store = open(&dir);
        store.record(&note(77, "1")).unwrap();
        assert_ne!(store.verify().unwrap(), Chain::Whole { records: 11 }, "and stays found: {sql}");
    }
}

#[test]
fn a_journal_of_another_installation_does_not_pass_for_this_one() {
    let (one, other) = (desk(), desk());
    written(&one, 3);
    written(&other, 3);
    let theirs = database(other.path()).display().to_string();
    tamper(
        &one,
        &format!(
            "ATTACH '{theirs}' AS other; DELETE FROM journal; INSERT INTO journal SELECT * FROM other.journal;
             INSERT OR REPLACE INTO fact SELECT * FROM other.fact WHERE name = 'journal_head';"
        ),
    );
    assert_eq!(open(&one).verify().unwrap(), Chain::Broken { first_bad: 1 });
}

#[test]
fn two_terminals_write_one_chain() {
    let dir = desk();
    drop(open(&dir));
    std::thread::scope(|scope| {
        for who in ["ann", "bob"] {
            let dir = &dir;
            scope.spawn(move || {
                let mut store = open(dir);
                (0..30).for_each(|at| _ = store.record(&Note { who: who.into(), ..note(at, "1") }).unwrap());
            });
        }
    });
    assert_eq!(open(&dir).verify().unwrap(), Chain::Whole { records: 60 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_one_changed_byte_of_any_record_is_found(seq in 1_i64..=12, column in 0_usize..4, letter in "[a-z]{1,8}") {
        let dir = desk();
        written(&dir, 12);
        let column = ["who", "event", "subject", "detail"][column];
        tamper(&dir, &format!("UPDATE journal SET {column} = {column} || '{letter}' WHERE seq = {seq}"));
        prop_assert_eq!(open(&dir).verify().unwrap(), Chain::Broken { first_bad: seq });
    }
}
