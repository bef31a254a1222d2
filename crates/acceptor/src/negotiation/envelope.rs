//! [`Envelope`]: how the Kerberos token came, and so how the answer to it goes.

use crate::cover::Cover;
use crate::error::Error;
use crate::identity::{Carrier, Framing};
use crate::rejection::Rejection;
use portcullis_formats::der::{Encode, Writer};
use portcullis_formats::gss::{ContextFlags, Mechanism, TokenId};
use portcullis_formats::messages::KrbError;
use portcullis_formats::spnego::{NegState, NegTokenResp};
use std::borrow::Cow;

/// Most Kerberos messages that are not sealed, in what they are sent in, are shorter.
const USUAL_REPLY: usize = 256;

const REJECT: NegTokenResp<'static> = NegTokenResp {
    neg_state: Some(NegState::Reject),
    supported_mech: None,
    response_token: None,
    mech_list_mic: None,
};

/// How the Kerberos token came.
#[derive(Debug)]
pub(super) struct Envelope<'t> {
    /// By the framing of the Kerberos token, or by the list of SPNEGO.
    pub(super) mechanism: Mechanism,
    /// No GSS framing around the AP-REQ.
    pub(super) bare: bool,
    pub(super) spnego: Option<Spnego<'t>>,
}

/// What SPNEGO around the Kerberos token asks of the answer.
#[derive(Debug)]
pub(super) struct Spnego<'t> {
    /// The mechanism of the list that was chosen: the answer must echo that very OID. Windows
    /// fails when it offered its own and hears of the standard one ([MS-SPNG] §3.2.5).
    pub(super) chosen: Mechanism,
    /// No answer was sent yet: the mechanism is named in the first alone.
    pub(super) first_answer: bool,
    /// The list of mechanisms, octet for octet, for the MIC over it.
    pub(super) mech_types: Cow<'t, [u8]>,
    /// Kerberos was not the initiator's first choice, so the MIC is due (RFC 4178 §5).
    pub(super) mic_requested: bool,
    /// The MIC that came with the token.
    pub(super) initiator_mic: Option<Cow<'t, [u8]>>,
}

impl Spnego<'_> {
    /// Whether a MIC over the list is due of a context with these flags: when Kerberos was not the
    /// initiator's first choice, or when the initiator sent one; never without integrity
    /// (RFC 4178 §5). We volunteer none: old Windows stumbles over it.
    pub(super) const fn mic_is_due(&self, flags: ContextFlags) -> bool {
        flags.contains(ContextFlags::INTEG) && self.mic_may_come()
    }

    const fn mic_may_come(&self) -> bool {
        self.mic_requested || self.initiator_mic.is_some()
    }

    /// The answer that says that we are done.
    pub(super) fn completed(&self) -> NegTokenResp<'static> {
        NegTokenResp {
            neg_state: Some(NegState::AcceptCompleted),
            supported_mech: self.first_answer.then_some(self.chosen.oid()),
            ..NegTokenResp::default()
        }
    }

    /// What is needed when the token is gone, of a context with these flags. The list goes with it
    /// when no MIC over it can come any more, as the initiator has sent its last token.
    pub(super) fn kept(self, flags: ContextFlags) -> Spnego<'static> {
        let mech_types = match self.mic_may_come() || flags.contains(ContextFlags::DCE_STYLE) {
            true => self.mech_types.into_owned(),
            false => Vec::new(),
        };
        Spnego {
            mech_types: Cow::Owned(mech_types),
            initiator_mic: self.initiator_mic.map(|mic| Cow::Owned(mic.into_owned())),
            chosen: self.chosen,
            first_answer: self.first_answer,
            mic_requested: self.mic_requested,
        }
    }
}

impl Envelope<'_> {
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

    /// What is needed when the token is gone, of a context with these flags.
    pub(super) fn kept(self, flags: ContextFlags) -> Envelope<'static> {
        Envelope {
            mechanism: self.mechanism,
            bare: self.bare,
            spnego: self.spnego.map(|spnego| spnego.kept(flags)),
        }
    }

    /// Kerberos messages go in the framing in which their request came, and in this answer.
    fn cover<'c>(&self, answer: Option<NegTokenResp<'c>>) -> Cover<'c> {
        Cover {
            frame: (!self.bare).then_some(self.mechanism),
            answer,
        }
    }

    /// What the AP-REP goes in. SPNEGO's answer is written at once when all that it says besides is
    /// that we are done; afterwards when it has a MIC, or the third leg of DCE style follows.
    pub(super) fn cover_of_ap_rep(&self, flags: ContextFlags) -> Cover<'static> {
        let done = |spnego: &&Spnego<'_>| {
            !flags.contains(ContextFlags::DCE_STYLE) && !spnego.mic_is_due(flags)
        };
        self.cover(self.spnego.as_ref().filter(done).map(Spnego::completed))
    }

    /// A Kerberos message in the framing in which its request came.
    pub(super) fn kerberos(&self, id: TokenId, message: &impl Encode) -> Vec<u8> {
        covered(&self.cover(None), id, message)
    }

    /// A refusal: the KRB-ERROR if there is one, in what the request came in.
    pub(super) fn reject(&self, error: Error, krb_error: Option<&KrbError<'_>>) -> Rejection {
        let reject = self.spnego.as_ref().map(|_| REJECT);
        let reply = match krb_error {
            Some(krb_error) => {
                let cover = self.cover(reject);
                Some(covered(&cover, TokenId::KRB_ERROR, krb_error))
            }
            None => reject.map(|reject| reject.to_der()),
        };
        Rejection::new(error, reply)
    }
}

fn covered(cover: &Cover<'_>, id: TokenId, message: &impl Encode) -> Vec<u8> {
    let mut output = Writer::with_capacity(USUAL_REPLY);
    cover.encode_around(id, message, &mut output);
    output.into_vec()
}

/// A refusal in SPNEGO, without a word from Kerberos.
pub(super) fn reject_negotiation(error: impl Into<Error>) -> Rejection {
    Rejection::new(error.into(), Some(REJECT.to_der()))
}
