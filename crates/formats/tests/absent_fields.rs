//! Each field of each message taken out in turn: an optional one is then absent and all else the
//! same; a required one is missed by name. RFC 4120 §5 says which is which.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

use portcullis_formats::der::{Decode, DecodeErrorKind, Encode, Reader, SequenceOfBuf, Writer};
use portcullis_formats::messages::*;
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::*;

/// The values that messages are made of.
struct Parts {
    client: Principal,
    addresses: SequenceOfBuf,
    elements: SequenceOfBuf,
    padata: SequenceOfBuf,
    etypes: SequenceOfBuf,
    last_req: SequenceOfBuf,
}

const KEY: EncryptionKey<'_> = EncryptionKey {
    keytype: EtypeNumber::AES128_SHA1,
    keyvalue: &[7; 16],
};
const SEALED: EncryptedData<'_> = EncryptedData {
    etype: EtypeNumber::AES128_SHA1,
    kvno: Some(Kvno(3)),
    cipher: b"sealed",
};
const CHECKSUM: Checksum<'_> = Checksum {
    cksumtype: ChecksumTypeNumber::GSS,
    checksum: b"checksum",
};
const ADDRESS: HostAddress<'_> = HostAddress {
    addr_type: AddressType::IPV4,
    address: &[192, 0, 2, 1],
};

fn time(seconds: i64) -> KerberosTime {
    KerberosTime::from_unix(seconds)
}

fn microseconds() -> Microseconds {
    Microseconds::new(123_456).unwrap()
}

impl Parts {
    fn new() -> Self {
        let element = AuthorizationDataElement {
            ad_type: AuthDataType::IF_RELEVANT,
            ad_data: b"0\0",
        };
        let padata = PaData {
            padata_type: PaDataType::ENC_TIMESTAMP,
            padata_value: b"value",
        };
        let last_req = LastReqEntry {
            lr_type: 0,
            lr_value: time(1),
        };
        Self {
            client: "alice@EXAMPLE.TEST".parse().unwrap(),
            addresses: SequenceOfBuf::of(&[ADDRESS]),
            elements: SequenceOfBuf::of(&[element]),
            padata: SequenceOfBuf::of(&[padata]),
            etypes: SequenceOfBuf::of(&[EtypeNumber::AES256_SHA1]),
            last_req: SequenceOfBuf::of(&[last_req]),
        }
    }

    fn ticket(&self) -> Ticket<'_> {
        Ticket {
            realm: self.client.realm(),
            sname: self.client.name(),
            enc_part: SEALED,
        }
    }
}

/// The fields of a message, whole, with what is around them.
struct Fields<'a> {
    tags: Vec<u8>,
    fields: Vec<&'a [u8]>,
}

impl<'a> Fields<'a> {
    fn of(message: &'a [u8]) -> Self {
        let (mut tags, mut contents) = (Vec::new(), message);
        loop {
            let (tag, inside) = Reader::new(contents).any().unwrap();
            tags.push(tag);
            contents = inside;
            if tag == 0x30 {
                break;
            }
        }
        let mut input = Reader::new(contents);
        let mut fields = Vec::new();
        while !input.is_empty() {
            fields.push(input.whole().unwrap());
        }
        Self { tags, fields }
    }

    fn without(&self, absent: usize) -> Vec<u8> {
        let mut fields = self.fields.clone();
        fields.remove(absent);
        self.tags
            .iter()
            .rev()
            .fold(fields.concat(), |contents, tag| {
                let mut output = Writer::new();
                output.element(*tag, &contents);
                output.into_vec()
            })
    }
}

