//! Messages of MIT krb5 and Windows: every field is what they say it is, and writing what was read
//! gives the same octets.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code"
)]

use portcullis_formats::ccache::CredentialCache;
use portcullis_formats::der::{Decode, Encode, Reader};
use portcullis_formats::messages::{
    ApOptions, ApRep, ApReq, Authenticator, AuthorizationData, EncApRepPart, EncTicketPart,
    EncryptionKey, EtypeList, KerberosString, KerberosTime, KrbCred, KrbError, Ticket, TicketFlags,
};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::{AuthDataType, ErrorCode, EtypeNumber, Kvno};
use portcullis_testdata::{hex, unhex, vectors};
use serde_json::Value;

fn exchanges() -> Vec<Value> {
    let mut exchanges = vectors("mit_gss_exchanges");
    exchanges.retain(|exchange| exchange["tokens"].is_array());
    exchanges
}

/// The message behind the OID of Kerberos and `token_id`, framed or inside SPNEGO.
fn unframed(token: &Value, token_id: [u8; 2]) -> Option<Vec<u8>> {
    let token = hex(token);
    let start = [unhex("2a864886f712010202").as_slice(), &token_id].concat();
    let at = token
        .windows(start.len())
        .position(|window| window == start)?;
    let message = Reader::new(&token[at + start.len()..]).whole().unwrap();
    Some(message.to_vec())
}

fn ap_req(exchange: &Value) -> Vec<u8> {
    unframed(&exchange["tokens"][0]["token"], [1, 0]).unwrap()
}

/// The contents of a BIT STRING: how many bits are unused, and the bits.
fn flags(value: &Value) -> u32 {
    let octets = hex(value);
    u32::from_be_bytes(octets[1..].try_into().unwrap())
}

fn time(value: &Value) -> Option<KerberosTime> {
    let text = value.as_str()?;
    let octets = [b"\x18\x0f", text.as_bytes()].concat();
    Some(KerberosTime::from_der(&octets).unwrap())
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().map(|number| u32::try_from(number).unwrap())
}

/// The key of these members, or none when the type is `null`.
fn key(etype: &Value, key: &Value) -> Option<(EtypeNumber, Vec<u8>)> {
    let etype = i32::try_from(etype.as_i64()?).unwrap();
    Some((EtypeNumber(etype), hex(key)))
}

fn owned(key: EncryptionKey<'_>) -> (EtypeNumber, Vec<u8>) {
    (key.keytype, key.keyvalue.to_vec())
}

/// Reads a whole message and writes it again.
fn same<'a, T: Decode<'a> + Encode>(octets: &'a [u8]) -> T {
    let value = T::from_der(octets).unwrap();
    assert_eq!(value.to_der(), octets);
    value
}

#[test]
fn every_ap_req_is_read_and_written_alike() {
    for exchange in exchanges() {
        let octets = ap_req(&exchange);
        let request: ApReq<'_> = same(&octets);
        let service: Principal = exchange["service"].as_str().unwrap().parse().unwrap();
        assert!(service.is(request.ticket.realm, request.ticket.sname));
        let etype = i64::from(request.ticket.enc_part.etype.0);
        assert_eq!(exchange["service_key_etype"], etype);
        let kvno = number(&exchange["kvno"]).map(Kvno);
        assert_eq!(request.ticket.enc_part.kvno, kvno);
        let facts = &exchange["ap_req"];
        if facts.is_null() {
            continue;
        }
        assert_eq!(request.ap_options, ApOptions(flags(&facts["ap_options"])));
        assert_eq!(facts["ticket_etype"], etype);
        let kvno = number(&facts["authenticator_kvno"]).map(Kvno);
        assert_eq!(request.authenticator.kvno, kvno);
    }
}

#[test]
fn every_ticket_says_who_the_client_is() {
    for exchange in exchanges() {
        let facts = &exchange["ap_req"];
        if facts.is_null() {
            continue;
        }
        let octets = hex(&facts["enc_ticket_part"]);
        let ticket: EncTicketPart<'_> = same(&octets);
        let client: Principal = exchange["client"].as_str().unwrap().parse().unwrap();
        assert!(client.is(ticket.crealm, ticket.cname));
        assert_eq!(ticket.flags, TicketFlags(flags(&facts["ticket_flags"])));
        let session_key = key(&facts["session_etype"], &facts["session_key"]);
        assert_eq!(Some(owned(ticket.key)), session_key);
        assert_eq!(Some(ticket.authtime), time(&facts["authtime"]));
        assert_eq!(ticket.starttime, time(&facts["starttime"]));
        assert_eq!(Some(ticket.endtime), time(&facts["endtime"]));
        assert_eq!(ticket.caddr, None);
    }
}

