//! Properties of the files' readers and writers. They are no evidence of the formats; that is in
//! `keytab.rs` and `ccache.rs`.
#![allow(clippy::unwrap_used, reason = "test code")]

use portcullis_formats::ccache::{CcacheWriter, Credential, CredentialCache};
use portcullis_formats::keytab::{KeytabFile, KeytabVersion, KeytabWriter};
use portcullis_formats::messages::{AuthorizationDataElement, HostAddress, TicketFlags};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{AddressType, AuthDataType, EtypeNumber, Kvno, NameType};
use proptest::collection::vec;
use proptest::prelude::*;

prop_compose! {
    fn principal()(
        realm in vec(any::<u8>(), 1..40),
        components in vec(vec(any::<u8>(), 1..40), 1..=16),
        name_type in any::<i32>(),
    ) -> Principal {
        Principal::new(realm, components).unwrap().with_name_type(NameType(name_type))
    }
}

fn keytab_version() -> impl Strategy<Value = KeytabVersion> {
    prop_oneof![
        Just(KeytabVersion::V1BigEndian),
        Just(KeytabVersion::V1LittleEndian),
        Just(KeytabVersion::V2),
    ]
}

proptest! {
    #[test]
    fn a_keytab_that_is_written_is_read_again(
        version in keytab_version(),
        entries in vec((principal(), any::<u32>(), 1..u32::MAX, any::<i16>()), 1..5),
        key in vec(any::<u8>(), 1..64),
    ) {
        let mut writer = KeytabWriter::new(version);
        for (principal, timestamp, kvno, etype) in &entries {
            let etype = EtypeNumber((*etype).into());
            writer.add(principal, *timestamp, Kvno(*kvno), etype, &key).unwrap();
        }
        let octets = writer.into_vec();
        let file = KeytabFile::open(&octets).unwrap();
        prop_assert_eq!(file.version(), version);
        let read: Vec<_> = file.records().map(Result::unwrap).collect();
        prop_assert_eq!(read.len(), entries.len());
        for (read, (principal, timestamp, kvno, etype)) in read.iter().zip(&entries) {
            prop_assert_eq!(&read.principal, principal);
            prop_assert_eq!(read.timestamp, *timestamp);
            prop_assert_eq!((read.kvno, read.kvno_is_8_bit), (Kvno(*kvno), false));
            prop_assert_eq!(read.etype, EtypeNumber((*etype).into()));
            prop_assert_eq!(read.key, &key);
        }
    }

    #[test]
    fn a_cache_that_is_written_is_read_again(
        client in principal(),
        server in principal(),
        octets in vec(any::<u8>(), 0..64),
        numbers in any::<[u32; 5]>(),
        types in any::<[i16; 3]>(),
        is_skey in any::<bool>(),
    ) {
        let [authtime, starttime, endtime, renew_till, flags] = numbers;
        let [etype, addr_type, ad_type] = types.map(i32::from);
        let (addr_type, ad_type) = (AddressType(addr_type), AuthDataType(ad_type));
        let written = Credential {
            client,
            server,
            etype: EtypeNumber(etype),
            key: &octets,
            authtime,
            starttime,
            endtime,
            renew_till,
            is_skey,
            ticket_flags: TicketFlags(flags),
            addresses: vec![HostAddress { addr_type, address: &octets }],
            authdata: vec![AuthorizationDataElement { ad_type, ad_data: &octets }; 2],
            ticket: &octets,
            second_ticket: &octets,
        };
        let mut writer = CcacheWriter::new(&written.client, None, 0).unwrap();
        writer.add(&written).unwrap();
        let file = writer.into_vec();
        let cache = CredentialCache::open(&file).unwrap();
        prop_assert_eq!(cache.default_principal(), &written.client);
        let mut again = CcacheWriter::new(&written.client, None, 0).unwrap();
        for credential in cache.credentials() {
            again.add(&credential.unwrap()).unwrap();
        }
        prop_assert_eq!(again.into_vec(), file);
    }

    #[test]
    fn no_octets_make_a_reader_panic_or_run_on(
        version in 0..6_u8,
        tail in vec(any::<u8>(), 0..300),
    ) {
        let octets = [[5, version].as_slice(), &tail].concat();
        let records = KeytabFile::open(&octets).map_or(0, |file| file.records().count());
        let credentials = CredentialCache::open(&octets).map(|cache| cache.credentials());
        prop_assert!(records <= octets.len());
        prop_assert!(credentials.map_or(0, Iterator::count) <= octets.len());
    }
}
