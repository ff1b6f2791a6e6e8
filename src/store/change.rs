//! The record of what changed, by which other terminals and this one's index learn which rows to read again; and the
//! running counts.

use rusqlite::{Connection, params};

use super::problem::StoreError;

/// How many change records stay for the other terminals. One that is further behind reads everything anew.
const CHANGES_KEPT: i64 = 32;

/// Tells the other terminals, and this one's index, which rows to read again.
pub fn note_change(db: &Connection, queue: Option<i64>, ids: &[i64]) -> Result<(), StoreError> {
    let ids: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    db.execute("INSERT INTO change(queue, ids) VALUES (?1, ?2)", params![queue, ids])?;
    db.execute("DELETE FROM change WHERE rev <= ?1", [db.last_insert_rowid() - CHANGES_KEPT])?;
    Ok(())
}

/// The rows' numbers in a change record.
pub fn changed_ids(blob: &[u8]) -> impl Iterator<Item = i64> + '_ {
    blob.as_chunks::<8>().0.iter().map(|bytes| i64::from_le_bytes(*bytes))
}

pub fn tally(db: &Connection, name: &str, by: i64) -> Result<(), StoreError> {
    db.execute("UPDATE fact SET value = value + ?2 WHERE name = ?1", params![name, by])?;
    Ok(())
}
