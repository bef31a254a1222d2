//! The security layer: RFC 4422 §3.7, RFC 4752 §3.3.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_methods,
    reason = "test code"
)]

mod desk;

use core::sync::atomic::{AtomicUsize, Ordering};
use desk::{ALL_FLAGS, Desk};
use portcullis::context::{MessageError, Order, Protection};
use portcullis::entropy::{Entropy, EntropyError};
use portcullis::formats::gss::ContextFlags;
use portcullis::formats::messages::ApOptions;
use portcullis::{Enctype, SecurityContext};
use portcullis_sasl::{Error, LayerError, Layers, MaxTokens, Received, SaslServer, SecurityLayer};
use portcullis_testrealm::{InitiatorContext, WrapShape};
use std::sync::Arc;

const SIGNED: Protection = Protection::Integrity;
const SEALED: Protection = Protection::Confidentiality;
/// Each layer's octet in the choice.
const LAYERS: [(u8, Protection); 2] = [(2, SIGNED), (4, SEALED)];
const ENCTYPES: [Enctype; 6] = [
    Enctype::Aes128CtsHmacSha1_96,
    Enctype::Aes256CtsHmacSha1_96,
    Enctype::Aes128CtsHmacSha256_128,
    Enctype::Aes256CtsHmacSha384_192,
    Enctype::Rc4Hmac,
    Enctype::Des3CbcSha1,
];
const MESSAGE: &[u8] = b"a message of the client's";

/// Which layers there are with which key: with one of RC4 none that only signs.
fn kinds() -> impl Iterator<Item = ((u8, Protection), Enctype)> {
    let every = LAYERS
        .into_iter()
        .flat_map(|layer| ENCTYPES.map(|enctype| (layer, enctype)));
    every.filter(|(layer, enctype)| (layer.1, *enctype) != (SIGNED, Enctype::Rc4Hmac))
}

/// Both ends of a layer, the usual maximum on each.
fn layer(octet: u8) -> (SecurityLayer, InitiatorContext) {
    let desk = Desk::new();
    desk.layered(&desk.server(Layers::ANY), desk.alice(), octet, [1, 0, 0])
}

fn buffer(token: &[u8]) -> Vec<u8> {
    let length = u32::try_from(token.len()).unwrap().to_be_bytes();
    [&length[..], token].concat()
}

/// The next buffer of the client's.
fn from_client(client: &mut InitiatorContext, protection: Protection) -> Vec<u8> {
    buffer(&client.wrap(MESSAGE, protection).unwrap())
}

#[track_caller]
fn assert_opened(layer: &mut SecurityLayer, mut octets: Vec<u8>) {
    let consumed = octets.len();
    let message = MESSAGE;
    assert_eq!(
        layer.unwrap(&mut octets),
        Ok(Received::Message { message, consumed })
    );
}

/// The tokens of these buffers, without their lengths.
fn tokens(mut buffers: &[u8]) -> Vec<Vec<u8>> {
    let mut tokens = Vec::new();
    while let Some((length, rest)) = buffers.split_first_chunk() {
        let length = u32::from_be_bytes(*length).try_into().unwrap();
        tokens.push(rest[..length].to_vec());
        buffers = &rest[length..];
    }
    assert_eq!(buffers, b"");
    tokens
}

#[test]
fn messages_go_both_ways_with_every_enctype() {
    let desk = Desk::new();
    for ((octet, protection), enctype) in kinds() {
        let (server, alice) = (desk.server(Layers::ANY), desk.alice_with(enctype));
        let (mut layer, mut client) = desk.layered(&server, alice, octet, [1, 0, 0]);
        for _ in 0..3 {
            assert_opened(&mut layer, from_client(&mut client, protection));
            let mut buffers = Vec::new();
            layer.wrap(MESSAGE, &mut buffers).unwrap();
            let unwrapped = client.unwrap(&tokens(&buffers)[0]).unwrap();
            assert_eq!(unwrapped, (MESSAGE.to_vec(), protection));
        }
    }
}

