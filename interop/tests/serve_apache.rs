//! `portcullis serve` in the place of Apache's modules: the same pages, the same users, the same statuses.

use portcullis_interop::http::{Answer, Server};
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, built, present};
use portcullis_interop::portcullis::binary;
use portcullis_interop::realm::{MitRealm, SPAKE_INDICATOR};
use portcullis_interop::web::apache::Apache;
use portcullis_interop::web::django::Django;
use portcullis_interop::web::serve::{Serve, migrated};

const HOST: &str = "e18.example.test";
const SERVICE: &str = "HTTP/e18.example.test";
const NEGOTIATE: [&str; 3] = ["--negotiate", "-u", ":"];

/// How sites say it that log their users in with mod_auth_kerb.
const AUTH_KERB: &str = r#"
<VirtualHost *:80>
  ServerName e18.example.test
  ProxyPass / APPLICATION
  <Location />
    AuthType Kerberos
    AuthName "Kerberos Login"
    KrbMethodNegotiate On
    KrbMethodK5Passwd Off
    KrbAuthRealms EXAMPLE.TEST
    KrbServiceName HTTP/e18.example.test
    Krb5KeyTab KEYTAB
    Require valid-user
  </Location>
  <Location /staff>
    Require user alice@EXAMPLE.TEST
  </Location>
</VirtualHost>
"#;

/// The same with its successor, which Debian has.
const AUTH_GSSAPI: &str = r#"
<Location />
  AuthType GSSAPI
  AuthName "Kerberos Login"
  GssapiCredStore keytab:PLACE/keytab
  GssapiAcceptorName HTTP@e18.example.test
  Require valid-user
</Location>
<Location /staff>
  Require user alice@EXAMPLE.TEST
</Location>
"#;

fn realm() -> Option<MitRealm> {
    let peers = [Peer::MIT, Peer::APACHE, Peer::DJANGO, Peer::CURL];
    (present(&peers) && built(&binary())).then(MitRealm::start)
}

#[test]
fn a_site_of_mod_auth_kerb_shows_the_same_pages_to_the_same_users_when_it_is_migrated() {
    let Some(realm) = realm() else { return };
    let (django, keytab) = (Django::start(), realm.keytab(SERVICE));
    let directives = AUTH_KERB
        .replace("KEYTAB", &keytab.display().to_string())
        .replace("APPLICATION", &django.address());
    let listen = "listen = [\"127.0.0.1:0\"]";
    let serve = Serve::configured(&format!("{listen}\n{}", migrated("apache", &directives)));
    let apache = Apache::start(&realm, &keytab, "none:", AUTH_GSSAPI);
    let users = ["alice", "bob", "carol@OTHER.TEST"].map(|user| realm.login(user));
    for path in ["", "staff"] {
        for login in &users {
            let pages = [apache.server(), serve.server()]
                .map(|it| it.curl_to(login, HOST, path, &NEGOTIATE).0);
            let [theirs, ours] = pages;
            let user = login.user();
            assert_ne!(theirs.status, 500, "{}", apache.log());
            assert_same(&theirs, &ours, user, path);
        }
    }
    let pages = [&apache.server(), &serve.server()].map(|it| it.curl(&users[0], HOST).0.body);
    assert_eq!(pages, ["you are alice@EXAMPLE.TEST"; 2]);
}

/// The page, where there is one, and who is shut out in any case. mod_auth_kerb's list of realms, which is ours, has no
/// counterpart in mod_auth_gssapi: carol is its user, and neither's that was migrated.
fn assert_same(theirs: &Answer, ours: &Answer, user: &str, path: &str) {
    if user == "carol" {
        let statuses = (theirs.status, ours.status);
        let expected = if path.is_empty() { 200 } else { 401 };
        assert_eq!(statuses, (expected, 403), "{user} /{path}");
        return;
    }
    // A user who is known and may not come in: RFC 9110 §15.5.4. Apache asks again for another.
    let refused = theirs.status == 401 && ours.status == 403;
    assert!(
        refused || theirs == ours,
        "{user} /{path}: {theirs:?} {ours:?}"
    );
    assert_eq!(refused, user == "bob" && path == "staff");
}

/// One of the scenarios that mod_auth_gssapi's own tests have.
struct Scenario {
    name: &'static str,
    /// What Apache is told in the guarded location.
    theirs: &'static str,
    /// What the daemon is told.
    ours: &'static str,
    /// What curl is told.
    arguments: &'static [&'static str],
    user: &'static str,
    /// The status of both, and whether each asks for Negotiate with it.
    status: u16,
    asks: (bool, bool),
    /// What the page of both says.
    page: Option<&'static str>,
}

const BROKEN: [&str; 2] = ["-H", "Authorization: Negotiate badvalue"];

