//! The replay cache in a file: where MIT krb5 puts its records, how long they stay, who may share it.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use portcullis::replay::{ClockSkewDiffers, Freshness, ReplayCache, ReplayCacheError, ReplayTag};
use portcullis::{Acceptor, Error};
use portcullis_store::{File2ReplayCache, ReplayFileError};
use portcullis_testdata::{hex, vectors};
use portcullis_testrealm::TestRealm;
use std::fs::{self, OpenOptions, Permissions};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::PathBuf;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// 2026-01-01T00:00:00Z.
const NEW_YEAR: u64 = 1_767_225_600;
const SKEW: u64 = 300;
const SECOND_TABLE: u64 = 16_384;
const THIRD_TABLE: u64 = 49_152;

const FRESH: Result<Freshness, ReplayCacheError> = Ok(Freshness::Fresh);
const REPLAYED: Result<Freshness, ReplayCacheError> = Ok(Freshness::Replayed);

fn at(second: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NEW_YEAR + second)
}

/// The first instant at which an authenticator of `second` is too old.
fn end_of(second: u64) -> SystemTime {
    at(second + SKEW + 1)
}

fn tag(octets: &[u8]) -> ReplayTag {
    ReplayTag::of_tail(octets, octets.len()).unwrap()
}

fn numbered(number: u64) -> ReplayTag {
    tag(&[&[7; 4][..], &number.to_be_bytes()].concat())
}

fn new_file() -> (TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("rcache2");
    (place, path)
}

/// MIT krb5 takes this lock: whoever does not wait for it reads a half-written table.
#[test]
fn recording_waits_for_whoever_has_the_file_locked() {
    use nix::fcntl::{FcntlArg, fcntl};
    use nix::libc;

    let (_place, path) = new_file();
    let cache = open(&path);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&path)
        .unwrap();
    let lock = libc::flock {
        l_type: libc::F_WRLCK.try_into().unwrap(),
        l_whence: libc::SEEK_SET.try_into().unwrap(),
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    };
    fcntl(&file, FcntlArg::F_OFD_SETLK(&lock)).unwrap();
    let (done, waits) = std::sync::mpsc::channel();
    let recording = thread::spawn(move || {
        let recorded = cache.record(&numbered(1), at(0), end_of(0));
        done.send(recorded).unwrap();
    });
    let early = waits.recv_timeout(Duration::from_millis(300));
    assert!(early.is_err(), "{early:?}");
    drop(file);
    assert_eq!(waits.recv().unwrap(), FRESH);
    recording.join().unwrap();
}

fn open(path: &PathBuf) -> File2ReplayCache {
    File2ReplayCache::open(path, Duration::from_secs(SKEW)).unwrap()
}

/// Tag and time of a place.
fn record_at(path: &PathBuf, offset: u64) -> ([u8; 12], u64) {
    let mut octets = [0; 16];
    let file = fs::File::open(path).unwrap();
    file.read_exact_at(&mut octets, offset).unwrap();
    let stamp = u32::from_be_bytes(*octets.last_chunk().unwrap());
    (*octets.first_chunk().unwrap(), stamp.into())
}

fn put(path: &PathBuf, offset: u64, tag: &[u8], stamp: u64) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    let stamp = u32::try_from(stamp).unwrap().to_be_bytes();
    file.write_all_at(&[tag, &stamp].concat(), offset).unwrap();
}

/// A tag, and its place in the first table of a file with this key, by MIT krb5.
fn mit_record() -> (Vec<u8>, Vec<u8>, u64) {
    let vector = vectors("rcache_file2").remove(0);
    let place = vector["file_offset"].as_u64().unwrap();
    (hex(&vector["seed"]), hex(&vector["tag"]), place)
}

