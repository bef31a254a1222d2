//! The daemon's life: what it reads, what it listens to, how it ends.

use super::Intent;
use super::config::{Config, Listen, Places, Problem};
use super::crew::Crew;
use super::delegation::{self, Delegation};
use super::door::Door;
use super::error::ServeError;
use super::gate::{Gate, clock_skew};
use super::groups::SiteGroups;
use super::identity_headers::IdentityHeaders;
use super::ledger::Ledger;
use super::listen::{Hall, Listener, Phase};
use super::log::{Level, Line};
use super::manager::{Inherited, notify};
use super::outlet::write_all_waiting;
use super::passwords::Passwords;
use super::proxy::Proxy;
use super::proxy_certificates::ProxyCertificates;
use super::reload::{Watch, Watched};
use super::replay::ReplayMemory;
use super::requirement::Requirements;
use super::sessions::SessionFile;
use super::site::Site;
use super::tls::Certificate;
use super::within::{Rules, Within};
use crate::accept::krb5_conf::Settings;
use crate::interrupt::Interrupt;
use core::sync::atomic::Ordering;
use core::time::Duration;
use portcullis_http::Negotiate;
use std::sync::Arc;
use std::time::SystemTime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower_layer::Layer as _;

/// How long clients that are busy have to learn that they should not come again.
const LEAVE: Duration = Duration::from_secs(1);

/// How often what has ended is swept.
const SWEEP: Duration = Duration::from_secs(10);

/// What the files say that the configuration names.
#[derive(Debug)]
pub(super) struct Parts {
    ledger: Arc<Ledger>,
    gate: Gate,
    guarded: Negotiate<Within>,
    unguarded: Option<Within>,
    sessions: Option<SessionFile>,
    certificate: Option<Certificate>,
    proxy_certificates: Option<ProxyCertificates>,
    delegation: Option<Arc<Delegation>>,
    groups: SiteGroups,
    passwords: Option<Passwords>,
}

impl Parts {
    pub(super) fn read(
        config: &Config,
        places: &Places<'_>,
        intent: Intent,
    ) -> Result<Self, Problem> {
        let conf = Settings::read(&config.kerberos.krb5_conf)
            .map_err(|error| places.problem("kerberos.krb5_conf", error))?;
        let conf = conf.as_ref();
        let replay = ReplayMemory::open(config, places, clock_skew(config, conf), intent)?;
        let ledger = Arc::new(Ledger::new(&config.log, SystemTime::now(), replay));
        if config.tls.certificate.is_some() != config.tls.key.is_some() {
            return Err(places.problem("tls", "certificate and key go together"));
        }
        let certificate = Certificate::read(&config.tls);
        if config.status.path.as_str().is_empty() {
            return Err(places.problem("status.path", "the page cannot be the whole site"));
        }
        let directory = config.delegation.directory.as_deref();
        let directory = directory.filter(|path| intent == Intent::Serve || path.exists());
        let delegation = directory
            .map(|path| Delegation::open(path, ledger.log).map(Arc::new))
            .transpose()
            .map_err(|error| places.problem("delegation.directory", error))?;
        let sessions = SessionFile::open(config, places, intent)?;
        let gate = Gate::open(config, places, conf, ledger.clone())?;
        let groups = SiteGroups::open(config, places)?;
        let proxy_certificates = ProxyCertificates::open(config, places)?;
        let (in_front, theirs) = (proxy_certificates.clone(), groups.clone());
        let layer = gate.layer(config, conf, sessions.as_ref(), theirs, in_front);
        let rules = Rules {
            requirements: Requirements::new(config),
            fields: IdentityHeaders::from(&config.headers),
            proxy: Proxy::new(config, ledger.log),
            delegation: delegation.clone(),
            ledger: ledger.clone(),
        };
        let within = Within::new(Arc::new(rules));
        Ok(Self {
            guarded: layer.layer(within.clone()),
            unguarded: Some(within).filter(|_| config.cors.preflight),
            certificate: certificate.map_err(|error| places.problem("tls", error))?,
            passwords: Passwords::open(config, places, &gate)?,
            delegation,
            proxy_certificates,
            groups,
            gate,
            sessions,
            ledger,
        })
    }

    /// The files, to be read again when they change.
    fn watched(self) -> Vec<Watched> {
        let (gate, passwords) = (self.gate, self.passwords);
        let mut watched = vec![Watched::new("keytab", gate.seen(), move || {
            gate.renew().map_err(|problem| problem.to_string())?;
            if let Some(passwords) = &passwords {
                passwords.renew(&gate);
            }
            Ok(())
        })];
        let groups = self.groups;
        watched.extend(
            groups
                .seen()
                .map(|files| Watched::new("groups", files, move || groups.renew())),
        );
        watched.extend(self.sessions.map(|sessions| {
            Watched::new("session keys", sessions.seen(), move || {
                sessions.renew().map_err(|problem| problem.to_string())
            })
        }));
        watched.extend(self.proxy_certificates.map(|certificates| {
            Watched::new("proxy certificates", certificates.seen(), move || {
                certificates.renew()
            })
        }));
        watched.extend(self.certificate.map(|certificate| {
            Watched::new("certificate", certificate.seen(), move || {
                certificate.renew().map_err(|problem| problem.to_string())
            })
        }));
        watched
    }
}

