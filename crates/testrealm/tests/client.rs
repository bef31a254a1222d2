//! A client that gets its tickets from a KDC: the one in memory here, MIT's in `interop/`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use core::time::Duration;
use portcullis::formats::messages::TicketFlags;
use portcullis::formats::registry::ErrorCode;
use portcullis::{Acceptor, Enctype, SecurityContext, Step};
use portcullis_testrealm::{ClientError, Fault, Initiation, TestClient, TestRealm, TestService};
use std::io;
use std::time::SystemTime;

const WEB: &str = "HTTP/web.example.test@EXAMPLE.TEST";
const ALICE: &str = "alice@EXAMPLE.TEST";

/// Ask the KDC in memory.
fn asking(realm: &TestRealm) -> impl FnMut(&str, &[u8]) -> io::Result<Vec<u8>> {
    let (kdc, now) = (realm.kdc(), realm.now());
    move |_, request| Ok(kdc.answer(request, now))
}

/// Nobody is there.
fn silence(_: &str, _: &[u8]) -> io::Result<Vec<u8>> {
    Err(io::ErrorKind::NotConnected.into())
}

fn accept(web: &TestService, token: &Initiation, now: SystemTime) -> SecurityContext {
    let acceptor = Acceptor::builder(web.keytab()).keep_delegated_credentials();
    let acceptor = acceptor.build().unwrap();
    match acceptor.begin().step(token.token(), now) {
        Ok(Step::Complete { context, .. }) => context,
        other => panic!("{other:?}"),
    }
}

/// A realm with alice and a service.
fn scene() -> (TestRealm, TestService) {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice", "secret");
    let web = realm.service("HTTP/web.example.test");
    (realm, web)
}

#[test]
fn a_password_gets_a_token() {
    let (realm, web) = scene();
    let mut alice = TestClient::with_password(ALICE, "secret");
    let token = alice.token_for(WEB, realm.now(), &mut asking(&realm));
    let login = token.unwrap().mutual().spnego().build();
    let context = accept(&web, &login, realm.now());
    assert_eq!(context.identity().client().to_string(), ALICE);
}

#[test]
fn a_keytab_gets_a_token_for_each_encryption_type() {
    for enctype in [17, 18, 19, 20].map(|number| Enctype::try_from(number).unwrap()) {
        let (realm, web) = scene();
        let robot = realm.service_with("robot").enctypes([enctype]).build();
        let name = "robot@EXAMPLE.TEST";
        let mut robot = TestClient::with_keytab(name, &robot.keytab_octets()).unwrap();
        let token = robot.token_for(WEB, realm.now(), &mut asking(&realm));
        let context = accept(&web, &token.unwrap().build(), realm.now());
        assert_eq!(context.identity().client().to_string(), name);
    }
}

#[test]
fn a_ccache_that_holds_the_ticket_needs_no_kdc() {
    let (realm, web) = scene();
    let mut alice = TestClient::with_password(ALICE, "secret");
    let now = realm.now();
    let _ = alice.token_for(WEB, now, &mut asking(&realm)).unwrap();

    let later = TestClient::with_ccache(&alice.ccache()).unwrap();
    assert_eq!(later.principal().to_string(), ALICE);
    let token = later.held_token_for(WEB, now).unwrap().mutual().build();
    accept(&web, &token, now);

    let tomorrow = now.checked_add(Duration::from_secs(86_400)).unwrap();
    for (service, when) in [(WEB, tomorrow), ("HTTP/other.example.test", now)] {
        let missing = later.held_token_for(service, when).unwrap_err();
        assert!(matches!(missing, ClientError::NoTicket(_)), "{missing}");
    }
}

#[test]
fn a_ccache_with_a_ticket_granting_ticket_gets_others() {
    let (realm, web) = scene();
    let mut alice = TestClient::with_password(ALICE, "secret");
    let tgt = alice.ticket_granting_ticket(realm.now(), &mut asking(&realm));
    tgt.unwrap();
    let mut later = TestClient::with_ccache(&alice.ccache()).unwrap();
    let token = later.token_for(WEB, realm.now(), &mut asking(&realm));
    accept(&web, &token.unwrap().build(), realm.now());
}

#[test]
fn a_token_of_a_real_ticket_can_have_a_fault() {
    let (realm, web) = scene();
    let mut alice = TestClient::with_password(ALICE, "secret");
    let token = alice.token_for(WEB, realm.now(), &mut asking(&realm));
    let token = token.unwrap().fault(Fault::TamperedAuthenticator).build();
    let acceptor = Acceptor::new(web.keytab()).unwrap();
    let rejection = acceptor.begin().step(token.token(), realm.now());
    assert_eq!(rejection.unwrap_err().error().kind(), "authenticator");
}

