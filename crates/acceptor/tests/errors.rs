//! What an operator reads: the exact sentences.

mod scene;

use portcullis::error::Blame;
use portcullis::formats::gss::Mechanism;
use portcullis::{AcceptorBuilder, ChannelBindings, Enctype, Error};
use portcullis_testrealm::{Fault, TestRealm, TokenBuilder};
use scene::{Scene, WEB, refused};

fn error(
    settings: impl FnOnce(AcceptorBuilder) -> AcceptorBuilder,
    vary: impl FnOnce(TokenBuilder) -> TokenBuilder,
) -> Error {
    let scene = Scene::with(settings);
    let token = vary(scene.token().sequence(0x3fff_ffff)); // of a fixed length
    scene.refuse(&token.build()).error().clone()
}

fn fault(fault: Fault) -> Error {
    error(|settings| settings, |token| token.fault(fault))
}

#[track_caller]
fn assert_says(error: &Error, blame: Blame, message: &str, remedy: &str) {
    assert_eq!(error.to_string(), message);
    assert_eq!(error.remedy(), remedy);
    assert_eq!(error.blame(), blame);
}

#[test]
fn the_keytab_lacks_the_principal() {
    assert_says(
        &fault(Fault::UnknownService),
        Blame::Configuration,
        "no key for the ticket's HTTP/unknown.example.test@EXAMPLE.TEST kvno 1 \
         aes256-cts-hmac-sha1-96 (18): the keytab has no such principal; it has \
         HTTP/web.example.test@EXAMPLE.TEST kvno 1 aes256-cts-hmac-sha1-96 (18)",
        "Export that principal's key into the keytab, or let the client use a name that the \
         keytab has.",
    );
}

#[test]
fn the_keytab_lacks_the_version() {
    assert_says(
        &fault(Fault::MissingKvno),
        Blame::Configuration,
        "no key for the ticket's HTTP/web.example.test@EXAMPLE.TEST kvno 2 \
         aes256-cts-hmac-sha1-96 (18): the keytab has no such kvno; it has \
         HTTP/web.example.test@EXAMPLE.TEST kvno 1 aes256-cts-hmac-sha1-96 (18)",
        "The password was changed since the keytab was exported, or the client has an old \
         ticket: export the keytab again, then let the client fetch a new ticket.",
    );
}

#[test]
fn the_keytab_lacks_the_enctype() {
    assert_says(
        &fault(Fault::MissingEnctype),
        Blame::Configuration,
        "no key for the ticket's HTTP/web.example.test@EXAMPLE.TEST kvno 1 \
         aes128-cts-hmac-sha256-128 (19): the keytab has no key of that enctype; it has \
         HTTP/web.example.test@EXAMPLE.TEST kvno 1 aes256-cts-hmac-sha1-96 (18)",
        "Export the keytab again with all encryption types of the account.",
    );
}

#[test]
fn the_key_is_another() {
    assert_says(
        &fault(Fault::WrongServiceKey),
        Blame::Configuration,
        "the keytab's key does not open the ticket for HTTP/web.example.test@EXAMPLE.TEST kvno 1 \
         aes256-cts-hmac-sha1-96 (18)",
        "The key in the keytab is not the account's: it was made from another password or salt \
         (renamed account, other case), or the SPN belongs to another account; export the keytab \
         again from the KDC and check for duplicate SPNs.",
    );
}

#[test]
fn rc4_is_not_permitted() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let both = [Enctype::Rc4Hmac, Enctype::Aes256CtsHmacSha1_96];
    let scene = Scene::of(
        realm.clone(),
        realm.service_with(WEB).enctypes(both).build(),
        |s| s,
    );
    let rejection = scene.refuse(&scene.token().build());
    assert_says(
        rejection.error(),
        Blame::Configuration,
        "ticket of rc4-hmac (23), which policy does not permit",
        "Give the service account AES keys (in Active Directory set msDS-SupportedEncryptionTypes \
         to 24 and a new password), export a new keytab, and let clients fetch new tickets.",
    );
    assert_says(
        &fault(Fault::WeakSessionKey),
        Blame::Configuration,
        "session key of rc4-hmac (23), which policy does not permit",
        "Let the KDC make stronger session keys for this service (in Active Directory \
         msDS-SupportedEncryptionTypes of its account, with MIT krb5 session_enctypes), and let \
         clients fetch new tickets; the keytab is not at fault.",
    );
}

/// Nothing permits DES: the remedy does not pretend so.
#[test]
fn des_is_not_supported() {
    assert_says(
        &fault(Fault::DesTicket),
        Blame::Configuration,
        "ticket of des-cbc-md5 (3), which is not supported",
        "Give the service account AES keys and export a new keytab.",
    );
}