/// Serves until interrupted.
pub(super) async fn serve(config: &Config, parts: Parts) -> Result<(), ServeError> {
    let interrupt = Interrupt::listen().map_err(ServeError::Start)?;
    let hangup = signal(SignalKind::hangup()).map_err(ServeError::Start)?;
    let Inherited { mut site, mut own } = Inherited::take().map_err(ServeError::Start)?;
    if site.is_empty() {
        site = bind(&config.listen).await?;
    }
    if own.is_empty() {
        own = bind(&config.own.listen).await?;
    }
    let (guarded, ledger) = (parts.guarded.clone(), parts.ledger.clone());
    let rules = Site::new(config, &own, parts.passwords.clone());
    let unguarded = parts.unguarded.clone();
    let door = Arc::new(Door::new(rules, guarded, unguarded, ledger.clone()));
    let (phases, phase) = watch::channel(Phase::Open);
    let tls = parts.certificate.as_ref().map(Certificate::acceptor);
    let delegation = parts.delegation.clone();
    if let Some(delegation) = delegation.clone() {
        delegation.clear().map_err(ServeError::Start)?;
        tokio::spawn(sweep(delegation));
    }
    let crew = Crew::start().map(Arc::new).map_err(ServeError::Start)?;
    let hall = Hall::new(door.clone(), &config.limits, tls, phase, crew);
    let (own_hall, hall) = (Arc::new(hall.of_its_own()), Arc::new(hall));
    let watch = Watch::new(ledger.clone(), parts.watched());
    tokio::spawn(watch.keep(config.limits.reload.duration(), hangup));

    if ledger.replay.begins_with_us() {
        sleep(until_trusted(ledger.started.0)).await;
    }
    let ready = Line::new(Level::Info, "ready")
        .text_field("listen", addresses(&site))
        .optional("own", Some(addresses(&own)).filter(|own| !own.is_empty()));
    let mut entrances = JoinSet::new();
    for listener in site {
        entrances.spawn(listener.serve(hall.clone()));
    }
    for listener in own {
        entrances.spawn(listener.serve(own_hall.clone()));
    }
    ledger.log.write(&ready);
    notify("READY=1");

    interrupt.wait().await;
    notify("STOPPING=1");
    let patience = config.limits.shutdown.duration();
    leave(&ledger, &phases, entrances, [hall, own_hall], patience).await;
    if let Some(delegation) = delegation {
        delegation.end();
    }
    Ok(())
}

/// Removes credentials that have ended, for as long as the program runs.
async fn sweep(delegation: Arc<Delegation>) {
    loop {
        sleep(SWEEP).await;
        delegation.sweep(delegation::now());
    }
}

/// Ends without cutting anybody off, as far as there is time.
async fn leave(
    ledger: &Ledger,
    phases: &watch::Sender<Phase>,
    entrances: JoinSet<()>,
    halls: [Arc<Hall>; 2],
    patience: Duration,
) {
    let log = ledger.log;
    ledger.leaving.store(true, Ordering::Relaxed);
    log.write(&Line::new(Level::Info, "leaving"));
    phases.send_replace(Phase::Leaving);
    sleep(LEAVE).await;
    phases.send_replace(Phase::Closing);
    // First: who waits for an empty hall takes its places, and those in the queues want some, too.
    let _ = entrances.join_all().await;
    let empty = async {
        for hall in halls {
            hall.empty().await;
        }
    };
    let (level, result) = match timeout(patience, empty).await {
        Ok(()) => (Level::Info, "everybody was answered"),
        Err(_) => (Level::Warning, "somebody was still waiting"),
    };
    write_all_waiting();
    log.write(&Line::new(level, "gone").text_field("result", result));
}

async fn bind(addresses: &[Listen]) -> Result<Vec<Listener>, ServeError> {
    let mut listeners = Vec::new();
    for listen in addresses {
        let listener = Listener::bind(listen).await;
        listeners.push(listener.map_err(|error| ServeError::Listen {
            at: listen.to_string(),
            error,
        })?);
    }
    Ok(listeners)
}

/// With blanks between.
fn addresses(listeners: &[Listener]) -> String {
    let addresses: Vec<_> = listeners.iter().map(Listener::address).collect();
    addresses.join(" ")
}

/// How long it takes until no token can have been stamped before `started`: times in tokens have
/// whole seconds.
fn until_trusted(started: SystemTime) -> Duration {
    let since = started.duration_since(SystemTime::UNIX_EPOCH);
    let nanos = since.unwrap_or_default().subsec_nanos();
    Duration::from_secs(1).saturating_sub(Duration::from_nanos(nanos.into()))
}
