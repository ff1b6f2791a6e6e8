//! Reading the evidence: what an analyst sees of PDF, fax and mail, searches and copies; and what a hostile document
//! costs.

#[macro_use]
mod analyst;
mod scribe;
mod shell;

use std::{path::Path, time::Instant};

use analyst::{Analyst, World};
use casedesk::{
    case::{Paper, Turn, Viewport},
    desk::words::{PaperId, Reading, Unread},
    document::Why,
    run::papers::{
        Papers,
        laying::{lay_out, unopened},
        lectern::Lectern,
        worker::{PATIENCE, Worker},
    },
    run::{Teller, clock::Clock},
    sandbox::Trouble,
    text::Raw,
};
use scribe::{line, one};
use shell::Shell;

const PROGRAM: &str = env!("CARGO_BIN_EXE_casedesk");

/// The first document of a case is this one.
fn brings(world: &World, media: &'static str, bytes: impl Into<Vec<u8>>) {
    world.served.troubles.next(1, "/disputes/document/", Trouble::Says(200, media, bytes.into()));
}

fn reads<'w>(world: &'w World, media: &'static str, bytes: impl Into<Vec<u8>>) -> Analyst<'w> {
    let mut ann = world.analyst();
    brings(world, media, bytes);
    ann.commands("2600410008").press("d");
    ann
}

fn invoice() -> Vec<u8> {
    let rows = [
        (780.0, vec![(50.0, "INVOICE 2026-1187")]),
        (740.0, vec![(50.0, "Item"), (300.0, "Pieces"), (420.0, "Price")]),
        (726.0, vec![(50.0, "Kettle, steel"), (300.0, "1"), (420.0, "59.00")]),
        (712.0, vec![(50.0, "Shipping"), (300.0, "1"), (420.0, "4.50")]),
        (660.0, vec![(50.0, "Paid with 4111 1111 1111 1111")]),
        (640.0, vec![(50.0, "Kettle number two was free of charge")]),
    ];
    let draws: Vec<_> = rows
        .iter()
        .flat_map(|(y, cells)| cells.iter().map(move |(x, text)| line("F2", 10.0, *x, *y, text)))
        .collect();
    one(&draws.concat())
}

#[test]
fn an_invoice_is_read_with_its_columns_searched_and_seen_as_a_picture() {
    let world = World::of(12);
    let mut ann = reads(&world, "application/pdf", invoice());
    ann.sees("INVOICE 2026-1187").misses("4111 1111 1111 1111").misses("4111111111111111");
    sees_screen!(ann, "invoice as text");
    let price = |text: &str| ann.line_with(text).find("Price").or(ann.line_with(text).find("59.00"));
    assert_eq!(price("Item"), price("Kettle, steel"), "{}", ann.screen());
    ann.press("/").types("kettle").press("Enter").sees("hit 1 of 2").press("n").sees("hit 2 of 2");
    // The picture is half blocks here: its words are gone, its place on the page is told.
    ann.press("v").sees("width 100 %").misses("INVOICE 2026-1187");
    ann.press("+").sees("width 125 %").press("-").sees("width 100 %").press("=").sees("page 100 %");
    ann.press("t i").press("n").sees("hit 1 of 2").press("v").sees("INVOICE 2026-1187");
    ann.press("D").sees("SHA-256").sees("page size").sees("card scheme").press("Esc");
    ann.press("Esc").sees("Timeline");
    ann.leaves();
}

#[test]
fn where_a_document_was_left_it_is_taken_up() {
    let world = World::of(12);
    let letter: String = (1..=90).map(|number| format!("line {number} of the letter\n")).collect();
    let mut ann = reads(&world, "text/plain", letter);
    ann.press("PgDn").sees("line 40 of the letter");
    let top = ann.place.desk.reader.as_ref().unwrap().top;
    ann.press("Esc Enter");
    assert_eq!(ann.place.desk.reader.as_ref().unwrap().top, top);
    // The next day, too.
    ann.leaves();
    let mut ann = world.analyst();
    ann.commands("2600410008").press("d").sees("line 40 of the letter");
    assert_eq!(ann.place.desk.reader.as_ref().unwrap().top, top);
}

