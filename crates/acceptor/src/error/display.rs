//! What an operator reads: lower-case, the thing, then the numbers.

use super::{
    AuthenticatorError, AuthorizationDataError, Bounded, DelegationError, Encrypted, Error,
    NegotiationError, NoKey, NoKeyReason, TicketError, Unsupported, WantedKey,
};
use core::fmt::{self, Display, Formatter, Write};
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::principal::Principal;

/// The most characters of a name that a peer wrote.
const SHOWN: usize = 256;

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge(bound) => write!(
                f,
                "{} of {} octets, at most {} are read",
                bound.what, bound.found, bound.limit
            ),
            Self::Malformed(error) => write!(f, "malformed token: {error}"),
            Self::Unsupported(unsupported) => unsupported.fmt(f),
            Self::Negotiation(error) => error.fmt(f),
            Self::NoKey(no_key) => no_key.fmt(f),
            Self::Ticket(error) => error.fmt(f),
            Self::Authenticator(error) => error.fmt(f),
            Self::AuthorizationData(error) => error.fmt(f),
            Self::Pac(error) => error.fmt(f),
            Self::Replayed { client, stamped } => {
                write!(
                    f,
                    "replay: {} made this authenticator at {stamped}, and it was accepted before",
                    Brief(client)
                )
            }
            Self::ReplayCache(error) => write!(f, "replay cache: {error}"),
            Self::Entropy => f.write_str("no randomness for an answer"),
        }
    }
}

impl Display for Bounded {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "token",
            Self::MechTypes => "list of mechanisms",
        })
    }
}

impl Display for Unsupported {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ntlm => f.write_str("the client sent NTLM instead of Kerberos"),
            Self::NegoEx => f.write_str("the client sent NegoEx instead of Kerberos"),
            Self::Mechanism { offered } => {
                write!(
                    f,
                    "none of the offered mechanisms is Kerberos: {}",
                    offered.join(", ")
                )
            }
            Self::TokenId([a, b]) => {
                write!(f, "token of type {a:02x} {b:02x}, an AP-REQ (01 00) is due")
            }
            Self::BareApReq => f.write_str("AP-REQ without GSS framing"),
            Self::FramedDceStyle => f.write_str("DCE-style flag in a framed token"),
            Self::UserToUser => f.write_str(
                "user-to-user ticket, sealed with a session key instead of a service key",
            ),
            Self::UserToUserRequired => {
                f.write_str("ticket sealed with a service key, and this service has none")
            }
            Self::Enctype { what, etype } => write!(f, "{what} of {etype}, which is not supported"),
            Self::EnctypeNotPermitted { what, etype } => {
                write!(f, "{what} of {etype}, which policy does not permit")
            }
            Self::MessageTokens { etype } => {
                write!(f, "no per-message tokens with a key of {etype}")
            }
        }
    }
}

impl Display for Encrypted {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ticket => "ticket",
            Self::SessionKey => "session key",
            Self::Authenticator => "authenticator",
            Self::Subkey => "subkey",
        })
    }
}

impl Display for NegotiationError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotBegun => "later leg of a negotiation that did not begin here",
            Self::HintsRepeated => "second empty token where a first token is due",
            Self::TgtRepeated => "second request for our ticket-granting ticket",
            Self::NoToken => "later leg without the Kerberos token that is due",
            Self::NoMechanisms => "empty list of mechanisms",
            Self::MechanismNamedAgain => "later leg that names a mechanism again",
            Self::Refused => "the client refused the negotiation",
            Self::SecondMic => "second mechListMIC",
            Self::MicMissing => "mechListMIC is due and missing",
            Self::MicWrong => "mechListMIC does not verify, the list of mechanisms was changed",
            Self::ThirdLeg => "third leg of DCE style does not answer the second",
        })
    }
}

impl Display for WantedKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Brief(&self.service).fmt(f)?;
        match self.kvno {
            Some(kvno) => write!(f, " kvno {kvno} {}", self.etype),
            None => write!(f, " {}", self.etype),
        }
    }
}

impl Display for NoKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "no key for the ticket's {}: ", self.wanted)?;
        match &self.reason {
            NoKeyReason::NothingForExpectedService { expected } => {
                write!(f, "the keytab has no key of {expected}")?;
            }
            NoKeyReason::OtherService { expected } => {
                write!(f, "this acceptor answers for {expected} only")?;
            }
            NoKeyReason::Principal => f.write_str("the keytab has no such principal")?,
            NoKeyReason::Kvno => f.write_str("the keytab has no such kvno")?,
            NoKeyReason::Enctype => f.write_str("the keytab has no key of that enctype")?,
        }
        for (index, key) in self.nearest.iter().enumerate() {
            f.write_str(if index == 0 { "; it has " } else { ", " })?;
            key.fmt(f)?;
        }
        if self.untried > 0 {
            let untried = self.untried;
            write!(
                f,
                "; {untried} more were not tried, bind this acceptor to its service"
            )?;
        }
        Ok(())
    }
}

