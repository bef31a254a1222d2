//! [`Places`]: on which line of the file a key stands, for what is wrong with more than its text.

use core::fmt;
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// Where the keys of a file stand.
#[derive(Debug)]
pub(in crate::serve) struct Places<'t> {
    path: &'t Path,
    text: &'t str,
}

/// What is wrong with a key, where.
#[derive(Debug)]
pub(crate) struct Problem {
    path: PathBuf,
    /// `None` where the key is left out and its default does not do.
    line: Option<usize>,
    key: &'static str,
    what: String,
}

impl<'t> Places<'t> {
    pub(in crate::serve) const fn new(path: &'t Path, text: &'t str) -> Self {
        Self { path, text }
    }

    /// What is wrong with a key, whose parts have dots between them.
    pub(in crate::serve) fn problem(&self, key: &'static str, what: impl fmt::Display) -> Problem {
        Problem {
            path: self.path.to_owned(),
            line: self.line(key),
            key,
            what: what.to_string(),
        }
    }

    fn line(&self, key: &str) -> Option<usize> {
        let document = DeTable::parse(self.text).ok()?;
        let mut table = document.get_ref();
        let mut parts = key.split('.').peekable();
        while let Some(part) = parts.next() {
            let (name, value) = table.iter().find(|(name, _)| name.get_ref() == part)?;
            match value.get_ref() {
                _ if parts.peek().is_none() => return self.line_at(name.span().start),
                DeValue::Table(inner) => table = inner,
                _ => return None,
            }
        }
        None
    }

    fn line_at(&self, offset: usize) -> Option<usize> {
        let before = self.text.get(..offset)?;
        Some(before.matches('\n').count().saturating_add(1))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path, key, what, ..
        } = self;
        write!(f, "{}", path.display())?;
        if let Some(line) = self.line {
            write!(f, " line {line}")?;
        }
        write!(f, ": {key}: {what}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_the_line_of_its_key() {
        let text = "keytab = 'a'\n\n[kerberos]\npac = 'verify'\nclock_skew = 9\n";
        let places = Places::new(Path::new("serve.toml"), text);
        let said = |key| places.problem(key, "bad").to_string();

        assert_eq!(said("keytab"), "serve.toml line 1: keytab: bad");
        assert_eq!(
            said("kerberos.clock_skew"),
            "serve.toml line 5: kerberos.clock_skew: bad"
        );
        assert_eq!(said("kerberos"), "serve.toml line 3: kerberos: bad");
        assert_eq!(
            said("kerberos.service"),
            "serve.toml: kerberos.service: bad"
        );
        assert_eq!(said("keytab.deeper"), "serve.toml: keytab.deeper: bad");
    }
}
