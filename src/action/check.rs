//! What is wrong with a form, all at once, in words that stand under the field. The same checks hold while it is typed
//! and again before it is frozen.

use super::{
    Action,
    body::currency_of,
    draft::{Attachment, Entered, Values},
    field::{Choices, Field, Kind, Others, Papers, Shape},
    pick,
    rows::{What, rows},
    rule::Rule,
};
use crate::{
    case::{Case, Moment, Money, Settings, moment::DAY, money::NotMoney},
    text::{Marks, Raw, SafeText, own, say},
};

/// A complaint about one field; without an address about all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    pub field: String,
    pub says: SafeText,
}

impl Problem {
    pub fn of_all(says: SafeText) -> Problem {
        Problem { field: String::new(), says }
    }
}

/// What a check must know beside the declaration and the values.
pub struct Facts<'a> {
    pub case: Option<&'a Case>,
    pub settings: &'a Settings,
    pub now: Moment,
    /// The addresses at which a whole card number was typed.
    pub cards: &'a [String],
}

/// Everything that is wrong, in the order of the form.
pub fn check(action: &Action, values: &Values, facts: &Facts<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (address, row) in rows(action.fields, values) {
        let says = match row.what {
            What::Leaf => of_field(row.field, &address, values, facts),
            What::List(count) => of_list(row.field, count),
            What::Group | What::Element(_) => None,
        };
        problems.extend(says.map(|says| Problem { field: address, says }));
    }
    problems.extend(action.rules.iter().filter_map(|rule| of_rule(rule, action, values, facts)));
    problems.extend(unknown(action, values));
    problems
}

fn of_field(field: &Field, address: &str, values: &Values, facts: &Facts<'_>) -> Option<SafeText> {
    let given = match field.kind {
        Kind::Card => facts.cards.iter().any(|card| card == address),
        _ => values.is_filled(address),
    };
    if !given {
        return (field.required && is_asked_for(address, values)).then(|| own("is needed"));
    }
    match values.get(address) {
        Some(Entered::Text(text)) => of_text(field, address, text, values, facts),
        Some(Entered::Files(files)) => match field.kind {
            Kind::Files(papers) => of_files(papers, files),
            _ => Some(own("takes no files")),
        },
        Some(Entered::Null) | None => None,
    }
}

/// What is needed inside of a group is needed only once something of the group is filled.
fn is_asked_for(address: &str, values: &Values) -> bool {
    match address.rsplit_once('.') {
        None => true,
        Some((above, _)) if is_number(above.rsplit('.').next().unwrap_or_default()) => true,
        Some((above, _)) => values.is_filled(above),
    }
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

fn of_text(field: &Field, address: &str, text: &Raw, values: &Values, facts: &Facts<'_>) -> Option<SafeText> {
    let exact = text.exact();
    if let Some(most) = field.most() {
        let count = exact.chars().count();
        if count > most {
            return Some(say!("is {} characters too long; at most {}", count - most, most));
        }
    }
    let one_line = !matches!(field.kind, Kind::Lines { .. });
    if one_line && exact.contains(['\n', '\r']) {
        return Some(own("is one line"));
    }
    // Exactly 23 digits are an acquirer reference number.
    let is_reference = exact.len() == 23 && is_number(exact);
    if !is_reference && text.marks_of_lines().contains(Marks::PAN) {
        return Some(own("may hold a card number, which never leaves in clear; leave out its middle digits"));
    }
    match field.kind {
        Kind::Text { shape: Shape::Like(fits, words), .. } if !fits(exact) => {
            Some(say!("must be {}", own(words)))
        }
        Kind::Choice { of, others: Others::Refused, .. }
            if !pick::values(of, facts.case).any(|value| value == exact) =>
        {
            Some(own("is none of the choices"))
        }
        Kind::Choice { of: Choices::Currencies, .. } if crate::case::Currency::parse(exact).is_none() => {
            Some(own("must be three letters, such as EUR"))
        }
        Kind::Date if day(exact, facts.now).is_none() => Some(own("must be a day like 2026-11-22")),
        Kind::Amount { currency, .. } => {
            let currency = currency_of(currency, address, values, facts.case);
            match Money::from_major(exact, currency) {
                Err(why) => Some(not_money(why)),
                Ok(money) if money.minor <= 0 => Some(own("must be more than nothing")),
                Ok(_) => None,
            }
        }
        Kind::Whole { least, most } => match exact.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => None,
            _ => Some(say!("must be a whole number from {} to {}", least, most)),
        },
        _ => None,
    }
}

