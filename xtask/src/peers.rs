//! Installs the programs that we are tested against, when we may.

use std::path::Path;
use std::process::Command;

use portcullis_interop::peer::Peer;

use crate::ci;
use crate::command::{good, quiet};
use crate::report::Outcome;

/// Debian packages that are no peers, each with a program of it: a static build needs the first if any dependency has
/// C in it, libFuzzer is C++.
const TOOLS: [(&str, &str); 3] = [
    ("musl-gcc", "musl-tools"),
    ("c++", "g++"),
    ("valgrind", "valgrind"), // counts instructions
];

/// Installs what is missing with apt when we are root; then each peer counts as passed or skipped, or, with `CI=true`,
/// as failed.
pub(crate) fn install() -> Outcome {
    let packages = missing_packages();
    let beside: Vec<_> = missing_peers()
        .filter_map(|peer| Some((peer, peer.unpacked_into()?)))
        .collect();
    if !packages.is_empty() || !beside.is_empty() {
        update();
    }
    if !packages.is_empty() {
        println!("missing: {}", packages.join(" "));
        apt(&packages);
    }
    for (peer, directory) in beside {
        println!("unpacking: {}", peer.name);
        unpack(peer.packages, &directory);
    }
    let mut outcome = Outcome::default();
    for peer in Peer::ALL {
        let missing = format!(
            "{} is missing (Debian: {})",
            peer.name,
            peer.packages.join(" ")
        );
        outcome.and(match (peer.is_here(), ci()) {
            (true, _) => Outcome::passed(),
            (false, true) => Outcome::failed(missing),
            (false, false) => Outcome::skipped(missing),
        });
    }
    outcome
}

fn missing_peers() -> impl Iterator<Item = Peer> {
    Peer::ALL.into_iter().filter(|peer| !peer.is_here())
}

fn missing_packages() -> Vec<&'static str> {
    let peers = missing_peers()
        .filter(|peer| peer.unpacked_into().is_none())
        .flat_map(|peer| peer.packages.iter().copied());
    let tools = TOOLS
        .into_iter()
        .filter(|(program, _)| !is_program(program))
        .map(|(_, package)| package);
    peers.chain(tools).collect()
}

/// What Debian has now, if we may ask; what it had when somebody asked last is good enough otherwise.
fn update() {
    if is_root() {
        let _ = good(Command::new("apt-get").args(["update", "--quiet"]));
    }
}

fn apt(packages: &[&str]) {
    if !is_root() || !is_program("apt-get") {
        println!("not installed: that takes root, and Debian's apt-get");
        return;
    }
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    let _ = good(
        install
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(packages),
    );
}

/// Unpacks packages into a directory, without installing them; nobody need be root for that.
fn unpack(packages: &[&str], directory: &Path) {
    let Ok(fetched) = tempfile::tempdir() else {
        return;
    };
    let mut download = Command::new("apt-get");
    download.args(["download", "--quiet"]).args(packages);
    if std::fs::create_dir_all(directory).is_err() || !good(download.current_dir(&fetched)) {
        return;
    }
    let files = std::fs::read_dir(&fetched).into_iter().flatten().flatten();
    for package in files.map(|entry| entry.path()) {
        let _ = good(Command::new("dpkg").arg("-x").args([&package, directory]));
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn is_program(name: &str) -> bool {
    quiet(Command::new("/bin/sh").args(["-c", "command -v \"$0\"", name]))
}
