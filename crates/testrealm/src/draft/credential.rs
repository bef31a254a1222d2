//! [`CredentialDraft`]: a KRB-CRED (RFC 4120 §5.8) with a forwarded ticket-granting ticket.

use super::{Damage, KeyDraft, NameDraft, PVNO, TicketDraft, seal};
use crate::Fault;
use crate::random::Octets;
use portcullis_client::ClientTicket;
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::der::Writer;
use portcullis_formats::messages::{EncryptedData, KerberosTime, Microseconds, TicketFlags};
use portcullis_formats::registry::EtypeNumber;

/// A number that nobody asked for.
const NONCE: u32 = 0x5eed_0001;

/// A ticket that is handed over, and what its holder has to know of it.
pub(crate) struct ForwardedTicket {
    /// In DER.
    octets: Vec<u8>,
    key: KeyDraft,
    client: NameDraft,
    service: NameDraft,
    flags: TicketFlags,
    authtime: KerberosTime,
    starttime: Option<KerberosTime>,
    endtime: KerberosTime,
    renew_till: Option<KerberosTime>,
}

/// What a KRB-CRED says beside what it has to.
#[derive(Clone, Copy)]
pub(crate) struct CredentialShape {
    /// `starttime` and `renew-till`, as far as the ticket has them.
    pub(crate) starttime: bool,
    /// 1970 for those that it has not.
    pub(crate) unset_times: bool,
    /// An empty `caddr`.
    pub(crate) no_addresses: bool,
    pub(crate) timestamp: bool,
    pub(crate) microseconds: bool,
    pub(crate) nonce: bool,
}

impl CredentialShape {
    /// Nothing.
    pub(crate) const SHORT: Self = Self {
        starttime: false,
        unset_times: false,
        no_addresses: false,
        timestamp: false,
        microseconds: false,
        nonce: false,
    };

    /// A time of the ticket's, if it is to be told.
    fn time(self, time: Option<KerberosTime>) -> Option<KerberosTime> {
        match self.unset_times {
            true => Some(time.unwrap_or(KerberosTime::UNIX_EPOCH)),
            false => time.filter(|_| self.starttime),
        }
    }
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
            starttime: ticket.starttime,
            endtime: ticket.endtime,
            renew_till: None,
        }
    }

    /// One of a KDC's.
    pub(crate) fn of(held: &ClientTicket) -> Self {
        Self {
            octets: held.ticket.clone(),
            key: KeyDraft::of(&held.session_key),
            client: NameDraft::of(&held.client),
            service: NameDraft::of(&held.service),
            flags: held.flags,
            authtime: held.authtime,
            starttime: Some(held.starttime),
            endtime: held.endtime,
            renew_till: held.renew_till,
        }
    }

    /// KrbCredInfo.
    fn describe(&self, nameless: bool, shape: CredentialShape, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.key);
            if !nameless {
                fields.field(1, |field| self.client.encode_realm(field));
                fields.value(2, &self.client);
            }
            fields.value(3, &self.flags);
            fields.value(4, &self.authtime);
            fields.optional(5, shape.time(self.starttime).as_ref());
            fields.value(6, &self.endtime);
            fields.optional(7, shape.time(self.renew_till).as_ref());
            fields.field(8, |field| self.service.encode_realm(field));
            fields.value(9, &self.service);
            if shape.no_addresses {
                fields.field(10, |field| field.sequence(|_| {}));
            }
        });
    }
}

/// A KRB-CRED before it is sealed.
pub(crate) struct CredentialDraft {
    pub(crate) ticket: ForwardedTicket,
    /// What it is sealed with; `None` leaves it in clear, with enctype 0.
    pub(crate) key: Option<Key>,
    shape: CredentialShape,
    clock: KerberosTime,
    pub(crate) tickets: usize,
    pub(crate) descriptions: usize,
    pub(crate) nameless: bool,
    pub(crate) damage: Damage,
}

impl CredentialDraft {
    pub(crate) const fn new(
        ticket: ForwardedTicket,
        key: Option<Key>,
        shape: CredentialShape,
        clock: KerberosTime,
    ) -> Self {
        Self {
            ticket,
            key,
            shape,
            clock,
            tickets: 1,
            descriptions: 1,
            nameless: false,
            damage: Damage::None,
        }
    }

    /// Gets the fault if it is one of a credential's.
    pub(crate) fn spoil(&mut self, fault: Fault, random: &Octets) {
        match fault {
            Fault::CredentialKey => self.key = Some(random.key(Enctype::Aes256CtsHmacSha1_96)),
            Fault::UndescribedCredential => self.descriptions = 0,
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
        let describe = |list: &mut Writer| self.ticket.describe(self.nameless, self.shape, list);
        let mut output = Writer::new();
        output.application(29, |fields| {
            fields.field(0, |field| {
                field.sequence(|list| (0..self.descriptions).for_each(|_| describe(list)));
            });
            let shape = self.shape;
            if shape.nonce {
                fields.field(1, |field| field.integer(NONCE));
            }
            fields.optional(2, shape.timestamp.then_some(&self.clock));
            let microseconds = Microseconds::default();
            fields.optional(3, shape.microseconds.then_some(&microseconds));
        });
        output.into_vec()
    }
}
