//! The corpus of hostile strings, drawn through the widgets of the terminal library and through the whole desk, and read
//! back by the gate.

mod gate;

use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::{
    action::{
        Attachment, Draft, Entered, Entry as Queued, State as Stand, Values,
        entry::{Look as Glance, Try},
        life::{Earlier, Late, Life, May},
    },
    case::{
        Case, CaseId, DocumentRef, Entry as Deed, Extent, Fault, FaultKind, Happening, Moment, Parked, Picture,
        Pixels, Place, QueueId, QueueLine, Row as CaseRow, Settings, Side, Stage, Window,
    },
    desk::{
        Desk, Focus, Over, Profile, Realm, Setup, Start,
        outbox::Item,
        reader::State,
        words::{
            CaseFile, Clock, DraftLine, Effect, Errand, Event, Graphics, Inside, Leaf, Moved, Outbox, PaperId,
            Reading, Standing, Told, Undone, Unread,
        },
    },
    text::{Raw, SafeText},
    view::{
        self,
        style::{Look, Signs, Theme},
    },
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use gate::only_allowed;
use ratatui::{
    Frame, Terminal, TerminalOptions, Viewport,
    backend::CrosstermBackend,
    layout::{Constraint, Rect},
    style::Style,
    text::{Line, Span},
    widgets::{Block, Cell, List, Paragraph, Row, Table, Wrap},
};

const WIDTHS: [u16; 4] = [1, 20, 80, 200];
const HEIGHT: u16 = 4;

#[derive(Clone, Copy, Debug)]
enum Widget {
    Plain,
    Wrapped,
    List,
    Table,
    Title,
    Line,
}

const WIDGETS: [Widget; 6] =
    [Widget::Plain, Widget::Wrapped, Widget::List, Widget::Table, Widget::Title, Widget::Line];

/// The bytes that one frame with the text in the widget writes.
fn written(widget: Widget, width: u16, lines: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let area = Rect::new(0, 0, width, HEIGHT);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut bytes), options).unwrap();
    terminal.draw(|frame| draw(frame, widget, lines)).unwrap();
    drop(terminal);
    bytes
}

fn draw(frame: &mut Frame<'_>, widget: Widget, lines: &[&str]) {
    let area = frame.area();
    let first = lines.first().copied().unwrap_or_default();
    let all = || lines.iter().map(|line| Line::from(*line)).collect::<Vec<_>>();
    match widget {
        Widget::Plain => frame.render_widget(Paragraph::new(all()), area),
        Widget::Wrapped => frame.render_widget(Paragraph::new(all()).wrap(Wrap { trim: false }), area),
        Widget::List => frame.render_widget(List::new(all()), area),
        Widget::Table => {
            let row = Row::new([Cell::from(first), Cell::from("12.00")]);
            frame.render_widget(Table::new([row], [Constraint::Fill(1), Constraint::Length(6)]), area);
        }
        Widget::Title => frame.render_widget(Block::bordered().title(first), area),
        Widget::Line => {
            let line = Line::from(vec![Span::raw(first), Span::styled(first, Style::new().red().bold())]);
            frame.render_widget(line, area);
        }
    }
}

struct Entry {
    id: String,
    class: String,
    raw: Raw,
}

fn corpus() -> Vec<Entry> {
    let corpus: serde_json::Value = serde_json::from_str(include_str!("nasty-strings.json")).unwrap();
    let text = |entry: &serde_json::Value, member: &str| entry[member].as_str().unwrap().to_owned();
    let read = |entry| Entry {
        id: text(entry, "id"),
        class: text(entry, "class"),
        raw: Raw::from_bytes(&STANDARD.decode(text(entry, "base64")).unwrap()),
    };
    corpus["entries"].as_array().unwrap().iter().map(read).collect()
}

