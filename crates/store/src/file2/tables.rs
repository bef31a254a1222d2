//! The layout of the file (MIT krb5's `doc/formats/rcache_file_format.rst`).
//!
//! ```text
//! 0      the key of SipHash-2-4, random
//! 16     the first table: 1023 records
//! 16384  the second: 2048 records; each next one twice as many
//! ```
//!
//! A record is the first twelve octets of a tag and the time at which it was made, 32 bits, the
//! highest first. In each table it may stand in one of two places: the hash of its tag, and the
//! next. Time 0 says that a place was never written, and the file is as long as it has to be.

use siphasher::sip::SipHasher24;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::os::unix::fs::FileExt as _;

pub(super) const KEY_LENGTH: usize = 16;
const TAG_LENGTH: usize = 12;
const RECORD_LENGTH: u64 = 16;

/// The published description of the format says one less than there are.
const FIRST_RECORDS: u64 = 1023;
const SECOND_RECORDS: u64 = 2048;

/// No table ends behind the 2³¹ - 1 octets that MIT krb5 uses.
const LONGEST_FILE: u64 = 0x7fff_ffff;

/// What became of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lookup {
    /// It was there already.
    Found,
    /// It was not, and is now.
    Recorded,
    /// It was not, and has no place: those in all tables are taken.
    Full {
        /// How many records there are in all tables.
        capacity: usize,
    },
}

/// A tag that is looked for.
pub(super) struct Search {
    pub(super) tag: [u8; TAG_LENGTH],
    /// In seconds since 1970, as all times here.
    pub(super) now: u32,
    /// What the record will bear.
    pub(super) stamp: u32,
    /// How long after its time a record has to stay.
    pub(super) retention: u64,
}

/// Two neighbours; none behind the end of the file.
struct Pair([Option<Record>; 2]);

#[derive(Clone, Copy)]
struct Record {
    tag: [u8; TAG_LENGTH],
    stamp: u32,
}

impl Search {
    /// Records the tag if it is not there. The file is locked.
    pub(super) fn record(&self, file: &File, mut key: [u8; KEY_LENGTH]) -> io::Result<Lookup> {
        let (mut start, mut records) = (u64_of(KEY_LENGTH), FIRST_RECORDS);
        let (mut place, mut capacity) = (None, 0_usize);
        loop {
            let length = records.saturating_mul(RECORD_LENGTH);
            let end = start.saturating_add(length);
            if end > LONGEST_FILE {
                return self.write(file, place, capacity);
            }
            let number = SipHasher24::new_with_key(&key)
                .hash(&self.tag)
                .checked_rem(records)
                .unwrap_or_default();
            let here = start.saturating_add(number.saturating_mul(RECORD_LENGTH));
            let pair = Pair::read(file, here)?;
            if pair.has(&self.tag) {
                return Ok(Lookup::Found);
            }
            place = place.or_else(|| self.free(&pair, here));
            if pair.is_the_last() {
                return self.write(file, place, capacity);
            }
            capacity = capacity.saturating_add(usize::try_from(records).unwrap_or(usize::MAX));
            start = end;
            records = records.saturating_mul(2).max(SECOND_RECORDS);
            let [first, ..] = &mut key;
            *first = first.wrapping_add(1);
        }
    }

    /// Where of two places there is none, or one that has expired.
    fn free(&self, pair: &Pair, here: u64) -> Option<u64> {
        let places = [here, here.saturating_add(RECORD_LENGTH)];
        let mut places = places.into_iter().zip(pair.0);
        let free = places.find(|(_, record)| record.is_none_or(|record| self.outlived(record)));
        free.map(|(place, _)| place)
    }

    fn outlived(&self, record: Record) -> bool {
        u64::from(record.stamp).saturating_add(self.retention) < u64::from(self.now)
    }

    fn write(&self, file: &File, place: Option<u64>, capacity: usize) -> io::Result<Lookup> {
        let Some(place) = place else {
            return Ok(Lookup::Full { capacity });
        };
        let octets = [self.tag.as_slice(), &self.stamp.to_be_bytes()].concat();
        file.write_all_at(&octets, place)?;
        Ok(Lookup::Recorded)
    }
}

impl Pair {
    fn read(file: &File, here: u64) -> io::Result<Self> {
        let mut octets = [0; 32];
        let read = read_at(file, &mut octets, here)?;
        let (records, _) = octets.as_chunks::<16>();
        let mut pair = [None; 2];
        for ((record, octets), length) in pair.iter_mut().zip(records).zip([16, 32]) {
            if read >= length {
                let (tag, stamp) = (octets.first_chunk(), octets.last_chunk());
                *record = tag.zip(stamp).map(|(tag, stamp)| Record {
                    tag: *tag,
                    stamp: u32::from_be_bytes(*stamp),
                });
            }
        }
        Ok(Self(pair))
    }

    fn has(&self, tag: &[u8; TAG_LENGTH]) -> bool {
        self.0.iter().flatten().any(|record| record.tag == *tag)
    }

    /// One of them was never written: whoever had needed the next table would have written here.
    fn is_the_last(&self) -> bool {
        let written = |record: &Option<Record>| record.is_some_and(|record| record.stamp != 0);
        !self.0.iter().all(written)
    }
}

/// Reads the key; `false` when the file is too new to have one.
pub(super) fn read_key(file: &File, key: &mut [u8; KEY_LENGTH]) -> io::Result<bool> {
    Ok(read_at(file, key, 0)? == KEY_LENGTH)
}

pub(super) fn write_key(file: &File, key: &[u8; KEY_LENGTH]) -> io::Result<()> {
    file.write_all_at(key, 0)
}

/// What of a tag there is room for; shorter ones end in zeroes.
pub(super) fn truncated(tag: &[u8]) -> [u8; TAG_LENGTH] {
    let mut truncated = [0; TAG_LENGTH];
    for (octet, of_tag) in truncated.iter_mut().zip(tag) {
        *octet = *of_tag;
    }
    truncated
}

/// As many octets as there are.
fn read_at(file: &File, octets: &mut [u8], start: u64) -> io::Result<usize> {
    let mut read = 0_usize;
    while let Some(rest) = octets.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, start.saturating_add(u64_of(read))) {
            Ok(0) => break,
            Ok(more) => read = read.saturating_add(more),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

fn u64_of(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