#[test]
fn a_fax_of_three_pages_is_seen_page_by_page() {
    let world = World::of(12);
    let fax = include_bytes!("../assets/documents/dispute-form.tif");
    let mut ann = reads(&world, "image/tiff", fax.as_slice());
    ann.sees("TIFF").sees("page 1/3  width 100 %");
    ann.press("J").sees("page 2/3").press("K").sees("page 1/3").press("K").sees("this is the first page");
    // Down to the end of one page, and on to the next.
    for _ in 0..8 {
        ann.press("PgDn");
    }
    ann.misses("page 1/3");
    ann.press("P").sees("3 pages: Enter goes there").press("G Enter").sees("page 3/3");
    ann.commands("leaf 2").sees("page 2/3").commands("leaf 9").sees("the last page is 3");
    ann.press("v").sees("This page is a picture without text");
    ann.commands("images").sees("pictures as half blocks");
}

/// Two pages of a few lines: both are seen on one screen.
fn two_pages() -> Vec<u8> {
    let (first, second) =
        (line("F2", 10.0, 50.0, 780.0, "ordered"), line("F2", 10.0, 50.0, 780.0, "total 9.00"));
    scribe::write(&scribe::Document {
        pages: vec![scribe::page(&first), scribe::page(&second)],
        ..scribe::Document::default()
    })
}

#[test]
fn the_page_that_was_gone_to_or_found_on_is_the_one_that_is_seen() {
    let world = World::of(12);
    let mut ann = reads(&world, "application/pdf", two_pages());
    ann.sees("page 1/2").press("J").sees("page 2/2").press("v").sees("page 2/2  width");
    ann.press("v").sees("page 2/2").press("K").sees("page 1/2");
    ann.press("/")
        .types("total")
        .press("Enter")
        .sees("hit 1 of 1")
        .sees("page 2/2")
        .press("v")
        .sees("page 2/2  width");
    // What says which page it is was not written by anybody.
    ann.press("v /").types("page").press("Enter").is_told("\"page\" is not in this text");
    let world = World::of(12);
    let mut ann = reads(&world, "image/png", include_bytes!("../assets/documents/chat.png").as_slice());
    ann.press("/").types("order").press("Enter").is_told("has no text to search");
}

#[test]
fn what_is_odd_is_told_and_ordinary_numbers_are_not_masked() {
    let read = |bytes: &[u8]| match Lectern::open(Path::new(PROGRAM), paper(bytes), None) {
        Ok(mut lectern) => lay_out(&mut lectern),
        Err((paper, why)) => unopened(&paper, &why),
    };
    let whole = two_pages();
    let told =
        |reading: &Reading| reading.facts.iter().any(|fact| fact.as_str().contains("its end is missing"));
    assert!(!told(&read(&whole)) && told(&read(&whole[..whole.len() - 200])));
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for size in [1_234_567usize, 4_123_456] {
        let at = zip::DateTime::from_date_and_time(2026, 11, 30, 14, 17, 0).unwrap();
        let options = zip::write::SimpleFileOptions::default().last_modified_time(at);
        archive.start_file(format!("f{size}.bin"), options).unwrap();
        std::io::Write::write_all(&mut archive, &vec![0; size]).unwrap();
    }
    let listed = read(&archive.finish().unwrap().into_inner());
    let listed: Vec<_> = listed.lines.iter().map(|line| line.as_str().to_owned()).collect();
    assert_eq!(
        listed,
        ["1,234,567 bytes  2026-11-30 14:17  f1234567.bin", "4,123,456 bytes  2026-11-30 14:17  f4123456.bin"]
    );
    // A line longer than all that is shown is shown in its beginning.
    let long = read(&vec![b'A'; 9 * 1024 * 1024]);
    assert!(long.lines.len() > 1000 && long.lines[0].as_str().starts_with("AAAA"), "{}", long.lines.len());
    let mut lectern = Lectern::open(Path::new(PROGRAM), paper(whole), None).map_err(|(_, why)| why).unwrap();
    for strange in [2, usize::MAX] {
        assert!(matches!(lectern.text(strange), Err(Why::Missing(_))));
        assert!(matches!(lectern.member(strange), Err(Why::Missing(_))));
    }
}

