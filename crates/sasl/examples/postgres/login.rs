//! The start of a connection: encryption, if the client wants it, and who the client is.
//!
//! A client is the user that its principal names: `alice@REALM` is `alice` in the realm of the
//! service, and `alice@REALM` everywhere else.

use super::connection::Connection;
use super::message::{self, code, kind};
use super::{Fallible, say};
use portcullis::context::Protection;
use portcullis::formats::gss::ContextFlags;
use portcullis::names::LocalNamePolicy;
use portcullis::{Acceptor, Identity, Negotiation, SecurityContext, Step};
use portcullis_sasl::{MaxTokens, SecurityLayer};
use std::time::SystemTime;

/// A packet of the encryption has at most 16384 octets, those of its length included.
const MAX_TOKEN: usize = 16384 - 4;

/// Ends when the client may send queries.
pub(crate) fn log_in(
    mut connection: Connection,
    acceptor: &Acceptor,
) -> Fallible<(Connection, Identity)> {
    let mut encrypted = None;
    let parameters = loop {
        let first = connection.body(true)?;
        let (code, rest) = first.split_first_chunk().ok_or("no version")?;
        match (u32::from_be_bytes(*code), &encrypted) {
            (code::SSL, None) => connection.send(b"N")?,
            (code::GSS_ENCRYPTION, None) => {
                connection.nothing_ahead()?;
                connection.send(b"G")?;
                encrypted = Some(encrypt(&mut connection, acceptor)?);
            }
            (code::STARTUP..0x0004_0000, _) => break rest.to_vec(),
            (code::CANCEL, _) => return Err("there is nothing to cancel".into()),
            _ => return Err("a version that this example does not know".into()),
        }
    };
    let identity = match encrypted {
        Some(identity) => identity,
        None => authenticate(&mut connection, acceptor)?,
    };
    let user = parameter(&parameters, "user").unwrap_or_default();
    if !may_be(&identity, &user) {
        let text = format!("{} may not be \"{user}\"", identity.client());
        say(&format!("refused: {text}"))?;
        connection.send(&message::fatal("28000", &text))?;
        return Err(text.into());
    }
    let greeting = [
        message::authentication_ok(),
        message::parameter("server_version", "15.0"),
        message::parameter("client_encoding", "UTF8"),
        message::ready(),
    ];
    connection.send(&greeting.concat())?;
    say(&format!("login {}", identity.client()))?;
    Ok((connection, identity))
}

/// GSS encryption: tokens behind their length until there is a context, then packets of the same
/// shape, sealed each.
fn encrypt(connection: &mut Connection, acceptor: &Acceptor) -> Fallible<Identity> {
    let mut negotiation = acceptor.begin();
    let context = loop {
        let token = connection.body(false)?;
        match step(connection, negotiation, &token)? {
            Step::Complete { context, reply } => {
                if let Some(token) = reply {
                    connection.send(&framed(&token)?)?;
                }
                break context;
            }
            Step::Continue {
                negotiation: next,
                reply,
            } => {
                connection.send(&framed(&reply)?)?;
                negotiation = next;
            }
            _ => return Err("a step that this example does not know".into()),
        }
    };
    let identity = context.identity().clone();
    connection.protect(layer(context)?)?;
    Ok(identity)
}

fn layer(context: SecurityContext) -> Fallible<SecurityLayer> {
    if !context.identity().flags().contains(ContextFlags::MUTUAL) {
        return Err("encryption for a client that asks for no mutual authentication".into());
    }
    let max = MaxTokens {
        receive: MAX_TOKEN,
        send: MAX_TOKEN,
    };
    Ok(SecurityLayer::new(
        context,
        Protection::Confidentiality,
        max,
    )?)
}

fn framed(token: &[u8]) -> Fallible<Vec<u8>> {
    let length = u32::try_from(token.len())?;
    Ok([&length.to_be_bytes()[..], token].concat())
}

/// Authentication by GSS-API inside of the protocol.
fn authenticate(connection: &mut Connection, acceptor: &Acceptor) -> Fallible<Identity> {
    connection.send(&message::authentication_gss())?;
    let mut negotiation = acceptor.begin();
    loop {
        let (kind::GSS_RESPONSE, token) = connection.message()? else {
            return Err("a GSSResponse is due".into());
        };
        match step(connection, negotiation, &token)? {
            Step::Complete { context, reply } => {
                if let Some(token) = reply {
                    connection.send(&message::authentication_gss_continue(&token))?;
                }
                return Ok(context.into_identity());
            }
            Step::Continue {
                negotiation: next,
                reply,
            } => {
                connection.send(&message::authentication_gss_continue(&reply))?;
                negotiation = next;
            }
            _ => return Err("a step that this example does not know".into()),
        }
    }
}

fn step(connection: &mut Connection, negotiation: Negotiation, token: &[u8]) -> Fallible<Step> {
    match negotiation.step(token, SystemTime::now()) {
        Ok(step) => Ok(step),
        Err(rejection) => {
            say(&format!("refused: {rejection}"))?;
            connection.send(&message::fatal("28000", "GSSAPI authentication failed"))?;
            Err(rejection.into())
        }
    }
}

fn parameter(parameters: &[u8], wanted: &str) -> Option<String> {
    let mut texts = parameters.split(|octet| *octet == 0);
    while let (Some(name), Some(value)) = (texts.next(), texts.next()) {
        if name == wanted.as_bytes() {
            return String::from_utf8(value.to_vec()).ok();
        }
    }
    None
}

fn may_be(identity: &Identity, user: &str) -> bool {
    let users = LocalNamePolicy::new().forget_realm(identity.service().realm().0);
    let name = users.local_name(identity.client());
    name.is_ok_and(|name| name == user)
}
