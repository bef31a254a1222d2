//! Wrap tokens of RFC 4121 §4.2.6.2 against those that MIT krb5 made with the same keys.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "test code"
)]
#![cfg(all(feature = "legacy-enctypes", feature = "camellia"))]

mod mit;

use mit::{Exchange, mutual_exchanges, one_way_exchanges};
use portcullis::Enctype;
use portcullis::context::{MessageError, Order, Protection};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::gss::{TokenFlags, WrapHeader};
use portcullis_testdata::hex;

const FORMS: [(&str, Protection); 2] = [
    ("wrap-conf", Protection::Confidentiality),
    ("wrap-integ", Protection::Integrity),
];

/// Those whose tokens are of RFC 4121: all but RC4 without an upgrade.
fn exchanges() -> Vec<Exchange> {
    let all = one_way_exchanges().into_iter().chain(mutual_exchanges());
    let of_rfc4121: Vec<_> = all.filter(|exchange| exchange.key.0 != 23).collect();
    assert!(of_rfc4121.len() >= 13, "{}", of_rfc4121.len());
    of_rfc4121
}

/// The message and the token of the first wrapping of its kind that is not of nothing.
fn wrapped(exchange: &Exchange, sender: &str, kind: &str) -> (Vec<u8>, Vec<u8>) {
    let found = exchange
        .messages
        .iter()
        .find(|each| each["sender"] == sender && each["kind"] == kind && each["message"] != "");
    let found = found.unwrap();
    (hex(&found["message"]), hex(&found["token"]))
}

/// Nothing of a token that was refused can be used.
#[track_caller]
fn assert_wiped(token: &[u8]) {
    assert!(token.iter().all(|octet| *octet == 0), "{token:02x?}");
}

fn key(exchange: &Exchange) -> Key {
    Key::new(Enctype::try_from(exchange.key.0).unwrap(), &exchange.key.1).unwrap()
}

#[test]
fn opens_what_mit_initiators_wrap() {
    for mut exchange in exchanges() {
        for each in exchange.messages.clone() {
            let form = FORMS.iter().find(|(kind, _)| each["kind"] == *kind);
            let Some((_, protection)) = form.filter(|_| each["sender"] == "initiator") else {
                continue;
            };
            let mut token = hex(&each["token"]);
            let opened = exchange.context.unwrap(&mut token).unwrap();
            assert_eq!(opened.message, hex(&each["message"]), "{}", exchange.name);
            assert_eq!(opened.protection, *protection, "{}", exchange.name);
        }
    }
}

#[test]
fn tells_a_token_that_comes_again() {
    for mut exchange in exchanges() {
        let (_, token) = wrapped(&exchange, "initiator", "wrap-conf");
        let order =
            |exchange: &mut Exchange| exchange.context.unwrap(&mut token.clone()).unwrap().order;
        assert_ne!(order(&mut exchange), Order::Duplicate, "{}", exchange.name);
        assert_eq!(order(&mut exchange), Order::Duplicate, "{}", exchange.name);
    }
}

#[test]
fn signs_as_mit_acceptors_do() {
    for mut exchange in exchanges() {
        let theirs = exchange.messages.clone();
        for each in theirs.iter().filter(|each| each["sender"] == "acceptor") {
            // Every token takes a number.
            let ours = exchange
                .context
                .wrap(&hex(&each["message"]), Protection::Integrity)
                .unwrap();
            if each["kind"] == "wrap-integ" {
                assert_eq!(ours, hex(&each["token"]), "{}", exchange.name);
            }
        }
    }
}

/// As a peer would open it that has read RFC 4121 §4.2.4 and knows the key.
#[test]
fn seals_what_an_initiator_can_open() {
    for mut exchange in exchanges() {
        let (message, theirs) = wrapped(&exchange, "acceptor", "wrap-conf");
        let mut ours = exchange
            .context
            .wrap(&message, Protection::Confidentiality)
            .unwrap();
        assert_eq!(ours.len(), theirs.len(), "{}", exchange.name);
        assert_eq!(
            ours[..8],
            theirs[..8],
            "{}: all but the number",
            exchange.name
        );
        let (header, sealed) = ours.split_at_mut(WrapHeader::LENGTH);
        let opened = key(&exchange)
            .open(KeyUsage::ACCEPTOR_SEAL, sealed)
            .unwrap();
        assert_eq!(
            *opened,
            *[message.as_slice(), header].concat(),
            "{}",
            exchange.name
        );
    }
}

/// Why a token with this bit flipped is refused; nothing else may be said of it. A changed RRC may
/// rotate by the same number again: it stands in no MAC, and says what it says of the same message.
fn expected(exchange: &Exchange, sealed: bool, bit: usize) -> &'static [&'static str] {
    match (bit / 8, bit % 8) {
        (0 | 1 | 3, _) => &["Malformed"],
        (2, 7) => &["Direction"],
        (2, 6) if sealed => &["Header"], // EC is not the length of a checksum
        (2, 5) if !exchange.is_mutual => &["NoSubkey"],
        // The initiator's key may have a checksum of another length, or make no such tokens.
        (2, 5) => &["Integrity", "Header", "Unsupported"],
        (2, 6) => &["Integrity"],
        (4 | 5, _) => &["Header"],
        (2 | 8..16, _) if sealed => &["Header"],
        _ => &["Integrity"],
    }
}

