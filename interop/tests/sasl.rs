//! SASL: `sasl-sample-client` of Cyrus SASL against the example `line_server`.
//!
//! A client's security strength factor says which layer it wants: 0 none, 1 integrity, more confidentiality.

use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::realm::MitRealm;
use portcullis_interop::sasl::{Conversation, converse, example, server};

fn realm() -> Option<MitRealm> {
    let ready = present(&[Peer::MIT, Peer::CYRUS_SASL]) && built(&example());
    ready.then(MitRealm::start)
}

/// alice's client for `HTTP` at a host, with options of its own and of the server's.
fn log_in(realm: &MitRealm, name: &str, options: &[&str], of_server: &[&str]) -> Conversation {
    let alice = realm.login("alice");
    let host = format!("{name}.example.test");
    // Its lines would stay in its buffer without stdbuf.
    let mut client = alice.command("/usr/bin/stdbuf");
    client.args(["-oL", "/usr/bin/sasl-sample-client", "-l"]);
    client.args(["-s", "HTTP", "-n", &host]).args(options);
    let mut server = server(&realm.keytab(&format!("HTTP/{host}")));
    server.args(of_server);
    converse(client, server)
}

/// Both sides have the same client and the same layer, and each has read the other's message.
#[track_caller]
fn assert_logged_in(conversation: &Conversation, ssf: &str, login: &str) {
    let Conversation { client, server, .. } = conversation;
    let all_well = conversation.client_succeeded && conversation.server_succeeded;
    assert!(all_well, "{client}\n{server}");
    assert!(client.contains(&format!("SSF: {ssf}\n")), "{client}");
    let expected = format!("login {login}\nmessage client message 1\n");
    assert_eq!(server, &expected, "{client}");
}

const SSFS: [(&str, &str, &str); 3] = [
    ("max=0", "0", "no layer"),
    ("min=1,max=1", "1", "integrity"),
    ("min=56", "256", "confidentiality"),
];

#[test]
fn gssapi_has_each_layer_with_every_enctype() {
    let Some(realm) = realm() else { return };
    for name in ["e17", "e18", "e19", "e20", "s17", "b19", "b20"] {
        for (wanted, ssf, layer) in SSFS {
            let conversation = log_in(&realm, name, &["-m", "GSSAPI", "-b", wanted], &[]);
            assert_logged_in(&conversation, ssf, &format!("alice@EXAMPLE.TEST, {layer}"));
        }
    }
}

/// Cyrus SASL asks for confidentiality whenever it asks for a layer.
#[test]
fn gss_spnego_has_the_layer_of_the_flags() {
    let Some(realm) = realm() else { return };
    for (wanted, ssf, layer) in [SSFS[0], SSFS[2]] {
        let conversation = log_in(&realm, "e18", &["-m", "GSS-SPNEGO", "-b", wanted], &[]);
        assert_logged_in(&conversation, ssf, &format!("alice@EXAMPLE.TEST, {layer}"));
    }
}

#[test]
fn a_client_that_sends_nothing_first_is_asked_for_its_token() {
    let Some(realm) = realm() else { return };
    let conversation = log_in(&realm, "e18", &["-m", "GSSAPI", "-d"], &[]);
    assert_logged_in(&conversation, "256", "alice@EXAMPLE.TEST, confidentiality");
}

#[test]
fn a_client_chooses_the_best_of_what_is_offered() {
    let Some(realm) = realm() else { return };
    let login = |layers| log_in(&realm, "e18", &["-m", "GSSAPI"], &["--layers", layers]);
    assert_logged_in(&login("none"), "0", "alice@EXAMPLE.TEST, no layer");
    assert_logged_in(&login("integrity"), "1", "alice@EXAMPLE.TEST, integrity");
}

#[test]
fn a_client_and_a_server_that_share_no_layer_part() {
    let Some(realm) = realm() else { return };
    for (wanted, layers) in [
        ("min=1", "none"),
        ("max=0", "protected"),
        ("max=1", "confidentiality"),
    ] {
        for mechanism in ["GSSAPI", "GSS-SPNEGO"] {
            if (mechanism, wanted) == ("GSS-SPNEGO", "max=1") {
                continue; // it asks for confidentiality all the same
            }
            let options = ["-m", mechanism, "-b", wanted];
            let conversation = log_in(&realm, "e18", &options, &["--layers", layers]);
            assert!(
                !conversation.server_succeeded,
                "{mechanism} {wanted}: {conversation:#?}"
            );
            assert!(!conversation.server.contains("login"), "{conversation:#?}");
        }
    }
}

#[test]
fn a_client_acts_as_itself_or_as_whom_the_policy_permits() {
    let Some(realm) = realm() else { return };
    let login = |name, policy| log_in(&realm, "e18", &["-m", "GSSAPI", "-u", name], policy);
    let itself = login("alice@EXAMPLE.TEST", &[]);
    let known = "alice@EXAMPLE.TEST as alice@EXAMPLE.TEST, confidentiality";
    assert_logged_in(&itself, "256", known);
    let permitted = login("bob", &["--let", "alice@EXAMPLE.TEST", "--act-as", "bob"]);
    assert_logged_in(
        &permitted,
        "256",
        "alice@EXAMPLE.TEST as bob, confidentiality",
    );
    for name in ["bob", "alice", "alice@OTHER.TEST"] {
        let refused = login(name, &[]);
        let why = format!("alice@EXAMPLE.TEST may not act as {name:?}");
        assert!(refused.server.contains(&why), "{refused:#?}");
    }
}

/// Cyrus SASL takes at most what we say that we take; the sample client itself takes 2048 octets.
#[test]
fn a_small_buffer_is_kept_to() {
    let Some(realm) = realm() else { return };
    let options = ["-m", "GSSAPI"];
    let conversation = log_in(&realm, "e18", &options, &["--max-receive", "200"]);
    assert_logged_in(&conversation, "256", "alice@EXAMPLE.TEST, confidentiality");
}
