//! [`Profile`]: what there is to say of a user.

use portcullis_formats::pac::{GroupMembership, Sid, SidAndAttributes};

/// What there is to say of a user, beside the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    /// The names of groups of the user's realm.
    pub(crate) groups: Vec<String>,
    /// SIDs of other domains, or of none.
    pub(crate) extra_sids: Vec<SidAndAttributes>,
    /// Groups of the domain that the service is in.
    pub(crate) resource_groups: Option<(Sid, Vec<GroupMembership>)>,
    pub(crate) full_name: String,
    /// The user principal name; made of name and realm if there is none.
    pub(crate) upn: Option<String>,
}

impl Profile {
    pub(crate) fn add_groups(&mut self, groups: impl IntoIterator<Item = impl Into<String>>) {
        self.groups.extend(groups.into_iter().map(Into::into));
    }

    /// Whether only a PAC can say it.
    pub(crate) const fn needs_pac(&self) -> bool {
        !self.groups.is_empty() || !self.extra_sids.is_empty() || self.resource_groups.is_some()
    }
}
