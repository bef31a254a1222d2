//! [`RequestDraft`]: an AP-REQ (RFC 4120 §5.5.1).

use super::{OLD_VERSION, PVNO};
use crate::Fault;
use portcullis_formats::der::Writer;
use portcullis_formats::messages::ApOptions;

const AP_REQ: u8 = 14;
const TGS_REQ: u8 = 12;

/// An AP-REQ.
pub(crate) struct RequestDraft {
    version: i32,
    message_type: u8,
    options: ApOptions,
    /// Encoded.
    ticket: Vec<u8>,
    /// The EncryptedData, encoded.
    authenticator: Vec<u8>,
}

impl RequestDraft {
    pub(crate) const fn new(options: ApOptions, ticket: Vec<u8>, authenticator: Vec<u8>) -> Self {
        Self {
            version: PVNO,
            message_type: AP_REQ,
            options,
            ticket,
            authenticator,
        }
    }

    /// Gets the fault if it is one of the AP-REQ's own.
    pub(crate) fn spoil(&mut self, fault: Fault) {
        match fault {
            Fault::ProtocolVersion => self.version = OLD_VERSION,
            Fault::MessageType => self.message_type = TGS_REQ,
            Fault::UserToUser => self.options = self.options | ApOptions::USE_SESSION_KEY,
            _ => {}
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut output = Writer::new();
        output.application(AP_REQ, |fields| {
            fields.field(0, |field| field.integer(self.version));
            fields.field(1, |field| field.integer(self.message_type));
            fields.value(2, &self.options);
            fields.field(3, |field| field.raw(&self.ticket));
            fields.field(4, |field| field.raw(&self.authenticator));
        });
        output.into_vec()
    }
}
