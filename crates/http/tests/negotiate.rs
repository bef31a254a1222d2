//! The layer, before a service that says who its client is.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod recorded;

use core::convert::Infallible;
use http::{Request, Response, StatusCode, Version, header};
use portcullis::channel_bindings::BindingsMismatch;
use portcullis::error::{AuthenticatorError, NegotiationError, Unsupported};
use portcullis::{AcceptorBuilder, ChannelBindings, Error, Rejection, WeakEnctype};
use portcullis_http::{Authenticated, ConnectionBindings, NegotiateLayer};
use portcullis_testdata::unhex;
use recorded::{
    BOUND, CURL, DCE, GOKRB5, JAVA, ONE_WAY, OTHER_SERVICE, RC4, REQUESTS, an_hour_later, builder,
    challenges, layer, octets, reply, request, then, token, unreachable, with_token,
};
use std::sync::{Arc, Mutex};
use tower::{Layer, Service, ServiceExt, service_fn};

type Answer = Response<String>;

/// Says who the client is; `/missing` is not there.
async fn whoami(request: Request<String>) -> Result<Answer, Infallible> {
    let client = request
        .extensions()
        .get()
        .map(|Authenticated(user)| user.client().to_string());
    let missing = request.uri().path() == "/missing";
    let mut answer = Response::new(client.unwrap_or_else(|| "nobody".to_owned()));
    if missing {
        *answer.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(answer)
}

async fn ask(layer: &NegotiateLayer, request: Request<String>) -> Answer {
    layer
        .layer(service_fn(whoami))
        .oneshot(request)
        .await
        .unwrap()
}

/// The answer of a layer whose service must not be reached, and what the operator learns.
async fn refusal(layer: &NegotiateLayer, request: Request<String>) -> (Answer, Option<Error>) {
    let answer = layer
        .layer(service_fn(unreachable))
        .oneshot(request)
        .await
        .unwrap();
    let error = answer
        .extensions()
        .get()
        .map(|rejection: &Rejection| rejection.error().clone());
    (answer, error)
}

fn bare(answer: &Answer) -> bool {
    answer.status() == StatusCode::UNAUTHORIZED && challenges(answer.headers()) == ["Negotiate"]
}

/// RFC 4559 §4.1.
#[tokio::test]
async fn without_credentials_there_is_a_bare_challenge() {
    let (answer, error) = refusal(&layer(CURL), request::<&str>([])).await;
    assert!(bare(&answer), "{answer:?}");
    assert_eq!(error, None);
    assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(
        answer.body(),
        "this service asks for a Kerberos login (Negotiate)\n"
    );
}

#[tokio::test]
async fn credentials_of_another_scheme_are_none() {
    let (answer, _) = refusal(&layer(CURL), request(["Basic YWxpY2U6c2VjcmV0"])).await;
    assert!(bare(&answer), "{answer:?}");
}

/// RFC 4559 §5, with the tokens of curl, requests-kerberos, Java and gokrb5.
#[tokio::test]
async fn a_token_proves_the_client() {
    for recording in [CURL, REQUESTS, JAVA, GOKRB5] {
        let answer = ask(&layer(recording), with_token(&token(recording))).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.body(), "alice@EXAMPLE.TEST");
    }
}

/// requests-kerberos, whose token is bare Kerberos, refuses an answer without.
#[tokio::test]
async fn the_answer_has_our_ap_rep() {
    for (recording, outermost) in [(CURL, 0xa1), (REQUESTS, 0x60)] {
        let answer = ask(&layer(recording), with_token(&token(recording))).await;
        let reply = reply(&answer);
        assert_eq!(reply[0], outermost);
        // The token's number (RFC 4121 §4.1), then [APPLICATION 15] (RFC 4120 §5.5.2).
        assert!(
            reply.windows(3).any(|three| three == [0x02, 0x00, 0x6f]),
            "{reply:x?}"
        );
    }
}

/// The client wants to know who said 404.
#[tokio::test]
async fn the_answer_has_our_ap_rep_whatever_its_status() {
    let mut request = with_token(&token(CURL));
    *request.uri_mut() = "http://e18.example.test/missing".parse().unwrap();
    let answer = ask(&layer(CURL), request).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(reply(&answer)[0], 0xa1);
}

