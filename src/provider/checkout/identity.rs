//! What the ids look like: a known beginning and 26 small letters or digits.

pub const DISPUTE: &str = "idsp_";
pub const TRANSACTION: &str = "trx_";
pub const MESSAGE: &str = "msg_";

pub fn is_id(text: &str, beginning: &str) -> bool {
    let rest = text.strip_prefix(beginning).unwrap_or_default();
    rest.len() == 26 && rest.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
}
