//! SPNEGO as an initiator speaks it (RFC 4178 §4.2, §5).

use super::answer::ap_rep_in;
use super::envelope::Spnego;
use super::{Conversation, Initiation, InitiationError, InitiatorContext, Next, State};
use crate::Fault;
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::{Mechanism, frame};
use portcullis_formats::spnego::{
    MechTypeList, NegState, NegTokenInit, NegTokenResp, encode_mech_types,
};

/// An optimistic token of NTLM: its signature, message 1, no flags.
const NTLM_NEGOTIATE: &[u8] = b"NTLMSSP\0\x01\0\0\0\0\0\0\0";
/// An optimistic token of NegoEx: its signature.
const NEGOEX: &[u8] = b"NEGOEXTS\0\0\0\0\0\0\0\0";

impl Initiation {
    pub(super) fn begin_spnego(conversation: Conversation, kerberos_token: Vec<u8>) -> Self {
        let first = conversation.spnego_first(&kerberos_token);
        let (token, kerberos_went) = (conversation.spoiled(first.0), first.1);
        let state = match kerberos_went {
            true => State::AwaitAnswer { first_answer: true },
            false => State::AwaitChoice { kerberos_token },
        };
        Self {
            token,
            state,
            conversation,
        }
    }

    pub(super) fn next_of_spnego(self, reply: &[u8]) -> Result<Next, InitiationError> {
        let Self {
            state,
            conversation,
            ..
        } = self;
        if reply.is_empty() {
            return match state {
                State::Established(context) => Ok(Next::Complete(*context)),
                _ => Err(InitiationError::NoAnswer),
            };
        }
        let answer = NegTokenResp::from_der(reply)?;
        if answer.neg_state == Some(NegState::Reject) {
            let refusal = answer.response_token.unwrap_or_default();
            conversation.envelope.kerberos_error(refusal)?;
            return Err(InitiationError::Rejected);
        }
        match state {
            State::AwaitChoice { kerberos_token } => {
                conversation.send_kerberos(&answer, &kerberos_token)
            }
            State::AwaitAnswer { first_answer } => conversation.conclude(&answer, first_answer),
            State::Established(mut context) => {
                conversation.last_word(&answer, &mut context)?;
                Ok(Next::Complete(*context))
            }
        }
    }
}

impl Conversation {
    /// The NegTokenInit, and whether the Kerberos token is in it.
    fn spnego_first(&self, kerberos_token: &[u8]) -> (Vec<u8>, bool) {
        let Some(spnego) = self.envelope.spnego() else {
            return (Vec::new(), true);
        };
        let kerberos_goes = spnego.optimistic && spnego.kerberos_is_first();
        let mech_token = match spnego.mechanisms.first() {
            _ if !spnego.optimistic => None,
            Some(Mechanism::Ntlm) => Some(NTLM_NEGOTIATE),
            Some(Mechanism::NegoEx) => Some(NEGOEX),
            Some(mechanism) if mechanism.is_krb5() => Some(kerberos_token),
            _ => None,
        };
        // An initiator's first token is its last when it wants no answer: its MIC must be there.
        let mic = (kerberos_goes && !self.mutual && spnego.sign).then(|| self.early_mic(spnego));
        let list = match self.has(Fault::ChangedMechList) {
            true => encode_mech_types(
                spnego
                    .mechanisms
                    .iter()
                    .chain([&Mechanism::Ntlm])
                    .map(|mechanism| mechanism.oid()),
            ),
            false => spnego.mech_types(),
        };
        let list = match self.has(Fault::EmptyMechList) {
            true => encode_mech_types([]),
            false => list,
        };
        let offer = NegTokenInit {
            mech_types: MechTypeList::from_der(&list)
                .ok()
                .filter(|_| !self.has(Fault::NoMechList)),
            mech_token,
            mech_list_mic: mic.flatten().as_deref(),
        }
        .to_der();
        (frame(Mechanism::Spnego.oid(), &offer), kerberos_goes)
    }

    /// The AP-REQ goes when the acceptor has chosen Kerberos.
    fn send_kerberos(
        self,
        answer: &NegTokenResp<'_>,
        kerberos_token: &[u8],
    ) -> Result<Next, InitiationError> {
        self.chose_kerberos(answer)?;
        let request_mic = answer.neg_state == Some(NegState::RequestMic);
        let signs = self
            .envelope
            .spnego()
            .filter(|spnego| request_mic || spnego.sign);
        let mic = signs
            .filter(|_| !self.mutual)
            .and_then(|spnego| self.early_mic(spnego));
        let mut response = NegTokenResp {
            response_token: Some(kerberos_token),
            mech_list_mic: mic.as_deref(),
            ..NegTokenResp::default()
        };
        if self.has(Fault::EmptyLaterToken) {
            response = NegTokenResp::default();
        }
        let token = response.to_der();
        let state = State::AwaitAnswer {
            first_answer: false,
        };
        Ok(Next::Send(Initiation {
            token,
            state,
            conversation: self,
        }))
    }

