//! One copy of one entry: the case is looked at, the claim made durable, the gate passed, the bytes sent once, the outcome
//! written down. Nothing of it is shown before it is on the disk.

use super::{Lane, Outbox, Shift, action_words, points::Point, subject_words};
use crate::{
    action::{
        Action, Entry, Frozen, Life, Making, State,
        life::{self, Barred, Bytes, Earlier, Facts, Gate, Lock, Outcome, PAUSES},
        step,
    },
    case::{Again, Case, Change, Fault, FaultKind, Moment, QueueId, moved},
    desk::words::Event,
    provider::{self, Found, Verdict, Want},
    run::source::Source,
    store::{Ended, Note},
    text::{Raw, SafeText, own, say},
};

/// An outcome that is known here and not on the disk yet, because the disk did not take it. While it lasts, the entry is
/// "sending" on the disk; if the program ends, it is unknown at the next start.
pub(super) struct Unrecorded {
    entry: Entry,
    version: i64,
    life: Life,
    told: Told,
    note: Note,
}

/// How a copy ended.
struct Told {
    at: Moment,
    status: Option<u16>,
    says: SafeText,
    request_id: Raw,
    members: Vec<(Raw, Raw)>,
    answer: Option<Vec<u8>>,
    remote: Raw,
    next: Option<Frozen>,
}

impl Told {
    /// Without a byte having left.
    fn unsent(at: Moment, says: SafeText) -> Told {
        let (request_id, members, remote) = (Raw::default(), Vec::new(), Raw::default());
        Told { at, status: None, says, request_id, members, answer: None, remote, next: None }
    }
}

impl Outbox {
    /// Sends a queued entry, if everything still stands as it did when it was queued. Whether it moved.
    pub(super) async fn send(&self, lane: &Lane, source: &Source, entry: Entry) -> bool {
        let Some((action, terms)) = source.action(&entry.draft.action).zip(self.terms(&entry)) else {
            return false;
        };
        // A token or a secret may take long to get; the claim is not to wait for it.
        if let Err(fault) = source.ready().await {
            self.put_off(lane, source, &entry, &fault);
            return false;
        }
        match self.still_stands(source, &entry).await {
            Ok(None) => {}
            Ok(Some(why)) => {
                let Ok(life) = life::take_back(entry.life) else { return false };
                let says = say!("not sent: {}; the draft is kept", why);
                return self.shift(&entry, life, Shift::of(Some("stopped"), says)).unwrap_or(false);
            }
            Err(fault) => {
                self.put_off(lane, source, &entry, &fault);
                return false;
            }
        }
        let claimed = match life::claim(entry.life, self.teller.clock.stamp(), terms) {
            Ok(claimed) => claimed,
            Err(Barred::NotBefore(_)) => return false,
            Err(barred) => {
                let Ok(life) = life::hand_over(entry.life) else { return false };
                return self
                    .shift(&entry, life, Shift::of(Some("handed to a person"), barred.words()))
                    .unwrap_or(false);
            }
        };
        self.copy(lane, source, action, entry, claimed).await
    }

    /// Claims, sends and records. The claim has been allowed.
    pub(super) async fn copy(
        &self,
        lane: &Lane,
        source: &Source,
        action: &'static Action,
        entry: Entry,
        claimed: Life,
    ) -> bool {
        let Some(terms) = self.terms(&entry) else { return false };
        let Some(step) = action.steps.get(entry.step) else { return false };
        let now = self.teller.clock.now();
        let version = self.archive.with(now, |store| {
            self.points.commit(Point::Claiming)?;
            store.claim(&entry.id, entry.version, &claimed, now)
        });
        let version = match version {
            Ok(Some(version)) => version,
            // Somebody else moved it, or the disk did not take the claim: nothing was sent.
            Ok(None) => return true,
            Err(why) => {
                self.tell(
                    &entry,
                    entry.life.state,
                    say!("{} of {} was not sent: {}", action_words(&entry), subject_words(&entry), why),
                );
                lane.rest.set(Some(now.plus(super::STORE_RETRY)));
                return false;
            }
        };
        self.points.pass(Point::Claimed);
        let frozen = self.archive.with(now, |store| store.frozen(&entry.id, entry.step)).ok().flatten();
        let facts = Facts {
            lock: if self.lock.borrow().is_some() { Lock::Ours } else { Lock::Elsewhere },
            bytes: if frozen.is_some() { Bytes::AsFrozen } else { Bytes::Changed },
            deadline: entry.deadline,
        };
        let frozen = match life::gate(claimed, self.teller.clock.stamp(), facts, terms) {
            Err(_) => return false,
            Ok(Gate::Release(life, barred)) => {
                let told = Told::unsent(self.teller.clock.now(), barred.words());
                return self.record(lane, entry, version, life, told);
            }
            Ok(Gate::Send) => match frozen {
                Some(frozen) => frozen,
                None => return false,
            },
        };
        self.points.pass(Point::Gated);
        let answer = source.send_once(&provider::sent::request(&frozen)).await;
        self.points.pass(Point::Answered);
        let number = entry.case().map(|case| &case.number);
        let stamp = self.teller.clock.stamp();
        let verdict = provider::verdict(source.provider, step, &answer, number, &source.settings, stamp.at);
        let Ok(life) = life::record(claimed, verdict.outcome, stamp, terms) else { return false };
        self.mind(lane, source, &verdict, &answer);
        let body = answer.as_ref().ok().map(|answer| answer.body.clone());
        let next = self.next_step(source, action, &entry, life, body.as_deref());
        let told = Told {
            at: stamp.at,
            status: verdict.status,
            says: words(life, &verdict),
            request_id: verdict.request_id.clone(),
            members: verdict.members.clone(),
            answer: body,
            remote: verdict.remote.clone(),
            next,
        };
        let accepted = life.state == State::Accepted;
        let (case, base) = (entry.draft.case.clone(), entry.draft.base.clone());
        let moved = self.record(lane, entry, version, life, told);
        if accepted {
            self.bring_up_to_date(
                lane,
                source,
                case.map_or(verdict.remote, |case| case.number),
                base.as_deref(),
            )
            .await;
        }
        moved
    }

