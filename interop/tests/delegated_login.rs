//! A web server that acts for its users: a client delegates its credential with its login, the server writes it to a
//! file, and psql gets into a real PostgreSQL with it, as that user and as nobody else.

use std::time::SystemTime;

use portcullis::{Acceptor, Identity, Keytab, Step};
use portcullis_interop::heimdal::HeimdalRealm;
use portcullis_interop::http::Server;
use portcullis_interop::initiator::{Asking, JavaInitiator};
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::postgresql::PostgreSql;
use portcullis_interop::process::said;
use portcullis_interop::realm::MitRealm;
use portcullis_store::{CacheDirectory, CacheFile, CacheName};

const SERVICE: &str = "HTTP/e18.example.test";
const HOST: &str = "e18.example.test";
const CURL: [&str; 5] = ["--negotiate", "-u", ":", "--delegation", "always"];

/// What the web server learns of a login.
fn accept(realm: &MitRealm, token: &[u8]) -> Identity {
    let keytab = Keytab::parse(std::fs::read(realm.keytab(SERVICE)).unwrap()).unwrap();
    let acceptor = Acceptor::builder(keytab).keep_delegated_credentials();
    let outcome = acceptor
        .build()
        .unwrap()
        .begin()
        .step(token, SystemTime::now());
    match outcome {
        Ok(Step::Complete { context, .. }) => context.into_identity(),
        other => panic!("{other:?}"),
    }
}

/// The file that the web server writes for a client of its.
fn store(directory: &CacheDirectory, identity: &Identity) -> CacheFile {
    let credential = identity.delegated().expect("a delegated credential");
    assert_eq!(credential.client(), identity.client());
    let name = CacheName::of(identity.client()).unwrap();
    directory
        .write_unique(&name, credential)
        .unwrap()
        .unlink_on_drop()
}

/// psql as the web server runs it for a client: it knows nothing but the file.
fn logs_in_as_alice_alone(database: &PostgreSql, server: &Login<'_>, cache: &CacheFile) {
    for mode in ["gssencmode=disable", "gssencmode=require"] {
        let psql = |user, query| database.psql(server, &cache.krb5ccname(), user, mode, query);
        let who = psql(
            "alice",
            "select current_user, gss_authenticated, principal from pg_stat_gssapi where pid = pg_backend_pid()",
        );
        assert_eq!(said(&who), "alice|t|alice@EXAMPLE.TEST\n", "{mode}");
        let as_bob = psql("bob", "select 1");
        assert!(!as_bob.status.success(), "{mode}");
        assert!(
            said(&as_bob).contains("GSSAPI authentication failed for user \"bob\""),
            "{}",
            said(&as_bob)
        );
    }
}

#[test]
fn what_curl_delegates_logs_psql_in_as_that_user_and_as_no_other() {
    if !present(&[Peer::MIT, Peer::CURL, Peer::PSQL, Peer::POSTGRESQL]) {
        return;
    }
    let realm = MitRealm::start();
    let database = PostgreSql::start(&realm, SERVICE);
    let caches = tempfile::tempdir().unwrap();
    let caches = CacheDirectory::open(caches.path()).unwrap();
    let (alice, bob) = (realm.login("alice"), realm.login("bob"));

    let (web, tokens) = Server::recorder();
    let (answer, log) = web.curl_with(&alice, HOST, &CURL);
    assert_eq!(answer.status, 200, "{log}");
    let identity = accept(&realm, &tokens.recv().unwrap());
    let cache = store(&caches, &identity);
    logs_in_as_alice_alone(&database, &bob, &cache);

    // Without delegation there is nothing to write, and without the file psql gets nowhere.
    let (answer, log) = web.curl(&alice, HOST);
    assert_eq!(answer.status, 200, "{log}");
    assert!(
        accept(&realm, &tokens.recv().unwrap())
            .delegated()
            .is_none()
    );
    let gone = cache.krb5ccname();
    drop(cache);
    let output = database.psql(&bob, &gone, "alice", "", "select 1");
    assert!(!output.status.success(), "{}", said(&output));
}

/// What these initiators delegate, each in its own way, is as good as curl's.
fn logs_psql_in(token: impl Fn(&Login<'_>) -> Vec<u8>) {
    let realm = MitRealm::start();
    let database = PostgreSql::start(&realm, SERVICE);
    let caches = tempfile::tempdir().unwrap();
    let caches = CacheDirectory::open(caches.path()).unwrap();
    let (alice, bob) = (realm.login("alice"), realm.login("bob"));
    let cache = store(&caches, &accept(&realm, &token(&alice)));
    logs_in_as_alice_alone(&database, &bob, &cache);
}

#[test]
fn what_java_delegates_does_the_same() {
    if present(&[Peer::MIT, Peer::JAVA, Peer::PSQL, Peer::POSTGRESQL]) {
        logs_psql_in(|alice| JavaInitiator::delegating(alice, "spnego", SERVICE).token);
    }
}

#[test]
fn what_heimdal_delegates_does_the_same() {
    if present(&[Peer::MIT, Peer::HEIMDAL, Peer::PSQL, Peer::POSTGRESQL]) {
        let asking = Asking::spnego().delegate();
        logs_psql_in(|alice| HeimdalRealm::initiator(alice, SERVICE, &asking).token);
    }
}
