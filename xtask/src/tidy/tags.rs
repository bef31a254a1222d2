//! MACs and keys are compared in constant time. On processors that compare whole words, no measurement
//! would tell `==` from it, so the sources are looked at.

use super::{Findings, TextFile};

/// Where MACs and keys are compared, and nowhere else.
const CRYPTO: &str = "crates/crypto/src/";
/// The functions that do it.
const COMPARE: [&str; 2] = ["fn verify", "fn eq("];
/// What they may do it by.
const CONSTANT_TIME: [&str; 2] = [".ct_eq(", ".verify_truncated_left("];
/// What gives a MAC out: whoever compares that does it without `fn verify`.
const MADE: &str = ".checksum(";
/// The one crate that is for tests.
const FOR_TESTS: &str = "crates/testrealm/";

/// Finds comparisons that may end early in one file that is shipped.
pub(super) fn find(file: &TextFile, findings: &mut Findings) {
    let is_source = file.path.starts_with("crates/") && file.path.contains("/src/");
    if !is_source || file.path.starts_with(FOR_TESTS) {
        return;
    }
    let shipped = match file.text.split_once("\n#[cfg(test)]\nmod tests") {
        Some((shipped, _)) => shipped,
        None => &file.text,
    };
    for statement in shipped.split(';') {
        if statement.contains(MADE) && has_equality(statement) {
            findings.add(&file.path, "compares a MAC by itself");
        }
    }
    if file.path.starts_with(CRYPTO) {
        find_early_ends(&file.path, shipped, findings);
    }
}

fn find_early_ends(path: &str, shipped: &str, findings: &mut Findings) {
    for (at, name) in COMPARE.iter().flat_map(|name| shipped.match_indices(name)) {
        let function = body(shipped, at);
        let in_constant_time = CONSTANT_TIME.iter().any(|by| function.contains(by));
        // `fn eq` may compare what is public, too, beside.
        if !in_constant_time || name == COMPARE[0] && has_equality(function) {
            let place = format!("{path}:{}", shipped[..at].lines().count());
            findings.add(place, format_args!("{name} does not take constant time"));
        }
    }
}

/// Of the function whose name is at `at`: up to the brace that stands as far to the right as its line.
fn body(text: &str, at: usize) -> &str {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let indented = text[line..].len() - text[line..].trim_start_matches(' ').len();
    let end = format!("\n{}}}\n", " ".repeat(indented));
    let rest = &text[at..];
    &rest[..rest.find(&end).unwrap_or(rest.len())]
}

fn has_equality(text: &str) -> bool {
    let code = text.lines().map(str::trim_start);
    let mut code = code.filter(|line| !line.starts_with("//"));
    code.any(|line| line.contains("== ") || line.contains("!= "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        let file = TextFile {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let mut findings = Findings::default();
        find(&file, &mut findings);
        findings.lines.len()
    }

    fn verify(comparison: &str) -> String {
        format!("impl A {{\n    fn verify(&self) -> bool {{\n        {comparison}\n    }}\n}}\n")
    }

    #[test]
    fn a_mac_that_is_compared_in_any_time_is_found() {
        let constant = verify("self.mac().ct_eq(tag).into()");
        for (text, findings) in [
            (constant.clone(), 0),
            (verify("mac.verify_truncated_left(tag).is_ok()"), 0),
            (verify("self.mac() == tag"), 1),
            (verify("self.mac().iter().eq(tag)"), 1),
            (
                verify("self.mac().ct_eq(tag).into() || self.mac() == tag"),
                1,
            ),
            (
                verify("for a in b {\n        }\n        a.ct_eq(tag).into()"),
                0,
            ),
            (verify("// not by ==\n        a.ct_eq(tag).into()"), 0),
            ([constant.as_str(), "fn f() {\n    a == b\n}\n"].concat(), 0),
        ] {
            assert_eq!(found("crates/crypto/src/a.rs", &text), findings, "{text}");
        }
    }

    #[test]
    fn a_mac_that_is_compared_elsewhere_is_found() {
        let text = "fn f() {\n    let is_right = key.checksum(&[text])\n        == tag;\n}\n";
        assert_eq!(found("crates/x/src/a.rs", text), 1);
        assert_eq!(found("crates/x/tests/a.rs", text), 0);
        let tested = format!("fn g() {{}}\n#[cfg(test)]\nmod tests {{\n{text}}}\n");
        assert_eq!(found("crates/x/src/a.rs", &tested), 0);
        let made = "fn f() {\n    let tag = key.checksum(&[text]);\n    a == b;\n}\n";
        assert_eq!(found("crates/x/src/a.rs", made), 0);
    }
}
