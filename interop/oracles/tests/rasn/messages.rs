//! What rasn-kerberos finds.

use portcullis_oracles::fields::Fields;
use portcullis_oracles::kind::Kind;
use portcullis_oracles::oracle::{Decoded, first_word};
use rasn::error::DecodeErrorKind;
use rasn_kerberos as theirs;

pub(crate) fn decode(kind: Kind, octets: &[u8]) -> Option<Decoded> {
    Some(match kind {
        Kind::ApReq => fields(octets, |fields, message: theirs::ApReq| {
            flags(fields, "ap-options", &message.ap_options.0);
            fields.within("ticket", |fields| ticket(fields, message.ticket));
            sealed(fields, "authenticator", message.authenticator);
        }),
        Kind::Ticket => fields(octets, ticket),
        Kind::EncTicketPart => fields(octets, enc_ticket_part),
        Kind::Authenticator => fields(octets, authenticator),
        Kind::ApRep => fields(octets, |fields, message: theirs::ApRep| {
            sealed(fields, "enc-part", message.enc_part);
        }),
        Kind::EncApRepPart => fields(octets, |fields, part: theirs::EncApRepPart| {
            time(fields, "ctime", Some(part.ctime));
            integer(fields, "cusec", Some(part.cusec));
            key(fields, "subkey", part.subkey);
            unsigned(fields, "seq-number", part.seq_number);
        }),
        Kind::KrbError => fields(octets, krb_error),
        Kind::KrbCred => fields(octets, |fields, message: theirs::KrbCred| {
            fields.each("tickets", message.tickets, ticket);
            sealed(fields, "enc-part", message.enc_part);
        }),
        Kind::EncKrbCredPart => fields(octets, |fields, part: theirs::EncKrbCredPart| {
            fields.each("ticket-info", part.ticket_info, krb_cred_info);
            unsigned(fields, "nonce", part.nonce);
            time(fields, "timestamp", part.timestamp);
            integer(fields, "usec", part.usec);
            fields.optional("s-address", part.sender_address, host_address);
            fields.optional("r-address", part.recipient_address, host_address);
        }),
        Kind::NegTokenInit | Kind::NegTokenResp => return None,
    })
}

fn fields<T: rasn::Decode>(octets: &[u8], fill: impl FnOnce(&mut Fields, T)) -> Decoded {
    match rasn::der::decode::<T>(octets) {
        Ok(message) => Ok(Fields::collect(|fields| fill(fields, message))),
        Err(error) => Err(innermost(&error.kind)),
    }
}

/// What was wrong with the field in which it was wrong.
fn innermost(kind: &DecodeErrorKind) -> String {
    match kind {
        DecodeErrorKind::FieldError { nested, .. } => innermost(&nested.kind),
        kind => first_word(&format!("{kind:?}")).to_owned(),
    }
}

fn ticket(fields: &mut Fields, ticket: theirs::Ticket) {
    fields.octets("realm", &ticket.realm[..]);
    name(fields, "sname", Some(ticket.sname));
    sealed(fields, "enc-part", ticket.enc_part);
}

