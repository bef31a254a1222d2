//! [`RealmFile`]: a realm described in TOML.

use super::error::RealmError;
use super::words::{Enctypes, Name, RealmName, UserWords};
use crate::failure::Failure;
use core::num::NonZeroU32;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A realm described in TOML.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RealmFile {
    pub(super) name: Option<RealmName>,
    pub(super) port: Option<u16>,
    pub(super) dir: Option<PathBuf>,
    pub(super) enctypes: Option<Enctypes>,
    #[serde(default, rename = "user")]
    pub(super) users: Vec<UserWords>,
    #[serde(default, rename = "service")]
    pub(super) services: Vec<ServiceWords>,
}

/// A service, with keys of its own choice.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceWords {
    pub(super) name: Name,
    pub(super) enctypes: Option<Enctypes>,
    /// The version of its keys; 0 would be any version to MIT krb5.
    pub(super) kvno: Option<NonZeroU32>,
}

impl RealmFile {
    /// Reads the file.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(Failure::reading(path))?;
        let file = toml::from_str(&text).map_err(|error| RealmError::File {
            path: path.to_owned(),
            error: Box::new(error),
        })?;
        Ok(file)
    }
}

impl From<Name> for ServiceWords {
    fn from(name: Name) -> Self {
        Self {
            name,
            enctypes: None,
            kvno: None,
        }
    }
}
