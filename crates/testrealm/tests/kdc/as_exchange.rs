//! RFC 4120 §3.1: AS-REQ to AS-REP.

use crate::client::{
    AES128, AES256, Wish, as_req, at, credential, error, key_of_password, login, open, principal,
    request, timestamp,
};
use crate::scene;
use core::time::Duration;
use portcullis::Enctype;
use portcullis_crypto::KeyUsage;
use portcullis_formats::der::Decode;
use portcullis_formats::messages::{
    Checksum, EncKdcRepPart, EtypeInfo2, KdcOptions, KdcRep, KerberosString, MessageType,
    MethodData, TicketFlags,
};
use portcullis_formats::registry::{ErrorCode, EtypeNumber, NameType, PaDataType};
use portcullis_testdata::hex;
use portcullis_testrealm::TestRealm;
use serde_json::Value;
use std::time::UNIX_EPOCH;

fn refusal(wish: &Wish) -> ErrorCode {
    let scene = scene();
    let key = key_of_password(&principal("alice"), AES256, "secret");
    let padata = [timestamp(&key, at(scene.now, 0))];
    let request = request(MessageType::AS_REQ, &padata, &wish.body());
    error(&scene.kdc.answer(&request, scene.now)).error_code
}

#[test]
fn without_preauthentication_says_how_keys_are_made() {
    let scene = scene();
    let mut wish = Wish::tgt("alice");
    wish.etypes = vec![
        EtypeNumber::AES256_SHA2,
        EtypeNumber::AES128_SHA1,
        EtypeNumber::AES256_SHA1,
    ];
    let reply = scene
        .kdc
        .answer(&request(MessageType::AS_REQ, &[], &wish.body()), scene.now);
    let error = error(&reply);
    assert_eq!(error.error_code, ErrorCode::PREAUTH_REQUIRED);
    assert_eq!(error.e_text, Some(KerberosString(b"NEEDED_PREAUTH")));
    assert_eq!(error.stime, at(scene.now, 0));
    let methods = MethodData::from_der(error.e_data.unwrap()).unwrap();
    let methods: Vec<_> = methods.iter().collect();
    assert_eq!(methods.len(), 2);
    assert_eq!(methods[1].padata_type, PaDataType::ENC_TIMESTAMP);
    let info = EtypeInfo2::from_der(methods[0].padata_value).unwrap();
    let info: Vec<_> = info.iter().map(|entry| (entry.etype, entry.salt)).collect();
    let salt = Some(KerberosString(b"EXAMPLE.TESTalice"));
    // In the client's order, without what there is no key of.
    assert_eq!(
        info,
        [
            (EtypeNumber::AES128_SHA1, salt),
            (EtypeNumber::AES256_SHA1, salt)
        ]
    );
}

/// The request is one of kinit of MIT krb5 1.20.1, which knows the password `alice`.
#[test]
fn answers_a_recorded_kinit() {
    let recorded: Value =
        serde_json::from_str(include_str!("../../../formats/tests/kdc_exchange.json")).unwrap();
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice", "alice");
    // 2026-11-23T05:40:26Z
    let now = UNIX_EPOCH + Duration::from_secs(1_795_412_426);
    let first = hex(&recorded["as_req_without_preauthentication"]);
    let reply = realm.kdc().answer(&first, now);
    assert_eq!(error(&reply).error_code, ErrorCode::PREAUTH_REQUIRED);
    let octets = hex(&recorded["as_req"]);
    let reply = realm.kdc().answer(&octets, now);
    let reply = KdcRep::from_der(&reply).unwrap();
    assert!(principal("alice").is(reply.crealm, reply.cname));
    let key = key_of_password(&principal("alice"), AES256, "alice");
    let part = open(&key, KeyUsage::AS_REP, reply.enc_part.cipher);
    let part = EncKdcRepPart::from_der(&part).unwrap();
    // kinit asks for a signature over its request (RFC 6806 §11).
    assert!(part.flags.contains(TicketFlags::ENC_PA_REP));
    let signature = part.encrypted_pa_data.unwrap().iter().next().unwrap();
    assert_eq!(signature.padata_type, PaDataType::REQ_ENC_PA_REP);
    let signature = Checksum::from_der(signature.padata_value).unwrap();
    let mac = key.mac(KeyUsage::new(56));
    mac.verify(&[&octets], signature.checksum).unwrap();
    let late = now + Duration::from_secs(301);
    let reply = realm.kdc().answer(&octets, late);
    assert_eq!(error(&reply).error_code, ErrorCode::SKEW);
}

