//! PACs that Windows signed, with its keys.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "test code"
)]

use super::signatures::{verify_kdc, verify_server};
use super::*;
use crate::enctypes::EnctypePolicy;
use crate::error::{Error, PacError};
use crate::keytab::Keytab;
use crate::rules::Rules;
use portcullis_crypto::Enctype;
use portcullis_formats::der::{Decode, DecodeErrorKind, Reader, Writer};
use portcullis_formats::keytab::{KeytabVersion, KeytabWriter};
use portcullis_formats::messages::{AdIfRelevant, EncTicketPart, KerberosTime};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{AuthDataType, ChecksumTypeNumber, EtypeNumber, Kvno};
use portcullis_testdata::{hex, vectors};
use serde_json::Value;

/// The keys of a vector that are implemented here, whose names are `server` and `kdc`.
fn keytab(vector: &Value, whose: &str) -> Option<Keytab> {
    let number = i32::try_from(vector[format!("{whose}_key_etype")].as_i64()?).unwrap();
    Enctype::try_from(number).ok()?;
    let key = hex(&vector[format!("{whose}_key")]);
    let name = Principal::new("REALM", [whose]).unwrap();
    let mut file = KeytabWriter::new(KeytabVersion::V2);
    file.add(&name, 0, Kvno(1), EtypeNumber(number), &key)
        .unwrap();
    Some(Keytab::parse(file.into_vec()).unwrap())
}

/// Rules that permit whatever is compiled in.
fn rules() -> Rules {
    let mut rules = Rules::default();
    for enctype in Enctype::all() {
        rules.enctypes.allow(*enctype);
    }
    rules
}

fn no_ticket() -> Result<Vec<u8>, PacError> {
    Err(PacError::NoPac)
}

/// The vectors with a service key that is implemented here.
fn signed() -> Vec<(Value, Keytab)> {
    let vectors = vectors("pac").into_iter();
    let keyed = vectors.filter_map(|vector| keytab(&vector, "server").map(|keys| (vector, keys)));
    let keyed: Vec<_> = keyed.collect();
    assert!(keyed.len() >= 5);
    keyed
}

fn server(octets: &[u8], keys: &Keytab) -> Result<(), PacError> {
    let pac = RawPac::decode(octets).map_err(PacError::Malformed)?;
    verify_server(&pac, &keys.service_keys()[0].pac)
}

#[test]
fn every_signature_of_windows_for_the_service_verifies() {
    for (vector, keys) in signed() {
        assert_eq!(
            server(&hex(&vector["pac"]), &keys),
            Ok(()),
            "{}",
            vector["name"]
        );
    }
}

/// The octets of the signatures themselves, and of no other buffer, count as zeros.
#[test]
fn one_bit_flipped_anywhere_but_in_the_kdcs_signature_is_refused() {
    for (vector, keys) in signed() {
        let octets = hex(&vector["pac"]);
        let pac = RawPac::decode(&octets).unwrap();
        let kdc = pac.signature_octets(PacBufferType::KDC_CHECKSUM).unwrap();
        for at in (0..octets.len()).filter(|at| !kdc.contains(at)) {
            for bit in 0..8 {
                let mut flipped = octets.clone();
                flipped[at] ^= 1 << bit;
                assert!(server(&flipped, &keys).is_err(), "octet {at} bit {bit}");
            }
        }
    }
}

#[test]
fn the_signatures_of_the_kdc_verify_with_its_key() {
    let mut verified = 0;
    for vector in vectors("pac") {
        let Some(keys) = keytab(&vector, "kdc") else {
            continue;
        };
        let octets = hex(&vector["pac"]);
        let pac = RawPac::decode(&octets).unwrap();
        let ticket = || Ok(hex(&vector["enc_ticket_part_for_ticket_signature"]));
        assert_eq!(verify_kdc(&pac, ticket, &keys, &rules()), Ok(()));
        verified += 1;
    }
    assert!(verified >= 1);
}

#[test]
fn with_the_kdcs_key_one_bit_flipped_in_any_signature_is_refused() {
    let vector = &vectors("pac")[5];
    let (service, kdc) = (keytab(vector, "server"), keytab(vector, "kdc"));
    let (service, kdc) = (service.unwrap(), kdc.unwrap());
    let octets = hex(&vector["pac"]);
    let ticket = hex(&vector["enc_ticket_part_for_ticket_signature"]);
    for at in 0..octets.len() {
        for bit in 0..8 {
            let mut flipped = octets.clone();
            flipped[at] ^= 1 << bit;
            let outcome = server(&flipped, &service).and_then(|()| {
                let pac = RawPac::decode(&flipped).map_err(PacError::Malformed)?;
                verify_kdc(&pac, || Ok(ticket.clone()), &kdc, &rules())
            });
            assert!(outcome.is_err(), "octet {at} bit {bit}");
        }
    }
}

