//! Card numbers, sealed with a provider's RSA key so that only the provider can read them. It never keeps a card
//! number, and no refusal repeats one.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    error::KeyRejected,
    rsa::{
        OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, Pkcs1PublicEncryptingKey, PublicEncryptingKey,
        PublicKey,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::text::{Secret, check_digit};

/// A provider's public key for card numbers.
#[derive(Debug)]
pub struct CardKey(PublicEncryptingKey);

/// How a number is padded before it is encrypted. The two ends must agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Padding {
    /// RSAES-PKCS1-v1_5 (RFC 8017, 7.2).
    #[default]
    Pkcs1v15,
    /// RSAES-OAEP (RFC 8017, 7.1) with SHA-256, also for the mask, and no label.
    OaepSha256,
}

/// The shortest key that is accepted, in bits.
pub const SHORTEST: usize = 2048;

impl CardKey {
    /// Reads a PEM file with one `PUBLIC KEY` (SubjectPublicKeyInfo) or `RSA PUBLIC KEY` (RFC 8017). Refusals are
    /// words for the person who configured it.
    pub fn from_pem(pem: &[u8]) -> Result<CardKey, String> {
        let der = der(pem)?;
        let key = PublicKey::from_der(&der).map_err(refusal)?;
        let der: PublicKeyX509Der<'_> = key.as_der().map_err(|_| UNSOUND)?;
        let key = PublicEncryptingKey::from_der(der.as_ref()).map_err(refusal)?;
        match key.key_size_bits() {
            bits if bits < SHORTEST => Err(format!("the key has {bits} bits, at least {SHORTEST} are needed")),
            _ => Ok(CardKey(key)),
        }
    }

    /// The number's digits, encrypted, as base64. Each call gives another text: the padding is random.
    pub fn seal(&self, digits: &Secret, padding: Padding) -> Result<String, String> {
        check(digits.reveal())?;
        let mut sealed = vec![0; self.0.key_size_bytes()];
        let (key, digits) = (self.0.clone(), digits.reveal().as_bytes());
        let done = match padding {
            Padding::Pkcs1v15 => Pkcs1PublicEncryptingKey::new(key)
                .and_then(|key| key.encrypt(digits, &mut sealed).map(|sealed| sealed.len())),
            Padding::OaepSha256 => OaepPublicEncryptingKey::new(key).and_then(|key| {
                key.encrypt(&OAEP_SHA256_MGF1SHA256, digits, &mut sealed, None).map(|sealed| sealed.len())
            }),
        };
        let length = done.map_err(|_| "the card number could not be encrypted")?;
        Ok(STANDARD.encode(&sealed[..length]))
    }
}

const UNSOUND: &str = "not an RSA public key, or not a sound one";

/// The library refuses short keys itself, in a word of its own.
fn refusal(why: KeyRejected) -> String {
    match why.to_string().as_str() {
        "TooSmall" => format!("the key is too short, at least {SHORTEST} bits are needed"),
        _ => UNSOUND.to_owned(),
    }
}

/// Whether this is a card number: 12 to 19 digits, nothing else, and a right check digit (ISO/IEC 7812-1).
pub fn check(digits: &str) -> Result<(), String> {
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a card number is digits only, without blanks or dashes".into());
    }
    if !(12..=19).contains(&digits.len()) {
        return Err(format!("a card number has 12 to 19 digits, not {}", digits.len()));
    }
    if !check_digit(digits.bytes().rev().map(|byte| byte - b'0')) {
        return Err("the check digit is wrong: one of the digits is mistyped".into());
    }
    Ok(())
}

