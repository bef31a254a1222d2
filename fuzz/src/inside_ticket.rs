//! A ticket behind its MAC: what only a KDC can say, said by the fuzzer.
//!
//! The first octet chooses the encryption type, the plaintext follows. The authenticator is one
//! that fits, so that all checks are reached.

use crate::canonical::reencodes;
use crate::{forge, shapes};
use portcullis::{Enctype, Principal};
use portcullis_crypto::Key;
use portcullis_formats::messages::{ApOptions, EncTicketPart, EncryptionKey, TicketFlags};

const SKEW: i64 = 300;

/// Sends the ticket.
pub fn run(input: &[u8]) {
    let Some((choice, plaintext)) = input.split_first() else {
        return;
    };
    let enctype = forge::enctype(*choice);
    let part = reencodes::<EncTicketPart<'_>>(&shapes::ENC_TICKET_PART, plaintext);
    let session_key = part.and_then(|part| key(&part.key));
    let client = part.and_then(|part| Principal::from_wire(part.crealm, part.cname).ok());
    let authenticator = forge::authenticator(client.as_ref().unwrap_or(&forge::ALICE), None, None);
    let session_key = session_key.unwrap_or_else(|| forge::session_key(enctype));
    let service_key = forge::service_key(enctype);
    let options = ApOptions::MUTUAL_REQUIRED;
    let token = forge::token(
        options,
        &service_key,
        plaintext,
        &session_key,
        &authenticator,
    );
    let Some(context) = forge::accept(&token) else {
        return;
    };
    let identity = context.identity();
    let now = forge::kerberos_now().as_unix();
    assert!(identity.starttime().as_unix() <= now + SKEW);
    assert!(identity.endtime().as_unix() >= now - SKEW);
    assert!(!identity.ticket_flags().contains(TicketFlags::INVALID));
    assert!(!identity.client().is_anonymous());
    assert!(!identity.client().realm().0.is_empty());
    assert_eq!(identity.service(), &*forge::WEB);
    if let Some(client) = client {
        assert_eq!(identity.client(), &client);
    }
}

fn key(key: &EncryptionKey<'_>) -> Option<Key> {
    Key::new(Enctype::try_from(key.keytype.0).ok()?, key.keyvalue).ok()
}
