//! JSON, one member a line, as deep as it lies. Numbers stand as they were written, however long; so do members that
//! have the same name.

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use super::{
    encoding,
    pages::{Fact, Limits, Pages, Why},
    plain,
    scroll::{Scroll, Written},
};

/// Deeper lines are indented no further.
const INDENTED_AT_MOST: u16 = 40;

pub fn open(bytes: &[u8]) -> Result<Box<dyn Pages>, Why> {
    let head = encoding::beginning(bytes, Limits::TEXT);
    let (name, text) = encoding::decode(head);
    let mut values = Deserializer::from_str(&text).into_iter::<IgnoredAny>();
    let mut spans = Vec::new();
    loop {
        let start = values.byte_offset();
        match values.next() {
            None => break,
            Some(Ok(_)) => spans.push(start..values.byte_offset()),
            // Cut off by the limit, and not by whoever wrote it, it is no less JSON.
            Some(Err(_)) if head.len() < bytes.len() => return Ok(plain::paged(name, &text, true, None)),
            Some(Err(error)) => return Ok(plain::paged(name, &text, false, Some(broken(&error)))),
        }
    }
    let mut written = Written::default();
    for span in &spans {
        Tree::of(text.get(span.clone()).unwrap_or_default()).write(&mut written);
    }
    let values = (spans.len() > 1).then(|| Fact::new("values", spans.len().to_string()));
    Ok(Scroll::of([Fact::new("encoding", name)].into_iter().chain(values).collect(), written))
}

/// What is wrong with a text that looks like JSON and is not; nothing where it does not look like it.
pub fn complaint(text: &str) -> Option<String> {
    let text = text.trim_start();
    let inside = text.strip_prefix(['{', '[']).map(str::trim_start)?;
    let meant = inside.starts_with(['"', '{', '[']);
    let mut values = Deserializer::from_str(text).into_iter::<IgnoredAny>();
    let error = values.find_map(Result::err)?;
    meant.then(|| broken(&error))
}

fn broken(error: &serde_json::Error) -> String {
    format!("not sound JSON: {error}")
}

/// A sound value as text.
struct Tree<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Tree<'a> {
    fn of(text: &'a str) -> Tree<'a> {
        Tree { text, at: 0 }
    }

    fn write(mut self, written: &mut Written) {
        let (mut depth, mut line) = (0_u16, String::new());
        while let Some(token) = self.token() {
            match token {
                "{" | "[" => {
                    line.push_str(token);
                    if let Some(close) = self.peek().filter(|next| ["}", "]"].contains(next)) {
                        // Nothing within.
                        line.push_str(close);
                        self.token();
                        continue;
                    }
                    finish(written, depth, &mut line);
                    depth = depth.saturating_add(1);
                }
                "}" | "]" => {
                    finish(written, depth, &mut line);
                    depth = depth.saturating_sub(1);
                    line.push_str(token);
                }
                "," => {
                    line.push(',');
                    finish(written, depth, &mut line);
                }
                ":" => line.push_str(": "),
                token if token.starts_with('"') => line.push_str(&readable(token)),
                token => line.push_str(token),
            }
            if written.is_full() {
                written.cut();
                return;
            }
        }
        finish(written, depth, &mut line);
    }

    fn peek(&self) -> Option<&'a str> {
        Tree { text: self.text, at: self.at }.token()
    }

    fn token(&mut self) -> Option<&'a str> {
        let rest = self.text.get(self.at..)?;
        let start = rest.find(|c: char| !c.is_ascii_whitespace())?;
        let rest = rest.get(start..)?;
        let length = match rest.as_bytes().first()? {
            b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
            b'"' => string_end(rest),
            _ => rest.find(|c: char| c.is_ascii_whitespace() || "{}[],:\"".contains(c)).unwrap_or(rest.len()),
        };
        self.at += start + length;
        rest.get(..length)
    }
}

/// Where a string that begins a text ends, its quotes included.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// A string with its letters as letters: "caf\u00e9" reads "café". Line breaks and other controls stay escaped.
fn readable(token: &str) -> String {
    if !token.contains("\\u") && !token.contains("\\/") {
        return token.to_owned();
    }
    let plain = serde_json::from_str::<String>(token).ok();
    plain.and_then(|plain| serde_json::to_string(&plain).ok()).unwrap_or_else(|| token.to_owned())
}

fn finish(written: &mut Written, depth: u16, line: &mut String) {
    if !line.is_empty() {
        let indent = usize::from(depth.min(INDENTED_AT_MOST)) * 2;
        written.deep(depth, format!("{:indent$}{line}", ""));
        line.clear();
    }
}
