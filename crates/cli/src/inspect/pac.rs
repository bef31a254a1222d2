//! A PAC, buffer by buffer ([MS-PAC]): what it says. Whether its signatures hold, `accept` says.

use super::ground::Ground;
use super::page::Fields;
use core::fmt::{self, Display, Formatter};
use portcullis::formats::der::Result;
use portcullis::formats::messages::KerberosTime;
use portcullis::formats::pac::{
    AttributesInfo, Claim, ClaimSource, ClaimValues, Claims, ClientInfo, DeviceInfo, FileTime,
    GroupAttributes, GroupMembership, LogonInfo, NdrArray, PacBuffer, PacBufferType, PacSignature,
    PacText, RawPac, S4uDelegationInfo, Sid, SidAndAttributes, UpnDnsInfo,
};

/// Reads a PAC that lies in `ground`.
pub(super) fn read(octets: &[u8], ground: Ground<'_>, to: &mut Fields) {
    to.octets("octets", octets);
    let pac = match RawPac::decode(octets) {
        Ok(pac) => pac,
        Err(error) => return to.error(error.shifted(ground.offset(octets))),
    };
    to.several("buffer", pac.buffers(), |to, buffer| {
        to.text("type", buffer.buffer_type);
        if let Err(error) = read_buffer(&buffer, to) {
            to.error(error.shifted(ground.offset(buffer.octets)));
        }
    });
}

fn read_buffer(buffer: &PacBuffer<'_>, to: &mut Fields) -> Result<()> {
    let octets = buffer.octets;
    match buffer.buffer_type {
        PacBufferType::LOGON_INFO => logon_info(&LogonInfo::decode(octets)?, to),
        PacBufferType::CLIENT_INFO => {
            let info = ClientInfo::decode(octets)?;
            to.text("client", info.name);
            to.text("authenticated", Date(info.client_id));
        }
        PacBufferType::UPN_DNS_INFO => upn_dns_info(&UpnDnsInfo::decode(octets)?, to),
        PacBufferType::S4U_DELEGATION_INFO => {
            let info = S4uDelegationInfo::decode(octets)?;
            to.text("target", info.s4u2proxy_target);
            to.list("services between", info.transited_services.iter());
        }
        PacBufferType::CLIENT_CLAIMS_INFO | PacBufferType::DEVICE_CLAIMS_INFO => {
            let claims = Claims::decode(octets)?;
            to.several("claim", claims.iter(), claim);
        }
        PacBufferType::DEVICE_INFO => device_info(&DeviceInfo::decode(octets)?, to),
        PacBufferType::ATTRIBUTES_INFO => {
            let info = AttributesInfo::decode(octets)?;
            to.words("flags", words(info.flags.names()));
        }
        PacBufferType::REQUESTOR => to.text("SID", Sid::decode(octets)?),
        PacBufferType::SERVER_CHECKSUM
        | PacBufferType::KDC_CHECKSUM
        | PacBufferType::TICKET_CHECKSUM
        | PacBufferType::FULL_CHECKSUM => {
            let signature = PacSignature::decode(octets)?;
            to.text("checksum", signature.checksum_type);
            to.optional("by read-only KDC", signature.rodc_identifier);
        }
        _ => to.octets("octets", octets),
    }
    Ok(())
}

fn logon_info(info: &LogonInfo<'_>, to: &mut Fields) {
    let domain = info.logon_domain_id;
    to.optional("account", some(info.effective_name));
    to.optional("full name", some(info.full_name));
    to.optional("domain", some(info.logon_domain_name));
    to.optional("domain controller", some(info.logon_server));
    to.text("SID", of(domain, info.user_id));
    to.text("primary group", of(domain, info.primary_group_id));
    to.list("groups", rows(domain, info.group_ids));
    to.list("groups elsewhere", info.extra_sids.iter().map(extra));
    let resource = info.resource_group_domain_sid;
    to.list("resource groups", rows(resource, info.resource_group_ids));
    to.words("user flags", words(info.user_flags.names()));
    let control = info.user_account_control;
    to.words("account control", words(control.names()));
    to.text("logged on", Date(info.logon_time));
    to.text("logged off at", Date(info.logoff_time));
    to.text("out at", Date(info.kick_off_time));
    to.text("password set", Date(info.password_last_set));
    to.text("password must change", Date(info.password_must_change));
    to.number("logons", info.logon_count.into());
}

