//! Hot path. [`BufferedEntropy`]: asking the operating system for each answer costs as much as
//! opening an authenticator, so each thread has a generator that is seeded from there.

use super::{Entropy, EntropyError, SystemEntropy};
use core::cell::RefCell;
use forkguard::Guard;
use portcullis_crypto::{Generator, Wiped};
use std::thread::LocalKey;

/// So many times a seed is used: what is lost to a copy of the memory is not lost for ever.
const DRAWS_PER_SEED: u32 = 4096;

/// A generator for each thread, seeded from the operating system's, then every 4,096 answers, and
/// after a fork: parent and child never give out the same.
///
/// Two copies of the memory that `pthread_atfork(3)` does not hear of may, until the next seed: a
/// virtual machine that is continued twice from one snapshot, a process that is restored twice
/// from one checkpoint, and a child made by the system call itself (`clone(2)`) and not by the C
/// library's `fork`. Who does that takes [`SystemEntropy`].
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct BufferedEntropy;

/// What one thread has.
struct Seeded {
    generator: Generator,
    /// Whether this is a child's copy. To ask the system whose memory it is takes as long as a fifth of
    /// an accept.
    fork: Guard,
    draws: u32,
}

thread_local! {
    static SEEDED: RefCell<Option<Seeded>> = const { RefCell::new(None) };
}

impl Entropy for BufferedEntropy {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        fill(&SEEDED, octets)
    }
}

/// Straight from the system while a thread ends, and where forks may go unseen.
fn fill(
    seeded: &'static LocalKey<RefCell<Option<Seeded>>>,
    octets: &mut [u8],
) -> Result<(), EntropyError> {
    if cfg!(not(any(unix, windows))) {
        return SystemEntropy.fill(octets);
    }
    let filled = seeded.try_with(|seeded| match seeded.try_borrow_mut() {
        Ok(mut seeded) => draw(&mut seeded, &SystemEntropy, octets),
        Err(_) => SystemEntropy.fill(octets),
    });
    filled.unwrap_or_else(|_| SystemEntropy.fill(octets))
}

fn draw(
    seeded: &mut Option<Seeded>,
    source: &impl Entropy,
    octets: &mut [u8],
) -> Result<(), EntropyError> {
    let stale = |seeded: &mut Seeded| seeded.fork.detected_fork() || seeded.draws >= DRAWS_PER_SEED;
    if seeded.as_mut().is_none_or(stale) {
        *seeded = None; // not even when there is no seed to be had
        *seeded = Some(Seeded::new(source)?);
    }
    let seeded = seeded.as_mut().ok_or(EntropyError)?;
    seeded.draws = seeded.draws.saturating_add(1);
    seeded.generator.fill(octets);
    Ok(())
}

impl Seeded {
    fn new(source: &impl Entropy) -> Result<Self, EntropyError> {
        let fork = Guard::try_new().map_err(|_| EntropyError)?; // before the seed, which a child must not have
        let mut seed = Wiped::new([0; 32]);
        source.fill(seed.as_mut_slice())?;
        Ok(Self {
            generator: Generator::from_seed(&seed),
            fork,
            draws: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(seeded: &mut Option<Seeded>) -> [u8; 16] {
        let mut octets = [0; 16];
        draw(seeded, &SystemEntropy, &mut octets).unwrap();
        octets
    }

    /// Two of these are copies of each other.
    fn copied(draws: u32) -> Option<Seeded> {
        Some(Seeded {
            generator: Generator::from_seed(&[7; 32]),
            fork: Guard::default(),
            draws,
        })
    }

    #[test]
    fn a_seed_is_used_so_many_times_and_no_more() {
        let (mut one, mut other) = (copied(DRAWS_PER_SEED - 1), copied(DRAWS_PER_SEED - 1));
        assert_eq!(drawn(&mut one), drawn(&mut other), "the last of it");
        assert_ne!(drawn(&mut one), drawn(&mut other), "another seed");
    }

    #[derive(Debug)]
    struct Dry;

    impl Entropy for Dry {
        fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
            Err(EntropyError)
        }
    }

    #[test]
    fn without_a_seed_nothing_is_given_out_and_the_old_one_is_gone() {
        for mut stale in [copied(DRAWS_PER_SEED), None] {
            let mut octets = [0x5e; 16];
            let drawn = draw(&mut stale, &Dry, &mut octets);
            assert_eq!(drawn, Err(EntropyError));
            assert_eq!(octets, [0x5e; 16]);
            assert!(stale.is_none());
        }
        let mut fresh = copied(0);
        assert!(draw(&mut fresh, &Dry, &mut [0; 16]).is_ok());
    }

    #[test]
    fn two_threads_do_not_give_out_the_same() {
        let draw = || {
            let mut octets = [0; 32];
            BufferedEntropy.fill(&mut octets).unwrap();
            octets
        };
        let other = std::thread::scope(|scope| scope.spawn(draw).join().unwrap());
        assert_ne!(draw(), other);
        assert_ne!(draw(), draw());
    }
}
