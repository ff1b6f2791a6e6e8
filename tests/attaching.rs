//! Files on their way into a form: looked at before they are attached and after, checked against what the card scheme
//! takes, named otherwise, packed into one archive; and what the provider then has.

mod analyst;

use std::io::{Cursor, Read};

use analyst::{Analyst, SANDBOX, World};
use casedesk::{
    action::Attachment,
    case::CaseId,
    desk::{
        Focus, Over,
        form::{Input, picker::Picker},
        words::{DraftKept, Effect, Event, Undone},
    },
    document::Sha256,
    text::{Raw, own},
};

/// A receipt as a telephone photographs it: so many pixels in two colours, unpacked.
fn photograph(width: u32, height: u32) -> Vec<u8> {
    let row = width.div_ceil(8);
    let bytes = row * height;
    let tag = |number: u16, kind: u16, value: u32| {
        let mut tag = [number.to_le_bytes(), kind.to_le_bytes()].concat();
        tag.extend(1u32.to_le_bytes());
        tag.extend(value.to_le_bytes());
        tag
    };
    const SHORT: u16 = 3;
    const LONG: u16 = 4;
    let tags = [
        tag(256, LONG, width),
        tag(257, LONG, height),
        tag(258, SHORT, 1),
        tag(259, SHORT, 1),
        tag(262, SHORT, 0),
        tag(273, LONG, 8 + 2 + 8 * 12 + 4),
        tag(278, LONG, height),
        tag(279, LONG, bytes),
    ];
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend((tags.len() as u16).to_le_bytes());
    file.extend(tags.concat());
    file.extend([0; 4]);
    file.resize(file.len() + bytes as usize, 0);
    file
}

const LETTER: &[u8] = b"I did not buy this.\n";
const PHOTO: &str = "receipt-of-the-second-of-may.tif";

/// A form with the focus on its files, for a Mastercard case.
fn attaching(ann: &mut Analyst<'_>) -> String {
    ann.press("6").commands("filter network:mastercard").press("Enter").sees("MASTERCARD").press("s");
    ann.types("The cardholder never got the goods.").press("Tab").sees("Ctrl-t renames");
    ann.place.desk.form_at_hand().unwrap().draft.case.as_ref().unwrap().number.exact().to_owned()
}

fn picker<'a>(ann: &'a Analyst<'_>) -> &'a Picker {
    match &ann.place.desk.form_at_hand().unwrap().input {
        Input::Files(picker) => picker,
        _ => panic!("no file is picked here"),
    }
}

fn attached(ann: &Analyst<'_>) -> Vec<Attachment> {
    ann.place.desk.form_at_hand().unwrap().draft.values.all_files().cloned().collect()
}

/// The draft of the form as the store has it.
fn kept(ann: &Analyst<'_>) -> Vec<Attachment> {
    let id = ann.place.desk.form_at_hand().unwrap().draft.id.clone();
    let (draft, ..) = ann.world.store().draft(&id).unwrap().expect("the draft is not kept");
    draft.values.all_files().cloned().collect()
}

/// What the form says, however it is broken into lines.
#[track_caller]
fn says(ann: &Analyst<'_>, text: &str) {
    let screen = ann.screen();
    let right = |line: &str| line.split('│').next_back().unwrap_or_default().replace('!', "");
    let words: Vec<_> = screen.lines().map(right).collect();
    let words: Vec<_> = words.iter().flat_map(|line| line.split_whitespace()).collect();
    assert!(words.join(" ").contains(text), "\"{text}\" is not said:\n{screen}");
}

/// The form hears something, and what it wants kept is kept.
fn comes(ann: &mut Analyst<'_>, what: Event) {
    let wants = ann.desk_hears(what);
    let kept = wants.into_iter().find_map(|effect| match effect {
        Effect::KeepDraft { draft, version } => Some((draft.id, DraftKept::Yes(version + 1))),
        _ => None,
    });
    let (draft, kept) = kept.expect("nothing was to be kept");
    ann.desk_hears(Event::DraftKept { draft, kept });
}

