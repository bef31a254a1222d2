//! KRB-SAFE and KRB-PRIV of MIT krb5, read field by field and written octet by octet.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use core::net::IpAddr;
use portcullis_formats::der::{Decode, Encode};
use portcullis_formats::messages::{
    EncKrbPrivPart, HostAddress, KerberosTime, KrbPriv, KrbSafe, Microseconds,
};
use portcullis_testdata::{hex, vectors};
use serde_json::{Value, json};

/// What both kinds say beside the message.
struct Said<'a> {
    timestamp: Option<KerberosTime>,
    usec: Option<Microseconds>,
    seq_number: Option<u32>,
    s_address: HostAddress<'a>,
    r_address: Option<HostAddress<'a>>,
}

impl Said<'_> {
    /// The number is that of the KRB-SAFE or of the KRB-PRIV.
    fn is_what_was_asked_for(&self, vector: &Value, number: usize) {
        assert_eq!(text(self.s_address), vector["sender"]);
        assert_eq!(json!(self.r_address.map(text)), vector["recipient"]);
        assert_eq!(json!(self.seq_number), vector["numbers"][number]);
        assert_eq!(json!(self.timestamp.is_some()), vector["has_time"]);
        assert_eq!(json!(self.usec.is_some()), vector["has_time"]);
    }
}

fn text(address: HostAddress<'_>) -> String {
    let four = address.address.try_into().map(|four: [u8; 4]| four.into());
    let six = address.address.try_into().map(|six: [u8; 16]| six.into());
    let address: IpAddr = four.or(six).unwrap();
    address.to_string()
}

#[test]
fn the_messages_with_a_checksum_are_read_and_written() {
    for vector in vectors("krb_safe_and_priv") {
        let octets = hex(&vector["krb_safe"]);
        let message = KrbSafe::from_der(&octets).unwrap();
        assert_eq!(message.to_der(), octets);
        let body = message.body().unwrap();
        assert_eq!(body.to_der(), message.safe_body);
        assert_eq!(body.user_data, hex(&vector["user_data"]));
        let said = Said {
            timestamp: body.timestamp,
            usec: body.usec,
            seq_number: body.seq_number,
            s_address: body.s_address,
            r_address: body.r_address,
        };
        said.is_what_was_asked_for(&vector, 0);
    }
}

#[test]
fn the_encrypted_messages_are_read_and_written() {
    for vector in vectors("krb_safe_and_priv") {
        let octets = hex(&vector["krb_priv"]);
        let message = KrbPriv::from_der(&octets).unwrap();
        assert_eq!(message.to_der(), octets);
        assert_eq!(json!(message.enc_part.etype.0), vector["etype"]);

        let octets = hex(&vector["enc_part_plain"]);
        let part = EncKrbPrivPart::from_der(&octets).unwrap();
        assert_eq!(part.to_der(), octets);
        assert_eq!(part.user_data, hex(&vector["user_data"]));
        let said = Said {
            timestamp: part.timestamp,
            usec: part.usec,
            seq_number: part.seq_number,
            s_address: part.s_address,
            r_address: part.r_address,
        };
        said.is_what_was_asked_for(&vector, 1);
    }
}
