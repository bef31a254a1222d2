//! The PACs of a test realm, as an acceptor reads them; as Samba reads them in `interop/`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

use portcullis::formats::pac::{GroupAttributes, PacBufferType, Sid, SidAndAttributes};
use portcullis::pac::PacPolicy;
use portcullis::{Acceptor, Enctype, Identity, Step};
use portcullis_testrealm::{Fault, TestRealm, TestService, TestUser, TokenBuilder};

const WEB: &str = "HTTP/web.example.test";

fn identity(realm: &TestRealm, web: &TestService, token: TokenBuilder) -> Identity {
    let acceptor = Acceptor::builder(web.keytab())
        .pac(PacPolicy::Require)
        .krbtgt_keys(realm.krbtgt_keytab())
        .build()
        .unwrap();
    let step = acceptor.begin().step(token.build().token(), realm.now());
    match step {
        Ok(Step::Complete { context, .. }) => context.into_identity(),
        other => panic!("{other:?}"),
    }
}

/// What the service learns of a user.
fn learned(realm: &TestRealm, user: &TestUser) -> Identity {
    let web = realm.service(WEB);
    identity(realm, &web, user.token_for(&web).with_pac())
}

#[test]
fn a_user_in_groups_comes_with_them() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let alice = realm.user("alice").in_groups(["staff", "Domain Admins"]);
    let identity = learned(&realm, &alice);
    let pac = identity.pac().unwrap();
    assert_eq!(pac.user_sid(), Some(alice.sid()));
    assert_eq!(pac.domain_sid(), Some(realm.domain_sid()));
    assert!(pac.is_member_of(&realm.group("staff").sid()));
    assert!(!pac.is_member_of(&realm.group("wheel").sid()));
    let admins = realm.domain_sid().with_rid(512).unwrap();
    assert_eq!(realm.group("Domain Admins").sid(), admins);
    assert!(pac.is_member_of(&admins));
    let users = realm.group("Domain Users").sid();
    assert_eq!(pac.primary_group(), Some(users));
    assert_eq!(pac.groups().count(), 3);
}

#[test]
fn a_user_comes_with_all_names() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let user = realm.user_with("alice").full_name("Alice Liddell");
    let alice = user.upn("alice.liddell@example.test").build();
    let identity = learned(&realm, &alice);
    let pac = identity.pac().unwrap();
    assert_eq!(pac.account_name().unwrap(), "alice");
    assert_eq!(pac.full_name().unwrap(), "Alice Liddell");
    assert_eq!(pac.upn().unwrap(), "alice.liddell@example.test");
    assert!(!pac.is_upn_constructed());
    assert_eq!(pac.dns_domain_name().unwrap(), "EXAMPLE.TEST");
    assert_eq!(pac.domain_name().unwrap(), "EXAMPLE");
    let identity = learned(&realm, &realm.user("bob"));
    let pac = identity.pac().unwrap();
    assert_eq!(pac.upn().unwrap(), "bob@example.test");
    assert!(pac.is_upn_constructed());
}

#[test]
fn groups_of_other_domains_and_of_the_services_come_along() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let (old, local) = (TestRealm::new("OLD.TEST"), TestRealm::new("LOCAL.TEST"));
    let alice = realm
        .user_with("alice")
        .extra_sids([old.group("staff").sid(), Sid::SERVICE_ASSERTED_IDENTITY])
        .resource_groups(local.domain_sid(), [1105])
        .build();
    let identity = learned(&realm, &alice);
    let pac = identity.pac().unwrap();
    assert!(pac.is_member_of(&old.group("staff").sid()));
    assert!(pac.is_asserted_by_service());
    let printers = local.domain_sid().with_rid(1105).unwrap();
    let attributes = GroupAttributes(0x2000_0007);
    let printers = SidAndAttributes {
        sid: printers,
        attributes,
    };
    assert!(pac.groups().any(|group| group == printers));
}

