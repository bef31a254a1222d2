//! The subset of DER (X.690) that Kerberos speaks: explicit tags, definite minimal lengths.
//!
//! A message reads like its ASN.1: [`Reader`] and [`Writer`] have the same verbs, and what one
//! writes the other reads. Nothing is copied and nothing is allocated on the way in.

mod error;
mod reader;
mod sequence_of;
mod tag;
mod writer;

pub use error::{DecodeError, DecodeErrorKind, Fault, Result};
pub use reader::Reader;
pub use sequence_of::{Elements, SequenceOf, SequenceOfBuf};
pub use writer::Writer;

/// A type that is read from DER, borrowing from it.
pub trait Decode<'a>: Sized {
    /// Reads one value where `input` stands.
    ///
    /// # Errors
    /// [`DecodeError`], naming the field and the octet.
    fn decode(input: &mut Reader<'a>) -> Result<Self>;

    /// Reads one value that must be all of `octets`.
    ///
    /// # Errors
    /// [`DecodeError`], also for octets left over.
    fn from_der(octets: &'a [u8]) -> Result<Self> {
        let mut input = Reader::new(octets);
        let value = Self::decode(&mut input);
        if value.is_ok() {
            input.finish()?;
        }
        value
    }

    /// Reads one value at the start of `plaintext` that was padded to whole blocks of a cipher.
    ///
    /// PEER every one that encrypts with DES3: RFC 3961 §6.3 pads to eight octets with whatever
    /// values, and only the DER inside says how long the plaintext was.
    ///
    /// # Errors
    /// [`DecodeError`], also for more octets left over than padding has.
    fn from_padded_der(plaintext: &'a [u8]) -> Result<Self> {
        let mut input = Reader::new(plaintext);
        let value = Self::decode(&mut input);
        if value.is_ok() && input.rest().len() > LONGEST_PADDING {
            input.finish()?;
        }
        value
    }
}

/// Padding of fewer octets than a block of DES3 has (RFC 3961 §6.3).
const LONGEST_PADDING: usize = 7;

/// A type that is written as DER.
pub trait Encode {
    /// Appends the value to `output`.
    fn encode(&self, output: &mut Writer);

    /// The value alone.
    fn to_der(&self) -> alloc::vec::Vec<u8> {
        let mut output = Writer::new();
        self.encode(&mut output);
        output.into_vec()
    }
}

#[cfg(test)]
mod tests;
