//! From a key to a submission: a form read from a declaration, its review, its draft. The desk alone is asked; what it
//! wants done is answered by the story.

mod analyst;

use std::{cell::RefCell, io, rc::Rc};

use analyst::{key_named, moment};
use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::{
    action::{
        Action, Attachment, Body, By, Draft, Entered, Field, Meanwhile, Offers, Problem, Proof, Settling, Step,
        Subject, Values, Word,
        field::{
            CurrencyOf, Papers, Unit, amount, card, choice, currency, date, files, group, lines, list, text,
            whole,
        },
    },
    case::{Case, CaseId, Currency, Moment, Money, Row, Settings, Stage, Window},
    desk::{
        Desk, Focus, Over, Profile, Realm, Setup, Start, Tone,
        keys::{Context, KEYS, name_of},
        words::{
            Begin, CaseFile, DraftKept, Effect, Event, Folder, Named, NotQueued, Opened, Submission, Told,
            Undone,
        },
    },
    provider::{self, Provider},
    text::{Raw, own},
    view::{
        self,
        style::{Look, Role, Signs, Theme},
    },
};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    Terminal, TerminalOptions, Viewport,
    backend::{CrosstermBackend, TestBackend},
    layout::Rect,
};

static PAPERS: Papers = Papers {
    most: 2,
    largest: 1000,
    longest_name: 40,
    media: &["application/pdf"],
    name: "fileName",
    content: "content",
    media_type: None,
    description: None,
};

fn major(_: &Settings) -> Unit {
    Unit::Major
}

fn by_reading(_: &Settings) -> Settling {
    Settling::ReadBack
}

const PART: &[Field] = &[
    text("name", "Item", 20).required(),
    amount("value", "Value", CurrencyOf::Beside("currency"), major),
    currency("currency", "Currency").nullable(),
];

const EVERY_KIND: &[Field] = &[
    lines("notes", "Notes", 2000).required().hint("goes into the case's history"),
    text("ticket", "Ticket", 12).nullable(),
    choice("outcome", "Outcome", &[("won", "the merchant lost"), ("lost", "the merchant won")]),
    date("day", "Day").nullable(),
    amount("amount", "Amount", CurrencyOf::Case, major),
    whole("count", "How many", 1, 9),
    card("pan", "Card number"),
    group("shop", "Shop", &[text("city", "City", 20)]),
    list("parts", "Parts", 0, 2, PART),
    files("papers", "Papers", &PAPERS),
];

const fn action(id: &'static str, key: &'static str, is_final: bool, fits: &'static [&'static str]) -> Action {
    Action {
        id,
        title: "Answer",
        key,
        says: "answer with everything there is",
        subject: Subject::Case,
        is_final,
        offers: Offers::Queues { fits, others: &["6000", "7000"] },
        fields: EVERY_KIND,
        rules: &[],
        steps: &[Step {
            id: "send",
            method: By::Post,
            path: Word::Is("/x"),
            key: None,
            body: Body::Fields,
            proof: Proof::AnyJson,
        }],
        settling: by_reading,
    }
}

static ACTIONS: &[Action] = &[
    action("answer", "s", false, &["6000"]),
    action("end", "e", true, &["6000"]),
    action("wait", "x", false, &["7000"]),
];

const PROFILE: &str = "test";
const NUMBER: &str = "2600410540";

fn id() -> CaseId {
    CaseId { profile: PROFILE.to_owned(), number: Raw::new(NUMBER) }
}

fn case() -> Case {
    Case {
        queue: Raw::new("6000"),
        stage: Stage::WithUs,
        merchant: Raw::new("Lufthansa"),
        amount: Money::from_major("118.40", Currency::parse("EUR")).ok(),
        ..Case::bare(id())
    }
}

/// A desk, a screen, and what the desk wanted done and the story has not answered yet.
struct Sitting {
    desk: Desk,
    screen: Terminal<TestBackend>,
    now: Moment,
    wants: Vec<Effect>,
    case: Case,
    frames: usize,
}

impl Sitting {
    fn of(actions: &'static [Action], width: u16, height: u16) -> Sitting {
        let now = moment(analyst::MORNING);
        let profile = Profile {
            name: PROFILE.to_owned(),
            provider: "Nets",
            realm: Realm::Test,
            queues: Vec::new(),
            actions,
            settings: Settings::of(PROFILE),
        };
        let setup = Setup { profiles: vec![profile], start: Start::default() };
        let (desk, effects) = Desk::open(setup, Rect::new(0, 0, width, height), now);
        let screen = Terminal::new(TestBackend::new(width, height)).unwrap();
        let mut sitting = Sitting { desk, screen, now, wants: Vec::new(), case: case(), frames: 0 };
        sitting.answer(effects);
        sitting.draw();
        sitting
    }

    /// With a form for the case in hand open.
    fn filling(width: u16, height: u16) -> Sitting {
        let mut sitting = Sitting::of(ACTIONS, width, height);
        sitting.press("Enter s");
        sitting.opens(Values::default());
        sitting
    }

    fn file(&self) -> CaseFile {
        CaseFile {
            case: self.case.clone(),
            parked: None,
            read_at: self.now,
            journal: Vec::new(),
            reason: Vec::new(),
            clock: None,
        }
    }

