//! [`Settings`]: what a [`super::TokenBuilder`] was told.

use super::delegation::Delegation;
use crate::Fault;
use crate::draft::{Edit, Element, NameDraft, anonymous, other_enctype};
use crate::pac::Profile;
use crate::realm::{Realm, kerberos_time, moved};
use crate::service::TestService;
use core::net::IpAddr;
use portcullis::{ChannelBindings, Enctype, Principal};
use portcullis_client::ClientTicket;
use portcullis_crypto::Key;
use portcullis_formats::gss::{ContextFlags, Mechanism};
use portcullis_formats::messages::{ApOptions, KerberosTime, TicketFlags};
use portcullis_formats::pac::PacBufferType;
use portcullis_formats::registry::{ChecksumTypeNumber, Kvno};
use std::time::SystemTime;

const TEN_HOURS: i64 = 36_000;

/// What the builder was told.
#[derive(Clone)]
pub(super) struct Settings {
    pub(super) spnego: bool,
    pub(super) ms_oid: bool,
    pub(super) mechanisms: Option<Vec<Mechanism>>,
    pub(super) optimistic: bool,
    pub(super) sign_mech_list: bool,
    pub(super) bare: bool,
    pub(super) ap_options: ApOptions,
    pub(super) client: NameDraft,
    /// The ticket that a KDC has sealed, if there is one.
    pub(super) held: Option<ClientTicket>,
    /// The ticket-granting ticket that a KDC has forwarded, if there is one.
    pub(super) forwarded: Option<ClientTicket>,
    /// As the ticket shows it in clear.
    pub(super) service: Principal,
    pub(super) service_key: Key,
    /// As the ticket shows it in clear.
    pub(super) kvno: Option<Kvno>,
    pub(super) session_enctype: Enctype,
    pub(super) ticket_flags: TicketFlags,
    pub(super) transited: Vec<u8>,
    pub(super) authtime: KerberosTime,
    pub(super) starttime: Option<KerberosTime>,
    pub(super) endtime: KerberosTime,
    pub(super) addresses: Vec<IpAddr>,
    pub(super) ticket_data: Vec<Element>,
    pub(super) ticket_edits: Vec<Edit>,
    pub(super) pac: PacSettings,
    pub(super) clock: SystemTime,
    pub(super) subkey: Option<Enctype>,
    pub(super) sequence: Option<u32>,
    pub(super) authenticator_data: Vec<Element>,
    pub(super) authenticator_edits: Vec<Edit>,
    pub(super) checksum: ChecksumKind,
    pub(super) flags: ContextFlags,
    pub(super) bindings: Option<ChannelBindings>,
    pub(super) credential: Option<Delegation>,
    pub(super) faults: Vec<Fault>,
}

/// What the authenticator's checksum is.
#[derive(Clone)]
pub(super) enum ChecksumKind {
    /// RFC 4121 §4.1.1.
    Gss,
    /// Over nothing, by the session key.
    Ordinary,
    /// Whatever these are.
    Given(ChecksumTypeNumber, Vec<u8>),
}

/// What the ticket's PAC is.
#[derive(Clone, Default)]
pub(super) struct PacSettings {
    /// There is one.
    pub(super) wanted: bool,
    pub(super) profile: Profile,
    /// It has what those of ticket-granting tickets have.
    pub(super) requestor: bool,
    /// The service that the ticket is for and those that the client came through.
    pub(super) delegation: Option<(String, Vec<String>)>,
    /// Buffers that are put in the place of others, or taken out.
    pub(super) buffers: Vec<(PacBufferType, Option<Vec<u8>>)>,
    pub(super) edits: Vec<Edit>,
}

