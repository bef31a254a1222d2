//! PACs that Windows made, read field by field and written octet by octet.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

use portcullis_formats::pac::{
    ClientInfo, DeviceInfo, FileTime, GroupAttributes, GroupMembership, LogonInfo, NdrArray,
    PacBufferType, PacSignError, PacSignature, PacText, PacWriter, RawPac, S4uDelegationInfo, Sid,
    SidAndAttributes, UpnDnsAccount, UpnDnsFlags, UpnDnsInfo, UserAccountControl, UserFlags,
};
use portcullis_formats::registry::ChecksumTypeNumber;
use portcullis_testdata::{hex, vector_file, vectors};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

fn logon_info<'a>(pac: &RawPac<'a>) -> LogonInfo<'a> {
    let buffer = pac.buffer(PacBufferType::LOGON_INFO).unwrap();
    LogonInfo::decode(buffer.octets).unwrap()
}

#[test]
fn the_container_lists_its_buffers_where_they_are() {
    for vector in vectors("pac") {
        let octets = hex(&vector["pac"]);
        let pac = RawPac::decode(&octets).unwrap();
        let listed: Vec<_> = pac
            .buffers()
            .map(|buffer| {
                json!({
                    "type": buffer.buffer_type.0,
                    "offset": buffer.offset,
                    "size": buffer.octets.len(),
                })
            })
            .collect();
        assert_eq!(json!(listed), vector["buffers"], "{}", vector["name"]);
    }
}

fn ticks(time: FileTime) -> Value {
    match time {
        FileTime::UNSET => json!(null),
        time => json!(format!("{:016x}", time.0)),
    }
}

fn expected_ticks(value: &Value) -> Value {
    match value.as_str() {
        None | Some("0000000000000000") => json!(null),
        Some(text) => json!(text),
    }
}

fn text(text: PacText<'_>) -> Value {
    json!(text.to_text())
}

fn groups(groups: impl Iterator<Item = GroupMembership>) -> Value {
    groups
        .map(|group| json!([group.relative_id, group.attributes.0]))
        .collect()
}

fn sids(sids: impl Iterator<Item = SidAndAttributes>) -> Value {
    sids.map(|group| json!([group.sid.to_string(), group.attributes.0]))
        .collect()
}

#[test]
fn every_field_of_the_logon_info_is_read() {
    for vector in vectors("pac") {
        let expected = &vector["logon_info"];
        if expected.is_null() {
            continue;
        }
        let octets = hex(&vector["pac"]);
        let pac = RawPac::decode(&octets).unwrap();
        let info = logon_info(&pac);
        for (field, found) in [
            ("LogonTime", info.logon_time),
            ("LogoffTime", info.logoff_time),
            ("KickOffTime", info.kick_off_time),
            ("PasswordLastSet", info.password_last_set),
            ("PasswordCanChange", info.password_can_change),
            ("PasswordMustChange", info.password_must_change),
            ("LastSuccessfulILogon", info.last_successful_i_logon),
            ("LastFailedILogon", info.last_failed_i_logon),
        ] {
            assert_eq!(ticks(found), expected_ticks(&expected[field]), "{field}");
        }
        for (field, found) in [
            ("EffectiveName", info.effective_name),
            ("FullName", info.full_name),
            ("LogonScript", info.logon_script),
            ("ProfilePath", info.profile_path),
            ("HomeDirectory", info.home_directory),
            ("HomeDirectoryDrive", info.home_directory_drive),
            ("LogonServer", info.logon_server),
            ("LogonDomainName", info.logon_domain_name),
        ] {
            assert_eq!(text(found), expected[field], "{field}");
        }
        for (field, found) in [
            ("LogonCount", info.logon_count.into()),
            ("BadPasswordCount", info.bad_password_count.into()),
            ("UserId", info.user_id),
            ("PrimaryGroupId", info.primary_group_id),
            ("UserFlags", info.user_flags.0),
            ("UserAccountControl", info.user_account_control.0),
            ("SubAuthStatus", info.sub_auth_status),
            ("FailedILogonCount", info.failed_i_logon_count),
        ] {
            assert_eq!(json!(found), expected[field], "{field}");
        }
        let sid = |sid: Option<Sid>| json!(sid.map(|sid| sid.to_string()));
        assert_eq!(hex(&expected["UserSessionKey"]), info.user_session_key.0);
        assert_eq!(groups(info.group_ids.iter()), expected["GroupIds"]);
        assert_eq!(sid(info.logon_domain_id), expected["LogonDomainId"]);
        assert_eq!(sids(info.extra_sids.iter()), expected["ExtraSids"]);
        assert_eq!(
            sid(info.resource_group_domain_sid),
            expected["ResourceGroupDomainSid"]
        );
        assert_eq!(
            groups(info.resource_group_ids.iter()),
            expected["ResourceGroupIds"]
        );
    }
}

