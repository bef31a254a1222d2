//! OpenLDAP's `ldapwhoami` against the example `ldap_bind`.

use portcullis_interop::listener::{Listener, ldap_bind};
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::process::{said, try_run};
use portcullis_interop::realm::MitRealm;

fn realm() -> Option<MitRealm> {
    let ready = present(&[Peer::MIT, Peer::CYRUS_SASL, Peer::LDAP_UTILS]) && built(&ldap_bind());
    ready.then(MitRealm::start)
}

fn serve(realm: &MitRealm, options: &[&str]) -> Listener {
    Listener::start(&ldap_bind(), &realm.keytab("ldap/localhost"), options)
}

/// What alice's `ldapwhoami` says, if it succeeds; otherwise the same as an error.
fn who_am_i(realm: &MitRealm, server: &Listener, options: &[&str]) -> Result<String, String> {
    ask(realm, server, "/usr/bin/ldapwhoami", options)
}

fn ask(
    realm: &MitRealm,
    server: &Listener,
    program: &str,
    options: &[&str],
) -> Result<String, String> {
    let alice = realm.login("alice");
    let mut client = alice.command(program);
    client.arg("-N").args(options);
    client.args(["-H", &format!("ldap://localhost:{}", server.port)]);
    let output = try_run(&mut client);
    match output.status.success() {
        true => Ok(said(&output)),
        false => Err(said(&output)),
    }
}

#[test]
fn ldapwhoami_has_each_layer_of_gssapi() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, &[]);
    for (properties, ssf) in [
        ("maxssf=0", "0"),
        ("minssf=1,maxssf=1", "1"),
        ("minssf=56", "256"),
    ] {
        let said = who_am_i(&realm, &server, &["-Y", "GSSAPI", "-O", properties]);
        let said = said.unwrap_or_else(|said| panic!("{properties}: {said}"));
        assert!(said.contains("u:alice@EXAMPLE.TEST"), "{said}");
        assert!(said.contains(&format!("SASL SSF: {ssf}\n")), "{said}");
    }
}

#[test]
fn ldapwhoami_has_the_layer_of_spnegos_flags() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, &[]);
    for (properties, ssf) in [("maxssf=0", "0"), ("minssf=56", "256")] {
        let said = who_am_i(&realm, &server, &["-Y", "GSS-SPNEGO", "-O", properties]);
        let said = said.unwrap_or_else(|said| panic!("{properties}: {said}"));
        assert!(said.contains("u:alice@EXAMPLE.TEST"), "{said}");
        assert!(said.contains(&format!("SASL SSF: {ssf}\n")), "{said}");
    }
}

/// RFC 4422 §3.2: so that a client sees whether somebody shortened the list on its way.
#[test]
fn ldapsearch_reads_the_list_of_mechanisms_through_the_layer() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, &[]);
    let options = ["-Y", "GSSAPI", "-LLL", "-b", "", "-s", "base"];
    let said = ask(&realm, &server, "/usr/bin/ldapsearch", &options).unwrap();
    assert!(said.contains("SASL SSF: 256\n"), "{said}");
    for name in ["GSSAPI", "GSS-SPNEGO"] {
        let line = format!("supportedSASLMechanisms: {name}\n");
        assert!(said.contains(&line), "{said}");
    }
}

#[test]
fn ldapwhoami_without_a_layer_is_told_that_one_is_wanted() {
    let Some(realm) = realm() else { return };
    let mut server = serve(&realm, &["--layers", "protected"]);
    let options = ["-Y", "GSS-SPNEGO", "-O", "maxssf=0"];
    let said = who_am_i(&realm, &server, &options).unwrap_err();
    assert!(
        said.contains("Strong(er) authentication required (8)"),
        "{said}"
    );
    assert!(server.line().starts_with("refused security-layer"));
}

#[test]
fn ldapwhoami_may_not_act_as_somebody_else() {
    let Some(realm) = realm() else { return };
    let mut server = serve(&realm, &[]);
    let said = who_am_i(&realm, &server, &["-Y", "GSSAPI", "-X", "u:bob"]).unwrap_err();
    assert!(said.contains("Invalid credentials (49)"), "{said}");
    let line = server.line();
    let why = "refused not-authorized: alice@EXAMPLE.TEST may not act as \"u:bob\"";
    assert!(line.starts_with(why), "{line}");
}

/// RFC 4752 §3.2: the name of the service is the protocol's.
#[test]
fn a_key_of_another_service_lets_nobody_in() {
    let Some(realm) = realm() else { return };
    let keytab = realm.joined_keytab(&["HTTP/e18.example.test"]);
    let output = try_run(
        std::process::Command::new(ldap_bind())
            .arg("--keytab")
            .arg(keytab),
    );
    let said = said(&output);
    assert!(
        said.contains("no usable key for ldap on any host"),
        "{said}"
    );
}
