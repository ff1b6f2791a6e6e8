//! The elements of a list in a form: one more, one less, in the values and in whatever else is kept by address.

use crate::{
    action::{
        Entered, Field, Kind, Values,
        draft::below,
        rows::{self, field_at},
    },
    text::Raw,
};

/// The innermost list that an address lies in, or is, and which of its elements.
pub fn list_of(fields: &'static [Field], address: &str) -> Option<(String, &'static Field, Option<usize>)> {
    let is_list = |field: &&'static Field| matches!(field.kind, Kind::List { .. });
    let names: Vec<&str> = address.split('.').collect();
    (1..=names.len()).rev().find_map(|count| {
        if count > 1 && names[count - 1].parse::<usize>().is_ok() {
            return None;
        }
        let list = names[..count].join(".");
        let field = field_at(fields, &list).filter(is_list)?;
        Some((list, field, names.get(count).and_then(|number| number.parse().ok())))
    })
}

/// One element more at the end. Returns the address of its first field.
pub fn add(fields: &'static [Field], list: &str, values: &mut Values) -> Option<String> {
    let Kind::List { least, most, of } = field_at(fields, list)?.kind else { return None };
    let count = values.elements(list).max(least);
    (count < most).then(|| begun(&below(list, &count.to_string()), of, values)).flatten()
}

/// Makes an element be there although nothing is in it yet: what stands at its own address is never sent.
fn begun(element: &str, of: &'static [Field], values: &mut Values) -> Option<String> {
    let leaves = rows::leaves(of, &Values::default());
    values.set(element, Entered::Text(Raw::default()));
    Some(below(element, &leaves.first()?.0))
}

/// One element less; those behind it move up.
pub fn remove(fields: &'static [Field], list: &str, gone: usize, values: &mut Values) {
    let Some(Kind::List { of, .. }) = field_at(fields, list).map(|field| field.kind) else { return };
    let count = values.elements(list);
    let mut left = Values::default();
    for (address, entered) in values.iter() {
        if let Some(place) = without(list, gone, address) {
            left.set(&place, entered.clone());
        }
    }
    *values = left;
    for number in 0..count.saturating_sub(1) {
        let element = below(list, &number.to_string());
        if values.below(&element).count() == 0 {
            begun(&element, of, values);
        }
    }
}

/// Where an address stands once an element of a list is gone; `None` within that element.
pub fn without(list: &str, gone: usize, address: &str) -> Option<String> {
    let inside = address.strip_prefix(list).and_then(|inside| inside.strip_prefix('.'));
    let Some((number, rest)) = inside.map(|inside| inside.split_once('.').unwrap_or((inside, ""))) else {
        return Some(address.to_owned());
    };
    match number.parse::<usize>() {
        Ok(number) if number == gone => None,
        Ok(number) if number > gone => {
            let element = below(list, &(number - 1).to_string());
            Some(if rest.is_empty() { element } else { below(&element, rest) })
        }
        _ => Some(address.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::field::{list, text};

    static FIELDS: &[Field] =
        &[list("parts", "Parts", 0, 3, &[text("name", "Name", 10), text("note", "Note", 10)])];

    #[test]
    fn an_element_that_is_added_is_there_and_empty_until_the_list_is_full() {
        let mut values = Values::default();
        assert_eq!(add(FIELDS, "parts", &mut values).as_deref(), Some("parts.0.name"));
        assert_eq!(values.elements("parts"), 1);
        assert!(!values.is_filled("parts"));
        add(FIELDS, "parts", &mut values);
        add(FIELDS, "parts", &mut values);
        assert_eq!(add(FIELDS, "parts", &mut values), None);
    }

    #[test]
    fn an_element_that_is_removed_takes_only_its_own_values_along() {
        let mut values = Values::default();
        for number in 0..3 {
            values.set_text(&format!("parts.{number}.name"), format!("n{number}"));
        }
        values.unset("parts.1.name");
        values.set_text("party", "stays");
        remove(FIELDS, "parts", 0, &mut values);
        assert_eq!((values.text("parts.0.name"), values.text("parts.1.name")), ("", "n2"));
        assert_eq!((values.elements("parts"), values.text("party")), (2, "stays"));
        remove(FIELDS, "parts", 1, &mut values);
        assert_eq!(values.elements("parts"), 1, "the empty one is still there");
    }

    #[test]
    fn the_innermost_list_of_an_address_is_found() {
        let found = |address| list_of(FIELDS, address).map(|(list, _, element)| (list, element));
        assert_eq!(found("parts.2.name"), Some(("parts".to_owned(), Some(2))));
        assert_eq!(found("parts.2"), Some(("parts".to_owned(), Some(2))));
        assert_eq!(found("parts"), Some(("parts".to_owned(), None)));
        assert_eq!(found("party"), None);
    }
}
