//! `portcullis serve`: credentials that clients delegate.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod daemon;
mod program;

use daemon::{Daemon, Realm, authorization};
use portcullis::Principal;
use portcullis::formats::ccache::CredentialCache;
use portcullis::formats::der::{Decode, Encode, SequenceOf, Writer};
use portcullis::formats::gss::ContextFlags;
use portcullis::formats::messages::{
    EncKrbCredPart, EncryptedData, EncryptionKey, KerberosTime, KrbCred, KrbCredInfo, Ticket,
    TicketFlags,
};
use portcullis::formats::registry::{ChecksumTypeNumber, EtypeNumber};

/// Seconds since 1970 at which the ticket ends.
const END: i64 = 4_000_000_000;

/// Of one element, encoded.
fn list_of(element: &impl Encode) -> Vec<u8> {
    let mut list = Writer::new();
    list.sequence(|list| element.encode(list));
    list.into_vec()
}

/// A KRB-CRED in clear that says to be of this client (RFC 4120 §5.8).
fn credential_of(client: &Principal) -> Vec<u8> {
    let krbtgt: Principal = "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST".parse().unwrap();
    let sealed = |etype, cipher| EncryptedData {
        etype,
        kvno: None,
        cipher,
    };
    let ticket = Ticket {
        realm: krbtgt.realm(),
        sname: krbtgt.name(),
        enc_part: sealed(EtypeNumber::AES256_SHA1, b"only the KDC can open this"),
    };
    let info = KrbCredInfo {
        key: EncryptionKey {
            keytype: EtypeNumber::AES256_SHA1,
            keyvalue: &[7; 32],
        },
        prealm: Some(client.realm()),
        pname: Some(client.name()),
        flags: Some(TicketFlags::FORWARDED),
        authtime: None,
        starttime: None,
        endtime: Some(KerberosTime::from_unix(END)),
        renew_till: None,
        srealm: Some(krbtgt.realm()),
        sname: Some(krbtgt.name()),
        caddr: None,
    };
    let (tickets, infos) = (list_of(&ticket), list_of(&info));
    let part = EncKrbCredPart {
        ticket_info: SequenceOf::from_der(&infos).unwrap(),
        nonce: None,
        timestamp: None,
        usec: None,
        s_address: None,
        r_address: None,
    };
    let part = part.to_der();
    let message = KrbCred {
        tickets: SequenceOf::from_der(&tickets).unwrap(),
        enc_part: sealed(EtypeNumber::NULL, &part),
    };
    message.to_der()
}

/// The field of a login of alice, who delegates what says to be a credential of this client
/// (RFC 4121 §4.1.1).
fn delegates(realm: &Realm, client: &str) -> String {
    let credential = credential_of(&client.parse().unwrap());
    let mut checksum = vec![16, 0, 0, 0];
    checksum.extend([0; 16]);
    let flags = ContextFlags::DELEG.0 | ContextFlags::MUTUAL.0;
    checksum.extend(flags.to_le_bytes());
    checksum.extend(1_u16.to_le_bytes());
    checksum.extend(u16::try_from(credential.len()).unwrap().to_le_bytes());
    checksum.extend(credential);
    authorization(&realm.token_of("alice", |token| {
        token.checksum(ChecksumTypeNumber::GSS, &checksum)
    }))
}

/// The application would act as somebody else.
#[test]
fn a_credential_of_another_client_than_who_logs_in_is_not_kept() {
    let realm = Realm::new();
    let caches = program::directory().join("caches");
    let more = format!(
        "[delegation]\ndirectory = '{}'\n[headers]\nccache = 'X-Ccache'",
        caches.display()
    );
    let daemon = Daemon::start(&realm.keytab(), &more);
    let kept = || std::fs::read_dir(&caches).unwrap().count();

    for other in [
        "admin@EXAMPLE.TEST",
        "alice@OTHER.TEST",
        "alice/admin@EXAMPLE.TEST",
    ] {
        let answer = daemon.get("/auth", &[&delegates(&realm, other)]);
        assert_eq!(answer.status, 200, "{other}: {answer:?}");
        assert_eq!(answer.field("x-ccache"), Some(""), "{other}");
        assert_eq!(kept(), 0, "{other}");
    }

    let answer = daemon.get("/auth", &[&delegates(&realm, "alice@EXAMPLE.TEST")]);
    let name = answer.field("x-ccache").unwrap();
    let cache = std::fs::read(name.strip_prefix("FILE:").unwrap()).unwrap();
    let cache = CredentialCache::open(&cache).unwrap();
    assert_eq!(cache.default_principal().to_string(), "alice@EXAMPLE.TEST");
    assert_eq!(kept(), 1);
}
