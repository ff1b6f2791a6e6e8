//! The case in hand, as lines to read: facts, documents, one timeline of what the provider tells and what was done
//! here, and why the case is where it is. The preview and the full pane show the same lines.

use super::words::CaseFile;
use crate::{
    case::{Case, Moment, Money, Whose, moment},
    text::{Raw, SafeText, own, say},
};

/// Where the analyst stands in the case pane.
#[derive(Clone, Copy, Debug, Default)]
pub struct Position {
    pub top: usize,
    /// Which document is marked.
    pub document: usize,
}

/// One line of the pane, with what it is, so that drawing can choose its looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub kind: Kind,
    pub label: SafeText,
    pub text: SafeText,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Heading,
    Fact,
    Warning,
    Document {
        /// Which one.
        at: usize,
        /// The line it begins on.
        begins: bool,
    },
    /// Told by the provider.
    Theirs,
    /// Done here.
    Ours,
    Blank,
}

/// More of what the provider tells is not laid out; the raw view has it all.
pub const HISTORY_AT_MOST: usize = 2000;

/// All lines of a case, wrapped to `width`. `odd`: the words for what is odd about its texts.
/// `under_way`: what is on its way for the case.
pub fn lines(
    file: &CaseFile,
    now: Moment,
    width: usize,
    odd: &SafeText,
    under_way: Option<&SafeText>,
) -> Vec<Line> {
    let mut lines = Vec::new();
    lines.extend(under_way.map(|text| line(Kind::Warning, "under way", text.clone())));
    facts(file, now, odd, &mut lines);
    documents(&file.case, &mut lines);
    timeline(file, &mut lines);
    meaning(file, &mut lines);
    wrap(lines, width)
}

/// The line on which a document begins.
pub fn line_of(document: usize, lines: &[Line]) -> Option<usize> {
    lines.iter().position(|line| line.kind == Kind::Document { at: document, begins: true })
}

/// The few facts that stay on the screen whatever else is open: amount, merchant, date, reason, stage, clock.
pub fn strip(file: &CaseFile, now: Moment) -> [SafeText; 2] {
    let case = &file.case;
    let first = [
        own("case"),
        case.id.number.id().beside(),
        money(case.amount),
        // A name that is long or runs backwards must not take the date with it.
        if case.merchant.is_empty() { own("-") } else { case.merchant.cell().cut(36) },
        case.transaction_at.map_or(own("no date"), |at| say!("{}", Day(at))),
    ];
    let second = [
        say!("{} {}", shown(&case.network).beside(), shown(&case.reason).beside()),
        own(case.stage.words()),
        shown(&case.status).beside(),
        due(file, now),
    ];
    [SafeText::join(&first, "  "), SafeText::join(&second, " | ")]
}

/// The deadline in words: "due 2026-11-25 (3d), set by the provider".
pub(super) fn due(file: &CaseFile, now: Moment) -> SafeText {
    match (&file.case.deadline, &file.clock) {
        (Some(deadline), _) => {
            let (left, _) = moment::time_left(deadline.at, now);
            let word = own(if deadline.at < now { "overdue since" } else { "due" });
            say!("{} {} ({})", word, Day(deadline.at), Raw::new(left).show())
        }
        (None, Some(clock)) => {
            let word = own(if clock.at < now { "ended" } else { "ends" });
            say!("rule clock {} {}, no deadline given", word, Day(clock.at))
        }
        (None, None) => own("no deadline given"),
    }
}

/// "Why is this case here?" in a few lines: its place, its deadline with whose it is, the rule's clock beside it.
pub fn why(file: &CaseFile, now: Moment) -> Vec<SafeText> {
    let case = &file.case;
    let mut lines = vec![say!(
        "Case {} is in queue {} ({}), stage {}.",
        case.id.number.id().beside(),
        shown(&case.queue).beside(),
        shown(&case.status).beside(),
        own(case.stage.words())
    )];
    lines.push(match &case.deadline {
        Some(deadline) => {
            let whose = own(match deadline.whose {
                Whose::Provider => "set by the provider with the case",
                Whose::Merchant => "the merchant's own, sent by the provider with the case",
                Whose::Rule => "counted from a network rule",
            });
            let (left, _) = moment::time_left(deadline.at, now);
            let word = own(if deadline.at < now { "Overdue since" } else { "Due" });
            say!("{} {} ({}), {}.", word, Minute(deadline.at), Raw::new(left).show(), whose)
        }
        None => own("The provider set no deadline."),
    });
    if let Some(opened) = case.opened {
        lines.push(say!(
            "Opened {}; presented {}.",
            Day(opened),
            case.transaction_at.map_or(own("on an unknown day"), |at| say!("{}", Day(at)))
        ));
    }
    if let Some(clock) = &file.clock {
        lines.push(say!("By the rule it would end {}: {}", Day(clock.at), clock.words));
    }
    if let Some(parked) = &file.parked {
        lines.push(say!("Parked {}: {}", Minute(parked.at), parked.why.show().beside()));
    }
    lines.push(say!(
        "Last read from {} on {}.",
        Raw::new(case.id.profile.clone()).show(),
        Minute(file.read_at)
    ));
    lines
}

