//! Acceptors on several hosts, with a real Redis between them.

use std::time::{Duration, Instant, SystemTime};

use portcullis::replay::{AsyncReplayStore, Freshness, ReplayCacheError};
use portcullis::{Acceptor, Error, Rejection, Step, UnrecordedStep};
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::redis::RedisServer;
use portcullis_store::{RedisReplayStore, RedisSettings};
use portcullis_testrealm::{TestRealm, TestService};
use tokio::runtime::Runtime;

/// One host's.
#[derive(Clone)]
struct Host {
    acceptor: Acceptor,
    store: RedisReplayStore,
}

impl Host {
    fn new(service: &TestService, settings: RedisSettings) -> Self {
        Self {
            acceptor: Acceptor::new(service.keytab()).unwrap(),
            store: RedisReplayStore::new(settings.timeout(Duration::from_secs(5))),
        }
    }

    async fn accept(&self, token: &[u8], now: SystemTime) -> Result<(), Rejection> {
        let unrecorded = match self.acceptor.begin().step_unrecorded(token, now)? {
            UnrecordedStep::Unrecorded(unrecorded) => unrecorded,
            other => panic!("{other:?}"),
        };
        let expires = unrecorded.expires();
        let step = match self.store.record(unrecorded.tag(), now, expires).await {
            Ok(freshness) => unrecorded.settle(freshness)?,
            Err(error) => return Err(unrecorded.refuse(error)),
        };
        assert!(matches!(step, Step::Complete { .. }));
        Ok(())
    }
}

fn realm() -> (TestRealm, TestService) {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    (realm, web)
}

fn runtime() -> Runtime {
    Runtime::new().unwrap()
}

