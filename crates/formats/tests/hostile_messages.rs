//! What has broken other decoders of Kerberos messages.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

use portcullis_formats::der::{Decode, DecodeErrorKind, Encode, SequenceOfBuf, Writer};
use portcullis_formats::messages::{
    AuthorizationData, EncApRepPart, EncKrbCredPart, EncryptedData, EncryptionKey, KerberosTime,
    KrbCred, KrbCredInfo, Microseconds, PrincipalName, Ticket,
};
use portcullis_formats::registry::{AuthDataType, EtypeNumber};
use portcullis_testdata::unhex;

/// The length octets of DER for a length below 16 MiB.
fn length_octets(length: usize) -> Vec<u8> {
    match u32::try_from(length).unwrap().to_be_bytes() {
        [0, 0, 0, a @ 0..=0x7f] => vec![a],
        [0, 0, 0, a] => vec![0x81, a],
        [0, 0, a, b] => vec![0x82, a, b],
        [_, a, b, c] => vec![0x83, a, b, c],
    }
}

/// AD-IF-RELEVANT inside each other, built from the inside out, so many levels deep.
fn nested_authorization_data(levels: usize) -> Vec<u8> {
    let mut reversed: Vec<u8> = vec![0, 0x30];
    let wrap = |reversed: &mut Vec<u8>, tags: &[u8]| {
        for tag in tags {
            let length = length_octets(reversed.len());
            reversed.extend(length.iter().rev());
            reversed.push(*tag);
        }
    };
    for _ in 0..levels {
        wrap(&mut reversed, &[0x04, 0xa1]);
        reversed.extend(unhex("a003020101").iter().rev());
        wrap(&mut reversed, &[0x30, 0x30]);
    }
    reversed.reverse();
    reversed
}

/// CVE-2020-28196: reading recurses by the types of RFC 4120 only, never by what a peer nests.
#[test]
fn a_hundred_thousand_levels_of_authorization_data_need_no_stack() {
    let read = || {
        let octets = nested_authorization_data(100_000);
        let mut levels = 0;
        let mut inside = AuthorizationData::from_der(&octets).unwrap();
        while let Some(element) = inside.iter().next() {
            assert_eq!(element.ad_type, AuthDataType::IF_RELEVANT);
            inside = AuthorizationData::from_der(element.ad_data).unwrap();
            levels += 1;
        }
        assert_eq!(levels, 100_000);
    };
    let thread = std::thread::Builder::new().stack_size(64 * 1024);
    thread.spawn(read).unwrap().join().unwrap();
}

/// CVE-2010-1322, and what the field has seen.
#[test]
fn authorization_data_may_be_empty_and_so_may_its_elements() {
    let none = AuthorizationData::from_der(b"\x30\x00").unwrap();
    assert_eq!(none.iter().next(), None);
    let octets = unhex("300b3009a003020101a1020400");
    let one = AuthorizationData::from_der(&octets).unwrap();
    assert_eq!(one.iter().next().unwrap().ad_data, b"");
    let nothing = AuthorizationData::from_der(b"").unwrap_err();
    let kind = DecodeErrorKind::UnexpectedTag {
        expected: 0x30,
        found: None,
    };
    assert_eq!(nothing.kind, kind);
}

/// CVE-2004-0642: what a KRB-CRED lacks is lacking, not freed twice.
#[test]
fn a_krb_cred_may_have_no_tickets_and_say_nothing_of_them() {
    let none = SequenceOfBuf::default();
    let credential = KrbCred {
        tickets: none.borrow::<Ticket<'_>>(),
        enc_part: EncryptedData {
            etype: EtypeNumber::NULL,
            kvno: None,
            cipher: b"",
        },
    };
    let octets = credential.to_der();
    assert_eq!(
        KrbCred::from_der(&octets).unwrap().tickets.iter().count(),
        0
    );
    let nameless = KrbCredInfo {
        key: EncryptionKey {
            keytype: EtypeNumber::NULL,
            keyvalue: b"",
        },
        prealm: None,
        pname: None,
        flags: None,
        authtime: None,
        starttime: None,
        endtime: None,
        renew_till: None,
        srealm: None,
        sname: None,
        caddr: None,
    };
    let two = SequenceOfBuf::of(&[nameless, nameless]);
    let part = EncKrbCredPart {
        ticket_info: two.borrow(),
        nonce: None,
        timestamp: None,
        usec: None,
        s_address: None,
        r_address: None,
    };
    let octets = part.to_der();
    assert_eq!(
        EncKrbCredPart::from_der(&octets)
            .unwrap()
            .ticket_info
            .iter()
            .count(),
        2
    );
}

