//! Points in time, as milliseconds since 1970 in UTC. Nothing here asks what time it is: `now` is always an argument.

use std::fmt;

use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::text::Shown;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Moment(pub i64);

pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

impl Moment {
    /// Reads what providers send: RFC 3339 with a zone, the same without one (taken as UTC), or a bare date (its
    /// first instant). Fractions of any length are allowed, anything below a millisecond is dropped.
    pub fn parse(text: &str) -> Option<Moment> {
        let text = text.trim();
        if let Ok(stamp) = text.parse::<Timestamp>() {
            return Some(Moment(stamp.as_millisecond()));
        }
        let civil = match text.parse::<civil::DateTime>() {
            Ok(civil) => civil,
            Err(_) => text.parse::<civil::Date>().ok()?.at(0, 0, 0, 0),
        };
        let stamp = civil.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some(Moment(stamp.as_millisecond()))
    }

    /// True where the text names a day and no time of day.
    pub fn is_bare_date(text: &str) -> bool {
        let text = text.trim();
        text.len() == 10 && text.parse::<civil::Date>().is_ok()
    }

    pub fn from_epoch_seconds(seconds: i64) -> Moment {
        Moment(seconds.saturating_mul(SECOND))
    }

    pub fn plus(self, milliseconds: i64) -> Moment {
        Moment(self.0.saturating_add(milliseconds))
    }

    /// Milliseconds from `earlier` to `self`; negative where `self` comes first.
    pub fn since(self, earlier: Moment) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The last millisecond of the day this moment lies in (UTC).
    pub fn end_of_day(self) -> Moment {
        Moment(self.0.div_euclid(DAY).saturating_add(1).saturating_mul(DAY).saturating_sub(1))
    }

    pub fn start_of_day(self) -> Moment {
        Moment(self.0.div_euclid(DAY).saturating_mul(DAY))
    }

    /// "2026-11-22". A moment outside the years 1 to 9999 is shown as dashes.
    pub fn day(self) -> String {
        self.civil().map_or("----------".into(), |at| at.strftime("%Y-%m-%d").to_string())
    }

    /// "2026-11-22 09:41".
    pub fn minute(self) -> String {
        self.civil().map_or("---------- --:--".into(), |at| at.strftime("%Y-%m-%d %H:%M").to_string())
    }

    /// "09:41".
    pub fn clock(self) -> String {
        self.civil().map_or("--:--".into(), |at| at.strftime("%H:%M").to_string())
    }

    /// RFC 3339 with milliseconds and Z, as the journal and exports write it.
    pub fn rfc3339(self) -> String {
        self.civil().map_or(String::new(), |at| at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
    }

    /// Midnight UTC so many days later (or earlier).
    pub fn plus_days(self, days: i64) -> Moment {
        self.plus(days.saturating_mul(DAY))
    }

    /// The same time of day `days` business days (Monday to Friday) later. Holidays are not counted.
    pub fn plus_business_days(self, days: u32) -> Option<Moment> {
        let mut at = self.civil()?;
        let mut left = days;
        while left > 0 {
            at = at.checked_add(1.day()).ok()?;
            if !matches!(at.weekday(), civil::Weekday::Saturday | civil::Weekday::Sunday) {
                left -= 1;
            }
        }
        Some(Moment(at.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond()))
    }

    fn civil(self) -> Option<civil::DateTime> {
        let stamp = Timestamp::from_millisecond(self.0).ok()?;
        let at = stamp.to_zoned(TimeZone::UTC).datetime();
        (at.year() > 0).then_some(at)
    }
}

/// A moment shown as its day: "2026-11-22".
pub struct Day(pub Moment);

/// A moment shown to the minute: "2026-11-22 09:41".
pub struct Minute(pub Moment);

/// A moment shown to the second: "2026-11-22 09:41:30".
pub struct Second(pub Moment);

impl fmt::Display for Second {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{:02}", self.0.minute(), self.0.0.div_euclid(SECOND).rem_euclid(60))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.day())
    }
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.minute())
    }
}

// These print digits and signs of their own, whatever moment they hold.
impl Shown for Day {}
impl Shown for Minute {}
impl Shown for Second {}

/// A date by which somebody must have acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    pub at: Moment,
    pub whose: Whose,
}

/// Who set a deadline, and so how much it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// The provider sent it with the case.
    Provider,
    /// Counted from a network rule; a warning, never a gate.
    Rule,
}

/// How long is left, in the fewest characters: "3d", "47h", "<1h", "-<1h", "-2d". With it comes the moment at which the
/// words change, so that a screen can ask to be woken then and not before. Nothing finer than hours: deadlines are
/// days, and a screen at rest should stay at rest.
pub fn time_left(deadline: Moment, now: Moment) -> (String, Moment) {
    let left = deadline.since(now);
    let (size, sign) = (left.unsigned_abs() as i64, if left < 0 { "-" } else { "" });
    let (unit, letter) = if size >= 2 * DAY { (DAY, 'd') } else { (HOUR, 'h') };
    let count = size / unit;
    let change = if left < 0 {
        // Growing: the next whole unit passed.
        deadline.plus((count + 1) * unit)
    } else {
        // Shrinking: just below the whole unit shown.
        deadline.plus(1 - count * unit)
    };
    if count == 0 {
        return (format!("{sign}<1h"), change);
    }
    (format!("{sign}{count}{letter}"), change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_that_providers_send_is_read() {
        for (text, shown) in [
            ("2025-01-31T10:20:30.456", "2025-01-31T10:20:30.456Z"),
            ("2025-01-21T09:41:53.1665936Z", "2025-01-21T09:41:53.166Z"),
            ("2025-01-21T09:41:53+02:00", "2025-01-21T07:41:53.000Z"),
            ("2025-01-21", "2025-01-21T00:00:00.000Z"),
        ] {
            assert_eq!(Moment::parse(text).map(Moment::rfc3339), Some(shown.to_owned()));
        }
        for text in ["", "yesterday", "2025-13-01", "99999999999"] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_beyond_the_calendar_is_shown_as_dashes() {
        assert_eq!(Moment(i64::MAX).day(), "----------");
        assert_eq!(Moment(i64::MIN).minute(), "---------- --:--");
    }

    #[test]
    fn time_left_says_when_its_words_change() {
        let due = Moment(100 * DAY);
        for (before, words) in [
            (9 * DAY + 5, "9d"),
            (2 * DAY, "2d"),
            (2 * DAY - 1, "47h"),
            (HOUR, "1h"),
            (HOUR - 1, "<1h"),
            (0, "<1h"),
            (-1, "-<1h"),
            (-2 * HOUR, "-2h"),
            (-3 * DAY, "-3d"),
        ] {
            let now = due.plus(-before);
            let (shown, change) = time_left(due, now);
            assert_eq!(shown, words);
            assert_eq!(time_left(due, change.plus(-1)).0, words, "unchanged until then");
            assert_ne!(time_left(due, change).0, words, "changed at {change:?}");
            assert!(change > now);
        }
    }

    #[test]
    fn business_days_skip_the_weekend() {
        let friday = Moment::parse("2026-11-20").unwrap();
        assert_eq!(friday.plus_business_days(1).map(Moment::day).as_deref(), Some("2026-11-23"));
        assert_eq!(friday.plus_business_days(6).map(Moment::day).as_deref(), Some("2026-11-30"));
    }
}
