//! The stand-in as a stranger meets it: over real HTTP, with a bare client, knowing the contract and nothing else.

mod stranger;

use std::{
    collections::{BTreeMap, BTreeSet},
    os::unix::fs::PermissionsExt,
    sync::atomic::Ordering,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::{
    case::{Moment, moment::SECOND},
    sandbox::{self, Origin, Trouble, World},
};
use serde_json::{Value, json};
use stranger::{BORN, Desk, got, oaep, origin, pkcs1};

#[tokio::test]
async fn a_token_opens_the_api_for_an_hour_of_the_stand_ins_clock() {
    let mut desk = Desk::open(50).await;
    assert_eq!(desk.get("/disputeQueue?queueId=1000").await.status, 200);
    desk.clock.store(BORN.0 + 3600 * SECOND - 1, Ordering::SeqCst);
    assert_eq!(desk.get("/disputeQueue?queueId=1000").await.status, 200);
    desk.clock.store(BORN.0 + 3600 * SECOND, Ordering::SeqCst);
    let late = desk.get("/disputeQueue?queueId=1000").await;
    assert_eq!((late.status, late.body.len()), (401, 0));
    desk.sign_in().await;
    assert_eq!(desk.get("/disputeQueue?queueId=1000").await.status, 200);
    desk.served.expire_tokens();
    assert_eq!(desk.get("/disputeQueue?queueId=1000").await.status, 401);
}

#[tokio::test]
async fn the_raw_api_key_is_the_other_way_in_and_nothing_else_is() {
    let mut desk = Desk::open(50).await;
    let key = desk.served.api_key;
    for (header, status) in
        [(key.to_owned(), 200), (format!("Bearer {key}"), 401), ("Bearer x".into(), 401), (String::new(), 401)]
    {
        desk.token = header;
        let answer = desk.get("/disputeQueue?queueId=1000").await;
        assert_eq!(answer.status, status, "{}", desk.token);
    }
}

#[tokio::test]
async fn a_token_is_refused_without_the_right_grant_and_credentials() {
    let desk = Desk::open(10).await;
    for (form, error) in [("", "invalid_request"), ("grant_type=password", "unsupported_grant_type")] {
        let answer = desk.ask_token(form).await;
        assert_eq!((answer.status, answer.json()), (400, json!({"error": error})));
    }
    let wrong = desk.client.post(&desk.served.token).basic_auth("someone", Some("else"));
    let answer = got(wrong.body("grant_type=client_credentials")).await.unwrap();
    assert_eq!((answer.status, answer.json()), (401, json!({"error": "invalid_client"})));
    assert_eq!(got(desk.client.get(&desk.served.token)).await.unwrap().status, 405);
}

#[tokio::test]
async fn what_the_contract_does_not_know_is_refused_by_name() {
    let desk = Desk::open(50).await;
    for (path, status, member) in [
        ("/disputeQueue", 400, "queueId"),
        ("/disputeQueue?queueId=", 400, "queueId"),
        ("/disputeQueue?queueId=1000&page=2", 400, "page"),
        ("/disputeQueue?queueId=1000&queueId=2000", 400, "queueId"),
        ("/disputeQueue?queueId=9999", 422, "queueId"),
        ("/disputes?cardNumber=4111111111111111", 400, "cardNumber"),
    ] {
        let answer = desk.get(path).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.json()["errors"][member][0].is_string(), "{path}");
    }
    for (body, member) in [
        (json!({}), "caseGroupNumber"),
        (json!({"caseNumber": 12}), "caseNumber"),
        (json!({"caseNumber": null}), "caseNumber"),
        (json!({"caseNumber": "1", "caseGroupNumber": "2"}), "caseGroupNumber"),
        (json!({"casenumber": "1"}), "casenumber"),
        (json!({"caseNumber": "1", "page": "2"}), "page"),
        (json!({"cardNumber": "4111111111111111"}), "cardNumber"),
        (json!({"cardNumber": STANDARD.encode([7; 256])}), "cardNumber"),
    ] {
        let answer = desk.find(body.to_string()).await;
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.json()["errors"][member][0].is_string(), "{body}");
    }
    assert_eq!(desk.find("[]").await.status, 400);
    assert_eq!(desk.get("/nothing").await.json()["fault"]["message"], "Not Found");
    assert_eq!(desk.get("/disputes/document/1").await.status, 404);
    assert_eq!(desk.find(r#"{"caseNumber":"2600410002"}"#).await.status, 404);
    assert_eq!(desk.find(r#"{"caseGroupNumber":"G1"}"#).await.status, 404);
}

#[tokio::test]
async fn each_path_takes_its_own_methods() {
    let desk = Desk::open(10).await;
    for (method, path) in [
        (reqwest::Method::POST, "/disputeQueue?queueId=1000"),
        (reqwest::Method::PUT, "/disputes"),
        (reqwest::Method::DELETE, "/disputes/document/260041000101"),
    ] {
        let request = desk.client.request(method, desk.served.base.clone() + path);
        let answer = got(request.header("authorization", &desk.token)).await.unwrap();
        assert_eq!(answer.status, 405, "{path}");
        assert!(!answer.header("allow").is_empty());
    }
}

#[tokio::test]
async fn the_queues_hold_every_case_once_and_none_is_empty() {
    let desk = Desk::open(300).await;
    let mut numbers = BTreeSet::new();
    for queue in World::queues() {
        let cases = desk.get(&format!("/disputeQueue?queueId={queue}")).await.cases();
        assert!(!cases.is_empty(), "{queue}");
        for case in cases {
            assert_eq!(case["queueId"], queue);
            assert!(numbers.insert(case["caseNumber"].as_str().unwrap().to_owned()));
        }
    }
    assert_eq!(numbers.len(), 300);
    let beside = desk.get("/disputes?caseNumber=2600410043").await.cases().remove(0);
    assert_eq!(beside["queueId"], "7000");
    let group = desk.find(json!({"caseGroupNumber": beside["caseGroupNumber"]}).to_string()).await.cases();
    assert!(group.iter().any(|case| case["queueId"] == "8100"), "the unnamed queue is met in a group");
}

#[tokio::test]
async fn a_case_is_found_by_number_group_and_sealed_card() {
    let desk = Desk::open(300).await;
    let all = desk.all_cases().await;
    let mut groups: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for case in &all {
        groups.entry(case["caseGroupNumber"].as_str().unwrap().into()).or_default().push(case);
    }
    let (group, members) = groups.iter().find(|(_, members)| members.len() > 2).unwrap();
    let found = desk.find(json!({"caseGroupNumber": group}).to_string()).await.cases();
    assert_eq!(found.len(), members.len());
    assert!(members.iter().all(|case| found.contains(case)));
    let number = &members[0]["caseNumber"];
    assert_eq!(desk.find(json!({"caseNumber": number}).to_string()).await.cases(), [members[0].clone()]);
    let by_get = desk.get(&format!("/disputes?caseNumber={}", number.as_str().unwrap())).await.cases();
    assert_eq!(by_get, [members[0].clone()]);
    for padding in [pkcs1, oaep] {
        for card in World::test_cards() {
            let sealed = padding(desk.served.card_key, card);
            let found = desk.find(json!({"cardNumber": sealed}).to_string()).await.cases();
            assert!(found.len() > 1, "a card with several cases");
            let masked = format!("{}******{}", &card[..6], &card[12..]);
            assert!(found.iter().all(|case| case["cardNumber"] == masked.as_str()));
        }
    }
    let stranger = pkcs1(desk.served.card_key, "378282246310005");
    assert!(desk.find(json!({"cardNumber": stranger}).to_string()).await.cases().is_empty());
}

#[tokio::test]
async fn a_case_tells_believable_facts() {
    let desk = Desk::open(300).await;
    let all = desk.all_cases().await;
    let (mut currencies, mut networks, mut due) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for case in &all {
        let text = |name: &str| case[name].as_str().unwrap_or_default().to_owned();
        currencies.insert(text("disputeCurrency"));
        networks.insert(text("cardScheme"));
        let reasons =
            ["cardSchemeDisputeReasonCode", "cardSchemeFraudReasonCode", "cardSchemeRetrvRequestReasonCode"];
        let reasons: Vec<_> = reasons.iter().filter_map(|name| case[*name].as_str()).collect();
        assert_eq!(reasons.len(), 1, "{case}");
        let visa = reasons[0].contains('.') || reasons[0] == "30";
        assert_eq!(visa, text("cardScheme") == "VISA", "{case}");
        let arn = text("acqReferenceData");
        match text("cardScheme").as_str() {
            "DANKORT" => assert_eq!(arn, ""),
            _ => assert!(arn.len() == 23 && luhn(&arn), "{arn}"),
        }
        assert!(text("cardNumber").contains("******"));
        due.extend(case["dueDate"].as_str().and_then(Moment::parse));
        let documents = case["documents"].as_array().unwrap();
        assert!((1..=5).contains(&documents.len()));
        assert!(case["history"].as_array().unwrap().len() >= 2);
        let (opened, updated) = (Moment::parse(&text("createdDate")), Moment::parse(&text("updatedDate")));
        assert!(opened <= updated && updated <= Some(BORN));
    }
    assert_eq!(Vec::from_iter(&networks), ["DANKORT", "MASTERCARD", "VISA"]);
    for currency in ["DKK", "EUR", "GBP", "JPY", "KWD", "NOK", "SEK", "USD"] {
        assert!(currencies.contains(currency), "{currency}");
    }
    let overdue = due.iter().filter(|due| **due < BORN.start_of_day()).count();
    let far = due.iter().filter(|due| **due > BORN.plus_days(14)).count();
    assert!(overdue > 5 && far > 20, "{overdue} overdue, {far} weeks away");
    let written = serde_json::to_string(&all).unwrap();
    for hostile in ["\\u001b[2J", "\u{202e}", "4111 1111 1111 1111", "../../", "Ø", "Å", "é"] {
        assert!(written.contains(hostile), "{hostile:?}");
    }
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0') * if place % 2 == 1 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[tokio::test]
async fn every_document_is_what_its_kind_says() {
    let desk = Desk::open(60).await;
    let (mut kinds, mut wrapped) = (BTreeMap::<String, usize>::new(), 0);
    for case in desk.all_cases().await {
        for document in case["documents"].as_array().unwrap() {
            let id = document["documentId"].as_str().unwrap();
            let answer = desk.get(&format!("/disputes/document/{id}")).await;
            assert_eq!(answer.status, 200);
            let claimed = document["mimeType"].as_str().unwrap().to_owned();
            let bytes = if answer.header("content-disposition").is_empty() {
                let body = answer.json();
                assert_eq!((&body["documentId"], &body["mimeType"]), (&json!(id), &document["mimeType"]));
                wrapped += 1;
                STANDARD.decode(body["content"].as_str().unwrap()).unwrap()
            } else {
                assert_eq!(answer.header("content-type"), claimed);
                answer.body
            };
            let name = document["fileName"].as_str().unwrap();
            if bytes.is_empty() || bytes.starts_with(b"<!DOCTYPE") {
                assert_eq!(claimed, "application/pdf", "the two papers that lie");
                *kinds.entry(format!("lies {}", bytes.len())).or_default() += 1;
                continue;
            }
            assert!(fits(&claimed, &bytes), "{name} {claimed}");
            *kinds.entry(claimed).or_default() += 1;
        }
    }
    assert_eq!(kinds.len(), 13, "{kinds:?}");
    assert!(wrapped > 10, "{wrapped}");
}

fn fits(claimed: &str, bytes: &[u8]) -> bool {
    let text = || std::str::from_utf8(bytes).unwrap_or_default();
    match claimed {
        "application/pdf" => bytes.starts_with(b"%PDF-1.4\n") && pdf_is_whole(bytes),
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/jpeg" => bytes.starts_with(b"\xff\xd8\xff") && bytes.ends_with(b"\xff\xd9"),
        "image/tiff" => bytes.starts_with(b"II*\0"),
        "application/zip" => bytes.starts_with(b"PK\x03\x04"),
        "message/rfc822" => text().starts_with("From: ") && text().ends_with("--=_part--\r\n"),
        "application/json" => serde_json::from_slice::<Value>(bytes).is_ok(),
        "text/csv" => text().lines().all(|line| line.split(';').count() == 8) && text().contains(";yes\n"),
        "text/plain; charset=utf-8" => text().contains("The amount I dispute is"),
        "text/plain; charset=iso-8859-1" => bytes.windows(2).any(|pair| pair == b"\r\n"),
        claimed => claimed.ends_with("wordprocessingml.document") && bytes.starts_with(b"PK\x03\x04"),
    }
}

/// Every entry of the cross-reference table points at its object, and every stream is as long as it says.
fn pdf_is_whole(bytes: &[u8]) -> bool {
    // One character a byte, so that places in the text are places in the file.
    let text: Vec<char> = bytes.iter().map(|byte| char::from(*byte)).collect();
    let from = |start: usize| text[start..].iter().collect::<String>();
    let all = from(0);
    let start: usize = all.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
    let tail = from(start);
    let table: Vec<_> = tail.lines().collect();
    assert_eq!(table[0], "xref");
    let count: usize = table[1].strip_prefix("0 ").unwrap().parse().unwrap();
    let pointed = (1..count).all(|object| {
        let line = table[2 + object];
        line.len() == 19 && from(line[..10].parse().unwrap()).starts_with(&format!("{object} 0 obj\n"))
    });
    let streams = all.split("/Length ").skip(1).all(|rest| {
        let length: usize = rest.split(' ').next().unwrap().parse().unwrap();
        let body = rest.split_once("stream\n").unwrap().1;
        body.chars().skip(length).collect::<String>().starts_with("\nendstream")
    });
    pointed && streams
}

#[tokio::test]
async fn one_seed_is_one_world_and_another_seed_another() {
    let (one, again) = (Desk::open(120).await, Desk::open(120).await);
    let path = "/disputeQueue?queueId=6000";
    let (first, second) = (one.get(path).await.body, again.get(path).await.body);
    assert_eq!(first, second);
    let document = "/disputes/document/260041000102";
    assert_eq!(one.get(document).await.body, again.get(document).await.body);
    assert_eq!(one.get(document).await.body, one.get(document).await.body);
    let mut other = sandbox::world(Origin { seed: 8, ..origin(120) });
    let asked = casedesk::provider::Asked::new(
        "GET",
        "/dispute-casemanagement-pp/v1/disputeQueue?queueId=6000",
        vec![("authorization".into(), one.served.api_key.into())],
        Vec::new(),
    );
    let answer = other.answer(&asked, BORN);
    assert_eq!(answer.status, 200);
    assert_ne!(answer.body, first);
}

#[tokio::test]
async fn twenty_thousand_cases_are_served() {
    let desk = Desk::open(20_000).await;
    let mut count = 0;
    for queue in World::queues() {
        let answer = desk.get(&format!("/disputeQueue?queueId={queue}")).await;
        let body = String::from_utf8(answer.body).unwrap();
        count += body.matches("{\"caseNumber\":").count();
    }
    assert_eq!(count, 20_000);
}

#[tokio::test]
async fn troubles_come_in_order_for_as_many_requests_as_were_told() {
    let desk = Desk::open(30).await;
    let path = "/disputeQueue?queueId=1000";
    let troubles = &desk.served.troubles;
    troubles.next(1, "disputeQueue", Trouble::TooFast(Some(60)));
    troubles.next(2, "", Trouble::Broken);
    troubles.next(1, "", Trouble::Html);
    troubles.next(1, "/token", Trouble::Forbidden);
    let first = desk.get(path).await;
    assert_eq!((first.status, first.header("retry-after")), (429, "60"));
    assert_eq!(desk.get(path).await.status, 500);
    assert_eq!(desk.get(path).await.status, 500);
    assert!(desk.get(path).await.body.starts_with(b"<!DOCTYPE html>"));
    assert_eq!(desk.get(path).await.status, 200);
    assert_eq!(desk.ask_token("").await.status, 403);
    troubles.always("", Trouble::Malformed);
    assert!(serde_json::from_slice::<Value>(&desk.get(path).await.body).is_err());
    troubles.clear();
    assert_eq!(desk.get(path).await.status, 200);
    let statuses: Vec<_> = desk.served.seen().into_iter().map(|seen| seen.status.unwrap()).collect();
    assert_eq!(statuses, [200, 429, 500, 500, 200, 200, 403, 200, 200]);
    assert_eq!(troubles.count("/token"), 2);
}

#[tokio::test]
async fn connections_break_where_they_are_told_to() {
    let desk = Desk::open(30).await;
    let path = "/disputeQueue?queueId=1000";
    let troubles = &desk.served.troubles;
    for trouble in [Trouble::Drop, Trouble::LoseAnswer] {
        // A client may ask a second time where an idle connection turns out to be closed; both times it breaks.
        troubles.always("", trouble.clone());
        let error = desk.try_get(path).await.err().expect("no answer");
        assert!(error.status().is_none() && !error.is_body(), "{trouble:?}");
        troubles.clear();
    }
    troubles.next(1, "", Trouble::Truncated);
    let request = desk.client.get(desk.served.base.clone() + path).header("authorization", &desk.token);
    let answer = request.send().await.expect("the head arrives");
    assert_eq!(answer.status().as_u16(), 200);
    assert!(answer.bytes().await.is_err(), "the body does not");
    troubles.next(1, "", Trouble::Endless);
    let request = desk.client.get(desk.served.base.clone() + path).header("authorization", &desk.token);
    let mut answer = request.send().await.unwrap();
    let mut read = 0;
    while read < 4 << 20 {
        read += answer.chunk().await.unwrap().expect("it goes on").len();
    }
}

#[tokio::test]
async fn a_held_request_is_answered_once_the_troubles_are_cleared() {
    let desk = Desk::open(30).await;
    desk.served.troubles.next(1, "", Trouble::Hold);
    let held = desk.get("/disputeQueue?queueId=1000");
    let release = async {
        while desk.served.troubles.count("disputeQueue") == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(desk.served.seen().last().unwrap().status, None);
        desk.served.troubles.clear();
    };
    let (answer, ()) = tokio::join!(held, release);
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_date_header_is_the_stand_ins_clock() {
    let desk = Desk::open(10).await;
    desk.clock.store(Moment::parse("2026-11-22T07:30:05Z").unwrap().0, Ordering::SeqCst);
    assert_eq!(desk.get("/nothing").await.header("date"), "Sun, 22 Nov 2026 07:30:05 GMT");
}

#[tokio::test]
async fn a_dropped_stand_in_answers_no_more() {
    let desk = Desk::open(10).await;
    let (address, client) = (desk.served.token.clone(), desk.client.clone());
    drop(desk);
    // The port closes soon; until then requests may still be answered.
    while client.post(&address).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_world_is_kept_and_brought_back() {
    let place = tempfile::tempdir().unwrap();
    assert_eq!(sandbox::open(place.path()).unwrap(), None);
    sandbox::keep(place.path(), &origin(42)).unwrap();
    assert_eq!(sandbox::open(place.path()).unwrap(), Some(origin(42)));
    let files: Vec<_> =
        std::fs::read_dir(place.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["world.json"]);
    let file = std::fs::metadata(place.path().join("world.json")).unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_world_is_founded_once_and_anew_only_when_asked() {
    let place = tempfile::tempdir().unwrap();
    let first = sandbox::found(place.path(), None, false, BORN).unwrap();
    assert_eq!((first.cases, first.born), (sandbox::CASES, BORN));
    let later = BORN.plus_days(3);
    assert_eq!(sandbox::found(place.path(), None, false, later).unwrap(), first);
    let told = sandbox::found(place.path(), Some(50), false, later).unwrap_err().to_string();
    assert!(told.contains("it has 300 cases") && told.contains("--fresh"), "{told}");
    let second = sandbox::found(place.path(), Some(50), true, later).unwrap();
    assert_eq!((second.cases, second.born), (50, later));
    assert_eq!(sandbox::found(place.path(), Some(50), false, BORN).unwrap(), second);
    std::fs::write(place.path().join("world.json"), "{").unwrap();
    assert!(sandbox::found(place.path(), None, false, BORN).is_err());
    assert!(sandbox::found(place.path(), None, true, BORN).is_ok());
}

#[test]
fn a_damaged_world_is_told_with_its_file_and_the_way_out() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("world.json");
    for damage in ["", "{", "{\"seed\":1}", "{\"seed\":-1,\"cases\":2,\"born\":3}", STRANGE_CHANGE, "\u{0}"] {
        std::fs::write(&file, damage).unwrap();
        let told = sandbox::open(place.path()).unwrap_err().to_string();
        assert!(told.contains(&file.display().to_string()) && told.contains("--fresh"), "{told}");
    }
}

const STRANGE_CHANGE: &str = "{\"seed\":1,\"cases\":2,\"born\":3,\"changes\":[{\"Forgotten\":{}}]}";
