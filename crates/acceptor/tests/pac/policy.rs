//! Who may come in, and why somebody may not.

use core::pin::pin;
use core::task::{Context, Poll, Waker};

use super::forge::{Draft, domain, group, if_relevant, key, sid};
use super::{IF_RELEVANT, PAC, defaults, identity};
use portcullis::formats::gss::ContextFlags;
use portcullis::formats::messages::TicketFlags;
use portcullis::pac::{GroupAttributes, PacBufferType, S4uDelegationInfo, SidFilter};
use portcullis::policy::{Group, Groups as _, PacGroups, Policy};
use portcullis::{Identity, PacPolicy};

fn alice(vary: impl FnOnce(&mut Draft)) -> Identity {
    identity(defaults, |scene, token| {
        let mut draft = Draft::of_alice(scene.realm.now());
        vary(&mut draft);
        let container = if_relevant(&[(PAC, &draft.sign(&key(&scene.web)))]);
        token.ticket_authorization_data(IF_RELEVANT, &container)
    })
    .unwrap()
}

/// What a policy says of alice: nothing, or the sentence of its refusal.
fn refusal(policy: &Policy) -> String {
    said(policy, &alice(|_| {}))
}

fn said(policy: &Policy, identity: &Identity) -> String {
    match policy.permit(identity) {
        Ok(()) => String::new(),
        Err(refusal) => format!("{}: {refusal}", refusal.kind()),
    }
}

fn staff() -> Group {
    Group::named("staff", domain().with_rid(1104).unwrap())
}

fn admins() -> Group {
    domain().with_rid(512).unwrap().into()
}

#[test]
fn a_policy_without_conditions_permits_everybody() {
    assert_eq!(refusal(&Policy::new()), "");
    let without_pac = identity(defaults, |_, token| token).unwrap();
    assert_eq!(said(&Policy::new(), &without_pac), "");
}

#[test]
fn the_clients_realm_is_one_of_those_named() {
    let both = Policy::new().realm("OTHER.TEST").realm("EXAMPLE.TEST");
    assert_eq!(refusal(&both), "");
    assert_eq!(
        refusal(&Policy::new().realm("OTHER.TEST").realm("example.test")),
        "realm: alice@EXAMPLE.TEST is of a realm that is not permitted"
    );
}

#[test]
fn the_client_is_in_one_of_the_groups_of_each_list() {
    assert_eq!(
        refusal(&Policy::new().member_of_any([admins(), staff()])),
        ""
    );
    assert_eq!(
        refusal(
            &Policy::new()
                .member_of_any([staff()])
                .member_of_any([admins(), Group::named("owners", sid("S-1-5-21-7-8-9-1000")),])
        ),
        "groups: alice@EXAMPLE.TEST is in none of: \
         S-1-5-21-1004336348-1177238915-682003330-512, owners (S-1-5-21-7-8-9-1000)"
    );
    let herself = domain().with_rid(1103).unwrap();
    assert_eq!(refusal(&Policy::new().member_of_any([herself])), "");
    let nobody: [Group; 0] = [];
    assert!(refusal(&Policy::new().member_of_any(nobody)).starts_with("groups"));
}

