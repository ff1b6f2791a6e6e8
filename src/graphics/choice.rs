//! Which way of showing pictures is taken, and why: what the user wants, what the environment says, and what the
//! terminal answers.

use std::ffi::OsString;

use super::{Answers, CellSize, Protocol, Terminal, Tones, kitty};
use crate::text::{SafeText, own, say};

/// What the user wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// The best that the terminal has.
    #[default]
    Auto,
    Kitty,
    Sixel,
    Iterm2,
    HalfBlocks,
    /// No pictures.
    Off,
}

impl Wish {
    pub const ALL: [Wish; 6] =
        [Wish::Auto, Wish::Kitty, Wish::Sixel, Wish::Iterm2, Wish::HalfBlocks, Wish::Off];

    /// As the configuration and the environment call it.
    pub fn word(self) -> &'static str {
        match self {
            Wish::Auto => "auto",
            Wish::Kitty => "kitty",
            Wish::Sixel => "sixel",
            Wish::Iterm2 => "iterm2",
            Wish::HalfBlocks => "half-blocks",
            Wish::Off => "off",
        }
    }

    pub fn named(word: &str) -> Option<Wish> {
        Wish::ALL.into_iter().find(|wish| wish.word() == word)
    }
}

/// What is known before anything is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    pub wish: Wish,
    /// The user lets pictures through tmux, whose own setting has to allow it, too.
    pub through_tmux: bool,
    /// `TERM`.
    pub term: String,
    pub in_tmux: bool,
    /// GNU screen.
    pub in_screen: bool,
    pub over_ssh: bool,
    pub is_iterm2: bool,
    /// The user wants no colours, or the terminal has none.
    pub no_colours: bool,
    /// The terminal says that it has all of them.
    pub all_colours: bool,
    /// As the terminal line knows it.
    pub cell: Option<CellSize>,
}

impl Surroundings {
    /// What the environment says.
    pub fn of(wish: Wish, through_tmux: bool, var: &dyn Fn(&str) -> Option<OsString>) -> Surroundings {
        let var = |name: &str| var(name).map(|value| value.to_string_lossy().into_owned()).unwrap_or_default();
        let term = var("TERM");
        Surroundings {
            wish,
            through_tmux,
            in_tmux: !var("TMUX").is_empty() || term.starts_with("tmux"),
            in_screen: !var("STY").is_empty(),
            over_ssh: !var("SSH_CONNECTION").is_empty(),
            is_iterm2: var("LC_TERMINAL") == "iTerm2",
            no_colours: !var("NO_COLOR").is_empty()
                || matches!(term.as_str(), "" | "dumb" | "linux-m" | "vt100" | "vt220"),
            all_colours: matches!(var("COLORTERM").as_str(), "truecolor" | "24bit"),
            cell: None,
            term,
        }
    }

    /// Whether everything that will be said has been said.
    pub fn is_all(&self, answers: &Answers) -> bool {
        // The terminal around tmux answers in its own time.
        let outer = self.wish == Wish::Auto && self.in_tmux && self.through_tmux;
        answers.attributes.is_some() && (!outer || answers.kitty)
    }

    /// `screen` is what tmux calls itself, too, and all that is left of either after a hop by SSH.
    fn may_be_inside(&self) -> bool {
        self.in_tmux || self.in_screen || self.term.starts_with("screen")
    }

    fn tones(&self) -> Tones {
        if self.all_colours {
            Tones::All
        } else if self.term.contains("256color") {
            Tones::Table
        } else {
            Tones::Four
        }
    }
}

/// What to write to find out; nothing where the answer would change nothing, or the terminal would show the question.
pub fn question(around: &Surroundings) -> Option<Vec<u8>> {
    let has_none = matches!(around.term.as_str(), "" | "dumb" | "linux" | "linux-m" | "vt100" | "vt220");
    if has_none || around.in_screen || matches!(around.wish, Wish::HalfBlocks | Wish::Off) {
        return None;
    }
    let kitty = match around.wish {
        // tmux and screen would take the question for a title.
        Wish::Auto if !around.may_be_inside() => kitty::question(),
        Wish::Auto if around.in_tmux && around.through_tmux => kitty::through_tmux(&kitty::question()),
        _ => Vec::new(),
    };
    // A terminal that does not know a question may show it: in the first row, where it is painted over.
    let asked = [b"\x1b7\x1b[H\x1b[>q".as_slice(), &kitty, b"\x1b[16t\x1b[c\x1b8"];
    Some(asked.concat())
}

/// The way that is taken, and why in a few words.
pub fn choose(around: &Surroundings, answers: &Answers) -> (Option<Terminal>, SafeText) {
    let name = answers.name.as_ref().map(|name| name.show());
    let (protocol, why) = protocol(around, answers, name.as_ref());
    let cell = match protocol {
        Some(Protocol::HalfBlocks) => CellSize::TONES,
        _ => around.cell.or(answers.cell).unwrap_or(CellSize::ASSUMED),
    };
    (protocol.map(|protocol| Terminal { protocol, cell, tones: around.tones() }), why)
}

