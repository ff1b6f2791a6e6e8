//! Every provider's verbs against its stand-in, read from their declarations: what a declaration lets through is taken,
//! what is over a limit is stopped before the door. Another provider gets these tests by standing in `ALL`.

mod write;

use std::{
    cell::Cell,
    collections::{BTreeMap, BTreeSet},
};

use casedesk::{
    action::{
        Action, Attachment, Entered, Entry, Facts, Field, Kind, Making, Method, Offer, Problem, Rule, Step,
        Subject, Values, check,
        draft::below,
        field::{Choices, Others, Papers, Shape},
        life::Outcome,
        offer, pick,
        rows::{field_at, leaves},
        rule::EACH,
        step::{Frozen, freeze},
    },
    case::{Case, CaseId, Fault, Moment, Settings, moment::MINUTE},
    cli::profiles,
    http::{self, Address, Auth, Body, Request, Response, Shown},
    provider::{
        ALL, Asked, Found, Landed, Lists, Provider, Sent, StandIn, Verdict, Want,
        nets::{Nets, sandbox as stand_in, table},
        sent, verdict,
    },
    sandbox::{self, Origin, World},
    seal::card::{CardKey, Padding},
    text::{Raw, Secret},
};

const CARD: &str = "4111111111111111";
const CARD_KEY: &[u8] = include_bytes!("../assets/sandbox/nets-card-key.pub.pem");

fn now() -> Moment {
    Moment::parse("2026-11-22T09:30:00Z").unwrap()
}

// ---- a provider and its stand-in

struct Bench {
    provider: &'static dyn Provider,
    there: There,
    /// What lets a request in.
    pass: Vec<(String, String)>,
    settings: Settings,
    /// Keys given so far.
    keys: Cell<u32>,
    /// When the next request leaves: later each time, where the provider keeps a pace.
    time: Moment,
}

enum There {
    Nets(Box<World>),
    Other(Box<dyn StandIn>),
}

fn benches() -> impl Iterator<Item = Bench> {
    ALL.iter().map(|provider| Bench::of(*provider))
}

impl Bench {
    fn of(provider: &'static dyn Provider) -> Bench {
        let id = provider.manifest().id;
        let born = Moment::parse("2026-11-22T07:00:00Z").unwrap();
        let keys = Cell::new(0);
        if id == "nets" {
            let world = sandbox::world(Origin { seed: 3, cases: 120, born, changes: Vec::new() });
            let pass = vec![("authorization".into(), stand_in::API_KEY.into())];
            let there = There::Nets(Box::new(world));
            return Bench { provider, there, pass, settings: Settings::of("bench"), keys, time: now() };
        }
        let stand_in = sandbox::stand_in(id, born).unwrap_or_else(|| panic!("{id} has no stand-in here"));
        let table =
            stand_in.table().iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let settings = Settings { profile: "bench".into(), table };
        let mut bench =
            Bench { provider, there: There::Other(stand_in), pass: Vec::new(), settings, keys, time: now() };
        bench.enter();
        bench
    }

    /// Shows who it is in the first way that the provider declares.
    fn enter(&mut self) {
        let There::Other(there) = &mut self.there else { return };
        let secrets = there.secrets();
        let secret = |name: &str| {
            let found = secrets.iter().find(|(own, _)| *own == name);
            found.map(|(_, secret)| Secret::new(*secret)).ok_or_else(|| format!("no {name}"))
        };
        let nowhere = Address::parse("http://127.0.0.1:9/").unwrap();
        let auth =
            profiles::auth(&self.provider.manifest().access[0], nowhere, &self.settings, &secret).unwrap();
        let mut token = |media: &str, body: String, token_at: &[String]| {
            let headers = vec![("content-type".into(), media.into())];
            let answer = there.answer(&Asked::new("POST", there.places()[1], headers, body.into()), now());
            let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
            let token = token_at.iter().find_map(|at| answer.pointer(at)?.as_str()).expect("a token");
            vec![("authorization".to_owned(), format!("Bearer {token}"))]
        };
        self.pass = match auth {
            Auth::None => Vec::new(),
            Auth::Headers(headers) => headers
                .into_iter()
                .map(|(name, value)| (name.to_lowercase(), value.reveal().to_owned()))
                .collect(),
            Auth::ClientCredentials { id, secret, scope, shown, .. } => {
                assert_eq!(shown, Shown::Body, "teach the bench the other way");
                let pairs = [
                    ("grant_type", "client_credentials"),
                    ("client_id", id.reveal()),
                    ("client_secret", secret.reveal()),
                    ("scope", &scope),
                ];
                let form = reqwest::Url::parse_with_params("https://form/", pairs).unwrap();
                let body = form.query().unwrap().to_owned();
                token("application/x-www-form-urlencoded", body, &["/access_token".into()])
            }
            Auth::Login { members, token_at, .. } => {
                let object: serde_json::Map<_, _> =
                    members.iter().map(|(name, value)| (name.clone(), value.reveal().into())).collect();
                token("application/json", serde_json::Value::Object(object).to_string(), &token_at)
            }
        };
    }

