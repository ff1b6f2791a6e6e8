//! What the desk does not do: draw without need, write more than it must, wake up for nothing.

mod analyst;

use analyst::{Analyst, World};
use casedesk::{case::Moment, desk::words::Event};

/// What was written since there were so many bytes, to be read.
fn since(ann: &Analyst<'_>, bytes: usize) -> String {
    String::from_utf8_lossy(&ann.place.screen.backend().bytes()[bytes..]).into_owned()
}

fn bytes_of(ann: &mut Analyst<'_>, keys: &str) -> usize {
    let before = ann.bytes();
    ann.press(keys);
    ann.bytes() - before
}

#[test]
fn at_rest_nothing_happens() {
    let world = World::of(80);
    let mut ann = world.analyst();
    let (counts, bytes) = (ann.counts(), ann.bytes());
    assert_eq!(counts.pending, 0);
    // A key that means nothing is the only event; had anything else come, it would be counted with it.
    ann.press("Z");
    assert_eq!(ann.counts().events, counts.events + 1);
    assert_eq!((ann.counts().frames, ann.bytes()), (counts.frames, bytes));
}

#[test]
fn a_key_that_means_nothing_draws_nothing_anywhere() {
    let world = World::of(80);
    let mut ann = world.analyst();
    for open in ["6", "h", "Tab Enter", "r", "q q ?", "Esc w", "Esc : 2 6 0 0 4 1 Enter"] {
        ann.press(open);
        let (counts, bytes) = (ann.counts(), ann.bytes());
        ann.press("Z X ! Ctrl-y");
        assert_eq!((ann.counts().frames, ann.bytes()), (counts.frames, bytes), "after {open}");
    }
    ann.press("Esc");
}

#[test]
fn at_the_end_there_is_nothing_to_draw() {
    let world = World::of(80);
    let mut ann = world.analyst();
    for (to_the_end, on) in [
        ("G", "j Down PgDn G"),
        ("g", "k PgUp g"),
        ("h G", "j"),
        ("g", "k"),
        ("Enter Enter g", "k"),
        ("G", "j PgDn"),
        ("r G", "j"),
    ] {
        ann.press(to_the_end);
        let (frames, bytes) = (ann.counts().frames, ann.bytes());
        ann.press(on);
        assert_eq!((ann.counts().frames, ann.bytes()), (frames, bytes), "{on} after {to_the_end}");
    }
}

#[test]
fn held_keys_end_at_the_right_row_and_draw_few_frames() {
    let world = World::of(400);
    let mut ann = world.analyst();
    let before = ann.counts();
    ann.press_at_once(&"j ".repeat(200));
    assert_eq!(ann.place.desk.list.cursor, 200);
    // All keys are heard before the first frame; then come the rows, the case, and the case under the last row.
    let frames = ann.counts().frames - before.frames;
    assert!(frames <= 4, "{frames} frames for 200 keys that came at once");
    assert!(ann.line_with("▶  ").contains(ann.place.desk.list.row().unwrap().number.as_str()));
    let before = ann.counts().frames;
    ann.press_at_once(&"k ".repeat(1000));
    assert_eq!(ann.place.desk.list.cursor, 0);
    assert!(ann.counts().frames - before <= 4);
    ann.press_at_once(&"j k ".repeat(100));
    assert_eq!(ann.place.desk.list.cursor, 0);
    // Held in the queue pane: one line a key, and the list of the last one.
    ann.press("h g");
    let before = ann.counts().frames;
    ann.press_at_once(&"j ".repeat(5)).sees("─ 6000 Awaiting Dispute Submission  1/");
    assert!(ann.counts().frames - before <= 5);
}

#[test]
fn a_step_of_the_cursor_costs_few_bytes() {
    let world = World::of(400);
    let mut ann = world.analyst_at(80, 24);
    for key in ["j", "j", "k", "Down", "j", "k"] {
        let before = ann.bytes();
        let bytes = bytes_of(&mut ann, key);
        assert!((1..=120).contains(&bytes), "{bytes} bytes for {key} at 80x24: {:?}", since(&ann, before));
    }
    let mut ann = world.analyst();
    for key in ["j", "j", "k", "j", "j", "j", "j"] {
        let bytes = bytes_of(&mut ann, key);
        assert!((1..=900).contains(&bytes), "{bytes} bytes for {key} at 120x40");
    }
}

#[test]
fn scrolling_costs_few_bytes_a_line() {
    let world = World::of(400);
    let mut ann = world.analyst();
    let before = ann.bytes();
    for _ in 0..200 {
        ann.press("j");
    }
    let each = (ann.bytes() - before) / 200;
    assert_eq!(ann.place.desk.list.cursor, 200);
    println!("stepped: {each} bytes a line");
    assert!(each <= 900, "{each} bytes a line, each key drawn with its preview");
    // Held: the keys of one frame's time come together.
    ann.press("g");
    let before = ann.bytes();
    for _ in 0..50 {
        ann.press_at_once("j j j j");
    }
    let each = (ann.bytes() - before) / 200;
    println!("held: {each} bytes a line");
    assert!(each <= 600, "{each} bytes a line");
}

#[test]
fn the_desk_wakes_when_a_time_left_changes_its_words_and_draws_only_that() {
    let world = World::of(80);
    let mut ann = world.analyst();
    for _ in 0..12 {
        let at = ann.place.desk.wake().expect("deadlines are on the screen");
        let (before, frames) = (ann.screen(), ann.counts().frames);
        // Nothing changes until then, even if it were drawn.
        ann.waits_until(&at.plus(-1).rfc3339());
        assert_eq!(ann.counts().frames, frames);
        ann.tell(Event::Woken);
        ann.settle();
        assert_eq!(ann.screen(), before);
        let (bytes, frames) = (ann.bytes(), ann.counts().frames);
        ann.waits_until(&at.rfc3339());
        assert_eq!(ann.counts().frames, frames + 1);
        let changed = changed(&before, &ann.screen());
        assert!(!changed.is_empty(), "woken at {} for nothing", at.rfc3339());
        for (was, is) in &changed {
            assert!(is_time_left(was, is), "not only a time left changed: {was:?} became {is:?}");
        }
        assert!(ann.bytes() - bytes <= 100 * changed.len(), "{} bytes", ann.bytes() - bytes);
        assert!(ann.place.desk.wake().unwrap() > at);
    }
}

#[test]
fn nothing_wakes_the_desk_where_no_time_is_shown() {
    let world = World::of(80);
    let mut ann = world.analyst_at(60, 20);
    ann.commands("columns case merchant amount");
    assert_eq!(ann.place.desk.wake(), None);
    ann.commands("columns due case");
    assert!(ann.place.desk.wake().is_some());
    ann.resizes(59, 19);
    assert_eq!(ann.place.desk.wake(), None);
    let world = World::of(0);
    assert_eq!(world.analyst().place.desk.wake(), None::<Moment>);
}

/// The words of both screens that differ.
fn changed(before: &str, after: &str) -> Vec<(String, String)> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (words(before), words(after));
    assert_eq!(before.len(), after.len(), "more than words changed");
    before.into_iter().zip(after).filter(|(was, is)| was != is).collect()
}

fn is_time_left(was: &str, is: &str) -> bool {
    let plain = |word: &str| {
        word.trim_matches(['(', ')', '-']).trim_end_matches(['d', 'h', 'm']).parse::<u32>().is_ok()
    };
    let label = |word: &str| ["due", "overdue", "deadline", "since"].contains(&word);
    (plain(was) && plain(is)) || (label(was) && label(is))
}
