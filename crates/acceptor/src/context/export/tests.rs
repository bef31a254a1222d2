//! No part of an exported context is longer than it must be, or than there is room for.
#![allow(clippy::unwrap_used, reason = "test code")]

use super::state::{decode_window, encode_number};
use super::{identity, state};
use crate::context::keys::ContextKeys;
use crate::context::order::{Asked, Order};
use crate::identity::{Carrier, Framing, Identity, KeySelected, KeyUsed};
use crate::tickets::{TicketFacts, Validity};
use portcullis_crypto::{Enctype, Key};
use portcullis_formats::der::{DecodeErrorKind, Reader, Writer};
use portcullis_formats::gss::{ContextFlags, Mechanism};
use portcullis_formats::messages::{KerberosTime, TicketFlags};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{EtypeNumber, Kvno};
use std::sync::Arc;

const ASKED: Asked = Asked {
    replay: true,
    sequence: true,
};

/// A window of 64 numbers that is due to see 3, in DER.
fn window(passed: u64, seen: &[u8]) -> Vec<u8> {
    let mut output = Writer::new();
    output.sequence(|fields| {
        fields.field(0, |field| encode_number(3, field));
        fields.field(1, |field| encode_number(passed, field));
        fields.field(2, |field| field.integer(64_u32));
        fields.field(3, |field| field.octet_string(seen));
    });
    output.into_vec()
}

#[test]
fn a_window_has_the_words_of_its_size_or_none() {
    let read = |seen: &[u8]| decode_window(&mut Reader::new(&window(3, seen)), u64::MAX, ASKED);
    assert!(read(&[]).is_ok());
    let mut read_on = read(&[0, 0, 0, 0, 0, 0, 0, 7]).unwrap();
    assert_eq!(read_on.note(2), Order::Duplicate);
    assert_eq!(read_on.note(3), Order::InOrder);
    for octets in [1, 7, 9, 15, 16, 17, 8192] {
        let error = read(&vec![0; octets]).unwrap_err();
        let expected = DecodeErrorKind::Value("window of another size");
        assert_eq!(error.kind, expected, "{octets} octets");
    }
}

/// Each field as long as it gets, names and data of some length.
fn long_identity() -> Identity {
    let name = |component: &str| Principal::new("REALM", [component.repeat(300)]).unwrap();
    let time = KerberosTime::from_unix(0);
    let ticket = TicketFacts {
        client: name("a"),
        key: KeyUsed {
            principal: name("b"),
            kvno: Kvno(u32::MAX),
            etype: EtypeNumber(i32::MIN),
            selected: KeySelected::SessionKey,
        },
        validity: Validity {
            flags: TicketFlags(u32::MAX),
            authtime: time,
            starttime: time,
            endtime: time,
        },
        session_etype: EtypeNumber(i32::MIN),
        authorization_data: Arc::new([7; 70_000]),
        pac: None,
        indicators: vec!["indicator".into(); 100],
    };
    Identity {
        ticket: Arc::new(ticket),
        carrier: Carrier {
            mechanism: Mechanism::Krb5,
            framing: Framing::Raw,
            bare: true,
        },
        subkey_etype: Some(EtypeNumber(i32::MIN)),
        flags: ContextFlags(u32::MAX),
        channel_bound: true,
        delegated: None,
    }
}

/// Else the octets would move, and leave keys where they were.
#[test]
fn what_is_exported_fits_into_the_room_that_is_made_for_it() {
    let who = long_identity();
    let mut output = Writer::new();
    identity::encode(&who, &mut output);
    let room_for_identity = identity::longest(&who).checked_sub(output.into_vec().len());
    assert!(room_for_identity.is_some());

    let key = || Key::from_random(Enctype::Aes256CtsHmacSha384_192, &[7; 32]);
    let keys = ContextKeys::of_initiator(key()).with_acceptor_subkey(Some(key()));
    let seen = window(u64::MAX, &[0xff; 8]);
    let window = decode_window(&mut Reader::new(&seen), u64::MAX, ASKED).unwrap();
    let mut output = Writer::new();
    output.sequence(|fields| {
        fields.field(1, |field| state::encode_keys(&keys, field));
        fields.field(2, |field| encode_number(u64::MAX, field));
        fields.field(3, |field| state::encode_window(&window, field));
    });
    let room_for_state = state::longest(&window).checked_sub(output.into_vec().len());
    assert!(room_for_state.is_some());
}