impl Settings {
    pub(super) fn new(realm: &Realm, client: &Principal, service: &TestService) -> Self {
        let clock = realm.now();
        let (now, key) = (kerberos_time(clock), service.newest_key());
        let enctype = key.key.enctype();
        Self {
            spnego: false,
            ms_oid: false,
            mechanisms: None,
            optimistic: true,
            sign_mech_list: false,
            bare: false,
            ap_options: ApOptions::default(),
            client: NameDraft::of(client),
            held: None,
            forwarded: None,
            service: service.principal().clone(),
            service_key: key.key,
            kvno: Some(key.kvno),
            session_enctype: enctype,
            ticket_flags: TicketFlags::INITIAL | TicketFlags::PRE_AUTHENT,
            transited: Vec::new(),
            authtime: now,
            starttime: None,
            endtime: moved(now, TEN_HOURS),
            addresses: Vec::new(),
            ticket_data: Vec::new(),
            ticket_edits: Vec::new(),
            pac: PacSettings::default(),
            clock,
            subkey: Some(enctype),
            sequence: Some(realm.random.sequence()),
            authenticator_data: Vec::new(),
            authenticator_edits: Vec::new(),
            checksum: ChecksumKind::Gss,
            flags: ContextFlags::REPLAY
                | ContextFlags::SEQUENCE
                | ContextFlags::CONF
                | ContextFlags::INTEG,
            bindings: None,
            credential: None,
            faults: Vec::new(),
        }
    }

    /// Gets those of its faults that decide what is built at all.
    pub(super) fn spoil(&mut self, realm: &Realm, service: &TestService) {
        self.pac.wanted |= self.faults.iter().any(|fault| fault.is_of_pac());
        self.spnego |= self.faults.iter().any(|fault| fault.is_of_offer());
        if self.faults.iter().any(|fault| fault.is_of_credential()) {
            self.credential.get_or_insert(Delegation::AS_SPECIFIED);
        }
        for fault in self.faults.clone() {
            match fault {
                Fault::UnknownService | Fault::MissingKvno | Fault::MissingEnctype => {
                    self.seal_with_a_key_that_the_keytab_lacks(fault, realm, service);
                }
                Fault::WeakSessionKey => {
                    (self.session_enctype, self.subkey) = (Enctype::Rc4Hmac, None);
                }
                Fault::WeakSubkey => self.subkey = Some(Enctype::Rc4Hmac),
                Fault::NoClientComponents => self.client.components.clear(),
                Fault::NulInClientName => {
                    self.client.components = vec![b"alice\0admin".to_vec()];
                }
                Fault::EmptyClientRealm => self.client.realm.clear(),
                Fault::Anonymous => anonymous(&mut self.client),
                Fault::TransitedRealm | Fault::TransitedType => {
                    self.client.realm = b"ELSEWHERE.TEST".to_vec();
                }
                Fault::DifferentBindings => {
                    let elsewhere = ChannelBindings::from_application_data("another channel");
                    self.bindings = Some(elsewhere);
                }
                Fault::UnkeyedChecksum => {
                    let octets = crate::token::build::md5(b"").to_vec();
                    self.checksum = ChecksumKind::Given(ChecksumTypeNumber::RSA_MD5, octets);
                }
                Fault::OtherChecksumType | Fault::ChecksumValue => {
                    self.checksum = ChecksumKind::Ordinary;
                }
                Fault::WithheldBindings => {
                    self.bindings = None;
                    self.authenticator_data.push(Element::claims_bindings());
                }
                Fault::OnlyNtlm => self.mechanisms = Some(vec![Mechanism::Ntlm]),
                _ => {}
            }
        }
    }

    fn seal_with_a_key_that_the_keytab_lacks(
        &mut self,
        fault: Fault,
        realm: &Realm,
        service: &TestService,
    ) {
        let (mut principal, newest) = (service.principal().clone(), service.newest_key());
        let (mut kvno, mut enctype) = (newest.kvno, newest.key.enctype());
        match fault {
            Fault::MissingKvno => kvno.0 = kvno.0.saturating_add(1),
            Fault::MissingEnctype => enctype = other_enctype(enctype),
            _ => {
                principal = realm.principal("HTTP/unknown.example.test");
                self.service = principal.clone();
            }
        }
        self.service_key = realm.key(&principal, kvno, enctype);
        self.kvno = Some(kvno);
    }
}
