//! Hot path. Authenticator (RFC 4120 §5.5.1): made by the client for one request.

use super::{
    AuthorizationData, Checksum, EncryptionKey, KerberosTime, Microseconds, PVNO, PrincipalName,
    Realm,
};
use crate::der::{Decode, Encode, Reader, Result, Writer};

const APPLICATION: u8 = 2;

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
    /// The client's realm; must be the ticket's.
    pub crealm: Realm<'a>,
    /// The client's name; must be the ticket's.
    pub cname: PrincipalName<'a>,
    /// Over application data; in GSS-API the structure of RFC 4121 §4.1.1.
    pub cksum: Option<Checksum<'a>>,
    /// The microseconds of the client's clock.
    pub cusec: Microseconds,
    /// The client's clock.
    pub ctime: KerberosTime,
    /// A key that the client chose for what follows.
    pub subkey: Option<EncryptionKey<'a>>,
    /// The first sequence number that the client will use; when absent, 0.
    pub seq_number: Option<u32>,
    /// What else the client said.
    pub authorization_data: Option<AuthorizationData<'a>>,
}

impl<'a> Decode<'a> for Authenticator<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(APPLICATION, "Authenticator", |fields| {
            fields.field(0, "authenticator-vno", |version| version.constant(PVNO))?;
            Ok(Self {
                crealm: fields.field(1, "crealm", Realm::decode_realm)?,
                cname: fields.field(2, "cname", PrincipalName::decode)?,
                cksum: fields.optional(3, "cksum", Checksum::decode)?,
                cusec: fields.field(4, "cusec", Microseconds::decode)?,
                ctime: fields.field(5, "ctime", KerberosTime::decode)?,
                subkey: fields.optional(6, "subkey", EncryptionKey::decode)?,
                seq_number: fields.optional(7, "seq-number", Reader::uint32_sent_signed)?,
                authorization_data: fields.optional_list(8, "authorization-data")?,
            })
        })
    }
}

impl Encode for Authenticator<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(APPLICATION, |fields| {
            fields.field(0, |version| version.integer(PVNO));
            fields.value(1, &self.crealm);
            fields.value(2, &self.cname);
            fields.optional(3, self.cksum.as_ref());
            fields.value(4, &self.cusec);
            fields.value(5, &self.ctime);
            fields.optional(6, self.subkey.as_ref());
            fields.optional_integer(7, self.seq_number);
            fields.optional_list(8, self.authorization_data.as_ref());
        });
    }
}
