//! Which mutants there are: cargo-mutants says.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Result;

/// Those of ours that decide something.
pub(crate) const PACKAGES: [&str; 3] = ["portcullis", "portcullis-crypto", "portcullis-formats"];

/// One change of one place.
pub(crate) struct Mutant {
    /// From 1; the switch's number.
    pub(crate) id: usize,
    /// Relative to the workspace.
    pub(crate) file: String,
    /// What cargo-mutants calls it: `FILE:LINE:COLUMN: replace == with != in FUNCTION`.
    pub(crate) name: String,
    pub(crate) genre: Genre,
    /// Rust, which stands there instead; empty when something is left out.
    pub(crate) replacement: String,
    /// Line from 1, column from 1 in characters.
    pub(crate) start: (usize, usize),
    /// What the function returns, written out; empty for `()`.
    pub(crate) returns: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Genre {
    FnValue,
    Binary,
    Unary,
    Arm,
    Guard,
    Field,
}

/// Those below `paths`, or all.
pub(crate) fn of_paths(root: &Path, paths: &[String]) -> Result<Vec<Mutant>> {
    let mut mutants = list(root, &[])?;
    if !paths.is_empty() {
        mutants.retain(|mutant| {
            paths
                .iter()
                .any(|path| Path::new(&mutant.file).starts_with(path))
        });
    }
    Ok(numbered(mutants))
}

/// Those of a list that was written the time before, wherever in their files they stand now.
pub(crate) fn of_list(root: &Path, file: &Path) -> Result<Vec<Mutant>> {
    let said = fs::read_to_string(file).map_err(|error| format!("{file:?}: {error}"))?;
    let wanted: BTreeSet<_> = said.lines().map(without_place).collect();
    let mut mutants = list(root, &[])?;
    mutants.retain(|mutant| wanted.contains(&without_place(&mutant.name)));
    Ok(numbered(mutants))
}

/// The file, and what is changed there: `FILE:LINE:COLUMN: WHAT` without line and column.
fn without_place(name: &str) -> (&str, &str) {
    let (place, what) = name.split_once(": ").unwrap_or_default();
    let (file, _) = place.split_once(':').unwrap_or_default();
    (file, what)
}

/// Those in the lines of a diff.
pub(crate) fn of_diff(root: &Path, diff: &str) -> Result<Vec<Mutant>> {
    Ok(numbered(list(root, &["--in-diff", diff])?))
}

fn numbered(mut mutants: Vec<Mutant>) -> Vec<Mutant> {
    for (index, mutant) in mutants.iter_mut().enumerate() {
        mutant.id = index + 1;
    }
    mutants
}

fn list(root: &Path, more: &[&str]) -> Result<Vec<Mutant>> {
    let mut command = Command::new("cargo");
    command.args(["mutants", "--list", "--json", "--all-features"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    let output = command
        .args(more)
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo mutants: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    if output.stdout.is_empty() {
        return Ok(Vec::new()); // a diff without Rust
    }
    let said: Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("what cargo mutants lists: {error}"))?;
    let items = said.as_array().ok_or("cargo mutants lists no array")?;
    items
        .iter()
        .map(|item| mutant(item).ok_or_else(|| format!("cargo mutants lists {item}")))
        .collect()
}

fn mutant(item: &Value) -> Option<Mutant> {
    let text = |name: &str| item.get(name)?.as_str().map(str::to_owned);
    let start = item.pointer("/span/start")?;
    let number = |name: &str| usize::try_from(start.get(name)?.as_u64()?).ok();
    let returns = item
        .pointer("/function/return_type")
        .and_then(Value::as_str);
    Some(Mutant {
        id: 0,
        file: text("file")?,
        name: text("name")?,
        genre: genre(&text("genre")?)?,
        replacement: text("replacement")?,
        start: (number("line")?, number("column")?),
        returns: returns.unwrap_or_default().to_owned(),
    })
}

fn genre(name: &str) -> Option<Genre> {
    Some(match name {
        "FnValue" => Genre::FnValue,
        "BinaryOperator" => Genre::Binary,
        "UnaryOperator" => Genre::Unary,
        "MatchArm" => Genre::Arm,
        "MatchArmGuard" => Genre::Guard,
        "StructField" => Genre::Field,
        _ => return None,
    })
}
