//! The comparisons that each oracle takes part in.

use portcullis_oracles::oracle::Oracle;
use portcullis_oracles::{corpus, mutation, own};

const MUTATIONS: usize = 40_000;
const SEED: u64 = 7;

/// What real peers sent is read by both, and in the same way.
pub(crate) fn of_what_peers_sent(oracle: &Oracle) {
    let comparison = oracle.compare(&corpus::samples());
    assert!(comparison.compared > 100, "{} samples", comparison.compared);
    assert_eq!(comparison.both_accept, comparison.compared);
    assert!(
        comparison.differences.is_empty(),
        "{:#?}",
        comparison.differences
    );
}

/// What we write is read by both, and in the same way but for differences that the table lists.
pub(crate) fn of_what_we_write(oracle: &Oracle) {
    let comparison = oracle.compare(&own::samples());
    assert_eq!(comparison.both_accept, comparison.compared);
    let unlisted = oracle.unlisted(&comparison);
    assert!(unlisted.is_empty(), "{unlisted:#?}");
}

/// The table lists every difference on messages that something is wrong with, and no other.
pub(crate) fn of_mutations(oracle: &Oracle) {
    let samples = [corpus::samples(), own::samples()].concat();
    let mutated = mutation::mutated(&samples, MUTATIONS, SEED);
    let comparison = oracle.compare(mutated.iter().chain(&own::peculiar()));
    println!(
        "{} compared, {} accepted by both",
        comparison.compared, comparison.both_accept
    );
    for (class, (count, _)) in &comparison.differences {
        println!("{count:>6} {class}");
    }
    assert!(comparison.both_accept > comparison.compared / 20);
    let unlisted = oracle.unlisted(&comparison);
    assert!(unlisted.is_empty(), "{unlisted:#?}");
    let unseen = oracle.unseen(&comparison);
    assert!(unseen.is_empty(), "listed and never seen: {unseen:#?}");
}
