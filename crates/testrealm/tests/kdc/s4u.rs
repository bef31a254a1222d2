//! [MS-SFU]: services that ask on behalf of users, and in the name of their clients.

use crate::client::{
    AES256, Credential, Presenting, Wish, ask, credential, error, inside, login, login_of,
    principal, seal,
};
use portcullis::{Enctype, Principal};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::messages::{
    Checksum, EncKdcRepPart, KdcOptions, KdcRep, KerberosString, PaForUser, PaPacOptions,
    PaS4uX509User, PacOptions, S4uOptions, S4uUserId, Ticket, TicketFlags,
};
use portcullis_formats::registry::{ChecksumTypeNumber, ErrorCode, NameType, PaDataType};
use portcullis_testrealm::{MiniKdc, Pacs, TestRealm, TestService};
use std::time::SystemTime;

const WEB: &str = "HTTP/web.example.test";
const SQL: &str = "postgres/db.example.test";

/// A web service that may ask its database in the name of alice, and of bob, who is not delegated.
struct Scene {
    realm: TestRealm,
    kdc: MiniKdc,
    web: TestService,
    sql: TestService,
    now: SystemTime,
}

fn scene(enctype: Enctype) -> Scene {
    let realm = TestRealm::new("EXAMPLE.TEST");
    realm.user_with_password("alice", "secret");
    realm
        .user_with("bob")
        .password("secret")
        .not_delegated()
        .build();
    let web = realm
        .service_with(WEB)
        .enctypes([enctype])
        .alias("host/web");
    let web = web.may_delegate_to([SQL]).ok_to_auth_as_delegate().build();
    Scene {
        kdc: realm.kdc(),
        sql: realm.service_with(SQL).alias("postgres/db").build(),
        now: realm.now(),
        realm,
        web,
    }
}

/// PA-FOR-USER, signed as MIT krb5 does unless the number says otherwise.
pub(crate) fn for_user(user: &Principal, key: &Key, cksumtype: i32) -> (PaDataType, Vec<u8>) {
    let number = user.name_type().0.to_le_bytes();
    let components: Vec<_> = user.components().collect();
    let signed = [
        &number,
        components.concat().as_slice(),
        user.realm().0,
        b"Kerberos",
    ]
    .concat();
    let mac = if cksumtype == -138 {
        key.hmac_md5(KeyUsage::PAC_CHECKSUM)
    } else {
        key.mac(KeyUsage::PAC_CHECKSUM)
    };
    let mac = mac.checksum(&[&signed]);
    let value = PaForUser {
        user_name: user.name(),
        user_realm: user.realm(),
        cksum: Checksum {
            cksumtype: ChecksumTypeNumber(cksumtype),
            checksum: mac.as_ref(),
        },
        auth_package: KerberosString(b"Kerberos"),
    };
    (PaDataType::FOR_USER, value.to_der())
}

fn user_id(user: &Principal) -> Vec<u8> {
    S4uUserId {
        nonce: 7,
        cname: Some(user.name()),
        crealm: user.realm(),
        subject_certificate: None,
        options: Some(S4uOptions::USE_REPLY_KEY_USAGE),
    }
    .to_der()
}

/// PA-S4U-X509-USER with this checksum.
fn x509_user(user_id: &[u8], cksumtype: i32, checksum: &[u8]) -> (PaDataType, Vec<u8>) {
    let value = PaS4uX509User {
        user_id,
        checksum: Checksum {
            cksumtype: ChecksumTypeNumber(cksumtype),
            checksum,
        },
    };
    (PaDataType::S4U_X509_USER, value.to_der())
}

pub(crate) fn signed_x509_user(user: &Principal, key: &Key) -> (PaDataType, Vec<u8>) {
    let user_id = user_id(user);
    let mac = key.mac(KeyUsage::new(26)).checksum(&[&user_id]);
    x509_user(&user_id, key.enctype().checksum_type(), mac.as_ref())
}

/// What the KDC answers to a service that asks for a forwardable ticket to `target`.
fn reply(
    scene: &Scene,
    tgt: &Credential,
    target: &str,
    padata: Vec<(PaDataType, Vec<u8>)>,
) -> Vec<u8> {
    let mut presenting = Presenting::new(tgt, scene.now);
    presenting.padata = padata;
    let mut wish = Wish::new(target).options(KdcOptions::FORWARDABLE);
    wish.etypes = scene.web_etypes();
    scene.kdc.answer(&presenting.request(&wish), scene.now)
}

