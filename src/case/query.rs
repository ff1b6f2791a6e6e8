//! What the list is asked for: a place, a filter as typed, an order.

use serde::{Deserialize, Serialize};

use super::{Moment, Money, QueueId, Stage, moment};

/// A whole question to the store: which rows, in which order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    pub place: Place,
    pub filter: Filter,
    pub sort: Sort,
}

impl Query {
    pub fn at(place: Place) -> Query {
        Query { place, filter: Filter::default(), sort: Sort::default() }
    }

    /// Whether the same question has another answer at another time, though no case changed.
    pub fn is_timed(&self) -> bool {
        self.filter.is_timed() || self.place.is_timed()
    }
}

/// What the queue pane can point at.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    Queue(QueueId),
    View(View),
}

impl Place {
    /// Whether cases come and go with the time.
    pub fn is_timed(&self) -> bool {
        matches!(self, Place::View(View::DueToday | View::Overdue))
    }
}

/// The desk's own lists, over all profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// Every case of the store.
    All,
    /// Workable and in a queue, due before the end of today (UTC), overdue ones not counted.
    DueToday,
    /// Workable and in a queue, past its deadline.
    Overdue,
    /// Stage "needs answer", and in a queue.
    NeedsAnswer,
    /// Parked by this user with a reason.
    Parked,
    /// Was in a queue, and is in none of the last complete answers. A case that was never seen in a queue (asked
    /// for by its number) counts as being in one.
    Gone,
}

impl View {
    pub const ALL: [View; 6] =
        [View::DueToday, View::Overdue, View::NeedsAnswer, View::Parked, View::Gone, View::All];

    pub fn words(self) -> &'static str {
        match self {
            View::All => "All cases",
            View::DueToday => "Due today",
            View::Overdue => "Overdue",
            View::NeedsAnswer => "Needs answer",
            View::Parked => "Parked",
            View::Gone => "Left the queues",
        }
    }
}

/// A column of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Column {
    Due,
    Case,
    Merchant,
    Amount,
    Reason,
    Network,
    Stage,
    Status,
    Queue,
    Card,
    Group,
    Arn,
    Opened,
    Updated,
    Documents,
    Profile,
}

impl Column {
    pub const ALL: [Column; 16] = [
        Column::Due,
        Column::Case,
        Column::Merchant,
        Column::Amount,
        Column::Reason,
        Column::Network,
        Column::Stage,
        Column::Status,
        Column::Queue,
        Column::Card,
        Column::Group,
        Column::Arn,
        Column::Opened,
        Column::Updated,
        Column::Documents,
        Column::Profile,
    ];

    /// The heading, which is also the field's name in a filter and in `:sort` (lower case).
    pub fn name(self) -> &'static str {
        match self {
            Column::Due => "due",
            Column::Case => "case",
            Column::Merchant => "merchant",
            Column::Amount => "amount",
            Column::Reason => "reason",
            Column::Network => "network",
            Column::Stage => "stage",
            Column::Status => "status",
            Column::Queue => "queue",
            Column::Card => "card",
            Column::Group => "group",
            Column::Arn => "arn",
            Column::Opened => "opened",
            Column::Updated => "updated",
            Column::Documents => "docs",
            Column::Profile => "profile",
        }
    }

    pub fn named(name: &str) -> Option<Column> {
        Column::ALL.into_iter().find(|column| column.name().eq_ignore_ascii_case(name))
    }
}

/// The order of the list. Rows that lack the value come last, whichever way it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    pub column: Column,
    pub descending: bool,
}

impl Default for Sort {
    /// Most urgent first.
    fn default() -> Sort {
        Sort { column: Column::Due, descending: false }
    }
}

