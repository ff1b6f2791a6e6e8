//! Rows of words to lines of text whose columns stand below each other, as they do on the page.

use std::{cmp::Reverse, collections::BinaryHeap};

use unicode_bidi::{BidiClass, bidi_class};
use unicode_width::UnicodeWidthChar;

use super::{
    gather::{Gathered, Letter, TURNS},
    rows::{Row, Word, is_near, rows},
};
use crate::{
    case::{Area, Extent, Turn},
    document::pages::{Limits, Line, Text},
};

/// No blanks are put in to come further to the right.
const WIDEST: usize = 400;
/// Blanks between columns, at least.
const BETWEEN: usize = 2;
/// Empty lines between rows, at most.
const EMPTY: usize = 2;
/// From one baseline to the next in common text, as a share of the font's size.
const LEADING: f32 = 1.2;
/// A line of running text, as a share of the page's width.
const RUNNING: f32 = 0.5;
/// A few words, as a share of the page's width.
const SHORT: f32 = 0.25;
/// Small print, as a share of the columns that its place has.
const DENSE: f32 = 1.4;
/// A column, as a share of a letter's width.
const CELL: f32 = 1.2;
/// How far letters reach above and below their baseline, as shares of the font's size.
const ABOVE: f32 = 0.8;
const BELOW: f32 = 0.2;

pub fn text(gathered: Gathered, extent: Extent) -> Text {
    let Gathered { letters, is_cut, unknown } = gathered;
    let mut text = Text { is_cut, ..Text::default() };
    let mut left = Limits::TEXT;
    for (turn, letters) in TURNS.into_iter().zip(letters) {
        let (letters, rows) = rows(letters);
        if rows.is_empty() {
            continue;
        }
        if !text.lines.is_empty() {
            text.lines.push(Line::default());
        }
        let page = Page { letters, turn, extent: extent.turned(turn) };
        text.is_cut |= !page.lay_out(&rows, &mut text.lines, &mut left);
    }
    text.notes.extend(match unknown {
        0 => None,
        1 => Some("1 sign of unknown meaning is left out of the text".to_owned()),
        _ => Some(format!("{unknown} signs of unknown meaning are left out of the text")),
    });
    text
}

/// The letters of one turn.
struct Page {
    letters: Vec<Letter>,
    turn: Turn,
    /// Of the page, turned so that these letters run to the right.
    extent: Extent,
}

/// A letter, or a blank between two.
#[derive(Clone, Copy)]
struct Sign {
    is: char,
    letter: Option<usize>,
}

/// Part of a row that is set as running text.
struct Piece {
    row: usize,
    from: f32,
    to: f32,
    signs: Vec<Sign>,
    /// In cells.
    width: usize,
    /// Where it begins, in cells.
    column: usize,
}

impl Page {
    /// Whether all lines found room.
    fn lay_out(&self, rows: &[Row], lines: &mut Vec<Line>, left: &mut usize) -> bool {
        let is_leftwards = self.is_leftwards();
        let mut pieces = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let parts = row.words.chunk_by(is_near);
            pieces.extend(parts.filter_map(|words| self.piece(at, words, is_leftwards)));
        }
        set_columns(&mut pieces, self.cell(), self.extent.width);
        let mut above: Option<&Row> = None;
        for row in pieces.chunk_by(|one, other| one.row == other.row) {
            let this = row.first().and_then(|piece| rows.get(piece.row));
            let empty = above.zip(this).map(|(above, this)| empty_lines(above, this)).unwrap_or_default();
            let line = self.line(row);
            let Some(rest) = left.checked_sub(line.text.len() + 1 + empty) else { return false };
            *left = rest;
            lines.extend(std::iter::repeat_n(Line::default(), empty));
            lines.push(line);
            above = this;
        }
        true
    }

    /// How wide a column is: a little more than a letter on average, so that lines stay short. What needs more room
    /// gets it.
    fn cell(&self) -> f32 {
        let widths = self.letters.iter().map(|letter| letter.to - letter.from).filter(|width| *width > 0.0);
        let (sum, count) = widths.fold((0.0, 0.0), |(sum, count), width| (sum + width, count + 1.0));
        f32::max(CELL * sum / f32::max(count, 1.0), 1.0)
    }

    /// Whether most letters belong to a script that runs to the left.
    fn is_leftwards(&self) -> bool {
        let (mut leftwards, mut others) = (0, 0);
        for letter in &self.letters {
            match bidi_class(letter.is) {
                BidiClass::R | BidiClass::AL => leftwards += 1,
                BidiClass::L => others += 1,
                _ => {}
            }
        }
        leftwards > others
    }

    fn piece(&self, row: usize, words: &[Word], is_leftwards: bool) -> Option<Piece> {
        let (first, last) = (words.first()?, words.last()?);
        let mut signs = Vec::new();
        for word in words {
            if word.is_apart && !signs.is_empty() {
                signs.push(Sign { is: ' ', letter: None });
            }
            let letters = word.letters.clone().filter_map(|at| Some((at, self.letters.get(at)?)));
            signs.extend(letters.map(|(at, letter)| Sign { is: letter.is, letter: Some(at) }));
        }
        if signs.iter().any(|sign| is_leftward(sign.is)) {
            signs = as_read(&signs, is_leftwards);
        }
        let width = signs.iter().map(|sign| sign.is.width().unwrap_or_default()).sum();
        Some(Piece { row, from: first.from, to: last.to, signs, width, column: 0 })
    }

    fn line(&self, pieces: &[Piece]) -> Line {
        let mut line = Line::default();
        let mut column = 0;
        for piece in pieces {
            let begin = if line.text.is_empty() { piece.column } else { piece.column.max(column + BETWEEN) };
            line.text.extend(std::iter::repeat_n(' ', begin - column));
            column = begin + piece.width;
            line.text.extend(piece.signs.iter().map(|sign| sign.is));
            let words = piece.signs.split(|sign| sign.letter.is_none()).filter(|word| !word.is_empty());
            line.words.extend(words.map(|word| self.area(word)));
        }
        line
    }

    /// What the letters of a word cover, on the page as displayed.
    fn area(&self, word: &[Sign]) -> Area {
        let mut letters = word.iter().filter_map(|sign| self.letters.get(sign.letter?));
        let boxed = |letter: &Letter| {
            [letter.from, letter.base - ABOVE * letter.size, letter.to, letter.base + BELOW * letter.size]
        };
        let Some(first) = letters.next().map(boxed) else { return Area::default() };
        let [left, top, right, bottom] = letters
            .map(boxed)
            .fold(first, |[a, b, c, d], [e, f, g, h]| [a.min(e), b.min(f), c.max(g), d.max(h)]);
        let share = |length: f32, whole: f32| (length / whole.max(f32::MIN_POSITIVE)).clamp(0.0, 1.0);
        let Extent { width, height } = self.extent;
        let area = Area {
            left: share(left, width),
            top: share(top, height),
            right: share(right, width),
            bottom: share(bottom, height),
        };
        self.turn.area(area)
    }
}

