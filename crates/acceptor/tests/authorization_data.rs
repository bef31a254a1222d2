//! RFC 4120 §5.2.6: authorization data in ticket and authenticator, critical or not.

mod scene;

use portcullis::error::TicketError;
use portcullis::formats::registry::AuthDataType;
use portcullis::{AcceptorBuilder, Error};
use portcullis_testrealm::{Fault, TokenBuilder};
use scene::{alice, with};

/// §5.2.6: what is critical and unknown refuses the ticket, or the authenticator.
#[test]
fn critical_authorization_data_is_refused_unless_the_settings_are_lenient() {
    for fault in [Fault::CriticalTicketData, Fault::CriticalAuthenticatorData] {
        let critical = |token: TokenBuilder| token.fault(fault);
        assert!(matches!(alice(critical), Err(Error::AuthorizationData(_))));
        assert_eq!(
            with(AcceptorBuilder::lenient_authorization_data, critical),
            Ok(())
        );
    }
}

/// §5.2.6.1: within AD-IF-RELEVANT anything may stand.
#[test]
fn unknown_authorization_data_inside_if_relevant_is_ignored() {
    let unknown = [
        0x30, 15, 0x30, 13, 0xa0, 4, 2, 2, 3, 0xe7, 0xa1, 5, 4, 3, b'a', b'n', b'y',
    ];
    let data = AuthDataType::IF_RELEVANT;
    assert_eq!(
        alice(|token| token.ticket_authorization_data(data, &unknown)),
        Ok(())
    );
    assert_eq!(
        alice(|token| token.authenticator_authorization_data(data, &unknown)),
        Ok(())
    );
}

/// What Windows and MIT krb5 put outside of AD-IF-RELEVANT.
#[test]
fn known_authorization_data_outside_if_relevant_is_no_hindrance() {
    for known in [
        AuthDataType::WIN2K_PAC,
        AuthDataType::TOKEN_RESTRICTIONS,
        AuthDataType::LOOPBACK,
        AuthDataType::AUTHENTICATION_INDICATOR, // RFC 8129 §4
    ] {
        assert_eq!(
            alice(|token| token.ticket_authorization_data(known, b"any")),
            Ok(())
        );
    }
}

/// RFC 4120 §5.2.6.3: AD-AND-OR that is not understood is critical.
#[test]
fn and_or_authorization_data_is_refused() {
    let and_or = AuthDataType::AND_OR;
    assert!(alice(|token| token.ticket_authorization_data(and_or, &[0x30, 0])).is_err());
}

/// RFC 6113 §5.4.1.1: armor may not be used as a ticket, be the mark relevant or not.
#[test]
fn an_armor_ticket_is_refused_even_by_lenient_settings() {
    let armor = |token: TokenBuilder| token.fault(Fault::ArmorTicket);
    let error = with(AcceptorBuilder::lenient_authorization_data, armor);
    assert_eq!(error, Err(TicketError::ArmorOnly.into()));
}

/// RFC 6113 §5.4.1.1: only the KDC can mark a ticket as armor. A client that marks itself does not
/// know what it says, or speaks to a KDC.
#[test]
fn the_mark_of_armor_in_the_authenticator_is_authorization_data_like_any_other() {
    let armor = [
        0x30, 13, 0x30, 11, 0xa0, 3, 2, 1, 71, 0xa1, 4, 4, 2, b'n', b'o',
    ];
    let data = AuthDataType::IF_RELEVANT;
    assert_eq!(
        alice(|token| token.authenticator_authorization_data(data, &armor)),
        Ok(())
    );
    assert_eq!(
        alice(|token| token.ticket_authorization_data(data, &armor)),
        Err(TicketError::ArmorOnly.into())
    );
}
