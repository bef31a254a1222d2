//! The subset of DER (X.690) that Kerberos speaks: explicit tags, definite minimal lengths.
//!
//! A message reads like its ASN.1: [`Reader`] and [`Writer`] have the same verbs, and what one
//! writes the other reads. Nothing is copied and nothing is allocated on the way in.

mod error;
mod reader;
mod sequence_of;
mod writer;

pub use error::{DecodeError, DecodeErrorKind, Result};
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
        let value = Self::decode(&mut input)?;
        input.finish()?;
        Ok(value)
    }
}

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
