//! What is asked of Checkout.com, whole; how its answers read, whatever is in them; and a dispute's life at its stand-in.

mod odd;
mod write;

use std::{cell::Cell, collections::BTreeMap};

use casedesk::{
    action::{
        Action, Attachment, Entered, Facts, Making, Offer, Values, check,
        life::Outcome,
        offer,
        step::{Frozen, freeze},
    },
    case::{
        Again, Case, CaseId, Currency, FaultKind, Moment, Money, Part, Settings, Side, Stage,
        moment::{DAY, HOUR, MINUTE},
    },
    http::{self, Body, Request, Response},
    provider::{
        Access, Asked, Found, Landed, Lists, Provider, Sent, StandIn, Verdict, Want,
        checkout::{Checkout, FRAUD, REASONS, STATUSES, sandbox, sandbox::World, table},
        sent, verdict,
    },
    text::Raw,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use write::{KEY, empty_step};

const ID: &str = "idsp_fa6psq242dcd6fdn5gifcq1491";

fn born() -> Moment {
    Moment::parse("2026-11-22T07:00:00Z").unwrap()
}

fn now() -> Moment {
    Moment::parse("2026-11-22T09:30:00Z").unwrap()
}

fn settings() -> Settings {
    Settings::of("checkout-test")
}

fn with(table: &[(&str, &str)]) -> Settings {
    let table = table.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings { table, ..settings() }
}

fn action(id: &str) -> &'static Action {
    Checkout.actions().iter().find(|action| action.id == id).unwrap()
}

fn number() -> Want {
    Want::Number(ID.into())
}

fn answer(status: u16, body: impl Into<Vec<u8>>) -> Response {
    let headers = vec![("content-type".into(), "application/json".into())];
    Response { status, headers, body: body.into(), date: None }
}

fn read(body: &Value) -> Case {
    read_text(&body.to_string())
}

fn read_text(body: &str) -> Case {
    match Checkout.read(&number(), &answer(200, body), &settings()) {
        Ok(Found::Cases(mut cases)) if cases.len() == 1 => cases.remove(0),
        other => panic!("{other:?}"),
    }
}

fn told(texts: &[Raw]) -> Vec<&str> {
    texts.iter().map(Raw::exact).collect()
}

/// A dispute with all there can be of one.
fn whole() -> Value {
    json!({
        "id": ID,
        "reason": "4853",
        "disputed_amount": {"amount": 12345, "currency": "EUR"},
        "status": "action_required",
        "status_reason": "escalation_change_requested",
        "transaction_id": "trx_aayhhfwbdyxwcaeyhhfwbd4xga",
        "presentment_message_id": "msg_fa6psq242dcd6fdn5gifcq1491",
        "merchant": {
            "id": "(*)123456789",
            "name": "Kafé Åsa",
            "city": "Austin",
            "state": "TX",
            "country_code": "US",
            "category_code": "5331",
            "evidence": ["file_6lbss42ezvoufcb2beo76rvwly", "file_merchant0000000000000000"]
        },
        "created_on": "2026-09-01T10:20:30.456",
        "modified_on": "2026-11-21T09:41:53.1665936Z",
        "action_details": {"instructions": "Sign the letter.", "last_action_response": "Letter added."},
        "chargeback": {
            "submitted_on": "2026-09-02T10:00:00Z",
            "reason": "4853",
            "amount": {"amount": 12345, "currency": "EUR"},
            "evidence": [{"file_id": "file_aaaaaaaaaaaaaaaaaaaaaaaaaa", "description": "Letter"}],
            "justification": "Never arrived."
        },
        "representment": {
            "received_on": "2026-09-20T10:00:00Z",
            "amount": {"amount": 5000, "currency": "JPY"},
            "evidence": [{"file_id": "file_6lbss42ezvoufcb2beo76rvwly", "description": "Delivery"}]
        },
        "pre_arbitration": {
            "submitted_on": "2026-10-01T10:00:00Z",
            "evidence": [{"file_id": "file_bbbbbbbbbbbbbbbbbbbbbbbbbb"}],
            "amount": {"amount": 5000, "currency": "JPY"},
            "reason_change": {"reason": "4855", "justification": "It fits better."},
            "justification": "Still nothing.",
            "merchant_responded_on": "2026-10-20T10:00:00Z",
            "merchant_evidence": [{"file_id": "file_cccccccccccccccccccccccccc", "description": "Terms"}]
        },
        "arbitration": {
            "submitted_on": "2026-11-01T10:00:00Z",
            "amount": {"amount": 5000, "currency": "JPY"},
            "justification": "The terms were not shown.",
            "decided_on": "2026-11-21T09:41:53"
        },
        "_links": {"self": {"href": "x"}, "amend": {"href": "y"}, "submit": {"href": "z"}}
    })
}

// ---- asking

#[test]
fn the_manifest_knows_the_addresses_the_ways_in_and_the_statuses() {
    let manifest = Checkout.manifest();
    assert_eq!(manifest.test.base, "https://{account.prefix}.api.sandbox.checkout.com");
    assert_eq!(manifest.test.token, "https://{account.prefix}.access.sandbox.checkout.com/connect/token");
    assert_eq!(manifest.live.base, "https://{account.prefix}.api.checkout.com");
    assert_eq!(manifest.live.token, "https://{account.prefix}.access.checkout.com/connect/token");
    match manifest.access {
        [Access::OAuth { scope, shown: http::Shown::Body }, Access::Headers { auth: "api-key", headers }] => {
            assert_eq!(*scope, "issuing:disputes-read issuing:disputes-write");
            assert_eq!((headers[0].name, headers[0].before), ("authorization", "Bearer "));
        }
        _ => panic!("other ways in"),
    }
    assert_eq!(manifest.lists, Lists::Singly);
    let queues: Vec<_> = manifest.queues.iter().map(|queue| queue.id).collect();
    assert_eq!(queues, ["created", "processing", "action_required", "won", "lost", "canceled"]);
}

#[test]
fn a_dispute_is_asked_for_by_its_id_and_by_nothing_else() {
    let expected = Request {
        method: http::Method::Get,
        path: format!("/issuing/disputes/{ID}"),
        query: Vec::new(),
        headers: vec![("accept".into(), "application/json".into())],
        body: Body::Empty,
        limit: 8 << 20,
        patience: std::time::Duration::from_secs(30),
        read_only: true,
    };
    assert_eq!(Checkout.ask(&number(), &settings()).unwrap(), expected);
    let moved = with(&[("path.dispute", "/disputes/{case}/all")]);
    assert_eq!(Checkout.ask(&number(), &moved).unwrap().path, format!("/disputes/{ID}/all"));
    // What cannot be one of its ids is not there, without a question: a jump to a number tries every profile.
    for text in [
        "",
        "2600410540",
        "idsp_",
        &ID[..30],
        &format!("{ID}a"),
        "idsp_FA6PSQ242DCD6FDN5GIFCQ1491",
        "idsp_fa6psq242dcd6fdn5gifcq14/1",
        "trx_aayhhfwbdyxwcaeyhhfwbd4xga",
    ] {
        let fault = Checkout.ask(&Want::Number(text.into()), &settings()).unwrap_err();
        assert_eq!((fault.kind, fault.again), (FaultKind::NotThere, Again::No), "{text}");
    }
    let further = Want::Further { of: Box::new(number()), from: "2".into() };
    for want in [Want::Queue("won".into()), Want::Group("trx_x".into()), Want::Card("x".into()), further] {
        assert_eq!(Checkout.ask(&want, &settings()).unwrap_err().kind, FaultKind::Unprepared, "{want:?}");
    }
    let fault = Checkout.ask(&Want::Document("file_x".into()), &settings()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unprepared);
    assert!(fault.says.exact().contains("not readable through this API"), "{}", fault.says.exact());
}

#[test]
fn overrides_that_cannot_be_meant_are_told() {
    assert_eq!(Checkout.check(&settings()), [""; 0]);
    let defaults: Vec<_> =
        table::TABLE.iter().filter(|row| !row.default.is_empty()).map(|row| (row.name, row.default)).collect();
    assert_eq!(Checkout.check(&with(&defaults)), [""; 0]);
    assert_eq!(Checkout.check(&with(&[("account.prefix", "abcd1234")])), [""; 0]);
    for wrong in [
        ("account.prefix", ""),
        ("account.prefix", "a/b"),
        ("path.dispute", "/issuing/disputes"),
        ("path.create", "issuing"),
        ("header.key", "a b"),
        ("link.amends", "amend"),
        ("colour", "red"),
    ] {
        assert_eq!(Checkout.check(&with(&[wrong])).len(), 1, "{wrong:?}");
    }
}

// ---- writing

fn values(pairs: &[(&str, &str)]) -> Values {
    let mut values = Values::default();
    for (address, text) in pairs {
        values.set_text(address, *text);
    }
    values
}

fn pdf(description: &str) -> Attachment {
    Attachment {
        name: "letter.pdf".into(),
        sha256: "f".repeat(64),
        size: 8,
        media: "application/pdf".into(),
        description: description.into(),
        measured: Default::default(),
    }
}

fn with_file(mut values: Values, address: &str) -> Values {
    values.set(address, Entered::Files(vec![pdf("A letter"), pdf("")]));
    values
}

