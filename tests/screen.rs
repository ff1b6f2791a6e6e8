//! The screen at every size, in other looks, with hostile texts; help; and every row of the table of keys.

mod analyst;

use analyst::{Analyst, World, key_named};
use casedesk::{
    case::Column,
    desk::{
        Desk, Focus, Over, Realm, Setup, Start,
        keys::{self, Bind, Context, KEYS},
        line::Purpose,
        words::{Command, EntryKey, Event, Move, Step, Told},
    },
    text::Raw,
    view::style::{Look, Signs, Theme},
};
use ratatui::layout::Rect;

#[test]
fn every_size_of_terminal_shows_what_it_has_room_for() {
    let world = World::of(80);
    let mut ann = world.analyst_at(80, 24);
    ann.press("6 j");
    sees_screen!(ann, "80x24");
    ann.press("Enter");
    sees_screen!(ann, "80x24 case");
    ann.press("Esc").resizes(60, 20);
    sees_screen!(ann, "60x20");
    ann.press("h");
    sees_screen!(ann, "60x20 queues");
    ann.press("Enter Enter");
    sees_screen!(ann, "60x20 case");
    ann.press("Esc").resizes(200, 60);
    sees_screen!(ann, "200x60");
    ann.resizes(59, 19);
    assert_eq!(ann.screen().trim_end(), "casedesk needs 60 x 20; this is 59 x 19");
}

#[test]
fn a_terminal_that_is_too_small_takes_no_key_but_leave() {
    let world = World::of(80);
    let mut ann = world.analyst_at(59, 19);
    let (place, frames) = (ann.place.desk.list.query.place.clone(), ann.counts().frames);
    ann.press("6 n u x Enter").pastes("lost");
    assert_eq!((ann.place.desk.list.query.place.clone(), ann.counts().frames), (place, frames));
    assert!(ann.place.desk.notice.is_none());
    ann.resizes(80, 24).sees("All cases  1/78").resizes(30, 5).sees("casedesk needs 60 x 20; this").press("q");
    assert_eq!(ann.place.exit(), Some(0));
}

#[test]
fn a_terminal_of_any_size_costs_no_more_than_what_can_be_read() {
    let world = World::of(80);
    let mut ann = world.analyst();
    ann.press("6 j");
    let before = ann.screen();
    for size in [(65535, 65535), (65535, 24), (120, 65535), (5000, 5000)] {
        let (width, height) = (size.0.min(1000), size.1.min(500));
        ann.claims(size, (width, height)).sees("6000 Awaiting Dispute Submission");
        assert_eq!(ann.place.screen.get_frame().area(), Rect::new(0, 0, width, height));
        assert_eq!(ann.place.desk.area, Rect::new(0, 0, width, height));
        ann.press("j Enter w Esc Esc ? Esc Ctrl-l k").sees("q quit");
    }
    ann.claims((120, 40), (120, 40));
    assert_eq!(ann.screen(), before);
}

#[test]
fn a_storm_of_sizes_ends_with_the_right_screen() {
    let world = World::of(80);
    for open in ["6 j j", "6 Enter r", "h", "?", "6 w", ": 2 6 Enter", "/ e u r"] {
        let mut ann = world.analyst();
        ann.press(open);
        let before = ann.screen();
        let mut dice = 0x2545_f491_4f6c_dd1d_u64;
        for round in 0..300u32 {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let (width, height) = match round {
                0 => (1, 1),
                1 => (0, 0),
                2 => (500, 200),
                3 => (0, 40),
                4 => (120, 0),
                _ => ((dice % 220) as u16, (dice / 1_000_003 % 70) as u16),
            };
            let screen = ann.place.screen.backend_mut();
            screen.cells.resize(width, height);
            match round % 3 {
                // The terminal may have changed again before it is told of.
                0 => ann.tell(Event::Woken),
                _ => ann.tell(Event::Resize(width, height)),
            }
            ann.place.turn().unwrap();
        }
        ann.place.settle().unwrap();
        ann.resizes(120, 40).press("Ctrl-l");
        if !matches!(ann.place.desk.over, Over::Line(_)) {
            assert_eq!(ann.screen(), before, "after {open}");
        }
        ann.press("Esc Esc Esc");
    }
}

