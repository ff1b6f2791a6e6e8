//! Reason codes: what a network's code means, how long there is, and what evidence to have. Public facts from
//! `assets/reason-codes.toml`, each with its sources; guidance for a person, never a reason to refuse anything.

mod clock;
mod network;

use std::sync::OnceLock;

use serde::Deserialize;

use crate::text::{Marks, Raw, SafeText, say};

pub use clock::{Clock, Warning, clock_for};
pub use network::Network;

/// All that is known of reason codes.
#[derive(Debug, Default, Deserialize)]
pub struct Book {
    #[serde(rename = "code")]
    codes: Vec<Code>,
    #[serde(rename = "clock")]
    clocks: Vec<Clock>,
    sources: std::collections::BTreeMap<String, Source>,
    #[serde(default)]
    disclaimer: String,
}

/// One reason code of one network. A fact that is not known is absent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    pub network: Network,
    pub code: String,
    title: String,
    category: String,
    pub kind: Kind,
    pub status: Status,
    description: Option<String>,
    note: Option<String>,
    /// How long the issuer has to raise it, in days of the unit below.
    pub time_limit_days: Option<u32>,
    #[serde(default, rename = "time_limit_unit")]
    pub unit: Unit,
    /// The last day whatever the start, in days from processing.
    pub time_limit_max_days: Option<u32>,
    time_limit_from: Option<String>,
    time_limit_note: Option<String>,
    /// Days to wait before it may be raised.
    pub wait_days: Option<u32>,
    /// How long the other side then has, in days.
    pub response_days: Option<u32>,
    pub workflow: Option<Workflow>,
    #[serde(default)]
    issuer_evidence: Vec<String>,
    #[serde(default)]
    merchant_evidence: Vec<String>,
    #[serde(default)]
    pub signed_statement_required: bool,
    /// Other ways to write the code.
    #[serde(default)]
    pub aliases: Vec<String>,
    replaced_by: Option<String>,
    pub confidence: Confidence,
    #[serde(rename = "sources")]
    source_ids: Vec<String>,
}

/// Where a fact was read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    title: String,
    #[serde(rename = "where")]
    place: String,
    note: Option<String>,
}

/// What a code is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Chargeback,
    Inquiry,
    Representment,
    ArbitrationChargeback,
    AchReturn,
    ProcessorReason,
    Program,
}

/// Whether a code is still in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Active,
    Legacy,
    Unknown,
}

/// Visa's two tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Workflow {
    Allocation,
    Collaboration,
}

/// How well a row is witnessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// One secondary source.
    Low,
    Medium,
    /// An issuer-side source, one that cites the rules, or several that agree.
    High,
}

impl Confidence {
    pub fn words(self) -> &'static str {
        match self {
            Confidence::Low => "low confidence",
            Confidence::Medium => "medium confidence",
            Confidence::High => "high confidence",
        }
    }
}

/// What days are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    #[default]
    Calendar,
    /// Monday to Friday; holidays are not known here.
    Business,
    /// As business days.
    Banking,
}

impl Unit {
    pub fn words(self) -> &'static str {
        match self {
            Unit::Calendar => "days",
            Unit::Business => "business days",
            Unit::Banking => "banking days",
        }
    }
}

/// The book, read on first use.
pub fn book() -> &'static Book {
    BOOK.get_or_init(ours)
}

/// Puts a bank's own rows into the book, before anything was read from it: "code" and "clock" tables and "sources" like
/// those of the asset. A row takes the place of ours with the same network and code (or id).
pub fn take_over(own: &str) -> Result<(), String> {
    let book = ours().with(own)?;
    BOOK.set(book).map_err(|_| "the book of reason codes is in use already".to_owned())
}

static BOOK: OnceLock<Book> = OnceLock::new();

fn ours() -> Book {
    // A test reads the asset; a book that could not be read would be an empty one.
    toml::from_str(ASSET).unwrap_or_default()
}

/// What a bank's file may hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    #[serde(default, rename = "code")]
    codes: Vec<Code>,
    #[serde(default, rename = "clock")]
    clocks: Vec<Clock>,
    #[serde(default)]
    sources: std::collections::BTreeMap<String, Source>,
}

const ASSET: &str = include_str!("../../../assets/reason-codes.toml");

