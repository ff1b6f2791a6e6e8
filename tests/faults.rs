//! What goes wrong between the desk and a provider, and what the analyst is told: what happened, what was kept, what
//! to do next.

mod analyst;

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use analyst::{World, moment};
use casedesk::{provider::nets::sandbox as nets, sandbox::Trouble, store};

const QUEUE: &str = "/disputeQueue";
const CASES: &str = "/disputes";
const TOKEN: &str = "/token";

/// What the stand-in answered to requests for a path, in order.
fn answers(world: &World, path: &str) -> Vec<Option<u16>> {
    world.served.seen().into_iter().filter(|seen| seen.path.contains(path)).map(|seen| seen.status).collect()
}

fn says(body: &str) -> Trouble {
    Trouble::Says(200, "application/json", body.as_bytes().to_vec())
}

/// An address at which nothing listens, on a loopback host that no other test uses.
fn nowhere(host: u8) -> SocketAddr {
    TcpListener::bind(SocketAddr::from(([127, 83, 1, host], 0))).unwrap().local_addr().unwrap()
}

fn led_to(world: &mut World, at: SocketAddr) {
    world.served.base = format!("http://{at}{}", nets::BASE);
    world.served.token = format!("http://{at}{}", nets::TOKEN);
}

// ---- no network

#[test]
fn with_the_network_dead_the_desk_opens_from_the_store() {
    let mut world = World::of(12);
    world.analyst().leaves();
    let at = nowhere(1);
    led_to(&mut world, at);
    world.clock.set(moment("2026-11-23T07:30:00Z"));

    let mut ann = world.analyst();
    ann.is_told("no connection").is_told("what is kept here is shown");
    ann.sees("sandbox: NOT REACHED, as of 2026-11-22 08:00").sees("All cases  1/11");
    sees_screen!(ann, "full store and no network");
    ann.press("6").sees("6000 Awaiting Dispute Submission  1/3").press("Enter").sees("Documents (");
    ann.press("Esc R").is_told("no connection").sees("1/3");

    // It is back.
    let _back = world.served_at(at);
    ann.press("R").sees("NOT REACHED: 1000 2000 3000 4000 5000 7000, else as of 2026-11-23 07:30").sees("1/3");
    ann.commands("refresh-all").sees("sandbox: as of 2026-11-23 07:30").misses("NOT RE");
    sees_screen!(ann, "network back");
}

#[test]
fn with_the_network_dead_and_nothing_kept_the_desk_says_so() {
    let mut world = World::of(12);
    led_to(&mut world, nowhere(2));
    let mut ann = world.analyst();
    ann.is_told("no connection").sees("NOT REACHED, nothing read yet");
    sees_screen!(ann, "empty store and no network");
    ann.press("R").is_told("no connection");
    ann.commands("2600410001").is_told("could not be asked");
    sees_screen!(ann, "a case that is not kept and no network");
}

#[test]
fn one_queue_that_fails_is_told_until_it_is_read() {
    let world = World::of(40);
    let mut ann = world.analyst();
    world.clock.set(moment("2026-11-22T09:00:00Z"));
    world.served.troubles.next(1, QUEUE, Trouble::Malformed);
    ann.press("6 R").is_told("queue 6000: the answer could not be read").is_told("what is kept here is shown");
    // The others are read, and the header is not whole because of them.
    ann.press("5 R").sees("sandbox: ERROR ANSWERS: 6000, else as of 2026-11-22 09:00");
    sees_screen!(ann, "one queue of seven not read");
    ann.press("6 R").sees("sandbox: as of 2026-11-22 09:00");
}

// ---- tokens

#[test]
fn an_expired_token_is_fetched_anew_once() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.press("6");
    let tokens = world.served.troubles.count(TOKEN);
    let asked = world.served.troubles.count(QUEUE);
    assert_eq!((tokens, asked), (1, 7), "one token for all seven queues");
    world.served.expire_tokens();
    ann.press("R").sees("sandbox: as of");
    assert_eq!(world.served.troubles.count(TOKEN), tokens + 1);
    assert_eq!(answers(&world, QUEUE)[asked..], [Some(401), Some(200)], "refused, renewed, answered");
}

#[test]
fn seven_questions_with_an_expired_token_fetch_few_new_ones() {
    let world = World::of(12);
    let mut ann = world.analyst();
    world.served.expire_tokens();
    ann.commands("refresh-all").misses("NOT");
    assert_eq!(world.served.troubles.count(TOKEN), 2, "the three under way share the renewed one");
}