impl Scene {
    fn web_etypes(&self) -> Vec<portcullis_formats::registry::EtypeNumber> {
        Enctype::all()
            .iter()
            .map(|enctype| portcullis_formats::registry::EtypeNumber(enctype.number()))
            .collect()
    }

    fn tgt(&self) -> Credential {
        login_of(&self.kdc, &self.web, self.now)
    }

    /// The web service's ticket to itself on behalf of a user.
    fn on_behalf(&self, tgt: &Credential, user: &str) -> Credential {
        let padata = vec![for_user(&principal(user), &tgt.session_key, -138)];
        let reply = reply(self, tgt, WEB, padata);
        credential(&reply, &tgt.session_key, KeyUsage::TGS_REP_SESSION)
    }

    /// What comes of showing this ticket for one to `target`.
    fn delegated(&self, tgt: &Credential, evidence: &[u8], target: &str) -> Vec<u8> {
        let mut wish = Wish::new(target).options(KdcOptions::CNAME_IN_ADDL_TKT);
        wish.options = wish.options | KdcOptions::FORWARDABLE;
        wish.tickets = vec![evidence.to_vec()];
        wish.etypes = self.web_etypes();
        let request = Presenting::new(tgt, self.now).request(&wish);
        self.kdc.answer(&request, self.now)
    }
}

fn client_in(ticket: &[u8], service: &TestService) -> Principal {
    inside(ticket, service, |_, part| {
        Principal::from_wire(part.crealm, part.cname).unwrap()
    })
}

#[test]
fn a_service_gets_a_ticket_to_itself_on_behalf_of_a_user() {
    for enctype in Enctype::all() {
        let scene = scene(*enctype);
        let tgt = scene.tgt();
        let ticket = scene.on_behalf(&tgt, "alice");
        assert_eq!(ticket.client, principal("alice"), "{enctype}");
        assert_eq!(client_in(&ticket.ticket, &scene.web), principal("alice"));
        assert!(ticket.flags.contains(TicketFlags::FORWARDABLE));
        assert!(!ticket.flags.contains(TicketFlags::INITIAL));
        // Heimdal signs with the checksum of the key's own enctype.
        let own = enctype.checksum_type();
        let padata = for_user(&principal("alice"), &tgt.session_key, own);
        KdcRep::from_der(&reply(&scene, &tgt, WEB, vec![padata])).unwrap();
    }
}

/// MIT krb5's client verifies that it is so.
#[test]
fn the_reply_to_the_newer_request_signs_the_user() {
    let scene = scene(AES256);
    let tgt = scene.tgt();
    let padata = signed_x509_user(&principal("alice"), &tgt.session_key);
    let reply = reply(&scene, &tgt, WEB, vec![padata]);
    let reply = KdcRep::from_der(&reply).unwrap();
    let padata = reply.padata.unwrap().iter().next().unwrap();
    assert_eq!(padata.padata_type, PaDataType::S4U_X509_USER);
    let answer = PaS4uX509User::from_der(padata.padata_value).unwrap();
    let mac = tgt.session_key.mac(KeyUsage::new(27));
    mac.verify(&[answer.user_id], answer.checksum.checksum)
        .unwrap();
    let user = answer.user_id().unwrap();
    assert!(principal("alice").is(user.crealm, user.cname.unwrap()));
    assert_eq!(user.nonce, 7);
    assert_eq!(user.options, Some(S4uOptions::USE_REPLY_KEY_USAGE));
}

