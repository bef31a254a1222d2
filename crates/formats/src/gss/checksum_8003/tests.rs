//! The layout of RFC 4121 §4.1.1, octet by octet; MIT krb5's own are in `tests/real_tokens.rs`.

use super::*;
use alloc::string::ToString;
use alloc::vec;

fn checksum(flags: ContextFlags, tail: &[u8]) -> Vec<u8> {
    [
        &[16, 0, 0, 0],
        [0xb; 16].as_slice(),
        &flags.0.to_le_bytes(),
        tail,
    ]
    .concat()
}

#[test]
fn without_delegation_there_are_bindings_and_flags() {
    let octets = checksum(ContextFlags(0x13e), &[]);
    let decoded = GssChecksum::decode(&octets).unwrap();
    assert_eq!(decoded.bindings, [0xb; 16]);
    assert_eq!(decoded.flags, ContextFlags(0x13e));
    assert_eq!(decoded.delegation, None);
    assert_eq!(decoded.encode().unwrap(), octets);
}

#[test]
fn every_shorter_prefix_is_refused_with_its_length() {
    let octets = checksum(ContextFlags::MUTUAL, &[]);
    for found in 0..24 {
        assert_eq!(
            GssChecksum::decode(&octets[..found]),
            Err(GssChecksumError::TooShort { found })
        );
    }
}

#[test]
fn a_bindings_length_other_than_16_is_refused() {
    let mut octets = checksum(ContextFlags::MUTUAL, &[]);
    octets[0] = 17;
    let error = GssChecksum::decode(&octets).unwrap_err();
    assert_eq!(error, GssChecksumError::BindingsLength { found: 17 });
    assert_eq!(
        error.to_string(),
        "checksum 0x8003: length of the channel bindings must be 16, is 17"
    );
    octets[..4].copy_from_slice(&[0, 0, 0, 16]); // big-endian, as a careless peer would
    let found = 0x1000_0000;
    assert_eq!(
        GssChecksum::decode(&octets),
        Err(GssChecksumError::BindingsLength { found })
    );
}

#[test]
fn a_delegated_credential_is_as_long_as_it_says() {
    let octets = checksum(ContextFlags::DELEG, &[1, 0, 2, 0, 0x76, 0]);
    let decoded = GssChecksum::decode(&octets).unwrap();
    assert_eq!(decoded.delegation, Some([0x76, 0].as_slice()));
    assert_eq!(decoded.encode().unwrap(), octets);
}

#[test]
fn a_delegated_credential_past_the_end_is_refused() {
    for (length, needed) in [([3, 0], 3), ([0xff, 0xff], 65535)] {
        let tail = [[1, 0], length, [0x76, 0]].concat();
        assert_eq!(
            GssChecksum::decode(&checksum(ContextFlags::DELEG, &tail)),
            Err(GssChecksumError::DelegationLength { needed, found: 2 })
        );
    }
}

#[test]
fn a_delegation_option_other_than_1_is_refused() {
    assert_eq!(
        GssChecksum::decode(&checksum(ContextFlags::DELEG, &[2, 0, 0, 0])),
        Err(GssChecksumError::DelegationOption { found: 2 })
    );
}

#[test]
fn the_flag_deleg_may_stand_without_a_credential() {
    let octets = checksum(ContextFlags::DELEG, &[]);
    assert_eq!(GssChecksum::decode(&octets).unwrap().delegation, None);
    for tail in [[1].as_slice(), &[1, 0], &[1, 0, 0]] {
        assert!(GssChecksum::decode(&checksum(ContextFlags::DELEG, tail)).is_err());
    }
}

#[test]
fn without_the_flag_deleg_the_rest_is_extensions() {
    let extensions = [0, 0, 0, 2, 0, 0, 0, 1, 0xaa, 0, 0, 0, 9, 0, 0, 0, 0];
    let octets = checksum(ContextFlags::MUTUAL, &extensions);
    let decoded = GssChecksum::decode(&octets).unwrap();
    assert_eq!(decoded.delegation, None);
    assert_eq!(
        decoded.extensions.iter().collect::<Vec<_>>(),
        [
            GssExtension {
                kind: 2,
                data: &[0xaa]
            },
            GssExtension { kind: 9, data: &[] },
        ]
    );
    assert_eq!(decoded.encode().unwrap(), octets);
}

#[test]
fn extensions_follow_a_delegated_credential() {
    let tail = [1, 0, 1, 0, 0x76, 0, 0, 0, 2, 0, 0, 0, 0];
    let octets = checksum(ContextFlags::DELEG, &tail);
    let decoded = GssChecksum::decode(&octets).unwrap();
    assert_eq!(decoded.extensions.iter().count(), 1);
    assert_eq!(decoded.encode().unwrap(), octets);
}

#[test]
fn an_extension_past_the_end_is_refused_at_every_truncation() {
    let extensions = [
        0, 0, 0, 2, 0, 0, 0, 1, 0xaa, 0, 0, 0, 9, 0, 0, 0, 4, 1, 2, 3, 4,
    ];
    for end in 0..extensions.len() {
        let octets = checksum(ContextFlags::MUTUAL, &extensions[..end]);
        let at = if end < 9 { 0 } else { 9 };
        let expected = match end {
            0 | 9 => Ok(()),
            _ => Err(GssChecksumError::Extension { at, left: end - at }),
        };
        assert_eq!(GssChecksum::decode(&octets).map(|_| ()), expected);
    }
    let huge = [0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0];
    assert!(GssChecksum::decode(&checksum(ContextFlags::MUTUAL, &huge)).is_err());
}

#[test]
fn a_credential_that_does_not_fit_is_not_sent() {
    let delegation = vec![0; 65_536];
    let checksum = GssChecksum {
        bindings: [0; 16],
        flags: ContextFlags::DELEG,
        delegation: Some(&delegation),
        extensions: GssExtensions::EMPTY,
    };
    assert_eq!(
        checksum.encode(),
        Err(GssChecksumError::DelegationTooLong { found: 65_536 })
    );
}

#[test]
fn debug_does_not_print_a_delegated_credential() {
    let octets = checksum(ContextFlags::DELEG, &[1, 0, 2, 0, 0xc7, 0xc7]);
    let text = alloc::format!("{:?}", GssChecksum::decode(&octets).unwrap());
    assert!(text.contains("delegation_octets: Some(2)") && !text.contains("199"));
}
