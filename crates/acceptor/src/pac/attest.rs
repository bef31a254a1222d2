//! From the PAC in a ticket's authorization data to a verified one.

use super::sid_filter::Confines;
use super::{PacPolicy, account, signatures};
use crate::error::{Error, PacError};
use crate::keytab::ServiceKey;
use crate::rules::Rules;
use core::ops::Range;
use portcullis_formats::der::{Decode, DecodeError, Encode, SequenceOf, SequenceOfBuf};
use portcullis_formats::messages::{AdIfRelevant, AuthorizationDataElement, EncTicketPart};
use portcullis_formats::pac::{
    AttributesInfo, ClientInfo, DeviceInfo, LogonInfo, PacBufferType, PacText, RawPac,
    S4uDelegationInfo, Sid, UpnDnsInfo,
};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::AuthDataType;

/// A PAC that is good.
pub(crate) struct AttestedPac {
    /// Where it lies in the elements of the authorization data.
    pub(super) place: Range<usize>,
    pub(super) kdc_verified: bool,
    pub(super) confines: Option<Confines>,
}

/// Verifies the PAC that was found in the ticket, as the rules have it.
pub(crate) fn attest(
    pac: Option<&[u8]>,
    ticket: &EncTicketPart<'_>,
    client: &Principal,
    service_key: &ServiceKey,
    rules: &Rules,
) -> Result<Option<AttestedPac>, Error> {
    if rules.pac == PacPolicy::Ignore {
        return Ok(None);
    }
    match pac {
        Some(octets) => Ok(Some(attest_pac(
            octets,
            ticket,
            client,
            service_key,
            rules,
        )?)),
        None if rules.pac == PacPolicy::Require => Err(PacError::NoPac.into()),
        None => Ok(None),
    }
}

fn attest_pac(
    octets: &[u8],
    ticket: &EncTicketPart<'_>,
    client: &Principal,
    service_key: &ServiceKey,
    rules: &Rules,
) -> Result<AttestedPac, PacError> {
    let realm = client.realm().0;
    let filter = rules.sid_filter.as_ref();
    let confines = filter.and_then(|filter| filter.confines_of(realm));
    let pac = RawPac::decode(octets).map_err(PacError::Malformed)?;
    signatures::verify_server(&pac, &service_key.pac)?;
    if let Some(keys) = &rules.krbtgt_keys {
        signatures::verify_kdc(&pac, || without_pac(ticket), keys, rules)?;
    }
    of_this_ticket(&pac, ticket, client)?;
    sound(&pac, confines.as_ref())?;
    let Some(place) = place(octets, ticket) else {
        return Err(PacError::NoPac);
    };
    Ok(AttestedPac {
        place,
        kdc_verified: rules.krbtgt_keys.is_some(),
        confines,
    })
}

/// Where the PAC lies in the elements of the authorization data.
fn place(octets: &[u8], ticket: &EncTicketPart<'_>) -> Option<Range<usize>> {
    let elements = ticket.authorization_data?.encoded_elements();
    let start = octets
        .as_ptr()
        .addr()
        .checked_sub(elements.as_ptr().addr())?;
    Some(start..start.checked_add(octets.len())?)
}

/// [MS-PAC] §2.8.3: what TICKET_CHECKSUM is over: the ticket with one zero for the PAC.
fn without_pac(ticket: &EncTicketPart<'_>) -> Result<Vec<u8>, PacError> {
    let mut containers = Vec::new();
    let elements = ticket.authorization_data.unwrap_or(SequenceOf::EMPTY);
    for container in elements {
        containers.push(match container.ad_type {
            AuthDataType::IF_RELEVANT => blanked(container.ad_data).map_err(PacError::Malformed)?,
            _ => container.ad_data.to_vec(),
        });
    }
    let blanked: Vec<_> = elements
        .iter()
        .zip(&containers)
        .map(
            |(AuthorizationDataElement { ad_type, .. }, ad_data)| AuthorizationDataElement {
                ad_type,
                ad_data,
            },
        )
        .collect();
    let elements = SequenceOfBuf::of(&blanked);
    let blanked = EncTicketPart {
        authorization_data: Some(elements.borrow()),
        ..*ticket
    };
    Ok(blanked.to_der())
}

