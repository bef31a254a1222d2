//! PACs ([MS-PAC]): what the KDC of a Windows domain says about an account, signed.
//!
//! | file | what it does |
//! | --- | --- |
//! | `profile` | what there is to say of a user: groups, SIDs, names |
//! | `contents` | the buffers that say it |
//! | `signed` | the buffers laid out and signed, with the ticket or without |
//! | `fault` | and what can be wrong with them |
//! | `group` | groups, and which identifiers belong to which names |

mod contents;
mod fault;
mod group;
mod profile;
mod signed;

pub(crate) use contents::{PacDraft, account_name, account_sid};
pub(crate) use group::Sids;
pub use group::TestGroup;
pub(crate) use profile::Profile;
