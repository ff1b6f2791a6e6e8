//! Both generations of Casap's API: what is asked, whole; how answers read, whatever is in them; and the life of a
//! dispute against the stand-ins, and at the screen.

mod analyst;
mod write;

use std::collections::BTreeMap;

use casedesk::{
    action::{
        Action, Attachment, Entered, Entry, Facts, Making, Offer, Problem, Values, check,
        life::{Outcome, Settling},
        offer,
        step::{Frozen, freeze},
    },
    case::{Again, Case, CaseId, Currency, Fault, FaultKind, Moment, Money, Part, Settings, Stage, Whose},
    http::{Body, Method, Request, Response, request::QUEUE_LIMIT},
    provider::{
        Access, Asked, Found, Given, Landed, Lists, Provider, Sent, StandIn, Verdict, Want,
        casap::{
            Casap, CasapCurrent, current, older,
            sandbox::{self as stand_in, ORGANISATION, USER},
        },
        numbering::is_made_up,
        sent, verdict,
    },
    sandbox::Trouble,
    text::Raw,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use write::KEY;

const UUID: &str = "9b9eb6e0-4925-4fc6-bfe5-9552a03f595d";
const OTHER: &str = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn born() -> Moment {
    moment("2026-11-22T07:00:00Z")
}

fn now() -> Moment {
    moment("2026-11-22T09:30:00Z")
}

fn settings() -> Settings {
    with(&[])
}

fn with(more: &[(&str, &str)]) -> Settings {
    let usual = [("user.uuid", USER), ("org.uuid", ORGANISATION)];
    let table = usual.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings { table: table.collect(), ..Settings::of("casap-test") }
}

fn answered(status: u16, media: &str, body: &str) -> Response {
    let headers = if media.is_empty() { Vec::new() } else { vec![("content-type".into(), media.into())] };
    Response { status, headers, body: body.into(), date: None }
}

fn ok(body: &str) -> Response {
    answered(200, "application/json", body)
}

fn dollars(minor: i64) -> Option<Money> {
    Some(Money { minor, currency: Currency::parse("USD") })
}

fn texts(raws: &[Raw]) -> Vec<&str> {
    raws.iter().map(Raw::exact).collect()
}

// ---- a provider and its stand-in

struct Bench {
    provider: &'static dyn Provider,
    world: Box<dyn StandIn>,
    settings: Settings,
    now: Moment,
}

impl Bench {
    fn older() -> Bench {
        let world = Box::new(stand_in::older::World::new(born()));
        Bench { provider: &Casap, world, settings: settings(), now: now() }
    }

    fn current() -> Bench {
        let world = Box::new(stand_in::current::World::new(born()));
        Bench { provider: &CasapCurrent, world, settings: settings(), now: now() }
    }

    /// As the first way in has it.
    fn headers(&self) -> Vec<(String, String)> {
        let Access::Headers { headers, .. } = self.provider.manifest().access[0] else { panic!("no headers") };
        let value = |given: Given| match given {
            Given::Set(word) => word(&self.settings).to_owned(),
            Given::Secret(name) => {
                self.world.secrets().iter().find(|(own, _)| *own == name).unwrap().1.to_owned()
            }
        };
        headers
            .iter()
            .map(|header| (header.name.to_owned(), format!("{}{}", header.before, value(header.value))))
            .collect()
    }

    fn send(&mut self, request: &Request) -> Response {
        let mut headers = request.headers.clone();
        headers.extend(self.headers());
        self.send_with(request, headers)
    }

    fn send_with(&mut self, request: &Request, mut headers: Vec<(String, String)>) -> Response {
        let query: Vec<_> = request.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut target = format!("{}{}", self.world.places()[0], request.path);
        if !query.is_empty() {
            target += &format!("?{}", query.join("&"));
        }
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
        };
        let body = match &request.body {
            Body::Empty => Vec::new(),
            Body::Json(value) => value.to_string().into_bytes(),
            Body::Exact(bytes) => bytes.clone(),
        };
        headers.push(("content-type".into(), "application/json".into()));
        self.world.answer(&Asked::new(method, &target, headers, body), self.now)
    }

    /// All pages.
    fn ask(&mut self, want: &Want) -> Result<Vec<Case>, Fault> {
        let (mut cases, mut next) = (Vec::new(), Some(want.clone()));
        while let Some(want) = next {
            let request = self.provider.ask(&want, &self.settings)?;
            let answer = self.send(&request);
            if !answer.is_success() {
                return Err(self.provider.refusal(&answer));
            }
            let found = self.provider.read(&want, &answer, &self.settings)?;
            next = self.provider.further(&want, &answer, &found, &self.settings);
            let Found::Cases(more) = found else { panic!("no cases") };
            cases.extend(more);
        }
        Ok(cases)
    }

    fn case(&mut self, number: &Raw) -> Case {
        self.ask(&Want::Number(number.clone())).unwrap().remove(0)
    }

    fn freeze(&self, id: &str, case: Option<&Case>, form: &Form) -> Result<Frozen, Problem> {
        let action = self.action(id);
        let making = Making {
            case,
            values: &form.values,
            settings: &self.settings,
            now: self.now,
            files: &form.files,
            sealed: &BTreeMap::new(),
            answers: &[],
            key: KEY,
        };
        freeze(&action.steps[0], action.fields, &making)
    }

    fn submit(&mut self, id: &str, case: Option<&Case>, frozen: &Frozen) -> (Response, Verdict) {
        let answer = self.send(&sent::request(frozen.clone()));
        let verdict = self.judge(id, case, &answer);
        (answer, verdict)
    }

    fn judge(&self, id: &str, case: Option<&Case>, answer: &Response) -> Verdict {
        let (step, number) = (&self.action(id).steps[0], case.map(|case| &case.id.number));
        verdict(
            self.provider,
            step,
            &write::empty_step(),
            &Ok(answer.clone()),
            number,
            &self.settings,
            self.now,
        )
    }

    fn entry(&self, id: &str, case: Option<&Case>, form: &Form) -> Entry {
        write::entry("casap-test", self.action(id), case, &form.values, now())
    }

    fn action(&self, id: &str) -> &'static Action {
        self.provider.actions().iter().find(|action| action.id == id).unwrap()
    }

    fn problems(&self, id: &str, case: Option<&Case>, form: &Form) -> Vec<String> {
        let facts = Facts { case, settings: &self.settings, now: self.now, cards: &[] };
        let problems = check(self.action(id), &form.values, &facts);
        problems.iter().map(|problem| format!("{}: {}", problem.field, problem.says.as_str())).collect()
    }
}

#[derive(Clone, Default)]
struct Form {
    values: Values,
    files: BTreeMap<String, Vec<u8>>,
}

impl Form {
    fn of(entered: &[(&str, &str)]) -> Form {
        Form::default().with(entered)
    }

    fn with(&self, entered: &[(&str, &str)]) -> Form {
        let mut form = self.clone();
        for (address, text) in entered {
            form.values.set_text(address, *text);
        }
        form
    }

    fn without(&self, address: &str) -> Form {
        let mut form = self.clone();
        form.values.unset(address);
        form
    }

    fn with_file(name: &str, media: &str, bytes: &[u8]) -> Form {
        let mut form = Form::default();
        let sha256 = format!("{:064x}", bytes.len());
        form.files.insert(sha256.clone(), bytes.to_vec());
        let (size, media) = (bytes.len(), media.to_owned());
        let file = Attachment {
            name: name.into(),
            sha256,
            size,
            media,
            description: Raw::default(),
            measured: Default::default(),
        };
        form.values.set("file", Entered::Files(vec![file]));
        form
    }
}

fn older_least() -> Form {
    Form::of(&[
        ("transactionDetails.0.transactionID", "9b9eb6e0-4925-4fc6-bfe5-9552a03f595d"),
        ("transactionDetails.0.merchant", "Fjellvær Sport AS"),
        ("transactionDetails.0.transactedAmount", "23.99"),
        ("transactionDetails.0.settledAmount", "23.99"),
        ("transactionDetails.0.transactionTimestamp", "2023-08-25 18:09:38"),
        ("transactionDetails.0.network", "1"),
        ("transactionDetails.0.transactionType", "2"),
        ("customerInfo.name", "Øystein Bråten"),
        ("customerInfo.email", "oystein.braten@mail.example"),
        ("customerInfo.accountId", "12345678"),
    ])
}

fn older_full() -> Form {
    older_least().with(&[
        ("transactionDetails.0.thirdPartyTicketID", "ZEN-123-456"),
        ("transactionDetails.0.thirdPartyTicketUrl", "https://zendesk.example/ZEN-123-456"),
        ("transactionDetails.1.transactionID", "T-2"),
        ("transactionDetails.1.merchant", "Shinjuku Camera"),
        ("transactionDetails.1.transactedAmount", "1000"),
        ("transactionDetails.1.settledAmount", "999.5"),
        ("transactionDetails.1.transactionTimestamp", "2023-08-26"),
        ("transactionDetails.1.network", "3"),
        ("transactionDetails.1.transactionType", "4"),
        ("customerInfo.risk", "22"),
        ("notes.comment", "They think\nit is fraud"),
        ("notes.author", USER),
        ("notes.timestamp", "now"),
        ("notes.fileUrls", "https://files.example/a.png\nhttps://files.example/b.png"),
    ])
}

fn current_least() -> Form {
    Form::of(&[
        ("transactionDetails.0.uuid", "t-1"),
        ("transactionDetails.0.amount.amountInCents", "23.99"),
        ("transactionDetails.0.amount.currency", "USD"),
        ("customer.uuid", OTHER),
        ("reason", "DISPUTE_REASON_UNAUTH"),
    ])
}

