//! Qolo: what is written to it, compared whole; how each documented answer reads, and what an update must not lose; how
//! strict its stand-in is; and the life of a dispute, from its creation to its end.

mod odd;
#[path = "sender/mod.rs"]
mod sender;
mod write;

use std::{collections::BTreeMap, path::Path};

use casedesk::{
    action::{
        Action, Attachment, Draft, Entered, Facts, Making, Offer, State, Values, check,
        field::Instead,
        life::Outcome,
        offer,
        rows::field_at,
        step::{Frozen, freeze},
    },
    case::{
        Case, CaseId, Currency, Fault, FaultKind, Moment, Money, Settings, Stage, moment::DAY, moment::HOUR,
    },
    desk::words::Submission,
    http::{Body, Request, Response},
    provider::{
        Access, Asked, Lists, Provider, Sent, StandIn, Want,
        qolo::{Qolo, sandbox::World as Qolopay, table},
        sent, verdict,
    },
    sandbox::Trouble,
    text::{Raw, Secret},
};
use proptest::prelude::*;
use sender::World;
use serde_json::{Value, json};
use write::KEY;

const GUID: &str = "bfc3e3a6-0732-4184-983e-86eabde0c755";
const TRANSACTION: &str = "f05e8168-ef44-4cd9-b75f-f45ec3331540";
const PERSON: &str = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd";
const ACCOUNT: &str = "d2b7c9d2-85e7-4c51-92d0-3f97a47f8d76";
/// A published test number.
const CARD: &str = "4111111111111111";
const PATH: &str = "/api/v1/disputes/dispute-chargeback";

fn now() -> Moment {
    Moment::parse("2026-11-22T09:30:00Z").unwrap()
}

fn action(id: &str) -> &'static Action {
    Qolo.actions().iter().find(|action| action.id == id).unwrap()
}

fn settings() -> Settings {
    Settings::of("keybank")
}

fn set(rows: &[(&str, &str)]) -> Settings {
    let table = rows.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Settings { table, ..settings() }
}

fn values(pairs: &[(&str, &str)]) -> Values {
    let mut values = Values::default();
    pairs.iter().for_each(|(address, text)| values.set_text(address, *text));
    values
}

fn case(number: &str) -> Case {
    Case::bare(CaseId { profile: "keybank".into(), number: number.into() })
}

/// A step of an action, frozen with a card number where one is given.
fn frozen(id: &str, case: Option<&Case>, values: &Values, card: Option<&str>, settings: &Settings) -> Frozen {
    let sealed = card.map(|card| ("card_number".to_owned(), card.to_owned())).into_iter().collect();
    let files = BTreeMap::from([("f".repeat(64), b"%PDF-1.7".to_vec())]);
    let making =
        Making { case, values, settings, now: now(), files: &files, sealed: &sealed, answers: &[], key: KEY };
    freeze(&action(id).steps[0], action(id).fields, &making).unwrap()
}

fn body(frozen: &Frozen) -> Value {
    serde_json::from_slice(&frozen.body).unwrap()
}

fn answer(status: u16, body: impl Into<Vec<u8>>) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response { status, headers, body: body.into(), date: None }
}

fn told_at(base: Option<Case>, answer: &Response, settings: &Settings, at: Moment) -> Option<Case> {
    let id = if base.is_some() { "update" } else { "create" };
    let entry = write::entry("keybank", action(id), base.as_ref(), &Values::default(), now());
    let frozen = write::empty_step();
    let sent = Sent { action: action(id), entry: &entry, frozen: &frozen, first_send: at };
    Qolo.told(&sent, answer, settings, at)
}

fn told(base: Option<Case>, body: &Value) -> Option<Case> {
    told_at(base, &answer(200, body.to_string()), &settings(), now())
}

fn lines(case: &Case) -> Vec<String> {
    case.history.iter().map(|line| line.what.exact().to_owned()).collect()
}

/// The answer that the API's text shows, with words in it.
fn sample() -> Value {
    json!({
        "dispute_guid": GUID,
        "person_guid": PERSON,
        "account_guid": ACCOUNT,
        "card_proxy": "910000000017",
        "request_code": "NT-DISP_NEW",
        "dispute": {
            "dispute_date": "2019-08-24T14:15:22Z",
            "dispute_status": "OPEN",
            "dispute_type": "FRAUD",
            "dispute_reason": "Card not present",
            "notes": "Not hers.",
            "documents": [{"name": "letter.pdf", "content": "JVBERi0xLjc="}],
            "transaction_details": [{
                "transaction_guid": TRANSACTION,
                "transaction_dispute_status": "RECEIVED",
                "transaction_channel_dispute_status": "PENDING",
                "data_nav_case_number": "DN7",
                "amount": 12.5,
                "channel": "DISCOVER",
                "fee": [{"transaction_guid": TRANSACTION, "amount": 15, "description": "Filing fee"}],
                "apply_amount_details": {
                    "entry_type": "PROVISIONAL",
                    "amount_date": "2019-08-25T14:15:22Z",
                    "amount": 12.50,
                },
                "chargeback_log": {
                    "chargeback_level": "FIRST",
                    "reason_code": "UA02",
                    "chargeback_date": "2019-08-26T14:15:22Z",
                    "filing_status": "FILED",
                },
            }],
        },
        "journal_detail": {
            "journal_guid": "019b8be6-224f-4e54-91ec-2a471754d334",
            "journal_date": "2019-08-24T14:15:23Z",
            "reason_code": "J1",
            "journal_entry": "Dispute opened",
            "journal_source": "API",
            "source_user_guid": "0aaedba8-146e-40a6-ad5f-54c512699647",
            "case_number": "DN7",
        },
    })
}

// ---- what leaves

/// Every field of the API's text, each once.
fn whole() -> Values {
    let mut values = values(&[
        ("channel_dispute_id", "KB-4711"),
        ("channel_user_guid", "35315278-8e02-48bb-a552-2308af308789"),
        ("person_guid", PERSON),
        ("account_guid", ACCOUNT),
        ("card_proxy", "910000000017"),
        ("dispute.dispute_status", "OPEN"),
        ("dispute.dispute_type", "FRAUD"),
        ("dispute.dispute_reason", "Card not present"),
        ("dispute.notes", "Not hers.\nSeen twice."),
        ("dispute.transaction_details.0.transaction_guid", TRANSACTION),
        ("dispute.transaction_details.0.transaction_dispute_status", "RECEIVED"),
        ("dispute.transaction_details.0.transaction_channel_dispute_status", "PENDING"),
        ("dispute.transaction_details.0.data_nav_case_number", "DN7"),
        ("dispute.transaction_details.0.amount", "12.50"),
        ("dispute.transaction_details.0.channel", "DISCOVER"),
        ("dispute.transaction_details.0.journal_entry", "Dispute opened"),
        ("dispute.transaction_details.0.apply_amount_details.entry_type", "PROVISIONAL"),
        ("dispute.transaction_details.0.apply_amount_details.txn_type", "CREDIT"),
        ("dispute.transaction_details.0.apply_amount_details.amount", "12"),
        ("dispute.transaction_details.0.apply_amount_details.reason_code", "PC"),
        ("dispute.transaction_details.0.chargeback_log.filing_status", "FILED"),
        ("dispute.transaction_details.0.chargeback_log.chargeback_level", "FIRST"),
        ("dispute.transaction_details.0.chargeback_log.reason_code", "UA02"),
        ("dispute.transaction_details.1.amount", "0.99"),
    ]);
    let file = Attachment {
        name: "letter.pdf".into(),
        sha256: "f".repeat(64),
        size: 8,
        media: "application/pdf".into(),
        description: Raw::default(),
        measured: Default::default(),
    };
    values.set("dispute.documents", Entered::Files(vec![file]));
    values
}

