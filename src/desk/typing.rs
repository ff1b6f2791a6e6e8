//! Keys while something lies on top of the panes: a line that is typed, a card number, help, a choice.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    Desk, Over, Then,
    asking::not_as_given,
    help, keys,
    line::{Purpose, Typed},
    reader::Reader,
    words::{Command, Effect, Errand, Force},
};
use crate::text::{Raw, mask, own};

/// No document tells more of itself than so many lines.
const LAST_FACT: usize = 200;

impl Desk {
    pub(super) fn line_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Over::Line(line) = &mut self.over else { return Vec::new() };
        match line.key(key) {
            Typed::Nothing => Vec::new(),
            Typed::Moved => {
                self.changed = true;
                Vec::new()
            }
            Typed::Changed => self.line_changed(),
            Typed::Entered => self.line_entered(),
            Typed::Left => self.line_left(),
        }
    }

    /// A filter applies while it is typed.
    pub(super) fn line_changed(&mut self) -> Vec<Effect> {
        self.changed = true;
        let Over::Line(line) = &self.over else { return Vec::new() };
        if !matches!(line.purpose, Purpose::Filter { .. }) {
            return Vec::new();
        }
        // A filter is shown and kept for the next time; nothing is found by a whole card number.
        let (typed, _) = mask(line.text());
        let height = self.list_height();
        self.list.filter(&typed, height).into_iter().collect()
    }

    fn line_entered(&mut self) -> Vec<Effect> {
        let actions = self.actions_in_hand();
        let Over::Line(line) = &mut self.over else { return Vec::new() };
        let text = line.text().to_owned();
        match &line.purpose {
            Purpose::Filter { .. } => {
                self.lay(Over::Nothing);
                self.changed = true;
                self.tell_bad_term();
                self.remember_place(Vec::new())
            }
            Purpose::Search => {
                self.lay(Over::Nothing);
                self.changed = true;
                self.search(&text)
            }
            Purpose::Park(case) if !text.trim().is_empty() => {
                let case = case.clone();
                self.lay(Over::Nothing);
                self.changed = true;
                self.park_case(case, Raw::new(text.trim()))
            }
            Purpose::Park(_) => {
                line.problem = Some(own("a reason is needed; Esc leaves without parking"));
                self.changed = true;
                Vec::new()
            }
            Purpose::Note(case) => {
                let (case, text) = (case.clone(), Raw::new(text.trim()));
                if text.is_empty() {
                    line.problem = Some(own("a note needs words; Esc leaves without one"));
                    self.changed = true;
                    return Vec::new();
                }
                self.lay(Over::Nothing);
                self.changed = true;
                vec![Effect::Note { case, text }]
            }
            Purpose::Dialog => self.lay(Over::Nothing),
            Purpose::Command => match keys::typed(&text, actions) {
                Ok(Command::Jump(_) | Command::Group(_) | Command::Queue(_)) if line.is_altered() => {
                    line.problem = Some(not_as_given());
                    self.changed = true;
                    Vec::new()
                }
                Ok(command) => {
                    self.lay(Over::Nothing);
                    self.ask(command)
                }
                Err(problem) => {
                    line.problem = Some(problem);
                    self.changed = true;
                    Vec::new()
                }
            },
        }
    }

    fn line_left(&mut self) -> Vec<Effect> {
        self.changed = true;
        let over = std::mem::replace(&mut self.over, Over::Nothing);
        match over {
            Over::Line(line) => match line.purpose {
                Purpose::Filter { before } => self.filter_to(&before),
                Purpose::Command | Purpose::Search | Purpose::Park(_) | Purpose::Note(_) | Purpose::Dialog => {
                    Vec::new()
                }
            },
            _ => Vec::new(),
        }
    }

    pub(super) fn card_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Over::Card(card) = &mut self.over else { return Vec::new() };
        self.changed = true;
        match card.key(key) {
            Typed::Entered => match card.number() {
                Ok(number) => {
                    let profile = card.profile.clone();
                    self.lay(Over::Nothing);
                    self.send(Errand::Card { profile, number })
                }
                Err(problem) => {
                    card.problem = Some(problem);
                    Vec::new()
                }
            },
            Typed::Left => self.lay(Over::Nothing),
            Typed::Changed | Typed::Moved | Typed::Nothing => Vec::new(),
        }
    }

    pub(super) fn password_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Over::Password(line) = &mut self.over else { return Vec::new() };
        self.changed = true;
        match line.key(key) {
            Typed::Entered => {
                let (paper, password) = (line.paper.clone(), Some(line.password()));
                self.lay(Over::Nothing);
                vec![Effect::Fetch { paper, password }]
            }
            Typed::Left => self.lay(Over::Nothing),
            Typed::Changed | Typed::Moved | Typed::Nothing => Vec::new(),
        }
    }

    /// Help, "why here?" and the choice among several cases: move, choose, leave.
    pub(super) fn over_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.changed, true);
        let page = usize::from(self.area.height.saturating_sub(4)).max(1);
        let step = match key.code {
            KeyCode::Char('j') | KeyCode::Down => 1,
            KeyCode::Char('k') | KeyCode::Up => -1,
            KeyCode::PageDown | KeyCode::Char(' ') => page as isize,
            KeyCode::PageUp => -(page as isize),
            KeyCode::Char('g') | KeyCode::Home => isize::MIN / 2,
            KeyCode::Char('G') | KeyCode::End => isize::MAX / 2,
            KeyCode::Enter => return self.choose(),
            KeyCode::Esc | KeyCode::Char('q' | '?' | 'w' | 'A' | 'P' | 'I' | 'D') => {
                return self.lay(Over::Nothing);
            }
            _ => {
                self.changed = before;
                return Vec::new();
            }
        };
        let (context, width) = (self.context(), help::width(self.area.width));
        let actions = self.actions_in_hand();
        let verbs = actions.len();
        let reading = self.reader.as_ref().and_then(Reader::reading);
        let leaves = reading.map_or(0, |reading| reading.pages.len());
        let inside = reading.map_or(0, |reading| reading.members.len());
        match &mut self.over {
            Over::Leaves { cursor } => {
                *cursor = cursor.saturating_add_signed(step).min(leaves.saturating_sub(1));
            }
            Over::Inside { cursor } => {
                *cursor = cursor.saturating_add_signed(step).min(inside.saturating_sub(1));
            }
            Over::About { top } => *top = top.saturating_add_signed(step).min(LAST_FACT),
            Over::Help { top } => {
                let last = help::lines(context, actions, width).len().saturating_sub(page);
                *top = top.saturating_add_signed(step).min(last);
            }
            Over::Pick { rows, cursor, .. } => {
                *cursor = cursor.saturating_add_signed(step).min(rows.len().saturating_sub(1));
            }
            Over::Verbs { cursor } => {
                *cursor = cursor.saturating_add_signed(step).min(verbs.saturating_sub(1));
            }
            _ => {}
        }
        Vec::new()
    }

    fn choose(&mut self) -> Vec<Effect> {
        if let Over::Leaves { cursor } = self.over {
            self.over = Over::Nothing;
            return self.leaf_at(cursor + 1);
        }
        if let Over::Inside { cursor } = self.over {
            self.over = Over::Nothing;
            return self.open_inside(cursor);
        }
        if let Over::Verbs { cursor } = self.over {
            let action = self.actions_in_hand().get(cursor);
            self.over = Over::Nothing;
            return action.map_or(Vec::new(), |action| self.act(action.id, Force::No));
        }
        let chosen = match &self.over {
            Over::Pick { rows, cursor, .. } => rows.get(*cursor).map(|row| row.id.clone()),
            _ => None,
        };
        self.over = Over::Nothing;
        chosen.map_or(Vec::new(), |id| self.open_case(id, Then::Nothing))
    }
}
