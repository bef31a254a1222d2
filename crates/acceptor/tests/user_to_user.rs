//! User-to-user authentication (RFC 4120 §3.7): bob runs a service without a keytab, and alice comes
//! with a ticket that is sealed with the session key of bob's ticket-granting ticket.
//! With MIT krb5 as the client: `interop/`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod scene;

use portcullis::error::{Encrypted, NegotiationError, TicketError, Unsupported};
use portcullis::formats::ccache::{CcacheWriter, Credential, CredentialCache};
use portcullis::formats::der::{Decode, Encode};
use portcullis::formats::gss::{InitialContextToken, Mechanism, TokenId, frame, split_token_id};
use portcullis::formats::messages::{ApOptions, ApReq, KrbError, TgtReply, TgtRequest, Ticket};
use portcullis::formats::registry::{ErrorCode, EtypeNumber};
use portcullis::formats::spnego::{
    MechTypeList, NegState, NegTokenInit, NegTokenResp, encode_mech_types,
};
use portcullis::identity::KeySelected;
use portcullis::user_to_user::{OurTgt, TgtError};
use portcullis::{Acceptor, Enctype, Error, Negotiation, Principal, Rejection, Step};
use portcullis_testrealm::{Initiation, TestClient, TestRealm, TestService, TokenBuilder};
use scene::{complete, refused, rewrite};
use std::io;
use std::time::SystemTime;

const BOB: &str = "bob@EXAMPLE.TEST";

struct House {
    realm: TestRealm,
    web: TestService,
    alice: TestClient,
    bob: TestClient,
}

impl House {
    fn new() -> Self {
        let realm = TestRealm::new("EXAMPLE.TEST");
        realm.user_with_password("alice", "secret");
        realm.user_with_password("bob", "hidden");
        let web = realm.service("HTTP/web.example.test");
        Self {
            realm,
            web,
            alice: TestClient::with_password("alice@EXAMPLE.TEST", "secret"),
            bob: TestClient::with_password(BOB, "hidden"),
        }
    }

    fn now(&self) -> SystemTime {
        self.realm.now()
    }

    /// Bob's ticket-granting ticket and its key.
    fn tgt(&mut self) -> OurTgt {
        let now = self.now();
        let held = self
            .bob
            .ticket_granting_ticket(now, &mut asking(&self.realm));
        let (ticket, enctype, key) = held.unwrap();
        OurTgt::new(
            BOB.parse().unwrap(),
            &ticket,
            EtypeNumber(enctype.number()),
            &key,
        )
        .unwrap()
    }

    /// Alice's token for the holder of `tgt`.
    fn token(&mut self, tgt: &OurTgt) -> TokenBuilder {
        let (now, mut kdc) = (self.now(), asking(&self.realm));
        self.alice
            .user_to_user_token_for(BOB, tgt.ticket(), now, &mut kdc)
            .unwrap()
    }

    /// A service with a keytab.
    fn acceptor(&self) -> Acceptor {
        Acceptor::new(self.web.keytab()).unwrap()
    }
}

/// Ask the KDC in memory.
fn asking(realm: &TestRealm) -> impl FnMut(&str, &[u8]) -> io::Result<Vec<u8>> + use<> {
    let (kdc, now) = (realm.kdc(), realm.now());
    move |_, request| Ok(kdc.answer(request, now))
}

/// A service without one.
fn keyless() -> Acceptor {
    Acceptor::user_to_user().build().unwrap()
}

#[test]
fn a_ticket_sealed_with_our_session_key_is_accepted_where_the_caller_gives_it() {
    let mut house = House::new();
    let tgt = house.tgt();
    for (acceptor, spnego) in [(house.acceptor(), false), (keyless(), true)] {
        let token = house.token(&tgt).mutual();
        let token = if spnego { token.spnego() } else { token }.build();
        let outcome = acceptor
            .begin()
            .user_to_user(&tgt)
            .step(token.token(), house.now());
        let (context, reply) = complete(outcome);
        let identity = context.identity();
        assert_eq!(identity.client().to_string(), "alice@EXAMPLE.TEST");
        assert_eq!(identity.service().to_string(), BOB);
        assert_eq!(identity.key().selected, KeySelected::SessionKey);
        assert_eq!(identity.key().selected.name(), "session-key");
        assert!(token.finish(&reply.unwrap()).is_ok());
    }
}

