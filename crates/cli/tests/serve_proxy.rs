//! `portcullis serve` as the proxy itself: the application learns who the client is.
#![cfg(target_os = "linux")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod application;
mod daemon;
mod program;

use application::{answer, application, head};
use core::time::Duration;
use daemon::{Answer, Daemon, Realm};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::time::Instant;

fn daemon(realm: &Realm, more: &str) -> Daemon {
    let upstream = application();
    Daemon::start(
        &realm.keytab(),
        &format!("[proxy]\nupstream = 'http://{upstream}'\n{more}"),
    )
}

#[test]
fn the_application_learns_who_the_client_is() {
    let realm = Realm::new();
    let daemon = daemon(&realm, "");
    let field = realm.authorization("alice");

    let fields = [
        &field,
        "Remote-User: admin",
        "REMOTE_USER: admin",
        "Remote-Groups: admin",
        "X-Forwarded-For: admin",
        "Connection: Remote-User, Remote_Name",
        "Cookie: a=1",
    ];
    let answer = daemon.get("/a%20b?c=d", &fields);

    assert_eq!(answer.status, 203, "{answer:?}");
    let asked = &answer.body;
    assert!(asked.starts_with("GET /a%20b?c=d HTTP/1.1\r\n"), "{asked}");
    for part in [
        "remote-user: alice@EXAMPLE.TEST\r\n",
        "host: localhost\r\n",
        "x-forwarded-for: 127.0.0.1\r\n",
        "x-forwarded-proto: http\r\n",
        "x-forwarded-host: localhost\r\n",
        "cookie: a=1\r\n",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    assert!(
        !asked.contains("admin") && !asked.contains("authorization"),
        "{asked}"
    );
    assert_eq!(answer.field("x-of-app"), Some("1"));
    assert_eq!(answer.field("x-near"), None);
    assert_eq!(answer.field("keep-alive"), None);
    let challenges: Vec<_> = answer
        .fields
        .iter()
        .filter(|(name, _)| name == "www-authenticate")
        .collect();
    assert_eq!(challenges.len(), 2, "{answer:?}");
    daemon.logged(&["outcome=accepted", "status=203", "path=/a%20b "]);
}

#[test]
fn nobody_else_reaches_it() {
    let realm = Realm::new();
    let daemon = daemon(&realm, "[authorize]\nusers = ['bob@EXAMPLE.TEST']");

    for path in ["/", "/auth", "/healthz", "/metrics"] {
        let answer = daemon.get(path, &[]);
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.field("x-of-app"), None);
    }
    let answer = daemon.get("/", &[&realm.authorization("alice")]);
    assert_eq!((answer.status, answer.field("x-of-app")), (403, None));
    assert_eq!(daemon.get("/", &[&realm.authorization("bob")]).status, 203);
    assert_eq!(
        daemon
            .request("CONNECT a:80", &[&realm.authorization("bob")], "")
            .status,
        405
    );
}

/// What a browser asks before a page of another site may ask.
const PREFLIGHT: [&str; 2] = [
    "Origin: https://other.example.test",
    "Access-Control-Request-Method: PUT",
];

#[test]
fn the_application_is_asked_by_nobody_whether_another_sites_page_may_ask() {
    let realm = Realm::new();
    let switched_on = daemon(
        &realm,
        "[cors]\npreflight = true\n[authorize]\nusers = ['bob@EXAMPLE.TEST']",
    );
    let claims = ["Remote-User: admin", "REMOTE_GROUPS: admin"];
    let fields = [&PREFLIGHT[..], &claims].concat();
    let answer = switched_on.request("OPTIONS /api", &fields, "");
    assert_eq!((answer.status, answer.field("x-of-app")), (203, Some("1")));
    let asked = &answer.body;
    assert!(asked.starts_with("OPTIONS /api HTTP/1.1\r\n"), "{asked}");
    for part in [
        "remote-user: \r\n",
        "remote-groups: \r\n",
        "origin: https://other",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    assert!(!asked.contains("admin"), "{asked}");
    switched_on.logged(&[
        "outcome=preflight",
        "status=203",
        "method=OPTIONS",
        "path=/api",
    ]);

    let token = realm.authorization("alice");
    let with_token = [&PREFLIGHT[..], &[&token]].concat();
    for (line, fields, status) in [
        ("GET /api", &PREFLIGHT[..], 401),
        ("PUT /api", &PREFLIGHT, 401),
        ("OPTIONS /api", &PREFLIGHT[..1], 401),
        ("OPTIONS /api", &with_token, 403),
    ] {
        let answer = switched_on.request(line, fields, "");
        assert_eq!(
            (answer.status, answer.field("x-of-app")),
            (status, None),
            "{line}"
        );
    }

    let answer = daemon(&realm, "").request("OPTIONS /api", &PREFLIGHT, "");
    assert_eq!((answer.status, answer.field("x-of-app")), (401, None));
}

#[test]
fn an_application_of_http_1_0_is_answered_for_in_http_1_1() {
    let realm = Realm::new();
    let daemon = daemon(&realm, "");
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    let field = realm.authorization("alice");
    let request = format!("GET /old HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 203 "), "{line}");
}

