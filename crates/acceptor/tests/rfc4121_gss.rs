//! RFC 4121: the frames, the answer, the keys of the context, and delegation.
#![allow(clippy::panic, reason = "test code")]

mod scene;

use portcullis::entropy::{Entropy, EntropyError};
use portcullis::error::{AuthenticatorError, DelegationError, Unsupported};
use portcullis::formats::ccache::CredentialCache;
use portcullis::formats::der::Decode;
use portcullis::formats::gss::{
    ContextFlags, InitialContextToken, Mechanism, TokenId, split_token_id,
};
use portcullis::formats::messages::{ApOptions, ApRep, KrbError, TicketFlags};
use portcullis::formats::registry::{AuthDataType, ErrorCode, EtypeNumber};
use portcullis::identity::Framing;
use portcullis::{Enctype, Error, WeakEnctype};
use portcullis_testrealm::{Fault, TestRealm, TokenBuilder};
use scene::{Scene, WEB, complete, refused};
use std::sync::Arc;

/// §4.1: the frame of the answer is that of the request.
#[test]
fn the_answer_comes_in_the_frame_of_the_request() {
    let scene = Scene::new();
    let krb5 = scene.token().mutual().build();
    let ms = scene.token().mutual().ms_oid().build();
    for (token, mechanism) in [(krb5, Mechanism::Krb5), (ms, Mechanism::MsKrb5)] {
        let (context, reply) = scene.accept(&token);
        let reply = reply.unwrap();
        assert_eq!(context.identity().mechanism(), mechanism);
        assert_eq!(context.identity().framing(), Framing::Gss);
        assert_eq!(
            InitialContextToken::decode(&reply).unwrap().oid,
            mechanism.oid()
        );
        token.finish(&reply).unwrap();
    }
}

/// §4.1: only an AP-REQ begins a context; whoever sends another token is told so, with the code 40.
#[test]
fn another_token_than_an_ap_req_begins_nothing_and_is_told_so() {
    let scene = Scene::new();
    let ids = [
        TokenId::AP_REP,
        TokenId::KRB_ERROR,
        TokenId::TGT_REQUEST,
        TokenId::IAKERB_PROXY,
        TokenId::RFC1964_MIC,
        TokenId::RFC1964_DELETE,
        TokenId::MIC,
        TokenId::WRAP,
        TokenId([0xff, 0xff]),
    ];
    for id in ids {
        let good = scene.token().build();
        let mut token = good.token().to_vec();
        let at = token.windows(2).position(|pair| pair == [1, 0]).unwrap();
        token.splice(at..at + 2, id.0);
        let rejection = refused(scene.acceptor.begin().step(&token, scene.realm.now()));
        assert_eq!(*rejection.error(), Unsupported::TokenId(id.0).into());
        let framed = InitialContextToken::decode(rejection.reply().unwrap()).unwrap();
        let (id, message) = split_token_id(framed.inner).unwrap();
        let error = KrbError::from_der(message).unwrap();
        assert_eq!(
            (id, error.error_code),
            (TokenId::KRB_ERROR, ErrorCode::MSG_TYPE)
        );
        // It names no service, so the answer names ours.
        assert!(scene.web.principal().is(error.realm, error.sname));
    }
}

/// TOK_ID 01 00 announces an AP-REQ; another message behind it is of the wrong type, and so the
/// code says.
#[test]
fn another_message_than_the_announced_ap_req_is_of_the_wrong_type() {
    for tag in [0x6f, 0x7e, 0x61, 0x30] {
        let scene = Scene::new();
        let mut token = scene.token().mutual().build().token().to_vec();
        let at = token.windows(3).position(|octets| octets == [1, 0, 0x6e]);
        token[at.unwrap() + 2] = tag;
        let rejection = refused(scene.acceptor.begin().step(&token, scene.realm.now()));
        assert!(matches!(rejection.error(), Error::Malformed(_)));
        assert_eq!(rejection.error().code(), Some(ErrorCode::MSG_TYPE));
    }
}

