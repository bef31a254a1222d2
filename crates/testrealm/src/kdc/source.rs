//! [`Source`]: where session keys and confounders come from.

use crate::realm::Realm;
use portcullis::Enctype;
use portcullis::entropy::{Entropy, EntropyError, SystemEntropy};
use portcullis_crypto::Key;
use std::sync::Arc;

/// Where session keys and confounders come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// The realm's own octets, which follow from its name.
    Seeded(Arc<Realm>),
    /// The operating system.
    System,
}

impl Source {
    fn draw(&self) -> Result<[u8; 32], EntropyError> {
        match self {
            Self::Seeded(realm) => Ok(realm.random.draw()),
            Self::System => {
                let mut octets = [0; 32];
                SystemEntropy::default().fill(&mut octets)?;
                Ok(octets)
            }
        }
    }

    pub(super) fn key(&self, enctype: Enctype) -> Result<Key, EntropyError> {
        Ok(Key::from_random(enctype, &self.draw()?))
    }

    pub(super) fn confounder(&self) -> Result<[u8; 16], EntropyError> {
        let octets = self.draw()?;
        Ok(octets.first_chunk().copied().unwrap_or_default())
    }
}
