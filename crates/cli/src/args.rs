//! The command line: what can be asked of `portcullis`.

use crate::realm::{Enctypes, Name, RealmName, UserWords};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use core::net::SocketAddr;
use portcullis::ServicePattern;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A Kerberos acceptor at the command line: who does this token come from?
#[derive(Debug, Parser)]
#[command(name = "portcullis", version, subcommand_required = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Accept(Box<AcceptArguments>),
    Inspect(InspectArguments),
    /// Look at keytab files
    #[command(subcommand, subcommand_required = true)]
    Keytab(KeytabCommand),
    Realm(Box<RealmArguments>),
    Demo(DemoArguments),
    #[cfg(target_os = "linux")]
    Serve(ServeArguments),
    Migrate(MigrateArguments),
    /// Print what completes this command's arguments in a shell
    Completions {
        /// The shell
        #[arg(value_name = "SHELL", value_enum)]
        shell: Shell,
    },
    /// Write this command's manual pages
    Man {
        /// Where to; it must be there
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeytabCommand {
    /// List the keys of a keytab, without the keys, and warn of what will not work
    ///
    /// One line for each key: version number, when it was written (UTC), whose it is, encryption
    /// type. Then warnings: a principal that has weak keys only, the same key twice, keys that are
    /// ignored (DES, unknown encryption types), keys of no or of the wrong length, damaged records
    /// with their place.
    ///
    /// Exit status: 0, or 1 when the file is damaged so that `accept` refuses it, or 2 when it
    /// cannot be read or is no keytab.
    List {
        /// The keytab
        file: PathBuf,
    },
}

/// Serve a realm for tests: a KDC for kinit, curl and whatever else speaks Kerberos
///
/// Starts a KDC on 127.0.0.1, writes krb5.conf, services.keytab, USER.keytab for each user and
/// passwords.txt, says what to export and then `ready`, and stays up until it is interrupted. The
/// keys are new at each start. Not for production.
///
/// Exit status: 0 when interrupted, or 2 when there is no such realm.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_REALM)]
pub(crate) struct RealmArguments {
    /// A file that describes the realm; the options add to it, or take its place
    #[arg(value_name = "FILE.toml")]
    pub(crate) file: Option<PathBuf>,

    /// The realm's name [default: EXAMPLE.TEST]
    #[arg(long, value_name = "REALM")]
    pub(crate) name: Option<RealmName>,

    /// A user, with the groups that tickets shall name; may be repeated [default: alice, with a
    /// password that is printed]
    #[arg(long = "user", value_name = "NAME:PASSWORD[:GROUP,GROUP]")]
    pub(crate) users: Vec<UserWords>,

    /// A service; may be repeated [default: HTTP/localhost]
    #[arg(long = "service", value_name = "SPN")]
    pub(crate) services: Vec<Name>,

    /// The encryption types of all keys, by name or number, with commas between, the favourite
    /// first [default: 18,17 for users and 18 for services]
    #[arg(long, value_name = "LIST")]
    pub(crate) enctypes: Option<Enctypes>,

    /// Where the files go; it stays [default: a new directory, which goes with the realm]
    #[arg(long, value_name = "DIR")]
    pub(crate) dir: Option<PathBuf>,

    /// The KDC's port [default: any that is free]
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<u16>,

    /// Have the same keys at each start, which everybody knows who knows the number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) seed: Option<u64>,
}

/// Show a login: a realm in memory, a web server, a client
///
/// Starts a web server that is guarded as yours would be, logs in through it with a ticket of a
/// realm in memory, tries what must not work, and says what was proven and how long an accept took.
/// Then it serves a page that shows who you are, until it is interrupted.
///
/// Exit status: 0, or 2 when the demo could not run or did not go as it has to.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Where to listen; loopback only, as the demo gives tokens to whoever asks
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,

    /// End after the check
    #[arg(long)]
    pub(crate) once: bool,
}

/// Guard a web application: tell the proxy before it who is asking (forward-auth)
///
/// Answers nginx (auth_request), Traefik (ForwardAuth), Caddy (forward_auth), Envoy (ext_authz) and
/// HAProxy at /auth: 200 with the user in header fields, or 401 with a challenge, or 403. Also
/// /healthz and /metrics. Logs a line for each verdict to standard error. Reads the keytab again
/// when it changes, and on SIGHUP; ends on SIGTERM when all requests are answered.
///
/// Exit status: 0 when interrupted, or with --check when all is good; 2 when it cannot run.
#[cfg(target_os = "linux")]
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// What to do, in TOML; every key has a default
    #[arg(value_name = "FILE.toml", default_value = "/etc/portcullis/serve.toml")]
    pub(crate) config: PathBuf,

    /// Read everything that is named in the file, say what is wrong, and end
    #[arg(long)]
    pub(crate) check: bool,
}

