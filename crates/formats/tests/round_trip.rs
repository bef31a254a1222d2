//! Properties of what we write: it is read as what was written. They are no evidence of the
//! formats; that is in `mit_exchanges.rs` and `kdc_exchange.rs`.
#![allow(clippy::unwrap_used, reason = "test code")]

use portcullis_formats::der::{Decode, Encode, SequenceOfBuf};
use portcullis_formats::messages::*;
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Octets of a name: no NUL, which is refused.
fn name_octets() -> impl Strategy<Value = Vec<u8>> {
    vec(1_u8.., 0..20)
}

prop_compose! {
    fn principal()(
        realm in name_octets(),
        components in vec(name_octets(), 1..=16),
        name_type in any::<i32>(),
    ) -> Principal {
        Principal::new(realm, components).unwrap().with_name_type(NameType(name_type))
    }
}

prop_compose! {
    fn time()(
        seconds in KerberosTime::MIN.as_unix()..=KerberosTime::MAX.as_unix(),
    ) -> KerberosTime {
        KerberosTime::from_unix(seconds)
    }
}

prop_compose! {
    fn microseconds()(number in 0..1_000_000_u32) -> Microseconds {
        Microseconds::new(number).unwrap()
    }
}

/// An etype or another type, and octets.
fn typed_octets() -> impl Strategy<Value = (i32, Vec<u8>)> {
    (any::<i32>(), vec(any::<u8>(), 0..300))
}

fn key((keytype, keyvalue): &(i32, Vec<u8>)) -> EncryptionKey<'_> {
    EncryptionKey {
        keytype: EtypeNumber(*keytype),
        keyvalue,
    }
}

fn sealed((etype, cipher): &(i32, Vec<u8>), kvno: Option<u32>) -> EncryptedData<'_> {
    EncryptedData {
        etype: EtypeNumber(*etype),
        kvno: kvno.map(Kvno),
        cipher,
    }
}

fn elements(list: &[(i32, Vec<u8>)]) -> SequenceOfBuf {
    let elements: Vec<_> = list
        .iter()
        .map(|(number, ad_data)| AuthorizationDataElement {
            ad_type: AuthDataType(*number),
            ad_data,
        })
        .collect();
    SequenceOfBuf::of(&elements)
}

