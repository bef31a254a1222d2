//! RFC 4120 §3.3: TGS-REQ to TGS-REP.

use crate::client::{
    AES128, AES256, Credential, Presenting, Wish, ask, at, credential, error, inside, login,
    principal, refusal, request, seal,
};
use crate::{Scene, scene};
use core::time::Duration;
use portcullis::Enctype;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis_formats::messages::{
    AuthorizationData, AuthorizationDataElement, EncTicketPart, EncryptedData, KdcOptions,
    MessageType, Ticket, TicketFlags,
};
use portcullis_formats::registry::{AuthDataType, ErrorCode, EtypeNumber, Kvno};

const WEB: &str = "HTTP/web.example.test";

fn tgt(scene: &Scene, user: &str, options: KdcOptions) -> Credential {
    login(&scene.kdc, &Wish::tgt(user).options(options), scene.now)
}

/// The code that a request for the service is refused with, after it was spoilt.
fn refused(scene: &Scene, spoil: impl FnOnce(&mut Presenting)) -> ErrorCode {
    let mut presenting = Presenting::new(&tgt(scene, "alice", KdcOptions::default()), scene.now);
    spoil(&mut presenting);
    let reply = scene
        .kdc
        .answer(&presenting.request(&Wish::new(WEB)), scene.now);
    error(&reply).error_code
}

/// The ticket with another `enc_part`.
fn resealed(ticket: &[u8], edit: impl FnOnce(&mut EncryptedData<'_>)) -> Vec<u8> {
    let mut ticket = Ticket::from_der(ticket).unwrap();
    edit(&mut ticket.enc_part);
    ticket.to_der()
}

#[test]
fn a_ticket_for_a_service_is_sealed_with_its_newest_key() {
    let scene = scene();
    let service = scene.realm.service_with("HTTP/rotated.example.test");
    let service = service.kvnos([1, 3]).enctypes([AES128, AES256]).build();
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let wish = Wish::new("HTTP/rotated.example.test");
    let ticket = ask(&scene.kdc, &alice, &wish, scene.now);
    let flags = TicketFlags::PRE_AUTHENT | TicketFlags::TRANSITED_POLICY_CHECKED;
    assert_eq!(ticket.flags, flags);
    assert_eq!(ticket.end, alice.end);
    // The session key is what the client likes best of that which the service has keys for.
    assert_eq!(ticket.session_key.enctype(), AES256);
    inside(&ticket.ticket, &service, |kvno, part: EncTicketPart<'_>| {
        assert_eq!(kvno, Some(Kvno(3)));
        assert_eq!(part.flags, flags);
        assert!(principal("alice").is(part.crealm, part.cname));
        assert_eq!(part.key.keyvalue, ticket.session_key.expose_octets());
        assert_eq!(part.authtime, at(scene.now, 0));
        assert!(part.transited.contents.is_empty());
    });
}

#[test]
fn an_alias_gets_tickets_sealed_with_the_same_key() {
    let scene = scene();
    let service = scene.realm.service_with("HTTP/long.example.test");
    let service = service.alias("HTTP/short").build();
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let ticket = ask(&scene.kdc, &alice, &Wish::new("HTTP/short"), scene.now);
    assert_eq!(ticket.service, principal("HTTP/short"));
    inside(&ticket.ticket, &service, |_, _| ());
}

#[test]
fn the_reply_is_sealed_with_the_subkey_if_there_is_one() {
    let scene = scene();
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let subkey = Key::from_random(Enctype::Aes128CtsHmacSha256_128, &[9; 32]);
    let mut presenting = Presenting::new(&alice, scene.now);
    presenting.subkey = Some(subkey.clone());
    let reply = scene
        .kdc
        .answer(&presenting.request(&Wish::new(WEB)), scene.now);
    credential(&reply, &subkey, KeyUsage::TGS_REP_SUBKEY);
}