fn facts(file: &CaseFile, now: Moment, odd: &SafeText, lines: &mut Vec<Line>) {
    let case = &file.case;
    if let Some(parked) = &file.parked {
        let why = parked.why.show();
        lines.push(line(Kind::Warning, "parked", say!("{}: {}", Minute(parked.at), why.beside())));
        alone(Kind::Warning, [why], lines);
    }
    if !case.instructions.is_empty() {
        lines.push(line(Kind::Warning, "asked for", case.instructions.show()));
    }
    if case.deadline.as_ref().is_some_and(|deadline| deadline.at < now) {
        lines.push(line(Kind::Warning, "deadline", due(file, now)));
    } else {
        lines.push(line(Kind::Fact, "deadline", due(file, now)));
    }
    lines.push(line(
        Kind::Fact,
        "disputed",
        say!("{}, presented {}", money(case.amount), money(case.transaction_amount)),
    ));
    let place = [shown(&case.merchant), case.merchant_place.show(), case.merchant_category.show()];
    apart("merchant", &place, ", ", lines);
    lines.push(line(
        Kind::Fact,
        "transaction",
        case.transaction_at.map_or(own("day unknown"), |at| say!("{}", Minute(at))),
    ));
    // A card is of its network, and neither is a name.
    let card = [case.network.show().beside(), case.card.show().beside()];
    let card = SafeText::join(card.iter().filter(|part| !part.is_empty()), " ");
    apart("card", &[card, case.cardholder.show()], ", ", lines);
    lines.push(line(
        Kind::Fact,
        "reason",
        match file.reason.first() {
            Some(title) => say!("{}: {}", shown(&case.reason).beside(), title),
            None if case.reason.is_empty() => own("-"),
            None => say!("{}: a code unknown to casedesk", shown(&case.reason).beside()),
        },
    ));
    lines.push(line(Kind::Fact, "ARN", if case.arn.is_empty() { own("-") } else { case.arn.id() }));
    lines.push(line(Kind::Fact, "group", shown(&case.group)));
    if !case.page.is_empty() {
        lines.push(line(Kind::Fact, "page", say!("{}, :page opens it", case.page.show().beside())));
    }
    apart("queue", &[case.queue.show(), case.status.show()], ", ", lines);
    let updated = case.updated.map_or(own("-"), |at| say!("{}", Minute(at)));
    lines.push(line(Kind::Fact, "updated", say!("{}, read here {}", updated, Minute(file.read_at))));
    if !odd.is_empty() {
        lines.push(line(Kind::Warning, "odd text", say!("{}; shown in a safe form", odd)));
    }
    for unread in &case.unread {
        lines.push(line(Kind::Warning, "not understood", unread.show()));
    }
}

/// What is not as it seems among the case's texts.
pub fn odd(case: &Case) -> SafeText {
    let words: Vec<_> = case.marks().words().map(|word| own(in_plain_words(word))).collect();
    SafeText::join(&words, ", ")
}

