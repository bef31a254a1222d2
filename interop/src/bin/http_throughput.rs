//! `portcullis serve` and Apache with mod_auth_gssapi side by side, in one run: requests per second of a processor.
//!
//! ```console
//! $ cargo build --profile fast --bin portcullis
//! $ cargo run --profile fast -p portcullis-interop --bin http_throughput
//! ```
//!
//! All run at once. In each of the rounds each is asked, one after the other, in an order that changes: what disturbs one
//! disturbs all. What counts is the time that the server's processes had on a processor, so other programs of the machine,
//! the load itself among them, matter less. Apache answers with a small file, the daemon with what nginx asks it for. With
//! a log, each writes a line per request into a file; without, neither does.

use std::fs;
use std::path::Path;
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
const LOGINS: usize = 4_000;
const WITH_SESSION: usize = 40_000;
const THREADS: usize = 8;
/// Unless the first argument says another number.
const ROUNDS: usize = 7;

const GUARD: &str = "
LOG
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

const LOG: &str =
    r#"CustomLog PLACE/access.log "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"""#;

/// What both servers are told, and who is compared with whom.
#[derive(Clone, Copy)]
struct Setting {
    name: &'static str,
    session: bool,
    log: bool,
    /// What the library of Apache's module remembers tokens by.
    replays: &'static str,
}

const SETTINGS: [Setting; 4] = [
    Setting {
        name: "each logs in",
        session: false,
        log: true,
        replays: "file2:PLACE/rcache",
    },
    Setting {
        name: "each logs in; Apache without a replay cache",
        session: false,
        log: true,
        replays: "none:",
    },
    Setting {
        name: "session",
        session: true,
        log: true,
        replays: "none:",
    },
    Setting {
        name: "session, without a log",
        session: true,
        log: false,
        replays: "none:",
    },
];

/// A server, what to ask it for, and what came of it: requests per second of a processor, in each round.
struct Contender {
    server: Started,
    session: bool,
    rates: Vec<f64>,
}

enum Started {
    Ours(Serve),
    Theirs(Apache),
}

fn main() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI, Peer::APACHE]) || !built(&binary()) {
        return;
    }
    let rounds = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let rounds: usize = rounds.unwrap_or(ROUNDS);
    let realm = MitRealm::start();
    let keytab = realm.keytab(SERVICE);
    let mut contenders: Vec<_> = SETTINGS
        .iter()
        .flat_map(|setting| {
            [
                ours(&realm, &keytab, setting),
                theirs(&realm, &keytab, setting),
            ]
        })
        .collect();
    for round in 0..rounds {
        for place in 0..contenders.len() {
            let place = (place + round) % contenders.len();
            contenders[place].run(&realm);
        }
    }
    report(&contenders);
}

fn ours(realm: &MitRealm, keytab: &Path, setting: &Setting) -> Contender {
    let verdicts = if setting.log { "all" } else { "refused" };
    let keys = realm.path("session.keys");
    let keys = match setting.session {
        true => format!("key_file = {keys:?}"),
        false => String::new(),
    };
    let more =
        format!("[log]\nverdicts = {verdicts:?}\n[sessions]\ndanger_without_tls = true\n{keys}");
    Contender::new(Started::Ours(Serve::start(keytab, &more)), setting)
}

fn theirs(realm: &MitRealm, keytab: &Path, setting: &Setting) -> Contender {
    let directives = GUARD
        .replace("SESSIONS", if setting.session { SESSIONS } else { "" })
        .replace("LOG", if setting.log { LOG } else { "" });
    let apache = Apache::start(realm, keytab, setting.replays, &directives);
    Contender::new(Started::Theirs(apache), setting)
}

