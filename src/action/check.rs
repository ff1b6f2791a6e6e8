//! What is wrong with a form, all at once, in words that stand under the field. The same checks hold while it is typed
//! and again before it is frozen.

use super::{
    Action,
    body::currency_of,
    draft::{Attachment, Entered, Values, below},
    field::{Choices, Field, Instead, Kind, Others, Papers, Shape},
    pick,
    rows::{What, field_at, rows},
    rule::{EACH, Given, Rule},
};
use crate::{
    case::{Case, Currency, Moment, Money, Settings, moment::DAY, money::NotMoney},
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
            What::Leaf => of_field(action.fields, row.field, &address, values, facts),
            What::List(count) => of_list(row.field, count).into_iter().collect(),
            What::Element(number) => {
                problems.extend(of_element(row.field, number, &address, values, facts));
                continue;
            }
            What::Group => Vec::new(),
        };
        problems.extend(says.into_iter().map(|says| Problem { field: address.clone(), says }));
    }
    problems.extend(action.rules.iter().filter_map(|rule| of_rule(rule, action, values, facts)));
    problems.extend(unknown(action, values));
    problems
}

fn of_field(
    fields: &[Field],
    field: &Field,
    address: &str,
    values: &Values,
    facts: &Facts<'_>,
) -> Vec<SafeText> {
    let one = |says: Option<SafeText>| says.into_iter().collect();
    if field.required && !is_given(Some(field), address, values, facts) {
        return one(is_asked_for(fields, address, values).then(|| own("is needed")));
    }
    match (values.get(address), field.kind) {
        (Some(Entered::Text(text)), _) if text.is_empty() => Vec::new(),
        (Some(Entered::Text(_)), Kind::Card(_)) => {
            vec![own("is typed unseen and kept nowhere; the draft holds a text here")]
        }
        (Some(Entered::Text(_)), Kind::Files(_)) => vec![own("takes files, not a text")],
        (Some(Entered::Text(text)), _) => one(of_text(field, address, text, values, facts)),
        (Some(Entered::Files(files)), Kind::Files(papers)) => of_files(papers, files),
        (Some(Entered::Files(_)), _) => vec![own("takes no files")],
        (Some(Entered::Null), _) if !field.nullable => {
            vec![own("takes no null; left empty, it is not sent")]
        }
        (Some(Entered::Null) | None, _) => Vec::new(),
    }
}

/// Whether something is there that says something: a card number, a file, more than blanks, what is sent instead. Null
/// says that there is nothing.
fn is_given(field: Option<&Field>, address: &str, values: &Values, facts: &Facts<'_>) -> bool {
    let instead = || match field.map(|field| field.instead) {
        Some(Instead::OurReference(wanted)) => wanted(facts.settings),
        Some(Instead::OfCaseUnless(_, card)) if facts.cards.iter().any(|typed| typed == card) => false,
        Some(Instead::OfCase(of) | Instead::OfCaseUnless(of, _)) => facts.case.and_then(of).is_some(),
        Some(Instead::Nothing) | None => false,
    };
    match values.get(address) {
        Some(Entered::Text(text)) => !text.exact().trim().is_empty(),
        Some(Entered::Files(files)) => !files.is_empty(),
        Some(Entered::Null) => false,
        None => values.is_filled(address) || facts.cards.iter().any(|card| card == address) || instead(),
    }
}

