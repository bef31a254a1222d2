//! Preauthentication data (RFC 4120 §5.2.7, §7.5.2) and the values that a small KDC needs.

use super::{KerberosString, KerberosTime, Microseconds};
use crate::der::{Decode, Encode, Reader, Result, SequenceOf, Writer};
use crate::registry::{EtypeNumber, PaDataType};

/// PA-DATA (RFC 4120 §5.2.7).
///
/// ```text
/// PA-DATA ::= SEQUENCE { padata-type [1] Int32, padata-value [2] OCTET STRING }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaData<'a> {
    /// What it is.
    pub padata_type: PaDataType,
    /// Its value, in an encoding that depends on the type.
    pub padata_value: &'a [u8],
}

/// METHOD-DATA (RFC 4120 §5.9.1): several PA-DATA, as in requests, replies and errors.
pub type MethodData<'a> = SequenceOf<'a, PaData<'a>>;

impl<'a> Decode<'a> for PaData<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("PA-DATA", |fields| {
            Ok(Self {
                padata_type: fields.field(1, "padata-type", PaDataType::decode)?,
                padata_value: fields.field(2, "padata-value", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for PaData<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(1, &self.padata_type);
            fields.field(2, |value| value.octet_string(self.padata_value));
        });
    }
}

/// PA-ENC-TS-ENC (RFC 4120 §5.2.7.2), the plaintext of PA-ENC-TIMESTAMP: the client's clock in the
/// client's key, usage 1.
///
/// ```text
/// PA-ENC-TS-ENC ::= SEQUENCE { patimestamp [0] KerberosTime, pausec [1] Microseconds OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaEncTsEnc {
    /// The client's clock.
    pub patimestamp: KerberosTime,
    /// The microseconds of the client's clock.
    pub pausec: Option<Microseconds>,
}

impl<'a> Decode<'a> for PaEncTsEnc {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("PA-ENC-TS-ENC", |fields| {
            Ok(Self {
                patimestamp: fields.field(0, "patimestamp", KerberosTime::decode)?,
                pausec: fields.optional(1, "pausec", Microseconds::decode)?,
            })
        })
    }
}

impl Encode for PaEncTsEnc {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.patimestamp);
            fields.optional(1, self.pausec.as_ref());
        });
    }
}

/// ETYPE-INFO2-ENTRY (RFC 4120 §5.2.7.5): how a key is made from a password.
///
/// ```text
/// ETYPE-INFO2-ENTRY ::= SEQUENCE {
///         etype     [0] Int32,
///         salt      [1] KerberosString OPTIONAL,
///         s2kparams [2] OCTET STRING OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EtypeInfo2Entry<'a> {
    /// The encryption system.
    pub etype: EtypeNumber,
    /// The salt; when absent, realm and components run together.
    pub salt: Option<KerberosString<'a>>,
    /// The parameters of string-to-key; when absent, its defaults.
    pub s2kparams: Option<&'a [u8]>,
}

/// ETYPE-INFO2 (RFC 4120 §5.2.7.5): in the order of the client's preference.
pub type EtypeInfo2<'a> = SequenceOf<'a, EtypeInfo2Entry<'a>>;

impl<'a> Decode<'a> for EtypeInfo2Entry<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("ETYPE-INFO2-ENTRY", |fields| {
            Ok(Self {
                etype: fields.field(0, "etype", EtypeNumber::decode)?,
                salt: fields.optional(1, "salt", KerberosString::decode)?,
                s2kparams: fields.optional(2, "s2kparams", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for EtypeInfo2Entry<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.etype);
            fields.optional(1, self.salt.as_ref());
            fields.optional_octet_string(2, self.s2kparams);
        });
    }
}

/// ETYPE-INFO-ENTRY (RFC 4120 §5.2.7.4): the same for DES, DES3 and RC4.
///
/// ```text
/// ETYPE-INFO-ENTRY ::= SEQUENCE { etype [0] Int32, salt [1] OCTET STRING OPTIONAL }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EtypeInfoEntry<'a> {
    /// The encryption system.
    pub etype: EtypeNumber,
    /// The salt; when absent, realm and components run together.
    pub salt: Option<&'a [u8]>,
}

/// ETYPE-INFO (RFC 4120 §5.2.7.4): never sent to a client that knows a newer encryption system.
pub type EtypeInfo<'a> = SequenceOf<'a, EtypeInfoEntry<'a>>;

impl<'a> Decode<'a> for EtypeInfoEntry<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("ETYPE-INFO-ENTRY", |fields| {
            Ok(Self {
                etype: fields.field(0, "etype", EtypeNumber::decode)?,
                salt: fields.optional(1, "salt", Reader::octet_string)?,
            })
        })
    }
}

impl Encode for EtypeInfoEntry<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.etype);
            fields.optional_octet_string(1, self.salt);
        });
    }
}

/// KERB-PA-PAC-REQUEST ([MS-KILE] §2.2.3): whether the ticket shall have a PAC.
///
/// ```text
/// KERB-PA-PAC-REQUEST ::= SEQUENCE { include-pac [0] BOOLEAN }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaPacRequest {
    /// Whether it shall.
    pub include_pac: bool,
}

impl<'a> Decode<'a> for PaPacRequest {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("KERB-PA-PAC-REQUEST", |fields| {
            Ok(Self {
                include_pac: fields.field(0, "include-pac", Reader::boolean)?,
            })
        })
    }
}

impl Encode for PaPacRequest {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.field(0, |include_pac| include_pac.boolean(self.include_pac));
        });
    }
}