#[test]
fn without_our_session_key_such_a_ticket_is_refused_by_name() {
    let mut house = House::new();
    let tgt = house.tgt();
    let token = house.token(&tgt).mutual().build();
    for acceptor in [house.acceptor(), keyless()] {
        let rejection = refused(acceptor.begin().step(token.token(), house.now()));
        assert_eq!(*rejection.error(), Unsupported::UserToUser.into());
        assert_eq!(code_told(&rejection), ErrorCode::NOKEY);
    }
}

/// The code of the KRB-ERROR in the reply.
fn code_told(rejection: &Rejection) -> ErrorCode {
    let framed = InitialContextToken::decode(rejection.reply().unwrap()).unwrap();
    let (id, message) = split_token_id(framed.inner).unwrap();
    assert_eq!(id, TokenId::KRB_ERROR);
    KrbError::from_der(message).unwrap().error_code
}

#[test]
fn our_session_key_opens_no_ordinary_ticket() {
    let mut house = House::new();
    let tgt = house.tgt();
    let token = house.token(&tgt).mutual().build();
    let claimed = rewrite(token.token(), |request| {
        request.ap_options = ApOptions::MUTUAL_REQUIRED
    });
    let with_keytab = house
        .acceptor()
        .begin()
        .user_to_user(&tgt)
        .step(&claimed, house.now());
    assert!(matches!(refused(with_keytab).error(), Error::NoKey(_)));
    let without = refused(
        keyless()
            .begin()
            .user_to_user(&tgt)
            .step(&claimed, house.now()),
    );
    assert_eq!(*without.error(), Unsupported::UserToUserRequired.into());
    assert_eq!(code_told(&without), ErrorCode::USER_TO_USER_REQUIRED);
}

#[test]
fn the_keytab_opens_no_user_to_user_ticket() {
    let mut house = House::new();
    let tgt = house.tgt();
    let token = house.realm.user("alice").token_for(&house.web);
    let token = token.ap_options(ApOptions::USE_SESSION_KEY).build();
    let outcome = house
        .acceptor()
        .begin()
        .user_to_user(&tgt)
        .step(token.token(), house.now());
    let error = refused(outcome).error().clone();
    assert!(
        matches!(error, Error::Ticket(TicketError::Integrity(_))),
        "{error}"
    );
}

#[test]
fn an_ordinary_ticket_is_still_opened_with_the_keytab() {
    let mut house = House::new();
    let tgt = house.tgt();
    let token = house.realm.user("alice").token_for(&house.web).build();
    let outcome = house
        .acceptor()
        .begin()
        .user_to_user(&tgt)
        .step(token.token(), house.now());
    let (context, _) = complete(outcome);
    assert_eq!(context.identity().key().selected, KeySelected::Exact);
}

#[test]
fn the_key_of_another_ticket_granting_ticket_opens_nothing() {
    let mut house = House::new();
    let tgt = house.tgt();
    let token = house.token(&tgt).build();
    house.bob = TestClient::with_password(BOB, "hidden");
    let newer = house.tgt();
    let outcome = keyless()
        .begin()
        .user_to_user(&newer)
        .step(token.token(), house.now());
    let error = refused(outcome).error().clone();
    assert!(
        matches!(error, Error::Ticket(TicketError::Integrity(_))),
        "{error}"
    );
}

#[test]
fn a_token_is_accepted_once() {
    let mut house = House::new();
    let tgt = house.tgt();
    let (token, acceptor) = (house.token(&tgt).build(), keyless());
    let step = || {
        acceptor
            .begin()
            .user_to_user(&tgt)
            .step(token.token(), house.now())
    };
    complete(step());
    assert!(matches!(refused(step()).error(), Error::Replayed { .. }));
    // A ticket that is known from before is not known to whoever has not given the key.
    for _ in 0..3 {
        let token = house.alice.user_to_user_token_for(
            BOB,
            tgt.ticket(),
            house.now(),
            &mut asking(&house.realm),
        );
        let token = token.unwrap().build();
        complete(
            acceptor
                .begin()
                .user_to_user(&tgt)
                .step(token.token(), house.now()),
        );
        refused(acceptor.begin().step(token.token(), house.now()));
    }
}

