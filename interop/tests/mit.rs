//! Tokens of MIT's initiator, from tickets of an MIT KDC, through `portcullis accept`.

use portcullis_interop::initiator::{Asking, Conclusion, Initiator, tokens};
use portcullis_interop::portcullis::{Request, Verdict};
use portcullis_interop::realm::MitRealm;
use portcullis_interop::rig::{Rig, now};

const E18: &str = "HTTP/e18.example.test";
const E23: &str = "HTTP/e23.example.test";
const ALICE: &str = "alice@EXAMPLE.TEST";

fn first(rig: &Rig, service: &str, asking: &Asking) -> Vec<u8> {
    tokens(&rig.realm.login("alice"), service, asking, 1).remove(0)
}

fn assert_accepted(verdict: &Verdict, client: &str) {
    assert_eq!(verdict.verdict(), "accepted", "{}", verdict.json);
    assert_eq!(verdict.client(), Some(client), "{}", verdict.json);
    assert_eq!(verdict.json["error"], serde_json::Value::Null);
}

fn assert_refused(verdict: &Verdict, kind: &str, code: &str) {
    assert_eq!(verdict.verdict(), "rejected", "{}", verdict.json);
    assert_eq!(verdict.client(), None, "{}", verdict.json);
    assert_eq!(
        (verdict.kind(), verdict.code()),
        (Some(kind), Some(code)),
        "{}",
        verdict.json
    );
    let remedy = verdict.json["error"]["remedy"].as_str().unwrap_or_default();
    assert!(
        remedy.ends_with('.') || remedy.contains(' '),
        "a remedy is a sentence: {}",
        verdict.json
    );
}

/// Both mechanisms, our reply verified by the initiator, for a ticket and session key of each enctype.
fn mutual_authentication(services: &[(&str, u64, u64)], prepare: impl Fn(Request) -> Request) {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    for (name, ticket, session) in services {
        let service = format!("HTTP/{name}.example.test");
        for (framing, asking) in [("gss", Asking::krb5()), ("spnego", Asking::spnego())] {
            let mut initiator =
                Initiator::start(&rig.realm.login("alice"), &service, &asking.mutual());
            let request = Request::new(&rig.realm.keytab(&service), &[&initiator.token]);
            let verdict = rig.judge(&prepare(request));
            assert_accepted(&verdict, ALICE);
            let json = &verdict.json;
            assert_eq!(json["framing"], framing);
            assert_eq!(json["mechanism"], "krb5");
            assert_eq!(json["service"], format!("{service}@EXAMPLE.TEST"));
            assert_eq!(json["key"]["principal"], format!("{service}@EXAMPLE.TEST"));
            assert_eq!(json["key"]["enctype"], *ticket);
            assert_eq!(json["key"]["selected"], "exact");
            assert_eq!(json["session_enctype"], *session);
            let flags = json["flags"].as_array().expect("flags");
            assert!(flags.iter().any(|flag| flag == "mutual"), "{json}");
            let conclusion = initiator.finish(verdict.reply().as_deref());
            assert_eq!(
                conclusion,
                Conclusion::Complete(None),
                "{service} {framing}"
            );
        }
    }
}

#[test]
fn mit_verifies_our_reply_for_every_ticket_enctype() {
    mutual_authentication(
        &[
            ("e17", 17, 18),
            ("e18", 18, 18),
            ("e19", 19, 18),
            ("e20", 20, 18),
        ],
        |request| request,
    );
}

#[test]
fn mit_verifies_our_reply_for_every_session_enctype() {
    mutual_authentication(
        &[
            ("s17", 18, 17),
            ("s18", 18, 18),
            ("s19", 18, 19),
            ("s20", 18, 20),
            ("b19", 19, 19),
            ("b20", 20, 20),
        ],
        |request| request,
    );
}

#[test]
fn mit_verifies_our_reply_for_rc4_once_it_is_allowed() {
    mutual_authentication(
        &[("e23", 23, 18), ("s23", 18, 23), ("b23", 23, 23)],
        Request::allow_rc4,
    );
}

#[test]
fn rc4_is_refused_by_policy_in_the_ticket_and_in_the_session_key() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    // A weak ticket is the account's fault, a weak session key the KDC's.
    let advice = [
        (E23, "Give the service account AES keys"),
        ("HTTP/b23.example.test", "Give the service account AES keys"),
        (
            "HTTP/s23.example.test",
            "Let the KDC make stronger session keys",
        ),
    ];
    for (service, advice) in advice {
        let token = first(&rig, service, &Asking::krb5());
        let keytab = rig.realm.joined_keytab(&[service, E18]);
        let verdict = rig.judge(&Request::new(&keytab, &[&token]));
        assert_eq!(verdict.verdict(), "rejected", "{}", verdict.json);
        assert_eq!(verdict.client(), None);
        assert_eq!(verdict.kind(), Some("enctype"), "{}", verdict.json);
        let remedy = verdict.json["error"]["remedy"].as_str().unwrap_or_default();
        assert!(remedy.starts_with(advice), "{}", verdict.json);
        assert_eq!(
            verdict.json["error"]["blame"], "configuration",
            "{}",
            verdict.json
        );
    }
}

