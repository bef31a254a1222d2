//! [`Passwords`]: names and passwords (RFC 7617), where the configuration takes them.
//!
//! A password is made into what everybody else brings: a token for this very service. The layer then
//! judges that, so there is one door for all; and a KDC that does not know the service's key lets
//! nobody in. Passwords are taken over TLS alone.

use super::config::{Config, Places, Problem};
use super::gate::Gate;
use super::request::About;
use super::verdict::{Finding, Reason};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::net::{IpAddr, Ipv4Addr};
use core::time::Duration;
use portcullis::Principal;
use portcullis_client::{KdcAddresses, PasswordError, PasswordVerifier};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;
use zeroize::Zeroizing;

/// Verifies names and passwords. Clones share what they know of vain attempts.
#[derive(Clone, Debug)]
pub(super) struct Passwords {
    verifier: Arc<RwLock<Arc<PasswordVerifier>>>,
    kdcs: Arc<KdcAddresses>,
    service: Principal,
    realms: Vec<String>,
    challenge: HeaderValue,
}

/// A name and a password as they came.
pub(super) struct Credentials {
    /// With a `:` between.
    text: Zeroizing<String>,
}

/// Why they are not what everybody else brings.
#[derive(Debug)]
pub(super) struct Vain {
    pub(super) status: StatusCode,
    pub(super) finding: Finding,
    /// When another attempt may be made.
    pub(super) wait: Option<Duration>,
}

impl Passwords {
    /// As the configuration has it, if it takes any.
    pub(super) fn open(
        config: &Config,
        places: &Places<'_>,
        gate: &Gate,
    ) -> Result<Option<Self>, Problem> {
        let rules = &config.passwords;
        let Some(service) = &rules.service else {
            return Ok(None);
        };
        let realm = String::from_utf8_lossy(service.0.realm().0).into_owned();
        if !rules.kdcs.contains_key(&realm) {
            let what = format_args!("there is none of {realm}");
            return Err(places.problem("passwords.kdcs", what));
        }
        let prompt = rules.prompt.replace(['"', '\\'], "");
        let challenge = format!("Basic realm=\"{prompt}\", charset=\"UTF-8\"");
        let challenge = HeaderValue::try_from(challenge);
        let kdcs = rules
            .kdcs
            .iter()
            .fold(KdcAddresses::new(), |kdcs, (realm, addresses)| {
                kdcs.realm(realm, addresses)
            });
        let (service, realms) = (service.0.clone(), rules.realms.clone());
        let verifier = verifier(gate, &service, &realms);
        Ok(Some(Self {
            verifier: Arc::new(RwLock::new(Arc::new(verifier))),
            kdcs: Arc::new(kdcs),
            service,
            realms,
            challenge: challenge.map_err(|error| places.problem("passwords.prompt", error))?,
        }))
    }

    /// From now on KDCs prove themselves by the keys that are present.
    pub(super) fn renew(&self, gate: &Gate) {
        let renewed = Arc::new(verifier(gate, &self.service, &self.realms));
        *self
            .verifier
            .write()
            .unwrap_or_else(PoisonError::into_inner) = renewed;
    }

    /// Offers this way beside the other.
    pub(super) fn offer(&self, headers: &mut HeaderMap) {
        headers.append(WWW_AUTHENTICATE, self.challenge.clone());
    }

    /// Puts a token in the place of the name and the password.
    pub(super) async fn exchange(
        &self,
        credentials: Credentials,
        about: &About,
        headers: &mut HeaderMap,
    ) -> Result<(), Vain> {
        let verifier = self
            .verifier
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let (kdcs, from) = (self.kdcs.clone(), address(about));
        let asked = tokio::task::spawn_blocking(move || {
            let Some((user, password)) = credentials.text.split_once(':') else {
                return Err(PasswordError::Name);
            };
            let ask = &mut |realm: &str, request: &[u8]| kdcs.ask(realm, request);
            verifier.verify_for_token(user, password, from, SystemTime::now(), ask)
        });
        let token = match asked.await {
            Ok(Ok((_, token))) => token,
            Ok(Err(error)) => return Err(vain(&error)),
            Err(_) => return Err(vain(&PasswordError::Incomplete)),
        };
        let field = format!("Negotiate {}", STANDARD.encode(token));
        match HeaderValue::try_from(field) {
            Ok(field) => _ = headers.insert(AUTHORIZATION, field),
            Err(_) => _ = headers.remove(AUTHORIZATION),
        }
        Ok(())
    }
}

impl Credentials {
    /// Those of a request that has exactly one `Authorization` field, of the scheme Basic.
    pub(super) fn find(headers: &HeaderMap) -> Option<Self> {
        let mut fields = headers.get_all(AUTHORIZATION).iter();
        let text = fields.next()?.to_str().ok()?;
        let (scheme, base64) = text.trim().split_once(' ')?;
        let is_basic = scheme.eq_ignore_ascii_case("basic") && fields.next().is_none();
        let decoded = Zeroizing::new(STANDARD.decode(base64.trim()).ok()?);
        let text = Zeroizing::new(core::str::from_utf8(&decoded).ok()?.to_owned());
        is_basic.then_some(Self { text })
    }
}

fn verifier(gate: &Gate, service: &Principal, realms: &[String]) -> PasswordVerifier {
    let verifier = PasswordVerifier::new(gate.acceptor(), service.clone());
    realms.iter().fold(verifier, PasswordVerifier::also_of)
}

/// Whose vain attempts are counted together.
fn address(about: &About) -> IpAddr {
    let nearest = about
        .forwarded_for
        .as_deref()
        .and_then(|way| way.rsplit(',').next());
    let nearest = nearest.and_then(|address| address.trim().parse().ok());
    let peer = || about.peer.map(|peer| peer.ip());
    nearest
        .or_else(peer)
        .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

fn vain(error: &PasswordError) -> Vain {
    let reason = |remedy| Reason {
        kind: "password",
        text: error.to_string(),
        remedy,
        blame: error.blame().name(),
    };
    let (status, finding) = match error {
        PasswordError::TooMany { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            Finding::Refused(reason("wait; somebody may be guessing")),
        ),
        PasswordError::Client(_) if error.blame().name() == "environment" => (
            StatusCode::SERVICE_UNAVAILABLE,
            Finding::Failed(reason("see whether passwords.kdcs are there")),
        ),
        PasswordError::Unproven(_) | PasswordError::OtherClient(_) | PasswordError::Incomplete => (
            StatusCode::SERVICE_UNAVAILABLE,
            Finding::Failed(reason(
                "see whether the keytab has the key of passwords.service; if it does, whoever \
                 answers at passwords.kdcs is no KDC of the realm",
            )),
        ),
        _ => (
            StatusCode::UNAUTHORIZED,
            Finding::Refused(reason("let the user type it again")),
        ),
    };
    let wait = match error {
        PasswordError::TooMany { wait } => Some(*wait),
        _ => None,
    };
    Vain {
        status,
        finding,
        wait,
    }
}