fn frozen(action: &Action, case: Option<&Case>, values: &Values, settings: &Settings, key: &str) -> Frozen {
    let making = Making {
        case,
        values,
        settings,
        now: now(),
        files: &BTreeMap::from([("f".repeat(64), b"%PDF-1.7".to_vec())]),
        sealed: &BTreeMap::new(),
        answers: &[],
        key,
    };
    freeze(&action.steps[0], action.fields, &making).unwrap()
}

fn problems(action: &Action, case: Option<&Case>, values: &Values) -> Vec<String> {
    let facts = Facts { case, settings: &settings(), now: now(), cards: &[] };
    let problems = check(action, values, &facts);
    problems.iter().map(|problem| format!("{}: {}", problem.field, problem.says.as_str())).collect()
}

fn full(action: &str) -> Values {
    let fraud =
        [("fraud_details.fraud_type", "card_stolen"), ("fraud_details.description", "Taken on a train.")];
    let (own, files): (&[(&str, &str)], &str) = match action {
        "create" => (
            &[
                ("transaction_id", "trx_aayhhfwbdyxwcaeyhhfwbd4xga"),
                ("presentment_message_id", "msg_fa6psq242dcd6fdn5gifcq1491"),
                ("reason", "4837"),
                ("amount", "12.50"),
                ("currency", "EUR"),
                ("justification", "Not the cardholder's."),
            ],
            "evidence",
        ),
        "amend" => (
            &[
                ("reason", "4837"),
                ("amount", "12.50"),
                ("reason_change_justification", "The cardholder\nwas not there."),
                ("action_response", "Changed as you asked."),
            ],
            "evidence",
        ),
        "escalate" => (
            &[
                ("justification", "Nothing was\ndelivered."),
                ("amount", "5000"),
                ("reason_change.reason", "4871"),
                ("reason_change.justification", "The card was stolen."),
            ],
            "additional_evidence",
        ),
        "submit" => (&[("reason", "4853"), ("amount", "5000")], "evidence"),
        _ => return Values::default(),
    };
    let fraud: &[(&str, &str)] = if action == "submit" { &[] } else { &fraud };
    with_file(values(&[own, fraud].concat()), files)
}

fn least(action: &str) -> Values {
    match action {
        "create" => values(&[("transaction_id", "trx_aayhhfwbdyxwcaeyhhfwbd4xga"), ("reason", "4853")]),
        "escalate" => values(&[("justification", "Nothing was delivered.")]),
        _ => Values::default(),
    }
}

#[test]
fn requests_are_compared_whole() {
    let case = read(&whole());
    let mut shown = String::new();
    for action in Checkout.actions() {
        let case = (!action.makes_a_case()).then_some(&case);
        for values in [full(action.id), least(action.id)] {
            assert_eq!(problems(action, case, &values), [""; 0], "{}", action.id);
            let frozen = frozen(action, case, &values, &settings(), KEY);
            shown += &format!("# {}\n{} {}\n", action.id, frozen.method.words(), frozen.path);
            for (name, value) in &frozen.headers {
                shown += &format!("{name}: {value}\n");
            }
            match frozen.body.as_slice() {
                [] => shown += "no body\n\n",
                body => {
                    let body: Value = serde_json::from_slice(body).unwrap();
                    shown += &format!("{}\n\n", serde_json::to_string_pretty(&body).unwrap());
                }
            }
        }
    }
    insta::assert_snapshot!("checkout_requests", shown);
}

#[test]
fn an_amount_is_sent_in_whole_minor_units_of_its_own_currency() {
    let case = read(&whole());
    for (amount, currency, sent) in
        [("12.5", "EUR", "1250"), ("5000", "JPY", "5000"), ("1.234", "KWD", "1234"), ("0.01", "sek", "1")]
    {
        let mut form = least("create");
        form.set_text("amount", amount);
        form.set_text("currency", currency);
        assert_eq!(problems(action("create"), None, &form), [""; 0]);
        let body = frozen(action("create"), None, &form, &settings(), KEY).body;
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((body["amount"].to_string().as_str(), body.get("currency")), (sent, None));
    }
    let mut form = least("create");
    form.set_text("amount", "12.50");
    let needed = "currency: is needed once there is an amount, to count its decimals";
    assert_eq!(problems(action("create"), None, &form), [needed]);
    form.set_text("currency", "JPY");
    assert_eq!(problems(action("create"), None, &form), ["amount: has decimals, and its currency has none"]);
    // Amending counts in the transaction's currency, euro here; after the representment its own counts, yen.
    let sent = |id: &str, amount: &str| {
        let mut form = least(id);
        form.set_text("amount", amount);
        let found = problems(action(id), Some(&case), &form);
        let body = found.is_empty().then(|| frozen(action(id), Some(&case), &form, &settings(), KEY).body);
        body.map(|body| serde_json::from_slice::<Value>(&body).unwrap()["amount"].clone()).ok_or(found)
    };
    assert_eq!(sent("amend", "12.50"), Ok(json!(1250)));
    assert_eq!(sent("escalate", "5000"), Ok(json!(5000)));
    assert_eq!(sent("submit", "5000"), Ok(json!(5000)));
    assert_eq!(sent("escalate", "12.50"), Err(vec!["amount: has decimals, and its currency has none".into()]));
    // Where the currency is not known, its decimals would be a guess.
    let mut bare = whole();
    bare["representment"] = Value::Null;
    bare["disputed_amount"] = json!({"amount": 1});
    let bare = read(&bare);
    for id in ["amend", "escalate", "submit"] {
        let mut form = least(id);
        form.set_text("amount", "1");
        assert_eq!(problems(action(id), Some(&bare), &form).len(), 1, "{id}");
    }
}

#[test]
fn every_limit_of_the_text_holds_to_the_letter() {
    let case = read(&whole());
    for (id, address, most) in [
        ("create", "justification", 100),
        ("amend", "action_response", 1_000),
        ("amend", "reason_change_justification", 13_000),
        ("escalate", "justification", 13_000),
        ("escalate", "reason_change.justification", 13_000),
    ] {
        let case = (id != "create").then_some(&case);
        let mut form = least(id);
        if address.starts_with("reason_change.") {
            form.set_text("reason_change.reason", "4853");
        }
        form.set_text(address, "é".repeat(most));
        assert_eq!(problems(action(id), case, &form), [""; 0], "{id} {address}");
        form.set_text(address, "é".repeat(most + 1));
        let says = format!("{address}: is 1 characters too long; at most {most}");
        assert_eq!(problems(action(id), case, &form), [says], "{id}");
    }
    for (address, good) in [
        ("transaction_id", "trx_aayhhfwbdyxwcaeyhhfwbd4xga"),
        ("presentment_message_id", "msg_fa6psq242dcd6fdn5gifcq1491"),
    ] {
        let mut form = least("create");
        form.set_text(address, good);
        assert_eq!(problems(action("create"), None, &form), [""; 0]);
        for bad in [&good[..29], &good.to_uppercase(), &good.replace('_', "-"), &format!("{good}a"), "x"] {
            form.set_text(address, bad);
            assert_eq!(problems(action("create"), None, &form).len(), 1, "{bad}");
        }
    }
    assert_eq!(
        problems(action("create"), None, &Values::default()),
        ["transaction_id: is needed", "reason: is needed"]
    );
    assert_eq!(problems(action("escalate"), Some(&case), &Values::default()), ["justification: is needed"]);
    let only = values(&[("justification", "x"), ("reason_change.reason", "4853")]);
    assert_eq!(problems(action("escalate"), Some(&case), &only), ["reason_change.justification: is needed"]);
    for (media, taken) in [
        ("application/pdf", true),
        ("image/jpeg", true),
        ("image/tiff", true),
        ("application/zip", true),
        ("image/png", false),
        ("text/plain", false),
        ("", false),
    ] {
        let mut form = least("create");
        form.set("evidence", Entered::Files(vec![Attachment { media: media.into(), ..pdf("") }]));
        assert_eq!(problems(action("create"), None, &form).is_empty(), taken, "{media}");
    }
}

