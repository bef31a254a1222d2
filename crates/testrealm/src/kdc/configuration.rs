//! What clients and services need to use a served KDC: `krb5.conf`, keytabs, passwords.

use super::Account;
use crate::realm::Realm;
use core::fmt::Write as _;
use core::net::SocketAddr;
use portcullis::{Enctype, Principal};
use portcullis_formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis_formats::registry::EtypeNumber;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

/// A name or alias, and whose it is.
type Entry = (Principal, Arc<Account>);

/// How many users get their keytabs at once: a key takes milliseconds to be made from a password.
const AT_ONCE: usize = 8;

/// Writes all files into `directory`, but for the keytabs that are returned. The first realm is the
/// default one.
pub(super) fn write(
    directory: &Path,
    realms: &[Arc<Realm>],
    address: SocketAddr,
) -> io::Result<UserKeytabs> {
    fs::create_dir_all(directory)?;
    let accounts: Vec<_> = realms
        .iter()
        .flat_map(|realm| realm.database.accounts())
        .collect();
    let configuration = krb5_conf(directory, realms, address, &enctypes(&accounts));
    fs::write(directory.join("krb5.conf"), configuration)?;
    let services = accounts.iter().filter(|(_, account)| is_service(account));
    write_private(&directory.join("services.keytab"), &keytab(services)?)?;
    let mut passwords = String::new();
    let mut keytabs = Vec::new();
    for (name, account) in accounts {
        let Some(password) = account.password() else {
            continue;
        };
        let _ = writeln!(passwords, "{name}\t{password}"); // a String takes everything
        keytabs.push(UserKeytab {
            path: directory.join(file_name(&name, realms)),
            user: (name, account),
        });
    }
    write_private(&directory.join("passwords.txt"), passwords.as_bytes())?;
    let rest = keytabs.split_off(keytabs.len().min(AT_ONCE));
    keytabs.iter().try_for_each(UserKeytab::write)?;
    Ok(rest)
}

/// The keytabs of users that are still to be written.
pub(super) type UserKeytabs = Vec<UserKeytab>;

/// A keytab that is still to be written.
pub(super) struct UserKeytab {
    path: PathBuf,
    user: Entry,
}

impl UserKeytab {
    /// Writes it beside its place, then puts it there: whoever finds it finds all of it.
    pub(super) fn write(&self) -> io::Result<()> {
        let unfinished = self.path.with_extension("keytab.unfinished");
        write_private(&unfinished, &keytab([&self.user])?)?;
        fs::rename(unfinished, &self.path)
    }
}

/// Writes a file for its owner alone: the keys of a realm from a random seed are nobody else's.
fn write_private(path: &Path, octets: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let mut file = options.mode(0o600).open(path)?;
        // The file of an earlier realm keeps the mode that it had.
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
        file.write_all(octets)
    }
    #[cfg(not(unix))]
    options.open(path)?.write_all(octets)
}

/// What clients shall ask for: AES, and whatever else there are keys of.
fn enctypes(accounts: &[Entry]) -> Vec<Enctype> {
    let mut enctypes = vec![
        Enctype::Aes256CtsHmacSha1_96,
        Enctype::Aes128CtsHmacSha1_96,
        Enctype::Aes256CtsHmacSha384_192,
        Enctype::Aes128CtsHmacSha256_128,
    ];
    for enctype in accounts.iter().flat_map(|(_, account)| account.enctypes()) {
        if !enctypes.contains(&enctype) {
            enctypes.push(enctype);
        }
    }
    enctypes
}

/// Names are never turned into addresses and back, so no host needs to resolve; and nobody's own
/// tickets are touched.
fn krb5_conf(
    directory: &Path,
    realms: &[Arc<Realm>],
    address: SocketAddr,
    enctypes: &[Enctype],
) -> String {
    let default = realms.first().map_or("", |realm| realm.name.as_str());
    let ccache = directory.join("ccache");
    let (mut kdcs, mut domains) = (String::new(), String::new());
    for realm in realms {
        let (name, domain) = (&realm.name, realm.name.to_lowercase());
        let _ = writeln!(kdcs, " {name} = {{\n  kdc = {address}\n }}");
        let _ = writeln!(domains, " .{domain} = {name}\n {domain} = {name}");
    }
    let names: Vec<_> = enctypes.iter().map(|enctype| enctype.name()).collect();
    let names = names.join(" ");
    // MIT krb5 1.20 uses RC4 and DES3 only where it is told to.
    let weak = enctypes.iter().any(|enctype| enctype.is_weak());
    format!(
        "# A test realm: its keys are no secrets.
[libdefaults]
 default_realm = {default}
 default_ccache_name = FILE:{}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 forwardable = true
 allow_weak_crypto = {weak}
 allow_rc4 = {weak}
 allow_des3 = {weak}
 permitted_enctypes = {names}
 default_tkt_enctypes = {names}
 default_tgs_enctypes = {names}

[realms]
{kdcs}
[domain_realm]
{domains}",
        ccache.display()
    )
}

/// Not a user, and not a KDC.
fn is_service(account: &Account) -> bool {
    account.password().is_none() && !account.is_kdc()
}

fn keytab<'a>(accounts: impl IntoIterator<Item = &'a Entry>) -> io::Result<Vec<u8>> {
    let mut file = KeytabWriter::new(KeytabVersion::V2);
    for (name, account) in accounts {
        for key in account.keys() {
            let etype = EtypeNumber(key.key.enctype().number());
            let octets = key.key.expose_octets();
            file.add(name, 0, key.kvno, etype, octets)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error.to_string()))?;
        }
    }
    Ok(file.into_vec())
}

/// `alice.keytab`; with the realm if it is not the default one.
fn file_name(user: &Principal, realms: &[Arc<Realm>]) -> String {
    let default = realms.first().map(|realm| realm.name.as_bytes());
    let name = if default == Some(user.realm().0) {
        user.display_without_realm().to_string()
    } else {
        user.to_string()
    };
    format!("{}.keytab", name.replace(['/', '\\'], "_"))
}
