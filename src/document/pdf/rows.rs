//! Letters to words, and words to rows.

use std::ops::Range;

use super::gather::Letter;

/// Letters that follow each other.
#[derive(Clone, Debug)]
pub struct Word {
    /// Which of the letters.
    pub letters: Range<usize>,
    pub from: f32,
    pub to: f32,
    pub base: f32,
    pub size: f32,
    /// Whether a blank parts it from what stands before it.
    pub is_apart: bool,
}

pub struct Row {
    pub base: f32,
    /// The largest in it.
    pub size: f32,
    /// From left to right.
    pub words: Vec<Word>,
}

/// A wider gap parts columns. Measures here are shares of the font's size.
pub const COLUMN: f32 = 1.5;
/// Letters whose baselines differ by less stand on the same one.
const SAME_BASE: f32 = 0.05;
/// Words of about one size whose baselines differ by less make a row.
const SAME_ROW: f32 = 0.5;
/// Smaller letters belong to a row with which they overlap by so much from top to bottom.
const RAISED: f32 = 0.4;
/// Sizes that differ by a smaller factor are about one.
const ALIKE: f32 = 1.15;
/// Sizes that differ by a greater factor make a row only where words of the smaller one would.
const SAME_SIZE: f32 = 2.2;
/// How far letters reach above their baseline; below it they reach the rest of their size.
const ABOVE: f32 = 0.8;
/// A wider gap parts words.
const GAP: f32 = 0.1;
/// A blank that leaves a gap of less is none.
const BLANK: f32 = 0.03;
/// Letters that overlap by more do not follow each other.
const OVERLAP: f32 = 0.5;
/// The same letter so near is printed twice: for boldness, or as a shadow.
const TWIN_ALONG: f32 = 0.1;
const TWIN_ACROSS: f32 = 0.2;
/// Words of a row overlap by no more, as a share of the narrower one.
const COVERED: f32 = 0.75;
/// Letters that are set apart ("T O T A L") are so by less.
const SPACED: f32 = 0.5;
/// Strips, rows and words looked back at, so that a hostile page costs little.
const LOOKED_BACK: usize = 8;

/// The letters, in the order in which they were drawn and without twins, and the rows from top to bottom.
pub fn rows(letters: Vec<Letter>) -> (Vec<Letter>, Vec<Row>) {
    let (letters, mut words) = words(&letters);
    words.sort_by(|one, other| one.base.total_cmp(&other.base));
    let mut strips: Vec<Vec<Word>> = Vec::new();
    for strip in words.chunk_by_mut(|one, other| other.base - one.base <= SAME_BASE * other.size) {
        strip.sort_by(|one, other| one.from.total_cmp(&other.from));
        let single = without_twins(&letters, &strips, strip);
        strips.push(single);
    }
    let mut rows = joined(strips);
    for row in &mut rows {
        row.words.sort_by(|one, other| one.from.total_cmp(&other.from));
        set_apart(&letters, &mut row.words);
    }
    rows.sort_by(|one, other| one.base.total_cmp(&other.base));
    (letters, rows)
}

/// Letters that follow each other as they were drawn, which texts that lie over each other do not.
fn words(drawn: &[Letter]) -> (Vec<Letter>, Vec<Word>) {
    let (mut letters, mut words): (Vec<Letter>, Vec<Word>) = (Vec::with_capacity(drawn.len()), Vec::new());
    let mut is_apart = true;
    for letter in drawn {
        if letter.is == ' ' {
            is_apart = true;
            continue;
        }
        if letters.iter().rev().take(2).any(|other| is_twin(letter, other)) {
            continue;
        }
        letters.push(*letter);
        match words.last_mut() {
            Some(word) if !is_apart && follows(word, letter) => {
                word.letters.end = letters.len();
                word.to = word.to.max(letter.to);
            }
            _ => words.push(Word {
                letters: letters.len() - 1..letters.len(),
                from: letter.from,
                to: letter.to,
                base: letter.base,
                size: letter.size,
                is_apart,
            }),
        }
        is_apart = false;
    }
    (letters, words)
}

