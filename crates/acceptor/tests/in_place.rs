//! Messages that are wrapped and unwrapped where they lie (`gss_wrap_iov`).
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

use mit::{Exchange, mutual_exchanges};
use portcullis::context::{
    InPlace, Layout, MessageError, Order, Protection, TokenLengths, UnwrappedInPlace,
};
use portcullis::{Enctype, SecurityContext, Step, WeakEnctype};
use portcullis_crypto::{Key, KeyUsage, Scattered};
use portcullis_formats::gss::{TokenFlags, WrapHeader};
use portcullis_testrealm::{InitiatorContext, Next, TestRealm, WrapShape};
use scene::{Scene, WEB};

const FORMS: [Protection; 2] = [Protection::Confidentiality, Protection::Integrity];
const LAYOUTS: [Layout; 2] = [Layout::HeaderAndTrailer, Layout::HeaderOnly];

fn scene(enctype: Enctype) -> Scene {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service_with(WEB).enctypes([enctype]).build();
    Scene::of(realm, web, |settings| {
        settings.allow_camellia().danger_allow(WeakEnctype::Rc4Hmac)
    })
}

fn both(enctype: Enctype) -> (SecurityContext, InitiatorContext) {
    let scene = scene(enctype);
    let token = scene.token().mutual().build();
    let (context, reply) = scene.accept(&token);
    (context, token.finish(&reply.unwrap()).unwrap())
}

fn both_in_dce_style(enctype: Enctype) -> (SecurityContext, InitiatorContext) {
    let scene = scene(enctype);
    let token = scene.token().dce_style().build();
    let Ok(Step::Continue { negotiation, reply }) = scene.step(&token) else {
        panic!("a third leg is due");
    };
    let Ok(Next::Send(third)) = token.next(&reply) else {
        panic!("the initiator sends it");
    };
    let step = negotiation.step(third.token(), scene.realm.now());
    let (context, _) = scene::complete(step);
    (context, third.finish(&[]).unwrap())
}

fn modern() -> impl Iterator<Item = Enctype> {
    Enctype::all()
        .iter()
        .copied()
        .filter(|enctype| enctype.is_cfx())
}

/// A token in one piece, and where its parts end.
struct Piece {
    octets: Vec<u8>,
    lengths: TokenLengths,
}

impl Piece {
    fn token<'t>(&'t mut self, before: &'t [u8], after: &'t [u8]) -> InPlace<'t> {
        let end = self.octets.len() - self.lengths.trailer;
        let (octets, trailer) = self.octets.split_at_mut(end);
        let (header, message) = octets.split_at_mut(self.lengths.header);
        InPlace {
            header,
            clear_before: before,
            message,
            clear_after: after,
            trailer,
        }
    }
}

fn wrapped(
    context: &mut SecurityContext,
    message: &[u8],
    protection: Protection,
    layout: Layout,
) -> Piece {
    let lengths = context.token_lengths(protection, layout).unwrap();
    let (header, trailer) = (vec![0; lengths.header], vec![0; lengths.trailer]);
    let mut piece = Piece {
        octets: [&header, message, &trailer].concat(),
        lengths,
    };
    context
        .wrap_in_place(piece.token(&[], &[]), protection)
        .unwrap();
    piece
}

/// In either layout the parts one after the other are a token: RRC says what is where.
#[test]
fn parts_in_their_order_are_a_token() {
    for enctype in modern() {
        let (mut acceptor, mut initiator) = both(enctype);
        for protection in FORMS {
            for layout in LAYOUTS {
                for length in [0, 1, 15, 16, 17, 31, 32, 33, 100, 4096] {
                    let message = vec![7; length];
                    let piece = wrapped(&mut acceptor, &message, protection, layout);
                    let opened = initiator.unwrap(&piece.octets);
                    assert_eq!(opened, Ok((message, protection)), "{enctype} {layout:?}");
                }
            }
        }
    }
}

/// A token of the initiator's, in parts.
fn theirs(
    initiator: &mut InitiatorContext,
    message: &[u8],
    protection: Protection,
    shape: WrapShape,
    header: usize,
) -> Piece {
    let octets = initiator.wrap_shaped(message, protection, shape).unwrap();
    let trailer = octets.len() - header - message.len();
    let mut lengths = both(Enctype::Aes128CtsHmacSha1_96)
        .0
        .token_lengths(protection, Layout::HeaderOnly)
        .unwrap();
    (lengths.header, lengths.trailer) = (header, trailer);
    Piece { octets, lengths }
}

