//! KERB-TGT-REQUEST and KERB-TGT-REPLY: the client asks the service for its TGT, to have a ticket
//! made in that ticket's session key (RFC 4120 §3.7, draft-swift-win2k-krb-user2user).

use super::{MessageType, PrincipalName, Realm, Ticket};
use crate::der::{Decode, Encode, Reader, Result, Writer};

/// KERB-TGT-REQUEST.
///
/// ```text
/// KERB-TGT-REQUEST ::= SEQUENCE {
///         pvno        [0] INTEGER (5),
///         msg-type    [1] INTEGER (16),
///         server-name [2] PrincipalName OPTIONAL,
///         realm       [3] Realm OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TgtRequest<'a> {
    /// Whose TGT.
    pub server_name: Option<PrincipalName<'a>>,
    /// Of which realm.
    pub realm: Option<Realm<'a>>,
}

impl<'a> Decode<'a> for TgtRequest<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("KERB-TGT-REQUEST", |fields| {
            MessageType::TGT_REQUEST.decode_header(fields)?;
            Ok(Self {
                server_name: fields.optional(2, "server-name", PrincipalName::decode)?,
                realm: fields.optional(3, "realm", Realm::decode_realm)?,
            })
        })
    }
}

impl Encode for TgtRequest<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            MessageType::TGT_REQUEST.encode_header(fields);
            fields.optional(2, self.server_name.as_ref());
            fields.optional(3, self.realm.as_ref());
        });
    }
}

/// KERB-TGT-REPLY.
///
/// ```text
/// KERB-TGT-REPLY ::= SEQUENCE {
///         pvno     [0] INTEGER (5),
///         msg-type [1] INTEGER (17),
///         ticket   [2] Ticket
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TgtReply<'a> {
    /// The service's TGT.
    pub ticket: Ticket<'a>,
}

impl<'a> Decode<'a> for TgtReply<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("KERB-TGT-REPLY", |fields| {
            MessageType::TGT_REPLY.decode_header(fields)?;
            Ok(Self {
                ticket: fields.field(2, "ticket", Ticket::decode)?,
            })
        })
    }
}

impl Encode for TgtReply<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            MessageType::TGT_REPLY.encode_header(fields);
            fields.value(2, &self.ticket);
        });
    }
}