#[test]
fn without_colours_and_without_unicode_nothing_is_lost() {
    let world = World::of(80);
    let mut ann = world.analyst_with_look(Look { theme: Theme::Mono, signs: Signs::Ascii });
    ann.press("6 j");
    sees_screen!(ann, "ascii");
    let lines = ann.screen();
    assert!(!lines.contains(['─', '│', '▶', '▲']), "{lines}");
    ann.press("Enter").press("w");
    sees_screen!(ann, "ascii case");
    ann.press("Esc n");
    let sent = String::from_utf8(ann.place.screen.backend().bytes()).unwrap();
    for part in sent.split("\u{1b}[").skip(1) {
        let Some((numbers, _)) = part.split_once('m').filter(|(numbers, _)| numbers.bytes().all(|b| b != b'H'))
        else {
            continue;
        };
        for number in numbers.split(';') {
            let colour = number.parse().is_ok_and(|n: u32| matches!(n, 30..=38 | 40..=48 | 90..=107));
            assert!(!colour, "a colour in monochrome: {numbers}");
        }
    }
}

#[test]
fn the_background_is_never_painted() {
    let world = World::of(80);
    for (_, theme) in Theme::ALL {
        let mut ann = world.analyst_with_look(Look { theme, signs: Signs::Unicode });
        ann.press("6 Enter r / c Enter Esc ? Esc");
        let sent = String::from_utf8(ann.place.screen.backend().bytes()).unwrap();
        for colour in 40..48 {
            assert!(!sent.contains(&format!("\u{1b}[{colour}m")), "{theme:?} paints the background");
        }
        assert!(!sent.contains("\u{1b}[48;"), "{theme:?} paints the background");
    }
}

#[test]
fn hostile_texts_are_shown_in_a_safe_form_with_their_mark() {
    let world = World::of(80);
    let mut ann = world.analyst();
    for (number, shown, odd) in [
        ("2600410029", "^[[2J^[[31m", "terminal controls"),
        ("2600410085", "", "right-to-left letters"),
        ("2600410099", "<U+200B", "hidden characters"),
    ] {
        ann.commands("view all").commands(&format!("filter case:{number}"));
        assert!(ann.line_with(&format!("{number}  ")).contains('!'), "{number} is not marked");
        ann.press("Enter").sees("odd text").sees(shown).sees(odd);
        insta::assert_snapshot!(format!("hostile {number}"), ann.screen());
        ann.press("Esc");
    }
    // The clear card number that somebody typed into a note is masked, and marked.
    ann.commands("filter case:2600410043")
        .press("Enter G")
        .sees("4111 11** **** 1111")
        .sees("a card number; shown in a safe form");
    sees_screen!(ann, "card number in a note");
    // A name that is far too long.
    ann.press("Esc").commands("filter case:2600410071").press("Enter").sees("och dotterbolag i Norden");
    sees_screen!(ann, "long name");
    let sent = String::from_utf8(ann.place.screen.backend().bytes()).unwrap();
    assert!(!sent.contains("4111111111111111") && !sent.contains("4111 1111 1111 1111"));
}

#[test]
fn help_shows_every_key_and_scrolls_to_the_last() {
    let world = World::of(0);
    for (width, height) in [(120, 40), (80, 24), (60, 20)] {
        let mut ann = world.analyst_at(width, height);
        ann.press("?");
        if width == 80 {
            sees_screen!(ann, "help");
        }
        let mut seen = ann.screen();
        for _ in 0..200 {
            seen.push_str(&ann.press("j j j").screen());
        }
        let last = ann.screen();
        for bind in KEYS {
            for key in bind.keys {
                assert!(seen.contains(key), "{key} is not in the help at {width}");
            }
            let name = if bind.name.is_empty() { String::new() } else { format!(":{}", bind.name) };
            assert!(seen.contains(&name), "{name} is not in the help at {width}");
            for word in bind.says.split(' ') {
                assert!(seen.contains(word), "\"{word}\" of {} is not in the help at {width}", bind.says);
            }
        }
        assert_eq!(ann.press("G").screen(), last);
        ann.press("k PgUp Home Space End g").sees("Case list").press("q").misses("Help:");
    }
}

/// Where the analyst is, to see what a key changed.
struct Before {
    cursor: usize,
    top: usize,
    queue: usize,
    document: usize,
    sort: casedesk::case::Sort,
    requests: usize,
    stops: usize,
    copied: usize,
    hit: Option<usize>,
    case: String,
    focus: Focus,
}

fn before(ann: &Analyst<'_>) -> Before {
    let desk = &ann.place.desk;
    Before {
        cursor: desk.list.cursor,
        top: match desk.focus {
            Focus::Case => desk.position.top,
            _ => desk.reader.as_ref().map_or(0, |reader| reader.top),
        },
        queue: desk.queues.cursor,
        document: desk.position.document,
        sort: desk.list.query.sort,
        requests: ann.world.served.seen().len(),
        stops: ann.place.screen.backend().stops,
        copied: ann.copied().len(),
        hit: desk.reader.as_ref().and_then(|reader| reader.search.as_ref()).map(|search| search.at),
        case: desk.case_in_hand().map(|id| id.number.exact().to_owned()).unwrap_or_default(),
        focus: desk.focus,
    }
}

