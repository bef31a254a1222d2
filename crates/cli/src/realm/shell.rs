//! What to type into a shell.

use core::fmt::{self, Display, Formatter};
use std::path::Path;

/// A word that a shell takes as it is.
pub(crate) struct Quoted<T>(pub(crate) T);

/// The line that lets clients use the realm whose files are in `directory`, and leaves the tickets
/// that somebody else's `KRB5CCNAME` names alone.
pub(crate) fn export_for_clients(directory: &Path) -> String {
    format!(
        "export KRB5_CONFIG={} KRB5CCNAME={}",
        Quoted(directory.join("krb5.conf").display()),
        Quoted(format_args!("FILE:{}", directory.join("ccache").display())),
    )
}

impl<T: Display> Display for Quoted<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"/._-@:+,=".contains(&octet);
        match text.bytes().all(plain) {
            true => f.write_str(&text),
            false => write!(f, "'{}'", text.replace('\'', r"'\''")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_more_than_a_word() {
        for (word, typed) in [
            ("/srv/a-b_c.d", "/srv/a-b_c.d"),
            ("/srv/a b", "'/srv/a b'"),
            ("/srv/$x;", "'/srv/$x;'"),
            ("it's", r"'it'\''s'"),
        ] {
            assert_eq!(Quoted(word).to_string(), typed);
        }
    }
}
