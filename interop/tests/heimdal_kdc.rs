//! Heimdal in the place of MIT: tickets of its KDC, which have no PAC, and tokens of its initiator.

use std::time::SystemTime;

use portcullis::{Acceptor, Keytab, Step};
use portcullis_interop::heimdal::{ENCTYPES, HeimdalRealm, kgetcred, kinit};
use portcullis_interop::initiator::{Asking, Conclusion, Initiator};
use portcullis_interop::login::Login;
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::built;
use portcullis_interop::portcullis::{Batch, Request, Verdict, binary};
use portcullis_interop::process::run;

const ALICE: &str = "alice@EXAMPLE.TEST";
const E18: &str = "HTTP/e18.example.test";

/// A realm of Heimdal's, and both acceptors.
struct Rig {
    batch: Batch,
    mit: MitAcceptor,
    heimdal: HeimdalRealm,
}

impl Rig {
    fn start() -> Option<Self> {
        if !built(&binary()) {
            return None;
        }
        let heimdal = HeimdalRealm::start(&[])?;
        Some(Self {
            batch: Batch::start(&binary()),
            mit: MitAcceptor::start(&heimdal.realm),
            heimdal,
        })
    }

    fn accept(&mut self, service: &str, tokens: &[&[u8]]) -> Verdict {
        let request = Request::new(&self.heimdal.realm.keytab(service), tokens);
        self.batch.accept(&request.allow(&["rc4-hmac", "des3"]))
    }
}

fn assert_accepted(verdict: &Verdict, client: &str, enctype: u8) {
    assert_eq!(verdict.verdict(), "accepted", "{}", verdict.json);
    assert_eq!(verdict.client(), Some(client), "{}", verdict.json);
    assert_eq!(verdict.json["key"]["enctype"], enctype, "{}", verdict.json);
    assert_eq!(verdict.json["session_enctype"], enctype, "{}", verdict.json);
}

/// Both mechanisms and delegation, from whichever initiator; each verifies our answer.
fn initiators_of_each_enctype(
    rig: &mut Rig,
    start: impl Fn(&Login<'_>, &str, &Asking) -> Initiator,
) {
    for (number, _) in ENCTYPES {
        let service = format!("HTTP/e{number}.example.test");
        for asking in [Asking::krb5(), Asking::spnego(), Asking::krb5().delegate()] {
            let mut initiator = {
                let alice = rig.heimdal.realm.login("alice");
                start(&alice, &service, &asking.mutual())
            };
            let verdict = rig.accept(&service, &[&initiator.token]);
            assert_accepted(&verdict, ALICE, number);
            let conclusion = initiator.finish(verdict.reply().as_deref());
            assert_eq!(conclusion, Conclusion::Complete(None), "{service}");
            let keytab = rig.heimdal.realm.keytab(&service);
            let opinion = rig.mit.accept(&keytab, &[&initiator.token]);
            assert_eq!(opinion.client.as_deref(), Some(ALICE), "{opinion:?}");
        }
    }
}

#[test]
fn mits_initiator_gets_in_with_heimdals_tickets() {
    let Some(mut rig) = Rig::start() else { return };
    initiators_of_each_enctype(&mut rig, Initiator::start);
}

#[test]
fn heimdals_initiator_verifies_our_answers() {
    let Some(mut rig) = Rig::start() else { return };
    initiators_of_each_enctype(&mut rig, HeimdalRealm::initiator);
}

/// With the library itself, since a command judges all legs at once, and the third answers our second.
#[test]
fn heimdals_initiator_gets_in_by_three_legs_of_dce_style() {
    let Some(rig) = Rig::start() else { return };
    let keytab = std::fs::read(rig.heimdal.realm.keytab(E18)).unwrap();
    let acceptor = Acceptor::new(Keytab::parse(keytab).unwrap()).unwrap();
    let alice = rig.heimdal.realm.login("alice");
    for asking in [Asking::krb5().dce(), Asking::spnego().dce()] {
        let mut initiator = HeimdalRealm::initiator(&alice, E18, &asking);
        let first = acceptor.begin().step(&initiator.token, SystemTime::now());
        let Ok(Step::Continue { negotiation, reply }) = first else {
            panic!("a second leg, not {first:?}");
        };
        let third = match initiator.finish(Some(&reply)) {
            Conclusion::Complete(Some(third)) | Conclusion::Continue(third) => third,
            other => panic!("a third leg, not {other:?}"),
        };
        let last = negotiation.step(&third, SystemTime::now());
        let Ok(Step::Complete { context, reply }) = last else {
            panic!("an identity, not {last:?}");
        };
        assert_eq!(context.identity().client().to_string(), ALICE);
        if let Some(reply) = reply {
            let conclusion = initiator.finish(Some(&reply));
            assert_eq!(conclusion, Conclusion::Complete(None));
        }
    }
}

#[test]
fn channel_bindings_of_heimdal_are_those_of_mit() {
    let Some(mut rig) = Rig::start() else { return };
    let data = b"tls-unique:abc";
    let asking = Asking::spnego().mutual().bindings(data);
    let token = {
        let alice = rig.heimdal.realm.login("alice");
        HeimdalRealm::initiator(&alice, E18, &asking).token
    };
    let request = || Request::new(&rig.heimdal.realm.keytab(E18), &[&token]);
    let bound = request().channel_bindings("required");
    let verdict = rig.batch.accept(&bound.channel_binding_data(data));
    assert_accepted(&verdict, ALICE, 18);
    assert_eq!(verdict.json["channel_bound"], true);
    let other = request().channel_bindings("required");
    let verdict = rig.batch.accept(&other.channel_binding_data(b"other"));
    assert_eq!(verdict.kind(), Some("channel-bindings"), "{}", verdict.json);
}

#[test]
fn heimdals_clients_log_in_and_mits_carry_on() {
    let Some(mut rig) = Rig::start() else { return };
    let token = {
        let alice = rig.heimdal.realm.login("alice");
        kinit(&alice).unwrap();
        kgetcred(&alice, E18).unwrap();
        let listed = run(alice.command("/usr/bin/klist").arg("-ef"));
        assert!(listed.contains(E18), "{listed}");
        Initiator::start(&alice, E18, &Asking::spnego()).token
    };
    assert_accepted(&rig.accept(E18, &[&token]), ALICE, 18);
}

#[test]
fn a_pac_that_is_required_is_missed() {
    let Some(mut rig) = Rig::start() else { return };
    let token = {
        let alice = rig.heimdal.realm.login("alice");
        Initiator::start(&alice, E18, &Asking::spnego()).token
    };
    for (policy, kind) in [("verify", None), ("require", Some("no-pac"))] {
        let request = Request::new(&rig.heimdal.realm.keytab(E18), &[&token]);
        let verdict = rig.batch.accept(&request.pac(policy));
        assert_eq!(verdict.kind(), kind, "{}", verdict.json);
        assert_eq!(verdict.json["pac"], serde_json::Value::Null);
    }
}

#[test]
fn a_service_acts_for_a_user_whom_it_never_met() {
    let Some(mut rig) = Rig::start() else { return };
    let token = {
        let front = rig.heimdal.realm.login("HTTP/front.example.test");
        let bob = front.in_the_name_of("bob", E18);
        Initiator::start(&bob, E18, &Asking::spnego()).token
    };
    assert_accepted(&rig.accept(E18, &[&token]), "bob@EXAMPLE.TEST", 18);
}