#[test]
fn whatever_a_provider_sends_only_harmless_bytes_reach_the_terminal() {
    for entry in corpus() {
        let lines = entry.raw.lines();
        let (shown, cell) = ([entry.raw.show()], [entry.raw.cell()]);
        for widget in WIDGETS {
            let texts: &[SafeText] = match widget {
                Widget::Plain | Widget::Wrapped => &lines,
                Widget::Table => &cell,
                Widget::List | Widget::Title | Widget::Line => &shown,
            };
            let texts: Vec<&str> = texts.iter().map(SafeText::as_str).take(8).collect();
            for width in WIDTHS {
                let bytes = written(widget, width, &texts);
                let place = format!("{} in {widget:?} at width {width}", entry.id);
                assert_eq!(only_allowed(&bytes), Ok(()), "{place}");
                let cells = usize::from(width * HEIGHT);
                assert!(bytes.len() <= 100 + 40 * cells, "{place}: {} bytes for {cells} cells", bytes.len());
            }
        }
    }
}

/// A desk in which every text that comes from outside is the same hostile one.
struct HostileDesk<'e> {
    raw: &'e Raw,
    desk: Desk,
    now: Moment,
}

impl<'e> HostileDesk<'e> {
    fn of(raw: &'e Raw, area: Rect) -> HostileDesk<'e> {
        let now = Moment::parse("2026-11-22T08:00:00Z").unwrap();
        let queues = vec![(raw.clone(), raw.clone())];
        let name = raw.exact().to_owned();
        let profiles = vec![Profile {
            name: name.clone(),
            provider: "Nets",
            realm: Realm::Test,
            queues,
            actions: &[],
            settings: Settings::of(&name),
        }];
        let start = Start {
            filter: name.clone(),
            place: Place::Queue(QueueId { profile: name, id: raw.clone() }),
            ..Start::default()
        };
        let (desk, effects) = Desk::open(Setup { profiles, start }, area, now);
        let mut hostile = HostileDesk { raw, desk, now };
        hostile.answer(effects);
        hostile
    }

    fn id(&self) -> CaseId {
        CaseId { profile: self.raw.exact().to_owned(), number: self.raw.clone() }
    }

    fn rows(&self) -> Vec<CaseRow> {
        let cell = self.raw.cell();
        let row = CaseRow {
            id: self.id(),
            number: self.raw.id_cell(),
            group: cell.clone(),
            queue: cell.clone(),
            stage: Stage::WithUs,
            status: cell.clone(),
            network: cell.clone(),
            card: cell.clone(),
            arn: self.raw.id_cell(),
            reason: cell.clone(),
            merchant: cell.clone(),
            amount: None,
            opened: Some(self.now),
            updated: Some(self.now),
            deadline: Some(self.now),
            documents: 1,
            parked: false,
            gone: false,
            marked: true,
        };
        vec![row.clone(), row]
    }

    fn file(&self) -> CaseFile {
        let (raw, at) = (self.raw.clone(), Some(self.now));
        let bare = Case::bare(self.id());
        let case = Case {
            group: raw.clone(),
            queue: raw.clone(),
            status: raw.clone(),
            network: raw.clone(),
            card: raw.clone(),
            cardholder: raw.clone(),
            arn: raw.clone(),
            reason: raw.clone(),
            merchant: raw.clone(),
            merchant_place: raw.clone(),
            merchant_category: raw.clone(),
            transaction_at: at,
            opened: at,
            updated: at,
            documents: vec![DocumentRef {
                id: raw.clone(),
                name: raw.clone(),
                claimed: raw.clone(),
                side: Side::Unknown,
                by: raw.clone(),
                at,
            }],
            history: vec![Happening { at, who: raw.clone(), what: raw.clone() }],
            unread: vec![raw.clone()],
            raw: Raw::new(format!("{{\"a\":\"{}\"}}", raw.exact())),
            ..bare
        };
        let deed = Deed {
            seq: 1,
            at: self.now,
            who: raw.clone(),
            event: raw.exact().to_owned(),
            subject: raw.clone(),
            detail: raw.clone(),
        };
        CaseFile {
            case,
            parked: Some(Parked { why: raw, at: self.now }),
            read_at: self.now,
            journal: vec![deed],
            reason: vec![self.raw.show(), self.raw.show()],
            clock: Some(Clock { at: self.now, words: self.raw.show() }),
        }
    }

    fn draft(&self, case: Option<CaseId>) -> Draft {
        let (raw, text) = (self.raw.clone(), self.raw.exact().to_owned());
        let mut values = Values::default();
        values.set_text("notes", raw.clone());
        values.set_text("acqReferenceData", raw.clone());
        values.set_text(&text, raw.clone());
        let attachment = Attachment {
            name: raw.clone(),
            sha256: text.clone(),
            size: 7,
            media: text.clone(),
            description: raw.clone(),
            measured: Default::default(),
        };
        values.set("documents", Entered::Files(vec![attachment]));
        let base = case.clone().map(|_| Box::new(self.file().case));
        Draft { id: text.clone(), profile: text.clone(), action: text, case, base, values }
    }

    /// One entry in each state, one that makes a case, and a draft.
    fn outbox(&self) -> Outbox {
        let (raw, text) = (self.raw.clone(), self.raw.exact().to_owned());
        let entry = |number: usize, state: Stand, case| Queued {
            id: format!("{number}{text}"),
            draft: self.draft(case),
            life: Life { state, earlier: Earlier::Loose, ..Life::queued(Late::Ask) },
            step: 0,
            steps: 2,
            created_at: self.now,
            created_by: raw.clone(),
            deadline: Some(self.now.plus(1)),
            forced: true,
            why: raw.clone(),
            remote: raw.clone(),
            supersedes: Some(text.clone()),
            settling: Default::default(),
            decided_by: raw.clone(),
            decided_why: raw.clone(),
            tries: vec![Try {
                step: 0,
                started_at: self.now,
                ended_at: None,
                status: None,
                says: raw.clone(),
                request_id: raw.clone(),
                members: vec![(raw.clone(), raw.clone())],
            }],
            looks: vec![Glance { at: self.now, says: raw.clone() }],
            version: 1,
        };
        let mut entries = vec![entry(0, Stand::Person, None)];
        let states = Stand::ALL.into_iter().enumerate();
        entries.extend(states.map(|(at, state)| entry(at + 1, state, Some(self.id()))));
        let standing = entries.iter().map(|entry| Standing {
            entry: entry.id.clone(),
            may: May::Confirmed(self.now.plus(60_000)),
            can_be_read: true,
            next_look: Some(self.now),
        });
        Outbox {
            standing: standing.collect(),
            drafts: vec![DraftLine { draft: self.draft(Some(self.id())), at: self.now }],
            paused: vec![(text.clone(), raw.show())],
            resting: vec![(self.id().profile, self.now.plus(60_000), raw.show())],
            sent_elsewhere: false,
            entries,
        }
    }

    /// Time enough to read what is shown.
    fn look(&mut self) {
        self.desk.drawn(self.now);
        self.now = self.now.plus(1000);
    }

    fn reading(&self) -> Reading {
        let inside = Inside { name: self.raw.show(), size: 7, closed: Some(self.raw.show()) };
        let extent = Some(Extent { width: 60.0, height: 80.0 });
        Reading {
            name: self.raw.show(),
            facts: vec![self.raw.show(), self.raw.show()],
            about: vec![(self.raw.cell(), self.raw.show())],
            lines: self.raw.lines(),
            pages: vec![Leaf { first: 0, extent, has_text: true, covers: None }],
            members: vec![inside],
            ..Reading::default()
        }
    }

    fn fault(&self, kind: FaultKind) -> Fault {
        let members = vec![(self.raw.clone(), self.raw.clone())];
        Fault { members, request_id: self.raw.clone(), ..Fault::new(kind, self.raw.clone()) }
    }

    /// Every question has a hostile answer; the first document cannot be read.
    fn answer(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let event = match effect {
                Effect::Look { ask, .. } => {
                    let window = Window { total: 2, matched: 2, first: 0, rows: self.rows() };
                    Event::Rows { ask, window, around: None }
                }
                Effect::Count => {
                    let id = QueueId { profile: self.raw.exact().to_owned(), id: self.raw.clone() };
                    let line = QueueLine {
                        id,
                        name: self.raw.clone(),
                        count: 2,
                        oldest: Some(self.now),
                        next_deadline: Some(self.now),
                        read_at: Some(self.now),
                    };
                    Event::Places { queues: vec![line], views: Vec::new() }
                }
                Effect::Open(id) => Event::File { id, file: Some(Box::new(self.file())) },
                Effect::Find(words) => Event::Found {
                    words,
                    rows: self.rows(),
                    faults: vec![(self.raw.exact().to_owned(), self.fault(FaultKind::Broken))],
                },
                Effect::Ask(errand) => Event::Asked { errand, answer: Err(self.fault(FaultKind::Refused)) },
                Effect::Fetch { paper, .. } => Event::Document { paper, answer: Ok(Box::new(self.reading())) },
                Effect::Probe => Event::Graphics(Graphics { cell: Some((1, 2)), says: self.raw.show() }),
                Effect::Picture { paper, page, viewport } => {
                    let (width, height) = (u32::from(viewport.width), u32::from(viewport.height));
                    let pixels = Pixels::Grey(vec![128; (width * height) as usize]);
                    let picture = Picture::new(width, height, pixels).unwrap();
                    Event::Picture { paper, page, viewport, answer: Ok(picture) }
                }
                _ => continue,
            };
            self.hear(event);
        }
    }