#[test]
fn a_ticket_granting_ticket_has_what_was_asked_for() {
    let scene = scene();
    let plain = login(&scene.kdc, &Wish::tgt("alice"), scene.now);
    assert_eq!(plain.flags, TicketFlags::INITIAL | TicketFlags::PRE_AUTHENT);
    assert_eq!(plain.end, at(scene.now, 86_400));
    assert_eq!(plain.renew_till, None);
    assert_eq!(plain.session_key.enctype(), AES256);
    assert_eq!(plain.client, principal("alice"));
    assert_eq!(plain.service, principal("krbtgt/EXAMPLE.TEST"));

    let options = KdcOptions::FORWARDABLE | KdcOptions::PROXIABLE | KdcOptions::RENEWABLE;
    let mut wish = Wish::tgt("alice").options(options);
    wish.till = at(scene.now, 60);
    wish.rtime = Some(at(scene.now, 3600));
    wish.etypes = vec![EtypeNumber::AES128_SHA1];
    let rich = login(&scene.kdc, &wish, scene.now);
    let asked = TicketFlags::FORWARDABLE | TicketFlags::PROXIABLE | TicketFlags::RENEWABLE;
    assert!(rich.flags.contains(asked));
    assert_eq!(rich.end, at(scene.now, 60));
    assert_eq!(rich.renew_till, Some(at(scene.now, 3600)));
    assert_eq!(rich.session_key.enctype(), AES128);
}

#[test]
fn who_asks_for_more_time_than_there_is_may_renew_if_that_is_ok() {
    let scene = scene();
    let mut wish = Wish::tgt("alice").options(KdcOptions::RENEWABLE_OK);
    wish.till = at(scene.now, 90_000);
    let ticket = login(&scene.kdc, &wish, scene.now);
    assert_eq!(ticket.end, at(scene.now, 86_400));
    assert_eq!(ticket.renew_till, Some(at(scene.now, 90_000)));
    wish.till = at(scene.now, 60);
    assert_eq!(login(&scene.kdc, &wish, scene.now).renew_till, None);
}

#[test]
fn the_keys_of_a_user_are_of_the_enctypes_that_were_chosen() {
    let scene = scene();
    let user = scene.realm.user_with("carol").password("secret");
    user.enctypes([Enctype::Rc4Hmac]).build();
    let mut wish = Wish::tgt("carol");
    let request = request(MessageType::AS_REQ, &[], &wish.body());
    let reply = scene.kdc.answer(&request, scene.now);
    assert_eq!(error(&reply).error_code, ErrorCode::ETYPE_NOSUPP);
    wish.etypes = vec![EtypeNumber::RC4_HMAC];
    let ticket = login(&scene.kdc, &wish, scene.now);
    assert_eq!(ticket.session_key.enctype(), Enctype::Rc4Hmac);
}

#[test]
fn the_same_request_gets_the_same_reply_in_the_same_realm() {
    let reply = || {
        let scene = scene();
        let (request, _) = as_req(&Wish::tgt("alice"), "secret", scene.now);
        scene.kdc.answer(&request, scene.now)
    };
    assert_eq!(reply(), reply());
}

#[test]
fn a_wrong_password_fails_and_says_how_keys_are_made() {
    let scene = scene();
    let (request, _) = as_req(&Wish::tgt("alice"), "guess", scene.now);
    let reply = scene.kdc.answer(&request, scene.now);
    let error = error(&reply);
    assert_eq!(error.error_code, ErrorCode::PREAUTH_FAILED);
    assert!(MethodData::from_der(error.e_data.unwrap()).is_ok());
}

