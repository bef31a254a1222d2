//! Answers of KDCs that are sealed as they should be, and are none to what was asked.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use portcullis::entropy::{Entropy, EntropyError};
use portcullis::formats::der::{Decode as _, Encode as _};
use portcullis::formats::messages::{EncKdcRepPart, EncryptedData, KdcRep};
use portcullis::formats::registry::EtypeNumber;
use portcullis::{Enctype, Principal};
use portcullis_client::{Client, ClientError, ClientTicket};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_testrealm::{TestRealm, TestService};
use std::sync::Arc;

/// What is no secret: so this file knows the subkeys by which KDCs seal their answers.
#[derive(Debug)]
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        octets.fill(7);
        Ok(())
    }
}

/// A realm with alice and a service.
fn scene() -> (TestRealm, TestService) {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice", "secret");
    let web = realm.service("HTTP/web.example.test");
    (realm, web)
}

fn alice() -> Client {
    let alice = Client::with_password("alice@EXAMPLE.TEST".parse().unwrap(), "secret");
    alice.entropy(Arc::new(Sevens))
}

/// What alice gets when `falsify` has seen each answer, counted from 1; the third is that for the
/// service.
fn ticket(
    realm: &TestRealm,
    service: &Principal,
    falsify: impl Fn(usize, Vec<u8>) -> Vec<u8>,
) -> Result<ClientTicket, ClientError> {
    let (kdc, now) = (realm.kdc(), realm.now());
    let mut asked = 0_usize;
    alice().ticket(service, now, &mut |_, request| {
        asked = asked.saturating_add(1);
        Ok(falsify(asked, kdc.answer(request, now)))
    })
}

/// This answer to a TGS-REQ, opened, made one for another service and sealed again.
fn for_another(answer: &[u8], service: &Principal) -> Vec<u8> {
    let mut reply = KdcRep::from_der(answer).unwrap();
    let enctype = Enctype::try_from(reply.enc_part.etype.0).unwrap();
    let (key, usage) = (
        Key::from_random(enctype, &[7; 32]),
        KeyUsage::TGS_REP_SUBKEY,
    );
    let mut cipher = reply.enc_part.cipher.to_vec();
    let plaintext = key.open(usage, &mut cipher).unwrap();
    let mut part = EncKdcRepPart::from_padded_der(plaintext).unwrap();
    (part.srealm, part.sname) = (service.realm(), service.name());
    let mut sealed = Vec::new();
    key.seal(usage, &[0; 16], &[&part.to_der()], &mut sealed);
    reply.enc_part = EncryptedData {
        cipher: &sealed,
        ..reply.enc_part
    };
    reply.to_der()
}

#[test]
fn an_answer_is_for_the_service_that_was_asked_for_or_on_the_way_to_it() {
    let (realm, web) = scene();
    let answered_for = |name: &str| {
        let service: Principal = name.parse().unwrap();
        ticket(&realm, web.principal(), |asked, answer| match asked {
            3 => for_another(&answer, &service),
            _ => answer,
        })
    };
    let same = answered_for("HTTP/web.example.test@EXAMPLE.TEST").unwrap();
    assert_eq!(same.service, *web.principal());
    for other in [
        "HTTP/evil.example.test@EXAMPLE.TEST",
        "HTTP/web.example.test@OTHER.TEST",
        "krbtgt@EXAMPLE.TEST",
        "krbtgt/A/B@EXAMPLE.TEST",
    ] {
        let refused = answered_for(other).unwrap_err();
        assert!(
            matches!(refused, ClientError::OtherAnswer("service")),
            "{other}: {refused}"
        );
    }
}

/// The number stands in clear, and whoever is between changes it.
#[test]
fn an_answer_says_that_it_is_sealed_with_a_key_of_the_kind_that_is_due() {
    let (realm, web) = scene();
    for false_one in [2, 3] {
        for etype in [1, 17, 23, 0, -1] {
            let refused = ticket(&realm, web.principal(), |asked, answer| {
                let Ok(mut reply) = KdcRep::from_der(&answer) else {
                    return answer;
                };
                if asked == false_one {
                    assert_ne!(reply.enc_part.etype.0, etype);
                    reply.enc_part.etype = EtypeNumber(etype);
                }
                reply.to_der()
            });
            assert!(
                matches!(refused, Err(ClientError::Integrity)),
                "{false_one} {etype}: {refused:?}"
            );
        }
    }
    assert!(ticket(&realm, web.principal(), |_, answer| answer).is_ok());
}