#[test]
fn a_key_of_the_kdc_that_cannot_have_signed_is_said_to_be_missing() {
    let vector = &vectors("pac")[5];
    let octets = hex(&vector["pac"]);
    let pac = RawPac::decode(&octets).unwrap();
    let kdc = keytab(vector, "kdc").unwrap();
    let no_keys = KeytabWriter::new(KeytabVersion::V2).into_vec();
    let missing = Err(PacError::NoKdcKey {
        checksum_type: ChecksumTypeNumber::HMAC_SHA1_96_AES256,
    });
    let none = Keytab::parse(no_keys).unwrap();
    assert_eq!(verify_kdc(&pac, no_ticket, &none, &rules()), missing);
    let strict = Rules {
        enctypes: EnctypePolicy::only(vec![Enctype::Aes128CtsHmacSha1_96]),
        ..Rules::default()
    };
    assert_eq!(verify_kdc(&pac, no_ticket, &kdc, &strict), missing);
    let other = keytab(vector, "server").unwrap();
    assert_eq!(
        verify_kdc(&pac, no_ticket, &other, &rules()),
        Err(PacError::Signature(PacBufferType::KDC_CHECKSUM))
    );
}

/// The PAC in the ticket's AD-IF-RELEVANT.
fn found<'p>(ticket: &EncTicketPart<'p>) -> Option<&'p [u8]> {
    let containers = ticket.authorization_data.into_iter().flatten();
    containers
        .flat_map(|container| AdIfRelevant::from_der(container.ad_data).unwrap())
        .find(|element| element.ad_type == AuthDataType::WIN2K_PAC)
        .map(|element| element.ad_data)
}

/// A ticket of Windows Server 2022, opened.
struct Windows {
    part: Vec<u8>,
    vector: Value,
}

impl Windows {
    fn ticket() -> Self {
        let vector = vectors("pac")[5].clone();
        let part = hex(&vector["enc_ticket_part"]);
        Self { part, vector }
    }

    fn attest(&self, rules: &Rules) -> Result<Option<Pac>, Error> {
        let ticket = EncTicketPart::from_padded_der(&self.part).unwrap();
        let client = Principal::from_wire(ticket.crealm, ticket.cname).unwrap();
        let keys = keytab(&self.vector, "server").unwrap();
        let attested = attest(
            found(&ticket),
            &ticket,
            &client,
            &keys.service_keys()[0],
            rules,
        )?;
        let data = ticket.authorization_data.unwrap().encoded_elements();
        Ok(attested.map(|pac| Pac::new(data.into(), pac)))
    }

    fn attest_with_krbtgt(&self) -> Result<Option<Pac>, Error> {
        let mut rules = rules();
        rules.krbtgt_keys = keytab(&self.vector, "kdc").map(Arc::new);
        self.attest(&rules)
    }
}

#[test]
fn a_ticket_of_windows_2022_tells_who_the_client_is() {
    let pac = Windows::ticket().attest(&rules()).unwrap().unwrap();
    let text = |text: Option<PacText<'_>>| text.unwrap().to_text();
    let domain = "S-1-5-21-133451344-1126667713-3548050118";
    assert_eq!(pac.user_sid().unwrap().to_string(), format!("{domain}-500"));
    assert_eq!(pac.domain_sid().unwrap().to_string(), domain);
    assert_eq!(pac.primary_group().unwrap().rid(), Some(513));
    let groups: Vec<_> = pac.groups().map(|group| group.sid.to_string()).collect();
    let of_domain = |rid: u32| format!("{domain}-{rid}");
    let mut expected: Vec<_> = [513, 512, 520, 518, 519].map(of_domain).into();
    expected.extend(["S-1-18-1".into(), of_domain(572)]);
    assert_eq!(groups, expected);
    assert_eq!(text(pac.account_name()), "Administrator");
    assert_eq!(pac.full_name(), None);
    assert_eq!(text(pac.domain_name()), "W2022-L7");
    assert_eq!(text(pac.dns_domain_name()), "W2022-L7.BASE");
    assert_eq!(text(pac.upn()), "Administrator@w2022-l7.base");
    assert!(pac.is_upn_constructed());
    assert!(pac.is_member_of(&of_domain(512).parse().unwrap()));
    assert!(!pac.is_member_of(&of_domain(514).parse().unwrap()));
    assert!(!pac.is_kdc_verified() && !pac.is_asserted_by_service());
    assert_eq!(pac.delegation(), None);
    assert_eq!(pac.delegation_path().len(), 0);
    assert_eq!(pac.octets(), hex(&vectors("pac")[5]["pac"]));
    let types: Vec<_> = pac.buffers().map(|buffer| buffer.buffer_type.0).collect();
    assert_eq!(types, [1, 6, 7, 10, 12, 16, 19]);
    let control = pac.user_account_control().unwrap();
    let names: Vec<_> = control.names().collect();
    assert_eq!(names, ["normal-account", "dont-expire-password"]);
    let flags: Vec<_> = pac.user_flags().unwrap().names().collect();
    assert_eq!(flags, ["extra-sids", "resource-groups"]);
    assert!(pac.logon_time().unwrap().as_unix().is_some());
}