/// RFC 4120 §3.2.4: an AP-REP goes to whoever asks for it, by the flag or by the option, and to
/// nobody else.
#[test]
fn an_answer_goes_to_those_who_ask_for_one() {
    let reply = |vary: fn(TokenBuilder) -> TokenBuilder| {
        let scene = Scene::new();
        let token = vary(scene.token()).build();
        let (_, reply) = scene.accept(&token);
        let answered = reply.is_some();
        token.finish(&reply.unwrap_or_default()).unwrap();
        answered
    };
    assert!(!reply(|token| token));
    assert!(reply(TokenBuilder::mutual));
    assert!(reply(
        |token| token.flags(ContextFlags::MUTUAL | ContextFlags::INTEG)
    ));
    assert!(reply(|token| token.ap_options(ApOptions::MUTUAL_REQUIRED)));
    assert!(reply(|token| token.mutual().ordinary_checksum()));
}

/// §2, RFC 4537 §3: our subkey is of the best type that both can use.
#[test]
fn the_acceptors_subkey_is_the_best_that_both_can_use() {
    use Enctype::{Aes128CtsHmacSha1_96 as Aes128, Aes256CtsHmacSha384_192 as Aes256Sha2};
    let subkey = |vary: &dyn Fn(TokenBuilder) -> TokenBuilder| {
        let scene = Scene::new();
        let token = vary(scene.token().mutual()).build();
        let (_, reply) = scene.accept(&token);
        token
            .finish(&reply.unwrap())
            .unwrap()
            .acceptor_subkey()
            .unwrap()
    };
    let listed = |etypes: &[EtypeNumber]| subkey(&|token| token.etypes(etypes));
    assert_eq!(subkey(&|token| token), EtypeNumber::AES256_SHA1);
    assert_eq!(
        subkey(&|token| token.session_enctype(Aes128)),
        EtypeNumber::AES128_SHA1
    );
    assert_eq!(
        subkey(&|token| token.subkey(Aes128)),
        EtypeNumber::AES256_SHA1
    );
    assert_eq!(
        subkey(&|token| token.subkey(Aes256Sha2)),
        EtypeNumber::AES256_SHA2
    );
    assert_eq!(subkey(&TokenBuilder::no_subkey), EtypeNumber::AES256_SHA1);
    let all = [EtypeNumber::AES128_SHA2, EtypeNumber::AES256_SHA2];
    assert_eq!(listed(&all), EtypeNumber::AES256_SHA2); // our order counts
    assert_eq!(
        listed(&[EtypeNumber::AES128_SHA2]),
        EtypeNumber::AES128_SHA2
    );
    assert_eq!(listed(&[]), EtypeNumber::AES256_SHA1);
    let unknown = [
        EtypeNumber(99),
        EtypeNumber::RC4_HMAC,
        EtypeNumber::CAMELLIA256,
    ];
    assert_eq!(listed(&unknown), EtypeNumber::AES256_SHA1);
}

/// RFC 4537 §3 puts the list into AD-IF-RELEVANT; some peers send it bare.
#[test]
fn the_list_of_enctypes_may_stand_bare() {
    let scene = Scene::new();
    let list = [0x30, 3, 2, 1, 20];
    let ad_type = AuthDataType::ETYPE_NEGOTIATION;
    let token = scene
        .token()
        .mutual()
        .authenticator_authorization_data(ad_type, &list)
        .build();
    let (_, reply) = scene.accept(&token);
    let context = token.finish(&reply.unwrap()).unwrap();
    assert_eq!(context.acceptor_subkey(), Some(EtypeNumber::AES256_SHA2));
}

/// RFC 4121 §2: with a key of RC4 the initiator gets its own subkey back, unless it can do better.
#[test]
fn a_client_of_rc4_is_lifted_only_if_it_can_be() {
    let subkey = |vary: &dyn Fn(TokenBuilder) -> TokenBuilder| {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service_with(WEB).enctypes([Enctype::Rc4Hmac]).build();
        let scene = Scene::of(realm, web, |settings| {
            settings.danger_allow(WeakEnctype::Rc4Hmac)
        });
        let token = vary(scene.token().mutual()).build();
        let (_, reply) = scene.accept(&token);
        token.finish(&reply.unwrap()).unwrap().acceptor_subkey()
    };
    assert_eq!(subkey(&|token| token), None);
    assert_eq!(subkey(&TokenBuilder::no_subkey), None);
    let better = [EtypeNumber::AES128_SHA1];
    assert_eq!(
        subkey(&|token| token.etypes(&better)),
        Some(EtypeNumber::AES128_SHA1)
    );
}

