//! Weaves the mutants in and leaves out, time after time, those that the compiler refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Result;
use crate::catalogue::{Genre, Mutant, PACKAGES};
use crate::tree::{self, Tree};
use crate::weave::{Woven, weave};

/// What is not in the build.
#[derive(Default)]
pub(crate) struct Built {
    /// Do not compile.
    pub(crate) unviable: BTreeSet<usize>,
    /// Stand where a switch cannot.
    pub(crate) apart: BTreeSet<usize>,
}

/// More rounds than this are a fault of ours.
const ROUNDS: usize = 40;

/// A file and its mutants.
struct Source<'m> {
    file: &'m str,
    text: String,
    mutants: Vec<&'m Mutant>,
}

/// Until everything compiles.
pub(crate) fn settle(tree: &Tree, mutants: &[Mutant]) -> Result<Built> {
    let sources = sources(tree, mutants)?;
    // What a function returns as `impl Trait` is of one type: its mutant fits only alone.
    let alone = mutants
        .iter()
        .filter(|mutant| mutant.genre == Genre::FnValue && mutant.returns.contains("impl "));
    let mut built = Built {
        apart: alone.map(|mutant| mutant.id).collect(),
        ..Built::default()
    };
    for round in 1..=ROUNDS {
        let woven = built.weave_in(tree, &sources)?;
        let objections = check(tree)?;
        println!(
            "round {round}: the compiler has {} objections",
            objections.len()
        );
        let Some(first) = objections.first() else {
            return Ok(built);
        };
        let before = built.count();
        for objection in &objections {
            built.leave_out(objection, &woven);
        }
        if built.count() == before {
            return Err(format!("not about a mutant: {}", first.text));
        }
    }
    Err("the compiler is never content".to_owned())
}

fn sources<'m>(tree: &Tree, mutants: &'m [Mutant]) -> Result<Vec<Source<'m>>> {
    let mut files: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::new();
    for mutant in mutants {
        files.entry(&mutant.file).or_default().push(mutant);
    }
    let read = |(file, mutants)| {
        let path = tree.root.join(file);
        let text = fs::read_to_string(&path).map_err(|error| format!("{path:?}: {error}"))?;
        Ok(Source {
            file,
            text,
            mutants,
        })
    };
    files.into_iter().map(read).collect()
}

impl Built {
    fn count(&self) -> usize {
        self.unviable.len() + self.apart.len()
    }

    /// Writes the files with what is not left out so far.
    fn weave_in<'m>(
        &mut self,
        tree: &Tree,
        sources: &[Source<'m>],
    ) -> Result<BTreeMap<&'m str, Woven>> {
        let mut all = BTreeMap::new();
        for source in sources {
            let mut wanted = source.mutants.clone();
            wanted.retain(|mutant| self.has(mutant));
            let woven = weave(&source.text, &wanted)?;
            tree::write(&tree.root.join(source.file), woven.text.as_bytes())?;
            self.unviable.extend(&woven.refused);
            wanted.retain(|mutant| !woven.placed.contains(&mutant.id) && self.has(mutant));
            self.apart.extend(wanted.iter().map(|mutant| mutant.id));
            all.insert(source.file, woven);
        }
        Ok(all)
    }

    fn has(&self, mutant: &Mutant) -> bool {
        !self.unviable.contains(&mutant.id) && !self.apart.contains(&mutant.id)
    }

    fn leave_out(&mut self, error: &Objection, all: &BTreeMap<&str, Woven>) {
        if error.code == "E0015" {
            for (name, inside) in all.values().flat_map(|woven| &woven.no_longer_const) {
                if error.calls(name) {
                    self.apart.extend(inside);
                }
            }
        }
        for (file, at) in &error.places {
            let Some(woven) = all.get(file.as_str()) else {
                continue;
            };
            if let Some((_, id)) = woven.mutated.iter().find(|(range, _)| range.contains(at)) {
                self.unviable.insert(*id);
                return;
            }
            let around = woven
                .around
                .iter()
                .filter(|(range, ids)| range.contains(at) && !ids.is_empty());
            if let Some((_, ids)) = around.min_by_key(|(range, _)| range.len()) {
                self.apart.extend(ids);
                return;
            }
        }
    }
}

/// What the compiler finds wrong, and where.
struct Objection {
    code: String,
    text: String,
    /// Relative to the tree; the octet. The first is what it is about.
    places: Vec<(String, usize)>,
}

impl Objection {
    /// Whether it is about a call of `name`.
    fn calls(&self, name: &str) -> bool {
        let quoted = self
            .text
            .lines()
            .next()
            .and_then(|line| line.split('`').nth(1));
        quoted.is_some_and(|path| path.rsplit("::").next() == Some(name))
    }
}

/// `cargo` in the tree, for the packages with mutants.
pub(crate) fn cargo(tree: &Tree, words: &[&str]) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(words)
        .args(["--all-features", "--message-format", "json"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    command
        .current_dir(&tree.root)
        .env("CARGO_TARGET_DIR", &tree.target)
        .env("RUSTFLAGS", "--cap-lints allow")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    command
}

fn check(tree: &Tree) -> Result<Vec<Objection>> {
    let output = cargo(tree, &["check", "--keep-going"])
        .output()
        .map_err(|error| format!("cargo check: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let messages = said
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(messages
        .filter_map(|message| objection(message.get("message")?))
        .collect())
}

fn objection(message: &Value) -> Option<Objection> {
    if message.get("level")?.as_str()? != "error" {
        return None;
    }
    let mut spans: Vec<&Value> = message.get("spans")?.as_array()?.iter().collect();
    spans.sort_by_key(|span| span.get("is_primary").and_then(Value::as_bool) != Some(true));
    if spans.is_empty() {
        return None; // "aborting due to"
    }
    let place = |span: &&Value| {
        let file = span.get("file_name")?.as_str()?.to_owned();
        let at = usize::try_from(span.get("byte_start")?.as_u64()?).ok()?;
        Some((file, at))
    };
    Some(Objection {
        code: message
            .pointer("/code/code")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        text: message.get("rendered")?.as_str()?.to_owned(),
        places: spans.iter().filter_map(place).collect(),
    })
}
