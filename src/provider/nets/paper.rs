//! A document answer: raw bytes, or JSON with the bytes in base64. The bytes are kept exactly; what they claim to be
//! is kept as claimed and believed by nobody.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::value::RawValue;

use super::names::{Names, Pick};
use crate::{
    case::{Paper, Settings},
    http::Response,
    provider::{
        json::{self, Kind, kind},
        page, value,
    },
    text::Raw,
};

const HOW: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, HOW);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, HOW);

/// `id` names the document where the answer does not.
pub fn read(id: &Raw, answer: &Response, settings: &Settings) -> Result<Paper, String> {
    let claimed = answer.header("content-type").unwrap_or_default();
    let media = claimed.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let name = answer.header("content-disposition").and_then(file_name);
    if answer.body.is_empty() && answer.status == 204 {
        return Err("no content".into());
    }
    let json = media == "application/json" || media.ends_with("+json");
    if json && let Some(paper) = wrapped(id, &answer.body, settings)? {
        return Ok(paper);
    }
    if media == "text/html" && name.is_none() {
        return Err(page::page(&String::from_utf8_lossy(&answer.body)));
    }
    let name = name.map_or_else(|| id.clone(), Raw::from);
    Ok(Paper { name, claimed: claimed.into(), bytes: answer.body.clone() })
}

/// A document inside JSON. `None` where the JSON has no content member: then it is itself the document.
fn wrapped(id: &Raw, body: &[u8], settings: &Settings) -> Result<Option<Paper>, String> {
    let Ok(text) = std::str::from_utf8(body) else { return Ok(None) };
    if json::depth(text) > json::DEPTH {
        return Ok(None);
    }
    let Ok(top) = serde_json::from_str::<&RawValue>(text) else { return Ok(None) };
    let names = Names::new(settings, &["document.content", "document.name", "document.type", "document.id"]);
    let inner = inside(top, &names);
    let seen = names.seen(json::members(inner));
    let content = match seen.pick(0) {
        Pick::Is(member, piece) => match kind(piece) {
            Kind::Text(content) => base64(&content).ok_or_else(|| format!("{member} is not base64"))?,
            _ => return Ok(None),
        },
        Pick::Torn(member) => return Err(format!("{member} stands there twice")),
        Pick::Absent => return Ok(None),
    };
    let text = |row| match seen.pick(row) {
        Pick::Is(_, piece) => match kind(piece) {
            Kind::Text(text) => text.into_owned(),
            Kind::Number(digits) => digits.to_owned(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    let (name, own) = (text(1), text(3));
    if !own.is_empty() && own != id.exact() {
        return Err(format!("asked for document {}, got {}", id.exact(), value::start(&own)));
    }
    let name = if name.is_empty() { id.clone() } else { name.into() };
    Ok(Some(Paper { name, claimed: text(2).into(), bytes: content }))
}

/// The object with the content: the answer itself, or the one object in it (`{"document": {…}}`), or the one element
/// of a list.
fn inside<'a>(top: &'a RawValue, names: &Names) -> &'a RawValue {
    let has = |piece: &RawValue| !matches!(names.seen(json::members(piece)).pick(0), Pick::Absent);
    if has(top) {
        return top;
    }
    let inner: Vec<_> = match kind(top) {
        Kind::Array => json::elements(top),
        _ => json::members(top).into_iter().map(|(_, piece)| piece).collect(),
    };
    let mut fitting = inner.into_iter().filter(|piece| kind(piece) == Kind::Object && has(piece));
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => only,
        _ => top,
    }
}

/// Standard or URL-safe, with or without padding, line breaks and a `data:` prefix allowed.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = match text.trim().strip_prefix("data:") {
        Some(rest) => rest.split_once(";base64,")?.1,
        None => text,
    };
    let kept: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let engine = if kept.iter().any(|byte| matches!(byte, b'-' | b'_')) { &URL_SAFE } else { &STANDARD };
    engine.decode(kept).ok()
}

/// The file name of a Content-Disposition (RFC 6266): `filename*` before `filename`, quoted or not. Never a path to
/// write to: it is shown, and that is all.
fn file_name(header: &str) -> Option<String> {
    let parameters = parameters(header);
    let named = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let extended = named("filename*").and_then(|value| {
        let (charset, rest) = value.split_once('\'')?;
        let (_, encoded) = rest.split_once('\'')?;
        charset.eq_ignore_ascii_case("utf-8").then(|| percent_decoded(encoded)).flatten()
    });
    extended.or_else(|| named("filename").map(str::to_owned)).filter(|name| !name.trim().is_empty())
}

/// The parameters after the first ";", names in lower case, quotes and backslashes resolved.
fn parameters(header: &str) -> Vec<(String, String)> {
    let (mut parts, mut part, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for letter in header.chars() {
        match letter {
            letter if escaped => {
                part.push(letter);
                escaped = false;
            }
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => parts.push(std::mem::take(&mut part)),
            letter => part.push(letter),
        }
    }
    parts.push(part);
    let pair = |part: &String| {
        let (name, value) = part.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    parts.iter().skip(1).filter_map(pair).collect()
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        bytes.push((digit()? * 16 + digit()?) as u8);
    }
    String::from_utf8(bytes).ok()
}