/// An account of another domain, with groups of the service's.
#[test]
fn the_logon_info_of_a_trusted_domain_is_read_and_written() {
    for expected in vector_file("pac_buffers")["logon_info"].as_array().unwrap() {
        let buffer = hex(&expected["buffer"]);
        let info = LogonInfo::decode(&buffer).unwrap();
        let sid = |sid: Option<Sid>| json!(sid.map(|sid| sid.to_string()));
        assert_eq!(text(info.effective_name), expected["EffectiveName"]);
        assert_eq!(text(info.full_name), expected["FullName"]);
        assert_eq!(text(info.logon_server), expected["LogonServer"]);
        assert_eq!(text(info.logon_domain_name), expected["LogonDomainName"]);
        assert_eq!(json!(info.logon_count), expected["LogonCount"]);
        assert_eq!(json!(info.user_id), expected["UserId"]);
        assert_eq!(json!(info.primary_group_id), expected["PrimaryGroupId"]);
        assert_eq!(json!(info.user_flags.0), expected["UserFlags"]);
        assert_eq!(
            json!(info.user_account_control.0),
            expected["UserAccountControl"]
        );
        assert_eq!(groups(info.group_ids.iter()), expected["GroupIds"]);
        assert_eq!(sid(info.logon_domain_id), expected["LogonDomainId"]);
        assert_eq!(sids(info.extra_sids.iter()), expected["ExtraSids"]);
        let resource_domain = sid(info.resource_group_domain_sid);
        assert_eq!(resource_domain, expected["ResourceGroupDomainSid"]);
        let resource_groups = groups(info.resource_group_ids.iter());
        assert_eq!(resource_groups, expected["ResourceGroupIds"]);
        assert_eq!(info.encode().unwrap(), buffer);
    }
}

#[test]
fn the_machine_and_its_groups_in_other_domains_are_read() {
    for vector in vectors("device_info") {
        let buffer = hex(&vector["buffer"]);
        let info = DeviceInfo::decode(&buffer).unwrap();
        let sid = |sid: Option<Sid>| json!(sid.map(|sid| sid.to_string()));
        let numbers = |groups: NdrArray<'_, GroupMembership>| {
            let numbers = groups.iter().map(|group| group.relative_id);
            json!(numbers.collect::<Vec<_>>())
        };
        let extra = info.extra_sids.iter().map(|extra| extra.sid.to_string());
        let domain_groups = info.domain_groups.iter().map(|of_one| {
            json!({
                "DomainId": sid(of_one.domain_id),
                "GroupIds": numbers(of_one.group_ids),
            })
        });
        assert_eq!(json!(info.user_id), vector["UserId"]);
        assert_eq!(json!(info.primary_group_id), vector["PrimaryGroupId"]);
        assert_eq!(sid(info.account_domain_id), vector["AccountDomainId"]);
        assert_eq!(numbers(info.account_group_ids), vector["AccountGroupIds"]);
        assert_eq!(json!(extra.collect::<Vec<_>>()), vector["ExtraSids"]);
        let domain_groups: Vec<_> = domain_groups.collect();
        assert_eq!(json!(domain_groups), vector["DomainGroup"]);
    }
}

#[test]
fn the_client_and_the_names_are_read() {
    for vector in vectors("pac") {
        let octets = hex(&vector["pac"]);
        let pac = RawPac::decode(&octets).unwrap();
        let buffer = pac.buffer(PacBufferType::CLIENT_INFO).unwrap();
        let client = ClientInfo::decode(buffer.octets).unwrap();
        let expected = &vector["client_info"];
        assert_eq!(ticks(client.client_id), expected["filetime"]);
        assert!(client.client_id.as_unix().is_some());
        if !expected["unix"].is_null() {
            assert_eq!(json!(client.client_id.as_unix()), expected["unix"]);
        }
        assert_eq!(text(client.name), expected["name"]);

        let expected = &vector["upn_dns_info"];
        let Some(buffer) = pac.buffer(PacBufferType::UPN_DNS_INFO) else {
            assert!(expected.is_null());
            continue;
        };
        let names = UpnDnsInfo::decode(buffer.octets).unwrap();
        assert_eq!(text(names.upn), expected["upn"]);
        assert_eq!(text(names.dns_domain_name), expected["dns_domain"]);
        assert_eq!(json!(names.flags.0), expected["flags"]);
        assert_eq!(
            names.account.is_some(),
            names.flags.contains(UpnDnsFlags::EXTENDED)
        );
        if let Some(account) = names.account {
            assert_eq!(text(account.sam_name), expected["sam_name"]);
            assert_eq!(json!(account.sid.to_string()), expected["sid"]);
        }
    }
}

