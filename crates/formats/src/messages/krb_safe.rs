//! KRB-SAFE (RFC 4120 §5.6): a message with a checksum.

use super::{Checksum, HostAddress, KerberosTime, MessageType, Microseconds};
use crate::der::{Decode, Encode, Reader, Result, Writer};

/// KRB-SAFE (RFC 4120 §5.6.1).
///
/// ```text
/// KRB-SAFE ::= [APPLICATION 20] SEQUENCE {
///         pvno      [0] INTEGER (5),
///         msg-type  [1] INTEGER (20),
///         safe-body [2] KRB-SAFE-BODY,
///         cksum     [3] Checksum
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KrbSafe<'a> {
    /// The KRB-SAFE-BODY as it was sent, tag and length included: what the checksum is over.
    /// [`KrbSafe::body`] reads it.
    pub safe_body: &'a [u8],
    /// Keyed, key usage 15.
    pub cksum: Checksum<'a>,
}

impl<'a> KrbSafe<'a> {
    /// The body.
    ///
    /// # Errors
    /// None on a message that was decoded, since its body was read once; the
    /// [`DecodeError`](crate::der::DecodeError) of the body on one that was put together.
    pub fn body(&self) -> Result<KrbSafeBody<'a>> {
        KrbSafeBody::from_der(self.safe_body)
    }
}

impl<'a> Decode<'a> for KrbSafe<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(MessageType::SAFE.0, "KRB-SAFE", |fields| {
            MessageType::SAFE.decode_header(fields)?;
            Ok(Self {
                safe_body: fields.field(2, "safe-body", body_octets)?,
                cksum: fields.field(3, "cksum", Checksum::decode)?,
            })
        })
    }
}

impl Encode for KrbSafe<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(MessageType::SAFE.0, |fields| {
            MessageType::SAFE.encode_header(fields);
            fields.field(2, |body| body.raw(self.safe_body));
            fields.value(3, &self.cksum);
        });
    }
}

/// Reads a body for its errors and keeps its octets.
fn body_octets<'a>(input: &mut Reader<'a>) -> Result<&'a [u8]> {
    let mut start = input.clone();
    KrbSafeBody::decode(input)?;
    start.whole()
}

/// KRB-SAFE-BODY (RFC 4120 §5.6.1).
///
/// ```text
/// KRB-SAFE-BODY ::= SEQUENCE {
///         user-data  [0] OCTET STRING,
///         timestamp  [1] KerberosTime OPTIONAL,
///         usec       [2] Microseconds OPTIONAL,
///         seq-number [3] UInt32 OPTIONAL,
///         s-address  [4] HostAddress,
///         r-address  [5] HostAddress OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KrbSafeBody<'a> {
    /// The message.
    pub user_data: &'a [u8],
    /// The sender's clock.
    pub timestamp: Option<KerberosTime>,
    /// The microseconds of the sender's clock.
    pub usec: Option<Microseconds>,
    /// The sender's sequence number.
    pub seq_number: Option<u32>,
    /// The sender's address.
    pub s_address: HostAddress<'a>,
    /// The receiver's address.
    pub r_address: Option<HostAddress<'a>>,
}

impl<'a> Decode<'a> for KrbSafeBody<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("KRB-SAFE-BODY", |fields| {
            Ok(Self {
                user_data: fields.field(0, "user-data", Reader::octet_string)?,
                timestamp: fields.optional(1, "timestamp", KerberosTime::decode)?,
                usec: fields.optional(2, "usec", Microseconds::decode)?,
                seq_number: fields.optional(3, "seq-number", Reader::uint32_sent_signed)?,
                s_address: fields.field(4, "s-address", HostAddress::decode)?,
                r_address: fields.optional(5, "r-address", HostAddress::decode)?,
            })
        })
    }
}

impl Encode for KrbSafeBody<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.field(0, |user_data| user_data.octet_string(self.user_data));
            fields.optional(1, self.timestamp.as_ref());
            fields.optional(2, self.usec.as_ref());
            fields.optional_integer(3, self.seq_number);
            fields.value(4, &self.s_address);
            fields.optional(5, self.r_address.as_ref());
        });
    }
}
