//! Deadlines counted from the rules in the book. They warn; only a provider's own deadline may hold anybody back.

use serde::Deserialize;

use super::{Code, Confidence, Network, Source, Unit, book, own};
use crate::{
    case::Moment,
    case::moment::HOUR,
    text::{Raw, SafeText, say},
};

/// A time that a network or a law gives somebody once a dispute is under way.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    pub id: String,
    who: String,
    pub network: Option<Network>,
    regulation: Option<String>,
    /// One of the two is there.
    pub days: Option<u32>,
    pub hours: Option<u32>,
    #[serde(default)]
    pub unit: Unit,
    start: String,
    action: Option<String>,
    note: Option<String>,
    pub confidence: Confidence,
    #[serde(rename = "sources")]
    source_ids: Vec<String>,
}

/// A deadline that a rule gives, and why, in one line.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    pub at: Moment,
    /// "Visa 10.4: 120 days from transaction processing date, counted from 2026-01-05 (high confidence; …)".
    pub words: SafeText,
}

/// The last moment at which a dispute with this code can be raised, counted from `start`: what the rule counts from
/// is in the words, and whether `start` is that is for the reader to judge. Of several candidates the one that ends
/// first. Nothing where no time limit is known.
pub fn clock_for(network: Option<&str>, code: &str, start: Moment) -> Option<Warning> {
    let candidates = book().find(network, code);
    let due = |code: &&'static Code| Some((days_after(start, code.time_limit_days?, code.unit)?, *code));
    let (at, rule) = candidates.iter().filter_map(due).min_by_key(|(at, _)| *at)?;
    let others = match candidates.len() - 1 {
        0 => SafeText::default(),
        others => say!("; the code has other meanings: {}", others),
    };
    let words = say!(
        "{}: {} {} from {}, counted from {} ({}; {}{})",
        rule.name(),
        rule.time_limit_days.unwrap_or_default() as usize,
        SafeText::own(rule.unit.words()),
        rule.counts_from().unwrap_or(SafeText::own("a start that the source does not name")),
        Raw::new(start.day()).show(),
        SafeText::own(rule.confidence.words()),
        titles(&rule.sources()),
        others,
    );
    Some(Warning { at, words })
}

impl Clock {
    /// When it runs out, for a start.
    pub fn due(&self, start: Moment) -> Option<Moment> {
        match (self.days, self.hours) {
            (Some(days), _) => days_after(start, days, self.unit),
            (None, Some(hours)) => Some(start.plus(i64::from(hours).saturating_mul(HOUR))),
            (None, None) => None,
        }
    }

    /// "Reg E 12 CFR 1005.11: issuer has 10 business days from date of contact: provisional credit, or decide".
    pub fn words(&'static self) -> SafeText {
        let rule = own(&self.regulation)
            .or(self.network.map(|network| SafeText::own(network.words())))
            .unwrap_or_default();
        let (count, unit) = match (self.days, self.hours) {
            (None, Some(hours)) => (hours, "hours"),
            (days, _) => (days.unwrap_or_default(), self.unit.words()),
        };
        let (who, start) = (SafeText::own(&self.who), SafeText::own(&self.start));
        let line = say!("{}: {} has {} {} from {}", rule, who, count as usize, SafeText::own(unit), start);
        match own(&self.action) {
            Some(action) => say!("{}: {}", line, action),
            None => line,
        }
    }

    pub fn note(&'static self) -> Option<SafeText> {
        own(&self.note)
    }

    /// The names of its sources.
    pub(super) fn source_ids(&self) -> &[String] {
        &self.source_ids
    }

    pub fn sources(&self) -> Vec<&'static Source> {
        book().sources(&self.source_ids)
    }
}

/// The end of the day (UTC) that lies so many days after a start.
fn days_after(start: Moment, days: u32, unit: Unit) -> Option<Moment> {
    let day = match unit {
        Unit::Calendar => start.plus_days(days.into()),
        Unit::Business | Unit::Banking => start.plus_business_days(days)?,
    };
    Some(day.end_of_day())
}

/// The first source by its title, and how many more there are.
fn titles(sources: &[&'static Source]) -> SafeText {
    match sources {
        [] => SafeText::default(),
        [only] => say!("unofficial: {}", only.title()),
        [first, more @ ..] => say!("unofficial: {} and {} more", first.title(), more.len()),
    }
}