#[test]
fn a_forwardable_ticket_is_forwarded_and_says_so() {
    let scene = scene();
    let alice = tgt(&scene, "alice", KdcOptions::FORWARDABLE);
    let options = KdcOptions::FORWARDED | KdcOptions::FORWARDABLE;
    let wish = Wish::new("krbtgt/EXAMPLE.TEST").options(options);
    let forwarded = ask(&scene.kdc, &alice, &wish, scene.now);
    let flags = TicketFlags::FORWARDED | TicketFlags::FORWARDABLE;
    assert!(forwarded.flags.contains(flags));
    let ticket = ask(&scene.kdc, &forwarded, &Wish::new(WEB), scene.now);
    assert!(ticket.flags.contains(TicketFlags::FORWARDED));
    assert!(!ticket.flags.contains(TicketFlags::FORWARDABLE));

    let fixed = tgt(&scene, "alice", KdcOptions::default());
    let code = refusal(&scene.kdc, &fixed, &wish, scene.now);
    assert_eq!(code, ErrorCode::BADOPTION);
    let wish = Wish::new(WEB).options(KdcOptions::FORWARDABLE);
    let ticket = ask(&scene.kdc, &fixed, &wish, scene.now);
    assert!(!ticket.flags.contains(TicketFlags::FORWARDABLE));
}

#[test]
fn the_ticket_says_whether_the_service_may_have_a_forwarded_one() {
    let scene = scene();
    let trusted = scene.realm.service_with("HTTP/trusted.example.test");
    trusted.ok_as_delegate().build();
    let alice = tgt(&scene, "alice", KdcOptions::FORWARDABLE);
    for (service, said) in [("HTTP/trusted.example.test", true), (WEB, false)] {
        let ticket = ask(&scene.kdc, &alice, &Wish::new(service), scene.now);
        assert_eq!(ticket.flags.contains(TicketFlags::OK_AS_DELEGATE), said);
    }
}

#[test]
fn a_proxiable_ticket_makes_a_proxy() {
    let scene = scene();
    let wish = Wish::new(WEB).options(KdcOptions::PROXY);
    let fixed = tgt(&scene, "alice", KdcOptions::default());
    let code = refusal(&scene.kdc, &fixed, &wish, scene.now);
    assert_eq!(code, ErrorCode::BADOPTION);
    let alice = tgt(&scene, "alice", KdcOptions::PROXIABLE);
    let proxy = ask(&scene.kdc, &alice, &wish, scene.now);
    assert!(proxy.flags.contains(TicketFlags::PROXY));
}

#[test]
fn a_renewable_ticket_is_renewed_until_it_is_not() {
    let scene = scene();
    let mut wish = Wish::tgt("alice").options(KdcOptions::RENEWABLE);
    wish.till = at(scene.now, 3600);
    wish.rtime = Some(at(scene.now, 5000));
    let alice = login(&scene.kdc, &wish, scene.now);
    let renew = Wish::new("krbtgt/EXAMPLE.TEST").options(KdcOptions::RENEW);
    let later = scene.now + Duration::from_secs(1000);
    let again = ask(&scene.kdc, &alice, &renew, later);
    assert_eq!(again.end, at(scene.now, 4600));
    assert_eq!(again.renew_till, Some(at(scene.now, 5000)));
    let last = ask(
        &scene.kdc,
        &again,
        &renew,
        later + Duration::from_secs(3000),
    );
    assert_eq!(last.end, at(scene.now, 5000));
    let too_late = scene.now + Duration::from_secs(5000);
    let code = refusal(&scene.kdc, &last, &renew, too_late);
    assert_eq!(code, ErrorCode::TKT_EXPIRED);

    let other = Wish::new(WEB).options(KdcOptions::RENEW);
    let code = refusal(&scene.kdc, &alice, &other, scene.now);
    assert_eq!(code, ErrorCode::SERVER_NOMATCH);
    let fixed = tgt(&scene, "alice", KdcOptions::default());
    let code = refusal(&scene.kdc, &fixed, &renew, scene.now);
    assert_eq!(code, ErrorCode::BADOPTION);
}

#[test]
fn a_ticket_counts_where_the_ticket_granting_ticket_does_until_it_is_forwarded() {
    let scene = scene();
    let addresses = |ticket: &Credential| {
        inside(&ticket.ticket, &scene.web, |_, part| {
            let addresses = part.caddr.into_iter().flatten();
            addresses
                .map(|host| host.address.to_vec())
                .collect::<Vec<_>>()
        })
    };
    let mut here = Wish::tgt("alice").options(KdcOptions::FORWARDABLE);
    here.addresses = vec![[127, 0, 0, 1]];
    let alice = login(&scene.kdc, &here, scene.now);
    let mut wish = Wish::new(WEB);
    wish.addresses = vec![[127, 0, 0, 2]];
    let ticket = ask(&scene.kdc, &alice, &wish, scene.now);
    assert_eq!(addresses(&ticket), [[127, 0, 0, 1]]);
    let ticket = ask(
        &scene.kdc,
        &alice,
        &wish.options(KdcOptions::FORWARDED),
        scene.now,
    );
    assert_eq!(addresses(&ticket), [[127, 0, 0, 2]]);
}