/// §2: whichever key protects the messages, both sides have the same, and the same numbers.
#[test]
fn both_sides_sign_and_verify_messages() {
    let shapes: [fn(TokenBuilder) -> TokenBuilder; 5] = [
        |token| token,
        TokenBuilder::mutual,
        |token| token.mutual().no_subkey(),
        TokenBuilder::no_subkey,
        |token| token.no_sequence(),
    ];
    for vary in shapes {
        let scene = Scene::new();
        let token = vary(scene.token()).build();
        let (mut acceptor, reply) = scene.accept(&token);
        let mut initiator = token.finish(&reply.unwrap_or_default()).unwrap();
        for message in [b"".as_slice(), b"one", b"another"] {
            let mic = initiator.mic(message).unwrap();
            assert!(acceptor.verify_mic(message, &mic).is_ok());
            let mic = acceptor.mic(message).unwrap();
            initiator.verify_mic(message, &mic).unwrap();
            assert!(initiator.verify_mic(message, &mic).is_err()); // not twice
        }
    }
}

/// RFC 4120 §5.5.1: numbers of 32 bits, also those that old peers write as negative ones.
#[test]
fn sequence_numbers_have_32_bits() {
    for number in [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX] {
        let scene = Scene::new();
        let token = scene.token().sequence(number).build();
        let (mut acceptor, _) = scene.accept(&token);
        let mut initiator = token.finish(b"").unwrap();
        assert_eq!(initiator.sending(), u64::from(number));
        let mic = initiator.mic(b"x").unwrap();
        assert_eq!(
            acceptor.verify_mic(b"x", &mic).unwrap(),
            portcullis::context::Order::InOrder
        );
    }
}

/// §4.1.1.1: flags of local meaning, and those that nobody knows, are not believed.
#[test]
fn flags_that_a_client_cannot_ask_for_are_dropped() {
    let scene = Scene::new();
    let token = scene
        .token()
        .flags(ContextFlags(!ContextFlags::DCE_STYLE.0))
        .build();
    let (context, _) = scene.accept(&token);
    let known = ContextFlags::MUTUAL
        | ContextFlags::REPLAY
        | ContextFlags::SEQUENCE
        | ContextFlags::CONF
        | ContextFlags::INTEG
        | ContextFlags::IDENTIFY
        | ContextFlags::EXTENDED_ERROR;
    // DELEG, too, was set: but no credential came with it.
    assert_eq!(context.identity().flags(), known);
}

/// §4.1.1, RFC 4120 §5.8: however the credential is sealed, it is opened, and kept if asked for.
#[test]
fn a_delegated_credential_is_kept_if_it_is_wanted() {
    let shapes: [fn(TokenBuilder) -> TokenBuilder; 4] = [
        TokenBuilder::delegate,
        TokenBuilder::delegate_under_subkey,
        TokenBuilder::delegate_in_clear,
        |token| token.no_subkey().delegate(),
    ];
    for vary in shapes {
        let scene = Scene::with(|settings| settings.keep_delegated_credentials());
        let identity = scene.accept(&vary(scene.token()).build()).0.into_identity();
        assert!(identity.flags().contains(ContextFlags::DELEG));
        let credential = identity.delegated().unwrap();
        assert_eq!(credential.client().to_string(), "alice@EXAMPLE.TEST");
        assert_eq!(
            credential.service().to_string(),
            "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST"
        );
        assert_eq!(credential.endtime(), identity.endtime());
        assert!(credential.flags().contains(TicketFlags::FORWARDED));

        let octets = credential.to_ccache().unwrap();
        let cache = CredentialCache::open(&octets).unwrap();
        let cached = cache.credentials().next().unwrap().unwrap();
        assert_eq!(cached.server, *credential.service());
        assert_eq!(
            (cached.etype, cached.key.len()),
            (EtypeNumber::AES256_SHA1, 32)
        );

        let scene = Scene::new();
        let identity = scene.accept(&vary(scene.token()).build()).0.into_identity();
        assert!(identity.flags().contains(ContextFlags::DELEG));
        assert!(identity.delegated().is_none());
    }
}

