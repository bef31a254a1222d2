//! A PAC behind its signature, in alice's ticket: what only a KDC can say, said by the fuzzer.
//!
//! The first octet chooses the encryption type and the acceptor, the rest is the PAC. Its signatures
//! are made here, so that all that comes after them is reached.

use crate::{forge, pac};
use portcullis::policy::Policy;
use portcullis::{Enctype, Pac, SecurityContext};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode, SequenceOf, SequenceOfBuf};
use portcullis_formats::messages::{ApOptions, AuthorizationDataElement, EncTicketPart};
use portcullis_formats::pac::{
    AttributesInfo, ClientInfo, FileTime, GroupAttributes, GroupMembership, LogonInfo,
    PacAttributes, PacBufferType, PacWriter, RawPac, S4uDelegationInfo, Sid, SidAndAttributes,
    UpnDnsAccount, UpnDnsFlags, UpnDnsInfo,
};
use portcullis_formats::registry::{AuthDataType, ChecksumTypeNumber};
use portcullis_testdata::{hex, vectors};
use std::sync::LazyLock;

/// The acceptor has the KDC's keys, and knows whose SIDs count.
pub const GUARDED: u8 = 8;

/// Whom a service may let in.
static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let group = forge::domain().with_rid(1104).expect("a SID");
    Policy::new()
        .realm("EXAMPLE.TEST")
        .member_of_any([group])
        .not_member_of(forge::domain().with_rid(1105).expect("a SID"))
        .in_person()
});

/// Signs the PAC and sends it.
pub fn run(input: &[u8]) {
    let _ = is_accepted(input);
}

/// Whether alice gets in with it.
fn is_accepted(input: &[u8]) -> bool {
    let Some((choice, octets)) = input.split_first() else {
        return false;
    };
    let enctype = forge::enctype(*choice);
    let guarded = choice & GUARDED != 0;
    let krbtgt_key = guarded.then(|| forge::krbtgt_key(enctype));
    let service_key = forge::service_key(enctype);
    let signed = sign(octets.to_vec(), &service_key, krbtgt_key.as_ref());
    let Some(context) = context(enctype, guarded, &signed) else {
        return false;
    };
    let found = context.identity().pac().expect("the PAC that was sent");
    assert_eq!(found.octets(), signed);
    assert_eq!(found.is_kdc_verified(), guarded);
    assert_consistent(found);
    read(found);
    if guarded {
        assert_ours(found);
    }
    if POLICY.permit(context.identity()).is_ok() {
        assert!(found.is_member_of(&forge::domain().with_rid(1104).expect("a SID")));
    }
    true
}

/// The context of alice with this PAC, if she gets in.
fn context(enctype: Enctype, guarded: bool, signed: &[u8]) -> Option<SecurityContext> {
    let service_key = forge::service_key(enctype);
    let session_key = forge::session_key(enctype);
    let ticket = ticket_with(signed, &session_key);
    let authenticator = forge::authenticator(&forge::ALICE, None, None);
    let options = ApOptions::MUTUAL_REQUIRED;
    let token = forge::token(options, &service_key, &ticket, &session_key, &authenticator);
    match guarded {
        true => forge::accept_by(&forge::GUARDED, &token),
        false => forge::accept(&token),
    }
}

/// A context with her good PAC.
pub(crate) fn good_context(enctype: Enctype) -> SecurityContext {
    let signed = sign(alice_pac(enctype), &forge::service_key(enctype), None);
    context(enctype, false, &signed).expect("a good PAC")
}

/// What is said of the account in several places is the same.
fn assert_consistent(found: &Pac) {
    assert!(found.client_info().is_some_and(|info| info.name == "alice"));
    assert!(found.user_sid().is_none() || found.logon_info().is_some());
    let account = found
        .user_sid()
        .zip(found.upn_dns_info().and_then(|names| names.account));
    assert!(account.is_none_or(|(user, named)| user == named.sid));
    let members = found
        .groups()
        .filter(|group| found.is_member_of(&group.sid));
    assert!(members.count() <= found.octets().len());
}

/// Asks for everything that it says.
pub(crate) fn read(found: &Pac) {
    let texts = [
        found.account_name(),
        found.full_name(),
        found.domain_name(),
        found.dns_domain_name(),
        found.upn(),
    ];
    let _ = texts.map(|text| text.map(|text| text.to_string()));
    let _ = (
        found.client_claims().is_ok(),
        found.device_claims().is_ok(),
        found.delegation_path().iter().count(),
        found.primary_group(),
        found.requestor(),
        found.attributes(),
        found.is_asserted_by_service(),
        format!("{found:?}"),
    );
    let buffers = found.buffers();
    buffers.for_each(|buffer| pac::decode(buffer.buffer_type, buffer.octets));
}

/// SIDs of domains are those of the only one that the realm may speak for.
fn assert_ours(found: &Pac) {
    let groups = found.groups().map(|group| group.sid);
    for sid in groups.chain(found.user_sid()) {
        let of_a_domain = sid.to_string().starts_with("S-1-5-21-");
        assert!(
            !of_a_domain || sid.domain() == Some(forge::domain()),
            "{sid}"
        );
    }
}

