//! One copy of one entry: the case is looked at, the claim made durable, the gate passed, the bytes sent once, the outcome
//! written down. Nothing of it is shown before it is on the disk.

use super::{Lane, Outbox, Shift, points::Point};
use crate::{
    action::{
        Action, Entry, Life, State,
        life::{self, Barred, Bytes, Earlier, Facts, Gate, Lock, Outcome, PAUSES},
    },
    case::{Again, Case, CaseId, Change, Fault, FaultKind, Moment, QueueId, moved},
    desk::words::Event,
    http::Response,
    provider::{self, Found, Lists, Sent, Verdict, Want},
    run::{
        register,
        source::{Source, WayOut},
    },
    store::{Ended, Note, StoreError},
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

/// What is known of the case of an accepted copy.
struct Accepted {
    number: Raw,
    /// The answer itself showed the case, which is kept.
    told: bool,
}

fn claimed_at(claimed: &Life, otherwise: Moment) -> Moment {
    claimed.first_send.map_or(otherwise, |first| first.at)
}

/// How a copy ended.
struct Told {
    at: Moment,
    status: Option<u16>,
    says: SafeText,
    /// Whether a byte may have left.
    left: bool,
    request_id: Raw,
    members: Vec<(Raw, Raw)>,
    answer: Option<Vec<u8>>,
    remote: Raw,
}

impl Told {
    /// Without a byte having left.
    fn unsent(at: Moment, says: SafeText) -> Told {
        let (request_id, members, remote) = (Raw::default(), Vec::new(), Raw::default());
        Told { at, status: None, says, left: false, request_id, members, answer: None, remote }
    }
}

impl Outbox {
    /// Sends a queued entry, if everything still stands as it did when it was queued. Whether it moved.
    pub(super) async fn send(&self, lane: &Lane, source: &Source, entry: Entry) -> bool {
        let entry = match self.made(lane, entry) {
            Ok(entry) => entry,
            Err(moved) => return moved,
        };
        let Some((action, terms)) = source.action(&entry.draft.action).zip(self.terms(&entry)) else {
            return false;
        };
        match self.still_stands(source, &entry).await {
            Ok(None) => {}
            Ok(Some(why)) => {
                let Ok(life) = life::stop(entry.life) else { return false };
                let says = say!("not sent: {}; the draft is kept", why);
                return self.shifted(lane, &entry, life, Shift::of(Some("stopped"), says));
            }
            Err(fault) => {
                self.put_off(lane, source, &entry, &fault);
                return false;
            }
        }
        // A token, a secret or a place may take long to get; nothing is to wait behind the claim.
        let way = match source.way_out().await {
            Ok(way) => way,
            Err(fault) => {
                self.put_off(lane, source, &entry, &fault);
                return false;
            }
        };
        let claimed = match life::claim(entry.life, self.teller.clock.stamp(), terms) {
            Ok(claimed) => claimed,
            Err(Barred::NotBefore(_)) => return false,
            Err(barred) => {
                let Ok(life) = life::hand_over(entry.life) else { return false };
                return self.shifted(lane, &entry, life, Shift::of(Some("handed to a person"), barred.words()));
            }
        };
        self.copy(lane, source, way, action, entry, claimed).await
    }

    /// Claims, sends and records. The claim has been allowed.
    pub(super) async fn copy(
        &self,
        lane: &Lane,
        source: &Source,
        way: WayOut<'_>,
        action: &'static Action,
        entry: Entry,
        claimed: Life,
    ) -> bool {
        lane.sending.set(true);
        let (moved, accepted) = self.sent(lane, source, way, action, &entry, claimed).await;
        lane.sending.set(false);
        self.rested.notify_waiters();
        match accepted {
            Some(Accepted { told: true, .. }) if source.lists() != Lists::Queues => {
                self.teller.tell(Event::StoreMoved);
            }
            Some(Accepted { number, .. }) => {
                self.bring_up_to_date(lane, source, number, entry.draft.base.as_deref()).await;
            }
            None => {}
        }
        moved
    }

    /// Whether the entry moved, and what is known of the case where the copy was accepted.
    async fn sent(
        &self,
        lane: &Lane,
        source: &Source,
        way: WayOut<'_>,
        action: &'static Action,
        entry: &Entry,
        claimed: Life,
    ) -> (bool, Option<Accepted>) {
        const NOTHING: (bool, Option<Accepted>) = (false, None);
        // It stands at "sending" while nobody sends it: the lane takes it up at once.
        const LEFT: (bool, Option<Accepted>) = (true, None);
        let Some(terms) = self.terms(entry) else { return NOTHING };
        let Some(step) = action.steps.get(entry.step) else { return NOTHING };
        let now = self.teller.clock.now();
        let version = self.archive.with(now, |store| {
            self.points.commit(Point::Claiming)?;
            store.claim(&entry.id, entry.version, &claimed, now)
        });
        let version = match version {
            Ok(Some(version)) => version,
            // Somebody else moved it, or the disk did not take the claim: nothing was sent.
            Ok(None) => return (true, None),
            Err(why) => {
                let says = say!("{} was not sent: {}", self.named(entry), why);
                self.tell(entry, entry.life.state, says);
                lane.rest.set(Some(now.plus(super::STORE_RETRY)));
                return NOTHING;
            }
        };
        self.points.pass(Point::Claimed);
        self.neighbours.tell();
        self.tell(entry, claimed.state, say!("{} is on its way", self.named(entry)));
        let unsent = |life: Life, says: SafeText| {
            let told = Told::unsent(self.teller.clock.now(), says);
            (self.record(lane, entry.clone(), version, life, told), None)
        };
        let given_back = |says: SafeText| {
            let life = life::record(claimed, Outcome::NotSent, self.teller.clock.stamp(), terms);
            life.map_or(LEFT, |life| unsent(life, say!("not sent: {}", says)))
        };
        let frozen = self.archive.with(now, |store| match store.frozen(&entry.id, entry.step) {
            // Other bytes than were made durable.
            Err(StoreError::NotOpened) => Ok(None),
            read => read,
        });
        let frozen = match frozen {
            Ok(frozen) => frozen,
            // The disk does not say; nothing has changed by that.
            Err(why) => return given_back(why),
        };
        let facts = Facts {
            lock: if self.has_the_turn().is_ok() { Lock::Ours } else { Lock::Elsewhere },
            bytes: if frozen.is_some() { Bytes::AsFrozen } else { Bytes::Changed },
            deadline: entry.deadline,
        };
        let frozen = match (life::gate(claimed, self.teller.clock.stamp(), facts, terms), frozen) {
            (Ok(Gate::Send), Some(frozen)) => frozen,
            (Ok(Gate::Release(life, barred)), _) => return unsent(life, barred.words()),
            (Err(barred), _) => return given_back(barred.words()),
            (Ok(Gate::Send), None) => return given_back(Barred::Changed.words()),
        };
        self.points.pass(Point::Gated);
        let answer = way.send(&provider::sent::request(frozen.clone())).await;
        self.points.pass(Point::Answered);
        let number = entry.case().map(|case| &case.number);
        let stamp = self.teller.clock.stamp();
        let verdict =
            provider::verdict(source.provider, step, &frozen, &answer, number, &source.settings, stamp.at);
        let Ok(life) = life::record(claimed, verdict.outcome, stamp, terms) else { return LEFT };
        self.mind(lane, source, &verdict, &answer);
        let body = answer.as_ref().ok().map(|answer| answer.body.clone());
        let told = Told {
            at: stamp.at,
            status: verdict.status,
            says: words(life, &verdict),
            left: true,
            request_id: verdict.request_id.clone(),
            members: verdict.members.clone(),
            answer: body,
            remote: verdict.remote.clone(),
        };
        let number = entry.case().map_or(verdict.remote, |case| case.number.clone());
        let accepted = life.state == State::Accepted;
        let moved = self.record(lane, entry.clone(), version, life, told);
        let accepted = accepted.then(|| {
            let sent = Sent { action, entry, frozen: &frozen, first_send: claimed_at(&claimed, now) };
            Accepted { told: self.learn(source, &sent, &answer, stamp.at), number }
        });
        (moved, accepted)
    }

    /// Keeps the case as the answer to a write shows it; whether it shows one. What fails is shown as old, and read again
    /// with the next refresh.
    fn learn(&self, source: &Source, sent: &Sent<'_>, answer: &Result<Response, Fault>, now: Moment) -> bool {
        let Ok(answer) = answer else { return false };
        let Some(case) = source.provider.told(sent, answer, &source.settings, now) else { return false };
        self.archive.with(now, |store| register::keep(store, source, vec![case], now)).is_ok()
    }

    /// What an outcome says about the whole profile.
    fn mind(&self, lane: &Lane, source: &Source, verdict: &Verdict, answer: &Result<Response, Fault>) {
        let now = self.teller.clock.now();
        match verdict.outcome {
            Outcome::Unauthorised => {
                // A refused token was forgotten; a fresh one gets one try. Who may not do it at all gets none.
                let first = verdict.status == Some(401) && !lane.refused.replace(true);
                if !first {
                    let fault = Fault::of_status(verdict.status.unwrap_or(401), verdict.says.clone());
                    self.traffic.pause(&source.name, fault.tell());
                }
            }
            Outcome::TooFast { until } => self.wait_until(lane, source, until),
            Outcome::NotSent => match answer {
                Err(fault) if keeps_out(fault) => self.traffic.pause(&source.name, fault.tell()),
                Err(fault) => self.rest(lane, source, now, fault.tell()),
                Ok(_) => self.rest(lane, source, now, verdict.says.show()),
            },
            _ => {
                lane.refused.set(false);
                lane.unreached.set(0);
                self.traffic.rest_no_longer(&source.name);
            }
        }
    }

    fn rest(&self, lane: &Lane, source: &Source, now: Moment, why: SafeText) {
        let times = lane.unreached.get();
        lane.unreached.set(times.saturating_add(1));
        let pause = PAUSES.get(times as usize).or(PAUSES.last()).copied().unwrap_or(0);
        let until = now.plus(pause);
        lane.rest.set(Some(until));
        self.traffic.rest(&source.name, until, why);
    }

    /// The provider asked for it. Where the disk does not take that, it holds as long as this program runs.
    fn wait_until(&self, lane: &Lane, source: &Source, until: Moment) {
        let now = self.teller.clock.now();
        let _ = self.archive.with(now, |store| store.keep_pause(&source.name, now, until));
        self.rest_as_asked(lane, source, until);
    }

    pub(super) fn rest_as_asked(&self, lane: &Lane, source: &Source, until: Moment) {
        lane.rest.set(Some(until));
        lane.asked_to_wait.set(Some(until));
        self.traffic.rest(&source.name, until, own("the provider asked to wait"));
    }

    /// Nothing was sent and nothing claimed: the profile waits, and the entry says why.
    pub(super) fn put_off(&self, lane: &Lane, source: &Source, entry: &Entry, fault: &Fault) {
        let now = self.teller.clock.now();
        match fault.again {
            _ if keeps_out(fault) => self.traffic.pause(&source.name, fault.tell()),
            Again::After(pause) => {
                self.wait_until(lane, source, now.plus(i64::try_from(pause).unwrap_or(i64::MAX).max(1000)));
            }
            _ => self.rest(lane, source, now, fault.tell()),
        }
        let says = say!("waits: {}", fault.tell());
        if entry.why.exact() != says.as_str() {
            self.shifted(lane, entry, entry.life, Shift::of(None, says));
        }
    }

    /// Whether the case is still as it was when the form was opened; what moved, if it is not.
    async fn still_stands(&self, source: &Source, entry: &Entry) -> Result<Option<SafeText>, Fault> {
        let (Some(base), Some(id)) = (&entry.draft.base, entry.case()) else { return Ok(None) };
        // A person who saw the copies before this one has said "send it again".
        if entry.life.earlier != Earlier::Clear || entry.step > 0 {
            return Ok(None);
        }
        // Where a case cannot be read, it is what the last answer said.
        let mut cases = Vec::new();
        if source.lists() != Lists::Nothing {
            cases = match source.ask(&Want::Number(id.number.clone())).await {
                Err(fault) if fault.kind == FaultKind::NotThere => {
                    return Ok(Some(own("the provider does not know the case any more")));
                }
                Ok(Found::Cases(cases)) => cases,
                Ok(_) => {
                    return Err(Fault::new(
                        FaultKind::Unreadable,
                        "a document came where a case was asked for",
                    ));
                }
                Err(fault) => return Err(fault),
            };
        }
        let now = self.teller.clock.now();
        let kept = self.archive.with(now, |store| {
            if !cases.is_empty() {
                register::keep(store, source, cases, now)?;
            }
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

    fn record(&self, lane: &Lane, entry: Entry, version: i64, life: Life, told: Told) -> bool {
        let detail = say!("{}: {}", self.title(&entry.draft), told.says);
        // What was made has its creation in its own story.
        let made = (life.state == State::Accepted && !told.remote.is_empty())
            .then(|| CaseId { profile: entry.draft.profile.clone(), number: told.remote.clone() });
        let note = self.note(life.words(), entry.case().or(made.as_ref()), &entry.id, detail);
        let outcome = Unrecorded { entry, version, life, told, note };
        match self.write_down(&outcome) {
            Ok(moved) => moved,
            Err(why) => {
                let was =
                    own(if outcome.told.left { "was sent, but its outcome" } else { "was not sent, and that" });
                let says = say!(
                    "{} {} could not be written down ({}); it is tried again as long as casedesk runs",
                    self.named(&outcome.entry),
                    was,
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
        // Made anew with every try to write it down: what kept it from being made may be over.
        let next = self.step_after(entry, *life, told.answer.as_deref());
        let says = next.told(entry, &told.says);
        let ended = Ended {
            at: told.at,
            status: told.status,
            says: Raw::new(says.as_str()),
            request_id: told.request_id.clone(),
            members: told.members.clone(),
            answer: told.answer.as_deref(),
            remote: told.remote.clone(),
            next: next.kept(),
        };
        let recorded = self.archive.with(self.teller.clock.now(), |store| {
            self.points.commit(Point::Recording)?;
            store.record_try(&entry.id, *version, life, &ended, note)
        })?;
        self.points.pass(Point::Recorded);
        if recorded {
            self.neighbours.tell();
            let says = say!("{}: {}", self.named_as(entry, &told.remote), says);
            self.tell(entry, next.state(*life), says);
        }
        Ok(recorded)
    }

    /// Writes down what could not be written down before.
    pub(super) fn record_at_last(&self, lane: &Lane) -> Result<(), SafeText> {
        let Some(outcome) = lane.unrecorded.take() else { return Ok(()) };
        self.write_down(&outcome).map(|_| ()).inspect_err(|_| {
            lane.unrecorded.replace(Some(outcome));
        })
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
        if source.lists() == Lists::Nothing {
            return;
        }
        let mut queues: Vec<Raw> = base.map(|base| base.queue.clone()).into_iter().collect();
        if let Ok(Found::Cases(cases)) = source.ask_for_case(&number).await {
            queues.extend(cases.iter().map(|case| case.queue.clone()));
            let now = self.teller.clock.now();
            let _ = self.archive.with(now, |store| register::keep(store, source, cases, now));
        }
        if source.lists() != Lists::Queues {
            self.teller.tell(Event::StoreMoved);
            return;
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
    let complaints = verdict.members.iter().map(|(member, words)| say!("{}: {}", member.show(), words.show()));
    let said: Vec<_> =
        Some(verdict.says.show()).filter(|says| !says.is_empty()).into_iter().chain(complaints).collect();
    if said.is_empty() {
        say!("{}{}", what, status)
    } else {
        say!("{}{}: {}", what, status, SafeText::join(&said, "; "))
    }
}
