//! Hot path. [`Both`]: a cipher of two halves.

use aes::{Aes128Dec, Aes128Enc, Aes256Dec, Aes256Enc};
use cipher::{
    BlockCipherDecClosure, BlockCipherDecrypt, BlockCipherEncClosure, BlockCipherEncrypt,
    BlockSizeUser, Key, KeyInit, KeySizeUser,
};

pub(crate) type BothAes128 = Both<Aes128Enc, Aes128Dec>;
pub(crate) type BothAes256 = Both<Aes256Enc, Aes256Dec>;

/// The half of a cipher that encrypts and the half that decrypts.
///
/// `aes` has a whole cipher with code of its own; here messages are opened and sealed by the same code
/// whether their key is kept or was just derived, of which an accept fetches only one.
#[derive(Clone)]
pub(crate) struct Both<E, D> {
    encrypting: E,
    decrypting: D,
}

impl<E: KeySizeUser, D> KeySizeUser for Both<E, D> {
    type KeySize = E::KeySize;
}

impl<E: KeyInit, D: KeyInit + KeySizeUser<KeySize = E::KeySize>> KeyInit for Both<E, D> {
    fn new(key: &Key<Self>) -> Self {
        Self {
            encrypting: E::new(key),
            decrypting: D::new(key),
        }
    }
}

impl<E: BlockSizeUser, D> BlockSizeUser for Both<E, D> {
    type BlockSize = E::BlockSize;
}

impl<E: BlockCipherEncrypt, D> BlockCipherEncrypt for Both<E, D> {
    fn encrypt_with_backend(&self, f: impl BlockCipherEncClosure<BlockSize = E::BlockSize>) {
        self.encrypting.encrypt_with_backend(f);
    }
}

impl<E, D> BlockCipherDecrypt for Both<E, D>
where
    E: BlockSizeUser,
    D: BlockCipherDecrypt<BlockSize = E::BlockSize>,
{
    fn decrypt_with_backend(&self, f: impl BlockCipherDecClosure<BlockSize = E::BlockSize>) {
        self.decrypting.decrypt_with_backend(f);
    }
}
