//! What the program is like from outside, at a terminal: times, bytes, wake-ups and memory with many cases in the
//! store; where fzf is installed, fzf on the same rows beside it in the same run. Prints a Markdown table.
//!
//! `cargo bench --bench terminal -- [--cases N] [--rounds N] [--seed DIR]`; with `--seed` it only fills a directory
//! (`casedesk --config DIR/config.toml` opens it).
//!
//! Rounds alternate between the programs, so that a noisy minute hits both. Compare within one run only.

mod line;
mod seed;

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use line::{Answer, Line};
use seed::Place;

const CASEDESK: &str = env!("CARGO_BIN_EXE_casedesk");
const SIZE: (u16, u16) = (120, 40);
/// Here the list has no preview below it.
const SMALL: (u16, u16) = (80, 24);
const DOWN: &str = "\x1b[B";
const PAGE: &str = "\x1b[6~";
/// A key held down comes about so often.
const HELD: Duration = Duration::from_millis(33);
const IDLE: Duration = Duration::from_secs(5);

/// Samples by program and by what was measured, in the order of the first round.
#[derive(Default)]
struct Sheet {
    order: Vec<&'static str>,
    samples: BTreeMap<(&'static str, &'static str), Vec<f64>>,
}

impl Sheet {
    fn note(&mut self, program: &'static str, what: &'static str, value: f64) {
        if !self.order.contains(&what) {
            self.order.push(what);
        }
        self.samples.entry((program, what)).or_default().push(value);
    }

    fn time(&mut self, program: &'static str, what: &'static str, time: Duration) {
        self.note(program, what, time.as_secs_f64() * 1e3);
    }

    /// Times are medians, what is counted per line is an average.
    fn value(&self, program: &'static str, what: &'static str) -> Option<f64> {
        let mut samples = self.samples.get(&(program, what))?.clone();
        samples.sort_by(f64::total_cmp);
        match what.contains("a line") {
            true => Some(samples.iter().sum::<f64>() / samples.len() as f64),
            false if what.starts_with("slowest") => samples.last().copied(),
            false => samples.get(samples.len() / 2).copied(),
        }
    }

