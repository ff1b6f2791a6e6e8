//! The queue pane: the declared queues of every profile with what the store knows of them, any other queue that
//! turned up, and the desk's own lists.

use super::{Setup, outbox::Part, words::Move};
use crate::{
    case::{Moment, Place, QueueId, QueueLine, View, ViewLine},
    text::Raw,
};

#[derive(Default)]
pub struct Queues {
    pub lines: Vec<Line>,
    /// The lines below them: drafts and outbox, where they hold something, and how many.
    pub shelves: Vec<(Part, usize)>,
    /// Counts through the lines, then the shelves.
    pub cursor: usize,
}

/// One line of the pane.
pub struct Line {
    pub place: Place,
    pub name: Raw,
    /// `None` until counted.
    pub count: Option<usize>,
    pub oldest: Option<Moment>,
    pub next_deadline: Option<Moment>,
    pub read_at: Option<Moment>,
}

impl Queues {
    /// What can be said before anything is counted.
    pub fn declared(setup: &Setup) -> Queues {
        let mut queues = Queues::default();
        queues.count(setup, Vec::new(), &[]);
        queues
    }

    /// Takes what the store counted. Declared queues come first in their order, then those that turned up, then the
    /// desk's own lists. The cursor stays on its place.
    pub fn count(&mut self, setup: &Setup, mut counted: Vec<QueueLine>, views: &[ViewLine]) {
        let (here, shelf) = (self.place().cloned(), self.shelf());
        let mut lines = Vec::new();
        for profile in &setup.profiles {
            for (id, name) in &profile.queues {
                let id = QueueId { profile: profile.name.clone(), id: id.clone() };
                let known = counted.iter().position(|line| line.id == id).map(|at| counted.swap_remove(at));
                lines.push(line(id, name.clone(), known));
            }
            let (mut others, rest): (Vec<_>, Vec<_>) =
                counted.into_iter().partition(|line| line.id.profile == profile.name);
            counted = rest;
            others.sort_by(|a, b| a.id.cmp(&b.id));
            lines.extend(
                others.into_iter().map(|known| line(known.id.clone(), known.name.clone(), Some(known))),
            );
        }
        for view in View::ALL {
            let known = views.iter().find(|line| line.view == view);
            lines.push(Line {
                place: Place::View(view),
                name: Raw::new(view.words()),
                count: known.map(|known| known.count),
                oldest: None,
                next_deadline: known.and_then(|known| known.next_deadline),
                read_at: None,
            });
        }
        self.lines = lines;
        if let Some(here) = here {
            self.point_at(&here);
        }
        self.point_at_shelf(shelf);
    }

    /// Takes how many drafts and live entries there are.
    pub fn shelve(&mut self, drafts: usize, live: usize) {
        let shelf = self.shelf();
        let shelves = [(Part::Drafts, drafts), (Part::Live, live)];
        self.shelves = shelves.into_iter().filter(|(_, count)| *count > 0).collect();
        self.point_at_shelf(shelf);
    }

    /// What is under the cursor, where it is none of the lines.
    pub fn shelf(&self) -> Option<Part> {
        let at = self.cursor.checked_sub(self.lines.len())?;
        self.shelves.get(at).map(|(part, _)| *part)
    }

    fn point_at_shelf(&mut self, shelf: Option<Part>) {
        let Some(shelf) = shelf else { return };
        let at = self.shelves.iter().position(|(part, _)| *part == shelf);
        self.cursor = at.map_or(self.lines.len().saturating_sub(1), |at| self.lines.len() + at);
    }

    pub fn place(&self) -> Option<&Place> {
        self.lines.get(self.cursor).map(|line| &line.place)
    }

    pub fn line_of(&self, place: &Place) -> Option<&Line> {
        self.lines.iter().find(|line| line.place == *place)
    }

    /// Puts the cursor on a place; it stays where it was when the place has no line.
    pub fn point_at(&mut self, place: &Place) {
        if let Some(at) = self.lines.iter().position(|line| line.place == *place) {
            self.cursor = at;
        }
    }

    pub fn go(&mut self, step: Move) {
        let last = (self.lines.len() + self.shelves.len()).saturating_sub(1);
        self.cursor = match step {
            Move::Up => self.cursor.saturating_sub(1),
            Move::Down => (self.cursor + 1).min(last),
            Move::Top | Move::PageUp => 0,
            Move::Bottom | Move::PageDown => last,
        };
    }
}

fn line(id: QueueId, name: Raw, known: Option<QueueLine>) -> Line {
    let known = known.as_ref();
    Line {
        place: Place::Queue(id),
        name,
        count: known.map(|known| known.count),
        oldest: known.and_then(|known| known.oldest),
        next_deadline: known.and_then(|known| known.next_deadline),
        read_at: known.and_then(|known| known.read_at),
    }
}
