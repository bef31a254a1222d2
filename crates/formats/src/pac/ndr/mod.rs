//! NDR, as much of it as PACs use: type serialization version 1 ([MS-RPCE] §2.2.6) of one structure
//! behind one pointer.

mod array;
mod fixed_part;
mod reader;
mod writer;

pub(super) use array::{DecodeElement, Element, EncodeElement};
pub use array::{NdrArray, NdrElements};
pub(super) use fixed_part::FixedPart;
pub(super) use reader::{ElementLayout, NdrReader, Pointer, TextHeader};
pub(super) use writer::NdrWriter;