#[test]
fn long_news_are_read_whole_and_the_picture_comes_back() {
    let fax = include_bytes!("../assets/documents/dispute-form.tif");
    let world = World::of(12);
    let mut ann = world.analyst_at(60, 20);
    brings(&world, "image/tiff", fax.as_slice());
    ann.commands("2600410008").press("d").sees("page 1/3").sees("▀");
    ann.press("S").sees("saved").misses("▀").press("j").sees("▀");
}

#[test]
fn the_picture_in_a_mail_is_opened_and_the_mail_is_where_it_was() {
    let world = World::of(12);
    let picture = include_bytes!("../assets/documents/chat.png");
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, picture);
    let mail = format!(
        "From: Ann <ann@example.com>\r\nTo: shop@example.com\r\nSubject: My order\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee our chat.\r\n\
         --b\r\nContent-Type: image/png; name=chat.png\r\nContent-Disposition: attachment; filename=chat.png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--b--\r\n"
    );
    let mut ann = reads(&world, "message/rfc822", mail);
    ann.sees("See our chat.").sees("My order").sees("1 file inside (I)");
    sees_screen!(ann, "mail with a picture");
    ann.press("I").sees("chat.png").press("Enter").sees("(inside)").sees("PNG").sees("width 100 %");
    ann.press("Esc").sees("See our chat.").press("Esc").sees("Timeline");
}

#[test]
fn json_is_folded() {
    let world = World::of(12);
    let json = br#"{"parcel": {"events": [{"at": "2026-10-01"}, {"at": "2026-10-02"}]}, "weight": 12}"#;
    let mut ann = reads(&world, "application/json", json.as_slice());
    ann.sees("2026-10-02").press("F").misses("2026-10-02").sees("lines").press("F").sees("2026-10-02");
    // A hit within a fold is shown.
    ann.press("F").press("/").types("10-02").press("Enter").sees("2026-10-02");
}

#[test]
fn picked_lines_are_copied_and_masked() {
    let world = World::of(12);
    let mut ann = reads(&world, "text/plain", "one\ntwo 4111111111111111\nthree\nfour\n");
    ann.press("V j j y");
    assert_eq!(ann.copied().last().unwrap(), "one\ntwo 411111******1111\nthree");
    ann.press("y");
    assert_eq!(ann.copied().last().unwrap(), "one", "without picking it is the top line");
}

#[test]
fn a_sealed_statement_opens_with_its_password() {
    let world = World::of(12);
    let mut ann = reads(&world, "application/pdf", include_bytes!("../assets/samples/sealed.pdf").as_slice());
    ann.sees("password of this document, not shown and not kept");
    ann.types("guess").misses("guess").press("Enter").sees("that password does not open it");
    ann.types("open sesame").press("Enter").sees("Account statement");
    ann.leaves();
    let mut files = vec![world.home.path().to_owned()];
    while let Some(path) = files.pop() {
        match std::fs::read_dir(&path) {
            Ok(dir) => files.extend(dir.flatten().map(|entry| entry.path())),
            Err(_) => {
                let bytes = std::fs::read(&path).unwrap_or_default();
                let found = bytes.windows(11).any(|window| window == b"open sesame");
                assert!(!found, "the password is in {}", path.display());
            }
        }
    }
}

// ---- what a hostile document costs

fn paper(bytes: impl Into<Vec<u8>>) -> Paper {
    Paper { name: Raw::new("letter.pdf"), claimed: Raw::default(), bytes: bytes.into() }
}

/// An image of 2^31 columns, packed as a fax: what decodes it wants more memory than there is.
fn greedy() -> Vec<u8> {
    let image = "/Type/XObject/Subtype/Image/Width 2147483647/Height 2147483647/BitsPerComponent 1/ColorSpace/DeviceGray\
                 /Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 2147483647/Rows 2147483647>>";
    let page = scribe::Page {
        draws: "q 600 0 0 800 0 0 cm /I Do Q",
        resources: "/XObject<</I 5 0 R>>",
        ..scribe::Page::default()
    };
    scribe::write(&scribe::Document {
        pages: vec![page],
        objects: vec![scribe::stream(image, &[0x26; 4096])],
        ..scribe::Document::default()
    })
}

