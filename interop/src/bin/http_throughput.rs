//! `portcullis serve` and Apache with mod_auth_gssapi side by side, in one run: requests per second of a processor.
//!
//! ```console
//! $ cargo build --release --bin portcullis
//! $ cargo run --release -p portcullis-interop --bin http_throughput
//! ```
//!
//! What counts is the time that the server's processes had on a processor, so other programs of the machine, the load
//! itself among them, hardly matter. Apache answers with a small file, the daemon with what nginx asks it for.

use std::fs;
use std::time::{Duration, Instant};

use portcullis_interop::initiator::{Asking, tokens};
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::web::apache::Apache;
use portcullis_interop::web::load::{Connection, negotiate, shared_out};
use portcullis_interop::web::serve::Serve;

const HOST: &str = "e18.example.test";
const SERVICE: &str = "HTTP/e18.example.test";
const LOGINS: usize = 10_000;
const WITH_SESSION: usize = 50_000;
const THREADS: usize = 8;

const GUARD: &str = "
<Location />
  AuthType GSSAPI
  AuthName x
  GssapiCredStore keytab:PLACE/keytab
  Require valid-user
  SESSIONS
</Location>
";

const SESSIONS: &str = "GssapiUseSessions On
  Session On
  SessionCookieName gssapi_session path=/;httponly";

/// A server, and what to ask it for.
struct Contender<'c> {
    name: &'c str,
    port: u16,
    pid: u32,
    path: &'c str,
}

fn main() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI, Peer::APACHE]) || !built(&binary()) {
        return;
    }
    let realm = MitRealm::start();
    let keytab = realm.keytab(SERVICE);
    let log = "[log]\nverdicts = \"refused\"\n[sessions]\ndanger_without_tls = true\n";
    let serve = Serve::start(&keytab, log);
    let keys = realm.path("session.keys");
    let with_sessions = Serve::start(&keytab, &format!("{log}key_file = {keys:?}"));
    let guard = GUARD.replace("SESSIONS", "");
    let apache = Apache::start(&realm, &keytab, "none:", &guard);
    let remembering = Apache::start(&realm, &keytab, "file2:PLACE/rcache", &guard);
    let apache_with = GUARD.replace("SESSIONS", SESSIONS);
    let apache_with = Apache::start(&realm, &keytab, "none:", &apache_with);
    println!("{:<44}{:>12}{:>14}", "", "per second", "per second of");
    println!("{:<44}{:>12}{:>14}", "", "", "a processor");
    let serve_port = |serve: &Serve| (serve.port, serve.pid(), "/auth");
    let apache_port = |apache: &Apache| (apache.server().port(), apache.pid(), "/static");
    for (name, (port, pid, path), session) in [
        ("portcullis: each logs in", serve_port(&serve), false),
        (
            "Apache: each logs in, no replay cache",
            apache_port(&apache),
            false,
        ),
        ("Apache: each logs in", apache_port(&remembering), false),
        ("portcullis: session", serve_port(&with_sessions), true),
        ("Apache: session", apache_port(&apache_with), true),
    ] {
        let contender = Contender {
            name,
            port,
            pid,
            path,
        };
        contender.run(&realm, session);
    }
}

impl Contender<'_> {
    fn run(&self, realm: &MitRealm, session: bool) {
        let count = if session { 1 } else { LOGINS };
        let alice = realm.login("alice");
        let tokens = tokens(&alice, SERVICE, &Asking::spnego().mutual(), count);
        let logins: Vec<_> = tokens.iter().map(|token| negotiate(token)).collect();
        match (session, logins.as_slice()) {
            (true, [login, ..]) => self.measure(&vec![self.cookie(login); WITH_SESSION]),
            _ => self.measure(&logins),
        }
    }

    /// The session that a login begins.
    fn cookie(&self, login: &String) -> String {
        let mut connection = Connection::open(self.port).expect("it listens");
        let head = connection.ask(HOST, self.path, std::slice::from_ref(login));
        let head = head.expect("an answer");
        let cookie = head.field("set-cookie").expect("a session");
        format!("Cookie: {}", cookie.split(';').next().unwrap_or_default())
    }

    fn measure(&self, requests: &[String]) {
        let (begun, busy) = (Instant::now(), busy(self.pid));
        let statuses = shared_out(requests, THREADS, |requests| {
            let mut connection = Connection::open(self.port).expect("it listens");
            let ask = |request| {
                let head = connection.ask(HOST, self.path, std::slice::from_ref(request));
                head.expect("an answer").status
            };
            requests.map(ask).collect()
        });
        let good = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!(good, requests.len(), "{}: some were refused", self.name);
        let (elapsed, busy) = (begun.elapsed(), busy_since(self.pid, busy));
        let per = |time: Duration| good as f64 / time.as_secs_f64();
        println!("{:<44}{:>12.0}{:>14.0}", self.name, per(elapsed), per(busy));
    }
}

fn busy_since(pid: u32, before: Duration) -> Duration {
    busy(pid).saturating_sub(before)
}

/// How long a process and its children were on a processor (proc_pid_stat(5): the 4th field is the parent, the 14th and
/// 15th are hundredths of seconds).
fn busy(pid: u32) -> Duration {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let stats = processes.filter_map(|entry| fs::read_to_string(entry.path().join("stat")).ok());
    let hundredths = stats.filter_map(|stat| {
        let (number, rest) = stat.split_once(' ')?;
        // What is in parentheses may have blanks in it.
        let fields: Vec<_> = rest.rsplit_once(')')?.1.split_whitespace().collect();
        let parent = fields.get(1)?.parse().ok();
        let ours = number.parse() == Ok(pid) || parent == Some(pid);
        let time = |at: usize| fields.get(at)?.parse::<u64>().ok();
        ours.then_some(time(11)? + time(12)?)
    });
    Duration::from_millis(hundredths.sum::<u64>() * 10)
}
