//! [`TokenBuilder`]: what an initiator sends, and everything about it that can be varied.

mod build;
mod delegation;
mod settings;

pub(crate) use build::md5;
pub use delegation::Delegator;

use crate::Fault;
use crate::draft::Element;
use crate::initiation::Initiation;
use crate::pac::Profile;
use crate::realm::{Realm, kerberos_time};
use crate::service::TestService;
use core::net::IpAddr;
use delegation::{CredentialKey, Delegation};
use portcullis::{ChannelBindings, Enctype, Principal};
use portcullis_client::ClientTicket;
use portcullis_formats::gss::{ContextFlags, Mechanism};
use portcullis_formats::messages::{ApOptions, TicketFlags};
use portcullis_formats::pac::PacBufferType;
use portcullis_formats::registry::{AuthDataType, ChecksumTypeNumber, EtypeNumber, Kvno};
use settings::{ChecksumKind, Settings};
use std::sync::Arc;
use std::time::SystemTime;

/// A token to be built. Each method changes one thing; [`TokenBuilder::build`] makes ticket,
/// authenticator and frames of it.
#[must_use = "there is no token until `build` is called"]
#[derive(Clone)]
pub struct TokenBuilder {
    realm: Arc<Realm>,
    service: TestService,
    settings: Settings,
}

impl TokenBuilder {
    pub(crate) fn new(realm: Arc<Realm>, client: Principal, service: &TestService) -> Self {
        let settings = Settings::new(&realm, &client, service);
        Self {
            realm,
            service: service.clone(),
            settings,
        }
    }

    /// Of a ticket that a KDC has sealed, and of another that it has forwarded.
    pub(crate) fn with_ticket(
        mut self,
        held: ClientTicket,
        forwarded: Option<ClientTicket>,
    ) -> Self {
        let enctype = held.session_key.enctype();
        self.settings.held = Some(held);
        self.settings.forwarded = forwarded;
        self.session_enctype(enctype)
    }

    /// Of a user of whom there is more to say.
    pub(crate) fn with_profile(mut self, profile: &Profile) -> Self {
        self.settings.pac.wanted = profile.needs_pac();
        self.settings.pac.profile = profile.clone();
        self
    }

    /// Says that the ticket is sealed with a session key (RFC 4120 §3.7).
    pub(crate) fn use_session_key(mut self) -> Self {
        self.settings.ap_options = self.settings.ap_options | ApOptions::USE_SESSION_KEY;
        self
    }

    // How the token comes.

    /// Wraps the token into SPNEGO, as HTTP clients do.
    pub fn spnego(mut self) -> Self {
        self.settings.spnego = true;
        self
    }

    /// Uses the number that Windows has for Kerberos: first in the list of SPNEGO, or in the frame
    /// if there is no SPNEGO.
    pub fn ms_oid(mut self) -> Self {
        self.settings.ms_oid = true;
        self
    }

    /// The list of SPNEGO, best first. When Kerberos is not its first, the AP-REQ comes in a later
    /// leg ([`Initiation::next`]) and the list is signed.
    pub fn mech_list(mut self, mechanisms: &[Mechanism]) -> Self {
        self.settings.mechanisms = Some(mechanisms.to_vec());
        self.spnego()
    }

    /// Sends the list of SPNEGO alone first.
    pub fn without_mech_token(mut self) -> Self {
        self.settings.optimistic = false;
        self.spnego()
    }

    /// Signs the list of SPNEGO even when Kerberos is its first.
    pub fn sign_mech_list(mut self) -> Self {
        self.settings.sign_mech_list = true;
        self.spnego()
    }

    /// Leaves the GSS frame around the AP-REQ away.
    pub fn bare(mut self) -> Self {
        self.settings.bare = true;
        self
    }

    /// Three legs without frames, as DCE RPC wants it.
    pub fn dce_style(mut self) -> Self {
        self.settings.flags = self.settings.flags | ContextFlags::DCE_STYLE;
        self.mutual().bare()
    }

    // The AP-REQ.

    /// Asks the service to prove itself: by the flag and by the option of the AP-REQ.
    pub fn mutual(mut self) -> Self {
        self.settings.flags = self.settings.flags | ContextFlags::MUTUAL;
        self.settings.ap_options = self.settings.ap_options | ApOptions::MUTUAL_REQUIRED;
        self
    }

    /// The options of the AP-REQ, these and no others.
    pub const fn ap_options(mut self, options: ApOptions) -> Self {
        self.settings.ap_options = options;
        self
    }

    // The ticket.

    /// Seals the ticket with the service's key of this version, and says so.
    ///
    /// # Panics
    /// When the service has none.
    pub fn kvno(mut self, kvno: u32) -> Self {
        let enctype = self.settings.service_key.enctype();
        let key = self.service.key(Some(Kvno(kvno)), Some(enctype));
        (self.settings.service_key, self.settings.kvno) = (key.key, Some(key.kvno));
        self
    }

