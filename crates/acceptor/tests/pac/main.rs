//! [MS-PAC] and [MS-KILE] §3.4.5.3: which PACs count, and what they say.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

mod errors;
mod forge;
mod policy;
#[path = "../scene/mod.rs"]
mod scene;
mod sid_filter;

use forge::{Draft, domain, group, if_relevant, key, sid};
use portcullis::error::PacError;
use portcullis::formats::registry::{AuthDataType, ChecksumTypeNumber, ErrorCode};
use portcullis::pac::{
    FileTime, GroupAttributes, GroupMembership, PacAttributes, PacBufferType, S4uDelegationInfo,
    Sid,
};
use portcullis::replay::Freshness;
use portcullis::{AcceptorBuilder, Error, Identity, Pac, PacPolicy};
use portcullis_testrealm::{SteadyReplay, TokenBuilder};
use scene::Scene;
use std::sync::Arc;

const PAC: AuthDataType = AuthDataType::WIN2K_PAC;
const IF_RELEVANT: AuthDataType = AuthDataType::IF_RELEVANT;

fn defaults(settings: AcceptorBuilder) -> AcceptorBuilder {
    settings
}

/// What becomes of alice's token, varied so, at an acceptor with these settings.
fn identity(
    settings: impl FnOnce(AcceptorBuilder) -> AcceptorBuilder,
    vary: impl FnOnce(&Scene, TokenBuilder) -> TokenBuilder,
) -> Result<Identity, Error> {
    let scene = Scene::with(settings);
    let token = vary(&scene, scene.token()).build();
    match scene.step(&token) {
        Ok(step) => Ok(scene::complete(Ok(step)).0.identity().clone()),
        Err(rejection) => Err(rejection.error().clone()),
    }
}

/// What becomes of alice's token with a PAC whose octets are varied so.
fn with_octets(vary: impl FnOnce(&Scene) -> Vec<u8>) -> Result<Identity, Error> {
    identity(defaults, |scene, token| {
        let container = if_relevant(&[(PAC, &vary(scene))]);
        token.ticket_authorization_data(IF_RELEVANT, &container)
    })
}

/// What becomes of alice's token with a PAC that says something else.
fn with_draft(vary: impl FnOnce(&mut Draft)) -> Result<Pac, Error> {
    let identity = with_octets(|scene| {
        let mut draft = Draft::of_alice(scene.realm.now());
        vary(&mut draft);
        draft.sign(&key(&scene.web))
    })?;
    Ok(identity.pac().unwrap().clone())
}

