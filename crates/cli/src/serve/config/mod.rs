//! [`Config`]: what the daemon is told, in TOML. Every key has a default.
//!
//! | file | what it does |
//! | --- | --- |
//! | `words` | addresses, fields, paths and times as people write them |
//! | `defaults` | what is so where nothing is said |
//! | `place` | the line on which a key stands |

mod defaults;
mod place;
mod words;

pub(super) use place::Places;
pub(crate) use place::Problem;
pub(super) use words::{
    ClientName, DomainSid, FieldName, GroupSid, Listen, RoutePath, Seconds, Service, SidWords,
    Upstream,
};

use crate::args::{Allow, BindingPolicy, PacRule};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What the daemon is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Config {
    /// Where it listens: `ADDRESS:PORT`, or `unix:` and a path. Sockets that a service manager
    /// hands over take the place of these.
    pub(super) listen: Vec<Listen>,
    /// The service's keys.
    pub(super) keytab: PathBuf,
    pub(super) kerberos: Kerberos,
    /// What the directories of single realms may say. Once one is named, those that are not may say
    /// nothing.
    pub(super) realms: BTreeMap<String, RealmRules>,
    pub(super) replay: ReplayRules,
    pub(super) sessions: SessionRules,
    pub(super) names: Names,
    pub(super) groups: GroupRules,
    pub(super) passwords: PasswordRules,
    pub(super) headers: Headers,
    pub(super) forward_auth: ForwardAuth,
    pub(super) proxy: ProxyRules,
    pub(super) own: Own,
    pub(super) cors: CorsRules,
    pub(super) tls: TlsRules,
    pub(super) delegation: DelegationRules,
    pub(super) status: StatusRules,
    pub(super) authorize: Requirement,
    /// Further requirements of parts of the site.
    #[serde(rename = "route")]
    pub(super) routes: Vec<Route>,
    pub(super) limits: Limits,
    pub(super) log: LogRules,
}

/// Which tokens are good.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Kerberos {
    /// The services that tokens may be for: `HTTP` any host's, `HTTP/web.example.test` one.
    pub(super) service: Service,
    /// By how much clocks may differ, in seconds.
    pub(super) clock_skew: Option<Seconds>,
    /// Encryption types that are off by default.
    pub(super) allow: Vec<Allow>,
    /// What becomes of a ticket's PAC.
    pub(super) pac: PacRule,
    /// What is asked of the client's channel bindings.
    pub(super) channel_bindings: BindingPolicy,
    /// The certificates with which a proxy before us ends TLS: clients may be bound to them.
    pub(super) proxy_certificates: Vec<PathBuf>,
    /// Domains whose controllers compose their local groups anew for each ticket to us: these groups
    /// count for clients of `realms`, too, that may not speak of the domain.
    pub(super) local_groups: Vec<DomainSid>,
    /// Files of krb5.conf, for `[capaths]`, `auth_to_local` and what this file does not say.
    pub(super) krb5_conf: Vec<PathBuf>,
}

/// What a realm's directory may say of its users.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RealmRules {
    /// Of which domains it may say that they are there and in whose groups.
    pub(super) sids: SidWords,
}

/// Where authenticators are remembered, so that none lets in twice. Without a file or a server in
/// this process.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ReplayRules {
    /// How many are remembered in this process.
    pub(super) records: usize,
    /// A file of MIT krb5's format `file2`, for all processes of this host.
    pub(super) file: Option<PathBuf>,
    /// `HOST:PORT` or the path of a socket of Redis or Valkey, for several hosts.
    pub(super) redis: Option<String>,
    /// A file with its password.
    pub(super) redis_password_file: Option<PathBuf>,
}

/// One login, then a cookie.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SessionRules {
    /// Where the keys are, each a line; the first seals. It is made if it is not there. Nodes of
    /// one site have the same. Without it there are no sessions.
    pub(super) key_file: Option<PathBuf>,
    /// How long they last, if the ticket does.
    pub(super) lifetime: Seconds,
    /// What the cookie is called, behind `__Host-`.
    pub(super) cookie: String,
    /// What the site is called under the seal: others with the same keys say something else.
    pub(super) name: String,
    pub(super) same_site: SameSiteRule,
    /// Requests for this path end the session.
    pub(super) logout: Option<RoutePath>,
    /// Set cookies that browsers also send without TLS.
    pub(super) danger_without_tls: bool,
}

