//! Rebilly's disputes: the requests whole, every documented answer, the order of a dispute's life, lists past their last
//! offset, and what becomes of answers that are not as they should be. Through the provider and its stand-in alone.

mod odd;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use casedesk::{
    action::{
        Action, Entered, Facts, Making, Offer, Settling, Values, check,
        life::Outcome,
        offer, pick,
        step::{Frozen, freeze},
    },
    case::{Again, Case, CaseId, Fault, FaultKind, Moment, Settings, Stage, Whose, moment::DAY},
    http::{self, Body, Request, Response},
    provider::{
        Asked, Found, Landed, Provider, Sent, StandIn, Want,
        rebilly::{
            Rebilly,
            sandbox::{ACCESS_TOKEN, API_KEY, BASE, READING_KEY, World},
        },
        sent, verdict,
    },
    text::Raw,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use write::{KEY, entry};

fn born() -> Moment {
    Moment::parse("2026-11-22T07:00:00Z").unwrap()
}

fn settings(rows: &[(&str, &str)]) -> Settings {
    let table = rows.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Settings { profile: "rebilly".into(), table }
}

fn action(id: &str) -> &'static Action {
    Rebilly.actions().iter().find(|action| action.id == id).unwrap()
}

/// A desk without a screen: the provider, its stand-in, a time.
struct Desk {
    world: World,
    settings: Settings,
    now: Moment,
}

impl Desk {
    fn new() -> Desk {
        Desk { world: World::new(born()), settings: settings(&[]), now: born() }
    }

    fn send(&mut self, request: &Request) -> Response {
        let url = reqwest::Url::parse_with_params("https://bench/", &request.query).unwrap();
        let target = format!("{BASE}{}?{}", request.path, url.query().unwrap_or_default());
        let body = match &request.body {
            Body::Empty => Vec::new(),
            Body::Json(value) => value.to_string().into_bytes(),
            Body::Exact(bytes) => bytes.clone(),
        };
        let method = match request.method {
            http::Method::Get => "GET",
            http::Method::Post => "POST",
            http::Method::Put => "PUT",
        };
        self.raw(method, &target, &[("reb-apikey", API_KEY)], body)
    }

    fn raw(&mut self, method: &str, target: &str, pass: &[(&str, &str)], body: Vec<u8>) -> Response {
        let mut headers: Vec<_> =
            pass.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        headers.push(("content-type".into(), "application/json".into()));
        self.world.answer(&Asked::new(method, target, headers, body), self.now)
    }

    /// All pages, a case that comes again replacing the one before.
    fn ask(&mut self, want: &Want) -> Result<Vec<Case>, Fault> {
        let (mut cases, mut further) = (BTreeMap::new(), Some(want.clone()));
        while let Some(want) = further {
            let request = Rebilly.ask(&want, &self.settings)?;
            let answer = self.send(&request);
            if !answer.is_success() {
                return Err(Rebilly.refusal(&answer));
            }
            let found = Rebilly.read(&want, &answer, &self.settings)?;
            further = Rebilly.further(&want, &answer, &found, &self.settings);
            let Found::Cases(found) = found else { panic!("a document") };
            cases.extend(found.into_iter().map(|case| (case.id.number.clone(), case)));
        }
        Ok(cases.into_values().collect())
    }

    fn case(&mut self, number: &str) -> Case {
        self.ask(&Want::Number(number.into())).unwrap().remove(0)
    }

    fn in_status(&mut self, status: &str) -> Case {
        self.ask(&Want::Queue(status.into())).unwrap().remove(0)
    }

    fn frozen(&self, id: &str, case: Option<&Case>, values: &Values) -> Frozen {
        frozen(id, 0, case, values, &self.settings, &[])
    }

    /// Checks, freezes and sends one action; the case as its answer shows it.
    fn act(&mut self, id: &str, case: Option<&Case>, entered: &[(&str, &str)]) -> Case {
        let values = values(entered);
        let facts = Facts { case, settings: &self.settings, now: self.now, cards: &[] };
        assert_eq!(check(action(id), &values, &facts), [], "{id}");
        let frozen = self.frozen(id, case, &values);
        let answer = self.send(&sent::request(frozen.clone()));
        let number = case.map(|case| &case.id.number);
        let told = verdict(
            &Rebilly,
            &action(id).steps[0],
            &frozen,
            &Ok(answer.clone()),
            number,
            &self.settings,
            self.now,
        );
        assert_eq!(told.outcome, Outcome::Proven, "{id}: {told:?}");
        let entry = entry("rebilly", action(id), case, &values, born());
        let sent = Sent { action: action(id), entry: &entry, frozen: &frozen, first_send: self.now };
        Rebilly.told(&sent, &answer, &self.settings, self.now).unwrap()
    }

    fn landed(&mut self, id: &str, case: Option<&Case>, values: Values, frozen: &Frozen) -> Landed {
        let entry = entry("rebilly", action(id), case, &values, born());
        let sent = Sent { action: action(id), entry: &entry, frozen, first_send: self.now };
        let want = Rebilly.look(&sent, &self.settings).unwrap();
        match self.ask(&want) {
            Ok(cases) => Rebilly.landed(&sent, &Found::Cases(cases), &self.settings),
            Err(fault) if fault.kind == FaultKind::NotThere => Landed::No("not there".into()),
            Err(fault) => panic!("{fault:?}"),
        }
    }
}

