//! [MS-PAC] in the tickets that the KDC issues: judged by the acceptor, which shares no code with it.

use crate::client::{
    AES256, Credential, Presenting, Wish, as_req, ask, at, credential, error, inside, login,
    login_of, principal, refusal, request, seal,
};
use crate::s4u::for_user;
use portcullis::pac::PacPolicy;
use portcullis::{Acceptor, Enctype, Identity, Principal, Step, WeakEnctype};
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::ccache::{self, CcacheWriter};
use portcullis_formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis_formats::keytab::KeytabFile;
use portcullis_formats::messages::{
    AuthorizationData, AuthorizationDataElement, EncTicketPart, KdcOptions, KrbError, MessageType,
    PaPacRequest, Ticket, TicketFlags,
};
use portcullis_formats::pac::{PacBufferType, RawPac, Sid};
use portcullis_formats::registry::{AuthDataType, ErrorCode, EtypeNumber, PaDataType};
use portcullis_testrealm::{MiniKdc, Pacs, TestClient, TestRealm, TestService};
use std::time::SystemTime;

const WEB: &str = "HTTP/web.example.test";
const SQL: &str = "postgres/db.example.test";

/// alice, in two groups; a web service that may ask a database in her name.
struct Scene {
    realm: TestRealm,
    kdc: MiniKdc,
    web: TestService,
    sql: TestService,
    now: SystemTime,
}

fn scene(enctype: Enctype) -> Scene {
    let realm = TestRealm::new("EXAMPLE.TEST");
    let alice = realm.user_with("alice").password("secret");
    alice.in_groups(["staff", "Domain Admins"]).build();
    let web = realm.service_with(WEB).enctypes([enctype]);
    let web = web.may_delegate_to([SQL]).ok_to_auth_as_delegate();
    Scene {
        kdc: realm.kdc(),
        web: web.build(),
        sql: realm
            .service_with(SQL)
            .enctypes([enctype])
            .may_delegate_to([WEB])
            .build(),
        now: realm.now(),
        realm,
    }
}

impl Scene {
    fn tgt(&self, user: &str) -> Credential {
        let wish = Wish::tgt(user).options(KdcOptions::FORWARDABLE);
        login(&self.kdc, &wish, self.now)
    }

    fn forwardable(service: &str) -> Wish {
        let mut wish = Wish::new(service).options(KdcOptions::FORWARDABLE);
        let all = Enctype::all().iter();
        wish.etypes = all.map(|enctype| EtypeNumber(enctype.number())).collect();
        wish
    }

    /// alice's own ticket for a service.
    fn ticket(&self, service: &str) -> Credential {
        ask(
            &self.kdc,
            &self.tgt("alice"),
            &Self::forwardable(service),
            self.now,
        )
    }

    /// What a service asks for on behalf of alice.
    fn on_behalf(&self, service: &TestService) -> Credential {
        let tgt = login_of(&self.kdc, service, self.now);
        let mut presenting = Presenting::new(&tgt, self.now);
        presenting.padata = vec![for_user(&principal("alice"), &tgt.session_key, -138)];
        let wish = Self::forwardable(&service.principal().to_string());
        let reply = self.kdc.answer(&presenting.request(&wish), self.now);
        credential(&reply, &tgt.session_key, KeyUsage::TGS_REP_SESSION)
    }

    /// What comes of a service that shows `evidence` for a ticket to another.
    fn delegated(&self, service: &TestService, evidence: &[u8], target: &str) -> Vec<u8> {
        let tgt = login_of(&self.kdc, service, self.now);
        let mut wish = Self::forwardable(target);
        wish.options = wish.options | KdcOptions::CNAME_IN_ADDL_TKT;
        wish.tickets = vec![evidence.to_vec()];
        let reply = self
            .kdc
            .answer(&Presenting::new(&tgt, self.now).request(&wish), self.now);
        if is_error(&reply) {
            return reply;
        }
        credential(&reply, &tgt.session_key, KeyUsage::TGS_REP_SESSION).ticket
    }

    /// Whom a service takes this ticket for: one that knows the KDC's key, too, and insists on a
    /// PAC.
    fn identity(&self, service: &TestService, ticket: &Credential) -> Identity {
        let acceptor = Acceptor::builder(service.keytab())
            .danger_allow(WeakEnctype::Rc4Hmac)
            .danger_allow(WeakEnctype::Des3CbcSha1)
            .allow_camellia()
            .krbtgt_keys(self.realm.krbtgt_keytab())
            .pac(PacPolicy::Require);
        accepted(&acceptor.build().unwrap(), ticket, self.now)
    }
}