/// An AD-IF-RELEVANT with one zero for the PAC.
fn blanked(container: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let elements: Vec<_> = AdIfRelevant::from_der(container)?
        .iter()
        .map(|element| match element.ad_type {
            AuthDataType::WIN2K_PAC => AuthorizationDataElement {
                ad_data: &[0],
                ..element
            },
            _ => element,
        })
        .collect();
    let elements = SequenceOfBuf::of(&elements);
    Ok(elements.borrow::<AuthorizationDataElement<'_>>().to_der())
}

/// [MS-PAC] §2.7: the PAC was made for this client at this login.
fn of_this_ticket(
    pac: &RawPac<'_>,
    ticket: &EncTicketPart<'_>,
    client: &Principal,
) -> Result<(), PacError> {
    let info = decoded(pac, PacBufferType::CLIENT_INFO, ClientInfo::decode)?;
    let Some(info) = info else {
        return Err(PacError::NoBuffer(PacBufferType::CLIENT_INFO));
    };
    if info.client_id.as_unix() != Some(ticket.authtime.as_unix()) {
        return Err(PacError::Authtime {
            ticket: ticket.authtime,
            pac: info.client_id,
        });
    }
    if !is_called(client, info.name) {
        return Err(PacError::Client {
            ticket: Box::new(client.clone()),
            pac: info.name.to_string(),
        });
    }
    Ok(())
}

/// Whether a name is the principal's: its components with `/` between them, nothing escaped.
fn is_called(client: &Principal, name: PacText<'_>) -> bool {
    let mut units = name.units();
    for (index, component) in client.components().enumerate() {
        if index > 0 && units.next() != Some(u16::from(b'/')) {
            return false;
        }
        let Ok(component) = core::str::from_utf8(component) else {
            return false; // what is in a PAC is text
        };
        if !component
            .encode_utf16()
            .all(|unit| units.next() == Some(unit))
        {
            return false;
        }
    }
    units.next().is_none()
}

/// The buffers that we know are whole, and agree about who the account is.
pub(super) fn sound(pac: &RawPac<'_>, confines: Option<&Confines>) -> Result<(), PacError> {
    let account = decoded(pac, PacBufferType::LOGON_INFO, LogonInfo::decode)?;
    let names = decoded(pac, PacBufferType::UPN_DNS_INFO, UpnDnsInfo::decode)?;
    let requestor = decoded(pac, PacBufferType::REQUESTOR, Sid::decode)?;
    let delegation = PacBufferType::S4U_DELEGATION_INFO;
    let delegated = decoded(pac, delegation, S4uDelegationInfo::decode)?.is_some();
    decoded(pac, PacBufferType::ATTRIBUTES_INFO, AttributesInfo::decode)?;
    decoded(pac, PacBufferType::DEVICE_INFO, DeviceInfo::decode)?;
    let Some(account) = account else {
        return Ok(());
    };
    let user = composed(&account)?;
    let named = names.and_then(|names| names.account).map(|named| named.sid);
    // Who delegates asks for tickets of others (CVE-2021-42287 is what came of not comparing).
    let requestor = requestor.filter(|_| !delegated);
    for (buffer, found) in [
        (PacBufferType::UPN_DNS_INFO, named),
        (PacBufferType::REQUESTOR, requestor),
    ] {
        if let Some(found) = found.filter(|found| *found != user) {
            return Err(PacError::UserSid {
                buffer,
                found: Box::new(found),
                user: Box::new(user),
            });
        }
    }
    match confines.is_none_or(|confines| confines.pass_account(&user)) {
        true => Ok(()),
        false => Err(PacError::ForeignSid(Box::new(user))),
    }
}

/// The account's SID, when that and its groups can be composed. Both it and they are of domains:
/// those of a machine, which no domain controller may send, would be our machine's here.
fn composed(info: &LogonInfo<'_>) -> Result<Sid, PacError> {
    let own = match &info.logon_domain_id {
        Some(domain) => domain.is_domain(),
        None => info.group_ids.is_empty(),
    };
    let resource = match &info.resource_group_domain_sid {
        Some(domain) => domain.is_domain(),
        None => info.resource_group_ids.is_empty(),
    };
    match account::user_sid(info) {
        Some(user) if own && resource && user.domain().is_some_and(|sid| sid.is_domain()) => {
            Ok(user)
        }
        _ => Err(PacError::NoDomain),
    }
}

/// The buffer of a type, if there is one.
fn decoded<'p, T>(
    pac: &RawPac<'p>,
    buffer_type: PacBufferType,
    decode: impl FnOnce(&'p [u8]) -> Result<T, DecodeError>,
) -> Result<Option<T>, PacError> {
    let Some(buffer) = pac.buffer(buffer_type) else {
        return Ok(None);
    };
    match decode(buffer.octets) {
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(PacError::Malformed(error.shifted(buffer.offset))),
    }
}
