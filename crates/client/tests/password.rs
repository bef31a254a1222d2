//! Names and passwords: who gets in with them, and which KDC may say so.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

use core::cell::Cell;
use core::net::IpAddr;
use core::time::Duration;
use portcullis::error::{Blame, TicketError};
use portcullis::formats::der::{Decode as _, Encode as _};
use portcullis::formats::messages::KrbError;
use portcullis::formats::registry::ErrorCode;
use portcullis::{Acceptor, Enctype, Error, Identity};
use portcullis_client::{AttemptLimits, Client, ClientError, PasswordError, PasswordVerifier};
use portcullis_testrealm::{TestRealm, TestService};
use std::io;

const HOME: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(192, 0, 2, 7));

/// A realm with alice and a service.
fn scene() -> (TestRealm, TestService) {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice", "secret");
    let web = realm.service("HTTP/web.example.test");
    (realm, web)
}

fn verifier(web: &TestService) -> PasswordVerifier {
    PasswordVerifier::new(
        Acceptor::new(web.keytab()).unwrap(),
        web.principal().clone(),
    )
}

/// The verdict when the realm's own KDC is asked.
fn verify(
    verifier: &PasswordVerifier,
    realm: &TestRealm,
    user: &str,
    password: &str,
) -> Result<Identity, PasswordError> {
    let (kdc, now) = (realm.kdc(), realm.now());
    verifier.verify(user, password, HOME, now, &mut |_, request| {
        Ok(kdc.answer(request, now))
    })
}

#[test]
fn the_right_password_gives_the_identity_that_negotiate_gives() {
    let (realm, web) = scene();
    for user in ["alice", "alice@EXAMPLE.TEST"] {
        let identity = verify(&verifier(&web), &realm, user, "secret").unwrap();
        assert_eq!(identity.client().to_string(), "alice@EXAMPLE.TEST");
        assert_eq!(identity.service(), web.principal());
    }
}

#[test]
fn the_right_password_gives_a_token_that_nobody_has_seen() {
    let (realm, web) = scene();
    let acceptor = Acceptor::new(web.keytab()).unwrap();
    let verifier = PasswordVerifier::new(acceptor.clone(), web.principal().clone());
    let (kdc, now) = (realm.kdc(), realm.now());
    let ask = &mut |_: &str, request: &[u8]| Ok(kdc.answer(request, now));
    let (identity, token) = verifier
        .verify_for_token("alice", "secret", HOME, now, ask)
        .unwrap();
    assert_eq!(identity.client().to_string(), "alice@EXAMPLE.TEST");
    assert!(acceptor.begin().step(&token, now).is_ok());
    assert!(acceptor.begin().step(&token, now).is_err());
    assert!(
        verifier
            .verify_for_token("alice", "guess", HOME, now, ask)
            .is_err()
    );
}

#[test]
fn a_wrong_password_and_an_unknown_name_are_refused_with_the_same_words() {
    let (realm, web) = scene();
    let verifier = verifier(&web);
    for (user, password) in [("alice", "guess"), ("alice", ""), ("mallory", "secret")] {
        let refused = verify(&verifier, &realm, user, password).unwrap_err();
        assert!(matches!(refused, PasswordError::Wrong), "{refused}");
        assert_eq!(refused.blame(), Blame::Peer);
    }
}

/// CVE-2015-3206: whoever answers in the KDC's place knows the password, since he made it up.
#[test]
fn a_kdc_that_does_not_know_the_services_key_lets_nobody_in() {
    let (_, web) = scene();
    let fake = TestRealm::with_seed("EXAMPLE.TEST", &[0x66; 32]);
    fake.user_with_password("alice", "guess");
    fake.service("HTTP/web.example.test");

    let refused = verify(&verifier(&web), &fake, "alice", "guess").unwrap_err();
    let PasswordError::Unproven(rejection) = &refused else {
        panic!("{refused}")
    };
    let error = rejection.error();
    assert!(
        matches!(error, Error::Ticket(TicketError::Integrity { .. })),
        "{error:?}"
    );
    assert_eq!(refused.blame(), Blame::Configuration);
}

/// A false KDC, which has no ticket for the service at all, and hands out another's.
#[test]
fn a_ticket_for_another_service_lets_nobody_in() {
    let (realm, web) = scene();
    let other = TestRealm::with_seed("EXAMPLE.TEST", &[0x66; 32]);
    let stranger = other.service("HTTP/web.example.test");
    let acceptor = Acceptor::new(stranger.keytab()).unwrap();
    let verifier = PasswordVerifier::new(acceptor, web.principal().clone());
    let refused = verify(&verifier, &realm, "alice", "secret").unwrap_err();
    assert!(matches!(refused, PasswordError::Unproven(_)), "{refused}");
}

