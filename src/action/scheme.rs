//! What card schemes take as documents: public facts from `assets/document-limits.toml`, each with its sources. They warn
//! under a file and refuse none; what a provider takes stands in its own declarations.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;

use super::Attachment;
use crate::{
    case::{
        Case, Measure,
        reason::{Confidence, Network},
    },
    text::{Raw, SafeText, own, say},
};

#[derive(Debug, Default, Deserialize)]
struct Table {
    #[serde(default, rename = "scheme")]
    schemes: Vec<Scheme>,
    #[serde(default)]
    sources: BTreeMap<String, Source>,
    /// When it was last looked at: "2026-11-30".
    #[serde(default)]
    compiled: String,
}

/// Where a limit was read; the table says the place as well.
#[derive(Debug, Deserialize)]
struct Source {
    title: String,
}

/// What one network takes. A limit that is not known is absent.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scheme {
    network: Network,
    /// In characters, with the ending.
    longest_name: Option<usize>,
    /// English letters and digits only.
    #[serde(default)]
    plain_names: bool,
    /// Of all documents of a transaction, in bytes; and what is recommended.
    total: Option<usize>,
    advised: Option<usize>,
    takes: Vec<Takes>,
    confidence: Confidence,
    sources: Vec<String>,
}

/// One kind of file that a network takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Takes {
    kind: String,
    media: String,
    /// In bytes.
    largest: Option<usize>,
    /// Pixels per inch at most.
    dpi: Option<u32>,
    /// A page has fewer.
    pixels: Option<u64>,
    pages: Option<usize>,
    /// The only way of packing that is taken.
    packing: Option<String>,
}

/// What a scheme may not take of some files.
#[derive(Debug, Default, PartialEq)]
pub struct Doubts {
    /// Of each file, in their order.
    pub each: Vec<Vec<SafeText>>,
    /// Of all of them together.
    pub all: Vec<SafeText>,
    /// Where the limits were read, and how sure they are; empty where nothing is doubted.
    pub from: SafeText,
}

impl Doubts {
    /// Of one of the files, by its number.
    pub fn of(&self, file: usize) -> &[SafeText] {
        self.each.get(file).map_or(&[], Vec::as_slice)
    }
}

const ASSET: &str = include_str!("../../assets/document-limits.toml");

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    // A test reads the asset; a table that could not be read would be an empty one.
    TABLE.get_or_init(|| toml::from_str(ASSET).unwrap_or_default())
}

fn of_case(case: Option<&Case>) -> Option<&'static Scheme> {
    let network = Network::named(case?.network.exact())?;
    table().schemes.iter().find(|scheme| scheme.network == network)
}

/// What the scheme of a case may not take of files; nothing where no limits of its are known.
pub fn doubts(case: Option<&Case>, files: &[Attachment]) -> Doubts {
    match of_case(case) {
        Some(scheme) => scheme.doubts(files),
        None => Doubts::default(),
    }
}

/// Whose limits are held against the files of a case, where some are known.
pub fn held_against(case: Option<&Case>) -> Option<SafeText> {
    of_case(case).map(Scheme::from)
}

/// The longest name that the scheme of a case takes, in characters.
pub fn longest_name(case: Option<&Case>) -> Option<usize> {
    of_case(case)?.longest_name
}

impl Scheme {
    fn doubts(&self, files: &[Attachment]) -> Doubts {
        let all: Vec<_> = self.of_all(files.iter().map(|file| file.size).sum()).into_iter().collect();
        let each: Vec<_> = files.iter().map(|file| self.of_file(file)).collect();
        let any = !all.is_empty() || each.iter().any(|says| !says.is_empty());
        Doubts { each, all, from: if any { self.from() } else { SafeText::default() } }
    }

    fn who(&self) -> SafeText {
        own(self.network.words())
    }

    /// "Visa's limits as of 2026-11-30, medium confidence: J.P. Morgan Payments, …".
    fn from(&self) -> SafeText {
        let source = self.sources.first().and_then(|id| table().sources.get(id));
        let title = Raw::new(source.map_or("", |source| source.title.as_str())).show();
        let at = Raw::new(table().compiled.as_str()).show();
        say!("{}'s limits as of {}, {}: {}", self.who(), at, own(self.confidence.words()), title)
    }

    fn of_all(&self, total: usize) -> Option<SafeText> {
        let (who, most) = (self.who(), self.total?);
        if total > most {
            let (most, is) = (megabytes(most), megabytes(total));
            return Some(say!("{} takes {} for all files of a dispute at most: these have {}", who, most, is));
        }
        let advised = self.advised.filter(|advised| total > *advised)?;
        Some(say!(
            "{} recommends {} for all files of a dispute: these have {}",
            who,
            megabytes(advised),
            megabytes(total)
        ))
    }

