//! Every seed and every input that is kept, through its target.

use portcullis_fuzz::limits::Cost;
use std::path::{Path, PathBuf};

#[test]
fn every_target_takes_its_seeds_and_what_is_kept() {
    for (name, run) in portcullis_fuzz::TARGETS {
        for kind in ["seeds", "minimised"] {
            let inputs = inputs(kind, name);
            assert!(!inputs.is_empty(), "{name} has no {kind}");
            for path in inputs {
                println!("{name} {}", path.display());
                let input = std::fs::read(path).expect("an input");
                run(&input); // what is made once is made now
                let cost = Cost::of(run, &input);
                assert!(cost.fits_in_memory(&input), "{cost:?}");
            }
        }
    }
}

fn inputs(kind: &str, target: &str) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(kind)
        .join(target);
    let entries = std::fs::read_dir(directory).expect("inputs of the target");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
}
