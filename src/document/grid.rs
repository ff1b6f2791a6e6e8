//! Rows of cells as lines whose columns stand below each other.

use unicode_width::UnicodeWidthStr;

use super::scroll::Written;

/// A column is padded to no more; a longer cell is whole all the same, and shifts what follows it in its row.
const COLUMN_AT_MOST: usize = 60;
/// A table of prose is wrapped to so many columns of the terminal, where its words allow.
const TABLE_AT_MOST: usize = 100;
const BETWEEN: &str = " │ ";

/// Records, one line each; the first is the heading.
pub fn records(rows: &[Vec<String>], written: &mut Written) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<_> = (0..columns)
        .map(|column| cells(column).map(|cell| cell.width().min(COLUMN_AT_MOST)).max().unwrap_or_default())
        .collect();
    let numbers: Vec<_> = (0..columns).map(|column| are_numbers(cells(column).skip(1))).collect();
    for (at, row) in rows.iter().enumerate() {
        written.line(line(row, &widths, &numbers));
        if at == 0 && rows.len() > 1 {
            written.line(rule(&widths));
        }
        if written.is_full() {
            written.cut();
            return;
        }
    }
}

/// Whether every cell that is not empty is a number, as written by people: "-1,234.50", "7,50 €", "12 %", "(3)".
fn are_numbers<'a>(cells: impl Iterator<Item = &'a String>) -> bool {
    let is_number = |cell: &str| {
        let bare = cell.trim_matches(|c: char| "+-−()€$£¥% \u{a0}".contains(c));
        bare.contains(|c: char| c.is_ascii_digit())
            && bare.chars().all(|c| c.is_ascii_digit() || ".,' \u{a0}\u{202f}".contains(c))
    };
    let mut filled = cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(is_number)
}

fn line(row: &[String], widths: &[usize], numbers: &[bool]) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        if column > 0 {
            line.push_str(BETWEEN);
        }
        let blanks = width.saturating_sub(cell.width());
        let (before, after) = if numbers.get(column) == Some(&true) { (blanks, 0) } else { (0, blanks) };
        line.extend(std::iter::repeat_n(' ', before));
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', after));
    }
    line.truncate(line.trim_end().len());
    line
}

fn rule(widths: &[usize]) -> String {
    widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>().join("─┼─")
}

/// A table of a letter: cells of prose, wrapped.
pub fn table(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let widths = fitted(rows, columns);
    let is_prose = rows.iter().flatten().zip(widths.iter().cycle()).any(|(cell, _)| cell.contains('\n'))
        || rows.iter().any(|row| row.iter().zip(&widths).any(|(cell, width)| cell.width() > *width));
    let mut lines = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if at == 1 || at > 0 && is_prose {
            lines.push(rule(&widths));
        }
        let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| wrapped(cell, *width)).collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or_default();
        for piece in 0..height {
            let pieces: Vec<_> =
                cells.iter().map(|cell| cell.get(piece).cloned().unwrap_or_default()).collect();
            lines.push(line(&pieces, &widths, &[]));
        }
    }
    lines
}

/// How wide each column is: as its cells are, but the widest give way until the table fits, to no less than their
/// longest words.
fn fitted(rows: &[Vec<String>], columns: usize) -> Vec<usize> {
    let widest = |column: usize, split: fn(char) -> bool| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.flat_map(|cell| cell.split(split)).map(UnicodeWidthStr::width).max().unwrap_or_default()
    };
    let mut widths: Vec<_> = (0..columns).map(|column| widest(column, |c| c == '\n')).collect();
    let words: Vec<_> =
        (0..columns).map(|column| widest(column, char::is_whitespace).min(COLUMN_AT_MOST)).collect();
    let room = TABLE_AT_MOST.saturating_sub(columns.saturating_sub(1) * 3);
    let mut over = widths.iter().sum::<usize>().saturating_sub(room);
    while over > 0 {
        let widest = widths.iter_mut().zip(&words).filter(|(width, word)| **width > **word);
        let Some((width, word)) = widest.max_by_key(|(width, _)| **width) else { break };
        let less = over.min((*width - word).min(*width / 4 + 1));
        *width -= less;
        over -= less;
    }
    widths
}

/// By words; one that is wider than the column stands alone.
fn wrapped(cell: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in cell.split('\n') {
        if paragraph.width() <= width {
            lines.push(paragraph.to_owned());
            continue;
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}