/// Stands in a pane with room on all sides.
fn stand(ann: &mut Analyst<'_>, context: Context) {
    ann.press("Esc Esc Esc").commands("view all").press("Esc").commands("sort due").press("PgDn j j");
    match context {
        Context::List | Context::Desk => {}
        Context::Queues => {
            ann.press("h g j j");
        }
        Context::Case => {
            ann.commands("2600410001").press("]");
            assert_eq!(ann.place.desk.focus, Focus::Case);
        }
        Context::Reader => {
            ann.commands("2600410001").press("r / d a t e Enter n j");
            assert_eq!(ann.place.desk.focus, Focus::Reader);
        }
        // Their keys are walked with the forms.
        Context::Form | Context::Review => panic!("no pane"),
        Context::Outbox => {
            ann.press("B");
            assert_eq!(ann.place.desk.focus, Focus::Outbox);
        }
    }
}

fn check(ann: &Analyst<'_>, context: Context, key: &str, command: &Command, was: &Before) {
    let (desk, now) = (&ann.place.desk, before(ann));
    let last = desk.list.window.matched - 1;
    let as_said = match (command, context) {
        (Command::Go(step), Context::List) => {
            let page = 23;
            now.cursor
                == match step {
                    Move::Up => was.cursor - 1,
                    Move::Down => was.cursor + 1,
                    Move::PageUp => was.cursor - page,
                    Move::PageDown => was.cursor + page,
                    Move::Top => 0,
                    Move::Bottom => last,
                }
        }
        (Command::Go(step), Context::Queues) => match step {
            Move::Up => now.queue + 1 == was.queue,
            Move::Down => now.queue == was.queue + 1,
            Move::Top | Move::PageUp => now.queue == 0,
            Move::Bottom | Move::PageDown => now.queue == desk.queues.lines.len() - 1,
        },
        (Command::Go(step), _) => match step {
            Move::Up | Move::PageUp | Move::Top => now.top <= was.top,
            Move::Down | Move::PageDown | Move::Bottom => now.top >= was.top,
        },
        (Command::Open, Context::Queues) => desk.focus == Focus::List,
        (Command::Open, _) => desk.focus == Focus::Case && now.case == was.case,
        (Command::Back, Context::Reader) => desk.focus == Focus::Case,
        (Command::Back, _) => desk.focus == Focus::List,
        (Command::Focus(_), _) => desk.focus != was.focus,
        (Command::Quit, _) => ann.place.exit() == Some(0),
        (Command::Suspend, _) => now.stops == was.stops + 1,
        (Command::Redraw, _) => true,
        (Command::Help, _) => matches!(desk.over, Over::Help { .. }),
        (Command::CommandLine, _) => line(desk, |purpose| *purpose == Purpose::Command),
        (Command::Filter, _) => line(desk, |purpose| matches!(purpose, Purpose::Filter { .. })),
        (Command::Search, _) => line(desk, |purpose| *purpose == Purpose::Search),
        (Command::Park, _) => line(desk, |purpose| matches!(purpose, Purpose::Park(_))),
        (Command::Queue(id), _) => desk.list.query.place == place(id),
        (Command::Urgent, _) => desk.focus == Focus::Case,
        (Command::SortStep(Step::Next), _) => now.sort.column == Column::Case,
        (Command::SortStep(Step::Previous), _) => now.sort.column == Column::Stage,
        (Command::Reverse, _) => now.sort.descending != was.sort.descending,
        (Command::Unpark, _) => {
            ["is unparked", "was not parked"].iter().any(|told| ann.screen().contains(told))
        }
        (Command::Why, _) => matches!(desk.over, Over::Why),
        (Command::Verbs, _) => matches!(desk.over, Over::Verbs { .. }),
        (Command::Note, _) => line(desk, |purpose| matches!(purpose, Purpose::Note(_))),
        (Command::Refresh, _) if was.focus == Focus::List => now.requests == was.requests + 7,
        (Command::Refresh, _) => now.requests == was.requests + 1,
        (Command::Copy, _) => now.copied == was.copied + 1,
        (Command::Documents, _) => desk.focus == Focus::Reader,
        (Command::Document(_), _) => now.document != was.document,
        (Command::RawView, _) => desk.focus == Focus::Reader && ann.screen().contains("raw JSON"),
        (Command::Hit(Step::Next), _) => now.hit == was.hit.map(|at| at + 1),
        (Command::Hit(Step::Previous), _) => now.hit == was.hit.map(|at| at - 1),
        (Command::Outbox, _) => desk.focus == Focus::Outbox,
        (Command::Entry(EntryKey::TakeBack), _) => {
            ann.screen().contains("nothing waits that could be taken back")
        }
        (Command::PickLines, _) => desk.reader.as_ref().is_some_and(|reader| reader.picked.is_some()),
        (Command::Fold | Command::FoldAll, _) => ann.screen().contains(" lines"),
        (Command::Aside(Step::Previous), _) => desk.focus == Focus::Case,
        (Command::Aside(Step::Next), _) => now.focus == was.focus,
        // Their own stories are told with the documents.
        (
            Command::Save(_)
            | Command::ShowOutside
            | Command::Sight
            | Command::Look(_)
            | Command::Leaf(_)
            | Command::Leaves
            | Command::Inside
            | Command::About,
            _,
        ) => desk.notice.is_some(),
        (other, _) => panic!("no key is known to give {other:?}"),
    };
    assert!(as_said, "{key} in {context:?} did not do what {command:?} says:\n{}", ann.screen());
}

