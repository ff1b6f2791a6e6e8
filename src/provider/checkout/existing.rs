//! Whether the dispute that was there already is the one that was asked for: a creation that is answered with another one
//! has made nothing, and a person decides.

use serde_json::value::RawValue;

use super::wire::money;
use crate::{
    action::{Frozen, Step},
    case::{Money, Stage},
    http::Response,
    provider::{
        Doubt,
        object::{Object, parse},
        value::start,
    },
    text::Raw,
};

/// Members that are compared as they stand, where they were sent.
const TEXTS: [(&str, &str); 3] =
    [("transaction_id", "transaction"), ("presentment_message_id", "presentment"), ("reason", "reason")];

pub fn doubt(step: &Step, sent: &Frozen, answer: &Response) -> Option<Doubt> {
    if step.id != "create" || answer.status != 200 {
        return None;
    }
    let parsed = parse(answer).ok()?;
    let there = parsed.object().ok()?;
    let asked: &RawValue = serde_json::from_slice(&sent.body).ok()?;
    let differs = differences(&Object::of(asked), &there);
    let id = start(there.text("id").exact());
    (!differs.is_empty()).then(|| Doubt::InTheWay {
        says: format!("nothing was made: the dispute {id} was there already, and is another one").into(),
        members: differs,
    })
}

/// What the dispute that is there has otherwise than it was asked for, under the fields of the form.
fn differences(asked: &Object<'_>, there: &Object<'_>) -> Vec<(Raw, Raw)> {
    let texts = TEXTS.iter().filter_map(|(name, called)| {
        let (own, wanted) = (there.text(name), asked.text(name));
        let differs = !wanted.is_empty() && own != wanted;
        differs.then(|| (Raw::from(*name), told(called, own.exact(), wanted.exact())))
    });
    texts.chain(amount(asked, there)).chain(ended(there)).collect()
}

/// The amount that was asked for counts in the minor unit of the currency that is there.
fn amount(asked: &Object<'_>, there: &Object<'_>) -> Option<(Raw, Raw)> {
    let minor: i64 = asked.digits("amount")?.parse().ok()?;
    let own = money(there, "disputed_amount");
    let wanted = Money { minor, currency: own.and_then(|own| own.currency) };
    let own_words = own.map_or(String::new(), |own| own.to_string());
    (own != Some(wanted)).then(|| ("amount".into(), told("amount", &own_words, &wanted.to_string())))
}

/// One that has ended does not do what a new one was to do.
fn ended(there: &Object<'_>) -> Option<(Raw, Raw)> {
    let status = there.text("status");
    let stage = super::status::stage(status.exact(), there.text("status_reason").exact());
    let has_ended = matches!(stage, Stage::Won | Stage::Lost | Stage::Withdrawn);
    has_ended
        .then(|| ("transaction_id".into(), format!("its dispute has ended: {}", start(status.exact())).into()))
}

fn told(called: &str, own: &str, wanted: &str) -> Raw {
    let own = if own.is_empty() { "no word of it".to_owned() } else { start(own) };
    format!("{called} there: {own}; asked for: {}", start(wanted)).into()
}
