//! `GSSAPI`, server side: RFC 4752 §3, sentence by sentence.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod desk;

use desk::{ALL_FLAGS, Desk, complete, proceed, step};
use portcullis::context::{MessageError, Order, Protection};
use portcullis::formats::gss::ContextFlags;
use portcullis::formats::messages::ApOptions;
use portcullis::names::LocalNamePolicy;
use portcullis::replay::{Freshness, ReplayCacheError};
use portcullis::{ChannelBindings, Enctype};
use portcullis_sasl::{
    AuthorizationIdError, Error, LayerError, Layers, Mechanism, Step, UnrecordedStep,
};
use portcullis_testrealm::{Fault, WrapShape};

/// No layer; what a client takes does not matter then.
const NO_LAYER: &[u8] = &[1, 0, 0, 0];

// §3.1, §3.2: the context.

#[test]
fn a_client_that_sends_nothing_first_gets_an_empty_challenge() {
    let desk = Desk::new();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::Gssapi);
    let (exchange, challenge) = proceed(desk.start(exchange, b""));
    assert_eq!(challenge, b"");
    let (_, challenge) = proceed(desk.start(exchange, desk.alice().build().token()));
    assert!(!challenge.is_empty());
}

#[test]
fn a_client_that_sends_nothing_a_second_time_is_refused() {
    let desk = Desk::new();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::Gssapi);
    let (exchange, _) = proceed(desk.start(exchange, b""));
    assert_eq!(desk.start(exchange, b"").unwrap_err(), Error::NoToken);
}

/// §3.2, which wants the login to be aborted.
#[test]
fn another_mechanism_than_kerberos_is_refused() {
    let desk = Desk::new();
    let server = desk.server(Layers::ANY);
    let spnego = desk.alice().spnego().build().token().to_vec();
    let bare = desk.alice().bare().build().token().to_vec();
    let unframed = [0xa0, 2, 0x30, 0].to_vec();
    let later_leg = [0xa1, 2, 0x30, 0].to_vec();
    for token in [spnego, bare, unframed, later_leg] {
        let exchange = server.begin(Mechanism::Gssapi);
        let refused = desk.start(exchange, &token).unwrap_err();
        assert_eq!(refused, Error::OtherMechanism, "{token:02x?}");
    }
}

#[test]
fn ntlm_is_refused_by_its_name() {
    let desk = Desk::new();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::Gssapi);
    let refused = desk.start(exchange, b"NTLMSSP\0\x01\0\0\0").unwrap_err();
    assert_eq!(refused.kind(), "ntlm");
}

#[test]
fn a_token_that_proves_nobody_is_refused_with_the_acceptors_reason_and_reply() {
    let desk = Desk::new();
    let stale = desk.alice().fault(Fault::Expired).build();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::Gssapi);
    let refused = exchange.step(stale.token(), desk.now()).unwrap_err();
    assert_eq!(refused.error().kind(), "expired");
    assert!(refused.reply().is_some());
}

#[test]
fn a_token_logs_in_once() {
    let desk = Desk::new();
    let server = desk.server(Layers::ANY);
    let alice = desk.alice().build();
    let first = desk.start(server.begin(Mechanism::Gssapi), alice.token());
    assert!(first.is_ok());
    let second = desk.start(server.begin(Mechanism::Gssapi), alice.token());
    assert_eq!(second.unwrap_err().kind(), "replay");
}

/// §3.1: a client that has no token left "responds with no data".
#[test]
fn the_response_to_the_last_token_of_the_context_is_empty() {
    let desk = Desk::new();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::Gssapi);
    let (exchange, _) = proceed(desk.start(exchange, desk.alice().build().token()));
    let refused = desk.start(exchange, b"more").unwrap_err();
    assert_eq!(refused, Error::NotEmpty { octets: 4 });
}

#[test]
fn without_mutual_authentication_the_offer_comes_at_once_and_has_no_layer() {
    let desk = Desk::new();
    let alice = desk
        .alice()
        .flags(ContextFlags(ALL_FLAGS.0 & !ContextFlags::MUTUAL.0));
    let alice = alice.ap_options(ApOptions::default()).build();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::Gssapi);
    let (exchange, challenge) = proceed(desk.start(exchange, alice.token()));
    let mut context = alice.finish(b"").unwrap();
    assert_eq!(context.unwrap(&challenge).unwrap().0, [1, 0, 0, 0]);
    let choice = context.wrap(NO_LAYER, Protection::Integrity).unwrap();
    let session = complete(desk.start(exchange, &choice).unwrap());
    assert!(session.into_layer().is_none());
}

