//! MIT's acceptor and ours on the same tokens: damaged ones, and good ones with every keytab.

use portcullis_interop::flips::{FieldTable, Original};
use portcullis_interop::initiator::{Asking, tokens};
use portcullis_interop::portcullis::Request;
use portcullis_interop::realm::ENCTYPES;
use portcullis_interop::rig::Rig;
use portcullis_interop::seeded::Seeded;

const E18: &str = "HTTP/e18.example.test";

#[test]
fn both_find_the_same_key_in_every_keytab() {
    let Some(rig) = Rig::start(&[]) else { return };
    let alice = rig.realm.login("alice");
    let services: Vec<_> = ["e", "s", "b"]
        .iter()
        .flat_map(|kind| ENCTYPES.map(|(number, _)| format!("HTTP/{kind}{number}.example.test")))
        .collect();
    let mut keytabs: Vec<_> = services
        .iter()
        .map(|service| rig.realm.keytab(service))
        .collect();
    let names: Vec<_> = services.iter().map(String::as_str).collect();
    keytabs.push(rig.realm.joined_keytab(&names));
    for service in &services {
        let token = tokens(&alice, service, &Asking::spnego().mutual(), 1).remove(0);
        for keytab in &keytabs {
            let ours = rig.judge(&Request::new(keytab, &[&token]).allow_rc4());
            let mit = rig.mit().accept(keytab, &[&token]);
            assert_eq!(
                ours.verdict(),
                mit.verdict,
                "{service} {keytab:?}: {} {mit:?}",
                ours.json
            );
            assert_eq!(ours.client(), mit.client.as_deref(), "{service} {keytab:?}");
        }
    }
}

#[test]
fn neither_accepts_a_token_that_was_cut() {
    let Some(rig) = Rig::start(&[]) else { return };
    let keytab = rig.realm.keytab(E18);
    for asking in [Asking::krb5().mutual(), Asking::spnego().mutual()] {
        let token = tokens(&rig.realm.login("alice"), E18, &asking, 1).remove(0);
        for length in 0..token.len() {
            let cut = &token[..length];
            let ours = rig.judge(&Request::new(&keytab, &[cut]));
            assert_ne!(
                ours.verdict(),
                "accepted",
                "{asking:?} cut to {length}: {}",
                ours.json
            );
            let mit = rig.mit().accept(&keytab, &[cut]);
            assert_ne!(
                mit.verdict, "accepted",
                "{asking:?} cut to {length}: {mit:?}"
            );
        }
    }
}

#[test]
fn octets_put_in_taken_out_or_replaced_get_the_same_verdict() {
    let Some(rig) = Rig::start(&[]) else { return };
    let (unauthenticated, differences) = (
        FieldTable::read("unauthenticated-fields.md"),
        FieldTable::read("differences.md"),
    );
    let keytab = rig.realm.keytab(E18);
    let mut seeded = Seeded::new(4178);
    let mut wrong = Vec::new();
    for asking in [Asking::krb5().mutual(), Asking::spnego().mutual()] {
        let token = tokens(&rig.realm.login("alice"), E18, &asking, 1).remove(0);
        let original = Original::new("a good token", token);
        for round in 0..1_500 {
            let at = seeded.below(original.token.len());
            let field = original.flip(at * 8).field;
            let mut token = original.token.clone();
            let octet = u8::try_from(seeded.below(256)).expect("below 256");
            match round % 3 {
                0 => token[at] = octet,
                1 => token.insert(at, octet),
                _ => _ = token.remove(at),
            }
            let ours = rig.judge(&Request::new(&keytab, &[&token]));
            let mit = rig.mit().accept(&keytab, &[&token]);
            let (accepted, theirs) = (ours.verdict() == "accepted", mit.verdict == "accepted");
            let unchanged = token == original.token || unauthenticated.row(&field).is_some();
            if accepted && (!unchanged || ours.client() != Some("alice@EXAMPLE.TEST")) {
                wrong.push(format!("round {round}, {field}: {}", ours.json));
            }
            if accepted != theirs && differences.row(&field).is_none() {
                wrong.push(format!(
                    "round {round}, {field}: ours {}, MIT {mit:?}",
                    ours.json
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
