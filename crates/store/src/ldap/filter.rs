//! The search for one user, whatever the user is called.

/// What stands in a filter for the user's name.
pub(super) const USER: &str = "{user}";
/// What stands in a filter for the client's principal.
pub(super) const PRINCIPAL: &str = "{principal}";

/// The filter with these names in it.
pub(super) fn for_user(template: &str, user: &str, principal: &str) -> String {
    let mut filter = String::new();
    let mut rest = template;
    while let Some((before, placeholder)) = next(rest) {
        filter.push_str(before);
        let value = if placeholder == USER { user } else { principal };
        escape(value, &mut filter);
        let taken = before.len().saturating_add(placeholder.len());
        rest = rest.get(taken..).unwrap_or_default();
    }
    filter.push_str(rest);
    filter
}

/// The first placeholder, and what stands before it. So that no name is looked through for more.
fn next(template: &str) -> Option<(&str, &'static str)> {
    let places = [USER, PRINCIPAL].map(|placeholder| {
        let (before, _) = template.split_once(placeholder)?;
        Some((before, placeholder))
    });
    places
        .into_iter()
        .flatten()
        .min_by_key(|(before, _)| before.len())
}

/// A value in a filter (RFC 4515 §3). More is escaped than has to be: every octet that is no letter
/// or digit of ASCII.
fn escape(value: &str, filter: &mut String) {
    for octet in value.bytes() {
        match octet.is_ascii_alphanumeric() {
            true => filter.push(octet.into()),
            false => filter.push_str(&format!("\\{octet:02x}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_where_they_belong() {
        let filter = for_user("(|(uid={user})(upn={principal})(x={user}))", "al", "al@R");
        assert_eq!(filter, "(|(uid=al)(upn=al\\40R)(x=al))");
    }

    /// RFC 4515 §4, with more escaped.
    #[test]
    fn what_means_something_in_a_filter_is_escaped() {
        for (name, expected) in [
            ("*", "(uid=\\2a)"),
            ("a)(uid=*", "(uid=a\\29\\28uid\\3d\\2a)"),
            ("C:\\MyFile", "(uid=C\\3a\\5cMyFile)"),
            ("a\0b", "(uid=a\\00b)"),
            ("Lu\u{10d}i\u{107}", "(uid=Lu\\c4\\8di\\c4\\87)"),
            ("", "(uid=)"),
        ] {
            assert_eq!(for_user("(uid={user})", name, ""), expected);
        }
    }

    #[test]
    fn a_name_is_not_looked_through_for_placeholders() {
        let filter = for_user("(a={user})(b={principal})", "{principal}", "{user}");
        assert_eq!(filter, "(a=\\7bprincipal\\7d)(b=\\7buser\\7d)");
    }
}
