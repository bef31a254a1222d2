//! [`TicketDraft`]: a Ticket (RFC 4120 §5.3) and what will be sealed in it.

use super::authorization_data::{Element, encode_optional};
use super::{
    Damage, Edit, KeyDraft, NameDraft, OLD_VERSION, PVNO, UNKNOWN_ETYPE, edited, hollow, seal,
};
use crate::Fault;
use crate::pac::PacDraft;
use crate::random::Octets;
use crate::realm::moved;
use core::net::IpAddr;
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::der::{SequenceOfBuf, Writer};
use portcullis_formats::messages::{
    EncryptedData, HostAddress, HostAddresses, KerberosTime, TicketFlags,
};
use portcullis_formats::registry::{AddressType, AuthDataType, EtypeNumber, Kvno, NameType};

const HOUR: i64 = 3600;
/// A realm that no path between others leads through.
const STRANGE_REALM: &[u8] = b"STRANGE.TEST";
/// RFC 5737 §3: an address that is nobody's.
const STRANGE_ADDRESS: IpAddr = IpAddr::V4(core::net::Ipv4Addr::new(203, 0, 113, 99));

/// A ticket, and what will be sealed in it.
pub(crate) struct TicketDraft {
    pub(crate) version: i32,
    pub(crate) service: NameDraft,
    pub(crate) etype: EtypeNumber,
    pub(crate) kvno: Option<Kvno>,
    /// What it is sealed with.
    pub(crate) key: Key,
    pub(crate) damage: Damage,
    pub(crate) edits: Vec<Edit>,
    pub(crate) flags: TicketFlags,
    pub(crate) session_key: KeyDraft,
    pub(crate) client: NameDraft,
    pub(crate) transited_type: i32,
    pub(crate) transited: Vec<u8>,
    pub(crate) authtime: KerberosTime,
    pub(crate) starttime: Option<KerberosTime>,
    pub(crate) endtime: KerberosTime,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) authorization_data: Vec<Element>,
    pub(crate) pac: Option<TicketPac>,
}

/// A ticket's PAC before it is signed.
pub(crate) struct TicketPac {
    pub(crate) draft: PacDraft,
    /// The krbtgt's key.
    pub(crate) kdc_key: Key,
    /// The key that signs for the service, if it is not the ticket's.
    pub(crate) server_key: Option<Key>,
    /// How many of it are in the ticket.
    pub(crate) count: usize,
}

impl TicketDraft {
    /// A ticket for `client` to `service`, valid for ten hours.
    pub(crate) fn new(
        client: NameDraft,
        service: NameDraft,
        session_key: &Key,
        key: Key,
        now: KerberosTime,
    ) -> Self {
        Self {
            version: PVNO,
            service,
            etype: EtypeNumber(key.enctype().number()),
            kvno: None,
            key,
            damage: Damage::None,
            edits: Vec::new(),
            flags: TicketFlags::INITIAL | TicketFlags::PRE_AUTHENT,
            session_key: KeyDraft::of(session_key),
            client,
            transited_type: 1,
            transited: Vec::new(),
            authtime: now,
            starttime: None,
            endtime: moved(now, HOUR.saturating_mul(10)),
            addresses: Vec::new(),
            authorization_data: Vec::new(),
            pac: None,
        }
    }

    /// Gets the fault if it is one of a ticket's.
    pub(crate) fn spoil(&mut self, fault: Fault, now: KerberosTime, random: &Octets) {
        match fault {
            Fault::TicketVersion => self.version = OLD_VERSION,
            Fault::NoServiceComponents => self.service.components.clear(),
            Fault::DesTicket => self.etype = EtypeNumber::DES_CBC_MD5,
            Fault::WrongServiceKey => self.key = random.key(self.key.enctype()),
            Fault::TamperedTicket => self.damage = Damage::Tampered,
            Fault::TicketTooShort => self.damage = Damage::Short,
            Fault::MalformedTicket => self.edits.push(hollow()),
            Fault::SessionKeyLength => drop(self.session_key.octets.pop()),
            Fault::UnknownSessionEnctype => self.session_key.etype = EtypeNumber(UNKNOWN_ETYPE),
            Fault::WrongAddress => self.addresses = vec![STRANGE_ADDRESS],
            Fault::NotYetValid => self.starttime = Some(moved(now, HOUR)),
            Fault::Expired => {
                self.authtime = moved(now, HOUR.saturating_mul(-11));
                self.endtime = moved(now, HOUR.saturating_neg());
            }
            Fault::InvalidFlag => self.flags = self.flags | TicketFlags::INVALID,
            Fault::TransitedRealm => self.transited = STRANGE_REALM.to_vec(),
            Fault::TransitedType => self.transited_type = UNKNOWN_ETYPE,
            Fault::ArmorTicket => self.authorization_data.push(Element::armor()),
            Fault::CriticalTicketData => self.authorization_data.push(Element::critical()),
            _ => self.spoil_pac(fault, random),
        }
    }