/// As MIT krb5 and Windows do with RC4: the checksum has no key, so it comes sealed as well.
#[test]
fn the_reply_under_an_rc4_key_repeats_both_checksums_sealed() {
    use md4::{Digest as _, Md4};
    let scene = scene(Enctype::Rc4Hmac);
    let tgt = scene.tgt();
    let user_id = user_id(&principal("alice"));
    let checksum = Md4::digest(&user_id);
    let padata = x509_user(&user_id, 2, &checksum);
    let reply = reply(&scene, &tgt, WEB, vec![padata.clone()]);
    let reply = KdcRep::from_der(&reply).unwrap();
    let answer = reply.padata.unwrap().iter().next().unwrap();
    let answer = PaS4uX509User::from_der(answer.padata_value).unwrap();
    assert_eq!(
        answer.checksum.checksum,
        Md4::digest(answer.user_id).as_slice()
    );
    let usage = KeyUsage::TGS_REP_SESSION;
    let plaintext = crate::client::open(&tgt.session_key, usage, reply.enc_part.cipher);
    let part = EncKdcRepPart::from_der(&plaintext).unwrap();
    let sealed = part.encrypted_pa_data.unwrap().iter().next().unwrap();
    let both = [checksum.as_slice(), answer.checksum.checksum].concat();
    assert_eq!(sealed.padata_value, both);
    // Not under a better key.
    let better = self::scene(AES256);
    let tgt = better.tgt();
    let reply = self::reply(&better, &tgt, WEB, vec![padata]);
    assert_eq!(error(&reply).error_code, ErrorCode::INAPP_CKSUM);
}

#[test]
fn an_enterprise_name_is_replaced_by_the_users_own() {
    let scene = scene(AES256);
    let tgt = scene.tgt();
    let name = Principal::new("EXAMPLE.TEST", ["alice@EXAMPLE.TEST"]).unwrap();
    let name = name.with_name_type(NameType::ENTERPRISE);
    let padata = signed_x509_user(&name, &tgt.session_key);
    let reply = reply(&scene, &tgt, WEB, vec![padata]);
    let reply = KdcRep::from_der(&reply).unwrap();
    assert!(principal("alice").is(reply.crealm, reply.cname));
}

#[test]
fn the_user_that_is_asked_for_is_signed() {
    let scene = scene(AES256);
    let tgt = scene.tgt();
    let code = |padata| error(&reply(&scene, &tgt, WEB, vec![padata])).error_code;
    let (alice, key) = (principal("alice"), &tgt.session_key);
    let strange = Key::from_random(AES256, &[1; 32]);
    assert_eq!(code(for_user(&alice, &strange, -138)), ErrorCode::MODIFIED);
    assert_eq!(code(for_user(&alice, key, 7)), ErrorCode::INAPP_CKSUM);
    assert_eq!(
        code(signed_x509_user(&alice, &strange)),
        ErrorCode::MODIFIED
    );
    let user_id = user_id(&alice);
    assert_eq!(
        code(x509_user(&user_id, 7, &[0; 16])),
        ErrorCode::INAPP_CKSUM
    );
    // Of another request.
    let old = S4uUserId {
        nonce: 8,
        ..S4uUserId::from_der(&user_id).unwrap()
    }
    .to_der();
    let mac = key.mac(KeyUsage::new(26)).checksum(&[&old]);
    assert_eq!(code(x509_user(&old, 16, mac.as_ref())), ErrorCode::MODIFIED);
    let nobody = S4uUserId {
        cname: None,
        ..S4uUserId::from_der(&user_id).unwrap()
    }
    .to_der();
    let mac = key.mac(KeyUsage::new(26)).checksum(&[&nobody]);
    let nobody = x509_user(&nobody, 16, mac.as_ref());
    assert_eq!(code(nobody), ErrorCode::C_PRINCIPAL_UNKNOWN);
    for padata_type in [PaDataType::FOR_USER, PaDataType::S4U_X509_USER] {
        assert_eq!(code((padata_type, vec![0x30, 0])), ErrorCode::GENERIC);
    }
}

#[test]
fn a_service_asks_for_itself_and_for_users_of_its_realm_alone() {
    let scene = scene(AES256);
    let tgt = scene.tgt();
    let asking = |target: &str, user: &str| {
        let padata = vec![for_user(&principal(user), &tgt.session_key, -138)];
        error(&reply(&scene, &tgt, target, padata)).error_code
    };
    assert_eq!(asking(SQL, "alice"), ErrorCode::BADMATCH);
    assert_eq!(asking(WEB, "nobody"), ErrorCode::C_PRINCIPAL_UNKNOWN);
    assert_eq!(asking(WEB, "alice@OTHER.TEST"), ErrorCode::POLICY);
    let padata = vec![for_user(&principal("alice"), &tgt.session_key, -138)];
    KdcRep::from_der(&reply(&scene, &tgt, "host/web", padata.clone())).unwrap();

    let mut presenting = Presenting::new(&tgt, scene.now);
    presenting.padata = padata;
    for option in [KdcOptions::FORWARDED, KdcOptions::CNAME_IN_ADDL_TKT] {
        let wish = Wish::new(WEB).options(option);
        let reply = scene.kdc.answer(&presenting.request(&wish), scene.now);
        assert_eq!(error(&reply).error_code, ErrorCode::BADOPTION);
    }
}

