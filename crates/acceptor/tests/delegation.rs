//! Delegated credentials (RFC 4120 §5.8, RFC 4121 §4.1.1) as MIT krb5, Heimdal, Windows and Java make
//! them, and as nobody should. Tokens of the first and the last are in `interop/`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod scene;

use portcullis::error::{AuthenticatorError, DelegationError};
use portcullis::formats::ccache::CredentialCache;
use portcullis::formats::der::{Decode, Encode, SequenceOf, Writer};
use portcullis::formats::gss::ContextFlags;
use portcullis::formats::messages::{
    EncKrbCredPart, EncryptedData, EncryptionKey, KerberosTime, KrbCred, KrbCredInfo, Ticket,
    TicketFlags,
};
use portcullis::formats::registry::{ChecksumTypeNumber, EtypeNumber, Kvno};
use portcullis::{DelegatedCredential, Error, Principal};
use scene::Scene;

/// Seconds since 1970 at which tickets end.
const END: i64 = 2_000_000_000;

/// What a client says of a ticket that it hands over.
#[derive(Clone)]
struct Said {
    client: Option<Principal>,
    service: Option<Principal>,
    etype: EtypeNumber,
    key: Vec<u8>,
    times: bool,
}

impl Said {
    fn new() -> Self {
        Self {
            client: Some("alice@EXAMPLE.TEST".parse().unwrap()),
            service: Some("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST".parse().unwrap()),
            etype: EtypeNumber::AES256_SHA1,
            key: vec![7; 32],
            times: true,
        }
    }

    fn info(&self) -> KrbCredInfo<'_> {
        let time = |unix| self.times.then(|| KerberosTime::from_unix(unix));
        KrbCredInfo {
            key: EncryptionKey {
                keytype: self.etype,
                keyvalue: &self.key,
            },
            prealm: self.client.as_ref().map(Principal::realm),
            pname: self.client.as_ref().map(Principal::name),
            flags: self.times.then_some(TicketFlags::FORWARDED),
            authtime: time(END - 3),
            starttime: time(END - 2),
            endtime: time(END),
            renew_till: None,
            srealm: self.service.as_ref().map(Principal::realm),
            sname: self.service.as_ref().map(Principal::name),
            caddr: None,
        }
    }
}

/// A SEQUENCE OF these, encoded.
fn list_of(elements: impl Iterator<Item = impl Encode>) -> Vec<u8> {
    let mut list = Writer::new();
    list.sequence(|list| elements.for_each(|element| element.encode(list)));
    list.into_vec()
}

fn ticket(service: &Principal) -> Ticket<'_> {
    Ticket {
        realm: service.realm(),
        sname: service.name(),
        enc_part: EncryptedData {
            etype: EtypeNumber(99),
            kvno: Some(Kvno(2)),
            cipher: b"only the KDC can open this",
        },
    }
}

/// A KRB-CRED in clear, as Java sends it and MIT krb5 under some keys.
fn in_clear(count: usize, said: &[Said]) -> Vec<u8> {
    let tgs: Principal = "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST".parse().unwrap();
    let tickets = list_of((0..count).map(|_| ticket(&tgs)));
    let infos = list_of(said.iter().map(Said::info));
    let part = EncKrbCredPart {
        ticket_info: SequenceOf::from_der(&infos).unwrap(),
        nonce: None,
        timestamp: None,
        usec: None,
        s_address: None,
        r_address: None,
    };
    let message = KrbCred {
        tickets: SequenceOf::from_der(&tickets).unwrap(),
        enc_part: EncryptedData {
            etype: EtypeNumber::NULL,
            kvno: None,
            cipher: &part.to_der(),
        },
    };
    message.to_der()
}

/// The checksum of an authenticator that delegates `credential`.
fn checksum(credential: &[u8]) -> Vec<u8> {
    let mut octets = vec![16, 0, 0, 0];
    octets.extend([0; 16]);
    octets.extend((ContextFlags::DELEG.0 | ContextFlags::INTEG.0).to_le_bytes());
    octets.extend(1_u16.to_le_bytes());
    octets.extend(u16::try_from(credential.len()).unwrap().to_le_bytes());
    octets.extend(credential);
    octets
}

fn delegated(credential: &[u8]) -> Result<DelegatedCredential, DelegationError> {
    let scene = Scene::with(|settings| settings.keep_delegated_credentials());
    let token = scene
        .token()
        .checksum(ChecksumTypeNumber::GSS, &checksum(credential))
        .build();
    match scene.step(&token) {
        Ok(step) => {
            let (context, _) = scene::complete(Ok(step));
            Ok(context.identity().delegated().unwrap().clone())
        }
        Err(rejection) => match rejection.error() {
            Error::Authenticator(AuthenticatorError::Delegation(error)) => Err(error.clone()),
            other => panic!("{other}"),
        },
    }
}

