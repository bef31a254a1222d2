//! What a message becomes when it is decoded and encoded again.
//!
//! The octets come back as they were, but for what decoding tolerates: unknown fields are dropped,
//! flags of another length become 32 bits, a UInt32 that was sent as a negative number becomes
//! positive, and some empty lists vanish. That is the whole list, and [`reencodes`] holds it. The
//! code knows DER by itself: it must not share the mistakes of the reader.

use portcullis_formats::der::{Decode, Encode};

/// What a value is, as far as it may come back changed.
pub enum Shape {
    /// It comes back octet for octet.
    Same,
    /// KerberosFlags (RFC 4120 §5.2.8): it comes back as 32 bits.
    Flags,
    /// A UInt32, positive when it comes back.
    Unsigned,
    /// A list that does not come back when it is empty.
    List,
    /// A value inside another tag.
    Tagged(&'static Shape),
    /// A SEQUENCE of these context tags; fields with others do not come back.
    Sequence(&'static [(u8, &'static Shape)]),
}

/// The value that `input` is, if it is one; asserts what its encoding is.
pub fn reencodes<'a, T: Decode<'a> + Encode>(shape: &Shape, input: &'a [u8]) -> Option<T> {
    match T::from_der(input) {
        Ok(value) => {
            assert_eq!(value.to_der(), canonical(shape, input));
            Some(value)
        }
        Err(error) => {
            assert!(error.offset <= input.len(), "{error}");
            None
        }
    }
}

/// The octets of a good element as they come back.
fn canonical(shape: &Shape, element: &[u8]) -> Vec<u8> {
    let (tag, contents, _) = split(element);
    let contents = match shape {
        Shape::Same | Shape::List => contents.to_vec(),
        Shape::Flags => flags(contents),
        Shape::Unsigned => unsigned(contents),
        Shape::Tagged(inner) => canonical(inner, contents),
        Shape::Sequence(fields) => sequence(fields, contents),
    };
    put(tag, &contents)
}

fn sequence(fields: &[(u8, &Shape)], mut contents: &[u8]) -> Vec<u8> {
    let mut output = Vec::new();
    while !contents.is_empty() {
        let (tag, field, rest) = split(contents);
        contents = rest;
        match fields.iter().find(|(number, _)| tag == 0xa0 | number) {
            Some((_, Shape::List)) if split(field).1.is_empty() => {}
            Some((_, shape)) => output.extend(put(tag, &canonical(shape, field))),
            None => {}
        }
    }
    output
}

fn flags(contents: &[u8]) -> Vec<u8> {
    let mut bits = contents[1..].to_vec();
    if let Some(last) = bits.last_mut() {
        *last = *last >> contents[0] << contents[0];
    }
    bits.resize(4, 0);
    [&[0], bits.as_slice()].concat()
}

fn unsigned(contents: &[u8]) -> Vec<u8> {
    if contents[0] & 0x80 == 0 {
        return contents.to_vec();
    }
    let mut octets = vec![0];
    octets.resize(5 - contents.len(), 0xff);
    octets.extend(contents);
    octets
}

/// Tag and contents of the first element, and what comes after it.
fn split(octets: &[u8]) -> (u8, &[u8], &[u8]) {
    let (header, length) = match octets[1] {
        short @ ..0x80 => (2, usize::from(short)),
        long => {
            let header = 2 + usize::from(long & 0x7f);
            let length = octets[2..header].iter();
            (
                header,
                length.fold(0, |sum, octet| sum << 8 | usize::from(*octet)),
            )
        }
    };
    let (contents, rest) = octets[header..].split_at(length);
    (octets[0], contents, rest)
}

fn put(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let length = &length[length.iter().take_while(|octet| **octet == 0).count()..];
    let mut element = vec![tag];
    match length {
        [] => element.push(0),
        [short @ ..0x80] => element.push(*short),
        long => {
            element.push(0x80 | u8::try_from(long.len()).unwrap_or(0));
            element.extend(long);
        }
    }
    element.extend(contents);
    element
}
