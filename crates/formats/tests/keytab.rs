//! Keytabs of MIT krb5, and of others by the description of the format; every kind of damage.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

use portcullis_formats::keytab::{
    Damage, DamageKind, KeytabEntry, KeytabError, KeytabFile, KeytabVersion, KeytabWriteError,
    KeytabWriter,
};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{EtypeNumber, Kvno, NameType};
use portcullis_testdata::{hex, vectors};
use serde_json::Value;

/// The vector of this name, and its octets.
fn vector(name: &str) -> (Value, Vec<u8>) {
    let vector = vectors("keytab")
        .into_iter()
        .find(|vector| vector["name"] == name)
        .unwrap();
    let octets = hex(&vector["data"]);
    (vector, octets)
}

fn entries_and_damage(octets: &[u8]) -> (Vec<KeytabEntry<'_>>, Vec<Damage>) {
    let (mut entries, mut damages) = (Vec::new(), Vec::new());
    for record in KeytabFile::open(octets).unwrap().records() {
        match record {
            Ok(entry) => entries.push(entry),
            Err(damage) => damages.push(damage),
        }
    }
    (entries, damages)
}

fn assert_is(entry: &KeytabEntry<'_>, expected: &Value) {
    let components = expected["components"].as_array().unwrap();
    let components = components
        .iter()
        .map(|text| text.as_str().unwrap().as_bytes());
    assert_eq!(
        entry.principal.realm().0,
        expected["realm"].as_str().unwrap().as_bytes()
    );
    assert!(entry.principal.components().eq(components));
    let number = |name: &str| expected[name].as_i64().unwrap();
    assert_eq!(
        i64::from(entry.principal.name_type().0),
        number("name_type")
    );
    assert_eq!(i64::from(entry.timestamp), number("timestamp"));
    assert_eq!(i64::from(entry.kvno.0), number("kvno"));
    assert_eq!(i64::from(entry.etype.0), number("etype"));
    assert_eq!(entry.key, hex(&expected["key"]));
}

fn assert_damage(octets: &[u8], offset: usize, kind: DamageKind, text: &str) {
    let (_, damages) = entries_and_damage(octets);
    assert_eq!(damages, [Damage { offset, kind }]);
    assert_eq!(damages[0].to_string(), text);
}

/// MIT krb5 stops at some damage without a word, and reads past it elsewhere; the entries below are
/// those before and after, and the damage is told.
#[test]
fn every_vector_yields_its_entries_and_the_damage_that_mit_krb5_keeps_quiet_about() {
    for vector in vectors("keytab") {
        let (name, octets) = (&vector["name"], hex(&vector["data"]));
        if vector["error"] == "bad version" {
            let found = [octets[0], octets[1]];
            assert_eq!(
                KeytabFile::open(&octets).unwrap_err(),
                KeytabError::Version { found }
            );
            continue;
        }
        let (entries, damages) = entries_and_damage(&octets);
        let expected = vector["entries"].as_array().unwrap();
        assert_eq!(entries.len(), expected.len(), "{name}");
        for (entry, expected) in entries.iter().zip(expected) {
            assert_is(entry, expected);
        }
        let damaged = ["stops_with", "malformed_records", "entry_invalid"]
            .iter()
            .any(|reason| !vector[reason].is_null());
        // MIT krb5 stops at a length of 0 without a word, whatever follows it.
        let damaged = damaged || name == "v2 zero length ends the file";
        assert_eq!(damages.len(), usize::from(damaged), "{name}");
        if !damaged {
            assert_eq!(vector["mit_entry_count"], entries.len(), "{name}");
        }
    }
}

#[test]
fn a_version_that_nobody_writes_is_no_keytab() {
    let error = KeytabFile::open(&[4, 2, 0]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "not a keytab: begins 04 02, not 05 01 or 05 02"
    );
    for found in 0..2 {
        let error = KeytabFile::open(&[5, 2][..found]).unwrap_err();
        assert_eq!(error, KeytabError::TooShort { found });
    }
}

#[test]
fn a_file_without_records_is_a_keytab_without_entries() {
    for octets in [[5, 1], [5, 2]] {
        assert_eq!(KeytabFile::open(&octets).unwrap().records().count(), 0);
    }
    // Most machines are little-endian.
    let version = KeytabFile::open(&[5, 1]).unwrap().version();
    assert_eq!(version, KeytabVersion::V1LittleEndian);
}

