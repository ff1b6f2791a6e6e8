//! Taking in what a provider answered: one transaction for each answer, unchanged cases not written again.

use std::collections::{HashMap, HashSet};

use rusqlite::{Connection, OptionalExtension, Statement, Transaction, TransactionBehavior, params};

use super::Store;
use super::columns::{Key, NO_DEADLINE, case_subject, due, plain, row_key, short};
use super::problem::StoreError;
use crate::case::{Case, Kept, Moment, QueueId};
use crate::seal::InstallKey;
use crate::text::Raw;

/// How many change records stay for the other terminals. One that is further behind reads everything anew.
const CHANGES_KEPT: i64 = 32;

impl Store {
    /// A complete answer for a queue: the cases in it are kept, and those that were in it and no longer are leave
    /// it. A case that is then in no queue at all stays in the store, marked as gone. A case that comes twice counts
    /// once, the later one.
    pub fn keep_queue(
        &mut self,
        queue: &QueueId,
        name: &Raw,
        mut cases: Vec<Case>,
        at: Moment,
    ) -> Result<Kept, StoreError> {
        // In the order of the indexes, which makes their pages be written once each. The sort is stable.
        cases.sort_by(|a, b| (due(a), a.id.number.exact()).cmp(&(due(b), b.id.number.exact())));
        let write = self.write()?;
        let number = queue_number(&write, queue, name)?;
        let mut before = members(&write, number)?;
        let (mut kept, mut touched, mut line) = (Kept::default(), Vec::new(), Line::default());
        let mut listed = HashSet::with_capacity(cases.len());
        let (mut others, mut twice) = (HashSet::new(), false);
        {
            let mut writer = Writer::new(&write, &self.key)?;
            let mut list = write.prepare("INSERT INTO listing(queue, due, num, id) VALUES (?1, ?2, ?3, ?4)")?;
            let mut unlist = write.prepare(UNLIST)?;
            for case in cases {
                let put = writer.put(&case, at, true)?;
                if !listed.insert(put.id) {
                    // Twice in one answer: what was listed of the first is moved to the second.
                    relist(&write, &put, None, &mut others)?;
                    touched.push(put.id);
                    twice = true;
                    continue;
                }
                match put.what {
                    What::New => kept.new += 1,
                    What::Changed => kept.changed += 1,
                    What::Same => kept.same += 1,
                }
                line.count(&put);
                if put.touched {
                    touched.push(put.id);
                }
                if put.was.is_some() && put.facts_moved {
                    relist(&write, &put, Some(number), &mut others)?;
                }
                match before.remove(&put.id) {
                    Some((due, num)) if due == put.due && num == put.num => {}
                    old => {
                        if let Some((due, num)) = old {
                            unlist.execute(params![number, due, num, put.id])?;
                        }
                        list.execute(params![number, put.due, put.num, put.id])?;
                    }
                }
            }
            for (id, (due, num)) in &before {
                unlist.execute(params![number, due, num, id])?;
            }
            touched.extend(leave(&write, &before)?);
            kept.left = before.len();
            writer.finish()?;
        }
        others.remove(&number);
        for other in others {
            recount(&write, other)?;
        }
        write.execute(
            "UPDATE queue SET count = ?2, oldest = ?3, next_due = ?4, read_at = ?5 WHERE id = ?1",
            params![number, listed.len() as i64, line.oldest, line.next_due, at.0],
        )?;
        if twice {
            recount(&write, number)?;
        }
        if kept != (Kept { same: kept.same, ..Kept::default() }) || !touched.is_empty() {
            note_change(&write, Some(number), &touched)?;
        }
        write.commit()?;
        Ok(kept)
    }

    /// Cases that were asked for by themselves: kept, whatever queue they are in.
    pub fn keep_cases(&mut self, cases: Vec<Case>, at: Moment) -> Result<Kept, StoreError> {
        let write = self.write()?;
        let (mut kept, mut touched, mut queues) = (Kept::default(), Vec::new(), HashSet::new());
        {
            let mut writer = Writer::new(&write, &self.key)?;
            for case in &cases {
                let put = writer.put(case, at, false)?;
                match put.what {
                    What::New => kept.new += 1,
                    What::Changed => kept.changed += 1,
                    What::Same => kept.same += 1,
                }
                if put.touched {
                    touched.push(put.id);
                }
                if put.was.is_some() && put.facts_moved {
                    relist(&write, &put, None, &mut queues)?;
                }
            }
            writer.finish()?;
        }
        for queue in queues {
            recount(&write, queue)?;
        }
        if !touched.is_empty() {
            note_change(&write, None, &touched)?;
        }
        write.commit()?;
        Ok(kept)
    }

