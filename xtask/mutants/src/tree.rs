//! The copy of the workspace that the mutants are built in.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::catalogue::PACKAGES;

/// The copy, and where its build goes.
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
}

/// What `crate::mutant_switch::on` is: `switch.rs`, in each crate that has mutants.
const SWITCH: &str = include_str!("switch.rs");

/// Copies what git knows or would add.
pub(crate) fn copy(from: &Path) -> Result<Tree> {
    let target = match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => PathBuf::from(target),
        None => from.join("target"),
    };
    let tree = Tree {
        root: target.join("mutants-tree"),
        target: target.join("mutants-build"),
    };
    for path in listed(from)? {
        if let Ok(content) = fs::read(from.join(&path)) {
            write(&tree.root.join(&path), &content)?;
        }
    }
    for package in PACKAGES {
        add_switch(&tree, package)?;
    }
    Ok(tree)
}

fn listed(root: &Path) -> Result<Vec<String>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .map_err(|error| format!("git ls-files: {error}"))?;
    let said = String::from_utf8(output.stdout).map_err(|_| "a path that is not UTF-8")?;
    let paths = said.split('\0').filter(|path| !path.is_empty());
    Ok(paths.map(str::to_owned).collect())
}

fn add_switch(tree: &Tree, package: &str) -> Result<()> {
    let folder = match package.split_once('-') {
        Some((_, folder)) => folder,
        None => "acceptor",
    };
    let sources = tree.root.join("crates").join(folder).join("src");
    let lib = sources.join("lib.rs");
    let mut text = fs::read_to_string(&lib).map_err(|error| format!("{lib:?}: {error}"))?;
    if text.contains("#![no_std]") {
        text.push_str("\nextern crate std;\n");
    }
    text.push_str("\nmod mutant_switch;\n");
    write(&lib, text.as_bytes())?;
    write(&sources.join("mutant_switch.rs"), SWITCH.as_bytes())
}

/// Writes what differs from what is there, so that cargo builds nothing needlessly.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|old| old == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{folder:?}: {error}"))?;
    }
    fs::write(path, content).map_err(|error| format!("{path:?}: {error}"))
}
