//! [`PacDraft`]: the buffers of a PAC before they are signed.

use super::group::DOMAIN_USERS;
use super::group::Kind;
use super::{Profile, Sids};
use crate::draft::Edit;
use crate::must;
use crate::realm::Realm;
use core::fmt;
use portcullis::Principal;
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::pac::{
    AttributesInfo, ClientInfo, FileTime, GroupAttributes, GroupMembership, LogonInfo, NdrArray,
    PacAttributes, PacBufferType, PacText, RawPac, S4uDelegationInfo, Sid, UpnDnsAccount,
    UpnDnsFlags, UpnDnsInfo, UserAccountControl, UserFlags,
};

/// The buffers of a PAC before they are signed.
#[derive(Clone)]
pub(crate) struct PacDraft {
    /// In this order, without signatures.
    pub(super) buffers: Vec<(PacBufferType, Vec<u8>)>,
    pub(super) server_signature: ServerSignature,
    /// Signatures that are left out.
    pub(super) unsigned: Vec<PacBufferType>,
    /// Signatures of which one bit is another.
    pub(super) tampered: Vec<PacBufferType>,
    pub(super) edits: Vec<Edit>,
}

/// What the service's signature is.
#[derive(Clone, Copy, Default)]
pub(super) enum ServerSignature {
    /// What the service's key makes.
    #[default]
    Proper,
    /// An MD5, which anybody can make (CVE-2014-6324).
    Unkeyed,
    /// Of the type that goes with another key (CVE-2022-37967).
    OtherType,
    /// Of the right type, and too short for it (CVE-2016-2126).
    Short,
}

impl PacDraft {
    const fn of(buffers: Vec<(PacBufferType, Vec<u8>)>) -> Self {
        Self {
            buffers,
            server_signature: ServerSignature::Proper,
            unsigned: Vec::new(),
            tampered: Vec::new(),
            edits: Vec::new(),
        }
    }

    /// The PAC of a login of `client` at `authtime` without an account, as MIT's KDC makes it:
    /// CLIENT_INFO alone.
    pub(crate) fn of_login(client: &Principal, authtime: KerberosTime) -> Self {
        let name = account_name(client);
        let info = ClientInfo {
            client_id: FileTime::from_unix(authtime.as_unix()),
            name: PacText::from(name.as_str()),
        };
        let info = must(info.encode(), "CLIENT_INFO");
        Self::of(vec![(PacBufferType::CLIENT_INFO, info)])
    }

    /// The PAC of a login of `client`, an account of `realm` or of the realm that its name says,
    /// with LOGON_INFO, CLIENT_INFO and UPN_DNS_INFO, as Windows makes it for services.
    pub(crate) fn of_account(
        realm: &Realm,
        client: &Principal,
        profile: &Profile,
        authtime: KerberosTime,
    ) -> Self {
        let account = Account::of(realm, client, profile);
        let mut draft = Self::of_login(client, authtime);
        let logon_info = (PacBufferType::LOGON_INFO, account.logon_info(authtime));
        draft.buffers.insert(0, logon_info);
        draft.buffer(PacBufferType::UPN_DNS_INFO, account.upn_dns_info())
    }

    /// The buffers of a PAC that are not signatures.
    pub(crate) fn copied(pac: &RawPac<'_>) -> Self {
        let contents = pac.buffers().filter(|it| !is_signature(it.buffer_type));
        let contents = contents.map(|it| (it.buffer_type, it.octets.to_vec()));
        Self::of(contents.collect())
    }

    /// With what the PAC of a ticket-granting ticket has beside: who asked for it, and why it is
    /// there.
    pub(crate) fn of_tgt(self, requestor: Sid, attributes: PacAttributes) -> Self {
        let attributes = AttributesInfo { flags: attributes }.encode();
        self.buffer(PacBufferType::ATTRIBUTES_INFO, attributes)
            .buffer(PacBufferType::REQUESTOR, requestor.encode())
    }

    /// With the services that the client came through, the latest last, and where to (S4U2proxy).
    pub(crate) fn delegated(self, target: &str, services: &[String]) -> Self {
        let services: Vec<_> = services
            .iter()
            .map(|it| PacText::from(it.as_str()))
            .collect();
        let info = S4uDelegationInfo {
            s4u2proxy_target: PacText::from(target),
            transited_services: NdrArray::from(services.as_slice()),
        };
        let info = must(info.encode(), "S4U_DELEGATION_INFO");
        self.buffer(PacBufferType::S4U_DELEGATION_INFO, info)
    }

    /// With this buffer, in the place of the one of its type if there is one.
    pub(crate) fn buffer(mut self, buffer_type: PacBufferType, octets: Vec<u8>) -> Self {
        let mut present = self.buffers.iter_mut();
        match present.find(|(present, _)| *present == buffer_type) {
            Some((_, present)) => *present = octets,
            None => self.buffers.push((buffer_type, octets)),
        }
        self
    }

