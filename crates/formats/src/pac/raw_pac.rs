//! Hot path. PACTYPE ([MS-PAC] §2.3, §2.4): the container, and its buffers as octets.
//!
//! All places are known to lie inside the PAC, after the header and apart from each other before
//! anybody sees one. Their sums are formed in 64 bits: on a machine of 32 they wrapped round in
//! three implementations at once (CVE-2022-42898).

use super::flat_reader::FlatReader;
use super::signature::TYPE_OCTETS;
use super::{PacBufferType, PacSignature};
use crate::der::{DecodeError, DecodeErrorKind, Result};
use core::fmt;
use core::ops::Range;

const STRUCTURE: &str = "PACTYPE";
const HEADER_OCTETS: usize = 8;
const INFO_OCTETS: usize = 16;
const ALIGNMENT: u64 = 8;
/// No known PAC has a third as many.
const MOST_BUFFERS: u32 = 64;

/// A PAC, not verified. `Debug` lists the buffers without their contents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawPac<'a> {
    octets: &'a [u8],
    /// A whole number of PAC_INFO_BUFFERs, all of them good.
    infos: &'a [[u8; INFO_OCTETS]],
}

/// A buffer of a PAC.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PacBuffer<'a> {
    /// What it holds.
    pub buffer_type: PacBufferType,
    /// Where it begins, from the start of the PAC.
    pub offset: usize,
    /// What it holds, undecoded.
    pub octets: &'a [u8],
}

impl<'a> RawPac<'a> {
    /// Reads the container.
    ///
    /// # Errors
    /// [`DecodeError`] when there is no buffer or are more than 64, when one lies outside the PAC,
    /// in its header, in another or at no multiple of eight, and when two are of the same known
    /// type.
    pub fn decode(octets: &'a [u8]) -> Result<Self> {
        let mut input = FlatReader::new(octets, STRUCTURE);
        let count = input.uint32("cBuffers")?;
        if count == 0 || count > MOST_BUFFERS {
            return Err(input.wrong("no buffer, or more than 64", "cBuffers"));
        }
        if input.uint32("Version")? != 0 {
            return Err(input.wrong("version is not 0", "Version"));
        }
        let header = usize::try_from(count).unwrap_or(usize::MAX);
        let (infos, _) = input
            .octets(header.saturating_mul(INFO_OCTETS), "Buffers")?
            .as_chunks::<INFO_OCTETS>();
        let pac = Self { octets, infos };
        for (index, info) in infos.iter().enumerate() {
            let place = Place::decode(info);
            pac.locate(place, index)?;
            let others = infos.get(..index).unwrap_or_default();
            pac.keep_apart(place, others, index)?;
        }
        Ok(pac)
    }