#[test]
fn a_kvno_of_8_bits_is_told_from_a_whole_one() {
    for (name, kvno, is_8_bit) in [
        ("v2 basic, kvno32 tail", 1, false),
        ("v2 without kvno32 tail", 3, true),
        ("v2 kvno32 tail zero: kvno8 counts", 7, true),
        ("v2 kvno 300: low octet 44 plus tail", 300, false),
        (
            "v2 kvno8 wrapped, no tail (kvno 300 stored as 44)",
            44,
            true,
        ),
    ] {
        let (_, octets) = vector(name);
        let (entries, _) = entries_and_damage(&octets);
        assert_eq!(entries[0].kvno, Kvno(kvno), "{name}");
        assert_eq!(entries[0].kvno_is_8_bit, is_8_bit, "{name}");
    }
}

#[test]
fn both_byte_orders_of_version_1_are_guessed() {
    let (vector, little) = vector("v1 little-endian");
    assert_eq!(
        KeytabFile::open(&little).unwrap().version(),
        KeytabVersion::V1LittleEndian
    );

    let mut writer = KeytabWriter::new(KeytabVersion::V1BigEndian);
    let (entries, _) = entries_and_damage(&little);
    for entry in &entries {
        let KeytabEntry {
            principal,
            timestamp,
            kvno,
            etype,
            key,
            ..
        } = entry;
        writer
            .add(principal, *timestamp, *kvno, *etype, key)
            .unwrap();
    }
    let big = writer.into_vec();
    assert_eq!(
        KeytabFile::open(&big).unwrap().version(),
        KeytabVersion::V1BigEndian
    );
    let (entries, damages) = entries_and_damage(&big);
    assert_eq!(damages, []);
    for (entry, expected) in entries.iter().zip(vector["entries"].as_array().unwrap()) {
        assert_is(entry, expected);
    }

    let hole_first = [&[5, 1, 0xff, 0xff, 0xff, 0xff, 0], &big[2..]].concat();
    assert_eq!(entries_and_damage(&hole_first).0.len(), 2);
}

#[test]
fn a_key_that_runs_past_its_record_is_damage_and_the_next_record_is_read() {
    let (_, octets) = vector("v2 key length runs past the record");
    let (entries, damages) = entries_and_damage(&octets);
    assert_eq!(entries.len(), 2);
    assert!(matches!(
        damages[0].kind,
        DamageKind::PastRecord { field: "key", .. }
    ));
    assert!(entries[0].offset < damages[0].offset && damages[0].offset < entries[1].offset);
}

/// A good entry and then `tail`: the damage is where the tail begins.
fn assert_damage_after_an_entry(tail: &[u8], kind: DamageKind, text: &str) {
    let (_, good) = vector("v2 basic, kvno32 tail");
    let offset = good.len();
    let text = format!("record at octet {offset}: {text}");
    assert_damage(&[good.as_slice(), tail].concat(), offset, kind, &text);
}

#[test]
fn a_file_that_ends_too_early_says_where_and_by_how_much() {
    let huge = 0x7fff_ffff;
    let cases: [(&[u8], DamageKind, &str); 5] = [
        (
            &[0, 0, 1],
            DamageKind::LengthCut { found: 3 },
            "length of 4 octets, 3 left in the file",
        ),
        (
            &[0, 0, 0, 9, 0],
            DamageKind::RecordCut {
                needed: 9,
                found: 1,
            },
            "entry of 9 octets, 1 left in the file",
        ),
        (
            &[0x7f, 0xff, 0xff, 0xff],
            DamageKind::RecordCut {
                needed: huge,
                found: 0,
            },
            "entry of 2147483647 octets, 0 left in the file",
        ),
        (
            &[0xff, 0xff, 0xff, 0xff],
            DamageKind::HoleCut {
                needed: 1,
                found: 0,
            },
            "hole of 1 octets, 0 left in the file",
        ),
        (
            &[0x80, 0, 0, 0, 9],
            DamageKind::HoleCut {
                needed: huge + 1,
                found: 1,
            },
            "hole of 2147483648 octets, 1 left in the file",
        ),
    ];
    for (tail, kind, text) in cases {
        assert_damage_after_an_entry(tail, kind, text);
    }
}