#[test]
fn a_keytab_with_nothing_but_rc4_is_no_keytab_to_start_with() {
    let Some(rig) = Rig::start(&[]) else { return };
    let keytab = rig.realm.keytab(E23);
    let token = first(&rig, E23, &Asking::krb5());
    let complaint = Request::new(&keytab, &[&token])
        .complaint(&rig.program)
        .expect("no verdict");
    assert!(
        complaint.contains("no usable key") && complaint.contains("rc4-hmac"),
        "{complaint}"
    );
}

#[test]
fn mit_refuses_a_reply_of_ours_that_was_changed() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    let alice = rig.realm.login("alice");
    for asking in [Asking::krb5(), Asking::spnego()] {
        let mut initiator = Initiator::start(&alice, E18, &asking.mutual());
        let verdict = rig.accept(E18, &initiator.token);
        let mut reply = verdict.reply().expect("a reply");
        let last = reply.len() - 1;
        reply[last] ^= 1;
        let Conclusion::Refused(_) = initiator.finish(Some(&reply)) else {
            panic!("our AP-REP is not what MIT verifies");
        };
    }
}

#[test]
fn no_mutual_authentication_is_asked_and_none_given() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    let token = first(&rig, E18, &Asking::krb5());
    let verdict = rig.accept(E18, &token);
    assert_accepted(&verdict, ALICE);
    assert_eq!(
        verdict.reply(),
        None,
        "a raw token that wants no AP-REP gets none"
    );
    let token = first(&rig, E18, &Asking::spnego());
    let verdict = rig.accept(E18, &token);
    assert_accepted(&verdict, ALICE);
    assert!(verdict.reply().is_some(), "SPNEGO says accept-completed");
}

#[test]
fn the_same_command_line_says_the_same() {
    let Some(rig) = Rig::start(&[]) else { return };
    let token = first(&rig, E18, &Asking::spnego().mutual());
    let request = Request::new(&rig.realm.keytab(E18), &[&token]).service(E18);
    assert_accepted(&request.run(&rig.program), ALICE);
}

#[test]
fn the_service_that_is_asked_for_must_be_the_tickets() {
    let Some(rig) = Rig::start(&[]) else { return };
    let token = first(&rig, E18, &Asking::spnego().mutual());
    let e17 = "HTTP/e17.example.test";
    let keytab = rig.realm.joined_keytab(&[E18, e17]);
    let request = Request::new(&keytab, &[&token]);
    assert_accepted(&request.clone().service(E18).run(&rig.program), ALICE);
    let verdict = request.service(e17).run(&rig.program);
    assert_refused(&verdict, "no-key", "KRB_AP_ERR_NOT_US");
    let absent = Request::new(&rig.realm.keytab(E18), &[&token]).service(e17);
    let complaint = absent.complaint(&rig.program).expect("no verdict");
    assert!(complaint.contains(e17), "{complaint}");
}

#[test]
fn a_client_of_a_trusted_realm_keeps_its_realm() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    let carol = rig.realm.login("carol@OTHER.TEST");
    let mut initiator = Initiator::start(&carol, E18, &Asking::spnego().mutual());
    let verdict = rig.accept(E18, &initiator.token);
    assert_accepted(&verdict, "carol@OTHER.TEST");
    assert_eq!(
        initiator.finish(verdict.reply().as_deref()),
        Conclusion::Complete(None)
    );
}

#[test]
fn a_ticket_from_before_the_rotation_still_opens() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    let service = "HTTP/rotated.example.test";
    let alice = rig.realm.login("alice");
    alice.kvno(service);
    let both = rig.realm.rotate();
    let old = tokens(&alice, service, &Asking::krb5(), 1).remove(0);
    let new = first(&rig, service, &Asking::krb5());
    for (token, kvno) in [(&old, 1), (&new, 2)] {
        let verdict = rig.judge(&Request::new(&both, &[token]));
        assert_accepted(&verdict, ALICE);
        assert_eq!(verdict.json["key"]["kvno"], kvno);
        assert_eq!(verdict.json["key"]["selected"], "exact");
    }
    let verdict = rig.accept(service, &new);
    assert_eq!(verdict.verdict(), "rejected", "{}", verdict.json);
    let message = verdict.json["error"]["message"]
        .as_str()
        .unwrap_or_default();
    assert!(
        message.contains('2') && message.contains("rotated"),
        "the stale keytab is named: {message}"
    );
}

