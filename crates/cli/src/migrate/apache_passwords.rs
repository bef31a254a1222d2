//! Names and passwords beside tickets, as Apache's modules take them: `KrbMethodK5Passwd`, which is on
//! unless it is switched off, and `GssapiBasicAuth`.
//!
//! Here they are taken for the whole site or not at all, over TLS alone, and of a KDC that the service's
//! key proves. What is less than that in Apache's file is left to be done by hand.

use super::apache_require::{Site, covers};
use super::draft::{Draft, Value};
use super::{Directive, IN_CLEAR, NAMELESS, Section};
use std::collections::BTreeSet;

const IN_PARTS: &str = "passwords are not asked for here: they would be everywhere, and Apache asks \
                        for them in a part of the site";

/// What says that passwords are taken.
struct Wish<'d> {
    directive: &'d Directive,
    text: String,
}

/// Takes passwords where Apache does, or says why not.
pub(super) fn passwords(directives: &[Directive], site: &Site<'_>, draft: &mut Draft) {
    let wishes = wishes(directives, site);
    let why = match (is_whole(directives, site), is_over_tls(directives, site)) {
        (false, _) => Err(IN_PARTS),
        (_, false) => Err(IN_CLEAR),
        _ => service(directives, site).ok_or(NAMELESS),
    };
    for Wish { directive, text } in wishes {
        let (line, why) = match &why {
            Err(why) => (directive.line, (*why).to_owned()),
            Ok((service, realm)) => {
                draft.set(directive.line, "passwords", "service", Value::of(service));
                let why = format!(
                    "name the KDCs of {realm} in passwords.kdcs; a proxy in front says \
                     X-Forwarded-Proto, and proxy.trust_forwarded believes it"
                );
                (directive.line, why)
            }
        };
        draft.leave(line, &text, why);
    }
}

/// Each directive that asks for passwords; or what switches mod_auth_kerb on, which does unless it is
/// told not to.
fn wishes<'d>(directives: &'d [Directive], site: &Site<'d>) -> Vec<Wish<'d>> {
    let asks = |it: &&Directive| is_switch(it) && it.is_on();
    let of = |directive: &'d Directive| Wish {
        directive,
        text: directive.whole(),
    };
    let mut wishes: Vec<_> = directives.iter().filter(asks).map(of).collect();
    let is_switched = directives.iter().any(|it| it.key() == "krbmethodk5passwd");
    let by_default = site.guards.iter().find(|guard| is_kerb(guard));
    if let (false, Some(directive)) = (is_switched, by_default) {
        wishes.push(Wish {
            directive,
            text: format!("{} without KrbMethodK5Passwd off", directive.whole()),
        });
    }
    wishes
}

fn is_switch(directive: &Directive) -> bool {
    ["krbmethodk5passwd", "gssapibasicauth"].contains(&directive.key().as_str())
}

fn is_kerb(guard: &Directive) -> bool {
    guard.text().to_ascii_lowercase().starts_with("kerberos")
}

/// Whether passwords are taken wherever tickets are.
fn is_whole(directives: &[Directive], site: &Site<'_>) -> bool {
    let switches = |key: &'static str| directives.iter().filter(move |it| it.key() == key);
    let is_on = |guard: &&Directive| {
        let key = match is_kerb(guard) {
            true => "krbmethodk5passwd",
            false => "gssapibasicauth",
        };
        let by_default = is_kerb(guard) && switches(key).next().is_none();
        by_default || switches(key).any(|it| covers(&it.sections, &guard.sections))
    };
    let mut all = directives.iter().filter(|it| is_switch(it));
    all.all(Directive::is_on) && site.guards.iter().all(is_on)
}

/// Whether each of the hosts in question has TLS.
fn is_over_tls(directives: &[Directive], site: &Site<'_>) -> bool {
    let is_of = |it: &&Directive, host: &Section| it.host() == Some(host);
    let has_tls = |host: &Section| {
        let mut own = directives.iter().filter(|it| is_of(it, host));
        own.any(|it| it.key() == "sslengine" && it.is_on())
    };
    let mut guards = site.guards.iter();
    !site.guards.is_empty() && guards.all(|guard| guard.host().is_some_and(has_tls))
}

/// The service with its realm, and that realm, where each of them is one.
fn service(directives: &[Directive], site: &Site<'_>) -> Option<(String, String)> {
    let realms: Vec<_> = site.realms.iter().collect();
    let [realm] = realms.as_slice() else {
        return None;
    };
    let arguments = |names: &[&str]| -> BTreeSet<String> {
        let named = |it: &&Directive| names.contains(&it.key().as_str());
        directives
            .iter()
            .filter(named)
            .map(Directive::text)
            .collect()
    };
    let services = arguments(&["krbservicename", "gssapiacceptorname"]);
    let hosts = arguments(&["servername"]);
    let only = |names: &BTreeSet<String>| match names.len() {
        1 => names.first().cloned(),
        _ => None,
    };
    let service = match services.iter().all(|name| name == "HTTP" || name == "Any") {
        true => only(&hosts).map(|host| format!("HTTP/{}", without_port(&host))),
        false => match only(&services)? {
            name if name.contains('/') && !name.contains('@') => Some(name),
            name if name.contains('/') => None,
            name => Some(name.replacen('@', "/", 1)),
        },
    };
    let service = service.filter(|name| name.starts_with("HTTP/"))?;
    Some((format!("{service}@{realm}"), (**realm).to_owned()))
}

/// Of what `ServerName` says (`https://web.example.test:443`), the host.
fn without_port(name: &str) -> &str {
    let host = name.split_once("://").map_or(name, |(_, host)| host);
    host.split(':').next().unwrap_or(host)
}
