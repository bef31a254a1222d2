//! Each fault of the test realm, by itself, and what it is answered with.

mod scene;

use portcullis::formats::registry::ErrorCode;
use portcullis::{ChannelBindings, Error};
use portcullis_testrealm::{Fault, InitiationError, TestRealm};
use scene::{Scene, WEB, complete, refused};

/// What each fault is refused as: `kind()` and `code()` of the error.
const REFUSED: &[(&[Fault], &str, ErrorCode)] = &[
    (
        &[Fault::Truncated, Fault::TrailingOctets],
        "malformed",
        ErrorCode::GENERIC,
    ),
    (&[Fault::ApRepToken], "token", ErrorCode::MSG_TYPE),
    (&[Fault::FramedDceStyle], "token", ErrorCode::GENERIC),
    (
        &[
            Fault::ProtocolVersion,
            Fault::TicketVersion,
            Fault::AuthenticatorVersion,
        ],
        "malformed",
        ErrorCode::BADVERSION,
    ),
    (&[Fault::MessageType], "malformed", ErrorCode::MSG_TYPE),
    (&[Fault::UserToUser], "user-to-user", ErrorCode::NOKEY),
    (&[Fault::UnknownService], "no-key", ErrorCode::NOT_US),
    (
        &[Fault::MissingKvno, Fault::MissingEnctype],
        "no-key",
        ErrorCode::BADKEYVER,
    ),
    (
        &[
            Fault::DesTicket,
            Fault::UnknownSessionEnctype,
            Fault::WeakSessionKey,
            Fault::UnknownSubkeyEnctype,
            Fault::WeakSubkey,
        ],
        "enctype",
        ErrorCode::GENERIC,
    ),
    (
        &[
            Fault::WrongServiceKey,
            Fault::TamperedTicket,
            Fault::TicketTooShort,
        ],
        "wrong-key",
        ErrorCode::BAD_INTEGRITY,
    ),
    (
        &[
            Fault::MalformedTicket,
            Fault::MalformedAuthenticator,
            Fault::NulInClientName,
        ],
        "malformed",
        ErrorCode::GENERIC,
    ),
    (
        &[
            Fault::SessionKeyLength,
            Fault::NoClientComponents,
            Fault::EmptyClientRealm,
        ],
        "ticket",
        ErrorCode::GENERIC,
    ),
    (&[Fault::WrongAddress], "address", ErrorCode::BADADDR),
    (&[Fault::NotYetValid], "not-yet-valid", ErrorCode::TKT_NYV),
    (&[Fault::Expired], "expired", ErrorCode::TKT_EXPIRED),
    (&[Fault::InvalidFlag], "invalid-ticket", ErrorCode::TKT_NYV),
    (
        &[Fault::TransitedRealm, Fault::TransitedType],
        "transited",
        ErrorCode::ILL_CR_TKT,
    ),
    (&[Fault::Anonymous], "anonymous", ErrorCode::GENERIC),
    (&[Fault::ArmorTicket], "armor-only", ErrorCode::GENERIC),
    (
        &[
            Fault::CriticalTicketData,
            Fault::CriticalAuthenticatorData,
            Fault::DeepAuthorizationData,
            Fault::ApOptionsTwice,
            Fault::ApOptionsLength,
        ],
        "authorization-data",
        ErrorCode::GENERIC,
    ),
    (
        &[
            Fault::SecondPac,
            Fault::TruncatedPac,
            Fault::PacVersion,
            Fault::NoPacBuffers,
            Fault::PacBufferCount,
            Fault::PacBufferOutside,
            Fault::PacBufferOffset,
            Fault::PacBufferMisaligned,
            Fault::PacBufferInHeader,
            Fault::PacBuffersOverlap,
            Fault::TwoPacLogonInfos,
            Fault::NoPacServerSignature,
            Fault::NoPacKdcSignature,
            Fault::PacSignatureLength,
            Fault::NoPacClientInfo,
            Fault::MalformedPacLogonInfo,
            Fault::NoPacDomain,
        ],
        "pac",
        ErrorCode::GENERIC,
    ),
    (
        &[Fault::PacUnkeyedSignature, Fault::PacSignatureType],
        "pac",
        ErrorCode::INAPP_CKSUM,
    ),
    (
        &[
            Fault::PacServerSignature,
            Fault::PacServerKey,
            Fault::TamperedPac,
        ],
        "pac",
        ErrorCode::MODIFIED,
    ),
    (
        &[
            Fault::PacOtherLogin,
            Fault::PacOtherClient,
            Fault::PacOtherSid,
            Fault::PacOtherRequestor,
        ],
        "pac",
        ErrorCode::BADMATCH,
    ),
    (
        &[Fault::AuthenticatorEnctype, Fault::SubkeyLength],
        "authenticator",
        ErrorCode::GENERIC,
    ),
    (
        &[
            Fault::WrongSessionKey,
            Fault::TamperedAuthenticator,
            Fault::AuthenticatorTooShort,
        ],
        "authenticator",
        ErrorCode::BAD_INTEGRITY,
    ),
    (
        &[Fault::WrongClientName, Fault::WrongClientRealm],
        "wrong-client",
        ErrorCode::BADMATCH,
    ),
    (
        &[Fault::ClockAhead, Fault::ClockBehind],
        "skew",
        ErrorCode::SKEW,
    ),
    (
        &[
            Fault::ChecksumTooShort,
            Fault::ChecksumLength,
            Fault::ChecksumExtension,
            Fault::CredentialOption,
            Fault::CredentialLength,
        ],
        "checksum",
        ErrorCode::GENERIC,
    ),
    (
        &[Fault::UnkeyedChecksum, Fault::OtherChecksumType],
        "checksum",
        ErrorCode::INAPP_CKSUM,
    ),
    (&[Fault::ChecksumValue], "checksum", ErrorCode::MODIFIED),
    (
        &[Fault::DifferentBindings, Fault::WithheldBindings],
        "channel-bindings",
        ErrorCode::GENERIC,
    ),
    (
        &[
            Fault::MalformedCredential,
            Fault::TamperedCredential,
            Fault::CredentialKey,
            Fault::CredentialCount,
            Fault::UndescribedCredential,
            Fault::NoCredentials,
            Fault::NamelessCredential,
        ],
        "delegation",
        ErrorCode::GENERIC,
    ),
];

