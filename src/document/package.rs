//! The members of a ZIP archive: their names, and their bytes up to a limit, by what is really unpacked and not by
//! what the archive claims.

use std::io::{Cursor, Read};

use zip::{CompressionMethod, ZipArchive, result::ZipError};

use super::pages::{Limits, Member, Why};
use crate::case::Paper;

pub struct Package {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    /// How many more bytes may be unpacked to be read as parts of one document.
    left: u64,
}

/// A member as the archive lists it.
pub struct Entry {
    pub member: Member,
    /// As the archive has it, without a zone: "2026-03-03 14:05".
    pub date: Option<String>,
}

impl Package {
    pub fn open(bytes: Vec<u8>) -> Result<Package, Why> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| Why::Damaged(error.to_string()))?;
        Ok(Package { archive, left: Limits::MEMBER })
    }

    pub fn len(&self) -> usize {
        self.archive.len()
    }

    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// In the order of the archive.
    pub fn names(&self) -> Vec<String> {
        (0..self.len()).filter_map(|at| self.archive.name_for_index(at).map(str::to_owned)).collect()
    }

    /// What the archive says of a member, by its number.
    pub fn entry(&mut self, at: usize) -> Result<Entry, Why> {
        let file = self.archive.by_index_raw(at).map_err(why)?;
        let closed = if file.is_dir() {
            Some("a folder".to_owned())
        } else if file.encrypted() {
            Some("encrypted".to_owned())
        } else if !matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            Some(format!("packed by a method that is not read here ({})", file.compression()))
        } else if file.size() > Limits::MEMBER {
            Some(format!("larger than {} MB", Limits::MEMBER / 1024 / 1024))
        } else {
            None
        };
        let date = file.last_modified().map(|date| {
            let (year, month, day) = (date.year(), date.month(), date.day());
            format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", date.hour(), date.minute())
        });
        let member = Member { name: file.name().to_owned(), size: file.size(), closed };
        Ok(Entry { member, date })
    }

    /// A member as a document of its own.
    pub fn paper(&mut self, at: usize) -> Result<Paper, Why> {
        let Member { name, closed, .. } = self.entry(at)?.member;
        if let Some(closed) = closed {
            return Err(Why::Unsupported(closed));
        }
        let bytes = self.unpack(at, Limits::MEMBER)?;
        Ok(Paper { name: name.into(), claimed: "".into(), bytes })
    }

    /// A part of the document that the archive is; nothing where there is none of that name.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, Why> {
        let Some(at) = self.archive.index_for_name(name) else { return Ok(None) };
        let bytes = self.unpack(at, self.left)?;
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(Some(bytes))
    }

    fn unpack(&mut self, at: usize, most: u64) -> Result<Vec<u8>, Why> {
        let file = self.archive.by_index(at).map_err(why)?;
        let mut bytes = Vec::new();
        let taken = file.take(most.saturating_add(1)).read_to_end(&mut bytes);
        if bytes.len() as u64 > most {
            return Err(Why::Limit(format!("{} MB unpacked", Limits::MEMBER / 1024 / 1024)));
        }
        taken.map_err(|error| Why::Damaged(error.to_string()))?;
        Ok(bytes)
    }
}

fn why(error: ZipError) -> Why {
    match error {
        ZipError::UnsupportedArchive(what) => Why::Unsupported(what.to_owned()),
        ZipError::FileNotFound => Why::Missing("file".to_owned()),
        error => Why::Damaged(error.to_string()),
    }
}
