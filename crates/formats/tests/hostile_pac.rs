//! What has broken other readers of PACs: sums that wrap round, counts that allocate, places that
//! overlap, lengths that disagree.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code"
)]

use allocation_counter::measure;
use portcullis_formats::der::{DecodeError, DecodeErrorKind, Fault};
use portcullis_formats::pac::{
    AttributesInfo, Claims, ClientInfo, DeviceInfo, LogonInfo, PacBufferType, PacSignature,
    PacText, PacWriter, RawPac, S4uDelegationInfo, Sid, UpnDnsInfo,
};
use portcullis_testdata::{hex, vectors};

/// The PAC of Windows Server 2022.
fn windows() -> Vec<u8> {
    hex(&vectors("pac")[5]["pac"])
}

/// The header of one buffer, and then that buffer's eight octets.
fn one_buffer(offset: u64, size: u32) -> Vec<u8> {
    let mut pac = PacWriter::new()
        .buffer(PacBufferType::REQUESTOR, [7; 8])
        .finish()
        .into_vec();
    pac[12..16].copy_from_slice(&size.to_le_bytes());
    pac[16..24].copy_from_slice(&offset.to_le_bytes());
    pac
}

fn rule(pac: &[u8]) -> &'static str {
    match RawPac::decode(pac).unwrap_err().kind {
        DecodeErrorKind::Value(rule) => rule,
        DecodeErrorKind::Truncated { .. } => "truncated",
        other => unreachable!("{other}"),
    }
}

/// CVE-2022-42898: `16 * cBuffers` and `offset + size` in 32 bits.
#[test]
fn a_count_of_buffers_that_no_pac_has_is_refused() {
    for count in [0, 65, 4096, 4097, 0x1000_0000, u32::MAX] {
        let mut pac = windows();
        pac[..4].copy_from_slice(&count.to_le_bytes());
        assert_eq!(rule(&pac), "no buffer, or more than 64");
    }
    for count in [59_u32, 64] {
        let mut pac = windows();
        pac[..4].copy_from_slice(&count.to_le_bytes());
        assert!(RawPac::decode(&pac).is_err());
    }
    let writer = (100..164).fold(PacWriter::new(), |writer, number| {
        writer.buffer(PacBufferType(number), [7; 8])
    });
    let most = writer.finish();
    assert_eq!(RawPac::decode(most.octets()).unwrap().buffers().count(), 64);
}

/// CVE-2022-42898.
#[test]
fn a_buffer_outside_the_pac_is_refused() {
    let length = u64::try_from(one_buffer(24, 8).len()).unwrap();
    assert_eq!(length, 32);
    for (offset, size) in [
        (24, 9),
        (24, u32::MAX),
        (32, 1),
        (40, 0),
        (1 << 32, 8),
        ((1 << 32) + 24, 8),
        (u64::MAX - 7, 8),
        (u64::MAX - 7, u32::MAX),
        (1 << 63, 0),
    ] {
        assert_eq!(
            rule(&one_buffer(offset, size)),
            "buffer outside the PAC",
            "{offset} {size}"
        );
    }
    for offset in [0, 8, 16] {
        assert_eq!(rule(&one_buffer(offset, 8)), "buffer in the header");
    }
    for offset in [25, 28, 31, u64::MAX] {
        assert_eq!(
            rule(&one_buffer(offset, 1)),
            "offset is not a multiple of eight"
        );
    }
}

/// Empty claims are sent so; at the very end one made Samba stop.
#[test]
fn an_empty_buffer_may_stand_anywhere_even_at_the_end() {
    for offset in [24, 32] {
        let octets = one_buffer(offset, 0);
        let pac = RawPac::decode(&octets).unwrap();
        assert_eq!(pac.buffer(PacBufferType::REQUESTOR).unwrap().octets, b"");
    }
}

#[test]
fn overlapping_buffers_are_refused() {
    let writer = PacWriter::new()
        .buffer(PacBufferType(90), [1; 16])
        .buffer(PacBufferType(91), [2; 16]);
    let pac = writer.finish().into_vec();
    assert!(RawPac::decode(&pac).is_ok());
    for (place, offset) in [(32, 40_u64), (32, 48), (16, 56), (16, 48)] {
        let mut overlapping = pac.clone();
        overlapping[place..place + 8].copy_from_slice(&offset.to_le_bytes());
        assert_eq!(rule(&overlapping), "buffers overlap", "{place} {offset}");
    }
}

