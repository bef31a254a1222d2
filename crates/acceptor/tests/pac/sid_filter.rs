//! [MS-PAC] §4.1.2.2: what a realm, and what no domain controller at all, may say of a client.

use super::forge::{Draft, domain, group, if_relevant, key, sid};
use super::scene::Scene;
use super::{IF_RELEVANT, PAC, defaults, identity};
use portcullis::context::{ExportKey, ImportError};
use portcullis::error::PacError;
use portcullis::pac::{GroupAttributes, PacBufferType, Sid, SidFilter};
use portcullis::{AcceptorBuilder, Error, Pac, PacPolicy};

/// Our own domain, when alice's is another's.
const OURS: &str = "S-1-5-21-7-8-9";

fn ours(rid: u32) -> Sid {
    sid(OURS).with_rid(rid).unwrap()
}

/// What becomes of alice, when her PAC says something else.
fn seen(filter: Option<SidFilter>, vary: impl FnOnce(&mut Draft)) -> Result<Pac, Error> {
    let identity = identity(
        |settings| match filter {
            Some(filter) => settings.sid_filter(filter),
            None => settings,
        },
        |scene, token| {
            let mut draft = Draft::of_alice(scene.realm.now());
            vary(&mut draft);
            let container = if_relevant(&[(PAC, &draft.sign(&key(&scene.web)))]);
            token.ticket_authorization_data(IF_RELEVANT, &container)
        },
    )?;
    Ok(identity.pac().unwrap().clone())
}

/// Alice's realm may give the SIDs of its domain and no others.
fn confined() -> SidFilter {
    SidFilter::new().confine("EXAMPLE.TEST", [domain()])
}

fn resource_group(draft: &mut Draft, domain: &str, rid: u32) {
    let info = draft.info.as_mut().unwrap();
    info.resource_group_domain_sid = Some(sid(domain));
    let groups = vec![group(rid, GroupAttributes::ORDINARY)];
    info.resource_group_ids = Vec::leak(groups)[..].into();
}

/// The account is the first extra SID.
fn account(draft: &mut Draft, text: &'static str) {
    draft.extra(vec![text]);
    draft.info.as_mut().unwrap().user_id = 0;
    draft.upn_sid = sid(text);
}

/// CVE-2024-26248: a trusted realm's controller claims our administrators.
#[test]
fn a_sid_filter_leaves_out_what_a_realm_may_not_give() {
    let pac = seen(Some(confined()), |draft| {
        draft.extra(vec!["S-1-5-21-7-8-9-512", "S-1-18-1"]);
    })
    .unwrap();
    assert!(!pac.is_member_of(&ours(512)));
    assert!(pac.is_member_of(&sid("S-1-18-1")));
    assert!(pac.is_member_of(&domain().with_rid(1104).unwrap()));
}

/// A KDC that copies the PAC of another realm lets that realm write these groups, too.
#[test]
fn a_confined_realm_gives_no_group_of_ours_as_one_that_was_added_for_the_service() {
    let claim = |draft: &mut Draft| resource_group(draft, OURS, 512);
    let pac = seen(Some(confined()), claim).unwrap();
    assert!(!pac.is_member_of(&ours(512)));
    let own = |draft: &mut Draft| resource_group(draft, &domain().to_string(), 1200);
    let pac = seen(Some(confined()), own).unwrap();
    assert!(pac.is_member_of(&domain().with_rid(1200).unwrap()));
}

#[test]
fn groups_that_our_controllers_add_for_the_service_count_where_that_is_said() {
    let filter = || confined().resource_groups_of(sid(OURS));
    let added = |draft: &mut Draft| resource_group(draft, OURS, 1200);
    assert!(
        seen(Some(filter()), added)
            .unwrap()
            .is_member_of(&ours(1200))
    );
    let elsewhere = |draft: &mut Draft| {
        draft.extra(vec!["S-1-5-21-7-8-9-1200"]);
        resource_group(draft, "S-1-5-21-4-5-6", 1200);
    };
    let pac = seen(Some(filter()), elsewhere).unwrap();
    assert!(!pac.is_member_of(&ours(1200)));
    assert!(!pac.is_member_of(&sid("S-1-5-21-4-5-6-1200")));
}

#[test]
fn an_account_is_of_a_domain_whatever_the_filter_says() {
    let filters = [
        None,
        Some(SidFilter::new().trust("OTHER.TEST")),
        Some(confined()),
        Some(SidFilter::new().trust("EXAMPLE.TEST")),
    ];
    for filter in filters {
        for text in [
            "S-1-18-1",
            "S-1-5-18",
            "S-1-5-32-544",
            "S-1-1-0",
            "S-1-5-11",
        ] {
            let refused = seen(filter.clone(), |draft| account(draft, text));
            assert_eq!(
                refused.unwrap_err(),
                PacError::NoDomain.into(),
                "{text} {filter:?}"
            );
        }
    }
}

