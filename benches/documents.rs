//! The reader beside the tools that people know, over a folder of documents of your own:
//!
//! ```text
//! CASEDESK_DOCUMENTS=~/papers cargo bench --bench documents
//! ```
//!
//! For each PDF the text beside that of `pdftotext -layout` and the first page beside that of `pdftoppm`; for each TIFF
//! the pages beside those of `tiffinfo`, with what each took (wall time of a process, this program's with its worker).
//! Prints shares and medians, asserts nothing; says what is not installed. Without a folder it reads the samples.

use std::{
    collections::{HashMap, HashSet},
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_casedesk");

fn main() {
    if env::args().any(|argument| argument == "--test") {
        // `cargo test --benches` runs it too: there is nothing to find out then.
        return;
    }
    let folder = env::var_os("CASEDESK_DOCUMENTS").map_or_else(|| PathBuf::from("assets"), PathBuf::from);
    let mut files = Vec::new();
    gather(&folder, &mut files);
    files.sort();
    println!("{} files below {}", files.len(), folder.display());
    let of = |marks: &[&[u8]]| -> Vec<&PathBuf> {
        let begins =
            |path: &&PathBuf| fs::read(path).is_ok_and(|bytes| marks.iter().any(|m| bytes.starts_with(m)));
        files.iter().filter(begins).collect()
    };
    texts(&of(&[b"%PDF-"]));
    pictures(&of(&[b"%PDF-"]));
    faxes(&of(&[b"II*\0", b"MM\0*"]));
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { gather(&path, files) } else { files.push(path) }
    }
}

/// Standard output and the time it took; nothing where it failed.
fn run(program: &str, words: &[&str]) -> Option<(String, Duration)> {
    let began = Instant::now();
    let done = Command::new(program).args(words).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let took = began.elapsed();
    done.status.success().then(|| (String::from_utf8_lossy(&done.stdout).into_owned(), took))
}

fn is_missing(program: &str) -> bool {
    let missing = Command::new(program).arg("-v").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err();
    if missing {
        println!("{program} is not installed: its comparison is left out");
    }
    missing
}

/// How alike two bags are: shared members through all members.
fn alike<'t>(one: impl Iterator<Item = &'t str>, other: impl Iterator<Item = &'t str>) -> f64 {
    let bag = |words: &mut dyn Iterator<Item = &'t str>| {
        words.fold(HashMap::new(), |mut bag: HashMap<&str, u32>, word| {
            *bag.entry(word).or_default() += 1;
            bag
        })
    };
    let (one, other) = (bag(&mut { one }), bag(&mut { other }));
    let words: HashSet<_> = one.keys().chain(other.keys()).copied().collect();
    let count = |bag: &HashMap<&str, u32>, word: &str| bag.get(word).copied().unwrap_or(0);
    let shared: u32 = words.iter().map(|word| count(&one, word).min(count(&other, word))).sum();
    let all: u32 = words.iter().map(|word| count(&one, word).max(count(&other, word))).sum();
    if all == 0 { 1.0 } else { f64::from(shared) / f64::from(all) }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn share(values: &[f64], least: f64) -> f64 {
    let many = values.iter().filter(|value| **value >= least).count();
    100.0 * many as f64 / values.len().max(1) as f64
}

fn texts(files: &[&PathBuf]) {
    if files.is_empty() || is_missing("pdftotext") {
        return;
    }
    let (mut words, mut lines, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let path = file.to_string_lossy();
        let Some((theirs, their_time)) = run("pdftotext", &["-layout", &path, "-"]) else { continue };
        if theirs.split_whitespace().count() < 5 {
            continue;
        }
        let (ours, our_time) = run(PROGRAM, &["doc", "show", &path, "--layout"]).unwrap_or_default();
        words.push(alike(ours.split_whitespace(), theirs.split_whitespace()));
        let tidy = |text: &str| -> Vec<String> {
            let tidy = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
            tidy.filter(|line| !line.is_empty()).collect()
        };
        let (ours, theirs) = (tidy(&ours), tidy(&theirs));
        lines.push(alike(ours.iter().map(String::as_str), theirs.iter().map(String::as_str)));
        ratios.push(our_time.as_secs_f64() / their_time.as_secs_f64());
    }
    println!("text of {} PDFs beside pdftotext -layout:", words.len());
    println!("  words alike >= 0.8: {:.1} %, median {:.3}", share(&words, 0.8), median(words.clone()));
    println!("  lines alike >= 0.8: {:.1} %, median {:.3}", share(&lines, 0.8), median(lines.clone()));
    println!("  time: median ratio {:.2}", median(ratios));
}

fn pictures(files: &[&PathBuf]) {
    if files.is_empty() || is_missing("pdftoppm") {
        return;
    }
    let scratch = env::temp_dir().join(format!("casedesk-documents-{}", std::process::id()));
    let (mut theirs, mut both, mut ratios) = (0, 0, Vec::new());
    for file in files {
        let path = file.to_string_lossy();
        let words = ["-r", "72", "-scale-to-x", "1000", "-scale-to-y", "-1", "-f", "1", "-l", "1", &path];
        let Some((_, their_time)) = run("pdftoppm", &words) else { continue };
        theirs += 1;
        let to = scratch.with_extension("png");
        let out = to.to_string_lossy();
        if let Some((_, our_time)) = run(PROGRAM, &["doc", "show", &path, "--png", "--page", "1", "-o", &out]) {
            both += 1;
            ratios.push(our_time.as_secs_f64() / their_time.as_secs_f64());
        }
        let _ = fs::remove_file(to);
    }
    println!("first page of {theirs} PDFs that pdftoppm shows, 1000 pixels wide: {both} are shown here");
    println!("  time, as PNG: median ratio {:.2}", median(ratios));
}

fn faxes(files: &[&PathBuf]) {
    if files.is_empty() || is_missing("tiffinfo") {
        return;
    }
    let (mut theirs, mut same) = (0, 0);
    for file in files {
        let path = file.to_string_lossy();
        let Some((told, _)) = run("tiffinfo", &[&path]) else { continue };
        // Newer ones say it twice for each page.
        let pages = told.matches("TIFF Directory at").count().max(told.matches("=== TIFF directory").count());
        theirs += 1;
        let ours = run(PROGRAM, &["doc", "show", &path, "--json"]);
        let ours = ours.and_then(|(told, _)| serde_json::from_str::<serde_json::Value>(&told).ok());
        let count = ours.and_then(|told| told["pages"].as_array().map(Vec::len));
        same += usize::from(count == Some(pages.max(1)));
    }
    println!("pages of {theirs} TIFFs that tiffinfo reads: the same count for {same}");
}
