//! Lengths of DER elements, read, and written also as they must not be.

/// The length that `octets` begin with, at most of three octets and in any form but the indefinite, and what follows it.
#[must_use]
pub fn parse(octets: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = octets.split_first()?;
    if first & 0x80 == 0 {
        return Some((usize::from(*first), rest));
    }
    let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    if !(1..=3).contains(&length.len()) {
        return None;
    }
    let length = length
        .iter()
        .fold(0, |sum, octet| sum << 8 | usize::from(*octet));
    Some((length, rest))
}

/// Appends a length in so many octets more than it needs.
pub fn encode(length: usize, padding: usize, output: &mut Vec<u8>) {
    if length < 0x80 && padding == 0 {
        output.extend(u8::try_from(length));
        return;
    }
    let octets = length.to_be_bytes();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let count = (octets.len() - zeros + padding).clamp(1, octets.len());
    output.extend(u8::try_from(0x80 | count));
    output.extend(&octets[octets.len() - count..]);
}
