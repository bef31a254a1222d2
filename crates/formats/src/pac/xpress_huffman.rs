//! LZ77 with Huffman codes, as Windows compresses claims ([MS-XCA] §2.2).
//!
//! ```text
//! block   512 code lengths of four bits, the lower half of an octet first; then a stream of bits
//!         in 16-bit words, the highest bit first, with octets of long matches between the words
//! symbol  0 to 255: that octet; else a match: the low four bits + 3 its length, the next four the
//!         number of bits of its distance
//! ```
//!
//! What it makes is bounded before it is made: by the size that the sender tells, that by a multiple
//! of what came, and that by a limit.

use crate::der::{DecodeError, DecodeErrorKind, Result};
use alloc::vec::Vec;

/// More claims than any directory has.
const MOST_OCTETS: usize = 1 << 20;
/// More than texts compress: what came may not grow beyond this multiple.
const MOST_GROWTH: usize = 64;
const TABLE_OCTETS: usize = 256;
/// A block ends with the symbol that reaches so many octets.
const BLOCK_OCTETS: usize = 1 << 16;
const LONGEST_CODE: usize = 15;
/// All that fifteen bits can be; a code of n bits takes 2^-n of it.
const WHOLE: u32 = 1 << LONGEST_CODE;
/// The octets of a stream go on with zeros, of which a last symbol may want two words.
const MOST_WORDS_PAST_END: u8 = 2;

/// Inflates `compressed` to exactly `size` octets.
pub(super) fn inflate(compressed: &[u8], size: usize) -> Result<Vec<u8>> {
    let mut stream = Stream {
        rest: compressed,
        length: compressed.len(),
        bits: 0,
        extra: 0,
        words_past_end: 0,
    };
    if size > MOST_OCTETS.min(compressed.len().saturating_mul(MOST_GROWTH)) {
        return Err(stream.wrong("would be too large"));
    }
    let mut output = Vec::with_capacity(size.min(compressed.len().saturating_mul(4)));
    while output.len() < size {
        stream.block(&mut output, size)?;
    }
    Ok(output)
}

/// What is left of the compressed octets.
struct Stream<'a> {
    rest: &'a [u8],
    /// Of the whole.
    length: usize,
    /// The next bits, highest first.
    bits: u32,
    /// How many of them are more than sixteen.
    extra: u32,
    words_past_end: u8,
}

impl Stream<'_> {
    fn block(&mut self, output: &mut Vec<u8>, size: usize) -> Result<()> {
        let Some((table, rest)) = self.rest.split_first_chunk::<TABLE_OCTETS>() else {
            return Err(self.wrong("block without its code"));
        };
        self.rest = rest;
        let code = Code::of(table).ok_or_else(|| self.wrong("not a prefix code"))?;
        let high = u32::from(self.word()?);
        self.bits = high << 16 | u32::from(self.word()?);
        self.extra = 16;
        let end = output.len().saturating_add(BLOCK_OCTETS).min(size);
        while output.len() < end {
            let symbol = self.symbol(&code)?;
            match u8::try_from(symbol) {
                Ok(literal) => output.push(literal),
                Err(_) => self.matched(symbol & 0xff, output, size)?,
            }
        }
        Ok(())
    }

    /// Copies what a symbol of a match says, octet by octet: it may overlap what it makes.
    fn matched(&mut self, symbol: u16, output: &mut Vec<u8>, size: usize) -> Result<()> {
        let length = match symbol & 0xf {
            0xf => self.long_length()?,
            short => usize::from(short),
        };
        let length = length.saturating_add(3);
        let distance_bits = u32::from(symbol >> 4);
        let low = self
            .bits
            .checked_shr(32_u32.saturating_sub(distance_bits))
            .unwrap_or(0);
        self.advance(distance_bits)?;
        let distance = usize::try_from(1 << distance_bits | low).unwrap_or(usize::MAX);
        if length > size.saturating_sub(output.len()) {
            return Err(self.wrong("larger than it says"));
        }
        let start = output
            .len()
            .checked_sub(distance)
            .ok_or_else(|| self.wrong("match before the beginning"))?;
        for at in (start..).take(length) {
            let octet = output.get(at).copied().unwrap_or_default();
            output.push(octet);
        }
        Ok(())
    }

    /// The length of a match of eighteen and more, less three.
    fn long_length(&mut self) -> Result<usize> {
        let Some((octet, rest)) = self.rest.split_first() else {
            return Err(self.wrong("ends in a match"));
        };
        self.rest = rest;
        if *octet < u8::MAX {
            return Ok(usize::from(*octet).saturating_add(15));
        }
        let Some((length, rest)) = self.rest.split_first_chunk() else {
            return Err(self.wrong("ends in a match"));
        };
        self.rest = rest;
        match u16::from_le_bytes(*length) {
            0..15 => Err(self.wrong("long match that is short")),
            length => Ok(length.into()),
        }
    }

    fn symbol(&mut self, code: &Code) -> Result<u16> {
        let next = self.bits >> 17;
        let Some((symbol, length)) = code.find(next) else {
            return Err(self.wrong("not a prefix code"));
        };
        self.advance(length)?;
        Ok(symbol)
    }

    /// Passes over so many bits, at most fifteen.
    fn advance(&mut self, count: u32) -> Result<()> {
        self.bits = self.bits.checked_shl(count).unwrap_or(0);
        if let Some(left) = self.extra.checked_sub(count) {
            self.extra = left;
            return Ok(());
        }
        let missing = count.saturating_sub(self.extra);
        let word = u32::from(self.word()?);
        self.bits |= word.checked_shl(missing).unwrap_or(0);
        self.extra = 16_u32.saturating_sub(missing);
        Ok(())
    }

    fn word(&mut self) -> Result<u16> {
        if let Some((word, rest)) = self.rest.split_first_chunk() {
            self.rest = rest;
            return Ok(u16::from_le_bytes(*word));
        }
        self.words_past_end = self.words_past_end.saturating_add(1);
        if self.words_past_end > MOST_WORDS_PAST_END {
            return Err(self.wrong("ends early"));
        }
        Ok(0)
    }

    fn wrong(&self, rule: &'static str) -> DecodeError {
        let offset = self.length.saturating_sub(self.rest.len());
        DecodeError::new(DecodeErrorKind::Value(rule), offset).in_structure("XPRESS-Huffman")
    }
}

