//! [`Includes`]: where the files come from that a krb5.conf includes.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Brings the files that a krb5.conf includes. This crate opens none.
pub trait Includes {
    /// The octets of the file `path`.
    ///
    /// # Errors
    /// [`IncludeError`], which makes the whole configuration fail.
    fn file(&mut self, path: &str) -> Result<Vec<u8>, IncludeError>;

    /// The names of all entries of the directory `path`, in any order; which of them are read is
    /// decided here.
    ///
    /// # Errors
    /// [`IncludeError`], which makes the whole configuration fail.
    fn directory(&mut self, path: &str) -> Result<Vec<String>, IncludeError>;
}

/// Why a file or directory cannot be had: a sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncludeError(pub String);

impl fmt::Display for IncludeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for IncludeError {}

/// Refuses whatever is included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs, reason = "there is nothing to add")]
pub struct NoIncludes;

impl Includes for NoIncludes {
    fn file(&mut self, _: &str) -> Result<Vec<u8>, IncludeError> {
        Err(IncludeError("includes are not followed here".into()))
    }

    fn directory(&mut self, path: &str) -> Result<Vec<String>, IncludeError> {
        self.file(path).map(|_| Vec::new())
    }
}

/// The files of a directory that MIT krb5 reads, in its order: no dot files, and only names that
/// end with `.conf` or have nothing but letters, digits, `-` and `_`.
pub(super) fn read_of_directory(mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| is_read(name));
    names.sort_unstable();
    names
}

fn is_read(name: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_".contains(&octet);
    let plain = !name.is_empty() && name.bytes().all(plain);
    !name.starts_with('.') && !name.contains('/') && (name.ends_with(".conf") || plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_read_in_order_and_without_what_editors_leave() {
        let names = [
            "b",
            "a~",
            ".a.conf",
            "a.conf",
            "A-1_x",
            "a.rpmsave",
            "",
            "../a.conf",
        ];
        let read = read_of_directory(names.map(String::from).into());
        assert_eq!(read, ["A-1_x", "a.conf", "b"]);
    }

    #[test]
    fn nothing_is_included_unless_somebody_brings_it() {
        assert!(NoIncludes.file("a").is_err());
        assert!(NoIncludes.directory("a").is_err());
    }
}