#[test]
fn a_record_stands_where_mit_puts_it() {
    for vector in vectors("rcache_file2") {
        let Some(offset) = vector["file_offset"].as_u64() else {
            continue;
        };
        let (_place, path) = new_file();
        fs::write(&path, hex(&vector["seed"])).unwrap();
        let expected = hex(&vector["tag"]);

        assert_eq!(open(&path).record(&tag(&expected), at(0), end_of(0)), FRESH);

        assert_eq!(record_at(&path, offset).0, *expected, "{vector}");
        assert_eq!(fs::metadata(&path).unwrap().len(), offset + 16);
    }
}

#[test]
fn what_mit_recorded_is_replayed() {
    let (key, known, offset) = mit_record();
    let (_place, path) = new_file();
    fs::write(&path, key).unwrap();
    put(&path, offset, &known, NEW_YEAR);

    assert_eq!(open(&path).record(&tag(&known), at(0), end_of(0)), REPLAYED);
    assert_eq!(open(&path).record(&numbered(0), at(0), end_of(0)), FRESH);
}

#[test]
fn of_a_longer_tag_the_first_twelve_octets_count_and_a_shorter_one_ends_in_zeroes() {
    let (_place, path) = new_file();
    let cache = open(&path);
    let long: Vec<u8> = (1..=24).collect();

    assert_eq!(cache.record(&tag(&long), at(0), end_of(0)), FRESH);
    assert_eq!(cache.record(&tag(&long[..12]), at(0), end_of(0)), REPLAYED);
    assert_eq!(cache.record(&tag(&long[..3]), at(0), end_of(0)), FRESH);
    let padded = [&long[..3], &[0; 9]].concat();
    assert_eq!(cache.record(&tag(&padded), at(0), end_of(0)), REPLAYED);
}

#[test]
fn a_new_file_has_a_random_key_and_is_its_owners_alone() {
    let (_place, one) = new_file();
    let (_other_place, other) = new_file();
    for path in [&one, &other] {
        assert_eq!(open(path).record(&numbered(0), at(0), end_of(0)), FRESH);
    }

    assert_ne!(
        fs::read(&one).unwrap()[..16],
        fs::read(&other).unwrap()[..16]
    );
    assert_eq!(fs::metadata(&one).unwrap().mode() & 0o7777, 0o600);
}

/// MIT krb5 overwrites what is older than the clock skew.
#[test]
fn a_record_bears_the_later_of_now_and_the_authenticators_time() {
    let (key, known, offset) = mit_record();
    for (stamped, now, expected) in [(0, 0, 1), (300, 0, 301), (0, 300, 300)] {
        let (_place, path) = new_file();
        fs::write(&path, &key).unwrap();
        let recorded = open(&path).record(&tag(&known), at(now), end_of(stamped));
        assert_eq!(recorded, FRESH);
        assert_eq!(record_at(&path, offset).1, NEW_YEAR + expected);
    }
}

#[test]
fn a_place_is_free_again_when_twice_the_skew_has_passed() {
    let (key, known, offset) = mit_record();
    let (_place, path) = new_file();
    fs::write(&path, &key).unwrap();
    let (a, b) = ([1; 12], [2; 12]);
    put(&path, offset, &a, NEW_YEAR);
    put(&path, offset + 16, &b, NEW_YEAR);
    let length = || fs::metadata(&path).unwrap().len();

    let now = 2 * SKEW;
    assert_eq!(
        open(&path).record(&tag(&known), at(now), end_of(now)),
        FRESH
    );
    assert!(length() > SECOND_TABLE, "both places were taken");
    assert_eq!(record_at(&path, offset).0, a);

    let (_place, path) = new_file();
    fs::write(&path, &key).unwrap();
    put(&path, offset, &a, NEW_YEAR);
    put(&path, offset + 16, &b, NEW_YEAR);
    let now = 2 * SKEW + 1;
    assert_eq!(
        open(&path).record(&tag(&known), at(now), end_of(now)),
        FRESH
    );
    assert_eq!(record_at(&path, offset).0, *known);
    assert_eq!(record_at(&path, offset + 16).0, b);
}

