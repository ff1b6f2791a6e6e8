//! Writes small PDF documents: pages of drawing instructions, with two fonts that every reader has.

/// A page, and what stands in the document besides. Fonts: `/F1` Helvetica, `/F2` Courier.
#[derive(Default)]
pub struct Page<'a> {
    /// Drawing instructions.
    pub draws: &'a str,
    /// More entries of the page.
    pub entries: &'a str,
    /// More entries of its resources.
    pub resources: &'a str,
}

/// Object 5 is the first of `objects`.
#[derive(Default)]
pub struct Document<'a> {
    pub pages: Vec<Page<'a>>,
    /// More entries of the catalog.
    pub catalog: &'a str,
    /// What it says of itself.
    pub info: &'a str,
    /// More objects, from number 5 on.
    pub objects: Vec<Vec<u8>>,
}

pub fn page(draws: &str) -> Page<'_> {
    Page { draws, ..Page::default() }
}

/// A document of one A4 page.
pub fn one(draws: &str) -> Vec<u8> {
    write(&Document { pages: vec![page(draws)], ..Document::default() })
}

/// A stream with its length.
pub fn stream(entries: &str, bytes: &[u8]) -> Vec<u8> {
    [format!("<</Length {}{entries}>>stream\n", bytes.len()).as_bytes(), bytes, b"\nendstream"].concat()
}

pub fn write(document: &Document<'_>) -> Vec<u8> {
    let Document { pages, catalog, info, objects } = document;
    let first = 5 + objects.len();
    let kids: String = (0..pages.len()).map(|at| format!("{} 0 R ", first + 2 * at)).collect();
    let mut all: Vec<Vec<u8>> = vec![
        format!("<</Type/Catalog/Pages 2 0 R {catalog}>>").into(),
        format!("<</Type/Pages/Count {}/Kids[{kids}]/MediaBox[0 0 595 842]>>", pages.len()).into(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".into(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>".into(),
    ];
    all.extend(objects.iter().cloned());
    for (at, page) in pages.iter().enumerate() {
        let Page { draws, entries, resources } = page;
        let content = first + 2 * at + 1;
        all.push(
            format!(
                "<</Type/Page/Parent 2 0 R/Contents {content} 0 R {entries}/Resources<</Font<</F1 3 0 R/F2 4 0 R>>{resources}>>>>"
            )
            .into(),
        );
        all.push(stream("", draws.as_bytes()));
    }
    all.push(format!("<<{info}>>").into());
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut places = String::new();
    for (at, object) in all.iter().enumerate() {
        places.push_str(&format!("{:010} 00000 n \n", bytes.len()));
        bytes.extend(format!("{} 0 obj\n", at + 1).bytes());
        bytes.extend(object);
        bytes.extend(b"\nendobj\n");
    }
    let (start, count) = (bytes.len(), all.len() + 1);
    bytes.extend(format!("xref\n0 {count}\n0000000000 65535 f \n{places}").bytes());
    bytes.extend(
        format!("trailer<</Size {count}/Root 1 0 R/Info {} 0 R>>\nstartxref\n{start}\n%%EOF\n", all.len())
            .bytes(),
    );
    bytes
}

/// A line of text: a font, its size, a place in points from the lower left.
pub fn line(font: &str, size: f32, x: f32, y: f32, text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
    format!("BT /{font} {size} Tf {x} {y} Td ({text}) Tj ET\n")
}
