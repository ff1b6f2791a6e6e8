//! The directories of a TIFF file, which EXIF data are too: chains of tagged values, in either byte order, with offsets
//! of four bytes or, in a BigTIFF, of eight. Values are read where they lie, and whatever lies outside of the file is
//! simply not there. (TIFF 6.0, section 2; BigTIFF of 2007.)

use std::collections::{BTreeMap, HashSet};

/// More entries than any sound directory has.
const ENTRIES_AT_MOST: u64 = 4_096;
/// Bytes of a text that are read.
const TEXT_AT_MOST: u64 = 4_096;

/// The bytes, and how they are to be read.
pub struct File {
    pub bytes: Vec<u8>,
    pub order: Order,
    is_big: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Little,
    Big,
}

impl Order {
    /// Up to eight bytes as a number.
    pub fn number(self, bytes: &[u8]) -> u64 {
        let more = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        match self {
            Order::Little => bytes.iter().rev().fold(0, more),
            Order::Big => bytes.iter().fold(0, more),
        }
    }
}

/// Tag to where its values lie.
#[derive(Clone, Debug, Default)]
pub struct Directory(BTreeMap<u16, Entry>);

#[derive(Clone, Copy, Debug)]
struct Entry {
    form: u16,
    count: u64,
    at: u64,
}

/// A directory beside the file that it lies in.
#[derive(Clone, Copy)]
pub struct Tags<'a> {
    pub file: &'a File,
    directory: &'a Directory,
}

impl File {
    /// Nothing where the bytes do not begin as a TIFF does.
    pub fn new(bytes: Vec<u8>) -> Option<File> {
        let order = match bytes.get(..2)? {
            b"II" => Order::Little,
            b"MM" => Order::Big,
            _ => return None,
        };
        let is_big = match order.number(bytes.get(2..4)?) {
            42 => false,
            43 => true,
            _ => return None,
        };
        Some(File { bytes, order, is_big })
    }

    /// The directories of the chain, as far as it is sound, at most so many; and whether that is all of it.
    pub fn chain(&self, at_most: usize) -> (Vec<Directory>, bool) {
        let (mut found, mut seen) = (Vec::new(), HashSet::new());
        let Some(mut at) = self.number(if self.is_big { 8 } else { 4 }, self.offset_size()) else {
            return (found, false);
        };
        while at != 0 {
            if found.len() == at_most || !seen.insert(at) {
                return (found, false);
            }
            let Some((directory, next)) = self.directory(at) else { return (found, false) };
            found.push(directory);
            // A file that ends right behind the entries has no further directory.
            at = next.unwrap_or(0);
        }
        (found, true)
    }

    /// The directory at an offset, and where the next one is said to be.
    pub fn directory(&self, at: u64) -> Option<(Directory, Option<u64>)> {
        let (count_size, entry_size) = if self.is_big { (8, 20) } else { (2, 12) };
        let count = self.number(at, count_size)?.min(ENTRIES_AT_MOST);
        let first = at.checked_add(count_size as u64)?;
        let mut entries = BTreeMap::new();
        for entry in (0..count).map(|number| first.saturating_add(number * entry_size)) {
            let Some((tag, entry)) = self.entry(entry) else { continue };
            entries.entry(tag).or_insert(entry);
        }
        let next = self.number(first.saturating_add(count * entry_size), self.offset_size());
        (!entries.is_empty()).then_some((Directory(entries), next))
    }

    fn entry(&self, at: u64) -> Option<(u16, Entry)> {
        let tag = self.number(at, 2)? as u16;
        let form = self.number(at + 2, 2)? as u16;
        let count = self.number(at + 4, self.offset_size())?;
        let values = at + 4 + self.offset_size() as u64;
        let size = count.checked_mul(size_of_form(form)?)?;
        let is_here = size <= self.offset_size() as u64;
        let at = if is_here { values } else { self.number(values, self.offset_size())? };
        Some((tag, Entry { form, count, at }))
    }