fn current_full() -> Form {
    current_least().with(&[
        ("transactionDetails.0.settledTimestamp", "2026-11-01 10:00"),
        ("transactionDetails.0.authorizedTimestamp", "2026-10-31"),
        ("transactionDetails.0.merchant", "Al Mubarakiya Spices"),
        ("transactionDetails.0.status", "TRANSACTION_STATUS_SETTLED"),
        ("transactionDetails.0.type", "TRANSACTION_TYPE_DEBIT_CARD"),
        ("transactionDetails.0.network", "TRANSACTION_NETWORK_VISA"),
        ("transactionDetails.0.arn", "74550206280123456789013"),
        ("transactionDetails.0.location", "Kuwait City"),
        ("transactionDetails.0.cardId", "card-7"),
        ("transactionDetails.0.visaTransactionId", "v-1"),
        ("transactionDetails.0.transactionSettledAmount.amountInCents", "1.234"),
        ("transactionDetails.0.transactionSettledAmount.currency", "KWD"),
        ("transactionDetails.0.typeCode", "05"),
        ("transactionDetails.0.ica", "1234"),
        ("transactionDetails.0.cardType", "CARD_TYPE_VIRTUAL"),
        ("transactionDetails.1.uuid", "t-2"),
        ("transactionDetails.1.amount.amountInCents", "5000"),
        ("transactionDetails.1.amount.currency", "JPY"),
        ("customer.name", "Noor Al-Sabah"),
        ("customer.email", "noor@mail.example"),
        ("customer.phone", "+965 5555 1234"),
        ("customer.accountUuid", UUID),
        ("customer.address.line1", "Street 1"),
        ("customer.address.line2", "Floor 2"),
        ("customer.address.city", "Kuwait City"),
        ("customer.address.state", "KU"),
        ("customer.address.postalCode", "13001"),
        ("customer.address.country", "KW"),
        ("customer.externalIds.0.name", "core"),
        ("customer.externalIds.0.value", "C-9"),
        ("customer.externalIds.1.name", "crm"),
        ("customer.externalIds.1.value", "77"),
        ("questionnaireAnswers.0.question", "Was the card with you?"),
        ("questionnaireAnswers.0.answer", "yes"),
        ("questionnaireAnswers.0.questionId", "q-1"),
    ])
}

// ---- what leaves

#[test]
fn requests_of_both_generations_are_compared_whole() {
    let mut shown = String::new();
    let mut show = |bench: &Bench, title: &str, id: &str, case: Option<&Case>, form: &Form| {
        assert_eq!(bench.problems(id, case, form), [""; 0], "{title}");
        let frozen = bench.freeze(id, case, form).unwrap();
        let body: Value = serde_json::from_slice(&frozen.body).unwrap();
        shown += &format!("# {title}\n{} {}\n", frozen.method.words(), frozen.path);
        for (name, value) in &frozen.headers {
            shown += &format!("{name}: {value}\n");
        }
        shown += &format!("{}\n\n", serde_json::to_string_pretty(&body).unwrap());
    };
    let older = Bench::older();
    show(&older, "2023: create, the least", "create", None, &older_least());
    show(&older, "2023: create, everything", "create", None, &older_full());
    let own = Bench { settings: with(&[("reference.own", "on")]), ..Bench::older() };
    show(&own, "2023: create, with our reference", "create", None, &older_full());
    let current = Bench::current();
    show(&current, "create, the least", "create", None, &current_least());
    show(&current, "create, everything", "create", None, &current_full());
    let case = Case::bare(CaseId { profile: "casap-test".into(), number: UUID.into() });
    let file = Form::with_file("räkning.pdf", "application/pdf", b"%PDF-1.7");
    show(&current, "upload", "upload", Some(&case), &file);
    show(&current, "reopen", "reopen", Some(&case), &Form::of(&[("transactionUuids", "t-1\n\n t-2 ")]));
    insta::assert_snapshot!("casap_requests", shown);
}

#[test]
fn the_ways_in_are_the_headers_of_the_texts() {
    let shown = |provider: &dyn Provider| {
        let ways = provider.manifest().access.iter().map(|way| {
            let Access::Headers { auth, headers } = way else { panic!("no headers") };
            let headers = headers.iter().map(|header| {
                let value = match header.value {
                    Given::Secret(name) => name.to_owned(),
                    Given::Set(word) => word(&settings()).to_owned(),
                };
                format!("{}: {}{value}", header.name, header.before)
            });
            format!("{auth}: {}", headers.collect::<Vec<_>>().join(", "))
        });
        ways.collect::<Vec<_>>()
    };
    let in_2023 = "key-and-secret: x-api-key: api-key, x-api-secret: api-secret, ";
    assert_eq!(shown(&Casap), [format!("{in_2023}x-user-uuid: {USER}, x-org-uuid: {ORGANISATION}")]);
    assert_eq!(
        shown(&CasapCurrent),
        [
            format!("api-key: authorization: api-key, x-user-uuid: {USER}"),
            format!("bearer: authorization: Bearer access-token, x-user-uuid: {USER}")
        ]
    );
    assert_eq!((Casap.manifest().lists, Casap.manifest().per_minute), (Lists::Nothing, Some(5)));
    assert_eq!((CasapCurrent.manifest().lists, CasapCurrent.manifest().per_minute), (Lists::Queues, None));
    assert_eq!(CasapCurrent.manifest().live.base, "https://api.casaphq.com/v1");
    assert_eq!(CasapCurrent.manifest().test.base, "", "a test does not begin at real disputes");
    assert_eq!(Casap.manifest().test.base, "https://disputes-sandbox.casaphq.com");
}