fn follows(word: &Word, letter: &Letter) -> bool {
    let gap = letter.from - word.to;
    let size = word.size.min(letter.size);
    (word.base - letter.base).abs() <= SAME_BASE * size
        && (word.size - letter.size).abs() <= TWIN_ACROSS * size
        && (-OVERLAP * size..=GAP * size).contains(&gap)
        && letter.from >= word.from
}

fn is_twin(one: &Letter, other: &Letter) -> bool {
    one.is == other.is
        && (one.from - other.from).abs() < TWIN_ALONG * one.size
        && (one.base - other.base).abs() < TWIN_ACROSS * one.size
}

/// The words of a strip, without those that stand in it twice, or in a strip close above as well.
fn without_twins(letters: &[Letter], above: &[Vec<Word>], strip: &[Word]) -> Vec<Word> {
    let spelt =
        |word: &Word| letters.get(word.letters.clone()).unwrap_or_default().iter().map(|letter| letter.is);
    let is_twin = |word: &Word, other: &Word| {
        (word.from - other.from).abs() < TWIN_ALONG * word.size && spelt(word).eq(spelt(other))
    };
    let mut single: Vec<Word> = Vec::with_capacity(strip.len());
    for word in strip {
        let near = above.iter().rev().take(LOOKED_BACK).filter(|strip| {
            strip.first().is_some_and(|first| (word.base - first.base).abs() <= TWIN_ACROSS * word.size)
        });
        let is_above = near.flat_map(|strip| {
            let at = strip.partition_point(|other| other.from < word.from - TWIN_ALONG * word.size);
            strip.iter().skip(at).take(LOOKED_BACK)
        });
        if !is_above.chain(single.iter().rev().take(LOOKED_BACK)).any(|other| is_twin(word, other)) {
            single.push(word.clone());
        }
    }
    single
}

/// A row to which strips may still come.
struct Open {
    base: f32,
    size: f32,
    /// One for each strip, each from left to right.
    parts: Vec<Vec<Word>>,
}

impl Open {
    fn new(part: Vec<Word>) -> Open {
        let mut row = Open { base: 0.0, size: 0.0, parts: Vec::new() };
        row.add(part);
        row
    }

    /// The largest letters say where the row stands.
    fn add(&mut self, part: Vec<Word>) {
        if let Some(largest) = part.iter().max_by(|one, other| one.size.total_cmp(&other.size))
            && largest.size > self.size
        {
            (self.base, self.size) = (largest.base, largest.size);
        }
        self.parts.push(part);
    }

    /// How far off a fragment stands; nothing where it does not belong here. What it stands beside counts more than
    /// the row, to which columns that are not quite level may belong.
    fn distance(&self, fragment: &[Word]) -> Option<f32> {
        let (first, last) = (fragment.first()?, fragment.last()?);
        let size = fragment.iter().map(|word| word.size).fold(0.0, f32::max);
        let beside =
            self.parts.iter().flat_map(|part| beside(part, first, last)).filter(|word| word.size >= size);
        let from = beside.map(|word| (word.base, word.size)).chain([(self.base, self.size)]);
        let level = from.filter(|(base, other)| is_level(first.base, size, *base, *other));
        let distance = level.map(|(base, _)| (first.base - base).abs()).min_by(f32::total_cmp)?;
        let is_free = |word: &Word| self.parts.iter().all(|part| is_free_for(part, word));
        (self.parts.len() < LOOKED_BACK && fragment.iter().all(is_free)).then_some(distance)
    }
}

/// The words of a strip that are the next to the left and to the right of a fragment, and near.
fn beside<'a>(strip: &'a [Word], first: &Word, last: &Word) -> impl Iterator<Item = &'a Word> {
    let at = strip.partition_point(|word| word.from < first.from);
    let before = at.checked_sub(1).and_then(|at| strip.get(at)).filter(|word| is_near(word, first));
    let after =
        strip.get(strip.partition_point(|word| word.from < last.from)).filter(|word| is_near(last, word));
    before.into_iter().chain(after)
}

