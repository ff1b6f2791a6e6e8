//! A form laid out as lines: which line says what, and where the next letter comes. It never knows a colour.

use std::ops::Range;

use super::{
    Form, Input,
    picker::{Dialog, Picker},
    span, writing,
};
use crate::{
    action::{
        Attachment, Entered, Field, Kind as What, Measured,
        body::currency_of,
        check::{doubt, each, size},
        field::Choices,
        pick,
        rows::{self, Row},
        scheme::{self, Doubts},
    },
    text::{Raw, SafeText, own, say},
};

/// A form, or the review of one, for a place of some width.
#[derive(Debug, Default)]
pub struct Page {
    pub lines: Vec<Line>,
    /// Line and column of the next letter.
    pub caret: Option<(usize, usize)>,
    /// The lines that must be seen.
    pub anchor: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub kind: Kind,
    pub depth: usize,
    pub label: SafeText,
    pub text: SafeText,
    /// Right behind the text: a currency.
    pub unit: SafeText,
    /// At the right edge: a counter.
    pub right: SafeText,
    /// Our own words in the place of a value: nobody typed them.
    pub ours: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Blank,
    Heading,
    /// The first line of a field; `here` where it has the focus.
    Field {
        here: bool,
    },
    /// What does not fit on a field's first line.
    More,
    Hint,
    Problem,
    Warning,
    Choice {
        marked: bool,
    },
    /// The environment that it would be sent to, in its own colour.
    Realm(super::super::Realm),
}

/// Where the values stand on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    pub value: usize,
    pub width: usize,
    /// The same for what has nothing to its right.
    pub reach: usize,
    /// Values stand below their labels.
    pub stacked: bool,
}

/// Left of the labels stands the sign of the focus.
pub const SIGN: usize = 2;
const LABEL: usize = 24;
/// "1234/2000" and a blank.
const RIGHT: usize = 10;
/// What the size of all files takes beside their number: "  9999 bytes".
const TOTAL: usize = 12;
/// So many choices or names are shown at once.
const OFFERED: usize = 7;
/// So many lines of a text that has not the focus.
const ROWS_AT_REST: usize = 3;

impl Columns {
    pub fn of(width: usize) -> Columns {
        if width < 70 {
            let room = width.saturating_sub(SIGN + 2).max(1);
            return Columns { value: SIGN + 2, width: room, reach: room, stacked: true };
        }
        let value = SIGN + LABEL + 1;
        Columns { value, width: width - value - RIGHT, reach: width - value, stacked: false }
    }

    /// How wide a row of files may be.
    fn beside_total(self) -> usize {
        if self.stacked { self.width } else { self.width.saturating_sub(TOTAL).max(1) }
    }
}

impl Page {
    /// The first line to draw, so that what must be seen is.
    pub fn top(&self, height: usize) -> usize {
        self.anchor.end.saturating_sub(height).min(self.anchor.start)
    }

    pub(super) fn line(&mut self, kind: Kind, text: SafeText, columns: Columns) {
        for row in text.wrap(columns.reach) {
            self.lines.push(Line { text: row, ..Line::of(kind) });
        }
    }

    pub(super) fn heading(&mut self, depth: usize, label: SafeText) {
        self.lines.push(Line { depth, label, ..Line::of(Kind::Heading) });
    }

    /// A label and its rows. Returns the line on which the first row stands.
    pub(super) fn field(
        &mut self,
        kind: Kind,
        (depth, label, right): (usize, SafeText, SafeText),
        rows: Vec<SafeText>,
        columns: Columns,
    ) -> usize {
        let mut rows = rows.into_iter();
        let first = if columns.stacked { SafeText::default() } else { rows.next().unwrap_or_default() };
        self.lines.push(Line { depth, label, text: first, right, ..Line::of(kind) });
        let begins = self.lines.len() - usize::from(!columns.stacked);
        for text in rows {
            self.lines.push(Line { depth, text, ..Line::of(Kind::More) });
        }
        begins
    }

    /// A label with our own words beside it, where no value stands.
    pub(super) fn absence(&mut self, head: (usize, SafeText, SafeText), words: SafeText, columns: Columns) {
        let at = self.field(Kind::Field { here: false }, head, vec![words], columns);
        self.ours(at);
    }

    pub(super) fn unit(&mut self, at: usize, unit: SafeText) {
        if let Some(line) = self.lines.get_mut(at) {
            line.unit = unit;
        }
    }

