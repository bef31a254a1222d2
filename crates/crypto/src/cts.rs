//! CBC with ciphertext stealing and a zero IV, as Kerberos does it (RFC 3962 §5, RFC 6803 §2).
//!
//! Hot path. The `cts` crate encrypts a message of exactly one block twice; in Kerberos that is
//! one plain block, so it is set apart here.

use cipher::consts::U16;
use cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, InnerIvInit};
use cts::{CbcCs1, CbcCs3, Decrypt, Encrypt};

use crate::scattered::{LONGEST_TAIL, Scattered};
use crate::{OpenError, Wiped};

const BLOCK: usize = 16;
/// What there is of blocks that are stolen from, at most.
const LONGEST_END: usize = 63;
const _: () = assert!(LONGEST_END == BLOCK + BLOCK - 1 + LONGEST_TAIL);

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
    wipe_on(encrypted, text);
}

/// What is less than a block is not encrypted, and nothing may leave in clear.
fn wipe_on(encrypted: Result<(), cts::Error>, text: &mut [u8]) {
    if encrypted.is_err() {
        text.fill(0);
    }
}

/// Encrypts confounder, message and tail where they lie, as if they were one text.
pub(crate) fn encrypt_scattered<C>(cipher: &C, text: &mut Scattered<'_>)
where
    C: BlockCipherEncrypt<BlockSize = U16>,
{
    let (bulk, rest) = split_bulk(text.message);
    let mut iv = Block::<C>::default();
    let mut end = match bulk {
        [] if rest.len() < BLOCK => End::gather([text.confounder, rest, text.tail]),
        _ => {
            encrypt(cipher, text.confounder);
            iv = last_block(text.confounder);
            if !bulk.is_empty() {
                let encrypted = CbcCs1::inner_iv_init(cipher, &iv).encrypt(bulk);
                wipe_on(encrypted, bulk); // never: they are whole blocks
                iv = last_block(bulk);
            }
            End::gather([&mut [], rest, text.tail])
        }
    };
    let encrypted = CbcCs3::inner_iv_init(cipher, &iv).encrypt(end.octets());
    wipe_on(encrypted, end.octets()); // never: they are two blocks or more
    end.scatter();
}

/// Decrypts confounder, message and tail where they lie, as if they were one text.
pub(crate) fn decrypt_scattered<C>(cipher: &C, text: &mut Scattered<'_>) -> Result<(), OpenError>
where
    C: BlockCipherDecrypt<BlockSize = U16>,
{
    let (bulk, rest) = split_bulk(text.message);
    let mut iv = Block::<C>::default();
    let mut end = match bulk {
        [] if rest.len() < BLOCK => End::gather([text.confounder, rest, text.tail]),
        _ => {
            iv = last_block(text.confounder);
            decrypt(cipher, text.confounder)?;
            if !bulk.is_empty() {
                let next = last_block(bulk);
                CbcCs1::inner_iv_init(cipher, &iv)
                    .decrypt(bulk)
                    .map_err(|_| OpenError)?;
                iv = next;
            }
            End::gather([&mut [], rest, text.tail])
        }
    };
    CbcCs3::inner_iv_init(cipher, &iv)
        .decrypt(end.octets())
        .map_err(|_| OpenError)?;
    end.scatter();
    Ok(())
}

/// Parts the blocks that nothing is stolen from: all but the last whole one.
fn split_bulk(message: &mut [u8]) -> (&mut [u8], &mut [u8]) {
    let blocks = message.len().checked_div(BLOCK).unwrap_or(0);
    let bulk = blocks.saturating_sub(1).saturating_mul(BLOCK);
    message.split_at_mut_checked(bulk).unwrap_or_default()
}

fn last_block<const N: usize, B: From<[u8; N]>>(octets: &[u8]) -> B {
    octets.last_chunk().copied().unwrap_or([0; N]).into()
}

/// The blocks that ciphertext is stolen from: the end of the text, brought together.
struct End<'t> {
    places: [&'t mut [u8]; 3],
    octets: Wiped<[u8; LONGEST_END]>,
    length: usize,
}

impl<'t> End<'t> {
    fn gather(places: [&'t mut [u8]; 3]) -> Self {
        let mut octets = Wiped::new([0; _]);
        let mut length = 0_usize;
        for place in &places {
            let end = length.saturating_add(place.len());
            if let Some(to) = octets.get_mut(length..end) {
                to.copy_from_slice(place);
            }
            length = end;
        }
        Self {
            places,
            octets,
            length,
        }
    }

    fn octets(&mut self) -> &mut [u8] {
        self.octets.get_mut(..self.length).unwrap_or_default()
    }

    fn scatter(self) {
        let mut rest = self.octets.as_slice();
        for place in self.places {
            let Some((from, after)) = rest.split_at_checked(place.len()) else {
                return; // what was gathered fits: places and octets are the same size
            };
            place.copy_from_slice(from);
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use aes::Aes128;
    use alloc::vec::Vec;
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

    /// Where the parts begin and end makes no difference.
    #[test]
    fn encrypts_scattered_parts_as_the_whole() {
        let cipher = Aes128::new(&[9; 16].into());
        let plain: Vec<u8> = (0..=255).collect();
        for length in 0..100 {
            for tail in [16, 17, 31, 32] {
                let plain = &plain[..16 + length + tail];
                let mut whole = plain.to_vec();
                encrypt(&cipher, &mut whole);

                let mut parts = plain.to_vec();
                encrypt_scattered(&cipher, &mut scattered(&mut parts, length));
                assert_eq!(parts, whole, "{length} octets, tail of {tail}");
                decrypt_scattered(&cipher, &mut scattered(&mut parts, length)).unwrap();
                assert_eq!(parts, plain, "{length} octets, tail of {tail}");
            }
        }
    }

    fn scattered(text: &mut [u8], length: usize) -> Scattered<'_> {
        let (confounder, rest) = text.split_at_mut(16);
        let (message, tail) = rest.split_at_mut(length);
        Scattered {
            confounder,
            clear_before: &[],
            message,
            clear_after: &[],
            tail,
            tag: &mut [],
        }
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