fn empty_lines(above: &Row, this: &Row) -> usize {
    let lines = (this.base - above.base) / (above.size.max(this.size) * LEADING);
    (lines.round() as usize).saturating_sub(1).min(EMPTY)
}

/// What begins at one place of the page begins in one column, and right of what ends before it; else as the width of a
/// letter has it.
fn set_columns(pieces: &mut [Piece], cell: f32, page_width: f32) {
    let left = pieces.iter().map(|piece| piece.from).fold(f32::MAX, f32::min);
    let mut order: Vec<usize> = (0..pieces.len()).collect();
    let from = |at: &usize, pieces: &[Piece]| pieces.get(*at).map_or(0.0, |piece| piece.from);
    order.sort_by(|one, other| from(one, pieces).total_cmp(&from(other, pieces)));
    // Ends of pieces that are not yet passed, the nearest first.
    let mut ends: BinaryHeap<Reverse<(u32, usize)>> = BinaryHeap::new();
    let (mut least, mut last, mut last_from) = (0, 0, f32::MIN);
    for at in order {
        let Some(piece) = pieces.get_mut(at) else { continue };
        let steps = (piece.from - left).max(0.0);
        while let Some(Reverse((end, column))) = ends.peek().copied() {
            if f32::from_bits(end) > steps + 0.01 {
                break;
            }
            least = least.max(column);
            ends.pop();
        }
        let natural = (steps / cell).round() as usize;
        let column = if piece.from - last_from < 0.3 * cell { last } else { natural.max(last) };
        let column = column.max(least).min(WIDEST);
        piece.column = column;
        let end = (piece.to - left).max(0.0);
        // Nothing is lined up with the ends of running text, and a line of small print would drive all else apart.
        let length = piece.to - piece.from;
        let is_running = length > RUNNING * page_width;
        let is_small = length > SHORT * page_width && piece.width as f32 * cell > DENSE * length;
        if !is_running && !is_small {
            ends.push(Reverse((end.to_bits(), column + piece.width + BETWEEN)));
        }
        (last, last_from) = (column, piece.from);
    }
}

fn is_leftward(c: char) -> bool {
    matches!(bidi_class(c), BidiClass::R | BidiClass::AL)
}

/// From the order on paper to the order of reading: runs that go to the left are turned round, and on a page that goes
/// to the left as a whole, the order of the runs too.
fn as_read(signs: &[Sign], is_leftwards: bool) -> Vec<Sign> {
    let is_rightward = |c: char| matches!(bidi_class(c), BidiClass::L | BidiClass::EN | BidiClass::AN);
    let mut runs: Vec<(bool, Vec<Sign>)> = Vec::new();
    let mut take = |sign: &Sign| {
        let goes = if is_leftward(sign.is) { Some(true) } else { is_rightward(sign.is).then_some(false) };
        match (runs.last_mut(), goes) {
            (Some((left, run)), Some(goes)) if *left == goes => run.push(*sign),
            (Some((_, run)), None) => run.push(*sign),
            _ => runs.push((goes.unwrap_or(is_leftwards), vec![*sign])),
        }
    };
    match is_leftwards {
        true => signs.iter().rev().for_each(&mut take),
        false => signs.iter().for_each(&mut take),
    }
    let as_read = |(left, mut run): (bool, Vec<Sign>)| {
        if left != is_leftwards {
            run.reverse();
        }
        run
    };
    runs.into_iter().flat_map(as_read).collect()
}
