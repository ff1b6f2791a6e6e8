//! The flow of a Word document: paragraphs, tables, boxes, and the marks of notes, comments, links and changes.

use std::collections::BTreeMap;

use super::{
    numbering::{Numbering, Place},
    styles::Styles,
};
use crate::document::{
    grid,
    pages::{Limits, Why},
    plain::LINES_AT_MOST,
    xml::{Node, Tag, Xml},
};

/// Tables and boxes within each other.
const NESTED_AT_MOST: usize = Limits::DEPTH;
/// Cells of one row.
const CELLS_AT_MOST: usize = 500;

pub struct Body {
    styles: Styles,
    numbering: Numbering,
    links: BTreeMap<String, String>,
    /// What the links point to that were met, in order.
    pub targets: Vec<String>,
    /// The ids of notes and comments that were met, in order, by the name of their element.
    marks: BTreeMap<&'static str, Vec<String>>,
    pub tracked: Tracked,
    /// What is wrong with parts that could be read only so far.
    pub damage: Vec<String>,
    /// How much was read, by which a part that would never end is stopped.
    lines: usize,
    bytes: usize,
}

#[derive(Default)]
pub struct Tracked {
    pub inserted: usize,
    pub deleted: usize,
    pub too_deep: usize,
}

/// What a paragraph is gathered in.
#[derive(Default)]
struct Paragraph {
    text: String,
    style: String,
    place: Option<Place>,
    /// Lines of boxes that hang on it.
    beside: Vec<String>,
    /// The instruction of the field that is open, and whether its result has begun.
    field: Vec<Field>,
}

#[derive(Default)]
struct Field {
    instruction: String,
    has_result: bool,
}

impl Body {
    pub fn new(styles: Styles, numbering: Numbering, links: BTreeMap<String, String>) -> Body {
        Body {
            styles,
            numbering,
            links,
            targets: Vec::new(),
            marks: BTreeMap::new(),
            tracked: Tracked::default(),
            damage: Vec::new(),
            lines: 0,
            bytes: 0,
        }
    }

    /// The lines of a part; as far as it is sound.
    pub fn read(&mut self, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        if let Err(why) = self.flow(&mut Xml::of(text), 0, &mut lines) {
            self.damaged(why);
        }
        lines
    }

    /// Notes or comments, by their numbers; those that the text does not mark come last.
    pub fn notes(&mut self, text: &str, element: &'static str) -> Vec<(String, Vec<String>)> {
        let (mut reader, mut notes) = (Xml::of(text), Vec::new());
        if let Err(why) = self.gather_notes(&mut reader, element, &mut notes) {
            self.damaged(why);
        }
        notes.sort_by_key(|(at, ..)| *at);
        notes.into_iter().map(|(at, who, lines)| (format!("{}{who}", at + 1), lines)).collect()
    }

    fn gather_notes(
        &mut self,
        reader: &mut Xml<'_>,
        element: &'static str,
        notes: &mut Vec<(usize, String, Vec<String>)>,
    ) -> Result<(), Why> {
        while let Some(node) = reader.next()? {
            let Node::Open(tag) = node else { continue };
            if tag.name() != element {
                continue;
            }
            let kind = tag.get("type").unwrap_or_default();
            if kind.to_ascii_lowercase().contains("separator") || kind == "continuationNotice" {
                reader.skip()?;
                continue;
            }
            let at = self.mark(element, &tag.get("id").unwrap_or_default());
            let who = [tag.get("author"), tag.get("date")].into_iter().flatten();
            let who: String = who.map(|word| format!(", {word}")).collect();
            let mut lines = Vec::new();
            let read = self.flow(reader, 0, &mut lines);
            notes.push((at, who, lines.into_iter().map(|line| line.trim().to_owned()).collect()));
            read?;
        }
        Ok(())
    }

    fn damaged(&mut self, why: Why) {
        if let Why::Damaged(what) = why {
            self.damage.push(what);
        }
    }

