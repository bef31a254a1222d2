//! Memberships: relative identifiers and SIDs, each with attributes ([MS-PAC] §2.2).

use super::Sid;
use super::bits::bits;
use super::ndr::{Element, EncodeElement, NdrReader, NdrWriter, Pointer};
use crate::der::Result;

bits! {
    /// How a membership counts ([MS-PAC] §2.2.1, SE_GROUP_ATTRIBUTES).
    GroupAttributes;
    MANDATORY = 0x1, "mandatory";
    ENABLED_BY_DEFAULT = 0x2, "enabled-by-default";
    ENABLED = 0x4, "enabled";
    OWNER = 0x8, "owner";
    /// The membership denies and never grants.
    USE_FOR_DENY_ONLY = 0x10, "use-for-deny-only";
    INTEGRITY = 0x20, "integrity";
    INTEGRITY_ENABLED = 0x40, "integrity-enabled";
    /// A domain-local group.
    RESOURCE = 0x2000_0000, "resource";
    LOGON_ID = 0xc000_0000, "logon-id";
}

impl GroupAttributes {
    /// What nearly every membership has: mandatory, enabled by default, enabled.
    pub const ORDINARY: Self = Self(0x7);
}

/// GROUP_MEMBERSHIP: a group of a domain that is named elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupMembership {
    /// What the domain calls the group.
    pub relative_id: u32,
    /// How the membership counts.
    pub attributes: GroupAttributes,
}

impl Element<'_> for GroupMembership {
    const FIXED_OCTETS: usize = 8;
    const ANY_OCTETS: bool = true;

    fn decode(fixed: &mut NdrReader<'_>, _: &mut NdrReader<'_>) -> Result<Self> {
        Ok(Self {
            relative_id: fixed.uint32("RelativeId")?,
            attributes: GroupAttributes(fixed.uint32("Attributes")?),
        })
    }
}

impl EncodeElement for GroupMembership {
    fn encode(&self, output: &mut NdrWriter) {
        output.uint32(self.relative_id);
        output.uint32(self.attributes.0);
    }
}

/// KERB_SID_AND_ATTRIBUTES: a group of any domain, or of none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SidAndAttributes {
    /// The group.
    pub sid: Sid,
    /// How the membership counts.
    pub attributes: GroupAttributes,
}

impl<'a> Element<'a> for SidAndAttributes {
    const FIXED_OCTETS: usize = 8;

    fn decode(fixed: &mut NdrReader<'a>, deferred: &mut NdrReader<'a>) -> Result<Self> {
        if fixed.pointer("Sid")? == Pointer::Null {
            return Err(fixed.wrong("a SID is missing", "Sid"));
        }
        Ok(Self {
            attributes: GroupAttributes(fixed.uint32("Attributes")?),
            sid: deferred.sid("Sid")?,
        })
    }
}

impl EncodeElement for SidAndAttributes {
    fn encode(&self, output: &mut NdrWriter) {
        output.sid(self.sid);
        output.uint32(self.attributes.0);
    }
}
