//! [`ProxyCertificates`]: what clients of a proxy in front are bound to, which changes when its
//! certificate does.

use super::config::{Config, Places, Problem};
use super::reload::Seen;
use crate::accept::request::read_certificate;
use core::time::Duration;
use portcullis::ChannelBindings;
use portcullis::channel_bindings::tls_server_end_point;
use portcullis_http::ConnectionBindings;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

/// How long a certificate counts that is no longer in its file: the proxy has yet to read the new
/// one, and its connections that are open keep the old one. The longest that nginx keeps one for a
/// client that asks for nothing (`keepalive_timeout`) is 75 seconds by default.
const OVERLAP: Duration = Duration::from_secs(600);

/// The certificates, and the files that they are from.
#[derive(Clone, Debug)]
pub(super) struct ProxyCertificates {
    paths: Vec<PathBuf>,
    seen: Seen,
    present: Arc<RwLock<Present>>,
}

/// What is acceptable.
#[derive(Debug, Default)]
struct Present {
    /// By the files as they are.
    current: Vec<ChannelBindings>,
    /// By the files as they were, and until when.
    former: Vec<(ChannelBindings, Instant)>,
}

impl ProxyCertificates {
    /// Reads the files, if any are named.
    pub(super) fn open(config: &Config, places: &Places<'_>) -> Result<Option<Self>, Problem> {
        let paths = config.kerberos.proxy_certificates.clone();
        if paths.is_empty() {
            return Ok(None);
        }
        let seen = Seen::look(paths.clone());
        let problem = |error| places.problem("kerberos.proxy_certificates", error);
        let present = Present {
            current: read(&paths).map_err(problem)?,
            former: Vec::new(),
        };
        Ok(Some(Self {
            paths,
            seen,
            present: Arc::new(RwLock::new(present)),
        }))
    }

    /// Reads them again; the old ones stay when the new ones do not do.
    pub(super) fn renew(&self) -> Result<(), String> {
        let renewed = read(&self.paths)?;
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        present.replace(renewed, Instant::now());
        Ok(())
    }

    /// What logins that begin now may be bound to.
    pub(super) fn acceptable(&self) -> ConnectionBindings {
        let present = self.present.read().unwrap_or_else(PoisonError::into_inner);
        ConnectionBindings::new(present.acceptable(Instant::now()).cloned())
    }

    /// The files as they were before they were read.
    pub(super) fn seen(&self) -> Seen {
        self.seen.clone()
    }
}

impl Present {
    fn replace(&mut self, renewed: Vec<ChannelBindings>, now: Instant) {
        let until = now.checked_add(OVERLAP).unwrap_or(now);
        let gone = core::mem::replace(&mut self.current, renewed);
        let current = &self.current;
        self.former.retain(|(_, until)| now < *until);
        self.former
            .extend(gone.into_iter().map(|bindings| (bindings, until)));
        self.former
            .retain(|(bindings, _)| !current.contains(bindings));
    }

    fn acceptable(&self, now: Instant) -> impl Iterator<Item = &ChannelBindings> {
        let former = self.former.iter().filter(move |(_, until)| now < *until);
        self.current.iter().chain(former.map(|(it, _)| it))
    }
}

fn read(paths: &[PathBuf]) -> Result<Vec<ChannelBindings>, String> {
    let one = |path: &PathBuf| bindings(path);
    paths.iter().map(one).collect()
}

fn bindings(path: &Path) -> Result<ChannelBindings, String> {
    let certificate = read_certificate(path).map_err(|error| error.to_string())?;
    let bindings = tls_server_end_point(&certificate);
    bindings.map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> ChannelBindings {
        ChannelBindings::from_application_data(name.as_bytes())
    }

    #[test]
    fn a_certificate_counts_for_ten_minutes_after_it_was_replaced() {
        let (begun, mut present) = (Instant::now(), Present::default());
        let at = |seconds| begun + Duration::from_secs(seconds);
        let acceptable = |present: &Present, seconds| -> Vec<_> {
            present.acceptable(at(seconds)).cloned().collect()
        };
        present.replace(vec![of("a")], at(0));
        assert_eq!(acceptable(&present, 9999), [of("a")]);

        present.replace(vec![of("b")], at(100));
        assert_eq!(acceptable(&present, 699), [of("b"), of("a")]);
        assert_eq!(acceptable(&present, 700), [of("b")]);

        // Read again without a change, as SIGHUP has it: nothing counts for longer.
        present.replace(vec![of("b")], at(600));
        assert_eq!(acceptable(&present, 699), [of("b"), of("a")]);
        assert_eq!(acceptable(&present, 700), [of("b")]);

        // And back.
        present.replace(vec![of("a")], at(650));
        assert_eq!(acceptable(&present, 1249), [of("a"), of("b")]);
        assert_eq!(acceptable(&present, 1250), [of("a")]);
    }
}
