//! What `portcullis-formats` finds.

use portcullis_formats::der::{Decode, DecodeError};
use portcullis_formats::messages::{
    ApRep, ApReq, Authenticator, AuthorizationDataElement, Checksum, EncApRepPart, EncKrbCredPart,
    EncTicketPart, EncryptedData, EncryptionKey, HostAddress, KerberosTime, KrbCred, KrbCredInfo,
    KrbError, PrincipalName, Ticket,
};
use portcullis_formats::spnego::{NegState, NegTokenInit, NegTokenResp};

use crate::fields::Fields;
use crate::kind::Kind;

/// Reads `octets` as a message of this kind.
///
/// # Errors
/// As the decoder says.
pub fn decode(kind: Kind, octets: &[u8]) -> Result<Fields, DecodeError> {
    match kind {
        Kind::ApReq => fields(octets, ap_req),
        Kind::Ticket => fields(octets, ticket),
        Kind::EncTicketPart => fields(octets, enc_ticket_part),
        Kind::Authenticator => fields(octets, authenticator),
        Kind::ApRep => fields(octets, |fields, message: ApRep<'_>| {
            fields.within("enc-part", |part| encrypted_data(part, message.enc_part));
        }),
        Kind::EncApRepPart => fields(octets, enc_ap_rep_part),
        Kind::KrbError => fields(octets, krb_error),
        Kind::KrbCred => fields(octets, |fields, message: KrbCred<'_>| {
            fields.each("tickets", message.tickets, ticket);
            fields.within("enc-part", |part| encrypted_data(part, message.enc_part));
        }),
        Kind::EncKrbCredPart => fields(octets, enc_krb_cred_part),
        Kind::NegTokenInit => fields(octets, neg_token_init),
        Kind::NegTokenResp => fields(octets, neg_token_resp),
    }
}

fn fields<'a, T: Decode<'a>>(
    octets: &'a [u8],
    fill: impl FnOnce(&mut Fields, T),
) -> Result<Fields, DecodeError> {
    let message = T::from_der(octets)?;
    Ok(Fields::collect(|fields| fill(fields, message)))
}

fn ap_req(fields: &mut Fields, message: ApReq<'_>) {
    fields.integer("ap-options", message.ap_options.0);
    fields.within("ticket", |fields| ticket(fields, message.ticket));
    fields.within("authenticator", |fields| {
        encrypted_data(fields, message.authenticator);
    });
}

fn ticket(fields: &mut Fields, ticket: Ticket<'_>) {
    fields.octets("realm", ticket.realm.0);
    fields.within("sname", |fields| principal_name(fields, ticket.sname));
    fields.within("enc-part", |fields| encrypted_data(fields, ticket.enc_part));
}

fn enc_ticket_part(fields: &mut Fields, part: EncTicketPart<'_>) {
    fields.integer("flags", part.flags.0);
    fields.within("key", |fields| encryption_key(fields, part.key));
    fields.octets("crealm", part.crealm.0);
    fields.within("cname", |fields| principal_name(fields, part.cname));
    fields.integer("transited.tr-type", part.transited.tr_type);
    fields.octets("transited.contents", part.transited.contents);
    time(fields, "authtime", Some(part.authtime));
    time(fields, "starttime", part.starttime);
    time(fields, "endtime", Some(part.endtime));
    time(fields, "renew-till", part.renew_till);
    fields.each("caddr", part.caddr.into_iter().flatten(), host_address);
    let elements = part.authorization_data.into_iter().flatten();
    fields.each("authorization-data", elements, authorization_data);
}

fn authenticator(fields: &mut Fields, part: Authenticator<'_>) {
    fields.octets("crealm", part.crealm.0);
    fields.within("cname", |fields| principal_name(fields, part.cname));
    fields.optional("cksum", part.cksum, checksum);
    fields.integer("cusec", part.cusec.as_u32());
    time(fields, "ctime", Some(part.ctime));
    subkey_and_seq_number(fields, part.subkey, part.seq_number);
    let elements = part.authorization_data.into_iter().flatten();
    fields.each("authorization-data", elements, authorization_data);
}

fn enc_ap_rep_part(fields: &mut Fields, part: EncApRepPart<'_>) {
    time(fields, "ctime", Some(part.ctime));
    fields.integer("cusec", part.cusec.as_u32());
    subkey_and_seq_number(fields, part.subkey, part.seq_number);
}

fn subkey_and_seq_number(
    fields: &mut Fields,
    subkey: Option<EncryptionKey<'_>>,
    number: Option<u32>,
) {
    fields.optional("subkey", subkey, encryption_key);
    if let Some(number) = number {
        fields.sent_signed("seq-number", number);
    }
}

