//! One target under libFuzzer: what it starts from, what it may cost, and what it did.

use std::path::Path;

use super::fuzz;

/// What a target did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) executions: u64,
    /// Of the control flow, those that an input went through.
    pub(super) edges: u64,
    /// Edges with how often, and comparisons with how close.
    pub(super) features: u64,
}

impl Done {
    /// `#9 DONE cov: 12 ft: 34 corp: ..` and `stat::number_of_executed_units: 9` of libFuzzer.
    fn read(said: &str) -> Self {
        let mut done = Self::default();
        for line in said.lines() {
            let mut words = line.split_whitespace();
            while let Some(word) = words.next() {
                let place = match word {
                    "cov:" => &mut done.edges,
                    "ft:" => &mut done.features,
                    "stat::number_of_executed_units:" => &mut done.executions,
                    _ => continue,
                };
                *place = words
                    .next()
                    .and_then(|number| number.parse().ok())
                    .unwrap_or(*place);
            }
        }
        done
    }
}

/// The inputs of a target: what campaigns found, the smallest set of it that is kept, and what it began with.
fn directories(root: &Path, target: &str) -> Option<[String; 3]> {
    let directories = ["corpus", "minimised", "seeds"].map(|kind| format!("fuzz/{kind}/{target}"));
    let exist = |path: &String| std::fs::create_dir_all(root.join(path)).is_ok();
    directories.iter().all(exist).then_some(directories)
}

/// One target for some seconds: what it finds goes to `fuzz/corpus`. `None` when it found what it should not; what
/// it said is shown then.
pub(super) fn campaign(root: &Path, target: &str, seconds: u32) -> Option<Done> {
    let time = format!("-max_total_time={seconds}");
    let [corpus, minimised, seeds] = directories(root, target)?;
    let limits = [
        time.as_str(),
        "-timeout=5",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        "-print_funcs=0",
    ];
    let inputs = [target, &corpus, &minimised, &seeds, "--"];
    let arguments = [inputs.as_slice(), &limits].concat();
    let output = fuzz(root, "run", &arguments).output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        return Some(Done::read(&said));
    }
    eprintln!("{said}");
    None
}

/// Puts into `fuzz/minimised`, in the place of what is there, the fewest inputs that go through every edge that
/// all inputs together go through.
pub(super) fn minimise(root: &Path, target: &str) -> bool {
    let Some([corpus, minimised, seeds]) = directories(root, target) else {
        return false;
    };
    let fewest = format!("target/minimised/{target}");
    let place = root.join(&fewest);
    let _ = std::fs::remove_dir_all(&place);
    if std::fs::create_dir_all(&place).is_err() {
        return false;
    }
    let flags = ["--", "-set_cover_merge=1", "-use_counters=0", "-timeout=5"];
    let inputs = [target, &fewest, &corpus, &minimised, &seeds];
    let output = fuzz(root, "run", &[inputs.as_slice(), &flags].concat()).output();
    if !output.is_ok_and(|output| output.status.success()) {
        eprintln!("{target}: cannot be minimised");
        return false;
    }
    let kept = root.join(minimised);
    let replaced = std::fs::remove_dir_all(&kept).and_then(|()| std::fs::rename(&place, &kept));
    let inputs = std::fs::read_dir(kept).map_or(0, Iterator::count);
    println!("{target:<22} {inputs:>12}");
    replaced.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_libfuzzer_says_last() {
        let said = "#2\tINITED cov: 5 ft: 6 corp: 1/1b\n#9\tDONE   cov: 12 ft: 34 corp: 3/8b\n\
                    stat::number_of_executed_units: 9\nstat::peak_rss_mb: 48\n";
        let done = Done {
            executions: 9,
            edges: 12,
            features: 34,
        };
        assert_eq!(Done::read(said), done);
    }
}