#[test]
fn a_clock_that_is_off_by_more_than_five_minutes_is_refused() {
    let scene = scene();
    for (seconds, good) in [(300, true), (-300, true), (301, false), (-301, false)] {
        let wish = Wish::tgt("alice");
        let key = key_of_password(&principal("alice"), AES256, "secret");
        let padata = [timestamp(&key, at(scene.now, seconds))];
        let request = request(MessageType::AS_REQ, &padata, &wish.body());
        let reply = scene.kdc.answer(&request, scene.now);
        if good {
            credential(&reply, &key, KeyUsage::AS_REP);
        } else {
            assert_eq!(error(&reply).error_code, ErrorCode::SKEW);
        }
    }
}

#[test]
fn unknown_names_are_refused() {
    let mut wish = Wish::tgt("mallory");
    assert_eq!(refusal(&wish), ErrorCode::C_PRINCIPAL_UNKNOWN);
    wish.client = None;
    assert_eq!(refusal(&wish), ErrorCode::C_PRINCIPAL_UNKNOWN);
    let mut wish = Wish::tgt("alice@STRANGE.TEST");
    assert_eq!(refusal(&wish), ErrorCode::C_PRINCIPAL_UNKNOWN);
    wish = Wish::tgt("alice");
    wish.service = Some(principal("kadmin/changepw"));
    assert_eq!(refusal(&wish), ErrorCode::S_PRINCIPAL_UNKNOWN);
    wish.service = None;
    assert_eq!(refusal(&wish), ErrorCode::S_PRINCIPAL_UNKNOWN);
}

#[test]
fn a_user_is_no_service() {
    let mut wish = Wish::tgt("alice");
    wish.service = Some(principal("bob"));
    assert_eq!(refusal(&wish), ErrorCode::MUST_USE_USER2USER);
}

#[test]
fn enctypes_that_nobody_knows_are_refused() {
    let mut wish = Wish::tgt("alice");
    wish.etypes = vec![EtypeNumber(99), EtypeNumber::DES_CBC_MD5];
    assert_eq!(refusal(&wish), ErrorCode::ETYPE_NOSUPP);
}

#[test]
fn what_an_as_cannot_do_is_refused() {
    for option in [
        KdcOptions::FORWARDED,
        KdcOptions::PROXY,
        KdcOptions::RENEW,
        KdcOptions::VALIDATE,
        KdcOptions::ENC_TKT_IN_SKEY,
        KdcOptions::CNAME_IN_ADDL_TKT,
        KdcOptions::REQUEST_ANONYMOUS,
    ] {
        let wish = Wish::tgt("alice").options(option);
        assert_eq!(refusal(&wish), ErrorCode::BADOPTION, "{option:?}");
    }
    let wish = Wish::tgt("alice").options(KdcOptions::POSTDATED);
    assert_eq!(refusal(&wish), ErrorCode::CANNOT_POSTDATE);
}

#[test]
fn times_that_cannot_be_are_refused() {
    let now = scene().now;
    let mut wish = Wish::tgt("alice");
    wish.from = Some(at(now, 301));
    assert_eq!(refusal(&wish), ErrorCode::CANNOT_POSTDATE);
    wish = Wish::tgt("alice");
    wish.till = at(now, 0);
    assert_eq!(refusal(&wish), ErrorCode::NEVER_VALID);
}

#[test]
fn an_enterprise_name_is_replaced_by_the_users() {
    let scene = scene();
    let mut wish = Wish::tgt("alice");
    let name = portcullis::Principal::new("EXAMPLE.TEST", ["alice@EXAMPLE.TEST"]).unwrap();
    wish.client = Some(name.with_name_type(NameType::ENTERPRISE));
    let key = key_of_password(&principal("alice"), AES256, "secret");
    let padata = [timestamp(&key, at(scene.now, 0))];
    let request = request(MessageType::AS_REQ, &padata, &wish.body());
    let reply = scene.kdc.answer(&request, scene.now);
    let ticket = credential(&reply, &key, KeyUsage::AS_REP);
    assert_eq!(ticket.client, principal("alice"));
    assert_eq!(ticket.client.name_type(), NameType::PRINCIPAL);
}

#[test]
fn a_service_logs_in_with_its_key() {
    let scene = scene();
    let wish = Wish::tgt("HTTP/web.example.test");
    let request = request(MessageType::AS_REQ, &[], &wish.body());
    let reply = scene.kdc.answer(&request, scene.now);
    assert_eq!(error(&reply).error_code, ErrorCode::PREAUTH_REQUIRED);
}