    /// Answers what a store answers by itself; the rest is for the story.
    fn answer(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let cell = |raw: &Raw| raw.cell();
            let event = match effect {
                Effect::Look { ask, .. } => {
                    let case = &self.case;
                    let row = Row {
                        id: case.id.clone(),
                        number: cell(&case.id.number),
                        group: cell(&case.group),
                        queue: cell(&case.queue),
                        stage: case.stage,
                        status: cell(&case.status),
                        network: cell(&case.network),
                        card: cell(&case.card),
                        arn: cell(&case.arn),
                        reason: cell(&case.reason),
                        merchant: cell(&case.merchant),
                        amount: case.amount,
                        opened: None,
                        updated: None,
                        deadline: None,
                        documents: 0,
                        parked: false,
                        gone: false,
                        marked: false,
                    };
                    let window = Window { total: 1, matched: 1, first: 0, rows: vec![row] };
                    Event::Rows { ask, window, around: None }
                }
                Effect::Open(id) => Event::File { id, file: Some(Box::new(self.file())) },
                Effect::Count | Effect::Ask(_) | Effect::Prefer(..) => continue,
                other => {
                    self.wants.push(other);
                    continue;
                }
            };
            self.hears(event);
        }
    }

    fn hears(&mut self, what: Event) -> &mut Sitting {
        let effects = self.desk.hear(Told { at: self.now, what });
        self.answer(effects);
        self
    }

    /// Draws as the loop does: only where there is something new, and then tells the desk.
    fn draw(&mut self) {
        if self.desk.take_changed() {
            let look = Look { theme: Theme::Default, signs: Signs::Unicode };
            self.screen.draw(|frame| view::draw(&self.desk, look, frame)).unwrap();
            self.desk.drawn(self.now);
            self.frames += 1;
        }
    }

    fn press(&mut self, keys: &str) -> &mut Sitting {
        for name in keys.split_whitespace() {
            self.hears(Event::Key(key_named(name)));
            self.draw();
        }
        self
    }

    fn types(&mut self, text: &str) -> &mut Sitting {
        for letter in text.chars() {
            self.hears(Event::Key(KeyEvent::from(KeyCode::Char(letter))));
        }
        self.draw();
        self
    }

    fn pastes(&mut self, text: &str) -> &mut Sitting {
        self.hears(Event::Paste(Raw::new(text)));
        self.draw();
        self
    }

    fn waits(&mut self, milliseconds: i64) -> &mut Sitting {
        self.now = self.now.plus(milliseconds);
        if self.desk.wake().is_some_and(|at| at <= self.now) {
            self.hears(Event::Woken);
        }
        self.draw();
        self
    }

    /// What the desk wants done, taken from it.
    /// What the desk wants done; that it reads the outbox again is a matter of the outbox.
    fn wants(&mut self) -> Vec<Effect> {
        let wants = std::mem::take(&mut self.wants);
        wants.into_iter().filter(|effect| *effect != Effect::Outbox).collect()
    }

    fn begun(&mut self) -> Begin {
        match self.wants().pop() {
            Some(Effect::Begin(begin)) => begin,
            other => panic!("no form was asked for, but {other:?}"),
        }
    }

    fn opens(&mut self, values: Values) -> &mut Sitting {
        let base = self.case.clone();
        self.opens_on(values, base)
    }

    /// The form comes, begun when the case was like `base`.
    fn opens_on(&mut self, values: Values, base: Case) -> &mut Sitting {
        let begin = self.begun();
        let draft = Draft {
            id: "d1".to_owned(),
            profile: begin.profile.clone(),
            action: begin.action.clone(),
            case: begin.case.clone(),
            base: begin.case.as_ref().map(|_| Box::new(base)),
            values,
        };
        let file = begin.case.as_ref().map(|_| self.file());
        let opened = Opened { draft, version: 7, file, resumed: false, problems: Vec::new() };
        self.hears(Event::Form { begin, answer: Ok(Box::new(opened)) });
        self.draw();
        self
    }

    /// The store has kept what it was given; the draft as it was given.
    fn keeps(&mut self) -> Draft {
        let kept = self.wants().into_iter().find_map(|effect| match effect {
            Effect::KeepDraft { draft, version } => Some((draft, version)),
            _ => None,
        });
        let (draft, version) = kept.expect("a draft to keep");
        self.hears(Event::DraftKept { draft: draft.id.clone(), kept: DraftKept::Yes(version + 1) });
        self.draw();
        *draft
    }

    fn reviews(&mut self) -> &mut Sitting {
        self.press("Ctrl-r");
        if self.wants.iter().any(|effect| matches!(effect, Effect::KeepDraft { .. })) {
            self.keeps();
        }
        self.waits(300)
    }

    fn sent(&mut self) -> Option<Submission> {
        self.wants().into_iter().find_map(|effect| match effect {
            Effect::Submit(submission) => Some(*submission),
            _ => None,
        })
    }

    fn screen(&self) -> String {
        let buffer = self.screen.backend().buffer();
        let rows = buffer.content.chunks(usize::from(buffer.area.width));
        let line = |row: &[ratatui::buffer::Cell]| row.iter().map(|cell| cell.symbol()).collect::<String>();
        rows.map(|row| format!("{}\n", line(row).trim_end())).collect()
    }

    /// Whether the first place at which these words stand is drawn dim.
    fn is_dim(&self, words: &str) -> bool {
        let buffer = self.screen.backend().buffer();
        let shown: Vec<&str> = buffer.content.iter().map(|cell| cell.symbol()).collect();
        let letters: Vec<String> = words.chars().map(String::from).collect();
        let at = shown.windows(letters.len()).position(|window| window == letters).unwrap();
        let dim = Look { theme: Theme::Default, signs: Signs::Unicode }.of(Role::Dim);
        buffer.content[at].fg == dim.fg.unwrap_or_default() && buffer.content[at].modifier == dim.add_modifier
    }

    #[track_caller]
    fn sees(&mut self, text: &str) -> &mut Sitting {
        assert!(self.screen().contains(text), "\"{text}\" is not on the screen:\n{}", self.screen());
        self
    }

    #[track_caller]
    fn misses(&mut self, text: &str) -> &mut Sitting {
        assert!(!self.screen().contains(text), "\"{text}\" is on the screen:\n{}", self.screen());
        self
    }

    fn text_of(&self, address: &str) -> String {
        self.desk.form().unwrap().draft.values.text(address).to_owned()
    }

    fn fills(&mut self, address: &str, text: &str) -> &mut Sitting {
        let stops = self.desk.form().unwrap().stops().len();
        for _ in 0..=stops {
            if self.desk.form().unwrap().at.as_deref() == Some(address) {
                return self.types(text);
            }
            self.press("Tab");
        }
        self.press(&"BackTab ".repeat(stops + 1));
        while self.desk.form().unwrap().at.as_deref() != Some(address) {
            self.press("Tab");
        }
        self.types(text)
    }
}

fn beside(id: &str, meanwhile: Meanwhile) -> DraftKept {
    DraftKept::Beside { id: id.to_owned(), version: 1, meanwhile }
}

fn paper(name: &str, size: usize) -> Attachment {
    Attachment {
        name: Raw::new(name),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        size,
        media: "application/pdf".to_owned(),
        description: Raw::default(),
        measured: Default::default(),
    }
}

#[test]
fn a_form_shows_every_kind_of_field_and_says_nothing_before_it_was_left() {
    for (width, height) in [(120, 40), (80, 24), (60, 20)] {
        let mut ann = Sitting::filling(width, height);
        ann.sees("Answer 2600410540").sees("Notes *").sees("0/2000").misses("is needed");
        insta::assert_snapshot!(format!("empty form {width}x{height}"), ann.screen());
        ann.types("They never came.").sees("16/2000").press("Tab BackTab Ctrl-u Tab").sees("! is needed");
    }
}

#[test]
fn what_is_typed_is_kept_as_a_draft_once_the_analyst_pauses() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("Never came");
    assert_eq!(ann.wants(), []);
    ann.waits(1999);
    assert_eq!(ann.wants(), [], "not yet");
    let frames = ann.frames;
    ann.waits(1);
    assert_eq!(ann.keeps().values.text("notes"), "Never came");
    assert_eq!(ann.frames, frames, "keeping looks like nothing");
    assert_eq!(ann.desk.form().unwrap().version, 8);
    ann.waits(60_000);
    assert_eq!(ann.wants(), [], "it is kept already");
    // Leaving keeps what is new and waits until it is kept.
    ann.types(".").press("Esc");
    assert!(ann.desk.form().is_some());
    assert_eq!(ann.keeps().values.text("notes"), "Never came.");
    assert!(matches!(ann.desk.over, Over::Nothing));
    ann.sees("Answer: draft kept");
}

#[test]
fn somebody_who_types_without_a_pause_is_kept_every_five_seconds() {
    let mut ann = Sitting::filling(120, 40);
    let mut kept = Vec::new();
    // A letter every half second, for a minute.
    for letter in 1..=120 {
        ann.types("x").waits(500);
        if ann.wants.iter().any(|effect| matches!(effect, Effect::KeepDraft { .. })) {
            kept.push((letter, ann.keeps().values.text("notes").len()));
        }
    }
    let every_ten: Vec<(usize, usize)> = (1..=12).map(|time| (10 * time, 10 * time)).collect();
    assert_eq!(kept, every_ten);
    ann.waits(60_000);
    assert_eq!(ann.wants(), [], "all of it is kept");
}