    fn send(&mut self, request: &Request) -> Response {
        let base = match &self.there {
            There::Nets(_) => stand_in::BASE,
            There::Other(there) => there.places()[0],
        };
        let url = reqwest::Url::parse_with_params("https://bench/", &request.query).unwrap();
        let target = format!("{base}{}?{}", request.path, url.query().unwrap_or_default());
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
        headers.push(("content-type".into(), "application/json".into()));
        let asked = Asked::new(method, &target, headers, body);
        let pause = self.provider.manifest().per_minute.map_or(0, |most| MINUTE / i64::from(most));
        self.time = self.time.plus(pause);
        match &mut self.there {
            There::Nets(world) => world.answer(&asked, self.time),
            There::Other(there) => there.answer(&asked, self.time),
        }
    }

    fn ask(&mut self, want: &Want) -> Result<Found, Fault> {
        let request = self.provider.ask(want, &self.settings)?;
        let answer = self.send(&request);
        if !answer.is_success() {
            return Err(self.provider.refusal(&answer));
        }
        let found = self.provider.read(want, &answer, &self.settings)?;
        match (self.provider.further(want, &answer, &found, &self.settings), found) {
            (Some(further), Found::Cases(mut cases)) => {
                cases.extend(self.cases(&further));
                Ok(Found::Cases(cases))
            }
            (_, found) => Ok(found),
        }
    }

    fn cases(&mut self, want: &Want) -> Vec<Case> {
        match self.ask(want) {
            Ok(Found::Cases(cases)) => cases,
            other => panic!("{want:?}: {other:?}"),
        }
    }

    /// A case that the action fits; none for an action that makes one.
    fn case(&mut self, action: &Action) -> Option<Case> {
        if action.makes_a_case() {
            return None;
        }
        let cases = match self.provider.manifest().lists {
            Lists::Queues => {
                let queues = self.provider.manifest().queues;
                queues.iter().flat_map(|queue| self.cases(&Want::Queue(queue.id.into()))).collect()
            }
            Lists::Singly => {
                let There::Other(there) = &self.there else { unreachable!("Nets has queues") };
                let numbers = there.numbers();
                numbers.into_iter().flat_map(|number| self.cases(&Want::Number(number.into()))).collect()
            }
            Lists::Nothing => vec![self.created()],
        };
        let fitting = cases.into_iter().find(|case| offer(action, Some(case)) == Offer::Fits);
        Some(fitting.unwrap_or_else(|| panic!("no case of the stand-in fits {}", action.id)))
    }

    /// A case as the answer to its making shows it.
    fn created(&mut self) -> Case {
        let create = self.provider.actions().iter().find(|action| action.makes_a_case()).unwrap();
        let form = Form::of(create, Fill::Short);
        let frozen = self.freeze(create, None, &form).unwrap();
        let answer = self.send(&sent::request(frozen.clone()));
        let entry = write::entry("bench", create, None, &form.values, now());
        let sent = Sent { action: create, entry: &entry, frozen: &frozen, first_send: now() };
        self.provider.told(&sent, &answer, &self.settings, now()).expect("an answer that shows the case")
    }

    fn problems(&self, action: &Action, case: Option<&Case>, form: &Form) -> Vec<Problem> {
        let facts = Facts { case, settings: &self.settings, now: now(), cards: &form.cards };
        check(action, &form.values, &facts)
    }

    fn freeze(&self, action: &Action, case: Option<&Case>, form: &Form) -> Result<Frozen, Problem> {
        self.freeze_step(action, case, form, &[])
    }

    /// The step that comes after so many answers.
    fn freeze_step(
        &self,
        action: &Action,
        case: Option<&Case>,
        form: &Form,
        answers: &[serde_json::Value],
    ) -> Result<Frozen, Problem> {
        self.keys.set(self.keys.get() + 1);
        let making = Making {
            case,
            values: &form.values,
            settings: &self.settings,
            now: now(),
            files: &form.files,
            sealed: &form.cards.iter().map(|card| (card.clone(), self.card())).collect(),
            answers,
            key: &format!("01900000-0000-7000-8000-{:012}", self.keys.get()),
        };
        freeze(&action.steps[answers.len()], action.fields, &making)
    }

