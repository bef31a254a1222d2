//! [`EnctypePolicy`]: which encryption types a ticket, a session key and a subkey may have.

use crate::error::{Encrypted, Unsupported};
use portcullis_crypto::Enctype;
use portcullis_formats::registry::EtypeNumber;

/// Encryption types that are broken or close to it, named one by one to be let in.
#[cfg(feature = "legacy-enctypes")]
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakEnctype {
    /// RC4-HMAC (23): RFC 8429 deprecates it; per-message checksums can be forged (CVE-2025-3576).
    ///
    /// RFC 4757 §7: a checksum covers neither number nor direction of a message. Whoever sits
    /// between chooses the order of those that are only signed, and sends ours back as the peer's;
    /// what is sealed keeps its number, not its direction.
    Rc4Hmac,
    /// DES3-CBC-SHA1 (16): RFC 8429 deprecates it.
    Des3CbcSha1,
}

#[cfg(feature = "legacy-enctypes")]
impl WeakEnctype {
    pub(crate) const fn enctype(self) -> Enctype {
        match self {
            Self::Rc4Hmac => Enctype::Rc4Hmac,
            Self::Des3CbcSha1 => Enctype::Des3CbcSha1,
        }
    }
}

/// The permitted encryption types, best first: the order in which our subkey's is chosen.
#[derive(Clone, Debug)]
pub(crate) struct EnctypePolicy {
    permitted: Vec<Enctype>,
}

impl Default for EnctypePolicy {
    fn default() -> Self {
        Self {
            permitted: vec![
                Enctype::Aes256CtsHmacSha384_192,
                Enctype::Aes128CtsHmacSha256_128,
                Enctype::Aes256CtsHmacSha1_96,
                Enctype::Aes128CtsHmacSha1_96,
            ],
        }
    }
}

impl EnctypePolicy {
    pub(crate) fn only(enctypes: Vec<Enctype>) -> Self {
        Self {
            permitted: enctypes,
        }
    }

    #[cfg(any(feature = "legacy-enctypes", feature = "camellia"))]
    pub(crate) fn allow(&mut self, enctype: Enctype) {
        if !self.contains(enctype) {
            self.permitted.push(enctype);
        }
    }

    pub(crate) fn contains(&self, enctype: Enctype) -> bool {
        self.permitted.contains(&enctype)
    }

    /// The scheme of a number that a peer sent for `what`.
    pub(crate) fn known(what: Encrypted, etype: EtypeNumber) -> Result<Enctype, Unsupported> {
        Enctype::try_from(etype.0).map_err(|_| Unsupported::Enctype { what, etype })
    }

    /// The scheme of a number that a peer sent for `what`, if policy permits it.
    pub(crate) fn permit(
        &self,
        what: Encrypted,
        etype: EtypeNumber,
    ) -> Result<Enctype, Unsupported> {
        let enctype = Self::known(what, etype)?;
        match self.contains(enctype) {
            true => Ok(enctype),
            false => Err(Unsupported::EnctypeNotPermitted { what, etype }),
        }
    }

    /// The best permitted scheme among those that the client can use (RFC 4537 §3).
    pub(crate) fn best_of(&self, client_can: impl Fn(Enctype) -> bool) -> Option<Enctype> {
        self.permitted
            .iter()
            .copied()
            .find(|enctype| client_can(*enctype))
    }
}
