//! Who may come in, as whom, and where: policies, names, groups, rules of routes, hosts.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod realm;

use core::convert::Infallible;
use http::{Request, StatusCode, header};
use portcullis::names::LocalNamePolicy;
use portcullis::policy::{Group, Groups, GroupsError, PacGroups, Policy};
use portcullis::{Acceptor, Identity};
use portcullis_http::{Access, AuthorizeLayer, NegotiateLayer, NoUser, SharedGroups, User};
use portcullis_testrealm::TestRealm;
use realm::{Answer, Scene, ask, nothing, now, outcome, reply, verdict, whoami, with, with_token};
use tower::{Layer as _, ServiceExt as _, service_fn};

/// A directory in which alice is an admin, and that may be out of order.
#[derive(Clone)]
struct Directory {
    works: bool,
}

impl Groups for Directory {
    async fn groups_of(&self, client: &Identity, user: &str) -> Result<Vec<String>, GroupsError> {
        tokio::task::yield_now().await;
        if !self.works {
            return Err(GroupsError::new("no route to 192.0.2.1"));
        }
        assert_eq!(client.client().to_string(), format!("{user}@EXAMPLE.TEST"));
        let admin = (user == "alice").then(|| "admins".to_owned());
        Ok(admin.into_iter().collect())
    }
}

fn local() -> LocalNamePolicy {
    LocalNamePolicy::new().forget_realm("EXAMPLE.TEST")
}

fn layer(scene: &Scene) -> NegotiateLayer {
    let groups = SharedGroups::new(Directory { works: true });
    scene.layer().local_names(local()).groups(groups)
}

/// The answer of a route behind a rule.
async fn ask_route(layer: &NegotiateLayer, access: Access, request: Request<String>) -> Answer {
    let route = AuthorizeLayer::new(access).layer(service_fn(whoami));
    layer.layer(route).oneshot(request).await.unwrap()
}

#[tokio::test]
async fn users_have_the_names_that_the_service_gives_them() {
    let scene = Scene::new();
    let whole = ask(&scene.layer(), scene.login()).await;
    assert_eq!(whole.body(), "alice@EXAMPLE.TEST by negotiate, ticket");
    let local = ask(&scene.layer().local_names(local()), scene.login()).await;
    assert_eq!(local.body(), "alice by negotiate, ticket");
    let of_own = |identity: &Identity| match identity.client().to_string().as_str() {
        "alice@EXAMPLE.TEST" => Ok("Alice".to_owned()),
        other => Err(NoUser::new(format!("{other} has no account"))),
    };
    let layer = scene.layer().user_names(of_own);
    assert_eq!(
        ask(&layer, scene.login()).await.body(),
        "Alice by negotiate, ticket"
    );

    let refused = ask(&layer, scene.login_of("bob")).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(outcome(&refused), "forbidden (no-user)");
    let reason = verdict(&refused).reason();
    assert_eq!(reason.as_deref(), Some("bob@EXAMPLE.TEST has no account"));
    assert_eq!(refused.body(), "this user may not come in\n");
}