#[test]
fn the_client_sent_ntlm() {
    let scene = Scene::new();
    let raw = refused(
        scene
            .acceptor
            .begin()
            .step(b"NTLMSSP\0\x01\0\0\0", scene.realm.now()),
    );
    let listed = scene.refuse(&scene.token().mech_list(&[Mechanism::Ntlm]).build());
    for rejection in [raw, listed] {
        assert_says(
            rejection.error(),
            Blame::Configuration,
            "the client sent NTLM instead of Kerberos",
            "Give the client a reason to use Kerberos: register the SPN of the name in the URL, \
             use that name and no IP address, put the site into the browser's intranet zone or \
             allow-list, and check that the client reaches a KDC.",
        );
        assert_eq!(rejection.error().kind(), "ntlm");
    }
}

#[test]
fn a_clock_is_wrong() {
    let remedy = "Synchronise the clocks of the client and of this machine with NTP.";
    assert_says(
        &fault(Fault::ClockAhead),
        Blame::Environment,
        "alice@EXAMPLE.TEST's clock is 3600 s ahead of ours: client 2026-01-01T01:00:00Z, now \
         2026-01-01T00:00:00Z, 300 s allowed",
        remedy,
    );
    assert_says(
        &fault(Fault::ClockBehind),
        Blame::Environment,
        "alice@EXAMPLE.TEST's clock is 3600 s behind ours: client 2025-12-31T23:00:00Z, now \
         2026-01-01T00:00:00Z, 300 s allowed",
        remedy,
    );
}

#[test]
fn the_ticket_has_expired() {
    assert_says(
        &fault(Fault::Expired),
        Blame::Peer,
        "alice@EXAMPLE.TEST's ticket expired at 2025-12-31T23:00:00Z, now 2026-01-01T00:00:00Z",
        "Let the client fetch a new ticket (kinit, or lock and unlock the screen); if it has just \
         done so, synchronise the clocks.",
    );
}

#[test]
fn the_ticket_is_not_yet_valid() {
    assert_says(
        &fault(Fault::NotYetValid),
        Blame::Environment,
        "alice@EXAMPLE.TEST's ticket is valid from 2026-01-01T01:00:00Z, now 2026-01-01T00:00:00Z",
        "Synchronise the clocks of this machine and of the KDC with NTP.",
    );
}

#[test]
fn the_service_is_another_than_expected() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm
        .service_with(WEB)
        .alias("HTTP/shop.example.test")
        .build();
    let ldap = realm.service("ldap/web.example.test");
    let scene = Scene::of(realm, web, |settings| {
        settings.service(
            "HTTP/shop.example.test"
                .parse::<portcullis::ServicePattern>()
                .unwrap(),
        )
    });
    let token = scene.realm.user("alice").token_for(&ldap).build();
    assert_says(
        scene.refuse(&token).error(),
        Blame::Configuration,
        "no key for the ticket's ldap/web.example.test@EXAMPLE.TEST kvno 1 \
         aes256-cts-hmac-sha1-96 (18): the keytab has no such principal; it has \
         HTTP/shop.example.test@EXAMPLE.TEST kvno 1 aes256-cts-hmac-sha1-96 (18)",
        "Export that principal's key into the keytab, or let the client use a name that the \
         keytab has.",
    );
}

#[test]
fn the_service_is_in_the_keytab_and_not_expected() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let (web, ldap) = (realm.service(WEB), realm.service("ldap/web.example.test"));
    let keys: Vec<u8> = web
        .keytab_octets()
        .into_iter()
        .chain(ldap.keytab_octets().into_iter().skip(2))
        .collect();
    let pattern: portcullis::ServicePattern = "HTTP".parse().unwrap();
    let acceptor = portcullis::Acceptor::builder(portcullis::Keytab::parse(keys).unwrap())
        .service(pattern)
        .build()
        .unwrap();
    let token = realm.user("alice").token_for(&ldap).build();
    assert_says(
        refused(acceptor.begin().step(token.token(), realm.now())).error(),
        Blame::Configuration,
        "no key for the ticket's ldap/web.example.test@EXAMPLE.TEST kvno 1 \
         aes256-cts-hmac-sha1-96 (18): this acceptor answers for HTTP on any host only; it has \
         HTTP/web.example.test@EXAMPLE.TEST kvno 1 aes256-cts-hmac-sha1-96 (18)",
        "Let the client use the name of this service, or widen the expected service name.",
    );
}

