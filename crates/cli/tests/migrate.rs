//! `portcullis migrate`: a web server's Kerberos settings, said in TOML.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

mod program;

use program::{Said, file, run};

fn migrate(server: &str, text: &str) -> Said {
    let path = file("server.conf", text.as_bytes());
    run(&["migrate", server, path.to_str().unwrap()])
}

/// The keys and values, without comments.
fn keys(said: &Said) -> Vec<&str> {
    let lines = said.output.lines();
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// As in the documentation of many applications.
const AUTH_KERB: &str = r#"
<VirtualHost *:443>
  ServerName web.example.test
  ProxyPass / http://127.0.0.1:8000/
  <Location "/">
    AuthType Kerberos
    AuthName "Kerberos Login"
    KrbMethodNegotiate on
    KrbMethodK5Passwd off
    KrbServiceName HTTP/web.example.test
    KrbAuthRealms EXAMPLE.TEST
    Krb5KeyTab /etc/httpd/conf/httpd.keytab
    KrbSaveCredentials on
    KrbLocalUserMapping on
    Require valid-user
  </Location>
  <Location /admin>
    Require user root "alice admin"
  </Location>
</VirtualHost>
"#;

#[test]
fn mod_auth_kerb_becomes_ours() {
    let said = migrate("apache", AUTH_KERB);
    assert_eq!(
        (said.status, said.error.as_str()),
        (0, ""),
        "{}",
        said.output
    );
    assert_eq!(
        keys(&said),
        [
            "keytab = \"/etc/httpd/conf/httpd.keytab\"",
            "[authorize]",
            "realms = [\"EXAMPLE.TEST\"]",
            "[delegation]",
            "directory = \"/run/portcullis/ccache\"",
            "[headers]",
            "ccache = \"X-Krb5-Ccache\"",
            "[kerberos]",
            "service = \"HTTP/web.example.test\"",
            "[names]",
            "forget_realms = [\"EXAMPLE.TEST\"]",
            "[proxy]",
            "upstream = \"http://127.0.0.1:8000\"",
            "[[route]]",
            "path = \"/admin\"",
            "require.users = [\"alice admin\", \"root\"]",
        ]
    );
}

#[test]
fn mod_auth_gssapi_becomes_ours() {
    let said = migrate(
        "apache",
        "<Location /private>\n AuthType GSSAPI\n GssapiCredStore keytab:/etc/httpd.keytab\n \
         GssapiCredStore client_keytab:/etc/x\n GssapiUseSessions On\n SessionMaxAge 60\n \
         GssapiLocalName On\n GssapiDelegCcacheDir /run/caches\n GssapiRequiredNameAttributes \
         \"auth-indicators=otp or auth-indicators=pkinit\"\n RequestHeader set X-Remote-User \
         expr=%{REMOTE_USER}\n GssapiBasicAuth On\n Require group staff\n</Location>\n\
         <Directory /srv/open>\n Require all granted\n</Directory>",
    );
    assert_eq!(said.status, 1, "{}", said.output);
    assert_eq!(
        keys(&said),
        [
            "keytab = \"/etc/httpd.keytab\"",
            "[authorize]",
            "indicators = [\"otp\", \"pkinit\"]",
            "[delegation]",
            "directory = \"/run/caches\"",
            "[headers]",
            "ccache = \"X-Krb5-Ccache\"",
            "user = \"X-Remote-User\"",
            "[kerberos]",
            "krb5_conf = [\"/etc/krb5.conf\"]",
            "[sessions]",
            "key_file = \"/var/lib/portcullis/session.keys\"",
            "lifetime = 60",
            "[[route]]",
            "path = \"/private\"",
            "require.groups = [\"staff\"]",
        ]
    );
    for left in [
        "# line 4: client_keytab:/etc/x: the keytab is all that is needed here",
        "# line 11: GssapiBasicAuth On: passwords are not asked for here",
    ] {
        assert!(said.output.contains(left), "{left}: {}", said.output);
    }
}

/// A host with TLS whose users may also come with passwords.
const WITH_PASSWORDS: &str = "<VirtualHost *:443>\nSSLEngine on\nServerName https://web.example.test\n\
    <Location />\nAuthType Kerberos\nKrbAuthRealms EXAMPLE.TEST\nKrbMethodK5Passwd on\n\
    Require valid-user\n</Location>\n</VirtualHost>";

#[test]
fn passwords_are_taken_where_they_were() {
    let left = ": name the KDCs of EXAMPLE.TEST in passwords.kdcs";
    for (more, line) in [
        ("", "line 7: KrbMethodK5Passwd on"),
        ("KrbServiceName HTTP", "line 7: KrbMethodK5Passwd on"),
        (
            "KrbServiceName HTTP/web.example.test",
            "line 7: KrbMethodK5Passwd on",
        ),
        (
            "off",
            "line 5: AuthType Kerberos without KrbMethodK5Passwd off",
        ),
    ] {
        let text = match more {
            "off" => WITH_PASSWORDS.replace("KrbMethodK5Passwd on\n", ""),
            more => format!("{WITH_PASSWORDS}\n{more}"),
        };
        let said = migrate("apache", &text);
        let service = "[passwords]\nservice = \"HTTP/web.example.test@EXAMPLE.TEST\"";
        assert!(said.output.contains(service), "{more}: {}", said.output);
        let left = format!("# {line}{left}");
        assert!(said.output.contains(&left), "{more}: {}", said.output);
        assert_eq!(said.status, 1);
    }
}

#[test]
fn passwords_are_not_taken_where_they_were_not_or_in_clear() {
    let part = "</Location>\n<Location /b>\nKrbMethodK5Passwd off\n</Location>";
    let gssapi = "</Location>\n<Location /b>\nAuthType GSSAPI\n</Location>";
    for (there, here, why) in [
        ("SSLEngine on", "", "they are taken over TLS alone"),
        (
            "SSLEngine on",
            "SSLEngine off",
            "they are taken over TLS alone",
        ),
        ("</Location>", part, "in a part of the site"),
        ("</Location>", gssapi, "in a part of the site"),
        ("KrbAuthRealms EXAMPLE.TEST", "", "name the service"),
        (
            "EXAMPLE.TEST",
            "EXAMPLE.TEST OTHER.TEST",
            "name the service",
        ),
        (
            "ServerName https://web.example.test",
            "",
            "name the service",
        ),
        (
            "SSLEngine on",
            "SSLEngine on\nKrbServiceName host/a",
            "name the service",
        ),
    ] {
        let said = migrate("apache", &WITH_PASSWORDS.replacen(there, here, 1));
        for left in [
            "KrbMethodK5Passwd on: passwords are not asked for here",
            why,
        ] {
            assert!(said.output.contains(left), "{here}: {}", said.output);
        }
        assert!(
            !said.output.contains("[passwords]"),
            "{here}: {}",
            said.output
        );
    }
}

#[test]
fn a_file_of_groups_is_the_same() {
    let text = "<Location /a>\nAuthType GSSAPI\nAuthGroupFile /etc/groups\nRequire group staff\n\
                </Location>";
    let said = migrate("apache", text);
    assert_eq!(said.status, 0, "{}", said.output);
    assert_eq!(keys(&said)[..2], ["[groups]", "file = \"/etc/groups\""]);
}

#[test]
fn nginx_becomes_ours() {
    let said = migrate(
        "nginx",
        "http { include mime.types; server {\n auth_gss on;\n auth_gss_keytab /etc/nginx.keytab;\n \
         auth_gss_realm EXAMPLE.TEST;\n auth_gss_service_name HTTP/web.example.test;\n \
         auth_gss_allow_basic_fallback off;\n auth_gss_delegate_credentials on;\n location /a/ {\n \
         auth_gss_authorized_principal alice@EXAMPLE.TEST;\n auth_gss_authorized_principal \
         bob@EXAMPLE.TEST; }\n}}",
    );
    assert_eq!(
        (said.status, said.error.as_str()),
        (0, ""),
        "{}",
        said.output
    );
    assert_eq!(
        keys(&said),
        [
            "keytab = \"/etc/nginx.keytab\"",
            "[delegation]",
            "directory = \"/run/portcullis/ccache\"",
            "[headers]",
            "ccache = \"X-Krb5-Ccache\"",
            "[kerberos]",
            "service = \"HTTP/web.example.test\"",
            "[names]",
            "forget_realms = [\"EXAMPLE.TEST\"]",
            "[[route]]",
            "path = \"/a\"",
            "require.users = [\"alice@EXAMPLE.TEST\", \"bob@EXAMPLE.TEST\"]",
        ]
    );
}

/// A server with TLS whose users may also come with passwords.
const NGINX_WITH_PASSWORDS: &str = "server {\nlisten 443 ssl;\nserver_name web.example.test;\n\
    auth_gss on;\nauth_gss_realm EXAMPLE.TEST;\nauth_gss_allow_basic_fallback on;\n}";

#[test]
fn passwords_are_taken_where_they_were_in_nginx() {
    let left = ": name the KDCs of EXAMPLE.TEST in passwords.kdcs";
    let on = "auth_gss_allow_basic_fallback on;";
    for (instead, line) in [
        (on, "line 6: auth_gss_allow_basic_fallback on"),
        (
            "auth_gss_service_name HTTP/web.example.test;",
            "line 4: auth_gss without auth_gss_allow_basic_fallback off",
        ),
        (
            "",
            "line 4: auth_gss without auth_gss_allow_basic_fallback off",
        ),
    ] {
        let said = migrate("nginx", &NGINX_WITH_PASSWORDS.replace(on, instead));
        assert_eq!(said.status, 1, "{}", said.output);
        let service = "service = \"HTTP/web.example.test@EXAMPLE.TEST\"";
        assert!(keys(&said).contains(&service), "{}", said.output);
        let line = format!("# {line}{left}");
        assert!(said.output.contains(&line), "{line}: {}", said.output);
    }
}

#[test]
fn passwords_are_not_taken_where_that_would_be_more_than_in_nginx() {
    let on = "auth_gss_allow_basic_fallback on;";
    for (what, instead, why) in [
        ("443 ssl", "80", "they are taken over TLS alone"),
        ("listen 443 ssl;", "", "they are taken over TLS alone"),
        (
            "allow_basic_fallback on;",
            "allow_basic_fallback on;\nlocation /a { auth_gss_allow_basic_fallback off; }",
            "in a part of the site",
        ),
        ("auth_gss_realm EXAMPLE.TEST;", "", "name the service in"),
        (
            "web.example.test",
            "web.example.test www.example.test",
            "name the service in",
        ),
        (
            on,
            "auth_gss_allow_basic_fallback on;\nauth_gss_service_name host/a;",
            "name the service",
        ),
    ] {
        let said = migrate("nginx", &NGINX_WITH_PASSWORDS.replace(what, instead));
        assert_eq!(said.status, 1, "{}", said.output);
        assert!(!said.output.contains("[passwords]"), "{}", said.output);
        assert!(said.output.contains(why), "{why}: {}", said.output);
    }
}

/// Server, file, and what is said of it.
const LEFT: &[(&str, &str, &str)] = &[
    (
        "apache",
        "AuthType Kerberos",
        "line 1: AuthType Kerberos without KrbMethodK5Passwd off",
    ),
    (
        "apache",
        "KrbMethodK5Passwd on",
        "line 1: KrbMethodK5Passwd on: passwords",
    ),
    (
        "apache",
        "\nKrbSomething x",
        "line 2: KrbSomething x: it has no counterpart",
    ),
    (
        "apache",
        "KrbLocalUserMapping on",
        "line 1: KrbLocalUserMapping on: name the realm that",
    ),
    (
        "apache",
        "Krb5KeyTab /a\nKrb5KeyTab /b",
        "line 2: keytab = \"/b\": there is another",
    ),
    (
        "apache",
        "GssapiAcceptorName {HOSTNAME}",
        "line 1: {HOSTNAME}: set kerberos.service",
    ),
    (
        "apache",
        "GssapiAllowedMech ntlmssp",
        "line 1: GssapiAllowedMech ntlmssp",
    ),
    (
        "apache",
        "Include a.conf",
        "line 1: Include a.conf: that file was not read",
    ),
    (
        "apache",
        "AuthType GSSAPI\nRequire user a\nRequire group b",
        "line 3: Require group b: here who comes in meets all",
    ),
    (
        "apache",
        "AuthType GSSAPI\nRequire ip 10",
        "line 2: Require ip 10: this cannot",
    ),
    (
        "apache",
        "<Directory /srv>\nAuthType GSSAPI\nRequire user a\n</Directory>",
        "line 3: <Directory /srv> Require user a: which URLs",
    ),
    (
        "apache",
        "GssapiRequiredNameAttributes \"a=b\"",
        "line 1: GssapiRequiredNameAttributes a=b: authentication indicators",
    ),
    (
        "nginx",
        "auth_gss on;",
        "line 1: auth_gss without auth_gss_allow_basic_fallback off",
    ),
    ("nginx", "auth_gss off;", "line 1: auth_gss off: do not ask"),
    (
        "nginx",
        "auth_gss_authorized_principal_regex ^a;",
        "name the users",
    ),
    (
        "nginx",
        "location ~ x { auth_gss_authorized_principal a; }",
        "which paths that is for",
    ),
];

/// What would let in more than the server does: line and reason, and what is not in the keys.
const WIDER: &[(&str, &str, &str, &str)] = &[
    (
        "apache",
        "<Directory /srv>\nAuthType GSSAPI\nRequire valid-user\n</Directory>\n<Location /admin>\n\
         Require user root@A\n</Location>",
        "line 6: Require user root@A: Apache may hold this against users of Kerberos",
        "root",
    ),
    (
        "apache",
        "<VirtualHost a:443>\nAuthType GSSAPI\n<Location /x>\nRequire user alice\n</Location>\n\
         </VirtualHost>\n<VirtualHost a:443>\nAuthType GSSAPI\n<Location />\nRequire user bob\n\
         </Location>\n</VirtualHost>",
        "line 10: Require user bob: the rules here are another virtual host's",
        "bob",
    ),
    (
        "apache",
        "AuthType GSSAPI\n<Location /x>\nRequire user alice\n</Location>\n<Location /x>\n\
         Require user bob\n</Location>",
        "line 6: Require user bob: another section says who",
        "bob",
    ),
    (
        "apache",
        "AuthType GSSAPI\n<RequireAll>\nRequire user a b\nRequire user b c\n</RequireAll>",
        "line 4: Require user b c: here who comes in meets one of each kind",
        "nobody",
    ),
    (
        "apache",
        "AuthType GSSAPI\n<RequireNone>\nRequire valid-user\n</RequireNone>",
        "line 3: Require valid-user: this cannot",
        "nobody",
    ),
    (
        "apache",
        "AuthType GSSAPI\nRequire user a\nDeny from all",
        "line 3: Deny from all: this cannot",
        "nobody",
    ),
    (
        "apache",
        "KrbAuthRealms A B\nKrbLocalUserMapping On",
        "line 2: KrbLocalUserMapping On: name the realm",
        "forget",
    ),
    (
        "apache",
        "<Location /a>\nKrbAuthRealms A\n</Location>\n<Location /b>\nKrbAuthRealms B\n</Location>",
        "line 5: realms = [\"B\"]: there is another one",
        "B",
    ),
    (
        "apache",
        "GssapiRequiredNameAttributes auth-indicators=x\n\
         GssapiRequiredNameAttributes auth-indicators=y",
        "line 2: indicators = [\"y\"]: there is another one",
        "\"y\"",
    ),
    (
        "apache",
        "<Location /a>\nAuthType GSSAPI\nAuthGroupFile /x\nRequire group g\n</Location>\n\
         <Location /b>\nAuthType GSSAPI\nAuthGroupFile /y\nRequire group g\n</Location>",
        "line 8: AuthGroupFile /y: groups are the same wherever",
        "file",
    ),
    (
        "apache",
        "<Location /a>\nAuthType GSSAPI\nAuthGroupFile /x\nRequire group g\n</Location>\n\
         <Location /ab>\nAuthType GSSAPI\nRequire group g\n</Location>",
        "line 3: AuthGroupFile /x: groups are the same wherever",
        "file",
    ),
    (
        "apache",
        "AuthType GSSAPI\nAuthGroupFile conf/groups\nRequire group g",
        "line 2: AuthGroupFile conf/groups: groups are the same wherever",
        "file",
    ),
    (
        "nginx",
        "auth_gss_realm A;\nauth_gss_realm B;",
        "line 2: forget_realms = [\"B\"]: there is another one",
        "B",
    ),
    (
        "nginx",
        "server { auth_gss_authorized_principal alice; } server { location /x {\n\
         auth_gss_authorized_principal bob; } }",
        "line 2: auth_gss_authorized_principal bob: the rules here are another virtual host's",
        "bob",
    ),
    (
        "nginx",
        "location /x { auth_gss_authorized_principal a; }\n\
         location /x { auth_gss_authorized_principal b; }",
        "line 2: auth_gss_authorized_principal b: another section says who",
        "\"b\"",
    ),
];

#[test]
fn nothing_that_lets_in_more_than_the_server_does_is_done() {
    for (server, text, left, without) in WIDER {
        let said = migrate(server, text);
        assert_eq!(said.status, 1, "{text}: {}", said.output);
        assert!(said.output.contains(left), "{left}: {}", said.output);
        let keys = keys(&said).join("\n");
        assert!(!keys.contains(without), "{text}: {keys}");
    }
}

/// What is said of others than Kerberos's users is not ours.
#[test]
fn what_another_kind_of_users_must_be_is_not_asked_here() {
    let text = "<Location /a>\nAuthType GSSAPI\nRequire valid-user\n</Location>\n<Location /b>\n\
         AuthType Basic\nRequire user bob\n</Location>\n<Directory /c>\nRequire all granted\n\
         </Directory>";
    let said = migrate("apache", text);
    assert_eq!((said.status, keys(&said).len()), (0, 0), "{}", said.output);
}

#[test]
fn what_cannot_be_done_is_said_with_its_line() {
    for (server, text, left) in LEFT {
        let said = migrate(server, text);
        assert_eq!(said.status, 1, "{text}: {}", said.output);
        assert!(said.output.contains(left), "{left}: {}", said.output);
    }
}

#[test]
fn whoever_any_user_may_be_nothing_is_required_of() {
    let any = "AuthType GSSAPI\nRequire user a\nRequire valid-user";
    assert!(!migrate("apache", any).output.contains("users"));
    let all = "AuthType GSSAPI\n<RequireAll>\nRequire user a\nRequire valid-user\n</RequireAll>";
    assert!(migrate("apache", all).output.contains("users = [\"a\"]"));
}

#[cfg(target_os = "linux")]
#[test]
fn what_comes_out_is_a_configuration() {
    use portcullis_testrealm::TestRealm;

    let realm = TestRealm::new("EXAMPLE.TEST");
    let service = realm.service("HTTP/web.example.test");
    let keytab = file("keytab", &service.keytab_octets());
    let text = AUTH_KERB.replace("/etc/httpd/conf/httpd.keytab", keytab.to_str().unwrap());
    let text = text.replace("KrbSaveCredentials on", "");
    let config = file("serve.toml", migrate("apache", &text).output.as_bytes());
    let said = run(&["serve", "--check", config.to_str().unwrap()]);
    assert_eq!((said.error.as_str(), said.status), ("", 0));
}
