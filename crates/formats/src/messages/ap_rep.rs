//! AP-REP (RFC 4120 §5.5.2): the service's proof that it could open the ticket.

use super::{EncryptedData, EncryptionKey, KerberosTime, MessageType, Microseconds};
use crate::der::{Decode, Encode, Reader, Result, Writer};

const APPLICATION_ENC_PART: u8 = 27;

/// AP-REP (RFC 4120 §5.5.2).
///
/// ```text
/// AP-REP ::= [APPLICATION 15] SEQUENCE {
///         pvno     [0] INTEGER (5),
///         msg-type [1] INTEGER (15),
///         enc-part [2] EncryptedData -- EncAPRepPart
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApRep<'a> {
    /// An [`EncApRepPart`] in the ticket's session key, key usage 12.
    pub enc_part: EncryptedData<'a>,
}

impl<'a> Decode<'a> for ApRep<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(MessageType::AP_REP.0, "AP-REP", |fields| {
            MessageType::AP_REP.decode_header(fields)?;
            Ok(Self {
                enc_part: fields.field(2, "enc-part", EncryptedData::decode)?,
            })
        })
    }
}

impl Encode for ApRep<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(MessageType::AP_REP.0, |fields| {
            MessageType::AP_REP.encode_header(fields);
            fields.value(2, &self.enc_part);
        });
    }
}

/// EncAPRepPart (RFC 4120 §5.5.2).
///
/// ```text
/// EncAPRepPart ::= [APPLICATION 27] SEQUENCE {
///         ctime      [0] KerberosTime,
///         cusec      [1] Microseconds,
///         subkey     [2] EncryptionKey OPTIONAL,
///         seq-number [3] UInt32 OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncApRepPart<'a> {
    /// The client's clock, as its authenticator had it.
    pub ctime: KerberosTime,
    /// The microseconds of the client's clock, as its authenticator had them.
    pub cusec: Microseconds,
    /// A key that the service chose for what follows.
    pub subkey: Option<EncryptionKey<'a>>,
    /// The first sequence number that the service will use; when absent, 0.
    pub seq_number: Option<u32>,
}

impl<'a> Decode<'a> for EncApRepPart<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.application(APPLICATION_ENC_PART, "EncAPRepPart", |fields| {
            Ok(Self {
                ctime: fields.field(0, "ctime", KerberosTime::decode)?,
                cusec: fields.field(1, "cusec", Microseconds::decode)?,
                subkey: fields.optional(2, "subkey", EncryptionKey::decode)?,
                seq_number: fields.optional(3, "seq-number", Reader::uint32_sent_signed)?,
            })
        })
    }
}

impl Encode for EncApRepPart<'_> {
    fn encode(&self, output: &mut Writer) {
        output.application(APPLICATION_ENC_PART, |fields| {
            fields.value(0, &self.ctime);
            fields.value(1, &self.cusec);
            fields.optional(2, self.subkey.as_ref());
            fields.optional_integer(3, self.seq_number);
        });
    }
}