/// MIT krb5 before 1.11 sent them signed (RFC 4120 §5.5.1).
#[test]
fn sequence_numbers_are_unsigned_whichever_way_they_are_sent() {
    for (sent, number) in [
        ("02047fffffff", 0x7fff_ffff),
        ("02050080000000", 0x8000_0000),
        ("020500ffffffff", 0xffff_ffff),
        ("020480000000", 0x8000_0000),
        ("0201ff", 0xffff_ffff),
    ] {
        let mut output = Writer::new();
        output.application(27, |fields| {
            fields.value(0, &KerberosTime::UNIX_EPOCH);
            fields.value(1, &Microseconds::default());
            fields.field(3, |seq_number| seq_number.raw(&unhex(sent)));
        });
        let octets = output.into_vec();
        let part = EncApRepPart::from_der(&octets).unwrap();
        assert_eq!(part.seq_number, Some(number));
        let written = part.to_der();
        assert_eq!(EncApRepPart::from_der(&written), Ok(part));
    }
}

/// CVE-2015-2697: a NUL ends a name for one and not for another.
#[test]
fn no_realm_and_no_component_holds_a_nul() {
    let ticket = |realm: &[u8], components: &[&[u8]]| {
        let mut output = Writer::new();
        output.application(1, |fields| {
            fields.field(0, |version| version.integer(5));
            fields.field(1, |inside| inside.general_string(realm));
            fields.field(2, |name| {
                name.sequence(|name| {
                    name.field(0, |name_type| name_type.integer(1));
                    name.field(1, |list| {
                        list.sequence(|list| {
                            components.iter().for_each(|c| list.general_string(c))
                        });
                    });
                });
            });
            fields.field(3, |sealed| sealed.raw(&unhex("300ba003020112a2040402abcd")));
        });
        output.into_vec()
    };
    assert!(Ticket::from_der(&ticket(b"R", &[b"HTTP", b"", b"\xff\xfe/@\\"])).is_ok());
    let error = Ticket::from_der(&ticket(b"R\0S", &[b"a"]))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::Value("NUL in a realm"));
    assert_eq!((error.structure, error.field), ("Ticket", "realm"));
    for components in [[b"a\0b".as_slice(), b"c"], [b"a", b"\0"], [b"", b"c\0"]] {
        let error = Ticket::from_der(&ticket(b"R", &components))
            .map(|_| ())
            .unwrap_err();
        assert_eq!(
            (error.structure, error.field),
            ("PrincipalName", "name-string")
        );
        assert_eq!(
            error.kind,
            DecodeErrorKind::Value("NUL in a component of a name")
        );
    }
}

#[test]
fn a_name_without_components_is_the_same_as_no_name() {
    let octets = unhex("3009a003020101a1023000");
    let name = PrincipalName::from_der(&octets).unwrap();
    assert!(!name.same_name(&name));
}

/// RFC 4120 §5.1.3.
#[test]
fn an_empty_optional_list_is_an_absent_one() {
    let octets = unhex("3019a0133011a003020111a10a04083132333435363738aa023000");
    assert_eq!(KrbCredInfo::from_der(&octets).unwrap().caddr, None);
}

#[test]
fn no_key_is_printed() {
    let key = EncryptionKey {
        keytype: EtypeNumber::AES128_SHA1,
        keyvalue: &[0xcd; 16],
    };
    let text = format!("{key:?} {key:#?}");
    assert!(
        !text.contains("205") && !text.to_lowercase().contains("cd, "),
        "{text}"
    );
}
