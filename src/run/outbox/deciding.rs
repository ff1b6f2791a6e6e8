//! What a person does with an entry: takes it back, has it looked for, says what became of it. Refused in words where
//! the rules do not allow it yet.

use super::{Lane, Outbox, Shift};
use crate::{
    action::{
        Entry, Settling, State,
        life::{self, Grounds, Terms, Verdict},
    },
    desk::words::Decision,
    run::source::Source,
    text::{Raw, SafeText, own, say},
};

impl Outbox {
    /// Before it left.
    pub fn take_back(&self, id: &str) -> Result<SafeText, SafeText> {
        let entry = self.entry(id)?;
        let life = life::take_back(entry.life).map_err(|barred| say!("not taken back: {}", barred.words()))?;
        let says = own(match (life.state, entry.tries.is_empty()) {
            (State::Cancelled, _) if entry.step > 0 => {
                "taken back; the steps before were done at the provider; the draft is kept"
            }
            (State::Cancelled, true) => "taken back before it left; the draft is kept",
            (State::Cancelled, false) => "taken back; nothing was done at the provider; the draft is kept",
            _ => "not sent again; a person decides",
        });
        self.moved(&entry, life, Shift::of(Some("taken back"), says.clone()))?;
        Ok(says)
    }

    /// Reads back now, whatever the next look's time.
    pub async fn look_again(&self, id: &str) -> Result<SafeText, SafeText> {
        let entry = self.entry(id)?;
        if !entry.life.state.is_unsettled() {
            return Err(say!("it stands at: {}; there is nothing to look for", own(entry.life.words())));
        }
        let (lane, source) = self.lane_of(&entry)?;
        self.has_the_turn()?;
        self.look(lane, source, &entry).await;
        self.read_queues(lane, source).await;
        let entry = self.entry(id)?;
        let newest = entry.looks.last().map(|look| look.says.show());
        newest.ok_or_else(|| own("this provider cannot be asked what became of it; call them"))
    }

    /// A person's word.
    pub async fn decide(&self, id: &str, decision: &Decision, why: &Raw) -> Result<SafeText, SafeText> {
        let entry = self.entry(id)?;
        // Of a profile or an action that is gone nothing can be read or sent any more.
        let known = self.terms(&entry);
        if known.is_none() && matches!(decision, Decision::SendAgain(_)) {
            return Err(own(
                "its profile or its action is not in the configuration any more; nothing is sent there",
            ));
        }
        let terms = known.unwrap_or(Terms::of(Settling::Nobody));
        self.has_the_turn()?;
        // An outcome that is still being looked for is taken from that search by whoever decides.
        let life = match entry.life.state {
            State::Unknown => life::hand_over(entry.life).map_err(|barred| barred.words())?,
            _ => entry.life,
        };
        let (verdict, grounds) = match decision {
            Decision::There(_) => (Verdict::There, Grounds::Looked),
            Decision::SendAgain(grounds) => (Verdict::SendAgain, *grounds),
            Decision::Close => (Verdict::Close, Grounds::Looked),
        };
        let stamp = self.teller.clock.stamp();
        let life = life::person_says(life, verdict, grounds, stamp, entry.deadline, terms)
            .map_err(|barred| say!("not decided: {}", barred.words()))?;
        let (remote, answer) = match decision {
            Decision::There(number) => self.named_there(&entry, number)?,
            Decision::SendAgain(_) | Decision::Close => (Raw::default(), None),
        };
        let says = match decision {
            Decision::There(_) => own("accepted, by a person's word"),
            Decision::SendAgain(_) => own("is sent again, by a person's word"),
            Decision::Close => own("given up, by a person's word; the draft is kept"),
        };
        let shift = Shift {
            decided_by: self.who.clone(),
            decided_why: why.clone(),
            remote,
            answer,
            ..Shift::of(Some("decided"), say!("{}: {}", says, why.show()))
        };
        self.moved(&entry, life, shift)?;
        if let (Decision::There(number), Ok((lane, source))) = (decision, self.lane_of(&entry)) {
            let number = entry.case().map_or(number.clone(), |case| case.number.clone());
            self.bring_up_to_date(lane, source, number, entry.draft.base.as_deref()).await;
        }
        self.poke(&entry.draft.profile);
        Ok(says)
    }

    /// What is kept of the number under which an entry is said to be there: that of the case, or what stands for the answer
    /// that named something for the next step.
    fn named_there(&self, entry: &Entry, number: &Raw) -> Result<(Raw, Option<Vec<u8>>), SafeText> {
        let Some((source, action)) =
            self.declared(&entry.draft).ok().filter(|(_, action)| action.hands_on(entry.step))
        else {
            return Ok((number.clone(), None));
        };
        if number.is_empty() {
            return Err(own(
                "not decided: the id that the provider gave it is needed, because the next step names it",
            ));
        }
        let answer = action.steps.get(entry.step).map(|step| step.proof.naming(number, &source.settings));
        Ok((Raw::default(), answer.map(|answer| answer.to_string().into_bytes())))
    }

    fn lane_of(&self, entry: &Entry) -> Result<(&Lane, &Source), SafeText> {
        let mut lanes = self.lanes.iter().zip(self.sources.iter());
        let found = lanes.find(|(_, source)| source.name == entry.draft.profile);
        found.ok_or_else(|| own("its profile is not in the configuration any more"))
    }

    fn entry(&self, id: &str) -> Result<Entry, SafeText> {
        let now = self.teller.clock.now();
        let entry = self.archive.with(now, |store| store.entry(id))?;
        entry.ok_or_else(|| own("there is no such entry in the outbox any more"))
    }

    fn moved(&self, entry: &Entry, life: crate::action::Life, shift: Shift) -> Result<(), SafeText> {
        match self.shift(entry, life, shift)? {
            true => Ok(()),
            false => Err(own("it moved just now; look again")),
        }
    }
}
