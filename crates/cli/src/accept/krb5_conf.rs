//! krb5.conf: what it says to an acceptor, where the command line says nothing.

use crate::args::Allow;
use crate::failure::Failure;
use core::time::Duration;
use portcullis::formats::krb5_conf::{IncludeError, Includes, Krb5Conf, Krb5ConfError};
use portcullis::formats::registry::EtypeNumber;
use portcullis::names::{AuthToLocal, NoLocalName};
use portcullis::transited::RealmPaths;
use portcullis::{AcceptorBuilder, Enctype, Principal};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The most octets that are read of one file.
const LIMIT: u64 = 1024 * 1024;

/// What the files say, read once.
#[derive(Debug)]
pub(crate) struct Settings {
    keytab: Option<PathBuf>,
    clock_skew: Option<Duration>,
    enctypes: Option<Vec<Enctype>>,
    realm_paths: RealmPaths,
    /// Without a default realm there is none whose rules would count.
    names: Option<AuthToLocal>,
}

impl Settings {
    /// Reads files that follow each other as in `KRB5_CONFIG`; `None` if there are none.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Option<Self>, Failure> {
        let files = paths.iter().map(|path| read(path));
        let files = files.collect::<Result<Vec<_>, _>>()?.into_iter();
        files
            .reduce(Krb5Conf::followed_by)
            .map(|conf| Self::of(&conf))
            .transpose()
    }

    fn of(conf: &Krb5Conf) -> Result<Self, Failure> {
        let broken = |error: Krb5ConfError| Failure::Krb5Conf(Box::new(error));
        let names = conf
            .default_realm()
            .map(|realm| AuthToLocal::of_conf(conf, realm));
        let permitted = conf.permitted_enctypes().map_err(broken)?;
        let implemented = |list: Vec<EtypeNumber>| {
            let numbers = list.into_iter().map(|etype| etype.0);
            numbers
                .filter_map(|number| Enctype::try_from(number).ok())
                .collect()
        };
        Ok(Self {
            keytab: conf.default_keytab_name().map(keytab_path).transpose()?,
            clock_skew: conf.clock_skew().map_err(broken)?,
            enctypes: permitted.map(implemented),
            realm_paths: realm_paths(conf),
            names: names
                .transpose()
                .map_err(|error| Failure::AuthToLocal(Box::new(error)))?,
        })
    }

    /// `default_keytab_name`.
    pub(super) fn keytab(&self) -> Option<&Path> {
        self.keytab.as_deref()
    }

    /// `clockskew`, `permitted_enctypes` and `[capaths]`. What is off by default stays off.
    pub(crate) fn apply(&self, mut builder: AcceptorBuilder, allow: &[Allow]) -> AcceptorBuilder {
        if let Some(skew) = self.clock_skew {
            builder = builder.clock_skew(skew);
        }
        if let Some(enctypes) = &self.enctypes {
            let on = enctypes.iter().filter(|enctype| is_on(**enctype, allow));
            builder = builder.only_enctypes(on.copied());
        }
        builder.realm_paths(self.realm_paths.clone())
    }

    /// `clockskew`.
    #[cfg(target_os = "linux")]
    pub(crate) const fn clock_skew(&self) -> Option<Duration> {
        self.clock_skew
    }

    /// `auth_to_local` and `auth_to_local_names` of the default realm, if there is one.
    #[cfg(target_os = "linux")]
    pub(crate) const fn auth_to_local(&self) -> Option<&AuthToLocal> {
        self.names.as_ref()
    }

    /// The local name by `auth_to_local` and `auth_to_local_names` of the default realm; `None` if
    /// there is no such realm.
    pub(super) fn local_name(&self, client: &Principal) -> Option<Result<String, NoLocalName>> {
        self.names.as_ref().map(|names| names.local_name(client))
    }
}

/// Files name weak encryption types for the sake of some client or server; that is not a wish to
/// have them here.
fn is_on(enctype: Enctype, allow: &[Allow]) -> bool {
    allow.contains(match enctype {
        Enctype::Rc4Hmac => &Allow::Rc4Hmac,
        Enctype::Des3CbcSha1 => &Allow::Des3,
        Enctype::Camellia128CtsCmac | Enctype::Camellia256CtsCmac => &Allow::Camellia,
        _ => return true,
    })
}

fn read(path: &Path) -> Result<Krb5Conf, Failure> {
    let octets = octets(path).map_err(Failure::reading(path))?;
    let name = path.display().to_string();
    let conf = Krb5Conf::parse(&name, &octets, &mut Files);
    conf.map_err(|error| Failure::Krb5Conf(Box::new(error)))
}

fn octets(path: &Path) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    let read = File::open(path)?
        .take(LIMIT.saturating_add(1))
        .read_to_end(&mut octets)?;
    match u64::try_from(read) {
        Ok(0..=LIMIT) => Ok(octets),
        _ => Err(io::Error::other("larger than a mebibyte")),
    }
}

/// `FILE:` and a path, or a path alone.
fn keytab_path(name: &str) -> Result<PathBuf, Failure> {
    let path = name.strip_prefix("FILE:").unwrap_or(name);
    let other_type = path
        .split('/')
        .next()
        .is_some_and(|first| first.contains(':'));
    match other_type || path.contains("%{") {
        true => Err(Failure::KeytabName(name.to_owned())),
        false => Ok(path.into()),
    }
}

fn realm_paths(conf: &Krb5Conf) -> RealmPaths {
    let paths = conf.realm_paths().into_iter();
    paths.fold(RealmPaths::new(), |paths, path| {
        paths.path(path.client, path.server, path.intermediates)
    })
}

/// Files and directories of the system.
struct Files;

impl Includes for Files {
    fn file(&mut self, path: &str) -> Result<Vec<u8>, IncludeError> {
        octets(Path::new(path)).map_err(said)
    }

    fn directory(&mut self, path: &str) -> Result<Vec<String>, IncludeError> {
        let entries = std::fs::read_dir(path).map_err(said)?;
        let names = entries.map(|entry| Ok(entry.map_err(said)?.file_name()));
        // A name that is no text is none that is read.
        let text = |name: Result<std::ffi::OsString, _>| name.map(|name| name.into_string().ok());
        names.filter_map(|name| text(name).transpose()).collect()
    }
}

fn said(error: io::Error) -> IncludeError {
    IncludeError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keytab_is_a_file() {
        for name in ["FILE:/etc/krb5.keytab", "/etc/krb5.keytab"] {
            assert_eq!(keytab_path(name).unwrap(), Path::new("/etc/krb5.keytab"));
        }
        assert_eq!(keytab_path("a/b:c").unwrap(), Path::new("a/b:c"));
        for other in ["MEMORY:x", "WRFILE:/a", "FILE:/a/%{uid}", "DIR:/a"] {
            assert!(
                matches!(keytab_path(other), Err(Failure::KeytabName(_))),
                "{other}"
            );
        }
    }
}