#[tokio::test]
async fn a_client_that_wants_no_proof_of_us_gets_none() {
    let answer = ask(&layer(ONE_WAY), with_token(&token(ONE_WAY))).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert!(challenges(answer.headers()).is_empty(), "{answer:?}");
}

#[tokio::test]
async fn other_challenges_of_the_service_stay() {
    let service = service_fn(|_: Request<String>| async {
        let answer = Response::builder().header(header::WWW_AUTHENTICATE, "Basic realm=\"x\"");
        answer.body(String::new())
    });
    let answer = layer(CURL)
        .layer(service)
        .oneshot(with_token(&token(CURL)))
        .await
        .unwrap();
    assert_eq!(challenges(answer.headers()).len(), 2);
}

/// RFC 4120 §3.2.3; the client makes another authenticator and comes again.
#[tokio::test]
async fn the_same_token_again_is_a_replay() {
    let layer = layer(CURL);
    assert_eq!(
        ask(&layer, with_token(&token(CURL))).await.status(),
        StatusCode::OK
    );
    let (answer, error) = refusal(&layer, with_token(&token(CURL))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(matches!(error, Some(Error::Replayed { .. })), "{error:?}");
    assert_eq!(
        answer.body(),
        "Kerberos login refused: KRB_AP_ERR_REPEAT (34)\n"
    );
    assert_eq!(reply(&answer)[0], 0xa1);
}

#[tokio::test]
async fn an_old_token_is_refused_with_what_is_wrong() {
    let layer = layer(CURL).now(an_hour_later);
    let (answer, error) = refusal(&layer, with_token(&token(CURL))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let skew = matches!(
        error,
        Some(Error::Authenticator(AuthenticatorError::Skew { .. }))
    );
    assert!(skew, "{error:?}");
    assert_eq!(
        answer.body(),
        "Kerberos login refused: KRB_AP_ERR_SKEW (37)\n"
    );
    // KRB-ERROR, [APPLICATION 30], in the refusal of SPNEGO.
    assert!(
        reply(&answer)
            .windows(3)
            .any(|three| three == [0x03, 0x00, 0x7e])
    );
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let mut changed = token(CURL);
    *changed.last_mut().unwrap() ^= 1;
    let (answer, error) = refusal(&layer(CURL), with_token(&changed)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(
        error,
        Some(Error::Authenticator(AuthenticatorError::Integrity))
    );
}

#[tokio::test]
async fn a_ticket_for_another_service_is_401_and_no_failure_of_ours() {
    let (answer, error) = refusal(&layer(CURL), with_token(&token(OTHER_SERVICE))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(matches!(error, Some(Error::NoKey(_))), "{error:?}");
    assert_eq!(challenges(answer.headers()).len(), 1);
}

/// Weak encryption types come in by the acceptor's settings alone.
#[tokio::test]
async fn rc4_is_let_in_by_the_acceptor_alone() {
    let allowed = || builder(RC4).danger_allow(WeakEnctype::Rc4Hmac);
    let layer = |builder: AcceptorBuilder| NegotiateLayer::new(builder.build().unwrap()).now(then);
    let answer = ask(&layer(allowed()), with_token(&token(RC4))).await;
    assert_eq!(answer.body(), "alice@EXAMPLE.TEST");
    assert!(builder(RC4).build().is_err());
}

#[tokio::test]
async fn octets_that_are_no_token_get_a_challenge() {
    for octets in [&b"\x60\x82"[..], b"{}", &[0; 100]] {
        let (answer, error) = refusal(&layer(CURL), with_token(octets)).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(challenges(answer.headers()).len(), 1, "{answer:?}");
        assert!(error.is_some());
    }
}

/// A browser without a ticket sends it.
#[tokio::test]
async fn ntlm_is_called_by_its_name() {
    let (answer, error) = refusal(&layer(CURL), with_token(b"NTLMSSP\0\x01\0\0\0")).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(error, Some(Error::Unsupported(Unsupported::Ntlm)));
    assert_eq!(challenges(answer.headers()).len(), 1);
    let text = "Kerberos login refused: the client sent NTLM, which is not Kerberos\n";
    assert_eq!(answer.body(), text);
}

#[tokio::test]
async fn credentials_that_are_not_base64_get_a_bare_challenge() {
    for credentials in [
        &b"Negotiate"[..],
        b"Negotiate !",
        b"Negotiate \xff\xfe",
        b"negotiate YII",
    ] {
        let (answer, error) = refusal(&layer(CURL), request([credentials])).await;
        assert!(bare(&answer), "{answer:?}");
        assert_eq!(error, None);
    }
}

#[tokio::test]
async fn a_field_that_is_no_text_at_all_is_another_scheme() {
    let (answer, _) = refusal(&layer(CURL), request([&b"\xff\xfe\xfd"[..]])).await;
    assert!(bare(&answer), "{answer:?}");
}

/// Whoever sits between could have read the other one.
#[tokio::test]
async fn two_negotiate_fields_are_a_bad_request() {
    let good = portcullis_http::header::challenge(Some(&token(CURL)));
    let layer = layer(CURL);
    let (answer, _) = refusal(&layer, request([good.clone(), good])).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(challenges(answer.headers()).is_empty());
    let text = "there is more than one Authorization field\n";
    assert_eq!(answer.body(), text);
    let answer = ask(&layer, with_token(&token(CURL))).await;
    assert_eq!(answer.status(), StatusCode::OK, "neither was taken");
}

#[tokio::test]
async fn a_field_of_another_scheme_beside_ours_is_a_bad_request() {
    let ours = portcullis_http::header::challenge(Some(&token(CURL)));
    let basic = http::HeaderValue::from_static("Basic YWxpY2U6c2VjcmV0");
    for fields in [[basic.clone(), ours.clone()], [ours, basic]] {
        let (answer, _) = refusal(&layer(CURL), request(fields)).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    }
}

/// 64 KiB by default, scheme included.
#[tokio::test]
async fn a_field_that_is_too_long_is_431_and_says_so() {
    let longest = format!("Negotiate   {}", "A".repeat(65_524));
    let (answer, _) = refusal(&layer(CURL), request([&longest])).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let (answer, _) = refusal(&layer(CURL), request([format!("{longest}AAAA")])).await;
    assert_eq!(answer.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert!(challenges(answer.headers()).is_empty());
    let text = "the Authorization field has 65540 octets, and this service reads at most 65536\n";
    assert_eq!(answer.body(), text);
}

#[tokio::test]
async fn the_limit_of_the_field_is_a_setting() {
    let layer = layer(CURL).max_header(100);
    let (answer, _) = refusal(&layer, with_token(&token(CURL))).await;
    assert_eq!(answer.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
}

/// There is an `:authority` and no Host; nothing here asks for either.
#[tokio::test]
async fn http_2_has_no_host_and_needs_none() {
    let mut request = with_token(&token(CURL));
    *request.version_mut() = Version::HTTP_2;
    assert!(!request.headers().contains_key(header::HOST));
    assert_eq!(
        ask(&layer(CURL), request).await.body(),
        "alice@EXAMPLE.TEST"
    );
}

#[tokio::test]
async fn http_1_0_without_a_host_is_served() {
    let mut request = with_token(&token(CURL));
    *request.version_mut() = Version::HTTP_10;
    *request.uri_mut() = "/".parse().unwrap();
    assert_eq!(
        ask(&layer(CURL), request).await.body(),
        "alice@EXAMPLE.TEST"
    );
}

#[tokio::test]
async fn an_optional_layer_lets_the_anonymous_through() {
    let layer = layer(CURL).optional();
    let none: [&str; 0] = [];
    for request in [request(none), request(["Basic YWxpY2U6c2VjcmV0"])] {
        let answer = ask(&layer, request).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.body(), "nobody");
        assert!(challenges(answer.headers()).is_empty());
    }
    assert_eq!(
        ask(&layer, with_token(&token(CURL))).await.body(),
        "alice@EXAMPLE.TEST"
    );
}

/// Who shows a token that proves nobody is not let through as somebody who shows none.
#[tokio::test]
async fn an_optional_layer_refuses_bad_credentials() {
    let layer = layer(CURL).optional().now(an_hour_later);
    let (answer, error) = refusal(&layer, with_token(&token(CURL))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(error.is_some());
    for credentials in ["Negotiate", "Negotiate !"] {
        let (answer, _) = refusal(&layer, request([credentials])).await;
        assert!(bare(&answer), "{credentials}");
    }
}

/// A SPNEGO list that has NTLM first and Kerberos second, without a token for either.
#[tokio::test]
async fn a_negotiation_of_several_legs_is_answered_and_forgotten() {
    let list = "602706062b0601050502a01d301ba01930170\
                60a2b06010401823702020a06092a864886f712010202";
    let layer = layer(CURL);
    let (answer, error) = refusal(&layer, with_token(&unhex(list))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(error, None);
    assert_eq!(reply(&answer)[0], 0xa1);

    let second_leg = unhex("a1073005a0030a0101");
    let (answer, error) = refusal(&layer, with_token(&second_leg)).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(error, Some(Error::Negotiation(NegotiationError::NotBegun)));
    assert_eq!(challenges(answer.headers()).len(), 1);
}

/// DCE style has three legs; over HTTP it has no place.
#[tokio::test]
async fn a_login_that_is_not_complete_lets_nobody_in() {
    let (answer, _) = refusal(&layer(DCE), with_token(&token(DCE))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn bindings_of_the_channel_are_compared() {
    let bindings = ChannelBindings::from_application_data(octets(BOUND, "bindings"));
    let other = ChannelBindings::from_application_data(*b"tls-server-end-point:other");
    let acceptor = builder(BOUND).require_channel_bindings().build().unwrap();
    let layer = NegotiateLayer::new(acceptor).now(then);

    let relayed = layer.clone().channel_bindings(other.clone());
    let (answer, error) = refusal(&relayed, with_token(&token(BOUND))).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let different = AuthenticatorError::ChannelBindings(BindingsMismatch::Different);
    assert_eq!(error, Some(Error::Authenticator(different)));

    let during_a_change = layer.channel_bindings(other).channel_bindings(bindings);
    let answer = ask(&during_a_change, with_token(&token(BOUND))).await;
    assert_eq!(answer.body(), "alice@EXAMPLE.TEST");
}

#[tokio::test]
async fn bindings_can_be_replaced_while_the_layer_is_used() {
    let bindings = ChannelBindings::from_application_data(octets(BOUND, "bindings"));
    let other = ChannelBindings::from_application_data(*b"tls-server-end-point:other");
    let acceptor = builder(BOUND).require_channel_bindings().build().unwrap();
    let present = Arc::new(Mutex::new(ConnectionBindings::new([other.clone()])));
    let shown = present.clone();
    let layer = NegotiateLayer::new(acceptor)
        .now(then)
        .channel_bindings(bindings.clone())
        .channel_bindings_of(move || shown.lock().unwrap().clone());

    let (_, error) = refusal(&layer, with_token(&token(BOUND))).await;
    let different = AuthenticatorError::ChannelBindings(BindingsMismatch::Different);
    assert_eq!(error, Some(Error::Authenticator(different)));
    *present.lock().unwrap() = ConnectionBindings::new([other, bindings]);
    let answer = ask(&layer, with_token(&token(BOUND))).await;
    assert_eq!(answer.body(), "alice@EXAMPLE.TEST");
}

#[tokio::test]
async fn an_error_of_the_service_is_passed_on() {
    let service = service_fn(|_: Request<String>| async { Err::<Answer, _>("out of order") });
    let answer = layer(CURL)
        .layer(service)
        .oneshot(with_token(&token(CURL)))
        .await;
    assert_eq!(answer.unwrap_err(), "out of order");
}

#[tokio::test]
async fn the_service_is_ready_when_the_inner_one_is() {
    let mut service = layer(CURL).layer(service_fn(whoami));
    let answer = service
        .ready()
        .await
        .unwrap()
        .call(request::<&str>([]))
        .await
        .unwrap();
    assert!(bare(&answer));
}
