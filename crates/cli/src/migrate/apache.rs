//! Directives of mod_auth_kerb and mod_auth_gssapi, and those beside them that decide what they do.

use super::Directive;
use super::apache_passwords::passwords;
use super::apache_require::{Site, require};
use super::draft::{Draft, Value};

const CACHES: &str = "/run/portcullis/ccache";

const BESIDE: &str = "\
Put the daemon before the application: proxy.upstream is where it listens, and it must be reached
in no other way. It finds its user in the field Remote-User, where it had REMOTE_USER.";

const IN_CLIENTS_NAMES: &str =
    "no tickets are asked for in clients' names; they may delegate their own";

/// What mod_auth_gssapi can be switched to do, and why we do not.
const SWITCHES: [(&str, &str); 5] = [
    ("gssapiuses4u2proxy", IN_CLIENTS_NAMES),
    ("gssapiimpersonate", IN_CLIENTS_NAMES),
    (
        "gssapisslonly",
        "have the proxy in front redirect to https, or set tls.certificate and tls.key",
    ),
    (
        "gssapiconnectionbound",
        "each request shows who it comes from; sessions make that cheap",
    ),
    (
        "gssapipublisherrors",
        "the log says why, and the status page",
    ),
];

/// Says in TOML what the directives do.
pub(super) fn translate(directives: &[Directive], draft: &mut Draft) {
    draft.note(BESIDE);
    let site = Site::of(directives);
    for directive in directives {
        let key = directive.key();
        if key.starts_with("krb") {
            kerb(&key, directive, &site, draft);
        } else if key.starts_with("gssapi") {
            gssapi(&key, directive, draft);
        } else {
            beside(&key, directive, &site, draft);
        }
    }
    passwords(directives, &site, draft);
    require(&site, draft);
}

/// mod_auth_kerb.
fn kerb(key: &str, directive: &Directive, site: &Site<'_>, draft: &mut Draft) {
    let (line, text) = (directive.line, directive.text());
    match key {
        "krb5keytab" => keytab(line, &text, draft),
        "krbservicename" => service(line, &text, draft),
        "krbauthrealms" | "krbauthrealm" => {
            let realms = Value::list(&directive.arguments);
            draft.set(line, "authorize", "realms", realms);
        }
        "krblocalusermapping" if directive.is_on() => forget_realms(directive, site, draft),
        "krbsavecredentials" if directive.is_on() => delegation(line, CACHES, draft),
        "krbmethodnegotiate" if !directive.is_on() => {
            draft.leave(
                line,
                &directive.whole(),
                "Negotiate is all that there is here",
            );
        }
        "krbdelegatebasic" if directive.is_on() => {
            draft.leave(
                line,
                &directive.whole(),
                "the application gets no passwords",
            );
        }
        "krbmethodk4passwd" if directive.is_on() => {
            draft.leave(line, &directive.whole(), "there is no Kerberos 4 here");
        }
        "krbconstraineddelegation" if directive.is_on() => {
            draft.leave(line, &directive.whole(), IN_CLIENTS_NAMES);
        }
        // What they ask for is so here, or the other way round has no meaning; passwords come later.
        "krblocalusermapping"
        | "krbsavecredentials"
        | "krbmethodnegotiate"
        | "krbmethodk5passwd"
        | "krbdelegatebasic"
        | "krbmethodk4passwd"
        | "krbconstraineddelegation"
        | "krbverifykdc"
        | "krbauthoritative" => {}
        _ => unknown(directive, draft),
    }
}

/// mod_auth_gssapi.
fn gssapi(key: &str, directive: &Directive, draft: &mut Draft) {
    let (line, text) = (directive.line, directive.text());
    match key {
        "gssapicredstore" => cred_store(line, directive, draft),
        "gssapiacceptorname" => service(line, &text, draft),
        "gssapidelegccachedir" => delegation(line, &text, draft),
        "gssapilocalname" if directive.is_on() => {
            draft.add("kerberos", "krb5_conf", "/etc/krb5.conf");
        }
        "gssapiusesessions" if directive.is_on() => {
            let file = Value::of("/var/lib/portcullis/session.keys");
            draft.set(line, "sessions", "key_file", file);
        }
        "gssapirequirednameattributes" => required_attributes(directive, draft),
        "gssapisessionkey" => {
            let why = "make a new key in sessions.key_file, the base64 of 32 random octets";
            draft.leave(line, &directive.name, why);
        }
        "gssapiallowedmech" if text.eq_ignore_ascii_case("krb5") => {}
        "gssapinameattributes" => {
            let why = "groups are in Remote-Groups, the name in Remote-Name; no more is told";
            draft.leave(line, &directive.whole(), why);
        }
        "gssapidelegccacheperms" | "gssapidelegccacheunique" | "gssapidelegccacheenvvar" => {
            let why = "a client has one file of mode 0600, named in the field of headers.ccache";
            draft.leave(line, &directive.whole(), why);
        }
        "gssapibasicauth" => {} // passwords come later
        "gssapinegotiateonce"
        | "gssapisignalpersistentauth"
        | "gssapibasicauthmech"
        | "gssapibasicticketvalidity"
        | "gssapibasictickettimeout" => {} // so it is here
        "gssapilocalname" | "gssapiusesessions" => {} // off
        _ => match SWITCHES.iter().find(|(name, _)| *name == key) {
            Some((_, why)) if directive.is_on() => draft.leave(line, &directive.whole(), *why),
            Some(_) => {}
            None => unknown(directive, draft),
        },
    }
}

