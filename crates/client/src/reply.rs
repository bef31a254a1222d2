//! A KDC-REP, opened and compared with what was asked (RFC 4120 §3.1.5, §3.3.4).

use crate::request::Wish;
use crate::{ClientError, ClientTicket};
use portcullis::{Enctype, Principal};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::messages::{EncKdcRepPart, KdcRep};
use portcullis_formats::registry::EtypeNumber;
use zeroize::Zeroizing;

/// The ticket in `reply`, whose client's side is sealed with `key`.
pub(super) fn ticket(
    reply: &KdcRep<'_>,
    wish: &Wish<'_>,
    key: &Key,
    usage: KeyUsage,
) -> Result<ClientTicket, ClientError> {
    if reply.enc_part.etype != EtypeNumber(key.enctype().number()) {
        return Err(ClientError::Integrity);
    }
    let mut cipher = Zeroizing::new(reply.enc_part.cipher.to_vec());
    let plaintext = key.open(usage, &mut cipher);
    let part = EncKdcRepPart::from_padded_der(plaintext.map_err(|_| ClientError::Integrity)?)?;
    if part.nonce != wish.nonce {
        return Err(ClientError::OtherAnswer("nonce"));
    }
    let client = Principal::from_wire(reply.crealm, reply.cname);
    // Not the ticket's name: that one stands in clear (CVE-2017-11103).
    let service = Principal::from_wire(part.srealm, part.sname);
    let enctype = Enctype::try_from(part.key.keytype.0).ok();
    let session_key = enctype.and_then(|enctype| Key::new(enctype, part.key.keyvalue).ok());
    Ok(ClientTicket {
        client: client.map_err(|_| ClientError::OtherAnswer("client"))?,
        service: service.map_err(|_| ClientError::OtherAnswer("service"))?,
        ticket: reply.ticket.to_der(),
        session_key: session_key.ok_or(ClientError::OtherAnswer("session key"))?,
        flags: part.flags,
        authtime: part.authtime,
        starttime: part.starttime.unwrap_or(part.authtime),
        endtime: part.endtime,
        renew_till: part.renew_till,
        is_user_to_user: !wish.tickets.is_empty(),
    })
}
