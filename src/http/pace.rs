//! How fast to ask again, and how long to wait when the provider says so. Pure arithmetic: it never waits itself, and
//! the only clock it reads is the provider's own Date header.

use std::time::Duration;

use jiff::{Timestamp, civil::DateTime, fmt::rfc2822, tz::TimeZone};

use super::Response;
use crate::case::{Again, Fault, FaultKind, Moment};

/// The pace of repeated reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How often a read is sent at most.
    pub tries: u32,
    /// The wait after the first try; it doubles with each further one.
    pub first: Duration,
    /// No wait begins that would end later than this after the first try. A longer one is the caller's to decide
    /// ([`Response::again`] tells how long).
    pub total: Duration,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { tries: 4, first: Duration::from_millis(400), total: Duration::from_secs(20) }
    }
}

/// Where the provider asks for a pause and does not say, or not legibly, how long.
pub const UNSAID: Duration = Duration::from_secs(60);
/// The longest pause that is taken from a provider; after it, it may be asked.
pub const CEILING: Duration = Duration::from_secs(15 * 60);

impl Pace {
    /// The wait before the next try, or nothing where there shall be none. `tried` counts the tries so far, `spent` is
    /// the time since the first, `chance` any random number.
    pub fn wait(
        &self,
        tried: u32,
        spent: Duration,
        outcome: &Result<Response, Fault>,
        chance: u32,
    ) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let again = match outcome {
            Ok(answer) => answer.again(),
            Err(fault) if matches!(fault.kind, FaultKind::Unreachable | FaultKind::Lost) => Again::Later,
            Err(_) => Again::No,
        };
        let share = |of: Duration| of.mul_f64(f64::from(chance) / f64::from(u32::MAX));
        let wait = match again {
            Again::No => return None,
            // Between half the step and all of it, so that desks which failed together do not return together.
            Again::Later => {
                let step = self.first.saturating_mul(1 << tried.saturating_sub(1).min(16));
                step / 2 + share(step / 2)
            }
            Again::After(milliseconds) => Duration::from_millis(milliseconds) + share(self.first),
        };
        (spent + wait <= self.total).then_some(wait)
    }
}

impl Response {
    /// Whether the same may be asked again, going by the status and what the answer says about a pause: 429 and 5xx
    /// may. `Retry-After` counts in seconds or as a date relative to the answer's own Date header (RFC 9110, 10.2.3).
    /// `X-RateLimit-Retry-After` names the second since 1970 from which on it may be asked. An illegible one, one that
    /// nothing tells how far away it is, or a 429 without any, means [`UNSAID`]; none is longer than [`CEILING`].
    pub fn again(&self) -> Again {
        self.again_by(None)
    }

    /// The same, where a moment in the answer is held against this clock if the provider's own is not known.
    pub fn again_by(&self, own: Option<Moment>) -> Again {
        let clock = self.date.or(own);
        if self.status != 429 && !(500..600).contains(&self.status) {
            return Again::No;
        }
        let named = |wanted: &'static str| {
            let values = self.headers.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(wanted));
            values.map(|(_, value)| value.trim())
        };
        let (mut said, mut resets) =
            (named("retry-after").peekable(), named("x-ratelimit-retry-after").peekable());
        if said.peek().is_none() && resets.peek().is_none() && self.status != 429 {
            return Again::Later;
        }
        // Of several headers the most patient legible one counts.
        let pauses = said.filter_map(|value| pause(value, clock));
        let resets = resets.filter_map(|value| until(value, clock));
        let longest = pauses.chain(resets).max().unwrap_or(UNSAID);
        Again::After(longest.min(CEILING).as_millis() as u64)
    }
}

/// A single `Retry-After` value.
fn pause(value: &str, answered: Option<Moment>) -> Option<Duration> {
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().map_or(CEILING, Duration::from_secs));
    }
    let left = http_date(value)?.since(answered?);
    Some(Duration::from_millis(left.max(0).unsigned_abs()))
}

/// A single `X-RateLimit-Retry-After` value.
fn until(value: &str, answered: Option<Moment>) -> Option<Duration> {
    let left = Moment::from_epoch_seconds(value.parse().ok()?).since(answered?);
    Some(Duration::from_millis(left.max(0).unsigned_abs()))
}

/// Reads an HTTP date in any of the three forms of RFC 9110, 5.6.7.
pub fn http_date(text: &str) -> Option<Moment> {
    let parser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let stamp = parser.parse_timestamp(text).ok().or_else(|| obsolete(text))?;
    Some(Moment(stamp.as_millisecond()))
}

