//! What must hold between the fields of a form, as data. A rule names addresses as the declaration writes them; what is to
//! be given may be in any element of a list ([`EACH`]).

use super::draft::Values;
use crate::case::Case;

/// In an address, for the number of an element: whichever it is. "items.*.amount" is given where any item has an amount.
pub const EACH: &str = ".*.";

#[derive(Clone, Copy)]
pub enum Rule {
    /// One of them at least. The complaint stands under the first.
    AtLeastOne(&'static [&'static str]),
    AtMostOne(&'static [&'static str]),
    /// With one of them, all of them.
    Together(&'static [&'static str]),
    /// The field is needed where the condition holds; the words complete "is needed ...".
    NeededWhen(&'static str, Given, &'static str),
    /// The field may be there only where the condition holds; the words complete "is for ...".
    OnlyWhen(&'static str, Given, &'static str),
}

/// A condition on what was entered.
#[derive(Clone, Copy)]
pub enum Given {
    Filled(&'static str),
    Is(&'static str, &'static str),
    /// It is filled with another value than the case has now.
    Changed(&'static str, fn(&Case) -> Option<String>),
    /// Something about the case, or about the absence of one.
    Of(fn(Option<&Case>) -> bool),
    All(&'static [Given]),
    Any(&'static [Given]),
}

impl Given {
    pub fn holds(&self, values: &Values, case: Option<&Case>) -> bool {
        match self {
            Given::Filled(address) => values.is_filled(address),
            Given::Is(address, value) => values.text(address) == *value,
            Given::Changed(address, of) => {
                let now = case.and_then(of);
                values.is_filled(address) && now.as_deref() != Some(values.text(address))
            }
            Given::Of(fits) => fits(case),
            Given::All(all) => all.iter().all(|given| given.holds(values, case)),
            Given::Any(any) => any.iter().any(|given| given.holds(values, case)),
        }
    }

    /// The addresses it names.
    pub fn names(&self) -> Vec<&'static str> {
        match self {
            Given::Filled(address) | Given::Is(address, _) | Given::Changed(address, _) => vec![address],
            Given::Of(_) => Vec::new(),
            Given::All(several) | Given::Any(several) => several.iter().flat_map(Given::names).collect(),
        }
    }
}

impl Rule {
    /// The addresses it names.
    pub fn names(&self) -> Vec<&'static str> {
        match self {
            Rule::AtLeastOne(several) | Rule::AtMostOne(several) | Rule::Together(several) => several.to_vec(),
            Rule::NeededWhen(address, given, _) | Rule::OnlyWhen(address, given, _) => {
                let mut names = vec![*address];
                names.extend(given.names());
                names
            }
        }
    }
}
