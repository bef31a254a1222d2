//! RFC 4120 §3.2.3, receipt of an AP-REQ: each check, at its border.
#![allow(clippy::panic, reason = "test code")]

mod scene;

use core::time::Duration;
use portcullis::error::{AuthenticatorError, TicketError};
use portcullis::formats::gss::ContextFlags;
use portcullis::formats::messages::TicketFlags;
use portcullis::formats::registry::{AuthDataType, ChecksumTypeNumber, EtypeNumber, Kvno};
use portcullis::identity::{Framing, KeySelected};
use portcullis::transited::RealmPaths;
use portcullis::{Acceptor, AcceptorBuilder, ConfigError, Enctype, Error, WeakEnctype};
use portcullis_testrealm::{Fault, TestRealm, TokenBuilder};
use scene::{Scene, WEB, alice, complete, refused, with};

const SKEW: Duration = Duration::from_secs(300);
const SECOND: Duration = Duration::from_secs(1);

/// What the ticket says is what the service learns.
#[test]
fn a_client_is_whom_the_ticket_names() {
    let scene = Scene::new();
    let flags = TicketFlags::FORWARDABLE | TicketFlags::PRE_AUTHENT;
    let login = scene.realm.now() - 2 * SKEW;
    let token = scene
        .token()
        .ticket_flags(flags)
        .authtime(login)
        .starttime(login + SKEW);
    let data = AuthDataType::IF_RELEVANT;
    let token = token.ticket_authorization_data(data, &[0x30, 0]).build();

    let (context, _) = scene.accept(&token);

    let identity = context.into_identity();
    assert_eq!(identity.client().to_string(), "alice@EXAMPLE.TEST");
    assert_eq!(
        identity.service().to_string(),
        "HTTP/web.example.test@EXAMPLE.TEST"
    );
    assert_eq!(identity.key().kvno, Kvno(1));
    assert_eq!(identity.key().etype, EtypeNumber::AES256_SHA1);
    assert_eq!(identity.key().selected, KeySelected::Exact);
    assert_eq!(identity.framing(), Framing::Gss);
    assert_eq!(identity.ticket_flags(), flags);
    assert_eq!(identity.authtime().to_string(), "2025-12-31T23:50:00Z");
    assert_eq!(identity.starttime().to_string(), "2025-12-31T23:55:00Z");
    assert_eq!(identity.endtime().to_string(), "2026-01-01T10:00:00Z");
    assert_eq!(
        identity.expires_at(),
        scene.realm.now() + Duration::from_secs(36_000)
    );
    assert_eq!(identity.session_etype(), EtypeNumber::AES256_SHA1);
    assert_eq!(identity.subkey_etype(), Some(EtypeNumber::AES256_SHA1));
    assert!(
        identity
            .flags()
            .contains(ContextFlags::INTEG | ContextFlags::CONF)
    );
    assert!(!identity.flags().contains(ContextFlags::MUTUAL));
    assert!(!identity.channel_bound());
    assert_eq!(
        identity.authorization_data(),
        [0x30, 11, 0xa0, 3, 2, 1, 1, 0xa1, 4, 4, 2, 0x30, 0]
    );
    assert!(identity.delegated().is_none());
}

/// §5.3: a ticket without a start time counts from when the client logged in.
#[test]
fn a_ticket_without_a_start_time_starts_with_the_login() {
    let scene = Scene::new();
    let token = scene.token().build();
    let identity = scene.accept(&token).0.into_identity();
    assert_eq!(identity.starttime(), identity.authtime());
}

/// "the ticket is checked … later than the end time by more than the allowable clock skew".
#[test]
fn a_ticket_may_have_ended_as_long_ago_as_the_skew_and_no_longer() {
    let ended = |ago: Duration| {
        alice(|token| {
            let now = Scene::new().realm.now();
            token.authtime(now - 10 * SKEW).endtime(now - ago)
        })
    };
    assert_eq!(ended(SKEW), Ok(()));
    assert!(matches!(
        ended(SKEW + SECOND),
        Err(Error::Ticket(TicketError::Expired { ended, now, .. })) if now.as_unix() - ended.as_unix() == 301
    ));
}