/// Ready at once: nobody is asked.
fn groups(named: &PacGroups, identity: &Identity) -> Vec<String> {
    let mut answer = pin!(named.groups_of(identity, "alice"));
    match answer
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(groups) => groups.unwrap(),
        Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn a_client_is_in_the_groups_of_its_pac_that_have_a_name() {
    let rid = |rid| domain().with_rid(rid).unwrap();
    let named = PacGroups::new()
        .named("staff", rid(1104))
        .named("admins", rid(512))
        .named("people", rid(1))
        .named("people", rid(1104));
    assert_eq!(groups(&named, &alice(|_| {})), ["people", "staff"]);
    let without_pac = identity(defaults, |_, token| token).unwrap();
    assert!(groups(&named, &without_pac).is_empty());
}

#[test]
fn a_membership_that_only_denies_denies_and_does_not_grant() {
    let identity = alice(|draft| {
        let denied = vec![group(1104, GroupAttributes(0x17))];
        draft.info.as_mut().unwrap().group_ids = Vec::leak(denied)[..].into();
    });
    let granted = said(&Policy::new().member_of_any([staff()]), &identity);
    assert!(granted.starts_with("groups"), "{granted}");
    let excluded = said(&Policy::new().not_member_of(staff()), &identity);
    assert_eq!(
        excluded,
        "excluded: alice@EXAMPLE.TEST is in staff \
         (S-1-5-21-1004336348-1177238915-682003330-1104)"
    );
}

#[test]
fn whoever_is_in_no_excluded_group_is_permitted() {
    assert_eq!(refusal(&Policy::new().not_member_of(admins())), "");
    assert!(refusal(&Policy::new().not_member_of(staff())).starts_with("excluded"));
    let herself = domain().with_rid(1103).unwrap();
    assert!(refusal(&Policy::new().not_member_of(herself)).starts_with("excluded"));
}

#[test]
fn nobody_can_tell_the_groups_of_a_client_without_sids() {
    let without_pac = identity(defaults, |_, token| token).unwrap();
    let without_sids = alice(|draft| draft.info = None);
    for identity in [&without_pac, &without_sids] {
        for policy in [
            Policy::new().member_of_any([staff()]),
            Policy::new().not_member_of(admins()),
        ] {
            assert_eq!(
                said(&policy, identity),
                "no-sids: alice@EXAMPLE.TEST's ticket has no PAC that tells its groups"
            );
        }
    }
}

#[test]
fn flags_and_channel_are_asked_for() {
    let flags = TicketFlags::HW_AUTHENT | TicketFlags::FORWARDED;
    assert_eq!(
        refusal(&Policy::new().ticket_flags(flags)),
        "ticket-flags: alice@EXAMPLE.TEST's ticket is not forwarded, hw-authent"
    );
    assert_eq!(
        refusal(&Policy::new().context_flags(ContextFlags::IDENTIFY)),
        "context-flags: alice@EXAMPLE.TEST did not ask for identify"
    );
    assert_eq!(
        refusal(&Policy::new().channel_bound()),
        "channel-bindings: alice@EXAMPLE.TEST is not bound to this channel"
    );
}

#[test]
fn an_indicator_is_asked_for() {
    assert_eq!(
        refusal(&Policy::new().indicator("otp").indicator("pkinit")),
        "indicator: alice@EXAMPLE.TEST did not log in by otp, pkinit"
    );
}

#[test]
fn a_client_that_did_not_come_itself_is_refused_where_it_must() {
    assert_eq!(refusal(&Policy::new().in_person()), "");
    let asserted = alice(|draft| draft.extra(vec!["S-1-18-2"]));
    let delegated = alice(|draft| {
        let info = S4uDelegationInfo::default().encode().unwrap();
        let delegation = PacBufferType::S4U_DELEGATION_INFO;
        draft.others.push((delegation, info));
    });
    let without_sids = alice(|draft| {
        let info = S4uDelegationInfo::default().encode().unwrap();
        let delegation = PacBufferType::S4U_DELEGATION_INFO;
        draft.info = None;
        draft.others.push((delegation, info));
    });
    for identity in [&asserted, &delegated, &without_sids] {
        assert_eq!(
            said(&Policy::new().in_person(), identity),
            "not-in-person: alice@EXAMPLE.TEST did not come itself"
        );
        assert_eq!(said(&Policy::new(), identity), "");
    }
}

#[test]
fn nobody_can_tell_whether_a_client_without_a_pac_came_itself() {
    let without_pac = identity(defaults, |_, token| token).unwrap();
    let ignored = identity(
        |settings| settings.pac(PacPolicy::Ignore),
        |scene, token| {
            let draft = Draft::of_alice(scene.realm.now());
            let container = if_relevant(&[(PAC, &draft.sign(&key(&scene.web)))]);
            token.ticket_authorization_data(IF_RELEVANT, &container)
        },
    )
    .unwrap();
    for identity in [&without_pac, &ignored] {
        assert_eq!(
            said(&Policy::new().in_person(), identity),
            "no-pac: alice@EXAMPLE.TEST's ticket has no PAC that tells whether it came itself"
        );
    }
    let without_sids = alice(|draft| draft.info = None);
    assert_eq!(said(&Policy::new().in_person(), &without_sids), "");
}

#[test]
fn an_excluded_group_of_which_no_pac_tells_lets_nobody_in() {
    for text in ["S-1-5-32-544", "S-1-5-11", "S-1-1-0", "S-1-5-21-7-8-9"] {
        let policy = Policy::new().not_member_of(Group::named("untold", sid(text)));
        let expected =
            format!("untold: no PAC tells whether alice@EXAMPLE.TEST is in untold ({text})");
        assert_eq!(refusal(&policy), expected);
        let policy = Policy::new().member_of_any([sid(text)]);
        assert!(refusal(&policy).starts_with("groups"), "{text}");
    }
}

/// What a realm may not give cannot speak for its clients; it may well speak against them.
#[test]
fn a_membership_that_the_filter_leaves_out_excludes_all_the_same() {
    let filter = SidFilter::new().confine("EXAMPLE.TEST", [domain()]);
    let identity = identity(
        |settings| settings.sid_filter(filter),
        |scene, token| {
            let mut draft = Draft::of_alice(scene.realm.now());
            draft.extra(vec!["S-1-5-21-4-5-6-1100"]);
            let info = draft.info.as_mut().unwrap();
            info.resource_group_domain_sid = Some(sid("S-1-5-21-7-8-9"));
            let added = vec![group(1200, GroupAttributes::ORDINARY)];
            info.resource_group_ids = Vec::leak(added)[..].into();
            let container = if_relevant(&[(PAC, &draft.sign(&key(&scene.web)))]);
            token.ticket_authorization_data(IF_RELEVANT, &container)
        },
    )
    .unwrap();
    for text in ["S-1-5-21-4-5-6-1100", "S-1-5-21-7-8-9-1200"] {
        let excluding = Policy::new().not_member_of(sid(text));
        assert!(
            said(&excluding, &identity).starts_with("excluded"),
            "{text}"
        );
        let granting = Policy::new().member_of_any([sid(text)]);
        assert!(said(&granting, &identity).starts_with("groups"), "{text}");
    }
}
