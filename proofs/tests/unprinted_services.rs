//! What is printed of anything around the acceptor says nothing of keys and passwords: the client, the
//! layer for HTTP, stores and directories, SASL; and no type that holds a secret is forgotten here.
#![allow(missing_docs, reason = "test code")]

mod secrets;

use portcullis::{Acceptor, Enctype, Principal};
use portcullis_client::{Client, ClientTicket, PasswordVerifier};
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{EncKdcRepPart, EncryptionKey};
use portcullis_formats::pac::{LogonInfo, UserSessionKey};
use portcullis_formats::registry::EtypeNumber;
use portcullis_http::NegotiateLayer;
use portcullis_http::session::{SessionKeys, Sessions};
use portcullis_sasl::{Layers, Mechanism, SaslServer, Step};
use portcullis_store::{RedisReplayStore, RedisSettings};
use portcullis_testrealm::{TestRealm, TokenBuilder};
use secrets::{Login, Unprintable};

const PASSWORD: &str = "hunter2-hunter2-hunter2";

fn password() -> Unprintable {
    Unprintable::new(&[("password", PASSWORD.as_bytes().to_vec())])
}

#[test]
fn nothing_of_the_client_prints_a_key_or_a_password() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice", PASSWORD);
    let web = realm.service("HTTP/web.example.test");
    let (kdc, now) = (realm.kdc(), realm.now());
    let name = || Principal::parse("alice@EXAMPLE.TEST", None).unwrap();
    let service = Principal::parse("HTTP/web.example.test@EXAMPLE.TEST", None).unwrap();
    let mut ask = |_: &str, request: &[u8]| Ok(kdc.answer(request, now));

    let mut client = Client::with_password(name(), PASSWORD);
    password().not_shown_by(&client);
    let ticket: ClientTicket = client.ticket(&service, now, &mut ask).unwrap();
    let session_key = ticket.session_key.expose_octets().to_vec();
    let unprintable = Unprintable::new(&[("session", session_key)]);
    unprintable.not_shown_by(&ticket);
    unprintable.not_shown_by(&client);
    password().not_shown_by(&client);
    unprintable.not_shown_by(&Client::with_ccache(&client.ccache().unwrap()));

    let keytab = web.keytab_octets();
    let file = portcullis_formats::keytab::KeytabFile::open(&keytab).unwrap();
    let keys: Vec<_> = file
        .records()
        .map(|entry| ("service", entry.unwrap().key.to_vec()))
        .collect();
    let unprintable = Unprintable::new(&keys);
    unprintable.not_shown_by(&Client::with_keytab(service.clone(), &keytab));
    let acceptor = Acceptor::new(web.keytab()).unwrap();
    unprintable.not_shown_by(&PasswordVerifier::new(acceptor, service.clone()));

    let mut stranger = Client::with_password(name(), "another password than hers");
    let refusal = stranger.ticket(&service, now, &mut ask).unwrap_err();
    let typed = Unprintable::new(&[("password", b"another password than hers".to_vec())]);
    typed.not_said_by(&refusal);
    typed.not_shown_by(&stranger);
}

#[test]
fn nothing_of_the_layer_for_http_prints_a_key() {
    let line = SessionKeys::new_line().unwrap();
    let text = Unprintable::new(&[("session", line.as_bytes().to_vec())]);
    let keys = || SessionKeys::parse(&line).unwrap();
    text.not_shown_by(&keys());
    let sessions = || Sessions::new("web", keys());
    text.not_shown_by(&sessions());
    let login = Login::new(Enctype::Aes256CtsHmacSha384_192, |token| token);
    let layer = NegotiateLayer::new(login.acceptor()).sessions(sessions());
    text.not_shown_by(&layer);
    Unprintable::new(&login.keys).not_shown_by(&layer);
    let cut = SessionKeys::parse(&line[..line.len() - 3]).unwrap_err();
    text.not_said_by(&cut);
}

#[test]
fn nothing_of_a_store_prints_a_password() {
    let redis = || RedisSettings::new("127.0.0.1:1").password(PASSWORD);
    password().not_shown_by(&redis());
    password().not_shown_by(&RedisReplayStore::new(redis()));
}

