//! The commands against a provider that another program serves: every operation of every API, from a dispute's creation to
//! its end, by commands alone; what is said of a way that is not open; and what is done about an outcome nobody saw.

mod shell;

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
};

use serde_json::{Value, json};
use shell::{Ended, Serving, Shell};

/// A published test number.
const CARD: &str = "4111111111111111";

/// A shell, and the way to the stand-ins.
struct Desk {
    shell: Shell,
    there: Serving,
}

impl Desk {
    fn new() -> Desk {
        let shell = Shell::new();
        fs::write(shell.path().join("letter.txt"), "Never arrived").unwrap();
        fs::write(shell.path().join("letter.pdf"), "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
            .unwrap();
        let there = shell.serves();
        Desk { shell, there }
    }

    fn runs(&self, words: &[&str]) -> Ended {
        self.shell.with(&self.there.config, words)
    }

    #[track_caller]
    fn done(&self, words: &[&str]) -> Ended {
        let ended = self.runs(words);
        assert_eq!(ended.code, Some(0), "{words:?}: {}", ended.told);
        ended
    }

    /// Creates or acts; the number of the case.
    #[track_caller]
    fn sends(&self, words: &[&str]) -> String {
        let words: Vec<_> = words.iter().copied().chain(["--yes", "--json"]).collect();
        let ended = self.shell.with_fed(&self.there.config, &words, CARD);
        assert_eq!(ended.code, Some(0), "{words:?}: {}", ended.told);
        let told = ended.json();
        assert_eq!(told["state"], "accepted", "{told}");
        told["number"].as_str().unwrap().to_owned()
    }

    /// What a case is now.
    fn status(&self, number: &str) -> String {
        let case = self.done(&["case", number, "--json"]).json();
        case["status"].as_str().unwrap_or_default().to_owned()
    }

    /// The first case of a queue with a status.
    fn one(&self, profile: &str, queue: &str, status: &str) -> String {
        let cases = self.done(&["queue", queue, "--profile", profile, "--json"]).json();
        let all = cases.as_array().unwrap().iter();
        let mut fitting = all.filter(|case| case["status"].as_str().unwrap().contains(status));
        fitting.next().unwrap()["number"].as_str().unwrap().to_owned()
    }
}

// ---- every operation

#[test]
fn nets_is_worked_from_creation_to_its_end() {
    let desk = Desk::new();
    let made = |amount: &str, code: [&str; 2]| {
        let money =
            ["--transactionAmount", amount, "--transactionCurrency", "EUR", "--transactionDate", "2026-10-03"];
        let words: Vec<_> = ["create", "nets", "--card", "-"].into_iter().chain(money).chain(code).collect();
        desk.sends(&words)
    };
    let number = made("12.50", ["--cardSchemeDisputeReasonCode", "13.1"]);
    made("13.50", ["--cardSchemeFraudReasonCode", "10.4"]);
    made("14.50", ["--cardSchemeRetrvRequestReasonCode", "6321"]);
    desk.sends(&["act", "submit", &number, "--notes", "Never arrived", "--attach", "letter.txt"]);
    desk.sends(&["act", "close", &number, "--notes", "Too small"]);
    desk.sends(&["act", "acknowledge", &number]);
    assert_eq!(desk.status(&number), "Archived");
    let asked = desk.one("nets", "5000", "");
    desk.sends(&["act", "submit", &asked, "--additionalInformation", "As they asked"]);
    let asked = desk.one("nets", "5000", "");
    desk.sends(&["act", "reject", &asked, "--notes", "No"]);
    for queue in ["1000", "2000", "3000", "4000", "6000", "7000"] {
        desk.one("nets", queue, "");
    }
    let group = desk.done(&["case", &asked, "--kept", "--json"]).json()["group"].as_str().unwrap().to_owned();
    assert!(desk.done(&["find", "--group", &group, "--profile", "nets"]).out.contains(&asked));
    let cards = desk.shell.with_fed(&desk.there.config, &["find", "--card", "-", "--profile", "nets"], CARD);
    assert!(cards.out.contains(&number), "{}{}", cards.out, cards.told);
    let document = desk.done(&["doc", "list", &number, "--json"]).json()[0]["id"].as_str().unwrap().to_owned();
    desk.done(&["doc", "get", &number, &document, "-o", "saved"]);
    assert_eq!(fs::read_to_string(desk.shell.path().join("saved")).unwrap(), "Never arrived");
}

#[test]
fn checkout_is_worked_from_creation_to_its_end() {
    let desk = Desk::new();
    let transaction = |last: char| format!("trx_{}{last}", "a".repeat(25));
    let made = transaction('1');
    let new = desk.sends(&[
        "create",
        "checkout",
        "--transaction_id",
        &made,
        "--reason",
        "4853",
        "--attach",
        "letter.pdf",
    ]);
    assert!(new.starts_with("idsp_") && desk.status(&new) == "created");
    let second = transaction('2');
    let fraud = [
        "--reason",
        "4837",
        "--amount",
        "10",
        "--currency",
        "EUR",
        "--fraud_details.fraud_type",
        "card_stolen",
    ];
    let words: Vec<_> = ["create", "checkout", "--transaction_id", &second].into_iter().chain(fraud).collect();
    desk.sends(&words);
    // Nobody lists the others: they are told of by a file.
    let told = desk.done(&["track", "checkout", "--import", "there/checkout.csv", "--json"]).json();
    assert!(
        told.as_array().unwrap().iter().all(|line| line["state"] == "taken" && line["why"] == "read"),
        "{told}"
    );
    let change = desk.one("checkout", "action_required", "chargeback_change_requested");
    desk.sends(&["act", "amend", &change, "--attach", "letter.pdf", "--action_response", "As asked"]);
    let later = desk.one("checkout", "action_required", "escalation_change_requested");
    desk.sends(&[
        "act",
        "amend",
        &later,
        "--reason",
        "4853",
        "--reason_change_justification",
        "It fits better",
    ]);
    let rejected = desk.one("checkout", "action_required", "chargeback_rejected");
    desk.sends(&["act", "escalate", &rejected, "--justification", "Not received", "--attach", "letter.pdf"]);
    let arbitrated = desk.one("checkout", "action_required", "prearbitration_rejected");
    desk.sends(&["act", "escalate", &arbitrated, "--justification", "Not received"]);
    let old = desk.one("checkout", "action_required", "chargeback_evidence_invalid");
    desk.sends(&["act", "submit", &old, "--profile", "checkout", "--attach", "letter.pdf"]);
    let pending = desk.one("checkout", "processing", "chargeback_p");
    desk.sends(&["act", "cancel", &pending]);
    assert!(desk.status(&pending).contains("chargeback_reversal_pending"), "{}", desk.status(&pending));
    // Its own words about what does not fit.
    for (words, says) in [
        (&["act", "cancel", &pending, "--yes", "--force"][..], "dispute_cannot_be_canceled"),
        (&["act", "amend", &pending, "--yes", "--force"], "dispute_cannot_be_amended"),
        (
            &["act", "submit", &pending, "--profile", "checkout", "--yes", "--force"],
            "dispute_cannot_be_submitted",
        ),
    ] {
        let ended = desk.runs(words);
        assert_eq!(ended.code, Some(3), "{words:?}: {}", ended.told);
        assert!(ended.out.contains(says) && ended.out.contains("(409)"), "{}", ended.out);
    }
    let nobody = format!("idsp_{}", "z".repeat(26));
    assert_eq!(desk.runs(&["case", &nobody, "--profile", "checkout"]).code, Some(3));
}

#[test]
fn qolo_is_worked_by_its_three_requests() {
    let desk = Desk::new();
    let there = "dispute.transaction_details.0";
    let [amount, channel] = ["amount", "channel"].map(|name| format!("--{there}.{name}"));
    let number = desk.sends(&[
        "create",
        "qolo",
        "--card_proxy",
        "proxy-1",
        "--dispute.dispute_status",
        "OPEN",
        "--dispute.notes",
        "New",
        "--attach",
        "letter.txt",
        &amount,
        "12.50",
        &channel,
        "VISA",
    ]);
    desk.sends(&["create", "qolo", "--card", "-", "--dispute.notes", "By the number"]);
    desk.sends(&["act", "update", &number, "--dispute.dispute_status", "PENDING", "--attach", "letter.txt"]);
    let applied =
        ["entry_type", "txn_type", "amount"].map(|name| format!("--{there}.apply_amount_details.{name}"));
    desk.sends(&[
        "act",
        "amount",
        &number,
        &applied[0],
        "PROVISIONAL",
        &applied[1],
        "CREDIT",
        &applied[2],
        "12.50",
    ]);
    assert_eq!(desk.status(&number), "PENDING");
    let account = "00000000-0000-0000-0000-000000000000";
    let ended = desk.runs(&["create", "qolo", "--card_proxy", "p", "--account_guid", account, "--yes"]);
    assert_eq!(ended.code, Some(3), "{}", ended.told);
    assert!(ended.out.contains("Account not found"), "{}", ended.out);
    // Nobody can be asked, and that is no fault of the case.
    assert!(desk.done(&["queue", "register"]).out.contains(&number));
}

#[test]
fn both_generations_of_casap_are_worked() {
    let desk = Desk::new();
    let fields = json!({
        "transactionDetails": [{
            "transactionID": "9b9eb6e0-4925-4fc6-bfe5-9552a03f595d", "merchant": "Amazon",
            "transactedAmount": "23.99", "settledAmount": "23.99", "transactionTimestamp": "2026-10-01T10:00",
            "network": 1, "transactionType": 1, "thirdPartyTicketID": "ZEN-123-456",
            "thirdPartyTicketUrl": "https://zendesk.com/ZEN-123-456",
        }],
        "customerInfo": {"name": "Beyonce Knowles", "email": "bey@beehive.com", "accountId": "12345678", "risk": 22},
        "notes": {
            "comment": "They think it is fraud", "author": "70720526-3cb5-418e-9f9d-a1d07a056061", "timestamp": "now",
            "fileUrls": ["https://s3.amazonaws.com/bucket/path/image.png"],
        },
    });
    fs::write(desk.shell.path().join("older.json"), fields.to_string()).unwrap();
    let older = desk.sends(&["create", "casap", "--from", "older.json"]);
    assert!(desk.done(&["case", &older]).out.contains(&format!("/dispute/{older}")));

    let there = "transactionDetails.0";
    let transaction = [
        format!("--{there}.uuid"),
        format!("--{there}.amount.amountInCents"),
        format!("--{there}.amount.currency"),
    ];
    let number = desk.sends(&[
        "create",
        "casap-current",
        &transaction[0],
        "1364540c-a795-4eaf-97de-940a293bbcfc",
        &transaction[1],
        "23.99",
        &transaction[2],
        "USD",
        "--customer.uuid",
        "0d8c88f0-e4f6-400c-8403-28a11f3c0e39",
        "--reason",
        "DISPUTE_REASON_UNAUTH",
    ]);
    desk.sends(&["act", "upload", &number, "--attach", "letter.txt"]);
    let closed = desk.one("casap-current", "disputes", "CLOSED");
    let ended = desk.runs(&["act", "upload", &closed, "--attach", "letter.txt", "--yes", "--force"]);
    assert_eq!(ended.code, Some(3), "{}", ended.told);
    let raw = desk.done(&["case", &closed, "--raw"]).json();
    let transaction = found(&raw, "transactionUuid").or(found(&raw, "uuid")).unwrap().to_owned();
    desk.sends(&["act", "reopen", &closed, "--profile", "casap-current", "--transactionUuids", &transaction]);
    assert!(desk.status(&closed).contains("OPEN"), "{}", desk.status(&closed));
}

/// The first text under a name, however deep, in a list of transactions.
fn found<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    let transactions = value.get("transactions").or(value.get("transactionDetails"))?.as_array()?;
    transactions.iter().find_map(|one| one.get(name)?.as_str())
}

