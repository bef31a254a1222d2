//! The AP-REP: opened, compared with what was sent, and made a context of (RFC 4120 §3.2.5).

use super::{Conversation, InitiationError, InitiatorContext};
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{ApRep, EncApRepPart, EncryptionKey};
use portcullis_formats::registry::EtypeNumber;

/// What the third leg of DCE style repeats.
#[derive(Clone, Copy)]
pub(super) struct AnswerFacts {
    pub(super) sequence: u32,
}

/// The context that the AP-REP in `token` makes.
pub(super) fn ap_rep_in(
    token: &[u8],
    conversation: &Conversation,
) -> Result<(InitiatorContext, AnswerFacts), InitiationError> {
    let message = ApRep::from_der(conversation.envelope.ap_rep(token)?)?;
    let session_key = &conversation.session_key;
    let sealed = &message.enc_part;
    let expected = EtypeNumber(session_key.enctype().number());
    if sealed.etype != expected || sealed.kvno.is_some() {
        return Err(InitiationError::OtherKey);
    }
    let mut cipher = sealed.cipher.to_vec();
    let opened = session_key
        .open(KeyUsage::AP_REP, &mut cipher)
        .map_err(|_| InitiationError::Integrity)?;
    let part = EncApRepPart::from_padded_der(opened)?;
    if (part.ctime, part.cusec) != (conversation.ctime, conversation.cusec) {
        return Err(InitiationError::OtherTime);
    }
    let sequence = part.seq_number.ok_or(InitiationError::NoSequence)?;
    let subkey = part.subkey.map(|key| proposed(&key)).transpose()?;
    // RFC 4121 §2: RC4-HMAC and DES3 have no subkey of the acceptor's; MIT krb5 sends ours back.
    let subkey = subkey.filter(|key| conversation.subkey.as_ref() != Some(key));
    let context = InitiatorContext::new(conversation, subkey, sequence);
    Ok((context, AnswerFacts { sequence }))
}

fn proposed(key: &EncryptionKey<'_>) -> Result<Key, InitiationError> {
    let enctype = Enctype::try_from(key.keytype.0).map_err(|_| InitiationError::Subkey)?;
    Key::new(enctype, key.keyvalue).map_err(|_| InitiationError::Subkey)
}