    fn hear(&mut self, what: Event) {
        let effects = self.desk.hear(Told { at: self.now, what });
        self.answer(effects);
    }

    fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            let code = match key {
                '\n' => KeyCode::Enter,
                '\u{1b}' => KeyCode::Esc,
                letter => KeyCode::Char(letter),
            };
            self.hear(Event::Key(KeyEvent::new(code, KeyModifiers::NONE)));
        }
    }

    fn paste(&mut self) {
        self.hear(Event::Paste(self.raw.clone()));
    }

    /// Goes through every pane and everything that lies on top; `draw` is called where there is something new.
    fn walk(&mut self, mut draw: impl FnMut(&Desk, &str)) {
        draw(&self.desk, "list");
        self.press("h");
        draw(&self.desk, "queues");
        self.press("\u{1b}\n");
        draw(&self.desk, "case");
        self.press("w");
        draw(&self.desk, "why");
        self.press("\u{1b}d");
        draw(&self.desk, "document");
        self.press("/");
        self.paste();
        draw(&self.desk, "search");
        self.press("\n");
        draw(&self.desk, "hits");
        self.press("v");
        draw(&self.desk, "picture");
        self.press("v");
        for (key, what) in [("P", "pages"), ("I", "files inside"), ("D", "details")] {
            self.press(key);
            draw(&self.desk, what);
            self.press("\u{1b}");
        }
        self.press("Vj");
        draw(&self.desk, "picked lines");
        self.press("\u{1b}");
        let paper = PaperId::of_case(self.id(), self.raw.clone());
        let locked = Reading { unread: Some(Unread::Password { wrong: true }), ..self.reading() };
        self.hear(Event::Document { paper: paper.clone(), answer: Ok(Box::new(locked)) });
        draw(&self.desk, "password");
        self.press("\u{1b}");
        self.hear(Event::Document { paper, answer: Err(self.fault(FaultKind::NotThere)) });
        draw(&self.desk, "failed document");
        self.press("\u{1b}r");
        draw(&self.desk, "raw view");
        self.press("\u{1b}u");
        self.paste();
        draw(&self.desk, "park");
        self.press("\u{1b}\u{1b}:");
        self.paste();
        draw(&self.desk, "command");
        self.press("\n");
        draw(&self.desk, "command entered");
        self.press("\u{1b}:11\n");
        draw(&self.desk, "choice");
        self.press("\u{1b}/");
        self.paste();
        draw(&self.desk, "filter");
        self.press("\n");
        for event in [Event::Trouble(Undone::Other, self.raw.show()), Event::News(self.raw.show())] {
            self.hear(event);
            draw(&self.desk, "news");
        }
        let errand = Errand::Group { profile: self.raw.exact().to_owned(), group: self.raw.clone() };
        self.hear(Event::Asked { errand, answer: Err(self.fault(FaultKind::Unreachable)) });
        draw(&self.desk, "fault");
        self.hear(Event::Outbox(Box::new(self.outbox())));
        draw(&self.desk, "flags");
        self.press("\u{1b}B");
        draw(&self.desk, "outbox");
        self.press("\n");
        draw(&self.desk, "entry");
        self.press("G");
        draw(&self.desk, "entry's end");
        self.press("D");
        self.look();
        draw(&self.desk, "decide");
        self.press("\n");
        self.paste();
        draw(&self.desk, "number");
        self.press("\u{1b}jj\n");
        self.press("\u{1b}\u{1b}gD");
        self.look();
        self.press("j\n");
        self.paste();
        draw(&self.desk, "words");
        self.press("by phone\n");
        self.paste();
        draw(&self.desk, "confirmation");
        self.press("\u{1b}\u{1b}\u{1b}");
        let entry = self.desk.outbox.kept.entries[1].id.clone();
        let says = self.raw.show();
        self.hear(Event::OutboxMoved(Moved { entry, case: Some(self.id()), state: Stand::Person, says }));
        draw(&self.desk, "moved");
        self.press("gjjjjj");
        draw(&self.desk, "draft");
        self.press("x");
        draw(&self.desk, "discard");
    }
}

