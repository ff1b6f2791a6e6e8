//! One element of an answer as a case. Every element becomes a case, whatever is missing, unknown or wrong in it; what
//! could not be understood is named in `unread`, and the provider's own bytes are kept beside it.

use serde_json::value::RawValue;

use super::{
    NETS_QUEUES,
    names::{Names, Seen},
    table,
    values::{Amounts, Reading},
};
use crate::{
    case::{Case, CaseId, Deadline, DocumentRef, Happening, Part, Settings, Side, Silent, Stage, Whose},
    provider::json::{self, Kind, kind},
    text::Raw,
};

/// The rows of a case, in the order of [`CASE`].
#[derive(Clone, Copy)]
enum Of {
    Number,
    Group,
    Queue,
    Status,
    Network,
    Card,
    Cardholder,
    Arn,
    ReasonDispute,
    ReasonFraud,
    ReasonRetrieval,
    Merchant,
    City,
    Country,
    Category,
    Amount,
    Currency,
    TransactionAmount,
    TransactionCurrency,
    TransactionAt,
    Opened,
    Updated,
    Due,
    Documents,
    History,
    Notes,
}

const CASE: &[&str] = &[
    "case.number",
    "case.group",
    "case.queue",
    "case.status",
    "case.network",
    "case.card",
    "case.cardholder",
    "case.arn",
    "case.reason.dispute",
    "case.reason.fraud",
    "case.reason.retrieval",
    "case.merchant",
    "case.merchant.city",
    "case.merchant.country",
    "case.merchant.category",
    "case.amount",
    "case.currency",
    "case.transaction.amount",
    "case.transaction.currency",
    "case.transaction.at",
    "case.opened",
    "case.updated",
    "case.due",
    "case.documents",
    "case.history",
    "case.notes",
];
const DOCUMENT: &[&str] =
    &["document.id", "document.name", "document.type", "document.side", "document.by", "document.at"];
const HISTORY: &[&str] = &["history.at", "history.who", "history.what"];

/// Which members speak of which part of a case: without any of them the answer left it out.
const PARTS: &[(Part, &[Of])] = &[
    (Part::Group, &[Of::Group]),
    (Part::Queue, &[Of::Queue]),
    (Part::Status, &[Of::Status]),
    (Part::Network, &[Of::Network]),
    (Part::Card, &[Of::Card]),
    (Part::Cardholder, &[Of::Cardholder]),
    (Part::Arn, &[Of::Arn]),
    (Part::Reason, &[Of::ReasonDispute, Of::ReasonFraud, Of::ReasonRetrieval]),
    (Part::Merchant, &[Of::Merchant]),
    (Part::MerchantPlace, &[Of::City, Of::Country]),
    (Part::MerchantCategory, &[Of::Category]),
    (Part::Amount, &[Of::Amount]),
    (Part::Currency, &[Of::Currency]),
    (Part::TransactionAmount, &[Of::TransactionAmount]),
    (Part::TransactionCurrency, &[Of::TransactionCurrency]),
    (Part::TransactionAt, &[Of::TransactionAt]),
    (Part::Opened, &[Of::Opened]),
    (Part::Updated, &[Of::Updated]),
    (Part::Deadline, &[Of::Due]),
    (Part::Documents, &[Of::Documents]),
    (Part::History, &[Of::History, Of::Notes]),
];

fn silent(seen: &Seen<'_>) -> Silent {
    let mut silent = Silent::default();
    for (part, members) in PARTS {
        if !members.iter().any(|of| seen.names(*of as usize)) {
            silent.leave_out(*part);
        }
    }
    silent
}

/// Reads the elements of one answer.
pub struct Wire {
    profile: String,
    case: Names,
    document: Names,
    history: Names,
    amounts: Amounts,
    issuer: Vec<String>,
    merchant: Vec<String>,
}

impl Wire {
    pub fn new(settings: &Settings) -> Wire {
        let words = |row| table::names(settings, row).map(str::to_lowercase).collect();
        Wire {
            profile: settings.profile.clone(),
            case: Names::new(settings, CASE),
            document: Names::new(settings, DOCUMENT),
            history: Names::new(settings, HISTORY),
            amounts: Amounts::new(settings),
            issuer: words("side.issuer"),
            merchant: words("side.merchant"),
        }
    }

    /// The element as a case. Without a readable number of its own the number is empty: see [`crate::provider::numbering`].
    pub fn case(&self, element: &RawValue) -> Case {
        let mut case = Case::bare(CaseId { profile: self.profile.clone(), number: Raw::default() });
        case.raw = element.get().into();
        if kind(element) != Kind::Object {
            case.unread.push("the element is not an object".into());
            return case;
        }
        let mut reading = Reading::new(self.case.seen(json::members(element)));
        case.silent = silent(&reading.seen);
        self.facts(&mut case, &mut reading);
        self.money_and_dates(&mut case, &mut reading);
        case.documents = self.documents(&mut reading);
        case.history = self.happenings(&mut reading, Of::History);
        case.history.extend(self.happenings(&mut reading, Of::Notes));
        case.unread = reading.unread;
        case
    }

