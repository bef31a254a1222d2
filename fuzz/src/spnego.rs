//! The frames around Kerberos: GSS-API (RFC 2743 §3.1) and SPNEGO (RFC 4178 §4.2).

use crate::canonical::reencodes;
use crate::shapes;
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::gss::{FirstToken, InitialContextToken, frame, oid_to_dotted};
use portcullis_formats::spnego::{NegTokenInit, NegTokenResp};

/// Reads `input` as whatever it says that it is.
pub fn run(input: &[u8]) {
    let _ = FirstToken::recognize(input).map_err(|error| error.to_string());
    if let Ok(token) = InitialContextToken::decode(input) {
        assert_eq!(frame(token.oid, token.inner), input);
        neg_token_init(token.inner);
    }
    neg_token_init(input);
    if let Some(token) = reencodes::<NegTokenResp<'_>>(&shapes::NEG_TOKEN_RESP, input) {
        let _ = token
            .supported_mech
            .map(|oid| oid_to_dotted(oid).to_string());
    }
}

/// What is ignored (reqFlags, hints) does not come back; the rest does.
fn neg_token_init(input: &[u8]) {
    let Ok(token) = NegTokenInit::from_der(input) else {
        return;
    };
    let encoded = token.to_der();
    assert!(encoded.len() <= input.len());
    assert_eq!(NegTokenInit::from_der(&encoded), Ok(token));
    for oid in token.mech_types.iter().flat_map(|list| list.iter()) {
        assert!(!oid.is_empty());
        let _ = oid_to_dotted(oid).to_string();
    }
}