/// "If the start time is later than the current time by more than the allowable clock skew".
#[test]
fn a_ticket_may_start_as_far_ahead_as_the_skew_and_no_farther() {
    let starts = |ahead: Duration| {
        alice(|token| {
            let now = Scene::new().realm.now();
            token.starttime(now + ahead)
        })
    };
    assert_eq!(starts(SKEW), Ok(()));
    assert!(matches!(
        starts(SKEW + SECOND),
        Err(Error::Ticket(TicketError::NotYetValid { .. }))
    ));
}

/// The same for a ticket without a start time, whose `authtime` stands for it.
#[test]
fn a_ticket_without_a_start_time_does_not_count_before_the_login() {
    let error = alice(|token| {
        let now = Scene::new().realm.now();
        token.authtime(now + SKEW + SECOND)
    });
    assert!(matches!(
        error,
        Err(Error::Ticket(TicketError::NotYetValid { .. }))
    ));
}

/// "or if the INVALID flag is set in the ticket".
#[test]
fn an_invalid_ticket_is_refused_at_any_time() {
    let error = alice(|token| token.fault(Fault::InvalidFlag)).unwrap_err();
    assert!(matches!(error, Error::Ticket(TicketError::Invalid { .. })));
}

/// "If the local (server) time and the client time in the authenticator differ by more than the
/// allowable clock skew"; in whole seconds, so the microseconds do not count.
#[test]
fn a_clients_clock_may_differ_by_the_skew_in_both_directions_and_no_more() {
    let micro = Duration::from_micros(999_999);
    let stamped = |ahead: Duration, behind: Duration| {
        alice(|token| {
            let now = Scene::new().realm.now();
            token.at(now + ahead - behind)
        })
    };
    let zero = Duration::ZERO;
    assert_eq!(stamped(SKEW, zero), Ok(()));
    assert_eq!(stamped(SKEW + micro, zero), Ok(()));
    assert_eq!(stamped(zero, SKEW), Ok(()));
    for error in [stamped(SKEW + SECOND, zero), stamped(zero, SKEW + SECOND)] {
        let Err(Error::Authenticator(AuthenticatorError::Skew {
            client,
            now,
            allowed,
            ..
        })) = error
        else {
            panic!("{error:?}")
        };
        assert_eq!(
            (client.as_unix().abs_diff(now.as_unix()), allowed),
            (301, 300)
        );
    }
    assert!(stamped(zero, SKEW + micro).is_err()); // that is in the second before
}

/// The skew is a setting, for tickets and authenticators alike.
#[test]
fn the_skew_is_as_it_was_set() {
    let settings = |settings: AcceptorBuilder| settings.clock_skew(2 * SECOND);
    let now = Scene::new().realm.now();
    assert_eq!(with(settings, |token| token.at(now + 2 * SECOND)), Ok(()));
    assert!(with(settings, |token| token.at(now + 3 * SECOND)).is_err());
    assert!(
        with(settings, |token| token
            .authtime(now - SKEW)
            .endtime(now - 3 * SECOND))
        .is_err()
    );
}

/// "the name and realm of the client from the ticket are compared against the same fields in the
/// authenticator": both, octet for octet.
#[test]
fn name_and_realm_of_the_client_must_be_the_same_in_ticket_and_authenticator() {
    for fault in [Fault::WrongClientName, Fault::WrongClientRealm] {
        let error = alice(|token| token.fault(fault)).unwrap_err();
        let Error::Authenticator(AuthenticatorError::WrongClient {
            ticket,
            authenticator,
        }) = error
        else {
            panic!("{error:?}")
        };
        assert_eq!(ticket.to_string(), "alice@EXAMPLE.TEST");
        let authenticator = authenticator.unwrap().to_string();
        assert!(["mallory@EXAMPLE.TEST", "alice@EVIL.TEST"].contains(&authenticator.as_str()));
    }
}

