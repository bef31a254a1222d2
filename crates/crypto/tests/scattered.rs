//! Texts that are sealed where their parts lie, against those that are sealed as a whole, which
//! the vectors vouch for.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "test code"
)]

use portcullis_crypto::{Enctype, Key, KeyUsage, OpenError, Scattered, ScatteredError};
use portcullis_testdata::{hex, vectors};

const CONFOUNDER: [u8; 16] = [0x5a; 16];

/// The parts of a sealed text, contiguous.
struct Sealed {
    confounder: [u8; 16],
    message: Vec<u8>,
    tail: Vec<u8>,
    tag: Vec<u8>,
}

impl Sealed {
    fn text<'t>(&'t mut self, before: &'t [u8], after: &'t [u8]) -> Scattered<'t> {
        Scattered {
            confounder: &mut self.confounder,
            clear_before: before,
            message: &mut self.message,
            clear_after: after,
            tail: &mut self.tail,
            tag: &mut self.tag,
        }
    }

    fn plain(enctype: Enctype, message: usize, tail: usize) -> Self {
        Self {
            confounder: CONFOUNDER,
            message: vec![0x31; message],
            tail: vec![0x32; tail],
            tag: vec![0; enctype.checksum_length()],
        }
    }

    fn octets(&self) -> Vec<u8> {
        [&self.confounder, &*self.message, &self.tail, &self.tag].concat()
    }
}

fn modern() -> impl Iterator<Item = (Enctype, Key)> {
    let all = Enctype::all().iter().copied();
    all.filter(|enctype| enctype.is_cfx())
        .map(|enctype| (enctype, Key::from_random(enctype, &[7; 32])))
}

#[test]
fn scattered_parts_make_the_ciphertext_of_the_whole() {
    for (enctype, key) in modern() {
        let cipher = key.cipher(KeyUsage::ACCEPTOR_SEAL);
        for length in [0, 1, 15, 16, 17, 31, 32, 33, 47, 48, 1000] {
            for tail in [16, 20, 32] {
                let mut sealed = Sealed::plain(enctype, length, tail);
                let mut whole = Vec::new();
                cipher.seal(&CONFOUNDER, &[&sealed.message, &sealed.tail], &mut whole);
                cipher.seal_scattered(&mut sealed.text(&[], &[])).unwrap();
                assert_eq!(sealed.octets(), whole, "{enctype}: {length}, {tail}");
                cipher.open_scattered(&mut sealed.text(&[], &[])).unwrap();
                assert_eq!(sealed.message, vec![0x31; length]);
                assert_eq!(sealed.tail, vec![0x32; tail]);
            }
        }
    }
}

#[test]
fn octets_in_clear_are_covered_in_their_places() {
    for (enctype, key) in modern() {
        let cipher = key.cipher(KeyUsage::ACCEPTOR_SEAL);
        let open = |before: &[u8], after: &[u8]| {
            let mut sealed = Sealed::plain(enctype, 40, 16);
            cipher
                .seal_scattered(&mut sealed.text(b"before", b"after"))
                .unwrap();
            let opened = cipher.open_scattered(&mut sealed.text(before, after));
            (opened, sealed)
        };
        assert_eq!(open(b"before", b"after").0, Ok(()));
        for (before, after) in [
            ("befor", "after"),
            ("before", "afteR"),
            ("beforeafter", ""),
            ("", "beforeafter"),
        ] {
            let (opened, sealed) = open(before.as_bytes(), after.as_bytes());
            assert_eq!(opened, Err(OpenError), "{enctype}: {before}, {after}");
            assert_eq!(sealed.message, vec![0; 40], "wiped");
        }
    }
}

