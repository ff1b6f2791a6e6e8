//! Whether a write arrived, read from the provider's cases: an update by what it left in its case, a create by a case
//! that looks like it. Only what hardly anybody else can have put there is proof; in doubt a person looks.

use serde_json::Value;

use super::{
    actions::{AMOUNT, ARN, CARD, CURRENCY, DATE, DOCUMENTS, NOTES, unit},
    table::value,
};
use crate::{
    action::{Subject, field::Unit},
    case::{
        Case, Currency, Moment, Money, Part, Settings,
        moment::{DAY, MINUTE},
    },
    provider::{Found, Landed, Sent, Want, numbering::is_made_up},
    text::{Raw, beginning},
};

/// How far the provider's clock may be behind ours.
const SLACK: i64 = 2 * MINUTE;

pub fn look(sent: &Sent<'_>, settings: &Settings) -> Option<Want> {
    match sent.action.subject {
        Subject::Case => {
            let number = &sent.entry.case()?.number;
            (!is_made_up(number)).then(|| Want::Number(number.clone()))
        }
        // A card number never goes into an address.
        Subject::New { .. } if value(settings, "method.disputes") != "POST" => None,
        Subject::New { .. } => {
            let body: Value = serde_json::from_slice(&sent.frozen.body).ok()?;
            Some(Want::Card(body.get(CARD)?.as_str()?.into()))
        }
    }
}

pub fn landed(sent: &Sent<'_>, found: &Found, settings: &Settings) -> Landed {
    match (found, sent.action.subject) {
        (Found::Cases(cases), Subject::New { .. }) => created(sent, cases, settings),
        (Found::Cases(cases), Subject::Case) => {
            let number = sent.entry.case().map(|case| &case.number);
            match cases.iter().find(|case| Some(&case.id.number) == number) {
                Some(case) => updated(sent, case),
                None => Landed::Unsure("the case is not in the answer".into()),
            }
        }
        _ => Landed::Unsure("the answer is no list of cases".into()),
    }
}

// ---- an update

/// What an update leaves in its case, by which it can be told.
enum Mark<'a> {
    Note(&'a str),
    /// A file's name, and how many of that name were sent.
    Document(&'a Raw, usize),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    There,
    /// Something like it, without a date; or the answer does not speak of such things.
    Perhaps,
    NotThere,
}

fn updated(sent: &Sent<'_>, case: &Case) -> Landed {
    let base = sent.entry.draft.base.as_deref();
    let from = sent.first_send.plus(-SLACK);
    let marks = marks(sent);
    let seen: Vec<_> = marks.iter().map(|mark| (mark.words(), mark.seen(case, base, from))).collect();
    let named = |wanted: &[Seen]| {
        let words = seen.iter().filter(|(_, seen)| wanted.contains(seen)).map(|(words, _)| words.as_str());
        words.collect::<Vec<_>>().join(", ")
    };
    let (there, missing) = (named(&[Seen::There]), named(&[Seen::Perhaps, Seen::NotThere]));
    // A file's name is a weak mark, and a colleague may write the same words: the case must have gone somewhere, too.
    let has_note = marks.iter().any(|mark| matches!(mark, Mark::Note(_)));
    let has_gone = base.is_some_and(|base| has_gone(base, case));
    if has_note && has_gone && missing.is_empty() {
        let says = format!("the case has {there} of this update").into();
        return Landed::Yes { remote: case.id.number.clone(), says };
    }
    if !there.is_empty() {
        let but = if missing.is_empty() {
            "which somebody else may have put there".to_owned()
        } else {
            format!("but not {missing}")
        };
        return Landed::Unsure(format!("the case has {there} of this update, {but}").into());
    }
    let perhaps = named(&[Seen::Perhaps]);
    if !perhaps.is_empty() {
        return Landed::Unsure(
            format!("the answer does not say whether {perhaps} came with this update").into(),
        );
    }
    let Some(base) = base else {
        return Landed::Unsure("how the case stood before is not known".into());
    };
    let moved = moved(base, case);
    match (moved.is_empty(), missing.is_empty()) {
        (true, _) => Landed::No("the case is as it was".into()),
        (false, true) => Landed::Unsure(
            format!(
                "the case has moved ({}), which this update or somebody else may have done",
                moved.join(", ")
            )
            .into(),
        ),
        (false, false) => Landed::Unsure(
            format!("the case has moved ({}), but has not {missing} of this update", moved.join(", ")).into(),
        ),
    }
}

fn marks<'a>(sent: &Sent<'a>) -> Vec<Mark<'a>> {
    let values = &sent.entry.draft.values;
    let note = values.text(NOTES.name);
    let mut marks: Vec<_> = (!note.trim().is_empty()).then_some(Mark::Note(note)).into_iter().collect();
    let files = values.files(DOCUMENTS.name);
    for (place, file) in files.iter().enumerate() {
        if files[..place].iter().all(|before| before.name != file.name) {
            let count = files.iter().filter(|other| other.name == file.name).count();
            marks.push(Mark::Document(&file.name, count));
        }
    }
    marks
}

