//! The key of one installation and what is done with it. Nothing here can be printed.
//!
//! A sealed value is `01 | 24 random bytes | AES-256-GCM ciphertext | 16 bytes tag`. AES-256-GCM, because it is the
//! fastest authenticated cipher wherever the processor has AES instructions. Its 96-bit nonce alone would limit one
//! key to 2^32 messages with random nonces (NIST SP 800-38D, section 8.3); here every message gets a key of its own,
//! HMAC-SHA256(sealing key, 24 random bytes), so that the number of messages is no practical limit (2^80 of them
//! before two share their 24 bytes with a chance of 2^-32). The nonce of such a one-time key is the last 12 of the
//! random bytes.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use aws_lc_rs::{hkdf, hmac};
use zeroize::Zeroizing;

const FORM: u8 = 1;
const RANDOM: usize = 24;
const TAG: usize = 16;

/// The secret of one installation: 32 random bytes, from which every key for a purpose of its own is derived
/// (HKDF-SHA256, RFC 5869). It has no `Debug`:
///
/// ```compile_fail
/// let key = casedesk::seal::InstallKey::generate().unwrap();
/// println!("{key:?}");
/// ```
pub struct InstallKey {
    bytes: Zeroizing<[u8; 32]>,
    sealing: hmac::Key,
    hashing: hmac::Key,
    chaining: hmac::Key,
    random: SystemRandom,
}

/// The operating system gave no random bytes, or the cipher refused; nothing was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealProblem;

/// The bytes were not sealed with this key about this subject, or were changed since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotOpened;

impl InstallKey {
    pub fn generate() -> Result<InstallKey, SealProblem> {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).map_err(|_| SealProblem)?;
        InstallKey::from_bytes(bytes)
    }

    pub fn from_bytes(bytes: [u8; 32]) -> Result<InstallKey, SealProblem> {
        let bytes = Zeroizing::new(bytes);
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"casedesk install key 1").extract(&bytes[..]);
        let derive = |purpose: &[u8]| -> Result<hmac::Key, SealProblem> {
            let mut derived = Zeroizing::new([0; 32]);
            root.expand(&[purpose], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(&mut derived[..]))
                .map_err(|_| SealProblem)?;
            Ok(hmac::Key::new(hmac::HMAC_SHA256, &derived[..]))
        };
        Ok(InstallKey {
            sealing: derive(b"sealing")?,
            hashing: derive(b"hashing")?,
            chaining: derive(b"chaining")?,
            random: SystemRandom::new(),
            bytes,
        })
    }

    /// The 32 bytes themselves, for the key file and nothing else.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Seals `plain` so that it opens only with the same `subject` (see [`about`]). 41 bytes longer than `plain`.
    pub fn seal(&self, subject: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealProblem> {
        let mut random = [0; RANDOM];
        self.random.fill(&mut random).map_err(|_| SealProblem)?;
        let (key, nonce) = self.one_time(&random).ok_or(SealProblem)?;
        let mut sealed = Vec::with_capacity(1 + RANDOM + plain.len() + TAG);
        sealed.push(FORM);
        sealed.extend_from_slice(&random);
        sealed.extend_from_slice(plain);
        let body = sealed.get_mut(1 + RANDOM..).ok_or(SealProblem)?;
        let tag = key.seal_in_place_separate_tag(nonce, Aad::from(subject), body).map_err(|_| SealProblem)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// The plain bytes, if they were sealed with this key about this subject.
    pub fn open(&self, subject: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotOpened> {
        let (form, rest) = sealed.split_first().ok_or(NotOpened)?;
        let (random, body) = rest.split_first_chunk::<RANDOM>().ok_or(NotOpened)?;
        if *form != FORM {
            return Err(NotOpened);
        }
        let (key, nonce) = self.one_time(random).ok_or(NotOpened)?;
        let mut body = body.to_vec();
        let length = key.open_in_place(nonce, Aad::from(subject), &mut body).map_err(|_| NotOpened)?.len();
        body.truncate(length);
        Ok(body)
    }

    /// A hash that only this installation can compute (HMAC-SHA256). A plain hash of a card number can be reversed
    /// by trying all of them; this one cannot. `purpose` keeps hashes for different uses apart.
    pub fn keyed_hash(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        sign(&self.hashing, &[purpose.as_bytes(), &[0], data])
    }

    /// The next link of a chain of records: HMAC-SHA256 over the link before it and the record.
    pub fn chain(&self, previous: &[u8; 32], record: &[u8]) -> [u8; 32] {
        sign(&self.chaining, &[previous, record])
    }

    fn one_time(&self, random: &[u8; RANDOM]) -> Option<(LessSafeKey, Nonce)> {
        let key = Zeroizing::new(sign(&self.sealing, &[random]));
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key[..]).ok()?);
        let (_, nonce) = random.split_last_chunk::<12>()?;
        Some((key, Nonce::assume_unique_for_key(*nonce)))
    }
}

/// What a sealed value is about, as unambiguous bytes: each part with its length before it.
pub fn about(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    bytes
}

fn sign(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    // The tag of HMAC-SHA256 has 32 bytes; `zip` instead of a copy that could panic.
    hash.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> InstallKey {
        InstallKey::from_bytes([7; 32]).unwrap()
    }

    #[test]
    fn a_sealed_case_opens_with_its_key_and_subject_only() {
        let subject = about(&["case", "nets-live", "4711"]);
        let sealed = key().seal(&subject, b"4111 1111 1111 1111").unwrap();
        assert_eq!(sealed.len(), 19 + 41);
        assert_eq!(key().open(&subject, &sealed).unwrap(), b"4111 1111 1111 1111");
        assert_eq!(key().open(&about(&["case", "nets-live", "4712"]), &sealed), Err(NotOpened));
        assert_eq!(InstallKey::from_bytes([8; 32]).unwrap().open(&subject, &sealed), Err(NotOpened));
    }

    #[test]
    fn any_changed_byte_of_a_sealed_case_is_noticed() {
        let sealed = key().seal(b"", b"dispute").unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key().open(b"", &changed), Err(NotOpened), "byte {at}");
            assert_eq!(key().open(b"", &sealed[..at]), Err(NotOpened), "cut at {at}");
        }
    }

    #[test]
    fn sealing_the_same_twice_shows_nothing_of_it() {
        let (one, two) = (key().seal(b"", b"dispute").unwrap(), key().seal(b"", b"dispute").unwrap());
        assert_ne!(one, two);
        assert!(!one.windows(7).any(|part| part == b"dispute"));
    }

    #[test]
    fn hashes_of_different_purposes_and_chains_stay_apart() {
        let key = key();
        assert_ne!(key.keyed_hash("case", b"1"), key.keyed_hash("content", b"1"));
        assert_ne!(key.keyed_hash("ab", b"c"), key.keyed_hash("a", b"bc"));
        assert_ne!(key.chain(&[0; 32], b"1"), key.chain(&[1; 32], b"1"));
        assert_ne!(about(&["a", "bc"]), about(&["ab", "c"]));
    }
}
