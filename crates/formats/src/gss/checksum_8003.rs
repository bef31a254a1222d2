//! Hot path. The authenticator's checksum of type 0x8003: flags, channel bindings, delegation.

use super::ContextFlags;
use alloc::vec::Vec;
use core::fmt;

const BINDINGS_LENGTH: u32 = 16;
const SHORTEST: usize = 24;
const DELEGATION_OPTION: u16 = 1;

/// What the initiator says about the context it wants (RFC 4121 §4.1.1), inside the encrypted
/// authenticator.
///
/// ```text
/// 0..3   Lgth    16, little-endian
/// 4..19  Bnd     MD5 of the channel bindings, or zeros
/// 20..23 Flags   little-endian
/// 24..25 DlgOpt  1, little-endian; from here to Deleg only with the flag DELEG
/// 26..27 Dlgth   little-endian
/// 28..   Deleg   KRB-CRED
/// then   Exts    { type, length, data }, big-endian (RFC 6542 §3)
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct GssChecksum<'a> {
    /// MD5 of the channel bindings; zeros when the initiator has none.
    pub bindings: [u8; 16],
    /// The flags as sent, of which an acceptor believes only some.
    pub flags: ContextFlags,
    /// The KRB-CRED of the forwarded credential. The flag DELEG alone does not make one: MIT krb5
    /// lets it stand without.
    pub delegation: Option<&'a [u8]>,
    /// What follows.
    pub extensions: GssExtensions<'a>,
}

impl<'a> GssChecksum<'a> {
    /// Reads the octets of a checksum of type 0x8003.
    ///
    /// # Errors
    /// [`GssChecksumError`], with the length or number that was found.
    pub fn decode(octets: &'a [u8]) -> Result<Self, GssChecksumError> {
        let too_short = GssChecksumError::TooShort {
            found: octets.len(),
        };
        let (length, rest) = octets.split_first_chunk().ok_or(too_short)?;
        let (bindings, rest) = rest.split_first_chunk().ok_or(too_short)?;
        let (flags, rest) = rest.split_first_chunk().ok_or(too_short)?;
        let length = u32::from_le_bytes(*length);
        if length != BINDINGS_LENGTH {
            return Err(GssChecksumError::BindingsLength { found: length });
        }
        let flags = ContextFlags(u32::from_le_bytes(*flags));
        let (delegation, rest) = split_delegation(flags, rest)?;
        Ok(Self {
            bindings: *bindings,
            flags,
            delegation,
            extensions: GssExtensions::decode(rest)?,
        })
    }

    /// Writes the octets of the checksum. The flags are written as they are.
    ///
    /// # Errors
    /// [`GssChecksumError::DelegationTooLong`]: a KRB-CRED beyond 65,535 octets cannot be sent.
    pub fn encode(&self) -> Result<Vec<u8>, GssChecksumError> {
        let mut output = Vec::with_capacity(SHORTEST);
        output.extend_from_slice(&BINDINGS_LENGTH.to_le_bytes());
        output.extend_from_slice(&self.bindings);
        output.extend_from_slice(&self.flags.0.to_le_bytes());
        if let Some(delegation) = self.delegation {
            let found = delegation.len();
            let length =
                u16::try_from(found).map_err(|_| GssChecksumError::DelegationTooLong { found })?;
            output.extend_from_slice(&DELEGATION_OPTION.to_le_bytes());
            output.extend_from_slice(&length.to_le_bytes());
            output.extend_from_slice(delegation);
        }
        output.extend_from_slice(self.extensions.octets());
        Ok(output)
    }
}

fn split_delegation(
    flags: ContextFlags,
    octets: &[u8],
) -> Result<(Option<&[u8]>, &[u8]), GssChecksumError> {
    let [o0, o1, l0, l1, rest @ ..] = octets else {
        return Ok((None, octets));
    };
    if !flags.contains(ContextFlags::DELEG) {
        return Ok((None, octets));
    }
    let option = u16::from_le_bytes([*o0, *o1]);
    if option != DELEGATION_OPTION {
        return Err(GssChecksumError::DelegationOption { found: option });
    }
    let needed = usize::from(u16::from_le_bytes([*l0, *l1]));
    match rest.split_at_checked(needed) {
        Some((delegation, rest)) => Ok((Some(delegation), rest)),
        None => Err(GssChecksumError::DelegationLength {
            needed,
            found: rest.len(),
        }),
    }
}