    /// A card number as it leaves to this provider.
    fn card(&self) -> String {
        if self.provider.manifest().seals_cards { sealed() } else { CARD.to_owned() }
    }

    fn submit(&mut self, action: &Action, case: Option<&Case>, frozen: &Frozen) -> Verdict {
        self.submit_step(&action.steps[0], case, frozen).0
    }

    fn submit_step(&mut self, step: &Step, case: Option<&Case>, frozen: &Frozen) -> (Verdict, Response) {
        let answer = self.send(&sent::request(frozen.clone()));
        let number = case.map(|case| &case.id.number);
        let verdict = verdict(self.provider, step, frozen, &Ok(answer.clone()), number, &self.settings, now());
        (verdict, answer)
    }

    /// All steps one after the other, as far as they are proven; what the last one came to.
    fn submit_all(&mut self, action: &Action, case: Option<&Case>, form: &Form, first: Frozen) -> Verdict {
        let (mut answers, mut frozen) = (Vec::new(), first);
        for step in action.steps {
            let (verdict, answer) = self.submit_step(step, case, &frozen);
            answers.push(serde_json::from_slice(&answer.body).unwrap_or_default());
            if verdict.outcome != Outcome::Proven || answers.len() == action.steps.len() {
                return verdict;
            }
            frozen = self.freeze_step(action, case, form, &answers).unwrap();
        }
        unreachable!("an action has steps")
    }
}

fn sealed() -> String {
    CardKey::from_pem(CARD_KEY).unwrap().seal(&Secret::new(CARD), Padding::default()).unwrap()
}

// ---- a form, filled from its declaration

#[derive(Clone, Default)]
struct Form {
    values: Values,
    cards: Vec<String>,
    files: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Fill {
    /// Every field, up to its limit.
    Full,
    /// Every field, in a word.
    Short,
    /// What is needed and nothing else.
    Least,
}

impl Form {
    fn of(action: &Action, fill: Fill) -> Form {
        let mut form = Form::default();
        form.fill("", action.fields, fill);
        for rule in action.rules {
            if let Rule::AtLeastOne(several) = rule
                && !several.iter().any(|address| form.values.is_filled(&address.replace(EACH, ".0.")))
            {
                let field = field_at(action.fields, several[0]).unwrap();
                form.enter(&several[0].replace(EACH, ".0."), field, Fill::Short);
            }
        }
        form.obey(action);
        form
    }

    /// Fills what a rule asks for, and empties what one forbids.
    fn obey(&mut self, action: &Action) {
        for rule in action.rules {
            match *rule {
                Rule::NeededWhen(address, when, _)
                    if when.holds(&self.values, None) && !self.values.is_filled(address) =>
                {
                    self.fill_at(action, address);
                }
                Rule::OnlyWhen(address, when, _) if !when.holds(&self.values, None) => self.empty(address),
                Rule::AtMostOne(several) => {
                    let filled = several.iter().filter(|address| self.values.is_filled(address));
                    let more: Vec<_> = filled.skip(1).copied().collect();
                    more.into_iter().for_each(|address| self.empty(address));
                }
                Rule::Together(several) if several.iter().any(|address| self.values.is_filled(address)) => {
                    let filled = |address: &&&str| !self.values.is_filled(address);
                    let missing: Vec<_> = several.iter().filter(filled).copied().collect();
                    missing.into_iter().for_each(|address| self.fill_at(action, address));
                }
                _ => {}
            }
        }
    }

    fn fill_at(&mut self, action: &Action, address: &str) {
        let field = field_at(action.fields, address).unwrap();
        match field.kind {
            Kind::Group(inside) => self.fill(address, inside, Fill::Short),
            _ => self.enter(address, field, Fill::Short),
        }
    }

    fn empty(&mut self, address: &str) {
        let inside: Vec<_> = self.values.below(address).map(|(at, _)| at.to_owned()).collect();
        inside.iter().for_each(|at| self.values.unset(at));
    }

    fn fill(&mut self, above: &str, fields: &[Field], fill: Fill) {
        for field in fields {
            let address = below(above, field.name);
            match field.kind {
                Kind::Group(inside) => self.fill(&address, inside, fill),
                Kind::List { least, most, of } => {
                    for number in 0..if fill == Fill::Full { most } else { least } {
                        self.fill(&below(&address, &number.to_string()), of, fill);
                    }
                }
                _ if fill == Fill::Least && !field.required => {}
                _ => self.enter(&address, field, fill),
            }
        }
    }

