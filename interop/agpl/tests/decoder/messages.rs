//! What kerberos_asn1 finds.

use kerberos_asn1 as theirs;
use portcullis_oracles::fields::Fields;
use portcullis_oracles::kind::Kind;
use portcullis_oracles::oracle::{Decoded, first_word};
use red_asn1::{Asn1Object, Error};

pub(crate) fn decode(kind: Kind, octets: &[u8]) -> Option<Decoded> {
    Some(match kind {
        Kind::ApReq => fields(octets, |fields, message: theirs::ApReq| {
            fields.integer("ap-options", message.ap_options.flags);
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
            fields.integer("cusec", part.cusec);
            key(fields, "subkey", Some(part.subkey));
            fields.sent_signed("seq-number", part.seq_number);
        }),
        Kind::KrbError => fields(octets, krb_error),
        Kind::KrbCred => fields(octets, |fields, message: theirs::KrbCred| {
            fields.each("tickets", message.tickets, ticket);
            sealed(fields, "enc-part", message.enc_part);
        }),
        Kind::EncKrbCredPart => fields(octets, |fields, part: theirs::EncKrbCredPart| {
            fields.each("ticket-info", part.ticket_info, krb_cred_info);
            fields.optional("nonce", part.nonce, |fields, nonce| {
                fields.sent_signed("", nonce)
            });
            time(fields, "timestamp", part.timestamp);
            integer(fields, "usec", part.usec);
            fields.optional("s-address", part.s_address, host_address);
            fields.optional("r-address", part.r_address, host_address);
        }),
        Kind::NegTokenInit | Kind::NegTokenResp => return None,
    })
}

/// It leaves to its caller whether anything may be left over.
fn fields<T: Asn1Object>(octets: &[u8], fill: impl FnOnce(&mut Fields, T)) -> Decoded {
    match T::parse(octets) {
        Ok(([], message)) => Ok(Fields::collect(|fields| fill(fields, message))),
        Ok(_) => Err("TrailingData".to_owned()),
        Err(error) => Err(innermost(&error)),
    }
}

/// What was wrong with the field in which it was wrong.
fn innermost(error: &Error) -> String {
    match error {
        Error::SequenceFieldError(_, _, inner) | Error::SequenceError(_, inner) => innermost(inner),
        error => first_word(&format!("{error:?}")).to_owned(),
    }
}

fn ticket(fields: &mut Fields, ticket: theirs::Ticket) {
    fields.octets("realm", ticket.realm);
    name(fields, "sname", Some(ticket.sname));
    sealed(fields, "enc-part", ticket.enc_part);
}

fn enc_ticket_part(fields: &mut Fields, part: theirs::EncTicketPart) {
    fields.integer("flags", part.flags.flags);
    key(fields, "key", Some(part.key));
    fields.octets("crealm", part.crealm);
    name(fields, "cname", Some(part.cname));
    fields.integer("transited.tr-type", part.transited.tr_type);
    fields.octets("transited.contents", part.transited.contents);
    time(fields, "authtime", Some(part.authtime));
    time(fields, "starttime", part.starttime);
    time(fields, "endtime", Some(part.endtime));
    time(fields, "renew-till", part.renew_till);
    fields.each("caddr", part.caddr.into_iter().flatten(), host_address);
    authorization_data(fields, part.authorization_data);
}

fn authenticator(fields: &mut Fields, part: theirs::Authenticator) {
    fields.octets("crealm", part.crealm);
    name(fields, "cname", Some(part.cname));
    fields.optional("cksum", part.cksum, |fields, cksum| {
        fields.integer("cksumtype", cksum.cksumtype);
        fields.octets("checksum", cksum.checksum);
    });
    fields.integer("cusec", part.cusec);
    time(fields, "ctime", Some(part.ctime));
    key(fields, "subkey", part.subkey);
    fields.optional("seq-number", part.seq_number, |fields, number| {
        fields.sent_signed("", number);
    });
    authorization_data(fields, part.authorization_data);
}

fn krb_error(fields: &mut Fields, error: theirs::KrbError) {
    time(fields, "ctime", error.ctime);
    integer(fields, "cusec", error.cusec);
    time(fields, "stime", Some(error.stime));
    fields.integer("susec", error.susec);
    fields.integer("error-code", error.error_code);
    octets(fields, "crealm", error.crealm);
    name(fields, "cname", error.cname);
    fields.octets("realm", error.realm);
    name(fields, "sname", Some(error.sname));
    octets(fields, "e-text", error.e_text);
    octets(fields, "e-data", error.e_data);
}

fn krb_cred_info(fields: &mut Fields, info: theirs::KrbCredInfo) {
    key(fields, "key", Some(info.key));
    octets(fields, "prealm", info.prealm);
    name(fields, "pname", info.pname);
    fields.optional("flags", info.flags, |fields, flags| {
        fields.integer("", flags.flags)
    });
    time(fields, "authtime", info.authtime);
    time(fields, "starttime", info.starttime);
    time(fields, "endtime", info.endtime);
    time(fields, "renew-till", info.renew_till);
    octets(fields, "srealm", info.srealm);
    name(fields, "sname", info.sname);
    fields.each("caddr", info.caddr.into_iter().flatten(), host_address);
}

fn name(fields: &mut Fields, path: &str, name: Option<theirs::PrincipalName>) {
    fields.optional(path, name, |fields, name| {
        fields.integer("name-type", name.name_type);
        fields.each("name-string", name.name_string, |fields, component| {
            fields.octets("", component);
        });
    });
}

fn sealed(fields: &mut Fields, path: &str, data: theirs::EncryptedData) {
    fields.within(path, |fields| {
        fields.integer("etype", data.etype);
        fields.optional("kvno", data.kvno, |fields, kvno| {
            fields.sent_signed("", kvno)
        });
        fields.octets("cipher", data.cipher);
    });
}

fn key(fields: &mut Fields, path: &str, key: Option<theirs::EncryptionKey>) {
    fields.optional(path, key, |fields, key| {
        fields.integer("keytype", key.keytype);
        fields.octets("keyvalue", key.keyvalue);
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
            fields.integer("ad-type", element.ad_type);
            fields.octets("ad-data", element.ad_data);
        },
    );
}

fn octets(fields: &mut Fields, path: &str, octets: Option<impl AsRef<[u8]>>) {
    fields.optional(path, octets, |fields, octets| fields.octets("", octets));
}

fn integer(fields: &mut Fields, path: &str, number: Option<i32>) {
    fields.optional(path, number, |fields, number| fields.integer("", number));
}

fn time(fields: &mut Fields, path: &str, time: Option<theirs::KerberosTime>) {
    fields.optional(path, time, |fields, time| {
        let text = time.time.time.format("%Y%m%d%H%M%S%.fZ");
        fields.time("", text.to_string());
    });
}
