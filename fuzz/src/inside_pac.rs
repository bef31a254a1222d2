//! A PAC behind its signature, in alice's ticket: what only a KDC can say, said by the fuzzer.
//!
//! The first octet chooses the encryption type, the rest is the PAC. Its signature for the service
//! is made here, so that all that comes after it is reached.

use crate::{forge, pac};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode, SequenceOf, SequenceOfBuf};
use portcullis_formats::messages::{ApOptions, AuthorizationDataElement, EncTicketPart};
use portcullis_formats::pac::{
    AttributesInfo, ClientInfo, FileTime, GroupAttributes, GroupMembership, LogonInfo,
    PacAttributes, PacBufferType, PacWriter, RawPac, S4uDelegationInfo, Sid, SidAndAttributes,
    UpnDnsAccount, UpnDnsFlags, UpnDnsInfo,
};
use portcullis_formats::registry::{AuthDataType, ChecksumTypeNumber};

/// Signs the PAC and sends it.
pub fn run(input: &[u8]) {
    let Some((choice, octets)) = input.split_first() else {
        return;
    };
    let enctype = forge::enctype(*choice);
    let service_key = forge::service_key(enctype);
    let session_key = forge::session_key(enctype);
    let signed = sign(octets.to_vec(), &service_key);
    let ticket = ticket_with(&signed, &session_key);
    let authenticator = forge::authenticator(&forge::ALICE, None, None);
    let options = ApOptions::MUTUAL_REQUIRED;
    let token = forge::token(options, &service_key, &ticket, &session_key, &authenticator);
    let Some(context) = forge::accept(&token) else {
        return;
    };
    let found = context.identity().pac().expect("the PAC that was sent");
    assert_eq!(found.octets(), signed);
    assert!(found.client_info().is_some_and(|info| info.name == "alice"));
    assert_eq!(found.user_sid().is_some(), found.logon_info().is_some());
    let account = found
        .user_sid()
        .zip(found.upn_dns_info().and_then(|names| names.account));
    assert!(account.is_none_or(|(user, named)| user == named.sid));
    let members = found
        .groups()
        .filter(|group| found.is_member_of(&group.sid));
    assert!(members.count() <= signed.len());
    let _ = (
        found.client_claims(),
        found.device_claims(),
        format!("{found:?}"),
    );
    found
        .buffers()
        .for_each(|buffer| pac::decode(buffer.buffer_type, buffer.octets));
}

/// Makes the service's signature, if there is room for one.
fn sign(mut octets: Vec<u8>, key: &Key) -> Vec<u8> {
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
    let room = octets[server].iter_mut();
    for (place, octet) in room.zip(signature.as_ref()) {
        *place = *octet;
    }
    if let (Some(place), Some(kdcs)) = (kdc, kdcs) {
        octets[place].copy_from_slice(&kdcs);
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
pub fn alice_pac(enctype: portcullis::Enctype) -> Vec<u8> {
    let domain = Sid::new(5, &[21, 1, 2, 3]).expect("a SID");
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
        .signature(PacBufferType::SERVER_CHECKSUM, checksum_type)
        .signature(PacBufferType::KDC_CHECKSUM, checksum_type)
        .finish()
        .into_vec()
}
