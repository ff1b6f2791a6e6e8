//! A text as one segment of an address's path. It must never know which address.

/// A path segment with everything but letters, digits and `-._~` percent-encoded (RFC 3986, 2.3).
pub fn segment(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        })
        .collect()
}