    fn of_file(&self, file: &Attachment) -> Vec<SafeText> {
        let takes = self.takes.iter().find(|takes| takes.media == file.media);
        let mut says: Vec<_> = self.of_name(&file.name).into_iter().collect();
        match takes {
            Some(takes) => says.extend(self.of_content(takes, file)),
            None => says.push(self.of_kind(file)),
        }
        says
    }

    fn of_name(&self, name: &Raw) -> Option<SafeText> {
        let (who, name) = (self.who(), name.exact());
        let count = name.chars().count();
        if let Some(most) = self.longest_name.filter(|most| count > *most) {
            return Some(say!("{} takes names of {} characters at most: this has {}", who, most, count));
        }
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let is_plain = stem.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (self.plain_names && !is_plain)
            .then(|| say!("{} takes English letters and digits only in a name, and no blanks", who))
    }

    fn of_kind(&self, file: &Attachment) -> SafeText {
        let taken: Vec<_> = self.takes.iter().map(|takes| Raw::new(takes.kind.as_str()).show()).collect();
        let is = match file.media.as_str() {
            "" | "application/octet-stream" => own("of a kind that is not known here"),
            media => Raw::new(media).show(),
        };
        say!("{} takes {}: this is {}", self.who(), SafeText::join(&taken, ", "), is)
    }

    fn of_content(&self, takes: &Takes, file: &Attachment) -> Vec<SafeText> {
        let (who, kind) = (self.who(), Raw::new(takes.kind.as_str()).show());
        let mut says = Vec::new();
        if let Some(most) = takes.largest.filter(|most| file.size > *most) {
            let (most, is) = (megabytes(most), megabytes(file.size));
            says.push(say!("{} takes {} of {} at most: this has {}", who, kind, most, is));
        }
        let Some(Measure { pages, scan }) = file.measure() else { return says };
        if let Some(most) = takes.pages.filter(|most| pages > most) {
            says.push(say!("{} takes {} pages at most: this has {}", who, most, *pages));
        }
        let Some(scan) = scan else { return says };
        if let Some(below) = takes.pixels.filter(|below| scan.pixels() >= *below) {
            says.push(say!(
                "{} takes pages of less than {} million pixels: this has {} x {}, which is {} million",
                who,
                below / 1_000_000,
                scan.width,
                scan.height,
                tenths(scan.pixels())
            ));
        }
        if let (Some(most), Some(dpi)) = (takes.dpi, scan.dpi)
            && dpi > most + most / FAX
        {
            says.push(say!("{} takes {} dpi at most: this has {}", who, most, dpi));
        }
        if let Some(only) = &takes.packing
            && let Some(other) = scan.packing.iter().find(|packing| *packing != only)
        {
            let (only, other) = (Raw::new(only.as_str()).show(), Raw::new(other.as_str()).show());
            says.push(say!(
                "{} takes {} packed as {} only: this is packed otherwise ({})",
                who,
                kind,
                only,
                other
            ));
        }
        says
    }
}

/// A fax has 204 pixels per inch (ITU-T T.4) and is meant by 200: so small a part counts for nothing.
const FAX: u32 = 20;

/// As the schemes count: "14.5 MB".
fn megabytes(bytes: usize) -> SafeText {
    say!("{} MB", tenths(bytes as u64))
}

