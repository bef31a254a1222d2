//! What `der` finds.

use der::asn1::{
    AnyRef, BitStringRef, GeneralStringRef, GeneralizedTime, ObjectIdentifier, OctetStringRef,
};
use der::{Decode, Enumerated, Sequence, Tag, TagNumber, Tagged};
use portcullis_oracles::fields::Fields;
use portcullis_oracles::kind::Kind;
use portcullis_oracles::oracle::{Decoded, first_word};

#[derive(Sequence)]
struct PrincipalName<'a> {
    #[asn1(context_specific = "0")]
    name_type: i32,
    #[asn1(context_specific = "1")]
    name_string: Vec<GeneralStringRef<'a>>,
}

#[derive(Sequence)]
struct EncryptedData<'a> {
    #[asn1(context_specific = "0")]
    etype: i32,
    #[asn1(context_specific = "1", optional = "true")]
    kvno: Option<i64>,
    #[asn1(context_specific = "2")]
    cipher: &'a OctetStringRef,
}

/// EncryptionKey, Checksum, HostAddress, TransitedEncoding, an element of AuthorizationData.
#[derive(Sequence)]
struct Typed<'a> {
    #[asn1(context_specific = "0")]
    number: i32,
    #[asn1(context_specific = "1")]
    octets: &'a OctetStringRef,
}

#[derive(Sequence)]
struct Ticket<'a> {
    #[asn1(context_specific = "0")]
    tkt_vno: u8,
    #[asn1(context_specific = "1")]
    realm: GeneralStringRef<'a>,
    #[asn1(context_specific = "2")]
    sname: PrincipalName<'a>,
    #[asn1(context_specific = "3")]
    enc_part: EncryptedData<'a>,
}

#[derive(Sequence)]
struct ApReq<'a> {
    #[asn1(context_specific = "0")]
    pvno: u8,
    #[asn1(context_specific = "1")]
    msg_type: u8,
    #[asn1(context_specific = "2")]
    ap_options: BitStringRef<'a>,
    #[asn1(context_specific = "3")]
    ticket: AnyRef<'a>,
    #[asn1(context_specific = "4")]
    authenticator: EncryptedData<'a>,
}

#[derive(Sequence)]
struct ApRep<'a> {
    #[asn1(context_specific = "0")]
    pvno: u8,
    #[asn1(context_specific = "1")]
    msg_type: u8,
    #[asn1(context_specific = "2")]
    enc_part: EncryptedData<'a>,
}

#[derive(Sequence)]
struct EncTicketPart<'a> {
    #[asn1(context_specific = "0")]
    flags: BitStringRef<'a>,
    #[asn1(context_specific = "1")]
    key: Typed<'a>,
    #[asn1(context_specific = "2")]
    crealm: GeneralStringRef<'a>,
    #[asn1(context_specific = "3")]
    cname: PrincipalName<'a>,
    #[asn1(context_specific = "4")]
    transited: Typed<'a>,
    #[asn1(context_specific = "5")]
    authtime: GeneralizedTime,
    #[asn1(context_specific = "6", optional = "true")]
    starttime: Option<GeneralizedTime>,
    #[asn1(context_specific = "7")]
    endtime: GeneralizedTime,
    #[asn1(context_specific = "8", optional = "true")]
    renew_till: Option<GeneralizedTime>,
    #[asn1(context_specific = "9", optional = "true")]
    caddr: Option<Vec<Typed<'a>>>,
    #[asn1(context_specific = "10", optional = "true")]
    authorization_data: Option<Vec<Typed<'a>>>,
}

#[derive(Sequence)]
struct Authenticator<'a> {
    #[asn1(context_specific = "0")]
    authenticator_vno: u8,
    #[asn1(context_specific = "1")]
    crealm: GeneralStringRef<'a>,
    #[asn1(context_specific = "2")]
    cname: PrincipalName<'a>,
    #[asn1(context_specific = "3", optional = "true")]
    cksum: Option<Typed<'a>>,
    #[asn1(context_specific = "4")]
    cusec: u32,
    #[asn1(context_specific = "5")]
    ctime: GeneralizedTime,
    #[asn1(context_specific = "6", optional = "true")]
    subkey: Option<Typed<'a>>,
    #[asn1(context_specific = "7", optional = "true")]
    seq_number: Option<i64>,
    #[asn1(context_specific = "8", optional = "true")]
    authorization_data: Option<Vec<Typed<'a>>>,
}

