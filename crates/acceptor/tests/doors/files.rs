//! The other doors: keytabs, caches, certificates, rules and names, exported contexts.

use crate::recorded::open_minded;
use crate::scene::Scene;
use portcullis::channel_bindings::tls_server_end_point;
use portcullis::context::ExportKey;
use portcullis::formats::krb5_conf::{Krb5Conf, NoIncludes};
use portcullis::names::{AuthToLocal, LocalNamePolicy};
use portcullis::user_to_user::OurTgt;
use portcullis::{Enctype, Keytab, Principal, ServicePattern};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_testdata::{hex, vectors};

/// A door: its name, how many octets each one that comes may cost, and what takes them.
pub(crate) type Door = (&'static str, u64, Box<dyn Fn(&[u8]) + Sync>);

const SECRET: [u8; 32] = [7; 32];
const PREFIX: &[u8; 5] = b"PCTX\x01";

pub(crate) fn doors() -> Vec<Door> {
    let scene = Scene::with(open_minded);
    let acceptor = scene.acceptor;
    let import = move |octets: &[u8]| {
        let key = ExportKey::new(&SECRET);
        let _ = acceptor
            .import_context(octets, &key)
            .map_err(|error| error.to_string());
        let mut exported = PREFIX.to_vec();
        let sealing = Key::from_random(Enctype::Aes256CtsHmacSha384_192, &SECRET);
        sealing.seal(
            KeyUsage::new(512),
            &[7; 16],
            &[PREFIX, octets],
            &mut exported,
        );
        let _ = acceptor
            .import_context(&exported, &key)
            .map_err(|error| error.to_string());
    };
    vec![
        (
            "keytab",
            32,
            Box::new(|octets| drop(Keytab::parse_intact(octets.to_vec()))),
        ),
        (
            "ticket-granting ticket",
            8,
            Box::new(|octets| drop(OurTgt::of_ccache(octets))),
        ),
        (
            "certificate",
            8,
            Box::new(|octets| drop(tls_server_end_point(octets))),
        ),
        ("exported context", 8, Box::new(import)),
        ("service", 16, Box::new(service)),
        ("client", 32, Box::new(client)),
        ("rule", 256, Box::new(rule)),
        ("rules of krb5.conf", 256, Box::new(conf)),
    ]
}

fn service(octets: &[u8]) {
    if let Ok(text) = str::from_utf8(octets) {
        let _ = text.parse::<ServicePattern>();
    }
}

fn rule(octets: &[u8]) {
    let Ok(text) = str::from_utf8(octets) else {
        return;
    };
    if let Ok(rules) = AuthToLocal::new("EXAMPLE.TEST", [text]) {
        for client in ["alice@EXAMPLE.TEST", "a/b/c@EXAMPLE.TEST"] {
            let _ = rules.local_name(&client.parse().unwrap());
        }
    }
}

fn conf(octets: &[u8]) {
    if let Ok(conf) = Krb5Conf::parse("conf", octets, &mut NoIncludes) {
        let _ = AuthToLocal::of_conf(&conf, "EXAMPLE.TEST").map_err(|error| error.to_string());
    }
}

fn client(octets: &[u8]) {
    if let Ok(client) = Principal::parse(octets, Some("EXAMPLE.TEST")) {
        let rules = [
            "RULE:[1:$1@$0](a*b*c*@.*)s/aa*/b/g",
            "RULE:[2:$1;$2](^a*b*;c{1,9}$)",
            "DEFAULT",
        ];
        let rules = AuthToLocal::new("EXAMPLE.TEST", rules).unwrap();
        let _ = rules.local_name(&client);
        let policy = LocalNamePolicy::new().forget_realm("EXAMPLE.TEST");
        let _ = policy
            .local_name(&client)
            .map_err(|error| error.to_string());
    }
}

/// What goes through them: recorded, and hostile.
pub(crate) fn inputs() -> Vec<Vec<u8>> {
    let mut inputs = Vec::new();
    for name in ["keytab", "ccache"] {
        inputs.extend(vectors(name).iter().map(|vector| hex(&vector["data"])));
    }
    for vector in vectors("auth_to_local") {
        let rules = vector["rules"].as_array().unwrap();
        inputs.extend(
            rules
                .iter()
                .map(|rule| rule.as_str().unwrap().as_bytes().to_vec()),
        );
    }
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/certificates");
    for entry in std::fs::read_dir(directory).unwrap() {
        inputs.push(std::fs::read(entry.unwrap().path()).unwrap());
    }
    for (before, again, after) in [
        ("RULE:[1:$1]s/", "(", "/b/"),
        ("RULE:[1:$1]s/", "(a", "/b/"),
        ("RULE:[1:$1](", "a|", ")"),
        ("RULE:[1:$1](", "a*", ")"),
        ("RULE:[1:$1](a", "{255}", ")"),
        ("RULE:[1:$1]s/", "(a{9}", "/b/"),
        ("RULE:[1:$1](", "[[:alpha:]]", ")"),
        ("RULE:[1:$1]", "s/a/b/g", ""),
        ("RULE:[1:", "$1", "]"),
        ("", "alice", "@EXAMPLE.TEST"),
        ("", "a/", "@EXAMPLE.TEST"),
        ("", "/", ""),
        (
            "[realms]\nEXAMPLE.TEST = {\n",
            "auth_to_local = DEFAULT\n",
            "}\n",
        ),
        (
            "[realms]\nEXAMPLE.TEST = {\nauth_to_local_names = {\n",
            "a = b\n",
            "}\n}\n",
        ),
        ("\u{5}\u{2}", "\0\0\0\u{1}\0", ""),
        ("\u{5}\u{2}", "\0\0\0\u{2}\0\0", ""),
        ("\u{5}\u{4}\0\0", "\0\0\0\u{1}", ""),
        ("", "0\u{7f}", ""),
    ] {
        for times in [10, 100, 10_000] {
            inputs.push(format!("{before}{}{after}", again.repeat(times)).into_bytes());
        }
    }
    inputs
}