fn refused(vary: impl FnOnce(&mut Draft)) -> PacError {
    match with_draft(vary) {
        Err(Error::Pac(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_good_pac_tells_who_the_client_is() {
    let pac = with_draft(|_| {}).unwrap();
    assert_eq!(pac.user_sid(), Some(domain().with_rid(1103).unwrap()));
    assert!(pac.is_member_of(&domain().with_rid(1104).unwrap()));
    assert_eq!(pac.account_name().unwrap(), "alice");
    assert_eq!(pac.full_name().unwrap(), "Alice Liddell");
    assert_eq!(pac.upn().unwrap(), "alice@example.test");
    assert_eq!(pac.dns_domain_name().unwrap(), "EXAMPLE.TEST");
    assert!(!pac.is_upn_constructed());
}

#[test]
fn whatever_else_the_kdc_says_can_be_asked_for() {
    let pac = with_draft(|_| {}).unwrap();
    assert_eq!(pac.attributes(), None);
    assert_eq!(pac.device_info(), None);
    assert_eq!(pac.credentials(), None);
    let machine = DEVICE.iter().flat_map(|word| word.to_le_bytes()).collect();
    let pac = with_draft(|draft| {
        draft.others = vec![
            (PacBufferType::CREDENTIALS_INFO, vec![1, 2, 3]),
            (PacBufferType::ATTRIBUTES_INFO, vec![2, 0, 0, 0, 1, 0, 0, 0]),
            (PacBufferType::DEVICE_INFO, machine),
        ];
    })
    .unwrap();
    assert_eq!(pac.attributes(), Some(PacAttributes::REQUESTED));
    assert_eq!(pac.credentials(), Some([1, 2, 3].as_slice()));
    let device = pac.device_info().unwrap();
    assert_eq!((device.user_id, device.primary_group_id), (1200, 515));
}

/// Of [MS-PAC] §2.12, by hand: account 1200 with the primary group 515 and no other.
const DEVICE: [u32; 14] = [
    0x0008_1001,
    0xcccc_cccc,
    0x28,
    0, // headers
    0x2_0000,
    1200,
    515,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
];

#[test]
fn a_ticket_without_a_pac_gets_in_unless_one_is_required() {
    assert!(
        identity(defaults, |_, token| token)
            .unwrap()
            .pac()
            .is_none()
    );
    let required = identity(|s| s.pac(PacPolicy::Require), |_, token| token);
    assert_eq!(required.unwrap_err(), PacError::NoPac.into());
}

/// [MS-KILE] §3.4.5.3: the ticket's AD-IF-RELEVANT and no other place.
#[test]
fn a_pac_that_stands_elsewhere_is_none() {
    let elsewhere = |place: fn(TokenBuilder, &[u8]) -> TokenBuilder| {
        identity(defaults, |scene, token| {
            let pac = Draft::of_alice(scene.realm.now()).sign(&key(&scene.web));
            place(token, &pac)
        })
        .unwrap()
        .pac()
        .is_none()
    };
    assert!(elsewhere(|token, pac| {
        token.authenticator_authorization_data(IF_RELEVANT, &if_relevant(&[(PAC, pac)]))
    }));
    assert!(elsewhere(
        |token, pac| token.ticket_authorization_data(PAC, pac)
    ));
    assert!(elsewhere(|token, pac| {
        let inner = if_relevant(&[(PAC, pac)]);
        token.ticket_authorization_data(IF_RELEVANT, &if_relevant(&[(IF_RELEVANT, &inner)]))
    }));
}

#[test]
fn two_pacs_are_refused() {
    let outcome = identity(defaults, |scene, token| {
        let pac = Draft::of_alice(scene.realm.now()).sign(&key(&scene.web));
        let container = if_relevant(&[(PAC, &pac), (PAC, &pac)]);
        token.ticket_authorization_data(IF_RELEVANT, &container)
    });
    assert_eq!(outcome.unwrap_err(), PacError::SecondPac.into());
    let outcome = identity(defaults, |scene, token| {
        let pac = Draft::of_alice(scene.realm.now()).sign(&key(&scene.web));
        let container = if_relevant(&[(PAC, &pac)]);
        token
            .ticket_authorization_data(IF_RELEVANT, &container)
            .ticket_authorization_data(IF_RELEVANT, &container)
    });
    assert_eq!(outcome.unwrap_err(), PacError::SecondPac.into());
}

/// [MS-PAC] §2.8: whoever lacks the service's key can sign nothing.
#[test]
fn a_pac_that_is_not_signed_is_refused() {
    let outcome = with_octets(|scene| {
        let draft = Draft::of_alice(scene.realm.now());
        draft.lay_out(&key(&scene.web)).into_vec()
    });
    let error = outcome.unwrap_err();
    assert_eq!(
        error,
        PacError::Signature(PacBufferType::SERVER_CHECKSUM).into()
    );
    assert_eq!(error.code(), Some(ErrorCode::MODIFIED));
    assert_eq!(error.kind(), "pac");
}

#[test]
fn one_bit_flipped_anywhere_in_a_pac_is_refused() {
    let scene = Scene::new();
    let octets = Draft::of_alice(scene.realm.now()).sign(&key(&scene.web));
    let kdc = octets.len() - 16 + 4; // the KDC's signature is the last buffer
    for at in 0..kdc {
        let mut flipped = octets.clone();
        flipped[at] ^= 1 << (at % 8);
        let container = if_relevant(&[(PAC, &flipped)]);
        let token = scene.token();
        let token = token.ticket_authorization_data(IF_RELEVANT, &container);
        let rejection = scene.refuse(&token.build());
        assert!(matches!(rejection.error(), Error::Pac(_)), "octet {at}");
    }
}

/// CVE-2014-6324, CVE-2010-1324: checksums without a key, and those of another key's type.
#[test]
fn a_signature_of_another_type_than_the_keys_is_refused() {
    for number in [1, 2, 7, 14, -137, -138, 12, 15, 17, 18, 19, 20, 0x8003, 99] {
        let found = ChecksumTypeNumber(number);
        let error = refused(|draft| draft.checksum_type = Some(found));
        let expected = ChecksumTypeNumber::HMAC_SHA1_96_AES256;
        assert_eq!(error, PacError::SignatureType { expected, found });
        assert_eq!(Error::from(error).code(), Some(ErrorCode::INAPP_CKSUM));
    }
}

#[test]
fn a_pac_without_a_signature_or_a_client_is_refused() {
    for missing in [
        PacBufferType::SERVER_CHECKSUM,
        PacBufferType::KDC_CHECKSUM,
        PacBufferType::CLIENT_INFO,
    ] {
        let error = refused(|draft| draft.left_out.push(missing));
        assert_eq!(error, PacError::NoBuffer(missing));
    }
}

/// MIT krb5's KDC by itself: names, and no account.
#[test]
fn a_pac_without_logon_info_is_good_and_has_no_sids() {
    let pac = with_draft(|draft| draft.info = None).unwrap();
    assert_eq!(pac.user_sid(), None);
    assert_eq!(pac.groups().count(), 0);
    assert_eq!(pac.account_name().unwrap(), "alice");
    assert!(!pac.is_member_of(&Sid::EVERYONE));
}

/// [MS-PAC] §2.7: name and login are the ticket's.
#[test]
fn a_pac_of_another_client_or_login_is_refused() {
    let error = refused(|draft| draft.name = "mallory".into());
    assert_eq!(
        error.to_string(),
        "PAC of mallory, the ticket is alice@EXAMPLE.TEST's"
    );
    assert_eq!(Error::from(error).code(), Some(ErrorCode::BADMATCH));
    let second = FileTime(10_000_000);
    for vary in [
        |draft: &mut Draft| draft.login.0 += 10_000_000,
        |draft: &mut Draft| draft.login.0 -= 1,
        |draft: &mut Draft| draft.login = FileTime::UNSET,
        |draft: &mut Draft| draft.login = FileTime::NEVER,
    ] {
        assert!(matches!(refused(vary), PacError::Authtime { .. }));
    }
    // The ticket has whole seconds.
    assert!(with_draft(|draft| draft.login.0 += second.0 - 1).is_ok());
}

/// CVE-2021-42287: the account was renamed between login and ticket.
#[test]
fn a_requestor_or_a_name_of_another_account_is_refused() {
    let other = domain().with_rid(500).unwrap();
    let error = refused(|draft| {
        draft
            .others
            .push((PacBufferType::REQUESTOR, other.encode()));
    });
    assert!(matches!(
        error,
        PacError::UserSid {
            buffer: PacBufferType::REQUESTOR,
            ..
        }
    ));
    let error = refused(|draft| draft.upn_sid = other);
    assert!(matches!(
        error,
        PacError::UserSid {
            buffer: PacBufferType::UPN_DNS_INFO,
            ..
        }
    ));
    let own = domain().with_rid(1103).unwrap();
    let pac = with_draft(|draft| draft.others.push((PacBufferType::REQUESTOR, own.encode())));
    assert_eq!(pac.unwrap().requestor(), Some(own));
}

/// S4U2proxy: the requestor is the service that came for the client.
#[test]
fn the_requestor_of_a_delegated_client_is_another() {
    let other = domain().with_rid(2000).unwrap();
    let path = ["HTTP/front.example.test@EXAMPLE.TEST".into()];
    let info = S4uDelegationInfo {
        s4u2proxy_target: "HTTP/web.example.test".into(),
        transited_services: path.as_slice().into(),
    };
    let pac = with_draft(|draft| {
        draft.others = vec![
            (PacBufferType::REQUESTOR, other.encode()),
            (PacBufferType::S4U_DELEGATION_INFO, info.encode().unwrap()),
        ];
    })
    .unwrap();
    let services: Vec<_> = pac.delegation_path().iter().collect();
    assert_eq!(services, path);
    assert_eq!(pac.delegation(), Some(info));
}

/// CVE-2022-42898 and others: every known buffer is read before anything is granted.
#[test]
fn a_malformed_buffer_refuses_the_pac_although_it_is_signed() {
    for malformed in [
        PacBufferType::LOGON_INFO,
        PacBufferType::CLIENT_INFO,
        PacBufferType::UPN_DNS_INFO,
        PacBufferType::S4U_DELEGATION_INFO,
        PacBufferType::ATTRIBUTES_INFO,
        PacBufferType::DEVICE_INFO,
        PacBufferType::REQUESTOR,
    ] {
        let outcome = with_octets(|scene| {
            let mut draft = Draft::of_alice(scene.realm.now());
            let web = key(&scene.web);
            if malformed == PacBufferType::LOGON_INFO {
                draft.info = None;
            }
            draft.left_out.push(malformed);
            let unknown = PacBufferType(99);
            draft.others.push((unknown, vec![1, 2, 3]));
            let mut pac = draft.lay_out(&web).into_vec();
            relabel(&mut pac, unknown, malformed);
            sign(&mut pac, &web);
            pac
        });
        let error = outcome.unwrap_err();
        assert!(
            matches!(error, Error::Pac(PacError::Malformed(_))),
            "{malformed}: {error}"
        );
    }
}

/// Gives the buffer of a type another type.
fn relabel(pac: &mut [u8], from: PacBufferType, to: PacBufferType) {
    let info = pac[8..]
        .chunks_exact_mut(16)
        .find(|info| info[..4] == from.0.to_le_bytes())
        .unwrap();
    info[..4].copy_from_slice(&to.0.to_le_bytes());
}

/// Signs a PAC whose signatures are zeros.
fn sign(pac: &mut [u8], key: &portcullis_crypto::Key) {
    let usage = portcullis_crypto::KeyUsage::PAC_CHECKSUM;
    let signature = key.mac(usage).checksum(&[pac]);
    let raw = portcullis::formats::pac::RawPac::decode(pac).unwrap();
    let place = raw
        .signature_octets(PacBufferType::SERVER_CHECKSUM)
        .unwrap();
    pac[place].copy_from_slice(signature.as_ref());
}

#[test]
fn claims_are_inflated_when_somebody_asks() {
    let captured = portcullis_testdata::vectors("claims");
    let buffer = portcullis_testdata::hex(&captured[0]["buffer"]);
    let claims = PacBufferType::CLIENT_CLAIMS_INFO;
    let pac = with_draft(|draft| draft.others.push((claims, buffer))).unwrap();
    let expected = captured[0]["claims"].as_array().unwrap().len();
    assert_eq!(pac.client_claims().unwrap().iter().count(), expected);
    assert!(pac.device_claims().unwrap().is_empty());
    let pac = with_draft(|draft| draft.others.push((claims, vec![1, 2, 3]))).unwrap();
    assert!(pac.client_claims().is_err());
}

#[test]
fn an_unknown_buffer_is_kept_as_octets() {
    let unknown = PacBufferType(99);
    let pac = with_draft(|draft| draft.others.push((unknown, vec![1, 2, 3]))).unwrap();
    assert_eq!(pac.buffer(unknown), Some([1, 2, 3].as_slice()));
}

#[test]
fn groups_without_the_domain_that_they_are_of_are_refused() {
    for vary in [
        |draft: &mut Draft| draft.info.as_mut().unwrap().logon_domain_id = None,
        |draft: &mut Draft| draft.info.as_mut().unwrap().logon_domain_id = Some(sid("S-1-5-32")),
        |draft: &mut Draft| {
            const LOCAL: [GroupMembership; 1] = [GroupMembership {
                relative_id: 7,
                attributes: GroupAttributes::ORDINARY,
            }];
            draft.info.as_mut().unwrap().resource_group_ids = LOCAL.as_slice().into();
        },
    ] {
        assert_eq!(refused(vary), PacError::NoDomain);
    }
}

/// [MS-KILE] §3.4.5.3: user, primary group, groups, extra SIDs, resource groups.
#[test]
fn all_groups_are_composed() {
    let local = sid("S-1-5-21-7-8-9");
    let pac = with_draft(|draft| {
        draft.extra(vec!["S-1-5-21-4-5-6-1200", "S-1-18-1"]);
        let info = draft.info.as_mut().unwrap();
        info.primary_group_id = 515;
        info.resource_group_domain_sid = Some(local);
        let groups = vec![group(1300, GroupAttributes(0x2000_0007))];
        info.resource_group_ids = Vec::leak(groups)[..].into();
    })
    .unwrap();
    let groups: Vec<_> = pac.groups().map(|group| group.sid).collect();
    let of = |rid| domain().with_rid(rid).unwrap();
    let expected = [
        of(513),
        of(1104),
        of(515),
        sid("S-1-5-21-4-5-6-1200"),
        Sid::AUTHENTICATION_AUTHORITY_ASSERTED_IDENTITY,
        local.with_rid(1300).unwrap(),
    ];
    assert_eq!(groups, expected);
    assert_eq!(pac.primary_group(), Some(of(515)));
    assert!(expected.iter().all(|group| pac.is_member_of(group)));
}

/// [MS-KILE] §3.4.5.3: an account without an identifier in the domain is the first extra SID.
#[test]
fn an_account_without_a_relative_identifier_is_the_first_extra_sid() {
    let user = sid("S-1-5-21-4-5-6-1100");
    let pac = with_draft(|draft| {
        draft.extra(vec!["S-1-5-21-4-5-6-1100", "S-1-5-21-4-5-6-1200"]);
        draft.info.as_mut().unwrap().user_id = 0;
        draft.upn_sid = user;
    })
    .unwrap();
    assert_eq!(pac.user_sid(), Some(user));
    assert!(!pac.is_member_of(&user));
    assert!(pac.is_member_of(&sid("S-1-5-21-4-5-6-1200")));
    assert_eq!(
        refused(|draft| draft.info.as_mut().unwrap().user_id = 0),
        PacError::NoDomain
    );
}

/// Without a domain there are no groups of it, either.
#[test]
fn an_account_of_no_domain_here_has_no_groups_here() {
    let user = sid("S-1-5-21-4-5-6-1100");
    let stranger = |draft: &mut Draft| {
        draft.extra(vec!["S-1-5-21-4-5-6-1100"]);
        let info = draft.info.as_mut().unwrap();
        (info.user_id, info.logon_domain_id) = (0, None);
        draft.upn_sid = user;
    };
    assert_eq!(refused(stranger), PacError::NoDomain);
    let pac = with_draft(|draft| {
        stranger(draft);
        draft.info.as_mut().unwrap().group_ids = [].as_slice().into();
    })
    .unwrap();
    assert_eq!(pac.user_sid(), Some(user));
    assert_eq!(pac.groups().count(), 0);
}

#[test]
fn a_membership_that_denies_or_is_not_enabled_grants_nothing() {
    const DENIED: [GroupMembership; 3] = [
        GroupMembership {
            relative_id: 512,
            attributes: GroupAttributes(0x17),
        },
        GroupMembership {
            relative_id: 519,
            attributes: GroupAttributes(0x3),
        },
        GroupMembership {
            relative_id: 513,
            attributes: GroupAttributes::ORDINARY,
        },
    ];
    let pac = with_draft(|draft| {
        draft.info.as_mut().unwrap().group_ids = DENIED.as_slice().into();
    })
    .unwrap();
    let member = |rid| pac.is_member_of(&domain().with_rid(rid).unwrap());
    assert!(!member(512) && !member(519) && member(513));
    assert_eq!(pac.groups().count(), 3);
}

#[test]
fn an_ignored_pac_is_neither_verified_nor_shown() {
    let ignored = identity(
        |settings| settings.pac(PacPolicy::Ignore),
        |_, token| {
            let container = if_relevant(&[(PAC, b"nonsense")]);
            token.ticket_authorization_data(IF_RELEVANT, &container)
        },
    );
    assert!(ignored.unwrap().pac().is_none());
    let looked_at = with_octets(|_| b"nonsense".to_vec());
    assert!(matches!(
        looked_at.unwrap_err(),
        Error::Pac(PacError::Malformed(_))
    ));
}

/// The same token may come again.
fn forgetful() -> Arc<SteadyReplay> {
    Arc::new(SteadyReplay(Ok(Freshness::Fresh)))
}

/// The second time the ticket is entered, from then on it is known.
#[test]
fn the_pac_of_a_known_ticket_is_the_same() {
    let scene = Scene::with(|settings| settings.replay_cache(forgetful()));
    let pac = Draft::of_alice(scene.realm.now()).sign(&key(&scene.web));
    let container = if_relevant(&[(PAC, &pac)]);
    let token = scene.token();
    let token = token.ticket_authorization_data(IF_RELEVANT, &container);
    let token = token.build();
    for _ in 0..4 {
        let (context, _) = scene.accept(&token);
        let shown = context.identity().pac().unwrap();
        assert_eq!(shown.octets(), pac);
        assert_eq!(shown.user_sid(), domain().with_rid(1103).ok());
    }
}

/// A ticket is known when everything about it was shown, so never with a bad PAC.
#[test]
fn a_bad_pac_is_refused_however_often_it_comes() {
    let scene = Scene::with(|settings| settings.replay_cache(forgetful()));
    let pac = Draft::of_alice(scene.realm.now()).lay_out(&key(&scene.web));
    let container = if_relevant(&[(PAC, pac.octets())]);
    let token = scene.token();
    let token = token.ticket_authorization_data(IF_RELEVANT, &container);
    let token = token.build();
    for _ in 0..4 {
        assert!(matches!(scene.refuse(&token).error(), Error::Pac(_)));
    }
}
