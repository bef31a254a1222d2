//! [`CredentialDraft`]: a KRB-CRED (RFC 4120 §5.8) with a forwarded ticket-granting ticket.

use super::{Damage, KeyDraft, NameDraft, PVNO, TicketDraft, seal};
use crate::Fault;
use crate::client::HeldTicket;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::Writer;
use portcullis_formats::messages::{EncryptedData, KerberosTime, TicketFlags};
use portcullis_formats::registry::EtypeNumber;

/// A ticket that is handed over, and what its holder has to know of it.
pub(crate) struct ForwardedTicket {
    /// In DER.
    octets: Vec<u8>,
    key: KeyDraft,
    client: NameDraft,
    service: NameDraft,
    flags: TicketFlags,
    authtime: KerberosTime,
    endtime: KerberosTime,
}

impl ForwardedTicket {
    /// One that was made for this.
    pub(crate) fn made(ticket: TicketDraft, confounder: [u8; 16]) -> Self {
        Self {
            octets: ticket.seal(confounder),
            key: ticket.session_key,
            client: ticket.client,
            service: ticket.service,
            flags: ticket.flags,
            authtime: ticket.authtime,
            endtime: ticket.endtime,
        }
    }

    /// One of a KDC's.
    pub(crate) fn of(held: &HeldTicket) -> Self {
        Self {
            octets: held.ticket.clone(),
            key: KeyDraft::of(&held.session_key),
            client: NameDraft::of(&held.client),
            service: NameDraft::of(&held.service),
            flags: held.flags,
            authtime: held.authtime,
            endtime: held.endtime,
        }
    }

    /// KrbCredInfo.
    fn describe(&self, nameless: bool, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.key);
            if !nameless {
                fields.field(1, |field| self.client.encode_realm(field));
                fields.value(2, &self.client);
            }
            fields.value(3, &self.flags);
            fields.value(4, &self.authtime);
            fields.value(6, &self.endtime);
            fields.field(8, |field| self.service.encode_realm(field));
            fields.value(9, &self.service);
        });
    }
}

/// A KRB-CRED before it is sealed.
pub(crate) struct CredentialDraft {
    pub(crate) ticket: ForwardedTicket,
    /// What it is sealed with; `None` leaves it in clear, with enctype 0.
    pub(crate) key: Option<Key>,
    pub(crate) tickets: usize,
    pub(crate) descriptions: usize,
    pub(crate) nameless: bool,
    pub(crate) damage: Damage,
}

impl CredentialDraft {
    pub(crate) const fn new(ticket: ForwardedTicket, key: Option<Key>) -> Self {
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
                field.sequence(|tickets| {
                    (0..self.tickets).for_each(|_| tickets.raw(&self.ticket.octets))
                });
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
        let describe = |list: &mut Writer| self.ticket.describe(self.nameless, list);
        let mut output = Writer::new();
        output.application(29, |fields| {
            fields.field(0, |field| {
                field.sequence(|list| (0..self.descriptions).for_each(|_| describe(list)));
            });
        });
        output.into_vec()
    }
}