#[test]
fn a_slow_disk_is_handed_one_draft_at_a_time() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("a").waits(2000);
    for _ in 0..20 {
        ann.types("b").waits(1000);
    }
    assert_eq!(ann.keeps().values.text("notes"), "a");
    // What was typed meanwhile follows at once, for it has waited long enough.
    ann.waits(0);
    assert_eq!(ann.keeps().values.text("notes").len(), 21);
    assert_eq!(ann.wants(), []);
}

#[test]
fn a_draft_is_kept_at_once_when_a_file_was_attached() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").fills("papers", "");
    ann.wants();
    let attached = Event::Attached {
        draft: "d1".to_owned(),
        field: "papers".to_owned(),
        answer: Ok(paper("letter.pdf", 913)),
    };
    ann.hears(attached);
    let kept = ann.keeps();
    assert_eq!((kept.values.text("notes"), kept.values.files("papers").len()), ("They never came.", 1));
}

#[test]
fn nothing_typed_is_lost_where_keeping_fails_or_the_line_drops() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("a").press("Esc");
    ann.wants();
    ann.hears(Event::Trouble(Undone::KeepDraft("d1".to_owned()), own("the disk is full"))).draw();
    ann.sees("the disk is full; what is typed is still here").sees("Answer 2600410540");
    assert_eq!(ann.desk.form().unwrap().draft.values.text("notes"), "a");
    ann.types("b");
    let kept = ann.desk.farewell().into_iter().find_map(|effect| match effect {
        Effect::KeepDraft { draft, .. } => Some(draft.values.text("notes").to_owned()),
        _ => None,
    });
    assert_eq!(kept.as_deref(), Some("ab"));
}

#[test]
fn a_form_that_cannot_be_kept_is_left_by_the_analysts_word_only() {
    let keeps = |effect: &Effect| matches!(effect, Effect::KeepDraft { .. });
    let full = || Event::Trouble(Undone::KeepDraft("d1".to_owned()), own("the disk is full"));
    let mut ann = Sitting::filling(120, 40);
    ann.types("Never came").press("Esc");
    assert!(ann.wants().iter().any(keeps));
    ann.hears(full()).draw();
    ann.sees("Esc again leaves without it, after a question");
    // What is typed then is tried again first.
    ann.types(".").press("Esc");
    assert!(ann.wants().iter().any(keeps));
    ann.hears(full()).draw();
    ann.press("Esc").sees("Leave without keeping this? Answer 2600410540").sees("as it was last kept");
    ann.sees("Never came.").press("y").sees("Never came.");
    assert!(ann.desk.farewell().iter().any(keeps), "a lost line tries to keep it all the same");
    ann.hears(full()).draw();
    // Typed ahead means nothing; Esc stays.
    ann.press("Esc").misses("Leave without");
    for again in ["Esc", "k"] {
        ann.press(again);
        assert!(ann.wants().iter().any(keeps), "{again}");
        ann.hears(full()).draw();
        ann.press("Esc").waits(300);
    }
    ann.waits(300).press("y").sees("Answer: left; what was typed is lost");
    assert!(ann.desk.form().is_none());
    assert_eq!(ann.wants(), []);
}

#[test]
fn a_text_of_several_lines_moves_within_itself_first() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("one").press("Enter").types("two").press("Up").types("!");
    assert_eq!(ann.text_of("notes"), "one!\ntwo");
    ann.press("Down Down");
    assert_eq!(ann.desk.form().unwrap().at.as_deref(), Some("ticket"));
    ann.press("Up");
    assert_eq!(ann.desk.form().unwrap().at.as_deref(), Some("notes"));
}

#[test]
fn what_is_seen_is_what_is_sent() {
    let mut ann = Sitting::filling(120, 40);
    ann.pastes("a\u{1b}[2Jb\u{202e}c\td\r\n").sees("ab<U+202E>c    d");
    assert_eq!(ann.text_of("notes"), "ab<U+202E>c    d");
    // A card number is shown masked, and so it is not sent.
    ann.fills("ticket", "4111111111111111").sees("411111******1111");
    ann.press("Tab").sees("! is 4 characters too long").press("Ctrl-r").sees("to mend before the review");
    assert!(ann.desk.form().unwrap().review.is_none());
}

#[test]
fn what_is_pasted_keeps_its_lines_and_loses_what_is_no_text_which_is_told() {
    let mut ann = Sitting::filling(120, 40);
    // A terminal makes CR of the ends of lines.
    ann.pastes("one\rtwo\r\nthree\n").misses("left out");
    assert_eq!(ann.text_of("notes"), "one\ntwo\nthree");
    ann.press("Ctrl-u").pastes("a\u{1b}[31mb\u{7}c\u{9b}1md\u{7f}").sees("abcd").misses("^");
    ann.sees("10 characters that are no text were left out");
    assert_eq!(ann.text_of("notes"), "abcd");
    ann.types("!")
        .misses("left out")
        .fills("ticket", "")
        .pastes("a\rb\u{8}")
        .sees("one character that is no text");
    assert_eq!(ann.text_of("ticket"), "a b");
    ann.fills("notes", "").press("Ctrl-u").pastes("\u{1b}[A\u{1b}[B").sees("6 characters that are no text");
    assert_eq!(ann.text_of("notes"), "");
    // An editor leaves such things as well.
    let text = Ok(Raw::new("They\rnever\u{1b}[0m came."));
    ann.hears(Event::Edited { draft: "d1".to_owned(), field: "notes".to_owned(), answer: text }).draw();
    ann.sees("4 characters that are no text were left out");
    assert_eq!(ann.text_of("notes"), "They\nnever came.");
}

#[test]
fn choices_are_picked_by_a_few_letters_and_nothing_is_taken_unasked() {
    let mut ann = Sitting::filling(120, 40);
    ann.fills("outcome", "").press("Enter");
    assert_eq!(ann.text_of("outcome"), "");
    ann.fills("outcome", "merch w").sees("▶ lost  the merchant won").press("Enter");
    assert_eq!(ann.text_of("outcome"), "lost");
    ann.sees("lost  the merchant won");
    ann.fills("outcome", "x").press("Tab").sees("! is none of the choices");
    ann.fills("day", "today").fills("amount", "12.505").sees("EUR");
    ann.press("Tab").sees("! has more decimals than its currency");
    ann.fills("count", "10").press("Tab").sees("! must be a whole number from 1 to 9");
}

#[test]
fn an_amount_stands_beside_its_currency_and_a_form_says_that_it_goes_on() {
    let mut ann = Sitting::filling(120, 40);
    ann.misses("more below")
        .types("x")
        .fills("amount", "12.50")
        .sees("12.50 EUR")
        .press("Tab")
        .sees("12.50 EUR");
    ann.reviews().sees("12.50 EUR");
    Sitting::filling(60, 20).sees("more below");
}

#[test]
fn a_currency_that_nobody_pays_with_is_doubted_and_sent_all_the_same() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").fills("parts", "").press("Ctrl-a").types("seat");
    ann.fills("parts.0.currency", "zzz")
        .misses("ISO 4217")
        .press("Tab")
        .sees("! ZZZ is no currency of ISO 4217");
    ann.reviews().sees("! ZZZ is no currency of ISO 4217");
    assert!(ann.desk.form().unwrap().review.is_some());
}