/// §3.2.3: addresses count when the caller knows the peer's, and only then.
#[test]
fn a_ticket_with_addresses_is_for_those_addresses_only() {
    let from = |peer: Option<&str>, addresses: &[&str]| {
        let scene = Scene::new();
        let addresses: Vec<_> = addresses.iter().map(|ip| ip.parse().unwrap()).collect();
        let token = scene.token().addresses(&addresses).build();
        let mut negotiation = scene.acceptor.begin();
        if let Some(peer) = peer {
            negotiation = negotiation.peer_address(peer.parse().unwrap());
        }
        negotiation
            .step(token.token(), scene.realm.now())
            .map(drop)
            .map_err(|r| r.error().clone())
    };
    let both = ["192.0.2.7", "2001:db8::7"];
    assert_eq!(from(Some("192.0.2.7"), &both), Ok(()));
    assert_eq!(from(Some("2001:db8::7"), &both), Ok(()));
    assert_eq!(
        from(Some("192.0.2.8"), &both),
        Err(TicketError::Address.into())
    );
    assert_eq!(
        from(Some("2001:db8::8"), &both),
        Err(TicketError::Address.into())
    );
    // A socket for both versions of IP shows peers of IPv4 so.
    assert_eq!(from(Some("::ffff:192.0.2.7"), &both), Ok(()));
    assert_eq!(
        from(Some("::ffff:192.0.2.8"), &both),
        Err(TicketError::Address.into())
    );
    assert_eq!(from(Some("192.0.2.8"), &[]), Ok(()));
    assert_eq!(from(None, &both), Ok(()));
}

/// §2.7: a client of another realm came through realms that may vouch for it.
#[test]
fn the_path_of_realms_must_be_one_that_policy_permits() {
    let through = |path: &'static [u8], settings: fn(AcceptorBuilder) -> AcceptorBuilder| {
        with(settings, move |token| {
            token.client_realm("SALES.OTHER.TEST").transited(path)
        })
    };
    let plain: fn(AcceptorBuilder) -> AcceptorBuilder = |settings| settings;
    assert_eq!(through(b"", plain), Ok(()));
    assert_eq!(through(b"OTHER.TEST,TEST", plain), Ok(()));
    assert!(matches!(
        through(b"STRANGE.ORG", plain),
        Err(Error::Ticket(TicketError::Transited(_)))
    ));
    let paths: fn(AcceptorBuilder) -> AcceptorBuilder = |settings| {
        let paths = RealmPaths::new();
        settings.realm_paths(paths.path("SALES.OTHER.TEST", "EXAMPLE.TEST", ["STRANGE.ORG"]))
    };
    assert_eq!(through(b"STRANGE.ORG", paths), Ok(()));
}

/// §2.7: the flag TRANSITED-POLICY-CHECKED is the KDC's word that it looked.
#[test]
fn the_kdcs_word_on_the_path_counts_unless_it_is_told_not_to() {
    let vouched = |token: TokenBuilder| {
        let flag = TicketFlags::TRANSITED_POLICY_CHECKED;
        token
            .client_realm("SALES.OTHER.TEST")
            .transited(b"STRANGE.ORG")
            .ticket_flags(flag)
    };
    assert_eq!(alice(vouched), Ok(()));
    assert!(with(AcceptorBuilder::always_check_realm_path, vouched).is_err());
}

/// §2.7: which realm is ours follows from the key that opened the ticket. Were it taken from the
/// ticket's clear part, rewriting that to the client's realm would leave no path to look at.
#[test]
fn a_rewritten_service_realm_does_not_hide_the_path() {
    let error = alice(|token| {
        let token = token
            .client_realm("SALES.OTHER.TEST")
            .transited(b"STRANGE.ORG");
        token.shown_service("HTTP/web.example.test@SALES.OTHER.TEST")
    });
    assert!(matches!(
        error,
        Err(Error::Ticket(TicketError::Transited(_)))
    ));
}

