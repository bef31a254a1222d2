//! A user who has logged in: a credential cache, and commands that use it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::process::{run, try_run};
use crate::realm::MitRealm;

static LOGINS: AtomicUsize = AtomicUsize::new(0);

/// A user's credential cache.
#[derive(Debug)]
pub struct Login<'r> {
    realm: &'r MitRealm,
    user: String,
    ccache: PathBuf,
    configuration: &'static str,
}

impl<'r> Login<'r> {
    /// kinit with the user's keytab.
    ///
    /// # Panics
    /// When kinit fails.
    #[must_use]
    pub fn with_keytab(realm: &'r MitRealm, user: &str) -> Self {
        Self::try_with_keytab(realm, user).unwrap_or_else(|| panic!("no ticket for {user}"))
    }

    /// kinit with the user's keytab; none if the KDC says no.
    #[must_use]
    pub fn try_with_keytab(realm: &'r MitRealm, user: &str) -> Option<Self> {
        let login = Self::of_nobody(realm, user);
        let mut kinit = login.command("/usr/bin/kinit");
        kinit.arg("-k").arg("-t").arg(login.keytab()).arg(user);
        try_run(&mut kinit).status.success().then_some(login)
    }

    /// A cache that is to be a user's, and that nobody has filled yet.
    pub(crate) fn of_nobody(realm: &'r MitRealm, user: &str) -> Self {
        let number = LOGINS.fetch_add(1, Ordering::Relaxed);
        Self {
            realm,
            user: user.to_owned(),
            ccache: realm.path(&format!("{number}.ccache")),
            configuration: "krb5.conf",
        }
    }

    /// The same login, for clients that announce channel bindings as Windows does.
    #[must_use]
    pub fn aware(mut self) -> Self {
        self.configuration = "krb5-aware.conf";
        self
    }

    /// The same user with another cache, which somebody else has filled.
    #[must_use]
    pub fn with_ccache(mut self, ccache: PathBuf) -> Self {
        self.ccache = ccache;
        self
    }

    /// The login that this service has when it got a ticket for `service` in the name of `user`, whom it never met:
    /// S4U2Self, then S4U2Proxy ([MS-SFU] §1.3.1).
    #[must_use]
    pub fn in_the_name_of(&self, user: &str, service: &str) -> Login<'r> {
        let login = Self::of_nobody(self.realm, user);
        let mut kvno = self.command("/usr/bin/kvno");
        kvno.arg("--out-cache").arg(&login.ccache);
        run(kvno.args(["-U", user, "-P", service]));
        login
    }

    /// Gets a ticket for `service` into the cache, so that it stays the same whatever the KDC does next.
    pub fn kvno(&self, service: &str) {
        run(self.command("/usr/bin/kvno").arg(service));
    }

    /// A command that has this user's credentials.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = self.realm.command(program);
        command
            .env("KRB5_CONFIG", self.realm.path(self.configuration))
            .env("KRB5CCNAME", format!("FILE:{}", self.ccache.display()));
        command
    }

    /// The realm that it is a login to.
    #[must_use]
    pub fn realm(&self) -> &'r MitRealm {
        self.realm
    }

    /// The credential cache.
    #[must_use]
    pub fn ccache(&self) -> &Path {
        &self.ccache
    }

    /// The user's own keytab, for clients that log in themselves.
    #[must_use]
    pub fn keytab(&self) -> PathBuf {
        let name = self.user.split('@').next().unwrap_or_default();
        self.realm.keytab(name)
    }

    /// The user's name, without the realm.
    #[must_use]
    pub fn user(&self) -> &str {
        self.user.split('@').next().unwrap_or_default()
    }
}
