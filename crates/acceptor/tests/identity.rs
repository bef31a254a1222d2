//! What an identity says of the client's name.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod scene;

use portcullis::formats::der::{Decode, Encode};
use portcullis::formats::messages::{EncTicketPart, TicketFlags};
use portcullis::formats::registry::NameType;
use portcullis::identity::Framing;
use portcullis::{AcceptorBuilder, Identity};
use portcullis_testrealm::TokenBuilder;
use scene::Scene;

fn accepted(vary: impl FnOnce(TokenBuilder) -> TokenBuilder) -> Identity {
    let scene = Scene::with(AcceptorBuilder::allow_anonymous);
    scene.accept(&vary(scene.token()).build()).0.into_identity()
}

/// The sealed part of the ticket, with another type of the client's name.
fn typed(name_type: NameType) -> impl Fn(Vec<u8>) -> Vec<u8> {
    move |part| {
        let mut part = EncTicketPart::from_der(&part).unwrap();
        part.cname.name_type = name_type;
        part.to_der()
    }
}

#[test]
fn an_ordinary_client_is_neither_anonymous_nor_an_alias() {
    let identity = accepted(|token| token);
    assert!(!identity.is_anonymous());
    assert!(!identity.is_enterprise());
}

/// RFC 8062 §3.
#[test]
fn an_anonymous_client_is_flagged_by_its_name_or_its_ticket() {
    let by_name = accepted(|token| token.client_components(&[b"WELLKNOWN", b"ANONYMOUS"]));
    assert!(by_name.is_anonymous());
    let by_ticket = accepted(|token| {
        token.edit_ticket(|part| {
            let mut part = EncTicketPart::from_der(&part).unwrap();
            part.flags = part.flags | TicketFlags::ANONYMOUS;
            part.to_der()
        })
    });
    assert!(by_ticket.is_anonymous());
}

/// RFC 6806 §5.
#[test]
fn an_enterprise_name_is_flagged_and_its_own_at_sign_is_escaped() {
    for name_type in [NameType::ENTERPRISE, NameType::ENT_PRINCIPAL_AND_ID] {
        let identity = accepted(|token| {
            let token = token.client_components(&[b"alice@example.com"]);
            token.edit_ticket(typed(name_type))
        });
        assert!(identity.is_enterprise());
        assert_eq!(
            identity.client().to_string(),
            "alice\\@example.com@EXAMPLE.TEST"
        );
    }
    let plain = accepted(|token| token.edit_ticket(typed(NameType::PRINCIPAL)));
    assert!(!plain.is_enterprise());
}

/// What logs and metrics say of the frame.
#[test]
fn a_frame_has_a_name_of_one_word() {
    let names = [Framing::Spnego, Framing::Gss, Framing::Raw].map(Framing::name);
    assert_eq!(names, ["spnego", "gss", "raw"]);
}
