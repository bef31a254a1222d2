//! DR and DK: usage keys by encrypting a folded constant again and again (RFC 3961 §5.1).
//!
//! Hot path: the schedule of the base key is prepared once per key.

use cipher::array::{Array, ArraySize};
use cipher::typenum::Unsigned;
use cipher::{Block, BlockCipherEncrypt};
use zeroize::Zeroizing;

/// The first `N` octets of E(constant) | E(E(constant)) | ..., where `constant` has been folded to
/// the size of a block. For AES that is DK already, since its random-to-key is the identity.
pub(crate) fn derive_random<C, N>(base: &C, constant: &Block<C>) -> Zeroizing<Array<u8, N>>
where
    C: BlockCipherEncrypt,
    N: ArraySize,
{
    let mut random = Zeroizing::new(Array::default());
    let mut block = Zeroizing::new(constant.clone());
    for chunk in random.chunks_mut(C::BlockSize::USIZE) {
        base.encrypt_block(&mut block);
        for (to, from) in chunk.iter_mut().zip(block.iter()) {
            *to = *from;
        }
    }
    random
}
