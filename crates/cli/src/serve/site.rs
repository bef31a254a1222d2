//! [`Site`]: what of the configuration every request meets; and [`Gate`]: who guards it.

use super::client::ClientRules;
use super::config::{Config, Places, Problem, RoutePath};
use super::delegation::Delegation;
use super::identity_headers::IdentityHeaders;
use super::ledger::{Keys, Ledger};
use super::listen::Listener;
use super::log::Log;
use super::proxy::Proxy;
use super::requirement::Requirements;
use super::within::{Rules, Within};
use crate::accept::krb5_conf::Settings;
use crate::accept::request::read_certificate;
use core::time::Duration;
use portcullis::channel_bindings::tls_server_end_point;
use portcullis::{Acceptor, AcceptorBuilder, ChannelBindings, Keytab};
use portcullis_http::{Negotiate, NegotiateLayer};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tower_layer::Layer as _;

/// What of the configuration every request meets.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) fields: IdentityHeaders,
    /// Where proxies ask; nowhere where we are the proxy.
    pub(super) forward_auth: Option<RoutePath>,
    /// Whether `/healthz` and `/metrics` are beside it.
    pub(super) tells_of_itself: bool,
    /// Where the operator learns how it goes.
    pub(super) status: Option<String>,
}

/// Keys, and what is behind them.
#[derive(Debug)]
pub(super) struct Gate {
    keytab: PathBuf,
    acceptor: Acceptor,
    layer: LayerRules,
    within: Within,
    ledger: Arc<Ledger>,
}

/// What the layer is told besides.
#[derive(Debug)]
struct LayerRules {
    max_header: usize,
    bindings: Vec<ChannelBindings>,
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
        error: Box<portcullis::keytab::KeytabError>,
    },
    #[error("{}: {error}", .path.display())]
    Acceptor {
        path: PathBuf,
        error: Box<portcullis::ConfigError>,
    },
}

impl Site {
    pub(super) fn new(config: &Config, own: &[Listener]) -> Self {
        let status = &config.status;
        let is_proxy = config.proxy.upstream.is_some();
        Self {
            fields: IdentityHeaders::from(&config.headers),
            forward_auth: (!is_proxy).then(|| config.forward_auth.path.clone()),
            status: status
                .require
                .says_something()
                .then(|| status.path.as_str().to_owned()),
            tells_of_itself: !is_proxy && own.is_empty(),
        }
    }
}

impl Gate {
    /// The keytab and all else that is named in the configuration, read.
    pub(super) fn build(
        config: &Config,
        places: &Places<'_>,
        ledger: Arc<Ledger>,
        delegation: Option<Arc<Delegation>>,
    ) -> Result<Self, Problem> {
        let conf = Settings::read(&config.kerberos.krb5_conf)
            .map_err(|error| places.problem("kerberos.krb5_conf", error))?;
        let keytab = read(&config.keytab).map_err(|error| places.problem("keytab", error))?;
        ledger.set_keys(Keys::of(&keytab));
        // What was stamped before could have been accepted by who was here then.
        let builder = builder(config, conf.as_ref(), keytab)
            .refuse_stamped_before(ledger.started.0)
            .replay_cache(ledger.replay_cache.clone());
        let acceptor = builder.build().map_err(|error| {
            places.problem(
                "keytab",
                format_args!("{}: {error}", config.keytab.display()),
            )
        })?;
        let auth_to_local = conf.as_ref().and_then(Settings::auth_to_local).cloned();
        let rules = Rules {
            clients: ClientRules::new(&config.names, auth_to_local),
            requirements: Requirements::new(config),
            fields: IdentityHeaders::from(&config.headers),
            proxy: proxy(config),
            delegation,
            ledger: ledger.clone(),
        };
        Ok(Self {
            keytab: config.keytab.clone(),
            acceptor,
            layer: LayerRules {
                max_header: config.limits.header,
                bindings: bindings(config, places)?,
            },
            within: Within::new(Arc::new(rules)),
            ledger,
        })
    }

    /// What is behind the keys.
    pub(super) fn guarded(&self) -> Negotiate<Within> {
        let layer = NegotiateLayer::new(self.acceptor.clone()).max_header(self.layer.max_header);
        let bound = self.layer.bindings.iter().cloned();
        bound
            .fold(layer, NegotiateLayer::channel_bindings)
            .layer(self.within.clone())
    }

    /// Reads the keytab again; the old keys stay when it does not do.
    pub(super) fn renew(&mut self) -> Result<(), KeytabProblem> {
        let keytab = read(&self.keytab)?;
        let keys = Keys::of(&keytab);
        let renewed = self.acceptor.with_keytab(keytab);
        self.acceptor = renewed.map_err(|error| KeytabProblem::Acceptor {
            path: self.keytab.clone(),
            error: Box::new(error),
        })?;
        self.ledger.set_keys(keys);
        Ok(())
    }

    pub(super) fn keytab(&self) -> PathBuf {
        self.keytab.clone()
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

fn builder(config: &Config, conf: Option<&Settings>, keytab: Keytab) -> AcceptorBuilder {
    let kerberos = &config.kerberos;
    let mut builder = Acceptor::builder(keytab)
        .service(kerberos.service.0.clone())
        .pac(kerberos.pac.into())
        .channel_binding_policy(kerberos.channel_bindings.into());
    if config.delegation.directory.is_some() {
        builder = builder.keep_delegated_credentials();
    }
    if let Some(conf) = conf {
        builder = conf.apply(builder, &kerberos.allow);
    }
    if let Some(skew) = kerberos.clock_skew {
        builder = builder.clock_skew(skew.duration());
    }
    let allowed = kerberos.allow.iter();
    allowed.fold(builder, |builder, enctype| enctype.permit(builder))
}

fn proxy(config: &Config) -> Option<Proxy> {
    let upstream = config.proxy.upstream.as_ref()?;
    Some(Proxy::new(
        upstream,
        &config.proxy,
        Log::new(config.log.format),
    ))
}

/// What clients of the proxy in front are bound to.
fn bindings(config: &Config, places: &Places<'_>) -> Result<Vec<ChannelBindings>, Problem> {
    let paths = config.kerberos.proxy_certificates.iter();
    let bindings = paths.map(|path| {
        let key = "kerberos.proxy_certificates";
        let certificate = read_certificate(path).map_err(|error| places.problem(key, error))?;
        tls_server_end_point(&certificate)
            .map_err(|error| places.problem(key, format_args!("{}: {error}", path.display())))
    });
    bindings.collect()
}

/// How long it takes until no token can have been stamped before `started`: times in tokens have
/// whole seconds.
pub(super) fn until_trusted(started: SystemTime) -> Duration {
    let since = started.duration_since(SystemTime::UNIX_EPOCH);
    let nanos = since.unwrap_or_default().subsec_nanos();
    Duration::from_secs(1).saturating_sub(Duration::from_nanos(nanos.into()))
}