#[test]
fn rebilly_is_worked_from_creation_to_its_end() {
    let desk = Desk::new();
    let number = desk.sends(&[
        "create",
        "rebilly",
        "--transactionId",
        "txn_0YVDTQJ8YWDGQACV2N2N5SPWQ0",
        "--amount",
        "12.50",
        "--currency",
        "USD",
        "--reasonCode",
        "10.4",
        "--type",
        "first-chargeback",
        "--status",
        "response-needed",
        "--postedTime",
        "now",
    ]);
    desk.sends(&["act", "update", &number, "--profile", "rebilly", "--caseId", "C-1"]);
    desk.sends(&["act", "attach", &number, "--attach", "letter.pdf", "--description", "The letter"]);
    for (verb, status) in
        [("review", "under-review"), ("return", "response-needed"), ("review", "under-review"), ("won", "won")]
    {
        desk.sends(&["act", verb, &number]);
        assert_eq!(desk.status(&number), status);
    }
    let again = ["--profile", "rebilly", "--status", "response-needed", "--why", "A new letter came"];
    desk.sends(&["act", "reopen", &number].into_iter().chain(again).collect::<Vec<_>>());
    desk.sends(&["act", "forfeit", &number]);
    assert_eq!(desk.status(&number), "forfeited");
    let other = desk.one("rebilly", "under-review", "");
    desk.sends(&["act", "lost", &other]);
    // Its text creates by POST, and gives the number itself.
    let text = fs::read_to_string(&desk.there.config).unwrap();
    let text = text.replace("\"organization.id\" =", "\"create\" = \"post\", \"organization.id\" =");
    fs::write(&desk.there.config, text).unwrap();
    let posted = desk.sends(&[
        "create",
        "rebilly",
        "--transactionId",
        "txn_1",
        "--amount",
        "7",
        "--currency",
        "USD",
        "--reasonCode",
        "10.4",
        "--type",
        "first-chargeback",
        "--status",
        "response-needed",
        "--postedTime",
        "now",
    ]);
    assert!(posted.starts_with("dp_"), "{posted}");
    let ended = desk.runs(&["act", "won", &other, "--yes"]);
    assert_eq!(ended.code, Some(2), "{}", ended.told);
    assert!(ended.told.contains("this one is lost"), "{}", ended.told);
}

