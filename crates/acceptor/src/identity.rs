//! [`Identity`]: what is left when the keys are gone.

use crate::delegated::DelegatedCredential;
use crate::pac::Pac;
use crate::tickets::TicketFacts;
use crate::time::system_time;
use core::fmt;
use portcullis_formats::gss::{ContextFlags, Mechanism};
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::messages::TicketFlags;
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{EtypeNumber, Kvno, NameType};
use std::sync::Arc;
use std::time::SystemTime;

/// A proven client: who it is, by whose word, for which service and how.
///
/// Everything comes from the ticket, which the KDC sealed, or from the authenticator, which the
/// client sealed with the ticket's session key. Three facts do not, and prove nothing: mechanism,
/// framing, and how the key that opened the ticket relates to the one that it names in clear.
#[derive(Clone)]
pub struct Identity {
    pub(crate) ticket: Arc<TicketFacts>,
    pub(crate) carrier: Carrier,
    pub(crate) subkey_etype: Option<EtypeNumber>,
    pub(crate) flags: ContextFlags,
    pub(crate) channel_bound: bool,
    pub(crate) delegated: Option<Box<DelegatedCredential>>,
}

/// The key that opened the ticket: of the keytab, or in user-to-user our session key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyUsed {
    /// Whose key.
    pub principal: Principal,
    /// Its version by the keytab; 0 if it has none.
    pub kvno: Kvno,
    /// Its encryption type.
    pub etype: EtypeNumber,
    /// How it was found.
    pub selected: KeySelected,
}

/// How the key that opened a ticket relates to the one that the ticket names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeySelected {
    /// The same principal and version.
    Exact,
    /// The same principal, another version: keytab or ticket are older.
    OtherKvno,
    /// Another principal: one account with several names, or a name rewritten on the way.
    Alias,
    /// No key of a keytab, but the session key of [`OurTgt`](crate::user_to_user::OurTgt).
    SessionKey,
}

/// How the AP-REQ was wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Framing {
    /// SPNEGO (RFC 4178).
    Spnego,
    /// GSS-API (RFC 4121 §4.1).
    Gss,
    /// Not at all.
    Raw,
}

/// How the AP-REQ came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Carrier {
    /// By the framing of the token; by the list of SPNEGO when the token has none.
    pub(crate) mechanism: Mechanism,
    pub(crate) framing: Framing,
    /// No GSS framing around the AP-REQ itself, be it inside SPNEGO or alone.
    pub(crate) bare: bool,
}

impl Identity {
    /// The client, with its realm, as the KDC wrote it into the ticket.
    ///
    /// Authorise by the whole name: the same name in another realm is another client.
    #[must_use]
    pub fn client(&self) -> &Principal {
        &self.ticket.client
    }

