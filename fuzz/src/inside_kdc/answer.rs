//! What the KDC grants, as the client and the service read it.

use crate::forge;
use portcullis::Principal;
use portcullis_client::ClientTicket;
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::der::Decode as _;
use portcullis_formats::messages::{
    AuthorizationData, EncKdcRepPart, EncTicketPart, EncryptionKey, KdcRep, KerberosTime, KrbError,
};
use portcullis_formats::registry::AuthDataType;

/// A ticket that was granted.
pub struct Granted {
    pub client: Principal,
    pub nonce: u32,
    service: Principal,
    endtime: KerberosTime,
    ticket: Vec<u8>,
}

/// What an answer grants, if it is no refusal; it is one of the two, or nothing at all.
pub fn read(answer: &[u8], key: &Key, usage: KeyUsage) -> Option<Granted> {
    if answer.is_empty() || KrbError::from_der(answer).is_ok() {
        return None;
    }
    let reply = KdcRep::from_der(answer).expect("an answer or a refusal");
    let mut cipher = reply.enc_part.cipher.to_vec();
    let opened = key.open(usage, &mut cipher).expect("the asker's key");
    let part = EncKdcRepPart::from_padded_der(opened).expect("its side of the answer");
    assert!(self::key(&part.key).is_some(), "a session key");
    Some(Granted {
        client: Principal::from_wire(reply.crealm, reply.cname).expect("a client"),
        nonce: part.nonce,
        service: Principal::from_wire(part.srealm, part.sname).expect("a service"),
        endtime: part.endtime,
        ticket: reply.ticket.enc_part.cipher.to_vec(),
    })
}

/// A key that a message describes.
pub fn key(key: &EncryptionKey<'_>) -> Option<Key> {
    Key::new(Enctype::try_from(key.keytype.0).ok()?, key.keyvalue).ok()
}

impl Granted {
    /// It is no more than the ticket-granting ticket allows: for its owner, or through one service
    /// for somebody else; and what only a KDC says is not the asker's word.
    pub fn assert_within(&self, tgt: &ClientTicket, front: bool, web: &Key) {
        assert!(front || self.client == tgt.client, "{:?}", self.client);
        assert!(self.endtime <= tgt.endtime, "it outlives its parent");
        let mut cipher = self.ticket.clone();
        let Ok(opened) = web.open(KeyUsage::TICKET, &mut cipher) else {
            return; // user-to-user, or for another service
        };
        assert_eq!(self.service, *forge::WEB);
        let part = EncTicketPart::from_padded_der(opened).expect("a ticket");
        let named = Principal::from_wire(part.crealm, part.cname);
        assert_eq!(named.as_ref(), Ok(&self.client));
        assert_eq!(part.endtime, self.endtime);
        let pacs = part.authorization_data.map_or(0, pacs);
        assert!(pacs <= 1, "a PAC of the client's own");
    }
}

/// How many PACs there are in containers that services look into.
fn pacs(elements: AuthorizationData<'_>) -> usize {
    let of = |element: portcullis_formats::messages::AuthorizationDataElement<'_>| match element
        .ad_type
    {
        AuthDataType::WIN2K_PAC => 1,
        AuthDataType::IF_RELEVANT => {
            AuthorizationData::from_der(element.ad_data).map_or(0, |inside| {
                let inside = inside.iter();
                inside
                    .filter(|inner| inner.ad_type == AuthDataType::WIN2K_PAC)
                    .count()
            })
        }
        _ => 0,
    };
    elements.iter().map(of).sum()
}