// ---- the way there

/// A configuration of one profile, beside that of the stand-ins.
fn profile(desk: &Desk, name: &str, lines: &str) -> PathBuf {
    let file = desk.there.config.with_file_name(format!("{name}.toml"));
    let table = "table = { \"user.uuid\" = \"70720526-3cb5-418e-9f9d-a1d07a056061\", \"org.uuid\" = \"76851218-a1e8-418e-9151-8c2d61709521\" }";
    let table = if lines.contains("\"casap") { table } else { "" };
    fs::write(&file, format!("store = \"none\"\n[profile.{name}]\nenvironment = \"test\"\n{lines}\n{table}\n"))
        .unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    file
}

/// The address that the stand-ins are served at.
fn address(desk: &Desk) -> String {
    let text = fs::read_to_string(&desk.there.config).unwrap();
    let at = text.find("127.0.0.1:").unwrap();
    text[at..].chars().take_while(|letter| !matches!(letter, '/' | '"')).collect()
}

fn files(folder: &Path) -> BTreeSet<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_check_says_what_was_tried_and_makes_nothing() {
    let desk = Desk::new();
    let before = (files(desk.shell.path()), files(desk.there.config.parent().unwrap()));
    let ways = desk.done(&["check", "--json"]).json();
    assert_eq!((files(desk.shell.path()), files(desk.there.config.parent().unwrap())), before);
    let told: Vec<_> = ways
        .as_array()
        .unwrap()
        .iter()
        .map(|way| {
            let word = |name: &str| way[name].as_str().unwrap().to_owned();
            let part = |name: &str| way[name]["state"].as_str().unwrap().to_owned();
            (word("profile"), word("way"), part("login"), part("read"))
        })
        .collect();
    let row = |profile: &str, way: &str, login: &str, read: &str| {
        (profile.to_owned(), way.to_owned(), login.to_owned(), read.to_owned())
    };
    let (open, works, untried) = ("open", "works", "not tried");
    assert_eq!(
        told,
        [
            row("casap", "not proven", untried, untried),
            row("casap-current", open, untried, works),
            row("checkout", open, works, works),
            row("nets", open, works, works),
            row("qolo", open, works, untried),
            row("rebilly", open, untried, works),
        ]
    );
    assert!(ways[0]["read"]["says"].as_str().unwrap().contains("something answers at its address"), "{ways}");
    // On a sandbox that nobody opened yet, neither.
    let other = Shell::new();
    other.done(&["check"]);
    assert_eq!(files(other.path()), BTreeSet::new());
}

