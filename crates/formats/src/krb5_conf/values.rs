//! Values that are more than text: durations and lists of encryption types.

use super::relations::Value;
use super::{Krb5ConfError, Krb5ConfErrorKind};
use crate::registry::EtypeNumber;
use alloc::vec::Vec;
use core::time::Duration;

/// What MIT krb5 1.20 has where nothing is said; `DEFAULT` in a list stands for it.
const DEFAULT: &[EtypeNumber] = &[
    EtypeNumber::AES256_SHA1,
    EtypeNumber::AES128_SHA1,
    EtypeNumber::AES256_SHA2,
    EtypeNumber::AES128_SHA2,
    EtypeNumber::DES3_CBC_SHA1,
    EtypeNumber::RC4_HMAC,
    EtypeNumber::CAMELLIA128,
    EtypeNumber::CAMELLIA256,
];

/// The names that MIT krb5 and Heimdal know, in lower case; a family is several.
const NAMES: &[(&str, &[EtypeNumber])] = &[
    ("default", DEFAULT),
    (
        "aes",
        &[
            EtypeNumber::AES256_SHA1,
            EtypeNumber::AES128_SHA1,
            EtypeNumber::AES256_SHA2,
            EtypeNumber::AES128_SHA2,
        ],
    ),
    ("des3", &[EtypeNumber::DES3_CBC_SHA1]),
    ("rc4", &[EtypeNumber::RC4_HMAC]),
    (
        "camellia",
        &[EtypeNumber::CAMELLIA256, EtypeNumber::CAMELLIA128],
    ),
    ("des3-cbc-sha1", &[EtypeNumber::DES3_CBC_SHA1]),
    ("des3-hmac-sha1", &[EtypeNumber::DES3_CBC_SHA1]),
    ("des3-cbc-sha1-kd", &[EtypeNumber::DES3_CBC_SHA1]),
    ("aes128-cts-hmac-sha1-96", &[EtypeNumber::AES128_SHA1]),
    ("aes128-cts", &[EtypeNumber::AES128_SHA1]),
    ("aes128-sha1", &[EtypeNumber::AES128_SHA1]),
    ("aes256-cts-hmac-sha1-96", &[EtypeNumber::AES256_SHA1]),
    ("aes256-cts", &[EtypeNumber::AES256_SHA1]),
    ("aes256-sha1", &[EtypeNumber::AES256_SHA1]),
    ("aes128-cts-hmac-sha256-128", &[EtypeNumber::AES128_SHA2]),
    ("aes128-sha2", &[EtypeNumber::AES128_SHA2]),
    ("aes256-cts-hmac-sha384-192", &[EtypeNumber::AES256_SHA2]),
    ("aes256-sha2", &[EtypeNumber::AES256_SHA2]),
    ("arcfour-hmac", &[EtypeNumber::RC4_HMAC]),
    ("arcfour-hmac-md5", &[EtypeNumber::RC4_HMAC]),
    ("rc4-hmac", &[EtypeNumber::RC4_HMAC]),
    ("camellia128-cts-cmac", &[EtypeNumber::CAMELLIA128]),
    ("camellia128-cts", &[EtypeNumber::CAMELLIA128]),
    ("camellia256-cts-cmac", &[EtypeNumber::CAMELLIA256]),
    ("camellia256-cts", &[EtypeNumber::CAMELLIA256]),
];

/// A list of names with white space or commas between them; `-name` takes away what came before.
pub(super) fn enctypes(value: &Value) -> Result<Vec<EtypeNumber>, Krb5ConfError> {
    let mut etypes: Vec<EtypeNumber> = Vec::new();
    let separator = |next: char| next == ',' || next.is_ascii_whitespace();
    for word in value.text.split(separator).filter(|word| !word.is_empty()) {
        let (name, taken_away) = match (word.strip_prefix('-'), word.strip_prefix('+')) {
            (Some(name), _) => (name, true),
            (None, name) => (name.unwrap_or(word), false),
        };
        for etype in named(name) {
            match (taken_away, etypes.contains(etype)) {
                (true, _) => etypes.retain(|other| other != etype),
                (false, false) => etypes.push(*etype),
                (false, true) => {}
            }
        }
    }
    match etypes.is_empty() {
        true => Err(wrong(value, Krb5ConfErrorKind::NoEnctype)),
        false => Ok(etypes),
    }
}

fn named(name: &str) -> &'static [EtypeNumber] {
    let known = NAMES
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name));
    known.map_or(&[], |(_, etypes)| *etypes)
}

/// `300`, `5m`, `1h30m`, `1d 2h`, `0:05`, `0:05:00`, as the time format of MIT krb5.
pub(super) fn duration(value: &Value) -> Result<Duration, Krb5ConfError> {
    let seconds = match value.text.contains(':') {
        true => clock(&value.text),
        false => units(&value.text),
    };
    let wrong = || wrong(value, Krb5ConfErrorKind::Duration);
    seconds.map(Duration::from_secs).ok_or_else(wrong)
}

/// Hours and minutes, and perhaps seconds.
fn clock(text: &str) -> Option<u64> {
    let mut parts = text.split(':').map(number);
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() || minutes >= 60 || seconds >= 60 {
        return None;
    }
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    minutes.checked_mul(60)?.checked_add(seconds)
}

/// Numbers with their units, the larger first, or one number of seconds.
fn units(text: &str) -> Option<u64> {
    if let Some(seconds) = number(text) {
        return Some(seconds);
    }
    let mut units = [('d', 86_400_u64), ('h', 3_600), ('m', 60), ('s', 1)].into_iter();
    let mut total = 0_u64;
    let mut rest = text.trim_ascii();
    while !rest.is_empty() {
        let end = rest.find(|next: char| !next.is_ascii_digit())?;
        let (count, after) = rest.split_at_checked(end)?;
        let mut after = after.trim_ascii_start().chars();
        let unit = after.next()?;
        let (_, seconds) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(number(count)?.checked_mul(seconds)?)?;
        rest = after.as_str().trim_ascii_start();
    }
    Some(total)
}

fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn wrong(value: &Value, kind: Krb5ConfErrorKind) -> Krb5ConfError {
    Krb5ConfError {
        place: value.place.clone(),
        kind,
    }
}
