//! How often each target has run in all: a table in `docs/testing.md`, to which campaigns add.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use super::campaign::Done;

const BEGIN: &str = "<!-- begin: cargo xtask fuzz --for 60s --record -->";
const END: &str = "<!-- end: fuzz -->";
const HEAD: &str = "| target | executions | edges | features | latest commit |\n| --- | ---: | ---: | ---: | --- |";
const ALL: &str = "all";

/// What is known of a target.
#[derive(Debug, Default, PartialEq, Eq)]
struct Row {
    executions: u64,
    edges: u64,
    features: u64,
    commit: String,
}

/// Adds what a target did.
pub(super) fn record(root: &Path, target: &str, done: &Done) -> io::Result<()> {
    let path = root.join("docs/testing.md");
    let old = fs::read_to_string(&path)?;
    let Some(new) = added(&old, target, done, &commit(root)?) else {
        return Err(io::Error::other("the marks of the table are missing"));
    };
    fs::write(path, new)
}

/// Hash and date of what was fuzzed.
fn commit(root: &Path) -> io::Result<String> {
    let mut git = Command::new("git");
    git.args(["log", "-1", "--format=%h, %cs"])
        .current_dir(root);
    let said = git.output()?.stdout;
    Ok(String::from_utf8_lossy(&said).trim().to_owned())
}

/// The document with a larger tally.
fn added(document: &str, target: &str, done: &Done, commit: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (table, after) = rest.split_once(END)?;
    let mut rows = rows(table);
    let row = rows.entry(target.to_owned()).or_default();
    row.executions += done.executions;
    row.edges = row.edges.max(done.edges);
    row.features = row.features.max(done.features);
    row.commit = commit.to_owned();
    Some(format!("{before}{BEGIN}\n{}\n{END}{after}", text(&rows)))
}

fn rows(table: &str) -> BTreeMap<String, Row> {
    let row = |line: &str| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let target = cells.next().filter(|name| *name != ALL)?;
        let mut number = || cells.next()?.replace(',', "").parse().ok();
        let (executions, edges, features) = (number()?, number()?, number()?);
        let row = Row {
            executions,
            edges,
            features,
            commit: cells.next()?.to_owned(),
        };
        Some((target.to_owned(), row))
    };
    table.lines().filter_map(row).collect()
}

fn text(rows: &BTreeMap<String, Row>) -> String {
    let mut text = HEAD.to_owned();
    let mut all = 0;
    for (target, row) in rows {
        all += row.executions;
        text += &format!(
            "\n| {target} | {} | {} | {} | {} |",
            grouped(row.executions),
            grouped(row.edges),
            grouped(row.features),
            row.commit
        );
    }
    text + &format!("\n| {ALL} | {} | | | |", grouped(all))
}

/// `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn executions_add_up_and_the_text_around_them_stays() {
        let done = |executions| Done {
            executions,
            edges: 12,
            features: 34,
        };
        let empty = format!("before\n{BEGIN}\n{END}\nafter\n");
        let once = added(&empty, "pac", &done(999_999), "a").unwrap();
        let twice = added(&once, "pac", &done(2), "b").unwrap();
        let other = added(&twice, "kdc", &done(5), "c").unwrap();
        let table = format!(
            "{HEAD}\n| kdc | 5 | 12 | 34 | c |\n| pac | 1,000,001 | 12 | 34 | b |\n| all | 1,000,006 | | | |"
        );
        assert_eq!(other, format!("before\n{BEGIN}\n{table}\n{END}\nafter\n"));
    }

    #[test]
    fn a_document_without_the_marks_is_left_alone() {
        assert_eq!(added("text", "pac", &Done::default(), "a"), None);
    }
}
