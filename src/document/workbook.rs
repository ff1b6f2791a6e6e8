//! Spreadsheets of the ZIP family (ECMA-376, SpreadsheetML): each sheet is a page, its cells as last calculated.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::date};

use super::{
    grid,
    package::Package,
    pages::{Fact, Limits, Pages, Text, Why},
    plain::LINES_AT_MOST,
    scroll::{Scroll, Written},
    xml::{self, Node, Xml},
};

const BOOK: &str = "xl/workbook.xml";
/// Columns of a sheet (Excel's own limit is 16,384).
const COLUMNS_AT_MOST: usize = 1_000;
/// Cells that are read of all sheets; an empty one between others counts.
const CELLS_AT_MOST: usize = 1_000_000;

pub fn is_one(package: &Package) -> bool {
    package.has(BOOK) && package.has("[Content_Types].xml")
}

pub fn open(mut package: Package) -> Result<Box<dyn Pages>, Why> {
    let book = package.part(BOOK)?.unwrap_or_default();
    let sheets = sheets(&xml::text(&book))?;
    let relations = package.part("xl/_rels/workbook.xml.rels")?.unwrap_or_default();
    let targets = targets(&xml::text(&relations))?;
    let strings = package.part("xl/sharedStrings.xml")?.unwrap_or_default();
    let strings = strings_of(&xml::text(&strings))?;
    let styles = package.part("xl/styles.xml")?.unwrap_or_default();
    let dates = date_styles(&xml::text(&styles))?;

    let mut reading = Reading { strings, dates, left: CELLS_AT_MOST };
    let mut pages = Vec::new();
    for (name, relation) in sheets.iter().take(Limits::PAGES) {
        pages.push(page(&mut package, &mut reading, name, targets.get(relation))?);
    }
    if pages.is_empty() {
        return Err(Why::Damaged("a spreadsheet without sheets".into()));
    }
    let names = sheets.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    Ok(Box::new(Scroll { facts: vec![Fact::new("sheets", names)], pages }))
}

fn page(
    package: &mut Package,
    reading: &mut Reading,
    name: &str,
    target: Option<&String>,
) -> Result<Text, Why> {
    let mut written = Written::default();
    written.line(format!("# {name}"));
    written.line("");
    let part = target.map(|target| match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    });
    let Some(bytes) = part.map(|part| package.part(&part)).transpose()?.flatten() else {
        written.note("its cells are not in the file");
        return Ok(written.into_text());
    };
    let mut rows = Vec::new();
    let read = reading.rows(&xml::text(&bytes), &mut rows);
    grid::records(&rows, &mut written);
    match read {
        Ok(true) => {}
        Ok(false) => written.cut(),
        Err(_) => written.note("damaged; only its beginning is shown"),
    }
    Ok(written.into_text())
}

/// The names of the sheets and by what relation each is found, in order.
fn sheets(text: &str) -> Result<Vec<(String, String)>, Why> {
    let (mut sheets, mut reader) = (Vec::new(), Xml::of(text));
    while let Some(node) = reader.next()? {
        if let Node::Open(tag) = node
            && tag.name() == "sheet"
        {
            let hidden = tag.get("state").is_some_and(|state| state != "visible");
            let name = tag.get("name").unwrap_or_default();
            let name = if hidden { format!("{name} (hidden)") } else { name };
            // `r:id`, beside which stands `sheetId`.
            sheets.push((name, tag.get("id").unwrap_or_default()));
        }
    }
    Ok(sheets)
}

fn targets(text: &str) -> Result<BTreeMap<String, String>, Why> {
    let (mut targets, mut reader) = (BTreeMap::new(), Xml::of(text));
    while let Some(node) = reader.next()? {
        if let Node::Open(tag) = node
            && let (Some(id), Some(target)) = (tag.get("Id"), tag.get("Target"))
        {
            targets.insert(id, target);
        }
    }
    Ok(targets)
}

fn strings_of(text: &str) -> Result<Vec<String>, Why> {
    let (mut strings, mut reader, mut is_text) = (Vec::new(), Xml::of(text), false);
    while let Some(node) = reader.next()? {
        match node {
            Node::Open(tag) => match tag.name() {
                "si" => strings.push(String::new()),
                // How a Japanese word is read.
                "rPh" => reader.skip()?,
                name => is_text = name == "t",
            },
            Node::Close => is_text = false,
            Node::Text(text) => {
                if let Some(last) = strings.last_mut().filter(|_| is_text) {
                    last.push_str(&text);
                }
            }
        }
    }
    Ok(strings)
}