/// A canonical prefix code: shorter codes first, of equal length in the order of the symbols.
struct Code {
    /// How many codes there are of each length.
    counts: [u16; LONGEST_CODE + 1],
    /// The symbols in the order of their codes.
    symbols: [u16; 2 * TABLE_OCTETS],
}

impl Code {
    /// The code of a table, if it is complete and no more.
    fn of(table: &[u8; TABLE_OCTETS]) -> Option<Self> {
        let lengths = || table.iter().flat_map(|pair| [pair & 0xf, pair >> 4]);
        let mut code = Self {
            counts: [0; LONGEST_CODE + 1],
            symbols: [0; 2 * TABLE_OCTETS],
        };
        let mut places = code.symbols.iter_mut();
        let mut space: u32 = 0;
        for (length, count) in (0..=15).zip(&mut code.counts).skip(1) {
            for (symbol, _) in (0..).zip(lengths()).filter(|(_, own)| *own == length) {
                *places.next()? = symbol;
                *count = count.saturating_add(1);
                space = space.saturating_add(WHOLE >> length);
            }
        }
        (space == WHOLE).then_some(code)
    }

    /// The symbol whose code `next`, fifteen bits, begins with, and the length of its code.
    fn find(&self, next: u32) -> Option<(u16, u32)> {
        let (mut first, mut index) = (0_u32, 0_u32);
        for (length, count) in (0_u32..).zip(self.counts).skip(1) {
            let count = u32::from(count);
            let code = next >> 15_u32.saturating_sub(length);
            let place = code.checked_sub(first)?;
            if place < count {
                let at = usize::try_from(index.saturating_add(place)).ok()?;
                return Some((*self.symbols.get(at)?, length));
            }
            index = index.saturating_add(count);
            first = first.saturating_add(count) << 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portcullis_testdata::{hex, vectors};

    #[test]
    fn the_samples_of_ms_xca_inflate() {
        for vector in vectors("xpress_huffman") {
            let plain = hex(&vector["uncompressed"]);
            let compressed = hex(&vector["compressed"]);
            assert_eq!(inflate(&compressed, plain.len()).unwrap(), plain);
        }
    }

    #[test]
    fn another_size_than_it_has_is_refused() {
        for vector in vectors("xpress_huffman") {
            let plain = hex(&vector["uncompressed"]);
            let compressed = hex(&vector["compressed"]);
            assert!(inflate(&compressed, plain.len() + 300).is_err());
            for end in 0..compressed.len() - 2 {
                let outcome = inflate(&compressed[..end], plain.len());
                assert!(outcome.is_err() || end > compressed.len() - 8, "{end}");
            }
        }
    }

    #[test]
    fn what_would_be_too_large_is_refused_before_it_is_made() {
        let long = [0; 1 << 15];
        assert!(inflate(&long, usize::MAX).is_err());
        assert!(inflate(&long, (1 << 20) + 1).is_err());
        assert!(inflate(&[0; 300], 64 * 300 + 1).is_err());
        assert!(inflate(&[], 1).is_err());
        assert_eq!(inflate(&[], 0).unwrap(), b"");
    }

    #[test]
    fn a_code_that_is_incomplete_or_too_full_is_refused() {
        for pair in [0x00, 0x11, 0x88, 0xaa, 0xff] {
            assert!(Code::of(&[pair; TABLE_OCTETS]).is_none(), "{pair:x}");
        }
        assert!(Code::of(&[0x99; TABLE_OCTETS]).is_some());
    }

    /// [MS-XCA] §2.2.4: two words are read before the first symbol. Each symbol has nine bits.
    #[test]
    fn a_stream_goes_on_with_two_words_of_zeros() {
        let code = [0x99; TABLE_OCTETS];
        assert_eq!(inflate(&code, 1).unwrap(), [0]);
        let error = inflate(&code, 2).unwrap_err();
        assert_eq!(error.kind, DecodeErrorKind::Value("ends early"));
    }

    /// All symbols have codes of nine bits, in their order.
    #[test]
    fn a_match_before_the_beginning_is_refused() {
        let mut compressed = [0x99; TABLE_OCTETS].to_vec();
        compressed.extend_from_slice(&0x8000_u16.to_le_bytes()); // symbol 256: three octets from one before
        compressed.extend_from_slice(&[0; 8]);
        let error = inflate(&compressed, 10).unwrap_err();
        let kind = DecodeErrorKind::Value("match before the beginning");
        assert_eq!(error.kind, kind);
    }
}
