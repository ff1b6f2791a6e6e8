//! The corpus of hostile strings, drawn through the widgets of the terminal library and read back by the gate.

mod gate;

use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::text::{Raw, SafeText};
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
