//! The messages of LDAP that a login has (RFC 4511 §4.2, §4.12; RFC 4532).

use super::Fallible;
use super::ber::{ENUMERATED, Elements, INTEGER, OCTETS, SEQUENCE, SET, element};

/// What a client asks.
pub(crate) enum Request<'m> {
    /// To log in with SASL.
    Bind {
        /// By its name.
        mechanism: &'m str,
        credentials: &'m [u8],
    },
    /// Who it is.
    WhoAmI,
    /// What there is.
    Search {
        /// Below what; nothing stands for the server itself (RFC 4512 §5.1).
        base: &'m [u8],
    },
    /// To end.
    Unbind,
}

/// A result code (RFC 4511 §4.1.9).
#[derive(Clone, Copy)]
pub(crate) struct ResultCode(u8);

impl ResultCode {
    pub(crate) const SUCCESS: Self = Self(0);
    pub(crate) const AUTH_METHOD_NOT_SUPPORTED: Self = Self(7);
    pub(crate) const STRONGER_AUTH_REQUIRED: Self = Self(8);
    pub(crate) const SASL_BIND_IN_PROGRESS: Self = Self(14);
    pub(crate) const NO_SUCH_OBJECT: Self = Self(32);
    pub(crate) const INVALID_CREDENTIALS: Self = Self(49);
}

const BIND_REQUEST: u8 = 0x60;
const BIND_RESPONSE: u8 = 0x61;
const UNBIND_REQUEST: u8 = 0x42;
const SEARCH_REQUEST: u8 = 0x63;
const SEARCH_RESULT_ENTRY: u8 = 0x64;
const SEARCH_RESULT_DONE: u8 = 0x65;
const EXTENDED_REQUEST: u8 = 0x77;
const EXTENDED_RESPONSE: u8 = 0x78;
const SASL: u8 = 0xa3;
const SERVER_SASL_CREDS: u8 = 0x87;
const REQUEST_NAME: u8 = 0x80;
const RESPONSE: u8 = 0x8b;
const WHO_AM_I: &[u8] = b"1.3.6.1.4.1.4203.1.11.3";

/// A message's number, as it came, and what it asks.
pub(crate) fn request(message: &[u8]) -> Fallible<(&[u8], Request<'_>)> {
    let mut message = Elements(Elements(message).next(SEQUENCE)?);
    let number = message.next(INTEGER)?;
    let request = match message.any()? {
        (BIND_REQUEST, bind) => sasl_bind(bind)?,
        (UNBIND_REQUEST, _) => Request::Unbind,
        (SEARCH_REQUEST, search) => Request::Search {
            base: Elements(search).next(OCTETS)?,
        },
        (EXTENDED_REQUEST, extended) => match Elements(extended).next(REQUEST_NAME)? {
            WHO_AM_I => Request::WhoAmI,
            _ => return Err("an extended request that this example does not know".into()),
        },
        (tag, _) => return Err(format!("request {tag:#04x}, which this example lacks").into()),
    };
    Ok((number, request))
}

fn sasl_bind(bind: &[u8]) -> Fallible<Request<'_>> {
    let mut bind = Elements(bind);
    if bind.next(INTEGER)? != [3] {
        return Err("not version 3".into());
    }
    let _distinguished_name = bind.next(OCTETS)?; // RFC 4513 §5.2.1.1: SASL does not use it
    let mut sasl = Elements(bind.next(SASL)?);
    Ok(Request::Bind {
        mechanism: str::from_utf8(sasl.next(OCTETS)?)?,
        credentials: sasl.optional(OCTETS)?.unwrap_or_default(),
    })
}

/// The answer to a bind.
pub(crate) fn bind_response(
    number: &[u8],
    code: ResultCode,
    text: &str,
    credentials: Option<&[u8]>,
) -> Vec<u8> {
    let credentials = credentials.map(|token| element(SERVER_SASL_CREDS, &[token]));
    let tail = credentials.unwrap_or_default();
    response(BIND_RESPONSE, number, code, text, &tail)
}

/// The answer to "Who am I?".
pub(crate) fn who_am_i_response(number: &[u8], authorization_id: &str) -> Vec<u8> {
    let value = element(RESPONSE, &[authorization_id.as_bytes()]);
    response(EXTENDED_RESPONSE, number, ResultCode::SUCCESS, "", &value)
}

/// The server itself, with the mechanisms that it lists (RFC 4512 §5.1).
pub(crate) fn root_entry(number: &[u8], mechanisms: &[&str]) -> Vec<u8> {
    let values = mechanisms
        .iter()
        .map(|name| element(OCTETS, &[name.as_bytes()]));
    let values = element(SET, &[&values.collect::<Vec<_>>().concat()]);
    let name = element(OCTETS, &[b"supportedSASLMechanisms"]);
    let attributes = element(SEQUENCE, &[&element(SEQUENCE, &[&name, &values])]);
    let entry = element(SEARCH_RESULT_ENTRY, &[&element(OCTETS, &[]), &attributes]);
    element(SEQUENCE, &[&element(INTEGER, &[number]), &entry])
}

/// The end of a search.
pub(crate) fn search_done(number: &[u8], code: ResultCode) -> Vec<u8> {
    response(SEARCH_RESULT_DONE, number, code, "", &[])
}

fn response(tag: u8, number: &[u8], code: ResultCode, text: &str, tail: &[u8]) -> Vec<u8> {
    let result = [
        element(ENUMERATED, &[&[code.0]]),
        element(OCTETS, &[]),
        element(OCTETS, &[text.as_bytes()]),
        tail.to_vec(),
    ];
    let operation = element(tag, &[&result.concat()]);
    element(SEQUENCE, &[&element(INTEGER, &[number]), &operation])
}