fn protocol(around: &Surroundings, answers: &Answers, name: Option<&SafeText>) -> (Option<Protocol>, SafeText) {
    let named = |start: &str| name.is_some_and(|name| name.as_str().starts_with(start));
    let in_tmux = around.in_tmux || named("tmux");
    let in_screen = around.in_screen || (around.term.starts_with("screen") && !in_tmux);
    let sixel = answers.attributes.is_some_and(|attributes| attributes.sixel);
    let half_blocks = |why: SafeText| match around.no_colours {
        true => (None, say!("{}; half blocks need colours", why)),
        false => (Some(Protocol::HalfBlocks), why),
    };
    let wanted = own("as the setting says");
    match around.wish {
        Wish::Off => (None, wanted),
        Wish::HalfBlocks => half_blocks(wanted),
        Wish::Sixel => (Some(Protocol::Sixel), wanted),
        _ if in_screen => half_blocks(own("GNU screen lets no pictures through")),
        Wish::Kitty if !in_tmux => (Some(Protocol::Kitty), wanted),
        Wish::Iterm2 if !in_tmux => (Some(Protocol::Iterm2), wanted),
        Wish::Kitty if around.through_tmux => (Some(Protocol::KittyInTmux), wanted),
        Wish::Auto if answers.kitty && in_tmux => {
            (Some(Protocol::KittyInTmux), own("the terminal around tmux answers as kitty does"))
        }
        Wish::Auto if answers.kitty => (Some(Protocol::Kitty), own("the terminal answers as kitty does")),
        Wish::Auto if !in_tmux && (around.is_iterm2 || named("iTerm2") || named("WezTerm")) => {
            (Some(Protocol::Iterm2), own("the terminal takes the inline files of iTerm2"))
        }
        Wish::Auto if sixel => (Some(Protocol::Sixel), own("the terminal says that it has sixels")),
        _ if in_tmux && !around.through_tmux => {
            half_blocks(own("tmux has no sixels, and images-in-tmux does not let pictures through it"))
        }
        _ if in_tmux => half_blocks(own("neither tmux nor the terminal around it shows pictures")),
        _ => half_blocks(match (name, answers.attributes) {
            (Some(name), _) => say!("{} shows no pictures", name),
            (None, Some(_)) => own("the terminal shows no pictures"),
            (None, None) => own("the terminal does not answer"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn around(vars: &[(&str, &str)], wish: Wish, through_tmux: bool) -> Surroundings {
        let var =
            |name: &str| vars.iter().find(|(own, _)| *own == name).map(|(_, value)| OsString::from(value));
        Surroundings::of(wish, through_tmux, &var)
    }

    fn answers(sequences: &[&str]) -> Answers {
        let mut answers = Answers::default();
        for sequence in sequences {
            assert!(answers.take(sequence.as_bytes()), "{sequence:?}");
        }
        answers
    }

    const XTERM: (&str, &str) = ("TERM", "xterm-256color");
    const IN_TMUX: [(&str, &str); 2] = [("TERM", "tmux-256color"), ("TMUX", "/tmp/tmux-1000/default,1,0")];
    /// What is left of tmux and of screen after a hop by SSH.
    const HOPPED: (&str, &str) = ("TERM", "screen-256color");
    const KITTY: &str = "\x1b_Gi=31;OK\x1b\\";
    const SIXEL: &str = "\x1b[?62;4;22c";
    const NONE: &str = "\x1b[?62;22c";
    const TMUX: &str = "\x1bP>|tmux 3.4\x1b\\";

    #[test]
    fn the_best_that_is_there_is_taken() {
        use Protocol::*;
        for (vars, through, said, protocol) in [
            (&[XTERM] as &[_], false, &[KITTY, SIXEL] as &[_], Kitty),
            (&[XTERM], false, &["\x1b_Gi=31;ENOTSUPPORTED:no\x1b\\", SIXEL], Sixel),
            (&[XTERM], false, &["\x1b_Gi=7;OK\x1b\\", NONE], HalfBlocks),
            (&[XTERM], false, &["\x1bP>|iTerm2 3.5.0\x1b\\", SIXEL], Iterm2),
            (&[XTERM], false, &["\x1bP>|WezTerm 20240203\x1b\\", SIXEL], Iterm2),
            (&[XTERM, ("LC_TERMINAL", "iTerm2")], false, &[NONE], Iterm2),
            (&[XTERM], false, &["\x1bP>|foot(1.16.2)\x1b\\", SIXEL], Sixel),
            (&[XTERM], false, &["\x1b[?4c"], HalfBlocks),
            (&[XTERM], false, &[], HalfBlocks),
            (&IN_TMUX, false, &[TMUX, NONE], HalfBlocks),
            (&IN_TMUX, true, &[TMUX, NONE], HalfBlocks),
            (&IN_TMUX, true, &[TMUX, NONE, KITTY], KittyInTmux),
            (&IN_TMUX, true, &[TMUX, SIXEL], Sixel),
            (&IN_TMUX, false, &[TMUX, SIXEL], Sixel),
            (&[HOPPED], false, &[TMUX, SIXEL], Sixel),
            (&[HOPPED], false, &[TMUX, NONE], HalfBlocks),
            (&[HOPPED], false, &[SIXEL], HalfBlocks),
            (&[HOPPED, ("STY", "1.pts")], false, &[], HalfBlocks),
        ] {
            let (found, why) = choose(&around(vars, Wish::Auto, through), &answers(said));
            assert_eq!(found.unwrap().protocol, protocol, "{vars:?} {said:?}: {why}");
            assert!(!why.as_str().is_empty());
        }
    }

    #[test]
    fn the_users_word_goes_before_the_terminals() {
        for (wish, vars, through, protocol) in [
            (Wish::Kitty, &[XTERM] as &[_], false, Some(Protocol::Kitty)),
            (Wish::Kitty, &IN_TMUX, true, Some(Protocol::KittyInTmux)),
            (Wish::Kitty, &IN_TMUX, false, Some(Protocol::HalfBlocks)),
            (Wish::Iterm2, &[XTERM], false, Some(Protocol::Iterm2)),
            (Wish::Iterm2, &IN_TMUX, true, Some(Protocol::HalfBlocks)),
            (Wish::Sixel, &IN_TMUX, false, Some(Protocol::Sixel)),
            (Wish::HalfBlocks, &[XTERM], false, Some(Protocol::HalfBlocks)),
            (Wish::HalfBlocks, &[XTERM, ("NO_COLOR", "1")], false, None),
            (Wish::Off, &[XTERM], false, None),
        ] {
            let (found, why) = choose(&around(vars, wish, through), &answers(&[SIXEL]));
            assert_eq!(found.map(|found| found.protocol), protocol, "{wish:?} {vars:?}: {why}");
            assert_eq!(Wish::named(wish.word()), Some(wish));
        }
        assert_eq!(Wish::named("Kitty"), None);
    }

    #[test]
    fn a_terminal_is_asked_nothing_that_it_would_show() {
        let asks = |vars: &[(&str, &str)], wish, through| {
            question(&around(vars, wish, through)).map(|bytes| String::from_utf8(bytes).unwrap())
        };
        let plain = "\x1b7\x1b[H\x1b[>q\x1b[16t\x1b[c\x1b8";
        let kitty = "\x1b7\x1b[H\x1b[>q\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c\x1b8";
        assert_eq!(asks(&[XTERM], Wish::Auto, false).as_deref(), Some(kitty));
        for (vars, wish) in [
            (&IN_TMUX as &[_], Wish::Auto),
            (&[HOPPED], Wish::Auto),
            (&[XTERM], Wish::Kitty),
            (&[XTERM], Wish::Sixel),
        ] {
            assert_eq!(asks(vars, wish, false).as_deref(), Some(plain), "{vars:?}");
        }
        let wrapped = asks(&IN_TMUX, Wish::Auto, true).unwrap();
        assert!(
            wrapped.contains("\x1bPtmux;\x1b\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\x1b\\\x1b\\"),
            "{wrapped:?}"
        );
        for (vars, wish) in [
            (&[("TERM", "linux")] as &[_], Wish::Auto),
            (&[("TERM", "dumb")], Wish::Auto),
            (&[], Wish::Auto),
            (&[HOPPED, ("STY", "1.pts")], Wish::Auto),
            (&[XTERM], Wish::HalfBlocks),
            (&[XTERM], Wish::Off),
        ] {
            assert_eq!(asks(vars, wish, true), None, "{vars:?}");
        }
    }

    #[test]
    fn sizes_of_cells_are_believed_where_they_can_be() {
        let cell = |line: Option<CellSize>, said: &str| {
            let around = Surroundings { cell: line, ..around(&[XTERM], Wish::Sixel, false) };
            let cell = choose(&around, &answers(&[said])).0.unwrap().cell;
            (cell.width, cell.height)
        };
        assert_eq!(cell(None, "\x1b[6;18;9t"), (9, 18));
        assert_eq!(cell(CellSize::new(8, 16), "\x1b[6;18;9t"), (8, 16));
        for nonsense in ["\x1b[6;0;0t", "\x1b[6;9999;10t", "\x1b[6;20t", "\x1b[6;-1;10t"] {
            assert_eq!(cell(None, nonsense), (10, 20));
        }
        assert_eq!(CellSize::new(0, 20), None);
    }

    #[test]
    fn what_is_no_answer_is_left_to_be_a_key() {
        for sequence in
            ["\x1b[A", "\x1b[5~", "\x1b[1;5C", "a", "\x1bP1$r0m\x1b\\", "\x1b]11;rgb:0/0/0\x07", "\x1bx"]
        {
            assert!(!Answers::default().take(sequence.as_bytes()), "{sequence:?}");
        }
    }
}
