//! The header of a Wrap token of RFC 4121 §4.2.6.2.

use super::TokenFlags;
use crate::der::{DecodeError, DecodeErrorKind};

const NAME: &str = "Wrap token";

/// The 16 octets before the data of a Wrap token.
///
/// ```text
/// 0..1   TOK_ID  05 04
/// 2      Flags
/// 3      Filler  ff
/// 4..5   EC      big-endian: octets of filler, or of the checksum
/// 6..7   RRC     big-endian: octets by which the data is rotated to the right
/// 8..15  SND_SEQ big-endian
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrapHeader {
    /// As sent, unknown ones too: what protects the token covers them.
    pub flags: TokenFlags,
    /// The extra count.
    pub extra_count: u16,
    /// The right rotation count.
    pub right_rotation_count: u16,
    /// The sequence number.
    pub sequence: u64,
}

impl WrapHeader {
    /// How long it is.
    pub const LENGTH: usize = 16;

    /// Reads the header of `token`, and gives the data that follows it.
    ///
    /// # Errors
    /// [`DecodeError`] for a header that is short, or has another identifier or filler.
    pub fn split(token: &mut [u8]) -> Result<(Self, &mut [u8]), DecodeError> {
        let found = token.len();
        let Some((header, data)) = token.split_first_chunk_mut::<{ Self::LENGTH }>() else {
            let kind = DecodeErrorKind::Truncated {
                needed: Self::LENGTH,
                found,
            };
            return Err(error(kind, "header", 0));
        };
        let [id0, id1, flags, filler, ec0, ec1, rrc0, rrc1, sequence @ ..] = *header;
        if [id0, id1] != [5, 4] {
            return Err(error(DecodeErrorKind::Value("must be 05 04"), "TOK_ID", 0));
        }
        if filler != 0xff {
            return Err(error(DecodeErrorKind::Value("must be ff"), "Filler", 3));
        }
        let header = Self {
            flags: TokenFlags(flags),
            extra_count: u16::from_be_bytes([ec0, ec1]),
            right_rotation_count: u16::from_be_bytes([rrc0, rrc1]),
            sequence: u64::from_be_bytes(sequence),
        };
        Ok((header, data))
    }

    /// The octets.
    #[must_use]
    pub const fn octets(&self) -> [u8; Self::LENGTH] {
        let [ec0, ec1] = self.extra_count.to_be_bytes();
        let [rrc0, rrc1] = self.right_rotation_count.to_be_bytes();
        let [s0, s1, s2, s3, s4, s5, s6, s7] = self.sequence.to_be_bytes();
        [
            5,
            4,
            self.flags.0,
            0xff,
            ec0,
            ec1,
            rrc0,
            rrc1,
            s0,
            s1,
            s2,
            s3,
            s4,
            s5,
            s6,
            s7,
        ]
    }

    /// The same header before the data was rotated: what is sealed with a message.
    #[must_use]
    pub const fn unrotated(self) -> Self {
        Self {
            right_rotation_count: 0,
            ..self
        }
    }
}

fn error(kind: DecodeErrorKind, field: &'static str, offset: usize) -> DecodeError {
    DecodeError::new(kind, offset)
        .in_field(field)
        .in_structure(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4121 §4.2.4: the copy that is sealed has RRC 0.
    #[test]
    fn only_the_rotation_is_undone() {
        let header = WrapHeader {
            flags: TokenFlags::SEALED,
            extra_count: 3,
            right_rotation_count: 28,
            sequence: 7,
        };
        let expected = [5, 4, 2, 0xff, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
        assert_eq!(header.unrotated().octets(), expected);
        assert_eq!(header.octets()[6..8], [0, 28]);
    }
}