#[test]
fn a_credential_in_clear_is_taken_as_it_is_sealed_in_the_authenticator_anyway() {
    let credential = delegated(&in_clear(1, &[Said::new()])).unwrap();
    assert_eq!(credential.client().to_string(), "alice@EXAMPLE.TEST");
    assert_eq!(
        credential.service().to_string(),
        "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST"
    );
    assert_eq!(credential.endtime().as_unix(), END);
    assert_eq!(credential.flags(), TicketFlags::FORWARDED);
}

/// The key is not ours to use: whoever gets the cache may know its encryption type.
#[test]
fn a_key_of_an_enctype_that_we_do_not_know_is_handed_on() {
    for (etype, length) in [(99, 77), (1, 8), (23, 16), (26, 32), (-140, 5)] {
        let said = Said {
            etype: EtypeNumber(etype),
            key: vec![7; length],
            ..Said::new()
        };
        let credential = delegated(&in_clear(1, core::slice::from_ref(&said))).unwrap();
        let octets = credential.to_ccache().unwrap();
        let cache = CredentialCache::open(&octets).unwrap();
        let cached = cache.credentials().next().unwrap().unwrap();
        assert_eq!(
            (cached.etype, cached.key),
            (said.etype, said.key.as_slice())
        );
    }
}

/// The format has 32 bits for a time, from 1970 to 2106.
#[test]
fn a_cache_has_the_times_that_the_client_says() {
    let credential = delegated(&in_clear(1, &[Said::new()])).unwrap();
    let octets = credential.to_ccache().unwrap();
    let cache = CredentialCache::open(&octets).unwrap();
    let cached = cache.credentials().next().unwrap().unwrap();
    let times = [cached.authtime, cached.starttime, cached.endtime];
    assert_eq!(times.map(i64::from), [END - 3, END - 2, END]);
    assert_eq!(cached.renew_till, 0);
}

#[test]
fn what_no_cache_can_hold_gives_no_cache() {
    let said = Said {
        etype: EtypeNumber(70_000),
        ..Said::new()
    };
    assert!(
        delegated(&in_clear(1, &[said]))
            .unwrap()
            .to_ccache()
            .is_none()
    );
}

#[test]
fn a_client_need_not_say_how_long_it_lasts() {
    let said = Said {
        times: false,
        ..Said::new()
    };
    let credential = delegated(&in_clear(1, &[said])).unwrap();
    assert_eq!(credential.endtime().as_unix(), 0);
    assert_eq!(credential.flags(), TicketFlags(0));
}

#[test]
fn tickets_and_descriptions_are_as_many() {
    let said = |count| vec![Said::new(); count];
    for (tickets, descriptions) in [(0, 0), (0, 1), (1, 0), (2, 1), (1, 2), (3, 2), (9, 0)] {
        let error = delegated(&in_clear(tickets, &said(descriptions))).unwrap_err();
        assert_eq!(
            error,
            DelegationError::Count {
                tickets,
                descriptions
            }
        );
    }
    assert!(delegated(&in_clear(2, &said(2))).is_ok());
}

#[test]
fn a_ticket_without_names_is_refused() {
    let whole = Said::new();
    for said in [
        Said {
            client: None,
            ..whole.clone()
        },
        Said {
            service: None,
            ..whole.clone()
        },
        Said {
            client: None,
            service: None,
            ..whole
        },
    ] {
        assert_eq!(
            delegated(&in_clear(1, &[said])).unwrap_err(),
            DelegationError::Nameless
        );
    }
}

#[test]
fn every_prefix_is_refused() {
    let whole = in_clear(1, &[Said::new()]);
    for end in 0..whole.len() {
        let error = delegated(&whole[..end]).unwrap_err();
        assert!(
            matches!(error, DelegationError::Malformed(_)),
            "{end}: {error:?}"
        );
    }
}

#[test]
fn no_changed_octet_makes_more_of_it_than_it_says() {
    let whole = in_clear(1, &[Said::new()]);
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x15;
        if let Ok(credential) = delegated(&changed) {
            let _ = credential.to_ccache();
        }
    }
}

#[test]
fn the_key_is_not_printed() {
    let credential = delegated(&in_clear(1, &[Said::new()])).unwrap();
    let printed = format!("{credential:?}");
    assert!(
        !printed.contains("7, 7") && !printed.contains("0707"),
        "{printed}"
    );
}
