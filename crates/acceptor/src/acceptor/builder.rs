//! [`AcceptorBuilder`]: the settings, each with a safe default.

use super::{Acceptor, usable};
use crate::channel_bindings::ChannelBindingPolicy;
use crate::enctypes::EnctypePolicy;
#[cfg(feature = "legacy-enctypes")]
use crate::enctypes::WeakEnctype;
use crate::entropy::{BufferedEntropy, Entropy};
use crate::keytab::{Keytab, KeytabKey};
use crate::pac::{PacPolicy, SidFilter};
use crate::replay::{ClockSkewDiffers, MemoryReplayCache, ReplayCache};
use crate::rules::{KeySelection, Rules};
use crate::service::ServicePattern;
use crate::settings::Settings;
use crate::tickets::KnownTickets;
use crate::time::kerberos_time;
use crate::transited::RealmPaths;
use core::fmt;
use core::time::Duration;
use portcullis_crypto::Enctype;
use std::sync::Arc;
use std::time::SystemTime;

/// What Windows, MIT krb5 and Heimdal allow, too.
const DEFAULT_SKEW: Duration = Duration::from_secs(300);
const LONGEST_SKEW: Duration = Duration::from_secs(3600);

/// The settings of an [`Acceptor`].
#[derive(Debug)]
#[must_use = "nothing is built until `build` is called"]
pub struct AcceptorBuilder {
    keytab: Keytab,
    rules: Rules,
    only: Option<Vec<Enctype>>,
    clock_skew: Duration,
    replay_cache: Option<Arc<dyn ReplayCache>>,
    entropy: Arc<dyn Entropy>,
    known_tickets: usize,
}

/// Room for about 800 tickets of 1.5 KiB, as Active Directory makes them.
const DEFAULT_KNOWN_TICKETS: usize = 4 << 20;

/// Why there is no acceptor with these settings.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigError {
    /// No ticket can be opened: no key is of the service and of a permitted encryption type.
    NoUsableKey {
        /// The services that may be asked for.
        service: ServicePattern,
        /// The keys that the keytab has.
        keytab: Vec<KeytabKey>,
        /// The keys that it has besides, of encryption types that are not compiled in.
        ignored: Vec<KeytabKey>,
    },
    /// The clock skew is shorter than a second or longer than an hour: with the one nobody gets in,
    /// with the other tickets hardly expire.
    ClockSkew {
        /// What was asked for.
        asked: Duration,
    },
    /// An encryption type was chosen that is not permitted: a weak one takes a call that names it.
    NotPermitted {
        /// The one that was chosen.
        enctype: Enctype,
    },
    /// The replay cache serves acceptors with another clock skew already.
    ReplayCache(ClockSkewDiffers),
}

impl AcceptorBuilder {
    pub(super) fn new(keytab: Keytab) -> Self {
        Self {
            keytab,
            rules: Rules::default(),
            only: None,
            clock_skew: DEFAULT_SKEW,
            replay_cache: None,
            entropy: Arc::new(BufferedEntropy),
            known_tickets: DEFAULT_KNOWN_TICKETS,
        }
    }

    pub(super) fn user_to_user() -> Self {
        let mut builder = Self::new(Keytab::empty());
        builder.rules.user_to_user_only = true;
        builder
    }

    /// The services that may be asked for. Default: every one of the keytab.
    pub fn service(mut self, service: impl Into<ServicePattern>) -> Self {
        self.rules.service = service.into();
        self
    }

    /// By how much clocks may differ, in whole seconds, an hour at most. Default: five minutes.
    pub fn clock_skew(mut self, skew: Duration) -> Self {
        self.clock_skew = skew;
        self
    }

    /// Where authenticators are remembered. Default: in memory, 2²⁰ of them.
    pub fn replay_cache(mut self, cache: Arc<dyn ReplayCache>) -> Self {
        self.replay_cache = Some(cache);
        self
    }

