//! Octets that nobody can foresee, from a seed that nobody knows.
//!
//! Hot path: AES-256 in counter mode with fast key erasure. Each refill begins with the key of the
//! next, and what was given out is wiped, so whoever learns the state learns nothing of the past.

use aes::Aes256Enc;
use cipher::array::Array;
use cipher::{BlockCipherEncrypt, KeyInit};
use core::fmt;
use zeroize::Zeroizing;

/// A key, and thirty blocks to give out: preparing the key costs as much as they do.
const BLOCKS: usize = 32;
const KEY: usize = 32;

/// A deterministic generator. It is as good as its seed, and reseeding is its owner's business.
pub struct Generator {
    /// The key of the next refill, then what is left of this one.
    pool: Zeroizing<[[u8; 16]; BLOCKS]>,
    /// Where in the pool the rest begins.
    next: usize,
}

impl Generator {
    /// A generator with this seed. Two with the same seed give the same octets.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let mut pool = Zeroizing::new([[0; 16]; BLOCKS]);
        for (to, from) in pool.as_flattened_mut().iter_mut().zip(seed) {
            *to = *from;
        }
        let next = pool.as_flattened().len();
        Self { pool, next }
    }

    /// Fills `output`.
    pub fn fill(&mut self, output: &mut [u8]) {
        let mut output = output;
        while !output.is_empty() {
            let rest = self.pool.as_flattened_mut().get_mut(self.next..);
            let rest = rest.unwrap_or_default();
            if rest.is_empty() {
                self.refill();
                continue;
            }
            let count = rest.len().min(output.len());
            let (Some((given, _)), Some((to, later))) = (
                rest.split_at_mut_checked(count),
                output.split_at_mut_checked(count),
            ) else {
                return; // both have so many
            };
            to.copy_from_slice(given);
            given.fill(0);
            self.next = self.next.saturating_add(count);
            output = later;
        }
    }

    fn refill(&mut self) {
        let mut key = Zeroizing::new(Array::default());
        for (to, from) in key.iter_mut().zip(self.pool.as_flattened()) {
            *to = *from;
        }
        for (block, counter) in self.pool.iter_mut().zip(0_u128..) {
            *block = counter.to_be_bytes();
        }
        let blocks = Array::cast_slice_from_core_mut(self.pool.as_mut_slice());
        Aes256Enc::new(&key).encrypt_blocks(blocks);
        self.next = KEY;
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use portcullis_testdata::unhex;

    use super::*;

    /// The counter blocks 0, 1 and 2 under the key 0 are H, the tag of test case 13 and the
    /// ciphertext of test case 14 of McGrew and Viega, "The Galois/Counter Mode of Operation"; the
    /// first two are the next key.
    #[test]
    fn gives_out_the_key_stream_after_the_next_key() {
        let mut generator = Generator::from_seed(&[0; 32]);
        let mut block = [0; 16];
        generator.fill(&mut block);
        assert_eq!(block[..], unhex("cea7403d4d606b6e074ec5d3baf39d18"));

        let key = [
            unhex("dc95c078a2408989ad48a21492842087"),
            unhex("530f8afbc74536b9a963b4f1c4cb738b"),
        ];
        assert_eq!(generator.pool[..2].as_flattened(), key.concat());
    }

    #[test]
    fn takes_the_next_key_when_a_refill_is_used_up() {
        let mut generator = Generator::from_seed(&[0; 32]);
        generator.fill(&mut [0; 16 * (BLOCKS - 2)]);
        let seed = generator.pool.as_flattened()[..KEY].try_into().unwrap();
        let (mut later, mut anew) = ([0; 64], [0; 64]);
        generator.fill(&mut later);
        Generator::from_seed(&seed).fill(&mut anew);
        assert_eq!(later, anew);
    }

    #[test]
    fn gives_the_same_octets_in_one_piece_and_in_many() {
        let (mut whole, mut pieces) = ([0; 2000], [0; 2000]);
        Generator::from_seed(&[7; 32]).fill(&mut whole);
        let mut generator = Generator::from_seed(&[7; 32]);
        for piece in pieces.chunks_mut(52) {
            generator.fill(piece);
        }
        assert_eq!(whole, pieces);
    }

    #[test]
    fn wipes_what_it_gave_out() {
        let mut generator = Generator::from_seed(&[7; 32]);
        generator.fill(&mut [0; 100]);
        assert_eq!(generator.pool.as_flattened()[KEY..KEY + 100], [0; 100]);
    }
}
