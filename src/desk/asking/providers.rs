//! What is asked of the providers.

use crate::{
    case::Place,
    desk::{
        Desk, Focus, Health, Over, Realm,
        line::CardLine,
        words::{Effect, Errand},
    },
    text::own,
};

impl Desk {
    pub(super) fn refresh(&mut self) -> Vec<Effect> {
        match (self.focus, &self.list.query.place) {
            (Focus::Case | Focus::Reader, _) => self.with_case(|desk, id| desk.send(Errand::Case(id))),
            (_, Place::Queue(queue)) => {
                let (profile, queue) = (queue.profile.clone(), queue.id.clone());
                self.send(Errand::Queue { profile, queue })
            }
            (_, Place::View(_)) => self.refresh_all(),
        }
    }

    pub(super) fn refresh_all(&mut self) -> Vec<Effect> {
        let errands: Vec<_> = self
            .setup
            .profiles
            .iter()
            .flat_map(|profile| {
                let name = &profile.name;
                profile
                    .queues
                    .iter()
                    .map(|(queue, _)| Errand::Queue { profile: name.clone(), queue: queue.clone() })
            })
            .collect();
        errands.into_iter().flat_map(|errand| self.send(errand)).collect()
    }

    pub(super) fn errand(&mut self, make: impl FnOnce(String) -> Errand) -> Vec<Effect> {
        match self.profile_in_hand() {
            Some(profile) => self.send(make(profile)),
            None => self.refuse(own("no profile is configured")),
        }
    }

    pub(super) fn profile_in_hand(&self) -> Option<String> {
        let of_case = self.case_in_hand().map(|id| id.profile);
        // A queue without cases is its profile's all the same.
        let of_queue = || match &self.list.query.place {
            Place::Queue(queue) => Some(queue.profile.clone()),
            Place::View(_) => None,
        };
        let first = || self.setup.profiles.first().map(|profile| profile.name.clone());
        of_case.or_else(of_queue).or_else(first)
    }

    pub(in crate::desk) fn send(&mut self, errand: Errand) -> Vec<Effect> {
        if let Some(health) = self.health_of(errand.profile()) {
            health.asking += 1;
        }
        vec![Effect::Ask(errand)]
    }

    pub(in crate::desk) fn health_of(&mut self, profile: &str) -> Option<&mut Health> {
        let at = self.setup.profiles.iter().position(|known| known.name == profile)?;
        self.health.get_mut(at)
    }

    pub(super) fn type_card(&mut self) -> Vec<Effect> {
        match self.profile_in_hand() {
            Some(profile) => self.lay(Over::Card(CardLine::new(profile))),
            None => self.refuse(own("no profile is configured")),
        }
    }

    /// The realm that everything on the screen belongs to: the costliest of the profiles.
    pub fn realm(&self) -> Realm {
        let has = |realm| self.setup.profiles.iter().any(|profile| profile.realm == realm);
        if has(Realm::Live) {
            Realm::Live
        } else if has(Realm::Test) {
            Realm::Test
        } else {
            Realm::Sandbox
        }
    }
}
