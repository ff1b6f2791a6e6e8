//! Filing a dispute with the stand-in and acting on one, as a stranger does it: what is taken, what is refused, where a
//! case goes, what stays. Effects are counted by the stand-in's own list.

mod stranger;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::{
    case::moment::{DAY, HOUR},
    sandbox::{self, Action, Trouble, World, Written},
};
use reqwest::Method;
use serde_json::{Value, json};
use stranger::{BORN, Desk, Got, oaep};

const VISA: &str = "4111111111111111";
const REASONS: [&str; 3] =
    ["cardSchemeDisputeReasonCode", "cardSchemeFraudReasonCode", "cardSchemeRetrvRequestReasonCode"];

/// The least that a create needs.
fn least(desk: &Desk) -> Value {
    json!({"cardNumber": desk.sealed(VISA), "cardSchemeDisputeReasonCode": "13.1"})
}

fn file(name: &str, content: &[u8]) -> Value {
    json!({"fileName": name, "mimeType": "application/pdf", "content": STANDARD.encode(content)})
}

/// Every member of a create.
fn whole(desk: &Desk) -> Value {
    json!({
        "cardNumber": desk.sealed(VISA),
        "acqReferenceData": "74550206325000000000013",
        "cardBlocked": "N",
        "cardExpiryDate": "2028-02-29",
        "cardHolderName": "Åse Østby",
        "cardSchemeDisputeReasonCode": "13.1",
        "cardSchemeFraudReasonCode": "10.4",
        "cardSchemeRetrvRequestReasonCode": "30",
        "transactionAmount": 1234.5,
        "transactionCurrency": "NOK",
        "transactionDate": "2026-10-03",
        "merchantName": "Fjordvarer AS",
        "notes": "Varen kom aldri.\nKortholder har purret to ganger.",
        "additionalInformation": "Order 17",
        "documents": [file("kvittering.pdf", b"%PDF-1.4\0\xff"), file("brev.pdf", b"%PDF-1.5")],
    })
}

/// The body with other members; null leaves one out.
fn with(mut body: Value, members: &[(&str, Value)]) -> Value {
    for (name, value) in members {
        match value {
            Value::Null => drop(body.as_object_mut().unwrap().shift_remove(*name)),
            value => body[*name] = value.clone(),
        }
    }
    body
}

/// The members that an answer complains of.
fn complaints(answer: &Got) -> Vec<String> {
    assert_eq!(answer.status, 422, "{}", String::from_utf8_lossy(&answer.body));
    let body = answer.json();
    let errors = body["errors"].as_object().unwrap();
    assert!(errors.values().all(|texts| texts[0].is_string()), "{body}");
    errors.keys().cloned().collect()
}

fn number(answer: &Got) -> String {
    assert!((200..300).contains(&answer.status), "{}", String::from_utf8_lossy(&answer.body));
    answer.json()["caseNumber"].as_str().unwrap().to_owned()
}

fn texts(case: &Value) -> Vec<String> {
    let history = case["history"].as_array().unwrap();
    history.iter().map(|line| line["text"].as_str().unwrap().to_owned()).collect()
}

/// The first case of a queue.
async fn first_of(desk: &Desk, queue: &str) -> String {
    let cases = desk.get(&format!("/disputeQueue?queueId={queue}")).await.cases();
    cases[0]["caseNumber"].as_str().unwrap().to_owned()
}

async fn is_in(desk: &Desk, queue: &str, number: &str) -> bool {
    let cases = desk.get(&format!("/disputeQueue?queueId={queue}")).await.cases();
    cases.iter().any(|case| case["caseNumber"] == number)
}

// ---- filing

#[tokio::test]
async fn a_filed_dispute_stands_in_queue_6000_with_what_was_given() {
    let desk = Desk::open(60).await;
    let filed = desk.create(None, &whole(&desk)).await;
    assert_eq!(filed.status, 201);
    let answer = filed.json();
    assert_eq!(
        answer,
        json!({"caseNumber": "2600410421", "caseGroupNumber": answer["caseGroupNumber"], "queueId": "6000",
            "status": "Ready to submit"})
    );
    let case = desk.case("2600410421").await;
    for (member, value) in [
        ("caseGroupNumber", answer["caseGroupNumber"].clone()),
        ("queueId", "6000".into()),
        ("queueName", "Awaiting Dispute Submission".into()),
        ("status", "Ready to submit".into()),
        ("cardScheme", "VISA".into()),
        ("cardNumber", "411111******1111".into()),
        ("cardHolderName", "Åse Østby".into()),
        ("cardBlocked", "N".into()),
        ("cardExpiryDate", "2028-02-29".into()),
        ("acqReferenceData", "74550206325000000000013".into()),
        ("cardSchemeDisputeReasonCode", "13.1".into()),
        ("cardSchemeFraudReasonCode", "10.4".into()),
        ("cardSchemeRetrvRequestReasonCode", "30".into()),
        ("merchantName", "Fjordvarer AS".into()),
        ("merchantCity", Value::Null),
        ("transactionCurrency", "NOK".into()),
        ("disputeCurrency", "NOK".into()),
        ("transactionDate", "2026-10-03".into()),
        ("createdDate", BORN.rfc3339().into()),
        ("updatedDate", BORN.rfc3339().into()),
        ("dueDate", BORN.plus(20 * DAY).day().into()),
    ] {
        assert_eq!(case[member], value, "{member}");
    }
    assert_eq!(case["transactionAmount"].to_string(), "1234.50");
    assert_eq!(case["disputeAmount"].to_string(), "1234.50");
    assert_eq!(
        texts(&case),
        [
            "Case created: 13.1",
            "Varen kom aldri.\nKortholder har purret to ganger.",
            "Additional information: Order 17"
        ]
    );
    assert!(is_in(&desk, "6000", "2600410421").await);
    let group = json!({"caseGroupNumber": answer["caseGroupNumber"]});
    assert_eq!(desk.find(group.to_string()).await.cases(), std::slice::from_ref(&case), "a group of its own");
    for sealed in [desk.sealed(VISA), oaep(desk.served.card_key, VISA)] {
        let of_card = desk.find(json!({"cardNumber": sealed}).to_string()).await.cases();
        assert!(of_card.len() > 1 && of_card.contains(&case), "among the card's other cases");
    }
}