#[test]
fn identifiers_follow_from_names() {
    let (one, again) = (
        TestRealm::new("EXAMPLE.TEST"),
        TestRealm::new("EXAMPLE.TEST"),
    );
    let other = TestRealm::new("OTHER.TEST");
    assert_eq!(one.domain_sid(), again.domain_sid());
    assert_ne!(one.domain_sid(), other.domain_sid());
    assert!(one.domain_sid().is_domain());
    assert_eq!(one.user("alice").sid(), again.user("alice").sid());
    assert_ne!(one.user("alice").sid(), one.user("bob").sid());
    assert_ne!(one.user("staff").sid(), one.group("staff").sid());
    assert!(one.user("alice").sid().is_in(&one.domain_sid()));
    assert!(one.group("staff").rid() >= 1000);
    // A user of another realm has the SID that it has at home.
    let carol = one.user("carol@OTHER.TEST");
    assert_eq!(carol.sid(), other.user("carol").sid());
    let seeded = TestRealm::with_seed("EXAMPLE.TEST", &[7; 32]);
    assert_ne!(seeded.domain_sid(), one.domain_sid());
}

#[test]
fn a_pac_is_there_when_it_has_something_to_say_or_is_asked_for() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service(WEB);
    let (alice, bob) = (realm.user("alice").in_groups(["staff"]), realm.user("bob"));
    let has_pac = |token: TokenBuilder| {
        let acceptor = Acceptor::new(web.keytab()).unwrap();
        let step = acceptor.begin().step(token.build().token(), realm.now());
        let Ok(Step::Complete { context, .. }) = step else {
            panic!("{step:?}")
        };
        context.identity().pac().is_some()
    };
    assert!(has_pac(alice.token_for(&web)));
    assert!(!has_pac(alice.token_for(&web).without_pac()));
    assert!(!has_pac(bob.token_for(&web)));
    assert!(has_pac(bob.token_for(&web).with_pac()));
}

#[test]
fn a_pac_is_signed_by_each_type_of_key() {
    for number in [17, 18, 19, 20] {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let enctype = Enctype::try_from(number).unwrap();
        let web = realm.service_with(WEB).enctypes([enctype]).build();
        let token = realm.user("alice").token_for(&web).with_pac();
        assert!(identity(&realm, &web, token).pac().is_some());
    }
}

#[test]
fn a_pac_says_who_asked_and_through_whom_the_client_came() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service(WEB);
    let token = || realm.user("alice").token_for(&web);
    let identity = identity(&realm, &web, token().pac_requestor());
    assert!(identity.pac().is_some());
    let through = ["HTTP/front.example.test", "HTTP/middle.example.test"];
    let identity = self::identity(&realm, &web, token().delegated_through(&through));
    let path = identity.pac().unwrap().delegation();
    let path = path.unwrap();
    assert_eq!(path.s4u2proxy_target, WEB);
    let services: Vec<_> = path.transited_services.iter().collect();
    assert_eq!(services, through);
}

#[test]
fn the_buffers_can_be_others() {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let web = realm.service(WEB);
    let token = || realm.user("alice").token_for(&web);
    let unknown = PacBufferType(99);
    let identity = identity(&realm, &web, token().pac_buffer(unknown, b"strange"));
    assert!(identity.pac().is_some());
    let bare = token().without_pac_buffer(PacBufferType::LOGON_INFO);
    let identity = self::identity(&realm, &web, bare);
    assert_eq!(identity.pac().unwrap().user_sid(), None);
}

/// A PAC with a fault differs from the one without, and each from each other.
#[test]
fn no_two_faults_of_a_pac_are_the_same() {
    let mut seen = Vec::new();
    for fault in Fault::all() {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service(WEB);
        let token = realm.user("alice").token_for(&web).with_pac().fault(*fault);
        let token = token.build().token().to_vec();
        assert!(
            !seen.contains(&token) || !format!("{fault:?}").contains("Pac"),
            "{fault:?}"
        );
        seen.push(token);
    }
}