/// Whether the desk shows what the walk says it shows: a pane that is never reached is never tried.
fn shows(desk: &Desk, pane: &str) -> bool {
    let open = desk.reader.as_ref().is_some_and(|reader| matches!(reader.state, State::Open(_)));
    match pane {
        "list" => desk.focus == Focus::List && desk.list.row().is_some(),
        "queues" => desk.focus == Focus::Queues,
        "case" => desk.focus == Focus::Case && desk.file_in_hand().is_some(),
        "why" => matches!(desk.over, Over::Why),
        "document" | "hits" | "raw view" => desk.focus == Focus::Reader && open,
        "failed document" => desk.focus == Focus::Reader && !open,
        "search" | "park" | "command" | "filter" => matches!(desk.over, Over::Line(_)),
        "choice" => matches!(desk.over, Over::Pick { .. }),
        "news" | "fault" | "moved" => desk.notice.is_some(),
        "flags" => desk.outbox.count(Stand::is_unsettled) == 3,
        "outbox" => desk.focus == Focus::Outbox,
        "draft" => desk.focus == Focus::Outbox && matches!(desk.outbox.item(), Some(Item::Draft(_))),
        "entry" | "entry's end" => desk.focus == Focus::Entry,
        "decide" => matches!(&desk.over, Over::Decide(decide) if decide.told.is_none()),
        "number" | "words" => matches!(&desk.over, Over::Decide(decide) if decide.told.is_some()),
        "confirmation" => {
            matches!(&desk.over, Over::Decide(decide) if decide.told.as_ref().is_some_and(|told| told.at == 1))
        }
        "discard" => matches!(desk.over, Over::Question(_)),
        _ => true,
    }
}