#[derive(Sequence)]
struct NegTokenInit<'a> {
    #[asn1(context_specific = "0", optional = "true")]
    mech_types: Option<Vec<ObjectIdentifier>>,
    #[asn1(context_specific = "1", optional = "true")]
    req_flags: Option<AnyRef<'a>>,
    #[asn1(context_specific = "2", optional = "true")]
    mech_token: Option<&'a OctetStringRef>,
    #[asn1(context_specific = "3", optional = "true")]
    mech_list_mic: Option<&'a OctetStringRef>,
}

#[derive(Clone, Copy, Enumerated)]
#[repr(u8)]
enum NegState {
    AcceptCompleted = 0,
    AcceptIncomplete = 1,
    Reject = 2,
    RequestMic = 3,
}

#[derive(Sequence)]
struct NegTokenResp<'a> {
    #[asn1(context_specific = "0", optional = "true")]
    neg_state: Option<NegState>,
    #[asn1(context_specific = "1", optional = "true")]
    supported_mech: Option<ObjectIdentifier>,
    #[asn1(context_specific = "2", optional = "true")]
    response_token: Option<&'a OctetStringRef>,
    #[asn1(context_specific = "3", optional = "true")]
    mech_list_mic: Option<&'a OctetStringRef>,
}

pub(crate) fn decode(kind: Kind, octets: &[u8]) -> Option<Decoded> {
    let found = match kind {
        Kind::ApReq => ap_req(octets),
        Kind::Ticket => application(1, octets).and_then(|found: Ticket<'_>| {
            constant(found.tkt_vno, 5)?;
            Ok(collect(found, ticket))
        }),
        Kind::EncTicketPart => application(3, octets).map(|found| collect(found, enc_ticket_part)),
        Kind::Authenticator => application(2, octets).and_then(|found: Authenticator<'_>| {
            constant(found.authenticator_vno, 5)?;
            Ok(collect(found, authenticator))
        }),
        Kind::ApRep => ap_rep(octets),
        Kind::NegTokenInit => choice(0, octets).map(|found| collect(found, neg_token_init)),
        Kind::NegTokenResp => choice(1, octets).map(|found| collect(found, neg_token_resp)),
        _ => return None,
    };
    Some(found.map_err(|error| first_word(&format!("{:?}", error.kind())).to_owned()))
}

fn collect<T>(found: T, fill: impl FnOnce(&mut Fields, T)) -> Fields {
    Fields::collect(|fields| fill(fields, found))
}

/// `[APPLICATION number] SEQUENCE`, which the derive has no words for.
fn application<'a, T: Decode<'a, Error = der::Error>>(
    number: u32,
    octets: &'a [u8],
) -> der::Result<T> {
    let constructed = true;
    let number = TagNumber(number);
    inside(
        Tag::Application {
            constructed,
            number,
        },
        AnyRef::from_der(octets)?,
    )
}

fn choice<'a, T: Decode<'a, Error = der::Error>>(number: u32, octets: &'a [u8]) -> der::Result<T> {
    let constructed = true;
    let number = TagNumber(number);
    inside(
        Tag::ContextSpecific {
            constructed,
            number,
        },
        AnyRef::from_der(octets)?,
    )
}

fn inside<'a, T: Decode<'a, Error = der::Error>>(tag: Tag, any: AnyRef<'a>) -> der::Result<T> {
    any.tag().assert_eq(tag)?;
    T::from_der(any.value())
}

/// The derive has no words for constants either.
fn constant(found: u8, expected: u8) -> der::Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(der::ErrorKind::Value { tag: Tag::Integer }.into())
}

fn ap_req(octets: &[u8]) -> der::Result<Fields> {
    let request: ApReq<'_> = application(14, octets)?;
    constant(request.pvno, 5)?;
    constant(request.msg_type, 14)?;
    let (constructed, number) = (true, TagNumber(1));
    let inner: Ticket<'_> = inside(
        Tag::Application {
            constructed,
            number,
        },
        request.ticket,
    )?;
    constant(inner.tkt_vno, 5)?;
    Ok(Fields::collect(|fields| {
        flags(fields, "ap-options", &request.ap_options);
        fields.within("ticket", |fields| ticket(fields, inner));
        sealed(fields, "authenticator", &request.authenticator);
    }))
}

fn ap_rep(octets: &[u8]) -> der::Result<Fields> {
    let reply: ApRep<'_> = application(15, octets)?;
    constant(reply.pvno, 5)?;
    constant(reply.msg_type, 15)?;
    Ok(Fields::collect(|fields| {
        sealed(fields, "enc-part", &reply.enc_part)
    }))
}

