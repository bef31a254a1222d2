//! One message of each kind with every optional field, written by `portcullis-formats`.

use portcullis_formats::der::{Decode, Encode, SequenceOfBuf, Writer};
use portcullis_formats::gss::Mechanism;
use portcullis_formats::messages::{
    ApOptions, ApRep, ApReq, Authenticator, AuthorizationDataElement, Checksum, EncApRepPart,
    EncKrbCredPart, EncTicketPart, EncryptedData, EncryptionKey, HostAddress, KerberosString,
    KerberosTime, KrbCred, KrbCredInfo, KrbError, Microseconds, PrincipalName, Ticket, TicketFlags,
    TransitedEncoding,
};
use portcullis_formats::registry::{
    AddressType, AuthDataType, ChecksumTypeNumber, ErrorCode, EtypeNumber, Kvno, NameType,
};
use portcullis_formats::spnego::{
    MechTypeList, NegState, NegTokenInit, NegTokenResp, encode_mech_types,
};

use crate::corpus::Sample;
use crate::kind::Kind;

const REALM: KerberosString<'_> = KerberosString(b"EXAMPLE.TEST");
const TIME: KerberosTime = KerberosTime::from_unix(1_767_225_901);
const KEY: EncryptionKey<'_> = EncryptionKey {
    keytype: EtypeNumber(17),
    keyvalue: b"0123456789abcdef",
};
const SEALED: EncryptedData<'_> = EncryptedData {
    etype: EtypeNumber(18),
    kvno: Some(Kvno(3)),
    cipher: b"ciphertext",
};
const ADDRESS: HostAddress<'_> = HostAddress {
    addr_type: AddressType(2),
    address: &[192, 0, 2, 1],
};

/// One of each kind.
#[must_use]
pub fn samples() -> Vec<Sample> {
    let components = [KerberosString(b"HTTP"), KerberosString(b"web.example.test")];
    let components = SequenceOfBuf::of(&components);
    let name = PrincipalName {
        name_type: NameType(2),
        name_string: components.borrow(),
    };
    let ticket = Ticket {
        realm: REALM,
        sname: name,
        enc_part: SEALED,
    };
    let ap_req = ApReq {
        ap_options: ApOptions::MUTUAL_REQUIRED,
        ticket,
        authenticator: SEALED,
    };
    let mut samples = vec![
        sample(Kind::ApReq, &ap_req),
        sample(Kind::Ticket, &ticket),
        sample(Kind::ApRep, &ApRep { enc_part: SEALED }),
        sample(Kind::KrbError, &krb_error(name)),
    ];
    samples.extend(opened(name));
    samples.extend(delegated(ticket));
    samples.extend(spnego());
    samples
}

/// Peculiar messages: hints instead of a MIC as Windows sends them ([MS-SPNG] §2.2.1), and reqFlags of any form, which
/// RFC 4178 §4.2.1 wants ignored (but not of a tag that we cannot read).
#[must_use]
pub fn peculiar() -> Vec<Sample> {
    let hints = [0xa3, 4, 0x30, 2, 0xa0, 0];
    let no_flags = [0xa1, 0];
    let cut_flags = [0xa1, 4, 0x03, 0x81, 0x80, 0];
    let odd_flags = [0xa1, 2, 0x1d, 0];
    let high_tag = [0xa1, 2, 0x1f, 0];
    let fields: [&[u8]; 5] = [&hints, &no_flags, &cut_flags, &odd_flags, &high_tag];
    fields
        .into_iter()
        .map(|field| {
            let mut fields = Writer::new();
            fields.nested(0xa0, |choice| choice.sequence(|fields| fields.raw(field)));
            Sample {
                kind: Kind::NegTokenInit,
                name: "peculiar".to_owned(),
                octets: fields.into_vec(),
            }
        })
        .collect()
}

fn sample(kind: Kind, message: &impl Encode) -> Sample {
    Sample {
        kind,
        name: "our own".to_owned(),
        octets: message.to_der(),
    }
}

fn microseconds() -> Microseconds {
    Microseconds::new(654_321).unwrap_or_default()
}

