//! Why a login was refused: for the operator ([`Display`](core::fmt::Display) and
//! [`Error::remedy`]), for metrics ([`Error::kind`]) and for alerts ([`Error::blame`]).

use crate::layers::Layers;
use crate::security_layer::LayerError;
use portcullis::Principal;
use portcullis::context::{MessageError, Order};
use portcullis::error::Blame;

/// Why a login was refused, in the order in which it meets the checks.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No token, although an empty challenge has asked for it.
    #[error("no token where the client's first is due")]
    NoToken,
    /// `GSSAPI` is Kerberos in its own frame, and nothing else (RFC 4752 §3.2).
    #[error("a token of another mechanism than Kerberos in a GSSAPI login")]
    OtherMechanism,
    /// The token does not prove a client.
    #[error("{0}")]
    Token(portcullis::Error),
    /// A response where an empty one is due, to the last token of the service (RFC 4752 §3.1).
    #[error("{octets} octets where an empty response is due")]
    NotEmpty {
        /// The octets that came.
        octets: usize,
    },
    /// The settings offer no security layer that the client's context can have.
    #[error("security layers offered: {offered}; possible with the client's context: {possible}")]
    NoLayer {
        /// What the settings offer.
        offered: Layers,
        /// What the flags of the context permit (`GSSAPI`) or ask for (`GSS-SPNEGO`); less if its
        /// key is of RC4.
        possible: Layers,
    },
    /// The client's choice of a layer is not protected as it has to be.
    #[error("choice of the security layer: {0}")]
    Message(MessageError),
    /// The client's choice of a layer is not the message that is due.
    #[error("choice of the security layer is out of order: {0:?}")]
    Order(Order),
    /// The client's choice of a layer has not the four octets that it must have (RFC 4752 §3.1).
    #[error("choice of the security layer has {octets} octets, at least 4 are due")]
    ChoiceLength {
        /// The octets that it has.
        octets: usize,
    },
    /// The client chose a layer that was not offered, or none.
    #[error("client chose the security layers {chosen:#04x}, offered was {offered}")]
    NotOffered {
        /// The octet that it sent.
        chosen: u8,
        /// What was offered.
        offered: Layers,
    },
    /// There can be no security layer with the maximum that the client sent.
    #[error("security layer: {0}")]
    Layer(LayerError),
    /// The authorization identity is not one.
    #[error("authorization identity: {0}")]
    AuthorizationId(AuthorizationIdError),
    /// The client may not act as the one that it named.
    #[error("{client} may not act as {authorization_id:?}")]
    NotAuthorized {
        /// The proven client.
        client: Box<Principal>,
        /// As whom it wanted to act.
        authorization_id: Box<str>,
    },
    /// The acceptor wants to go on in a way that this crate does not know.
    #[error("the acceptor goes on in an unknown way")]
    UnknownStep,
}

/// Why octets are no authorization identity.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationIdError {
    /// Longer than anybody's.
    #[error("{found} octets, at most {limit} are read")]
    TooLong {
        /// The bound.
        limit: usize,
        /// The octets that came.
        found: usize,
    },
    /// It has a NUL.
    #[error("has a NUL")]
    Nul,
    /// It is not UTF-8.
    #[error("is not UTF-8")]
    NotUtf8,
}

