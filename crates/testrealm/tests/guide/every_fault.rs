use portcullis::{Acceptor, Step};
use portcullis_testrealm::{Fault, TestRealm};

/// Whatever your server does with a token: does it let the client in?
fn lets_in(acceptor: &Acceptor, token: &[u8], realm: &TestRealm) -> bool {
    let step = acceptor.begin().step(token, realm.now());
    matches!(step, Ok(Step::Complete { .. }))
}

#[test]
fn a_forged_ticket_lets_nobody_in() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let acceptor = Acceptor::new(web.keytab()).unwrap();
    let token = || realm.user("alice").token_for(&web);
    assert!(lets_in(&acceptor, token().build().token(), &realm));
    let mut let_in = Vec::new();
    for fault in Fault::all() {
        if lets_in(&acceptor, token().fault(*fault).build().token(), &realm) {
            let_in.push(*fault);
        }
    }
    // These are nothing that this server looks at: each line is a decision.
    assert!(!let_in.contains(&Fault::Expired));
    assert!(!let_in.contains(&Fault::ClockAhead));
    assert!(let_in.contains(&Fault::NoChecksum));
}