    /// The number of a note or comment, from 0.
    fn mark(&mut self, element: &'static str, id: &str) -> usize {
        let marks = self.marks.entry(element).or_default();
        marks.iter().position(|known| known == id).unwrap_or_else(|| {
            marks.push(id.to_owned());
            marks.len() - 1
        })
    }

    /// Whether enough was read.
    fn is_full(&self) -> bool {
        self.lines > LINES_AT_MOST || self.bytes > Limits::TEXT
    }

    fn push(&mut self, lines: &mut Vec<String>, more: impl IntoIterator<Item = String>) {
        for line in more {
            self.lines += 1;
            self.bytes += line.len();
            lines.push(line);
        }
    }

    /// What lies within the element that was just opened, to its end.
    fn flow(&mut self, reader: &mut Xml<'_>, depth: usize, lines: &mut Vec<String>) -> Result<(), Why> {
        let mut level = 1_usize;
        while let Some(node) = reader.next()? {
            match node {
                Node::Text(_) => {}
                Node::Close => {
                    level = level.saturating_sub(1);
                    // A part as a whole has nothing around it.
                    if level == 0 {
                        return Ok(());
                    }
                }
                Node::Open(tag) => match tag.name() {
                    "p" if self.is_full() => reader.skip()?,
                    "p" => self.paragraph(reader, depth, lines)?,
                    "tbl" if depth >= NESTED_AT_MOST => {
                        self.tracked.too_deep += 1;
                        reader.skip()?;
                    }
                    "tbl" => {
                        let rows = self.table(reader, depth + 1)?;
                        let table = grid::table(&rows);
                        if lines.last().is_some_and(|line| !line.is_empty()) {
                            lines.push(String::new());
                        }
                        self.push(lines, table);
                        lines.push(String::new());
                    }
                    name if is_left_out(name) => reader.skip()?,
                    _ => level += 1,
                },
            }
        }
        Ok(())
    }

    fn table(&mut self, reader: &mut Xml<'_>, depth: usize) -> Result<Vec<Vec<String>>, Why> {
        let (mut rows, mut level) = (Vec::<Vec<String>>::new(), 1_usize);
        while let Some(node) = reader.next()? {
            match node {
                Node::Text(_) => {}
                Node::Close => {
                    level = level.saturating_sub(1);
                    if level == 0 {
                        break;
                    }
                }
                Node::Open(tag) => match tag.name() {
                    "tr" => {
                        level += 1;
                        rows.push(Vec::new());
                    }
                    "tc" if self.is_full() => reader.skip()?,
                    "tc" => {
                        let mut lines = Vec::new();
                        self.flow(reader, depth, &mut lines)?;
                        let cell = lines.join("\n").trim_matches('\n').replace('\t', " ");
                        if let Some(row) = rows.last_mut().filter(|row| row.len() < CELLS_AT_MOST) {
                            row.push(cell);
                        }
                    }
                    name if is_left_out(name) => reader.skip()?,
                    _ => level += 1,
                },
            }
        }
        rows.retain(|row| row.iter().any(|cell| !cell.is_empty()));
        Ok(rows)
    }

