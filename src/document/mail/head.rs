//! The head of a part of an e-mail: who, when and about what, and what its body is. Words in other alphabets are
//! decoded (RFC 2047, RFC 2231).

use std::borrow::Cow;

use mail_parser::{Address, ContentType, DateTime, Header, HeaderName, HeaderValue, MessageParser};

use crate::{document::encoding, text};

/// Fields of a letter's head that are shown, in this order.
const SHOWN: [(HeaderName<'static>, &str); 7] = [
    (HeaderName::From, "From"),
    (HeaderName::To, "To"),
    (HeaderName::Cc, "Cc"),
    (HeaderName::Bcc, "Bcc"),
    (HeaderName::ReplyTo, "Reply-To"),
    (HeaderName::Date, "Date"),
    (HeaderName::Subject, "Subject"),
];
/// Bytes of a head that are read.
const HEAD_AT_MOST: usize = 1024 * 1024;
/// How long a field may be shown.
const FIELD_AT_MOST: usize = 8 * 1024;

#[derive(Clone, Debug, Default)]
pub struct Head {
    /// "text/plain", in lower case; empty where it does not say.
    pub media_type: String,
    pub charset: String,
    pub boundary: Option<String>,
    /// Its lines go on where they end with a blank (RFC 3676).
    pub is_flowed: bool,
    /// And the blank is none of the text.
    pub deletes_blank: bool,
    /// How the body travels, in lower case.
    pub encoding: String,
    pub is_attachment: bool,
    pub name: Option<String>,
    /// Label and value of what is shown of a letter.
    pub fields: Vec<(&'static str, String)>,
    /// What the receiving server found out about the sender, as the mail has it.
    pub authentication: Option<String>,
}

impl Head {
    pub fn read(block: &[u8]) -> Head {
        let block = encoding::beginning(block, HEAD_AT_MOST);
        // A letter outside ASCII has no place here, but is met.
        let block = words_in_ascii(block);
        let (_, decoded) = encoding::decode(&block);
        let source = format!("{}\n\n", decoded.trim_end());
        let parser = MessageParser::default();
        let Some(message) = parser.parse_headers(source.as_bytes()) else { return Head::default() };
        let headers = message.headers();
        let mut head = Head::default();
        for header in headers {
            match (&header.name, &header.value) {
                (HeaderName::ContentType, HeaderValue::ContentType(kind)) if head.media_type.is_empty() => {
                    head.take_kind(kind, &exact(header, &source));
                }
                (HeaderName::ContentDisposition, HeaderValue::ContentType(disposition)) => {
                    head.is_attachment = disposition.ctype().eq_ignore_ascii_case("attachment");
                    head.name = named(disposition, "filename").or(head.name.take());
                }
                (HeaderName::ContentTransferEncoding, HeaderValue::Text(encoding)) => {
                    let word = encoding.split(|c: char| c.is_whitespace() || c == ';' || c == '(').next();
                    head.encoding = word.unwrap_or_default().to_ascii_lowercase();
                }
                (HeaderName::AuthenticationResults, _) if head.authentication.is_none() => {
                    head.authentication = Some(exact(header, &source));
                }
                _ => {}
            }
        }
        for (name, label) in &SHOWN {
            let values = headers.iter().filter(|header| header.name == *name);
            let values = values.map(|header| shown(header, &source)).filter(|value| !value.is_empty());
            head.fields.extend(values.map(|value| (*label, value)));
        }
        head
    }

    fn take_kind(&mut self, kind: &ContentType<'_>, exact: &str) {
        let value = |name: &str| kind.attribute(name).map(str::trim).unwrap_or_default();
        self.media_type = match kind.subtype() {
            Some(sub) => format!("{}/{sub}", kind.ctype()).to_ascii_lowercase(),
            None => kind.ctype().to_ascii_lowercase(),
        };
        value("charset").clone_into(&mut self.charset);
        self.boundary =
            kind.attribute("boundary").or_else(|| boundary(exact)).map(|found| found.trim_end().to_owned());
        self.is_flowed = value("format").eq_ignore_ascii_case("flowed");
        self.deletes_blank = value("delsp").eq_ignore_ascii_case("yes");
        self.name = self.name.take().or_else(|| named(kind, "name"));
    }

    pub fn is(&self, family: &str) -> bool {
        self.media_type.split('/').next() == Some(family)
    }

    /// A field of a letter, if it has it.
    pub fn field(&self, label: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| *name == label).map(|(_, value)| value.as_str())
    }
}

/// What follows "boundary=", as it is met with blanks behind the sign.
fn boundary(field: &str) -> Option<&str> {
    let at = field.to_ascii_lowercase().find("boundary=")?;
    let value = field.get(at + "boundary=".len()..)?.trim_start();
    match value.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => value.split([';', ' ']).next(),
    }
}