fn ticket(fields: &mut Fields, ticket: Ticket<'_>) {
    fields.octets("realm", ticket.realm.as_bytes());
    principal_name(fields, "sname", &ticket.sname);
    sealed(fields, "enc-part", &ticket.enc_part);
}

fn enc_ticket_part(fields: &mut Fields, part: EncTicketPart<'_>) {
    flags(fields, "flags", &part.flags);
    typed(fields, "key", ["keytype", "keyvalue"], Some(part.key));
    fields.octets("crealm", part.crealm.as_bytes());
    principal_name(fields, "cname", &part.cname);
    typed(
        fields,
        "transited",
        ["tr-type", "contents"],
        Some(part.transited),
    );
    time(fields, "authtime", Some(part.authtime));
    time(fields, "starttime", part.starttime);
    time(fields, "endtime", Some(part.endtime));
    time(fields, "renew-till", part.renew_till);
    fields.each(
        "caddr",
        part.caddr.into_iter().flatten(),
        |fields, address| {
            typed(fields, "", ["addr-type", "address"], Some(address));
        },
    );
    authorization_data(fields, part.authorization_data);
}

fn authenticator(fields: &mut Fields, part: Authenticator<'_>) {
    fields.octets("crealm", part.crealm.as_bytes());
    principal_name(fields, "cname", &part.cname);
    typed(fields, "cksum", ["cksumtype", "checksum"], part.cksum);
    fields.integer("cusec", part.cusec);
    time(fields, "ctime", Some(part.ctime));
    typed(fields, "subkey", ["keytype", "keyvalue"], part.subkey);
    if let Some(number) = part.seq_number {
        fields.sent_signed("seq-number", number);
    }
    authorization_data(fields, part.authorization_data);
}

fn neg_token_init(fields: &mut Fields, token: NegTokenInit<'_>) {
    let oids = token.mech_types.into_iter().flatten();
    fields.each("mechTypes", oids, |fields, oid| {
        fields.octets("", oid.as_bytes())
    });
    octets(fields, "mechToken", token.mech_token);
    octets(fields, "mechListMIC", token.mech_list_mic);
}

fn neg_token_resp(fields: &mut Fields, token: NegTokenResp<'_>) {
    if let Some(state) = token.neg_state {
        fields.integer("negState", state as u8);
    }
    if let Some(oid) = token.supported_mech {
        fields.octets("supportedMech", oid.as_bytes());
    }
    octets(fields, "responseToken", token.response_token);
    octets(fields, "mechListMIC", token.mech_list_mic);
}

fn octets(fields: &mut Fields, path: &str, octets: Option<&OctetStringRef>) {
    if let Some(octets) = octets {
        fields.octets(path, octets.as_bytes());
    }
}

fn principal_name(fields: &mut Fields, path: &str, name: &PrincipalName<'_>) {
    fields.within(path, |fields| {
        fields.integer("name-type", name.name_type);
        fields.each("name-string", &name.name_string, |fields, component| {
            fields.octets("", component.as_bytes());
        });
    });
}

fn sealed(fields: &mut Fields, path: &str, data: &EncryptedData<'_>) {
    fields.within(path, |fields| {
        fields.integer("etype", data.etype);
        if let Some(kvno) = data.kvno {
            fields.sent_signed("kvno", kvno);
        }
        fields.octets("cipher", data.cipher.as_bytes());
    });
}

fn typed(fields: &mut Fields, path: &str, names: [&str; 2], typed: Option<Typed<'_>>) {
    let [number, octets] = names;
    fields.optional(path, typed, |fields, typed| {
        fields.integer(number, typed.number);
        fields.octets(octets, typed.octets.as_bytes());
    });
}

fn authorization_data(fields: &mut Fields, data: Option<Vec<Typed<'_>>>) {
    fields.each(
        "authorization-data",
        data.into_iter().flatten(),
        |fields, element| {
            typed(fields, "", ["ad-type", "ad-data"], Some(element));
        },
    );
}

fn flags(fields: &mut Fields, path: &str, bits: &BitStringRef<'_>) {
    fields.flags(path, bits.bits());
}

fn time(fields: &mut Fields, path: &str, time: Option<GeneralizedTime>) {
    if let Some(time) = time {
        let text = time.to_date_time().to_string();
        let kept = text
            .chars()
            .filter(|letter| letter.is_ascii_digit() || *letter == 'Z');
        fields.time(path, kept.collect::<String>());
    }
}
