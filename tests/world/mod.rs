//! The world a story plays in: the provider's stand-in over real HTTP, a disk of its own, and a clock that stands still
//! unless it is moved. It outlives the programs that work in it.
#![allow(dead_code)]

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use casedesk::{
    case::{Case, CaseId, Moment, Settings},
    cli::profiles,
    http::{Address, Auth, Door, Pace, Secret, Shown},
    provider,
    run::{
        clock::Clock,
        outbox::points::{Point, Points},
        source::{Opened, Source},
    },
    sandbox::{self, Entrance, Origin, Served, Written},
    seal::card::{CardKey, Padding},
    store::{self, Store},
};
use tempfile::TempDir;

/// The moment at which every story begins: a Sunday morning in Copenhagen.
pub const MORNING: &str = "2026-11-22T08:00:00Z";
/// The name of the profile.
pub const SANDBOX: &str = "sandbox";

pub fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

pub struct World {
    pub served: Served,
    pub home: TempDir,
    pub clock: Clock,
    pub cases: usize,
    /// Where the disk is full.
    pub points: Points,
}

impl World {
    /// A sandbox with so many cases and an empty store.
    pub fn of(cases: usize) -> World {
        let clock = Clock::held(moment(MORNING));
        let served = serve(cases, SocketAddr::from(([127, 0, 0, 1], 0)), clock.clone());
        World { served, home: TempDir::new().unwrap(), clock, cases, points: Points::default() }
    }

    /// What this world began as.
    pub fn origin(&self) -> Origin {
        origin(self.cases)
    }

    /// The same world, served anew at an address.
    pub fn served_at(&self, at: SocketAddr) -> Served {
        serve(self.cases, at, self.clock.clone())
    }

    /// Where the store lies.
    pub fn dir(&self) -> PathBuf {
        self.home.path().join("store")
    }

    pub fn store(&self) -> Store {
        Store::open(&self.dir(), &store::install_key(&self.dir()).unwrap()).unwrap()
    }

    /// Every write that had an effect at the provider, in order: its judge.
    pub fn done(&self) -> Vec<Written> {
        self.served.written().into_iter().filter(|written| !written.repeated).collect()
    }

    pub fn disk_is_full_at(&self, point: Option<Point>) {
        *self.points.full.lock().unwrap() = point;
    }

    /// The profile's way to the stand-in, with so many tries of a question.
    pub fn source(&self, tries: u32, with_card_key: bool) -> Source {
        let served = &self.served;
        let (base, token) = (served.base.clone(), served.token.clone());
        let (id, secret) = (served.client_id, served.client_secret);
        let card_key = with_card_key.then_some(served.card_key);
        Source::new(SANDBOX.to_owned(), &provider::nets::Nets, Settings::of(SANDBOX), move || {
            let token_url = Address::parse(&token)?;
            let auth = Auth::ClientCredentials {
                token_url,
                id: Secret::new(id),
                secret: Secret::new(secret),
                scope: String::new(),
                shown: Shown::Header,
            };
            let pace = Pace { tries, first: Duration::from_millis(1), total: Duration::from_millis(500) };
            let card = card_key.map(|key| CardKey::from_pem(key.as_bytes())).transpose()?;
            let door = Door::new(Address::parse(&base)?, &auth, pace)?;
            Ok(Opened { door, card: Ok(card.map(|key| (key, Padding::Pkcs1v15))) })
        })
    }

    /// The way to another provider's stand-in.
    pub fn source_of(&self, id: &str, tries: u32) -> Source {
        self.source_with(id, &[], tries)
    }

    /// The same with more rows in the profile's table.
    pub fn source_with(&self, id: &str, rows: &[(&str, &str)], tries: u32) -> Source {
        let provider = profiles::provider(id).unwrap();
        let mut settings = self.settings_of(id);
        settings.table.extend(rows.iter().map(|(name, value)| (name.to_string(), value.to_string())));
        let own = settings.clone();
        let entrance = self.entrance(id);
        Source::new(id.to_owned(), provider, settings, move || {
            let base = Address::parse(&entrance.base)?;
            let token = if entrance.token.is_empty() { base.clone() } else { Address::parse(&entrance.token)? };
            let secret = |name: &str| {
                let found = entrance.secrets.iter().find(|(known, _)| *known == name);
                found.map(|(_, secret)| Secret::new(*secret)).ok_or_else(|| format!("no {name}"))
            };
            let auth = profiles::auth(&provider.manifest().access[0], token, &own, &secret)?;
            let pace = Pace { tries, first: Duration::from_millis(1), total: Duration::from_millis(500) };
            Ok(Opened { door: Door::new(base, &auth, pace)?, card: Ok(None) })
        })
    }

    pub fn settings_of(&self, id: &str) -> Settings {
        let table = self.entrance(id).table.iter();
        let table = table.map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Settings { profile: id.to_owned(), table }
    }

    fn entrance(&self, id: &str) -> Entrance {
        let entrances = self.served.entrances();
        entrances.into_iter().find(|entrance| entrance.provider == id).expect("a stand-in")
    }

    /// The disputes that a provider does not list are told of, as by the bank's own system.
    pub fn introduces(&self, id: &str) {
        let numbers = sandbox::stand_in(id, moment(MORNING)).unwrap().numbers();
        let known = |number: String| Case::bare(CaseId { profile: id.to_owned(), number: number.into() });
        self.store().keep_cases(numbers.into_iter().map(known).collect(), self.clock.now()).unwrap();
    }
}

fn origin(cases: usize) -> Origin {
    Origin { seed: 1, cases, born: moment(MORNING), changes: Vec::new() }
}

fn serve(cases: usize, at: SocketAddr, clock: Clock) -> Served {
    sandbox::serve(sandbox::world(origin(cases)), at, Arc::new(move || clock.now())).unwrap()
}