/// What is needed inside of a group is needed only once something of the group is filled, or where the group is needed
/// itself.
fn is_asked_for(fields: &[Field], address: &str, values: &Values) -> bool {
    match address.rsplit_once('.') {
        None => true,
        Some((above, _)) if is_number(above.rsplit('.').next().unwrap_or_default()) => true,
        Some((above, _)) if values.is_filled(above) => true,
        Some((above, _)) => {
            field_at(fields, above).is_some_and(|group| group.required) && is_asked_for(fields, above, values)
        }
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
    let one_line = !matches!(field.kind, Kind::Lines { .. } | Kind::Each { .. });
    if one_line && exact.contains(['\n', '\r']) {
        return Some(own("is one line"));
    }
    if exact.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')) {
        return Some(own("holds control characters, which are no text; leave them out"));
    }
    // Exactly 23 digits are an acquirer reference number.
    let is_reference = exact.len() == 23 && is_number(exact);
    if !is_reference && text.marks_of_lines().contains(Marks::PAN) {
        return Some(own("may hold a card number, which never leaves in clear; leave out its middle digits"));
    }
    match field.kind {
        Kind::Text { shape: Shape::Like { fits, words, .. }, .. } if !fits(exact) => {
            Some(say!("must be {}", own(words)))
        }
        Kind::Choice { of, others: Others::Refused, .. }
            if !pick::values(of, facts.case).any(|value| value == exact) =>
        {
            Some(own("is none of the choices"))
        }
        Kind::Choice { of: Choices::Currencies, .. } if Currency::parse(exact).is_none() => {
            Some(own("must be three letters, such as EUR"))
        }
        Kind::Date if day(exact, facts.now).is_none() => Some(own("must be a day like 2026-11-22")),
        Kind::Instant { .. } if instant(exact, facts.now).is_none() => {
            Some(own("must be a time like 2026-11-22 14:30 (UTC)"))
        }
        Kind::Each { most, longest } => {
            let long = each(exact).find(|one| one.chars().count() > longest);
            let count = each(exact).count();
            if count > most {
                Some(say!("takes at most {} lines, these are {}", most, count))
            } else {
                long.map(|_| say!("has a line of more than {} characters", longest))
            }
        }
        Kind::Amount { currency, zero, .. } => {
            let currency = currency_of(currency, address, values, facts.case, facts.settings);
            match Money::from_major(exact, currency) {
                Err(why) => Some(not_money(why, exact, currency)),
                Ok(money) if money.minor < 0 && zero => Some(own("must not be less than nothing")),
                Ok(money) if money.minor <= 0 && !zero => Some(own("must be more than nothing")),
                Ok(_) => None,
            }
        }
        Kind::Whole { least, most } => match exact.trim().parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => None,
            _ => Some(say!("must be a whole number from {} to {}", least, most)),
        },
        _ => None,
    }
}

pub(super) fn not_money(why: NotMoney, text: &str, currency: Option<Currency>) -> SafeText {
    own(match (why, currency.map(|currency| currency.exponent())) {
        (NotMoney::NotANumber, Some(0)) => "must be a whole amount like 1250",
        (NotMoney::NotANumber, _) if text.contains(',') => {
            "must be an amount like 12.50: use a point, and nothing between thousands"
        }
        (NotMoney::NotANumber, _) => "must be an amount like 12.50",
        (NotMoney::TooFine, None) => "has more than two decimals: choose the currency first",
        (NotMoney::TooFine, Some(0)) => "has decimals, and its currency has none",
        (NotMoney::TooFine, Some(_)) => "has more decimals than its currency",
        (NotMoney::TooLarge, _) => "is too large",
    })
}

/// What is doubtful about a value and yet sent.
pub fn doubt(field: &Field, text: &str) -> Option<SafeText> {
    let is_currency = matches!(field.kind, Kind::Choice { of: Choices::Currencies, .. });
    let unknown = Currency::parse(text).filter(|currency| is_currency && !currency.is_known())?;
    Some(say!("{} is no currency of ISO 4217; it is sent all the same", Raw::new(unknown.code()).show()))
}

/// The day that a text means, as 2026-11-22.
pub fn day(text: &str, now: Moment) -> Option<String> {
    match text.trim() {
        "today" => Some(now.day()),
        "yesterday" => Some(now.plus(-DAY).day()),
        text => Moment::is_bare_date(text).then(|| text.to_owned()),
    }
}

/// The moment that a text means: "now", a day (its beginning in UTC), or a day and a time.
pub fn instant(text: &str, now: Moment) -> Option<Moment> {
    let text = text.trim();
    match text {
        "now" => Some(now),
        _ => match day(text, now) {
            Some(day) => Moment::parse(&day),
            None => Moment::parse(text),
        },
    }
}