impl Mark<'_> {
    fn words(&self) -> String {
        match self {
            Mark::Note(_) => "the note".into(),
            Mark::Document(name, _) => format!("the document {}", beginning(name.exact(), 60)),
        }
    }

    fn seen(&self, case: &Case, base: Option<&Case>, from: Moment) -> Seen {
        let (part, needed) = match self {
            Mark::Note(_) => (Part::History, 1),
            Mark::Document(_, needed) => (Part::Documents, *needed),
        };
        if case.silent.about(part) {
            return Seen::Perhaps;
        }
        let (now, before) = (self.dates(case), base.map_or_else(Vec::new, |base| self.dates(base)));
        let dated = |dates: &[Option<Moment>]| dates.iter().flatten().filter(|at| is_from(**at, from)).count();
        let undated = |dates: &[Option<Moment>]| dates.iter().filter(|at| at.is_none()).count();
        if dated(&now) >= dated(&before) + needed {
            Seen::There
        } else if dated(&now) + undated(&now) > dated(&before) + undated(&before) {
            Seen::Perhaps
        } else {
            Seen::NotThere
        }
    }

    /// When things like this one came into a case.
    fn dates(&self, case: &Case) -> Vec<Option<Moment>> {
        match self {
            Mark::Note(note) => {
                let same = |line: &&crate::case::Happening| is_same_text(line.what.exact(), note);
                case.history.iter().filter(same).map(|line| line.at).collect()
            }
            Mark::Document(name, _) => {
                let same = |document: &&crate::case::DocumentRef| document.name == **name;
                case.documents.iter().filter(same).map(|document| document.at).collect()
            }
        }
    }
}

/// Whether something dated `at` is not from before; midnight may stand for a whole day.
fn is_from(at: Moment, from: Moment) -> bool {
    let latest = if at == at.start_of_day() { at.end_of_day() } else { at };
    latest >= from
}

/// Line ends and blanks around may have changed on the way.
fn is_same_text(one: &str, other: &str) -> bool {
    one.trim().lines().map(str::trim_end).eq(other.trim().lines().map(str::trim_end))
}

/// Whether a case stands elsewhere than before, as every update has it.
fn has_gone(base: &Case, case: &Case) -> bool {
    let told = |part| !case.silent.about(part);
    told(Part::Queue) && case.queue != base.queue || told(Part::Status) && case.status != base.status
}

/// What is different about a case since, as far as its answer speaks of it.
fn moved(base: &Case, case: &Case) -> Vec<String> {
    let told = |part| !case.silent.about(part);
    let shown = |text: &Raw| if text.is_empty() { "none".to_owned() } else { beginning(text.exact(), 60) };
    let from_to = |what, before: &Raw, now: &Raw| format!("{what} {} to {}", shown(before), shown(now));
    let mut moved = Vec::new();
    if told(Part::Queue) && case.queue != base.queue {
        moved.push(from_to("queue", &base.queue, &case.queue));
    }
    if told(Part::Status) && case.status != base.status {
        moved.push(from_to("status", &base.status, &case.status));
    }
    if told(Part::Documents) && case.documents.len() != base.documents.len() {
        moved.push(format!("documents {} to {}", base.documents.len(), case.documents.len()));
    }
    if told(Part::History) && case.history.len() != base.history.len() {
        moved.push(format!("lines of history {} to {}", base.history.len(), case.history.len()));
    }
    if told(Part::Updated) && case.updated != base.updated {
        moved.push(match case.updated {
            Some(at) => format!("updated {}", at.minute()),
            None => "no longer says when it was updated".into(),
        });
    }
    moved
}

// ---- a create

/// What was sent and can be found again in a case.
struct Wanted {
    arn: Option<String>,
    amount: Option<Money>,
    /// As 2026-11-22.
    day: Option<String>,
}