    fn paragraph(&mut self, reader: &mut Xml<'_>, depth: usize, lines: &mut Vec<String>) -> Result<(), Why> {
        let mut paragraph = Paragraph::default();
        let read = self.runs(reader, depth, &mut paragraph);
        let heading = self.styles.heading(&paragraph.style);
        let place = paragraph.place.take().or_else(|| self.styles.place(&paragraph.style));
        let is_empty = paragraph.text.trim().is_empty();
        let number = place.filter(|_| !is_empty).and_then(|place| {
            let number = self.numbering.next(&place)?;
            Some(format!("{:indent$}{number} ", "", indent = place.level.min(9) * 2))
        });
        let marks = heading.filter(|_| !is_empty).map(|level| "#".repeat(level.min(9)) + " ");
        let text = format!("{}{}{}", marks.unwrap_or_default(), number.unwrap_or_default(), paragraph.text);
        if heading.is_some() && !is_empty && lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(String::new());
        }
        // Two empty paragraphs say no more than one.
        if !is_empty || lines.last().is_some_and(|line| !line.is_empty()) {
            self.push(lines, text.split('\n').map(|line| line.trim_end().to_owned()));
        }
        let beside = std::mem::take(&mut paragraph.beside);
        self.push(lines, beside);
        read
    }

    /// What lies within a paragraph, to its end.
    fn runs(&mut self, reader: &mut Xml<'_>, depth: usize, paragraph: &mut Paragraph) -> Result<(), Why> {
        // For each open element: the link that ends with it.
        let mut open: Vec<Option<usize>> = vec![None];
        let mut is_text = Vec::<bool>::new();
        while let Some(node) = reader.next()? {
            match node {
                Node::Text(text) => {
                    if is_text.last() == Some(&true) {
                        paragraph.text.push_str(&text.replace(['\n', '\r'], " "));
                    } else if let Some(field) = paragraph.field.last_mut().filter(|field| !field.has_result)
                        && is_text.last() == Some(&false)
                        && field.instruction.len() < 4096
                    {
                        field.instruction.push_str(&text);
                    }
                }
                Node::Close => {
                    if let Some(Some(link)) = open.pop() {
                        paragraph.text.push_str(&format!("[{}]", link + 1));
                    }
                    is_text.pop();
                    if open.is_empty() {
                        return Ok(());
                    }
                }
                Node::Open(tag) => {
                    if !self.element(reader, &tag, depth, paragraph)? {
                        let link = (tag.name() == "hyperlink").then(|| tag.get("id")).flatten();
                        let link = link.and_then(|id| self.links.get(&id).cloned());
                        open.push(link.map(|target| self.target(target)));
                        is_text.resize(open.len().saturating_sub(1), false);
                        if let Some(last) = is_text.last_mut() {
                            *last = tag.name() == "t";
                        }
                    }
                }
            }
            if self.bytes + paragraph.text.len() > Limits::TEXT {
                self.bytes = Limits::TEXT + 1;
            }
        }
        Ok(())
    }

    fn target(&mut self, target: String) -> usize {
        self.targets.iter().position(|known| *known == target).unwrap_or_else(|| {
            self.targets.push(target);
            self.targets.len() - 1
        })
    }

    /// An element within a paragraph, if it is one that is read as a whole; else it is to be gone into.
    fn element(
        &mut self,
        reader: &mut Xml<'_>,
        tag: &Tag<'_>,
        depth: usize,
        paragraph: &mut Paragraph,
    ) -> Result<bool, Why> {
        let text = &mut paragraph.text;
        match tag.name() {
            "pPr" => return properties(reader, paragraph).map(|()| true),
            "tab" | "ptab" => text.push('\t'),
            "br" | "cr" => text.push('\n'),
            "noBreakHyphen" => text.push('-'),
            "sym" => text.push(symbol(&tag.get("char").unwrap_or_default())),
            "footnoteReference" => {
                let mark = self.mark("footnote", &tag.get("id").unwrap_or_default());
                text.push_str(&format!("[note {}]", mark + 1));
            }
            "endnoteReference" => {
                let mark = self.mark("endnote", &tag.get("id").unwrap_or_default());
                text.push_str(&format!("[endnote {}]", mark + 1));
            }
            "commentReference" => {
                let mark = self.mark("comment", &tag.get("id").unwrap_or_default());
                text.push_str(&format!("[comment {}]", mark + 1));
            }
            "fldChar" => {
                self.field(tag, paragraph);
                return check_box(reader, paragraph).map(|()| true);
            }
            "del" | "moveFrom" => self.tracked.deleted += 1,
            "ins" => {
                self.tracked.inserted += 1;
                return Ok(false);
            }
            "txbxContent" if depth >= NESTED_AT_MOST => self.tracked.too_deep += 1,
            "txbxContent" => {
                let mut lines = Vec::new();
                self.flow(reader, depth + 1, &mut lines)?;
                // The same box may be told twice, in two ways of drawing.
                if !lines.is_empty() && !paragraph.beside.ends_with(&lines) {
                    paragraph.beside.extend(lines);
                }
                return Ok(true);
            }
            name if is_left_out(name) => {}
            _ => return Ok(false),
        }
        reader.skip()?;
        Ok(true)
    }

    /// Begins a field, turns to its result, or ends it.
    fn field(&mut self, tag: &Tag<'_>, paragraph: &mut Paragraph) {
        match tag.get("fldCharType").as_deref() {
            Some("begin") if paragraph.field.len() < NESTED_AT_MOST => paragraph.field.push(Field::default()),
            Some("separate") => {
                if let Some(field) = paragraph.field.last_mut() {
                    field.has_result = true;
                }
            }
            Some("end") => {
                let field = paragraph.field.pop().unwrap_or_default();
                let mut words = field.instruction.split_whitespace();
                if words.next() == Some("HYPERLINK")
                    && let Some(target) = words.next().filter(|word| word.starts_with('"'))
                {
                    let link = self.target(target.trim_matches('"').to_owned());
                    paragraph.text.push_str(&format!("[{}]", link + 1));
                }
            }
            _ => {}
        }
    }
}

