//! Listening to a terminal that was asked something: its answers come on the line of the keys, and the library that
//! reads keys drops some and makes keys of others. For as long as the question is open the line is read here; what is
//! no answer goes on as the key or paste that it is.

use std::{
    io,
    time::{Duration, Instant},
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::graphics::{Answers, Surroundings};

/// How long a terminal may take, and one at the end of a longer line.
const PATIENCE: Duration = Duration::from_millis(300);
const PATIENCE_OVER_SSH: Duration = Duration::from_secs(1);

/// Reads the line until everything was answered or the time is up. Gives the answers, and whether one of them had only
/// come in half.
pub fn listen(around: &Surroundings, tell: &mut dyn FnMut(Event)) -> (Answers, bool) {
    let line = io::stdin();
    let end = Instant::now() + if around.over_ssh { PATIENCE_OVER_SSH } else { PATIENCE };
    let (mut ear, mut chunk) = (Ear::default(), [0; 1024]);
    loop {
        let now = Instant::now();
        ear.give_up(now, now >= end).into_iter().for_each(&mut *tell);
        let is_done = around.is_all(&ear.answers) || now >= end;
        if is_done && (ear.held.is_empty() || ear.is_in_answer()) {
            return (ear.answers.clone(), ear.is_in_answer());
        }
        let until = ear.deadline().map_or(end, |deadline| deadline.min(end.max(now)));
        let wait = until.saturating_duration_since(now).max(Duration::from_millis(1));
        let mut ready = [PollFd::new(&line, PollFlags::IN)];
        match poll(&mut ready, Timespec::try_from(wait).ok().as_ref()) {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(_) => return (ear.answers, false),
        }
        match rustix::io::read(&line, &mut chunk) {
            // The line is gone; the hang-up watch says so.
            Ok(0) => return (ear.answers, false),
            Ok(count) => {
                let heard = ear.hear(chunk.get(..count).unwrap_or_default(), Instant::now());
                heard.into_iter().for_each(&mut *tell);
            }
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(_) => return (ear.answers, false),
        }
    }
}

/// What comes in one piece comes faster than any hand types.
const ONE_PIECE: Duration = Duration::from_millis(100);

/// Tells answers from keys.
#[derive(Default)]
struct Ear {
    answers: Answers,
    /// The beginning of something, and when its newest byte came.
    held: Vec<u8>,
    last: Option<Instant>,
}

impl Ear {
    fn hear(&mut self, bytes: &[u8], at: Instant) -> Vec<Event> {
        self.held.extend_from_slice(bytes);
        self.last = Some(at);
        let mut heard = Vec::new();
        while let Some(length) = whole(&self.held) {
            let piece: Vec<u8> = self.held.drain(..length).collect();
            if !self.answers.take(&piece) {
                heard.extend(event(&piece));
            }
        }
        heard
    }

    /// What is held for longer than a terminal takes for a sequence was typed.
    fn give_up(&mut self, now: Instant, at_once: bool) -> Vec<Event> {
        let is_old = self.deadline().is_some_and(|deadline| deadline <= now);
        if self.held.is_empty() || self.is_in_answer() || self.is_in_paste() || !(is_old || at_once) {
            return Vec::new();
        }
        let first = if self.held.len() > 1 { 2 } else { 1 };
        let mut heard: Vec<_> = event(&self.held.drain(..first).collect::<Vec<_>>()).into_iter().collect();
        heard.extend(self.hear(&[], now));
        heard.extend(self.give_up(now, true));
        heard
    }

    fn deadline(&self) -> Option<Instant> {
        self.last.filter(|_| !self.held.is_empty()).map(|last| last + ONE_PIECE)
    }

    /// The beginning of an answer to a question of ours.
    fn is_in_answer(&self) -> bool {
        self.held.starts_with(b"\x1bP>") || self.held.starts_with(b"\x1b_G")
    }

    fn is_in_paste(&self) -> bool {
        self.held.starts_with(PASTE)
    }
}

const PASTE: &[u8] = b"\x1b[200~";
const PASTE_END: &[u8] = b"\x1b[201~";

/// How long the first key, paste or answer is; nothing where its end has not come yet.
fn whole(held: &[u8]) -> Option<usize> {
    let found = |end: &[u8]| held.windows(end.len()).position(|window| window == end).map(|at| at + end.len());
    match held {
        _ if held.starts_with(PASTE) => found(PASTE_END),
        [0x1b, b'[', b'[', _, ..] => Some(4),
        [0x1b, b'[', b'['] => None,
        [0x1b, b'[', rest @ ..] => {
            let (at, last) = rest.iter().enumerate().find(|(_, byte)| !(0x20..=0x3f).contains(*byte))?;
            Some(if (0x40..=0x7e).contains(last) { at + 3 } else { 2 })
        }
        [0x1b, b'P' | b'_' | b'^' | b'X' | b']', rest @ ..] => {
            let is_end = |byte: &u8| *byte == 0x1b || *byte == 0x07 && held.starts_with(b"\x1b]");
            let at = rest.iter().position(is_end)?;
            match rest.get(at..)? {
                [0x1b] => None,
                [0x1b, b'\\', ..] => Some(at + 4),
                // What is broken off was a key with Alt.
                [0x1b, ..] => Some(2),
                _ => Some(at + 3),
            }
        }
        [0x1b, b'O', rest @ ..] => rest.first().map(|last| if (0x40..=0x7e).contains(last) { 3 } else { 2 }),
        [0x1b, 0x1b, ..] => Some(1),
        [0x1b, rest @ ..] => letter(rest).map(|length| length + 1),
        rest => letter(rest),
    }
}

/// How many bytes the first letter has (UTF-8).
fn letter(bytes: &[u8]) -> Option<usize> {
    let length = match bytes.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    (bytes.len() >= length).then_some(length)
}

/// What one key sends, or a paste; nothing where no key sends it. As the library reads them (xterm's "PC-style"
/// function keys).
fn event(bytes: &[u8]) -> Option<Event> {
    if let Some(rest) = bytes.strip_prefix(PASTE) {
        let text = rest.strip_suffix(PASTE_END)?;
        return Some(Event::Paste(String::from_utf8_lossy(text).into_owned()));
    }
    let (code, modifiers) = match bytes {
        [0x1b] => (KeyCode::Esc, KeyModifiers::NONE),
        [0x1b, b'[', b'[', key @ b'A'..=b'E'] => (KeyCode::F(key - b'A' + 1), KeyModifiers::NONE),
        [0x1b, b'[', parameters @ .., last] if !parameters.is_empty() || *last != b'[' => {
            sequence(parameters, *last)?
        }
        [0x1b, b'O', last] => sequence(&[], *last)?,
        [0x1b, rest @ ..] => {
            let (code, modifiers) = plain(rest)?;
            (code, modifiers | KeyModifiers::ALT)
        }
        _ => plain(bytes)?,
    };
    Some(Event::Key(KeyEvent::new(code, modifiers)))
}

fn plain(bytes: &[u8]) -> Option<(KeyCode, KeyModifiers)> {
    let control = |letter: u8| Some((KeyCode::Char(char::from(letter)), KeyModifiers::CONTROL));
    match bytes {
        [b'\r'] => Some((KeyCode::Enter, KeyModifiers::NONE)),
        [b'\t'] => Some((KeyCode::Tab, KeyModifiers::NONE)),
        [0x7f] => Some((KeyCode::Backspace, KeyModifiers::NONE)),
        [0] => control(b' '),
        [byte @ 1..=0x1a] => control(byte - 1 + b'a'),
        [byte @ 0x1c..=0x1f] => control(byte - 0x1c + b'4'),
        _ => {
            let letter = std::str::from_utf8(bytes).ok()?.chars().next()?;
            let shift = if letter.is_uppercase() { KeyModifiers::SHIFT } else { KeyModifiers::NONE };
            Some((KeyCode::Char(letter), shift))
        }
    }
}

/// `CSI key ; modifiers ~` or `CSI 1 ; modifiers letter`.
fn sequence(parameters: &[u8], last: u8) -> Option<(KeyCode, KeyModifiers)> {
    let mut numbers = std::str::from_utf8(parameters).ok()?.split(';');
    let key = numbers.next().unwrap_or_default();
    let mask = match numbers.next() {
        Some(mask) => mask.parse::<u8>().ok()?.checked_sub(1)?,
        None => 0,
    };
    let code = match (last, key) {
        (b'A', _) => KeyCode::Up,
        (b'B', _) => KeyCode::Down,
        (b'C', _) => KeyCode::Right,
        (b'D', _) => KeyCode::Left,
        (b'H', _) | (b'~', "1" | "7") => KeyCode::Home,
        (b'F', _) | (b'~', "4" | "8") => KeyCode::End,
        (b'P'..=b'S', _) => KeyCode::F(last - b'P' + 1),
        (b'Z', _) => return Some((KeyCode::BackTab, KeyModifiers::SHIFT)),
        (b'~', "2") => KeyCode::Insert,
        (b'~', "3") => KeyCode::Delete,
        (b'~', "5") => KeyCode::PageUp,
        (b'~', "6") => KeyCode::PageDown,
        (b'~', number) => match number.parse::<u8>().ok()? {
            number @ 11..=15 => KeyCode::F(number - 10),
            number @ 17..=21 => KeyCode::F(number - 11),
            number @ 23..=24 => KeyCode::F(number - 12),
            _ => return None,
        },
        _ => return None,
    };
    let named = [KeyModifiers::SHIFT, KeyModifiers::ALT, KeyModifiers::CONTROL];
    let pressed = named.into_iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0);
    Some((code, pressed.fold(KeyModifiers::NONE, |all, (_, modifier)| all | modifier)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KITTY: [&[u8]; 4] =
        [b"\x1bP>|kitty(0.36.1)\x1b\\", b"\x1b_Gi=31;OK\x1b\\", b"\x1b[6;20;10t", b"\x1b[?62;c"];

    fn keys(events: &[Event]) -> String {
        let name = |event: &Event| match event {
            Event::Key(KeyEvent { code, modifiers, .. }) => {
                let alt = if modifiers.contains(KeyModifiers::ALT) { "Alt-" } else { "" };
                let control = if modifiers.contains(KeyModifiers::CONTROL) { "Ctrl-" } else { "" };
                match code {
                    KeyCode::Char(letter) => format!("{alt}{control}{letter}"),
                    code => format!("{alt}{control}{code:?}"),
                }
            }
            Event::Paste(text) => format!("paste {text:?}"),
            other => format!("{other:?}"),
        };
        events.iter().map(name).collect::<Vec<_>>().join(" ")
    }

    /// However the line cuts what comes, the answers are whole, and the keys between them are all there and in order.
    #[test]
    fn no_key_is_lost_and_none_invented_wherever_the_line_cuts() {
        let typed: [&[u8]; 10] = [
            b"j",
            b"\xc3\xa6",
            b"\x1b[A",
            b"\x1b[1;5C",
            b"\x1bOP",
            b"\x1bx",
            b"\r",
            b"\x05",
            b"\x1b[200~a\x1b[?1c\x1b[201~",
            b"q",
        ];
        let wanted = "j æ Up Ctrl-Right F(1) Alt-x Enter Ctrl-e paste \"a\\u{1b}[?1c\" q";
        let mut stream = Vec::new();
        for (at, key) in typed.iter().enumerate() {
            stream.extend_from_slice(key);
            stream.extend_from_slice(KITTY.get(at.wrapping_sub(1)).copied().unwrap_or_default());
        }
        let mut whole = Ear::default();
        whole.hear(&stream, Instant::now());
        assert!(whole.answers.kitty && whole.answers.name.is_some() && whole.answers.attributes.is_some());
        for cut in 0..=stream.len() {
            for second in [cut, (cut + 1).min(stream.len()), (cut + 7).min(stream.len())] {
                let (mut ear, at, mut heard) = (Ear::default(), Instant::now(), Vec::new());
                for piece in [&stream[..cut], &stream[cut..second], &stream[second..]] {
                    heard.extend(ear.hear(piece, at));
                    heard.extend(ear.give_up(at, false));
                }
                assert_eq!(keys(&heard), wanted, "cut at {cut} and {second}");
                assert_eq!(ear.answers, whole.answers);
                assert!(ear.held.is_empty());
            }
        }
    }

    #[test]
    fn a_hand_that_types_what_answers_begin_with_loses_nothing() {
        for (typed, wanted) in [
            ("\x1b", "Esc"),
            ("\x1bP", "Alt-P"),
            ("\x1b[5", "Alt-[ 5"),
            ("\x1b]", "Alt-]"),
            ("\x1b_xy", "Alt-_ x y"),
            ("\x1bO", "Alt-O"),
        ] {
            let (mut ear, at) = (Ear::default(), Instant::now());
            assert_eq!(keys(&ear.hear(typed.as_bytes(), at)), "");
            assert_eq!(keys(&ear.give_up(at, false)), "");
            assert_eq!(keys(&ear.give_up(at + ONE_PIECE, false)), wanted);
            // An answer right behind it is one all the same.
            let mut ear = Ear::default();
            let heard = ear.hear(&[typed.as_bytes(), &KITTY.concat()].concat(), at);
            assert_eq!(keys(&heard), wanted);
            assert!(ear.answers.kitty && ear.answers.name.is_some(), "{typed:?}");
        }
    }

    #[test]
    fn half_an_answer_never_becomes_keys() {
        let (mut ear, at) = (Ear::default(), Instant::now());
        assert_eq!(keys(&ear.hear(b"a\x1bP>|kit", at)), "a");
        assert_eq!(keys(&ear.give_up(at + ONE_PIECE * 5, true)), "");
        assert!(ear.is_in_answer());
    }
}