pub(super) fn not_money(why: NotMoney) -> SafeText {
    own(match why {
        NotMoney::NotANumber => "must be an amount like 12.50",
        NotMoney::TooFine => "has more decimals than its currency",
        NotMoney::TooLarge => "is too large",
    })
}

/// The day that a text means, as 2026-11-22.
pub fn day(text: &str, now: Moment) -> Option<String> {
    match text.trim() {
        "today" => Some(now.day()),
        "yesterday" => Some(now.plus(-DAY).day()),
        text => Moment::is_bare_date(text).then(|| text.to_owned()),
    }
}

fn of_files(papers: &Papers, files: &[Attachment]) -> Option<SafeText> {
    if files.len() > papers.most {
        return Some(say!("takes at most {} files, these are {}", papers.most, files.len()));
    }
    files.iter().find_map(|file| of_file(papers, file))
}

/// What speaks against attaching a file here.
pub fn of_file(papers: &Papers, file: &Attachment) -> Option<SafeText> {
    let name = file.name.show();
    if file.size == 0 {
        Some(say!("{} is empty", name))
    } else if file.size > papers.largest {
        Some(say!("{} has {}; at most {} are taken", name, size(file.size), size(papers.largest)))
    } else if file.name.exact().chars().count() > papers.longest_name {
        Some(say!("the name {} is longer than {} characters", name, papers.longest_name))
    } else if file.name.marks().contains(Marks::PAN) {
        Some(say!("the name {} may hold a card number; rename the file", name))
    } else if !papers.media.is_empty() && !papers.media.contains(&file.media.as_str()) {
        let taken: Vec<_> = papers.media.iter().copied().map(own).collect();
        let is = if file.media.is_empty() {
            own("of a kind that is not known")
        } else {
            Raw::new(file.media.clone()).show()
        };
        Some(say!("{} is {}; taken are {}", name, is, SafeText::join(&taken, ", ")))
    } else {
        None
    }
}

/// A number of bytes in words: "913 bytes", "14 kB", "2.3 MB".
pub fn size(bytes: usize) -> SafeText {
    match bytes {
        0..10_000 => say!("{} bytes", bytes),
        10_000..1_000_000 => say!("{} kB", bytes / 1000),
        _ => say!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

fn of_list(field: &Field, count: usize) -> Option<SafeText> {
    match field.kind {
        Kind::List { least, .. } if count < least => Some(say!("needs at least {}", least)),
        Kind::List { most, .. } if count > most => Some(say!("takes at most {}, these are {}", most, count)),
        _ => None,
    }
}

fn of_rule(rule: &Rule, action: &Action, values: &Values, facts: &Facts<'_>) -> Option<Problem> {
    let filled =
        |address: &&&str| values.is_filled(address) || facts.cards.iter().any(|card| card == **address);
    let labels = |several: &[&str]| {
        let labels: Vec<_> = several.iter().map(|address| label(action, address)).collect();
        SafeText::join(&labels, ", ")
    };
    let under = |address: &str, says| Some(Problem { field: address.to_owned(), says });
    match rule {
        Rule::AtLeastOne(several) if several.iter().filter(filled).count() == 0 => {
            under(several.first()?, say!("at least one is needed of: {}", labels(several)))
        }
        Rule::AtMostOne(several) if several.iter().filter(filled).count() > 1 => {
            let second = several.iter().filter(filled).nth(1)?;
            under(second, say!("only one is taken of: {}", labels(several)))
        }
        Rule::Together(several) => {
            let missing = several.iter().find(|address| !filled(address))?;
            let some = several.iter().any(|address| filled(&address));
            if some { under(missing, say!("is needed together with: {}", labels(several))) } else { None }
        }
        Rule::NeededWhen(address, given, words) if !filled(&address) && given.holds(values, facts.case) => {
            under(address, say!("is needed {}", own(words)))
        }
        Rule::OnlyWhen(address, given, words) if filled(&address) && !given.holds(values, facts.case) => {
            under(address, say!("is for {}", own(words)))
        }
        _ => None,
    }
}

/// A field as the form calls it.
pub fn label(action: &Action, address: &str) -> SafeText {
    super::rows::field_at(action.fields, address).map_or(Raw::new(address).show(), |field| own(field.label))
}

/// Values that no field of the declaration takes: an older casedesk may have kept them.
fn unknown(action: &Action, values: &Values) -> Option<Problem> {
    let stranger = |(address, _): &(&str, &Entered)| super::rows::field_at(action.fields, address).is_none();
    let (address, _) = values.iter().find(stranger)?;
    Some(Problem::of_all(say!("the draft holds {}, which this form does not have", Raw::new(address).show())))
}
