//! PAC_CLIENT_INFO ([MS-PAC] §2.7): to which ticket the PAC belongs.

use super::flat_reader::FlatReader;
use super::{FileTime, PacEncodeError, PacText};
use crate::der::Result;
use alloc::vec::Vec;

/// PAC_CLIENT_INFO.
///
/// ```text
/// ClientId FILETIME | NameLength u16 | Name UTF-16LE
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientInfo<'a> {
    /// When the client authenticated itself to the KDC: the ticket's authtime.
    pub client_id: FileTime,
    /// The client's name without its realm, its components joined by `/`, nothing escaped.
    pub name: PacText<'a>,
}

impl<'a> ClientInfo<'a> {
    /// Reads the buffer. Octets after the name are left alone, as Windows leaves them.
    ///
    /// # Errors
    /// [`DecodeError`](crate::der::DecodeError) when it is too short.
    pub fn decode(octets: &'a [u8]) -> Result<Self> {
        let mut input = FlatReader::new(octets, "PAC_CLIENT_INFO");
        let client_id = FileTime(input.uint64("ClientId")?);
        let length = input.uint16("NameLength")?;
        Ok(Self {
            client_id,
            name: input.text_at(input.offset(), length.into(), "Name")?,
        })
    }

    /// Writes the buffer.
    ///
    /// # Errors
    /// [`PacEncodeError`] when the name takes 64 KiB.
    pub fn encode(&self) -> core::result::Result<Vec<u8>, PacEncodeError> {
        let length =
            u16::try_from(self.name.octet_count()).map_err(|_| PacEncodeError { field: "Name" })?;
        let mut octets = self.client_id.0.to_le_bytes().to_vec();
        octets.extend_from_slice(&length.to_le_bytes());
        self.name.write_to(&mut octets);
        Ok(octets)
    }
}
