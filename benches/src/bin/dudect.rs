//! Whether the time to refuse a wrong MAC depends on which of its octets is wrong, after "Dude, is
//! my code constant time?" (Reparaz, Balasch and Verbauwhede, 2017).
//!
//! ```text
//! cargo run --release --package portcullis-benches --bin dudect [-- MEASUREMENTS]
//! ```
//!
//! Two classes of messages, in random order: in one the first octet of the MAC is wrong, in the other
//! the last. Welch's t of the times of the classes grows with the root of the measurements if they
//! differ, and stays small if they do not. The last subject is one that does depend, to show that it
//! would be seen. The program fails when another subject does, or that one does not.

use portcullis::{Acceptor, Enctype};
use portcullis_benches::{Envelope, Exchange, TicketUse, Tokens};
use portcullis_crypto::{Key, KeyUsage};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

/// What the paper takes for certain.
const CERTAIN: f64 = 10.0;
/// Measured unless told otherwise.
const MEASUREMENTS: usize = 200_000;
/// The text under the MAC: its length is that of an authenticator.
const TEXT: [u8; 300] = [0x5a; 300];

type Refuse = dyn Fn(&mut [u8]);

/// What is measured, and what is expected.
struct Subject {
    name: String,
    /// Something good, which is made wrong.
    octets: Vec<u8>,
    /// Its last octets, so many, are the MAC.
    tag: usize,
    /// What is measured, given the octets with an error.
    refuse: Box<Refuse>,
    /// The time depends on the class.
    leaks: bool,
}

fn main() -> ExitCode {
    let measurements = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let measurements = measurements.unwrap_or(MEASUREMENTS);
    let mut good = true;
    for subject in subjects() {
        let t = welch_t(&subject, measurements);
        let as_expected = (t.abs() > CERTAIN) == subject.leaks;
        let verdict = match (subject.leaks, as_expected) {
            (false, true) => "does not depend on the octet",
            (false, false) => "DEPENDS ON THE OCTET",
            (true, true) => "depends on the octet, as it must",
            (true, false) => "IS NOT SEEN TO DEPEND ON THE OCTET",
        };
        println!("{:<44} t = {t:>7.2}  {verdict}", subject.name);
        good &= as_expected;
    }
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn subjects() -> Vec<Subject> {
    let mut subjects = Vec::new();
    for enctype in [
        Enctype::Aes128CtsHmacSha1_96,
        Enctype::Aes256CtsHmacSha1_96,
        Enctype::Aes128CtsHmacSha256_128,
        Enctype::Aes256CtsHmacSha384_192,
    ] {
        subjects.push(checksum(enctype));
        subjects.push(ciphertext(enctype));
        subjects.push(ticket(enctype));
    }
    subjects.push(octet_by_octet());
    subjects
}

/// A keyed checksum, as of a PAC or a MIC token.
fn checksum(enctype: Enctype) -> Subject {
    let key = Key::from_random(enctype, &[0x3c; 32]).mac(KeyUsage::PAC_CHECKSUM);
    let tag = key.checksum(&[&TEXT]);
    Subject {
        name: format!("checksum of {enctype}"),
        octets: tag.as_ref().to_vec(),
        tag: tag.as_ref().len(),
        refuse: Box::new(move |tag| assert!(black_box(key.verify(&[&TEXT], tag)).is_err())),
        leaks: false,
    }
}

/// A sealed message, as an authenticator.
fn ciphertext(enctype: Enctype) -> Subject {
    let key = Key::from_random(enctype, &[0x3c; 32]).cipher(KeyUsage::AP_REQ_AUTHENTICATOR);
    let mut sealed = Vec::new();
    key.seal(&[0xa5; 16], &[&TEXT], &mut sealed);
    Subject {
        name: format!("ciphertext of {enctype}"),
        octets: sealed,
        tag: enctype.checksum_length(),
        refuse: Box::new(move |sealed| assert!(black_box(key.open(sealed)).is_err())),
        leaks: false,
    }
}

/// A whole AP-REQ whose authenticator is wrong: it is the end of the token.
fn ticket(enctype: Enctype) -> Subject {
    let exchange = Exchange::read(enctype.number());
    let token = Tokens::new(&exchange, Envelope::Gss, TicketUse::Repeated).make();
    let (acceptor, now): (Acceptor, _) = (exchange.acceptor(), exchange.now());
    Subject {
        name: format!("AP-REQ of {enctype}"),
        octets: token,
        tag: enctype.checksum_length(),
        refuse: Box::new(move |token| {
            assert!(black_box(acceptor.begin().step(token, now)).is_err());
        }),
        leaks: false,
    }
}

/// What must not be used: a comparison that ends at the first octet that differs.
fn octet_by_octet() -> Subject {
    let tag = [0x5a_u8; 24];
    Subject {
        name: "a comparison that stops".to_owned(),
        octets: tag.to_vec(),
        tag: tag.len(),
        refuse: Box::new(move |found| {
            let pairs = tag.iter().zip(found);
            assert!(!black_box(
                pairs
                    .into_iter()
                    .all(|(one, other)| black_box(one) == other)
            ));
        }),
        leaks: true,
    }
}

/// Welch's t of the times that the classes take, without the slowest, which interrupts make.
fn welch_t(subject: &Subject, measurements: usize) -> f64 {
    let mut times = [Vec::new(), Vec::new()];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut octets = subject.octets.clone();
    let (last, first) = (octets.len() - 1, octets.len() - subject.tag);
    for number in 0..measurements + measurements / 10 {
        let class = random.bit();
        // The same octets are read and written for both classes, so that the caches do not know which.
        octets.copy_from_slice(&subject.octets);
        octets[first] ^= [0x80, 0][class];
        octets[last] ^= [0, 0x80][class];
        let start = Instant::now();
        (subject.refuse)(black_box(&mut octets));
        let elapsed = start.elapsed().as_nanos();
        if number >= measurements / 10 {
            times[class].push(elapsed); // it is warm
        }
    }
    let mut all: Vec<_> = times.iter().flatten().copied().collect();
    all.sort_unstable();
    let slowest = all.get(all.len() * 9 / 10).copied().unwrap_or(u128::MAX);
    let [first, last] = times.map(|class| Moments::of(&class, slowest));
    (first.mean - last.mean) / (first.of_mean + last.of_mean).sqrt()
}

/// Of the times of a class.
struct Moments {
    mean: f64,
    /// The variance of the mean.
    of_mean: f64,
}

impl Moments {
    fn of(times: &[u128], slowest: u128) -> Self {
        let times: Vec<f64> = times
            .iter()
            .filter(|time| **time <= slowest)
            .map(|time| *time as f64)
            .collect();
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let squares = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>();
        Self {
            mean,
            of_mean: squares / (count - 1.0) / count,
        }
    }
}

/// Marsaglia's xorshift: the same order in every run.
struct Random(u64);

impl Random {
    fn bit(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::from(self.0 >> 63 == 1)
    }
}