fn enc_ticket_part(fields: &mut Fields, part: theirs::EncTicketPart) {
    flags(fields, "flags", &part.flags.0);
    key(fields, "key", Some(part.key));
    fields.octets("crealm", &part.crealm[..]);
    name(fields, "cname", Some(part.cname));
    fields.integer("transited.tr-type", part.transited.r#type);
    fields.octets("transited.contents", part.transited.contents);
    time(fields, "authtime", Some(part.auth_time));
    time(fields, "starttime", part.start_time);
    time(fields, "endtime", Some(part.end_time));
    time(fields, "renew-till", part.renew_till);
    fields.each("caddr", part.caddr.into_iter().flatten(), host_address);
    authorization_data(fields, part.authorization_data);
}

fn authenticator(fields: &mut Fields, part: theirs::Authenticator) {
    fields.octets("crealm", &part.crealm[..]);
    name(fields, "cname", Some(part.cname));
    fields.optional("cksum", part.cksum, |fields, cksum| {
        fields.integer("cksumtype", cksum.r#type);
        fields.octets("checksum", cksum.checksum);
    });
    integer(fields, "cusec", Some(part.cusec));
    time(fields, "ctime", Some(part.ctime));
    key(fields, "subkey", part.subkey);
    unsigned(fields, "seq-number", part.seq_number);
    authorization_data(fields, part.authorization_data);
}

fn krb_error(fields: &mut Fields, error: theirs::KrbError) {
    time(fields, "ctime", error.ctime);
    integer(fields, "cusec", error.cusec);
    time(fields, "stime", Some(error.stime));
    integer(fields, "susec", Some(error.susec));
    fields.integer("error-code", error.error_code);
    if let Some(realm) = error.crealm {
        fields.octets("crealm", &realm[..]);
    }
    name(fields, "cname", error.cname);
    fields.octets("realm", &error.realm[..]);
    name(fields, "sname", Some(error.sname));
    if let Some(text) = error.e_text {
        fields.octets("e-text", &text[..]);
    }
    if let Some(data) = error.e_data {
        fields.octets("e-data", data);
    }
}

fn krb_cred_info(fields: &mut Fields, info: theirs::KrbCredInfo) {
    key(fields, "key", Some(info.key));
    if let Some(realm) = info.prealm {
        fields.octets("prealm", &realm[..]);
    }
    name(fields, "pname", info.pname);
    if let Some(bits) = info.flags {
        flags(fields, "flags", &bits.0);
    }
    time(fields, "authtime", info.auth_time);
    time(fields, "starttime", info.start_time);
    time(fields, "endtime", info.end_time);
    time(fields, "renew-till", info.renew_till);
    if let Some(realm) = info.srealm {
        fields.octets("srealm", &realm[..]);
    }
    name(fields, "sname", info.sname);
    fields.each("caddr", info.caddr.into_iter().flatten(), host_address);
}

fn name(fields: &mut Fields, path: &str, name: Option<theirs::PrincipalName>) {
    fields.optional(path, name, |fields, name| {
        fields.integer("name-type", name.r#type);
        fields.each("name-string", name.string, |fields, component| {
            fields.octets("", &component[..]);
        });
    });
}

fn sealed(fields: &mut Fields, path: &str, data: theirs::EncryptedData) {
    fields.within(path, |fields| {
        fields.integer("etype", data.etype);
        unsigned(fields, "kvno", data.kvno);
        fields.octets("cipher", data.cipher);
    });
}

fn key(fields: &mut Fields, path: &str, key: Option<theirs::EncryptionKey>) {
    fields.optional(path, key, |fields, key| {
        fields.integer("keytype", key.r#type);
        fields.octets("keyvalue", key.value);
    });
}

fn host_address(fields: &mut Fields, address: theirs::HostAddress) {
    fields.integer("addr-type", address.addr_type);
    fields.octets("address", address.address);
}

fn authorization_data(fields: &mut Fields, data: Option<theirs::AuthorizationData>) {
    fields.each(
        "authorization-data",
        data.into_iter().flatten(),
        |fields, element| {
            fields.integer("ad-type", element.r#type);
            fields.octets("ad-data", element.data);
        },
    );
}

fn flags(fields: &mut Fields, path: &str, bits: &theirs::KerberosFlags) {
    fields.flags(path, bits.iter().map(|bit| *bit));
}

fn unsigned(fields: &mut Fields, path: &str, number: Option<u32>) {
    if let Some(number) = number {
        fields.sent_signed(path, number);
    }
}

fn integer(fields: &mut Fields, path: &str, number: Option<rasn::types::Integer>) {
    if let Some(number) = number {
        fields.integer(path, i128::try_from(&number).unwrap_or(i128::MIN));
    }
}

fn time(fields: &mut Fields, path: &str, time: Option<theirs::KerberosTime>) {
    if let Some(time) = time {
        let text = time.0.naive_utc().format("%Y%m%d%H%M%S%.fZ");
        fields.time(path, text.to_string());
    }
}
