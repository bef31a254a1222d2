//! `portcullis serve` under load: new keys, its end, and the end of a session.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use portcullis_interop::initiator::{Asking, tokens};
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::process::run;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::web::load::{Connection, negotiate, shared_out};
use portcullis_interop::web::serve::Serve;

const THREADS: usize = 8;
const ROTATED: &str = "HTTP/rotated.example.test";
const ROTATED_HOST: &str = "rotated.example.test";
const SERVICE: &str = "HTTP/e18.example.test";
const HOST: &str = "e18.example.test";

fn realm() -> Option<MitRealm> {
    let here = present(&[Peer::MIT, Peer::PYTHON_GSSAPI, Peer::CURL]) && built(&binary());
    here.then(MitRealm::start)
}

/// The headers of `count` logins, each with a token of its own.
fn logins(login: &Login<'_>, service: &str, count: usize) -> Vec<String> {
    let tokens = tokens(login, service, &Asking::spnego().mutual(), count);
    tokens.iter().map(|token| negotiate(token)).collect()
}

/// Between the logins of a connection: 10,000 take some seconds, in which keys can become new.
const PAUSE: Duration = Duration::from_millis(4);

/// The statuses of these logins, over connections that stay; `done` counts them.
fn statuses(port: u16, logins: &[String], done: &AtomicUsize) -> Vec<u16> {
    shared_out(logins, THREADS, |logins| {
        let mut connection = Connection::open(port).unwrap();
        let ask = |login: &String| {
            let head = connection.ask(ROTATED_HOST, "/auth", std::slice::from_ref(login));
            done.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(PAUSE);
            head.unwrap().status
        };
        logins.map(ask).collect()
    })
}

/// Puts a keytab into the place of another, in one step.
fn replace(keytab: &Path, octets: &[u8]) {
    let new = keytab.with_extension("new");
    fs::write(&new, octets).unwrap();
    fs::rename(new, keytab).unwrap();
}

#[test]
fn of_ten_thousand_logins_none_fails_while_the_keytab_is_replaced() {
    let Some(realm) = realm() else { return };
    let keytab = realm.path("served.keytab");
    fs::copy(realm.keytab(ROTATED), &keytab).unwrap();
    let mut serve = Serve::start(
        &keytab,
        "[limits]\nreload = 1\n[log]\nverdicts = \"refused\"",
    );
    let alice = realm.login("alice");
    let logins_before = logins(&alice, ROTATED, 10_000);
    let done = AtomicUsize::new(0);
    let wait_for = |count| {
        while done.load(Ordering::Relaxed) < count {
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    std::thread::scope(|scope| {
        let load = scope.spawn(|| statuses(serve.port, &logins_before, &done));
        wait_for(1_000);
        replace(&keytab, b"no keytab");
        serve_says(&serve, "the old one stays");
        wait_for(3_000);
        let both = realm.rotate();
        replace(&keytab, &fs::read(both).unwrap());
        serve.signal("HUP");
        serve_says(&serve, "read again");
        let at = done.load(Ordering::Relaxed);
        let statuses = load.join().unwrap();
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        assert_eq!(statuses.len(), 10_000);
        assert!(at < 10_000, "the load was over before the keys were new");
    });
    // Who logs in from now on has a ticket of the new key.
    let new = logins(&realm.login("bob"), ROTATED, 2);
    assert_eq!(statuses(serve.port, &new, &done), [200, 200]);
    serve.logged(&["event=keytab", "the old one stays"]);
}

fn serve_says(serve: &Serve, text: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !serve.log().contains(text) {
        assert!(Instant::now() < deadline, "no {text}: {}", serve.log());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What became of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It has its answer.
    Answered(u16),
    /// Nobody listened any more.
    NotTaken,
}

/// Sends these logins over connections that stay as long as the daemon wants, until nobody listens any more.
fn until_nobody_listens(port: u16, logins: &[String], done: &AtomicUsize) -> Vec<Fate> {
    shared_out(logins, THREADS, |logins| {
        let (mut fates, mut connection) = (Vec::new(), None);
        for login in logins {
            let opened = connection.take().map_or_else(|| Connection::open(port), Ok);
            let mut open: Connection = match opened {
                Ok(open) => open,
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
                    fates.push(Fate::NotTaken);
                    return fates;
                }
            };
            let head = open.ask(HOST, "/auth", std::slice::from_ref(login));
            let head = head.unwrap_or_else(|error| panic!("cut off: {error}"));
            done.fetch_add(1, Ordering::Relaxed);
            fates.push(Fate::Answered(head.status));
            connection = (!head.is_last()).then_some(open);
        }
        fates
    })
}

#[test]
fn nobody_is_cut_off_when_the_daemon_is_told_to_end() {
    let Some(realm) = realm() else { return };
    let mut serve = Serve::start(&realm.keytab(SERVICE), "[log]\nverdicts = \"refused\"");
    let logins = logins(&realm.login("alice"), SERVICE, 20_000);
    let done = AtomicUsize::new(0);
    let fates = std::thread::scope(|scope| {
        let load = scope.spawn(|| until_nobody_listens(serve.port, &logins, &done));
        while done.load(Ordering::Relaxed) < 500 {
            std::thread::sleep(Duration::from_millis(1));
        }
        serve.signal("TERM");
        load.join().unwrap()
    });
    let refused = fates.iter().filter(|fate| **fate == Fate::NotTaken).count();
    let answered = fates
        .iter()
        .filter(|fate| **fate == Fate::Answered(200))
        .count();
    assert_eq!(answered + refused, fates.len(), "{fates:?}");
    assert!(
        answered > 500 && refused > 0,
        "{answered} answered, {refused} refused"
    );
    serve.logged(&["event=gone", "everybody was answered"]);
}

#[test]
fn a_session_ends_with_its_ticket_of_sixty_seconds() {
    let Some(realm) = realm() else { return };
    let keys = realm.path("session.keys");
    let sessions = format!("[sessions]\nkey_file = {keys:?}\ndanger_without_tls = true\n");
    let serve = Serve::start(&realm.keytab(SERVICE), &sessions);
    let alice = realm.login("alice");
    let mut kinit = alice.command("/usr/bin/kinit");
    let begun = Instant::now();
    run(kinit
        .args(["-l", "60s", "-k", "-t"])
        .arg(alice.keytab())
        .arg("alice"));
    let login = logins(&alice, SERVICE, 1).remove(0);
    let mut connection = Connection::open(serve.port).unwrap();
    let mut ask = |field: String| connection.ask(HOST, "/auth", &[field]).unwrap();

    let head = ask(login);
    assert_eq!(head.status, 200);
    let cookie = head.field("set-cookie").expect("a session").to_owned();
    let (cookie, attributes) = cookie.split_once(';').expect("attributes");
    assert!(attributes.contains("HttpOnly"), "{attributes}");
    let cookie = format!("Cookie: {cookie}");
    while begun.elapsed() < Duration::from_secs(50) {
        let head = ask(cookie.clone());
        assert_eq!(head.status, 200, "after {:?}", begun.elapsed());
        assert_eq!(head.field("remote-user"), Some("alice@EXAMPLE.TEST"));
        std::thread::sleep(Duration::from_secs(5));
    }
    std::thread::sleep(Duration::from_secs(62).saturating_sub(begun.elapsed()));
    let head = ask(cookie);
    assert_eq!(head.status, 401);
    assert_eq!(head.field("remote-user"), None);
}
