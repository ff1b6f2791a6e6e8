//! The journal: what was done, by whom, when, to which case. Append-only, each record chained to the one before it
//! with the installation's key. Knows nothing of what the words mean.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::Store;
use super::columns::{Key, row_key};
use super::problem::StoreError;
use crate::case::{CaseId, Entry, Moment};
use crate::seal::InstallKey;
use crate::text::Raw;

/// Something to be written down. Texts pass the text contract first: the journal holds no card number.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub at: Moment,
    pub who: Raw,
    /// A fixed word: "opened", "parked", "read" …
    pub event: &'static str,
    /// The case it is about, by which it is found again.
    pub case: Option<CaseId>,
    /// What it is about, as words; the case number where this is empty.
    pub subject: Raw,
    pub detail: Raw,
}

/// What reading the journal from its first record to its last showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    Whole {
        records: usize,
    },
    /// From this number on the journal is not as it was written: changed, missing, added or out of order.
    Broken {
        first_bad: i64,
    },
}

const HEAD: &str = "INSERT OR REPLACE INTO fact(name, value) VALUES ('journal_head', ?1)";
const COLUMNS: &str = "seq, at, who, event, subject, detail, dispute, mac";

/// Marks the journal as begun and empty, so that a journal that was emptied is noticed.
pub(super) fn begin(db: &Connection, key: &InstallKey) -> Result<(), StoreError> {
    let head = Head { seq: 0, mac: [0; 32] };
    db.execute("INSERT OR IGNORE INTO fact(name, value) VALUES ('journal_head', ?1)", [head.sealed(key)])?;
    Ok(())
}

/// The last record's number and link. It is kept beside the journal, so that cutting off the end is noticed.
struct Head {
    seq: i64,
    mac: [u8; 32],
}

impl Head {
    fn sealed(&self, key: &InstallKey) -> Vec<u8> {
        let mut bytes = self.seq.to_le_bytes().to_vec();
        bytes.extend_from_slice(&self.mac);
        let proof = key.chain(&self.mac, &[b"head".as_slice(), &self.seq.to_le_bytes()].concat());
        bytes.extend_from_slice(&proof);
        bytes
    }

    fn read(db: &Connection, key: &InstallKey) -> Result<Option<Head>, StoreError> {
        let found: Option<Vec<u8>> = db
            .query_row("SELECT value FROM fact WHERE name = 'journal_head'", [], |row| row.get(0))
            .optional()?;
        Ok(found.and_then(|bytes| {
            let (seq, rest) = bytes.split_first_chunk::<8>()?;
            let (mac, _) = rest.split_first_chunk::<32>()?;
            let head = Head { seq: i64::from_le_bytes(*seq), mac: *mac };
            (head.sealed(key) == bytes).then_some(head)
        }))
    }
}

struct Record {
    seq: i64,
    at: i64,
    who: String,
    event: String,
    subject: String,
    detail: String,
    dispute: Option<Key>,
    mac: Vec<u8>,
}

impl Record {
    fn read(row: &Row<'_>) -> rusqlite::Result<Record> {
        Ok(Record {
            seq: row.get(0)?,
            at: row.get(1)?,
            who: row.get(2)?,
            event: row.get(3)?,
            subject: row.get(4)?,
            detail: row.get(5)?,
            dispute: row.get(6)?,
            mac: row.get(7)?,
        })
    }

    /// Every column but the link itself, with lengths, so that nothing can be moved from one to the next.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&self.seq.to_le_bytes());
        bytes.extend_from_slice(&self.at.to_le_bytes());
        for text in [&self.who, &self.event, &self.subject, &self.detail] {
            bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.push(u8::from(self.dispute.is_some()));
        bytes.extend_from_slice(&self.dispute.unwrap_or_default());
        bytes
    }

    fn entry(self) -> Entry {
        Entry {
            seq: self.seq,
            at: Moment(self.at),
            who: self.who.into(),
            event: self.event,
            subject: self.subject.into(),
            detail: self.detail.into(),
        }
    }
}

impl Store {
    /// Writes a note down, durably, and returns its number.
    pub fn record(&mut self, note: &Note) -> Result<i64, StoreError> {
        let write = self.write()?;
        let seq = write_down(&write, &self.key, note)?;
        write.commit()?;
        Ok(seq)
    }