#[test]
fn a_damaged_record_says_which_field_and_how() {
    let past = |field, by| DamageKind::PastRecord { field, by };
    let empty = |field| DamageKind::Empty { field };
    let cases: [(&[u8], DamageKind, &str); 6] = [
        (
            &[0],
            past("component count", 1),
            "component count ends 1 octets past the record",
        ),
        (
            &[0, 1, 0xff, 0xff, b'R'],
            past("realm", 65534),
            "realm ends 65534 octets past the record",
        ),
        (
            &[0x7f, 0xff, 0, 1, b'R', 0, 1, b'a'],
            past("component", 2),
            "component ends 2 octets past the record",
        ),
        (
            &[0, 0, 0, 1, b'R', 0, 0, 0, 1],
            DamageKind::NoComponents,
            "principal without components",
        ),
        (&[0, 1, 0, 0], empty("realm"), "empty realm"),
        (
            &[0, 1, 0, 1, b'R', 0, 0],
            empty("component"),
            "empty component",
        ),
    ];
    for (record, kind, text) in cases {
        let length = u32::try_from(record.len()).unwrap().to_be_bytes();
        assert_damage_after_an_entry(&[&length, record].concat(), kind, text);
    }
}

#[test]
fn more_components_than_any_principal_has_are_damage() {
    let mut record = vec![0, 17, 0, 1, b'R'];
    record.extend([0, 1, b'c'].repeat(17));
    record.extend([0; 4 + 4 + 1 + 2]);
    record.extend([0, 1, 7]);
    let length = u32::try_from(record.len()).unwrap().to_be_bytes();
    let octets = [&[5, 2], length.as_slice(), &record].concat();
    let kind = DamageKind::TooManyComponents { found: 17 };
    assert_damage(
        &octets,
        2,
        kind,
        "record at octet 2: principal of 17 components",
    );
}

#[test]
fn every_truncation_of_a_file_is_a_shorter_file_or_damage_at_its_end() {
    let (_, octets) = vector("v2 hole, entry, hole, entry");
    let mut boundaries = vec![2];
    while let Some(length) = octets[boundaries[boundaries.len() - 1]..].first_chunk() {
        let size = i32::from_be_bytes(*length).unsigned_abs();
        boundaries.push(boundaries[boundaries.len() - 1] + 4 + usize::try_from(size).unwrap());
    }
    assert_eq!(boundaries.len(), 5);
    for end in 2..octets.len() {
        let (entries, damages) = entries_and_damage(&octets[..end]);
        let whole = boundaries
            .iter()
            .filter(|boundary| **boundary <= end)
            .count()
            - 1;
        assert_eq!(entries.len(), whole / 2); // every second record is a hole
        assert_eq!(damages.is_empty(), boundaries.contains(&end));
        for damage in damages {
            assert!(damage.kind.ends_the_file());
            assert_eq!(damage.offset, boundaries[whole]);
        }
    }
}

#[test]
fn every_truncation_of_a_record_is_damage_or_loses_only_the_tail() {
    let (_, octets) = vector("v2 basic, kvno32 tail");
    let record = &octets[6..];
    for end in 1..record.len() {
        let length = u32::try_from(end).unwrap().to_be_bytes();
        let cut = [&[5, 2], length.as_slice(), &record[..end]].concat();
        let (entries, damages) = entries_and_damage(&cut);
        let key_is_whole = end >= record.len() - 4;
        assert_eq!(entries.len(), usize::from(key_is_whole), "{end} octets");
        assert_eq!(damages.len(), usize::from(!key_is_whole), "{end} octets");
        assert!(entries.iter().all(|entry| entry.kvno_is_8_bit));
    }
}

#[test]
fn no_octet_of_any_value_makes_the_reader_panic_or_run_on() {
    for vector in vectors("keytab") {
        let octets = hex(&vector["data"]);
        for at in 0..octets.len().min(200) {
            for value in [0, 1, 0x7f, 0x80, 0xff, octets[at] ^ 1, octets[at] ^ 0x80] {
                let mut changed = octets.clone();
                changed[at] = value;
                let Ok(file) = KeytabFile::open(&changed) else {
                    continue;
                };
                assert!(file.records().count() <= changed.len() / 4 + 1);
            }
        }
    }
}

#[test]
fn a_file_is_written_as_mit_krb5_writes_it() {
    let (_, octets) = vector("real file written by MIT krb5 1.20.1 (kadmin ktadd), 7 entries");
    let mut writer = KeytabWriter::with_capacity(KeytabVersion::V2, octets.len());
    let (entries, _) = entries_and_damage(&octets);
    for entry in entries {
        let KeytabEntry {
            principal,
            timestamp,
            kvno,
            etype,
            key,
            ..
        } = entry;
        writer.add(&principal, timestamp, kvno, etype, key).unwrap();
    }
    assert_eq!(writer.into_vec(), octets);
}