/// With which requests of other sites the cookie comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum SameSiteRule {
    Strict,
    #[default]
    Lax,
    None,
}

/// What clients are called.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Names {
    /// The realms whose clients are known by their name alone.
    pub(super) forget_realms: Vec<String>,
    /// Names of single clients.
    pub(super) map: BTreeMap<ClientName, String>,
    /// Names of groups, by their SIDs. Groups without a name are told by their SIDs, and only where
    /// a requirement names them so.
    pub(super) groups: BTreeMap<GroupSid, String>,
    /// Tell the SIDs of all groups without a name.
    pub(super) all_groups: bool,
}

/// Who is in which group, beside what tickets say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GroupRules {
    /// Lines of `group: user user`, with users as `names` call them.
    pub(super) file: Option<PathBuf>,
    pub(super) ldap: Option<LdapRules>,
}

/// A directory that has `memberOf` in its users' entries.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LdapRules {
    /// `ldaps://HOST`, or `ldap://HOST` with `start_tls`.
    pub(super) url: String,
    /// Below which entry users are.
    pub(super) base: String,
    /// Our account's distinguished name; without it we are nobody there.
    pub(super) account: Option<String>,
    pub(super) password_file: Option<PathBuf>,
    /// What finds a user: `{user}` as `names` call it, `{principal}` with the realm.
    pub(super) filter: Option<String>,
    /// Entries right below which groups are called by the first part of their names.
    #[serde(default)]
    pub(super) under: Vec<String>,
    /// Distinguished names of groups, by what we call them.
    #[serde(default)]
    pub(super) named: BTreeMap<String, String>,
    /// The authorities that TLS trusts, in PEM, in the place of the system's.
    pub(super) authorities: Option<PathBuf>,
    #[serde(default)]
    pub(super) start_tls: bool,
    /// Believe whoever is between us and the directory.
    #[serde(default)]
    pub(super) danger_in_clear: bool,
}

/// Names and passwords, for clients without tickets. None are taken unless there is a service.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PasswordRules {
    /// The service, with its realm, by whose key in the keytab KDCs prove themselves.
    pub(super) service: Option<ClientName>,
    /// `HOST:PORT` of the KDCs of each realm.
    pub(super) kdcs: BTreeMap<String, Vec<String>>,
    /// Other realms whose users may come with passwords.
    pub(super) realms: Vec<String>,
    /// What browsers show beside the question.
    pub(super) prompt: String,
}

/// The fields by which an application learns who its user is. An empty name sends none.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Headers {
    /// The user.
    pub(super) user: FieldName,
    /// The groups, with commas between.
    pub(super) groups: FieldName,
    /// The name to show.
    pub(super) name: FieldName,
    /// The Kerberos principal.
    pub(super) principal: FieldName,
    /// The credential cache of the credential that the client delegated, as `KRB5CCNAME` has it.
    pub(super) ccache: FieldName,
    /// More fields that no client may send.
    pub(super) strip: Vec<FieldName>,
}

/// The door that proxies ask.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ForwardAuth {
    /// It, and all below it.
    pub(super) path: RoutePath,
}

/// The application behind us, where we are the proxy ourselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProxyRules {
    /// `http://HOST:PORT`, or `unix:` and a path. With it, nobody is asked for at
    /// `forward_auth.path`: every request goes to the application.
    pub(super) upstream: Option<Upstream>,
    /// How long the application may take to begin its answer.
    pub(super) timeout: Seconds,
    /// How long it may take to be reached.
    pub(super) connect_timeout: Seconds,
    /// Keep what `X-Forwarded-…` says already: a proxy of ours is in front.
    pub(super) trust_forwarded: bool,
}

/// What the daemon says of itself.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Own {
    /// Where `/healthz` and `/metrics` are. Without, they are beside `forward_auth.path`; an
    /// application that we are the proxy of has all paths to itself.
    pub(super) listen: Vec<Listen>,
}

