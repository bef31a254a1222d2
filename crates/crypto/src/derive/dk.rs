//! DR and DK: usage keys by encrypting a folded constant again and again (RFC 3961 §5.1).
//!
//! Hot path: the schedule of the base key is prepared once per key, and all keys of a usage are
//! derived in one call of the cipher, since with wide vectors each call spreads the schedule anew.

use cipher::array::{Array, ArraySize};
use cipher::{
    Block, BlockCipherEncBackend, BlockCipherEncClosure, BlockCipherEncrypt, BlockSizeUser,
};

use crate::Wiped;

/// For each constant, folded to the size of a block, the first `N` octets of
/// E(constant) | E(E(constant)) | ... . For AES that is DK already, since its random-to-key is the
/// identity.
pub(crate) fn derive_random<C, N, const K: usize>(
    base: &C,
    constants: [Block<C>; K],
) -> [Wiped<Array<u8, N>>; K]
where
    C: BlockCipherEncrypt,
    N: ArraySize,
{
    let mut chains = constants.map(|constant| Chain {
        block: Wiped::new(constant),
        random: Wiped::new(Array::default()),
    });
    base.encrypt_with_backend(Chains(&mut chains));
    chains.map(|chain| chain.random)
}

struct Chain<B: ArraySize, N: ArraySize> {
    block: Wiped<Array<u8, B>>,
    random: Wiped<Array<u8, N>>,
}

struct Chains<'a, B: ArraySize, N: ArraySize>(&'a mut [Chain<B, N>]);

impl<B: ArraySize, N: ArraySize> BlockSizeUser for Chains<'_, B, N> {
    type BlockSize = B;
}

impl<B: ArraySize, N: ArraySize> BlockCipherEncClosure for Chains<'_, B, N> {
    fn call<E: BlockCipherEncBackend<BlockSize = B>>(self, backend: &E) {
        for Chain { block, random } in self.0 {
            for chunk in random.chunks_mut(B::USIZE) {
                backend.encrypt_block((&mut **block).into());
                for (to, from) in chunk.iter_mut().zip(block.iter()) {
                    *to = *from;
                }
            }
        }
    }
}
