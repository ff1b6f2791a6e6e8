//! What is asked of Nets, whole; and how its answers read, whatever is in them.

use std::time::Duration;

use casedesk::{
    case::{Again, Case, Currency, FaultKind, Moment, Money, Part, Settings, Side, Stage, Whose},
    http::{
        Body, Method, Request, Response,
        request::{DOCUMENT_LIMIT, QUEUE_LIMIT},
    },
    provider::{
        Asked, Found, Provider, Want,
        nets::{Nets, sandbox, table},
        numbering::is_made_up,
    },
    sandbox as served,
    text::Raw,
};
use proptest::prelude::*;
use serde_json::json;

fn settings() -> Settings {
    Settings::of("nets-test")
}

fn with(table: &[(&str, &str)]) -> Settings {
    let table = table.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings { table, ..settings() }
}

fn answer(body: impl Into<Vec<u8>>) -> Response {
    typed("application/json", body)
}

fn typed(media: &str, body: impl Into<Vec<u8>>) -> Response {
    Response {
        status: 200,
        headers: vec![("content-type".into(), media.into())],
        body: body.into(),
        date: None,
    }
}

fn queue() -> Want {
    Want::Queue("6000".into())
}

fn read_with(want: &Want, body: impl Into<Vec<u8>>, settings: &Settings) -> Vec<Case> {
    match Nets.read(want, &answer(body), settings) {
        Ok(Found::Cases(cases)) => cases,
        other => panic!("{other:?}"),
    }
}

fn read(body: impl Into<Vec<u8>>) -> Vec<Case> {
    read_with(&queue(), body, &settings())
}

/// The only case of a list that holds these members.
fn one(members: &str) -> Case {
    one_with(members, &settings())
}

fn one_with(members: &str, settings: &Settings) -> Case {
    let mut cases = read_with(&queue(), format!(r#"{{"cases":[{{"caseNumber":"1",{members}}}]}}"#), settings);
    assert_eq!(cases.len(), 1);
    cases.remove(0)
}

fn refused(want: &Want, body: impl Into<Vec<u8>>) -> String {
    let fault = Nets.read(want, &answer(body), &settings()).expect_err("this answer must be refused");
    assert_eq!((fault.kind, fault.status), (FaultKind::Unreadable, Some(200)));
    fault.says.exact().to_owned()
}

fn euro(minor: i64) -> Option<Money> {
    Some(Money { minor, currency: Currency::parse("EUR") })
}

fn unread(case: &Case) -> Vec<&str> {
    case.unread.iter().map(Raw::exact).collect()
}

// Asking

fn get(path: &str, query: &[(&str, &str)]) -> Request {
    Request {
        method: Method::Get,
        path: path.into(),
        query: query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        headers: vec![("accept".into(), "application/json".into())],
        body: Body::Empty,
        limit: QUEUE_LIMIT,
        patience: Duration::from_secs(30),
        read_only: true,
    }
}

fn post(body: serde_json::Value) -> Request {
    Request { method: Method::Post, body: Body::Json(body), ..get("/disputes", &[]) }
}

#[test]
fn each_question_is_phrased_exactly() {
    let sealed = "A".repeat(344);
    let long = Duration::from_secs(120);
    for (want, expected) in [
        (queue(), Request { patience: long, ..get("/disputeQueue", &[("queueId", "6000")]) }),
        (Want::Number("0 12".into()), post(json!({"caseNumber": "0 12"}))),
        (Want::Group("G1".into()), post(json!({"caseGroupNumber": "G1"}))),
        (Want::Card(sealed.as_str().into()), post(json!({"cardNumber": sealed}))),
        (
            Want::Document("a/b ?é".into()),
            Request {
                headers: vec![("accept".into(), "*/*".into())],
                limit: DOCUMENT_LIMIT,
                patience: long,
                ..get("/disputes/document/a%2Fb%20%3F%C3%A9", &[])
            },
        ),
    ] {
        assert_eq!(Nets.ask(&want, &settings()).unwrap(), expected);
    }
}

#[test]
fn a_profile_corrects_names_and_paths_without_code() {
    let settings = with(&[
        ("path.queue", "/queues/search"),
        ("query.queue", "claimQueue"),
        ("path.disputes", "/find"),
        ("method.disputes", "GET"),
        ("request.number", "no"),
        ("path.document", "/files/{documentId}/content"),
    ]);
    assert_eq!(Nets.check(&settings), [""; 0]);
    let long = Duration::from_secs(120);
    let asked = Nets.ask(&queue(), &settings).unwrap();
    assert_eq!(asked, Request { patience: long, ..get("/queues/search", &[("claimQueue", "6000")]) });
    assert_eq!(Nets.ask(&Want::Number("7".into()), &settings).unwrap(), get("/find", &[("no", "7")]));
    let document = Nets.ask(&Want::Document("x".into()), &settings).unwrap();
    assert_eq!(document.path, "/files/x/content");
}

#[test]
fn what_must_not_leave_is_not_even_phrased() {
    let by_get = with(&[("method.disputes", "GET")]);
    let nameless = read(r#"[{"status":"x"}]"#).remove(0).id.number;
    for (want, settings) in [
        (Want::Card("A".repeat(344).into()), &by_get),
        (Want::Card("4111111111111111".into()), &settings()),
        (Want::Card("".into()), &settings()),
        (Want::Queue(" ".into()), &settings()),
        (Want::Number("".into()), &settings()),
        (Want::Group("".into()), &settings()),
        (Want::Document("".into()), &settings()),
        (Want::Document("..".into()), &settings()),
        (Want::Number(nameless), &settings()),
    ] {
        let fault = Nets.ask(&want, settings).expect_err("not phrased");
        assert_eq!((fault.kind, fault.again), (FaultKind::Unprepared, Again::No), "{want:?}");
        assert!(!fault.says.is_empty());
    }
}

#[test]
fn overrides_that_cannot_be_meant_are_told_with_what_is_allowed() {
    let settings = with(&[
        ("path.qeue", "/x"),
        ("colour", "red"),
        ("path.queue", "disputeQueue"),
        ("path.create", "/a?b"),
        ("path.update", "/../token"),
        ("path.document", "/documents"),
        ("method.disputes", "DELETE"),
        ("unit.amount", "cents"),
        ("query.queue", "a b"),
        ("case.amount", "amount,,sum"),
        ("case.number", "case number"),
    ]);
    let told = Nets.check(&settings);
    assert_eq!(told.len(), settings.table.len(), "{told:#?}");
    let line = |name: &str| {
        let about = told.iter().find(|line| line.trim_start_matches('"').starts_with(name));
        about.cloned().unwrap_or_default()
    };
    assert!(line("path.qeue").contains("path.queue"));
    assert!(line("colour").contains("unit.amount"));
    assert!(line("method.disputes").contains("POST, GET"));
    assert!(line("path.document").contains("{documentId}"));
    let defaults: Vec<_> = table::TABLE.iter().map(|row| (row.name, row.default)).collect();
    assert_eq!(Nets.check(&with(&defaults)), [""; 0], "the defaults pass their own check");
    let names: std::collections::BTreeSet<_> = table::TABLE.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), table::TABLE.len());
}

#[test]
fn the_manifest_knows_the_addresses_and_the_seven_queues() {
    let manifest = Nets.manifest();
    assert_eq!(manifest.live.base, "https://api-gateway2.nets.eu/dispute-casemanagement/v1");
    assert_eq!(manifest.test.base, "https://api-gateway2.nets.eu/dispute-casemanagement-pp/v1");
    assert_eq!(manifest.live.token, "https://api-gateway.nets.eu/token");
    assert_eq!(manifest.test.token, "https://api-gateway-pp.nets.eu/token");
    let queues: Vec<_> = manifest.queues.iter().map(|queue| (queue.id, queue.name, queue.stage)).collect();
    assert_eq!(
        queues,
        [
            ("1000", "1st Line Issuer", Stage::WithUs),
            ("2000", "1st Line NETS", Stage::WithThem),
            ("3000", "Case Handling Not Possible", Stage::NeedsAnswer),
            ("4000", "Closed Supercase", Stage::WithUs),
            ("5000", "Awaiting Issuer Feedback", Stage::NeedsAnswer),
            ("6000", "Awaiting Dispute Submission", Stage::WithUs),
            ("7000", "Issuer Disputes", Stage::WithThem),
        ]
    );
}

// Reading cases

const SAMPLE: &str = r#"{"caseNumber":"CB 0012","caseGroupNumber":"G7","queueId":"6000","status":"Ready",
 "cardScheme":"VISA","cardNumber":"411111******1111","cardHolderName":"Åse Øst","acqReferenceData":"74550206280123456789013",
 "cardSchemeDisputeReasonCode":"","cardSchemeFraudReasonCode":"10.4","cardSchemeRetrvRequestReasonCode":null,
 "merchantName":"Kafé","merchantCity":"Bergen","merchantCountry":"NO","merchantCategoryCode":5812,
 "disputeAmount":10.5,"disputeCurrency":"EUR","transactionAmount":"1234","transactionCurrency":"JPY",
 "transactionDate":"2026-10-01T10:00:00+02:00","createdDate":"2026-11-01T08:00:00Z","updatedDate":1793600000,
 "dueDate":"2026-11-30","unheardOf":{"a":[1,2]},
 "documents":[{"documentId":12,"fileName":"a.pdf","mimeType":"application/pdf","source":"ISSUER","uploadedBy":"kmo","uploadedDate":"2026-11-02"}],
 "history":[{"date":"2026-11-02T09:00:00Z","user":"kmo","text":"opened"}],"notes":["called"]}"#;

