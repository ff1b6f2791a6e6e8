//! What an answer tells beside the facts of a case, as lines of its history, and how they join those of earlier answers: each
//! answer shows what is there now, and nothing of what was.

use super::table;
use crate::{
    case::{Happening, Moment, Settings},
    provider::object::Object,
    text::Raw,
};

pub struct Line {
    at: Option<Moment>,
    who: Raw,
    /// "transaction f05e8168-…": what the line is about.
    about: String,
    says: String,
    lasts: Lasts,
}

#[derive(Clone, Copy, PartialEq)]
enum Lasts {
    /// It happened, once.
    Happened,
    /// It is so until another line says otherwise of the same.
    Now,
}

impl Line {
    /// Parts with their names, those that say nothing left out; none where nothing is left.
    fn of(about: &str, parts: &[(&str, Raw)], lasts: Lasts) -> Option<Line> {
        let said = parts.iter().filter(|(_, value)| !value.exact().trim().is_empty());
        let said: Vec<_> = said.map(|(name, value)| named(name, value.exact())).collect();
        let (about, says) = (about.to_owned(), said.join(", "));
        (!says.is_empty()).then_some(Line { at: None, who: Raw::default(), about, says, lasts })
    }

    pub fn current(about: &str, parts: &[(&str, Raw)]) -> Option<Line> {
        Line::of(about, parts, Lasts::Now)
    }

    /// With its own date it is something that happened.
    fn dated(self, at: Option<Moment>) -> Line {
        let lasts = if at.is_some() { Lasts::Happened } else { self.lasts };
        Line { at, lasts, ..self }
    }

    fn what(&self) -> String {
        format!("{}: {}", self.about, self.says)
    }
}

fn named(name: &str, value: &str) -> String {
    if name.is_empty() { value.to_owned() } else { format!("{name} {value}") }
}

/// Type, reason and notes.
pub fn dispute(dispute: &Object<'_>) -> Vec<Line> {
    let kind = [("type", dispute.text("dispute_type")), ("reason", dispute.text("dispute_reason"))];
    let notes = [("", dispute.text("notes"))];
    Line::current("dispute", &kind).into_iter().chain(Line::current("notes", &notes)).collect()
}

/// A transaction with its fees, what was applied to it, and its chargeback.
pub fn transaction(at: usize, transaction: &Object<'_>, settings: &Settings) -> Vec<Line> {
    let guid = transaction.text("transaction_guid");
    let name = if guid.exact().trim().is_empty() { (at + 1).to_string() } else { guid.exact().to_owned() };
    let money = |of: &Object<'_>| amount(of, settings);
    let mut lines = Vec::new();
    lines.extend(Line::current(
        &format!("transaction {name}"),
        &[
            ("", money(transaction)),
            ("channel", transaction.text("channel")),
            ("status", transaction.text("transaction_dispute_status")),
            ("at the channel", transaction.text("transaction_channel_dispute_status")),
            ("DataNav case", transaction.text("data_nav_case_number")),
            ("journal entry", transaction.text("journal_entry")),
        ],
    ));
    for fee in transaction.objects("fee") {
        let of = fee.text("transaction_guid");
        let of = if of.exact().trim().is_empty() { name.as_str() } else { of.exact() };
        let parts = [("", money(&fee)), ("", fee.text("description"))];
        lines.extend(Line::of(&format!("fee of transaction {of}"), &parts, Lasts::Happened));
    }
    if let Some(applied) = transaction.object("apply_amount_details") {
        let parts = [
            ("", applied.text("entry_type")),
            ("", applied.text("txn_type")),
            ("", money(&applied)),
            ("reason code", applied.text("reason_code")),
        ];
        let line = Line::current(&format!("applied to transaction {name}"), &parts);
        lines.extend(line.map(|line| line.dated(applied.moment("amount_date"))));
    }
    if let Some(log) = transaction.object("chargeback_log") {
        let parts = [
            ("level", log.text("chargeback_level")),
            ("filing status", log.text("filing_status")),
            ("reason code", log.text("reason_code")),
        ];
        let line = Line::current(&format!("chargeback of transaction {name}"), &parts);
        lines.extend(line.map(|line| line.dated(log.moment("chargeback_date"))));
    }
    lines
}

/// The entry that the write made in the provider's journal.
pub fn journal(journal: &Object<'_>) -> Option<Line> {
    let parts = [
        ("", journal.text("journal_entry")),
        ("reason code", journal.text("reason_code")),
        ("case", journal.text("case_number")),
        ("source", journal.text("journal_source")),
        ("entry", journal.text("journal_guid")),
    ];
    let line = Line::of("journal", &parts, Lasts::Happened)?.dated(journal.moment("journal_date"));
    Some(Line { who: journal.text("source_user_guid"), ..line })
}

fn amount(of: &Object<'_>, settings: &Settings) -> Raw {
    let money = of.money("amount", table::currency(settings), table::read_in(settings));
    money.map_or(Raw::default(), |money| money.to_string().into())
}

/// The earlier lines, and behind them those that say something new. What has no date of its own gets that of the answer.
pub fn joined(before: &[Happening], lines: Vec<Line>, now: Moment) -> Vec<Happening> {
    let mut history = before.to_vec();
    let mut unmatched: Vec<_> = before.iter().collect();
    for line in lines {
        let what = line.what();
        let is_known = match line.lasts {
            Lasts::Happened => {
                let same = |known: &&Happening| {
                    known.what.exact() == what && (line.at.is_none() || known.at == line.at)
                };
                let place = unmatched.iter().position(same);
                place.map(|place| unmatched.remove(place)).is_some()
            }
            Lasts::Now => {
                let about = format!("{}: ", line.about);
                let last = before.iter().rev().find(|known| known.what.exact().starts_with(&about));
                last.is_some_and(|last| last.what.exact() == what)
            }
        };
        if !is_known {
            history.push(Happening { at: line.at.or(Some(now)), who: line.who, what: what.into() });
        }
    }
    history
}
