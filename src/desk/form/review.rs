//! The review: everything that would leave, before anything does. It never sends.

use super::{
    super::{Profile, line::CardLine, unseen::Unseen, words::Force},
    Form,
    page::{Columns, Kind, Page, absence, doubted, hash, media, unit, value},
};
use crate::{
    action::{
        Field, Kind as What,
        check::{doubt, size},
        field::{Instead, Leaves},
        rows, scheme,
    },
    case::{Moment, Settings, Whose, moment::Minute},
    text::{Raw, SafeText, own, say},
};

#[derive(Default)]
pub struct Review {
    pub top: usize,
    pub unseen: Unseen,
    /// What was typed towards the word that a final action asks for.
    pub typed: String,
    pub problem: Option<SafeText>,
}

/// The word that must be typed before a final action leaves: the last four characters of the case's number as it is
/// shown; where there is no case yet, the action's name.
pub fn word(form: &Form) -> SafeText {
    match &form.draft.case {
        Some(id) => {
            let number = id.number.id();
            let from = number.as_str().char_indices().rev().nth(3).map_or(0, |(at, _)| at);
            number.slice(from..number.as_str().len())
        }
        None => own(form.action.id),
    }
}

/// The review, wrapped to `width`. `hindrance`: why nothing can be sent for its case, if so.
pub fn lines(form: &Form, profile: &Profile, hindrance: Option<SafeText>, now: Moment, width: usize) -> Page {
    let columns = Columns::of(width);
    let mut page = Page::default();
    let mut fact = |label: &'static str, kind: Kind, text: SafeText| {
        page.field(kind, (0, own(label), SafeText::default()), text.wrap(columns.width), columns);
    };
    let plain = Kind::Field { here: false };
    fact("What", plain, say!("{}: {}", own(form.action.title), own(form.action.says)));
    match &form.draft.case {
        Some(id) => fact("Case", plain, id.number.id()),
        None => fact("Case", plain, own("a new one")),
    }
    fact("To", plain, say!("{}, profile {}", own(profile.provider), Raw::new(profile.name.clone()).show()));
    fact("Environment", Kind::Realm(profile.realm), own(profile.realm.words()));
    if let Some(hindrance) = hindrance {
        page.line(Kind::Warning, hindrance, columns);
    }
    warnings(form, now, columns, &mut page);
    fields(form, &profile.settings, columns, &mut page);
    page
}

fn warnings(form: &Form, now: Moment, columns: Columns, page: &mut Page) {
    if form.action.is_final {
        page.line(Kind::Warning, own("final: nothing takes it back at the provider"), columns);
    }
    if let Some(why) = form.doubt() {
        let how = own(match (form.forced, form.offer.is_open()) {
            (Force::Yes, _) => "forced, although it does not fit",
            (Force::No, true) => "it may not fit",
            (Force::No, false) => "it does not fit, and is not sent unforced",
        });
        page.line(Kind::Warning, say!("{}: {}", how, why), columns);
    }
    let deadline = form.file.as_ref().and_then(|file| file.case.deadline.as_ref());
    if let Some(deadline) = deadline.filter(|deadline| deadline.whose == Whose::Provider && deadline.at < now) {
        let text = say!("overdue: the provider's own deadline was {}; it may be refused", Minute(deadline.at));
        page.line(Kind::Warning, text, columns);
    }
    for change in &form.moved {
        page.line(Kind::Warning, say!("moved since the form was begun: {}", change.words()), columns);
    }
}

fn fields(form: &Form, settings: &Settings, columns: Columns, page: &mut Page) {
    page.heading(0, own("What is sent"));
    let before = page.lines.len();
    for (address, row) in form.rows() {
        let label = match row.what {
            rows::What::Leaf => own(row.field.label),
            rows::What::Group if form.draft.values.below(&address).next().is_some() => {
                page.heading(row.depth, own(row.field.label));
                continue;
            }
            rows::What::Element(number) => {
                page.heading(row.depth, say!("{} {}", own(row.field.label), number + 1));
                continue;
            }
            _ => continue,
        };
        let unseen = absence(form, &address, row.field).or_else(|| blanks(form, &address, row.field));
        if let Some(words) = unseen.filter(|_| !row.field.local) {
            page.absence((row.depth, label, SafeText::default()), words, columns);
            continue;
        }
        let mut rows = match (row.field.kind, form.draft.values.get(&address)) {
            (What::Card(leaves), _) => {
                form.card(&address).map_or(Vec::new(), |line| card(line, leaves).wrap(columns.width))
            }
            (What::Files(_), _) => Vec::new(),
            (_, None) => {
                let typed = |card: &str| form.card(card).is_some_and(|line| !line.shown().is_empty());
                let instead = match row.field.instead {
                    Instead::OfCaseUnless(_, card) if typed(card) => None,
                    instead => instead.words(form.case(), settings),
                };
                instead.map_or(Vec::new(), |words| words.wrap(columns.width))
            }
            _ => value(form, &address, row.field, columns),
        };
        for file in form.draft.values.files(&address) {
            let words = say!("{}, {}, {}", file.name.show().beside(), media(file), size(file.size));
            rows.extend(words.wrap(columns.width));
            rows.extend(say!("SHA-256 {}", hash(file, 64)).wrap(columns.width));
        }
        if row.field.local && !rows.is_empty() {
            rows.push(own("(helps with the form, is not sent)"));
        }
        if !rows.is_empty() && rows.iter().any(|row| !row.is_empty()) {
            let head = (row.depth, label, SafeText::default());
            let first = page.field(Kind::Field { here: false }, head, rows, columns);
            page.unit(first, unit(form, &address, row.field));
        }
        let files = form.draft.values.files(&address);
        doubted(files, &scheme::doubts(form.case(), files), columns, page);
        if let Some(says) = doubt(row.field, form.draft.values.text(&address)) {
            page.line(Kind::Warning, says, columns);
        }
    }
    if page.lines.len() == before {
        page.line(Kind::Hint, own("no field is filled: only what is to be done, and with which case"), columns);
    }
}

/// A text that nobody would see.
fn blanks(form: &Form, address: &str, field: &Field) -> Option<SafeText> {
    let text = form.draft.values.text(address);
    let is_sent = field.takes_an_empty_text() && !text.is_empty() && text.trim().is_empty();
    is_sent.then(|| say!("(blanks only, length {})", text.chars().count()))
}

fn card(card: &CardLine, leaves: Leaves) -> SafeText {
    match card.shown().width() {
        0 => SafeText::default(),
        digits => say!("{} digits, not shown; {}", digits, own(leaves.words())),
    }
}
