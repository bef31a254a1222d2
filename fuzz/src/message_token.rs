//! MIC tokens (RFC 4121 §4.2.6.1): foreign ones, and good ones in any order.
//!
//! The first octet chooses the encryption type. The messages are foreign tokens or, when they have
//! less than ten octets, flags and number of a token that is made here.

use crate::forge;
use crate::messages::Messages;
use portcullis::SecurityContext;
use portcullis::context::{MessageError, Order};
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::gss::{MicToken, Rfc1964MicToken, TokenFlags};
use portcullis_formats::messages::ApOptions;
use std::collections::HashSet;

const MESSAGE: &[u8] = b"message";

/// Sends the tokens through one context.
pub fn run(input: &[u8]) {
    let Some((choice, tokens)) = input.split_first() else {
        return;
    };
    let enctype = forge::enctype(choice % 4); // those that RFC 4121 is for
    let mut context = context(enctype);
    let mut seen = Seen::default();
    for message in Messages(tokens) {
        match message {
            [flags, number @ ..] if number.len() <= 8 => {
                let number = number
                    .iter()
                    .fold(0, |sum, octet| sum << 8 | u64::from(*octet));
                good(&mut context, &mut seen, enctype, TokenFlags(*flags), number);
            }
            foreign => refuse(&mut context, foreign),
        }
    }
}

/// A context in which alice's subkey protects the messages.
fn context(enctype: Enctype) -> SecurityContext {
    let session_key = forge::session_key(enctype);
    let ticket = forge::alice_ticket_part(&session_key);
    let authenticator = forge::alice_authenticator(enctype, None);
    let service_key = forge::service_key(enctype);
    let options = ApOptions::default();
    let token = forge::token(options, &service_key, &ticket, &session_key, &authenticator);
    forge::accept(&token).expect("a good token")
}

/// A token that nobody with the key has made.
fn refuse(context: &mut SecurityContext, token: &[u8]) {
    if let Ok(decoded) = MicToken::decode(token) {
        assert_eq!(decoded.encode(), token);
    }
    if let Ok(decoded) = Rfc1964MicToken::decode(token) {
        assert_eq!(decoded.encode(), token);
    }
    let error = context
        .verify_mic(MESSAGE, token)
        .expect_err("a forged token");
    assert!(!error.to_string().is_empty());
}

/// A token of alice's with these flags and this number.
fn good(
    context: &mut SecurityContext,
    seen: &mut Seen,
    enctype: Enctype,
    flags: TokenFlags,
    number: u64,
) {
    let token = mic(&forge::subkey(enctype), flags, number);
    let verdict = context.verify_mic(MESSAGE, &token);
    if flags.contains(TokenFlags::SENT_BY_ACCEPTOR) {
        assert_eq!(verdict, Err(MessageError::Direction));
    } else if flags.contains(TokenFlags::ACCEPTOR_SUBKEY) {
        assert_eq!(verdict, Err(MessageError::NoSubkey));
    } else {
        assert_eq!(verdict, Ok(seen.order(number)));
    }
}

fn mic(key: &Key, flags: TokenFlags, sequence: u64) -> Vec<u8> {
    let token = MicToken {
        flags,
        sequence,
        checksum: &[],
    };
    let checksum = key
        .mac(KeyUsage::INITIATOR_SIGN)
        .checksum(&[MESSAGE, &token.header()]);
    let checksum = checksum.as_ref();
    MicToken { checksum, ..token }.encode()
}

/// The numbers that have come, without a window: what the window must say.
#[derive(Default)]
struct Seen {
    next: u64,
    numbers: HashSet<u64>,
}

impl Seen {
    fn order(&mut self, number: u64) -> Order {
        let number = number.wrapping_sub(forge::SEQUENCE.into());
        if number >= self.next {
            let order = match number == self.next {
                true => Order::InOrder,
                false => Order::Gap,
            };
            self.numbers.insert(number);
            self.next = number.wrapping_add(1);
            if self.next == 0 {
                self.numbers.clear(); // all begins anew
            }
            return order;
        }
        if self.next - number > 64 {
            return Order::Unsequenced; // forgotten, and late in any case
        }
        match self.numbers.insert(number) {
            true => Order::Unsequenced,
            false => Order::Duplicate,
        }
    }
}