#[test]
fn a_whole_case_is_read_member_by_member() {
    let case = read(format!("[{SAMPLE}]")).remove(0);
    let texts = [
        &case.id.number,
        &case.group,
        &case.queue,
        &case.status,
        &case.network,
        &case.card,
        &case.cardholder,
        &case.arn,
        &case.reason,
        &case.merchant,
        &case.merchant_place,
        &case.merchant_category,
    ];
    assert_eq!(
        texts.map(Raw::exact),
        [
            "CB 0012",
            "G7",
            "6000",
            "Ready",
            "VISA",
            "411111******1111",
            "Åse Øst",
            "74550206280123456789013",
            "10.4",
            "Kafé",
            "Bergen, NO",
            "5812"
        ]
    );
    assert_eq!(case.id.profile, "nets-test");
    assert_eq!(case.stage, Stage::WithUs);
    assert_eq!(case.amount, euro(1050));
    assert_eq!(case.transaction_amount, Some(Money { minor: 1234, currency: Currency::parse("JPY") }));
    assert_eq!(case.transaction_at, Moment::parse("2026-10-01T08:00:00Z"));
    assert_eq!(case.opened, Moment::parse("2026-11-01T08:00:00Z"));
    assert_eq!(case.updated, Some(Moment::from_epoch_seconds(1_793_600_000)));
    let deadline = case.deadline.clone().unwrap();
    assert_eq!((deadline.at.rfc3339().as_str(), deadline.whose), ("2026-11-30T23:59:59.999Z", Whose::Provider));
    let document = &case.documents[0];
    assert_eq!(
        (document.id.exact(), document.name.exact(), document.claimed.exact()),
        ("12", "a.pdf", "application/pdf")
    );
    assert_eq!(
        (document.side, document.by.exact(), document.at),
        (Side::Issuer, "kmo", Moment::parse("2026-11-02"))
    );
    let happened: Vec<_> = case.history.iter().map(|line| (line.who.exact(), line.what.exact())).collect();
    assert_eq!(happened, [("kmo", "opened"), ("", "called")]);
    assert_eq!(unread(&case), [""; 0]);
    assert_eq!(case.raw.exact(), SAMPLE, "byte for byte");
}