/// The ticket's signature is over the ticket, which is encoded anew for it.
#[test]
fn a_ticket_of_windows_2022_verifies_with_the_key_of_krbtgt() {
    let pac = Windows::ticket().attest_with_krbtgt().unwrap().unwrap();
    assert!(pac.is_kdc_verified());
}

/// CVE-2020-17049: a service made its ticket forwardable.
#[test]
fn a_flag_that_the_service_changed_is_seen_with_the_key_of_krbtgt() {
    let mut ticket = Windows::ticket();
    let flags = ticket
        .part
        .windows(4)
        .position(|octets| octets == [0x00, 0xa5, 0x00, 0x00])
        .map(|at| at - 1)
        .unwrap();
    ticket.part[flags + 1] ^= 0x40;
    assert!(ticket.attest(&rules()).unwrap().is_some());
    assert_eq!(
        ticket.attest_with_krbtgt().unwrap_err(),
        PacError::Signature(PacBufferType::TICKET_CHECKSUM).into()
    );
}

#[test]
fn an_ignored_pac_is_not_looked_at() {
    let mut ignoring = rules();
    ignoring.pac = PacPolicy::Ignore;
    assert!(Windows::ticket().attest(&ignoring).unwrap().is_none());
}

/// What a realm may give, and what it may not.
#[test]
fn a_sid_filter_decides_about_accounts_and_groups() {
    let domain: Sid = "S-1-5-21-133451344-1126667713-3548050118".parse().unwrap();
    let other: Sid = "S-1-5-21-1-2-3".parse().unwrap();
    let filtered = |filter: SidFilter| {
        let mut rules = rules();
        rules.sid_filter = Some(filter);
        Windows::ticket().attest(&rules).map(Option::unwrap)
    };
    let realm = "W2022-L7.BASE";
    let all = filtered(SidFilter::new().trust(realm)).unwrap();
    assert_eq!(all.groups().count(), 7);
    let own = filtered(SidFilter::new().confine(realm, [domain])).unwrap();
    assert_eq!(own.groups().count(), 7);
    let foreign = PacError::ForeignSid(Box::new(domain.with_rid(500).unwrap()));
    for filter in [
        SidFilter::new().confine(realm, [other]),
        SidFilter::new().trust("OTHER"),
    ] {
        assert_eq!(filtered(filter).unwrap_err(), foreign.clone().into());
    }
}

/// A client of another name, or of another login.
#[test]
fn a_pac_of_another_ticket_is_refused() {
    let windows = Windows::ticket();
    let ticket = EncTicketPart::from_padded_der(&windows.part).unwrap();
    let keys = keytab(&windows.vector, "server").unwrap();
    let key = &keys.service_keys()[0];
    let attest_for = |client: &Principal, ticket: &EncTicketPart<'_>| {
        attest(found(ticket), ticket, client, key, &rules()).map(|attested| attested.is_some())
    };
    let realm = ticket.crealm.0;
    let client = Principal::new(realm, ["administrator"]).unwrap();
    assert_eq!(attest_for(&client, &ticket), Ok(true));
    for components in [
        vec!["Administrator"],
        vec!["administrato"],
        vec!["administrators"],
        vec!["administrator", ""],
        vec!["admin", "istrator"],
    ] {
        let other = Principal::new(realm, components).unwrap();
        assert!(matches!(
            attest_for(&other, &ticket),
            Err(Error::Pac(PacError::Client { .. }))
        ));
    }
    let mut later = ticket;
    later.authtime = KerberosTime::from_unix(ticket.authtime.as_unix() + 1);
    assert!(matches!(
        attest_for(&client, &later),
        Err(Error::Pac(PacError::Authtime { .. }))
    ));
}

/// Whoever has the key that exports could say anything.
#[test]
fn a_place_outside_the_data_holds_no_pac() {
    let data: Arc<[u8]> = Arc::new([7; 8]);
    let client = Principal::new("REALM", ["alice"]).unwrap();
    let imported = |start: u32, end: u32| {
        let mut output = Writer::new();
        output.sequence(|fields| {
            fields.field(0, |field| field.integer(start));
            fields.field(1, |field| field.integer(end));
            fields.field(2, |field| field.boolean(false));
        });
        let octets = output.into_vec();
        Pac::import(&mut Reader::new(&octets), &data, &client, &rules())
    };
    assert_eq!(imported(2, 8).unwrap().octets(), [7; 6]);
    assert_eq!(imported(8, 8).unwrap().octets(), b"");
    for (start, end) in [(0, 9), (9, 9), (5, 4), (0, u32::MAX), (u32::MAX, 0)] {
        let error = imported(start, end).unwrap_err();
        let kind = DecodeErrorKind::Value("a place in the data");
        assert_eq!(error.kind, kind, "{start} {end}");
    }
}
