//! The text contract: which characters a text shows on the screen. It must never know which widget shows it.

use super::characters::{Class, class, flag_letter, right_to_left};
use super::mask::masked;

/// How a text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// On one line: line ends and tabs appear as controls.
    Line,
    /// On several lines: CRLF, LF and the Unicode separators end a line, a tab is four spaces.
    Lines,
}

/// The most combining marks that stay on one base.
const MOST_MARKS: usize = 4;
/// The most hidden characters in a row that are named one by one.
const MOST_NAMED: usize = 3;

/// The text as it may be shown, card data masked; and how many card numbers were.
pub(super) fn shown(text: &str, form: Form) -> (String, usize) {
    if plain(text) {
        let (text, cards) = masked(text);
        return (text.into_owned(), cards);
    }
    let (text, cards) = masked(text);
    (Writer::new(text.len(), form).write(&text), cards)
}

/// Only printable ASCII: the contract changes nothing but card data.
pub(super) fn plain(text: &str) -> bool {
    !text.bytes().fold(false, |odd, byte| odd | !(0x20..0x7f).contains(&byte))
}

/// The text cut to a number of code points, with a note of how many are missing.
pub(super) fn limited(mut text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let Some((cut, _)) = text.char_indices().nth(limit) else { return text };
    let missing = text[cut..].chars().count();
    text.truncate(cut);
    text.push_str(&format!("<…{missing} more>"));
    text
}

/// What a table cell shows instead of right-to-left letters: terminals may reorder the whole line around them.
pub(super) fn placeholder(shown: &str) -> Option<String> {
    if shown.is_ascii() {
        return None;
    }
    let letters = shown.chars().filter(|c| right_to_left(*c)).count();
    (letters > 0).then(|| format!("<RTL text, {letters} letters: open to read>"))
}

struct Writer {
    out: String,
    form: Form,
    /// Hidden characters not yet named.
    hidden: Vec<char>,
    /// Marks on the present base, and how many of them were left out.
    marks: usize,
    left_out: usize,
    /// Something a mark may stand on was written last.
    base: bool,
}

impl Writer {
    fn new(length: usize, form: Form) -> Writer {
        let out = String::with_capacity(length + length / 8);
        Writer { out, form, hidden: Vec::new(), marks: 0, left_out: 0, base: false }
    }

    fn write(mut self, text: &str) -> String {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            rest = &rest[c.len_utf8()..];
            match class(c) {
                Class::Plain => self.show(c),
                Class::Blank => self.show(' '),
                Class::C0 => rest = self.control(c, rest),
                Class::C1 => self.name(c),
                Class::Picture => rest = self.picture(c, rest),
                Class::Hidden => self.hide(c),
                // The frame of a keycap: its digit is shown alone.
                Class::Mark(_) if c == '\u{20e3}' => {}
                Class::Mark(_) => self.mark(c),
            }
        }
        self.settle();
        self.out
    }

    fn show(&mut self, c: char) {
        self.settle();
        self.out.push(c);
        self.marks = 0;
        self.base = true;
    }

    fn control<'t>(&mut self, c: char, rest: &'t str) -> &'t str {
        self.settle();
        self.base = false;
        match (self.form, c) {
            (Form::Lines, '\r') if rest.starts_with('\n') => {}
            (Form::Lines, '\n') => self.out.push('\n'),
            (Form::Lines, '\t') => self.out.push_str("    "),
            _ => {
                self.out.push('^');
                self.out.push(char::from(c as u8 ^ 0x40));
            }
        }
        rest
    }

    fn picture<'t>(&mut self, c: char, rest: &'t str) -> &'t str {
        self.settle();
        if let Some(letter) = flag_letter(c) {
            self.base = false;
            self.out.push('<');
            self.out.push(letter);
            let second = rest.chars().next().and_then(flag_letter);
            self.out.extend(second);
            self.out.push('>');
            return if second.is_some() { &rest['\u{1f1e6}'.len_utf8()..] } else { rest };
        }
        let (joined, rest) = joined(rest);
        self.out.push(c);
        if joined > 0 {
            self.out.push_str(&format!("<+{joined}>"));
        }
        self.marks = 0;
        self.base = true;
        rest
    }

    fn hide(&mut self, c: char) {
        if self.form == Form::Lines && matches!(c, '\u{2028}' | '\u{2029}') {
            self.settle();
            self.base = false;
            self.out.push('\n');
            return;
        }
        let of_keycap = matches!(c, '\u{fe00}'..='\u{fe0f}')
            && self.out.ends_with(|last: char| last.is_ascii_digit() || matches!(last, '#' | '*'));
        if !of_keycap {
            self.settle_marks();
            self.hidden.push(c);
        }
    }

    fn mark(&mut self, c: char) {
        if !self.hidden.is_empty() || !self.base {
            self.settle_hidden();
            self.spell(c);
            return;
        }
        self.marks += 1;
        if self.marks <= MOST_MARKS {
            self.out.push(c);
        } else {
            self.left_out += 1;
        }
    }

    /// Names a character alone.
    fn name(&mut self, c: char) {
        self.settle();
        self.base = false;
        self.spell(c);
    }

    fn spell(&mut self, c: char) {
        self.out.push_str(&format!("<U+{:04X}>", c as u32));
    }

    fn settle(&mut self) {
        if !self.hidden.is_empty() {
            self.settle_hidden();
        }
        self.settle_marks();
    }

    fn settle_hidden(&mut self) {
        let hidden = std::mem::take(&mut self.hidden);
        match hidden.len() {
            0..=MOST_NAMED => hidden.iter().for_each(|c| self.spell(*c)),
            many => self.out.push_str(&format!("<{many} hidden>")),
        }
    }

    fn settle_marks(&mut self) {
        if self.left_out > 0 {
            self.out.push_str(&format!("<+{} marks>", self.left_out));
            self.left_out = 0;
        }
    }
}

/// How many pictures and tags are joined to one, and what follows them. Selectors, skin tones and keycap frames are dropped.
fn joined(mut rest: &str) -> (usize, &str) {
    let mut joined = 0;
    loop {
        let mut next = rest.chars();
        match next.next() {
            Some('\u{fe0e}' | '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}') => {}
            Some('\u{200d}') if next.next().is_some_and(|c| class(c) == Class::Picture) => joined += 1,
            Some('\u{e0020}'..='\u{e007f}') => joined += 1,
            _ => return (joined, rest),
        }
        rest = next.as_str();
    }
}
