//! Everything that is known of one entry or draft, as lines to read: what was sent, when, by whom, each copy, each look,
//! and what to do next. Method and path are the provider's business and are not told.

use super::{Item, looks_needed, next, since, subject, title, what};
use crate::{
    action::{Draft, Entered, Entry, Kind as FieldKind, entry::Try, field::Leaves, life::May, rows},
    case::{Moment, moment::Minute},
    desk::{
        Desk,
        dispute::{self, Kind, Line, line},
        words::{DraftLine, Standing},
    },
    text::{Raw, SafeText, own, say},
};

/// The lines of what is under the cursor, wrapped to `width`.
pub fn lines(desk: &Desk, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    match desk.outbox.item() {
        Some(Item::Entry(entry)) => of_entry(desk, entry, &mut lines),
        Some(Item::Draft(draft)) => of_draft(desk, draft, &mut lines),
        None => {}
    }
    dispute::wrap(lines, width)
}

fn of_entry(desk: &Desk, entry: &Entry, lines: &mut Vec<Line>) {
    let grave = entry.life.state.is_unsettled();
    let kind = if grave { Kind::Warning } else { Kind::Fact };
    lines.push(heading(desk, &entry.draft));
    lines.push(line(kind, "state", say!("{} since {}", own(entry.life.words()), Minute(since(entry)))));
    lines.push(line(kind, "what to do", next(&desk.outbox, &desk.setup, entry, desk.now)));
    texts("why", &entry.why, lines);
    let standing = desk.outbox.standing(&entry.id).filter(|_| grave);
    lines.extend(standing.map(|standing| line(Kind::Fact, "not there", may(entry, standing, desk.now))));
    if let Some(deadline) = entry.deadline {
        let passed = deadline < desk.now && entry.life.state.is_live();
        let kind = if passed { Kind::Warning } else { Kind::Fact };
        lines.push(line(kind, "deadline", say!("{}, set by the provider", Minute(deadline))));
    }
    let by = entry.created_by.show();
    lines.push(line(Kind::Fact, "queued", say!("{} by {}", Minute(entry.created_at), by.beside())));
    dispute::alone(Kind::Fact, [by], lines);
    if entry.forced {
        lines.push(line(Kind::Warning, "forced", own("it did not fit the case and was sent all the same")));
    }
    if entry.steps > 1 {
        lines.push(line(Kind::Fact, "step", say!("{} of {}", entry.step + 1, entry.steps)));
    }
    if !entry.remote.is_empty() {
        lines.push(line(Kind::Fact, "its number", entry.remote.id()));
    }
    if !entry.decided_by.is_empty() || !entry.decided_why.is_empty() {
        texts("decided by", &entry.decided_by, lines);
        texts("because", &entry.decided_why, lines);
    }
    lines.push(line(Kind::Fact, "our id", Raw::new(entry.id.clone()).id()));
    if let Some(before) = &entry.supersedes {
        lines.push(line(Kind::Fact, "sent again for", Raw::new(before.clone()).id()));
    }
    dispute::blank(lines);
    lines.push(line(Kind::Heading, "", say!("Copies that left or were about to ({})", entry.tries.len())));
    entry.tries.iter().for_each(|tried| copy(entry, tried, lines));
    dispute::blank(lines);
    lines.push(line(Kind::Heading, "", say!("Looks for it at the provider ({})", entry.looks.len())));
    for look in &entry.looks {
        lines.push(Line { kind: Kind::Theirs, label: say!("{}", Minute(look.at)), text: look.says.show() });
    }
    dispute::blank(lines);
    let sent = if entry.tries.is_empty() { "What is to be sent" } else { "What was sent" };
    lines.push(line(Kind::Heading, "", own(sent)));
    fields(desk, &entry.draft, lines);
}

fn of_draft(desk: &Desk, kept: &DraftLine, lines: &mut Vec<Line>) {
    lines.push(heading(desk, &kept.draft));
    lines.push(line(Kind::Fact, "state", say!("begun, last touched {}", Minute(kept.at))));
    lines.push(line(Kind::Fact, "what to do", own("Enter goes on with it, x discards it")));
    dispute::blank(lines);
    lines.push(line(Kind::Heading, "", own("What was entered so far")));
    fields(desk, &kept.draft, lines);
}

