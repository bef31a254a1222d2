use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use axum::{Router, routing::get};
use portcullis::Acceptor;
use portcullis_http::{Authenticated, NegotiateLayer};
use portcullis_testrealm::{Fault, Initiation, TestRealm};
use std::time::SystemTime;
use tower::ServiceExt as _;

/// Your server. `main` gives it the acceptor of a keytab in `/etc`, a test that of a realm.
fn app(acceptor: Acceptor) -> Router {
    async fn hello(Authenticated(user): Authenticated) -> String {
        format!("hello, {}", user.client())
    }
    let negotiate = NegotiateLayer::new(acceptor);
    Router::new().route("/", get(hello)).layer(negotiate)
}

async fn ask(app: &Router, login: &Initiation) -> Response {
    let request = Request::get("/").header(header::AUTHORIZATION, login.authorization());
    let request = request.body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn alice_is_greeted_and_nobody_else() {
    let realm = TestRealm::new("EXAMPLE.TEST").at(SystemTime::now());
    let web = realm.service("HTTP/web.example.test");
    let app = app(Acceptor::new(web.keytab()).unwrap());
    let alice = realm.user("alice");

    // What a browser sends; and the server proves itself, too.
    let login = alice.token_for(&web).mutual().spnego().build();
    let response = ask(&app, &login).await;
    assert_eq!(response.status(), StatusCode::OK);
    let proof = response.headers()[header::WWW_AUTHENTICATE].clone();
    let body = to_bytes(response.into_body(), 100).await.unwrap();
    assert_eq!(body, "hello, alice@EXAMPLE.TEST");
    login.finish_http(proof.to_str().unwrap()).unwrap();

    // The same, with exactly one thing wrong.
    for fault in [
        Fault::Expired,
        Fault::WrongClientRealm,
        Fault::TamperedTicket,
    ] {
        let forged = alice.token_for(&web).spnego().fault(fault).build();
        let response = ask(&app, &forged).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{fault:?}");
    }
}
