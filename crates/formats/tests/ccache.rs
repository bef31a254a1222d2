//! Credential caches of every version: MIT krb5's own, and others by the description of the format.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

use portcullis_formats::ccache::{
    CcacheError, CcacheErrorKind, CcacheWriteError, CcacheWriter, Credential, CredentialCache,
    KdcOffset,
};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{AuthDataType, EtypeNumber};
use portcullis_testdata::{hex, vectors};
use serde_json::{Value, json};

fn vector(name: &str) -> Vec<u8> {
    let vectors = vectors("ccache");
    hex(&vectors
        .iter()
        .find(|vector| vector["name"] == name)
        .unwrap()["data"])
}

fn read(octets: &[u8]) -> Result<Vec<Credential<'_>>, CcacheError> {
    CredentialCache::open(octets)?.credentials().collect()
}

fn principal(principal: &Principal) -> Value {
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    json!({
        "name_type": principal.name_type().0,
        "realm": text(principal.realm().0),
        "components": principal.components().map(text).collect::<Vec<_>>(),
    })
}

fn assert_is(credential: &Credential<'_>, expected: &Value) {
    assert_eq!(principal(&credential.client), expected["client"]);
    assert_eq!(principal(&credential.server), expected["server"]);
    assert_eq!(credential.etype.0, expected["etype"]);
    assert_eq!(credential.key, hex(&expected["key"]));
    assert_eq!(credential.authtime, expected["authtime"]);
    assert_eq!(credential.starttime, expected["starttime"]);
    assert_eq!(credential.endtime, expected["endtime"]);
    assert_eq!(credential.renew_till, expected["renew_till"]);
    assert_eq!(u8::from(credential.is_skey), expected["is_skey"]);
    assert_eq!(credential.ticket_flags.0, expected["flags"]);
    assert_eq!(credential.second_ticket, hex(&expected["second_ticket"]));
    assert_eq!(credential.is_config(), expected["config"]);
    if let Some(ticket) = expected.get("ticket") {
        assert_eq!(credential.ticket, hex(ticket));
    }
    assert_lists(credential, expected);
}

fn assert_lists(credential: &Credential<'_>, expected: &Value) {
    let pairs = |list: &Value| -> Vec<_> {
        let pairs = list.as_array().unwrap().iter();
        pairs
            .map(|pair| (pair[0].as_i64().unwrap(), hex(&pair[1])))
            .collect()
    };
    let addresses = credential.addresses.iter();
    let addresses = addresses.map(|address| (address.addr_type.0.into(), address.address.to_vec()));
    assert_eq!(addresses.collect::<Vec<_>>(), pairs(&expected["addresses"]));
    let authdata = credential.authdata.iter();
    let authdata = authdata.map(|element| (element.ad_type.0.into(), element.ad_data.to_vec()));
    assert_eq!(authdata.collect::<Vec<_>>(), pairs(&expected["authdata"]));
}

/// A cut file is where we differ by design: MIT krb5 lists the credentials before the cut and says
/// nothing; here the cut is an error after them.
#[test]
fn every_vector_yields_the_credentials_that_mit_krb5_lists_and_a_cut_is_told() {
    for vector in vectors("ccache") {
        let octets = hex(&vector["data"]);
        let cache = CredentialCache::open(&octets).unwrap();
        assert_eq!(cache.version(), vector["version"]);
        assert_eq!(
            principal(cache.default_principal()),
            vector["default_principal"]
        );
        let offset = cache
            .kdc_offset()
            .map(|offset| json!([offset.seconds, offset.microseconds]));
        assert_eq!(json!(offset), vector["time_offset"]);

        let mut credentials: Vec<_> = cache.credentials().collect();
        if vector["truncated_tail"] == true {
            assert!(credentials.pop().unwrap().is_err());
        }
        assert_eq!(credentials.len(), vector["mit_credential_count"]);
        let expected = vector["credentials"].as_array().unwrap();
        for (credential, expected) in credentials.iter().zip(expected) {
            assert_is(credential.as_ref().unwrap(), expected);
        }
    }
}

#[test]
fn a_version_that_nobody_writes_is_no_cache() {
    for found in [[5, 0], [5, 5], [4, 4], [0, 0]] {
        let error = CredentialCache::open(&found).unwrap_err();
        assert_eq!(error.kind, CcacheErrorKind::Version { found });
    }
    let error = CredentialCache::open(&[4, 4]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "credential cache: version 04 04 is unknown (at octet 0)"
    );
    assert!(CredentialCache::open(&[5]).is_err());
}

#[test]
fn old_versions_are_read_in_the_byte_order_of_their_writer() {
    // The default principal alone@R, in both orders of both versions.
    let name = |count: [u8; 4], one: [u8; 4], five: [u8; 4]| {
        [&count, one.as_slice(), b"R", &five, b"alone"].concat()
    };
    let big = |number| [0, 0, 0, number];
    let little = |number| [number, 0, 0, 0];
    for file in [
        [vec![5, 1], name(big(2), big(1), big(5))].concat(),
        [vec![5, 1], name(little(2), little(1), little(5))].concat(),
        [vec![5, 2], big(1).to_vec(), name(big(1), big(1), big(5))].concat(),
        [
            vec![5, 2],
            little(1).to_vec(),
            name(little(1), little(1), little(5)),
        ]
        .concat(),
    ] {
        let cache = CredentialCache::open(&file).unwrap();
        assert_eq!(cache.default_principal().to_string(), "alone@R");
        assert_eq!(cache.credentials().count(), 0);
    }
}

