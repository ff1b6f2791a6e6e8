//! The register: where a provider lists no cases, its queues are made of the cases that are known here. What is in which
//! follows from the cases themselves.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};

use super::Store;
use super::change::{note_change, tally};
use super::columns::stage_number;
use super::listing::{Members, UNLIST, members, queue_number, recount};
use super::problem::StoreError;
use crate::case::{CaseId, Moment, QueueId, Stage};
use crate::text::Raw;

impl Store {
    /// Makes the queues of a profile anew from its cases: those named, and any other that a case is in. `read`: the queue
    /// whose cases were all read just now, and when.
    pub fn enlist(
        &mut self,
        profile: &str,
        queues: &[(Raw, Raw)],
        read: Option<(&Raw, Moment)>,
    ) -> Result<(), StoreError> {
        let write = self.write()?;
        come_back(&write, profile)?;
        let mut names: BTreeMap<Raw, Raw> = queues.iter().cloned().collect();
        for other in other_queues(&write, profile)? {
            names.entry(other).or_default();
        }
        for (queue, name) in names {
            let id = QueueId { profile: profile.to_owned(), id: queue.clone() };
            let number = queue_number(&write, &id, &name)?;
            let moved = relist_all(&write, profile, &queue, number)?;
            if !moved.is_empty() {
                recount(&write, number)?;
                note_change(&write, Some(number), &moved)?;
            }
            if let Some((_, at)) = read.filter(|(read, _)| **read == queue) {
                write.execute("UPDATE queue SET read_at = ?2 WHERE id = ?1", params![number, at.0])?;
            }
        }
        write.commit()?;
        Ok(())
    }

    /// The cases of a profile that are in a queue; of the queue "" those that were never read.
    pub fn registered(&self, profile: &str, queue: &Raw) -> Result<Vec<CaseId>, StoreError> {
        let mut read = self.db.prepare(
            "SELECT profile, ifnull(number, num), number_sealed, key FROM dispute WHERE profile = ?1 AND queue = ?2 ORDER BY num, id",
        )?;
        let mut rows = read.query(params![profile, queue.show().as_str()])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(self.case_id(row)?);
        }
        Ok(found)
    }
}

/// Cases that a profile took along when it was taken out of the configuration are workable again.
fn come_back(db: &Connection, profile: &str) -> Result<(), StoreError> {
    let workable = Stage::ALL.into_iter().filter(|stage| stage.is_workable()).map(stage_number);
    let workable: Vec<String> = workable.map(|stage| stage.to_string()).collect();
    let back = format!(
        "UPDATE dispute SET gone = 0, open = stage IN ({}) WHERE profile = ?1 AND gone = 1",
        workable.join(", ")
    );
    let came = db.execute(&back, [profile])?;
    if came > 0 {
        tally(db, "gone", -(came as i64))?;
    }
    Ok(())
}

fn other_queues(db: &Connection, profile: &str) -> Result<Vec<Raw>, StoreError> {
    let mut read = db.prepare("SELECT DISTINCT queue FROM dispute WHERE profile = ?1 AND queue <> ''")?;
    let queues = read.query_map([profile], |row| Ok(Raw::from(row.get::<_, String>(0)?)))?;
    Ok(queues.collect::<Result<_, _>>()?)
}

/// Lists what is in a queue and nothing else; the cases that came or went.
fn relist_all(db: &Connection, profile: &str, queue: &Raw, number: i64) -> Result<Vec<i64>, StoreError> {
    let before = members(db, number)?;
    let mut read = db.prepare("SELECT id, due, num FROM dispute WHERE profile = ?1 AND queue = ?2")?;
    let now = read.query_map(params![profile, queue.show().as_str()], |row| {
        Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))
    })?;
    let now: Members = now.collect::<Result<_, _>>()?;
    let mut moved = Vec::new();
    for (id, (due, num)) in before.iter().filter(|(id, place)| now.get(id) != Some(place)) {
        db.execute(UNLIST, params![number, due, num, id])?;
        moved.push(*id);
    }
    for (id, (due, num)) in now.iter().filter(|(id, place)| before.get(id) != Some(place)) {
        db.execute(
            "INSERT INTO listing(queue, due, num, id) VALUES (?1, ?2, ?3, ?4)",
            params![number, due, num, id],
        )?;
        moved.push(*id);
    }
    Ok(moved)
}
