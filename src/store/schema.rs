//! The database's tables, the way from each version to the next, and the settings every connection must have.
//! Knows no cases.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::home;
use super::problem::{OpenProblem, StoreError};

/// One step per version: `STEPS[0]` makes version 1 of an empty file. A step that has been released never changes.
pub const STEPS: &[&str] = &[VERSION_1, VERSION_2];

/// "CDSK", in the file's header.
const APPLICATION: i64 = 0x4344_534B;

/// Plain columns hold only typed values and texts that are fit for the screen (card numbers masked). The case as
/// received is in `sealed`. Keys are keyed hashes, never plain ones.
///
/// `due` is the deadline in milliseconds, or the largest integer where there is none, so that one index serves both
/// "most urgent first" and "no deadline last". `open` = workable and still in a queue.
const VERSION_1: &str = "
CREATE TABLE fact(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE dispute(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  profile TEXT NOT NULL,
  num TEXT NOT NULL,
  number TEXT,
  number_sealed BLOB,
  grp TEXT NOT NULL, queue TEXT NOT NULL, stage INTEGER NOT NULL, status TEXT NOT NULL, network TEXT NOT NULL,
  card TEXT NOT NULL, cardholder TEXT NOT NULL, arn TEXT NOT NULL, reason TEXT NOT NULL, merchant TEXT NOT NULL,
  minor INTEGER, currency TEXT, opened INTEGER, updated INTEGER,
  due INTEGER NOT NULL, documents INTEGER NOT NULL, marked INTEGER NOT NULL,
  open INTEGER NOT NULL, gone INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  content BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX dispute_key ON dispute(key);
CREATE INDEX dispute_due ON dispute(due, num, id);
CREATE INDEX dispute_open ON dispute(due, num, id) WHERE open = 1;
CREATE INDEX dispute_answer ON dispute(due, num, id) WHERE stage = 3 AND gone = 0;
CREATE INDEX dispute_gone ON dispute(due, num, id) WHERE gone = 1;

CREATE TABLE sealed(id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;

CREATE TABLE queue(
  id INTEGER PRIMARY KEY,
  profile TEXT NOT NULL, number TEXT NOT NULL, name TEXT NOT NULL,
  count INTEGER NOT NULL, oldest INTEGER, next_due INTEGER, read_at INTEGER,
  UNIQUE(profile, number)) STRICT;
CREATE TABLE listing(
  queue INTEGER NOT NULL, due INTEGER NOT NULL, num TEXT NOT NULL, id INTEGER NOT NULL,
  PRIMARY KEY(queue, due, num, id)) STRICT, WITHOUT ROWID;

CREATE TABLE parked(id INTEGER PRIMARY KEY, why BLOB NOT NULL, at INTEGER NOT NULL) STRICT;

CREATE TABLE document(
  key BLOB PRIMARY KEY, dispute BLOB NOT NULL, at INTEGER NOT NULL, facts BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX document_at ON document(at);

CREATE TABLE preference(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE journal(
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL,
  detail TEXT NOT NULL, dispute BLOB, mac BLOB NOT NULL) STRICT;
CREATE INDEX journal_dispute ON journal(dispute, seq) WHERE dispute IS NOT NULL;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_not_shortened BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE change(rev INTEGER PRIMARY KEY, queue INTEGER, ids BLOB NOT NULL) STRICT;
INSERT INTO fact VALUES ('cases', 0), ('gone', 0);
";

/// What an analyst writes: drafts, attached files and the outbox. Every word of them is sealed, bound to the row that it
/// stands in; the clear columns hold states, moments, counters and keyed hashes.
///
/// `draft.place` = profile, action and case; `away` = an entry of the outbox carries it. `outbox.dispute` is the key of
/// its case as in `dispute.key`; `subject` = what it is about, for which `one_live` lets no second entry be under way;
/// `base` = the content of the case when the entry was accepted. `outbox.made` never changes, `word` does with `version`.
/// A step's `body` and `answer` are wiped some time after the end; `mac` stays.
const VERSION_2: &str = "
CREATE TABLE draft(
  id TEXT PRIMARY KEY, place BLOB NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, away INTEGER NOT NULL,
  body BLOB NOT NULL) STRICT;
CREATE INDEX draft_place ON draft(place, at) WHERE away = 0;

CREATE TABLE attachment(key BLOB PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;

CREATE TABLE outbox(
  id TEXT PRIMARY KEY,
  dispute BLOB, subject BLOB NOT NULL, base BLOB, draft TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK(state IN ('queued', 'sending', 'unknown', 'person', 'accepted', 'rejected', 'cancelled')),
  live INTEGER NOT NULL CHECK(live = (state IN ('queued', 'sending', 'unknown', 'person'))),
  created_at INTEGER NOT NULL, ended_at INTEGER CHECK((ended_at IS NULL) = live),
  version INTEGER NOT NULL,
  made BLOB NOT NULL, word BLOB NOT NULL) STRICT;
CREATE UNIQUE INDEX one_live ON outbox(subject) WHERE live = 1;
CREATE INDEX outbox_dispute ON outbox(dispute) WHERE live = 1;
CREATE INDEX outbox_accepted ON outbox(subject) WHERE state = 'accepted';
CREATE INDEX outbox_draft ON outbox(draft);
CREATE INDEX outbox_ended ON outbox(ended_at) WHERE live = 0;

CREATE TABLE step(
  entry TEXT NOT NULL REFERENCES outbox(id), n INTEGER NOT NULL, body BLOB, mac BLOB NOT NULL, answer BLOB,
  PRIMARY KEY(entry, n)) STRICT;
CREATE TABLE attempt(
  entry TEXT NOT NULL REFERENCES outbox(id), n INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(entry, n)) STRICT;
CREATE TABLE look(
  entry TEXT NOT NULL REFERENCES outbox(id), n INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(entry, n)) STRICT;
";

/// Opens the database with its settings asserted and its tables at the last version of `steps`.
pub fn open(file: &Path, steps: &[&str]) -> Result<Connection, OpenProblem> {
    if rusqlite::version_number() < 3_051_003 {
        return Err(OpenProblem::OldSqlite { found: rusqlite::version() });
    }
    let filled = home::prepare_database(file)?;
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let told = |error: rusqlite::Error| open_problem(file, error.into());
    let mut db = Connection::open_with_flags(file, flags).map_err(told)?;
    // Until the version is known to be ours, closing must not move the log into the file.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(told)?;
    db.busy_timeout(std::time::Duration::from_millis(5000)).map_err(told)?;
    if filled {
        recognise(&db, file, steps)?;
    }
    settle(&db).map_err(|problem| match problem {
        OpenProblem::Store(error) => open_problem(file, error),
        problem => problem,
    })?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(told)?;
    bring_up(&mut db, file, steps).map_err(|error| open_problem(file, error))?;
    Ok(db)
}

fn open_problem(file: &Path, error: StoreError) -> OpenProblem {
    match error {
        StoreError::Damaged(why) => OpenProblem::Damaged { file: file.to_owned(), why },
        error => error.into(),
    }
}

/// Refuses a file of a newer version, and a database of some other program.
fn recognise(db: &Connection, file: &Path, steps: &[&str]) -> Result<(), OpenProblem> {
    let told = |error: rusqlite::Error| open_problem(file, error.into());
    let (found, known) = (version(db).map_err(told)?, steps.len() as i64);
    let application: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0)).map_err(told)?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(told)?;
    if tables > 0 && application != APPLICATION {
        let why = "it is a database of some other program".to_owned();
        return Err(OpenProblem::Damaged { file: file.to_owned(), why });
    }
    if found > known || found < 0 {
        return Err(OpenProblem::Newer { found, known });
    }
    Ok(())
}

fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Sets what the store's promises rest on, and asks back whether it took.
///
/// The log may grow to 128 MiB before a commit has to move it into the file, so that no answer of a provider waits
/// for that; `Store::tidy` does it in idle moments.
fn settle(db: &Connection) -> Result<(), OpenProblem> {
    let told = |error: rusqlite::Error| OpenProblem::from(StoreError::from(error));
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;
         PRAGMA trusted_schema=OFF; PRAGMA mmap_size=0; PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY;
         PRAGMA wal_autocheckpoint=32000; PRAGMA journal_size_limit=33554432;",
    )
    .map_err(told)?;
    for (pragma, wanted) in [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
        ("trusted_schema", "0"),
        ("busy_timeout", "5000"),
    ] {
        let found = db.pragma_query_value(None, pragma, |row| row.get::<_, rusqlite::types::Value>(0));
        let found = match found.map_err(told)? {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        };
        if found != wanted {
            return Err(OpenProblem::Setting { pragma, found });
        }
    }
    Ok(())
}

/// Every missing version in a transaction of its own. An existing file is copied before the first of them, to
/// `casedesk.db.before-N`; a copy of an earlier, interrupted attempt is replaced.
fn bring_up(db: &mut Connection, file: &Path, steps: &[&str]) -> Result<(), StoreError> {
    // A new file has nothing to be copied.
    let mut copied = version(db)? == 0;
    loop {
        let found = version(db)?;
        let Some(step) = usize::try_from(found).ok().and_then(|found| steps.get(found)) else { return Ok(()) };
        if found > 0 && !copied {
            copy(db, &copy_name(file, found + 1))?;
            copied = true;
        }
        let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another program may have done it while this one waited.
        if version(&change)? == found {
            change.execute_batch(step)?;
            change.pragma_update(None, "application_id", APPLICATION)?;
            change.pragma_update(None, "user_version", found + 1)?;
            change.commit()?;
        }
    }
}

/// The copy that is made before a file is brought to `version`.
pub fn copy_name(file: &Path, version: i64) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".before-{version}"));
    name.into()
}

