//! RFC 4121 §4.1.1.2, [MS-KILE] §3.4.5: what a client says of its channel, and what each policy
//! makes of it.
#![allow(clippy::panic, reason = "test code")]

mod scene;

use portcullis::channel_bindings::ChannelBindingPolicy::{self, Allow, Aware, Ignore, Required};
use portcullis::channel_bindings::{BindingsMismatch, tls_exporter};
use portcullis::error::AuthenticatorError;
use portcullis::{AcceptorBuilder, ChannelBindings, Error};
use portcullis_testrealm::TokenBuilder;
use scene::Scene;

type Verdict = Result<bool, BindingsMismatch>;
type Vary = fn(TokenBuilder) -> TokenBuilder;

const MISSING: Verdict = Err(BindingsMismatch::Missing);
const DIFFERENT: Verdict = Err(BindingsMismatch::Different);
const CLAIMED: Verdict = Err(BindingsMismatch::ClaimedButMissing);

fn ours() -> ChannelBindings {
    tls_exporter(&[1; 32])
}

fn our_next() -> ChannelBindings {
    tls_exporter(&[2; 32])
}

/// What clients say: nothing, nothing though they claim to, ours, our next, another's.
const CLIENTS: [Vary; 5] = [
    |token| token,
    TokenBuilder::claims_channel_bindings,
    |token| token.channel_bindings(&ours()),
    |token| {
        token
            .channel_bindings(&our_next())
            .claims_channel_bindings()
    },
    |token| token.channel_bindings(&tls_exporter(&[3; 32])),
];

fn verdicts(policy: ChannelBindingPolicy, given: &[ChannelBindings]) -> [Verdict; 5] {
    CLIENTS.map(|client| {
        let scene = Scene::with(|settings| settings.channel_binding_policy(policy));
        let token = client(scene.token()).build();
        let negotiation = scene.acceptor.begin().channel_bindings_any_of(given);
        match negotiation.step(token.token(), scene.realm.now()) {
            Ok(portcullis::Step::Complete { context, .. }) => {
                Ok(context.identity().channel_bound())
            }
            Ok(other) => panic!("{other:?}"),
            Err(rejection) => match rejection.error() {
                Error::Authenticator(AuthenticatorError::ChannelBindings(why)) => Err(*why),
                other => panic!("{other}"),
            },
        }
    })
}

#[test]
fn a_service_that_gave_its_bindings_answers_by_its_policy() {
    let given = [ours(), our_next()];
    assert_eq!(verdicts(Ignore, &given), [Ok(false); 5]);
    assert_eq!(
        verdicts(Allow, &given),
        [Ok(false), Ok(false), Ok(true), Ok(true), DIFFERENT]
    );
    assert_eq!(
        verdicts(Aware, &given),
        [Ok(false), CLAIMED, Ok(true), Ok(true), DIFFERENT]
    );
    assert_eq!(
        verdicts(Required, &given),
        [MISSING, CLAIMED, Ok(true), Ok(true), DIFFERENT]
    );
}

#[test]
fn a_service_that_gave_none_cannot_compare_and_lets_nobody_in_where_they_are_required() {
    for policy in [Ignore, Allow, Aware] {
        assert_eq!(verdicts(policy, &[]), [Ok(false); 5]);
    }
    assert_eq!(
        verdicts(Required, &[]),
        [Err(BindingsMismatch::NoneOfOurOwn); 5]
    );
}

#[test]
fn the_policy_that_was_not_set_is_aware() {
    let scene = Scene::new();
    let token = scene.token().claims_channel_bindings().build();
    let negotiation = scene.acceptor.begin().channel_bindings(&ours());
    assert!(negotiation.step(token.token(), scene.realm.now()).is_err());
}

/// CVE-2010-1321 and [MS-KILE] §3.4.5: no checksum is no bindings, and so is another checksum.
#[test]
fn a_client_without_gss_checksum_has_no_bindings() {
    use portcullis_testrealm::Fault;
    let without: [Vary; 2] = [
        |token| token.fault(Fault::NoChecksum),
        TokenBuilder::ordinary_checksum,
    ];
    for vary in without {
        let scene = Scene::with(AcceptorBuilder::require_channel_bindings);
        let token = vary(scene.token()).build();
        let negotiation = scene.acceptor.begin().channel_bindings(&ours());
        let rejection = scene::refused(negotiation.step(token.token(), scene.realm.now()));
        assert_eq!(
            *rejection.error(),
            AuthenticatorError::ChannelBindings(BindingsMismatch::Missing).into()
        );
    }
}

/// An *empty* structure hashes to something; it is a statement like any other.
#[test]
fn empty_bindings_are_not_no_bindings() {
    let scene = Scene::new();
    let token = scene
        .token()
        .channel_bindings(&ChannelBindings::default())
        .build();
    let negotiation = scene.acceptor.begin().channel_bindings(&ours());
    assert!(negotiation.step(token.token(), scene.realm.now()).is_err());
}

