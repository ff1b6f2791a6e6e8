//! What a frame costs inside the process: a key heard by the desk and drawn into cells in memory, at two sizes; the
//! filter as it is typed; the text contract over one row. What the terminal adds is measured in `terminal`.

#[path = "terminal/seed.rs"]
#[allow(dead_code)]
mod seed;

use std::hint::black_box;

use casedesk::{
    case::{Filter, Moment, Settings},
    desk::{
        Desk, Profile, Realm, Setup, Start,
        words::{CaseFile, Effect, Event, Reading, Told},
    },
    sandbox,
    store::{Store, install_key},
    text::{Raw, own},
    view::{
        self,
        style::{Look, Signs, Theme},
    },
};
use criterion::{Criterion, criterion_group, criterion_main};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend, layout::Rect};

const CASES: usize = 2000;
const LOOK: Look = Look { theme: Theme::Default, signs: Signs::Unicode };

/// A desk without hands: what it wants from the store is answered at once.
struct Seat {
    desk: Desk,
    store: Store,
    screen: Terminal<TestBackend>,
    now: Moment,
}

impl Seat {
    fn at(place: &seed::Place, (width, height): (u16, u16)) -> Seat {
        let dir = place.dir.join("store");
        let store = Store::open(&dir, &install_key(&dir).unwrap()).unwrap();
        let profile = Profile {
            name: "nets".into(),
            provider: "Nets",
            realm: Realm::Test,
            queues: Vec::new(),
            actions: &[],
            settings: Settings::of("nets"),
        };
        let setup = Setup { profiles: vec![profile], start: Start::default() };
        let now = sandbox::clock()();
        let (desk, effects) = Desk::open(setup, Rect::new(0, 0, width, height), now);
        let screen = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut seat = Seat { desk, store, screen, now };
        seat.carry_out(effects);
        seat.draw();
        seat
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let event = match effect {
                Effect::Look { ask, query, first, rows, .. } => {
                    let window = self.store.window(&query, first, rows, self.now).unwrap();
                    Event::Rows { ask, window, around: None }
                }
                Effect::Count => Event::Places {
                    queues: self.store.queues().unwrap(),
                    views: self.store.views(self.now).unwrap(),
                },
                Effect::Open(id) => {
                    let (case, parked, read_at) = self.store.case(&id).unwrap().unwrap();
                    let file = CaseFile {
                        case,
                        parked,
                        read_at,
                        journal: Vec::new(),
                        reason: Vec::new(),
                        clock: None,
                    };
                    Event::File { id, file: Some(Box::new(file)) }
                }
                Effect::Fetch { paper, .. } => Event::Document { paper, answer: Ok(Box::new(letter())) },
                _ => continue,
            };
            let effects = self.desk.hear(Told { at: self.now, what: event });
            self.carry_out(effects);
        }
    }

    fn press(&mut self, key: KeyCode) {
        let what = Event::Key(KeyEvent::new(key, KeyModifiers::NONE));
        let effects = self.desk.hear(Told { at: self.now, what });
        self.carry_out(effects);
    }

    fn draw(&mut self) {
        self.desk.take_changed();
        let desk = &self.desk;
        self.screen.draw(|frame| view::draw(desk, LOOK, frame)).unwrap();
    }
}

/// A document of 2000 lines.
fn letter() -> Reading {
    let line = |at: usize| {
        Raw::new(format!("{at:4}  The cardholder states that the parcel of order 4711-{at} never arrived."))
            .show()
    };
    Reading {
        name: own("letter"),
        facts: vec![own("text")],
        lines: (0..2000).map(line).collect(),
        ..Reading::default()
    }
}

fn frames(c: &mut Criterion) {
    let home = tempfile::tempdir().unwrap();
    let place = seed::Place::at(&home.path().join("desk"), CASES);
    seed::seed(&place);
    for size in [(120, 40), (200, 60)] {
        let name = |what: &str| format!("{what}, {} x {}", size.0, size.1);
        let mut seat = Seat::at(&place, size);
        assert!(seat.desk.list.row().is_some() && seat.desk.file.is_some());
        c.bench_function(&name("the whole screen drawn, nothing changed"), |b| b.iter(|| seat.draw()));
        let mut keys = [KeyCode::Down, KeyCode::Up].into_iter().cycle();
        c.bench_function(&name("cursor, its case from the store, drawn"), |b| {
            b.iter(|| {
                seat.press(keys.next().unwrap_or(KeyCode::Down));
                seat.draw();
            })
        });
        seat.press(KeyCode::Enter);
        seat.press(KeyCode::Char('d'));
        assert!(seat.desk.reader.is_some());
        c.bench_function(&name("a line down in the reader, drawn"), |b| {
            b.iter(|| {
                seat.press(keys.next().unwrap_or(KeyCode::Down));
                seat.draw();
            })
        });
    }
}

fn words(c: &mut Criterion) {
    c.bench_function("filter, five terms parsed", |b| {
        b.iter(|| Filter::parse(black_box("hotel amount>100 stage:answer due<3d !visa")))
    });
    let row = [
        "2600410008",
        "G26000002",
        "6000",
        "Awaiting issuer feedback",
        "Mastercard",
        "411111******1111",
        "74550206325012345678901",
        "13.1",
        "Nordisk Hotel & Spa København",
    ]
    .map(Raw::new);
    c.bench_function("text contract, the nine texts of a row", |b| {
        b.iter(|| black_box(&row).iter().map(|text| text.cell().width()).sum::<usize>())
    });
}

criterion_group!(benches, frames, words);
criterion_main!(benches);
