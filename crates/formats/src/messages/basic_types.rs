//! Hot path. The small types that all messages are made of (RFC 4120 §5.2, §5.3, §5.4.2).

use super::KerberosTime;
use crate::der::{Decode, Encode, Reader, Result, SequenceOf, Writer};
use crate::registry::{AddressType, ChecksumTypeNumber, EtypeNumber, Kvno};
use core::fmt;

/// EncryptedData (RFC 4120 §5.2.9): ciphertext and what it takes to open it.
///
/// ```text
/// EncryptedData ::= SEQUENCE {
///         etype  [0] Int32,
///         kvno   [1] UInt32 OPTIONAL,
///         cipher [2] OCTET STRING
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EncryptedData<'a> {
    /// The encryption system.
    pub etype: EtypeNumber,
    /// The version of the long-term key; absent for session keys.
    pub kvno: Option<Kvno>,
    /// The ciphertext, with confounder and MAC.
    pub cipher: &'a [u8],
}

/// Without what is not encrypted: a delegated key may lie in it.
impl fmt::Debug for EncryptedData<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("EncryptedData");
        shown.field("etype", &self.etype).field("kvno", &self.kvno);
        if self.etype == EtypeNumber::NULL {
            return shown.finish_non_exhaustive();
        }
        shown.field("cipher", &self.cipher).finish()
    }
}

impl<'a> Decode<'a> for EncryptedData<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("EncryptedData", |fields| {
            Ok(Self {
                etype: fields.field(0, "etype", EtypeNumber::decode)?,
                kvno: fields.optional(1, "kvno", Kvno::decode)?,
                cipher: fields.field(2, "cipher", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for EncryptedData<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.etype);
            fields.optional(1, self.kvno.as_ref());
            fields.field(2, |cipher| cipher.octet_string(self.cipher));
        });
    }
}

/// EncryptionKey (RFC 4120 §5.2.9): a key in the clear, inside something that is encrypted.
///
/// ```text
/// EncryptionKey ::= SEQUENCE { keytype [0] Int32 -- an etype --, keyvalue [1] OCTET STRING }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EncryptionKey<'a> {
    /// The encryption system that the key is for.
    pub keytype: EtypeNumber,
    /// The key: secret.
    pub keyvalue: &'a [u8],
}

impl<'a> Decode<'a> for EncryptionKey<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("EncryptionKey", |fields| {
            Ok(Self {
                keytype: fields.field(0, "keytype", EtypeNumber::decode)?,
                keyvalue: fields.field(1, "keyvalue", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for EncryptionKey<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.keytype);
            fields.field(1, |keyvalue| keyvalue.octet_string(self.keyvalue));
        });
    }
}

/// Prints the type and nothing else.
impl fmt::Debug for EncryptionKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptionKey")
            .field("keytype", &self.keytype)
            .finish_non_exhaustive()
    }
}

/// Checksum (RFC 4120 §5.2.9).
///
/// ```text
/// Checksum ::= SEQUENCE { cksumtype [0] Int32, checksum [1] OCTET STRING }
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Checksum<'a> {
    /// How it was made; 0x8003 is no checksum but the structure of RFC 4121 §4.1.1.
    pub cksumtype: ChecksumTypeNumber,
    /// The checksum.
    pub checksum: &'a [u8],
}

/// Without the structure of RFC 4121 §4.1.1: a delegated key may lie in it in clear.
impl fmt::Debug for Checksum<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Checksum");
        shown.field("cksumtype", &self.cksumtype);
        if self.cksumtype == ChecksumTypeNumber::GSS {
            return shown.finish_non_exhaustive();
        }
        shown.field("checksum", &self.checksum).finish()
    }
}

impl<'a> Decode<'a> for Checksum<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("Checksum", |fields| {
            Ok(Self {
                cksumtype: fields.field(0, "cksumtype", ChecksumTypeNumber::decode)?,
                checksum: fields.field(1, "checksum", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for Checksum<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.cksumtype);
            fields.field(1, |checksum| checksum.octet_string(self.checksum));
        });
    }
}

/// HostAddress (RFC 4120 §5.2.5).
///
/// ```text
/// HostAddress ::= SEQUENCE { addr-type [0] Int32, address [1] OCTET STRING }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostAddress<'a> {
    /// What the octets of the address are.
    pub addr_type: AddressType,
    /// The address, in network order.
    pub address: &'a [u8],
}

/// HostAddresses (RFC 4120 §5.2.5).
pub type HostAddresses<'a> = SequenceOf<'a, HostAddress<'a>>;

impl<'a> Decode<'a> for HostAddress<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("HostAddress", |fields| {
            Ok(Self {
                addr_type: fields.field(0, "addr-type", AddressType::decode)?,
                address: fields.field(1, "address", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for HostAddress<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.addr_type);
            fields.field(1, |address| address.octet_string(self.address));
        });
    }
}

/// TransitedEncoding (RFC 4120 §5.3): the realms between the client's and the service's.
///
/// ```text
/// TransitedEncoding ::= SEQUENCE { tr-type [0] Int32, contents [1] OCTET STRING }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransitedEncoding<'a> {
    /// 1 for DOMAIN-X500-COMPRESS (RFC 4120 §3.3.3.2).
    pub tr_type: i32,
    /// The realms, in the encoding that `tr_type` names.
    pub contents: &'a [u8],
}

impl TransitedEncoding<'_> {
    /// The `tr-type` of the only encoding there is.
    pub const DOMAIN_X500_COMPRESS: i32 = 1;
}

impl<'a> Decode<'a> for TransitedEncoding<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("TransitedEncoding", |fields| {
            Ok(Self {
                tr_type: fields.field(0, "tr-type", Reader::int32)?,
                contents: fields.field(1, "contents", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for TransitedEncoding<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.field(0, |tr_type| tr_type.integer(self.tr_type));
            fields.field(1, |contents| contents.octet_string(self.contents));
        });
    }
}

/// An element of LastReq (RFC 4120 §5.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastReqEntry {
    /// What happened at that time; 0 says nothing.
    pub lr_type: i32,
    /// When.
    pub lr_value: KerberosTime,
}

/// LastReq (RFC 4120 §5.4.2): when the client was last seen.
///
/// ```text
/// LastReq ::= SEQUENCE OF SEQUENCE { lr-type [0] Int32, lr-value [1] KerberosTime }
/// ```
pub type LastReq<'a> = SequenceOf<'a, LastReqEntry>;

impl<'a> Decode<'a> for LastReqEntry {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("LastReq", |fields| {
            Ok(Self {
                lr_type: fields.field(0, "lr-type", Reader::int32)?,
                lr_value: fields.field(1, "lr-value", KerberosTime::decode)?,
            })
        })
    }
}

impl Encode for LastReqEntry {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.field(0, |lr_type| lr_type.integer(self.lr_type));
            fields.value(1, &self.lr_value);
        });
    }
}