fn created(sent: &Sent<'_>, cases: &[Case], settings: &Settings) -> Landed {
    let Some(wanted) = Wanted::of(&sent.frozen.body, settings) else {
        return Landed::Unsure("what was sent cannot be read here".into());
    };
    let seen: Vec<_> = cases.iter().map(|case| (case, wanted.seen(case, sent.first_send))).collect();
    let those = |wanted: Seen| seen.iter().filter(move |(_, seen)| *seen == wanted).map(|(case, _)| *case);
    let numbers = |cases: Vec<&Case>| {
        let numbers = cases.iter().map(|case| beginning(case.id.number.exact(), 40));
        numbers.collect::<Vec<_>>().join(", ")
    };
    match those(Seen::There).collect::<Vec<_>>()[..] {
        [case] if !is_made_up(&case.id.number) => Landed::Yes {
            remote: case.id.number.clone(),
            says: "a case of this card has the same transaction, and was opened since".into(),
        },
        [] => match those(Seen::Perhaps).collect::<Vec<_>>() {
            none if none.is_empty() => {
                Landed::No(format!("none of the card's {} cases is this one", cases.len()).into())
            }
            some => Landed::Unsure(format!("this may be it, but not all of it fits: {}", numbers(some)).into()),
        },
        _ => {
            Landed::Unsure(format!("each of these may be it: {}", numbers(those(Seen::There).collect())).into())
        }
    }
}

impl Wanted {
    fn of(body: &[u8], settings: &Settings) -> Option<Wanted> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let currency = text(CURRENCY).and_then(|code| Currency::parse(&code));
        let read = match unit(settings) {
            Unit::Major => Money::from_major,
            Unit::Minor => Money::from_minor,
        };
        let amount = match body.get(AMOUNT) {
            Some(Value::Number(digits)) => Some(read(&digits.to_string(), currency).ok()?),
            _ => None,
        };
        Some(Wanted { arn: text(ARN), amount, day: text(DATE) })
    }

    /// Whether a case is the one. A fact that was sent and that the case does not tell leaves it open.
    fn seen(&self, case: &Case, first_send: Moment) -> Seen {
        let facts = [self.arn(case), self.amount(case), self.day(case), opened(case, first_send)];
        if facts.contains(&Seen::NotThere) {
            Seen::NotThere
        } else if facts.contains(&Seen::Perhaps) {
            Seen::Perhaps
        } else {
            Seen::There
        }
    }

    fn arn(&self, case: &Case) -> Seen {
        match &self.arn {
            // Two disputes of one card may have the same amount and day; only the reference tells them apart.
            None => Seen::Perhaps,
            Some(_) if case.arn.is_empty() => Seen::Perhaps,
            Some(arn) => seen(case.arn.exact().trim() == arn.trim()),
        }
    }

    fn amount(&self, case: &Case) -> Seen {
        match (self.amount, case.transaction_amount.or(case.amount)) {
            (None, _) => Seen::There,
            (Some(_), None) => Seen::Perhaps,
            (Some(sent), Some(has)) if has.currency.is_none() && has.minor == sent.minor => Seen::Perhaps,
            (Some(sent), Some(has)) => seen(sent == has),
        }
    }

    /// A time of day with another zone may lie on the day before or after.
    fn day(&self, case: &Case) -> Seen {
        let Some(day) = self.day.as_deref().and_then(Moment::parse) else { return Seen::There };
        let Some(at) = case.transaction_at else { return Seen::Perhaps };
        match at.start_of_day().since(day) {
            0 => Seen::There,
            apart if apart.abs() <= DAY => Seen::Perhaps,
            _ => Seen::NotThere,
        }
    }
}

/// A case that was there before is not the one. How a day is rounded, and in which zone, is not known.
fn opened(case: &Case, first_send: Moment) -> Seen {
    match case.opened {
        None => Seen::Perhaps,
        // A day alone does not say whether it was before.
        Some(at) if at == at.start_of_day() && is_from(at, first_send.plus(-DAY)) => Seen::Perhaps,
        Some(at) if is_from(at, first_send.plus(-SLACK)) => Seen::There,
        Some(at) if is_from(at, first_send.plus(-DAY)) => Seen::Perhaps,
        Some(_) => Seen::NotThere,
    }
}

fn seen(is_there: bool) -> Seen {
    if is_there { Seen::There } else { Seen::NotThere }
}