fn obsolete(text: &str) -> Option<Timestamp> {
    let civil = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| DateTime::strptime(form, text).ok())?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Sun, 22 Nov 2026 10:00:00 GMT";

    fn answer(status: u16, date: Option<&str>, pauses: &[&str]) -> Response {
        let headers = pauses.iter().map(|value| ("retry-after".to_owned(), value.to_string())).collect();
        Response { status, headers, body: Vec::new(), date: date.and_then(http_date) }
    }

    #[test]
    fn every_way_to_ask_for_a_pause_is_understood() {
        let minute = Again::After(60_000);
        for (status, date, pauses, again) in [
            (429, None, &["7"][..], Again::After(7_000)),
            (429, None, &["0"], Again::After(0)),
            (429, None, &[], minute),
            (429, None, &["-1"], minute),
            (429, None, &["abc"], minute),
            (429, None, &[""], minute),
            (429, None, &["1.5"], minute),
            (429, None, &["99999999999"], Again::After(900_000)),
            (429, None, &["99999999999999999999999"], Again::After(900_000)),
            (429, None, &["5", "90"], Again::After(90_000)),
            (429, None, &["abc", "5"], Again::After(5_000)),
            (429, Some(DATE), &["Sun, 22 Nov 2026 10:02:00 GMT"], Again::After(120_000)),
            (429, Some(DATE), &["Sun, 22 Nov 2026 09:00:00 GMT"], Again::After(0)),
            (429, None, &["Sun, 22 Nov 2026 10:02:00 GMT"], minute),
            (503, None, &[], Again::Later),
            (503, None, &["3"], Again::After(3_000)),
            (503, None, &["soon"], minute),
            (500, None, &[], Again::Later),
            (404, None, &["3"], Again::No),
            (200, None, &["3"], Again::No),
        ] {
            assert_eq!(answer(status, date, pauses).again(), again, "{status} {date:?} {pauses:?}");
        }
    }

    #[test]
    fn a_pause_until_a_second_since_1970_counts_from_the_answers_own_date() {
        let minute = Again::After(60_000);
        let at = http_date(DATE).unwrap().0 / 1000;
        let told = |status, date, value: String| {
            let headers = vec![("x-ratelimit-retry-after".to_owned(), value)];
            Response { headers, ..answer(status, date, &[]) }.again()
        };
        for (date, value, again) in [
            (Some(DATE), (at + 90).to_string(), Again::After(90_000)),
            (Some(DATE), (at - 5).to_string(), Again::After(0)),
            (Some(DATE), (at + 86_400).to_string(), Again::After(900_000)),
            (Some(DATE), "99999999999999999999".into(), minute),
            (Some(DATE), "soon".into(), minute),
            (None, (at + 90).to_string(), minute),
        ] {
            assert_eq!(told(429, date, value.clone()), again, "{date:?} {value}");
        }
        assert_eq!(told(503, Some(DATE), (at + 7).to_string()), Again::After(7_000));
        assert_eq!(told(404, Some(DATE), (at + 7).to_string()), Again::No);
    }

    #[test]
    fn the_three_forms_of_an_http_date_are_one_moment() {
        let moment = Moment::parse("1994-11-06T08:49:37Z");
        for text in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
        {
            assert_eq!(http_date(text), moment, "{text}");
        }
        for text in ["", "now", "06 Nov", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn waits_double_scatter_and_end() {
        let pace = Pace { tries: 4, first: Duration::from_millis(100), total: Duration::from_secs(1) };
        let lost = Err(Fault::new(FaultKind::Lost, ""));
        let wait = |tried, spent, chance| pace.wait(tried, Duration::from_millis(spent), &lost, chance);
        let ms = |milliseconds| Some(Duration::from_millis(milliseconds));
        assert_eq!(wait(1, 0, 0), ms(50));
        assert_eq!(wait(1, 0, u32::MAX), ms(100));
        assert_eq!(wait(2, 0, u32::MAX), ms(200));
        assert_eq!(wait(3, 0, u32::MAX), ms(400));
        assert_eq!(wait(4, 0, 0), None, "the tries are used up");
        assert_eq!(wait(3, 601, u32::MAX), None, "the time is used up");
    }

    #[test]
    fn a_pause_longer_than_the_budget_is_left_to_the_caller() {
        let pace = Pace { tries: 9, first: Duration::from_millis(100), total: Duration::from_secs(10) };
        let wait = |pause| pace.wait(1, Duration::ZERO, &Ok(answer(429, None, &[pause])), u32::MAX);
        assert_eq!(
            wait("9"),
            Some(Duration::from_millis(9_100)),
            "never shorter than asked for, and scattered"
        );
        assert_eq!(wait("10"), None);
    }

    #[test]
    fn what_would_fail_again_is_not_tried_again() {
        let pace = Pace::default();
        for kind in [FaultKind::Unprepared, FaultKind::Unreadable, FaultKind::TooLarge] {
            assert_eq!(pace.wait(1, Duration::ZERO, &Err(Fault::new(kind, "")), 0), None);
        }
        for status in [200, 400, 401, 403, 404, 409, 422] {
            assert_eq!(pace.wait(1, Duration::ZERO, &Ok(answer(status, None, &[])), 0), None);
        }
    }
}