#[test]
fn a_field_that_ends_beyond_the_file_says_where() {
    let octets = vector("version 3");
    let cut = &octets[..octets.len() - 1];
    let error = read(cut).unwrap_err();
    assert_eq!(error.field, "second ticket");
    assert_eq!(
        error.to_string(),
        format!(
            "credential cache: second ticket of 4 octets, 3 left (at octet {})",
            octets.len() - 4
        )
    );
}

#[test]
fn a_header_field_that_ends_beyond_the_header_is_refused() {
    for header in [
        [0, 1, 0].as_slice(),
        &[0, 4, 0, 1, 0, 8],
        &[0, 8, 0, 1, 0, 4, 0, 0, 0, 0],
    ] {
        let tail = [0; 64];
        let error = CredentialCache::open(&[&[5, 4], header, &tail].concat()).unwrap_err();
        assert!(matches!(error.kind, CcacheErrorKind::Cut { .. }));
        assert!(error.offset <= 2 + header.len());
    }
}

#[test]
fn a_principal_without_or_with_too_many_components_is_refused() {
    let file = [&[5, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1], b"R".as_slice()].concat();
    let error = CredentialCache::open(&file).unwrap_err();
    assert_eq!(error.kind, CcacheErrorKind::NoComponents);
    assert_eq!(
        error.to_string(),
        "credential cache: default principal without components (at octet 2)"
    );
    let mut file = [
        &[5, 3, 0, 0, 0, 1, 0, 0, 0, 17, 0, 0, 0, 1],
        b"R".as_slice(),
    ]
    .concat();
    file.extend([0, 0, 0, 1, b'c'].repeat(17));
    let error = CredentialCache::open(&file).unwrap_err();
    assert_eq!(error.kind, CcacheErrorKind::TooManyComponents);
}

#[test]
fn a_count_beyond_the_file_ends_at_the_file() {
    let file = [
        &[5, 3, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1],
        b"R".as_slice(),
    ]
    .concat();
    let error = CredentialCache::open(&file).unwrap_err();
    assert_eq!(
        error.kind,
        CcacheErrorKind::Cut {
            needed: 4,
            found: 0
        }
    );
}

#[test]
fn every_truncation_is_an_error_or_a_whole_number_of_credentials() {
    for name in ["version 1", "version 2", "version 3", "version 4"] {
        let octets = vector(name);
        let whole = read(&octets).unwrap().len();
        let mut clean = 0;
        for end in 0..octets.len() {
            if let Ok(credentials) = read(&octets[..end]) {
                assert_eq!(credentials.len(), clean, "{name} {end}");
                clean += 1;
            }
        }
        assert_eq!(clean, whole, "{name}");
    }
}

#[test]
fn no_octet_of_any_value_makes_the_reader_panic_or_run_on() {
    for name in ["version 1", "version 2", "version 3", "version 4"] {
        let octets = vector(name);
        for at in 0..octets.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, octets[at] ^ 1] {
                let mut changed = octets.clone();
                changed[at] = value;
                let credentials = CredentialCache::open(&changed).map(|cache| cache.credentials());
                assert!(credentials.map_or(0, Iterator::count) <= changed.len());
            }
        }
    }
}

#[test]
fn a_cache_is_written_as_mit_krb5_writes_it() {
    for name in [
        "real file written by MIT krb5 1.20.1 (kinit, kvno)",
        "version 4, empty header",
        "version 4, time offset +30 s 250000 us",
    ] {
        let octets = vector(name);
        let cache = CredentialCache::open(&octets).unwrap();
        let (owner, offset) = (cache.default_principal(), cache.kdc_offset());
        let mut writer = CcacheWriter::new(owner, offset, octets.len()).unwrap();
        for credential in cache.credentials() {
            writer.add(&credential.unwrap()).unwrap();
        }
        assert_eq!(writer.into_vec(), octets, "{name}");
    }
}

#[test]
fn a_kdc_behind_has_a_negative_offset() {
    let octets = vector("version 4, unknown tag 0x0099 then offset");
    let offset = CredentialCache::open(&octets).unwrap().kdc_offset();
    assert_eq!(
        offset,
        Some(KdcOffset {
            seconds: -5,
            microseconds: 0
        })
    );
}

#[test]
fn a_type_beyond_16_bits_is_not_written() {
    let octets = vector("version 4");
    let credential = read(&octets).unwrap().remove(2);
    let mut writer = CcacheWriter::new(&credential.client, None, 0).unwrap();
    let before = writer.clone().into_vec();
    let field = "enctype";
    let mut wrong = credential.clone();
    wrong.etype = EtypeNumber(0x8000);
    assert_eq!(
        writer.add(&wrong),
        Err(CcacheWriteError::TypeNumber {
            field,
            number: 0x8000
        })
    );
    let mut wrong = credential;
    wrong.authdata[0].ad_type = AuthDataType(-0x8001);
    let refusal = writer.add(&wrong).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "credential: authdata type -32769 does not fit into 16 bits"
    );
    assert_eq!(writer.into_vec(), before);
}

#[test]
fn debug_prints_no_key() {
    let octets = vector("version 4");
    let cache = CredentialCache::open(&octets).unwrap();
    let credentials = read(&octets).unwrap();
    let writer = CcacheWriter::new(cache.default_principal(), None, 0).unwrap();
    let text = format!("{cache:?} {credentials:?} {writer:?}");
    assert!(text.contains("alice"));
    assert!(!text.contains("[0, 1, 2") && !text.contains("000102"));
}
