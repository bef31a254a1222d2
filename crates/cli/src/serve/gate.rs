//! [`Gate`]: the keys, and the layer that lets nobody by without them.

use super::client::local_names;
use super::config::{Config, Places, Problem};
use super::groups::SiteGroups;
use super::ledger::{Keys, Ledger};
use super::proxy_certificates::ProxyCertificates;
use super::realms;
use super::reload::Seen;
use super::sessions::SessionFile;
use crate::accept::krb5_conf::Settings;
use core::time::Duration;
use portcullis::keytab::KeytabError;
use portcullis::{Acceptor, AcceptorBuilder, ConfigError, Keytab};
use portcullis_http::NegotiateLayer;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

/// What krb5.conf and we say where nobody says anything.
const DEFAULT_SKEW: Duration = Duration::from_secs(300);

/// The keys, which can be replaced. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    keytab: PathBuf,
    seen: Seen,
    present: Arc<RwLock<Acceptor>>,
    ledger: Arc<Ledger>,
}

/// Why a keytab does not do.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeytabProblem {
    #[error("cannot read {}: {error}", .path.display())]
    Read {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{}: {error}", .path.display())]
    Keytab {
        path: PathBuf,
        error: Box<KeytabError>,
    },
    #[error("{}: {error}", .path.display())]
    Acceptor {
        path: PathBuf,
        error: Box<ConfigError>,
    },
}

impl Gate {
    /// The keytab, and what the configuration says of tokens.
    pub(super) fn open(
        config: &Config,
        places: &Places<'_>,
        conf: Option<&Settings>,
        ledger: Arc<Ledger>,
    ) -> Result<Self, Problem> {
        let seen = Seen::look(vec![config.keytab.clone()]);
        let keytab = read(&config.keytab).map_err(|error| places.problem("keytab", error))?;
        realms::names_our_own(config, places, &keytab)?;
        ledger.set_keys(Keys::of(&keytab));
        let builder = builder(config, conf, keytab);
        let builder = ledger.replay.of_acceptor(builder, ledger.started.0);
        let acceptor = builder.build().map_err(|error| {
            let what = format_args!("{}: {error}", config.keytab.display());
            places.problem("keytab", what)
        })?;
        Ok(Self {
            keytab: config.keytab.clone(),
            seen,
            present: Arc::new(RwLock::new(acceptor)),
            ledger,
        })
    }

    /// The layer; each login meets the keys that are present then.
    pub(super) fn layer(
        &self,
        config: &Config,
        conf: Option<&Settings>,
        sessions: Option<&SessionFile>,
        groups: SiteGroups,
        proxy: Option<ProxyCertificates>,
    ) -> NegotiateLayer {
        let present = self.present.clone();
        let acceptor = move |_: Option<&str>| {
            let present = present.read().unwrap_or_else(PoisonError::into_inner);
            Some(present.clone())
        };
        let names = local_names(&config.names, conf.and_then(Settings::auth_to_local));
        let layer = NegotiateLayer::by_host(acceptor)
            .max_header(config.limits.header)
            .local_names(names)
            .groups(groups);
        let mut layer = self.ledger.replay.of_layer(layer);
        if let Some(proxy) = proxy {
            layer = layer.channel_bindings_of(move || proxy.acceptable());
        }
        if let Some(sessions) = sessions {
            layer = layer.sessions(sessions.sessions.clone());
        }
        if config.sessions.danger_without_tls {
            layer = layer.danger_cookies_without_tls();
        }
        layer
    }

    /// Reads the keytab again; the old keys stay when it does not do.
    pub(super) fn renew(&self) -> Result<(), KeytabProblem> {
        let keytab = read(&self.keytab)?;
        let keys = Keys::of(&keytab);
        let renewed = self.acceptor().with_keytab(keytab);
        let renewed = renewed.map_err(|error| KeytabProblem::Acceptor {
            path: self.keytab.clone(),
            error: Box::new(error),
        })?;
        *self.present.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        self.ledger.set_keys(keys);
        Ok(())
    }

    /// The acceptor with the keys that are present.
    pub(super) fn acceptor(&self) -> Acceptor {
        let present = self.present.read();
        present.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keytab as it was before it was read.
    pub(super) fn seen(&self) -> Seen {
        self.seen.clone()
    }
}

impl Keys {
    fn of(keytab: &Keytab) -> Self {
        Self {
            usable: keytab.keys().collect(),
            ignored: keytab.ignored().to_vec(),
            read: Some(SystemTime::now()),
        }
    }
}

fn read(path: &Path) -> Result<Keytab, KeytabProblem> {
    let octets = std::fs::read(path).map_err(|error| KeytabProblem::Read {
        path: path.to_owned(),
        error,
    })?;
    Keytab::parse(octets).map_err(|error| KeytabProblem::Keytab {
        path: path.to_owned(),
        error: Box::new(error),
    })
}

/// By how much clocks may differ: as the configuration says, or else a krb5.conf.
pub(super) fn clock_skew(config: &Config, conf: Option<&Settings>) -> Duration {
    let own = config.kerberos.clock_skew.map(|skew| skew.duration());
    own.or_else(|| conf?.clock_skew()).unwrap_or(DEFAULT_SKEW)
}

fn builder(config: &Config, conf: Option<&Settings>, keytab: Keytab) -> AcceptorBuilder {
    let kerberos = &config.kerberos;
    let mut builder = Acceptor::builder(keytab)
        .service(kerberos.service.0.clone())
        .pac(kerberos.pac.into())
        .channel_binding_policy(kerberos.channel_bindings.into());
    if let Some(filter) = realms::sid_filter(config) {
        builder = builder.sid_filter(filter);
    }
    if config.delegation.directory.is_some() {
        builder = builder.keep_delegated_credentials();
    }
    if let Some(conf) = conf {
        builder = conf.apply(builder, &kerberos.allow);
    }
    let builder = builder.clock_skew(clock_skew(config, conf));
    let allowed = kerberos.allow.iter();
    allowed.fold(builder, |builder, enctype| enctype.permit(builder))
}