    /// The whole PAC.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// The buffers, in the order of the header.
    #[must_use]
    pub fn buffers(&self) -> PacBuffers<'a> {
        PacBuffers {
            octets: self.octets,
            infos: self.infos.iter(),
        }
    }

    /// The first buffer of a type; of a known type there is no second.
    #[must_use]
    pub fn buffer(&self, buffer_type: PacBufferType) -> Option<PacBuffer<'a>> {
        self.buffers()
            .find(|buffer| buffer.buffer_type == buffer_type)
    }

    /// The signature in the buffer of a type, if there is one.
    ///
    /// # Errors
    /// As [`PacSignature::decode`].
    pub fn signature(&self, buffer_type: PacBufferType) -> Result<Option<PacSignature<'a>>> {
        let decode = |buffer: PacBuffer<'a>| {
            PacSignature::decode(buffer.octets).map_err(|error| error.shifted(buffer.offset))
        };
        self.buffer(buffer_type).map(decode).transpose()
    }

    /// Where the octets after the signature's type lie: what signatures take for zeros
    /// ([MS-PAC] §2.8), and what the KDC's signature is over. `None` without such a buffer, or when
    /// it is shorter than the type.
    #[must_use]
    pub fn signature_octets(&self, buffer_type: PacBufferType) -> Option<Range<usize>> {
        let buffer = self.buffer(buffer_type)?;
        let length = buffer.octets.len().checked_sub(TYPE_OCTETS)?;
        let start = buffer.offset.checked_add(TYPE_OCTETS)?;
        Some(start..start.checked_add(length)?)
    }

    /// Whether a buffer lies where one may.
    fn locate(&self, place: Place, index: usize) -> Result<()> {
        let header = HEADER_OCTETS.saturating_add(self.infos.len().saturating_mul(INFO_OCTETS));
        let header = u64::try_from(header).unwrap_or(u64::MAX);
        let total = u64::try_from(self.octets.len()).unwrap_or(u64::MAX);
        if !place.offset.is_multiple_of(ALIGNMENT) {
            return Err(wrong_info("offset is not a multiple of eight", index));
        }
        if place.offset < header {
            return Err(wrong_info("buffer in the header", index));
        }
        match place.end() {
            Some(end) if end <= total => Ok(()),
            _ => Err(wrong_info("buffer outside the PAC", index)),
        }
    }

    /// Whether a buffer is apart from those before it, in place and in type.
    fn keep_apart(&self, place: Place, others: &[[u8; INFO_OCTETS]], index: usize) -> Result<()> {
        for other in others.iter().map(Place::decode) {
            if place.overlaps(other) {
                return Err(wrong_info("buffers overlap", index));
            }
            if place.buffer_type == other.buffer_type && place.buffer_type.name().is_some() {
                return Err(wrong_info("second buffer of its type", index));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RawPac<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.buffers()).finish()
    }
}

impl fmt::Debug for PacBuffer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, length) = (self.offset, self.octets.len());
        write!(f, "{}: {length} octets at {at}", self.buffer_type)
    }
}

/// The buffers of a PAC, in the order of its header.
#[derive(Clone, Debug)]
pub struct PacBuffers<'a> {
    octets: &'a [u8],
    infos: core::slice::Iter<'a, [u8; INFO_OCTETS]>,
}

impl<'a> Iterator for PacBuffers<'a> {
    type Item = PacBuffer<'a>;

    fn next(&mut self) -> Option<PacBuffer<'a>> {
        let place = Place::decode(self.infos.next()?);
        let offset = usize::try_from(place.offset).ok()?;
        let end = usize::try_from(place.end()?).ok()?;
        Some(PacBuffer {
            buffer_type: place.buffer_type,
            offset,
            octets: self.octets.get(offset..end)?,
        })
    }
}

/// PAC_INFO_BUFFER.
#[derive(Clone, Copy)]
struct Place {
    buffer_type: PacBufferType,
    size: u32,
    offset: u64,
}

impl Place {
    const fn decode(info: &[u8; INFO_OCTETS]) -> Self {
        let [t0, t1, t2, t3, s0, s1, s2, s3, offset @ ..] = *info;
        Self {
            buffer_type: PacBufferType(u32::from_le_bytes([t0, t1, t2, t3])),
            size: u32::from_le_bytes([s0, s1, s2, s3]),
            offset: u64::from_le_bytes(offset),
        }
    }

    fn end(self) -> Option<u64> {
        self.offset.checked_add(self.size.into())
    }

    fn overlaps(self, other: Self) -> bool {
        let begins_before_end = |a: Self, b: Self| b.end().is_some_and(|end| a.offset < end);
        begins_before_end(self, other)
            && begins_before_end(other, self)
            && self.size > 0
            && other.size > 0
    }
}

/// The PAC_INFO_BUFFER of this index breaks `rule`.
fn wrong_info(rule: &'static str, index: usize) -> DecodeError {
    let offset = HEADER_OCTETS.saturating_add(index.saturating_mul(INFO_OCTETS));
    DecodeError::new(DecodeErrorKind::Value(rule), offset).in_structure("PAC_INFO_BUFFER")
}
