//! Which queue lists which case: a case may be in several, moves within each when its deadline changes, and is gone
//! when it has left the last.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, params};

use super::change::tally;
use super::columns::NO_DEADLINE;
use super::problem::StoreError;
use super::writer::Put;
use crate::case::QueueId;
use crate::text::Raw;

pub const UNLIST: &str = "DELETE FROM listing WHERE queue = ?1 AND due = ?2 AND num = ?3 AND id = ?4";

/// The queues that list a case, by the listing's due, num and id: one step into the listing for each queue. `CROSS`
/// keeps the two in this order (SQLite's own page on its query planner); left to choose, it reads the whole listing.
pub const LISTED: &str = "queue CROSS JOIN listing ON listing.queue = queue.id";

/// What the queue pane tells of a queue, gathered while its cases go by.
#[derive(Default)]
pub struct Line {
    pub oldest: Option<i64>,
    pub next_due: Option<i64>,
}

impl Line {
    pub fn count(&mut self, put: &Put) {
        let earlier = |known: Option<i64>, new: i64| Some(known.map_or(new, |known| known.min(new)));
        if let Some(opened) = put.opened {
            self.oldest = earlier(self.oldest, opened);
        }
        if put.workable && put.due != NO_DEADLINE {
            self.next_due = earlier(self.next_due, put.due);
        }
    }
}

/// Moves a case within the other queues that list it, and names them.
pub fn relist(
    db: &Connection,
    put: &Put,
    but: Option<i64>,
    queues: &mut HashSet<i64>,
) -> Result<(), StoreError> {
    let Some((due, num)) = &put.was else { return Ok(()) };
    let mut listing = db.prepare(&format!(
        "SELECT queue.id FROM {LISTED} AND listing.due = ?1 AND listing.num = ?2 AND listing.id = ?3"
    ))?;
    let found: Vec<i64> =
        listing.query_map(params![due, num, put.id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for queue in found.into_iter().filter(|queue| Some(*queue) != but) {
        db.execute(UNLIST, params![queue, due, num, put.id])?;
        db.execute(
            "INSERT OR REPLACE INTO listing(queue, due, num, id) VALUES (?1, ?2, ?3, ?4)",
            params![queue, put.due, put.num, put.id],
        )?;
        queues.insert(queue);
    }
    Ok(())
}

/// Cases left a queue. Those for which it was the last one are gone; returns them.
pub fn leave(db: &Connection, left: &Members) -> Result<Vec<i64>, StoreError> {
    let mut elsewhere = db.prepare(&format!(
        "SELECT 1 FROM {LISTED} AND listing.due = ?1 AND listing.num = ?2 AND listing.id = ?3 LIMIT 1"
    ))?;
    let mut mark = db.prepare("UPDATE dispute SET gone = 1, open = 0 WHERE id = ?1")?;
    let mut gone = Vec::new();
    for (id, (due, num)) in left {
        if !elsewhere.exists(params![due, num, id])? {
            mark.execute([id])?;
            gone.push(*id);
        }
    }
    tally(db, "gone", gone.len() as i64)?;
    Ok(gone)
}

pub fn recount(db: &Connection, queue: i64) -> Result<(), StoreError> {
    db.execute(
        "UPDATE queue SET (count, oldest, next_due) = (
            SELECT count(*), min(dispute.opened), min(CASE WHEN dispute.open = 1 THEN nullif(dispute.due, ?2) END)
            FROM listing JOIN dispute ON dispute.id = listing.id WHERE listing.queue = ?1) WHERE id = ?1",
        params![queue, NO_DEADLINE],
    )?;
    Ok(())
}

pub fn queue_number(db: &Connection, queue: &QueueId, name: &Raw) -> Result<i64, StoreError> {
    Ok(db.query_row(
        "INSERT INTO queue(profile, number, name, count) VALUES (?1, ?2, ?3, 0)
         ON CONFLICT(profile, number) DO UPDATE SET name = excluded.name RETURNING id",
        params![queue.profile, queue.id.exact(), name.show().as_str()],
        |row| row.get(0),
    )?)
}

pub type Members = HashMap<i64, (i64, String)>;

pub fn members(db: &Connection, queue: i64) -> Result<Members, StoreError> {
    let mut listing = db.prepare("SELECT id, due, num FROM listing WHERE queue = ?1")?;
    let members = listing.query_map([queue], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(members.collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    #[test]
    fn the_queues_of_a_case_are_found_without_reading_the_listing() {
        let dir = tempfile::tempdir().unwrap();
        let db = schema::open(&dir.path().join("casedesk.db"), schema::STEPS).unwrap();
        let explain = format!(
            "EXPLAIN QUERY PLAN SELECT 1 FROM {LISTED} AND listing.due = 1 AND listing.num = '2' AND listing.id = 3"
        );
        let mut plan = db.prepare(&explain).unwrap();
        let steps: Vec<String> =
            plan.query_map([], |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
        let into_listing = steps.iter().find(|step| step.contains("listing")).unwrap();
        assert!(into_listing.contains("queue=? AND due=? AND num=? AND id=?"), "{steps:?}");
    }
}
