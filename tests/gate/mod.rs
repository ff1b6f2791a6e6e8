//! The gate: what the program may write to a terminal, checked byte by byte with an independent parser. Everything
//! that is not named here fails: no OSC, DCS, APC, PM or SOS, no other CSI, no control, nothing hidden in text.

// Every test file that uses the gate uses another part of it.
#![allow(dead_code)]

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use vte::{Params, Parser, Perform};

/// DEC private modes of the start and stop set: auto-wrap, cursor, mouse coordinates, alternate screen, bracketed
/// paste, synchronized update.
const MODES: [u16; 6] = [7, 25, 1006, 1049, 2004, 2026];

/// Whether bytes for the terminal hold only text, `CSI m/H/J/K`, `CSI ?h/?l` of the known modes, and scroll regions
/// (`CSI r/S/T`). Line ends are allowed only once the alternate screen was left. The error names the first thing that
/// is not allowed.
pub fn only_allowed(bytes: &[u8]) -> Result<(), String> {
    std::str::from_utf8(bytes)
        .map_err(|error| format!("bytes that are not UTF-8 at {}", error.valid_up_to()))?;
    // The parser swallows APC, PM and SOS without a word, and a sequence that is never ended.
    if let Some(at) = (0..bytes.len()).find(|at| bytes[*at] == 0x1b && bytes.get(at + 1) != Some(&b'[')) {
        return Err(format!("an escape that begins no CSI at byte {at}"));
    }
    let mut gate = Gate::default();
    let mut parser: Parser = Parser::new();
    parser.advance(&mut gate, bytes);
    let before = gate.printed;
    parser.advance(&mut gate, b"x");
    match gate.refused {
        Some(refused) => Err(refused),
        None if gate.printed == before => Err("a sequence that is never ended".to_owned()),
        None => Ok(()),
    }
}

/// The same where pictures are shown: what is written beyond that are these byte strings, each as a whole, and the
/// saving and restoring of the cursor.
pub fn only_allowed_and(bytes: &[u8], pictures: &[Vec<u8>]) -> Result<(), String> {
    let cursor = [b"\x1b7".to_vec(), b"\x1b8".to_vec()];
    let mut left = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let known = pictures.iter().chain(&cursor).find(|known| !known.is_empty() && rest.starts_with(known));
        match known {
            Some(known) => rest = &rest[known.len()..],
            None => {
                left.push(*first);
                rest = &rest[1..];
            }
        }
    }
    only_allowed(&left)
}

#[derive(Default)]
struct Gate {
    refused: Option<String>,
    printed: usize,
    left_alternate_screen: bool,
}

impl Gate {
    fn refuse(&mut self, what: String) {
        self.refused.get_or_insert(what);
    }
}

impl Perform for Gate {
    fn print(&mut self, c: char) {
        self.printed += 1;
        if hidden(c) {
            self.refuse(format!("the hidden character U+{:04X}", c as u32));
        }
    }

    fn execute(&mut self, byte: u8) {
        if !(self.left_alternate_screen && matches!(byte, b'\n' | b'\r')) {
            self.refuse(format!("the control {byte:#04x}"));
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: char) {
        let params: Vec<u16> = params.iter().flatten().copied().collect();
        let known = match (intermediates, action) {
            ([], 'm' | 'H' | 'J' | 'K' | 'r' | 'S' | 'T') => true,
            (b"?", 'h' | 'l') => params.iter().all(|mode| MODES.contains(mode)),
            _ => false,
        };
        if ignore || !known {
            let marker = String::from_utf8_lossy(intermediates).into_owned();
            self.refuse(format!("CSI {marker} {params:?} {action}"));
        } else if intermediates == b"?" && params.contains(&1049) {
            self.left_alternate_screen = action == 'l';
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _ignore: bool, byte: u8) {
        self.refuse(format!("ESC {intermediates:?} {byte:#04x}"));
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _bell_terminated: bool) {
        let first = params.first().map(|first| String::from_utf8_lossy(first).into_owned());
        self.refuse(format!("OSC {first:?}"));
    }

    fn hook(&mut self, _params: &Params, _intermediates: &[u8], _ignore: bool, action: char) {
        self.refuse(format!("DCS {action}"));
    }
}

/// What must never be written although a terminal calls it text.
fn hidden(c: char) -> bool {
    use GeneralCategory::*;
    matches!(
        c.general_category(),
        Control | Format | PrivateUse | Surrogate | Unassigned | LineSeparator | ParagraphSeparator
    ) || matches!(c, '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}