#[test]
fn requests_are_compared_whole() {
    let (mut known, proxy) = (case(GUID), values(&[("card_proxy", "910000000017")]));
    known.card = "910000000017".into();
    let amount = values(&[("dispute.transaction_details.0.apply_amount_details.amount", "7")]);
    let mut shown = String::new();
    for (id, case, values, card) in [
        ("create", None, &whole(), Some(CARD)),
        ("create", None, &proxy, None),
        ("update", Some(&known), &whole(), None),
        ("update", Some(&known), &values(&[("dispute.notes", "More.")]), None),
        ("amount", Some(&known), &amount, None),
    ] {
        let frozen = frozen(id, case, values, card, &settings());
        shown += &format!("# {id}\n{} {}\n", frozen.method.words(), frozen.path);
        for (name, value) in &frozen.headers {
            shown += &format!("{name}: {value}\n");
        }
        let body = serde_json::to_string_pretty(&body(&frozen)).unwrap().replace(CARD, "<the card number>");
        shown += &format!("{body}\n\n");
    }
    insta::assert_snapshot!("requests", shown);
}

#[test]
fn our_own_reference_stands_only_where_nothing_was_entered_and_only_where_it_is_wanted() {
    let sent = |entered: &[(&str, &str)], settings: &Settings| {
        let entered = [&[("card_proxy", "9")], entered].concat();
        body(&frozen("create", None, &values(&entered), None, settings)).get("channel_dispute_id").cloned()
    };
    assert_eq!(sent(&[], &settings()), Some(KEY.into()));
    assert_eq!(sent(&[("channel_dispute_id", "KB-1")], &settings()), Some("KB-1".into()));
    assert_eq!(sent(&[], &set(&[("reference.own", "off")])), None);
    // An update says nothing of it unless the analyst does.
    let update = frozen("update", Some(&case(GUID)), &values(&[("card_proxy", "9")]), None, &settings());
    assert_eq!(body(&update).get("channel_dispute_id"), None);
    // The review shows what stands instead.
    let field = |id: &str, name: &str| field_at(action(id).fields, name).unwrap().instead;
    let words = field("create", "channel_dispute_id").words(None, &settings()).unwrap();
    assert_eq!(words.as_str(), "our own reference, which it gets when it is queued");
    assert!(field("create", "channel_dispute_id").words(None, &set(&[("reference.own", "off")])).is_none());
    assert!(matches!(field("update", "channel_dispute_id"), Instead::Nothing));
}