/// Every entry in every field of the desk, at one size. Of a wide desk not every line that is typed is drawn again.
fn drawn_whole(width: u16, height: u16, signs: Signs) {
    const WIDE: [&str; 7] = ["list", "case", "why", "document", "raw view", "choice", "fault"];
    let (area, look) = (Rect::new(0, 0, width, height), Look { theme: Theme::Default, signs });
    for entry in corpus() {
        let mut bytes = Vec::new();
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut bytes), options).unwrap();
        HostileDesk::of(&entry.raw, area).walk(|desk, pane| {
            assert!(shows(desk, pane), "{} never came to the {pane}", entry.id);
            if width <= 120 || WIDE.contains(&pane) {
                terminal.draw(|frame| view::draw(desk, look, frame)).unwrap();
            }
        });
        drop(terminal);
        assert_eq!(only_allowed(&bytes), Ok(()), "{} at {width}x{height}", entry.id);
    }
}

#[test]
fn a_small_desk_full_of_hostile_strings_writes_only_harmless_bytes() {
    drawn_whole(80, 24, Signs::Unicode);
    drawn_whole(80, 24, Signs::Ascii);
}

#[test]
fn a_desk_full_of_hostile_strings_writes_only_harmless_bytes() {
    drawn_whole(120, 40, Signs::Unicode);
}

