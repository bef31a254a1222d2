//! What a service makes of its keytab file.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod scene;

use portcullis::Keytab;
use portcullis::formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis::formats::registry::{EtypeNumber, Kvno};
use portcullis::keytab::KeytabError;
use portcullis_testrealm::TestRealm;
use scene::{Scene, WEB};

/// A file with a good key, one that is an octet short, and another good one.
fn with_a_short_key() -> Vec<u8> {
    let web = TestRealm::new("EXAMPLE.TEST").service(WEB);
    let mut file = KeytabWriter::new(KeytabVersion::V2);
    for (kvno, length) in [(1, 32), (2, 31), (3, 32)] {
        let key = [7; 32];
        let etype = EtypeNumber::AES256_SHA1;
        file.add(web.principal(), 0, Kvno(kvno), etype, &key[..length])
            .unwrap();
    }
    file.into_vec()
}

fn kvnos(keytab: &Keytab) -> Vec<u32> {
    keytab.keys().map(|key| key.kvno.0).collect()
}

#[test]
fn a_file_with_a_key_of_the_wrong_length_is_refused_whole() {
    let error = Keytab::parse(with_a_short_key()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key of HTTP/web.example.test@EXAMPLE.TEST kvno 2 aes256-cts-hmac-sha1-96 (18) has 31 \
         octets, not 32"
    );
}

#[test]
fn what_is_good_in_it_is_taken_only_on_request() {
    let (keytab, damage) = Keytab::parse_intact(with_a_short_key()).unwrap();
    assert_eq!(kvnos(&keytab), [1, 3]);
    assert!(matches!(
        damage.as_slice(),
        [KeytabError::KeyLength {
            expected: 32,
            found: 31,
            ..
        }]
    ));
}

/// A list of keys that is silently shorter than the file is a service that fails on some tickets.
#[test]
fn a_truncated_file_is_refused_whole_and_says_where_it_is_damaged() {
    let web = TestRealm::new("EXAMPLE.TEST")
        .service_with(WEB)
        .kvnos([1, 2])
        .build();
    let whole = web.keytab_octets();
    let record = (whole.len() - 2) / 2;
    for length in (2 + record + 1)..whole.len() {
        let cut = whole[..length].to_vec();
        let error = Keytab::parse(cut.clone()).unwrap_err();
        let KeytabError::Damaged(damage) = error else {
            unreachable!("{error}")
        };
        assert!(damage.offset >= 2 + record, "{damage}");
        let (keytab, damages) = Keytab::parse_intact(cut).unwrap();
        assert_eq!((kvnos(&keytab), damages.len()), (vec![2], 1));
    }
}

#[test]
fn what_is_no_keytab_is_refused() {
    for octets in [
        b"".as_slice(),
        b"\x05",
        b"\x05\x03",
        b"\x04\x02",
        b"krb5.keytab",
    ] {
        let error = Keytab::parse(octets.to_vec()).unwrap_err();
        assert!(matches!(error, KeytabError::Format(_)), "{error}");
    }
}

#[test]
fn nothing_prints_a_key() {
    let scene = Scene::new();
    let octets = scene.web.keytab_octets();
    let key: Vec<_> = octets.rchunks(36).next().unwrap()[..4]
        .iter()
        .map(u8::to_string)
        .collect();
    let printed = format!("{:?} {:?}", scene.web.keytab(), scene.acceptor);
    assert!(printed.contains("HTTP/web.example.test@EXAMPLE.TEST"));
    assert!(!printed.contains(&key.join(", ")));
}

/// A length of 0 ends the file for MIT krb5, and the keys behind it would silently be missing.
#[test]
fn keys_behind_the_end_of_a_file_are_not_passed_over() {
    let web = TestRealm::new("EXAMPLE.TEST").service(WEB);
    let whole = web.keytab_octets();
    let ended = [&whole[..], &[0; 4]].concat();
    let padded = [&ended[..], &[0; 9]].concat();
    for octets in [ended.clone(), padded] {
        assert_eq!(kvnos(&Keytab::parse(octets).unwrap()), [1]);
    }
    let more = [&ended[..], &whole[2..]].concat();
    let error = Keytab::parse(more.clone()).unwrap_err();
    let KeytabError::Damaged(damage) = error else {
        unreachable!("{error}")
    };
    assert_eq!(damage.offset, whole.len());
    let (keytab, damages) = Keytab::parse_intact(more).unwrap();
    assert_eq!((kvnos(&keytab), damages.len()), (vec![1], 1));
}