/// RFC 4757 §7.2: the direction of an RC4 token can be changed by anybody, so that our offer of no
/// layer is the client's choice of none, if the number fits.
#[test]
fn our_offer_under_rc4_is_not_the_clients_choice_with_its_direction_changed() {
    let desk = Desk::new();
    let sequence = ContextFlags::SEQUENCE.0 | ContextFlags::REPLAY.0;
    for (less, begins) in [
        (ContextFlags::MUTUAL.0, false),
        (sequence, false),
        (ContextFlags::SEQUENCE.0, false),
        (ContextFlags::REPLAY.0, true),
        (ContextFlags::INTEG.0, true),
    ] {
        let alice = desk.alice_with(Enctype::Rc4Hmac);
        let alice = alice.ap_options(ApOptions::default());
        let alice = alice.flags(ContextFlags(ALL_FLAGS.0 & !less)).build();
        let exchange = desk.server(Layers::NONE).begin(Mechanism::Gssapi);
        let (exchange, mut offer) = match desk.start(exchange, alice.token()) {
            Err(refused) => {
                let (offered, possible) =
                    (Layers::NONE, Layers::NONE.intersection(Layers::PROTECTED));
                assert_eq!(refused, Error::NoLayer { offered, possible });
                assert!(!begins, "{less:#x}");
                continue;
            }
            begun => proceed(desk.start(proceed(begun).0, b"")),
        };
        assert!(begins, "{less:#x}");
        turn_around(&mut offer);
        let refused = desk.start(exchange, &offer).unwrap_err();
        assert!(matches!(refused, Error::Order(_)), "{less:#x}: {refused}");
    }
}

/// Makes an acceptor's Wrap token under RC4 an initiator's.
fn turn_around(token: &mut [u8]) {
    let header = [2, 1, 0x11, 0, 0xff, 0xff, 0xff, 0xff];
    let header = token
        .windows(8)
        .position(|octets| octets == header)
        .unwrap();
    for octet in &mut token[header + 12..header + 16] {
        *octet ^= 0xff;
    }
}

#[test]
fn no_layer_that_only_signs_is_offered_under_rc4() {
    let desk = Desk::new();
    let alice = || desk.alice_with(Enctype::Rc4Hmac);
    let offered = desk.offer(&desk.server(Layers::ANY), alice());
    assert_eq!(offered.offer, [5, 1, 0, 0]);
    let without = ContextFlags(ALL_FLAGS.0 & !ContextFlags::CONF.0);
    let offered = desk.offer(&desk.server(Layers::ANY), alice().flags(without));
    assert_eq!(offered.offer, [1, 0, 0, 0]);
}

// §3.2: the offer.

#[test]
fn the_offer_is_four_octets_wrapped_without_confidentiality() {
    let desk = Desk::new();
    let offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
    assert_eq!(offered.protection, Protection::Integrity);
    assert_eq!(offered.offer, [7, 1, 0, 0]); // 65536 octets, in network byte order
}

#[test]
fn the_offer_has_the_layers_and_the_maximum_of_the_settings() {
    let desk = Desk::new();
    let offer = |layers, max| {
        let server = desk.server(layers).max_receive(max);
        desk.offer(&server, desk.alice()).offer
    };
    assert_eq!(offer(Layers::PROTECTED, 0x01_02_03), [6, 1, 2, 3]);
    assert_eq!(offer(Layers::INTEGRITY, u32::MAX), [2, 0xff, 0xff, 0xff]);
    assert_eq!(offer(Layers::CONFIDENTIALITY, 0), [4, 0, 0, 1]);
}

/// §3.2, which says MUST.
#[test]
fn the_maximum_is_zero_when_no_layer_is_offered() {
    let desk = Desk::new();
    let server = desk.server(Layers::NONE).max_receive(4096);
    assert_eq!(desk.offer(&server, desk.alice()).offer, [1, 0, 0, 0]);
}

/// §3.1: a client that wants a layer asks for integrity, mutual authentication and sequence.
#[test]
fn no_layer_is_offered_to_a_client_that_did_not_ask_for_what_it_takes() {
    let desk = Desk::new();
    for missing in [ContextFlags::INTEG, ContextFlags::SEQUENCE] {
        let alice = desk.alice().flags(ContextFlags(ALL_FLAGS.0 & !missing.0));
        let offered = desk.offer(&desk.server(Layers::ANY), alice);
        assert_eq!(offered.offer, [1, 0, 0, 0]);
    }
}

