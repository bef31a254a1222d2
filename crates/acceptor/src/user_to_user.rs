//! [`OurTgt`]: user-to-user authentication (RFC 4120 §3.7), for a service without a key that lasts.
//!
//! A service that runs as a user has no keytab. It logs in instead, and its clients have their
//! tickets sealed with the session key of *its* ticket-granting ticket. A client gets that ticket
//! by other means, or asks for it in a first leg (KERB-TGT-REQUEST, as Windows does) that a
//! negotiation answers by itself.

use crate::keytab::ServiceKey;
use core::fmt;
use portcullis_crypto::{Enctype, Key};
use portcullis_formats::ccache::{CcacheError, Credential, CredentialCache};
use portcullis_formats::der::{Decode, DecodeError};
use portcullis_formats::messages::Ticket;
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::EtypeNumber;
use std::sync::Arc;

/// Our own ticket-granting ticket, with its session key.
///
/// The key opens tickets that say that they are sealed with it, and no others; a keytab's key never
/// opens these. Cheap to clone; the key is wiped with the last clone and never printed.
#[derive(Clone)]
pub struct OurTgt(Arc<Held>);

struct Held {
    /// In DER.
    ticket: Box<[u8]>,
    key: ServiceKey,
}

/// Why something is no ticket-granting ticket of ours.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TgtError {
    /// The ticket is none.
    Malformed(DecodeError),
    /// The ticket is for another service than `krbtgt`.
    OtherService,
    /// The session key's encryption type is not implemented, or not compiled in.
    Enctype(EtypeNumber),
    /// The session key has not the length of its encryption type.
    KeyLength {
        /// Its encryption type.
        etype: EtypeNumber,
        /// The octets it must have.
        expected: usize,
        /// The octets it has.
        found: usize,
    },
    /// The credential cache is none.
    Ccache(CcacheError),
    /// The credential cache has no ticket-granting ticket of its owner's realm.
    Missing,
}

impl OurTgt {
    /// The ticket-granting ticket of `owner`, in DER, with its session key.
    ///
    /// # Errors
    /// [`TgtError`].
    pub fn new(
        owner: Principal,
        ticket: &[u8],
        etype: EtypeNumber,
        key: &[u8],
    ) -> Result<Self, TgtError> {
        let service = Ticket::from_der(ticket).map_err(TgtError::Malformed)?.sname;
        let first = service.name_string.iter().next();
        if first.is_none_or(|component| component.0 != b"krbtgt") {
            return Err(TgtError::OtherService);
        }
        let enctype = Enctype::try_from(etype.0).map_err(|_| TgtError::Enctype(etype))?;
        let key = Key::new(enctype, key).map_err(|length| TgtError::KeyLength {
            etype,
            expected: length.expected,
            found: length.found,
        })?;
        Ok(Self(Arc::new(Held {
            ticket: ticket.into(),
            key: ServiceKey::of_session(owner, &key),
        })))
    }

    /// The ticket-granting ticket of a credential cache for its owner's own realm; of several the
    /// one that counts the longest, the first if they end together.
    ///
    /// # Errors
    /// [`TgtError`].
    pub fn of_ccache(octets: &[u8]) -> Result<Self, TgtError> {
        let cache = CredentialCache::open(octets).map_err(TgtError::Ccache)?;
        let owner = cache.default_principal();
        let realm = owner.realm().0;
        let local = Principal::new(realm, [b"krbtgt".as_slice(), realm]);
        let is_local = |credential: &Credential<'_>| {
            credential.client == *owner && Ok(&credential.server) == local.as_ref()
        };
        let mut found: Option<Credential<'_>> = None;
        for credential in cache.credentials() {
            let credential = credential.map_err(TgtError::Ccache)?;
            let longer = found
                .as_ref()
                .is_none_or(|found| found.endtime < credential.endtime);
            if is_local(&credential) && longer {
                found = Some(credential);
            }
        }
        let found = found.ok_or(TgtError::Missing)?;
        Self::new(owner.clone(), found.ticket, found.etype, found.key)
    }

    /// Whose it is: the service that clients come for.
    #[must_use]
    pub fn owner(&self) -> &Principal {
        &self.0.key.principal
    }

    /// The ticket in DER, which anybody may see; a client needs it to get a ticket for its owner.
    #[must_use]
    pub fn ticket(&self) -> &[u8] {
        &self.0.ticket
    }

    pub(crate) fn key(&self) -> &ServiceKey {
        &self.0.key
    }
}

impl fmt::Debug for OurTgt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OurTgt")
            .field("owner", self.owner())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for TgtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::OtherService => f.write_str("a ticket for another service than krbtgt"),
            Self::Enctype(etype) => write!(f, "session key of {etype}, which is not supported"),
            Self::KeyLength {
                etype,
                expected,
                found,
            } => {
                write!(
                    f,
                    "session key of {etype} has {found} octets, not {expected}"
                )
            }
            Self::Ccache(error) => error.fmt(f),
            Self::Missing => f.write_str(
                "the credential cache has no ticket-granting ticket of its owner's realm",
            ),
        }
    }
}

impl core::error::Error for TgtError {}
