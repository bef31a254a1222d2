//! Per-message tokens: foreign ones, and good MICs in any order.
//!
//! The first octet chooses the encryption type. The messages are foreign tokens or, when they have
//! less than ten octets, flags and number of a MIC that is made here.

use crate::forge;
use crate::messages::Messages;
use portcullis::SecurityContext;
use portcullis::context::{InPlace, MessageError, Order};
use portcullis_crypto::{Enctype, Key, KeyUsage, Rfc1964Kind};
use portcullis_formats::gss::{
    Mechanism, MicToken, Rfc1964Head, TokenFlags, TokenId, WrapHeader, frame,
};
use portcullis_formats::messages::ApOptions;
use std::collections::HashSet;

const MESSAGE: &[u8] = b"message";
/// Of an input, that many are looked at: each is refused in ten ways, whatever its length, and a refusal allocates.
const MESSAGES: usize = 200;

/// Sends the tokens through one context.
pub fn run(input: &[u8]) {
    let Some((choice, tokens)) = input.split_first() else {
        return;
    };
    let enctype = forge::enctype(*choice);
    let mut context = context(enctype);
    let mut seen = Seen::new(enctype);
    for message in Messages(tokens).take(MESSAGES) {
        match message {
            [flags, number @ ..] if number.len() <= 8 => {
                let number = number
                    .iter()
                    .fold(0, |sum, octet| sum << 8 | u64::from(*octet));
                match enctype.is_cfx() {
                    true => good(&mut context, &mut seen, enctype, TokenFlags(*flags), number),
                    false => good_rfc1964(&mut context, &mut seen, enctype, *flags, number),
                }
            }
            foreign => refuse(&mut context, foreign),
        }
    }
}

/// A context in which alice's subkey protects the messages.
pub(crate) fn context(enctype: Enctype) -> SecurityContext {
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
    for id in [TokenId::RFC1964_MIC, TokenId::RFC1964_WRAP] {
        if let Ok(decoded) = Rfc1964Head::decode(id, token) {
            assert_eq!(decoded.encode(), token);
        }
    }
    if let Ok((header, _)) = WrapHeader::split(&mut token.to_vec()) {
        assert_eq!(header.octets(), token[..16]);
    }
    refused(context.verify_mic(MESSAGE, token));
    refused(context.unwrap(&mut token.to_vec()));
    for length in [16, 28, 32, 60, 76] {
        let mut octets = token.to_vec();
        let (header, message) = octets.split_at_mut(length.min(token.len()));
        let half = message.len() / 2;
        let (message, trailer) = message.split_at_mut(half);
        refused(context.unwrap_in_place(InPlace {
            header,
            clear_before: MESSAGE,
            message,
            clear_after: &[],
            trailer,
        }));
    }
}

fn refused<T: core::fmt::Debug>(verdict: Result<T, MessageError>) {
    let error = verdict.expect_err("a forged token");
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

/// The same with a key of RC4 or DES3; `direction` stands where the flags do.
fn good_rfc1964(
    context: &mut SecurityContext,
    seen: &mut Seen,
    enctype: Enctype,
    direction: u8,
    number: u64,
) {
    let key = forge::subkey(enctype).rfc1964().expect("RC4 or DES3");
    let number = number as u32;
    let head = Rfc1964Head {
        token_id: TokenId::RFC1964_MIC,
        sgn_alg: key.sgn_alg(),
        seal_alg: Rfc1964Head::NOT_SEALED,
        snd_seq: [0; 8],
        sgn_cksum: &[],
    };
    let checksum = key.checksum(Rfc1964Kind::Mic, &[&head.header(), MESSAGE]);
    let head = Rfc1964Head {
        snd_seq: key.seal_sequence(number, direction, checksum.as_ref()),
        sgn_cksum: checksum.as_ref(),
        ..head
    };
    let verdict = context.verify_mic(MESSAGE, &frame(Mechanism::Krb5.oid(), &head.encode()));
    match direction {
        0 => assert_eq!(verdict, Ok(seen.order(number.into()))),
        0xff => assert_eq!(verdict, Err(MessageError::Direction)),
        _ => assert_eq!(verdict, Err(MessageError::Integrity)),
    }
}

/// The numbers that have come, without a window: what the window must say.
struct Seen {
    /// The bits of a number.
    bits: u64,
    /// The next that is due, and how many have passed: numbers may wrap around.
    due: u64,
    passed: u128,
    /// The places of those that came, counted from the first.
    came: HashSet<u128>,
}

impl Seen {
    fn new(enctype: Enctype) -> Self {
        Self {
            bits: if enctype.is_cfx() {
                u64::MAX
            } else {
                u32::MAX.into()
            },
            due: forge::SEQUENCE.into(),
            passed: 0,
            came: HashSet::new(),
        }
    }

    fn order(&mut self, number: u64) -> Order {
        let ahead = number.wrapping_sub(self.due) & self.bits;
        if ahead <= self.bits / 2 {
            let place = self.passed + u128::from(ahead);
            self.came.insert(place);
            self.passed = place + 1;
            self.due = number.wrapping_add(1) & self.bits;
            return match ahead {
                0 => Order::InOrder,
                _ => Order::Gap,
            };
        }
        let behind = u128::from(self.due.wrapping_sub(number) & self.bits);
        if behind > 64 || behind > self.passed {
            return Order::Old; // forgotten, or from before the first
        }
        match self.came.insert(self.passed - behind) {
            true => Order::Unsequenced,
            false => Order::Duplicate,
        }
    }
}