#[test]
fn a_replay_is_found_behind_a_place_that_became_free() {
    let (key, known, offset) = mit_record();
    let (_place, path) = new_file();
    fs::write(&path, &key).unwrap();
    put(&path, offset, &[1; 12], NEW_YEAR);
    put(&path, offset + 16, &[2; 12], NEW_YEAR);
    let cache = open(&path);
    assert_eq!(cache.record(&tag(&known), at(500), end_of(500)), FRESH);

    // The first places have expired now, and the record is in the second table.
    assert_eq!(cache.record(&tag(&known), at(700), end_of(500)), REPLAYED);
}

#[test]
fn a_damaged_end_is_written_over() {
    let (key, known, offset) = mit_record();
    let (_place, path) = new_file();
    fs::write(&path, &key).unwrap();
    put(&path, offset, &known[..5], NEW_YEAR); // nine octets of a record

    assert_eq!(open(&path).record(&tag(&known), at(0), end_of(0)), FRESH);
    assert_eq!(open(&path).record(&tag(&known), at(0), end_of(0)), REPLAYED);
}

#[test]
fn a_key_that_was_cut_off_is_made_anew() {
    let (_place, path) = new_file();
    fs::write(&path, [9; 7]).unwrap();

    assert_eq!(open(&path).record(&numbered(0), at(0), end_of(0)), FRESH);
    assert_eq!(open(&path).record(&numbered(0), at(0), end_of(0)), REPLAYED);
    assert_ne!(fs::read(&path).unwrap()[..7], [9; 7]);
}

#[test]
fn ten_thousand_records_fill_several_tables_and_none_is_forgotten() {
    let (_place, path) = new_file();
    let cache = open(&path);
    for number in 0..10_000 {
        assert_eq!(cache.record(&numbered(number), at(0), end_of(0)), FRESH);
    }
    assert!(fs::metadata(&path).unwrap().len() > THIRD_TABLE);
    for number in 0..10_000 {
        assert_eq!(
            cache.record(&numbered(number), at(SKEW), end_of(0)),
            REPLAYED
        );
    }
}

/// A file as large as can be, in which every place that a tag may have is taken.
#[test]
fn a_full_file_lets_nobody_in() {
    let (_place, path) = new_file();
    let cache = open(&path);
    let wanted = numbered(0);
    let mut tables = 0;
    // Whatever stands where the next record would go takes that place.
    while cache.record(&wanted, at(0), end_of(0)) == FRESH {
        let octets = wanted.as_ref().first_chunk::<12>().unwrap();
        let place = places(&path, octets)[tables];
        put(&path, place, &[1; 12], NEW_YEAR);
        put(&path, place + 16, &[2; 12], NEW_YEAR);
        tables += 1;
    }

    assert_eq!(tables, 17);
    let full = ReplayCacheError::Full {
        capacity: 134_216_703,
    };
    assert_eq!(cache.record(&wanted, at(0), end_of(0)), Err(full));
}

fn first_octets(path: &PathBuf) -> [u8; 16] {
    let mut octets = [0; 16];
    fs::File::open(path)
        .unwrap()
        .read_exact_at(&mut octets, 0)
        .unwrap();
    octets
}

/// Where the tag stands in each table.
fn places(path: &PathBuf, tag: &[u8; 12]) -> Vec<u64> {
    use siphasher::sip::SipHasher24;
    let mut key: [u8; 16] = first_octets(path);
    let (mut start, mut records, mut places) = (16, 1023, vec![]);
    for table in 0..17 {
        places.push(start + SipHasher24::new_with_key(&key).hash(tag) % records * 16);
        start += records * 16;
        records = 2048 << table;
        key[0] = key[0].wrapping_add(1);
    }
    places
}