#[test]
fn credentials_that_are_not_accepted_are_told() {
    let world = World::of(12);
    world.analyst().leaves();
    let refused = Trouble::Says(401, "application/json", br#"{"error":"invalid_client"}"#.to_vec());
    world.served.troubles.always(TOKEN, refused);
    let mut ann = world.analyst();
    ann.is_told("the credentials were not accepted (401)").is_told("the client id or secret was not accepted");
    sees_screen!(ann, "credentials refused");
    world.served.troubles.clear();
    ann.press("R").sees("sandbox: as of 2026-11-22 08:00").misses("LOGIN REFUSED");
}

#[test]
fn a_client_that_may_not_read_is_told() {
    let world = World::of(12);
    world.served.troubles.always(QUEUE, Trouble::Forbidden);
    let mut ann = world.analyst();
    ann.is_told("these credentials may not do that (403)").is_told("Not subscribed");
    sees_screen!(ann, "forbidden");
}

// ---- answers that are none

#[test]
fn a_provider_that_asks_for_a_pause_is_told_with_its_length() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.press("6");
    let before = world.served.troubles.count(QUEUE);
    world.served.troubles.next(1, QUEUE, Trouble::TooFast(Some(90)));
    ann.press("R").is_told("asks for a slower pace (429)").is_told("not before 90 s");
    assert_eq!(world.served.troubles.count(QUEUE), before + 1, "a pause is kept, not tried through");
    sees_screen!(ann, "slower pace");
    ann.press("R").misses("slower");
}

#[test]
fn a_short_pause_is_waited_for_unseen() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.press("6");
    let before = world.served.troubles.count(QUEUE);
    world.served.troubles.next(1, QUEUE, Trouble::TooFast(Some(0)));
    ann.press("R").sees("sandbox: as of").misses("NOT");
    assert_eq!(answers(&world, QUEUE)[before..], [Some(429), Some(200)]);
}

#[test]
fn a_provider_that_stumbles_twice_is_asked_again_unseen() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.press("6");
    let before = world.served.troubles.count(QUEUE);
    world.served.troubles.next(2, QUEUE, Trouble::Broken);
    ann.press("R").misses("fault of its own").misses("NOT");
    assert_eq!(answers(&world, QUEUE)[before..], [Some(500), Some(500), Some(200)]);
    // Three tries are all there are.
    world.served.troubles.next(3, QUEUE, Trouble::Broken);
    ann.press("R").is_told("the provider has a fault of its own (500)").is_told("Internal error");
    assert_eq!(world.served.troubles.count(QUEUE), before + 6);
    sees_screen!(ann, "provider broken");
    ann.press("R").misses("fault of its own").misses("NOT");
}