/// What an analyst calls a mark of a text.
fn in_plain_words(mark: &'static str) -> &'static str {
    match mark {
        "bad-bytes" => "broken characters",
        "bidi" => "characters that turn the direction of writing",
        "controls" => "terminal controls",
        "hidden" => "hidden characters",
        "mixed-script" => "letters that only look alike",
        "pan" => "a card number",
        "rtl" => "right-to-left letters",
        other => other,
    }
}

fn documents(case: &Case, lines: &mut Vec<Line>) {
    blank(lines);
    lines.push(line(Kind::Heading, "", say!("Documents ({})", case.documents.len())));
    for (at, document) in case.documents.iter().enumerate() {
        let when = document.at.map_or(own("          "), |at| say!("{}", Day(at)));
        let (name, author) = (document.name.show(), document.by.show());
        let by = if author.is_empty() { SafeText::default() } else { say!(" by {}", author.beside()) };
        let side = own(document.side.words());
        lines.push(line(
            Kind::Document { at, begins: true },
            "",
            say!("{}  {}  {}{}", when, document.name.cell(), side, by),
        ));
        alone(Kind::Document { at, begins: false }, [name, author], lines);
    }
}

/// What the provider tells and what was done here, oldest first.
fn timeline(file: &CaseFile, lines: &mut Vec<Line>) {
    let mut told: Vec<_> = file.case.history.iter().collect();
    told.sort_by_key(|happening| happening.at);
    let older = told.len().saturating_sub(HISTORY_AT_MOST);
    let theirs = told.into_iter().skip(older).map(|happening| {
        let (who, what) = (happening.who.show(), happening.what.show());
        let by = if who.is_empty() { SafeText::default() } else { say!("{}: ", who.beside()) };
        (happening.at, Kind::Theirs, say!("{}{}", by, what.beside()), [who, what])
    });
    let ours = file.journal.iter().map(|entry| {
        let (who, detail) = (entry.who.show(), entry.detail.show());
        let told = if detail.is_empty() { SafeText::default() } else { say!(": {}", detail.beside()) };
        let event = Raw::new(entry.event.clone());
        (Some(entry.at), Kind::Ours, say!("{} {}{}", who.beside(), event.show().beside(), told), [who, detail])
    });
    let mut happenings: Vec<_> = theirs.chain(ours).collect();
    happenings.sort_by_key(|(at, ..)| *at);
    blank(lines);
    lines.push(line(Kind::Heading, "", own("Timeline")));
    if older > 0 {
        let text = say!("{} older entries of the provider are not shown here; r shows all that it sent", older);
        lines.push(line(Kind::Warning, "", text));
    }
    for (at, kind, text, parts) in happenings {
        let when = at.map_or(own("                "), |at| say!("{}", Minute(at)));
        lines.push(Line { kind, label: when, text });
        alone(kind, parts, lines);
    }
}

fn meaning(file: &CaseFile, lines: &mut Vec<Line>) {
    // The title stands among the facts.
    if file.reason.len() < 2 {
        return;
    }
    blank(lines);
    lines.push(line(Kind::Heading, "", say!("Reason code {}", shown(&file.case.reason))));
    for text in file.reason.iter().skip(1) {
        lines.push(Line { kind: Kind::Fact, label: SafeText::default(), text: text.clone() });
    }
}

/// How wide the labels of facts and the times of the timeline are.
pub const LABEL: usize = 16;

/// Breaks what is too long; the rest of a broken line stands under its beginning.
pub(super) fn wrap(lines: Vec<Line>, width: usize) -> Vec<Line> {
    let mut wrapped = Vec::with_capacity(lines.len());
    for line in lines {
        let indent = match line.kind {
            Kind::Fact | Kind::Warning | Kind::Theirs | Kind::Ours => LABEL + 1,
            Kind::Document { .. } => 2,
            Kind::Heading | Kind::Blank => 0,
        };
        let room = width.saturating_sub(indent).max(8);
        if line.text.width() <= room {
            wrapped.push(line);
            continue;
        }
        let (mut kind, mut label) = (line.kind, line.label);
        for text in line.text.wrap(room) {
            wrapped.push(Line { kind, label: std::mem::take(&mut label), text });
            if let Kind::Document { begins, .. } = &mut kind {
                *begins = false;
            }
        }
    }
    wrapped
}

pub(super) fn line(kind: Kind, label: &'static str, text: SafeText) -> Line {
    Line { kind, label: own(label), text }
}

pub(super) fn blank(lines: &mut Vec<Line>) {
    lines.push(line(Kind::Blank, "", SafeText::default()));
}

fn shown(raw: &Raw) -> SafeText {
    if raw.is_empty() { own("-") } else { raw.show() }
}

/// The parts that are there on one line, but for those with right-to-left letters: each has a line of its own, so
/// that no terminal moves a digit from one to the other.
fn apart(label: &'static str, parts: &[SafeText], between: &'static str, lines: &mut Vec<Line>) {
    let mut rows: Vec<SafeText> = Vec::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        match rows.last_mut() {
            Some(row) if !row.turns() && !part.turns() => *row = SafeText::join([&*row, part], between),
            _ => rows.push(part.clone()),
        }
    }
    if rows.is_empty() {
        rows.push(SafeText::default());
    }
    for (place, text) in rows.into_iter().enumerate() {
        lines.push(line(Kind::Fact, if place == 0 { label } else { "" }, text));
    }
}

/// Those of the texts whose place another line holds with a placeholder.
pub(super) fn alone(kind: Kind, texts: impl IntoIterator<Item = SafeText>, lines: &mut Vec<Line>) {
    lines.extend(texts.into_iter().filter(SafeText::turns).map(|text| line(kind, "", text)));
}

fn money(amount: Option<Money>) -> SafeText {
    amount.map_or(own("no amount"), |amount| say!("{}", amount))
}

use crate::case::moment::{Day, Minute};
