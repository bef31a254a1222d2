//! Names and passwords beside tickets, as nginx's module takes them: `auth_gss_allow_basic_fallback`, which
//! is on unless it is switched off.
//!
//! Here they are taken for the whole site or not at all, over TLS alone, and of a KDC that the service's
//! key proves. What is less than that in nginx's file is left to be done by hand.

use super::draft::{Draft, Value};
use super::{Directive, IN_CLEAR, NAMELESS};
use std::collections::BTreeSet;

const IN_PARTS: &str = "passwords are not asked for here: they would be everywhere, and nginx asks \
                        for them in a part of the site";

/// Takes passwords where nginx does, or says why not.
pub(super) fn passwords(directives: &[Directive], draft: &mut Draft) {
    let named = |name: &'static str| directives.iter().filter(move |it| it.name == name);
    let guards: Vec<_> = named("auth_gss").filter(|it| it.is_on()).collect();
    let switches: Vec<_> = named("auth_gss_allow_basic_fallback").collect();
    let wish = match (switches.as_slice(), guards.as_slice()) {
        ([], [guard, ..]) => (
            guard.line,
            "auth_gss without auth_gss_allow_basic_fallback off".to_owned(),
        ),
        (switches, _) => match switches.iter().find(|it| it.is_on()) {
            Some(on) => (on.line, on.whole()),
            None => return,
        },
    };
    let is_whole = switches.iter().all(|it| it.is_on());
    let is_over_tls = !guards.is_empty() && guards.iter().all(|it| has_tls(directives, it));
    let why = match (is_whole, is_over_tls, service(directives)) {
        (false, ..) => IN_PARTS.to_owned(),
        (_, false, _) => IN_CLEAR.to_owned(),
        (.., None) => NAMELESS.to_owned(),
        (.., Some((service, realm))) => {
            draft.set(wish.0, "passwords", "service", Value::of(service));
            format!(
                "name the KDCs of {realm} in passwords.kdcs; where nginx asks, it has to say \
                 X-Forwarded-Proto $scheme"
            )
        }
    };
    draft.leave(wish.0, &wish.1, why);
}

/// Whether the server of this directive is reached over TLS, or one of those that it is for.
fn has_tls(directives: &[Directive], guard: &Directive) -> bool {
    let concerns = |it: &&Directive| match guard.host() {
        Some(host) => it.host() == Some(host),
        None => it.sections.starts_with(&guard.sections),
    };
    let mut concerned = directives.iter().filter(concerns);
    concerned.any(|it| it.name == "listen" && it.arguments.iter().any(|it| it == "ssl"))
}

/// The service with its realm, and that realm, where each of them is one.
fn service(directives: &[Directive]) -> Option<(String, String)> {
    let only = |name: &str| -> Option<&String> {
        let named = directives.iter().filter(|it| it.name == name);
        let values: BTreeSet<_> = named.flat_map(|it| &it.arguments).collect();
        let mut values = values.into_iter();
        values.next().filter(|_| values.next().is_none())
    };
    let is_named = |name: &str| directives.iter().any(|it| it.name == name);
    let realm = only("auth_gss_realm")?;
    let name = match is_named("auth_gss_service_name") {
        true => only("auth_gss_service_name")?.as_str(),
        false => "HTTP",
    };
    let service = match name {
        "HTTP" => format!("HTTP/{}", only("server_name")?),
        name => name.to_owned(),
    };
    let is_plain = service.starts_with("HTTP/") && !service.contains(['@', '*', '~', '$']);
    is_plain.then(|| (format!("{service}@{realm}"), realm.clone()))
}
