//! The header, the line that is typed or tells news, and the footer. It reads the state of things and never asks for it.

use ratatui::layout::{Position, Rect};

use super::{
    paint::Brush,
    style::{Role, of_realm},
};
use crate::{
    action::State,
    case::moment::Minute,
    desk::{
        Desk, Health, Over, Profile, Tone,
        help::{self, Foot},
        line::Line,
        words::Command,
    },
    text::{Raw, SafeText, own, say},
};

/// "casedesk  SANDBOX  nets-sandbox: answered 2026-11-22 09:41".
pub fn header(desk: &Desk, area: Rect, brush: &mut Brush) {
    let mut x = area.x + brush.text(area.x, area.y, area.width, &own("casedesk"), Role::Strong) + 2;
    let realm = desk.realm();
    x += brush.text(x, area.y, area.right().saturating_sub(x), &own(realm.words()), of_realm(realm)) + 2;
    for (text, role) in on_its_way(desk) {
        x += brush.text(x, area.y, area.right().saturating_sub(x), &text, role) + 2;
    }
    for (text, role) in how_they_are(desk) {
        x += brush.text(x, area.y, area.right().saturating_sub(x), &text, role) + 2;
    }
}

/// What the outbox holds, where it holds something: "outbox 3, 1 unknown, 1 to decide", "NOTHING IS SENT: login refused".
fn on_its_way(desk: &Desk) -> Vec<(SafeText, Role)> {
    let outbox = &desk.outbox;
    let live = outbox.count(State::is_live);
    let unsettled = [(State::Unknown, "unknown"), (State::Person, "to decide")];
    let unsettled = unsettled.map(|(state, words)| (outbox.count(|other| other == state), words));
    let mut parts = Vec::new();
    if live > 0 {
        let mut text = say!("outbox {}", live);
        for (count, words) in unsettled.iter().filter(|(count, _)| *count > 0) {
            text = say!("{}, {} {}", text, *count, own(words));
        }
        let grave = outbox.count(State::is_unsettled) > 0;
        parts.push((text, if grave { Role::Danger } else { Role::Accent }));
    }
    let several = desk.setup.profiles.len() > 1;
    parts.extend(outbox.kept.paused.iter().map(|(profile, why)| {
        let whose = if several { say!("{}: ", Raw::new(profile.clone()).cell()) } else { own("") };
        (say!("{}NOTHING IS SENT: {}", whose, why.beside().cut(48)), Role::Danger)
    }));
    parts
}

/// Each profile where there is one or it has a trouble; the others together: "6 profiles: as of 2026-11-22 09:41".
fn how_they_are(desk: &Desk) -> Vec<(SafeText, Role)> {
    let each: Vec<_> = desk.setup.profiles.iter().zip(&desk.health).collect();
    let told = |(profile, health): &(&Profile, &Health)| how_it_is(profile, health);
    if each.len() < 2 {
        return each.iter().map(told).collect();
    }
    let mut parts: Vec<_> = each.iter().map(told).filter(|(_, role)| *role == Role::Danger).collect();
    let well: Vec<_> = each.iter().filter(|one| told(one).1 != Role::Danger).collect();
    if well.is_empty() {
        return parts;
    }
    let reading: Vec<_> = well
        .iter()
        .filter(|(_, health)| health.asking > 0)
        .map(|(profile, _)| Raw::new(profile.name.clone()).show())
        .collect();
    let reading = match reading.as_slice() {
        [] => SafeText::default(),
        names => say!("reading {}, ", SafeText::join(names, " ")),
    };
    let unread = well.iter().filter(|(_, health)| health.answered_at.is_none()).count();
    let oldest = well.iter().filter_map(|(_, health)| health.answered_at).min();
    let since = match (unread, oldest) {
        (0, Some(oldest)) => say!("as of {}", Minute(oldest)),
        (unread, _) => say!("{} not read yet", unread),
    };
    parts.push((say!("{} profiles: {}{}", well.len(), reading, since), Role::Dim));
    parts
}

fn how_it_is(profile: &Profile, health: &Health) -> (SafeText, Role) {
    let name = Raw::new(profile.name.clone()).show();
    let since = health.answered_at.map_or(own("nothing read yet"), |at| say!("as of {}", Minute(at)));
    let trouble = match (&health.unreached, health.unread.first()) {
        (Some(fault), _) => say!("{}, ", fault.headline()),
        (None, None) => SafeText::default(),
        (None, Some((_, fault))) if health.unread.len() >= profile.queues.len() => {
            say!("{}, ", fault.headline())
        }
        (None, Some((_, fault))) => {
            let queues: Vec<_> = health.unread.iter().map(|(queue, _)| queue.cell()).collect();
            say!("{}: {}, else ", fault.headline(), SafeText::join(&queues, " "))
        }
    };
    let role = if trouble.is_empty() { Role::Dim } else { Role::Danger };
    let asking = own(if health.asking > 0 { "reading, " } else { "" });
    (say!("{}: {}{}{}", name, asking, trouble, since), role)
}

