//! A PAC, as whoever seals tickets may write it: the container, and each of its buffers.

use portcullis_formats::pac::{
    AttributesInfo, Claim, ClaimValues, Claims, ClientInfo, DeviceInfo, LogonInfo, PacBufferType,
    PacSignature, PacWriter, RawPac, S4uDelegationInfo, Sid, UpnDnsInfo,
};

/// Reads `input` as a PAC; what can be written is written and read again.
pub fn run(input: &[u8]) {
    let Ok(pac) = RawPac::decode(input).map_err(|error| error.to_string()) else {
        return;
    };
    let header = 8 + 16 * pac.buffers().count();
    let mut writer = PacWriter::new();
    for buffer in pac.buffers() {
        let place = buffer.offset..buffer.offset + buffer.octets.len();
        assert!(buffer.offset >= header && buffer.offset.is_multiple_of(8));
        assert_eq!(input.get(place), Some(buffer.octets));
        decode(buffer.buffer_type, buffer.octets);
        writer = writer.buffer(buffer.buffer_type, buffer.octets);
    }
    for (one, other) in pac.buffers().zip(pac.buffers().skip(1)) {
        let _ = format!("{one:?} {other:?}");
    }
    let written = writer.finish().into_vec();
    let again = RawPac::decode(&written).expect("what was written can be read");
    let contents = |pac: &RawPac<'_>| {
        let buffers = pac.buffers();
        let pairs = buffers.map(|buffer| (buffer.buffer_type, buffer.octets.to_vec()));
        pairs.collect::<Vec<_>>()
    };
    assert_eq!(contents(&again), contents(&pac));
}

/// Reads a buffer; writes what was read and reads that again.
pub fn decode(buffer_type: PacBufferType, octets: &[u8]) {
    match buffer_type {
        PacBufferType::LOGON_INFO => logon_info(octets),
        PacBufferType::CLIENT_INFO => {
            if let Ok(info) = ClientInfo::decode(octets) {
                let again = info.encode().expect("what was read can be written");
                assert_eq!(ClientInfo::decode(&again), Ok(info));
                let _ = (info.client_id.as_unix(), info.name.to_string());
            }
        }
        PacBufferType::UPN_DNS_INFO => {
            if let Ok(info) = UpnDnsInfo::decode(octets) {
                // Texts may lie in each other, so that they need more room apart.
                if let Ok(again) = info.encode() {
                    assert_eq!(UpnDnsInfo::decode(&again), Ok(info));
                }
            }
        }
        PacBufferType::S4U_DELEGATION_INFO => {
            if let Ok(info) = S4uDelegationInfo::decode(octets) {
                let again = info.encode().expect("what was read can be written");
                assert_eq!(S4uDelegationInfo::decode(&again), Ok(info));
            }
        }
        PacBufferType::DEVICE_INFO => {
            let _ = DeviceInfo::decode(octets).map(|info| format!("{info:?}"));
        }
        PacBufferType::CLIENT_CLAIMS_INFO | PacBufferType::DEVICE_CLAIMS_INFO => claims(octets),
        PacBufferType::ATTRIBUTES_INFO => {
            let _ = AttributesInfo::decode(octets).map(|info| info.flags.names().count());
        }
        PacBufferType::REQUESTOR => sid(octets),
        _ => {
            let _ = PacSignature::decode(octets);
        }
    }
}

fn logon_info(octets: &[u8]) {
    let Ok(info) = LogonInfo::decode(octets) else {
        return;
    };
    let listed = info.group_ids.len() + info.extra_sids.len() + info.resource_group_ids.len();
    assert!(listed * 8 <= octets.len(), "a list longer than what came");
    assert_eq!(info.group_ids.iter().count(), info.group_ids.len());
    assert_eq!(info.extra_sids.iter().count(), info.extra_sids.len());
    let _ = format!("{info:?}");
    // A text of 64 KiB has no room for a terminator, which ours gets in two places.
    if let Ok(again) = info.encode() {
        assert_eq!(LogonInfo::decode(&again), Ok(info));
    }
}

fn sid(octets: &[u8]) {
    let Ok(sid) = Sid::decode(octets) else {
        return;
    };
    assert_eq!(sid.encode(), octets);
    assert_eq!(sid.to_string().parse(), Ok(sid));
    let _ = (sid.well_known_name(), sid.domain(), sid.rid());
}

/// Reads claims; what they inflate to is bounded by what came.
pub fn claims(octets: &[u8]) {
    let Ok(claims) = Claims::decode(octets) else {
        return;
    };
    let values = |claim: Claim<'_>| match claim.values {
        ClaimValues::Int64(numbers) => numbers.iter().count(),
        ClaimValues::Uint64(numbers) => numbers.iter().count(),
        ClaimValues::Text(texts) => texts.iter().map(|text| text.chars().count()).sum(),
        ClaimValues::Boolean(values) => values.iter().count(),
        _ => 0,
    };
    let counted: usize = claims.iter().map(values).sum();
    assert!(counted <= octets.len() * 64);
}
