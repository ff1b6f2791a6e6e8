//! An action with a field of every kind, for the tests of this folder. No provider has it.

use super::{
    Action, Body, By, Field, Offers, Proof, Rule, Settling, Step, Subject, Word,
    field::{
        Choices, Clock, CurrencyOf, Instead, Kind, Others, Papers, Unit, amount, card, choice, currency, date,
        each, files, group, instant, lines, list, number_of, reason_code, text, uuid, whole,
    },
    rule::Given,
};

pub static SAMPLE: Action = Action {
    id: "sample",
    title: "Sample",
    key: "",
    says: "try every kind of field",
    subject: Subject::Case,
    is_final: false,
    offers: Offers::Queues { fits: &["1000", "5000"], others: &["1000", "2000", "5000"] },
    fields: FIELDS,
    rules: &[
        Rule::AtLeastOne(&["word", "story"]),
        Rule::AtMostOne(&["blocked", "reason"]),
        Rule::Together(&["price", "currency"]),
        Rule::NeededWhen("story", Given::Is("reason", "10.4"), "for fraud"),
        Rule::OnlyWhen("blocked", Given::Filled("story"), "cases with a story"),
    ],
    steps: &[Step {
        id: "send",
        method: By::Put,
        path: Word::Is("/cases/{case}/sample"),
        key: Some(Word::Is("X-Key")),
        body: Body::Fields,
        proof: Proof::Names(Word::Is("/caseNumber, /case/number")),
    }],
    settling: |_| Settling::Nobody,
};

const FIELDS: &[Field] = &[
    text("word", "Word", 5)
        .like(|word| word.bytes().all(|byte| byte.is_ascii_uppercase()), "in capitals", "AB")
        .nullable(),
    lines("story", "Story", 40),
    text("arn", "ARN", 23),
    choice("blocked", "Card blocked", &[("Y", "yes"), ("N", "no")]),
    reason_code("reason", "Reason", 6),
    date("bought", "Bought"),
    amount("price", "Price", CurrencyOf::Beside("currency"), |_| Unit::Minor),
    currency("currency", "Currency"),
    amount("part", "Part", CurrencyOf::Case, |_| Unit::Major),
    whole("count", "Count", 1, 99),
    files("papers", "Papers", &PAPERS),
    card("card", "Card number"),
    group("customer", "Customer", &[text("name", "Name", 9).required(), text("mail", "Mail", 9)]),
    list("items", "Items", 0, 2, &[text("id", "Id", 3).required(), whole("pieces", "Pieces", 0, 9)]),
    text("shown", "Only shown", 9).local(),
    Field {
        kind: Kind::Choice { of: Choices::Currencies, others: Others::Refused, most: 3 },
        ..text("known", "Known currency", 3)
    },
    instant("begun", "Begun", |_| Clock::Seconds),
    each("links", "Links", 2, 9),
    number_of("network", "Network", &[("1", "Visa"), ("2", "Mastercard")]),
    uuid("person", "Person"),
    text("reference", "Reference", 36)
        .or(Instead::OurReference(|settings| settings.table.contains_key("ours"))),
    text("agreement", "Agreement", 9)
        .or(Instead::OfCase(|case| (!case.arn.is_empty()).then(|| case.arn.clone()))),
    amount("cents", "Cents", CurrencyOf::Set(|_| None), |_| Unit::Minor),
];

static PAPERS: Papers = Papers {
    most: 2,
    largest: 10,
    longest_name: 8,
    media: &["application/pdf"],
    name: "fileName",
    content: "content",
    media_type: Some("mimeType"),
    description: Some("about"),
};
