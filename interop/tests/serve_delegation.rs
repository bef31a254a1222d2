//! An application behind nginx that acts for its users: it queries PostgreSQL with what they delegated to the daemon.

use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::postgresql::PostgreSql;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::web::django::Django;
use portcullis_interop::web::nginx::{Buffers, Nginx};
use portcullis_interop::web::serve::Serve;

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
