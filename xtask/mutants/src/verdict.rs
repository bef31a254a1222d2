//! What the tests say of each mutant.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::build::Built;
use crate::catalogue::Mutant;
use crate::parallel;
use crate::suite::Test;

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// This test fails.
    Caught(String),
    /// This test does not end.
    Timeout(String),
    /// It does not compile.
    Unviable,
    /// It cannot be built with the others.
    Apart,
    /// So many tests come by it, and none fails.
    Survived(usize),
}

/// Nothing that is good takes so long.
const PATIENCE: Duration = Duration::from_secs(240);
const SIGXCPU: i32 = 24;

/// Runs the tests of each mutant.
pub(crate) fn all(suite: &[Test], mutants: &[Mutant], built: &Built) -> BTreeMap<usize, Verdict> {
    let done = AtomicUsize::new(0);
    let each = |mutant: &Mutant| {
        let verdict = one(suite, mutant, built);
        tell(mutant, &verdict);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if done.is_multiple_of(100) {
            println!("{done} of {}", mutants.len());
        }
        (mutant.id, verdict)
    };
    parallel::map(mutants.iter(), each).into_iter().collect()
}

fn tell(mutant: &Mutant, verdict: &Verdict) {
    match verdict {
        Verdict::Survived(tests) => println!("SURVIVED {tests} tests: {}", mutant.name),
        Verdict::Timeout(test) => println!("timeout in {test}: {}", mutant.name),
        _ => {}
    }
}

fn one(suite: &[Test], mutant: &Mutant, built: &Built) -> Verdict {
    if built.unviable.contains(&mutant.id) {
        return Verdict::Unviable;
    }
    if built.apart.contains(&mutant.id) {
        return Verdict::Apart;
    }
    let mut tests = 0;
    for test in suite
        .iter()
        .filter(|test| test.reaches.contains(&mutant.id))
    {
        tests += 1;
        match test.command(mutant.id).spawn().ok().and_then(ended) {
            Some(status) if status.success() => {}
            Some(status) if status.signal() == Some(SIGXCPU) => {
                return Verdict::Timeout(test.name.clone());
            }
            Some(_) => return Verdict::Caught(test.name.clone()),
            None => return Verdict::Timeout(test.name.clone()),
        }
    }
    Verdict::Survived(tests)
}

/// How it ended, if it did in time.
fn ended(mut child: Child) -> Option<ExitStatus> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(2);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}
