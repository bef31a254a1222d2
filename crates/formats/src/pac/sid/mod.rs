//! Security identifiers ([MS-DTYP] §2.4.2): who, across all domains.

mod text;
mod well_known;

use crate::der::{DecodeError, DecodeErrorKind, Result};
use alloc::vec::Vec;
use core::fmt;

/// No SID has more sub-authorities.
const MOST_SUB_AUTHORITIES: usize = 15;
const REVISION: u8 = 1;
const HEADER: usize = 8;

/// A security identifier: an authority and up to fifteen sub-authorities, `S-1-5-21-1-2-3-500`.
///
/// ```text
/// Revision u8 = 1 | SubAuthorityCount u8 | IdentifierAuthority u48, big-endian | SubAuthority u32...
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid {
    authority: u64,
    count: usize,
    /// Zero beyond `count`, so that equal SIDs are equal.
    sub_authorities: [u32; MOST_SUB_AUTHORITIES],
}

impl Sid {
    /// The SID of an authority below 2^48 and at most fifteen sub-authorities.
    ///
    /// # Errors
    /// [`SidError::Authority`], [`SidError::TooManySubAuthorities`].
    pub const fn new(
        authority: u64,
        sub_authorities: &[u32],
    ) -> core::result::Result<Self, SidError> {
        if authority >> 48 != 0 {
            return Err(SidError::Authority);
        }
        let mut sid = Self {
            authority,
            count: 0,
            sub_authorities: [0; MOST_SUB_AUTHORITIES],
        };
        let mut rest = sub_authorities;
        while let Some((sub_authority, others)) = rest.split_first() {
            sid = match sid.with_rid(*sub_authority) {
                Ok(longer) => longer,
                Err(error) => return Err(error),
            };
            rest = others;
        }
        Ok(sid)
    }

    /// Reads a SID and nothing else.
    ///
    /// # Errors
    /// [`DecodeError`] when the octets are not exactly one SID.
    pub fn decode(octets: &[u8]) -> Result<Self> {
        let (sid, rest) = Self::decode_first(octets)?;
        if rest.is_empty() {
            return Ok(sid);
        }
        Err(wrong(
            DecodeErrorKind::TrailingData { octets: rest.len() },
            octets.len().saturating_sub(rest.len()),
            "",
        ))
    }

    /// Reads a SID; also gives what follows it.
    pub(super) fn decode_first(octets: &[u8]) -> Result<(Self, &[u8])> {
        let truncated = |needed, found, at, field| {
            wrong(DecodeErrorKind::Truncated { needed, found }, at, field)
        };
        let Some((header, rest)) = octets.split_first_chunk::<HEADER>() else {
            return Err(truncated(HEADER, octets.len(), 0, "Revision"));
        };
        let [revision, count, a, b, c, d, e, f] = *header;
        if revision != REVISION {
            let kind = DecodeErrorKind::Constant {
                expected: REVISION.into(),
                found: revision.into(),
            };
            return Err(wrong(kind, 0, "Revision"));
        }
        let count = usize::from(count);
        if count > MOST_SUB_AUTHORITIES {
            let kind = DecodeErrorKind::Value("more than fifteen sub-authorities");
            return Err(wrong(kind, 1, "SubAuthorityCount"));
        }
        let needed = count.saturating_mul(4);
        let Some((encoded, rest)) = rest.split_at_checked(needed) else {
            return Err(truncated(needed, rest.len(), HEADER, "SubAuthority"));
        };
        let mut sub_authorities = [0; MOST_SUB_AUTHORITIES];
        let (encoded, _) = encoded.as_chunks::<4>();
        for (place, octets) in sub_authorities.iter_mut().zip(encoded) {
            *place = u32::from_le_bytes(*octets);
        }
        let sid = Self {
            authority: u64::from_be_bytes([0, 0, a, b, c, d, e, f]),
            count,
            sub_authorities,
        };
        Ok((sid, rest))
    }

    /// Writes it as [`Sid::decode`] reads it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut octets = Vec::with_capacity(self.encoded_len());
        let [_, _, authority @ ..] = self.authority.to_be_bytes();
        octets.extend_from_slice(&[REVISION, self.sub_authority_count()]);
        octets.extend_from_slice(&authority);
        for sub_authority in self.sub_authorities() {
            octets.extend_from_slice(&sub_authority.to_le_bytes());
        }
        octets
    }

    /// How many octets [`Sid::encode`] writes.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        HEADER.saturating_add(self.count.saturating_mul(4))
    }

    /// The identifier authority: 5 for Windows itself, 1 for the world, below 2^48.
    #[must_use]
    pub const fn authority(&self) -> u64 {
        self.authority
    }

    /// The sub-authorities, of which the last is the relative identifier of an account.
    #[must_use]
    pub fn sub_authorities(&self) -> &[u32] {
        self.sub_authorities.get(..self.count).unwrap_or_default()
    }

    /// How many sub-authorities there are.
    pub(super) fn sub_authority_count(&self) -> u8 {
        u8::try_from(self.count).unwrap_or(u8::MAX) // at most fifteen
    }

    /// The SID of the account that a domain with this SID calls `rid`.
    ///
    /// # Errors
    /// [`SidError::TooManySubAuthorities`] when this one has fifteen already.
    pub const fn with_rid(mut self, rid: u32) -> core::result::Result<Self, SidError> {
        match self.sub_authorities.split_at_mut_checked(self.count) {
            Some((_, [place, ..])) => *place = rid,
            _ => return Err(SidError::TooManySubAuthorities),
        }
        self.count = self.count.saturating_add(1);
        Ok(self)
    }

    /// The relative identifier: the last sub-authority.
    #[must_use]
    pub fn rid(&self) -> Option<u32> {
        self.sub_authorities().last().copied()
    }

    /// The SID without its last sub-authority: the domain of an account.
    #[must_use]
    pub fn domain(&self) -> Option<Self> {
        let (_, domain) = self.sub_authorities().split_last()?;
        Self::new(self.authority, domain).ok()
    }

    /// Whether it is that of a domain or machine, `S-1-5-21-x-y-z`.
    #[must_use]
    pub fn is_domain(&self) -> bool {
        self.authority == 5 && matches!(self.sub_authorities(), [21, _, _, _])
    }

    /// Whether it is that of an account or group of the domain `domain`.
    #[must_use]
    pub fn is_in(&self, domain: &Self) -> bool {
        self.domain().is_some_and(|own| own == *domain)
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What is no SID.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SidError {
    /// Text that is not `S-1-`, an authority, and sub-authorities with `-` before each.
    Text,
    /// An authority of more than 48 bits.
    Authority,
    /// More than fifteen sub-authorities.
    TooManySubAuthorities,
}

impl fmt::Display for SidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a SID reads S-1-authority-number-number",
            Self::Authority => "the authority of a SID has at most 48 bits",
            Self::TooManySubAuthorities => "a SID has at most fifteen sub-authorities",
        })
    }
}

impl core::error::Error for SidError {}

fn wrong(kind: DecodeErrorKind, offset: usize, field: &'static str) -> DecodeError {
    DecodeError::new(kind, offset)
        .in_field(field)
        .in_structure("SID")
}
