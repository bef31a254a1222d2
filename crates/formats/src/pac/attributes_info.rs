//! PAC_ATTRIBUTES_INFO ([MS-PAC] §2.14): why there is a PAC.

use super::bits::bits;
use super::flat_reader::FlatReader;
use crate::der::Result;
use alloc::vec::Vec;

bits! {
    /// Why there is a PAC.
    PacAttributes;
    /// The client asked for it.
    REQUESTED = 0x1, "requested";
    /// The client said nothing about it.
    GIVEN_IMPLICITLY = 0x2, "given-implicitly";
}

/// PAC_ATTRIBUTES_INFO.
///
/// ```text
/// FlagsLength u32, in bits | Flags, as many u32 as they take
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributesInfo {
    /// The first 32 flags; no others are known.
    pub flags: PacAttributes,
}

impl AttributesInfo {
    /// Reads the buffer.
    ///
    /// # Errors
    /// [`DecodeError`](crate::der::DecodeError) when it is too short for what it says, or has no
    /// flags.
    pub fn decode(octets: &[u8]) -> Result<Self> {
        let mut input = FlatReader::new(octets, "PAC_ATTRIBUTES_INFO");
        let bits = input.uint32("FlagsLength")?;
        let words = usize::try_from(bits.div_ceil(32)).unwrap_or(usize::MAX);
        input.octets_at(input.offset(), words.saturating_mul(4), "Flags")?;
        if words == 0 {
            return Err(input.wrong("no flags", "FlagsLength"));
        }
        Ok(Self {
            flags: PacAttributes(input.uint32("Flags")?),
        })
    }

    /// Writes the buffer: two flags.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [2, self.flags.0].map(u32::to_le_bytes).concat()
    }
}
