//! Hot path. Authenticator: the client's own word, sealed with the session key (RFC 4120 §5.5.1).

use super::{
    AuthorizationData, Checksum, EncryptionKey, KerberosTime, Microseconds, PVNO, PrincipalName,
    Realm,
};
use crate::der::{Decode, Encode, Reader, Result, Writer};

/// Authenticator (RFC 4120 §5.5.1).
///
/// ```text
/// Authenticator ::= [APPLICATION 2] SEQUENCE {
///         authenticator-vno  [0] INTEGER (5),
///         crealm             [1] Realm,
///         cname              [2] PrincipalName,
///         cksum              [3] Checksum OPTIONAL,
///         cusec              [4] Microseconds,
///         ctime              [5] KerberosTime,
///         subkey             [6] EncryptionKey OPTIONAL,
///         seq-number         [7] UInt32 OPTIONAL,
///         authorization-data [8] AuthorizationData OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authenticator<'a> {
    /// The client's realm, by its own account.
    pub crealm: Realm<'a>,
    /// The client, by its own account.
    pub cname: PrincipalName<'a>,
    /// Over the application's data, or the flags of GSS-API.
    pub cksum: Option<Checksum<'a>>,
    /// How far into the second.
    pub cusec: Microseconds,
    /// The client's clock.
    pub ctime: KerberosTime,
    /// The key that the client proposes.
    pub subkey: Option<EncryptionKey<'a>>,
    /// The number of the client's first message.
    pub seq_number: Option<u32>,
    /// Whatever the client says; the KDC has not seen it.
    pub authorization_data: Option<AuthorizationData<'a>>,
}

impl<'a> Decode<'a> for Authenticator<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(2, "Authenticator", |fields| {
            fields.field(0, "authenticator-vno", |version| version.constant(PVNO))?;
            Ok(Self {
                crealm: fields.field(1, "crealm", Realm::decode)?,
                cname: fields.field(2, "cname", PrincipalName::decode)?,
                cksum: fields.optional(3, "cksum", Checksum::decode)?,
                cusec: fields.field(4, "cusec", Microseconds::decode)?,
                ctime: fields.field(5, "ctime", KerberosTime::decode)?,
                subkey: fields.optional(6, "subkey", EncryptionKey::decode)?,
                seq_number: fields.optional(7, "seq-number", Reader::uint32_sent_signed)?,
                authorization_data: fields.optional(
                    8,
                    "authorization-data",
                    AuthorizationData::decode,
                )?,
            })
        })
    }
}

impl Encode for Authenticator<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(2, |fields| {
            fields.field(0, |version| version.integer(PVNO));
            fields.value(1, &self.crealm);
            fields.value(2, &self.cname);
            fields.optional(3, self.cksum.as_ref());
            fields.value(4, &self.cusec);
            fields.value(5, &self.ctime);
            fields.optional(6, self.subkey.as_ref());
            if let Some(number) = self.seq_number {
                fields.field(7, |seq_number| seq_number.integer(number));
            }
            fields.optional(8, self.authorization_data.as_ref());
        });
    }
}