/// The median of each, and of how often ours does what Apache does in the same round.
fn report(contenders: &[Contender]) {
    println!(
        "{:<46}{:>8}{:>8}{:>24}",
        "per second of a processor", "ours", "Apache", "times (quartiles)"
    );
    for (setting, pair) in SETTINGS.iter().zip(contenders.chunks_exact(2)) {
        let [ours, theirs] = pair else { continue };
        let times = ours.rates.iter().zip(&theirs.rates);
        let times: Vec<_> = times.map(|(ours, theirs)| ours / theirs).collect();
        let name = setting.name;
        let (ours, theirs) = (quartile(&ours.rates, 2), quartile(&theirs.rates, 2));
        let [low, middle, high] = [1, 2, 3].map(|number| quartile(&times, number));
        println!("{name:<46}{ours:>8.0}{theirs:>8.0}{middle:>10.2} ({low:.2} to {high:.2})");
    }
}

fn quartile(figures: &[f64], number: usize) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() - 1) * number / 4]
}

impl Contender {
    const fn new(server: Started, setting: &Setting) -> Self {
        Self {
            server,
            session: setting.session,
            rates: Vec::new(),
        }
    }

    fn place(&self) -> (u16, u32, &'static str) {
        match &self.server {
            Started::Ours(serve) => (serve.port, serve.pid(), "/auth"),
            Started::Theirs(apache) => (apache.server().port(), apache.pid(), "/static"),
        }
    }

    fn run(&mut self, realm: &MitRealm) {
        let count = if self.session { 1 } else { LOGINS };
        let alice = realm.login("alice");
        let tokens = tokens(&alice, SERVICE, &Asking::spnego().mutual(), count);
        let logins: Vec<_> = tokens.iter().map(|token| negotiate(token)).collect();
        let rate = match (self.session, logins.as_slice()) {
            (true, [login, ..]) => self.measure(&vec![self.cookie(login); WITH_SESSION]),
            _ => self.measure(&logins),
        };
        self.rates.push(rate);
    }

    /// The session that a login begins.
    fn cookie(&self, login: &String) -> String {
        let (port, _, path) = self.place();
        let mut connection = Connection::open(port).expect("it listens");
        let head = connection.ask(HOST, path, std::slice::from_ref(login));
        let head = head.expect("an answer");
        let cookie = head.field("set-cookie").expect("a session");
        format!("Cookie: {}", cookie.split(';').next().unwrap_or_default())
    }

    fn measure(&self, requests: &[String]) -> f64 {
        let (port, pid, path) = self.place();
        let (begun, before) = (Instant::now(), busy(pid));
        let statuses = shared_out(requests, THREADS, |requests| {
            let mut connection = Connection::open(port).expect("it listens");
            let ask = |request| {
                let head = connection.ask(HOST, path, std::slice::from_ref(request));
                head.expect("an answer").status
            };
            requests.map(ask).collect()
        });
        let good = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!(good, requests.len(), "{path}: some were refused");
        let (elapsed, busy) = (begun.elapsed(), busy(pid).saturating_sub(before));
        let rate = good as f64 / busy.as_secs_f64();
        eprintln!(
            "{path:<8} session {:<5} {rate:>7.0} in {elapsed:?}",
            self.session
        );
        rate
    }
}

/// How long the threads of a process and of its children were on a processor (proc_pid_stat(5): the 4th field is the
/// parent; the first of `schedstat` is nanoseconds).
fn busy(pid: u32) -> Duration {
    let numbers = names_in("/proc").filter_map(|name| name.parse().ok());
    let theirs = numbers.filter(|number| *number == pid || parent(*number) == Some(pid));
    let nanoseconds = theirs.flat_map(|process| {
        let tasks = format!("/proc/{process}/task");
        names_in(&tasks).filter_map(move |task| on_a_processor(&format!("{tasks}/{task}")))
    });
    Duration::from_nanos(nanoseconds.sum())
}

fn on_a_processor(task: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("{task}/schedstat")).ok()?;
    text.split(' ').next()?.parse().ok()
}

fn parent(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // What is in parentheses may have blanks in it.
    stat.rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

fn names_in(directory: &str) -> impl Iterator<Item = String> + use<> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().into_string().ok())
}
