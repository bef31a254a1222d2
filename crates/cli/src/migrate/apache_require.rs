//! Who may come in, as Apache says it: `Require`, in the sections that Kerberos guards.

use super::draft::Draft;
use super::{Directive, Section};
use std::collections::BTreeSet;

/// What the whole file says.
pub(super) struct Site<'d> {
    directives: &'d [Directive],
    /// Those that switch Kerberos on.
    guards: Vec<&'d Directive>,
    /// Those that mod_auth_kerb trusts.
    pub(super) realms: BTreeSet<&'d str>,
    /// Where mod_auth_kerb is switched on, if it asks for passwords.
    pub(super) asks_for_passwords: Option<&'d Directive>,
}

impl<'d> Site<'d> {
    pub(super) fn of(directives: &'d [Directive]) -> Self {
        let named = |name: &'static str| directives.iter().filter(move |it| it.key() == name);
        let kerberos = |directive: &&Directive| {
            let kind = directive.text().to_ascii_lowercase();
            kind.starts_with("kerberos") || kind == "gssapi"
        };
        let realms = named("krbauthrealms").chain(named("krbauthrealm"));
        let of_kerb = |it: &&Directive| it.text().to_ascii_lowercase().starts_with("kerberos");
        let switched_off = named("krbmethodk5passwd").next().is_some();
        Self {
            directives,
            guards: named("authtype").filter(kerberos).collect(),
            realms: realms
                .flat_map(|it| it.arguments.iter().map(String::as_str))
                .collect(),
            asks_for_passwords: named("authtype").find(of_kerb).filter(|_| !switched_off),
        }
    }

    /// Whether Kerberos is switched on in these sections.
    pub(super) fn is_guarded(&self, sections: &[Section]) -> bool {
        let (outer, location) = split(sections);
        self.guards.iter().any(|guard| {
            let (guarded, path) = split(&guard.sections);
            outer.starts_with(&guarded) && location.starts_with(path)
        })
    }

    /// Whether Kerberos has no part in what is required: the section has another kind of users, or
    /// everybody is let in.
    fn is_of_others(&self, required: &Directive) -> bool {
        let mut kinds = self.directives.iter().filter(|it| it.key() == "authtype");
        kinds.any(|kind| kind.sections == required.sections && !self.guards.contains(&kind))
            || required.text().eq_ignore_ascii_case("all granted")
    }
}

/// The sections but for locations, and the path of the innermost of those: a location has what is
/// said in those whose paths begin its own, wherever they stand.
fn split(sections: &[Section]) -> (Vec<&Section>, &str) {
    let is_location = |it: &&Section| it.name.eq_ignore_ascii_case("location");
    let path = sections.iter().rev().find(is_location);
    let path = path.and_then(|it| it.arguments.first());
    let outer = sections.iter().filter(|it| !is_location(it)).collect();
    (outer, path.map_or("", |path| path.trim_end_matches('/')))
}

/// Adds what is required of users.
pub(super) fn require(site: &Site<'_>, draft: &mut Draft) {
    let all = site.directives.iter().filter(|it| it.key() == "require");
    let (mut required, others): (Vec<_>, Vec<_>) =
        all.partition(|it| site.is_guarded(&it.sections));
    for directive in others.into_iter().filter(|it| !site.is_of_others(it)) {
        let why = "Apache may hold this against users of Kerberos: sections are merged";
        draft.leave(directive.line, &directive.whole(), why);
    }
    while let Some(first) = required.first() {
        let sections = first.sections.clone();
        let (here, elsewhere) = required.into_iter().partition(|it| it.sections == sections);
        require_here(&sections, here, draft);
        required = elsewhere;
    }
}

/// Who meets any of them comes in, unless a section says otherwise.
fn require_here(sections: &[Section], required: Vec<&Directive>, draft: &mut Draft) {
    let kind = |it: &Directive| it.arguments.first().map(|kind| kind.to_ascii_lowercase());
    let is = |it: &&Directive, wanted: &str| kind(it).as_deref() == Some(wanted);
    let inside = |name: &str| sections.iter().any(|it| it.name.eq_ignore_ascii_case(name));
    let all_are_met = inside("requireall");
    if !all_are_met && !inside("requirenone") && required.iter().any(|it| is(it, "valid-user")) {
        return;
    }
    let kinds: BTreeSet<_> = required.iter().map(|it| kind(it)).collect();
    let mixed = match all_are_met {
        true => kinds.len() < required.len(),
        false => kinds.len() > 1,
    };
    for directive in required {
        let names = directive.arguments.get(1..).unwrap_or_default();
        let key = match kind(directive).as_deref() {
            Some("valid-user") if !inside("requirenone") => continue,
            Some("user") if !inside("requirenone") => "users",
            Some("group") if !inside("requirenone") => "groups",
            _ => {
                let why = "this cannot be required here";
                draft.leave(directive.line, &directive.whole(), why);
                continue;
            }
        };
        if mixed {
            let why = match all_are_met {
                true => "here who comes in meets one of each kind, not all of them",
                false => "here who comes in meets all that is said, not any of it",
            };
            draft.leave(directive.line, &directive.whole(), why);
        }
        let path = path(sections, directive, draft).unwrap_or_default();
        draft.require(directive, &path, key, names);
    }
}

/// The path of URLs that these sections are for; `None` is all.
fn path(sections: &[Section], directive: &Directive, draft: &mut Draft) -> Option<String> {
    let place = sections.iter().rev().find(|section| {
        let name = section.name.to_ascii_lowercase();
        ![
            "requireall",
            "requireany",
            "requirenone",
            "virtualhost",
            "ifmodule",
            "ifversion",
        ]
        .contains(&name.as_str())
    })?;
    let path = place.arguments.first()?.trim_end_matches('/');
    if place.name.eq_ignore_ascii_case("location") && !path.contains(['*', '?', '~', '[']) {
        return Some(path.to_owned());
    }
    let text = format!(
        "<{} {}> {}",
        place.name,
        place.arguments.join(" "),
        directive.whole()
    );
    let why = "which URLs that is for is not known: it is required everywhere";
    draft.leave(directive.line, &text, why);
    None
}