    /// Everything about one case, newest first.
    pub fn journal_of(&self, id: &CaseId) -> Result<Vec<Entry>, StoreError> {
        let select = format!("SELECT {COLUMNS} FROM journal WHERE dispute = ?1 ORDER BY seq DESC");
        let mut read = self.db.prepare(&select)?;
        let entries = read.query_map([row_key(&self.key, id)], |row| Ok(Record::read(row)?.entry()))?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// Every record, oldest first, as it stands.
    pub fn journal(&self) -> Result<Vec<Entry>, StoreError> {
        let mut read = self.db.prepare(&format!("SELECT {COLUMNS} FROM journal ORDER BY seq"))?;
        let entries = read.query_map([], |row| Ok(Record::read(row)?.entry()))?;
        Ok(entries.collect::<Result<_, _>>()?)
    }

    /// Computes the whole chain again.
    pub fn verify(&self) -> Result<Chain, StoreError> {
        // One state of the file for both the records and the head.
        let read = self.db.unchecked_transaction()?;
        let mut select = read.prepare(&format!("SELECT {COLUMNS} FROM journal ORDER BY seq"))?;
        let mut rows = select.query([])?;
        let (mut seq, mut mac) = (0, [0; 32]);
        while let Some(row) = rows.next()? {
            let Ok(record) = Record::read(row) else { return Ok(Chain::Broken { first_bad: seq + 1 }) };
            mac = self.key.chain(&mac, &record.bytes());
            if record.seq != seq + 1 || record.mac != mac {
                return Ok(Chain::Broken { first_bad: seq + 1 });
            }
            seq = record.seq;
        }
        match Head::read(&read, &self.key)? {
            Some(head) if head.seq == seq && head.mac == mac => {
                Ok(Chain::Whole { records: usize::try_from(seq).unwrap_or(usize::MAX) })
            }
            _ => Ok(Chain::Broken { first_bad: seq + 1 }),
        }
    }
}

/// A note as the next record of the chain, in the transaction of what it tells of: neither is there without the other.
pub(super) fn write_down(db: &Transaction<'_>, key: &InstallKey, note: &Note) -> Result<i64, StoreError> {
    // Where the head was tampered with, the chain goes on from the last record: `verify` tells of it.
    let last: Option<(i64, Vec<u8>)> = db
        .query_row("SELECT seq, mac FROM journal ORDER BY seq DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let head = Head::read(db, key)?;
    let (seq, mac) = match (last, head) {
        (Some((seq, mac)), Some(head)) if head.seq <= seq => (seq, link(&mac)),
        (_, Some(head)) => (head.seq, head.mac),
        (Some((seq, mac)), None) => (seq, link(&mac)),
        (None, None) => (0, [0; 32]),
    };
    let subject = match (&note.case, note.subject.is_empty()) {
        (Some(case), true) => case.number.show(),
        _ => note.subject.show(),
    };
    let mut record = Record {
        seq: seq.checked_add(1).ok_or(StoreError::Full)?,
        at: note.at.0,
        who: note.who.show().to_string(),
        event: note.event.to_owned(),
        subject: subject.to_string(),
        detail: note.detail.show().to_string(),
        dispute: note.case.as_ref().map(|case| row_key(key, case)),
        mac: Vec::new(),
    };
    let mac = key.chain(&mac, &record.bytes());
    record.mac = mac.to_vec();
    db.execute(
        &format!("INSERT INTO journal({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
        params![
            record.seq,
            record.at,
            record.who,
            record.event,
            record.subject,
            record.detail,
            record.dispute,
            record.mac
        ],
    )?;
    // A head that was tampered with stays as it is, as the trace of it.
    if Head::read(db, key)?.is_some() {
        db.execute(HEAD, [Head { seq: record.seq, mac }.sealed(key)])?;
    }
    Ok(record.seq)
}

/// A stored link as 32 bytes; one of another length was tampered with and becomes zeros.
fn link(mac: &[u8]) -> [u8; 32] {
    mac.try_into().unwrap_or([0; 32])
}