fn krb_error(name: PrincipalName<'_>) -> KrbError<'_> {
    KrbError {
        ctime: Some(TIME),
        cusec: Some(microseconds()),
        stime: TIME,
        susec: microseconds(),
        error_code: ErrorCode(37),
        crealm: Some(REALM),
        cname: Some(name),
        realm: REALM,
        sname: name,
        e_text: Some(KerberosString(b"skew")),
        e_data: Some(b"data"),
    }
}

/// What stands inside of tickets, authenticators and AP-REPs.
fn opened(name: PrincipalName<'_>) -> [Sample; 3] {
    let addresses = SequenceOfBuf::of(&[ADDRESS]);
    let elements = SequenceOfBuf::of(&[AuthorizationDataElement {
        ad_type: AuthDataType(1),
        ad_data: b"0\0",
    }]);
    let ticket = EncTicketPart {
        flags: TicketFlags::FORWARDABLE | TicketFlags::RENEWABLE,
        key: KEY,
        crealm: REALM,
        cname: name,
        transited: TransitedEncoding {
            tr_type: 1,
            contents: b"OTHER.TEST",
        },
        authtime: TIME,
        starttime: Some(TIME),
        endtime: TIME,
        renew_till: Some(TIME),
        caddr: Some(addresses.borrow()),
        authorization_data: Some(elements.borrow()),
    };
    let authenticator = Authenticator {
        crealm: REALM,
        cname: name,
        cksum: Some(Checksum {
            cksumtype: ChecksumTypeNumber(0x8003),
            checksum: &[16, 0, 0, 0],
        }),
        cusec: microseconds(),
        ctime: TIME,
        subkey: Some(KEY),
        seq_number: Some(0x4000_0000),
        authorization_data: Some(elements.borrow()),
    };
    let reply = EncApRepPart {
        ctime: TIME,
        cusec: microseconds(),
        subkey: Some(KEY),
        seq_number: Some(0x4000_0000),
    };
    [
        sample(Kind::EncTicketPart, &ticket),
        sample(Kind::Authenticator, &authenticator),
        sample(Kind::EncApRepPart, &reply),
    ]
}

fn delegated(ticket: Ticket<'_>) -> [Sample; 2] {
    let tickets = SequenceOfBuf::of(&[ticket, ticket]);
    let addresses = SequenceOfBuf::of(&[ADDRESS]);
    let info = KrbCredInfo {
        key: KEY,
        prealm: Some(REALM),
        pname: Some(ticket.sname),
        flags: Some(TicketFlags::FORWARDED),
        authtime: Some(TIME),
        starttime: Some(TIME),
        endtime: Some(TIME),
        renew_till: Some(TIME),
        srealm: Some(REALM),
        sname: Some(ticket.sname),
        caddr: Some(addresses.borrow()),
    };
    let infos = SequenceOfBuf::of(&[info, info]);
    let part = EncKrbCredPart {
        ticket_info: infos.borrow(),
        nonce: Some(7),
        timestamp: Some(TIME),
        usec: Some(microseconds()),
        s_address: Some(ADDRESS),
        r_address: Some(ADDRESS),
    };
    let credential = KrbCred {
        tickets: tickets.borrow(),
        enc_part: SEALED,
    };
    [
        sample(Kind::KrbCred, &credential),
        sample(Kind::EncKrbCredPart, &part),
    ]
}

fn spnego() -> [Sample; 2] {
    let list = encode_mech_types([Mechanism::MsKrb5.oid(), Mechanism::Krb5.oid()]);
    let first = NegTokenInit {
        mech_types: MechTypeList::from_der(&list).ok(),
        mech_token: Some(b"token"),
        mech_list_mic: Some(b"mic"),
    };
    let answer = NegTokenResp {
        neg_state: Some(NegState::AcceptIncomplete),
        supported_mech: Some(Mechanism::Krb5.oid()),
        response_token: Some(b"token"),
        mech_list_mic: Some(b"mic"),
    };
    [
        sample(Kind::NegTokenInit, &first),
        sample(Kind::NegTokenResp, &answer),
    ]
}