fn copy(db: &Connection, to: &Path) -> Result<(), StoreError> {
    let told = |error: std::io::Error| match OpenProblem::from(error) {
        OpenProblem::Store(error) => error,
        other => StoreError::Other(other.to_string()),
    };
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(told(error)),
        _ => {}
    }
    home::prepare_database(to).map_err(|problem| StoreError::Other(problem.to_string()))?;
    let name = to.to_str().ok_or_else(|| StoreError::Other("the store's path is not UTF-8".to_owned()))?;
    db.execute("VACUUM INTO ?1", [name])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &[&str] = &[VERSION_1];
    const NEXT: &[&str] = &[VERSION_1, "ALTER TABLE fact ADD COLUMN remark TEXT;"];
    const BROKEN: &[&str] = &[VERSION_1, "CREATE TABLE half(a); INSERT INTO nowhere VALUES (1);"];

    fn made(steps: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("casedesk.db");
        let db = open(&file, steps).unwrap();
        db.execute("INSERT INTO fact(name, value) VALUES ('mark', 41)", []).unwrap();
        drop(db);
        (dir, file)
    }

    #[test]
    fn a_store_of_the_first_version_is_brought_up_and_a_copy_kept() {
        let (_dir, file) = made(FIRST);
        let db = open(&file, NEXT).unwrap();
        assert_eq!(version(&db).unwrap(), 2);
        let mark: i64 = db
            .query_row("SELECT value FROM fact WHERE name='mark' AND remark IS NULL", [], |row| row.get(0))
            .unwrap();
        assert_eq!(mark, 41);
        let old = Connection::open(copy_name(&file, 2)).unwrap();
        assert_eq!(version(&old).unwrap(), 1);
        let mark: i64 =
            old.query_row("SELECT value FROM fact WHERE name='mark'", [], |row| row.get(0)).unwrap();
        assert_eq!(mark, 41);
        use std::os::unix::fs::MetadataExt;
        assert_eq!(std::fs::metadata(copy_name(&file, 2)).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_half_done() {
        let (_dir, file) = made(FIRST);
        assert!(open(&file, BROKEN).is_err());
        let db = open(&file, FIRST).unwrap();
        assert_eq!(version(&db).unwrap(), 1);
        let half: i64 =
            db.query_row("SELECT count(*) FROM sqlite_schema WHERE name='half'", [], |row| row.get(0)).unwrap();
        assert_eq!(half, 0);
    }

    #[test]
    fn a_store_of_a_newer_version_is_left_untouched() {
        let (_dir, file) = made(NEXT);
        let before = std::fs::read(&file).unwrap();
        assert!(matches!(open(&file, FIRST), Err(OpenProblem::Newer { found: 2, known: 1 })));
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }

    #[test]
    fn the_same_version_again_changes_nothing() {
        let (_dir, file) = made(FIRST);
        let before = std::fs::read(&file).unwrap();
        drop(open(&file, FIRST).unwrap());
        assert_eq!(std::fs::read(&file).unwrap(), before);
        assert!(!copy_name(&file, 2).exists());
    }

    #[test]
    fn the_database_of_another_program_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("casedesk.db");
        home::prepare_database(&file).unwrap();
        Connection::open(&file).unwrap().execute_batch("CREATE TABLE bookmarks(a)").unwrap();
        assert!(matches!(open(&file, FIRST), Err(OpenProblem::Damaged { .. })));
    }

    /// Its text is in the files of those who have it.
    #[test]
    fn a_released_step_never_changes() {
        use aws_lc_rs::digest::{SHA256, digest};
        let sum = digest(&SHA256, VERSION_1.as_bytes());
        let hex: String = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "b4a2700920fd374b4bf2518647e35d06250a93fa2c63f1f1794102f935c7e885");
    }

    #[test]
    fn a_store_of_the_first_version_keeps_its_cases_and_its_journal() {
        use crate::case::{Case, CaseId, Moment};
        use crate::store::{Chain, Note, Soundness, Store, index};
        use std::os::unix::fs::PermissionsExt;
        let guarded = std::fs::Permissions::from_mode(0o700);
        let dir = tempfile::Builder::new().permissions(guarded).tempdir().unwrap();
        let key = home::install_key(dir.path()).unwrap();
        let file = home::database(dir.path());
        let (at, id) = (Moment(1_795_000_000_000), CaseId { profile: "nets".into(), number: "4711".into() });
        let note = Note {
            at,
            who: "ann".into(),
            event: "parked",
            case: Some(id.clone()),
            subject: "".into(),
            detail: "".into(),
        };
        let mut first = Store {
            db: open(&file, FIRST).unwrap(),
            dir: dir.path().to_owned(),
            key: crate::seal::InstallKey::from_bytes(*key.bytes()).unwrap(),
            index: index::Index::default(),
            sound: Soundness::default(),
            seen_version: 0,
        };
        first.prove_key().unwrap();
        first.keep_cases(vec![Case::bare(id.clone())], at).unwrap();
        first.park(&id, &"letter".into(), &note).unwrap();
        let before = first.case(&id).unwrap();
        drop(first);

        let now = Store::open(dir.path(), &key).unwrap();
        assert_eq!(version(&now.db).unwrap(), 2);
        assert_eq!(now.case(&id).unwrap(), before);
        assert_eq!(now.verify().unwrap(), Chain::Whole { records: 1 });
        assert_eq!((now.entries(Moment(0)).unwrap(), now.drafts().unwrap()), (vec![], vec![]));
        let old = Connection::open(copy_name(&file, 2)).unwrap();
        assert_eq!(version(&old).unwrap(), 1);
    }
}
