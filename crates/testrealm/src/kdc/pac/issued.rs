//! The PAC of a new ticket.

use super::super::Account;
use super::super::exchange::Exchange;
use super::super::krb_error::Refusal;
use super::{Pacs, VerifiedPac};
use crate::must;
use crate::pac::{PacDraft, Profile, account_name, account_sid};
use portcullis::Principal;
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{KerberosTime, PaPacRequest};
use portcullis_formats::pac::{
    ClientInfo, FileTime, GroupAttributes, PacAttributes, PacBufferType, PacText, RawPac,
    S4uDelegationInfo, Sid, SidAndAttributes,
};
use portcullis_formats::registry::PaDataType;

/// For a client that has logged in, unless it wants none (KERB-PA-PAC-REQUEST).
pub(in crate::kdc) fn for_login(
    exchange: &Exchange<'_>,
    client: &Principal,
    account: &Account,
    service: &Account,
) -> Result<Option<PacDraft>, Refusal> {
    let wanted = exchange.padata(PaDataType::PAC_REQUEST);
    let wanted = wanted.map(PaPacRequest::from_der).transpose()?;
    let why = match wanted.map(|wanted| wanted.include_pac) {
        Some(false) => return Ok(None),
        Some(true) => PacAttributes::REQUESTED,
        None => PacAttributes::GIVEN_IMPLICITLY,
    };
    let draft = of_client(exchange, client, account.profile(), exchange.now.seconds);
    let has_account = exchange.realm.database.pacs() == Pacs::Account;
    Ok(draft.map(|draft| {
        if has_account && service.is_kdc() {
            draft.of_tgt(account_sid(&exchange.realm, client), why)
        } else {
            draft
        }
    }))
}

/// For a user of ours that a service asks for: SIDs say that the user did not log in itself.
pub(in crate::kdc) fn on_behalf(
    exchange: &Exchange<'_>,
    user: &Principal,
    account: &Account,
    authtime: KerberosTime,
) -> Option<PacDraft> {
    let mut profile = account.profile().clone();
    profile.extra_sids.push(SidAndAttributes {
        sid: Sid::SERVICE_ASSERTED_IDENTITY,
        attributes: GroupAttributes::ORDINARY,
    });
    of_client(exchange, user, &profile, authtime)
}

/// The same PAC of a user that a service asks for, on its way from realm to realm or at its end:
/// on the way the name has its realm (`[MS-SFU]` §3.2.5.1.2).
pub(in crate::kdc) fn named(
    draft: PacDraft,
    user: &Principal,
    authtime: KerberosTime,
    on_the_way: bool,
) -> PacDraft {
    let name = if on_the_way {
        name_with_realm(user)
    } else {
        account_name(user)
    };
    let info = ClientInfo {
        client_id: FileTime::from_unix(authtime.as_unix()),
        name: PacText::from(name.as_str()),
    };
    let info = must(info.encode(), "CLIENT_INFO");
    draft.buffer(PacBufferType::CLIENT_INFO, info)
}

pub(super) fn name_with_realm(user: &Principal) -> String {
    let realm = String::from_utf8_lossy(user.realm().0);
    format!("{}@{realm}", account_name(user))
}

/// What the PAC of the ticket that the new one comes from says.
pub(in crate::kdc) fn for_ticket(
    pac: &VerifiedPac,
    service: &Account,
    through: Option<(&Principal, &Principal)>,
) -> Result<PacDraft, Refusal> {
    let raw = pac.raw()?;
    let draft = PacDraft::copied(&raw);
    let draft = if service.is_kdc() {
        draft
    } else {
        let draft = draft.without(PacBufferType::ATTRIBUTES_INFO);
        draft.without(PacBufferType::REQUESTOR)
    };
    Ok(match through {
        Some((asker, target)) => delegated(draft, &raw, asker, target),
        None => draft,
    })
}

/// With one more service that the client came through.
fn delegated(draft: PacDraft, raw: &RawPac<'_>, asker: &Principal, target: &Principal) -> PacDraft {
    let earlier = raw.buffer(PacBufferType::S4U_DELEGATION_INFO);
    let earlier = earlier.and_then(|info| S4uDelegationInfo::decode(info.octets).ok());
    let earlier = earlier.map(|info| info.transited_services);
    let mut services: Vec<_> = earlier
        .iter()
        .flat_map(|it| it.iter())
        .map(|it| it.to_text())
        .collect();
    let asker = asker.to_text();
    services.push(String::from_utf8_lossy(&asker).into_owned());
    draft.delegated(&account_name(target), &services)
}

fn of_client(
    exchange: &Exchange<'_>,
    client: &Principal,
    profile: &Profile,
    authtime: KerberosTime,
) -> Option<PacDraft> {
    match exchange.realm.database.pacs() {
        Pacs::None => None,
        Pacs::ClientOnly => Some(PacDraft::of_login(client, authtime)),
        Pacs::Account => Some(PacDraft::of_account(
            &exchange.realm,
            client,
            profile,
            authtime,
        )),
    }
}
