//! [`Request`]: what is asked of an acceptor, whether on the command line or in a batch.

use super::krb5_conf::Settings;
use super::verdict::Verdict;
use crate::args::{AcceptArguments, Allow, BindingPolicy, PacRule};
use crate::failure::Failure;
use crate::input;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use core::time::Duration;
use portcullis::channel_bindings::{ChannelBindingPolicy, tls_server_end_point};
use portcullis::names::NoLocalName;
use portcullis::replay::ReplayCache;
use portcullis::{
    Acceptor, AcceptorBuilder, ChannelBindings, Keytab, PacPolicy, Principal, ServicePattern, Step,
    WeakEnctype,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// What is asked, but for the tokens.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) keytab: Option<PathBuf>,
    pub(super) settings: Option<Settings>,
    pub(super) service: ServicePattern,
    pub(super) now: Option<u64>,
    pub(super) skew: Option<u64>,
    pub(super) allow: Vec<Allow>,
    pub(super) pac: Option<PacRule>,
    pub(super) channel_bindings: Option<BindingPolicy>,
    pub(super) our_bindings: Option<ChannelBindings>,
}

impl TryFrom<AcceptArguments> for Request {
    type Error = Failure;

    fn try_from(arguments: AcceptArguments) -> Result<Self, Failure> {
        let AcceptArguments {
            channel_binding_data,
            server_cert,
            ..
        } = &arguments;
        Ok(Self {
            our_bindings: our_bindings(channel_binding_data.as_deref(), server_cert.as_deref())?,
            keytab: arguments.keytab,
            settings: Settings::read(&arguments.krb5_conf)?,
            service: arguments.service.unwrap_or_default(),
            now: arguments.now,
            skew: arguments.skew,
            allow: arguments.allow,
            pac: arguments.pac,
            channel_bindings: arguments.channel_bindings,
        })
    }
}

impl Request {
    /// Feeds `tokens` to one negotiation. `memory` is its replay cache; without one it is fresh.
    pub(super) fn judge(
        &self,
        tokens: &[Vec<u8>],
        memory: Option<Arc<dyn ReplayCache>>,
    ) -> Result<Verdict, Failure> {
        let now = self.time()?;
        let acceptor = self.acceptor(memory)?;
        let mut negotiation = acceptor.begin();
        if let Some(bindings) = &self.our_bindings {
            negotiation = negotiation.channel_bindings(bindings);
        }
        let mut last_reply = None;
        for (number, token) in (1_usize..).zip(tokens) {
            match negotiation.step(token, now) {
                Ok(Step::Complete { context, reply }) if number == tokens.len() => {
                    let identity = context.identity();
                    let verdict = Verdict::accepted(identity, reply.as_deref());
                    return Ok(verdict.called(self.local_name(identity.client())));
                }
                Ok(Step::Complete { .. }) => {
                    return Err(Failure::LeftOver {
                        number: number.saturating_add(1),
                    });
                }
                Ok(Step::Continue {
                    negotiation: next,
                    reply,
                }) => {
                    negotiation = next;
                    last_reply = Some(reply);
                }
                Ok(_) => return Err(Failure::UnknownStep),
                Err(rejection) => return Ok(Verdict::rejected(&rejection)),
            }
        }
        last_reply
            .map(|reply| Verdict::to_be_continued(&reply))
            .ok_or(Failure::NoToken)
    }

    fn keytab(&self) -> Result<&Path, Failure> {
        let of_settings = || self.settings.as_ref().and_then(Settings::keytab);
        let keytab = self.keytab.as_deref().or_else(of_settings);
        keytab.ok_or(Failure::KeytabMissing)
    }

    fn local_name(&self, client: &Principal) -> Option<Result<String, NoLocalName>> {
        self.settings.as_ref()?.local_name(client)
    }

    fn time(&self) -> Result<SystemTime, Failure> {
        let Some(seconds) = self.now else {
            return Ok(SystemTime::now());
        };
        UNIX_EPOCH
            .checked_add(Duration::from_secs(seconds))
            .ok_or(Failure::Time(seconds))
    }

    fn acceptor(&self, memory: Option<Arc<dyn ReplayCache>>) -> Result<Acceptor, Failure> {
        let keytab = self.keytab()?;
        let mut builder = Acceptor::builder(read_keytab(keytab)?)
            .service(self.service.clone())
            .keep_delegated_credentials();
        if let Some(settings) = &self.settings {
            builder = settings.apply(builder, &self.allow);
        }
        if let Some(memory) = memory {
            builder = builder.replay_cache(memory);
        }
        if let Some(skew) = self.skew {
            builder = builder.clock_skew(Duration::from_secs(skew));
        }
        if let Some(policy) = self.pac {
            builder = builder.pac(policy.into());
        }
        if let Some(policy) = self.channel_bindings {
            builder = builder.channel_binding_policy(policy.into());
        }
        for enctype in &self.allow {
            builder = enctype.permit(builder);
        }
        builder.build().map_err(Failure::config(keytab))
    }
}

fn read_keytab(path: &Path) -> Result<Keytab, Failure> {
    let octets = std::fs::read(path).map_err(Failure::reading(path))?;
    Keytab::parse(octets).map_err(Failure::keytab(path))
}

/// The bindings of our end of the channel, of which there is one at most.
pub(super) fn our_bindings(
    application_data: Option<&str>,
    certificate: Option<&Path>,
) -> Result<Option<ChannelBindings>, Failure> {
    match (application_data, certificate) {
        (Some(text), _) => {
            let data = input::from_hexadecimal(text).ok_or(Failure::Hexadecimal)?;
            Ok(Some(ChannelBindings::from_application_data(data)))
        }
        (None, Some(path)) => {
            let bindings = tls_server_end_point(&read_certificate(path)?);
            bindings.map(Some).map_err(Failure::certificate(path))
        }
        (None, None) => Ok(None),
    }
}

/// The first certificate of a PEM file, which is the server's own (RFC 8446 §4.4.2), or the DER.
pub(crate) fn read_certificate(path: &Path) -> Result<Vec<u8>, Failure> {
    let octets = input::read(path)?;
    let text = String::from_utf8_lossy(&octets);
    let Some((_, after)) = text.split_once("-----BEGIN CERTIFICATE-----") else {
        return Ok(octets);
    };
    let base64 = after.split("-----END").next().unwrap_or_default();
    let base64: String = base64.split_ascii_whitespace().collect();
    STANDARD.decode(base64).map_err(|_| Failure::Pem {
        path: path.to_owned(),
    })
}

impl Allow {
    pub(crate) fn permit(self, builder: AcceptorBuilder) -> AcceptorBuilder {
        match self {
            Self::Rc4Hmac => builder.danger_allow(WeakEnctype::Rc4Hmac),
            Self::Des3 => builder.danger_allow(WeakEnctype::Des3CbcSha1),
            Self::Camellia => builder.allow_camellia(),
        }
    }
}

impl From<PacRule> for PacPolicy {
    fn from(rule: PacRule) -> Self {
        match rule {
            PacRule::Ignore => Self::Ignore,
            PacRule::Verify => Self::Verify,
            PacRule::Require => Self::Require,
        }
    }
}

impl From<BindingPolicy> for ChannelBindingPolicy {
    fn from(policy: BindingPolicy) -> Self {
        match policy {
            BindingPolicy::Ignore => Self::Ignore,
            BindingPolicy::Allow => Self::Allow,
            BindingPolicy::Aware => Self::Aware,
            BindingPolicy::Required => Self::Required,
        }
    }
}
