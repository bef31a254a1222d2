//! Lays a PAC out, with room for its signatures.

use super::{PacBufferType, PacSignature, RawPac};
use crate::registry::ChecksumTypeNumber;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

const HEADER_OCTETS: usize = 8;
const INFO_OCTETS: usize = 16;

/// A PAC under construction: its buffers, in the order in which they were added.
///
/// [MS-PAC] §2.8 wants the signatures made in this order, each over [`UnsignedPac::octets`] as they
/// are then, but the ticket's over the ticket and the KDC's over the service's:
/// TICKET_CHECKSUM, FULL_CHECKSUM, SERVER_CHECKSUM, KDC_CHECKSUM.
#[derive(Clone, Debug, Default)]
pub struct PacWriter {
    buffers: Vec<(PacBufferType, Vec<u8>)>,
}

impl PacWriter {
    /// A PAC without buffers.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            buffers: Vec::new(),
        }
    }

    /// Adds a buffer.
    #[must_use]
    pub fn buffer(mut self, buffer_type: PacBufferType, octets: impl Into<Vec<u8>>) -> Self {
        self.buffers.push((buffer_type, octets.into()));
        self
    }

    /// Adds a buffer for a signature that is to be made ([`UnsignedPac::sign`]); until then it is
    /// zeros, as many as the type has octets.
    #[must_use]
    pub fn signature(self, buffer_type: PacBufferType, checksum_type: ChecksumTypeNumber) -> Self {
        let placeholder = PacSignature {
            checksum_type,
            signature: &vec![0; PacSignature::octets_of(checksum_type).unwrap_or_default()],
            rodc_identifier: None,
        };
        let octets = placeholder.encode();
        self.buffer(buffer_type, octets)
    }

    /// Lays the buffers out, each at a multiple of eight, one after the other.
    #[must_use]
    pub fn finish(self) -> UnsignedPac {
        let infos = self.buffers.len().saturating_mul(INFO_OCTETS);
        let mut end = HEADER_OCTETS.saturating_add(infos);
        let mut octets = number(self.buffers.len()).to_le_bytes().to_vec();
        octets.extend_from_slice(&[0; 4]); // Version
        for (buffer_type, buffer) in &self.buffers {
            let offset = end.next_multiple_of(8);
            octets.extend_from_slice(&buffer_type.0.to_le_bytes());
            octets.extend_from_slice(&number(buffer.len()).to_le_bytes());
            octets.extend_from_slice(&u64::from(number(offset)).to_le_bytes());
            end = offset.saturating_add(buffer.len());
        }
        for (_, buffer) in &self.buffers {
            octets.resize(octets.len().next_multiple_of(8), 0);
            octets.extend_from_slice(buffer);
        }
        octets.resize(octets.len().next_multiple_of(8), 0);
        UnsignedPac { octets }
    }
}

/// A PAC whose signatures are zeros, or are being made. `Debug` tells its length.
#[derive(Clone, PartialEq, Eq)]
pub struct UnsignedPac {
    octets: Vec<u8>,
}

impl UnsignedPac {
    /// The PAC as far as it is signed.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The octets after the type in the buffer of a signature: what KDC_CHECKSUM is over, when the
    /// type is SERVER_CHECKSUM.
    #[must_use]
    pub fn signature_octets(&self, buffer_type: PacBufferType) -> Option<&[u8]> {
        self.octets.get(self.place(buffer_type)?)
    }

    /// Puts a signature where its zeros are, and with it the identifier of a read-only domain
    /// controller when there is room for one.
    ///
    /// # Errors
    /// [`PacSignError`] when there is no such buffer, or the signature does not fill it.
    pub fn sign(
        &mut self,
        buffer_type: PacBufferType,
        signature: &[u8],
    ) -> Result<(), PacSignError> {
        let place = self.place(buffer_type);
        let room = place.and_then(|place| self.octets.get_mut(place));
        match room.ok_or(PacSignError::NoBuffer)? {
            room if room.len() == signature.len() => room.copy_from_slice(signature),
            room => {
                return Err(PacSignError::Length {
                    expected: room.len(),
                    found: signature.len(),
                });
            }
        }
        Ok(())
    }

    /// The PAC.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.octets
    }

    fn place(&self, buffer_type: PacBufferType) -> Option<Range<usize>> {
        RawPac::decode(&self.octets)
            .ok()?
            .signature_octets(buffer_type)
    }
}

impl fmt::Debug for UnsignedPac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsignedPac")
            .field("octets", &self.octets.len())
            .finish()
    }
}

/// A signature that cannot be put into a PAC.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacSignError {
    /// The PAC has no buffer of that type, or is one that nobody would read.
    NoBuffer,
    /// The buffer has room for a signature of another length.
    Length {
        /// The octets that it has room for.
        expected: usize,
        /// The octets of the signature.
        found: usize,
    },
}

impl fmt::Display for PacSignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoBuffer => f.write_str("the PAC has no such buffer"),
            Self::Length { expected, found } => write!(
                f,
                "a signature of {found} octets where {expected} have room"
            ),
        }
    }
}

impl core::error::Error for PacSignError {}

/// As 32 bits; nothing of 4 GiB is ever written.
fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
