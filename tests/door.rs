//! The door against everything a network and a provider can do to it. What was sent is counted at the server.

mod script;

use std::time::Duration;

use casedesk::{
    case::{Again, Fault, FaultKind},
    http::{Address, Auth, Body, Door, Method, Pace, Request, Response, Secret, Shown},
};
use script::{Server, Step, answer, closed_port, kept};
use serde_json::json;

const QUICK: Pace = Pace { tries: 3, first: Duration::from_millis(2), total: Duration::from_secs(5) };
const CARD: &str = "4111111111111111";

fn door(server: &Server) -> Door {
    door_with(server, &Auth::Headers(vec![("authorization".into(), Secret::new("sk_test_SESAME"))]))
}

fn door_with(server: &Server, auth: &Auth) -> Door {
    Door::new(Address::parse(&server.url("/v1")).unwrap(), auth, QUICK).unwrap()
}

fn by_token(tokens: &Server) -> Auth {
    Auth::ClientCredentials {
        token_url: Address::parse(&tokens.url("/token")).unwrap(),
        id: Secret::new("key"),
        secret: Secret::new("SESAME"),
        scope: String::new(),
        shown: Shown::Header,
    }
}

fn read() -> Request {
    Request {
        query: vec![("queueId".into(), "1000".into())],
        patience: Duration::from_secs(20),
        ..Request::read(Method::Get, "/disputeQueue")
    }
}

fn write() -> Request {
    Request { body: Body::Json(json!({"action": "SUBMIT"})), read_only: false, method: Method::Post, ..read() }
}

fn granted(token: &str, expires_in: u32) -> Vec<u8> {
    let body = json!({"access_token": token, "token_type": "bearer", "expires_in": expires_in}).to_string();
    answer(200, &[("content-type", "application/json")], &body)
}

fn text(answer: &Response) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

fn raw(bytes: &str) -> Vec<Step> {
    vec![Step::Read, Step::Send(bytes.as_bytes().to_vec())]
}

/// What an analyst or a log could get to see of a fault.
fn shown(fault: &Fault) -> String {
    format!("{fault:?} {} {}", fault.says.exact(), fault.tell())
}

// What goes out

#[tokio::test]
async fn a_request_carries_what_was_asked_and_the_authorisation_and_nothing_else() {
    let server = Server::answering(vec![answer(200, &[], "[]")]);
    let request = Request { headers: vec![("accept".into(), "application/json".into())], ..write() };
    door(&server).send(&request).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("POST", "/v1/disputeQueue?queueId=1000"));
    assert_eq!(seen.text(), r#"{"action":"SUBMIT"}"#);
    let mut headers: Vec<_> = seen.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    headers.sort();
    let agent = format!("user-agent: casedesk/{}", env!("CARGO_PKG_VERSION"));
    let host = format!("host: {}", server.address);
    assert_eq!(
        headers,
        [
            "accept-encoding: identity",
            "accept: application/json",
            "authorization: sk_test_SESAME",
            "content-length: 19",
            "content-type: application/json",
            &host,
            &agent,
        ]
    );
}

#[tokio::test]
async fn json_that_was_made_before_is_sent_byte_for_byte() {
    let server = Server::answering(vec![answer(200, &[], "[]")]);
    let bytes = "{ \"amount\":12.50,\n\"amount\":1e2 }";
    door(&server).send(&Request { body: Body::Exact(bytes.into()), ..write() }).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.text(), bytes);
    assert!(seen.headers.contains(&("content-type".into(), "application/json".into())));
}

#[tokio::test]
async fn an_answer_comes_back_whole_with_the_providers_clock() {
    let date = ("Date", "Sun, 22 Nov 2026 10:00:00 GMT");
    let server = Server::answering(vec![answer(404, &[date, ("X-Request-Id", "r-1")], "{\"a\":1}")]);
    let answer = door(&server).send(&read()).await.unwrap();
    assert_eq!((answer.status, text(&answer), answer.header("x-request-id")), (404, "{\"a\":1}", Some("r-1")));
    assert_eq!(answer.date.unwrap().rfc3339(), "2026-11-22T10:00:00.000Z");
}

