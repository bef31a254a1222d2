//! What the pages of `docs/recipes` tell operators to write, as it stands there.

use std::fs;
use std::path::{Path, PathBuf};

/// A block of `page` (`caddy`) in this language; the first has the number 0.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn block(page: &str, language: &str, number: usize) -> String {
    let path = pages().join(format!("{page}.md"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    let begin = format!("```{language}\n");
    let block = text.split(&begin).skip(1).nth(number);
    let block = block.and_then(|rest| rest.split("```").next());
    block
        .unwrap_or_else(|| panic!("{path:?}: no {language} {number}"))
        .to_owned()
}

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/recipes")
}
