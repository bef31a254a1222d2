//! Links in the documents, and the headers of the recorded tokens.

use std::path::Path;

use portcullis_interop::recorded::Recorded;

use super::{Findings, TextFile};

/// Our own repository: links into it are relative, so that they hold in a clone and in a fork.
const REPOSITORY: &str = "https://github.com/portcullis-rs/portcullis/";

/// Finds dead or absolute links, and recorded tokens that do not say where they come from.
pub(super) fn find(root: &Path, file: &TextFile, findings: &mut Findings) {
    if file.is_markdown() {
        for (place, line) in file.lines() {
            for link in links(line) {
                find_dead(root, file, &place, link, findings);
            }
        }
    }
    let recorded = file.path.starts_with("testdata/tokens/") && file.path.ends_with(".txt");
    if recorded && let Err(error) = Recorded::parse(&file.path, &file.text) {
        findings.add(&file.path, error);
    }
}

fn find_dead(root: &Path, file: &TextFile, place: &str, link: &str, findings: &mut Findings) {
    if link.starts_with('/') || link.starts_with(REPOSITORY) {
        findings.add(
            place,
            format_args!("links to {link}: links into the repository are relative"),
        );
        return;
    }
    if link.starts_with('#') || link.contains(':') {
        return;
    }
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let here = root.join(&file.path);
    let there = here.parent().unwrap_or(root).join(path);
    if !there.exists() {
        findings.add(place, format_args!("links to {link}, which does not exist"));
    } else if path.ends_with(".rs") && !anchor.is_empty() && !defines(&there, anchor) {
        findings.add(place, format_args!("links to {link}: no such function"));
    }
}

/// Whether a source file has a function of this name: documents name the tests that show what they say.
fn defines(source: &Path, function: &str) -> bool {
    std::fs::read_to_string(source).is_ok_and(|text| text.contains(&format!("fn {function}(")))
}

/// The targets of the inline links of a line of Markdown, without their titles.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split_once(')')?.0;
        target.split_whitespace().next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_links_that_leave_or_lead_nowhere() {
        let file = |text: &str| TextFile {
            path: "README.md".to_owned(),
            text: text.to_owned(),
        };
        let mut findings = Findings::default();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        find(
            &root,
            &file("[lock](Cargo.toml) [rfc](https://example.test/) [here](#x)"),
            &mut findings,
        );
        assert_eq!(findings.lines, [""; 0]);
        find(
            &root,
            &file("[a](/absolute) [b](missing.md)"),
            &mut findings,
        );
        assert_eq!(findings.lines.len(), 2);
        let here = "[x](xtask/src/tidy/documents.rs#finds_links_that_leave_or_lead_nowhere)";
        find(&root, &file(here), &mut findings);
        assert_eq!(findings.lines.len(), 2);
        let gone = format!("[x](xtask/src/tidy/documents.rs#{})", "a_test_that_is_gone");
        find(&root, &file(&gone), &mut findings);
        assert_eq!(findings.lines.len(), 3);
    }
}