#[test]
fn the_cache_of_a_login_has_what_is_needed() {
    let mut house = House::new();
    let tgt = house.tgt();
    let of_cache = OurTgt::of_ccache(&house.bob.ccache()).unwrap();
    assert_eq!(of_cache.owner().to_string(), BOB);
    assert_eq!(of_cache.ticket(), tgt.ticket());
    let token = house.token(&tgt).build();
    complete(
        keyless()
            .begin()
            .user_to_user(&of_cache)
            .step(token.token(), house.now()),
    );
    let mut alice = House::new().alice;
    assert_eq!(
        OurTgt::of_ccache(&alice.ccache()).unwrap_err(),
        TgtError::Missing
    );
    let _ = alice.ticket_granting_ticket(house.now(), &mut asking(&house.realm));
    assert!(matches!(
        OurTgt::of_ccache(b"\x05\x04"),
        Err(TgtError::Ccache(_))
    ));
}

/// The session key of our own ticket is not permitted here: nobody gets in with it.
#[test]
fn a_ticket_sealed_with_a_session_key_of_a_type_that_is_not_permitted_is_refused() {
    let mut house = House::new();
    let tgt = house.tgt();
    let token = house.token(&tgt).build();
    let sealed = {
        let framed = InitialContextToken::decode(token.token()).unwrap();
        let request = ApReq::from_der(split_token_id(framed.inner).unwrap().1).unwrap();
        request.ticket.enc_part.etype
    };
    let others = [17, 18, 19, 20].into_iter();
    let others = others.filter(|etype| *etype != sealed.0);
    let others = others.map(|etype| Enctype::try_from(etype).unwrap());
    let acceptor = Acceptor::user_to_user().only_enctypes(others);
    let acceptor = acceptor.build().unwrap();
    let outcome = acceptor
        .begin()
        .user_to_user(&tgt)
        .step(token.token(), house.now());
    let expected = Unsupported::EnctypeNotPermitted {
        what: Encrypted::Ticket,
        etype: sealed,
    };
    assert_eq!(*refused(outcome).error(), expected.into());
}

#[test]
fn of_a_cache_the_owners_ticket_that_counts_the_longest_is_taken() {
    let mut house = House::new();
    let tgt = house.tgt();
    let octets = house.bob.ccache();
    let cache = CredentialCache::open(&octets).unwrap();
    let owner = cache.default_principal();
    let is_ours =
        |credential: &Credential<'_>| credential.server.components().next() == Some(b"krbtgt");
    let held = cache.credentials().map(Result::unwrap).find(is_ours);
    let held = held.unwrap();
    let mut other = Ticket::from_der(tgt.ticket()).unwrap();
    other.enc_part.cipher = b"another";
    let other = other.to_der();
    const OURS: bool = true;
    const ANOTHER: bool = false;
    // Each of these: whose, until when, which ticket; the rest is as it was.
    let taken = |credentials: &[(&str, u32, bool)]| {
        let mut writer = CcacheWriter::new(owner, None, 0).unwrap();
        for (client, endtime, ticket) in credentials {
            let credential = Credential {
                client: client.parse().unwrap(),
                endtime: *endtime,
                ticket: if *ticket { tgt.ticket() } else { &other },
                ..held.clone()
            };
            writer.add(&credential).unwrap();
        }
        OurTgt::of_ccache(&writer.into_vec()).map(|taken| taken.ticket() == tgt.ticket())
    };
    const ALICE: &str = "alice@EXAMPLE.TEST";
    let last = [(BOB, 1, ANOTHER), (BOB, 3, OURS), (BOB, 2, ANOTHER)];
    assert_eq!(taken(&last), Ok(OURS));
    let longer = [(BOB, 3, OURS), (BOB, 4, ANOTHER), (BOB, 1, ANOTHER)];
    assert_eq!(taken(&longer), Ok(ANOTHER));
    let alices = [(ALICE, 9, ANOTHER), (BOB, 3, OURS), (ALICE, 8, ANOTHER)];
    assert_eq!(taken(&alices), Ok(OURS));
    let as_long = [(BOB, 3, OURS), (BOB, 3, ANOTHER)];
    assert_eq!(taken(&as_long), Ok(OURS));
    assert_eq!(taken(&[(ALICE, 3, OURS)]), Err(TgtError::Missing));
}

