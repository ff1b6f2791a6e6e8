//! Comma separated values, and those parted by other marks (RFC 4180), as an aligned table.

use csv::ReaderBuilder;

use super::{
    encoding, grid,
    pages::{Fact, Limits, Pages, Why},
    plain::LINES_AT_MOST,
    scroll::{Scroll, Written},
};

/// Cells that are read: one costs memory even where it is empty.
const CELLS_AT_MOST: usize = 1_000_000;
/// Records by which the separator is guessed.
const LOOKED_AT: usize = 50;

pub fn open(bytes: &[u8]) -> Result<Box<dyn Pages>, Why> {
    let head = encoding::beginning(bytes, Limits::TEXT);
    let (name, text) = encoding::decode(head);
    let separator = separator(&text);
    let (rows, is_whole) = rows(&text, separator);
    let mut written = Written::default();
    grid::records(&rows, &mut written);
    if head.len() < bytes.len() || !is_whole {
        written.cut();
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let shape = format!("{} rows of {columns} columns", rows.len());
    let facts = vec![
        Fact::new("encoding", name),
        Fact::new("separator", word(separator)),
        Fact::new("size", if is_whole { shape } else { format!("more than {shape}") }),
    ];
    Ok(Scroll::of(facts, written))
}

fn word(separator: u8) -> &'static str {
    match separator {
        b';' => "semicolon",
        b'\t' => "tab",
        b'|' => "bar",
        _ => "comma",
    }
}

/// The one by which most of the first records have as many fields as the first, the most fields winning.
fn separator(text: &str) -> u8 {
    let score = |separator: u8| {
        let counts: Vec<_> = reader(text, separator)
            .into_byte_records()
            .take(LOOKED_AT)
            .filter_map(|record| Some(record.ok()?.len()))
            .collect();
        let first = counts.first().copied().unwrap_or_default();
        let alike = counts.iter().filter(|count| **count == first).count();
        (first > 1, alike * 100 / counts.len().max(1), first)
    };
    // The last of equals wins.
    [b'|', b'\t', b';', b','].into_iter().max_by_key(|separator| score(*separator)).unwrap_or(b',')
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
}

/// The rows, and whether they are all.
fn rows(text: &str, separator: u8) -> (Vec<Vec<String>>, bool) {
    let (mut rows, mut cells) = (Vec::new(), 0);
    for record in reader(text, separator).into_byte_records() {
        let Ok(record) = record else { return (rows, false) };
        cells += record.len();
        if cells > CELLS_AT_MOST || rows.len() >= LINES_AT_MOST - 1 {
            return (rows, false);
        }
        rows.push(record.iter().map(cell).collect());
    }
    (rows, true)
}

/// On one line.
fn cell(bytes: &[u8]) -> String {
    let cell = String::from_utf8_lossy(bytes);
    let cell = cell.trim_matches([' ', '\r', '\n']);
    cell.replace("\r\n", "\n").replace('\n', " ⏎ ").replace('\t', " ")
}