/// [MS-SFU] §3.2.5.1.2.
#[test]
fn a_ticket_on_behalf_of_a_user_is_forwardable_only_by_permission() {
    let scene = scene(AES256);
    let forwardable = |name: &str, user: &str| {
        let service = scene.realm.service_with(name);
        let service = match name {
            "listed" => service.may_delegate_to([SQL]),
            "trusted" => service.may_delegate_to([SQL]).ok_to_auth_as_delegate(),
            _ => service,
        };
        let tgt = login_of(&scene.kdc, &service.build(), scene.now);
        let padata = vec![for_user(&principal(user), &tgt.session_key, -138)];
        let reply = reply(&scene, &tgt, name, padata);
        let ticket = credential(&reply, &tgt.session_key, KeyUsage::TGS_REP_SESSION);
        ticket.flags.contains(TicketFlags::FORWARDABLE)
    };
    assert!(forwardable("free", "alice"));
    assert!(!forwardable("listed", "alice"));
    assert!(forwardable("trusted", "alice"));
    assert!(!forwardable("free", "bob"));
    assert!(!forwardable("trusted", "bob"));
}

#[test]
fn a_user_who_is_not_delegated_gets_no_forwardable_ticket() {
    let scene = scene(AES256);
    for (user, forwardable) in [("alice", true), ("bob", false)] {
        let wish = Wish::tgt(user).options(KdcOptions::FORWARDABLE);
        let tgt = login(&scene.kdc, &wish, scene.now);
        assert_eq!(tgt.flags.contains(TicketFlags::FORWARDABLE), forwardable);
    }
}

#[test]
fn a_service_is_delegated_by_the_ticket_of_its_client() {
    let scene = scene(AES256);
    let tgt = scene.tgt();
    let wish = Wish::tgt("alice").options(KdcOptions::FORWARDABLE);
    let alice = login(&scene.kdc, &wish, scene.now);
    let wish = Wish::new(WEB).options(KdcOptions::FORWARDABLE);
    let hers = ask(&scene.kdc, &alice, &wish, scene.now);
    let on_behalf = scene.on_behalf(&tgt, "alice");
    for evidence in [hers, on_behalf] {
        for target in [SQL, "postgres/db"] {
            let reply = scene.delegated(&tgt, &evidence.ticket, target);
            let ticket = credential(&reply, &tgt.session_key, KeyUsage::TGS_REP_SESSION);
            assert_eq!(ticket.client, principal("alice"));
            assert_eq!(ticket.service, principal(target));
            assert_eq!(client_in(&ticket.ticket, &scene.sql), principal("alice"));
        }
    }
}

#[test]
fn only_a_forwardable_ticket_to_the_asker_delegates() {
    let scene = scene(AES256);
    let tgt = scene.tgt();
    let code = |evidence: &Credential, target: &str| {
        error(&scene.delegated(&tgt, &evidence.ticket, target)).error_code
    };
    let alice = Wish::tgt("alice").options(KdcOptions::FORWARDABLE);
    let alice = login(&scene.kdc, &alice, scene.now);
    let fixed = ask(&scene.kdc, &alice, &Wish::new(WEB), scene.now);
    assert_eq!(code(&fixed, SQL), ErrorCode::BADOPTION);
    let bob = scene.on_behalf(&tgt, "bob");
    assert_eq!(code(&bob, SQL), ErrorCode::BADOPTION);
    let forwardable = |service: &str| Wish::new(service).options(KdcOptions::FORWARDABLE);
    let elsewhere = ask(&scene.kdc, &alice, &forwardable(SQL), scene.now);
    assert_eq!(code(&elsewhere, SQL), ErrorCode::SERVER_NOMATCH);
    assert_eq!(code(&alice, SQL), ErrorCode::SERVER_NOMATCH);

    let hers = ask(&scene.kdc, &alice, &forwardable(WEB), scene.now);
    assert_eq!(code(&hers, WEB), ErrorCode::BADOPTION); // not on the list
    assert_eq!(code(&hers, "krbtgt/EXAMPLE.TEST"), ErrorCode::POLICY);
    let mut none = Wish::new(SQL).options(KdcOptions::CNAME_IN_ADDL_TKT);
    let request = |wish: &Wish| Presenting::new(&tgt, scene.now).request(wish);
    let reply = scene.kdc.answer(&request(&none), scene.now);
    assert_eq!(error(&reply).error_code, ErrorCode::BADOPTION);
    none.tickets = vec![hers.ticket];
    none.options = none.options | KdcOptions::PROXY;
    let reply = scene.kdc.answer(&request(&none), scene.now);
    assert_eq!(error(&reply).error_code, ErrorCode::BADOPTION);
}

