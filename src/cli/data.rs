//! How data is printed: columns for people, JSON for programs. Texts in both have passed the text contract.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::{
    case::{Moment, Money, Row, moment::Day},
    text::{Raw, SafeText, own, say},
};

pub fn json(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", serde_json::to_string_pretty(value)?)
}

/// Rows below their headings, each column as wide as its widest cell.
pub fn table(headings: &[&'static str], rows: &[Vec<SafeText>], out: &mut dyn Write) -> io::Result<()> {
    let width = |at: usize, heading: &str| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(SafeText::width);
        cells.chain([heading.len()]).max().unwrap_or(0)
    };
    let widths: Vec<_> = headings.iter().enumerate().map(|(at, heading)| width(at, heading)).collect();
    let heading: Vec<_> = headings.iter().copied().map(own).collect();
    for row in std::iter::once(&heading).chain(rows) {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| cell.beside().pad(*width)).collect();
        writeln!(out, "{}", SafeText::join(&cells, "  ").as_str().trim_end())?;
    }
    Ok(())
}

pub fn text(raw: &Raw) -> Value {
    if raw.is_empty() { Value::Null } else { raw.show().as_str().into() }
}

pub fn id(raw: &Raw) -> Value {
    if raw.is_empty() { Value::Null } else { raw.id().as_str().into() }
}

fn safe(text: &SafeText) -> Value {
    if text.is_empty() { Value::Null } else { text.as_str().into() }
}

pub fn money(amount: Option<Money>) -> Value {
    amount.map_or(Value::Null, |amount| {
        json!({"amount": amount.major(), "currency": amount.currency.map(|currency| currency.code().to_owned())})
    })
}

pub fn time(at: Option<Moment>) -> Value {
    at.map_or(Value::Null, |at| at.rfc3339().into())
}

pub fn day(at: Option<Moment>) -> SafeText {
    at.map_or(own("-"), |at| say!("{}", Day(at)))
}

/// Cases as the list has them.
pub fn rows(rows: &[Row], as_json: bool, out: &mut dyn Write) -> io::Result<()> {
    if as_json {
        return json(&Value::Array(rows.iter().map(row).collect()), out);
    }
    let cells = |row: &Row| {
        let amount = row.amount.map_or(own("-"), |amount| say!("{}", amount));
        vec![
            day(row.deadline),
            row.number.clone(),
            Raw::new(row.id.profile.clone()).show(),
            own(row.stage.words()),
            row.status.clone(),
            row.merchant.clone(),
            amount,
            row.reason.clone(),
            row.network.clone(),
        ]
    };
    let headings = ["due", "case", "profile", "stage", "status", "merchant", "amount", "reason", "network"];
    table(&headings, &rows.iter().map(cells).collect::<Vec<_>>(), out)
}

fn row(row: &Row) -> Value {
    json!({
        "profile": row.id.profile,
        "number": row.number.as_str(),
        "group": safe(&row.group),
        "queue": safe(&row.queue),
        "stage": row.stage.words(),
        "status": safe(&row.status),
        "network": safe(&row.network),
        "card": safe(&row.card),
        "arn": safe(&row.arn),
        "reason": safe(&row.reason),
        "merchant": safe(&row.merchant),
        "amount": money(row.amount),
        "opened": time(row.opened),
        "updated": time(row.updated),
        "deadline": time(row.deadline),
        "documents": row.documents,
        "parked": row.parked,
        "gone": row.gone,
    })
}
