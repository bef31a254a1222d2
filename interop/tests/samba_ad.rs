//! Tickets of Active Directory, as Samba's domain controller makes them.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::SystemTime;

use portcullis::{Acceptor, Keytab, PacPolicy, Step, WeakEnctype};
use portcullis_interop::http::{Server, example};
use portcullis_interop::initiator::{Asking, Conclusion, Initiator, clients, tokens};
use portcullis_interop::login::Login;
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::{Peer, built};
use portcullis_interop::portcullis::{Batch, Request, Verdict, binary};
use portcullis_interop::process::{LineServer, run};
use portcullis_interop::samba::SambaDomain;
use portcullis_interop::to_base64;
use serde_json::{Value, json};

const WEB: &str = "HTTP/web.example.test";
const RC4: &str = "HTTP/rc4.example.test";

fn assert_accepted(verdict: &Verdict, client: &str) {
    assert_eq!(verdict.verdict(), "accepted", "{}", verdict.json);
    assert_eq!(verdict.client(), Some(client), "{}", verdict.json);
}

/// A fresh SPNEGO token of this login's for a service, judged.
fn judge(domain: &SambaDomain, login: &Login<'_>, service: &str, batch: &mut Batch) -> Verdict {
    let token = tokens(login, service, &Asking::spnego(), 1).remove(0);
    let request = Request::new(&domain.realm.keytab(service), &[&token]);
    batch.accept(&request.allow_rc4().pac("require"))
}

