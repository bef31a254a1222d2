//! The comparison with one oracle: every difference belongs to a class, and the oracle's table says why.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use portcullis_formats::der::{DecodeError, DecodeErrorKind};

use crate::corpus::Sample;
use crate::fields::Fields;
use crate::kind::Kind;
use crate::ours;

/// What an oracle found, or the class of its refusal.
pub type Decoded = Result<Fields, String>;

/// Somebody else's decoder.
#[derive(Clone, Copy, Debug)]
pub struct Oracle {
    /// Reads octets as a message of this kind; `None` when it does not know that kind.
    pub decode: fn(Kind, &[u8]) -> Option<Decoded>,
    /// The classes of its differences from us that are known, each with the reason.
    pub differences: &'static [(&'static str, &'static str)],
}

/// How a comparison ended.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Samples that the oracle knows.
    pub compared: usize,
    /// Of these, those that both accept.
    pub both_accept: usize,
    /// How often each class of difference occurred, and one example.
    pub differences: BTreeMap<String, (usize, String)>,
}

impl Oracle {
    /// Reads all samples with the oracle and with our decoder.
    #[must_use]
    pub fn compare<'s>(&self, samples: impl IntoIterator<Item = &'s Sample>) -> Comparison {
        let mut comparison = Comparison::default();
        for sample in samples {
            self.compare_one(sample, &mut comparison);
        }
        comparison
    }

    /// The differences that the table does not list, each with an example.
    #[must_use]
    pub fn unlisted(&self, comparison: &Comparison) -> Vec<String> {
        let listed = |class: &str| self.differences.iter().any(|(line, _)| covers(line, class));
        let differences = comparison.differences.iter();
        differences
            .filter(|(class, _)| !listed(class))
            .map(|(class, (count, example))| format!("{class} ({count} times: {example})"))
            .collect()
    }

    /// The lines of the table that were not needed.
    #[must_use]
    pub fn unseen(&self, comparison: &Comparison) -> Vec<&'static str> {
        let lines = self.differences.iter().map(|(line, _)| *line);
        let seen = |line| {
            comparison
                .differences
                .keys()
                .any(|class| covers(line, class))
        };
        lines.filter(|line| !seen(line)).collect()
    }

    fn compare_one(&self, sample: &Sample, comparison: &mut Comparison) {
        let decode = || (self.decode)(sample.kind, &sample.octets);
        let theirs = match catch_unwind(AssertUnwindSafe(decode)) {
            Ok(None) => return,
            Ok(Some(decoded)) => decoded,
            Err(_) => Err("panic".to_owned()),
        };
        comparison.compared += 1;
        match (ours::decode(sample.kind, &sample.octets), theirs) {
            (Ok(ours), Ok(theirs)) => {
                comparison.both_accept += 1;
                for class in ours.differences(&theirs, &format!("{:?}", sample.kind)) {
                    comparison.note(class, sample);
                }
            }
            (Ok(_), Err(why)) => comparison.note(format!("refuses: {why}"), sample),
            (Err(why), Ok(_)) => comparison.note(format!("accepts: {}", class(why)), sample),
            (Err(_), Err(_)) => {}
        }
    }
}

/// A line that ends with `*` stands for all classes that begin so.
fn covers(line: &str, class: &str) -> bool {
    match line.strip_suffix('*') {
        Some(prefix) => class.starts_with(prefix),
        None => line == class,
    }
}

impl Comparison {
    fn note(&mut self, class: String, sample: &Sample) {
        let entry = self.differences.entry(class);
        let (count, _) = entry.or_insert_with(|| (0, example(sample)));
        *count += 1;
    }
}

/// Our reason for a refusal, without numbers; for a rule or a constant also what it is about.
fn class(error: DecodeError) -> String {
    match error.kind {
        DecodeErrorKind::Value(rule) => format!("Value: {rule}"),
        DecodeErrorKind::Constant { .. } => format!("Constant: {}", error.field),
        kind => first_word(&format!("{kind:?}")).to_owned(),
    }
}

/// The name of a variant, as `Debug` prints it.
#[must_use]
pub fn first_word(debug: &str) -> &str {
    let end = debug.find(|letter: char| !letter.is_alphanumeric());
    debug.split_at(end.unwrap_or(debug.len())).0
}

fn example(sample: &Sample) -> String {
    let mut text = format!("{:?} of {}: ", sample.kind, sample.name);
    for octet in &sample.octets {
        let _ = write!(text, "{octet:02x}");
    }
    text
}
