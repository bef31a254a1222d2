//! krb5.conf: files as Debian, FreeIPA, MIT krb5 and Heimdal have them, and every fault with its place.
//! What MIT krb5's own library finds in the same files is asked in `interop/`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "test code"
)]

mod faults;
mod includes;

use core::time::Duration;
use portcullis_formats::krb5_conf::{Krb5Conf, Krb5ConfErrorKind, NoIncludes};
use portcullis_formats::registry::EtypeNumber;

const DEBIAN: &str = include_str!("debian.conf");
const MIT: &str = include_str!("mit.conf");
const HEIMDAL: &str = include_str!("heimdal.conf");

fn conf(text: &str) -> Krb5Conf {
    Krb5Conf::parse("krb5.conf", text.as_bytes(), &mut NoIncludes).unwrap()
}

fn texts(conf: &Krb5Conf, section: &[&str], tag: &str) -> Vec<String> {
    let values = conf.all(section, tag).into_iter();
    values.map(|value| value.text.clone()).collect()
}

#[test]
fn debians_file_says_its_realm_and_whose_hosts_are_in_which() {
    let conf = conf(DEBIAN);
    assert_eq!(conf.default_realm(), Some("EXAMPLE.TEST"));
    let kdcs = texts(&conf, &["realms", "EXAMPLE.TEST"], "kdc");
    assert_eq!(
        kdcs,
        ["kerberos.example.test", "kerberos-2.example.test:88"]
    );
    for (host, realm) in [
        ("example.test", Some("EXAMPLE.TEST")),
        ("www.example.test", Some("EXAMPLE.TEST")),
        ("WWW.Example.Test.", Some("EXAMPLE.TEST")),
        ("a.b.legacy.example.test", Some("LEGACY.TEST")),
        ("legacy.example.test", Some("EXAMPLE.TEST")),
        ("notexample.test", None),
        ("test", None),
        ("", None),
        (".", None),
    ] {
        assert_eq!(conf.realm_of_host(host), realm, "{host}");
    }
}

#[test]
fn a_domain_without_a_dot_holds_for_the_hosts_in_it() {
    assert_eq!(conf(MIT).realm_of_host("www.mit.test"), Some("ATHENA.TEST"));
}

#[test]
fn the_file_of_mit_krb5_says_all_that_an_acceptor_asks() {
    let conf = conf(MIT);
    assert_eq!(conf.default_keytab_name(), Some("FILE:/etc/http.keytab"));
    assert_eq!(conf.clock_skew(), Ok(Some(Duration::from_secs(120))));
    let etypes = conf.permitted_enctypes().unwrap().unwrap();
    let expected = [
        EtypeNumber::AES256_SHA2,
        EtypeNumber::AES128_SHA2,
        EtypeNumber::AES256_SHA1,
    ];
    assert_eq!(etypes, expected);
    let names = conf.auth_to_local_names("ATHENA.TEST");
    let names: Vec<_> = names
        .iter()
        .map(|(name, local)| (*name, local.text.as_str()))
        .collect();
    assert_eq!(names, [("fred/admin", "root"), ("bob", "robert")]);
}

#[test]
fn rules_come_in_order_each_with_its_place() {
    let conf = conf(MIT);
    let rules = conf.auth_to_local("ATHENA.TEST");
    let rules: Vec<_> = rules
        .iter()
        .map(|rule| (rule.text.as_str(), rule.place.to_string()))
        .collect();
    assert_eq!(
        rules,
        [
            (
                "RULE:[2:$1;$2](^.*;admin$)s/;admin$//",
                "krb5.conf:11:25".to_owned()
            ),
            (
                r"RULE:[1:$0\$1](^OTHER\.TEST\\.*$)s/.*/guest/",
                "krb5.conf:12:25".to_owned()
            ),
            ("DEFAULT", "krb5.conf:13:25".to_owned()),
        ]
    );
    assert!(conf.auth_to_local("OTHER.TEST").is_empty());
}

#[test]
fn paths_of_realms_are_those_of_either_spelling() {
    let paths = |text| -> Vec<_> {
        let paths = conf(text).realm_paths().into_iter();
        paths
            .map(|path| (path.client, path.server, path.intermediates.join(" ")))
            .collect()
    };
    let entry = |client: &str, server: &str, between: &str| {
        (client.to_owned(), server.to_owned(), between.to_owned())
    };
    assert_eq!(
        paths(MIT),
        [
            entry("ATHENA.TEST", "EXAMPLE.TEST", ""),
            entry("EXAMPLE.TEST", "ATHENA.TEST", "HUB.TEST"),
            entry("EXAMPLE.TEST", "ATHENA.TEST", "SPOKE.TEST"),
        ]
    );
    assert_eq!(
        paths(HEIMDAL),
        [entry("OTHER.TEST", "HEIMDAL.TEST", "A.TEST B.TEST")]
    );
}

