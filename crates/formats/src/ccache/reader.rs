//! Reads a credential cache: the header at once, the credentials as they are asked for.

use super::{CcacheError, CcacheErrorKind, Credential};
use crate::file_cursor::{ByteOrder, FileCursor, PastEnd};
use crate::messages::{AuthorizationDataElement, HostAddress, TicketFlags};
use crate::principal::{Principal, PrincipalError};
use crate::registry::{AddressType, AuthDataType, EtypeNumber, NameType};
use alloc::vec::Vec;
use core::fmt;

const VERSION_OCTETS: usize = 2;
const TAG_KDC_OFFSET: u16 = 1;

/// How far the KDC's clock is ahead of that of the machine that wrote the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdcOffset {
    /// Seconds; negative when the KDC is behind.
    pub seconds: i32,
    /// Microseconds beside them.
    pub microseconds: i32,
}

/// A credential cache, borrowed.
#[derive(Clone, Debug)]
pub struct CredentialCache<'a> {
    version: u8,
    kdc_offset: Option<KdcOffset>,
    default_principal: Principal,
    credentials: Credentials<'a>,
}

impl<'a> CredentialCache<'a> {
    /// Reads version, header and default principal.
    ///
    /// # Errors
    /// [`CcacheError`]; the credentials have their own.
    pub fn open(octets: &'a [u8]) -> Result<Self, CcacheError> {
        let (version, rest) = split_version(octets)?;
        let order = match version {
            1 | 2 => guess_byte_order(version, rest),
            _ => ByteOrder::Big,
        };
        let mut fields = Fields {
            input: FileCursor::new(rest, VERSION_OCTETS, order),
            version,
        };
        let kdc_offset = match version {
            4 => fields.header()?,
            _ => None,
        };
        Ok(Self {
            version,
            kdc_offset,
            default_principal: fields.principal("default principal")?,
            credentials: Credentials {
                fields,
                ended: false,
            },
        })
    }

    /// The version of the format, 1 to 4.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The offset of the KDC's clock, when the cache tells it.
    #[must_use]
    pub const fn kdc_offset(&self) -> Option<KdcOffset> {
        self.kdc_offset
    }

    /// Whose cache it is.
    #[must_use]
    pub const fn default_principal(&self) -> &Principal {
        &self.default_principal
    }

    /// The credentials in order, entries of configuration among them. They end after an error,
    /// since the place of the next one is lost.
    #[must_use]
    pub fn credentials(&self) -> Credentials<'a> {
        self.credentials.clone()
    }
}

fn split_version(octets: &[u8]) -> Result<(u8, &[u8]), CcacheError> {
    let error = |kind| CcacheError {
        offset: 0,
        field: "version",
        kind,
    };
    match octets.split_first_chunk::<VERSION_OCTETS>() {
        Some(([5, version @ 1..=4], rest)) => Ok((*version, rest)),
        Some((found, _)) => Err(error(CcacheErrorKind::Version { found: *found })),
        None => Err(error(CcacheErrorKind::Cut {
            needed: VERSION_OCTETS,
            found: octets.len(),
        })),
    }
}

/// Versions 1 and 2 do not say who wrote them; the number of the default principal's components is
/// small in one order and huge in the other.
fn guess_byte_order(version: u8, octets: &[u8]) -> ByteOrder {
    let count = |order| {
        let mut input = FileCursor::new(octets, 0, order);
        if version == 2 {
            input.uint32().ok()?; // name type
        }
        input.uint32().ok()
    };
    if count(ByteOrder::Big) < count(ByteOrder::Little) {
        ByteOrder::Big
    } else {
        ByteOrder::Little
    }
}

/// The credentials of a [`CredentialCache`].
#[derive(Clone)]
pub struct Credentials<'a> {
    fields: Fields<'a>,
    ended: bool,
}

impl<'a> Iterator for Credentials<'a> {
    type Item = Result<Credential<'a>, CcacheError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended || self.fields.input.rest().is_empty() {
            return None;
        }
        let credential = self.fields.credential();
        self.ended = credential.is_err();
        Some(credential)
    }
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("offset", &self.fields.input.offset())
            .finish_non_exhaustive()
    }
}

/// Reads the parts of which a cache is made.
#[derive(Clone)]
struct Fields<'a> {
    input: FileCursor<'a>,
    version: u8,
}