    fn print(&self, programs: &[&'static str]) {
        println!("\n| | {} | ratio |\n|---|{}---|", programs.join(" | "), "---|".repeat(programs.len()));
        for what in &self.order {
            let values: Vec<_> = programs.iter().map(|program| self.value(program, what)).collect();
            let cells: Vec<_> = values.iter().map(|value| value.map_or("–".into(), short)).collect();
            let ratio = match values.as_slice() {
                [Some(ours), Some(theirs)] if *theirs > 0.0 => short(ours / theirs),
                _ => "–".into(),
            };
            println!("| {what} | {} | {ratio} |", cells.join(" | "));
        }
    }
}

fn short(value: f64) -> String {
    match value {
        0.0 => "0".into(),
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 1000.0 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    }
}

fn main() {
    let asked: Vec<String> = env::args().skip(1).collect();
    let number = |name: &str, usual: usize| {
        let at = asked.iter().position(|word| word == name);
        at.and_then(|at| asked.get(at + 1)?.parse().ok()).unwrap_or(usual)
    };
    let (cases, rounds) = (number("--cases", 100_000), number("--rounds", 3));
    if let Some(at) = asked.iter().position(|word| word == "--seed") {
        let dir = asked.get(at + 1).expect("--seed takes a directory");
        return seed::seed(&Place::at(Path::new(dir), cases));
    }
    let home = tempfile::tempdir().unwrap();
    let place = Place::at(&home.path().join("desk"), cases);
    // In a process of its own: a large one is slow to start others from.
    let here = env::current_exe().unwrap();
    let seeded = Command::new(here).args(["--cases", &cases.to_string(), "--seed"]).arg(&place.dir).status();
    assert!(seeded.unwrap().success(), "the store could not be filled");
    let size = |file: PathBuf| fs::metadata(file).map_or(0, |facts| facts.len()) as f64 / 1_048_576.0;
    println!(
        "{cases} cases, store {:.0} MiB, rows {:.0} MiB, {rounds} rounds, {} x {}",
        size(place.dir.join("store/casedesk.db")),
        size(place.rows()),
        SIZE.0,
        SIZE.1
    );
    let fzf = ["/usr/local/bin/fzf", "/usr/bin/fzf"].into_iter().find(|file| Path::new(file).exists());
    if fzf.is_none() {
        println!("fzf is not installed: it is left out");
    }
    let mut sheet = Sheet::default();
    for round in 0..=rounds {
        let mut this = Sheet::default();
        casedesk(&place, home.path(), &mut this);
        without_preview(&place, home.path(), &mut this);
        if let Some(fzf) = fzf {
            fuzzy_finder(fzf, &place, home.path(), &mut this);
        }
        // The first round warms the caches of the machine.
        if round > 0 {
            for what in this.order {
                if !sheet.order.contains(&what) {
                    sheet.order.push(what);
                }
            }
            for (key, samples) in this.samples {
                sheet.samples.entry(key).or_default().extend(samples);
            }
        }
    }
    sheet.print(if fzf.is_some() { &[OURS, FZF] } else { &[OURS] });
}

const OURS: &str = "casedesk";
const FZF: &str = "fzf";

fn open(place: &Place, home: &Path, size: (u16, u16)) -> (Line, Answer) {
    let config = place.config();
    // Wherever the cursor was left last time.
    let listed = format!("/{} ", place.cases);
    let argv = [CASEDESK, "--config", config.to_str().unwrap()];
    Line::start(&argv, home, size, |screen| screen.contains(&listed))
}

fn casedesk(place: &Place, home: &Path, sheet: &mut Sheet) {
    let (mut line, start) = open(place, home, SIZE);
    sheet.time(OURS, "start to the list on the screen, ms", start.until);
    // The provider that does not answer is tried several times, with pauses.
    line.settle(Duration::from_secs(4));
    travel(OURS, &mut line, "\x1b[F", "\x1b[H", sheet);

    let found = format!(" 1/{} of ", place.rare);
    let whole = format!(" 1/{} ", place.cases);
    let filter = line.press_until("/quixotry", |screen| screen.contains(&found));
    sheet.time(OURS, "filter, a word typed at once, ms", filter.settled);
    line.press("\r");
    line.press_until("\x1b", |screen| screen.contains(&whole));
    line.press("/");
    for letter in ["h", "o", "t", "e", "l"] {
        each_letter(OURS, line.press(letter), sheet);
    }
    line.press("\r");
    line.press_until("\x1b", |screen| screen.contains(&whole));

    for (column, what) in [
        ("amount desc", "sort by amount, ms"),
        ("merchant", "sort by merchant, ms"),
        ("case", "sort by case number, ms"),
        ("opened", "sort by day of opening, ms"),
        ("due", "sort by deadline again, ms"),
    ] {
        line.press(&format!(":sort {column}"));
        sheet.time(OURS, what, line.press("\r").settled);
    }

    sheet.time(OURS, "open the detail, ms", line.press("\r").settled);
    sheet.time(OURS, "back to the list, ms", line.press("\x1b").settled);
    line.press("\x1b[H");
    burst(OURS, &mut line, sheet);
    idle(OURS, &mut line, sheet);
}

fn without_preview(place: &Place, home: &Path, sheet: &mut Sheet) {
    let (mut line, _) = open(place, home, SMALL);
    line.settle(Duration::from_secs(4));
    for _ in 0..15 {
        sheet.note(OURS, "cursor down without a preview (80 x 24), bytes", line.press(DOWN).bytes as f64);
    }
    line.press("\x1b[H");
    for _ in 0..57 {
        sheet.note(OURS, "scrolling without a preview (80 x 24), bytes a line", line.press(DOWN).bytes as f64);
    }
}

fn fuzzy_finder(fzf: &str, place: &Place, home: &Path, sheet: &mut Sheet) {
    let rows = place.rows();
    let run = format!(
        "exec {fzf} --layout=reverse --no-sort --header-lines=1 --bind home:first,end:last < '{}'",
        rows.display()
    );
    let whole = format!("{0}/{0}", place.cases);
    let (mut line, start) = Line::start(&["/bin/sh", "-c", &run], home, SIZE, |screen| screen.contains(&whole));
    sheet.time(FZF, "start to the list on the screen, ms", start.until);
    line.settle(Duration::from_millis(300));
    travel(FZF, &mut line, "\x1b[F", "\x1b[H", sheet);
    let found = format!(" {}/{}", place.rare, place.cases);
    let filter = line.press_until("'quixotry", |screen| screen.contains(&found));
    sheet.time(FZF, "filter, a word typed at once, ms", filter.settled);
    line.press_until("\x15", |screen| screen.contains(&whole));
    line.settle(Duration::from_millis(300));
    for letter in ["h", "o", "t", "e", "l"] {
        each_letter(FZF, line.press(letter), sheet);
        line.settle(Duration::from_millis(150));
    }
    line.press_until("\x15", |screen| screen.contains(&whole));
    line.settle(Duration::from_millis(300));
    burst(FZF, &mut line, sheet);
    idle(FZF, &mut line, sheet);
}

/// Moves that both programs know.
fn travel(program: &'static str, line: &mut Line, end: &str, home: &str, sheet: &mut Sheet) {
    line.press(home);
    for _ in 0..20 {
        let down = line.press(DOWN);
        sheet.time(program, "cursor down, ms", down.settled);
        sheet.note(program, "cursor down, bytes", down.bytes as f64);
    }
    for _ in 0..10 {
        let page = line.press(PAGE);
        sheet.time(program, "page, ms", page.settled);
        sheet.note(program, "page, bytes", page.bytes as f64);
    }
    for _ in 0..3 {
        sheet.time(program, "end, ms", line.press(end).settled);
        sheet.time(program, "home, ms", line.press(home).settled);
    }
    // Far enough that the list has to move.
    let there = line.hold(DOWN, 45, Duration::ZERO);
    debug_assert!(there.bytes > 0);
    for _ in 0..60 {
        sheet.note(program, "scrolling, bytes a line", line.press(DOWN).bytes as f64);
    }
    let held = line.hold(DOWN, 60, HELD);
    sheet.note(program, "scrolling at 30 keys a second, bytes a line", held.bytes as f64 / 60.0);
    line.press(home);
}

fn each_letter(program: &'static str, answer: Answer, sheet: &mut Sheet) {
    sheet.time(program, "each letter of a filter, ms", answer.settled);
    sheet.time(program, "slowest letter of a filter, ms", answer.settled);
}

fn burst(program: &'static str, line: &mut Line, sheet: &mut Sheet) {
    const KEYS: usize = 200;
    let burst = line.press(&DOWN.repeat(KEYS));
    sheet.note(program, "200 keys at once, keys a second", KEYS as f64 / burst.settled.as_secs_f64());
    sheet.note(program, "200 keys at once, bytes a key", burst.bytes as f64 / KEYS as f64);
}

fn idle(program: &'static str, line: &mut Line, sheet: &mut Sheet) {
    line.settle(Duration::from_millis(500));
    let before = line.used();
    let bytes = line.bytes_in(IDLE);
    let after = line.used();
    sheet.note(program, "at rest for 5 s, bytes", bytes as f64);
    sheet.note(program, "at rest for 5 s, wake-ups", (after.switches - before.switches) as f64);
    sheet.note(program, "at rest for 5 s, processor time, ms", (after.ticks - before.ticks) as f64 * 10.0);
    sheet.note(program, "peak memory, MiB", after.peak as f64 / 1024.0);
}
