//! The frame around a mechanism's first token (RFC 2743 §3.1) and the token identifier inside.

use crate::der::{DecodeError, DecodeErrorKind, Encode, Reader, Result, Writer};
use alloc::vec::Vec;
use core::fmt;

const INITIAL_CONTEXT_TOKEN: u8 = 0x60;
const NAME: &str = "InitialContextToken";

/// What is inside the generic frame: whose token it is, and the token.
///
/// ```text
/// InitialContextToken ::= [APPLICATION 0] IMPLICIT SEQUENCE {
///     thisMech          MechType,
///     innerContextToken ANY DEFINED BY thisMech
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitialContextToken<'a> {
    /// The contents of the mechanism's object identifier.
    pub oid: &'a [u8],
    /// The mechanism's own token.
    pub inner: &'a [u8],
}

impl<'a> InitialContextToken<'a> {
    /// Reads a frame that must be all of `token`.
    ///
    /// # Errors
    /// [`DecodeError`], also when the frame ends before or after the token does, as in MIT krb5.
    pub fn decode(token: &'a [u8]) -> Result<Self> {
        Self::of_whole(Reader::new(token)).map_err(|error| error.in_structure(NAME))
    }

    fn of_whole(mut input: Reader<'a>) -> Result<Self> {
        let mut inside = input.enter(INITIAL_CONTEXT_TOKEN)?;
        input.finish()?;
        let oid = inside
            .object_identifier()
            .map_err(|error| error.in_field("thisMech"))?;
        Ok(Self {
            oid,
            inner: inside.rest(),
        })
    }
}

/// Puts `inner` into the frame of the mechanism `oid`.
#[must_use]
pub fn frame(oid: &[u8], inner: &[u8]) -> Vec<u8> {
    frame_parts(oid, [inner, &[]])
}

/// Puts a Kerberos `message`, which `id` names, into the frame of the mechanism `oid`.
#[must_use]
pub fn frame_message(oid: &[u8], id: TokenId, message: &[u8]) -> Vec<u8> {
    frame_parts(oid, [&id.0, message])
}

/// Writes a Kerberos `message`, which `id` names, in the frame of the mechanism `oid`.
pub fn encode_framed(oid: &[u8], id: TokenId, message: &impl Encode, output: &mut Writer) {
    output.nested(INITIAL_CONTEXT_TOKEN, |inside| {
        inside.object_identifier(oid);
        inside.raw(&id.0);
        message.encode(inside);
    });
}

fn frame_parts(oid: &[u8], parts: [&[u8]; 2]) -> Vec<u8> {
    let inner = parts
        .iter()
        .map(|part| part.len())
        .fold(0, usize::saturating_add);
    // Tags and lengths take 12 octets at most: the writer never moves what is in it.
    let mut output = Writer::with_capacity(oid.len().saturating_add(inner).saturating_add(12));
    output.nested(INITIAL_CONTEXT_TOKEN, |inside| {
        inside.object_identifier(oid);
        parts.iter().for_each(|part| inside.raw(part));
    });
    output.into_vec()
}

/// The two octets that say what a Kerberos token is (RFC 4121 §4.1, RFC 1964 §1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenId(pub [u8; 2]);

impl TokenId {
    /// An AP-REQ follows.
    pub const AP_REQ: Self = Self([1, 0]);
    /// An AP-REP follows.
    pub const AP_REP: Self = Self([2, 0]);
    /// A KRB-ERROR follows.
    pub const KRB_ERROR: Self = Self([3, 0]);
    /// User-to-user: the initiator asks for the acceptor's ticket-granting ticket.
    pub const TGT_REQUEST: Self = Self([4, 0]);
    /// User-to-user: the acceptor's ticket-granting ticket follows.
    pub const TGT_REPLY: Self = Self([4, 1]);
    /// IAKERB: a message for the KDC follows.
    pub const IAKERB_PROXY: Self = Self([5, 1]);
    /// A MIC token of RFC 1964 §1.2.1.
    pub const RFC1964_MIC: Self = Self([1, 1]);
    /// A Wrap token of RFC 1964 §1.2.2.
    pub const RFC1964_WRAP: Self = Self([2, 1]);
    /// A context deletion token of RFC 1964 §1.2.3, which nobody may send any more.
    pub const RFC1964_DELETE: Self = Self([1, 2]);
    /// A context deletion token as MIT krb5 once had it for RFC 4121, which has none.
    pub const DELETE: Self = Self([4, 5]);
    /// A MIC token of RFC 4121 §4.2.6.1.
    pub const MIC: Self = Self([4, 4]);
    /// A Wrap token of RFC 4121 §4.2.6.2.
    pub const WRAP: Self = Self([5, 4]);
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.0;
        write!(f, "{first:02x} {second:02x}")
    }
}

