//! `interop/differences.toml`: where another implementation and we differ, who is right, and why we do what we do.

use std::path::Path;

use serde::Deserialize;

use crate::shims::Verdict;

/// The whole table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Differences {
    /// Its rows, the first that fits counts.
    #[serde(rename = "difference", default)]
    pub rows: Vec<Row>,
}

/// A row. `*` stands for any characters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Which implementation: `mit`, `heimdal`, `java`, `gokrb5`.
    pub peer: String,
    /// The classes of the cases.
    pub cases: Vec<String>,
    /// Our outcome, for a refusal with its kind: `rejected (skew)`.
    pub ours: String,
    /// Their outcome, for a refusal with its text if that matters: `rejected (*replay*)`. `accepted (other client)` when
    /// both accept somebody else.
    pub theirs: String,
    /// Who is right, by which section.
    pub right: String,
    /// Why we do what we do.
    pub why: String,
    /// Why it is safe that we accept what they do not.
    #[serde(default)]
    pub safe: String,
    /// It takes more than the short run to be seen.
    #[serde(default)]
    pub rare: bool,
}

impl Differences {
    /// Reads the table.
    ///
    /// # Panics
    /// When it cannot be read, or a row where we accept and the other does not lacks the reason why that is safe.
    #[must_use]
    pub fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../differences.toml");
        let text = std::fs::read_to_string(&path).expect("a table of differences");
        let table: Self = toml::from_str(&text).unwrap_or_else(|error| panic!("{error}"));
        for row in &table.rows {
            let we_accept = row.ours.starts_with("accepted") || row.ours == "*";
            let needed = we_accept && !["accepted", "continue"].contains(&row.theirs.as_str());
            assert!(!needed || !row.safe.is_empty(), "why is this safe? {row:?}");
            assert!(!row.right.is_empty() && !row.why.is_empty(), "{row:?}");
        }
        table
    }

    /// The number of the row that a difference is in.
    #[must_use]
    pub fn row(&self, difference: &Difference<'_>) -> Option<usize> {
        self.rows.iter().position(|row| row.has(difference))
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference<'c> {
    /// Who differs from us.
    pub peer: &'c str,
    /// The class of the case.
    pub class: &'c str,
    /// What we say, as the table has it.
    pub ours: String,
    /// What they say.
    pub theirs: String,
}

impl<'c> Difference<'c> {
    /// The difference between two verdicts, if there is one.
    ///
    /// Names are compared where they are plain: how others print what is not, is theirs.
    #[must_use]
    pub fn between(
        peer: &'c str,
        class: &'c str,
        ours: &Verdict,
        theirs: &Verdict,
    ) -> Option<Self> {
        let (said, answer) = (printed(ours, class), printed(theirs, class));
        let bare = |said: &str| said.split(' ').next() == answer.split(' ').next();
        let (said, answer) = if !bare(&said) {
            (said, answer)
        } else if !same_client(ours, theirs) {
            ("accepted".to_owned(), "accepted (other client)".to_owned())
        } else {
            return None;
        };
        Some(Self {
            peer,
            class,
            ours: said,
            theirs: answer,
        })
    }
}

/// In DCE style the third leg is still to come, and the client is proven.
fn printed(verdict: &Verdict, class: &str) -> String {
    match verdict.reason.as_str() {
        _ if verdict.outcome == "continue" && class.contains("DCE style") => "accepted".to_owned(),
        "" => verdict.outcome.clone(),
        reason => format!("{} ({reason})", verdict.outcome),
    }
}

fn same_client(ours: &Verdict, theirs: &Verdict) -> bool {
    let plain = |name: &str| {
        let odd = |octet: u8| !octet.is_ascii_graphic() || b"\\\"".contains(&octet);
        !name.bytes().any(odd) && name.matches('@').count() == 1
    };
    match (&ours.client, &theirs.client) {
        (Some(ours), Some(theirs)) => ours == theirs || !plain(ours),
        (Some(_), None) => ours.outcome != theirs.outcome,
        _ => true,
    }
}

impl Row {
    fn has(&self, difference: &Difference<'_>) -> bool {
        // A case of several changes is explained by any of them.
        let one = |class: &str| self.cases.iter().any(|pattern| fits(pattern, class));
        let mut classes = difference.class.split(" + ");
        self.peer == difference.peer
            && outcome_fits(&self.ours, &difference.ours)
            && outcome_fits(&self.theirs, &difference.theirs)
            && classes.any(one)
    }
}

/// An outcome without a reason stands for all reasons.
fn outcome_fits(pattern: &str, outcome: &str) -> bool {
    let bare = outcome.split_once(" (").map_or(outcome, |(bare, _)| bare);
    fits(pattern, outcome) || (pattern == bare && !outcome.ends_with("(other client)"))
}

/// Whether the text fits a pattern with `*` for any characters.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(first) else {
        return false;
    };
    let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    ends.into_iter().any(|at| fits(rest, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text) in [
            ("a*", "a"),
            ("a*c", "abbc"),
            ("*: bit", "x.y: bit"),
            ("a", "a"),
        ] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*", "ba"), ("a*c", "ab"), ("a", "ab"), ("*b", "bc")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn an_outcome_without_a_reason_stands_for_all() {
        assert!(outcome_fits("rejected", "rejected (skew)"));
        assert!(outcome_fits("rejected (*ew)", "rejected (skew)"));
        assert!(!outcome_fits("accepted", "accepted (other client)"));
    }
}
