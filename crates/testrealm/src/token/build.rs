//! From settings to octets: ticket, authenticator, AP-REQ, and the conversation that begins.

use super::delegation::{CredentialKey, Delegation};
use super::settings::{ChecksumKind, Settings};
use crate::Fault;
use crate::draft::{
    AuthenticatorDraft, CredentialDraft, ForwardedTicket, GssChecksumDraft, KeyDraft, NameDraft,
    RequestDraft, TicketDraft, TicketPac, other_enctype,
};
use crate::initiation::{Conversation, Envelope, Initiation};
use crate::pac::{PacDraft, account_sid};
use crate::realm::{Realm, kerberos_time};
use core::time::Duration;
use md5::{Digest, Md5};
use portcullis::Enctype;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::gss::ContextFlags;
use portcullis_formats::messages::{ApOptions, Microseconds, TicketFlags};
use portcullis_formats::pac::PacAttributes;
use portcullis_formats::registry::ChecksumTypeNumber;
use std::time::UNIX_EPOCH;

pub(crate) fn md5(octets: &[u8]) -> [u8; 16] {
    Md5::digest(octets).into()
}

/// The token and the state of whoever sends it.
pub(super) fn initiation(realm: &Realm, settings: &Settings) -> Initiation {
    let keys = Keys::new(realm, settings);
    let authenticator = authenticator(realm, settings, &keys);
    let confounder = realm.random.confounder();
    let sealed = authenticator.seal(confounder);
    let ticket = match &settings.held {
        Some(held) => held.ticket.clone(),
        None => ticket(realm, settings, &keys.session).seal(realm.random.confounder()),
    };
    let mut request = RequestDraft::new(settings.ap_options, ticket, sealed);
    settings
        .faults
        .iter()
        .for_each(|fault| request.spoil(*fault));
    let mutual = settings.ap_options.contains(ApOptions::MUTUAL_REQUIRED)
        || settings.flags.contains(ContextFlags::MUTUAL)
        || settings.flags.contains(ContextFlags::DCE_STYLE);
    let conversation = Conversation {
        envelope: envelope(settings),
        session_key: keys.session,
        subkey: keys.subkey,
        ctime: authenticator.ctime,
        cusec: authenticator.cusec,
        sequence: settings.sequence.unwrap_or(0),
        mutual,
        dce_style: settings.flags.contains(ContextFlags::DCE_STYLE),
        integrity: settings.flags.contains(ContextFlags::INTEG),
        faults: settings.faults.clone(),
        random: realm.random.clone(),
    };
    Initiation::begin(conversation, &request.encode())
}

/// The keys of one login.
struct Keys {
    session: Key,
    subkey: Option<Key>,
}

impl Keys {
    fn new(realm: &Realm, settings: &Settings) -> Self {
        Self {
            session: match &settings.held {
                Some(held) => held.session_key.clone(),
                None => realm.random.key(settings.session_enctype),
            },
            subkey: settings.subkey.map(|enctype| realm.random.key(enctype)),
        }
    }
}

fn envelope(settings: &Settings) -> Envelope {
    Envelope::new(
        settings.spnego.then_some(settings.mechanisms.as_deref()),
        settings.ms_oid,
        settings.bare,
        settings.optimistic,
        settings.sign_mech_list,
    )
}

fn ticket(realm: &Realm, settings: &Settings, session_key: &Key) -> TicketDraft {
    let now = kerberos_time(realm.now());
    let service = NameDraft::of(&settings.service);
    let (client, key) = (settings.client.clone(), settings.service_key.clone());
    let mut ticket = TicketDraft::new(client, service, session_key, key, now);
    ticket.kvno = settings.kvno;
    ticket.flags = settings.ticket_flags;
    ticket.transited = settings.transited.clone();
    ticket.authtime = settings.authtime;
    ticket.starttime = settings.starttime;
    ticket.endtime = settings.endtime;
    ticket.addresses.clone_from(&settings.addresses);
    ticket.authorization_data.clone_from(&settings.ticket_data);
    ticket.edits.clone_from(&settings.ticket_edits);
    let of_pac = |fault: &&Fault| fault.is_of_pac();
    for fault in settings.faults.iter().filter(|fault| !of_pac(fault)) {
        ticket.spoil(*fault, now, &realm.random);
    }
    // The PAC tells again what the ticket says, with the ticket's faults.
    ticket.pac = pac(realm, settings, &ticket);
    for fault in settings.faults.iter().filter(of_pac) {
        ticket.spoil(*fault, now, &realm.random);
    }
    ticket
}

