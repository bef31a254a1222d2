//! UPN_DNS_INFO ([MS-PAC] §2.10): what the user is called, and by which domain.

use super::bits::bits;
use super::flat_reader::FlatReader;
use super::{PacEncodeError, PacText, Sid};
use crate::der::Result;
use alloc::vec::Vec;

bits! {
    /// What is to be known about the user's name.
    UpnDnsFlags;
    /// The account has no user principal name; this one was made from its account name.
    UPN_CONSTRUCTED = 0x1, "upn-constructed";
    /// Account name and SID are there. Written by [`UpnDnsInfo::encode`] as they are.
    EXTENDED = 0x2, "extended";
}

/// UPN_DNS_INFO.
///
/// ```text
/// UpnLength u16 | UpnOffset u16 | DnsDomainNameLength u16 | DnsDomainNameOffset u16 | Flags u32
/// with EXTENDED: SamNameLength u16 | SamNameOffset u16 | SidLength u16 | SidOffset u16
/// ```
///
/// Offsets count from the start of the buffer; the SID may stand anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpnDnsInfo<'a> {
    /// The user principal name: `alice@example.test`.
    pub upn: PacText<'a>,
    /// The domain's DNS name, in capitals from Windows: `EXAMPLE.TEST`.
    pub dns_domain_name: PacText<'a>,
    /// What is to be known about them.
    pub flags: UpnDnsFlags,
    /// Account name and SID, when they are sent.
    pub account: Option<UpnDnsAccount<'a>>,
}

/// The account in an extended UPN_DNS_INFO.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UpnDnsAccount<'a> {
    /// The account's name in its domain: `alice`.
    pub sam_name: PacText<'a>,
    /// The account's SID.
    pub sid: Sid,
}

const STRUCTURE: &str = "UPN_DNS_INFO";

impl<'a> UpnDnsInfo<'a> {
    /// Reads the buffer.
    ///
    /// # Errors
    /// [`DecodeError`](crate::der::DecodeError) when it is too short for what it says.
    pub fn decode(octets: &'a [u8]) -> Result<Self> {
        let mut input = FlatReader::new(octets, STRUCTURE);
        let upn = text(&mut input, "Upn")?;
        let dns_domain_name = text(&mut input, "DnsDomainName")?;
        let flags = UpnDnsFlags(input.uint32("Flags")?);
        let account = if flags.contains(UpnDnsFlags::EXTENDED) {
            let sam_name = text(&mut input, "SamName")?;
            let (at, length) = place(&mut input, "Sid")?;
            let sid = Sid::decode(input.octets_at(at, length, "Sid")?);
            let sid = sid.map_err(|error| error.shifted(at))?;
            Some(UpnDnsAccount { sam_name, sid })
        } else {
            None
        };
        Ok(Self {
            upn,
            dns_domain_name,
            flags,
            account,
        })
    }

    /// Writes the buffer as Windows lays it out: header, texts and SID at multiples of eight.
    ///
    /// # Errors
    /// [`PacEncodeError`] when it takes 64 KiB.
    pub fn encode(&self) -> core::result::Result<Vec<u8>, PacEncodeError> {
        let mut layout = Layout::new(match self.account {
            Some(_) => 24,
            None => 16,
        });
        let [upn, domain] = [self.upn, self.dns_domain_name].map(encoded);
        layout.place(&upn, "Upn")?;
        layout.place(&domain, "DnsDomainName")?;
        let extended = if self.account.is_some() {
            self.flags.0 | UpnDnsFlags::EXTENDED.0
        } else {
            self.flags.0 & !UpnDnsFlags::EXTENDED.0
        };
        layout.header.extend_from_slice(&extended.to_le_bytes());
        if let Some(account) = self.account {
            layout.place(&encoded(account.sam_name), "SamName")?;
            layout.place(&account.sid.encode(), "Sid")?;
        }
        Ok(layout.finish())
    }
}

/// Length, then offset.
fn place(input: &mut FlatReader<'_>, field: &'static str) -> Result<(usize, usize)> {
    let length = input.uint16(field)?;
    let at = input.uint16(field)?;
    Ok((at.into(), length.into()))
}

fn text<'a>(input: &mut FlatReader<'a>, field: &'static str) -> Result<PacText<'a>> {
    let (at, length) = place(input, field)?;
    input.text_at(at, length, field)
}

fn encoded(text: PacText<'_>) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.octet_count());
    text.write_to(&mut octets);
    octets
}

/// A header of lengths and offsets, and what they point to.
struct Layout {
    header: Vec<u8>,
    header_octets: usize,
    values: Vec<u8>,
}

impl Layout {
    const fn new(header_octets: usize) -> Self {
        Self {
            header: Vec::new(),
            header_octets,
            values: Vec::new(),
        }
    }

    fn place(
        &mut self,
        value: &[u8],
        field: &'static str,
    ) -> core::result::Result<(), PacEncodeError> {
        let at = self.header_octets.saturating_add(self.values.len());
        for number in [value.len(), at] {
            let number = u16::try_from(number).map_err(|_| PacEncodeError { field })?;
            self.header.extend_from_slice(&number.to_le_bytes());
        }
        self.values.extend_from_slice(value);
        self.values.resize(self.values.len().next_multiple_of(8), 0);
        Ok(())
    }

    fn finish(mut self) -> Vec<u8> {
        self.header.resize(self.header_octets, 0);
        self.header.extend_from_slice(&self.values);
        self.header
    }
}
