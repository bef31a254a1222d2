//! MIT's GSS-API over Python's TLS, and curl, against the example `axum_tls`: the one says which certificate it sees, the
//! other does not.

use std::path::PathBuf;
use std::process::Output;

use portcullis_interop::http::{Server, tls_example};
use portcullis_interop::initiator::clients;
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::process::{said, try_run};
use portcullis_interop::realm::MitRealm;
use portcullis_interop::to_base64;

/// A certificate of 127.0.0.1, and its key.
const CERTIFICATE: &[u8] = include_bytes!("../../crates/http/tests/tls_server/web.cert.der");
const KEY: &[u8] = include_bytes!("../../crates/http/tests/tls_server/web.key.der");
const HOST: &str = "e18.example.test";

struct Scene {
    realm: MitRealm,
    certificate: PathBuf,
}

impl Scene {
    fn start(peer: Peer) -> Option<Self> {
        let ready = present(&[Peer::MIT, peer]) && built(&tls_example());
        ready.then(|| {
            let realm = MitRealm::start();
            let certificate = realm.path("web.pem");
            let pem = |label: &str, octets| {
                let text = to_base64(octets);
                format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
            };
            std::fs::write(&certificate, pem("CERTIFICATE", CERTIFICATE)).unwrap();
            std::fs::write(realm.path("web.key"), pem("PRIVATE KEY", KEY)).unwrap();
            Self { realm, certificate }
        })
    }

    fn serve(&self, required: &str) -> Server {
        let key = self.realm.path("web.key");
        let more = [
            "--cert",
            self.certificate.to_str().unwrap(),
            "--key",
            key.to_str().unwrap(),
            "--require-channel-bindings",
            required,
        ];
        let keytab = self.realm.keytab(&format!("HTTP/{HOST}"));
        Server::start(&tls_example(), &keytab, &more)
    }

    /// MIT's GSS-API, which says `seen` of the channel.
    fn mit(&self, server: &Server, login: &Login<'_>, seen: &str) -> String {
        let mut python = login.command("/usr/bin/python3");
        python.arg(clients().join("bound_get.py"));
        python.args([&port(&server.url(HOST)), HOST]);
        said(&try_run(python.arg(&self.certificate).arg(seen)))
    }

    fn curl(&self, server: &Server, login: &Login<'_>, version: &str) -> Output {
        let mut curl = login.command("/usr/bin/curl");
        curl.args([
            "--silent",
            "--noproxy",
            "*",
            "--insecure",
            "--negotiate",
            "-u",
            ":",
            version,
        ]);
        let url = secure(&server.url(HOST));
        let port = url
            .rsplit(':')
            .next()
            .unwrap_or_default()
            .trim_end_matches('/');
        curl.args(["--resolve", &format!("{HOST}:{port}:127.0.0.1"), &url]);
        try_run(&mut curl)
    }
}

fn port(url: &str) -> String {
    let port = url.rsplit(':').next().unwrap_or_default();
    port.trim_end_matches('/').to_owned()
}

fn secure(url: &str) -> String {
    url.replacen("http:", "https:", 1)
}

#[test]
fn mit_is_bound_to_the_certificate_that_it_sees_and_to_no_other() {
    let Some(scene) = Scene::start(Peer::PYTHON_GSSAPI) else {
        return;
    };
    let alice = scene.realm.login("alice");
    for required in ["no", "yes"] {
        let server = scene.serve(required);
        let bound = scene.mit(&server, &alice, "end-point");
        let expected = "200\nhello, alice@EXAMPLE.TEST, bound to this channel";
        assert_eq!(bound.trim(), expected);
        let relayed = scene.mit(&server, &alice, "other");
        assert!(relayed.starts_with("401\n"), "{relayed}");
        let unbound = scene.mit(&server, &alice, "none");
        let status = if required == "yes" { "401\n" } else { "200\n" };
        assert!(unbound.starts_with(status), "{required}: {unbound}");
    }
}

#[test]
fn curl_says_no_channel_and_gets_in_where_none_is_required() {
    let Some(scene) = Scene::start(Peer::CURL) else {
        return;
    };
    let alice = scene.realm.login("alice");
    let (lenient, strict) = (scene.serve("no"), scene.serve("yes"));
    for version in ["--http1.1", "--http2"] {
        let output = scene.curl(&lenient, &alice, version);
        let expected = "hello, alice@EXAMPLE.TEST, not bound to this channel\n";
        assert_eq!(said(&output), expected, "{version}");
        let refused = said(&scene.curl(&strict, &alice, version));
        assert!(refused.contains("refused"), "{version}: {refused}");
    }
}
