//! A service asks on behalf of a user (`[MS-SFU]` §2.2): PA-FOR-USER, PA-S4U-X509-USER, and
//! PA-PAC-OPTIONS, which says what the asker knows of.

use super::flags::flags;
use super::{Checksum, KerberosString, PrincipalName, Realm};
use crate::der::{Decode, Encode, Reader, Result, Writer};

/// PA-FOR-USER (`[MS-SFU]` §2.2.1): for whom a service wants a ticket to itself.
///
/// ```text
/// PA-FOR-USER ::= SEQUENCE {
///         userName     [0] PrincipalName,
///         userRealm    [1] Realm,
///         cksum        [2] Checksum,
///         auth-package [3] KerberosString
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaForUser<'a> {
    /// The user's name.
    pub user_name: PrincipalName<'a>,
    /// The user's realm.
    pub user_realm: Realm<'a>,
    /// HMAC_MD5 (-138) in the session key whatever its enctype, usage 17, over the number of the
    /// name's type, little-endian, then the name's components, the realm and `auth_package`, run
    /// together.
    pub cksum: Checksum<'a>,
    /// `Kerberos`.
    pub auth_package: KerberosString<'a>,
}

impl<'a> Decode<'a> for PaForUser<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("PA-FOR-USER", |fields| {
            Ok(Self {
                user_name: fields.field(0, "userName", PrincipalName::decode)?,
                user_realm: fields.field(1, "userRealm", Realm::decode_realm)?,
                cksum: fields.field(2, "cksum", Checksum::decode)?,
                auth_package: fields.field(3, "auth-package", KerberosString::decode)?,
            })
        })
    }
}

impl Encode for PaForUser<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.user_name);
            fields.value(1, &self.user_realm);
            fields.value(2, &self.cksum);
            fields.value(3, &self.auth_package);
        });
    }
}

/// PA-S4U-X509-USER (`[MS-SFU]` §2.2.2): the same, newer, in requests and replies.
///
/// ```text
/// PA-S4U-X509-USER ::= SEQUENCE { user-id [0] S4UUserID, checksum [1] Checksum }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaS4uX509User<'a> {
    /// The S4UUserID as it was sent, tag and length included: what the checksum is over.
    /// [`PaS4uX509User::user_id`] reads it.
    pub user_id: &'a [u8],
    /// In the authenticator's subkey, else the session key: usage 26, or 27 in a reply to who asks
    /// for it.
    pub checksum: Checksum<'a>,
}

impl<'a> PaS4uX509User<'a> {
    /// The user.
    ///
    /// # Errors
    /// None on a message that was decoded, since its user was read once; the
    /// [`DecodeError`](crate::der::DecodeError) of the user on one that was put together.
    pub fn user_id(&self) -> Result<S4uUserId<'a>> {
        S4uUserId::from_der(self.user_id)
    }
}

impl<'a> Decode<'a> for PaS4uX509User<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("PA-S4U-X509-USER", |fields| {
            Ok(Self {
                user_id: fields.field(0, "user-id", user_id_octets)?,
                checksum: fields.field(1, "checksum", Checksum::decode)?,
            })
        })
    }
}

impl Encode for PaS4uX509User<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.field(0, |user_id| user_id.raw(self.user_id));
            fields.value(1, &self.checksum);
        });
    }
}

/// Reads a user for its errors and keeps its octets.
fn user_id_octets<'a>(input: &mut Reader<'a>) -> Result<&'a [u8]> {
    let mut start = input.clone();
    S4uUserId::decode(input)?;
    start.whole()
}

/// S4UUserID (`[MS-SFU]` §2.2.2): a user, by name or by certificate.
///
/// ```text
/// S4UUserID ::= SEQUENCE {
///         nonce               [0] UInt32,
///         cname               [1] PrincipalName OPTIONAL,
///         crealm              [2] Realm,
///         subject-certificate [3] OCTET STRING OPTIONAL,
///         options             [4] BIT STRING OPTIONAL
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct S4uUserId<'a> {
    /// That of the request's body.
    pub nonce: u32,
    /// The user's name.
    pub cname: Option<PrincipalName<'a>>,
    /// The user's realm.
    pub crealm: Realm<'a>,
    /// The user's certificate (X.509).
    pub subject_certificate: Option<&'a [u8]>,
    /// What else the asker wants.
    pub options: Option<S4uOptions>,
}

impl<'a> Decode<'a> for S4uUserId<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("S4UUserID", |fields| {
            Ok(Self {
                nonce: fields.field(0, "nonce", Reader::uint32_sent_signed)?,
                cname: fields.optional(1, "cname", PrincipalName::decode)?,
                crealm: fields.field(2, "crealm", Realm::decode_realm)?,
                subject_certificate: fields.optional(
                    3,
                    "subject-certificate",
                    Reader::octet_string,
                )?,
                options: fields.optional(4, "options", S4uOptions::decode)?,
            })
        })
    }
}

impl Encode for S4uUserId<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.field(0, |nonce| nonce.integer(self.nonce));
            fields.optional(1, self.cname.as_ref());
            fields.value(2, &self.crealm);
            fields.optional_octet_string(3, self.subject_certificate);
            fields.optional(4, self.options.as_ref());
        });
    }
}