#[test]
fn a_card_number_is_never_shown_and_never_in_the_draft() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("x")
        .fills("pan", "4111 1111")
        .press("Tab")
        .sees("! a card number has 12 to 19 digits, this has 8");
    ann.press("BackTab").pastes("1111-1111").sees("****************").misses("1111").press("Tab");
    let draft = ann.waits(2000).keeps();
    assert!(!format!("{draft:?}").contains("1111"));
    ann.reviews().sees("16 digits, not shown; leave encrypted").press("s");
    let submission = ann.sent().unwrap();
    let (address, number) = &submission.cards[0];
    assert_eq!((address.as_str(), number.reveal()), ("pan", "4111111111111111"));
}

#[test]
fn a_card_number_whose_check_digit_is_wrong_is_told_where_it_was_typed() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("x").fills("pan", "4111111111111112").misses("check digit is wrong").press("Tab");
    ann.sees("! the check digit is wrong: a digit is mistyped").press("Ctrl-r");
    assert!(ann.desk.form().unwrap().review.is_none());
    assert_eq!(ann.desk.form().unwrap().at.as_deref(), Some("pan"));
    ann.press("Backspace").types("1").reviews();
    assert!(ann.desk.form().unwrap().review.is_some());
}

#[test]
fn what_a_provider_says_of_one_file_stands_under_the_files_and_says_which() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").press("Tab Tab Tab");
    for file in [paper("letter.pdf", 913), paper("scan.pdf", 914)] {
        let (draft, field) = ("d1".to_owned(), "papers".to_owned());
        ann.hears(Event::Attached { draft, field, answer: Ok(file) });
    }
    ann.keeps();
    ann.reviews().press("s");
    ann.sent();
    let problem = |field: &str, says| Problem { field: field.to_owned(), says: own(says) };
    let problems = vec![
        problem("papers.1.fileName", "Is required."),
        problem("papers.7", "Is strange."),
        problem("notes.0", "Is odd."),
        problem("shop.zip", "Is unknown."),
    ];
    let answer = Err(NotQueued { says: own("the provider refused it"), problems });
    ann.hears(Event::Queued { draft: "d1".to_owned(), answer }).draw();
    ann.sees("! scan.pdf: fileName: Is required.").sees("! papers.7: Is strange.").sees("! notes.0: Is odd.");
    ann.sees("! shop.zip: Is unknown.");
    let screen = ann.screen();
    let at = |words: &str| screen.lines().position(|line| line.contains(words)).unwrap();
    assert!(at("Papers") < at("Is required.") && at("Papers") < at("Is strange."), "{screen}");
    assert!(at("Notes") < at("Is odd.") && at("Is odd.") < at("Ticket"), "{screen}");
    assert!(at("Is unknown.") < at("Notes"), "what belongs to no field stands on top: {screen}");
    // Once something about the files changes, it is old.
    ann.fills("papers", "").press("Up Ctrl-d").misses("Is required.");
}

#[test]
fn elements_of_a_list_come_and_go() {
    let mut ann = Sitting::filling(120, 40);
    ann.fills("parts", "").sees("0 of at most 2").press("Ctrl-a").types("seat").sees("Parts 1");
    assert_eq!(ann.text_of("parts.0.name"), "seat");
    ann.press("Ctrl-a").types("bag").sees("Parts 2").press("Ctrl-a");
    assert_eq!(ann.desk.form().unwrap().draft.values.elements("parts"), 2, "there is room for two");
    ann.fills("parts.0.currency", "dkk").press("Enter");
    ann.fills("parts.0.value", "1").sees("DKK").press("Ctrl-d");
    assert_eq!(ann.text_of("parts.0.name"), "bag");
    assert_eq!(ann.desk.form().unwrap().draft.values.elements("parts"), 1);
}

#[test]
fn an_empty_field_is_not_there_or_empty_or_null() {
    let mut ann = Sitting::filling(120, 40);
    ann.fills("ticket", "");
    let value = |ann: &Sitting| ann.desk.form().unwrap().draft.values.get("ticket").cloned();
    assert_eq!(value(&ann), None);
    ann.press("Ctrl-n").sees("an empty text");
    assert_eq!(value(&ann), Some(Entered::Text(Raw::default())));
    ann.press("Ctrl-n").sees("(null: no value)");
    assert_eq!(value(&ann), Some(Entered::Null));
    ann.press("Ctrl-n");
    assert_eq!(value(&ann), None);
    // What holds letters is not emptied by going round.
    ann.types("a").press("Ctrl-n");
    assert_eq!(ann.text_of("ticket"), "a");
    // No null is offered where the API takes none.
    let city = |ann: &Sitting| ann.desk.form().unwrap().draft.values.get("shop.city").cloned();
    ann.fills("shop.city", "").press("Ctrl-n");
    assert_eq!(city(&ann), Some(Entered::Text(Raw::default())));
    ann.press("Ctrl-n");
    assert_eq!(city(&ann), None);
    ann.fills("count", "").press("Ctrl-n Ctrl-n");
    assert_eq!(ann.desk.form().unwrap().draft.values.get("count"), None);
}

#[test]
fn whatever_is_sent_is_on_the_review_even_where_it_is_empty() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("Never came.").fills("ticket", "").press("Ctrl-n").fills("shop.city", "").press("Ctrl-n");
    // A day is no text: it is not there, or null.
    ann.fills("day", "").press("Ctrl-n").sees("(null: no value)").fills("parts", "").press("Ctrl-a");
    ann.types("  ").fills("parts.0.name", "").press("Tab Tab Ctrl-n");
    ann.press("Ctrl-r").sees("to mend before the review").fills("parts.0.name", "x").reviews();
    let row =
        |label: &str| ann.screen().lines().find(|line| line.contains(label)).unwrap_or_default().to_owned();
    assert!(row(" Ticket ").contains("(an empty text)"), "{}", ann.screen());
    assert!(row(" City ").contains("(an empty text)") && !row(" Shop").is_empty(), "{}", ann.screen());
    assert!(row(" Day ").contains("(null: no value)") && row(" Currency ").contains("(null: no value)"));
    // They are ours, and look like it.
    assert!(!ann.is_dim("Never came."));
    assert!(ann.is_dim("(an empty text)") && ann.is_dim("(null: no value)"));
}

#[test]
fn a_text_of_blanks_is_on_the_review() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("Never came.").fills("ticket", "   ").reviews();
    ann.sees("(blanks only, length 3)");
}

fn named(name: &str, is_folder: bool) -> Named {
    Named { name: Raw::new(name), is_folder, size: 913 }
}

fn asked_folder(ann: &mut Sitting) -> (u64, Raw, Raw) {
    match ann.wants().pop() {
        Some(Effect::ListFolder { ask, from, into }) => (ask, from, into),
        other => panic!("no folder was asked for, but {other:?}"),
    }
}

fn shows_folder(ann: &mut Sitting, path: &str, names: Vec<Named>) -> (Raw, Raw) {
    let (ask, from, into) = asked_folder(ann);
    ann.hears(Event::Folder { ask, answer: Ok(Folder { path: Raw::new(path), names, left_out: 0 }) }).draw();
    (from, into)
}

