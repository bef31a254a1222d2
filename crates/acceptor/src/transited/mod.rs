//! Through which realms a client may have come (RFC 4120 §2.7, §3.3.3.2).
//!
//! A ticket whose client is of another realm lists the realms between, compressed. Unless the KDC
//! says that it looked (TRANSITED-POLICY-CHECKED), the server must, and each realm listed must lie
//! on the path from the client's realm to the server's: on the path that the operator gave, else on
//! the hierarchical one. `expand` undoes the compression, `hierarchy` knows what lies above a realm.

mod error;
mod expand;
mod hierarchy;

use core::iter;
use std::collections::{BTreeMap, BTreeSet};

pub use error::TransitedError;
pub(crate) use expand::realms_on_path;

/// RFC 4120 §3.3.3.2: the only encoding there is.
const DOMAIN_X500_COMPRESS: i32 = 1;

/// A realm of more octets is refused, as MIT krb5 does.
const LONGEST_REALM: usize = 512;

type Intermediates = BTreeSet<Vec<u8>>;

/// Which realms may lie between a client's realm and ours, as `[capaths]` of MIT krb5 says it.
///
/// ```text
/// [capaths]
///     A.TEST = { B.TEST = .          # direct("A.TEST", "B.TEST")
///                C.TEST = B.TEST }   # path("A.TEST", "C.TEST", ["B.TEST"])
/// ```
///
/// For a pair of realms without an entry the path is the hierarchical one: from the client's realm
/// up to the closest realm above both, and down to the server's. Realms are compared octet by
/// octet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RealmPaths {
    /// By client realm, then by server realm: the realms between.
    paths: BTreeMap<Vec<u8>, BTreeMap<Vec<u8>, Intermediates>>,
}

impl RealmPaths {
    /// The hierarchical path for every pair of realms.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            paths: BTreeMap::new(),
        }
    }

    /// Clients of realm `client` come to realm `server` through no other realm.
    #[must_use]
    pub fn direct(self, client: impl AsRef<[u8]>, server: impl AsRef<[u8]>) -> Self {
        self.path(client, server, iter::empty::<&[u8]>())
    }

    /// Clients of realm `client` come to realm `server` through `intermediates`, all of them or
    /// some. A second call for the same two realms permits further ones.
    #[must_use]
    pub fn path(
        mut self,
        client: impl AsRef<[u8]>,
        server: impl AsRef<[u8]>,
        intermediates: impl IntoIterator<Item = impl AsRef<[u8]>>,
    ) -> Self {
        self.paths
            .entry(client.as_ref().to_vec())
            .or_default()
            .entry(server.as_ref().to_vec())
            .or_default()
            .extend(
                intermediates
                    .into_iter()
                    .map(|realm| realm.as_ref().to_vec()),
            );
        self
    }

    /// Whether every realm that a ticket's `transited` field lists lies on the path from
    /// `client_realm` to `server_realm`.
    ///
    /// An empty field is direct trust: the server's KDC shares a key with the client's.
    pub(crate) fn permit(
        &self,
        tr_type: i32,
        contents: &[u8],
        client_realm: &[u8],
        server_realm: &[u8],
    ) -> Result<(), TransitedError> {
        match (tr_type, contents) {
            // Active Directory sends type 0 when there is nothing to encode.
            (0 | DOMAIN_X500_COMPRESS, []) => return Ok(()),
            (DOMAIN_X500_COMPRESS, _) => {}
            (unknown, _) => return Err(TransitedError::UnknownType(unknown)),
        }
        let transited = realms_on_path(contents, client_realm, server_realm)?;
        let refused = match self.given(client_realm, server_realm) {
            Some(between) => transited.into_iter().find(|realm| {
                realm != client_realm && realm != server_realm && !between.contains(realm)
            }),
            None => {
                let path = hierarchy::path(client_realm, server_realm);
                let on_path = |realm: &Vec<u8>| path.contains(&realm.as_slice());
                transited.into_iter().find(|realm| !on_path(realm))
            }
        };
        refused.map_or(Ok(()), |realm| {
            Err(TransitedError::Realm {
                realm,
                client: client_realm.to_vec(),
                server: server_realm.to_vec(),
            })
        })
    }

    fn given(&self, client: &[u8], server: &[u8]) -> Option<&Intermediates> {
        self.paths.get(client)?.get(server)
    }
}

#[cfg(test)]
mod tests;
