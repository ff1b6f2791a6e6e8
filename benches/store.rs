//! What the store costs with many cases in it. `CASEDESK_BENCH_CASES` sets how many (100,000 unless said otherwise).

use std::fs::Permissions;
use std::hint::black_box;
use std::os::unix::fs::PermissionsExt;
use std::time::Instant;

use casedesk::case::{
    Case, CaseId, Column, Currency, Deadline, Filter, Moment, Money, Place, Query, QueueId, Sort, Stage, View,
    Whose,
};
use casedesk::store::{Store, install_key};
use casedesk::text::Raw;
use criterion::{BatchSize, Criterion};
use tempfile::TempDir;

const NOW: Moment = Moment(1_795_000_000_000);
const FIRST: [&str; 20] = [
    "Nordic", "Blue", "Urban", "Global", "Prime", "Sunny", "Royal", "Metro", "Alpine", "Pacific", "Golden",
    "Silver", "Rapid", "Green", "Vista", "Harbor", "Atlas", "Delta", "Orion", "Zenith",
];
const SECOND: [&str; 10] =
    ["Travel", "Airlines", "Grocers", "Hotels", "Pharmacy", "Gaming", "Tickets", "Motors", "Books", "Telecom"];

/// A sequence of numbers that looks random and is the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len() as u64) as usize]
    }
}

fn cases(from: usize, count: usize) -> Vec<Case> {
    let mut dice = Dice(from as u64 + 7);
    (from..from + count).map(|at| case(at, &mut dice)).collect()
}

fn case(at: usize, dice: &mut Dice) -> Case {
    let number = format!("CB-2025-{at:08}");
    let opened = NOW.plus_days(-(dice.roll(170) as i64));
    let merchant = match dice.roll(2000) {
        0 => "Quixotry Antiques Ltd".to_owned(),
        _ => {
            format!("{} {} {}", dice.of(&FIRST), dice.of(&SECOND), dice.of(&["GmbH", "Ltd", "LLC", "AB", "Oy"]))
        }
    };
    let arn = format!("7{:011}{:011}", dice.roll(100_000_000_000), dice.roll(100_000_000_000));
    let raw = format!(
        r#"{{"caseNumber":"{number}","merchantName":"{merchant}","arn":"{arn}","amount":{},"note":"cardholder claims parcel never arrived ref {:09}","analyst":"a.meyer","scheme":"visa","status":"open"}}"#,
        dice.roll(100_000),
        dice.roll(1_000_000_000),
    );
    Case {
        group: format!("G{}", at / 3).into(),
        queue: "1000".into(),
        stage: Stage::ALL[dice.roll(7) as usize],
        status: dice.of(&["open", "evidence_due", "under_review", "representment", "accepted"]).into(),
        network: dice.of(&["visa", "mastercard", "amex"]).into(),
        card: format!("{}******{:04}", 400_000 + dice.roll(159_999), dice.roll(10_000)).into(),
        cardholder: dice.of(&["Ann Nielsen", "Bo Lindqvist", "Mary Okafor", "Rei Tanaka"]).into(),
        arn: arn.into(),
        reason: dice.of(&["10.4", "13.1", "13.3", "12.6", "4853", "4837", "C08"]).into(),
        merchant: merchant.into(),
        amount: Some(Money {
            minor: dice.roll(100_000) as i64,
            currency: Currency::parse(dice.of(&["EUR", "USD", "SEK", "JPY"])),
        }),
        opened: Some(opened),
        updated: Some(opened.plus_days(dice.roll(9) as i64)),
        deadline: Some(Deadline { at: opened.plus_days(7 + dice.roll(38) as i64), whose: Whose::Provider }),
        raw: raw.into(),
        ..Case::bare(CaseId { profile: "nets-live".into(), number: number.into() })
    }
}

fn queue(number: usize) -> QueueId {
    QueueId { profile: "nets-live".into(), id: number.to_string().into() }
}

fn desk() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o700)).tempdir().unwrap()
}

fn open(dir: &TempDir) -> Store {
    Store::open(dir.path(), &install_key(dir.path()).unwrap()).unwrap()
}

fn load(store: &mut Store) {
    while store.load_some(5000).unwrap() {}
}

/// Resident memory in MiB (Linux; proc(5), statm).
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: f64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0.0);
    pages * 4096.0 / 1_048_576.0
}

fn seeded(count: usize) -> TempDir {
    let dir = desk();
    let mut store = open(&dir);
    for (number, from) in (0..count).step_by(20_000).enumerate() {
        let answer = cases(from, 20_000.min(count - from));
        store.keep_queue(&queue(1000 + number), &Raw::from("queue"), answer, NOW).unwrap();
    }
    store.tidy().unwrap();
    dir
}

fn start(c: &mut Criterion, dir: &TempDir) {
    let query = Query::at(Place::View(View::All));
    c.bench_function("open + first window", |b| {
        b.iter(|| open(dir).window(&query, 0, 40, NOW).unwrap().rows.len())
    });
    let before = resident();
    let began = Instant::now();
    let mut store = open(dir);
    load(&mut store);
    println!("index loaded in {:?}, {:.1} MiB resident more", began.elapsed(), resident() - before);
}