/// Elements that hold no text of the document, or text that was taken out of it.
fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "del"
            | "moveFrom"
            | "rPr"
            | "pPr"
            | "tblPr"
            | "trPr"
            | "tcPr"
            | "tblGrid"
            | "sectPr"
            | "sdtPr"
            | "sdtEndPr"
            | "delText"
            | "delInstrText"
            | "annotationRef"
            | "rPrChange"
            | "pPrChange"
    )
}

/// The style of a paragraph, and its place in a list.
fn properties(reader: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Why> {
    let mut level = 1_usize;
    while level > 0 {
        match reader.next()? {
            None => break,
            Some(Node::Text(_)) => {}
            Some(Node::Close) => level -= 1,
            Some(Node::Open(tag)) => {
                let value = tag.get("val").unwrap_or_default();
                match tag.name() {
                    "rPr" | "sectPr" | "pPrChange" => {
                        reader.skip()?;
                        continue;
                    }
                    "pStyle" => paragraph.style = value,
                    "numId" => paragraph.place.get_or_insert_default().list = value,
                    "ilvl" => paragraph.place.get_or_insert_default().level = value.parse().unwrap_or_default(),
                    _ => {}
                }
                level += 1;
            }
        }
    }
    Ok(())
}

/// The box of an old form, ticked or not, within the beginning of its field.
fn check_box(reader: &mut Xml<'_>, paragraph: &mut Paragraph) -> Result<(), Why> {
    let (mut level, mut ticked) = (1_usize, None);
    while level > 0 {
        match reader.next()? {
            None => break,
            Some(Node::Text(_)) => {}
            Some(Node::Close) => level -= 1,
            Some(Node::Open(tag)) => {
                level += 1;
                let is_on = !matches!(tag.get("val").as_deref(), Some("0" | "false" | "off"));
                match tag.name() {
                    "checkBox" => ticked = Some(false),
                    "checked" => ticked = Some(is_on),
                    "default" if ticked.is_some() => ticked = Some(is_on),
                    _ => {}
                }
            }
        }
    }
    if let Some(ticked) = ticked {
        paragraph.text.push(if ticked { '☒' } else { '☐' });
    }
    Ok(())
}

/// A sign of a symbol font, by its number there: the boxes and ticks of forms, else a plain mark.
fn symbol(number: &str) -> char {
    match u32::from_str_radix(number, 16).unwrap_or_default() & 0xff {
        0xfe | 0x78 | 0x54 | 0x53 => '☒',
        0xa8 | 0x6f | 0x71 | 0xa3 => '☐',
        0xfc | 0x50 | 0x52 => '✓',
        0xfb => '✗',
        0xb7 | 0xa7 | 0x6c | 0x6e => '•',
        0xe0 => '→',
        _ => '\u{fffd}',
    }
}
