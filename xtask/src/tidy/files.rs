//! The text files of the tree, without what builds and fuzzers leave there.

use std::path::{Path, PathBuf};

/// A file that is UTF-8.
#[derive(Debug)]
pub(super) struct TextFile {
    /// Its path from the root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

impl TextFile {
    /// The lines with their place, `PATH:NUMBER`.
    pub(super) fn lines(&self) -> impl Iterator<Item = (String, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(number, line)| (format!("{}:{}", self.path, number + 1), line))
    }

    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    pub(super) fn is_markdown(&self) -> bool {
        self.path.ends_with(".md")
    }
}

/// Directories that are not ours: what git, builds and fuzzers keep there.
const NOT_OURS: [&str; 5] = [".git", "target", "corpus", "artifacts", "coverage"];

/// All of them, in the order of their names.
pub(super) fn read(root: &Path) -> Vec<TextFile> {
    let mut files = Vec::new();
    walk(root, &mut files);
    files.sort();
    let text = |path: PathBuf| {
        let text = String::from_utf8(std::fs::read(&path).ok()?).ok()?;
        let path = path
            .strip_prefix(root)
            .ok()?
            .to_string_lossy()
            .replace('\\', "/");
        Some(TextFile { path, text })
    };
    files.into_iter().filter_map(text).collect()
}

fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory)
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
    {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_file() {
            files.push(path);
        } else if kind.is_dir() && !NOT_OURS.iter().any(|name| entry.file_name() == *name) {
            walk(&path, files);
        }
    }
}
