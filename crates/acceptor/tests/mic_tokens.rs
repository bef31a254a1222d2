//! MIC tokens against those that MIT krb5 made with the same keys (RFC 4121 §4.2.6.1, RFC 4757
//! §7.2): ours have to be MIT's, octet for octet.
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
use portcullis::context::{MessageError, Order};
use portcullis_testdata::hex;
use serde_json::Value;

/// The MIC tokens of one side, with the messages that they are over.
fn mics(messages: &[Value], sender: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let ours = messages
        .iter()
        .filter(|each| each["sender"] == sender && each["kind"] == "mic");
    let mics: Vec<_> = ours
        .map(|each| (hex(&each["message"]), hex(&each["token"])))
        .collect();
    assert!(!mics.is_empty(), "MIT's {sender} made MIC tokens");
    mics
}

#[test]
fn verifies_the_mics_of_mit_initiators() {
    for mut exchange in one_way_exchanges().into_iter().chain(mutual_exchanges()) {
        for (message, token) in mics(&exchange.messages.clone(), "initiator") {
            let order = exchange.context.verify_mic(&message, &token);
            assert!(
                matches!(order, Ok(Order::InOrder | Order::Gap)),
                "{}: {order:?}",
                exchange.name
            );
            assert!(
                matches!(
                    exchange.context.verify_mic(&message, &token),
                    Ok(Order::Duplicate)
                ),
                "{}: the same token again",
                exchange.name
            );
        }
    }
}

/// Why a token with this bit flipped may be refused.
fn expected(exchange: &Exchange, bit: usize) -> &'static [&'static str] {
    match (bit / 8, bit % 8) {
        _ if exchange.key.0 == 23 && bit / 8 < 21 => &["Malformed"], // frame and header
        _ if exchange.key.0 == 23 => &["Integrity"],
        (1, 7) => &["ContextDeletion"],
        (0 | 1 | 3..8, _) => &["Malformed"],
        (2, 7) => &["Direction"],
        (2, 5) if !exchange.is_mutual => &["NoSubkey"],
        (2, 5) => &["Integrity", "Unsupported"], // the initiator's key may make no such tokens
        _ => &["Integrity"],
    }
}

#[test]
fn each_flipped_bit_of_a_mic_is_refused() {
    for mut exchange in one_way_exchanges().into_iter().chain(mutual_exchanges()) {
        let (message, token) = mics(&exchange.messages, "initiator").swap_remove(0);
        for bit in 0..token.len() * 8 {
            let mut flipped = token.clone();
            flipped[bit / 8] ^= 0x80 >> (bit % 8);
            let verdict = exchange.context.verify_mic(&message, &flipped);
            // RFC 1964 §1.2.1: the checksum does not cover the sequence number, four octets after
            // the frame (13) and the header (8).
            // And one bit of the frame makes Windows' OID of Kerberos from the standard one.
            let is_open = bit == 61 || (21..25).contains(&(bit / 8));
            let is_rc4 = exchange.key.0 == 23;
            assert_eq!(
                verdict.is_ok(),
                is_rc4 && is_open,
                "{}: bit {bit} of the token",
                exchange.name
            );
            let refused = verdict.as_ref().err().map(|error| format!("{error:?}"));
            let expected = expected(&exchange, bit);
            assert!(
                refused.is_none_or(|error| expected.iter().any(|name| error.starts_with(name))),
                "{}: bit {bit} of the token, {verdict:?}",
                exchange.name
            );
        }
        let longer = [message.as_slice(), b"!"].concat();
        assert_eq!(
            exchange.context.verify_mic(&longer, &token),
            Err(MessageError::Integrity),
            "{}: another message",
            exchange.name
        );
    }
}

#[test]
fn each_cut_off_mic_is_refused() {
    for mut exchange in one_way_exchanges().into_iter().chain(mutual_exchanges()) {
        let (message, token) = mics(&exchange.messages, "initiator").swap_remove(0);
        for length in 0..token.len() {
            let verdict = exchange.context.verify_mic(&message, &token[..length]);
            assert!(verdict.is_err(), "{}: {length} octets", exchange.name);
        }
    }
}

#[test]
fn makes_the_mics_that_mit_acceptors_make() {
    for mut exchange in one_way_exchanges().into_iter().chain(mutual_exchanges()) {
        let theirs = exchange.messages.clone();
        let sent = theirs.iter().filter(|each| each["sender"] == "acceptor");
        for (index, each) in sent.enumerate() {
            // Wrap tokens take a number each, too.
            let ours = exchange.context.mic(&hex(&each["message"])).unwrap();
            if each["kind"] == "mic" {
                assert_eq!(
                    ours,
                    hex(&each["token"]),
                    "{}: token {index}",
                    exchange.name
                );
            }
        }
    }
}

#[test]
fn refuses_its_own_mic_come_back() {
    for mut exchange in one_way_exchanges().into_iter().chain(mutual_exchanges()) {
        let ours = exchange.context.mic(b"message").unwrap();
        assert_eq!(
            exchange.context.verify_mic(b"message", &ours),
            Err(MessageError::Direction),
            "{}",
            exchange.name
        );
    }
}