#[test]
fn what_is_no_ticket_granting_ticket_of_ours_is_refused_at_once() {
    let mut house = House::new();
    let bob: Principal = BOB.parse().unwrap();
    let tgt = house.tgt();
    let aes = EtypeNumber::AES256_SHA1;
    let new = |ticket: &[u8], etype, key: &[u8]| {
        OurTgt::new(bob.clone(), ticket, etype, key).unwrap_err()
    };
    assert!(matches!(
        new(b"\x61\x00", aes, &[0; 32]),
        TgtError::Malformed(_)
    ));
    assert_eq!(
        new(tgt.ticket(), EtypeNumber(99), &[0; 32]),
        TgtError::Enctype(EtypeNumber(99))
    );
    let short = TgtError::KeyLength {
        etype: aes,
        expected: 32,
        found: 31,
    };
    assert_eq!(new(tgt.ticket(), aes, &[0; 31]), short);
    let mut other = Ticket::from_der(tgt.ticket()).unwrap();
    let web: Principal = "HTTP/web@EXAMPLE.TEST".parse().unwrap();
    other.sname = web.name();
    assert_eq!(new(&other.to_der(), aes, &[0; 32]), TgtError::OtherService);
    assert!(!format!("{tgt:?}").contains("key"));
}

fn request() -> Vec<u8> {
    let message = TgtRequest {
        server_name: None,
        realm: None,
    }
    .to_der();
    frame(
        Mechanism::Krb5UserToUser.oid(),
        &[&TokenId::TGT_REQUEST.0, message.as_slice()].concat(),
    )
}

/// What a client does that has asked for the ticket and got `reply`.
fn token_for_reply(house: &mut House, reply: &[u8]) -> Initiation {
    let framed = InitialContextToken::decode(reply).unwrap();
    assert_eq!(framed.oid, Mechanism::Krb5UserToUser.oid());
    let (id, message) = split_token_id(framed.inner).unwrap();
    assert_eq!(id, TokenId::TGT_REPLY);
    let ticket = TgtReply::from_der(message).unwrap().ticket.to_der();
    let (now, mut kdc) = (house.now(), asking(&house.realm));
    let token = house
        .alice
        .user_to_user_token_for(BOB, &ticket, now, &mut kdc);
    token.unwrap().mutual().build()
}

/// The same AP-REQ under the number of user-to-user, as Windows frames it.
fn reframed(token: &[u8]) -> Vec<u8> {
    let framed = InitialContextToken::decode(token).unwrap();
    frame(Mechanism::Krb5UserToUser.oid(), framed.inner)
}

#[track_caller]
fn continued(outcome: Result<Step, Rejection>) -> (Negotiation, Vec<u8>) {
    match outcome {
        Ok(Step::Continue { negotiation, reply }) => (negotiation, reply),
        other => panic!("not continued: {other:?}"),
    }
}

#[test]
fn a_client_that_asks_for_our_ticket_gets_it_and_comes_again() {
    let mut house = House::new();
    let tgt = house.tgt();
    let begun = keyless()
        .begin()
        .user_to_user(&tgt)
        .step(&request(), house.now());
    let (negotiation, reply) = continued(begun);
    let token = token_for_reply(&mut house, &reply);
    let (context, reply) = complete(negotiation.step(&reframed(token.token()), house.now()));
    assert_eq!(context.identity().mechanism(), Mechanism::Krb5UserToUser);
    let framed = reply.unwrap();
    assert_eq!(
        InitialContextToken::decode(&framed).unwrap().oid,
        Mechanism::Krb5UserToUser.oid()
    );
}

#[test]
fn the_same_goes_through_spnego_under_either_number() {
    for listed in [Mechanism::MsKrb5, Mechanism::Krb5UserToUser] {
        let mut house = House::new();
        let tgt = house.tgt();
        let first = spnego(&[listed], &request());
        let begun = keyless()
            .begin()
            .user_to_user(&tgt)
            .step(&first, house.now());
        let (negotiation, reply) = continued(begun);
        let answer = NegTokenResp::from_der(&reply).unwrap();
        assert_eq!(answer.neg_state, Some(NegState::AcceptIncomplete));
        assert_eq!(answer.supported_mech, Some(listed.oid()));
        let token = token_for_reply(&mut house, answer.response_token.unwrap());
        let (context, reply) =
            complete(negotiation.step(&later(&reframed(token.token())), house.now()));
        assert_eq!(
            context.identity().client().to_string(),
            "alice@EXAMPLE.TEST"
        );
        let reply = reply.unwrap();
        let last = NegTokenResp::from_der(&reply).unwrap();
        assert_eq!(
            (last.neg_state, last.supported_mech),
            (Some(NegState::AcceptCompleted), None)
        );
    }
}