#[test]
fn the_keytab_has_nothing_for_the_expected_service() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let pattern: portcullis::ServicePattern = "ldap@web.example.test".parse().unwrap();
    let builder = portcullis::Acceptor::builder(realm.service(WEB).keytab()).service(pattern);
    assert_eq!(
        builder.build().unwrap_err().to_string(),
        "no usable key for ldap/web.example.test of any realm: the keytab has \
         HTTP/web.example.test@EXAMPLE.TEST kvno 1 aes256-cts-hmac-sha1-96 (18)"
    );
}

#[test]
fn the_token_was_here_before() {
    let scene = Scene::new();
    let token = scene.token().build();
    scene.accept(&token);
    assert_says(
        scene.refuse(&token).error(),
        Blame::Peer,
        "replay: alice@EXAMPLE.TEST made this authenticator at 2026-01-01T00:00:00Z, and it was \
         accepted before",
        "Nothing if it is rare: a client or proxy sent a request twice and will begin afresh; if \
         it is frequent, look for retries in proxies, or for an attacker.",
    );
}

#[test]
fn the_channel_bindings_are_missing() {
    let scene = Scene::with(AcceptorBuilder::require_channel_bindings);
    let ours = ChannelBindings::from_application_data("our channel");
    let negotiation = scene.acceptor.begin().channel_bindings(&ours);
    let token = scene.token().build();
    assert_says(
        refused(negotiation.step(token.token(), scene.realm.now())).error(),
        Blame::Peer,
        "channel bindings: client sent no channel bindings",
        "Let the client send channel bindings (Extended Protection), or require them no longer.",
    );
    assert_says(
        &error(AcceptorBuilder::require_channel_bindings, |token| token),
        Blame::Configuration,
        "channel bindings: required, but this service has not said what its own are",
        "Tell this service its own bindings (the certificate of whatever ends TLS), or require \
         them no longer.",
    );
}

#[test]
fn the_channel_bindings_are_different() {
    let scene = Scene::new();
    let token = scene.token().fault(Fault::DifferentBindings).build();
    let ours = ChannelBindings::from_application_data("our channel");
    let negotiation = scene.acceptor.begin().channel_bindings(&ours);
    assert_says(
        refused(negotiation.step(token.token(), scene.realm.now())).error(),
        Blame::Peer,
        "channel bindings: client sent the channel bindings of another channel",
        "The client sees another TLS certificate than this service: give the service the \
         certificate of whatever ends TLS; if it has it, somebody stands in between.",
    );
}

/// The octet is counted in the token as it came, however deep the fault lies in its frames.
#[test]
fn a_malformed_token_says_where() {
    let remedy = "The client or something between it and this service damaged the token: look for \
                  header limits of proxies, then at the client's software.";
    assert_says(
        &fault(Fault::ProtocolVersion),
        Blame::Peer,
        "malformed token: AP-REQ.pvno: must be 5, is 4 (at octet 27)",
        remedy,
    );
    assert_says(
        &fault(Fault::Truncated),
        Blame::Peer,
        "malformed token: InitialContextToken: truncated, 514 octets wanted and 513 left (at \
         octet 0)",
        remedy,
    );
    let scene = Scene::new();
    for token in [
        scene.token(),
        scene.token().spnego(),
        scene.token().spnego().ms_oid(),
    ] {
        let token = token.fault(Fault::TicketVersion).build();
        let error = scene.refuse(&token).error().clone();
        let Error::Malformed(error) = error else {
            unreachable!("{error}")
        };
        assert_eq!(
            token.token().get(error.offset..error.offset + 3),
            Some([2, 1, 4].as_slice())
        );
    }
    // A frame that ends in the midst of its TOK_ID.
    let token = [0x60, 12, 6, 9, 42, 134, 72, 134, 247, 18, 1, 2, 2, 1];
    let cut = refused(scene.acceptor.begin().step(&token, scene.realm.now()));
    assert_says(
        cut.error(),
        Blame::Peer,
        "malformed token: InitialContextToken.TOK_ID: truncated, 2 octets wanted and 1 left (at \
         octet 13)",
        remedy,
    );
    let unknown = refused(
        scene
            .acceptor
            .begin()
            .step(b"Negotiate YII", scene.realm.now()),
    );
    assert_says(
        unknown.error(),
        Blame::Peer,
        "malformed token: token: begins like no token of SPNEGO, GSS-API or Kerberos (at octet 0)",
        remedy,
    );
}

/// Each error is one line, with a full sentence of advice.
#[test]
fn every_error_is_one_line_and_every_remedy_a_sentence() {
    for each in Fault::all() {
        let scene = Scene::new();
        let token = scene.token().fault(*each).build();
        let negotiation = scene.acceptor.begin().peer_address([192, 0, 2, 1].into());
        let Err(rejection) = negotiation.step(token.token(), scene.realm.now()) else {
            continue;
        };
        let (message, remedy) = (rejection.to_string(), rejection.error().remedy());
        assert!(!message.contains('\n') && message.len() < 400, "{message}");
        assert!(!message.ends_with('.'), "{message}");
        assert!(remedy.ends_with('.') && remedy.len() < 300, "{remedy}");
    }
}