#[test]
fn confidentiality_is_offered_to_a_client_that_asked_for_it() {
    let desk = Desk::new();
    let without = ContextFlags(ALL_FLAGS.0 & !ContextFlags::CONF.0);
    let offered = desk.offer(&desk.server(Layers::ANY), desk.alice().flags(without));
    assert_eq!(offered.offer, [3, 1, 0, 0]);
}

#[test]
fn a_client_that_can_have_none_of_the_layers_is_refused_before_the_context_is_answered() {
    let desk = Desk::new();
    let without = ContextFlags(ALL_FLAGS.0 & !ContextFlags::CONF.0);
    let alice = desk.alice().flags(without).build();
    let server = desk.server(Layers::CONFIDENTIALITY);
    let refused = desk.start(server.begin(Mechanism::Gssapi), alice.token());
    let expected = Error::NoLayer {
        offered: Layers::CONFIDENTIALITY,
        possible: Layers::NONE.union(Layers::INTEGRITY),
    };
    assert_eq!(refused.unwrap_err(), expected);
}

// §3.2: the choice.

#[test]
fn the_choice_ends_the_login_without_additional_data() {
    let desk = Desk::new();
    for (layer, protection) in [
        (1, None),
        (2, Some(Protection::Integrity)),
        (4, Some(Protection::Confidentiality)),
    ] {
        let offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
        let session = offered.choose(&[layer, 1, 0, 0]).0.unwrap();
        assert_eq!(
            session.identity().client().to_string(),
            "alice@EXAMPLE.TEST"
        );
        assert_eq!(session.authorization_id(), None);
        assert_eq!(
            session.into_layer().map(|layer| layer.protection()),
            protection
        );
    }
}

#[test]
fn the_choice_may_be_sealed() {
    let desk = Desk::new();
    let mut offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
    let sealed = Protection::Confidentiality;
    let token = offered.context.wrap(NO_LAYER, sealed).unwrap();
    assert!(offered.answer(&token).is_ok());
}

#[test]
fn the_choice_may_come_as_windows_wraps_it() {
    let desk = Desk::new();
    let mut offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
    let sealed = Protection::Confidentiality;
    let token = offered
        .context
        .wrap_shaped(NO_LAYER, sealed, WrapShape::WINDOWS);
    assert!(offered.answer(&token.unwrap()).is_ok());
}

#[test]
fn a_layer_that_was_not_offered_is_refused() {
    let desk = Desk::new();
    for (layers, chosen) in [
        (Layers::PROTECTED, 1),
        (Layers::CONFIDENTIALITY, 2),
        (Layers::CONFIDENTIALITY, 6),
        (Layers::PROTECTED, 7),
        (Layers::NONE, 4),
    ] {
        let offered = desk.offer(&desk.server(layers), desk.alice());
        let refused = offered.choose(&[chosen, 1, 0, 0]).0.unwrap_err();
        let offered = layers;
        assert_eq!(refused, Error::NotOffered { chosen, offered });
    }
}

#[test]
fn a_choice_of_no_layer_at_all_or_of_an_unknown_one_is_refused() {
    let desk = Desk::new();
    for chosen in [0, 8, 9, 0x0c, 0x81, 0xff] {
        let offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
        let refused = offered.choose(&[chosen, 1, 0, 0]).0.unwrap_err();
        let offered = Layers::ANY;
        assert_eq!(refused, Error::NotOffered { chosen, offered });
    }
}

/// Samba's clients send all that they agree with.
#[test]
fn of_several_layers_the_strongest_is_chosen() {
    let desk = Desk::new();
    for (layers, chosen, protection) in [
        (Layers::PROTECTED, 6, Protection::Confidentiality),
        (Layers::ANY, 7, Protection::Confidentiality),
        (Layers::ANY, 3, Protection::Integrity),
    ] {
        let offered = desk.offer(&desk.server(layers), desk.alice());
        let layer = offered.choose(&[chosen, 1, 0, 0]).0.unwrap().into_layer();
        assert_eq!(layer.unwrap().protection(), protection);
    }
}

#[test]
fn a_choice_of_less_than_four_octets_is_refused() {
    let desk = Desk::new();
    for octets in 0..4 {
        let offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
        let refused = offered.choose(&NO_LAYER[..octets]).0.unwrap_err();
        assert_eq!(refused, Error::ChoiceLength { octets });
    }
}

