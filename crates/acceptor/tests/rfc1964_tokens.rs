//! Tokens of RFC 1964 §1.2 under keys of RC4 (RFC 4757 §7) and DES3: those of MIT krb5, and what
//! becomes of them when somebody changes them on the way.
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
mod scene;

use mit::{Exchange, one_way_exchanges};
use portcullis::context::{MessageError, Order, Protection};
use portcullis::{Enctype, SecurityContext, WeakEnctype};
use portcullis_crypto::{Key, Rfc1964Kind};
use portcullis_formats::gss::{InitialContextToken, Mechanism, Rfc1964Head, TokenId, frame};
use portcullis_testdata::hex;
use portcullis_testrealm::{InitiatorContext, TestRealm};
use scene::{Scene, WEB};

const FORMS: [(&str, Protection); 2] = [
    ("wrap-conf", Protection::Confidentiality),
    ("wrap-integ", Protection::Integrity),
];

/// MIT's, with a key of RC4.
fn rc4() -> Exchange {
    let mut all = one_way_exchanges().into_iter();
    all.find(|exchange| exchange.key.0 == 23).unwrap()
}

/// Both ends of a context with a key of RC4 or DES3.
fn both(enctype: Enctype) -> (SecurityContext, InitiatorContext) {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service_with(WEB).enctypes([enctype]).build();
    let scene = Scene::of(realm, web, |settings| {
        settings
            .danger_allow(WeakEnctype::Rc4Hmac)
            .danger_allow(WeakEnctype::Des3CbcSha1)
    });
    let token = scene.token().mutual().build();
    let (context, reply) = scene.accept(&token);
    (context, token.finish(&reply.unwrap()).unwrap())
}

/// Nothing of a token that was refused can be used.
#[track_caller]
fn assert_wiped(token: &[u8]) {
    assert!(token.iter().all(|octet| *octet == 0), "{token:02x?}");
}

/// Makes a token of one side one of the other's under RC4, where that is four octets of a stream.
fn turn_around(token: &mut [u8]) {
    let inner = InitialContextToken::decode(token).unwrap().inner.len();
    let start = token.len() - inner;
    for octet in &mut token[start + 12..start + 16] {
        *octet ^= 0xff;
    }
}

const WEAK: [Enctype; 2] = [Enctype::Rc4Hmac, Enctype::Des3CbcSha1];

#[test]
fn opens_what_mit_initiators_wrap_with_rc4() {
    let mut exchange = rc4();
    for each in exchange.messages.clone() {
        let form = FORMS.iter().find(|(kind, _)| each["kind"] == *kind);
        let Some((_, protection)) = form.filter(|_| each["sender"] == "initiator") else {
            continue;
        };
        let token = hex(&each["token"]);
        let opened = exchange.context.unwrap(&mut token.clone()).map(|opened| {
            assert_eq!(opened.message, hex(&each["message"]));
            assert_eq!(opened.protection, *protection);
            opened.order
        });
        assert!(
            matches!(opened, Ok(Order::InOrder | Order::Gap)),
            "{opened:?}"
        );
        let again = exchange.context.unwrap(&mut token.clone()).unwrap().order;
        assert_eq!(again, Order::Duplicate);
    }
}

/// All octets but the confounder, which MIT drew, and what depends on it.
#[test]
fn wraps_as_mit_acceptors_do_with_rc4() {
    let mut exchange = rc4();
    let key = Key::new(Enctype::Rc4Hmac, &exchange.key.1)
        .unwrap()
        .rfc1964()
        .unwrap();
    for each in exchange.messages.clone() {
        if each["sender"] == "initiator" {
            continue;
        }
        let message = hex(&each["message"]);
        let theirs = hex(&each["token"]);
        let Some((_, protection)) = FORMS.iter().find(|(kind, _)| each["kind"] == *kind) else {
            assert_eq!(exchange.context.mic(&message).unwrap(), theirs);
            continue;
        };
        let ours = exchange.context.wrap(&message, *protection).unwrap();
        assert_eq!(ours.len(), theirs.len());
        assert_eq!(ours[..21], theirs[..21], "frame and algorithms");
        let opened = [&theirs, &ours].map(|token| {
            let (number, text) = opened(&key, token, *protection);
            assert_eq!(text[8..], [&message[..], &[1]].concat());
            number
        });
        assert_eq!(opened[0], opened[1], "number and direction");
    }
}

