//! `portcullis keytab list`, on keytabs of MIT krb5 and of others.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod program;

use portcullis::Principal;
use portcullis::formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis::formats::registry::{EtypeNumber, Kvno};
use portcullis_testdata::{hex, vectors};
use program::{Said, file, run};

fn list(octets: &[u8]) -> Said {
    run(&["keytab", "list", file("keytab", octets).to_str().unwrap()])
}

fn list_vector(name: &str) -> Said {
    let vector = vectors("keytab")
        .into_iter()
        .find(|vector| vector["name"] == name)
        .unwrap();
    list(&hex(&vector["data"]))
}

/// A keytab with these keys of `HTTP/web@R`: version, enctype, key.
fn with_keys(keys: &[(u32, EtypeNumber, &[u8])]) -> Vec<u8> {
    let principal: Principal = "HTTP/web@R".parse().unwrap();
    let mut keytab = KeytabWriter::new(KeytabVersion::V2);
    for (kvno, etype, key) in keys {
        keytab.add(&principal, 0, Kvno(*kvno), *etype, key).unwrap();
    }
    keytab.into_vec()
}

fn warnings(said: &Said) -> Vec<&str> {
    said.output
        .lines()
        .filter_map(|line| line.strip_prefix("warning: "))
        .collect()
}

#[test]
fn every_key_has_its_line() {
    let said = list_vector("v2 kvno 300: low octet 44 plus tail");

    let expected = "\
KVNO Written              Principal (enctype)
---- -------------------- -------------------
 300 2023-09-12T06:06:56Z HTTP/www.example.test@EXAMPLE.TEST (aes256-cts-hmac-sha1-96 (18))
";
    assert_eq!(said.output, expected);
    assert_eq!((said.error.as_str(), said.status), ("", 0));
}

#[test]
fn the_keys_themselves_are_not_printed() {
    let secret = [0x5a; 32];
    let said = list(&with_keys(&[(1, EtypeNumber::AES256_SHA1, &secret)]));

    assert!(!said.output.contains("5a5a") && !said.output.contains("ZZZZ"));
}

#[test]
fn all_keytabs_of_the_vectors_are_listed_as_mit_lists_them() {
    for vector in vectors("keytab") {
        let said = list(&hex(&vector["data"]));
        if vector.get("error").is_some() {
            assert_eq!((said.output.as_str(), said.status), ("", 2), "{vector}");
            assert!(said.error.starts_with("portcullis: keytab "), "{vector}");
            continue;
        }
        let is_entry = |line: &&str| line.starts_with(|c: char| c == ' ' || c.is_ascii_digit());
        let listed = said.output.lines().filter(is_entry).count();
        assert_eq!(
            listed,
            vector["entries"].as_array().unwrap().len(),
            "{vector}"
        );
        let damaged = ["stops_with", "malformed_records", "entry_invalid"];
        // MIT stops there without a word; the keys that follow are lost all the same.
        let after_end = vector["name"] == "v2 zero length ends the file";
        let damaged = after_end || damaged.iter().any(|flaw| vector.get(flaw).is_some());
        assert_eq!(said.status, i32::from(damaged), "{vector}\n{}", said.output);
    }
}

#[test]
fn damage_is_told_with_its_place() {
    let said = list_vector("v2 truncated last record");
    assert_eq!(
        warnings(&said),
        ["damaged at offset 79: entry of 73 octets, 64 left in the file"]
    );
    assert_eq!(said.status, 1);

    let said = list_vector("empty key");
    assert_eq!(warnings(&said), ["zero-length key at offset 2"]);
    assert_eq!(said.status, 1);
}

#[test]
fn a_key_of_the_wrong_length_is_damage() {
    let said = list(&with_keys(&[(3, EtypeNumber::AES256_SHA1, &[1; 16])]));

    assert_eq!(
        warnings(&said),
        [
            "damaged at offset 2: the key of HTTP/web@R kvno 3 aes256-cts-hmac-sha1-96 (18) has 16 \
          octets, not 32"
        ]
    );
    assert_eq!(said.status, 1);
}

#[test]
fn a_principal_with_rc4_keys_only_is_warned_of() {
    let rc4 = (1, EtypeNumber::RC4_HMAC, [1_u8; 16].as_slice());
    let aes = (1, EtypeNumber::AES128_SHA1, [2_u8; 16].as_slice());
    let des3 = (1, EtypeNumber::DES3_CBC_SHA1, [2_u8; 24].as_slice());

    assert_eq!(
        warnings(&list(&with_keys(&[rc4]))),
        ["HTTP/web@R has RC4 keys only, which are off by default"]
    );
    assert_eq!(
        warnings(&list(&with_keys(&[rc4, des3]))),
        ["HTTP/web@R has weak keys only, which are off by default"]
    );
    assert_eq!(warnings(&list(&with_keys(&[rc4, aes]))), [""; 0]);
}

#[test]
fn the_same_key_twice_is_warned_of_and_more_so_if_it_differs() {
    let key = |kvno, octet: &'static [u8; 16]| (kvno, EtypeNumber::AES128_SHA1, octet.as_slice());

    assert_eq!(
        warnings(&list(&with_keys(&[
            key(1, &[1; 16]),
            key(1, &[1; 16]),
            key(2, &[3; 16])
        ]))),
        ["duplicate: HTTP/web@R kvno 1 aes128-cts-hmac-sha1-96 (17), 2 times, with the same key"]
    );
    assert_eq!(
        warnings(&list(&with_keys(&[key(1, &[1; 16]), key(1, &[2; 16])]))),
        [
            "duplicate: HTTP/web@R kvno 1 aes128-cts-hmac-sha1-96 (17), 2 times, with different keys, \
          of which one at most is right"
        ]
    );
}

#[test]
fn keys_that_are_ignored_are_counted() {
    let said = list(&with_keys(&[
        (1, EtypeNumber::DES_CBC_CRC, &[1; 8]),
        (2, EtypeNumber::DES_CBC_CRC, &[1; 8]),
        (1, EtypeNumber(9999), &[1; 8]),
        (1, EtypeNumber::AES128_SHA2, &[1; 16]),
    ]));

    assert_eq!(
        warnings(&said),
        [
            "ignored: 2 keys of des-cbc-crc (1), DES is broken",
            "ignored: 1 key of enctype 9999, not supported",
        ]
    );
    assert_eq!(said.status, 0);
}

#[test]
fn a_file_without_keys_is_warned_of() {
    assert_eq!(warnings(&list(&[5, 2])), ["no keys"]);
}

#[test]
fn what_cannot_be_read_is_no_listing() {
    let said = run(&["keytab", "list", "nowhere"]);

    assert_eq!((said.output.as_str(), said.status), ("", 2));
    assert!(said.error.starts_with("portcullis: cannot read nowhere: "));
}