/// Nothing protects the name in a request for a ticket-granting ticket.
#[test]
fn an_answer_for_another_client_lets_nobody_in() {
    let (realm, web) = scene();
    realm.user_with_password("admin", "secret");
    let (kdc, now) = (realm.kdc(), realm.now());
    let refused = verifier(&web).verify("alice", "secret", HOME, now, &mut |_, request| {
        let mut octets = request.to_vec();
        let name = octets.windows(5).position(|window| window == b"alice");
        if let Some(start) = name {
            octets.splice(start..start + 5, *b"admin");
        }
        Ok(kdc.answer(&octets, now))
    });
    let refused = refused.unwrap_err();
    assert!(
        matches!(
            refused,
            PasswordError::Client(ClientError::OtherAnswer("name"))
        ),
        "{refused}"
    );
}

/// That for the ticket-granting ticket, and that for the service's ticket.
#[test]
fn a_damaged_answer_lets_nobody_in() {
    let (realm, web) = scene();
    let (kdc, now) = (realm.kdc(), realm.now());
    for damaged in 1..=2 {
        let asked = Cell::new(0);
        let refused = verifier(&web).verify("alice", "secret", HOME, now, &mut |_, request| {
            let mut answer = kdc.answer(request, now);
            if asked.replace(asked.get() + 1) == damaged {
                *answer.last_mut().unwrap() ^= 1;
            }
            Ok(answer)
        });
        assert!(refused.is_err());
        assert_eq!(asked.get(), damaged + 1);
    }
}

#[test]
fn a_kdc_that_is_not_there_is_not_the_clients_fault_and_costs_no_attempt() {
    let (realm, web) = scene();
    let verifier = verifier(&web).limits(AttemptLimits::new().per_user(1));
    for _ in 0..3 {
        let mut gone = |_: &str, _: &[u8]| Err(io::ErrorKind::NotConnected.into());
        let refused = verifier.verify("alice", "secret", HOME, realm.now(), &mut gone);
        let refused = refused.unwrap_err();
        assert!(
            matches!(refused, PasswordError::Client(ClientError::Kdc(_))),
            "{refused}"
        );
        assert_eq!(refused.blame(), Blame::Environment);
    }
    assert!(verify(&verifier, &realm, "alice", "secret").is_ok());
}

#[test]
fn what_a_kdc_says_of_an_account_is_told() {
    let (realm, web) = scene();
    let now = realm.now();
    let refused = verifier(&web).verify("alice", "secret", HOME, now, &mut |_, request| {
        let answer = realm.kdc().answer(request, now);
        let mut error = KrbError::from_der(&answer).unwrap();
        error.error_code = ErrorCode::CLIENT_REVOKED;
        Ok(error.to_der())
    });
    let refused = refused.unwrap_err();
    let text = refused.to_string();
    assert!(text.contains("KDC_ERR_CLIENT_REVOKED"), "{text}");
    assert_eq!(refused.blame(), Blame::Peer);
}

#[test]
fn names_that_are_none_and_realms_that_are_others_are_refused_unasked() {
    let (realm, web) = scene();
    let now = realm.now();
    let ask = |verifier: &PasswordVerifier, user: &str| {
        let mut never = |_: &str, _: &[u8]| panic!("asked");
        verifier.verify(user, "secret", HOME, now, &mut never)
    };
    // Names are remembered, so long ones would fill the memory.
    let long = "a".repeat(257);
    for user in ["", "@EXAMPLE.TEST", "a\0b", "a@b@c", "alice\\", &long] {
        let refused = ask(&verifier(&web), user).unwrap_err();
        assert!(
            matches!(refused, PasswordError::Name),
            "{user:?}: {refused}"
        );
    }
    for user in ["alice@OTHER.TEST", "alice@example.test"] {
        let refused = ask(&verifier(&web), user).unwrap_err();
        assert!(matches!(refused, PasswordError::Realm(_)), "{refused}");
    }
}

#[test]
fn users_of_a_trusted_realm_log_in_when_that_is_said() {
    let (home, web) = scene();
    let other = TestRealm::new("OTHER.TEST");
    other.user_with_password("carol", "secret");
    home.trust(&other);
    let verifier = verifier(&web).also_of("OTHER.TEST");
    let now = home.now();
    let identity = verifier.verify(
        "carol@OTHER.TEST",
        "secret",
        HOME,
        now,
        &mut |realm, request| {
            let kdc = match realm {
                "OTHER.TEST" => other.kdc(),
                _ => home.kdc(),
            };
            Ok(kdc.answer(request, now))
        },
    );
    assert_eq!(identity.unwrap().client().to_string(), "carol@OTHER.TEST");
}

