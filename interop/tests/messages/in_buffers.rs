//! `gss_wrap_iov` and `gss_unwrap_iov`: messages that stay where they are, with octets in clear around them.

use portcullis::SecurityContext;
use portcullis::context::{InPlace, Layout, Order, Protection};
use portcullis_interop::heimdal::HeimdalRealm;
use portcullis_interop::message_peer::{Buffers, MessagePeer, Unwrapped};

use crate::both_ends::{FORMS, accept, establish, realm, sealed};

const BEFORE: &[u8] = b"a header of DCE RPC";
const AFTER: &[u8] = b"and a trailer";
/// How tokens are shaped, and whether they have a trailer.
const SHAPES: [(Protection, Layout, bool); 4] = [
    (SEALED, Layout::HeaderAndTrailer, true),
    (SEALED, Layout::HeaderOnly, false),
    (SIGNED, Layout::HeaderAndTrailer, true),
    (SIGNED, Layout::HeaderOnly, false),
];
const SEALED: Protection = Protection::Confidentiality;
const SIGNED: Protection = Protection::Integrity;

fn in_place<'t>(buffers: &'t mut Buffers, before: &'t [u8], after: &'t [u8]) -> InPlace<'t> {
    InPlace {
        header: &mut buffers.header,
        clear_before: before,
        message: &mut buffers.message,
        clear_after: after,
        trailer: &mut buffers.trailer,
    }
}

#[test]
fn mit_and_we_read_each_others_buffers() {
    let Some(realm) = realm() else { return };
    for number in [17, 18, 19, 20, 25, 26] {
        for flags in [&["mutual"][..], &["dce"]] {
            let (mut context, mut mit) = establish(&realm, number, flags);
            let what = format!("{number} {flags:?}");
            exchange(&mut context, &mut mit, &SHAPES, &what);
        }
    }
}

#[test]
fn heimdal_and_we_read_each_others_buffers() {
    let Some(heimdal) = HeimdalRealm::start(&[]) else {
        return;
    };
    for number in [17, 18, 19, 20] {
        for flags in [&["mutual"][..], &["dce"]] {
            let service = format!("HTTP/e{number}.example.test");
            let alice = heimdal.realm.login("alice");
            let mut peer = MessagePeer::heimdal(&alice, &service, flags);
            let mut context = accept(&heimdal.realm, &service, number, &mut peer);
            let what = format!("{number} {flags:?}");
            // In DCE style it seals, and has no trailer.
            match flags == ["dce"] {
                true => exchange(&mut context, &mut peer, &[SHAPES[1]], &what),
                false => exchange(&mut context, &mut peer, &SHAPES, &what),
            }
        }
    }
}

fn exchange(
    context: &mut SecurityContext,
    peer: &mut MessagePeer,
    shapes: &[(Protection, Layout, bool)],
    what: &str,
) {
    for (protection, layout, trailer) in shapes.iter().copied() {
        for length in [0, 1, 15, 16, 17, 31, 32, 33, 100, 10_000] {
            let what = format!("{what} {layout:?} {protection:?} {length}");
            let message = vec![0x62; length];
            let parts = [BEFORE, &message, AFTER];
            let mut theirs = peer.wrap_iov(sealed(protection), trailer, parts);
            let opened = context.unwrap_in_place(in_place(&mut theirs, BEFORE, AFTER));
            let opened = opened.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(opened.protection, protection, "{what}");
            assert_eq!(opened.order, Order::InOrder, "{what}");
            assert_eq!(theirs.message, message, "{what}");

            let lengths = context.token_lengths(protection, layout).expect("AES");
            let mut ours = Buffers {
                header: vec![0; lengths.header],
                message: message.clone(),
                trailer: vec![0; lengths.trailer],
            };
            assert_eq!(ours.header.len(), theirs.header.len(), "{what}");
            assert_eq!(ours.trailer.len(), theirs.trailer.len(), "{what}");
            let token = in_place(&mut ours, BEFORE, AFTER);
            context.wrap_in_place(token, protection).expect("ours");
            let expected = Unwrapped {
                message,
                sealed: sealed(protection),
                supplementary: 0,
            };
            assert_eq!(
                peer.unwrap_iov(&ours, BEFORE, AFTER),
                Ok(expected),
                "{what}"
            );
        }
    }
}

#[test]
fn neither_reads_a_message_whose_surroundings_were_changed() {
    let Some(realm) = realm() else { return };
    let (mut context, mut mit) = establish(&realm, 18, &["dce"]);
    for protection in FORMS {
        let parts = [BEFORE, b"message", AFTER];
        let mut theirs = mit.wrap_iov(sealed(protection), false, parts);
        let refused = context.unwrap_in_place(in_place(&mut theirs, BEFORE, b"And a trailer"));
        assert!(refused.is_err(), "{protection:?}");

        let lengths = context
            .token_lengths(protection, Layout::HeaderOnly)
            .expect("AES");
        let mut ours = Buffers {
            header: vec![0; lengths.header],
            message: b"message".to_vec(),
            trailer: Vec::new(),
        };
        let token = in_place(&mut ours, BEFORE, AFTER);
        context.wrap_in_place(token, protection).expect("ours");
        assert!(
            mit.unwrap_iov(&ours, b"A header of DCE RPC", AFTER)
                .is_err()
        );
    }
}