/// Turn a web server's Kerberos settings into a configuration for `portcullis serve`
///
/// Understands mod_auth_kerb and mod_auth_gssapi of Apache, and the module spnego-http-auth of nginx.
/// Prints TOML, at its end as comments what has to be done by hand. Files that are included are not
/// read: give them one by one.
///
/// Exit status: 0, or 1 when something is left to be done by hand, or 2 when there is no file.
#[derive(Debug, Args)]
pub(crate) struct MigrateArguments {
    /// Whose file it is
    #[arg(value_name = "SERVER", value_enum)]
    pub(crate) server: WebServer,

    /// The file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// A web server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WebServer {
    /// mod_auth_kerb, mod_auth_gssapi
    Apache,
    /// spnego-http-auth
    Nginx,
}

/// Judge tokens as a service would, and say what to answer
///
/// Feeds each TOKEN, in order, to one negotiation and prints the verdict: accepted, with the proven
/// client; rejected, with the reason and the remedy; or continue, when the peer owes another token.
/// Each run begins with an empty replay cache.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_ACCEPT)]
pub(crate) struct AcceptArguments {
    /// The service's keys
    #[arg(long, value_name = "FILE", required_unless_present_any = ["batch", "krb5_conf"])]
    pub(crate) keytab: Option<PathBuf>,

    /// A krb5.conf; may be repeated, as files follow each other in KRB5_CONFIG [default: none]
    ///
    /// Read for what the other options do not say: default_keytab_name, clockskew,
    /// permitted_enctypes, [capaths]; and for auth_to_local and auth_to_local_names of the
    /// default_realm, which give the client its local name. What is off by default stays off
    /// without --allow.
    #[arg(long, value_name = "FILE")]
    pub(crate) krb5_conf: Vec<PathBuf>,

    /// The service that tokens must be for [default: any of the keytab]
    ///
    /// HTTP/web.example.test@EXAMPLE.TEST is that principal, HTTP/web.example.test or
    /// HTTP@web.example.test the same in any realm, HTTP any host.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Option<ServicePattern>,

    /// The time to judge by [default: the system's clock]
    #[arg(long, value_name = "UNIX_SECONDS")]
    pub(crate) now: Option<u64>,

    /// By how much clocks may differ [default: 300]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) skew: Option<u64>,

    /// Permit an encryption type that is off by default; may be repeated
    #[arg(long, value_name = "ENCTYPE", value_enum)]
    pub(crate) allow: Vec<Allow>,

    /// What becomes of the ticket's PAC [default: verify]
    #[arg(long, value_name = "POLICY", value_enum)]
    pub(crate) pac: Option<PacRule>,

    /// What is asked of the client's channel bindings [default: aware]
    #[arg(long, value_name = "POLICY", value_enum)]
    pub(crate) channel_bindings: Option<BindingPolicy>,

    /// The application data of our channel bindings
    #[arg(long, value_name = "HEX", conflicts_with = "server_cert")]
    pub(crate) channel_binding_data: Option<String>,

    /// Our TLS certificate (DER or PEM), for the channel bindings tls-server-end-point (RFC 5929)
    #[arg(long, value_name = "FILE")]
    pub(crate) server_cert: Option<PathBuf>,

    /// How the verdict is printed [default: text]
    #[arg(long, value_name = "FORMAT", value_enum)]
    pub(crate) format: Option<Format>,

    /// Read requests from standard input, one JSON object a line; answer one verdict a line
    #[arg(long, conflicts_with_all = ["keytab", "krb5_conf", "service", "now", "skew", "allow",
        "pac", "channel_bindings", "channel_binding_data", "server_cert", "tokens"])]
    pub(crate) batch: bool,

    /// A file, or - for standard input: raw octets or base64, with or without `Negotiate `
    #[arg(value_name = "TOKEN", required_unless_present = "batch")]
    pub(crate) tokens: Vec<PathBuf>,
}

/// Show what a token says, layer by layer, as far as the keys go
///
/// Framing, mechanisms, ticket and authenticator, with times as dates and flags by name. With the
/// service's keytab also what is sealed in them. Nothing is verified: `portcullis accept` judges.
/// Keys are never shown. What is broken is shown as far as it goes, then what is wrong and where.
///
/// Exit status: 0, or 1 when something in the token is wrong or no key of the keytab opens it, or
/// 2 when there is nothing to show.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_INSPECT)]
pub(crate) struct InspectArguments {
    /// A file, or - for standard input, or the text of the token itself
    #[arg(value_name = "TOKEN")]
    pub(crate) token: PathBuf,

