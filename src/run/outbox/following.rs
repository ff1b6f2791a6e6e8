//! The steps of an entry after its first: each is made from the draft as it was queued and from the answers before it, in
//! the commit that records the one before, or later where that cannot be.

use super::{Lane, Outbox, Shift};
use crate::{
    action::{Entry, Frozen, Life, Making, Settling, State, life, step},
    store::Follows,
    text::{SafeText, own, say},
};

/// What follows on a step that is done.
pub(super) enum Next {
    Nothing,
    Step(Frozen, Settling),
    /// It cannot be made yet, and why.
    Later(SafeText),
}

impl Next {
    pub fn kept(&self) -> Follows<'_> {
        match self {
            Next::Nothing => Follows::Nothing,
            Next::Step(frozen, settling) => Follows::Step(frozen, *settling),
            Next::Later(_) => Follows::Later,
        }
    }

    /// Where the entry stands once `life` is that of the step before.
    pub fn state(&self, life: Life) -> State {
        match self {
            Next::Nothing => life.state,
            Next::Step(..) | Next::Later(_) => State::Queued,
        }
    }

    /// The words on the step that is done, with those on what follows.
    pub fn told(&self, entry: &Entry, says: &SafeText) -> SafeText {
        match self {
            Next::Nothing => says.clone(),
            Next::Step(..) => say!("step {} of {}: {}", entry.step + 1, entry.steps, says),
            Next::Later(why) => say!(
                "step {} of {}: {}; the next one is not made yet: {}",
                entry.step + 1,
                entry.steps,
                says,
                why
            ),
        }
    }
}

impl Outbox {
    /// What follows on an entry's step if it has this life now; `answer`: that proved it done, where one was seen.
    pub(super) fn step_after(&self, entry: &Entry, life: Life, answer: Option<&[u8]>) -> Next {
        let at = entry.step + 1;
        if life.state != State::Accepted || at >= entry.steps {
            return Next::Nothing;
        }
        let newest = serde_json::from_slice(answer.unwrap_or_default()).unwrap_or_default();
        self.make(entry, at, Some(newest))
            .map_or_else(Next::Later, |(frozen, settling)| Next::Step(frozen, settling))
    }

    /// An entry whose step could not be made when it was its turn: it is made now. Otherwise it waits on and says why;
    /// then whether it moved.
    pub(super) fn made(&self, lane: &Lane, entry: Entry) -> Result<Entry, bool> {
        // Bytes of which a copy may have left are never made anew; the first step's were there before it was queued.
        if entry.step == 0 || entry.life.attempts > 0 {
            return Ok(entry);
        }
        let now = self.teller.clock.now();
        match self.archive.with(now, |store| store.is_made(&entry.id, entry.step)) {
            Ok(true) => return Ok(entry),
            Ok(false) => {}
            // The disk does not say; nothing has changed by that.
            Err(_) => return Err(false),
        }
        let made = self.make(&entry, entry.step, None).and_then(|(frozen, settling)| {
            let kept = self
                .archive
                .with(now, |store| store.make_step(&entry.id, entry.version, &frozen, settling, now))?;
            Ok(kept.map(|version| (version, settling)))
        });
        let why = match made {
            Ok(Some((version, settling))) => return Ok(Entry { version, settling, ..entry }),
            // Somebody else moved it.
            Ok(None) => return Err(true),
            Err(why) => why,
        };
        let ended = entry.tries.last().and_then(|tried| tried.ended_at);
        let from = ended.max(entry.looks.last().map(|look| look.at)).unwrap_or(now);
        let Ok(life) = life::put_off(entry.life, from, now) else { return Err(false) };
        let says =
            say!("step {} of {} is not made yet: {}; it is tried again", entry.step + 1, entry.steps, why);
        Err(self.shifted(lane, &entry, life, Shift::of(None, says)))
    }

    /// The bytes of a step after the first, and how it is settled. `newest`: the answer to the one before, where it is not on the disk yet.
    fn make(
        &self,
        entry: &Entry,
        at: usize,
        newest: Option<serde_json::Value>,
    ) -> Result<(Frozen, Settling), SafeText> {
        let (source, action) = self.declared(&entry.draft).map_err(|missing| missing.says)?;
        let step = action.steps.get(at).ok_or_else(|| own("this casedesk knows no such step"))?;
        let now = self.teller.clock.now();
        let mut answers = self.archive.with(now, |store| store.answers(&entry.id))?;
        answers.extend(newest);
        let attached: Vec<_> = entry.draft.values.all_files().cloned().collect();
        let making = Making {
            case: entry.draft.base.as_deref(),
            values: &entry.draft.values,
            settings: &source.settings,
            now,
            files: &self.files(&attached, now).map_err(|missing| missing.says)?,
            sealed: &Default::default(),
            answers: &answers,
            key: &entry.id,
        };
        let frozen = step::freeze(step, action.fields, &making).map_err(|problem| problem.says)?;
        Ok((frozen, (action.settling)(&source.settings)))
    }
}