#[test]
fn another_realm_is_reached_by_its_name_and_by_referral() {
    let (home, abroad) = (TestRealm::new("EXAMPLE.TEST"), TestRealm::new("OTHER.TEST"));
    home.trust(&abroad);
    home.user_with_password("alice", "secret");
    let there = abroad.service("HTTP/web.other.test");
    for service in ["HTTP/web.other.test@OTHER.TEST", "HTTP/web.other.test"] {
        let mut alice = TestClient::with_password(ALICE, "secret");
        let token = alice.token_for(service, home.now(), &mut asking(&home));
        let context = accept(&there, &token.unwrap().build(), home.now());
        assert_eq!(context.identity().client().to_string(), ALICE);
    }
}

#[test]
fn a_forwarded_ticket_is_handed_over() {
    let (realm, web) = scene();
    let mut alice = TestClient::with_password(ALICE, "secret").forwards();
    let token = alice.token_for(WEB, realm.now(), &mut asking(&realm));
    let context = accept(&web, &token.unwrap().delegate().build(), realm.now());
    let credential = context.identity().delegated().unwrap();

    // And the service acts for alice.
    let ccache = credential.to_ccache().unwrap();
    let mut web = TestClient::with_ccache(&ccache).unwrap();
    assert_eq!(web.principal().to_string(), ALICE);
    let other = realm.service("HTTP/other.example.test");
    let name = other.principal().to_string();
    let token = web.token_for(&name, realm.now(), &mut asking(&realm));
    let context = accept(&other, &token.unwrap().build(), realm.now());
    let flags = context.identity().ticket_flags();
    assert!(flags.contains(TicketFlags::FORWARDED), "{flags:?}");
}

#[test]
fn the_same_seed_makes_the_same_token() {
    let token = |seed| {
        let (realm, _) = scene();
        let mut alice = TestClient::with_password(ALICE, "secret").seed(&[seed; 32]);
        let token = alice.token_for(WEB, realm.now(), &mut asking(&realm));
        token.unwrap().build().token().to_vec()
    };
    assert_eq!(token(1), token(1));
    assert_ne!(token(1), token(2));
}

#[test]
fn without_a_ticket_a_client_says_why() {
    let (realm, _) = scene();
    let now = realm.now();
    let refusal = |mut client: TestClient, service: &str| {
        let token = client.token_for(service, now, &mut asking(&realm));
        match token.map(drop).unwrap_err() {
            ClientError::Refused { code, .. } => code,
            other => panic!("{other}"),
        }
    };
    let alice = || TestClient::with_password(ALICE, "secret");
    let wrong = TestClient::with_password(ALICE, "guess");
    let stranger = TestClient::with_password("mallory@EXAMPLE.TEST", "secret");
    assert_eq!(refusal(wrong, WEB), ErrorCode::PREAUTH_FAILED);
    assert_eq!(refusal(stranger, WEB), ErrorCode::C_PRINCIPAL_UNKNOWN);
    assert_eq!(
        refusal(alice(), "HTTP/nowhere"),
        ErrorCode::S_PRINCIPAL_UNKNOWN
    );

    let unreachable = alice().token_for(WEB, now, &mut silence).unwrap_err();
    assert!(matches!(unreachable, ClientError::Kdc(_)), "{unreachable}");
    let keyless = TestClient::with_keytab(ALICE, &realm.service("robot").keytab_octets());
    assert!(matches!(keyless.unwrap_err(), ClientError::NoSecret(_)));
    assert!(matches!(
        TestClient::with_ccache(b"no ccache").unwrap_err(),
        ClientError::Ccache(_)
    ));
}

/// CVE-2017-11103, and whatever else somebody between client and KDC can do.
#[test]
fn an_answer_with_one_bit_changed_gets_nobody_in() {
    let (realm, web) = scene();
    let now = realm.now();
    let mut sound = TestClient::with_password(ALICE, "secret").seed(&[1; 32]);
    sound
        .ticket_granting_ticket(now, &mut asking(&realm))
        .unwrap();
    let cache = sound.ccache();
    let mut length = 1;
    let mut octet = 0;
    while octet < length {
        let (realm, _) = scene();
        let mut ask = asking(&realm);
        let mut client = TestClient::with_ccache(&cache).unwrap();
        let token = client.token_for(WEB, now, &mut |name, request| {
            let mut answer = ask(name, request)?;
            length = answer.len();
            *answer.get_mut(octet).unwrap() ^= 1;
            Ok(answer)
        });
        if let Ok(token) = token {
            // What was changed stands in clear in the ticket, or is sealed for the service.
            let acceptor = Acceptor::new(web.keytab()).unwrap();
            let step = acceptor.begin().step(token.build().token(), now);
            if let Ok(Step::Complete { context, .. }) = step {
                let client = context.identity().client().to_string();
                let service = context.identity().service().to_string();
                assert_eq!((client.as_str(), service.as_str()), (ALICE, WEB));
            }
        }
        octet = octet.saturating_add(1);
    }
    assert!(octet > 500);
}

#[test]
fn a_client_prints_no_secret() {
    let mut alice = TestClient::with_password(ALICE, "open sesame");
    let (realm, _) = scene();
    assert!(alice.token_for(WEB, realm.now(), &mut silence).is_err());
    assert!(!format!("{alice:?}").contains("sesame"));
}
