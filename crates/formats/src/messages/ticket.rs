//! Hot path. Ticket (RFC 4120 §5.3): what the KDC sealed for the service.

use super::{EncryptedData, PVNO, PrincipalName, Realm};
use crate::der::{Decode, Encode, Reader, Result, Writer};

const APPLICATION: u8 = 1;

/// Ticket (RFC 4120 §5.3).
///
/// Its realm and name are in the clear: they say which key to try, and prove nothing.
///
/// ```text
/// Ticket ::= [APPLICATION 1] SEQUENCE {
///         tkt-vno  [0] INTEGER (5),
///         realm    [1] Realm,
///         sname    [2] PrincipalName,
///         enc-part [3] EncryptedData -- EncTicketPart
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket<'a> {
    /// The service's realm.
    pub realm: Realm<'a>,
    /// The service's name.
    pub sname: PrincipalName<'a>,
    /// An [`EncTicketPart`](super::EncTicketPart), key usage 2.
    pub enc_part: EncryptedData<'a>,
}

impl<'a> Decode<'a> for Ticket<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(APPLICATION, "Ticket", |fields| {
            fields.field(0, "tkt-vno", |version| version.constant(PVNO))?;
            Ok(Self {
                realm: fields.field(1, "realm", Realm::decode_realm)?,
                sname: fields.field(2, "sname", PrincipalName::decode)?,
                enc_part: fields.field(3, "enc-part", EncryptedData::decode)?,
            })
        })
    }
}

impl Encode for Ticket<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(APPLICATION, |fields| {
            fields.field(0, |version| version.integer(PVNO));
            fields.value(1, &self.realm);
            fields.value(2, &self.sname);
            fields.value(3, &self.enc_part);
        });
    }
}