#[test]
fn opens_tokens_in_parts_of_either_layout() {
    for enctype in modern() {
        let (mut acceptor, mut initiator) = both(enctype);
        for protection in FORMS {
            let lengths = |layout| acceptor.token_lengths(protection, layout).unwrap();
            let (apart, together) = (lengths(LAYOUTS[0]), lengths(LAYOUTS[1]));
            let rotated = WrapShape {
                rotation: apart.trailer.try_into().unwrap(),
                ..WrapShape::MIT
            };
            for (shape, header) in [(WrapShape::MIT, apart.header), (rotated, together.header)] {
                for length in [0, 1, 16, 31, 100] {
                    let message = vec![9; length];
                    let mut piece = theirs(&mut initiator, &message, protection, shape, header);
                    let opened = acceptor.unwrap_in_place(piece.token(&[], &[]));
                    let UnwrappedInPlace {
                        protection: found,
                        order,
                        ..
                    } = opened.unwrap();
                    assert_eq!((found, order), (protection, Order::InOrder));
                    assert_eq!(piece.octets[header..header + length], message, "{enctype}");
                }
            }
        }
    }
}

/// \[MS-KILE\] §3.4.5.4.1: filler of a block, which RRC does not count.
#[test]
fn opens_and_makes_tokens_of_dce_style() {
    let (mut acceptor, mut initiator) = both_in_dce_style(Enctype::Aes256CtsHmacSha1_96);
    let sealed = Protection::Confidentiality;
    let lengths = acceptor.token_lengths(sealed, Layout::HeaderOnly).unwrap();
    assert_eq!(
        (lengths.header, lengths.trailer),
        (16 + 16 + 16 + 12 + 16, 0)
    );
    for length in [0, 5, 16, 1000] {
        let message = vec![9; length];
        let mut piece = theirs(
            &mut initiator,
            &message,
            sealed,
            WrapShape::DCE_STYLE,
            lengths.header,
        );
        let opened = acceptor.unwrap_in_place(piece.token(&[], &[])).unwrap();
        assert_eq!((opened.protection, opened.order), (sealed, Order::InOrder));
        assert_eq!(piece.octets[lengths.header..], message);

        let shape = WrapShape::DCE_STYLE;
        let mut whole = initiator.wrap_shaped(&message, sealed, shape).unwrap();
        assert_eq!(acceptor.unwrap(&mut whole).unwrap().message, message);
        let mut plain = initiator.wrap(&message, sealed).unwrap();
        assert_eq!(acceptor.unwrap(&mut plain).unwrap().message, message);

        let ours = wrapped(&mut acceptor, &message, sealed, Layout::HeaderOnly);
        assert_eq!(ours.octets[4..8], [0, 16, 0, 28], "EC and RRC");
    }
}

/// An initiator's token over a message with octets in clear around it, made of the parts of RFC 4121
/// §4.2.4 alone.
fn surrounded(exchange: &Exchange, protection: Protection) -> Piece {
    let enctype = Enctype::try_from(exchange.key.0).unwrap();
    let key = Key::new(enctype, &exchange.key.1).unwrap();
    let sealed = protection == Protection::Confidentiality;
    let header = WrapHeader {
        flags: TokenFlags(TokenFlags::ACCEPTOR_SUBKEY.0 | if sealed { 2 } else { 0 }),
        extra_count: 0,
        right_rotation_count: 0,
        sequence: 77,
    };
    let (mut message, mut tag) = (b"message".to_vec(), vec![0; enctype.checksum_length()]);
    let layout = Layout::HeaderAndTrailer;
    let lengths = exchange.context.token_lengths(protection, layout).unwrap();
    if !sealed {
        let mac = key.mac(KeyUsage::INITIATOR_SEAL);
        let parts: [&[u8]; 4] = [b"before", &message, b"after", &header.octets()];
        let checksum = mac.checksum(&parts);
        let sent = WrapHeader {
            extra_count: tag.len().try_into().unwrap(),
            ..header
        };
        let octets = [&sent.octets(), &message[..], checksum.as_ref()].concat();
        return Piece { octets, lengths };
    }
    let (mut confounder, mut tail) = ([5; 16], header.octets());
    let mut text = Scattered {
        confounder: &mut confounder,
        clear_before: b"before",
        message: &mut message,
        clear_after: b"after",
        tail: &mut tail,
        tag: &mut tag,
    };
    let cipher = key.cipher(KeyUsage::INITIATOR_SEAL);
    cipher.seal_scattered(&mut text).unwrap();
    let octets = [&header.octets()[..], &confounder, &message, &tail, &tag].concat();
    Piece { octets, lengths }
}

