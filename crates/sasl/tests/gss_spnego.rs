//! `GSS-SPNEGO`, server side: the login ends with SPNEGO, and the flags say which layer follows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod desk;

use desk::{ALL_FLAGS, Desk, complete, proceed};
use portcullis::Enctype;
use portcullis::context::Protection;
use portcullis::formats::gss::{ContextFlags, Mechanism as GssMechanism};
use portcullis::formats::messages::ApOptions;
use portcullis_sasl::{Error, LayerError, Layers, Mechanism, Received, SaslServer, Step};
use portcullis_testrealm::Next;

fn without(flags: ContextFlags) -> ContextFlags {
    ContextFlags(ALL_FLAGS.0 & !flags.0)
}

#[test]
fn the_login_ends_with_the_token_that_proves_the_server() {
    let desk = Desk::new();
    let alice = desk.alice().spnego().build();
    let login = desk.spnego(&desk.server(Layers::ANY), alice).unwrap();
    let client = login.session.identity().client().to_string();
    assert_eq!(client, "alice@EXAMPLE.TEST");
    assert_eq!(login.session.authorization_id(), None);
}

#[test]
fn the_flags_of_the_context_say_which_layer_follows() {
    let desk = Desk::new();
    let (conf, integ) = (ContextFlags::CONF, ContextFlags::INTEG);
    for (flags, protection) in [
        (ALL_FLAGS, Some(Protection::Confidentiality)),
        (without(integ), Some(Protection::Confidentiality)),
        (without(conf), Some(Protection::Integrity)),
        (without(ContextFlags(conf.0 | integ.0)), None),
    ] {
        let alice = desk.alice().flags(flags).spnego().build();
        let login = desk.spnego(&desk.server(Layers::ANY), alice).unwrap();
        let layer = login.session.into_layer();
        assert_eq!(layer.map(|layer| layer.protection()), protection);
    }
}

/// The client goes by the flags, too, so it cannot be given another layer than it asks for.
#[test]
fn a_layer_that_is_not_offered_is_refused_and_not_replaced() {
    let desk = Desk::new();
    let (conf, integ) = (ContextFlags::CONF, ContextFlags::INTEG);
    for (layers, flags, possible) in [
        (Layers::NONE, ALL_FLAGS, Layers::CONFIDENTIALITY),
        (Layers::INTEGRITY, ALL_FLAGS, Layers::CONFIDENTIALITY),
        (Layers::CONFIDENTIALITY, without(conf), Layers::INTEGRITY),
        (
            Layers::PROTECTED,
            without(ContextFlags(conf.0 | integ.0)),
            Layers::NONE,
        ),
    ] {
        let alice = desk.alice().flags(flags).spnego().build();
        let refused = desk.spnego(&desk.server(layers), alice).unwrap_err();
        let offered = layers;
        assert_eq!(refused, Error::NoLayer { offered, possible });
    }
}

#[test]
fn there_is_no_layer_without_numbers_in_sequence() {
    let desk = Desk::new();
    let alice = desk.alice().flags(without(ContextFlags::SEQUENCE)).spnego();
    let refused = desk.spnego(&desk.server(Layers::ANY), alice.build());
    assert_eq!(refused.unwrap_err().kind(), "security-layer");
}

/// All that alice sends could be sent again otherwise, to another server with the same key.
#[test]
fn there_is_no_layer_without_mutual_authentication() {
    let desk = Desk::new();
    let (conf, integ) = (ContextFlags::CONF.0, ContextFlags::INTEG.0);
    let alice = |flags| {
        let alice = desk.alice().ap_options(ApOptions::default()).flags(flags);
        desk.spnego(&desk.server(Layers::ANY), alice.spnego().build())
    };
    for less in [0, conf, integ] {
        let refused = alice(without(ContextFlags(ContextFlags::MUTUAL.0 | less)));
        assert_eq!(refused.unwrap_err().kind(), "security-layer");
    }
    let plain = alice(without(ContextFlags(ContextFlags::MUTUAL.0 | conf | integ)));
    assert!(plain.unwrap().session.into_layer().is_none());
}

#[test]
fn there_is_no_layer_under_rc4_that_only_signs() {
    let desk = Desk::new();
    let alice = |flags| {
        let alice = desk.alice_with(Enctype::Rc4Hmac).flags(flags);
        desk.spnego(&desk.server(Layers::ANY), alice.spnego().build())
    };
    let sealed = alice(ALL_FLAGS).unwrap().session.into_layer().unwrap();
    assert_eq!(sealed.protection(), Protection::Confidentiality);
    let refused = alice(without(ContextFlags::CONF)).unwrap_err();
    assert_eq!(refused.kind(), "security-layer");
}

