//! Claims that come compressed: the octets of the input are inflated.
//!
//! The first two octets are how many there are to be, the rest is compressed.

use crate::pac;

/// Wraps the input as Windows wraps compressed claims, and reads it.
pub fn run(input: &[u8]) {
    let Some((size, compressed)) = input.split_first_chunk() else {
        return;
    };
    pac::claims(compressed);
    pac::claims(&compressed_claims(
        u16::from_le_bytes(*size).into(),
        compressed,
    ));
}

/// A CLAIMS_SET_METADATA with its headers.
#[must_use]
pub fn compressed_claims(size: u32, compressed: &[u8]) -> Vec<u8> {
    let length = u32::try_from(compressed.len()).expect("short");
    let padded = compressed.len().next_multiple_of(8);
    let object = 36 + u32::try_from(padded).expect("short") + 4;
    let words = [
        0x0008_1001,
        0xcccc_cccc,
        object,
        0,
        0x0002_0000,
        length,
        0x0002_0004,
        4, // XPRESS-Huffman
        size,
        0,
        0,
        0,
        length,
    ];
    let mut octets: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    octets.extend_from_slice(compressed);
    octets.resize(16 + usize::try_from(object).expect("short"), 0);
    octets
}
