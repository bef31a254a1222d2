//! Realms that trust each other (RFC 4120 §1.2, §3.3.3.2; RFC 6806 §7, §8).

use crate::client::{
    Credential, Wish, as_req, ask, error, inside, login, principal, refusal, request,
};
use crate::{Scene, scene};
use portcullis_formats::messages::{KdcOptions, KerberosString, MessageType, TicketFlags};
use portcullis_formats::registry::{ErrorCode, NameType};
use portcullis_testrealm::TestRealm;

fn alice(scene: &Scene) -> Credential {
    login(&scene.kdc, &Wish::tgt("alice"), scene.now)
}

#[test]
fn a_client_crosses_to_a_trusted_realm() {
    let scene = scene();
    let other = TestRealm::new("OTHER.TEST");
    scene.realm.trust(&other);
    let web = other.service("HTTP/web.other.test");
    let alice = alice(&scene);
    let there = Wish::new("krbtgt/OTHER.TEST@EXAMPLE.TEST");
    let abroad = ask(&scene.kdc, &alice, &there, scene.now);
    let wish = Wish::new("HTTP/web.other.test@OTHER.TEST");
    // One KDC answers for both; so does that of the other realm.
    for kdc in [&scene.kdc, &other.kdc()] {
        let ticket = ask(kdc, &abroad, &wish, scene.now);
        inside(&ticket.ticket, &web, |_, part| {
            assert!(principal("alice").is(part.crealm, part.cname));
            assert!(part.transited.contents.is_empty());
            assert!(part.flags.contains(TicketFlags::TRANSITED_POLICY_CHECKED));
        });
    }
}

#[test]
fn a_client_is_referred_to_the_realm_that_has_the_service() {
    let scene = scene();
    let other = TestRealm::new("OTHER.TEST");
    scene.realm.trust(&other);
    other.service("HTTP/web.other.test");
    let alice = alice(&scene);
    let mut wish = Wish::new("HTTP/web.other.test");
    let code = refusal(&scene.kdc, &alice, &wish, scene.now);
    assert_eq!(code, ErrorCode::S_PRINCIPAL_UNKNOWN);
    wish = wish.options(KdcOptions::CANONICALIZE);
    let referral = ask(&scene.kdc, &alice, &wish, scene.now);
    assert_eq!(
        referral.service,
        principal("krbtgt/OTHER.TEST@EXAMPLE.TEST")
    );
}

#[test]
fn realms_in_between_are_named_and_not_judged() {
    let scene = scene();
    let (middle, far) = (TestRealm::new("MIDDLE.TEST"), TestRealm::new("FAR.TEST"));
    scene.realm.trust(&middle);
    middle.trust(&far);
    let web = far.service("HTTP/web.far.test");
    let hop = Wish::new("krbtgt/MIDDLE.TEST@EXAMPLE.TEST");
    let hop = ask(&scene.kdc, &alice(&scene), &hop, scene.now);
    let far_tgt = Wish::new("krbtgt/FAR.TEST@MIDDLE.TEST");
    let far_tgt = ask(&middle.kdc(), &hop, &far_tgt, scene.now);
    let wish = Wish::new("HTTP/web.far.test@FAR.TEST");
    let ticket = ask(&far.kdc(), &far_tgt, &wish, scene.now);
    inside(&ticket.ticket, &web, |_, part| {
        assert_eq!(part.transited.contents, b"MIDDLE.TEST");
        assert!(!part.flags.contains(TicketFlags::TRANSITED_POLICY_CHECKED));
    });
}

/// alice's ticket for a service of the last realm, by following referrals from her own.
fn referred(realms: &[TestRealm], service: &str) -> Credential {
    let now = realms[0].now();
    let kdc = realms[0].kdc();
    realms[0].user_with_password("alice", "secret");
    let name = format!("alice@{}", realms[0].name());
    let mut ticket = login(&kdc, &Wish::tgt(&name), now);
    for realm in realms {
        assert!(
            ticket
                .service
                .components()
                .eq([b"krbtgt", realm.name().as_bytes()])
        );
        let wish = Wish::new(&format!("{service}@{}", realm.name()));
        let wish = wish.options(KdcOptions::CANONICALIZE);
        // The first KDC answers for all that can be reached.
        ticket = ask(&kdc, &ticket, &wish, now);
    }
    ticket
}

#[test]
fn referrals_lead_through_realms_to_the_service() {
    let names = ["A.TEST", "B.TEST", "C.B.TEST", "D.TEST"];
    let realms = names.map(TestRealm::new);
    for pair in realms.windows(2) {
        pair[0].trust(&pair[1]);
    }
    let web = realms[3].service("HTTP/web.d.test");
    let look = |ticket: Credential| {
        inside(&ticket.ticket, &web, |_, part| {
            let judged = TicketFlags::TRANSITED_POLICY_CHECKED;
            (
                part.transited.contents.to_vec(),
                part.flags.contains(judged),
            )
        })
    };
    let ticket = referred(&realms, "HTTP/web.d.test");
    assert_eq!(look(ticket), (b"B.TEST,C.".to_vec(), false));
    realms[3].permit_path("A.TEST", ["B.TEST", "C.B.TEST"]);
    let ticket = referred(&realms, "HTTP/web.d.test");
    assert_eq!(look(ticket), (b"B.TEST,C.".to_vec(), true));
    realms[3].permit_path("A.TEST", ["B.TEST"]);
    let ticket = referred(&realms, "HTTP/web.d.test");
    assert_eq!(look(ticket), (b"B.TEST,C.".to_vec(), false));
}

