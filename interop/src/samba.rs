//! Samba's domain controller: the nearest to Active Directory that there is without Windows.
//!
//! One process with a KDC on one high port and nothing else. Users, nested groups and services are written straight
//! into its directory by `clients/samba_domain.py`, which also says what the directory makes of them.
//!
//! | service | account | keys |
//! | --- | --- | --- |
//! | `HTTP/web.example.test` | svc-web | AES |
//! | `HTTP/rc4.example.test` | svc-rc4 | RC4 alone |
//! | `HTTP/front.example.test` | svc-front, which may act for others towards the web | AES |

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::initiator::clients;
use crate::login::Login;
use crate::peer::{Peer, present};
use crate::process::{Daemon, run};
use crate::realm::{MitRealm, free_port};

/// A running domain controller for the realm `EXAMPLE.TEST`.
#[derive(Debug)]
pub struct SambaDomain {
    daemon: Option<Daemon>,
    directory: Value,
    /// The configuration and keytabs of its clients and services, as those of other KDCs.
    pub realm: MitRealm,
}

/// What the directory says of a user.
#[derive(Debug, PartialEq, Eq)]
pub struct DirectoryUser {
    /// The user's own SID.
    pub sid: String,
    /// The primary group's.
    pub primary_group: String,
    /// Those of all groups that a token is to have: `tokenGroups`.
    pub groups: BTreeSet<String>,
    /// The user principal name.
    pub upn: String,
}

impl SambaDomain {
    /// Provisions a domain and starts its controller; nothing, and the test is skipped by name, when Samba, MIT or one
    /// of `more` is missing.
    ///
    /// # Panics
    /// When it does not come up; the message has its log.
    #[must_use]
    pub fn start(more: &[Peer]) -> Option<Self> {
        if !present(&[&[Peer::MIT, Peer::PYTHON_GSSAPI, Peer::SAMBA_AD], more].concat()) {
            return None;
        }
        let port = free_port();
        let realm = MitRealm::configured(port);
        let mut provision = realm.command("/usr/bin/python3");
        let script = clients().join("samba_domain.py");
        provision.arg(script).arg(realm.directory());
        let said = run(provision.arg(port.to_string()));
        let directory = serde_json::from_str(said.trim()).expect("JSON of the directory");
        let mut domain = Self {
            daemon: None,
            directory,
            realm,
        };
        domain.serve();
        Some(domain)
    }

    fn serve(&mut self) {
        let mut samba = self.realm.command("/usr/sbin/samba");
        samba.args(["--foreground", "--no-process-group", "--model=single"]);
        samba
            .arg("--configfile")
            .arg(self.realm.path("smb.conf"))
            .env_remove("KRB5_CONFIG");
        let daemon = self.daemon.insert(Daemon::start(&samba, Stdio::null()));
        let deadline = Instant::now() + Duration::from_secs(20);
        while Login::try_with_keytab(&self.realm, "bob").is_none() {
            let log = || std::fs::read_to_string(self.realm.path("samba.log")).unwrap_or_default();
            assert!(
                Instant::now() < deadline && daemon.runs(),
                "samba: {}",
                log()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the directory says of `user`.
    ///
    /// # Panics
    /// When there is no such user.
    #[must_use]
    pub fn user(&self, user: &str) -> DirectoryUser {
        let user = &self.directory["users"][user];
        let text = |name: &str| user[name].as_str().expect("a text").to_owned();
        let groups = user["groups"].as_array().expect("groups");
        DirectoryUser {
            sid: text("sid"),
            primary_group: text("primary_group"),
            groups: groups
                .iter()
                .map(|sid| sid.as_str().expect("a SID").to_owned())
                .collect(),
            upn: text("upn"),
        }
    }

    /// The domain's own SID.
    #[must_use]
    pub fn sid(&self) -> &str {
        self.directory["domain"].as_str().unwrap_or_default()
    }
}
