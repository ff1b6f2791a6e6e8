//! What a command works with: the profiles, the store, and the thread that asks their providers. One question after the
//! other, each waited for.

use std::sync::mpsc::Receiver;

use super::ends::{Stop, refused_or_unsent};
use crate::{
    case::{CaseId, Fault, FaultKind, Moment},
    desk::{
        Profile,
        words::{CaseFile, Effect, Errand, Event, Told},
    },
    provider::{Lists, Provider},
    run::{Heard, clock::Clock, files, in_use::InUse, network::Network},
    store::Store,
    text::{Raw, SafeText, own, say},
};

pub struct Counter {
    pub profiles: Vec<Profile>,
    /// One for each profile.
    pub providers: Vec<&'static dyn Provider>,
    pub store: Store,
    pub clock: Clock,
    pub who: Raw,
    pub network: Network,
    pub heard: Receiver<Heard>,
    pub in_use: InUse,
}

impl Counter {
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Carries out all of them at once; the answers, as they come.
    pub fn all(&self, effects: Vec<Effect>) -> Vec<Event> {
        let count = effects.len();
        effects.into_iter().for_each(|effect| self.network.take(effect));
        let answers = self.heard.iter().filter_map(|heard| match heard {
            Heard::Desk(Told { what, .. }) if what.closes() => Some(what),
            _ => None,
        });
        answers.take(count).collect()
    }

    /// Carries out one and waits for its answer.
    pub fn one(&self, effect: Effect) -> Result<Event, Stop> {
        match self.all(vec![effect]).pop() {
            Some(Event::Trouble(_, why)) => Err(Stop::unsent(why)),
            Some(event) => Ok(event),
            None => Err(Stop::unsent(own("a part of the program has stopped"))),
        }
    }

    /// Carries out what the outbox is to do, and waits until everything that was due then was tried.
    pub fn through(&self, effect: Effect) -> Result<Event, Stop> {
        self.network.take(effect);
        let (mut answer, mut begun) = (None, 0i64);
        for heard in self.heard.iter() {
            match heard {
                Heard::Begun => begun += 1,
                Heard::Ended => begun -= 1,
                Heard::Desk(Told { what: Event::Trouble(_, why), .. }) => return Err(Stop::unsent(why)),
                Heard::Desk(Told { what, .. }) if what.closes() => answer = Some(what),
                _ => {}
            }
            if begun <= 0 && answer.is_some() {
                break;
            }
        }
        answer.ok_or_else(|| Stop::unsent(own("a part of the program has stopped")))
    }

    /// The profile of that name, or the only one of that provider.
    pub fn profile(&self, name: &str) -> Result<&Profile, Stop> {
        let of_provider = |(_, provider): &(&Profile, &&dyn Provider)| provider.manifest().id == name;
        let named = self.profiles.iter().find(|profile| profile.name == name);
        let found: Vec<_> = self.profiles.iter().zip(&self.providers).filter(of_provider).collect();
        match (named, found.as_slice()) {
            (Some(profile), _) => Ok(profile),
            (None, [(profile, _)]) => Ok(profile),
            (None, []) => {
                let names = self.profiles.iter().map(|profile| Raw::new(profile.name.clone()).show());
                let known = SafeText::join(&names.collect::<Vec<_>>(), ", ");
                Err(Stop::usage(say!("there is no profile {}; known are {}", Raw::new(name).show(), known)))
            }
            _ => Err(Stop::usage(say!("{} has several profiles: name one", Raw::new(name).show()))),
        }
    }

    pub fn provider(&self, profile: &str) -> Option<&'static dyn Provider> {
        let at = self.profiles.iter().position(|known| known.name == profile)?;
        self.providers.get(at).copied()
    }

    /// Whose case that number is: of the named profile, of the one that has it here, or of the one that answers to it.
    pub fn locate(&self, number: &str, profile: Option<&str>) -> Result<CaseId, Stop> {
        let of = |profile: &str| CaseId { profile: profile.to_owned(), number: Raw::new(number) };
        if let Some(profile) = profile {
            return Ok(of(&self.profile(profile)?.name));
        }
        let mut kept = Vec::new();
        for profile in &self.profiles {
            let id = of(&profile.name);
            if self.store.case(&id)?.is_some() {
                kept.push(id);
            }
        }
        if kept.is_empty() && self.profiles.len() > 1 {
            kept = self.found(number)?;
        }
        match (kept.as_slice(), self.profiles.as_slice()) {
            ([id], _) => Ok(id.clone()),
            ([], [only]) => Ok(of(&only.name)),
            ([], _) => {
                Err(Stop::refused(say!("no provider that was asked knows case {}", Raw::new(number).id())))
            }
            _ => Err(Stop::usage(say!(
                "several profiles have a case {}: name one with --profile",
                Raw::new(number).id()
            ))),
        }
    }

    /// The cases that providers know under that very number.
    fn found(&self, number: &str) -> Result<Vec<CaseId>, Stop> {
        match self.one(Effect::Find(Raw::new(number)))? {
            Event::Found { rows, .. } => {
                Ok(rows.into_iter().map(|row| row.id).filter(|id| id.number.exact() == number).collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// A case read anew from its provider, where that can be; with the reason where it could not.
    pub fn read(&self, id: &CaseId) -> Result<(CaseFile, Option<Fault>), Stop> {
        let fault = match self.one(Effect::Ask(Errand::Case(id.clone())))? {
            Event::Asked { answer: Err(fault), .. } => Some(fault),
            _ => None,
        };
        let is_register = self.provider(&id.profile).is_some_and(|it| it.manifest().lists == Lists::Nothing);
        match (self.kept(id)?, fault) {
            (Some(file), Some(fault)) if is_register && fault.kind == FaultKind::Unprepared => Ok((file, None)),
            (Some(file), fault) => Ok((file, fault)),
            (None, Some(fault)) => Err(Stop::of(&fault)),
            (None, None) => Err(Stop::refused(say!("the provider does not know case {}", id.number.id()))),
        }
    }

    pub fn kept(&self, id: &CaseId) -> Result<Option<CaseFile>, Stop> {
        Ok(files::case_file(&self.store, id)?)
    }

    /// Asks, and says by the code how it ended where it did not go well.
    pub fn ask(&self, errand: Errand) -> Result<Vec<CaseId>, Stop> {
        match self.one(Effect::Ask(errand))? {
            Event::Asked { answer: Ok(asked), .. } => Ok(asked.cases),
            Event::Asked { answer: Err(fault), .. } => Err(Stop::of(&fault)),
            _ => Ok(Vec::new()),
        }
    }
}

impl Stop {
    pub fn of(fault: &Fault) -> Stop {
        Stop { code: refused_or_unsent(fault), says: fault.tell() }
    }
}