impl<'a> Fields<'a> {
    fn header(&mut self) -> Result<Option<KdcOffset>, CcacheError> {
        let header = self.read("header", FileCursor::counted_by_uint16)?;
        let offset = self.input.offset().saturating_sub(header.len());
        let mut inside = Self {
            input: FileCursor::new(header, offset, ByteOrder::Big),
            version: self.version,
        };
        let mut kdc_offset = None;
        while !inside.input.rest().is_empty() {
            let tag = inside.read("header tag", FileCursor::uint16)?;
            let offset = inside.input.offset();
            let value = inside.read("header field", FileCursor::counted_by_uint16)?;
            if tag == TAG_KDC_OFFSET {
                kdc_offset = Some(read_kdc_offset(offset, value)?);
            }
        }
        Ok(kdc_offset)
    }

    fn principal(&mut self, field: &'static str) -> Result<Principal, CcacheError> {
        let offset = self.input.offset();
        let name_type = match self.version {
            1 => NameType::UNKNOWN,
            _ => NameType(self.read(field, FileCursor::uint32)?.cast_signed()),
        };
        let count = self.read(field, FileCursor::uint32)?;
        let count = match self.version {
            1 => count.saturating_sub(1), // the realm is counted
            _ => count,
        };
        let realm = self.octets(field)?;
        let components = (0..count)
            .map(|_| self.octets(field))
            .collect::<Result<Vec<_>, _>>()?;
        let kind = match Principal::new(realm, components) {
            Ok(principal) => return Ok(principal.with_name_type(name_type)),
            Err(PrincipalError::NoComponents) => CcacheErrorKind::NoComponents,
            Err(_) => CcacheErrorKind::TooManyComponents,
        };
        Err(CcacheError {
            offset,
            field,
            kind,
        })
    }

    fn credential(&mut self) -> Result<Credential<'a>, CcacheError> {
        let client = self.principal("client")?;
        let server = self.principal("server")?;
        let etype = self.type_number("enctype")?;
        if self.version == 3 {
            self.type_number("enctype")?; // stands there twice
        }
        Ok(Credential {
            client,
            server,
            etype: EtypeNumber(etype),
            key: self.octets("key")?,
            authtime: self.read("authtime", FileCursor::uint32)?,
            starttime: self.read("starttime", FileCursor::uint32)?,
            endtime: self.read("endtime", FileCursor::uint32)?,
            renew_till: self.read("renew-till", FileCursor::uint32)?,
            is_skey: self.read("is_skey", FileCursor::uint8)? != 0,
            ticket_flags: TicketFlags(self.read("ticket flags", FileCursor::uint32)?),
            addresses: self.list("address", |addr_type, address| HostAddress {
                addr_type: AddressType(addr_type),
                address,
            })?,
            authdata: self.list("authdata", |ad_type, ad_data| AuthorizationDataElement {
                ad_type: AuthDataType(ad_type),
                ad_data,
            })?,
            ticket: self.octets("ticket")?,
            second_ticket: self.octets("second ticket")?,
        })
    }

    fn list<T>(
        &mut self,
        field: &'static str,
        element: impl Fn(i32, &'a [u8]) -> T,
    ) -> Result<Vec<T>, CcacheError> {
        let count = self.read(field, FileCursor::uint32)?;
        (0..count)
            .map(|_| Ok(element(self.type_number(field)?, self.octets(field)?)))
            .collect()
    }

    /// 16 bits, of which private types use the sign.
    fn type_number(&mut self, field: &'static str) -> Result<i32, CcacheError> {
        self.read(field, FileCursor::uint16)
            .map(|number| number.cast_signed().into())
    }

    fn octets(&mut self, field: &'static str) -> Result<&'a [u8], CcacheError> {
        self.read(field, FileCursor::counted_by_uint32)
    }

    fn read<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut FileCursor<'a>) -> Result<T, PastEnd>,
    ) -> Result<T, CcacheError> {
        read(&mut self.input).map_err(|past| CcacheError::cut(self.input.offset(), field, past))
    }
}

fn read_kdc_offset(offset: usize, value: &[u8]) -> Result<KdcOffset, CcacheError> {
    let mut input = FileCursor::new(value, offset, ByteOrder::Big);
    let (seconds, microseconds) = input
        .uint32()
        .and_then(|seconds| Ok((seconds, input.uint32()?)))
        .map_err(|past| CcacheError::cut(offset, "KDC offset", past))?;
    Ok(KdcOffset {
        seconds: seconds.cast_signed(),
        microseconds: microseconds.cast_signed(),
    })
}