/// Makes the signatures, as far as there is room for them.
fn sign(mut octets: Vec<u8>, key: &Key, krbtgt_key: Option<&Key>) -> Vec<u8> {
    let places = RawPac::decode(&octets).ok().map(|pac| {
        [PacBufferType::SERVER_CHECKSUM, PacBufferType::KDC_CHECKSUM]
            .map(|buffer_type| pac.signature_octets(buffer_type))
    });
    let Some([Some(server), kdc]) = places else {
        return octets;
    };
    let kdcs = kdc.clone().map(|place| octets[place].to_vec());
    for place in [Some(server.clone()), kdc.clone()].into_iter().flatten() {
        octets[place].fill(0);
    }
    let signature = key.mac(KeyUsage::PAC_CHECKSUM).checksum(&[&octets]);
    let put = |octets: &mut [u8], signature: &[u8]| {
        let room = octets.iter_mut();
        room.zip(signature)
            .for_each(|(place, octet)| *place = *octet);
    };
    put(&mut octets[server.clone()], signature.as_ref());
    if let (Some(place), Some(kdcs)) = (kdc, kdcs) {
        let signature = krbtgt_key.map(|key| {
            let mac = key.mac(KeyUsage::PAC_CHECKSUM);
            mac.checksum(&[&octets[server]])
        });
        let signature = signature.as_ref().map_or(&kdcs[..], AsRef::as_ref);
        put(&mut octets[place], signature);
    }
    octets
}

fn ticket_with(pac: &[u8], session_key: &Key) -> Vec<u8> {
    let inside = list(AuthDataType::WIN2K_PAC, pac);
    let inside: SequenceOf<'_, AuthorizationDataElement<'_>> = inside.borrow();
    let container = list(AuthDataType::IF_RELEVANT, &inside.to_der());
    let part = forge::alice_ticket_part(session_key);
    let mut part = EncTicketPart::from_der(&part).expect("alice's ticket");
    part.authorization_data = Some(container.borrow());
    part.to_der()
}

fn list(ad_type: AuthDataType, ad_data: &[u8]) -> SequenceOfBuf {
    SequenceOfBuf::of(&[AuthorizationDataElement { ad_type, ad_data }])
}

/// A good PAC of alice's with every kind of buffer, unsigned.
#[must_use]
pub fn alice_pac(enctype: Enctype) -> Vec<u8> {
    let domain = forge::domain();
    let user = domain.with_rid(1103).expect("a SID");
    let attributes = GroupAttributes::ORDINARY;
    let groups = [513, 1104].map(|relative_id| GroupMembership {
        relative_id,
        attributes,
    });
    let sid = Sid::AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY;
    let extra = [SidAndAttributes { sid, attributes }];
    let account = LogonInfo {
        effective_name: "alice".into(),
        user_id: 1103,
        primary_group_id: 513,
        group_ids: groups.as_slice().into(),
        logon_domain_name: "EXAMPLE".into(),
        logon_domain_id: Some(domain),
        extra_sids: extra.as_slice().into(),
        resource_group_domain_sid: Some(domain),
        resource_group_ids: groups.as_slice().into(),
        ..LogonInfo::default()
    };
    let client = ClientInfo {
        client_id: FileTime::from_unix(forge::kerberos_now().as_unix()),
        name: "alice".into(),
    };
    let sam_name = "alice".into();
    let names = UpnDnsInfo {
        upn: "alice@example.test".into(),
        dns_domain_name: "EXAMPLE.TEST".into(),
        flags: UpnDnsFlags::EXTENDED,
        account: Some(UpnDnsAccount {
            sam_name,
            sid: user,
        }),
    };
    let path = ["HTTP/front.example.test".into()];
    let delegation = S4uDelegationInfo {
        s4u2proxy_target: "HTTP/web.example.test".into(),
        transited_services: path.as_slice().into(),
    };
    let flags = PacAttributes::REQUESTED;
    let device = vectors("device_info")
        .iter()
        .map(|vector| hex(&vector["buffer"]))
        .next()
        .expect("a machine");
    let checksum_type = ChecksumTypeNumber(enctype.checksum_type());
    let long = "every text fits";
    PacWriter::new()
        .buffer(PacBufferType::LOGON_INFO, account.encode().expect(long))
        .buffer(PacBufferType::CLIENT_INFO, client.encode().expect(long))
        .buffer(PacBufferType::UPN_DNS_INFO, names.encode().expect(long))
        .buffer(
            PacBufferType::S4U_DELEGATION_INFO,
            delegation.encode().expect(long),
        )
        .buffer(
            PacBufferType::ATTRIBUTES_INFO,
            AttributesInfo { flags }.encode(),
        )
        .buffer(PacBufferType::REQUESTOR, user.encode())
        .buffer(PacBufferType::CLIENT_CLAIMS_INFO, [])
        .buffer(PacBufferType::DEVICE_INFO, device)
        .signature(PacBufferType::SERVER_CHECKSUM, checksum_type)
        .signature(PacBufferType::KDC_CHECKSUM, checksum_type)
        .finish()
        .into_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_pac_is_accepted_by_both_acceptors() {
        for (choice, enctype) in (0..).zip(forge::ENCTYPES) {
            let pac = alice_pac(enctype);
            for guarded in [0, GUARDED] {
                let input = [&[choice | guarded], pac.as_slice()].concat();
                assert!(is_accepted(&input), "{enctype:?} {guarded}");
            }
        }
    }
}