/// Nothing in it can be read in two ways.
#[test]
fn an_empty_buffer_overlaps_nothing() {
    for (size, other) in [(12, 32), (28, 16)] {
        let writer = PacWriter::new()
            .buffer(PacBufferType(90), [1; 16])
            .buffer(PacBufferType(91), [2; 16]);
        let mut pac = writer.finish().into_vec();
        let inside = u64::from_le_bytes(pac[other..other + 8].try_into().unwrap()) + 8;
        pac[size..size + 4].fill(0);
        pac[size + 4..size + 12].copy_from_slice(&inside.to_le_bytes());
        assert!(RawPac::decode(&pac).is_ok(), "{size}");
    }
}

#[test]
fn a_second_buffer_of_a_known_type_is_refused_and_of_an_unknown_one_kept() {
    let twice = |number| {
        let buffer_type = PacBufferType(number);
        let writer = PacWriter::new().buffer(buffer_type, [1; 8]);
        writer.buffer(buffer_type, [2; 8]).finish().into_vec()
    };
    for number in [1, 2, 6, 7, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20] {
        assert_eq!(rule(&twice(number)), "second buffer of its type");
    }
    let unknown = twice(99);
    assert_eq!(RawPac::decode(&unknown).unwrap().buffers().count(), 2);
}

#[test]
fn another_version_or_an_early_end_is_refused() {
    let octets = windows();
    for version in [1, 2, u32::MAX] {
        let mut other = octets.clone();
        other[4..8].copy_from_slice(&version.to_le_bytes());
        assert_eq!(rule(&other), "version is not 0");
    }
    for end in 0..octets.len() {
        assert!(RawPac::decode(&octets[..end]).is_err(), "{end} octets");
    }
}

/// Every reader, over whatever is in a buffer: how many refuse it.
fn read_all(octets: &[u8]) -> u64 {
    let mut refusals = 0;
    let mut read = |refused: bool| refusals += u64::from(refused);
    let account = LogonInfo::decode(octets);
    if let Ok(info) = &account {
        let sids = info.extra_sids.iter().count();
        let groups = info.group_ids.iter().count();
        let local = info.resource_group_ids.iter().count();
        assert!((sids + groups + local) * 8 <= octets.len());
    }
    read(account.is_err());
    let delegation = S4uDelegationInfo::decode(octets);
    if let Ok(info) = &delegation {
        assert!(info.transited_services.iter().map(PacText::units).count() * 8 <= octets.len());
    }
    read(delegation.is_err());
    let device = DeviceInfo::decode(octets);
    if let Ok(info) = &device {
        let inner = info
            .domain_groups
            .iter()
            .map(|each| each.group_ids.iter().count());
        assert!(inner.sum::<usize>() * 8 <= octets.len());
    }
    read(device.is_err());
    read(
        ClientInfo::decode(octets)
            .map(|info| info.name.chars().count())
            .is_err(),
    );
    read(
        UpnDnsInfo::decode(octets)
            .map(|info| info.upn.chars().count())
            .is_err(),
    );
    read(AttributesInfo::decode(octets).is_err());
    read(PacSignature::decode(octets).is_err());
    read(Sid::decode(octets).is_err());
    refusals
}

/// Counts are never believed: no reader allocates, so none can be made to. What one says of a refusal
/// is all there is.
#[test]
fn no_reader_allocates_but_what_it_says_of_a_refusal() {
    let allocate_no_more = |octets: &[u8]| {
        let mut refusals = 0;
        let counted = measure(|| refusals = read_all(octets));
        assert_eq!(counted.count_total, refusals, "{octets:02x?}");
        let most = refusals * u64::try_from(size_of::<Fault>()).unwrap();
        assert_eq!(counted.bytes_total, most, "{octets:02x?}");
    };
    for vector in vectors("pac") {
        let octets = hex(&vector["pac"]);
        for buffer in RawPac::decode(&octets).unwrap().buffers() {
            let mut changed = buffer.octets.to_vec();
            for at in (0..changed.len() - 3).step_by(2) {
                for value in [0, 1, 0x0002_0000, 0x7fff_ffff, u32::MAX] {
                    let before: [u8; 4] = changed[at..at + 4].try_into().unwrap();
                    changed[at..at + 4].copy_from_slice(&value.to_le_bytes());
                    allocate_no_more(&changed);
                    changed[at..at + 4].copy_from_slice(&before);
                }
            }
            for end in 0..changed.len() {
                allocate_no_more(&changed[..end]);
            }
        }
        let counted = measure(|| assert!(RawPac::decode(&octets).is_ok()));
        assert_eq!(counted.count_total, 0);
    }
}

