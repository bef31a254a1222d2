//! krb5.conf and `auth_to_local`: what our reader and our rules make of a text is what MIT's library makes of it.

use portcullis::Principal;
use portcullis::formats::krb5_conf::{Krb5Conf, NoIncludes};
use portcullis::names::{AuthToLocal, EreError, NoLocalName, RuleErrorKind};
use portcullis_interop::mit_names::MitNames;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::seeded::Seeded;

const REALM: &str = "EXAMPLE.TEST";

fn mit() -> Option<MitNames> {
    present(&[Peer::MIT, Peer::PYTHON_GSSAPI]).then(MitNames::start)
}

/// What we find at each place; `None` if we refuse the files.
fn ours(files: &[&str], ask: &[&[&str]]) -> Option<Vec<Vec<String>>> {
    let parsed = files
        .iter()
        .map(|text| Krb5Conf::parse("conf", text.as_bytes(), &mut NoIncludes));
    let parsed: Vec<_> = parsed.collect::<Result<_, _>>().ok()?;
    let conf = parsed.into_iter().reduce(Krb5Conf::followed_by)?;
    let values = |names: &&[&str]| {
        let (tag, section) = names.split_last().unwrap();
        let values = conf.all(section, tag).into_iter();
        values.map(|value| value.text.clone()).collect()
    };
    Some(ask.iter().map(values).collect())
}

const FILES: [&str; 3] = [
    include_str!("../../crates/formats/tests/krb5_conf/debian.conf"),
    include_str!("../../crates/formats/tests/krb5_conf/mit.conf"),
    include_str!("../../crates/formats/tests/krb5_conf/heimdal.conf"),
];

#[test]
fn files_of_debian_mit_and_heimdal_say_the_same_to_both() {
    let Some(mut mit) = mit() else { return };
    let ask: [&[&str]; 14] = [
        &["libdefaults", "default_realm"],
        &["libdefaults", "clockskew"],
        &["libdefaults", "permitted_enctypes"],
        &["libdefaults", "default_keytab_name"],
        &["libdefaults", "nothing"],
        &["realms", "EXAMPLE.TEST", "kdc"],
        &["realms", "ATHENA.TEST", "auth_to_local"],
        &["realms", "ATHENA.TEST", "auth_to_local_names", "bob"],
        &["realms", "HEIMDAL.TEST", "auth_to_local_names", "alice"],
        &["realms", "HEIMDAL.TEST", "v4_name_convert", "host"],
        &["domain_realm", ".example.test"],
        &["capaths", "EXAMPLE.TEST", "ATHENA.TEST"],
        &["capaths", "OTHER.TEST", "HEIMDAL.TEST"],
        &["logging", "default"],
    ];
    for file in FILES {
        let values = mit.values(&[file], &ask);
        assert!(values.is_some());
        assert_eq!(ours(&[file], &ask), values);
    }
    let together: Vec<&str> = FILES.into();
    assert_eq!(ours(&together, &ask), mit.values(&together, &ask));
}

/// Lines of which files are made at random.
const LINES: [&str; 24] = [
    "[a]",
    "[a]*",
    "[b]",
    " [a]",
    "[a",
    "[a] x",
    "t = v",
    "t=w",
    "\tt\t=\tv w ",
    "t* = v",
    "t x = v",
    "t = \"q\\tr\"",
    "u = {",
    "u = {",
    "u* = {",
    "u =",
    "{",
    "}",
    "}",
    "}*",
    "# c",
    "; c",
    "",
    "t = { u = v }",
];

/// What we refuse and MIT passes over, by our own sentence.
const STRICTER: [&str; 6] = [
    "text before the first [section]",
    "{ without }",
    "text after }",
    "\" is not closed",
    "text after the closing \"",
    "tag without a value, and no { on the next line", // at the end of the file, or `{` and more
];

#[test]
fn random_files_say_the_same_to_both() {
    let Some(mut mit) = mit() else { return };
    let ask: [&[&str]; 6] = [
        &["a", "t"],
        &["b", "t"],
        &["a", "u", "t"],
        &["b", "u", "t"],
        &["a", "u", "u", "t"],
        &["a", "u"],
    ];
    let mut random = Seeded::new(41);
    let (mut agreed, mut refused) = (0, 0);
    for round in 0..1500 {
        let file = |random: &mut Seeded| {
            let count = 1 + random.below(12);
            let lines = (0..count).map(|_| LINES[random.below(LINES.len())]);
            lines.fold(String::from("[a]\n"), |file, line| file + line + "\n")
        };
        let (first, second) = (file(&mut random), file(&mut random));
        let files: &[&str] = if round % 3 == 0 {
            &[&first, &second]
        } else {
            &[&first]
        };
        let theirs = mit.values(files, &ask);
        match (ours(files, &ask), theirs) {
            (Some(ours), theirs) => {
                assert_eq!(Some(ours), theirs, "{files:?}");
                agreed += 1;
            }
            (None, None) => refused += 1,
            (None, Some(_)) => {
                let error =
                    |text: &&str| Krb5Conf::parse("c", text.as_bytes(), &mut NoIncludes).err();
                let errors: Vec<_> = files
                    .iter()
                    .filter_map(error)
                    .map(|error| error.kind.to_string())
                    .collect();
                assert!(
                    errors
                        .iter()
                        .any(|error| STRICTER.contains(&error.as_str())),
                    "{errors:?} {files:?}"
                );
            }
        }
    }
    assert!(agreed > 100 && refused > 100, "{agreed} {refused}");
}

