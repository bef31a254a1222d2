//! KRB-CRED (RFC 4120 §5.8): tickets and their keys, handed on; how credentials are delegated.

use super::{
    EncryptedData, EncryptionKey, HostAddress, HostAddresses, KerberosTime, MessageType,
    Microseconds, PrincipalName, Realm, Ticket, TicketFlags,
};
use crate::der::{Decode, Encode, Reader, Result, SequenceOf, Writer};

const APPLICATION_ENC_PART: u8 = 29;

/// KRB-CRED (RFC 4120 §5.8.1).
///
/// ```text
/// KRB-CRED ::= [APPLICATION 22] SEQUENCE {
///         pvno     [0] INTEGER (5),
///         msg-type [1] INTEGER (22),
///         tickets  [2] SEQUENCE OF Ticket,
///         enc-part [3] EncryptedData -- EncKrbCredPart
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KrbCred<'a> {
    /// The tickets, as many as `enc_part` describes.
    pub tickets: SequenceOf<'a, Ticket<'a>>,
    /// An [`EncKrbCredPart`], key usage 14; or the plaintext itself, with etype 0.
    pub enc_part: EncryptedData<'a>,
}

impl<'a> Decode<'a> for KrbCred<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(MessageType::CRED.0, "KRB-CRED", |fields| {
            MessageType::CRED.decode_header(fields)?;
            Ok(Self {
                tickets: fields.field(2, "tickets", SequenceOf::decode)?,
                enc_part: fields.field(3, "enc-part", EncryptedData::decode)?,
            })
        })
    }
}

impl Encode for KrbCred<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(MessageType::CRED.0, |fields| {
            MessageType::CRED.encode_header(fields);
            fields.value(2, &self.tickets);
            fields.value(3, &self.enc_part);
        });
    }
}

/// EncKrbCredPart (RFC 4120 §5.8.1).
///
/// ```text
/// EncKrbCredPart ::= [APPLICATION 29] SEQUENCE {
///         ticket-info [0] SEQUENCE OF KrbCredInfo,
///         nonce       [1] UInt32 OPTIONAL,
///         timestamp   [2] KerberosTime OPTIONAL,
///         usec        [3] Microseconds OPTIONAL,
///         s-address   [4] HostAddress OPTIONAL,
///         r-address   [5] HostAddress OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncKrbCredPart<'a> {
    /// One for each ticket, in the same order; whether there are as many is for the reader to see.
    pub ticket_info: SequenceOf<'a, KrbCredInfo<'a>>,
    /// A number that the receiver had asked for.
    pub nonce: Option<u32>,
    /// The sender's clock.
    pub timestamp: Option<KerberosTime>,
    /// The microseconds of the sender's clock.
    pub usec: Option<Microseconds>,
    /// The sender's address.
    pub s_address: Option<HostAddress<'a>>,
    /// The receiver's address.
    pub r_address: Option<HostAddress<'a>>,
}

impl<'a> Decode<'a> for EncKrbCredPart<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(APPLICATION_ENC_PART, "EncKrbCredPart", |fields| {
            Ok(Self {
                ticket_info: fields.field(0, "ticket-info", SequenceOf::decode)?,
                nonce: fields.optional(1, "nonce", Reader::uint32_sent_signed)?,
                timestamp: fields.optional(2, "timestamp", KerberosTime::decode)?,
                usec: fields.optional(3, "usec", Microseconds::decode)?,
                s_address: fields.optional(4, "s-address", HostAddress::decode)?,
                r_address: fields.optional(5, "r-address", HostAddress::decode)?,
            })
        })
    }
}

impl Encode for EncKrbCredPart<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(APPLICATION_ENC_PART, |fields| {
            fields.value(0, &self.ticket_info);
            fields.optional_integer(1, self.nonce);
            fields.optional(2, self.timestamp.as_ref());
            fields.optional(3, self.usec.as_ref());
            fields.optional(4, self.s_address.as_ref());
            fields.optional(5, self.r_address.as_ref());
        });
    }
}

/// KrbCredInfo (RFC 4120 §5.8.1): the client's side of a ticket.
///
/// ```text
/// KrbCredInfo ::= SEQUENCE {
///         key        [0] EncryptionKey,
///         prealm     [1] Realm OPTIONAL,
///         pname      [2] PrincipalName OPTIONAL,
///         flags      [3] TicketFlags OPTIONAL,
///         authtime   [4] KerberosTime OPTIONAL,
///         starttime  [5] KerberosTime OPTIONAL,
///         endtime    [6] KerberosTime OPTIONAL,
///         renew-till [7] KerberosTime OPTIONAL,
///         srealm     [8] Realm OPTIONAL,
///         sname      [9] PrincipalName OPTIONAL,
///         caddr      [10] HostAddresses OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KrbCredInfo<'a> {
    /// The ticket's session key.
    pub key: EncryptionKey<'a>,
    /// The client's realm.
    pub prealm: Option<Realm<'a>>,
    /// The client's name.
    pub pname: Option<PrincipalName<'a>>,
    /// The ticket's flags.
    pub flags: Option<TicketFlags>,
    /// When the client first authenticated.
    pub authtime: Option<KerberosTime>,
    /// From when the ticket is valid.
    pub starttime: Option<KerberosTime>,
    /// Until when the ticket is valid.
    pub endtime: Option<KerberosTime>,
    /// Until when it can be renewed.
    pub renew_till: Option<KerberosTime>,
    /// The service's realm.
    pub srealm: Option<Realm<'a>>,
    /// The service's name.
    pub sname: Option<PrincipalName<'a>>,
    /// Where the ticket may be used from.
    pub caddr: Option<HostAddresses<'a>>,
}

impl<'a> Decode<'a> for KrbCredInfo<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("KrbCredInfo", |fields| {
            Ok(Self {
                key: fields.field(0, "key", EncryptionKey::decode)?,
                prealm: fields.optional(1, "prealm", Realm::decode_realm)?,
                pname: fields.optional(2, "pname", PrincipalName::decode)?,
                flags: fields.optional(3, "flags", TicketFlags::decode)?,
                authtime: fields.optional(4, "authtime", KerberosTime::decode)?,
                starttime: fields.optional(5, "starttime", KerberosTime::decode)?,
                endtime: fields.optional(6, "endtime", KerberosTime::decode)?,
                renew_till: fields.optional(7, "renew-till", KerberosTime::decode)?,
                srealm: fields.optional(8, "srealm", Realm::decode_realm)?,
                sname: fields.optional(9, "sname", PrincipalName::decode)?,
                caddr: fields.optional_list(10, "caddr")?,
            })
        })
    }
}

impl Encode for KrbCredInfo<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.key);
            fields.optional(1, self.prealm.as_ref());
            fields.optional(2, self.pname.as_ref());
            fields.optional(3, self.flags.as_ref());
            fields.optional(4, self.authtime.as_ref());
            fields.optional(5, self.starttime.as_ref());
            fields.optional(6, self.endtime.as_ref());
            fields.optional(7, self.renew_till.as_ref());
            fields.optional(8, self.srealm.as_ref());
            fields.optional(9, self.sname.as_ref());
            fields.optional_list(10, self.caddr.as_ref());
        });
    }
}