fn unreachable(rejection: &Rejection) -> String {
    match rejection.error() {
        Error::ReplayCache(ReplayCacheError::Unreachable(text)) => text.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn of_two_acceptors_that_get_each_of_ten_thousand_tokens_at_once_exactly_one_accepts() {
    if !present(&[Peer::REDIS]) {
        return;
    }
    let redis = RedisServer::start(&[]);
    let (realm, web) = realm();
    let hosts = [(); 2].map(|()| Host::new(&web, RedisSettings::new(redis.address())));
    let alice = realm.user("alice");
    let runtime = runtime();
    for _ in 0..100 {
        let tokens: Vec<_> = (0..100).map(|_| alice.token_for(&web).build()).collect();
        let accepts = tokens.iter().flat_map(|token| {
            hosts.each_ref().map(|host| {
                let (host, token, now) = (host.clone(), token.token().to_vec(), realm.now());
                runtime.spawn(async move { host.accept(&token, now).await })
            })
        });
        let accepts: Vec<_> = accepts.collect();
        let verdicts: Vec<_> = accepts
            .into_iter()
            .map(|accept| runtime.block_on(accept).unwrap())
            .collect();
        for both in verdicts.chunks(2) {
            let accepted = both.iter().filter(|verdict| verdict.is_ok()).count();
            let replayed = both.iter().filter_map(|verdict| verdict.as_ref().err());
            let replayed = replayed.filter(|no| matches!(no.error(), Error::Replayed { .. }));
            assert_eq!((accepted, replayed.count()), (1, 1), "{both:?}");
        }
    }
}

#[test]
fn without_redis_nobody_is_let_in_and_when_it_is_back_they_are_again() {
    if !present(&[Peer::REDIS]) {
        return;
    }
    let mut redis = RedisServer::start(&[]);
    let (realm, web) = realm();
    let host = Host::new(&web, RedisSettings::new(redis.address()));
    let alice = realm.user("alice");
    let runtime = runtime();
    let old = alice.token_for(&web).build();
    let accept = |token: &[u8]| runtime.block_on(host.accept(token, realm.now()));
    accept(old.token()).unwrap();

    redis.kill();
    for _ in 0..2 {
        let rejection = accept(alice.token_for(&web).build().token()).unwrap_err();
        let text = unreachable(&rejection);
        let start = format!("Redis at {}: ", redis.address());
        assert!(text.starts_with(&start), "{text}");
        assert!(
            text.contains("Connection refused") || text.contains("connection closed"),
            "{text}"
        );
    }

    redis.restart();
    let start = Instant::now();
    realm.advance(Duration::from_secs(60));
    accept(alice.token_for(&web).build().token()).unwrap();
    // Its record is lost, and it still counts by its time.
    let rejection = accept(old.token()).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(50));
    let Error::ReplayCache(ReplayCacheError::TooYoung { .. }) = rejection.error() else {
        panic!("{}", rejection.error());
    };
}

#[test]
fn a_redis_that_evicts_is_refused() {
    if !present(&[Peer::REDIS]) {
        return;
    }
    let (realm, web) = realm();
    let token = realm.user("alice").token_for(&web).build();
    let accept = |options: &[&str]| {
        let redis = RedisServer::start(options);
        let host = Host::new(&web, RedisSettings::new(redis.address()));
        runtime().block_on(host.accept(token.token(), realm.now()))
    };
    let bounded = ["--maxmemory", "10mb", "--maxmemory-policy"];

    let rejection = accept(&[&bounded[..], &["volatile-lru"]].concat()).unwrap_err();
    let text = unreachable(&rejection);
    assert!(text.contains("maxmemory-policy is volatile-lru"), "{text}");
    assert!(accept(&[&bounded[..], &["noeviction"]].concat()).is_ok());
}

#[test]
fn a_redis_that_has_no_room_left_lets_nobody_in() {
    if !present(&[Peer::REDIS]) {
        return;
    }
    let redis = RedisServer::start(&["--maxmemory", "1", "--maxmemory-policy", "noeviction"]);
    let (realm, web) = realm();
    let host = Host::new(&web, RedisSettings::new(redis.address()));
    let token = realm.user("alice").token_for(&web).build();
    let rejection = runtime()
        .block_on(host.accept(token.token(), realm.now()))
        .unwrap_err();
    let text = unreachable(&rejection);
    assert!(text.contains("OOM command not allowed"), "{text}");
}

#[test]
fn a_password_a_database_and_a_socket_are_used() {
    if !present(&[Peer::REDIS]) {
        return;
    }
    let redis = RedisServer::start(&["--requirepass", "secret"]);
    let socket = redis.socket().display().to_string();
    let (realm, web) = realm();
    let token = realm.user("alice").token_for(&web).build();
    let runtime = runtime();
    let store = |settings: RedisSettings| {
        let host = Host::new(&web, settings);
        runtime.block_on(host.accept(token.token(), realm.now()))
    };
    for (settings, reason) in [
        (RedisSettings::new(&socket), "NOAUTH"),
        (RedisSettings::new(&socket).password("wrong"), "WRONGPASS"),
        (
            RedisSettings::new(&socket).password("secret").database(99),
            "DB index",
        ),
    ] {
        let text = unreachable(&store(settings).unwrap_err());
        assert!(text.contains(reason), "{text}");
    }
    let settings = || RedisSettings::new(&socket).password("secret").database(3);
    assert!(store(settings()).is_ok());
    assert!(store(settings()).is_err(), "the same record");
    assert!(store(settings().username("default").prefix("other:")).is_ok());
}

#[test]
fn a_record_goes_when_its_time_is_over() {
    if !present(&[Peer::REDIS]) {
        return;
    }
    let redis = RedisServer::start(&[]);
    let store =
        RedisReplayStore::new(RedisSettings::new(redis.address()).clock_skew(Duration::ZERO));
    let tag = portcullis::replay::ReplayTag::of_tail(&[7; 12], 12).unwrap();
    runtime().block_on(async {
        store.ping().await.unwrap();
        let now = SystemTime::now();
        let expires = now + Duration::from_millis(1100);
        assert_eq!(store.record(&tag, now, expires).await, Ok(Freshness::Fresh));
        assert_eq!(
            store.record(&tag, now, expires).await,
            Ok(Freshness::Replayed)
        );
        let deadline = Instant::now() + Duration::from_secs(20);
        while store.record(&tag, now, expires).await != Ok(Freshness::Fresh) {
            assert!(Instant::now() < deadline, "it stays");
            std::thread::sleep(Duration::from_millis(100));
        }
    });
}
