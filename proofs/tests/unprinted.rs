//! What is printed of anything that holds a key says nothing of the key.
#![allow(missing_docs, reason = "test code")]

mod secrets;

use portcullis::context::{ExportKey, Protection};
use portcullis::entropy::BufferedEntropy;
use portcullis::identity::Identity;
use portcullis::user_to_user::OurTgt;
use portcullis::{Acceptor, Enctype, Error, Keytab, Principal, UnrecordedStep};
use portcullis_crypto::{Generator, Key, KeyUsage};
use portcullis_formats::ccache::{CcacheWriter, CredentialCache};
use portcullis_formats::der::{Decode, Encode, Reader};
use portcullis_formats::gss::{GssChecksum, InitialContextToken, split_token_id};
use portcullis_formats::keytab::{KeytabFile, KeytabVersion, KeytabWriter};
use portcullis_formats::messages::{
    ApRep, ApReq, Authenticator, EncApRepPart, EncKrbCredPart, EncTicketPart, EncryptedData,
    KrbCred, KrbCredInfo,
};
use portcullis_formats::registry::EtypeNumber;
use portcullis_sasl::{Layers, Mechanism, SaslServer};
use portcullis_testrealm::{Fault, TokenBuilder};
use secrets::{Login, Unprintable};

fn login() -> (Login, Unprintable) {
    let login = Login::new(Enctype::Aes256CtsHmacSha384_192, TokenBuilder::spnego);
    let unprintable = Unprintable::new(&login.keys);
    (login, unprintable)
}

/// The test would see it.
#[test]
fn a_printed_key_is_found() {
    let (login, unprintable) = login();
    let (_, key) = &login.keys[0];
    let found = |text: String| std::panic::catch_unwind(|| unprintable.not_in(&text)).is_err();
    assert!(found(format!("{key:?}")));
    assert!(found(format!("{key:#?}")));
    assert!(found(format!("{key:02x?}")));
    assert!(found(key.escape_ascii().to_string()));
    let in_one_piece = key.iter().map(|octet| format!("{octet:02x}"));
    assert!(found(in_one_piece.collect()));
}

#[test]
fn nothing_that_a_service_holds_prints_a_key() {
    let (login, unprintable) = login();
    let keytab = || Keytab::parse(login.keytab.clone()).unwrap();
    unprintable.not_shown_by(&keytab());
    unprintable.not_shown_by(&Acceptor::builder(keytab()));
    unprintable.not_shown_by(&Acceptor::builder(keytab()).krbtgt_keys(keytab()));
    let acceptor = login.acceptor();
    unprintable.not_shown_by(&acceptor);
    unprintable.not_shown_by(&acceptor.begin());
    unprintable.not_shown_by(&BufferedEntropy::default());
    let server = SaslServer::new(acceptor.clone(), Layers::CONFIDENTIALITY);
    unprintable.not_shown_by(&server);
    unprintable.not_shown_by(&server.begin(Mechanism::Gssapi));
}

#[test]
fn nothing_that_a_login_makes_prints_a_key() {
    let (login, unprintable) = login();
    let acceptor = login.acceptor();
    let unrecorded = || acceptor.begin().step_unrecorded(&login.token, login.now);
    unprintable.not_shown_by(&unrecorded());
    if let Ok(UnrecordedStep::Unrecorded(unrecorded)) = unrecorded() {
        unprintable.not_shown_by(&unrecorded);
        unprintable.not_said_by(unrecorded.tag());
    }
    let step = acceptor.begin().step(&login.token, login.now);
    unprintable.not_shown_by(&step);
    // It was here before.
    unprintable.not_shown_by(&acceptor.begin().step(&login.token, login.now));

    let mut context = login.accept(&login.acceptor());
    unprintable.not_shown_by(&context);
    let identity: &Identity = context.identity();
    unprintable.not_shown_by(identity);
    unprintable.not_shown_by(&identity.delegated().expect("a credential"));
    unprintable.not_shown_by(&identity.pac());
    unprintable.not_shown_by(&identity.key());
    unprintable.not_shown_by(&context.wrap(b"message", Protection::Confidentiality));
    unprintable.not_shown_by(&context.split());
    unprintable.not_shown_by(&ExportKey::new(&[0x5e; 32]));
}

#[test]
fn no_refusal_prints_a_key() {
    let (login, unprintable) = login();
    let acceptor = login.acceptor();
    for fault in Fault::all() {
        let enctype = Enctype::Aes256CtsHmacSha384_192;
        let token = Login::token_of(enctype, |token| token.fault(*fault));
        if let Err(rejection) = acceptor.begin().step(&token, login.now) {
            unprintable.not_said_by(&rejection);
            let error: &Error = rejection.error();
            unprintable.not_said_by(error);
            unprintable.not_in(error.remedy());
        }
    }
}