/// A filter: every term must hold. Written as words separated by blanks:
///
/// - `word`: somewhere in case, group, ARN, last four digits, cardholder, merchant, network, reason or currency; or its letters in the merchant's name, at most two others between neighbours
/// - `"two words"`: with the blank
/// - `field:value`: the field contains the value (`stage:answer`, `currency:eur`)
/// - `amount>100`, `amount<=20.50`, `opened>2026-11-01`, `docs>=2`
/// - `opened=2026-11-01`, `updated:2026-11-20`: at any time of that day (UTC)
/// - `due<3d`, `due>12h`: time left; `due<0d` is overdue
/// - `due=3d`: 3 whole days left, as the list shows it: 3 days or more, and less than 4; `due=-2d`: so long overdue
/// - `!term`: the term must not hold
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    pub terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Term {
    pub negated: bool,
    pub test: Test,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Test {
    /// Lower case.
    Word(String),
    /// The field contains the lower-case text.
    Contains(Column, String),
    /// The three letters of the disputed amount's currency.
    CurrencyIs(String),
    /// The disputed amount in major units, whatever its currency; compared as decimals: (units, 10^-4 units).
    Amount(Is, TenThousandths),
    /// Milliseconds left until the deadline.
    Due(Is, i64),
    /// The least and the most milliseconds left.
    DueWithin(i64, i64),
    Opened(Is, Moment),
    Updated(Is, Moment),
    /// On the day that begins at the moment.
    OpenedOn(Moment),
    UpdatedOn(Moment),
    Documents(Is, u32),
    StageIs(Stage),
}

/// A decimal with four places, enough for every currency there is.
pub type TenThousandths = i128;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Is {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

impl Is {
    pub fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Is::Less => left < right,
            Is::AtMost => left <= right,
            Is::Equal => left == right,
            Is::AtLeast => left >= right,
            Is::More => left > right,
        }
    }
}

impl Money {
    /// The amount as a decimal with four places, so that amounts of all currencies compare with a typed number.
    pub fn ten_thousandths(&self) -> TenThousandths {
        let exponent = self.currency.map_or(2, |currency| currency.exponent());
        i128::from(self.minor) * 10i128.pow(4 - exponent.min(4))
    }
}

/// One term that could not be understood. The other terms of the filter still apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadTerm {
    pub term: String,
    pub why: &'static str,
}

impl Filter {
    /// Reads what was typed. Terms that make no sense are left out and told of.
    pub fn parse(typed: &str) -> (Filter, Vec<BadTerm>) {
        let (mut terms, mut bad) = (Vec::new(), Vec::new());
        for word in words(typed) {
            let (negated, rest) = match word.strip_prefix('!') {
                Some(rest) => (true, rest),
                None => (false, word.as_str()),
            };
            if rest.is_empty() {
                continue;
            }
            match test(rest) {
                Ok(test) => terms.push(Term { negated, test }),
                Err(why) => bad.push(BadTerm { term: word, why }),
            }
        }
        (Filter { terms }, bad)
    }

    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether what passes depends on what time it is.
    pub fn is_timed(&self) -> bool {
        self.terms.iter().any(|term| matches!(term.test, Test::Due(..) | Test::DueWithin(..)))
    }
}

