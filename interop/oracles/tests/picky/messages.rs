//! What picky-krb finds.

use picky_asn1::date::GeneralizedTime;
use picky_asn1::wrapper::{
    Asn1SequenceOf, BitStringAsn1, GeneralStringAsn1, IntegerAsn1, ObjectIdentifierAsn1,
};
use picky_krb::data_types::{
    Authenticator, AuthorizationData, EncApRepPart, EncKrbCredPart, EncTicketPart, EncryptedData,
    EncryptionKey, HostAddress, KerberosTime, KrbCredInfo, PrincipalName, Ticket,
};
use picky_krb::gss_api::{NegTokenInit, NegTokenTarg1};
use picky_krb::messages::{ApRep, ApReq, KrbCred, KrbError};
use portcullis_oracles::fields::Fields;
use portcullis_oracles::kind::Kind;
use portcullis_oracles::oracle::Decoded;

pub(crate) fn decode(kind: Kind, octets: &[u8]) -> Option<Decoded> {
    Some(match kind {
        Kind::ApReq => fields(octets, |fields, message: ApReq| {
            let message = message.0;
            flags(fields, "ap-options", &message.ap_options.0);
            fields.within("ticket", |fields| ticket(fields, message.ticket.0));
            sealed(fields, "authenticator", &message.authenticator.0);
        }),
        Kind::Ticket => fields(octets, ticket),
        Kind::EncTicketPart => fields(octets, enc_ticket_part),
        Kind::Authenticator => fields(octets, authenticator),
        Kind::ApRep => fields(octets, |fields, message: ApRep| {
            sealed(fields, "enc-part", &message.0.enc_part.0);
        }),
        Kind::EncApRepPart => fields(octets, |fields, part: EncApRepPart| {
            let part = part.0;
            time(fields, "ctime", &part.ctime.0);
            integer(fields, "cusec", &part.cusec.0);
            fields.optional("subkey", part.subkey.0, |fields, key| {
                encryption_key(fields, &key.0)
            });
            unsigned(
                fields,
                "seq-number",
                part.seq_number.0.as_ref().map(|number| &number.0),
            );
        }),
        Kind::KrbError => fields(octets, krb_error),
        Kind::KrbCred => fields(octets, |fields, message: KrbCred| {
            fields.each("tickets", message.0.tickets.0.0, ticket);
            sealed(fields, "enc-part", &message.0.enc_part.0);
        }),
        Kind::EncKrbCredPart => fields(octets, enc_krb_cred_part),
        Kind::NegTokenInit => fields(octets, neg_token_init),
        Kind::NegTokenResp => fields(octets, neg_token_resp),
    })
}

fn fields<T: serde::de::DeserializeOwned>(
    octets: &[u8],
    fill: impl FnOnce(&mut Fields, T),
) -> Decoded {
    match picky_asn1_der::from_bytes::<T>(octets) {
        Ok(message) => Ok(Fields::collect(|fields| fill(fields, message))),
        Err(error) => Err(innermost(&format!("{error:?}"))),
    }
}

/// Messages inside messages end with what was wrong: `… inner value: InvalidData")")`.
fn innermost(debug: &str) -> String {
    let last = debug.rsplit(": ").next().unwrap_or_default();
    let last = last
        .rsplit('"')
        .find(|part| part.contains(char::is_alphabetic));
    let words = last
        .unwrap_or_default()
        .split(',')
        .next()
        .unwrap_or_default();
    words
        .trim_end_matches(|letter: char| !letter.is_alphanumeric())
        .to_owned()
}

fn ticket(fields: &mut Fields, ticket: Ticket) {
    let ticket = ticket.0;
    fields.octets("realm", &ticket.realm.0.0[..]);
    fields.within("sname", |fields| principal_name(fields, &ticket.sname.0));
    sealed(fields, "enc-part", &ticket.enc_part.0);
}

fn enc_ticket_part(fields: &mut Fields, part: EncTicketPart) {
    let part = part.0;
    flags(fields, "flags", &part.flags.0);
    fields.within("key", |fields| encryption_key(fields, &part.key.0));
    string(fields, "crealm", Some(&part.crealm.0));
    fields.within("cname", |fields| principal_name(fields, &part.cname.0));
    integer(fields, "transited.tr-type", &part.transited.0.tr_type.0);
    fields.octets("transited.contents", &part.transited.0.contents.0.0);
    time(fields, "authtime", &part.auth_time.0);
    optional_time(
        fields,
        "starttime",
        part.starttime.0.as_ref().map(|time| &time.0),
    );
    time(fields, "endtime", &part.endtime.0);
    optional_time(
        fields,
        "renew-till",
        part.renew_till.0.as_ref().map(|time| &time.0),
    );
    let addresses = part.caddr.0.into_iter().flat_map(|list| list.0.0);
    fields.each("caddr", addresses, |fields, address| {
        host_address(fields, &address)
    });
    authorization_data(fields, part.authorization_data.0.map(|data| data.0));
}