/// [MS-SFU] §3.2.5.2.3: the other service says who may come.
#[test]
fn a_service_may_accept_delegation_of_its_own() {
    let scene = scene(AES256);
    let tgt = scene.tgt();
    let evidence = scene.on_behalf(&tgt, "alice").ticket;
    let log = scene.realm.service_with("log/db.example.test");
    log.accepts_delegation_from(["host/web"]).build();
    scene.realm.service("log/other.example.test");
    let reply = |target: &str, flags: Option<PacOptions>| {
        let mut presenting = Presenting::new(&tgt, scene.now);
        let options = flags.map(|flags| PaPacOptions { flags }.to_der());
        let options = options.map(|options| (PaDataType::PAC_OPTIONS, options));
        presenting.padata.extend(options);
        let mut wish = Wish::new(target).options(KdcOptions::CNAME_IN_ADDL_TKT);
        wish.tickets = vec![evidence.clone()];
        scene.kdc.answer(&presenting.request(&wish), scene.now)
    };
    let knows = PacOptions::RESOURCE_BASED_CONSTRAINED_DELEGATION;
    let granted = reply("log/db.example.test", Some(knows));
    let granted = KdcRep::from_der(&granted).unwrap();
    assert!(principal("alice").is(granted.crealm, granted.cname));
    let usage = KeyUsage::TGS_REP_SESSION;
    let plaintext = crate::client::open(&tgt.session_key, usage, granted.enc_part.cipher);
    let part = EncKdcRepPart::from_der(&plaintext).unwrap();
    let options = part.encrypted_pa_data.unwrap().iter().next().unwrap();
    let options = PaPacOptions::from_der(options.padata_value).unwrap();
    assert_eq!(options.flags, knows);
    let code = |target, flags| error(&reply(target, flags)).error_code;
    let db = "log/db.example.test";
    assert_eq!(code(db, None), ErrorCode::BADOPTION);
    assert_eq!(code(db, Some(PacOptions::CLAIMS)), ErrorCode::BADOPTION);
    let other = code("log/other.example.test", Some(knows));
    assert_eq!(other, ErrorCode::BADOPTION);
}

#[test]
fn a_ticket_that_no_key_of_ours_opens_delegates_nothing() {
    let scene = scene(AES256);
    let tgt = scene.tgt();
    let evidence = scene.on_behalf(&tgt, "alice").ticket;
    let strange = Key::from_random(AES256, &[1; 32]);
    let cipher = seal(&strange, KeyUsage::TICKET, b"anything");
    let mut ticket = Ticket::from_der(&evidence).unwrap();
    ticket.enc_part.cipher = &cipher;
    let reply = scene.delegated(&tgt, &ticket.to_der(), SQL);
    assert_eq!(error(&reply).error_code, ErrorCode::BAD_INTEGRITY);
    let alice = principal("alice"); // a user has no tickets to show
    ticket.sname = alice.name();
    let reply = scene.delegated(&tgt, &ticket.to_der(), SQL);
    assert_eq!(error(&reply).error_code, ErrorCode::S_PRINCIPAL_UNKNOWN);
}

/// A realm that trusts that of the web service, with carol.
fn other_realm(scene: &Scene) -> TestRealm {
    let other = TestRealm::new("OTHER.TEST");
    other.user_with_password("carol", "secret");
    other.user_with_password("dora", "secret");
    scene.realm.trust(&other);
    other
}