#[test]
fn the_table_settles_version_unit_and_currency() {
    let entered = values(&[
        ("card_proxy", "9"),
        ("dispute.transaction_details.0.amount", "12.5"),
        ("dispute.transaction_details.0.apply_amount_details.amount", "3"),
    ]);
    let sent = |rows: &[(&str, &str)]| {
        let frozen = frozen("create", None, &entered, None, &set(rows));
        let text = String::from_utf8(frozen.body).unwrap();
        let from = text.find("\"transaction_details\"").unwrap();
        (frozen.path, text[from..].to_owned())
    };
    let (path, text) = sent(&[]);
    assert_eq!(path, PATH);
    assert_eq!(text, r#""transaction_details":[{"amount":12.50,"apply_amount_details":{"amount":3.00}}]}}"#);
    let (path, text) = sent(&[("version", "v2"), ("amount.unit", "minor"), ("amount.currency", "KWD")]);
    assert_eq!(path, "/api/v2/disputes/dispute-chargeback");
    assert!(text.contains(r#"{"amount":12500,"apply_amount_details":{"amount":3000}}"#), "{text}");
    assert!(sent(&[("amount.currency", "USD")]).1.contains(r#""amount":12.50"#));
    let (path, _) = sent(&[("path.dispute", "/{version}/disputes")]);
    assert_eq!(path, "/v1/disputes");
    for rows in [
        [("version", "v 1")],
        [("path.dispute", "/api/v1/disputes")],
        [("amount.unit", "cents")],
        [("amount.currency", "euro")],
        [("reference.own", "yes")],
        [("proof.number", "dispute_guid")],
        [("case.number", "id")],
    ] {
        assert_eq!(Qolo.check(&set(&rows)).len(), 1, "{rows:?}");
    }
    assert_eq!(Qolo.check(&settings()), [""; 0]);
    assert!(table::TABLE.iter().all(|row| !row.what.is_empty() && !row.needed));
}

#[test]
fn a_form_wants_a_card_an_amount_and_something_to_say() {
    let mut known = case(GUID);
    known.card = "910000000017".into();
    let wrong = |id: &str, case: Option<&Case>, entered: &[(&str, &str)], cards: &[String]| {
        let facts = Facts { case, settings: &settings(), now: now(), cards };
        let problems = check(action(id), &values(entered), &facts);
        problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
    };
    let number = ["card_number".to_owned()];
    assert_eq!(wrong("create", None, &[], &[]), ["card_proxy"]);
    assert_eq!(wrong("create", None, &[("card_proxy", " ")], &[]), ["card_proxy"]);
    assert_eq!(wrong("create", None, &[("card_proxy", "9")], &[]), [""; 0]);
    assert_eq!(wrong("create", None, &[], &number), [""; 0]);
    let note = ("dispute.notes", "x");
    assert_eq!(wrong("update", Some(&case(GUID)), &[note], &[]), ["card_proxy"]);
    assert_eq!(wrong("update", Some(&known), &[note], &[]), [""; 0], "the last answer named the proxy");
    assert_eq!(wrong("update", Some(&known), &[], &[]), ["dispute.dispute_status"]);
    let amount = "dispute.transaction_details.0.amount";
    assert_eq!(wrong("amount", Some(&known), &[note], &[]), [amount]);
    assert_eq!(wrong("amount", Some(&known), &[(amount, "1")], &[]), [""; 0]);
    assert_eq!(
        wrong("amount", Some(&known), &[(amount, "1.234")], &[]),
        [amount],
        "two decimals where none are known"
    );
    // Free text beside what is offered.
    let channel = ("dispute.transaction_details.0.channel", "PULSE");
    assert_eq!(wrong("update", Some(&known), &[channel], &[]), [""; 0]);
    // A card number leaves in its own field and in no other.
    assert_eq!(wrong("create", None, &[("card_proxy", CARD)], &[]), ["card_proxy"]);
    for (address, text) in [("account_guid", "7"), ("dispute.transaction_details.0.transaction_guid", "x")] {
        assert_eq!(wrong("update", Some(&known), &[note, (address, text)], &[]), [address]);
    }
}

#[test]
fn a_proxy_is_taken_from_the_case_only_where_it_is_one() {
    let sent = |card: &str| {
        let known = Case { card: card.into(), ..case(GUID) };
        let frozen = frozen("update", Some(&known), &values(&[("dispute.notes", "x")]), None, &settings());
        body(&frozen).get("card_proxy").cloned()
    };
    assert_eq!(sent("910000000017"), Some("910000000017".into()));
    for card in ["", " ", "411111******1111", CARD] {
        assert_eq!(sent(card), None, "{card}");
    }
    // A number that was typed is the card, whatever was known of another one.
    let known = Case { card: "910000000017".into(), ..case(GUID) };
    let typed =
        body(&frozen("update", Some(&known), &values(&[("dispute.notes", "x")]), Some(CARD), &settings()));
    assert_eq!((&typed["card_number"], typed.get("card_proxy")), (&CARD.into(), None));
    let both = values(&[("dispute.notes", "x"), ("card_proxy", "9")]);
    let both = body(&frozen("update", Some(&known), &both, Some(CARD), &settings()));
    assert_eq!(both["card_proxy"], "9", "what was entered is sent");
}

#[test]
fn null_is_for_the_ids_at_the_top_and_an_amount_may_stand_in_any_transaction() {
    let known = Case { card: "910000000017".into(), ..case(GUID) };
    let wrong = |id: &str, values: &Values| {
        let facts = Facts { case: Some(&known), settings: &settings(), now: now(), cards: &[] };
        let problems = check(action(id), values, &facts);
        problems.into_iter().map(|problem| problem.field).collect::<Vec<_>>()
    };
    for (address, taken) in [
        ("channel_dispute_id", true),
        ("channel_user_guid", true),
        ("person_guid", true),
        ("account_guid", true),
        ("card_number", true),
        ("dispute.notes", false),
        ("dispute.dispute_status", false),
        ("dispute.transaction_details.0.amount", false),
    ] {
        let mut values = values(&[("dispute.dispute_type", "x")]);
        values.set(address, Entered::Null);
        let found = wrong("update", &values);
        assert_eq!(found.is_empty(), taken, "{address}: {found:?}");
        if taken {
            let sent = body(&frozen("update", Some(&known), &values, None, &settings()));
            assert_eq!(sent[address], Value::Null, "{address}");
        }
    }
    for number in 0..3 {
        for name in ["amount", "apply_amount_details.amount"] {
            let mut values = Values::default();
            for before in 0..number {
                values.set_text(&format!("dispute.transaction_details.{before}.channel"), "VISA");
            }
            values.set_text(&format!("dispute.transaction_details.{number}.{name}"), "1");
            assert_eq!(wrong("amount", &values), [""; 0], "{number} {name}");
        }
    }
    assert_eq!(wrong("amount", &Values::default()), ["dispute.transaction_details.0.amount"]);
    let nothing = values(&[("dispute.transaction_details.0.amount", "0")]);
    assert_eq!(wrong("amount", &nothing), [""; 0], "what is disputed may come to nothing");
}

#[test]
fn an_update_fits_every_dispute_with_a_guid_whatever_its_status_says() {
    for status in ["", "OPEN", "CLOSED", "won", "NT", "\u{1f4a9}"] {
        for stage in Stage::ALL {
            let case = Case { status: status.into(), stage, ..case(GUID) };
            for action in Qolo.actions() {
                assert_eq!(offer(action, Some(&case)), Offer::Fits, "{} {status}", action.id);
            }
        }
    }
    for id in ["update", "amount"] {
        match offer(action(id), Some(&case("2600411499"))) {
            Offer::No(why) => {
                assert_eq!(why.as_str(), "2600411499 is no dispute_guid, and an update needs one")
            }
            other => panic!("{other:?}"),
        }
        let (odd, values, settings) = (case("7"), values(&[("card_proxy", "9")]), settings());
        let making = Making {
            case: Some(&odd),
            values: &values,
            settings: &settings,
            now: now(),
            files: &BTreeMap::new(),
            sealed: &BTreeMap::new(),
            answers: &[],
            key: KEY,
        };
        assert!(
            freeze(&action(id).steps[0], action(id).fields, &making).is_err(),
            "forced, it still has no guid"
        );
    }
}

#[test]
fn nothing_can_be_asked_and_nobody_looks() {
    for want in [
        Want::Queue("register".into()),
        Want::Group("1".into()),
        Want::Number(GUID.into()),
        Want::Card("x".into()),
        Want::Document("documents.0".into()),
        Want::Further { of: Box::new(Want::Queue("register".into())), from: "2".into() },
    ] {
        let fault = Qolo.ask(&want, &settings()).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unprepared, "{want:?}");
        assert!(fault.says.exact().starts_with("Qolo "), "{fault:?}");
        assert!(Qolo.read(&want, &answer(200, "{}"), &settings()).is_err());
    }
    let entry = write::entry("keybank", action("create"), None, &Values::default(), now());
    let frozen = frozen("create", None, &values(&[("card_proxy", "9")]), None, &settings());
    let sent = Sent { action: action("create"), entry: &entry, frozen: &frozen, first_send: now() };
    assert_eq!(Qolo.look(&sent, &settings()), None);
    let manifest = Qolo.manifest();
    assert_eq!((manifest.lists, manifest.queues.len(), manifest.live.base), (Lists::Nothing, 1, ""));
    assert!(!manifest.seals_cards);
    for action in Qolo.actions() {
        assert!(!(action.settling)(&settings()).dedupes() && !(action.settling)(&settings()).reads());
        assert!(action.steps.iter().all(|step| step.key.is_none()), "no key is documented");
    }
    let Access::Login { lives, members, .. } = manifest.access[0] else { panic!() };
    assert_eq!((lives.as_secs(), members[0].name, members[1].name), (43_200, "loginid", "apikey"));
}

// ---- what comes back

#[test]
fn the_answer_of_the_text_is_read_whole() {
    let case =
        told_at(None, &answer(200, sample().to_string()), &set(&[("amount.currency", "USD")]), now()).unwrap();
    assert_eq!(case.unread, []);
    assert_eq!((case.id.number.exact(), case.queue.exact()), (GUID, "register"));
    assert_eq!((case.status.exact(), case.stage), ("OPEN", Stage::Unknown));
    assert_eq!((case.network.exact(), case.reason.exact()), ("DISCOVER", "UA02"));
    assert_eq!(case.card.exact(), "910000000017");
    assert_eq!(case.amount, Some(Money { minor: 1250, currency: Currency::parse("USD") }));
    assert_eq!(case.opened, Moment::parse("2019-08-24T14:15:22Z"));
    assert_eq!(case.updated, Some(now()), "as of the last answer");
    assert_eq!(case.documents.len(), 1);
    assert_eq!(case.documents[0].name.exact(), "letter.pdf");
    let shown: Vec<_> = case
        .history
        .iter()
        .map(|line| format!("{} {}{}", line.at.unwrap().rfc3339(), line.who.exact(), line.what.exact()))
        .collect();
    insta::assert_snapshot!("history", shown.join("\n"));
    let minor = told_at(None, &answer(200, sample().to_string()), &set(&[("amount.unit", "minor")]), now());
    assert_eq!(
        minor.unwrap().unread.len(),
        2,
        "12.5 is no number of cents: of the transaction, and of what was applied"
    );
}

#[test]
fn an_answer_that_names_no_dispute_or_another_one_tells_nothing() {
    for body in [
        "",
        "{}",
        "[]",
        "null",
        "7",
        "<html>",
        r#"{"dispute_guid":null}"#,
        r#"{"dispute_guid":" "}"#,
        "{\"dispute_guid\":",
    ] {
        assert_eq!(told_at(None, &answer(200, body), &settings(), now()), None, "{body}");
    }
    assert_eq!(told(Some(case(TRANSACTION)), &sample()), None);
    assert_eq!(told_at(None, &answer(500, sample().to_string()), &settings(), now()), None);
}

#[test]
fn an_update_loses_nothing_that_its_answer_leaves_out() {
    let first = told(None, &sample()).unwrap();
    let before = lines(&first);
    // Only the guid.
    let mut bare = told(Some(first.clone()), &json!({"dispute_guid": GUID})).unwrap();
    assert_eq!(lines(&bare), before);
    bare.fill_from(first.clone());
    for (now, before) in [
        (&bare.status, &first.status),
        (&bare.network, &first.network),
        (&bare.reason, &first.reason),
        (&bare.card, &first.card),
        (&bare.queue, &first.queue),
    ] {
        assert_eq!(now, before);
    }
    assert_eq!((bare.amount, bare.opened), (first.amount, first.opened));
    assert_eq!(bare.documents, first.documents);
    // The same again adds nothing, and what changed stands behind what was.
    assert_eq!(lines(&told(Some(first.clone()), &sample()).unwrap()), before);
    let mut later = sample();
    let transaction = &mut later["dispute"]["transaction_details"][0];
    transaction["transaction_dispute_status"] = "FILED".into();
    transaction["fee"] =
        json!([{"amount": 15, "description": "Filing fee"}, {"amount": 15, "description": "Filing fee"}]);
    later["journal_detail"]["journal_date"] = "2019-09-01T00:00:00Z".into();
    let second =
        told_at(Some(first.clone()), &answer(200, later.to_string()), &settings(), now().plus(DAY)).unwrap();
    let new = lines(&second)[before.len()..].to_vec();
    assert_eq!(new.len(), 3, "{new:?}");
    assert!(
        new[0].contains("status FILED") && new[1].starts_with("fee of ") && new[2].starts_with("journal: ")
    );
    assert_eq!(second.history[before.len()].at, Some(now().plus(DAY)));
    // And back: the newest line tells what is so now.
    let third = told(Some(second), &sample()).unwrap();
    assert!(lines(&third).last().unwrap().contains("status RECEIVED"), "{:?}", lines(&third));
    // A transaction that is left out is still disputed.
    let mut other = sample();
    other["dispute"]["transaction_details"][0]["transaction_guid"] = PERSON.into();
    let mut part = told(Some(first.clone()), &other).unwrap();
    part.fill_from(first);
    assert_eq!(part.amount, Some(Money { minor: 1250, currency: None }));
}

#[test]
fn several_transactions_add_up_and_bytes_of_documents_are_not_kept_with_the_case() {
    let mut body = sample();
    let mut second = body["dispute"]["transaction_details"][0].clone();
    second["transaction_guid"] = PERSON.into();
    second["amount"] = json!(0.5);
    body["dispute"]["transaction_details"].as_array_mut().unwrap().push(second);
    body["dispute"]["documents"][0]["content"] = "QUJD".repeat(1000).into();
    let case = told(None, &body).unwrap();
    assert_eq!(case.amount, Some(Money { minor: 1300, currency: None }));
    assert!(
        case.raw.exact().contains(r#""content":"(4000 characters, left out here)""#),
        "{}",
        case.raw.exact()
    );
    assert!(serde_json::from_str::<Value>(case.raw.exact()).is_ok());
    body["dispute"]["transaction_details"][1]["amount"] = json!(9_000_000_000_000_000_000u64);
    let huge = told(None, &body).unwrap();
    assert_eq!((huge.amount, huge.unread.is_empty()), (None, false));
}

#[test]
fn no_answer_however_odd_loses_the_dispute() {
    let odd: Vec<Value> = [
        "null",
        "true",
        "-1.8e308",
        "1e400",
        "\"\"",
        "\"x\"",
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        "[1,null,\"a\"]",
        "{\"a\":{\"b\":[{}]}}",
        "\"\\u0000\\u202e\"",
        "-0",
        "99999999999999999999999999",
    ]
    .iter()
    .map(|text| serde_json::from_str(text).unwrap())
    .collect();
    let mut tried = 0;
    let base = told(None, &sample()).unwrap();
    for place in places(&sample(), String::new()) {
        for odd in &odd {
            let mut body = sample();
            *body.pointer_mut(&place).unwrap() = odd.clone();
            let (new, later) = (told(None, &body), told(Some(base.clone()), &body));
            if !place.is_empty() && place != "/dispute_guid" {
                assert!(new.is_some() && later.is_some(), "{place} = {odd}");
                assert!(lines(&later.unwrap()).len() >= base.history.len());
                tried += 1;
            }
        }
        // Left out altogether.
        let (above, name) = place.rsplit_once('/').unwrap_or_default();
        let mut body = sample();
        if let Some(members) = body.pointer_mut(above).and_then(Value::as_object_mut) {
            members.shift_remove(name);
            assert!(told(None, &body).is_some() || name == "dispute_guid", "without {place}");
        }
    }
    assert!(tried > 500, "{tried}");
    let twice =
        r#"{"dispute_guid":"7","dispute":{"dispute_status":"A","dispute_status":"B"},"x":{"y":[1e999]}}"#;
    let case = told_at(None, &answer(200, twice), &settings(), now()).unwrap();
    assert_eq!((case.status.exact(), case.unread.len()), ("", 1));
    let deep = format!(r#"{{"dispute_guid":"7","x":{}1{}}}"#, "[".repeat(5000), "]".repeat(5000));
    assert_eq!(told_at(None, &answer(200, deep), &settings(), now()), None);
}

/// The JSON pointers of everything inside.
fn places(value: &Value, at: String) -> Vec<String> {
    let inside: Vec<_> = match value {
        Value::Object(members) => members.iter().map(|(name, inside)| (name.clone(), inside)).collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(n, inside)| (n.to_string(), inside)).collect()
        }
        _ => Vec::new(),
    };
    let below = inside.into_iter().flat_map(|(name, inside)| places(inside, format!("{at}/{name}")));
    std::iter::once(at.clone()).chain(below).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_answer_however_mutated_panics_or_loses_its_dispute(changes in odd::changes()) {
        // The guid stays: it says that it is this dispute.
        let text = odd::changed(&sample(), &["/dispute_guid"], changes);
        let told = told_at(None, &answer(200, text), &settings(), now());
        let case = told.unwrap();
        prop_assert_eq!(case.id.number.exact(), GUID);
        for action in Qolo.actions() {
            offer(action, Some(&case));
        }
        // Told again, nothing of it happened a second time.
        let lines = case.history.len();
        let again = told_at(Some(case.clone()), &answer(200, case.raw.exact()), &settings(), now()).unwrap();
        prop_assert_eq!(again.history.len(), lines);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0usize..1200, at in 0usize..1200) {
        let mut spoilt = sample().to_string().into_bytes();
        let at = at.min(spoilt.len());
        spoilt.splice(at..(at + cut % 40).min(spoilt.len()), bytes.iter().copied());
        spoilt.truncate(spoilt.len().saturating_sub(cut / 40));
        for body in [bytes, spoilt] {
            for status in [200, 400, 401, 404, 500] {
                let answer = answer(status, body.clone());
                let _ = (told_at(None, &answer, &settings(), now()), Qolo.refusal(&answer), Qolo.is_own(&answer));
            }
        }
    }
}

/// Cut out one after the other from the beginning, these would take 50,000 passes over two megabytes.
#[test]
fn a_great_many_documents_are_cut_where_they_stand_and_nowhere_else() {
    let content = "QUJD".repeat(30);
    let documents: Vec<_> =
        (0..10_000).map(|at| json!({"name": format!("{at}.pdf"), "content": content})).collect();
    let body = json!({"dispute_guid": GUID, "dispute": {"notes": content, "documents": documents}});
    // The note says the same as the documents, and stands before them.
    let text = body.to_string();
    let case = told_at(None, &answer(200, text.clone()), &settings(), now()).unwrap();
    let left_out = "\"(120 characters, left out here)\"";
    let expected = text.replace(&format!("\"content\":\"{content}\""), &format!("\"content\":{left_out}"));
    assert_eq!(case.raw.exact(), expected);
    assert!(case.raw.exact().contains(&format!("\"notes\":\"{content}\"")));
    assert_eq!(case.documents.len(), 10_000);
}

#[test]
fn an_answer_with_lines_without_end_is_read_in_part_and_says_so() {
    let fees: Vec<_> =
        (0..100_000).map(|at| json!({"description": format!("fee {at}"), "amount": 1})).collect();
    let body = json!({"dispute_guid": GUID, "dispute": {"transaction_details": [{"fee": fees}]}});
    let case = told(None, &body).unwrap();
    assert_eq!(case.history.len(), 1000);
    assert_eq!(case.unread.last().unwrap().exact(), "99000 more lines of history than the 1000 that are kept");
    let errors: Vec<_> = (0..100_000).map(|at| json!(format!("error {at} {}", "x".repeat(90)))).collect();
    let refused = refused(400, &json!({"errors": errors, "message": "m".repeat(90_000)}).to_string());
    assert!(refused.says.exact().chars().count() <= 501, "{}", refused.says.exact().len());
    let members: serde_json::Map<_, _> = (0..10_000).map(|at| (format!("m{at}"), json!(["x"]))).collect();
    assert_eq!(self::refused(400, &json!({"errors": members}).to_string()).members.len(), 50);
}

fn refused(status: u16, body: &str) -> Fault {
    Qolo.refusal(&answer(status, body))
}

#[test]
fn every_documented_refusal_is_told_in_words() {
    for (status, kind, known) in [
        (400, FaultKind::Refused, "Bad request"),
        (401, FaultKind::Unauthorised, "Unauthorized"),
        (404, FaultKind::NotThere, "Account not found"),
        (500, FaultKind::Broken, "Server Error"),
    ] {
        let empty = refused(status, "");
        assert_eq!((empty.kind, empty.status, empty.says.exact()), (kind, Some(status), known));
        assert_eq!(refused(status, r#"{"message":"words"}"#).says.exact(), "words");
    }
    for (body, says) in [
        (r#"{"error":{"code":"E7","message":"No such card"}}"#, "No such card: E7"),
        (r#"{"code":"E7","description":"No such card"}"#, "No such card: E7"),
        (r#"{"error_code":17,"error_message":"No such card"}"#, "No such card: 17"),
        (r#"{"error":"invalid","error_description":"No such card"}"#, "No such card: invalid"),
        (r#"{"message":"Same","error":"Same"}"#, "Same"),
        (r#"{"errors":["No such card"]}"#, "No such card"),
        (r#"{"unheard":"of"}"#, r#"{"unheard":"of"}"#),
        ("Account is closed", "Account is closed"),
        (r#""Account is closed""#, "Account is closed"),
        ("<html><title>Log in</title></html>", "a page titled \"Log in\""),
        ("[1]", "[1]"),
    ] {
        assert_eq!(refused(400, body).says.exact(), says, "{body}");
    }
    let mut named = answer(400, r#"{"title":"x","traceId":"t-1"}"#);
    assert_eq!(Qolo.refusal(&named).request_id.exact(), "t-1");
    named.headers.push(("x-request-id".into(), "r-1".into()));
    assert_eq!(Qolo.refusal(&named).request_id.exact(), "r-1");
}

#[test]
fn a_complaint_about_a_member_stands_under_its_field() {
    let amount = "dispute.transaction_details.0.amount";
    for (body, member) in [
        (r#"{"errors":{"dispute.transaction_details[0].amount":["Too much."]}}"#, amount),
        (r#"{"errors":{"$.Dispute.TransactionDetails[0].Amount":["Too much."]}}"#, amount),
        (r#"{"errors":{"/dispute/transaction_details/0/amount":"Too much."}}"#, amount),
        (r#"{"errors":[{"field":"dispute.transaction_details.0.amount","message":"Too much."}]}"#, amount),
        (r#"{"title":"x","errors":[{"propertyName":"CardProxy","message":"Too much."}]}"#, "card_proxy"),
        (r#"{"error":{"message":"x","errors":{"account_guid":["Too much."]}}}"#, "account_guid"),
    ] {
        assert_eq!(refused(400, body).members, [(member.into(), "Too much.".into())], "{body}");
        assert!(field_at(action("create").fields, member).is_some());
    }
    let several = refused(400, r#"{"errors":{"person_guid":["One.","Two."],"card_proxy":["Three."]}}"#);
    assert_eq!(several.members.len(), 3);
}

#[test]
fn only_its_own_word_is_a_refusal() {
    let is_own = |status: u16, body: &str| Qolo.is_own(&answer(status, body));
    for (status, body) in [
        (400, r#"{"message":"No such card"}"#),
        (400, r#"{"title":"Bad request","errors":{"card_proxy":["x"]}}"#),
        (404, r#"{"error":"Account not found"}"#),
        (404, "Account not found"),
        (404, "\"Account not found\""),
        (400, ""),
        (401, ""),
        (404, ""),
        (400, "Bad request"),
        (401, "Unauthorized"),
        (500, r#"{"error":{"message":"x"}}"#),
    ] {
        assert!(is_own(status, body), "{status} {body}");
    }
    for (status, body) in [
        (500, ""),
        (500, "Server Error"),
        (400, "Unauthorized"),
        (404, "404 page not found"),
        (400, "{}"),
        (400, r#"{"status":"x"}"#),
        (400, r#"{"code":"x"}"#),
        (400, r#"{"message":""}"#),
        (400, r#"{"message":7}"#),
        (400, r#"["x"]"#),
        (400, r#"{"message":"x""#),
        (400, "<html><title>x</title></html>"),
    ] {
        assert!(!is_own(status, body), "{status} {body}");
    }
    let mut page = answer(400, r#"{"message":"x"}"#);
    page.headers[0].1 = "text/html".into();
    assert!(!Qolo.is_own(&page));
}

#[test]
fn what_every_answer_means_for_the_outbox() {
    let named = sample().to_string();
    for (status, body, outcome) in [
        (200, named.as_str(), Outcome::Proven),
        (201, &named, Outcome::Proven),
        (200, "{}", Outcome::Unclear),
        (200, "", Outcome::Unclear),
        (400, r#"{"message":"x"}"#, Outcome::Refused),
        (400, "", Outcome::Refused),
        (401, "", Outcome::Unauthorised),
        (404, "Account not found", Outcome::Refused),
        (404, "", Outcome::Refused),
        (500, r#"{"message":"x"}"#, Outcome::Unclear),
    ] {
        let step = &action("create").steps[0];
        let verdict =
            verdict(&Qolo, step, &write::empty_step(), &Ok(answer(status, body)), None, &settings(), now());
        assert_eq!(verdict.outcome, outcome, "{status} {body}");
    }
    let other = verdict(
        &Qolo,
        &action("update").steps[0],
        &write::empty_step(),
        &Ok(answer(200, named)),
        Some(&"7".into()),
        &settings(),
        now(),
    );
    assert_eq!(other.outcome, Outcome::Unclear, "another dispute is no proof");
}

// ---- the stand-in

/// The stand-in with a token in hand.
struct There {
    world: Qolopay,
    token: String,
    now: Moment,
}

impl There {
    fn new() -> There {
        let mut there = There { world: Qolopay::new(now()), token: String::new(), now: now() };
        there.enter();
        there
    }

    fn login(&mut self, body: Value) -> Response {
        let headers = vec![("content-type".into(), "application/json".into())];
        self.world
            .answer(&Asked::new("POST", "/qolo/api/v1/auth/login", headers, body.to_string().into()), self.now)
    }

    fn enter(&mut self) {
        let secrets: BTreeMap<_, _> = self.world.secrets().iter().copied().collect();
        let answer = self.login(json!({"loginid": secrets["login-id"], "apikey": secrets["api-key"]}));
        assert_eq!(answer.status, 200);
        self.token = read(&answer)["access_token"].as_str().unwrap().to_owned();
    }

    fn post(&mut self, path: &str, body: impl Into<Vec<u8>>) -> Response {
        let headers = vec![
            ("content-type".into(), "application/json".into()),
            ("authorization".into(), format!("Bearer {}", self.token)),
        ];
        self.world.answer(&Asked::new("POST", &format!("/qolo{path}"), headers, body.into()), self.now)
    }

    fn send(&mut self, request: &Request) -> Response {
        let Body::Exact(body) = &request.body else { panic!() };
        self.post(&request.path, body.clone())
    }

    /// Sends an action about a case, which has to be proven, and gives the case as it is known then.
    fn act(&mut self, id: &str, case: Option<&Case>, values: &Values) -> Case {
        let frozen = frozen(id, case, values, None, &settings());
        let answer = self.send(&sent::request(frozen.clone()));
        let number = case.map(|case| &case.id.number);
        let step = &action(id).steps[0];
        let verdict = verdict(&Qolo, step, &frozen, &Ok(answer.clone()), number, &settings(), self.now);
        assert_eq!(verdict.outcome, Outcome::Proven, "{verdict:?}");
        let entry = write::entry("keybank", action(id), case, values, now());
        let sent = Sent { action: action(id), entry: &entry, frozen: &frozen, first_send: self.now };
        let mut told = Qolo.told(&sent, &answer, &settings(), self.now).unwrap();
        assert_eq!(told.unread, []);
        if let Some(case) = case {
            told.fill_from(case.clone());
        }
        told
    }
}

fn read(answer: &Response) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn least() -> Value {
    json!({"card_proxy": "910000000017", "request_code": "NT-DISP_NEW", "dispute": {}})
}

#[test]
fn the_stand_in_refuses_what_the_text_does_not_have() {
    let mut there = There::new();
    let known = there.world.numbers()[0].clone();
    assert!(there.world.numbers().len() >= 24);
    assert_eq!(there.post(PATH, least().to_string()).status, 200);
    for (place, value, member) in [
        ("/unheard", json!(1), "unheard"),
        ("/request_code", json!(""), "request_code"),
        ("/request_code", json!("NT-DISP"), "request_code"),
        ("/dispute", json!(null), "dispute"),
        ("/dispute", json!([]), "dispute"),
        ("/dispute_guid", json!(known), "dispute_guid"),
        ("/card_proxy", json!(null), "card_proxy"),
        ("/card_proxy", json!(7), "card_proxy"),
        ("/card_number", json!("4111 1111 1111 1111"), "card_number"),
        ("/person_guid", json!("7"), "person_guid"),
        ("/channel_user_guid", json!(7), "channel_user_guid"),
        ("/dispute", json!({"amount": 1}), "dispute.amount"),
        ("/dispute", json!({"notes": 1}), "dispute.notes"),
        ("/dispute", json!({"dispute_status": "x".repeat(201)}), "dispute.dispute_status"),
        ("/dispute", json!({"notes": "é".repeat(4001)}), "dispute.notes"),
        ("/dispute", json!({"documents": {}}), "dispute.documents"),
        ("/dispute", json!({"documents": [{"name": "a"}]}), "dispute.documents[0].content"),
        ("/dispute", json!({"documents": [{"name": "a", "content": "%"}]}), "dispute.documents[0].content"),
        ("/dispute", json!({"documents": [{"content": "QQ=="}]}), "dispute.documents[0].name"),
        ("/dispute", json!({"transaction_details": [7]}), "dispute.transaction_details[0]"),
        (
            "/dispute",
            json!({"transaction_details": [{}, {"amount": "1"}]}),
            "dispute.transaction_details[1].amount",
        ),
        ("/dispute", json!({"transaction_details": [{"amount": -1}]}), "dispute.transaction_details[0].amount"),
        ("/dispute", json!({"transaction_details": [{"fee": []}]}), "dispute.transaction_details[0].fee"),
        (
            "/dispute",
            json!({"transaction_details": [{"apply_amount_details": {"amount_date": "x"}}]}),
            "dispute.transaction_details[0].apply_amount_details.amount_date",
        ),
        (
            "/dispute",
            json!({"transaction_details": [{"chargeback_log": {"reason_code": 1}}]}),
            "dispute.transaction_details[0].chargeback_log.reason_code",
        ),
    ] {
        let mut body = least();
        body.as_object_mut().unwrap().insert(place[1..].to_owned(), value);
        let answer = there.post(PATH, body.to_string());
        assert_eq!(answer.status, 400, "{body}");
        let complaints: Vec<_> = read(&answer)["errors"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(complaints, [member], "{body}");
    }
    for (code, guid) in [("NT-DISP_UPD", None), ("NT-DISP_UPD", Some(GUID)), ("NT-DISP_UPD_AMT", None)] {
        let mut body = least();
        body["request_code"] = code.into();
        body["dispute_guid"] = guid.into();
        body["dispute"] = json!({"transaction_details": [{"amount": 1}]});
        let answer = there.post(PATH, body.to_string());
        assert_eq!((answer.status, read(&answer)["errors"]["dispute_guid"].is_array()), (400, true), "{body}");
    }
    let mut body = least();
    body["account_guid"] = "00000000-0000-0000-0000-000000000000".into();
    let none = there.post(PATH, body.to_string());
    assert_eq!((none.status, read(&none)["message"].as_str()), (404, Some("Account not found")));
    assert!(Qolo.is_own(&none));
    assert_eq!(there.post(PATH, "[]").status, 400);
    assert_eq!(there.post(PATH, "{").status, 400);
    assert_eq!(there.post(&format!("{PATH}?x=1"), least().to_string()).status, 400);
    assert_eq!(there.post("/api/v2/disputes/dispute-chargeback", least().to_string()).status, 404);
    let bare = Asked::new(
        "POST",
        &format!("/qolo{PATH}"),
        vec![("authorization".into(), format!("Bearer {}", there.token))],
        b"{}".into(),
    );
    assert_eq!(there.world.answer(&bare, now()).status, 415);
    let get = Asked::new("GET", &format!("/qolo{PATH}"), Vec::new(), Vec::new());
    assert_eq!(there.world.answer(&get, now()).status, 405);
    assert_eq!(there.world.written().len(), 1, "what was refused had no effect");
}

#[test]
fn a_token_lives_twelve_hours_by_the_clock_and_a_login_is_exact() {
    let mut there = There::new();
    there.now = now().plus(12 * HOUR - 1);
    assert_eq!(there.post(PATH, least().to_string()).status, 200);
    there.now = now().plus(12 * HOUR);
    assert_eq!(there.post(PATH, least().to_string()).status, 401);
    there.enter();
    assert_eq!(there.post(PATH, least().to_string()).status, 200);
    there.world.expire_tokens();
    assert_eq!(there.post(PATH, least().to_string()).status, 401);
    there.token = there.world.secrets().iter().find(|(name, _)| *name == "access-token").unwrap().1.to_owned();
    assert_eq!(there.post(PATH, least().to_string()).status, 200);
    for body in [
        json!({}),
        json!({"loginid": "sandbox-login"}),
        json!({"loginid": "sandbox-login", "apikey": "other"}),
        json!({"loginid": "sandbox-login", "apikey": "sandbox-qolo-key", "more": 1}),
    ] {
        assert_eq!(there.login(body).status, 401);
    }
}

#[test]
fn a_world_that_was_kept_is_the_same_again_and_holds_no_card_number() {
    let mut there = There::new();
    let mut body = least();
    body["card_proxy"] = Value::Null;
    body["card_number"] = CARD.into();
    let answer = there.post(PATH, body.to_string());
    let guid = read(&answer)["dispute_guid"].clone();
    assert!(read(&answer)["card_proxy"].as_str().unwrap().starts_with('9'));
    let kept = there.world.kept();
    assert!(!kept.to_string().contains(CARD) && !String::from_utf8(answer.body).unwrap().contains(CARD));
    let mut again = There { world: Qolopay::new(Moment(0)), token: String::new(), now: now() };
    again.world.catch_up(kept.clone()).unwrap();
    assert_eq!((again.world.kept(), again.world.numbers()), (kept, there.world.numbers()));
    assert_eq!(again.world.written(), there.world.written());
    again.enter();
    let mut update = least();
    update["request_code"] = "NT-DISP_UPD".into();
    update["dispute_guid"] = guid;
    assert_eq!(read(&again.post(PATH, update.to_string())), read(&there.post(PATH, update.to_string())));
    assert!(again.world.catch_up(json!({"born": "x"})).is_err());
}

#[test]
fn a_dispute_lives_from_its_creation_to_its_end() {
    let mut there = There::new();
    let guid = |at: &str| format!("dispute.transaction_details.0.{at}");
    let made = there.act("create", None, &whole());
    assert_eq!((made.status.exact(), made.amount), ("OPEN", Some(Money { minor: 1349, currency: None })));
    assert_eq!(made.documents.len(), 1);
    assert!(lines(&made).iter().any(|line| line.contains("journal: Dispute opened")), "{:?}", lines(&made));

    there.now = now().plus(21 * DAY);
    there.enter();
    let noted = there.act("update", Some(&made), &values(&[("dispute.notes", "She found the receipt.")]));
    assert_eq!(noted.opened, made.opened);
    assert!(lines(&noted).iter().any(|line| line == "notes: She found the receipt."));
    assert!(
        lines(&noted).iter().any(|line| line == "notes: Not hers.\nSeen twice."),
        "what was said before stays"
    );
    assert!(lines(&noted).iter().any(|line| line.contains("status CHARGEBACK_FILED")), "{:?}", lines(&noted));

    let amount = values(&[
        (&guid("transaction_guid"), TRANSACTION),
        (&guid("amount"), "10"),
        (&guid("apply_amount_details.entry_type"), "FINAL"),
        (&guid("apply_amount_details.txn_type"), "CREDIT"),
        (&guid("apply_amount_details.amount"), "10"),
    ]);
    let lowered = there.act("amount", Some(&noted), &amount);
    assert_eq!(lowered.amount, Some(Money { minor: 1099, currency: None }));
    assert!(lines(&lowered).iter().any(|line| line.contains("FINAL, 10.00")), "{:?}", lines(&lowered));

    there.now = now().plus(60 * DAY);
    there.enter();
    let ended = there.act("update", Some(&lowered), &values(&[("dispute.dispute_type", "FRAUD")]));
    assert_eq!(ended.status.exact(), "CLOSED");
    assert!(lines(&ended).iter().any(|line| line.contains("status RESOLVED")), "{:?}", lines(&ended));
    assert_eq!(there.world.written().len(), 4);
}

// ---- the whole way, over HTTP and with a disk

fn submission(
    world: &World,
    id: &str,
    base: Option<Case>,
    entered: &[(&str, &str)],
    card: Option<&str>,
) -> Submission {
    let draft = Draft {
        id: casedesk::seal::new_id(world.clock.now()).unwrap(),
        profile: "qolo".into(),
        action: id.into(),
        case: base.as_ref().map(|case| case.id.clone()),
        base: base.map(Box::new),
        values: values(entered),
    };
    let cards = card.map(|card| ("card_number".to_owned(), Secret::new(card))).into_iter().collect();
    Submission { draft, version: 0, cards, forced: false }
}

/// Everything below a folder, as one.
fn disk(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => bytes.extend(disk(&path)),
            false => bytes.extend(std::fs::read(&path).unwrap_or_default()),
        }
    }
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn a_card_number_leaves_in_clear_and_stands_nowhere_on_the_disk() {
    let world = World::of(20);
    let mut ann = world.program_at("qolo");
    let reversed: String = CARD.chars().rev().collect();
    let entered = [("dispute.notes", "Not hers."), ("dispute.transaction_details.0.amount", "12.50")];
    // While it waits: the provider cannot be reached.
    world.served.troubles.always("/auth/login", Trouble::Drop);
    let shown = format!("{:?}", submission(&world, "create", None, &entered, Some(CARD)));
    assert!(!shown.contains(CARD), "{shown}");
    let id = ann.submits_all_of(submission(&world, "create", None, &entered, Some(CARD))).unwrap();
    assert_eq!(ann.state(&id), State::Queued);
    let frozen = ann.store.frozen(&id, 0).unwrap().unwrap();
    assert!(holds(&frozen.body, CARD), "the digits are in the sealed body");
    assert!(!format!("{frozen:?}").contains(CARD));
    assert!(!holds(&disk(world.home.path()), CARD), "while it waits");
    // And when it is done.
    world.served.troubles.clear();
    ann.waits(HOUR);
    assert_eq!(ann.state(&id), State::Accepted, "{:?}", ann.entry(&id));
    assert_eq!(world.served.written_at("qolo").len(), 1);
    let case =
        ann.store.case(&CaseId { profile: "qolo".into(), number: ann.entry(&id).remote }).unwrap().unwrap().0;
    assert!(!case.card.is_empty(), "the number reached the provider, which named its proxy");
    let entry = format!("{:?} {:?}", ann.entry(&id), ann.told);
    let disk = disk(world.home.path());
    for text in [CARD, &reversed, "NDExMTExMTExMTExMTExMQ"] {
        assert!(!holds(&disk, text) && !entry.contains(text));
    }
}

#[test]
fn a_card_number_that_an_answer_repeats_in_clear_is_kept_sealed_and_shown_masked() {
    let world = World::of(5);
    let mut answered = sample();
    answered["card_number"] = CARD.into();
    answered["card_proxy"] = CARD.into();
    answered["dispute"]["dispute_status"] = format!("OPEN {CARD}").into();
    answered["dispute"]["notes"] = format!("card 4111 1111 1111 1111, {CARD}").into();
    answered["dispute"]["documents"] = json!([{"name": format!("{CARD}.pdf"), "content": "QQ=="}]);
    answered["dispute"]["transaction_details"][0]["channel"] = CARD.into();
    answered["dispute"]["transaction_details"][0]["chargeback_log"]["reason_code"] = CARD.into();
    answered["journal_detail"]["journal_entry"] = CARD.into();
    let case = told(None, &answered).unwrap();
    assert!(case.raw.exact().contains(CARD), "what was received is kept exactly");
    assert_eq!(case.card.show().as_str(), "411111******1111");
    let lines = case
        .raw
        .lines()
        .iter()
        .chain(&case.history.iter().map(|line| line.what.show()).collect::<Vec<_>>())
        .map(|line| line.as_str().to_owned())
        .collect::<Vec<_>>()
        .join("\n");
    assert!(lines.contains("411111******1111") && !lines.contains("1111111111"), "{lines}");
    // The number of a card is no proxy, and is not sent as one.
    let update = body(&frozen("update", Some(&case), &values(&[("dispute.notes", "x")]), None, &settings()));
    assert_eq!(update.get("card_proxy"), None);
    let id = case.id.clone();
    let mut store = world.store();
    store.keep_cases(vec![case.clone()], now()).unwrap();
    assert_eq!(store.case(&id).unwrap().unwrap().0.raw, case.raw);
    drop(store);
    let bytes = disk(&world.dir());
    assert!(!holds(&bytes, CARD) && !holds(&bytes, "4111 1111 1111 1111"), "it stands on the disk in clear");
}

#[test]
fn a_number_that_is_none_stands_under_its_field_and_nothing_is_queued() {
    let world = World::of(20);
    let mut ann = world.program_at("qolo");
    let refused =
        ann.submits_all_of(submission(&world, "create", None, &[], Some("4111111111111112"))).unwrap_err();
    assert_eq!(refused.problems[0].field, "card_number");
    assert!(!format!("{refused:?}").contains("4111111111111112"));
}

#[test]
fn an_update_is_written_to_what_the_last_answer_said() {
    let world = World::of(20);
    let mut ann = world.program_at("qolo");
    let entered = [("card_proxy", "910000000017"), ("dispute.notes", "Not hers.")];
    let id = ann.submits_all_of(submission(&world, "create", None, &entered, None)).unwrap();
    let number = ann.entry(&id).remote;
    let case = ann.case(&CaseId { profile: "qolo".into(), number: number.clone() });
    assert_eq!((case.queue.exact(), case.status.exact()), ("register", "OPEN"));
    let more = [("dispute.notes", "More.")];
    let id = ann.submits_all_of(submission(&world, "update", Some(case.clone()), &more, None)).unwrap();
    assert_eq!(ann.state(&id), State::Accepted, "{:?}", ann.entry(&id));
    let case = ann.case(&case.id);
    let notes: Vec<_> = lines(&case).into_iter().filter(|line| line.starts_with("notes: ")).collect();
    assert_eq!(notes, ["notes: Not hers.", "notes: More."]);
    assert_eq!(world.served.written_at("qolo").len(), 2);
    // A second one of the same kind is another update.
    let id = ann
        .submits_all_of(submission(&world, "update", Some(case), &[("dispute.notes", "And more.")], None))
        .unwrap();
    assert_eq!(ann.state(&id), State::Accepted, "{:?}", ann.entry(&id));
}

#[test]
fn after_a_lost_answer_nothing_is_sent_again_and_a_person_decides() {
    let world = World::of(20);
    let mut ann = world.program_at("qolo");
    world.served.troubles.next(1, "dispute-chargeback", Trouble::LoseAnswer);
    let entered = [("card_proxy", "910000000017"), ("dispute.notes", "Not hers.")];
    let id = ann.submits_all_of(submission(&world, "create", None, &entered, None)).unwrap();
    ann.waits(HOUR).waits(DAY);
    assert_eq!(ann.state(&id), State::Person, "{:?}", ann.entry(&id));
    assert_eq!(world.served.written_at("qolo").len(), 1);
    let again = ann.submits_all_of(submission(&world, "create", None, &entered, None)).unwrap_err();
    assert!(again.says.as_str().contains("already on its way"), "{}", again.says);
}

#[test]
fn a_token_is_kept_and_a_refused_one_is_fetched_anew_once() {
    let world = World::of(20);
    let mut ann = world.program_at("qolo");
    for (notes, logins) in [("One.", 1), ("Two.", 1)] {
        let entered = [("card_proxy", notes), ("dispute.notes", notes)];
        ann.submits_all_of(submission(&world, "create", None, &entered, None)).unwrap();
        assert_eq!(world.served.troubles.count("/auth/login"), logins);
    }
    world.served.expire_tokens();
    let entered = [("card_proxy", "3"), ("dispute.notes", "Three.")];
    let id = ann.submits_all_of(submission(&world, "create", None, &entered, None)).unwrap();
    assert_eq!(ann.state(&id), State::Accepted, "{:?}", ann.entry(&id));
    assert_eq!(world.served.troubles.count("/auth/login"), 2);
    assert_eq!(world.served.written_at("qolo").len(), 3);
}