fn authenticator(fields: &mut Fields, part: Authenticator) {
    let part = part.0;
    string(fields, "crealm", Some(&part.crealm.0));
    fields.within("cname", |fields| principal_name(fields, &part.cname.0));
    fields.optional("cksum", part.cksum.0, |fields, cksum| {
        integer(fields, "cksumtype", &cksum.0.cksumtype.0);
        fields.octets("checksum", &cksum.0.checksum.0.0);
    });
    integer(fields, "cusec", &part.cusec.0);
    time(fields, "ctime", &part.ctime.0);
    fields.optional("subkey", part.subkey.0, |fields, key| {
        encryption_key(fields, &key.0)
    });
    unsigned(
        fields,
        "seq-number",
        part.seq_number.0.as_ref().map(|number| &number.0),
    );
    authorization_data(fields, part.authorization_data.0.map(|data| data.0));
}

fn krb_error(fields: &mut Fields, error: KrbError) {
    let error = error.0;
    optional_time(fields, "ctime", error.ctime.0.as_ref().map(|time| &time.0));
    optional_time(fields, "cusec", error.cusec.0.as_ref().map(|time| &time.0));
    time(fields, "stime", &error.stime.0);
    integer(fields, "susec", &error.susec.0);
    fields.integer("error-code", error.error_code.0);
    string(
        fields,
        "crealm",
        error.crealm.0.as_ref().map(|realm| &realm.0),
    );
    fields.optional("cname", error.cname.0, |fields, name| {
        principal_name(fields, &name.0)
    });
    string(fields, "realm", Some(&error.realm.0));
    fields.within("sname", |fields| principal_name(fields, &error.sname.0));
    string(
        fields,
        "e-text",
        error.e_text.0.as_ref().map(|text| &text.0),
    );
    if let Some(data) = error.e_data.0 {
        fields.octets("e-data", &data.0.0);
    }
}

fn enc_krb_cred_part(fields: &mut Fields, part: EncKrbCredPart) {
    let part = part.0;
    fields.each("ticket-info", part.ticket_info.0.0, krb_cred_info);
    unsigned(
        fields,
        "nonce",
        part.nonce.0.as_ref().map(|number| &number.0),
    );
    optional_time(
        fields,
        "timestamp",
        part.timestamp.0.as_ref().map(|time| &time.0),
    );
    if let Some(usec) = part.usec.0 {
        integer(fields, "usec", &usec.0);
    }
    fields.optional("s-address", part.s_address.0, |fields, address| {
        host_address(fields, &address.0);
    });
    fields.optional("r-address", part.r_address.0, |fields, address| {
        host_address(fields, &address.0);
    });
}

fn krb_cred_info(fields: &mut Fields, info: KrbCredInfo) {
    fields.within("key", |fields| encryption_key(fields, &info.key.0));
    string(
        fields,
        "prealm",
        info.prealm.0.as_ref().map(|realm| &realm.0),
    );
    fields.optional("pname", info.pname.0, |fields, name| {
        principal_name(fields, &name.0)
    });
    if let Some(bits) = info.flags.0 {
        flags(fields, "flags", &bits.0);
    }
    optional_time(
        fields,
        "authtime",
        info.auth_time.0.as_ref().map(|time| &time.0),
    );
    optional_time(
        fields,
        "starttime",
        info.start_time.0.as_ref().map(|time| &time.0),
    );
    optional_time(
        fields,
        "endtime",
        info.end_time.0.as_ref().map(|time| &time.0),
    );
    optional_time(
        fields,
        "renew-till",
        info.renew_till.0.as_ref().map(|time| &time.0),
    );
    string(
        fields,
        "srealm",
        info.srealm.0.as_ref().map(|realm| &realm.0),
    );
    fields.optional("sname", info.sname.0, |fields, name| {
        principal_name(fields, &name.0)
    });
    let addresses = info.caddr.0.into_iter().flat_map(|list| list.0.0);
    fields.each("caddr", addresses, |fields, address| {
        host_address(fields, &address)
    });
}

