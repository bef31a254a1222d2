//! What stands in the sources: size, reasons, citations, and nothing of the machine that they were written on.

use super::{Findings, TextFile};

/// A file of a crate that is longer wants to be two.
const LONGEST: usize = 600;

/// Beginnings of absolute paths that exist on somebody's machine only. In pieces, so that this file may hold them.
const MACHINE_PATHS: [&str; 4] = [
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/wo", "rk/"),
    concat!("/tm", "p/"),
];

/// Finds what breaks the conventions in one file.
pub(super) fn find(file: &TextFile, findings: &mut Findings) {
    let in_crates = file.path.starts_with("crates/");
    if in_crates && file.is_rust() && file.path.contains("/src/") {
        let length = file.text.lines().count();
        if length > LONGEST {
            findings.add(
                &file.path,
                format_args!("has {length} lines, more than {LONGEST}"),
            );
        }
    }
    if in_crates && file.is_rust() {
        find_reasonless(file, findings);
    }
    let cites = file.is_rust() || file.is_markdown();
    for (place, line) in file.lines() {
        if let Some(path) = MACHINE_PATHS.iter().find(|path| stands_alone(line, path)) {
            findings.add(&place, format_args!("has an absolute path below {path}"));
        }
        if let Some(form) = miscited(line).filter(|_| cites) {
            findings.add(
                &place,
                format_args!("cites `{form}`; the form is `RFC 4120 §3.2.3`"),
            );
        }
    }
}

/// Whether `path` begins in `line`, rather than being the middle of a longer path or a URL.
fn stands_alone(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && !"._-~/".contains(before))
    })
}

/// Finds `allow` and `expect` attributes that do not say why.
fn find_reasonless(file: &TextFile, findings: &mut Findings) {
    for attribute in ["[allow(", "[expect("] {
        for (at, _) in file.text.match_indices(attribute) {
            let rest = &file.text[at..];
            let end = rest.find(")]").unwrap_or(rest.len());
            if !rest[..end].contains("reason = ") {
                let line = file.text[..at].lines().count();
                let place = format!("{}:{line}", file.path);
                findings.add(place, format_args!("has #{attribute}…)] without a reason"));
            }
        }
    }
}

/// A citation that is not in the form `RFC 4120 §3.2.3`.
fn miscited(line: &str) -> Option<&str> {
    for (at, _) in line.match_indices("RFC") {
        let (before, cited) = (line[..at].chars().next_back(), &line[at..]);
        let rest = &cited[3..];
        if before.is_some_and(|before| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let words = || {
            cited
                .split_inclusive(' ')
                .take(3)
                .map(str::len)
                .sum::<usize>()
        };
        let after_digits = rest.trim_start_matches(|next: char| next.is_ascii_digit());
        let identifier =
            after_digits.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        if after_digits.len() < rest.len() && !identifier {
            return Some(cited[..words()].trim_end());
        }
        let Some(rest) = rest.strip_prefix(' ') else {
            continue;
        };
        let number = rest.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let then = number.strip_prefix(' ').unwrap_or_default();
        let section = ["section", "Section", "sec.", "sect"]
            .iter()
            .any(|word| then.starts_with(word));
        let bare = then.split_once('.').is_some_and(|(chapter, more)| {
            is_number(chapter) && more.starts_with(|next: char| next.is_ascii_digit())
        });
        if number.len() < rest.len() && (section || bare) {
            return Some(cited[..words()].trim_end());
        }
    }
    None
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn citations_have_one_form() {
        let good = [
            "RFC 4120 §3.2.3",
            "RFC 4121, and more",
            "see RFC 8009 Appendix A",
            "an RFC is",
            "RFC 4120 5 times",
        ];
        assert_eq!(good.map(miscited), [None; 5]);
        assert_eq!(miscited("const RFC1964_MIC: u8 = 1;"), None);
        // In pieces, because this file is read too.
        let together = concat!("// as RF", "C4120 says");
        assert_eq!(miscited(together), together.strip_prefix("// as "));
        assert!(miscited(concat!("RF", "C 4120 section 5.2 says")).is_some());
        assert!(miscited(concat!("(RF", "C 4120 5.2.1)")).is_some());
    }

    #[test]
    fn a_machine_path_is_found_where_it_begins() {
        let [root, ..] = MACHINE_PATHS;
        assert!(stands_alone(&format!("open({root}x)"), root));
        assert!(!stands_alone(&format!("https://example.test{root}x"), root));
    }

    #[test]
    fn an_allow_has_its_reason() {
        let file = |text: &str| TextFile {
            path: "crates/x/src/lib.rs".to_owned(),
            text: text.to_owned(),
        };
        let mut findings = Findings::default();
        find(
            &file("#![allow(clippy::panic, reason = \"test code\")]\n"),
            &mut findings,
        );
        assert_eq!(findings.lines, [""; 0]);
        find(&file("//! Doc.\n#[allow(dead_code)]\n"), &mut findings);
        assert_eq!(findings.lines.len(), 1);
    }
}
