//! Directives of the module spnego-http-auth for nginx.

use super::draft::{Draft, Value};
use super::nginx_passwords::passwords;
use super::{Directive, Section};

const BESIDE: &str = "\
Have nginx ask the daemon instead: `auth_request` at a location that passes to /auth, and
`auth_request_set` for Remote-User, which takes the place of $remote_user. Or let the daemon be the
proxy: proxy.upstream.";

/// Says in TOML what the directives do.
pub(super) fn translate(directives: &[Directive], draft: &mut Draft) {
    draft.note(BESIDE);
    let named = |name: &'static str| directives.iter().filter(move |it| it.name == name);
    let full = named("auth_gss_format_full").any(Directive::is_on);
    for directive in directives
        .iter()
        .filter(|it| it.name.starts_with("auth_gss"))
    {
        one(directive, full, draft);
    }
    passwords(directives, draft);
    for include in named("include").filter(|it| !it.text().ends_with("mime.types")) {
        draft.leave(include.line, &include.whole(), "that file was not read");
    }
}

fn one(directive: &Directive, full: bool, draft: &mut Draft) {
    let (line, text) = (directive.line, directive.text());
    let path = path(&directive.sections);
    match directive.name.as_str() {
        "auth_gss" if !directive.is_on() => {
            let why = "do not ask the daemon about this location";
            draft.leave(line, &directive.whole(), why);
        }
        "auth_gss_keytab" => draft.set(line, "", "keytab", Value::of(text)),
        "auth_gss_realm" if !full => {
            let realm = Value::list(core::slice::from_ref(&text));
            draft.set(line, "names", "forget_realms", realm);
        }
        "auth_gss_service_name" if text != "HTTP" => {
            draft.set(line, "kerberos", "service", Value::of(text));
        }
        "auth_gss_authorized_principal" => match path {
            Some(path) => draft.require(directive, &path, "users", &directive.arguments),
            None => {
                let why = "which paths that is for is not known: it is required everywhere";
                draft.leave(line, &directive.whole(), why);
                draft.require(directive, "", "users", &directive.arguments);
            }
        },
        "auth_gss_map_to_local" if directive.is_on() => {
            draft.add("kerberos", "krb5_conf", "/etc/krb5.conf");
        }
        "auth_gss_delegate_credentials" if directive.is_on() => {
            let directory = Value::of("/run/portcullis/ccache");
            draft.set(line, "delegation", "directory", directory);
            draft.set(line, "headers", "ccache", Value::of("X-Krb5-Ccache"));
        }
        "auth_gss_authorized_principal_regex" => {
            let why = "name the users, or a group that they are in";
            draft.leave(line, &directive.whole(), why);
        }
        "auth_gss_constrained_delegation" if directive.is_on() => {
            let why = "no tickets are asked for in clients' names; they may delegate their own";
            draft.leave(line, &directive.whole(), why);
        }
        // What they ask for is so here, or they are off, or it is said elsewhere.
        "auth_gss"
        | "auth_gss_realm"
        | "auth_gss_service_name"
        | "auth_gss_format_full"
        | "auth_gss_map_to_local"
        | "auth_gss_delegate_credentials"
        | "auth_gss_allow_basic_fallback"
        | "auth_gss_constrained_delegation"
        | "auth_gss_force_realm"
        | "auth_gss_service_ccache" => {}
        _ => draft.leave(line, &directive.whole(), "it has no counterpart"),
    }
}

/// The path of the innermost location; empty is all, `None` what cannot be told.
fn path(sections: &[Section]) -> Option<String> {
    let Some(location) = sections.iter().rev().find(|it| it.name == "location") else {
        return Some(String::new());
    };
    match location.arguments.as_slice() {
        [path] if path.starts_with('/') => Some(path.trim_end_matches('/').to_owned()),
        [kind, path] if kind == "^~" => Some(path.trim_end_matches('/').to_owned()),
        _ => None,
    }
}
