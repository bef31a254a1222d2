//! No part of an exported context is longer than it must be.
#![allow(clippy::unwrap_used, reason = "test code")]

use super::state::{decode_window, encode_number};
use crate::context::order::{Asked, Order};
use portcullis_formats::der::{DecodeErrorKind, Reader, Writer};

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
