//! What a terminal says of itself when it is asked. It says so on the line on which the keys come.

use super::{CellSize, kitty};
use crate::text::Raw;

/// The answers that have come so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Its name and version (XTVERSION).
    pub name: Option<Raw>,
    /// It takes pictures as kitty does.
    pub kitty: bool,
    /// Its primary attributes (DA1); every terminal tells them, and the last question asks for them.
    pub attributes: Option<Attributes>,
    pub cell: Option<CellSize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attributes {
    pub sixel: bool,
}

impl Answers {
    /// Takes one whole sequence, from its escape to its end; tells whether it is an answer.
    pub fn take(&mut self, sequence: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(sequence) else { return false };
        let string = |begins: &str| text.strip_prefix(begins)?.strip_suffix("\x1b\\");
        if let Some(name) = string("\x1bP>|") {
            // Below tmux the terminal around it may answer, too.
            self.name.get_or_insert_with(|| Raw::new(name));
            return true;
        }
        if let Some(answer) = string("\x1b_G") {
            let (keys, says) = answer.split_once(';').unwrap_or((answer, ""));
            let ours = format!("i={}", kitty::ASKED);
            self.kitty |= says == "OK" && keys.split(',').any(|key| key == ours);
            return true;
        }
        if let Some(attributes) = text.strip_prefix("\x1b[?").and_then(|text| text.strip_suffix('c')) {
            self.attributes =
                Some(Attributes { sixel: attributes.split(';').skip(1).any(|number| number == "4") });
            return true;
        }
        let Some(size) = text.strip_prefix("\x1b[6;").and_then(|text| text.strip_suffix('t')) else {
            return false;
        };
        let size = size.split_once(';').and_then(|(high, wide)| Some((high.parse().ok()?, wide.parse().ok()?)));
        self.cell = size.and_then(|(high, wide)| CellSize::new(wide, high)).or(self.cell);
        true
    }
}