impl Error {
    /// One word for metrics and logs; stable across releases.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Token(error) => error.kind(),
            Self::NoToken | Self::NotEmpty { .. } => "exchange",
            Self::OtherMechanism => "mechanism",
            Self::NoLayer { .. } | Self::NotOffered { .. } | Self::Layer(_) => "security-layer",
            Self::Message(_) | Self::Order(_) | Self::ChoiceLength { .. } => "choice",
            Self::AuthorizationId(_) => "authorization-id",
            Self::NotAuthorized { .. } => "not-authorized",
            Self::UnknownStep => "unknown-step",
        }
    }

    /// One sentence that tells an operator what to do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::Token(error) => error.remedy(),
            Self::NoToken | Self::NotEmpty { .. } | Self::ChoiceLength { .. } => {
                "The client's SASL is broken, or the protocol hands its responses over in the wrong order."
            }
            Self::OtherMechanism => {
                "Let the client log in with GSS-SPNEGO, or let its GSSAPI use Kerberos."
            }
            Self::NoLayer { .. } | Self::NotOffered { .. } => {
                "Offer the security layer that the client wants, or let the client want one that is offered: Java's javax.security.sasl.qop, OpenLDAP's sasl_secprops."
            }
            Self::Message(_) | Self::Order(_) => {
                "Somebody changed the client's response on its way, or the client's GSS-API is broken."
            }
            Self::Layer(_) => "Let the client take larger buffers: 65536 octets are usual.",
            Self::AuthorizationId(_) => {
                "The client asks to act as something that is no name: look at its settings."
            }
            Self::NotAuthorized { .. } => {
                "Let the client name no authorization identity, or let the authorization policy permit this one."
            }
            Self::UnknownStep => "Use portcullis and portcullis-sasl of one version.",
        }
    }

    /// Who has to act.
    #[must_use]
    pub const fn blame(&self) -> Blame {
        match self {
            Self::Token(error) => error.blame(),
            Self::Message(MessageError::Entropy) => Blame::Environment,
            Self::NoLayer { .. } | Self::NotOffered { .. } | Self::UnknownStep => {
                Blame::Configuration
            }
            Self::NoToken
            | Self::OtherMechanism
            | Self::NotEmpty { .. }
            | Self::Message(_)
            | Self::Order(_)
            | Self::ChoiceLength { .. }
            | Self::Layer(_)
            | Self::AuthorizationId(_)
            | Self::NotAuthorized { .. } => Blame::Peer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each, with its kind and who is to blame.
    fn all() -> Vec<(Error, &'static str, Blame)> {
        let client: Box<Principal> = Box::new("alice@EXAMPLE.TEST".parse().unwrap());
        let (offered, possible) = (Layers::PROTECTED, Layers::NONE);
        let (peer, configuration) = (Blame::Peer, Blame::Configuration);
        vec![
            (Error::NoToken, "exchange", peer),
            (Error::OtherMechanism, "mechanism", peer),
            (
                Error::Token(portcullis::Error::Entropy),
                "entropy",
                Blame::Environment,
            ),
            (Error::NotEmpty { octets: 1 }, "exchange", peer),
            (
                Error::NoLayer { offered, possible },
                "security-layer",
                configuration,
            ),
            (
                Error::Message(MessageError::Entropy),
                "choice",
                Blame::Environment,
            ),
            (Error::Message(MessageError::Integrity), "choice", peer),
            (Error::Order(Order::Gap), "choice", peer),
            (Error::ChoiceLength { octets: 3 }, "choice", peer),
            (
                Error::NotOffered { chosen: 1, offered },
                "security-layer",
                configuration,
            ),
            (Error::Layer(LayerError::Empty), "security-layer", peer),
            (
                Error::AuthorizationId(AuthorizationIdError::Nul),
                "authorization-id",
                peer,
            ),
            (
                Error::NotAuthorized {
                    client,
                    authorization_id: "bob".into(),
                },
                "not-authorized",
                peer,
            ),
            (Error::UnknownStep, "unknown-step", configuration),
        ]
    }

    #[test]
    fn each_says_what_it_is_what_to_do_and_who_has_to_act() {
        for (error, kind, blame) in all() {
            assert_eq!((error.kind(), error.blame()), (kind, blame), "{error}");
            assert!(error.remedy().ends_with('.'), "{error}");
        }
    }

    #[test]
    fn sentences_have_names_and_numbers() {
        let said: Vec<_> = all().iter().map(|(error, ..)| error.to_string()).collect();
        let expected = [
            "no token where the client's first is due",
            "security layers offered: integrity or confidentiality; possible with the client's \
             context: no layer",
            "client chose the security layers 0x01, offered was integrity or confidentiality",
            "authorization identity: has a NUL",
            "alice@EXAMPLE.TEST may not act as \"bob\"",
        ];
        for sentence in expected {
            assert!(said.iter().any(|said| said == sentence), "{sentence}");
        }
    }

    /// Whoever logs in chooses the name: it must not make lines of a log.
    #[test]
    fn a_name_of_the_clients_is_escaped() {
        let error = Error::NotAuthorized {
            client: Box::new("alice@EXAMPLE.TEST".parse().unwrap()),
            authorization_id: "bob\nlogin admin".into(),
        };
        assert!(!error.to_string().contains('\n'));
    }
}
