//! Credential caches in files: whose they are, what is in them, and that no trick of another user
//! puts one where it does not belong.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use portcullis::formats::ccache::CredentialCache;
use portcullis::{Acceptor, DelegatedCredential, Step};
use portcullis_store::{CacheDirectory, CacheFile, CacheName, StoreError};
use portcullis_testrealm::TestRealm;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use tempfile::TempDir;

/// What `user` delegates.
fn delegated(user: &str) -> DelegatedCredential {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let acceptor = Acceptor::builder(web.keytab()).keep_delegated_credentials();
    let token = realm.user(user).token_for(&web).delegate().build();
    match acceptor
        .build()
        .unwrap()
        .begin()
        .step(token.token(), realm.now())
    {
        Ok(Step::Complete { context, .. }) => context.identity().delegated().unwrap().clone(),
        other => panic!("{other:?}"),
    }
}

fn directory() -> (TempDir, CacheDirectory) {
    let place = tempfile::tempdir().unwrap();
    fs::set_permissions(place.path(), Permissions::from_mode(0o700)).unwrap();
    let directory = CacheDirectory::open(place.path()).unwrap();
    (place, directory)
}

fn name(text: &str) -> CacheName {
    CacheName::new(text).unwrap()
}

fn owner_of(path: &Path) -> String {
    let octets = fs::read(path).unwrap();
    CredentialCache::open(&octets)
        .unwrap()
        .default_principal()
        .to_string()
}

