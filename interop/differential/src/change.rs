//! One thing that is done to an element of a message, with a name for it.

use portcullis_interop::seeded::Seeded;

use crate::tree::{Contents, Length, Node};

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is not there.
    Absent,
    /// It is there twice.
    Twice,
    /// It stands behind its neighbour; if it has none, its length is written in two octets too many.
    Swapped,
    /// Its length is written in one octet too many.
    LongLength,
    /// Its length is not written.
    IndefiniteLength,
    /// Its tag is another.
    Tag(u8),
    /// An element follows that nobody knows.
    Followed,
    /// It holds nothing.
    Empty,
    /// It holds this.
    Is(&'static [u8]),
    /// One octet less.
    Shorter,
    /// One octet more.
    Longer,
    /// One bit is another.
    Bit(usize),
}

/// What an integer may be that it should not.
const INTEGERS: [&[u8]; 12] = [
    &[0],
    &[1],
    &[0xff],
    &[0x80],
    &[0, 5],
    &[0x7f, 0xff, 0xff, 0xff],
    &[0x80, 0, 0, 0],
    &[0, 0x80, 0, 0, 0],
    &[0, 0xff, 0xff, 0xff, 0xff],
    &[1, 0, 0, 0, 0],
    &[0x0f, 0x42, 0x40],
    &[1, 2, 3, 4, 5, 6, 7, 8, 9],
];
const TIMES: [&[u8]; 11] = [
    b"20260230000000Z",
    b"20260101235960Z",
    b"19691231235959Z",
    b"19700101000000Z",
    b"00010101000000Z",
    b"20380119031408Z",
    b"99991231235959Z",
    b"20260101000000",
    b"20260101000000.5Z",
    b"20260101000000+0100",
    b"260101000000Z",
];
const BIT_STRINGS: [&[u8]; 8] = [
    &[0],
    &[0, 0x20],
    &[5, 0x20],
    &[5, 0x3f],
    &[1, 0, 0, 0, 1],
    &[9, 0, 0, 0, 0],
    &[0, 0, 0, 0, 0, 0xff],
    &[0, 0xff, 0xff, 0xff, 0xff],
];
const OIDS: [&[u8]; 5] = [
    &[0x86],
    &[0x80, 0x01],
    &[0x2a, 0x80, 0x01],
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x02],
    &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a],
];
const STRINGS: [&[u8]; 6] = [
    b"A",
    b"a\0b",
    b"M\xc3\xbcller",
    b"M\xfcller",
    b"a\x1b[31m\n",
    b"a/b@C",
];
const TAGS: [u8; 6] = [0x02, 0x04, 0x1b, 0x30, 0xa0, 0xae];

/// All that can be done to this element, once each.
#[must_use]
pub fn all(node: &Node) -> Vec<Change> {
    let mut changes = vec![
        Change::Absent,
        Change::Twice,
        Change::Swapped,
        Change::LongLength,
        Change::IndefiniteLength,
        Change::Followed,
        Change::Empty,
    ];
    changes.extend(
        TAGS.iter()
            .filter(|tag| **tag != node.tag)
            .take(2)
            .copied()
            .map(Change::Tag),
    );
    changes.push(Change::Tag(node.tag ^ 0x20)); // primitive or constructed
    if let Contents::Octets(octets) = &node.contents {
        changes.extend([Change::Shorter, Change::Longer]);
        changes.extend(values(node.tag).iter().copied().map(Change::Is));
        if !octets.is_empty() {
            changes.extend([Change::Bit(0), Change::Bit(octets.len() * 8 - 1)]);
        }
    }
    changes
}

/// One of them, or another tag or bit.
#[must_use]
pub fn any(node: &Node, seeded: &mut Seeded) -> Change {
    match (&node.contents, seeded.below(12)) {
        (Contents::Octets(octets), 0..=3) if !octets.is_empty() => {
            Change::Bit(seeded.below(octets.len() * 8))
        }
        (_, 4) => Change::Tag(u8::try_from(seeded.below(256)).unwrap_or(0)),
        _ => {
            let all = all(node);
            all[seeded.below(all.len())].clone()
        }
    }
}