#[test]
fn files_are_found_by_a_few_letters_and_attached() {
    let mut ann = Sitting::filling(120, 40);
    ann.fills("papers", "");
    let names = vec![named("letters", true), named("scan-1.pdf", false), named("scan-2.pdf", false)];
    shows_folder(&mut ann, "/home/ann", names.clone());
    ann.sees("in /home/ann").sees("▶ letters/").press("Enter");
    let went = shows_folder(&mut ann, "/home/ann/letters", vec![named("answer.pdf", false)]);
    assert_eq!(went, (Raw::new("/home/ann"), Raw::new("letters")));
    ann.press("Backspace");
    assert_eq!(shows_folder(&mut ann, "/home/ann", names).1, Raw::new(".."));
    ann.types("s2")
        .sees("▶ scan-2.pdf  913 bytes")
        .misses("scan-1")
        .press("Enter")
        .sees("a file is being copied");
    let (draft, field) = ("d1".to_owned(), "papers".to_owned());
    let attach = Effect::Attach {
        draft: draft.clone(),
        field: field.clone(),
        folder: Raw::new("/home/ann"),
        name: Raw::new("scan-2.pdf"),
    };
    assert_eq!(ann.wants(), [attach]);
    for file in [paper("scan-2.pdf", 913), paper("large.pdf", 5000)] {
        ann.hears(Event::Attached { draft: draft.clone(), field: field.clone(), answer: Ok(file) });
    }
    ann.draw();
    ann.sees("scan-2.pdf, application/pdf, 913 bytes").sees("9f86d081884c").sees("2/2");
    ann.sees("! large.pdf has 5000 bytes, 4000 bytes too many; at most");
    insta::assert_snapshot!("files", ann.screen());
    // Of several it is said which one goes.
    ann.press("Ctrl-d")
        .sees("which one? Up marks")
        .press("Up Up")
        .sees("▶ attached: scan-2.pdf")
        .press("Ctrl-d");
    ann.misses("attached: scan-2.pdf").sees("attached: large.pdf").press("Ctrl-d").misses("large.pdf");
    ann.types("~/scans/");
    assert_eq!(asked_folder(&mut ann).2, Raw::new("~/scans/"));
    // A folder that cannot be read is told in place.
    ann.press("Tab BackTab");
    let (ask, ..) = asked_folder(&mut ann);
    ann.hears(Event::Folder { ask, answer: Err(own("that folder cannot be read")) }).draw();
    ann.sees("! that folder cannot be read");
}

#[test]
fn the_names_of_a_folder_are_read_again_by_a_key_and_with_every_visit() {
    let mut ann = Sitting::filling(120, 40);
    ann.fills("papers", "");
    shows_folder(&mut ann, "/home/ann", vec![named("scan-1.pdf", false), named("scan-3.pdf", false)]);
    ann.types("scan").press("Down").sees("▶ scan-3.pdf").press("F5");
    let more = ["scan-1.pdf", "scan-2.pdf", "scan-3.pdf"].map(|name| named(name, false)).to_vec();
    assert_eq!(shows_folder(&mut ann, "/home/ann", more), (Raw::new("/home/ann"), Raw::default()));
    ann.sees("scan-2.pdf").sees("▶ scan-3.pdf");
    // One that is gone has no mark any more.
    ann.press("F5");
    shows_folder(&mut ann, "/home/ann", vec![named("scan-1.pdf", false), named("scan-2.pdf", false)]);
    ann.sees("▶ scan-1.pdf").misses("scan-3.pdf");
    ann.press("Tab BackTab");
    let visited = shows_folder(&mut ann, "/home/ann", vec![named("scan-4.pdf", false)]);
    assert_eq!(visited, (Raw::new("/home/ann"), Raw::default()));
    ann.sees("scan-4.pdf").misses("scan-1.pdf");
    // Where there is no folder the key does nothing.
    ann.fills("ticket", "T").wants();
    ann.press("F5");
    assert_eq!((ann.wants(), ann.text_of("ticket").as_str()), (vec![], "T"));
}

#[test]
fn every_file_that_cannot_be_taken_is_told_and_what_is_seen_in_the_folder_is_not_even_copied() {
    let mut ann = Sitting::filling(120, 40);
    ann.fills("papers", "");
    let of_size = |name, size| Named { size, ..named(name, false) };
    shows_folder(&mut ann, "/home/ann", vec![of_size("empty.pdf", 0), of_size("large.pdf", 1001)]);
    ann.press("Enter").sees("! empty.pdf is empty; it was not attached");
    ann.press("Down Enter").sees("! large.pdf has 1001 bytes, 1 byte too many");
    assert_eq!(ann.wants(), []);
    for file in [paper("one.pdf", 0), paper("two.pdf", 2000)] {
        let (draft, field) = ("d1".to_owned(), "papers".to_owned());
        ann.hears(Event::Attached { draft, field, answer: Ok(file) }).draw();
    }
    ann.sees("! one.pdf is empty").sees("! two.pdf has 2000 bytes");
}

#[test]
fn a_field_that_takes_no_archive_says_so() {
    let mut ann = Sitting::filling(120, 40);
    let (draft, field) = ("d1".to_owned(), "papers".to_owned());
    ann.fills("papers", "").hears(Event::Attached { draft, field, answer: Ok(paper("letter.pdf", 913)) });
    ann.wants();
    ann.press("Ctrl-p").sees("! this field takes no ZIP archive; taken are").sees("! application/pdf");
    assert_eq!(ann.wants(), []);
    ann.misses("Ctrl-p packs");
}

#[test]
fn a_folder_too_long_to_be_shown_whole_says_how_much_of_it_is_missing() {
    let mut ann = Sitting::filling(120, 40);
    ann.fills("papers", "");
    let (ask, ..) = asked_folder(&mut ann);
    let answer =
        Folder { path: Raw::new("/srv/scans"), names: vec![named("scan-1.pdf", false)], left_out: 812 };
    ann.hears(Event::Folder { ask, answer: Ok(answer) }).draw();
    ann.sees("in /srv/scans").sees("812 more names of this folder are not shown");
    ann.press("Esc");
}

#[test]
fn a_file_that_is_still_being_copied_holds_back_the_review_wherever_the_focus_is() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").fills("papers", "");
    shows_folder(&mut ann, "/home/ann", vec![named("scan-1.pdf", false)]);
    ann.press("Enter Tab BackTab").press("Ctrl-r").sees("a file is still being copied");
    assert!(ann.desk.form().unwrap().review.is_none());
    let attached = |file| Event::Attached { draft: "d1".to_owned(), field: "papers".to_owned(), answer: file };
    ann.hears(attached(Err(own("you may not read it")))).press("Tab").reviews();
    assert!(ann.desk.form().unwrap().review.is_some());
    // One that comes all the same is seen before anything is sent.
    ann.hears(attached(Ok(paper("letter.pdf", 913)))).draw();
    ann.sees("a file came while this was reviewed").press("s");
    assert_eq!(ann.sent(), None);
}

#[test]
fn a_file_that_could_not_be_copied_holds_back_nothing() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").fills("papers", "");
    shows_folder(&mut ann, "/home/ann", vec![named("scan-1.pdf", false)]);
    ann.press("Enter");
    ann.hears(Event::Trouble(Undone::Attach("d1".to_owned()), own("the disk is full"))).draw();
    ann.sees("the disk is full; the file is not attached").reviews();
    assert!(ann.desk.form().unwrap().review.is_some());
}