#[test]
fn every_authenticator_says_what_the_client_wants() {
    for exchange in exchanges() {
        let facts = &exchange["ap_req"];
        if facts.is_null() {
            continue;
        }
        let octets = hex(&facts["authenticator_plain"]);
        let authenticator: Authenticator<'_> = same(&octets);
        let client: Principal = exchange["client"].as_str().unwrap().parse().unwrap();
        assert!(client.is(authenticator.crealm, authenticator.cname));
        assert_eq!(Some(authenticator.ctime), time(&facts["ctime"]));
        assert_eq!(Some(authenticator.cusec.as_u32()), number(&facts["cusec"]));
        assert_eq!(authenticator.seq_number, number(&facts["seq"]));
        let subkey = key(&facts["subkey_etype"], &facts["subkey"]);
        assert_eq!(authenticator.subkey.map(owned), subkey);
        let cksum = authenticator.cksum.unwrap();
        assert_eq!(facts["cksum_type"], i64::from(cksum.cksumtype.0));
        assert_eq!(cksum.checksum, hex(&facts["cksum"]));
        let elements = facts["authenticator_authdata"].as_str().map(unhex);
        let written = authenticator
            .authorization_data
            .map(|elements| elements.to_der());
        assert_eq!(written, elements);
    }
}

/// RFC 4537: MIT offers enctypes stronger than the session key's in AD-IF-RELEVANT.
#[test]
fn an_authenticator_with_authorization_data_offers_enctypes() {
    let exchange = &exchanges()[0];
    let octets = hex(&exchange["ap_req"]["authenticator_authdata"]);
    let elements: AuthorizationData<'_> = same(&octets);
    let relevant = elements.iter().next().unwrap();
    assert_eq!(relevant.ad_type, AuthDataType::IF_RELEVANT);
    let inside: AuthorizationData<'_> = same(relevant.ad_data);
    let offer = inside.iter().next().unwrap();
    assert_eq!(offer.ad_type, AuthDataType::ETYPE_NEGOTIATION);
    let etypes: EtypeList<'_> = same(offer.ad_data);
    assert!(
        etypes
            .iter()
            .eq([EtypeNumber::AES256_SHA1, EtypeNumber::AES128_SHA1])
    );
}

#[test]
fn every_ap_rep_is_read_and_written_alike() {
    let mut replies = 0;
    for exchange in exchanges() {
        let Some(octets) = unframed(&exchange["tokens"][1]["token"], [2, 0]) else {
            continue;
        };
        let reply: ApRep<'_> = same(&octets);
        assert_eq!(reply.enc_part.kvno, None);
        replies += 1;
        let facts = &exchange["ap_rep"];
        if facts.is_null() {
            continue;
        }
        let octets = hex(&facts["enc_part_plain"]);
        let part: EncApRepPart<'_> = same(&octets);
        assert_eq!(Some(part.ctime), time(&facts["ctime"]));
        assert_eq!(Some(part.cusec.as_u32()), number(&facts["cusec"]));
        assert_eq!(part.seq_number, number(&facts["seq"]));
        let subkey = key(&facts["subkey_etype"], &facts["subkey"]);
        assert_eq!(part.subkey.map(owned), subkey);
    }
    assert!(replies > 20);
}

#[test]
fn a_krb_error_says_why_not() {
    let vectors = vectors("mit_gss_exchanges");
    let refused = vectors
        .iter()
        .find(|vector| vector["error_token"].is_string())
        .unwrap();
    let octets = unframed(&refused["error_token"], [3, 0]).unwrap();
    let error: KrbError<'_> = same(&octets);
    assert_eq!(error.error_code, ErrorCode::REPEAT);
    assert_eq!(refused["error_code"], i64::from(error.error_code.0));
    let service: Principal = refused["service"].as_str().unwrap().parse().unwrap();
    assert!(service.is(error.realm, error.sname));
    assert_eq!((error.ctime, error.cname, error.e_data), (None, None, None));
}

/// RFC 4121 §4.1.1: from octet 28 of the checksum, behind its length.
#[test]
fn a_delegated_credential_is_read_and_written_alike() {
    let mut delegated = 0;
    for exchange in exchanges() {
        let checksum = hex(&exchange["ap_req"]["cksum"]);
        if checksum.len() <= 28 {
            continue;
        }
        let credential: KrbCred<'_> = same(&checksum[28..]);
        let ticket = credential.tickets.iter().next().unwrap();
        assert_eq!(ticket.sname.to_string(), "krbtgt/EXAMPLE.TEST");
        delegated += 1;
    }
    assert_eq!(delegated, 2);
}