/// Parts a Kerberos token from the identifier before it.
///
/// # Errors
/// [`DecodeErrorKind::Truncated`] for fewer than two octets.
pub fn split_token_id(inner: &[u8]) -> Result<(TokenId, &[u8])> {
    match inner.split_first_chunk() {
        Some((id, rest)) => Ok((TokenId(*id), rest)),
        None => {
            let kind = DecodeErrorKind::Truncated {
                needed: 2,
                found: inner.len(),
            };
            let error = DecodeError::new(kind, 0);
            Err(error.in_field("TOK_ID").in_structure(NAME))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gss::Mechanism;
    use alloc::string::ToString;

    const KRB5: &[u8] = b"\x60\x0d\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00";

    #[test]
    fn a_frame_holds_the_mechanism_and_its_token() {
        let token = InitialContextToken::decode(KRB5).unwrap();
        assert_eq!(token.oid, Mechanism::Krb5.oid());
        assert_eq!(token.inner, [1, 0]);
        assert_eq!(frame(token.oid, token.inner), KRB5);
    }

    #[test]
    fn a_length_other_than_the_tokens_own_is_refused() {
        let trailing = InitialContextToken::decode(&[KRB5, &[0]].concat()).unwrap_err();
        assert_eq!(trailing.kind, DecodeErrorKind::TrailingData { octets: 1 });
        for end in 0..KRB5.len() {
            assert!(InitialContextToken::decode(&KRB5[..end]).is_err());
        }
    }

    #[test]
    fn an_oid_that_runs_past_the_frame_is_refused() {
        let error = InitialContextToken::decode(b"\x60\x03\x06\x02\x2b").unwrap_err();
        assert_eq!(
            error.to_string(),
            "InitialContextToken.thisMech: truncated, 2 octets wanted and 1 left (at octet 2)"
        );
    }

    #[test]
    fn an_oid_that_is_empty_or_ends_inside_an_arc_is_refused() {
        for token in [b"\x60\x02\x06\x00".as_slice(), b"\x60\x04\x06\x02\x2a\x86"] {
            let error = InitialContextToken::decode(token).unwrap_err();
            assert_eq!(error.kind, DecodeErrorKind::ObjectIdentifier);
        }
    }

    #[test]
    fn indefinite_and_longer_than_minimal_lengths_are_refused() {
        let kind = |token| InitialContextToken::decode(token).unwrap_err().kind;
        assert_eq!(
            kind(b"\x60\x80\x06\x01\x2a\0\0"),
            DecodeErrorKind::IndefiniteLength
        );
        assert_eq!(
            kind(b"\x60\x81\x03\x06\x01\x2a"),
            DecodeErrorKind::NonMinimalLength
        );
        assert_eq!(
            kind(b"\x60\x84\xff\xff\xff\xff"),
            DecodeErrorKind::LengthTooLarge
        );
    }

    #[test]
    fn a_token_too_short_for_its_identifier_is_refused() {
        assert_eq!(
            split_token_id(&[1, 0, 0x6e]),
            Ok((TokenId::AP_REQ, [0x6e].as_slice()))
        );
        for short in [[].as_slice(), &[1]] {
            assert!(split_token_id(short).is_err());
        }
    }
}