#[test]
fn a_ticket_is_renewable_no_longer_than_the_ticket_granting_ticket() {
    let scene = scene();
    let mut wish = Wish::tgt("alice").options(KdcOptions::RENEWABLE);
    wish.rtime = Some(at(scene.now, 90_000));
    let alice = login(&scene.kdc, &wish, scene.now);
    let renewable = Wish::new(WEB).options(KdcOptions::RENEWABLE);
    let ticket = ask(&scene.kdc, &alice, &renewable, scene.now);
    assert_eq!(ticket.renew_till, Some(at(scene.now, 90_000)));
    let fixed = tgt(&scene, "alice", KdcOptions::default());
    let ticket = ask(&scene.kdc, &fixed, &renewable, scene.now);
    assert_eq!(ticket.renew_till, None);
    assert!(!ticket.flags.contains(TicketFlags::RENEWABLE));
}

#[test]
fn who_wants_no_judgement_of_the_path_gets_none() {
    let scene = scene();
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let wish = Wish::new(WEB).options(KdcOptions::DISABLE_TRANSITED_CHECK);
    let ticket = ask(&scene.kdc, &alice, &wish, scene.now);
    assert_eq!(ticket.flags, TicketFlags::PRE_AUTHENT);
}

#[test]
fn user_to_user_seals_with_the_session_key_of_the_other_ticket() {
    let scene = scene();
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let bob = tgt(&scene, "bob", KdcOptions::default());
    let mut wish = Wish::new("bob").options(KdcOptions::ENC_TKT_IN_SKEY);
    wish.tickets = vec![bob.ticket.clone()];
    let ticket = ask(&scene.kdc, &alice, &wish, scene.now);
    let sealed = Ticket::from_der(&ticket.ticket).unwrap().enc_part;
    assert_eq!(sealed.kvno, None);
    let plaintext = crate::client::open(&bob.session_key, KeyUsage::TICKET, sealed.cipher);
    let part = EncTicketPart::from_der(&plaintext).unwrap();
    assert!(principal("alice").is(part.crealm, part.cname));

    let code = |wish: &Wish| refusal(&scene.kdc, &alice, wish, scene.now);
    let mut without = wish.clone();
    without.tickets.clear();
    assert_eq!(code(&without), ErrorCode::BADOPTION);
    let mut of_another = wish.clone();
    of_another.tickets = vec![alice.ticket.clone()];
    assert_eq!(code(&of_another), ErrorCode::SERVER_NOMATCH);
    let mut of_a_service = wish.clone();
    of_a_service.tickets = vec![ask(&scene.kdc, &bob, &Wish::new(WEB), scene.now).ticket];
    assert_eq!(code(&of_a_service), ErrorCode::NOT_US);
    let mut weaker = wish;
    weaker.etypes = vec![EtypeNumber::AES128_SHA1];
    assert_eq!(code(&weaker), ErrorCode::ETYPE_NOSUPP);
    let plain = Wish::new("bob");
    assert_eq!(code(&plain), ErrorCode::MUST_USE_USER2USER);
}

#[test]
fn the_other_ticket_of_user_to_user_must_not_be_over() {
    let scene = scene();
    let mut short = Wish::tgt("bob");
    short.till = at(scene.now, 60);
    let bob = login(&scene.kdc, &short, scene.now);
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let mut wish = Wish::new("bob").options(KdcOptions::ENC_TKT_IN_SKEY);
    wish.tickets = vec![bob.ticket];
    let later = scene.now + Duration::from_secs(361);
    let code = refusal(&scene.kdc, &alice, &wish, later);
    assert_eq!(code, ErrorCode::TKT_EXPIRED);
}