    fn spoil_pac(&mut self, fault: Fault, random: &Octets) {
        let Some(pac) = &mut self.pac else {
            return;
        };
        match fault {
            Fault::SecondPac => pac.count = 2,
            Fault::PacServerKey => pac.server_key = Some(random.key(self.key.enctype())),
            _ => pac.draft.spoil(fault),
        }
    }

    /// The Ticket.
    pub(crate) fn seal(&self, confounder: [u8; 16]) -> Vec<u8> {
        let plaintext = edited(self.enc_ticket_part(), &self.edits);
        let mut cipher = seal(&self.key, KeyUsage::TICKET, confounder, &plaintext);
        self.damage.apply(&mut cipher);
        let mut output = Writer::new();
        output.application(1, |fields| {
            fields.field(0, |field| field.integer(self.version));
            fields.field(1, |field| self.service.encode_realm(field));
            fields.value(2, &self.service);
            let (etype, kvno) = (self.etype, self.kvno);
            fields.value(
                3,
                &EncryptedData {
                    etype,
                    kvno,
                    cipher: &cipher,
                },
            );
        });
        output.into_vec()
    }

    /// With the PAC, which is signed over the rest.
    fn enc_ticket_part(&self) -> Vec<u8> {
        let Some(pac) = &self.pac else {
            return self.enc_ticket_part_with(&[]);
        };
        let with = |octets: &[u8]| {
            let element = Element::if_relevant(&[Element::new(AuthDataType::WIN2K_PAC, octets)]);
            self.enc_ticket_part_with(&vec![element; pac.count])
        };
        // [MS-PAC] §2.8.3: one zero stands for the PAC in what TICKET_CHECKSUM is over.
        let server_key = pac.server_key.as_ref().unwrap_or(&self.key);
        with(
            &pac.draft
                .signed(server_key, &pac.kdc_key, Some(&with(&[0]))),
        )
    }

    fn enc_ticket_part_with(&self, pac: &[Element]) -> Vec<u8> {
        let authorization_data = [pac, &self.authorization_data].concat();
        let addresses = Addresses::of(&self.addresses);
        let mut output = Writer::new();
        output.application(3, |fields| {
            fields.value(0, &self.flags);
            fields.value(1, &self.session_key);
            fields.field(2, |field| self.client.encode_realm(field));
            fields.value(3, &self.client);
            fields.field(4, |field| {
                field.sequence(|transited| {
                    transited.field(0, |field| field.integer(self.transited_type));
                    transited.field(1, |field| field.octet_string(&self.transited));
                });
            });
            fields.value(5, &self.authtime);
            fields.optional(6, self.starttime.as_ref());
            fields.value(7, &self.endtime);
            fields.optional_list(9, Some(&addresses.list()));
            encode_optional(10, &authorization_data, fields);
        });
        output.into_vec()
    }
}

/// `WELLKNOWN/ANONYMOUS` of the same realm (RFC 8062 §3).
pub(crate) fn anonymous(client: &mut NameDraft) {
    client.name_type = NameType::WELLKNOWN;
    client.components = vec![b"WELLKNOWN".to_vec(), b"ANONYMOUS".to_vec()];
}

/// Another encryption type than any that `enctype`'s keytab has by default.
pub(crate) fn other_enctype(enctype: Enctype) -> Enctype {
    match enctype {
        Enctype::Aes128CtsHmacSha256_128 => Enctype::Aes256CtsHmacSha384_192,
        _ => Enctype::Aes128CtsHmacSha256_128,
    }
}

/// HostAddresses.
struct Addresses(SequenceOfBuf);

impl Addresses {
    fn of(addresses: &[IpAddr]) -> Self {
        let octets: Vec<(AddressType, Vec<u8>)> = addresses
            .iter()
            .map(|address| match address {
                IpAddr::V4(ip) => (AddressType::IPV4, ip.octets().to_vec()),
                IpAddr::V6(ip) => (AddressType::IPV6, ip.octets().to_vec()),
            })
            .collect();
        let addresses: Vec<_> = octets
            .iter()
            .map(|(addr_type, address)| HostAddress {
                addr_type: *addr_type,
                address,
            })
            .collect();
        Self(SequenceOfBuf::of(&addresses))
    }

    fn list(&self) -> HostAddresses<'_> {
        self.0.borrow()
    }
}