fn frozen(
    id: &str,
    step: usize,
    case: Option<&Case>,
    values: &Values,
    settings: &Settings,
    answers: &[Value],
) -> Frozen {
    let files = BTreeMap::from([("f".repeat(64), b"%PDF-1.4".to_vec())]);
    let sealed = BTreeMap::new();
    let making =
        Making { case, values, settings, now: born(), files: &files, sealed: &sealed, answers, key: KEY };
    freeze(&action(id).steps[step], action(id).fields, &making).unwrap()
}

fn values(entered: &[(&str, &str)]) -> Values {
    let mut values = Values::default();
    entered.iter().for_each(|(address, text)| values.set_text(address, *text));
    values
}

const NEW: &[(&str, &str)] = &[
    ("transactionId", "txn_0YVDTQJ8YWDGQACV2N2N5SPWQ0"),
    ("amount", "1.234"),
    ("currency", "KWD"),
    ("reasonCode", "13.1"),
    ("type", "first-chargeback"),
    ("status", "response-needed"),
    ("postedTime", "2026-11-20 14:30"),
    ("deadlineTime", "2026-12-20"),
];

fn json_of(frozen: &Frozen) -> Value {
    serde_json::from_slice(&frozen.body).unwrap()
}

fn answer(status: u16, media: &str, body: &str) -> Response {
    let headers = vec![("content-type".into(), media.into())];
    Response { status, headers, body: body.into(), date: None }
}

// ---- requests

/// A dispute with all there can be of one.
fn whole() -> Value {
    json!({
        "id": "dp_0YVCE8J5F2DE58FV0S8YASW4HK",
        "customerId": "cus_0YV7DDSDD1C8DA64KHH2W33CPF",
        "transactionId": "txn_0YVDTQJ8YWDGQACV2N2N5SPWQ0",
        "currency": "EUR",
        "amount": 129.9,
        "acquirerReferenceNumber": "74550206280123456789013",
        "caseId": "CB-260000",
        "reasonCode": "13.1",
        "reasonDescription": "Goods not received",
        "category": "consumer-disputes",
        "type": "first-chargeback",
        "status": "response-needed",
        "postedTime": "2026-11-18T10:00:00Z",
        "deadlineTime": "2026-12-18T10:00:00Z",
        "rawResponse": null,
        "resolvedTime": null,
        "source": "webhook",
        "revision": 3,
        "createdTime": "2026-11-19T10:00:00Z",
        "updatedTime": "2026-11-20T10:00:00Z",
        "_links": [{"rel": "self", "href": "/disputes/dp_0YVCE8J5F2DE58FV0S8YASW4HK"}],
        "_embedded": {"transaction": {"id": "txn_0YVDTQJ8YWDGQACV2N2N5SPWQ0"}}
    })
}

fn read_one(body: &str) -> Case {
    let want = Want::Number("dp_0YVCE8J5F2DE58FV0S8YASW4HK".into());
    match Rebilly.read(&want, &answer(200, "application/json", body), &settings(&[])) {
        Ok(Found::Cases(mut cases)) if cases.len() == 1 => cases.remove(0),
        other => panic!("{body}: {other:?}"),
    }
}

fn with_file(entered: &[(&str, &str)]) -> Values {
    let mut values = values(entered);
    let file = casedesk::action::Attachment {
        name: "slip.pdf".into(),
        sha256: "f".repeat(64),
        size: 8,
        media: "application/pdf".into(),
        description: Raw::default(),
        measured: Default::default(),
    };
    values.set("file", Entered::Files(vec![file]));
    values
}

#[test]
fn requests_are_compared_whole() {
    let case = read_one(&whole().to_string());
    let mut all = NEW.to_vec();
    all.extend([("acquirerReferenceNumber", "74550206280123456789014"), ("caseId", "CB-1")]);
    let changed = [&all[..5], &all[6..]].concat();
    let mut nulls = values(&[("amount", "2.5"), ("currency", "eur")]);
    for name in ["acquirerReferenceNumber", "caseId", "deadlineTime"] {
        nulls.set(name, Entered::Null);
    }
    let mut shown = String::new();
    for (id, forms) in [
        ("create", vec![values(&all), values(&NEW[..7])]),
        ("update", vec![values(&changed), Values::default(), nulls]),
        ("review", vec![Values::default()]),
        ("forfeit", vec![Values::default()]),
        ("won", vec![Values::default()]),
        ("lost", vec![Values::default()]),
        ("return", vec![Values::default()]),
        ("reopen", vec![values(&[("status", "under-review"), ("why", "new evidence")])]),
        ("attach", vec![with_file(&[("description", "slip")]), with_file(&[])]),
    ] {
        let case = (!action(id).makes_a_case()).then_some(&case);
        for form in forms {
            let facts = Facts { case, settings: &settings(&[]), now: born(), cards: &[] };
            assert_eq!(check(action(id), &form, &facts), [], "{id}");
            for step in 0..action(id).steps.len() {
                let frozen = frozen(id, step, case, &form, &settings(&[]), &[json!({"id": "file_1"})]);
                shown += &format!("# {id}\n{} {}\n", frozen.method.words(), frozen.path);
                for (name, value) in &frozen.headers {
                    shown += &format!("{name}: {value}\n");
                }
                shown += &format!("{}\n\n", serde_json::to_string_pretty(&json_of(&frozen)).unwrap());
            }
        }
    }
    insta::assert_snapshot!("requests", shown);
}

