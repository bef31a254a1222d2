//! `cargo xtask soak --for 10m`: the daemon under everything at once (`proofs/src/bin/soak.rs`).

use std::process::Command;

use crate::command::good;
use crate::interop::executable;

/// Builds the daemon and what asks it, for release, and lets them meet; whether all was right.
pub(crate) fn command(words: &[&str]) -> bool {
    let ["--for", time] = words else {
        eprintln!("how long? --for 600s, or 10m");
        return false;
    };
    let Some(seconds) = seconds(time) else {
        eprintln!("{time} is no time: 600s, or 10m");
        return false;
    };
    let built = |package, binary| executable(&["--package", package, "--bin", binary]);
    let daemon = built("portcullis-cli", "portcullis");
    let Some((daemon, soak)) = daemon.zip(built("portcullis-proofs", "soak")) else {
        eprintln!("the daemon does not build");
        return false;
    };
    good(Command::new(soak).arg(daemon).arg(seconds.to_string()))
}

/// `600s`, `600` or `10m`.
fn seconds(time: &str) -> Option<u64> {
    match time.strip_suffix('m') {
        Some(minutes) => minutes.parse::<u64>().ok()?.checked_mul(60),
        None => time.strip_suffix('s').unwrap_or(time).parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_time_is_in_seconds_or_minutes() {
        assert_eq!(["600s", "600", "10m"].map(seconds), [Some(600); 3]);
        assert_eq!(["", "m", "10h", "-1s"].map(seconds), [None; 4]);
    }
}