    /// A transaction that will write, or the word that the other terminal is writing.
    pub(super) fn write(&self) -> Result<Transaction<'_>, StoreError> {
        if let Some(why) = &self.damaged {
            return Err(StoreError::Damaged(why.clone()));
        }
        Ok(Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?)
    }
}

const UNLIST: &str = "DELETE FROM listing WHERE queue = ?1 AND due = ?2 AND num = ?3 AND id = ?4";

/// What the queue pane tells of a queue, gathered while its cases go by.
#[derive(Default)]
struct Line {
    oldest: Option<i64>,
    next_due: Option<i64>,
}

impl Line {
    fn count(&mut self, put: &Put) {
        let earlier = |known: Option<i64>, new: i64| Some(known.map_or(new, |known| known.min(new)));
        if let Some(opened) = put.opened {
            self.oldest = earlier(self.oldest, opened);
        }
        if put.workable && put.due != NO_DEADLINE {
            self.next_due = earlier(self.next_due, put.due);
        }
    }
}

enum What {
    New,
    Changed,
    Same,
}

/// A case as it now stands in the tables.
struct Put {
    id: i64,
    what: What,
    /// Whether anything that the list shows was written.
    touched: bool,
    due: i64,
    num: String,
    /// Deadline and number before, where the case was there.
    was: Option<(i64, String)>,
    /// Whether deadline, number, opening or workability differ from before.
    facts_moved: bool,
    workable: bool,
    opened: Option<i64>,
}

/// The statements for taking in cases, prepared once for an answer.
struct Writer<'t> {
    key: &'t InstallKey,
    db: &'t Connection,
    find: Statement<'t>,
    insert: Statement<'t>,
    update: Statement<'t>,
    seal: Statement<'t>,
    back: Statement<'t>,
    seen: Statement<'t>,
    /// How many more cases there are now, and how many more that are gone.
    cases: i64,
    gone: i64,
}

struct Before {
    id: i64,
    content: Key,
    due: i64,
    num: String,
    gone: bool,
    open: bool,
    opened: Option<i64>,
}

impl<'t> Writer<'t> {
    fn new(db: &'t Connection, key: &'t InstallKey) -> Result<Writer<'t>, StoreError> {
        const VALUES: &str = "num, number, number_sealed, grp, queue, stage, status, network, card, cardholder, arn, \
            reason, merchant, minor, currency, opened, updated, due, papers, marked, open, gone, seen_at, content";
        let marks: Vec<String> = (3..=26).map(|at| format!("?{at}")).collect();
        let insert =
            format!("INSERT INTO dispute(key, profile, {VALUES}) VALUES (?1, ?2, {})", marks.join(", "));
        let update = format!(
            "UPDATE dispute SET key = ?1, profile = ?2, ({VALUES}) = ({}) WHERE id = ?27",
            marks.join(", ")
        );
        Ok(Writer {
            key,
            db,
            find: db.prepare("SELECT id, content, due, num, gone, open, opened FROM dispute WHERE key = ?1")?,
            insert: db.prepare(&insert)?,
            update: db.prepare(&update)?,
            seal: db.prepare("INSERT OR REPLACE INTO sealed(id, body) VALUES (?1, ?2)")?,
            back: db.prepare("UPDATE dispute SET gone = 0, open = ?2 WHERE id = ?1")?,
            seen: db.prepare("UPDATE dispute SET seen_at = ?2 WHERE id = ?1")?,
            cases: 0,
            gone: 0,
        })
    }

    fn finish(self) -> Result<(), StoreError> {
        tally(self.db, "cases", self.cases)?;
        tally(self.db, "gone", self.gone)
    }

    /// Keeps one case. `listed`: it came with a queue, so that it is not gone, and the queue remembers when it was
    /// read; otherwise the case itself does.
    fn put(&mut self, case: &Case, at: Moment, listed: bool) -> Result<Put, StoreError> {
        let row_key = row_key(self.key, &case.id);
        let json =
            serde_json::to_vec(case).map_err(|_| StoreError::Other("a case cannot be written".to_owned()))?;
        let content = short(self.key.keyed_hash("content", &json));
        let before = self
            .find
            .query_row([row_key], |row| {
                Ok(Before {
                    id: row.get(0)?,
                    content: row.get(1)?,
                    due: row.get(2)?,
                    num: row.get(3)?,
                    gone: row.get::<_, i64>(4)? != 0,
                    open: row.get::<_, i64>(5)? != 0,
                    opened: row.get(6)?,
                })
            })
            .optional()?;
        let opened = case.opened.map(|opened| opened.0);
        if let Some(before) = &before
            && before.content == content
        {
            return self.same(before, case, at, listed);
        }
        let plain = plain(case, self.key, &row_key)?;
        let gone = !listed && before.as_ref().is_some_and(|before| before.gone);
        let open = plain.workable && !gone;
        let values = params![
            row_key,
            case.id.profile,
            plain.num,
            plain.number,
            plain.number_sealed,
            plain.group.as_str(),
            plain.queue.as_str(),
            plain.stage,
            plain.status.as_str(),
            plain.network.as_str(),
            plain.card.as_str(),
            plain.cardholder.as_str(),
            plain.arn.as_str(),
            plain.reason.as_str(),
            plain.merchant.as_str(),
            case.amount.map(|amount| amount.minor),
            case.amount.and_then(|amount| amount.currency).map(String::from),
            opened,
            case.updated.map(|updated| updated.0),
            plain.due,
            plain.papers,
            plain.marked,
            open,
            gone,
            at.0,
            content,
        ];
        let (id, what) = match &before {
            None => {
                self.insert.execute(values)?;
                self.cases += 1;
                (self.db.last_insert_rowid(), What::New)
            }
            Some(before) => {
                let mut values = values.to_vec();
                values.push(&before.id);
                self.update.execute(&values[..])?;
                if before.gone && !gone {
                    self.gone -= 1;
                }
                (before.id, What::Changed)
            }
        };
        self.seal.execute(params![id, self.key.seal(&case_subject(&case.id), &json)?])?;
        let moved = |before: &Before| {
            (before.due, &before.num, before.open, before.opened) != (plain.due, &plain.num, open, opened)
        };
        Ok(Put {
            id,
            what,
            touched: true,
            due: plain.due,
            facts_moved: before.as_ref().is_some_and(moved),
            num: plain.num,
            was: before.map(|before| (before.due, before.num)),
            workable: plain.workable,
            opened,
        })
    }

    fn same(&mut self, before: &Before, case: &Case, at: Moment, listed: bool) -> Result<Put, StoreError> {
        let returns = listed && before.gone;
        if returns {
            self.back.execute(params![before.id, case.stage.is_workable()])?;
            self.gone -= 1;
        }
        if !listed {
            self.seen.execute(params![before.id, at.0])?;
        }
        Ok(Put {
            id: before.id,
            what: What::Same,
            touched: returns,
            due: before.due,
            num: before.num.clone(),
            was: Some((before.due, before.num.clone())),
            facts_moved: false,
            workable: case.stage.is_workable(),
            opened: before.opened,
        })
    }
}

