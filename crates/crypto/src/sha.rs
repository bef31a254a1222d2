//! SHA-1 and SHA-256 over RustCrypto's block functions, which are kept apart from their callers.
//!
//! Hot path. The SHA instructions of x86 have no AVX encoding. On Intel processors each of them
//! stalls while the upper half of a vector register is in use, which makes HMAC-SHA1 a hundred
//! times slower and more (LLVM issue 142368). That happens when a program is built
//! for a processor with both (`-C target-cpu=native`) and with fat LTO, since the block function
//! is then inlined beside AVX copies. A call that is never inlined prevents it: the compiler
//! clears the registers before each call, and nothing is copied in between.

use core::slice;

use cipher::array::{Array, ArraySize};
use cipher::consts::{U20, U32, U64};
use hmac::digest::block_api::{
    Block, BlockSizeUser, Buffer, BufferKindUser, FixedOutputCore, OutputSizeUser, UpdateCore,
};
use hmac::digest::block_buffer::Eager;
use hmac::digest::{HashMarker, Output, buffer_fixed};
use zeroize::{Zeroize, Zeroizing};

buffer_fixed!(
    /// A hash of 64-octet blocks.
    pub(crate) struct Hash<F: BlockFunction>(Core<F>);
    impl: BaseFixedTraits Default Clone HashMarker;
);

/// SHA-1 (FIPS 180-4 §6.1).
pub(crate) type Sha1 = Hash<Sha1Blocks>;
/// SHA-256 (FIPS 180-4 §6.2).
pub(crate) type Sha256 = Hash<Sha256Blocks>;

/// What tells SHA-1 and SHA-256 apart.
pub(crate) trait BlockFunction {
    /// The words of the hash value.
    type State: Copy + AsRef<[u32]> + Zeroize;
    type OutputSize: ArraySize;
    /// The initial hash value (FIPS 180-4 §5.3).
    const INITIAL: Self::State;

    /// Takes whole blocks in. Never inlined: see above.
    fn compress(state: &mut Self::State, blocks: &[[u8; 64]]);
}

pub(crate) struct Sha1Blocks;

impl BlockFunction for Sha1Blocks {
    type State = [u32; 5];
    type OutputSize = U20;
    const INITIAL: [u32; 5] = [
        0x6745_2301,
        0xefcd_ab89,
        0x98ba_dcfe,
        0x1032_5476,
        0xc3d2_e1f0,
    ];

    #[inline(never)]
    fn compress(state: &mut [u32; 5], blocks: &[[u8; 64]]) {
        sha1::block_api::compress(state, blocks);
    }
}

pub(crate) struct Sha256Blocks;

impl BlockFunction for Sha256Blocks {
    type State = [u32; 8];
    type OutputSize = U32;
    const INITIAL: [u32; 8] = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];

    #[inline(never)]
    fn compress(state: &mut [u32; 8], blocks: &[[u8; 64]]) {
        sha2::block_api::compress256(state, blocks);
    }
}

/// The hash value so far, and how many blocks it has taken in.
pub(crate) struct Core<F: BlockFunction> {
    state: Zeroizing<F::State>, // it may be keyed
    blocks: u64,
}

impl<F: BlockFunction> UpdateCore for Core<F> {
    #[inline]
    fn update_blocks(&mut self, blocks: &[Block<Self>]) {
        let blocks = Array::cast_slice_to_core(blocks);
        self.blocks = self
            .blocks
            .wrapping_add(u64::try_from(blocks.len()).unwrap_or(u64::MAX));
        F::compress(&mut self.state, blocks);
    }
}

impl<F: BlockFunction> FixedOutputCore for Core<F> {
    #[inline]
    fn finalize_fixed_core(&mut self, buffer: &mut Buffer<Self>, out: &mut Output<Self>) {
        let rest = u64::try_from(buffer.get_pos()).unwrap_or(u64::MAX);
        let bits = self
            .blocks
            .wrapping_mul(64)
            .wrapping_add(rest)
            .wrapping_mul(8);
        buffer.len64_padding_be(bits, |block| {
            F::compress(&mut self.state, slice::from_ref(&block.0));
        });
        for (to, word) in out.as_chunks_mut().0.iter_mut().zip((*self.state).as_ref()) {
            *to = word.to_be_bytes();
        }
    }
}

impl<F: BlockFunction> HashMarker for Core<F> {}

impl<F: BlockFunction> BlockSizeUser for Core<F> {
    type BlockSize = U64;
}

impl<F: BlockFunction> BufferKindUser for Core<F> {
    type BufferKind = Eager;
}

impl<F: BlockFunction> OutputSizeUser for Core<F> {
    type OutputSize = F::OutputSize;
}

impl<F: BlockFunction> Default for Core<F> {
    #[inline]
    fn default() -> Self {
        Self {
            state: Zeroizing::new(F::INITIAL),
            blocks: 0,
        }
    }
}

impl<F: BlockFunction> Clone for Core<F> {
    #[inline]
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            blocks: self.blocks,
        }
    }
}

#[cfg(test)]
mod tests {
    use hmac::digest::Digest;

    use super::*;

    /// Every way in which padding and block boundaries can meet.
    #[test]
    fn hashes_as_rustcrypto_does_at_every_length_up_to_four_blocks() {
        let octets: [u8; 256] = core::array::from_fn(|at| u8::try_from(at).unwrap());
        for length in 0..=octets.len() {
            for split in [0, length / 3, length] {
                let (head, tail) = octets[..length].split_at(split);
                let sha1 = Sha1::new().chain_update(head).chain_update(tail).finalize();
                assert_eq!(sha1, sha1::Sha1::digest(&octets[..length]), "{length}");
                let sha256 = Sha256::new()
                    .chain_update(head)
                    .chain_update(tail)
                    .finalize();
                assert_eq!(sha256, sha2::Sha256::digest(&octets[..length]), "{length}");
            }
        }
    }

    /// FIPS 180-4, example of one block.
    #[test]
    fn hashes_abc() {
        let expected = portcullis_testdata::unhex("a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(Sha1::digest(b"abc").to_vec(), expected);
    }
}