/// It has to be 0, by §3.1; clients send what they like, and nothing depends on it.
#[test]
fn what_a_client_without_a_layer_takes_does_not_matter() {
    let desk = Desk::new();
    let offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
    assert!(offered.choose(&[1, 0xff, 0xff, 0xff]).0.is_ok());
}

#[test]
fn a_layer_for_which_the_client_takes_nothing_is_refused() {
    let desk = Desk::new();
    let offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
    let refused = offered.choose(&[4, 0, 0, 0]).0.unwrap_err();
    let (limit, least) = (0, 256);
    let refusal = LayerError::PeerMaximum { limit, least };
    assert_eq!(refused, Error::Layer(refusal));
}

/// But for the count of rotated octets, where what is equal modulo the length is the same.
#[test]
fn each_flipped_bit_of_the_choice_is_refused() {
    let desk = Desk::new();
    let server = desk.server(Layers::ANY);
    let octets = NO_LAYER.len() + 12;
    for bit in 0..8 * (16 + octets) {
        let mut offered = desk.offer(&server, desk.alice());
        let mut token = offered
            .context
            .wrap(NO_LAYER, Protection::Integrity)
            .unwrap();
        assert_eq!(token.len(), 16 + octets);
        token[bit / 8] ^= 1 << (bit % 8);
        let rotation = usize::from(u16::from_be_bytes([token[6], token[7]]));
        let same = rotation > 0 && rotation % octets == 0;
        assert_eq!(offered.answer(&token).is_ok(), same, "bit {bit}");
    }
}

#[test]
fn a_choice_in_clear_is_refused() {
    let desk = Desk::new();
    for clear in [&b""[..], NO_LAYER, b"\x01\0\0\0alice"] {
        let offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
        let refused = offered.answer(clear).unwrap_err();
        assert!(matches!(
            refused,
            Error::Message(MessageError::Malformed(_))
        ));
    }
}

#[test]
fn our_own_offer_is_no_choice() {
    let desk = Desk::new();
    let alice = desk.alice().build();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::Gssapi);
    let (exchange, _) = proceed(desk.start(exchange, alice.token()));
    let (exchange, offer) = proceed(desk.start(exchange, b""));
    let refused = desk.start(exchange, &offer).unwrap_err();
    assert_eq!(refused, Error::Message(MessageError::Direction));
}

/// §3.3: any status but GSS_S_COMPLETE is fatal.
#[test]
fn a_choice_behind_a_message_that_is_missing_is_refused() {
    let desk = Desk::new();
    let mut offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
    offered
        .context
        .wrap(b"lost", Protection::Integrity)
        .unwrap();
    let refused = offered.choose(NO_LAYER).0.unwrap_err();
    assert_eq!(refused, Error::Order(Order::Gap));
}

// §3.2: whom the client may act as.

fn act_as(desk: &Desk, name: &[u8]) -> Result<Option<String>, Error> {
    let offered = desk.offer(&desk.server(Layers::ANY), desk.alice());
    let session = offered.choose(&[NO_LAYER, name].concat()).0?;
    Ok(session.authorization_id().map(str::to_owned))
}

#[test]
fn a_client_may_act_as_its_own_principal_and_as_nobody_else() {
    let desk = Desk::new();
    let itself = "alice@EXAMPLE.TEST";
    assert_eq!(
        act_as(&desk, itself.as_bytes()),
        Ok(Some(itself.to_owned()))
    );
    for name in [
        "bob",
        "alice",
        "alice@OTHER.TEST",
        "alice@EXAMPLE.TEST ",
        "u:alice",
        "*",
    ] {
        let refused = act_as(&desk, name.as_bytes()).unwrap_err();
        let expected = Error::NotAuthorized {
            client: Box::new(itself.parse().unwrap()),
            authorization_id: name.into(),
        };
        assert_eq!(refused, expected);
    }
}

#[test]
fn a_policy_lets_a_client_act_as_others() {
    let desk = Desk::new();
    let server =
        desk.server(Layers::ANY)
            .authorization(|identity: &portcullis::Identity, name: &str| {
                identity.client().to_string() == "alice@EXAMPLE.TEST" && name == "u:bob"
            });
    let choose = |name: &[u8]| {
        let offered = desk.offer(&server, desk.alice());
        offered.choose(&[NO_LAYER, name].concat()).0
    };
    let session = choose(b"u:bob").unwrap();
    assert_eq!(session.authorization_id(), Some("u:bob"));
    assert_eq!(
        session.identity().client().to_string(),
        "alice@EXAMPLE.TEST"
    );
    assert!(choose(b"alice@EXAMPLE.TEST").is_ok());
    assert_eq!(choose(b"u:carol").unwrap_err().kind(), "not-authorized");
}