fn der(pem: &[u8]) -> Result<Vec<u8>, String> {
    let text = std::str::from_utf8(pem).map_err(|_| "not a PEM file: it is not text")?;
    let (_, rest) = text.split_once("-----BEGIN ").ok_or("not a PEM file: there is no BEGIN line")?;
    let (label, rest) = rest.split_once("-----").ok_or("not a PEM file: the BEGIN line does not end")?;
    if label.contains("PRIVATE") {
        return Err("this is a private key; the provider's public key is needed".into());
    }
    if label == "CERTIFICATE" {
        return Err("this is a certificate; take its key out: openssl x509 -in FILE -noout -pubkey".into());
    }
    if label != "PUBLIC KEY" && label != "RSA PUBLIC KEY" {
        return Err("the BEGIN line does not say PUBLIC KEY".into());
    }
    let (body, after) =
        rest.split_once(&format!("-----END {label}-----")).ok_or("not a PEM file: there is no END line")?;
    if after.contains("-----BEGIN") {
        return Err("there is more than one key in the file".into());
    }
    let body: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(body).map_err(|_| "not a PEM file: the key is not base64".into())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use aws_lc_rs::{
        rsa::{KeyPair, KeySize, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey},
        signature::KeyPair as _,
    };

    use super::*;

    static PRIVATE: LazyLock<PrivateDecryptingKey> =
        LazyLock::new(|| PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap());

    fn pem(label: &str, der: &[u8]) -> String {
        let text = STANDARD.encode(der);
        let lines: Vec<_> = text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
    }

    fn public_pem() -> String {
        pem("PUBLIC KEY", AsDer::<PublicKeyX509Der<'_>>::as_der(&PRIVATE.public_key()).unwrap().as_ref())
    }

    fn opened(sealed: &str, padding: Padding) -> String {
        let sealed = STANDARD.decode(sealed).unwrap();
        let mut plain = vec![0; PRIVATE.key_size_bytes()];
        let plain = match padding {
            Padding::Pkcs1v15 => {
                Pkcs1PrivateDecryptingKey::new(PRIVATE.clone()).unwrap().decrypt(&sealed, &mut plain).unwrap()
            }
            Padding::OaepSha256 => OaepPrivateDecryptingKey::new(PRIVATE.clone())
                .unwrap()
                .decrypt(&OAEP_SHA256_MGF1SHA256, &sealed, &mut plain, None)
                .unwrap(),
        };
        String::from_utf8(plain.to_vec()).unwrap()
    }

    #[test]
    fn what_is_sealed_is_what_the_provider_reads() {
        let key = CardKey::from_pem(public_pem().as_bytes()).unwrap();
        let number = Secret::new("4111111111111111");
        for padding in [Padding::Pkcs1v15, Padding::OaepSha256] {
            let (one, two) = (key.seal(&number, padding).unwrap(), key.seal(&number, padding).unwrap());
            assert_eq!(opened(&one, padding), "4111111111111111");
            assert_eq!(one.len(), 344, "256 bytes as base64");
            assert_ne!(one, two, "the padding is random");
        }
    }

    #[test]
    fn both_usual_forms_of_a_public_key_are_read() {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let short = pem("RSA PUBLIC KEY", pair.public_key().as_ref());
        assert!(CardKey::from_pem(short.as_bytes()).is_ok());
        let dressed = format!("key of the bank\r\n{}", public_pem().replace('\n', "\r\n"));
        assert!(CardKey::from_pem(dressed.as_bytes()).is_ok());
    }

    /// Made for this test; 1024 bits.
    const SMALL: &str = "-----BEGIN PUBLIC KEY-----\n\
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCXwRDnJOWhJJo05hoGoCJqbzj\n\
6Z3h3tWqcbjH5FwF4dWRbu9hiyoLdU473hMsG6XnQ+YVGtl19oAUQi/zGTOmIjfi\n\
GEJe+BYi5SYW9dZ1pZBS1EhUbzWuB9ZPhdY5n1g8v8O8SM33clhTBnFt+VIAOe62\n\
ZnjPe20cf8YJZ+QQWwIDAQAB\n\
-----END PUBLIC KEY-----";

    #[test]
    fn a_file_that_is_no_public_key_is_refused_with_the_reason() {
        let public = public_pem();
        for (file, why) in [
            (SMALL.to_owned(), "bits"),
            (String::new(), "no BEGIN"),
            (public.replace("PUBLIC", "PRIVATE"), "private key"),
            (public.replace("PUBLIC KEY", "CERTIFICATE"), "certificate"),
            (public.replace("PUBLIC KEY", "EC PARAMETERS"), "PUBLIC KEY"),
            (public.replace("END", "FIN"), "no END"),
            (public.replace("MII", "M!I"), "base64"),
            (public.repeat(2), "more than one"),
            (pem("PUBLIC KEY", b"nonsense"), "not an RSA public key"),
        ] {
            let refusal = CardKey::from_pem(file.as_bytes()).unwrap_err();
            assert!(refusal.contains(why), "{why}: {refusal}");
        }
        assert!(CardKey::from_pem(&[0xff, 0xfe, 0]).is_err());
    }

    #[test]
    fn only_whole_card_numbers_are_sealed_and_no_refusal_repeats_one() {
        let key = CardKey::from_pem(public_pem().as_bytes()).unwrap();
        for good in
            ["4111111111111111", "5555555555554444", "378282246310005", "6304000000000000", "4222222222222"]
        {
            assert!(key.seal(&Secret::new(good), Padding::default()).is_ok(), "{good}");
        }
        for (bad, why) in [
            ("4111111111111112", "check digit"),
            ("1411111111111111", "check digit"),
            ("4111 1111 1111 1111", "digits only"),
            ("411111******1111", "digits only"),
            ("４１１１１１１１１１１１１１１１", "digits only"),
            ("41111111115", "not 11"),
            ("41111111111111111111", "not 20"),
            ("", "not 0"),
        ] {
            let refusal = key.seal(&Secret::new(bad), Padding::default()).unwrap_err();
            assert!(refusal.contains(why) && (bad.is_empty() || !refusal.contains(bad)), "{bad}: {refusal}");
        }
    }
}
