#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "test code"
)]

use super::{Decode, DecodeError, DecodeErrorKind, Encode, Reader, Result, SequenceOf, Writer};
use super::{DecodeErrorKind as Kind, SequenceOfBuf};
use alloc::string::ToString;
use alloc::vec::Vec;
use alloc::{format, vec};

/// `Demo ::= [APPLICATION 1] SEQUENCE { number [0] Int32, octets [2] OCTET STRING OPTIONAL }`
#[derive(Debug, PartialEq)]
struct Demo<'a> {
    number: i32,
    octets: Option<&'a [u8]>,
}

impl<'a> Decode<'a> for Demo<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(1, "Demo", |fields| {
            Ok(Self {
                number: fields.field(0, "number", Reader::int32)?,
                octets: fields.optional(2, "octets", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for Demo<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(1, |fields| {
            fields.field(0, |number| number.integer(self.number));
            fields.optional_octet_string(2, self.octets);
        });
    }
}

/// The error of a value that starts at the first octet and is in no structure.
fn refusal<'a, T: core::fmt::Debug>(
    octets: &'a [u8],
    value: impl FnOnce(&mut Reader<'a>) -> Result<T>,
) -> Kind {
    let error = value(&mut Reader::new(octets)).unwrap_err();
    assert_eq!((error.offset, error.structure, error.field), (0, "", ""));
    error.kind
}

#[test]
fn an_error_in_no_structure_is_one_of_der() {
    let error = Reader::new(&[1, 1, 7]).boolean().unwrap_err();
    assert_eq!(error.to_string(), "DER: malformed BOOLEAN (at octet 0)");
}

#[test]
fn a_structure_is_read_and_written() {
    let octets = b"\x61\x0e\x30\x0c\xa0\x03\x02\x01\x07\xa2\x05\x04\x03abc";
    let demo = Demo {
        number: 7,
        octets: Some(b"abc"),
    };
    assert_eq!(Demo::from_der(octets), Ok(Demo { ..demo }));
    assert_eq!(demo.to_der(), octets);
}

#[test]
fn every_length_is_written_in_its_shortest_form_and_read_back() {
    for (length, header) in [
        (0, b"\x04\x00".as_slice()),
        (0x7f, b"\x04\x7f"),
        (0x80, b"\x04\x81\x80"),
        (0xff, b"\x04\x81\xff"),
        (0x100, b"\x04\x82\x01\x00"),
        (0xffff, b"\x04\x82\xff\xff"),
        (0x1_0000, b"\x04\x83\x01\x00\x00"),
    ] {
        let contents = vec![0x55; length];
        let mut output = Writer::new();
        output.octet_string(&contents);
        let octets = output.into_vec();
        assert_eq!(octets, [header, &contents].concat());
        assert_eq!(Reader::new(&octets).octet_string(), Ok(contents.as_slice()));
    }
}

#[test]
fn lengths_that_der_forbids_are_refused() {
    for (octets, kind) in [
        (b"\x04\x80\x00\x00".as_slice(), Kind::IndefiniteLength), // X.690 §8.1.3.6
        (b"\x04\x81\x01\x00", Kind::NonMinimalLength),            // X.690 §10.1
        (b"\x04\x81\x7f", Kind::NonMinimalLength),
        (b"\x04\x82\x00\xff", Kind::NonMinimalLength),
        (b"\x04\x83\x00\xff\xff", Kind::NonMinimalLength),
        (b"\x04\x84\x00\x00\x00\x01\x00", Kind::LengthTooLarge),
        (b"\x04\x84\xff\xff\xff\xff", Kind::LengthTooLarge),
        (
            b"\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff",
            Kind::LengthTooLarge,
        ),
        (b"\x04\xff", Kind::LengthTooLarge),
    ] {
        assert_eq!(refusal(octets, Reader::octet_string), kind, "{octets:02x?}");
    }
}

#[test]
fn what_is_cut_off_is_refused_with_what_is_missing() {
    for (octets, needed, found) in [
        (b"\x04".as_slice(), 2, 1),
        (b"\x04\x81", 3, 2),
        (b"\x04\x82\x01", 4, 3),
        (b"\x04\x83\x01\x00", 5, 4),
        (b"\x04\x03ab", 3, 2),
        (b"\x04\x83\xff\xff\xffab", 0xff_ffff, 2),
    ] {
        let kind = Kind::Truncated { needed, found };
        assert_eq!(refusal(octets, Reader::octet_string), kind, "{octets:02x?}");
    }
}

#[test]
fn another_element_is_refused_by_both_tags() {
    for (octets, found) in [
        (b"".as_slice(), None),
        (b"\x24\x80\x04\x01a\x00\x00", Some(0x24)), // constructed, in segments
        (b"\x0c\x01a", Some(0x0c)),
    ] {
        let kind = Kind::UnexpectedTag {
            expected: 0x04,
            found,
        };
        assert_eq!(refusal(octets, Reader::octet_string), kind);
    }
    // RFC 4120 says GeneralString; a UTF8String is no realm.
    assert!(Reader::new(b"\x0c\x01R").general_string().is_err());
}

#[test]
fn tag_numbers_above_30_are_refused() {
    for octets in [
        b"\x7f\x0e\x00".as_slice(),
        b"\x1f\x0e\x00",
        b"\xbf\x81\x00\x00",
    ] {
        assert_eq!(refusal(octets, Reader::whole), Kind::HighTagNumber);
    }
    for octets in [b"\x7f\x01\x00", b"\x1f\x01\x00"] {
        assert_eq!(refusal(octets, Reader::any), Kind::HighTagNumber);
        let asked_for = |input: &mut Reader<'_>| input.element(octets[0]).map(|_| ());
        assert_eq!(refusal(octets, asked_for), Kind::HighTagNumber);
    }
    let octets = b"\x61\x09\x30\x07\xa0\x03\x02\x01\x07\xbf\x0e\x00";
    assert!(Demo::from_der(octets).is_err());
}

#[test]
fn integers_must_be_minimal_and_in_range() {
    for (octets, kind) in [
        (b"\x02\x00".as_slice(), Kind::NonMinimalInteger), // X.690 §8.3.1
        (b"\x02\x02\x00\x05", Kind::NonMinimalInteger),    // X.690 §8.3.2
        (b"\x02\x02\xff\x80", Kind::NonMinimalInteger),
        (b"\x02\x05\x00\x80\x00\x00\x00", Kind::IntegerOutOfRange),
        (b"\x02\x05\xff\x7f\xff\xff\xff", Kind::IntegerOutOfRange),
        (
            b"\x02\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00",
            Kind::IntegerOutOfRange,
        ),
    ] {
        assert_eq!(refusal(octets, Reader::int32), kind, "{octets:02x?}");
    }
    assert_eq!(
        refusal(b"\x02\x01\xff", Reader::uint32),
        Kind::IntegerOutOfRange
    );
    let too_large = b"\x02\x05\x01\x00\x00\x00\x00";
    assert_eq!(refusal(too_large, Reader::uint32), Kind::IntegerOutOfRange);
    assert_eq!(
        refusal(too_large, Reader::uint32_sent_signed),
        Kind::IntegerOutOfRange
    );
    assert_eq!(
        refusal(b"\x0a\x02\x01\x00", Reader::enumerated),
        Kind::IntegerOutOfRange
    );
}

#[test]
fn integers_at_the_edges_are_read_and_written() {
    for (value, octets) in [
        (0, b"\x02\x01\x00".as_slice()),
        (127, b"\x02\x01\x7f"),
        (128, b"\x02\x02\x00\x80"),
        (-1, b"\x02\x01\xff"),
        (-128, b"\x02\x01\x80"),
        (-129, b"\x02\x02\xff\x7f"),
        (i32::MAX, b"\x02\x04\x7f\xff\xff\xff"),
        (i32::MIN, b"\x02\x04\x80\x00\x00\x00"),
    ] {
        let mut output = Writer::new();
        output.integer(value);
        assert_eq!(output.into_vec(), octets);
        assert_eq!(Reader::new(octets).int32(), Ok(value));
    }
    assert_eq!(
        Reader::new(b"\x02\x05\x00\xff\xff\xff\xff").uint32(),
        Ok(u32::MAX)
    );
}

#[test]
fn numbers_sent_signed_are_read_modulo_two_to_the_32() {
    for (octets, value) in [
        (b"\x02\x04\x7f\xff\xff\xff".as_slice(), 0x7fff_ffff),
        (b"\x02\x05\x00\x80\x00\x00\x00", 0x8000_0000),
        (b"\x02\x04\x80\x00\x00\x00", 0x8000_0000),
        (b"\x02\x05\x00\xff\xff\xff\xff", 0xffff_ffff),
        (b"\x02\x01\xff", 0xffff_ffff),
    ] {
        assert_eq!(Reader::new(octets).uint32_sent_signed(), Ok(value));
    }
}

#[test]
fn booleans_are_zero_or_all_ones() {
    assert_eq!(Reader::new(b"\x01\x01\x00").boolean(), Ok(false));
    assert_eq!(Reader::new(b"\x01\x01\xff").boolean(), Ok(true));
    for octets in [b"\x01\x00".as_slice(), b"\x01\x01\x01", b"\x01\x02\xff\xff"] {
        assert_eq!(refusal(octets, Reader::boolean), Kind::Boolean);
    }
}

#[test]
fn flags_of_any_length_are_read_as_32_bits() {
    for (octets, word) in [
        (b"\x03\x05\x00\x40\x00\x00\x01".as_slice(), 0x4000_0001),
        (b"\x03\x01\x00", 0),
        (b"\x03\x02\x04\x50", 0x5000_0000),
        (b"\x03\x02\x04\x5f", 0x5000_0000), // unused bits that are set are not bits
        (b"\x03\x06\x00\x40\x00\x00\x01\xff", 0x4000_0001),
        (b"\x03\x06\x07\x40\x00\x00\x01\x80", 0x4000_0001),
    ] {
        assert_eq!(Reader::new(octets).flags(), Ok(word), "{octets:02x?}");
    }
    for octets in [
        b"\x03\x00".as_slice(),
        b"\x03\x01\x01",
        b"\x03\x02\x08\x00",
        b"\x03\x02\x09\x00",
    ] {
        assert_eq!(
            refusal(octets, Reader::flags),
            Kind::BitString,
            "{octets:02x?}"
        );
    }
}

#[test]
fn object_identifiers_must_end() {
    assert_eq!(
        Reader::new(b"\x06\x01\x2a").object_identifier(),
        Ok(b"\x2a".as_slice())
    );
    for octets in [
        b"\x06\x00".as_slice(),
        b"\x06\x01\x86",
        b"\x06\x03\x2a\x86\x80",
    ] {
        assert_eq!(
            refusal(octets, Reader::object_identifier),
            Kind::ObjectIdentifier
        );
    }
}

#[test]
fn unknown_fields_that_ascend_are_skipped() {
    let plain = b"\x61\x07\x30\x05\xa0\x03\x02\x01\x07";
    let extended = b"\x61\x0f\x30\x0d\xa0\x03\x02\x01\x07\xa3\x02\x05\x00\xa9\x02\x05\x00";
    assert_eq!(Demo::from_der(extended), Demo::from_der(plain));
    let known = b"\x61\x0b\x30\x09\xa0\x03\x02\x01\x07\xa2\x02\x04\x00";
    let next = b"\x61\x0f\x30\x0d\xa0\x03\x02\x01\x07\xa2\x02\x04\x00\xa3\x02\x05\x00";
    assert_eq!(Demo::from_der(next), Demo::from_der(known));
}

#[test]
fn other_octets_at_the_end_of_a_sequence_are_refused() {
    let endings = [
        b"\xa2\x02\x04\x00\xa1\x02\x05\x00".as_slice(), // descending
        b"\xa2\x02\x04\x00\xa2\x02\x04\x00",            // twice
        b"\xa9\x02\x05\x00\xa9\x02\x05\x00",
        b"\xa9\x02\x05\x00\xa8\x02\x05\x00",
        b"\xa0\x03\x02\x01\x07",
        b"\x89\x01\x00", // not constructed
        b"\x30\x00",
        b"\x00",
        b"\xa9",
        b"\xa9\x05\x00",
    ];
    for ending in endings {
        let fields = [b"\xa0\x03\x02\x01\x07", ending].concat();
        let mut output = Writer::new();
        output.application(1, |inside| inside.raw(&fields));
        let octets = output.into_vec();
        assert!(Demo::from_der(&octets).is_err(), "{ending:02x?}");
    }
}

#[test]
fn octets_left_over_are_refused_at_every_level() {
    let levels: [(&[u8], usize); 4] = [
        (b"\x61\x07\x30\x05\xa0\x03\x02\x01\x07\x00", 9),
        (b"\x61\x09\x30\x05\xa0\x03\x02\x01\x07\x05\x00", 9),
        (b"\x61\x09\x30\x07\xa0\x05\x02\x01\x07\x05\x00", 9),
        (b"\x61\x09\x30\x07\xa0\x03\x02\x01\x07\x05\x00", 9),
    ];
    for (octets, offset) in levels {
        let error = Demo::from_der(octets).unwrap_err();
        assert!(matches!(error.kind, Kind::TrailingData { .. }), "{error}");
        assert_eq!(error.offset, offset, "{octets:02x?}");
    }
}

#[test]
fn padding_shorter_than_a_block_of_des3_is_tolerated_where_asked_for() {
    let octets = b"\x61\x07\x30\x05\xa0\x03\x02\x01\x07\x00\x00\x00\x00\x00\x00\x00\x00";
    for padding in 0..=7 {
        assert!(Demo::from_padded_der(&octets[..9 + padding]).is_ok());
    }
    let error = Demo::from_padded_der(octets).unwrap_err();
    assert_eq!(error.kind, Kind::TrailingData { octets: 8 });
}

#[test]
fn an_error_names_the_field_and_the_octet() {
    let error = Demo::from_der(b"\x61\x07\x30\x05\xa0\x03\x04\x01\x07").unwrap_err();
    let kind = DecodeErrorKind::UnexpectedTag {
        expected: 0x02,
        found: Some(0x04),
    };
    let expected = DecodeError::new(kind, 6)
        .in_field("number")
        .in_structure("Demo");
    assert_eq!(error, expected);
    let text = "Demo.number: expected tag 0x02, found 0x04 (at octet 6)";
    assert_eq!(error.to_string(), text);
    assert_eq!(error.shifted(10).offset, 16);
}

#[test]
fn an_error_before_the_first_field_names_the_structure() {
    let error = Demo::from_der(b"\x61\x02\x31\x00").unwrap_err();
    assert_eq!(
        (error.structure, error.field, error.offset),
        ("Demo", "", 2)
    );
    let error = Demo::from_der(b"\x61\x02\x30\x00").unwrap_err();
    let text = "Demo.number: expected tag 0xa0, found the end (at octet 4)";
    assert_eq!(error.to_string(), text);
}

/// The field outside is not one of the structure inside.
#[test]
fn an_error_of_a_structure_in_a_field_is_that_of_the_structure() {
    let octets = b"\x30\x0d\xa0\x0b\x61\x09\x30\x07\xa0\x03\x02\x01\x07\x05\x00";
    let error = Reader::new(octets)
        .sequence("Outer", |fields| fields.field(0, "demo", Demo::decode))
        .unwrap_err();
    assert_eq!(error.kind, Kind::TrailingData { octets: 2 });
    assert_eq!((error.structure, error.field), ("Demo", ""));
}

#[test]
fn every_truncation_is_refused() {
    let octets = b"\x61\x0e\x30\x0c\xa0\x03\x02\x01\x07\xa2\x05\x04\x03abc";
    for end in 0..octets.len() {
        assert!(Demo::from_der(&octets[..end]).is_err(), "{end}");
    }
}

#[test]
fn nesting_is_bounded() {
    let octets = b"\x30\x7e".repeat(64);
    let mut octets = [octets.as_slice(), &[0; 256]].concat();
    for (level, pair) in octets.chunks_exact_mut(2).take(64).enumerate() {
        pair[1] = 126 - 2 * u8::try_from(level).unwrap();
    }
    let mut reader = Reader::new(&octets);
    let mut levels = 0;
    let error = loop {
        match reader.enter(0x30) {
            Ok(inside) => reader = inside,
            Err(error) => break error,
        }
        levels += 1;
    };
    assert_eq!((levels, error.kind), (32, Kind::TooDeep));
}

#[test]
fn the_elements_of_a_list_are_each_read_once_and_again() {
    let demos = [1, 2, 3].map(|number| Demo {
        number,
        octets: None,
    });
    let list = SequenceOfBuf::of(&demos);
    let octets = list.borrow::<Demo<'_>>().to_der();
    let read = SequenceOf::<Demo<'_>>::from_der(&octets).unwrap();
    assert_eq!(read, list.borrow());
    assert_ne!(read, SequenceOfBuf::of(&demos[..2]).borrow());
    assert!(read.iter().eq(demos));
    let mut damaged = octets.clone();
    *damaged.last_mut().unwrap() = 0;
    assert!(SequenceOf::<Demo<'_>>::from_der(&damaged).is_ok());
    damaged[octets.len() - 3] = 0x04; // the tag of the last INTEGER
    assert!(SequenceOf::<Demo<'_>>::from_der(&damaged).is_err());
}

#[test]
fn an_optional_list_with_no_elements_is_an_absent_one() {
    let mut fields = Reader::new(b"\xa1\x02\x30\x00");
    assert_eq!(fields.optional_list::<Demo<'_>>(1, "list"), Ok(None));
    assert!(fields.is_empty());
    let mut output = Writer::new();
    output.optional_list::<Demo<'_>>(1, Some(&SequenceOf::EMPTY));
    assert_eq!(output.into_vec(), Vec::<u8>::new());
}

#[test]
fn nothing_that_is_read_or_written_is_printed() {
    let secret = b"\x04\x06secret";
    let mut output = Writer::new();
    output.raw(secret);
    let list = SequenceOfBuf::default();
    let texts = [
        format!("{:?}", Reader::new(secret)),
        format!("{output:?}"),
        format!("{list:?}"),
    ];
    for text in texts {
        assert!(!text.contains("115") && !text.contains("secret"), "{text}"); // 115 is `s`
    }
}