fn names_in(place: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(place.path()).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_cache_is_a_file_that_its_owner_alone_may_read() {
    let (place, directory) = directory();
    let file = directory
        .write(&name("alice"), &delegated("alice"))
        .unwrap();
    assert_eq!(file.path(), place.path().join("alice"));
    let value = file.krb5ccname().into_string().unwrap();
    assert_eq!(value, format!("FILE:{}", file.path().display()));
    let facts = fs::metadata(file.path()).unwrap();
    assert_eq!((facts.mode() & 0o7777, facts.nlink()), (0o600, 1));
    assert_eq!(owner_of(file.path()), "alice@EXAMPLE.TEST");
    assert_eq!(names_in(&place), ["alice"]);
}

/// Programs that get the path may run in another directory.
#[test]
fn a_relative_path_is_made_absolute() {
    let (place, _) = directory();
    let here = std::env::current_dir().unwrap();
    let mut relative = PathBuf::new();
    here.ancestors().skip(1).for_each(|_| relative.push(".."));
    relative.extend(place.path().components().skip(1));
    let directory = CacheDirectory::open(&relative).unwrap();
    assert!(relative.is_relative() && directory.path().is_absolute());
    let file = directory.write(&name("c"), &delegated("alice")).unwrap();
    let value = file.krb5ccname().into_string().unwrap();
    assert!(value.starts_with("FILE:/"), "{value}");
    assert_eq!(owner_of(file.path()), "alice@EXAMPLE.TEST");
}

/// The umask belongs to the whole process: the test runs itself in one of its own.
#[test]
fn the_owner_may_read_and_write_whatever_the_umask_takes_away() {
    const PLACE: &str = "CACHES_UNDER_A_UMASK";
    if let Some(place) = std::env::var_os(PLACE) {
        let directory = CacheDirectory::open(place).unwrap();
        drop(directory.write(&name("c"), &delegated("alice")).unwrap());
        return;
    }
    let (place, _) = directory();
    let ran = Command::new("sh")
        .args(["-c", r#"umask 0477 && exec "$0" --exact "$1""#])
        .arg(std::env::current_exe().unwrap())
        .arg("the_owner_may_read_and_write_whatever_the_umask_takes_away")
        .env(PLACE, place.path())
        .output();
    assert!(ran.unwrap().status.success());
    let mode = fs::metadata(place.path().join("c")).unwrap().mode();
    assert_eq!(mode & 0o7777, 0o600, "{mode:o}");
}

#[test]
fn a_cache_takes_the_place_of_one_with_its_name() {
    let (place, directory) = directory();
    let alice = directory.write(&name("c"), &delegated("alice")).unwrap();
    let bob = directory.write(&name("c"), &delegated("bob")).unwrap();
    assert_eq!(owner_of(bob.path()), "bob@EXAMPLE.TEST");
    drop(alice.unlink_on_drop());
    assert_eq!(
        names_in(&place),
        ["c"],
        "the file that is there now is not alice's"
    );
    drop(bob.unlink_on_drop());
    assert!(names_in(&place).is_empty());
}

#[test]
fn a_file_stays_unless_it_shall_go() {
    let (place, directory) = directory();
    drop(
        directory
            .write(&name("stays"), &delegated("alice"))
            .unwrap(),
    );
    drop(
        directory
            .write(&name("goes"), &delegated("alice"))
            .unwrap()
            .unlink_on_drop(),
    );
    assert_eq!(names_in(&place), ["stays"]);
}

#[test]
fn each_login_can_have_a_file_of_its_own() {
    let (place, directory) = directory();
    let client = CacheName::of(&"alice@EXAMPLE.TEST".parse().unwrap()).unwrap();
    let credential = delegated("alice");
    let write = || directory.write_unique(&client, &credential).unwrap();
    let (one, other) = (write(), write());
    assert_ne!(one.path(), other.path());
    assert_eq!(names_in(&place).len(), 2);
    assert!(
        names_in(&place)
            .iter()
            .all(|name| name.starts_with("alice@EXAMPLE.TEST."))
    );
}

#[test]
fn a_link_in_the_place_of_the_file_is_replaced_and_not_followed() {
    let (place, directory) = directory();
    let victim = tempfile::NamedTempFile::new().unwrap();
    fs::write(victim.path(), "precious").unwrap();
    for target in [victim.path(), Path::new("nowhere"), Path::new("c")] {
        let _ = fs::remove_file(place.path().join("c"));
        symlink(target, place.path().join("c")).unwrap();
        let file = directory.write(&name("c"), &delegated("alice")).unwrap();
        assert!(fs::symlink_metadata(file.path()).unwrap().is_file());
    }
    assert_eq!(fs::read(victim.path()).unwrap(), b"precious");
}

#[test]
fn a_link_in_the_place_of_a_file_that_goes_stays() {
    let (place, directory) = directory();
    let file = directory
        .write(&name("c"), &delegated("alice"))
        .unwrap()
        .unlink_on_drop();
    let hidden = place.path().join("hidden");
    fs::rename(file.path(), &hidden).unwrap();
    symlink(&hidden, place.path().join("c")).unwrap();
    drop(file);
    assert_eq!(names_in(&place), ["c", "hidden"]);
}

#[test]
fn a_directory_in_the_place_of_the_file_is_left_alone() {
    let (place, directory) = directory();
    fs::create_dir(place.path().join("c")).unwrap();
    let error = directory
        .write(&name("c"), &delegated("alice"))
        .unwrap_err();
    assert!(matches!(error, StoreError::Write { .. }), "{error}");
    assert_eq!(names_in(&place), ["c"], "nothing is left behind");
}

#[test]
fn a_directory_that_is_moved_away_takes_its_files_along() {
    let outside = tempfile::tempdir().unwrap();
    let (path, moved) = (outside.path().join("caches"), outside.path().join("moved"));
    let evil = outside.path().join("evil");
    for directory in [&path, &evil] {
        fs::create_dir(directory).unwrap();
        fs::set_permissions(directory, Permissions::from_mode(0o700)).unwrap();
    }
    let directory = CacheDirectory::open(&path).unwrap();
    fs::rename(&path, &moved).unwrap();
    symlink(&evil, &path).unwrap();
    drop(directory.write(&name("c"), &delegated("alice")).unwrap());
    assert!(fs::read_dir(&evil).unwrap().next().is_none());
    assert_eq!(owner_of(&moved.join("c")), "alice@EXAMPLE.TEST");
}

#[test]
fn a_directory_that_others_may_write_to_is_refused() {
    for mode in [0o770, 0o707, 0o777, 0o1777, 0o720, 0o702] {
        let place = tempfile::tempdir().unwrap();
        fs::set_permissions(place.path(), Permissions::from_mode(mode)).unwrap();
        let error = CacheDirectory::open(place.path()).unwrap_err();
        assert!(
            matches!(error, StoreError::Writable { .. }),
            "{mode:o}: {error}"
        );
    }
    for mode in [0o700, 0o750, 0o755] {
        let place = tempfile::tempdir().unwrap();
        fs::set_permissions(place.path(), Permissions::from_mode(mode)).unwrap();
        assert!(CacheDirectory::open(place.path()).is_ok(), "{mode:o}");
    }
}

#[test]
fn what_is_no_directory_of_ours_is_refused() {
    let (place, _) = directory();
    let link = place.path().join("link");
    symlink(place.path(), &link).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    for path in [link.as_path(), file.path(), &place.path().join("nowhere")] {
        let error = CacheDirectory::open(path).unwrap_err();
        assert!(matches!(error, StoreError::Directory { .. }), "{error}");
    }
}

#[test]
fn a_directory_of_another_user_is_refused() {
    let (place, _) = directory();
    // Who is not root has no way to give a directory away, but finds one of root's.
    let path = match chown(place.path(), Some(65_534), None) {
        Ok(()) => place.path(),
        Err(_) => Path::new("/"),
    };
    let error = CacheDirectory::open(path).unwrap_err();
    assert!(matches!(error, StoreError::Owner { .. }), "{error}");
}

#[test]
fn readers_find_one_cache_or_the_other_and_always_a_whole_one() {
    let (place, directory) = directory();
    let credentials = [delegated("alice"), delegated("bob")];
    drop(directory.write(&name("c"), &credentials[0]).unwrap());
    let start = Barrier::new(3);
    std::thread::scope(|threads| {
        for credential in &credentials {
            threads.spawn(|| {
                start.wait();
                for _ in 0..200 {
                    drop::<CacheFile>(directory.write(&name("c"), credential).unwrap());
                }
            });
        }
        start.wait();
        for _ in 0..400 {
            let octets = fs::read(place.path().join("c")).unwrap();
            let cache = CredentialCache::open(&octets).unwrap();
            assert_eq!(cache.credentials().filter(Result::is_ok).count(), 1);
        }
    });
    assert_eq!(names_in(&place), ["c"]);
}