/// Encoded words ("=?iso-8859-1?Q?M…?=") whose letters were left as they are, with those encoded too: only the word
/// itself says what they are.
fn words_in_ascii(block: &[u8]) -> Cow<'_, [u8]> {
    if block.is_ascii() {
        return Cow::Borrowed(block);
    }
    let (mut made, mut is_word) = (Vec::with_capacity(block.len()), false);
    for (at, byte) in block.iter().enumerate() {
        match block.get(at..at + 2) {
            Some(b"=?") => is_word = true,
            Some(b"?=") if block.get(at + 2).is_none_or(u8::is_ascii_whitespace) => is_word = false,
            _ => {}
        }
        is_word &= !byte.is_ascii_whitespace();
        if is_word && !byte.is_ascii() {
            made.extend(format!("={byte:02X}").bytes());
        } else {
            made.push(*byte);
        }
    }
    Cow::Owned(made)
}

/// The name of a file, whose words may be encoded as those of a subject, though no rule allows it.
fn named(kind: &ContentType<'_>, attribute: &str) -> Option<String> {
    let name = kind.attribute(attribute)?.trim();
    let name = if name.contains("=?") { decoded_words(name) } else { name.to_owned() };
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    (!name.is_empty()).then_some(name)
}

fn decoded_words(text: &str) -> String {
    let source = format!("Subject: {text}\n\n");
    let message = MessageParser::default().parse_headers(source.as_bytes());
    message.and_then(|message| message.subject().map(str::to_owned)).unwrap_or_else(|| text.to_owned())
}

fn shown(header: &Header<'_>, source: &str) -> String {
    let value = match &header.value {
        HeaderValue::Address(address) => people(address),
        HeaderValue::DateTime(date) if date.is_valid() && date.year > 0 => moment(date),
        HeaderValue::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => String::new(),
    };
    if value.is_empty() { decoded_words(&exact(header, source)) } else { bounded(value) }
}

/// As it stands in the mail, on one line.
fn exact(header: &Header<'_>, source: &str) -> String {
    let place = header.offset_start as usize..header.offset_end as usize;
    let exact = source.get(place).map_or(Cow::Borrowed(""), Cow::Borrowed);
    bounded(exact.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn bounded(value: String) -> String {
    if value.len() > FIELD_AT_MOST { text::beginning(&value, FIELD_AT_MOST) } else { value }
}

fn people(address: &Address<'_>) -> String {
    let people = address.iter().map(|person| match (person.name(), person.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (None, Some(one)) | (Some(one), None) => one.to_owned(),
        (None, None) => String::new(),
    });
    people.filter(|person| !person.is_empty()).collect::<Vec<_>>().join(", ")
}

/// With the zone that the sender was in.
fn moment(date: &DateTime) -> String {
    let DateTime { year, month, day, hour, minute, second, tz_hour, tz_minute, .. } = *date;
    let sign = if date.tz_before_gmt { '-' } else { '+' };
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} {sign}{tz_hour:02}:{tz_minute:02}")
}
