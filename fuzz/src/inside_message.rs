//! Inside Wrap tokens: what an initiator may seal or sign that means no good.
//!
//! The first octet chooses the encryption type; then stand eight octets of a header, and the text
//! that is protected with it here, so that it gets past the MAC.

use crate::forge;
use crate::message_token::context;
use portcullis::SecurityContext;
use portcullis::context::{InPlace, Protection};
use portcullis_crypto::{Enctype, Key, KeyUsage, Rfc1964Kind};
use portcullis_formats::gss::{Mechanism, Rfc1964Head, TokenFlags, TokenId, WrapHeader, frame};

/// The number of each token: the one that is due.
const NUMBER: u32 = forge::SEQUENCE;
/// So much filler, and no more, may stand in a message in parts.
const MOST_FILLER: usize = 16;

/// Protects the text and sends it through a context.
pub fn run(input: &[u8]) {
    let Some(([choice, header @ ..], text)) = input.split_first_chunk::<9>() else {
        return;
    };
    let enctype = forge::enctype(*choice);
    let key = forge::subkey(enctype);
    let mut context = context(enctype);
    match enctype.is_cfx() {
        true => rfc4121(&mut context, &key, *header, text),
        false => rfc1964(&mut context, &key, *header, text),
    }
}

/// Flags, EC and RRC come from the fuzzer; a text is sealed as it is, or signed with the header.
fn rfc4121(context: &mut SecurityContext, key: &Key, header: [u8; 8], text: &[u8]) {
    let [flags, ec0, ec1, rrc0, rrc1, ..] = header;
    let header = WrapHeader {
        flags: TokenFlags(flags),
        extra_count: u16::from_be_bytes([ec0, ec1]),
        right_rotation_count: u16::from_be_bytes([rrc0, rrc1]),
        sequence: NUMBER.into(),
    };
    let sealed = header.flags.contains(TokenFlags::SEALED);
    let mut data = Vec::new();
    if sealed {
        key.seal(KeyUsage::INITIATOR_SEAL, &[7; 16], &[text], &mut data);
    } else {
        let signed = WrapHeader {
            extra_count: 0,
            right_rotation_count: 0,
            ..header
        };
        let mac = key.mac(KeyUsage::INITIATOR_SEAL);
        let checksum = mac.checksum(&[text, &signed.octets()]);
        data = [text, checksum.as_ref()].concat();
    }
    let straight = [&header.unrotated().octets(), data.as_slice()].concat();
    let rotation = usize::from(header.right_rotation_count) % data.len();
    data.rotate_right(rotation);
    let token = [&header.octets(), data.as_slice()].concat();

    let mut octets = token.clone();
    let message = context.unwrap(&mut octets).ok().map(|opened| {
        let protection = if sealed {
            Protection::Confidentiality
        } else {
            Protection::Integrity
        };
        assert_eq!(opened.protection, protection);
        opened.message.to_vec()
    });
    if let Some(message) = &message {
        assert!(text.starts_with(message), "nothing but what was protected");
        if sealed {
            assert!(text.ends_with(&header.unrotated().octets()));
            let filler = usize::from(header.extra_count);
            assert_eq!(message.len() + filler + WrapHeader::LENGTH, text.len());
        }
    }
    let filler = if sealed {
        usize::from(header.extra_count)
    } else {
        0
    };
    if filler == 0 || filler == MOST_FILLER {
        let apart = in_parts(context, key.enctype(), sealed, filler, straight);
        assert_eq!(apart, message, "in one piece or in parts");
    }
}

/// The message of a token whose data is not rotated, opened in parts.
fn in_parts(
    context: &mut SecurityContext,
    enctype: Enctype,
    sealed: bool,
    filler: usize,
    mut token: Vec<u8>,
) -> Option<Vec<u8>> {
    let tag = enctype.checksum_length();
    let (before, after) = match sealed {
        true => (32, filler + WrapHeader::LENGTH + tag),
        false => (WrapHeader::LENGTH, tag),
    };
    let end = token
        .len()
        .checked_sub(after)
        .filter(|end| *end >= before)?;
    let (header, trailer) = token.split_at_mut(end);
    let (header, message) = header.split_at_mut(before);
    let opened = context.unwrap_in_place(InPlace {
        header,
        clear_before: &[],
        message: &mut *message,
        clear_after: &[],
        trailer,
    });
    opened.ok().map(|_| message.to_vec())
}

/// Algorithms and direction come from the fuzzer, and all of the text: confounder, message, padding.
fn rfc1964(context: &mut SecurityContext, key: &Key, header: [u8; 8], text: &[u8]) {
    let [sgn0, sgn1, seal0, seal1, direction, ..] = header;
    let key = key.rfc1964().expect("RC4 or DES3");
    let head = Rfc1964Head {
        token_id: TokenId::RFC1964_WRAP,
        sgn_alg: [sgn0, sgn1],
        seal_alg: [seal0, seal1],
        snd_seq: [0; 8],
        sgn_cksum: &[],
    };
    let checksum = key.checksum(Rfc1964Kind::Wrap, &[&head.header(), text]);
    let mut sealed = text.to_vec();
    if head.seal_alg != Rfc1964Head::NOT_SEALED {
        key.seal(NUMBER, &mut sealed);
    }
    let head = Rfc1964Head {
        snd_seq: key.seal_sequence(NUMBER, direction, checksum.as_ref()),
        sgn_cksum: checksum.as_ref(),
        ..head
    };
    let mut token = frame(Mechanism::Krb5.oid(), &[head.encode(), sealed].concat());
    if let Ok(opened) = context.unwrap(&mut token) {
        assert_eq!(direction, 0);
        assert_eq!(head.sgn_alg, key.sgn_alg());
        let padding = usize::from(*text.last().expect("padding"));
        assert_eq!(opened.message, &text[8..text.len() - padding]);
    }
}
