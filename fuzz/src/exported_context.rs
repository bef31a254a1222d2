//! Inside exported contexts: what the key seals that is none.

use crate::{forge, inside_pac, message_token};
use portcullis::context::{ExportKey, Protection};
use portcullis_crypto::{Enctype, Key, KeyUsage};

const SECRET: [u8; 32] = [0x40; 32];
const PREFIX: &[u8; 5] = b"PCTX\x01";
const USAGE: KeyUsage = KeyUsage::new(512);

/// Seals the octets as an exported context and imports it, and imports the octets as they are.
pub fn run(input: &[u8]) {
    let key = ExportKey::new(&SECRET);
    let _ = forge::ACCEPTOR.import_context(input, &key);
    let mut exported = PREFIX.to_vec();
    let sealing = Key::from_random(Enctype::Aes256CtsHmacSha384_192, &SECRET);
    sealing.seal(USAGE, &[7; 16], &[PREFIX, input], &mut exported);
    let mut context = match forge::ACCEPTOR.import_context(&exported, &key) {
        Ok(context) => context,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert!(!format!("{context:?}").is_empty());
    context
        .identity()
        .pac()
        .into_iter()
        .for_each(inside_pac::read);
    for protection in [Protection::Confidentiality, Protection::Integrity] {
        let mut ours = context
            .wrap(b"message", protection)
            .expect("a key that wraps");
        assert!(context.unwrap(&mut ours).is_err(), "one of ours, come back");
    }
    assert!(context.export(&key).is_ok());
}

/// What is inside an exported context: a seed.
#[must_use]
pub fn opened(exported: &[u8]) -> Vec<u8> {
    let mut sealed = exported[PREFIX.len()..].to_vec();
    let key = Key::from_random(Enctype::Aes256CtsHmacSha384_192, &SECRET);
    let plaintext = key.open(USAGE, &mut sealed).expect("sealed with this key");
    plaintext[PREFIX.len()..].to_vec()
}

/// The context of alice under a key of each encryption type, without a PAC and with one, exported.
pub fn seeds() -> impl Iterator<Item = (String, Vec<u8>)> {
    forge::ENCTYPES.into_iter().flat_map(|enctype| {
        let number = enctype.number();
        let contexts = [
            (number.to_string(), message_token::context(enctype)),
            (format!("{number}-pac"), inside_pac::good_context(enctype)),
        ];
        contexts.map(|(name, context)| {
            let exported = context.export(&ExportKey::new(&SECRET));
            (name, opened(&exported.expect("randomness")))
        })
    })
}