    /// Without the buffer or the signature of this type.
    pub(crate) fn without(mut self, buffer_type: PacBufferType) -> Self {
        self.buffers.retain(|(present, _)| *present != buffer_type);
        self.unsigned.push(buffer_type);
        self
    }
}

impl PacDraft {
    /// Changed so after it was signed.
    pub(crate) fn edited(mut self, edits: &[Edit]) -> Self {
        self.edits.extend_from_slice(edits);
        self
    }
}

/// Whether a buffer is a signature.
const fn is_signature(buffer_type: PacBufferType) -> bool {
    matches!(
        buffer_type,
        PacBufferType::SERVER_CHECKSUM
            | PacBufferType::KDC_CHECKSUM
            | PacBufferType::TICKET_CHECKSUM
            | PacBufferType::FULL_CHECKSUM
    )
}

/// The SID of this account, of `realm` or of the realm that its name says.
pub(crate) fn account_sid(realm: &Realm, client: &Principal) -> Sid {
    let name = account_name(client);
    Sids::of_realm(realm, client, |sids| sids.of(Kind::User, &name))
}

/// The components with `/` between them, nothing escaped ([MS-PAC] §2.7).
pub(crate) fn account_name(principal: &Principal) -> String {
    let components = principal.components().map(String::from_utf8_lossy);
    components.collect::<Vec<_>>().join("/")
}

/// An account of a domain.
struct Account<'p> {
    name: String,
    domain: Sid,
    /// The realm, as DNS and as people have it.
    dns_name: String,
    rid: u32,
    groups: Vec<GroupMembership>,
    profile: &'p Profile,
}

impl<'p> Account<'p> {
    fn of(realm: &Realm, client: &Principal, profile: &'p Profile) -> Self {
        let name = account_name(client);
        Sids::of_realm(realm, client, |sids| {
            let own = profile.groups.iter().map(|it| sids.rid(Kind::Group, it));
            let groups = [DOMAIN_USERS].into_iter().chain(own).map(membership);
            Self {
                domain: sids.domain(),
                dns_name: String::from_utf8_lossy(client.realm().0).into_owned(),
                rid: sids.rid(Kind::User, &name),
                groups: groups.collect(),
                name: name.clone(),
                profile,
            }
        })
    }

    fn logon_info(&self, authtime: KerberosTime) -> Vec<u8> {
        let now = FileTime::from_unix(authtime.as_unix());
        let netbios = self.dns_name.split('.').next().unwrap_or_default();
        let netbios = netbios.to_uppercase();
        let resource = self.profile.resource_groups.as_ref();
        let present = |flag: UserFlags, present| if present { flag.0 } else { 0 };
        let info = LogonInfo {
            logon_time: now,
            logoff_time: FileTime::NEVER,
            kick_off_time: FileTime::NEVER,
            password_last_set: now,
            password_can_change: now,
            password_must_change: FileTime::NEVER,
            effective_name: self.name.as_str().into(),
            full_name: self.profile.full_name.as_str().into(),
            logon_count: 1,
            user_id: self.rid,
            primary_group_id: DOMAIN_USERS,
            group_ids: self.groups.as_slice().into(),
            user_flags: UserFlags(
                present(UserFlags::EXTRA_SIDS, !self.profile.extra_sids.is_empty())
                    | present(UserFlags::RESOURCE_GROUPS, resource.is_some()),
            ),
            logon_server: PacText::from("KDC"),
            logon_domain_name: netbios.as_str().into(),
            logon_domain_id: Some(self.domain),
            user_account_control: UserAccountControl::NORMAL_ACCOUNT,
            extra_sids: self.profile.extra_sids.as_slice().into(),
            resource_group_domain_sid: resource.map(|(domain, _)| *domain),
            resource_group_ids: resource.map_or(NdrArray::EMPTY, |(_, ids)| ids.as_slice().into()),
            ..LogonInfo::default()
        };
        must(info.encode(), "LOGON_INFO")
    }

    fn upn_dns_info(&self) -> Vec<u8> {
        let (realm, flags) = (self.dns_name.to_lowercase(), UpnDnsFlags::UPN_CONSTRUCTED);
        let constructed = format!("{}@{realm}", self.name);
        let (upn, flags) = match &self.profile.upn {
            Some(upn) => (upn, UpnDnsFlags(0)),
            None => (&constructed, flags),
        };
        let info = UpnDnsInfo {
            upn: upn.as_str().into(),
            dns_domain_name: self.dns_name.as_str().into(),
            flags,
            account: Some(UpnDnsAccount {
                sam_name: self.name.as_str().into(),
                sid: self.domain.with_rid(self.rid).unwrap_or(self.domain),
            }),
        };
        must(info.encode(), "UPN_DNS_INFO")
    }
}

const fn membership(relative_id: u32) -> GroupMembership {
    GroupMembership {
        relative_id,
        attributes: GroupAttributes::ORDINARY,
    }
}

impl fmt::Debug for PacDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = self.buffers.iter().map(|(buffer_type, _)| buffer_type);
        f.debug_list().entries(types).finish()
    }
}