fn neg_token_init(
    fields: &mut Fields,
    token: picky_asn1::wrapper::ExplicitContextTag0<NegTokenInit>,
) {
    let token = token.0;
    let oids = token.mech_types.0.into_iter().flat_map(|list| list.0.0);
    fields.each("mechTypes", oids, |fields, oid| {
        object_identifier(fields, "", &oid)
    });
    if let Some(token) = token.mech_token.0 {
        fields.octets("mechToken", &token.0.0);
    }
    if let Some(mic) = token.mech_list_mic.0 {
        fields.octets("mechListMIC", &mic.0.0);
    }
}

fn neg_token_resp(fields: &mut Fields, token: NegTokenTarg1) {
    let token = token.0;
    if let Some(state) = token.neg_result.0 {
        // Kept raw: an ENUMERATED of one octet, or something else that no number of ours equals.
        let number = match state.0.0[..] {
            [0x0a, 1, number] => number.into(),
            _ => -1_i128,
        };
        fields.integer("negState", number);
    }
    if let Some(oid) = token.supported_mech.0 {
        object_identifier(fields, "supportedMech", &oid.0);
    }
    if let Some(token) = token.response_token.0 {
        fields.octets("responseToken", &token.0.0);
    }
    if let Some(mic) = token.mech_list_mic.0 {
        fields.octets("mechListMIC", &mic.0.0);
    }
}

fn object_identifier(fields: &mut Fields, path: &str, oid: &ObjectIdentifierAsn1) {
    let encoded = picky_asn1_der::to_vec(oid).unwrap_or_default();
    fields.octets(path, encoded.get(2..).unwrap_or_default());
}

fn principal_name(fields: &mut Fields, name: &PrincipalName) {
    integer(fields, "name-type", &name.name_type.0);
    let Asn1SequenceOf(components) = &name.name_string.0;
    fields.each("name-string", components, |fields, component| {
        string(fields, "", Some(component));
    });
}

fn sealed(fields: &mut Fields, path: &str, data: &EncryptedData) {
    fields.within(path, |fields| {
        integer(fields, "etype", &data.etype.0);
        unsigned(fields, "kvno", data.kvno.0.as_ref().map(|kvno| &kvno.0));
        fields.octets("cipher", &data.cipher.0.0);
    });
}

fn encryption_key(fields: &mut Fields, key: &EncryptionKey) {
    integer(fields, "keytype", &key.key_type.0);
    fields.octets("keyvalue", &key.key_value.0.0);
}

fn host_address(fields: &mut Fields, address: &HostAddress) {
    integer(fields, "addr-type", &address.addr_type.0);
    fields.octets("address", &address.address.0.0);
}

fn authorization_data(fields: &mut Fields, data: Option<AuthorizationData>) {
    let elements = data.into_iter().flat_map(|data| data.0);
    fields.each("authorization-data", elements, |fields, element| {
        integer(fields, "ad-type", &element.ad_type.0);
        fields.octets("ad-data", &element.ad_data.0.0);
    });
}

fn string(fields: &mut Fields, path: &str, string: Option<&GeneralStringAsn1>) {
    if let Some(string) = string {
        fields.octets(path, &string.0[..]);
    }
}

fn flags(fields: &mut Fields, path: &str, bits: &BitStringAsn1) {
    let bits = &bits.0;
    fields.flags(path, (0..bits.get_num_bits()).map(|bit| bits.is_set(bit)));
}

fn integer(fields: &mut Fields, path: &str, integer: &IntegerAsn1) {
    fields.integer(path, number(integer));
}

fn unsigned(fields: &mut Fields, path: &str, integer: Option<&IntegerAsn1>) {
    if let Some(integer) = integer {
        fields.sent_signed(path, number(integer));
    }
}

fn number(integer: &IntegerAsn1) -> i128 {
    let octets = integer.as_signed_bytes_be();
    let negative = octets.first().is_some_and(|first| first & 0x80 != 0);
    let sign: i128 = if negative { -1 } else { 0 };
    octets
        .iter()
        .fold(sign, |value, octet| (value << 8) | i128::from(*octet))
}

fn optional_time(fields: &mut Fields, path: &str, value: Option<&KerberosTime>) {
    if let Some(value) = value {
        time(fields, path, value);
    }
}

fn time(fields: &mut Fields, path: &str, time: &KerberosTime) {
    let date: &GeneralizedTime = &time.0;
    let (year, month, day) = (date.year(), date.month(), date.day());
    let (hour, minute, second) = (date.hour(), date.minute(), date.second());
    fields.time(
        path,
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z"),
    );
}
