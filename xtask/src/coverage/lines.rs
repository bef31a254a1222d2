//! Lines and functions, and whether they were run: from what `llvm-cov export` says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A file and a line of it.
type Place = (PathBuf, u64);

/// Lines and functions, and whether they were run.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: BTreeMap<Place, bool>,
    /// By where they begin: one of several instances is enough.
    functions: BTreeMap<Place, bool>,
}

impl Lines {
    /// Of all functions below the directories.
    pub(super) fn read(export: &Value, directories: &[PathBuf]) -> Self {
        let mut all = Self::default();
        let functions = export["data"][0]["functions"].as_array();
        for function in functions.into_iter().flatten() {
            let file = function["filenames"][0].as_str().map(PathBuf::from);
            let ours = |file: &PathBuf| directories.iter().any(|place| file.starts_with(place));
            if let Some(file) = file.filter(ours) {
                all.add(&file, function);
            }
        }
        all
    }

    fn add(&mut self, file: &Path, function: &Value) {
        let regions = function["regions"].as_array().into_iter().flatten();
        let mut regions: Vec<Region> = regions.filter_map(Region::read).collect();
        let Some(first) = regions.iter().map(|region| region.first).min() else {
            return;
        };
        let run = function["count"].as_u64().is_some_and(|count| count > 0);
        *self
            .functions
            .entry((file.to_path_buf(), first))
            .or_default() |= run;
        // What lies inside another region says more of its lines.
        regions.sort_by_key(|region| core::cmp::Reverse(region.last - region.first));
        let mut lines = BTreeMap::new();
        for region in regions {
            for line in region.first..=region.last {
                lines.insert(line, region.run);
            }
        }
        for (line, run) in lines {
            *self.lines.entry((file.to_path_buf(), line)).or_default() |= run;
        }
    }

    /// How many lines of ours below the directory the other run went through, and how many there are.
    pub(super) fn lines_run_by(&self, other: &Self, directory: &Path) -> (usize, usize) {
        count(&self.lines, &other.lines, directory)
    }

    /// The same of functions, closures among them.
    pub(super) fn functions_run_by(&self, other: &Self, directory: &Path) -> (usize, usize) {
        count(&self.functions, &other.functions, directory)
    }

    /// Functions with a name that were not run.
    pub(super) fn unreached(&self, root: &Path) -> Vec<(PathBuf, u64, String)> {
        let unreached = self.functions.iter().filter(|(_, run)| !**run);
        unreached
            .filter_map(|((file, line), _)| {
                let name = name(&root.join(file), *line)?;
                Some((file.clone(), *line, name))
            })
            .collect()
    }
}

fn count(
    ours: &BTreeMap<Place, bool>,
    theirs: &BTreeMap<Place, bool>,
    directory: &Path,
) -> (usize, usize) {
    let ours = ours.keys().filter(|(file, _)| file.starts_with(directory));
    let ours: Vec<_> = ours.collect();
    let run = ours
        .iter()
        .filter(|place| theirs.get(**place) == Some(&true));
    (run.count(), ours.len())
}

/// The name of the function that begins in this line; closures have none.
fn name(file: &Path, line: u64) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text
        .lines()
        .nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let (_, name) = line.split_once("fn ")?;
    let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    Some(name[..end.unwrap_or(name.len())].to_owned())
}

struct Region {
    first: u64,
    last: u64,
    run: bool,
}

impl Region {
    /// `[first line, column, last line, column, count, file, expanded file, kind]`; 0 is code.
    fn read(region: &Value) -> Option<Self> {
        let number = |place: usize| region[place].as_u64();
        let in_file = number(5)? == 0 && number(7)? == 0;
        let (first, last) = (number(0)?, number(2)?);
        in_file.then_some(Self {
            first,
            last: last.max(first),
            run: number(4)? > 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(runs: u64) -> Lines {
        let function = json!({
            "count": runs, "filenames": ["/ours/a.rs"],
            "regions": [[1, 1, 5, 2, runs, 0, 0, 0], [3, 1, 3, 9, 0, 0, 0, 0], [1, 1, 9, 9, 7, 1, 0, 0]],
        });
        let other = json!({"count": 1, "filenames": ["/theirs/a.rs"], "regions": [[1, 1, 1, 1, 1, 0, 0, 0]]});
        let export = json!({"data": [{"functions": [function, other]}]});
        Lines::read(&export, &["/ours".into()])
    }

    #[test]
    fn a_line_counts_as_the_innermost_region_says() {
        let (run, place) = (lines(2), Path::new("/ours"));
        assert_eq!(run.lines_run_by(&run, place), (4, 5));
        assert_eq!(run.functions_run_by(&run, place), (1, 1));
    }

    #[test]
    fn what_never_ran_is_not_covered() {
        let (unrun, run) = (lines(0), lines(1));
        let place = Path::new("/ours");
        assert_eq!(run.functions_run_by(&unrun, place), (0, 1));
        assert_eq!(run.functions_run_by(&run, Path::new("/theirs")), (0, 0));
    }
}
