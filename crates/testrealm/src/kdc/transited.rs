//! The realms that a client came through (RFC 4120 §3.3.3.2).

use super::open_ticket::OpenTicket;
use crate::realm::Realm;
use portcullis_formats::messages::EncTicketPart;

/// Those of the ticket-granting ticket, and the realm that issued it unless that is one end of the
/// path: DOMAIN-X500-COMPRESS with nothing compressed.
pub(super) fn transited(tgt: &OpenTicket, part: &EncTicketPart<'_>, realm: &Realm) -> Vec<u8> {
    let mut contents = part.transited.contents.to_vec();
    let issuer = tgt.service.realm();
    if issuer == part.crealm || issuer.0 == realm.name.as_bytes() {
        return contents;
    }
    if !contents.is_empty() {
        contents.push(b',');
    }
    for octet in issuer.0 {
        if matches!(octet, b',' | b'\\') {
            contents.push(b'\\');
        }
        contents.push(*octet);
    }
    contents
}
