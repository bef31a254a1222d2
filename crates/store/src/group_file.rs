//! [`GroupFile`]: groups that a file lists.

use core::fmt;
use core::str::FromStr;
use portcullis::Identity;
use portcullis::policy::{Groups, GroupsError};
use std::collections::{BTreeMap, BTreeSet};

/// Groups that a file lists, one in a line, as Apache's `AuthGroupFile` does:
///
/// ```text
/// # group: users
/// staff: alice bob
/// web editors: alice, carol@OTHER.TEST
/// ```
///
/// Users are separated by commas or blanks, and named as the service knows them: by their local
/// names, or with the realm where that was not forgotten. A group may stand in several lines.
///
/// ```
/// use portcullis_store::GroupFile;
///
/// let groups: GroupFile = "staff: alice bob".parse()?;
/// assert_eq!(groups.of("alice"), ["staff"]);
/// assert!(groups.of("mallory").is_empty());
/// # Ok::<(), portcullis_store::GroupFileError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupFile {
    groups_of: BTreeMap<String, BTreeSet<String>>,
}

/// A line that lists no group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupFileError {
    /// Its number; the first is 1.
    pub line: usize,
}

impl GroupFile {
    /// The names of the groups that a user is in.
    #[must_use]
    pub fn of(&self, user: &str) -> Vec<&str> {
        let groups = self.groups_of.get(user).into_iter().flatten();
        groups.map(String::as_str).collect()
    }
}

impl FromStr for GroupFile {
    type Err = GroupFileError;

    /// Reads what is in such a file.
    fn from_str(text: &str) -> Result<Self, GroupFileError> {
        let mut file = Self::default();
        for (text, line) in text.lines().zip(1..) {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let (group, users) = text.split_once(':').ok_or(GroupFileError { line })?;
            let group = group.trim_end();
            if group.is_empty() {
                return Err(GroupFileError { line });
            }
            let separates = |c: char| c == ',' || c.is_whitespace();
            for user in users.split(separates).filter(|user| !user.is_empty()) {
                let groups = file.groups_of.entry(user.to_owned()).or_default();
                groups.insert(group.to_owned());
            }
        }
        Ok(file)
    }
}

impl Groups for GroupFile {
    async fn groups_of(&self, _: &Identity, user: &str) -> Result<Vec<String>, GroupsError> {
        Ok(self.of(user).into_iter().map(str::to_owned).collect())
    }
}

impl fmt::Display for GroupFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line;
        write!(
            f,
            "line {line} lists no group: it should read `group: user user`"
        )
    }
}

impl core::error::Error for GroupFileError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_separated_by_commas_or_blanks_and_groups_may_be_continued() {
        let file = "\u{20}# a comment\r\n\n staff : alice,bob\t carol \r\nweb editors:alice ,, dora\n\
            staff:erin@OTHER.TEST\nempty:\n";
        let file: GroupFile = file.parse().unwrap();

        assert_eq!(file.of("alice"), ["staff", "web editors"]);
        for user in ["bob", "carol", "erin@OTHER.TEST"] {
            assert_eq!(file.of(user), ["staff"], "{user}");
        }
        assert_eq!(file.of("dora"), ["web editors"]);
        for stranger in ["erin", "Alice", "", "staff", "alice,bob"] {
            assert!(file.of(stranger).is_empty(), "{stranger}");
        }
    }

    #[test]
    fn a_line_without_group_is_refused_by_its_number() {
        for (text, line) in [("staff alice", 1), ("a: b\n\n: c", 3), ("a: b\nc\n", 2)] {
            assert_eq!(text.parse::<GroupFile>(), Err(GroupFileError { line }));
        }
    }
}
