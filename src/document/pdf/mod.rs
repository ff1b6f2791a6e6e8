//! PDF by `hayro`: pages to text that keeps its columns, and to pictures. Everything that names the library stands in
//! this folder.

mod attached;
mod facts;
mod fonts;
mod gather;
mod layout;
mod picture;
mod rows;
mod undrawn;

use std::borrow::Cow;

use hayro::{
    RenderCache,
    hayro_interpret::InterpreterCache,
    hayro_syntax::{DecryptionError, LoadPdfError, Pdf, page::Page},
};
use self_cell::self_cell;

use super::pages::{Fact, Limits, Member, Pages, Text, Why};
use crate::case::{Extent, Paper, Picture, Viewport};
use fonts::Fonts;

pub fn open(bytes: Vec<u8>, password: Option<&str>) -> Result<Box<dyn Pages>, Why> {
    let is_encrypted = facts::is_encrypted(&bytes);
    let is_whole = facts::is_whole(&bytes);
    let pdf = Pdf::new_with_password(bytes, password.unwrap_or_default())
        .map_err(|error| refusal(error, password.is_some()))?;
    if pdf.pages().is_empty() {
        return Err(Why::Damaged("it has no pages".into()));
    }
    let mut opened = Opened { kept: Kept::new(pdf, |_| Warm::default()), facts: Vec::new() };
    opened.facts = opened.told(is_encrypted);
    if !is_whole {
        opened.facts.insert(0, Fact::new("damage", "its end is missing, and pages may be, too"));
    }
    Ok(Box::new(opened))
}

fn refusal(error: LoadPdfError, is_password_given: bool) -> Why {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            Why::Password { wrong: is_password_given }
        }
        LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm) => {
            Why::Unsupported("a PDF sealed in a way that is not known here".into())
        }
        LoadPdfError::Decryption(_) => Why::Damaged("what it says of its encryption makes no sense".into()),
        LoadPdfError::Invalid => Why::Damaged("no pages are found in it".into()),
    }
}

struct Opened {
    kept: Kept,
    facts: Vec<Fact>,
}

self_cell! {
    /// A document and what was learnt from its pages, which borrows from it.
    struct Kept {
        owner: Pdf,
        #[not_covariant]
        dependent: Warm,
    }
}

/// Fonts, glyphs and the like: kept from page to page and from picture to picture.
#[derive(Default)]
struct Warm<'a> {
    text: InterpreterCache<'a>,
    pictures: RenderCache<'a>,
    fonts: Fonts,
    /// The zoom of the last picture, and how many there were since `pictures` was empty.
    page_width: u32,
    zooms: usize,
}

/// Glyphs are kept for each zoom and never let go; after so many zooms all of them are.
const ZOOMS: usize = 16;

impl Warm<'_> {
    fn zoom_to(&mut self, page_width: u32) {
        if page_width != self.page_width {
            self.page_width = page_width;
            self.zooms += 1;
        }
        if self.zooms > ZOOMS {
            self.pictures = RenderCache::default();
            self.zooms = 1;
        }
    }
}

impl Opened {
    fn pdf(&self) -> &Pdf {
        self.kept.borrow_owner()
    }

    fn page(&self, page: usize) -> Result<&Page<'_>, Why> {
        page_of(self.pdf(), page)
    }

    fn told(&mut self, is_encrypted: bool) -> Vec<Fact> {
        let has_text = self.text(0).is_ok_and(|text| !text.lines.is_empty());
        facts::told(self.pdf(), is_encrypted, has_text)
    }
}

fn page_of(pdf: &Pdf, page: usize) -> Result<&Page<'_>, Why> {
    pdf.pages().get(page).ok_or_else(|| Why::Missing(format!("page {}", page.saturating_add(1))))
}

fn extent_of(page: &Page<'_>) -> Extent {
    let (width, height) = page.render_dimensions();
    Extent { width, height }
}

impl Pages for Opened {
    fn count(&self) -> usize {
        self.pdf().pages().len().clamp(1, Limits::PAGES)
    }

    fn facts(&self) -> Vec<Fact> {
        self.facts.clone()
    }

    fn text(&mut self, page: usize) -> Result<Text, Why> {
        self.kept.with_dependent_mut(|pdf, warm| {
            let page = page_of(pdf, page)?;
            let undrawn = undrawn::undrawn(page);
            let gathered = gather::gather(page, &undrawn.writings, &warm.text, &mut warm.fonts);
            let mut text = layout::text(gathered, extent_of(page));
            text.notes.extend(undrawn.notes());
            Ok(text)
        })
    }

    fn extent(&mut self, page: usize) -> Result<Option<Extent>, Why> {
        Ok(Some(extent_of(self.page(page)?)))
    }

    fn picture(&mut self, page: usize, viewport: &Viewport) -> Result<Picture, Why> {
        self.kept.with_dependent_mut(|pdf, warm| {
            warm.zoom_to(viewport.page_width);
            picture::draw(page_of(pdf, page)?, &warm.pictures, viewport)
        })
    }

    fn members(&self) -> Vec<Member> {
        attached::members(self.pdf())
    }

    fn member(&mut self, at: usize) -> Result<Paper, Why> {
        attached::member(self.pdf(), at)
    }
}

/// A text string (ISO 32000-2, 7.9.2.2): UTF-16 or UTF-8 where a mark says so, else PDFDocEncoding (Annex D.3).
fn text_string(bytes: &[u8]) -> String {
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned();
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return encoding_rs::UTF_16LE.decode_without_bom_handling(rest).0.into_owned();
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return String::from_utf8_lossy(rest).into_owned();
    }
    // Many writers put UTF-8 there without the mark.
    match std::str::from_utf8(bytes) {
        Ok(text) if !bytes.is_ascii() => Cow::Borrowed(text),
        _ => bytes.iter().map(|byte| doc_encoded(*byte)).collect(),
    }
    .into_owned()
}

fn doc_encoded(byte: u8) -> char {
    const ACCENTS: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];
    const SIGNS: [char; 33] = [
        '•',
        '†',
        '‡',
        '…',
        '—',
        '–',
        'ƒ',
        '⁄',
        '‹',
        '›',
        '−',
        '‰',
        '„',
        '“',
        '”',
        '‘',
        '’',
        '‚',
        '™',
        'ﬁ',
        'ﬂ',
        'Ł',
        'Œ',
        'Š',
        'Ÿ',
        'Ž',
        'ı',
        'ł',
        'œ',
        'š',
        'ž',
        char::REPLACEMENT_CHARACTER,
        '€',
    ];
    let at = |table: &[char], first: u8| table.get(usize::from(byte - first)).copied();
    match byte {
        0x18..=0x1f => at(&ACCENTS, 0x18),
        0x80..=0xa0 => at(&SIGNS, 0x80),
        _ => None,
    }
    .unwrap_or(char::from(byte))
}
