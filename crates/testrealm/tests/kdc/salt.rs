//! Salts as MIT krb5 and Active Directory make them (RFC 4120 §4, [MS-KILE] §3.1.1.2).

use crate::client::{AES128, AES256, Wish, credential, error, request, timestamp};
use core::slice;
use portcullis_crypto::{KeyUsage, string_to_key};
use portcullis_formats::der::Decode;
use portcullis_formats::keytab::KeytabFile;
use portcullis_formats::messages::{EtypeInfo2, MessageType, MethodData};
use portcullis_testrealm::{Salt, TestRealm};

/// The salt that the KDC tells a client of.
fn told(realm: &TestRealm, client: &str) -> Vec<u8> {
    let request = request(MessageType::AS_REQ, &[], &Wish::tgt(client).body());
    let reply = realm.kdc().answer(&request, realm.now());
    let methods = MethodData::from_der(error(&reply).e_data.unwrap()).unwrap();
    let info = EtypeInfo2::from_der(methods.iter().next().unwrap().padata_value).unwrap();
    info.iter().next().unwrap().salt.unwrap().0.to_vec()
}

#[test]
fn a_computers_salt_is_that_of_active_directory() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let computer = realm.service_with("WEB$").alias("HTTP/web.example.test");
    let computer = computer.password("secret").salt(Salt::Computer);
    let computer = computer.enctypes([AES256, AES128]).build();
    let salt = b"EXAMPLE.TESThostweb.example.test";
    assert_eq!(told(&realm, "WEB$"), salt);
    assert_eq!(told(&realm, "HTTP/web.example.test"), salt);
    let octets = computer.keytab_octets();
    let file = KeytabFile::open(&octets).unwrap();
    let keys: Vec<_> = file
        .records()
        .map(|entry| entry.unwrap().key.to_vec())
        .collect();
    let made =
        [AES256, AES128].map(|enctype| string_to_key(enctype, b"secret", salt, None).unwrap());
    let made = made.map(|key| key.expose_octets().to_vec());
    assert_eq!(keys, [made.clone(), made].concat()); // under both names
}

#[test]
fn a_renamed_user_keeps_the_salt() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let salt = "EXAMPLE.TESTalice";
    let user = realm.user_with("liddell").password("secret");
    user.salt(Salt::Text(salt.to_owned())).build();
    assert_eq!(told(&realm, "liddell"), salt.as_bytes());
    let key = string_to_key(AES256, b"secret", salt.as_bytes(), None).unwrap();
    let padata = timestamp(&key, crate::client::at(realm.now(), 0));
    let body = Wish::tgt("liddell").body();
    let request = request(MessageType::AS_REQ, slice::from_ref(&padata), &body);
    let reply = realm.kdc().answer(&request, realm.now());
    credential(&reply, &key, KeyUsage::AS_REP);
}

#[test]
fn others_have_realm_and_name_run_together() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice/admin", "secret");
    realm.service("HTTP/web.example.test");
    assert_eq!(told(&realm, "alice/admin"), b"EXAMPLE.TESTaliceadmin");
    let service = told(&realm, "HTTP/web.example.test");
    assert_eq!(service, b"EXAMPLE.TESTHTTPweb.example.test");
}