    /// Whether the client is nobody in particular (RFC 8062 §3); only where
    /// [`AcceptorBuilder::allow_anonymous`](crate::AcceptorBuilder::allow_anonymous) lets such in.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.ticket.client.is_anonymous() || self.ticket_flags().contains(TicketFlags::ANONYMOUS)
    }

    /// Whether the client's name is an alias such as an e-mail address (RFC 6806 §5), which the KDC
    /// left in the ticket instead of the account's own name. It has an `@` of its own before that
    /// of the realm: do not take what follows the first one for the realm.
    #[must_use]
    pub fn is_enterprise(&self) -> bool {
        let name_type = self.ticket.client.name_type();
        name_type == NameType::ENTERPRISE || name_type == NameType::ENT_PRINCIPAL_AND_ID
    }

    /// The service that the client came for: the principal whose key opened the ticket.
    #[must_use]
    pub fn service(&self) -> &Principal {
        &self.ticket.key.principal
    }

    /// The key that opened the ticket, and how it was found.
    #[must_use]
    pub fn key(&self) -> &KeyUsed {
        &self.ticket.key
    }

    /// The mechanism under which the client came.
    #[must_use]
    pub const fn mechanism(&self) -> Mechanism {
        self.carrier.mechanism
    }

    /// How the AP-REQ was wrapped.
    #[must_use]
    pub const fn framing(&self) -> Framing {
        self.carrier.framing
    }

    /// The ticket's flags (RFC 4120 §5.3).
    #[must_use]
    pub fn ticket_flags(&self) -> TicketFlags {
        self.ticket.validity.flags
    }

    /// When the client authenticated itself to the KDC.
    #[must_use]
    pub fn authtime(&self) -> KerberosTime {
        self.ticket.validity.authtime
    }

    /// From when the ticket counts.
    #[must_use]
    pub fn starttime(&self) -> KerberosTime {
        self.ticket.validity.starttime
    }

    /// Until when the ticket counts.
    #[must_use]
    pub fn endtime(&self) -> KerberosTime {
        self.ticket.validity.endtime
    }

    /// Until when the ticket counts, in the caller's clock. The clock's skew is not added.
    #[must_use]
    pub fn expires_at(&self) -> SystemTime {
        system_time(self.endtime())
    }

    /// The session key's encryption type.
    #[must_use]
    pub fn session_etype(&self) -> EtypeNumber {
        self.ticket.session_etype
    }

    /// The encryption type of the subkey that the client proposed, if any.
    #[must_use]
    pub const fn subkey_etype(&self) -> Option<EtypeNumber> {
        self.subkey_etype
    }

    /// What the client asked of the context (RFC 2743 §1.2), and `DELEG` if it delegated.
    #[must_use]
    pub const fn flags(&self) -> ContextFlags {
        self.flags
    }

    /// Whether the client sees the same channel as we do.
    #[must_use]
    pub const fn channel_bound(&self) -> bool {
        self.channel_bound
    }

    /// The ticket's authorization data: the encoded elements of the SEQUENCE OF (RFC 4120 §5.2.6),
    /// unread. The KDC sealed it into the ticket, and may have copied parts of it from the client;
    /// a PAC in it counts when [`Identity::pac`] gives it.
    #[must_use]
    pub fn authorization_data(&self) -> &[u8] {
        &self.ticket.authorization_data
    }

    /// The ticket's PAC, verified: SIDs and names of the client in Active Directory. `None` if the
    /// ticket has none, or [`PacPolicy::Ignore`](crate::pac::PacPolicy::Ignore) was chosen.
    #[must_use]
    pub fn pac(&self) -> Option<&Pac> {
        self.ticket.pac.as_ref()
    }

    /// How the client proved itself to the KDC, in words that the realm's administrator chose
    /// (RFC 8129): MIT krb5 and FreeIPA send `otp`, `pkinit` and others. Verified: what is here the
    /// KDC has signed for this service's key.
    #[must_use]
    pub fn authentication_indicators(&self) -> &[String] {
        &self.ticket.indicators
    }

    /// The credential that the client delegated, if
    /// [`AcceptorBuilder::keep_delegated_credentials`](crate::AcceptorBuilder::keep_delegated_credentials)
    /// asked for it.
    #[must_use]
    pub const fn delegated(&self) -> Option<&DelegatedCredential> {
        match &self.delegated {
            Some(credential) => Some(&**credential),
            None => None,
        }
    }
}

/// Without the authorization data, of which it tells the length: a PAC is long and personal.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("client", &self.client())
            .field("key", &self.key())
            .field("carrier", &self.carrier)
            .field("ticket_flags", &self.ticket_flags())
            .field("authtime", &self.authtime())
            .field("starttime", &self.starttime())
            .field("endtime", &self.endtime())
            .field("session_etype", &self.session_etype())
            .field("subkey_etype", &self.subkey_etype)
            .field("flags", &self.flags)
            .field("channel_bound", &self.channel_bound)
            .field(
                "authorization_data_octets",
                &self.authorization_data().len(),
            )
            .field("pac", &self.ticket.pac)
            .field("indicators", &self.ticket.indicators)
            .field("delegated", &self.delegated)
            .finish()
    }
}

impl KeySelected {
    /// `exact`, `other-kvno`, `alias` or `session-key`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::OtherKvno => "other-kvno",
            Self::Alias => "alias",
            Self::SessionKey => "session-key",
        }
    }
}

impl Framing {
    /// `spnego`, `gss` or `raw`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spnego => "spnego",
            Self::Gss => "gss",
            Self::Raw => "raw",
        }
    }
}
