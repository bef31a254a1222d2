//! Connections that are known for a client's: only on request, and for no longer than that.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod realm;

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use http::{Request, StatusCode, Version, header};
use portcullis_http::{ConnectionState, NegotiateLayer};
use realm::{Answer, Scene, nothing, now, outcome, whoami, with, with_token};
use tower::{Layer as _, ServiceExt as _, service_fn};

async fn through(
    connection: &ConnectionState,
    layer: &NegotiateLayer,
    request: Request<String>,
) -> Answer {
    let service = connection.layer(layer.layer(service_fn(whoami)));
    service.oneshot(request).await.unwrap()
}

#[tokio::test]
async fn who_has_proven_itself_is_known_on_its_connection() {
    let scene = Scene::new();
    let (layer, connection) = (scene.layer().connection_bound(), ConnectionState::new());
    let login = through(&connection, &layer, scene.login()).await;
    assert_eq!(login.headers()["persistent-auth"], "true");
    let again = through(&connection, &layer, nothing()).await;
    assert_eq!(again.body(), "alice@EXAMPLE.TEST by connection, ticket");
    assert_eq!(outcome(&again), "connection");
    let elsewhere = through(&ConnectionState::new(), &layer, nothing()).await;
    assert_eq!(elsewhere.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn no_connection_is_known_unless_the_layer_is_told_to() {
    let scene = Scene::new();
    let (layer, connection) = (scene.layer(), ConnectionState::new());
    let login = through(&connection, &layer, scene.login()).await;
    assert_eq!(login.headers()["persistent-auth"], "false");
    let again = through(&connection, &layer, nothing()).await;
    assert_eq!(outcome(&again), "challenged");
    let bound = layer.connection_bound();
    let again = through(&connection, &bound, nothing()).await;
    assert_eq!(outcome(&again), "challenged");
}

/// [MS-N2HT] §3.2.5: whatever becomes of the new token, the old login is over.
#[tokio::test]
async fn another_token_ends_the_login_of_a_connection() {
    let scene = Scene::new();
    let (layer, connection) = (scene.layer().connection_bound(), ConnectionState::new());
    for bad in ["Negotiate YQ==", "Negotiate", "Negotiate !"] {
        through(&connection, &layer, scene.login()).await;
        let refused = through(
            &connection,
            &layer,
            with(nothing(), header::AUTHORIZATION, bad),
        )
        .await;
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        let after = through(&connection, &layer, nothing()).await;
        assert_eq!(outcome(&after), "challenged", "{bad}");
    }
    through(&connection, &layer, scene.login()).await;
    through(&connection, &layer, scene.login_of("bob")).await;
    let after = through(&connection, &layer, nothing()).await;
    assert_eq!(after.body(), "bob@EXAMPLE.TEST by connection, ticket");
}

#[tokio::test]
async fn the_login_of_a_connection_ends_with_the_ticket() {
    static SECONDS: AtomicU64 = AtomicU64::new(0);
    // Another clock would be another layer, which knows nobody.
    let clock = || now() + Duration::from_secs(SECONDS.load(Ordering::Relaxed));
    let scene = Scene::new();
    let (layer, connection) = (scene.layer().connection_bound(), ConnectionState::new());
    let layer = layer.now(clock);
    let token = scene
        .token()
        .endtime(now() + Duration::from_secs(60))
        .build();
    through(&connection, &layer, with_token(token.token())).await;
    assert_eq!(
        outcome(&through(&connection, &layer, nothing()).await),
        "connection"
    );
    for (seconds, expected) in [(59, "connection"), (60, "challenged"), (3600, "challenged")] {
        SECONDS.store(seconds, Ordering::Relaxed);
        let answer = through(&connection, &layer, nothing()).await;
        assert_eq!(outcome(&answer), expected, "{seconds}");
    }
}

/// A connection may carry requests for several hosts, and may meet several layers.
#[tokio::test]
async fn the_login_of_a_connection_counts_for_one_host_and_one_layer() {
    let scene = Scene::new();
    let (layer, connection) = (scene.layer().connection_bound(), ConnectionState::new());
    through(&connection, &layer, scene.login()).await;
    let mut elsewhere = nothing();
    *elsewhere.uri_mut() = "http://wiki.example.test/".parse().unwrap();
    assert_eq!(
        outcome(&through(&connection, &layer, elsewhere).await),
        "challenged"
    );
    let stricter = layer
        .clone()
        .policy(portcullis::policy::Policy::new().realm("OTHER.TEST"));
    assert_eq!(
        outcome(&through(&connection, &stricter, nothing()).await),
        "challenged"
    );
    assert_eq!(
        outcome(&through(&connection, &layer, nothing()).await),
        "connection"
    );
}

/// Proxies put several clients on one connection of HTTP/2.
#[tokio::test]
async fn no_connection_of_http_2_is_known() {
    let scene = Scene::new();
    let (layer, connection) = (scene.layer().connection_bound(), ConnectionState::new());
    let http_2 = |mut request: Request<String>| {
        *request.version_mut() = Version::HTTP_2;
        request
    };
    let login = through(&connection, &layer, http_2(scene.login())).await;
    assert_eq!(login.headers()["persistent-auth"], "false");
    for request in [http_2(nothing()), nothing()] {
        assert_eq!(
            outcome(&through(&connection, &layer, request).await),
            "challenged"
        );
    }
}