/// [MS-KILE] §3.2.5.8: one bit of the options is the claim; other bits are not.
#[test]
fn only_the_bit_for_bindings_claims_them() {
    use portcullis::formats::registry::AuthDataType;
    let claims = |options: u32| {
        let scene = Scene::new();
        let data = options.to_le_bytes();
        let token = scene
            .token()
            .authenticator_authorization_data(AuthDataType::AP_OPTIONS, &data);
        let negotiation = scene.acceptor.begin().channel_bindings(&ours());
        negotiation
            .step(token.build().token(), scene.realm.now())
            .is_err()
    };
    assert!(claims(0x4000));
    assert!(claims(0xffff_ffff));
    assert!(!claims(0));
    assert!(!claims(0x8000));
    assert!(!claims(0xffff_bfff));
    assert!(!claims(0x0040_0000)); // big-endian
}

/// The client's claim counts where the client makes it: the KDC's word in the ticket is another's.
#[test]
fn options_in_the_ticket_claim_nothing() {
    use portcullis::formats::registry::AuthDataType;
    let scene = Scene::new();
    let options = 0x4000_u32.to_le_bytes();
    let token = scene
        .token()
        .ticket_authorization_data(AuthDataType::AP_OPTIONS, &options);
    let negotiation = scene.acceptor.begin().channel_bindings(&ours());
    assert!(
        negotiation
            .step(token.build().token(), scene.realm.now())
            .is_ok()
    );
}

/// One channel takes the place of another; it does not come beside it.
#[test]
fn bindings_that_are_said_anew_replace_those_before() {
    let bound = |client: &ChannelBindings| {
        let scene = Scene::new();
        let token = scene.token().channel_bindings(client).build();
        let negotiation = scene.acceptor.begin().channel_bindings(&ours());
        let negotiation = negotiation.channel_bindings(&our_next());
        negotiation.step(token.token(), scene.realm.now()).is_ok()
    };
    assert!(bound(&our_next()));
    assert!(!bound(&ours()));
}

/// They hold for the legs that follow.
#[test]
fn bindings_that_were_said_hold_for_later_legs() {
    use portcullis::Step;
    use portcullis::formats::gss::Mechanism;
    use portcullis_testrealm::Next;
    for (client, accepted) in [(ours(), true), (our_next(), false)] {
        let scene = Scene::new();
        let list = [Mechanism::Ntlm, Mechanism::Krb5];
        let first = scene
            .token()
            .channel_bindings(&client)
            .mech_list(&list)
            .build();
        let negotiation = scene.acceptor.begin().channel_bindings(&ours());
        let step = negotiation.step(first.token(), scene.realm.now());
        let Ok(Step::Continue { negotiation, reply }) = step else {
            panic!("{step:?}")
        };
        let Ok(Next::Send(second)) = first.next(&reply) else {
            panic!("not sent")
        };
        let outcome = negotiation.step(second.token(), scene.realm.now());
        assert_eq!(outcome.is_ok(), accepted);
    }
}

/// Two legs may come through two channels: each is judged by its own.
#[test]
fn bindings_that_are_said_anew_between_two_legs_judge_the_second() {
    use portcullis::Step;
    use portcullis_testrealm::Next;
    let (other, refused) = (tls_exporter(&[3; 32]), Err("channel-bindings"));
    let second_leg = |client: ChannelBindings, anew: &[ChannelBindings]| {
        let scene = Scene::with(AcceptorBuilder::require_channel_bindings);
        let token = scene.token().channel_bindings(&client).without_mech_token();
        let first = token.build();
        let negotiation = scene.acceptor.begin().channel_bindings(&ours());
        let step = negotiation.step(first.token(), scene.realm.now());
        let Ok(Step::Continue { negotiation, reply }) = step else {
            panic!("{step:?}")
        };
        let Ok(Next::Send(second)) = first.next(&reply) else {
            panic!("not sent")
        };
        let negotiation = match anew {
            [one] => negotiation.channel_bindings(one),
            several => negotiation.channel_bindings_any_of(several),
        };
        let outcome = negotiation.step(second.token(), scene.realm.now());
        outcome
            .map(drop)
            .map_err(|rejection| rejection.error().kind())
    };
    let one = [our_next()];
    assert_eq!(second_leg(our_next(), &one), Ok(()));
    assert_eq!(second_leg(ours(), &one), refused);
    let two = [our_next(), other.clone()];
    assert_eq!(second_leg(our_next(), &two), Ok(()));
    assert_eq!(second_leg(other, &two), Ok(()));
    assert_eq!(second_leg(ours(), &two), refused);
    assert_eq!(second_leg(ours(), &[]), refused);
}
