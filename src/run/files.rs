//! Puts together what the desk wants to know of a case or a document from the parts that know it.

use crate::{
    action::check::size,
    case::{Case, CaseId, Moment, Paper, reason},
    desk::words::{CaseFile, Clock, Reading},
    document::{self, Body},
    store::{Store, StoreError},
    text::{Raw, SafeText, own, say},
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

/// A document made fit to be read.
pub fn reading(paper: &Paper) -> Reading {
    let read = document::read(paper);
    // What is wrong stands first: the end of the line is what a narrow pane cuts.
    let kind = match &read.mismatch {
        Some(mismatch) => say!("NOT WHAT IT SAYS: {}", mismatch.words()),
        None => own(read.kind.words()),
    };
    let mut facts = vec![kind, size(read.size)];
    let lines = match read.body {
        Body::Text { encoding, mut lines, cut } => {
            facts.push(own(encoding));
            if cut {
                lines.push(SafeText::default());
                lines.push(own("The document goes on; this is as much of it as is shown here."));
            }
            lines
        }
        Body::Placeholder { why } => vec![
            why,
            SafeText::default(),
            say!("kind     {}", own(read.kind.words())),
            say!("size     {} bytes", read.size),
            say!("SHA-256  {}", read.sha256),
        ],
    };
    facts.push(say!("SHA-256 {}", Raw::new(read.sha256.to_string()[..12].to_owned()).show()));
    Reading { name: paper.name.show(), facts, lines }
}