#[test]
fn a_ticket_of_windows_is_read_and_written_alike() {
    let vectors = vectors("pac");
    let vector = vectors
        .iter()
        .find(|vector| vector["ticket"].is_string())
        .unwrap();
    let octets = hex(&vector["ticket"]);
    let ticket: Ticket<'_> = same(&octets);
    assert_eq!(ticket.realm, KerberosString(b"W2022-L7.BASE"));
    assert_eq!(ticket.sname.to_string(), "cifs/w2022-118.w2022-l7.base");
    assert_eq!(ticket.enc_part.kvno, Some(Kvno(5)));
    let octets = hex(&vector["enc_ticket_part"]);
    let part: EncTicketPart<'_> = same(&octets);
    assert_eq!(part.key.keytype, EtypeNumber::AES256_SHA1);
    let relevant = part.authorization_data.unwrap().iter().next().unwrap();
    assert_eq!(relevant.ad_type, AuthDataType::IF_RELEVANT);
    let inside: AuthorizationData<'_> = same(relevant.ad_data);
    assert!(
        inside
            .iter()
            .any(|element| element.ad_type == AuthDataType::WIN2K_PAC)
    );
    let octets = hex(&vector["enc_ticket_part_for_ticket_signature"]);
    let emptied: EncTicketPart<'_> = same(&octets);
    assert_eq!(emptied.cname, part.cname);
}

#[test]
fn the_tickets_of_a_credential_cache_are_read_and_written_alike() {
    let vectors = vectors("ccache");
    let octets = hex(&vectors[0]["data"]);
    let cache = CredentialCache::open(&octets).unwrap();
    let mut tickets = 0;
    for credential in cache.credentials() {
        let credential = credential.unwrap();
        if credential.is_config() {
            continue;
        }
        let ticket: Ticket<'_> = same(credential.ticket);
        assert!(credential.server.is(ticket.realm, ticket.sname));
        tickets += 1;
    }
    assert!(tickets > 5);
}

#[test]
fn every_truncation_of_every_message_is_refused() {
    fn refuses<'a, T: Decode<'a>>(octets: &'a [u8]) {
        for end in 0..octets.len() {
            assert!(T::from_der(&octets[..end]).is_err(), "{end}");
        }
    }
    for exchange in exchanges() {
        refuses::<ApReq<'_>>(&ap_req(&exchange));
        let facts = &exchange["ap_req"];
        if !facts.is_null() {
            refuses::<EncTicketPart<'_>>(&hex(&facts["enc_ticket_part"]));
            refuses::<Authenticator<'_>>(&hex(&facts["authenticator_plain"]));
        }
        let facts = &exchange["ap_rep"];
        if !facts.is_null() {
            refuses::<EncApRepPart<'_>>(&hex(&facts["enc_part_plain"]));
        }
    }
}

/// Reads `octets` when they are a `T`, and says what writing it gives.
fn rewritten<'a, T: Decode<'a> + Encode>(octets: &'a [u8]) -> Option<Vec<u8>> {
    T::from_der(octets).ok().map(|value| value.to_der())
}

/// Whatever one octet is changed to, what is read and written again reads the same again.
fn survives_changes(mut octets: Vec<u8>, rewritten: fn(&[u8]) -> Option<Vec<u8>>) {
    for at in 0..octets.len() {
        let before = octets[at];
        for change in [0x01, 0x80, 0xff, before] {
            octets[at] = before ^ change;
            if let Some(written) = rewritten(&octets) {
                assert_eq!(rewritten(&written).as_ref(), Some(&written), "octet {at}");
            }
        }
        octets[at] = before;
    }
}

#[test]
fn no_changed_octet_makes_a_message_that_cannot_be_written() {
    let exchange = &exchanges()[0];
    let facts = &exchange["ap_req"];
    survives_changes(ap_req(exchange), |octets| rewritten::<ApReq<'_>>(octets));
    let authenticator = hex(&facts["authenticator_plain"]);
    survives_changes(authenticator, |octets| {
        rewritten::<Authenticator<'_>>(octets)
    });
    let ticket = hex(&facts["enc_ticket_part"]);
    survives_changes(ticket, |octets| rewritten::<EncTicketPart<'_>>(octets));
}
