//! AS-REP and TGS-REP (RFC 4120 §5.4.2): a ticket, and its client's side.

use super::{
    EncryptedData, EncryptionKey, HostAddresses, KerberosTime, LastReq, MessageType, MethodData,
    PrincipalName, Realm, Ticket, TicketFlags, application_of_next,
};
use crate::der::{Decode, Encode, Reader, Result, SequenceOf, Writer};

/// KDC-REP (RFC 4120 §5.4.2): an AS-REP or a TGS-REP.
///
/// ```text
/// AS-REP  ::= [APPLICATION 11] KDC-REP
/// TGS-REP ::= [APPLICATION 13] KDC-REP
/// KDC-REP ::= SEQUENCE {
///         pvno     [0] INTEGER (5),
///         msg-type [1] INTEGER (11 | 13),
///         padata   [2] SEQUENCE OF PA-DATA OPTIONAL,
///         crealm   [3] Realm,
///         cname    [4] PrincipalName,
///         ticket   [5] Ticket,
///         enc-part [6] EncryptedData -- EncASRepPart or EncTGSRepPart
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdcRep<'a> {
    /// [`MessageType::AS_REP`] or [`MessageType::TGS_REP`].
    pub msg_type: MessageType,
    /// What the client needs to make its key.
    pub padata: Option<MethodData<'a>>,
    /// The client's realm.
    pub crealm: Realm<'a>,
    /// The client's name.
    pub cname: PrincipalName<'a>,
    /// The ticket.
    pub ticket: Ticket<'a>,
    /// An [`EncKdcRepPart`]: in the client's key, usage 3; in the key of the TGT, usage 8; or in
    /// the authenticator's subkey, usage 9.
    pub enc_part: EncryptedData<'a>,
}

impl<'a> Decode<'a> for KdcRep<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let types = [
            (MessageType::AS_REP.0, "AS-REP"),
            (MessageType::TGS_REP.0, "TGS-REP"),
        ];
        let (number, name) = application_of_next(input, types);
        let msg_type = MessageType(number);
        input.application(number, name, |fields| {
            msg_type.decode_header(fields)?;
            Ok(Self {
                msg_type,
                padata: fields.optional_list(2, "padata")?,
                crealm: fields.field(3, "crealm", Realm::decode_realm)?,
                cname: fields.field(4, "cname", PrincipalName::decode)?,
                ticket: fields.field(5, "ticket", Ticket::decode)?,
                enc_part: fields.field(6, "enc-part", EncryptedData::decode)?,
            })
        })
    }
}

impl Encode for KdcRep<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(self.msg_type.0, |fields| {
            self.msg_type.encode_header(fields);
            fields.optional_list(2, self.padata.as_ref());
            fields.value(3, &self.crealm);
            fields.value(4, &self.cname);
            fields.value(5, &self.ticket);
            fields.value(6, &self.enc_part);
        });
    }
}

/// EncKDCRepPart (RFC 4120 §5.4.2, RFC 6806 §11): an EncASRepPart or an EncTGSRepPart.
///
/// ```text
/// EncASRepPart  ::= [APPLICATION 25] EncKDCRepPart
/// EncTGSRepPart ::= [APPLICATION 26] EncKDCRepPart
/// EncKDCRepPart ::= SEQUENCE {
///         key               [0] EncryptionKey,
///         last-req          [1] LastReq,
///         nonce             [2] UInt32,
///         key-expiration    [3] KerberosTime OPTIONAL,
///         flags             [4] TicketFlags,
///         authtime          [5] KerberosTime,
///         starttime         [6] KerberosTime OPTIONAL,
///         endtime           [7] KerberosTime,
///         renew-till        [8] KerberosTime OPTIONAL,
///         srealm            [9] Realm,
///         sname             [10] PrincipalName,
///         caddr             [11] HostAddresses OPTIONAL,
///         encrypted-pa-data [12] SEQUENCE OF PA-DATA OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncKdcRepPart<'a> {
    /// [`EncKdcRepPart::AS`] or [`EncKdcRepPart::TGS`]. It does not tell the reply's type: MIT
    /// krb5 writes the latter in both.
    pub application: u8,
    /// The ticket's session key.
    pub key: EncryptionKey<'a>,
    /// When the client was last seen.
    pub last_req: LastReq<'a>,
    /// The request's.
    pub nonce: u32,
    /// When the client's own key expires.
    pub key_expiration: Option<KerberosTime>,
    /// The ticket's flags.
    pub flags: TicketFlags,
    /// When the client first authenticated.
    pub authtime: KerberosTime,
    /// From when the ticket is valid.
    pub starttime: Option<KerberosTime>,
    /// Until when the ticket is valid.
    pub endtime: KerberosTime,
    /// Until when it can be renewed.
    pub renew_till: Option<KerberosTime>,
    /// The service's realm.
    pub srealm: Realm<'a>,
    /// The service's name.
    pub sname: PrincipalName<'a>,
    /// Where the ticket may be used from.
    pub caddr: Option<HostAddresses<'a>>,
    /// What the KDC wants protected.
    pub encrypted_pa_data: Option<MethodData<'a>>,
}

impl EncKdcRepPart<'_> {
    /// The application tag of EncASRepPart.
    pub const AS: u8 = 25;
    /// The application tag of EncTGSRepPart.
    pub const TGS: u8 = 26;
}

impl<'a> Decode<'a> for EncKdcRepPart<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let types = [(Self::AS, "EncASRepPart"), (Self::TGS, "EncTGSRepPart")];
        let (application, name) = application_of_next(input, types);
        input.application(application, name, |fields| {
            Ok(Self {
                application,
                key: fields.field(0, "key", EncryptionKey::decode)?,
                last_req: fields.field(1, "last-req", SequenceOf::decode)?,
                nonce: fields.field(2, "nonce", Reader::uint32_sent_signed)?,
                key_expiration: fields.optional(3, "key-expiration", KerberosTime::decode)?,
                flags: fields.field(4, "flags", TicketFlags::decode)?,
                authtime: fields.field(5, "authtime", KerberosTime::decode)?,
                starttime: fields.optional(6, "starttime", KerberosTime::decode)?,
                endtime: fields.field(7, "endtime", KerberosTime::decode)?,
                renew_till: fields.optional(8, "renew-till", KerberosTime::decode)?,
                srealm: fields.field(9, "srealm", Realm::decode_realm)?,
                sname: fields.field(10, "sname", PrincipalName::decode)?,
                caddr: fields.optional_list(11, "caddr")?,
                encrypted_pa_data: fields.optional_list(12, "encrypted-pa-data")?,
            })
        })
    }
}

impl Encode for EncKdcRepPart<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(self.application, |fields| {
            fields.value(0, &self.key);
            fields.value(1, &self.last_req);
            fields.field(2, |nonce| nonce.integer(self.nonce));
            fields.optional(3, self.key_expiration.as_ref());
            fields.value(4, &self.flags);
            fields.value(5, &self.authtime);
            fields.optional(6, self.starttime.as_ref());
            fields.value(7, &self.endtime);
            fields.optional(8, self.renew_till.as_ref());
            fields.value(9, &self.srealm);
            fields.value(10, &self.sname);
            fields.optional_list(11, self.caddr.as_ref());
            fields.optional_list(12, self.encrypted_pa_data.as_ref());
        });
    }
}