/// §2.7: a realm on the way could have made the ticket of a client of ours as of any other's.
#[test]
fn a_client_of_our_own_realm_did_not_come_through_another() {
    for settings in [
        |settings| settings,
        AcceptorBuilder::always_check_realm_path,
    ] {
        let through = |path: &'static [u8]| {
            let settings: fn(AcceptorBuilder) -> AcceptorBuilder = settings;
            with(settings, |token| token.transited(path))
        };
        assert_eq!(through(b""), Ok(()));
        for path in [b"STRANGE.ORG".as_slice(), b"TEST,STRANGE.ORG", b"A\\"] {
            assert!(
                matches!(through(path), Err(Error::Ticket(TicketError::Transited(_)))),
                "{}",
                path.escape_ascii()
            );
        }
    }
}

/// RFC 6112 §3: an anonymous client has no name to let in, unless that is wanted.
#[test]
fn anonymous_clients_are_refused_unless_they_are_wanted() {
    let anonymous = |token: TokenBuilder| token.fault(Fault::Anonymous);
    assert_eq!(alice(anonymous), Err(TicketError::Anonymous.into()));
    assert_eq!(with(AcceptorBuilder::allow_anonymous, anonymous), Ok(()));
}

/// Each scheme that is permitted opens tickets, authenticators and all.
#[test]
fn every_enctype_is_accepted_where_it_is_permitted() {
    for enctype in Enctype::all() {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service_with(WEB).enctypes([*enctype]).build();
        let scene = Scene::of(realm, web, |settings| {
            settings
                .allow_camellia()
                .danger_allow(WeakEnctype::Rc4Hmac)
                .danger_allow(WeakEnctype::Des3CbcSha1)
        });
        let token = scene.token().mutual().delegate().build();
        let (context, reply) = scene.accept(&token);
        assert_eq!(context.identity().key().etype.0, enctype.number());
        token.finish(&reply.unwrap()).unwrap();
    }
}

/// RFC 8429: the weak ones are refused by policy, in ticket, session key and subkey, and the
/// refusal says so: not as if a key did not fit.
#[test]
fn weak_enctypes_are_refused_by_policy_wherever_they_stand() {
    use portcullis::error::{Encrypted, Unsupported};
    let rc4 = |what| {
        let etype = EtypeNumber::RC4_HMAC;
        Err(Error::Unsupported(Unsupported::EnctypeNotPermitted {
            what,
            etype,
        }))
    };
    let rc4_ticket = {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let both = [Enctype::Rc4Hmac, Enctype::Aes256CtsHmacSha1_96];
        let web = realm.service_with(WEB).enctypes(both).build();
        let scene = Scene::of(realm, web, |settings| settings);
        let token = scene
            .token()
            .session_enctype(Enctype::Aes256CtsHmacSha1_96)
            .build();
        scene
            .step(&token)
            .map(drop)
            .map_err(|rejection| rejection.error().clone())
    };
    assert_eq!(rc4_ticket, rc4(Encrypted::Ticket));
    assert_eq!(
        alice(|token| token.fault(Fault::WeakSessionKey)),
        rc4(Encrypted::SessionKey)
    );
    assert_eq!(
        alice(|token| token.fault(Fault::WeakSubkey)),
        rc4(Encrypted::Subkey)
    );
}

/// A strong scheme is refused just as well when it is not among those that were chosen.
#[test]
fn choosing_an_enctype_permits_none() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let keytab = realm.service(WEB).keytab();
    let enctype = Enctype::Rc4Hmac;
    let built = Acceptor::builder(keytab)
        .only_enctypes([Enctype::Aes256CtsHmacSha1_96, enctype])
        .build();
    let error = built.unwrap_err();
    assert_eq!(error, ConfigError::NotPermitted { enctype });
    assert_eq!(
        error.to_string(),
        "arcfour-hmac was chosen and is not permitted"
    );
}

