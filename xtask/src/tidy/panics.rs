//! Nothing that is shipped allows itself to panic: clippy sees what can, and here nobody tells it to look away.

use super::{Findings, TextFile};

/// What Cargo.toml denies, so that octets which nobody thought of end in an error.
const DENIED: [&str; 6] = [
    "as_conversions",
    "indexing_slicing",
    "arithmetic_side_effects",
    "unwrap_used",
    "expect_used",
    "panic",
];

/// What panics, too, and clippy lets pass.
const PANICS: [&str; 8] = [
    "assert!(",
    "assert_eq!(",
    "assert_ne!(",
    "todo!(",
    "unimplemented!(",
    "unreachable!(",
    ".split_at(",
    ".split_at_mut(",
];

/// The one crate that is for tests: one that is wrong in itself has to fail.
const FOR_TESTS: &str = "crates/testrealm/";

/// Finds what may panic in one file, and who permits it.
pub(super) fn find(file: &TextFile, findings: &mut Findings) {
    match file.path.as_str() {
        "Cargo.toml" => find_undenied(file, findings),
        path if is_shipped(path) => find_panics(file, findings),
        path if is_manifest(path) && !file.text.contains("[lints]\nworkspace = true\n") => {
            findings.add(path, "does not take the lints of the workspace");
        }
        _ => {}
    }
}

fn is_shipped(path: &str) -> bool {
    let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
    path.starts_with("crates/")
        && path.contains("/src/")
        && path.ends_with(".rs")
        && !is_test
        && !path.starts_with(FOR_TESTS)
}

fn is_manifest(path: &str) -> bool {
    path.starts_with("crates/") && path.ends_with("/Cargo.toml") && path.split('/').count() == 3
}

fn find_undenied(file: &TextFile, findings: &mut Findings) {
    let missing = DENIED.map(|lint| format!("\n{lint} = \"deny\"\n"));
    for line in missing.iter().filter(|line| !file.text.contains(*line)) {
        findings.add(&file.path, format_args!("lacks {}", line.trim()));
    }
}

/// What stands before the module of tests, which is the last of a file.
fn shipped(text: &str) -> &str {
    match text.rsplit_once("#[cfg(test)]\n") {
        Some((before, tests)) if tests.contains("mod tests {\n") => before,
        _ => text,
    }
}

fn find_panics(file: &TextFile, findings: &mut Findings) {
    let shipped = shipped(&file.text);
    for attribute in ["[allow(", "[expect("] {
        for (at, _) in shipped.match_indices(attribute) {
            let rest = &shipped[at..];
            let list = &rest[..rest.find(")]").unwrap_or(rest.len())];
            let list = list.split("reason").next().unwrap_or(list);
            let mut lints = list.split(|end: char| !end.is_alphanumeric() && end != '_');
            if let Some(lint) = lints.find(|lint| DENIED.contains(lint)) {
                let place = format!("{}:{}", file.path, shipped[..at].lines().count());
                findings.add(place, format_args!("permits clippy::{lint}"));
            }
        }
    }
    for (number, line) in shipped.lines().enumerate() {
        let code = line.trim_start();
        if let Some(panics) = PANICS.iter().find(|panics| code.contains(*panics))
            && !["//", "const _: () ="]
                .iter()
                .any(|free| code.starts_with(free))
        {
            let place = format!("{}:{}", file.path, number + 1);
            findings.add(place, format_args!("has {panics}…), which panics"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let file = TextFile {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        let mut findings = Findings::default();
        find(&file, &mut findings);
        findings.lines
    }

    #[test]
    fn who_permits_a_panic_is_found() {
        let allowed =
            "#[allow(\n    clippy::unwrap_used,\n    reason = \"no panic\"\n)]\nfn f() {}\n";
        assert_eq!(found("crates/x/src/a.rs", allowed).len(), 1);
        assert_eq!(found("crates/x/src/tests.rs", allowed), [""; 0]);
        assert_eq!(found("crates/x/tests/a.rs", allowed), [""; 0]);
        let other = "#[allow(clippy::exhaustive_enums, reason = \"no panic\")]\n";
        assert_eq!(found("crates/x/src/a.rs", other), [""; 0]);
    }

    #[test]
    fn what_panics_is_found_where_it_is_shipped() {
        let text = "/// assert!(a)\nfn f() {\n    debug_assert!(a);\n}\n";
        assert_eq!(found("crates/x/src/a.rs", text).len(), 1);
        for before in [
            "",
            "#[allow(clippy::panic, reason = \"test code\")]\npub(crate) ",
        ] {
            let tested = format!("#[cfg(test)]\n{before}mod tests {{\n{text}}}\n");
            assert_eq!(found("crates/x/src/a.rs", &tested), [""; 0]);
        }
    }

    #[test]
    fn what_is_not_denied_is_found() {
        assert_eq!(found("Cargo.toml", "\npanic = \"deny\"\n").len(), 5);
        assert_eq!(found("crates/x/Cargo.toml", "[package]\n").len(), 1);
    }
}
