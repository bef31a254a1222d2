#![allow(clippy::arithmetic_side_effects, reason = "test code")]

use std::collections::BTreeSet;

use portcullis_testdata::vectors;

use super::*;

const COMPRESS: i32 = DOMAIN_X500_COMPRESS;

fn expand(contents: &str) -> Result<Vec<String>, TransitedError> {
    let realms = realms_on_path(contents.as_bytes(), b"A.CLIENT", b"B.SERVER")?;
    Ok(realms
        .into_iter()
        .map(|realm| String::from_utf8(realm).unwrap())
        .collect())
}

fn refusal(realm: &str, client: &str, server: &str) -> Result<(), TransitedError> {
    Err(TransitedError::Realm {
        realm: realm.into(),
        client: client.into(),
        server: server.into(),
    })
}

#[test]
fn the_expansion_is_that_of_mit_krb5() {
    for vector in vectors("transited") {
        let text = |name: &str| vector[name].as_str().unwrap().as_bytes();
        let realms = realms_on_path(
            text("transited"),
            text("client_realm"),
            text("server_realm"),
        );

        let Some(expected) = vector["expanded_set"].as_array() else {
            assert!(vector["error"].as_bool().unwrap());
            assert!(realms.is_err(), "{vector}");
            continue;
        };
        let expected: BTreeSet<_> = expected
            .iter()
            .map(|v| v.as_str().unwrap().as_bytes())
            .collect();
        let realms = realms.unwrap();
        assert_eq!(
            realms.iter().map(Vec::as_slice).collect::<BTreeSet<_>>(),
            expected,
            "{vector}"
        );
    }
}

#[test]
fn a_backslash_quotes_commas_spaces_and_itself() {
    assert_eq!(expand(r"A\,B,C\\D,\ E").unwrap(), ["A,B", r"C\D", " E"]);
}

#[test]
fn a_space_inside_a_realm_belongs_to_it() {
    assert_eq!(expand("A B,C").unwrap(), ["A B", "C"]);
}

#[test]
fn a_space_lets_a_trailing_dot_or_leading_slash_stand_alone() {
    assert_eq!(expand("EDU, MIT., /COM").unwrap(), ["EDU", "MIT.", "/COM"]);
}

#[test]
fn a_nul_at_the_end_is_not_part_of_the_last_realm() {
    assert_eq!(expand("EDU,MIT.\0").unwrap(), ["EDU", "MIT.EDU"]);
    assert_eq!(expand("\0").unwrap(), [""; 0]);
    assert_eq!(
        RealmPaths::new().permit(COMPRESS, b"\0", b"A", b"B"),
        Ok(())
    );
}

#[test]
fn a_quotation_that_does_not_end_is_refused() {
    assert_eq!(expand("EDU\\"), Err(TransitedError::Syntax { offset: 3 }));
}

#[test]
fn a_gap_between_unrelated_realms_is_refused() {
    assert_eq!(
        expand("EDU,,COM"),
        Err(TransitedError::Unrelated { offset: 8 })
    );
    assert_eq!(expand("EDU,"), Err(TransitedError::Unrelated { offset: 4 }));
    assert_eq!(expand(",EDU"), Err(TransitedError::Unrelated { offset: 4 }));
    assert_eq!(expand(" "), Err(TransitedError::Unrelated { offset: 1 }));
    assert_eq!(
        expand("EDU,, MIT.EDU"),
        Err(TransitedError::Unrelated { offset: 13 })
    );
}

#[test]
fn a_gap_inside_the_field_lists_what_lies_between() {
    assert_eq!(
        expand("EDU,,CS.MIT.EDU").unwrap(),
        ["EDU", "CS.MIT.EDU", "MIT.EDU"]
    );
    assert_eq!(
        expand("/COM/HP/X,, /COM").unwrap_err(),
        TransitedError::Unrelated { offset: 16 }
    );
}

#[test]
fn realms_of_more_than_512_octets_are_refused() {
    let longest = "A".repeat(512);
    assert_eq!(expand(&longest).unwrap(), [longest.as_str()]);
    let composed = expand(&format!("{},A.", &longest[2..])).unwrap();
    assert_eq!(composed.last().map(String::len), Some(512));
    let ends = realms_on_path(b"X", longest.as_bytes(), longest.as_bytes());
    assert_eq!(ends, Ok(vec![b"X".to_vec()]));

    let longer = format!("{longest}A");
    assert_eq!(expand(&longer), Err(TransitedError::RealmTooLong));
    assert_eq!(
        expand(&format!("{longest},A.")),
        Err(TransitedError::RealmTooLong)
    );
    assert_eq!(
        expand(&format!("{longest},/A")),
        Err(TransitedError::RealmTooLong)
    );
    for (client, server) in [(longer.as_bytes(), &b"B"[..]), (b"B", longer.as_bytes())] {
        let too_long = Err(TransitedError::RealmTooLong);
        assert_eq!(realms_on_path(b",", client, server), too_long);
    }
}

#[test]
fn more_than_128_realms_are_refused() {
    assert_eq!(expand(&"A,".repeat(127)[..253]).unwrap().len(), 127);
    assert_eq!(expand(&["A"; 128].join(",")).unwrap().len(), 128);
    assert_eq!(
        expand(&["A"; 129].join(",")),
        Err(TransitedError::TooManyRealms)
    );
    let deep = format!("A,,{}A", "B.".repeat(200));
    assert_eq!(expand(&deep), Err(TransitedError::TooManyRealms));
}