/// RFC 4752 §3.1: the client's maximum is that of the token, without the octets of its length.
#[test]
fn no_token_is_longer_than_what_the_client_takes() {
    let desk = Desk::new();
    let message: Vec<u8> = (0..=u8::MAX).cycle().take(5000).collect();
    for ((octet, _), enctype) in kinds() {
        for max in [256_u32, 257, 300, 4096] {
            let [_, high, middle, low] = max.to_be_bytes();
            let (server, alice) = (desk.server(Layers::ANY), desk.alice_with(enctype));
            let (mut layer, mut client) = desk.layered(&server, alice, octet, [high, middle, low]);
            let mut buffers = b"what was there".to_vec();
            layer.wrap(&message, &mut buffers).unwrap();
            let tokens = tokens(buffers.strip_prefix(b"what was there").unwrap());
            let longest = tokens.iter().map(Vec::len).max().unwrap();
            // DES3 fills blocks of eight octets.
            let slack = if enctype == Enctype::Des3CbcSha1 {
                8
            } else {
                0
            };
            let max = usize::try_from(max).unwrap();
            assert!(
                (max - slack..=max).contains(&longest),
                "{enctype:?} {max} {longest}"
            );
            let opened = tokens
                .iter()
                .flat_map(|token| client.unwrap(token).unwrap().0);
            assert!(opened.eq(message.iter().copied()));
        }
    }
}

/// Each answer would be many times as long otherwise, by a number that a client chose.
#[test]
fn a_message_takes_half_as_much_again_at_most_in_buffers_of_any_length() {
    let desk = Desk::new();
    for ((octet, _), enctype) in kinds() {
        let (server, alice) = (desk.server(Layers::ANY), desk.alice_with(enctype));
        let (mut layer, _) = desk.layered(&server, alice, octet, [0, 1, 0]);
        let mut buffers = Vec::new();
        layer.wrap(&[7; 100_000], &mut buffers).unwrap();
        assert!(buffers.len() < 150_000, "{enctype}: {}", buffers.len());
    }
}

#[test]
fn a_client_that_takes_less_than_256_octets_is_refused() {
    let desk = Desk::new();
    for ((octet, _), enctype) in kinds() {
        for limit in [0_u8, 1, 61, 100, 255] {
            let offered = desk.offer(&desk.server(Layers::ANY), desk.alice_with(enctype));
            let refused = offered.choose(&[octet, 0, 0, limit]).0.unwrap_err();
            let (limit, least) = (limit.into(), 256);
            let refusal = LayerError::PeerMaximum { limit, least };
            assert_eq!(refused, Error::Layer(refusal));
        }
    }
}

/// A context of alice's, without a login in between.
fn context(desk: &Desk, enctype: Enctype, less: ContextFlags) -> SecurityContext {
    let flags = ContextFlags(ALL_FLAGS.0 & !less.0);
    let alice = desk.alice_with(enctype).ap_options(ApOptions::default());
    let step = desk
        .acceptor()
        .begin()
        .step(alice.flags(flags).build().token(), desk.now());
    match step {
        Ok(portcullis::Step::Complete { context, .. }) => context,
        other => panic!("{other:?}"),
    }
}

const MAX: MaxTokens = MaxTokens {
    receive: 65_536,
    send: 65_536,
};

#[test]
fn there_is_no_layer_over_a_context_without_numbers_in_sequence() {
    let desk = Desk::new();
    for ((_, protection), enctype) in kinds() {
        let refused = |less| {
            let context = context(&desk, enctype, less);
            SecurityLayer::new(context, protection, MAX).map(drop)
        };
        assert_eq!(refused(ContextFlags(0)), Ok(()), "{enctype}");
        assert_eq!(
            refused(ContextFlags::SEQUENCE),
            Err(LayerError::NoSequence),
            "{enctype}: a message would be taken twice"
        );
    }
}

/// RFC 4757 §7.2: number and direction of a token depend on its checksum alone.
#[test]
fn a_layer_with_a_key_of_rc4_seals_and_has_numbers_of_its_own() {
    let desk = Desk::new();
    let rc4 = Enctype::Rc4Hmac;
    for (protection, less, made) in [
        (SEALED, ContextFlags(0), Ok(())),
        (SIGNED, ContextFlags(0), Err(LayerError::OpenNumbers)),
        (SEALED, ContextFlags::MUTUAL, Err(LayerError::OpenNumbers)),
    ] {
        let context = context(&desk, rc4, less);
        let layer = SecurityLayer::new(context, protection, MAX).map(drop);
        assert_eq!(layer, made, "{protection:?} {less:?}");
    }
}