#[test]
fn a_kvno_of_8_bits_is_written_as_ktpass_writes_it() {
    let (_, octets) = vector("v2 kvno8 wrapped, no tail (kvno 300 stored as 44)");
    let mut writer = KeytabWriter::new(KeytabVersion::V2).kvno_of_8_bits();
    let (entries, _) = entries_and_damage(&octets);
    let KeytabEntry {
        principal,
        timestamp,
        etype,
        key,
        ..
    } = entries[0].clone();
    writer
        .add(&principal, timestamp, Kvno(300), etype, key)
        .unwrap();
    assert_eq!(writer.into_vec(), octets);
}

#[test]
fn version_1_is_written_in_the_byte_order_asked_for() {
    let (_, octets) = vector("v1 little-endian");
    let mut writer = KeytabWriter::new(KeytabVersion::V1LittleEndian);
    let (entries, _) = entries_and_damage(&octets);
    for KeytabEntry {
        principal,
        timestamp,
        kvno,
        etype,
        key,
        ..
    } in entries
    {
        writer.add(&principal, timestamp, kvno, etype, key).unwrap();
    }
    let written = writer.into_vec();
    let (entries, damages) = entries_and_damage(&written);
    assert_eq!(damages, []);
    assert_eq!(
        KeytabFile::open(&written).unwrap().version(),
        KeytabVersion::V1LittleEndian
    );
    for (entry, expected) in entries
        .iter()
        .zip(vector("v1 little-endian").0["entries"].as_array().unwrap())
    {
        assert_is(entry, expected);
    }
}

#[test]
fn private_enctypes_are_negative() {
    let mut writer = KeytabWriter::new(KeytabVersion::V2);
    let service = Principal::new("R", ["a"]).unwrap();
    writer
        .add(&service, 0, Kvno(1), EtypeNumber(-133), &[7])
        .unwrap();
    let octets = writer.into_vec();
    assert_eq!(entries_and_damage(&octets).0[0].etype, EtypeNumber(-133));
}

#[test]
fn an_entry_that_cannot_be_read_again_is_not_written() {
    let service = Principal::new("R", ["a"]).unwrap();
    let etype = EtypeNumber(18);
    let mut writer = KeytabWriter::new(KeytabVersion::V2);
    let long = "c".repeat(65_536);
    let mut refusal = |principal: &Principal, etype, key: &[u8]| {
        writer.add(principal, 0, Kvno(1), etype, key).unwrap_err()
    };
    assert_eq!(
        refusal(&service, etype, &[]),
        KeytabWriteError::Empty { field: "key" }
    );
    let octets = 65_536;
    assert_eq!(
        refusal(&service, etype, &vec![0; octets]),
        KeytabWriteError::TooLong {
            field: "key",
            octets
        }
    );
    assert_eq!(
        refusal(&service, EtypeNumber(0x8000), &[7]),
        KeytabWriteError::Enctype(EtypeNumber(0x8000))
    );
    let no_realm = Principal::new("", ["a"]).unwrap();
    assert_eq!(
        refusal(&no_realm, etype, &[7]),
        KeytabWriteError::Empty { field: "realm" }
    );
    let empty = Principal::new("R", ["a", ""]).unwrap();
    assert_eq!(
        refusal(&empty, etype, &[7]),
        KeytabWriteError::Empty { field: "component" }
    );
    let long = Principal::new("R", [long]).unwrap();
    assert_eq!(
        refusal(&long, etype, &[7]),
        KeytabWriteError::TooLong {
            field: "component",
            octets
        }
    );
    assert_eq!(writer.into_vec(), [5, 2]);
}

#[test]
fn name_types_survive() {
    let mut writer = KeytabWriter::new(KeytabVersion::V2);
    let service = Principal::new("R", ["a"])
        .unwrap()
        .with_name_type(NameType(-128));
    writer
        .add(&service, 0, Kvno(1), EtypeNumber(18), &[7])
        .unwrap();
    let octets = writer.into_vec();
    assert_eq!(
        entries_and_damage(&octets).0[0].principal.name_type(),
        NameType(-128)
    );
}

#[test]
fn debug_prints_no_key() {
    let (_, octets) = vector("v2 basic, kvno32 tail");
    let file = KeytabFile::open(&octets).unwrap();
    let entry = file.records().next().unwrap().unwrap();
    let writer = KeytabWriter::new(KeytabVersion::V2);
    let text = format!("{file:?} {entry:?} {:?} {writer:?}", file.records());
    assert!(text.contains("HTTP"));
    assert!(!text.contains("[0, 1, 2") && !text.contains("000102"));
}
