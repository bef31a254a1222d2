//! The crate graph: which of our crates may depend on which, from `cargo metadata`.

use std::path::Path;

use serde_json::Value;

use super::Findings;
use crate::command::cargo;

/// Each crate that users get, and those of ours that it may depend on: what stands below it in the graph of
/// `ARCHITECTURE.md`.
const ARROWS: [(&str, &[&str]); 9] = [
    ("portcullis-formats", &[]),
    ("portcullis-crypto", &[]),
    ("portcullis", &["portcullis-formats", "portcullis-crypto"]),
    ("portcullis-store", &["portcullis"]),
    (
        "portcullis-client",
        &["portcullis", "portcullis-formats", "portcullis-crypto"],
    ),
    ("portcullis-sasl", &["portcullis"]),
    ("portcullis-http", &["portcullis"]),
    (
        "portcullis-testrealm",
        &[
            "portcullis",
            "portcullis-formats",
            "portcullis-crypto",
            "portcullis-client",
        ],
    ),
    (
        "portcullis-cli",
        &[
            "portcullis",
            "portcullis-formats",
            "portcullis-crypto",
            "portcullis-client",
            "portcullis-store",
            "portcullis-sasl",
            "portcullis-http",
            "portcullis-testrealm",
        ],
    ),
];

/// Crates that may use tokio outside of tests; `portcullis-http` only behind a feature.
const TOKIO: [&str; 3] = ["portcullis-cli", "portcullis-store", "portcullis-http"];

/// Finds arrows that are not in the graph.
pub(super) fn find(root: &Path, findings: &mut Findings) {
    let mut command = cargo(&["metadata", "--no-deps", "--format-version=1"]);
    let output = command.current_dir(root).output();
    let metadata = output
        .ok()
        .and_then(|output| serde_json::from_slice::<Value>(&output.stdout).ok());
    let packages = metadata
        .as_ref()
        .and_then(|metadata| metadata["packages"].as_array());
    let Some(packages) = packages else {
        findings.add("Cargo.toml", "cargo metadata does not work");
        return;
    };
    for package in packages {
        find_in(package, findings);
    }
}

fn find_in(package: &Value, findings: &mut Findings) {
    let name = package["name"].as_str().unwrap_or_default();
    let Some((_, allowed)) = ARROWS.iter().find(|(ours, _)| *ours == name) else {
        return;
    };
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let to = dependency["name"].as_str().unwrap_or_default();
        let ours = ARROWS.iter().any(|(ours, _)| *ours == to);
        let optional = dependency["optional"] == true;
        if !dependency["kind"].is_null() {
            // Publishing has no cycle only if the test realm is found by its path alone.
            if to == "portcullis-testrealm" && dependency["req"] != "*" {
                findings.add(
                    name,
                    "its dev-dependency portcullis-testrealm must have no version",
                );
            }
            continue;
        }
        if name == "portcullis-formats" {
            findings.add(
                name,
                format_args!("depends on {to}, and must depend on nothing"),
            );
        } else if ours && !allowed.contains(&to) {
            findings.add(
                name,
                format_args!("depends on {to}: no such arrow in the crate graph"),
            );
        } else if to == "tokio"
            && !(TOKIO.contains(&name) && (optional || name != "portcullis-http"))
        {
            findings.add(name, "depends on tokio");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn findings(name: &str, dependency: Value) -> Vec<String> {
        let mut findings = Findings::default();
        find_in(
            &json!({ "name": name, "dependencies": [dependency] }),
            &mut findings,
        );
        findings.lines
    }

    #[test]
    fn finds_an_arrow_that_points_up() {
        let up = json!({ "name": "portcullis", "kind": null, "optional": false });
        assert_eq!(findings("portcullis-crypto", up.clone()).len(), 1);
        assert_eq!(findings("portcullis-http", up), [""; 0]);
    }

    #[test]
    fn formats_depends_on_nothing_at_all() {
        let any = json!({ "name": "zeroize", "kind": null, "optional": true });
        assert_eq!(findings("portcullis-formats", any).len(), 1);
    }

    #[test]
    fn tokio_is_for_those_that_do_io() {
        let tokio = |optional| json!({ "name": "tokio", "kind": null, "optional": optional });
        assert_eq!(findings("portcullis", tokio(true)).len(), 1);
        assert_eq!(findings("portcullis-http", tokio(false)).len(), 1);
        assert_eq!(findings("portcullis-http", tokio(true)), [""; 0]);
        assert_eq!(findings("portcullis-cli", tokio(false)), [""; 0]);
    }
}
