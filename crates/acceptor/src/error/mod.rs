//! Why a token was refused: for the operator ([`Display`](core::fmt::Display) and
//! [`Error::remedy`]), for the peer ([`Error::code`]) and for alerts ([`Error::blame`]).

mod blame;
mod code;
mod display;
mod kind;
mod no_key;
mod pac;
mod remedy;

pub use blame::Blame;
pub use no_key::{NoKey, NoKeyReason, WantedKey};
pub use pac::PacError;

use crate::channel_bindings::BindingsMismatch;
use crate::replay::ReplayCacheError;
use crate::transited::TransitedError;
use portcullis_formats::der::DecodeError;
use portcullis_formats::gss::GssChecksumError;
use portcullis_formats::messages::{KerberosTime, TicketFlags};
use portcullis_formats::principal::Principal;
use portcullis_formats::principal::PrincipalError;
use portcullis_formats::registry::{AuthDataType, ChecksumTypeNumber, EtypeNumber};

/// Why a token was refused, in the order in which a token meets the checks.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// More than the settings allow, before anything was read.
    TooLarge(TooLarge),
    /// Octets that are not what the protocol says they must be.
    Malformed(DecodeError),
    /// Something that this acceptor does not speak, or is told not to.
    Unsupported(Unsupported),
    /// The negotiation went wrong (RFC 4178).
    Negotiation(NegotiationError),
    /// No key of the keytab fits the ticket.
    NoKey(Box<NoKey>),
    /// The ticket does not open or does not count.
    Ticket(TicketError),
    /// The authenticator does not open, or does not fit the ticket, the time or the channel.
    Authenticator(AuthenticatorError),
    /// Authorization data that we must understand and do not (RFC 4120 §5.2.6).
    AuthorizationData(AuthorizationDataError),
    /// The ticket's PAC does not count, or is missing where one is required.
    Pac(PacError),
    /// This authenticator was here before.
    Replayed {
        /// Whose it is.
        client: Box<Principal>,
        /// When it was made, by its own account.
        stamped: KerberosTime,
    },
    /// The replay cache could not tell: nobody is let in unrecorded.
    ReplayCache(ReplayCacheError),
    /// There was no randomness for an answer.
    Entropy,
}

/// A bound of the settings that a token exceeds.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// What is too large.
    pub what: Bounded,
    /// The bound, in octets.
    pub limit: usize,
    /// The octets that came.
    pub found: usize,
}

/// What the settings bound.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounded {
    /// The whole token.
    Token,
    /// The list of mechanisms in SPNEGO's first token.
    MechTypes,
}

/// Something that this acceptor does not speak, or is told not to.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// NTLM, recognised by its signature and never parsed.
    Ntlm,
    /// NegoEx, recognised by its signature and never parsed.
    NegoEx,
    /// None of the mechanisms that the client offers is Kerberos.
    Mechanism {
        /// What it offers, by name or dotted number, at most eight of them.
        offered: Vec<String>,
    },
    /// A token of the Kerberos mechanism that does not begin a context (RFC 4121 §4.1).
    TokenId([u8; 2]),
    /// An AP-REQ without GSS framing, where the settings do not take one.
    BareApReq,
    /// The DCE-style flag in a framed token, where the third leg would have no place.
    FramedDceStyle,
    /// A ticket sealed with the session key of a ticket-granting ticket (RFC 4120 §3.7), or a
    /// request for that ticket, where the caller has not given any.
    UserToUser,
    /// A ticket sealed with a service's key, where there is no keytab.
    UserToUserRequired,
    /// An encryption type that is not implemented, or not compiled in.
    Enctype {
        /// What has it.
        what: Encrypted,
        /// Its number.
        etype: EtypeNumber,
    },
    /// An encryption type that policy does not permit.
    EnctypeNotPermitted {
        /// What has it.
        what: Encrypted,
        /// Its number.
        etype: EtypeNumber,
    },
    /// A key of this encryption type (DES3) makes no per-message tokens here.
    MessageTokens {
        /// Its number.
        etype: EtypeNumber,
    },
}

/// What an encryption type is the encryption type of.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encrypted {
    /// The ticket: the service's long-term key.
    Ticket,
    /// The session key in the ticket.
    SessionKey,
    /// The authenticator.
    Authenticator,
    /// The subkey that the client proposes.
    Subkey,
}

/// The negotiation went wrong (RFC 4178).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NegotiationError {
    /// A later leg of a negotiation that never began here.
    NotBegun,
    /// The client asks for our hints a second time.
    HintsRepeated,
    /// A later leg without the Kerberos token that is due.
    NoToken,
    /// The list of mechanisms is empty.
    NoMechanisms,
    /// The client asks for our ticket-granting ticket a second time.
    TgtRepeated,
    /// A later leg names a mechanism again.
    MechanismNamedAgain,
    /// The client says that it refuses.
    Refused,
    /// The MIC over the list of mechanisms is due and absent.
    MicMissing,
    /// A second MIC over the list of mechanisms.
    SecondMic,
    /// The MIC over the list of mechanisms does not verify: somebody changed the list.
    MicWrong,
    /// The third leg of DCE style does not answer ours.
    ThirdLeg,
}

