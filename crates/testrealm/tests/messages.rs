//! Wrapped and signed messages, both ways, in the shapes of several peers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use portcullis::context::{Order, Protection};
use portcullis::{Acceptor, Enctype, SecurityContext, Step};
use portcullis_testrealm::{InitiationError, InitiatorContext, TestRealm, TokenBuilder, WrapShape};

const BOTH: [Protection; 2] = [Protection::Integrity, Protection::Confidentiality];
const CFX: [Enctype; 4] = [
    Enctype::Aes128CtsHmacSha1_96,
    Enctype::Aes256CtsHmacSha1_96,
    Enctype::Aes128CtsHmacSha256_128,
    Enctype::Aes256CtsHmacSha384_192,
];

/// Both ends of a context.
fn ends(
    enctype: Enctype,
    vary: impl FnOnce(TokenBuilder) -> TokenBuilder,
) -> (InitiatorContext, SecurityContext) {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service_with("HTTP/web").enctypes([enctype]).build();
    let acceptor = Acceptor::new(web.keytab()).unwrap();
    let login = vary(realm.user("alice").token_for(&web)).build();
    match acceptor.begin().step(login.token(), realm.now()) {
        Ok(Step::Complete { context, reply }) => {
            (login.finish(&reply.unwrap_or_default()).unwrap(), context)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn messages_go_both_ways_under_every_key() {
    let shapes: [fn(TokenBuilder) -> TokenBuilder; 3] = [
        TokenBuilder::mutual,
        |token| token,
        |token| token.mutual().no_subkey(),
    ];
    for enctype in CFX {
        for vary in shapes {
            let (mut alice, mut web) = ends(enctype, vary);
            for protection in BOTH {
                for message in [b"".as_slice(), b"one", &[7; 4096]] {
                    let mut there = alice.wrap(message, protection).unwrap();
                    let read = web.unwrap(&mut there).unwrap();
                    assert_eq!((read.message, read.protection), (message, protection));
                    assert_eq!(read.order, Order::InOrder);
                    let back = web.wrap(message, protection).unwrap();
                    assert_eq!(alice.unwrap(&back), Ok((message.to_vec(), protection)));
                }
            }
        }
    }
}

/// [MS-KILE] §3.4.5.4.1, and counts that no peer sends but RFC 4121 §4.2.5 allows.
#[test]
fn an_acceptor_reads_every_rotation_and_filler() {
    let odd = |filler, rotation| WrapShape {
        filler,
        rotation,
        hidden_rotation: 0,
    };
    let (mut alice, mut web) = ends(CFX[1], TokenBuilder::mutual);
    for shape in [WrapShape::MIT, WrapShape::WINDOWS, odd(1, 1), odd(0, 65535)] {
        for protection in BOTH {
            let mut token = alice.wrap_shaped(b"hello", protection, shape).unwrap();
            let read = web.unwrap(&mut token).unwrap();
            assert_eq!(read.message, b"hello", "{shape:?}");
        }
    }
}

#[test]
fn a_shape_is_in_the_header_as_it_was_chosen() {
    let (mut alice, _) = ends(CFX[1], TokenBuilder::mutual);
    let token = alice.wrap_shaped(b"hello", BOTH[1], WrapShape::WINDOWS);
    assert_eq!(token.unwrap().get(4..8), Some([0, 16, 0, 28].as_slice()));
    let token = alice.wrap_shaped(b"hello", BOTH[0], WrapShape::WINDOWS);
    assert_eq!(token.unwrap().get(4..8), Some([0, 12, 0, 28].as_slice()));
}

#[test]
fn a_message_that_is_not_the_next_one_is_not_believed() {
    let (mut alice, mut web) = ends(CFX[1], TokenBuilder::mutual);
    for protection in BOTH {
        let first = web.wrap(b"one", protection).unwrap();
        let second = web.wrap(b"two", protection).unwrap();
        let own = alice.wrap(b"three", protection).unwrap();
        assert_eq!(alice.unwrap(&second), Err(InitiationError::Wrap));
        assert_eq!(alice.unwrap(&own), Err(InitiationError::Wrap));
        assert!(alice.unwrap(&first).is_ok());
        assert_eq!(alice.unwrap(&first), Err(InitiationError::Wrap));
        assert!(alice.unwrap(&second).is_ok());
    }
}

#[test]
fn a_message_with_one_bit_changed_is_not_believed() {
    for protection in BOTH {
        let (mut alice, mut web) = ends(CFX[1], TokenBuilder::mutual);
        let token = web.wrap(b"hello", protection).unwrap();
        for bit in 0..token.len().saturating_mul(8) {
            let mut token = token.clone();
            *token.get_mut(bit / 8).unwrap() ^= 1 << (bit % 8);
            assert!(alice.unwrap(&token).is_err(), "bit {bit}");
        }
        for length in 0..token.len() {
            assert!(alice.unwrap(token.get(..length).unwrap()).is_err());
        }
        assert!(alice.unwrap(&token).is_ok());
    }
}
