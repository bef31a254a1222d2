//! [`Pacs`]: whether tickets have PACs.

/// Whether the tickets of a realm have PACs ([MS-PAC]), and what they say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Pacs {
    /// None have, as of Heimdal and of MIT krb5 before 1.20.
    None,
    /// They name the client and nothing else: no SID and no group. As of MIT krb5 without a
    /// directory.
    ClientOnly,
    /// They have the account, its groups and its names, as of Active Directory.
    #[default]
    Account,
}