#[test]
fn a_profile_says_who_it_is_and_corrects_words() {
    for provider in [&Casap as &dyn Provider, &CasapCurrent] {
        assert_eq!(provider.check(&settings()), [""; 0]);
        let missing = provider.check(&Settings::of("p"));
        assert_eq!(missing.len(), 2, "{missing:?}");
        assert!(missing[0].contains("user.uuid") && missing[1].contains("org.uuid"), "{missing:?}");
        let wrong = [("user.uuid", "me"), ("page", "http://x"), ("path.qeue", "/x")];
        assert_eq!(provider.check(&with(&wrong)).len(), 3);
    }
    let wrong = [("path.create", "dispute"), ("proof.uuid", "id"), ("currency", "dollar")];
    assert_eq!(Casap.check(&with(&wrong)).len(), 3);
    let wrong = [("path.status", "/x"), ("path.files", "/x"), ("page.size", "0"), ("time.sent", "days")];
    assert_eq!(CasapCurrent.check(&with(&wrong)).len(), 4);

    let mut bench = Bench::older();
    bench.settings = with(&[("path.create", "/api/v2/dispute"), ("currency", "JPY")]);
    let yen = older_least()
        .with(&[("transactionDetails.0.transactedAmount", "24"), ("transactionDetails.0.settledAmount", "24")]);
    let frozen = bench.freeze("create", None, &yen).unwrap();
    assert_eq!(frozen.path, "/api/v2/dispute");
    assert!(String::from_utf8(frozen.body).unwrap().contains(r#""settledAmount":24,"#));
    let mut bench = Bench::current();
    bench.settings = with(&[("time.sent", "milliseconds")]);
    let frozen = bench.freeze("create", None, &current_full()).unwrap();
    assert!(String::from_utf8(frozen.body).unwrap().contains(r#""settledTimestamp":"1793527200000""#));
}

// ---- forms

#[test]
fn what_the_texts_require_is_needed_and_ranges_hold_to_the_last_number() {
    let bench = Bench::older();
    for (address, _) in older_least().values.iter() {
        let problems = bench.problems("create", None, &older_least().without(address));
        assert_eq!(problems, [format!("{address}: is needed")]);
    }
    for address in ["notes.comment", "notes.author", "notes.timestamp"] {
        let problems = bench.problems("create", None, &older_full().without(address));
        assert_eq!(problems, [format!("{address}: is needed")]);
    }
    assert_eq!(bench.problems("create", None, &Form::default()).len(), 10, "each of them at once");
    let long = |length: usize| "x".repeat(length);
    for (address, most) in [
        ("transactionDetails.0.transactionID", 64),
        ("transactionDetails.0.merchant", 255),
        ("transactionDetails.0.thirdPartyTicketID", 255),
        ("transactionDetails.0.thirdPartyTicketUrl", 2000),
        ("customerInfo.name", 255),
        ("customerInfo.email", 255),
        ("customerInfo.accountId", 64),
        ("notes.comment", 10_000),
    ] {
        let tried = |length| bench.problems("create", None, &older_full().with(&[(address, &long(length))]));
        assert_eq!(tried(most), [""; 0], "{address}");
        assert_eq!(tried(most + 1), [format!("{address}: is 1 characters too long; at most {most}")]);
    }
    for (address, good, bad) in [
        ("customerInfo.risk", "0 100", "-1 101 1.5"),
        ("transactionDetails.0.network", "1 2 3", "0 4 VISA"),
        ("transactionDetails.0.transactionType", "1 2 3 4", "0 5 debit"),
        (
            "transactionDetails.0.settledAmount",
            "0 0.00 0.01 92233720368547758.07",
            "-1 1.234 1,50 92233720368547758.08",
        ),
        ("notes.author", UUID, "ann"),
        ("transactionDetails.0.transactionTimestamp", "2026-11-22 now", "soon 1692986978"),
    ] {
        for (values, problems) in [(good, 0), (bad, 1)] {
            for value in values.split(' ') {
                let told = bench.problems("create", None, &older_full().with(&[(address, value)]));
                assert_eq!(told.len(), problems, "{address} {value}: {told:?}");
            }
        }
    }
}

#[test]
fn the_current_forms_hold_their_limits_and_enumerations() {
    let bench = Bench::current();
    for (address, _) in current_least().values.iter() {
        let problems = bench.problems("create", None, &current_least().without(address));
        assert!(problems.contains(&format!("{address}: is needed")), "{address}: {problems:?}");
    }
    for value in ["DISPUTE_REASON_MADE_UP", "UNAUTH"] {
        assert_eq!(bench.problems("create", None, &current_least().with(&[("reason", value)])).len(), 1);
    }
    assert_eq!(current::words::REASONS.len(), 22);
    assert_eq!(
        [
            current::words::TYPES.len(),
            current::words::NETWORKS.len(),
            current::words::STATUSES.len(),
            current::words::CARD_TYPES.len()
        ],
        [9, 4, 3, 3]
    );
    // The API counts cents in 32 bits.
    let cents = |text: &str| {
        bench.freeze(
            "create",
            None,
            &current_least().with(&[("transactionDetails.0.amount.amountInCents", text)]),
        )
    };
    assert!(cents("21474836.47").is_ok());
    assert_eq!(cents("21474836.48").unwrap_err().field, "transactionDetails.0.amount.amountInCents");
    let twice = current_full().with(&[("customer.externalIds.1.name", "core")]);
    assert_eq!(bench.freeze("create", None, &twice).unwrap_err().field, "customer.externalIds.1.name");
    let case = Case {
        status: "DISPUTE_STATUS_CLOSED".into(),
        ..Case::bare(CaseId { profile: "p".into(), number: UUID.into() })
    };
    assert_eq!(bench.problems("reopen", Some(&case), &Form::default()), ["transactionUuids: is needed"]);
    assert_eq!(bench.problems("upload", Some(&case), &Form::default()), ["file: is needed"]);
}

// ---- what may be done

#[test]
fn an_open_dispute_takes_files_a_closed_one_is_opened_again_and_an_unknown_status_is_left_to_the_provider() {
    let offered = |status: &str| {
        let id = CaseId { profile: "p".into(), number: UUID.into() };
        let case = Case { status: status.into(), ..Case::bare(id) };
        ["upload", "reopen"].map(|id| match offer(Bench::current().action(id), Some(&case)) {
            Offer::Fits => "fits".to_owned(),
            Offer::Perhaps(_) => "perhaps".to_owned(),
            Offer::No(why) => why.into_string(),
        })
    };
    let (file, again) =
        ("sending a file is for open disputes; this one is", "reopening is for closed disputes; this one is");
    for status in ["DISPUTE_STATUS_OPEN", "OPEN"] {
        assert_eq!(offered(status), ["fits".to_owned(), format!("{again} {status}")]);
    }
    assert_eq!(offered("DISPUTE_STATUS_CLOSED"), [format!("{file} DISPUTE_STATUS_CLOSED"), "fits".into()]);
    for status in ["DISPUTE_STATUS_UNKNOWN", "DISPUTE_STATUS_ESCALATED", ""] {
        assert_eq!(offered(status), ["perhaps", "perhaps"]);
    }
    let older: Vec<_> = Casap.actions().iter().map(|action| action.id).collect();
    assert_eq!(older, ["create"]);
    let settling = |bench: Bench, id: &str| (bench.action(id).settling)(&settings());
    assert_eq!(settling(Bench::older(), "create"), Settling::Nobody);
    assert_eq!(settling(Bench::current(), "upload"), Settling::Nobody);
    assert_eq!(settling(Bench::current(), "create"), Settling::ReadBack);
    assert_eq!(settling(Bench::current(), "reopen"), Settling::ReadBack);
}

// ---- the answers of 2023

#[test]
fn a_created_dispute_is_named_by_the_first_uuid_of_the_answer() {
    let bench = Bench::older();
    for (body, named) in [
        (format!(r#"{{"disputeUUID":"{UUID}"}}"#), Some(UUID)),
        (format!(r#"{{"disputeUuid":"{UUID}"}}"#), Some(UUID)),
        (format!(r#"{{"uuid":"{UUID}","id":"{OTHER}"}}"#), Some(UUID)),
        (format!(r#"{{"id":"{UUID}"}}"#), Some(UUID)),
        (format!(r#"{{"id":7,"dispute":{{"uuid":"{UUID}"}}}}"#), Some(UUID)),
        (format!("\"{UUID}\""), Some(UUID)),
        (format!("{UUID}\n"), Some(UUID)),
        (r#"{"id":"7"}"#.into(), None),
        (r#"{"ok":true}"#.into(), None),
        (r#""OK""#.into(), None),
        ("OK".into(), None),
        (String::new(), None),
        (format!("<html><title>{UUID}</title></html>"), None),
    ] {
        let verdict = bench.judge("create", None, &ok(&body));
        let outcome = if named.is_some() { Outcome::Proven } else { Outcome::Unclear };
        assert_eq!((verdict.outcome, verdict.remote.exact()), (outcome, named.unwrap_or_default()), "{body}");
        let told = tell(&bench, &older_least(), &ok(&body));
        assert_eq!(told.map(|case| case.id.number), named.map(Raw::from), "{body}");
    }
}

fn tell(bench: &Bench, form: &Form, answer: &Response) -> Option<Case> {
    let (frozen, entry) = (bench.freeze("create", None, form).unwrap(), bench.entry("create", None, form));
    let sent = Sent { action: bench.action("create"), entry: &entry, frozen: &frozen, first_send: now() };
    bench.provider.told(&sent, answer, &bench.settings, now())
}

#[test]
fn the_answer_makes_a_case_of_what_was_entered_with_a_link_to_its_page() {
    let bench = Bench::older();
    let body = format!(r#"{{"disputeUUID":"{UUID}"}}"#);
    let case = tell(&bench, &older_full(), &ok(&body)).unwrap();
    assert_eq!((case.id.profile.as_str(), case.id.number.exact()), ("casap-test", UUID));
    assert_eq!((case.status.exact(), case.stage, case.queue.exact()), ("created", Stage::WithThem, "created"));
    assert_eq!(case.page.exact(), format!("https://disputes-sandbox.casaphq.com/dispute/{UUID}"));
    assert_eq!(case.raw.exact(), body);
    assert_eq!(
        (case.amount, case.transaction_amount),
        (Some(Money { minor: 102_349, currency: None }), Some(Money { minor: 102_399, currency: None }))
    );
    let facts = [&case.merchant, &case.network, &case.cardholder, &case.group].map(Raw::exact);
    assert_eq!(facts, ["Fjellvær Sport AS", "VISA", "Øystein Bråten", "12345678"]);
    assert_eq!(case.transaction_at, Some(Moment::from_epoch_seconds(1_692_986_978)));
    assert_eq!((case.opened, case.updated), (Some(now()), Some(now())));
    let told: Vec<_> = case.history.iter().map(|line| line.what.exact()).collect();
    assert_eq!(
        told,
        [
            &format!("transaction {UUID}: Fjellvær Sport AS, 23.99, ticket ZEN-123-456"),
            "transaction T-2: Shinjuku Camera, 999.50",
            "They think\nit is fraud",
            "created here; the API cannot be asked about it again",
        ]
    );
    assert_eq!(texts(&case.unread), [""; 0]);
    assert_eq!(
        Bench::older()
            .provider
            .told(
                &Sent {
                    action: bench.action("create"),
                    entry: &bench.entry("create", None, &older_least()),
                    frozen: &Frozen {
                        body: b"not JSON".to_vec(),
                        ..bench.freeze("create", None, &older_least()).unwrap()
                    },
                    first_send: now(),
                },
                &ok(&body),
                &settings(),
                now()
            )
            .unwrap()
            .merchant,
        Raw::default(),
        "what was sent may be unreadable here"
    );
}

#[test]
fn every_refusal_of_2023_is_told_in_its_own_words() {
    let bench = Bench::older();
    let judged = |status, media: &str, body: &str| {
        let verdict = bench.judge("create", None, &answered(status, media, body));
        (verdict.outcome, verdict.says.exact().to_owned())
    };
    let (plain, json) = ("text/plain; charset=utf-8", "application/json");
    for (status, outcome, says) in [
        (400, Outcome::Refused, "Missing X-User-UUID header"),
        (400, Outcome::Refused, "Missing or Invalid JSON Payload"),
        (401, Outcome::Unauthorised, "Unauthorized"),
        (429, Outcome::TooFast { until: now().plus(60_000) }, "RateLimited"),
        (500, Outcome::Unclear, "Error occurred while creating dispute"),
    ] {
        for (media, body) in [
            (plain, says.to_owned()),
            ("", says.to_owned()),
            (json, format!("\"{says}\"")),
            (json, says.to_owned()),
            (json, format!(r#"{{"error":"{says}"}}"#)),
            (json, format!(r#"{{"error":{{"message":"{says}"}}}}"#)),
            (json, format!(r#"{{"message":"{says}"}}"#)),
        ] {
            assert_eq!(judged(status, media, &body), (outcome, says.to_owned()), "{status} {media} {body}");
        }
    }
    for (status, media, body) in [
        (400, "text/html", "<html><title>Guest network</title></html>"),
        (400, plain, "<h1>Bad Request</h1>"),
        (400, "text/html", "Bad Request"),
        (400, plain, ""),
        (400, json, "[]"),
        (400, json, r#"{"status":"x"}"#),
        (400, json, "{"),
        (403, plain, "Forbidden"),
        (404, plain, "404 page not found"),
        (400, plain, &"x".repeat(501)),
    ] {
        assert_eq!(judged(status, media, body).0, Outcome::Unclear, "{status} {media} {body}");
    }
    let mut slow = answered(429, plain, "RateLimited");
    slow.headers.extend([
        ("retry-after".into(), "37".into()),
        ("x-ratelimit-limit".into(), "5".into()),
        ("x-request-id".into(), "r-1".into()),
    ]);
    let fault = Casap.refusal(&slow);
    assert_eq!(
        (fault.kind, fault.says.exact()),
        (FaultKind::TooFast, "RateLimited (at most 5 requests a minute)")
    );
    assert_eq!((fault.request_id.exact(), slow.again()), ("r-1", Again::After(37_000)));
    let named = Casap.refusal(&answered(
        400,
        plain,
        "v1.transactionDetails[1].merchant is required; `customerInfo.risk` must be 0-100; the name is odd",
    ));
    let named: Vec<_> = named.members.iter().map(|(at, says)| (at.exact(), says.exact())).collect();
    assert_eq!(
        named,
        [
            ("transactionDetails.1.merchant", "v1.transactionDetails[1].merchant is required"),
            ("customerInfo.risk", "`customerInfo.risk` must be 0-100")
        ]
    );
}

#[test]
fn nothing_can_be_asked_of_the_2023_api() {
    for want in [Want::Queue("created".into()), Want::Number(UUID.into()), Want::Group("g".into())] {
        assert_eq!(Casap.ask(&want, &settings()).unwrap_err().kind, FaultKind::Unprepared);
        assert_eq!(Casap.read(&want, &ok("{}"), &settings()).unwrap_err().kind, FaultKind::Unreadable);
    }
    let bench = Bench::older();
    let (frozen, entry) =
        (bench.freeze("create", None, &older_least()).unwrap(), bench.entry("create", None, &older_least()));
    let sent = Sent { action: bench.action("create"), entry: &entry, frozen: &frozen, first_send: now() };
    assert_eq!(Casap.look(&sent, &settings()), None);
    assert!(matches!(Casap.landed(&sent, &Found::Cases(Vec::new()), &settings()), Landed::Unsure(_)));
}

// ---- questions and answers of the current API

fn get(path: &str, query: &[(&str, &str)]) -> Request {
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let headers = vec![("accept".into(), "application/json".into())];
    Request { query, headers, ..Request::read(Method::Get, path) }
}

fn list() -> Want {
    Want::Queue("disputes".into())
}

fn page(from: &str) -> Want {
    Want::Further { of: Box::new(list()), from: from.into() }
}

#[test]
fn each_question_is_phrased_exactly() {
    let listed = |query| Request { limit: QUEUE_LIMIT, ..get("/disputes", query) };
    let short = Want::Further { of: Box::new(Want::Group("c-1".into())), from: "0/1".into() };
    for (want, expected) in [
        (list(), listed(&[("size", "100")])),
        (page("1/2"), listed(&[("size", "100"), ("page", "2")])),
        (Want::Number(UUID.into()), get(&format!("/dispute/status/{UUID}"), &[])),
        (Want::Number("D-1042".into()), listed(&[("size", "100"), ("shortId", "D-1042")])),
        (Want::Group("c-1".into()), listed(&[("size", "100"), ("customerUuid", "c-1")])),
        (short, listed(&[("size", "100"), ("customerUuid", "c-1"), ("page", "1")])),
    ] {
        assert_eq!(CasapCurrent.ask(&want, &settings()).unwrap(), expected, "{want:?}");
    }
    for want in [
        Want::Queue("6000".into()),
        Want::Card("A".repeat(344).into()),
        Want::Document("x".into()),
        Want::Number(" ".into()),
        Want::Group("".into()),
        page("x"),
        Want::Number("no number 0123456789abcdef".into()),
    ] {
        assert_eq!(CasapCurrent.ask(&want, &settings()).unwrap_err().kind, FaultKind::Unprepared, "{want:?}");
    }
}

fn read(want: &Want, body: &str) -> Result<Vec<Case>, Fault> {
    CasapCurrent.read(want, &ok(body), &settings()).map(|found| match found {
        Found::Cases(cases) => cases,
        other => panic!("{other:?}"),
    })
}

/// The dispute of an answer to the question for it.
fn one(dispute: &Value) -> Case {
    read(&Want::Number(UUID.into()), &json!({"dispute": dispute}).to_string()).unwrap().remove(0)
}

fn summary() -> Value {
    json!({
        "uuid": UUID,
        "shortId": "D-7",
        "customer": {"uuid": OTHER, "name": "Zoé Lefèvre", "email": "zoe@mail.example"},
        "resolutionDeadline": "1796000000",
        "agent": {"uuid": "a-1", "name": "Ingrid Nygård", "email": "ingrid@bank.example"},
        "status": "DISPUTE_STATUS_OPEN",
        "reason": "DISPUTE_REASON_UNAUTH",
        "transactions": [
            {
                "uuid": "t-1",
                "settledTimestamp": "1793527200000",
                "amount": {"amountInCents": 2399, "currency": "USD"},
                "merchant": "Amazon",
                "status": "TRANSACTION_STATUS_SETTLED",
                "transactionStatus": "DISPUTED_TRANSACTION_STATUS_CHARGEBACK",
                "provisionalCreditAmount": {"amountInCents": 2399, "currency": "USD"},
                "finalCreditAmount": {"amountInCents": 0, "currency": "USD"},
                "transactionFinalStatus": "RECORD_FINAL_DECISION_TYPE_UNKNOWN",
                "auditLog": [{
                    "timestamp": "1795000000",
                    "eventType": "ISSUE_PROVISIONAL_CREDIT",
                    "agentEmail": "ingrid@bank.example",
                    "issueProvisionalCredit": {"amount": {"amountInCents": 2399, "currency": "USD"}},
                }],
            },
            {
                "uuid": "t-2",
                "settledTimestamp": 1793600000,
                "amount": {"amountInCents": "101", "currency": "USD"},
                "merchant": "Tivoli",
                "transactionStatus": "DISPUTED_TRANSACTION_STATUS_CHARGEBACK",
            },
        ],
        "auditLog": [{"timestamp": "1794900000", "eventType": "DISPUTE_CREATED", "agentEmail": ""}],
    })
}

#[test]
fn a_whole_dispute_is_read_member_by_member() {
    let case = one(&summary());
    let facts = [
        &case.id.number,
        &case.group,
        &case.queue,
        &case.status,
        &case.reason,
        &case.cardholder,
        &case.merchant,
    ];
    assert_eq!(
        facts.map(Raw::exact),
        [UUID, OTHER, "disputes", "DISPUTE_STATUS_OPEN", "UNAUTH", "Zoé Lefèvre", "Amazon"]
    );
    assert_eq!((case.stage, case.amount), (Stage::WithThem, dollars(2500)));
    assert_eq!(case.transaction_at, Some(Moment(1_793_527_200_000)), "milliseconds are told by their size");
    let deadline = case.deadline.clone().unwrap();
    assert_eq!((deadline.at, deadline.whose), (Moment::from_epoch_seconds(1_796_000_000), Whose::Provider));
    assert_eq!(case.opened, Some(Moment::from_epoch_seconds(1_794_900_000)));
    assert_eq!(case.updated, Some(Moment::from_epoch_seconds(1_795_000_000)));
    let told: Vec<_> = case.history.iter().map(|line| (line.who.exact(), line.what.exact())).collect();
    assert_eq!(
        told,
        [
            ("", "short id D-7"),
            ("", "agent Ingrid Nygård"),
            ("", "transaction t-1: Amazon, 23.99 USD, CHARGEBACK, provisional credit 23.99 USD"),
            ("", "transaction t-2: Tivoli, 1.01 USD, CHARGEBACK"),
            ("", "DISPUTE_CREATED"),
            ("ingrid@bank.example", "transaction t-1: ISSUE_PROVISIONAL_CREDIT, amount 23.99 USD"),
        ]
    );
    assert_eq!(texts(&case.unread), [""; 0]);
    assert_eq!(case.raw.exact(), summary().to_string(), "byte for byte");
    assert!(case.page.is_empty(), "where the pages are is not known");
    let page = with(&[("page", "https://app.example/d/")]);
    let answer = ok(&json!({"dispute": summary()}).to_string());
    let Found::Cases(cases) = CasapCurrent.read(&Want::Number(UUID.into()), &answer, &page).unwrap() else {
        panic!()
    };
    assert_eq!(cases[0].page.exact(), format!("https://app.example/d/{UUID}"));
}

#[test]
fn snake_case_says_the_same() {
    fn snake(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let lower = |name: &str| {
                    name.chars().fold(String::new(), |mut lower, letter| {
                        if letter.is_ascii_uppercase() {
                            lower.push('_');
                        }
                        lower.push(letter.to_ascii_lowercase());
                        lower
                    })
                };
                Value::Object(members.iter().map(|(name, value)| (lower(name), snake(value))).collect())
            }
            Value::Array(elements) => elements.iter().map(snake).collect(),
            other => other.clone(),
        }
    }
    let lower = snake(&summary());
    assert_ne!(lower, summary());
    assert_eq!(Case { raw: Raw::default(), ..one(&lower) }, Case { raw: Raw::default(), ..one(&summary()) });
}

#[test]
fn the_stage_follows_from_what_asks_for_work_and_from_how_it_ended() {
    let staged = |status: &str, transactions: &[&str]| {
        let mut dispute = summary();
        dispute["status"] = status.into();
        dispute["transactions"] = transactions
            .iter()
            .map(|word| match word.strip_prefix('=') {
                Some(last) => {
                    json!({"uuid": "t", "transactionFinalStatus": format!("RECORD_FINAL_DECISION_TYPE_{last}")})
                }
                // Which of the two members is that of the dispute is told by the value.
                None => json!({"uuid": "t", "status": format!("DISPUTED_TRANSACTION_STATUS_{word}")}),
            })
            .collect();
        one(&dispute).stage
    };
    let (open, closed) = ("DISPUTE_STATUS_OPEN", "DISPUTE_STATUS_CLOSED");
    for (status, transactions, stage) in [
        (open, &[][..], Stage::Intake),
        (open, &["OPEN"], Stage::Intake),
        (open, &["INVESTIGATING"], Stage::WithUs),
        (open, &["CHARGEBACK"], Stage::WithThem),
        (open, &["FINAL_DECISION"], Stage::NeedsAnswer),
        (open, &["CLOSED"], Stage::WithThem),
        (open, &["CHARGEBACK", "OPEN"], Stage::Intake),
        (open, &["OPEN", "FINAL_DECISION", "INVESTIGATING"], Stage::NeedsAnswer),
        (open, &["PARKED"], Stage::Unknown),
        (closed, &["=ACCEPTED", "=DENIED"], Stage::Won),
        (closed, &["=DENIED", "=CANCELED"], Stage::Lost),
        (closed, &["=CANCELED"], Stage::Withdrawn),
        (closed, &["CLOSED"], Stage::Unknown),
        ("DISPUTE_STATUS_UNKNOWN", &["OPEN"], Stage::Unknown),
    ] {
        assert_eq!(staged(status, transactions), stage, "{status} {transactions:?}");
    }
    let mut dispute = summary();
    dispute["status"] = closed.into();
    dispute["transactions"] = json!([{"uuid": "t", "transactionFinalStatus": "RECORD_FINAL_DECISION_TYPE_UNKNOWN", "auditLog": [
        {"timestamp": "1795000002", "recordFinalDecision": {"type": "RECORD_FINAL_DECISION_TYPE_ACCEPTED"}},
        {"timestamp": "1795000001", "recordFinalDecision": {"type": "RECORD_FINAL_DECISION_TYPE_DENIED"}},
    ]}]);
    assert_eq!(one(&dispute).stage, Stage::Won, "the newest record counts");
}

#[test]
fn what_is_odd_is_told_and_the_dispute_is_kept() {
    for (pointer, value, told) in [
        ("/resolutionDeadline", json!("soon"), "resolutionDeadline: not a date: \"soon\""),
        ("/customer", json!("Ann"), "customer: not an object: \"Ann\""),
        ("/transactions", json!({}), "transactions: not a list: {}"),
        ("/transactions/0", json!(5), "transactions: element 0 is not an object: 5"),
        (
            "/transactions/0/amount/amountInCents",
            json!(1.5),
            "transactions.0.amount.amountInCents: not an amount: 1.5",
        ),
        (
            "/transactions/0/amount/currency",
            json!("dollar"),
            "transactions.0.amount.currency: not a currency: \"dollar\"",
        ),
        ("/reason", json!(["x"]), "reason: not text: [\"x\"]"),
        ("/auditLog/0/timestamp", json!(-1e300), "auditLog.0.timestamp: not a date"),
    ] {
        let mut dispute = summary();
        *dispute.pointer_mut(pointer).unwrap() = value;
        let case = one(&dispute);
        assert!(
            case.unread.iter().any(|unread| unread.exact().starts_with(told)),
            "{pointer}: {:?}",
            texts(&case.unread)
        );
    }
    let body = summary().to_string();
    for (from, to) in [("2399", "1e400"), ("2399", "-1.8e308"), ("\"1796000000\"", "1e400")] {
        let body = format!(r#"{{"dispute":{}}}"#, body.replacen(from, to, 1));
        assert_eq!(read(&Want::Number(UUID.into()), &body).unwrap()[0].unread.len(), 1, "{to}");
    }
    let mut closed = summary();
    closed["status"] = "DISPUTE_STATUS_CLOSED".into();
    assert_eq!(one(&closed).deadline, None, "nobody waits for what is closed");
    // What was never set is not from 1970.
    let mut dispute = summary();
    dispute["resolutionDeadline"] = "0".into();
    dispute["auditLog"][0]["timestamp"] = 0.into();
    let case = one(&dispute);
    assert_eq!((case.deadline, case.unread.len()), (None, 0));
    let several = json!({"uuid": UUID, "transactions": [
        {"uuid": "a", "amount": {"amountInCents": 1, "currency": "USD"}},
        {"uuid": "b", "amount": {"amountInCents": 1, "currency": "JPY"}},
    ]});
    assert_eq!(one(&several).amount, dollars(1), "no sum over currencies");
}

#[test]
fn what_an_answer_leaves_out_stays_as_it_was() {
    let silent = one(&json!({"uuid": UUID})).silent;
    for part in [
        Part::Group,
        Part::Status,
        Part::Reason,
        Part::Cardholder,
        Part::Deadline,
        Part::Merchant,
        Part::Amount,
        Part::History,
    ] {
        assert!(silent.about(part), "{part:?}");
        assert!(!one(&summary()).silent.about(part), "{part:?}");
    }
    assert!(!silent.about(Part::Queue) && one(&summary()).silent.about(Part::Documents));
    let nothing =
        one(&json!({"uuid": UUID, "customer": null, "transactions": [], "resolutionDeadline": null})).silent;
    for part in [Part::Group, Part::Cardholder, Part::Merchant, Part::Deadline] {
        assert!(!nothing.about(part), "{part:?}: empty is not left out");
    }
}

#[test]
fn an_answer_to_another_question_is_refused() {
    let by_uuid = Want::Number(UUID.into());
    for (want, body) in [
        (&by_uuid, json!({"dispute": {"uuid": OTHER}})),
        (&by_uuid, json!({"dispute": null})),
        (&by_uuid, json!({})),
        (&by_uuid, json!([])),
        (&Want::Number("D-1".into()), json!({"items": [{"uuid": UUID, "shortId": "D-2"}], "totalItems": 1})),
        (&Want::Group("c-1".into()), json!({"items": [{"uuid": UUID, "customer": {"uuid": "c-2"}}]})),
        (&list(), json!({"disputes": []})),
        (&list(), json!({"items": {}})),
        (&list(), json!({"items": [], "totalInPage": 3})),
        (&list(), json!({"items": null, "totalItems": 2})),
        (&page("1/2"), json!({"items": [], "currentPage": 1})),
    ] {
        let fault = read(want, &body.to_string()).expect_err("refused");
        assert_eq!((fault.kind, fault.status), (FaultKind::Unreadable, Some(200)), "{want:?} {body}");
    }
    for body in ["", "[", "<html><title>Log in</title></html>", &"[".repeat(500)] {
        assert_eq!(read(&list(), body).unwrap_err().kind, FaultKind::Unreadable);
    }
    let none = json!({"items": [], "totalItems": "0"}).to_string();
    assert_eq!(read(&Want::Number("D-1".into()), &none).unwrap_err().kind, FaultKind::NotThere);
    assert_eq!(read(&list(), &none).unwrap().len(), 0);
    assert_eq!(read(&list(), r#"{"totalItems":"0","totalPages":0}"#).unwrap().len(), 0);
    assert_eq!(read(&by_uuid, &summary().to_string()).unwrap().len(), 1, "without the wrapping");
}

#[test]
fn no_element_of_a_list_is_lost() {
    let cases = read(
        &list(),
        r#"{"items":[{"uuid":"a"},{"uuid":"a"},{"uuid":"a","status":"x"},{},5,null,{"uuid":7}]}"#,
    )
    .unwrap();
    let numbers: Vec<_> = cases.iter().map(|case| case.id.number.clone()).collect();
    assert_eq!(numbers.len(), 6, "the very same element counts once");
    assert_eq!((numbers[0].exact(), numbers[5].exact()), ("a", "7"));
    for number in &numbers[1..5] {
        assert!(is_made_up(number), "{number:?}");
    }
    let again = read(&list(), r#"{"items":[{}]}"#).unwrap();
    assert_eq!(again[0].id.number, numbers[2], "the same content has the same number");
    assert!(cases.iter().skip(1).take(4).all(|case| !case.unread.is_empty()));
}

#[test]
fn pages_follow_from_whatever_number_they_begin_with() {
    let further = |want: &Want, body: Value| {
        let found = Found::Cases(read(want, &body.to_string()).unwrap());
        CasapCurrent.further(want, &ok(&body.to_string()), &found, &settings())
    };
    let listed = |current: Value, pages: Value| json!({"items": [{"uuid": "a"}], "currentPage": current, "totalPages": pages});
    assert_eq!(further(&list(), listed(json!(1), json!(3))), Some(page("1/2")));
    assert_eq!(further(&list(), listed(json!("0"), json!("3"))), Some(page("0/1")));
    assert_eq!(
        further(&list(), json!({"items": [{"uuid": "a"}], "total_pages": 2})),
        Some(page("0/1")),
        "a zero is left out"
    );
    assert_eq!(further(&page("1/2"), listed(json!(2), json!(3))), Some(page("1/3")));
    assert_eq!(further(&page("1/3"), listed(json!(3), json!(3))), None);
    assert_eq!(further(&page("0/1"), listed(json!(1), json!(3))), Some(page("0/2")));
    assert_eq!(further(&page("0/2"), listed(json!(2), json!(3))), None);
    assert_eq!(further(&list(), listed(json!(1), json!(1))), None);
    assert_eq!(further(&list(), json!({"items": [{"uuid": "a"}]})), None);
    assert_eq!(
        further(&page("1/2"), json!({"items": [], "currentPage": 2, "totalPages": 9})),
        None,
        "an empty page ends it"
    );
    // Without the number of pages, by that of the disputes; without either, until a page has room left.
    for (items, size, follows) in
        [(Some(3), "100", true), (Some(1), "100", false), (None, "1", true), (None, "2", false)]
    {
        let body = match items {
            Some(items) => json!({"items": [{"uuid": "a"}], "currentPage": 1, "totalItems": items}),
            None => json!({"items": [{"uuid": "a"}], "currentPage": 1}),
        };
        let found = Found::Cases(read(&list(), &body.to_string()).unwrap());
        let next = CasapCurrent.further(&list(), &ok(&body.to_string()), &found, &with(&[("page.size", size)]));
        assert_eq!(next, follows.then(|| page("1/2")), "{items:?} {size}");
    }
    let total = json!({"items": [], "totalItems": "40"}).to_string();
    assert_eq!(CasapCurrent.total(&list(), &ok(&total)), Some(40));
    assert_eq!(CasapCurrent.total(&Want::Number(UUID.into()), &ok(&total)), None);
    let mut bench = Bench::current();
    bench.settings = with(&[("page.size", "7")]);
    let all = bench.ask(&list()).unwrap();
    let numbers: std::collections::BTreeSet<_> = all.iter().map(|case| case.id.number.clone()).collect();
    assert_eq!((all.len(), numbers.len()), (48, 48));
}

#[test]
fn every_refusal_of_the_current_api_is_told_with_its_code() {
    let bench = Bench::current();
    for (status, code, outcome, kind) in [
        (400, 3, Outcome::Refused, FaultKind::Refused),
        (401, 16, Outcome::Unauthorised, FaultKind::Unauthorised),
        (403, 7, Outcome::Unauthorised, FaultKind::Forbidden),
        (404, 5, Outcome::Refused, FaultKind::NotThere),
        (409, 6, Outcome::Conflict, FaultKind::Refused),
        (429, 8, Outcome::TooFast { until: now().plus(60_000) }, FaultKind::TooFast),
        (500, 13, Outcome::Unclear, FaultKind::Broken),
        (503, 14, Outcome::Unclear, FaultKind::Broken),
    ] {
        let body = json!({"code": code, "message": "words", "details": []}).to_string();
        let answer = answered(status, "application/json", &body);
        let verdict = bench.judge("create", None, &answer);
        assert_eq!((verdict.outcome, verdict.status), (outcome, Some(status)), "{status}");
        assert!(verdict.says.exact().starts_with("words ("), "{}", verdict.says.exact());
        assert_eq!(CasapCurrent.refusal(&answer).kind, kind);
        assert!(CasapCurrent.is_own(&answer));
    }
    for (media, body) in [
        ("text/html", "<html></html>"),
        ("text/plain", r#"{"code":3,"message":"x"}"#),
        ("application/json", r#"{"error":"x"}"#),
        ("application/json", r#"{"code":"x","message":"x"}"#),
        // Another gateway's words.
        ("application/json", r#"{"code":403,"message":"blocked"}"#),
        ("application/json", r#"{"code":0,"message":"fine"}"#),
        ("application/json", r#"{"code":3}"#),
        ("application/json", "[]"),
        ("application/json", ""),
    ] {
        let answer = answered(400, media, body);
        assert!(!CasapCurrent.is_own(&answer), "{media} {body}");
        assert_eq!(bench.judge("create", None, &answer).outcome, Outcome::Unclear);
    }
    // What is empty may be left out on the wire.
    for body in [
        r#"{"code":5,"message":""}"#,
        r#"{"code":5,"details":[]}"#,
        r#"{"code":5,"message":null,"details":[]}"#,
    ] {
        let answer = answered(404, "application/json", body);
        assert!(CasapCurrent.is_own(&answer), "{body}");
        assert_eq!(CasapCurrent.refusal(&answer).says.exact(), "not found", "{body}");
    }
    let violations = json!([{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [
        {"field": "transaction_details[1].amount.amount_in_cents", "description": "too much"},
        {"field": "customer.email", "description": "odd"},
        {"field": "reason", "description": "unknown"},
        {"field": "somewhere", "description": "else"},
    ]}, {"@type": "type.googleapis.com/google.rpc.RequestInfo"}]);
    let body = json!({"code": 3, "message": "invalid", "details": violations}).to_string();
    let mut answer = answered(400, "application/json", &body);
    answer.headers.push(("x-request-id".into(), "r-9".into()));
    let fault = CasapCurrent.refusal(&answer);
    let members: Vec<_> = fault.members.iter().map(|(at, says)| (at.exact(), says.exact())).collect();
    assert_eq!(
        members,
        [
            ("transactionDetails.1.amount.amountInCents", "too much"),
            ("customer.email", "odd"),
            ("reason", "unknown"),
            ("somewhere", "else")
        ]
    );
    assert_eq!((fault.says.exact(), fault.request_id.exact()), ("invalid (invalid argument)", "r-9"));
}

#[test]
fn of_a_refusal_without_end_the_beginning_is_told() {
    let violations: Vec<_> = (0..10_000)
        .map(|_| json!({"field": "reason.".repeat(100), "description": "d".repeat(1_000)}))
        .collect();
    let body = json!({"code": 3, "message": "m".repeat(100_000), "details": [{"fieldViolations": violations}]});
    let fault = CasapCurrent.refusal(&answered(400, "application/json", &body.to_string()));
    assert!(fault.says.exact().chars().count() <= 530 && fault.members.len() == 50, "{fault:?}");
    let short = |(member, words): &(Raw, Raw)| {
        member.exact().chars().count() <= 81 && words.exact().chars().count() <= 501
    };
    assert!(fault.members.iter().all(short), "{fault:?}");
    let plain = "v1.merchant is wrong; ".repeat(10_000);
    let fault = Casap.refusal(&answered(400, "text/plain", &plain));
    assert!(fault.says.exact().chars().count() <= 501 && fault.members.len() <= 50);
    // More details than any log has are not searched to the last.
    let details: serde_json::Map<_, _> = (0..100_000).map(|at| (format!("d{at}"), json!(at))).collect();
    let mut dispute = summary();
    dispute["auditLog"] = json!([{"timestamp": "1", "eventType": "X", "recordFinalDecision": details}]);
    assert!(one(&dispute).history.iter().all(|line| line.what.exact().len() < 2_000));
}

#[test]
fn what_has_no_uuid_is_written_nowhere() {
    let bench = Bench::current();
    let answer = json!({"items": [{"status": "DISPUTE_STATUS_OPEN"}], "totalItems": 1});
    let nameless = read(&list(), &answer.to_string()).unwrap().remove(0);
    assert!(is_made_up(&nameless.id.number));
    for id in ["upload", "reopen"] {
        assert!(!offer(bench.action(id), Some(&nameless)).is_open(), "{id}");
        let form = if id == "upload" {
            Form::with_file("a.pdf", "application/pdf", b"%PDF")
        } else {
            Form::of(&[("transactionUuids", UUID)])
        };
        assert!(bench.freeze(id, Some(&nameless), &form).is_err(), "{id}: forced, it still has no UUID");
    }
}

#[test]
fn an_upload_is_proven_by_any_json_and_the_others_by_their_dispute() {
    let bench = Bench::current();
    let case = Case::bare(CaseId { profile: "p".into(), number: UUID.into() });
    let outcome = |id: &str, case: Option<&Case>, body: &str| bench.judge(id, case, &ok(body)).outcome;
    assert_eq!(outcome("upload", Some(&case), "{}"), Outcome::Proven);
    assert_eq!(outcome("upload", Some(&case), ""), Outcome::Unclear);
    let own = json!({"dispute": {"uuid": UUID}}).to_string();
    let other = json!({"dispute": {"uuid": OTHER}}).to_string();
    assert_eq!(outcome("reopen", Some(&case), &own), Outcome::Proven);
    assert_eq!(outcome("reopen", Some(&case), &other), Outcome::Unclear);
    assert_eq!(outcome("create", None, &other), Outcome::Proven);
    assert_eq!(outcome("create", None, "{}"), Outcome::Unclear);
}

// ---- tolerance

fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        Just("-1.8e308".to_owned()),
        Just("1e400".to_owned()),
        Just("9223372036854775808".to_owned()),
        Just("true".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"\\ud800\"".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("[[[[{}]]]]".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        ".{0,20}".prop_map(|text| Value::from(text).to_string()),
    ]
}

/// The text of a value with one value in it, counted in reading order, put in the place of another.
fn mutated(value: &Value, place: &mut usize, odd: &str) -> String {
    if *place == 0 {
        *place = usize::MAX;
        return odd.to_owned();
    }
    *place -= 1;
    match value {
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), mutated(value, place, odd)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(|value| mutated(value, place, odd)).collect();
            format!("[{}]", elements.join(","))
        }
        other => other.to_string(),
    }
}

proptest! {
    #[test]
    fn a_dispute_however_odd_is_never_lost(place in 0usize..60, odd in odd()) {
        let mut place = place;
        let dispute = mutated(&summary(), &mut place, &odd);
        let body = format!(r#"{{"items":[{{"uuid":"first"}},{dispute}],"totalItems":2,"currentPage":1,"totalPages":1}}"#);
        let cases = read(&list(), &body).unwrap();
        prop_assert_eq!(cases.len(), 2);
        prop_assert!(!cases[1].id.number.is_empty());
        for case in &cases {
            prop_assert_eq!(case.queue.exact(), "disputes");
            case.marks();
        }
    }

    #[test]
    fn no_answer_whatever_it_is_ends_the_program(body in prop_oneof![".{0,200}", odd().prop_map(|odd| format!(r#"{{"items":{odd},"dispute":{odd},"code":{odd},"message":{odd},"details":[{odd}],"error":{odd},"totalPages":{odd},"currentPage":{odd}}}"#))], status in 200u16..600) {
        for (provider, bench) in [(&Casap as &dyn Provider, Bench::older()), (&CasapCurrent, Bench::current())] {
            let answer = answered(status, "application/json", &body);
            for want in [list(), Want::Number(UUID.into()), Want::Number("D-1".into()), Want::Group("g".into()), page("1/2")] {
                if let Ok(found) = provider.read(&want, &answer, &settings()) {
                    provider.further(&want, &answer, &found, &settings());
                }
            }
            provider.refusal(&answer);
            provider.is_own(&answer);
            let form = if bench.provider.manifest().id == "casap" { older_full() } else { current_full() };
            tell(&bench, &form, &answer);
        }
    }
}

// ---- lost answers

struct Lost {
    action: &'static Action,
    entry: Entry,
    frozen: Frozen,
}

impl Lost {
    fn of(bench: &Bench, id: &str, case: Option<&Case>, form: &Form) -> Lost {
        let frozen = bench.freeze(id, case, form).unwrap();
        Lost { action: bench.action(id), entry: bench.entry(id, case, form), frozen }
    }

    fn sent(&self) -> Sent<'_> {
        Sent { action: self.action, entry: &self.entry, frozen: &self.frozen, first_send: now() }
    }

    fn look(&self, bench: &mut Bench) -> Landed {
        let want = CasapCurrent.look(&self.sent(), &bench.settings).unwrap();
        let cases = bench.ask(&want).unwrap();
        CasapCurrent.landed(&self.sent(), &Found::Cases(cases), &bench.settings)
    }
}

#[test]
fn a_created_dispute_is_found_among_those_of_its_customer() {
    let mut bench = Bench::current();
    let lost = Lost::of(&bench, "create", None, &current_full());
    assert_eq!(CasapCurrent.look(&lost.sent(), &settings()), Some(Want::Group(OTHER.into())));
    assert!(matches!(lost.look(&mut bench), Landed::No(_)), "nothing was sent");
    let (_, made) = bench.submit("create", None, &lost.frozen);
    match lost.look(&mut bench) {
        Landed::Yes { remote, .. } => assert_eq!(remote, made.remote),
        other => panic!("{other:?}"),
    }
    let case = bench.case(&made.remote);
    let judged = |cases: Vec<Case>| CasapCurrent.landed(&lost.sent(), &Found::Cases(cases), &settings());
    let older = Case { opened: Some(now().plus(-3 * 60_000)), ..case.clone() };
    assert!(matches!(judged(vec![older.clone()]), Landed::No(_)), "it was there before");
    assert!(matches!(judged(vec![Case { opened: None, ..case.clone() }]), Landed::Unsure(_)));
    let twin = Case { id: CaseId { number: "twin".into(), ..case.id.clone() }, ..case.clone() };
    assert!(matches!(judged(vec![case.clone(), twin]), Landed::Unsure(_)));
    let part = Case {
        raw: json!({"uuid": "x", "transactions": [{"uuid": "t-1"}]}).to_string().into(),
        ..case.clone()
    };
    assert!(matches!(judged(vec![part]), Landed::No(_)), "another set of transactions");
    assert!(matches!(judged(vec![case, older]), Landed::Yes { .. }));
}

#[test]
fn who_opened_a_dispute_again_is_left_to_a_person_and_a_file_cannot_be_looked_for() {
    let mut bench = Bench::current();
    let closed =
        bench.ask(&list()).unwrap().into_iter().find(|case| case.status.exact().ends_with("CLOSED")).unwrap();
    let raw: Value = serde_json::from_str(closed.raw.exact()).unwrap();
    let form = Form::of(&[("transactionUuids", raw["transactions"][0]["uuid"].as_str().unwrap())]);
    let lost = Lost::of(&bench, "reopen", Some(&closed), &form);
    assert!(matches!(lost.look(&mut bench), Landed::No(_)));
    assert_eq!(bench.submit("reopen", Some(&closed), &lost.frozen).1.outcome, Outcome::Proven);
    assert!(matches!(lost.look(&mut bench), Landed::Unsure(_)));
    let file = Lost::of(&bench, "upload", Some(&closed), &Form::with_file("a.pdf", "application/pdf", b"%PDF"));
    assert_eq!(CasapCurrent.look(&file.sent(), &settings()), None);
    assert!(matches!(
        CasapCurrent.landed(&file.sent(), &Found::Cases(vec![closed]), &settings()),
        Landed::Unsure(_)
    ));
}

// ---- the stand-ins

#[test]
fn the_older_stand_in_lets_in_who_shows_all_four_headers() {
    let mut bench = Bench::older();
    let request = sent::request(bench.freeze("create", None, &older_least()).unwrap());
    let headers = bench.headers();
    for (name, status, says) in [
        ("x-api-key", 401, "Unauthorized"),
        ("x-api-secret", 401, "Unauthorized"),
        ("x-user-uuid", 400, "Missing X-User-UUID header"),
        ("x-org-uuid", 400, "Missing X-Org-UUID header"),
    ] {
        bench.now = bench.now.plus(60_000);
        let less: Vec<_> = headers.iter().filter(|(own, _)| own != name).cloned().collect();
        let answer = bench.send_with(&request, less);
        assert_eq!((answer.status, answer.body.as_slice()), (status, says.as_bytes()), "{name}");
        let wrong = headers
            .iter()
            .map(|(own, value)| (own.clone(), if own == name { OTHER.into() } else { value.clone() }));
        assert_eq!(bench.send_with(&request, wrong.collect()).status, 401, "{name}");
    }
    assert!(bench.world.written().is_empty());
}

#[test]
fn the_older_stand_in_takes_five_requests_a_minute() {
    let mut bench = Bench::older();
    let frozen = bench.freeze("create", None, &older_least()).unwrap();
    for number in 1..=5 {
        assert_eq!(bench.submit("create", None, &frozen).1.outcome, Outcome::Proven, "{number}");
    }
    let (answer, verdict) = bench.submit("create", None, &frozen);
    assert_eq!((answer.header("retry-after"), answer.header("x-ratelimit-limit")), (Some("60"), Some("5")));
    assert_eq!(verdict.outcome, Outcome::TooFast { until: now().plus(60_000) });
    bench.now = now().plus(59_999);
    assert_eq!(bench.submit("create", None, &frozen).0.status, 429);
    bench.now = now().plus(60_000);
    assert_eq!(bench.submit("create", None, &frozen).1.outcome, Outcome::Proven);
    let cases: std::collections::BTreeSet<_> =
        bench.world.written().iter().map(|write| write.case.clone()).collect();
    assert_eq!(cases.len(), 6, "every copy makes a dispute");
}

/// Sends a body that was changed, and says what came back.
fn tried(
    bench: &mut Bench,
    id: &str,
    case: Option<&Case>,
    form: &Form,
    change: impl FnOnce(&mut Value),
) -> (u16, String) {
    bench.now = bench.now.plus(60_000);
    let frozen = bench.freeze(id, case, form).unwrap();
    let mut body: Value = serde_json::from_slice(&frozen.body).unwrap();
    change(&mut body);
    let frozen = Frozen { body: body.to_string().into_bytes(), ..frozen };
    let (answer, _) = bench.submit(id, case, &frozen);
    (answer.status, String::from_utf8(answer.body).unwrap())
}

#[test]
fn the_older_stand_in_is_strict() {
    let mut bench = Bench::older();
    let mut tried = |change: &dyn Fn(&mut Value)| tried(&mut bench, "create", None, &older_full(), change);
    assert_eq!(tried(&|_| {}).0, 200);
    for (pointer, name) in [
        ("", "version"),
        ("", "v1"),
        ("/v1", "orgUUID"),
        ("/v1", "transactionDetails"),
        ("/v1", "customerInfo"),
        ("/v1/transactionDetails/0", "transactionID"),
        ("/v1/transactionDetails/0", "merchant"),
        ("/v1/transactionDetails/0", "transactedAmount"),
        ("/v1/transactionDetails/0", "settledAmount"),
        ("/v1/transactionDetails/0", "transactionTimestamp"),
        ("/v1/transactionDetails/0", "network"),
        ("/v1/transactionDetails/0", "transactionType"),
        ("/v1/customerInfo", "name"),
        ("/v1/customerInfo", "email"),
        ("/v1/customerInfo", "accountId"),
        ("/v1/notes", "comment"),
        ("/v1/notes", "author"),
        ("/v1/notes", "timestamp"),
    ] {
        let (status, says) = tried(&|body| {
            body.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(name);
        });
        assert!(
            status == 400 && says.contains(&format!("{name} is required")),
            "{pointer}/{name}: {status} {says}"
        );
    }
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/version", json!("1")),
        ("/v1/orgUUID", json!(OTHER)),
        ("/v1/transactionDetails", json!([])),
        ("/v1/transactionDetails/0/network", json!("1")),
        ("/v1/transactionDetails/0/network", json!(0)),
        ("/v1/transactionDetails/0/network", json!(4)),
        ("/v1/transactionDetails/0/transactionType", json!(5)),
        ("/v1/transactionDetails/0/settledAmount", json!(23.99)),
        ("/v1/transactionDetails/0/settledAmount", json!("2399")),
        ("/v1/transactionDetails/0/transactionTimestamp", json!("2023-08-25")),
        ("/v1/transactionDetails/0/transactionTimestamp", json!(1_692_986_978_000i64)),
        ("/v1/transactionDetails/0/merchant", json!("x".repeat(256))),
        ("/v1/customerInfo/risk", json!(101)),
        ("/v1/customerInfo/risk", json!(-1)),
        ("/v1/notes", json!([])),
        ("/v1/notes/author", json!("ann")),
        ("/v1/notes/fileUrls", json!("https://x")),
        ("/v1/notes/more", json!(1)),
    ] {
        let (status, says) = tried(&|body| {
            let (above, name) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(above).unwrap()[name.parse::<usize>().map_or(name, |_| name)] = value.clone();
        });
        assert_eq!(status, 400, "{pointer} {value}: {says}");
    }
    for (pointer, value) in [
        ("/v1/customerInfo/risk", json!(0)),
        ("/v1/customerInfo/risk", json!(100)),
        ("/v1/transactionDetails/0/merchant", json!("x".repeat(255))),
    ] {
        assert_eq!(
            tried(&|body| *body.pointer_mut(pointer).unwrap() = value.clone()).0,
            200,
            "{pointer} {value}"
        );
    }
}

#[test]
fn the_current_stand_in_is_strict() {
    let mut bench = Bench::current();
    for (pointer, value) in [
        ("/orgUuid", json!(OTHER)),
        ("/more", json!(1)),
        ("/reason", json!("UNAUTH")),
        ("/reason", json!(1)),
        ("/transactionDetails/0/settledTimestamp", json!("soon")),
        ("/transactionDetails/0/amount/amountInCents", json!(2_147_483_648i64)),
        ("/transactionDetails/0/amount/amountInCents", json!("2399")),
        ("/transactionDetails/0/amount/currency", json!("usd")),
        ("/transactionDetails/0/network", json!("VISA")),
        ("/transactionDetails/0/merchant", json!("x".repeat(256))),
        ("/customer/externalIds", json!([])),
        ("/customer/address", json!("x")),
        ("/questionnaireAnswers", json!({})),
    ] {
        let (status, says) = tried(&mut bench, "create", None, &current_full(), |body| {
            let (above, name) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(above).unwrap()[name] = value.clone();
        });
        assert!(status == 400 || status == 403, "{pointer} {value}: {status} {says}");
        let said: Value = serde_json::from_str(&says).unwrap();
        assert!(said["code"].is_number() && said["message"].is_string() && said["details"].is_array());
    }
    assert!(bench.world.written().is_empty());
    let (status, says) = tried(&mut bench, "create", None, &current_full(), |body| {
        body["transactionDetails"][1]["amount"]["amountInCents"] = "x".into();
    });
    let fault = CasapCurrent.refusal(&answered(status, "application/json", &says));
    assert_eq!(fault.members[0].0.exact(), "transactionDetails.1.amount.amountInCents");
    for request in [
        get("/disputes", &[("sort", "x")]),
        get("/disputes", &[("page", "0")]),
        get("/disputes", &[("size", "x")]),
        get("/dispute/status/x", &[]),
        get(&format!("/dispute/status/{OTHER}"), &[]),
        get(&format!("/disputes/{UUID}"), &[]),
    ] {
        let answer = bench.send(&request);
        assert!(matches!(answer.status, 400 | 404), "{} {}", request.path, answer.status);
        assert!(CasapCurrent.is_own(&answer));
    }
    let key = |user: &str| {
        vec![
            ("authorization".to_owned(), "sandbox-casap-current-key".to_owned()),
            ("x-user-uuid".to_owned(), user.to_owned()),
        ]
    };
    let bearer = |token: &str| vec![("authorization".to_owned(), format!("Bearer {token}"))];
    for (headers, status) in [
        (key(USER), 200),
        (key(OTHER), 403),
        (key(""), 401),
        (Vec::new(), 401),
        (bearer("sandbox-casap-current-token"), 200),
        (bearer("sandbox-casap-current-key"), 401),
    ] {
        assert_eq!(bench.send_with(&get("/disputes", &[]), headers.clone()).status, status, "{headers:?}");
    }
}

#[test]
fn every_state_of_the_life_is_in_the_current_stand_in() {
    let mut bench = Bench::current();
    let cases = bench.ask(&list()).unwrap();
    for case in &cases {
        assert_eq!(texts(&case.unread), [""; 0], "{:?}", case.id);
    }
    let raw: String = cases.iter().map(|case| case.raw.exact()).collect();
    for word in ["OPEN", "INVESTIGATING", "CHARGEBACK", "FINAL_DECISION", "CLOSED"] {
        assert!(raw.contains(&format!("DISPUTED_TRANSACTION_STATUS_{word}")), "{word}");
    }
    for word in [
        "DISPUTE_STATUS_OPEN",
        "DISPUTE_STATUS_CLOSED",
        "TYPE_ACCEPTED",
        "TYPE_DENIED",
        "TYPE_CANCELED",
        "provisionalCreditAmount",
    ] {
        assert!(raw.contains(word), "{word}");
    }
    let currencies: std::collections::BTreeSet<_> =
        cases.iter().filter_map(|case| case.amount?.currency).map(|currency| currency.exponent()).collect();
    assert_eq!(currencies.into_iter().collect::<Vec<_>>(), [0, 2, 3]);
    for stage in [Stage::Intake, Stage::WithUs, Stage::WithThem, Stage::NeedsAnswer, Stage::Won, Stage::Lost] {
        assert!(cases.iter().any(|case| case.stage == stage), "{stage:?}");
    }
    // Time alone brings all of them to their end.
    bench.now = now().plus_days(90);
    assert!(bench.ask(&list()).unwrap().iter().all(|case| case.status.exact() == "DISPUTE_STATUS_CLOSED"));
}

#[test]
fn what_was_written_comes_back_with_what_was_kept() {
    for mut bench in [Bench::older(), Bench::current()] {
        let form = if bench.provider.manifest().id == "casap" { older_full() } else { current_full() };
        let frozen = bench.freeze("create", None, &form).unwrap();
        bench.submit("create", None, &frozen);
        let kept = bench.world.kept();
        let mut anew = if bench.provider.manifest().id == "casap" { Bench::older() } else { Bench::current() };
        anew.world.catch_up(kept.clone()).unwrap();
        assert_eq!((anew.world.kept(), anew.world.written()), (kept, bench.world.written()));
        assert_eq!(anew.world.written().len(), 1);
        assert!(!anew.world.written()[0].again);
        assert!(anew.world.catch_up(json!({"odd": 1})).is_err());
        assert_eq!(anew.world.written().len(), 1, "what cannot be taken up changes nothing");
    }
}

// ---- a life

#[test]
fn a_dispute_lives_from_its_creation_through_files_and_its_end_to_a_second_life() {
    let mut bench = Bench::current();
    let (answer, verdict) = {
        let frozen = bench.freeze("create", None, &current_full()).unwrap();
        bench.submit("create", None, &frozen)
    };
    assert_eq!(verdict.outcome, Outcome::Proven);
    let told = tell(&bench, &current_full(), &answer).unwrap();
    let number = verdict.remote.clone();
    assert_eq!((told.id.number.clone(), told.stage), (number.clone(), Stage::Intake));
    let file = bench
        .freeze("upload", Some(&told), &Form::with_file("kvittering.pdf", "application/pdf", b"%PDF-1.7"))
        .unwrap();
    assert_eq!(bench.submit("upload", Some(&told), &file).1.outcome, Outcome::Proven);
    let case = bench.case(&number);
    assert!(case.history.iter().any(|line| line.what.exact() == "FILE_UPLOADED kvittering.pdf"));
    let short =
        case.history.iter().find_map(|line| line.what.exact().strip_prefix("short id ")).unwrap().to_owned();
    assert_eq!(bench.case(&short.into()).id.number, number);

    let mut stages = vec![case.stage];
    for day in 1..60 {
        bench.now = now().plus_days(day);
        let stage = bench.case(&number).stage;
        if stages.last() != Some(&stage) {
            stages.push(stage);
        }
    }
    assert!(stages.len() > 3, "{stages:?}");
    let closed = bench.case(&number);
    assert_eq!(closed.status.exact(), "DISPUTE_STATUS_CLOSED");
    assert!(!matches!(closed.stage, Stage::Unknown | Stage::Intake | Stage::WithUs));
    let late = bench.submit("upload", Some(&closed), &file).1;
    assert_eq!(
        (late.outcome, late.says.exact()),
        (Outcome::Refused, "dispute is closed (failed precondition)")
    );

    let strange = bench.freeze("reopen", Some(&closed), &Form::of(&[("transactionUuids", "t-9")])).unwrap();
    bench.submit("reopen", Some(&closed), &strange);
    assert_eq!(bench.case(&number).status.exact(), "DISPUTE_STATUS_CLOSED", "that is none of its transactions");
    let again = bench.freeze("reopen", Some(&closed), &Form::of(&[("transactionUuids", "t-1")])).unwrap();
    assert_eq!(bench.submit("reopen", Some(&closed), &again).1.outcome, Outcome::Proven);
    let open = bench.case(&number);
    assert_eq!((open.status.exact(), open.stage), ("DISPUTE_STATUS_OPEN", Stage::WithUs));
    assert_eq!(bench.submit("reopen", Some(&closed), &again).1.outcome, Outcome::Refused, "it is open");
    bench.now = bench.now.plus_days(60);
    assert_eq!(bench.case(&number).status.exact(), "DISPUTE_STATUS_CLOSED");
    let written: Vec<_> =
        bench.world.written().iter().map(|write| write.what.replace(number.exact(), "N")).collect();
    assert_eq!(
        written,
        ["POST /disputes", "POST /disputes/N/files", "POST /disputes/N/reopen", "POST /disputes/N/reopen"]
    );
}

#[test]
fn a_dispute_of_2023_is_created_and_seen_on_its_page() {
    let mut bench = Bench::older();
    let frozen = bench.freeze("create", None, &older_full()).unwrap();
    let (answer, verdict) = bench.submit("create", None, &frozen);
    assert_eq!(verdict.outcome, Outcome::Proven);
    let case = tell(&bench, &older_full(), &answer).unwrap();
    assert_eq!(case.id.number, verdict.remote);
    assert!(case.page.exact().ends_with(verdict.remote.exact()));
    assert_eq!(bench.world.written()[0].case, verdict.remote.exact());
    assert_eq!(bench.world.written()[0].what, "POST /api/dispute");
    assert!(older::table::TABLE.iter().any(|row| row.name == "page"));
}

// ---- at the screen

#[test]
fn ann_creates_a_dispute_of_2023_and_is_told_where_its_page_is() {
    let world = analyst::World::of(12);
    let mut ann = world.analyst_of(&["casap"]);
    ann.press("N").press("Tab");
    for text in ["T-1", "Fjellvær Sport AS", "23.99", "23.99", "2026-11-01 10:00"] {
        ann.types(text).press("Tab");
    }
    ann.types("master").press("Enter").types("debit").press("Enter").press("Tab Tab");
    for text in ["Øystein Bråten", "oystein@mail.example", "12345678"] {
        ann.types(text).press("Tab");
    }
    ann.press("Ctrl-r").reads().sees("Casap (2023 API)").sees("2  Mastercard").sees("23.99");
    ann.press("s").sees("New dispute ").sees(": accepted (200)").sees("Created here            1");
    let written = world.served.written_at("casap");
    assert_eq!((written.len(), written[0].what.as_str()), (1, "POST /api/dispute"));
    let uuid = written[0].case.as_str();
    ann.press("Enter")
        .sees(&format!("Case {uuid}"))
        .sees("created here; the API cannot be asked about it again");
    ann.sees("transaction T-1: Fjellvær Sport AS, 23.99").sees(":page opens it").sees("with them");
    assert!(ann.screen().replace([' ', '\n', '│'], "").contains(&format!("casaphq.com/dispute/{uuid}")));
    ann.press("R").is_told("Casap's 2023 API cannot be asked about disputes");
}

/// The first dispute of the stand-in with that status, and its first transaction.
fn standing(status: &str) -> (String, String) {
    let mut bench = Bench::current();
    let case = bench.ask(&list()).unwrap().into_iter().find(|case| case.status.exact() == status).unwrap();
    let raw: Value = serde_json::from_str(case.raw.exact()).unwrap();
    (case.id.number.exact().to_owned(), raw["transactions"][0]["uuid"].as_str().unwrap().to_owned())
}

#[test]
fn ben_sends_a_file_opens_a_dispute_again_and_finds_one_whose_answer_was_lost() {
    let world = analyst::World::of(12);
    world.has_file("kvittering.txt", b"paid");
    let mut ben = world.analyst_of(&["casap-current"]);
    ben.sees("All disputes           48");
    let (open, _) = standing("DISPUTE_STATUS_OPEN");
    ben.commands(&open).press("e").is_told("reopening is for closed disputes; this one is DISPUTE_STATUS_OPEN");
    ben.press("s").types("kvit").press("Enter").sends();
    ben.is_told(&format!("Upload a file of {open}: accepted (200)"));
    ben.commands(&open).press("R").sees("FILE_UPLOADED kvittering.txt");

    let (closed, transaction) = standing("DISPUTE_STATUS_CLOSED");
    ben.commands(&closed).sees("DISPUTE_STATUS_CLOSED").press("e").types(&transaction).sends();
    ben.is_told(&format!("Reopen of {closed}: accepted (200)"));
    ben.commands(&closed).sees("DISPUTE_STATUS_OPEN").press("G").sees("DISPUTE_REOPENED");

    world.served.troubles.next(1, "POST ", Trouble::LoseAnswer);
    ben.press("N").press("Tab");
    for text in ["t-77", "Streambox Online", "12.50"] {
        ben.types(text).press("Tab");
    }
    ben.types("eur").press("Enter");
    ben.press(&["Tab"; 14].join(" ")).sees("▶   Customer UUID").types(OTHER);
    ben.press(&["Tab"; 12].join(" ")).sees("▶ Reason").types("authorised").press("Enter").sends();
    ben.is_told("outcome unknown").later(35_000).sees("it arrived").press("B").sees("accepted");
    let written = world.served.written_at("casap-current");
    let what: Vec<_> = written.iter().map(|write| write.what.rsplit('/').next().unwrap()).collect();
    assert_eq!(what, ["files", "reopen", "disputes"], "each of them once");
    let made = written[2].case.as_str();
    ben.press("Esc").commands(made).sees(made).sees("12.50 EUR").sees("intake");
}
