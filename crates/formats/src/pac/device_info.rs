//! PAC_DEVICE_INFO ([MS-PAC] §2.12): the machine at which the user sits, and its groups.

use super::ndr::{Element, NdrArray, NdrReader, Pointer};
use super::{GroupMembership, Sid, SidAndAttributes};
use crate::der::Result;

/// PAC_DEVICE_INFO, not verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceInfo<'a> {
    /// What the machine's domain calls it.
    pub user_id: u32,
    /// What the machine's domain calls its primary group.
    pub primary_group_id: u32,
    /// The SID of the machine's domain.
    pub account_domain_id: Option<Sid>,
    /// The groups of the machine's domain.
    pub account_group_ids: NdrArray<'a, GroupMembership>,
    /// SIDs of no domain.
    pub extra_sids: NdrArray<'a, SidAndAttributes>,
    /// Groups of other domains.
    pub domain_groups: NdrArray<'a, DomainGroupMembership<'a>>,
}

/// DOMAIN_GROUP_MEMBERSHIP ([MS-PAC] §2.2.3): groups of one domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DomainGroupMembership<'a> {
    /// The SID of the domain.
    pub domain_id: Option<Sid>,
    /// Its groups.
    pub group_ids: NdrArray<'a, GroupMembership>,
}

impl<'a> DeviceInfo<'a> {
    /// Reads the buffer.
    ///
    /// # Errors
    /// [`DecodeError`](crate::der::DecodeError) when it is not that structure and nothing else.
    pub fn decode(octets: &'a [u8]) -> Result<Self> {
        let mut input = NdrReader::open(octets, "PAC_DEVICE_INFO")?;
        let user_id = input.uint32("UserId")?;
        let primary_group_id = input.uint32("PrimaryGroupId")?;
        let domain = input.pointer("AccountDomainId")?;
        let (account_groups, extra_sids, domain_groups) =
            (list(&mut input)?, list(&mut input)?, list(&mut input)?);
        let info = Self {
            user_id,
            primary_group_id,
            account_domain_id: input.optional_sid(domain, "AccountDomainId")?,
            account_group_ids: input.array(
                account_groups.0,
                account_groups.1,
                "AccountGroupIds",
            )?,
            extra_sids: input.array(extra_sids.0, extra_sids.1, "ExtraSids")?,
            domain_groups: input.array(domain_groups.0, domain_groups.1, "DomainGroup")?,
        };
        input.finish()?;
        Ok(info)
    }
}

impl<'a> Element<'a> for DomainGroupMembership<'a> {
    const FIXED_OCTETS: usize = 12;

    fn decode(fixed: &mut NdrReader<'a>, deferred: &mut NdrReader<'a>) -> Result<Self> {
        let domain = fixed.pointer("DomainId")?;
        let (count, groups) = list(fixed)?;
        Ok(Self {
            domain_id: deferred.optional_sid(domain, "DomainId")?,
            group_ids: deferred.array(count, groups, "GroupIds")?,
        })
    }
}

/// The number of elements, and the pointer to them.
fn list(input: &mut NdrReader<'_>) -> Result<(u32, Pointer)> {
    Ok((input.uint32("Count")?, input.pointer("Count")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pac::GroupAttributes;
    use alloc::vec::Vec;

    /// Written by hand from [MS-PAC] §2.12: `S-1-5-21-1-2-3-1200`, group 515, `S-1-18-1`, and
    /// group 1300 of `S-1-5-21-7-8-9`.
    #[rustfmt::skip]
    const SAMPLE: [u32; 46] = [
        0x0008_1001, 0xcccc_cccc, 0xa8, 0, // headers
        0x2_0000, 1200, 515, 0x2_0004, // UserId, PrimaryGroupId, AccountDomainId
        1, 0x2_0008, 1, 0x2_000c, 1, 0x2_0010, // counts and pointers
        4, 0x0000_0401, 0x0500_0000, 21, 1, 2, 3, // AccountDomainId
        1, 515, 7, // AccountGroupIds
        1, 0x2_0014, 7, 1, 0x0000_0101, 0x1200_0000, 1, // ExtraSids
        1, 0x2_0018, 1, 0x2_001c, // DomainGroup
        4, 0x0000_0401, 0x0500_0000, 21, 7, 8, 9, // DomainId
        1, 1300, 7, // GroupIds
        0, // padding
    ];

    fn sample() -> Vec<u8> {
        SAMPLE.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    #[test]
    fn every_group_of_the_machine_is_read() {
        let octets = sample();
        let info = DeviceInfo::decode(&octets).unwrap();
        let member = |relative_id| GroupMembership {
            relative_id,
            attributes: GroupAttributes::ORDINARY,
        };
        let sid = |text: &str| text.parse::<Sid>().unwrap();
        assert_eq!((info.user_id, info.primary_group_id), (1200, 515));
        assert_eq!(info.account_domain_id, Some(sid("S-1-5-21-1-2-3")));
        assert!(info.account_group_ids.iter().eq([member(515)]));
        let extra: Vec<_> = info.extra_sids.iter().map(|extra| extra.sid).collect();
        assert_eq!(extra, [sid("S-1-18-1")]);
        let others: Vec<_> = info.domain_groups.iter().collect();
        assert_eq!(others.len(), 1);
        assert_eq!(others[0].domain_id, Some(sid("S-1-5-21-7-8-9")));
        assert!(others[0].group_ids.iter().eq([member(1300)]));
    }

    #[test]
    fn a_machine_that_ends_early_is_refused() {
        let octets = sample();
        for end in 0..octets.len().saturating_sub(8) {
            assert!(DeviceInfo::decode(&octets[..end]).is_err());
        }
    }
}
