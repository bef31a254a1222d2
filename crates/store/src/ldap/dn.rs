//! Names of groups in the directory (RFC 4514), and what we call them.

use std::collections::BTreeMap;

/// What groups are called. Others are not told.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupNames {
    named: BTreeMap<Dn, String>,
    under: Vec<Dn>,
}

impl GroupNames {
    pub(super) fn name(&mut self, dn: &str, name: String) {
        self.named.insert(Dn::of(dn), name);
    }

    pub(super) fn add_base(&mut self, dn: &str) {
        self.under.push(Dn::of(dn));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.named.is_empty() && self.under.is_empty()
    }

    /// What the group is called, if the service cares for it.
    pub(super) fn of(&self, dn: &str) -> Option<String> {
        let parts = split(dn);
        if let Some(name) = self.named.get(&Dn::of(dn)) {
            return Some(name.clone());
        }
        let (first, base) = parts.split_first()?;
        let base = Dn(base.iter().map(|part| comparable(part)).collect());
        let (_, value) = first.split_once('=')?;
        self.under.contains(&base).then(|| unescaped(value.trim()))
    }
}

/// A name as it is compared: without regard to case and to blanks around its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Dn(Vec<String>);

impl Dn {
    fn of(dn: &str) -> Self {
        Self(split(dn).iter().map(|part| comparable(part)).collect())
    }
}

fn comparable(part: &str) -> String {
    let (kind, value) = part.split_once('=').unwrap_or((part, ""));
    let value = unescaped(value.trim()).to_lowercase();
    format!("{}={value}", kind.trim().to_lowercase())
}

/// The relative names, at each comma that no backslash stands before.
fn split(dn: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (index, c) in dn.char_indices() {
        if c == ',' && !escaped {
            parts.extend(dn.get(start..index));
            start = index.saturating_add(1);
        }
        escaped = c == '\\' && !escaped;
    }
    parts.extend(dn.get(start..));
    parts
}

/// Without the backslashes, of which one stands before the character itself or two digits.
fn unescaped(value: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'\\' {
            octets.push(first);
            continue;
        }
        let digits = rest.first_chunk::<2>().and_then(|pair| {
            // Digits alone: the standard library takes a sign, too.
            let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
            let octet = high?.checked_mul(16)?.checked_add(low?)?;
            u8::try_from(octet).ok()
        });
        let (octet, length) = match (digits, rest.first()) {
            (Some(octet), _) => (octet, 2),
            (None, Some(&octet)) => (octet, 1),
            (None, None) => break,
        };
        octets.push(octet);
        rest = rest.get(length..).unwrap_or_default();
    }
    String::from_utf8_lossy(&octets).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> GroupNames {
        let mut names = GroupNames::default();
        names.name(
            "CN=Domain Admins,CN=Users,DC=example,DC=test",
            "admins".to_owned(),
        );
        names.add_base("ou=groups, dc=example ,dc=test");
        names
    }

    #[test]
    fn a_group_has_the_name_that_it_was_given() {
        let dn = "cn=domain admins, cn=users,dc=EXAMPLE,dc=test";
        assert_eq!(names().of(dn).as_deref(), Some("admins"));
    }

    #[test]
    fn a_group_directly_below_the_base_is_called_by_its_first_part() {
        for (dn, name) in [
            ("cn=staff,ou=groups,dc=example,dc=test", "staff"),
            ("CN=Web Editors,OU=Groups,DC=example,DC=test", "Web Editors"),
            (
                "cn=a\\, b\\2c \\c4\\8d\\\\,ou=groups,dc=example,dc=test",
                "a, b, \u{10d}\\",
            ),
        ] {
            assert_eq!(names().of(dn).as_deref(), Some(name));
        }
    }

    /// RFC 4514 §2.4: two hexadecimal digits, and a sign is none.
    #[test]
    fn a_backslash_and_a_sign_are_no_octet() {
        for (value, meant) in [
            ("\\+5", "+5"),
            ("\\-1", "-1"),
            ("\\2B5", "+5"),
            ("\\4", "4"),
        ] {
            assert_eq!(unescaped(value), meant, "{value}");
        }
    }

    /// Whoever may make groups somewhere cannot call them as others.
    #[test]
    fn other_groups_are_not_told() {
        for dn in [
            "cn=staff,ou=toys,ou=groups,dc=example,dc=test",
            "cn=staff,ou=groups,dc=other,dc=test",
            "cn=staff\\,ou=groups\\,dc=example\\,dc=test",
            "cn=staff\\,ou=groups,dc=example,dc=test",
            "ou=groups,dc=example,dc=test",
            "cn=Domain Admins,cn=Users,dc=other,dc=test",
            "staff",
            "",
            "\\",
        ] {
            assert_eq!(names().of(dn), None, "{dn}");
        }
    }
}
