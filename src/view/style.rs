//! Looks: what each part of the screen is, in the terminal's own colours. State is never told by colour alone, so
//! the monochrome theme loses nothing.

use ratatui::style::{Color, Modifier, Style};

use crate::{
    case::{Moment, Stage, moment},
    desk::Realm,
};

/// How the screen is painted: which colours, which signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub theme: Theme,
    pub signs: Signs,
}

/// Colours are the sixteen that the terminal's owner chose; the background is never set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    Default,
    /// For light backgrounds: nothing that pales on white.
    Light,
    /// Weight only. Chosen by NO_COLOR and by terminals without colours.
    Mono,
    /// Told apart without red and green.
    ColourBlind,
}

impl Theme {
    pub const ALL: [(&'static str, Theme); 4] = [
        ("default", Theme::Default),
        ("light", Theme::Light),
        ("mono", Theme::Mono),
        ("colour-blind", Theme::ColourBlind),
    ];

    pub fn named(name: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, theme)| theme)
    }
}

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Plain,
    /// Beside the point: labels, rules, what is far away.
    Dim,
    /// Headings and what has the focus.
    Strong,
    /// The cursor's sign and what can be pressed.
    Accent,
    Good,
    Warning,
    Danger,
    /// A search hit, and the one that is current.
    Hit,
    HitHere,
}

impl Look {
    pub fn of(&self, role: Role) -> Style {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let (accent, good, warning, danger) = match self.theme {
            Theme::Mono => {
                return match role {
                    Role::Plain | Role::Good | Role::Dim => plain,
                    Role::Strong | Role::Accent | Role::Warning => bold,
                    Role::Danger | Role::Hit => bold.add_modifier(Modifier::UNDERLINED),
                    Role::HitHere => plain.add_modifier(Modifier::REVERSED),
                };
            }
            Theme::Default => (Color::Cyan, Color::Green, Color::Yellow, Color::Red),
            Theme::Light => (Color::Blue, Color::Green, Color::Magenta, Color::Red),
            Theme::ColourBlind => (Color::Cyan, Color::Blue, Color::Yellow, Color::Magenta),
        };
        match role {
            Role::Plain => plain,
            Role::Dim => plain.fg(Color::DarkGray),
            Role::Strong => bold,
            Role::Accent => bold.fg(accent),
            Role::Good => plain.fg(good),
            Role::Warning => plain.fg(warning),
            Role::Danger => bold.fg(danger),
            Role::Hit => plain.fg(warning).add_modifier(Modifier::UNDERLINED),
            Role::HitHere => plain.add_modifier(Modifier::REVERSED),
        }
    }
}

/// The signs that lines are drawn with: plain ASCII where the locale is not UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signs {
    #[default]
    Unicode,
    Ascii,
}

impl Signs {
    pub fn across(self) -> &'static str {
        if self == Signs::Unicode { "─" } else { "-" }
    }

    pub fn down(self) -> &'static str {
        if self == Signs::Unicode { "│" } else { "|" }
    }

    pub fn cursor(self) -> &'static str {
        if self == Signs::Unicode { "▶" } else { ">" }
    }

    pub fn rising(self) -> &'static str {
        if self == Signs::Unicode { "▲" } else { "^" }
    }

    pub fn falling(self) -> &'static str {
        if self == Signs::Unicode { "▼" } else { "v" }
    }

    pub fn corners(self) -> [&'static str; 4] {
        if self == Signs::Unicode { ["┌", "┐", "└", "┘"] } else { ["+", "+", "+", "+"] }
    }
}

/// How near a deadline is. The words say it too ("-2d").
pub fn nearness(deadline: Moment, now: Moment) -> Role {
    match deadline.since(now) {
        ..0 => Role::Danger,
        0..=moment::DAY => Role::Warning,
        _ => Role::Plain,
    }
}

pub fn of_stage(stage: Stage) -> Role {
    match stage {
        Stage::NeedsAnswer | Stage::PreArbitration | Stage::Arbitration => Role::Warning,
        Stage::Won => Role::Good,
        Stage::Lost => Role::Danger,
        Stage::WithThem | Stage::Withdrawn | Stage::Unknown => Role::Dim,
        Stage::Intake | Stage::WithUs => Role::Plain,
    }
}

/// How much a mistake would cost. The word says it too.
pub fn of_realm(realm: Realm) -> Role {
    match realm {
        Realm::Sandbox => Role::Good,
        Realm::Test => Role::Warning,
        Realm::Live => Role::Danger,
    }
}
