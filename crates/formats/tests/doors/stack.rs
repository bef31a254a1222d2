//! Readers recurse by the types of the RFCs only, never by what a peer nests: 64 KiB are enough for
//! each of them, in a build without optimisation, too.

use crate::{inputs, readers};

const STACK: usize = 64 * 1024;

/// What none of those that were recorded sent in clear.
const NOT_RECORDED: [&str; 15] = [
    "AdAndOr",
    "AdCammac",
    "AdKdcIssued",
    "EncKrbCredPart",
    "KrbCred",
    "KrbCredInfo",
    "PaForUser",
    "PaPacRequest",
    "PaS4uX509User",
    "S4uUserId",
    "TgtReply",
    "TgtRequest",
    "VerifierMac",
    "S4uDelegationInfo",
    "Sid",
];

#[test]
fn every_reader_reads_everything_in_a_stack_of_64_kib() {
    let recorded = inputs::recorded();
    let hostile = inputs::hostile();
    let read_all = || {
        let mut never_taken = Vec::new();
        for (name, read) in readers::all() {
            if recorded.iter().filter(|octets| read(octets)).count() == 0 {
                never_taken.push(name);
            }
            hostile.iter().for_each(|octets| _ = read(octets));
        }
        never_taken
    };
    std::thread::scope(|threads| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        let ended = thread.spawn_scoped(threads, read_all).unwrap().join();
        assert_eq!(ended.unwrap(), NOT_RECORDED);
    });
}
