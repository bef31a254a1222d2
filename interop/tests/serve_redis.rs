//! Two daemons of one site, which share their memory of tokens in a real Redis.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use portcullis_interop::initiator::{Asking, tokens};
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::redis::RedisServer;
use portcullis_interop::web::load::{Connection, Head, negotiate};
use portcullis_interop::web::serve::Serve;

const SERVICE: &str = "HTTP/e18.example.test";
const HOST: &str = "e18.example.test";
const TOKENS: usize = 10_000;

/// So long after its start Redis counts for nobody who may have come before it.
const YOUNG: Duration = Duration::from_secs(4);

struct Site {
    realm: MitRealm,
    redis: RedisServer,
    nodes: [Serve; 2],
}

fn site() -> Option<Site> {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI, Peer::REDIS]) || !built(&binary()) {
        return None;
    }
    let (realm, redis) = (MitRealm::start(), RedisServer::start(&[]));
    let nodes = [(); 2].map(|()| {
        let shared = format!("[replay]\nredis = {:?}\n", redis.address());
        Serve::start(
            &realm.keytab(SERVICE),
            &format!("{shared}[log]\nverdicts = \"refused\""),
        )
    });
    std::thread::sleep(YOUNG);
    Some(Site {
        realm,
        redis,
        nodes,
    })
}

fn logins(realm: &MitRealm, count: usize) -> Vec<String> {
    let tokens = tokens(&realm.login("alice"), SERVICE, &Asking::spnego(), count);
    tokens.iter().map(|token| negotiate(token)).collect()
}

fn ask(connection: &mut Connection, login: &String) -> Head {
    let head = connection.ask(HOST, "/auth", std::slice::from_ref(login));
    head.expect("an answer")
}

#[test]
fn of_two_daemons_that_get_each_of_ten_thousand_logins_at_once_exactly_one_lets_in() {
    let Some(site) = site() else { return };
    let logins = logins(&site.realm, TOKENS);
    // As many pairs of connections as can be busy, each with a share of the tokens.
    let together = [(); 4].map(|()| Barrier::new(2));
    let (logins, together) = (&logins, &together);
    let statuses = |port: u16, share: usize| {
        let mut connection = Connection::open(port).unwrap();
        let mut one = |login| {
            together[share].wait();
            ask(&mut connection, login).status
        };
        let mine = logins.iter().skip(share).step_by(4);
        mine.map(&mut one).collect::<Vec<_>>()
    };
    let statuses = &statuses;
    let both: Vec<(u16, u16)> = std::thread::scope(|scope| {
        let ports = site.nodes.each_ref().map(|node| node.port);
        let shares: Vec<_> = (0..4)
            .map(|share| ports.map(|port| scope.spawn(move || statuses(port, share))))
            .collect();
        let pairs = shares
            .into_iter()
            .flat_map(|[one, other]| one.join().unwrap().into_iter().zip(other.join().unwrap()));
        pairs.collect()
    });
    assert_eq!(both.len(), TOKENS);
    let wrong: Vec<_> = both
        .iter()
        .filter(|pair| !matches!(pair, (200, 401) | (401, 200)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let first = both.iter().filter(|(one, _)| *one == 200).count();
    println!("{first} of {TOKENS} were let in by the first");
}

#[test]
fn without_redis_everybody_gets_503_and_when_it_is_back_they_are_let_in_again() {
    let Some(mut site) = site() else { return };
    let [one, two] = site
        .nodes
        .each_ref()
        .map(|node| Connection::open(node.port));
    let (mut one, mut two) = (one.unwrap(), two.unwrap());
    let old = logins(&site.realm, 2);
    assert_eq!(ask(&mut one, &old[0]).status, 200);

    site.redis.kill();
    for _ in 0..2 {
        let head = ask(&mut one, &old[1]);
        assert_eq!(head.status, 503, "{head:?}");
        assert!(head.field("remote-user").is_none());
    }
    let address = site.redis.address();
    let line = site.nodes[0].logged(&["event=verdict", "outcome=failed", "Redis", &address]);
    assert!(line.contains("level=error"), "{line}");

    site.redis.restart();
    let begun = Instant::now();
    let back = loop {
        let login = logins(&site.realm, 1).remove(0);
        match ask(&mut one, &login).status {
            200 => break login,
            status => assert!(matches!(status, 401 | 503), "{status}"),
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "it does not recover"
        );
        std::thread::sleep(Duration::from_millis(200));
    };
    // It has forgotten everybody, and nobody of before gets in again: it may have known them. What it
    // does know is a replay.
    assert_eq!(ask(&mut two, &back).status, 401);
    for login in &old {
        let head = ask(&mut two, login);
        assert_eq!(head.status, 503, "{head:?}");
        let wait: u32 = head.field("retry-after").unwrap().parse().unwrap();
        assert!((1..300).contains(&wait), "{wait}");
        assert_eq!(ask(&mut two, login).status, 401);
    }
    site.nodes[1].logged(&[
        "kind=replay-cache",
        "may have lost its record",
        "just started",
    ]);
}