#[test]
fn what_windows_wrote_is_written_octet_by_octet() {
    for vector in vectors("pac") {
        let octets = hex(&vector["pac"]);
        let pac = RawPac::decode(&octets).unwrap();
        let mut writer = PacWriter::new();
        for buffer in pac.buffers() {
            let sent = buffer.octets;
            let written = match buffer.buffer_type {
                PacBufferType::LOGON_INFO => logon_info(&pac).encode().unwrap(),
                PacBufferType::CLIENT_INFO => ClientInfo::decode(sent).unwrap().encode().unwrap(),
                PacBufferType::UPN_DNS_INFO => UpnDnsInfo::decode(sent).unwrap().encode().unwrap(),
                _ => PacSignature::decode(sent).unwrap().encode(),
            };
            assert_eq!(written, sent, "{}, {}", vector["name"], buffer.buffer_type);
            writer = writer.buffer(buffer.buffer_type, written);
        }
        assert_eq!(writer.finish().octets(), octets, "{}", vector["name"]);
    }
}

/// A Windows Server 2022 signed it: the ticket first, then the whole PAC, then for the service,
/// then over that.
#[test]
fn a_pac_is_signed_into_its_zeros() {
    let vector = &vectors("pac")[5];
    let octets = hex(&vector["pac"]);
    let signed = RawPac::decode(&octets).unwrap();
    let mut writer = PacWriter::new();
    for buffer in signed.buffers() {
        writer = match signed.signature(buffer.buffer_type) {
            Ok(Some(signature)) if SIGNATURES.contains(&buffer.buffer_type) => {
                writer.signature(buffer.buffer_type, signature.checksum_type)
            }
            _ => writer.buffer(buffer.buffer_type, buffer.octets),
        };
    }
    let mut pac = writer.finish();
    for buffer_type in SIGNATURES {
        let place = signed.signature_octets(buffer_type).unwrap();
        assert_eq!(pac.signature_octets(buffer_type), Some([0; 12].as_slice()));
        pac.sign(buffer_type, &octets[place]).unwrap();
    }
    assert_eq!(pac.into_vec(), octets);
}

const SIGNATURES: [PacBufferType; 4] = [
    PacBufferType::TICKET_CHECKSUM,
    PacBufferType::FULL_CHECKSUM,
    PacBufferType::SERVER_CHECKSUM,
    PacBufferType::KDC_CHECKSUM,
];

#[test]
fn a_signature_of_another_length_or_in_no_buffer_is_refused() {
    let mut pac = PacWriter::new()
        .signature(
            PacBufferType::SERVER_CHECKSUM,
            ChecksumTypeNumber::HMAC_SHA1_96_AES256,
        )
        .finish();
    assert_eq!(
        pac.sign(PacBufferType::SERVER_CHECKSUM, &[1; 14]),
        Err(PacSignError::Length {
            expected: 12,
            found: 14,
        })
    );
    assert_eq!(
        pac.sign(PacBufferType::KDC_CHECKSUM, &[1; 12]),
        Err(PacSignError::NoBuffer)
    );
}

/// [MS-PAC] §2.8, RFC 3961 §6.3, RFC 3962 §7, RFC 4757 §4, RFC 6803 §7, RFC 8009 §8.
#[test]
fn a_signature_is_as_long_as_its_type_says() {
    for (number, length) in [
        (12, 20),
        (15, 12),
        (16, 12),
        (17, 16),
        (18, 16),
        (19, 16),
        (20, 24),
        (-138, 16),
    ] {
        let checksum_type = ChecksumTypeNumber(number);
        assert_eq!(PacSignature::octets_of(checksum_type), Some(length));
        let octets = [number.to_le_bytes().as_slice(), &vec![7; length], &[2, 1]].concat();
        let signature = PacSignature::decode(&octets).unwrap();
        let expected = (vec![7; length], Some(0x0102));
        assert_eq!(
            (signature.signature.to_vec(), signature.rodc_identifier),
            expected
        );
    }
}

#[test]
fn a_signature_of_an_unknown_type_is_all_that_is_there() {
    let octets = [7; PacSignature::MOST_OCTETS];
    let signature = PacSignature::decode(&octets).unwrap();
    assert_eq!(signature.signature, &octets[4..]);
    assert_eq!(signature.rodc_identifier, None);
}

#[test]
fn lists_with_other_elements_are_not_equal() {
    let member = |relative_id| GroupMembership {
        relative_id,
        attributes: GroupAttributes::ORDINARY,
    };
    let (one, other) = ([member(1)], [member(2)]);
    assert_ne!(NdrArray::from(&one[..]), NdrArray::from(&other[..]));
    assert_ne!(NdrArray::from(&one[..]), NdrArray::EMPTY);
}