    /// Refuses authenticators made before `start` or in its second: for a service whose memory began
    /// then, so that what it accepted before a restart is not accepted again. Default: none is
    /// refused.
    ///
    /// A client whose clock is ahead of ours makes authenticators that look newer than they are. To
    /// rule those out, too, give the start plus the clock skew (RFC 4120 §3.2.3); nobody gets in
    /// until then.
    pub fn refuse_stamped_before(mut self, start: SystemTime) -> Self {
        self.rules.refuse_stamped_before = Some(kerberos_time(start));
        self
    }

    /// Which keys may open a ticket beyond the one that it names. Default: all of its encryption
    /// type.
    pub fn key_selection(mut self, selection: KeySelection) -> Self {
        self.rules.key_selection = selection;
        self
    }

    /// What becomes of a client that does not say which channel it sees. Default:
    /// [`ChannelBindingPolicy::Aware`].
    pub fn channel_binding_policy(mut self, policy: ChannelBindingPolicy) -> Self {
        self.rules.channel_bindings = policy;
        self
    }

    /// Refuses clients that do not say which channel they see.
    pub fn require_channel_bindings(self) -> Self {
        self.channel_binding_policy(ChannelBindingPolicy::Required)
    }

    /// Permits an encryption type that is broken or close to it, for tickets, session keys and
    /// subkeys. An attacker may then forge what is sealed with it.
    #[cfg(feature = "legacy-enctypes")]
    pub fn danger_allow(mut self, weak: WeakEnctype) -> Self {
        self.rules.enctypes.allow(weak.enctype());
        self
    }

    /// Permits the Camellia encryption types (RFC 6803).
    #[cfg(feature = "camellia")]
    pub fn allow_camellia(mut self) -> Self {
        self.rules.enctypes.allow(Enctype::Camellia256CtsCmac);
        self.rules.enctypes.allow(Enctype::Camellia128CtsCmac);
        self
    }

    /// Of the encryption types that are permitted, only these, best first. Choosing one that is
    /// not permitted fails when the acceptor is built.
    pub fn only_enctypes(mut self, enctypes: impl IntoIterator<Item = Enctype>) -> Self {
        self.only = Some(enctypes.into_iter().collect());
        self
    }

    /// The realms that may lie between the client's realm and ours. Default: by the hierarchy of
    /// their names.
    pub fn realm_paths(mut self, paths: RealmPaths) -> Self {
        self.rules.realm_paths = paths;
        self
    }

    /// Looks at the path of realms even when the KDC says that it has done so.
    pub fn always_check_realm_path(mut self) -> Self {
        self.rules.trust_kdc_on_transited = false;
        self
    }

    /// Accepts anonymous clients (RFC 6112). Default: they are refused.
    pub fn allow_anonymous(mut self) -> Self {
        self.rules.anonymous = true;
        self
    }

    /// Ignores authorization data of unknown types outside AD-IF-RELEVANT, as MIT krb5, Heimdal
    /// and Windows do. Default: refused, as RFC 4120 §5.2.6 asks.
    pub fn lenient_authorization_data(mut self) -> Self {
        self.rules.lenient_authorization_data = true;
        self
    }

    /// What becomes of the ticket's PAC. Default: [`PacPolicy::Verify`].
    pub fn pac(mut self, policy: PacPolicy) -> Self {
        self.rules.pac = policy;
        self
    }

    /// The keys of the KDC (`krbtgt/REALM@REALM`), so that its own signatures in PACs are verified,
    /// too: for services that are domain controllers themselves. Default: the service's signature
    /// is, with the key that opened the ticket.
    pub fn krbtgt_keys(mut self, keys: Keytab) -> Self {
        self.rules.krbtgt_keys = Some(Arc::new(keys));
        self
    }

    /// Which realms may give which SIDs. Default: every realm whose tickets are accepted any SID.
    pub fn sid_filter(mut self, filter: SidFilter) -> Self {
        self.rules.sid_filter = Some(filter);
        self
    }

    /// Keeps credentials that clients delegate in their [`crate::Identity`]. Default: they are
    /// looked at and wiped.
    pub fn keep_delegated_credentials(mut self) -> Self {
        self.rules.keep_delegated_credentials = true;
        self
    }