fn is_level(base: f32, size: f32, other_base: f32, other_size: f32) -> bool {
    let (small, large) = (other_size.min(size), other_size.max(size));
    if large < ALIKE * small {
        return (base - other_base).abs() < SAME_ROW * large;
    }
    if large > SAME_SIZE * small {
        return (base - other_base).abs() < SAME_ROW * small;
    }
    let top = f32::max(base - ABOVE * size, other_base - ABOVE * other_size);
    let bottom = f32::min(base + (1.0 - ABOVE) * size, other_base + (1.0 - ABOVE) * other_size);
    bottom - top > RAISED * small
}

/// Whether no word of a strip stands where this one would; the letters of a logo may overlap a good deal.
fn is_free_for(strip: &[Word], word: &Word) -> bool {
    let at = strip.partition_point(|other| other.to <= word.from);
    let near = strip.iter().skip(at).take_while(|other| other.from < word.to).take(LOOKED_BACK);
    near.map(|other| {
        (word.to.min(other.to) - word.from.max(other.from), (word.to - word.from).min(other.to - other.from))
    })
    .all(|(overlap, narrower)| overlap <= COVERED * narrower)
}

fn joined(strips: Vec<Vec<Word>>) -> Vec<Row> {
    let mut open: Vec<Open> = Vec::new();
    for strip in strips.into_iter().filter(|strip| !strip.is_empty()) {
        let mut parts: Vec<(Option<usize>, Vec<Word>)> = Vec::new();
        for fragment in strip.chunk_by(is_near) {
            let near = open.iter().enumerate().rev().take(LOOKED_BACK);
            let near = near.filter_map(|(at, row)| Some((at, row.distance(fragment)?)));
            let at = near.min_by(|one, other| one.1.total_cmp(&other.1)).map(|(at, _)| at);
            match parts.iter_mut().find(|(to, _)| *to == at) {
                Some((_, part)) => part.extend_from_slice(fragment),
                None => parts.push((at, fragment.to_vec())),
            }
        }
        for (at, part) in parts {
            match at.and_then(|at| open.get_mut(at)) {
                Some(row) => row.add(part),
                None => open.push(Open::new(part)),
            }
        }
    }
    let row = |Open { base, size, parts }| Row { base, size, words: parts.into_iter().flatten().collect() };
    open.into_iter().map(row).collect()
}

/// Whether two words of a row, one right of the other, belong to one column.
pub fn is_near(one: &Word, other: &Word) -> bool {
    other.from - one.to <= COLUMN * one.size
}

/// Says of each word whether a blank parts it from the one before.
fn set_apart(letters: &[Letter], words: &mut [Word]) {
    for fragment in words.chunk_by_mut(is_near) {
        let spaced = usual_gap(letters, fragment);
        let mut before: Option<Word> = None;
        for word in fragment {
            word.is_apart = before.as_ref().is_none_or(|before| {
                let is_other = word.base != before.base || word.size != before.size;
                let least = match word.is_apart || is_other {
                    true => BLANK * word.size.max(before.size),
                    false => GAP * word.size + spaced,
                };
                let gap = word.from - before.to;
                gap > least || gap < -OVERLAP * word.size.max(before.size)
            });
            before = Some(word.clone());
        }
    }
}

/// The gap between letters that are set apart, where most are.
fn usual_gap(letters: &[Letter], words: &[Word]) -> f32 {
    let is_letter = |at: usize| letters.get(at).is_some_and(|letter| letter.is.is_alphanumeric());
    let inside = words.iter().map(|word| word.letters.len().saturating_sub(1)).sum::<usize>();
    let between = words.iter().zip(words.iter().skip(1)).filter(|(one, other)| {
        !other.is_apart && is_letter(one.letters.start) && is_letter(other.letters.start)
    });
    let mut gaps: Vec<f32> = between.map(|(one, other)| other.from - one.to).filter(|gap| *gap > 0.0).collect();
    // Where most letters stand side by side, gaps are between words.
    if gaps.len() < 3 || gaps.len() <= inside {
        return 0.0;
    }
    let middle = gaps.len() / 2;
    let gap = *gaps.select_nth_unstable_by(middle, f32::total_cmp).1;
    let size = words.first().map_or(0.0, |word| word.size);
    if gap < SPACED * size { gap } else { 0.0 }
}
