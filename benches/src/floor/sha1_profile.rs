//! The enctypes of RFC 3962.

use super::{Login, Pac, Profile};
use aes::{Aes128Dec, Aes128Enc, Aes256Dec, Aes256Enc};
use cipher::array::Array;
use cipher::consts::U16;
use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, InnerIvInit, KeyInit, KeySizeUser};
use core::marker::PhantomData;
use cts::{CbcCs3, Decrypt, Encrypt};
use hmac::{Hmac, Mac};
use sha1::Sha1;

pub(super) type Aes128Sha1 = Sha1Profile<Aes128Enc, Aes128Dec>;
pub(super) type Aes256Sha1 = Sha1Profile<Aes256Enc, Aes256Dec>;

type Constant = [u8; 16];

pub(super) struct Sha1Profile<E, D> {
    ticket: D,
    ticket_integrity: Hmac<Sha1>,
    pac: Hmac<Sha1>,
    authenticator: [Constant; 2],
    ap_rep: [Constant; 2],
    encrypting: PhantomData<E>,
}

impl<E, D> Sha1Profile<E, D>
where
    E: BlockCipherEncrypt<BlockSize = U16> + KeyInit,
    D: BlockCipherDecrypt<BlockSize = U16> + KeyInit + KeySizeUser<KeySize = E::KeySize>,
{
    pub(super) fn new(key: &[u8]) -> Self {
        let base = E::new_from_slice(key).expect("a key of its length");
        let [ke, ki, kc] = [folded(2, 0xaa), folded(2, 0x55), folded(17, 0x99)]
            .map(|constant| derive::<E>(&base, constant));
        Self {
            ticket: D::new(&ke),
            ticket_integrity: hmac(&ki),
            pac: hmac(&kc),
            authenticator: [folded(11, 0xaa), folded(11, 0x55)],
            ap_rep: [folded(12, 0xaa), folded(12, 0x55)],
            encrypting: PhantomData,
        }
    }
}

impl<E, D> Profile for Sha1Profile<E, D>
where
    E: BlockCipherEncrypt<BlockSize = U16> + KeyInit,
    D: BlockCipherDecrypt<BlockSize = U16> + KeyInit + KeySizeUser<KeySize = E::KeySize>,
{
    fn accept(&self, login: &mut Login, session_key: &[u8], pac: &Pac) -> bool {
        let ticket = open(&self.ticket, &self.ticket_integrity, &mut login.ticket);
        let base = E::new_from_slice(session_key).expect("a key of its length");
        let [ke, ki] = self
            .authenticator
            .map(|constant| derive::<E>(&base, constant));
        let authenticator = open(&D::new(&ke), &hmac(&ki), &mut login.authenticator);
        let mut signature = self.pac.clone();
        signature.update(&pac.signed);
        let pac = signature.verify_truncated_left(&pac.signature).is_ok();
        let [ke, ki] = self.ap_rep.map(|constant| derive::<E>(&base, constant));
        let mut tag = hmac(&ki);
        tag.update(&login.reply);
        core::hint::black_box(tag.finalize());
        let sealed = CbcCs3::inner_iv_init(&E::new(&ke), &Array::default())
            .encrypt(&mut login.reply)
            .is_ok();
        ticket && authenticator && pac && sealed
    }
}

fn open<D: BlockCipherDecrypt<BlockSize = U16>>(
    cipher: &D,
    integrity: &Hmac<Sha1>,
    sealed: &mut [u8],
) -> bool {
    let (body, tag) = sealed.split_at_mut(sealed.len() - 12);
    let opened = CbcCs3::inner_iv_init(cipher, &Array::default())
        .decrypt(body)
        .is_ok();
    let mut mac = integrity.clone();
    mac.update(body);
    opened && mac.verify_truncated_left(tag).is_ok()
}

fn hmac(key: &[u8]) -> Hmac<Sha1> {
    Hmac::new_from_slice(key).expect("HMAC takes any key")
}

/// DK (RFC 3961 §5.1).
fn derive<E>(base: &E, constant: Constant) -> Array<u8, E::KeySize>
where
    E: BlockCipherEncrypt<BlockSize = U16> + KeySizeUser,
{
    let mut block = Array::from(constant);
    let mut key = Array::default();
    for part in key.chunks_exact_mut(16) {
        base.encrypt_block(&mut block);
        part.copy_from_slice(&block);
    }
    key
}

/// n-fold (RFC 3961 §5.1) of a usage's five octets to sixteen: the sum, with end-around carry, of
/// five blocks in which each repetition is rotated by thirteen bits more.
fn folded(usage: u32, purpose: u8) -> Constant {
    let [a, b, c, d] = usage.to_be_bytes();
    let constant = u64::from_be_bytes([0, 0, 0, a, b, c, d, purpose]);
    let rotated = |by: u32| (constant >> by | constant << (40 - by)) & 0xff_ffff_ffff;
    let repeated: Vec<u8> = (0..16)
        .flat_map(|repetition| {
            rotated(13 * repetition % 40)
                .to_be_bytes()
                .into_iter()
                .skip(3)
        })
        .collect();
    let blocks = repeated.chunks_exact(16);
    let sum = blocks.fold(0_u128, |sum, block| {
        let block = u128::from_be_bytes(block.try_into().expect("sixteen octets"));
        let (sum, carry) = sum.overflowing_add(block);
        sum + u128::from(carry)
    });
    sum.to_be_bytes()
}
