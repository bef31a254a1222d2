//! An established context as octets, for another process: [`SecurityContext::export`] and
//! [`Acceptor::import_context`] (RFC 2743 §2.2.8, §2.2.9).
//!
//! ```text
//! 0..3   "PCTX"
//! 4      version
//! 5..    Encrypt(prefix | ExportedContext), aes256-cts-hmac-sha384-192, under the caller's key
//!
//! ExportedContext ::= SEQUENCE {
//!         identity  [0] ExportedIdentity,
//!         keys      [1] ExportedKeys,
//!         sending   [2] OCTET STRING, -- the number of our next token
//!         receiving [3] ExportedWindow
//! }
//! ```

mod admission;
mod error;
mod identity;
mod state;

pub use error::ImportError;

use super::receiving::Receiving;
use super::sending::Sending;
use super::{Established, SecurityContext, asked};
use crate::acceptor::Acceptor;
use crate::entropy::EntropyError;
use core::fmt;
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::der::{DecodeError, Reader, Writer};
use portcullis_formats::gss::ContextFlags;
use zeroize::Zeroizing;

const MAGIC: [u8; 4] = *b"PCTX";
const VERSION: u8 = 1;
const PREFIX: [u8; 5] = {
    let [p, c, t, x] = MAGIC;
    [p, c, t, x, VERSION]
};
/// Of those that an implementation may use for itself (RFC 4120 §7.5.1), so that the key seals
/// nothing else that can be taken for an exported context.
const USAGE: KeyUsage = KeyUsage::new(512);
/// What is imported at most, many times a ticket: 8 KiB of window and what a token had room for.
const LONGEST: usize = 1 << 20;

/// The key that contexts are exported and imported with: who has it can make a context of anybody.
///
/// Wiped when dropped, never printed.
#[derive(Clone)]
pub struct ExportKey(Key);

impl ExportKey {
    /// The key of 32 octets that nobody can guess: of a random generator, not of a password.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(Key::from_random(Enctype::Aes256CtsHmacSha384_192, secret))
    }
}

/// Prints no key.
impl fmt::Debug for ExportKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ExportKey").finish_non_exhaustive()
    }
}

impl SecurityContext {
    /// The context as octets that only `key` opens, sequence numbers included: for a worker that
    /// goes on with it. A delegated credential stays behind; take it before.
    ///
    /// Let it be imported once: two contexts of one make tokens with the same numbers, and each
    /// takes what the other has taken.
    ///
    /// # Errors
    /// [`EntropyError`]: there is no randomness to seal with.
    pub fn export(self, key: &ExportKey) -> Result<Vec<u8>, EntropyError> {
        let mut confounder = [0; 16];
        self.established.entropy.fill(&mut confounder)?;
        let plaintext = encode(&self.established);
        let mut output = PREFIX.to_vec();
        let parts = [&PREFIX, plaintext.as_slice()];
        key.0.seal(USAGE, &confounder, &parts, &mut output);
        Ok(output)
    }
}

impl Acceptor {
    /// The context that [`SecurityContext::export`] made octets of with the same key.
    ///
    /// What this acceptor says of services, encryption types and PACs must hold, too; the client's
    /// SIDs are filtered as it says. What belongs to the moment or to the connection is not looked
    /// at again: whether the ticket has ended ([`SecurityContext::expires_at`] tells), which path of
    /// realms the client came by, to which channel it is bound. [`Pac::is_kdc_verified`] tells
    /// what was verified where the client came in. A delegated credential is not part of it.
    ///
    /// At most 1 MiB is read, whatever [`AcceptorBuilder::max_token`] says: who has the key made
    /// these octets of a token that was taken elsewhere.
    ///
    /// [`Pac::is_kdc_verified`]: crate::Pac::is_kdc_verified
    /// [`AcceptorBuilder::max_token`]: crate::AcceptorBuilder::max_token
    ///
    /// # Errors
    /// [`ImportError`].
    pub fn import_context(
        &self,
        exported: &[u8],
        key: &ExportKey,
    ) -> Result<SecurityContext, ImportError> {
        let mut sealed = sealed(exported)?;
        let opened = key.0.open(USAGE, &mut sealed);
        let plaintext = opened.map_err(|_| ImportError::Integrity)?;
        let body = plaintext
            .strip_prefix(&PREFIX)
            .ok_or(ImportError::Integrity)?;
        let established = self.decode(body).map_err(ImportError::Malformed)?;
        admission::admit(&established, &self.settings.rules)?;
        Ok(SecurityContext {
            established: Box::new(established),
        })
    }

    fn decode(&self, body: &[u8]) -> Result<Established, DecodeError> {
        let mut input = Reader::new(body);
        let established = input.sequence("ExportedContext", |fields| {
            let rules = &self.settings.rules;
            let identity = fields.field(0, "identity", |field| identity::decode(field, rules))?;
            let keys = fields.field(1, "keys", state::decode_keys)?;
            let next_sequence = fields.field(2, "sending", state::decode_number)?;
            let bits = keys.form().sequence_bits();
            let window = fields.field(3, "receiving", |field| {
                state::decode_window(field, bits, asked(&identity))
            })?;
            let dce_style = identity.flags().contains(ContextFlags::DCE_STYLE);
            Ok(Established {
                identity,
                keys,
                entropy: self.settings.entropy.clone(),
                sending: Sending::new(next_sequence, dce_style),
                receiving: Receiving::new(window, dce_style),
            })
        })?;
        input.finish()?;
        Ok(established)
    }
}

/// What is sealed, in octets that will be wiped.
fn sealed(exported: &[u8]) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    if exported.len() > LONGEST {
        return Err(ImportError::TooLong {
            limit: LONGEST,
            found: exported.len(),
        });
    }
    match exported.split_first_chunk::<{ PREFIX.len() }>() {
        Some((&PREFIX, sealed)) => Ok(Zeroizing::new(sealed.to_vec())),
        Some(([magic @ .., version], _)) if *magic == MAGIC => {
            Err(ImportError::Version { found: *version })
        }
        _ => Err(ImportError::NotExported),
    }
}

fn encode(established: &Established) -> Zeroizing<Vec<u8>> {
    let Established {
        identity,
        keys,
        entropy: _,
        sending,
        receiving,
    } = established;
    let window = &receiving.window;
    // Room for all of it: growing later would leave keys behind.
    let capacity = identity::longest(identity).saturating_add(state::longest(window));
    let mut output = Writer::with_capacity(capacity);
    output.sequence(|fields| {
        fields.field(0, |field| identity::encode(identity, field));
        fields.field(1, |field| state::encode_keys(keys, field));
        fields.field(2, |field| {
            state::encode_number(sending.next_sequence(), field);
        });
        fields.field(3, |field| state::encode_window(window, field));
    });
    Zeroizing::new(output.into_vec())
}

#[cfg(test)]
mod tests;