#[test]
fn a_create_puts_the_whole_dispute_at_an_id_of_ours_or_posts_it_as_the_seed_has_it() {
    let put = frozen("create", 0, None, &values(NEW), &settings(&[]), &[]);
    assert_eq!((put.method.words(), put.path.as_str()), ("PUT", format!("/disputes/{KEY}").as_str()));
    assert_eq!(put.headers, [("accept".to_owned(), "application/json".to_owned())]);
    let expected = r#"{"transactionId":"txn_0YVDTQJ8YWDGQACV2N2N5SPWQ0","amount":1.234,"currency":"KWD","reasonCode":"13.1","type":"first-chargeback","status":"response-needed","postedTime":"2026-11-20T14:30:00.000Z","deadlineTime":"2026-12-20T00:00:00.000Z"}"#;
    assert_eq!(json_of(&put), serde_json::from_str::<Value>(expected).unwrap());
    let seed = settings(&[("create", "post")]);
    let post = frozen("create", 0, None, &values(NEW), &seed, &[]);
    assert_eq!((post.method.words(), post.path.as_str(), post.body), ("POST", "/disputes", put.body));
    assert_eq!((action("create").settling)(&settings(&[])), Settling::Chosen);
    assert_eq!((action("create").settling)(&seed), Settling::ReadBack);
}

#[test]
fn a_status_changes_and_all_other_members_go_as_the_case_has_them() {
    let mut desk = Desk::new();
    let case = desk.in_status("response-needed");
    let now: Value = serde_json::from_str(case.raw.exact()).unwrap();
    for (id, status) in [("review", "under-review"), ("forfeit", "forfeited"), ("won", "won"), ("lost", "lost")]
    {
        let frozen = desk.frozen(id, Some(&case), &Values::default());
        assert_eq!(frozen.path, format!("/disputes/{}", case.id.number.exact()));
        let body = json_of(&frozen);
        for (name, value) in body.as_object().unwrap() {
            let expected = if name == "status" { &json!(status) } else { &now[name] };
            assert_eq!(value, expected, "{id} {name}");
        }
        let sent: BTreeSet<_> = body.as_object().unwrap().keys().cloned().collect();
        for name in ["currency", "amount", "transactionId", "postedTime", "type", "status", "reasonCode"] {
            assert!(sent.contains(name), "{id} {name}");
        }
        assert!(
            ["id", "revision", "category", "_links", "createdTime"].iter().all(|name| !sent.contains(*name))
        );
        assert_eq!((action(id).settling)(&desk.settings), Settling::ReadBack);
    }
}

#[test]
fn an_update_changes_what_was_entered_in_the_currency_that_it_will_have() {
    let mut desk = Desk::new();
    let case = desk.act("create", None, NEW);
    let sent = |entered: &[(&str, &str)]| json_of(&desk.frozen("update", Some(&case), &values(entered)));
    assert_eq!(sent(&[("amount", "2.5")])["amount"].to_string(), "2.500");
    assert_eq!(sent(&[("amount", "2.5"), ("currency", "eur")])["amount"].to_string(), "2.50");
    // The amount that stays has to be one of the new currency.
    assert_eq!(sent(&[("currency", "usd"), ("amount", "1")])["currency"], "USD");
    let form = values(&[("currency", "eur")]);
    let making = Making {
        case: Some(&case),
        values: &form,
        settings: &desk.settings,
        now: born(),
        files: &BTreeMap::new(),
        sealed: &BTreeMap::new(),
        answers: &[],
        key: KEY,
    };
    let problem = freeze(&action("update").steps[0], action("update").fields, &making).unwrap_err();
    assert_eq!(problem.field, "amount");
    assert_eq!(problem.says.as_str(), "1.234 has more decimals than EUR has: enter the amount, too");
    let round = Case { raw: case.raw.exact().replace("1.234", "12.00").into(), ..case.clone() };
    let kept = json_of(&desk.frozen("update", Some(&round), &values(&[("currency", "jpy")])));
    assert_eq!((&kept["currency"], kept["amount"].to_string().as_str()), (&json!("JPY"), "12.00"));
    let mut values = values(&[("reasonCode", "OTHER")]);
    values.set("deadlineTime", Entered::Null);
    let body = json_of(&desk.frozen("update", Some(&case), &values));
    assert_eq!((&body["reasonCode"], &body["deadlineTime"]), (&json!("OTHER"), &Value::Null));
    assert_eq!(body["amount"].to_string(), "1.234");
}