/// Pages of other sites that ask for something of this one.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct CorsRules {
    /// Let the application answer a browser that asks whether such a page may: without credentials,
    /// and as nobody. The proxy that asks us has to name the method.
    pub(super) preflight: bool,
}

/// TLS at the addresses of `listen`, where no proxy ends it. Both or neither.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TlsRules {
    /// The chain in PEM, our own certificate first.
    pub(super) certificate: Option<PathBuf>,
    /// The private key in PEM.
    pub(super) key: Option<PathBuf>,
}

/// What becomes of credentials that clients delegate.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DelegationRules {
    /// Where credential caches are written. It is made if it is not there, and the caches in it
    /// are removed at start and end. Without it, nothing is kept.
    pub(super) directory: Option<PathBuf>,
}

/// The page that tells the operator how it goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StatusRules {
    pub(super) path: RoutePath,
    /// Who may see it. While nothing is said here, there is no page.
    pub(super) require: Requirement,
}

/// Who is let in: all that is said must be true. An empty list says nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Requirement {
    /// Any of these users.
    pub(super) users: Vec<String>,
    /// A member of any of these groups, by name or SID.
    pub(super) groups: Vec<String>,
    /// A client of any of these realms.
    pub(super) realms: Vec<String>,
    /// Any of these authentication indicators (RFC 8129).
    pub(super) indicators: Vec<String>,
}

/// What a part of the site requires besides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Route {
    /// It, and all below it.
    pub(super) path: RoutePath,
    #[serde(default)]
    pub(super) require: Requirement,
}

/// How much, and how long.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Limits {
    /// The longest `Authorization` field, in octets.
    pub(super) header: usize,
    /// The most connections at a time.
    pub(super) connections: u16,
    /// How long the fields of a request may take.
    pub(super) header_timeout: Seconds,
    /// How long a client may leave an answer lying before it takes more of it.
    pub(super) send_timeout: Seconds,
    /// How long requests may take to end when the daemon is to end.
    pub(super) shutdown: Seconds,
    /// How often files are looked at.
    pub(super) reload: Seconds,
}

/// What is logged, on standard error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LogRules {
    pub(super) format: LogFormat,
    pub(super) verdicts: LoggedVerdicts,
}

/// How a line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LogFormat {
    /// `key=value`
    #[default]
    Text,
    /// One JSON object
    Json,
}

/// Of which verdicts there is a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LoggedVerdicts {
    #[default]
    All,
    /// Of those only that let nobody in.
    Refused,
}

impl Config {
    /// Reads a file's text.
    pub(super) fn parse(text: &str) -> Result<Self, Box<toml::de::Error>> {
        toml::from_str(text).map_err(Box::new)
    }
}

impl Requirement {
    /// Whether it asks for anything.
    pub(super) fn says_something(&self) -> bool {
        let lists = [&self.users, &self.groups, &self.realms, &self.indicators];
        lists.iter().any(|list| !list.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_the_package_says_what_the_defaults_are() {
        let packaged = include_str!("../../../../../packaging/serve.toml");
        let (packaged, default) = (Config::parse(packaged).unwrap(), Config::default());
        assert_eq!(format!("{packaged:#?}"), format!("{default:#?}"));
    }

    #[test]
    fn the_file_of_the_package_has_every_key() {
        let packaged = include_str!("../../../../../packaging/serve.toml");
        // Those that are commented out, too, but for what is prose.
        let is_key = |line: &&str| {
            let before = line.split(" = ").next().unwrap_or_default();
            line.contains(" = ") && !before.contains(' ')
        };
        let bare = packaged
            .lines()
            .map(|line| line.strip_prefix("# ").unwrap_or(line));
        let is_table = |line: &&str| line.starts_with('[');
        let text: Vec<_> = bare.filter(|line| is_key(line) || is_table(line)).collect();
        let whole = Config::parse(&text.join("\n")).unwrap();
        assert!(!format!("{whole:#?}").contains(": None"), "{whole:#?}");
    }
}
