//! A desk to measure at: a store full of cases as the stand-in tells them, a configuration whose provider answers
//! nothing, and the same cases as lines of text for programs that only list and filter.

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    net::TcpListener,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use casedesk::{
    case::{Case, CaseId, Moment, QueueId, Settings},
    provider::{
        Asked, Found, Provider, Want,
        nets::{Nets, sandbox::API_KEY, sandbox::BASE},
    },
    sandbox::{self, MOST_CASES, Origin, World},
    store::{Store, install_key},
    text::Raw,
};

const PROFILE: &str = "nets";
/// One case in so many is of the merchant that is searched for.
const RARE: usize = 2000;
pub const MERCHANT: &str = "Quixotry Antiques";

/// Where everything lies that a run needs.
pub struct Place {
    pub dir: PathBuf,
    /// How many cases.
    pub cases: usize,
    /// How many of them are of the rare merchant.
    pub rare: usize,
}

impl Place {
    pub fn at(dir: &Path, cases: usize) -> Place {
        Place { dir: dir.to_owned(), cases, rare: cases.div_ceil(RARE) }
    }

    pub fn config(&self) -> PathBuf {
        self.dir.join("config.toml")
    }

    /// One header line, then a line for each case.
    pub fn rows(&self) -> PathBuf {
        self.dir.join("rows.csv")
    }

    fn store(&self) -> PathBuf {
        self.dir.join("store")
    }
}

/// Fills a directory.
pub fn seed(place: &Place) {
    configure(place);
    let key = install_key(&place.store()).unwrap();
    let mut store = Store::open(&place.store(), &key).unwrap();
    let mut rows = BufWriter::new(File::create(place.rows()).unwrap());
    writeln!(
        rows,
        "case,card,amount,currency,reason,group,due,status,network,merchant,holder,queue,opened,arn,place,papers,note"
    )
    .unwrap();
    let now = sandbox::clock()();
    let mut worlds = worlds(place.cases, now);
    let mut seen = 0;
    for queue in World::queues() {
        let mut cases = Vec::new();
        for (at, world) in worlds.iter_mut().enumerate() {
            cases.extend(answer(world, at, queue, now));
        }
        for case in &mut cases {
            if seen % RARE == 0 {
                case.merchant = Raw::new(MERCHANT);
            }
            seen += 1;
            write_row(&mut rows, case);
        }
        let id = QueueId { profile: PROFILE.into(), id: queue.into() };
        store.keep_queue(&id, &name(&cases), cases, now).unwrap();
    }
    assert_eq!(seen, place.cases);
    store.tidy().unwrap();
    rows.flush().unwrap();
}

/// The profile's address is a port of this machine that nobody listens at.
fn configure(place: &Place) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    fs::create_dir_all(&place.dir).unwrap();
    write_private(&place.dir.join("api-key"), "no key at all");
    let config = format!(
        "store = \"store\"\n\n[profile.{PROFILE}]\nprovider = \"nets\"\nenvironment = \"test\"\n\
         base = \"http://127.0.0.1:{port}/v1\"\nauth = \"api-key\"\napi-key = {{ file = \"api-key\" }}\n"
    );
    write_private(&place.config(), &config);
}

fn write_private(file: &Path, text: &str) {
    let mut open = File::options();
    let mut file = open.create(true).write(true).truncate(true).mode(0o600).open(file).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn worlds(cases: usize, now: Moment) -> Vec<World> {
    let world = |seed: usize| {
        let cases = MOST_CASES.min(cases - seed * MOST_CASES);
        sandbox::world(Origin { seed: seed as u64 + 1, cases, born: now, changes: Vec::new() })
    };
    (0..cases.div_ceil(MOST_CASES)).map(world).collect()
}

/// A queue of one world, read as the program reads it. Every world numbers its cases alike; here each gets a range of
/// its own.
fn answer(world: &mut World, at: usize, queue: &str, now: Moment) -> Vec<Case> {
    let key = vec![("authorization".to_owned(), API_KEY.to_owned())];
    let asked = Asked::new("GET", &format!("{BASE}/disputeQueue?queueId={queue}"), key, Vec::new());
    let mut answer = world.answer(&asked, now);
    let text = String::from_utf8(answer.body).unwrap();
    let text = text.replace("\"caseNumber\":\"2600", &format!("\"caseNumber\":\"26{at:02}"));
    let text = text.replace("\"documentId\":\"2600", &format!("\"documentId\":\"26{at:02}"));
    let text = text.replace("\"caseGroupNumber\":\"G26", &format!("\"caseGroupNumber\":\"G{at:02}"));
    answer.body = text.into_bytes();
    if answer.status == 204 {
        return Vec::new();
    }
    let mut found = match Nets.read(&Want::Queue(queue.into()), &answer, &Settings::of(PROFILE)) {
        Ok(Found::Cases(cases)) => cases,
        other => panic!("the stand-in's queue {queue} cannot be read: {other:?}"),
    };
    for case in &mut found {
        case.id = CaseId { profile: PROFILE.into(), number: case.id.number.clone() };
    }
    found
}

fn name(cases: &[Case]) -> Raw {
    cases.first().map_or_else(|| Raw::new("empty"), |case| case.queue.clone())
}

fn write_row(rows: &mut impl Write, case: &Case) {
    let day = |at: Option<Moment>| at.map_or_else(String::new, Moment::day);
    let amount = case.amount.map(|amount| amount.major()).unwrap_or_default();
    let currency = case.amount.and_then(|amount| amount.currency);
    let told: Vec<_> = case.history.iter().map(|told| told.what.show().into_string()).collect();
    let cells = [
        case.id.number.show().into_string(),
        case.card.show().into_string(),
        amount,
        currency.map_or_else(String::new, |currency| currency.code().to_owned()),
        case.reason.show().into_string(),
        case.group.show().into_string(),
        day(case.deadline.as_ref().map(|due| due.at)),
        case.status.show().into_string(),
        case.network.show().into_string(),
        case.merchant.show().into_string(),
        case.cardholder.show().into_string(),
        case.queue.show().into_string(),
        day(case.opened),
        case.arn.show().into_string(),
        case.merchant_place.show().into_string(),
        case.documents.iter().map(|paper| paper.name.show().into_string()).collect::<Vec<_>>().join(" "),
        told.join("; "),
    ];
    writeln!(rows, "{}", cells.map(|cell| cell.replace(',', " ")).join(",")).unwrap();
}