/// Of each style of cells, whether it shows a number as a date.
fn date_styles(text: &str) -> Result<Vec<bool>, Why> {
    let (mut own, mut styles, mut reader) = (BTreeMap::new(), Vec::new(), Xml::of(text));
    let mut is_cells = false;
    while let Some(node) = reader.next()? {
        let Node::Open(tag) = node else { continue };
        match tag.name() {
            "numFmt" => {
                let code = tag.get("formatCode").unwrap_or_default();
                own.insert(tag.get("numFmtId").unwrap_or_default(), is_date_code(&code));
            }
            "cellXfs" => is_cells = true,
            "cellStyles" | "dxfs" => is_cells = false,
            "xf" if is_cells => {
                let id = tag.get("numFmtId").unwrap_or_default();
                // ECMA-376, part 1, section 18.8.30.
                let built_in = matches!(id.parse::<u32>(), Ok(14..=22 | 45..=47));
                styles.push(own.get(&id).copied().unwrap_or(built_in));
            }
            _ => {}
        }
    }
    Ok(styles)
}

/// Whether a format shows days or hours: its letters outside of quotes and brackets.
fn is_date_code(code: &str) -> bool {
    let (mut quoted, mut bracketed) = (false, false);
    code.split(';').next().unwrap_or_default().chars().any(|letter| {
        match letter {
            '"' => quoted = !quoted,
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ => return !quoted && !bracketed && "yYdDhHsS".contains(letter),
        }
        false
    })
}

struct Reading {
    strings: Vec<String>,
    dates: Vec<bool>,
    left: usize,
}

#[derive(Default)]
struct Cell {
    kind: String,
    is_date: bool,
    text: String,
}

impl Reading {
    /// The rows of a sheet; whether they are all.
    fn rows(&mut self, text: &str, rows: &mut Vec<Vec<String>>) -> Result<bool, Why> {
        let (mut reader, mut cell, mut is_value, mut column) = (Xml::of(text), None::<Cell>, false, 0);
        while let Some(node) = reader.next()? {
            match node {
                Node::Open(tag) => match tag.name() {
                    "row" => {
                        let number = tag.get("r").and_then(|number| number.parse().ok());
                        // Rows that are not there count, within reason.
                        let number: usize = number.unwrap_or(rows.len() + 1).max(rows.len() + 1);
                        if number > LINES_AT_MOST || self.left == 0 {
                            return Ok(false);
                        }
                        rows.resize_with(number, Vec::new);
                        column = 0;
                    }
                    "c" => {
                        column = tag.get("r").map_or(column, |place| column_of(&place));
                        let style =
                            tag.get("s").and_then(|style| style.parse::<usize>().ok()).unwrap_or_default();
                        cell = Some(Cell {
                            kind: tag.get("t").unwrap_or_default(),
                            is_date: self.dates.get(style) == Some(&true),
                            text: String::new(),
                        });
                    }
                    // The formula, of which the value is told too.
                    "f" | "rPh" => reader.skip()?,
                    "v" | "t" => is_value = true,
                    _ => is_value = false,
                },
                Node::Text(text) => {
                    if let Some(cell) = cell.as_mut().filter(|_| is_value) {
                        cell.text.push_str(&text);
                    }
                }
                Node::Close if is_value => is_value = false,
                Node::Close => {
                    let (Some(cell), Some(row)) = (cell.take(), rows.last_mut()) else { continue };
                    if column < COLUMNS_AT_MOST {
                        let added = (column + 1).saturating_sub(row.len());
                        if added > self.left {
                            self.left = 0;
                            return Ok(false);
                        }
                        self.left -= added;
                        row.resize_with((column + 1).max(row.len()), String::new);
                        if let Some(place) = row.get_mut(column) {
                            *place = self.shown(cell);
                        }
                    }
                    column += 1;
                }
            }
        }
        Ok(true)
    }

    fn shown(&self, cell: Cell) -> String {
        let Cell { kind, is_date, text } = cell;
        let text = match kind.as_str() {
            "s" => {
                text.trim().parse::<usize>().ok().and_then(|at| self.strings.get(at).cloned()).unwrap_or(text)
            }
            "b" => if text.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
            "" | "n" if is_date => moment(text.trim()).unwrap_or(text),
            _ => text,
        };
        text.trim().replace('\n', " ⏎ ").replace(['\r', '\t'], " ")
    }
}

/// "B7" is column 1.
fn column_of(place: &str) -> usize {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic).take(4);
    let number = letters.fold(0, |sum, letter| sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A' + 1));
    number.saturating_sub(1)
}

/// Days since the end of 1899 as a date, with the time where there is one.
fn moment(number: &str) -> Option<String> {
    let days = number.parse::<f64>().ok().filter(|days| (0.0..2_958_466.0).contains(days))?;
    let seconds = (days.fract() * 86_400.0).round() as i64;
    let midnight = date(1899, 12, 30).at(0, 0, 0, 0);
    let at = midnight.checked_add((days.trunc() as i64).days()).ok()?.checked_add(seconds.seconds()).ok()?;
    Some(match (days < 1.0, seconds) {
        (true, _) => at.strftime("%H:%M:%S").to_string(),
        (_, 0) => at.strftime("%Y-%m-%d").to_string(),
        _ => at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    })
}
