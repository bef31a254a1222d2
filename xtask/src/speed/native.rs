//! `-C target-cpu=native`: SHA's instructions beside those of AVX can be a hundred times slower
//! (`crates/crypto/src/sha.rs`). The checksum is measured with the flags that a user may set, and without.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{cargo, good};
use crate::report::Outcome;

/// How much slower it may be.
const MOST: f64 = 1.2;
/// Runs of each, in turn; the best counts.
const RUNS: usize = 5;

/// Nanoseconds by enctype and length.
type Costs = BTreeMap<String, f64>;

pub(super) fn run(root: &Path) -> Outcome {
    let (Some(default), Some(native)) = (built(root, ""), built(root, "-C target-cpu=native"))
    else {
        return Outcome::failed("the benchmark of the MAC does not build");
    };
    let (mut of_default, mut of_native) = (Costs::new(), Costs::new());
    for _ in 0..RUNS {
        if !(measured(&default, &mut of_default) && measured(&native, &mut of_native)) {
            return Outcome::failed("the benchmark of the MAC does not run");
        }
    }
    let mut outcome = Outcome::default();
    for (what, cost) in &of_default {
        let ratio = of_native.get(what).copied().unwrap_or(f64::INFINITY) / cost;
        println!("checksum {what}: {cost} ns, {ratio:.2} of that with target-cpu=native");
        outcome.and(Outcome::of(
            ratio <= MOST,
            format!("checksum {what} takes {ratio:.2} of its time with target-cpu=native"),
        ));
    }
    outcome
}

/// The benchmark built with these flags, in a directory for them.
fn built(root: &Path, flags: &str) -> Option<PathBuf> {
    let name = if flags.is_empty() {
        "default"
    } else {
        "native"
    };
    let target = root.join("target/speed").join(name);
    let mut build = cargo(&[
        "build",
        "--profile",
        "fast",
        "--package",
        "portcullis-mac-bench",
    ]);
    build
        .arg("--target-dir")
        .arg(&target)
        .env("RUSTFLAGS", flags);
    good(&mut build).then(|| target.join("fast/portcullis-mac-bench"))
}

/// Runs it once and keeps what is better than before.
fn measured(program: &Path, costs: &mut Costs) -> bool {
    let Ok(output) = Command::new(program).output() else {
        return false;
    };
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Some((what, cost)) = line.rsplit_once(' ')
            && let Ok(cost) = cost.parse::<f64>()
        {
            let best = costs.entry(what.to_owned()).or_insert(cost);
            *best = best.min(cost);
        }
    }
    output.status.success() && !costs.is_empty()
}