#[test]
fn authorization_data_goes_into_the_ticket() {
    let scene = scene();
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let element = AuthorizationDataElement {
        ad_type: AuthDataType::LOOPBACK,
        ad_data: b"here",
    };
    let plaintext = AuthorizationData::to_der(&SequenceOfBuf::of([&element]).borrow());
    let mut wish = Wish::new(WEB);
    let etype = EtypeNumber::AES256_SHA1;
    let usage = KeyUsage::TGS_REQ_AUTHDATA_SESSION;
    wish.authorization_data = Some((etype, seal(&alice.session_key, usage, &plaintext)));
    let ticket = ask(&scene.kdc, &alice, &wish, scene.now);
    inside(&ticket.ticket, &scene.web, |_, part| {
        let data = part.authorization_data.unwrap().iter();
        assert_eq!(data.skip(1).collect::<Vec<_>>(), [element]); // behind the PAC
    });
    let usage = KeyUsage::TGS_REQ_AUTHDATA_SUBKEY;
    wish.authorization_data = Some((etype, seal(&alice.session_key, usage, &plaintext)));
    let code = refusal(&scene.kdc, &alice, &wish, scene.now);
    assert_eq!(code, ErrorCode::BAD_INTEGRITY);
}

/// A client that could put a PAC into its ticket would be whoever it likes.
#[test]
fn authorization_data_that_only_a_kdc_may_say_is_left_out() {
    let scene = scene();
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let list = |elements: &[AuthorizationDataElement<'_>]| {
        AuthorizationData::to_der(&SequenceOfBuf::of(elements).borrow())
    };
    let element = |ad_type, ad_data| AuthorizationDataElement { ad_type, ad_data };
    let pac = element(AuthDataType::WIN2K_PAC, b"forged");
    let harmless = element(AuthDataType::LOOPBACK, b"here");
    let (hidden, open) = (list(&[harmless, pac]), list(&[harmless]));
    let relevant = AuthDataType::IF_RELEVANT;
    let mut asked = vec![element(relevant, &hidden), element(relevant, b"nonsense")];
    for ad_type in [4, 71, 72, 96, 128, 512].map(AuthDataType) {
        asked.push(element(ad_type, b"forged"));
    }
    asked.push(element(relevant, &open));
    let mut wish = Wish::new(WEB);
    let usage = KeyUsage::TGS_REQ_AUTHDATA_SESSION;
    let sealed = seal(&alice.session_key, usage, &list(&asked));
    wish.authorization_data = Some((EtypeNumber::AES256_SHA1, sealed));
    let ticket = ask(&scene.kdc, &alice, &wish, scene.now);
    inside(&ticket.ticket, &scene.web, |_, part| {
        let data = part.authorization_data.unwrap().iter();
        let behind_the_pac: Vec<_> = data.skip(1).collect();
        assert_eq!(behind_the_pac, [element(relevant, &open)]);
    });
}

#[test]
fn without_a_ticket_there_is_none() {
    let scene = scene();
    let request = request(MessageType::TGS_REQ, &[], &Wish::new(WEB).body());
    let reply = scene.kdc.answer(&request, scene.now);
    assert_eq!(error(&reply).error_code, ErrorCode::PADATA_TYPE_NOSUPP);
}

#[test]
fn the_ticket_must_be_ours() {
    let scene = scene();
    let code = refused(&scene, |presenting| {
        presenting.tgt.ticket = resealed(&presenting.tgt.ticket, |part| part.kvno = Some(Kvno(2)));
    });
    assert_eq!(code, ErrorCode::BADKEYVER);
    let code = refused(&scene, |presenting| {
        presenting.tgt.ticket = resealed(&presenting.tgt.ticket, |part| {
            part.cipher = &part.cipher[1..];
        });
    });
    assert_eq!(code, ErrorCode::BAD_INTEGRITY);
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let service_ticket = ask(&scene.kdc, &alice, &Wish::new(WEB), scene.now);
    let code = refusal(&scene.kdc, &service_ticket, &Wish::new(WEB), scene.now);
    assert_eq!(code, ErrorCode::NOT_US);
}

#[test]
fn the_authenticator_must_be_the_tickets_clients() {
    let scene = scene();
    let code = refused(&scene, |presenting| presenting.client = principal("bob"));
    assert_eq!(code, ErrorCode::BADMATCH);
    let code = refused(&scene, |presenting| {
        presenting.client = principal("alice@OTHER.TEST");
    });
    assert_eq!(code, ErrorCode::BADMATCH);
    let code = refused(&scene, |presenting| {
        presenting.tgt.session_key = Key::from_random(AES256, &[1; 32]);
    });
    assert_eq!(code, ErrorCode::BAD_INTEGRITY);
    let code = refused(&scene, |presenting| presenting.now = at(scene.now, 301));
    assert_eq!(code, ErrorCode::SKEW);
}