    /// The service's keys, to open the ticket with
    #[arg(long, value_name = "FILE")]
    pub(crate) keytab: Option<PathBuf>,

    /// Print one JSON object on one line
    #[arg(long)]
    pub(crate) json: bool,
}

/// How a verdict is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object on one line
    Json,
}

/// An encryption type that is off by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Allow {
    /// RC4-HMAC (23); deprecated by RFC 8429
    Rc4Hmac,
    /// DES3-CBC-SHA1 (16); deprecated by RFC 8429
    Des3,
    /// Camellia (25 and 26)
    Camellia,
}

/// What becomes of a ticket's PAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PacRule {
    /// It is not looked at
    Ignore,
    /// One that is there must be good
    Verify,
    /// There must be one, and it must be good
    Require,
}

/// What a service asks of the client's channel bindings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum BindingPolicy {
    /// They are not looked at
    Ignore,
    /// Different ones are refused
    Allow,
    /// Different ones are refused, and none of clients that claim to send them
    Aware,
    /// They must be ours
    Required,
}

const AFTER_REALM: &str = "\
FILE.toml, in which everything may be left out but names and passwords:

  name = \"EXAMPLE.TEST\"
  port = 8888
  dir = \"realm\"
  enctypes = [\"aes256-cts-hmac-sha1-96\", \"aes128-cts-hmac-sha1-96\"]

  [[user]]
  name = \"alice\"
  password = \"secret\"

  [[service]]
  name = \"HTTP/web.example.test\"
  enctypes = [\"aes256-sha2\"]
  kvno = 3";

const AFTER_INSPECT: &str = "\
TOKEN: raw octets, base64 or hexadecimal; or the line of a header, as a log or a browser has it:
`Authorization: Negotiate YII...`. Encryption types that `accept` has to be told to permit are
opened, too.

Places are counted in octets from the beginning of the token, or, for what was sealed, from the
beginning of its plaintext.

JSON: the same tree, its names in lower case with _ between the words. Texts are for people; lists
and numbers are lists and numbers. What is wrong stands in the list `errors` of its structure.";

const AFTER_ACCEPT: &str = "\
TOKEN: a file whose octets are all base64 or white space, apart from a leading `Negotiate ` in any
case, is base64; any other is raw. An empty one asks for the hints of SPNEGO.

JSON: one object, every key always there, null when unknown:
  {\"verdict\":\"accepted|continue|rejected\",\"mechanism\":\"krb5|ms-krb5|...\",
   \"framing\":\"spnego|gss|raw\",\"client\":\"alice@REALM\",\"local_name\":\"alice\"|null,
   \"service\":\"HTTP/web@REALM\",
   \"key\":{\"principal\":\"...\",\"kvno\":1,\"enctype\":18,\"selected\":\"exact|other-kvno|alias\"},
   \"session_enctype\":18,\"subkey_enctype\":18,\"flags\":[\"mutual\",...],
   \"ticket\":{\"flags\":[\"forwardable\",...],\"authtime\":0,\"starttime\":0,\"endtime\":0},
   \"channel_bound\":false,\"delegated\":null|{\"client\":\"...\",\"service\":\"krbtgt/...\",\"endtime\":0},
   \"pac\":null|{\"verified\":true,\"user_sid\":\"S-1-5-21-...\"|null,\"groups\":[\"S-1-...\"],
     \"upn\":\"...\"|null,\"dns_domain\":\"...\"|null,\"account\":\"...\"|null,\"buffers\":[1,10,...],
     \"claims\":null|{\"ad://ext/Department:...\":[\"Sales\"]}},
   \"reply\":\"BASE64\"|null,
   \"error\":null|{\"code\":\"KRB_AP_ERR_SKEW\"|null,\"number\":37|null,
     \"blame\":\"peer|configuration|environment\",\"message\":\"...\",\"remedy\":\"...\",\"kind\":\"skew\"}}

`groups` are those that can grant something: enabled, and not for denial only. `local_name` is by the
rules of --krb5-conf, null if none of them is for the client.

Batch: each line is an object with `keytab` (a path) and `tokens` (a list of texts as in a TOKEN
file that is base64), and the options above by their names with _ for -: `service`, `now`, `skew`,
`allow` and `krb5_conf` (lists), `pac`, `channel_bindings`, `channel_binding_data`, `server_cert`. Each is a negotiation
of its own with a fresh replay cache, but `\"replay_cache\":\"shared\"` remembers what other lines that
say so accepted. A request that cannot be judged is answered {\"verdict\":\"error\",\"message\":\"...\"}.

Exit status: 0 accepted, 1 rejected, 3 continue, 2 could not run; with --batch 0 at the end of input.";
