//! Octets that are almost a message: seeded, so that a failure can be had again.

use crate::length;
use std::collections::BTreeMap;

use portcullis_interop::seeded::Seeded;

use crate::corpus::Sample;

const INDEFINITE: usize = 4;

/// An element of DER, apart.
#[derive(Clone)]
struct Element {
    tag: u8,
    contents: Contents,
    /// How many octets more than it needs the length is written in; [`INDEFINITE`] is the form of BER without a length.
    padding: usize,
}

#[derive(Clone)]
enum Contents {
    Primitive(Vec<u8>),
    Constructed(Vec<Element>),
}

/// `count` samples, each made of one of `originals` by one to three changes.
///
/// Every kind of message is as frequent as any other. Half of them are made of a sample whose long OCTET STRINGs were cut, so that changes fall on what is compared
/// rather than on ciphertext.
#[must_use]
pub fn mutated(originals: &[Sample], count: usize, seed: u64) -> Vec<Sample> {
    let mut seeded = Seeded::new(seed);
    let mut kinds: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for original in originals {
        kinds.entry(original.kind).or_default().push(original);
    }
    let kinds: Vec<_> = kinds.into_values().collect();
    (0..count)
        .map(|_| {
            let originals = &kinds[seeded.below(kinds.len())];
            let original = originals[seeded.below(originals.len())];
            let mut octets = original.octets.clone();
            if seeded.below(2) == 0 {
                octets = shortened(&octets);
            }
            for _ in 0..=seeded.below(8) / 6 {
                octets = change(octets, &mut seeded);
            }
            let (kind, name) = (original.kind, original.name.clone());
            Sample { kind, name, octets }
        })
        .collect()
}

fn shortened(octets: &[u8]) -> Vec<u8> {
    let Some(mut elements) = parse(octets) else {
        return octets.to_vec();
    };
    for element in &mut elements {
        element.shorten();
    }
    encode(&elements)
}

fn change(octets: Vec<u8>, seeded: &mut Seeded) -> Vec<u8> {
    match (seeded.below(10), parse(&octets)) {
        (0..=6, Some(mut elements)) if !elements.is_empty() => {
            let mut left = seeded.below(elements.iter().map(Element::count).sum());
            change_element(&mut elements, &mut left, seeded);
            encode(&elements)
        }
        _ => change_octets(octets, seeded),
    }
}

/// Changes that keep every length around them right: at the element that has `left` others before it.
fn change_element(elements: &mut Vec<Element>, left: &mut usize, seeded: &mut Seeded) -> bool {
    for at in 0..elements.len() {
        if *left == 0 {
            change_at(elements, at, seeded);
            return true;
        }
        *left -= 1;
        if let Contents::Constructed(inside) = &mut elements[at].contents
            && change_element(inside, left, seeded)
        {
            return true;
        }
    }
    false
}

fn change_at(elements: &mut Vec<Element>, at: usize, seeded: &mut Seeded) {
    match seeded.below(9) {
        0 => {
            elements.remove(at);
        }
        1 => elements.insert(at, elements[at].clone()),
        2 => {
            let other = seeded.below(elements.len());
            elements.swap(at, other);
        }
        3 => elements[at].padding = 1 + seeded.below(INDEFINITE),
        4 => elements[at].tag = pick(seeded, &TAGS),
        6 => elements[at].tag ^= 0x20, // primitive or constructed
        5 => elements.push(Element {
            tag: 0xa9 + u8::try_from(seeded.below(6)).unwrap_or(0),
            contents: Contents::Primitive(vec![5, 0]),
            padding: 0,
        }),
        _ => elements[at].change_contents(seeded),
    }
}

fn change_octets(mut octets: Vec<u8>, seeded: &mut Seeded) -> Vec<u8> {
    if octets.is_empty() {
        return octets;
    }
    // Most of what is not ciphertext stands at the beginning.
    let reach = if seeded.below(2) == 0 {
        octets.len()
    } else {
        octets.len().min(96)
    };
    let at = seeded.below(reach);
    match seeded.below(8) {
        0 => octets.truncate(at),
        1 => {
            octets.remove(at);
        }
        2 => octets.insert(at, octets[at]),
        3 => octets[at] = octets[at].wrapping_add(1),
        4 => octets[at] = octets[at].wrapping_sub(1),
        5 => octets.extend([0; 3].iter().take(1 + seeded.below(3))),
        _ => octets[at] ^= 1 << seeded.below(8),
    }
    octets
}