    /// Takes AP-REQs without GSS framing, answered likewise. Default: only where the client asks
    /// for DCE style.
    pub fn raw_ap_req(mut self, taken: bool) -> Self {
        self.rules.raw_ap_req = taken;
        self
    }

    /// The largest token that is read, in octets. Default: 64 KiB.
    pub fn max_token(mut self, octets: usize) -> Self {
        self.rules.max_token = octets;
        self
    }

    /// The largest list of mechanisms that is read, in octets. Default: 512.
    pub fn max_mech_types(mut self, octets: usize) -> Self {
        self.rules.max_mech_types = octets;
        self
    }

    /// How many messages behind the latest a context can tell from ones that it has seen, rounded
    /// up to a power of two between 64 and 65,536; an eighth of it in octets is used once there is
    /// a message. Default: 64. More is for transports that mix up the order of messages.
    pub fn sequence_window(mut self, messages: u32) -> Self {
        self.rules.sequence_window = messages;
        self
    }

    /// Where subkeys, sequence numbers and confounders come from. Default: [`BufferedEntropy`], a
    /// generator for each thread that the operating system seeds.
    pub fn entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
        self
    }

    /// How many octets tickets may occupy that came before and are opened faster when they come
    /// again: twice their size each, and 2 KiB for keys. 0 remembers none. Default: 4 MiB.
    ///
    /// Times, policy and the authenticator are looked at each time. What is remembered is wiped
    /// when its room is needed, within a minute of use after the ticket's end, and with the
    /// acceptor; a new keytab begins with nothing.
    pub fn known_tickets(mut self, octets: usize) -> Self {
        self.known_tickets = octets;
        self
    }

    /// The acceptor with these settings.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn build(mut self) -> Result<Acceptor, ConfigError> {
        self.rules.skew = whole_seconds(self.clock_skew)?;
        if let Some(only) = self.only {
            let permitted = |enctype: &&Enctype| self.rules.enctypes.contains(**enctype);
            if let Some(&enctype) = only.iter().find(|enctype| !permitted(enctype)) {
                return Err(ConfigError::NotPermitted { enctype });
            }
            self.rules.enctypes = EnctypePolicy::only(only);
        }
        let settings = usable(Settings {
            rules: self.rules,
            keytab: self.keytab,
            tickets: KnownTickets::new(self.known_tickets),
            replay_cache: self
                .replay_cache
                .unwrap_or_else(|| Arc::new(MemoryReplayCache::default())),
            entropy: self.entropy,
        })?;
        let clock_skew = Duration::from_secs(settings.rules.skew.unsigned_abs());
        settings
            .replay_cache
            .serves(clock_skew)
            .map_err(ConfigError::ReplayCache)?;
        Ok(Acceptor {
            settings: Arc::new(settings),
        })
    }
}

fn whole_seconds(skew: Duration) -> Result<i64, ConfigError> {
    let sensible = (Duration::from_secs(1)..=LONGEST_SKEW).contains(&skew);
    i64::try_from(skew.as_secs())
        .ok()
        .filter(|_| sensible)
        .ok_or(ConfigError::ClockSkew { asked: skew })
}

/// The most keys that an error lists.
const MAX_LISTED: usize = 8;

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (service, keytab, ignored) = match self {
            Self::NoUsableKey {
                service,
                keytab,
                ignored,
            } => (service, keytab, ignored),
            Self::ClockSkew { asked } => {
                return write!(f, "clock skew of {asked:?}, one second to one hour will do");
            }
            Self::NotPermitted { enctype } => {
                return write!(f, "{enctype} was chosen and is not permitted");
            }
            Self::ReplayCache(error) => return error.fmt(f),
        };
        write!(f, "no usable key for {service}")?;
        let keys = || keytab.iter().chain(ignored);
        for (index, key) in keys().take(MAX_LISTED).enumerate() {
            f.write_str(if index == 0 {
                ": the keytab has "
            } else {
                ", "
            })?;
            key.fmt(f)?;
        }
        match keys().count().saturating_sub(MAX_LISTED) {
            0 => Ok(()),
            more => write!(f, ", and {more} more"),
        }
    }
}

impl core::error::Error for ConfigError {}
