//! The account of a PAC and its groups, composed as [MS-KILE] §3.4.5.3 says.

use super::sid_filter::{self, Confines};
use super::{
    FileTime, GroupAttributes, GroupMembership, LogonInfo, Pac, PacText, Sid, SidAndAttributes,
    UpnDnsFlags, UserAccountControl, UserFlags,
};

impl Pac {
    /// The account's SID: what to authorise and to remember it by.
    #[must_use]
    pub fn user_sid(&self) -> Option<Sid> {
        user_sid(&self.logon_info()?)
    }

    /// The SID of the account's domain.
    #[must_use]
    pub fn domain_sid(&self) -> Option<Sid> {
        self.user_sid()?.domain()
    }

    /// The account's primary group, `Domain Users` for most; filtered as [`Pac::groups`].
    #[must_use]
    pub fn primary_group(&self) -> Option<Sid> {
        let info = self.logon_info()?;
        let group = info.logon_domain_id?.with_rid(info.primary_group_id).ok()?;
        let confines = self.confines.as_ref();
        confines
            .is_none_or(|confines| confines.pass_group(&group))
            .then_some(group)
    }

    /// The groups that the account is a member of, directly or not, with how each membership counts:
    /// those of its domain (the primary group too), then of other domains, then of this service's.
    ///
    /// SIDs that only a machine may give are left out ([MS-PAC] §4.1.2.2), and those that the
    /// [`SidFilter`](super::SidFilter) does not let pass.
    pub fn groups(&self) -> impl Iterator<Item = SidAndAttributes> + '_ {
        self.logon_info()
            .into_iter()
            .flat_map(|info| groups(info, self.confines.as_ref()))
    }

    /// All groups that were sent, whoever may give them: what a client is excluded for.
    pub(crate) fn sent_groups(&self) -> impl Iterator<Item = SidAndAttributes> + '_ {
        self.logon_info().into_iter().flat_map(|info| {
            own_groups(info)
                .chain(extra_groups(info))
                .chain(resource_groups(info))
        })
    }

    /// Whether the account is a member of a group, and the membership can grant something.
    #[must_use]
    pub fn is_member_of(&self, group: &Sid) -> bool {
        self.groups()
            .any(|membership| membership.sid == *group && grants(membership.attributes))
    }

    /// The account's name in its domain: `alice`; of a machine `PC-7$`.
    #[must_use]
    pub fn account_name(&self) -> Option<PacText<'_>> {
        let by_logon_info = self.logon_info().map(|info| info.effective_name);
        let by_names = || Some(self.upn_dns_info()?.account?.sam_name);
        by_logon_info.filter(not_empty).or_else(by_names)
    }

    /// The person's name: `Alice Liddell`. Not unique.
    #[must_use]
    pub fn full_name(&self) -> Option<PacText<'_>> {
        self.logon_info()
            .map(|info| info.full_name)
            .filter(not_empty)
    }

    /// The NetBIOS name of the account's domain: `EXAMPLE`.
    #[must_use]
    pub fn domain_name(&self) -> Option<PacText<'_>> {
        self.logon_info()
            .map(|info| info.logon_domain_name)
            .filter(not_empty)
    }

    /// The DNS name of the account's domain, in capitals from Windows: `EXAMPLE.TEST`.
    #[must_use]
    pub fn dns_domain_name(&self) -> Option<PacText<'_>> {
        self.upn_dns_info()
            .map(|info| info.dns_domain_name)
            .filter(not_empty)
    }

    /// The account's user principal name: `alice@example.test`.
    #[must_use]
    pub fn upn(&self) -> Option<PacText<'_>> {
        self.upn_dns_info().map(|info| info.upn).filter(not_empty)
    }

    /// Whether the account has no user principal name, and the KDC made one of its account name.
    #[must_use]
    pub fn is_upn_constructed(&self) -> bool {
        self.upn_dns_info()
            .is_some_and(|info| info.flags.contains(UpnDnsFlags::UPN_CONSTRUCTED))
    }

    /// When the account logged on.
    #[must_use]
    pub fn logon_time(&self) -> Option<FileTime> {
        self.logon_info().map(|info| info.logon_time)
    }

    /// The state of the account.
    #[must_use]
    pub fn user_account_control(&self) -> Option<UserAccountControl> {
        self.logon_info().map(|info| info.user_account_control)
    }

    /// What the KDC did when it wrote the account's part.
    #[must_use]
    pub fn user_flags(&self) -> Option<UserFlags> {
        self.logon_info().map(|info| info.user_flags)
    }

    /// Whether a service said who the client is (S4U2self): the client proved nothing to the KDC.
    #[must_use]
    pub fn is_asserted_by_service(&self) -> bool {
        self.groups()
            .any(|group| group.sid == Sid::SERVICE_ASSERTED_IDENTITY)
    }
}

fn not_empty(text: &PacText<'_>) -> bool {
    !text.is_empty()
}

/// Whether a membership can grant something: it is enabled, and not there to deny only.
fn grants(attributes: GroupAttributes) -> bool {
    attributes.contains(GroupAttributes::ENABLED)
        && !attributes.contains(GroupAttributes::USE_FOR_DENY_ONLY)
}

/// The account's SID. An account without an identifier of its own in the domain is the first of
/// the extra SIDs.
pub(super) fn user_sid(info: &LogonInfo<'_>) -> Option<Sid> {
    match info.user_id {
        0 => info.extra_sids.iter().next().map(|extra| extra.sid),
        rid => info.logon_domain_id?.with_rid(rid).ok(),
    }
}

/// All groups that the realm may give.
fn groups<'p>(
    info: LogonInfo<'p>,
    confines: Option<&'p Confines>,
) -> impl Iterator<Item = SidAndAttributes> + use<'p> {
    let passes = move |passes: fn(&Confines, &Sid) -> bool| {
        move |group: &SidAndAttributes| confines.is_none_or(|confines| passes(confines, &group.sid))
    };
    own_groups(info)
        .chain(extra_groups(info).filter(|group| sid_filter::may_be_sent(&group.sid)))
        .filter(passes(Confines::pass_group))
        .chain(resource_groups(info).filter(passes(Confines::pass_resource_group)))
}

/// Those of the account's domain, the primary group too.
fn own_groups<'p>(info: LogonInfo<'p>) -> impl Iterator<Item = SidAndAttributes> + use<'p> {
    let mut groups = info.group_ids.iter();
    let listed = groups.any(|group| group.relative_id == info.primary_group_id);
    let primary = (!listed).then_some(GroupMembership {
        relative_id: info.primary_group_id,
        attributes: GroupAttributes::ORDINARY,
    });
    let groups = info.group_ids.iter().chain(primary);
    groups.filter_map(move |group| of_domain(info.logon_domain_id, group))
}

/// Those of other domains and of none.
fn extra_groups<'p>(info: LogonInfo<'p>) -> impl Iterator<Item = SidAndAttributes> + use<'p> {
    info.extra_sids.iter().skip(usize::from(info.user_id == 0))
}

/// Those that were added for this service.
fn resource_groups<'p>(info: LogonInfo<'p>) -> impl Iterator<Item = SidAndAttributes> + use<'p> {
    let groups = info.resource_group_ids.iter();
    groups.filter_map(move |group| of_domain(info.resource_group_domain_sid, group))
}

fn of_domain(domain: Option<Sid>, group: GroupMembership) -> Option<SidAndAttributes> {
    let sid = domain?.with_rid(group.relative_id).ok()?;
    let attributes = group.attributes;
    Some(SidAndAttributes { sid, attributes })
}