const TAGS: [u8; 16] = [
    0x01, 0x02, 0x03, 0x04, 0x05, 0x0a, 0x0c, 0x16, 0x17, 0x18, 0x1b, 0x24, 0x30, 0x31, 0xa0, 0x7f,
];
const INTEGERS: [&[u8]; 14] = [
    &[],
    &[0],
    &[5],
    &[0xff],
    &[0xff, 0xfe],
    &[0x80],
    &[0, 5],
    &[0x7f, 0xff, 0xff, 0xff],
    &[0x80, 0, 0, 0],
    &[0, 0x80, 0, 0, 0],
    &[0xff, 0x7f, 0xff, 0xff, 0xff],
    &[1, 0, 0, 0, 0],
    &[0x0f, 0x42, 0x40],
    &[1, 2, 3, 4, 5, 6, 7, 8, 9],
];
const TIMES: [&[u8]; 12] = [
    b"20260230000000Z",
    b"20260231000000Z",
    b"20240229235959Z",
    b"20260101235960Z",
    b"19691231235959Z",
    b"19700101000000Z",
    b"00010101000000Z",
    b"99991231235959Z",
    b"20260101000000",
    b"20260101000000.5Z",
    b"20260101000000+0100",
    b"202601010000Z",
];
const BIT_STRINGS: [&[u8]; 8] = [
    &[],
    &[0],
    &[0, 0x20],
    &[5, 0x20],
    &[5, 0x3f],
    &[1, 0, 0, 0, 1],
    &[9, 0, 0, 0, 0],
    &[0, 0, 0, 0, 0, 0xff],
];
const OIDS: [&[u8]; 8] = [
    &[],
    &[0x86],
    &[0x80, 0x01],
    &[0x2a],
    &[0x2a, 0x80, 0x01],
    &[
        0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
    ],
    &[0xaa, 0x86, 0x48],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x02],
];
const STRINGS: [&[u8]; 6] = [
    b"",
    b"A",
    b"a\0b",
    b"M\xc3\xbcller",
    b"M\xfcller",
    b"a\x1b[31m\n",
];

fn pick<T: Copy>(seeded: &mut Seeded, from: &[T]) -> T {
    from[seeded.below(from.len())]
}

impl Element {
    fn count(&self) -> usize {
        match &self.contents {
            Contents::Primitive(_) => 1,
            Contents::Constructed(inside) => 1 + inside.iter().map(Self::count).sum::<usize>(),
        }
    }

    fn shorten(&mut self) {
        match &mut self.contents {
            Contents::Primitive(octets) => octets.truncate(24),
            Contents::Constructed(inside) => inside.iter_mut().for_each(Self::shorten),
        }
    }

    fn change_contents(&mut self, seeded: &mut Seeded) {
        let octets: &[u8] = match self.tag {
            0x02 | 0x0a => pick(seeded, &INTEGERS),
            0x03 => pick(seeded, &BIT_STRINGS),
            0x06 => pick(seeded, &OIDS),
            0x18 => pick(seeded, &TIMES),
            0x1b => pick(seeded, &STRINGS),
            _ => pick(seeded, &[&[], &[0], &[0x30, 0], &[0x86]]),
        };
        self.contents = Contents::Primitive(octets.to_vec());
    }
}

/// The elements that `octets` consist of, if they do.
fn parse(mut octets: &[u8]) -> Option<Vec<Element>> {
    let mut elements = Vec::new();
    while let [tag, rest @ ..] = octets {
        let (length, rest) = length::parse(rest)?;
        let (contents, rest) = rest.split_at_checked(length)?;
        let constructed = tag & 0x20 != 0;
        let contents = match constructed.then(|| parse(contents)).flatten() {
            Some(inside) => Contents::Constructed(inside),
            None => Contents::Primitive(contents.to_vec()),
        };
        let (tag, padding) = (*tag, 0);
        elements.push(Element {
            tag,
            contents,
            padding,
        });
        octets = rest;
    }
    Some(elements)
}

fn encode(elements: &[Element]) -> Vec<u8> {
    let mut output = Vec::new();
    for element in elements {
        let contents = match &element.contents {
            Contents::Primitive(octets) => octets.clone(),
            Contents::Constructed(inside) => encode(inside),
        };
        output.push(element.tag);
        if element.padding == INDEFINITE {
            output.push(0x80);
            output.extend(contents);
            output.extend([0, 0]);
            continue;
        }
        length::encode(contents.len(), element.padding, &mut output);
        output.extend(contents);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{corpus, ours, own};

    #[test]
    fn taking_apart_and_putting_together_changes_nothing() {
        for sample in corpus::samples().iter().chain(&own::samples()) {
            let elements = parse(&sample.octets).expect("a message");
            assert_eq!(encode(&elements), sample.octets, "{}", sample.name);
        }
    }

    #[test]
    fn a_shortened_message_is_still_one() {
        for sample in own::samples() {
            assert!(ours::decode(sample.kind, &shortened(&sample.octets)).is_ok());
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_octets() {
        let octets = |seed| {
            mutated(&own::samples(), 50, seed)
                .pop()
                .map(|last| last.octets)
        };
        assert_eq!(octets(1), octets(1));
        assert_ne!(octets(1), octets(2));
    }
}