/// Number, direction, and the text with confounder and padding, of a token whose checksum
/// verifies.
fn opened(
    key: &portcullis_crypto::Rfc1964Key,
    token: &[u8],
    protection: Protection,
) -> ((u32, u8), Vec<u8>) {
    let inner = InitialContextToken::decode(token).unwrap().inner;
    let (head, text) = inner.split_at(Rfc1964Head::LENGTH + key.checksum_length());
    let head = Rfc1964Head::decode(TokenId::RFC1964_WRAP, head).unwrap();
    let number = key.open_sequence(head.snd_seq, head.sgn_cksum).unwrap();
    let mut text = text.to_vec();
    if protection == Protection::Confidentiality {
        key.open(number.0, &mut text).unwrap();
    }
    let parts: [&[u8]; 2] = [&head.header(), &text];
    key.verify(Rfc1964Kind::Wrap, &parts, head.sgn_cksum)
        .unwrap();
    (number, text)
}

#[test]
fn both_ends_understand_each_other() {
    for enctype in WEAK {
        let (mut acceptor, mut initiator) = both(enctype);
        for length in [0, 1, 7, 8, 9, 100, 1000, 70_000] {
            let message = vec![7; length];
            for (_, protection) in FORMS {
                let mut theirs = initiator.wrap(&message, protection).unwrap();
                let opened = acceptor.unwrap(&mut theirs).unwrap();
                assert_eq!(opened.message, message, "{enctype}: {length}");
                assert_eq!(
                    (opened.protection, opened.order),
                    (protection, Order::InOrder)
                );
                let ours = acceptor.wrap(&message, protection).unwrap();
                assert_eq!(initiator.unwrap(&ours), Ok((message.clone(), protection)));
            }
            let theirs = initiator.mic(&message).unwrap();
            assert_eq!(acceptor.verify_mic(&message, &theirs), Ok(Order::InOrder));
            let ours = acceptor.mic(&message).unwrap();
            assert_eq!(initiator.verify_mic(&message, &ours), Ok(()));
        }
    }
}

/// RFC 1964 §1.2: the checksum does not cover the number. Under RC4 it can be changed where nothing
/// is sealed with it; under DES3 a changed number has no direction.
#[test]
fn no_flipped_bit_changes_what_is_read() {
    for enctype in WEAK {
        let (mut acceptor, mut initiator) = both(enctype);
        for (kind, protection) in FORMS {
            let token = initiator.wrap(b"message", protection).unwrap();
            let open = enctype == Enctype::Rc4Hmac && protection == Protection::Integrity;
            for bit in 0..token.len() * 8 {
                let mut flipped = token.clone();
                flipped[bit / 8] ^= 0x80 >> (bit % 8);
                match acceptor.unwrap(&mut flipped) {
                    // The frame has 13 octets, the header eight.
                    Err(MessageError::Malformed(_)) => {
                        assert!(bit / 8 < 21, "{kind}: bit {bit}");
                        assert_wiped(&flipped);
                    }
                    Err(error) => {
                        assert_eq!(error, MessageError::Integrity, "{kind}: bit {bit}");
                        assert!(bit / 8 >= 21, "{enctype} {kind}: bit {bit}");
                        assert_wiped(&flipped);
                    }
                    Ok(opened) => {
                        assert_eq!(opened.message, b"message", "{enctype} {kind}: bit {bit}");
                        // And one bit of the frame makes Windows' OID from the standard one.
                        let is_open = open && (21..25).contains(&(bit / 8));
                        assert!(bit == 61 || is_open, "{enctype} {kind}: bit {bit}");
                    }
                }
            }
        }
    }
}

/// CVE-2014-4341, CVE-2022-3437: every length that is too short.
#[test]
fn a_cut_off_token_is_refused() {
    for enctype in WEAK {
        let (mut acceptor, mut initiator) = both(enctype);
        for (kind, protection) in FORMS {
            let token = initiator.wrap(b"message", protection).unwrap();
            let inner = InitialContextToken::decode(&token).unwrap().inner.to_vec();
            for length in 0..token.len() {
                let mut cut = token[..length].to_vec();
                assert!(
                    acceptor.unwrap(&mut cut).is_err(),
                    "{enctype} {kind}: {length}"
                );
            }
            for length in 0..inner.len() {
                let mut framed = frame(Mechanism::Krb5.oid(), &inner[..length]);
                let refused = acceptor.unwrap(&mut framed);
                assert!(refused.is_err(), "{enctype} {kind}: {length} in the frame");
            }
        }
    }
}

