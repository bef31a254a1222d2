//! `gss_pseudo_random` of MIT (RFC 4401, RFC 7802) against ours.

use portcullis::context::PrfKey;

use crate::both_ends::{NUMBERS, establish, realm};

#[test]
fn mit_and_we_draw_the_same_octets() {
    let Some(realm) = realm() else { return };
    for number in NUMBERS {
        for flags in [&["mutual"][..], &[]] {
            let (context, mut mit) = establish(&realm, number, flags);
            for (key, full) in [(PrfKey::Full, true), (PrfKey::Partial, false)] {
                for (input, length) in [(&b"input"[..], 1), (b"", 32), (&[7; 300], 1000)] {
                    let ours = context.prf(key, input, length).unwrap();
                    let theirs = mit.prf(full, input, length);
                    assert_eq!(*ours, theirs, "enctype {number} {flags:?} {key:?} {length}");
                }
            }
        }
    }
}