#[test]
fn what_is_wrong_with_a_way_is_told_with_what_to_do() {
    let desk = Desk::new();
    let at = address(&desk);
    let folder = desk.there.config.parent().unwrap();
    fs::write(folder.join("wrong"), "wrong\n").unwrap();
    fs::set_permissions(folder.join("wrong"), fs::Permissions::from_mode(0o600)).unwrap();
    // Bound and let go: nobody listens there.
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let casap = "provider = \"casap-current\"\nauth = \"api-key\"";
    let nets = "provider = \"nets\"\nclient-id = { file = \"nets-client-id\" }";
    let base = |address: &str| format!("base = \"{address}\"");
    for (name, lines, code, part, says, next) in [
        (
            "wrong-key",
            format!(
                "{casap}\n{}\napi-key = {{ file = \"wrong\" }}",
                base(&format!("http://{at}/casap-current/v1"))
            ),
            3,
            "read",
            "credentials were not accepted (401)",
            "compare the profile's secrets",
        ),
        (
            "wrong-secret",
            format!(
                "{nets}\nclient-secret = {{ file = \"wrong\" }}\n{}\ntoken = \"http://{at}/token\"",
                base(&format!("http://{at}/dispute-casemanagement-pp/v1"))
            ),
            3,
            "login",
            "client id or secret was not accepted",
            "compare the profile's secrets",
        ),
        (
            "wrong-token",
            format!(
                "{nets}\nclient-secret = {{ file = \"nets-client-secret\" }}\n{}\ntoken = \"http://{at}/tokens\"",
                base(&format!("http://{at}/dispute-casemanagement-pp/v1"))
            ),
            5,
            "login",
            "no token was given",
            "not what this provider's API says",
        ),
        (
            "no-secret",
            format!(
                "{casap}\n{}\napi-key = {{ file = \"gone\" }}",
                base(&format!("http://{at}/casap-current/v1"))
            ),
            5,
            "login",
            "gone: No such file",
            "mend the profile",
        ),
        (
            "wrong-base",
            format!(
                "{casap}\n{}\napi-key = {{ file = \"casap-current-api-key\" }}",
                base(&format!("http://{at}/casap-current/v7"))
            ),
            3,
            "read",
            "(404)",
            "not what this provider's API says",
        ),
        (
            "wrong-provider",
            format!(
                "provider = \"checkout\"\nauth = \"api-key\"\n{}\napi-key = {{ file = \"checkout-api-key\" }}",
                base(&format!("http://{at}/rebilly/organizations/sandbox"))
            ),
            5,
            "read",
            "not the words of Checkout.com",
            "not what this provider's API says",
        ),
        (
            "dead",
            format!(
                "{casap}\n{}\napi-key = {{ file = \"casap-current-api-key\" }}",
                base(&format!("http://{dead}"))
            ),
            5,
            "read",
            "refused",
            "nobody listens there",
        ),
        (
            "no-tls",
            format!(
                "{casap}\n{}\napi-key = {{ file = \"casap-current-api-key\" }}",
                base(&format!("https://{at}/casap-current/v1"))
            ),
            5,
            "read",
            "no connection",
            "speaks no TLS",
        ),
    ] {
        let ended = desk.shell.with(&profile(&desk, name, &lines), &["check", "--json"]);
        let way = &ended.json()[0];
        assert_eq!(
            (ended.code, &way["way"], &way[part]["state"]),
            (Some(code), &json!("not open"), &json!("fails")),
            "{name}: {way}"
        );
        assert!(way[part]["says"].as_str().unwrap().contains(says), "{name}: {way}");
        assert!(way["next"].as_str().unwrap().contains(next), "{name}: {way}");
    }
}