#[test]
fn the_path_up_and_down_the_names_is_permitted() {
    let realms = ["A.X.TEST", "X.TEST", "B.X.TEST"].map(TestRealm::new);
    realms[0].trust(&realms[1]);
    realms[1].trust(&realms[2]);
    let web = realms[2].service("HTTP/web.b.x.test");
    let ticket = referred(&realms, "HTTP/web.b.x.test");
    inside(&ticket.ticket, &web, |_, part| {
        assert_eq!(part.transited.contents, b"X.TEST");
        assert!(part.flags.contains(TicketFlags::TRANSITED_POLICY_CHECKED));
    });
}

/// RFC 4120 §3.3.1: who asks for a realm too far gets the ticket for one on the way.
#[test]
fn a_client_that_asks_for_a_realm_behind_another_gets_the_first_on_the_way() {
    let scene = scene();
    let (middle, far) = (TestRealm::new("MIDDLE.TEST"), TestRealm::new("FAR.TEST"));
    scene.realm.trust(&middle);
    middle.trust(&far);
    let wish = Wish::new("krbtgt/FAR.TEST@EXAMPLE.TEST");
    let hop = ask(&scene.kdc, &alice(&scene), &wish, scene.now);
    assert_eq!(hop.service, principal("krbtgt/MIDDLE.TEST@EXAMPLE.TEST"));
    let forwarded = wish.options(KdcOptions::PROXY);
    let mut proxiable = Wish::tgt("alice");
    proxiable.options = KdcOptions::PROXIABLE;
    let alice = login(&scene.kdc, &proxiable, scene.now);
    let code = refusal(&scene.kdc, &alice, &forwarded, scene.now);
    assert_eq!(code, ErrorCode::S_PRINCIPAL_UNKNOWN);
}

#[test]
fn an_enterprise_name_of_another_realm_is_sent_there() {
    let scene = scene();
    let other = TestRealm::new("OTHER.TEST");
    scene.realm.trust(&other);
    other.user_with_password("carol", "secret");
    let mut wish = Wish::tgt("alice");
    let name = portcullis::Principal::new("EXAMPLE.TEST", ["carol@OTHER.TEST"]).unwrap();
    wish.client = Some(name.with_name_type(NameType::ENTERPRISE));
    let request = request(MessageType::AS_REQ, &[], &wish.body());
    let reply = scene.kdc.answer(&request, scene.now);
    let error = error(&reply);
    assert_eq!(error.error_code, ErrorCode::WRONG_REALM);
    assert_eq!(error.crealm, Some(KerberosString(b"OTHER.TEST")));
}

#[test]
fn without_trust_there_is_no_way() {
    let scene = scene();
    let other = TestRealm::new("OTHER.TEST");
    other.user_with_password("carol", "secret");
    let carol = login(&other.kdc(), &Wish::tgt("carol@OTHER.TEST"), scene.now);
    let wish = Wish::new("HTTP/web.example.test");
    let code = refusal(&scene.kdc, &carol, &wish, scene.now);
    assert_eq!(code, ErrorCode::NOT_US);
    let there = Wish::new("krbtgt/OTHER.TEST@EXAMPLE.TEST");
    let code = refusal(&scene.kdc, &alice(&scene), &there, scene.now);
    assert_eq!(code, ErrorCode::S_PRINCIPAL_UNKNOWN);
}

/// A realm vouches for its own clients and those behind it, never for ours.
#[test]
fn another_realm_cannot_speak_for_our_clients() {
    let scene = scene();
    let other = TestRealm::new("OTHER.TEST");
    scene.realm.trust(&other);
    // alice goes there, and comes back with what that realm says of her.
    let there = Wish::new("krbtgt/OTHER.TEST@EXAMPLE.TEST");
    let there = ask(&scene.kdc, &alice(&scene), &there, scene.now);
    let back = Wish::new("krbtgt/EXAMPLE.TEST@OTHER.TEST");
    let back = ask(&other.kdc(), &there, &back, scene.now);
    let wish = Wish::new("HTTP/web.example.test");
    let code = refusal(&scene.kdc, &back, &wish, scene.now);
    assert_eq!(code, ErrorCode::POLICY);
}

#[test]
fn a_realm_that_is_gone_is_trusted_no_more() {
    let scene = scene();
    let other = TestRealm::new("OTHER.TEST");
    other.user_with_password("carol", "secret");
    scene.realm.trust(&other);
    let wish = Wish::tgt("carol@OTHER.TEST");
    login(&scene.kdc, &wish, scene.now);
    drop(other);
    let (request, _) = as_req(&wish, "secret", scene.now);
    let reply = scene.kdc.answer(&request, scene.now);
    assert_eq!(error(&reply).error_code, ErrorCode::C_PRINCIPAL_UNKNOWN);
}
