//! What one gets by putting kerberos_asn1 and kerberos_crypto together: a contestant of
//! `cargo xtask bench --peers`, `accept KEYTAB`. picky-asn1-der reads the frame of GSS-API.
//!
//! The token is decoded, ticket and authenticator are opened and decoded, and their clients are
//! compared. No time, no policy, no replay, no PAC, no AP-REP: these crates have none of it.

use kerberos_asn1::{ApReq, Authenticator, EncTicketPart};
use kerberos_crypto::new_kerberos_cipher;
use picky_asn1::wrapper::ObjectIdentifierAsn1;
use portcullis_benches::contestant::serve;
use portcullis_formats::keytab::KeytabFile;
use red_asn1::Asn1Object as _;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: accept KEYTAB")?;
    let keytab = std::fs::read(path)?;
    let file = KeytabFile::open(&keytab)?;
    let key = file
        .records()
        .next()
        .ok_or("an empty keytab")??
        .key
        .to_vec();
    Ok(serve(
        <[u8]>::to_vec,
        |token| accept(&key, token),
        |token| {
            let ticket = accept(&key, token);
            format!("{}@{}", ticket.cname.name_string.join("/"), ticket.crealm)
        },
    )?)
}

fn accept(key: &[u8], token: &[u8]) -> EncTicketPart {
    let (_, request) = ApReq::parse(unframed(token)).expect("an AP-REQ");
    let sealed = request.ticket.enc_part;
    let cipher = new_kerberos_cipher(sealed.etype).expect("a cipher");
    let ticket = cipher.decrypt(key, 2, &sealed.cipher).expect("our ticket");
    let (_, ticket) = EncTicketPart::parse(&ticket).expect("a ticket");
    let sealed = request.authenticator;
    let cipher = new_kerberos_cipher(sealed.etype).expect("a cipher");
    let session_key = &ticket.key.keyvalue;
    let said = cipher
        .decrypt(session_key, 11, &sealed.cipher)
        .expect("an authenticator");
    let (_, said) = Authenticator::parse(&said).expect("an authenticator");
    assert!(said.cname == ticket.cname && said.crealm == ticket.crealm);
    ticket
}

/// RFC 2743 §3.1: the tag, a length, the mechanism; RFC 4121 §4.1: the token identifier.
fn unframed(token: &[u8]) -> &[u8] {
    let header = match token.get(1) {
        Some(length) if *length >= 0x80 => 2 + usize::from(*length & 0x7f),
        _ => 2,
    };
    let mechanism: ObjectIdentifierAsn1 =
        picky_asn1_der::from_bytes(&token[header..header + 11]).expect("a mechanism");
    let mechanism: String = (&mechanism.0).into();
    assert_eq!(mechanism, "1.2.840.113554.1.2.2");
    &token[header + 13..]
}
