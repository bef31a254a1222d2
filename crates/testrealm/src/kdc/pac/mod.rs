//! PACs in tickets: which tickets get one, what it says, and whether one that comes back is ours.
//!
//! | file | what it does |
//! | --- | --- |
//! | `policy` | whether the realm's tickets have them |
//! | `place` | where in a ticket they are |
//! | `verified` | one of a ticket that somebody shows us |
//! | `issued` | one for a new ticket |

mod issued;
mod place;
mod policy;
mod verified;

pub(super) use issued::{for_login, for_ticket, named, on_behalf};
pub(super) use place::{sealed_with_pac, without_pac};
pub use policy::Pacs;
pub(super) use verified::VerifiedPac;