/// What there is no Kerberos message to answer of.
const NO_KERBEROS: &[(Fault, &str)] = &[
    (Fault::NoMechList, "negotiation"),
    (Fault::EmptyMechList, "negotiation"),
    (Fault::OnlyNtlm, "ntlm"),
];

/// The service's name stands in clear, where anybody may have rewritten it; the next two are
/// nothing that a client must send, or that anybody must believe; and the KDC's signatures are for
/// those that have its key.
const ACCEPTED: &[Fault] = &[
    Fault::NoServiceComponents,
    Fault::NoChecksum,
    Fault::PacInAuthenticator,
    Fault::PacKdcSignature,
    Fault::PacFullSignature,
    Fault::PacTicketSignature,
];

/// What whoever has the KDC's key refuses, too.
const OF_THE_KDC: &[Fault] = &[
    Fault::PacKdcSignature,
    Fault::PacFullSignature,
    Fault::PacTicketSignature,
];

/// The first leg is as it should be.
const IN_A_LATER_LEG: &[Fault] = &[
    Fault::EmptyLaterToken,
    Fault::TamperedMechListMic,
    Fault::MissingMechListMic,
    Fault::ReflectedMechListMic,
    Fault::ChangedMechList,
    Fault::ThirdLegSequence,
    Fault::ThirdLegSubkey,
    Fault::TamperedThirdLeg,
];

fn refusal(fault: Fault) -> Option<(&'static str, Option<ErrorCode>)> {
    let (mut rows, mut others) = (REFUSED.iter(), NO_KERBEROS.iter());
    let row = rows.find(|(faults, ..)| faults.contains(&fault));
    let other = others.find(|(other, _)| *other == fault);
    row.map(|(_, kind, code)| (*kind, Some(*code)))
        .or_else(|| other.map(|(_, kind)| (*kind, None)))
}

fn all_refused() -> impl Iterator<Item = &'static Fault> {
    let refused = REFUSED.iter().flat_map(|(faults, ..)| faults.iter());
    refused.chain(NO_KERBEROS.iter().map(|(fault, _)| fault))
}

#[test]
fn every_fault_has_one_row() {
    let rows: Vec<_> = all_refused()
        .chain(ACCEPTED)
        .chain(IN_A_LATER_LEG)
        .collect();
    for fault in Fault::all() {
        assert_eq!(
            rows.iter().filter(|row| **row == fault).count(),
            1,
            "{fault:?}"
        );
    }
    assert_eq!(rows.len(), Fault::all().len());
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
        match refusal(*fault) {
            None => assert!(outcome.is_ok(), "{fault:?}"),
            Some((kind, code)) => {
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

/// [MS-PAC] §2.8: with the KDC's key its signatures are verified, and nothing else changes.
#[test]
fn the_kdcs_signatures_are_refused_by_those_who_have_its_key() {
    for fault in Fault::all() {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let (web, krbtgt) = (realm.service(WEB), realm.krbtgt_keytab());
        let scene = Scene::of(realm, web, |settings| settings.krbtgt_keys(krbtgt));
        let token = scene.token().with_pac().fault(*fault).build();
        let outcome = scene.step(&token);
        if OF_THE_KDC.contains(fault) {
            let error = refused(outcome).error().clone();
            assert_eq!(error.code(), Some(ErrorCode::MODIFIED), "{fault:?}");
        } else if ACCEPTED.contains(fault) {
            let (context, _) = complete(outcome);
            assert!(context.identity().pac().is_some(), "{fault:?}");
        }
    }
}

/// RFC 4178 §4.2.2: inside of SPNEGO every refusal is a reject, whatever was wrong.
#[test]
fn each_fault_inside_of_spnego_is_answered_with_a_reject() {
    for fault in all_refused() {
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
                    InitiationError::Refused { .. } | InitiationError::Rejected
                ),
                "{fault:?}: {heard}"
            );
        }
    }
}