fn heading(desk: &Desk, draft: &Draft) -> Line {
    let parts = [
        title(&desk.setup, draft),
        subject(draft),
        what(&desk.setup, draft),
        Raw::new(draft.profile.clone()).show().beside(),
    ];
    line(Kind::Heading, "", SafeText::join(parts.iter().filter(|part| !part.is_empty()), "  "))
}

/// When a person may say that it is not there.
fn may(entry: &Entry, standing: &Standing, now: Moment) -> SafeText {
    match standing.may {
        May::Now => own("a person may say so"),
        May::From(from) | May::Confirmed(from) if from <= now => own("a person may say so"),
        May::From(from) => {
            say!("a person may say so from {} on: until then a copy may still arrive", Minute(from))
        }
        May::AfterLook(from) => {
            say!("a person may say so after {}", looks_needed(entry, from))
        }
        May::Confirmed(from) => say!(
            "a person may say so from {} on; before that only to send it again, with the provider's confirmation",
            Minute(from)
        ),
    }
}

/// "status 202, answered 2026-11-22 09:41, request 4f…: accepted".
fn copy(entry: &Entry, tried: &Try, lines: &mut Vec<Line>) {
    let says = tried.says.show();
    let mut parts = Vec::new();
    if entry.steps > 1 {
        parts.push(say!("step {}", tried.step + 1));
    }
    parts.push(match tried.status {
        Some(status) => say!("status {}", status),
        None => own("no status"),
    });
    parts.push(tried.ended_at.map_or(own("no end seen"), |at| say!("ended {}", Minute(at))));
    if !tried.request_id.is_empty() {
        parts.push(say!("request {}", tried.request_id.id().beside()));
    }
    if !says.is_empty() {
        parts.push(says.beside());
    }
    let (label, text) = (say!("{}", Minute(tried.started_at)), SafeText::join(&parts, ", "));
    lines.push(Line { kind: Kind::Theirs, label, text });
    dispute::alone(Kind::Theirs, [says], lines);
}

/// What stands in the form, in its order, then what no declared field takes.
fn fields(desk: &Desk, draft: &Draft, lines: &mut Vec<Line>) {
    let declared = desk.setup.action_of(draft).map_or(&[][..], |action| action.fields);
    let leaves = rows::leaves(declared, &draft.values);
    let before = lines.len();
    for (address, field) in &leaves {
        match draft.values.get(address) {
            Some(entered) => value(own(field.label), entered, lines),
            None => match field.kind {
                FieldKind::Card(Leaves::Sealed) => {
                    lines.push(line(Kind::Fact, field.label, own("sent sealed, not kept here")));
                }
                FieldKind::Card(Leaves::Clear) => {
                    lines.push(line(Kind::Fact, field.label, own("not shown, and not kept in the draft")));
                }
                _ => {}
            },
        }
    }
    let known = |address: &str| leaves.iter().any(|(declared, _)| declared == address);
    for (address, entered) in draft.values.iter().filter(|(address, _)| !known(address)) {
        value(Raw::new(address).cell(), entered, lines);
    }
    if lines.len() == before {
        lines.push(line(Kind::Fact, "", own("nothing beside the action itself")));
    }
}

fn value(label: SafeText, entered: &Entered, lines: &mut Vec<Line>) {
    let mut label = label.cut(dispute::LABEL);
    let mut put = |text| lines.push(Line { kind: Kind::Fact, label: std::mem::take(&mut label), text });
    match entered {
        Entered::Null => put(own("nothing at all (null)")),
        Entered::Text(text) => text.lines().into_iter().for_each(put),
        Entered::Files(files) => {
            for file in files {
                let hash = Raw::new(file.sha256.clone()).id().cut(12);
                put(say!("{}, {} bytes, SHA-256 {}", file.name.cell(), file.size, hash));
                if !file.description.is_empty() {
                    put(file.description.show());
                }
            }
        }
    }
}

fn texts(label: &'static str, raw: &Raw, lines: &mut Vec<Line>) {
    if !raw.is_empty() {
        lines.push(line(Kind::Fact, label, raw.show()));
    }
}
