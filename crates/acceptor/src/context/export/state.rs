//! Keys, numbers and window of an exported context.
//!
//! ```text
//! ExportedKeys ::= SEQUENCE {
//!         initiator [0] EncryptionKey,
//!         acceptor  [1] EncryptionKey OPTIONAL
//! }
//! ExportedWindow ::= SEQUENCE {
//!         due        [0] OCTET STRING,
//!         passed     [1] OCTET STRING,
//!         remembered [2] UInt32,
//!         seen       [3] OCTET STRING -- words of 64 bits, none before the first message
//! }
//! ```
//!
//! A number is eight octets.

use crate::context::keys::ContextKeys;
use crate::context::order::{Asked, Window};
use portcullis_crypto::{Enctype, Key};
use portcullis_formats::der::{Decode, DecodeErrorKind, Reader, Result, Writer};
use portcullis_formats::messages::EncryptionKey;
use portcullis_formats::registry::EtypeNumber;

/// At most so many octets.
pub(super) fn longest(window: &Window) -> usize {
    const KEYS_AND_NUMBERS: usize = 256;
    size_of_val(window.seen()).saturating_add(KEYS_AND_NUMBERS)
}

pub(super) fn encode_keys(keys: &ContextKeys, output: &mut Writer) {
    output.sequence(|fields| {
        fields.value(0, &encryption_key(keys.initiator()));
        fields.optional(1, keys.acceptor_subkey().map(encryption_key).as_ref());
    });
}

pub(super) fn decode_keys(input: &mut Reader<'_>) -> Result<ContextKeys> {
    input.sequence("ExportedKeys", |fields| {
        let initiator = fields.field(0, "initiator", decode_key)?;
        let acceptor = fields.optional(1, "acceptor", decode_key)?;
        Ok(ContextKeys::of_initiator(initiator).with_acceptor_subkey(acceptor))
    })
}

fn encryption_key(key: &Key) -> EncryptionKey<'_> {
    EncryptionKey {
        keytype: EtypeNumber(key.enctype().number()),
        keyvalue: key.expose_octets(),
    }
}

fn decode_key(input: &mut Reader<'_>) -> Result<Key> {
    let start = input.clone();
    let wrong = |rule| start.error(DecodeErrorKind::Value(rule));
    let key = EncryptionKey::decode(input)?;
    let enctype = Enctype::try_from(key.keytype.0)
        .map_err(|_| wrong("encryption type that is not compiled in"))?;
    Key::new(enctype, key.keyvalue).map_err(|_| wrong("key of another length than its type has"))
}

pub(super) fn encode_window(window: &Window, output: &mut Writer) {
    let seen: Vec<_> = window
        .seen()
        .iter()
        .flat_map(|word| word.to_be_bytes())
        .collect();
    output.sequence(|fields| {
        fields.field(0, |field| encode_number(window.due(), field));
        fields.field(1, |field| encode_number(window.passed(), field));
        fields.field(2, |field| field.integer(window.remembered()));
        fields.field(3, |field| field.octet_string(&seen));
    });
}

pub(super) fn decode_window(input: &mut Reader<'_>, bits: u64, asked: Asked) -> Result<Window> {
    let start = input.clone();
    input.sequence("ExportedWindow", |fields| {
        let due = fields.field(0, "due", decode_number)?;
        let passed = fields.field(1, "passed", decode_number)?;
        let remembered = fields.field(2, "remembered", Reader::uint32)?;
        let seen = fields.field(3, "seen", Reader::octet_string)?;
        let (words, rest) = seen.as_chunks();
        let words: Vec<_> = words.iter().copied().map(u64::from_be_bytes).collect();
        let window = Window::new(due & bits, bits, asked, remembered);
        window
            .resumed(passed, words)
            .filter(|_| rest.is_empty())
            .ok_or_else(|| start.error(DecodeErrorKind::Value("window of another size")))
    })
}

pub(super) fn encode_number(number: u64, output: &mut Writer) {
    output.octet_string(&number.to_be_bytes());
}

pub(super) fn decode_number(input: &mut Reader<'_>) -> Result<u64> {
    let start = input.clone();
    let octets = input.octet_string()?.try_into();
    octets
        .map(u64::from_be_bytes)
        .map_err(|_| start.error(DecodeErrorKind::Value("number must have eight octets")))
}