    fn facts(&self, case: &mut Case, from: &mut Reading) {
        case.id.number = from.text(Of::Number as usize);
        case.group = from.text(Of::Group as usize);
        case.queue = from.text(Of::Queue as usize);
        case.stage = stage(&case.queue);
        case.status = from.text(Of::Status as usize);
        case.network = from.text(Of::Network as usize);
        case.card = from.text(Of::Card as usize);
        case.cardholder = from.text(Of::Cardholder as usize);
        case.arn = from.text(Of::Arn as usize);
        let reasons =
            [Of::ReasonDispute, Of::ReasonFraud, Of::ReasonRetrieval].map(|of| from.text(of as usize));
        case.reason = reasons.into_iter().find(|reason| !reason.is_empty()).unwrap_or_default();
        case.merchant = from.text(Of::Merchant as usize);
        let (city, country) = (from.text(Of::City as usize), from.text(Of::Country as usize));
        case.merchant_place = match (city.is_empty(), country.is_empty()) {
            (false, false) => format!("{}, {}", city.exact(), country.exact()).into(),
            (true, _) => country,
            _ => city,
        };
        case.merchant_category = from.text(Of::Category as usize);
    }

    fn money_and_dates(&self, case: &mut Case, from: &mut Reading) {
        case.amount = from.money(Of::Amount as usize, Of::Currency as usize, &self.amounts);
        case.transaction_amount =
            from.money(Of::TransactionAmount as usize, Of::TransactionCurrency as usize, &self.amounts);
        case.transaction_at = from.moment(Of::TransactionAt as usize);
        case.opened = from.moment(Of::Opened as usize);
        case.updated = from.moment(Of::Updated as usize);
        case.deadline = from
            .date(Of::Due as usize)
            .map(|(at, bare)| Deadline { at: if bare { at.end_of_day() } else { at }, whose: Whose::Provider });
    }

    fn documents(&self, from: &mut Reading) -> Vec<DocumentRef> {
        let mut documents = Vec::new();
        for element in list(from, Of::Documents) {
            let mut document = Reading::new(self.document.seen(json::members(element)));
            let mut listed = DocumentRef {
                id: document.text(0),
                name: document.text(1),
                claimed: document.text(2),
                side: self.side(&document.text(3)),
                by: document.text(4),
                at: document.moment(5),
            };
            match kind(element) {
                Kind::Text(id) => listed.id = id.into_owned().into(),
                Kind::Number(id) => listed.id = id.into(),
                _ => {}
            }
            if listed.id.is_empty() {
                from.complain("document", "without an id, so it cannot be fetched", element);
            }
            from.unread.append(&mut document.unread);
            documents.push(listed);
        }
        documents
    }

    fn side(&self, text: &Raw) -> Side {
        let text = text.exact().to_lowercase();
        let says = |words: &[String]| words.iter().any(|word| text.contains(word));
        match (says(&self.issuer), says(&self.merchant)) {
            (true, false) => Side::Issuer,
            (false, true) => Side::Merchant,
            _ => Side::Unknown,
        }
    }

    fn happenings(&self, from: &mut Reading, of: Of) -> Vec<Happening> {
        let mut happenings = Vec::new();
        for element in list(from, of) {
            let mut line = Reading::new(self.history.seen(json::members(element)));
            let mut happening = Happening { at: line.moment(0), who: line.text(1), what: line.text(2) };
            match kind(element) {
                Kind::Text(text) => happening.what = text.into_owned().into(),
                Kind::Object if !happening.what.is_empty() => {}
                _ => from.complain("history", "a line without words", element),
            }
            from.unread.append(&mut line.unread);
            happenings.push(happening);
        }
        happenings
    }
}

/// The elements of an array; a lone text or object counts as the only one.
fn list<'a>(from: &mut Reading<'a>, of: Of) -> Vec<&'a RawValue> {
    let Some((name, piece)) = from.piece(of as usize) else { return Vec::new() };
    match kind(piece) {
        Kind::Array => json::elements(piece),
        Kind::Text(_) | Kind::Object => vec![piece],
        _ => {
            from.complain(name, "not a list", piece);
            Vec::new()
        }
    }
}

/// What a queue means for the analyst. The set of queues is open: another id is unknown, and so workable.
pub fn stage(queue: &Raw) -> Stage {
    NETS_QUEUES.iter().find(|known| known.id == queue.exact()).map_or(Stage::Unknown, |known| known.stage)
}
