//! `Authenticated` as an argument of axum's handlers.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod recorded;

use axum::body::{Body, to_bytes};
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use http::{Request, Response, StatusCode};
use portcullis_http::{Authenticated, NotAuthenticated};
use recorded::{CURL, challenges, layer, request, token, with_token};
use tower::ServiceExt;

async fn greet(Authenticated(user): Authenticated) -> String {
    format!("hello, {}", user.client())
}

async fn greet_anybody(client: Option<Authenticated>) -> String {
    client.map_or_else(
        || "hello".to_owned(),
        |Authenticated(user)| format!("hello, {}", user.client()),
    )
}

fn routes() -> Router {
    Router::new()
        .route("/", get(greet))
        .route("/anybody", get(greet_anybody))
}

async fn ask(app: Router, request: Request<String>, path: &str) -> (Response<()>, String) {
    let mut request = request.map(Body::from);
    *request.uri_mut() = path.parse().unwrap();
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, 4096).await.unwrap();
    (
        Response::from_parts(parts, ()),
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

fn nothing() -> Request<String> {
    request::<&str>([])
}

#[tokio::test]
async fn a_handler_learns_who_the_client_is() {
    let app = routes().layer(layer(CURL));
    let (answer, body) = ask(app, with_token(&token(CURL)), "/").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(body, "hello, alice@EXAMPLE.TEST");
    assert_eq!(challenges(answer.headers()).len(), 1);
}

#[tokio::test]
async fn a_handler_that_takes_anybody_learns_who_the_client_is() {
    let app = routes().layer(layer(CURL).optional());
    let (_, body) = ask(app, with_token(&token(CURL)), "/anybody").await;
    assert_eq!(body, "hello, alice@EXAMPLE.TEST");
}

#[tokio::test]
async fn the_layer_answers_before_the_handler() {
    let app = routes().layer(layer(CURL));
    let (answer, _) = ask(app, nothing(), "/anybody").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
}

/// So that a client sends credentials where they are wanted.
#[tokio::test]
async fn behind_an_optional_layer_the_argument_asks_for_credentials() {
    let app = routes().layer(layer(CURL).optional());
    let (answer, body) = ask(app.clone(), nothing(), "/").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(challenges(answer.headers()), ["Negotiate"]);
    assert_eq!(body, "this service asks for a Kerberos login (Negotiate)\n");
    let (answer, body) = ask(app, nothing(), "/anybody").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(body, "hello");
}

#[tokio::test]
async fn behind_an_optional_proxy_the_argument_asks_as_a_proxy_does() {
    let app = routes().layer(layer(CURL).optional().proxy());
    let (answer, _) = ask(app, nothing(), "/").await;
    assert_eq!(answer.status(), StatusCode::PROXY_AUTHENTICATION_REQUIRED);
    assert_eq!(answer.headers()["proxy-authenticate"], "Negotiate");
    assert!(!answer.headers().contains_key("www-authenticate"));
}

/// A mistake of the application must not look like a client that may come in.
#[tokio::test]
async fn without_the_layer_nobody_comes_in() {
    for path in ["/", "/anybody"] {
        for request in [nothing(), with_token(&token(CURL))] {
            let (answer, body) = ask(routes(), request, path).await;
            assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert_eq!(body, "no NegotiateLayer guards this route\n");
        }
    }
}

#[test]
fn the_refusals_of_the_argument_are_answers() {
    let anonymous = NotAuthenticated::Anonymous.into_response();
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
    let missing = NotAuthenticated::LayerMissing.into_response();
    assert_eq!(missing.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        NotAuthenticated::LayerMissing.to_string(),
        "no NegotiateLayer guards this route"
    );
}