/// The texts of a field that takes one a line; blank lines count for nothing.
pub fn each(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn of_files(papers: &Papers, files: &[Attachment]) -> Vec<SafeText> {
    let many = files.len() > papers.most;
    let many = many.then(|| say!("takes at most {} files, these are {}", papers.most, files.len()));
    many.into_iter().chain(files.iter().filter_map(|file| of_file(papers, file))).collect()
}

/// What speaks against attaching a file here.
fn of_file(papers: &Papers, file: &Attachment) -> Option<SafeText> {
    let name = file.name.show();
    if let Some(says) = of_size(papers, &file.name, file.size) {
        Some(says)
    } else if let Some(says) = of_name(papers, &file.name) {
        Some(says)
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

/// What speaks against the name of a file.
pub fn of_name(papers: &Papers, name: &Raw) -> Option<SafeText> {
    let (exact, shown) = (name.exact(), name.show());
    if exact.trim().is_empty() {
        Some(own("the name is empty"))
    } else if exact.contains('/') {
        Some(say!("the name {} holds a slash, which parts folders", shown))
    } else if exact.chars().count() > papers.longest_name {
        Some(say!("the name {} is longer than {} characters", shown, papers.longest_name))
    } else if name.marks().contains(Marks::PAN) {
        Some(say!("the name {} may hold a card number; rename the file", shown))
    } else {
        None
    }
}

/// What speaks against the size of a file, in bytes.
pub fn of_size(papers: &Papers, name: &Raw, bytes: usize) -> Option<SafeText> {
    let name = name.show();
    if bytes == 0 {
        Some(say!("{} is empty", name))
    } else if bytes > papers.largest {
        Some(say!(
            "{} has {}, {} too many; at most {} are taken",
            name,
            size(bytes),
            size(bytes - papers.largest),
            size(papers.largest)
        ))
    } else {
        None
    }
}

/// A number of bytes in words: "1 byte", "913 bytes", "14 KiB", "2.3 MiB".
pub fn size(bytes: usize) -> SafeText {
    const KIB: usize = 1 << 10;
    const MIB: usize = 1 << 20;
    match bytes {
        1 => own("1 byte"),
        0..10_000 => say!("{} bytes", bytes),
        10_000..MIB => say!("{} KiB", bytes / KIB),
        _ if bytes.is_multiple_of(MIB) => say!("{} MiB", bytes / MIB),
        _ => say!("{}.{} MiB", bytes / MIB, bytes % MIB * 10 / MIB),
    }
}

/// As many elements as there must be are there from the beginning.
fn of_list(field: &Field, count: usize) -> Option<SafeText> {
    match field.kind {
        Kind::List { most, .. } if count > most => Some(say!("takes at most {}, these are {}", most, count)),
        _ => None,
    }
}

/// An element that was begun, and in which there is nothing that would be sent: it would leave as an empty object. Told
/// under its first field, where nothing in it is needed, which would be told of anyway.
fn of_element(
    list: &Field,
    number: usize,
    address: &str,
    values: &Values,
    facts: &Facts<'_>,
) -> Option<Problem> {
    let Kind::List { least, of, .. } = list.kind else { return None };
    let is_sent = |(at, entered): (&str, &Entered)| match entered {
        Entered::Null => true,
        Entered::Files(files) => !files.is_empty(),
        Entered::Text(text) if text.is_empty() => {
            let field = at.strip_prefix(address).and_then(|at| field_at(of, at.strip_prefix('.')?));
            field.is_some_and(Field::takes_an_empty_text)
        }
        Entered::Text(_) => true,
    };
    let is_within = |card: &String| card.strip_prefix(address).is_some_and(|rest| rest.starts_with('.'));
    let holds_nothing = !values.below(address).any(is_sent) && !facts.cards.iter().any(is_within);
    if number < least || !holds_nothing || of.iter().any(|field| field.required) {
        return None;
    }
    let says = own("nothing is filled in here: fill something in, or take this element of the list away");
    Some(Problem { field: first_leaf(address, of), says })
}

fn first_leaf(above: &str, fields: &[Field]) -> String {
    match fields.first() {
        None => above.to_owned(),
        Some(field) => match field.kind {
            Kind::Group(inside) => first_leaf(&below(above, field.name), inside),
            Kind::List { of, .. } => first_leaf(&below(&below(above, field.name), "0"), of),
            _ => below(above, field.name),
        },
    }
}

fn of_rule(rule: &Rule, action: &Action, values: &Values, facts: &Facts<'_>) -> Option<Problem> {
    let given = |address: &str| {
        let one = |at: &str| is_given(field_at(action.fields, at), at, values, facts);
        match address.split_once(EACH) {
            None => one(address),
            Some((list, rest)) => {
                let elements = 0..values.elements(list).max(1);
                elements.map(|number| format!("{list}.{number}.{rest}")).any(|at| one(&at))
            }
        }
    };
    let holds = |when: &Given| when.holds(values, facts.case);
    let labels = |several: &[&str]| {
        let labels: Vec<_> = several.iter().map(|address| label(action, address)).collect();
        SafeText::join(&labels, ", ")
    };
    let (address, says) = match *rule {
        Rule::AtLeastOne([one]) => ((!given(one)).then_some(one)?, own("is needed")),
        Rule::AtLeastOne(several) => {
            let none = !several.iter().any(|address| given(address));
            (none.then(|| several.first()).flatten()?, say!("at least one is needed of: {}", labels(several)))
        }
        Rule::AtMostOne(several) => {
            let second = several.iter().filter(|address| given(address)).nth(1);
            (second?, say!("only one is taken of: {}", labels(several)))
        }
        Rule::Together(several) => {
            let some = several.iter().any(|address| given(address));
            let missing = several.iter().find(|address| !given(address)).filter(|_| some);
            (missing?, say!("is needed together with: {}", labels(several)))
        }
        Rule::NeededWhen(ref address, when, words) => {
            let missing = !given(address) && holds(&when);
            (missing.then_some(address)?, say!("is needed {}", own(words)))
        }
        Rule::OnlyWhen(ref address, when, words) => {
            let odd = given(address) && !holds(&when);
            (odd.then_some(address)?, say!("is for {}", own(words)))
        }
    };
    Some(Problem { field: address.replace(EACH, ".0."), says })
}

/// A field as the form calls it.
pub fn label(action: &Action, address: &str) -> SafeText {
    field_at(action.fields, address).map_or(Raw::new(address).show(), |field| own(field.label))
}

/// Values that no field of the declaration takes: an older casedesk may have kept them.
fn unknown(action: &Action, values: &Values) -> Option<Problem> {
    let stranger = |(address, entered): &(&str, &Entered)| {
        // What stands for an element of a list that was only begun holds nothing.
        let holds_nothing = matches!(entered, Entered::Text(text) if text.is_empty());
        let holds_values = |field: &Field| !matches!(field.kind, Kind::Group(_) | Kind::List { .. });
        !field_at(action.fields, address).is_some_and(|field| holds_nothing || holds_values(field))
    };
    let (address, _) = values.iter().find(stranger)?;
    Some(Problem::of_all(say!("the draft holds {}, which this form does not have", Raw::new(address).show())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        action::{
            field::{group, text},
            sample::SAMPLE,
        },
        case::CaseId,
    };

    const ARN: &str = "74550206280123456789013";

    /// What is wrong, as "address: words", where `entered` is added to what has to be there.
    fn wrong(entered: &[(&str, &str)]) -> Vec<String> {
        let mut values = Values::default();
        for (address, text) in [("word", "AB")].iter().chain(entered) {
            values.set_text(address, *text);
        }
        told(&values, &[])
    }

    fn told(values: &Values, cards: &[String]) -> Vec<String> {
        let amount = Some(Money { minor: 100, currency: Currency::parse("KWD") });
        let case = Case { amount, ..Case::bare(CaseId { profile: "p".into(), number: "7".into() }) };
        let facts = Facts {
            case: Some(&case),
            settings: &Settings::of("p"),
            now: Moment::parse("2026-11-22T09:00:00Z").unwrap(),
            cards,
        };
        let problems = check(&SAMPLE, values, &facts);
        problems.iter().map(|problem| format!("{}: {}", problem.field, problem.says.as_str())).collect()
    }

    fn file(name: &str, size: usize, media: &str) -> Attachment {
        let (name, sha256) = (name.into(), "f".repeat(64));
        Attachment {
            name,
            sha256,
            size,
            media: media.into(),
            description: Raw::default(),
            measured: Default::default(),
        }
    }

    fn with_files(files: Vec<Attachment>) -> Vec<String> {
        let mut values = Values::default();
        values.set_text("word", "AB");
        values.set("papers", Entered::Files(files));
        told(&values, &[])
    }

    #[test]
    fn every_kind_takes_what_it_may_hold() {
        let story = "\u{e9}".repeat(38) + "\t\n";
        let good = wrong(&[
            ("word", "ABCDE"),
            ("story", &story),
            ("arn", ARN),
            ("blocked", "N"),
            ("bought", "today"),
            ("price", "5000"),
            ("currency", "JPY"),
            ("part", "0.001"),
            ("count", "99"),
            ("customer.name", "Ann"),
            ("items.0.id", "A"),
            ("items.1.id", "B"),
            ("known", "EUR"),
        ]);
        assert_eq!(good, [""; 0]);
        assert_eq!(wrong(&[("reason", "ZZZZZZ")]), [""; 0], "providers add reason codes");
    }

    #[test]
    fn every_kind_refuses_the_rest_with_one_complaint_under_its_field() {
        let story = "x".repeat(41);
        for (address, text, says) in [
            ("word", "ABCDEF", "is 1 characters too long; at most 5"),
            ("word", "ab", "must be in capitals"),
            ("word", "A\nB", "is one line"),
            ("word", "A\u{7}B", "holds control characters, which are no text; leave them out"),
            ("word", "A\u{9b}B", "holds control characters, which are no text; leave them out"),
            ("story", "one\rtwo", "holds control characters, which are no text; leave them out"),
            ("story", "\u{1b}[31mred", "holds control characters, which are no text; leave them out"),
            ("story", "\u{7f}", "holds control characters, which are no text; leave them out"),
            ("story", story.as_str(), "is 1 characters too long; at most 40"),
            (
                "story",
                "card 4111 1111 1111 1111",
                "may hold a card number, which never leaves in clear; leave out its middle digits",
            ),
            (
                "story",
                "4111\n111111111111",
                "may hold a card number, which never leaves in clear; leave out its middle digits",
            ),
            ("arn", "745502062801234567890133", "is 1 characters too long; at most 23"),
            ("blocked", "y", "is none of the choices"),
            ("reason", "1234567", "is 1 characters too long; at most 6"),
            ("bought", "22.11.2026", "must be a day like 2026-11-22"),
            ("bought", "2026-02-30", "must be a day like 2026-11-22"),
            ("part", "1,5", "must be an amount like 12.50: use a point, and nothing between thousands"),
            ("part", "one", "must be an amount like 12.50"),
            ("part", "1.2345", "has more decimals than its currency"),
            ("part", "99999999999999999999", "is too large"),
            ("part", "0", "must be more than nothing"),
            ("part", "-1", "must be more than nothing"),
            ("count", "0", "must be a whole number from 1 to 99"),
            ("count", "100", "must be a whole number from 1 to 99"),
            ("count", "1.0", "must be a whole number from 1 to 99"),
            ("papers", "a.pdf", "takes files, not a text"),
            ("card", "4111111111111111", "is typed unseen and kept nowhere; the draft holds a text here"),
            ("customer.mail", "ann@x.dk", "is needed"),
            ("items.0.pieces", "1", "is needed"),
            ("items.2.id", "C", "takes at most 2, these are 3"),
            ("known", "XXX", "is none of the choices"),
        ] {
            // A story lets "blocked" be there; what is needed beside a field is not what is tried here.
            let mut entered = vec![("story", "x"), (address, text)];
            match address {
                "customer.mail" => {}
                "items.2.id" => entered.extend([("items.0.id", "A"), ("items.1.id", "B")]),
                _ => {}
            }
            let field = match address {
                "customer.mail" => "customer.name",
                "items.0.pieces" => "items.0.id",
                "items.2.id" => "items",
                address => address,
            };
            assert_eq!(wrong(&entered), [format!("{field}: {says}")], "{address} {text}");
        }
        for (price, currency, says) in [
            ("1.5", "JPY", "has decimals, and its currency has none"),
            ("1,500", "JPY", "must be a whole amount like 1250"),
            ("1.505", "EUR", "has more decimals than its currency"),
        ] {
            assert_eq!(wrong(&[("price", price), ("currency", currency)]), [format!("price: {says}")]);
        }
        let early = wrong(&[("price", "12.345")]);
        assert!(
            early.contains(&"price: has more than two decimals: choose the currency first".to_owned()),
            "{early:?}"
        );
        assert_eq!(wrong(&[("price", "1"), ("currency", "eur0")]).len(), 1);
        assert_eq!(
            wrong(&[("price", "1"), ("currency", "E1R")]),
            ["currency: must be three letters, such as EUR"]
        );
    }

    #[test]
    fn a_group_that_is_needed_asks_for_what_it_needs_though_nothing_of_it_is_filled() {
        const NAME: Field = text("name", "Name", 9).required();
        const HOME: Field = group("home", "Home", &[NAME]);
        const NEEDED: Field = HOME.required();
        for (fields, asked) in [
            (&[group("who", "Who", &[NAME])][..], &[][..]),
            (&[group("who", "Who", &[NAME]).required()], &["who.name"]),
            (&[group("who", "Who", &[NAME, HOME]).required()], &["who.name"]),
            (&[group("who", "Who", &[NEEDED])], &[]),
            (&[group("who", "Who", &[NEEDED]).required()], &["who.home.name"]),
        ] {
            let leaf = |(address, _): (String, &Field)| {
                is_asked_for(fields, &address, &Values::default()).then_some(address)
            };
            let told: Vec<_> =
                super::super::rows::leaves(fields, &Values::default()).into_iter().filter_map(leaf).collect();
            assert_eq!(told, asked);
        }
    }

    #[test]
    fn files_are_taken_by_number_size_name_and_what_their_bytes_show() {
        let pdf = "application/pdf";
        assert_eq!(with_files(vec![file("abcd.pdf", 10, pdf), file("b.pdf", 1, pdf)]), [""; 0]);
        for (files, says) in [
            (
                vec![file("a", 1, pdf), file("b", 1, pdf), file("c", 1, pdf)],
                "takes at most 2 files, these are 3",
            ),
            (vec![file("a", 11, pdf)], "a has 11 bytes, 1 byte too many; at most 10 bytes are taken"),
            (vec![file("a", 0, pdf)], "a is empty"),
            (vec![file("abcde.pdf", 1, pdf)], "the name abcde.pdf is longer than 8 characters"),
            (vec![file("a", 1, "image/png")], "a is image/png; taken are application/pdf"),
            (vec![file("a", 1, "")], "a is of a kind that is not known; taken are application/pdf"),
        ] {
            assert_eq!(with_files(files), [format!("papers: {says}")]);
        }
        let wrong = with_files(vec![file("a", 0, pdf), file("b", 11, pdf), file("c", 1, pdf)]);
        assert_eq!(wrong.len(), 3, "each of them is told: {wrong:?}");
    }

    #[test]
    fn rules_hold_between_the_fields() {
        let alone = |address: &str, text: &str| {
            let mut values = Values::default();
            values.set_text(address, text);
            told(&values, &[])
        };
        let needed = "word: at least one is needed of: Word, Story";
        assert_eq!(alone("arn", ARN), [needed]);
        assert_eq!(alone("story", " \n"), [needed], "blanks say nothing");
        assert_eq!(alone("story", "x"), [""; 0]);
        assert_eq!(
            wrong(&[("story", "x"), ("blocked", "Y"), ("reason", "1")]),
            ["reason: only one is taken of: Card blocked, Reason"]
        );
        assert_eq!(wrong(&[("currency", "EUR")]), ["price: is needed together with: Price, Currency"]);
        assert_eq!(wrong(&[("reason", "10.4")]), ["story: is needed for fraud"]);
        assert_eq!(wrong(&[("blocked", "Y")]), ["blocked: is for cases with a story"]);
        let mut values = Values::default();
        values.set("word", Entered::Null);
        assert_eq!(told(&values, &[]), [needed], "null is not a value");
    }

    #[test]
    fn null_is_taken_only_where_the_api_has_it() {
        for (address, says) in [
            ("word", None),
            ("story", Some("takes no null; left empty, it is not sent")),
            ("bought", Some("takes no null; left empty, it is not sent")),
            ("papers", Some("takes no null; left empty, it is not sent")),
            ("card", Some("takes no null; left empty, it is not sent")),
            ("items.0.pieces", Some("takes no null; left empty, it is not sent")),
        ] {
            let mut values = Values::default();
            values.set_text("story", "x");
            values.set_text("items.0.id", "A");
            values.set(address, Entered::Null);
            let expected: Vec<_> = says.map(|says| format!("{address}: {says}")).into_iter().collect();
            // A story that is null is none, and the other rule says so.
            let told: Vec<_> =
                told(&values, &[]).into_iter().filter(|line| !line.starts_with("word:")).collect();
            assert_eq!(told, expected, "{address}");
        }
    }

    #[test]
    fn an_element_with_nothing_in_it_is_told_under_its_first_field() {
        const NOTE: &[Field] = &[group("by", "By", &[text("name", "Name", 9)]), text("words", "Words", 9)];
        const LISTED: Action = Action {
            fields: &[super::super::field::list("notes", "Notes", 1, 4, NOTE)],
            rules: &[Rule::AtLeastOne(&["notes.*.words"])],
            ..SAMPLE
        };
        let check = |entered: &[(&str, &str)]| {
            let mut values = Values::default();
            entered.iter().for_each(|(address, text)| values.set_text(address, *text));
            let facts = Facts {
                case: None,
                settings: &Settings::of("p"),
                now: Moment(0),
                cards: &["notes.3.by.name".into()],
            };
            let problems = check(&LISTED, &values, &facts);
            problems.into_iter().map(|problem| (problem.field, problem.says.into_string())).collect::<Vec<_>>()
        };
        let empty = "nothing is filled in here: fill something in, or take this element of the list away";
        let needed = ("notes.0.words".to_owned(), "is needed".to_owned());
        assert_eq!(check(&[]), std::slice::from_ref(&needed), "the first is there from the beginning");
        assert_eq!(
            check(&[("notes.1", "")]),
            [("notes.1.by.name".to_owned(), empty.to_owned()), needed.clone()]
        );
        assert_eq!(check(&[("notes.0.words", "a"), ("notes.2.words", "b")])[0].0, "notes.1.by.name");
        assert_eq!(check(&[("notes.1.words", "b")]), [], "in any of them");
        assert_eq!(check(&[("notes.1.words", "")]), [needed], "an empty text is sent");
    }

    #[test]
    fn nothing_is_an_amount_where_the_api_has_it() {
        const FREE: Action = Action {
            fields: &[super::super::field::amount(
                "fee",
                "Fee",
                super::super::field::CurrencyOf::Set(|_| None),
                |_| super::super::field::Unit::Minor,
            )
            .or_zero()],
            rules: &[],
            ..SAMPLE
        };
        for (fee, says) in
            [("0", None), ("0.00", None), ("1", None), ("-0.01", Some("must not be less than nothing"))]
        {
            let mut values = Values::default();
            values.set_text("fee", fee);
            let facts = Facts { case: None, settings: &Settings::of("p"), now: Moment(0), cards: &[] };
            let told = check(&FREE, &values, &facts).pop().map(|problem| problem.says.into_string());
            assert_eq!(told.as_deref(), says, "{fee}");
        }
    }

    #[test]
    fn a_draft_with_what_the_form_does_not_have_is_not_sent() {
        for address in ["older", "customer", "customer.older", "items", "items.0", "word.x"] {
            let problems = wrong(&[(address, "x")]);
            let words = format!(": the draft holds {address}, which this form does not have");
            assert!(problems.contains(&words), "{problems:?}");
        }
        let mut values = Values::default();
        values.set("word", Entered::Files(vec![file("a", 1, "")]));
        assert_eq!(told(&values, &[]), ["word: takes no files"]);
    }

    #[test]
    fn sizes_are_told_in_few_digits() {
        for (bytes, words) in [
            (1, "1 byte"),
            (913, "913 bytes"),
            (14_400, "14 KiB"),
            (2_420_000, "2.3 MiB"),
            (10 << 20, "10 MiB"),
        ] {
            assert_eq!(size(bytes).as_str(), words);
        }
    }
}