#[test]
fn a_message_of_no_octets_makes_no_buffer() {
    let (mut layer, _) = layer(4);
    let mut buffers = Vec::new();
    layer.wrap(b"", &mut buffers).unwrap();
    assert_eq!(buffers, b"");
}

#[test]
fn a_buffer_that_is_not_whole_says_how_much_is_missing() {
    let (mut layer, mut client) = layer(4);
    let whole = from_client(&mut client, SEALED);
    for length in 0..whole.len() {
        let mut beginning = whole[..length].to_vec();
        let end = if length < 4 { 4 } else { whole.len() };
        let missing = end - length;
        assert_eq!(
            layer.unwrap(&mut beginning),
            Ok(Received::Partial { missing })
        );
        assert_eq!(beginning, whole[..length]);
    }
    assert_opened(&mut layer, whole);
}

#[test]
fn buffers_that_come_together_are_opened_one_after_the_other() {
    let (mut layer, mut client) = layer(4);
    let first = from_client(&mut client, SEALED);
    let mut both = [&first[..], &from_client(&mut client, SEALED)].concat();
    let (message, consumed) = (MESSAGE, first.len());
    assert_eq!(
        layer.unwrap(&mut both),
        Ok(Received::Message { message, consumed })
    );
    assert_opened(&mut layer, both.split_off(first.len()));
}

#[test]
fn a_length_beyond_our_maximum_is_refused_before_anything_follows() {
    let desk = Desk::new();
    let server = desk.server(Layers::ANY).max_receive(1000);
    for found in [1001_u32, 0x1_0000, 0xff_ffff, 0x0100_0000, u32::MAX] {
        let (mut layer, _) = desk.layered(&server, desk.alice(), 4, [1, 0, 0]);
        let refused = layer.unwrap(&mut found.to_be_bytes()).unwrap_err();
        assert_eq!(refused, LayerError::TooLong { limit: 1000, found });
    }
    let (mut layer, _) = desk.layered(&server, desk.alice(), 4, [1, 0, 0]);
    let longest = Received::Partial { missing: 1000 };
    assert_eq!(layer.unwrap(&mut 1000_u32.to_be_bytes()), Ok(longest));
}

#[test]
fn the_length_of_64_kib_is_refused_by_default_when_one_octet_is_added() {
    let (mut layer, _) = layer(4);
    let refused = layer.unwrap(&mut 0x1_0001_u32.to_be_bytes()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "buffer of 65537 octets, at most 65536 are taken"
    );
}

#[test]
fn a_buffer_of_no_octets_is_refused() {
    let (mut layer, _) = layer(4);
    assert_eq!(layer.unwrap(&mut [0; 4]), Err(LayerError::Empty));
}

#[test]
fn a_signed_message_is_refused_where_confidentiality_was_agreed() {
    let (mut layer, mut client) = layer(4);
    let mut signed = from_client(&mut client, SIGNED);
    assert_eq!(layer.unwrap(&mut signed), Err(LayerError::NotSealed));
}

#[test]
fn a_sealed_message_is_taken_where_integrity_was_agreed() {
    let (mut layer, mut client) = layer(2);
    assert_opened(&mut layer, from_client(&mut client, SEALED));
}

#[test]
fn messages_are_taken_as_windows_wraps_them() {
    let (mut layer, mut client) = layer(4);
    let token = client.wrap_shaped(MESSAGE, SEALED, WrapShape::WINDOWS);
    assert_opened(&mut layer, buffer(&token.unwrap()));
}

#[test]
fn a_message_that_comes_again_or_after_another_that_is_missing_is_refused() {
    let (mut layer, mut client) = layer(4);
    let mut first = from_client(&mut client, SEALED);
    assert_opened(&mut layer, first.clone());
    let again = layer.unwrap(&mut first).unwrap_err();
    assert_eq!(again, LayerError::Order(Order::Duplicate));

    let (mut layer, mut client) = self::layer(4);
    from_client(&mut client, SEALED);
    let second = layer
        .unwrap(&mut from_client(&mut client, SEALED))
        .unwrap_err();
    assert_eq!(second, LayerError::Order(Order::Gap));
}