#[test]
fn an_authenticator_that_already_expired_is_refused() {
    let (_place, path) = new_file();
    assert_eq!(
        open(&path).record(&numbered(0), at(SKEW + 3), end_of(0)),
        Err(ReplayCacheError::Expired {
            ago: Duration::from_secs(2)
        })
    );
}

#[test]
fn of_threads_that_race_with_one_authenticator_exactly_one_wins() {
    const THREADS: usize = 8;
    const AUTHENTICATORS: usize = 500;
    let (_place, path) = new_file();
    let (start, fresh) = (Barrier::new(THREADS), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let cache = open(&path);
                start.wait();
                for number in 0..500 {
                    let answer = cache.record(&numbered(number), at(0), end_of(0)).unwrap();
                    fresh.fetch_add((answer == Freshness::Fresh).into(), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(fresh.into_inner(), AUTHENTICATORS);
}

#[test]
fn two_acceptors_that_share_a_file_refuse_each_others_replays() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let (_place, path) = new_file();
    let acceptor = || {
        let builder = Acceptor::builder(web.keytab()).replay_cache(Arc::new(open(&path)));
        builder.build().unwrap()
    };
    let (one, other) = (acceptor(), acceptor());
    let login = realm.user("alice").token_for(&web).build();

    assert!(one.begin().step(login.token(), realm.now()).is_ok());
    for acceptor in [&one, &other] {
        let rejection = acceptor.begin().step(login.token(), realm.now());
        let rejection = rejection.unwrap_err();
        assert!(
            matches!(rejection.error(), Error::Replayed { .. }),
            "{rejection}"
        );
    }
}

#[test]
fn an_acceptor_with_another_clock_skew_is_refused() {
    let (_place, path) = new_file();
    let first = Duration::from_secs(SKEW);
    assert_eq!(open(&path).serves(first), Ok(()));
    assert_eq!(
        open(&path).serves(Duration::from_secs(SKEW + 1)),
        Err(ClockSkewDiffers { first })
    );
}

#[test]
fn a_file_that_others_control_is_refused() {
    let skew = Duration::from_secs(SKEW);
    let (place, path) = new_file();
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    let error = File2ReplayCache::open(&path, skew).unwrap_err();
    assert!(
        error.to_string().ends_with("rcache2 (mode 0666)"),
        "{error}"
    );
    fs::set_permissions(&path, Permissions::from_mode(0o660)).unwrap();
    assert!(
        File2ReplayCache::open(&path, skew).is_ok(),
        "a group is trusted"
    );

    if chown(&path, Some(12_345), None).is_ok() {
        let refused = File2ReplayCache::open(&path, skew);
        assert!(matches!(
            refused,
            Err(ReplayFileError::Owner { owner: 12_345, .. })
        ));
    }
    let link = place.path().join("link");
    symlink(&path, &link).unwrap();
    let refused = File2ReplayCache::open(&link, skew);
    assert!(matches!(refused, Err(ReplayFileError::Open { .. })));
    let refused = File2ReplayCache::open(place.path(), skew);
    assert!(matches!(refused, Err(ReplayFileError::Open { .. })));
    let refused = File2ReplayCache::open("/dev/null", skew);
    assert!(matches!(refused, Err(ReplayFileError::NoFile { .. })));
}

#[test]
fn without_the_file_nobody_is_let_in_and_with_it_they_are_again() {
    let (place, path) = new_file();
    let cache = open(&path);
    let elsewhere = place.path().join("elsewhere");
    fs::rename(&path, elsewhere).unwrap();
    fs::create_dir(&path).unwrap();

    let refused = cache.record(&numbered(0), at(0), end_of(0)).unwrap_err();
    let text = refused.to_string();
    assert!(
        text.starts_with("replay cache is unreachable: cannot open the replay cache"),
        "{text}"
    );

    fs::remove_dir(&path).unwrap();
    assert_eq!(cache.record(&numbered(0), at(0), end_of(0)), FRESH);
}