    fn enter(&mut self, address: &str, field: &Field, fill: Fill) {
        let full = |most: usize| if fill == Fill::Full { most } else { most.min(4) };
        let text = match field.kind {
            Kind::Card(_) => return self.cards.push(address.to_owned()),
            Kind::Files(papers) => {
                let count = if fill == Fill::Full { papers.most } else { 1 };
                let files = (0..count).map(|number| self.file(papers, &format!("{number}.pdf"), 3)).collect();
                return self.values.set(address, Entered::Files(files));
            }
            // The elements of a list are told apart by their numbers.
            Kind::Text { most, shape: Shape::Any } => {
                let number = address.split('.').rfind(|part| part.parse::<usize>().is_ok()).unwrap_or_default();
                let number = &number[..number.len().min(full(most))];
                format!("{number}{}", "A".repeat(full(most) - number.len()))
            }
            Kind::Text { shape: Shape::Like { fits, example, .. }, .. } => {
                assert!(fits(example), "{address}");
                example.to_owned()
            }
            Kind::Lines { most } => format!("{}\nz", "é".repeat(full(most) - 2)),
            Kind::Choice { of: Choices::Currencies, .. } => "EUR".to_owned(),
            Kind::Choice { of, others: Others::Refused, .. } => {
                pick::values(of, None).next().unwrap().to_owned()
            }
            Kind::Choice { most, .. } => "1".repeat(full(most)),
            Kind::Date => "2026-10-03".to_owned(),
            Kind::Instant { .. } => "2026-10-03 14:30".to_owned(),
            Kind::Each { most, longest } => {
                let one = |number: usize| {
                    format!("{number}{}", "é".repeat(full(longest).saturating_sub(number.to_string().len())))
                };
                (0..full(most)).map(one).collect::<Vec<_>>().join("\n")
            }
            Kind::Amount { .. } => "12.50".to_owned(),
            Kind::Whole { most, .. } => most.to_string(),
            Kind::Group(_) | Kind::List { .. } => unreachable!("a field to fill"),
        };
        self.values.set_text(address, text);
    }

    fn file(&mut self, papers: &Papers, name: &str, size: usize) -> Attachment {
        let sha256 = format!("{size:064x}");
        self.files.insert(sha256.clone(), vec![b'x'; size]);
        let media = papers.media.first().copied().unwrap_or_default().to_owned();
        Attachment {
            name: name.into(),
            sha256,
            size,
            media,
            description: Raw::default(),
            measured: Default::default(),
        }
    }

    fn with_files(&self, address: &str, files: Vec<(&Papers, String, usize)>) -> Form {
        let mut form = self.clone();
        let files = files.into_iter().map(|(papers, name, size)| form.file(papers, &name, size)).collect();
        form.values.set(address, Entered::Files(files));
        form
    }

