//! The actions of the profile in hand: which fit the case, beginning one, notes.

use crate::{
    action::{Action, Offer, offer},
    case::{CaseId, Place},
    desk::{
        Desk, Focus, Over, Profile,
        line::Purpose,
        words::{Begin, Effect, Force},
    },
    text::{Raw, SafeText, own, say},
};

/// An action as the footer and the list of all actions show it.
pub struct Verb {
    pub action: &'static Action,
    /// `None` where the case it would be about is not here to be looked at.
    pub offer: Option<Offer>,
}

impl Verb {
    /// Whether it is begun without being forced, as far as that can be told.
    pub fn is_open(&self) -> bool {
        self.offer.as_ref().is_none_or(Offer::is_open)
    }
}

impl Desk {
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.setup.profile(name)
    }

    /// What may be done through the profile in hand.
    pub fn actions_in_hand(&self) -> &'static [Action] {
        // What is under the cursor there is an entry, with keys of its own; and one form is enough.
        if self.focus == Focus::Outbox || self.form_behind().is_some() {
            return &[];
        }
        let name = self.profile_in_hand();
        name.and_then(|name| self.profile(&name)).map_or(&[], |profile| profile.actions)
    }

    /// The same, each with how it stands to the case in hand.
    pub fn verbs(&self) -> Vec<Verb> {
        let case = self.file_in_hand().map(|file| &file.case);
        let missing = case.is_none() && self.case_in_hand().is_some();
        let stand = |action: &Action| (!missing || action.makes_a_case()).then(|| offer(action, case));
        let verb = |action: &'static Action| Verb { action, offer: stand(action) };
        self.actions_in_hand().iter().map(verb).collect()
    }

    pub(super) fn lay_verbs(&mut self) -> Vec<Effect> {
        if self.actions_in_hand().is_empty() {
            return self.refuse(own("nothing can be done through this profile"));
        }
        self.lay(Over::Verbs { cursor: 0 })
    }

    pub(in crate::desk) fn act(&mut self, id: &str, force: Force) -> Vec<Effect> {
        let Some(verb) = self.verbs().into_iter().find(|verb| verb.action.id == id) else {
            return self.refuse(say!("this profile has no action {}", Raw::new(id).show()));
        };
        if let (Some(Offer::No(why)), true) = (&verb.offer, force == Force::No || self.case_in_hand().is_none())
        {
            let why = unfit(verb.action, why);
            return self.refuse(if self.case_in_hand().is_some() {
                why
            } else {
                own("there is no case under the cursor")
            });
        }
        let case = self.case_in_hand().filter(|_| !verb.action.makes_a_case());
        let profile = case.as_ref().map(|case| case.profile.clone()).or_else(|| self.profile_in_hand());
        let Some(profile) = profile else { return self.refuse(own("no profile is configured")) };
        let forced = force == Force::Yes;
        self.begin(Begin { profile, action: id.to_owned(), case, draft: None, forced })
    }

    /// Begins to make a case at a profile, which may be called by its provider where that has no other.
    pub(super) fn make(&mut self, name: &str) -> Vec<Effect> {
        let named = |profile: &&Profile| profile.name == name;
        let of = |profile: &&Profile| {
            !name.is_empty() && profile.provider.to_lowercase().starts_with(&name.to_lowercase())
        };
        let mut of_provider = self.setup.profiles.iter().filter(of);
        let only = of_provider.next().filter(|_| of_provider.next().is_none());
        let Some(profile) = self.setup.profiles.iter().find(named).or(only) else {
            let names: Vec<_> =
                self.setup.profiles.iter().map(|profile| Raw::new(&*profile.name).show()).collect();
            return self.refuse(say!("which profile? there are {}", SafeText::join(&names, ", ")));
        };
        let Some(action) = profile.actions.iter().find(|action| action.makes_a_case()) else {
            return self.refuse(own("no case can be made through this profile"));
        };
        let (profile, action) = (profile.name.clone(), action.id.to_owned());
        self.begin(Begin { profile, action, case: None, draft: None, forced: false })
    }

    /// Asks for a form. Until it is here, keys wait for it.
    pub(in crate::desk) fn begin(&mut self, begin: Begin) -> Vec<Effect> {
        self.lay(Over::Nothing);
        self.beginning = Some(begin.clone());
        vec![Effect::Begin(begin)]
    }

    pub(super) fn type_note(&mut self) -> Vec<Effect> {
        self.with_case(|desk, id| desk.type_line(Purpose::Note(id), ""))
    }

    pub(super) fn note(&mut self, text: &str) -> Vec<Effect> {
        let text = Raw::new(text.trim());
        self.with_case(|_, case| vec![Effect::Note { case, text }])
    }

    /// What was done with the open case is done: the next most urgent one follows, first of all those of the queue that is
    /// being worked through.
    pub(in crate::desk) fn follow_after(&mut self, case: Option<CaseId>) -> Vec<Effect> {
        let Some(case) = case.filter(|_| matches!(self.focus, Focus::Case | Focus::Reader)) else {
            return Vec::new();
        };
        let file = self.file.as_ref().filter(|file| file.case.id == case);
        let within = match (&self.list.query.place, file) {
            (Place::Queue(queue), Some(file))
                if queue.id == file.case.queue && queue.profile == case.profile =>
            {
                Some(queue.clone())
            }
            _ => None,
        };
        self.land_within(within, Some(case))
    }
}

/// Why an action is not begun, and what to do where the analyst knows better.
pub(in crate::desk) fn unfit(action: &Action, why: &SafeText) -> SafeText {
    say!("{}; :{} --force begins it all the same", why, own(action.id))
}
