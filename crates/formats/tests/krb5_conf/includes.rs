//! Files that include others: FreeIPA's do, and each is brought by the caller.

use portcullis_formats::krb5_conf::{
    IncludeError, Includes, Krb5Conf, Krb5ConfError, Krb5ConfErrorKind as Kind, NoIncludes,
};
use std::collections::BTreeMap;

const FREEIPA: &str = include_str!("freeipa.conf");

/// Files in memory, by their whole path.
#[derive(Default)]
struct Disk(BTreeMap<&'static str, &'static str>);

impl Includes for Disk {
    fn file(&mut self, path: &str) -> Result<Vec<u8>, IncludeError> {
        let file = self.0.get(path).map(|text| text.as_bytes().to_vec());
        file.ok_or_else(|| IncludeError("no such file".into()))
    }

    fn directory(&mut self, path: &str) -> Result<Vec<String>, IncludeError> {
        let names = self.0.keys().filter_map(|name| name.strip_prefix(path));
        let names: Vec<_> = names
            .map(|name| name.trim_start_matches('/').into())
            .collect();
        match names.is_empty() {
            true => Err(IncludeError("no such directory".into())),
            false => Ok(names),
        }
    }
}

fn parse(text: &str, files: &[(&'static str, &'static str)]) -> Result<Krb5Conf, Krb5ConfError> {
    let mut disk = Disk(files.iter().copied().collect());
    Krb5Conf::parse("main", text.as_bytes(), &mut disk)
}

#[test]
fn freeipas_file_is_read_with_its_directories() {
    let conf = parse(
        FREEIPA,
        &[
            ("/etc/krb5.conf.d/crypto-policies", "[libdefaults]\npermitted_enctypes = aes256-sha2\n"),
            ("/etc/krb5.conf.d/.hidden", "broken"),
            ("/etc/krb5.conf.d/old~", "broken"),
            (
                "/var/lib/sss/pubconf/krb5.include.d/localauth_plugin",
                "[plugins]\n localauth = {\n  module = sssd:/usr/lib/sssd_krb5_localauth_plugin.so\n }\n",
            ),
            (
                "/var/lib/sss/pubconf/krb5.include.d/domain_realm_ipa_test",
                "[domain_realm]\n.ad.test = AD.TEST\n[capaths]\nAD.TEST = {\n  IPA.TEST = AD.TEST\n}\n",
            ),
        ],
    )
    .unwrap();
    assert_eq!(conf.default_realm(), Some("IPA.TEST"));
    assert_eq!(conf.realm_of_host("pc.ad.test"), Some("AD.TEST"));
    assert_eq!(conf.permitted_enctypes().unwrap().unwrap().len(), 1);
    assert_eq!(conf.auth_to_local("IPA.TEST").len(), 2);
}

#[test]
fn what_is_included_stands_where_it_is_included_and_begins_anew() {
    let conf = parse(
        "[a]\nb={\nc=0\ninclude x\nc=1\n}\n",
        &[("x", "[a]\nb={\nc=2\n}\n")],
    )
    .unwrap();
    let values = conf.all(&["a", "b"], "c").into_iter();
    let values: Vec<_> = values
        .map(|value| (value.text.as_str(), value.place.to_string()))
        .collect();
    let expected = [("0", "main:3:3"), ("2", "x:3:3"), ("1", "main:5:3")];
    assert_eq!(
        values,
        expected.map(|(value, place)| (value, place.to_owned()))
    );
}

#[test]
fn an_error_names_the_file_that_it_is_in() {
    let error = parse("include x\n", &[("x", "[a]\nwords\n")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "x:2:1: neither `tag = value` nor a section"
    );
}

#[test]
fn a_file_that_is_included_needs_a_section_of_its_own() {
    let error = parse("[a]\ninclude x\n", &[("x", "b=2\n")]).unwrap_err();
    assert_eq!(
        (error.place.to_string().as_str(), error.kind),
        ("x:1:1", Kind::BeforeSection)
    );
}

#[test]
fn what_cannot_be_included_is_refused() {
    for (text, path) in [
        ("\ninclude nowhere\n", "nowhere"),
        ("\nincludedir nowhere\n", "nowhere"),
    ] {
        let error = parse(text, &[]).unwrap_err();
        assert_eq!(error.place.to_string(), "main:2:1");
        assert!(matches!(error.kind, Kind::Include { path: named, .. } if named == path));
        assert!(Krb5Conf::parse("main", text.as_bytes(), &mut NoIncludes).is_err());
    }
}

#[test]
fn files_that_include_each_other_end_at_a_bound() {
    let itself = parse("include x\n", &[("x", "include x\n")]).unwrap_err();
    assert_eq!(itself.kind, Kind::IncludesTooDeep);
    let twice = parse(
        "include x\n",
        &[
            ("x", "include y\ninclude y\n"),
            ("y", "include x\ninclude x\n"),
        ],
    );
    assert_eq!(twice.unwrap_err().kind, Kind::IncludesTooDeep);
    let many = "include x\n".repeat(300);
    assert_eq!(
        parse(&many, &[("x", "")]).unwrap_err().kind,
        Kind::TooManyFiles
    );
}