/// Millions with one decimal, rounded up so that what is too much never looks like enough: "48.8", "18".
fn tenths(number: u64) -> SafeText {
    let tenths = number.div_ceil(100_000);
    match tenths % 10 {
        0 => say!("{}", tenths / 10),
        rest => say!("{}.{}", tenths / 10, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        action::draft::Measured,
        case::{CaseId, Scan},
    };

    fn case(network: &str) -> Case {
        let id = CaseId { profile: "p".into(), number: "7".into() };
        Case { network: network.into(), ..Case::bare(id) }
    }

    fn file(name: &str, size: usize, media: &str) -> Attachment {
        let (name, sha256, media) = (name.into(), "f".repeat(64), media.into());
        Attachment { name, sha256, size, media, description: Raw::default(), measured: Measured::Not }
    }

    fn scanned(
        file: Attachment,
        pages: usize,
        (width, height): (u32, u32),
        dpi: u32,
        packing: &str,
    ) -> Attachment {
        let scan = Scan { width, height, dpi: Some(dpi), packing: vec![packing.to_owned()] };
        Attachment { measured: Measured::As(Measure { pages, scan: Some(scan) }), ..file }
    }

    fn told(network: &str, file: Attachment) -> Vec<String> {
        let doubts = doubts(Some(&case(network)), &[file]);
        assert_eq!(doubts.from.is_empty(), doubts.of(0).is_empty() && doubts.all.is_empty());
        doubts.of(0).iter().chain(&doubts.all).map(|says| says.as_str().to_owned()).collect()
    }

    #[test]
    fn the_table_can_be_read_and_every_row_names_sources_that_are_there() {
        let table: Table = toml::from_str(ASSET).unwrap();
        assert_eq!(table.schemes.len(), 4);
        for scheme in &table.schemes {
            assert!(!scheme.sources.is_empty() && !scheme.takes.is_empty(), "{:?}", scheme.network);
            for source in &scheme.sources {
                assert!(table.sources.contains_key(source), "{source}");
            }
            let twins = table.schemes.iter().filter(|other| other.network == scheme.network);
            assert_eq!(twins.count(), 1, "{:?}", scheme.network);
        }
        let plain: toml::Table = toml::from_str(ASSET).unwrap();
        for (id, source) in plain["sources"].as_table().unwrap() {
            assert!(source["where"].as_str().unwrap().starts_with("https://"), "{id}");
            assert!(
                table.schemes.iter().any(|scheme| scheme.sources.contains(id)),
                "{id} is the source of nothing"
            );
        }
    }

    #[test]
    fn what_a_scheme_takes_is_not_doubted() {
        let tiff = || scanned(file("form.tif", 90_000, "image/tiff"), 3, (1728, 2200), 204, "CCITT Group 4");
        for network in ["Mastercard", "VISA", "amex", "Discover", "Dankort", "", "no network"] {
            assert_eq!(told(network, tiff()), [""; 0], "{network}");
            assert_eq!(told(network, file("form.pdf", 90_000, "application/pdf")), [""; 0], "{network}");
        }
        assert_eq!(doubts(None, &[file("x", 1, "")]), Doubts::default(), "a case that is not there yet");
    }

    #[test]
    fn mastercard_counts_letters_pixels_and_all_bytes_together() {
        let name = "receipt-of-the-second-of-may.jpg";
        let photo = scanned(file(name, 3_000_000, "image/jpeg"), 1, (8064, 6048), 72, "");
        assert_eq!(
            told("MC", photo),
            [
                "Mastercard takes names of 16 characters at most: this has 32",
                "Mastercard takes pages of less than 30 million pixels: this has 8064 x 6048, which is 48.8 million",
            ]
        );
        assert_eq!(
            told("MC", file("my receipt.pdf", 9, "application/pdf")),
            ["Mastercard takes English letters and digits only in a name, and no blanks"]
        );
        let fine = scanned(file("scan.tif", 9, "image/tiff"), 1, (6000, 5000), 600, "LZW");
        assert_eq!(
            told("MC", fine),
            [
                "Mastercard takes pages of less than 30 million pixels: this has 6000 x 5000, which is 30 million",
                "Mastercard takes 300 dpi at most: this has 600",
            ]
        );
        let half = || file("scan.pdf", 7_250_000, "application/pdf");
        let two =
            |more| doubts(Some(&case("MC")), &[half(), Attachment { size: half().size + more, ..half() }]).all;
        assert_eq!(two(0), []);
        assert_eq!(
            two(1)[0].as_str(),
            "Mastercard recommends 14.5 MB for all files of a dispute: these have 14.6 MB"
        );
        assert_eq!(
            two(3_600_000)[0].as_str(),
            "Mastercard takes 18 MB for all files of a dispute at most: these have 18.1 MB"
        );
    }

    #[test]
    fn the_other_schemes_have_limits_of_each_kind() {
        let from = doubts(Some(&case("Visa")), &[file("photo.jpg", 9, "image/jpeg")]).from;
        let words =
            "Visa's limits as of 2026-11-30, medium confidence: J.P. Morgan Payments, Dispute Management API";
        assert!(from.as_str().starts_with(words), "{from}");
        assert_eq!(
            told("Visa", file("photo.jpg", 9, "image/jpeg")),
            ["Visa takes TIFF, PDF: this is image/jpeg"]
        );
        let long = Attachment {
            measured: Measured::As(Measure { pages: 101, scan: None }),
            ..file("long.pdf", 2_000_001, "application/pdf")
        };
        assert_eq!(
            told("Visa", long),
            ["Visa takes PDF of 2 MB at most: this has 2.1 MB", "Visa takes 100 pages at most: this has 101",]
        );
        let grey = scanned(file("form.tif", 9, "image/tiff"), 1, (2550, 3300), 300, "LZW");
        assert_eq!(
            told("American Express", grey),
            [
                "American Express takes 200 dpi at most: this has 300",
                "American Express takes TIFF packed as CCITT Group 4 only: this is packed otherwise (LZW)",
            ]
        );
        assert_eq!(
            told("amex", file("x.bin", 9, "application/octet-stream")),
            ["American Express takes TIFF, PDF: this is of a kind that is not known here"]
        );
    }
}
