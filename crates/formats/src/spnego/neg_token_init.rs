//! The first token of a negotiation: the initiator's, or the acceptor's hint.

use super::{MechTypeList, encode_mech_types};
use crate::der::{Decode, DecodeErrorKind, Encode, Reader, Result, Writer};
use crate::gss::{Mechanism, frame};
use alloc::vec::Vec;

const NAME: &str = "NegTokenInit";
const NEG_TOKEN_INIT: u8 = 0xa0;
const SEQUENCE: u8 = 0x30;
const MECH_TYPES: u8 = 0xa0;
const HINT: &[u8] = b"not_defined_in_RFC4178@please_ignore";

/// What the initiator offers (RFC 4178 §4.2.1), with the tag of the CHOICE and without the frame.
///
/// ```text
/// NegTokenInit ::= SEQUENCE {
///     mechTypes   [0] MechTypeList,
///     reqFlags    [1] ContextFlags OPTIONAL,  -- BIT STRING
///     mechToken   [2] OCTET STRING OPTIONAL,
///     mechListMIC [3] OCTET STRING OPTIONAL
/// }
/// ```
///
/// The form of [MS-SPNG] §2.2.1 is read too: `negHints [3] SEQUENCE`, `mechListMIC [4]`, mechTypes
/// optional.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NegTokenInit<'a> {
    /// The mechanisms offered.
    pub mech_types: Option<MechTypeList<'a>>,
    /// The first token of the first of them.
    pub mech_token: Option<&'a [u8]>,
    /// The MIC over `mech_types`; no initiator can have made one yet, unless its mechanism is done
    /// after one token.
    pub mech_list_mic: Option<&'a [u8]>,
}

impl NegTokenInit<'_> {
    /// The octets of the list of mechanisms in what should be a NegTokenInit, by the headers before
    /// it alone: for who bounds the list, which costs as much to read as it is long.
    #[must_use]
    pub fn mech_types_octets(token: &[u8]) -> Option<usize> {
        let mut choice = Reader::new(token).enter(NEG_TOKEN_INIT).ok()?;
        let mut fields = choice.enter(SEQUENCE).ok()?;
        fields.element(MECH_TYPES).ok().map(<[u8]>::len)
    }
}

impl<'a> Decode<'a> for NegTokenInit<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let mut choice = input.enter(NEG_TOKEN_INIT)?;
        let token = choice.sequence(NAME, decode_fields)?;
        choice.finish()?;
        Ok(token)
    }

    fn from_der(octets: &'a [u8]) -> Result<Self> {
        let mut input = Reader::new(octets);
        Self::decode(&mut input)
            .and_then(|token| input.finish().map(|()| token))
            .map_err(|error| error.in_structure(NAME))
    }
}

fn decode_fields<'a>(fields: &mut Reader<'a>) -> Result<NegTokenInit<'a>> {
    let mech_types = fields.optional(0, "mechTypes", MechTypeList::decode)?;
    fields.optional(1, "reqFlags", skip_req_flags)?;
    let mech_token = fields.optional(2, "mechToken", Reader::octet_string)?;
    let third = fields.optional(3, "mechListMIC", mic_or_hints)?.flatten();
    let fourth = fields.optional(4, "mechListMIC", |input| match third {
        None => input.octet_string(),
        Some(_) => Err(input.error(DecodeErrorKind::Value("a second MIC"))),
    })?;
    Ok(NegTokenInit {
        mech_types,
        mech_token,
        mech_list_mic: third.or(fourth),
    })
}

/// RFC 4178 §4.2.1 says to ignore them, so whatever the element is must not matter: peers have
/// crashed over BIT STRINGs without contents and with eight unused bits.
fn skip_req_flags(input: &mut Reader<'_>) -> Result<()> {
    if !input.is_empty() {
        input.any()?;
    }
    Ok(())
}

/// [3] is the MIC of RFC 4178 or the hints of [MS-SPNG] §2.2.1, which nobody needs.
fn mic_or_hints<'a>(input: &mut Reader<'a>) -> Result<Option<&'a [u8]>> {
    if input.peek() == Some(SEQUENCE) {
        return input.any().map(|_| None);
    }
    input.octet_string().map(Some)
}

impl Encode for NegTokenInit<'_> {
    fn encode(&self, output: &mut Writer) {
        output.nested(NEG_TOKEN_INIT, |choice| {
            choice.sequence(|fields| {
                fields.optional(0, self.mech_types.as_ref());
                if let Some(token) = self.mech_token {
                    fields.field(2, |field| field.octet_string(token));
                }
                if let Some(mic) = self.mech_list_mic {
                    fields.field(3, |field| field.octet_string(mic));
                }
            });
        });
    }
}

/// The hint that an acceptor sends when it is asked with an empty token ([MS-SPNG] §3.2.5.2):
/// NegTokenInit2 with the mechanisms it accepts, in its frame. Not for HTTP, where a challenge is
/// empty (RFC 4559 §4.1).
#[must_use]
pub fn neg_token_init2(mechs: &[Mechanism]) -> Vec<u8> {
    let mut output = Writer::new();
    output.nested(NEG_TOKEN_INIT, |choice| {
        choice.sequence(|fields| {
            let list = encode_mech_types(mechs.iter().map(|mech| mech.oid()));
            fields.field(0, |field| field.raw(&list));
            fields.field(3, |field| {
                field.sequence(|hints| hints.field(0, |name| name.general_string(HINT)));
            });
        });
    });
    frame(Mechanism::Spnego.oid(), &output.into_vec())
}

#[cfg(test)]
mod tests;