#[test]
fn bodies_go_through() {
    let realm = Realm::new();
    let daemon = daemon(&realm, "");
    let body = "x".repeat(3_000_000);

    let answer = daemon.request("POST /a", &[&realm.authorization("alice")], &body);

    assert!(answer.body.ends_with("3000000 octets"), "{}", answer.status);
}

#[test]
fn a_connection_becomes_a_web_socket() {
    let realm = Realm::new();
    let daemon = daemon(&realm, "");
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    let field = realm.authorization("alice");
    let request = format!(
        "GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{field}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let answered = head(&mut reader).to_ascii_lowercase();
    assert!(answered.starts_with("http/1.1 101 "), "{answered}");
    assert!(answered.contains("upgrade: websocket\r\n"), "{answered}");
    assert!(answered.contains("connection: upgrade\r\n"), "{answered}");

    stream.write_all(b"hello\n").unwrap();
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "truehello\n");
}

/// In h2c a client would go on to ask the application, past us, as whoever it likes.
#[test]
fn a_connection_becomes_nothing_else() {
    let realm = Realm::new();
    let daemon = daemon(&realm, "");
    for (method, fields) in [
        (
            "GET",
            &["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c"][..],
        ),
        ("GET", &["Connection: Upgrade", "Upgrade: websocket, h2c"]),
        (
            "GET",
            &["Connection: Upgrade", "Upgrade: h2c", "Upgrade: websocket"],
        ),
        ("GET", &["Upgrade: websocket"]),
        ("POST", &["Connection: Upgrade", "Upgrade: websocket"]),
    ] {
        let ask = |path: &str| {
            let mut all = vec!["HTTP2-Settings: AAMAAABkAAQAAP__"];
            all.extend(fields);
            let field = realm.authorization("alice");
            all.push(&field);
            daemon.request(&format!("{method} {path}"), &all, "")
        };
        let asked = ask("/a").body;
        assert!(
            !asked.contains("upgrade") && !asked.contains("http2-settings"),
            "{asked}"
        );
        // This application does what nobody asked for.
        assert_eq!(ask("/upgrade").status, 502, "{fields:?}");
    }
    daemon.logged(&["event=upstream", "it switches protocols unasked"]);
}

#[test]
fn the_application_does_not_see_our_cookies() {
    let realm = Realm::new();
    let keys = program::directory().join("session.keys");
    let sessions = format!(
        "[sessions]\nkey_file = '{}'\ndanger_without_tls = true",
        keys.display()
    );
    let daemon = daemon(&realm, &sessions);
    let first = daemon.get("/", &[&realm.authorization("alice")]);
    let cookie = first.field("set-cookie").unwrap();
    let cookie = format!("Cookie: a=1; {}", cookie.split(';').next().unwrap());

    let asked = daemon.get("/", &[&cookie]);

    assert_eq!(asked.status, 203, "{asked:?}");
    assert!(asked.body.contains("cookie: a=1\r\n"), "{asked:?}");
    assert!(!asked.body.contains("portcullis-session"), "{asked:?}");
}

/// RFC 9112 §3.2.2: what the target says is what the application has to see, and sessions are of.
#[test]
fn the_host_is_named_once() {
    let realm = Realm::new();
    let daemon = daemon(&realm, "");
    let ask = |target: &str| {
        let field = realm.authorization("alice");
        daemon.request(&format!("GET {target}"), &[&field], "")
    };

    let asked = ask("http://localhost/a");
    assert_eq!(asked.status, 203, "{asked:?}");
    assert!(asked.body.starts_with("GET /a HTTP/1.1\r\n"), "{asked:?}");
    assert!(asked.body.contains("host: localhost\r\n"), "{asked:?}");
    for other in [
        "http://b/a",
        "http://localhost:81/a",
        "http://u@localhost/a",
    ] {
        let answer = ask(other);
        assert_eq!(answer.status, 400, "{other}");
        assert_eq!(answer.body, "the host is named in two ways\n");
    }
    assert_eq!(daemon.get("/", &["Host: b"]).status, 400);
}

