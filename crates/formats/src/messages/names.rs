//! Hot path. Strings, realms and principal names as they stand in messages.

use crate::der::{Decode, DecodeErrorKind, Encode, Reader, Result, SequenceOf, Writer};
use crate::escape;
use crate::registry::NameType;
use core::fmt;

/// A KerberosString (RFC 4120 §5.2.1): octets, by rule ASCII and in practice often UTF-8.
///
/// ```text
/// KerberosString ::= GeneralString (IA5String)
/// ```
///
/// Compared octet by octet. Printed as text in which nothing can forge a line of a log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KerberosString<'a>(pub &'a [u8]);

/// A Realm (RFC 4120 §5.2.2): case-sensitive, in practice a domain name in upper case.
pub type Realm<'a> = KerberosString<'a>;

impl<'a> KerberosString<'a> {
    /// Reads a Realm: no octet may be NUL, which some peers take for the end of the name.
    pub(super) fn decode_realm(input: &mut Reader<'a>) -> Result<Self> {
        let start = input.clone();
        let realm = Self::decode(input)?;
        if realm.0.contains(&0) {
            return Err(start.error(DecodeErrorKind::Value("NUL in a realm")));
        }
        Ok(realm)
    }
}

impl<'a> Decode<'a> for KerberosString<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.general_string().map(Self)
    }
}

impl Encode for KerberosString<'_> {
    fn encode(&self, output: &mut Writer) {
        output.general_string(self.0);
    }
}

impl fmt::Display for KerberosString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape::print(self.0, "\\", f)
    }
}

impl fmt::Debug for KerberosString<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        escape::print(self.0, "\\\"", f)?;
        f.write_str("\"")
    }
}

/// A PrincipalName (RFC 4120 §5.2.2): the components of a name, without its realm.
///
/// ```text
/// PrincipalName ::= SEQUENCE { name-type [0] Int32, name-string [1] SEQUENCE OF KerberosString }
/// ```
///
/// `==` compares the type too; whether two names are the same is [`PrincipalName::same_name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrincipalName<'a> {
    /// A hint at what the components mean.
    pub name_type: NameType,
    /// The components.
    pub name_string: SequenceOf<'a, KerberosString<'a>>,
}

impl PrincipalName<'_> {
    /// Whether both have the same components, octet by octet (RFC 4120 §6.2: the type is no part
    /// of a name). A name without components is no name, and the same as none.
    #[must_use]
    pub fn same_name(&self, other: &PrincipalName<'_>) -> bool {
        !self.name_string.is_empty()
            && self.name_string.encoded_elements() == other.name_string.encoded_elements()
    }
}

impl<'a> Decode<'a> for PrincipalName<'a> {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        input.sequence("PrincipalName", |fields| {
            Ok(Self {
                name_type: fields.field(0, "name-type", NameType::decode)?,
                name_string: fields.field(1, "name-string", components)?,
            })
        })
    }
}

impl Encode for PrincipalName<'_> {
    fn encode(&self, output: &mut Writer) {
        output.sequence(|fields| {
            fields.value(0, &self.name_type);
            fields.value(1, &self.name_string);
        });
    }
}

/// As in RFC 1964 §2.1.1, without a realm: `HTTP/www.example.test`.
impl fmt::Display for PrincipalName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape::print_components(
            self.name_string.iter().map(|component| component.0),
            "\\/",
            f,
        )
    }
}

/// More than any name has. A token of nothing else would cost more to read than a login.
const MOST_COMPONENTS: usize = 255;

/// The components of a name, none with a NUL, which some peers take for the end of the name.
fn components<'a>(input: &mut Reader<'a>) -> Result<SequenceOf<'a, KerberosString<'a>>> {
    let start = input.clone();
    let components = SequenceOf::<KerberosString<'_>>::decode_at_most(MOST_COMPONENTS, input)?;
    let may_have_nul = components.encoded_elements().contains(&0); // or an empty component
    if may_have_nul && components.iter().any(|component| component.0.contains(&0)) {
        return Err(start.error(DecodeErrorKind::Value("NUL in a component of a name")));
    }
    Ok(components)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn a_string_prints_as_one_harmless_line() {
        let string = KerberosString(b"a\\b\"\r\n\x1b[2J\xff\xe2\x80\xa8/");
        assert_eq!(
            format!("{string}"),
            r#"a\\b"\x0d\n\x1b[2J\xff\xe2\x80\xa8/"#
        );
        assert_eq!(
            format!("{string:?}"),
            r#""a\\b\"\x0d\n\x1b[2J\xff\xe2\x80\xa8/""#
        );
    }

    #[test]
    fn a_name_has_255_components_at_most() {
        let name = |count: usize| {
            let mut name = Writer::new();
            name.sequence(|fields| {
                fields.field(0, |kind| kind.integer(1));
                fields.field(1, |list| {
                    list.sequence(|list| (0..count).for_each(|_| list.general_string(b"")));
                });
            });
            name.into_vec()
        };
        assert!(PrincipalName::from_der(&name(255)).is_ok());
        let error = PrincipalName::from_der(&name(256)).unwrap_err();
        assert_eq!(
            format!("{error}"),
            "PrincipalName.name-string: more than 255 elements (at octet 527)"
        );
    }

    #[test]
    fn a_name_is_the_same_whatever_its_type() {
        let octets = b"\x30\x0c\xa0\x03\x02\x01\x01\xa1\x05\x30\x03\x1b\x01a";
        let plain = PrincipalName::from_der(octets).unwrap();
        let enterprise = PrincipalName {
            name_type: NameType::ENTERPRISE,
            ..plain
        };
        assert!(plain.same_name(&enterprise));
        assert_ne!(plain, enterprise);
    }
}
