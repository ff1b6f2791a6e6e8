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

/// What a value means, where it is offered; without making all the others.
pub fn meaning(of: Choices, case: Option<&Case>, value: &str) -> Option<SafeText> {
    let listed = |pairs: &'static [(&'static str, &'static str)]| {
        pairs.iter().find(|(offered, _)| *offered == value).map(|(_, says)| own(says))
    };
    match of {
        Choices::These(pairs) | Choices::Numbers(pairs) => listed(pairs),
        Choices::Currencies => listed(CURRENCIES),
        Choices::ReasonCodes => codes(network_of(case)).find(|code| code.code == value).map(says),
        Choices::ReasonCodesOf(network) => codes(Some(network)).find(|code| code.code == value).map(says),
    }
}

/// Everything that is offered, in its order; of the reason codes those of the case's own network, where it is known.
pub fn choices(of: Choices, case: Option<&Case>) -> Vec<Choice> {
    let listed = |pairs: &'static [(&'static str, &'static str)]| {
        pairs.iter().map(|(value, says)| Choice { value, says: own(says) }).collect()
    };
    match of {
        Choices::These(pairs) | Choices::Numbers(pairs) => listed(pairs),
        Choices::Currencies => listed(CURRENCIES),
        Choices::ReasonCodes => offered(codes(network_of(case))),
        Choices::ReasonCodesOf(network) => offered(codes(Some(network))),
    }
}

fn network_of(case: Option<&Case>) -> Option<reason::Network> {
    case.and_then(|case| reason::Network::named(case.network.exact()))
}

/// The reason codes of a network; without one all.
fn codes(network: Option<reason::Network>) -> impl Iterator<Item = &'static reason::Code> {
    reason::book().codes().iter().filter(move |code| network.is_none_or(|network| code.network == network))
}

fn offered(codes: impl Iterator<Item = &'static reason::Code>) -> Vec<Choice> {
    codes.map(|code| Choice { value: &code.code, says: says(code) }).collect()
}

fn says(code: &'static reason::Code) -> SafeText {
    say!("{}: {}", own(code.network.words()), code.title())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseId;

    fn found(of: Choices, typed: &str) -> Vec<&'static str> {
        fitting(&choices(of, None), typed).iter().map(|choice| choice.value).collect()
    }

    #[test]
    fn the_best_fitting_choice_comes_first() {
        const THESE: Choices =
            Choices::These(&[("xab", "three"), ("abc", "two"), ("ab", "one"), ("q", "a cab"), ("r", "a big")]);
        assert_eq!(found(THESE, " AB "), ["ab", "abc", "xab", "q", "r"]);
        assert_eq!(found(THESE, ""), ["xab", "abc", "ab", "q", "r"], "nothing typed: all, in their order");
        assert_eq!(found(THESE, "zz"), [""; 0]);
        assert_eq!(found(Choices::Currencies, "krone"), ["DKK", "NOK"]);
    }

    #[test]
    fn every_choice_means_what_it_is_offered_as() {
        let case =
            Case { network: "VISA".into(), ..Case::bare(CaseId { profile: "p".into(), number: "1".into() }) };
        const THESE: Choices = Choices::These(&[("Y", "yes"), ("N", "no")]);
        for (of, case) in [
            (THESE, None),
            (Choices::Currencies, None),
            (Choices::ReasonCodes, None),
            (Choices::ReasonCodes, Some(&case)),
        ] {
            let all = choices(of, case);
            for choice in &all {
                let first = all.iter().find(|other| other.value == choice.value).unwrap();
                assert_eq!(meaning(of, case, choice.value).as_ref(), Some(&first.says));
            }
            assert_eq!(meaning(of, case, "no such value"), None);
        }
    }

    #[test]
    fn the_reason_codes_are_those_of_the_cases_network() {
        let mut case = Case::bare(CaseId { profile: "p".into(), number: "1".into() });
        let all = choices(Choices::ReasonCodes, Some(&case)).len();
        case.network = "VISA".into();
        let visa: Vec<_> = values(Choices::ReasonCodes, Some(&case)).collect();
        assert!(visa.contains(&"10.4") && !visa.contains(&"4853"), "{visa:?}");
        assert!(visa.len() < all);
        case.network = "a network of its own".into();
        assert_eq!(choices(Choices::ReasonCodes, Some(&case)).len(), all);
        let mastercard: Vec<_> =
            values(Choices::ReasonCodesOf(reason::Network::Mastercard), Some(&case)).collect();
        assert!(mastercard.contains(&"4853") && !mastercard.contains(&"10.4"), "{mastercard:?}");
    }
}
