//! Whether the hot path is as short as it was: instructions of an accept, and lines of code that it fetches into the instruction
//! cache, without its ciphers and hashes, which valgrind runs without the processor's instructions for them; and
//! whether those are as fast when a user builds for his own processor.

mod callgrind;
mod native;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::bench::Contestant;
use crate::command::quiet;
use crate::interop::executable;
use crate::report::Outcome;

/// What is sent, the instructions that one takes, and the lines that it fetches: tickets of 1.5 KB, enctype 18, mutual
/// authentication. A number that falls is lowered here; one that rises by more than a tenth needs a reason.
const ACCEPTS: [(&str, &str, [f64; 2]); 3] = [
    ("a first ticket", "gss first 1536", [27_600.0, 1_420.0]),
    (
        "a first ticket in SPNEGO",
        "spnego first 1536",
        [29_400.0, 1_480.0],
    ),
    (
        "a ticket that came before",
        "gss repeated 1536",
        [14_450.0, 780.0],
    ),
];
/// What is counted of each.
const EVENTS: [(&str, &str); 2] = [
    (callgrind::INSTRUCTIONS, "instructions"),
    (callgrind::CODE_FETCHED, "lines of code fetched"),
];
/// The processor's caches: octets, ways, octets of a line. Others than these would count other lines.
const CACHES: [&str; 4] = [
    "--cache-sim=yes",
    "--I1=32768,8,64",
    "--D1=32768,8,64",
    "--LL=1048576,16,64",
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
    for (what, kind, before) in ACCEPTS {
        let tokens = directory.join("tokens");
        source.ask(&format!("{kind} {TOKENS} {}", tokens.display()))?;
        let profile = profile(&contestant, &directory)?;
        for ((event, of), before) in EVENTS.into_iter().zip(before) {
            let now = counted(&profile, event)?;
            println!("{what}: {now:.0} {of}, {before} when it was last looked at");
            outcome.and(Outcome::of(
                now <= before * TOLERANCE,
                format!("{what} takes {now:.0} {of}, not {before}"),
            ));
        }
    }
    Ok(outcome)
}

/// What happened in all accepts.
fn profile(contestant: &Path, directory: &Path) -> Result<String, String> {
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
    valgrind.args(CACHES);
    valgrind.arg(format!("--callgrind-out-file={}", output.display()));
    valgrind
        .arg(contestant)
        .arg("ours")
        .arg(directory.join("keytab"));
    let ran = valgrind.stdin(input).stdout(Stdio::null()).status();
    if !ran.is_ok_and(|status| status.success()) {
        return Err("valgrind fails".to_owned());
    }
    fs::read_to_string(output).map_err(|error| error.to_string())
}

/// How often that happened in one accept.
fn counted(profile: &str, event: &str) -> Result<f64, String> {
    let ours = callgrind::counted(profile, event, |function| {
        !["sha1::", "sha2::", "aes::"]
            .iter()
            .any(|cipher| function.starts_with(cipher))
    });
    let ours = ours.ok_or_else(|| format!("valgrind does not count {event}"))?;
    Ok(ours as f64 / TOKENS as f64)
}
