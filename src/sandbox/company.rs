//! The stand-ins beside Nets's: which there are, where each is found below the one address, and where its state is kept.

use std::{io, path::PathBuf};

use super::world::Shelf;
use crate::{
    case::Moment,
    http::Response,
    provider::{
        Asked, StandIn, Written, casap::sandbox as casap, checkout::sandbox as checkout, qolo::sandbox as qolo,
    },
};

/// Every stand-in, by its provider's id, as it is when its world is born.
fn all(born: Moment) -> Vec<(&'static str, Box<dyn StandIn>)> {
    vec![
        ("checkout", Box::new(checkout::World::new(born))),
        ("qolo", Box::new(qolo::World::new(born))),
        ("casap", Box::new(casap::older::World::new(born))),
        ("casap-current", Box::new(casap::current::World::new(born))),
    ]
}

/// What another program needs to use one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// The provider's id.
    pub provider: &'static str,
    pub base: String,
    /// Empty where no token is given.
    pub token: String,
    /// By the names that a configuration has for them.
    pub secrets: &'static [(&'static str, &'static str)],
    pub table: Table,
}

pub struct Company(Vec<Member>);

struct Member {
    provider: &'static str,
    stand_in: Box<dyn StandIn>,
    shelf: Option<Shelf>,
}

impl Company {
    /// `home`: the directory in which what is written is kept; without one it is gone with this.
    pub fn new(born: Moment, home: Option<PathBuf>) -> Company {
        let member = |(provider, stand_in)| {
            let shelf = home.as_ref().map(|home| Shelf::new(home.clone(), file(provider)));
            Member { provider, stand_in, shelf }
        };
        Company(all(born).into_iter().map(member).collect())
    }

    pub fn entrances(&self, address: &str) -> Vec<Entrance> {
        let entrance = |member: &Member| {
            let [base, token] = member.stand_in.places();
            let whole =
                |place: &str| if place.is_empty() { String::new() } else { format!("{address}{place}") };
            Entrance {
                provider: member.provider,
                base: whole(base),
                token: whole(token),
                secrets: member.stand_in.secrets(),
                table: member.stand_in.table(),
            }
        };
        self.0.iter().map(entrance).collect()
    }

    /// The answer of whoever the path belongs to; none where it belongs to nobody here.
    pub fn answer(&mut self, asked: &Asked, now: Moment) -> Option<io::Result<Response>> {
        let below = |member: &&mut Member| {
            asked.path.strip_prefix(member.stand_in.root()).is_some_and(|rest| rest.starts_with('/'))
        };
        self.0.iter_mut().find(below).map(|member| member.answer(asked, now))
    }

    pub fn expire_tokens(&mut self) {
        self.0.iter_mut().for_each(|member| member.stand_in.expire_tokens());
    }

    /// What was written at a provider's.
    pub fn written(&self, provider: &str) -> Vec<Written> {
        let member = self.0.iter().find(|member| member.provider == provider);
        member.map_or(Vec::new(), |member| member.stand_in.written().to_vec())
    }
}

impl Member {
    fn answer(&mut self, asked: &Asked, now: Moment) -> io::Result<Response> {
        match &mut self.shelf {
            Some(shelf) => shelf.play(&mut *self.stand_in, asked, now),
            None => Ok(self.stand_in.answer(asked, now)),
        }
    }
}

/// A provider's stand-in by itself, not served.
pub fn stand_in(provider: &str, born: Moment) -> Option<Box<dyn StandIn>> {
    all(born).into_iter().find(|(own, _)| *own == provider).map(|(_, stand_in)| stand_in)
}

/// What a provider's stand-in keeps itself in.
pub fn file(provider: &str) -> String {
    format!("world-{provider}.json")
}

/// What a profile's table has to say.
pub type Table = &'static [(&'static str, &'static str)];

/// The providers that have a stand-in here, with what the table of a profile has to say.
pub fn providers() -> Vec<(&'static str, Table)> {
    all(Moment(0)).into_iter().map(|(provider, stand_in)| (provider, stand_in.table())).collect()
}