// ---- what nobody saw

/// Qolo, at an address.
fn qolo(desk: &Desk, name: &str, address: &str) -> PathBuf {
    let auth = "auth = \"bearer\"\naccess-token = { file = \"qolo-access-token\" }";
    profile(desk, name, &format!("provider = \"qolo\"\nbase = \"http://{address}/qolo\"\n{auth}"))
}

const NEW: [&str; 6] = ["create", "qolo", "--card_proxy", "p", "--yes", "--json"];

#[test]
fn what_waits_is_taken_back_or_tried_again_when_somebody_says_so() {
    let desk = Desk::new();
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = qolo(&desk, "q", &dead.to_string());
    let waits = desk.shell.with(&config, &NEW);
    assert_eq!((waits.code, &waits.json()["state"]), (Some(6), &json!("queued")), "{}", waits.told);
    let entry = waits.json()["entry"].as_str().unwrap().to_owned();
    assert_eq!(desk.shell.with(&config, &["outbox", "list"]).code, Some(6));
    let again = desk.shell.with(&config, &["outbox", "retry", &entry]);
    assert_eq!(again.code, Some(6), "{}{}", again.out, again.told);
    let word =
        desk.shell.with(&config, &["outbox", "settle", &entry, "--give-up", "--why", "They said so", "--yes"]);
    assert_eq!(word.code, Some(2), "{}", word.told);
    assert!(word.told.contains("nothing to be said of it: it is queued"), "{}", word.told);
    let back = desk.shell.with(&config, &["outbox", "take-back", &entry, "--json"]);
    assert_eq!((back.code, &back.json()["state"]), (Some(0), &json!("cancelled")), "{}", back.told);
    assert_eq!(desk.shell.with(&config, &["outbox", "take-back", &entry]).code, Some(2));
    // The same profile leads where somebody listens: what waits there arrives.
    let waits = desk.shell.with(&config, &NEW);
    let entry = waits.json()["entry"].as_str().unwrap().to_owned();
    let text = fs::read_to_string(&config).unwrap().replace(&dead.to_string(), &address(&desk));
    fs::write(&config, text).unwrap();
    let sent = desk.shell.with(&config, &["outbox", "retry", &entry, "--json"]);
    assert_eq!((sent.code, &sent.json()["state"]), (Some(0), &json!("accepted")), "{}", sent.told);
    let ended = desk.shell.with(&config, &["outbox", "retry", &entry]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.told.contains("nothing to be tried: it is accepted"), "{}", ended.told);
}