#[test]
fn what_was_asked_for_before_a_draft_was_kept_beside_comes_all_the_same() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").fills("papers", "");
    shows_folder(&mut ann, "/home/ann", vec![named("scan-1.pdf", false)]);
    ann.press("Enter");
    let kept = beside("d2", Meanwhile::Changed);
    ann.hears(Event::DraftKept { draft: "d1".to_owned(), kept });
    let attached = Ok(paper("scan-1.pdf", 913));
    ann.press("Ctrl-r").sees("a file is still being copied");
    ann.hears(Event::Attached { draft: "d1".to_owned(), field: "papers".to_owned(), answer: attached }).draw();
    ann.sees("attached: scan-1.pdf").keeps();
    let text = Ok(Raw::new("They never came, nor did the shop answer."));
    ann.hears(Event::Edited { draft: "d1".to_owned(), field: "notes".to_owned(), answer: text }).draw();
    ann.sees("nor did the shop answer").reviews();
    assert!(ann.desk.form().unwrap().review.is_some());
    // One that could not be copied is not waited for either.
    ann.press("Esc").fills("papers", "");
    shows_folder(&mut ann, "/home/ann", vec![named("scan-2.pdf", false)]);
    ann.press("Enter");
    ann.hears(Event::Trouble(Undone::Attach("d1".to_owned()), own("the disk is full"))).draw();
    ann.sees("the disk is full; the file is not attached").reviews();
    assert!(ann.desk.form().unwrap().review.is_some());
}

#[test]
fn the_review_shows_everything_that_would_leave_and_one_key_sends_it() {
    for (width, height) in [(120, 40), (80, 24)] {
        let mut ann = Sitting::filling(width, height);
        ann.types("They never came.").fills("outcome", "won").press("Enter").fills("amount", "12.50");
        ann.hears(Event::Attached {
            draft: "d1".to_owned(),
            field: "papers".to_owned(),
            answer: Ok(paper("letter.pdf", 913)),
        });
        ann.reviews().sees("Review: Answer 2600410540").sees("TEST").sees("They never came.");
        insta::assert_snapshot!(format!("review {width}x{height}"), ann.screen());
        ann.press("Enter z");
        assert_eq!(ann.sent(), None);
        ann.press("s").sees("being queued");
        let submission = ann.sent().unwrap();
        assert_eq!(submission.draft.values.text("amount"), "12.50");
        assert_eq!((submission.version, submission.forced), (8, false));
        ann.hears(Event::Queued { draft: "d1".to_owned(), answer: Ok("e1".to_owned()) }).draw();
        ann.sees("Answer of 2600410540 is queued");
        // The next most urgent case follows, as after parking.
        assert_eq!(ann.wants(), [Effect::Urgent { after: Some(id()), within: None }]);
    }
}

#[test]
fn keys_that_were_typed_ahead_send_nothing() {
    let mut ann = Sitting::of(ACTIONS, 120, 40);
    // All of it before the form is there.
    ann.press("Enter").press("s x Ctrl-r s s Enter s");
    let begin = ann.begun();
    let draft = Draft {
        id: "d1".to_owned(),
        profile: begin.profile.clone(),
        action: begin.action.clone(),
        case: begin.case.clone(),
        base: None,
        values: Values::default(),
    };
    let opened = Opened { draft, version: 1, file: Some(ann.file()), resumed: false, problems: Vec::new() };
    ann.hears(Event::Form { begin, answer: Ok(Box::new(opened)) }).draw();
    assert_eq!(ann.text_of("notes"), "x", "they were typed into the form");
    ann.keeps();
    assert!(ann.desk.form().unwrap().review.is_some());
    assert_eq!(ann.sent(), None);
    // And in the moment in which the review appears.
    ann.press("s s s").pastes("s\r").waits(299).press("s Enter");
    assert_eq!(ann.sent(), None);
    ann.waits(1).press("s");
    assert!(ann.sent().is_some());
}

#[test]
fn keys_behind_the_one_that_sends_are_dropped_until_the_answer_is_there() {
    for slow in [false, true] {
        let mut ann = Sitting::filling(120, 40);
        ann.types("They never came.").press("Ctrl-r").waits(300);
        if slow {
            // The draft is still being kept: the key that sends waits, and those behind it with it.
            ann.press("s s x Enter").pastes("s\r").keeps();
        } else {
            ann.keeps();
            ann.press("s");
        }
        assert!(ann.sent().is_some(), "slow: {slow}");
        ann.press("s x Enter").pastes("s\r");
        ann.hears(Event::Queued { draft: "d1".to_owned(), answer: Ok("e1".to_owned()) }).draw();
        assert_eq!(ann.wants(), [Effect::Urgent { after: Some(id()), within: None }]);
        // The next case is there, and no key was meant for it.
        ann.hears(Event::Urgent(Some(id()))).draw();
        assert_eq!(ann.wants(), [], "slow: {slow}");
        ann.press("s");
        ann.begun();
    }
    // Where it was refused, none of them ends up in the form.
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").reviews().press("s").press("x");
    let answer = Err(NotQueued { says: own("the provider refused it"), problems: Vec::new() });
    ann.hears(Event::Queued { draft: "d1".to_owned(), answer }).draw();
    assert_eq!(ann.text_of("notes"), "They never came.");
    ann.types("!");
    assert_eq!(ann.text_of("notes"), "They never came.!");
}

#[test]
fn a_final_action_wants_the_last_four_characters_of_the_case() {
    let mut ann = Sitting::of(ACTIONS, 120, 40);
    ann.press("Enter e").opens(Values::default()).types("over").reviews();
    ann.sees("final: nothing takes it back").press("s Enter").sees("type 0540, then Enter");
    assert_eq!(ann.sent(), None);
    ann.press("Backspace").types("0540").press("Enter");
    assert!(ann.sent().is_some());
}

#[test]
fn what_was_refused_stands_under_its_field_and_the_draft_is_kept() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").fills("ticket", "T-1").reviews().press("s");
    ann.sent();
    let problems = vec![
        Problem { field: "ticket".to_owned(), says: own("the provider knows no such ticket") },
        Problem { field: "stranger".to_owned(), says: own("is not understood") },
    ];
    let answer = Err(NotQueued { says: own("the provider refused it"), problems });
    ann.hears(Event::Queued { draft: "d1".to_owned(), answer }).draw();
    ann.sees("! the provider knows no such ticket").sees("! stranger: is not understood").sees("T-1");
    assert_eq!(ann.desk.form().unwrap().at.as_deref(), Some("ticket"));
    assert_eq!(ann.text_of("notes"), "They never came.");
    ann.types("0").misses("knows no such ticket").reviews().press("s");
    ann.hears(Event::Trouble(Undone::Submit("d1".to_owned()), own("the store did not take it"))).draw();
    ann.sees("the store did not take it; nothing was sent, the draft is here");
    assert_eq!(ann.text_of("ticket"), "T-10");
}

#[test]
fn a_case_that_moved_since_the_form_was_begun_is_told_on_top_and_in_the_review() {
    let mut ann = Sitting::of(ACTIONS, 120, 40);
    let base = Case { status: Raw::new("new"), ..case() };
    ann.press("Enter s").opens_on(Values::default(), base);
    ann.sees("! moved since this form was begun: status new -> none");
    ann.types("x").reviews().sees("! moved since the form was begun");
    // It moves again, under the review.
    ann.case.queue = Raw::new("7000");
    let file = Some(Box::new(ann.file()));
    ann.hears(Event::File { id: id(), file }).draw();
    ann.sees("the case moved while it was reviewed").sees("queue 6000 -> 7000");
    assert!(ann.desk.form().unwrap().review.is_none());
    ann.reviews().sees("it does not fit, and is not sent unforced").press("s");
    assert_eq!(ann.sent(), None, "nobody forced it");
    ann.sees("--force begins it all the same");
}