    fn with_text(&self, address: &str, text: String) -> Form {
        let mut form = self.clone();
        form.values.set_text(address, text);
        form
    }
}

// ---- declarations

#[test]
fn every_action_is_taken_by_its_stand_in_with_everything_and_with_the_least() {
    for mut bench in benches() {
        for action in bench.provider.actions() {
            for fill in [Fill::Full, Fill::Short, Fill::Least] {
                let case = bench.case(action);
                let form = Form::of(action, fill);
                assert_eq!(bench.problems(action, case.as_ref(), &form), [], "{}", action.id);
                let frozen = bench.freeze(action, case.as_ref(), &form).unwrap();
                let verdict = bench.submit_all(action, case.as_ref(), &form, frozen);
                assert_eq!(verdict.outcome, Outcome::Proven, "{}: {verdict:?}", action.id);
                assert!(!verdict.remote.is_empty());
            }
        }
    }
}

/// A form that is just within one limit, and one that is just over it.
struct Limit {
    address: String,
    within: Form,
    over: Form,
}

fn limits(action: &Action) -> Vec<Limit> {
    let base = Form::of(action, Fill::Least);
    let mut limits = Vec::new();
    for (address, field) in leaves(action.fields, &base.values) {
        let mut add = |mut within: Form, mut over: Form| {
            within.obey(action);
            over.obey(action);
            limits.push(Limit { address: address.clone(), within, over });
        };
        match field.kind {
            Kind::Files(papers) => {
                let several =
                    |count: usize| (0..count).map(|number| (papers, format!("{number}"), 1)).collect();
                let named = |length: usize| vec![(papers, "é".repeat(length), 1)];
                let sized = |size: usize| vec![(papers, "a".to_owned(), size)];
                add(
                    base.with_files(&address, several(papers.most)),
                    base.with_files(&address, several(papers.most + 1)),
                );
                add(
                    base.with_files(&address, named(papers.longest_name)),
                    base.with_files(&address, named(papers.longest_name + 1)),
                );
                add(
                    base.with_files(&address, sized(papers.largest)),
                    base.with_files(&address, sized(papers.largest + 1)),
                );
            }
            Kind::Text { shape: Shape::Like { .. }, .. } => {
                let mut within = base.clone();
                within.enter(&address, field, Fill::Full);
                add(within, base.with_text(&address, "?".into()));
            }
            Kind::Whole { most, .. } => {
                add(
                    base.with_text(&address, most.to_string()),
                    base.with_text(&address, (most + 1).to_string()),
                );
            }
            Kind::Each { most, longest } => {
                let lines = |count: usize, length: usize| vec!["a".repeat(length); count].join("\n");
                add(base.with_text(&address, lines(most, 1)), base.with_text(&address, lines(most + 1, 1)));
                add(
                    base.with_text(&address, lines(1, longest)),
                    base.with_text(&address, lines(1, longest + 1)),
                );
            }
            Kind::Choice { others: Others::Refused, .. } => {
                let mut within = base.clone();
                within.enter(&address, field, Fill::Full);
                add(within, base.with_text(&address, "?".into()));
            }
            Kind::Choice { of: Choices::Currencies, .. } => {
                add(base.with_text(&address, "SEK".into()), base.with_text(&address, "SEKK".into()));
            }
            _ => {
                if let Some(most) = field.most() {
                    let mut within = base.clone();
                    within.enter(&address, field, Fill::Full);
                    let text = within.values.text(&address).to_owned();
                    assert_eq!(text.chars().count(), most, "the filler fills to the limit");
                    let last = text.chars().next().unwrap();
                    add(within, base.with_text(&address, format!("{text}{last}")));
                }
            }
        }
    }
    limits
}

#[test]
fn every_limit_is_taken_and_one_more_is_stopped_before_the_door_and_refused_behind_it() {
    let mut tried = 0;
    for mut bench in benches() {
        for action in bench.provider.actions() {
            for Limit { address, within, over } in limits(action) {
                tried += 1;
                let case = bench.case(action);
                let case = case.as_ref();
                assert_eq!(bench.problems(action, case, &within), [], "{} {address}", action.id);
                let stopped: Vec<_> =
                    bench.problems(action, case, &over).into_iter().map(|problem| problem.field).collect();
                assert_eq!(stopped, [address.as_str()], "{}", action.id);
                // Past the form: the stand-in has the same limit, unless the body cannot even be written, or the field
                // is not sent.
                let is_sent = field_at(action.fields, &address).is_some_and(|field| !field.local);
                match bench.freeze(action, case, &over) {
                    Ok(_) if !is_sent => {}
                    Err(problem) => assert_eq!(problem.field, address),
                    Ok(frozen) => {
                        let verdict = bench.submit(action, case, &frozen);
                        assert_eq!(verdict.outcome, Outcome::Refused, "{} {address}: {verdict:?}", action.id);
                        let under = |member: &Raw| {
                            let member = member.exact();
                            member == address || member.starts_with(&format!("{address}."))
                        };
                        assert!(verdict.members.iter().all(|(member, _)| under(member)), "{verdict:?}");
                        assert!(!verdict.members.is_empty(), "{verdict:?}");
                    }
                }
                let frozen = bench.freeze(action, case, &within).unwrap();
                let verdict = bench.submit_all(action, case, &within, frozen);
                assert_eq!(verdict.outcome, Outcome::Proven, "{} {address}: {verdict:?}", action.id);
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

#[test]
fn declarations_hold_together() {
    for Bench { provider, .. } in benches() {
        let actions = provider.actions();
        let unique = |words: Vec<&str>| {
            let set: BTreeSet<_> = words.iter().collect();
            assert_eq!(set.len(), words.len(), "twice the same: {words:?}");
        };
        unique(actions.iter().map(|action| action.id).collect());
        unique(actions.iter().map(|action| action.title).collect());
        unique(actions.iter().map(|action| action.key).filter(|key| !key.is_empty()).collect());
        for action in actions {
            assert!(!action.steps.is_empty() && !action.says.is_empty(), "{}", action.id);
            unique(action.steps.iter().map(|step| step.id).collect());
            declared_well(action.fields);
            let mut named: Vec<_> = action.rules.iter().flat_map(Rule::names).collect();
            if let Subject::New { told_apart_by } = action.subject {
                named.extend(told_apart_by);
            }
            for address in named {
                let field = field_at(action.fields, address);
                assert!(field.is_some(), "{} names {address}, which it does not have", action.id);
            }
            for (address, field) in leaves(action.fields, &Form::of(action, Fill::Full).values) {
                let found = field_at(action.fields, &address).map(|found| found.name);
                assert_eq!(found, Some(field.name), "{address}");
            }
        }
    }
}

fn declared_well(fields: &[Field]) {
    let names: BTreeSet<_> = fields.iter().map(|field| field.name).collect();
    let labels: BTreeSet<_> = fields.iter().map(|field| field.label).collect();
    assert_eq!((names.len(), labels.len()), (fields.len(), fields.len()), "a name or a label twice: {names:?}");
    for field in fields {
        assert!(!field.name.contains('.'), "{} would be an address", field.name);
        assert!(!(field.local && field.required), "{} is not sent, so nobody can need it", field.name);
        match field.kind {
            Kind::Group(inside) => declared_well(inside),
            Kind::List { least, most, of } => {
                assert!(least <= most && most > 0, "{}", field.name);
                declared_well(of);
            }
            _ => {}
        }
    }
}

// ---- Nets, whole

#[test]
fn requests_of_nets_are_compared_whole() {
    let mut bench = Bench::of(&Nets);
    let mut shown = String::new();
    for action in Nets.actions() {
        let case = bench.case(action);
        for fill in [Fill::Short, Fill::Least] {
            let form = Form::of(action, fill);
            let frozen = bench.freeze(action, case.as_ref(), &form).unwrap();
            let mut body: serde_json::Value = serde_json::from_slice(&frozen.body).unwrap();
            for (member, mask) in [("cardNumber", "<sealed>"), ("caseNumber", "<the case>")] {
                if let Some(text) = body.get_mut(member) {
                    *text = mask.into();
                }
            }
            shown += &format!("# {}\n{} {}\n", action.id, frozen.method.words(), frozen.path);
            for (name, value) in &frozen.headers {
                shown += &format!("{name}: {value}\n");
            }
            shown += &format!("{}\n\n", serde_json::to_string_pretty(&body).unwrap());
        }
    }
    insta::assert_snapshot!("nets_requests", shown);
}

#[test]
fn a_frozen_step_is_sent_byte_for_byte_and_once() {
    let frozen = |size: usize| Frozen {
        method: Method::Put,
        path: "/dispute".into(),
        headers: vec![("accept".into(), "application/json".into())],
        body: vec![b' '; size],
    };
    let request = sent::request(frozen(9));
    assert_eq!((request.method, request.read_only), (http::Method::Put, false));
    assert_eq!((request.body, request.headers), (Body::Exact(vec![b' '; 9]), frozen(9).headers));
    assert_eq!(request.patience.as_secs(), 30);
    assert_eq!(sent::request(frozen(1000)).limit, request.limit + 991, "an answer may repeat what was sent");
    assert_eq!(sent::request(frozen((256 << 10) + 1)).patience.as_secs(), 120);
    assert_eq!(sent::request(frozen(0)).body, Body::Empty);
}

#[test]
fn a_profile_corrects_the_words_of_a_write() {
    let mut bench = Bench::of(&Nets);
    let words = [
        ("path.create", "/disputes"),
        ("path.update", "/case"),
        ("request.number", "no"),
        ("request.action", "verb"),
        ("token.submit", "GO"),
        ("header.key", "X-Once"),
        ("unit.amount", "minor"),
    ];
    let own = words.map(|(name, word)| (name.to_owned(), word.to_owned()));
    let [submit, create] =
        ["submit", "create"].map(|id| Nets.actions().iter().find(|action| action.id == id).unwrap());
    let case = bench.case(submit);
    bench.settings.table = own.into();
    assert_eq!(Nets.check(&bench.settings), [""; 0]);
    let form = Form::of(submit, Fill::Least);
    let frozen = bench.freeze(submit, case.as_ref(), &form).unwrap();
    let number = case.unwrap().id.number;
    assert_eq!(frozen.path, "/case");
    assert_eq!(frozen.body, format!(r#"{{"no":"{}","verb":"GO"}}"#, number.exact()).into_bytes());
    let frozen = bench.freeze(create, None, &Form::of(create, Fill::Least)).unwrap();
    assert_eq!(frozen.path, "/disputes");
    assert!(frozen.headers.iter().any(|(name, _)| name == "x-once"));
    assert!(String::from_utf8(frozen.body).unwrap().contains(r#""transactionAmount":1250,"#));
    for (name, word) in [("token.submit", "a b"), ("header.key", "X Key"), ("proof.number", "caseNumber")] {
        bench.settings.table = BTreeMap::from([(name.to_owned(), word.to_owned())]);
        assert_eq!(Nets.check(&bench.settings).len(), 1, "{name}");
        assert!(table::TABLE.iter().any(|row| row.name == name));
    }
}

// ---- Nets, looked for

/// An entry whose answer nobody saw.
struct Lost {
    action: &'static Action,
    entry: Entry,
    frozen: Frozen,
}

impl Lost {
    fn of(bench: &mut Bench, id: &str, form: &Form) -> Lost {
        let action = Nets.actions().iter().find(|action| action.id == id).unwrap();
        let case = bench.case(action);
        let frozen = bench.freeze(action, case.as_ref(), form).unwrap();
        let entry = write::entry("bench", action, case.as_ref(), &form.values, now());
        Lost { action, entry, frozen }
    }

    fn sent(&self) -> Sent<'_> {
        Sent { action: self.action, entry: &self.entry, frozen: &self.frozen, first_send: now() }
    }

    /// Looks at the provider for it.
    fn found(&self, bench: &mut Bench) -> Landed {
        let want = bench.provider.look(&self.sent(), &bench.settings).unwrap();
        let found = bench.ask(&want).unwrap();
        self.landed(&found)
    }

    fn landed(&self, found: &Found) -> Landed {
        Nets.landed(&self.sent(), found, &Settings::of("bench"))
    }

    /// The base case, changed, as an answer.
    fn answered(&self, change: impl FnOnce(&mut Case)) -> Landed {
        let mut case = *self.entry.draft.base.clone().unwrap();
        change(&mut case);
        self.landed(&Found::Cases(vec![case]))
    }
}

fn noted(text: &str) -> Form {
    Form::default().with_text("notes", text.to_owned())
}

fn happened(at: Option<&str>, what: &str) -> casedesk::case::Happening {
    let at = at.map(|at| Moment::parse(at).unwrap());
    casedesk::case::Happening { at, who: "issuer".into(), what: what.into() }
}

#[test]
fn an_update_is_found_by_its_note_and_its_documents() {
    for form in [noted("We saw the\nreceipt."), Form::of(&Nets.actions()[0], Fill::Full)] {
        for id in ["submit", "close", "reject", "acknowledge"] {
            let mut bench = Bench::of(&Nets);
            let lost = Lost::of(&mut bench, id, &form);
            assert!(matches!(lost.found(&mut bench), Landed::No(_)), "{id}: nothing was sent");
            let case = lost.entry.draft.base.clone();
            assert_eq!(bench.submit(lost.action, case.as_deref(), &lost.frozen).outcome, Outcome::Proven);
            match lost.found(&mut bench) {
                Landed::Yes { remote, .. } => assert_eq!(Some(remote), case.map(|case| case.id.number)),
                other => panic!("{id}: {other:?}"),
            }
        }
    }
}

#[test]
fn an_update_without_a_mark_is_never_proven() {
    let mut bench = Bench::of(&Nets);
    let lost = Lost::of(&mut bench, "close", &Form::default());
    assert!(matches!(lost.found(&mut bench), Landed::No(_)));
    let case = lost.entry.draft.base.clone();
    bench.submit(lost.action, case.as_deref(), &lost.frozen);
    assert!(matches!(lost.found(&mut bench), Landed::Unsure(_)), "a colleague may have closed it");
}

#[test]
fn what_is_not_surely_our_own_is_left_to_a_person() {
    let mut bench = Bench::of(&Nets);
    let lost = Lost::of(&mut bench, "close", &noted("ok"));
    let told = |at: Option<&'static str>, what: &'static str| {
        lost.answered(|case| {
            case.queue = "4000".into();
            case.history.push(happened(at, what));
        })
    };
    assert!(matches!(told(Some("2026-11-22T09:30:01Z"), " ok\r\n"), Landed::Yes { .. }));
    let stayed = |case: &mut Case| case.history.push(happened(Some("2026-11-22T09:30:01Z"), "ok"));
    assert!(
        matches!(lost.answered(stayed), Landed::Unsure(_)),
        "a colleague wrote the same, and nothing was closed"
    );
    assert!(matches!(told(Some("2026-11-22T09:28:00Z"), "ok"), Landed::Yes { .. }), "a slow clock");
    assert!(matches!(told(Some("2026-11-22"), "ok"), Landed::Yes { .. }), "a day without a time");
    assert!(matches!(told(Some("2026-11-22T09:27:59Z"), "ok"), Landed::Unsure(_)), "from before");
    assert!(matches!(told(None, "ok"), Landed::Unsure(_)), "without a date");
    assert!(matches!(told(Some("2026-11-22T09:31:00Z"), "okay"), Landed::Unsure(_)), "another note");
    assert!(matches!(lost.answered(|case| case.queue = "4000".into()), Landed::Unsure(_)));
    assert!(matches!(
        lost.answered(|case| case.silent.leave_out(casedesk::case::Part::History)),
        Landed::Unsure(_)
    ));
    assert!(matches!(lost.answered(|case| case.id.number = "other".into()), Landed::Unsure(_)));
    assert!(matches!(lost.answered(|_| {}), Landed::No(_)));

    let mut form = noted("ok");
    form.values.set("documents", Form::of(lost.action, Fill::Short).values.get("documents").unwrap().clone());
    form.files = Form::of(lost.action, Fill::Short).files;
    let lost = Lost::of(&mut bench, "close", &form);
    let half = lost.answered(|case| case.history.push(happened(Some("2026-11-22T09:30:01Z"), "ok")));
    assert!(matches!(half, Landed::Unsure(_)), "the note without the document");
}

#[test]
fn a_create_is_found_among_the_cases_of_its_card() {
    let mut bench = Bench::of(&Nets);
    let create = Nets.actions().iter().find(|action| action.id == "create").unwrap();
    let mut form = Form::of(create, Fill::Least);
    form.values.set_text("acqReferenceData", "74550206280123456789013");
    let lost = Lost::of(&mut bench, "create", &form);
    assert!(matches!(lost.found(&mut bench), Landed::No(_)));
    let made = bench.submit(create, None, &lost.frozen);
    match lost.found(&mut bench) {
        Landed::Yes { remote, .. } => assert_eq!(remote, made.remote),
        other => panic!("{other:?}"),
    }
    let case = bench.cases(&Want::Number(made.remote.clone())).remove(0);
    let altered = |change: &dyn Fn(&mut Case)| {
        let mut case = case.clone();
        change(&mut case);
        lost.landed(&Found::Cases(vec![case]))
    };
    assert!(matches!(altered(&|_| {}), Landed::Yes { .. }));
    assert!(matches!(altered(&|case| case.arn = "74550206280123456789014".into()), Landed::No(_)));
    assert!(matches!(altered(&|case| case.transaction_amount = None), Landed::Yes { .. }), "the disputed one");
    assert!(matches!(altered(&|case| case.arn = Raw::default()), Landed::Unsure(_)));
    assert!(matches!(altered(&|case| case.transaction_at = None), Landed::Unsure(_)));
    assert!(matches!(altered(&|case| case.opened = None), Landed::Unsure(_)));
    assert!(matches!(altered(&|case| case.opened = Moment::parse("2026-11-22T08:00:00Z")), Landed::Unsure(_)));
    assert!(matches!(altered(&|case| case.opened = Moment::parse("2026-11-20")), Landed::No(_)));
    let twin = Case { id: CaseId { number: "twin".into(), ..case.id.clone() }, ..case.clone() };
    assert!(matches!(lost.landed(&Found::Cases(vec![case, twin])), Landed::Unsure(_)));
    bench.settings.table.insert("method.disputes".into(), "GET".into());
    assert_eq!(bench.provider.look(&lost.sent(), &bench.settings), None, "no card number in an address");
}

#[test]
fn each_queue_of_nets_offers_what_its_name_means() {
    let offered = |queue: &str| {
        let id = CaseId { profile: "bench".into(), number: "1".into() };
        let case = Case { queue: queue.into(), ..Case::bare(id) };
        let on_cases = Nets.actions().iter().filter(|action| !action.makes_a_case());
        let fitting = on_cases.filter(|action| offer(action, Some(&case)) == Offer::Fits);
        fitting.map(|action| action.id).collect::<Vec<_>>().join(" ")
    };
    for (queue, verbs) in [
        ("1000", "submit close"),
        ("2000", ""),
        ("3000", "submit close"),
        ("4000", "acknowledge"),
        ("5000", "submit close reject"),
        ("6000", "submit close"),
        ("7000", "close"),
    ] {
        assert_eq!(offered(queue), verbs, "{queue}");
    }
}