/// Takes requests, whole, and answers none.
fn hole() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut got = [0; 4096];
            let _ = stream.read(&mut got);
            let _ = stream.flush();
        }
    });
    address
}

#[test]
fn what_nobody_saw_is_settled_by_a_persons_word_and_never_sent_again_unasked() {
    let desk = Desk::new();
    let config = qolo(&desk, "q", &hole());
    let runs = |words: &[&str]| desk.shell.with(&config, words);
    let lost = runs(&NEW);
    assert_eq!(lost.code, Some(4), "{}{}", lost.out, lost.told);
    let entry = lost.json()["entry"].as_str().unwrap().to_owned();
    let list = runs(&["outbox", "list"]);
    assert_eq!(list.code, Some(4));
    assert!(list.out.contains(&entry) && list.told.contains("outbox settle"), "{}{}", list.out, list.told);
    let look = runs(&["outbox", "retry", &entry]);
    assert_eq!(look.code, Some(2), "{}", look.told);
    assert!(look.told.contains("the provider cannot be asked what became of it"), "{}", look.told);
    for (words, says) in [
        (&["--again", "--why", "They said so", "--yes"][..], "not before"),
        (&["--give-up", "--why", "They said so", "--yes"], "not before"),
        (&["--there", "--why", "They said so", "--yes"], "needs the number"),
        (&["--there", "7", "--why", "so", "--yes"], "a few words are needed"),
        (&["--there", "7", "--why", "They said so"], "there is no terminal to ask on"),
        (&["--why", "They said so", "--yes"], "required"),
    ] {
        let words: Vec<_> = ["outbox", "settle", &entry].into_iter().chain(words.iter().copied()).collect();
        let ended = runs(&words);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{words:?}: {}", ended.told);
        assert!(ended.told.contains(says), "{words:?}: {}", ended.told);
    }
    let number = "bfc3e3a6-0732-4184-983e-86eabde0c755";
    let word = runs(&[
        "outbox",
        "settle",
        &entry,
        "--there",
        number,
        "--why",
        "Their desk, by phone",
        "--yes",
        "--json",
    ]);
    assert_eq!((word.code, &word.json()["state"]), (Some(0), &json!("accepted")), "{}", word.told);
    assert_eq!(word.json()["number"], json!(number));
    let journal = runs(&["journal", "export"]).out;
    assert!(journal.contains("decided") && journal.contains("Their desk, by phone"), "{journal}");
    assert_eq!(runs(&["outbox", "list"]).code, Some(0));
    let nobody = runs(&["outbox", "settle", "no-such", "--give-up", "--why", "They said so", "--yes"]);
    assert_eq!(nobody.code, Some(2));
    assert!(nobody.told.contains("there is no entry no-such"), "{}", nobody.told);
}