#[test]
fn what_is_sent_rests_on_the_case_that_was_reviewed() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("x");
    ann.case.status = Raw::new("answered by phone");
    let file = Some(Box::new(ann.file()));
    ann.hears(Event::File { id: id(), file }).draw();
    ann.reviews().sees("moved since the form was begun: status").press("s");
    let submission = ann.sent().unwrap();
    assert!(!submission.forced);
    assert_eq!(submission.draft.base.unwrap().status, Raw::new("answered by phone"));
}

#[test]
fn an_action_that_does_not_fit_says_why_and_can_be_forced_by_name() {
    let mut ann = Sitting::of(ACTIONS, 120, 40);
    ann.press("Enter x").sees("Answer is for cases in queue 7000; this one is in 6000; :wait --force");
    assert_eq!(ann.wants(), []);
    ann.press("A").sees("Actions: Enter begins").sees("this one is in 6000");
    insta::assert_snapshot!("all actions", ann.screen());
    ann.press("j j Enter").sees(":wait --force");
    ann.press(":").types("wai").press("Tab").types(" --force").press("Enter").opens(Values::default());
    ann.types("x").reviews().sees("forced, although it does not fit: Answer is for").press("s");
    assert!(ann.sent().unwrap().forced);
}

#[test]
fn a_form_that_does_not_come_is_not_waited_for() {
    let mut ann = Sitting::of(ACTIONS, 120, 40);
    ann.press("Enter s j j");
    let begin = ann.begun();
    ann.press("Esc").sees("not waited for any longer");
    let answer = Err(own("too late"));
    ann.hears(Event::Form { begin, answer }).draw();
    ann.misses("too late").press("s");
    ann.hears(Event::Trouble(Undone::Begin, own("the store is busy"))).draw();
    ann.sees("the store is busy").press("Esc");
    assert_eq!(ann.desk.focus, Focus::List, "keys are heard again");
}

#[test]
fn what_another_terminal_did_with_a_draft_is_told_and_what_is_typed_here_is_kept_beside() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("mine").waits(2000);
    ann.wants();
    let kept = beside("d2", Meanwhile::Changed);
    ann.hears(Event::DraftKept { draft: "d1".to_owned(), kept }).draw();
    ann.sees("this one is kept beside it");
    let form = ann.desk.form().unwrap();
    assert_eq!((form.draft.id.as_str(), form.version), ("d2", 1));
    ann.types("!").waits(2000);
    ann.wants();
    ann.hears(Event::DraftKept { draft: "d2".to_owned(), kept: DraftKept::Gone }).draw();
    assert_eq!(ann.desk.notice.as_ref().unwrap().tone, Tone::Bad);
    ann.sees("another terminal queued this very draft").sees("mine!");
    // What is typed from then on is another text.
    for (id, meanwhile, words) in [
        ("d3", Meanwhile::Queued, "another terminal queued this draft"),
        ("d4", Meanwhile::Sent, "another terminal sent this draft"),
        ("d5", Meanwhile::Discarded, "another terminal discarded this draft"),
    ] {
        let before = ann.desk.form().unwrap().draft.id.clone();
        ann.types("!").waits(2000);
        assert!(matches!(ann.wants().as_slice(), [Effect::KeepDraft { .. }]), "{words}");
        ann.hears(Event::DraftKept { draft: before, kept: beside(id, meanwhile) }).draw();
        ann.sees(words);
    }
    assert_eq!(ann.desk.form().unwrap().draft.id, "d5");
    ann.press("Esc").sees("Answer: draft kept");
}

#[test]
fn leaving_a_form_that_another_terminal_queued_tells_what_became_of_the_text() {
    for (kept, words) in [
        (beside("d2", Meanwhile::Queued), "kept beside it"),
        (beside("d2", Meanwhile::Discarded), "kept as a new one"),
        (DraftKept::Gone, "another terminal queued this very draft"),
    ] {
        let mut ann = Sitting::filling(120, 40);
        ann.types("mine").press("Esc");
        ann.hears(Event::DraftKept { draft: "d1".to_owned(), kept }).draw();
        assert!(ann.desk.form().is_none(), "{words}");
        ann.sees(words).misses("draft kept");
    }
}

#[test]
fn a_draft_that_nobody_touched_since_it_was_kept_is_not_handed_over_again() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("mine").waits(2000).keeps();
    ann.types("!").waits(2000);
    ann.wants();
    ann.hears(Event::Trouble(Undone::KeepDraft("d1".to_owned()), own("the disk is full"))).draw();
    // Back to what is kept: whatever became of that elsewhere stands.
    ann.press("Backspace").waits(2000);
    assert_eq!(ann.wants(), []);
    ann.press("Esc");
    assert_eq!((ann.wants(), ann.desk.form().is_none()), (vec![], true));
}

#[test]
fn what_is_on_its_way_into_the_outbox_is_not_kept_a_second_time() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").waits(2000).types(" Not once.").press("Ctrl-r");
    let first = ann.keeps();
    assert_eq!(first.values.text("notes"), "They never came.");
    // What is sent is the version that is kept.
    assert_eq!(ann.keeps().values.text("notes"), "They never came. Not once.");
    ann.waits(300).press("s");
    assert!(ann.sent().is_some());
    ann.waits(60_000);
    assert_eq!(ann.wants(), []);
    assert!(!ann.desk.farewell().iter().any(|effect| matches!(effect, Effect::KeepDraft { .. })));
}

#[test]
fn a_text_that_could_not_be_kept_is_not_handed_over_while_it_is_sent_but_once_it_comes_back() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("They never came.").press("Ctrl-r");
    ann.wants();
    ann.hears(Event::Trouble(Undone::KeepDraft("d1".to_owned()), own("the disk is full"))).draw();
    ann.waits(300).press("s");
    assert!(ann.sent().is_some());
    let keeps = |effect: &Effect| matches!(effect, Effect::KeepDraft { .. });
    assert!(!ann.desk.farewell().iter().any(keeps));
    let answer = Err(NotQueued { says: own("the disk is full"), problems: Vec::new() });
    ann.hears(Event::Queued { draft: "d1".to_owned(), answer }).draw();
    assert!(ann.desk.farewell().iter().any(keeps));
}

#[test]
fn the_day_that_was_reviewed_is_the_day_that_is_sent() {
    let mut ann = Sitting::filling(120, 40);
    ann.now = moment("2026-11-22T23:59:00Z");
    ann.types("They never came.").fills("day", "today").press("Ctrl-r");
    assert_eq!(ann.keeps().values.text("day"), "2026-11-22");
    ann.waits(300);
    let day = |line: &str| line.contains(" Day ") && line.contains("2026-11-22");
    assert!(ann.screen().lines().any(day), "{}", ann.screen());
    ann.waits(5 * 60_000).press("s");
    assert_eq!(ann.sent().unwrap().draft.values.text("day"), "2026-11-22");
    ann.press("Esc");
}

#[test]
fn a_card_number_in_a_text_is_told_and_the_draft_is_kept_once() {
    let mut ann = Sitting::filling(120, 40);
    ann.types("Card 4111111111111111").press("Tab").sees("! may hold a card number").waits(2000).keeps();
    ann.waits(2000).waits(60_000);
    assert_eq!(ann.wants(), [], "nothing changed since");
    assert!(ann.desk.wake().is_none_or(|at| at > ann.now));
}

