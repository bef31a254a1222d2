//! [`Envelope`]: how the Kerberos token came, and so how the answer to it goes.

use crate::error::Error;
use crate::identity::{Carrier, Framing};
use crate::rejection::Rejection;
use portcullis_formats::der::Encode;
use portcullis_formats::gss::{Mechanism, TokenId, frame_message};
use portcullis_formats::spnego::{NegState, NegTokenResp};

/// How the Kerberos token came.
#[derive(Debug)]
pub(super) struct Envelope {
    /// By the framing of the Kerberos token, or by the list of SPNEGO.
    pub(super) mechanism: Mechanism,
    /// No GSS framing around the AP-REQ.
    pub(super) bare: bool,
    pub(super) spnego: Option<Spnego>,
}

/// What SPNEGO around the Kerberos token asks of the answer.
#[derive(Debug)]
pub(super) struct Spnego {
    /// The mechanism of the list that was chosen: the answer must echo that very OID. Windows
    /// fails when it offered its own and hears of the standard one ([MS-SPNG] §3.2.5).
    pub(super) chosen: Mechanism,
    /// No answer was sent yet: the mechanism is named in the first alone.
    pub(super) first_answer: bool,
    /// The list of mechanisms, octet for octet, for the MIC over it.
    pub(super) mech_types: Vec<u8>,
    /// Kerberos was not the initiator's first choice, so the MIC is due (RFC 4178 §5).
    pub(super) mic_requested: bool,
    /// The MIC that came with the token.
    pub(super) initiator_mic: Option<Vec<u8>>,
}

impl Envelope {
    pub(super) const fn carrier(&self) -> Carrier {
        let framing = match (&self.spnego, self.bare) {
            (Some(_), _) => Framing::Spnego,
            (None, false) => Framing::Gss,
            (None, true) => Framing::Raw,
        };
        Carrier {
            mechanism: self.mechanism,
            framing,
            bare: self.bare,
        }
    }

    /// The frame for Kerberos messages: that in which the request came, if it came in one.
    pub(super) fn frame(&self) -> Option<Mechanism> {
        (!self.bare).then_some(self.mechanism)
    }

    /// A Kerberos message in the framing in which its request came.
    pub(super) fn kerberos(&self, id: TokenId, message: &[u8]) -> Vec<u8> {
        match self.frame() {
            None => message.to_vec(),
            Some(mechanism) => frame_message(mechanism.oid(), id, message),
        }
    }

    /// A refusal: the KRB-ERROR if there is one, in what the request came in.
    pub(super) fn reject(&self, error: Error, krb_error: Option<&[u8]>) -> Rejection {
        let krb_error = krb_error.map(|message| self.kerberos(TokenId::KRB_ERROR, message));
        let reply = match self.spnego {
            Some(_) => Some(spnego_reject(krb_error.as_deref())),
            None => krb_error,
        };
        Rejection::new(error, reply)
    }
}

/// A refusal in SPNEGO, without a word from Kerberos.
pub(super) fn reject_negotiation(error: impl Into<Error>) -> Rejection {
    Rejection::new(error.into(), Some(spnego_reject(None)))
}

fn spnego_reject(krb_error: Option<&[u8]>) -> Vec<u8> {
    NegTokenResp {
        neg_state: Some(NegState::Reject),
        response_token: krb_error,
        ..NegTokenResp::default()
    }
    .to_der()
}
