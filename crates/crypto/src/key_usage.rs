//! Key usage numbers: what a key encrypts or signs decides which keys are derived from it.

/// A key usage number (RFC 4120 §7.5.1, RFC 4121 §2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KeyUsage(u32);

impl KeyUsage {
    /// AS-REQ PA-ENC-TIMESTAMP, under the client's key.
    pub const AS_REQ_TIMESTAMP: Self = Self(1);
    /// A ticket's enc-part, under the service's key (in user-to-user: the TGT's session key).
    pub const TICKET: Self = Self(2);
    /// AS-REP enc-part, under the reply key.
    pub const AS_REP: Self = Self(3);
    /// TGS-REQ authorization data, under the session key.
    pub const TGS_REQ_AUTHDATA_SESSION: Self = Self(4);
    /// TGS-REQ authorization data, under the authenticator's subkey.
    pub const TGS_REQ_AUTHDATA_SUBKEY: Self = Self(5);
    /// Checksum over the body of a TGS-REQ in its authenticator, under the session key.
    pub const TGS_REQ_CHECKSUM: Self = Self(6);
    /// Authenticator of a TGS-REQ, under the session key.
    pub const TGS_REQ_AUTHENTICATOR: Self = Self(7);
    /// TGS-REP enc-part, under the session key.
    pub const TGS_REP_SESSION: Self = Self(8);
    /// TGS-REP enc-part, under the authenticator's subkey.
    pub const TGS_REP_SUBKEY: Self = Self(9);
    /// Checksum in the authenticator of an AP-REQ, under the session key.
    pub const AP_REQ_CHECKSUM: Self = Self(10);
    /// Authenticator of an AP-REQ, under the session key.
    pub const AP_REQ_AUTHENTICATOR: Self = Self(11);
    /// AP-REP enc-part, under the session key.
    pub const AP_REP: Self = Self(12);
    /// KRB-PRIV enc-part.
    pub const KRB_PRIV: Self = Self(13);
    /// KRB-CRED enc-part.
    pub const KRB_CRED: Self = Self(14);
    /// KRB-SAFE checksum.
    pub const KRB_SAFE: Self = Self(15);
    /// Signatures of a PAC (`[MS-PAC]` §2.8): KERB_NON_KERB_CKSUM_SALT.
    pub const PAC_CHECKSUM: Self = Self(17);
    /// AD-KDC-ISSUED checksum, under the session key.
    pub const AD_KDC_ISSUED: Self = Self(19);
    /// Wrap tokens that the acceptor encrypts (RFC 4121 §2).
    pub const ACCEPTOR_SEAL: Self = Self(22);
    /// MIC tokens, and Wrap tokens without encryption, of the acceptor (RFC 4121 §2).
    pub const ACCEPTOR_SIGN: Self = Self(23);
    /// Wrap tokens that the initiator encrypts (RFC 4121 §2).
    pub const INITIATOR_SEAL: Self = Self(24);
    /// MIC tokens, and Wrap tokens without encryption, of the initiator (RFC 4121 §2).
    pub const INITIATOR_SIGN: Self = Self(25);
    /// MAC of an AD-CAMMAC verifier (RFC 7751 §4).
    pub const CAMMAC: Self = Self(64);

    /// The usage of this number.
    #[must_use]
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The constant that a usage key is derived with: the number, big-endian, and the purpose's
    /// octet (RFC 3961 §5.3, RFC 6803 §3, RFC 8009 §5).
    pub(crate) const fn constant(self, purpose: Purpose) -> [u8; 5] {
        let [a, b, c, d] = self.0.to_be_bytes();
        [a, b, c, d, purpose.octet()]
    }
}

/// What a usage key does (RFC 3961 §5.3).
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    /// Kc: checksums.
    Checksum,
    /// Ke: encryption.
    Encryption,
    /// Ki: the MAC of a ciphertext.
    Integrity,
}

impl Purpose {
    const fn octet(self) -> u8 {
        match self {
            Self::Checksum => 0x99,
            Self::Encryption => 0xaa,
            Self::Integrity => 0x55,
        }
    }
}
