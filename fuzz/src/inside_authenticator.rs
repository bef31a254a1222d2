//! An authenticator behind its MAC: what any client with a ticket can say.
//!
//! The first octet chooses the encryption type and whether an AP-REP is asked for, the plaintext
//! follows. The ticket is alice's.

use crate::canonical::reencodes;
use crate::{forge, shapes};
use portcullis_formats::messages::{ApOptions, Authenticator};

const SKEW: u64 = 300;
const MUTUAL: u8 = 8;

/// Sends the authenticator.
pub fn run(input: &[u8]) {
    let Some((choice, plaintext)) = input.split_first() else {
        return;
    };
    let enctype = forge::enctype(*choice);
    let said = reencodes::<Authenticator<'_>>(&shapes::AUTHENTICATOR, plaintext);
    let session_key = forge::session_key(enctype);
    let ticket = forge::alice_ticket_part(&session_key);
    let options = match choice & MUTUAL {
        0 => ApOptions::default(),
        _ => ApOptions::MUTUAL_REQUIRED,
    };
    let service_key = forge::service_key(enctype);
    let token = forge::token(options, &service_key, &ticket, &session_key, plaintext);
    let Some(mut context) = forge::accept(&token) else {
        return;
    };
    let identity = context.identity();
    assert_eq!(identity.client(), &*forge::ALICE);
    assert!(!identity.channel_bound());
    let lent = identity.delegated();
    let _ = lent.map(|credential| (format!("{credential:?}"), credential.to_ccache()));
    if let Some(said) = said {
        assert_eq!(said.cname.name_string, forge::ALICE.name().name_string);
        let now = forge::kerberos_now().as_unix();
        assert!(said.ctime.as_unix().abs_diff(now) <= SKEW);
        assert_eq!(identity.subkey_etype(), said.subkey.map(|key| key.keytype));
    }
    let _ = context.mic(b"message");
}
