//! The profiles that callgrind writes.

use std::collections::HashMap;

/// The instructions of all functions that count, without those of what they call.
///
/// A function is named once, `fn=(7) name`, and by its number later; each line that begins with a position has its cost, but
/// the one after `calls=`, whose cost is the callee's.
pub(super) fn counted(profile: &str, counts: impl Fn(&str) -> bool) -> u64 {
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
                    .nth(1)
                    .and_then(|cost| cost.parse::<u64>().ok());
                sum += cost.unwrap_or_default();
            }
            called = false;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROFILE: &str = "\
fn=(1) main
10 5
cfn=(2) sha1::compress
calls=1 20
+1 100
* 7

fn=(2)
20 100

fn=(3) portcullis::step
-3 11
";

    #[test]
    fn counts_what_a_function_does_itself() {
        assert_eq!(counted(PROFILE, |_| true), 5 + 7 + 100 + 11);
    }

    #[test]
    fn leaves_out_what_does_not_count() {
        assert_eq!(
            counted(PROFILE, |name| !name.starts_with("sha1::")),
            5 + 7 + 11
        );
    }
}
