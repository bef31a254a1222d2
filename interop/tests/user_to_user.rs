//! User-to-user with MIT krb5: the ticket that `kvno --u2u` gets, in an AP-REQ of MIT's library, is accepted with the
//! session key of the other side's ticket-granting ticket, and MIT verifies our answer.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdout, Stdio};
use std::time::SystemTime;

use portcullis::error::Unsupported;
use portcullis::identity::KeySelected;
use portcullis::user_to_user::OurTgt;
use portcullis::{Acceptor, Error, Keytab, SecurityContext, Step};
use portcullis_interop::initiator::clients;
use portcullis_interop::login::Login;
use portcullis_interop::peer::{Peer, present};
use portcullis_interop::process::run;
use portcullis_interop::realm::MitRealm;
use portcullis_interop::{from_base64, to_base64};

/// An initiator of MIT's that has made its AP-REQ.
struct Initiator {
    child: Child,
    output: BufReader<ChildStdout>,
    ap_req: Vec<u8>,
}

impl Initiator {
    /// `client` comes to `peer`, of whose ticket it knows from somewhere.
    fn start(client: &Login<'_>, peer: &Login<'_>) -> Self {
        let mut kvno = client.command("/usr/bin/kvno");
        run(kvno.arg("--u2u").arg(peer.ccache()).arg(peer.user()));
        let mut command = client.command("/usr/bin/python3");
        command
            .arg(clients().join("mit_user_to_user.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let ap_req = from_base64(&line(&mut output));
        Self {
            child,
            output,
            ap_req,
        }
    }

    /// What it says of our AP-REP.
    fn finish(mut self, ap_rep: &[u8]) -> String {
        let mut input = self.child.stdin.take().unwrap();
        writeln!(input, "{}", to_base64(ap_rep)).unwrap();
        let said = line(&mut self.output);
        self.child.wait().unwrap();
        said
    }
}

fn line(output: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    line.trim().to_owned()
}

fn accepted(outcome: Result<Step, portcullis::Rejection>) -> (SecurityContext, Vec<u8>) {
    match outcome {
        Ok(Step::Complete { context, reply }) => (context, reply.unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ticket_of_kvno_u2u_is_accepted_and_mit_verifies_the_answer() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = MitRealm::start();
    let (alice, bob) = (realm.login("alice"), realm.login("bob"));
    let tgt = OurTgt::of_ccache(&std::fs::read(bob.ccache()).unwrap()).unwrap();
    assert_eq!(tgt.owner().to_string(), "bob@EXAMPLE.TEST");

    let initiator = Initiator::start(&alice, &bob);
    let settings = Acceptor::user_to_user().raw_ap_req(true);
    let negotiation = settings.build().unwrap().begin().user_to_user(&tgt);
    let (context, reply) = accepted(negotiation.step(&initiator.ap_req, SystemTime::now()));
    let identity = context.identity();
    assert_eq!(identity.client().to_string(), "alice@EXAMPLE.TEST");
    assert_eq!(identity.service().to_string(), "bob@EXAMPLE.TEST");
    assert_eq!(identity.key().selected, KeySelected::SessionKey);
    assert_eq!(initiator.finish(&reply), "mutual");
}

#[test]
fn the_same_without_the_key_or_with_another_one_is_refused() {
    if !present(&[Peer::MIT, Peer::PYTHON_GSSAPI]) {
        return;
    }
    let realm = MitRealm::start();
    let (alice, bob) = (realm.login("alice"), realm.login("bob"));
    let initiator = Initiator::start(&alice, &bob);
    let now = SystemTime::now();
    // bob's own key opens nothing here, nor does the key of another of his logins.
    let keytab = Keytab::parse(std::fs::read(realm.keytab("bob")).unwrap()).unwrap();
    let acceptor = Acceptor::builder(keytab).raw_ap_req(true).build().unwrap();
    let refusal = acceptor.begin().step(&initiator.ap_req, now).unwrap_err();
    assert_eq!(
        *refusal.error(),
        Error::Unsupported(Unsupported::UserToUser)
    );
    let later = realm.login("bob");
    let other = OurTgt::of_ccache(&std::fs::read(later.ccache()).unwrap()).unwrap();
    let refusal = acceptor
        .begin()
        .user_to_user(&other)
        .step(&initiator.ap_req, now);
    assert!(matches!(refusal.unwrap_err().error(), Error::Ticket(_)));
    assert_eq!(initiator.finish(b""), "", "MIT has nothing to verify");
}