/// Short components that each append the previous realm grow; the bounds hold all the same.
#[test]
fn a_hostile_field_of_64_kib_ends_soon() {
    for hostile in ["A.,", ",", "/A,", ",A.,", "\\,", " ", "A,,B.A,,"] {
        let contents = hostile.repeat(65_536 / hostile.len());
        drop(RealmPaths::new().permit(COMPRESS, contents.as_bytes(), b"A", b"A"));
    }
}

#[test]
fn an_empty_field_is_direct_trust() {
    let paths = RealmPaths::new();

    assert_eq!(paths.permit(COMPRESS, b"", b"A.TEST", b"B.EXAMPLE"), Ok(()));
    assert_eq!(paths.permit(0, b"", b"A.TEST", b"B.EXAMPLE"), Ok(()));
}

#[test]
fn an_encoding_that_nobody_knows_is_refused() {
    let paths = RealmPaths::new();
    let permit = |tr_type, contents| paths.permit(tr_type, contents, b"A.TEST", b"B.TEST");

    assert_eq!(permit(0, b"TEST"), Err(TransitedError::UnknownType(0)));
    assert_eq!(permit(2, b"TEST"), Err(TransitedError::UnknownType(2)));
    assert_eq!(permit(-1, b""), Err(TransitedError::UnknownType(-1)));
}

#[test]
fn realms_on_the_hierarchical_path_are_permitted() {
    let paths = RealmPaths::new();
    let permit = |contents: &str| {
        paths.permit(
            COMPRESS,
            contents.as_bytes(),
            b"ATHENA.MIT.EDU",
            b"HACK.EXAMPLE.COM",
        )
    };

    assert_eq!(permit("MIT.EDU,EDU,COM,EXAMPLE.COM"), Ok(()));
    assert_eq!(permit(",EDU,COM,"), Ok(()));
    assert_eq!(permit("EDU"), Ok(()));
    assert_eq!(
        permit("ATHENA.MIT.EDU,HACK.EXAMPLE.COM"),
        Ok(()),
        "the ends lie on the path"
    );
}

#[test]
fn a_realm_beside_the_hierarchical_path_is_refused_and_named() {
    let paths = RealmPaths::new();
    let permit = |contents: &[u8]| paths.permit(COMPRESS, contents, b"OZ.A.TEST", b"B.A.TEST");

    for beside in [
        "EVIL",
        "TEST",
        "FOZ.A.TEST",
        "oz.a.test",
        "Z.A.TEST",
        "A.TEST.EVIL",
    ] {
        let refused = refusal(beside, "OZ.A.TEST", "B.A.TEST");
        assert_eq!(permit(beside.as_bytes()), refused);
        assert_eq!(permit(format!("A.TEST,{beside}").as_bytes()), refused);
    }
    assert_eq!(permit(b"A.TEST"), Ok(()));
}

#[test]
fn a_path_that_was_given_replaces_the_hierarchical_one() {
    let paths =
        RealmPaths::new()
            .path("A.TEST", "B.TEST", ["HUB"])
            .path("A.TEST", "B.TEST", ["SPOKE"]);
    let permit = |contents: &[u8]| paths.permit(COMPRESS, contents, b"A.TEST", b"B.TEST");

    assert_eq!(permit(b"HUB,SPOKE"), Ok(()));
    assert_eq!(permit(b"A.TEST,SPOKE,B.TEST"), Ok(()));
    assert_eq!(permit(b"TEST"), refusal("TEST", "A.TEST", "B.TEST"));
}

#[test]
fn a_path_is_given_for_one_direction_of_one_pair() {
    let paths = RealmPaths::new().path("A.TEST", "B.TEST", ["HUB"]);
    let permit = |client: &str, server: &str| {
        paths.permit(COMPRESS, b"HUB", client.as_bytes(), server.as_bytes())
    };

    assert_eq!(permit("A.TEST", "B.TEST"), Ok(()));
    assert_eq!(
        permit("B.TEST", "A.TEST"),
        refusal("HUB", "B.TEST", "A.TEST")
    );
    assert_eq!(
        permit("A.TEST", "C.TEST"),
        refusal("HUB", "A.TEST", "C.TEST")
    );
}

#[test]
fn direct_trust_permits_no_realm_between() {
    let paths = RealmPaths::new().direct("A.TEST", "B.TEST");
    let permit = |contents: &[u8]| paths.permit(COMPRESS, contents, b"A.TEST", b"B.TEST");

    assert_eq!(permit(b""), Ok(()));
    assert_eq!(permit(b"TEST"), refusal("TEST", "A.TEST", "B.TEST"));
}

#[test]
fn an_error_prints_hostile_realms_escaped_and_cut() {
    let error = TransitedError::Realm {
        realm: [b"EVIL\n\xff".as_slice(), &[b'X'; 1000]].concat(),
        client: b"A.TEST".to_vec(),
        server: b"B.TEST".to_vec(),
    };

    let printed = error.to_string();

    assert!(printed.starts_with(r"transited realm EVIL\n\xffXX"));
    assert!(printed.ends_with("XX... is not on the path from A.TEST to B.TEST"));
    assert!(printed.len() < 160);
}
