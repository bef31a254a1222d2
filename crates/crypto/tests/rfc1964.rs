//! What tokens of RFC 1964 are made with, against tokens of Windows and MIT krb5.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs,
    reason = "test code"
)]
#![cfg(feature = "legacy-enctypes")]

use portcullis_crypto::{Enctype, Key, OpenError, Rfc1964Kind};
use portcullis_testdata::{hex, vectors};
use serde_json::Value;

fn vector(name: &str) -> Value {
    let mut all = vectors("mit_gss_exchanges").into_iter();
    all.find(|vector| vector["name"] == name).unwrap()
}

fn key(vector: &Value) -> Key {
    let enctype = vector["per_message_key_etype"].as_i64().unwrap();
    let enctype = Enctype::try_from(i32::try_from(enctype).unwrap()).unwrap();
    Key::new(enctype, &hex(&vector["per_message_key"])).unwrap()
}

/// \[MS-KILE\] §4.5: the frame has 13 octets, the header eight, number and checksum eight each.
#[test]
fn opens_the_wrap_token_of_windows() {
    let vector = vector("ms-kile-4.5-rc4-wrap");
    let key = key(&vector).rfc1964().unwrap();
    let token = hex(&vector["token"]);
    let at = token.len() - 32 - hex(&vector["message"]).len() - 1;
    let (header, rest) = token[at..].split_at(8);
    assert_eq!(header[2..6], [key.sgn_alg(), key.seal_alg()].concat());
    let (sequence, rest) = rest.split_at(8);
    let (checksum, sealed) = rest.split_at(8);

    let (number, direction) = key
        .open_sequence(sequence.try_into().unwrap(), checksum)
        .unwrap();
    assert_eq!(u64::from(number), vector["sequence_number"]);
    assert_eq!(direction, 0, "{}", vector["sender"]);
    let mut text = sealed.to_vec();
    key.open(number, &mut text).unwrap();
    let confounder = hex(&vector["confounder"]);
    let message = hex(&vector["message"]);
    assert_eq!(text, [&confounder, &message, &[1][..]].concat());
    key.verify(Rfc1964Kind::Wrap, &[header, &text], checksum)
        .unwrap();

    assert_eq!(
        key.checksum(Rfc1964Kind::Wrap, &[header, &text]).as_ref(),
        checksum
    );
    assert_eq!(key.seal_sequence(number, 0, checksum), sequence);
    key.seal(number, &mut text);
    assert_eq!(text, sealed);
}

/// What MIT's library sealed and signed: checksum, number and text of each token.
#[test]
fn makes_and_opens_the_tokens_of_mit() {
    let mut seen = 0;
    for vector in vectors("mit_messages") {
        let enctype = i32::try_from(vector["etype"].as_i64().unwrap()).unwrap();
        let enctype = Enctype::try_from(enctype);
        let Ok(enctype @ (Enctype::Rc4Hmac | Enctype::Des3CbcSha1)) = enctype else {
            continue;
        };
        let key = Key::new(enctype, &hex(&vector["key"])).unwrap();
        let key = key.rfc1964().unwrap();
        for each in vector["tokens"].as_array().unwrap() {
            let (token, message) = (hex(&each["token"]), hex(&each["message"]));
            // The frame has a tag, a length of one octet and the OID of 11 with its own header.
            let (header, rest) = token[13..].split_at(8);
            let (sequence, rest) = rest.split_at(8);
            let (checksum, sealed) = rest.split_at(key.checksum_length());
            let opened = key.open_sequence(sequence.try_into().unwrap(), checksum);
            let (number, direction) = opened.unwrap();
            assert_eq!(key.seal_sequence(number, direction, checksum), sequence);
            assert_eq!(direction, 0, "{each}");
            if each["kind"] == "mic" {
                let made = key.checksum(Rfc1964Kind::Mic, &[header, &message]);
                assert_eq!(made.as_ref(), checksum, "{each}");
                continue;
            }
            let mut text = sealed.to_vec();
            if each["kind"] == "wrap-conf" {
                assert_eq!(header[2..6], [key.sgn_alg(), key.seal_alg()].concat());
                key.open(number, &mut text).unwrap();
            }
            let padding = vec![key.padding(message.len()); key.padding(message.len()).into()];
            assert_eq!(text[8..], [message, padding].concat(), "{each}");
            key.verify(Rfc1964Kind::Wrap, &[header, &text], checksum)
                .unwrap();
            if each["kind"] == "wrap-conf" {
                key.seal(number, &mut text);
            }
            assert_eq!(text, sealed, "{each}");
            seen += 1;
        }
    }
    assert_eq!(seen, 12);
}

#[test]
fn refuses_a_direction_of_two_minds() {
    for enctype in [Enctype::Rc4Hmac, Enctype::Des3CbcSha1] {
        let key = Key::from_random(enctype, &[7; 32]).rfc1964().unwrap();
        let checksum = [3; 20];
        let mut sequence = key.seal_sequence(5, 0xff, &checksum);
        assert_eq!(key.open_sequence(sequence, &checksum), Ok((5, 0xff)));
        sequence[7] ^= 1;
        assert_eq!(key.open_sequence(sequence, &checksum), Err(OpenError));
    }
}

#[test]
fn des3_takes_whole_blocks_only() {
    let key = Key::from_random(Enctype::Des3CbcSha1, &[7; 32])
        .rfc1964()
        .unwrap();
    for length in 0..40 {
        let padded = length + usize::from(key.padding(length));
        assert!(padded > length && padded.is_multiple_of(8));
        let mut text = vec![1; length];
        assert_eq!(key.open(0, &mut text).is_ok(), length.is_multiple_of(8));
        let mut text = vec![1; length];
        key.seal(0, &mut text);
        assert_eq!(
            text[length / 8 * 8..],
            vec![0; length % 8],
            "nothing in clear"
        );
    }
}

#[test]
fn newer_keys_make_no_such_tokens() {
    for enctype in Enctype::all().iter().filter(|enctype| enctype.is_cfx()) {
        assert!(Key::from_random(*enctype, &[7; 32]).rfc1964().is_none());
    }
}
