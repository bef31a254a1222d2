//! A keytab as `ktpass -crypto All` of Active Directory writes it: DES-CBC-CRC, DES-CBC-MD5,
//! RC4-HMAC, AES256 and AES128 with SHA-1, version numbers of eight bits, name type NT-PRINCIPAL.
#![allow(clippy::panic, clippy::unwrap_used, reason = "test code")]

mod scene;

use portcullis::formats::keytab::{KeytabFile, KeytabVersion, KeytabWriter};
use portcullis::formats::registry::{EtypeNumber, Kvno, NameType};
use portcullis::identity::KeySelected;
use portcullis::{Acceptor, Enctype, Error, Keytab, WeakEnctype};
use portcullis_testrealm::{TestRealm, TestService};
use scene::{WEB, complete, refused};

/// The version that the account has; the file keeps its low eight bits, 3.
const KVNO: u32 = 259;

fn service(realm: &TestRealm) -> TestService {
    let enctypes = [
        Enctype::Aes256CtsHmacSha1_96,
        Enctype::Aes128CtsHmacSha1_96,
        Enctype::Rc4Hmac,
    ];
    realm
        .service_with(WEB)
        .enctypes(enctypes)
        .kvnos([KVNO])
        .build()
}

/// In the order in which `ktpass` writes them.
fn ktpass(service: &TestService) -> Vec<u8> {
    let octets = service.keytab_octets();
    let keys: Vec<_> = KeytabFile::open(&octets)
        .unwrap()
        .records()
        .map(Result::unwrap)
        .collect();
    let key = |etype: EtypeNumber| keys.iter().find(|entry| entry.etype == etype).unwrap().key;
    let des = [0x5e; 8];
    let entries = [
        (EtypeNumber::DES_CBC_CRC, des.as_slice()),
        (EtypeNumber::DES_CBC_MD5, &des),
        (EtypeNumber::RC4_HMAC, key(EtypeNumber::RC4_HMAC)),
        (EtypeNumber::AES256_SHA1, key(EtypeNumber::AES256_SHA1)),
        (EtypeNumber::AES128_SHA1, key(EtypeNumber::AES128_SHA1)),
    ];
    let principal = service
        .principal()
        .clone()
        .with_name_type(NameType::PRINCIPAL);
    let mut file = KeytabWriter::new(KeytabVersion::V2).kvno_of_8_bits();
    for (etype, key) in entries {
        file.add(&principal, 0, Kvno(KVNO), etype, key).unwrap();
    }
    file.into_vec()
}

#[test]
fn it_loads_and_says_what_it_leaves_aside() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let keytab = Keytab::parse(ktpass(&service(&realm))).unwrap();
    let usable: Vec<_> = keytab.keys().map(|key| (key.etype, key.kvno)).collect();
    let ignored: Vec<_> = keytab.ignored().iter().map(|key| key.etype).collect();
    let third = Kvno(3);
    assert_eq!(
        usable,
        [
            (EtypeNumber::RC4_HMAC, third),
            (EtypeNumber::AES256_SHA1, third),
            (EtypeNumber::AES128_SHA1, third)
        ]
    );
    assert_eq!(
        ignored,
        [EtypeNumber::DES_CBC_CRC, EtypeNumber::DES_CBC_MD5]
    );
}

#[test]
fn it_opens_aes_tickets_by_exactly_the_version_that_they_name() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let service = service(&realm);
    let acceptor = Acceptor::new(Keytab::parse(ktpass(&service)).unwrap()).unwrap();
    for enctype in [Enctype::Aes256CtsHmacSha1_96, Enctype::Aes128CtsHmacSha1_96] {
        let token = realm
            .user("alice")
            .token_for(&service)
            .enctype(enctype)
            .build();
        let (context, _) = complete(acceptor.begin().step(token.token(), realm.now()));
        assert_eq!(context.identity().key().selected, KeySelected::Exact);
        assert_eq!(context.identity().key().etype.0, enctype.number());
    }
}

#[test]
fn its_rc4_key_is_off_until_it_is_permitted() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let service = service(&realm);
    let token = || {
        realm
            .user("alice")
            .token_for(&service)
            .enctype(Enctype::Rc4Hmac)
            .build()
    };
    let keytab = || Keytab::parse(ktpass(&service)).unwrap();

    let acceptor = Acceptor::new(keytab()).unwrap();
    let rejection = refused(acceptor.begin().step(token().token(), realm.now()));
    assert!(matches!(rejection.error(), Error::Unsupported(_)));

    let rc4 = Acceptor::builder(keytab())
        .danger_allow(WeakEnctype::Rc4Hmac)
        .build()
        .unwrap();
    complete(rc4.begin().step(token().token(), realm.now()));
}