/// Takes the fields of `message` out in turn; those of `optional` may be missing.
fn each_field_absent_in_turn<T>(
    message: &T,
    structure: &str,
    optional: &[u8],
    decode: fn(&[u8]) -> Result<Vec<u8>, portcullis_formats::der::DecodeError>,
) where
    T: Encode,
{
    let octets = message.to_der();
    assert_eq!(decode(&octets).as_ref(), Ok(&octets));
    let fields = Fields::of(&octets);
    let mut optional = optional.to_vec();
    for (index, field) in fields.fields.iter().enumerate() {
        let tag = field[0];
        let remaining = fields.without(index);
        if let Some(at) = optional.iter().position(|number| number | 0xa0 == tag) {
            optional.remove(at);
            assert_eq!(
                decode(&remaining).as_ref(),
                Ok(&remaining),
                "{structure} {tag:02x}"
            );
            continue;
        }
        let error = decode(&remaining).unwrap_err();
        assert_eq!(error.structure, structure);
        assert!(!error.field.is_empty());
        let found = fields.fields.get(index + 1).map(|next| next[0]);
        let kind = DecodeErrorKind::UnexpectedTag {
            expected: tag,
            found,
        };
        assert_eq!(error.kind, kind, "{structure} {tag:02x}");
    }
    assert!(
        optional.is_empty(),
        "{structure} was not complete: {optional:?}"
    );
}

/// Reads a message and writes it again.
macro_rules! rewrite {
    ($type:ty) => {
        |octets: &[u8]| <$type>::from_der(octets).map(|message| message.to_der())
    };
}

