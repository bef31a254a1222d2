//! [`CacheName`]: the name of a file, made of a client's name without giving the client a say.

use crate::StoreError;
use core::fmt;
use portcullis::Principal;

/// The longest name, which leaves room for what is added to it within the 255 octets of file
/// systems.
const LONGEST: usize = 200;

/// What precedes the names of files that are not whole yet.
const TEMPORARY: &str = ".new.";

/// The name of a credential cache in its directory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CacheName(String);

impl CacheName {
    /// A name of the service's own choice.
    ///
    /// # Errors
    /// [`StoreError::Name`].
    pub fn new(name: impl Into<String>) -> Result<Self, StoreError> {
        let name = name.into();
        let fits = !name.is_empty() && name.len() <= LONGEST;
        match fits && !name.starts_with('.') && !name.contains(['/', '\0']) {
            true => Ok(Self(name)),
            false => Err(StoreError::Name(name)),
        }
    }

    /// The name of a client's cache: two clients have two. Letters, digits, `@`, `-`, `_` and `.`
    /// stand for themselves, but for a `.` in front; every other octet is `%` and two digits.
    ///
    /// # Errors
    /// [`StoreError::Name`] when that is too long.
    pub fn of(client: &Principal) -> Result<Self, StoreError> {
        let mut name = String::new();
        for octet in client.to_text() {
            match octet {
                b'.' if name.is_empty() => name.push_str("%2e"),
                b'@' | b'-' | b'_' | b'.' => name.push(octet.into()),
                _ if octet.is_ascii_alphanumeric() => name.push(octet.into()),
                _ => name.push_str(&format!("%{octet:02x}")),
            }
        }
        Self::new(name)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same with something behind that nobody can foresee.
    pub(crate) fn with_suffix(&self, random: u64) -> Self {
        Self(format!("{}.{random:016x}", self.0))
    }

    /// The name under which the file is written before it has its own.
    pub(crate) fn temporary(random: u64) -> String {
        format!("{TEMPORARY}{random:016x}")
    }

    /// Whether that is such a name.
    pub(crate) fn is_temporary(name: &str) -> bool {
        name.strip_prefix(TEMPORARY).is_some_and(|random| {
            random.len() == 16 && random.bytes().all(|octet| octet.is_ascii_hexdigit())
        })
    }
}

impl fmt::Display for CacheName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.escape_debug().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(client: &str) -> String {
        CacheName::of(&client.parse().unwrap()).unwrap().0
    }

    #[test]
    fn a_client_has_a_name_that_is_a_file_name() {
        assert_eq!(of("alice@EXAMPLE.TEST"), "alice@EXAMPLE.TEST");
        assert_eq!(of("host/a.b@R"), "host%2fa.b@R");
        assert_eq!(of("../../etc/passwd@R"), "%2e.%2f..%2fetc%2fpasswd@R");
        assert_eq!(of("a\\/b\\@c\\n@R"), "a%5c%2fb%5c@c%5cn@R");
        assert_eq!(of("%2f@R"), "%252f@R");
        assert_eq!(of("b\u{fc}cher@R"), "b%c3%bccher@R");
    }

    #[test]
    fn what_is_no_file_name_here_is_refused() {
        for name in [
            "",
            ".",
            "..",
            ".new.1",
            "a/b",
            "/etc/passwd",
            "a\0b",
            &"a".repeat(201),
        ] {
            assert!(
                matches!(CacheName::new(name), Err(StoreError::Name(_))),
                "{name:?}"
            );
        }
        let long = Principal::new("R", ["a".repeat(65_535)]).unwrap();
        assert!(CacheName::of(&long).is_err());
    }

    #[test]
    fn two_clients_have_two_names() {
        let parts = ["a", "A", "a/b", "a\\/b", "a%2fb", "a.b", "a@b", "."];
        let mut names = std::collections::BTreeSet::new();
        for first in parts {
            for realm in ["R", "b@R", "a.R"] {
                let client = Principal::new(realm, [first]).unwrap();
                assert!(names.insert(CacheName::of(&client).unwrap().0), "{client}");
            }
        }
    }
}
