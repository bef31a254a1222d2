//! The numbers peers send: any value may arrive, the known ones have names.
//!
//! Each is a newtype over the number on the wire, so that one kind is never mistaken for another.
//! They print as their RFC prints them, with the number: `aes256-cts-hmac-sha1-96 (18)`; an unknown
//! one as its kind and number: `enctype 99`. What we implement is a matter of other crates.

mod error_code;

pub use error_code::ErrorCode;

use crate::der::{Decode, Encode, Reader, Result, Writer};
use core::fmt;

/// A newtype over an Int32 with named values.
macro_rules! numbers {
    (
        $(#[$doc:meta])*
        $type:ident, $kind:literal;
        $($constant:ident = $number:literal, $name:literal;)*
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $type(pub i32);

        impl $type {
            $(
                #[doc = concat!("`", $name, "`, ", stringify!($number), ".")]
                pub const $constant: Self = Self($number);
            )*

            /// Its name, when it has one.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($number => Some($name),)*
                    _ => None,
                }
            }
        }

        impl core::fmt::Display for $type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{name} ({})", self.0),
                    None => write!(f, concat!($kind, " {}"), self.0),
                }
            }
        }

        impl<'a> $crate::der::Decode<'a> for $type {
            fn decode(input: &mut $crate::der::Reader<'a>) -> $crate::der::Result<Self> {
                input.int32().map(Self)
            }
        }

        impl $crate::der::Encode for $type {
            fn encode(&self, output: &mut $crate::der::Writer) {
                output.integer(self.0);
            }
        }
    };
}
use numbers;

numbers! {
    /// An encryption type (RFC 3961 §8; the names are IANA's).
    EtypeNumber, "enctype";
    NULL = 0, "null";
    DES_CBC_CRC = 1, "des-cbc-crc";
    DES_CBC_MD4 = 2, "des-cbc-md4";
    DES_CBC_MD5 = 3, "des-cbc-md5";
    DES3_CBC_SHA1 = 16, "des3-cbc-sha1-kd";
    AES128_SHA1 = 17, "aes128-cts-hmac-sha1-96";
    AES256_SHA1 = 18, "aes256-cts-hmac-sha1-96";
    AES128_SHA2 = 19, "aes128-cts-hmac-sha256-128";
    AES256_SHA2 = 20, "aes256-cts-hmac-sha384-192";
    RC4_HMAC = 23, "rc4-hmac";
    RC4_HMAC_EXP = 24, "rc4-hmac-exp";
    CAMELLIA128 = 25, "camellia128-cts-cmac";
    CAMELLIA256 = 26, "camellia256-cts-cmac";
}

numbers! {
    /// A checksum type (RFC 3961 §8; the names are IANA's).
    ChecksumTypeNumber, "checksum type";
    HMAC_MD5_RC4 = -138, "hmac-md5-rc4";
    MD5_HMAC_RC4 = -137, "md5-hmac-rc4";
    CRC32 = 1, "crc32";
    RSA_MD4 = 2, "rsa-md4";
    RSA_MD4_DES = 3, "rsa-md4-des";
    DES_MAC = 4, "des-mac";
    RSA_MD5 = 7, "rsa-md5";
    RSA_MD5_DES = 8, "rsa-md5-des";
    HMAC_SHA1_DES3 = 12, "hmac-sha1-des3-kd";
    SHA1 = 14, "sha1";
    HMAC_SHA1_96_AES128 = 15, "hmac-sha1-96-aes128";
    HMAC_SHA1_96_AES256 = 16, "hmac-sha1-96-aes256";
    CMAC_CAMELLIA128 = 17, "cmac-camellia128";
    CMAC_CAMELLIA256 = 18, "cmac-camellia256";
    HMAC_SHA256_128_AES128 = 19, "hmac-sha256-128-aes128";
    HMAC_SHA384_192_AES256 = 20, "hmac-sha384-192-aes256";
    GSS = 0x8003, "gss";
}

numbers! {
    /// The type of a principal name (RFC 4120 §6.2): a hint, never part of a comparison.
    NameType, "name type";
    ENT_PRINCIPAL_AND_ID = -130, "NT-ENT-PRINCIPAL-AND-ID";
    MS_PRINCIPAL_AND_ID = -129, "NT-MS-PRINCIPAL-AND-ID";
    MS_PRINCIPAL = -128, "NT-MS-PRINCIPAL";
    UNKNOWN = 0, "NT-UNKNOWN";
    PRINCIPAL = 1, "NT-PRINCIPAL";
    SRV_INST = 2, "NT-SRV-INST";
    SRV_HST = 3, "NT-SRV-HST";
    SRV_XHST = 4, "NT-SRV-XHST";
    UID = 5, "NT-UID";
    X500_PRINCIPAL = 6, "NT-X500-PRINCIPAL";
    SMTP_NAME = 7, "NT-SMTP-NAME";
    ENTERPRISE = 10, "NT-ENTERPRISE";
    WELLKNOWN = 11, "NT-WELLKNOWN";
    SRV_HST_DOMAIN = 12, "NT-SRV-HST-DOMAIN";
}

