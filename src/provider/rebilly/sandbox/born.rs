//! The disputes that a world is born with: invented transactions around the day of its birth, in every status.

use serde_json::{Map, Value};

use super::{
    dice::{Dice, id},
    dispute::Dispute,
};
use crate::case::{
    Moment,
    moment::{DAY, HOUR},
};

const AMOUNTS: &[(&str, &str)] = &[
    ("EUR", "129.90"),
    ("DKK", "749"),
    ("SEK", "2001.54"),
    ("NOK", "1150.68"),
    ("USD", "13.86"),
    ("GBP", "32.36"),
    ("JPY", "11324"),
    ("KWD", "185.243"),
    ("ISK", "48900"),
    ("PLN", "412.05"),
];
const REASONS: &[&str] =
    &["10.4", "13.1", "13.3", "12.6.1", "4837", "4853", "4834", "F29", "C08", "duplicate", "R03", "11.3"];
const TYPES: &[&str] = &[
    "first-chargeback",
    "first-chargeback",
    "first-chargeback",
    "information-request",
    "second-chargeback",
    "inquiry",
    "ethoca-alert",
    "fraud",
];
const SOURCES: &[&str] = &["api", "manual", "sftp", "webhook"];

/// Half of them wait for a response.
const STATUSES: &[&str] = &[
    "response-needed",
    "under-review",
    "response-needed",
    "won",
    "response-needed",
    "lost",
    "response-needed",
    "under-review",
    "response-needed",
    "forfeited",
    "response-needed",
    "unknown",
];

/// The time over which they were created.
const SPAN: i64 = 16 * DAY;

pub fn disputes(born: Moment, count: usize) -> Vec<Dispute> {
    (0..count).map(|number| dispute(born, number, count)).collect()
}

fn dispute(born: Moment, number: usize, count: usize) -> Dispute {
    let mut dice = Dice::of(number);
    let apart = SPAN / count.max(1) as i64;
    // Some are created in the same instant, as an import does it.
    let created = born.plus(-SPAN - HOUR + (number / 3 * 3) as i64 * apart);
    let status = STATUSES[number % STATUSES.len()];
    let (currency, amount) = *dice.one_of(AMOUNTS);
    let mut given = Map::new();
    let mut put = |name: &str, value: Value| given.insert(name.to_owned(), value);
    put("transactionId", id("txn", number).into());
    put("currency", currency.into());
    put("amount", serde_json::from_str(amount).unwrap_or(Value::Null));
    put("reasonCode", (*dice.one_of(REASONS)).into());
    put("type", (*dice.one_of(TYPES)).into());
    put("status", status.into());
    put("postedTime", created.plus(-DAY).rfc3339().into());
    if dice.below(4) > 0 {
        put("acquirerReferenceNumber", format!("7455020{:016}", 62_801_234_567_000 + number).into());
    }
    if dice.below(3) > 0 {
        put("caseId", format!("CB-{}", 260_000 + number).into());
    }
    let open = born.plus(DAY + dice.below(18) as i64 * DAY);
    match status {
        "response-needed" => put("deadlineTime", open.rfc3339().into()),
        "unknown" => None,
        _ => put("deadlineTime", created.plus(9 * DAY).rfc3339().into()),
    };
    let resolved = matches!(status, "won" | "lost" | "forfeited").then(|| created.plus(10 * HOUR));
    let updated = resolved.unwrap_or(created);
    let revision = if resolved.is_some() { 2 } else { 1 };
    let source = dice.one_of(SOURCES);
    Dispute { number, id: id("dp", number), given, source, created, updated, resolved, revision }
}
