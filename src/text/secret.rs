//! A value that must not be seen: no `Debug` of its contents, no `Display`, no serialisation, wiped when dropped.

use std::fmt;

use zeroize::Zeroizing;

/// ```compile_fail
/// let secret = casedesk::text::Secret::new("key");
/// println!("{secret}");
/// ```
/// ```compile_fail
/// let secret = casedesk::text::Secret::new("key");
/// serde_json::to_string(&secret);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(text.into()))
    }

    /// The value itself, for the header or the cipher it is meant for.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}
