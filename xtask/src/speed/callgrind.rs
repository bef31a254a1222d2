//! The profiles that callgrind writes.

use std::collections::HashMap;

/// Instructions.
pub(super) const INSTRUCTIONS: &str = "Ir";
/// Lines that the instruction cache of the first level did not have.
pub(super) const CODE_FETCHED: &str = "I1mr";

/// How often `event` was met in all functions that count, without what they call; `None` if the profile does not tell.
///
/// `events:` says in which order the costs of a line stand. A function is named once, `fn=(7) name`, and by its number
/// later; each line that begins with a position has its costs, zeros at the end left out, but the one after `calls=`,
/// whose costs are the callee's.
pub(super) fn counted(profile: &str, event: &str, counts: impl Fn(&str) -> bool) -> Option<u64> {
    let mut lines = profile.lines();
    let events = lines.find_map(|line| line.strip_prefix("events: "))?;
    let place = events.split(' ').position(|name| name == event)?;
    let mut names: HashMap<&str, bool> = HashMap::new();
    let (mut inside, mut called, mut sum) = (false, false, 0);
    for line in profile.lines() {
        if let Some(function) = line
            .strip_prefix("fn=")
            .or_else(|| line.strip_prefix("cfn="))
        {
            let (number, name) = function.split_once(' ').unwrap_or((function, ""));
            if !name.is_empty() {
                names.insert(number, counts(name));
            }
            if line.starts_with("fn=") {
                inside = names.get(number).copied().unwrap_or_default();
            }
        } else if line.starts_with("calls=") {
            called = true;
        } else if line.starts_with(|first: char| first.is_ascii_digit() || "+-*".contains(first)) {
            if !called && inside {
                let cost = line
                    .split(' ')
                    .nth(place + 1)
                    .and_then(|cost| cost.parse::<u64>().ok());
                sum += cost.unwrap_or_default();
            }
            called = false;
        }
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = "\
events: Ir I1mr
fn=(1) main
10 5 2
cfn=(2) sha1::compress
calls=1 20
+1 100
* 7

fn=(2)
20 100 1

fn=(3) portcullis::step
-3 11
";

    #[test]
    fn counts_what_a_function_does_itself() {
        assert_eq!(
            counted(PROFILE, INSTRUCTIONS, |_| true),
            Some(5 + 7 + 100 + 11)
        );
        assert_eq!(counted(PROFILE, CODE_FETCHED, |_| true), Some(2 + 1));
        assert_eq!(counted(PROFILE, "Dr", |_| true), None);
    }

    #[test]
    fn leaves_out_what_does_not_count() {
        assert_eq!(
            counted(PROFILE, INSTRUCTIONS, |name| !name.starts_with("sha1::")),
            Some(5 + 7 + 11)
        );
    }
}