    /// What an outcome says about the whole profile.
    fn mind(
        &self,
        lane: &Lane,
        source: &Source,
        verdict: &Verdict,
        answer: &Result<crate::http::Response, Fault>,
    ) {
        let now = self.teller.clock.now();
        match verdict.outcome {
            Outcome::Unauthorised => {
                // A refused token was forgotten; a fresh one gets one try. Who may not do it at all gets none.
                let first = verdict.status == Some(401) && !lane.refused.replace(true);
                if !first {
                    self.traffic.pause(&source.name, verdict.says.show());
                }
            }
            Outcome::TooFast { until } => lane.rest.set(Some(until)),
            Outcome::NotSent => match answer {
                Err(fault) if keeps_out(fault) => self.traffic.pause(&source.name, fault.tell()),
                _ => self.rest(lane, now),
            },
            _ => {
                lane.refused.set(false);
                lane.unreached.set(0);
            }
        }
    }

    fn rest(&self, lane: &Lane, now: Moment) {
        let times = lane.unreached.get();
        lane.unreached.set(times.saturating_add(1));
        let pause = PAUSES.get(times as usize).or(PAUSES.last()).copied().unwrap_or(0);
        lane.rest.set(Some(now.plus(pause)));
    }

    /// Nothing was sent and nothing claimed: the profile waits, and the entry says why.
    pub(super) fn put_off(&self, lane: &Lane, source: &Source, entry: &Entry, fault: &Fault) {
        let now = self.teller.clock.now();
        match fault.again {
            _ if keeps_out(fault) => self.traffic.pause(&source.name, fault.tell()),
            Again::After(pause) => lane.rest.set(Some(now.plus(i64::try_from(pause).unwrap_or(i64::MAX)))),
            _ => self.rest(lane, now),
        }
        let says = say!("waits: {}", fault.tell());
        if entry.why.exact() != says.as_str() {
            // Where even this cannot be written down, it waits all the same.
            let _ = self.shift(entry, entry.life, Shift::of(None, says));
        }
    }

    /// Whether the case is still as it was when the form was opened; what moved, if it is not.
    async fn still_stands(&self, source: &Source, entry: &Entry) -> Result<Option<SafeText>, Fault> {
        let (Some(base), Some(id)) = (&entry.draft.base, entry.case()) else { return Ok(None) };
        // A person who saw the copies before this one has said "send it again".
        if entry.life.earlier != Earlier::Clear || entry.step > 0 {
            return Ok(None);
        }
        let found = match source.ask(&Want::Number(id.number.clone())).await {
            Err(fault) if fault.kind == FaultKind::NotThere => {
                return Ok(Some(own("the provider does not know the case any more")));
            }
            found => found?,
        };
        let Found::Cases(cases) = found else {
            return Err(Fault::new(FaultKind::Unreadable, "a document came where a case was asked for"));
        };
        let now = self.teller.clock.now();
        let kept = self.archive.with(now, |store| {
            store.keep_cases(cases, now)?;
            store.case(id)
        });
        let kept = kept.map_err(|why| Fault::new(FaultKind::NotKept, why.as_str()))?;
        let Some((case, ..)) = kept else { return Ok(Some(own("the case is not kept here any more"))) };
        let changes = moved(base, &case);
        if changes.is_empty() {
            return Ok(None);
        }
        let facts: Vec<_> = changes.iter().map(Change::words).collect();
        Ok(Some(say!("the case moved since the form was opened ({})", SafeText::join(&facts, "; "))))
    }

    /// Step n+1, frozen from the draft as it was and from the answers so far.
    fn next_step(
        &self,
        source: &Source,
        action: &'static Action,
        entry: &Entry,
        life: Life,
        answer: Option<&[u8]>,
    ) -> Option<Frozen> {
        if life.state != State::Accepted {
            return None;
        }
        let step = action.steps.get(entry.step + 1)?;
        let now = self.teller.clock.now();
        let mut answers = self.archive.with(now, |store| store.answers(&entry.id)).ok()?;
        answers.push(serde_json::from_slice(answer.unwrap_or_default()).unwrap_or_default());
        let attached: Vec<_> = entry.draft.values.all_files().cloned().collect();
        let making = Making {
            case: entry.draft.base.as_deref(),
            values: &entry.draft.values,
            settings: &source.settings,
            now,
            files: &self.files(&attached, now).ok()?,
            sealed: &Default::default(),
            answers: &answers,
            key: &entry.id,
        };
        step::freeze(step, action.fields, &making).ok()
    }