fn upn_dns_info(info: &UpnDnsInfo<'_>, to: &mut Fields) {
    to.optional("UPN", some(info.upn));
    to.optional("DNS domain", some(info.dns_domain_name));
    to.words("flags", words(info.flags.names()));
    if let Some(account) = &info.account {
        to.text("account", account.sam_name);
        to.text("SID", account.sid);
    }
}

fn device_info(info: &DeviceInfo<'_>, to: &mut Fields) {
    let domain = info.account_domain_id;
    to.text("SID", of(domain, info.user_id));
    to.text("primary group", of(domain, info.primary_group_id));
    to.list("groups", rows(domain, info.account_group_ids));
    to.list("groups elsewhere", info.extra_sids.iter().map(extra));
    let others = info.domain_groups.iter();
    let others = others.flat_map(|of| rows(of.domain_id, of.group_ids));
    to.list("groups of other domains", others);
}

fn claim(to: &mut Fields, claim: Claim<'_>) {
    to.text("name", claim.id);
    match claim.source {
        ClaimSource::ACTIVE_DIRECTORY => to.text("source", "Active Directory"),
        ClaimSource::CERTIFICATE => to.text("source", "certificate"),
        ClaimSource(other) => to.text("source", other),
    }
    match claim.values {
        ClaimValues::Int64(numbers) => to.list("values", numbers.iter()),
        ClaimValues::Uint64(numbers) => to.list("values", numbers.iter()),
        ClaimValues::Text(texts) => to.list("values", texts.iter()),
        ClaimValues::Boolean(flags) => to.list("values", flags.iter()),
        _ => to.text("values", "of unknown type"),
    }
}

/// Groups of one domain, as the rows of a table.
fn rows<'g>(
    domain: Option<Sid>,
    groups: NdrArray<'g, GroupMembership>,
) -> impl Iterator<Item = Row> + use<'g> {
    let row = move |group: GroupMembership| Row(of(domain, group.relative_id), group.attributes);
    groups.iter().map(row)
}

fn extra(group: SidAndAttributes) -> Row {
    Row(named(&group.sid), group.attributes)
}

/// Text, if there is any.
fn some(text: PacText<'_>) -> Option<PacText<'_>> {
    Some(text).filter(|text| !text.is_empty())
}

/// A SID of a domain that is named elsewhere, or what there is of it.
fn of(domain: Option<Sid>, rid: u32) -> String {
    match domain.and_then(|domain| domain.with_rid(rid).ok()) {
        Some(sid) => named(&sid),
        None => format!("RID {rid} of no domain"),
    }
}

fn named(sid: &Sid) -> String {
    match sid.well_known_name() {
        Some(name) => format!("{sid} ({name})"),
        None => sid.to_string(),
    }
}

fn words<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    names.map(str::to_owned).collect()
}

/// A group in a table: what it is, then how the membership counts if that is not as with most.
struct Row(String, GroupAttributes);

impl Display for Row {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(group, attributes) = self;
        if *attributes == GroupAttributes::ORDINARY {
            return f.write_str(group);
        }
        let names = words(attributes.names()).join(", ");
        write!(f, "{group:<64} {names}")
    }
}

/// A point in time as a date.
struct Date(FileTime);

impl Display for Date {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.as_unix() {
            Some(seconds) => KerberosTime::from_unix(seconds).fmt(f),
            None if self.0 == FileTime::UNSET => f.write_str("not set"),
            None => f.write_str("never"),
        }
    }
}