/// RFC 4120 §3.3.3: else anybody on the way could ask for another ticket.
#[test]
fn the_body_must_be_the_one_that_the_authenticator_signs() {
    let scene = scene();
    let code = refused(&scene, |presenting| presenting.checksum_type = None);
    assert_eq!(code, ErrorCode::INAPP_CKSUM);
    let code = refused(&scene, |presenting| presenting.checksum_type = Some(7));
    assert_eq!(code, ErrorCode::INAPP_CKSUM);
    let code = refused(&scene, |presenting| {
        presenting.checksum_of = Some(Wish::new("HTTP/other.example.test").body());
    });
    assert_eq!(code, ErrorCode::MODIFIED);
}

/// Heimdal has no keyed checksum where the key is of RC4.
#[test]
fn the_body_may_be_signed_by_md5_under_an_rc4_key() {
    use md5::{Digest as _, Md5};
    let scene = scene();
    let mut wish = Wish::tgt("alice");
    wish.etypes.insert(0, EtypeNumber::RC4_HMAC);
    scene
        .realm
        .user_with("alice")
        .password("secret")
        .enctypes([Enctype::Rc4Hmac])
        .build();
    let alice = login(&scene.kdc, &wish, scene.now);
    let mut presenting = Presenting::new(&alice, scene.now);
    let wish = Wish::new(WEB);
    presenting.checksum_type = Some(7);
    presenting.checksum = Some(Md5::digest(wish.body()).to_vec());
    let reply = scene.kdc.answer(&presenting.request(&wish), scene.now);
    credential(&reply, &alice.session_key, KeyUsage::TGS_REP_SESSION);
    presenting.checksum = Some(Md5::digest(b"another body").to_vec());
    let reply = scene.kdc.answer(&presenting.request(&wish), scene.now);
    assert_eq!(error(&reply).error_code, ErrorCode::MODIFIED);
}

#[test]
fn a_ticket_that_is_over_gets_no_other() {
    let scene = scene();
    let mut short = Wish::tgt("alice");
    short.till = at(scene.now, 60);
    let alice = login(&scene.kdc, &short, scene.now);
    let later = scene.now + Duration::from_secs(361);
    let code = refusal(&scene.kdc, &alice, &Wish::new(WEB), later);
    assert_eq!(code, ErrorCode::TKT_EXPIRED);
    // Within the skew it may be presented, but nothing is left of it.
    let now = scene.now + Duration::from_secs(120);
    let code = refusal(&scene.kdc, &alice, &Wish::new(WEB), now);
    assert_eq!(code, ErrorCode::NEVER_VALID);
    let before = scene.now - Duration::from_secs(301);
    let code = refusal(&scene.kdc, &alice, &Wish::new(WEB), before);
    assert_eq!(code, ErrorCode::TKT_NYV);
}

#[test]
fn what_this_kdc_does_not_offer_is_refused() {
    let scene = scene();
    let alice = tgt(&scene, "alice", KdcOptions::default());
    for option in [
        KdcOptions::ALLOW_POSTDATE,
        KdcOptions::POSTDATED,
        KdcOptions::VALIDATE,
        KdcOptions::REQUEST_ANONYMOUS,
    ] {
        let wish = Wish::new(WEB).options(option);
        let code = refusal(&scene.kdc, &alice, &wish, scene.now);
        assert_eq!(code, ErrorCode::BADOPTION, "{option:?}");
    }
}

#[test]
fn unknown_services_and_enctypes_are_refused() {
    let scene = scene();
    let alice = tgt(&scene, "alice", KdcOptions::default());
    let code = |wish: &Wish| refusal(&scene.kdc, &alice, wish, scene.now);
    let unknown = Wish::new("HTTP/no.example.test").options(KdcOptions::CANONICALIZE);
    assert_eq!(code(&unknown), ErrorCode::S_PRINCIPAL_UNKNOWN);
    let mut nobody = Wish::new(WEB);
    nobody.service = None;
    nobody.client = Some(principal("alice"));
    assert_eq!(code(&nobody), ErrorCode::S_PRINCIPAL_UNKNOWN);
    let mut weak = Wish::new(WEB);
    weak.etypes = vec![EtypeNumber::AES128_SHA1];
    assert_eq!(code(&weak), ErrorCode::ETYPE_NOSUPP);
}
