//! MIC tokens: what they look like. Whether one verifies, only the holder of the key can tell.

use crate::der::{DecodeError, DecodeErrorKind, Result};
use alloc::vec::Vec;

/// The flags of a per-message token (RFC 4121 §4.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TokenFlags(pub u8);

impl TokenFlags {
    /// The acceptor sent it.
    pub const SENT_BY_ACCEPTOR: Self = Self(1);
    /// The message is encrypted; in Wrap tokens only.
    pub const SEALED: Self = Self(2);
    /// It is protected with the acceptor's subkey.
    pub const ACCEPTOR_SUBKEY: Self = Self(4);

    /// Whether all of `flags` are set.
    #[must_use]
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }
}

/// A MIC token of RFC 4121 §4.2.6.1.
///
/// ```text
/// 0..1   TOK_ID    04 04
/// 2      Flags
/// 3..7   Filler    ff ff ff ff ff
/// 8..15  SND_SEQ   big-endian
/// 16..   SGN_CKSUM
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MicToken<'a> {
    /// As sent, unknown ones too: the checksum covers them.
    pub flags: TokenFlags,
    /// The sequence number.
    pub sequence: u64,
    /// The checksum, over the message and the header.
    pub checksum: &'a [u8],
}

impl<'a> MicToken<'a> {
    /// Reads a MIC token that is all of `token`.
    ///
    /// # Errors
    /// [`DecodeError`] for a header that is short, or has another identifier or filler.
    pub fn decode(token: &'a [u8]) -> Result<Self> {
        const NAME: &str = "MIC token";
        let truncated = || truncated(NAME, "header", 16, token);
        let (header, checksum) = token.split_first_chunk::<16>().ok_or_else(truncated)?;
        let [id0, id1, flags, f0, f1, f2, f3, f4, sequence @ ..] = *header;
        if [id0, id1] != [4, 4] {
            return Err(wrong(NAME, "TOK_ID", 0, "must be 04 04"));
        }
        if [f0, f1, f2, f3, f4] != [0xff; 5] {
            return Err(wrong(NAME, "Filler", 3, "must be ff"));
        }
        Ok(Self {
            flags: TokenFlags(flags),
            sequence: u64::from_be_bytes(sequence),
            checksum,
        })
    }

    /// The 16 octets before the checksum, which it covers.
    #[must_use]
    pub const fn header(&self) -> [u8; 16] {
        let [s0, s1, s2, s3, s4, s5, s6, s7] = self.sequence.to_be_bytes();
        let f = 0xff;
        [
            4,
            4,
            self.flags.0,
            f,
            f,
            f,
            f,
            f,
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

    /// The whole token.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [&self.header(), self.checksum].concat()
    }
}

pub(super) fn truncated(
    structure: &'static str,
    field: &'static str,
    needed: usize,
    octets: &[u8],
) -> DecodeError {
    let kind = DecodeErrorKind::Truncated {
        needed,
        found: octets.len(),
    };
    DecodeError::new(kind, 0)
        .in_field(field)
        .in_structure(structure)
}

pub(super) fn wrong(
    structure: &'static str,
    field: &'static str,
    offset: usize,
    rule: &'static str,
) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value(rule), offset)
        .in_field(field)
        .in_structure(structure)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIC: &[u8] = b"\x04\x04\x05\xff\xff\xff\xff\xff\0\0\0\0\x2a\x63\xe5\xb7checksum";

    #[test]
    fn a_mic_token_is_read_and_written_alike() {
        let token = MicToken::decode(MIC).unwrap();
        assert!(token.flags.contains(TokenFlags::SENT_BY_ACCEPTOR));
        assert!(token.flags.contains(TokenFlags::ACCEPTOR_SUBKEY));
        assert!(!token.flags.contains(TokenFlags::SEALED));
        assert_eq!(token.sequence, 0x2a63_e5b7);
        assert_eq!(token.checksum, b"checksum");
        assert_eq!(token.header(), MIC[..16]);
        assert_eq!(token.encode(), MIC);
    }

    #[test]
    fn a_mic_token_with_a_short_header_is_refused() {
        for end in 0..16 {
            assert!(MicToken::decode(&MIC[..end]).is_err());
        }
    }

    #[test]
    fn another_identifier_or_filler_is_refused() {
        for at in [0, 1, 3, 4, 5, 6, 7] {
            for bit in 0..8 {
                let mut token = MIC.to_vec();
                token[at] ^= 1 << bit;
                assert!(MicToken::decode(&token).is_err());
            }
        }
    }

    #[test]
    fn flags_that_nobody_knows_stay_in_the_header() {
        let mut token = MIC.to_vec();
        token[2] = 0xf5;
        assert_eq!(MicToken::decode(&token).unwrap().header()[2], 0xf5);
    }
}
