//! One buffer of a PAC: the first octet is its type.

use crate::pac;
use portcullis_formats::pac::{PacBufferType, RawPac};

/// Reads the buffer, writes what was read and reads that again.
pub fn run(input: &[u8]) {
    if let Some((buffer_type, octets)) = input.split_first() {
        pac::decode(PacBufferType(u32::from(*buffer_type)), octets);
    }
}

/// The buffers of a PAC.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn seeds(octets: &[u8]) -> Vec<(String, Vec<u8>)> {
    let pac = RawPac::decode(octets).expect("a PAC");
    let seed = |buffer: portcullis_formats::pac::PacBuffer<'_>| {
        let number = u8::try_from(buffer.buffer_type.0).expect("a small number");
        (number.to_string(), [&[number], buffer.octets].concat())
    };
    pac.buffers().map(seed).collect()
}