/// What a verdict says of groups.
fn groups(verdict: &Verdict) -> BTreeSet<String> {
    let groups = verdict.json["pac"]["groups"].as_array();
    let texts = groups.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// "Authentication authority asserted identity": the KDC says that the user proved who it is ([MS-SFU] §3.2.5.1.2).
const BY_THE_KDC: &str = "S-1-18-1";
/// "Service asserted identity": a service says so.
const BY_A_SERVICE: &str = "S-1-18-2";

/// What the directory says of a user, as far as it is for a PAC to say: of the groups of this machine (`S-1-5-32`) each
/// machine has its own, and where they come from a service is not told ([MS-PAC] §4.1.2.2).
fn groups_by_directory(domain: &SambaDomain, user: &str, asserted: &str) -> BTreeSet<String> {
    let mut groups = domain.user(user).groups;
    groups.retain(|sid| sid.starts_with(domain.sid()));
    groups.insert(asserted.to_owned());
    groups
}

/// Each fact in a function of its own, and one domain for all: to provision one takes seconds.
#[test]
fn a_domain_of_active_directory_is_understood() {
    if !built(&binary()) || !built(&example()) {
        return;
    }
    let Some(domain) = SambaDomain::start(&[Peer::CURL]) else {
        return;
    };
    let mut batch = Batch::start(&binary());
    tickets_of_each_key_are_accepted_and_our_answers_are_too(&domain, &mut batch);
    groups_are_those_of_the_directory(&domain, &mut batch);
    a_service_gets_in_for_a_user_whom_it_never_met(&domain, &mut batch);
    samba_reads_the_same_in_the_pac(&domain, &mut batch);
    the_signatures_of_the_kdc_hold(&domain);
    the_key_of_an_account_serves_all_its_names(&domain, &mut batch);
    a_token_is_shown_with_its_groups(&domain);
    curl_logs_in_with_a_header_that_a_thousand_groups_made_long(&domain);
}

fn tickets_of_each_key_are_accepted_and_our_answers_are_too(
    domain: &SambaDomain,
    batch: &mut Batch,
) {
    let mut mit = MitAcceptor::start(&domain.realm);
    for (service, ticket, session) in [(WEB, 18, 18), (RC4, 23, 23)] {
        for asking in [Asking::krb5(), Asking::spnego(), Asking::krb5().delegate()] {
            let alice = domain.realm.login("alice");
            let mut initiator = Initiator::start(&alice, service, &asking.mutual());
            let keytab = domain.realm.keytab(service);
            let request = Request::new(&keytab, &[&initiator.token]).allow_rc4();
            let verdict = batch.accept(&request);
            assert_accepted(&verdict, "alice@EXAMPLE.TEST");
            assert_eq!(verdict.json["key"]["enctype"], ticket);
            assert_eq!(verdict.json["session_enctype"], session);
            let conclusion = initiator.finish(verdict.reply().as_deref());
            assert_eq!(conclusion, Conclusion::Complete(None), "{service}");
            let opinion = mit.accept(&keytab, &[&initiator.token]);
            assert_eq!(opinion.client.as_deref(), verdict.client(), "{opinion:?}");
        }
    }
}

/// Nested groups, domain-local ones and a thousand: by the key of the service that signed the PAC, AES or RC4.
fn groups_are_those_of_the_directory(domain: &SambaDomain, batch: &mut Batch) {
    for (user, least) in [("alice", 5), ("bob", 4), ("many", 1001)] {
        let expected = domain.user(user);
        for service in [WEB, RC4] {
            let verdict = judge(domain, &domain.realm.login(user), service, batch);
            assert_accepted(&verdict, &format!("{user}@EXAMPLE.TEST"));
            let pac = &verdict.json["pac"];
            assert_eq!(pac["verified"], true, "{pac}");
            assert_eq!(pac["user_sid"], expected.sid);
            assert_eq!(pac["upn"], expected.upn);
            assert_eq!(pac["account"], user);
            assert_eq!(pac["dns_domain"], "EXAMPLE.TEST");
            let by_directory = groups_by_directory(domain, user, BY_THE_KDC);
            assert_eq!(groups(&verdict), by_directory);
            assert!(groups(&verdict).contains(&expected.primary_group), "{pac}");
            assert!(groups(&verdict).len() >= least, "{pac}");
            let buffers = pac["buffers"].as_array().expect("a list");
            for buffer in [1, 6, 7, 10, 12, 16, 19] {
                assert!(buffers.contains(&json!(buffer)), "{pac}");
            }
        }
    }
}

/// S4U2Proxy: the groups are bob's, and the PAC says through whom he came.
fn a_service_gets_in_for_a_user_whom_it_never_met(domain: &SambaDomain, batch: &mut Batch) {
    let front = domain.realm.login("svc-front");
    let bob = front.in_the_name_of("bob", WEB);
    let verdict = judge(domain, &bob, WEB, batch);
    assert_accepted(&verdict, "bob@EXAMPLE.TEST");
    assert_eq!(verdict.json["pac"]["user_sid"], domain.user("bob").sid);
    let by_directory = groups_by_directory(domain, "bob", BY_A_SERVICE);
    assert_eq!(groups(&verdict), by_directory);
    let shown = inspect(domain, &bob, WEB);
    let between = shown.lines().find(|line| line.contains("services between"));
    let front = between.is_some_and(|line| line.ends_with(" svc-front@EXAMPLE.TEST"));
    assert!(front, "{shown}");
}

fn curl_logs_in_with_a_header_that_a_thousand_groups_made_long(domain: &SambaDomain) {
    let server = Server::start(&example(), &domain.realm.keytab(WEB), &[]);
    for user in ["alice", "many"] {
        let login = domain.realm.login(user);
        let (answer, log) = server.curl(&login, "web.example.test");
        assert_eq!(answer.status, 200, "{log}");
        assert!(answer.body.contains(&format!("{user}@EXAMPLE.TEST")));
        let header = log
            .lines()
            .find(|line| line.starts_with("> Authorization: Negotiate "))
            .expect("the header that curl sent");
        assert_eq!(header.len() > 12_000, user == "many", "{}", header.len());
    }
}

/// Another decoder, of octets that MIT's acceptor has verified.
fn samba_reads_the_same_in_the_pac(domain: &SambaDomain, batch: &mut Batch) {
    let keytab = domain.realm.keytab(WEB);
    let mut python = domain.realm.command("/usr/bin/python3");
    python.arg(clients().join("pac_of_token.py")).arg(&keytab);
    let mut samba = LineServer::start(python);
    for user in ["alice", "many"] {
        let token = tokens(&domain.realm.login(user), WEB, &Asking::krb5(), 1).remove(0);
        let verdict = batch.accept(&Request::new(&keytab, &[&token]));
        let answer = samba.ask(&to_base64(&token));
        let said: Value = serde_json::from_str(&answer).expect("JSON");
        let pac = &verdict.json["pac"];
        for (ours, theirs) in [
            ("buffers", "types"),
            ("user_sid", "user"),
            ("upn", "upn"),
            ("account", "account"),
            ("verified", "verified"),
        ] {
            assert_eq!(pac[ours], said[theirs], "{ours}");
        }
        let by_samba = said["groups"].as_array().expect("a list").iter();
        let by_samba: BTreeSet<_> = by_samba.filter_map(Value::as_str).collect();
        let by_us = groups(&verdict);
        assert!(by_us.iter().map(String::as_str).eq(by_samba), "{user}");
    }
}

/// With the KDC's key: its signatures of the service's, of the ticket and of the whole PAC ([MS-PAC] §2.8).
fn the_signatures_of_the_kdc_hold(domain: &SambaDomain) {
    let keytab = |name: &str| {
        let octets = std::fs::read(domain.realm.keytab(name)).expect("a keytab");
        Keytab::parse(octets).expect("intact")
    };
    let accept = |service: &str, krbtgt: &str| {
        let acceptor = Acceptor::builder(keytab(service))
            .danger_allow(WeakEnctype::Rc4Hmac)
            .pac(PacPolicy::Require)
            .krbtgt_keys(keytab(krbtgt))
            .build();
        let token = tokens(&domain.realm.login("alice"), service, &Asking::spnego(), 1).remove(0);
        let acceptor = acceptor.expect("a key");
        match acceptor.begin().step(&token, SystemTime::now()) {
            Ok(Step::Complete { context, .. }) => {
                let pac = context.identity().pac().expect("a PAC");
                Ok(pac.is_kdc_verified())
            }
            Ok(other) => panic!("one leg is enough: {other:?}"),
            Err(rejection) => Err(rejection.error().clone()),
        }
    };
    for service in [WEB, RC4] {
        assert_eq!(
            accept(service, "krbtgt/EXAMPLE.TEST"),
            Ok(true),
            "{service}"
        );
        // A key that is not the KDC's.
        let refused = accept(service, "svc-web").expect_err("another key");
        assert_eq!(refused.kind(), "pac", "{refused}");
    }
}

/// In Active Directory one account has one key under many names, whichever keytab was exported, and names are one
/// whatever their case.
fn the_key_of_an_account_serves_all_its_names(domain: &SambaDomain, batch: &mut Batch) {
    let alice = domain.realm.login("alice");
    for (service, keytab) in [
        (WEB, "svc-web"),
        ("HTTP/WEB.Example.Test", WEB),
        ("http/web.example.test", "svc-web"),
    ] {
        let token = tokens(&alice, service, &Asking::spnego(), 1).remove(0);
        let verdict = batch.accept(&Request::new(&domain.realm.keytab(keytab), &[&token]));
        assert_accepted(&verdict, "alice@EXAMPLE.TEST");
        assert_eq!(verdict.json["key"]["selected"], "alias", "{}", verdict.json);
    }
}

fn a_token_is_shown_with_its_groups(domain: &SambaDomain) {
    let shown = inspect(domain, &domain.realm.login("alice"), WEB);
    let sid = domain.sid();
    for line in [
        format!("{sid}-513 (Domain Users)"),
        domain.user("alice").sid,
        "alice.a@corp.example.test".to_owned(),
        "Alice \u{c4}rger".to_owned(),
        "FULL_CHECKSUM (19)".to_owned(),
    ] {
        assert!(shown.contains(&line), "{line}: {shown}");
    }
}

/// What `portcullis inspect` says of a fresh token.
fn inspect(domain: &SambaDomain, login: &Login<'_>, service: &str) -> String {
    let token = tokens(login, service, &Asking::spnego(), 1).remove(0);
    let file = domain.realm.path("token");
    std::fs::write(&file, token).expect("a file");
    let mut inspect = Command::new(binary());
    inspect.arg("inspect").arg(&file);
    run(inspect.arg("--keytab").arg(domain.realm.keytab(service)))
}
