//! Every seed, through its target.

use std::path::Path;

#[test]
fn every_target_has_seeds_and_takes_them() {
    for (name, run) in portcullis_fuzz::TARGETS {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("seeds")
            .join(name);
        let entries = std::fs::read_dir(&directory).expect("seeds of the target");
        let mut paths: Vec<_> = entries
            .map(|entry| entry.expect("an entry").path())
            .collect();
        paths.sort();
        assert!(!paths.is_empty(), "{name} has no seeds");
        for path in paths {
            println!(
                "{name} {}",
                path.file_name().unwrap_or_default().to_string_lossy()
            );
            run(&std::fs::read(path).expect("a seed"));
        }
    }
}
