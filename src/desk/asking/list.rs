//! The list: its place, its filter, its order, its columns.

use crate::{
    case::{Column, Place, QueueId, Sort, View},
    desk::{
        Desk, Focus, START, Then, Tone, answers,
        line::Purpose,
        words::{Effect, Errand, Step},
    },
    text::{Raw, SafeText, mask, own, say},
};

impl Desk {
    pub(super) fn type_filter(&mut self) -> Vec<Effect> {
        self.focus = Focus::List;
        let before = self.list.typed.clone();
        self.type_line(Purpose::Filter { before: before.clone() }, &before)
    }

    /// What of the filter does not hold because it makes no sense.
    pub(in crate::desk) fn tell_bad_term(&mut self) {
        if let Some(bad) = self.list.bad.first() {
            let text =
                say!("{}: {}; the rest of the filter holds", Raw::new(bad.term.clone()).show(), own(bad.why));
            self.tell(Tone::Bad, text);
        }
    }

    pub(in crate::desk) fn filter_to(&mut self, typed: &str) -> Vec<Effect> {
        let height = self.list_height();
        let look = self.list.filter(&mask(typed).0, height);
        self.tell_bad_term();
        self.remember_place(look.into_iter().collect())
    }

    pub(super) fn queue(&mut self, id: &str) -> Vec<Effect> {
        let profile = match &self.list.query.place {
            Place::Queue(queue) => Some(queue.profile.clone()),
            Place::View(_) => None,
        };
        let Some(profile) = profile.or_else(|| self.setup.profiles.first().map(|profile| profile.name.clone()))
        else {
            return self.refuse(own("no profile is configured"));
        };
        let of = |profile: String| Place::Queue(QueueId { profile, id: Raw::new(id) });
        let mut place = of(profile.clone());
        let unknown = self.queues.line_of(&place).is_none();
        if unknown {
            // What this profile does not have another one may.
            let others = self.setup.profiles.iter().map(|profile| of(profile.name.clone()));
            let known: Vec<_> = others.filter(|place| self.queues.line_of(place).is_some()).collect();
            match known.as_slice() {
                [] => {}
                [one] => return self.show(one.clone()),
                several => {
                    let names = several.iter().filter_map(|place| match place {
                        Place::Queue(queue) => Some(Raw::new(&*queue.profile).show()),
                        Place::View(_) => None,
                    });
                    let names = SafeText::join(&names.collect::<Vec<_>>(), ", ");
                    let id = Raw::new(id).show();
                    return self.refuse(say!("{} is a queue of {}: go to one of them first", id, names));
                }
            }
            place = of(profile.clone());
        }
        let mut effects = self.show(place);
        if unknown {
            // A queue that nobody declared: the provider knows whether there is one.
            let queue = Raw::new(id);
            effects.extend(self.send(Errand::Queue { profile, queue }));
        }
        effects
    }

    pub(super) fn view(&mut self, name: &str) -> Vec<Effect> {
        let name = name.to_lowercase();
        match View::ALL.into_iter().find(|view| view.words().to_lowercase().contains(&name)) {
            Some(view) => self.show(Place::View(view)),
            None => self.refuse(own("there is no such list: due, overdue, answer, parked, left, all")),
        }
    }

    /// Shows what the queue pane's cursor points at.
    pub(super) fn show_place(&mut self) -> Vec<Effect> {
        match self.queues.place() {
            Some(place) if *place != self.list.query.place => {
                let place = place.clone();
                self.list.query.place = place;
                let height = self.list_height();
                let look = self.list.anew(height);
                self.remember_place(vec![look])
            }
            _ => Vec::new(),
        }
    }

    pub(in crate::desk) fn show(&mut self, place: Place) -> Vec<Effect> {
        (self.focus, self.then) = (Focus::List, Then::Nothing);
        self.reader = None;
        self.queues.point_at(&place);
        self.list.query.place = place;
        let height = self.list_height();
        let look = self.list.anew(height);
        self.remember_place(vec![look])
    }

    pub(super) fn sort(&mut self, sort: Sort) -> Vec<Effect> {
        self.list.query.sort = sort;
        let height = self.list_height();
        let look = self.list.reordered(height);
        self.remember_place(vec![look])
    }

    pub(super) fn sort_step(&mut self, step: Step) -> Vec<Effect> {
        let width = self.panes().map_or(0, |panes| panes.list.width);
        let shown = self.list.fit(width);
        let columns: Vec<Column> = shown.into_iter().map(|(column, _)| column).collect();
        let count = columns.len();
        let at = columns.iter().position(|column| *column == self.list.query.sort.column);
        let next = match (at, step) {
            (None, _) => 0,
            (Some(at), Step::Next) => (at + 1) % count,
            (Some(at), Step::Previous) => (at + count - 1) % count,
        };
        let column = columns.get(next).copied().unwrap_or(Column::Due);
        self.sort(Sort { column, descending: false })
    }

    pub(super) fn columns(&mut self, columns: Vec<Column>) -> Vec<Effect> {
        self.list.columns = columns;
        self.remember_place(Vec::new())
    }

    /// Adds the wish to remember where the list stands.
    pub(in crate::desk) fn remember_place(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        effects.push(Effect::Prefer(START, answers::remember(&self.list, &self.bookmarks)));
        effects
    }
}
