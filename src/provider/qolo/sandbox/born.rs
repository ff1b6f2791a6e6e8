//! The disputes that are there when the world is born. All people and shops are invented, and no card number is among them:
//! cards are known by their proxies.

use serde_json::{Map, Value, json};

use super::{
    dice::{below, guid, pick},
    dispute::Dispute,
};
use crate::case::{Moment, moment::DAY};

const HOW_MANY: u64 = 36;

const PEOPLE: &[&str] = &[
    "Øystein Nowak",
    "Yrsa Lindqvist",
    "Aino Räikkälä",
    "Mateusz Żeleński",
    "Chiara Bellandi",
    "Haruka Minamoto",
    "Nguyễn Thị Lan",
    "Dmitri Kallas",
    "Fatima Ben Salah",
    "Gunnar Þórsson",
];
const SHOPS: &[&str] = &[
    "Fjällkiosken AB",
    "Prairie Boots",
    "Akihabara Parts",
    "Nordlys Strøm",
    "Trattoria Bellavista",
    "Souk Gold Trading",
    "Hanoi Silk House",
    "Rørvig Færgefart",
    "Blue Travel Tours",
    "Kraków Rowery",
];
const KINDS: &[(&str, &str, &str)] = &[
    ("FRAUD", "Card not present fraud", "does not recognise the purchase at"),
    ("FRAUD", "Counterfeit card", "had the card in hand when it was used at"),
    ("NON_FRAUD", "Merchandise not received", "never received what was ordered from"),
    ("NON_FRAUD", "Credit not processed", "returned the goods and got no credit from"),
    ("NON_FRAUD", "Duplicate processing", "was charged twice by"),
    ("NON_FRAUD", "Cancelled recurring", "cancelled the subscription with"),
];
const CHANNELS: &[&str] = &["DISCOVER", "MASTERCARD", "VISA"];
/// In major units: of two decimals, of none, of three.
const AMOUNTS: &[&str] = &["12.50", "1150.68", "89.99", "11324", "67.98", "185.243", "2001.54", "5"];

pub fn disputes(born: Moment) -> Vec<Dispute> {
    (0..HOW_MANY).map(|number| dispute(number, born)).collect()
}

/// From two months ago to today, the oldest first.
fn dispute(number: u64, born: Moment) -> Dispute {
    let hours = 60 * 24 * (HOW_MANY - 1 - number) / (HOW_MANY - 1);
    let opened = born.plus(-(hours as i64) * (DAY / 24));
    let (kind, reason, what) = pick("kind", number, KINDS);
    let (person, shop) = (pick("person", number, PEOPLE), pick("shop", number, SHOPS));
    let transactions: Vec<_> =
        (0..=below("several", number, 3) as u64 / 2).map(|one| transaction(number * 10 + one)).collect();
    let body = json!({
        "person_guid": guid("person", number),
        "account_guid": guid("account", number),
        "card_proxy": format!("9{:011}", below("proxy", number, usize::MAX) % 100_000_000_000),
        "dispute": {
            "dispute_status": "OPEN",
            "dispute_type": kind,
            "dispute_reason": reason,
            "notes": format!("{person} {what} {shop}."),
            "transaction_details": transactions,
        },
    });
    Dispute::new(guid("dispute", number), &members(body), opened)
}

fn transaction(number: u64) -> Value {
    let text: &&str = pick("amount", number, AMOUNTS);
    let amount: Value = serde_json::from_str(text).unwrap_or_default();
    json!({
        "transaction_guid": guid("transaction", number),
        "amount": amount,
        "channel": pick("channel", number, CHANNELS),
        "apply_amount_details": {"entry_type": "PROVISIONAL", "txn_type": "CREDIT", "amount": amount},
    })
}

fn members(body: Value) -> Map<String, Value> {
    match body {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