    fn ours(&mut self, at: usize) {
        if let Some(line) = self.lines.get_mut(at) {
            line.ours = true;
        }
    }
}

impl Line {
    fn of(kind: Kind) -> Line {
        let empty = SafeText::default;
        Line { kind, depth: 0, label: empty(), text: empty(), unit: empty(), right: empty(), ours: false }
    }
}

/// The form, wrapped to `width`. `hindrance`: why nothing can be sent for its case, if so.
pub fn page(form: &Form, hindrance: Option<SafeText>, width: usize) -> Page {
    let columns = Columns::of(width);
    let mut page = Page::default();
    if let Some(case) = form.case().filter(|case| !case.instructions.is_empty()) {
        page.line(Kind::Warning, say!("asked for: {}", case.instructions.show()), columns);
    }
    if let Some(hindrance) = hindrance {
        page.line(Kind::Warning, hindrance, columns);
    }
    for change in &form.moved {
        page.line(Kind::Warning, say!("moved since this form was begun: {}", change.words()), columns);
    }
    if let Some(doubt) = form.doubt() {
        page.line(Kind::Warning, say!("{}", doubt), columns);
    }
    for problem in form.says_of_all() {
        page.line(Kind::Problem, problem, columns);
    }
    if !page.lines.is_empty() {
        page.lines.push(Line::of(Kind::Blank));
    }
    for (address, row) in form.rows() {
        match row.what {
            rows::What::Group => page.heading(row.depth, own(row.field.label)),
            rows::What::Element(number) => {
                page.heading(row.depth, say!("{} {}", own(row.field.label), number + 1));
            }
            rows::What::List(count) => list(form, &address, row, count, columns, &mut page),
            rows::What::Leaf => leaf(form, &address, row, columns, &mut page),
        }
    }
    last(form, columns, &mut page);
    page
}

fn last(form: &Form, columns: Columns, page: &mut Page) {
    page.lines.push(Line::of(Kind::Blank));
    let here = form.at.is_none();
    let begins = page.lines.len();
    let wrong = form.problems.len();
    let text = match (form.tried, wrong) {
        (true, 1) => own("one problem is left"),
        (true, 2..) => say!("{} problems are left", wrong),
        _ => own("what would be sent, before anything is"),
    };
    page.field(Kind::Field { here }, (0, own("Review"), SafeText::default()), vec![text], columns);
    if here {
        page.anchor = begins..page.lines.len();
    }
}

fn list(form: &Form, address: &str, row: Row<'_>, count: usize, columns: Columns, page: &mut Page) {
    let here = form.at.as_deref() == Some(address);
    let begins = page.lines.len();
    let most = if let What::List { most, .. } = row.field.kind { most } else { 0 };
    let text = say!("{} of at most {}", count, most);
    page.field(Kind::Field { here }, (row.depth, label(row.field), SafeText::default()), vec![text], columns);
    if here {
        page.line(Kind::Hint, own("Ctrl-a adds one, Ctrl-d in one of them removes it"), columns);
    }
    end(form, address, here, begins, columns, page);
}

/// "Amount *": what must be filled.
fn label(field: &Field) -> SafeText {
    if field.required { say!("{} *", own(field.label)) } else { own(field.label) }
}

fn leaf(form: &Form, address: &str, row: Row<'_>, columns: Columns, page: &mut Page) {
    let here = form.at.as_deref() == Some(address);
    let begins = page.lines.len();
    let field = row.field;
    let (rows, caret) = if here {
        typed(form, address, field, columns)
    } else {
        (at_rest(form, address, field, columns), None)
    };
    let head = (row.depth, label(field), right(form, address, field));
    let first = page.field(Kind::Field { here }, head, rows, columns);
    if absence(form, address, field).is_some() {
        page.ours(first);
    }
    page.unit(first, unit(form, address, field));
    page.caret = caret.map(|(line, column)| (first + line, column)).or(page.caret);
    if let What::Files(_) = field.kind {
        files(form, address, here, columns, page);
    }
    if here {
        hint(form, address, field, columns, page);
        offered(form, columns, page);
    }
    if let Some(says) = doubt(field, form.draft.values.text(address)).filter(|_| form.is_ripe(address)) {
        page.line(Kind::Warning, says, columns);
    }
    if form.draft.values.get(address).is_none()
        && let Some(words) = field.instead.of_case(form.case())
    {
        page.line(Kind::Hint, say!("left so: {}", words), columns);
    }
    end(form, address, here, begins, columns, page);
}

