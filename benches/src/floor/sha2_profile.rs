//! The enctypes of RFC 8009.

use super::{Login, Pac, Profile};
use aes::{Aes128Dec, Aes128Enc, Aes256Dec, Aes256Enc};
use cipher::array::{Array, ArraySize};
use cipher::consts::{U16, U24};
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, InnerIvInit, KeyInit, KeySizeUser};
use core::marker::PhantomData;
use cts::{CbcCs3, Decrypt, Encrypt};
use hmac::{EagerHash, Hmac, Mac};
use sha2::{Sha256, Sha384};

pub(super) type Aes128Sha256 = Sha2Profile<Aes128Enc, Aes128Dec, Sha256, U16>;
pub(super) type Aes256Sha384 = Sha2Profile<Aes256Enc, Aes256Dec, Sha384, U24>;

const IV: [u8; 16] = [0; 16];

/// `T` is the length of MACs and of the keys that make them.
pub(super) struct Sha2Profile<E, D, H: EagerHash, T> {
    ticket: D,
    ticket_integrity: Hmac<H>,
    pac: Hmac<H>,
    others: PhantomData<(E, T)>,
}

impl<E, D, H, T> Sha2Profile<E, D, H, T>
where
    E: KeyInit,
    D: BlockCipherDecrypt<BlockSize = U16> + KeyInit,
    H: EagerHash,
    T: ArraySize,
{
    pub(super) fn new(key: &[u8]) -> Self {
        let base = hmac(key);
        Self {
            ticket: D::new(&derive::<H, D::KeySize>(&base, 2, 0xaa)),
            ticket_integrity: hmac(&derive::<H, T>(&base, 2, 0x55)),
            pac: hmac(&derive::<H, T>(&base, 17, 0x99)),
            others: PhantomData,
        }
    }
}

impl<E, D, H, T> Profile for Sha2Profile<E, D, H, T>
where
    E: BlockCipherEncrypt<BlockSize = U16> + KeyInit,
    D: BlockCipherDecrypt<BlockSize = U16> + KeyInit + KeySizeUser<KeySize = E::KeySize>,
    H: EagerHash,
    T: ArraySize,
{
    fn accept(&self, login: &mut Login, session_key: &[u8], pac: &Pac) -> bool {
        let ticket = open::<D, H, T>(&self.ticket, &self.ticket_integrity, &mut login.ticket);
        let base = hmac::<H>(session_key);
        let ke = D::new(&derive::<H, D::KeySize>(&base, 11, 0xaa));
        let ki = hmac(&derive::<H, T>(&base, 11, 0x55));
        let authenticator = open::<D, H, T>(&ke, &ki, &mut login.authenticator);
        let mut signature = self.pac.clone();
        signature.update(&pac.signed);
        let pac = signature.verify_truncated_left(&pac.signature).is_ok();
        let ke = E::new(&derive::<H, E::KeySize>(&base, 12, 0xaa));
        let sealed = CbcCs3::inner_iv_init(&ke, &Array::default())
            .encrypt(&mut login.reply)
            .is_ok();
        let mut tag = hmac::<H>(&derive::<H, T>(&base, 12, 0x55));
        tag.update(&IV);
        tag.update(&login.reply);
        core::hint::black_box(tag.finalize());
        ticket && authenticator && pac && sealed
    }
}

fn open<D, H, T>(cipher: &D, integrity: &Hmac<H>, sealed: &mut [u8]) -> bool
where
    D: BlockCipherDecrypt<BlockSize = U16>,
    H: EagerHash,
    T: ArraySize,
{
    let (body, tag) = sealed.split_at_mut(sealed.len() - T::USIZE);
    let mut mac = integrity.clone();
    mac.update(&IV);
    mac.update(body);
    mac.verify_truncated_left(tag).is_ok()
        && CbcCs3::inner_iv_init(cipher, &Array::default())
            .decrypt(body)
            .is_ok()
}

fn hmac<H: EagerHash>(key: &[u8]) -> Hmac<H> {
    Hmac::new_from_slice(key).expect("HMAC takes any key")
}

/// KDF-HMAC-SHA2 (RFC 8009 §3).
fn derive<H: EagerHash, N: ArraySize>(base: &Hmac<H>, usage: u32, purpose: u8) -> Array<u8, N> {
    let mut mac = base.clone();
    mac.update(&[0, 0, 0, 1]);
    mac.update(&usage.to_be_bytes());
    mac.update(&[purpose, 0]);
    mac.update(&(N::U32 * 8).to_be_bytes());
    let output = mac.finalize().into_bytes();
    let mut key = Array::default();
    key.copy_from_slice(&output[..N::USIZE]);
    key
}