#[test]
fn a_fraud_reason_needs_its_details_and_a_change_of_reason_its_justification() {
    const FRAUD_NEEDED: &str = "fraud_details.fraud_type: is needed for a fraud reason";
    const WHY_NEEDED: &str =
        "reason_change_justification: is needed when the reason changes after the chargeback";
    for code in FRAUD {
        let mut form = least("create");
        form.set_text("reason", code);
        assert_eq!(problems(action("create"), None, &form), [FRAUD_NEEDED], "{code}");
        form.set_text("fraud_details.fraud_type", "other");
        assert_eq!(problems(action("create"), None, &form), [""; 0], "{code}");
    }
    let only = |address: &str, text: &str| values(&[(address, text)]);
    let at = |reason: &str| {
        let mut dispute = whole();
        dispute["status_reason"] = json!(reason);
        read(&dispute)
    };
    let early = at("chargeback_change_requested");
    let late = at("escalation_change_requested");
    let amend = |case: &Case, form: &Values| problems(action("amend"), Some(case), form);
    assert_eq!(amend(&early, &only("reason", "4834")), [""; 0], "before the escalation nothing is to be said");
    assert_eq!(amend(&late, &only("reason", "4853")), [""; 0], "the same reason");
    assert_eq!(amend(&late, &only("reason", "4834")), [WHY_NEEDED]);
    assert_eq!(amend(&early, &only("reason", "4837")), [FRAUD_NEEDED]);
    assert_eq!(amend(&late, &only("reason", "4837")), [FRAUD_NEEDED, WHY_NEEDED]);
    let refused = amend(&at("chargeback_fraudulent_reason_code_invalid"), &Values::default());
    assert_eq!(refused, ["reason: is needed here: the scheme refused the fraud reason, and wants another one"]);
    let escalate = |case: &Case, form: Values| problems(action("escalate"), Some(case), &form);
    let changed = values(&[
        ("justification", "x"),
        ("reason_change.reason", "4870"),
        ("reason_change.justification", "x"),
    ]);
    assert_eq!(escalate(&at("chargeback_rejected"), changed), [FRAUD_NEEDED]);
    let mut fraud = whole();
    fraud["reason"] = json!("4837");
    assert_eq!(escalate(&read(&fraud), least("escalate")), [FRAUD_NEEDED]);
}

#[test]
fn what_can_be_chosen_is_what_the_text_has() {
    let types = [
        "card_lost",
        "card_stolen",
        "card_never_received",
        "fraudulent_account",
        "counterfeit_card",
        "account_takeover",
        "card_not_present_fraud",
        "merchant_misrepresentation",
        "cardholder_manipulation",
        "incorrect_processing",
        "other",
    ];
    for kind in types {
        let mut form = least("create");
        form.set_text("fraud_details.fraud_type", kind);
        assert_eq!(problems(action("create"), None, &form), [""; 0]);
    }
    let mut form = least("create");
    form.set_text("fraud_details.fraud_type", "stolen");
    assert_eq!(problems(action("create"), None, &form), ["fraud_details.fraud_type: is none of the choices"]);
    form.unset("fraud_details.fraud_type");
    form.set_text("reason", "0000");
    assert_eq!(problems(action("create"), None, &form), [""; 0], "reasons are not validated");
    let says = |id: &str| action(id).says;
    assert!(says("submit").contains("deprecated"));
    assert!(action("cancel").is_final && action("cancel").fields.is_empty());
    let transaction = action("create").fields[0];
    assert!(transaction.hint.contains("cleared and not refunded"), "{}", transaction.hint);
}

// ---- what is offered

/// The table of the API's text, for disputes without links.
fn by_table(status: &str, reason: &str) -> &'static [&'static str] {
    match (status, reason) {
        ("processing", "chargeback_pending" | "chargeback_processed") => &["cancel"],
        (
            "action_required",
            "chargeback_change_requested"
            | "chargeback_evidence_invalid_or_insufficient"
            | "escalation_change_requested"
            | "prearbitration_evidence_invalid_or_insufficient",
        ) => &["amend", "submit"],
        ("action_required", "chargeback_fraudulent_reason_code_invalid") => &["submit"],
        ("action_required", "chargeback_rejected" | "prearbitration_rejected") => &["escalate", "submit"],
        _ => &[],
    }
}

fn standing(status: &str, reason: &str, links: Option<&[&str]>) -> Case {
    let mut dispute = json!({"id": ID, "status": status, "status_reason": reason});
    if reason.is_empty() {
        dispute.as_object_mut().unwrap().remove("status_reason");
    }
    if let Some(links) = links {
        let links: serde_json::Map<_, _> =
            links.iter().map(|link| ((*link).to_owned(), json!({"href": "x"}))).collect();
        dispute["_links"] = links.into();
    }
    read(&dispute)
}

fn of_a_case() -> impl Iterator<Item = &'static Action> {
    Checkout.actions().iter().filter(|action| !action.makes_a_case())
}

#[test]
fn every_status_and_reason_offers_what_the_table_says_and_tells_why_not_the_rest() {
    let mut shown = String::new();
    for status in STATUSES.iter().map(|status| status.id) {
        for reason in [""].iter().chain(REASONS) {
            let case = standing(status, reason, None);
            let both = if reason.is_empty() { status.to_owned() } else { format!("{status}/{reason}") };
            assert_eq!((case.queue.exact(), case.status.exact()), (status, both.as_str()));
            for action in of_a_case() {
                let fits = by_table(status, reason).contains(&action.id);
                match offer(action, Some(&case)) {
                    Offer::Fits => {
                        assert!(fits, "{} {both}", action.id);
                        shown += &format!("{both}: {}\n", action.id);
                    }
                    Offer::No(why) => {
                        assert!(!fits, "{} {both}", action.id);
                        shown += &format!("{both}: no {}: {}\n", action.id, why.as_str());
                    }
                    Offer::Perhaps(why) => {
                        assert!(
                            matches!(status, "processing" | "action_required") && reason.is_empty(),
                            "{both}"
                        );
                        shown += &format!("{both}: perhaps {}: {}\n", action.id, why.as_str());
                    }
                }
            }
        }
    }
    insta::assert_snapshot!("checkout_offers", shown);
}

#[test]
fn links_win_over_every_status_and_reason() {
    let verbs: Vec<_> = of_a_case().map(|action| action.id).collect();
    for status in STATUSES.iter().map(|status| status.id).chain(["unheard_of"]) {
        for reason in ["", "new_reason"].iter().chain(REASONS) {
            for link in &verbs {
                let case = standing(status, reason, Some(&["self", link]));
                for action in of_a_case() {
                    let found = offer(action, Some(&case));
                    assert_eq!(found == Offer::Fits, action.id == *link, "{status} {reason} {link}: {found:?}");
                    assert!(!matches!(found, Offer::Perhaps(_)), "links leave nothing open");
                }
            }
            let none = standing(status, reason, Some(&["self"]));
            assert!(of_a_case().all(|action| !offer(action, Some(&none)).is_open()));
        }
    }
    let case = standing("processing", "chargeback_rejected", Some(&["self"]));
    assert_eq!(case.may, Some(Vec::new()));
    let Offer::No(why) = offer(action("amend"), Some(&case)) else { panic!("offered") };
    assert_eq!(
        why.as_str(),
        "the provider does not offer Amend now (processing/chargeback_rejected); it is for cases that were sent back \
         for a change"
    );
    // A link that is null is none.
    let mut dispute = whole();
    dispute["_links"] = json!({"self": {"href": "x"}, "amend": null, "submit": {"href": "x"}});
    assert_eq!(read(&dispute).may, Some(vec!["submit".into()]));
    // A word of a profile's own.
    let mut dispute = whole();
    dispute["_links"] = json!({"self": {}, "correct": {}});
    let settings = with(&[("link.amend", "correct")]);
    let Ok(Found::Cases(cases)) = Checkout.read(&number(), &answer(200, dispute.to_string()), &settings) else {
        panic!("not read")
    };
    assert_eq!(offer(action("amend"), Some(&cases[0])), Offer::Fits);
}

#[test]
fn what_is_new_there_is_left_to_the_provider() {
    for (status, reason) in [
        ("action_required", "chargeback_form_missing"),
        ("processing", "x"),
        ("paused", ""),
        ("paused", "expired"),
    ] {
        let case = standing(status, reason, None);
        assert!(of_a_case().all(|action| matches!(offer(action, Some(&case)), Offer::Perhaps(_))), "{status}");
        assert!(case.status.exact().starts_with(status), "it stays readable");
    }
    assert!(matches!(offer(action("amend"), None), Offer::No(_)));
    assert_eq!(offer(action("create"), None), Offer::Fits);
}

#[test]
fn every_status_and_reason_has_its_stage() {
    for (status, reason, stage) in [
        ("created", "", Stage::WithThem),
        ("processing", "", Stage::WithThem),
        ("processing", "chargeback_processed", Stage::WithThem),
        ("processing", "chargeback_reversal_pending", Stage::WithThem),
        ("processing", "prearbitration_pending", Stage::PreArbitration),
        ("processing", "prearbitration_reversal_pending", Stage::PreArbitration),
        ("processing", "arbitration_processed", Stage::Arbitration),
        ("action_required", "chargeback_rejected", Stage::NeedsAnswer),
        ("action_required", "prearbitration_rejected", Stage::NeedsAnswer),
        ("action_required", "new", Stage::NeedsAnswer),
        ("won", "chargeback_response_accepted", Stage::Won),
        ("lost", "expired", Stage::Lost),
        ("canceled", "prearbitration_reversed", Stage::Withdrawn),
        ("unheard_of", "expired", Stage::Unknown),
    ] {
        let case = standing(status, reason, None);
        assert_eq!(case.stage, stage, "{status} {reason}");
        assert_eq!(case.stage.is_workable(), status == "action_required" || status == "unheard_of");
    }
}

// ---- reading