impl Display for TicketError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServiceName(error) => write!(f, "ticket's service name: {error}"),
            Self::Integrity(wanted) => {
                write!(f, "the keytab's key does not open the ticket for {wanted}")
            }
            Self::SessionKeyLength {
                etype,
                expected,
                found,
            } => {
                write!(
                    f,
                    "session key of {etype} has {found} octets, not {expected}"
                )
            }
            Self::Malformed(error) => write!(f, "malformed sealed part of the ticket: {error}"),
            Self::ClientName => f.write_str("ticket with an unusable client name"),
            Self::Address => f.write_str("ticket is not valid from the peer's address"),
            Self::NotYetValid {
                client,
                starts,
                now,
            } => {
                write!(
                    f,
                    "{}'s ticket is valid from {starts}, now {now}",
                    Brief(client)
                )
            }
            Self::Expired { client, ended, now } => {
                write!(
                    f,
                    "{}'s ticket expired at {ended}, now {now}",
                    Brief(client)
                )
            }
            Self::Invalid { .. } => f.write_str("ticket is flagged invalid"),
            Self::Anonymous => f.write_str("ticket of an anonymous client"),
            Self::Transited(error) => write!(f, "ticket's path of realms: {error}"),
            Self::ArmorOnly => f.write_str("ticket serves as FAST armor only"),
        }
    }
}

impl Display for AuthenticatorError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integrity => f.write_str("the session key does not open the authenticator"),
            Self::Malformed(error) => write!(f, "malformed authenticator: {error}"),
            Self::Enctype { expected, found } => {
                write!(
                    f,
                    "authenticator of {found}, the session key is of {expected}"
                )
            }
            Self::WrongClient {
                ticket,
                authenticator: Some(authenticator),
            } => {
                let (ticket, authenticator) = (Brief(ticket), Brief(authenticator));
                write!(
                    f,
                    "authenticator of {authenticator}, the ticket is {ticket}'s"
                )
            }
            Self::WrongClient {
                ticket,
                authenticator: None,
            } => {
                write!(
                    f,
                    "authenticator of nobody, the ticket is {}'s",
                    Brief(ticket)
                )
            }
            Self::Skew {
                whose,
                client,
                now,
                allowed,
            } => skew(f, whose, *client, *now, *allowed),
            Self::StampedBeforeStart { stamped, start } => write!(
                f,
                "authenticator made at {stamped}, before this service began to remember at {start}"
            ),
            Self::SubkeyLength {
                etype,
                expected,
                found,
            } => {
                write!(f, "subkey of {etype} has {found} octets, not {expected}")
            }
            Self::ChecksumType { expected, found } => {
                write!(f, "authenticator's checksum is of {found}, not {expected}")
            }
            Self::Checksum => f.write_str("authenticator's checksum does not verify"),
            Self::GssChecksum(error) => write!(f, "authenticator's GSS checksum: {error}"),
            Self::ChannelBindings(error) => write!(f, "channel bindings: {error}"),
            Self::Delegation(error) => write!(f, "delegated credential: {error}"),
        }
    }
}

impl Display for DelegationError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::Integrity => f.write_str("no key opens it"),
            Self::Count {
                tickets,
                descriptions,
            } => {
                write!(f, "{tickets} tickets with {descriptions} descriptions")
            }
            Self::Nameless => f.write_str("a ticket without a name of client or service"),
        }
    }
}

fn skew(
    f: &mut Formatter<'_>,
    whose: &Principal,
    client: KerberosTime,
    now: KerberosTime,
    allowed: u64,
) -> fmt::Result {
    let by = client.as_unix().abs_diff(now.as_unix());
    let direction = if client > now { "ahead of" } else { "behind" };
    let whose = Brief(whose);
    write!(
        f,
        "{whose}'s clock is {by} s {direction} ours: client {client}, now {now}, {allowed} s allowed"
    )
}

impl Display for AuthorizationDataError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Critical(element) => {
                write!(
                    f,
                    "critical authorization data that is not understood: {element}"
                )
            }
            Self::TooDeep => f.write_str("authorization data nested too deeply"),
            Self::Repeated(element) => write!(f, "authorization data {element} more than once"),
            Self::Length {
                element,
                expected,
                found,
            } => {
                write!(
                    f,
                    "authorization data {element} has {found} octets, not {expected}"
                )
            }
        }
    }
}

/// What a peer wrote, cut where a log line would become unreadable.
pub(super) struct Brief<T>(pub(super) T);

impl<T: Display> Display for Brief<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut bounded = Cut {
            output: f,
            left: SHOWN,
        };
        match write!(bounded, "{}", self.0) {
            Err(_) if bounded.left == 0 => f.write_str("…"),
            outcome => outcome,
        }
    }
}

struct Cut<'w, 'f> {
    output: &'w mut Formatter<'f>,
    left: usize,
}

impl Write for Cut<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.left = self.left.checked_sub(1).ok_or(fmt::Error)?;
            self.output.write_char(character)?;
        }
        Ok(())
    }
}
