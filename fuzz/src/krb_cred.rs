//! A delegated credential: in clear, and inside a good authenticator.
//!
//! The first octet chooses the encryption type and whether the rest is the message or what is
//! sealed in it.

use crate::canonical::reencodes;
use crate::{forge, shapes};
use portcullis_formats::ccache::CredentialCache;
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{ApOptions, EncKrbCredPart, KrbCred, KrbCredInfo};

const SEALED: u8 = 8;

/// Delegates the credential.
pub fn run(input: &[u8]) {
    let Some((choice, octets)) = input.split_first() else {
        return;
    };
    let enctype = forge::enctype(*choice);
    let message = match choice & SEALED {
        0 => octets.to_vec(),
        _ => forge::seal_credential(enctype, octets),
    };
    reencodes::<KrbCred<'_>>(&shapes::KRB_CRED, &message);
    part(octets);
    if message.len() <= usize::from(u16::MAX) {
        delegate(enctype, &message);
    }
}

fn part(octets: &[u8]) {
    let Some(part) = reencodes::<EncKrbCredPart<'_>>(&shapes::ENC_KRB_CRED_PART, octets) else {
        return;
    };
    let mut infos = portcullis_formats::der::Reader::new(part.ticket_info.encoded_elements());
    while let Ok(info) = infos.whole() {
        assert!(KrbCredInfo::from_der(info).is_ok());
        reencodes::<KrbCredInfo<'_>>(&shapes::KRB_CRED_INFO, info);
    }
    assert!(infos.is_empty());
}

/// What is kept of it can be read as a credential cache.
fn delegate(enctype: portcullis::Enctype, message: &[u8]) {
    let session_key = forge::session_key(enctype);
    let ticket = forge::alice_ticket_part(&session_key);
    let authenticator = forge::alice_authenticator(enctype, Some(message));
    let service_key = forge::service_key(enctype);
    let options = ApOptions::default();
    let token = forge::token(options, &service_key, &ticket, &session_key, &authenticator);
    let Some(context) = forge::accept(&token) else {
        return;
    };
    let lent = context
        .identity()
        .delegated()
        .expect("a credential was delegated");
    if let Some(file) = lent.to_ccache() {
        let cache = CredentialCache::open(&file).expect("a credential cache");
        assert_eq!(cache.default_principal(), lent.client());
        let only: Vec<_> = cache
            .credentials()
            .map(|read| read.expect("a credential"))
            .collect();
        assert_eq!(only.len(), 1);
        assert_eq!(&only[0].server, lent.service());
    }
}