#[test]
fn heimdals_file_with_its_braces_is_read() {
    let conf = conf(HEIMDAL);
    assert_eq!(conf.clock_skew(), Ok(Some(Duration::from_secs(5400))));
    let etypes = conf.permitted_enctypes().unwrap().unwrap();
    assert_eq!(etypes, [EtypeNumber::AES256_SHA1, EtypeNumber::RC4_HMAC]);
    assert_eq!(conf.auth_to_local_names("HEIMDAL.TEST")[0].1.text, "al");
}

#[test]
fn what_is_not_said_is_not_there() {
    let conf = conf("");
    assert_eq!(conf.default_realm(), None);
    assert_eq!(conf.default_keytab_name(), None);
    assert_eq!(conf.clock_skew(), Ok(None));
    assert_eq!(conf.permitted_enctypes(), Ok(None));
    assert!(conf.realm_paths().is_empty());
}

#[test]
fn durations_are_read_in_each_of_their_forms() {
    let skew = |text: &str| conf(&format!("[libdefaults]\nclockskew = {text}\n")).clock_skew();
    for (text, seconds) in [
        ("0", 0),
        ("300", 300),
        ("5m", 300),
        ("1h 30m", 5400),
        ("1d2h3m4s", 93_784),
        ("0:05", 300),
        ("1:00:01", 3601),
    ] {
        assert_eq!(skew(text), Ok(Some(Duration::from_secs(seconds))), "{text}");
    }
    for wrong in [
        "-1",
        "5x",
        "5m1h",
        "1:60",
        "1:2:3:4",
        ":5",
        "1:",
        "five",
        "99999999999999999999",
        "m",
    ] {
        let error = skew(wrong).unwrap_err();
        assert_eq!(error.kind, Krb5ConfErrorKind::Duration, "{wrong}");
        assert_eq!(error.place.to_string(), "krb5.conf:2:13");
    }
}

#[test]
fn enctypes_that_nobody_knows_are_passed_over_unless_no_other_is_left() {
    let etypes = |list: &str| {
        conf(&format!("[libdefaults]\npermitted_enctypes = {list}\n")).permitted_enctypes()
    };
    let known = etypes("des-cbc-crc AES256-CTS rc4").unwrap().unwrap();
    assert_eq!(known, [EtypeNumber::AES256_SHA1, EtypeNumber::RC4_HMAC]);
    assert_eq!(etypes("DEFAULT").unwrap().unwrap().len(), 8);
    assert_eq!(etypes("DEFAULT -rc4 -des3").unwrap().unwrap().len(), 6);
    for none in ["des-cbc-crc", "aes -aes", ","] {
        assert_eq!(etypes(none).unwrap_err().kind, Krb5ConfErrorKind::NoEnctype);
    }
}

#[test]
fn sections_of_one_name_are_one_and_the_first_value_counts() {
    let conf = conf("[a]\nb={\nc=1\n}\n[x]\n[a]\nb={\nc=2\n}\nb=3\n");
    assert_eq!(texts(&conf, &["a", "b"], "c"), ["1", "2"]);
    assert_eq!(conf.first(&["a", "b"], "c").unwrap().text, "1");
    assert_eq!(texts(&conf, &["a"], "b"), ["3"]);
    assert!(conf.first(&["a"], "c").is_none());
}

#[test]
fn a_file_that_follows_adds_to_what_is_not_final() {
    let later = || conf("[a]\nb=2\n[f]\nb=2\n[g]\ns={\nb=2\nc=2\n}\nt={\nb=2\n}\n");
    let both = conf("[a]\nb=1\n[f]*\nb=1\n[g]\ns={\nb=1\n}*\n").followed_by(later());
    assert_eq!(texts(&both, &["a"], "b"), ["1", "2"]);
    assert_eq!(texts(&both, &["f"], "b"), ["1"]);
    assert_eq!(texts(&both, &["g", "s"], "b"), ["1"]);
    assert!(texts(&both, &["g", "s"], "c").is_empty());
    assert_eq!(texts(&both, &["g", "t"], "b"), ["2"]);
}

#[test]
fn values_are_what_mit_krb5_takes_them_for() {
    for (line, value) in [
        ("t=v", "v"),
        ("  t\t=  v w \t", "v w"),
        ("t=v # no comment", "v # no comment"),
        ("t=x=y", "x=y"),
        ("t*=v", "v"),
        ("t*x=v", "v"),
        ("t={ c=1 }", "{ c=1 }"),
        (r#"t="a\tb\n\"\\ " "#, "a\tb\n\"\\ "),
        (r#"t="""#, ""),
        ("t=v\r", "v"),
        ("t=b\u{fc}cher", "b\u{fc}cher"),
    ] {
        assert_eq!(
            texts(&conf(&format!("[s]\n{line}\n")), &["s"], "t"),
            [value],
            "{line}"
        );
    }
}

#[test]
fn a_byte_order_mark_hides_no_section() {
    assert_eq!(
        conf("\u{feff}[libdefaults]\ndefault_realm=A\n").default_realm(),
        Some("A")
    );
}
