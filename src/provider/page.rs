//! A page of HTML that something on the way put in the place of a provider's answer.

use super::value::start;
use crate::text::before_a_half_number;

pub fn is_html(text: &str) -> bool {
    let head = text.trim_start().as_bytes();
    let begins = |tag: &[u8]| head.len() >= tag.len() && head[..tag.len()].eq_ignore_ascii_case(tag);
    [&b"<!doctype"[..], b"<html", b"<head", b"<body", b"<?xml"].into_iter().any(begins)
}

/// A page's title, or its first words.
pub fn page(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let begin = at + lower[at..].find('>')? + 1;
        let end = begin + lower[begin..].find('<')?;
        Some(html[begin..end].trim())
    });
    match title.filter(|title| !title.is_empty()) {
        Some(title) => format!("a page titled \"{}\"", start(title)),
        None => format!("a page: {}", start(&without_tags(html))),
    }
}

/// The text between tags, blanks folded. Only the beginning is looked at.
fn without_tags(html: &str) -> String {
    const READ: usize = 4000;
    let (mut text, mut inside) = (String::new(), false);
    for letter in html.chars().take(READ) {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            letter if !inside => text.push(letter),
            _ => {}
        }
    }
    let whole = html.chars().nth(READ).is_none();
    let text = if whole { text.as_str() } else { before_a_half_number(&text) };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
