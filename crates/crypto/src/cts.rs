//! CBC with ciphertext stealing and a zero IV, as Kerberos does it (RFC 3962 §5, RFC 6803 §2).
//!
//! Hot path. The `cts` crate encrypts a message of exactly one block twice; in Kerberos that is
//! one plain block, so it is set apart here.

use cipher::consts::U16;
use cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, InnerIvInit};
use cts::{CbcCs3, Decrypt, Encrypt};

use crate::OpenError;

/// Decrypts `text` in place; less than a block is an error.
pub(crate) fn decrypt<C>(cipher: &C, text: &mut [u8]) -> Result<(), OpenError>
where
    C: BlockCipherDecrypt<BlockSize = U16>,
{
    if let Ok(block) = <&mut Block<C>>::try_from(&mut *text) {
        cipher.decrypt_block(block);
        return Ok(());
    }
    CbcCs3::inner_iv_init(cipher, &Block::<C>::default())
        .decrypt(text)
        .map_err(|_| OpenError)
}

/// Encrypts `text` in place. A confounder leads it, so it has a block or more.
pub(crate) fn encrypt<C>(cipher: &C, text: &mut [u8])
where
    C: BlockCipherEncrypt<BlockSize = U16>,
{
    if let Ok(block) = <&mut Block<C>>::try_from(&mut *text) {
        cipher.encrypt_block(block);
        return;
    }
    let encrypted = CbcCs3::inner_iv_init(cipher, &Block::<C>::default()).encrypt(text);
    if encrypted.is_err() {
        text.fill(0); // less than a block: nothing may leave in clear
    }
}

#[cfg(test)]
mod tests {
    use aes::Aes128;
    use cipher::KeyInit;
    use portcullis_testdata::{hex, vectors};

    use super::*;

    /// RFC 3962 appendix B.
    #[test]
    fn steals_ciphertext_as_the_vectors_of_rfc_3962() {
        for vector in vectors("rfc3962_cts") {
            assert_eq!(hex(&vector["iv"]), [0; 16], "only the zero IV is used");
            let cipher = Aes128::new_from_slice(&hex(&vector["key"])).unwrap();
            let (plain, sealed) = (hex(&vector["input"]), hex(&vector["output"]));
            let mut text = plain.clone();
            encrypt(&cipher, &mut text);
            assert_eq!(text, sealed, "{vector}");
            decrypt(&cipher, &mut text).unwrap();
            assert_eq!(text, plain, "{vector}");
        }
    }

    /// RFC 3962 §5: one block is plain CBC, with a zero IV one plain AES block (FIPS 197 C.1).
    #[test]
    fn encrypts_a_single_block_once() {
        let key = core::array::from_fn::<u8, 16, _>(|at| u8::try_from(at).unwrap());
        let plain = core::array::from_fn::<u8, 16, _>(|at| u8::try_from(at * 0x11).unwrap());
        let cipher = Aes128::new(&key.into());
        let mut text = plain;
        encrypt(&cipher, &mut text);
        assert_eq!(
            text[..],
            portcullis_testdata::unhex("69c4e0d86a7b0430d8cdb78070b4c55a")
        );
        decrypt(&cipher, &mut text).unwrap();
        assert_eq!(text, plain);
    }

    #[test]
    fn refuses_less_than_a_block() {
        let cipher = Aes128::new(&[0; 16].into());
        for length in 0..16 {
            assert_eq!(decrypt(&cipher, &mut [0; 16][..length]), Err(OpenError));
            let mut text = [7; 16];
            encrypt(&cipher, &mut text[..length]);
            assert_eq!(
                text[..length],
                [0; 16][..length],
                "wiped rather than left in clear"
            );
        }
    }
}