#[test]
fn of_a_ticket_nothing_may_be_missing() {
    let parts = Parts::new();
    each_field_absent_in_turn(&parts.ticket(), "Ticket", &[], rewrite!(Ticket<'_>));
    each_field_absent_in_turn(&SEALED, "EncryptedData", &[1], rewrite!(EncryptedData<'_>));
    each_field_absent_in_turn(&KEY, "EncryptionKey", &[], rewrite!(EncryptionKey<'_>));
    each_field_absent_in_turn(&CHECKSUM, "Checksum", &[], rewrite!(Checksum<'_>));
    each_field_absent_in_turn(&ADDRESS, "HostAddress", &[], rewrite!(HostAddress<'_>));
    let name = parts.client.name();
    each_field_absent_in_turn(&name, "PrincipalName", &[], rewrite!(PrincipalName<'_>));
}

#[test]
fn of_an_enc_ticket_part_four_may_be_missing() {
    let parts = Parts::new();
    let transited = TransitedEncoding {
        tr_type: TransitedEncoding::DOMAIN_X500_COMPRESS,
        contents: b"",
    };
    let part = EncTicketPart {
        flags: TicketFlags::FORWARDABLE,
        key: KEY,
        crealm: parts.client.realm(),
        cname: parts.client.name(),
        transited,
        authtime: time(1),
        starttime: Some(time(2)),
        endtime: time(3),
        renew_till: Some(time(4)),
        caddr: Some(parts.addresses.borrow()),
        authorization_data: Some(parts.elements.borrow()),
    };
    let optional = [6, 8, 9, 10];
    each_field_absent_in_turn(
        &part,
        "EncTicketPart",
        &optional,
        rewrite!(EncTicketPart<'_>),
    );
    let rewrite = rewrite!(TransitedEncoding<'_>);
    each_field_absent_in_turn(&transited, "TransitedEncoding", &[], rewrite);
}

#[test]
fn of_an_ap_req_nothing_and_of_its_authenticator_four_may_be_missing() {
    let parts = Parts::new();
    let request = ApReq {
        ap_options: ApOptions::MUTUAL_REQUIRED,
        ticket: parts.ticket(),
        authenticator: SEALED,
    };
    each_field_absent_in_turn(&request, "AP-REQ", &[], rewrite!(ApReq<'_>));
    let authenticator = Authenticator {
        crealm: parts.client.realm(),
        cname: parts.client.name(),
        cksum: Some(CHECKSUM),
        cusec: microseconds(),
        ctime: time(1),
        subkey: Some(KEY),
        seq_number: Some(u32::MAX),
        authorization_data: Some(parts.elements.borrow()),
    };
    let rewrite = rewrite!(Authenticator<'_>);
    each_field_absent_in_turn(&authenticator, "Authenticator", &[3, 6, 7, 8], rewrite);
}

#[test]
fn of_an_ap_rep_nothing_and_of_its_plaintext_two_may_be_missing() {
    let reply = ApRep { enc_part: SEALED };
    each_field_absent_in_turn(&reply, "AP-REP", &[], rewrite!(ApRep<'_>));
    let part = EncApRepPart {
        ctime: time(1),
        cusec: microseconds(),
        subkey: Some(KEY),
        seq_number: Some(0x8000_0000),
    };
    each_field_absent_in_turn(&part, "EncAPRepPart", &[2, 3], rewrite!(EncApRepPart<'_>));
}

#[test]
fn of_a_krb_error_six_may_be_missing() {
    let parts = Parts::new();
    let error = KrbError {
        ctime: Some(time(1)),
        cusec: Some(microseconds()),
        stime: time(2),
        susec: microseconds(),
        error_code: ErrorCode::SKEW,
        crealm: Some(parts.client.realm()),
        cname: Some(parts.client.name()),
        realm: parts.client.realm(),
        sname: parts.client.name(),
        e_text: Some(KerberosString(b"text\0")), // MIT's old KDCs count the NUL
        e_data: Some(b"data"),
    };
    let optional = [2, 3, 7, 8, 11, 12];
    each_field_absent_in_turn(&error, "KRB-ERROR", &optional, rewrite!(KrbError<'_>));
    let data = KerbErrorData {
        data_type: 2,
        data_value: Some(b""),
    };
    each_field_absent_in_turn(&data, "KERB-ERROR-DATA", &[2], rewrite!(KerbErrorData<'_>));
    // [MS-KILE] §2.2.2: what Windows sends with KRB_AP_ERR_SKEW.
    assert_eq!(
        KerbErrorData::SKEW_RECOVERY.to_der(),
        b"\x30\x05\xa1\x03\x02\x01\x02"
    );
}

#[test]
fn of_a_krb_cred_only_what_is_known_of_its_tickets_may_be_missing() {
    let parts = Parts::new();
    let tickets = SequenceOfBuf::of(&[parts.ticket()]);
    let credential = KrbCred {
        tickets: tickets.borrow(),
        enc_part: SEALED,
    };
    each_field_absent_in_turn(&credential, "KRB-CRED", &[], rewrite!(KrbCred<'_>));
    let info = KrbCredInfo {
        key: KEY,
        prealm: Some(parts.client.realm()),
        pname: Some(parts.client.name()),
        flags: Some(TicketFlags::FORWARDED),
        authtime: Some(time(1)),
        starttime: Some(time(2)),
        endtime: Some(time(3)),
        renew_till: Some(time(4)),
        srealm: Some(parts.client.realm()),
        sname: Some(parts.client.name()),
        caddr: Some(parts.addresses.borrow()),
    };
    let optional = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    each_field_absent_in_turn(&info, "KrbCredInfo", &optional, rewrite!(KrbCredInfo<'_>));
    let infos = SequenceOfBuf::of(&[info]);
    let part = EncKrbCredPart {
        ticket_info: infos.borrow(),
        nonce: Some(1),
        timestamp: Some(time(1)),
        usec: Some(microseconds()),
        s_address: Some(ADDRESS),
        r_address: Some(ADDRESS),
    };
    let optional = [1, 2, 3, 4, 5];
    each_field_absent_in_turn(
        &part,
        "EncKrbCredPart",
        &optional,
        rewrite!(EncKrbCredPart<'_>),
    );
}

#[test]
fn of_a_kdc_req_its_padata_and_much_of_its_body_may_be_missing() {
    let parts = Parts::new();
    let tickets = SequenceOfBuf::of(&[parts.ticket()]);
    let body = KdcReqBody {
        kdc_options: KdcOptions::CANONICALIZE,
        cname: Some(parts.client.name()),
        realm: parts.client.realm(),
        sname: Some(parts.client.name()),
        from: Some(time(1)),
        till: time(2),
        rtime: Some(time(3)),
        nonce: 4,
        etype: parts.etypes.borrow(),
        addresses: Some(parts.addresses.borrow()),
        enc_authorization_data: Some(SEALED),
        additional_tickets: Some(tickets.borrow()),
    };
    let optional = [1, 3, 4, 6, 9, 10, 11];
    each_field_absent_in_turn(&body, "KDC-REQ-BODY", &optional, rewrite!(KdcReqBody<'_>));
    let octets = body.to_der();
    for (msg_type, name) in [
        (MessageType::AS_REQ, "AS-REQ"),
        (MessageType::TGS_REQ, "TGS-REQ"),
    ] {
        let request = KdcReq {
            msg_type,
            padata: Some(parts.padata.borrow()),
            req_body: &octets,
        };
        each_field_absent_in_turn(&request, name, &[3], rewrite!(KdcReq<'_>));
    }
}

#[test]
fn of_a_kdc_rep_its_padata_and_five_of_its_plaintext_may_be_missing() {
    let parts = Parts::new();
    for (msg_type, name) in [
        (MessageType::AS_REP, "AS-REP"),
        (MessageType::TGS_REP, "TGS-REP"),
    ] {
        let reply = KdcRep {
            msg_type,
            padata: Some(parts.padata.borrow()),
            crealm: parts.client.realm(),
            cname: parts.client.name(),
            ticket: parts.ticket(),
            enc_part: SEALED,
        };
        each_field_absent_in_turn(&reply, name, &[2], rewrite!(KdcRep<'_>));
    }
    for (application, name) in [
        (EncKdcRepPart::AS, "EncASRepPart"),
        (EncKdcRepPart::TGS, "EncTGSRepPart"),
    ] {
        let part = EncKdcRepPart {
            application,
            key: KEY,
            last_req: parts.last_req.borrow(),
            nonce: 1,
            key_expiration: Some(time(1)),
            flags: TicketFlags::INITIAL,
            authtime: time(2),
            starttime: Some(time(3)),
            endtime: time(4),
            renew_till: Some(time(5)),
            srealm: parts.client.realm(),
            sname: parts.client.name(),
            caddr: Some(parts.addresses.borrow()),
            encrypted_pa_data: Some(parts.padata.borrow()),
        };
        let optional = [3, 6, 8, 11, 12];
        each_field_absent_in_turn(&part, name, &optional, rewrite!(EncKdcRepPart<'_>));
    }
}

#[test]
fn of_preauthentication_data_salts_parameters_and_microseconds_may_be_missing() {
    let timestamp = PaEncTsEnc {
        patimestamp: time(1),
        pausec: Some(microseconds()),
    };
    each_field_absent_in_turn(&timestamp, "PA-ENC-TS-ENC", &[1], rewrite!(PaEncTsEnc));
    let info = EtypeInfo2Entry {
        etype: EtypeNumber::AES256_SHA2,
        salt: Some(KerberosString(b"salt")),
        s2kparams: Some(&[0, 0, 0x80, 0]),
    };
    each_field_absent_in_turn(
        &info,
        "ETYPE-INFO2-ENTRY",
        &[1, 2],
        rewrite!(EtypeInfo2Entry<'_>),
    );
    let info = EtypeInfoEntry {
        etype: EtypeNumber::RC4_HMAC,
        salt: Some(b"salt"),
    };
    each_field_absent_in_turn(
        &info,
        "ETYPE-INFO-ENTRY",
        &[1],
        rewrite!(EtypeInfoEntry<'_>),
    );
    let wish = PaPacRequest { include_pac: true };
    each_field_absent_in_turn(&wish, "KERB-PA-PAC-REQUEST", &[], rewrite!(PaPacRequest));
}

#[test]
fn of_a_user_that_somebody_asks_for_name_certificate_and_options_may_be_missing() {
    let parts = Parts::new();
    let user = PaForUser {
        user_name: parts.client.name(),
        user_realm: parts.client.realm(),
        cksum: CHECKSUM,
        auth_package: KerberosString(b"Kerberos"),
    };
    each_field_absent_in_turn(&user, "PA-FOR-USER", &[], rewrite!(PaForUser<'_>));
    let user = S4uUserId {
        nonce: 7,
        cname: Some(parts.client.name()),
        crealm: parts.client.realm(),
        subject_certificate: Some(b"certificate"),
        options: Some(S4uOptions::USE_REPLY_KEY_USAGE),
    };
    each_field_absent_in_turn(&user, "S4UUserID", &[1, 3, 4], rewrite!(S4uUserId<'_>));
    let octets = user.to_der();
    let message = PaS4uX509User {
        user_id: &octets,
        checksum: CHECKSUM,
    };
    assert_eq!(message.user_id(), Ok(user));
    each_field_absent_in_turn(
        &message,
        "PA-S4U-X509-USER",
        &[],
        rewrite!(PaS4uX509User<'_>),
    );
    let options = PaPacOptions {
        flags: PacOptions::CLAIMS,
    };
    each_field_absent_in_turn(&options, "PA-PAC-OPTIONS", &[], rewrite!(PaPacOptions));
}

#[test]
fn of_application_messages_clocks_numbers_and_the_receiver_may_be_missing() {
    let body = KrbSafeBody {
        user_data: b"data",
        timestamp: Some(time(1)),
        usec: Some(microseconds()),
        seq_number: Some(1),
        s_address: ADDRESS,
        r_address: Some(ADDRESS),
    };
    let optional = [1, 2, 3, 5];
    each_field_absent_in_turn(&body, "KRB-SAFE-BODY", &optional, rewrite!(KrbSafeBody<'_>));
    let octets = body.to_der();
    let message = KrbSafe {
        safe_body: &octets,
        cksum: CHECKSUM,
    };
    assert_eq!(message.body(), Ok(body));
    each_field_absent_in_turn(&message, "KRB-SAFE", &[], rewrite!(KrbSafe<'_>));
    let message = KrbPriv { enc_part: SEALED };
    each_field_absent_in_turn(&message, "KRB-PRIV", &[], rewrite!(KrbPriv<'_>));
    let part = EncKrbPrivPart {
        user_data: b"data",
        timestamp: Some(time(1)),
        usec: Some(microseconds()),
        seq_number: Some(1),
        s_address: ADDRESS,
        r_address: Some(ADDRESS),
    };
    each_field_absent_in_turn(
        &part,
        "EncKrbPrivPart",
        &optional,
        rewrite!(EncKrbPrivPart<'_>),
    );
}

#[test]
fn of_a_tgt_request_the_names_may_be_missing() {
    let parts = Parts::new();
    let request = TgtRequest {
        server_name: Some(parts.client.name()),
        realm: Some(parts.client.realm()),
    };
    each_field_absent_in_turn(
        &request,
        "KERB-TGT-REQUEST",
        &[2, 3],
        rewrite!(TgtRequest<'_>),
    );
    let reply = TgtReply {
        ticket: parts.ticket(),
    };
    each_field_absent_in_turn(&reply, "KERB-TGT-REPLY", &[], rewrite!(TgtReply<'_>));
}

#[test]
fn of_authorization_data_that_holds_more_only_the_issuer_may_be_missing() {
    let parts = Parts::new();
    let issued = AdKdcIssued {
        ad_checksum: CHECKSUM,
        i_realm: Some(parts.client.realm()),
        i_sname: Some(parts.client.name()),
        elements: parts.elements.borrow(),
    };
    each_field_absent_in_turn(&issued, "AD-KDCIssued", &[1, 2], rewrite!(AdKdcIssued<'_>));
    let any = AdAndOr {
        condition_count: 1,
        elements: parts.elements.borrow(),
    };
    each_field_absent_in_turn(&any, "AD-AND-OR", &[], rewrite!(AdAndOr<'_>));
}
