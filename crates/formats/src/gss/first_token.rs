//! What a first token is, told from its first octets.

use super::InitialContextToken;
use crate::der::Result;

const NTLM_SIGNATURE: &[u8] = b"NTLMSSP\0";
const NEGOEX_SIGNATURE: &[u8] = b"NEGOEXTS";

/// What has arrived where a first token should stand.
///
/// A token with the first octet 0x60 is framed; no Kerberos token identifier begins with it
/// (RFC 4121 §4.4), so one octet decides.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstToken<'a> {
    /// Nothing: the peer asks for the acceptor's mechanisms ([MS-SPNG] §3.2.5.2).
    Empty,
    /// Framed: SPNEGO, Kerberos or another mechanism.
    Framed(InitialContextToken<'a>),
    /// A NegTokenInit without its frame (first octet 0xa0), whole.
    NegTokenInit(&'a [u8]),
    /// A NegTokenResp (first octet 0xa1), whole: a later leg of a negotiation.
    NegTokenResp(&'a [u8]),
    /// An AP-REQ without its frame (first octet 0x6e), whole, as DCE style has it.
    ApReq(&'a [u8]),
    /// NTLM, known by its signature and not read any further.
    Ntlm {
        /// 1 negotiate, 2 challenge, 3 authenticate; `None` when the token ends before it.
        message_type: Option<u32>,
    },
    /// NegoEx, known by its signature and not read any further.
    NegoEx,
    /// None of these.
    Unknown {
        /// The first octet.
        first: u8,
    },
}

impl<'a> FirstToken<'a> {
    /// Tells what `token` is. Only the frame is read, nothing within.
    ///
    /// # Errors
    /// What is wrong with a frame, as [`InitialContextToken::decode`].
    pub fn recognize(token: &'a [u8]) -> Result<Self> {
        if let Some(message) = token.strip_prefix(NTLM_SIGNATURE) {
            let message_type = message
                .first_chunk()
                .map(|octets| u32::from_le_bytes(*octets));
            return Ok(Self::Ntlm { message_type });
        }
        if token.starts_with(NEGOEX_SIGNATURE) {
            return Ok(Self::NegoEx);
        }
        Ok(match token.first() {
            None => Self::Empty,
            Some(0x60) => Self::Framed(InitialContextToken::decode(token)?),
            Some(0xa0) => Self::NegTokenInit(token),
            Some(0xa1) => Self::NegTokenResp(token),
            Some(0x6e) => Self::ApReq(token),
            Some(first) => Self::Unknown { first: *first },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gss::{Mechanism, frame};

    #[test]
    fn one_octet_tells_the_tokens_apart() {
        let framed = frame(Mechanism::Spnego.oid(), &[0xa0, 0]);
        assert!(matches!(
            FirstToken::recognize(&framed),
            Ok(FirstToken::Framed(token)) if token.oid == Mechanism::Spnego.oid()
        ));
        assert_eq!(FirstToken::recognize(&[]), Ok(FirstToken::Empty));
        assert_eq!(
            FirstToken::recognize(&[0xa0]),
            Ok(FirstToken::NegTokenInit(&[0xa0]))
        );
        assert_eq!(
            FirstToken::recognize(&[0xa1]),
            Ok(FirstToken::NegTokenResp(&[0xa1]))
        );
        assert_eq!(
            FirstToken::recognize(&[0x6e]),
            Ok(FirstToken::ApReq(&[0x6e]))
        );
        assert_eq!(
            FirstToken::recognize(&[0x6f]),
            Ok(FirstToken::Unknown { first: 0x6f })
        );
        assert_eq!(
            FirstToken::recognize(b"YII"),
            Ok(FirstToken::Unknown { first: b'Y' })
        );
    }

    #[test]
    fn a_broken_frame_is_an_error_and_not_an_unknown_token() {
        assert!(FirstToken::recognize(&[0x60]).is_err());
    }

    #[test]
    fn ntlm_is_known_by_its_signature_and_told_by_message_type() {
        let negotiate = b"NTLMSSP\0\x01\0\0\0\x97\x82\x08\xe2";
        for (end, message_type) in [(8, None), (11, None), (12, Some(1)), (16, Some(1))] {
            assert_eq!(
                FirstToken::recognize(&negotiate[..end]),
                Ok(FirstToken::Ntlm { message_type })
            );
        }
        assert_eq!(
            FirstToken::recognize(&negotiate[..7]),
            Ok(FirstToken::Unknown { first: b'N' })
        );
    }

    #[test]
    fn negoex_is_known_by_its_signature_whatever_follows() {
        for follows in [[].as_slice(), &[0xff; 100]] {
            let token = [b"NEGOEXTS", follows].concat();
            assert_eq!(FirstToken::recognize(&token), Ok(FirstToken::NegoEx));
        }
    }
}