const SCENARIOS: [Scenario; 12] = [
    Scenario {
        name: "no auth",
        theirs: "",
        ours: "",
        arguments: &[],
        user: "alice",
        status: 401,
        asks: (true, true),
        page: None,
    },
    Scenario {
        name: "negotiate",
        theirs: "",
        ours: "",
        arguments: &NEGOTIATE,
        user: "alice",
        status: 200,
        asks: (true, true),
        page: Some("you are alice@EXAMPLE.TEST"),
    },
    // Who is not to be asked is configuration there; here everybody is.
    Scenario {
        name: "no negotiate for a user agent",
        theirs: "BrowserMatch NONEGO gssapi-no-negotiate",
        ours: "",
        arguments: &["-A", "NONEGO"],
        user: "alice",
        status: 401,
        asks: (false, true),
        page: None,
    },
    Scenario {
        name: "bad value",
        theirs: "",
        ours: "",
        arguments: &BROKEN,
        user: "alice",
        status: 401,
        asks: (true, true),
        page: None,
    },
    Scenario {
        name: "negotiate once",
        theirs: "GssapiNegotiateOnce On",
        ours: "",
        arguments: &BROKEN,
        user: "alice",
        status: 401,
        asks: (false, true),
        page: None,
    },
    Scenario {
        name: "bad acceptor name",
        theirs: "GssapiAcceptorName HTTP@e17.example.test",
        ours: "[kerberos]\nservice = \"HTTP/e17.example.test\"",
        arguments: &NEGOTIATE,
        user: "alice",
        status: 401,
        asks: (true, true),
        page: None,
    },
    Scenario {
        name: "host-name acceptor",
        theirs: "GssapiAcceptorName {HOSTNAME}",
        ours: "[kerberos]\nservice = \"HTTP/e18.example.test\"",
        arguments: &NEGOTIATE,
        user: "alice",
        status: 200,
        asks: (true, true),
        page: None,
    },
    Scenario {
        name: "required attribute",
        theirs: REQUIRED,
        ours: "[authorize]\nindicators = [\"spake\"]",
        arguments: &NEGOTIATE,
        user: "dora",
        status: 200,
        asks: (true, true),
        page: Some("you are dora@EXAMPLE.TEST"),
    },
    Scenario {
        name: "required attribute, without",
        theirs: REQUIRED,
        ours: "[authorize]\nindicators = [\"spake\"]",
        arguments: &NEGOTIATE,
        user: "alice",
        status: 403,
        asks: (true, true),
        page: None,
    },
    Scenario {
        name: "required attribute, one of two",
        theirs: "GssapiRequiredNameAttributes \"auth-indicators=otp or auth-indicators=spake\"",
        ours: "[authorize]\nindicators = [\"otp\", \"spake\"]",
        arguments: &NEGOTIATE,
        user: "dora",
        status: 200,
        asks: (true, true),
        page: None,
    },
    Scenario {
        name: "local name",
        theirs: "GssapiLocalName On",
        ours: "[kerberos]\nkrb5_conf = [\"KRB5_CONF\"]",
        arguments: &NEGOTIATE,
        user: "alice",
        status: 200,
        asks: (true, true),
        page: Some("you are alice"),
    },
    Scenario {
        name: "local name of a realm that is forgotten",
        theirs: "GssapiLocalName On",
        ours: "[names]\nforget_realms = [\"EXAMPLE.TEST\"]",
        arguments: &NEGOTIATE,
        user: "bob",
        status: 200,
        asks: (true, true),
        page: Some("you are bob"),
    },
];

const REQUIRED: &str = "GssapiRequiredNameAttributes auth-indicators=spake";

#[test]
fn the_scenarios_of_mod_auth_gssapis_own_tests_have_the_same_statuses() {
    let Some(realm) = realm() else { return };
    assert!(REQUIRED.ends_with(SPAKE_INDICATOR));
    // A daemon does not start with the name of a service that it has no key of.
    let keytab = realm.joined_keytab(&[SERVICE, "HTTP/e17.example.test"]);
    let (django, apache) = (
        Django::start(),
        Apache::start(&realm, &keytab, "none:", &guards()),
    );
    let upstream = format!("[proxy]\nupstream = {:?}", django.address());
    let conf = realm.path("krb5.conf").display().to_string();
    let (mut differences, mut told, mut serve) = (Vec::new(), "none", None);
    for (number, scenario) in SCENARIOS.iter().enumerate() {
        if scenario.ours != told {
            told = scenario.ours;
            let text = format!("{}\n{upstream}", told.replace("KRB5_CONF", &conf));
            serve = Some(Serve::start(&keytab, &text));
        }
        let login = realm.login(scenario.user);
        let servers = [apache.server(), serve.as_ref().expect("started").server()];
        let seen = servers.map(|server| seen(&server, &login, &path(number), scenario));
        let found = seen.each_ref().map(|(answer, asks)| (answer.status, *asks));
        let pages = seen
            .each_ref()
            .map(|(answer, _)| scenario.page.map(|_| answer.body.as_str()));
        let expected = <[bool; 2]>::from(scenario.asks).map(|asks| (scenario.status, asks));
        if found != expected || pages != [scenario.page; 2] {
            differences.push(format!("{}: {found:?} {pages:?}", scenario.name));
        }
    }
    let log = apache.log();
    assert!(differences.is_empty(), "{}\n{log}", differences.join("\n"));
}

fn path(number: usize) -> String {
    format!("scenario-{number}")
}

/// A location for each; what matches user agents is for the whole server.
fn guards() -> String {
    let guards = SCENARIOS.iter().enumerate().map(|(number, scenario)| {
        let (inside, outside) = match scenario.theirs.starts_with("BrowserMatch") {
            true => ("", scenario.theirs),
            false => (scenario.theirs, ""),
        };
        format!(
            "{outside}\n<Location /{}>\nAuthType GSSAPI\nAuthName x\nGssapiCredStore keytab:PLACE/keytab\n\
             Require valid-user\n{inside}\n</Location>\n",
            path(number)
        )
    });
    guards.collect()
}

/// The answer, and whether it asks for Negotiate, or answers it.
fn seen(server: &Server, login: &Login<'_>, path: &str, scenario: &Scenario) -> (Answer, bool) {
    let (answer, log) = server.curl_to(login, HOST, path, scenario.arguments);
    let (_, last) = log.rsplit_once("< HTTP/1.1 ").expect("an answer");
    let asks = last
        .to_ascii_lowercase()
        .contains("< www-authenticate: negotiate");
    (answer, asks)
}