fn line(desk: &Desk, is: impl Fn(&Purpose) -> bool) -> bool {
    matches!(&desk.over, Over::Line(line) if is(&line.purpose))
}

fn place(id: &str) -> casedesk::case::Place {
    casedesk::case::Place::Queue(casedesk::case::QueueId { profile: analyst::SANDBOX.into(), id: Raw::new(id) })
}

#[test]
fn every_key_of_the_table_does_what_its_row_says() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let mut walked = 0;
    // The keys of forms and of the outbox have stories of their own, with entries.
    let panes = || {
        let elsewhere = |bind: &&Bind| bind.context.is_closed() || bind.context == Context::Outbox;
        KEYS.iter().filter(move |bind| !elsewhere(bind))
    };
    for bind in panes() {
        // Save and show reach outside the screen; leaving ends the story and comes last.
        for key in bind.keys.iter().filter(|key| !["q", "S", "O"].contains(key)) {
            stand(&mut ann, bind.context);
            let command =
                keys::command(ann.place.desk.context(), &key_named(key), ann.place.desk.actions_in_hand())
                    .expect("a key of the table gives a command");
            let was = before(&ann);
            ann.press(key);
            check(&ann, bind.context, key, &command, &was);
            ann.press("Esc");
            walked += 1;
        }
    }
    let keys: usize = panes().map(|bind| bind.keys.len()).sum();
    assert_eq!(
        walked,
        keys - panes().flat_map(|bind| bind.keys).filter(|key| ["q", "S", "O"].contains(key)).count()
    );
    stand(&mut ann, Context::Desk);
    let was = before(&ann);
    ann.press("q");
    check(&ann, Context::Desk, "q", &Command::Quit, &was);
}

#[test]
fn no_key_and_no_command_harms_a_desk_without_a_single_case() {
    let world = World::of(0);
    let mut ann = world.analyst();
    ann.sees("All cases  0/0").sees("No case is in this list.");
    sees_screen!(ann, "no cases");
    for first in ["Esc", "h"] {
        for bind in KEYS.iter().filter(|bind| !bind.keys.contains(&"q")) {
            for key in bind.keys {
                ann.press(first).press(key).press("Esc Esc Esc");
            }
        }
    }
    for bind in KEYS.iter().filter(|bind| !["", "quit", "q"].contains(&bind.name)) {
        for rest in ["", " x", " 6000", " amount desc", " 4111 1111 1111 1111"] {
            ann.commands(&format!("{}{rest}", bind.name)).press("Esc Esc Esc");
        }
    }
    ann.press("Esc").commands("nobody7").is_told("nothing here or at the providers is called nobody7");
}

#[test]
fn no_key_before_the_first_answer_or_in_any_pane_panics() {
    for size in [(120, 40), (80, 24), (60, 20), (10, 3), (0, 0)] {
        let all: Vec<_> = KEYS.iter().flat_map(|bind| bind.keys).copied().collect();
        for first in &all {
            for second in &all {
                let setup = Setup { profiles: Vec::new(), start: Start::default() };
                let now = analyst::moment(analyst::MORNING);
                let (mut desk, _) = Desk::open(setup, Rect::new(0, 0, size.0, size.1), now);
                for key in [first, second, &"Enter", &"x", &"Esc"] {
                    desk.hear(Told { at: now, what: Event::Key(key_named(key)) });
                }
                assert_eq!(desk.realm(), Realm::Sandbox);
            }
        }
    }
}
