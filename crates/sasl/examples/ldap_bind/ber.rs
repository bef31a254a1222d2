//! As much of BER as a bind needs (RFC 4511 §5.1): tag, definite length, contents.

use super::Fallible;

/// INTEGER.
pub(crate) const INTEGER: u8 = 0x02;
/// OCTET STRING.
pub(crate) const OCTETS: u8 = 0x04;
/// ENUMERATED.
pub(crate) const ENUMERATED: u8 = 0x0a;
/// SEQUENCE.
pub(crate) const SEQUENCE: u8 = 0x30;

/// SET.
pub(crate) const SET: u8 = 0x31;

/// Elements, one after the other.
pub(crate) struct Elements<'a>(pub(crate) &'a [u8]);

impl<'a> Elements<'a> {
    /// The contents of the next element, which has this tag.
    pub(crate) fn next(&mut self, tag: u8) -> Fallible<&'a [u8]> {
        match self.any()? {
            (found, contents) if found == tag => Ok(contents),
            (found, _) => Err(format!("element {found:#04x} where {tag:#04x} is due").into()),
        }
    }

    /// The contents of the next element if there is one; it has this tag then.
    pub(crate) fn optional(&mut self, tag: u8) -> Fallible<Option<&'a [u8]>> {
        match self.0 {
            [] => Ok(None),
            _ => self.next(tag).map(Some),
        }
    }

    /// The next element.
    pub(crate) fn any(&mut self) -> Fallible<(u8, &'a [u8])> {
        let header = Header::of(self.0)?.ok_or("an element that ends early")?;
        let contents = self.0.get(header.length..header.whole());
        let contents = contents.ok_or("an element that ends early")?;
        self.0 = self.0.get(header.whole()..).unwrap_or_default();
        Ok((header.tag, contents))
    }
}

/// What stands before an element's contents.
pub(crate) struct Header {
    tag: u8,
    /// The octets of tag and length.
    length: usize,
    /// The octets of the contents.
    contents: usize,
}

impl Header {
    /// The header that `octets` begin with; `None` when it is not whole yet.
    pub(crate) fn of(octets: &[u8]) -> Fallible<Option<Self>> {
        let [tag, first, rest @ ..] = octets else {
            return Ok(None);
        };
        let more = match first {
            0..=0x7f => 0,
            0x81..=0x84 => usize::from(first & 0x7f),
            _ => return Err("a length that LDAP does not have".into()),
        };
        let Some(more) = rest.get(..more) else {
            return Ok(None);
        };
        let long = |sum: usize, octet: &u8| sum << 8 | usize::from(*octet);
        let contents = match more {
            [] => usize::from(*first),
            _ => more.iter().fold(0, long),
        };
        Ok(Some(Self {
            tag: *tag,
            length: more.len().saturating_add(2),
            contents,
        }))
    }

    /// The octets of the whole element.
    pub(crate) const fn whole(&self) -> usize {
        self.length.saturating_add(self.contents)
    }
}

/// An element.
pub(crate) fn element(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let length = u32::try_from(contents.len()).unwrap_or(u32::MAX);
    let mut element = vec![tag];
    match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => element.push(short),
        _ => {
            element.push(0x84);
            element.extend_from_slice(&length.to_be_bytes());
        }
    }
    element.extend_from_slice(&contents);
    element
}
