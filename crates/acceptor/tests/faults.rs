//! Each fault of the test realm, by itself, and what it is answered with.
#![allow(clippy::panic, reason = "test code")]

mod scene;

use portcullis::formats::registry::ErrorCode;
use portcullis::{ChannelBindings, Error};
use portcullis_testrealm::Fault;
use scene::{Scene, refused};

enum Expected {
    Accepted,
    Refused(&'static str, Option<ErrorCode>),
    /// The first leg is as it should be.
    InALaterLeg,
}

/// Without a row here a fault fails the test.
fn expected(fault: Fault) -> Expected {
    use ErrorCode as Code;
    let (kind, code) = match fault {
        Fault::Truncated | Fault::TrailingOctets => ("malformed", Code::GENERIC),
        Fault::ApRepToken => ("token", Code::MSG_TYPE),
        Fault::FramedDceStyle => ("token", Code::GENERIC),
        Fault::ProtocolVersion | Fault::TicketVersion | Fault::AuthenticatorVersion => {
            ("malformed", Code::BADVERSION)
        }
        Fault::MessageType => ("malformed", Code::MSG_TYPE),
        Fault::UserToUser => ("user-to-user", Code::NOKEY),
        Fault::UnknownService => ("no-key", Code::NOT_US),
        Fault::MissingKvno | Fault::MissingEnctype => ("no-key", Code::BADKEYVER),
        Fault::DesTicket
        | Fault::UnknownSessionEnctype
        | Fault::WeakSessionKey
        | Fault::UnknownSubkeyEnctype
        | Fault::WeakSubkey => ("enctype", Code::GENERIC),
        Fault::WrongServiceKey | Fault::TamperedTicket | Fault::TicketTooShort => {
            ("wrong-key", Code::BAD_INTEGRITY)
        }
        Fault::MalformedTicket | Fault::MalformedAuthenticator | Fault::NulInClientName => {
            ("malformed", Code::GENERIC)
        }
        Fault::SessionKeyLength | Fault::NoClientComponents | Fault::EmptyClientRealm => {
            ("ticket", Code::GENERIC)
        }
        Fault::WrongAddress => ("address", Code::BADADDR),
        Fault::NotYetValid => ("not-yet-valid", Code::TKT_NYV),
        Fault::Expired => ("expired", Code::TKT_EXPIRED),
        Fault::InvalidFlag => ("invalid-ticket", Code::TKT_NYV),
        Fault::TransitedRealm | Fault::TransitedType => ("transited", Code::ILL_CR_TKT),
        Fault::Anonymous => ("anonymous", Code::GENERIC),
        Fault::ArmorTicket => ("armor-only", Code::GENERIC),
        Fault::CriticalTicketData
        | Fault::CriticalAuthenticatorData
        | Fault::DeepAuthorizationData
        | Fault::ApOptionsTwice
        | Fault::ApOptionsLength => ("authorization-data", Code::GENERIC),
        Fault::AuthenticatorEnctype | Fault::SubkeyLength => ("authenticator", Code::GENERIC),
        Fault::WrongSessionKey | Fault::TamperedAuthenticator | Fault::AuthenticatorTooShort => {
            ("authenticator", Code::BAD_INTEGRITY)
        }
        Fault::WrongClientName | Fault::WrongClientRealm => ("wrong-client", Code::BADMATCH),
        Fault::ClockAhead | Fault::ClockBehind => ("skew", Code::SKEW),
        Fault::ChecksumTooShort | Fault::ChecksumLength | Fault::ChecksumExtension => {
            ("checksum", Code::GENERIC)
        }
        Fault::UnkeyedChecksum | Fault::OtherChecksumType => ("checksum", Code::INAPP_CKSUM),
        Fault::ChecksumValue => ("checksum", Code::MODIFIED),
        Fault::DifferentBindings => ("channel-bindings", Code::GENERIC),
        Fault::CredentialOption | Fault::CredentialLength => ("checksum", Code::GENERIC),
        Fault::MalformedCredential
        | Fault::TamperedCredential
        | Fault::CredentialCount
        | Fault::NoCredentials
        | Fault::NamelessCredential => ("delegation", Code::GENERIC),
        // The service's name stands in clear: anybody may have rewritten it.
        Fault::NoServiceComponents | Fault::NoChecksum | Fault::PacInAuthenticator => {
            return Expected::Accepted;
        }
        Fault::TamperedMechListMic
        | Fault::MissingMechListMic
        | Fault::ReflectedMechListMic
        | Fault::ChangedMechList
        | Fault::ThirdLegSequence
        | Fault::ThirdLegSubkey
        | Fault::TamperedThirdLeg => return Expected::InALaterLeg,
        _ => panic!("{fault:?} has no row"),
    };
    Expected::Refused(kind, Some(code))
}

/// RFC 4120 §3.2.3, RFC 4121 §4.1.1, RFC 4178 §4.2: alone, each fault is refused as what it is.
#[test]
fn each_fault_alone_is_refused_as_what_it_is() {
    for fault in Fault::all() {
        let scene = Scene::new();
        let ours = ChannelBindings::from_application_data("our channel");
        let token = scene.token().fault(*fault).build();
        let negotiation = scene.acceptor.begin().channel_bindings(&ours);
        let negotiation = negotiation.peer_address([192, 0, 2, 1].into());
        let outcome = negotiation.step(token.token(), scene.realm.now());
        match expected(*fault) {
            Expected::Accepted | Expected::InALaterLeg => assert!(outcome.is_ok(), "{fault:?}"),
            Expected::Refused(kind, code) => {
                let rejection = refused(outcome);
                let error: &Error = rejection.error();
                assert_eq!(
                    (error.kind(), error.code()),
                    (kind, code),
                    "{fault:?}: {error}"
                );
            }
        }
    }
}

/// RFC 4178 §4.2.2: inside of SPNEGO every refusal is a reject, whatever was wrong.
#[test]
fn each_fault_inside_of_spnego_is_answered_with_a_reject() {
    for fault in Fault::all() {
        if !matches!(expected(*fault), Expected::Refused(..)) {
            continue;
        }
        let scene = Scene::new();
        let ours = ChannelBindings::from_application_data("our channel");
        let token = scene.token().spnego().mutual().fault(*fault).build();
        let negotiation = scene.acceptor.begin().channel_bindings(&ours);
        let negotiation = negotiation.peer_address([192, 0, 2, 1].into());
        let rejection = refused(negotiation.step(token.token(), scene.realm.now()));
        // Octets that are no frame are no SPNEGO either: there is nobody to answer.
        let unframed = matches!(fault, Fault::Truncated | Fault::TrailingOctets);
        assert_eq!(rejection.reply().is_none(), unframed, "{fault:?}");
        if let Some(reply) = rejection.reply() {
            let heard = token.finish(reply).unwrap_err();
            assert!(
                matches!(
                    heard,
                    portcullis_testrealm::InitiationError::Refused { .. }
                        | portcullis_testrealm::InitiationError::Rejected
                ),
                "{fault:?}: {heard}"
            );
        }
    }
}
