//! The oracles under the AGPL, a workspace of its own that no other command touches.

use std::path::Path;

use crate::command::{cargo, good};

/// Runs their tests.
pub(crate) fn run(root: &Path) -> bool {
    let manifest = root.join("interop/agpl/Cargo.toml");
    good(
        cargo(&["test", "--manifest-path"])
            .arg(manifest)
            .current_dir(root),
    )
}