#[test]
fn only_the_chosen_enctypes_are_accepted() {
    let only = |settings: AcceptorBuilder| settings.only_enctypes([Enctype::Aes256CtsHmacSha1_96]);
    assert_eq!(with(only, |token| token), Ok(()));
    let aes128 = Enctype::Aes128CtsHmacSha1_96;
    assert!(with(only, |token| token.session_enctype(aes128)).is_err());
    assert!(with(only, |token| token.subkey(aes128)).is_err());
}

/// RFC 4121 §4.1.1, [MS-KILE] §3.4.5: without a checksum all flags are clear.
#[test]
fn an_authenticator_without_a_checksum_asks_for_nothing() {
    let scene = Scene::new();
    let token = scene.token().fault(Fault::NoChecksum).build();
    let identity = scene.accept(&token).0.into_identity();
    assert_eq!(identity.flags(), ContextFlags(0));
}

/// An ordinary checksum is one by the session key, of its own type, over nothing.
#[test]
fn an_ordinary_checksum_is_verified_with_the_session_key() {
    let scene = Scene::new();
    let token = scene.token().ordinary_checksum().build();
    let identity = scene.accept(&token).0.into_identity();
    assert_eq!(
        identity.flags(),
        ContextFlags::REPLAY | ContextFlags::SEQUENCE
    );

    let unkeyed = [
        ChecksumTypeNumber::CRC32,
        ChecksumTypeNumber::RSA_MD4,
        ChecksumTypeNumber::RSA_MD5,
        ChecksumTypeNumber::SHA1,
        ChecksumTypeNumber(10),
        ChecksumTypeNumber(-131),
        ChecksumTypeNumber(0),
    ];
    for checksum_type in unkeyed {
        for length in [0, 4, 12, 16, 20] {
            let error = alice(|token| token.checksum(checksum_type, &vec![0; length]));
            let expected = AuthenticatorError::ChecksumType {
                expected: ChecksumTypeNumber::HMAC_SHA1_96_AES256,
                found: checksum_type,
            };
            assert_eq!(error, Err(expected.into()));
        }
    }
    let wrong = [AuthenticatorError::Checksum.into()];
    for length in [0, 11, 12, 13] {
        let octets = vec![0; length];
        let kind = ChecksumTypeNumber::HMAC_SHA1_96_AES256;
        assert_eq!(
            [alice(|token| token.checksum(kind, &octets)).unwrap_err()],
            wrong
        );
    }
}

/// When two things are wrong, the check that comes first names the refusal.
#[test]
fn the_earlier_check_names_the_refusal() {
    let order = [
        (Fault::ProtocolVersion, "malformed"),
        (Fault::UserToUser, "user-to-user"),
        (Fault::DesTicket, "enctype"),
        (Fault::UnknownService, "no-key"),
        (Fault::TamperedTicket, "wrong-key"),
        (Fault::SessionKeyLength, "ticket"),
        (Fault::TamperedAuthenticator, "authenticator"),
        (Fault::WrongClientName, "wrong-client"),
        (Fault::WrongAddress, "address"),
        (Fault::NotYetValid, "not-yet-valid"),
        (Fault::InvalidFlag, "invalid-ticket"),
        (Fault::ClockAhead, "skew"),
        (Fault::WeakSubkey, "enctype"),
        (Fault::TransitedRealm, "transited"),
        (Fault::ChecksumLength, "checksum"),
        (Fault::ApOptionsLength, "authorization-data"),
        (Fault::CriticalTicketData, "authorization-data"),
    ];
    for (index, (first, kind)) in order.iter().enumerate() {
        for (second, _) in &order[index + 1..] {
            // This fault chooses the key; with it no other key can be wrong.
            if (*first, *second) == (Fault::UnknownService, Fault::TamperedTicket) {
                continue;
            }
            let scene = Scene::new();
            let token = scene.token().fault(*second).fault(*first).build();
            let negotiation = scene.acceptor.begin().peer_address([192, 0, 2, 1].into());
            let rejection = refused(negotiation.step(token.token(), scene.realm.now()));
            assert_eq!(rejection.error().kind(), *kind, "{first:?} and {second:?}");
        }
    }
}

