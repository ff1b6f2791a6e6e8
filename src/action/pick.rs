//! What a choice offers, and which of it fits what was typed.

use super::field::Choices;
use crate::{
    case::{Case, reason},
    text::{SafeText, own, say},
};

/// A value that can be chosen, with what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub value: &'static str,
    pub says: SafeText,
}

/// Currencies that the cases of this trade come in; others are typed.
const CURRENCIES: &[(&str, &str)] = &[
    ("DKK", "Danish krone"),
    ("NOK", "Norwegian krone"),
    ("SEK", "Swedish krona"),
    ("EUR", "euro"),
    ("USD", "US dollar"),
    ("GBP", "pound sterling"),
    ("CHF", "Swiss franc"),
    ("PLN", "zloty"),
    ("ISK", "Icelandic króna, no decimals"),
    ("JPY", "yen, no decimals"),
    ("KWD", "Kuwaiti dinar, three decimals"),
    ("CAD", "Canadian dollar"),
    ("AUD", "Australian dollar"),
];

/// Everything that is offered, in its order; reason codes of the case's own network first.
pub fn choices(of: Choices, case: Option<&Case>) -> Vec<Choice> {
    let listed = |pairs: &'static [(&'static str, &'static str)]| {
        pairs.iter().map(|(value, says)| Choice { value, says: own(says) }).collect()
    };
    match of {
        Choices::These(pairs) => listed(pairs),
        Choices::Currencies => listed(CURRENCIES),
        Choices::ReasonCodes => {
            let network = case.and_then(|case| reason::Network::named(case.network.exact()));
            let mut codes: Vec<_> = reason::book().codes().iter().collect();
            codes.retain(|code| network.is_none_or(|network| code.network == network));
            codes
                .into_iter()
                .map(|code| Choice {
                    value: &code.code,
                    says: say!("{}: {}", own(code.network.words()), code.title()),
                })
                .collect()
        }
    }
}

/// The values alone.
pub fn values(of: Choices, case: Option<&Case>) -> impl Iterator<Item = &'static str> {
    choices(of, case).into_iter().map(|choice| choice.value)
}

/// Those that fit what was typed: the value begins with it, or it stands in the value or its meaning, or its letters
/// stand there in their order. The best first.
pub fn fitting(choices: &[Choice], typed: &str) -> Vec<Choice> {
    let typed = typed.trim().to_lowercase();
    let mut found: Vec<_> = choices.iter().filter_map(|choice| Some((rank(choice, &typed)?, choice))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, choice)| choice.clone()).collect()
}

fn rank(choice: &Choice, typed: &str) -> Option<u8> {
    let value = choice.value.to_lowercase();
    let says = choice.says.as_str().to_lowercase();
    if value == typed {
        Some(0)
    } else if value.starts_with(typed) {
        Some(1)
    } else if value.contains(typed) {
        Some(2)
    } else if says.contains(typed) {
        Some(3)
    } else {
        in_order(&format!("{value} {says}"), typed).then_some(4)
    }
}

/// Whether the letters of `typed` stand in `text` in their order.
pub fn in_order(text: &str, typed: &str) -> bool {
    let mut letters = text.chars();
    typed.chars().filter(|letter| !letter.is_whitespace()).all(|letter| letters.any(|other| other == letter))
}
