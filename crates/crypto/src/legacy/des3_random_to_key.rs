//! random-to-key of DES3: 168 random bits become three DES keys (RFC 3961 §6.3.1).

use crate::Wiped;

/// The key of 21 random octets: 7 for each DES key.
pub(crate) fn random_to_key(random: &[u8; 21]) -> Wiped<[u8; 24]> {
    let mut key = Wiped::new([0; 24]);
    for (to, from) in key.as_chunks_mut().0.iter_mut().zip(random.as_chunks().0) {
        *to = des_key(from);
    }
    key
}

/// The low bits of the seven octets make the eighth; then parity; then weak keys are mended.
fn des_key(random: &[u8; 7]) -> [u8; 8] {
    let [a, b, c, d, e, f, g] = *random;
    let low_bits = [g, f, e, d, c, b, a]
        .iter()
        .fold(0, |bits, octet| (bits << 1) | (octet & 1));
    let mut key = [a, b, c, d, e, f, g, low_bits << 1].map(with_odd_parity);
    if WEAK.contains(&key) {
        let [.., last] = &mut key;
        *last ^= 0xf0;
    }
    key
}

/// The low bit set so that the number of ones is odd.
const fn with_odd_parity(octet: u8) -> u8 {
    let high = octet & 0xfe;
    if high.count_ones().is_multiple_of(2) {
        high | 1
    } else {
        high
    }
}

/// The weak and semi-weak keys of DES (FIPS 74).
const WEAK: [[u8; 8]; 16] = [
    [0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01],
    [0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe],
    [0xe0, 0xe0, 0xe0, 0xe0, 0xf1, 0xf1, 0xf1, 0xf1],
    [0x1f, 0x1f, 0x1f, 0x1f, 0x0e, 0x0e, 0x0e, 0x0e],
    [0x01, 0x1f, 0x01, 0x1f, 0x01, 0x0e, 0x01, 0x0e],
    [0x1f, 0x01, 0x1f, 0x01, 0x0e, 0x01, 0x0e, 0x01],
    [0x01, 0xe0, 0x01, 0xe0, 0x01, 0xf1, 0x01, 0xf1],
    [0xe0, 0x01, 0xe0, 0x01, 0xf1, 0x01, 0xf1, 0x01],
    [0x01, 0xfe, 0x01, 0xfe, 0x01, 0xfe, 0x01, 0xfe],
    [0xfe, 0x01, 0xfe, 0x01, 0xfe, 0x01, 0xfe, 0x01],
    [0x1f, 0xe0, 0x1f, 0xe0, 0x0e, 0xf1, 0x0e, 0xf1],
    [0xe0, 0x1f, 0xe0, 0x1f, 0xf1, 0x0e, 0xf1, 0x0e],
    [0x1f, 0xfe, 0x1f, 0xfe, 0x0e, 0xfe, 0x0e, 0xfe],
    [0xfe, 0x1f, 0xfe, 0x1f, 0xfe, 0x0e, 0xfe, 0x0e],
    [0xe0, 0xfe, 0xe0, 0xfe, 0xf1, 0xfe, 0xf1, 0xfe],
    [0xfe, 0xe0, 0xfe, 0xe0, 0xfe, 0xf1, 0xfe, 0xf1],
];

#[cfg(test)]
mod tests {
    use portcullis_testdata::{hex, vectors};

    use super::*;

    /// RFC 3961 appendix A.3: DK is random-to-key of DR.
    #[test]
    fn makes_the_keys_of_the_vectors() {
        for vector in vectors("rfc3961_des3_dr_dk") {
            let random = <[u8; 21]>::try_from(hex(&vector["DR"])).unwrap();
            assert_eq!(
                random_to_key(&random).to_vec(),
                hex(&vector["DK"]),
                "{vector}"
            );
        }
    }

    /// RFC 3961 §6.2: a weak key is exclusive-ored with 00000000000000F0.
    #[test]
    fn mends_weak_keys() {
        assert_eq!(des_key(&[0; 7]), [1, 1, 1, 1, 1, 1, 1, 0xf1]);
        assert_eq!(
            des_key(&[0xff; 7]),
            [0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0xfe, 0x0e]
        );
    }
}
