//! Tickets of Active Directory, as Samba's domain controller makes them.

use portcullis_interop::http::{Server, example};
use portcullis_interop::initiator::{Asking, Conclusion, Initiator, tokens};
use portcullis_interop::login::Login;
use portcullis_interop::mit_acceptor::MitAcceptor;
use portcullis_interop::peer::{Peer, built};
use portcullis_interop::portcullis::{Batch, Request, Verdict, binary};
use portcullis_interop::samba::SambaDomain;

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
    batch.accept(&request.allow_rc4())
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
    a_service_gets_in_for_a_user_whom_it_never_met(&domain, &mut batch);
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

fn a_service_gets_in_for_a_user_whom_it_never_met(domain: &SambaDomain, batch: &mut Batch) {
    let front = domain.realm.login("svc-front");
    let bob = front.in_the_name_of("bob", WEB);
    assert_accepted(&judge(domain, &bob, WEB, batch), "bob@EXAMPLE.TEST");
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