#[test]
fn whatever_is_no_answer_is_told_and_the_cases_stay() {
    for (name, trouble, told) in [
        ("malformed", Trouble::Malformed, "the answer could not be read (200): not JSON"),
        ("captive portal", Trouble::Html, "a page titled \"Guest network: sign in\""),
        ("empty", Trouble::Empty, "the answer is empty"),
        ("redirect", Trouble::Redirect, "sent on to elsewhere.invalid, which is not followed"),
        ("endless", Trouble::Endless, "the answer is larger than the limit (200): more than 96 MiB"),
        ("truncated", Trouble::Truncated, "the connection broke before an answer"),
        ("dropped", Trouble::Drop, "the connection broke before an answer"),
        (
            "another queue",
            says(r#"{"cases":[{"caseNumber":"1","queueId":"1000"}]}"#),
            "asked for queue 6000, got queue 1000",
        ),
        ("no cases in it", says(r#"{"status":"ok"}"#), "an object without cases in it"),
        ("errors only", says(r#"{"errors":[{"code":"X","message":"backend timeout"}]}"#), "backend timeout: X"),
        ("one page", says(r#"{"cases":[{"caseNumber":"1"}],"totalCount":500}"#), "totalCount is 500"),
        (
            "in part",
            Trouble::Says(206, "application/json", br#"[{"caseNumber":"1"}]"#.to_vec()),
            "only a part came",
        ),
    ] {
        let world = World::of(12);
        let mut ann = world.analyst();
        ann.press("6").sees("1/3");
        world.served.troubles.always(QUEUE, trouble);
        ann.press("R").is_told(told).is_told("what is kept here is shown").sees("1/3").misses("sandbox: as of");
        insta::assert_snapshot!(format!("no answer: {name}"), ann.screen());
        world.served.troubles.clear();
        ann.press("R").sees("sandbox: as of 2026-11-22 08:00").misses("ERROR ANSWERS").sees("1/3");
    }
}

#[test]
fn an_answer_for_another_case_is_not_taken_for_this_one() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410008");
    let before = ann.line_with("merchant ");
    world.served.troubles.next(
        1,
        CASES,
        says(r#"{"cases":[{"caseNumber":"2600410015","merchantName":"Another"}]}"#),
    );
    ann.press("R").is_told("asked for case 2600410008, got case 2600410015").misses("Another").sees(&before);
    sees_screen!(ann, "answer for another case");
    // Nor is it kept for the other one.
    ann.commands("2600410015").misses("Another");
}

#[test]
fn a_case_that_the_provider_knows_no_more_stays_readable() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.commands("2600410008");
    let gone = Trouble::Says(404, "application/json", br#"{"code":"404","message":"Archived"}"#.to_vec());
    world.served.troubles.next(1, CASES, gone);
    ann.press("R")
        .is_told("the provider does not know it (404): Archived")
        .sees("Documents (")
        .misses("NOT REACHED");
    sees_screen!(ann, "case that is gone");
}

#[test]
fn a_broken_element_does_not_take_the_others_with_it() {
    let world = World::of(12);
    let queue = r#"{"cases":[
        {"caseNumber":"2700000001","queueId":"6000","merchantName":"Sound Shop","disputeAmount":12.50,"disputeCurrency":"EUR"},
        {"queueId":"6000","merchantName":"Numberless Shop","disputeAmount":"twelve"},
        "no object at all",
        {"caseNumber":"2700000002","queueId":"6000","merchantName":"Second Shop","dueDate":"31st of never"}]}"#;
    let mut ann = world.analyst();
    world.served.troubles.next(1, QUEUE, says(queue));
    ann.press("6 R")
        .sees("1/4")
        .sees("Sound Shop")
        .sees("Second Shop")
        .sees("Numberless Shop")
        .sees("no number ");
    sees_screen!(ann, "queue with broken elements");
    ann.commands("2700000002").sees("not understood").sees("31st of never");
    sees_screen!(ann, "case with a date that cannot be read");
    ann.press("Esc").commands("filter numberless").press("Enter").sees("twelve");
    sees_screen!(ann, "case without a number");
    // It cannot be asked for, and nothing leaves for it.
    let before = world.served.seen().len();
    ann.press("R").is_told("nothing was sent").is_told("without a number");
    assert_eq!(world.served.seen().len(), before);
}

#[test]
fn a_providers_words_are_shown_safe_and_masked() {
    let world = World::of(12);
    let mut ann = world.analyst();
    ann.press("6");
    let body = "{\"message\":\"\\u001b[2JCard 4111 1111 1111 1111 \\u202eyletelpmoc\\u0007 refused\\u0000\"}";
    world.served.troubles.next(3, QUEUE, Trouble::Says(500, "application/json", body.as_bytes().to_vec()));
    ann.press("R").is_told("the provider has a fault of its own (500)").is_told("4111 11** **** 1111");
    ann.misses("4111 1111 1111 1111").misses("\u{1b}").misses("\u{202e}").misses("\u{7}");
    sees_screen!(ann, "hostile words of a provider");
}

// ---- a store that is not sound

#[test]
fn a_store_that_is_found_damaged_is_written_by_nobody_any_more() {
    let world = World::of(12);
    world.analyst().leaves();
    // A page that belongs to no table: whatever the desk reads it can read, and only the check of the whole file sees it.
    let file = store::database(&world.dir());
    let db = rusqlite::Connection::open(&file).unwrap();
    let lose = "CREATE TABLE lost(a); PRAGMA writable_schema=ON; DELETE FROM sqlite_schema WHERE name='lost';";
    db.execute_batch(lose).unwrap();
    drop(db);
    let mut ann = world.analyst();
    // By the check itself, or by the first answer after it.
    ann.turns_until("the store is damaged").is_told("nothing more is written to it");
    let before = fs::read(&file).unwrap();
    ann.press("6 R").is_told("could not be kept here").is_told("nothing more is written to it").sees("1/3");
    ann.press("u")
        .types("later")
        .press("Enter")
        .is_told("nothing more is written to it")
        .sees("Parked                  0");
    ann.commands("2600410008").sees("Documents (");
    ann.leaves();
    assert!(fs::read(&file).unwrap() == before);
}

// ---- slow answers

#[test]
fn keys_are_heard_and_drawn_while_an_answer_is_outstanding() {
    let world = World::of(40);
    let mut ann = world.analyst();
    ann.press("6").sees("1/12");
    world.served.troubles.next(1, QUEUE, Trouble::Hold);
    ann.tell_keys("R").turns_until("sandbox: reading");
    ann.tell_keys("j j j").turns_until("4/12");
    ann.tell_keys("Enter").turns_until("Documents (");
    ann.tell_keys("?").turns_until("Help").tell_keys("Esc").turns_until("Documents (");
    ann.sees("sandbox: reading");
    sees_screen!(ann, "while an answer is outstanding");
    world.served.troubles.clear();
    ann.settle().misses("reading");
    assert_eq!(ann.counts().pending, 0);
}

#[test]
fn leaving_does_not_wait_for_a_provider() {
    let world = World::of(12);
    let mut ann = world.analyst();
    world.served.troubles.always(QUEUE, Trouble::Hold);
    ann.tell_keys("R").turns_until("sandbox: reading");
    ann.tell_keys("q");
    while ann.place.exit().is_none() {
        ann.place.turn().unwrap();
    }
    assert_eq!(ann.place.exit(), Some(0));
    drop(ann);
    world.served.troubles.clear();
}

#[test]
fn a_slow_answer_is_an_answer() {
    let world = World::of(12);
    let mut ann = world.analyst();
    world.served.troubles.next(7, QUEUE, Trouble::Slow(Duration::from_millis(20)));
    ann.press("R").misses("NOT").misses("reading");
}