    /// Says of the ticket that its key has this version, whichever it has; nothing if `None`.
    pub fn shown_kvno(mut self, kvno: Option<u32>) -> Self {
        self.settings.kvno = kvno.map(Kvno);
        self
    }

    /// Seals the ticket with the service's key of this encryption type; session key and subkey are
    /// of it, too.
    ///
    /// # Panics
    /// When the service has none.
    pub fn enctype(mut self, enctype: Enctype) -> Self {
        let key = self.service.key(self.settings.kvno, Some(enctype));
        self.settings.service_key = key.key;
        self.session_enctype(enctype)
    }

    /// Shows another service's name in the ticket, in clear: as when Active Directory knows an
    /// account by several, or somebody rewrote it.
    ///
    /// # Panics
    /// When `name` is no principal's.
    pub fn shown_service(mut self, name: &str) -> Self {
        self.settings.service = self.realm.principal(name);
        self
    }

    /// The encryption type of the session key, and of the subkey unless told otherwise.
    pub const fn session_enctype(mut self, enctype: Enctype) -> Self {
        self.settings.session_enctype = enctype;
        if self.settings.subkey.is_some() {
            self.settings.subkey = Some(enctype);
        }
        self
    }

    /// The client's realm, in ticket and authenticator.
    pub fn client_realm(mut self, realm: &str) -> Self {
        self.settings.client.realm = realm.as_bytes().to_vec();
        self
    }

    /// The components of the client's name, in ticket and authenticator: any octets.
    pub fn client_components(mut self, components: &[&[u8]]) -> Self {
        self.settings.client.components = components.iter().map(|name| name.to_vec()).collect();
        self
    }

    /// The ticket's flags, these and no others.
    pub const fn ticket_flags(mut self, flags: TicketFlags) -> Self {
        self.settings.ticket_flags = flags;
        self
    }

    /// The realms that the client came through, in the encoding of RFC 4120 §3.3.3.2.
    pub fn transited(mut self, contents: &[u8]) -> Self {
        self.settings.transited = contents.to_vec();
        self
    }

    /// When the client authenticated itself to the KDC. Default: now.
    pub fn authtime(mut self, time: SystemTime) -> Self {
        self.settings.authtime = kerberos_time(time);
        self
    }

    /// From when the ticket counts. Default: it does not say, so from `authtime`.
    pub fn starttime(mut self, time: SystemTime) -> Self {
        self.settings.starttime = Some(kerberos_time(time));
        self
    }

    /// Until when the ticket counts. Default: ten hours from now.
    pub fn endtime(mut self, time: SystemTime) -> Self {
        self.settings.endtime = kerberos_time(time);
        self
    }

    /// The addresses that the ticket may be used from. Default: all.
    pub fn addresses(mut self, addresses: &[IpAddr]) -> Self {
        self.settings.addresses = addresses.to_vec();
        self
    }

    /// Adds an element to the ticket's authorization data, as critical as its type makes it.
    pub fn ticket_authorization_data(mut self, ad_type: AuthDataType, ad_data: &[u8]) -> Self {
        self.settings
            .ticket_data
            .push(Element::new(ad_type, ad_data));
        self
    }

    /// Puts a PAC into the ticket, as the KDC of a Windows domain does: LOGON_INFO with the user's
    /// groups, CLIENT_INFO, UPN_DNS_INFO, and all four signatures. It is there without being asked
    /// for if the user is in groups.
    pub const fn with_pac(mut self) -> Self {
        self.settings.pac.wanted = true;
        self
    }

    /// Leaves the PAC out, whatever there is to say of the user.
    pub const fn without_pac(mut self) -> Self {
        self.settings.pac.wanted = false;
        self
    }

    /// Puts REQUESTOR and ATTRIBUTES_INFO into the PAC, too, as some KDCs do in every ticket.
    pub const fn pac_requestor(mut self) -> Self {
        self.settings.pac.requestor = true;
        self.with_pac()
    }

    /// Lets the ticket be one that the last of `services` got in the client's name (S4U2Proxy), the
    /// others before it.
    pub fn delegated_through(mut self, services: &[&str]) -> Self {
        let target = self.service.principal().display_without_realm().to_string();
        let services = services.iter().map(|&service| service.to_owned());
        self.settings.pac.delegation = Some((target, services.collect()));
        self.with_pac()
    }

    /// Puts a buffer into the PAC before it is signed, in the place of the one of its type if there
    /// is one.
    pub fn pac_buffer(mut self, buffer_type: PacBufferType, octets: &[u8]) -> Self {
        let buffer = (buffer_type, Some(octets.to_vec()));
        self.settings.pac.buffers.push(buffer);
        self.with_pac()
    }

    /// Takes a buffer or a signature out of the PAC before it is signed.
    pub fn without_pac_buffer(mut self, buffer_type: PacBufferType) -> Self {
        self.settings.pac.buffers.push((buffer_type, None));
        self.with_pac()
    }