/// Splits at blanks, except between double quotes, which are dropped.
fn words(typed: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for letter in typed.chars() {
        match letter {
            '"' => quoted = !quoted,
            letter if letter.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn test(term: &str) -> Result<Test, &'static str> {
    let Some(at) = term.find([':', '<', '>', '=']) else {
        return Ok(Test::Word(term.to_lowercase()));
    };
    let (name, rest) = term.split_at(at);
    let (is, value) = [
        ("<=", Is::AtMost),
        (">=", Is::AtLeast),
        ("<", Is::Less),
        (">", Is::More),
        ("=", Is::Equal),
        (":", Is::Equal),
    ]
    .into_iter()
    .find_map(|(sign, is)| Some((is, rest.strip_prefix(sign)?)))
    .ok_or("no such comparison")?;
    if value.is_empty() {
        return Err("the value is missing");
    }
    let value = value.to_lowercase();
    if name.eq_ignore_ascii_case("currency") {
        return Ok(Test::CurrencyIs(value));
    }
    let column = Column::named(name).ok_or("no such field")?;
    let contains = rest.starts_with(':') || rest.starts_with('=');
    Ok(match column {
        Column::Amount => Test::Amount(is, decimal(&value).ok_or("not an amount")?),
        Column::Due => due(is, &value).ok_or("a time left looks like 3d, 12h or 30m")?,
        Column::Opened | Column::Updated if is == Is::Equal && Moment::is_bare_date(&value) => {
            let on = if column == Column::Opened { Test::OpenedOn } else { Test::UpdatedOn };
            on(day(is, &value)?)
        }
        Column::Opened => Test::Opened(is, day(is, &value)?),
        Column::Updated => Test::Updated(is, day(is, &value)?),
        Column::Documents => Test::Documents(is, value.parse().map_err(|_| "not a number")?),
        Column::Stage if contains => stage(&value).map_or(Test::Contains(column, value), Test::StageIs),
        column if contains => Test::Contains(column, value),
        _ => return Err("this field has no order: use a colon"),
    })
}

/// A whole word names exactly one stage; parts of words are compared as text.
fn stage(value: &str) -> Option<Stage> {
    Stage::ALL.into_iter().find(|stage| stage.words() == value)
}

fn decimal(value: &str) -> Option<TenThousandths> {
    let money = Money::from_major(value, super::Currency::parse("CLF")).ok()?;
    Some(i128::from(money.minor))
}

/// A time left is never exactly so long: "equal" means as many whole days (hours, minutes), counted away from the
/// deadline as the list counts them.
fn due(is: Is, value: &str) -> Option<Test> {
    let (count, unit) = [("d", moment::DAY), ("h", moment::HOUR), ("m", moment::MINUTE)]
        .into_iter()
        .find_map(|(letter, unit)| Some((value.strip_suffix(letter)?, unit)))?;
    let overdue = count.starts_with('-');
    let left = count.parse::<i64>().ok()?.checked_mul(unit)?;
    Some(match is {
        Is::Equal if overdue => Test::DueWithin(left.checked_sub(unit - 1)?, left.min(-1)),
        Is::Equal => Test::DueWithin(left, left.checked_add(unit - 1)?),
        is => Test::Due(is, left),
    })
}

/// A day stands for its first instant, or its last where the comparison would otherwise cut the day in two.
fn day(is: Is, value: &str) -> Result<Moment, &'static str> {
    let at = Moment::parse(value).ok_or("a day looks like 2026-11-22")?;
    Ok(if Moment::is_bare_date(value) && matches!(is, Is::AtMost | Is::More) { at.end_of_day() } else { at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_words_and_fields_and_comparisons() {
        let (filter, bad) =
            Filter::parse(r#"luft "SHELL oil" !stage:won amount>=100.5 due<3d currency:EUR opened>2026-11-01"#);
        assert_eq!(bad, []);
        let tests: Vec<_> = filter.terms.iter().map(|term| (term.negated, &term.test)).collect();
        let eve = Moment::parse("2026-11-01").unwrap().end_of_day();
        assert_eq!(
            tests,
            [
                (false, &Test::Word("luft".into())),
                (false, &Test::Word("shell oil".into())),
                (true, &Test::StageIs(Stage::Won)),
                (false, &Test::Amount(Is::AtLeast, 1_005_000)),
                (false, &Test::Due(Is::Less, 3 * moment::DAY)),
                (false, &Test::CurrencyIs("eur".into())),
                (false, &Test::Opened(Is::More, eve)),
            ]
        );
    }

    #[test]
    fn a_term_that_makes_no_sense_is_told_and_the_others_apply() {
        let (filter, bad) = Filter::parse("colour:red amount>lots merchant>a due<soon shop");
        assert_eq!(filter.terms.len(), 1);
        let why: Vec<_> = bad.iter().map(|bad| bad.why).collect();
        assert_eq!(
            why,
            [
                "no such field",
                "not an amount",
                "this field has no order: use a colon",
                "a time left looks like 3d, 12h or 30m"
            ]
        );
    }

    #[test]
    fn a_day_is_a_whole_day_and_a_time_left_is_as_many_whole_ones() {
        let test = |typed: &str| {
            let (filter, bad) = Filter::parse(typed);
            assert_eq!(bad, [], "{typed}");
            filter.terms.into_iter().next().map(|term| term.test)
        };
        let day = Moment::parse("2026-09-25").unwrap();
        assert_eq!(test("opened=2026-09-25"), Some(Test::OpenedOn(day)));
        assert_eq!(test("updated:2026-09-25"), Some(Test::UpdatedOn(day)));
        assert_eq!(test("opened=2026-09-25T00:00:00Z"), Some(Test::Opened(Is::Equal, day)));
        for (typed, least, most) in [
            ("due=3d", 3 * moment::DAY, 4 * moment::DAY - 1),
            ("due:0h", 0, moment::HOUR - 1),
            ("due=-0h", 1 - moment::HOUR, -1),
            ("due=-2d", 1 - 3 * moment::DAY, -2 * moment::DAY),
        ] {
            assert_eq!(test(typed), Some(Test::DueWithin(least, most)), "{typed}");
        }
        assert_eq!(Filter::parse("due=99999999999999d").1.len(), 1);
    }

    #[test]
    fn amounts_compare_across_currencies_by_their_major_units() {
        let yen = Money { minor: 100, currency: super::super::Currency::parse("JPY") };
        let euro = Money { minor: 10_000, currency: super::super::Currency::parse("EUR") };
        assert_eq!(yen.ten_thousandths(), euro.ten_thousandths());
    }
}