/// What is inflated is bounded by what came.
#[test]
fn compressed_claims_allocate_a_small_multiple_of_their_size() {
    for vector in vectors("claims") {
        let mut buffer = hex(&vector["buffer"]);
        let most = u64::try_from(buffer.len()).unwrap() * 64 * 3;
        for at in (16..buffer.len() - 3).step_by(12) {
            let before: [u8; 4] = buffer[at..at + 4].try_into().unwrap();
            for value in [0, 0x0000_8000, 0x7fff_ffff, u32::MAX] {
                buffer[at..at + 4].copy_from_slice(&value.to_le_bytes());
                let counted = measure(|| drop(Claims::decode(&buffer)));
                assert!(counted.bytes_total <= most, "{counted:?}");
            }
            buffer[at..at + 4].copy_from_slice(&before);
        }
    }
}

/// The LOGON_INFO of Windows Server 2022, with a number of four octets changed.
fn changed(at: usize, value: u32) -> Result<(), DecodeError> {
    let octets = windows();
    let pac = RawPac::decode(&octets).unwrap();
    let mut info = pac
        .buffer(PacBufferType::LOGON_INFO)
        .unwrap()
        .octets
        .to_vec();
    info[at..at + 4].copy_from_slice(&value.to_le_bytes());
    LogonInfo::decode(&info).map(drop)
}

fn broken(at: usize, value: u32) -> (DecodeErrorKind, &'static str) {
    let error = changed(at, value).unwrap_err();
    assert_eq!(error.structure, "KERB_VALIDATION_INFO");
    (error.kind, error.field)
}

/// Where the structure begins, after the headers and its own pointer.
const STRUCTURE: usize = 20;

/// [MS-RPCE] §2.2.6: the headers.
#[test]
fn other_ndr_than_that_of_windows_is_refused() {
    for (at, value) in [
        (0, 0x0008_1002), // version
        (0, 0x0008_0001), // big-endian
        (0, 0x0010_1001), // length of the header
        (8, 0),           // length of the object
        (8, 0x208 - 16),  // less than the structure
        (8, 0x208 + 8),   // more than there is
        (8, u32::MAX),
        (16, 0), // no structure
    ] {
        assert!(changed(at, value).is_err(), "{value:#x} at {at}");
    }
}

/// The number of groups stands in the structure and before the groups.
#[test]
fn a_list_with_two_lengths_or_without_elements_is_refused() {
    let (count, pointer) = (STRUCTURE + 108, STRUCTURE + 112);
    let two_lengths = DecodeErrorKind::Value("list has two lengths");
    for value in [0, 4, 6, 0x2000_0000, u32::MAX] {
        assert_eq!(broken(count, value), (two_lengths, "GroupIds"));
    }
    let missing = DecodeErrorKind::Value("the elements are missing");
    assert_eq!(broken(pointer, 0), (missing, "GroupIds"));
    let resource = STRUCTURE + 212;
    assert_eq!(broken(resource, 0), (missing, "ResourceGroupIds"));
}

/// What a pointer's number is means nothing, but for zero.
#[test]
fn pointers_with_the_same_number_point_to_different_things() {
    for pointer in [112, 148, 152, 200, 204, 212] {
        assert_eq!(changed(STRUCTURE + pointer, 0x0002_0000), Ok(()));
        assert_eq!(changed(STRUCTURE + pointer, u32::MAX), Ok(()));
    }
}

/// [MS-DTYP] §2.3.10: text without a buffer is empty.
#[test]
fn text_without_characters_needs_no_place() {
    #[rustfmt::skip]
    let info = [
        0x0008_1001_u32, 0xcccc_cccc, 0x18, 0, // headers
        0x2_0000, 0, 0, // a pointer to all of it, S4U2proxyTarget
        0, 0, 0, // TransitedListSize, S4UTransitedServices, padding
    ];
    let octets: Vec<_> = info.into_iter().flat_map(u32::to_le_bytes).collect();
    let info = S4uDelegationInfo::decode(&octets).unwrap();
    assert_eq!(info, S4uDelegationInfo::default());
}