#[test]
fn a_whole_dispute_is_read_member_by_member() {
    let case = read(&whole());
    assert_eq!(case.id, CaseId { profile: "checkout-test".into(), number: ID.into() });
    let texts = [
        &case.group,
        &case.queue,
        &case.status,
        &case.reason,
        &case.merchant,
        &case.merchant_place,
        &case.merchant_category,
        &case.instructions,
    ];
    assert_eq!(
        texts.map(Raw::exact),
        [
            "trx_aayhhfwbdyxwcaeyhhfwbd4xga",
            "action_required",
            "action_required/escalation_change_requested",
            "4853",
            "Kafé Åsa",
            "Austin, TX, US",
            "5331",
            "Sign the letter.",
        ]
    );
    assert_eq!(case.amount, Some(Money { minor: 12_345, currency: Currency::parse("EUR") }));
    assert_eq!(case.opened, Moment::parse("2026-09-01T10:20:30.456Z"));
    assert_eq!(case.updated, Moment::parse("2026-11-21T09:41:53.166Z"));
    assert_eq!(case.may, Some(vec!["amend".into(), "submit".into()]));
    let lines: Vec<_> = case
        .history
        .iter()
        .map(|line| {
            format!("{} {}: {}", line.at.map_or("-".into(), Moment::day), line.who.exact(), line.what.exact())
        })
        .collect();
    assert_eq!(
        lines,
        [
            "2026-09-02 issuer: chargeback submitted, 123.45 EUR, reason 4853: Never arrived.",
            "2026-09-20 merchant: presented again, 5,000 JPY",
            "2026-10-01 issuer: pre-arbitration submitted, 5,000 JPY: Still nothing.",
            "2026-10-01 issuer: reason changed to 4855: It fits better.",
            "2026-10-20 merchant: answered the pre-arbitration",
            "2026-11-01 issuer: arbitration asked for, 5,000 JPY: The terms were not shown.",
            "2026-11-21 card scheme: arbitration decided",
            "- issuer: answered the request: Letter added.",
        ]
    );
    let papers: Vec<_> = case
        .documents
        .iter()
        .map(|paper| (paper.id.exact(), paper.name.exact(), paper.side, paper.by.exact()))
        .collect();
    assert_eq!(
        papers,
        [
            (
                "file_aaaaaaaaaaaaaaaaaaaaaaaaaa",
                "Letter (file_aaaaaaaaaaaaaaaaaaaaaaaaaa)",
                Side::Issuer,
                "chargeback"
            ),
            (
                "file_6lbss42ezvoufcb2beo76rvwly",
                "Delivery (file_6lbss42ezvoufcb2beo76rvwly)",
                Side::Merchant,
                "representment"
            ),
            (
                "file_bbbbbbbbbbbbbbbbbbbbbbbbbb",
                "file_bbbbbbbbbbbbbbbbbbbbbbbbbb",
                Side::Issuer,
                "pre-arbitration"
            ),
            (
                "file_cccccccccccccccccccccccccc",
                "Terms (file_cccccccccccccccccccccccccc)",
                Side::Merchant,
                "pre-arbitration"
            ),
            ("file_merchant0000000000000000", "file_merchant0000000000000000", Side::Merchant, "merchant"),
        ]
    );
    assert_eq!(told(&case.unread), [""; 0]);
    assert_eq!(case.raw.exact(), whole().to_string());
}

#[test]
fn any_success_is_read_as_a_dispute() {
    for status in [200, 201, 202, 203, 206] {
        let found = Checkout.read(&number(), &answer(status, whole().to_string()), &settings());
        assert!(matches!(found, Ok(Found::Cases(cases)) if cases.len() == 1), "{status}");
    }
}

#[test]
fn what_an_answer_leaves_out_stays_as_it_was_known() {
    let bare = read(&json!({"id": ID}));
    for part in
        [Part::Status, Part::Queue, Part::Amount, Part::Merchant, Part::Documents, Part::History, Part::Updated]
    {
        assert!(bare.silent.about(part), "{part:?}");
    }
    let known = read(&whole());
    let mut filled = bare;
    filled.fill_from(known.clone());
    assert_eq!(
        (&filled.status, filled.amount, &filled.documents),
        (&known.status, known.amount, &known.documents)
    );
    // What was asked for, and what was offered, holds only as long as it is told.
    assert!(filled.instructions.is_empty() && filled.may.is_none());
    // What only a list that was imported knows is not lost by a reading.
    let mut card = known.clone();
    card.card = "541333******1234".into();
    let mut again = read(&whole());
    again.fill_from(card);
    assert_eq!(again.card.exact(), "541333******1234");
    let without = read(&json!({"id": ID, "disputed_amount": {"amount": 100}}));
    assert_eq!(without.amount, Some(Money { minor: 100, currency: None }));
    assert!(without.silent.about(Part::Currency));
    let null = read(&json!({"id": ID, "status": null, "chargeback": null, "_links": null}));
    assert!(!null.silent.about(Part::Status) && !null.silent.about(Part::Documents));
    assert_eq!((null.may, null.stage), (None, Stage::Unknown));
}

#[test]
fn what_is_wrong_in_an_answer_is_told_and_the_rest_is_read() {
    for (at, value, says) in [
        ("/disputed_amount/amount", json!("a lot"), "disputed_amount.amount: not a number"),
        ("/disputed_amount/amount", json!(12.5), "disputed_amount.amount: not an amount in whole minor units"),
        ("/disputed_amount/currency", json!("EURO"), "disputed_amount.currency: not a currency"),
        ("/disputed_amount", json!([]), "disputed_amount: not an object"),
        ("/status", json!({}), "status: not text"),
        ("/merchant", json!("Kafé"), "merchant: not an object"),
        ("/merchant/evidence", json!([1, {}]), "merchant.evidence: an element is not text"),
        ("/created_on", json!("yesterday"), "created_on: not a date"),
        ("/chargeback/evidence", json!("file"), "chargeback.evidence: not a list"),
        ("/chargeback/evidence/0", json!(3), "chargeback.evidence: element 0 is not an object"),
        ("/_links", json!([]), "_links: not an object"),
        ("/action_details", json!(1), "action_details: not an object"),
    ] {
        let mut dispute = whole();
        *dispute.pointer_mut(at).unwrap() = value;
        let case = read(&dispute);
        assert!(
            case.unread.iter().any(|line| line.exact().starts_with(says)),
            "{says}: {:?}",
            told(&case.unread)
        );
        assert_eq!(case.transaction_at, None);
        assert_eq!(case.group.exact(), "trx_aayhhfwbdyxwcaeyhhfwbd4xga");
    }
    let extremes = |amount: &str| {
        let text = whole().to_string().replacen("12345", amount, 1);
        read_text(&text).amount.map(|amount| amount.minor)
    };
    assert_eq!(extremes("-1.8e308"), None);
    assert_eq!(extremes("1e400"), None);
    assert_eq!(extremes("99999999999999999999"), None);
    assert_eq!(extremes("9223372036854775807"), Some(i64::MAX));
    assert_eq!(extremes("12345.0"), Some(12_345));
    let twice = r#"{"id":"ID","status":"won","status":"lost","reason":"4853"}"#.replace("ID", ID);
    let case = read_text(&twice);
    assert_eq!((case.stage, case.reason.exact()), (Stage::Unknown, "4853"));
    assert_eq!(told(&case.unread), ["status: twice, with different values"]);
    let nameless = whole().to_string().replacen(ID, "", 1);
    let case = read_text(&nameless);
    assert_eq!(case.id.number.exact(), ID, "the one that was asked for");
    assert_eq!(case.unread.len(), 1);
}

#[test]
fn what_is_no_dispute_is_refused_whole() {
    let other = whole().to_string().replacen(ID, "idsp_00000000000000000000000000", 1);
    for (body, says) in [
        ("", "the answer is empty"),
        ("<html><title>Log in</title></html>", "a page titled \"Log in\""),
        ("{", "not JSON"),
        ("[]", "not an object"),
        ("{}", "no dispute: {}"),
        (r#"{"message":"hello"}"#, "no dispute"),
        (&other, "asked for dispute"),
        (&"[".repeat(300), "the answer nests deeper"),
    ] {
        let fault = Checkout.read(&number(), &answer(200, body), &settings()).unwrap_err();
        assert_eq!((fault.kind, fault.status), (FaultKind::Unreadable, Some(200)));
        assert!(fault.says.exact().starts_with(says), "{body}: {}", fault.says.exact());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_answer_however_mutated_panics_or_loses_its_dispute(changes in odd::changes()) {
        // The id stays: it says that it is this dispute.
        let text = odd::changed(&whole(), &["/id"], changes);
        let case = read_text(&text);
        prop_assert_eq!(case.id.number.exact(), ID);
        prop_assert_eq!(case.raw.exact(), text);
        for action in Checkout.actions() {
            offer(action, Some(&case));
        }
    }

    #[test]
    fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..200), status in 200u16..600) {
        let mut odd = answer(status, body);
        let _ = Checkout.read(&number(), &odd, &settings());
        let _ = (Checkout.refusal(&odd), Checkout.is_own(&odd));
        odd.headers.clear();
        let _ = Checkout.is_own(&odd);
    }
}

/// Each file held against all before it, these would be 45,000,000,000 comparisons.
#[test]
fn a_great_many_papers_links_and_details_are_read_in_one_go() {
    let mut dispute = whole();
    let files: Vec<_> = (0..300_000).map(|at| json!(format!("f{at}"))).collect();
    dispute["merchant"]["evidence"] = files.into();
    dispute["_links"] = (0..200_000)
        .map(|at| (format!("link{at}"), json!({"href": "x"})))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let case = read(&dispute);
    assert_eq!((case.documents.len(), case.may.map(|may| may.len())), (300_004, Some(100)));
}

