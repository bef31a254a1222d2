//! `portcullis inspect`: a token for a person, layer by layer, as far as the keys go.
//!
//! It reads and opens; it verifies nothing and judges nothing: that is what `accept` is for. No key
//! is ever shown, and nothing that a peer sent is printed unescaped.
//!
//! | file | layer |
//! | --- | --- |
//! | `token` | what it is, and the frame of GSS-API around it |
//! | `negotiation` | SPNEGO |
//! | `kerberos` | AP-REQ, AP-REP, KRB-ERROR and others |
//! | `ticket`, `authenticator` | what a key opens |
//! | `authorization_data`, `pac` | what is in them beside names and times |
//! | `page` | how it is printed; `outline` what is printed of what is broken |

mod authenticator;
mod authorization_data;
mod ground;
mod kerberos;
mod keys;
mod message_token;
mod names;
mod negotiation;
mod outline;
mod pac;
mod page;
mod ticket;
mod token;

use crate::args::InspectArguments;
use crate::failure::Failure;
use crate::input;
use keys::Keys;
use page::Fields;
use std::io::Write;
use std::process::ExitCode;
use token::Glass;

/// The exit status for a token with something wrong in it, or that the keytab does not open.
const NOT_ALL_READ: u8 = 1;

/// Prints what the token of the command line says.
pub(crate) fn run(arguments: &InspectArguments) -> Result<ExitCode, Failure> {
    let octets = input::read_token(&arguments.token)?;
    let keys = arguments.keytab.as_deref().map(Keys::read).transpose()?;
    let page = inspect(&octets, keys.as_ref());
    let mut output = std::io::stdout().lock();
    if arguments.json {
        let json = serde_json::to_string(&page).map_err(Failure::Json)?;
        writeln!(output, "{json}")
    } else {
        write!(output, "{page}")
    }
    .map_err(Failure::Output)?;
    Ok(match page.has_errors() {
        true => ExitCode::from(NOT_ALL_READ),
        false => ExitCode::SUCCESS,
    })
}

fn inspect(octets: &[u8], keys: Option<&Keys>) -> Fields {
    let mut page = Fields::default();
    token::read(octets, Glass::on(octets, keys), &mut page);
    if let Some(left_aside) = keys.map(Keys::left_aside).filter(|count| *count > 0) {
        page.text(
            "keytab",
            format_args!("{left_aside} of its records are damaged or of no use"),
        );
    }
    page
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "test code")]

    use super::*;
    use portcullis::formats::registry::EtypeNumber;
    use portcullis_crypto::{Enctype, Key, KeyUsage};
    use portcullis_testrealm::TestRealm;

    /// What is printed of it, in both forms, has no control character but the ends of lines.
    fn assert_harmless(octets: &[u8], keys: &Keys) {
        let page = inspect(octets, Some(keys));
        let (text, json) = (page.to_string(), serde_json::to_string(&page).unwrap());
        for printed in [text.replace('\n', ""), json] {
            assert!(!printed.contains(char::is_control), "{printed:?}");
        }
    }

    #[test]
    fn damaged_tokens_are_shown_without_harm() {
        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service("HTTP/web.example.test");
        let keys = Keys::parse(&web.keytab_octets()).unwrap();
        let login = realm
            .user("alice")
            .token_for(&web)
            .mutual()
            .spnego()
            .build();
        let token = login.token();
        assert!(!inspect(token, Some(&keys)).has_errors());
        for place in 0..token.len() {
            for damage in [1, 0x20, 0x80, 0xff] {
                let mut damaged = token.to_vec();
                damaged[place] ^= damage;
                assert_harmless(&damaged, &keys);
            }
            assert_harmless(&token[..place], &keys);
        }
    }

    /// The same inside the seal of a ticket, where only a KDC, or whoever has the key, can write.
    #[test]
    fn damaged_plaintexts_are_shown_without_harm() {
        use portcullis::formats::der::{Decode, Encode};
        use portcullis::formats::gss::InitialContextToken;
        use portcullis::formats::messages::ApReq;

        let realm = TestRealm::new("EXAMPLE.TEST");
        let web = realm.service("HTTP/web.example.test");
        let octets = web.keytab_octets();
        let keys = Keys::parse(&octets).unwrap();
        let login = realm.user("alice").token_for(&web).mutual().build();
        let framed = InitialContextToken::decode(login.token()).unwrap();
        let request = ApReq::from_der(&framed.inner[2..]).unwrap();
        let (_, plaintext) = keys.open(&request.ticket).unwrap();
        let key = portcullis::formats::keytab::KeytabFile::open(&octets).unwrap();
        let key = key.records().next().unwrap().unwrap();
        assert_eq!(key.etype, EtypeNumber::AES256_SHA1);
        let key = Key::new(Enctype::Aes256CtsHmacSha1_96, key.key).unwrap();
        let cipher = key.cipher(KeyUsage::TICKET);
        for place in 0..plaintext.len() {
            for damage in [1, 0x1b, 0x80, 0xff] {
                let mut damaged = plaintext.to_vec();
                damaged[place] ^= damage;
                let mut sealed = Vec::new();
                cipher.seal(&[7; 16], &[&damaged], &mut sealed);
                let mut request = request;
                request.ticket.enc_part.cipher = &sealed;
                assert_harmless(&request.to_der(), &keys);
            }
        }
    }
}