/// What a peer wrote cannot forge a line of a log, nor fill it.
#[test]
fn names_that_a_peer_wrote_are_escaped_and_cut() {
    let scene = Scene::new();
    let endless = format!("HTTP/{}", "x".repeat(10_000));
    for name in [
        endless.as_str(),
        "HTTP/web\\nrefused: root",
        "HTTP/\u{1b}[2Jweb",
    ] {
        let token = scene
            .token()
            .shown_service(name)
            .fault(Fault::WrongServiceKey)
            .build();
        let message = scene.refuse(&token).to_string();
        assert!(message.len() < 1000, "{}", message.len());
        assert!(!message.chars().any(char::is_control), "{message:?}");
    }
    let name: [&[u8]; 1] = [b"root\nlogin: admin\x1b[0m"];
    let token = scene
        .token()
        .client_components(&name)
        .fault(Fault::WrongClientName)
        .build();
    let message = scene.refuse(&token).to_string();
    assert!(!message.chars().any(char::is_control), "{message:?}");
}

#[test]
fn a_session_key_is_for_the_kdc_to_mend_and_a_subkey_for_the_client() {
    let kdc = "Let the KDC make stronger session keys for this service (in Active Directory \
               msDS-SupportedEncryptionTypes of its account, with MIT krb5 session_enctypes), and \
               let clients fetch new tickets; the keytab is not at fault.";
    let client = "Permit stronger encryption types on the client (permitted_enctypes in its \
                  krb5.conf); the keytab is not at fault.";
    for (each, remedy) in [
        (Fault::WeakSessionKey, kdc),
        (Fault::UnknownSessionEnctype, kdc),
        (Fault::WeakSubkey, client),
        (Fault::UnknownSubkeyEnctype, client),
    ] {
        let error = fault(each);
        assert_eq!(error.kind(), "enctype");
        assert_eq!(error.remedy(), remedy, "{error}");
    }
}

#[test]
fn the_list_of_mechanisms_is_too_long() {
    assert_says(
        &error(|settings| settings.max_mech_types(4), TokenBuilder::spnego),
        Blame::Peer,
        "list of mechanisms of 13 octets, at most 4 are read",
        "No client offers so many mechanisms: its SPNEGO is broken, or this is an attack.",
    );
}

/// [MS-KILE] §3.4.5: who claims to support bindings and sends none was made to log in elsewhere.
#[test]
fn the_channel_bindings_are_claimed_and_missing() {
    let scene = Scene::new();
    let ours = ChannelBindings::from_application_data("our channel");
    let negotiation = scene.acceptor.begin().channel_bindings(&ours);
    let token = scene.token().claims_channel_bindings().build();
    assert_says(
        refused(negotiation.step(token.token(), scene.realm.now())).error(),
        Blame::Peer,
        "channel bindings: client supports channel bindings and sent none, as to another channel",
        "Let the client reach this service by TLS alone: its login was made for a channel without \
         TLS, which is what a relayed login looks like.",
    );
}

/// What a key opens was not damaged on its way: whoever sealed it wrote it so.
#[test]
fn what_is_sealed_is_malformed() {
    assert_says(
        &fault(Fault::MalformedTicket),
        Blame::Peer,
        "malformed sealed part of the ticket: EncTicketPart: expected tag 0x63, found 0x04 (at octet \
         0)",
        "The KDC issued a ticket that no client should have: look at its version and patches.",
    );
    assert_says(
        &fault(Fault::MalformedAuthenticator),
        Blame::Peer,
        "malformed authenticator: Authenticator: expected tag 0x62, found 0x04 (at octet 0)",
        "The client's Kerberos software is broken, or somebody tampers with its tokens.",
    );
}

#[test]
fn the_clock_skew_is_senseless() {
    let web = TestRealm::new("EXAMPLE.TEST").service(WEB);
    let builder = portcullis::Acceptor::builder(web.keytab());
    let builder = builder.clock_skew(core::time::Duration::from_millis(500));
    assert_eq!(
        builder.build().unwrap_err().to_string(),
        "clock skew of 500ms, one second to one hour will do"
    );
}

#[test]
fn who_has_to_act_is_one_word() {
    let names = [Blame::Peer, Blame::Configuration, Blame::Environment].map(Blame::name);
    assert_eq!(names, ["peer", "configuration", "environment"]);
}