/// What stands in clear around a message is signed with it, each octet in its place.
#[test]
fn octets_in_clear_are_covered() {
    let of_rfc4121 = |exchange: &Exchange| exchange.key.0 != 23;
    for mut exchange in mutual_exchanges().into_iter().filter(of_rfc4121) {
        for protection in FORMS {
            for (before, after) in [("befor", "after"), ("before", "aftes"), ("", "beforeafter")] {
                let mut piece = surrounded(&exchange, protection);
                let token = piece.token(before.as_bytes(), after.as_bytes());
                let refused = exchange.context.unwrap_in_place(token);
                assert_eq!(refused, Err(MessageError::Integrity), "{}", exchange.name);
            }
            let mut piece = surrounded(&exchange, protection);
            let token = piece.token(b"before", b"after");
            let opened = exchange.context.unwrap_in_place(token).unwrap();
            assert_eq!(opened.protection, protection, "{}", exchange.name);
            let (header, end) = (piece.lengths.header, piece.lengths.header + 7);
            assert_eq!(piece.octets[header..end], *b"message", "{}", exchange.name);
        }
    }
}

/// CVE-2024-37370 and every other bit of header, message and trailer.
#[test]
fn no_flipped_bit_opens() {
    let (mut acceptor, mut initiator) = both(Enctype::Aes128CtsHmacSha256_128);
    for protection in FORMS {
        for layout in LAYOUTS {
            let lengths = acceptor.token_lengths(protection, layout).unwrap();
            let shape = WrapShape {
                rotation: match layout {
                    Layout::HeaderOnly => (lengths.header
                        - acceptor
                            .token_lengths(protection, Layout::HeaderAndTrailer)
                            .unwrap()
                            .header)
                        .try_into()
                        .unwrap(),
                    _ => 0,
                },
                ..WrapShape::MIT
            };
            let token = initiator
                .wrap_shaped(b"message", protection, shape)
                .unwrap();
            for bit in 0..token.len() * 8 {
                let mut octets = token.clone();
                octets[bit / 8] ^= 0x80 >> (bit % 8);
                let mut piece = Piece { octets, lengths };
                let refused = acceptor.unwrap_in_place(piece.token(&[], &[]));
                assert!(refused.is_err(), "{protection:?} {layout:?}: bit {bit}");
                let message = &piece.octets[lengths.header..][..7];
                assert_eq!(*message, [0; 7], "{protection:?} {layout:?}: bit {bit}");
            }
            let mut piece = Piece {
                octets: token,
                lengths,
            };
            assert!(acceptor.unwrap_in_place(piece.token(&[], &[])).is_ok());
        }
    }
}

#[test]
fn header_and_trailer_of_other_lengths_are_refused() {
    let (mut acceptor, mut initiator) = both(Enctype::Aes256CtsHmacSha1_96);
    for protection in FORMS {
        for layout in LAYOUTS {
            let lengths = acceptor.token_lengths(protection, layout).unwrap();
            let (header, trailer) = (lengths.header, lengths.trailer);
            for (header, trailer) in [
                (header + 1, trailer),
                (header - 1, trailer),
                (header, trailer + 1),
                (0, trailer),
                (15, 0),
            ] {
                let token = InPlace {
                    header: &mut vec![0; header],
                    clear_before: &[],
                    message: &mut [],
                    clear_after: &[],
                    trailer: &mut vec![0; trailer],
                };
                let refused = acceptor.wrap_in_place(token, protection);
                assert_eq!(refused, Err(MessageError::Length));
            }
        }
        let token = initiator.wrap(b"message", protection).unwrap();
        for header in 0..token.len() {
            let lengths = acceptor.token_lengths(protection, LAYOUTS[0]).unwrap();
            if header == lengths.header {
                continue;
            }
            let mut octets = token.clone();
            let (header, message) = octets.split_at_mut(header);
            let (message, trailer) = message.split_at_mut(message.len().min(7));
            let refused = acceptor.unwrap_in_place(InPlace {
                header,
                clear_before: &[],
                message,
                clear_after: &[],
                trailer,
            });
            assert!(matches!(
                refused,
                Err(MessageError::Length | MessageError::Malformed(_) | MessageError::Header)
            ));
        }
    }
    let next = acceptor.mic(b"").unwrap();
    assert_eq!(
        initiator.verify_mic(b"", &next),
        Ok(()),
        "no number was used up"
    );
}

#[test]
fn keys_of_rc4_wrap_nothing_in_place() {
    let (mut acceptor, _) = both(Enctype::Rc4Hmac);
    for protection in FORMS {
        let lengths = acceptor.token_lengths(protection, Layout::HeaderOnly);
        assert!(matches!(lengths, Err(MessageError::Unsupported(_))));
        let token = || InPlace {
            header: &mut [],
            clear_before: &[],
            message: &mut [],
            clear_after: &[],
            trailer: &mut [],
        };
        let refused = acceptor.wrap_in_place(token(), protection);
        assert!(matches!(refused, Err(MessageError::Unsupported(_))));
        assert!(acceptor.unwrap_in_place(token()).is_err());
    }
}
