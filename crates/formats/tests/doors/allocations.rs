//! Counts and lengths are never believed: what a reader takes for itself is bounded by what came.

use crate::inputs;
use crate::readers::{DER, FLAT, OWNED, Reader};
use allocation_counter::measure;
use portcullis_formats::der::Fault;

/// What is borrowed costs nothing but what is said of a refusal, once in each of few tries.
#[test]
fn what_is_borrowed_is_read_without_an_allocation() {
    const TRIES: u64 = 4;
    let fault = u64::try_from(size_of::<Fault>()).unwrap();
    everything(DER.into_iter().chain(FLAT), |(name, read), octets| {
        let counted = measure(|| _ = read(octets));
        let refusals = counted.count_total;
        assert!(refusals <= TRIES, "{name}: {counted:?}");
        assert_eq!(counted.bytes_total, refusals * fault, "{name}: {counted:?}");
    });
}

/// Of all allocations together, for each octet that came in, and besides.
const MULTIPLE: u64 = 32;
const BESIDES: u64 = 4096;

#[test]
fn what_is_owned_costs_a_small_multiple_of_what_came() {
    everything(OWNED.into_iter(), |(name, read), octets| {
        let counted = measure(|| _ = read(octets));
        let most = u64::try_from(octets.len()).unwrap() * MULTIPLE + BESIDES;
        assert!(
            counted.bytes_total <= most,
            "{name}, {} octets: {counted:?}",
            octets.len()
        );
    });
}

/// Each reader with all inputs, and with lies about lengths in some of those that it takes.
fn everything(readers: impl Iterator<Item = Reader>, hold: impl Fn(Reader, &[u8])) {
    const SEEDS: usize = 4;
    const SHORT: usize = 1000;
    let recorded = inputs::recorded();
    let hostile = inputs::hostile();
    for reader in readers {
        let inputs = recorded.iter().chain(&hostile);
        inputs.for_each(|octets| hold(reader, octets));
        let mut taken: Vec<_> = recorded.iter().filter(|octets| reader.1(octets)).collect();
        taken.retain(|octets| octets.len() < SHORT);
        taken.sort_by_key(|octets| core::cmp::Reverse(octets.len()));
        taken.dedup_by_key(|octets| octets.len());
        for seed in taken.into_iter().take(SEEDS) {
            inputs::lying(seed, |octets| hold(reader, octets));
        }
    }
}