#[tokio::test]
async fn the_documents_of_a_dispute_come_back_byte_for_byte() {
    let desk = Desk::open(60).await;
    let every_byte: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    let contents = [every_byte, b"%PDF".to_vec(), vec![0], b"{}".to_vec(), vec![0xff; 3]];
    let files: Vec<_> = contents.iter().map(|content| file("æ \"../\u{202e}fdp", content)).collect();
    let filed = desk.create(None, &with(least(&desk), &[("documents", files.into())])).await;
    let case = desk.case(&number(&filed)).await;
    let listed = case["documents"].as_array().unwrap();
    assert_eq!(listed.len(), contents.len());
    for (document, content) in listed.iter().zip(&contents) {
        assert_eq!(document["fileName"], "æ \"../\u{202e}fdp");
        assert_eq!(document["mimeType"], "application/pdf");
        assert_eq!(document["source"], "ISSUER");
        assert_eq!(document["uploadedDate"], BORN.rfc3339().as_str());
        assert!(desk.document(document["documentId"].as_str().unwrap()).await == *content);
    }
}

#[tokio::test]
async fn the_least_is_a_card_and_one_of_three_reasons() {
    let desk = Desk::open(30).await;
    for reason in REASONS {
        let body = json!({"cardNumber": desk.sealed(VISA), reason: "X"});
        let case = desk.case(&number(&desk.create(None, &body).await)).await;
        for other in REASONS {
            assert_eq!(case[other], if other == reason { json!("X") } else { Value::Null });
        }
        assert_eq!((&case["disputeAmount"], &case["merchantName"]), (&Value::Null, &Value::Null));
        assert_eq!(case["documents"], json!([]));
    }
    let without = desk.create(None, &json!({"cardNumber": desk.sealed(VISA)})).await;
    assert_eq!(complaints(&without), ["cardSchemeDisputeReasonCode"]);
}

#[tokio::test]
async fn the_network_is_read_from_the_card() {
    let desk = Desk::open(30).await;
    for (card, network) in [
        (VISA, json!("VISA")),
        ("5555555555554444", json!("MASTERCARD")),
        ("2223003122003222", json!("MASTERCARD")),
        ("5019717010103742", json!("DANKORT")),
        ("378282246310005", Value::Null),
    ] {
        let sealed = desk.sealed(card);
        let body = with(least(&desk), &[("cardNumber", sealed.as_str().into())]);
        let case = desk.case(&number(&desk.create(None, &body).await)).await;
        assert_eq!(case["cardScheme"], network, "{card}");
        assert!(desk.find(json!({"cardNumber": sealed}).to_string()).await.cases().contains(&case));
    }
    let stranger = desk.find(json!({"cardNumber": desk.sealed("371449635398431")}).to_string()).await;
    assert!(stranger.cases().is_empty());
}

