//! [`Entropy`]: where subkeys, sequence numbers and confounders come from.

mod buffered;

use core::fmt::Debug;

pub use buffered::BufferedEntropy;

/// A source of unpredictable octets.
pub trait Entropy: Debug + Send + Sync {
    /// Fills `octets` with unpredictable ones.
    ///
    /// # Errors
    /// [`EntropyError`] when there are none to be had; nothing is answered then.
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError>;
}

/// The source gave no octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntropyError;

impl core::fmt::Display for EntropyError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the source of randomness failed")
    }
}

impl core::error::Error for EntropyError {}

/// The operating system's generator, asked each time.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(octets).map_err(|_| EntropyError)
    }
}
