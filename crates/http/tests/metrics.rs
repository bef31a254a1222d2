//! Verdicts as counters: one series per outcome and kind of error, whatever clients send.

#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod realm;

use http::header;
use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use portcullis_http::{Access, AuthorizeLayer, NegotiateLayer};
use realm::{Scene, ask, in_an_hour, nothing, whoami, with};
use std::sync::{Arc, Mutex};
use tower::{Layer as _, ServiceExt as _, service_fn};

/// Writes down what is counted.
#[derive(Default)]
struct Ledger(Arc<Mutex<Vec<String>>>);

struct Entry {
    lines: Arc<Mutex<Vec<String>>>,
    text: String,
}

impl CounterFn for Entry {
    fn increment(&self, by: u64) {
        let line = format!("{} +{by}", self.text);
        self.lines.lock().unwrap().push(line);
    }
    fn absolute(&self, _: u64) {}
}

impl HistogramFn for Entry {
    fn record(&self, seconds: f64) {
        assert!((0.0..10.0).contains(&seconds));
        self.lines.lock().unwrap().push(self.text.clone());
    }
}

impl Ledger {
    fn entry(&self, key: &Key) -> Arc<Entry> {
        let labels = key
            .labels()
            .map(|label| format!(" {}={}", label.key(), label.value()));
        Arc::new(Entry {
            lines: Arc::clone(&self.0),
            text: format!("{}{}", key.name(), labels.collect::<String>()),
        })
    }
}

impl Recorder for Ledger {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.entry(key))
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        panic!("nothing is gauged")
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.entry(key))
    }
}

/// What is counted while that is done.
fn counted(act: impl Future<Output = ()>) -> Vec<String> {
    let ledger = Ledger::default();
    let lines = Arc::clone(&ledger.0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    metrics::with_local_recorder(&ledger, || runtime.block_on(act));
    let lines = lines.lock().unwrap();
    let (times, counts): (Vec<_>, Vec<_>) =
        lines.iter().partition(|line| line.contains("_seconds"));
    let seconds = "portcullis_http_verdict_seconds outcome=";
    assert!(
        times.iter().all(|line| line.starts_with(seconds)),
        "{times:?}"
    );
    let name = "portcullis_http_verdicts_total ";
    let short = |line: &String| line.strip_prefix(name).unwrap().to_owned();
    counts.into_iter().map(short).collect()
}

#[test]
fn each_verdict_is_counted_by_outcome_and_kind() {
    let scene = Scene::new();
    let layer = scene.layer();
    let late: NegotiateLayer = layer.clone().now(in_an_hour);
    let counts = counted(async {
        ask(&layer, scene.login()).await;
        ask(&layer, nothing()).await;
        ask(&late, scene.login()).await;
        ask(
            &layer,
            with(nothing(), header::AUTHORIZATION, "Negotiate !"),
        )
        .await;
        ask(&layer.clone().optional(), nothing()).await;
    });
    let expected = [
        "outcome=accepted kind=none +1",
        "outcome=challenged kind=none +1",
        "outcome=refused kind=skew +1",
        "outcome=refused kind=header-base64 +1",
        "outcome=anonymous kind=none +1",
    ];
    assert_eq!(counts, expected);
}

#[test]
fn a_denial_of_a_route_is_counted_after_the_login() {
    let scene = Scene::new();
    let route = AuthorizeLayer::new(Access::named("x").group("y")).layer(service_fn(whoami));
    let service = scene.layer().layer(route);
    let counts = counted(async {
        service.oneshot(scene.login()).await.unwrap();
    });
    let expected = [
        "outcome=accepted kind=none +1",
        "outcome=forbidden kind=groups +1",
    ];
    assert_eq!(counts, expected);
}
