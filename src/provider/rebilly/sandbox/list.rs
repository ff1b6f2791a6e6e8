//! Lists: filter, search, sort, and the page that is asked for.

use std::cmp::Ordering;

use serde_json::Value;

use super::strict::Complaints;
use crate::{case::Moment, provider::Asked};

/// The API's own bounds.
const MOST: usize = 1000;
const USUAL: usize = 100;

#[derive(Default)]
pub struct Page {
    pub rows: Vec<Value>,
    pub total: usize,
    pub limit: usize,
    pub offset: usize,
}

/// The page of `rows` that a query asks for. `fields`: by what may be filtered and sorted.
pub fn page(asked: &Asked, mut rows: Vec<Value>, fields: &[&str]) -> Result<Page, Complaints> {
    let mut complaints = Complaints::default();
    let (mut limit, mut offset, mut sort) = (USUAL, 0, "createdTime");
    for (name, value) in &asked.query {
        match name.as_str() {
            "limit" | "offset" => match value.parse::<usize>() {
                Ok(number) if number <= MOST => {
                    *(if name == "limit" { &mut limit } else { &mut offset }) = number
                }
                _ => complaints.add(name, "Must be a whole number from 0 to 1000."),
            },
            "filter" => {
                for part in value.split(';') {
                    match part.split_once(':') {
                        Some((field, wanted)) if fields.contains(&field) => {
                            rows.retain(|row| wanted.split(',').any(|wanted| fits(&row[field], wanted)));
                        }
                        _ => complaints.add("filter", "There is no such filter."),
                    }
                }
            }
            "q" => rows.retain(|row| row.to_string().to_lowercase().contains(&value.to_lowercase())),
            "sort" => sort = value,
            "expand" => {}
            other => complaints.add(other, "There is no such parameter."),
        }
    }
    let orders: Vec<_> =
        sort.split(',').map(|part| (part.trim_start_matches('-'), part.starts_with('-'))).collect();
    if orders.iter().any(|(field, _)| !fields.contains(field)) {
        complaints.add("sort", "Cannot be sorted by this.");
    }
    if !complaints.is_empty() {
        return Err(complaints);
    }
    rows.sort_by(|one, other| {
        orders.iter().fold(Ordering::Equal, |order, (field, falling)| {
            let next = text(&one[*field]).cmp(&text(&other[*field]));
            order.then(if *falling { next.reverse() } else { next })
        })
    });
    let total = rows.len();
    let rows = rows.into_iter().skip(offset).take(limit).collect();
    Ok(Page { rows, total, limit, offset })
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// One wanted value: itself, or a range with its ends in it.
fn fits(value: &Value, wanted: &str) -> bool {
    let Some((from, to)) = wanted.split_once("..") else { return text(value) == wanted };
    let text = text(value);
    let number = |text: &str| Moment::parse(text).map(|at| at.0 as f64).or_else(|| text.parse::<f64>().ok());
    let Some(own) = number(&text) else { return false };
    let above = from.is_empty() || number(from).is_some_and(|from| own >= from);
    let below = to.is_empty() || number(to).is_some_and(|to| own <= to);
    above && below
}
