//! [`Grant`]: what a ticket says, to the service and to the client, and the KDC-REP with both.

use super::Account;
use super::exchange::Exchange;
use super::krb_error::Refusal;
use super::lifetime::Lifetime;
use super::pac::sealed_with_pac;
use crate::draft::seal;
use crate::pac::PacDraft;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Encode, SequenceOfBuf};
use portcullis_formats::messages::{
    EncKdcRepPart, EncTicketPart, EncryptedData, EncryptionKey, HostAddresses, KdcRep,
    KerberosString, KerberosTime, LastReqEntry, MessageType, PrincipalName, Realm, Ticket,
    TicketFlags, TransitedEncoding,
};
use portcullis_formats::registry::{ErrorCode, EtypeNumber, Kvno};

/// What a ticket says.
pub(super) struct Grant<'a> {
    pub(super) flags: TicketFlags,
    pub(super) crealm: Realm<'a>,
    pub(super) cname: PrincipalName<'a>,
    pub(super) srealm: Realm<'a>,
    pub(super) sname: PrincipalName<'a>,
    pub(super) session_key: Key,
    /// In the encoding of RFC 4120 §3.3.3.2.
    pub(super) transited: Vec<u8>,
    pub(super) authtime: KerberosTime,
    pub(super) life: Lifetime,
    pub(super) addresses: Option<HostAddresses<'a>>,
    pub(super) authorization_data: SequenceOfBuf,
    pub(super) pac: Option<PacDraft>,
}

/// What the ticket is sealed with.
pub(super) struct TicketKey {
    /// None in user-to-user, where it is a session key.
    pub(super) kvno: Option<Kvno>,
    pub(super) key: Key,
}

impl TicketKey {
    /// What a ticket for this service is sealed with, unless it has no key but its user's.
    pub(super) fn of(service: &Account) -> Result<Self, Refusal> {
        if service.password().is_some() {
            // As Active Directory does for accounts without a service name.
            return Err(Refusal::new(
                ErrorCode::MUST_USE_USER2USER,
                "SERVER NOT ALLOWED",
            ));
        }
        let key = service.ticket_key();
        let key = key.ok_or(Refusal::new(ErrorCode::ETYPE_NOSUPP, "FINDING_SERVER_KEY"))?;
        Ok(Self {
            kvno: Some(key.kvno),
            key: key.key,
        })
    }
}

/// What the client's side is sealed with, and what comes with it.
pub(super) struct Reply {
    pub(super) msg_type: MessageType,
    pub(super) key: Key,
    pub(super) kvno: Option<Kvno>,
    pub(super) usage: KeyUsage,
    pub(super) padata: SequenceOfBuf,
    pub(super) encrypted_pa_data: SequenceOfBuf,
}

impl Grant<'_> {
    /// The KDC-REP.
    pub(super) fn issue(
        &self,
        exchange: &Exchange<'_>,
        ticket_key: &TicketKey,
        reply: &Reply,
    ) -> Result<Vec<u8>, Refusal> {
        let source = exchange.source;
        let for_service = seal(
            &ticket_key.key,
            KeyUsage::TICKET,
            source.confounder()?,
            &self.enc_ticket_part(exchange, &ticket_key.key),
        );
        let part = self.enc_kdc_rep_part(exchange, reply);
        let for_client = seal(&reply.key, reply.usage, source.confounder()?, &part);
        let message = KdcRep {
            msg_type: reply.msg_type,
            padata: Some(reply.padata.borrow()),
            crealm: self.crealm,
            cname: self.cname,
            ticket: Ticket {
                realm: self.srealm,
                sname: self.sname,
                enc_part: sealed(&ticket_key.key, ticket_key.kvno, &for_service),
            },
            enc_part: sealed(&reply.key, reply.kvno, &for_client),
        };
        Ok(message.to_der())
    }

    fn flags(&self) -> TicketFlags {
        match self.life.renew_till {
            Some(_) => self.flags | TicketFlags::RENEWABLE,
            None => TicketFlags(self.flags.0 & !TicketFlags::RENEWABLE.0),
        }
    }

    fn session_key(&self) -> EncryptionKey<'_> {
        EncryptionKey {
            keytype: EtypeNumber(self.session_key.enctype().number()),
            keyvalue: self.session_key.expose_octets(),
        }
    }

    /// The service's side.
    fn enc_ticket_part(&self, exchange: &Exchange<'_>, ticket_key: &Key) -> Vec<u8> {
        let part = EncTicketPart {
            flags: self.flags(),
            key: self.session_key(),
            crealm: self.crealm,
            cname: self.cname,
            transited: TransitedEncoding {
                tr_type: TransitedEncoding::DOMAIN_X500_COMPRESS,
                contents: &self.transited,
            },
            authtime: self.authtime,
            starttime: Some(self.life.start),
            endtime: self.life.end,
            renew_till: self.life.renew_till,
            caddr: self.addresses,
            authorization_data: Some(self.authorization_data.borrow()),
        };
        let Some(pac) = &self.pac else {
            return part.to_der();
        };
        // What a KDC gets needs no protection from whoever has its key ([MS-PAC] §2.8.3).
        let for_kdc = self.sname.name_string.iter().next() == Some(KerberosString(b"krbtgt"));
        sealed_with_pac(&part, |ticket| {
            pac.signed(
                ticket_key,
                &exchange.kdc_key(),
                (!for_kdc).then_some(ticket),
            )
        })
    }

    /// The client's side.
    fn enc_kdc_rep_part(&self, exchange: &Exchange<'_>, reply: &Reply) -> Vec<u8> {
        let last_req = SequenceOfBuf::of([&LastReqEntry {
            lr_type: 0,
            lr_value: exchange.now.seconds,
        }]);
        let application = match reply.msg_type {
            MessageType::AS_REP => EncKdcRepPart::AS,
            _ => EncKdcRepPart::TGS,
        };
        EncKdcRepPart {
            application,
            key: self.session_key(),
            last_req: last_req.borrow(),
            nonce: exchange.body.nonce,
            key_expiration: None,
            flags: self.flags(),
            authtime: self.authtime,
            starttime: Some(self.life.start),
            endtime: self.life.end,
            renew_till: self.life.renew_till,
            srealm: self.srealm,
            sname: self.sname,
            caddr: self.addresses,
            encrypted_pa_data: Some(reply.encrypted_pa_data.borrow()),
        }
        .to_der()
    }
}

const fn sealed<'a>(key: &Key, kvno: Option<Kvno>, cipher: &'a [u8]) -> EncryptedData<'a> {
    EncryptedData {
        etype: EtypeNumber(key.enctype().number()),
        kvno,
        cipher,
    }
}
