//! The register: where a provider lists no cases, its queues are made of the cases that are known here. What is in which
//! follows from the cases themselves.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction, params};

use super::Store;
use super::change::{note_change, tally};
use super::columns::stage_number;
use super::keep::take_in;
use super::listing::{LISTED, Members, UNLIST, members, queue_number, recount};
use super::problem::StoreError;
use super::writer::Put;
use crate::case::{Case, CaseId, Kept, Moment, QueueId, Stage};
use crate::text::Raw;

impl Store {
    /// Keeps cases of a profile that lists none, each in the queue that it is in now. Of the queues only those are read
    /// anew that a case left or entered; `names`: those that the profile knows by name.
    pub fn keep_registered(
        &mut self,
        cases: Vec<Case>,
        names: &[(Raw, Raw)],
        at: Moment,
    ) -> Result<Kept, StoreError> {
        let write = self.write()?;
        let (kept, puts) = take_in(&write, &self.key, &cases, at)?;
        let mut moved: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for (case, put) in cases.iter().zip(&puts) {
            come_back(&write, "id = ?1", &put.id)?;
            for queue in relist_one(&write, &case.id.profile, names, put)? {
                moved.entry(queue).or_default().push(put.id);
            }
        }
        for (queue, ids) in moved {
            recount(&write, queue)?;
            note_change(&write, Some(queue), &ids)?;
        }
        write.commit()?;
        Ok(kept)
    }

    /// Makes the queues of a profile anew from its cases: those named, and any other that a case is in. `read`: the queue
    /// whose cases were all read just now, and when.
    pub fn enlist(
        &mut self,
        profile: &str,
        queues: &[(Raw, Raw)],
        read: Option<(&Raw, Moment)>,
    ) -> Result<(), StoreError> {
        let write = self.write()?;
        come_back(&write, "profile = ?1", &profile)?;
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
fn come_back(db: &Connection, which: &str, value: &dyn rusqlite::ToSql) -> Result<(), StoreError> {
    let workable = Stage::ALL.into_iter().filter(|stage| stage.is_workable()).map(stage_number);
    let workable: Vec<String> = workable.map(|stage| stage.to_string()).collect();
    let back = format!(
        "UPDATE dispute SET gone = 0, open = stage IN ({}) WHERE {which} AND gone = 1",
        workable.join(", ")
    );
    let came = db.execute(&back, [value])?;
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

/// Lists a case in the queue that it is in and in no other; the queues that it left and entered.
fn relist_one(
    db: &Transaction<'_>,
    profile: &str,
    names: &[(Raw, Raw)],
    put: &Put,
) -> Result<Vec<i64>, StoreError> {
    let queue: String = db.query_row("SELECT queue FROM dispute WHERE id = ?1", [put.id], |row| row.get(0))?;
    let here = match queue.as_str() {
        "" => None,
        queue => {
            let id = QueueId { profile: profile.to_owned(), id: queue.into() };
            let named = names.iter().find(|(known, _)| known.show().as_str() == queue);
            Some(queue_number(db, &id, named.map_or(&Raw::default(), |(_, name)| name))?)
        }
    };
    let mut listing = db.prepare(&format!(
        "SELECT queue.id FROM {LISTED} AND listing.due = ?1 AND listing.num = ?2 AND listing.id = ?3"
    ))?;
    let listed = listing.query_map(params![put.due, put.num, put.id], |row| row.get(0))?;
    let listed: Vec<i64> = listed.collect::<Result<_, _>>()?;
    let left: Vec<_> = listed.iter().copied().filter(|queue| Some(*queue) != here).collect();
    for queue in &left {
        db.execute(UNLIST, params![queue, put.due, put.num, put.id])?;
    }
    let entered = here.filter(|here| !listed.contains(here));
    if let Some(queue) = entered {
        db.execute(LIST, params![queue, put.due, put.num, put.id])?;
    }
    Ok(left.into_iter().chain(entered).collect())
}

const LIST: &str = "INSERT INTO listing(queue, due, num, id) VALUES (?1, ?2, ?3, ?4)";

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
        db.execute(LIST, params![number, due, num, id])?;
        moved.push(*id);
    }
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::case::Place;
    use crate::store::install_key;

    const NOW: Moment = Moment(1_795_000_000_000);

    fn case(number: &str, queue: &str) -> Case {
        let id = CaseId { profile: "p".into(), number: number.into() };
        Case { queue: queue.into(), ..Case::bare(id) }
    }

    /// How many steps SQLite takes to keep one case that moves from a queue to another, while so many others stand in a
    /// third.
    fn steps(others: usize) -> u64 {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("store");
        let mut store = Store::open(&dir, &install_key(&dir).unwrap()).unwrap();
        let names = [("a".into(), "A".into()), ("b".into(), "B".into()), ("c".into(), "C".into())];
        let cases = (0..others).map(|at| case(&format!("{at:06}"), "c"));
        store.keep_registered(cases.chain([case("moves", "a")]).collect(), &names, NOW).unwrap();
        let counted = Arc::new(AtomicU64::new(0));
        let count = counted.clone();
        let counter = move || {
            count.fetch_add(1, Ordering::Relaxed);
            false
        };
        store.db.progress_handler(1, Some(counter)).unwrap();
        store.keep_registered(vec![case("moves", "b")], &names, NOW.plus(1)).unwrap();
        store.db.progress_handler(0, None::<fn() -> bool>).unwrap();
        let count = |queue: &str| {
            let id = QueueId { profile: "p".into(), id: queue.into() };
            store.queues().unwrap().into_iter().find(|line| line.id == id).map(|line| line.count)
        };
        assert_eq!((count("a"), count("b"), count("c")), (Some(0), Some(1), Some(others)));
        let place = Place::Queue(QueueId { profile: "p".into(), id: "b".into() });
        let query = crate::case::Query { place, filter: Default::default(), sort: Default::default() };
        assert_eq!(store.window(&query, 0, 9, NOW).unwrap().rows[0].number.as_str(), "moves");
        counted.load(Ordering::Relaxed)
    }

    #[test]
    fn of_the_queues_only_those_are_read_that_a_case_left_or_entered() {
        let (few, many) = (steps(2), steps(2000));
        assert!(few > 0);
        assert_eq!(few, many, "it depends on what stands in other queues");
    }
}
