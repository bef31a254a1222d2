//! Whoever stands between us and the KDC, and may log in himself, logs in as somebody else: he makes
//! up that user's password, and where the service's ticket is due he hands out his own, which is
//! good.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use portcullis::error::AuthenticatorError;
use portcullis::{Acceptor, Enctype, Error, Principal};
use portcullis_client::{Client, ClientTicket, PasswordError, PasswordVerifier};
use portcullis_crypto::{Key, KeyUsage, string_to_key};
use portcullis_formats::der::{Decode as _, Encode as _};
use portcullis_formats::messages::{
    ApReq, Authenticator, EncKdcRepPart, EncryptedData, EncryptionKey, KdcRep, KdcReq, MessageType,
    Ticket,
};
use portcullis_formats::registry::{EtypeNumber, PaDataType};
use portcullis_testrealm::{MiniKdc, TestRealm};
use std::time::SystemTime;

const AES256: Enctype = Enctype::Aes256CtsHmacSha1_96;

/// Between us and the KDC.
struct Thief {
    /// Has alice with a password of the thief's choice.
    fake: MiniKdc,
    now: SystemTime,
    /// The thief's own ticket for the service, from the real KDC.
    own: ClientTicket,
    /// Of the ticket-granting ticket that the fake has given.
    session_key: Option<Key>,
}

impl Thief {
    fn answer(&mut self, request: &[u8]) -> Vec<u8> {
        let answer = self.fake.answer(request, self.now);
        match KdcRep::from_der(&answer) {
            Ok(reply) if reply.msg_type == MessageType::AS_REP => {
                let password = string_to_key(AES256, b"guess", b"EXAMPLE.TESTalice", None);
                let part = opened(&password.unwrap(), KeyUsage::AS_REP, &reply.enc_part);
                let part = EncKdcRepPart::from_padded_der(&part).unwrap();
                self.session_key = Some(Key::new(AES256, part.key.keyvalue).unwrap());
                answer
            }
            Ok(reply) => self.exchanged(request, &reply),
            Err(_) => answer,
        }
    }

    /// The reply with the thief's ticket and its session key in it.
    fn exchanged(&self, request: &[u8], reply: &KdcRep<'_>) -> Vec<u8> {
        let subkey = self.subkey(request);
        let part = opened(&subkey, KeyUsage::TGS_REP_SUBKEY, &reply.enc_part);
        let mut part = EncKdcRepPart::from_padded_der(&part).unwrap();
        part.key = EncryptionKey {
            keytype: EtypeNumber(self.own.session_key.enctype().number()),
            keyvalue: self.own.session_key.expose_octets(),
        };
        let mut cipher = Vec::new();
        let plaintext = part.to_der();
        subkey.seal(
            KeyUsage::TGS_REP_SUBKEY,
            &[7; 16],
            &[&plaintext],
            &mut cipher,
        );
        let mut reply = *reply;
        reply.ticket = Ticket::from_der(&self.own.ticket).unwrap();
        reply.enc_part.cipher = &cipher;
        reply.to_der()
    }

    fn subkey(&self, request: &[u8]) -> Key {
        let request = KdcReq::from_der(request).unwrap();
        let mut padata = request.padata.unwrap().iter();
        let proof = padata.find(|it| it.padata_type == PaDataType::TGS_REQ);
        let proof = ApReq::from_der(proof.unwrap().padata_value).unwrap();
        let key = self.session_key.as_ref().unwrap();
        let usage = KeyUsage::TGS_REQ_AUTHENTICATOR;
        let authenticator = opened(key, usage, &proof.authenticator);
        let authenticator = Authenticator::from_der(&authenticator).unwrap();
        Key::new(AES256, authenticator.subkey.unwrap().keyvalue).unwrap()
    }
}

fn opened(key: &Key, usage: KeyUsage, sealed: &EncryptedData<'_>) -> Vec<u8> {
    let mut cipher = sealed.cipher.to_vec();
    key.open(usage, &mut cipher).unwrap().to_vec()
}

#[test]
fn a_good_ticket_of_the_thiefs_lets_nobody_in_as_somebody_else() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice", "secret");
    realm.user_with_password("mallory", "mine");
    let web = realm.service("HTTP/web.example.test");
    let now = realm.now();
    let (kdc, service): (_, Principal) = (realm.kdc(), web.principal().clone());
    let mut mallory = Client::with_password("mallory@EXAMPLE.TEST".parse().unwrap(), "mine");
    let own = mallory.ticket(
        &service,
        now,
        &mut |_, request| Ok(kdc.answer(request, now)),
    );

    let fake = TestRealm::with_seed("EXAMPLE.TEST", &[0x66; 32]);
    fake.user_with_password("alice", "guess");
    fake.service("HTTP/web.example.test");
    let mut thief = Thief {
        fake: fake.kdc(),
        now,
        own: own.unwrap(),
        session_key: None,
    };
    let verifier = PasswordVerifier::new(Acceptor::new(web.keytab()).unwrap(), service);
    let from = [192, 0, 2, 7].into();
    let refused = verifier.verify("alice", "guess", from, now, &mut |_, request| {
        Ok(thief.answer(request))
    });
    let PasswordError::Unproven(rejection) = refused.unwrap_err() else {
        panic!("the ticket is good")
    };
    let error = rejection.error();
    assert!(
        matches!(
            error,
            Error::Authenticator(AuthenticatorError::WrongClient { .. })
        ),
        "{error:?}"
    );
}
