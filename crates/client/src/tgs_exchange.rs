//! The TGS exchange (RFC 4120 §3.3): tickets for a ticket, from realm to realm where need be.

use crate::request::{Wish, request};
use crate::time::kerberos_time;
use crate::{AskKdc, Client, ClientError, ClientTicket, refused, reply};
use core::time::Duration;
use portcullis::Principal;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::messages::{
    ApOptions, ApReq, Authenticator, Checksum, EncryptedData, EncryptionKey, KdcOptions, KdcRep,
    KrbError, MessageType, Microseconds, Ticket,
};
use portcullis_formats::registry::{ChecksumTypeNumber, EtypeNumber, PaDataType};
use std::time::{SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// More realms than any path has.
const MOST_REALMS: usize = 16;

/// What is asked for beside the service.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extra<'e> {
    options: KdcOptions,
    /// Another's ticket in DER.
    ticket: Option<&'e [u8]>,
}

impl<'e> Extra<'e> {
    /// A ticket sealed with the session key of `ticket`, a Ticket in DER: user-to-user
    /// authentication (RFC 4120 §3.7).
    #[must_use]
    pub const fn user_to_user(ticket: &'e [u8]) -> Self {
        Self {
            options: KdcOptions::ENC_TKT_IN_SKEY,
            ticket: Some(ticket),
        }
    }
}

impl Client {
    /// A new ticket for `service`, by way of as many realms as it takes.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn get_ticket(
        &mut self,
        service: &Principal,
        extra: &Extra<'_>,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<ClientTicket, ClientError> {
        let (mut tgt, mut service) = (self.ticket_granting_ticket(now, kdc)?, service.clone());
        let options = KdcOptions::FORWARDABLE | KdcOptions::CANONICALIZE | extra.options;
        for _ in 0..MOST_REALMS {
            let realm = granted_realm(&tgt)?;
            let there = realm == service.realm().0;
            let target = match there {
                true => service.clone(),
                false => krbtgt(&realm, service.realm().0)?,
            };
            let mut wish = Wish::new(self, &target, options)?;
            if let (Some(octets), true) = (extra.ticket, there) {
                wish.tickets.push(Ticket::from_der(octets)?);
            }
            let ticket = self.ask(&wish, &tgt, now, kdc)?;
            self.tickets.push(ticket.clone());
            let referral = granted_realm(&ticket)
                .ok()
                .filter(|_| ticket.service != service);
            let Some(next) = referral else {
                return Ok(ticket);
            };
            if there {
                service = in_realm(&service, &next)?; // RFC 6806 §8: it is known elsewhere
            }
            tgt = ticket;
        }
        Err(ClientError::Referrals)
    }

    /// A forwarded ticket-granting ticket, for somebody else to use.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn get_forwarded(
        &mut self,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<ClientTicket, ClientError> {
        let tgt = self.ticket_granting_ticket(now, kdc)?;
        let options = KdcOptions::FORWARDABLE | KdcOptions::FORWARDED;
        let wish = Wish::new(self, &tgt.service, options)?;
        self.ask(&wish, &tgt, now, kdc)
    }

    /// One request to the KDC that `tgt` is for.
    fn ask(
        &self,
        wish: &Wish<'_>,
        tgt: &ClientTicket,
        now: SystemTime,
        kdc: &mut AskKdc<'_>,
    ) -> Result<ClientTicket, ClientError> {
        let realm = granted_realm(tgt)?;
        let body = wish.body(self, &realm, false, now);
        let subkey = self.new_key(tgt.session_key.enctype())?;
        let ap_req = self.ap_req(tgt, &subkey, &body, now)?;
        let ask = request(
            MessageType::TGS_REQ,
            &[(PaDataType::TGS_REQ, ap_req)],
            &body,
        );
        let answer = kdc(&String::from_utf8_lossy(&realm), &ask).map_err(ClientError::Kdc)?;
        if let Ok(error) = KrbError::from_der(&answer) {
            return Err(refused(&error));
        }
        let answer = KdcRep::from_der(&answer)?;
        let ticket = reply::ticket(&answer, wish, &subkey, KeyUsage::TGS_REP_SUBKEY)?;
        let client = &self.principal;
        let same_name = ticket.client == *client || ticket.client == tgt.client;
        // The service, or a ticket-granting ticket on the way to it.
        let on_the_way = ticket.service == *wish.service || granted_realm(&ticket).is_ok();
        match (same_name, on_the_way) {
            (true, true) => Ok(ticket),
            (false, _) => Err(ClientError::OtherAnswer("client")),
            (true, false) => Err(ClientError::OtherAnswer("service")),
        }
    }

    /// PA-TGS-REQ.
    fn ap_req(
        &self,
        tgt: &ClientTicket,
        subkey: &Key,
        body: &[u8],
        now: SystemTime,
    ) -> Result<Vec<u8>, ClientError> {
        let key = &tgt.session_key;
        let etype = EtypeNumber(key.enctype().number());
        let mac = key.mac(KeyUsage::TGS_REQ_CHECKSUM).checksum(&[body]);
        let since = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        let authenticator = Authenticator {
            crealm: tgt.client.realm(),
            cname: tgt.client.name(),
            cksum: Some(Checksum {
                cksumtype: ChecksumTypeNumber(key.enctype().checksum_type()),
                checksum: mac.as_ref(),
            }),
            cusec: Microseconds::of(since),
            ctime: kerberos_time(now),
            subkey: Some(EncryptionKey {
                keytype: etype,
                keyvalue: subkey.expose_octets(),
            }),
            seq_number: None,
            authorization_data: None,
        };
        let usage = KeyUsage::TGS_REQ_AUTHENTICATOR;
        let cipher = self.seal(key, usage, &Zeroizing::new(authenticator.to_der()))?;
        let ap_req = ApReq {
            ap_options: ApOptions::default(),
            ticket: Ticket::from_der(&tgt.ticket)?,
            authenticator: EncryptedData {
                etype,
                kvno: None,
                cipher: &cipher,
            },
        };
        Ok(ap_req.to_der())
    }
}

/// The realm whose tickets a ticket-granting ticket gets: its second component.
fn granted_realm(tgt: &ClientTicket) -> Result<Vec<u8>, ClientError> {
    let mut components = tgt.service.components();
    match (components.next(), components.next(), components.next()) {
        (Some(b"krbtgt"), Some(realm), None) => Ok(realm.to_vec()),
        _ => Err(ClientError::NoTicket(tgt.service.clone())),
    }
}

/// The principal of this name in another realm.
fn in_realm(principal: &Principal, realm: &[u8]) -> Result<Principal, ClientError> {
    let moved = Principal::new(realm, principal.components());
    moved.map_err(|_| ClientError::OtherAnswer("realm"))
}

fn krbtgt(of: &[u8], realm: &[u8]) -> Result<Principal, ClientError> {
    Principal::new(of, [b"krbtgt", realm]).map_err(|_| ClientError::OtherAnswer("realm"))
}