/// Moves a case within the other queues that list it, and names them.
fn relist(db: &Connection, put: &Put, but: Option<i64>, queues: &mut HashSet<i64>) -> Result<(), StoreError> {
    let Some((due, num)) = &put.was else { return Ok(()) };
    let mut listing = db.prepare(
        "SELECT queue.id FROM queue JOIN listing ON listing.queue = queue.id AND listing.due = ?1 \
         AND listing.num = ?2 AND listing.id = ?3",
    )?;
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
fn leave(db: &Connection, left: &Members) -> Result<Vec<i64>, StoreError> {
    let mut elsewhere = db.prepare(
        "SELECT 1 FROM queue JOIN listing ON listing.queue = queue.id AND listing.due = ?1 \
         AND listing.num = ?2 AND listing.id = ?3 LIMIT 1",
    )?;
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

fn recount(db: &Connection, queue: i64) -> Result<(), StoreError> {
    db.execute(
        "UPDATE queue SET (count, oldest, next_due) = (
            SELECT count(*), min(dispute.opened), min(CASE WHEN dispute.open = 1 THEN nullif(dispute.due, ?2) END)
            FROM listing JOIN dispute ON dispute.id = listing.id WHERE listing.queue = ?1) WHERE id = ?1",
        params![queue, NO_DEADLINE],
    )?;
    Ok(())
}

fn queue_number(db: &Connection, queue: &QueueId, name: &Raw) -> Result<i64, StoreError> {
    Ok(db.query_row(
        "INSERT INTO queue(profile, number, name, count) VALUES (?1, ?2, ?3, 0)
         ON CONFLICT(profile, number) DO UPDATE SET name = excluded.name RETURNING id",
        params![queue.profile, queue.id.exact(), name.show().as_str()],
        |row| row.get(0),
    )?)
}

type Members = HashMap<i64, (i64, String)>;

fn members(db: &Connection, queue: i64) -> Result<Members, StoreError> {
    let mut listing = db.prepare("SELECT id, due, num FROM listing WHERE queue = ?1")?;
    let members = listing.query_map([queue], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
    Ok(members.collect::<Result<_, _>>()?)
}

fn tally(db: &Connection, name: &str, by: i64) -> Result<(), StoreError> {
    db.execute("UPDATE fact SET value = value + ?2 WHERE name = ?1", params![name, by])?;
    Ok(())
}

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

#[cfg(test)]
mod tests {
    #[test]
    fn the_stage_that_the_index_names_is_the_one_that_needs_an_answer() {
        assert_eq!(crate::store::columns::stage_number(crate::case::Stage::NeedsAnswer), 3);
    }
}