#[test]
fn a_wide_desk_full_of_hostile_strings_writes_only_harmless_bytes() {
    drawn_whole(200, 60, Signs::Unicode);
}

#[test]
fn the_gate_catches_the_same_strings_when_they_skip_the_contract() {
    let mut caught = std::collections::BTreeMap::new();
    for entry in corpus() {
        for widget in WIDGETS {
            if only_allowed(&written(widget, 80, &[entry.raw.exact()])).is_err() {
                *caught.entry(entry.class.clone()).or_insert(0) += 1;
            }
        }
    }
    // The library drops controls on its own, but not what is hidden or turns the direction.
    for class in ["BIDI", "HIDDEN", "EMOJI", "PAN-MASK"] {
        assert!(caught.get(class).is_some_and(|times| *times >= 4), "{class}: {caught:?}");
    }
}

#[test]
fn the_gate_catches_hostile_strings_written_as_they_are() {
    for entry in corpus() {
        let must_fail =
            matches!(entry.class.as_str(), "OSC" | "DCS" | "APC" | "PM" | "ESC" | "C0" | "BIDI" | "HIDDEN");
        if must_fail {
            assert!(only_allowed(entry.raw.exact().as_bytes()).is_err(), "{}", entry.id);
        }
    }
}

#[test]
fn the_gate_lets_pass_what_the_program_itself_writes_and_nothing_near_it() {
    for allowed in [
        "\u{1b}[?1049h\u{1b}[?25l\u{1b}[?2004h\u{1b}[?2026h\u{1b}[H\u{1b}[2J\u{1b}[1;1Hcase 4711 東京 é\u{1b}[0m\u{1b}[K",
        "\u{1b}[38;5;1;49mred\u{1b}[58:2::1:2:3m\u{1b}[2;9r\u{1b}[3S\u{1b}[r\u{1b}[?7;25h",
        "\u{1b}[?1049lgoodbye\r\n",
    ] {
        assert_eq!(only_allowed(allowed.as_bytes()), Ok(()), "{allowed:?}");
    }
    for refused in [
        "line\n",
        "\u{1b}[?1049l\n\u{1b}[?1049h\n",
        "\u{1b}[?1000h",
        "\u{1b}[?25;1000h",
        "\u{1b}[4h",
        "\u{1b}[>4;2m",
        "\u{1b}[6n",
        "\u{1b}[c",
        "\u{1b}[21t",
        "\u{1b}[5A",
        "\u{1b}[2",
        "\u{1b}",
        "\u{1b}]52;c;AAAA\u{7}",
        "\u{1b}]0;never ended",
        "\u{1b}_Gq=1;\u{1b}\\",
        "\u{1b}c",
        "\u{9b}2J",
        "\u{90}q",
        "\u{7}",
        "\t",
        "\u{7f}",
        "\u{202e}",
        "\u{200b}",
        "\u{e000}",
    ] {
        assert!(only_allowed(refused.as_bytes()).is_err(), "{refused:?}");
    }
    assert!(only_allowed(b"\x9b2J").is_err());
}
