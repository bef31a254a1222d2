//! n-fold: a short or long constant stretched or folded to a given size (RFC 3961 §5.1).
//!
//! Hot path: what a login folds is folded when this is compiled.

use alloc::vec::Vec;

use zeroize::Zeroizing;

/// n-fold of `input` to the size of `output`; of nothing, zeros.
///
/// `input` is rotated right by 13 bits for each further copy; the copies, up to the least common
/// multiple of both sizes, are cut into numbers of the output's size and added with end-around
/// carry.
pub(crate) fn n_fold(input: &[u8], output: &mut [u8]) {
    output.fill(0);
    if input.is_empty() || output.is_empty() {
        return;
    }
    let length = common_multiple(input.len(), output.len());
    let mut copy = Zeroizing::new(input.to_vec()); // in string-to-key it is a password
    let mut copies = Zeroizing::new(Vec::with_capacity(length));
    while copies.len() < length {
        copies.extend_from_slice(&copy);
        rotate_right_13(&mut copy);
    }
    for summand in copies.chunks_exact(output.len()) {
        add(output, summand);
    }
}

/// The 128-fold of the constant of a usage key, as [`n_fold`] computes it, in whole words.
pub(crate) const fn fold_usage(constant: [u8; 5]) -> [u8; 16] {
    const BITS: u32 = 40;
    let [a, b, c, d, e] = constant;
    let mut copy = u128::from_be_bytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d, e]);
    let (mut sum, mut summand, mut room) = (0_u128, 0_u128, u128::BITS);
    let mut copies = 0_u8;
    while copies != 16 {
        // A copy ends the summand that it does not fit into and begins the next: five take sixteen.
        let over = BITS.saturating_sub(room);
        let fits = BITS.saturating_sub(over);
        summand = summand.unbounded_shl(fits) | copy.unbounded_shr(over);
        room = room.saturating_sub(fits);
        if room == 0 {
            let (low, carry) = sum.overflowing_add(summand);
            // After a carry, low is below the maximum.
            sum = if carry { low.wrapping_add(1) } else { low };
            summand = copy & !u128::MAX.unbounded_shl(over);
            room = u128::BITS.saturating_sub(over);
        }
        copy = ((copy >> 13) | (copy << 27)) & 0xff_ffff_ffff;
        copies = copies.saturating_add(1);
    }
    sum.to_be_bytes()
}

/// The least common multiple of two numbers above zero.
fn common_multiple(a: usize, b: usize) -> usize {
    let (mut divisor, mut rest) = (a, b);
    while let Some(next) = divisor.checked_rem(rest) {
        (divisor, rest) = (rest, next);
    }
    a.checked_div(divisor).unwrap_or(a).saturating_mul(b)
}

/// Rotates the whole of `octets`, as one big-endian number, right by 13 bits.
fn rotate_right_13(octets: &mut [u8]) {
    let places = 1_usize.checked_rem(octets.len()).unwrap_or(0);
    octets.rotate_right(places);
    let mut carried = octets.last().map_or(0, |last| last << 3);
    for octet in octets {
        let next = *octet << 3;
        *octet = carried | (*octet >> 5);
        carried = next;
    }
}

/// Adds two big-endian numbers of one size; what is carried out at the top comes in at the bottom.
fn add(sum: &mut [u8], summand: &[u8]) {
    let mut carry = false;
    for (to, from) in sum.iter_mut().zip(summand).rev() {
        let (low, first) = to.overflowing_add(*from);
        let (low, second) = low.overflowing_add(u8::from(carry));
        (*to, carry) = (low, first || second);
    }
    for to in sum.iter_mut().rev() {
        (*to, carry) = to.overflowing_add(u8::from(carry));
    }
}

#[cfg(test)]
mod tests {
    use portcullis_testdata::{hex, vectors};

    use super::*;

    /// RFC 3961 appendix A.1.
    #[test]
    fn folds_the_vectors_of_rfc_3961() {
        for vector in vectors("rfc3961_nfold") {
            let expected = hex(&vector["output"]);
            let mut folded = alloc::vec![0xff; expected.len()];
            n_fold(&hex(&vector["input"]), &mut folded);
            assert_eq!(folded, expected, "{vector}");
        }
    }

    #[test]
    fn folds_usage_constants_like_any_other_input() {
        for constant in [
            [0; 5],
            [0, 0, 0, 2, 0x99],
            [0, 0, 0, 11, 0xaa],
            [0xff; 5],
            [1, 2, 3, 4, 5],
        ] {
            let mut folded = [0; 16];
            n_fold(&constant, &mut folded);
            assert_eq!(fold_usage(constant), folded);
        }
    }

    #[test]
    fn folds_nothing_to_zeros() {
        let mut folded = [1; 8];
        n_fold(&[], &mut folded);
        assert_eq!(folded, [0; 8]);
        n_fold(&[1, 2, 3], &mut []);
    }

    #[test]
    fn leaves_an_input_of_the_right_size_alone() {
        let mut folded = [0; 3];
        n_fold(&[7, 8, 9], &mut folded);
        assert_eq!(folded, [7, 8, 9]);
    }
}