#[tokio::test]
async fn what_a_create_does_not_know_is_refused_by_name_and_nothing_is_filed() {
    let desk = Desk::open(30).await;
    for (member, value, complained) in [
        ("cardNumber", Value::Null, "cardNumber"),
        ("cardNumber", json!(VISA), "cardNumber"),
        ("cardNumber", json!(STANDARD.encode([7; 256])), "cardNumber"),
        ("cardNumber", json!(desk.sealed("41111")), "cardNumber"),
        ("cardNumber", json!(4), "cardNumber"),
        ("cardnumber", json!("x"), "cardnumber"),
        ("merchantCity", json!("Oslo"), "merchantCity"),
        ("acqReferenceData", json!(74550206325u64), "acqReferenceData"),
        ("cardBlocked", json!("y"), "cardBlocked"),
        ("cardBlocked", json!(true), "cardBlocked"),
        ("cardExpiryDate", json!("12/28"), "cardExpiryDate"),
        ("cardExpiryDate", json!("2028-02-30"), "cardExpiryDate"),
        ("cardExpiryDate", json!(" 2028-02-28"), "cardExpiryDate"),
        ("transactionDate", json!("2026-10-03T10:00:00Z"), "transactionDate"),
        ("transactionDate", json!("20261003"), "transactionDate"),
        ("transactionAmount", json!("12.50"), "transactionAmount"),
        ("transactionAmount", json!(0), "transactionAmount"),
        ("transactionAmount", json!(-1), "transactionAmount"),
        ("transactionCurrency", json!("KRONER"), "transactionCurrency"),
        ("transactionCurrency", json!("NO"), "transactionCurrency"),
        ("transactionCurrency", json!("N0K"), "transactionCurrency"),
        ("transactionCurrency", json!(" NOK"), "transactionCurrency"),
        ("cardHolderName", json!(""), "cardHolderName"),
        ("merchantName", json!("  "), "merchantName"),
        ("notes", json!(["x"]), "notes"),
        ("additionalInformation", json!({}), "additionalInformation"),
        ("cardSchemeFraudReasonCode", json!(""), "cardSchemeFraudReasonCode"),
        ("documents", json!({}), "documents"),
        ("documents", json!("x"), "documents"),
        ("documents", json!([1]), "documents.0"),
    ] {
        let body = with(whole(&desk), &[(member, value.clone())]);
        let refused = desk.create(Some("k"), &body).await;
        assert_eq!(complaints(&refused), [complained], "{member}: {value}");
    }
    let null = whole(&desk).to_string().replace("\"N\"", "null");
    let refused = desk.try_write(Method::POST, None, null).await.unwrap();
    assert_eq!(complaints(&refused), ["cardBlocked"], "null is not absence");
    for body in ["[]", "", "{\"cardNumber\":", "\u{feff}{}"] {
        assert_eq!(desk.try_write(Method::POST, None, body.into()).await.unwrap().status, 400);
    }
    let path = desk.served.base.clone() + "/dispute";
    let ask =
        |method, query| desk.client.request(method, path.clone() + query).header("authorization", &desk.token);
    let plain = ask(Method::POST, "").header("content-type", "text/plain").body(whole(&desk).to_string());
    assert_eq!(stranger::got(plain).await.unwrap().status, 415);
    let json = ask(Method::POST, "?force=1").header("content-type", "application/json");
    assert_eq!(stranger::got(json.body(whole(&desk).to_string())).await.unwrap().status, 400);
    let answer = stranger::got(ask(Method::GET, "")).await.unwrap();
    assert_eq!((answer.status, answer.header("allow")), (405, "POST, PUT"));
    assert_eq!(desk.served.written(), []);
    assert_eq!(desk.all_cases().await.len(), 30);
    // The key was not used up by what was refused.
    assert_eq!(desk.create(Some("k"), &whole(&desk)).await.status, 201);
}

#[tokio::test]
async fn a_document_is_refused_by_its_place_and_member() {
    let desk = Desk::open(30).await;
    for (member, value) in [
        ("fileName", Value::Null),
        ("fileName", json!("")),
        ("fileName", json!(1)),
        ("mimeType", Value::Null),
        ("mimeType", json!("pdf")),
        ("mimeType", json!("application/pdf\r\nx: y")),
        ("content", Value::Null),
        ("content", json!("")),
        ("content", json!("JVBERi0")),
        ("content", json!("JVBE-_8=")),
        ("content", json!([37])),
        ("size", json!(4)),
    ] {
        let documents =
            json!([file("a.pdf", b"%PDF"), with(file("b.pdf", b"%PDF"), &[(member, value.clone())])]);
        for refused in [
            desk.create(None, &with(least(&desk), &[("documents", documents.clone())])).await,
            desk.update(&json!({"caseNumber": "1", "action": "CLOSE", "documents": documents})).await,
        ] {
            assert_eq!(complaints(&refused), [format!("documents.1.{member}")], "{value}");
        }
    }
}

#[tokio::test]
async fn all_complaints_come_at_once() {
    let desk = Desk::open(30).await;
    let body = json!({
        "acqReferenceData": "", "cardBlocked": "?", "transactionAmount": "1", "colour": 1,
        "documents": [{"fileName": "", "content": 1}, 7],
    });
    let mut all = complaints(&desk.create(Some("not a key"), &body).await);
    all.sort();
    assert_eq!(
        all,
        [
            "Idempotency-Key",
            "acqReferenceData",
            "cardBlocked",
            "cardNumber",
            "cardSchemeDisputeReasonCode",
            "colour",
            "documents.0.content",
            "documents.0.fileName",
            "documents.0.mimeType",
            "documents.1",
            "transactionAmount",
        ]
    );
    let mut all = complaints(&desk.update(&json!({"notes": 1, "why": "x"})).await);
    all.sort();
    assert_eq!(all, ["action", "caseNumber", "notes", "why"]);
}

#[tokio::test]
async fn a_text_has_its_last_character_and_not_one_more() {
    let desk = Desk::open(30).await;
    let open = first_of(&desk, "1000").await;
    for (member, most) in [
        ("acqReferenceData", 23),
        ("cardHolderName", 80),
        ("cardSchemeDisputeReasonCode", 10),
        ("cardSchemeFraudReasonCode", 10),
        ("cardSchemeRetrvRequestReasonCode", 10),
        ("merchantName", 80),
        ("notes", 2000),
        ("additionalInformation", 2000),
    ] {
        // Characters are counted, not bytes.
        let (fits, exceeds) = ("ø".repeat(most), "ø".repeat(most + 1));
        let taken = desk.create(None, &with(whole(&desk), &[(member, fits.into())])).await;
        assert_eq!(taken.status, 201, "{member}");
        let refused = desk.create(None, &with(whole(&desk), &[(member, exceeds.clone().into())])).await;
        assert_eq!(complaints(&refused), [member]);
        if most == 2000 {
            let body = json!({"caseNumber": open, "action": "SUBMIT", member: exceeds});
            assert_eq!(complaints(&desk.update(&body).await), [member]);
        }
    }
    for (length, status) in [(1, 201), (64, 201), (65, 422)] {
        assert_eq!(desk.create(Some(&"K".repeat(length)), &least(&desk)).await.status, status, "{length}");
    }
    for key in ["a b", "a/b", "ä", ""] {
        assert_eq!(complaints(&desk.create(Some(key), &least(&desk)).await), ["Idempotency-Key"], "{key:?}");
    }
    assert_eq!(desk.create(Some("aZ09._-"), &least(&desk)).await.status, 201);
}

