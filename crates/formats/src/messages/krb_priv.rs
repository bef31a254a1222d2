//! KRB-PRIV (RFC 4120 §5.7): an encrypted message.

use super::{EncryptedData, HostAddress, KerberosTime, MessageType, Microseconds};
use crate::der::{Decode, Encode, Reader, Result, Writer};
use core::fmt;

const APPLICATION_ENC_PART: u8 = 28;

/// KRB-PRIV (RFC 4120 §5.7.1).
///
/// ```text
/// KRB-PRIV ::= [APPLICATION 21] SEQUENCE {
///         pvno     [0] INTEGER (5),
///         msg-type [1] INTEGER (21),
///         enc-part [3] EncryptedData -- EncKrbPrivPart; there is no tag 2
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KrbPriv<'a> {
    /// An [`EncKrbPrivPart`], key usage 13.
    pub enc_part: EncryptedData<'a>,
}

impl<'a> Decode<'a> for KrbPriv<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(MessageType::PRIV.0, "KRB-PRIV", |fields| {
            MessageType::PRIV.decode_header(fields)?;
            Ok(Self {
                enc_part: fields.field(3, "enc-part", EncryptedData::decode)?,
            })
        })
    }
}

impl Encode for KrbPriv<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(MessageType::PRIV.0, |fields| {
            MessageType::PRIV.encode_header(fields);
            fields.value(3, &self.enc_part);
        });
    }
}

/// EncKrbPrivPart (RFC 4120 §5.7.1).
///
/// ```text
/// EncKrbPrivPart ::= [APPLICATION 28] SEQUENCE {
///         user-data  [0] OCTET STRING,
///         timestamp  [1] KerberosTime OPTIONAL,
///         usec       [2] Microseconds OPTIONAL,
///         seq-number [3] UInt32 OPTIONAL,
///         s-address  [4] HostAddress,
///         r-address  [5] HostAddress OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EncKrbPrivPart<'a> {
    /// The message: secret.
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

impl<'a> Decode<'a> for EncKrbPrivPart<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(APPLICATION_ENC_PART, "EncKrbPrivPart", |fields| {
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

impl Encode for EncKrbPrivPart<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(APPLICATION_ENC_PART, |fields| {
            fields.field(0, |user_data| user_data.octet_string(self.user_data));
            fields.optional(1, self.timestamp.as_ref());
            fields.optional(2, self.usec.as_ref());
            fields.optional_integer(3, self.seq_number);
            fields.value(4, &self.s_address);
            fields.optional(5, self.r_address.as_ref());
        });
    }
}

/// Prints all but the message.
impl fmt::Debug for EncKrbPrivPart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncKrbPrivPart")
            .field("timestamp", &self.timestamp)
            .field("usec", &self.usec)
            .field("seq_number", &self.seq_number)
            .field("s_address", &self.s_address)
            .field("r_address", &self.r_address)
            .finish_non_exhaustive()
    }
}