/// A refused token leaves nothing behind: the same authenticator is new when what was wrong with
/// the service is mended.
#[test]
fn a_refused_authenticator_is_not_recorded() {
    let scene = Scene::new();
    let token = scene.token().build();
    let late = scene.realm.now() + SKEW + SECOND;
    refused(scene.acceptor.begin().step(token.token(), late));
    complete(
        scene
            .acceptor
            .begin()
            .step(token.token(), scene.realm.now()),
    );
    let rejection = refused(scene.step(&token));
    assert!(matches!(rejection.error(), Error::Replayed { .. }));
}

/// With no skew nobody gets in, with a long one tickets hardly expire: neither is meant.
#[test]
fn a_clock_skew_lies_between_a_second_and_an_hour() {
    let build = |skew: Duration| {
        let web = TestRealm::new("EXAMPLE.TEST").service(WEB);
        Acceptor::builder(web.keytab()).clock_skew(skew).build()
    };
    for skew in [SECOND, Duration::from_secs(3600)] {
        assert!(build(skew).is_ok());
    }
    for skew in [
        Duration::ZERO,
        Duration::from_millis(999),
        Duration::from_secs(3601),
        Duration::MAX,
    ] {
        let error = build(skew).unwrap_err();
        assert_eq!(error, ConfigError::ClockSkew { asked: skew });
    }
}

/// RFC 8062 §4: the anonymous realm vouches for nobody, so there is no path to look at.
#[test]
fn a_client_of_the_anonymous_realm_came_by_no_path() {
    let anonymous = |token: TokenBuilder| {
        let token = token
            .fault(Fault::Anonymous)
            .client_realm("WELLKNOWN:ANONYMOUS");
        token.transited(b"STRANGE.ORG")
    };
    assert_eq!(alice(anonymous), Err(TicketError::Anonymous.into()));
    assert_eq!(with(AcceptorBuilder::allow_anonymous, anonymous), Ok(()));
}

/// Only who has no name has no realm: a foreign KDC could write that one above any name, and its
/// path would not be looked at. And an anonymous client of a realm did come by a path.
#[test]
fn others_than_anonymous_clients_of_the_anonymous_realm_came_by_a_path() {
    let others: [([&'static [u8]; 2], &str); 2] = [
        ([b"root", b"admin"], "WELLKNOWN:ANONYMOUS"),
        ([b"WELLKNOWN", b"ANONYMOUS"], "OTHER.TEST"),
    ];
    for (name, realm) in others {
        let outcome = with(AcceptorBuilder::allow_anonymous, |token| {
            let token = token.client_components(&name).client_realm(realm);
            token.transited(b"STRANGE.ORG")
        });
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::Ticket(TicketError::Transited(_))));
    }
}

/// What is personal or secret stays out of logs.
#[test]
fn an_identity_prints_no_authorization_data_and_no_key() {
    let scene = Scene::with(AcceptorBuilder::keep_delegated_credentials);
    let data = AuthDataType::WIN2K_PAC;
    let token = scene
        .token()
        .ticket_authorization_data(data, &[0x5e; 40])
        .delegate();
    let (context, _) = scene.accept(&token.build());
    let printed = format!("{context:?}");
    assert!(printed.contains("alice@EXAMPLE.TEST"));
    assert!(
        !printed.contains("94, 94") && !printed.contains("key: ["),
        "{printed}"
    );
}