fn is_error(reply: &[u8]) -> bool {
    KrbError::from_der(reply).is_ok()
}

fn accepted(acceptor: &Acceptor, ticket: &Credential, now: SystemTime) -> Identity {
    let seconds = |offset| u32::try_from(at(now, offset).as_unix()).unwrap();
    let entry = ccache::Credential {
        client: ticket.client.clone(),
        server: ticket.service.clone(),
        etype: EtypeNumber(ticket.session_key.enctype().number()),
        key: ticket.session_key.expose_octets(),
        authtime: seconds(0),
        starttime: seconds(0),
        endtime: seconds(36_000),
        renew_till: 0,
        is_skey: false,
        ticket_flags: ticket.flags,
        addresses: Vec::new(),
        authdata: Vec::new(),
        ticket: &ticket.ticket,
        second_ticket: &[],
    };
    let mut cache = CcacheWriter::new(&ticket.client, None, 0).unwrap();
    cache.add(&entry).unwrap();
    let client = TestClient::with_ccache(&cache.into_vec()).unwrap();
    let token = client
        .held_token_for(&ticket.service.to_string(), now)
        .unwrap();
    match acceptor.begin().step(token.build().token(), now).unwrap() {
        Step::Complete { context, .. } => context.identity().clone(),
        _ => panic!("one token is enough"),
    }
}

/// The PAC in a service's ticket.
fn pac_in(ticket: &[u8], service: &TestService) -> Option<Vec<u8>> {
    inside(ticket, service, |_, part| pac_of(&part))
}

fn pac_of(part: &EncTicketPart<'_>) -> Option<Vec<u8>> {
    let relevant = part.authorization_data?.iter().next()?;
    let inside = AuthorizationData::from_der(relevant.ad_data).ok()?;
    let pac = inside
        .iter()
        .find(|it| it.ad_type == AuthDataType::WIN2K_PAC)?;
    Some(pac.ad_data.to_vec())
}

/// The ticket-granting ticket, opened with the KDC's own key.
fn pac_in_tgt(realm: &TestRealm, ticket: &[u8]) -> Option<Vec<u8>> {
    pac_in(ticket, &realm.service("krbtgt/EXAMPLE.TEST"))
}

/// The types of the buffers, in their order.
fn buffers(pac: &[u8]) -> Vec<u32> {
    let pac = RawPac::decode(pac).unwrap();
    pac.buffers().map(|buffer| buffer.buffer_type.0).collect()
}

fn key_of(service: &TestService) -> Key {
    let octets = service.keytab_octets();
    let file = KeytabFile::open(&octets).unwrap();
    let entry = file.records().find_map(Result::ok).unwrap();
    Key::new(Enctype::try_from(entry.etype.0).unwrap(), entry.key).unwrap()
}

