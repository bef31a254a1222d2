//! A process that forks: its child has a copy of all memory, the generator of randomness among it.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "test code")]

use fork::Fork;
use portcullis::entropy::{BufferedEntropy, Entropy as _};
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

#[test]
fn parent_and_child_do_not_give_out_the_same() {
    drawn(); // there is a seed to be copied
    let (mut ours, mut childs) = UnixStream::pair().unwrap();
    let Fork::Parent(child) = fork::fork().unwrap() else {
        let written = childs.write_all(&drawn());
        std::process::exit(i32::from(written.is_err()));
    };
    let mut of_child = [0; 32];
    ours.read_exact(&mut of_child).unwrap();
    assert_ne!(drawn(), of_child);
    fork::waitpid(child).unwrap();
}

fn drawn() -> [u8; 32] {
    let mut octets = [0; 32];
    BufferedEntropy::default().fill(&mut octets).unwrap();
    octets
}