/// A credential that is damaged refuses the client even where nobody wants it.
#[test]
fn a_damaged_credential_is_refused_wanted_or_not() {
    let faults = [
        (Fault::TamperedCredential, DelegationError::Integrity),
        (
            Fault::CredentialCount,
            DelegationError::Count {
                tickets: 1,
                descriptions: 2,
            },
        ),
        (
            Fault::NoCredentials,
            DelegationError::Count {
                tickets: 0,
                descriptions: 0,
            },
        ),
        (Fault::NamelessCredential, DelegationError::Nameless),
    ];
    for (fault, expected) in faults {
        for vary in [TokenBuilder::delegate, TokenBuilder::delegate_under_subkey] {
            let scene = Scene::new();
            let rejection = scene.refuse(&vary(scene.token()).fault(fault).build());
            let expected = AuthenticatorError::Delegation(expected.clone());
            assert_eq!(
                *rejection.error(),
                Error::Authenticator(expected),
                "{fault:?}"
            );
        }
    }
}

/// An AP-REQ without frame is DCE style, or wants a setting (MIT krb5 draws the same line).
#[test]
fn a_bare_ap_req_is_taken_where_the_settings_say_so() {
    let scene = Scene::new();
    let rejection = scene.refuse(&scene.token().bare().mutual().build());
    assert_eq!(*rejection.error(), Unsupported::BareApReq.into());
    let reply = rejection.reply().unwrap();
    assert!(KrbError::from_der(reply).is_ok()); // as bare as the request

    let scene = Scene::with(|settings| settings.raw_ap_req(true));
    let token = scene.token().bare().mutual().build();
    let (context, reply) = scene.accept(&token);
    assert_eq!(context.identity().framing(), Framing::Raw);
    let reply = reply.unwrap();
    assert!(ApRep::from_der(&reply).is_ok());
    token.finish(&reply).unwrap();
}

/// What is drawn from a source that always gives the same.
#[derive(Debug)]
struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        octets.fill(7);
        Ok(())
    }
}

/// §2: subkey, number and confounder come from the source of randomness and nowhere else.
#[test]
fn all_that_is_random_comes_from_the_source_of_randomness() {
    let scene = Scene::with(|settings| settings.entropy(Arc::new(Sevens)));
    let token = scene.token().mutual().build();
    let (_, first) = scene.accept(&token);
    let again = Scene::with(|settings| settings.entropy(Arc::new(Sevens)));
    let (_, second) = complete(
        again
            .acceptor
            .begin()
            .step(token.token(), again.realm.now()),
    );
    assert_eq!(first, second);
    let context = token.finish(&first.unwrap()).unwrap();
    assert_eq!(context.receiving(), 0x0707_0707);

    let scene = Scene::new();
    let token = scene.token().mutual().build();
    let (_, first) = scene.accept(&token);
    let again = Scene::new();
    let (_, second) = complete(
        again
            .acceptor
            .begin()
            .step(token.token(), again.realm.now()),
    );
    assert_ne!(first, second);
}

/// Old peers take numbers of more than 30 bits for negative ones, and add to them.
#[test]
fn our_sequence_numbers_stay_below_2_to_the_30() {
    for _ in 0..50 {
        let scene = Scene::new();
        let token = scene.token().mutual().build();
        let reply = scene.accept(&token).1.unwrap();
        let number = token.finish(&reply).unwrap().receiving();
        assert!((1..1 << 30).contains(&number));
    }
}

/// Without randomness nobody is answered; who wants no answer needs none.
#[test]
fn lost_randomness_refuses_those_who_want_an_answer() {
    #[derive(Debug)]
    struct Nothing;
    impl Entropy for Nothing {
        fn fill(&self, _: &mut [u8]) -> Result<(), EntropyError> {
            Err(EntropyError)
        }
    }
    let scene = Scene::with(|settings| settings.entropy(Arc::new(Nothing)));
    let rejection = scene.refuse(&scene.token().mutual().build());
    assert_eq!(*rejection.error(), Error::Entropy);
    scene.accept(&scene.token().build());
}
