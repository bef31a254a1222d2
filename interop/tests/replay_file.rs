//! A replay cache in a file that MIT krb5 uses at the same time: who comes second refuses, and each finds the other's
//! records.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use portcullis::{Acceptor, Error, Keytab, WeakEnctype};
use portcullis_interop::initiator::{Asking, Initiator};
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::realm::{ENCTYPES, MitRealm};
use portcullis_store::File2ReplayCache;

/// What the realm's krb5.conf leaves as it is.
const SKEW: Duration = Duration::from_secs(300);

/// The realm, the file, and MIT with it.
fn shared() -> Option<(MitRealm, PathBuf, MitAcceptor)> {
    present(&[Peer::MIT, Peer::PYTHON_GSSAPI]).then(|| {
        let realm = MitRealm::start();
        let path = realm.path("shared.rcache2");
        let mit = MitAcceptor::with_replay_cache(&realm, &format!("file2:{}", path.display()));
        (realm, path, mit)
    })
}

fn ours(keytab: &Path, cache: &Path) -> Acceptor {
    let keytab = Keytab::parse(std::fs::read(keytab).unwrap()).unwrap();
    let cache = Arc::new(File2ReplayCache::open(cache, SKEW).unwrap());
    let builder = Acceptor::builder(keytab).replay_cache(cache);
    let builder = builder.danger_allow(WeakEnctype::Rc4Hmac);
    builder.build().unwrap()
}

#[test]
fn mit_and_we_refuse_each_others_replays_for_every_enctype() {
    let Some((realm, path, mut mit)) = shared() else {
        return;
    };
    let alice = realm.login("alice");
    for (number, _) in ENCTYPES {
        let service = format!("HTTP/b{number}.example.test");
        let keytab = realm.keytab(&service);
        let acceptor = ours(&keytab, &path);
        let token = || Initiator::start(&alice, &service, &Asking::krb5()).token;
        let now = SystemTime::now;

        let first_to_us = token();
        let verdict = acceptor.begin().step(&first_to_us, now());
        assert!(verdict.is_ok(), "{service}: {verdict:?}");
        let opinion = mit.accept(&keytab, &[&first_to_us]);
        assert_eq!(opinion.verdict, "rejected", "{service}");
        let error = opinion.error.unwrap_or_default();
        assert!(error.contains("replay"), "{service}: {error}");

        let first_to_mit = token();
        let opinion = mit.accept(&keytab, &[&first_to_mit]);
        assert_eq!(opinion.verdict, "accepted", "{service}: {opinion:?}");
        let rejection = acceptor.begin().step(&first_to_mit, now()).unwrap_err();
        let error = rejection.error();
        assert!(
            matches!(error, Error::Replayed { .. }),
            "{service}: {error}"
        );
    }
}

/// Both at once, so that the lock decides: each token is accepted by exactly one.
#[test]
fn of_mit_and_us_at_once_exactly_one_accepts() {
    let Some((realm, path, mut mit)) = shared() else {
        return;
    };
    let service = "HTTP/e18.example.test";
    let keytab = realm.keytab(service);
    let acceptor = ours(&keytab, &path);
    let alice = realm.login("alice");
    let tokens: Vec<_> = (0..30)
        .map(|_| Initiator::start(&alice, service, &Asking::krb5()).token)
        .collect();
    for token in &tokens {
        let (theirs, ours) = std::thread::scope(|scope| {
            let theirs = scope.spawn(|| mit.accept(&keytab, &[token]).verdict);
            let ours = acceptor.begin().step(token, SystemTime::now());
            (theirs.join().unwrap() == "accepted", ours.is_ok())
        });
        assert!(theirs != ours, "MIT accepts: {theirs}, we accept: {ours}");
    }
}