#[test]
fn an_account_and_its_primary_group_are_of_the_confined_realms_domain() {
    let foreign = seen(Some(confined()), |draft| {
        account(draft, "S-1-5-21-7-8-9-500")
    });
    let expected = PacError::ForeignSid(Box::new(ours(500)));
    assert_eq!(foreign.unwrap_err(), expected.into());
    let pac = seen(Some(confined()), |draft| {
        account(draft, "S-1-5-21-1004336348-1177238915-682003330-1103");
        let info = draft.info.as_mut().unwrap();
        info.logon_domain_id = Some(sid(OURS));
        info.primary_group_id = 512;
    })
    .unwrap();
    assert_eq!(pac.domain_sid(), Some(domain()));
    assert_eq!(pac.primary_group(), None);
    assert_eq!(pac.groups().count(), 0);
}

#[test]
fn what_the_directory_of_a_confined_realm_claims_does_not_count() {
    let captured = portcullis_testdata::vectors("claims");
    let octets = portcullis_testdata::hex(&captured[0]["buffer"]);
    let claiming = |draft: &mut Draft| {
        draft.extra(vec!["S-1-5-21-0-0-0-496", "S-1-5-21-0-0-0-497"]);
        for buffer in [
            PacBufferType::CLIENT_CLAIMS_INFO,
            PacBufferType::DEVICE_CLAIMS_INFO,
        ] {
            draft.others.push((buffer, octets.clone()));
        }
    };
    let pac = seen(None, claiming).unwrap();
    assert!(pac.is_member_of(&Sid::CLAIMS_VALID));
    assert!(!pac.client_claims().unwrap().is_empty());
    let pac = seen(Some(confined()), claiming).unwrap();
    assert!(!pac.is_member_of(&Sid::CLAIMS_VALID));
    assert!(!pac.is_member_of(&sid("S-1-5-21-0-0-0-496")));
    assert!(pac.client_claims().unwrap().is_empty());
    assert!(pac.device_claims().unwrap().is_empty());
}

/// What is the machine's to give.
#[test]
fn administrators_of_the_machine_do_not_come_by_pac() {
    let machines = ["S-1-5-32-544", "S-1-5-18", "S-1-5-9"];
    let pac = seen(None, |draft| draft.extra(machines.to_vec())).unwrap();
    assert!(!pac.is_member_of(&Sid::BUILTIN_ADMINISTRATORS));
    assert!(pac.is_member_of(&Sid::ENTERPRISE_DOMAIN_CONTROLLERS));
    assert_eq!(pac.groups().count(), 3);
    assert_eq!(pac.logon_info().unwrap().extra_sids.len(), 3);
}

#[test]
fn administrators_of_the_machine_are_not_added_for_the_service() {
    for domain in ["S-1-5-32", "S-1-5", "S-1-1", "S-1-5-21-1-2-3-4"] {
        let claimed = seen(None, |draft| resource_group(draft, domain, 544));
        assert_eq!(claimed.unwrap_err(), PacError::NoDomain.into(), "{domain}");
    }
}

/// The context of alice, who came to an acceptor without a filter, in the hands of another.
fn handed_over(
    settings: impl FnOnce(AcceptorBuilder) -> AcceptorBuilder,
    vary: impl FnOnce(&mut Draft),
) -> Result<Option<Pac>, ImportError> {
    let scene = Scene::new();
    let mut draft = Draft::of_alice(scene.realm.now());
    vary(&mut draft);
    let container = if_relevant(&[(PAC, &draft.sign(&key(&scene.web)))]);
    let token = scene.token();
    let token = token.ticket_authorization_data(IF_RELEVANT, &container);
    let (context, _) = scene.accept(&token.build());
    let secret = ExportKey::new(&[7; 32]);
    let exported = context.export(&secret).unwrap();
    let other = Scene::with(settings).acceptor;
    let imported = other.import_context(&exported, &secret)?;
    Ok(imported.identity().pac().cloned())
}

#[test]
fn an_imported_context_is_filtered_where_it_is_imported() {
    let with = |filter: SidFilter| |settings: AcceptorBuilder| settings.sid_filter(filter);
    let claim = |draft: &mut Draft| draft.extra(vec!["S-1-5-21-7-8-9-512"]);
    let pac = handed_over(defaults, claim).unwrap().unwrap();
    assert!(pac.is_member_of(&ours(512)));
    let pac = handed_over(with(confined()), claim).unwrap().unwrap();
    assert!(!pac.is_member_of(&ours(512)));
    assert_eq!(pac.user_sid(), domain().with_rid(1103).ok());
    let stranger = SidFilter::new().trust("OTHER.TEST");
    let foreign = PacError::ForeignSid(Box::new(domain().with_rid(1103).unwrap()));
    let refused = handed_over(with(stranger), claim).unwrap_err();
    assert_eq!(refused, ImportError::Pac(foreign));
}

#[test]
fn where_pacs_are_ignored_an_imported_context_has_none() {
    let ignoring = |settings: AcceptorBuilder| settings.pac(PacPolicy::Ignore);
    assert!(handed_over(ignoring, |_| {}).unwrap().is_none());
    let requiring = |settings: AcceptorBuilder| settings.pac(PacPolicy::Require);
    assert!(handed_over(requiring, |_| {}).unwrap().is_some());
}