    /// The answer to the AP-REQ: a context, and our MIC if it is due.
    fn conclude(
        self,
        answer: &NegTokenResp<'_>,
        first_answer: bool,
    ) -> Result<Next, InitiationError> {
        match first_answer {
            true => self.chose_kerberos(answer)?,
            false if answer.supported_mech.is_some() => return Err(InitiationError::Unexpected),
            false => {}
        }
        if !self.mutual {
            let mut context = self.unanswered();
            if self.signed_early() {
                context.mic(b"")?; // the number of the MIC that went before
            }
            self.last_word(answer, &mut context)?;
            return Ok(Next::Complete(context));
        }
        let ap_rep = answer.response_token.ok_or(InitiationError::NoAnswer)?;
        let (mut context, facts) = ap_rep_in(ap_rep, &self)?;
        if self.dce_style {
            let third = self.third_leg(facts);
            return Ok(self.send_response(context, Some(&third), None));
        }
        let completed = answer.neg_state == Some(NegState::AcceptCompleted);
        match answer.mech_list_mic {
            None if completed => Ok(Next::Complete(context)),
            None => Err(InitiationError::NoMic),
            Some(theirs) => {
                self.verify_list(&mut context, theirs)?;
                let ours = self.late_mic(&mut context, theirs)?;
                Ok(self.send_response(context, None, ours.as_deref()))
            }
        }
    }

    fn send_response(
        self,
        context: InitiatorContext,
        response_token: Option<&[u8]>,
        mic: Option<&[u8]>,
    ) -> Next {
        let token = NegTokenResp {
            response_token,
            mech_list_mic: mic,
            ..NegTokenResp::default()
        }
        .to_der();
        let state = State::Established(Box::new(context));
        Next::Send(Initiation {
            token,
            state,
            conversation: self,
        })
    }

    /// The acceptor says that it is done, and signs the list if we did.
    fn last_word(
        &self,
        answer: &NegTokenResp<'_>,
        context: &mut InitiatorContext,
    ) -> Result<(), InitiationError> {
        if answer.neg_state != Some(NegState::AcceptCompleted) || answer.response_token.is_some() {
            return Err(InitiationError::Unexpected);
        }
        match answer.mech_list_mic {
            Some(theirs) => self.verify_list(context, theirs),
            None if self.signed_early() => Err(InitiationError::NoMic),
            None => Ok(()),
        }
    }

    /// Windows fails when it offered its own number and hears of another ([MS-SPNG] §3.2.5).
    fn chose_kerberos(&self, answer: &NegTokenResp<'_>) -> Result<(), InitiationError> {
        let ours = self
            .envelope
            .spnego()
            .and_then(Spnego::kerberos)
            .map(Mechanism::oid);
        match answer.supported_mech == ours {
            true => Ok(()),
            false => Err(InitiationError::OtherMechanism),
        }
    }

    /// Whether our MIC went with the AP-REQ.
    fn signed_early(&self) -> bool {
        let signs = |spnego: &Spnego| spnego.sign || !spnego.kerberos_is_first();
        let due = !self.mutual && self.integrity && self.envelope.spnego().is_some_and(signs);
        due && !self.has(Fault::MissingMechListMic)
    }

    /// Our MIC with the AP-REQ, when no AP-REP is going to come.
    fn early_mic(&self, spnego: &Spnego) -> Option<Vec<u8>> {
        if !self.integrity || self.has(Fault::MissingMechListMic) {
            return None;
        }
        let mic = self.unanswered().mic(&spnego.mech_types()).ok()?;
        Some(self.tampered(mic))
    }

    /// Our MIC after the AP-REP.
    fn late_mic(
        &self,
        context: &mut InitiatorContext,
        theirs: &[u8],
    ) -> Result<Option<Vec<u8>>, InitiationError> {
        let ours = context.mic(&self.mech_types())?;
        Ok(match () {
            () if self.has(Fault::MissingMechListMic) => None,
            () if self.has(Fault::ReflectedMechListMic) => Some(theirs.to_vec()),
            () => Some(self.tampered(ours)),
        })
    }

    fn tampered(&self, mut mic: Vec<u8>) -> Vec<u8> {
        if let (true, Some(octet)) = (self.has(Fault::TamperedMechListMic), mic.last_mut()) {
            *octet ^= 1;
        }
        mic
    }

    fn verify_list(
        &self,
        context: &mut InitiatorContext,
        theirs: &[u8],
    ) -> Result<(), InitiationError> {
        if self.has(Fault::ChangedMechList) {
            return Ok(()); // the acceptor shall notice it
        }
        context.verify_mic(&self.mech_types(), theirs)
    }

    fn mech_types(&self) -> Vec<u8> {
        self.envelope
            .spnego()
            .map(Spnego::mech_types)
            .unwrap_or_default()
    }
}
