//! Hot path. EncTicketPart (RFC 4120 §5.3): who the client is, by word of the KDC.

use super::{
    AuthorizationData, EncryptionKey, HostAddresses, KerberosTime, PrincipalName, Realm,
    TicketFlags, TransitedEncoding,
};
use crate::der::{Decode, Encode, Reader, Result, Writer};

const APPLICATION: u8 = 3;

/// EncTicketPart (RFC 4120 §5.3), the plaintext of a ticket.
///
/// ```text
/// EncTicketPart ::= [APPLICATION 3] SEQUENCE {
///         flags              [0] TicketFlags,
///         key                [1] EncryptionKey,
///         crealm             [2] Realm,
///         cname              [3] PrincipalName,
///         transited          [4] TransitedEncoding,
///         authtime           [5] KerberosTime,
///         starttime          [6] KerberosTime OPTIONAL,
///         endtime            [7] KerberosTime,
///         renew-till         [8] KerberosTime OPTIONAL,
///         caddr              [9] HostAddresses OPTIONAL,
///         authorization-data [10] AuthorizationData OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncTicketPart<'a> {
    /// What the ticket may be used for and how it came about.
    pub flags: TicketFlags,
    /// The session key.
    pub key: EncryptionKey<'a>,
    /// The client's realm.
    pub crealm: Realm<'a>,
    /// The client's name.
    pub cname: PrincipalName<'a>,
    /// The realms between the client's and the service's.
    pub transited: TransitedEncoding<'a>,
    /// When the client first authenticated.
    pub authtime: KerberosTime,
    /// From when the ticket is valid; when absent, from `authtime`.
    pub starttime: Option<KerberosTime>,
    /// Until when the ticket is valid.
    pub endtime: KerberosTime,
    /// Until when it can be renewed.
    pub renew_till: Option<KerberosTime>,
    /// Where it may be used from; `None` for anywhere.
    pub caddr: Option<HostAddresses<'a>>,
    /// What else the KDC, or the client through the KDC, said.
    pub authorization_data: Option<AuthorizationData<'a>>,
}

impl<'a> Decode<'a> for EncTicketPart<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(APPLICATION, "EncTicketPart", |fields| {
            Ok(Self {
                flags: fields.field(0, "flags", TicketFlags::decode)?,
                key: fields.field(1, "key", EncryptionKey::decode)?,
                crealm: fields.field(2, "crealm", Realm::decode_realm)?,
                cname: fields.field(3, "cname", PrincipalName::decode)?,
                transited: fields.field(4, "transited", TransitedEncoding::decode)?,
                authtime: fields.field(5, "authtime", KerberosTime::decode)?,
                starttime: fields.optional(6, "starttime", KerberosTime::decode)?,
                endtime: fields.field(7, "endtime", KerberosTime::decode)?,
                renew_till: fields.optional(8, "renew-till", KerberosTime::decode)?,
                caddr: fields.optional_list(9, "caddr")?,
                authorization_data: fields.optional_list(10, "authorization-data")?,
            })
        })
    }
}

impl Encode for EncTicketPart<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(APPLICATION, |fields| {
            fields.value(0, &self.flags);
            fields.value(1, &self.key);
            fields.value(2, &self.crealm);
            fields.value(3, &self.cname);
            fields.value(4, &self.transited);
            fields.value(5, &self.authtime);
            fields.optional(6, self.starttime.as_ref());
            fields.value(7, &self.endtime);
            fields.optional(8, self.renew_till.as_ref());
            fields.optional_list(9, self.caddr.as_ref());
            fields.optional_list(10, self.authorization_data.as_ref());
        });
    }
}