/// The client wants to know that it was us: with 403 there is our token, and no challenge.
#[tokio::test]
async fn who_may_not_come_in_by_policy_is_told_403_and_by_whom() {
    let scene = Scene::new();
    let layer = scene.layer().policy(Policy::new().realm("OTHER.TEST"));
    let token = scene.token().mutual().build();
    let answer = ask(&layer, with_token(token.token())).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(outcome(&answer), "forbidden (realm)");
    token.finish(&reply(&answer)).unwrap();
    assert!(!answer.body().contains("realm"), "{}", answer.body());
    let permitted = scene.layer().policy(Policy::new().realm("EXAMPLE.TEST"));
    assert_eq!(
        ask(&permitted, scene.login()).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn groups_come_from_a_directory_that_is_awaited() {
    let scene = Scene::new();
    let groups = |answer: &Answer| verdict(answer).user().unwrap().groups().to_vec();
    let alice = ask(&layer(&scene), scene.login()).await;
    assert_eq!(groups(&alice), ["admins"]);
    let bob = ask(&layer(&scene), scene.login_of("bob")).await;
    assert!(groups(&bob).is_empty());
}

#[tokio::test]
async fn a_directory_that_fails_lets_nobody_in() {
    let scene = Scene::new();
    let layer = scene.layer().groups(Directory { works: false });
    let answer = ask(&layer, scene.login()).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(outcome(&answer), "failed (groups-unknown)");
    assert!(!answer.headers().contains_key(header::WWW_AUTHENTICATE));
    let text = "this service cannot take a login at the moment\n";
    assert_eq!(answer.body(), text);
    let reason = verdict(&answer).reason().unwrap();
    assert_eq!(reason, "groups are unknown: no route to 192.0.2.1");
}

#[tokio::test]
async fn groups_of_the_pac_have_the_names_that_the_service_gives_them() {
    let scene = Scene::new();
    let staff = scene.realm.group("staff").sid();
    let other = scene.realm.group("other").sid();
    let member = scene.realm.user_with("carol").in_groups(["staff"]).build();
    let names = PacGroups::new()
        .named("employees", staff)
        .named("others", other);
    let layer = scene.layer().groups(names);
    let token = member.token_for(&scene.web).spnego().build();
    let answer = ask(&layer, with_token(token.token())).await;
    assert_eq!(verdict(&answer).user().unwrap().groups(), ["employees"]);
    let policy = Policy::new().member_of_any([Group::named("other", other)]);
    let token = member.token_for(&scene.web).spnego().build();
    let answer = ask(&layer.policy(policy), with_token(token.token())).await;
    assert_eq!(outcome(&answer), "forbidden (groups)");
}

#[tokio::test]
async fn a_route_has_a_rule_of_its_own() {
    let scene = Scene::new();
    let layer = layer(&scene);
    let admins = || {
        Access::named("administration")
            .group("admins")
            .realm("EXAMPLE.TEST")
    };
    let alice = ask_route(&layer, admins(), scene.login()).await;
    assert_eq!(alice.body(), "alice by negotiate, ticket");

    let bob = ask_route(&layer, admins(), scene.login_of("bob")).await;
    assert_eq!(bob.status(), StatusCode::FORBIDDEN);
    assert_eq!(outcome(&bob), "forbidden (groups)");
    assert_eq!(bob.body(), "this user may not come in\n");
    assert!(
        bob.headers().contains_key(header::WWW_AUTHENTICATE),
        "our AP-REP"
    );
    let reason = "bob@EXAMPLE.TEST may not come in by the rule \"administration\": it lacks a group, \
                  and has []";
    assert_eq!(verdict(&bob).reason().as_deref(), Some(reason));
    assert_eq!(verdict(&bob).user().map(User::name), Some("bob"));
}

#[tokio::test]
async fn a_rule_asks_for_each_of_its_conditions() {
    let scene = Scene::new();
    let rule = || Access::named("x");
    for (access, refused) in [
        (rule(), None),
        (rule().user("bob").user("alice"), None),
        (rule().user("bob"), Some("user")),
        (rule().user("alice@EXAMPLE.TEST"), Some("user")),
        (rule().realm("OTHER.TEST").realm("EXAMPLE.TEST"), None),
        (rule().realm("OTHER.TEST"), Some("realm")),
        (
            rule().realm("EXAMPLE.TEST.OTHER").realm("EXAMPLE"),
            Some("realm"),
        ),
        (rule().group_of_any(["x", "admins"]), None),
        (rule().group_of_any(["x", "y"]), Some("groups")),
        (rule().group_of_any::<&str>([]), Some("groups")),
        (rule().group("admins").group("x"), Some("groups")),
        (rule().indicator("otp"), Some("indicator")),
    ] {
        let answer = ask_route(&layer(&scene), access.clone(), scene.login()).await;
        assert_eq!(verdict(&answer).kind(), refused, "{access:?}");
        let status = refused.map_or(StatusCode::OK, |_| StatusCode::FORBIDDEN);
        assert_eq!(answer.status(), status);
    }
}

#[tokio::test]
async fn a_rule_behind_an_optional_layer_asks_the_anonymous_for_a_token() {
    let scene = Scene::new();
    let layer = layer(&scene).optional();
    let answer = ask_route(&layer, Access::named("x"), nothing()).await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Negotiate");
    assert_eq!(outcome(&answer), "challenged");
}

#[tokio::test]
async fn a_rule_without_a_layer_lets_nobody_in() {
    let route = AuthorizeLayer::new(Access::named("x")).layer(service_fn(whoami));
    let answer = route.oneshot(nothing()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.body(), "no NegotiateLayer guards this route\n");
}

/// Each host has an acceptor with its own keys.
#[tokio::test]
async fn the_acceptor_is_that_of_the_host() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let (web, wiki) = (
        realm.service("HTTP/web.example.test"),
        realm.service("HTTP/wiki.example.test"),
    );
    let acceptor =
        |service: &portcullis_testrealm::TestService| Acceptor::new(service.keytab()).unwrap();
    let (of_web, of_wiki) = (acceptor(&web), acceptor(&wiki));
    let layer = NegotiateLayer::by_host(move |host| match host {
        Some("web.example.test") => Some(of_web.clone()),
        Some("wiki.example.test") => Some(of_wiki.clone()),
        _ => None,
    });
    let layer = layer.now(now);
    let login = |service, uri: &str| {
        let token = realm.user("alice").token_for(service).spnego().build();
        let mut request = with_token(token.token());
        if uri != "/" {
            request.headers_mut().remove(header::HOST);
        }
        *request.uri_mut() = uri.parse().unwrap();
        request
    };
    for (service, uri, expected) in [
        (&web, "https://web.example.test/", "accepted"),
        (&web, "https://WEB.example.test.:8443/", "accepted"),
        (&web, "/", "accepted"),
        (&wiki, "https://wiki.example.test/", "accepted"),
        (&web, "https://wiki.example.test/", "refused (no-key)"),
        (&web, "https://other.example.test/", "refused (host)"),
    ] {
        let answer = ask(&layer, login(service, uri)).await;
        assert_eq!(outcome(&answer), expected, "{uri}");
        if expected == "refused (host)" {
            assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
            assert!(!answer.headers().contains_key(header::WWW_AUTHENTICATE));
        }
    }
}

/// [MS-N2HT] §2.2: said after each login; without it clients guess.
#[tokio::test]
async fn the_answer_to_a_login_says_that_the_next_request_needs_a_token_too() {
    let scene = Scene::new();
    let answer = ask(&scene.layer(), scene.login()).await;
    assert_eq!(answer.headers()["persistent-auth"], "false");
    let challenged = ask(&scene.layer(), nothing()).await;
    assert!(!challenged.headers().contains_key("persistent-auth"));
}

/// 407 and the fields of a proxy (RFC 9110 §11.7); what was for the proxy goes no further.
#[tokio::test]
async fn a_proxy_asks_with_fields_of_its_own() {
    let scene = Scene::new();
    let layer = scene.layer().proxy();
    let challenged = ask(&layer, nothing()).await;
    assert_eq!(
        challenged.status(),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED
    );
    assert_eq!(
        challenged.headers()[header::PROXY_AUTHENTICATE],
        "Negotiate"
    );
    assert!(!challenged.headers().contains_key(header::WWW_AUTHENTICATE));

    let for_the_server = ask(&layer, scene.login()).await;
    assert_eq!(outcome(&for_the_server), "challenged");

    let login = || {
        let mut request = scene.login();
        let headers = request.headers_mut();
        let token = headers.remove(header::AUTHORIZATION).unwrap();
        headers.insert(header::PROXY_AUTHORIZATION, token);
        with(request, header::AUTHORIZATION, "Bearer x")
    };
    let forward = service_fn(|request: Request<String>| async move {
        assert!(!request.headers().contains_key(header::PROXY_AUTHORIZATION));
        assert_eq!(request.headers()[header::AUTHORIZATION], "Bearer x");
        Ok::<_, Infallible>(Answer::default())
    });
    let answer = layer.layer(forward).oneshot(login()).await.unwrap();
    assert_eq!(outcome(&answer), "accepted");
    assert!(answer.headers().contains_key(header::PROXY_AUTHENTICATE));

    let twice = with(login(), header::PROXY_AUTHORIZATION, "Negotiate YQ==");
    let answer = ask(&layer, twice).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let text = "there is more than one Proxy-Authorization field\n";
    assert_eq!(answer.body(), text);
}