flags! {
    /// The options of an S4UUserID (`[MS-SFU]` §2.2.2).
    S4uOptions;
    CHECK_LOGON_HOURS = 1, "check-logon-hours";
    USE_REPLY_KEY_USAGE = 2, "use-reply-key-usage";
}

/// PA-PAC-OPTIONS (`[MS-KILE]` §2.2.10, `[MS-SFU]` §2.2.5).
///
/// ```text
/// PA-PAC-OPTIONS ::= SEQUENCE { flags [0] KerberosFlags }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaPacOptions {
    /// What the sender knows of.
    pub flags: PacOptions,
}

impl<'a> Decode<'a> for PaPacOptions {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("PA-PAC-OPTIONS", |fields| {
            Ok(Self {
                flags: fields.field(0, "flags", PacOptions::decode)?,
            })
        })
    }
}

impl Encode for PaPacOptions {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| fields.value(0, &self.flags));
    }
}

flags! {
    /// The flags of PA-PAC-OPTIONS (`[MS-KILE]` §2.2.10).
    PacOptions;
    CLAIMS = 0, "claims";
    BRANCH_AWARE = 1, "branch-aware";
    FORWARD_TO_FULL_DC = 2, "forward-to-full-dc";
    RESOURCE_BASED_CONSTRAINED_DELEGATION = 3, "resource-based-constrained-delegation";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::{ChecksumTypeNumber, NameType};

    /// MIT krb5 1.20.1, `src/tests/asn.1/reference_encode.out`.
    const PA_FOR_USER: &[u8] = b"\x30\x4b\xa0\x1a\x30\x18\xa0\x03\x02\x01\x01\xa1\x11\x30\x0f\
        \x1b\x06hftsai\x1b\x05extra\xa1\x10\x1b\x0eATHENA.MIT.EDU\xa2\x0f\x30\x0d\xa0\x03\x02\x01\
        \x01\xa1\x06\x04\x041234\xa3\x0a\x1b\x08krb5data";
    const PA_S4U_X509_USER: &[u8] = b"\x30\x68\xa0\x55\x30\x53\xa0\x06\x02\x04\x00\xca\x14\x9a\
        \xa1\x1a\x30\x18\xa0\x03\x02\x01\x01\xa1\x11\x30\x0f\x1b\x06hftsai\x1b\x05extra\xa2\x10\
        \x1b\x0eATHENA.MIT.EDU\xa3\x12\x04\x10pa_s4u_x509_user\xa4\x07\x03\x05\x00\x80\x00\x00\
        \x00\xa1\x0f\x30\x0d\xa0\x03\x02\x01\x01\xa1\x06\x04\x041234";
    const SAMPLE: Checksum<'_> = Checksum {
        cksumtype: ChecksumTypeNumber(1),
        checksum: b"1234",
    };

    #[test]
    fn a_pa_for_user_of_mit_krb5_is_read_and_written() {
        let read = PaForUser::from_der(PA_FOR_USER).unwrap();
        assert_eq!(read.user_name.name_type, NameType::PRINCIPAL);
        let mut components = read.user_name.name_string.iter();
        assert!(
            components
                .by_ref()
                .map(|c| c.0)
                .eq([b"hftsai".as_slice(), b"extra"])
        );
        assert_eq!(read.user_realm.0, b"ATHENA.MIT.EDU");
        assert_eq!(read.cksum, SAMPLE);
        assert_eq!(read.auth_package.0, b"krb5data");
        assert_eq!(read.to_der(), PA_FOR_USER);
    }

    #[test]
    fn a_pa_s4u_x509_user_of_mit_krb5_is_read_and_written() {
        let read = PaS4uX509User::from_der(PA_S4U_X509_USER).unwrap();
        assert_eq!(read.checksum, SAMPLE);
        assert_eq!(read.user_id, &PA_S4U_X509_USER[4..89]);
        let user = read.user_id().unwrap();
        assert_eq!(user.nonce, 13_243_546);
        assert_eq!(user.crealm.0, b"ATHENA.MIT.EDU");
        assert_eq!(
            user.subject_certificate,
            Some(b"pa_s4u_x509_user".as_slice())
        );
        assert_eq!(user.options, Some(S4uOptions(0x8000_0000)));
        assert_eq!(user.to_der(), read.user_id);
        assert_eq!(read.to_der(), PA_S4U_X509_USER);
    }

    /// MIT krb5 1.20.1, `k5-int.h`: KRB5_S4U_OPTS_… and KRB5_PA_PAC_OPTIONS_….
    #[test]
    fn bits_have_the_masks_of_mit_krb5() {
        assert_eq!(S4uOptions::CHECK_LOGON_HOURS.0, 0x4000_0000);
        assert_eq!(S4uOptions::USE_REPLY_KEY_USAGE.0, 0x2000_0000);
        assert_eq!(PacOptions::CLAIMS.0, 0x8000_0000);
        assert_eq!(
            PacOptions::RESOURCE_BASED_CONSTRAINED_DELEGATION.0,
            0x1000_0000
        );
    }
}