/// The problems of a row; and where it has the focus, what of it must be seen.
fn end(form: &Form, address: &str, here: bool, begins: usize, columns: Columns, page: &mut Page) {
    for says in form.says(address) {
        page.line(Kind::Problem, says.clone(), columns);
    }
    if here {
        // Of a text that is longer than the screen, the lines around the next letter.
        let (from, to) = match page.caret {
            Some((line, _)) if matches!(form.input, Input::Text(_)) => (line.saturating_sub(2), line + 4),
            _ => (begins, page.lines.len()),
        };
        page.anchor = from.max(begins)..to.min(page.lines.len()) + 1;
    }
}

/// What stands in the field with the focus, and the place of the next letter in it.
fn typed(
    form: &Form,
    address: &str,
    field: &Field,
    columns: Columns,
) -> (Vec<SafeText>, Option<(usize, usize)>) {
    match &form.input {
        Input::Text(text) | Input::Choice { typed: text, .. } => {
            if let (true, Some(words)) = (text.is_empty(), absence(form, address, field)) {
                return (vec![words], Some((0, 0)));
            }
            let laid = text.laid(columns.width);
            (laid.rows, Some(laid.caret))
        }
        Input::Card => {
            let stars = form.card(address).map_or(SafeText::default(), |card| card.shown());
            let width = stars.width();
            (vec![stars], Some((0, width)))
        }
        Input::Files(picker) => {
            let laid = picker.typed.laid(columns.beside_total());
            (laid.rows, Some(laid.caret))
        }
        Input::Nothing => (Vec::new(), None),
    }
}

/// How a field is empty, where it is sent all the same.
pub(super) fn absence(form: &Form, address: &str, field: &Field) -> Option<SafeText> {
    match form.draft.values.get(address)? {
        Entered::Null => Some(own("(null: no value)")),
        Entered::Text(text) if text.is_empty() => field.takes_an_empty_text().then(|| own("(an empty text)")),
        _ => None,
    }
}

fn at_rest(form: &Form, address: &str, field: &Field, columns: Columns) -> Vec<SafeText> {
    if let Some(words) = absence(form, address, field) {
        return vec![words];
    }
    let mut rows = value(form, address, field, columns);
    let more = rows.len().saturating_sub(ROWS_AT_REST);
    if more > 0 && matches!(field.kind, What::Lines { .. }) {
        rows.truncate(ROWS_AT_REST - 1);
        rows.push(say!("… {} lines more", more + 1));
    }
    rows
}

/// What a field holds, whole.
pub(super) fn value(form: &Form, address: &str, field: &Field, columns: Columns) -> Vec<SafeText> {
    let values = &form.draft.values;
    let wrapped = |text: SafeText| text.wrap(columns.width);
    match field.kind {
        What::Card(_) => form.card(address).map_or(Vec::new(), |card| vec![card.shown()]),
        What::Files(_) => {
            let files = values.files(address).iter();
            files.flat_map(|file| file_words(file).wrap(columns.beside_total())).collect()
        }
        _ if values.text(address).is_empty() => Vec::new(),
        What::Choice { of, .. } => wrapped(meaning(form, of, values.text(address))),
        _ => writing::shown(values.text(address), span(field)).into_iter().flat_map(wrapped).collect(),
    }
}

/// "10.4: Visa: Other Fraud".
fn meaning(form: &Form, of: Choices, value: &str) -> SafeText {
    let shown = Raw::new(value).show();
    pick::meaning(of, form.case(), value).map_or(shown.clone(), |says| say!("{}  {}", shown, says))
}

/// "letter.pdf, application/pdf, 14 KiB, SHA-256 9f86d081884c".
fn file_words(file: &Attachment) -> SafeText {
    let (name, size) = (file.name.show().beside(), size(file.size));
    say!("{}, {}, {}{}, SHA-256 {}", name, media(file), size, measure(file), hash(file, 12))
}

/// ", 3 pages, 1728 x 2200 pixels, 204 dpi".
fn measure(file: &Attachment) -> SafeText {
    let Some(measure) = file.measure() else { return SafeText::default() };
    let mut words = SafeText::default();
    if measure.pages > 1 {
        words = say!(", {} pages", measure.pages);
    }
    if let Some(scan) = &measure.scan {
        words = say!("{}, {} x {} pixels", words, scan.width, scan.height);
        if let Some(dpi) = scan.dpi {
            words = say!("{}, {} dpi", words, dpi);
        }
    }
    words
}

