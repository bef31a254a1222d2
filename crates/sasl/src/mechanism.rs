//! [`Mechanism`]: the two ways in which SASL carries Kerberos here.

use core::fmt;
use core::str::FromStr;

/// A SASL mechanism of this crate.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// `GSSAPI`: Kerberos, then an exchange of four octets about the security layer (RFC 4752).
    Gssapi,
    /// `GSS-SPNEGO`: SPNEGO; the context's flags decide about the security layer. What Windows
    /// speaks in LDAP ([MS-ADTS] §5.1.1.1).
    GssSpnego,
}

impl Mechanism {
    /// Both, as a server lists them.
    pub const ALL: [Self; 2] = [Self::GssSpnego, Self::Gssapi];

    /// Its name (RFC 4422 §3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gssapi => "GSSAPI",
            Self::GssSpnego => "GSS-SPNEGO",
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is not one of a [`Mechanism`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a SASL mechanism that is neither GSSAPI nor GSS-SPNEGO")]
#[non_exhaustive]
pub struct UnknownMechanism;

/// In either case: names are of capital letters, and the commands of IMAP and SMTP that hold them
/// are not.
impl FromStr for Mechanism {
    type Err = UnknownMechanism;

    fn from_str(name: &str) -> Result<Self, UnknownMechanism> {
        let known = |mechanism: &Self| mechanism.name().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(known).ok_or(UnknownMechanism)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_either_case() {
        assert_eq!("GSSAPI".parse(), Ok(Mechanism::Gssapi));
        assert_eq!("gss-spnego".parse(), Ok(Mechanism::GssSpnego));
    }

    #[test]
    fn no_other_mechanism_is_taken_for_one_of_ours() {
        for name in ["", "GSSAPI ", "GSS", "GS2-KRB5", "NTLM", "PLAIN"] {
            assert_eq!(name.parse::<Mechanism>(), Err(UnknownMechanism), "{name}");
        }
    }
}