fn conf(rules: &[&str]) -> String {
    let quoted = |rule: &&str| {
        let escaped = rule.replace('\\', "\\\\").replace('"', "\\\"");
        format!("  auth_to_local = \"{escaped}\"\n")
    };
    let rules: String = rules.iter().map(quoted).collect();
    format!("[libdefaults]\n default_realm = {REALM}\n[realms]\n {REALM} = {{\n{rules} }}\n")
}

/// What we make of a client by rules that stand in a krb5.conf, as MIT would say it.
fn local_name(rules: &AuthToLocal, client: &str) -> Option<String> {
    let client: Principal = client.parse().unwrap();
    rules.local_name(&client).ok()
}

fn rules_of(text: &str) -> Result<AuthToLocal, RuleErrorKind> {
    let conf = Krb5Conf::parse("krb5.conf", text.as_bytes(), &mut NoIncludes).unwrap();
    AuthToLocal::of_conf(&conf, REALM).map_err(|error| error.error.kind)
}

const CLIENTS: [&str; 14] = [
    "alice@EXAMPLE.TEST",
    "alice/admin@EXAMPLE.TEST",
    "alice/EXAMPLE.TEST@EXAMPLE.TEST",
    "host/h1.example.test@EXAMPLE.TEST",
    "a/b/c@EXAMPLE.TEST",
    "Bob.Smith@EXAMPLE.TEST",
    "svc$@EXAMPLE.TEST",
    "a\\/b\\@c@EXAMPLE.TEST",
    "a\\\\b@EXAMPLE.TEST",
    "alice@OTHER.TEST",
    "alice/admin@OTHER.TEST",
    "alice@EXAMPLE.TEST.EVIL",
    "alice@EVIL.EXAMPLE.TEST",
    "aaabbb@EXAMPLE.TEST",
];

/// Rules as people write them, from MIT's, Hadoop's and FreeIPA's documentation and from questions about them.
const RULES: [&[&str]; 23] = [
    &[],
    &["DEFAULT"],
    &[
        "RULE:[2:$1](johndoe)s/^.*$/guest/",
        "RULE:[2:$1;$2](^.*;admin$)s/;admin$//",
        "DEFAULT",
    ],
    &["RULE:[2:$2](^.*;admin)s/^.*$/super/", "DEFAULT"],
    &[
        "RULE:[1:$1@$0](^.*@OTHER\\.TEST$)s/@OTHER\\.TEST/@other.test/",
        "DEFAULT",
    ],
    &["RULE:[1:$1@$0](.*@EXAMPLE\\.TEST)s/@.*//"],
    &[
        "RULE:[2:$1/$2@$0]([ndj]n/.*@EXAMPLE.TEST)s/.*/hdfs/",
        "DEFAULT",
    ],
    &["RULE:[1:$1]s/a/b/g"],
    &["RULE:[1:$1]s/a/b/ s/b/c/s/c/d/"],
    &["RULE:[1:$1]s/^a//g"],
    &["RULE:[1:$1]s/a|aa|aaab/-/"],
    &["RULE:[1:$1]s/a|aa|aaab/-/g"],
    &["RULE:[1:$1]s/[[:upper:]]/u/g"],
    &["RULE:[1:$1]s/b*$/!/"],
    &["RULE:[1:$1]s/x*/!/"],
    &["RULE:[1:$1](a{3}b{2,3})"],
    &["RULE:[3:$3-$2-$1]"],
    &["RULE:[1:u_$1]"],
    &["RULE:[1:$0\\$1](.*)s/^OTHER\\.TEST\\\\//"],
    &["RULE:[1:$1](.*)s/\\$$//"],
    &["RULE:[01:$01]"],
    &["RULE:[2:$1$2$0]"],
    &["RULE:[1:$1](alice)s/alice/a&\\1/"],
];

#[test]
fn rules_as_people_write_them_give_the_same_names() {
    let Some(mut mit) = mit() else { return };
    for rules in RULES {
        let text = conf(rules);
        let theirs = mit.local_names(&text, &CLIENTS);
        let parsed = rules_of(&text).unwrap();
        for (client, theirs) in CLIENTS.iter().zip(theirs) {
            assert_eq!(local_name(&parsed, client), theirs, "{rules:?} {client}");
        }
    }
}

