//! Hot path. Ticket: what a KDC sealed for a service (RFC 4120 §5.3).

use super::{EncryptedData, PVNO, PrincipalName, Realm};
use crate::der::{Decode, Encode, Reader, Result, Writer};

/// Ticket (RFC 4120 §5.3). All but what is in `enc_part` stands in clear: anybody can rewrite it.
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
    /// The service.
    pub sname: PrincipalName<'a>,
    /// The [`super::EncTicketPart`], sealed with the service's key.
    pub enc_part: EncryptedData<'a>,
}

impl<'a> Decode<'a> for Ticket<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(1, "Ticket", |fields| {
            fields.field(0, "tkt-vno", |version| version.constant(PVNO))?;
            Ok(Self {
                realm: fields.field(1, "realm", Realm::decode)?,
                sname: fields.field(2, "sname", PrincipalName::decode)?,
                enc_part: fields.field(3, "enc-part", EncryptedData::decode)?,
            })
        })
    }
}

impl Encode for Ticket<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(1, |fields| {
            fields.field(0, |version| version.integer(PVNO));
            fields.value(1, &self.realm);
            fields.value(2, &self.sname);
            fields.value(3, &self.enc_part);
        });
    }
}
