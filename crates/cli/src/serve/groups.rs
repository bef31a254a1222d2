//! [`SiteGroups`]: who is in which group, by the ticket, by a file and by a directory.

use super::client::NamedGroups;
use super::config::{Config, LdapRules, Places, Problem};
use super::reload::Seen;
use portcullis::Identity;
use portcullis::policy::{Groups, GroupsError};
use portcullis_store::{GroupFile, LdapGroups, LdapSettings};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use zeroize::Zeroizing;

/// All that anybody says; a user is in a group if one of them says so. Clones share the file.
#[derive(Clone, Debug)]
pub(super) struct SiteGroups {
    ticket: NamedGroups,
    file: Option<GroupList>,
    directory: Option<LdapGroups>,
}

/// A file of groups. Clones share what it says.
#[derive(Clone, Debug)]
struct GroupList {
    path: PathBuf,
    seen: Seen,
    present: Arc<RwLock<GroupFile>>,
}

impl SiteGroups {
    /// What the configuration names, read.
    pub(super) fn open(config: &Config, places: &Places<'_>) -> Result<Self, Problem> {
        let rules = &config.groups;
        let file = rules.file.as_ref().map(|path| {
            let seen = Seen::look(vec![path.clone()]);
            let file = read(path).map_err(|error| places.problem("groups.file", error))?;
            Ok(GroupList {
                path: path.clone(),
                seen,
                present: Arc::new(RwLock::new(file)),
            })
        });
        let ldap = rules.ldap.as_ref();
        Ok(Self {
            ticket: NamedGroups::new(config),
            file: file.transpose()?,
            directory: ldap.map(|rules| directory(rules, places)).transpose()?,
        })
    }

    /// The file as it was before it was read, if there is one.
    pub(super) fn seen(&self) -> Option<Seen> {
        self.file.as_ref().map(|file| file.seen.clone())
    }

    /// Reads the file again; the old one stays when the new one does not do.
    pub(super) fn renew(&self) -> Result<(), String> {
        if let Some(GroupList { path, present, .. }) = &self.file {
            let renewed = read(path)?;
            *present.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        }
        Ok(())
    }

    fn of_file(&self, user: &str) -> Vec<String> {
        let Some(GroupList { present, .. }) = &self.file else {
            return Vec::new();
        };
        let present = present.read().unwrap_or_else(PoisonError::into_inner);
        present.of(user).into_iter().map(str::to_owned).collect()
    }
}

impl Groups for SiteGroups {
    async fn groups_of(&self, client: &Identity, user: &str) -> Result<Vec<String>, GroupsError> {
        let mut groups = self.ticket.groups_of(client, user).await?;
        groups.extend(self.of_file(user));
        if let Some(directory) = &self.directory {
            groups.extend(directory.groups_of(client, user).await?);
        }
        groups.sort_unstable();
        groups.dedup();
        Ok(groups)
    }
}

fn read(path: &Path) -> Result<GroupFile, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    text.parse()
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn directory(rules: &LdapRules, places: &Places<'_>) -> Result<LdapGroups, Problem> {
    let mut settings = LdapSettings::new(&*rules.url, &*rules.base);
    if let Some(account) = &rules.account {
        let password = match &rules.password_file {
            None => Zeroizing::default(),
            Some(path) => std::fs::read_to_string(path)
                .map(Zeroizing::new)
                .map_err(|error| {
                    let what = format_args!("cannot read {}: {error}", path.display());
                    places.problem("groups.ldap.password_file", what)
                })?,
        };
        settings = settings.bind(account, password.trim_end());
    }
    if let Some(filter) = &rules.filter {
        settings = settings.filter(filter);
    }
    for (name, dn) in &rules.named {
        settings = settings.named(name, dn);
    }
    for dn in &rules.under {
        settings = settings.under(dn);
    }
    if let Some(path) = &rules.authorities {
        let trusted = trust(path).map_err(|error| {
            let what = format_args!("{}: {error}", path.display());
            places.problem("groups.ldap.authorities", what)
        })?;
        settings = settings.tls(Arc::new(trusted));
    }
    if rules.start_tls {
        settings = settings.start_tls();
    }
    if rules.danger_in_clear {
        settings = settings.danger_in_clear();
    }
    LdapGroups::new(settings).map_err(|error| places.problem("groups.ldap", error))
}

/// Those authorities, and no others.
fn trust(path: &Path) -> Result<ClientConfig, Box<dyn core::error::Error>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path)? {
        roots.add(certificate?)?;
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