fn krb_error(fields: &mut Fields, error: KrbError<'_>) {
    time(fields, "ctime", error.ctime);
    if let Some(cusec) = error.cusec {
        fields.integer("cusec", cusec.as_u32());
    }
    time(fields, "stime", Some(error.stime));
    fields.integer("susec", error.susec.as_u32());
    fields.integer("error-code", error.error_code.0);
    if let Some(crealm) = error.crealm {
        fields.octets("crealm", crealm.0);
    }
    fields.optional("cname", error.cname, principal_name);
    fields.octets("realm", error.realm.0);
    fields.within("sname", |fields| principal_name(fields, error.sname));
    if let Some(text) = error.e_text {
        fields.octets("e-text", text.0);
    }
    if let Some(data) = error.e_data {
        fields.octets("e-data", data);
    }
}

fn enc_krb_cred_part(fields: &mut Fields, part: EncKrbCredPart<'_>) {
    fields.each("ticket-info", part.ticket_info, krb_cred_info);
    if let Some(nonce) = part.nonce {
        fields.sent_signed("nonce", nonce);
    }
    time(fields, "timestamp", part.timestamp);
    if let Some(usec) = part.usec {
        fields.integer("usec", usec.as_u32());
    }
    fields.optional("s-address", part.s_address, host_address);
    fields.optional("r-address", part.r_address, host_address);
}

fn krb_cred_info(fields: &mut Fields, info: KrbCredInfo<'_>) {
    fields.within("key", |fields| encryption_key(fields, info.key));
    if let Some(realm) = info.prealm {
        fields.octets("prealm", realm.0);
    }
    fields.optional("pname", info.pname, principal_name);
    if let Some(flags) = info.flags {
        fields.integer("flags", flags.0);
    }
    time(fields, "authtime", info.authtime);
    time(fields, "starttime", info.starttime);
    time(fields, "endtime", info.endtime);
    time(fields, "renew-till", info.renew_till);
    if let Some(realm) = info.srealm {
        fields.octets("srealm", realm.0);
    }
    fields.optional("sname", info.sname, principal_name);
    fields.each("caddr", info.caddr.into_iter().flatten(), host_address);
}

fn neg_token_init(fields: &mut Fields, token: NegTokenInit<'_>) {
    let oids = token.mech_types.iter().flat_map(|list| list.iter());
    fields.each("mechTypes", oids, |fields, oid| fields.octets("", oid));
    if let Some(token) = token.mech_token {
        fields.octets("mechToken", token);
    }
    if let Some(mic) = token.mech_list_mic {
        fields.octets("mechListMIC", mic);
    }
}

fn neg_token_resp(fields: &mut Fields, token: NegTokenResp<'_>) {
    if let Some(state) = token.neg_state {
        let number = match state {
            NegState::AcceptCompleted => 0,
            NegState::AcceptIncomplete => 1,
            NegState::Reject => 2,
            NegState::RequestMic => 3,
            _ => -1,
        };
        fields.integer("negState", number);
    }
    if let Some(oid) = token.supported_mech {
        fields.octets("supportedMech", oid);
    }
    if let Some(token) = token.response_token {
        fields.octets("responseToken", token);
    }
    if let Some(mic) = token.mech_list_mic {
        fields.octets("mechListMIC", mic);
    }
}

fn principal_name(fields: &mut Fields, name: PrincipalName<'_>) {
    fields.integer("name-type", name.name_type.0);
    fields.each("name-string", name.name_string, |fields, component| {
        fields.octets("", component.0);
    });
}

fn encrypted_data(fields: &mut Fields, data: EncryptedData<'_>) {
    fields.integer("etype", data.etype.0);
    if let Some(kvno) = data.kvno {
        fields.sent_signed("kvno", kvno.0);
    }
    fields.octets("cipher", data.cipher);
}

fn encryption_key(fields: &mut Fields, key: EncryptionKey<'_>) {
    fields.integer("keytype", key.keytype.0);
    fields.octets("keyvalue", key.keyvalue);
}

fn checksum(fields: &mut Fields, checksum: Checksum<'_>) {
    fields.integer("cksumtype", checksum.cksumtype.0);
    fields.octets("checksum", checksum.checksum);
}

fn host_address(fields: &mut Fields, address: HostAddress<'_>) {
    fields.integer("addr-type", address.addr_type.0);
    fields.octets("address", address.address);
}

fn authorization_data(fields: &mut Fields, element: AuthorizationDataElement<'_>) {
    fields.integer("ad-type", element.ad_type.0);
    fields.octets("ad-data", element.ad_data);
}

/// As RFC 3339 prints it, without the punctuation.
fn time(fields: &mut Fields, name: &str, time: Option<KerberosTime>) {
    if let Some(time) = time {
        let text = time.to_string();
        let kept = text
            .chars()
            .filter(|letter| letter.is_ascii_digit() || *letter == 'Z');
        fields.time(name, kept.collect::<String>());
    }
}