/// CVE-2024-37370, CVE-2025-57736: header, filler, numbers, ciphertext, checksum.
#[test]
fn each_flipped_bit_is_refused_for_what_it_changes() {
    for mut exchange in exchanges() {
        for (kind, protection) in FORMS {
            let sealed = protection == Protection::Confidentiality;
            let (message, token) = wrapped(&exchange, "initiator", kind);
            for bit in 0..token.len() * 8 {
                let what = format!("{} {kind}: bit {bit}", exchange.name);
                let mut flipped = token.clone();
                flipped[bit / 8] ^= 0x80 >> (bit % 8);
                let expected = expected(&exchange, sealed, bit);
                match exchange.context.unwrap(&mut flipped) {
                    Err(error) => {
                        let error = format!("{error:?}");
                        let right = expected.iter().any(|name| error.starts_with(name));
                        assert!(right, "{what}: {error}");
                        assert_wiped(&flipped);
                    }
                    Ok(opened) => {
                        assert!((48..64).contains(&bit), "{what}");
                        assert_eq!(opened.message, message, "{what}");
                    }
                }
            }
        }
    }
}

/// CVE-2024-37371, CVE-2014-4341: every length that is too short.
#[test]
fn a_cut_off_token_is_refused() {
    for mut exchange in exchanges() {
        for (kind, _) in FORMS {
            let (_, token) = wrapped(&exchange, "initiator", kind);
            for length in 0..token.len() {
                let what = format!("{} {kind}: {length} octets", exchange.name);
                let mut cut = token[..length].to_vec();
                let refused = exchange.context.unwrap(&mut cut).unwrap_err();
                match length {
                    ..16 => assert!(matches!(refused, MessageError::Malformed(_)), "{what}"),
                    _ => assert_eq!(refused, MessageError::Integrity, "{what}"),
                }
                assert_wiped(&cut);
            }
        }
    }
}

/// RFC 4121 §4.2.5; Windows rotates by 28, and any number must do.
#[test]
fn takes_tokens_rotated_by_any_number() {
    for mut exchange in exchanges() {
        for (kind, _) in FORMS {
            let (message, token) = wrapped(&exchange, "initiator", kind);
            for rotation in [1_u16, 12, 16, 28, 100, 0xffff] {
                let mut rotated = token.clone();
                rotated[6..8].copy_from_slice(&rotation.to_be_bytes());
                let data = &mut rotated[WrapHeader::LENGTH..];
                data.rotate_right(usize::from(rotation) % data.len());
                let opened = exchange.context.unwrap(&mut rotated).unwrap();
                assert_eq!(
                    opened.message, message,
                    "{} {kind}: by {rotation}",
                    exchange.name
                );
            }
        }
    }
}

/// Windows seals 16 octets of filler with a message; what the header in clear says of them must be
/// what the sealed one says.
#[test]
fn filler_counts_as_far_as_it_was_sealed() {
    for mut exchange in exchanges() {
        let (_, theirs) = wrapped(&exchange, "initiator", "wrap-conf");
        let mut theirs = theirs;
        let (header, _) = WrapHeader::split(&mut theirs).unwrap();
        let filled = WrapHeader {
            extra_count: 16,
            ..header
        };
        let seal = |sealed: WrapHeader, shown: WrapHeader| {
            let mut token = shown.octets().to_vec();
            let parts: [&[u8]; 3] = [b"message", &[0; 16], &sealed.octets()];
            key(&exchange).seal(KeyUsage::INITIATOR_SEAL, &[7; 16], &parts, &mut token);
            token
        };
        let mut good = seal(filled, filled);
        let mut shorter = seal(
            filled,
            WrapHeader {
                extra_count: 20,
                ..filled
            },
        );
        let mut longer = seal(filled, header);
        let endless = WrapHeader {
            extra_count: 24,
            ..filled
        };
        let mut endless = seal(endless, endless);
        assert_eq!(
            exchange.context.unwrap(&mut good).unwrap().message,
            b"message"
        );
        let mut headless = header.octets().to_vec();
        let parts: [&[u8]; 1] = [b"no header"];
        key(&exchange).seal(KeyUsage::INITIATOR_SEAL, &[7; 16], &parts, &mut headless);
        for token in [&mut shorter, &mut longer, &mut endless, &mut headless] {
            assert_eq!(exchange.context.unwrap(token), Err(MessageError::Header));
            assert_wiped(token);
        }
    }
}

#[test]
fn refuses_its_own_tokens_come_back_and_subkeys_that_were_never_proposed() {
    for mut exchange in exchanges() {
        for (kind, protection) in FORMS {
            let mut ours = exchange.context.wrap(b"message", protection).unwrap();
            let refused = exchange.context.unwrap(&mut ours).map(drop);
            assert_eq!(
                refused,
                Err(MessageError::Direction),
                "{} {kind}",
                exchange.name
            );
        }
    }
    for mut exchange in one_way_exchanges()
        .into_iter()
        .filter(|each| each.key.0 != 23)
    {
        let (_, mut token) = wrapped(&exchange, "initiator", "wrap-conf");
        token[2] |= TokenFlags::ACCEPTOR_SUBKEY.0;
        let refused = exchange.context.unwrap(&mut token).map(drop);
        assert_eq!(refused, Err(MessageError::NoSubkey), "{}", exchange.name);
    }
}
