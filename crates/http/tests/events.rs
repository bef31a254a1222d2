//! One event per request, with the outcome; never a token, and names at the level `DEBUG` only.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod recorded;

use core::convert::Infallible;
use core::fmt::{Debug, Write};
use http::{Request, Response};
use portcullis_http::NegotiateLayer;
use recorded::{CURL, an_hour_later, layer, request, token, with_token};
use std::sync::{Arc, Mutex};
use tower::{Layer, ServiceExt, service_fn};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// Writes each event down as one line.
struct Lines {
    level: Level,
    lines: Arc<Mutex<Vec<String>>>,
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("portcullis_http") && *metadata.level() <= self.level
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.lines.lock().unwrap().push(line.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The events of one request.
async fn events(level: Level, layer: NegotiateLayer, request: Request<String>) -> Vec<String> {
    let lines = Arc::default();
    let subscriber = Lines {
        level,
        lines: Arc::clone(&lines),
    };
    let guard = tracing::subscriber::set_default(subscriber);
    let service = service_fn(|_: Request<String>| async {
        Ok::<_, Infallible>(Response::new(String::new()))
    });
    layer.layer(service).oneshot(request).await.unwrap();
    drop(guard);
    let lines = lines.lock().unwrap();
    lines.clone()
}

#[tokio::test]
async fn an_accepted_client_is_named_to_who_debugs() {
    let seen = |level| events(level, layer(CURL), with_token(&token(CURL)));
    assert_eq!(
        seen(Level::INFO).await,
        ["INFO message=negotiate outcome=\"accepted\""]
    );
    let debugging = "INFO message=negotiate outcome=\"accepted\" client=alice@EXAMPLE.TEST";
    assert_eq!(seen(Level::DEBUG).await, [debugging]);
}

#[tokio::test]
async fn a_refusal_says_its_kind_and_its_remedy() {
    let late = || layer(CURL).now(an_hour_later);
    let [line] = &events(Level::INFO, late(), with_token(&token(CURL))).await[..] else {
        panic!("one event is due")
    };
    let start =
        "INFO message=negotiate outcome=\"refused\" kind=\"skew\" blame=\"environment\" remedy=";
    assert!(line.starts_with(start), "{line}");
    assert!(
        !line.contains("reason") && !line.contains("alice"),
        "{line}"
    );
    let [line] = &events(Level::DEBUG, late(), with_token(&token(CURL))).await[..] else {
        panic!("one event is due")
    };
    assert!(line.contains(" reason="), "{line}");
}

#[tokio::test]
async fn a_client_that_shows_nothing_is_an_event_to_who_debugs() {
    let none: [&str; 0] = [];
    assert!(
        events(Level::INFO, layer(CURL), request(none))
            .await
            .is_empty()
    );
    let challenged = events(Level::DEBUG, layer(CURL), request(none)).await;
    assert_eq!(
        challenged,
        ["DEBUG message=negotiate outcome=\"challenged\""]
    );
    let anonymous = events(Level::DEBUG, layer(CURL).optional(), request(none)).await;
    assert_eq!(anonymous, ["DEBUG message=negotiate outcome=\"anonymous\""]);
}

#[tokio::test]
async fn credentials_do_not_stand_in_events() {
    for credentials in ["Negotiate c2VjcmV0!", "Negotiate c2VjcmV0"] {
        let lines = events(Level::TRACE, layer(CURL), request([credentials])).await;
        assert_eq!(lines.len(), 1);
        assert!(
            !lines[0].contains("c2VjcmV0") && !lines[0].contains("secret"),
            "{lines:?}"
        );
    }
}

/// Writes down what spans get, and how deep in spans events are.
#[derive(Clone, Default)]
struct Spans {
    lines: Arc<Mutex<Vec<String>>>,
    depth: Arc<Mutex<u32>>,
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("portcullis_http") || metadata.target() == "service"
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let line = format!("begin {}", span.metadata().name());
        self.lines.lock().unwrap().push(line);
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, values: &Record<'_>) {
        let mut line = Line("span".to_owned());
        values.record(&mut line);
        self.lines.lock().unwrap().push(line.0);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!("{} deep", self.depth.lock().unwrap()));
        event.record(&mut line);
        self.lines.lock().unwrap().push(line.0);
    }
    fn enter(&self, _: &Id) {
        *self.depth.lock().unwrap() += 1;
    }
    fn exit(&self, _: &Id) {
        *self.depth.lock().unwrap() -= 1;
    }
}

/// What the service itself tells is inside, so that its lines can be found by the user.
#[tokio::test]
async fn a_request_is_a_span_with_the_outcome_and_the_user() {
    let spans = Spans::default();
    let guard = tracing::subscriber::set_default(spans.clone());
    let service = service_fn(|_: Request<String>| async {
        tokio::task::yield_now().await;
        tracing::info!(target: "service", "at work");
        Ok::<_, Infallible>(Response::new(String::new()))
    });
    let service = layer(CURL).layer(service);
    service.oneshot(with_token(&token(CURL))).await.unwrap();
    drop(guard);
    let lines = spans.lines.lock().unwrap().clone();
    let expected = [
        "begin negotiate",
        "span outcome=\"accepted\"",
        "span user=\"alice@EXAMPLE.TEST\"",
        "1 deep message=negotiate outcome=\"accepted\" client=alice@EXAMPLE.TEST",
        "1 deep message=at work",
    ];
    assert_eq!(lines, expected);
    assert_eq!(*spans.depth.lock().unwrap(), 0);
}