/// A length stands in the structure and before the text, which has a place in its room.
#[test]
fn text_with_two_lengths_or_outside_its_room_is_refused() {
    let effective_name = STRUCTURE + 48;
    let field = "EffectiveName";
    let two = DecodeErrorKind::Value("text has two lengths");
    for length in [0x001a_0018, 0x001a_001b, 0x001a_0000, 0xffff_ffff] {
        assert_eq!(broken(effective_name, length), (two, field));
    }
    let missing = DecodeErrorKind::Value("text is missing");
    assert_eq!(broken(effective_name + 4, 0), (missing, field));
    let outside = DecodeErrorKind::Value("text outside its own room");
    let text = STRUCTURE + 216;
    assert_eq!(broken(text, 12), (outside, field)); // room for twelve
    assert_eq!(broken(text + 4, 1), (outside, field)); // not at its beginning
    assert_eq!(broken(text + 8, 14), (outside, field)); // fourteen of thirteen
    assert_eq!(broken(text + 8, u32::MAX), (outside, field));
    let octets = windows();
    let pac = RawPac::decode(&octets).unwrap();
    let mut info = pac
        .buffer(PacBufferType::LOGON_INFO)
        .unwrap()
        .octets
        .to_vec();
    info[text..text + 12]
        .copy_from_slice(&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f]);
    let error = LogonInfo::decode(&info).unwrap_err();
    assert!(matches!(error.kind, DecodeErrorKind::Truncated { .. }));
}

/// The number of sub-authorities stands before the SID and in it.
#[test]
fn a_sid_with_two_lengths_is_refused() {
    let octets = windows();
    let pac = RawPac::decode(&octets).unwrap();
    let buffer = pac.buffer(PacBufferType::LOGON_INFO).unwrap();
    let sid = buffer
        .octets
        .windows(8)
        .position(|octets| octets == [4, 0, 0, 0, 1, 4, 0, 0])
        .unwrap();
    let two = DecodeErrorKind::Value("SID has two lengths");
    for value in [0, 3, 5, u32::MAX] {
        assert_eq!(broken(sid, value), (two, "LogonDomainId"));
    }
    let mut longer = buffer.octets.to_vec();
    longer[sid + 5] = 16;
    assert!(LogonInfo::decode(&longer).is_err());
    // A SID in the list that is not there.
    let extra = buffer
        .octets
        .windows(8)
        .position(|octets| octets == [0x30, 0, 2, 0, 7, 0, 0, 0])
        .unwrap();
    let missing = DecodeErrorKind::Value("a SID is missing");
    assert_eq!(broken(extra, 0), (missing, "Sid"));
}

#[test]
fn a_buffer_that_goes_on_after_its_structure_is_refused() {
    let octets = windows();
    let pac = RawPac::decode(&octets).unwrap();
    let info = pac.buffer(PacBufferType::LOGON_INFO).unwrap().octets;
    let after = [info, &[0; 8]].concat();
    assert!(LogonInfo::decode(&after).is_err());
    let mut inside = after;
    inside[8..12].copy_from_slice(&(0x208_u32 + 8).to_le_bytes());
    let error = LogonInfo::decode(&inside).unwrap_err();
    assert_eq!(error.kind, DecodeErrorKind::TrailingData { octets: 8 });
}

/// Offsets and lengths of UPN_DNS_INFO.
#[test]
fn names_outside_their_buffer_are_refused() {
    let octets = windows();
    let pac = RawPac::decode(&octets).unwrap();
    let names = pac.buffer(PacBufferType::UPN_DNS_INFO).unwrap().octets;
    for place in [0, 2, 4, 6, 12, 14, 16, 18] {
        let mut changed = names.to_vec();
        changed[place..place + 2].copy_from_slice(&[0xff, 0xff]);
        assert!(UpnDnsInfo::decode(&changed).is_err(), "{place}");
    }
    for end in 0..172 {
        assert!(UpnDnsInfo::decode(&names[..end]).is_err(), "{end} octets");
    }
    let mut odd = names.to_vec();
    odd[0] = 0x35;
    let error = UpnDnsInfo::decode(&odd).unwrap_err();
    assert_eq!(
        error.kind,
        DecodeErrorKind::Value("text of half a character")
    );
}

#[test]
fn a_client_a_signature_or_attributes_that_end_early_are_refused() {
    let octets = windows();
    let pac = RawPac::decode(&octets).unwrap();
    let client = pac.buffer(PacBufferType::CLIENT_INFO).unwrap().octets;
    for end in 0..client.len() {
        assert!(ClientInfo::decode(&client[..end]).is_err());
    }
    let signature = pac.buffer(PacBufferType::SERVER_CHECKSUM).unwrap().octets;
    for end in 0..16 {
        assert!(PacSignature::decode(&signature[..end]).is_err());
    }
    let long = [signature, &[0; 49]].concat();
    assert!(PacSignature::decode(&long).is_err());
    for attributes in [
        &[][..],
        &[0; 8],
        &[2, 0, 0, 0],
        &[2, 0, 0, 0, 1, 0, 0],
        &[33, 0, 0, 0, 1, 0, 0, 0],
        &[0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0],
    ] {
        assert!(
            AttributesInfo::decode(attributes).is_err(),
            "{attributes:?}"
        );
    }
}
