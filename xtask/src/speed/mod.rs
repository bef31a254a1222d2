//! Whether the hot path is as short as it was: instructions of an accept without its ciphers and hashes, which valgrind
//! runs without the processor's instructions for them; and whether those are as fast when a user builds for
//! his own processor.

mod callgrind;
mod native;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::bench::Contestant;
use crate::command::quiet;
use crate::interop::executable;
use crate::report::Outcome;

/// What is sent, and the thousands of instructions that one takes: tickets of 1.5 KB, enctype 18, mutual authentication. A
/// number that falls is lowered here; one that rises by more than a tenth needs a reason.
const ACCEPTS: [(&str, &str, f64); 3] = [
    ("a first ticket", "gss first 1536", 36.3),
    ("a first ticket in SPNEGO", "spnego first 1536", 40.5),
    ("a ticket that came before", "gss repeated 1536", 16.3),
];
const TOKENS: usize = 401;
/// Both compilers that count (ours and the user's) differ by less.
const TOLERANCE: f64 = 1.1;

/// Both checks.
pub(crate) fn run(root: &Path) -> Outcome {
    let mut outcome = counts(root).unwrap_or_else(Outcome::failed);
    outcome.and(native::run(root));
    outcome
}

fn counts(root: &Path) -> Result<Outcome, String> {
    if !quiet(Command::new("valgrind").arg("--version")) {
        return Ok(Outcome::skipped("valgrind is not here"));
    }
    let directory = root.join("target/speed");
    fs::create_dir_all(&directory).map_err(|error| error.to_string())?;
    let which = ["--package", "portcullis-benches", "--bin", "contestant"];
    let contestant = executable(&which).ok_or("the contestant does not build")?;
    let keytab = directory.join("keytab");
    let mut source = Command::new(&contestant);
    let mut source = Contestant::start(source.args(["tokens", "18"]).arg(&keytab))?;
    let mut outcome = Outcome::default();
    for (what, kind, thousands) in ACCEPTS {
        let tokens = directory.join("tokens");
        source.ask(&format!("{kind} {TOKENS} {}", tokens.display()))?;
        let counted = counted(&contestant, &directory)? / 1000.0;
        println!(
            "{what}: {counted:.1} thousand instructions, {thousands} when it was last looked at"
        );
        outcome.and(Outcome::of(
            counted <= thousands * TOLERANCE,
            format!("{what} takes {counted:.1} thousand instructions, not {thousands}"),
        ));
    }
    Ok(outcome)
}

/// The instructions of one accept.
fn counted(contestant: &Path, directory: &Path) -> Result<f64, String> {
    let output = directory.join("callgrind.out");
    let mut path = directory.join("tokens").into_os_string();
    path.push("\n");
    let input = directory.join("input");
    fs::write(&input, path.as_encoded_bytes()).map_err(|error| error.to_string())?;
    let input = fs::File::open(input).map_err(|error| error.to_string())?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args([
        "--quiet",
        "--tool=callgrind",
        "--toggle-collect=contestant::context",
    ]);
    valgrind.arg(format!("--callgrind-out-file={}", output.display()));
    valgrind
        .arg(contestant)
        .arg("ours")
        .arg(directory.join("keytab"));
    let ran = valgrind.stdin(input).stdout(Stdio::null()).status();
    if !ran.is_ok_and(|status| status.success()) {
        return Err("valgrind fails".to_owned());
    }
    let profile = fs::read_to_string(output).map_err(|error| error.to_string())?;
    let ours = callgrind::counted(&profile, |function| {
        !["sha1::", "sha2::", "aes::"]
            .iter()
            .any(|cipher| function.starts_with(cipher))
    });
    Ok(ours as f64 / TOKENS as f64)
}
