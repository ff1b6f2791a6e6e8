//! Finding out what became of a copy that nobody saw answered: asked from the provider, never assumed. What is found there
//! proves it; what is not found proves nothing.

use super::{Lane, Outbox, Shift};
use crate::{
    action::{
        Entry,
        life::{self, Lock, Next},
    },
    case::{Fault, FaultKind},
    provider::{Landed, Sent},
    run::{pages, source::Source},
    text::{Raw, own, say},
};

/// What reading back showed of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    It,
    /// What may be it, or somebody else's.
    Something,
    Nothing,
}

impl Outbox {
    /// What was claimed and is sent by nobody any more: a copy may have left.
    pub(super) fn left(&self, lane: &Lane, entry: &Entry) -> bool {
        let Some(terms) = self.terms(entry) else { return false };
        let lock = if self.has_the_turn().is_ok() { Lock::Ours } else { Lock::Elsewhere };
        let Ok(life) = life::recover(entry.life, lock, terms) else { return false };
        let says = own("how it ended was not written down; whether it arrived is being found out");
        self.shifted(lane, entry, life, Shift::of(Some("recovered"), says))
    }

    /// The next try to settle an unknown outcome, or its handing over to a person.
    pub(super) async fn settle(&self, lane: &Lane, source: &Source, entry: Entry) -> bool {
        let Some((action, terms)) = source.action(&entry.draft.action).zip(self.terms(&entry)) else {
            return false;
        };
        let stamp = self.teller.clock.stamp();
        if life::next_look(entry.life, stamp, 0, terms) == Ok(Next::Person) {
            let Ok(life) = life::hand_over(entry.life) else { return false };
            let says = own("whether it arrived could not be found out; a person has to decide");
            return self.shifted(lane, &entry, life, Shift::of(Some("handed to a person"), says));
        }
        if terms.settling.reads() {
            let (moved, seen) = self.look(lane, source, &entry).await;
            // Where something is there that may be it, a second copy may be one too many.
            if seen != Seen::Nothing || !terms.settling.dedupes() {
                return moved;
            }
        }
        // The provider applies copies once: the same bytes again are harmless, and their answer tells.
        let now = self.teller.clock.now();
        let Ok(Some(entry)) = self.archive.with(now, |store| store.entry(&entry.id)) else { return false };
        let way = match source.way_out().await {
            Ok(way) => way,
            Err(fault) => {
                self.put_off(lane, source, &entry, &fault);
                return true;
            }
        };
        match life::claim(entry.life, self.teller.clock.stamp(), terms) {
            Ok(claimed) => self.copy(lane, source, way, action, entry, claimed).await,
            Err(_) => true,
        }
    }

    /// Reads back now. Whether the entry moved, and what was seen.
    pub(super) async fn look(&self, lane: &Lane, source: &Source, entry: &Entry) -> (bool, Seen) {
        let Some((action, terms)) = source.action(&entry.draft.action).zip(self.terms(entry)) else {
            return (false, Seen::Nothing);
        };
        let now = self.teller.clock.now();
        let frozen = self.archive.with(now, |store| store.frozen(&entry.id, entry.step)).ok().flatten();
        let sent = frozen.as_ref().zip(entry.life.first_send).map(|(frozen, first)| Sent {
            action,
            entry,
            frozen,
            first_send: first.at,
        });
        let asked = sent.and_then(|sent| Some((sent, source.provider.look(&sent, &source.settings)?)));
        let landed = match &asked {
            None => Err(Fault::new(FaultKind::Unprepared, "there is nothing that could be asked about it")),
            Some((sent, want)) => match source.ask(want).await.and_then(pages::only_whole) {
                Ok(found) => Ok(source.provider.landed(sent, &found, &source.settings)),
                // "Not there" is an answer, and shows nothing.
                Err(Fault { kind: FaultKind::NotThere, .. }) => {
                    Ok(Landed::No(Raw::new("the provider knows nothing of it")))
                }
                Err(fault) => Err(fault),
            },
        };
        let stamp = self.teller.clock.stamp();
        let (life, event, says, remote) = match &landed {
            Ok(Landed::Yes { remote, says }) => (
                life::found_there(entry.life),
                Some("accepted"),
                say!("it arrived: {}", says.show()),
                remote.clone(),
            ),
            Ok(Landed::No(says)) => (
                life::not_found(entry.life, stamp, terms),
                None,
                say!("read back without a trace, which proves nothing: {}", says.show()),
                Raw::default(),
            ),
            // What is seen proves nothing of ours either; whoever decides has these words before their eyes.
            Ok(Landed::Unsure(says)) => (
                life::not_found(entry.life, stamp, terms),
                None,
                say!("read back, and not sure: {}", says.show()),
                Raw::default(),
            ),
            Err(fault) => (
                life::not_read(entry.life, stamp, terms),
                None,
                say!("could not be read back: {}", fault.tell()),
                Raw::default(),
            ),
        };
        let Ok(life) = life else { return (false, Seen::Nothing) };
        let seen = match landed {
            Ok(Landed::Yes { .. }) => Seen::It,
            Ok(Landed::Unsure(_)) => Seen::Something,
            Ok(Landed::No(_)) | Err(_) => Seen::Nothing,
        };
        let shift =
            Shift { look: Some(Raw::new(says.as_str())), remote: remote.clone(), ..Shift::of(event, says) };
        let moved = self.shifted(lane, entry, life, shift);
        if seen == Seen::It {
            let number = entry.case().map_or(remote, |case| case.number.clone());
            self.bring_up_to_date(lane, source, number, entry.draft.base.as_deref()).await;
        }
        (moved, seen)
    }
}
