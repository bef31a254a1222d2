//! `cargo xtask soak --for 600s`: the daemon under everything at once (`proofs/src/bin/soak.rs`).

use std::process::Command;

use crate::command::good;
use crate::interop::executable;

/// Builds the daemon and what asks it, for release, and lets them meet; whether all was right.
pub(crate) fn command(words: &[&str]) -> bool {
    let ["--for", time] = words else {
        eprintln!("how long? --for 600s");
        return false;
    };
    let built = |package, binary| executable(&["--package", package, "--bin", binary]);
    let daemon = built("portcullis-cli", "portcullis");
    let Some((daemon, soak)) = daemon.zip(built("portcullis-proofs", "soak")) else {
        eprintln!("the daemon does not build");
        return false;
    };
    good(
        Command::new(soak)
            .arg(daemon)
            .arg(time.trim_end_matches('s')),
    )
}