/// The ticket does not open or does not count.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketError {
    /// The service's name has no component, or more than anybody has.
    ServiceName(PrincipalError),
    /// No key of the right name and type opens it.
    Integrity(Box<WantedKey>),
    /// The session key has not the length of its encryption type.
    SessionKeyLength {
        /// Its encryption type.
        etype: EtypeNumber,
        /// The octets it must have.
        expected: usize,
        /// The octets it has.
        found: usize,
    },
    /// A key of ours opens it, and it is not what a KDC writes.
    Malformed(DecodeError),
    /// The client's name has no component, more than anybody has, or an empty realm.
    ClientName,
    /// It is valid from other addresses than the peer's only.
    Address,
    /// It begins later than the clock's skew allows.
    NotYetValid {
        /// Whose it is.
        client: Box<Principal>,
        /// When it begins.
        starts: KerberosTime,
        /// Our time.
        now: KerberosTime,
    },
    /// It ended longer ago than the clock's skew allows.
    Expired {
        /// Whose it is.
        client: Box<Principal>,
        /// When it ended.
        ended: KerberosTime,
        /// Our time.
        now: KerberosTime,
    },
    /// It has the INVALID flag: a postdated ticket that no KDC has validated.
    Invalid {
        /// All its flags.
        flags: TicketFlags,
    },
    /// The client is anonymous (RFC 6112), where the settings want a name.
    Anonymous,
    /// It came through realms that may not vouch for the client.
    Transited(TransitedError),
    /// It serves as FAST armor only (RFC 6113 §5.4.1.1).
    ArmorOnly,
}

/// The authenticator does not open, or does not fit the ticket, the time or the channel.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthenticatorError {
    /// It was not sealed with the session key.
    Integrity,
    /// The session key opens it, and it is not what a client writes.
    Malformed(DecodeError),
    /// It was sealed with another encryption type than the session key's.
    Enctype {
        /// The session key's.
        expected: EtypeNumber,
        /// Its own.
        found: EtypeNumber,
    },
    /// It names another client than the ticket does.
    WrongClient {
        /// The ticket's.
        ticket: Box<Principal>,
        /// The authenticator's; `None` when it is no name at all.
        authenticator: Option<Box<Principal>>,
    },
    /// The client's clock and ours differ by more than is allowed.
    Skew {
        /// Whose clock.
        whose: Box<Principal>,
        /// The client's time.
        client: KerberosTime,
        /// Our time.
        now: KerberosTime,
        /// The seconds they may differ by.
        allowed: u64,
    },
    /// It was made before this acceptor began to remember.
    StampedBeforeStart {
        /// When it was made.
        stamped: KerberosTime,
        /// Since when we remember.
        start: KerberosTime,
    },
    /// The subkey has not the length of its encryption type.
    SubkeyLength {
        /// Its encryption type.
        etype: EtypeNumber,
        /// The octets it must have.
        expected: usize,
        /// The octets it has.
        found: usize,
    },
    /// The checksum is not of the type that the session key makes.
    ChecksumType {
        /// The type it must have.
        expected: ChecksumTypeNumber,
        /// The type it has.
        found: ChecksumTypeNumber,
    },
    /// The checksum does not verify.
    Checksum,
    /// The GSS checksum (RFC 4121 §4.1.1) is malformed.
    GssChecksum(GssChecksumError),
    /// The channel is not the one that the client sees.
    ChannelBindings(BindingsMismatch),
    /// The delegated credential does not open or is not whole.
    Delegation(DelegationError),
}

/// What is wrong with a delegated credential (KRB-CRED).
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DelegationError {
    /// Octets that are no KRB-CRED.
    Malformed(DecodeError),
    /// Neither the subkey nor the session key opens it.
    Integrity,
    /// It has not as many descriptions as tickets, or none.
    Count {
        /// How many tickets.
        tickets: usize,
        /// How many descriptions.
        descriptions: usize,
    },
    /// The description of a ticket lacks the name of its client or of its service.
    Nameless,
}

/// Authorization data that we must understand and do not (RFC 4120 §5.2.6).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationDataError {
    /// An element of an unknown type outside AD-IF-RELEVANT.
    Critical(AuthDataType),
    /// Containers inside each other more often than anybody needs.
    TooDeep,
    /// An element that may occur once occurs again.
    Repeated(AuthDataType),
    /// An element whose contents have not the length that its type has.
    Length {
        /// Its type.
        element: AuthDataType,
        /// The octets it must have.
        expected: usize,
        /// The octets it has.
        found: usize,
    },
}

impl core::error::Error for Error {}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl From<Unsupported> for Error {
    fn from(error: Unsupported) -> Self {
        Self::Unsupported(error)
    }
}

impl From<NegotiationError> for Error {
    fn from(error: NegotiationError) -> Self {
        Self::Negotiation(error)
    }
}

impl From<TicketError> for Error {
    fn from(error: TicketError) -> Self {
        Self::Ticket(error)
    }
}

impl From<AuthenticatorError> for Error {
    fn from(error: AuthenticatorError) -> Self {
        Self::Authenticator(error)
    }
}

impl From<AuthorizationDataError> for Error {
    fn from(error: AuthorizationDataError) -> Self {
        Self::AuthorizationData(error)
    }
}

impl From<PacError> for Error {
    fn from(error: PacError) -> Self {
        Self::Pac(error)
    }
}

impl From<ReplayCacheError> for Error {
    fn from(error: ReplayCacheError) -> Self {
        Self::ReplayCache(error)
    }
}

impl From<crate::entropy::EntropyError> for Error {
    fn from(_: crate::entropy::EntropyError) -> Self {
        Self::Entropy
    }
}
