//! What came of it, by folder, and in files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Result;
use crate::catalogue::Mutant;
use crate::verdict::Verdict;

/// Of one folder.
#[derive(Default)]
struct Counts {
    caught: usize,
    timeouts: usize,
    unviable: usize,
    apart: usize,
    survived: usize,
}

/// Prints a table and writes the lists; whether no mutant survived.
pub(crate) fn write(
    folder: &Path,
    mutants: &[Mutant],
    verdicts: &BTreeMap<usize, Verdict>,
) -> Result<bool> {
    let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
    let mut lists: BTreeMap<&str, String> = BTreeMap::new();
    for mutant in mutants {
        let Some(verdict) = verdicts.get(&mutant.id) else {
            continue;
        };
        let counts = counts.entry(place(&mutant.file)).or_default();
        let (list, line) = match verdict {
            Verdict::Caught(test) => ("caught", format!("{} by {test}", mutant.name)),
            Verdict::Timeout(test) => ("timeout", format!("{} in {test}", mutant.name)),
            Verdict::Unviable => ("unviable", mutant.name.clone()),
            Verdict::Apart => ("apart", mutant.name.clone()),
            Verdict::Survived(_) => ("survived", mutant.name.clone()),
        };
        counts.add(verdict);
        let list = lists.entry(list).or_default();
        list.push_str(&line);
        list.push('\n');
    }
    print(&counts);
    fs::create_dir_all(folder).map_err(|error| format!("{folder:?}: {error}"))?;
    for name in ["caught", "timeout", "unviable", "apart", "survived"] {
        let list = lists.get(name).map(String::as_str).unwrap_or_default();
        fs::write(folder.join(name), list).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(counts.values().all(|counts| counts.survived == 0))
}

impl Counts {
    fn add(&mut self, verdict: &Verdict) {
        let count = match verdict {
            Verdict::Caught(_) => &mut self.caught,
            Verdict::Timeout(_) => &mut self.timeouts,
            Verdict::Unviable => &mut self.unviable,
            Verdict::Apart => &mut self.apart,
            Verdict::Survived(_) => &mut self.survived,
        };
        *count += 1;
    }
}

fn print(counts: &BTreeMap<String, Counts>) {
    println!("| | mutants | caught | timeouts | unviable | apart | survived |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for (place, c) in counts {
        let all = c.caught + c.timeouts + c.unviable + c.apart + c.survived;
        println!(
            "| `{place}` | {all} | {} | {} | {} | {} | {} |",
            c.caught, c.timeouts, c.unviable, c.apart, c.survived
        );
    }
}

/// `acceptor/ap_req` of `crates/acceptor/src/ap_req/claim.rs`.
fn place(file: &str) -> String {
    let words: Vec<&str> = file.split('/').collect();
    match words.as_slice() {
        [_, package, _, folder, ..] => format!("{package}/{folder}"),
        _ => file.to_owned(),
    }
}
