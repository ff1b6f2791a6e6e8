//! Puts together what the desk wants to know of a case from the parts that know it.

use crate::{
    case::{Case, CaseId, Moment, reason},
    desk::words::{CaseFile, Clock},
    store::{Store, StoreError},
    text::{SafeText, own, say},
};

/// A case with its journal, the meaning of its reason code and the clock that follows from it.
pub fn case_file(store: &Store, id: &CaseId) -> Result<Option<CaseFile>, StoreError> {
    let Some((case, parked, read_at)) = store.case(id)? else { return Ok(None) };
    let mut journal = store.journal_of(id)?;
    journal.reverse();
    let (reason, clock) = (meaning(&case), rule_clock(&case));
    Ok(Some(CaseFile { case, parked, read_at, journal, reason, clock }))
}

/// What the reason code says, title first. Where the case does not tell its network, every candidate's title names
/// the network that it supposes.
fn meaning(case: &Case) -> Vec<SafeText> {
    let network = Some(case.network.exact()).filter(|network| !network.is_empty());
    let codes = reason::book().find(network, case.reason.exact());
    let known = reason::Network::named(case.network.exact()).is_some();
    let title = |code: &&'static reason::Code| {
        if known { code.title() } else { say!("if {}: {}", own(code.network.words()), code.title()) }
    };
    let titles: Vec<_> = codes.iter().map(title).collect();
    let mut lines = Vec::new();
    if titles.len() > 1 {
        lines.push(SafeText::join(&titles, "; "));
    }
    for (code, title) in codes.iter().zip(titles) {
        lines.push(title);
        lines.extend(code.meaning());
        lines.extend(code.notes());
        lines.extend(code.issuer_evidence().iter().map(|paper| say!("bring: {}", paper)));
        lines.extend(code.merchant_evidence().iter().map(|paper| say!("expect from the merchant: {}", paper)));
    }
    lines
}

/// The network's own limit for raising the dispute, counted from the presentment.
fn rule_clock(case: &Case) -> Option<Clock> {
    let network = Some(case.network.exact()).filter(|network| !network.is_empty());
    let start: Moment = case.transaction_at?;
    let warning = reason::clock_for(network, case.reason.exact(), start)?;
    Some(Clock { at: warning.at, words: warning.words })
}
