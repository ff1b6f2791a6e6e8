//! A declaration laid out as the rows of a form: groups opened, the elements of a list one after another. One order for
//! drawing, moving, checking and reviewing.

use super::{
    draft::{Values, below},
    field::{Field, Kind},
};

/// One row of a form.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    pub field: &'a Field,
    pub depth: usize,
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A field to fill.
    Leaf,
    /// The head of a group.
    Group,
    /// The head of a list, with how many elements it has.
    List(usize),
    /// The head of one element of a list, counted from nothing.
    Element(usize),
}

/// Every row with its address.
pub fn rows<'a>(fields: &'a [Field], values: &Values) -> Vec<(String, Row<'a>)> {
    let mut rows = Vec::new();
    lay("", fields, values, 0, &mut rows);
    rows
}

fn lay<'a>(above: &str, fields: &'a [Field], values: &Values, depth: usize, rows: &mut Vec<(String, Row<'a>)>) {
    for field in fields {
        let address = below(above, field.name);
        let row = |what| Row { field, depth, what };
        match field.kind {
            Kind::Group(inside) => {
                rows.push((address.clone(), row(What::Group)));
                lay(&address, inside, values, depth + 1, rows);
            }
            Kind::List { least, of, .. } => {
                let count = values.elements(&address).max(least);
                rows.push((address.clone(), row(What::List(count))));
                for number in 0..count {
                    let element = below(&address, &number.to_string());
                    rows.push((element.clone(), Row { field, depth: depth + 1, what: What::Element(number) }));
                    lay(&element, of, values, depth + 2, rows);
                }
            }
            _ => rows.push((address, row(What::Leaf))),
        }
    }
}

/// The fields to fill, with their addresses.
pub fn leaves<'a>(fields: &'a [Field], values: &Values) -> Vec<(String, &'a Field)> {
    let leaf = |(address, row): (String, Row<'a>)| (row.what == What::Leaf).then_some((address, row.field));
    rows(fields, values).into_iter().filter_map(leaf).collect()
}

/// The field that an address means, whatever elements there are; "*" stands for any of them.
pub fn field_at<'a>(fields: &'a [Field], address: &str) -> Option<&'a Field> {
    let (name, rest) = address.split_once('.').unwrap_or((address, ""));
    let field = fields.iter().find(|field| field.name == name)?;
    match field.kind {
        _ if rest.is_empty() => Some(field),
        Kind::Group(inside) => field_at(inside, rest),
        Kind::List { of, .. } => {
            let (number, rest) = rest.split_once('.').unwrap_or((rest, ""));
            (number == "*" || number.parse::<usize>().is_ok()).then_some(())?;
            if rest.is_empty() { Some(field) } else { field_at(of, rest) }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::sample::SAMPLE;

    #[test]
    fn groups_and_lists_are_laid_out_with_their_addresses() {
        let mut values = Values::default();
        values.set_text("items.1.id", "B");
        let rows = rows(SAMPLE.fields, &values);
        let from = rows.iter().position(|(address, _)| address == "customer").unwrap();
        let laid: Vec<_> = rows[from..from + 10]
            .iter()
            .map(|(address, row)| (address.as_str(), row.depth, row.what))
            .collect();
        assert_eq!(
            laid,
            [
                ("customer", 0, What::Group),
                ("customer.name", 1, What::Leaf),
                ("customer.mail", 1, What::Leaf),
                ("items", 0, What::List(2)),
                ("items.0", 1, What::Element(0)),
                ("items.0.id", 2, What::Leaf),
                ("items.0.pieces", 2, What::Leaf),
                ("items.1", 1, What::Element(1)),
                ("items.1.id", 2, What::Leaf),
                ("items.1.pieces", 2, What::Leaf),
            ]
        );
    }

    #[test]
    fn every_row_is_reached_by_its_address_and_nothing_else_is() {
        let mut values = Values::default();
        values.set_text("items.1.id", "B");
        for (address, row) in rows(SAMPLE.fields, &values) {
            let field = field_at(SAMPLE.fields, &address);
            assert_eq!(field.map(|field| field.name), Some(row.field.name), "{address}");
        }
        assert_eq!(field_at(SAMPLE.fields, "items.*.id").map(|field| field.name), Some("id"));
        for address in ["", "words", "word.x", "customer.id", "items.x", "items.0.nothing", "items.-1.id"] {
            assert!(field_at(SAMPLE.fields, address).is_none(), "{address}");
        }
    }
}