    fn record(&self, lane: &Lane, entry: Entry, version: i64, life: Life, told: Told) -> bool {
        let detail = say!("{}: {}", action_words(&entry), told.says);
        let note = self.note(life.state.words(), entry.case(), &entry.id, detail);
        let outcome = Unrecorded { entry, version, life, told, note };
        match self.write_down(&outcome) {
            Ok(moved) => moved,
            Err(why) => {
                let says = say!(
                    "{} of {} was sent, but its outcome could not be written down ({}); it is tried again as long as \
                     casedesk runs",
                    action_words(&outcome.entry),
                    subject_words(&outcome.entry),
                    why
                );
                self.tell(&outcome.entry, State::Unknown, says);
                *lane.unrecorded.borrow_mut() = Some(outcome);
                false
            }
        }
    }

    fn write_down(&self, outcome: &Unrecorded) -> Result<bool, SafeText> {
        let Unrecorded { entry, version, life, told, note } = outcome;
        let ended = Ended {
            at: told.at,
            status: told.status,
            says: Raw::new(told.says.as_str()),
            request_id: told.request_id.clone(),
            members: told.members.clone(),
            answer: told.answer.as_deref(),
            remote: told.remote.clone(),
            next: told.next.as_ref(),
        };
        let recorded = self.archive.with(self.teller.clock.now(), |store| {
            self.points.commit(Point::Recording)?;
            store.record_try(&entry.id, *version, life, &ended, note)
        })?;
        self.points.pass(Point::Recorded);
        if recorded {
            self.neighbours.tell();
            let says = say!("{} of {}: {}", action_words(entry), subject_words(entry), told.says);
            self.tell(entry, life.state, says);
        }
        Ok(recorded)
    }

    /// Writes down what could not be written down before; otherwise, when to try again.
    pub(super) fn record_at_last(&self, lane: &Lane) -> Result<(), Moment> {
        let Some(outcome) = lane.unrecorded.take() else { return Ok(()) };
        match self.write_down(&outcome) {
            Ok(_) => Ok(()),
            Err(_) => {
                lane.unrecorded.replace(Some(outcome));
                Err(self.teller.clock.now().plus(super::STORE_RETRY))
            }
        }
    }

    /// Reads the case, so that the screen shows where it is now; the queues that it left and entered are read once nothing
    /// more is due. Only questions: what fails is shown as old, and read again with the next refresh.
    pub(super) async fn bring_up_to_date(
        &self,
        lane: &Lane,
        source: &Source,
        number: Raw,
        base: Option<&Case>,
    ) {
        let mut queues: Vec<Raw> = base.map(|base| base.queue.clone()).into_iter().collect();
        if let Ok(Found::Cases(cases)) = source.ask(&Want::Number(number)).await {
            queues.extend(cases.iter().map(|case| case.queue.clone()));
            let now = self.teller.clock.now();
            let _ = self.archive.with(now, |store| store.keep_cases(cases, now));
        }
        lane.moved.borrow_mut().extend(queues.into_iter().filter(|queue| !queue.is_empty()));
    }

    /// Reads the queues that cases left and entered.
    pub(super) async fn read_queues(&self, lane: &Lane, source: &Source) {
        let queues = lane.moved.take();
        if queues.is_empty() {
            return;
        }
        for queue in queues {
            let Ok(Found::Cases(cases)) = source.ask(&Want::Queue(queue.clone())).await else { continue };
            let name = source.queue_name(&queue);
            let id = QueueId { profile: source.name.clone(), id: queue };
            let now = self.teller.clock.now();
            let _ = self.archive.with(now, |store| store.keep_queue(&id, &name, cases, now));
        }
        self.neighbours.tell();
        self.teller.tell(Event::StoreMoved);
    }
}

/// The provider does not let us in, and will not by itself.
fn keeps_out(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::Unauthorised | FaultKind::Forbidden | FaultKind::Unprepared)
}

/// What became of a copy, in words.
fn words(life: Life, verdict: &Verdict) -> SafeText {
    let status = verdict.status.map_or(SafeText::default(), |status| say!(" ({})", status));
    let what = own(match (life.state, verdict.outcome) {
        (State::Accepted, _) => "accepted",
        (State::Rejected, _) => "refused by the provider; the draft is kept",
        (State::Queued, Outcome::NotSent) => "not sent, waits",
        (State::Queued, Outcome::Unauthorised) => "not accepted: the credentials were refused, waits",
        (State::Queued, _) => "not done, waits",
        (State::Person, _) => "a person has to decide",
        _ => "outcome unknown",
    });
    if verdict.says.is_empty() {
        say!("{}{}", what, status)
    } else {
        say!("{}{}: {}", what, status, verdict.says.show())
    }
}