/// What is being typed, or else the news.
pub fn line(desk: &Desk, area: Rect, brush: &mut Brush) {
    match &desk.over {
        Over::Line(line) => typed(desk, line, area, brush),
        Over::Card(card) => {
            let sign = say!("card number for {}, not shown: ", Raw::new(card.profile.clone()).show());
            unseen(&sign, &card.shown(), card.problem.as_ref(), area, brush);
        }
        Over::Password(line) => {
            let sign = own("password of this document, not shown and not kept: ");
            unseen(&sign, &line.shown(), line.problem.as_ref(), area, brush);
        }
        _ => {
            if let Some(notice) = &desk.notice {
                let (sign, role) = match notice.tone {
                    Tone::Good => ("", Role::Good),
                    Tone::Bad => ("! ", Role::Danger),
                };
                news(&say!("{}{}", own(sign), notice.text), role, area, brush);
            }
        }
    }
}

/// What is typed unseen.
fn unseen(sign: &SafeText, stars: &SafeText, problem: Option<&SafeText>, area: Rect, brush: &mut Brush) {
    let x = area.x + brush.text(area.x, area.y, area.width, sign, Role::Accent);
    let x = x + brush.text(x, area.y, area.right().saturating_sub(x), stars, Role::Plain);
    brush.caret = Some(Position { x: x.min(area.right() - 1), y: area.y });
    if let Some(problem) = problem {
        brush.text(x + 2, area.y, area.right().saturating_sub(x + 2), problem, Role::Danger);
    }
}

/// How many rows news take.
pub fn news_rows(text: &SafeText, width: u16) -> usize {
    // With the sign before bad ones.
    say!("! {}", text).wrap(usize::from(width)).len()
}

/// News that are longer than the line take the rows above it, for nothing of them may be lost.
fn news(text: &SafeText, role: Role, area: Rect, brush: &mut Brush) {
    const ROWS: usize = 4;
    let mut rows = text.wrap(usize::from(area.width));
    if rows.len() > ROWS {
        rows.truncate(ROWS);
        rows[ROWS - 1] = say!("{} …", rows[ROWS - 1].cut(usize::from(area.width).saturating_sub(2)));
    }
    let above = (rows.len() as u16 - 1).min(area.y);
    for (y, row) in (area.y - above..=area.y).zip(&rows) {
        brush.clear(Rect { y, height: 1, ..area });
        brush.text(area.x, y, area.width, row, role);
    }
}

fn typed(desk: &Desk, line: &Line, area: Rect, brush: &mut Brush) {
    let sign = line.sign();
    let x = area.x + brush.text(area.x, area.y, area.width, &sign, Role::Accent);
    let (before, after) = line.parts();
    let room = usize::from(area.right().saturating_sub(x)).saturating_sub(2).max(1);
    // A long line scrolls so that the place of typing stays in view.
    let before = before.tail(room);
    let caret = x + brush.text(x, area.y, area.right().saturating_sub(x), &before, Role::Plain);
    brush.caret = Some(Position { x: caret.min(area.right() - 1), y: area.y });
    let mut x = caret + brush.text(caret, area.y, area.right().saturating_sub(caret), &after, Role::Plain) + 2;
    let bad =
        desk.list.bad.first().filter(|_| matches!(line.purpose, crate::desk::line::Purpose::Filter { .. }));
    let problem = line
        .problem
        .clone()
        .or_else(|| bad.map(|bad| say!("{}: {}", Raw::new(bad.term.clone()).show(), own(bad.why))));
    if let Some(problem) = problem {
        x += brush.text(x, area.y, area.right().saturating_sub(x), &problem, Role::Danger) + 2;
    }
    for name in line.completions() {
        if x >= area.right() {
            break;
        }
        x += brush.text(x, area.y, area.right().saturating_sub(x), &own(name), Role::Dim) + 2;
    }
}

/// From this width on the footer shows, dimmed, what does not fit the case: keys that come and go are hard to learn.
const ROOMY: u16 = 110;

/// The keys of the focused pane that are worth their room. The last two, help and quit, always are.
pub fn footer(desk: &Desk, area: Rect, brush: &mut Brush) {
    let fits = |command: &Command| match command {
        Command::Entry(key) => desk.fits_entry(*key),
        _ => true,
    };
    let mut keys = help::footer(desk.context(), &desk.verbs(), fits);
    let wide = |foot: &Foot| foot.key.width() + foot.word.width() + 3;
    // Where there is little room, what can be done comes before what cannot.
    if keys.iter().map(wide).sum::<usize>() > usize::from(area.width) + 2 && area.width < ROOMY {
        keys.retain(|foot| foot.is_open);
    }
    let last = keys.split_off(keys.len().saturating_sub(2));
    let mut room = (usize::from(area.width) + 2).saturating_sub(last.iter().map(wide).sum());
    // Once one has no room, none behind it is shown: an order that jumps is harder to learn.
    let mut fits = true;
    keys.retain(|key| {
        fits &= wide(key) <= room;
        room -= if fits { wide(key) } else { 0 };
        fits
    });
    let mut x = area.x;
    for foot in keys.into_iter().chain(last) {
        let (key, word) = if foot.is_open { (Role::Accent, Role::Plain) } else { (Role::Dim, Role::Dim) };
        x += brush.text(x, area.y, area.right() - x, &foot.key, key) + 1;
        x += brush.text(x, area.y, area.right().saturating_sub(x), &foot.word, word) + 2;
    }
}
