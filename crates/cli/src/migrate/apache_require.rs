//! Who may come in, as Apache says it: `Require`, in the sections that Kerberos guards.

use super::draft::Draft;
use super::{Directive, Section};
use std::collections::BTreeSet;

/// What the whole file says.
pub(super) struct Site<'d> {
    directives: &'d [Directive],
    /// Those that switch Kerberos on.
    pub(super) guards: Vec<&'d Directive>,
    /// Those that mod_auth_kerb trusts.
    pub(super) realms: BTreeSet<&'d str>,
}

impl<'d> Site<'d> {
    pub(super) fn of(directives: &'d [Directive]) -> Self {
        let named = |name: &'static str| directives.iter().filter(move |it| it.key() == name);
        let kerberos = |directive: &&Directive| {
            let kind = directive.text().to_ascii_lowercase();
            kind.starts_with("kerberos") || kind == "gssapi"
        };
        let realms = named("krbauthrealms").chain(named("krbauthrealm"));
        Self {
            directives,
            guards: named("authtype").filter(kerberos).collect(),
            realms: realms
                .flat_map(|it| it.arguments.iter().map(String::as_str))
                .collect(),
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

    /// The file of all groups that are required of users of Kerberos, if it is one: a group of the same
    /// name in another place would be another group.
    pub(super) fn group_file(&self) -> Option<&'d String> {
        let guarded = |it: &&&Directive| self.is_guarded(&it.sections);
        let all = || self.directives.iter();
        let files: Vec<_> = all().filter(|it| it.key() == "authgroupfile").collect();
        let files: Vec<_> = files.iter().filter(guarded).copied().collect();
        let paths: BTreeSet<_> = files.iter().filter_map(|it| it.arguments.first()).collect();
        let is_group = |it: &&Directive| {
            let kind = it.arguments.first().map(|kind| kind.to_ascii_lowercase());
            it.key() == "require" && kind.as_deref() == Some("group")
        };
        let is_told = |required: &Directive| {
            let covers = |file: &&Directive| covers(&file.sections, &required.sections);
            files.iter().any(covers)
        };
        let one = paths.first().copied().filter(|_| paths.len() == 1)?;
        (one.starts_with('/') && all().filter(is_group).all(is_told)).then_some(one)
    }

    /// Whether Kerberos has no part in what is required: the section has another kind of users, or
    /// everybody is let in.
    fn is_of_others(&self, required: &Directive) -> bool {
        let mut kinds = self.directives.iter().filter(|it| it.key() == "authtype");
        kinds.any(|kind| kind.sections == required.sections && !self.guards.contains(&kind))
            || required.text().eq_ignore_ascii_case("all granted")
    }
}

/// Whether what is said in `place` is said for these sections, too.
pub(super) fn covers(place: &[Section], sections: &[Section]) -> bool {
    let ((outer, location), (around, path)) = (split(sections), split(place));
    let below = location.strip_prefix(path);
    let below = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    outer.starts_with(&around) && below
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