#[test]
fn messages_go_through_the_layer_both_ways() {
    let desk = Desk::new();
    let alice = desk.alice().spnego().build();
    let mut login = desk.spnego(&desk.server(Layers::ANY), alice).unwrap();
    let mut layer = login.session.into_layer().unwrap();

    let mut buffers = Vec::new();
    layer.wrap(b"to alice", &mut buffers).unwrap();
    let (length, token) = buffers.split_first_chunk().unwrap();
    let length = u32::from_be_bytes(*length);
    assert_eq!(u32::try_from(token.len()), Ok(length));
    let sealed = Protection::Confidentiality;
    assert_eq!(
        login.context.unwrap(token),
        Ok((b"to alice".to_vec(), sealed))
    );

    let token = login.context.wrap(b"to the server", sealed).unwrap();
    let length = u32::try_from(token.len()).unwrap().to_be_bytes();
    let mut buffer = [&length[..], &token].concat();
    let consumed = buffer.len();
    let message = b"to the server".as_slice();
    assert_eq!(
        layer.unwrap(&mut buffer),
        Ok(Received::Message { message, consumed })
    );
}

/// Nobody tells the client what we take: it may send what Cyrus SASL and Windows take.
#[test]
fn buffers_have_16_mib_at_most_unless_the_settings_say_less() {
    let desk = Desk::new();
    let missing = |server: &SaslServer, length: u32| {
        let alice = desk.alice().spnego().build();
        let session = desk.spnego(server, alice).unwrap().session;
        let mut layer = session.into_layer().unwrap();
        match layer.unwrap(&mut length.to_be_bytes()) {
            Ok(Received::Partial { missing }) => Ok(missing),
            other => Err(other.unwrap_err()),
        }
    };
    let too_long = |limit, found| Err(LayerError::TooLong { limit, found });
    let server = desk.server(Layers::ANY);
    assert_eq!(missing(&server, 0xff_ffff), Ok(0xff_ffff));
    assert_eq!(
        missing(&server, 0x0100_0000),
        too_long(0xff_ffff, 0x0100_0000)
    );
    let server = server.max_receive(1000);
    assert_eq!(missing(&server, 1001), too_long(1000, 1001));
}

/// Windows lists mechanisms that we lack first; its Kerberos token then comes in a later leg.
#[test]
fn a_negotiation_of_several_legs_goes_on_until_its_end() {
    let desk = Desk::new();
    let offered = [GssMechanism::Ntlm, GssMechanism::Krb5];
    let mut alice = desk.alice().mech_list(&offered).build();
    let mut exchange = desk.server(Layers::ANY).begin(Mechanism::GssSpnego);
    loop {
        match desk.start(exchange, alice.token()).unwrap() {
            Step::Continue {
                exchange: next,
                challenge,
            } => match alice.next(&challenge).unwrap() {
                Next::Send(further) => (exchange, alice) = (next, further),
                Next::Complete(_) => panic!("the server waits for more"),
            },
            Step::Complete {
                session,
                additional_data,
            } => {
                alice.finish(&additional_data.unwrap_or_default()).unwrap();
                assert!(session.into_layer().is_some());
                return;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn kerberos_without_spnego_is_taken() {
    let desk = Desk::new();
    let login = desk.spnego(&desk.server(Layers::ANY), desk.alice().build());
    assert!(login.unwrap().session.into_layer().is_some());
}

/// [MS-SPNG] §3.2.5.2.
#[test]
fn a_client_that_sends_nothing_first_gets_our_mechanisms() {
    let desk = Desk::new();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::GssSpnego);
    let (exchange, hints) = proceed(desk.start(exchange, b""));
    assert!(!hints.is_empty());
    let alice = desk.alice().ap_options(ApOptions::default());
    let unasked = ContextFlags::MUTUAL.0 | ContextFlags::CONF.0 | ContextFlags::INTEG.0;
    let alice = alice.flags(without(ContextFlags(unasked))).build();
    let session = complete(desk.start(exchange, alice.token()).unwrap());
    assert!(session.into_layer().is_none());
}

#[test]
fn ntlm_is_refused_with_a_reply_that_says_so() {
    let desk = Desk::new();
    let exchange = desk.server(Layers::ANY).begin(Mechanism::GssSpnego);
    let refused = exchange
        .step(b"NTLMSSP\0\x01\0\0\0", desk.now())
        .unwrap_err();
    assert_eq!(refused.error().kind(), "ntlm");
}