#[test]
fn nothing_of_sasl_prints_a_key() {
    let login = Login::new(Enctype::Aes256CtsHmacSha384_192, TokenBuilder::spnego);
    let unprintable = Unprintable::new(&login.keys);
    let server = SaslServer::new(login.acceptor(), Layers::CONFIDENTIALITY);
    let step = server
        .begin(Mechanism::GssSpnego)
        .step(&login.token, login.now);
    unprintable.not_shown_by(&step);
    let Ok(Step::Complete { session, .. }) = step else {
        panic!("a good login");
    };
    let layer = session.into_layer().expect("a layer");
    unprintable.not_shown_by(&layer);
    unprintable.not_shown_by(&layer.split());
}

#[test]
fn no_key_in_a_message_of_a_kdc_or_in_a_pac_is_printed() {
    let exchange = include_str!("../../crates/formats/tests/kdc_exchange.json");
    let exchange: serde_json::Value = serde_json::from_str(exchange).unwrap();
    let octets = portcullis_testdata::hex(&exchange["enc_as_rep_part"]);
    let part = EncKdcRepPart::from_der(&octets).unwrap();
    let unprintable = Unprintable::new(&[("session", part.key.keyvalue.to_vec())]);
    unprintable.not_shown_by(&part);
    unprintable.not_shown_by(&part.key);

    let octets = [0xa7, 0x5e, 0x31, 0xd8, 0x0b, 0x64, 0xf9, 0x42].repeat(2);
    let unprintable = Unprintable::new(&[("user session", octets.clone())]);
    let key = EncryptionKey {
        keytype: EtypeNumber::AES128_SHA1,
        keyvalue: &octets,
    };
    unprintable.not_shown_by(&key);
    let info = LogonInfo {
        user_session_key: UserSessionKey(octets.as_slice().try_into().unwrap()),
        ..LogonInfo::default()
    };
    unprintable.not_shown_by(&info);
    unprintable.not_shown_by(&info.user_session_key);
}

/// What a public type may hold that is secret: keys, and what is wiped.
const SECRETS: [&str; 9] = [
    "Zeroizing",
    "Key",
    "CipherKey",
    "MacKey",
    "PreparedKey",
    "EncryptionKey",
    "UserSessionKey",
    "ServiceKey",
    "ContextKeys",
];

/// What cannot be printed, having no `Debug`; what is printed with what holds it, as the halves of a
/// context; and `LdapSettings`, which `store/tests/ldap.rs` looks at.
const ELSEWHERE: [&str; 5] = [
    "Attempt",
    "DelegatedCredential",
    "LdapSettings",
    "OpeningHalf",
    "SealingHalf",
];

/// The public types of a source file that have a secret in a field.
fn holders(source: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut inside = None;
    for line in source
        .lines()
        .take_while(|line| !line.contains("cfg(test)"))
    {
        let line = line.split("//").next().unwrap_or_default();
        let after = |start: &str| {
            let rest = line.strip_prefix(start)?;
            rest.split(|end: char| !end.is_alphanumeric()).next()
        };
        if let Some(name) = after("pub struct ").or_else(|| after("pub enum ")) {
            inside = Some(name);
        }
        let mut words = line.split(|end: char| !end.is_alphanumeric());
        if let Some(name) =
            inside.filter(|name| words.any(|word| word != *name && SECRETS.contains(&word)))
        {
            found.push(name);
        }
        if line.starts_with('}') || line.ends_with(';') && !line.starts_with(' ') {
            inside = None;
        }
    }
    found.dedup();
    found
}

#[test]
fn every_public_type_with_a_secret_in_it_is_looked_at() {
    let tests = concat!(
        include_str!("unprinted.rs"),
        include_str!("unprinted_services.rs")
    );
    let mut directories: Vec<_> = [
        "formats", "crypto", "acceptor", "sasl", "http", "store", "client",
    ]
    .map(|name| format!("{}/../crates/{name}/src", env!("CARGO_MANIFEST_DIR")).into())
    .into();
    let mut count = 0;
    while let Some(directory) = directories.pop() {
        let directory: std::path::PathBuf = directory;
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for name in holders(&source) {
                let mut words = tests.split(|end: char| !end.is_alphanumeric());
                let named = words.any(|word| word == name);
                assert!(
                    named || ELSEWHERE.contains(&name),
                    "{name} of {}",
                    path.display()
                );
                count += 1;
            }
        }
    }
    assert!(count >= 15, "{count}");
}
