//! Hot path. [`Prepared`]: what is derived from a context's key, once for all messages and not
//! before there is one.

#[cfg(feature = "legacy-enctypes")]
use portcullis_crypto::Rfc1964Key;
use portcullis_crypto::{CipherKey, Enctype, Key, KeyUsage, MacKey};

/// The form that the tokens of a key have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// RFC 4121 §4.2.
    Rfc4121,
    /// RFC 1964 §1.2, RFC 4757 §7: keys of RC4 and DES3.
    #[cfg(feature = "legacy-enctypes")]
    Rfc1964,
}

impl Form {
    pub(super) const fn of(enctype: Enctype) -> Self {
        match enctype.is_cfx() {
            #[cfg(feature = "legacy-enctypes")]
            false => Self::Rfc1964,
            _ => Self::Rfc4121,
        }
    }

    /// The bits that a sequence number has.
    pub(super) const fn sequence_bits(self) -> u64 {
        match self {
            Self::Rfc4121 => u64::MAX,
            #[cfg(feature = "legacy-enctypes")]
            Self::Rfc1964 => 0xffff_ffff,
        }
    }
}

/// The key usages of one direction (RFC 4121 §2).
#[derive(Clone, Copy)]
pub(super) struct Usages {
    seal: KeyUsage,
    sign: KeyUsage,
}

impl Usages {
    pub(super) const ACCEPTOR: Self = Self {
        seal: KeyUsage::ACCEPTOR_SEAL,
        sign: KeyUsage::ACCEPTOR_SIGN,
    };
    pub(super) const INITIATOR: Self = Self {
        seal: KeyUsage::INITIATOR_SEAL,
        sign: KeyUsage::INITIATOR_SIGN,
    };
}

/// What was derived from one key for one direction.
///
/// Small, since these keys lie on the heap: a context is moved from hand to hand before there is a message,
/// and most of them never see one.
pub(super) struct Prepared {
    usages: Usages,
    cipher: Option<CipherKey>,
    wrap_mac: Option<MacKey>,
    mic: Option<MacKey>,
    #[cfg(feature = "legacy-enctypes")]
    rfc1964: Option<Rfc1964Key>,
}

impl Prepared {
    pub(super) const fn new(usages: Usages) -> Self {
        Self {
            usages,
            cipher: None,
            wrap_mac: None,
            mic: None,
            #[cfg(feature = "legacy-enctypes")]
            rfc1964: None,
        }
    }

    /// What sealed messages are sealed and opened with.
    pub(super) fn cipher(&mut self, key: &Key) -> &CipherKey {
        let usage = self.usages.seal;
        let prepared = &mut self.cipher;
        prepared.get_or_insert_with(|| key.cipher(usage))
    }

    /// What wrapped messages are signed with that are not sealed.
    pub(super) fn wrap_mac(&mut self, key: &Key) -> &MacKey {
        let usage = self.usages.seal;
        let prepared = &mut self.wrap_mac;
        prepared.get_or_insert_with(|| key.mac(usage))
    }

    /// What MICs are made with.
    pub(super) fn mic(&mut self, key: &Key) -> &MacKey {
        let usage = self.usages.sign;
        let prepared = &mut self.mic;
        prepared.get_or_insert_with(|| key.mac(usage))
    }

    /// What tokens of RFC 1964 are made with, if the key makes such.
    #[cfg(feature = "legacy-enctypes")]
    pub(super) fn rfc1964(&mut self, key: &Key) -> Option<&Rfc1964Key> {
        if self.rfc1964.is_none() {
            self.rfc1964 = key.rfc1964();
        }
        self.rfc1964.as_ref()
    }
}