fn values(tag: u8) -> &'static [&'static [u8]] {
    match tag {
        0x02 | 0x0a => &INTEGERS,
        0x03 => &BIT_STRINGS,
        0x06 => &OIDS,
        0x18 => &TIMES,
        0x1b => &STRINGS,
        _ => &[],
    }
}

impl Change {
    /// Does it to the element that has `left` others before it; says which field that is, and what was done.
    pub fn apply(&self, nodes: &mut Vec<Node>, left: &mut usize) -> Option<String> {
        for at in 0..nodes.len() {
            if *left == 0 {
                let said = self.said_of(&nodes[at], nodes.len() == 1);
                self.at(nodes, at);
                return Some(said);
            }
            *left -= 1;
            if let Contents::Nodes(inside) = &mut nodes[at].contents
                && let Some(said) = self.apply(inside, left)
            {
                return Some(said);
            }
        }
        None
    }

    fn said_of(&self, node: &Node, alone: bool) -> String {
        // A field has a tag of its own and a value in it.
        let of = if node.is_field() { "" } else { "value " };
        let what = match self {
            Self::Absent => "absent".to_owned(),
            Self::Twice => "twice".to_owned(),
            Self::Swapped if alone => "longer length".to_owned(),
            Self::Swapped => "swapped".to_owned(),
            Self::LongLength => "long length".to_owned(),
            Self::IndefiniteLength => "indefinite length".to_owned(),
            Self::Tag(tag) => format!("tag {tag:02x}"),
            Self::Followed => "followed".to_owned(),
            Self::Empty => "empty".to_owned(),
            Self::Is(octets) if node.tag == 0x18 => format!("= {}", octets.escape_ascii()),
            Self::Is(octets) => format!("= {}", portcullis_interop::recorded::hex(octets)),
            Self::Shorter => "shorter".to_owned(),
            Self::Longer => "longer".to_owned(),
            Self::Bit(_) => "bit".to_owned(),
        };
        format!("{}: {of}{what}", node.name)
    }

    fn at(&self, nodes: &mut Vec<Node>, at: usize) {
        match self {
            Self::Absent => drop(nodes.remove(at)),
            Self::Twice => nodes.insert(at, nodes[at].clone()),
            Self::Swapped if at + 1 < nodes.len() => nodes.swap(at, at + 1),
            Self::Swapped if at > 0 => nodes.swap(at, at - 1),
            Self::Swapped => nodes[at].length = Length::Longer(2),
            Self::LongLength => nodes[at].length = Length::Longer(1),
            Self::IndefiniteLength => nodes[at].length = Length::Indefinite,
            Self::Tag(tag) => nodes[at].tag = *tag,
            Self::Followed => nodes.insert(at + 1, unknown(&nodes[at])),
            Self::Empty => nodes[at].contents = Contents::Octets(Vec::new()),
            Self::Is(octets) => nodes[at].contents = Contents::Octets(octets.to_vec()),
            Self::Shorter | Self::Longer | Self::Bit(_) => {
                if let Contents::Octets(octets) = &mut nodes[at].contents {
                    self.in_octets(octets);
                }
            }
        }
    }

    fn in_octets(&self, octets: &mut Vec<u8>) {
        match self {
            Self::Shorter => drop(octets.pop()),
            Self::Longer => octets.push(0x41),
            Self::Bit(bit) => {
                if let Some(octet) = octets.get_mut(bit / 8) {
                    *octet ^= 0x80 >> (bit % 8);
                }
            }
            _ => {}
        }
    }
}

/// `[30]` with a NULL in it.
fn unknown(neighbour: &Node) -> Node {
    Node {
        name: neighbour.name.clone(),
        tag: 0xbe,
        contents: Contents::Octets(vec![5, 0]),
        length: Length::Shortest,
    }
}
