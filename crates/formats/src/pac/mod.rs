//! The Privilege Attribute Certificate of Active Directory ([MS-PAC]), read and written.
//!
//! [`RawPac`] is the container: typed buffers, each a structure of its own. Nothing here says that a
//! PAC is genuine: whoever wants to rely on a SID verifies the signatures first, with a key, which
//! this crate knows nothing of.
//!
//! ```text
//! PACTYPE   cBuffers u32, version u32 = 0, cBuffers times PAC_INFO_BUFFER, then the buffers
//! PAC_INFO_BUFFER   ulType u32, cbBufferSize u32, offset u64 from the start, a multiple of 8
//! ```
//!
//! Integers are little-endian. LOGON_INFO, S4U_DELEGATION_INFO, DEVICE_INFO and claims are NDR inside
//! (`ndr/reader.rs` tells how that goes); the others are flat. A structure that has been decoded has
//! been read to its end; lists in it are decoded again when somebody iterates, and no count in it
//! ever allocates; claims that come compressed are inflated within bounds.

mod attributes_info;
mod bits;
mod buffer_type;
mod claims;
mod client_info;
mod device_info;
mod encode_error;
mod file_time;
mod flat_reader;
mod groups;
mod logon_info;
mod ndr;
mod raw_pac;
mod s4u_delegation_info;
mod sid;
mod signature;
mod text;
mod upn_dns_info;
mod writer;
mod xpress_huffman;

pub use attributes_info::{AttributesInfo, PacAttributes};
pub use buffer_type::PacBufferType;
pub use claims::{Claim, ClaimSource, ClaimValues, Claims};
pub use client_info::ClientInfo;
pub use device_info::{DeviceInfo, DomainGroupMembership};
pub use encode_error::PacEncodeError;
pub use file_time::FileTime;
pub use groups::{GroupAttributes, GroupMembership, SidAndAttributes};
pub use logon_info::{LogonInfo, UserAccountControl, UserFlags, UserSessionKey};
pub use ndr::{NdrArray, NdrElements};
pub use raw_pac::{PacBuffer, PacBuffers, RawPac};
pub use s4u_delegation_info::S4uDelegationInfo;
pub use sid::{Sid, SidError};
pub use signature::PacSignature;
pub use text::PacText;
pub use upn_dns_info::{UpnDnsAccount, UpnDnsFlags, UpnDnsInfo};
pub use writer::{PacSignError, PacWriter, UnsignedPac};
