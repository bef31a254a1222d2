//! Keytabs.

use portcullis::{Acceptor, Keytab};
use portcullis_formats::keytab::{KeytabEntry, KeytabFile, KeytabVersion, KeytabWriter};

/// Reads `input` as a keytab, writes it and reads it again.
pub fn run(input: &[u8]) {
    let Ok(file) = KeytabFile::open(input) else {
        assert!(Keytab::parse_intact(input.to_vec()).is_err());
        return;
    };
    let (mut entries, mut damage) = (Vec::new(), Vec::new());
    for record in file.records() {
        match record {
            Ok(entry) => entries.push(entry),
            Err(found) => damage.push(found),
        }
    }
    assert!(damage.iter().all(|damage| damage.offset <= input.len()));
    written_and_read(&entries, file.version());
    loaded(input, entries.len() + damage.len());
}

/// A list of keys is never silently shorter than the file.
fn loaded(input: &[u8], records: usize) {
    let parsed = Keytab::parse(input.to_vec());
    match Keytab::parse_intact(input.to_vec()) {
        Ok((keytab, faults)) => {
            let keys = keytab.keys().count() + keytab.ignored().len();
            assert_eq!(keys + faults.len(), records);
            assert_eq!(parsed.is_ok(), faults.is_empty());
            let _ = Acceptor::new(keytab).map_err(|error| error.to_string());
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(parsed.is_err());
        }
    }
}

fn written_and_read(entries: &[KeytabEntry<'_>], version: KeytabVersion) {
    let mut writer = KeytabWriter::new(version);
    for entry in entries {
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
            .expect("what was read can be written");
    }
    let file = writer.into_vec();
    if entries.is_empty() {
        return; // the byte order of an empty file cannot be told
    }
    let file = KeytabFile::open(&file).expect("what was written can be read");
    assert_eq!(file.version(), version);
    let again: Vec<_> = file
        .records()
        .map(|record| record.expect("an entry"))
        .collect();
    assert_eq!(again.len(), entries.len());
    for (again, entry) in again.iter().zip(entries) {
        assert_eq!(again.principal, entry.principal);
        assert_eq!(again.principal.name_type(), entry.principal.name_type());
        assert_eq!(again.timestamp, entry.timestamp);
        assert_eq!((again.kvno, again.etype), (entry.kvno, entry.etype));
        assert_eq!(again.key, entry.key);
    }
}
