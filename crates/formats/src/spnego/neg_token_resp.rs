//! Every token of a negotiation after the first, in both directions.

use crate::der::{Decode, DecodeErrorKind, Encode, Reader, Result, Writer};
use alloc::vec::Vec;

const NAME: &str = "NegTokenResp";
const NEG_TOKEN_RESP: u8 = 0xa1;
const OCTET_STRING: u8 = 0x04;
/// All tags and lengths take fewer, and the state.
const HEADERS: usize = 48;

/// A step of the negotiation (RFC 4178 §4.2.2), with the tag of the CHOICE.
///
/// ```text
/// NegTokenResp ::= SEQUENCE {
///     negState      [0] ENUMERATED OPTIONAL,
///     supportedMech [1] MechType OPTIONAL,
///     responseToken [2] OCTET STRING OPTIONAL,
///     mechListMIC   [3] OCTET STRING OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NegTokenResp<'a> {
    /// How far the sender is.
    pub neg_state: Option<NegState>,
    /// The contents of the chosen mechanism's object identifier; in the first answer only.
    pub supported_mech: Option<&'a [u8]>,
    /// The mechanism's token.
    pub response_token: Option<&'a [u8]>,
    /// The MIC over the initiator's list.
    pub mech_list_mic: Option<&'a [u8]>,
}

/// How far one side of a negotiation is.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NegState {
    /// Done, as far as the sender is concerned.
    AcceptCompleted,
    /// At least one more token is wanted.
    AcceptIncomplete,
    /// No.
    Reject,
    /// The mechanism is not the first choice of both: the lists must be signed.
    RequestMic,
}

impl NegState {
    const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::AcceptCompleted),
            1 => Some(Self::AcceptIncomplete),
            2 => Some(Self::Reject),
            3 => Some(Self::RequestMic),
            _ => None,
        }
    }

    const fn number(self) -> u8 {
        match self {
            Self::AcceptCompleted => 0,
            Self::AcceptIncomplete => 1,
            Self::Reject => 2,
            Self::RequestMic => 3,
        }
    }
}

impl<'a> Decode<'a> for NegState {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let start = input.clone();
        Self::from_number(input.enumerated()?)
            .ok_or_else(|| start.error(DecodeErrorKind::Value("unknown negState")))
    }
}

impl<'a> Decode<'a> for NegTokenResp<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let mut choice = input.enter(NEG_TOKEN_RESP)?;
        let token = choice.sequence(NAME, |fields| {
            Ok(Self {
                neg_state: fields.optional(0, "negState", NegState::decode)?,
                supported_mech: fields.optional(1, "supportedMech", Reader::object_identifier)?,
                response_token: fields.optional(2, "responseToken", Reader::octet_string)?,
                mech_list_mic: fields.optional(3, "mechListMIC", Reader::octet_string)?,
            })
        })?;
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

impl NegTokenResp<'_> {
    /// Writes it with a `responseToken` that `token` writes where it will be, so that a long one is
    /// not copied.
    pub fn encode_around(&self, token: impl FnOnce(&mut Writer), output: &mut Writer) {
        self.encode_with(Some(token), output);
    }

    fn encode_with(&self, token: Option<impl FnOnce(&mut Writer)>, output: &mut Writer) {
        output.nested(NEG_TOKEN_RESP, |choice| {
            choice.sequence(|fields| {
                if let Some(state) = self.neg_state {
                    fields.field(0, |field| field.enumerated(state.number()));
                }
                if let Some(mech) = self.supported_mech {
                    fields.field(1, |field| field.object_identifier(mech));
                }
                if let Some(token) = token {
                    fields.field(2, |field| field.nested(OCTET_STRING, token));
                }
                if let Some(mic) = self.mech_list_mic {
                    fields.field(3, |field| field.octet_string(mic));
                }
            });
        });
    }
}