    fn offset_size(&self) -> usize {
        if self.is_big { 8 } else { 4 }
    }

    fn number(&self, at: u64, size: usize) -> Option<u64> {
        self.part(at, size as u64).map(|bytes| self.order.number(bytes))
    }

    /// Bytes of the file; nothing where not all of them are there.
    pub fn part(&self, at: u64, length: u64) -> Option<&[u8]> {
        let (from, to) = (usize::try_from(at).ok()?, usize::try_from(at.checked_add(length)?).ok()?);
        self.bytes.get(from..to)
    }

    pub fn tags<'a>(&'a self, directory: &'a Directory) -> Tags<'a> {
        Tags { file: self, directory }
    }
}

fn size_of_form(form: u16) -> Option<u64> {
    Some(match form {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16 | 17 | 18 => 8,
        _ => return None,
    })
}

impl<'a> Tags<'a> {
    pub fn has(&self, tag: u16) -> bool {
        self.directory.0.contains_key(&tag)
    }

    /// How many values a tag has.
    pub fn count(&self, tag: u16) -> u64 {
        self.directory.0.get(&tag).map_or(0, |entry| entry.count)
    }

    /// Its first value as a whole number.
    pub fn number(&self, tag: u16) -> Option<u64> {
        self.nth(tag, 0)
    }

    pub fn nth(&self, tag: u16, at: u64) -> Option<u64> {
        let entry = self.directory.0.get(&tag).filter(|entry| at < entry.count)?;
        let size = size_of_form(entry.form)?;
        let number = self.file.number(entry.at.checked_add(at.checked_mul(size)?)?, size as usize)?;
        // Fractions have no whole value.
        (!matches!(entry.form, 5 | 10..=12)).then_some(number)
    }

    /// At most so many of its values.
    pub fn numbers(&self, tag: u16, at_most: u64) -> Vec<u64> {
        (0..self.count(tag).min(at_most)).map_while(|at| self.nth(tag, at)).collect()
    }

    /// The first value, whatever its form.
    pub fn real(&self, tag: u16) -> Option<f64> {
        self.nth_real(tag, 0)
    }

    pub fn nth_real(&self, tag: u16, at: u64) -> Option<f64> {
        let entry = self.directory.0.get(&tag).filter(|entry| at < entry.count)?;
        let size = size_of_form(entry.form)?;
        let place = entry.at.checked_add(at.checked_mul(size)?)?;
        let number = |at: u64, size: usize| self.file.number(at, size);
        let real = match entry.form {
            5 => number(place, 4)? as f64 / number(place + 4, 4)? as f64,
            10 => f64::from(number(place, 4)? as i32) / f64::from(number(place + 4, 4)? as i32),
            11 => f64::from(f32::from_bits(number(place, 4)? as u32)),
            12 => f64::from_bits(number(place, 8)?),
            6 => f64::from(number(place, 1)? as i8),
            8 => f64::from(number(place, 2)? as i16),
            9 => f64::from(number(place, 4)? as i32),
            17 => number(place, 8)? as i64 as f64,
            _ => number(place, size as usize)? as f64,
        };
        real.is_finite().then_some(real)
    }

    /// A tag's bytes as they are.
    pub fn bytes(&self, tag: u16) -> Option<&'a [u8]> {
        let entry = self.directory.0.get(&tag)?;
        self.file.part(entry.at, entry.count.checked_mul(size_of_form(entry.form)?)?)
    }

    /// A text up to its first NUL; nothing where it is empty. ASCII by the standard; UTF-8 is taken, and what is neither
    /// is taken for Latin-1.
    pub fn text(&self, tag: u16) -> Option<String> {
        let entry = self.directory.0.get(&tag).filter(|entry| matches!(entry.form, 1 | 2 | 7))?;
        let bytes = self.file.part(entry.at, entry.count.min(TEXT_AT_MOST))?;
        let bytes = bytes.split(|byte| *byte == 0).next()?.trim_ascii();
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
        };
        (!text.is_empty()).then_some(text)
    }
}