/// The ticket with another EncTicketPart, sealed with the same key, as a service can.
fn resealed(
    ticket: &[u8],
    service: &TestService,
    changed: impl FnOnce(EncTicketPart<'_>) -> Vec<u8>,
) -> Vec<u8> {
    let plaintext = inside(ticket, service, |_, part| changed(part));
    let cipher = seal(&key_of(service), KeyUsage::TICKET, &plaintext);
    let mut ticket = Ticket::from_der(ticket).unwrap();
    ticket.enc_part.cipher = &cipher;
    ticket.to_der()
}

/// The EncTicketPart with this PAC.
fn with_pac(part: EncTicketPart<'_>, pac: &[u8]) -> Vec<u8> {
    let data = data_with(pac);
    EncTicketPart {
        authorization_data: Some(data.borrow()),
        ..part
    }
    .to_der()
}

/// Authorization data with this PAC.
fn data_with(pac: &[u8]) -> SequenceOfBuf {
    let element =
        |ad_type, ad_data| SequenceOfBuf::of([&AuthorizationDataElement { ad_type, ad_data }]);
    let inside = AuthorizationData::to_der(&element(AuthDataType::WIN2K_PAC, pac).borrow());
    element(AuthDataType::IF_RELEVANT, &inside)
}

#[test]
fn a_service_learns_the_groups_that_were_set() {
    for enctype in Enctype::all() {
        let scene = scene(*enctype);
        let identity = scene.identity(&scene.web, &scene.ticket(WEB));
        let pac = identity.pac().unwrap();
        assert_eq!(pac.user_sid(), Some(scene.realm.user("alice").sid()));
        assert!(
            pac.is_member_of(&scene.realm.group("staff").sid()),
            "{enctype}"
        );
        assert!(pac.is_member_of(&scene.realm.group("Domain Admins").sid()));
        assert!(!pac.is_member_of(&scene.realm.group("Enterprise Admins").sid()));
        assert_eq!(pac.upn().unwrap().to_text(), "alice@example.test");
        assert!(!pac.is_asserted_by_service());
    }
}

/// [MS-KILE] §3.3.5.6.4, §3.3.5.7: what a KDC alone needs is in its own tickets alone.
#[test]
fn a_ticket_has_the_buffers_of_its_kind() {
    let scene = scene(AES256);
    let tgt = pac_in_tgt(&scene.realm, &scene.tgt("alice").ticket).unwrap();
    assert_eq!(buffers(&tgt), [1, 10, 12, 17, 18, 6, 7]);
    let ticket = pac_in(&scene.ticket(WEB).ticket, &scene.web).unwrap();
    assert_eq!(buffers(&ticket), [1, 10, 12, 6, 7, 16, 19]);
    // From the AS, without a ticket-granting ticket.
    let mut wish = Wish::tgt("alice");
    wish.service = Some(principal(WEB));
    let direct = login(&scene.kdc, &wish, scene.now);
    let direct = pac_in(&direct.ticket, &scene.web).unwrap();
    assert_eq!(buffers(&direct), [1, 10, 12, 6, 7, 16, 19]);
}

#[test]
fn a_pac_is_there_because_it_was_asked_for_or_not_refused() {
    let scene = scene(AES256);
    let attributes = |include_pac: Option<bool>| {
        let wish = Wish::tgt("alice");
        let (_, key) = as_req(&wish, "secret", scene.now);
        let mut padata = vec![crate::client::timestamp(&key, at(scene.now, 0))];
        if let Some(include_pac) = include_pac {
            padata.push((
                PaDataType::PAC_REQUEST,
                PaPacRequest { include_pac }.to_der(),
            ));
        }
        let request = request(MessageType::AS_REQ, &padata, &wish.body());
        let reply = scene.kdc.answer(&request, scene.now);
        let tgt = credential(&reply, &key, KeyUsage::AS_REP);
        let service = ask(&scene.kdc, &tgt, &Wish::new(WEB), scene.now);
        assert_eq!(
            pac_in(&service.ticket, &scene.web).is_some(),
            include_pac != Some(false)
        );
        let pac = pac_in_tgt(&scene.realm, &tgt.ticket)?;
        let pac = RawPac::decode(&pac).unwrap();
        let attributes = pac.buffer(PacBufferType::ATTRIBUTES_INFO).unwrap();
        Some(attributes.octets.to_vec())
    };
    assert_eq!(attributes(None), Some(vec![2, 0, 0, 0, 2, 0, 0, 0]));
    assert_eq!(attributes(Some(true)), Some(vec![2, 0, 0, 0, 1, 0, 0, 0]));
    assert_eq!(attributes(Some(false)), None);
}

#[test]
fn a_realm_may_have_no_pacs_or_small_ones() {
    let scene = scene(AES256);
    scene.realm.issue_pacs(Pacs::None);
    assert_eq!(pac_in(&scene.ticket(WEB).ticket, &scene.web), None);
    scene.realm.issue_pacs(Pacs::ClientOnly);
    let ticket = scene.ticket(WEB);
    let pac = pac_in(&ticket.ticket, &scene.web).unwrap();
    assert_eq!(buffers(&pac), [10, 6, 7, 16, 19]);
    let identity = scene.identity(&scene.web, &ticket);
    assert_eq!(identity.pac().unwrap().groups().count(), 0);
}

#[test]
fn a_ticket_on_behalf_of_a_user_has_the_users_pac() {
    for enctype in Enctype::all() {
        let scene = scene(*enctype);
        let identity = scene.identity(&scene.web, &scene.on_behalf(&scene.web));
        let pac = identity.pac().unwrap();
        assert_eq!(pac.user_sid(), Some(scene.realm.user("alice").sid()));
        assert!(pac.is_member_of(&scene.realm.group("staff").sid()));
        // [MS-SFU] §3.2.5.1.2: she has never been here.
        assert!(pac.is_asserted_by_service());
    }
}

#[test]
fn a_delegated_ticket_names_the_services_between() {
    let scene = scene(AES256);
    let first = scene.delegated(&scene.web, &scene.ticket(WEB).ticket, SQL);
    let path = |ticket: &[u8], service: &TestService| {
        let pac = pac_in(ticket, service).unwrap();
        assert_eq!(buffers(&pac), [1, 10, 12, 11, 6, 7, 16, 19]);
        let pac = RawPac::decode(&pac).unwrap();
        let info = pac.buffer(PacBufferType::S4U_DELEGATION_INFO).unwrap();
        let info = portcullis_formats::pac::S4uDelegationInfo::decode(info.octets).unwrap();
        let services = info.transited_services.iter();
        let services: Vec<_> = services.map(|name| name.to_text()).collect();
        (info.s4u2proxy_target.to_text(), services)
    };
    let (web, sql) = (format!("{WEB}@EXAMPLE.TEST"), format!("{SQL}@EXAMPLE.TEST"));
    assert_eq!(
        path(&first, &scene.sql),
        (SQL.to_owned(), vec![web.clone()])
    );
    // And on to the next: the database may ask the web service.
    let second = scene.delegated(&scene.sql, &first, WEB);
    assert_eq!(path(&second, &scene.web), (WEB.to_owned(), vec![web, sql]));
}

/// CVE-2020-17049: a service has the key that its tickets are sealed with.
#[test]
fn a_service_that_changes_its_tickets_is_found_out() {
    let scene = scene(AES256);
    let code = |evidence: &[u8]| error(&scene.delegated(&scene.web, evidence, SQL)).error_code;
    let fixed = ask(&scene.kdc, &scene.tgt("alice"), &Wish::new(WEB), scene.now).ticket;
    let forwardable = resealed(&fixed, &scene.web, |mut part| {
        part.flags = part.flags | TicketFlags::FORWARDABLE;
        part.to_der()
    });
    assert_eq!(code(&forwardable), ErrorCode::MODIFIED);
    let good = scene.ticket(WEB).ticket;
    let bob = principal("bob");
    let of_another = resealed(&good, &scene.web, |part| {
        EncTicketPart {
            cname: bob.name(),
            ..part
        }
        .to_der()
    });
    assert_eq!(code(&of_another), ErrorCode::MODIFIED);
    let without = resealed(&good, &scene.web, |mut part| {
        part.authorization_data = None;
        part.to_der()
    });
    assert_eq!(code(&without), ErrorCode::MODIFIED);

    let pac = pac_in(&good, &scene.web).unwrap();
    let of_type = |buffer_type| {
        RawPac::decode(&pac)
            .unwrap()
            .signature_octets(buffer_type)
            .unwrap()
    };
    for buffer_type in [6, 7, 16, 19].map(PacBufferType) {
        let mut pac = pac.clone();
        pac[of_type(buffer_type).start] ^= 1;
        let changed = resealed(&good, &scene.web, |part| with_pac(part, &pac));
        assert_eq!(code(&changed), ErrorCode::MODIFIED, "{buffer_type}");
    }
    for length in [0, 7, 100] {
        let cut = resealed(&good, &scene.web, |part| with_pac(part, &pac[..length]));
        assert_eq!(code(&cut), ErrorCode::MODIFIED);
    }
    let unchanged = resealed(&good, &scene.web, |part| part.to_der());
    let reply = scene.delegated(&scene.web, &unchanged, SQL);
    assert!(!is_error(&reply));
}

/// A service can sign the PAC anew, with its own signature.
#[test]
fn a_service_that_signs_another_pac_is_found_out() {
    let scene = scene(AES256);
    let good = scene.ticket(WEB).ticket;
    let pac = pac_in(&good, &scene.web).unwrap();
    let key = key_of(&scene.web);
    let signatures = [6, 7].map(|number| {
        let raw = RawPac::decode(&pac).unwrap();
        raw.signature_octets(PacBufferType(number)).unwrap()
    });
    let signed = |mut pac: Vec<u8>| {
        let mut blank = pac.clone();
        for place in signatures.clone() {
            blank[place].fill(0);
        }
        let mac = key.mac(KeyUsage::PAC_CHECKSUM).checksum(&[&blank]);
        pac[signatures[0].clone()].copy_from_slice(mac.as_ref());
        pac
    };
    let code = |pac: &[u8]| {
        let changed = resealed(&good, &scene.web, |part| with_pac(part, pac));
        let reply = scene.delegated(&scene.web, &changed, SQL);
        is_error(&reply).then(|| error(&reply).error_code)
    };
    assert_eq!(code(&signed(pac.clone())), None);
    let header = RawPac::decode(&pac).unwrap().buffers().count() * 16 + 8;
    for octet in (header..pac.len()).step_by(5) {
        if signatures[0].contains(&octet) {
            continue; // written anew
        }
        let mut changed = pac.clone();
        changed[octet] ^= 4;
        assert_eq!(code(&signed(changed)), Some(ErrorCode::MODIFIED), "{octet}");
    }
}

/// With the KDC's key, as whoever stole it has it; MIT's KDC finds it out as well.
#[test]
fn the_pac_of_a_ticket_granting_ticket_must_be_its_clients() {
    let scene = scene(AES256);
    let krbtgt = scene.realm.service("krbtgt/EXAMPLE.TEST");
    scene.realm.user_with_password("bob", "secret");
    let (alice, bob) = (scene.tgt("alice"), scene.tgt("bob"));
    let pac = pac_in_tgt(&scene.realm, &alice.ticket).unwrap();
    let code = |pac: &[u8]| {
        let mut bob = bob.clone();
        bob.ticket = resealed(&bob.ticket, &krbtgt, |part| with_pac(part, pac));
        refusal(&scene.kdc, &bob, &Wish::new(WEB), scene.now)
    };
    assert_eq!(code(&pac), ErrorCode::BADOPTION);
    let mut tampered = pac;
    let middle = tampered.len() / 2;
    tampered[middle] ^= 1;
    assert_eq!(code(&tampered), ErrorCode::MODIFIED);
}

#[test]
fn who_has_no_pac_acts_for_nobody() {
    let scene = scene(AES256);
    let evidence = scene.ticket(WEB).ticket;
    scene.realm.issue_pacs(Pacs::None);
    let web = login_of(&scene.kdc, &scene.web, scene.now);
    let bare = scene.ticket(WEB).ticket;
    scene.realm.issue_pacs(Pacs::Account);
    let mut wish = Wish::new(SQL).options(KdcOptions::CNAME_IN_ADDL_TKT);
    wish.tickets = vec![evidence];
    let code = refusal(&scene.kdc, &web, &wish, scene.now);
    assert_eq!(code, ErrorCode::TGT_REVOKED);
    let mut presenting = Presenting::new(&web, scene.now);
    presenting.padata = vec![for_user(&principal("alice"), &web.session_key, -138)];
    let reply = scene
        .kdc
        .answer(&presenting.request(&Wish::new(WEB)), scene.now);
    assert_eq!(error(&reply).error_code, ErrorCode::TGT_REVOKED);
    // Nor is anybody acted for whose ticket has none.
    let code = error(&scene.delegated(&scene.web, &bare, SQL)).error_code;
    assert_eq!(code, ErrorCode::MODIFIED);
}

#[test]
fn a_pac_goes_with_its_client_to_another_realm() {
    let scene = scene(AES256);
    let other = TestRealm::new("OTHER.TEST");
    scene.realm.trust(&other);
    let web = other.service("HTTP/web.other.test");
    let there = Wish::new("krbtgt/OTHER.TEST@EXAMPLE.TEST");
    let there = ask(&scene.kdc, &scene.tgt("alice"), &there, scene.now);
    let wish = Wish::new("HTTP/web.other.test@OTHER.TEST");
    let ticket = ask(&other.kdc(), &there, &wish, scene.now);
    let pac = pac_in(&ticket.ticket, &web).unwrap();
    assert_eq!(buffers(&pac), [1, 10, 12, 6, 7, 16, 19]);
    let acceptor = Acceptor::builder(web.keytab())
        .krbtgt_keys(other.krbtgt_keytab())
        .pac(PacPolicy::Require);
    let identity = accepted(&acceptor.build().unwrap(), &ticket, scene.now);
    let sid = identity.pac().unwrap().user_sid();
    assert_eq!(sid, Some(scene.realm.user("alice").sid()));
    assert!(sid.is_some_and(|sid: Sid| sid.is_in(&scene.realm.domain_sid())));
    assert_eq!(
        identity.client(),
        &Principal::parse("alice@EXAMPLE.TEST", None).unwrap()
    );
}
