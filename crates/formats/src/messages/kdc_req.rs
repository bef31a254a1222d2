//! AS-REQ and TGS-REQ (RFC 4120 §5.4.1): asking for a ticket.

use super::{
    EncryptedData, EtypeList, HostAddresses, KdcOptions, KerberosTime, MessageType, MethodData,
    PVNO, PrincipalName, Realm, Ticket, application_of_next,
};
use crate::der::{Decode, Encode, Reader, Result, SequenceOf, Writer};

/// KDC-REQ (RFC 4120 §5.4.1): an AS-REQ or a TGS-REQ.
///
/// ```text
/// AS-REQ  ::= [APPLICATION 10] KDC-REQ
/// TGS-REQ ::= [APPLICATION 12] KDC-REQ
/// KDC-REQ ::= SEQUENCE {
///         pvno     [1] INTEGER (5),
///         msg-type [2] INTEGER (10 | 12),
///         padata   [3] SEQUENCE OF PA-DATA OPTIONAL,
///         req-body [4] KDC-REQ-BODY
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdcReq<'a> {
    /// [`MessageType::AS_REQ`] or [`MessageType::TGS_REQ`].
    pub msg_type: MessageType,
    /// Proofs and wishes.
    pub padata: Option<MethodData<'a>>,
    /// The KDC-REQ-BODY as it was sent, tag and length included: what the checksum of a TGS-REQ
    /// is over. [`KdcReq::body`] reads it.
    pub req_body: &'a [u8],
}

impl<'a> KdcReq<'a> {
    /// What is asked for.
    ///
    /// # Errors
    /// None on a request that was decoded, since its body was read once; the
    /// [`DecodeError`](crate::der::DecodeError) of the body on one that was put together.
    pub fn body(&self) -> Result<KdcReqBody<'a>> {
        KdcReqBody::from_der(self.req_body)
    }
}

impl<'a> Decode<'a> for KdcReq<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let types = [
            (MessageType::AS_REQ.0, "AS-REQ"),
            (MessageType::TGS_REQ.0, "TGS-REQ"),
        ];
        let (number, name) = application_of_next(input, types);
        let msg_type = MessageType(number);
        input.application(number, name, |fields| {
            fields.field(1, "pvno", |pvno| pvno.constant(PVNO))?;
            fields.field(2, "msg-type", |number| number.constant(msg_type.0.into()))?;
            Ok(Self {
                msg_type,
                padata: fields.optional_list(3, "padata")?,
                req_body: fields.field(4, "req-body", body_octets)?,
            })
        })
    }
}

impl Encode for KdcReq<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(self.msg_type.0, |fields| {
            fields.field(1, |pvno| pvno.integer(PVNO));
            fields.field(2, |number| number.integer(self.msg_type.0));
            fields.optional_list(3, self.padata.as_ref());
            fields.field(4, |body| body.raw(self.req_body));
        });
    }
}

/// Reads a body for its errors and keeps its octets.
fn body_octets<'a>(input: &mut Reader<'a>) -> Result<&'a [u8]> {
    let mut start = input.clone();
    KdcReqBody::decode(input)?;
    start.whole()
}

/// KDC-REQ-BODY (RFC 4120 §5.4.1).
///
/// ```text
/// KDC-REQ-BODY ::= SEQUENCE {
///         kdc-options            [0] KDCOptions,
///         cname                  [1] PrincipalName OPTIONAL,
///         realm                  [2] Realm,
///         sname                  [3] PrincipalName OPTIONAL,
///         from                   [4] KerberosTime OPTIONAL,
///         till                   [5] KerberosTime,
///         rtime                  [6] KerberosTime OPTIONAL,
///         nonce                  [7] UInt32,
///         etype                  [8] SEQUENCE OF Int32,
///         addresses              [9] HostAddresses OPTIONAL,
///         enc-authorization-data [10] EncryptedData OPTIONAL,
///         additional-tickets     [11] SEQUENCE OF Ticket OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdcReqBody<'a> {
    /// What kind of ticket is wanted.
    pub kdc_options: KdcOptions,
    /// The client's name; in an AS-REQ only.
    pub cname: Option<PrincipalName<'a>>,
    /// The service's realm; in an AS-REQ also the client's.
    pub realm: Realm<'a>,
    /// The service's name.
    pub sname: Option<PrincipalName<'a>>,
    /// From when the ticket shall be valid.
    pub from: Option<KerberosTime>,
    /// Until when the ticket shall be valid.
    pub till: KerberosTime,
    /// Until when it shall be renewable.
    pub rtime: Option<KerberosTime>,
    /// A number that the reply repeats.
    pub nonce: u32,
    /// What the client can decrypt, best first.
    pub etype: EtypeList<'a>,
    /// Where the ticket shall be usable from.
    pub addresses: Option<HostAddresses<'a>>,
    /// Authorization data for the ticket, in the key of the TGT or the authenticator's subkey.
    pub enc_authorization_data: Option<EncryptedData<'a>>,
    /// Another's ticket, for user-to-user and constrained delegation.
    pub additional_tickets: Option<SequenceOf<'a, Ticket<'a>>>,
}

impl<'a> Decode<'a> for KdcReqBody<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("KDC-REQ-BODY", |fields| {
            Ok(Self {
                kdc_options: fields.field(0, "kdc-options", KdcOptions::decode)?,
                cname: fields.optional(1, "cname", PrincipalName::decode)?,
                realm: fields.field(2, "realm", Realm::decode_realm)?,
                sname: fields.optional(3, "sname", PrincipalName::decode)?,
                from: fields.optional(4, "from", KerberosTime::decode)?,
                till: fields.field(5, "till", KerberosTime::decode)?,
                rtime: fields.optional(6, "rtime", KerberosTime::decode)?,
                nonce: fields.field(7, "nonce", Reader::uint32_sent_signed)?,
                etype: fields.field(8, "etype", SequenceOf::decode)?,
                addresses: fields.optional_list(9, "addresses")?,
                enc_authorization_data: fields.optional(
                    10,
                    "enc-authorization-data",
                    EncryptedData::decode,
                )?,
                additional_tickets: fields.optional_list(11, "additional-tickets")?,
            })
        })
    }
}

impl Encode for KdcReqBody<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.kdc_options);
            fields.optional(1, self.cname.as_ref());
            fields.value(2, &self.realm);
            fields.optional(3, self.sname.as_ref());
            fields.optional(4, self.from.as_ref());
            fields.value(5, &self.till);
            fields.optional(6, self.rtime.as_ref());
            fields.field(7, |nonce| nonce.integer(self.nonce));
            fields.value(8, &self.etype);
            fields.optional_list(9, self.addresses.as_ref());
            fields.optional(10, self.enc_authorization_data.as_ref());
            fields.optional_list(11, self.additional_tickets.as_ref());
        });
    }
}