pub(super) fn media(file: &Attachment) -> SafeText {
    if file.media.is_empty() { own("of no known kind") } else { Raw::new(file.media.clone()).show() }
}

pub(super) fn hash(file: &Attachment, digits: usize) -> SafeText {
    Raw::new(file.sha256.chars().take(digits).collect::<String>()).id()
}

/// The currency of an amount.
pub(super) fn unit(form: &Form, address: &str, field: &Field) -> SafeText {
    let What::Amount { currency, .. } = field.kind else { return SafeText::default() };
    match currency_of(currency, address, &form.draft.values, form.case(), &form.settings) {
        Some(currency) => Raw::new(currency.code()).show(),
        None => own("currency?"),
    }
}

/// The counter of a text, the number of files.
fn right(form: &Form, address: &str, field: &Field) -> SafeText {
    let values = &form.draft.values;
    match field.kind {
        What::Files(papers) => match values.files(address) {
            [] => say!("0/{}", papers.most),
            files => say!("{}/{}  {}", files.len(), papers.most, size(total(files))),
        },
        What::Each { most, .. } => say!("{}/{}", each(values.text(address)).count(), most),
        What::Text { most, .. } | What::Lines { most } => {
            say!("{}/{}", values.text(address).chars().count(), most)
        }
        _ => SafeText::default(),
    }
}

fn hint(form: &Form, address: &str, field: &Field, columns: Columns, page: &mut Page) {
    let keys = match field.kind {
        What::Choice { .. } => "Enter takes the marked one, Tab keeps what is typed",
        What::Instant { .. } => "a time in UTC like 2026-11-22 14:30, now",
        What::Each { .. } => "one a line",
        What::Date => "a day like 2026-11-22, today, yesterday",
        What::Card(_) if form.card(address).is_none_or(|card| card.shown().is_empty()) => {
            "not shown, kept nowhere: to be typed again after a restart"
        }
        What::Files(_) => {
            "Enter attaches, Backspace on nothing goes one folder up; Up marks one that is attached, Ctrl-d takes it away"
        }
        _ => "",
    };
    let more = match field.kind {
        What::Files(papers) if papers.takes_archives() => {
            "Ctrl-o looks at the marked file, Ctrl-t renames one that is attached, Ctrl-p packs all into one archive"
        }
        What::Files(_) => "Ctrl-o looks at the marked file, Ctrl-t renames one that is attached",
        _ => "",
    };
    for words in [field.hint, keys, more].into_iter().filter(|words| !words.is_empty()) {
        page.line(Kind::Hint, own(words), columns);
    }
}

/// The choices around the marked one.
fn offered(form: &Form, columns: Columns, page: &mut Page) {
    let Input::Choice { cursor, touched, .. } = &form.input else { return };
    let choices = form.choices();
    let rows = choices.iter().map(|choice| say!("{}  {}", own(choice.value), choice.says));
    marked_list(rows.collect(), touched.then_some(*cursor), columns, page);
}

fn marked_list(rows: Vec<SafeText>, marked: Option<usize>, columns: Columns, page: &mut Page) {
    let top = marked.unwrap_or(0).saturating_sub(OFFERED - 1);
    let count = rows.len();
    for (at, row) in rows.into_iter().enumerate().skip(top).take(OFFERED) {
        let (kind, text) = (Kind::Choice { marked: marked == Some(at) }, row.cut(columns.reach));
        page.lines.push(Line { text, ..Line::of(kind) });
    }
    let more = count.saturating_sub(top + OFFERED);
    if more > 0 {
        page.line(Kind::Hint, say!("… {} more", more), columns);
    }
}

pub(super) fn total(files: &[Attachment]) -> usize {
    files.iter().map(|file| file.size).sum()
}