#[test]
fn no_key_of_the_ciphers_prints_itself() {
    let key = [0xa7, 0x5e, 0x31, 0xd8, 0x0b, 0x64, 0xf9, 0x42].repeat(4);
    let unprintable = Unprintable::new(&[("protocol", key.clone())]);
    for enctype in Enctype::all() {
        let key = Key::new(*enctype, &key[..enctype.key_length()]).unwrap();
        unprintable.not_shown_by(&key);
        unprintable.not_shown_by(&key.prepare());
        unprintable.not_shown_by(&key.cipher(KeyUsage::TICKET));
        unprintable.not_shown_by(&key.mac(KeyUsage::TICKET));
        unprintable.not_shown_by(&key.rfc1964());
        let other = Key::new(*enctype, &[1; 5]).unwrap_err();
        unprintable.not_said_by(&other);
    }
    let seed = key.as_slice().try_into().unwrap();
    unprintable.not_shown_by(&Generator::from_seed(seed));
}

#[test]
fn no_file_with_keys_prints_them() {
    let (login, unprintable) = login();
    let keytab = KeytabFile::open(&login.keytab).unwrap();
    unprintable.not_shown_by(&keytab);
    unprintable.not_shown_by(&keytab.records());
    let mut writer = KeytabWriter::new(KeytabVersion::V2);
    for entry in keytab.records() {
        let entry = entry.unwrap();
        unprintable.not_shown_by(&entry);
        let (principal, etype) = (&entry.principal, entry.etype);
        let written = writer.add(principal, entry.timestamp, entry.kvno, etype, entry.key);
        written.unwrap();
    }
    unprintable.not_shown_by(&writer);

    let context = login.accept(&login.acceptor());
    let delegated = context.identity().delegated().unwrap();
    let octets = delegated.to_ccache().unwrap();
    let cache = CredentialCache::open(&octets).unwrap();
    unprintable.not_shown_by(&cache);
    unprintable.not_shown_by(&cache.credentials());
    let owner = cache.default_principal().clone();
    let mut writer = CcacheWriter::new(&owner, None, 0).unwrap();
    for credential in cache.credentials() {
        let credential = credential.unwrap();
        unprintable.not_shown_by(&credential);
        writer.add(&credential).unwrap();
        let tgt = OurTgt::new(
            Principal::parse("HTTP/web.example.test@EXAMPLE.TEST", None).unwrap(),
            credential.ticket,
            credential.etype,
            credential.key,
        );
        unprintable.not_shown_by(&tgt);
    }
    unprintable.not_shown_by(&writer);
}

/// The plaintexts of all that is sealed, and a credential that is sent without being sealed.
#[test]
fn no_message_prints_a_key() {
    let enctype = Enctype::Aes256CtsHmacSha384_192;
    let login = Login::new(enctype, TokenBuilder::delegate_in_clear);
    let unprintable = Unprintable::new(&login.keys);
    let open = |name: &str, usage, sealed: &EncryptedData<'_>| {
        let of_name = login.keys.iter().filter(|(this, _)| *this == name);
        let opened = of_name.map(|(_, key)| {
            let mut octets = sealed.cipher.to_vec();
            let key = Key::new(enctype, key).unwrap();
            key.open(usage, &mut octets)
                .ok()
                .map(|plaintext| plaintext.to_vec())
        });
        opened.flatten().next().expect("a key")
    };
    let framed = InitialContextToken::decode(&login.token).unwrap();
    let request = ApReq::from_der(split_token_id(framed.inner).unwrap().1).unwrap();
    unprintable.not_shown_by(&request);
    let ticket = open("service", KeyUsage::TICKET, &request.ticket.enc_part);
    let ticket = EncTicketPart::from_der(&ticket).unwrap();
    unprintable.not_shown_by(&ticket);
    let usage = KeyUsage::AP_REQ_AUTHENTICATOR;
    let octets = open("session", usage, &request.authenticator);
    let authenticator = Authenticator::from_der(&octets).unwrap();
    unprintable.not_shown_by(&authenticator);
    unprintable.not_shown_by(&Reader::new(&octets));

    let checksum = GssChecksum::decode(authenticator.cksum.unwrap().checksum).unwrap();
    unprintable.not_shown_by(&checksum);
    let credential = KrbCred::from_der(checksum.delegation.unwrap()).unwrap();
    assert_eq!(credential.enc_part.etype, EtypeNumber::NULL);
    unprintable.not_shown_by(&credential);
    let part = EncKrbCredPart::from_der(credential.enc_part.cipher).unwrap();
    unprintable.not_shown_by(&part);
    unprintable.not_shown_by(&part.ticket_info.iter());
    let infos: Vec<KrbCredInfo<'_>> = part.ticket_info.iter().collect();
    unprintable.not_shown_by(&infos);

    let (_, reply) = login.answered(&login.acceptor());
    let framed = InitialContextToken::decode(&reply).unwrap();
    let reply = ApRep::from_der(split_token_id(framed.inner).unwrap().1).unwrap();
    unprintable.not_shown_by(&reply);
    let part = open("session", KeyUsage::AP_REP, &reply.enc_part);
    let part = EncApRepPart::from_der(&part).unwrap();
    unprintable.not_shown_by(&part);
    assert!(!part.to_der().is_empty());
}
