//! `portcullis serve` behind nginx, before a site of Django's: the page says who the user is.

use portcullis_interop::http::Server;
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::samba::SambaDomain;
use portcullis_interop::web::browser::{Firefox, chromium};
use portcullis_interop::web::django::Django;
use portcullis_interop::web::nginx::{Buffers, Nginx};
use portcullis_interop::web::serve::Serve;

const HOST: &str = "e18.example.test";
const SERVICE: &str = "HTTP/e18.example.test";
const PEERS: [Peer; 3] = [Peer::MIT, Peer::NGINX, Peer::DJANGO];
const NEGOTIATE: [&str; 3] = ["--negotiate", "-u", ":"];

/// Alice alone may come into this part.
const STAFF: &str = "[[route]]\npath = \"/staff\"\nrequire.users = [\"alice@EXAMPLE.TEST\"]";

/// The daemon, and the site behind nginx.
struct Site {
    serve: Serve,
    nginx: Nginx,
    _django: Django,
}

impl Site {
    fn start(keytab: &std::path::Path, buffers: Buffers, configuration: &str) -> Self {
        let (django, serve) = (Django::start(), Serve::start(keytab, configuration));
        let nginx = Nginx::start(serve.port, &django.address(), buffers);
        Self {
            serve,
            nginx,
            _django: django,
        }
    }

    fn server(&self) -> Server {
        self.nginx.server()
    }
}

fn site(more: &[Peer]) -> Option<(MitRealm, Site)> {
    if !present(&[&PEERS, more].concat()) || !built(&binary()) {
        return None;
    }
    let realm = MitRealm::start();
    let site = Site::start(&realm.keytab(SERVICE), Buffers::Default, STAFF);
    Some((realm, site))
}

#[test]
fn a_site_of_django_behind_nginx_says_the_users_name_to_curl() {
    let Some((realm, mut site)) = site(&[Peer::CURL]) else {
        return;
    };
    let (alice, bob) = (realm.login("alice"), realm.login("bob"));
    let server = site.server();
    for (login, name) in [(&alice, "alice"), (&bob, "bob")] {
        let (answer, log) = server.curl(login, HOST);
        assert_eq!(answer.status, 200, "{log}");
        assert_eq!(answer.body, format!("you are {name}@EXAMPLE.TEST"));
    }
    site.serve
        .logged(&["outcome=accepted", "client=alice@EXAMPLE.TEST"]);

    who_has_no_ticket_is_asked_for_one(&server, &alice);
    who_is_not_named_by_the_rule_gets_403(&mut site, &alice, &bob);
    nobody_says_who_they_are_but_by_a_ticket(&server, &alice);
}

fn who_has_no_ticket_is_asked_for_one(server: &Server, alice: &Login<'_>) {
    let (answer, log) = server.curl_with(alice, HOST, &[]);
    assert_eq!(answer.status, 401, "{log}");
    assert!(log.contains("< www-authenticate: Negotiate"), "{log}");
    let spoof = ["-H", "Remote-User: alice@EXAMPLE.TEST"];
    let (answer, log) = server.curl_with(alice, HOST, &spoof);
    assert_eq!(answer.status, 401, "{log}");
}

fn who_is_not_named_by_the_rule_gets_403(site: &mut Site, alice: &Login<'_>, bob: &Login<'_>) {
    for path in ["staff", "staff/list?a=b", "%73taff", "//staff"] {
        let ask = |login| {
            site.server().curl_to(
                login,
                HOST,
                path,
                &[&NEGOTIATE[..], &["--path-as-is"]].concat(),
            )
        };
        assert_eq!(ask(alice).0.status, 200, "{path}: {}", ask(alice).1);
        let (answer, log) = ask(bob);
        assert_eq!(answer.status, 403, "{path}: {log}");
        assert!(!log.contains("alice"), "the rule is nothing for bob: {log}");
    }
    // What the proxy and the application make of these is not the same everywhere, so nobody comes in.
    for path in ["x/../staff", "staff/../x", "x/%2e%2e/staff"] {
        let as_is = [&NEGOTIATE[..], &["--path-as-is"]].concat();
        for login in [alice, bob] {
            let (answer, log) = site.server().curl_to(login, HOST, path, &as_is);
            assert_eq!(answer.status, 403, "{path}: {log}");
        }
    }
    let line = site
        .serve
        .logged(&["outcome=forbidden", "client=bob@EXAMPLE.TEST"]);
    assert!(line.contains("/staff"), "{line}");
}

