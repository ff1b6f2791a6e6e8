//! Lays JSON out to be read: a line for each member, and every token exactly as it came, duplicates included. It must
//! never know what the JSON tells.

use crate::text::{SafeText, mask};

/// Deeper than so many levels the lines begin no further to the right.
const DEEPEST: usize = 16;

/// The text with a line for each member and element, two blanks for each level, and nothing but the blanks between
/// tokens changed; a string is changed where a card number hides in its escapes. What is no JSON object or array is
/// given back as it is.
pub fn indented(json: &str) -> String {
    if !json.trim_start().starts_with(['{', '[']) {
        return json.to_owned();
    }
    let mut out = String::with_capacity(json.len() + json.len() / 4);
    let mut depth = 0usize;
    let mut rest = json.trim();
    while let Some(sign) = rest.chars().next() {
        let token = match sign {
            '"' => string(rest),
            _ if is_sign(sign) => &rest[..1],
            _ => &rest[..rest.find(|c| is_sign(c) || is_blank(c)).unwrap_or(rest.len())],
        };
        rest = rest[token.len()..].trim_start_matches(is_blank);
        match sign {
            '"' => push_string(token, &mut out),
            '{' | '[' => {
                out.push(sign);
                if rest.starts_with(['}', ']']) {
                    out.push_str(&rest[..1]);
                    rest = rest[1..].trim_start_matches(is_blank);
                } else {
                    depth += 1;
                    line(depth, &mut out);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(depth, &mut out);
                out.push(sign);
            }
            ',' => {
                out.push(sign);
                line(depth, &mut out);
            }
            ':' => out.push_str(": "),
            _ => {
                out.push_str(token);
                if rest.starts_with(|c| !is_sign(c)) {
                    // Two words side by side are no JSON, but must not become one.
                    out.push(' ');
                }
            }
        }
    }
    out
}

/// How deep a line of laid out JSON lies.
pub fn depth(line: &SafeText) -> u16 {
    let blanks = line.as_str().bytes().take_while(|byte| *byte == b' ').count();
    (blanks / 2) as u16
}

fn line(depth: usize, out: &mut String) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
}

fn is_sign(c: char) -> bool {
    matches!(c, '{' | '}' | '[' | ']' | ',' | ':' | '"')
}

/// What JSON allows between tokens (RFC 8259).
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The string at the beginning of the text, with its quotes; all of the text if it never ends.
fn string(text: &str) -> &str {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return &text[..=at],
            _ => {}
        }
    }
    text
}

/// Only decoded does a string show the digits that its escapes part.
fn push_string(token: &str, out: &mut String) {
    let decoded = token.contains('\\').then(|| serde_json::from_str::<String>(token).ok()).flatten();
    let masked = decoded.map(|text| (mask(&text).0, text)).filter(|(masked, text)| masked != text);
    match masked.and_then(|(masked, _)| serde_json::to_string(&masked).ok()) {
        Some(masked) => out.push_str(&masked),
        None => out.push_str(token),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_has_its_line_and_keeps_its_text() {
        let json =
            r#" {"amount":10,"amount" : 99.10, "a":{},"b":[ ],"c":[1,[true,null]],"d":"x\u00e9,{\"}" } "#;
        let lines = [
            "{",
            "  \"amount\": 10,",
            "  \"amount\": 99.10,",
            "  \"a\": {},",
            "  \"b\": [],",
            "  \"c\": [",
            "    1,",
            "    [",
            "      true,",
            "      null",
            "    ]",
            "  ],",
            r#"  "d": "x\u00e9,{\"}""#,
            "}",
        ];
        assert_eq!(indented(json).lines().collect::<Vec<_>>(), lines);
    }

    #[test]
    fn what_is_no_json_stays_whole() {
        for text in ["", "<html>{a, b}</html>", "Service down: try later, please", "\u{feff}{}"] {
            assert_eq!(indented(text), text);
        }
        // Broken off or broken apart: nothing but blanks between tokens may be lost.
        for text in ["{\"a\":[1,2", "[\"never ended, {", "{]}}][", "[1 2é \u{a0}x]", "[\"a\" \"b\"]"] {
            let all = |text: &str| text.chars().filter(|c| !is_blank(*c)).collect::<String>();
            assert_eq!(all(&indented(text)), all(text), "{text}");
        }
    }

    #[test]
    fn the_deepest_nesting_is_laid_out_in_bounds() {
        let deep = "[".repeat(100_000);
        assert!(indented(&deep).len() < deep.len() * 2 * (DEEPEST + 1));
        assert_eq!(indented(&"]".repeat(9)).len(), 9);
    }

    #[test]
    fn a_card_number_hidden_in_escapes_is_masked() {
        for number in [r"4111\u0020 1111 1111 1111", r"\u0034111111111111111", r"4111\n1111\n1111\n1111"] {
            let shown = indented(&format!("[\"card {number}\"]"));
            assert!(shown.contains("****") && shown.ends_with("1111\"\n]"), "{shown}");
        }
    }
}