#[tokio::test]
async fn answers_that_are_no_data_at_all_are_left_to_the_provider_to_judge() {
    for body in ["<html>please log in</html>", "", "null", "[]", "{\"a\":1,\"a\":2}"] {
        let server = Server::answering(vec![answer(200, &[("content-type", "text/html")], body)]);
        let answer = door(&server).send(&read()).await.unwrap();
        assert_eq!(
            (answer.status, text(&answer), answer.header("content-type")),
            (200, body, Some("text/html"))
        );
    }
}

// No connection

#[tokio::test]
async fn a_closed_port_is_proof_that_nothing_was_sent() {
    let base = Address::parse(&format!("http://{}/", closed_port())).unwrap();
    let fault = Door::new(base, &Auth::None, QUICK).unwrap().send(&write()).await.unwrap_err();
    assert_eq!((fault.kind, fault.again, fault.status), (FaultKind::Unreachable, Again::Later, None));
    assert!(fault.says.exact().contains("127.0.0.1") && fault.says.exact().contains("refused"), "{fault:?}");
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_proof_that_nothing_was_sent() {
    // Longer than a name can be, so that it fails here and no name server is asked.
    let base = Address::parse(&format!("https://{}.invalid/v1", "n".repeat(64))).unwrap();
    let fault = Door::new(base, &Auth::None, QUICK).unwrap().send(&write()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable, "{fault:?}");
}

#[tokio::test]
async fn a_tls_conversation_that_fails_is_proof_that_nothing_was_sent() {
    let server = Server::playing(vec![vec![Step::Send(answer(200, &[], "this is not TLS"))]]);
    let base = Address::parse(&format!("https://{}/v1", server.address)).unwrap();
    let fault = Door::new(base, &Auth::None, QUICK).unwrap().send(&write()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable, "{fault:?}");
}

// Broken answers

#[tokio::test]
async fn a_write_is_sent_once_whatever_happens() {
    let hang = vec![Step::Read, Step::Hold];
    let flood = Step::Flood(b"400\r\n".iter().chain([b'x'; 0x400].iter()).chain(b"\r\n").copied().collect());
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let many: String = (0..500).map(|n| format!("x-{n}: 1\r\n")).collect();
    let table: Vec<(&str, Vec<Step>, Result<u16, FaultKind>)> = vec![
        ("reads it and closes", vec![Step::Read], Err(FaultKind::Lost)),
        ("closes at once", vec![], Err(FaultKind::Lost)),
        ("half a status line", raw("HTTP/1.1 20"), Err(FaultKind::Lost)),
        ("not HTTP", raw("SSH-2.0-OpenSSH\r\n\r\n"), Err(FaultKind::Lost)),
        (
            "half a body",
            raw("HTTP/1.1 201 C\r\ncontent-length: 1000\r\n\r\ntwelve bytes"),
            Err(FaultKind::Lost),
        ),
        ("silence", hang, Err(FaultKind::Lost)),
        ("an endless body", vec![Step::Read, Step::Send(chunked), flood], Err(FaultKind::TooLarge)),
        ("500 headers", raw(&format!("HTTP/1.1 200 OK\r\n{many}\r\n")), Err(FaultKind::Lost)),
        ("a redirect", raw("HTTP/1.1 307 R\r\nlocation: /other\r\n\r\n"), Err(FaultKind::Unreadable)),
        ("500", vec![Step::Read, Step::Send(answer(500, &[], ""))], Ok(500)),
        ("503, at once", vec![Step::Read, Step::Send(answer(503, &[("retry-after", "0")], ""))], Ok(503)),
        ("429, at once", vec![Step::Read, Step::Send(answer(429, &[("retry-after", "0")], ""))], Ok(429)),
        ("401", vec![Step::Read, Step::Send(answer(401, &[], ""))], Ok(401)),
    ];
    for (what, script, expected) in table {
        for method in [Method::Post, Method::Put] {
            let closed_unread = script.is_empty();
            let server = Server::playing(vec![script.clone()]);
            let patience = Duration::from_millis(if what == "silence" { 150 } else { 20_000 });
            let outcome = door(&server).send(&Request { method, patience, limit: 100_000, ..write() }).await;
            assert_eq!(outcome.map(|answer| answer.status).map_err(|fault| fault.kind), expected, "{what}");
            assert_eq!(server.connections(), 1, "{what}");
            assert_eq!(server.count(), if closed_unread { 0 } else { 1 }, "{what}");
        }
    }
}

#[tokio::test]
async fn half_a_body_keeps_the_status_that_came() {
    let server = Server::playing(vec![raw("HTTP/1.1 201 C\r\ncontent-length: 1000\r\n\r\ntwelve bytes")]);
    let fault = door(&server).send(&write()).await.unwrap_err();
    assert_eq!((fault.kind, fault.status, fault.again), (FaultKind::Lost, Some(201), Again::Later));
}

#[tokio::test]
async fn a_kept_connection_that_died_costs_a_write_nothing_and_never_doubles_it() {
    let first = vec![Step::Read, Step::Send(kept(200, &[], "first"))];
    let server = Server::playing(vec![first, vec![Step::Read, Step::Send(answer(200, &[], "second"))]]);
    let door = door(&server);
    assert_eq!(text(&door.send(&read()).await.unwrap()), "first");
    let outcome = door.send(&write()).await;
    let posts = server.seen().iter().filter(|seen| seen.method == "POST").count();
    match outcome {
        Ok(answer) => assert_eq!((text(&answer), posts), ("second", 1)),
        // The end of the connection may cross the request on its way.
        Err(fault) => assert_eq!((fault.kind, posts), (FaultKind::Lost, 0)),
    }
}

#[tokio::test]
async fn a_read_survives_a_kept_connection_that_died() {
    let first = vec![Step::Read, Step::Send(kept(200, &[], "first"))];
    let server = Server::playing(vec![first, vec![Step::Read, Step::Send(answer(200, &[], "second"))]]);
    let door = door(&server);
    assert_eq!(text(&door.send(&read()).await.unwrap()), "first");
    assert_eq!(text(&door.send(&read()).await.unwrap()), "second");
}

#[tokio::test]
async fn a_connection_that_lives_is_used_again() {
    let twice = [raw_kept("first"), raw_kept("second")].concat();
    let server = Server::playing(vec![twice]);
    let door = door(&server);
    assert_eq!(text(&door.send(&write()).await.unwrap()), "first");
    assert_eq!(text(&door.send(&write()).await.unwrap()), "second");
    assert_eq!(server.connections(), 1);
}

fn raw_kept(body: &str) -> Vec<Step> {
    vec![Step::Read, Step::Send(kept(200, &[], body))]
}

#[tokio::test]
async fn a_second_answer_glued_to_the_first_is_nobodys_answer() {
    let glued = [kept(200, &[], "first"), kept(200, &[], "smuggled")].concat();
    let own = vec![Step::Read, Step::Send(answer(200, &[], "second"))];
    let server = Server::playing(vec![[vec![Step::Read, Step::Send(glued)], own.clone()].concat(), own]);
    let door = door(&server);
    assert_eq!(text(&door.send(&read()).await.unwrap()), "first");
    assert_eq!(text(&door.send(&read()).await.unwrap()), "second");
}

#[tokio::test]
async fn a_thousand_early_hints_do_not_hide_the_answer() {
    let hints = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(1000).into_bytes();
    let server =
        Server::playing(vec![vec![Step::Read, Step::Send([hints, answer(200, &[], "here")].concat())]]);
    assert_eq!(text(&door(&server).send(&write()).await.unwrap()), "here");
}

#[tokio::test]
async fn three_hundred_headers_are_read() {
    let headers: Vec<_> = (0..300).map(|n| (format!("x-{n}"), "1")).collect();
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let server = Server::answering(vec![answer(200, &headers, "here")]);
    let answer = door(&server).send(&write()).await.unwrap();
    assert_eq!((text(&answer), answer.header("x-299")), ("here", Some("1")));
}

#[tokio::test]
async fn patience_ends_whether_the_head_or_the_body_does_not() {
    for start in ["", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] {
        let server = Server::playing(vec![[raw(start), vec![Step::Hold]].concat()]);
        let request = Request { patience: Duration::from_millis(200), ..write() };
        let fault = door(&server).send(&request).await.unwrap_err();
        assert_eq!((fault.kind, server.count()), (FaultKind::Lost, 1), "{start}");
        assert!(fault.says.exact().contains("no whole answer within 200ms"), "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_larger_than_its_limit_is_left_unread() {
    let announced = raw("HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n");
    let fits = Step::Send(answer(200, &[], "0123456789"));
    for (script, limit, expected) in [
        ([announced, vec![Step::Hold]].concat(), 1000, Err(FaultKind::TooLarge)),
        (vec![Step::Read, fits.clone()], 10, Ok(10)),
        (vec![Step::Read, fits], 9, Err(FaultKind::TooLarge)),
        (raw("HTTP/1.1 200 OK\r\n\r\n0123456789"), 9, Err(FaultKind::TooLarge)),
        (raw("HTTP/1.1 200 OK\r\n\r\n0123456789"), 10, Ok(10)),
    ] {
        let server = Server::playing(vec![script]);
        let outcome = door(&server).send(&Request { limit, ..read() }).await;
        assert_eq!(outcome.map(|answer| answer.body.len()).map_err(|fault| fault.kind), expected);
        assert_eq!(server.count(), 1, "a larger answer is not asked for again");
    }
}

#[tokio::test]
async fn a_packed_answer_is_refused_rather_than_unpacked_or_taken_for_text() {
    for packed in ["gzip", "br", "identity, gzip"] {
        let server = Server::answering(vec![answer(200, &[("content-encoding", packed)], "x")]);
        let fault = door(&server).send(&read()).await.unwrap_err();
        assert_eq!((fault.kind, fault.status), (FaultKind::Unreadable, Some(200)), "{packed}");
    }
    let server = Server::answering(vec![answer(200, &[("content-encoding", "identity")], "x")]);
    assert!(door(&server).send(&read()).await.is_ok());
}

// Other hosts

#[tokio::test]
async fn nothing_follows_a_redirect_neither_key_nor_body() {
    let elsewhere = Server::answering(vec![answer(200, &[], "caught"), answer(200, &[], "caught")]);
    for status in [301, 302, 303, 307, 308] {
        for request in [read(), write(), Request { method: Method::Put, ..write() }] {
            let location = elsewhere.url(&format!("/catch?cardNumber={CARD}"));
            let server = Server::answering(vec![answer(status, &[("location", &location)], "moved")]);
            let fault = door(&server).send(&request).await.unwrap_err();
            assert_eq!((fault.kind, fault.status), (FaultKind::Unreadable, Some(status)));
            assert!(fault.says.exact().contains("127.0.0.1") && !shown(&fault).contains(CARD), "{fault:?}");
            assert_eq!(server.count(), 1);
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn a_path_from_an_answer_cannot_lead_to_another_host() {
    let elsewhere = Server::answering(vec![answer(200, &[], "caught")]);
    let server = Server::playing(vec![]);
    for path in [
        format!("//{}/file", elsewhere.address),
        format!("/{}", elsewhere.url("/file")),
        elsewhere.url("/file"),
        format!("@{}/file", elsewhere.address),
        format!("\\\\{}/file", elsewhere.address),
    ] {
        let _ = door(&server).send(&Request { path, read_only: false, ..read() }).await;
    }
    assert_eq!(elsewhere.connections(), 0);
}

/// Also run in a process of its own by the next test, which sets the environment; without it just another read.
#[tokio::test]
async fn a_read_goes_straight_to_the_provider() {
    let server = Server::answering(vec![answer(200, &[], "direct")]);
    assert_eq!(text(&door(&server).send(&read()).await.unwrap()), "direct");
}

#[test]
fn the_environment_cannot_name_a_proxy() {
    let proxy = Server::answering(vec![answer(200, &[], "by proxy")]);
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "a_read_goes_straight_to_the_provider"]);
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, proxy.url(""));
    }
    let output = child.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(proxy.connections(), 0);
}

// What faults say

#[tokio::test]
async fn no_fault_repeats_an_address_or_a_secret() {
    let scripts = vec![
        vec![Step::Read],
        raw("HTTP/1.1 20"),
        raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"),
        raw("HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n"),
        raw("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n"),
    ];
    let query = vec![("cardNumber".to_owned(), CARD.to_owned())];
    for script in scripts {
        let server = Server::playing(vec![script]);
        let request = Request { query: query.clone(), read_only: false, ..read() };
        let fault = door(&server).send(&request).await.unwrap_err();
        let shown = shown(&fault);
        assert!(
            !shown.contains(CARD) && !shown.contains("disputeQueue") && !shown.contains("SESAME"),
            "{shown}"
        );
    }
    let base = Address::parse(&format!("http://{}/", closed_port())).unwrap();
    let fault =
        Door::new(base, &Auth::None, QUICK).unwrap().send(&Request { query, ..read() }).await.unwrap_err();
    assert!(!shown(&fault).contains(CARD), "{fault:?}");
}

#[tokio::test]
async fn a_value_with_a_line_break_leaves_nothing() {
    let server = Server::playing(vec![]);
    let headers = vec![("Idempotency-Key".to_owned(), "a\r\nx-evil: b".to_owned())];
    let fault = door(&server).send(&Request { headers, ..write() }).await.unwrap_err();
    assert_eq!((fault.kind, server.connections()), (FaultKind::Unprepared, 0));
    assert!(
        Door::new(
            door(&server).base().clone(),
            &Auth::Headers(vec![("authorization".into(), Secret::new("a\r\nb"))]),
            QUICK
        )
        .is_err()
    );
}

// Asking again

#[tokio::test]
async fn a_read_is_asked_again_until_it_is_answered() {
    let soon = [("retry-after", "0")];
    let broken = vec![Step::Read, Step::Send(answer(500, &[], "broken"))];
    let fast = vec![Step::Read, Step::Send(answer(429, &soon, "too fast"))];
    let good = vec![Step::Read, Step::Send(answer(200, &[], "here"))];
    for first in [vec![Step::Read], vec![], raw("HTTP/1.1 20"), broken.clone(), fast.clone()] {
        // Declared reads are repeated whatever their method: some APIs read by POST.
        for method in [Method::Get, Method::Post] {
            let server = Server::playing(vec![first.clone(), broken.clone(), good.clone()]);
            let answer = door(&server).send(&Request { method, ..read() }).await.unwrap();
            assert_eq!((text(&answer), server.connections()), ("here", 3));
        }
    }
}

#[tokio::test]
async fn a_read_that_stays_unanswered_ends_with_its_last_outcome() {
    let broken = |body| vec![Step::Read, Step::Send(answer(503, &[], body))];
    let server = Server::playing(vec![broken("1"), broken("2"), broken("3"), broken("4")]);
    let answer = door(&server).send(&read()).await.unwrap();
    assert_eq!((answer.status, text(&answer), server.count()), (503, "3", 3));

    let server = Server::playing(vec![broken("1"), vec![Step::Read], vec![Step::Read]]);
    let fault = door(&server).send(&read()).await.unwrap_err();
    assert_eq!((fault.kind, server.count()), (FaultKind::Lost, 3));
}

#[tokio::test]
async fn a_refusal_is_not_asked_again() {
    for status in [400, 403, 404, 409, 422] {
        let server = Server::answering(vec![answer(status, &[], "no")]);
        let answer = door(&server).send(&read()).await.unwrap();
        assert_eq!((answer.status, text(&answer), server.count()), (status, "no", 1));
    }
}

#[tokio::test]
async fn a_long_pause_is_not_slept_through_but_told() {
    for (headers, after) in
        [(vec![("retry-after", "60")], 60_000), (vec![], 60_000), (vec![("retry-after", "1e9")], 60_000)]
    {
        let server = Server::answering(vec![answer(429, &headers, "slow down")]);
        let answer = door(&server).send(&read()).await.unwrap();
        assert_eq!((answer.status, answer.again(), server.count()), (429, Again::After(after), 1));
    }
}

// Tokens

#[tokio::test]
async fn a_token_is_fetched_once_and_used_until_it_ends() {
    let tokens = Server::answering(vec![granted("one", 3600)]);
    let server = Server::answering(vec![answer(200, &[], "a"), answer(200, &[], "b"), answer(200, &[], "c")]);
    let door = door_with(&server, &by_token(&tokens));
    let (one, two, three) = (read(), read(), write());
    let (a, b, c) = tokio::join!(door.send(&one), door.send(&two), door.send(&three));
    assert!([a, b, c].iter().all(|answer| answer.as_ref().unwrap().status == 200));
    let asked = &tokens.seen()[0];
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("POST", "/token"));
    assert_eq!(asked.text(), "grant_type=client_credentials");
    assert_eq!(asked.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(asked.header("authorization"), Some("Basic a2V5OlNFU0FNRQ=="));
    assert_eq!(tokens.count(), 1);
    assert!(server.seen().iter().all(|seen| seen.header("authorization") == Some("Bearer one")));
}

#[tokio::test]
async fn a_token_at_its_end_is_replaced_before_it_is_used() {
    let tokens = Server::answering(vec![granted("one", 0), granted("two", 3600)]);
    let server = Server::answering(vec![answer(200, &[], ""), answer(200, &[], ""), answer(200, &[], "")]);
    let door = door_with(&server, &by_token(&tokens));
    for _ in 0..3 {
        door.send(&write()).await.unwrap();
    }
    let used: Vec<_> =
        server.seen().iter().map(|seen| seen.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(
        (used.as_slice(), tokens.count()),
        (&["Bearer one", "Bearer two", "Bearer two"].map(str::to_owned)[..], 2)
    );
}

#[tokio::test]
async fn a_token_refused_in_the_middle_is_renewed_once_and_the_read_goes_on() {
    let tokens = Server::answering(vec![granted("one", 3600), granted("two", 3600)]);
    let server = Server::answering(vec![answer(401, &[], "expired"), answer(200, &[], "here")]);
    let answer = door_with(&server, &by_token(&tokens)).send(&read()).await.unwrap();
    let used: Vec<_> =
        server.seen().iter().map(|seen| seen.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(
        (text(&answer), used.as_slice()),
        ("here", &["Bearer one".to_owned(), "Bearer two".to_owned()][..])
    );
    assert_eq!(tokens.count(), 2);
}

#[tokio::test]
async fn a_token_refused_twice_ends_the_matter() {
    let tokens = Server::answering(vec![granted("one", 3600), granted("two", 3600), granted("three", 3600)]);
    let server = Server::answering(vec![answer(401, &[], "no"), answer(401, &[], "still no")]);
    let answer = door_with(&server, &by_token(&tokens)).send(&read()).await.unwrap();
    assert_eq!((answer.status, text(&answer)), (401, "still no"));
    assert_eq!((server.count(), tokens.count()), (2, 2));
    assert_eq!(Fault::of_status(answer.status, "").kind, FaultKind::Unauthorised);
}

#[tokio::test]
async fn two_reads_refused_with_one_token_renew_it_once() {
    let tokens = Server::answering(vec![granted("one", 3600), granted("two", 3600), granted("three", 3600)]);
    let no = answer(401, &[], "expired");
    let server = Server::answering(vec![no.clone(), no, answer(200, &[], ""), answer(200, &[], "")]);
    let door = door_with(&server, &by_token(&tokens));
    let (one, two) = (read(), read());
    let (a, b) = tokio::join!(door.send(&one), door.send(&two));
    assert_eq!((a.unwrap().status, b.unwrap().status), (200, 200));
    assert_eq!((server.count(), tokens.count()), (4, 2));
}

#[tokio::test]
async fn a_write_refused_for_its_token_goes_back_and_the_next_one_has_a_fresh_token() {
    let tokens = Server::answering(vec![granted("one", 3600), granted("two", 3600)]);
    let server = Server::answering(vec![answer(401, &[], "expired"), answer(201, &[], "done")]);
    let door = door_with(&server, &by_token(&tokens));
    assert_eq!(door.send(&write()).await.unwrap().status, 401);
    assert_eq!((server.count(), tokens.count()), (1, 1));
    assert_eq!(door.send(&write()).await.unwrap().status, 201);
    assert_eq!((server.count(), tokens.count()), (2, 2));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_and_the_fault_says_so() {
    let table = [
        (answer(401, &[], r#"{"error":"invalid_client"}"#), FaultKind::Unauthorised, 1),
        (answer(400, &[], "SESAME"), FaultKind::Unauthorised, 1),
        (answer(400, &[], r#"{"error":"unsupported_grant_type"}"#), FaultKind::Unauthorised, 1),
        (answer(403, &[], r#"{"error":"SESAME"}"#), FaultKind::Unauthorised, 1),
        (answer(503, &[("retry-after", "0")], ""), FaultKind::Unreachable, 3),
        (answer(429, &[("retry-after", "60")], ""), FaultKind::Unreachable, 1),
        (answer(500, &[], "SESAME"), FaultKind::Unreachable, 3),
        (b"HTTP/1.1 20".to_vec(), FaultKind::Unreachable, 3),
        (answer(302, &[("location", "https://evil.example/?SESAME")], ""), FaultKind::Unprepared, 1),
        (answer(404, &[], "SESAME"), FaultKind::Unprepared, 1),
        (answer(200, &[], "<html>SESAME</html>"), FaultKind::Unprepared, 1),
        (answer(200, &[], r#"{"token":"SESAME"}"#), FaultKind::Unprepared, 1),
        (answer(200, &[], r#"{"access_token":["SESAME"]}"#), FaultKind::Unprepared, 1),
        (answer(200, &[], r#"{"access_token":""}"#), FaultKind::Unprepared, 1),
        (answer(200, &[], r#"{"access_token":"SESAME\r\nx-evil: 1"}"#), FaultKind::Unprepared, 1),
        (answer(200, &[], r#"{"access_token":"SESAME","token_type":"mac"}"#), FaultKind::Unprepared, 1),
    ];
    for (given, kind, asked) in table {
        for request in [read(), write()] {
            let tokens = Server::answering(vec![given.clone(); 4]);
            let server = Server::playing(vec![]);
            let fault = door_with(&server, &by_token(&tokens)).send(&request).await.unwrap_err();
            assert_eq!((fault.kind, server.connections(), tokens.count()), (kind, 0, asked), "{fault:?}");
            assert!(!shown(&fault).contains("SESAME"), "{fault:?}");
            let word = String::from_utf8_lossy(&given).contains("unsupported_grant_type");
            assert_eq!(fault.says.exact().contains("unsupported_grant_type"), word);
            assert_eq!(fault.again == Again::No, kind != FaultKind::Unreachable);
        }
    }
}

#[tokio::test]
async fn a_token_address_that_is_down_is_no_connection_whatever_is_asked() {
    let server = Server::playing(vec![]);
    let auth = Auth::ClientCredentials {
        token_url: Address::parse(&format!("http://{}/token", closed_port())).unwrap(),
        id: Secret::new("key"),
        secret: Secret::new("SESAME"),
        scope: String::new(),
        shown: Shown::Header,
    };
    let fault = door_with(&server, &auth).send(&write()).await.unwrap_err();
    assert_eq!((fault.kind, fault.again, server.connections()), (FaultKind::Unreachable, Again::Later, 0));
}

#[tokio::test]
async fn credentials_that_are_refused_are_tried_once_for_everybody_who_waits() {
    let tokens = Server::answering(vec![answer(401, &[], "no"); 3]);
    let server = Server::playing(vec![]);
    let door = door_with(&server, &by_token(&tokens));
    let (one, two, three) = (read(), read(), read());
    let (a, b, c) = tokio::join!(door.send(&one), door.send(&two), door.send(&three));
    assert!([a, b, c].iter().all(|outcome| outcome.as_ref().unwrap_err().kind == FaultKind::Unauthorised));
    assert_eq!((tokens.count(), server.connections()), (1, 0));
}

#[tokio::test]
async fn a_key_that_is_refused_is_not_tried_again() {
    let server = Server::answering(vec![answer(401, &[], "no"), answer(200, &[], "here")]);
    assert_eq!(door(&server).send(&read()).await.unwrap().status, 401);
    assert_eq!(server.count(), 1);
}
