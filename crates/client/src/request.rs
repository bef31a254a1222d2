//! [`Wish`]: what a KDC is asked for, and the message that asks it.

use crate::time::till;
use crate::{Client, ClientError};
use portcullis::Principal;
use portcullis_formats::der::{Encode, SequenceOfBuf};
use portcullis_formats::messages::{KdcOptions, KdcReq, KdcReqBody, MessageType, PaData, Ticket};
use portcullis_formats::registry::{EtypeNumber, PaDataType};
use std::time::SystemTime;

/// What a KDC is asked for.
pub(super) struct Wish<'w> {
    pub(super) service: &'w Principal,
    pub(super) options: KdcOptions,
    pub(super) nonce: u32,
    /// Others' tickets.
    pub(super) tickets: Vec<Ticket<'w>>,
}

impl<'w> Wish<'w> {
    pub(super) fn new(
        client: &Client,
        service: &'w Principal,
        options: KdcOptions,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            service,
            options,
            // Positive also for those who take it for a signed number.
            nonce: u32::from_be_bytes(client.draw()?) & 0x3fff_ffff,
            tickets: Vec::new(),
        })
    }

    /// The KDC-REQ-BODY for the KDC of `realm`; it names the client if that asks for itself.
    pub(super) fn body(
        &self,
        client: &Client,
        realm: &[u8],
        names_client: bool,
        now: SystemTime,
    ) -> Vec<u8> {
        let numbers = client.enctypes.iter().map(|it| EtypeNumber(it.number()));
        let etypes = SequenceOfBuf::of(&numbers.collect::<Vec<_>>());
        let tickets = SequenceOfBuf::of(&self.tickets);
        KdcReqBody {
            kdc_options: self.options,
            cname: names_client.then(|| client.principal.name()),
            realm: portcullis_formats::messages::KerberosString(realm),
            sname: Some(self.service.name()),
            from: None,
            till: till(now),
            rtime: None,
            nonce: self.nonce,
            etype: etypes.borrow(),
            addresses: None,
            enc_authorization_data: None,
            additional_tickets: Some(tickets.borrow()),
        }
        .to_der()
    }
}

/// The KDC-REQ.
pub(super) fn request(
    msg_type: MessageType,
    padata: &[(PaDataType, Vec<u8>)],
    body: &[u8],
) -> Vec<u8> {
    let padata = padata.iter().map(|(padata_type, value)| PaData {
        padata_type: *padata_type,
        padata_value: value,
    });
    KdcReq {
        msg_type,
        padata: Some(SequenceOfBuf::of(&padata.collect::<Vec<_>>()).borrow()),
        req_body: body,
    }
    .to_der()
}
