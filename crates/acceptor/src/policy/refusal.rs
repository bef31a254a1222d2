//! [`Refusal`]: which condition a client does not meet.

use super::Group;
use core::fmt;
use portcullis_formats::gss::ContextFlags;
use portcullis_formats::messages::TicketFlags;
use portcullis_formats::principal::Principal;

/// Which condition a client does not meet. `Display` is for the operator; the client needs to know
/// no more than that it may not.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is of a realm that is not permitted.
    Realm {
        /// Who.
        client: Box<Principal>,
    },
    /// Its ticket lacks flags.
    TicketFlags {
        /// Who.
        client: Box<Principal>,
        /// Which.
        missing: TicketFlags,
    },
    /// It did not ask for flags of the context.
    ContextFlags {
        /// Who.
        client: Box<Principal>,
        /// Which.
        missing: ContextFlags,
    },
    /// It does not say that it sees our channel.
    ChannelBindings {
        /// Who.
        client: Box<Principal>,
    },
    /// It proved itself to the KDC in no way that is permitted.
    Indicator {
        /// Who.
        client: Box<Principal>,
        /// The permitted indicators.
        wanted: Vec<String>,
        /// Those that it has.
        found: Vec<String>,
    },
    /// Groups are asked for, and its ticket has no PAC with SIDs.
    NoSids {
        /// Who.
        client: Box<Principal>,
    },
    /// It is to have come itself, and its ticket has no PAC, or none that was looked at.
    NoPac {
        /// Who.
        client: Box<Principal>,
    },
    /// A service came for it, or said who it is.
    NotInPerson {
        /// Who.
        client: Box<Principal>,
    },
    /// A group is excluded of which no PAC tells: that is the machine's to say, not the KDC's.
    Untold {
        /// Who.
        client: Box<Principal>,
        /// Which.
        group: Group,
    },
    /// It is in a group that is excluded.
    Excluded {
        /// Who.
        client: Box<Principal>,
        /// Which.
        group: Group,
    },
    /// It is in none of several groups.
    Groups {
        /// Who.
        client: Box<Principal>,
        /// Which.
        wanted: Vec<Group>,
    },
}

impl Refusal {
    /// One word for metrics and logs; stable across releases.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Realm { .. } => "realm",
            Self::TicketFlags { .. } => "ticket-flags",
            Self::ContextFlags { .. } => "context-flags",
            Self::ChannelBindings { .. } => "channel-bindings",
            Self::Indicator { .. } => "indicator",
            Self::NoSids { .. } => "no-sids",
            Self::NoPac { .. } => "no-pac",
            Self::NotInPerson { .. } => "not-in-person",
            Self::Untold { .. } => "untold",
            Self::Excluded { .. } => "excluded",
            Self::Groups { .. } => "groups",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Realm { client } => write!(f, "{client} is of a realm that is not permitted"),
            Self::TicketFlags { client, missing } => {
                write!(f, "{client}'s ticket is not ")?;
                list(f, missing.names())
            }
            Self::ContextFlags { client, missing } => {
                write!(f, "{client} did not ask for ")?;
                list(f, missing.names())
            }
            Self::ChannelBindings { client } => {
                write!(f, "{client} is not bound to this channel")
            }
            Self::Indicator {
                client,
                wanted,
                found,
            } => {
                write!(f, "{client} did not log in by ")?;
                list(f, wanted)?;
                match found.is_empty() {
                    true => Ok(()),
                    false => f.write_str(", but by ").and_then(|()| list(f, found)),
                }
            }
            Self::NoSids { client } => {
                write!(f, "{client}'s ticket has no PAC that tells its groups")
            }
            Self::NoPac { client } => write!(
                f,
                "{client}'s ticket has no PAC that tells whether it came itself"
            ),
            Self::NotInPerson { client } => write!(f, "{client} did not come itself"),
            Self::Untold { client, group } => {
                write!(f, "no PAC tells whether {client} is in {group}")
            }
            Self::Excluded { client, group } => write!(f, "{client} is in {group}"),
            Self::Groups { client, wanted } => {
                write!(f, "{client} is in none of: ")?;
                list(f, wanted)
            }
        }
    }
}

fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    items: impl IntoIterator<Item = T>,
) -> fmt::Result {
    for (index, item) in items.into_iter().enumerate() {
        f.write_str(if index == 0 { "" } else { ", " })?;
        item.fmt(f)?;
    }
    Ok(())
}

impl core::error::Error for Refusal {}