numbers! {
    /// The type of an element of authorization data (RFC 4120 §7.5.4, [MS-KILE] §3.4.5.3).
    AuthDataType, "authorization data type";
    IF_RELEVANT = 1, "AD-IF-RELEVANT";
    KDC_ISSUED = 4, "AD-KDC-ISSUED";
    AND_OR = 5, "AD-AND-OR";
    MANDATORY_FOR_KDC = 8, "AD-MANDATORY-FOR-KDC";
    INITIAL_VERIFIED_CAS = 9, "AD-INITIAL-VERIFIED-CAS";
    OSF_DCE = 64, "AD-OSF-DCE";
    SESAME = 65, "AD-SESAME";
    OSF_DCE_PKI_CERTID = 66, "AD-OSF-DCE-PKI-CERTID";
    AUTHENTICATION_STRENGTH = 70, "AD-AUTHENTICATION-STRENGTH";
    FX_FAST_ARMOR = 71, "AD-FX-FAST-ARMOR";
    FX_FAST_USED = 72, "AD-FX-FAST-USED";
    CAMMAC = 96, "AD-CAMMAC";
    AUTHENTICATION_INDICATOR = 97, "AD-AUTHENTICATION-INDICATOR";
    WIN2K_PAC = 128, "AD-WIN2K-PAC";
    ETYPE_NEGOTIATION = 129, "AD-ETYPE-NEGOTIATION";
    TOKEN_RESTRICTIONS = 141, "KERB-AUTH-DATA-TOKEN-RESTRICTIONS";
    LOOPBACK = 142, "KERB-AUTH-DATA-LOOPBACK";
    AP_OPTIONS = 143, "AD-AUTH-DATA-AP-OPTIONS";
    CLIENT_TARGET = 144, "KERB-AUTH-DATA-CLIENT-TARGET";
    SIGNED_PATH = 512, "AD-SIGNED-PATH";
}

numbers! {
    /// The type of a host address (RFC 4120 §7.5.3).
    AddressType, "address type";
    IPV4 = 2, "IPv4";
    DIRECTIONAL = 3, "directional";
    CHAOSNET = 5, "ChaosNet";
    XNS = 6, "XNS";
    ISO = 7, "ISO";
    DECNET = 12, "DECnet";
    APPLETALK = 16, "AppleTalk";
    NETBIOS = 20, "NetBIOS";
    IPV6 = 24, "IPv6";
}

numbers! {
    /// The type of preauthentication data (RFC 4120 §7.5.2).
    PaDataType, "preauthentication data type";
    TGS_REQ = 1, "PA-TGS-REQ";
    ENC_TIMESTAMP = 2, "PA-ENC-TIMESTAMP";
    PW_SALT = 3, "PA-PW-SALT";
    ETYPE_INFO = 11, "PA-ETYPE-INFO";
    ETYPE_INFO2 = 19, "PA-ETYPE-INFO2";
    PAC_REQUEST = 128, "PA-PAC-REQUEST";
    FOR_USER = 129, "PA-FOR-USER";
    S4U_X509_USER = 130, "PA-S4U-X509-USER";
    FX_COOKIE = 133, "PA-FX-COOKIE";
    FX_FAST = 136, "PA-FX-FAST";
    REQ_ENC_PA_REP = 149, "PA-REQ-ENC-PA-REP";
    PAC_OPTIONS = 167, "PA-PAC-OPTIONS";
}

/// A key version number (RFC 4120 §5.2.9).
///
/// Keytabs and peers may know only its lowest eight bits; this is what was written, unmodified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kvno(pub u32);

impl fmt::Display for Kvno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a> Decode<'a> for Kvno {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.uint32_sent_signed().map(Self)
    }
}

impl Encode for Kvno {
    fn encode(&self, output: &mut Writer) {
        output.integer(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_known_number_prints_its_name_and_itself() {
        assert_eq!(
            EtypeNumber::AES256_SHA1.to_string(),
            "aes256-cts-hmac-sha1-96 (18)"
        );
        assert_eq!(ChecksumTypeNumber(-138).to_string(), "hmac-md5-rc4 (-138)");
        assert_eq!(ErrorCode::SKEW.to_string(), "KRB_AP_ERR_SKEW (37)");
        assert_eq!(Kvno(7).to_string(), "7");
    }

    #[test]
    fn an_unknown_number_prints_its_kind_and_itself() {
        assert_eq!(EtypeNumber(99).to_string(), "enctype 99");
        assert_eq!(NameType(-5).to_string(), "name type -5");
        assert_eq!(ErrorCode(30).to_string(), "error code 30");
        assert_eq!(ErrorCode(30).name(), None);
    }

    #[test]
    fn a_kvno_sent_signed_is_read_modulo_two_to_the_32_and_sent_unsigned() {
        let rodc = Kvno::from_der(&[0x02, 0x04, 0x80, 0x01, 0x00, 0x02]).unwrap();
        assert_eq!(rodc, Kvno(0x8001_0002));
        assert_eq!(rodc.to_der(), [0x02, 0x05, 0x00, 0x80, 0x01, 0x00, 0x02]);
    }
}