#[test]
fn a_photographed_receipt_too_large_for_mastercard_is_doubted_renamed_packed_and_sent() {
    let world = World::of(80);
    world.has_file(PHOTO, &photograph(8064, 6048));
    world.has_file("letter.txt", LETTER);
    let mut ann = world.analyst();
    let number = attaching(&mut ann);
    ann.types("rec").press("Enter");
    ann.sees("8064 x 6048 pixels").sees("1/10  5.8 MiB");
    says(&ann, "Mastercard takes names of 16 characters at most: this has 32");
    says(&ann, "pages of less than 30 million pixels: this has 8064 x 6048, which is 48.8 million");
    says(&ann, "high confidence: Mastercom API, Image and Document Requirements");
    ann.types("let").press("Enter").sees("2/10  5.8 MiB");
    says(&ann, "Mastercard takes TIFF, JPEG, PDF, ZIP of these: this is text/plain");
    let whole = attached(&ann);
    // A shorter name is proposed; another one can be typed.
    ann.press("Up Up Ctrl-t")
        .sees("new name: receipt-of-t.tif")
        .press("Ctrl-u")
        .types("receipt")
        .press("Enter");
    ann.sees("attached: receipt.tif").misses("names of 16 characters");
    assert_eq!(attached(&ann)[0], Attachment { name: Raw::new("receipt.tif"), ..whole[0].clone() });
    ann.later(5_000);
    assert_eq!(kept(&ann), attached(&ann));
    // Both as one: its size is told before anything is packed.
    ann.press("Ctrl-p").sees("2 files, 5.8 MiB; as one archive ");
    says(&ann, ": Enter packs, ▶ Esc leaves");
    let size = ann.line_with("as one archive");
    ann.press("Esc").sees("attached: receipt.tif").sees("attached: letter.txt");
    assert_eq!(attached(&ann).len(), 2);
    ann.press("Ctrl-p");
    assert_eq!(ann.line_with("as one archive"), size, "the same files make the same archive");
    ann.press("Enter").sees("attached: documents.zip, application/zip").sees("1/10").misses("letter.txt,");
    assert_eq!(kept(&ann), attached(&ann), "an archive is kept at once");
    ann.press("Ctrl-p").sees("one archive already");
    // What is attached can be looked at, and into.
    ann.press("Up Ctrl-o").sees("documents.zip").sees("receipt.tif").sees("letter.txt");
    assert_eq!(ann.place.desk.focus, Focus::Reader);
    ann.press("I j Enter").sees("I did not buy this.").press("Esc").sees("documents.zip").press("Esc");
    ann.sees("Submit ").sees("The cardholder never got the goods.");
    ann.press("Ctrl-t Ctrl-u").types("evidence").press("Enter").press("Ctrl-r").reads();
    let archive = attached(&ann).remove(0);
    ann.sees("evidence.zip, application/zip").sees(&archive.sha256[..12]).press("s");
    ann.sees(&format!("Submit of {number}: accepted (200)"));
    ann.commands(&number);
    while !ann.line_with("evidence.zip").contains("▶") {
        ann.press("]");
    }
    ann.press("d").sees("receipt.tif").sees("letter.txt");
    assert_eq!(world.done().len(), 1);
    // The stand-in has what was packed.
    let id = CaseId { profile: SANDBOX.into(), number: Raw::new(number) };
    let store = world.store();
    let case = store.case(&id).unwrap().unwrap().0;
    let document = case.documents.iter().find(|document| document.name.exact() == "evidence.zip").unwrap();
    let (paper, _) = store.document(&id, &document.id).unwrap().unwrap();
    assert_eq!(Sha256::of(&paper.bytes).to_string(), archive.sha256);
    let mut members = zip::ZipArchive::new(Cursor::new(paper.bytes)).unwrap();
    let mut letter = Vec::new();
    members.by_name("letter.txt").unwrap().read_to_end(&mut letter).unwrap();
    assert_eq!(letter, LETTER);
    ann.leaves();
}

