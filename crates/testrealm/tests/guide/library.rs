use portcullis::{Acceptor, Step};
use portcullis_testrealm::{Fault, TestRealm};

#[test]
fn staff_are_let_in() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service("HTTP/web.example.test");
    let alice = realm.user("alice").in_groups(["staff"]);
    let acceptor = Acceptor::new(web.keytab()).unwrap();

    let login = alice.token_for(&web).build();
    let step = acceptor.begin().step(login.token(), realm.now());
    let Ok(Step::Complete { context, .. }) = step else {
        panic!("{step:?}")
    };
    let pac = context.identity().pac().unwrap();
    assert!(pac.is_member_of(&realm.group("staff").sid()));

    let stale = alice.token_for(&web).fault(Fault::Expired).build();
    let step = acceptor.begin().step(stale.token(), realm.now());
    assert_eq!(step.unwrap_err().error().kind(), "expired");
}