impl Book {
    /// This book with a bank's rows in the place of those that they correct. What it says of a row is shown as our own
    /// words are, so nothing may stand in it that would need to be made safe first.
    pub fn with(mut self, own: &str) -> Result<Book, String> {
        if let Some(at) = own.lines().position(|line| Raw::new(line).marks() != Marks::NONE) {
            return Err(format!("line {}: control characters, hidden letters or a card number", at + 1));
        }
        let own: Own = toml::from_str(own).map_err(|why| why.to_string())?;
        for code in own.codes {
            self.codes.retain(|ours| ours.network != code.network || plain(&ours.code) != plain(&code.code));
            self.codes.push(code);
        }
        for clock in own.clocks {
            self.clocks.retain(|ours| ours.id != clock.id);
            self.clocks.push(clock);
        }
        self.sources.extend(own.sources);
        let named = self.codes.iter().flat_map(|code| &code.source_ids);
        match named
            .chain(self.clocks.iter().flat_map(|clock| clock.source_ids()))
            .find(|id| !self.sources.contains_key(*id))
        {
            Some(id) => Err(format!("the source {id:?} is named and stands nowhere: [sources.{id:?}]")),
            None => Ok(self),
        }
    }

    /// The codes that a case's network and code can mean, best first: written exactly so before by another name,
    /// active before legacy. A network that the book does not cover (Dankort) has none; where the network is missing
    /// or not understood, every network's are candidates.
    pub fn find(&self, network: Option<&str>, code: &str) -> Vec<&Code> {
        let network = network.map_or(network::Named::Unknown, network::read);
        let wanted = plain(code);
        let rank = |code: &&Code| match plain(&code.code) == wanted {
            true => Some((false, code.status)),
            false => code.aliases.iter().any(|alias| plain(alias) == wanted).then_some((true, code.status)),
        };
        let mut found: Vec<_> = self.codes.iter().filter(|code| network.may_be(code.network)).collect();
        found.retain(|code| !wanted.is_empty() && rank(code).is_some());
        found.sort_by_key(rank);
        found
    }

    pub fn codes(&self) -> &[Code] {
        &self.codes
    }

    /// The clocks of networks and laws that run once a dispute is under way.
    pub fn clocks(&self) -> &[Clock] {
        &self.clocks
    }

    pub fn clock(&self, id: &str) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.id == id)
    }

    /// What to keep in mind about all of it.
    pub fn disclaimer(&'static self) -> SafeText {
        SafeText::own(&self.disclaimer)
    }

    fn sources(&self, ids: &[String]) -> Vec<&Source> {
        ids.iter().filter_map(|id| self.sources.get(id)).collect()
    }
}

/// A code as it is compared: no spaces around, no leading zeros, lower case.
fn plain(code: &str) -> String {
    let code = code.trim();
    let short = code.trim_start_matches('0');
    if short.is_empty() { code } else { short }.to_ascii_lowercase()
}

impl Code {
    /// "Visa 10.4".
    pub fn name(&'static self) -> SafeText {
        say!("{} {}", SafeText::own(self.network.words()), SafeText::own(&self.code))
    }

    pub fn title(&'static self) -> SafeText {
        SafeText::own(&self.title)
    }

    /// "fraud", "processing-errors" …
    pub fn category(&'static self) -> SafeText {
        SafeText::own(&self.category)
    }

    /// What it means, in a sentence.
    pub fn meaning(&'static self) -> Option<SafeText> {
        own(&self.description)
    }

    /// What else to know, one remark a line.
    pub fn notes(&'static self) -> Vec<SafeText> {
        [&self.note, &self.time_limit_note].into_iter().filter_map(own).collect()
    }

    /// From when the time limit counts.
    pub fn counts_from(&'static self) -> Option<SafeText> {
        own(&self.time_limit_from)
    }

    /// What an issuer should have before submitting.
    pub fn issuer_evidence(&'static self) -> Vec<SafeText> {
        all(&self.issuer_evidence)
    }

    /// What to look for in the other side's answer.
    pub fn merchant_evidence(&'static self) -> Vec<SafeText> {
        all(&self.merchant_evidence)
    }

    /// The code that took the place of this one.
    pub fn replaced_by(&self) -> Option<&'static Code> {
        let (network, code) = self.replaced_by.as_deref()?.split_once(':')?;
        book().find(Some(network), code).first().copied()
    }

    pub fn sources(&self) -> Vec<&'static Source> {
        book().sources(&self.source_ids)
    }
}

impl Source {
    pub fn title(&'static self) -> SafeText {
        SafeText::own(&self.title)
    }

    /// An address, or what kind of place it is.
    pub fn place(&'static self) -> SafeText {
        SafeText::own(&self.place)
    }

    /// How far to trust it.
    pub fn note(&'static self) -> Option<SafeText> {
        own(&self.note)
    }
}

fn own(text: &'static Option<String>) -> Option<SafeText> {
    text.as_deref().map(SafeText::own)
}

fn all(texts: &'static [String]) -> Vec<SafeText> {
    texts.iter().map(|text| SafeText::own(text)).collect()
}
