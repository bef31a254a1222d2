//! The replay store in Redis, against servers that misbehave. The real one is met in `interop`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

use core::time::Duration;
use portcullis::replay::{AsyncReplayStore as _, Freshness, ReplayCacheError, ReplayTag};
use portcullis_store::{RedisReplayStore, RedisSettings};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Instant, SystemTime};

const INFO: &str = "maxmemory:0\r\nmaxmemory_policy:noeviction\r\nuptime_in_seconds:1000\r\n";
const SKEW: Duration = Duration::from_secs(300);
const SECOND: Duration = Duration::from_secs(1);

/// What a server does with a connection.
type Play = fn(&mut TcpStream);

/// A server that meets one connection after the other as `plays` say, in order.
fn server(plays: Vec<Play>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for play in plays {
            let (mut stream, _) = listener.accept().unwrap();
            play(&mut stream);
        }
    });
    address
}

/// Whatever has come.
fn hear(stream: &mut TcpStream) -> String {
    let mut octets = [0; 4096];
    let length = stream.read(&mut octets).unwrap_or_default();
    String::from_utf8_lossy(octets.split_at(length).0).into_owned()
}

fn greet(stream: &mut TcpStream) {
    assert_eq!(hear(stream), "*1\r\n$4\r\nINFO\r\n");
    let reply = format!("${}\r\n{INFO}\r\n", INFO.len());
    stream.write_all(reply.as_bytes()).unwrap();
}

/// Greets, and answers the first question so.
macro_rules! answers {
    ($reply:expr) => {
        |stream| {
            greet(stream);
            hear(stream);
            stream.write_all($reply).unwrap();
            hear(stream);
        }
    };
}

fn store(address: &str) -> RedisReplayStore {
    RedisReplayStore::new(RedisSettings::new(address).timeout(Duration::from_millis(200)))
}

fn tag() -> ReplayTag {
    ReplayTag::of_tail(b"twelveoctets", 12).unwrap()
}

/// What `store` says of an authenticator that was just made.
async fn ask(store: &RedisReplayStore) -> Result<Freshness, ReplayCacheError> {
    ask_of(store, Duration::ZERO).await
}

/// The same of one of this age.
async fn ask_of(store: &RedisReplayStore, age: Duration) -> Result<Freshness, ReplayCacheError> {
    let now = SystemTime::now();
    store.record(&tag(), now, now - age + SKEW + SECOND).await
}

/// How a refusal reads, without the server's address.
fn reason(refused: &Result<Freshness, ReplayCacheError>) -> String {
    let text = match refused {
        Err(ReplayCacheError::Unreachable(text)) => text,
        other => panic!("{other:?}"),
    };
    let (start, reason) = text.split_once(": ").unwrap();
    assert!(start.starts_with("Redis at 127.0.0.1:"), "{text}");
    reason.to_owned()
}

#[tokio::test]
async fn the_command_is_one_atomic_act_with_a_time_to_live() {
    let address = server(vec![|stream| {
        greet(stream);
        let heard = hear(stream);
        let words: Vec<_> = heard.split("\r\n").collect();
        let fine = matches!(
            *words,
            [
                "*6",
                "$3",
                "SET",
                "$42",
                "portcullis:replay:7477656c76656f6374657473",
                "$1",
                "1",
                "$2",
                "NX",
                "$2",
                "PX",
                "$6",
                "601000",
                ""
            ]
        );
        assert!(fine, "{words:?}");
        stream.write_all(b"+OK\r\n").unwrap();
        hear(stream);
    }]);
    assert_eq!(ask(&store(&address)).await, Ok(Freshness::Fresh));
}

/// A host whose clock is behind ours by much accepts it for as long again.
#[tokio::test]
async fn a_record_stays_for_twice_the_skew_however_old_the_authenticator_is_here() {
    for age in [0, 299, 300] {
        let address = server(vec![|stream| {
            greet(stream);
            assert!(hear(stream).ends_with("PX\r\n$6\r\n601000\r\n"));
            stream.write_all(b"+OK\r\n").unwrap();
            hear(stream);
        }]);
        let fresh = ask_of(&store(&address), Duration::from_secs(age)).await;
        assert_eq!(fresh, Ok(Freshness::Fresh), "{age}");
    }
}

/// One from the future is good for longer, and its record has a margin still.
#[tokio::test]
async fn a_record_outlasts_the_authenticator_by_a_second() {
    let address = server(vec![|stream| {
        greet(stream);
        assert!(hear(stream).ends_with("PX\r\n$6\r\n701000\r\n"));
        stream.write_all(b"+OK\r\n").unwrap();
        hear(stream);
    }]);
    let (store, now) = (store(&address), SystemTime::now());
    let fresh = store.record(&tag(), now, now + 700 * SECOND).await;
    assert_eq!(fresh, Ok(Freshness::Fresh));
}

#[tokio::test]
async fn what_was_there_is_replayed() {
    let address = server(vec![answers!(b"$-1\r\n")]);
    assert_eq!(ask(&store(&address)).await, Ok(Freshness::Replayed));
}