#[test]
fn of_a_refusal_without_end_the_beginning_is_told() {
    let codes: Vec<_> = (0..10_000).map(|_| format!("reason_{}", "x".repeat(300))).collect();
    for body in [
        json!({"error_type": "t".repeat(100_000), "error_codes": codes, "request_id": "r".repeat(100_000)}),
        json!({"error": "e".repeat(100_000), "error_description": "d".repeat(100_000)}),
        json!({"error_codes": {"a": "b".repeat(100_000)}}),
        json!("s".repeat(100_000)),
    ] {
        let fault = Checkout.refusal(&refused(422, &body.to_string(), &[]));
        assert!(fault.says.exact().chars().count() <= 501, "{}", fault.says.exact().len());
        assert!(fault.members.len() <= 50 && fault.request_id.exact().len() < 100);
        assert!(fault.members.iter().all(|(_, words)| words.exact().chars().count() <= 81));
    }
}

// ---- refusals

fn refused(status: u16, body: &str, headers: &[(&str, &str)]) -> Response {
    let mut answer = answer(status, body);
    if body.is_empty() {
        answer.headers.clear();
    }
    answer.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    answer
}

fn verdict_of(id: &str, answer: Response) -> Verdict {
    let number = Raw::from(ID);
    let number = (id != "create").then_some(&number);
    verdict(&Checkout, &action(id).steps[0], &empty_step(), &Ok(answer), number, &settings(), now())
}

