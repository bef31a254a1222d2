//! `psql` against the example `postgres`: GSS authentication, and GSS encryption.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Output;

use portcullis_interop::listener::{Listener, postgres};
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::process::{said, try_run};
use portcullis_interop::realm::MitRealm;

/// In clear, encrypted, and what psql does when it is told nothing.
const MODES: [&str; 3] = ["gssencmode=disable", "gssencmode=require", ""];

fn realm() -> Option<MitRealm> {
    let ready = present(&[Peer::MIT, Peer::PSQL]) && built(&postgres());
    ready.then(MitRealm::start)
}

fn serve(realm: &MitRealm, name: &str) -> Listener {
    let keytab = realm.keytab(&format!("HTTP/{name}.example.test"));
    Listener::start(&postgres(), &keytab, &[])
}

/// alice's psql for one query.
fn psql(realm: &MitRealm, server: &Listener, name: &str, options: &str, query: &str) -> Output {
    psql_of(&realm.login("alice"), server, name, options, query)
}

fn psql_of(login: &Login<'_>, server: &Listener, name: &str, options: &str, query: &str) -> Output {
    let mut client = login.command("psql");
    let port = server.port;
    client.arg(format!(
        "host={name}.example.test hostaddr=127.0.0.1 port={port} dbname=db krbsrvname=HTTP {options}"
    ));
    try_run(client.args(["--no-psqlrc", "-At", "-c", query]))
}

#[test]
fn psql_logs_in_with_every_enctype() {
    let Some(realm) = realm() else { return };
    for name in ["e17", "e18", "e19", "e20", "s17", "b19", "b20"] {
        let mut server = serve(&realm, name);
        for mode in MODES {
            let options = format!("user=alice {mode}");
            let output = psql(&realm, &server, name, &options, "select current_user");
            assert_eq!(said(&output), "alice@EXAMPLE.TEST\n", "{name} {mode}");
            assert_eq!(server.line(), "login alice@EXAMPLE.TEST");
            assert_eq!(server.line(), "query select current_user");
        }
    }
}

#[test]
fn psql_comes_from_another_realm_under_its_whole_name() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, "e18");
    let carol = realm.login("carol@OTHER.TEST");
    for (user, accepted) in [("carol@OTHER.TEST", true), ("carol", false)] {
        let options = format!("user={user}");
        let output = psql_of(&carol, &server, "e18", &options, "select current_user");
        assert_eq!(output.status.success(), accepted, "{user}: {output:?}");
    }
}

#[test]
fn psql_is_refused_as_somebody_else() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, "e18");
    for mode in MODES {
        let output = psql(
            &realm,
            &server,
            "e18",
            &format!("user=bob {mode}"),
            "select 1",
        );
        assert!(!output.status.success());
        let said = said(&output);
        assert!(
            said.contains("alice@EXAMPLE.TEST may not be \"bob\""),
            "{mode}: {said}"
        );
    }
}

#[test]
fn psql_is_refused_with_a_ticket_that_we_have_no_key_for() {
    let Some(realm) = realm() else { return };
    let mut server = serve(&realm, "e17");
    let options = "user=alice gssencmode=disable";
    let output = psql(&realm, &server, "e18", options, "select 1");
    assert!(!output.status.success());
    assert!(
        said(&output).contains("GSSAPI authentication failed"),
        "{output:?}"
    );
    assert!(
        server
            .line()
            .starts_with("refused: no key for the ticket's")
    );
    let options = "user=alice gssencmode=require";
    let output = psql(&realm, &server, "e18", options, "select 1");
    assert!(!output.status.success());
}

/// A packet of the encryption has 16 KiB at most.
#[test]
fn long_queries_and_answers_come_in_several_packets() {
    let Some(realm) = realm() else { return };
    let mut server = serve(&realm, "e18");
    let query = format!("select repeat /* {} */", "long ".repeat(10_000));
    for mode in MODES {
        let options = format!("user=alice {mode}");
        let output = psql(&realm, &server, "e18", &options, &query);
        let answer = "alice@EXAMPLE.TEST".repeat(4096) + "\n";
        assert!(
            said(&output) == answer,
            "{mode}: {} octets",
            said(&output).len()
        );
        assert_eq!(server.line(), "login alice@EXAMPLE.TEST");
        assert_eq!(server.line(), format!("query {query}"));
    }
}

/// CVE-2021-23214: what comes behind the wish to encrypt, in clear, is somebody else's.
#[test]
fn octets_ahead_of_the_encryption_are_refused() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, "e18");
    let request = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30];
    assert_eq!(answer(&server, &request, 1), b"G");
    assert_eq!(answer(&server, &[&request[..], b"select"].concat(), 1), b"");
}

#[test]
fn a_length_that_nobody_has_is_refused() {
    let Some(realm) = realm() else { return };
    let server = serve(&realm, "e18");
    for length in [0, 3, 0x0001_0005, u32::MAX] {
        assert_eq!(answer(&server, &length.to_be_bytes(), 1), b"", "{length}");
    }
}

/// What the server says to these octets, at most `count` of it; nothing when it ends the connection.
fn answer(server: &Listener, octets: &[u8], count: u64) -> Vec<u8> {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).expect("it listens");
    stream.write_all(octets).expect("it reads");
    let mut answer = Vec::new();
    let _ = stream.take(count).read_to_end(&mut answer); // reset, or at its end
    answer
}
