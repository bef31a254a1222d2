//! One bit of a good token is turned over: refused, or accepted with the identical identity because the bit lies in a
//! field of `unauthenticated-fields.md`; and MIT says the same, but for `differences.md`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use portcullis_interop::flips::{FieldTable, Flip, Original};
use portcullis_interop::initiator::{Asking, JavaInitiator, gokrb5_token, tokens};
use portcullis_interop::peer::Peer;
use portcullis_interop::portcullis::Request;
use portcullis_interop::rig::Rig;
use portcullis_interop::seeded::Seeded;
use serde_json::Value;

const FLIPS: usize = 10_000;
const SEED: u64 = 4120;

/// Good tokens and what is seen of their flips.
struct Trial<'r> {
    rig: &'r Rig,
    unauthenticated: FieldTable,
    differences: FieldTable,
    accepted: BTreeSet<String>,
    different: BTreeSet<String>,
    wrong: Vec<String>,
}

/// A good token with the identity that it proves.
struct Good {
    original: Original,
    keytab: PathBuf,
    identity: Value,
}

impl<'r> Trial<'r> {
    fn new(rig: &'r Rig) -> Self {
        Self {
            rig,
            unauthenticated: FieldTable::read("unauthenticated-fields.md"),
            differences: FieldTable::read("differences.md"),
            accepted: BTreeSet::new(),
            different: BTreeSet::new(),
            wrong: Vec::new(),
        }
    }

    fn good(&self, service: &str, asking: &Asking) -> Good {
        let alice = self.rig.realm.login("alice");
        let token = tokens(&alice, service, asking, 1).remove(0);
        self.good_token(&format!("{service} {asking:?}"), service, token)
    }

    fn good_token(&self, name: &str, service: &str, token: Vec<u8>) -> Good {
        let keytab = self.rig.realm.keytab(service);
        let verdict = self.rig.judge(&Request::new(&keytab, &[&token]));
        assert_eq!(
            verdict.client(),
            Some("alice@EXAMPLE.TEST"),
            "{}",
            verdict.json
        );
        Good {
            original: Original::new(name, token),
            keytab,
            identity: verdict.identity(),
        }
    }

    fn judge(&mut self, good: &Good, flip: &Flip) {
        let ours = self.rig.judge(&Request::new(&good.keytab, &[&flip.token]));
        let mit = self.rig.mit().accept(&good.keytab, &[&flip.token]);
        let accepted = ours.verdict() == "accepted";
        let place = || format!("{} bit {} in {}", good.original.name, flip.bit, flip.field);
        if accepted {
            self.accepted.insert(flip.field.clone());
            if ours.identity() != good.identity {
                self.wrong
                    .push(format!("{}: another identity: {}", place(), ours.json));
            }
            if self.unauthenticated.row(&flip.field).is_none() {
                self.wrong.push(format!(
                    "{}: accepted, and the field is not listed",
                    place()
                ));
            }
        }
        if accepted != (mit.verdict == "accepted") {
            self.different.insert(flip.field.clone());
            let ours_said = if accepted { "accepted" } else { "rejected" };
            let row = self.differences.row(&flip.field);
            let known = row.and_then(|row| row.get(1));
            if known.is_none_or(|ours| ours != ours_said) {
                self.wrong
                    .push(format!("{}: ours {}, MIT {mit:?}", place(), ours.json));
            }
        } else if accepted && mit.client.as_deref() != ours.client() {
            self.wrong
                .push(format!("{}: ours {}, MIT {mit:?}", place(), ours.json));
        }
    }

    fn assert_nothing_wrong(&self) {
        let some: Vec<_> = self.wrong.iter().take(20).map(String::as_str).collect();
        assert!(
            some.is_empty(),
            "{} wrong, such as\n{}",
            self.wrong.len(),
            some.join("\n")
        );
    }
}

#[test]
fn ten_thousand_random_bits() {
    let Some(rig) = Rig::start(&[]) else { return };
    let mut trial = Trial::new(&rig);
    let mut goods = Vec::new();
    for name in ["e17", "e18", "e19", "e20", "s17", "s19", "s20"] {
        let service = format!("HTTP/{name}.example.test");
        for asking in [
            Asking::krb5(),
            Asking::spnego(),
            Asking::krb5().mutual(),
            Asking::spnego().mutual(),
        ] {
            goods.push(trial.good(&service, &asking));
        }
    }
    for asking in [
        Asking::krb5().delegate(),
        Asking::spnego().bindings(b"here"),
    ] {
        goods.push(trial.good("HTTP/e18.example.test", &asking));
    }
    let mut seeded = Seeded::new(SEED);
    for _ in 0..FLIPS {
        let good = &goods[seeded.below(goods.len())];
        let flip = good.original.flip(seeded.below(good.original.bits()));
        trial.judge(good, &flip);
    }
    trial.assert_nothing_wrong();
}

#[test]
fn every_bit_in_clear_and_no_row_too_many() {
    let Some(rig) = Rig::start(&[Peer::JAVA, Peer::GOKRB5]) else {
        return;
    };
    let mut trial = Trial::new(&rig);
    let (alice, e18) = (rig.realm.login("alice"), "HTTP/e18.example.test");
    let java = JavaInitiator::start(&alice, "spnego", e18, true).token;
    let goods = [
        trial.good(e18, &Asking::krb5().mutual()),
        trial.good(e18, &Asking::spnego().mutual()),
        trial.good_token("Java", e18, java),
        trial.good_token("gokrb5", e18, gokrb5_token(&alice, e18)),
    ];
    for good in &goods {
        for flip in good.original.flips_in_clear() {
            trial.judge(good, &flip);
        }
    }
    trial.assert_nothing_wrong();
    let listed: BTreeSet<_> = trial.unauthenticated.fields().map(str::to_owned).collect();
    assert_eq!(trial.accepted, listed, "unauthenticated-fields.md");
    let listed: BTreeSet<_> = trial.differences.fields().map(str::to_owned).collect();
    assert_eq!(trial.different, listed, "differences.md");
}
