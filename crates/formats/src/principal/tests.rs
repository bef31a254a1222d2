#![allow(clippy::indexing_slicing, reason = "test code")]

use super::*;
use crate::der::Decode;
use crate::der::SequenceOfBuf;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use portcullis_testdata::{hex, unhex, vector_file};
use serde_json::Value;

const REALM: Option<&str> = Some("EXAMPLE.TEST");

type Parse = fn(&str, Option<&str>) -> Result<Principal, PrincipalError>;

/// Made by `krb5_parse_name` and `krb5_unparse_name` of MIT krb5.
fn agrees_with_mit(list: &Value, parse: Parse) {
    for vector in list.as_array().unwrap() {
        let input = vector["input"].as_str().unwrap();
        let parsed = parse(input, REALM);
        assert_eq!(parsed.is_ok(), vector["ok"].as_bool().unwrap(), "{input:?}");
        let Ok(principal) = parsed else { continue };
        assert_eq!(principal.realm().0, hex(&vector["realm_hex"]), "{input:?}");
        let components: Vec<_> = principal.components().map(<[u8]>::to_vec).collect();
        let expected: Vec<_> = vector["components_hex"]
            .as_array()
            .unwrap()
            .iter()
            .map(hex)
            .collect();
        assert_eq!(components, expected, "{input:?}");
        assert_eq!(
            i64::from(principal.name_type().0),
            vector["name_type"],
            "{input:?}"
        );
        assert_eq!(
            principal.to_text(),
            vector["unparsed"].as_str().unwrap().as_bytes()
        );
        assert_eq!(principal.to_string(), vector["unparsed"].as_str().unwrap());
        let without_realm = principal.display_without_realm().to_string();
        assert_eq!(without_realm, vector["unparsed_no_realm"].as_str().unwrap());
    }
}

#[test]
fn text_is_read_and_written_as_mit_does() {
    agrees_with_mit(&vector_file("principals")["normal"], Principal::parse);
}

#[test]
fn enterprise_names_are_read_and_written_as_mit_does() {
    agrees_with_mit(
        &vector_file("principals")["enterprise"],
        Principal::parse_enterprise,
    );
}

#[test]
fn each_malformed_text_is_refused_by_its_own_name() {
    let refusals = [
        ("alice", PrincipalError::NoRealm),
        ("a@b@c", PrincipalError::SecondRealm),
        ("a@R/x", PrincipalError::SlashInRealm),
        ("a\\", PrincipalError::UnfinishedEscape),
        ("a@R\\", PrincipalError::UnfinishedEscape),
        (
            "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17@R",
            PrincipalError::TooManyComponents,
        ),
    ];
    for (text, error) in refusals {
        assert_eq!(text.parse::<Principal>(), Err(error), "{text:?}");
    }
    assert!(
        "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16@R"
            .parse::<Principal>()
            .is_ok()
    );
}

#[test]
fn a_name_without_components_names_nobody() {
    let none: [&[u8]; 0] = [];
    assert_eq!(Principal::new("R", none), Err(PrincipalError::NoComponents));
    let name = unhex("3009a003020100a1023000");
    let name = PrincipalName::from_der(&name).unwrap();
    let realm = KerberosString(b"R");
    assert_eq!(
        Principal::from_wire(realm, name),
        Err(PrincipalError::NoComponents)
    );
    assert!(!name.same_name(&name));
}

#[test]
fn a_name_of_seventeen_components_on_the_wire_is_refused() {
    let seventeen = SequenceOfBuf::of(&[KerberosString(b"a"); 17]);
    let name = PrincipalName {
        name_type: NameType::PRINCIPAL,
        name_string: seventeen.borrow(),
    };
    let refused = Principal::from_wire(KerberosString(b"R"), name);
    assert_eq!(refused, Err(PrincipalError::TooManyComponents));
}

#[test]
fn the_name_type_takes_no_part_in_comparison() {
    let plain: Principal = "alice@R".parse().unwrap();
    let enterprise = plain.clone().with_name_type(NameType::ENTERPRISE);
    assert_eq!(plain, enterprise);
    assert_eq!(plain.cmp(&enterprise), Ordering::Equal);
    assert!(plain.is(enterprise.realm(), enterprise.name()));
}

#[test]
fn comparison_is_octet_by_octet() {
    let alice: Principal = "alice@R".parse().unwrap();
    for other in [
        "Alice@R",
        "alice@r",
        "alice/@R",
        "alic/e@R",
        "alice@R\\0",
        "alice@",
    ] {
        let other: Principal = other.parse().unwrap();
        assert_ne!(alice, other);
        assert!(!alice.is(other.realm(), other.name()), "{other}");
    }
    // The same characters, split at another place.
    let one: Principal = "a\\/b@R".parse().unwrap();
    let two: Principal = "a/b@R".parse().unwrap();
    assert_ne!(one, two);
}

#[test]
fn octets_that_are_not_text_survive_and_print_harmlessly() {
    let octets = [0xff, b'a', 0xc3, 0x1b, b'[', 0x7f, 0xe2, 0x80, 0xae];
    let principal = Principal::new(b"R\r\n", [octets]).unwrap();
    assert_eq!(
        principal.to_string(),
        r"\xffa\xc3\x1b[\x7f\xe2\x80\xae@R\x0d\n"
    );
    assert_eq!(Principal::parse(&principal.to_text(), None), Ok(principal));
}

#[test]
fn a_name_of_65535_octets_survives_text_and_wire() {
    let principal = Principal::new(vec![b'R'; 65_535], [vec![b'/'; 65_535], Vec::new()]).unwrap();
    assert_eq!(
        Principal::parse(&principal.to_text(), None).as_ref(),
        Ok(&principal)
    );
    let name = principal.name().to_der();
    let name = PrincipalName::from_der(&name).unwrap();
    assert_eq!(Principal::from_wire(principal.realm(), name), Ok(principal));
}

#[test]
fn anonymity_is_a_matter_of_the_name_alone() {
    let anonymous: Principal = "WELLKNOWN/ANONYMOUS@WELLKNOWN:ANONYMOUS".parse().unwrap();
    assert_eq!(anonymous.name_type(), NameType::WELLKNOWN);
    assert!(anonymous.is_anonymous());
    assert!(
        "WELLKNOWN/ANONYMOUS@R"
            .parse::<Principal>()
            .unwrap()
            .is_anonymous()
    );
    assert!(
        !"WELLKNOWN\\/ANONYMOUS@R"
            .parse::<Principal>()
            .unwrap()
            .is_anonymous()
    );
    assert!(
        !"WELLKNOWN/ANONYMOUS/x@R"
            .parse::<Principal>()
            .unwrap()
            .is_anonymous()
    );
}

#[test]
fn principals_sort_by_realm_then_component() {
    let mut sorted: Vec<Principal> = ["b@A", "a/b@B", "aa@B", "a@B"]
        .map(|text| text.parse().unwrap())
        .into();
    sorted.sort();
    let sorted: Vec<String> = sorted.iter().map(ToString::to_string).collect();
    assert_eq!(sorted, ["b@A", "a@B", "a/b@B", "aa@B"]);
}
