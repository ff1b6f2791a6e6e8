//! Taking in what a provider answered: one transaction for each answer, unchanged cases not written again.

use std::collections::HashSet;

use rusqlite::{Transaction, TransactionBehavior, params};

use super::Store;
use super::change::note_change;
use super::columns::due;
use super::listing::{Line, UNLIST, leave, members, queue_number, recount, relist};
use super::problem::StoreError;
use super::writer::{Put, What, Writer};
use crate::case::{Case, Kept, Moment, QueueId};
use crate::seal::InstallKey;
use crate::text::Raw;

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

    /// Cases in queues of other profiles than these leave them, so that nobody is sent to work that cannot be done: a
    /// profile was taken out of the configuration. They stay here, and come back with their profile.
    pub fn retire(&mut self, profiles: &[&str], at: Moment) -> Result<(), StoreError> {
        for line in self.queues()? {
            if line.count > 0 && !profiles.contains(&line.id.profile.as_str()) {
                self.keep_queue(&line.id, &line.name, Vec::new(), at)?;
            }
        }
        Ok(())
    }

    /// Cases that were asked for by themselves: kept, whatever queue they are in.
    pub fn keep_cases(&mut self, cases: Vec<Case>, at: Moment) -> Result<Kept, StoreError> {
        let write = self.write()?;
        let (kept, _) = take_in(&write, &self.key, &cases, at)?;
        write.commit()?;
        Ok(kept)
    }

    /// A transaction that will write, or the word that the other terminal is writing.
    pub(super) fn write(&self) -> Result<Transaction<'_>, StoreError> {
        self.sound.proven()?;
        Ok(Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?)
    }
}

/// Keeps cases that came by themselves, and tells how they stand now.
pub(super) fn take_in(
    write: &Transaction<'_>,
    key: &InstallKey,
    cases: &[Case],
    at: Moment,
) -> Result<(Kept, Vec<Put>), StoreError> {
    let (mut kept, mut puts, mut queues) = (Kept::default(), Vec::with_capacity(cases.len()), HashSet::new());
    let mut writer = Writer::new(write, key)?;
    for case in cases {
        let put = writer.put(case, at, false)?;
        match put.what {
            What::New => kept.new += 1,
            What::Changed => kept.changed += 1,
            What::Same => kept.same += 1,
        }
        if put.was.is_some() && put.facts_moved {
            relist(write, &put, None, &mut queues)?;
        }
        puts.push(put);
    }
    writer.finish()?;
    for queue in queues {
        recount(write, queue)?;
    }
    let touched: Vec<_> = puts.iter().filter(|put| put.touched).map(|put| put.id).collect();
    if !touched.is_empty() {
        note_change(write, None, &touched)?;
    }
    Ok((kept, puts))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_stage_that_the_index_names_is_the_one_that_needs_an_answer() {
        assert_eq!(crate::store::columns::stage_number(crate::case::Stage::NeedsAnswer), 3);
    }
}
