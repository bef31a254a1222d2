//! A ticket: what stands in clear, and what the KDC sealed, if a key opens it (RFC 4120 §5.3).

use super::authorization_data;
use super::ground::Ground;
use super::kerberos::sealed;
use super::keys::Keys;
use super::names::{Address, Named, ticket_flags};
use super::page::Fields;
use portcullis::formats::messages::{
    EncTicketPart, EncryptionKey, KerberosString, Ticket, TransitedEncoding,
};
use portcullis_crypto::{Enctype, Key};

/// Reads a ticket; the session key, if it could be opened.
pub(super) fn read(ticket: &Ticket<'_>, keys: Option<&Keys>, to: &mut Fields) -> Option<Key> {
    to.text("service", Named(ticket.sname, ticket.realm));
    to.text("service's type", ticket.sname.name_type);
    sealed(&ticket.enc_part, to);
    let (key, plaintext) = match keys?.open(ticket) {
        Ok(opened) => opened,
        Err(why) => {
            to.error(why);
            return None;
        }
    };
    let named = key.is_named_by(ticket);
    let note = if named {
        ""
    } else {
        ", though the ticket names another"
    };
    to.text("opened with", format_args!("{key}{note}"));
    let part = Ground(&plaintext).decode_padded::<EncTicketPart<'_>>(&plaintext, to)?;
    content(&part, Ground(&plaintext), to);
    session_key(&part.key)
}

fn content(part: &EncTicketPart<'_>, ground: Ground<'_>, to: &mut Fields) {
    to.text("client", Named(part.cname, part.crealm));
    to.text("client's type", part.cname.name_type);
    to.words("flags", ticket_flags(part.flags));
    to.text("session key", part.key.keytype);
    to.text("authenticated", part.authtime);
    to.optional("valid from", part.starttime);
    to.text("valid until", part.endtime);
    to.optional("renewable until", part.renew_till);
    to.text("transited", transited(&part.transited));
    match part.caddr {
        None => to.text("addresses", "any"),
        Some(addresses) => to.list("addresses", addresses.iter().map(Address)),
    }
    match part.authorization_data {
        None => to.text("authorization data", "none"),
        Some(data) => authorization_data::read(data, ground, to),
    }
}

fn transited(encoding: &TransitedEncoding<'_>) -> String {
    match (encoding.tr_type, encoding.contents) {
        (_, []) => "no other realm".to_owned(),
        (TransitedEncoding::DOMAIN_X500_COMPRESS, realms) => KerberosString(realms).to_string(),
        (other, octets) => format!("{} octets of type {other}", octets.len()),
    }
}

/// A key that what follows may be opened with; never shown.
pub(super) fn session_key(key: &EncryptionKey<'_>) -> Option<Key> {
    Key::new(Enctype::try_from(key.keytype.0).ok()?, key.keyvalue).ok()
}
