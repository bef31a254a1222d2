//! [`CredentialDraft`]: a KRB-CRED (RFC 4120 §5.8) with a forwarded ticket-granting ticket.

use super::{Damage, KeyDraft, NameDraft, PVNO, TicketDraft, seal};
use crate::Fault;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::Writer;
use portcullis_formats::messages::{EncryptedData, KerberosTime, TicketFlags};
use portcullis_formats::registry::EtypeNumber;

/// A KRB-CRED before it is sealed.
pub(crate) struct CredentialDraft {
    pub(crate) ticket: TicketDraft,
    /// What it is sealed with; `None` leaves it in clear, with enctype 0.
    pub(crate) key: Option<Key>,
    pub(crate) tickets: usize,
    pub(crate) descriptions: usize,
    pub(crate) nameless: bool,
    pub(crate) damage: Damage,
}

impl CredentialDraft {
    pub(crate) const fn new(ticket: TicketDraft, key: Option<Key>) -> Self {
        Self {
            ticket,
            key,
            tickets: 1,
            descriptions: 1,
            nameless: false,
            damage: Damage::None,
        }
    }

    /// Gets the fault if it is one of a credential's.
    pub(crate) fn spoil(&mut self, fault: Fault) {
        match fault {
            Fault::TamperedCredential => self.damage = Damage::Tampered,
            Fault::CredentialCount => self.descriptions = 2,
            Fault::NoCredentials => (self.tickets, self.descriptions) = (0, 0),
            Fault::NamelessCredential => self.nameless = true,
            _ => {}
        }
    }

    /// The KRB-CRED.
    pub(crate) fn seal(&self, confounder: [u8; 16]) -> Vec<u8> {
        let ticket = self.ticket.seal(confounder);
        let plaintext = self.enc_krb_cred_part();
        let (etype, mut cipher) = match &self.key {
            None => (EtypeNumber::NULL, plaintext),
            Some(key) => {
                let cipher = seal(key, KeyUsage::KRB_CRED, confounder, &plaintext);
                (EtypeNumber(key.enctype().number()), cipher)
            }
        };
        self.damage.apply(&mut cipher);
        let mut output = Writer::new();
        output.application(22, |fields| {
            fields.field(0, |field| field.integer(PVNO));
            fields.field(1, |field| field.integer(22));
            fields.field(2, |field| {
                field.sequence(|tickets| (0..self.tickets).for_each(|_| tickets.raw(&ticket)));
            });
            fields.value(
                3,
                &EncryptedData {
                    etype,
                    kvno: None,
                    cipher: &cipher,
                },
            );
        });
        output.into_vec()
    }

    fn enc_krb_cred_part(&self) -> Vec<u8> {
        let info = Description {
            key: &self.ticket.session_key,
            client: (!self.nameless).then_some(&self.ticket.client),
            flags: self.ticket.flags,
            authtime: self.ticket.authtime,
            endtime: self.ticket.endtime,
            service: &self.ticket.service,
        };
        let mut output = Writer::new();
        output.application(29, |fields| {
            fields.field(0, |field| {
                field.sequence(|list| (0..self.descriptions).for_each(|_| info.encode(list)));
            });
        });
        output.into_vec()
    }
}

/// KrbCredInfo.
struct Description<'d> {
    key: &'d KeyDraft,
    client: Option<&'d NameDraft>,
    flags: TicketFlags,
    authtime: KerberosTime,
    endtime: KerberosTime,
    service: &'d NameDraft,
}

impl Description<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, self.key);
            if let Some(client) = self.client {
                fields.field(1, |field| client.encode_realm(field));
                fields.value(2, client);
            }
            fields.value(3, &self.flags);
            fields.value(4, &self.authtime);
            fields.value(6, &self.endtime);
            fields.field(8, |field| self.service.encode_realm(field));
            fields.value(9, self.service);
        });
    }
}
