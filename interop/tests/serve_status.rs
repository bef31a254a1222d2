//! The status page of `portcullis serve`, on a phone without scripts.

use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::web::phone::{Phone, WIDTH};
use portcullis_interop::web::serve::Serve;

const HOST: &str = "e18.example.test";
const SERVICE: &str = "HTTP/e18.example.test";
const NEGOTIATE: [&str; 3] = ["--negotiate", "-u", ":"];

/// Nothing of it is beside the screen, however long what clients say is.
#[test]
fn the_operator_reads_the_status_page_on_a_phone_without_scripts() {
    if !present(&[Peer::MIT, Peer::CURL, Peer::CHROMIUM]) || !built(&binary()) {
        return;
    }
    let realm = MitRealm::start();
    let rules = "[status]\nrequire.users = [\"alice@EXAMPLE.TEST\"]\n\
        [[route]]\npath = \"/staff\"\nrequire.users = [\"nobody@EXAMPLE.TEST\"]";
    let serve = Serve::start(&realm.keytab(SERVICE), rules);
    let (alice, bob) = (realm.login("alice"), realm.login("bob"));
    let long = "x".repeat(300);
    let uri = format!("X-Original-URI: /staff/{long}");
    for (login, field, status) in [
        (&bob, uri.as_str(), 403),
        (&bob, "X-Original-URI: /", 200),
        // Beside curl's own.
        (&bob, "Authorization: Negotiate YQ==", 400),
    ] {
        let arguments = [&NEGOTIATE[..], &["-H", field]].concat();
        let (answer, log) = serve.server().curl_to(login, HOST, "auth", &arguments);
        assert_eq!(answer.status, status, "{log}");
    }

    let mut phone = Phone::start(&alice, serve.port);
    let page = phone.show(&format!("{}portcullis/status", serve.server().url(HOST)));

    for part in [
        "You are alice@EXAMPLE.TEST.",
        "bob@EXAMPLE.TEST lacks",
        &long,
        "in memory",
        "kvno",
        "up to 50 µs",
    ] {
        assert!(page.html.contains(part), "{part}: {}", page.html);
    }
    assert!(page.width <= WIDTH, "{} pixels", page.width);
    assert!(!page.html.contains("<script"), "{}", page.html);
}