impl fmt::Debug for GssChecksum<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GssChecksum")
            .field("bindings", &self.bindings)
            .field("flags", &self.flags)
            // a KRB-CRED may be in clear, and holds session keys then
            .field("delegation_octets", &self.delegation.map(<[u8]>::len))
            .field("extensions", &self.extensions)
            .finish()
    }
}

/// The extensions of a [`GssChecksum`], each of which has been decoded once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GssExtensions<'a>(&'a [u8]);

impl<'a> GssExtensions<'a> {
    /// No extensions.
    pub const EMPTY: Self = Self(&[]);

    /// Reads `{ type, length, data }` to the end of `octets`.
    ///
    /// # Errors
    /// [`GssChecksumError::Extension`].
    pub fn decode(octets: &'a [u8]) -> Result<Self, GssChecksumError> {
        let mut rest = octets;
        while !rest.is_empty() {
            let at = octets.len().saturating_sub(rest.len());
            let (_, after) = split_extension(rest).ok_or(GssChecksumError::Extension {
                at,
                left: rest.len(),
            })?;
            rest = after;
        }
        Ok(Self(octets))
    }

    /// All of them, encoded.
    #[must_use]
    pub const fn octets(self) -> &'a [u8] {
        self.0
    }

    /// One after the other.
    pub fn iter(self) -> impl Iterator<Item = GssExtension<'a>> {
        let mut rest = self.0;
        core::iter::from_fn(move || {
            let (extension, after) = split_extension(rest)?;
            rest = after;
            Some(extension)
        })
    }
}

/// One extension of a [`GssChecksum`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GssExtension<'a> {
    /// Which; unknown ones are to be ignored (RFC 6542 §3).
    pub kind: u32,
    /// Its contents.
    pub data: &'a [u8],
}

fn split_extension(octets: &[u8]) -> Option<(GssExtension<'_>, &[u8])> {
    let (kind, rest) = octets.split_first_chunk()?;
    let (length, rest) = rest.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (data, rest) = rest.split_at_checked(length)?;
    let kind = u32::from_be_bytes(*kind);
    Some((GssExtension { kind, data }, rest))
}

/// A checksum of type 0x8003 that is not what RFC 4121 §4.1.1 says.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GssChecksumError {
    /// Fewer than the 24 octets that every such checksum has.
    TooShort {
        /// How many.
        found: usize,
    },
    /// The length before the channel bindings' hash is not 16.
    BindingsLength {
        /// What it is.
        found: u32,
    },
    /// The option number before a forwarded credential is not 1.
    DelegationOption {
        /// What it is.
        found: u16,
    },
    /// A forwarded credential ends beyond the checksum.
    DelegationLength {
        /// How many octets it claims.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// A forwarded credential beyond 65,535 octets, which the format cannot carry.
    DelegationTooLong {
        /// How many octets it has.
        found: usize,
    },
    /// An extension ends beyond the checksum.
    Extension {
        /// Where it begins, in octets after the first extension's beginning.
        at: usize,
        /// How many octets are left from there.
        left: usize,
    },
}

impl fmt::Display for GssChecksumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("checksum 0x8003: ")?;
        match *self {
            Self::TooShort { found } => write!(f, "{found} octets, at least {SHORTEST} wanted"),
            Self::BindingsLength { found } => {
                write!(f, "length of the channel bindings must be 16, is {found}")
            }
            Self::DelegationOption { found } => {
                write!(f, "delegation option must be 1, is {found}")
            }
            Self::DelegationLength { needed, found } => {
                write!(f, "delegated credential of {needed} octets, {found} left")
            }
            Self::DelegationTooLong { found } => {
                write!(
                    f,
                    "delegated credential of {found} octets, at most 65535 can be sent"
                )
            }
            Self::Extension { at, left } => {
                write!(
                    f,
                    "extension at octet {at} ends beyond the {left} octets left"
                )
            }
        }
    }
}

impl core::error::Error for GssChecksumError {}

#[cfg(test)]
mod tests;
