//! The memory thread: owns the store that the desk looks into. Questions that a newer one has overtaken are closed
//! unanswered, so that held keys never queue up.

use std::{
    collections::VecDeque,
    sync::mpsc::{Receiver, Sender, TryRecvError, channel},
    thread::{self, JoinHandle},
};

use super::{
    Heard, Teller,
    drafting::{self, Declared},
    files, gone,
    neighbours::Neighbours,
    outbox::traffic::Traffic,
};
use crate::{
    case::{CaseId, Moment},
    desk::words::{Effect, Event, Undone},
    seal,
    store::{Note, Store, StoreError},
    text::{Raw, SafeText, own, say},
};

/// How many rows of the index are read between two looks at the channel: about a millisecond's work.
const INDEX_STEP: usize = 2_000;

pub struct Memory {
    jobs: Option<Sender<Effect>>,
    teller: Teller,
    thread: Option<JoinHandle<()>>,
}

impl Memory {
    /// `who` stands in the journal.
    pub fn start(
        store: Store,
        who: Raw,
        declared: Vec<Declared>,
        traffic: Traffic,
        neighbours: Neighbours,
        teller: Teller,
    ) -> Memory {
        let (jobs, waiting) = channel();
        let teller_there = teller.clone();
        let keeper = Keeper {
            store,
            who,
            declared,
            traffic,
            neighbours,
            teller: teller_there,
            index_whole: false,
            check: None,
        };
        let thread = thread::Builder::new().name("memory".into()).spawn(move || keeper.serve(&waiting)).ok();
        Memory { jobs: Some(jobs), teller, thread }
    }

    pub fn take(&self, effect: Effect) {
        let undone = effect.undone();
        if self.jobs.as_ref().is_none_or(|jobs| jobs.send(effect).is_err()) {
            self.teller.tell(Event::Trouble(undone, gone()));
        }
    }
}

impl Drop for Memory {
    /// Everything that was asked for is finished first: a preference or a parked case is not lost by leaving.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Keeper {
    store: Store,
    who: Raw,
    declared: Vec<Declared>,
    traffic: Traffic,
    neighbours: Neighbours,
    teller: Teller,
    index_whole: bool,
    check: Option<Check>,
}

impl Keeper {
    fn serve(mut self, jobs: &Receiver<Effect>) {
        let mut waiting = VecDeque::new();
        while self.wait(jobs, &mut waiting) {
            waiting.extend(jobs.try_iter());
            let Some(job) = next(&mut waiting) else { continue };
            match job {
                job if is_overtaken(&job, &waiting) => self.teller.tell(Event::Done),
                Effect::Find(words) => self.find(words),
                job => {
                    let event = self.carry_out(job);
                    self.teller.tell(event);
                }
            }
        }
        if let Some(check) = self.check.take() {
            check.end();
        }
    }

    /// Waits for a job, loading the index meanwhile; `false` when there will be none any more.
    fn wait(&mut self, jobs: &Receiver<Effect>, waiting: &mut VecDeque<Effect>) -> bool {
        while waiting.is_empty() {
            if self.index_whole {
                let Ok(job) = jobs.recv() else { return false };
                waiting.push_back(job);
            } else {
                match jobs.try_recv() {
                    Ok(job) => waiting.push_back(job),
                    Err(TryRecvError::Disconnected) => return false,
                    // An index that cannot be read is read by the next question, which then says why.
                    Err(TryRecvError::Empty) => {
                        self.index_whole = !self.store.load_some(INDEX_STEP).unwrap_or(false);
                        if self.index_whole {
                            self.check = Check::start(&self.store, self.teller.clone());
                        }
                    }
                }
            }
        }
        true
    }

    fn carry_out(&mut self, job: Effect) -> Event {
        let now = self.teller.clock.now();
        let undone = job.undone();
        self.answer(job, now).unwrap_or_else(|error| Event::Trouble(undone, trouble(&error)))
    }