fn list(c: &mut Criterion, dir: &TempDir, count: usize) {
    let mut store = open(dir);
    let mut from_file = open(dir);
    load(&mut store);
    let everything = Query::at(Place::View(View::All));
    for (name, first) in [("top", 0), ("middle", count / 2), ("end", count)] {
        c.bench_function(&format!("window, {name}"), |b| {
            b.iter(|| store.window(&everything, first, 40, NOW).unwrap().rows.len())
        });
    }
    c.bench_function("window, middle, before the index", |b| {
        b.iter(|| from_file.window(&everything, count / 2, 40, NOW).unwrap().rows.len())
    });
    c.bench_function("next urgent", |b| b.iter(|| store.next_urgent(None, NOW).unwrap()));
    c.bench_function("views", |b| b.iter(|| store.views(NOW).unwrap()));
    let typed = |text: &str| Query { filter: Filter::parse(text).0, ..everything.clone() };
    for text in ["quixotry", "qxtr", "e", "74000000", "amount>500 stage:answer", "zzzz"] {
        let query = typed(text);
        c.bench_function(&format!("filter: {text}"), |b| {
            b.iter(|| {
                // Another question in between, so that nothing is left to narrow or to repeat.
                store.window(&everything, 0, 1, NOW).unwrap();
                store.window(&query, 0, 40, NOW).unwrap().matched
            })
        });
    }
    c.bench_function("filter: quixotry, letter by letter", |b| {
        b.iter(|| {
            store.window(&everything, 0, 1, NOW).unwrap();
            (1..=8)
                .map(|end| store.window(&typed(&"quixotry"[..end]), 0, 40, NOW).unwrap().matched)
                .sum::<usize>()
        })
    });
    for column in Column::ALL {
        // Three other orders in between, so that this one is forgotten.
        let others: Vec<Column> = Column::ALL.into_iter().filter(|other| *other != column).take(4).collect();
        let sort = |column| Query { sort: Sort { column, descending: true }, ..everything.clone() };
        c.bench_function(&format!("sort: {}", column.name()), |b| {
            b.iter_custom(|times| {
                let mut spent = std::time::Duration::ZERO;
                for _ in 0..times {
                    others.iter().for_each(|other| _ = store.window(&sort(*other), 0, 1, NOW).unwrap());
                    let began = Instant::now();
                    black_box(store.window(&sort(column), 0, 40, NOW).unwrap());
                    spent += began.elapsed();
                }
                spent
            })
        });
    }
    c.bench_function("one case changes, then a window", |b| {
        let mut changed = cases(0, 1);
        let mut turn = 0;
        b.iter(|| {
            turn += 1;
            changed[0].status = turn.to_string().into();
            store.keep_cases(changed.clone(), NOW).unwrap();
            store.window(&everything, 0, 40, NOW).unwrap().rows.len()
        })
    });
}

/// What anybody would do: parse the answer, put the cases into a table with an index.
fn plain(dir: &TempDir, answer: &str) -> usize {
    let db = rusqlite::Connection::open(dir.path().join("plain.db")).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
         CREATE TABLE dispute(number TEXT PRIMARY KEY, due INTEGER, merchant TEXT, status TEXT, raw TEXT);
         CREATE INDEX dispute_due ON dispute(due);",
    )
    .unwrap();
    let write = db.unchecked_transaction().unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(answer).unwrap();
    let mut insert = write.prepare("INSERT INTO dispute VALUES (?1, ?2, ?3, ?4, ?5)").unwrap();
    for (at, case) in cases.iter().enumerate() {
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        let raw = case.to_string();
        let due = (at * 7919 % 86_400) as i64;
        insert.execute((text("caseNumber"), due, text("merchantName"), text("status"), raw)).unwrap();
    }
    drop(insert);
    write.commit().unwrap();
    cases.len()
}

fn keep(c: &mut Criterion) {
    let answer = cases(0, 20_000);
    let texts: Vec<&str> = answer.iter().map(|case| case.raw.exact()).collect();
    let json = format!("[{}]", texts.join(","));
    c.bench_function("20,000 cases: parse + plain insert", |b| {
        b.iter_batched(desk, |dir| (plain(&dir, &json), dir), BatchSize::PerIteration)
    });
    c.bench_function("20,000 cases: parse alone", |b| {
        b.iter(|| serde_json::from_str::<Vec<serde_json::Value>>(&json).unwrap().len())
    });
    let fresh = || {
        let dir = desk();
        (open(&dir), dir, answer.clone())
    };
    c.bench_function("20,000 cases: keep a new queue", |b| {
        b.iter_batched(
            fresh,
            |(mut store, dir, cases)| {
                (store.keep_queue(&queue(1), &"q".into(), cases, NOW).unwrap(), store, dir)
            },
            BatchSize::PerIteration,
        )
    });
    let dir = desk();
    let mut store = open(&dir);
    store.keep_queue(&queue(1), &"q".into(), answer.clone(), NOW).unwrap();
    c.bench_function("20,000 cases: keep an unchanged queue", |b| {
        b.iter_batched(
            || answer.clone(),
            |cases| store.keep_queue(&queue(1), &"q".into(), cases, NOW).unwrap(),
            BatchSize::PerIteration,
        )
    });
}

fn main() {
    let count =
        std::env::var("CASEDESK_BENCH_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(std::time::Duration::from_millis(200))
        .measurement_time(std::time::Duration::from_secs(1))
        .without_plots()
        .configure_from_args();
    let dir = seeded(count);
    start(&mut criterion, &dir);
    list(&mut criterion, &dir, count);
    keep(&mut criterion);
    criterion.final_summary();
}
