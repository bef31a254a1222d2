//! Contexts in the place of MIT krb5's acceptor, with its keys and sequence numbers, and the
//! per-message tokens that it and its initiator made then.

use core::time::Duration;
use portcullis::entropy::{Entropy, EntropyError};
use portcullis::{Acceptor, Enctype, Keytab, Principal, SecurityContext, Step, WeakEnctype};
use portcullis_formats::der::Decode;
use portcullis_formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis_formats::messages::KerberosTime;
use portcullis_formats::registry::{EtypeNumber, Kvno};
use portcullis_testdata::{hex, vectors};
use serde_json::Value;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

#[allow(
    dead_code,
    reason = "not every test that shares this file needs all of it"
)]
pub(crate) struct Exchange {
    pub(crate) name: String,
    /// With an AP-REP, and so with a subkey of the acceptor's.
    pub(crate) is_mutual: bool,
    pub(crate) context: SecurityContext,
    pub(crate) messages: Vec<Value>,
    /// The key that protects the messages.
    pub(crate) key: (i32, Vec<u8>),
}

/// Without an AP-REP: keys and numbers are the initiator's.
#[allow(dead_code, reason = "not every test that shares this file needs it")]
pub(crate) fn one_way_exchanges() -> Vec<Exchange> {
    let established = exchanges("one-way");
    assert_eq!(
        established.len(),
        7,
        "one for each of the enctypes 17-20, 23, 25, 26"
    );
    established
}

/// With an AP-REP: the subkey and the number that MIT's acceptor drew are drawn again.
#[allow(dead_code, reason = "not every test that shares this file needs it")]
pub(crate) fn mutual_exchanges() -> Vec<Exchange> {
    let established = exchanges("mutual");
    assert!(
        established.len() >= 7,
        "one for each of the enctypes 17-20, 23, 25, 26 at least"
    );
    established
}

fn exchanges(kind: &str) -> Vec<Exchange> {
    let exchanges = vectors("mit_gss_exchanges").into_iter();
    exchanges
        .filter(|exchange| {
            exchange["name"]
                .as_str()
                .is_some_and(|name| name.starts_with(kind))
        })
        .map(establish)
        .collect()
}

fn establish(exchange: Value) -> Exchange {
    let service: Principal = exchange["service"].as_str().unwrap().parse().unwrap();
    let etype = i32::try_from(exchange["service_key_etype"].as_i64().unwrap()).unwrap();
    let mut keytab = KeytabWriter::new(KeytabVersion::V2);
    let key = hex(&exchange["service_key"]);
    keytab
        .add(&service, 0, Kvno(1), EtypeNumber(etype), &key)
        .unwrap();
    // MIT's acceptor prefers aes256-cts-hmac-sha1-96 for the subkey.
    let preferred = [Enctype::Aes256CtsHmacSha1_96]
        .into_iter()
        .chain(Enctype::all().to_vec());
    let acceptor = Acceptor::builder(Keytab::parse(keytab.into_vec()).unwrap())
        .danger_allow(WeakEnctype::Rc4Hmac)
        .danger_allow(WeakEnctype::Des3CbcSha1)
        .allow_camellia()
        .only_enctypes(preferred)
        .entropy(Arc::new(Drawn::by(&exchange)))
        .build()
        .unwrap();
    let token = hex(&exchange["tokens"][0]["token"]);
    let Ok(Step::Complete { context, .. }) = acceptor.begin().step(&token, ctime(&exchange)) else {
        panic!("{} is accepted", exchange["name"]);
    };
    let key_etype = exchange["per_message_key_etype"].as_i64().unwrap();
    Exchange {
        name: exchange["name"].to_string(),
        is_mutual: exchange["ap_rep"].is_object(),
        context,
        messages: exchange["per_message"].as_array().unwrap().clone(),
        key: (
            key_etype.try_into().unwrap(),
            hex(&exchange["per_message_key"]),
        ),
    }
}

fn ctime(exchange: &Value) -> SystemTime {
    let text = exchange["ap_req"]["ctime"].as_str().unwrap().as_bytes();
    let encoded = [&[0x18, 15], text].concat(); // a GeneralizedTime
    let time = KerberosTime::from_der(&encoded).unwrap();
    UNIX_EPOCH + Duration::from_secs(time.as_unix().try_into().unwrap())
}

/// What MIT's acceptor drew: the subkey first, the sequence number last, the confounder, which
/// nobody will compare, between them.
#[derive(Debug)]
struct Drawn {
    subkey: Vec<u8>,
    sequence: [u8; 4],
}

impl Drawn {
    fn by(exchange: &Value) -> Self {
        let sequence = exchange["ap_rep"]["seq"].as_u64().unwrap_or(1);
        Self {
            subkey: hex(&exchange["ap_rep"]["subkey"]),
            sequence: u32::try_from(sequence).unwrap().to_be_bytes(),
        }
    }
}

impl Entropy for Drawn {
    fn fill(&self, octets: &mut [u8]) -> Result<(), EntropyError> {
        octets.fill(0x5a);
        for (to, from) in octets.iter_mut().zip(&self.subkey) {
            *to = *from;
        }
        for (to, from) in octets.iter_mut().rev().zip(self.sequence.iter().rev()) {
            *to = *from;
        }
        Ok(())
    }
}