/// A whole card number in a text, however it came there, is told and keeps it from being sent.
#[test]
fn a_whole_card_number_in_a_text_is_never_sent_however_it_came_there() {
    // Parts that are pasted, and breaks of a line.
    for parts in [
        vec!["4111 1111 1111 ", "1111", "\n"],
        vec!["4111 1111 ", "1111 1111\n"],
        vec!["4111 1111", "\n", "1111 1111"],
        vec!["4111", "\n", "1111\n", "\n", "1111", "\n", "1111"],
        vec!["41111111\r\n", "11111111\r\n"],
    ] {
        let mut ann = Sitting::filling(120, 40);
        for part in &parts {
            match *part {
                "\n" => ann.press("Enter"),
                part => ann.pastes(part),
            };
        }
        ann.press("Tab").sees("! may hold a card number").press("Ctrl-r");
        assert!(ann.desk.form().unwrap().review.is_none(), "{parts:?}");
        ann.press("Esc");
    }
    // What is pasted whole is masked as it comes, and what is masked already is no card number.
    for (pasted, held) in [
        ("4111111111111111\n", "411111******1111"),
        ("4111 1111\r\n1111 1111\n", "4111 11**\n**** 1111"),
        ("541333******8379", "541333******8379"),
    ] {
        let mut ann = Sitting::filling(120, 40);
        ann.pastes(pasted).reviews();
        assert_eq!(ann.text_of("notes"), held);
        assert!(ann.desk.form().unwrap().review.is_some(), "{pasted:?}");
        ann.press("Esc Esc");
    }
}

#[test]
fn a_note_goes_into_the_journal_and_nowhere_else() {
    let mut ann = Sitting::of(ACTIONS, 120, 40);
    ann.press("Enter o Enter").sees("a note needs words").types("called the cardholder").press("Enter");
    assert_eq!(ann.wants(), [Effect::Note { case: id(), text: Raw::new("called the cardholder") }]);
}

#[test]
fn a_key_that_changes_nothing_draws_nothing_and_a_letter_costs_few_bytes() {
    let mut ann = Sitting::filling(120, 40);
    ann.press("Tab Tab Tab Tab Tab Tab Tab Tab Tab Tab");
    assert_eq!(ann.desk.form().unwrap().at, None);
    let frames = ann.frames;
    ann.press("Tab Down z Ctrl-d Ctrl-a Ctrl-u Ctrl-n Ctrl-e Backspace Left");
    assert_eq!(ann.frames, frames);
    ann.press("o");
    assert_eq!(ann.desk.form().unwrap().at.as_deref(), Some("notes"));
    ann.pastes(&"word and word. ".repeat(133));
    let bytes = Rc::new(RefCell::new(Vec::new()));
    let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 120, 40)) };
    let look = Look { theme: Theme::Default, signs: Signs::Unicode };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(Counted(bytes.clone())), options).unwrap();
    terminal.draw(|frame| view::draw(&ann.desk, look, frame)).unwrap();
    let before = bytes.borrow().len();
    ann.types("x");
    terminal.draw(|frame| view::draw(&ann.desk, look, frame)).unwrap();
    let cost = bytes.borrow().len() - before;
    assert!(cost < 120, "{cost} bytes for one letter in a note of two thousand");
}

struct Counted(Rc<RefCell<Vec<u8>>>);

impl io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn every_key_of_a_form_and_of_a_review_does_something_somewhere() {
    for bind in KEYS.iter().filter(|bind| bind.context.is_closed()) {
        for key in bind.keys {
            let did = (0..11).any(|down| {
                let mut ann = Sitting::filling(60, 20);
                ann.types(&"word ".repeat(200));
                let (draft, field) = ("d1".to_owned(), "papers".to_owned());
                ann.hears(Event::Attached { draft, field, answer: Ok(paper("letter.pdf", 913)) });
                ann.press(&"Tab ".repeat(down));
                if bind.context == Context::Review {
                    ann.reviews().press("j");
                }
                let (before, wants) = (ann.frames, ann.wants().len());
                ann.press(key);
                ann.frames > before || ann.wants.len() > wants
            });
            // Enter sends only what is final, which has its own story.
            let is_final = bind.context == Context::Review && *key == "Enter";
            assert_eq!(did, !is_final, "{key} in {:?}", bind.context);
            assert_eq!(name_of(&key_named(key)), *key);
        }
    }
}

#[test]
fn no_hostile_text_in_any_field_reaches_the_terminal_as_it_is() {
    let corpus: serde_json::Value = serde_json::from_str(include_str!("nasty-strings.json")).unwrap();
    for entry in corpus["entries"].as_array().unwrap() {
        let raw = Raw::from_bytes(&STANDARD.decode(entry["base64"].as_str().unwrap()).unwrap());
        let mut values = Values::default();
        for address in ["notes", "ticket", "outcome", "day", "amount", "count", "shop.city", "parts.0.name"] {
            values.set("notes", Entered::Text(raw.clone()));
            values.set(address, Entered::Text(raw.clone()));
        }
        let file = Attachment { name: raw.clone(), media: raw.exact().to_owned(), ..paper("x", 1) };
        values.set("papers", Entered::Files(vec![file]));
        let mut bytes = Vec::new();
        {
            let options = TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, 80, 24)) };
            let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut bytes), options).unwrap();
            let look = Look { theme: Theme::Default, signs: Signs::Unicode };
            let mut ann = Sitting::of(ACTIONS, 80, 24);
            ann.press("Enter s").opens(values);
            for _ in 0..ann.desk.form().unwrap().stops().len() + 1 {
                terminal.draw(|frame| view::draw(&ann.desk, look, frame)).unwrap();
                ann.hears(Event::Paste(raw.clone()));
                terminal.draw(|frame| view::draw(&ann.desk, look, frame)).unwrap();
                if let Some(Effect::ListFolder { ask, .. }) = ann.wants.pop() {
                    let names = vec![Named { name: raw.clone(), is_folder: false, size: 1 }];
                    ann.hears(Event::Folder {
                        ask,
                        answer: Ok(Folder { path: raw.clone(), names, left_out: 7 }),
                    });
                    terminal.draw(|frame| view::draw(&ann.desk, look, frame)).unwrap();
                    ann.press("Ctrl-t");
                    ann.hears(Event::Paste(raw.clone()));
                    terminal.draw(|frame| view::draw(&ann.desk, look, frame)).unwrap();
                    ann.press("Enter");
                    if ann.desk.form().unwrap().is_asking() {
                        ann.press("Esc");
                    }
                }
                ann.press("Tab");
            }
            // The review is drawn whatever is wrong with the form.
            if let Over::Form(form) = &mut ann.desk.over {
                form.review = Some(casedesk::desk::form::review::Review::default());
            }
            for top in [0, 10, 20, 30, 40] {
                if let Over::Form(form) = &mut ann.desk.over
                    && let Some(review) = &mut form.review
                {
                    review.top = top;
                }
                terminal.draw(|frame| view::draw(&ann.desk, look, frame)).unwrap();
            }
        }
        assert_eq!(analyst::gate::only_allowed(&bytes), Ok(()), "{}", entry["id"]);
    }
}

#[test]
fn the_verbs_of_nets_open_their_forms() {
    let mut ann = Sitting::of(provider::nets::Nets.actions(), 120, 40);
    ann.press("Enter").sees("s submit  c close").press("s").opens(Values::default());
    insta::assert_snapshot!("nets submit", ann.screen());
    ann.press("Esc N").opens(Values::default()).sees("New dispute").sees("Card number *");
    insta::assert_snapshot!("nets create", ann.screen());
    ann.press("Ctrl-r").sees("to mend before the review").sees("! at least one is needed of: Dispute reason");
}
