//! What is no krb5.conf, and where the error says it is.

use portcullis_formats::krb5_conf::{Krb5Conf, Krb5ConfErrorKind as Kind, NoIncludes};

fn fault(octets: &[u8]) -> (String, Kind) {
    let error = Krb5Conf::parse("k", octets, &mut NoIncludes).unwrap_err();
    (error.place.to_string(), error.kind)
}

#[test]
fn each_fault_is_named_with_its_line_and_column() {
    for (text, place, kind) in [
        ("words\n", "k:1:1", Kind::BeforeSection),
        ("a = b\n[s]\n", "k:1:1", Kind::BeforeSection),
        ("}\n", "k:1:1", Kind::BeforeSection),
        ("[s]\n [libdefaults\n", "k:2:2", Kind::UnclosedName),
        ("[s] x\n", "k:1:4", Kind::AfterName),
        ("[s] # comment\n", "k:1:4", Kind::AfterName),
        ("[s]\nb={\n[c]\n", "k:3:1", Kind::SectionInBraces),
        ("[s]\n\n  words\n", "k:3:3", Kind::NotARelation),
        ("[s]\n=v\n", "k:2:1", Kind::NotARelation),
        ("[s]\na b = c\n", "k:2:1", Kind::NotARelation),
        ("[s]\n{\n", "k:2:1", Kind::NotARelation),
        (" include /a\n", "k:1:1", Kind::BeforeSection),
        ("[s]\n include /a\n", "k:2:2", Kind::NotARelation),
        ("[s]\nb =\n\n{\n}\n", "k:3:1", Kind::NoBrace),
        ("[s]\nb =\n# c\n{\n}\n", "k:3:1", Kind::NoBrace),
        ("[s]\nb =\n { x\n", "k:3:2", Kind::NoBrace),
        ("[s]\nb =", "k:2:1", Kind::NoBrace),
        ("[s]\n}\n", "k:2:1", Kind::ExtraBrace),
        ("[s]\nb={\n}}\n", "k:3:2", Kind::AfterBrace),
        ("[s]\nb={\n} c=d\n", "k:3:2", Kind::AfterBrace),
        ("[s]\nb={\nc=1\n", "k:4:1", Kind::UnclosedBrace),
        ("[s]\nb = \"v\n", "k:2:5", Kind::UnclosedQuote),
        ("[s]\nb = \"v\\", "k:2:5", Kind::UnclosedQuote),
        ("[s]\nb = \"v\" w\n", "k:2:8", Kind::AfterQuote),
        ("module /a.so:x\n", "k:1:1", Kind::Module),
    ] {
        let (at, found) = fault(text.as_bytes());
        assert_eq!((at.as_str(), found), (place, kind), "{text:?}");
    }
}

#[test]
fn octets_that_are_no_text_are_refused_where_they_stand() {
    assert_eq!(fault(b"[s]\na=\xff\n"), ("k:2:3".to_owned(), Kind::NotText));
    assert_eq!(fault(b"[s]\nab\0=c\n"), ("k:2:3".to_owned(), Kind::NotText));
    assert_eq!(
        fault(b"[s]\n# caf\xe9\n"),
        ("k:2:6".to_owned(), Kind::NotText)
    );
}

#[test]
fn braces_nest_to_a_bound() {
    let nested = |levels: usize| format!("[s]\n{}{}", "a={\n".repeat(levels), "}\n".repeat(levels));
    assert!(Krb5Conf::parse("k", nested(15).as_bytes(), &mut NoIncludes).is_ok());
    assert_eq!(
        fault(nested(16).as_bytes()),
        ("k:17:1".to_owned(), Kind::TooDeep)
    );
    assert_eq!(fault(nested(100_000).as_bytes()).1, Kind::TooDeep);
}

#[test]
fn the_error_is_one_harmless_line() {
    let error = Krb5Conf::parse("a\nb", b"[s]\nwords\n", &mut NoIncludes).unwrap_err();
    assert_eq!(
        error.to_string(),
        r"a\nb:2:1: neither `tag = value` nor a section"
    );
}

#[test]
fn no_prefix_and_no_changed_octet_of_a_file_makes_it_panic() {
    for text in [super::MIT, super::DEBIAN, super::HEIMDAL] {
        for end in 0..text.len() {
            let _ = Krb5Conf::parse("k", &text.as_bytes()[..end], &mut NoIncludes);
        }
        for at in 0..text.len() {
            for octet in *b"{}[]=\"\n*\0" {
                let mut changed = text.as_bytes().to_vec();
                changed[at] = octet;
                if let Ok(conf) = Krb5Conf::parse("k", &changed, &mut NoIncludes) {
                    let _ = (
                        conf.clock_skew(),
                        conf.permitted_enctypes(),
                        conf.realm_paths(),
                    );
                }
            }
        }
    }
}