fn spnego(mechanisms: &[Mechanism], mech_token: &[u8]) -> Vec<u8> {
    let list = encode_mech_types(mechanisms.iter().map(|mechanism| mechanism.oid()));
    let offer = NegTokenInit {
        mech_types: MechTypeList::from_der(&list).ok(),
        mech_token: Some(mech_token),
        mech_list_mic: None,
    };
    frame(Mechanism::Spnego.oid(), &offer.to_der())
}

fn later(token: &[u8]) -> Vec<u8> {
    NegTokenResp {
        response_token: Some(token),
        ..NegTokenResp::default()
    }
    .to_der()
}

#[test]
fn our_ticket_is_handed_out_once() {
    let mut house = House::new();
    let tgt = house.tgt();
    let begun = keyless()
        .begin()
        .user_to_user(&tgt)
        .step(&request(), house.now());
    let again = refused(continued(begun).0.step(&request(), house.now()));
    assert_eq!(*again.error(), NegotiationError::TgtRepeated.into());
    assert_eq!(again.reply(), None);
    let first = spnego(&[Mechanism::Krb5], &request());
    let begun = keyless()
        .begin()
        .user_to_user(&tgt)
        .step(&first, house.now());
    let again = refused(continued(begun).0.step(&later(&request()), house.now()));
    assert_eq!(*again.error(), NegotiationError::TgtRepeated.into());
    assert!(again.reply().is_some());
}

#[test]
fn nobody_hands_out_a_ticket_that_was_not_given() {
    let house = House::new();
    let refusal = refused(house.acceptor().begin().step(&request(), house.now()));
    assert_eq!(*refusal.error(), Unsupported::UserToUser.into());
    let first = spnego(&[Mechanism::Krb5UserToUser], &request());
    let refusal = refused(house.acceptor().begin().step(&first, house.now()));
    assert!(matches!(
        refusal.error(),
        Error::Unsupported(Unsupported::Mechanism { .. })
    ));
}

/// The number alone promises another key than the keytab's.
#[test]
fn under_the_number_of_user_to_user_no_ordinary_ticket_comes() {
    let house = House::new();
    let realm = &house.realm;
    let token = realm.user("alice").token_for(&house.web).mutual().build();
    let acceptor = house.acceptor();
    let framed = reframed(token.token());
    let refusal = refused(acceptor.begin().step(&framed, house.now()));
    assert_eq!(*refusal.error(), Unsupported::UserToUser.into());
}

#[test]
fn a_refusal_has_the_number_that_the_request_has() {
    let mut house = House::new();
    let tgt = house.tgt();
    for number in [Mechanism::Krb5UserToUser, Mechanism::Krb5] {
        let other = frame(number.oid(), b"\x02\0");
        let begun = house.acceptor().begin().user_to_user(&tgt);
        let refusal = refused(begun.step(&other, house.now()));
        let expected = Unsupported::TokenId([2, 0]);
        assert_eq!(*refusal.error(), expected.into());
        let reply = InitialContextToken::decode(refusal.reply().unwrap()).unwrap();
        assert_eq!(reply.oid, number.oid());
    }
}

#[test]
fn a_request_that_is_none_is_malformed() {
    let mut house = House::new();
    let tgt = house.tgt();
    let whole = request();
    let framed = InitialContextToken::decode(&whole).unwrap();
    for end in 2..framed.inner.len() {
        let cut = frame(framed.oid, &framed.inner[..end]);
        let outcome = keyless().begin().user_to_user(&tgt).step(&cut, house.now());
        assert!(matches!(refused(outcome).error(), Error::Malformed(_)));
    }
    // Under the number of plain Kerberos there is no such token (RFC 4121 §4.1).
    let plain = frame(Mechanism::Krb5.oid(), framed.inner);
    let outcome = keyless()
        .begin()
        .user_to_user(&tgt)
        .step(&plain, house.now());
    assert_eq!(
        *refused(outcome).error(),
        Unsupported::TokenId([4, 0]).into()
    );
}

#[test]
fn an_acceptor_without_a_keytab_can_be_given_one() {
    let house = House::new();
    let acceptor = keyless().with_keytab(house.web.keytab()).unwrap();
    let token = house.realm.user("alice").token_for(&house.web).build();
    complete(acceptor.begin().step(token.token(), house.now()));
}
