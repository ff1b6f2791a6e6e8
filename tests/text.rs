//! The text contract against its corpus of hostile strings, and its promises for any other string.

use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::text::{Raw, SafeText};
use serde::Deserialize;

#[derive(Deserialize)]
struct Corpus {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: String,
    base64: String,
    field: String,
    screen: String,
    table_cell: Option<String>,
    #[serde(default)]
    badges: Vec<String>,
    pans_masked: usize,
    screen_len: Option<usize>,
    screen_sha256: Option<String>,
}

impl Entry {
    fn raw(&self) -> Raw {
        Raw::from_bytes(&STANDARD.decode(&self.base64).unwrap())
    }
    fn several_lines(&self) -> bool {
        self.field == "multi-line"
    }
    fn shown(&self) -> String {
        if !self.several_lines() {
            return self.raw().show().into_string();
        }
        let lines = self.raw().lines_limited(4096);
        lines.iter().map(SafeText::as_str).collect::<Vec<_>>().join("\n")
    }
}

fn corpus() -> Vec<Entry> {
    let corpus: Corpus = serde_json::from_str(include_str!("nasty-strings.json")).unwrap();
    corpus.entries
}

#[test]
fn every_string_of_the_corpus_shows_what_it_may_show() {
    for entry in corpus() {
        let mut shown = entry.shown();
        if entry.several_lines() && entry.raw().exact().ends_with('\n') {
            shown.push('\n');
        }
        match (&entry.screen_sha256, entry.screen_len) {
            (Some(expected), Some(length)) => {
                let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, shown.as_bytes());
                let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!((shown.chars().count(), hex.as_str()), (length, expected.as_str()), "{}", entry.id);
            }
            _ => assert_eq!(shown, entry.screen, "{}", entry.id),
        }
    }
}

#[test]
fn every_string_of_the_corpus_fits_a_table_cell() {
    for entry in corpus() {
        let cell = entry.raw().cell();
        match &entry.table_cell {
            Some(expected) => assert_eq!(cell.as_str(), expected, "{}", entry.id),
            None if entry.screen_len.is_none() => assert_eq!(cell.as_str(), entry.screen, "{}", entry.id),
            None => panic!("{}: a long text without a cell", entry.id),
        }
    }
}

#[test]
fn every_string_of_the_corpus_carries_its_marks() {
    for entry in corpus() {
        let marks = if entry.several_lines() { entry.raw().marks_of_lines() } else { entry.raw().marks() };
        assert_eq!(marks.words().collect::<Vec<_>>(), entry.badges, "{}", entry.id);
    }
}

#[test]
fn every_card_number_of_the_corpus_is_masked() {
    for entry in corpus() {
        let raw = entry.raw();
        assert_eq!(casedesk::text::mask(raw.exact()).1, entry.pans_masked, "{}", entry.id);
    }
}