#[test]
fn our_own_messages_are_refused_when_they_come_back() {
    let (mut layer, _) = layer(2);
    let mut buffers = Vec::new();
    layer.wrap(MESSAGE, &mut buffers).unwrap();
    let refused = layer.unwrap(&mut buffers).unwrap_err();
    assert_eq!(refused, LayerError::Message(MessageError::Direction));
}

#[test]
fn each_flipped_bit_of_a_token_is_refused() {
    for (octet, protection) in LAYERS {
        let (_, mut client) = layer(octet);
        let length = from_client(&mut client, protection).len();
        for bit in 32..8 * length {
            let (mut layer, mut client) = layer(octet);
            let mut buffer = from_client(&mut client, protection);
            buffer[bit / 8] ^= 1 << (bit % 8);
            // The count of rotated octets may be equal modulo the length.
            let rotation = usize::from(u16::from_be_bytes([buffer[10], buffer[11]]));
            let same = rotation > 0 && rotation % (length - 20) == 0;
            assert_eq!(
                layer.unwrap(&mut buffer).is_ok(),
                same,
                "{protection:?} bit {bit}"
            );
        }
    }
}

#[test]
fn nothing_is_opened_after_a_refusal() {
    let (mut layer, mut client) = layer(4);
    assert_eq!(layer.unwrap(&mut [0; 4]), Err(LayerError::Empty));
    let mut good = from_client(&mut client, SEALED);
    assert_eq!(layer.unwrap(&mut good), Err(LayerError::Broken));
    let mut buffers = Vec::new();
    layer
        .wrap(b"the other direction goes on", &mut buffers)
        .unwrap();
    assert!(client.unwrap(&tokens(&buffers)[0]).is_ok());
}

/// Randomness for so many more times.
#[derive(Debug)]
struct Drying(AtomicUsize);

impl Entropy for Drying {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        octets.fill(0x5a);
        let less = |left: usize| left.checked_sub(1);
        let left = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        left.map(|_| ()).map_err(|_| EntropyError)
    }
}

#[test]
fn nothing_is_sent_of_a_message_that_could_not_be_wrapped_whole_nor_after_it() {
    let desk = Desk::new();
    let entropy = Arc::new(Drying(AtomicUsize::new(100)));
    let acceptor = desk.acceptor_builder().entropy(entropy.clone()).build();
    let server = SaslServer::new(acceptor.unwrap(), Layers::ANY);
    let (mut layer, mut client) = desk.layered(&server, desk.alice(), 4, [0, 1, 0]);
    let mut buffers = b"what was there".to_vec();
    entropy.0.store(2, Ordering::Relaxed); // for two buffers of three
    let refused = layer.wrap(&[0; 500], &mut buffers).unwrap_err();
    assert_eq!(refused, LayerError::Message(MessageError::Entropy));
    assert_eq!(buffers, b"what was there");
    entropy.0.store(100, Ordering::Relaxed);
    let refused = layer.wrap(MESSAGE, &mut buffers).unwrap_err();
    assert_eq!(refused, LayerError::Broken);
    assert_opened(&mut layer, from_client(&mut client, SEALED));
}

#[test]
fn the_halves_go_different_ways() {
    let (layer, mut client) = layer(4);
    let mut halves = layer.split();
    assert_eq!(halves.identity.client().to_string(), "alice@EXAMPLE.TEST");
    let wrapping = std::thread::spawn(move || {
        let mut buffers = Vec::new();
        halves.wrapping.wrap(MESSAGE, &mut buffers).unwrap();
        buffers
    });
    let mut buffer = from_client(&mut client, SEALED);
    let consumed = buffer.len();
    let message = MESSAGE;
    let received = halves.unwrapping.unwrap(&mut buffer);
    assert_eq!(received, Ok(Received::Message { message, consumed }));
    let buffers = wrapping.join().unwrap();
    assert!(client.unwrap(&tokens(&buffers)[0]).is_ok());
}

#[test]
fn a_layer_prints_no_key() {
    let (layer, _) = layer(4);
    let printed = format!("{layer:?}");
    assert!(printed.contains("alice"), "{printed}");
    assert!(!printed.contains("key: ["), "{printed}");
}
