//! The pauses that providers asked for, by profile: they hold for whoever sends, after a restart too. Why is not known here.

use rusqlite::{OptionalExtension, params};

use super::Store;
use super::problem::StoreError;
use crate::case::Moment;

impl Store {
    /// Keeps until when a provider wants nothing sent to a profile, as it was asked at a moment.
    pub fn keep_pause(&mut self, profile: &str, asked: Moment, until: Moment) -> Result<(), StoreError> {
        let write = self.write()?;
        let pause = [asked.0.to_le_bytes(), until.0.to_le_bytes()].concat();
        write.execute(
            "INSERT OR REPLACE INTO fact(name, value) VALUES (?1, ?2)",
            params![name(profile), pause],
        )?;
        Ok(write.commit()?)
    }

    /// Until when a provider wants nothing sent to a profile. `None` where that is over, or where it was asked later than
    /// now: then a clock was set back, and nobody knows how long it lasts.
    pub fn pause(&self, profile: &str, now: Moment) -> Result<Option<Moment>, StoreError> {
        let kept: Option<Vec<u8>> = self
            .db
            .query_row("SELECT value FROM fact WHERE name = ?1", [name(profile)], |row| row.get(0))
            .optional()?;
        let kept = kept.unwrap_or_default();
        let [asked, until] = kept.as_chunks::<8>().0 else { return Ok(None) };
        let [asked, until] = [asked, until].map(|bytes| Moment(i64::from_le_bytes(*bytes)));
        Ok(Some(until).filter(|until| asked <= now && now < *until))
    }
}

fn name(profile: &str) -> String {
    format!("pause {profile}")
}