#[tokio::test]
async fn ten_documents_are_taken_and_an_eleventh_is_not() {
    let desk = Desk::open(30).await;
    let files = |count: usize| Value::from_iter((0..count).map(|at| file(&format!("{at}.pdf"), b"%PDF")));
    let filed = desk.create(None, &with(least(&desk), &[("documents", files(10))])).await;
    let case = desk.case(&number(&filed)).await;
    assert_eq!(case["documents"].as_array().unwrap().len(), 10);
    let refused = desk.create(None, &with(least(&desk), &[("documents", files(11))])).await;
    assert_eq!(complaints(&refused), ["documents"]);
    let named = |length| json!([file(&"n".repeat(length), b"%PDF")]);
    for (length, status) in [(100, 201), (101, 422)] {
        let body = with(least(&desk), &[("documents", named(length))]);
        assert_eq!(desk.create(None, &body).await.status, status, "{length}");
    }
}

#[tokio::test]
async fn a_document_may_have_ten_mebibytes_and_not_one_byte_more() {
    let desk = Desk::open(30).await;
    let most = 10 << 20;
    let large: Vec<u8> = (0..most + 1).map(|at| (at % 251) as u8).collect();
    let body = |size: usize| with(least(&desk), &[("documents", json!([file("large.pdf", &large[..size])]))]);
    let filed = desk.create(None, &body(most)).await;
    let case = desk.case(&number(&filed)).await;
    let id = case["documents"][0]["documentId"].as_str().unwrap().to_owned();
    assert!(desk.document(&id).await == large[..most]);
    assert_eq!(complaints(&desk.create(None, &body(most + 1)).await), ["documents.0.content"]);
}

#[tokio::test]
async fn an_amount_has_no_more_decimals_than_its_currency() {
    let desk = Desk::open(30).await;
    for (amount, currency, shown) in [
        ("0.01", "NOK", Some("0.01")),
        ("0.001", "NOK", None),
        ("5", "EUR", Some("5.00")),
        ("1.234", "KWD", Some("1.234")),
        ("1.2345", "KWD", None),
        ("100", "JPY", Some("100")),
        ("100.5", "JPY", None),
        ("90071992547409.93", "EUR", Some("90071992547409.93")),
        ("99999999999999999999", "EUR", None),
        ("1e3", "EUR", None),
    ] {
        let text = with(least(&desk), &[("transactionCurrency", currency.into())]).to_string();
        let body = text.replacen('{', &format!("{{\"transactionAmount\":{amount},"), 1);
        let answer = desk.try_write(Method::POST, None, body).await.unwrap();
        match shown {
            Some(shown) => {
                let case = desk.case(&number(&answer)).await;
                assert_eq!(case["transactionAmount"].to_string(), shown);
            }
            None => assert_eq!(complaints(&answer), ["transactionAmount"], "{amount} {currency}"),
        }
    }
}

// ---- the key of a create

#[tokio::test]
async fn the_same_create_with_the_same_key_is_answered_again_and_files_nothing() {
    let desk = Desk::open(30).await;
    let body = whole(&desk);
    let first = desk.create(Some("key-1"), &body).await;
    let number = number(&first);
    desk.update(&json!({"caseNumber": number, "action": "SUBMIT"})).await;
    desk.clock.store(BORN.0 + DAY - 1, Ordering::SeqCst);
    let mut desk = desk;
    desk.sign_in().await;
    let again = desk.create(Some("key-1"), &body).await;
    assert_eq!((again.status, &again.body), (201, &first.body), "as it was answered first, though it moved");
    assert_eq!(complaints(&desk.create(Some("key-1"), &least(&desk)).await), ["Idempotency-Key"]);
    assert_eq!(desk.all_cases().await.len(), 31);
    let written = desk.served.written();
    let told: Vec<_> =
        written.iter().map(|write| (write.action, write.repeated, write.at.0 - BORN.0)).collect();
    assert_eq!(told, [("CREATE", false, 0), ("SUBMIT", false, 0), ("CREATE", true, DAY - 1)]);
    // A day later nobody remembers it.
    desk.clock.store(BORN.0 + DAY, Ordering::SeqCst);
    let new = desk.create(Some("key-1"), &body).await;
    assert_ne!(new.json()["caseNumber"], first.json()["caseNumber"]);
    let again = desk.create(Some("key-1"), &body).await;
    assert_eq!(again.body, new.body, "the newer one answers for it");
    assert_eq!(desk.all_cases().await.len(), 32);
}

#[tokio::test]
async fn without_a_key_or_with_another_one_the_same_create_files_another_dispute() {
    let desk = Desk::open(30).await;
    let body = least(&desk);
    let mut numbers = Vec::new();
    for key in [None, None, Some("a"), Some("b")] {
        numbers.push(number(&desk.create(key, &body).await));
    }
    numbers.dedup();
    assert_eq!(numbers.len(), 4);
    assert_eq!(desk.served.written().len(), 4);
}

// ---- acting on a dispute