fn wait(refused: Result<Identity, PasswordError>) -> Duration {
    match refused {
        Err(PasswordError::TooMany { wait }) => wait,
        other => panic!("{other:?}"),
    }
}

#[test]
fn after_so_many_guesses_the_right_password_has_to_wait() {
    let (realm, web) = scene();
    let verifier = verifier(&web);
    for _ in 0..5 {
        let refused = verify(&verifier, &realm, "alice", "guess").unwrap_err();
        assert!(matches!(refused, PasswordError::Wrong));
    }
    realm.advance(Duration::from_secs(60));
    let left = wait(verify(&verifier, &realm, "alice", "secret"));
    assert_eq!(left, Duration::from_secs(240));
    realm.advance(left);
    assert!(verify(&verifier, &realm, "alice", "secret").is_ok());
}

#[test]
fn successes_cost_no_attempt() {
    let (realm, web) = scene();
    let verifier = verifier(&web).limits(AttemptLimits::new().per_user(1).per_address(1));
    for _ in 0..10 {
        assert!(verify(&verifier, &realm, "alice", "secret").is_ok());
    }
}

#[test]
fn an_address_that_tries_many_names_has_to_wait() {
    let (realm, web) = scene();
    let verifier = verifier(&web).limits(AttemptLimits::new().per_address(3));
    let (kdc, now) = (realm.kdc(), realm.now());
    let try_from = |user: &str, from: &str| {
        verifier.verify(
            user,
            "guess",
            from.parse().unwrap(),
            now,
            &mut |_, request| Ok(kdc.answer(request, now)),
        )
    };
    for user in ["a", "b", "c"] {
        let refused = try_from(user, "2001:db8::1").unwrap_err();
        assert!(matches!(refused, PasswordError::Wrong));
    }
    wait(try_from("d", "2001:db8::ffff:1"));
    let elsewhere = try_from("d", "2001:db8:0:1::1").unwrap_err();
    assert!(matches!(elsewhere, PasswordError::Wrong));
    for user in ["a", "b", "c"] {
        assert!(matches!(
            try_from(user, "192.0.2.7"),
            Err(PasswordError::Wrong)
        ));
    }
    wait(try_from("e", "::ffff:192.0.2.7"));
}

#[test]
fn more_names_than_are_remembered_are_refused_until_some_are_forgotten() {
    let (realm, web) = scene();
    let limits = AttemptLimits::new().remembered(2).per_address(100);
    let verifier = verifier(&web).limits(limits);
    for user in ["a", "b"] {
        assert!(matches!(
            verify(&verifier, &realm, user, "x"),
            Err(PasswordError::Wrong)
        ));
    }
    wait(verify(&verifier, &realm, "alice", "secret"));
    realm.advance(Duration::from_secs(300));
    assert!(verify(&verifier, &realm, "alice", "secret").is_ok());
}

/// Whoever sits between says how the key is made.
#[test]
fn a_kdc_cannot_have_us_make_a_key_for_minutes_nor_a_weak_one() {
    let (realm, web) = scene();
    let (kdc, now) = (realm.kdc(), realm.now());
    for (etype, rounds) in [
        (18_u8, 0x00ff_ffff_u32),
        (18, 0),
        (18, 1),
        (18, 4095),
        (20, 4095),
        (23, 4096),
        (1, 4096),
    ] {
        let asked = Cell::new(0);
        let refused = verifier(&web).verify("alice", "secret", HOME, now, &mut |_, request| {
            asked.set(asked.get() + 1);
            let answer = kdc.answer(request, now);
            match KrbError::from_der(&answer) {
                Ok(mut error) => {
                    let hints = hints(etype, rounds);
                    error.e_data = Some(&hints);
                    Ok(error.to_der())
                }
                Err(_) => Ok(answer),
            }
        });
        assert!(
            matches!(refused, Err(PasswordError::Wrong)),
            "{etype} {rounds}"
        );
        assert_eq!(asked.get(), 1, "nothing sealed with such a key is sent");
    }
}

/// A KDC that has no other may be asked for AES of 128 bits; nobody may talk us down to it.
#[test]
fn a_kdc_cannot_have_us_make_a_key_that_we_did_not_ask_for() {
    let (realm, web) = scene();
    let (kdc, now) = (realm.kdc(), realm.now());
    for (etype, expected) in [(18, 3), (17, 1), (19, 1)] {
        let asked = Cell::new(0);
        let alice = Client::with_password("alice@EXAMPLE.TEST".parse().unwrap(), "secret");
        let mut alice = alice.enctypes([Enctype::Aes256CtsHmacSha1_96]);
        let got = alice.ticket(web.principal(), now, &mut |_, request| {
            asked.set(asked.get() + 1);
            let answer = kdc.answer(request, now);
            let Ok(mut error) = KrbError::from_der(&answer) else {
                return Ok(answer);
            };
            let hints = hints(etype, 4096);
            error.e_data = Some(&hints);
            Ok(error.to_der())
        });
        assert_eq!(
            (asked.get(), got.is_ok()),
            (expected, etype == 18),
            "{etype}"
        );
    }
}