proptest! {
    #[test]
    fn principals_survive_text(principal in principal()) {
        let text = principal.to_text();
        let printed = principal.to_string();
        prop_assert_eq!(Principal::parse(&text, None), Ok(principal));
        prop_assert!(!printed.contains(|character: char| character.is_control()));
    }

    #[test]
    fn any_text_is_a_principal_or_refused(text in vec(any::<u8>(), 0..40)) {
        if let Ok(principal) = Principal::parse(&text, Some("R")) {
            prop_assert_eq!(Principal::parse(&principal.to_text(), None), Ok(principal));
        }
        if let Ok(principal) = Principal::parse_enterprise(&text, Some("R")) {
            prop_assert_eq!(Principal::parse(&principal.to_text(), None), Ok(principal));
        }
    }

    #[test]
    fn times_are_read_as_written(time in time()) {
        prop_assert_eq!(KerberosTime::from_der(&time.to_der()), Ok(time));
    }

    #[test]
    fn ap_reqs_are_read_as_written(
        options in any::<u32>(),
        service in principal(),
        ticket in typed_octets(),
        authenticator in typed_octets(),
        kvno in any::<Option<u32>>(),
    ) {
        let request = ApReq {
            ap_options: ApOptions(options),
            ticket: Ticket {
                realm: service.realm(),
                sname: service.name(),
                enc_part: sealed(&ticket, kvno),
            },
            authenticator: sealed(&authenticator, None),
        };
        let octets = request.to_der();
        prop_assert_eq!(ApReq::from_der(&octets), Ok(request));
    }

    #[test]
    fn enc_ticket_parts_are_read_as_written(
        flags in any::<u32>(),
        session_key in typed_octets(),
        client in principal(),
        transited in typed_octets(),
        (authtime, endtime) in (time(), time()),
        (starttime, renew_till) in (option::of(time()), option::of(time())),
        authorization_data in option::of(vec(typed_octets(), 1..4)),
    ) {
        let list = authorization_data.as_deref().map(elements);
        let part = EncTicketPart {
            flags: TicketFlags(flags),
            key: key(&session_key),
            crealm: client.realm(),
            cname: client.name(),
            transited: TransitedEncoding { tr_type: transited.0, contents: &transited.1 },
            authtime,
            starttime,
            endtime,
            renew_till,
            caddr: None,
            authorization_data: list.as_ref().map(SequenceOfBuf::borrow),
        };
        let octets = part.to_der();
        prop_assert_eq!(EncTicketPart::from_der(&octets), Ok(part));
        let padded = [part.to_der(), vec![0; 7]].concat();
        prop_assert_eq!(EncTicketPart::from_padded_der(&padded), Ok(part));
    }

    #[test]
    fn authenticators_are_read_as_written(
        client in principal(),
        cksum in option::of(typed_octets()),
        (ctime, cusec) in (time(), microseconds()),
        subkey in option::of(typed_octets()),
        seq_number in any::<Option<u32>>(),
        authorization_data in option::of(vec(typed_octets(), 1..4)),
    ) {
        let list = authorization_data.as_deref().map(elements);
        let authenticator = Authenticator {
            crealm: client.realm(),
            cname: client.name(),
            cksum: cksum.as_ref().map(|(number, checksum)| Checksum {
                cksumtype: ChecksumTypeNumber(*number),
                checksum,
            }),
            cusec,
            ctime,
            subkey: subkey.as_ref().map(key),
            seq_number,
            authorization_data: list.as_ref().map(SequenceOfBuf::borrow),
        };
        let octets = authenticator.to_der();
        prop_assert_eq!(Authenticator::from_der(&octets), Ok(authenticator));
    }

    #[test]
    fn ap_reps_are_read_as_written(
        ciphertext in typed_octets(),
        (ctime, cusec) in (time(), microseconds()),
        subkey in option::of(typed_octets()),
        seq_number in any::<Option<u32>>(),
    ) {
        let reply = ApRep { enc_part: sealed(&ciphertext, None) };
        let octets = reply.to_der();
        prop_assert_eq!(ApRep::from_der(&octets), Ok(reply));
        let part = EncApRepPart {
            ctime,
            cusec,
            subkey: subkey.as_ref().map(key),
            seq_number,
        };
        let octets = part.to_der();
        prop_assert_eq!(EncApRepPart::from_der(&octets), Ok(part));
    }

    #[test]
    fn krb_errors_are_read_as_written(
        code in any::<i32>(),
        (stime, susec) in (time(), microseconds()),
        (ctime, cusec) in (option::of(time()), option::of(microseconds())),
        client in option::of(principal()),
        service in principal(),
        e_text in option::of(vec(any::<u8>(), 0..40)),
        e_data in option::of(vec(any::<u8>(), 0..40)),
    ) {
        let error = KrbError {
            ctime,
            cusec,
            stime,
            susec,
            error_code: ErrorCode(code),
            crealm: client.as_ref().map(Principal::realm),
            cname: client.as_ref().map(Principal::name),
            realm: service.realm(),
            sname: service.name(),
            e_text: e_text.as_deref().map(KerberosString),
            e_data: e_data.as_deref(),
        };
        let octets = error.to_der();
        prop_assert_eq!(KrbError::from_der(&octets), Ok(error));
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in vec(any::<u8>(), 0..200), tag in 0x60_u8..0x7f) {
        let mut octets = octets;
        if let [first, length, ..] = octets.as_mut_slice() {
            *first = tag;
            *length = 0x30;
        }
        let _: Result<_, _> = ApReq::from_der(&octets);
        let _: Result<_, _> = EncTicketPart::from_der(&octets);
        let _: Result<_, _> = Authenticator::from_der(&octets);
        let _: Result<_, _> = KdcReq::from_der(&octets);
        let _: Result<_, _> = KdcRep::from_der(&octets);
        let _: Result<_, _> = KrbError::from_der(&octets);
        let _: Result<_, _> = KrbCred::from_der(&octets);
    }
}