#[test]
fn a_file_is_looked_at_before_it_is_attached_and_the_form_comes_back_as_it_was() {
    let world = World::of(80);
    world.has_file("letter-1.txt", LETTER);
    world.has_file("letter-2.txt", b"page\n".repeat(200).as_slice());
    let mut ann = world.analyst();
    attaching(&mut ann);
    ann.types("let").press("Down").sees("▶ letter-2.txt");
    let before = ann.screen();
    ann.press("Ctrl-o").sees("letter-2.txt  line 1-").misses("Ctrl-t renames").press("G").sees("of 200");
    // Everything of the reader; nothing of what would leave the form behind.
    ann.press("/").types("page").press("Enter").sees("hit ");
    for keys in ["B", "6", "Tab", "]"] {
        ann.press(keys).is_told("a form is open behind this file");
        assert_eq!(ann.place.desk.focus, Focus::Reader, "{keys}");
    }
    ann.misses("s submit").press("s").sees("of 200");
    ann.resizes(80, 24).resizes(120, 40);
    ann.press("Esc");
    assert!(matches!(ann.place.desk.over, Over::Form(_)));
    assert_eq!(ann.screen(), before);
    assert_eq!((picker(&ann).typed.text().as_str(), picker(&ann).cursor), ("let", 1));
    for leaves in ["h", "q"] {
        ann.press("Ctrl-o").sees("letter-2.txt  line").press(leaves);
        assert_eq!(ann.screen(), before, "{leaves}");
    }
    ann.press("Enter").sees("attached: letter-2.txt");
    // A folder and nothing at all are told apart from files.
    std::fs::create_dir(world.home.path().join("scans")).unwrap();
    ann.press("F5").types("scans").press("Ctrl-o").is_told("that is a folder");
    ann.press("Ctrl-u").types("nothing-like-it").press("Ctrl-o").is_told("no file is marked");
    ann.press("Ctrl-u Up Ctrl-o").sees("letter-2.txt  line").press("Esc").sees("▶ attached: letter-2.txt");
    ann.press("BackTab Ctrl-o").is_told("go to a field that takes files").press("Esc");
}

#[test]
fn what_is_entered_is_kept_while_a_file_is_looked_at_and_what_comes_meanwhile_reaches_the_form() {
    let world = World::of(80);
    world.has_file("letter.txt", LETTER);
    let mut ann = world.analyst();
    attaching(&mut ann);
    ann.types("let").press("Ctrl-o").sees("I did not buy this.");
    let (id, field, at) = {
        let form = ann.place.desk.form_at_hand().unwrap();
        (form.draft.id.clone(), form.at.clone().unwrap(), form.version)
    };
    // The pause of the analyst is one in the reader as well.
    ann.later(5_000);
    assert!(ann.place.desk.form_at_hand().unwrap().version > at);
    assert!(!ann.place.desk.form_at_hand().unwrap().is_unkept());
    // A file that was on its way.
    let file = Attachment {
        name: Raw::new("scan.pdf"),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        size: 913,
        media: "application/pdf".to_owned(),
        description: Raw::default(),
        measured: Default::default(),
    };
    comes(&mut ann, Event::Attached { draft: id, field: field.clone(), answer: Ok(file.clone()) });
    assert_eq!(attached(&ann), [file]);
    assert_eq!(ann.place.desk.focus, Focus::Reader);
    ann.press("Esc").sees("attached: scan.pdf").press("Esc").sees("draft kept");
}

#[test]
fn a_line_that_is_lost_during_a_preview_loses_nothing_that_was_typed() {
    let world = World::of(80);
    world.has_file("letter.txt", LETTER);
    let mut ann = world.analyst();
    let number = attaching(&mut ann);
    ann.types("let").press("Ctrl-o").sees("I did not buy this.");
    ann.loses_the_line();
    let mut bob = world.analyst();
    bob.commands(&number)
        .press("s")
        .sees("as it was left")
        .sees("The cardholder never got the goods.")
        .press("Esc");
}