#[tokio::test]
async fn what_is_no_answer_lets_nobody_in() {
    let cases: [(Play, &str); 5] = [
        (
            answers!(b"-READONLY You can't write\r\n"),
            "READONLY You can't write",
        ),
        (answers!(b"$2\r\nOK\r\n"), "what answers there is no Redis"),
        (answers!(b":1\r\n"), "what answers there is no Redis"),
        (
            answers!(b"HTTP/1.1 400\r\n"),
            "what answers there is no Redis",
        ),
        (answers!(b"+O"), "no answer within 200ms"),
    ];
    for (play, expected) in cases {
        let address = server(vec![play]);
        assert_eq!(reason(&ask(&store(&address)).await), expected);
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_the_answer_lets_nobody_in() {
    let address = server(vec![|stream| {
        greet(stream);
        hear(stream);
    }]);
    assert_eq!(reason(&ask(&store(&address)).await), "connection closed");
}

#[tokio::test]
async fn nobody_there_lets_nobody_in() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let reason = reason(&ask(&store(&address)).await);
    assert!(reason.starts_with("cannot connect: "), "{reason}");
}

#[tokio::test]
async fn a_server_that_never_greets_costs_the_timeout_and_no_more() {
    let address = server(vec![|stream| {
        thread::sleep(3 * SECOND);
        drop(hear(stream));
    }]);
    let start = Instant::now();
    let refused = ask(&store(&address)).await;
    assert_eq!(reason(&refused), "no answer within 200ms");
    assert!(start.elapsed() < 2 * SECOND);
}

#[tokio::test]
async fn a_server_that_refuses_us_says_why() {
    let address = server(vec![|stream| {
        let mut heard = String::new();
        while !heard.ends_with("INFO\r\n") {
            heard += &hear(stream);
        }
        assert!(
            heard.starts_with("*3\r\n$4\r\nAUTH\r\n$4\r\nuser\r\n$6\r\nsecret\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n7\r\n"),
            "{heard}"
        );
        stream.write_all(b"-WRONGPASS invalid\r\n").unwrap();
        hear(stream);
    }]);
    let settings = RedisSettings::new(address)
        .username("user")
        .password("secret")
        .database(7);
    let refused = ask(&RedisReplayStore::new(settings)).await;
    assert_eq!(reason(&refused), "WRONGPASS invalid");
}

#[tokio::test]
async fn the_next_question_connects_again() {
    let address = server(vec![
        |stream| drop(hear(stream)),
        answers!(b"+OK\r\n"),
        answers!(b"$-1\r\n"),
    ]);
    let store = store(&address);
    assert_eq!(reason(&ask(&store).await), "connection closed");
    assert_eq!(ask(&store).await, Ok(Freshness::Fresh));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_not_used_again() {
    let address = server(vec![
        |stream| {
            greet(stream);
            hear(stream);
            stream.write_all(b"+OK\r\n").unwrap();
        },
        answers!(b"$-1\r\n"),
    ]);
    let store = store(&address);
    assert_eq!(ask(&store).await, Ok(Freshness::Fresh));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(ask(&store).await, Ok(Freshness::Replayed));
}

#[tokio::test]
async fn a_late_answer_is_never_taken_for_the_answer_to_another_question() {
    let address = server(vec![
        |stream| {
            greet(stream);
            hear(stream);
            thread::sleep(Duration::from_millis(400));
            let _ = stream.write_all(b"+OK\r\n");
        },
        answers!(b"$-1\r\n"),
    ]);
    let store = store(&address);
    assert_eq!(reason(&ask(&store).await), "no answer within 200ms");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(ask(&store).await, Ok(Freshness::Replayed));
}

/// The server of these tests has been up for a thousand seconds.
#[tokio::test]
async fn an_authenticator_from_before_the_servers_start_may_have_been_forgotten() {
    for (age, expected) in [(999, 0), (1000, 0), (1002, 2), (1150, 150)] {
        let address = server(vec![answers!(b"+OK\r\n")]);
        let settings = RedisSettings::new(address).clock_skew(4 * SKEW);
        let store = RedisReplayStore::new(settings);
        let now = SystemTime::now();
        let expires = now - Duration::from_secs(age) + 4 * SKEW + SECOND;
        let too_young = match store.record(&tag(), now, expires).await {
            Ok(Freshness::Fresh) => 0.0,
            Err(ReplayCacheError::TooYoung { by }) => by.as_secs_f64(),
            other => panic!("{age}: {other:?}"),
        };
        // It got older by the moment that the answer took.
        let moment = f64::from(expected) - too_young;
        assert!((0.0..1.0).contains(&moment), "{age}: {too_young}");
    }
}

/// Whatever it has forgotten, what it knows it knows.
#[tokio::test]
async fn an_authenticator_that_is_recorded_is_replayed_however_young_the_server_is() {
    let address = server(vec![answers!(b"$-1\r\n")]);
    let store = RedisReplayStore::new(RedisSettings::new(address).clock_skew(4 * SKEW));
    let now = SystemTime::now();
    let expires = now - Duration::from_secs(1100) + 4 * SKEW + SECOND;
    let answer = store.record(&tag(), now, expires).await;
    assert_eq!(answer, Ok(Freshness::Replayed));
}

#[tokio::test]
async fn an_authenticator_that_already_expired_is_refused_unasked() {
    let store = store("127.0.0.1:1");
    let refused = ask_of(&store, SKEW + 2 * SECOND).await;
    assert_eq!(refused, Err(ReplayCacheError::Expired { ago: SECOND }));
    let ago = Duration::ZERO;
    let refused = ask_of(&store, SKEW + SECOND).await;
    assert_eq!(refused, Err(ReplayCacheError::Expired { ago }));
}

/// Each play ends when the runtime that the connection lived in does.
#[test]
fn a_store_outlives_the_runtime_that_it_was_first_asked_in() {
    let address = server(vec![answers!(b"+OK\r\n"), answers!(b"$-1\r\n")]);
    let store = store(&address);
    for expected in [Freshness::Fresh, Freshness::Replayed] {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        assert_eq!(runtime.block_on(ask(&store)), Ok(expected));
    }
}

#[test]
fn settings_do_not_print_the_password() {
    let store = RedisReplayStore::new(RedisSettings::new("a:1").password("hunter2"));
    assert!(!format!("{store:?}").contains("hunter2"));
}
