//! What a checksum costs: for each enctype and length one line, NUMBER OCTETS NANOSECONDS, the best
//! of many rounds. `cargo xtask test speed` builds this with and without the processor's own
//! instructions and compares.

use portcullis_crypto::{Enctype, Key, KeyUsage};
use std::hint::black_box;
use std::time::Instant;

const LENGTHS: [usize; 3] = [64, 700, 12288];
const ROUNDS: usize = 200;
const IN_A_ROUND: u32 = 50;

fn main() {
    for enctype in Enctype::all() {
        let key = Key::from_random(*enctype, &[7; 32]).mac(KeyUsage::PAC_CHECKSUM);
        for length in LENGTHS {
            let message = vec![0x5a; length];
            let mut best = u128::MAX;
            for _ in 0..ROUNDS {
                let start = Instant::now();
                for _ in 0..IN_A_ROUND {
                    black_box(key.checksum(&[black_box(&message)]));
                }
                best = best.min(start.elapsed().as_nanos());
            }
            let each = best as f64 / f64::from(IN_A_ROUND);
            println!("{} {length} {each:.1}", enctype.number());
        }
    }
}
