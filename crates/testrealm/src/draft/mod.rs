//! Messages before they are sealed, each field free to be wrong.

mod authenticator;
mod authorization_data;
mod checksum;
mod credential;
mod key;
mod name;
mod request;
mod ticket;

pub(crate) use authenticator::AuthenticatorDraft;
pub(crate) use authorization_data::Element;
pub(crate) use checksum::GssChecksumDraft;
pub(crate) use credential::{CredentialDraft, CredentialShape, ForwardedTicket};
pub(crate) use key::KeyDraft;
pub(crate) use name::NameDraft;
pub(crate) use request::RequestDraft;
pub(crate) use ticket::{TicketDraft, TicketPac, anonymous, other_enctype};

use portcullis_crypto::{Key, KeyUsage};
use std::sync::Arc;

/// The version of everything.
pub(crate) const PVNO: i32 = 5;
/// A version that nothing has any more.
pub(crate) const OLD_VERSION: i32 = 4;
/// An encryption type that nobody knows.
pub(crate) const UNKNOWN_ETYPE: i32 = 99;
/// What stands where a structure is due: an OCTET STRING of nothing.
const NO_STRUCTURE: &[u8] = &[4, 0];

/// What becomes of a plaintext before it is sealed.
pub(crate) type Edit = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

/// What becomes of a ciphertext after it was sealed.
#[derive(Clone, Copy, Default)]
pub(crate) enum Damage {
    #[default]
    None,
    /// One bit is another.
    Tampered,
    /// Three octets are left of it.
    Short,
}

impl Damage {
    pub(crate) fn apply(self, cipher: &mut Vec<u8>) {
        match self {
            Self::None => {}
            Self::Short => cipher.truncate(3),
            Self::Tampered => {
                let middle = cipher.len() / 2;
                if let Some(octet) = cipher.get_mut(middle) {
                    *octet ^= 1;
                }
            }
        }
    }
}

/// `plaintext`, as `edits` leave it.
pub(crate) fn edited(plaintext: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    edits
        .iter()
        .fold(plaintext, |plaintext, edit| edit(plaintext))
}

/// Leaves nothing of a structure.
pub(crate) fn hollow() -> Edit {
    Arc::new(|_| NO_STRUCTURE.to_vec())
}

/// `plaintext`, sealed.
pub(crate) fn seal(key: &Key, usage: KeyUsage, confounder: [u8; 16], plaintext: &[u8]) -> Vec<u8> {
    let mut cipher = Vec::new();
    key.seal(usage, &confounder, &[plaintext], &mut cipher);
    cipher
}
