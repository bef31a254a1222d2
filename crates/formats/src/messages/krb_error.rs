//! KRB-ERROR: why not (RFC 4120 §5.9.1).

use super::{KerberosString, KerberosTime, MessageType, Microseconds, PrincipalName, Realm};
use crate::der::{Decode, Encode, Reader, Result, Writer};
use crate::registry::ErrorCode;

/// KRB-ERROR (RFC 4120 §5.9.1). Nothing in it is sealed.
///
/// ```text
/// KRB-ERROR ::= [APPLICATION 30] SEQUENCE {
///         pvno       [0] INTEGER (5),
///         msg-type   [1] INTEGER (30),
///         ctime      [2] KerberosTime OPTIONAL,
///         cusec      [3] Microseconds OPTIONAL,
///         stime      [4] KerberosTime,
///         susec      [5] Microseconds,
///         error-code [6] Int32,
///         crealm     [7] Realm OPTIONAL,
///         cname      [8] PrincipalName OPTIONAL,
///         realm      [9] Realm,
///         sname      [10] PrincipalName,
///         e-text     [11] KerberosString OPTIONAL,
///         e-data     [12] OCTET STRING OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KrbError<'a> {
    /// The client's clock, from its request.
    pub ctime: Option<KerberosTime>,
    /// The client's clock, from its request.
    pub cusec: Option<Microseconds>,
    /// The sender's clock.
    pub stime: KerberosTime,
    /// The sender's clock.
    pub susec: Microseconds,
    /// What went wrong.
    pub error_code: ErrorCode,
    /// The client's realm.
    pub crealm: Option<Realm<'a>>,
    /// The client.
    pub cname: Option<PrincipalName<'a>>,
    /// The service's realm.
    pub realm: Realm<'a>,
    /// The service.
    pub sname: PrincipalName<'a>,
    /// For a person.
    pub e_text: Option<KerberosString<'a>>,
    /// For a program, in an encoding that depends on the code.
    pub e_data: Option<&'a [u8]>,
}

impl<'a> Decode<'a> for KrbError<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(MessageType::ERROR.0, "KRB-ERROR", |fields| {
            MessageType::ERROR.decode_header(fields)?;
            Ok(Self {
                ctime: fields.optional(2, "ctime", KerberosTime::decode)?,
                cusec: fields.optional(3, "cusec", Microseconds::decode)?,
                stime: fields.field(4, "stime", KerberosTime::decode)?,
                susec: fields.field(5, "susec", Microseconds::decode)?,
                error_code: fields.field(6, "error-code", ErrorCode::decode)?,
                crealm: fields.optional(7, "crealm", Realm::decode)?,
                cname: fields.optional(8, "cname", PrincipalName::decode)?,
                realm: fields.field(9, "realm", Realm::decode)?,
                sname: fields.field(10, "sname", PrincipalName::decode)?,
                e_text: fields.optional(11, "e-text", KerberosString::decode)?,
                e_data: fields.optional(12, "e-data", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for KrbError<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(MessageType::ERROR.0, |fields| {
            MessageType::ERROR.encode_header(fields);
            fields.optional(2, self.ctime.as_ref());
            fields.optional(3, self.cusec.as_ref());
            fields.value(4, &self.stime);
            fields.value(5, &self.susec);
            fields.value(6, &self.error_code);
            fields.optional(7, self.crealm.as_ref());
            fields.optional(8, self.cname.as_ref());
            fields.value(9, &self.realm);
            fields.value(10, &self.sname);
            fields.optional(11, self.e_text.as_ref());
            if let Some(data) = self.e_data {
                fields.field(12, |e_data| e_data.octet_string(data));
            }
        });
    }
}