    /// Changes the octets of the PAC after it was signed.
    pub fn edit_pac(mut self, edit: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        self.settings.pac.edits.push(Arc::new(edit));
        self.with_pac()
    }

    /// Changes the octets of the EncTicketPart before they are sealed: what a KDC would do that
    /// has gone mad.
    pub fn edit_ticket(
        mut self,
        edit: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        self.settings.ticket_edits.push(Arc::new(edit));
        self
    }

    // The authenticator.

    /// The client's clock. Default: the realm's.
    pub const fn at(mut self, clock: SystemTime) -> Self {
        self.settings.clock = clock;
        self
    }

    /// The encryption type of the subkey. Default: the session key's.
    pub const fn subkey(mut self, enctype: Enctype) -> Self {
        self.settings.subkey = Some(enctype);
        self
    }

    /// No subkey: the session key protects the messages.
    pub const fn no_subkey(mut self) -> Self {
        self.settings.subkey = None;
        self
    }

    /// The first sequence number.
    pub const fn sequence(mut self, number: u32) -> Self {
        self.settings.sequence = Some(number);
        self
    }

    /// No sequence number, which counts as 0.
    pub const fn no_sequence(mut self) -> Self {
        self.settings.sequence = None;
        self
    }

    /// What the client can use, best first (RFC 4537 §3).
    pub fn etypes(mut self, etypes: &[EtypeNumber]) -> Self {
        self.settings
            .authenticator_data
            .push(Element::etypes(etypes));
        self
    }

    /// Adds an element to the authenticator's authorization data, as critical as its type makes it.
    pub fn authenticator_authorization_data(
        mut self,
        ad_type: AuthDataType,
        ad_data: &[u8],
    ) -> Self {
        self.settings
            .authenticator_data
            .push(Element::new(ad_type, ad_data));
        self
    }

    /// Changes the octets of the Authenticator before they are sealed: whoever has a ticket can
    /// do that.
    pub fn edit_authenticator(
        mut self,
        edit: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        self.settings.authenticator_edits.push(Arc::new(edit));
        self
    }

    // The authenticator's checksum.

    /// The flags of the context, these and no others. Default: replay, sequence, conf, integ.
    pub const fn flags(mut self, flags: ContextFlags) -> Self {
        self.settings.flags = flags;
        self
    }

    /// The channel that the client sees.
    pub fn channel_bindings(mut self, bindings: &ChannelBindings) -> Self {
        self.settings.bindings = Some(bindings.clone());
        self
    }

    /// Says as Windows does that the client sends channel bindings where it has any.
    pub fn claims_channel_bindings(mut self) -> Self {
        self.settings
            .authenticator_data
            .push(Element::claims_bindings());
        self
    }

    /// Delegates the client's ticket-granting ticket, sealed with the session key as RFC 4121
    /// §4.1.1 wants it.
    pub const fn delegate(mut self) -> Self {
        self.settings.credential = Some(Delegation::AS_SPECIFIED);
        self
    }

    /// Delegates the client's ticket-granting ticket, sealed with the subkey as MIT krb5 does it.
    pub const fn delegate_under_subkey(mut self) -> Self {
        self.settings.credential = Some(Delegation::of(CredentialKey::Subkey));
        self
    }

    /// Delegates the client's ticket-granting ticket, in clear inside the authenticator.
    pub const fn delegate_in_clear(mut self) -> Self {
        self.settings.credential = Some(Delegation::of(CredentialKey::Nothing));
        self
    }

    /// Delegates the client's ticket-granting ticket as this implementation does it.
    pub const fn delegate_as(mut self, delegator: Delegator) -> Self {
        self.settings.credential = Some(Delegation::by(delegator));
        self
    }

    /// An ordinary checksum over nothing, in place of flags and bindings: what Samba's clients do.
    pub fn ordinary_checksum(mut self) -> Self {
        self.settings.checksum = ChecksumKind::Ordinary;
        self
    }

    /// This checksum, in place of flags and bindings.
    pub fn checksum(mut self, checksum_type: ChecksumTypeNumber, octets: &[u8]) -> Self {
        self.settings.checksum = ChecksumKind::Given(checksum_type, octets.to_vec());
        self
    }

    // And what is wrong with it.

    /// Puts a fault in. A fault of a PAC, of SPNEGO's first message or of a delegated credential
    /// puts that in, too; a fault of a later leg shows when that leg is made.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.settings.faults.push(fault);
        self
    }

    /// The token.
    pub fn build(mut self) -> Initiation {
        self.settings.spoil(&self.realm, &self.service);
        build::initiation(&self.realm, &self.settings)
    }
}

impl core::fmt::Debug for TokenBuilder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TokenBuilder")
            .field("service", self.service.principal())
            .field("faults", &self.settings.faults)
            .finish_non_exhaustive()
    }
}
