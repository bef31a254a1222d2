//! Text in a PAC: UTF-16LE without a terminator on the wire, anything with characters to us.

use crate::escape;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Borrowed text: UTF-16LE as it was sent, or a `str` that is to be.
///
/// Two are equal when their UTF-16 code units are; nothing is normalised. Unpaired surrogates
/// survive decoding and encoding and print as U+FFFD.
#[derive(Clone, Copy)]
pub struct PacText<'a>(Source<'a>);

#[derive(Clone, Copy)]
enum Source<'a> {
    /// An even number of octets.
    Utf16(&'a [u8]),
    Str(&'a str),
}

impl<'a> PacText<'a> {
    /// No characters.
    pub const EMPTY: Self = Self(Source::Str(""));

    /// The text that these octets are in UTF-16LE; `None` when their number is odd.
    #[must_use]
    pub const fn from_utf16le(octets: &'a [u8]) -> Option<Self> {
        if octets.len().is_multiple_of(2) {
            Some(Self(Source::Utf16(octets)))
        } else {
            None
        }
    }

    /// Its UTF-16 code units.
    pub fn units(self) -> impl Iterator<Item = u16> + use<'a> {
        let (pairs, text) = match self.0 {
            Source::Utf16(octets) => (octets.as_chunks::<2>().0, ""),
            Source::Str(text) => (Default::default(), text),
        };
        let sent = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
        sent.chain(text.encode_utf16())
    }

    /// Its characters, with U+FFFD for unpaired surrogates.
    pub fn chars(self) -> impl Iterator<Item = char> + use<'a> {
        char::decode_utf16(self.units()).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Its characters as they are. `Display` is for logs and escapes what could forge a line.
    #[must_use]
    pub fn to_text(self) -> String {
        self.chars().collect()
    }

    /// Whether there are no characters.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        match self.0 {
            Source::Utf16(octets) => octets.is_empty(),
            Source::Str(text) => text.is_empty(),
        }
    }

    /// Text that was sent, without the NUL at its end; `None` when there is none.
    pub(super) fn without_terminator(self) -> Option<Self> {
        match self.0 {
            Source::Utf16(octets) => octets
                .strip_suffix(&[0, 0])
                .map(|text| Self(Source::Utf16(text))),
            Source::Str(_) => None,
        }
    }

    /// How many octets it takes in UTF-16LE.
    pub(super) fn octet_count(self) -> usize {
        match self.0 {
            Source::Utf16(octets) => octets.len(),
            Source::Str(text) => text.encode_utf16().count().saturating_mul(2),
        }
    }

    /// Appends it in UTF-16LE.
    pub(super) fn write_to(self, output: &mut Vec<u8>) {
        output.extend(self.units().flat_map(u16::to_le_bytes));
    }
}

impl<'a> From<&'a str> for PacText<'a> {
    fn from(text: &'a str) -> Self {
        Self(Source::Str(text))
    }
}

impl Default for PacText<'_> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl PartialEq for PacText<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.units().eq(other.units())
    }
}

impl Eq for PacText<'_> {}

impl PartialEq<str> for PacText<'_> {
    fn eq(&self, other: &str) -> bool {
        self.units().eq(other.encode_utf16())
    }
}

impl PartialEq<&str> for PacText<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Escaped where it could change how a line is laid out.
impl fmt::Display for PacText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chars()
            .try_for_each(|character| escape::print_character(character, "", f))
    }
}

impl fmt::Debug for PacText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn text_that_was_sent_equals_text_that_is_to_be() {
        let sent = PacText::from_utf16le(b"w\x002\0\x3d\xd8\x00\xde").unwrap();
        assert_eq!(sent, "w2\u{1f600}");
        assert_eq!(sent, PacText::from("w2\u{1f600}"));
        assert_ne!(sent, PacText::from("W2\u{1f600}"));
        assert_eq!(
            sent.octet_count(),
            PacText::from("w2\u{1f600}").octet_count()
        );
        assert_eq!(PacText::from_utf16le(b"odd"), None);
    }

    #[test]
    fn unpaired_surrogates_are_no_equals_of_their_replacement() {
        let lone = PacText::from_utf16le(b"\x00\xd8").unwrap();
        assert_eq!(lone.to_text(), "\u{fffd}");
        assert_ne!(lone, "\u{fffd}");
        let mut again = Vec::new();
        lone.write_to(&mut again);
        assert_eq!(again, b"\x00\xd8");
    }

    #[test]
    fn printed_text_forges_no_line() {
        assert_eq!(
            PacText::from("a\nb\u{202e}").to_string(),
            "a\\nb\\xe2\\x80\\xae"
        );
        assert_eq!(PacText::from("a\nb").to_text(), "a\nb");
    }
}