/// What is attached already, what the card scheme may not take of it; with the focus, the picker.
fn files(form: &Form, address: &str, here: bool, columns: Columns, page: &mut Page) {
    let files = form.draft.values.files(address);
    let doubts = scheme::doubts(form.case(), files);
    let Input::Files(picker) = &form.input else {
        return doubted(files, &doubts, columns, page);
    };
    if !here {
        return doubted(files, &doubts, columns, page);
    }
    for (at, file) in files.iter().enumerate() {
        let kind = Kind::Choice { marked: picker.attached == Some(at) };
        page.line(kind, say!("attached: {}", file_words(file)), columns);
        if let Measured::Failed(why) = &file.measured {
            let words = say!("not opened here, so pages and pixels are not checked: {}", why.show());
            page.line(Kind::Hint, words, columns);
        }
        for says in doubts.of(at) {
            page.line(Kind::Warning, says.clone(), columns);
        }
        rename(picker, at, columns, page);
    }
    together(&doubts, columns, page);
    if !doubts.from.is_empty() {
        page.line(Kind::Hint, doubts.from.clone(), columns);
    }
    pick_file(form, picker, columns, page);
}

/// What a scheme may not take, of each file by its name.
pub(super) fn doubted(files: &[Attachment], doubts: &Doubts, columns: Columns, page: &mut Page) {
    for (at, file) in files.iter().enumerate() {
        for says in doubts.of(at) {
            page.line(Kind::Warning, say!("{}: {}", file.name.show().beside(), says), columns);
        }
    }
    together(doubts, columns, page);
}

fn together(doubts: &Doubts, columns: Columns, page: &mut Page) {
    for says in &doubts.all {
        page.line(Kind::Warning, says.clone(), columns);
    }
}

/// The name that is typed for an attached file.
fn rename(picker: &Picker, at: usize, columns: Columns, page: &mut Page) {
    let Some(Dialog::Name { of, line }) = &picker.dialog else { return };
    if *of != at {
        return;
    }
    let label = own("new name: ");
    let indent = label.width();
    let laid = line.laid(columns.reach.saturating_sub(indent));
    page.caret = Some((page.lines.len() + laid.caret.0, indent + laid.caret.1));
    for (row, text) in laid.rows.into_iter().enumerate() {
        let label = if row == 0 { label.clone() } else { SafeText::default().pad(indent) };
        page.lines.push(Line { text: say!("{}{}", label, text), ..Line::of(Kind::Choice { marked: true }) });
    }
    page.line(
        Kind::Hint,
        own("Enter takes the name, Esc leaves it as it was; the ending is kept where none is typed"),
        columns,
    );
}

/// "3 files, 4.1 MiB; as one archive 3.2 MiB: Enter packs, Esc leaves".
fn archive(files: &[Attachment], archive: Option<&Attachment>, columns: Columns, page: &mut Page) {
    let is = say!(
        "{} {}, {}",
        files.len(),
        own(if files.len() == 1 { "file" } else { "files" }),
        size(total(files))
    );
    match archive {
        Some(archive) => {
            let words = say!("{}; as one archive {}: Enter packs, Esc leaves", is, size(archive.size));
            page.line(Kind::Choice { marked: true }, words, columns);
        }
        None => page.line(Kind::Hint, say!("{}; the archive is being made, Esc leaves", is), columns),
    }
}

/// Where the picker stands, and the names there.
fn pick_file(form: &Form, picker: &Picker, columns: Columns, page: &mut Page) {
    if form.attaching > 0 {
        page.line(Kind::Hint, own("a file is being copied"), columns);
    }
    if let Some(problem) = &picker.problem {
        page.line(Kind::Problem, problem.clone(), columns);
    }
    if let Some(dialog) = &picker.dialog {
        if let Dialog::Archive { files, archive: packed } = dialog {
            archive(files, packed.as_ref(), columns, page);
        }
        return;
    }
    let Some(folder) = picker.folder.as_ref().filter(|_| !picker.is_awaited) else {
        if picker.problem.is_some() {
            return;
        }
        page.line(Kind::Hint, own("the names of the folder are on their way"), columns);
        return;
    };
    page.line(Kind::Hint, say!("in {}", folder.path.show().beside()), columns);
    if folder.left_out > 0 {
        let words = say!("{} more names of this folder are not shown, and not found here", folder.left_out);
        page.line(Kind::Problem, words, columns);
    }
    let rows: Vec<_> = picker
        .fitting()
        .into_iter()
        .map(|named| match named.is_folder {
            true => say!("{}/", named.name.show().beside()),
            false => say!(
                "{}  {}",
                named.name.show().beside(),
                size(usize::try_from(named.size).unwrap_or(usize::MAX))
            ),
        })
        .collect();
    if rows.is_empty() {
        page.line(Kind::Hint, own("no name here fits"), columns);
    }
    marked_list(rows, Some(picker.cursor).filter(|_| picker.attached.is_none()), columns, page);
}