/// Directives of other modules that have a say.
fn beside(key: &str, directive: &Directive, site: &Site<'_>, draft: &mut Draft) {
    let (line, arguments) = (directive.line, &directive.arguments);
    match (key, arguments.as_slice()) {
        ("proxypass", [path, target, ..]) if path == "/" => {
            draft.set(
                line,
                "proxy",
                "upstream",
                Value::of(target.trim_end_matches('/')),
            );
        }
        ("requestheader", [set, field, value, ..])
            if set.eq_ignore_ascii_case("set") && value.contains("REMOTE_USER") =>
        {
            draft.set(line, "headers", "user", Value::of(field));
        }
        ("sessionmaxage", [seconds]) => match seconds.parse() {
            Ok(seconds) => draft.set(line, "sessions", "lifetime", Value::Number(seconds)),
            Err(_) => unknown(directive, draft),
        },
        ("authgroupfile", [path]) if site.is_guarded(&directive.sections) => {
            match site.group_file() == Some(path) {
                true => draft.set(line, "groups", "file", Value::of(path)),
                false => {
                    let why =
                        "groups are the same wherever they are required here: see groups.file";
                    draft.leave(line, &directive.whole(), why);
                }
            }
        }
        ("allow" | "deny" | "satisfy", _) => {
            draft.leave(line, &directive.whole(), "this cannot be required here");
        }
        ("include" | "includeoptional", _) => {
            draft.leave(line, &directive.whole(), "that file was not read");
        }
        _ => {}
    }
}

/// Users of several realms would share names: that is for who knows them all.
fn forget_realms(directive: &Directive, site: &Site<'_>, draft: &mut Draft) {
    match site.realms.iter().collect::<Vec<_>>().as_slice() {
        [realm] => draft.add("names", "forget_realms", realm),
        _ => {
            let why = "name the realm that is to be forgotten in names.forget_realms";
            draft.leave(directive.line, &directive.whole(), why);
        }
    }
}

fn keytab(line: usize, text: &str, draft: &mut Draft) {
    let path = text.strip_prefix("FILE:").unwrap_or(text);
    draft.set(line, "", "keytab", Value::of(path));
}

/// `Any`, `HTTP`, `HTTP/web.example.test`, `HTTP@web.example.test` or `{HOSTNAME}`.
fn service(line: usize, text: &str, draft: &mut Draft) {
    match text {
        "Any" | "HTTP" => {}
        "{HOSTNAME}" => {
            let why = "set kerberos.service to HTTP/ and the site's name, if it has one only";
            draft.leave(line, text, why);
        }
        _ => draft.set(line, "kerberos", "service", Value::of(text)),
    }
}

fn delegation(line: usize, directory: &str, draft: &mut Draft) {
    draft.set(line, "delegation", "directory", Value::of(directory));
    draft.set(line, "headers", "ccache", Value::of("X-Krb5-Ccache"));
}

fn cred_store(line: usize, directive: &Directive, draft: &mut Draft) {
    for element in &directive.arguments {
        match element.split_once(':') {
            Some(("keytab", path)) => keytab(line, path, draft),
            _ => draft.leave(line, element, "the keytab is all that is needed here"),
        }
    }
}

/// `auth-indicators=high or auth-indicators=otp`, and no more than that.
fn required_attributes(directive: &Directive, draft: &mut Draft) {
    let text = directive.text();
    let alternatives = text.split(" or ").map(str::trim);
    let indicator = |text: &str| text.strip_prefix("auth-indicators=").map(str::to_owned);
    let plain = |indicator: &String| !indicator.contains([' ', '(', ')', '=']);
    let indicators = alternatives.map(|text| indicator(text).filter(plain));
    match indicators.collect::<Option<Vec<_>>>() {
        Some(indicators) => {
            let line = directive.line;
            draft.set(line, "authorize", "indicators", Value::list(&indicators));
        }
        None => {
            let why = "authentication indicators can be required, one or another of them";
            draft.leave(directive.line, &directive.whole(), why);
        }
    }
}

fn unknown(directive: &Directive, draft: &mut Draft) {
    draft.leave(directive.line, &directive.whole(), "it has no counterpart");
}
