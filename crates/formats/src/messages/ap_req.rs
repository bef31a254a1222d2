//! Hot path. AP-REQ (RFC 4120 §5.5.1): a ticket, and the proof that its sender holds its key.

use super::{ApOptions, EncryptedData, MessageType, Ticket};
use crate::der::{Decode, Encode, Reader, Result, Writer};

/// AP-REQ (RFC 4120 §5.5.1).
///
/// ```text
/// AP-REQ ::= [APPLICATION 14] SEQUENCE {
///         pvno          [0] INTEGER (5),
///         msg-type      [1] INTEGER (14),
///         ap-options    [2] APOptions,
///         ticket        [3] Ticket,
///         authenticator [4] EncryptedData -- Authenticator
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApReq<'a> {
    /// Whether the client wants an answer; in the clear and unprotected.
    pub ap_options: ApOptions,
    /// The ticket.
    pub ticket: Ticket<'a>,
    /// An [`Authenticator`](super::Authenticator) in the ticket's session key, key usage 11 (7 in
    /// a TGS-REQ).
    pub authenticator: EncryptedData<'a>,
}

impl<'a> Decode<'a> for ApReq<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(MessageType::AP_REQ.0, "AP-REQ", |fields| {
            MessageType::AP_REQ.decode_header(fields)?;
            Ok(Self {
                ap_options: fields.field(2, "ap-options", ApOptions::decode)?,
                ticket: fields.field(3, "ticket", Ticket::decode)?,
                authenticator: fields.field(4, "authenticator", EncryptedData::decode)?,
            })
        })
    }
}

impl Encode for ApReq<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(MessageType::AP_REQ.0, |fields| {
            MessageType::AP_REQ.encode_header(fields);
            fields.value(2, &self.ap_options);
            fields.value(3, &self.ticket);
            fields.value(4, &self.authenticator);
        });
    }
}
