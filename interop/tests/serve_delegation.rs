//! An application behind nginx that acts for its users: it queries PostgreSQL with what they delegated to the daemon.

use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::postgresql::PostgreSql;
use portcullis_interop::process::Daemon;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::web::django::Django;
use portcullis_interop::web::nginx::{Buffers, Nginx};
use portcullis_interop::web::serve::Serve;

use std::fs::{read_dir, read_to_string};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const HOST: &str = "e18.example.test";
const SERVICE: &str = "HTTP/e18.example.test";
const NEGOTIATE: [&str; 3] = ["--negotiate", "-u", ":"];
const DELEGATE: [&str; 5] = ["--negotiate", "-u", ":", "--delegation", "always"];

#[test]
fn django_queries_postgresql_as_its_user_and_as_nobody_else() {
    let peers = [
        Peer::MIT,
        Peer::CURL,
        Peer::NGINX,
        Peer::DJANGO,
        Peer::POSTGRESQL,
    ];
    if !present(&peers) || !built(&binary()) {
        return;
    }
    let realm = MitRealm::start();
    let database = PostgreSql::start(&realm, SERVICE);
    let to_database = format!(
        "host={HOST} hostaddr=127.0.0.1 port={} dbname=postgres krbsrvname=HTTP",
        database.port
    );
    let environment = [
        ("SITE_DATABASE", to_database),
        ("KRB5_CONFIG", realm.path("krb5.conf").display().to_string()),
    ];
    let (django, caches) = (Django::with(&environment), realm.path("caches"));
    let delegation =
        format!("[delegation]\ndirectory = {caches:?}\n[headers]\nccache = \"X-Krb5-Ccache\"");
    let serve = Serve::start(&realm.keytab(SERVICE), &delegation);
    let nginx = Nginx::start(serve.port, &django.address(), Buffers::Default);
    let server = nginx.server();
    let [alice, bob, dora] = ["alice", "bob", "dora"].map(|user| realm.login(user));

    let query = |login, who: &str, how: &[&str]| {
        server
            .curl_to(login, HOST, &format!("database?as={who}"), how)
            .0
    };
    // Who delegates nothing leaves nothing to act with.
    assert_eq!(query(&alice, "alice", &NEGOTIATE).status, 502);
    for (login, who, other) in [(&alice, "alice", "bob"), (&bob, "bob", "alice")] {
        let answer = query(login, who, &DELEGATE);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body, format!("{who} {who}@EXAMPLE.TEST"));
        let answer = query(login, other, &DELEGATE);
        assert_eq!(answer.status, 502, "{}", answer.body);
        let reason = format!("GSSAPI authentication failed for user \"{other}\"");
        assert!(answer.body.contains(&reason), "{}", answer.body);
    }
    // Whoever names somebody's file gets their own, or none.
    let stolen = std::fs::read_dir(&caches).unwrap().flatten();
    for cache in stolen.map(|entry| entry.path()) {
        let spoof = format!("X-Krb5-Ccache: FILE:{}", cache.display());
        let with_it = [&NEGOTIATE[..], &["-H", &spoof]].concat();
        let answer = query(&dora, "alice", &with_it);
        assert_eq!(answer.status, 502, "{}", answer.body);
    }
}

/// Waits until `what` gives something.
fn soon<T>(what: impl Fn() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = what() {
            return found;
        }
        assert!(Instant::now() < deadline, "it does not come");
        sleep(Duration::from_millis(20));
    }
}

/// Whether somebody watches every thread of a process.
fn is_watched(pid: u32) -> bool {
    let threads = read_dir(format!("/proc/{pid}/task")).expect("a process");
    let mut statuses = threads
        .flatten()
        .map(|it| read_to_string(it.path().join("status")));
    statuses.all(|status| !status.unwrap_or_default().contains("TracerPid:\t0\n"))
}

/// What a process asks of the system from now on, of the disk alone.
fn watch(pid: u32, trace: &Path) -> Daemon {
    let mut strace = Command::new("/usr/bin/strace");
    strace.args([
        "-f",
        "-qq",
        "-e",
        "trace=fsync,fdatasync,rename,renameat,renameat2",
    ]);
    strace.arg("-o").arg(trace).args(["-p", &pid.to_string()]);
    let daemon = Daemon::start(&strace, Stdio::null());
    soon(|| is_watched(pid).then_some(()));
    daemon
}

/// Else a host that dies could keep the name and lose what is in the file.
#[test]
fn a_credential_is_on_the_disk_before_it_has_its_name() {
    if !present(&[Peer::MIT, Peer::CURL, Peer::STRACE]) || !built(&binary()) {
        return;
    }
    let realm = MitRealm::start();
    let caches = realm.path("caches");
    let delegation = format!("[delegation]\ndirectory = {caches:?}");
    let serve = Serve::start(&realm.keytab(SERVICE), &delegation);
    let trace = realm.path("trace");
    let _strace = watch(serve.pid(), &trace);
    let login = realm.login("alice");
    let (answer, log) = serve.server().curl_to(&login, HOST, "auth", &DELEGATE);
    assert_eq!(answer.status, 200, "{log}");

    let calls = soon(|| {
        let text = read_to_string(&trace).ok()?;
        text.contains("rename").then_some(text)
    });
    let place = |call: &str| calls.lines().position(|line| line.contains(call));
    let (sync, rename) = (place("sync("), place("rename"));
    assert!(calls.contains("\"alice@EXAMPLE.TEST\""), "{calls}");
    assert!(sync.is_some() && sync < rename, "{calls}");
    // One thread does both, so nothing comes between.
    let of = |line: Option<usize>| calls.lines().nth(line?)?.split(' ').next();
    assert_eq!(of(sync), of(rename), "{calls}");
}