#[test]
fn a_client_may_act_as_the_user_that_it_is() {
    let desk = Desk::new();
    let users = LocalNamePolicy::new().forget_realm("EXAMPLE.TEST");
    let server = desk.server(Layers::ANY).authorization(users);
    let choose = |name: &[u8]| {
        let offered = desk.offer(&server, desk.alice());
        offered.choose(&[NO_LAYER, name].concat()).0
    };
    assert_eq!(choose(b"alice").unwrap().authorization_id(), Some("alice"));
    assert_eq!(choose(b"bob").unwrap_err().kind(), "not-authorized");
}

#[test]
fn an_authorization_identity_is_short_utf_8_without_nul() {
    let desk = Desk::new();
    let refused = |octets: &[u8]| match act_as(&desk, octets).unwrap_err() {
        Error::AuthorizationId(error) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(b"alice@EXAMPLE.TEST\0"), AuthorizationIdError::Nul);
    assert_eq!(
        refused(b"alice@EXAMPLE.TEST\0bob"),
        AuthorizationIdError::Nul
    );
    assert_eq!(refused(b"\xc0\x80"), AuthorizationIdError::NotUtf8);
    assert_eq!(refused(b"alice\xff"), AuthorizationIdError::NotUtf8);
    let (limit, found) = (1024, 1025);
    let too_long = AuthorizationIdError::TooLong { limit, found };
    assert_eq!(refused(&[b'a'; 1025]), too_long);
}

// What the protocol knows of the client.

/// RFC 4752 §3.2 has no channel bindings; Active Directory's clients send them over TLS.
#[test]
fn a_login_may_be_bound_to_its_channel() {
    let desk = Desk::new();
    let server = desk.server(Layers::NONE);
    let (ours, another) = (bindings(b"ours"), bindings(b"another"));
    let begin = |bindings: Option<&ChannelBindings>| {
        let negotiation = desk.acceptor().begin().channel_bindings(&ours);
        let exchange = server.begin_with(Mechanism::Gssapi, negotiation);
        let alice = desk.alice();
        let alice = match bindings {
            Some(bindings) => alice.channel_bindings(bindings),
            None => alice,
        };
        desk.start(exchange, alice.build().token())
    };
    assert!(begin(Some(&ours)).is_ok());
    assert!(begin(None).is_ok());
    assert_eq!(
        begin(Some(&another)).unwrap_err().kind(),
        "channel-bindings"
    );
}

fn bindings(data: &[u8]) -> ChannelBindings {
    ChannelBindings {
        application_data: data.to_vec(),
        ..ChannelBindings::default()
    }
}

// Stores that have to be awaited.

#[test]
fn a_store_that_is_awaited_settles_the_login() {
    let desk = Desk::new();
    let alice = desk.alice().build();
    let begin = || {
        let exchange = desk.server(Layers::ANY).begin(Mechanism::Gssapi);
        match exchange.step_unrecorded(alice.token(), desk.now()).unwrap() {
            UnrecordedStep::Unrecorded(unrecorded) => unrecorded,
            other => panic!("{other:?}"),
        }
    };
    let fresh = begin();
    assert!(fresh.expires() > desk.now());
    assert!(matches!(
        fresh.settle(Freshness::Fresh),
        Ok(Step::Continue { .. })
    ));
    let replayed = begin().settle(Freshness::Replayed).unwrap_err();
    assert_eq!(replayed.error().kind(), "replay");
    let lost = begin().refuse(ReplayCacheError::Full { capacity: 1 });
    assert_eq!(lost.error().kind(), "replay-cache");
}

#[test]
fn responses_without_an_authenticator_ask_no_store() {
    let desk = Desk::new();
    let alice = desk.alice().build();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::Gssapi);
    let (exchange, _) = proceed(step(exchange, alice.token(), desk.now()));
    let settled = exchange.step_unrecorded(b"", desk.now()).unwrap();
    assert!(matches!(
        settled,
        UnrecordedStep::Settled(Step::Continue { .. })
    ));
}