#[test]
fn what_an_answer_does_not_speak_of_is_known_from_what_is_said_to_be_empty() {
    let number = Want::Number("1".into());
    let of = |want: &Want, members: &str| {
        read_with(want, format!(r#"[{{"caseNumber":"1"{members}}}]"#), &settings()).remove(0).silent
    };
    for (members, part) in [
        (r#","caseGroupNumber":"#, Part::Group),
        (r#","queueId":"#, Part::Queue),
        (r#","status":"#, Part::Status),
        (r#","cardScheme":"#, Part::Network),
        (r#","cardNumber":"#, Part::Card),
        (r#","cardHolderName":"#, Part::Cardholder),
        (r#","acqReferenceData":"#, Part::Arn),
        (r#","cardSchemeFraudReasonCode":"#, Part::Reason),
        (r#","merchantName":"#, Part::Merchant),
        (r#","merchantCountry":"#, Part::MerchantPlace),
        (r#","merchantCategoryCode":"#, Part::MerchantCategory),
        (r#","disputeAmount":"#, Part::Amount),
        (r#","disputeCurrency":"#, Part::Currency),
        (r#","transactionAmount":"#, Part::TransactionAmount),
        (r#","transactionCurrency":"#, Part::TransactionCurrency),
        (r#","transactionDate":"#, Part::TransactionAt),
        (r#","createdDate":"#, Part::Opened),
        (r#","updatedDate":"#, Part::Updated),
        (r#","dueDate":"#, Part::Deadline),
        (r#","documents":"#, Part::Documents),
        (r#","notes":"#, Part::History),
    ] {
        assert!(of(&number, "").about(part), "{part:?}");
        for value in ["null", "\"\"", "[]", "7"] {
            let mut said = of(&number, &format!("{members}{value}"));
            assert!(!said.about(part), "{part:?} {value}");
            said.leave_out(part);
            assert_eq!(said, of(&number, ""), "{part:?} and no other");
        }
    }
    assert!(!of(&queue(), "").about(Part::Queue), "the queue that lists it speaks of it");
    assert!(read(format!("[{SAMPLE}]"))[0].silent.is_empty());
}

#[test]
fn cases_are_found_in_every_likely_envelope() {
    let (a, b) = (r#"{"caseNumber":"A"}"#, r#"{"caseNumber":"B"}"#);
    for (body, numbers) in [
        (format!("[{a},{b}]"), "AB"),
        (format!(r#"{{"cases":[{a},{b}]}}"#), "AB"),
        (format!(r#"{{"status":"OK","disputeCases":[{a}],"count":1}}"#), "A"),
        (format!(r#"{{"status":"OK","whatever":[{a},{b}],"messages":[]}}"#), "AB"),
        (format!(r#"{{"data":{{"cases":[{a}]}},"meta":{{"page":1}}}}"#), "A"),
        (format!(r#"{{"response":{{"result":{{"list":[{a}]}}}}}}"#), "A"),
        (format!(r#"{{"cases":{{"case":[{a},{b}]}}}}"#), "AB"),
        (format!(r#"{{"cases":{a}}}"#), "A"),
        (format!(r#"{{"cases":[{a}],"cases":[{b}]}}"#), "AB"),
        (format!(r#"{{"open":[{a}],"closed":[{b}]}}"#), "AB"),
        (a.into(), "A"),
        (format!(r#"{{"dispute":{a}}}"#), "A"),
        (format!("\u{feff} [{a}]\n"), "A"),
        (r#"{"caseNumber":"A","documents":[{"documentId":"1"}],"history":[{"text":"x"}]}"#.into(), "A"),
        ("[]".into(), ""),
        (r#"{"cases":[]}"#.into(), ""),
        (r#"{"status":"OK","results":[]}"#.into(), ""),
        (r#"{"code":0,"result":{"items":[]}}"#.into(), ""),
    ] {
        let read: String = read(body.as_str()).iter().map(|case| case.id.number.exact()).collect();
        assert_eq!(read, numbers, "{body}");
    }
}

#[test]
fn an_answer_without_cases_is_refused_and_not_an_empty_queue() {
    for body in [
        "",
        " \n",
        "null",
        "true",
        "3",
        "\"cases\"",
        "{}",
        "{\"cases\":null}",
        "{\"cases\":5}",
        "[",
        "[}",
        "[1,]",
        "{\"cases\":[{\"caseNumber\":\"26\"",
        "[] []",
        "{\"message\":\"later\"}",
        "not json",
    ] {
        refused(&queue(), body);
    }
    assert!(refused(&queue(), r#"{"message":"try later"}"#).contains("try later"));
    let portal = "\n<!DOCTYPE html><html><head><title>Guest network</title></head><body>Log in</body></html>";
    assert_eq!(refused(&queue(), portal), "a page titled \"Guest network\"");
    assert!(refused(&queue(), "[".repeat(100_000)).contains("128"));
    refused(&queue(), format!("{}{}", "[".repeat(129), "]".repeat(129)));
    let deep = format!(r#"[{{"caseNumber":"1","x":{}{}}}]"#, "[".repeat(126), "]".repeat(126));
    assert_eq!(read(deep).len(), 1, "128 levels are read");
    let none = Response { status: 204, headers: vec![], body: vec![], date: None };
    assert_eq!(Nets.read(&queue(), &none, &settings()), Ok(Found::Cases(vec![])));
}

#[test]
fn an_answer_that_tells_of_errors_is_no_queue() {
    for (body, says) in [
        (r#"{"errors":[{"code":"X","message":"backend timeout"}]}"#, "backend timeout"),
        (r#"{"errors":["backend timeout"]}"#, "backend timeout"),
        (r#"{"Errors":["backend timeout"]}"#, "backend timeout"),
        (r#"{"messages":["backend timeout"]}"#, "backend timeout"),
        (r#"{"WARNINGS":[{"message":"backend timeout"}]}"#, "backend timeout"),
        (r#"{"errors":{"queueId":["Unknown."]}}"#, "queueId: Unknown."),
        (r#"{"errors":[{"caseNumber":"A","message":"backend timeout"}]}"#, "backend timeout"),
        (r#"{"cases":[],"errors":["backend timeout"]}"#, "backend timeout"),
        (r#"{"cases":[{"caseNumber":"A"}],"error":"backend timeout"}"#, "backend timeout"),
        (r#"{"data":{"cases":[{"caseNumber":"A"}],"error":{"message":"backend timeout"}}}"#, "backend timeout"),
        (r#"["backend timeout"]"#, "backend timeout"),
        (r#"[{"code":"X","message":"backend timeout"}]"#, "backend timeout"),
        (r#"{"cases":[{"code":"X","message":"backend timeout"}]}"#, "backend timeout"),
        (r#"{"cases":["backend timeout",3]}"#, "backend timeout"),
    ] {
        let told = refused(&queue(), body);
        assert!(told.contains(says), "{body}: {told}");
    }
    for body in [
        r#"{"cases":[{"caseNumber":"A"}],"errors":[],"error":null,"fault":{},"warnings":["slow today"]}"#,
        r#"{"cases":[{"caseNumber":"A"}],"errors":"","error":false,"messages":["1 case"]}"#,
    ] {
        assert_eq!(read(body).len(), 1, "{body}");
    }
}

#[test]
fn a_part_of_a_queue_is_no_queue() {
    for (around, says) in [
        (r#""totalCount":500,"nextPage":2"#, "totalCount is 500, and 1 are in the answer"),
        (r#""COUNT":"2""#, "COUNT is 2"),
        (r#""meta":{"page":{"totalElements":2}}"#, "totalElements is 2"),
        (r#""total":99999999999999999999999"#, "total is "),
        (r#""nextPage":2"#, "nextPage: 2"),
        (r#""hasMore":true"#, "hasMore"),
        (r#""links":{"next":{"href":"/x?page=2"}}"#, "next"),
        (r#""nextLink":"/x?page=2""#, "nextLink: /x?page=2"),
        (r#""totalPages":3"#, "totalPages: 3"),
    ] {
        let told = refused(&queue(), format!(r#"{{"cases":[{{"caseNumber":"A"}}],{around}}}"#));
        assert!(told.starts_with("only a part came") && told.contains(says), "{around}: {told}");
    }
    let none_here = refused(&queue(), r#"{"cases":[],"total":3}"#);
    assert!(none_here.contains("total is 3, and 0 are"), "{none_here}");
    let whole = r#"{"cases":[{"caseNumber":"A","total":7,"next":"B"}],"total":1,"count":0,"sum":12.50,
        "nextPage":null,"next":"","hasMore":false,"hasNext":"false","nextCursor":0,"totalPages":1,"size":50}"#;
    assert_eq!(read(whole).len(), 1, "what belongs to a case does not count");
    let with = |status, headers: &[(&str, &str)]| {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let answer = Response { status, headers, ..answer(r#"[{"caseNumber":"A"}]"#) };
        Nets.read(&queue(), &answer, &settings())
    };
    for (status, headers) in [
        (206, &[][..]),
        (200, &[("link", "</a>; rel=\"prev\", </b>; rel=\"next\"")]),
        (200, &[("link", "</b>; rel=next")]),
    ] {
        let fault = with(status, headers).expect_err("a part");
        assert_eq!((fault.kind, fault.status), (FaultKind::Unreadable, Some(status)));
    }
    assert!(with(200, &[("link", "</a>; rel=\"self\"")]).is_ok());
}

#[test]
fn elements_that_are_no_cases_stay_in_the_list_under_made_up_numbers() {
    let body = r#"{"cases":[{"caseNumber":"A"},17,null,"text",[1],{},{"status":"x"},{"caseNumber":{"a":1}},{"caseNumber":" "},true]}"#;
    let cases = read(body);
    assert_eq!(cases.len(), 10);
    let numbers: std::collections::BTreeSet<_> = cases.iter().map(|case| &case.id.number).collect();
    assert_eq!(numbers.len(), 10);
    assert!(cases[1..].iter().all(|case| is_made_up(&case.id.number) && !case.unread.is_empty()));
    assert_eq!(cases[1].raw.exact(), "17");
    assert_eq!(cases[6].status.exact(), "x");
    assert_eq!(read(body), cases, "and the same number each time");
    assert!(!is_made_up(&"no number".into()) && !is_made_up(&"A".into()));
}

#[test]
fn two_cases_of_one_number_are_both_kept_and_told() {
    let cases = read(
        r#"[{"caseNumber":"A","status":"1"},{"caseNumber":"A","status":"2"},{"caseNumber":"A","status":"1"}]"#,
    );
    let shown: Vec<_> = cases.iter().map(|case| (is_made_up(&case.id.number), case.status.exact())).collect();
    assert_eq!(shown, [(false, "1"), (true, "2")], "the very same element twice counts once");
    assert!(unread(&cases[1])[0].contains("A is also the number"));
}

#[test]
fn numbers_larger_than_any_machine_number_spoil_their_member_only() {
    let case = one(
        r#""status":"x","disputeAmount":1e400,"disputeCurrency":"EUR","transactionAmount":-1.8e308,"createdDate":1e400,"dueDate":99999999999999999999,"merchantCategoryCode":123456789012345678901234567890"#,
    );
    assert_eq!((case.amount, case.transaction_amount, case.opened, &case.deadline), (None, None, None, &None));
    assert_eq!(case.merchant_category.exact(), "123456789012345678901234567890");
    assert_eq!(case.status.exact(), "x");
    assert_eq!(unread(&case).len(), 4, "{:?}", case.unread);
    assert!(unread(&case).iter().any(|line| line.starts_with("disputeAmount: ") && line.contains("1e400")));
}

#[test]
fn a_member_twice_with_different_values_is_unset_and_told() {
    let case = one(r#""disputeAmount":1,"disputeAmount":2,"disputeCurrency":"EUR","status":"a","status":"a""#);
    assert_eq!((case.amount, case.status.exact()), (None, "a"));
    assert_eq!(unread(&case), ["disputeAmount: twice, with different values"]);
    let case = one(r#""disputeAmount":1,"disputeCurrency":"EUR","disputeCurrency":"JPY""#);
    assert_eq!(case.amount, None);
    let cases = read(r#"[{"caseNumber":"A","caseNumber":"B","status":"x"}]"#);
    assert!(is_made_up(&cases[0].id.number) && cases[0].status.exact() == "x");
}

#[test]
fn amounts_are_read_as_decimals_in_the_unit_of_the_profile() {
    for (members, minor) in [
        (r#""disputeAmount":90071992547409.93,"disputeCurrency":"EUR""#, Some(9_007_199_254_740_993)),
        (r#""disputeAmount":"12.50","disputeCurrency":"eur""#, Some(1250)),
        (r#""disputeAmount":12.50,"disputeCurrency":978"#, Some(1250)),
        (r#""amount":{"value":7,"currency":"EUR"}"#, Some(700)),
        (r#""amount":{"value":"7.1"},"currency":"EUR""#, Some(710)),
        (r#""disputeAmount":null,"amount":3,"currency":"EUR""#, Some(300)),
        (r#""disputeAmount":-0.07,"disputeCurrency":"EUR""#, Some(-7)),
        (r#""disputeAmount":1.005,"disputeCurrency":"EUR""#, None),
        (r#""disputeAmount":"1,50","disputeCurrency":"EUR""#, None),
        (r#""disputeAmount":true,"disputeCurrency":"EUR""#, None),
        (r#""disputeAmount":[1],"disputeCurrency":"EUR""#, None),
        (r#""disputeAmount":{},"disputeCurrency":"EUR""#, None),
        (r#""disputeAmount":1,"disputeCurrency":"EURO""#, None),
    ] {
        let case = one(members);
        assert_eq!(case.amount, minor.and_then(euro), "{members}");
        assert_eq!(unread(&case).is_empty(), minor.is_some(), "{members}: {:?}", case.unread);
    }
    assert_eq!(one(r#""disputeAmount":5"#).amount, Some(Money { minor: 500, currency: None }));
    let minor = with(&[("unit.amount", "minor")]);
    let case = one_with(r#""disputeAmount":1250,"disputeCurrency":"EUR","transactionAmount":1.5"#, &minor);
    assert_eq!((case.amount, case.transaction_amount), (euro(1250), None));
}

#[test]
fn dates_are_read_in_the_forms_that_leave_no_doubt() {
    for (written, read) in [
        (r#""2026-11-22T10:00:00Z""#, "2026-11-22T10:00:00.000Z"),
        (r#""2026-11-22T10:00:00.123456+01:00""#, "2026-11-22T09:00:00.123Z"),
        (r#""2026-11-22T10:00:00""#, "2026-11-22T10:00:00.000Z"),
        (r#""2026-11-22 10:00:00""#, "2026-11-22T10:00:00.000Z"),
        (r#""2026-11-22""#, "2026-11-22T23:59:59.999Z"),
        (r#"" 2026-11-22 ""#, "2026-11-22T23:59:59.999Z"),
        (r#""20261122""#, "2026-11-22T23:59:59.999Z"),
        (r#""22.11.2026""#, "2026-11-22T23:59:59.999Z"),
        ("1795341600", "2026-11-22T10:00:00.000Z"),
        ("1795341600000", "2026-11-22T10:00:00.000Z"),
        (r#""1795341600""#, "2026-11-22T10:00:00.000Z"),
    ] {
        let case = one(&format!(r#""dueDate":{written}"#));
        assert_eq!(case.deadline.map(|due| due.at.rfc3339()).as_deref(), Some(read), "{written}");
    }
    for written in [
        r#""11/22/2026""#,
        r#""soon""#,
        r#""2026-13-01""#,
        r#""31.02.2026""#,
        "true",
        "{}",
        "1.5",
        "9223372036854775807",
        "-9223372036854775808",
        r#""+999999-01-01""#,
    ] {
        let case = one(&format!(r#""dueDate":{written}"#));
        assert_eq!((case.deadline.is_none(), case.unread.len()), (true, 1), "{written}");
    }
    for absent in ["null", r#""""#, r#"" ""#] {
        let case = one(&format!(r#""dueDate":{absent}"#));
        assert_eq!((case.deadline.is_none(), case.unread.len()), (true, 0), "{absent}");
    }
}

#[test]
fn text_is_kept_exactly_whatever_it_does_to_terminals() {
    let case =
        one(r#""merchantName":"\u001b[2J caf\u00e9 \u202e x\u0000 ","status":"\ud800","cardScheme":false"#);
    assert_eq!(case.merchant.exact(), "\u{1b}[2J café \u{202e} x\0 ");
    assert_eq!((case.status.exact(), case.network.exact()), ("", ""));
    assert_eq!(unread(&case).len(), 2, "half a surrogate pair and a boolean: {:?}", case.unread);
    let cases = read(b"[{\"caseNumber\":\"1\",\"merchantName\":\"caf\xe9\"},{\"caseNumber\":\"2\xe9\"},{\"caseNumber\":\"3\"}]");
    assert_eq!(cases[0].merchant.exact(), "caf\u{fffd}");
    assert_eq!(cases.iter().map(|case| case.unread.len()).collect::<Vec<_>>(), [1, 2, 0]);
    assert!(is_made_up(&cases[1].id.number), "a damaged number is no number");
}

#[test]
fn documents_and_history_are_read_as_far_as_they_can_be() {
    let case = one(
        r#""documents":["D1",{"documentId":"D2","source":"Acquirer"},{"fileName":"no id"},7,{"documentId":"D3","source":"both issuer and merchant"}],"history":["x",{},5,{"text":"y","date":"never"}]"#,
    );
    let ids: Vec<_> = case.documents.iter().map(|document| (document.id.exact(), document.side)).collect();
    assert_eq!(
        ids,
        [
            ("D1", Side::Unknown),
            ("D2", Side::Merchant),
            ("", Side::Unknown),
            ("7", Side::Unknown),
            ("D3", Side::Unknown)
        ]
    );
    assert_eq!(case.history.len(), 4);
    assert_eq!(unread(&case).len(), 4, "{:?}", case.unread);
    let case = one(r#""documents":5,"history":true"#);
    assert_eq!((case.documents.len(), case.unread.len()), (0, 2));
}

#[test]
fn the_queue_that_lists_a_case_says_where_it_stands() {
    for (queue, stage) in [
        ("1000", Stage::WithUs),
        ("2000", Stage::WithThem),
        ("3000", Stage::NeedsAnswer),
        ("4000", Stage::WithUs),
        ("5000", Stage::NeedsAnswer),
        ("6000", Stage::WithUs),
        ("7000", Stage::WithThem),
        ("8100", Stage::Unknown),
        ("01000", Stage::Unknown),
    ] {
        let listed = read_with(&Want::Queue(queue.into()), r#"[{"caseNumber":"1"}]"#, &settings());
        assert_eq!((listed[0].queue.exact(), listed[0].stage), (queue, stage));
        let body = format!(r#"[{{"caseNumber":"1","queueId":"{queue}"}}]"#);
        let named = read_with(&Want::Number("1".into()), body, &settings());
        assert_eq!((named[0].queue.exact(), named[0].stage), (queue, stage));
    }
}

#[test]
fn an_answer_to_another_question_is_refused_by_name() {
    let number = Want::Number("A".into());
    assert_eq!(refused(&number, r#"[{"caseNumber":"B"}]"#), "asked for case A, got case B");
    assert_eq!(refused(&number, r#"[{"caseNumber":"A"},{"caseNumber":"B"}]"#), "asked for case A, got case B");
    refused(&number, r#"[{"caseNumber":"A","status":"1"},{"caseNumber":"A","status":"2"}]"#);
    refused(&number, r#"{"cases":[{"status":"x"}]}"#);
    let fault = Nets.read(&number, &answer("[]"), &settings()).unwrap_err();
    assert_eq!((fault.kind, fault.says.exact()), (FaultKind::NotThere, "A"));
    let group = Want::Group("G".into());
    let body = r#"[{"caseNumber":"1","caseGroupNumber":"G"},{"caseNumber":"2","caseGroupNumber":"H"}]"#;
    assert_eq!(refused(&group, body), "asked for group G, got group H");
    assert_eq!(read_with(&group, r#"[{"caseNumber":"1"}]"#, &settings()).len(), 1);
    let other = r#"[{"caseNumber":"1","queueId":"1000"},{"caseNumber":"2"}]"#;
    assert_eq!(refused(&queue(), other), "asked for queue 6000, got queue 1000");
    let mixed = r#"[{"caseNumber":"1","queueId":"1000"},{"caseNumber":"2","queueId":6000}]"#;
    let cases = read(mixed);
    assert_eq!(unread(&cases[0]), ["listed in queue 6000, but names queue 1000"]);
    assert_eq!((cases[0].queue.exact(), cases[1].unread.len()), ("6000", 0));
}

// Documents

fn paper(id: &str, answer: &Response) -> (String, String, Vec<u8>) {
    match Nets.read(&Want::Document(id.into()), answer, &settings()) {
        Ok(Found::Document(paper)) => (paper.name.exact().into(), paper.claimed.exact().into(), paper.bytes),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_document_comes_as_bytes_or_as_base64_in_json() {
    let bytes = vec![0xfb, 0xff, 0x00, 0x25];
    for content in
        ["+/8AJQ==", "+/8AJQ", "-_8AJQ==", "-_8AJQ", "+/8A\\r\\nJQ==", "data:application/pdf;base64,+/8AJQ=="]
    {
        let body = format!(
            r#"{{"documentId":"7","fileName":"a.pdf","mimeType":"application/pdf","content":"{content}"}}"#
        );
        let read = paper("7", &answer(body));
        assert_eq!(read, ("a.pdf".into(), "application/pdf".into(), bytes.clone()), "{content}");
    }
    for wrapped in [r#"{"document":{"id":7,"data":"+/8AJQ"}}"#, r#"[{"id":7,"data":"+/8AJQ"}]"#] {
        assert_eq!(paper("7", &answer(wrapped)), ("7".into(), "".into(), bytes.clone()));
    }
    for (disposition, name) in [
        ("attachment; filename=\"fak;tura \\\"1\\\".pdf\"", "fak;tura \"1\".pdf"),
        ("attachment; filename=a.pdf; filename*=UTF-8''%C3%A6%20b.pdf", "æ b.pdf"),
        ("attachment; filename*=UTF-8''%zz; filename=b.pdf", "b.pdf"),
        ("inline; filename=\"../../etc/passwd\"", "../../etc/passwd"),
        ("attachment", "7"),
        ("attachment; filename=\"\"", "7"),
        (";;;=\"", "7"),
    ] {
        let mut answer = typed("image/png", b"\x89PNG".to_vec());
        answer.headers.push(("content-disposition".into(), disposition.into()));
        assert_eq!(
            paper("7", &answer),
            (name.into(), "image/png".into(), b"\x89PNG".to_vec()),
            "{disposition}"
        );
    }
    let log = r#"{"events":[1,2]}"#;
    assert_eq!(paper("7", &answer(log)).2, log.as_bytes(), "JSON that wraps nothing is the document");
    assert_eq!(paper("7", &typed("application/pdf", "")).2, b"", "a document of no bytes is shown as such");
    assert_eq!(paper("7", &typed("application/pdf", "<html>")).2, b"<html>", "the bytes decide later");
}

#[test]
fn a_document_answer_that_is_none_is_refused() {
    let want = Want::Document("7".into());
    assert_eq!(refused(&want, r#"{"documentId":"8","content":"AA=="}"#), "asked for document 7, got 8");
    assert!(refused(&want, r#"{"content":"not base64!"}"#).contains("not base64"));
    assert!(refused(&want, r#"{"content":"AA==","content":"AQ=="}"#).contains("twice"));
    let page = typed("text/html", "<html><title>Log in</title></html>");
    let fault = Nets.read(&want, &page, &settings()).unwrap_err();
    assert_eq!((fault.kind, fault.says.exact()), (FaultKind::Unreadable, "a page titled \"Log in\""));
}

// Refusals

#[test]
fn a_refusal_is_told_in_the_providers_own_words() {
    for (status, body, kind, says, members) in [
        (422, r#"{"errors":{"caseNumber":["Unknown.","Too short."]}}"#, FaultKind::Refused, "", 2),
        (400, r#"{"caseNumber":["Unknown."]}"#, FaultKind::Refused, "", 1),
        (400, r#"{"errors":["first","second"],"message":"Bad"}"#, FaultKind::Refused, "Bad: first", 0),
        (500, r#"{"code":"500","message":"Broken","source":"CBK"}"#, FaultKind::Broken, "Broken: 500", 0),
        (
            404,
            r#"{"fault":{"code":900906,"message":"Not Found","description":"No resource"}}"#,
            FaultKind::NotThere,
            "Not Found: No resource",
            0,
        ),
        (403, r#"{"description":"Not subscribed"}"#, FaultKind::Forbidden, "Not subscribed", 0),
        (400, r#"{"error":"invalid_grant"}"#, FaultKind::Refused, "invalid_grant", 0),
        (400, "Rate table missing", FaultKind::Refused, "Rate table missing", 0),
        (401, "", FaultKind::Unauthorised, "", 0),
        (
            502,
            "<html><head><title>502 Bad Gateway</title></head>",
            FaultKind::Broken,
            "a page titled \"502 Bad Gateway\"",
            0,
        ),
        (502, "<html><body><h1>Down</h1> for now</body>", FaultKind::Broken, "a page: Down for now", 0),
        (302, "", FaultKind::Unreadable, "", 0),
        (400, "{\"fault\":{\"fault\":{\"fault\":3}}}", FaultKind::Refused, "{\"fault\":3}", 0),
    ] {
        let fault = Nets.refusal(&Response { status, ..answer(body) });
        assert_eq!((fault.kind, fault.status, fault.says.exact()), (kind, Some(status), says), "{body}");
        assert_eq!(fault.members.len(), members, "{body}");
    }
    let fault = Nets.refusal(&Response { status: 422, ..answer(r#"{"errors":{"a":["x"],"b":"y"}}"#) });
    assert_eq!(fault.members, [(Raw::from("a"), Raw::from("x"))]);
    for body in
        ["x".repeat(1 << 20), format!(r#"{{"message":"{}"}}"#, "é".repeat(1 << 20)), "[".repeat(1 << 20)]
    {
        let fault = Nets.refusal(&Response { status: 400, ..answer(body) });
        assert!(fault.says.exact().chars().count() < 600);
    }
}

#[test]
fn no_card_number_is_cut_in_half() {
    let number = "4111111111111111";
    let clear = |text: &Raw| text.show().as_str().contains("4111111");
    for before in (0..90).chain(480..510).chain(3980..4010) {
        let text = format!("{}{number} was used", "x".repeat(before));
        let tags = format!("{}{number} was used", "<p>".repeat(before / 3) + &"x".repeat(before % 3));
        for body in [
            text.clone(),
            format!(r#"{{"message":"{text}"}}"#),
            format!(r#"{{"errors":{{"{text}":["{text}"]}}}}"#),
            format!("<html><title>{text}</title>"),
            format!("<html>{text}"),
            format!("<html>{tags}"),
            format!("<html>{tags}").replace(" was used", ""),
        ] {
            let fault = Nets.refusal(&Response { status: 400, ..answer(body.clone()) });
            let said =
                [&fault.says].into_iter().chain(fault.members.iter().flat_map(|(name, words)| [name, words]));
            said.for_each(|text| assert!(!clear(text), "{before} {body}: {text:?}"));
            let fault = Nets.read(&queue(), &answer(body), &settings()).unwrap_err();
            assert!(!clear(&fault.says), "{before}: {:?}", fault.says);
        }
        let case = one(&format!(r#""dueDate":"{text}""#));
        assert!(!case.unread.is_empty() && !case.unread.iter().any(clear), "{:?}", case.unread);
        let fault = Nets.read(
            &Want::Number("1".into()),
            &answer(format!(r#"[{{"caseNumber":"{text}"}}]"#)),
            &settings(),
        );
        assert!(!clear(&fault.unwrap_err().says));
    }
}

#[test]
fn a_refusal_has_the_providers_id_for_the_conversation() {
    for header in ["x-request-id", "x-correlation-id", "activityid", "request-id"] {
        let headers = vec![(header.into(), "r-1".into())];
        let fault = Nets.refusal(&Response { status: 500, headers, ..answer("") });
        assert_eq!(fault.request_id.exact(), "r-1", "{header}");
    }
}

// The stand-in's answers, which this code has never seen

fn world(cases: usize) -> served::World {
    let born = Moment::parse("2026-11-22T07:00:00Z").unwrap();
    served::world(served::Origin { seed: 3, cases, born, changes: Vec::new() })
}

/// A question asked of the stand-in as the door would ask it.
fn ask(world: &mut served::World, want: &Want) -> Response {
    let request = Nets.ask(want, &settings()).unwrap();
    let query: Vec<_> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let target = format!("{}{}?{}", sandbox::BASE, request.path, query.join("&"));
    let mut headers = vec![("authorization".to_owned(), sandbox::API_KEY.to_owned())];
    let (method, body) = match request.body {
        Body::Json(body) => ("POST", body.to_string().into_bytes()),
        Body::Exact(bytes) => ("POST", bytes.clone()),
        Body::Empty => ("GET", Vec::new()),
    };
    headers.push(("content-type".into(), "application/json".into()));
    world.answer(&Asked::new(method, &target, headers, body), Moment(0))
}

fn found(world: &mut served::World, want: &Want) -> Vec<Case> {
    match Nets.read(want, &ask(world, want), &settings()) {
        Ok(Found::Cases(cases)) => cases,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_case_and_document_of_the_stand_in_is_understood() {
    let mut world = world(80);
    let mut count = 0;
    for queue in served::World::queues() {
        for case in found(&mut world, &Want::Queue(queue.into())) {
            count += 1;
            assert_eq!(unread(&case), [""; 0]);
            assert!(case.amount.is_some() && case.transaction_amount.is_some() && case.opened.is_some());
            assert!(!case.reason.is_empty() && !case.merchant_place.is_empty() && case.history.len() > 1);
            assert_eq!(found(&mut world, &Want::Number(case.id.number.clone())), std::slice::from_ref(&case));
            assert!(found(&mut world, &Want::Group(case.group.clone())).contains(&case));
            for document in &case.documents {
                let want = Want::Document(document.id.clone());
                let Ok(Found::Document(paper)) = Nets.read(&want, &ask(&mut world, &want), &settings()) else {
                    panic!("{want:?}")
                };
                assert_eq!((&paper.name, &paper.claimed), (&document.name, &document.claimed));
                assert!(document.side != Side::Unknown);
            }
        }
    }
    assert_eq!(count, 80);
    let fault = Nets.refusal(&ask(&mut world, &Want::Queue("9".into())));
    assert_eq!((fault.kind, fault.members.len()), (FaultKind::Refused, 1));
    let fault = Nets.refusal(&ask(&mut world, &Want::Number("9".into())));
    assert_eq!(fault.kind, FaultKind::NotThere);
}

/// A write as the API takes it, phrased by hand.
fn write(world: &mut served::World, method: &str, body: &serde_json::Value) -> serde_json::Value {
    let headers = vec![
        ("authorization".to_owned(), sandbox::API_KEY.to_owned()),
        ("content-type".to_owned(), "application/json".to_owned()),
    ];
    let target = format!("{}/dispute", sandbox::BASE);
    let asked = Asked::new(method, &target, headers, body.to_string().into_bytes());
    let answer = world.answer(&asked, Moment::parse("2026-11-22T09:30:00Z").unwrap());
    assert!((200..300).contains(&answer.status), "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn a_case_that_was_filed_is_understood_wherever_it_goes() {
    let mut world = served::World::new(world(20).origin().clone(), |_| Some("4111111111111111".into()));
    let dispute = json!({
        "cardNumber": format!("{}==", "A".repeat(342)), "cardSchemeDisputeReasonCode": "13.1",
        "transactionAmount": 12.5, "transactionCurrency": "EUR", "transactionDate": "2026-10-03",
        "documents": [{"fileName": "brev.txt", "mimeType": "text/plain", "content": "aGVq"}],
    });
    let filed = write(&mut world, "POST", &dispute);
    let number: Raw = filed["caseNumber"].as_str().unwrap().into();
    let euros = Money { minor: 1250, currency: Currency::parse("EUR") };
    for (action, queue, stage, last) in [
        ("", "6000", Stage::WithUs, "Case created: 13.1"),
        ("SUBMIT", "7000", Stage::WithThem, "and so on"),
        ("CLOSE", "4000", Stage::WithUs, "and so on"),
        ("ACKNOWLEDGE_CLOSURE", "", Stage::Unknown, "and so on"),
    ] {
        if !action.is_empty() {
            let update = json!({"caseNumber": filed["caseNumber"], "action": action, "notes": last});
            write(&mut world, "PUT", &update);
        }
        let case = found(&mut world, &Want::Number(number.clone())).remove(0);
        assert_eq!(unread(&case), [""; 0]);
        assert_eq!((case.queue.exact(), case.amount, case.reason.exact()), (queue, Some(euros), "13.1"));
        assert_eq!(case.stage, stage, "{queue}");
        assert_eq!(case.updated, Moment::parse("2026-11-22T09:30:00Z"));
        assert_eq!(case.history.last().map(|line| line.what.exact()), Some(last));
        let want = Want::Document(case.documents[0].id.clone());
        let Ok(Found::Document(paper)) = Nets.read(&want, &ask(&mut world, &want), &settings()) else {
            panic!("{want:?}")
        };
        assert_eq!((paper.name.exact(), paper.bytes.as_slice()), ("brev.txt", b"hej".as_slice()));
    }
}

// Whatever a server sends

/// JSON that may be anything, duplicate members and numbers of any size included.
#[derive(Clone, Debug)]
enum Json {
    Text(String),
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
}

impl Json {
    fn of(value: &serde_json::Value) -> Json {
        match value {
            serde_json::Value::Object(members) => {
                Json::Object(members.iter().map(|(name, value)| (name.clone(), Json::of(value))).collect())
            }
            serde_json::Value::Array(elements) => Json::Array(elements.iter().map(Json::of).collect()),
            plain => Json::Text(plain.to_string()),
        }
    }

    fn written(&self) -> String {
        match self {
            Json::Text(text) => text.clone(),
            Json::Array(elements) => {
                format!("[{}]", elements.iter().map(Json::written).collect::<Vec<_>>().join(","))
            }
            Json::Object(members) => {
                let member = |(name, value): &(String, Json)| format!("{}:{}", json!(name), value.written());
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
            }
        }
    }

    /// Applies a mutation at a place chosen by `path`, somewhere below.
    fn mutate(&mut self, path: &[usize], how: &Mutation) {
        let (step, rest) = path.split_first().map_or((0, &[][..]), |(step, rest)| (*step, rest));
        match self {
            Json::Object(members) if !members.is_empty() => {
                let at = step % members.len();
                match how {
                    _ if !rest.is_empty() && !matches!(members[at].1, Json::Text(_)) => {
                        members[at].1.mutate(rest, how);
                    }
                    Mutation::Replace(text) => members[at].1 = Json::Text(text.clone()),
                    Mutation::Remove => drop(members.remove(at)),
                    Mutation::Repeat(text) => {
                        let name = members[at].0.clone();
                        members.push((name, Json::Text(text.clone())));
                    }
                    Mutation::Add(name, text) => members.push((name.clone(), Json::Text(text.clone()))),
                }
            }
            Json::Array(elements) if !elements.is_empty() => {
                let at = step % elements.len();
                match (&mut elements[at], how) {
                    (Json::Text(plain), Mutation::Replace(text)) => *plain = text.clone(),
                    (Json::Text(_), _) => {}
                    (inner, how) => inner.mutate(rest, how),
                }
            }
            _ => {}
        }
    }
}

#[derive(Clone, Debug)]
enum Mutation {
    Replace(String),
    Remove,
    Repeat(String),
    Add(String, String),
}

fn nasty() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "null",
        "true",
        "false",
        "0",
        "-0",
        "1e400",
        "-1.8e308",
        "1e-400",
        "0.1e+5",
        "9223372036854775808",
        "-9223372036854775809",
        "-9223372036854775808",
        "123456789012345678901234567890.123",
        "\"\"",
        "\" \"",
        "\"\\ud800\"",
        "\"\\udc00x\"",
        "\"\\u0000\"",
        "\"\\u001b[2J\"",
        "\"\u{202e}\"",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "{\"a\":null,\"a\":1}",
        "\"EUR\"",
        "\"2026-11-22\"",
        "\"9999-99-99\"",
        "\"99991231\"",
        "\"-000001-01-01\"",
        "{\"value\":1,\"value\":2}",
        "[1,\"x\",{}]",
        "{\"caseNumber\":\"inner\"}",
        "[{\"caseNumber\":\"inner\"}]",
    ])
    .prop_map(str::to_owned);
    let deep = (1usize..100).prop_map(|depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
    let text = any::<String>().prop_map(|text| json!(text).to_string());
    prop_oneof![6 => fixed, 1 => deep, 1 => text, 1 => any::<f64>().prop_map(|number| json!(number).to_string())]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let name = prop_oneof![
        prop::sample::select(vec![
            "cases",
            "caseNumber",
            "amount",
            "currency",
            "queueId",
            "documents",
            "\u{0}",
            ""
        ])
        .prop_map(str::to_owned),
        any::<String>()
    ];
    prop_oneof![
        4 => nasty().prop_map(Mutation::Replace),
        1 => Just(Mutation::Remove),
        2 => nasty().prop_map(Mutation::Repeat),
        2 => (name, nasty()).prop_map(|(name, text)| Mutation::Add(name, text)),
    ]
}

fn sample() -> Vec<Json> {
    let mut world = world(30);
    let answer = ask(&mut world, &queue());
    let value: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let mut cases: Vec<_> = value["cases"].as_array().unwrap().iter().map(Json::of).collect();
    cases.push(Json::of(&serde_json::from_str(SAMPLE).unwrap()));
    cases
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_mutation_of_an_answer_loses_a_row(
        mutations in prop::collection::vec((prop::collection::vec(0usize..40, 1..5), mutation(), 0usize..40), 1..6)
    ) {
        let mut elements = sample();
        let untouched = read(Json::Array(elements.clone()).written());
        let mut touched = vec![false; elements.len()];
        for (path, how, at) in &mutations {
            let at = at % elements.len();
            elements[at].mutate(path, how);
            touched[at] = true;
        }
        let cases = read(format!("{{\"cases\":{}}}", Json::Array(elements.clone()).written()));
        let mut expected: Vec<String> = Vec::new();
        for element in elements.iter().map(Json::written) {
            if !expected.contains(&element) || cases.iter().filter(|case| case.raw.exact() == element).count() > 1 {
                expected.push(element);
            }
        }
        let raws: Vec<_> = cases.iter().map(|case| case.raw.exact().to_owned()).collect();
        prop_assert_eq!(raws, expected);
        let numbers: std::collections::BTreeSet<_> = cases.iter().map(|case| case.id.number.clone()).collect();
        prop_assert_eq!(numbers.len(), cases.len());
        prop_assert!(cases.iter().all(|case| !case.id.number.is_empty()));
        let mutated: Vec<_> = cases.iter().filter(|case| is_made_up(&case.id.number)).collect();
        if mutated.is_empty() && cases.len() == touched.len() {
            for (at, case) in cases.iter().enumerate().filter(|(at, _)| !touched[*at]) {
                prop_assert_eq!(case, &untouched[at]);
            }
        }
    }

    #[test]
    fn no_bytes_whatever_stop_the_reading(body in prop::collection::vec(any::<u8>(), 0..300), text in nasty(), status in 0u16..999) {
        for body in [body, text.into_bytes()] {
            for want in [queue(), Want::Number("1".into()), Want::Group("1".into()), Want::Document("1".into())] {
                let _ = Nets.read(&want, &answer(body.clone()), &settings());
            }
            let fault = Nets.refusal(&Response { status, ..answer(body) });
            prop_assert_eq!(fault.status, Some(status));
        }
    }

    #[test]
    fn an_answer_cut_anywhere_is_refused_whole(cut in 1usize..2000) {
        let whole = format!("{{\"cases\":[{SAMPLE},{}]}}", SAMPLE.replace("0012", "0013"));
        prop_assert_eq!(read(whole.as_str()).len(), 2);
        let mut at = whole.len().saturating_sub(cut);
        while !whole.is_char_boundary(at) {
            at -= 1;
        }
        refused(&queue(), &whole[..at]);
    }
}