#[test]
fn what_cannot_be_opened_is_attached_with_a_word() {
    let world = World::of(80);
    world.has_file("sealed.pdf", include_bytes!("../assets/samples/sealed.pdf"));
    world.has_file("torn.tif", b"II*\0\x08\0\0\0");
    let mut ann = world.analyst();
    attaching(&mut ann);
    ann.types("sea").press("Enter").sees("attached: sealed.pdf, application/pdf");
    says(&ann, "not opened here, so pages and pixels are not checked: it opens with a password only");
    ann.types("torn").press("Enter").sees("attached: torn.tif");
    says(&ann, "not checked: it is damaged (it has no page)");
    // It can be looked at with its password.
    ann.press("Up Up Ctrl-o").sees("password").press("Esc Esc").sees("attached: sealed.pdf");
    ann.press("Ctrl-r").reads().sees("Environment").sees("torn.tif").press("Esc Esc");
}

#[test]
fn a_name_that_must_not_leave_is_not_taken() {
    let world = World::of(80);
    world.has_file("letter.txt", LETTER);
    world.has_file("other.txt", b"Nor that.\n");
    let mut ann = world.analyst();
    attaching(&mut ann);
    ann.press("Ctrl-t").sees("nothing is attached").press("Ctrl-p").sees("nothing is attached");
    ann.types("let").press("Enter").types("oth").press("Enter").press("Ctrl-t").sees("which one? Up marks");
    ann.press("Up Ctrl-t Ctrl-u").types("letter").press("Enter").sees("another attached file has that name");
    ann.press("Ctrl-u").types("4111111111111111").press("Enter").sees("may hold a card number");
    ann.press("Ctrl-u").types("a/b").press("Enter").sees("holds a slash");
    ann.press("Ctrl-u Enter").sees("the name is empty");
    // While it is asked nothing else is done.
    ann.press("Tab Ctrl-d Ctrl-o").sees("new name:").press("Ctrl-r").is_told("the form asks something");
    ann.pastes("of the shop").press("Enter").sees("attached: of the shop.txt");
    ann.press("Ctrl-t").types("s").press("Esc").sees("attached: of the shop.txt");
    assert_eq!(attached(&ann).len(), 2);
    ann.sees("Ctrl-t renames").press("Esc").misses("Ctrl-t renames");
}

#[test]
fn an_archive_of_other_files_is_not_taken_for_these() {
    let world = World::of(80);
    world.has_file("letter.txt", LETTER);
    world.has_file("other.txt", b"Nor that.\n");
    let mut ann = world.analyst();
    attaching(&mut ann);
    ann.types("let").press("Enter");
    ann.press("Ctrl-p").sees("1 file, 20 bytes; as one archive ");
    let form = ann.place.desk.form_at_hand().unwrap();
    let (draft, field) = (form.draft.id.clone(), form.at.clone().unwrap());
    let other = Attachment { name: Raw::new("other.txt"), sha256: "0".repeat(64), ..attached(&ann).remove(0) };
    comes(&mut ann, Event::Attached { draft: draft.clone(), field, answer: Ok(other) });
    ann.press("Enter").sees("the files are others").sees("attached: letter.txt").sees("attached: other.txt");
    // One whose bytes are not here cannot be packed, and that is told.
    ann.press("Ctrl-p");
    says(&ann, "other.txt is not kept here any more; attach it again");
    assert_eq!(attached(&ann).len(), 2);
    // Where nothing can be packed at all, the form asks no more.
    ann.desk_hears_keys("Ctrl-p");
    assert!(ann.place.desk.form().unwrap().is_asking());
    ann.desk_hears(Event::Trouble(Undone::Pack(draft), own("the disk is full")));
    assert!(!ann.place.desk.form().unwrap().is_asking());
    ann.is_told("the disk is full; the files are as they were").press("Esc");
}

#[test]
fn a_path_that_is_pasted_or_typed_in_one_go_is_followed_to_its_end() {
    for pastes in [true, false] {
        let world = World::of(80);
        let deep = world.home.path().join("scans/old");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(deep.join("received.pdf"), b"%PDF-1.7\n").unwrap();
        let mut ann = world.analyst();
        attaching(&mut ann);
        if pastes {
            ann.pastes("scans/old/")
        } else {
            ann.press_at_once("s c a n s / o l d /")
        };
        ann.sees("received.pdf").press("Esc");
    }
}