prop_compose! {
    fn sid()(authority in 0_u64..1 << 48, parts in vec(any::<u32>(), 0..=15)) -> Sid {
        Sid::new(authority, &parts).unwrap()
    }
}

prop_compose! {
    fn membership()(relative_id in any::<u32>(), attributes in any::<u32>()) -> GroupMembership {
        GroupMembership { relative_id, attributes: GroupAttributes(attributes) }
    }
}

prop_compose! {
    fn extra_sid()(sid in sid(), attributes in any::<u32>()) -> SidAndAttributes {
        SidAndAttributes { sid, attributes: GroupAttributes(attributes) }
    }
}

proptest! {
    #[test]
    fn logon_info_that_is_written_is_read_again(
        texts in vec(".{0,40}", 4),
        numbers in any::<[u32; 4]>(),
        times in any::<[u64; 2]>(),
        groups in vec(membership(), 0..20),
        extra in vec(extra_sid(), 0..20),
        domains in (proptest::option::of(sid()), proptest::option::of(sid())),
    ) {
        let info = LogonInfo {
            logon_time: FileTime(times[0]),
            last_failed_i_logon: FileTime(times[1]),
            effective_name: texts[0].as_str().into(),
            home_directory: texts[1].as_str().into(),
            logon_server: texts[2].as_str().into(),
            logon_domain_name: texts[3].as_str().into(),
            user_id: numbers[0],
            primary_group_id: numbers[1],
            user_flags: UserFlags(numbers[2]),
            user_account_control: UserAccountControl(numbers[3]),
            group_ids: groups.as_slice().into(),
            extra_sids: extra.as_slice().into(),
            resource_group_ids: groups.as_slice().into(),
            logon_domain_id: domains.0,
            resource_group_domain_sid: domains.1,
            ..LogonInfo::default()
        };
        let octets = info.encode().unwrap();
        let read = LogonInfo::decode(&octets).unwrap();
        prop_assert_eq!(read, info);
        prop_assert_eq!(read.encode().unwrap(), octets);
    }

    #[test]
    fn the_path_of_a_delegation_that_is_written_is_read_again(
        target in ".{0,40}",
        services in vec(".{0,40}", 0..8),
    ) {
        let services: Vec<PacText<'_>> = services.iter().map(|name| name.as_str().into()).collect();
        let info = S4uDelegationInfo {
            s4u2proxy_target: target.as_str().into(),
            transited_services: services.as_slice().into(),
        };
        let octets = info.encode().unwrap();
        prop_assert_eq!(S4uDelegationInfo::decode(&octets).unwrap(), info);
    }

    #[test]
    fn names_that_are_written_are_read_again(
        names in vec(".{0,40}", 3),
        flags in any::<u32>(),
        sid in proptest::option::of(sid()),
    ) {
        let info = UpnDnsInfo {
            upn: names[0].as_str().into(),
            dns_domain_name: names[1].as_str().into(),
            flags: match sid {
                Some(_) => UpnDnsFlags(flags | UpnDnsFlags::EXTENDED.0),
                None => UpnDnsFlags(flags & !UpnDnsFlags::EXTENDED.0),
            },
            account: sid.map(|sid| UpnDnsAccount { sam_name: names[2].as_str().into(), sid }),
        };
        let octets = info.encode().unwrap();
        prop_assert_eq!(UpnDnsInfo::decode(&octets).unwrap(), info);
    }

    #[test]
    fn a_sid_that_is_printed_or_written_is_read_again(sid in sid()) {
        prop_assert_eq!(sid.encode().len(), sid.encoded_len());
        prop_assert_eq!(sid.to_string().parse::<Sid>().unwrap(), sid);
        prop_assert_eq!(Sid::decode(&sid.encode()).unwrap(), sid);
    }
}

#[test]
fn text_that_is_longer_than_its_length_can_say_is_not_written() {
    let long = "x".repeat(0x8000);
    let info = LogonInfo {
        full_name: long.as_str().into(),
        ..LogonInfo::default()
    };
    assert_eq!(info.encode().unwrap_err().field, "FullName");
    let client = ClientInfo {
        client_id: FileTime::UNSET,
        name: long.as_str().into(),
    };
    assert_eq!(client.encode().unwrap_err().field, "Name");
    let terminated = "x".repeat(0x7fff);
    let info = LogonInfo {
        logon_server: terminated.as_str().into(),
        ..LogonInfo::default()
    };
    assert_eq!(info.encode().unwrap_err().field, "LogonServer");
}
