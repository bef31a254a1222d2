//! The bare DER of something that is not what it should be: tags and lengths, and the values of
//! those that cannot be keys, as far as they go.

use super::names::Mech;
use core::fmt::{self, Display, Formatter};
use portcullis::formats::der::{DecodeErrorKind, Reader};
use portcullis::formats::messages::KerberosString;

/// The most elements that are shown: enough to see where a structure goes wrong.
const MAX_SHOWN: usize = 64;
/// The most levels.
const MAX_DEPTH: usize = 16;
/// The longest value that is shown, in octets.
const LONGEST_VALUE: usize = 64;

/// X.690 §8.1.2.5: the bit that says that there are elements inside.
const CONSTRUCTED: u8 = 0x20;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const ENUMERATED: u8 = 0x0a;
const GENERALIZED_TIME: u8 = 0x18;
const GENERAL_STRING: u8 = 0x1b;

/// One element of DER.
#[derive(Debug)]
pub(super) struct Element<'a> {
    depth: usize,
    offset: usize,
    tag: u8,
    /// How long it says that it is.
    length: usize,
    /// As many of its octets as there are.
    contents: &'a [u8],
}

/// The elements of `octets`, which lie `offset` octets from the beginning of the whole.
pub(super) fn elements(octets: &[u8], offset: usize) -> Vec<Element<'_>> {
    let mut found = Vec::new();
    collect(octets, offset, 0, &mut found);
    found
}

fn collect<'a>(octets: &'a [u8], offset: usize, depth: usize, found: &mut Vec<Element<'a>>) {
    let mut rest = octets;
    while !rest.is_empty() && found.len() < MAX_SHOWN && depth < MAX_DEPTH {
        let Some((tag, length, contents, after)) = next(rest) else {
            return;
        };
        let before = octets.len().saturating_sub(rest.len());
        found.push(Element {
            depth,
            offset: offset.saturating_add(before),
            tag,
            length,
            contents,
        });
        if tag & CONSTRUCTED != 0 || holds_a_token(tag, contents) {
            let inside = contents.as_ptr().addr().checked_sub(octets.as_ptr().addr());
            let inside = offset.saturating_add(inside.unwrap_or_default());
            collect(contents, inside, depth.saturating_add(1), found);
        }
        rest = after;
    }
}

/// The next element: its tag, the length that it claims, what there is of it, and what follows.
fn next(octets: &[u8]) -> Option<(u8, usize, &[u8], &[u8])> {
    let mut input = Reader::new(octets);
    match input.any().map_err(|error| error.kind) {
        Ok((tag, contents)) => Some((tag, contents.len(), contents, input.rest())),
        Err(DecodeErrorKind::Truncated { needed, found }) => {
            let header = octets
                .len()
                .checked_sub(found)
                .filter(|length| *length > 1)?;
            let contents = octets.get(header..)?;
            Some((*octets.first()?, needed, contents, &[]))
        }
        Err(_) => None,
    }
}

/// Whether an OCTET STRING is one that SPNEGO carries a token in.
const fn holds_a_token(tag: u8, contents: &[u8]) -> bool {
    tag == OCTET_STRING && matches!(contents, [0x60 | 0x6e, ..])
}

impl Display for Element<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let indent = self.depth.saturating_mul(2);
        write!(f, "{:>5} {:indent$}{}", self.offset, "", Tag(self.tag))?;
        let (length, here) = (self.length, self.contents.len());
        match (self.tag, self.contents) {
            // The identifier of a Kerberos token reads like an element without contents.
            (tag @ 1..=5, []) if length == 0 => write!(f, " or token id {tag:02x} 00"),
            _ if here < length => write!(f, ", {length} octets, of which {here} are there"),
            (INTEGER | ENUMERATED, octets) if octets.len() <= 8 => {
                write!(f, " {}", integer(octets))
            }
            (OBJECT_IDENTIFIER, oid) => write!(f, " {}", Mech(oid)),
            (GENERALIZED_TIME | GENERAL_STRING, text) if text.len() <= LONGEST_VALUE => {
                write!(f, " {:?}", KerberosString(text))
            }
            _ => write!(f, ", {length} octets"),
        }
    }
}

/// An INTEGER of at most eight octets (X.690 §8.3).
fn integer(octets: &[u8]) -> i64 {
    let sign = octets
        .first()
        .map_or(0, |first| if first & 0x80 == 0 { 0 } else { -1 });
    octets.iter().fold(sign, |value: i64, octet| {
        value.wrapping_shl(8) | i64::from(*octet)
    })
}

/// An identifier octet in the words of ASN.1.
struct Tag(u8);

impl Display for Tag {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let number = self.0 & 0x1f;
        match self.0 {
            0x01 => f.write_str("BOOLEAN"),
            INTEGER => f.write_str("INTEGER"),
            0x03 => f.write_str("BIT STRING"),
            OCTET_STRING => f.write_str("OCTET STRING"),
            OBJECT_IDENTIFIER => f.write_str("OBJECT IDENTIFIER"),
            ENUMERATED => f.write_str("ENUMERATED"),
            GENERALIZED_TIME => f.write_str("GeneralizedTime"),
            GENERAL_STRING => f.write_str("GeneralString"),
            0x30 => f.write_str("SEQUENCE"),
            0x40..=0x7f => write!(f, "[APPLICATION {number}]"),
            0x80..=0xbf => write!(f, "[{number}]"),
            other => write!(f, "tag {other:#04x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(octets: &[u8], offset: usize) -> Vec<String> {
        let found = elements(octets, offset);
        found.iter().map(Element::to_string).collect()
    }

    #[test]
    fn each_element_stands_with_its_place_and_depth() {
        let octets = b"\x6e\x0f\x30\x07\xa0\x03\x02\x01\x85\x04\x00\x1b\x04a\nb\x07";
        assert_eq!(
            lines(octets, 13),
            [
                "   13 [APPLICATION 14], 15 octets",
                "   15   SEQUENCE, 7 octets",
                "   17     [0], 3 octets",
                "   19       INTEGER -123",
                "   22     OCTET STRING or token id 04 00",
                "   24   GeneralString \"a\\nb\\x07\"",
            ]
        );
    }

    #[test]
    fn what_is_cut_off_is_shown_up_to_there() {
        assert_eq!(
            lines(b"\x60\x30\x06\x06\x2b\x06\x01\x05\x05\x02\xa0\x20\x30", 0),
            [
                "    0 [APPLICATION 0], 48 octets, of which 11 are there",
                "    2   OBJECT IDENTIFIER spnego (1.3.6.1.5.5.2)",
                "   10   [0], 32 octets, of which 1 are there",
            ]
        );
        assert_eq!(lines(b"\x30\x80", 0), [""; 0]);
        assert_eq!(lines(b"\x30", 0), [""; 0]);
    }

    #[test]
    fn octets_that_may_be_a_key_are_counted_only() {
        assert_eq!(lines(b"\x04\x03key", 0), ["    0 OCTET STRING, 3 octets"]);
    }

    #[test]
    fn neither_depth_nor_number_is_unbounded() {
        let mut deep = Vec::new();
        for level in 0..60_u8 {
            deep.splice(0..0, [0x30, level.saturating_mul(2)]);
        }
        assert_eq!(elements(&deep, 0).len(), MAX_DEPTH);
        let many = [5, 0].repeat(1000);
        assert_eq!(elements(&many, 0).len(), MAX_SHOWN);
    }
}
