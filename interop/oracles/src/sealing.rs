//! What ciphers are compared by.

use portcullis_crypto::{Enctype, Key};
use portcullis_interop::seeded::Seeded;

/// Plaintexts of many lengths, from `shortest` on, each with a key and one of the usages.
pub fn cases(
    enctype: Enctype,
    usages: &[u32],
    shortest: usize,
) -> impl Iterator<Item = (Key, u32, Vec<u8>)> {
    let mut seeded = Seeded::new(3961);
    let mut random = move || u8::try_from(seeded.below(256)).expect("an octet");
    let lengths = (shortest..70).chain([127, 128, 129, 700, 1500, 4096]);
    lengths
        .zip(usages.iter().copied().cycle())
        .map(move |(length, usage)| {
            let key = Key::from_random(enctype, &std::array::from_fn(|_| random()));
            (key, usage, (0..length).map(|_| random()).collect())
        })
}