#[test]
fn who_uploads_slowly_is_waited_for() {
    let realm = Realm::new();
    let daemon = daemon(&realm, "timeout = 1");
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    let request = format!(
        "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n{}\r\n\r\n",
        realm.authorization("alice")
    );
    stream.write_all(request.as_bytes()).unwrap();
    for _ in 0..4 {
        std::thread::sleep(Duration::from_millis(500));
        stream.write_all(b"x").unwrap();
    }
    let answer = Answer::read(&mut stream);
    assert_eq!(answer.status, 203, "{answer:?}");
    assert!(answer.body.ends_with("4 octets"), "{answer:?}");
}

#[test]
fn who_stops_uploading_is_not() {
    let realm = Realm::new();
    let daemon = daemon(&realm, "timeout = 1");
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    let request = format!(
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n{}\r\n\r\nx",
        realm.authorization("alice")
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    assert!(head(&mut reader).starts_with("HTTP/1.1 504 "));
}

#[test]
fn an_application_that_is_away_has_a_reference() {
    let realm = Realm::new();
    let nowhere = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let daemon = Daemon::start(
        &realm.keytab(),
        &format!("[proxy]\nupstream = 'http://{nowhere}'"),
    );

    let answer = daemon.get("/", &[&realm.authorization("alice")]);

    assert_eq!(answer.status, 502);
    let id = answer
        .body
        .split("reference ")
        .nth(1)
        .unwrap()
        .split(')')
        .next()
        .unwrap();
    daemon.logged(&[
        "event=upstream",
        "level=error",
        &format!("id={id}"),
        "refused",
    ]);
    daemon.logged(&[
        "event=verdict",
        "outcome=accepted",
        &format!("id={id}"),
        "status=502",
    ]);
}

#[test]
fn an_application_that_is_silent_is_not_waited_for() {
    let realm = Realm::new();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = silent.local_addr().unwrap();
    let more = format!("[proxy]\nupstream = 'http://{upstream}'\ntimeout = 1");
    let daemon = Daemon::start(&realm.keytab(), &more);

    assert_eq!(
        daemon.get("/", &[&realm.authorization("alice")]).status,
        504
    );
}

#[test]
fn an_application_may_be_at_a_path_and_so_may_we() {
    let realm = Realm::new();
    let directory = program::directory();
    let (app, ours) = (directory.join("app"), directory.join("ours"));
    let listener = UnixListener::bind(&app).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap());
        }
    });
    let more = format!(
        "[own]\nlisten = ['unix:{}']\n[proxy]\nupstream = 'unix:{}'",
        ours.display(),
        app.display()
    );
    // Left over by somebody who is gone.
    drop(UnixListener::bind(&ours).unwrap());
    let daemon = Daemon::start(&realm.keytab(), &more);

    assert_eq!(
        daemon.get("/", &[&realm.authorization("alice")]).status,
        203
    );
    let ask = |path: &str| {
        let mut stream = std::os::unix::net::UnixStream::connect(&ours).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        Answer::read(&mut stream)
    };
    let mode = std::fs::metadata(&ours).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o660);
    assert_eq!(ask("/healthz").body, "ok\n");
    assert_eq!(ask("/").status, 404);
}

/// Whether the kernel asks, from time to time, if the peers of all open connections that are `of` this kind are still
/// there: proc_net_tcp(5), the timer 2 behind the addresses, the state (1: open) and the queues.
fn are_asked_whether_they_are_there(of: impl Fn(&str, &str) -> bool) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = table.lines().map(|line| line.split_whitespace().collect());
    let mut open = rows
        .filter(|row: &Vec<_>| row[3] == "01" && of(row[1], row[2]))
        .peekable();
    open.peek().is_some() && open.all(|row| row[5].starts_with("02:"))
}

#[test]
fn a_peer_that_is_gone_without_a_word_is_noticed() {
    let realm = Realm::new();
    let upstream = application();
    let rules = format!("[proxy]\nupstream = 'http://{upstream}'");
    let daemon = Daemon::start(&realm.keytab(), &rules);
    let mut stream = TcpStream::connect(&daemon.address).unwrap();
    let field = realm.authorization("alice");
    let request = format!("GET /events HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    // The head of an answer that goes on for seconds.
    head(&mut BufReader::new(&stream));

    let port = |address: &str| {
        let (_, port) = address.rsplit_once(':').unwrap();
        format!(":{:04X}", port.parse::<u16>().unwrap())
    };
    let (ours, theirs) = (port(&daemon.address), port(&upstream));
    let asked = || {
        are_asked_whether_they_are_there(|local, _| local.ends_with(&ours))
            && are_asked_whether_they_are_there(|_, remote| remote.ends_with(&theirs))
    };
    let deadline = Instant::now() + Duration::from_secs(3);
    while !asked() {
        assert!(Instant::now() < deadline, "nobody is asked");
        std::thread::sleep(Duration::from_millis(50));
    }
}
