//! Opens card numbers that were sealed for the sandbox. The private key lies open in the source on purpose: it protects
//! published test numbers.

use aws_lc_rs::rsa::{
    OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey,
};
use base64::{Engine, engine::general_purpose::STANDARD};

pub const PUBLIC: &str = include_str!("../../assets/sandbox/nets-card-key.pub.pem");
const PRIVATE: &str = include_str!("../../assets/sandbox/nets-card-key.pem");

/// The digits in a base64 cipher text of either padding (PKCS #1 v1.5 or OAEP with SHA-256), if it holds any.
pub fn open(sealed: &str) -> Option<String> {
    let sealed = STANDARD.decode(sealed).ok()?;
    pkcs1(&sealed).or_else(|| oaep(&sealed)).filter(|digits| is_card(digits))
}

fn pkcs1(sealed: &[u8]) -> Option<String> {
    let key = Pkcs1PrivateDecryptingKey::new(private()?).ok()?;
    let mut plain = vec![0; key.min_output_size()];
    text(key.decrypt(sealed, &mut plain).ok()?).filter(|digits| is_card(digits))
}

fn oaep(sealed: &[u8]) -> Option<String> {
    let key = OaepPrivateDecryptingKey::new(private()?).ok()?;
    let mut plain = vec![0; key.min_output_size()];
    text(key.decrypt(&OAEP_SHA256_MGF1SHA256, sealed, &mut plain, None).ok()?)
}

fn private() -> Option<PrivateDecryptingKey> {
    let inner: String = PRIVATE.lines().filter(|line| !line.starts_with("-----")).collect();
    PrivateDecryptingKey::from_pkcs8(&STANDARD.decode(inner).ok()?).ok()
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

fn is_card(digits: &str) -> bool {
    (12..=19).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}
