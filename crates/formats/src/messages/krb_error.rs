//! KRB-ERROR (RFC 4120 §5.9.1): why not. Nothing in it is protected.

use super::{KerberosString, KerberosTime, MessageType, Microseconds, PrincipalName, Realm};
use crate::der::{Decode, Encode, Reader, Result, Writer};
use crate::registry::ErrorCode;

/// KRB-ERROR (RFC 4120 §5.9.1).
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
    /// The client's clock, when its authenticator could be read.
    pub ctime: Option<KerberosTime>,
    /// The microseconds of the client's clock.
    pub cusec: Option<Microseconds>,
    /// The server's clock.
    pub stime: KerberosTime,
    /// The microseconds of the server's clock.
    pub susec: Microseconds,
    /// Why not.
    pub error_code: ErrorCode,
    /// The client's realm.
    pub crealm: Option<Realm<'a>>,
    /// The client's name.
    pub cname: Option<PrincipalName<'a>>,
    /// The service's realm.
    pub realm: Realm<'a>,
    /// The service's name.
    pub sname: PrincipalName<'a>,
    /// More about it, for people.
    pub e_text: Option<KerberosString<'a>>,
    /// More about it, for programs: a METHOD-DATA or a [`KerbErrorData`], by `error_code`.
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
                crealm: fields.optional(7, "crealm", Realm::decode_realm)?,
                cname: fields.optional(8, "cname", PrincipalName::decode)?,
                realm: fields.field(9, "realm", Realm::decode_realm)?,
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
            fields.optional_octet_string(12, self.e_data);
        });
    }
}

/// KERB-ERROR-DATA ([MS-KILE] §2.2.2), an `e-data` of Windows.
///
/// ```text
/// KERB-ERROR-DATA ::= SEQUENCE { data-type [1] INTEGER, data-value [2] OCTET STRING OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KerbErrorData<'a> {
    /// What it is about.
    pub data_type: i32,
    /// Its value.
    pub data_value: Option<&'a [u8]>,
}

impl KerbErrorData<'_> {
    /// KERB_AP_ERR_TYPE_SKEW_RECOVERY: the client may try again with the server's clock, which
    /// Windows clients then do ([MS-KILE] §3.2.5.8).
    pub const SKEW_RECOVERY: Self = Self {
        data_type: 2,
        data_value: None,
    };
}

impl<'a> Decode<'a> for KerbErrorData<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("KERB-ERROR-DATA", |fields| {
            Ok(Self {
                data_type: fields.field(1, "data-type", Reader::int32)?,
                data_value: fields.optional(2, "data-value", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for KerbErrorData<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.field(1, |data_type| data_type.integer(self.data_type));
            fields.optional_octet_string(2, self.data_value);
        });
    }
}