/// Forms that each draw the next one ten times, thirty deep.
fn endless() -> Vec<u8> {
    let forms = (0..30).map(|at| {
        let next = 6 + at;
        let entries = format!(
            "/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</N {next} 0 R>>/Font<</F1 3 0 R>>>>"
        );
        let draws = if at == 29 { "0 0 m 9 9 l S ".repeat(10) } else { "/N Do ".repeat(10) };
        scribe::stream(&entries, draws.as_bytes())
    });
    let page = scribe::Page { draws: "/N Do", resources: "/XObject<</N 5 0 R>>", ..scribe::Page::default() };
    scribe::write(&scribe::Document {
        pages: vec![page],
        objects: forms.collect(),
        ..scribe::Document::default()
    })
}

const WHOLE: Viewport =
    Viewport { page_width: 600, left: 0, top: 0, width: 600, height: 849, turn: Turn::None, invert: false };

#[test]
fn a_document_that_never_ends_is_given_up_and_the_next_one_is_read() {
    let began = Instant::now();
    let reading = match Lectern::open(Path::new(PROGRAM), paper(endless()), None) {
        Ok(mut lectern) => {
            let refused = lectern.picture(0, WHOLE).unwrap_err();
            assert!(matches!(refused, Why::Ended(_)), "{refused:?}");
            lay_out(&mut lectern)
        }
        Err((paper, why)) => unopened(&paper, &why),
    };
    assert!(reading.lines.iter().any(|line| line.as_str().contains("was given up")), "{:?}", reading.lines);
    // Twice a question that is given up, and no more.
    assert!(began.elapsed() < 3 * PATIENCE, "{:?}", began.elapsed());
    let mut next = Lectern::open(Path::new(PROGRAM), paper(invoice()), None).map_err(|(_, why)| why).unwrap();
    assert!(next.text(0).unwrap().lines.iter().any(|line| line.text.contains("INVOICE")));
}

#[test]
fn a_document_that_wants_all_memory_costs_one_line() {
    let world = World::of(12);
    let mut ann = reads(&world, "application/pdf", greedy());
    ann.sees("PDF");
    ann.press("v").misses("casedesk failed");
    ann.press("Esc").sees("Timeline").press("d");
    brings(&world, "application/pdf", invoice());
    ann.commands("2600410001").press("d").sees("INVOICE 2026-1187");
}

#[test]
fn keys_are_answered_while_a_document_keeps_its_reader_busy() {
    let world = World::of(12);
    let mut ann = world.analyst();
    brings(&world, "application/pdf", endless());
    ann.commands("2600410008").tell_keys("d").turns_until("on its way");
    ann.tell_keys("Esc").turns_until("Timeline").tell_keys("w").turns_until("Why here?").tell_keys("Esc");
    assert!(ann.place.counts.pending > 0, "the document is still being read");
    ann.settle();
}

#[test]
fn a_worker_that_is_lost_is_replaced_and_none_is_left_behind() {
    let mut lectern =
        Lectern::open(Path::new(PROGRAM), paper(invoice()), None).map_err(|(_, why)| why).unwrap();
    let children = || {
        let own = std::process::id().to_string();
        let of = |entry: &std::fs::DirEntry| {
            let stat = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let parent = stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).map(str::to_owned);
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            parent.as_deref() == Some(&own) && line.windows(17).any(|window| window == b"__document-worker")
        };
        std::fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .filter(of)
            .map(|entry| entry.file_name())
            .collect::<Vec<_>>()
    };
    assert!(!children().is_empty());
    assert_eq!(lectern.text(7).unwrap_err(), Why::Missing("page 8".into()), "a wrong question ends nothing");
    assert!(lectern.text(0).is_ok());
    drop(lectern);
    // Other tests of this file have theirs; a worker started by hand ends with its input.
    let worker = Worker::start(Path::new(PROGRAM)).unwrap();
    drop(worker);
}

