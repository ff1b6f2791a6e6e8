//! A case as columns: what of it may stand in the clear, and how a line of the list is read back from there.

use rusqlite::types::ValueRef;

use super::problem::StoreError;
use crate::case::{Case, CaseId, Currency, Moment, Money, Row, Stage};
use crate::seal::{InstallKey, about};
use crate::text::{Raw, SafeText};

/// A case without a deadline sorts behind every one that has one.
pub const NO_DEADLINE: i64 = i64::MAX;

/// The first 16 bytes of a keyed hash: enough to tell cases apart, useless without the installation's key.
pub type Key = [u8; 16];

/// The plain columns of a case. Every text has passed the text contract: card numbers are masked.
pub struct Plain {
    /// The case number as shown, in lower case: what is sorted and searched by.
    pub num: String,
    /// As shown, where that is not `num`.
    pub number: Option<String>,
    /// As received, sealed, where that is not what is shown.
    pub number_sealed: Option<Vec<u8>>,
    pub group: SafeText,
    pub queue: SafeText,
    pub stage: i64,
    pub status: SafeText,
    pub network: SafeText,
    pub card: SafeText,
    pub cardholder: SafeText,
    pub arn: SafeText,
    pub reason: SafeText,
    pub merchant: SafeText,
    pub due: i64,
    pub documents: i64,
    pub marked: bool,
    pub workable: bool,
}

pub fn plain(case: &Case, key: &InstallKey, row_key: &Key) -> Result<Plain, StoreError> {
    let shown = case.id.number.show();
    let num = shown.as_str().to_lowercase();
    let number_sealed = match shown.as_str() == case.id.number.exact() {
        true => None,
        false => Some(key.seal(&number_subject(row_key), case.id.number.exact().as_bytes())?),
    };
    Ok(Plain {
        number: (shown.as_str() != num).then(|| shown.as_str().to_owned()),
        num,
        number_sealed,
        group: case.group.show(),
        queue: case.queue.show(),
        stage: stage_number(case.stage),
        status: case.status.show(),
        network: case.network.show(),
        card: case.card.show(),
        cardholder: case.cardholder.show(),
        arn: case.arn.id(),
        reason: case.reason.show(),
        merchant: case.merchant.show(),
        due: due(case),
        documents: i64::try_from(case.documents.len()).unwrap_or(i64::MAX),
        marked: !case.marks().is_empty(),
        workable: case.stage.is_workable(),
    })
}

pub fn due(case: &Case) -> i64 {
    case.deadline.as_ref().map_or(NO_DEADLINE, |deadline| deadline.at.0.min(NO_DEADLINE - 1))
}

pub fn stage_number(stage: Stage) -> i64 {
    Stage::ALL.iter().position(|known| *known == stage).map_or(-1, |at| at as i64)
}

pub fn stage_of(number: i64) -> Stage {
    usize::try_from(number).ok().and_then(|at| Stage::ALL.get(at)).copied().unwrap_or_default()
}

pub fn moment_of(due: i64) -> Option<Moment> {
    (due != NO_DEADLINE).then_some(Moment(due))
}

/// Which case, as a keyed hash of the profile and the exact number.
pub fn row_key(key: &InstallKey, id: &CaseId) -> Key {
    short(key.keyed_hash("case", &about(&[&id.profile, id.number.exact()])))
}

pub fn short(hash: [u8; 32]) -> Key {
    hash.first_chunk().copied().unwrap_or_default()
}

/// What the sealed case is bound to.
pub fn case_subject(id: &CaseId) -> Vec<u8> {
    about(&["case", &id.profile, id.number.exact()])
}

fn number_subject(row_key: &Key) -> Vec<u8> {
    [b"number".as_slice(), row_key].concat()
}

/// The columns that [`row`] reads, in its order. `id` last.
pub const ROW: &str = "key, profile, num, number, number_sealed, grp, queue, stage, status, network, card, arn, \
    reason, merchant, minor, currency, opened, updated, due, documents, gone, marked, \
    EXISTS(SELECT 1 FROM parked WHERE parked.id = dispute.id), dispute.id";

/// One line of the list.
pub fn row(key: &InstallKey, columns: &rusqlite::Row<'_>) -> Result<Row, StoreError> {
    let text = |at: usize| -> Result<&str, StoreError> {
        columns.get_ref(at)?.as_str().map_err(|_| StoreError::Damaged("a value has the wrong type".to_owned()))
    };
    let cell = |at: usize| -> Result<SafeText, StoreError> { Ok(Raw::from(text(at)?).cell()) };
    let moment = |at: usize| -> Result<Option<Moment>, StoreError> {
        Ok(columns.get::<_, Option<i64>>(at)?.map(Moment))
    };
    let shown = if columns.get_ref(3)? == ValueRef::Null { text(2)? } else { text(3)? };
    let exact = match columns.get_ref(4)? {
        ValueRef::Null => shown.to_owned(),
        _ => exact_number(key, &columns.get(0)?, &columns.get::<_, Vec<u8>>(4)?)?,
    };
    let minor: Option<i64> = columns.get(14)?;
    let currency = columns.get::<_, Option<String>>(15)?.and_then(|code| Currency::parse(&code));
    Ok(Row {
        id: CaseId { profile: text(1)?.to_owned(), number: exact.into() },
        number: Raw::from(shown).cell(),
        group: cell(5)?,
        queue: cell(6)?,
        stage: stage_of(columns.get(7)?),
        status: cell(8)?,
        network: cell(9)?,
        card: cell(10)?,
        arn: Raw::from(text(11)?).id_cell(),
        reason: cell(12)?,
        merchant: cell(13)?,
        amount: minor.map(|minor| Money { minor, currency }),
        opened: moment(16)?,
        updated: moment(17)?,
        deadline: moment_of(columns.get(18)?),
        documents: u32::try_from(columns.get::<_, i64>(19)?).unwrap_or(u32::MAX),
        gone: columns.get::<_, i64>(20)? != 0,
        marked: columns.get::<_, i64>(21)? != 0,
        parked: columns.get::<_, i64>(22)? != 0,
    })
}

/// The case number as received, from where it had to be sealed.
pub fn exact_number(key: &InstallKey, row_key: &Key, sealed: &[u8]) -> Result<String, StoreError> {
    String::from_utf8(key.open(&number_subject(row_key), sealed)?).map_err(|_| StoreError::NotOpened)
}

/// The last four digits of a card number, where it ends in four digits.
pub fn last_four(card: &str) -> &str {
    let bytes = card.as_bytes();
    match bytes.len().checked_sub(4) {
        Some(at) if bytes.iter().skip(at).all(u8::is_ascii_digit) => card.get(at..).unwrap_or_default(),
        _ => "",
    }
}
