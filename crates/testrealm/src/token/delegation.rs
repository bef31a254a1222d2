//! [`Delegation`]: how a client hands its ticket-granting ticket over.

use crate::draft::CredentialShape;

/// How a client hands its ticket-granting ticket over (RFC 4121 §4.1.1).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delegator {
    /// MIT krb5: sealed with the subkey.
    Mit,
    /// Heimdal: sealed with the session key, with the sender's clock, an empty list of addresses, and
    /// 1970 for times that there are not.
    Heimdal,
    /// Windows: sealed with the session key, with the sender's clock and a nonce.
    Windows,
    /// OpenJDK: sealed with the session key, with the sender's clock to the second.
    Java,
}

/// What a delegated credential is sealed with, and what it says.
#[derive(Clone, Copy)]
pub(super) struct Delegation {
    pub(super) key: CredentialKey,
    pub(super) shape: CredentialShape,
}

/// What a delegated credential is sealed with.
#[derive(Clone, Copy)]
pub(super) enum CredentialKey {
    SessionKey,
    Subkey,
    Nothing,
}

impl Delegation {
    /// As RFC 4121 §4.1.1 wants it.
    pub(super) const AS_SPECIFIED: Self = Self::of(CredentialKey::SessionKey);

    /// Sealed so, and with nothing in it that may be left out.
    pub(super) const fn of(key: CredentialKey) -> Self {
        Self {
            key,
            shape: CredentialShape::SHORT,
        }
    }

    /// As this implementation does it.
    pub(super) const fn by(delegator: Delegator) -> Self {
        let shape = CredentialShape {
            starttime: true,
            ..CredentialShape::SHORT
        };
        let shape = match delegator {
            Delegator::Mit => {
                return Self {
                    key: CredentialKey::Subkey,
                    shape,
                };
            }
            Delegator::Heimdal => CredentialShape {
                unset_times: true,
                no_addresses: true,
                timestamp: true,
                microseconds: true,
                ..shape
            },
            Delegator::Windows => CredentialShape {
                timestamp: true,
                microseconds: true,
                nonce: true,
                ..shape
            },
            Delegator::Java => CredentialShape {
                timestamp: true,
                ..shape
            },
        };
        Self {
            key: CredentialKey::SessionKey,
            shape,
        }
    }
}