#[test]
fn a_file_is_uploaded_and_then_put_beside_its_dispute() {
    let mut desk = Desk::new();
    let case = desk.in_status("response-needed");
    let mut values = values(&[("description", "slip")]);
    let file = casedesk::action::Attachment {
        name: "slip.pdf".into(),
        sha256: "f".repeat(64),
        size: 8,
        media: "application/pdf".into(),
        description: Raw::default(),
        measured: Default::default(),
    };
    values.set("file", Entered::Files(vec![file]));
    let upload = frozen("attach", 0, Some(&case), &values, &desk.settings, &[]);
    assert_eq!(upload.path, "/files");
    assert_eq!(json_of(&upload), json!({"name": "slip.pdf", "file": "JVBERi0xLjQ=", "description": "slip"}));
    let uploaded = desk.send(&sent::request(upload));
    assert_eq!(uploaded.status, 201);
    let uploaded: Value = serde_json::from_slice(&uploaded.body).unwrap();
    let attach = frozen("attach", 1, Some(&case), &values, &desk.settings, std::slice::from_ref(&uploaded));
    let number = case.id.number.exact();
    let expected = json!({"fileId": uploaded["id"], "relatedId": number, "relatedType": "dispute",
        "name": "slip.pdf", "description": "slip"});
    assert_eq!((attach.path.as_str(), json_of(&attach)), ("/attachments", expected));
    assert_eq!(desk.send(&sent::request(attach.clone())).status, 201);
    let again = desk.send(&sent::request(attach));
    assert_eq!((again.status, Rebilly.is_own(&again)), (409, true));
    let want = Want::Document(uploaded["id"].as_str().unwrap().into());
    let answer = desk.send(&Rebilly.ask(&want, &desk.settings).unwrap());
    match Rebilly.read(&want, &answer, &desk.settings).unwrap() {
        Found::Document(paper) => assert_eq!(paper.bytes, b"%PDF-1.4"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_id_never_reaches_the_door() {
    for id in ["", ".", "..", "a/b", "a b", "dp?x", "é", &"a".repeat(51)] {
        let fault = Rebilly.ask(&Want::Number(id.into()), &settings(&[])).unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotThere, "{id}");
    }
    let asked = Rebilly.ask(&Want::Number("dp_~-.".into()), &settings(&[])).unwrap();
    assert_eq!((asked.path.as_str(), asked.query), ("/disputes/dp_~-.", Vec::new()));
    for want in [Want::Queue("won;status:lost".into()), Want::Group("a;b".into()), Want::Card("x".into())] {
        let fault = Rebilly.ask(&want, &settings(&[])).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unprepared, "{want:?}");
    }
}

#[test]
fn the_reason_codes_are_all_those_of_the_text_and_carry_what_is_known_of_them() {
    let field = action("create").fields.iter().find(|field| field.name == "reasonCode").unwrap();
    let casedesk::action::Kind::Choice { of, .. } = field.kind else { panic!("no choice") };
    let all = pick::choices(of, None);
    let values: BTreeSet<_> = all.iter().map(|choice| choice.value).collect();
    assert_eq!((all.len(), values.len()), (273, 273));
    assert!(["0", "UA99", "unrecognized", "4534", "OTHER"].iter().all(|code| values.contains(code)));
    let visa = all.iter().find(|choice| choice.value == "10.4").unwrap();
    assert!(visa.says.as_str().starts_with("Visa"), "{:?}", visa.says);
}

#[test]
fn a_dispute_that_was_put_under_our_id_is_done_only_where_the_answer_has_that_id() {
    let outcome = |rows: &[(&str, &str)], status: u16, body: &str| {
        let settings = settings(rows);
        let put = frozen("create", 0, None, &values(NEW), &settings, &[]);
        let answer = Ok(answer(status, "application/json", body));
        let told = verdict(&Rebilly, &action("create").steps[0], &put, &answer, None, &settings, born());
        (told.outcome, told.says.exact().to_owned())
    };
    let own = format!(r#"{{"id":"{KEY}"}}"#);
    for status in [200, 201] {
        assert_eq!(outcome(&[], status, &own).0, Outcome::Proven);
        let (other, says) = outcome(&[], status, r#"{"id":"dp_1"}"#);
        assert_eq!(other, Outcome::Unclear);
        assert_eq!(says, "the answer names dispute dp_1, and not the id that was chosen here");
    }
    assert_eq!(outcome(&[], 201, &format!(r#"{{"id":"dp_1","id":"{KEY}"}}"#)).0, Outcome::Unclear);
    // Posted, the id is Rebilly's.
    assert_eq!(outcome(&[("create", "post")], 201, r#"{"id":"dp_1"}"#).0, Outcome::Proven);
}

// ---- lists

#[test]
fn rows_without_an_id_hide_no_other_and_keep_their_number() {
    let read = |rows: &[&str]| {
        let body = format!("[{}]", rows.join(","));
        let found =
            Rebilly.read(&Want::Queue("won".into()), &answer(200, "application/json", &body), &settings(&[]));
        let Ok(Found::Cases(cases)) = found else { panic!("{found:?}") };
        cases
    };
    let (one, other) = (r#"{"status":"won","amount":1}"#, r#"{"status":"won","amount":2}"#);
    let numbers = |rows: &[&str]| read(rows).into_iter().map(|case| case.id.number).collect::<Vec<_>>();
    let [first, second] = &numbers(&[one, other])[..] else { panic!("one hides the other") };
    assert_ne!(first, second);
    // On the next page, or at the next reading, with others before them.
    assert_eq!(numbers(&[other]), std::slice::from_ref(second));
    assert_eq!(numbers(&[r#"{"id":"dp_1"}"#, one])[1], *first);
    let twins =
        read(&[r#"{"id":"dp_1","amount":1}"#, r#"{"id":"dp_1","amount":2}"#, r#"{"id":"dp_1","amount":2}"#]);
    assert_eq!(twins.len(), 3, "what differs is another row");
    assert_eq!(twins[1].unread[0].exact(), "dp_1 is also the id of another case in this answer");
    let fault = Rebilly.ask(&Want::Number(first.clone()), &settings(&[])).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unprepared);
    let nameless = read(&[r#"{"status":"won"}"#]).remove(0);
    let making = Making {
        case: Some(&nameless),
        values: &Values::default(),
        settings: &settings(&[]),
        now: born(),
        files: &BTreeMap::new(),
        sealed: &BTreeMap::new(),
        answers: &[],
        key: KEY,
    };
    for id in ["attach", "update", "reopen"] {
        assert!(
            freeze(&action(id).steps[0], action(id).fields, &making).is_err(),
            "{id}: a number of ours is sent"
        );
    }
}

/// Each held against all before it, these would be 5,000,000,000 comparisons.
#[test]
fn a_great_many_rows_are_read_in_one_go() {
    let rows: Vec<_> = (0..100_000).map(|at| format!(r#"{{"id":"dp_{at}","status":"won"}}"#)).collect();
    let read = |body: &str| {
        let answer = answer(200, "application/json", body);
        match Rebilly.read(&Want::Queue("won".into()), &answer, &settings(&[])) {
            Ok(Found::Cases(cases)) => cases.len(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(read(&format!("[{}]", rows.join(","))), 100_000);
    assert_eq!(read(&format!("[{}]", vec![r#"{"status":"won"}"#; 100_000].join(","))), 100_000);
    let same = [vec![r#"{"id":"dp_1"}"#; 50_000], vec![r#"{"id":"dp_1","x":1}"#; 50_000]].concat();
    assert_eq!(read(&format!("[{}]", same.join(","))), 50_001);
}

#[test]
fn a_list_of_thousands_is_read_whole_past_the_last_offset() {
    let mut desk = Desk { world: World::with(born(), 4400), ..Desk::new() };
    let read = desk.ask(&Want::Queue("response-needed".into())).unwrap();
    assert_eq!(read.len(), 2200);
    let all: usize = ["under-review", "forfeited", "won", "lost", "unknown"]
        .map(|status| desk.ask(&Want::Queue(status.into())).unwrap().len())
        .iter()
        .sum();
    assert_eq!(all, 2200);
    let page = desk.send(&Rebilly.ask(&Want::Queue("won".into()), &desk.settings).unwrap());
    let total = desk.ask(&Want::Queue("won".into())).unwrap().len().to_string();
    assert_eq!(page.header("pagination-total"), Some(total.as_str()));
    let target = format!("{BASE}/disputes?offset=1001");
    let refused = desk.raw("GET", &target, &[("reb-apikey", API_KEY)], Vec::new());
    assert_eq!(Rebilly.refusal(&refused).members[0].0.exact(), "offset");
}

#[test]
fn a_list_that_cannot_be_read_on_is_told_and_not_cut() {
    let same = r#"{"id":"dp_1","status":"won","createdTime":"2026-11-01T00:00:00Z"}"#;
    let mut answer = answer(200, "application/json", &format!("[{same}]"));
    answer.headers.push(("pagination-total".into(), "5000".into()));
    let mut want = Want::Queue("won".into());
    for from in ["1000", "1000 2026-11-01T00:00:00.000Z"] {
        want = Want::Further { of: Box::new(Want::Queue("won".into())), from: from.into() };
        let found = Rebilly.read(&want, &answer, &settings(&[])).unwrap();
        want = Rebilly.further(&want, &answer, &found, &settings(&[])).unwrap();
    }
    let fault = Rebilly.ask(&want, &settings(&[])).unwrap_err();
    assert!(fault.says.exact().contains("not whole"), "{fault:?}");
}

// ---- reading

#[test]
fn a_dispute_is_read_with_its_revision_and_the_merchants_own_deadline() {
    let mut desk = Desk::new();
    let case = desk.act("create", None, NEW);
    assert_eq!(case.amount.unwrap().to_string(), "1.234 KWD");
    assert_eq!(
        (case.revision.exact(), case.stage, case.queue.exact()),
        ("1", Stage::NeedsAnswer, "response-needed")
    );
    assert_eq!(case.deadline.as_ref().unwrap().whose, Whose::Merchant);
    assert_eq!(case.group.exact(), "txn_0YVDTQJ8YWDGQACV2N2N5SPWQ0");
    assert_eq!(case.unread, [] as [Raw; 0]);
}

#[test]
fn no_answer_ends_the_reading_or_loses_a_row() {
    let values = [
        "null",
        "[]",
        "{}",
        "\"\"",
        "\"x\"",
        "true",
        "-1.8e308",
        "1e400",
        "-1",
        "\"\\ud800\"",
        "\"2026-13-45\"",
        &format!("{}1{}", "[".repeat(90), "]".repeat(90)),
    ];
    let members = [
        "id",
        "transactionId",
        "status",
        "amount",
        "currency",
        "reasonCode",
        "type",
        "postedTime",
        "deadlineTime",
        "revision",
        "createdTime",
        "updatedTime",
        "resolvedTime",
        "_links",
        "_embedded",
        "stranger",
    ];
    let mut whole = serde_json::to_value(BTreeMap::from([("id", "dp_2")])).unwrap();
    for (name, text) in [("status", "won"), ("currency", "EUR"), ("createdTime", "2026-11-01T00:00:00Z")] {
        whole[name] = text.into();
    }
    for member in members {
        for value in values {
            let mut pairs: Vec<String> = whole
                .as_object()
                .unwrap()
                .iter()
                .filter(|(name, _)| *name != member)
                .map(|(name, value)| format!("{name:?}:{value}"))
                .collect();
            pairs.push(format!("{member:?}:{value}"));
            let body = format!("[{{{}}},{whole},{value}]", pairs.join(","));
            let want = Want::Queue("won".into());
            let found = Rebilly.read(&want, &answer(200, "application/json", &body), &settings(&[]));
            let Ok(Found::Cases(cases)) = found else { panic!("{body}: {found:?}") };
            assert!(cases.len() >= 2, "{body}: {}", cases.len());
            let numbers: BTreeSet<_> = cases.iter().map(|case| &case.id.number).collect();
            assert_eq!(numbers.len(), cases.len(), "{body}");
        }
    }
    for body in ["", "<html>", "[", "{}", "7"] {
        assert!(Rebilly.read(&Want::Number("dp_2".into()), &answer(200, "x", body), &settings(&[])).is_err());
    }
    let other = answer(200, "application/json", r#"{"id":"dp_3"}"#);
    assert!(Rebilly.read(&Want::Number("dp_2".into()), &other, &settings(&[])).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_answer_however_mutated_panics_or_loses_a_row(changes in odd::changes()) {
        let rows: Vec<Value> = (0..3)
            .map(|number| {
                let mut row = whole();
                row["id"] = format!("dp_{number}").into();
                row["amount"] = number.into();
                row
            })
            .collect();
        let text = odd::changed(&rows.into(), &[], changes);
        let found = Rebilly.read(
            &Want::Queue("won".into()),
            &answer(200, "application/json", &text),
            &settings(&[]),
        );
        let Ok(Found::Cases(cases)) = found else { panic!("{text}: {found:?}") };
        prop_assert_eq!(cases.len(), 3, "{}", text);
        let numbers: BTreeSet<_> = cases.iter().map(|case| &case.id.number).collect();
        prop_assert_eq!(numbers.len(), 3, "{}", text);
        for case in &cases {
            for action in Rebilly.actions().iter().filter(|action| !action.makes_a_case()) {
                offer(action, Some(case));
                let settings = settings(&[]);
                let making = Making {
                    case: Some(case),
                    values: &Values::default(),
                    settings: &settings,
                    now: born(),
                    files: &BTreeMap::new(),
                    sealed: &BTreeMap::new(),
                    answers: &[],
                    key: KEY,
                };
                // Whether it can be made depends on what is left of the dispute.
                let _ = freeze(&action.steps[0], action.fields, &making);
            }
        }
    }

    #[test]
    fn no_answer_however_mutated_loses_the_dispute_that_was_asked_for(changes in odd::changes()) {
        let text = odd::changed(&whole(), &["/id"], changes);
        let case = read_one(&text);
        prop_assert_eq!(case.id.number.exact(), "dp_0YVCE8J5F2DE58FV0S8YASW4HK");
        prop_assert_eq!(case.raw.exact(), text);
    }

    #[test]
    fn no_attachment_however_mutated_is_lost(changes in odd::changes()) {
        let file = json!({"id": "file_1", "name": "a.pdf", "mime": "application/pdf"});
        let attachment = json!({"id": "att_1", "fileId": "file_1", "relatedId": "dp_1", "relatedType": "dispute",
            "name": "slip.pdf", "createdTime": "2026-11-19T10:00:00Z", "_embedded": [{"file": file}]});
        let text = odd::changed(&json!([attachment]), &["/0/relatedId"], changes);
        let want = Want::Papers("dp_1".into());
        let found = Rebilly.read(&want, &answer(200, "application/json", &text), &settings(&[]));
        let Ok(Found::Papers { documents, .. }) = found else { panic!("{text}: {found:?}") };
        prop_assert_eq!(documents.len(), 1, "{}", text);
    }

    #[test]
    fn no_bytes_panic(body in prop::collection::vec(any::<u8>(), 0..200), status in 200u16..600) {
        let odd = Response { body, ..answer(status, "application/json", "") };
        for want in [Want::Queue("won".into()), Want::Number("dp_1".into()), Want::Papers("dp_1".into())] {
            if let Ok(found) = Rebilly.read(&want, &odd, &settings(&[])) {
                let _ = Rebilly.further(&want, &odd, &found, &settings(&[]));
            }
        }
        let _ = (Rebilly.refusal(&odd), Rebilly.is_own(&odd));
    }
}

// ---- documents

#[test]
fn the_documents_of_a_dispute_are_what_is_attached_to_it() {
    let mut desk = Desk::new();
    let case = desk.in_status("response-needed");
    let want = Rebilly.papers(&case, &desk.settings).unwrap();
    let request = Rebilly.ask(&want, &desk.settings).unwrap();
    let number = case.id.number.exact();
    assert_eq!(request.path, "/attachments");
    assert_eq!(
        request.query,
        [
            ("filter".to_owned(), format!("relatedType:dispute;relatedId:{number}")),
            ("limit".to_owned(), "1000".to_owned()),
            ("expand".to_owned(), "file".to_owned())
        ]
    );
    let answer = desk.send(&request);
    let Ok(Found::Papers { documents, unread }) = Rebilly.read(&want, &answer, &desk.settings) else {
        panic!()
    };
    assert_eq!(unread, []);
    let first = &documents[0];
    assert_eq!((first.name.exact(), first.claimed.exact()), ("invoice.pdf", "application/pdf"));
    assert!(first.at.unwrap() > case.opened.unwrap());
    let bytes = desk.send(&Rebilly.ask(&Want::Document(first.id.clone()), &desk.settings).unwrap());
    assert!(bytes.body.starts_with(b"%PDF-1.4"));
    // Every dispute has its own, and some have none.
    let counts: Vec<_> = desk
        .world
        .numbers()
        .iter()
        .map(|number| {
            let answer =
                desk.send(&Rebilly.ask(&Want::Papers(number.as_str().into()), &settings(&[])).unwrap());
            serde_json::from_slice::<Vec<Value>>(&answer.body).unwrap().len()
        })
        .collect();
    assert_eq!(counts.iter().collect::<BTreeSet<_>>(), BTreeSet::from([&0, &1, &2]));
    for id in ["", "a;b", "x,y", "no number 0123456789abcdef"] {
        assert!(Rebilly.ask(&Want::Papers(id.into()), &settings(&[])).is_err(), "{id}");
    }
}

#[test]
fn attachments_of_other_things_are_left_out_and_what_is_missing_is_said() {
    let row = |file: &str, related: &str, more: &str| {
        format!(r#"{{"fileId":"{file}","relatedId":"{related}","name":"n"{more}}}"#)
    };
    let rows = [
        row("file_1", "dp_1", r#","_embedded":{"file":{"mime":"image/gif"}}"#),
        row("file_1", "dp_1", ""),
        row("file_2", "dp_2", ""),
        row("file_3", "", r#","name":" ","_embedded":[{"other":1},{"file":{"name":"of the file","mime":7}}]"#),
        r#"{"relatedId":"dp_1","createdTime":"x"}"#.to_owned(),
    ];
    let mut page = answer(200, "application/json", &format!("[{}]", rows.join(",")));
    page.headers.push(("pagination-total".into(), "7".into()));
    let found = Rebilly.read(&Want::Papers("dp_1".into()), &page, &settings(&[]));
    let Ok(Found::Papers { documents, unread }) = found else { panic!("{found:?}") };
    let told: Vec<_> =
        documents.iter().map(|one| (one.id.exact(), one.name.exact(), one.claimed.exact())).collect();
    assert_eq!(told, [("file_1", "n", "image/gif"), ("file_3", "of the file", "7"), ("", "", "")]);
    let unread: Vec<_> = unread.iter().map(Raw::exact).collect();
    assert_eq!(
        unread,
        [
            "name: twice, with different values",
            "createdTime: not a date: \"x\"",
            "documents: 1 of something else came with them, and are left out",
            "documents: only 5 of 7 came",
        ]
    );
}

#[test]
fn what_has_ended_is_due_no_more_and_what_was_known_of_it_goes() {
    for (status, due) in [
        ("response-needed", true),
        ("under-review", true),
        ("unknown", true),
        ("stranger", true),
        ("won", false),
        ("lost", false),
        ("forfeited", false),
    ] {
        let mut dispute = whole();
        dispute["status"] = status.into();
        let case = read_one(&dispute.to_string());
        assert_eq!(case.deadline.is_some(), due, "{status}");
        assert_eq!(case.unread, [], "{status}");
        dispute.as_object_mut().unwrap().remove("deadlineTime");
        let mut short = read_one(&dispute.to_string());
        short.fill_from(read_one(&whole().to_string()));
        assert_eq!(short.deadline.is_some(), due, "{status}: left out");
    }
    // A row that does not tell its status is in the list that was asked for.
    let row = r#"[{"id":"dp_1","deadlineTime":"2026-12-18T10:00:00Z"}]"#;
    for (queue, due) in [("won", false), ("response-needed", true)] {
        let want = Want::Queue(queue.into());
        let found = Rebilly.read(&want, &answer(200, "application/json", row), &settings(&[]));
        let Ok(Found::Cases(cases)) = found else { panic!("{found:?}") };
        assert_eq!(cases[0].deadline.is_some(), due, "{queue}");
    }
}

// ---- refusals

#[test]
fn every_documented_refusal_is_told_in_its_own_words_under_its_fields() {
    let mut desk = Desk::new();
    let target = format!("{BASE}/disputes/{KEY}");
    let body = json!({"transactionId": "t", "amount": "5", "currency": "eur", "reasonCode": "none", "x": 1});
    let all = desk.raw("PUT", &target, &[("reb-apikey", API_KEY)], body.to_string().into_bytes());
    let fault = Rebilly.refusal(&all);
    let members: Vec<_> = fault.members.iter().map(|(member, _)| member.exact()).collect();
    assert_eq!((all.status, Rebilly.is_own(&all)), (422, true));
    assert_eq!(members, ["x", "currency", "amount", "reasonCode", "type", "status", "postedTime"]);
    let twice = answer(
        422,
        "application/problem+json",
        r#"{"status":422,"title":"Validation Failed","invalidFields":[{"field":"a.b","message":"one"},{"field":"a.b","message":"two"},{"field":"name","message":"long"}]}"#,
    );
    let told = Rebilly.refusal(&twice).members;
    assert_eq!(
        told,
        [("a.b".into(), "one".into()), ("a.b".into(), "two".into()), ("file".into(), "long".into())]
    );
    for (pass, status, kind) in [
        (("reb-apikey", "wrong"), 401, FaultKind::Unauthorised),
        (("authorization", "Bearer wrong"), 401, FaultKind::Unauthorised),
        (("reb-apikey", READING_KEY), 403, FaultKind::Forbidden),
    ] {
        let refused = desk.raw("PUT", &target, &[pass], b"{}".to_vec());
        let fault = Rebilly.refusal(&refused);
        assert_eq!((refused.status, fault.kind, Rebilly.is_own(&refused)), (status, kind, true));
    }
    let bearer = format!("Bearer {ACCESS_TOKEN}");
    let list = format!("{BASE}/disputes?limit=1");
    assert_eq!(desk.raw("GET", &list, &[("authorization", &bearer)], Vec::new()).status, 200);
    desk.world.expire_tokens();
    assert_eq!(desk.raw("GET", &list, &[("authorization", &bearer)], Vec::new()).status, 401);
    assert_eq!(desk.ask(&Want::Number("dp_none".into())).unwrap_err().kind, FaultKind::NotThere);
    for (media, body) in [("text/html", "<html>"), ("application/json", "[]"), ("application/json", "{}")] {
        assert!(!Rebilly.is_own(&answer(422, media, body)), "{body}");
    }
    let other = r#"{"status":500,"title":"x"}"#;
    assert!(!Rebilly.is_own(&answer(422, "application/problem+json", other)), "the status of another answer");
}

#[test]
fn too_many_writes_are_told_until_when_to_wait() {
    let mut desk = Desk::new();
    let target = format!("{BASE}/disputes/{KEY}");
    let mut refused = desk.raw("PUT", &target, &[("reb-apikey", API_KEY)], b"{}".to_vec());
    for _ in 0..3000 {
        refused = desk.raw("PUT", &target, &[("reb-apikey", API_KEY)], b"{}".to_vec());
    }
    let fault = Rebilly.refusal(&refused);
    assert_eq!((refused.status, fault.kind), (429, FaultKind::TooFast));
    assert!(fault.says.exact().starts_with("Rate Limit Exceeded"), "{fault:?}");
    // Without the provider's clock our own tells how far away its moment is.
    let sent = write::empty_step();
    let step = &action("create").steps[0];
    let told = verdict(&Rebilly, step, &sent, &Ok(refused.clone()), None, &settings(&[]), born());
    assert_eq!(told.outcome, Outcome::TooFast { until: born().plus(600_000) });
    refused.date = Some(born());
    assert_eq!(refused.again(), Again::After(600_000));
}

// ---- the order of a life

#[test]
fn every_status_offers_its_verbs_and_says_why_not_the_others() {
    for (status, verbs) in [
        ("response-needed", "review forfeit update attach"),
        ("under-review", "won lost return update attach"),
        ("forfeited", "reopen update attach"),
        ("won", "reopen update attach"),
        ("lost", "reopen update attach"),
        ("unknown", "update attach"),
        ("stranger", "update attach"),
    ] {
        let id = CaseId { profile: "rebilly".into(), number: "dp_1".into() };
        let case = Case { status: status.into(), ..Case::bare(id) };
        let on_cases = Rebilly.actions().iter().filter(|action| !action.makes_a_case());
        let (fitting, others): (Vec<_>, Vec<_>) =
            on_cases.partition(|action| offer(action, Some(&case)) == Offer::Fits);
        assert_eq!(fitting.iter().map(|action| action.id).collect::<Vec<_>>().join(" "), verbs, "{status}");
        for action in others {
            match (offer(action, Some(&case)), status) {
                (Offer::Perhaps(_), "unknown" | "stranger") => {}
                (Offer::No(why), _) => {
                    assert!(why.as_str().ends_with(&format!("this one is {status}")), "{why:?}")
                }
                (other, _) => panic!("{} at {status}: {other:?}", action.id),
            }
        }
    }
}

#[test]
fn a_dispute_lives_from_its_creation_to_its_end_and_once_more() {
    let mut desk = Desk::new();
    let case = desk.act("create", None, NEW);
    assert_eq!(case.id.number.exact(), KEY);
    let case = desk.act("review", Some(&case), &[]);
    let case = desk.act("return", Some(&case), &[]);
    let case = desk.act("update", Some(&case), &[("caseId", "CB-1"), ("amount", "1.2")]);
    let case = desk.act("review", Some(&case), &[]);
    let case = desk.act("lost", Some(&case), &[]);
    assert_eq!((case.stage, case.revision.exact()), (Stage::Lost, "6"));
    let facts = Facts { case: Some(&case), settings: &desk.settings, now: desk.now, cards: &[] };
    let without_why = values(&[("status", "under-review")]);
    assert_eq!(check(action("reopen"), &without_why, &facts)[0].field, "why");
    let case = desk.act("reopen", Some(&case), &[("status", "under-review"), ("why", "new evidence came")]);
    desk.now = desk.now.plus(40 * DAY);
    let ended = desk.case(KEY);
    assert!(matches!(ended.stage, Stage::Won | Stage::Lost), "{:?}", ended.stage);
    assert!(ended.revision != case.revision);
    assert_eq!(desk.world.written().iter().filter(|written| !written.again).count(), 7);
    let mut other = World::new(born());
    other.catch_up(desk.world.kept()).unwrap();
    assert_eq!(other.kept(), desk.world.kept());
    assert!(other.catch_up(json!({"born": "x"})).is_err());
}

// ---- looked for

#[test]
fn a_write_whose_answer_was_lost_is_found_by_what_it_left_and_by_nothing_else() {
    let mut desk = Desk::new();
    let new = desk.frozen("create", None, &values(NEW));
    assert!(matches!(desk.landed("create", None, values(NEW), &new), Landed::No(_)));
    desk.send(&sent::request(new.clone()));
    assert!(matches!(desk.landed("create", None, values(NEW), &new), Landed::Yes { .. }));
    desk.send(&sent::request(new));
    assert!(desk.world.written().last().unwrap().again, "a second copy had no effect of its own");

    let case = desk.case(KEY);
    let review = desk.frozen("review", Some(&case), &Values::default());
    assert!(matches!(desk.landed("review", Some(&case), Values::default(), &review), Landed::No(_)));
    desk.send(&sent::request(review.clone()));
    assert!(matches!(desk.landed("review", Some(&case), Values::default(), &review), Landed::Yes { .. }));
    let now = desk.case(KEY);
    desk.act("won", Some(&now), &[]);
    assert!(matches!(desk.landed("review", Some(&case), Values::default(), &review), Landed::Unsure(_)));
}

#[test]
fn a_posted_dispute_is_found_among_those_of_its_transaction() {
    let mut desk = Desk { settings: settings(&[("create", "post")]), ..Desk::new() };
    let new = desk.frozen("create", None, &values(NEW));
    assert!(matches!(desk.landed("create", None, values(NEW), &new), Landed::No(_)));
    desk.send(&sent::request(new.clone()));
    assert!(matches!(desk.landed("create", None, values(NEW), &new), Landed::Yes { .. }));
    desk.send(&sent::request(new.clone()));
    assert!(matches!(desk.landed("create", None, values(NEW), &new), Landed::Unsure(_)), "two of them");
}

#[test]
fn the_table_refuses_what_cannot_be_meant() {
    assert_eq!(Rebilly.check(&settings(&[("create", "post"), ("page.size", "1000")])), [""; 0]);
    for (name, value) in [("create", "patch"), ("page.size", "1001"), ("page.size", "0"), ("stranger", "x")] {
        assert_eq!(Rebilly.check(&settings(&[(name, value)])).len(), 1, "{name} {value}");
    }
}
