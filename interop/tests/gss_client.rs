//! `gss-client`, the sample client of MIT krb5, against the example `gss_server`.
//!
//! It establishes a context, wraps its messages or not, and has each of them signed.

use portcullis_interop::gss_sample::{GssServer, example};
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::realm::MitRealm;

/// How messages are sent, and how the server finds them.
const FORMS: [(&[&str], &str); 3] = [
    (&[], "sealed"),
    (&["-nx"], "signed"),
    (&["-nw", "-nx"], "in clear"),
];

fn realm() -> Option<MitRealm> {
    let ready = present(&[Peer::MIT, Peer::GSS_CLIENT]) && built(&example());
    ready.then(MitRealm::start)
}

fn serve(realm: &MitRealm, name: &str) -> GssServer {
    GssServer::start(
        &example(),
        &realm.keytab(&format!("HTTP/{name}.example.test")),
    )
}

/// One message to `name`; the client must verify our MIC, the server must know the client.
fn one_message(realm: &MitRealm, name: &str, options: &[&str]) -> (GssServer, String) {
    let mut server = serve(realm, name);
    let host = format!("{name}.example.test");
    let said = server
        .client(&realm.login("alice"), options, &host, "a message")
        .unwrap_or_else(|said| panic!("{name} {options:?}: {said}"));
    assert!(
        said.contains("Signature verified."),
        "{name} {options:?}: {said}"
    );
    assert_eq!(server.line(), "accepted alice@EXAMPLE.TEST", "{said}");
    (server, said)
}

#[test]
fn gss_client_wraps_and_verifies_our_mic_for_every_enctype() {
    let Some(realm) = realm() else { return };
    for name in ["e17", "e18", "e19", "e20", "s17", "b19", "b20"] {
        for mechanism in ["-krb5", "-spnego"] {
            for (form, found) in FORMS {
                let (mut server, said) = one_message(&realm, name, &[&[mechanism], form].concat());
                assert!(said.contains("GSS_C_MUTUAL_FLAG"), "{said}");
                assert_eq!(server.line(), format!("message a message, {found}"));
            }
        }
    }
}

/// RFC 4757 and RFC 1964, with a server that has nothing better.
#[test]
fn gss_client_wraps_and_verifies_our_mic_with_rc4_and_des3() {
    let Some(realm) = realm() else { return };
    for (name, enctype) in [("b23", "arcfour-hmac"), ("b16", "des3-cbc-sha1")] {
        for mechanism in ["-krb5", "-spnego"] {
            for (form, found) in FORMS {
                let host = format!("{name}.example.test");
                let keytab = realm.keytab(&format!("HTTP/{host}"));
                let only = ["--enctype", enctype];
                let mut server = GssServer::start_with(&example(), &keytab, &only);
                let options = [&[mechanism, "-seq"], form].concat();
                let alice = realm.login("alice");
                let said = server.client(&alice, &options, &host, "a message");
                let said = said.unwrap_or_else(|said| panic!("{name} {options:?}: {said}"));
                assert!(said.contains("Signature verified."), "{name}: {said}");
                assert_eq!(server.line(), "accepted alice@EXAMPLE.TEST", "{said}");
                assert_eq!(server.line(), format!("message a message, {found}"));
            }
        }
    }
}

#[test]
fn gss_client_needs_no_mutual_authentication() {
    let Some(realm) = realm() else { return };
    for mechanism in ["-krb5", "-spnego"] {
        for (form, found) in FORMS {
            let options = [&[mechanism, "-nomutual"], form].concat();
            let (mut server, said) = one_message(&realm, "e18", &options);
            assert!(!said.contains("GSS_C_MUTUAL_FLAG"), "{said}");
            assert_eq!(server.line(), format!("message a message, {found}"));
        }
    }
}

#[test]
fn gss_client_in_dce_style_sends_a_third_leg() {
    let Some(realm) = realm() else { return };
    let (_, said) = one_message(&realm, "e18", &["-dce"]);
    let legs = said.matches("Sending init_sec_context token").count();
    assert_eq!(legs, 2, "an AP-REQ and an AP-REP: {said}");
}

#[test]
fn gss_client_delegates_its_ticket() {
    let Some(realm) = realm() else { return };
    for mechanism in ["-krb5", "-spnego"] {
        let (mut server, said) = one_message(&realm, "e18", &[mechanism, "-d"]);
        assert!(said.contains("GSS_C_DELEG_FLAG"), "{said}");
        assert_eq!(server.line(), "delegated krbtgt/EXAMPLE.TEST@EXAMPLE.TEST");
    }
}

#[test]
fn gss_client_verifies_a_mic_for_each_of_twenty_messages() {
    let Some(realm) = realm() else { return };
    let (_, said) = one_message(&realm, "e18", &["-seq", "-mcount", "20"]);
    assert_eq!(said.matches("Signature verified.").count(), 20, "{said}");
}

#[test]
fn gss_client_gets_a_plain_answer_when_it_wants_no_mic() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, "e18");
    let said = server.client(
        &realm.login("alice"),
        &["-nw", "-nx", "-nm"],
        "e18.example.test",
        "a message",
    );
    assert!(
        said.as_ref()
            .is_ok_and(|said| said.contains("Response received.")),
        "{said:?}"
    );
}

#[test]
fn gss_client_is_told_why_its_ticket_is_refused() {
    let Some(realm) = realm() else { return };
    let mut server = serve(&realm, "e17");
    let alice = realm.login("alice");
    let said = server.client(&alice, &[], "e18.example.test", "a message");
    // Its text for the KRB-ERROR of ours.
    let told = "initializing context";
    assert!(
        said.as_ref().is_err_and(|said| said.contains(told)),
        "{said:?}"
    );
    assert_eq!(server.line(), "refused no-key");
}