#[test]
fn a_keytab_without_the_key_is_told_apart_from_one_with_another_key() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    let token = first(&rig, E18, &Asking::krb5());
    let verdict = rig.accept("HTTP/e17.example.test", &token);
    assert_eq!(verdict.kind(), Some("no-key"), "{}", verdict.json);
    assert_eq!(verdict.json["error"]["blame"], "configuration");
    let elsewhere = MitRealm::start();
    let verdict = rig.judge(&Request::new(&elsewhere.keytab(E18), &[&token]));
    assert_eq!(
        verdict.code(),
        Some("KRB_AP_ERR_BAD_INTEGRITY"),
        "{}",
        verdict.json
    );
}

#[test]
fn the_clock_decides_between_expired_not_yet_valid_and_skew() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    // Whoever asks for no mutual authentication awaits no token, so gets no KRB-ERROR (RFC 4121 §4.1).
    let token = first(&rig, E18, &Asking::krb5().mutual());
    let request = Request::new(&rig.realm.keytab(E18), &[&token]);
    let at = |seconds: i64| {
        now()
            .checked_add_signed(seconds)
            .expect("a time after 1970")
    };
    assert_accepted(&rig.judge(&request.clone().now(at(250))), ALICE);
    assert_accepted(&rig.judge(&request.clone().now(at(-250))), ALICE);
    let skewed = rig.judge(&request.clone().now(at(400)));
    assert_refused(&skewed, "skew", "KRB_AP_ERR_SKEW");
    assert!(skewed.reply().is_some(), "the KRB-ERROR has our time in it");
    let early = rig.judge(&request.clone().now(at(-400)));
    assert_refused(&early, "not-yet-valid", "KRB_AP_ERR_TKT_NYV");
    let late = rig.judge(&request.now(at(2 * 86_400)));
    assert_refused(&late, "expired", "KRB_AP_ERR_TKT_EXPIRED");
}

#[test]
fn channel_bindings_match_differ_or_are_missing() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    let keytab = rig.realm.keytab(E18);
    let bound = first(&rig, E18, &Asking::krb5().bindings(b"here"));
    let unbound = first(&rig, E18, &Asking::krb5());
    let aware = tokens(&rig.realm.login("alice").aware(), E18, &Asking::krb5(), 1).remove(0);
    let policies = [
        ("ignore", [true, true, true, true]),
        ("allow", [true, false, true, true]),
        ("aware", [true, false, true, false]),
        ("required", [true, false, false, false]),
    ];
    for (policy, expected) in policies {
        let cases = [
            (&bound, "here"),
            (&bound, "there"),
            (&unbound, "here"),
            (&aware, "here"),
        ];
        for ((token, data), accepted) in cases.into_iter().zip(expected) {
            let request = Request::new(&keytab, &[token]).channel_bindings(policy);
            let verdict = rig.judge(&request.channel_binding_data(data.as_bytes()));
            let said = verdict.verdict() == "accepted";
            assert_eq!(
                said, accepted,
                "{policy}, our end is {data}: {}",
                verdict.json
            );
            let proven = accepted && policy != "ignore" && data == "here" && token == &bound;
            assert_eq!(
                verdict.json["channel_bound"] == true,
                proven,
                "{policy} {data}: {}",
                verdict.json
            );
        }
    }
}

#[test]
fn a_delegated_ticket_comes_out() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    let token = first(&rig, E18, &Asking::spnego().delegate().mutual());
    let verdict = rig.accept(E18, &token);
    assert_accepted(&verdict, ALICE);
    assert_eq!(
        verdict.json["delegated"]["client"], ALICE,
        "{}",
        verdict.json
    );
    assert_eq!(
        verdict.json["delegated"]["service"],
        "krbtgt/EXAMPLE.TEST@EXAMPLE.TEST"
    );
}

#[test]
fn dce_style_is_a_bare_ap_req_and_a_third_leg() {
    let Some(rig) = Rig::start(&[]) else {
        return;
    };
    let mut initiator = Initiator::start(&rig.realm.login("alice"), E18, &Asking::krb5().dce());
    let verdict = rig.accept(E18, &initiator.token);
    // One command holds one negotiation, so the third leg cannot follow: our second leg is what MIT judges here.
    assert_eq!(verdict.verdict(), "continue", "{}", verdict.json);
    let conclusion = initiator.finish(verdict.reply().as_deref());
    assert!(
        matches!(conclusion, Conclusion::Complete(Some(_))),
        "{conclusion:?}"
    );
}