fn pac(realm: &Realm, settings: &Settings, ticket: &TicketDraft) -> Option<TicketPac> {
    let client = ticket.client.principal().filter(|_| settings.pac.wanted)?;
    let profile = &settings.pac.profile;
    let mut draft = PacDraft::of_account(realm, &client, profile, ticket.authtime);
    if settings.pac.requestor {
        let requestor = account_sid(realm, &client);
        draft = draft.of_tgt(requestor, PacAttributes::GIVEN_IMPLICITLY);
    }
    if let Some((target, services)) = &settings.pac.delegation {
        draft = draft.delegated(target, services);
    }
    for (buffer_type, octets) in &settings.pac.buffers {
        draft = match octets {
            Some(octets) => draft.buffer(*buffer_type, octets.clone()),
            None => draft.without(*buffer_type),
        };
    }
    Some(TicketPac {
        draft: draft.edited(&settings.pac.edits),
        kdc_key: realm.kdc_key(&realm.krbtgt()),
        server_key: None,
        count: 1,
    })
}

fn authenticator(realm: &Realm, settings: &Settings, keys: &Keys) -> AuthenticatorDraft {
    let ctime = kerberos_time(settings.clock);
    let since = settings
        .clock
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    let client = settings.client.clone();
    let cusec = Microseconds::of(since);
    let mut authenticator = AuthenticatorDraft::new(client, &keys.session, ctime, cusec);
    authenticator.subkey = keys.subkey.as_ref().map(KeyDraft::of);
    authenticator.sequence = settings.sequence;
    authenticator
        .authorization_data
        .clone_from(&settings.authenticator_data);
    authenticator
        .edits
        .clone_from(&settings.authenticator_edits);
    authenticator.checksum = Some(checksum(realm, settings, keys));
    for fault in &settings.faults {
        authenticator.spoil(*fault, &realm.random);
    }
    authenticator
}

fn checksum(realm: &Realm, settings: &Settings, keys: &Keys) -> (ChecksumTypeNumber, Vec<u8>) {
    match &settings.checksum {
        ChecksumKind::Gss => (ChecksumTypeNumber::GSS, gss_checksum(realm, settings, keys)),
        ChecksumKind::Ordinary => ordinary_checksum(realm, settings, &keys.session),
        ChecksumKind::Given(checksum_type, octets) => (*checksum_type, octets.clone()),
    }
}

fn gss_checksum(realm: &Realm, settings: &Settings, keys: &Keys) -> Vec<u8> {
    let bindings = settings.bindings.as_ref();
    let bindings = bindings.map_or([0; 16], |bindings| md5(&bindings.hash_input()));
    let credential = settings
        .credential
        .map(|delegation| credential(realm, settings, keys, delegation));
    let deleg = if credential.is_some() {
        ContextFlags::DELEG
    } else {
        ContextFlags(0)
    };
    let mut checksum = GssChecksumDraft::new(bindings, settings.flags | deleg, credential);
    settings
        .faults
        .iter()
        .for_each(|fault| checksum.spoil(*fault));
    checksum.encode()
}

fn ordinary_checksum(
    realm: &Realm,
    settings: &Settings,
    session_key: &Key,
) -> (ChecksumTypeNumber, Vec<u8>) {
    let mut key = session_key.clone();
    if settings.faults.contains(&Fault::OtherChecksumType) {
        key = realm.random.key(other_enctype(key.enctype()));
    }
    let mac = key.mac(KeyUsage::AP_REQ_CHECKSUM).checksum(&[]);
    let mut octets = mac.as_ref().to_vec();
    if let (true, Some(octet)) = (
        settings.faults.contains(&Fault::ChecksumValue),
        octets.first_mut(),
    ) {
        *octet ^= 1;
    }
    (ChecksumTypeNumber(key.enctype().checksum_type()), octets)
}

/// The client's ticket-granting ticket, forwarded.
fn credential(realm: &Realm, settings: &Settings, keys: &Keys, delegation: Delegation) -> Vec<u8> {
    let ticket = match &settings.forwarded {
        Some(held) => ForwardedTicket::of(held),
        None => forwarded(realm, settings),
    };
    let key = match delegation.key {
        CredentialKey::SessionKey => Some(keys.session.clone()),
        CredentialKey::Subkey => keys.subkey.clone(),
        CredentialKey::Nothing => None,
    };
    let clock = kerberos_time(settings.clock);
    let mut credential = CredentialDraft::new(ticket, key, delegation.shape, clock);
    for fault in &settings.faults {
        credential.spoil(*fault, &realm.random);
    }
    credential.seal(realm.random.confounder())
}

/// As the KDC of the realm would make it.
fn forwarded(realm: &Realm, settings: &Settings) -> ForwardedTicket {
    let client = settings.client.clone();
    let krbtgt = realm.principal(&format!("krbtgt/{}", realm.name));
    let krbtgt_key = realm.random.key(Enctype::Aes256CtsHmacSha1_96);
    let now = kerberos_time(realm.now());
    let tgt_key = realm.random.key(Enctype::Aes256CtsHmacSha1_96);
    let service = NameDraft::of(&krbtgt);
    let mut ticket = TicketDraft::new(client, service, &tgt_key, krbtgt_key, now);
    ticket.flags = TicketFlags::FORWARDABLE | TicketFlags::FORWARDED | TicketFlags::PRE_AUTHENT;
    ticket.endtime = settings.endtime;
    ForwardedTicket::made(ticket, realm.random.confounder())
}
