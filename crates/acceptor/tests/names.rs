//! Local names: what MIT krb5 makes of the same rules and clients, what it should not have, and a
//! service's own policy.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "test code"
)]

use portcullis::Principal;
use portcullis::formats::krb5_conf::{Krb5Conf, NoIncludes};
use portcullis::names::{AuthToLocal, EreError, LocalNamePolicy, NoLocalName, RuleErrorKind};
use portcullis_testdata::vectors;
use serde_json::Value;

const REALM: &str = "EXAMPLE.TEST";

fn principal(text: &str) -> Principal {
    text.parse().unwrap()
}

fn rules(rules: &[&str]) -> AuthToLocal {
    AuthToLocal::new(REALM, rules).unwrap()
}

fn local(values: &[&str], client: &str) -> Result<String, NoLocalName> {
    rules(values).local_name(&principal(client))
}

fn texts(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

/// What `krb5_aname_to_localname` answered; where it differs, the difference is in the open.
#[test]
fn rules_give_the_names_that_mit_krb5_gives() {
    for vector in vectors("auth_to_local") {
        let name = vector["name"].as_str().unwrap();
        let values = texts(&vector["rules"]);
        let Ok(mut rules) = AuthToLocal::new(REALM, &values) else {
            assert!(is_always_an_error(&vector), "{name}");
            continue;
        };
        if name == "auth_to_local_names" {
            rules = rules
                .name("alice", "localalice")
                .name("host/h1.example.test", "hostsvc");
        }
        for result in vector["results"].as_array().unwrap() {
            let client = result["principal"].as_str().unwrap();
            let expected = match (result["result"].as_str(), name) {
                (Some(""), _) => Err(NoLocalName::Empty),
                (Some(_), "auth_to_local_names") if client == "alice@OTHER.TEST" => {
                    Err(NoLocalName::NoRule)
                }
                (Some(local), _) => Ok(local.to_owned()),
                (None, _) => Err(NoLocalName::NoRule),
            };
            assert_eq!(
                rules.local_name(&principal(client)),
                expected,
                "{name} {client}"
            );
        }
    }
}

/// MIT krb5 fails for every client that such a rule is asked about.
fn is_always_an_error(vector: &Value) -> bool {
    let results = vector["results"].as_array().unwrap();
    let outcomes = || {
        results
            .iter()
            .map(|result| result["outcome"].as_str().unwrap())
    };
    outcomes().any(|outcome| outcome == "config-error")
        && !outcomes().any(|outcome| outcome == "name")
}

#[test]
fn a_broken_rule_is_named_with_its_column() {
    for (rule, column, kind) in [
        ("", 1, RuleErrorKind::Type),
        ("default", 1, RuleErrorKind::Type),
        ("DB:/etc/aname", 1, RuleErrorKind::Type),
        ("RULE", 1, RuleErrorKind::Type),
        ("RULE:[x:$1]", 6, RuleErrorKind::Components),
        ("RULE:[1]", 6, RuleErrorKind::Components),
        ("RULE:[-1:$1]", 6, RuleErrorKind::Components),
        ("RULE:[1:$2]", 9, RuleErrorKind::Component),
        ("RULE:[1:$]", 9, RuleErrorKind::Component),
        (
            "RULE:[1:$99999999999999999999]",
            9,
            RuleErrorKind::Component,
        ),
        ("RULE:[1:$1", 6, RuleErrorKind::UnclosedSelection),
        ("RULE:[1:$1](a", 12, RuleErrorKind::UnclosedPattern),
        ("RULE:[1:$1](a*", 12, RuleErrorKind::UnclosedPattern),
        (
            "RULE:[1:$1](a[)s/x/y/",
            14,
            RuleErrorKind::Pattern(EreError::Bracket),
        ),
        (
            "RULE:[1:$1](*)",
            13,
            RuleErrorKind::Pattern(EreError::Repetition),
        ),
        ("RULE:[1:$1](a)x", 15, RuleErrorKind::Substitution),
        ("RULE:[1:$1](a)s/x/y", 15, RuleErrorKind::Substitution),
        ("RULE:[1:$1](a)s/x/y/gg", 22, RuleErrorKind::Substitution),
        ("RULE:[1:$1](a)s/x/y/L", 21, RuleErrorKind::Substitution),
        (
            "RULE:[1:$1](a)s/(x/y/",
            17,
            RuleErrorKind::Pattern(EreError::Group),
        ),
        ("RULE:[1:$1]s/a/b/ s/x*/y/g", 19, RuleErrorKind::EmptyMatch),
        ("RULE:[1:$1]s/a/b/ ", 19, RuleErrorKind::Substitution),
    ] {
        let error = AuthToLocal::new(REALM, ["DEFAULT", rule]).unwrap_err();
        assert_eq!((error.column, error.kind), (column, kind), "{rule}");
        assert_eq!(error.rule, rule);
    }
    let error = AuthToLocal::new(REALM, ["RULE:[1:$1](a"]).unwrap_err();
    assert_eq!(error.to_string(), "RULE:[1:$1](a: column 12: ( without )");
}

#[test]
fn a_broken_rule_of_a_krb5_conf_is_named_with_its_place() {
    let text =
        "[realms]\nEXAMPLE.TEST = {\n auth_to_local = DEFAULT\n auth_to_local = RULE:[1:$1](a\n}\n";
    let conf = Krb5Conf::parse("krb5.conf", text.as_bytes(), &mut NoIncludes).unwrap();
    let error = AuthToLocal::of_conf(&conf, REALM).unwrap_err();
    assert_eq!(
        error.to_string(),
        "krb5.conf:4:18: auth_to_local: RULE:[1:$1](a: column 12: ( without )"
    );
    assert!(AuthToLocal::of_conf(&conf, "OTHER.TEST").is_ok());
}

#[test]
fn a_krb5_conf_brings_rules_and_names_of_its_realm() {
    let text = "[realms]\nEXAMPLE.TEST = {\n auth_to_local_names = {\n  bob = robert\n }\n \
                auth_to_local = RULE:[2:$1;$2](.*;admin)s/;.*//\n}\n\
                OTHER.TEST = {\n auth_to_local_names = {\n  eve = root\n }\n}\n";
    let conf = Krb5Conf::parse("krb5.conf", text.as_bytes(), &mut NoIncludes).unwrap();
    let rules = AuthToLocal::of_conf(&conf, REALM).unwrap();
    let local = |client: &str| rules.local_name(&principal(client));
    assert_eq!(local("bob@EXAMPLE.TEST"), Ok("robert".to_owned()));
    assert_eq!(local("alice/admin@EXAMPLE.TEST"), Ok("alice".to_owned()));
    for nobody in [
        "alice@EXAMPLE.TEST",
        "bob@OTHER.TEST",
        "eve@OTHER.TEST",
        "eve@EXAMPLE.TEST",
    ] {
        assert_eq!(local(nobody), Err(NoLocalName::NoRule), "{nobody}");
    }
}

/// Seen in the field: a prefix or an unanchored pattern took another realm for ours.
#[test]
fn a_user_of_another_realm_never_becomes_ours() {
    let rule = &["RULE:[1:$1@$0](.*@EXAMPLE\\.TEST)s/@.*//", "DEFAULT"];
    assert_eq!(local(rule, "alice@EXAMPLE.TEST"), Ok("alice".to_owned()));
    for other in [
        "alice@EVIL.EXAMPLE.TEST",
        "alice@EXAMPLE.TEST.EVIL",
        "alice@EXAMPLE-TEST",
        "alice@example.test",
        "alice@EXAMPLE.TES",
        "alice@EXAMPLE.TEST\\n",
        "alice\\@EXAMPLE.TEST@EVIL",
        "alice/x@EXAMPLE.TEST",
    ] {
        assert_eq!(local(rule, other), Err(NoLocalName::NoRule), "{other}");
    }
}

#[test]
fn what_does_not_look_at_the_realm_is_for_ours_only() {
    for rule in ["RULE:", "RULE:(.*)", "RULE:s/x/y/"] {
        assert_eq!(local(&[rule], "alice@EXAMPLE.TEST"), Ok("alice".to_owned()));
        assert_eq!(local(&[rule], "alice@OTHER.TEST"), Err(NoLocalName::NoRule));
    }
    assert_eq!(
        local(&["RULE:"], "a\\/b/c\\@d@EXAMPLE.TEST"),
        Ok("a\\/b/c@d".to_owned())
    );
}

#[test]
fn each_match_is_replaced_in_what_the_one_before_left() {
    let replaced = |substitution: &str, name: &str| {
        local(
            &[&format!("RULE:[1:$1]{substitution}")],
            &format!("{name}@EXAMPLE.TEST"),
        )
        .unwrap()
    };
    assert_eq!(replaced("s/a|ab/x/", "cabab"), "cxab");
    assert_eq!(replaced("s/a|ab/x/g", "cabab"), "cxx");
    assert_eq!(replaced("s/^a//g", "aaab"), "b");
    assert_eq!(replaced("s/x*/y/", "ab"), "yab");
    assert_eq!(replaced("s/a/b/s/b/c/ s/c/d/", "a"), "d");
    assert_eq!(replaced("s/$/!/", "ab"), "ab!");
}

#[test]
fn names_that_would_mislead_are_none() {
    let rule = &["RULE:[1:$1]"];
    assert_eq!(
        local(rule, "a\\nroot@EXAMPLE.TEST"),
        Err(NoLocalName::NotText)
    );
    let octets = Principal::new(REALM, [b"\xff"]).unwrap();
    assert_eq!(rules(rule).local_name(&octets), Err(NoLocalName::NotText));
    let empty = Principal::new(REALM, [""]).unwrap();
    assert_eq!(rules(rule).local_name(&empty), Err(NoLocalName::Empty));
}

#[test]
fn nobody_gets_the_empty_name() {
    let nameless = principal("@EXAMPLE.TEST");
    let forgetting = LocalNamePolicy::new().forget_realm(REALM);
    assert_eq!(forgetting.local_name(&nameless), Err(NoLocalName::Empty));
    let mapped = LocalNamePolicy::new().map(principal("alice@EXAMPLE.TEST"), "");
    let alice = mapped.local_name(&principal("alice@EXAMPLE.TEST"));
    assert_eq!(alice, Err(NoLocalName::Empty));
    let kept = LocalNamePolicy::new().local_name(&nameless);
    assert_eq!(kept.as_deref(), Ok("@EXAMPLE.TEST"));
}

/// CVE-2004-0523: long names overran the buffers of these rules.
#[test]
fn a_long_name_costs_nothing() {
    let long = Principal::new(REALM, ["a".repeat(65_535)]).unwrap();
    let rules = rules(&["RULE:[1:$1$1$1]s/(a*)*b//g"]);
    assert_eq!(rules.local_name(&long), Err(NoLocalName::TooLong));
    let longest = Principal::new(REALM, ["a".repeat(500)]).unwrap();
    assert_eq!(rules.local_name(&longest), Err(NoLocalName::TooLong)); // thrice
}

/// Realm and name together have 512 octets at most, and so has what the rules make of them.
#[test]
fn names_of_512_octets_are_the_longest() {
    let of = |length: usize| Principal::new(REALM, ["a".repeat(length - REALM.len())]).unwrap();
    let same = rules(&["DEFAULT"]);
    assert!(same.local_name(&of(512)).is_ok());
    for length in [513, 514] {
        assert_eq!(same.local_name(&of(length)), Err(NoLocalName::TooLong));
    }
    let made = |length: usize| {
        let longer = format!("RULE:[1:$1]s/$/{}/", "b".repeat(length - 1));
        rules(&[&longer]).local_name(&principal("a@EXAMPLE.TEST"))
    };
    assert!(made(512).is_ok());
    assert_eq!(made(513), Err(NoLocalName::TooLong));
}

/// As `krb5_unparse_name` writes it: so a map of MIT krb5 names it, too.
#[test]
fn a_name_of_the_map_is_written_with_its_escapes() {
    let names = [
        (r"a\nb", "newline"),
        (r"a\tb", "tab"),
        (r"a\bb", "backspace"),
        (r"a\0b", "nul"),
        (r"a\\b", "backslash"),
        (r"a\/b", "slash"),
        (r"a/b", "two components"),
    ];
    for (name, local) in names {
        let client = principal(&format!("{name}@{REALM}"));
        let rules = rules(&["DEFAULT"]).name(name, local);
        assert_eq!(rules.local_name(&client).as_deref(), Ok(local));
    }
}

#[test]
fn without_a_word_every_client_keeps_its_realm() {
    let policy = LocalNamePolicy::new();
    for client in ["alice@EXAMPLE.TEST", "host/a.b@R", "a\\/b\\@c\\\\@R"] {
        assert_eq!(policy.local_name(&principal(client)), Ok(client.to_owned()));
    }
}

/// CVE-2020-25717: a bare name was taken for a user of the machine.
#[test]
fn only_the_realms_of_the_list_are_forgotten() {
    let policy = LocalNamePolicy::new().forget_realm(REALM);
    let local = |client: &str| policy.local_name(&principal(client)).unwrap();
    assert_eq!(local("root@EXAMPLE.TEST"), "root");
    assert_eq!(local("host/a.b@EXAMPLE.TEST"), "host/a.b");
    for other in [
        "root@OTHER.TEST",
        "root@EXAMPLE.TEST.EVIL",
        "root@example.test",
    ] {
        assert_eq!(local(other), other);
    }
    assert_eq!(
        local("WELLKNOWN/ANONYMOUS@EXAMPLE.TEST"),
        "WELLKNOWN/ANONYMOUS@EXAMPLE.TEST"
    );
}

#[test]
fn no_two_clients_get_one_name_without_being_told_so() {
    let policy = LocalNamePolicy::new().forget_realm(REALM);
    let part = [
        "a",
        "b@R",
        "a/b",
        "\\",
        "\\x0a",
        "\n",
        "\u{202e}",
        "",
        "@EXAMPLE.TEST",
        "x0a",
    ];
    let mut seen = std::collections::BTreeMap::new();
    for realm in [REALM, "R", "b@R"] {
        for first in part {
            for second in part.iter().map(Some).chain([None]) {
                let components = [Some(&first), second].into_iter().flatten();
                let client = Principal::new(realm, components).unwrap();
                let Ok(local) = policy.local_name(&client) else {
                    assert_eq!(client.to_string(), "@EXAMPLE.TEST");
                    continue;
                };
                assert!(
                    local.chars().all(|character| !character.is_control()),
                    "{local:?}"
                );
                let other = seen.insert(local, client.clone());
                assert_eq!(other, None, "{client:?}");
            }
        }
    }
}

#[test]
fn the_map_comes_first_and_rules_have_the_last_word() {
    let policy = LocalNamePolicy::new()
        .map(principal("bob@OTHER.TEST"), "robert")
        .auth_to_local(rules(&["DEFAULT"]))
        .forget_realm("OTHER.TEST");
    let local = |client: &str| policy.local_name(&principal(client));
    assert_eq!(local("bob@OTHER.TEST"), Ok("robert".to_owned()));
    assert_eq!(local("bob@EXAMPLE.TEST"), Ok("bob".to_owned()));
    assert_eq!(local("alice@OTHER.TEST"), Err(NoLocalName::NoRule));
}
