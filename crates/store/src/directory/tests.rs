use super::*;
use rustix::fs::{Timespec, Timestamps};
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

fn directory() -> (tempfile::TempDir, CacheDirectory) {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let directory = CacheDirectory::open(place.path()).unwrap();
    (place, directory)
}

#[test]
fn nobody_else_may_read_a_file_before_there_is_anything_in_it() {
    let (place, directory) = directory();
    let file = directory.create(".new.0000000000000001").unwrap();
    let mode = file.metadata().unwrap().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1);
}

/// Whoever has the file open already would read what is written to it.
#[test]
fn a_file_that_is_there_is_never_written_to() {
    let (place, directory) = directory();
    let temporary = ".new.0000000000000001";
    let there = place.path().join(temporary);
    fs::write(&there, "here before").unwrap();
    let refused = directory.place(temporary, "c", b"secret").unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&there).unwrap(), b"here before");
    assert!(!place.path().join("c").exists());
}

/// Sets when a file was written to, so many seconds ago.
fn age(path: &Path, seconds: i64) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = i64::try_from(now.unwrap().as_secs()).unwrap();
    let then = Timespec {
        tv_sec: now.saturating_sub(seconds),
        tv_nsec: 0,
    };
    let times = Timestamps {
        last_access: then,
        last_modification: then,
    };
    rustix::fs::utimensat(rustix::fs::CWD, path, &times, AtFlags::empty()).unwrap();
}

#[test]
fn what_a_killed_writer_left_goes_when_the_directory_is_opened_an_hour_later() {
    let (place, _) = directory();
    for (name, seconds, goes) in [
        (".new.0123456789abcdef", 4000, true),
        (".new.0123456789abcde0", 3000, false),
        (".new.0123456789abcde1", -4000, false),
        (".new.0123456789abcde", 4000, false),
        (".new.0123456789abcdeg", 4000, false),
        ("alice@EXAMPLE.TEST", 4000, false),
    ] {
        let path = place.path().join(name);
        fs::write(&path, "a part").unwrap();
        age(&path, seconds);
        CacheDirectory::open(place.path()).unwrap();
        assert_eq!(path.exists(), !goes, "{name} {seconds}");
    }
}