fn nobody_says_who_they_are_but_by_a_ticket(server: &Server, alice: &Login<'_>) {
    for field in [
        "Remote-User",
        "remote-user",
        "REMOTE-USER",
        "Remote_User",
        "REMOTE_USER",
        "Remote.User",
        "Remote-Groups",
        "remote_name",
        "X-Krb5-Ccache",
        "X_Krb5_Ccache",
    ] {
        let spoof = format!("{field}: admin");
        let (answer, log) = server.curl_to(
            alice,
            HOST,
            "fields",
            &[&NEGOTIATE[..], &["-H", &spoof]].concat(),
        );
        assert_eq!(answer.status, 200, "{log}");
        assert!(!answer.body.contains("admin"), "{field}: {}", answer.body);
        assert!(
            answer.body.contains("HTTP_REMOTE_USER=alice@EXAMPLE.TEST"),
            "{}",
            answer.body
        );
        assert!(
            !answer.body.contains("HTTP_AUTHORIZATION"),
            "{}",
            answer.body
        );
    }
}

#[test]
fn the_same_site_says_the_users_name_to_chromium() {
    let Some((realm, site)) = site(&[Peer::CHROMIUM]) else {
        return;
    };
    let url = site.server().url(HOST);
    let page = chromium(&realm.login("alice"), &url);
    assert!(page.contains("you are alice@EXAMPLE.TEST"), "{page}");
    let page = chromium(&realm.login("bob"), &format!("{url}staff"));
    assert!(page.contains("403 Forbidden"), "{page}");
}

#[test]
fn the_same_site_says_the_users_name_to_firefox() {
    let Some((realm, site)) = site(&[Peer::FIREFOX]) else {
        return;
    };
    let bob = realm.login("bob");
    let mut firefox = Firefox::start(&bob, HOST);
    let url = site.server().url(HOST);
    let page = firefox.show(&url);
    assert!(page.contains("you are bob@EXAMPLE.TEST"), "{page}");
    let page = firefox.show(&format!("{url}staff"));
    assert!(page.contains("403 Forbidden"), "{page}");
}

/// Groups come from the PAC, and make the header long.
#[test]
fn users_of_a_domain_with_a_thousand_groups_come_through_nginx() {
    if !present(&[Peer::NGINX, Peer::DJANGO]) || !built(&binary()) {
        return;
    }
    let Some(domain) = SambaDomain::start(&[Peer::CURL]) else {
        return;
    };
    let (host, keytab) = (
        "web.example.test",
        domain.realm.keytab("HTTP/web.example.test"),
    );
    let group = domain
        .user("alice")
        .groups
        .into_iter()
        .find(|sid| !domain.user("bob").groups.contains(sid));
    let group = group.expect("a group of alice's alone");
    let rule = format!(
        "[names]\ngroups = {{ {group:?} = \"staff\" }}\n[[route]]\npath = \"/staff\"\nrequire.groups = [\"staff\"]"
    );
    let site = Site::start(&keytab, Buffers::Large, &rule);
    let (alice, bob) = (domain.realm.login("alice"), domain.realm.login("bob"));
    let statuses = [&alice, &bob].map(|login| {
        site.server()
            .curl_to(login, host, "staff", &NEGOTIATE)
            .0
            .status
    });
    assert_eq!(statuses, [200, 403]);
    let (answer, _) = site.server().curl_to(&alice, host, "fields", &NEGOTIATE);
    assert!(
        answer.body.contains("HTTP_REMOTE_GROUPS=staff"),
        "{}",
        answer.body
    );

    let (many, small) = (
        domain.realm.login("many"),
        Nginx::start(site.serve.port, "127.0.0.1:1", Buffers::Default),
    );
    let (answer, log) = site.server().curl(&many, host);
    assert_eq!(answer.status, 200, "{log}");
    assert_eq!(answer.body, "you are many@EXAMPLE.TEST");
    let (answer, log) = small.server().curl(&many, host);
    assert_eq!(answer.status, 400, "{log}");
}