impl Encode for NegTokenResp<'_> {
    fn encode(&self, output: &mut Writer) {
        let token = self.response_token;
        self.encode_with(
            token.map(|token| |inside: &mut Writer| inside.raw(token)),
            output,
        );
    }

    fn to_der(&self) -> Vec<u8> {
        let values = [self.supported_mech, self.response_token, self.mech_list_mic];
        let octets = values.into_iter().flatten().map(<[u8]>::len);
        let octets = octets.fold(HEADERS, usize::saturating_add);
        let mut output = Writer::with_capacity(octets);
        self.encode(&mut output);
        output.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gss::Mechanism;
    use alloc::string::ToString;
    use portcullis_testdata::unhex;

    /// As MIT krb5 1.20.1 sends them.
    #[test]
    fn the_acceptors_answers_are_those_of_mit_krb5() {
        let completed = NegTokenResp {
            neg_state: Some(NegState::AcceptCompleted),
            supported_mech: Some(Mechanism::Krb5.oid()),
            ..NegTokenResp::default()
        };
        let octets = unhex("a1143012a0030a0100a10b06092a864886f712010202");
        assert_eq!(completed.to_der(), octets);
        assert_eq!(NegTokenResp::from_der(&octets), Ok(completed));

        let reject = NegTokenResp {
            neg_state: Some(NegState::Reject),
            ..NegTokenResp::default()
        };
        let octets = unhex("a1073005a0030a0102");
        assert_eq!(reject.to_der(), octets);
        assert_eq!(NegTokenResp::from_der(&octets), Ok(reject));
    }

    #[test]
    fn every_field_is_read_and_written() {
        for number in 0..4 {
            let token = NegTokenResp {
                neg_state: NegState::from_number(number),
                supported_mech: Some(Mechanism::MsKrb5.oid()),
                response_token: Some(b"token"),
                mech_list_mic: Some(b"mic"),
            };
            assert_eq!(NegTokenResp::from_der(&token.to_der()), Ok(token));
        }
    }

    #[test]
    fn a_token_is_the_same_whoever_writes_it() {
        let token = NegTokenResp {
            neg_state: Some(NegState::AcceptCompleted),
            supported_mech: Some(Mechanism::Krb5.oid()),
            response_token: Some(&[7; 300]),
            mech_list_mic: Some(b"mic"),
        };
        let mut written = Writer::new();
        let around = NegTokenResp {
            response_token: None,
            ..token
        };
        around.encode_around(|inside| inside.raw(&[7; 300]), &mut written);
        assert_eq!(written.into_vec(), token.to_der());
    }

    #[test]
    fn each_field_may_be_absent_and_empty_is_not_absent() {
        let token = |octets| NegTokenResp::from_der(octets).unwrap();
        assert_eq!(token(b"\xa1\x02\x30\x00"), NegTokenResp::default());
        let only_state = token(b"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x01");
        assert_eq!(only_state.neg_state, Some(NegState::AcceptIncomplete));
        assert_eq!(only_state.response_token, None);
        let only_mic = token(b"\xa1\x07\x30\x05\xa3\x03\x04\x01m");
        assert_eq!(only_mic.mech_list_mic, Some(b"m".as_slice()));
        let empty_token = token(b"\xa1\x06\x30\x04\xa2\x02\x04\x00");
        assert_eq!(empty_token.response_token, Some([].as_slice()));
    }

    #[test]
    fn an_unknown_state_is_refused_where_it_stands() {
        let error = NegTokenResp::from_der(b"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x04").unwrap_err();
        assert_eq!(
            error.to_string(),
            "NegTokenResp.negState: unknown negState (at octet 6)"
        );
    }

    #[test]
    fn fields_twice_or_out_of_order_are_refused() {
        for fields in [
            "a3030401 6d a3030401 6d", // a MIC twice
            "a2030401 6d a0030a01 00", // the state after the token
        ] {
            let fields = unhex(&fields.replace(' ', ""));
            let octets = [[0xa1, 12, 0x30, 10].as_slice(), &fields].concat();
            let error = NegTokenResp::from_der(&octets).unwrap_err();
            assert_eq!(error.kind, DecodeErrorKind::TrailingData { octets: 5 });
        }
    }

    #[test]
    fn the_other_choice_is_refused_by_name() {
        let error = NegTokenResp::from_der(b"\xa0\x02\x30\x00").unwrap_err();
        assert_eq!(
            error.to_string(),
            "NegTokenResp: expected tag 0xa1, found 0xa0 (at octet 0)"
        );
    }

    #[test]
    fn every_truncation_and_every_extension_is_refused() {
        let token = NegTokenResp {
            neg_state: Some(NegState::RequestMic),
            supported_mech: Some(Mechanism::Krb5.oid()),
            response_token: Some(b"token"),
            mech_list_mic: Some(b"mic"),
        };
        let octets = token.to_der();
        for end in 0..octets.len() {
            assert!(NegTokenResp::from_der(&octets[..end]).is_err());
        }
        assert!(NegTokenResp::from_der(&[octets.as_slice(), &[0]].concat()).is_err());
    }
}
