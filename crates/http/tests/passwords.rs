//! Names and passwords, for clients that know no Negotiate.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod realm;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core::time::Duration;
use http::header::RETRY_AFTER;
use http::{Request, StatusCode, header};
use portcullis::{Acceptor, Identity, Step};
use portcullis_http::{Attempt, ConnectionState, NegotiateLayer, PasswordRefusal, Passwords};
use portcullis_testrealm::{TestRealm, TestService};
use realm::{Answer, Scene, ask, nothing, now, outcome, verdict, with};
use tower::{Layer as _, ServiceExt as _, service_fn};

/// Gets a ticket for the service with the password, as it were, and has the acceptor judge it.
struct Kdc {
    realm: TestRealm,
    web: TestService,
    acceptor: Acceptor,
}

impl Passwords for Kdc {
    async fn verify(&self, attempt: Attempt) -> Result<Identity, PasswordRefusal> {
        tokio::task::yield_now().await;
        assert_eq!(attempt.host.as_deref(), Some("web.example.test"));
        assert!(!format!("{attempt:?}").contains(attempt.password.as_str()));
        match attempt.password.as_str() {
            "se:cr\u{e9}t" => {}
            "often" => {
                return Err(PasswordRefusal::TooOften {
                    reason: "9 times in a minute".into(),
                    wait: Duration::from_millis(59_500),
                });
            }
            "down" => return Err(PasswordRefusal::Unavailable("no KDC answers".into())),
            _ => return Err(PasswordRefusal::Wrong("KDC_ERR_PREAUTH_FAILED".into())),
        }
        let token = self.realm.user(&attempt.user).token_for(&self.web).build();
        match self.acceptor.begin().step(token.token(), attempt.now) {
            Ok(Step::Complete { context, .. }) => Ok(context.into_identity()),
            other => panic!("{other:?}"),
        }
    }
}

fn layer() -> NegotiateLayer {
    let Scene { realm, web } = Scene::new();
    let acceptor = Acceptor::new(web.keytab()).unwrap();
    let layer = NegotiateLayer::new(acceptor.clone()).now(now);
    let kdc = Kdc {
        realm,
        web,
        acceptor,
    };
    layer.passwords("the \"web\"", kdc)
}

fn basic(credentials: &[u8]) -> Request<String> {
    let value = format!("basic {}", STANDARD.encode(credentials));
    with(nothing(), header::AUTHORIZATION, &value)
}

fn challenges(answer: &Answer) -> Vec<&str> {
    let fields = answer.headers().get_all(header::WWW_AUTHENTICATE);
    fields.iter().map(|field| field.to_str().unwrap()).collect()
}

const BOTH: [&str; 2] = ["Negotiate", "Basic realm=\"the web\", charset=\"UTF-8\""];

/// RFC 7617 §2: UTF-8, and the first colon is the one that counts.
#[tokio::test]
async fn a_name_and_its_password_let_a_client_in() {
    let answer = ask(&layer(), basic("alice:se:cr\u{e9}t".as_bytes())).await;
    assert_eq!(answer.body(), "alice@EXAMPLE.TEST by password, ticket");
    assert_eq!(outcome(&answer), "accepted");
    assert!(challenges(&answer).is_empty());
    assert!(!answer.headers().contains_key("persistent-auth"));
}

#[tokio::test]
async fn basic_is_offered_after_negotiate_and_only_where_passwords_are_taken() {
    assert_eq!(challenges(&ask(&layer(), nothing()).await), BOTH);
    let none = Scene::new().layer();
    let answer = ask(&none, basic("alice:se:cr\u{e9}t".as_bytes())).await;
    assert_eq!(challenges(&answer), ["Negotiate"]);
    assert_eq!(outcome(&answer), "challenged");
}

#[tokio::test]
async fn a_wrong_password_is_401_with_both_challenges() {
    let answer = ask(&layer(), basic(b"alice:guess")).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(challenges(&answer), BOTH);
    assert_eq!(outcome(&answer), "refused (password)");
    assert_eq!(answer.body(), "login refused\n");
    let reason = verdict(&answer).reason();
    assert_eq!(reason.as_deref(), Some("KDC_ERR_PREAUTH_FAILED"));
}

#[tokio::test]
async fn too_many_attempts_are_429_and_a_kdc_that_is_down_is_503() {
    let often = ask(&layer(), basic(b"alice:often")).await;
    assert_eq!(often.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(often.headers()[RETRY_AFTER], "60");
    assert_eq!(outcome(&often), "refused (password-attempts)");
    let down = ask(&layer(), basic(b"alice:down")).await;
    assert_eq!(down.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!down.headers().contains_key(RETRY_AFTER));
    assert_eq!(outcome(&down), "failed (password-unavailable)");
    assert!(challenges(&down).is_empty() && challenges(&often).is_empty());
}

/// Nobody is asked about what is no name and password.
#[tokio::test]
async fn credentials_that_are_no_name_and_password_are_refused() {
    for credentials in [
        &b""[..],
        b"alice",
        b":down",
        b"alice:do\nwn",
        b"al\0ice:down",
        b"\xff\xfe:down",
    ] {
        let answer = ask(&layer(), basic(credentials)).await;
        assert_eq!(outcome(&answer), "refused (basic)", "{credentials:?}");
        assert_eq!(challenges(&answer), BOTH);
    }
    for value in [
        "Basic",
        "Basic !",
        "Basic YWxpY2U6ZG93bg",
        "Basic YWxpY2U6ZG93bg== x",
    ] {
        let request = with(nothing(), header::AUTHORIZATION, value);
        assert_eq!(
            outcome(&ask(&layer(), request).await),
            "refused (basic)",
            "{value}"
        );
    }
    let twice = with(basic(b"alice:down"), header::AUTHORIZATION, "Basic YTpi");
    assert_eq!(outcome(&ask(&layer(), twice).await), "refused (basic)");
    let long = basic(&[b"alice:", &[b'x'; 70_000][..]].concat());
    assert_eq!(outcome(&ask(&layer(), long).await), "refused (basic)");
}

/// Who says a name and a password wants to be that one, whoever came through here before.
#[tokio::test]
async fn another_name_ends_the_login_of_a_connection() {
    let (layer, connection) = (layer().connection_bound(), ConnectionState::new());
    let scene = Scene::new();
    let through = async |request| {
        let service = connection.layer(layer.layer(service_fn(realm::whoami)));
        service.oneshot(request).await.unwrap().into_body()
    };
    let token = scene.login();
    assert_eq!(
        through(token).await,
        "alice@EXAMPLE.TEST by negotiate, ticket"
    );
    for same in ["alice:x", "alice@EXAMPLE.TEST:x"] {
        let known = through(basic(same.as_bytes())).await;
        assert_eq!(known, "alice@EXAMPLE.TEST by connection, ticket");
    }
    let bob = through(basic("bob:se:cr\u{e9}t".as_bytes())).await;
    assert_eq!(bob, "bob@EXAMPLE.TEST by password, ticket");
    assert!(!through(nothing()).await.contains("alice"));
}

/// An optional layer takes who shows nothing, and not who shows something wrong.
#[tokio::test]
async fn an_optional_layer_refuses_a_wrong_password() {
    let layer = layer().optional();
    assert_eq!(outcome(&ask(&layer, nothing()).await), "anonymous");
    assert_eq!(
        outcome(&ask(&layer, basic(b"alice:guess")).await),
        "refused (password)"
    );
}