/// A group ends MIT's pattern at its own `)`. What is left is no expression, which MIT takes for one that does not
/// match; the operator learns of it here.
#[test]
fn a_rule_that_mit_passes_over_in_silence_is_refused() {
    let Some(mut mit) = mit() else { return };
    let text = conf(&[
        "RULE:[1:$1@$0](.*@(EXAMPLE|OTHER)\\.TEST)s/@.*//",
        "DEFAULT",
    ]);
    let theirs = mit.local_names(&text, &["alice@EXAMPLE.TEST", "alice@OTHER.TEST"]);
    assert_eq!(theirs, [Some("alice".to_owned()), None]);
    assert_eq!(
        rules_of(&text).unwrap_err(),
        RuleErrorKind::Pattern(EreError::Group)
    );
}

/// MIT looks at no realm here; we take it for ours alone, since nobody has said that others count.
#[test]
fn what_does_not_name_the_realm_is_for_ours_only_and_for_all_in_mit() {
    let Some(mut mit) = mit() else { return };
    for rule in ["RULE:", "RULE:(.*)", "RULE:s/x/y/", "RULE:(alice)"] {
        let text = conf(&[rule]);
        let parsed = rules_of(&text).unwrap();
        for (client, theirs) in CLIENTS.iter().zip(mit.local_names(&text, &CLIENTS)) {
            let client: Principal = client.parse().unwrap();
            let ours = parsed.local_name(&client);
            match client.realm().0 == REALM.as_bytes() {
                true => assert_eq!(ours.ok(), theirs, "{rule} {client}"),
                false => assert_eq!(ours, Err(NoLocalName::NoRule), "{rule} {client}"),
            }
        }
    }
    let names = " auth_to_local_names = {\n   alice = bob\n  }\n }\n";
    let text = conf(&[]).replace(" }\n", names);
    let parsed = rules_of(&text).unwrap();
    let clients = ["alice@EXAMPLE.TEST", "alice@OTHER.TEST", "bob@EXAMPLE.TEST"];
    let bob = || Some("bob".to_owned());
    assert_eq!(mit.local_names(&text, &clients), [bob(), bob(), bob()]);
    let ours = clients.map(|client| local_name(&parsed, client));
    assert_eq!(ours, [bob(), None, bob()]);
}

/// Regular expressions of these pieces, on names of a few letters: glibc's `regexec` is the judge.
#[test]
fn random_expressions_replace_the_same_octets() {
    let Some(mut mit) = mit() else { return };
    let pieces = [
        "a",
        "b",
        "c",
        ".",
        "*",
        "+",
        "?",
        "|",
        "(",
        ")",
        "(",
        ")",
        "^",
        "$",
        "[ab]",
        "[^a]",
        "[a-b]",
        "{2}",
        "{1,2}",
        "{,1}",
        "\\.",
        "\\w",
        "[[:alpha:]]",
        "ab",
        "(a|ab)",
    ];
    let clients = [
        "a", "b", "ab", "ba", "aab", "abab", "abcabc", "cab", "a.b", "aaaa", "c",
    ];
    let clients = clients.map(|name| format!("{name}@{REALM}"));
    let clients: Vec<&str> = clients.iter().map(String::as_str).collect();
    let mut random = Seeded::new(9);
    let (mut agreed, mut refused) = (0, 0);
    for _ in 0..1000 {
        let count = 1 + random.below(6);
        let pattern: String = (0..count)
            .map(|_| pieces[random.below(pieces.len())])
            .collect();
        for rule in [
            format!("RULE:[1:$1]s/{pattern}/-/"),
            format!("RULE:[1:$1]s/{pattern}/-/g"),
        ] {
            let text = conf(&[&rule]);
            match rules_of(&text) {
                Ok(parsed) => {
                    let theirs = mit.local_names(&text, &clients);
                    let ours: Vec<_> = clients
                        .iter()
                        .map(|client| local_name(&parsed, client))
                        .collect();
                    assert_eq!(ours, theirs, "{rule}");
                    agreed += 1;
                }
                // MIT would replace nothing for ever.
                Err(RuleErrorKind::EmptyMatch) => {}
                Err(RuleErrorKind::Pattern(error)) => {
                    let theirs = mit.local_names(&text, &clients);
                    let none = theirs.iter().all(Option::is_none);
                    assert!(none || is_stricter(error), "{rule} {error}");
                    refused += 1;
                }
                Err(other) => panic!("{rule}: {other}"),
            }
        }
    }
    assert!(agreed > 300 && refused > 100, "{agreed} {refused}");
}

/// glibc takes repetitions of nothing where POSIX leaves them undefined.
fn is_stricter(error: EreError) -> bool {
    matches!(error, EreError::Repetition)
}
