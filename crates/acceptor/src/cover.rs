//! Hot path. [`Cover`]: what a Kerberos message of ours is sent in.

use portcullis_formats::der::{Encode, Writer};
use portcullis_formats::gss::{Mechanism, TokenId, encode_framed};
use portcullis_formats::spnego::NegTokenResp;

/// What a Kerberos message of ours is sent in, written around it where it will be sent from.
pub(crate) struct Cover<'c> {
    /// The mechanism in whose frame it is, if it is in one.
    pub(crate) frame: Option<Mechanism>,
    /// The answer whose `responseToken` it is, if it is sent in SPNEGO.
    pub(crate) answer: Option<NegTokenResp<'c>>,
}

impl Cover<'_> {
    /// Writes `message`, which `id` names, in its cover.
    pub(crate) fn encode_around(&self, id: TokenId, message: &impl Encode, output: &mut Writer) {
        let framed = |output: &mut Writer| match self.frame {
            Some(mechanism) => encode_framed(mechanism.oid(), id, message, output),
            None => message.encode(output),
        };
        match &self.answer {
            Some(answer) => answer.encode_around(framed, output),
            None => framed(output),
        }
    }
}