#[test]
fn every_documented_answer_reads_in_words_with_its_codes_and_its_request_id() {
    let own = |codes: &str| {
        format!(r#"{{"request_id":"0HL80RJLS76I7","error_type":"request_invalid","error_codes":[{codes}]}}"#)
    };
    let conversation = [("cko-request-id", "0HL80RJLS76I8")];
    for (status, body, kind, outcome, says) in [
        (401, String::new(), FaultKind::Unauthorised, Outcome::Unauthorised, "unauthorised request"),
        (
            403,
            String::new(),
            FaultKind::Forbidden,
            Outcome::Unauthorised,
            "forbidden: the credentials lack a scope",
        ),
        (404, String::new(), FaultKind::NotThere, Outcome::Refused, "no such dispute"),
        (
            406,
            String::new(),
            FaultKind::Refused,
            Outcome::Refused,
            "not acceptable: no answer in the form that was asked for",
        ),
        (
            409,
            own(r#""dispute_cannot_be_canceled""#),
            FaultKind::Refused,
            Outcome::Refused,
            "the dispute is not in a state that takes this: request_invalid: dispute_cannot_be_canceled",
        ),
        (415, String::new(), FaultKind::Refused, Outcome::Refused, "unsupported media type"),
        (
            422,
            own(r#""transaction_id_invalid","request_invalid""#),
            FaultKind::Refused,
            Outcome::Refused,
            "not eligible, or something is missing or invalid: request_invalid: transaction_id_invalid, request_invalid",
        ),
        (
            429,
            String::new(),
            FaultKind::TooFast,
            Outcome::TooFast { until: now().plus(MINUTE) },
            "too many requests",
        ),
        (500, own(""), FaultKind::Broken, Outcome::Unclear, "request_invalid"),
    ] {
        let answer = refused(status, &body, &conversation);
        let fault = Checkout.refusal(&answer);
        assert_eq!((fault.kind, fault.status, fault.says.exact()), (kind, Some(status), says));
        let request = if body.is_empty() { "0HL80RJLS76I8" } else { "0HL80RJLS76I7" };
        assert_eq!(fault.request_id.exact(), request, "{status}");
        assert_eq!(verdict_of("amend", answer).outcome, outcome, "{status}");
    }
    let slow = refused(429, "", &[("retry-after", "7")]);
    assert_eq!(verdict_of("amend", slow).outcome, Outcome::TooFast { until: now().plus(7_000) });
}

#[test]
fn a_code_about_a_member_lands_under_its_field() {
    for (code, address) in [
        ("transaction_id_invalid", "transaction_id"),
        ("presentment_message_id_required", "presentment_message_id"),
        ("reason_required", "reason"),
        ("amount_invalid", "amount"),
        ("justification_too_long", "justification"),
        ("evidence_content_invalid", "evidence"),
        ("additional_evidence_name_invalid", "additional_evidence"),
        ("fraud_details_required", "fraud_details.fraud_type"),
        ("fraud_type_invalid", "fraud_details.fraud_type"),
        ("fraud_details.description_invalid", "fraud_details.description"),
        ("reason_change_justification_required", "reason_change_justification"),
        ("reason_change.justification_required", "reason_change.justification"),
        ("action_response", "action_response"),
    ] {
        let body = json!({"error_codes": [code, "request_invalid"], "error_type": "request_invalid"});
        let fault = Checkout.refusal(&refused(422, &body.to_string(), &[]));
        assert_eq!(fault.members, [(address.into(), code.into())]);
        let known = |action: &Action| casedesk::action::rows::field_at(action.fields, address).is_some();
        assert!(Checkout.actions().iter().any(known), "{address}");
    }
    for code in ["reasonable", "amounts_invalid", "dispute_ineligible", ""] {
        let body = json!({"error_codes": [code]});
        assert_eq!(Checkout.refusal(&refused(422, &body.to_string(), &[])).members, []);
    }
    let odd = json!({"error_codes": {"a": [1]}, "error_type": 5, "request_id": null});
    assert!(!Checkout.refusal(&refused(422, &odd.to_string(), &[])).says.is_empty());
}

#[test]
fn only_its_own_word_says_that_nothing_was_done() {
    const OWN: &str = r#"{"request_id":"x","error_type":"request_invalid","error_codes":["a"]}"#;
    let plain = |status, body: &str, headers: &[(&str, &str)]| {
        let mut answer = refused(status, body, headers);
        answer.headers.retain(|(name, _)| name != "content-type");
        answer
    };
    for (answer, own) in [
        (refused(422, OWN, &[]), true),
        (refused(422, "", &[]), true),
        (refused(400, "", &[]), false),
        (refused(502, "", &[]), false),
        (refused(422, r#"{"title":"Bad","status":422}"#, &[]), false),
        (refused(422, r#"{"title":"Bad"}"#, &[("cko-request-id", "r")]), true),
        (plain(422, "Nope", &[]), false),
        (plain(422, "Nope", &[("cko-request-id", "r")]), true),
        (plain(422, OWN, &[]), false),
        (plain(403, "<html>blocked</html>", &[("cko-request-id", "r")]), false),
    ] {
        assert_eq!(Checkout.is_own(&answer), own, "{answer:?}");
    }
}

/// What becomes of a creation with these values that is answered: this one is there already.
fn there(form: &[(&str, &str)], dispute: &Value) -> Verdict {
    let frozen = frozen(action("create"), None, &values(form), &settings(), KEY);
    let answer = answer(200, dispute.to_string());
    verdict(&Checkout, &action("create").steps[0], &frozen, &Ok(answer), None, &settings(), now())
}

#[test]
fn a_dispute_that_was_there_is_taken_for_ours_only_where_it_is_the_one_that_was_asked_for() {
    const SAME: &[(&str, &str)] = &[
        ("transaction_id", "trx_aayhhfwbdyxwcaeyhhfwbd4xga"),
        ("presentment_message_id", "msg_fa6psq242dcd6fdn5gifcq1491"),
        ("reason", "4853"),
        ("amount", "123.45"),
        ("currency", "EUR"),
    ];
    let found = there(SAME, &whole());
    assert_eq!((found.outcome, found.remote.exact()), (Outcome::Proven, ID));
    assert!(found.says.exact().starts_with("the dispute was there already, as it was asked for"), "{found:?}");
    let without_amount = [SAME[0], SAME[2]];
    assert_eq!(
        there(&without_amount, &whole()).outcome,
        Outcome::Proven,
        "what was not asked for may be anything"
    );
    for (at, value, field, says) in [
        ("/reason", json!("4837"), "reason", "reason there: 4837; asked for: 4853"),
        ("/reason", Value::Null, "reason", "reason there: no word of it; asked for: 4853"),
        ("/disputed_amount/amount", json!(5000), "amount", "amount there: 50.00 EUR; asked for: 123.45 EUR"),
        ("/disputed_amount", json!({}), "amount", "amount there: no word of it; asked for: 123.45"),
        (
            "/presentment_message_id",
            json!("msg_00000000000000000000000000"),
            "presentment_message_id",
            "presentment there: msg_00000000000000000000000000; asked for: msg_fa6psq242dcd6fdn5gifcq1491",
        ),
        (
            "/transaction_id",
            json!("trx_00000000000000000000000000"),
            "transaction_id",
            "transaction there: trx_00000000000000000000000000; asked for: trx_aayhhfwbdyxwcaeyhhfwbd4xga",
        ),
        ("/status", json!("canceled"), "transaction_id", "its dispute has ended: canceled"),
    ] {
        let mut other = whole();
        *other.pointer_mut(at).unwrap() = value;
        let found = there(SAME, &other);
        assert_eq!((found.outcome, found.remote.exact()), (Outcome::Conflict, ""), "{at}");
        assert_eq!(found.members, [(field.into(), says.into())]);
        assert_eq!(
            found.says.exact(),
            format!("nothing was made: the dispute {ID} was there already, and is another one")
        );
    }
}

#[test]
fn a_new_dispute_and_what_was_done_to_one_are_told_apart() {
    let body = whole().to_string();
    let made = verdict_of("create", answer(201, body.clone()));
    let says = "a new dispute over 123.45 EUR, in the transaction's currency";
    assert_eq!((made.outcome, made.says.exact(), made.remote.exact()), (Outcome::Proven, says, ID));
    for id in ["amend", "submit"] {
        let done = verdict_of(id, answer(200, body.clone()));
        assert_eq!((done.outcome, done.says.exact()), (Outcome::Proven, ""), "{id}");
        let other = body.replace(ID, "idsp_00000000000000000000000000");
        assert_eq!(verdict_of(id, answer(200, other)).outcome, Outcome::Unclear);
        assert_eq!(verdict_of(id, answer(200, "")).outcome, Outcome::Unclear);
    }
    for id in ["cancel", "escalate"] {
        let done = verdict_of(id, refused(202, "", &[]));
        assert_eq!((done.outcome, done.remote.exact()), (Outcome::Proven, ID), "{id}");
        assert!(!done.says.is_empty());
        assert_eq!(verdict_of(id, answer(200, body.clone())).outcome, Outcome::Unclear);
    }
}

// ---- looked for

fn looked(id: &str, values: &Values, before: &Value, after: &Value) -> Landed {
    let base = read(before);
    let frozen = frozen(action(id), Some(&base), values, &settings(), KEY);
    let entry = write::entry("checkout-test", action(id), Some(&base), values, now());
    let sent = Sent { action: action(id), entry: &entry, frozen: &frozen, first_send: now() };
    assert_eq!(Checkout.look(&sent, &settings()), Some(number()));
    Checkout.landed(&sent, &Found::Cases(vec![read(after)]), &settings())
}

#[test]
fn a_write_is_found_by_words_that_only_it_can_have_left() {
    let before = whole();
    let changed = |at: &str, value: Value, modified: &str| {
        let mut after = whole();
        *after.pointer_mut(at).unwrap() = value;
        after["modified_on"] = json!(modified);
        after["status"] = json!("processing");
        after
    };
    let since = "2026-11-22T09:30:02Z";
    let mut amend = least("amend");
    amend.set_text("action_response", "Signed now.");
    let answered = |text: &str, at: &str| changed("/action_details/last_action_response", json!(text), at);
    assert!(matches!(
        looked("amend", &amend, &before, &answered("Signed now.\r\n", since)),
        Landed::Yes { .. }
    ));
    assert!(matches!(looked("amend", &amend, &before, &answered("Signed.", since)), Landed::Unsure(_)));
    let early = answered("Signed now.", "2026-11-22T09:00:00Z");
    assert!(matches!(looked("amend", &amend, &before, &early), Landed::Unsure(_)), "somebody else was earlier");
    assert!(matches!(looked("amend", &amend, &before, &before), Landed::No(_)));
    let mut same = least("amend");
    same.set_text("action_response", "Letter added.");
    assert!(matches!(looked("amend", &same, &before, &before), Landed::No(_)), "the words stood there before");
    assert!(matches!(looked("amend", &least("amend"), &before, &answered("", since)), Landed::Unsure(_)));

    let form = least("escalate");
    let after = changed("/arbitration/justification", json!("Nothing was delivered."), since);
    assert!(matches!(looked("escalate", &form, &before, &after), Landed::Yes { .. }));
    assert!(matches!(looked("escalate", &form, &before, &before), Landed::No(_)));

    let mut before = whole();
    before["status"] = json!("processing");
    before["status_reason"] = json!("chargeback_processed");
    for (reason, found) in
        [("chargeback_reversal_pending", true), ("chargeback_reversed", true), ("expired", false)]
    {
        let mut after = before.clone();
        after["status_reason"] = json!(reason);
        after["modified_on"] = json!(since);
        let landed = looked("cancel", &Values::default(), &before, &after);
        assert_eq!(matches!(landed, Landed::Yes { .. }), found, "{reason}: {landed:?}");
    }
    let other = Found::Cases(vec![Case::bare(CaseId { profile: "p".into(), number: "other".into() })]);
    let base = read(&before);
    let entry = write::entry("checkout-test", action("cancel"), Some(&base), &Values::default(), now());
    let frozen = frozen(action("cancel"), Some(&base), &Values::default(), &settings(), KEY);
    let sent = Sent { action: action("cancel"), entry: &entry, frozen: &frozen, first_send: now() };
    assert!(matches!(Checkout.landed(&sent, &other, &settings()), Landed::Unsure(_)));
}

#[test]
fn a_new_dispute_is_not_looked_for_but_sent_again_under_its_key() {
    let form = least("create");
    let frozen = frozen(action("create"), None, &form, &settings(), KEY);
    let entry = write::entry("checkout-test", action("create"), None, &form, now());
    let sent = Sent { action: action("create"), entry: &entry, frozen: &frozen, first_send: now() };
    assert_eq!(Checkout.look(&sent, &settings()), None);
    for action in Checkout.actions() {
        let settling = (action.settling)(&settings());
        assert_eq!((settling.dedupes(), settling.reads()), (true, action.id != "create"), "{}", action.id);
    }
    let told = Checkout.told(&sent, &answer(201, whole().to_string()), &settings(), now()).unwrap();
    assert_eq!(told.id.number.exact(), ID);
    assert_eq!(Checkout.told(&sent, &answer(202, ""), &settings(), now()), None);
}

// ---- the stand-in

struct Bench {
    world: World,
    pass: Vec<(String, String)>,
    keys: Cell<u32>,
}

impl Bench {
    fn new() -> Bench {
        let pass = vec![("authorization".into(), format!("Bearer {}", sandbox::API_KEY))];
        Bench { world: World::new(born()), pass, keys: Cell::new(0) }
    }

    fn send(&mut self, request: &Request, at: Moment) -> Response {
        let method = match request.method {
            http::Method::Get => "GET",
            http::Method::Post => "POST",
            http::Method::Put => "PUT",
        };
        let body = match &request.body {
            Body::Empty => Vec::new(),
            Body::Json(value) => value.to_string().into_bytes(),
            Body::Exact(bytes) => bytes.clone(),
        };
        let mut headers = request.headers.clone();
        headers.extend(self.pass.clone());
        if !body.is_empty() {
            headers.push(("content-type".into(), "application/json".into()));
        }
        self.world.answer(&Asked::new(method, &format!("/checkout{}", request.path), headers, body), at)
    }

    fn case(&mut self, number: &str, at: Moment) -> Case {
        let want = Want::Number(number.into());
        let request = Checkout.ask(&want, &settings()).unwrap();
        let answer = self.send(&request, at);
        assert_eq!(answer.status, 200, "{number}");
        match Checkout.read(&want, &answer, &settings()) {
            Ok(Found::Cases(mut cases)) => cases.remove(0),
            other => panic!("{other:?}"),
        }
    }

    fn key(&self) -> String {
        self.keys.set(self.keys.get() + 1);
        format!("01900000-0000-7000-8000-{:012}", self.keys.get())
    }

    /// A POST as it stands, past every check of ours.
    fn post(&mut self, path: &str, body: &str, headers: &[(&str, &str)], at: Moment) -> Response {
        let mut own = vec![("accept".to_owned(), "application/json".to_owned())];
        own.extend(self.pass.clone());
        own.push(("content-type".to_owned(), "application/json".to_owned()));
        for (name, value) in headers {
            own.retain(|(known, _)| known != name);
            if !value.is_empty() {
                own.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        self.world.answer(&Asked::new("POST", &format!("/checkout{path}"), own, body.into()), at)
    }

    fn act(&mut self, id: &str, case: Option<&Case>, values: &Values, at: Moment) -> Verdict {
        let offered = offer(action(id), case);
        assert_eq!(offered, Offer::Fits, "{id}");
        assert_eq!(problems(action(id), case, values), [""; 0], "{id}");
        let frozen = frozen(action(id), case, values, &settings(), &self.key());
        let answer = self.send(&sent::request(frozen.clone()), at);
        let number = case.map(|case| &case.id.number);
        verdict(&Checkout, &action(id).steps[0], &frozen, &Ok(answer), number, &settings(), at)
    }

    fn in_status(&mut self, status: &str) -> Case {
        let numbers = self.world.numbers();
        let found =
            numbers.iter().map(|number| self.case(number, born())).find(|case| case.status.exact() == status);
        found.unwrap_or_else(|| panic!("no dispute is {status}"))
    }
}

fn codes(answer: &Response) -> (u16, Vec<String>) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let codes = body["error_codes"].as_array().cloned().unwrap_or_default();
    (answer.status, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

#[test]
fn the_sandbox_has_believable_disputes_in_every_place_of_their_life() {
    let mut bench = Bench::new();
    let numbers = bench.world.numbers();
    assert!((60..200).contains(&numbers.len()), "{}", numbers.len());
    let cases: Vec<_> = numbers.iter().map(|number| bench.case(number, born())).collect();
    let unread: Vec<_> = cases.iter().flat_map(|case| told(&case.unread)).collect();
    assert_eq!(unread, [""; 0]);
    // All but the ones that last a moment, and one that nothing here leads to.
    let mut places: Vec<_> = cases.iter().map(|case| case.status.exact()).collect();
    places.sort_unstable();
    places.dedup();
    for place in [
        "processing/chargeback_pending",
        "processing/chargeback_processed",
        "processing/chargeback_reversal_pending",
        "processing/prearbitration_pending",
        "processing/prearbitration_processed",
        "processing/prearbitration_reversal_pending",
        "processing/arbitration_pending",
        "processing/arbitration_processed",
        "action_required/chargeback_change_requested",
        "action_required/chargeback_evidence_invalid_or_insufficient",
        "action_required/chargeback_fraudulent_reason_code_invalid",
        "action_required/chargeback_rejected",
        "action_required/escalation_change_requested",
        "action_required/prearbitration_evidence_invalid_or_insufficient",
        "action_required/prearbitration_rejected",
        "won/chargeback_response_accepted",
        "won/prearbitration_response_accepted",
        "won/arbitration_processed",
        "lost/expired",
        "lost/arbitration_processed",
        "canceled/expired",
        "canceled/chargeback_reversed",
        "canceled/prearbitration_reversed",
        "canceled/presentment_reversed",
    ] {
        assert!(places.contains(&place), "{place}");
        let (status, reason) = place.split_once('/').unwrap();
        assert!(STATUSES.iter().any(|known| known.id == status) && REASONS.contains(&reason));
    }
    assert_eq!(places.len(), 24, "{places:?}");
    for exponent in [0, 2, 3] {
        let has = |case: &Case| case.amount.unwrap().currency.unwrap().exponent() == exponent;
        assert!(cases.iter().any(has), "{exponent}");
    }
    for case in &cases {
        assert!(case.opened.unwrap() <= case.updated.unwrap() && case.updated.unwrap() <= born());
        let asks = case.status.exact().contains("requested") || case.status.exact().contains("invalid");
        assert_eq!(!case.instructions.is_empty(), asks, "{}", case.status.exact());
        // What it offers is what the table would have offered, but for the reason that the scheme refused.
        let offered = |case: &Case| {
            of_a_case()
                .filter(|action| offer(action, Some(case)) == Offer::Fits)
                .map(|action| action.id)
                .collect()
        };
        let linked: Vec<_> = offered(case);
        let by_status: Vec<_> = offered(&Case { may: None, ..case.clone() });
        let extra: Vec<_> = by_status.iter().filter(|verb| !linked.contains(verb)).collect();
        assert!(extra.iter().all(|verb| **verb == "submit"), "{}: {extra:?}", case.status.exact());
    }
}

#[test]
fn one_dispute_lives_from_its_creation_through_every_request_to_the_arbitration_that_is_won() {
    let mut bench = Bench::new();
    let mut form = full("create");
    form.set_text("transaction_id", "trx_000000000000000000000000a0");
    form.unset("presentment_message_id");
    form.set_text("reason", "4853");
    form.unset("amount");
    form.unset("fraud_details.fraud_type");
    form.unset("fraud_details.description");
    let mut at = now();
    let made = bench.act("create", None, &form, at);
    assert_eq!((made.outcome, made.status), (Outcome::Proven, Some(201)));
    assert_eq!(made.says.exact(), "a new dispute over 1,185.71 USD, in the transaction's currency");
    let number = made.remote.exact().to_owned();
    let again = bench.act("create", None, &form, at.plus(MINUTE));
    assert_eq!(
        (again.outcome, again.status, again.remote.exact()),
        (Outcome::Proven, Some(200), number.as_str())
    );

    let mut told = Vec::new();
    let mut steps: Vec<(&str, Values)> = vec![
        ("amend", {
            let mut amend = values(&[("action_response", "The amount is right; a second letter says so.")]);
            amend.set("evidence", Entered::Files(vec![pdf("Second letter")]));
            amend
        }),
        ("escalate", least("escalate")),
        (
            "amend",
            values(&[("reason", "4855"), ("reason_change_justification", "Nothing was delivered at all.")]),
        ),
        ("escalate", values(&[("justification", "The merchant's proof is of another parcel.")])),
    ];
    steps.reverse();
    for _ in 0..400 {
        let case = bench.case(&number, at);
        if told.last() != Some(&case.status) {
            told.push(case.status.clone());
        }
        match case.stage {
            Stage::NeedsAnswer => {
                let (verb, form) = steps.pop().unwrap();
                let verdict = bench.act(verb, Some(&case), &form, at);
                assert_eq!(verdict.outcome, Outcome::Proven, "{verb} in {}", case.status.exact());
                let moved = bench.case(&number, at);
                assert_eq!(moved.queue.exact(), "processing", "it is read again");
            }
            Stage::Won => break,
            _ => {}
        }
        at = at.plus(6 * HOUR);
    }
    let told: Vec<_> = told.iter().map(Raw::exact).collect();
    assert_eq!(
        told,
        [
            "created",
            "processing/chargeback_pending",
            "action_required/chargeback_change_requested",
            "processing/chargeback_pending",
            "processing/chargeback_processed",
            "action_required/chargeback_rejected",
            "processing/prearbitration_pending",
            "action_required/prearbitration_evidence_invalid_or_insufficient",
            "processing/prearbitration_pending",
            "processing/prearbitration_processed",
            "action_required/prearbitration_rejected",
            "processing/arbitration_pending",
            "processing/arbitration_processed",
            "won/arbitration_processed",
        ]
    );
    let case = bench.case(&number, at);
    assert_eq!(case.reason.exact(), "4855");
    assert!(case.history.iter().any(|line| line.what.exact().contains("arbitration decided")));
    assert!(case.documents.iter().any(|paper| paper.name.exact().starts_with("Second letter")));
    let written: Vec<_> =
        bench.world.written().iter().map(|write| (write.what.as_str(), write.again)).collect();
    let path = |verb: &str| format!("POST /issuing/disputes/{number}/{verb}");
    assert_eq!(written[0], ("POST /issuing/disputes", false));
    assert_eq!(written[1], ("POST /issuing/disputes", true));
    let rest: Vec<_> = ["amend", "escalate", "amend", "escalate"].map(path).into();
    assert_eq!(written[2..].iter().map(|(what, _)| *what).collect::<Vec<_>>(), rest);
}

#[test]
fn a_dispute_that_is_given_up_is_reversed_and_one_that_waits_too_long_expires() {
    let mut bench = Bench::new();
    let case = bench.in_status("processing/chargeback_processed");
    let number = case.id.number.exact().to_owned();
    let verdict = bench.act("cancel", Some(&case), &Values::default(), now());
    assert_eq!((verdict.outcome, verdict.status), (Outcome::Proven, Some(202)));
    assert_eq!(bench.case(&number, now()).status.exact(), "processing/chargeback_reversal_pending");
    assert_eq!(bench.case(&number, now().plus(2 * DAY)).status.exact(), "canceled/chargeback_reversed");
    let waits = bench.in_status("action_required/chargeback_rejected").id.number;
    assert_eq!(bench.case(waits.exact(), now().plus(60 * DAY)).status.exact(), "lost/expired");
}

#[test]
fn a_success_is_remembered_under_its_key_for_a_day_and_a_refusal_is_not() {
    let mut bench = Bench::new();
    let path = "/issuing/disputes";
    let body = r#"{"transaction_id":"trx_000000000000000000000000b1","reason":"4853"}"#;
    let key: &[(&str, &str)] = &[("cko-idempotency-key", "key-1")];
    let refused = bench.post(path, r#"{"reason":"4853"}"#, key, now());
    assert_eq!(codes(&refused), (422, vec!["transaction_id_required".into()]));
    let made = bench.post(path, body, key, now());
    assert_eq!(made.status, 201, "the refusal was not remembered");
    // The dispute has moved on by now; the answer is the one that was given.
    let later = now().plus(23 * HOUR);
    let again = bench.post(path, body, key, later);
    assert_eq!((again.status, &again.body), (201, &made.body));
    let other = bench.post(path, body, &[("cko-idempotency-key", "key-2")], later);
    assert_eq!(other.status, 200, "one of this transaction is there");
    assert_ne!(other.body, made.body);
    assert_eq!(bench.post(path, body, key, now().plus(25 * HOUR)).status, 200, "forgotten");
    let effects = bench.world.written().iter().filter(|write| !write.again).count();
    assert_eq!((effects, bench.world.written().len()), (1, 4));
    assert_eq!(bench.world.written()[0].key.as_deref(), Some("key-1"));
    assert_eq!(bench.world.written()[0].body_sha256.len(), 64);
    let number = bench.in_status("processing/chargeback_processed").id.number;
    let cancel = format!("/issuing/disputes/{}/cancel", number.exact());
    for status in [202, 202] {
        assert_eq!(bench.post(&cancel, "", &[("cko-idempotency-key", "key-3")], now()).status, status);
    }
    let conflict = bench.post(&cancel, "", &[("cko-idempotency-key", "key-4")], now());
    assert_eq!(codes(&conflict), (409, vec!["dispute_cannot_be_canceled".into()]));
}

#[test]
fn the_stand_in_refuses_what_the_text_refuses() {
    let mut bench = Bench::new();
    let path = "/issuing/disputes";
    let key = [("cko-idempotency-key", "k")];
    let good = json!({"transaction_id": "trx_000000000000000000000000b1", "reason": "4853"});
    for (header, code) in [
        ("", "cko_idempotency_key_required"),
        ("a b", "cko_idempotency_key_invalid"),
        (&"a".repeat(257), "cko_idempotency_key_invalid"),
    ] {
        let answer = bench.post(path, &good.to_string(), &[("cko-idempotency-key", header)], now());
        assert_eq!(codes(&answer), (422, vec![code.to_owned()]));
    }
    let file = json!({"name": "a.pdf", "content": "JVBERg=="});
    for (member, value, code) in [
        ("note", json!("x"), "note_unknown"),
        ("currency", json!("EUR"), "currency_unknown"),
        ("transaction_id", json!("trx_1"), "transaction_id_invalid"),
        ("transaction_id", Value::Null, "transaction_id_invalid"),
        ("reason", json!(4853), "reason_invalid"),
        ("reason", json!("485"), "reason_invalid"),
        ("amount", json!("100"), "amount_invalid"),
        ("amount", json!(12.5), "amount_invalid"),
        ("amount", json!(0), "amount_invalid"),
        ("presentment_message_id", json!("msg_"), "presentment_message_id_invalid"),
        ("justification", json!("é".repeat(101)), "justification_invalid"),
        ("evidence", json!(file), "evidence_invalid"),
        ("evidence", json!([{"name": "a.pdf"}]), "evidence_content_required"),
        ("evidence", json!([{"name": "a.pdf", "content": "?"}]), "evidence_content_invalid"),
        ("evidence", json!([{"name": "a.pdf", "content": "AA==", "mimeType": "x"}]), "evidence_unknown"),
        ("fraud_details", json!({}), "fraud_details.fraud_type_required"),
        ("fraud_details", json!({"fraud_type": "theft"}), "fraud_details.fraud_type_invalid"),
        ("fraud_details", json!("stolen"), "fraud_details_invalid"),
        ("reason", json!("4837"), "fraud_details_required"),
        ("transaction_id", json!("trx_uncleared0000000000000000b"), "transaction_not_cleared"),
        ("transaction_id", json!("trx_refunded00000000000000000b"), "transaction_refunded"),
        ("transaction_id", json!("trx_several000000000000000000b"), "presentment_message_id_required"),
    ] {
        let mut body = good.clone();
        body[member] = value;
        let answer = bench.post(path, &body.to_string(), &key, now());
        assert_eq!(codes(&answer), (422, vec![code.to_owned()]), "{body}");
    }
    assert_eq!(codes(&bench.post(path, "[]", &key, now())).1, ["request_body_malformed"]);
    let media = [key[0], ("content-type", "text/plain")];
    assert_eq!(bench.post(path, &good.to_string(), &media, now()).status, 415);
    let accept = [key[0], ("accept", "text/html")];
    assert_eq!(bench.post(path, &good.to_string(), &accept, now()).status, 406);
    let nobody = format!("{path}/{ID}/amend");
    assert_eq!(bench.post(&nobody, "{}", &key, now()).status, 404);
    assert_eq!(bench.post("/issuing/transactions", "{}", &key, now()).status, 404);

    let number = bench.in_status("action_required/prearbitration_rejected").id.number;
    let escalate = format!("{path}/{}/escalate", number.exact());
    for (body, code) in [
        (json!({}), "justification_required"),
        (json!({"justification": "é".repeat(13_001)}), "justification_invalid"),
        (json!({"justification": "x", "evidence": []}), "evidence_unknown"),
        (
            json!({"justification": "x", "reason_change": {"reason": "4853"}}),
            "reason_change.justification_required",
        ),
    ] {
        assert_eq!(codes(&bench.post(&escalate, &body.to_string(), &key, now())).1, [code], "{body}");
    }
    let number = bench.in_status("action_required/escalation_change_requested").id.number;
    let amend = format!("{path}/{}/amend", number.exact());
    for (body, code) in [
        (json!({"action_response": "é".repeat(1_001)}), "action_response_invalid"),
        (json!({"reason": "0001"}), "reason_change_justification_required"),
        (json!({"additional_evidence": []}), "additional_evidence_unknown"),
        (json!({"justification": "x"}), "justification_unknown"),
    ] {
        assert_eq!(codes(&bench.post(&amend, &body.to_string(), &key, now())).1, [code], "{body}");
    }
    assert!(bench.world.written().is_empty(), "a refusal has no effect");
    let submit = format!("{path}/{}/submit", number.exact());
    assert_eq!(bench.post(&submit, "", &key, now()).status, 200, "a body is optional");
}

#[test]
fn only_those_with_credentials_and_scopes_are_let_in() {
    let mut bench = Bench::new();
    let token = |bench: &mut Bench, pairs: &[(&str, &str)]| {
        let body = pairs.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+")));
        let headers = vec![("content-type".into(), "application/x-www-form-urlencoded".into())];
        let body = body.collect::<Vec<_>>().join("&").into_bytes();
        let answer = bench.world.answer(&Asked::new("POST", "/checkout/connect/token", headers, body), now());
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        (answer.status, body)
    };
    let full = [
        ("grant_type", "client_credentials"),
        ("client_id", sandbox::CLIENT_ID),
        ("client_secret", sandbox::CLIENT_SECRET),
        ("scope", "issuing:disputes-read issuing:disputes-write"),
    ];
    for (at, value, error) in [
        (0, "password", "unsupported_grant_type"),
        (1, "ack_other", "invalid_client"),
        (2, "wrong", "invalid_client"),
        (3, "issuing:all", "invalid_scope"),
        (3, "", "invalid_scope"),
    ] {
        let mut pairs = full;
        pairs[at].1 = value;
        assert_eq!(token(&mut bench, &pairs), (400, json!({"error": error})), "{value}");
    }
    let (status, given) = token(&mut bench, &full);
    assert_eq!((status, &given["expires_in"], &given["token_type"]), (200, &json!(3600), &json!("Bearer")));
    let number = bench.world.numbers()[0].clone();
    let read = |bench: &mut Bench, shown: &str, at: Moment| {
        bench.pass = vec![("authorization".into(), shown.to_owned())];
        let request = Checkout.ask(&Want::Number(number.as_str().into()), &settings()).unwrap();
        bench.send(&request, at).status
    };
    let bearer = |given: &Value| format!("Bearer {}", given["access_token"].as_str().unwrap());
    assert_eq!(read(&mut bench, &bearer(&given), now()), 200);
    assert_eq!(read(&mut bench, &bearer(&given), now().plus(HOUR)), 401, "an hour later");
    assert_eq!(read(&mut bench, "Basic x", now()), 401);
    assert_eq!(read(&mut bench, "Bearer x", now()), 401);
    assert_eq!(read(&mut bench, &format!("Bearer {}", sandbox::API_KEY), now()), 200);
    let mut only = full;
    only[3].1 = "issuing:disputes-write";
    let (_, writes) = token(&mut bench, &only);
    assert_eq!(read(&mut bench, &bearer(&writes), now()), 403);
    bench.world.expire_tokens();
    assert_eq!(read(&mut bench, &bearer(&given), now()), 401);
}

#[test]
fn what_was_written_is_there_tomorrow_and_at_whoever_else_serves_it() {
    let mut bench = Bench::new();
    let empty = bench.world.kept();
    let created = bench.act("create", None, &least("create"), now()).remote;
    let case = bench.in_status("action_required/chargeback_rejected");
    bench.act("escalate", Some(&case), &least("escalate"), now());
    let kept = bench.world.kept();
    let mut other = Bench::new();
    other.world.catch_up(serde_json::from_str(&kept.to_string()).unwrap()).unwrap();
    assert_eq!(other.world.kept(), kept);
    for at in [now(), now().plus(30 * DAY)] {
        for number in [created.exact(), case.id.number.exact()] {
            assert_eq!(other.case(number, at), bench.case(number, at));
        }
    }
    assert_eq!(other.case(case.id.number.exact(), now()).status.exact(), "processing/prearbitration_pending");
    other.world.catch_up(empty.clone()).unwrap();
    assert_eq!(other.case(case.id.number.exact(), now()).status, case.status, "as if it never was");
    assert_eq!(
        (other.world.kept(), other.world.numbers().contains(&created.exact().to_owned())),
        (empty, false)
    );
    assert!(other.world.catch_up(json!({"born": 1})).is_err());
}

#[test]
fn values_by_address_are_those_of_the_declaration() {
    for action in Checkout.actions() {
        for (address, _) in full(action.id).iter() {
            assert!(
                casedesk::action::rows::field_at(action.fields, address).is_some(),
                "{} {address}",
                action.id
            );
        }
    }
    assert_eq!(casedesk::action::draft::below("fraud_details", "fraud_type"), "fraud_details.fraud_type");
}