    fn answer(&mut self, job: Effect, now: Moment) -> Result<Event, StoreError> {
        Ok(match job {
            Effect::Look { ask, query, first, rows, around } => {
                let around = match around {
                    Some(id) => self.store.position(&query, &id, now)?,
                    None => None,
                };
                // A window of the same length, around the case instead.
                let first = around.map_or(first, |position| position.saturating_sub(rows / 2));
                Event::Rows { ask, window: self.store.window(&query, first, rows, now)?, around }
            }
            Effect::Count => Event::Places { queues: self.store.queues()?, views: self.store.views(now)? },
            Effect::Open(id) => {
                let file = files::case_file(&self.store, &id)?.map(Box::new);
                Event::File { id, file }
            }
            Effect::Urgent { after, within } => {
                let after = after.as_ref();
                let near = match &within {
                    Some(queue) => self.store.next_urgent_in(queue, after)?,
                    None => None,
                };
                Event::Urgent(match near {
                    Some(near) => Some(near),
                    None => self.store.next_urgent(after, now)?,
                })
            }
            Effect::Park { case, why } => {
                let note = self.note("parked", Some(&case), &why, now);
                self.store.park(&case, &why, &note)?;
                self.neighbours.tell();
                Event::Parked(case)
            }
            Effect::Unpark(case) => {
                let note = self.note("unparked", Some(&case), &Raw::default(), now);
                match self.store.unpark(&case, &note)? {
                    true => {
                        self.neighbours.tell();
                        Event::Unparked(case)
                    }
                    false => Event::News(say!("{} was not parked", case.number.id())),
                }
            }
            Effect::Prefer(name, value) => {
                self.store.prefer(name, &value)?;
                Event::Done
            }
            Effect::Begin(begin) => {
                let answer = drafting::begin(&self.store, &begin, now)?.map(Box::new);
                Event::Form { begin, answer }
            }
            Effect::KeepDraft { draft, version } => {
                let kept = self.store.keep_draft(&draft, version, &seal::new_id(now)?, now)?;
                self.neighbours.tell();
                Event::DraftKept { draft: draft.id, kept: drafting::kept(kept) }
            }
            Effect::DropDraft(id) => {
                let note = self.note("draft dropped", None, &Raw::new(id.clone()), now);
                let dropped = self.store.drop_draft(&id, &note)?;
                self.neighbours.tell();
                Event::News(own(if dropped { "the draft is gone" } else { "there is no such draft any more" }))
            }
            Effect::Outbox => Event::Outbox(Box::new(drafting::outbox(
                &self.store,
                &self.declared,
                &self.traffic,
                self.teller.clock.stamp(),
            )?)),
            Effect::Note { case, text } => {
                let note = self.note("note", Some(&case), &text, now);
                self.store.record(&note)?;
                self.neighbours.tell();
                Event::News(own("noted in the journal; nothing left this machine"))
            }
            Effect::Attach { .. }
            | Effect::Pack { .. }
            | Effect::ListFolder { .. }
            | Effect::Submit(_)
            | Effect::TakeBack(_)
            | Effect::LookAgain(_)
            | Effect::SendNow
            | Effect::Decide { .. }
            | Effect::Edit { .. }
            | Effect::Find(_)
            | Effect::Ask(_)
            | Effect::Fetch { .. }
            | Effect::Save { .. }
            | Effect::Show(_)
            | Effect::Picture { .. }
            | Effect::Probe
            | Effect::ShowPage { .. }
            | Effect::Copy(_)
            | Effect::Redraw
            | Effect::Suspend => Event::Trouble(job.undone(), gone()),
        })
    }

    /// What is not kept here may be at a provider.
    fn find(&mut self, words: Raw) {
        match self.store.find(words.exact()) {
            Ok(rows) if rows.is_empty() => self.teller.send(Heard::PassOn(Effect::Find(words))),
            Ok(rows) => self.teller.tell(Event::Found { words, rows, faults: Vec::new() }),
            Err(error) => self.teller.tell(Event::Trouble(Undone::Find(words), trouble(&error))),
        }
    }

    fn note(&self, event: &'static str, case: Option<&CaseId>, detail: &Raw, at: Moment) -> Note {
        let subject = if case.is_some() { Raw::default() } else { detail.clone() };
        Note { at, who: self.who.clone(), event, case: case.cloned(), subject, detail: detail.clone() }
    }
}

/// Reads the whole file once, when there is nothing better to do, on a thread and a connection of its own: damage that
/// nobody has met yet is told while everything of value can still be saved.
struct Check {
    stop: Box<dyn Fn() + Send>,
    thread: JoinHandle<()>,
}

impl Check {
    /// A check that cannot be started is only a check: whatever hinders it is met, and told, by the desk's own
    /// questions.
    fn start(beside: &Store, teller: Teller) -> Option<Check> {
        let mut store = beside.another().ok()?;
        let stop = Box::new(store.interrupter());
        let check = move || match store.check() {
            Err(damage @ StoreError::Damaged(_)) => teller.tell(Event::StoreFails(trouble(&damage))),
            _ => drop(store.tidy()),
        };
        let thread = thread::Builder::new().name("check".into()).spawn(check).ok()?;
        Some(Check { stop, thread })
    }

    fn end(self) {
        (self.stop)();
        let _ = self.thread.join();
    }
}

/// The job whose turn it is: the oldest, but a preference, which is written to the disk and for which nobody waits,
/// only when nothing else is there to do.
fn next(waiting: &mut VecDeque<Effect>) -> Option<Effect> {
    let pressing = waiting.iter().position(|job| !matches!(job, Effect::Prefer(..)));
    waiting.remove(pressing.unwrap_or(0))
}

/// Windows and cases are asked for again and again while keys are held, and the place of the list is preferred anew
/// with every step; only the newest of each matters.
fn is_overtaken(job: &Effect, later: &VecDeque<Effect>) -> bool {
    match job {
        Effect::Look { .. } => later.iter().any(|other| matches!(other, Effect::Look { .. })),
        Effect::Open(_) => later.iter().any(|other| matches!(other, Effect::Open(_))),
        Effect::Prefer(name, _) => {
            later.iter().any(|other| matches!(other, Effect::Prefer(newer, _) if newer == name))
        }
        Effect::Count => later.iter().any(|other| matches!(other, Effect::Count)),
        Effect::Outbox => later.iter().any(|other| matches!(other, Effect::Outbox)),
        _ => false,
    }
}

/// The store's words are the program's own and never hold a word of a case.
pub(super) fn trouble(error: &StoreError) -> SafeText {
    Raw::new(error.to_string()).show()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_preference_is_written_and_only_when_nothing_else_waits() {
        let prefer = |name: &'static str, value: &str| Effect::Prefer(name, value.to_owned());
        let mut waiting = VecDeque::from([
            prefer("start", "1"),
            Effect::Urgent { after: None, within: None },
            prefer("start", "2"),
            prefer("other", "a"),
            Effect::Count,
            prefer("start", "3"),
        ]);
        let mut done = Vec::new();
        while let Some(job) = next(&mut waiting) {
            if !is_overtaken(&job, &waiting) {
                done.push(job);
            }
        }
        assert_eq!(
            done,
            [
                Effect::Urgent { after: None, within: None },
                Effect::Count,
                prefer("other", "a"),
                prefer("start", "3")
            ]
        );
    }
}