#[test]
fn a_card_number_is_covered_on_the_picture_of_its_page() {
    let (channel, heard) = std::sync::mpsc::channel();
    let teller = Teller { channel, clock: Clock::default() };
    let papers = Papers::start(PROGRAM.into(), teller);
    let id = PaperId::of_case(
        casedesk::case::CaseId { profile: "sandbox".into(), number: "1".into() },
        Raw::new("1"),
    );
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let reading: Reading =
        runtime.block_on(papers.bringer().unwrap().read(id.clone(), paper(invoice()), None)).unwrap();
    let covers = reading.pages[0].covers.clone().unwrap();
    assert_eq!(covers.len(), 4, "four groups of digits");
    papers.picture(id, 0, WHOLE);
    let casedesk::run::Heard::Desk(told) = heard.recv().unwrap() else { panic!() };
    let casedesk::desk::words::Event::Picture { answer: Ok(picture), .. } = told.what else {
        panic!("{told:?}")
    };
    let casedesk::case::Pixels::Grey(bytes) = picture.pixels else { panic!("a page of black letters is grey") };
    let share = |area: &casedesk::case::Area| {
        let (left, right) = ((area.left * 600.0) as usize, (area.right * 600.0) as usize);
        let (top, bottom) = ((area.top * 849.0) as usize, (area.bottom * 849.0) as usize);
        let dark = (top..bottom).flat_map(|y| (left..right).map(move |x| y * 600 + x));
        let all = (right - left) * (bottom - top);
        dark.filter(|at| bytes[*at] == 0).count() as f32 / all as f32
    };
    for area in &covers {
        assert!(share(area) > 0.99, "{area:?}: {}", share(area));
    }
    let title = reading.words[0][0];
    assert!(share(&title) < 0.9, "other words are seen");
}

#[test]
fn what_needs_a_password_or_cannot_be_read_says_so_in_its_reading() {
    let sealed = include_bytes!("../assets/samples/sealed.pdf").to_vec();
    let (paper, why) = Lectern::open(Path::new(PROGRAM), paper(sealed), None).err().unwrap();
    assert_eq!(unopened(&paper, &why).unread, Some(Unread::Password { wrong: false }));
}

// ---- without a screen

#[test]
fn any_file_is_read_without_a_screen() {
    let ann = Shell::new();
    std::fs::write(ann.path().join("invoice.pdf"), invoice()).unwrap();
    let text = ann.runs_bare(&["doc", "show", "invoice.pdf"]);
    assert_eq!(text.code, Some(0), "{}", text.told);
    assert!(
        text.out.contains("INVOICE 2026-1187") && !text.out.contains("4111 1111 1111 1111"),
        "{}",
        text.out
    );
    let flowing = ann.runs_bare(&["doc", "show", "invoice.pdf", "--text"]).out;
    assert!(flowing.contains("\nItem Pieces Price\n"), "{flowing}");
    let told = ann.runs_bare(&["doc", "show", "invoice.pdf", "--json"]).json();
    assert_eq!(told["about"]["kind"], "PDF");
    assert_eq!(told["pages"][0]["lines"][0]["words"].as_array().unwrap().len(), 2);
    let drawn = ann.runs_bare(&["doc", "show", "invoice.pdf", "--png", "-o", "page.png", "--width", "300"]);
    assert_eq!((drawn.code, drawn.out.as_str()), (Some(0), ""), "{}", drawn.told);
    let png = std::fs::read(ann.path().join("page.png")).unwrap();
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 300);
    let again = ann.runs_bare(&["doc", "show", "invoice.pdf", "--png", "-o", "page.png"]);
    assert_eq!(again.code, Some(5), "nothing is written over");
    std::fs::write(ann.path().join("sealed.pdf"), include_bytes!("../assets/samples/sealed.pdf")).unwrap();
    let sealed = ann.runs_bare(&["doc", "show", "sealed.pdf"]);
    assert_eq!((sealed.code, sealed.told.contains("password")), (Some(3), true), "{}", sealed.told);
    std::fs::write(ann.path().join("bad.tif"), b"II*\0\xff\xff\xff\xff").unwrap();
    let bad = ann.runs_bare(&["doc", "show", "bad.tif"]);
    assert_eq!((bad.code, bad.told.lines().count()), (Some(3), 1), "{}", bad.told);
    assert_eq!(ann.runs_bare(&["doc", "show", "gone.pdf"]).code, Some(2));
    assert_eq!(ann.runs_bare(&["doc", "show", "invoice.pdf", "--page", "2"]).code, Some(2));
}