/// CVE-2022-3437: padding is counted by whoever holds the key, and still must be there.
#[test]
fn padding_of_another_length_is_refused() {
    for enctype in WEAK {
        let exchange = rc4();
        let (key, mut acceptor) = match enctype {
            Enctype::Rc4Hmac => (
                Key::new(enctype, &exchange.key.1).unwrap(),
                exchange.context,
            ),
            _ => continue,
        };
        let key = key.rfc1964().unwrap();
        for (padding, good) in [
            (0, false),
            (1, true),
            (2, true),
            (8, true),
            (9, false),
            (255, false),
        ] {
            let text = [&[7; 8], &b"message and"[..], &[padding; 1]].concat();
            let head = Rfc1964Head {
                token_id: TokenId::RFC1964_WRAP,
                sgn_alg: key.sgn_alg(),
                seal_alg: Rfc1964Head::NOT_SEALED,
                snd_seq: [0; 8],
                sgn_cksum: &[],
            };
            let checksum = key.checksum(Rfc1964Kind::Wrap, &[&head.header(), &text]);
            let head = Rfc1964Head {
                snd_seq: key.seal_sequence(7, 0, checksum.as_ref()),
                sgn_cksum: checksum.as_ref(),
                ..head
            };
            let mut token = frame(Mechanism::Krb5.oid(), &[head.encode(), text].concat());
            let opened = acceptor.unwrap(&mut token);
            assert_eq!(opened.is_ok(), good, "{padding}");
            if !good {
                assert_wiped(&token);
            }
        }
    }
}

#[test]
fn refuses_its_own_tokens_come_back_and_those_of_the_other_kind() {
    for enctype in WEAK {
        let (mut acceptor, mut initiator) = both(enctype);
        for (_, protection) in FORMS {
            let mut ours = acceptor.wrap(b"message", protection).unwrap();
            assert_eq!(
                acceptor.unwrap(&mut ours).unwrap_err(),
                MessageError::Direction
            );
            assert_wiped(&ours);
            let wrapped = initiator.wrap(b"message", protection).unwrap();
            let refused = acceptor.verify_mic(b"message", &wrapped).unwrap_err();
            assert!(matches!(refused, MessageError::Malformed(_)), "{refused:?}");
        }
        let mut mic = initiator.mic(b"message").unwrap();
        let refused = acceptor.unwrap(&mut mic).unwrap_err();
        assert!(matches!(refused, MessageError::Malformed(_)), "{refused:?}");
        let mut newer = [&[5, 4, 0, 0xff][..], &[0; 60]].concat();
        let refused = acceptor.unwrap(&mut newer).unwrap_err();
        assert!(matches!(refused, MessageError::Malformed(_)), "{refused:?}");
    }
}

/// RFC 4757 §7.2, §7.3: what a context says of itself, so that nobody relies on what is not there.
#[test]
fn under_rc4_number_and_direction_of_what_is_signed_are_anybodys_to_change() {
    for enctype in WEAK {
        let (mut acceptor, mut initiator) = both(enctype);
        let signs = acceptor.signs_numbers();
        assert_eq!(signs, enctype != Enctype::Rc4Hmac);

        let mut ours = acceptor.mic(b"message").unwrap();
        turn_around(&mut ours);
        let turned = acceptor.verify_mic(b"message", &ours);
        assert_eq!(turned.is_err(), signs, "{enctype}: {turned:?}");

        let theirs = initiator.mic(b"message").unwrap();
        assert!(acceptor.verify_mic(b"message", &theirs).is_ok());
        let mut again = theirs.clone();
        let number = 13 + 8; // behind the frame and the header
        again[number] ^= 0x10;
        let again = acceptor.verify_mic(b"message", &again);
        assert_eq!(again.is_err(), signs, "{enctype}: {again:?}");
        assert_ne!(again, Ok(Order::Duplicate));
    }
}

#[test]
fn the_size_limit_is_the_longest_message_that_fits() {
    for enctype in WEAK {
        let (mut acceptor, _) = both(enctype);
        for (_, protection) in FORMS {
            let shortest = acceptor.wrap(b"", protection).unwrap().len();
            for most in (0..700).chain(65_560..65_620) {
                let limit = acceptor.wrap_size_limit(protection, most);
                let mut length =
                    |message: usize| acceptor.wrap(&vec![7; message], protection).unwrap().len();
                assert!(
                    length(limit) <= most || most < shortest,
                    "{enctype}: {most}"
                );
                assert!(length(limit + 1) > most, "{enctype}: {most}, not {limit}");
            }
        }
    }
}
