//! A ticket behind its MAC: what only a KDC can say, said by the fuzzer.
//!
//! The first octet chooses the encryption type and the acceptor, the plaintext follows. The
//! authenticator is one that fits, so that all checks are reached.

use crate::canonical::reencodes;
use crate::{forge, shapes};
use portcullis::{Enctype, Principal};
use portcullis_crypto::Key;
use portcullis_formats::der::{Decode as _, Encode as _};
use portcullis_formats::messages::{
    ApOptions, EncTicketPart, EncryptionKey, KerberosString, TicketFlags, TransitedEncoding,
};

const SKEW: i64 = 300;
/// The acceptor looks at the path of realms.
pub const GUARDED: u8 = 8;

/// Sends the ticket.
pub fn run(input: &[u8]) {
    let _ = is_accepted(input);
}

/// Whether its client gets in with it.
fn is_accepted(input: &[u8]) -> bool {
    let Some((choice, plaintext)) = input.split_first() else {
        return false;
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
    let acceptor = match choice & GUARDED {
        0 => &*forge::ACCEPTOR,
        _ => &*forge::GUARDED,
    };
    let Some(context) = forge::accept_by(acceptor, &token) else {
        return false;
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
    true
}

/// A ticket of a client of another realm, who came through those that are listed.
///
/// # Panics
/// Never.
#[must_use]
pub fn seed(realm: &str, path: &str) -> Vec<u8> {
    let session_key = forge::session_key(Enctype::Aes256CtsHmacSha1_96);
    let octets = forge::alice_ticket_part(&session_key);
    let part = EncTicketPart {
        crealm: KerberosString(realm.as_bytes()),
        transited: TransitedEncoding {
            tr_type: TransitedEncoding::DOMAIN_X500_COMPRESS,
            contents: path.as_bytes(),
        },
        ..EncTicketPart::from_der(&octets).expect("alice's ticket")
    };
    [vec![GUARDED], part.to_der()].concat()
}

/// Such that come through realms that may lie between, and that may not.
#[must_use]
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("path-given", seed("AWAY.TEST", "MIDDLE.TEST")),
        ("path-not-given", seed("AWAY.TEST", "OTHER.TEST")),
        ("path-up", seed("A.B.TEST", "B.TEST,TEST")),
        ("path-compressed", seed("A.B.TEST", "TEST,B.")),
        ("path-gap", seed("A.B.TEST", ",TEST")),
        ("path-x500", seed("/C=X/O=Y", "/C=X,/O=Z, TEST")),
        ("path-quoted", seed("A.B.TEST", "B\\.TEST,\\,TEST")),
    ]
}

fn key(key: &EncryptionKey<'_>) -> Option<Key> {
    Key::new(Enctype::try_from(key.keytype.0).ok()?, key.keyvalue).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_come_through_realms_that_lie_between() {
        let good = ["path-given", "path-up", "path-compressed", "path-gap"];
        for (name, seed) in seeds() {
            assert_eq!(is_accepted(&seed), good.contains(&name), "{name}");
        }
    }
}
