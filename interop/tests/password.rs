//! Names and passwords, verified at MIT's KDC.

use std::net::{IpAddr, Ipv4Addr};
use std::time::SystemTime;

use portcullis::error::TicketError;
use portcullis::formats::registry::ErrorCode;
use portcullis::{Acceptor, Error, Identity, Keytab};
use portcullis_client::{ClientError, KdcAddresses, PasswordError, PasswordVerifier};
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::realm::{MitRealm, OTHER_REALM, REALM};

const SERVICE: &str = "HTTP/e18.example.test";
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn realm() -> Option<MitRealm> {
    present(&[Peer::MIT]).then(|| {
        let realm = MitRealm::start();
        for user in ["alice", "dora", "carol@OTHER.TEST"] {
            realm.set_password(user, "secret");
        }
        realm
    })
}

fn verifier(realm: &MitRealm) -> PasswordVerifier {
    let keytab = Keytab::parse(std::fs::read(realm.keytab(SERVICE)).unwrap()).unwrap();
    let service = format!("{SERVICE}@{REALM}").parse().unwrap();
    PasswordVerifier::new(Acceptor::new(keytab).unwrap(), service)
}

fn verify(
    verifier: &PasswordVerifier,
    asked: &MitRealm,
    user: &str,
    password: &str,
) -> Result<Identity, PasswordError> {
    let kdcs = KdcAddresses::new()
        .realm(REALM, [asked.kdc_address()])
        .realm(OTHER_REALM, [asked.kdc_address()]);
    verifier.verify(
        user,
        password,
        HERE,
        SystemTime::now(),
        &mut |realm, request| kdcs.ask(realm, request),
    )
}

#[test]
fn passwords_are_verified_with_preauthentication_without_it_and_across_realms() {
    let Some(realm) = realm() else { return };
    let verifier = verifier(&realm).also_of(OTHER_REALM);
    for user in ["alice", "dora", "carol@OTHER.TEST"] {
        let identity = verify(&verifier, &realm, user, "secret");
        let identity = identity.unwrap_or_else(|error| panic!("{user}: {error}"));
        assert!(identity.client().to_string().starts_with(user));
        let refused = verify(&verifier, &realm, user, "guess").unwrap_err();
        assert!(matches!(refused, PasswordError::Wrong), "{user}: {refused}");
    }
    let refused = verify(&verifier, &realm, "mallory", "secret").unwrap_err();
    assert!(matches!(refused, PasswordError::Wrong), "{refused}");
}

/// CVE-2015-3206: another KDC of the same name knows alice by a password of its own.
#[test]
fn a_kdc_in_the_kdcs_place_lets_nobody_in() {
    let (Some(realm), Some(fake)) = (realm(), realm()) else {
        return;
    };
    fake.set_password("alice", "guess");
    let refused = verify(&verifier(&realm), &fake, "alice", "guess").unwrap_err();
    let PasswordError::Unproven(rejection) = refused else {
        panic!("{refused}")
    };
    let error = rejection.error();
    assert!(
        matches!(error, Error::Ticket(TicketError::Integrity { .. })),
        "{error:?}"
    );
    assert!(verify(&verifier(&fake), &fake, "alice", "guess").is_ok());
}

#[test]
fn mit_says_what_is_wrong_with_an_account() {
    let Some(realm) = realm() else { return };
    for (options, expected) in [
        ("-allow_tix", ErrorCode::CLIENT_REVOKED),
        ("+allow_tix -pwexpire yesterday", ErrorCode::KEY_EXPIRED),
    ] {
        realm.modify("alice", options);
        let refused = verify(&verifier(&realm), &realm, "alice", "secret").unwrap_err();
        match refused {
            PasswordError::Client(ClientError::Refused { code, .. }) => assert_eq!(code, expected),
            other => panic!("{other}"),
        }
    }
}
