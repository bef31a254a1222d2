//! Per-message tokens of RFC 1964 §1.2, which contexts of RC4 and DES3 still have.

use super::TokenId;
use super::mic_token::{truncated, wrong};
use crate::der::Result;
use alloc::vec::Vec;

const NAME: &str = "RFC 1964 token";

/// What stands before the message of a token of RFC 1964 §1.2, inside the frame; a MIC token is
/// nothing else.
///
/// ```text
/// 0..1   TOK_ID    01 01 MIC, 02 01 Wrap, 01 02 deletion
/// 2..3   SGN_ALG   11 00 for RC4-HMAC, 04 00 for DES3
/// 4..5   SEAL_ALG  10 00 for RC4-HMAC, 02 00 for DES3; ff ff if nothing is sealed, and in MICs
/// 6..7   Filler    ff ff
/// 8..15  SND_SEQ   encrypted
/// 16..   SGN_CKSUM 8 octets for RC4-HMAC, 20 for DES3
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rfc1964Head<'a> {
    /// What it is.
    pub token_id: TokenId,
    /// Which algorithm made the checksum.
    pub sgn_alg: [u8; 2],
    /// Which algorithm encrypted the message.
    pub seal_alg: [u8; 2],
    /// The sequence number and direction, encrypted.
    pub snd_seq: [u8; 8],
    /// The checksum, over the first eight octets and the message.
    pub sgn_cksum: &'a [u8],
}

impl<'a> Rfc1964Head<'a> {
    /// The octets before the checksum.
    pub const LENGTH: usize = 16;
    /// `SEAL_ALG` of what is not sealed.
    pub const NOT_SEALED: [u8; 2] = [0xff; 2];

    /// Reads the octets inside the frame; all that follows the number is the checksum.
    ///
    /// # Errors
    /// [`crate::der::DecodeError`] for another identifier than `expected`, or another filler.
    pub fn decode(expected: TokenId, octets: &'a [u8]) -> Result<Self> {
        let truncated = || truncated(NAME, "", Self::LENGTH, octets);
        let (header, rest) = octets.split_first_chunk::<8>().ok_or_else(truncated)?;
        let (snd_seq, sgn_cksum) = rest.split_first_chunk().ok_or_else(truncated)?;
        let [id0, id1, alg0, alg1, seal0, seal1, filler @ ..] = *header;
        let token_id = TokenId([id0, id1]);
        if token_id != expected {
            return Err(wrong(
                NAME,
                "TOK_ID",
                0,
                "must be that of the kind that is due",
            ));
        }
        if filler != [0xff; 2] {
            return Err(wrong(NAME, "Filler", 6, "must be ff"));
        }
        let seal_alg = [seal0, seal1];
        if token_id != TokenId::RFC1964_WRAP && seal_alg != Self::NOT_SEALED {
            return Err(wrong(NAME, "Filler", 4, "must be ff"));
        }
        Ok(Self {
            token_id,
            sgn_alg: [alg0, alg1],
            seal_alg,
            snd_seq: *snd_seq,
            sgn_cksum,
        })
    }

    /// The first 8 octets, which the checksum covers.
    #[must_use]
    pub const fn header(&self) -> [u8; 8] {
        let ([id0, id1], [alg0, alg1]) = (self.token_id.0, self.sgn_alg);
        let [seal0, seal1] = self.seal_alg;
        [id0, id1, alg0, alg1, seal0, seal1, 0xff, 0xff]
    }

    /// The octets inside the frame, before a message if there is one.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        [&self.header(), &self.snd_seq, self.sgn_cksum].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIC: &[u8] = b"\x01\x01\x11\x00\xff\xff\xff\xffsequencechecksum";
    const WRAP: &[u8] = b"\x02\x01\x04\x00\x02\x00\xff\xffsequencechecksum of twenty oc";

    #[test]
    fn tokens_are_read_and_written_alike() {
        for (id, token) in [(TokenId::RFC1964_MIC, MIC), (TokenId::RFC1964_WRAP, WRAP)] {
            let head = Rfc1964Head::decode(id, token).unwrap();
            assert_eq!(&head.snd_seq, b"sequence");
            assert!(head.sgn_cksum.starts_with(b"checksum"));
            assert_eq!(head.header(), token[..8]);
            assert_eq!(head.encode(), token);
            for end in 0..Rfc1964Head::LENGTH {
                assert!(Rfc1964Head::decode(id, &token[..end]).is_err());
            }
        }
    }

    #[test]
    fn another_identifier_or_filler_is_refused() {
        let refused = |id, token: &[u8], at: usize| {
            (0..8).all(|bit| {
                let mut token = token.to_vec();
                token[at] ^= 1 << bit;
                Rfc1964Head::decode(id, &token).is_err()
            })
        };
        for at in [0, 1, 4, 5, 6, 7] {
            assert!(refused(TokenId::RFC1964_MIC, MIC, at));
        }
        for at in [0, 1, 6, 7] {
            assert!(refused(TokenId::RFC1964_WRAP, WRAP, at));
        }
        assert!(Rfc1964Head::decode(TokenId::RFC1964_WRAP, MIC).is_err());
        assert!(Rfc1964Head::decode(TokenId::RFC1964_MIC, WRAP).is_err());
    }
}