/// What the KDCs say to the web service that comes with this ticket and asks for `user`: a realm
/// that is not its own knows it by an enterprise name.
fn asking_abroad(scene: &Scene, tgt: &Credential, realm: &str, user: &str) -> Vec<u8> {
    let mut wish = Wish::new(WEB).options(KdcOptions::CANONICALIZE | KdcOptions::FORWARDABLE);
    if realm != "EXAMPLE.TEST" {
        let name = Principal::new(realm, [format!("{WEB}@EXAMPLE.TEST")]).unwrap();
        wish.service = Some(name.with_name_type(NameType::ENTERPRISE));
    }
    let mut presenting = Presenting::new(tgt, scene.now);
    presenting.padata = vec![signed_x509_user(&principal(user), &tgt.session_key)];
    scene.kdc.answer(&presenting.request(&wish), scene.now)
}

/// The web service's ticket for the KDC of the other realm.
fn abroad(scene: &Scene) -> Credential {
    let wish = Wish::new("krbtgt/OTHER.TEST").options(KdcOptions::FORWARDABLE);
    ask(&scene.kdc, &scene.tgt(), &wish, scene.now)
}

fn ticket(reply: &[u8], tgt: &Credential) -> Credential {
    credential(reply, &tgt.session_key, KeyUsage::TGS_REP_SESSION)
}

/// [MS-SFU] §3.1.5.1.1.1: first to the user's realm, then back with what that says of the user.
#[test]
fn a_service_gets_a_ticket_on_behalf_of_a_user_of_another_realm() {
    let scene = scene(AES256);
    let _other = other_realm(&scene);
    let there = abroad(&scene);
    let user = "carol@OTHER.TEST";
    let back = ticket(&asking_abroad(&scene, &there, "OTHER.TEST", user), &there);
    assert_eq!(back.client, principal(WEB));
    assert_eq!(back.service, principal("krbtgt/EXAMPLE.TEST@OTHER.TEST"));
    let own = ticket(&asking_abroad(&scene, &back, "EXAMPLE.TEST", user), &back);
    assert_eq!(own.client, principal(user));
    assert!(own.flags.contains(TicketFlags::FORWARDABLE));
    inside(&own.ticket, &scene.web, |_, part| {
        assert!(principal(user).is(part.crealm, part.cname));
        assert!(part.transited.contents.is_empty());
    });
    let tgt = scene.tgt();
    let delegated = ticket(&scene.delegated(&tgt, &own.ticket, SQL), &tgt);
    assert_eq!(client_in(&delegated.ticket, &scene.sql), principal(user));
}

#[test]
fn another_realm_speaks_for_its_own_users_alone() {
    let scene = scene(AES256);
    let other = other_realm(&scene);
    let there = abroad(&scene);
    let code = |tgt: &Credential, realm: &str, user: &str| {
        error(&asking_abroad(&scene, tgt, realm, user)).error_code
    };
    let carol = "carol@OTHER.TEST";
    let back = ticket(&asking_abroad(&scene, &there, "OTHER.TEST", carol), &there);
    // The ticket says carol.
    assert_eq!(
        code(&back, "EXAMPLE.TEST", "dora@OTHER.TEST"),
        ErrorCode::BADOPTION
    );
    let ours = code(&back, "EXAMPLE.TEST", "alice");
    assert_eq!(ours, ErrorCode::C_PRINCIPAL_UNKNOWN);
    let nobody = code(&there, "OTHER.TEST", "nobody@OTHER.TEST");
    assert_eq!(nobody, ErrorCode::C_PRINCIPAL_UNKNOWN);
    // Nor is the ticket good for anything else.
    let plain = Wish::new(SQL);
    let reply = scene.kdc.answer(
        &Presenting::new(&back, scene.now).request(&plain),
        scene.now,
    );
    assert_eq!(error(&reply).error_code, ErrorCode::POLICY);
    let evidence = scene.on_behalf(&scene.tgt(), "alice").ticket;
    let reply = scene.delegated(&back, &evidence, SQL);
    assert_eq!(error(&reply).error_code, ErrorCode::POLICY);
    // Without a PAC nobody knows whom it is for.
    other.issue_pacs(Pacs::None);
    let bare = ticket(&asking_abroad(&scene, &there, "OTHER.TEST", carol), &there);
    assert_eq!(code(&bare, "EXAMPLE.TEST", carol), ErrorCode::TGT_REVOKED);
}