/// RFC 4121 §4.2.4: a header of 16 octets, whose copy without RRC is the tail. Without a trailer, tail
/// and tag stand between header and confounder.
#[test]
fn opens_the_buffers_that_mit_sealed() {
    let mut seen = 0;
    for vector in vectors("mit_messages") {
        let enctype = i32::try_from(vector["etype"].as_i64().unwrap()).unwrap();
        let Ok(enctype) = Enctype::try_from(enctype) else {
            continue; // not compiled in
        };
        let key = Key::new(enctype, &hex(&vector["key"])).unwrap();
        let cipher = key.cipher(KeyUsage::INITIATOR_SEAL);
        for each in vector["tokens"].as_array().unwrap() {
            if each["layout"].is_null() || each["kind"] != "wrap-conf" {
                continue;
            }
            let [header, sealed, trailer, before, after] =
                ["header", "sealed", "trailer", "before", "after"].map(|name| hex(&each[name]));
            let (header, rest) = header.split_at(16);
            let (rotated, confounder) = rest.split_at(rest.len() - 16);
            let rest = if trailer.is_empty() {
                rotated
            } else {
                &trailer
            };
            let (tail, tag) = rest.split_at(16);
            let mut parts = Sealed {
                confounder: confounder.try_into().unwrap(),
                message: sealed,
                tail: tail.to_vec(),
                tag: tag.to_vec(),
            };
            cipher
                .open_scattered(&mut parts.text(&before, &after))
                .unwrap();
            assert_eq!(parts.message, hex(&each["message"]), "{each}");
            let (ours, rotation) = (&parts.tail, [6, 7]);
            assert!((0..16).all(|at| ours[at] == header[at] || rotation.contains(&at)));
            seen += 1;
        }
    }
    assert!(seen >= 24, "{seen}");
}

#[test]
fn no_flipped_bit_opens() {
    for (enctype, key) in modern() {
        let cipher = key.cipher(KeyUsage::ACCEPTOR_SEAL);
        let length = Sealed::plain(enctype, 20, 16).octets().len();
        for bit in 0..length * 8 {
            let mut sealed = Sealed::plain(enctype, 20, 16);
            cipher.seal_scattered(&mut sealed.text(&[], &[])).unwrap();
            let parts = [
                &mut sealed.confounder[..],
                &mut sealed.message,
                &mut sealed.tail,
                &mut sealed.tag,
            ];
            let octet = parts.into_iter().flatten().nth(bit / 8).unwrap();
            *octet ^= 1 << (bit % 8);
            let opened = cipher.open_scattered(&mut sealed.text(&[], &[]));
            assert_eq!(opened, Err(OpenError), "{enctype}: bit {bit}");
        }
    }
}

#[test]
fn parts_of_other_lengths_are_refused() {
    for (enctype, key) in modern() {
        let cipher = key.cipher(KeyUsage::ACCEPTOR_SEAL);
        for (tail, tag) in [(15, 0), (33, 0), (0, 0), (16, 1)] {
            let mut sealed = Sealed::plain(enctype, 20, tail);
            sealed.tag.extend(vec![0; tag]);
            assert_eq!(
                cipher.seal_scattered(&mut sealed.text(&[], &[])),
                Err(ScatteredError)
            );
            assert_eq!(
                cipher.open_scattered(&mut sealed.text(&[], &[])),
                Err(OpenError)
            );
        }
    }
}

#[cfg(feature = "legacy-enctypes")]
#[test]
fn keys_of_rc4_and_des3_seal_no_scattered_text() {
    for enctype in [Enctype::Rc4Hmac, Enctype::Des3CbcSha1] {
        let cipher = Key::from_random(enctype, &[7; 32]).cipher(KeyUsage::ACCEPTOR_SEAL);
        let mut sealed = Sealed::plain(enctype, 20, 16);
        assert_eq!(
            cipher.seal_scattered(&mut sealed.text(&[], &[])),
            Err(ScatteredError)
        );
        assert_eq!(
            cipher.open_scattered(&mut sealed.text(&[], &[])),
            Err(OpenError)
        );
    }
}