/// An answer that was good once is none to another request.
#[test]
fn an_old_answer_lets_nobody_in() {
    let (realm, web) = scene();
    let (kdc, now) = (realm.kdc(), realm.now());
    for old in [1, 2] {
        let mut kept: Vec<Vec<u8>> = Vec::new();
        let verifier = verifier(&web);
        let first = verifier.verify("alice", "secret", HOME, now, &mut |_, request| {
            kept.push(kdc.answer(request, now));
            Ok(kept.last().unwrap().clone())
        });
        assert!(first.is_ok());
        let mut asked = 0;
        let refused = verifier.verify("alice", "secret", HOME, now, &mut |_, request| {
            let answer = match asked == old {
                true => kept.get(old).unwrap().clone(),
                false => kdc.answer(request, now),
            };
            asked += 1;
            Ok(answer)
        });
        // That for the service is sealed with a key of its own request.
        let fine = match refused.unwrap_err() {
            PasswordError::Client(ClientError::OtherAnswer("nonce")) => old == 1,
            PasswordError::Client(ClientError::Integrity) => old == 2,
            _ => false,
        };
        assert!(fine, "{old}");
    }
}

/// The client's name in the answer for the service's ticket stands in clear.
#[test]
fn a_ticket_that_is_said_to_be_another_clients_lets_nobody_in() {
    let (realm, web) = scene();
    let (kdc, now) = (realm.kdc(), realm.now());
    let mut asked = 0;
    let refused = verifier(&web).verify("alice", "secret", HOME, now, &mut |_, request| {
        let mut answer = kdc.answer(request, now);
        asked += 1;
        if asked == 3 {
            let name = answer.windows(5).position(|window| window == b"alice");
            let start = name.unwrap();
            answer.splice(start..start + 5, *b"admin");
        }
        Ok(answer)
    });
    let refused = refused.unwrap_err();
    assert!(
        matches!(
            refused,
            PasswordError::Client(ClientError::OtherAnswer("client"))
        ),
        "{refused}"
    );
}

/// A KDC that takes nothing for anonymous would let everybody in.
#[test]
fn no_kdc_is_asked_about_an_empty_password() {
    let (realm, web) = scene();
    let mut never = |_: &str, _: &[u8]| panic!("asked");
    let refused = verifier(&web).verify("alice", "", HOME, realm.now(), &mut never);
    assert!(matches!(refused, Err(PasswordError::Wrong)));
}

/// Who tries a name that has to wait has tried no other.
#[test]
fn an_attempt_that_a_name_has_to_wait_for_does_not_count_for_the_address() {
    let (realm, web) = scene();
    let limits = AttemptLimits::new().per_user(1).per_address(2);
    let verifier = verifier(&web).limits(limits);
    let wrong = |refused| matches!(refused, Err(PasswordError::Wrong));
    assert!(wrong(verify(&verifier, &realm, "alice", "guess")));
    for _ in 0..5 {
        wait(verify(&verifier, &realm, "alice", "guess"));
    }
    assert!(wrong(verify(&verifier, &realm, "bob", "guess")));
    wait(verify(&verifier, &realm, "carol", "guess"));
}

/// METHOD-DATA with ETYPE-INFO2 of one entry, in DER.
fn hints(etype: u8, rounds: u32) -> Vec<u8> {
    let tlv = |tag: u8, value: &[u8]| [&[tag, u8::try_from(value.len()).unwrap()], value].concat();
    let etype = tlv(0xa0, &[2, 1, etype]);
    let parameters = tlv(0xa2, &tlv(4, &rounds.to_be_bytes()));
    let info = tlv(0x30, &tlv(0x30, &[etype, parameters].concat()));
    let padata = [tlv(0xa1, &[2, 1, 19]), tlv(0xa2, &tlv(4, &info))].concat();
    tlv(0x30, &tlv(0x30, &padata))
}

#[test]
fn nothing_that_is_printed_has_the_password() {
    let (realm, web) = scene();
    let verifier = verifier(&web);
    let refused = verify(&verifier, &realm, "alice", "hunter2").unwrap_err();
    let client = Client::with_password("a@B".parse().unwrap(), "hunter2");
    assert!(!format!("{verifier:?} {refused:?} {refused} {client:?}").contains("hunter2"));
}
