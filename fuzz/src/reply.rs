//! What we send must be what a peer can read, whatever it sent.

use portcullis::Rejection;
use portcullis_formats::der::Decode;
use portcullis_formats::gss::{InitialContextToken, Mechanism, TokenId, split_token_id};
use portcullis_formats::messages::{ApRep, KrbError, TgtReply};
use portcullis_formats::spnego::{NegTokenInit, NegTokenResp};

/// Asserts that a refusal can be told to the operator and its reply read by the peer.
pub fn assert_sound(rejection: &Rejection) {
    let error = rejection.error();
    assert!(!error.to_string().is_empty());
    assert!(!error.remedy().is_empty());
    let _ = (error.code(), error.blame(), format!("{rejection:?}"));
    if let Some(reply) = rejection.reply() {
        assert_readable(reply);
    }
}

/// Asserts that a reply is one of those that there are.
pub fn assert_readable(reply: &[u8]) {
    let readable = match reply.first() {
        Some(0xa1) => NegTokenResp::from_der(reply).is_ok(),
        Some(0x60) => framed_is_readable(reply),
        Some(0x6f) => ApRep::from_der(reply).is_ok(),
        Some(0x7e) => KrbError::from_der(reply).is_ok(),
        _ => false,
    };
    assert!(readable, "reply {reply:02x?}");
}

fn framed_is_readable(reply: &[u8]) -> bool {
    let Ok(framed) = InitialContextToken::decode(reply) else {
        return false;
    };
    if framed.oid == Mechanism::Spnego.oid() {
        return NegTokenInit::from_der(framed.inner).is_ok();
    }
    match split_token_id(framed.inner) {
        Ok((TokenId::AP_REP, message)) => ApRep::from_der(message).is_ok(),
        Ok((TokenId::TGT_REPLY, message)) => TgtReply::from_der(message).is_ok(),
        Ok((TokenId::KRB_ERROR, message)) => KrbError::from_der(message).is_ok(),
        _ => false,
    }
}