/// What each queue allows, and where it leads.
const MOVES: &[(&str, &[Move])] = &[
    ("1000", &[SUBMIT, CLOSE]),
    ("2000", &[]),
    ("3000", &[SUBMIT, CLOSE]),
    ("4000", &[ACKNOWLEDGE]),
    ("5000", &[("SUBMIT", "7000", "Sent to acquirer"), REJECT, CLOSE]),
    ("6000", &[SUBMIT, CLOSE]),
    ("7000", &[CLOSE]),
    ("8100", &[SUBMIT, CLOSE, REJECT, ACKNOWLEDGE]),
];
/// An action, the queue that it leads to ("" for none), the status there.
type Move = (&'static str, &'static str, &'static str);
const SUBMIT: Move = ("SUBMIT", "7000", "Submitted");
const CLOSE: Move = ("CLOSE", "4000", "Closed - withdrawn");
const REJECT: Move = ("REJECT", "4000", "Closed - rejected");
const ACKNOWLEDGE: Move = ("ACKNOWLEDGE_CLOSURE", "", "Archived");

#[tokio::test]
async fn every_action_leads_where_it_should_or_is_refused_where_it_does_not_fit() {
    let mut tried = 0;
    for (queue, allowed) in MOVES {
        for action in ["SUBMIT", "CLOSE", "REJECT", "ACKNOWLEDGE_CLOSURE"] {
            let desk = Desk::open(60).await;
            let case = first_of(&desk, queue).await;
            let before = desk.case(&case).await;
            assert_eq!(before["queueId"], *queue);
            desk.clock.store(BORN.0 + HOUR - 1, Ordering::SeqCst);
            let answer = desk.update(&json!({"caseNumber": case, "action": action})).await;
            let after = desk.case(&case).await;
            tried += 1;
            let Some((_, to, status)) = allowed.iter().find(|(name, ..)| *name == action) else {
                assert_eq!(complaints(&answer), ["action"], "{queue} {action}");
                assert_eq!(after, before);
                assert_eq!(desk.served.written(), []);
                continue;
            };
            let to = if to.is_empty() { Value::Null } else { json!(to) };
            assert_eq!(answer.status, 200, "{queue} {action}");
            assert_eq!(answer.json(), json!({"caseNumber": case, "queueId": to, "status": status}));
            assert_eq!((&after["queueId"], &after["status"]), (&to, &json!(status)));
            assert_eq!(after["updatedDate"], BORN.plus(HOUR - 1).rfc3339().as_str());
            assert_eq!(after["dueDate"], Value::Null, "what was due is done");
            assert_eq!(after["documents"], before["documents"]);
            assert!(
                texts(&after).starts_with(&texts(&before)) && texts(&after).len() == texts(&before).len() + 1
            );
            for other in World::queues() {
                assert_eq!(is_in(&desk, other, &case).await, to == other, "{other}");
            }
        }
    }
    assert_eq!(tried, 32);
}

#[tokio::test]
async fn an_archived_case_is_found_and_nothing_more_is_done_to_it() {
    let desk = Desk::open(60).await;
    let number = first_of(&desk, "4000").await;
    desk.update(&json!({"caseNumber": number, "action": "ACKNOWLEDGE_CLOSURE"})).await;
    let case = desk.case(&number).await;
    assert_eq!((&case["queueId"], &case["queueName"]), (&Value::Null, &Value::Null));
    let group = desk.find(json!({"caseGroupNumber": case["caseGroupNumber"]}).to_string()).await.cases();
    assert!(group.contains(&case));
    for action in ["SUBMIT", "CLOSE", "REJECT", "ACKNOWLEDGE_CLOSURE"] {
        let refused = desk.update(&json!({"caseNumber": number, "action": action})).await;
        assert_eq!(complaints(&refused), ["action"]);
    }
}

#[tokio::test]
async fn an_update_that_is_sent_twice_is_seen_twice() {
    let desk = Desk::open(60).await;
    let number = first_of(&desk, "8100").await;
    let before = desk.case(&number).await;
    let body = json!({
        "caseNumber": number, "action": "SUBMIT", "notes": "Svar fra kortholder", "additionalInformation": "Ref 9",
        "documents": [file("svar.pdf", b"%PDF-1.7")],
    });
    // A key means nothing here.
    let first = desk.try_write(Method::PUT, Some("key"), body.to_string()).await.unwrap();
    assert_eq!(first.status, 200);
    let second = desk.try_write(Method::PUT, Some("key"), body.to_string()).await.unwrap();
    assert_eq!(complaints(&second), ["action"], "it stands in 7000 now");
    let body = with(body, &[("action", "CLOSE".into())]);
    assert_eq!(desk.update(&body).await.status, 200);
    let after = desk.case(&number).await;
    let new = texts(&after).split_off(texts(&before).len());
    let told = ["Svar fra kortholder", "Additional information: Ref 9"];
    assert_eq!(new, ["Submitted", told[0], told[1], "Closed by the issuer", told[0], told[1]]);
    let known = before["documents"].as_array().unwrap().len();
    let documents = &after["documents"].as_array().unwrap()[known..];
    assert_eq!(documents.len(), 2);
    for document in documents {
        assert_eq!(document["fileName"], "svar.pdf");
        assert_eq!(desk.document(document["documentId"].as_str().unwrap()).await, b"%PDF-1.7");
    }
    let written = desk.served.written();
    assert_eq!(written.len(), 2);
    assert_eq!((written[0].key.as_deref(), written[1].key.as_deref()), (Some("key"), None));
}

#[tokio::test]
async fn a_case_that_was_filed_goes_the_whole_way() {
    let desk = Desk::open(30).await;
    let number = number(&desk.create(None, &whole(&desk)).await);
    for (action, queue) in
        [("SUBMIT", json!("7000")), ("CLOSE", json!("4000")), ("ACKNOWLEDGE_CLOSURE", Value::Null)]
    {
        let answer = desk.update(&json!({"caseNumber": number, "action": action, "notes": action})).await;
        assert_eq!((answer.status, &answer.json()["queueId"]), (200, &queue));
    }
    let case = desk.case(&number).await;
    let told =
        ["Submitted", "SUBMIT", "Closed by the issuer", "CLOSE", "Closure acknowledged", "ACKNOWLEDGE_CLOSURE"];
    assert_eq!(texts(&case)[3..], told);
}

#[tokio::test]
async fn an_update_is_refused_by_name() {
    let desk = Desk::open(30).await;
    let number = first_of(&desk, "6000").await;
    let good = json!({"caseNumber": number, "action": "SUBMIT"});
    for (member, value) in [
        ("caseNumber", Value::Null),
        ("caseNumber", json!("")),
        ("caseNumber", json!(2_600_410_043u64)),
        ("action", Value::Null),
        ("action", json!("submit")),
        ("action", json!("CREATE")),
        ("action", json!("")),
        ("action", json!(1)),
        ("cardNumber", json!("x")),
        ("notes", json!("")),
        ("additionalInformation", json!(1)),
        ("documents", json!("x")),
    ] {
        let refused = desk.update(&with(good.clone(), &[(member, value.clone())])).await;
        assert_eq!(complaints(&refused), [member], "{value}");
    }
    for stranger in ["2600410002", "9999999999", "x"] {
        let body = with(good.clone(), &[("caseNumber", stranger.into())]);
        assert_eq!(desk.update(&body).await.status, 404, "{stranger}");
    }
    assert_eq!(desk.served.written(), []);
    assert_eq!(desk.update(&good).await.status, 200);
}

#[tokio::test]
async fn nobody_writes_without_credentials() {
    let mut desk = Desk::open(30).await;
    let body = least(&desk);
    desk.token = "Bearer x".into();
    assert_eq!(desk.create(None, &body).await.status, 401);
    desk.token = desk.served.api_key.into();
    assert_eq!(desk.create(None, &body).await.status, 201);
    assert_eq!(desk.served.written().len(), 1);
}

// ---- a colleague, and the list of effects

#[tokio::test]
async fn a_colleague_acts_on_a_case_behind_ones_back() {
    let desk = Desk::open(60).await;
    let number = first_of(&desk, "6000").await;
    let before = desk.case(&number).await;
    desk.clock.store(BORN.0 + HOUR / 2, Ordering::SeqCst);
    desk.served.colleague(&number, Action::Close).unwrap();
    let after = desk.case(&number).await;
    assert_eq!((&after["queueId"], &after["status"]), (&json!("4000"), &json!("Closed - withdrawn")));
    assert_eq!(after["updatedDate"], BORN.plus(HOUR / 2).rfc3339().as_str());
    assert_eq!(texts(&after).len(), texts(&before).len() + 1);
    assert_eq!(after["history"].as_array().unwrap().last().unwrap()["user"], "kmo");
    assert_eq!(desk.served.written(), [], "it did not come through the API");
    let stale = desk.update(&json!({"caseNumber": number, "action": "SUBMIT"})).await;
    assert_eq!(complaints(&stale), ["action"]);
    let told = desk.served.colleague(&number, Action::Submit).unwrap_err();
    assert!(told.contains("SUBMIT does not fit a case in queue 4000"), "{told}");
    assert!(desk.served.colleague("1", Action::Close).unwrap_err().contains("no case"));
}

#[tokio::test]
async fn the_list_of_effects_tells_what_was_written_by_whom_and_when() {
    let desk = Desk::open(60).await;
    let body = least(&desk).to_string();
    let filed = desk.try_write(Method::POST, Some("k-1"), body.clone()).await.unwrap();
    let number = number(&filed);
    desk.clock.store(BORN.0 + HOUR / 2, Ordering::SeqCst);
    desk.try_write(Method::POST, Some("k-1"), body.clone()).await.unwrap();
    let update = json!({"caseNumber": number, "action": "CLOSE"}).to_string();
    desk.try_write(Method::PUT, None, update.clone()).await.unwrap();
    let sum = |text: &str| {
        let sum = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
        sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let later = BORN.plus(HOUR / 2);
    let created = Written {
        method: "POST",
        key: Some("k-1".into()),
        case: number.clone(),
        action: "CREATE",
        body_sha256: sum(&body),
        at: BORN,
        repeated: false,
    };
    let repeated = Written { at: later, repeated: true, ..created.clone() };
    let closed = Written {
        method: "PUT",
        key: None,
        case: number,
        action: "CLOSE",
        body_sha256: sum(&update),
        at: later,
        repeated: false,
    };
    assert_eq!(desk.served.written(), [created, repeated, closed]);
    let keys: Vec<_> = desk.served.seen().into_iter().filter(|seen| seen.path.ends_with("/dispute")).collect();
    let keys: Vec<_> =
        keys.iter().map(|seen| (seen.method.as_str(), seen.key.as_deref(), seen.status)).collect();
    assert_eq!(
        keys,
        [("POST", Some("k-1"), Some(201)), ("POST", Some("k-1"), Some(201)), ("PUT", None, Some(200))]
    );
}

// ---- a world that is kept

#[tokio::test]
async fn what_was_written_is_there_after_a_new_start() {
    let place = tempfile::tempdir().unwrap();
    let desk = Desk::open_kept(place.path()).await;
    let (body, update) = (
        whole(&desk),
        |number: &str| json!({"caseNumber": number, "action": "CLOSE", "notes": "Trukket", "documents": [file("æ.pdf", b"\xff\0")]}),
    );
    let filed = desk.create(Some("k"), &body).await;
    let (new, old, colleagues) = (number(&filed), first_of(&desk, "1000").await, first_of(&desk, "5000").await);
    for case in [&new, &old] {
        assert_eq!(desk.update(&update(case)).await.status, 200);
    }
    desk.served.colleague(&colleagues, Action::Reject).unwrap();
    let mut before = BTreeMap::new();
    for case in [&new, &old, &colleagues] {
        before.insert(case.clone(), desk.case(case).await);
    }
    let (mut all, written) = (desk.all_cases().await, desk.served.written());
    drop(desk);

    let desk = Desk::open_kept(place.path()).await;
    for (case, before) in &before {
        let now = desk.case(case).await;
        assert_eq!(now, *before);
        let last = before["documents"].as_array().unwrap().last().unwrap();
        if last["fileName"] == "æ.pdf" {
            assert_eq!(desk.document(last["documentId"].as_str().unwrap()).await, b"\xff\0");
        }
    }
    let sort = |cases: &mut Vec<Value>| cases.sort_by_key(|case| case["caseNumber"].to_string());
    let mut again = desk.all_cases().await;
    sort(&mut all);
    sort(&mut again);
    assert_eq!(again, all);
    assert_eq!(desk.served.written(), written);
    let repeated = desk.create(Some("k"), &body).await;
    assert_eq!(repeated.body, filed.body, "the key is remembered");
    assert!(desk.served.written().last().unwrap().repeated);
    let next = number(&desk.create(None, &least(&desk)).await);
    assert_ne!(next, new);
    let of_card = desk.find(json!({"cardNumber": desk.sealed(VISA)}).to_string()).await.cases();
    assert!(of_card.iter().any(|case| case["caseNumber"] == new.as_str()));
}

#[tokio::test]
async fn the_file_of_a_world_has_no_card_number_in_clear() {
    let place = tempfile::tempdir().unwrap();
    let desk = Desk::open_kept(place.path()).await;
    let body = with(least(&desk), &[("cardNumber", desk.sealed("378282246310005").into())]);
    assert_eq!(desk.create(None, &body).await.status, 201);
    let kept = std::fs::read_to_string(place.path().join("world.json")).unwrap();
    assert!(kept.contains("\"Created\"") && !kept.contains("378282246310005"), "{kept}");
    let debug = format!("{:?}", sandbox::open(place.path()).unwrap().unwrap());
    assert!(debug.contains("Created") && !debug.contains("378282246310005"));
}

#[tokio::test]
async fn what_cannot_be_kept_never_was() {
    let place = tempfile::tempdir().unwrap();
    let desk = Desk::open_kept(place.path()).await;
    let number = first_of(&desk, "6000").await;
    let before = desk.case(&number).await;
    // Where the half-written file would lie there is a folder: nothing can be written.
    let obstacle = place.path().join("world.json.half");
    std::fs::create_dir(&obstacle).unwrap();
    let update = json!({"caseNumber": number, "action": "SUBMIT"});
    for refused in [desk.create(Some("k"), &least(&desk)).await, desk.update(&update).await] {
        assert_eq!((refused.status, &refused.json()["code"]), (500, &json!("500")));
    }
    assert!(desk.served.colleague(&number, Action::Close).unwrap_err().contains("could not be kept"));
    assert_eq!(desk.case(&number).await, before);
    assert_eq!(desk.all_cases().await.len(), 60);
    assert_eq!(desk.served.written(), []);
    std::fs::remove_dir(&obstacle).unwrap();
    assert_eq!(desk.create(Some("k"), &least(&desk)).await.status, 201, "the key was not used up");
    assert_eq!(desk.update(&update).await.status, 200);
    let kept = sandbox::open(place.path()).unwrap().unwrap();
    assert_eq!(kept.changes.len(), 2);
}

#[tokio::test]
async fn two_programs_serve_one_world() {
    let place = tempfile::tempdir().unwrap();
    let (one, other) = (Desk::open_kept(place.path()).await, Desk::open_kept(place.path()).await);
    let body = whole(&one);
    let filed = one.create(Some("k"), &body).await;
    let new = number(&filed);
    assert_eq!(other.case(&new).await, one.case(&new).await);
    assert_eq!(other.create(Some("k"), &body).await.body, filed.body, "the key is known to both");
    assert_eq!(other.update(&json!({"caseNumber": new, "action": "SUBMIT"})).await.status, 200);
    let stale = one.update(&json!({"caseNumber": new, "action": "SUBMIT"})).await;
    assert_eq!(complaints(&stale), ["action"]);
    other.served.colleague(&new, Action::Close).unwrap();
    assert_eq!(one.case(&new).await["queueId"], "4000");
    // Tokens are each one's own, and stay good.
    assert_eq!(one.get("/disputeQueue?queueId=1000").await.status, 200);
}

#[tokio::test]
async fn two_programs_that_write_at_once_lose_nothing() {
    let place = tempfile::tempdir().unwrap();
    let desks = [Desk::open_kept(place.path()).await, Desk::open_kept(place.path()).await];
    let desks = desks.map(Arc::new);
    let mut writers = tokio::task::JoinSet::new();
    for turn in 0..20 {
        let desk = desks[turn % 2].clone();
        writers.spawn(async move { number(&desk.create(Some(&format!("k{turn}")), &least(&desk)).await) });
    }
    let mut numbers = writers.join_all().await;
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 20);
    for desk in &desks {
        assert_eq!(desk.all_cases().await.len(), 80);
        assert_eq!(desk.served.written().len(), 20);
    }
    assert_eq!(sandbox::open(place.path()).unwrap().unwrap().changes.len(), 20);
}

#[tokio::test]
async fn a_world_of_twenty_thousand_takes_more() {
    let desk = Desk::open(20_000).await;
    let number = number(&desk.create(None, &whole(&desk)).await);
    assert!(is_in(&desk, "6000", &number).await);
    assert_eq!(desk.update(&json!({"caseNumber": number, "action": "SUBMIT"})).await.status, 200);
    assert!(is_in(&desk, "7000", &number).await && !is_in(&desk, "6000", &number).await);
}

// ---- what goes wrong

/// How many effects one create has while a trouble is on, and whether an answer with this status came.
async fn filed_under(trouble: Trouble) -> (usize, Option<u16>) {
    let desk = Desk::open(30).await;
    desk.served.troubles.next(1, "POST /dispute-casemanagement-pp/v1/dispute ", trouble);
    let answer = desk.try_write(Method::POST, Some("k"), whole(&desk).to_string()).await.ok();
    (desk.served.written().len(), answer.map(|answer| answer.status))
}

#[tokio::test]
async fn a_trouble_says_whether_the_write_had_its_effect() {
    let after = |trouble| Trouble::AfterEffect(Box::new(trouble));
    for (trouble, effects, status) in [
        (Trouble::Slow(Duration::from_millis(1)), 1, Some(201)),
        (Trouble::Drop, 0, None),
        (Trouble::LoseAnswer, 1, None),
        (Trouble::Truncated, 1, None),
        (Trouble::TooFast(Some(1)), 0, Some(429)),
        (Trouble::Broken, 0, Some(500)),
        (Trouble::Busy(None), 0, Some(503)),
        (Trouble::ExpireTokens, 0, Some(401)),
        (Trouble::Unauthorised, 0, Some(401)),
        (Trouble::Forbidden, 0, Some(403)),
        (Trouble::Malformed, 0, Some(200)),
        (Trouble::Html, 0, Some(200)),
        (Trouble::Empty, 0, Some(200)),
        (Trouble::Redirect, 0, Some(302)),
        (Trouble::Says(409, "application/json", b"{}".to_vec()), 0, Some(409)),
        (after(Trouble::Broken), 1, Some(500)),
        (after(Trouble::Html), 1, Some(200)),
        (after(Trouble::Says(502, "text/html", b"<html>".to_vec())), 1, Some(502)),
        (after(Trouble::Slow(Duration::from_millis(1))), 1, Some(201)),
    ] {
        assert_eq!(filed_under(trouble.clone()).await, (effects, status), "{trouble:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_given_again_for_the_key() {
    let desk = Desk::open(30).await;
    let body = whole(&desk).to_string();
    desk.served.troubles.next(1, "POST ", Trouble::LoseAnswer);
    assert!(desk.try_write(Method::POST, Some("k"), body.clone()).await.is_err());
    let again = desk.try_write(Method::POST, Some("k"), body).await.unwrap();
    assert_eq!(again.status, 201);
    let told: Vec<_> = desk.served.written().iter().map(|write| write.repeated).collect();
    assert_eq!(told, [false, true]);
    assert_eq!(desk.all_cases().await.len(), 31);
}

#[tokio::test]
async fn a_held_write_has_its_effect_when_it_is_let_go_or_before() {
    for (trouble, before) in [(Trouble::Hold, 0), (Trouble::AfterEffect(Box::new(Trouble::Hold)), 1)] {
        let desk = Desk::open(30).await;
        desk.served.troubles.next(1, "/dispute ", trouble.clone());
        let held = desk.try_write(Method::POST, None, least(&desk).to_string());
        let release = async {
            while desk.served.troubles.count("/dispute ") == 0 || desk.served.written().len() < before {
                tokio::task::yield_now().await;
            }
            assert_eq!(desk.served.written().len(), before, "{trouble:?}");
            assert_eq!(desk.served.seen().last().unwrap().status, None);
            desk.served.troubles.clear();
        };
        let (answer, ()) = tokio::join!(held, release);
        assert_eq!(answer.unwrap().status, 201);
        assert_eq!(desk.served.written().len(), 1);
    }
}

#[tokio::test]
async fn troubles_tell_writes_from_reads_and_one_method_from_another() {
    let desk = Desk::open(30).await;
    let number = first_of(&desk, "6000").await;
    desk.served.troubles.always("/dispute ", Trouble::Broken);
    assert_eq!(desk.case(&number).await["caseNumber"], number.as_str());
    assert_eq!(desk.find(json!({"caseNumber": number}).to_string()).await.status, 200);
    assert_eq!(desk.create(None, &least(&desk)).await.status, 500);
    desk.served.troubles.clear();
    desk.served.troubles.always("PUT ", Trouble::Forbidden);
    assert_eq!(desk.create(None, &least(&desk)).await.status, 201);
    assert_eq!(desk.update(&json!({"caseNumber": number, "action": "SUBMIT"})).await.status, 403);
    assert_eq!((desk.served.troubles.count("PUT "), desk.served.troubles.count("/dispute ")), (1, 3));
}
