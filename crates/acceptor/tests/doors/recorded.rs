//! Tokens of real peers, each with an acceptor that has its key and stands at its time.

use core::time::Duration;
use portcullis::channel_bindings::ChannelBindingPolicy;
use portcullis::formats::der::Decode;
use portcullis::formats::messages::KerberosTime;
use portcullis::replay::Freshness;
use portcullis::{Acceptor, AcceptorBuilder, Keytab, WeakEnctype};
use portcullis_testdata::unhex;
use portcullis_testrealm::SteadyReplay;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// What comes to an acceptor, and when.
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) acceptor: Acceptor,
    pub(crate) token: Vec<u8>,
    pub(crate) now: SystemTime,
}

impl Call {
    /// Whether it is a good token, be it the last or not.
    pub(crate) fn step(&self, token: &[u8]) -> bool {
        let stepped = self.acceptor.begin().step(token, self.now);
        if let Err(rejection) = &stepped {
            let error = rejection.error();
            let _ = (error.to_string(), error.remedy(), error.kind());
        }
        stepped.is_ok()
    }
}

/// Takes whatever can be taken, and keeps nothing.
pub(crate) fn open_minded(settings: AcceptorBuilder) -> AcceptorBuilder {
    settings
        .allow_camellia()
        .danger_allow(WeakEnctype::Rc4Hmac)
        .danger_allow(WeakEnctype::Des3CbcSha1)
        .channel_binding_policy(ChannelBindingPolicy::Ignore)
        .keep_delegated_credentials()
        .raw_ap_req(true)
        .known_tickets(0)
        // Its records would be counted with what the next token costs.
        .replay_cache(Arc::new(SteadyReplay(Ok(Freshness::Fresh))))
}

/// The files of `testdata/tokens`.
pub(crate) fn calls() -> Vec<Call> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/tokens");
    let mut calls = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let field = |name: &str| {
            let value = text.lines().find_map(|line| line.strip_prefix(name));
            value.unwrap().trim().to_owned()
        };
        let keytab = Keytab::parse(unhex(&field("keytab:"))).unwrap();
        calls.push(Call {
            name: field("what:"),
            acceptor: open_minded(Acceptor::builder(keytab)).build().unwrap(),
            token: unhex(&field("token:")),
            now: time(&field("now:")),
        });
    }
    calls
}

/// `2026-01-01T00:05:01Z`.
fn time(text: &str) -> SystemTime {
    let digits = text.bytes().filter(|octet| !b"-:T".contains(octet));
    let der: Vec<u8> = [0x18, 15].into_iter().chain(digits).collect();
    let seconds = KerberosTime::from_der(&der).unwrap().as_unix();
    UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}
