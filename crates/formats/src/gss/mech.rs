//! The mechanisms that peers name, by the contents of their object identifiers.

use core::fmt;

/// A mechanism that this project knows by name. Only the first three are accepted.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mechanism {
    /// Kerberos V5, 1.2.840.113554.1.2.2 (RFC 4121 §4.1).
    Krb5,
    /// The same with one arc cut to 16 bits, 1.2.840.48018.1.2.2, as Windows lists it first
    /// ([MS-SPNG] §3.1.5.2).
    MsKrb5,
    /// The same before it had its final number, 1.3.5.1.5.2 (RFC 1964 §1); MIT krb5 accepts it.
    Krb5Draft,
    /// Kerberos user-to-user, 1.2.840.113554.1.2.2.3.
    Krb5UserToUser,
    /// Kerberos through the acceptor, 1.3.6.1.5.2.5.
    Iakerb,
    /// The negotiation itself, 1.3.6.1.5.5.2 (RFC 4178).
    Spnego,
    /// NTLMSSP, 1.3.6.1.4.1.311.2.2.10 ([MS-NLMP]).
    Ntlm,
    /// NegoEx, 1.3.6.1.4.1.311.2.2.30 ([MS-NEGOEX]).
    NegoEx,
    /// Public-key user-to-user, 1.3.6.1.5.2.7.
    Pku2u,
}

impl Mechanism {
    const ALL: [Self; 9] = [
        Self::Krb5,
        Self::MsKrb5,
        Self::Krb5Draft,
        Self::Krb5UserToUser,
        Self::Iakerb,
        Self::Spnego,
        Self::Ntlm,
        Self::NegoEx,
        Self::Pku2u,
    ];

    /// The contents of its object identifier, without tag and length.
    #[must_use]
    pub const fn oid(self) -> &'static [u8] {
        match self {
            Self::Krb5 => b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02",
            Self::MsKrb5 => b"\x2a\x86\x48\x82\xf7\x12\x01\x02\x02",
            Self::Krb5Draft => b"\x2b\x05\x01\x05\x02",
            Self::Krb5UserToUser => b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x03",
            Self::Iakerb => b"\x2b\x06\x01\x05\x02\x05",
            Self::Spnego => b"\x2b\x06\x01\x05\x05\x02",
            Self::Ntlm => b"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a",
            Self::NegoEx => b"\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x1e",
            Self::Pku2u => b"\x2b\x06\x01\x05\x02\x07",
        }
    }

    /// The mechanism with this object identifier; `None` for one we have never heard of.
    #[must_use]
    pub fn from_oid(oid: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|mech| mech.oid() == oid)
    }

    /// Its name in messages and reports: `krb5`, `ms-krb5`, `ntlmssp`, …
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Krb5 => "krb5",
            Self::MsKrb5 => "ms-krb5",
            Self::Krb5Draft => "krb5-draft",
            Self::Krb5UserToUser => "krb5-u2u",
            Self::Iakerb => "iakerb",
            Self::Spnego => "spnego",
            Self::Ntlm => "ntlmssp",
            Self::NegoEx => "negoex",
            Self::Pku2u => "pku2u",
        }
    }

    /// Whether it is plain Kerberos V5, under whichever of its three numbers.
    #[must_use]
    pub const fn is_krb5(self) -> bool {
        matches!(self, Self::Krb5 | Self::MsKrb5 | Self::Krb5Draft)
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Prints the contents of an object identifier as `1.2.840.113554.1.2.2`, for messages about a
/// mechanism that nobody knows.
#[must_use]
pub const fn oid_to_dotted(oid: &[u8]) -> DottedOid<'_> {
    DottedOid(oid)
}

/// An object identifier that prints itself with dots.
///
/// One that is empty, ends inside an arc, has an arc beyond 64 bits or more octets than any real
/// one is printed as the hexadecimal of its first octets, so that a peer cannot fill a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DottedOid<'a>(&'a [u8]);

/// The longest object identifier printed with dots, in octets.
const LONGEST_DOTTED: usize = 32;

impl fmt::Display for DottedOid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.len() > LONGEST_DOTTED || self.0.is_empty() || arcs(self.0).any(|a| a.is_none()) {
            return self.fmt_hexadecimal(f);
        }
        let mut arcs = arcs(self.0).flatten();
        let joint = arcs.next().unwrap_or_default(); // X.690 §8.19.4: the first two arcs in one
        let first = (joint / 40).min(2);
        write!(
            f,
            "{first}.{}",
            joint.saturating_sub(first.saturating_mul(40))
        )?;
        arcs.try_for_each(|arc| write!(f, ".{arc}"))
    }
}

impl DottedOid<'_> {
    fn fmt_hexadecimal(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OID 0x")?;
        for octet in self.0.iter().take(LONGEST_DOTTED) {
            write!(f, "{octet:02x}")?;
        }
        write!(f, " ({} octets)", self.0.len())
    }
}

/// The arcs of X.690 §8.19.2; `None` for one that does not end or does not fit.
fn arcs(oid: &[u8]) -> impl Iterator<Item = Option<u64>> {
    oid.split_inclusive(|octet| octet & 0x80 == 0).map(|arc| {
        if arc.last().is_some_and(|octet| octet & 0x80 != 0) {
            return None;
        }
        arc.iter().try_fold(0_u64, |value, octet| {
            let value = value.checked_mul(0x80)?;
            Some(value | u64::from(octet & 0x7f))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn each_mechanism_is_found_by_its_own_oid_and_prints_its_registered_number() {
        let dotted = [
            "1.2.840.113554.1.2.2",
            "1.2.840.48018.1.2.2",
            "1.3.5.1.5.2",
            "1.2.840.113554.1.2.2.3",
            "1.3.6.1.5.2.5",
            "1.3.6.1.5.5.2",
            "1.3.6.1.4.1.311.2.2.10",
            "1.3.6.1.4.1.311.2.2.30",
            "1.3.6.1.5.2.7",
        ];
        for (mech, dotted) in Mechanism::ALL.into_iter().zip(dotted) {
            assert_eq!(Mechanism::from_oid(mech.oid()), Some(mech));
            assert_eq!(oid_to_dotted(mech.oid()).to_string(), dotted);
        }
    }

    #[test]
    fn only_the_three_numbers_of_plain_kerberos_are_kerberos() {
        let krb5 = Mechanism::ALL.into_iter().filter(|mech| mech.is_krb5());
        let names: alloc::vec::Vec<_> = krb5.map(Mechanism::name).collect();
        assert_eq!(names, ["krb5", "ms-krb5", "krb5-draft"]);
    }

    #[test]
    fn a_prefix_or_an_extension_of_a_known_oid_is_unknown() {
        let krb5 = Mechanism::Krb5.oid();
        assert_eq!(Mechanism::from_oid(&krb5[..krb5.len() - 1]), None);
        assert_eq!(Mechanism::from_oid(&[krb5, &[1]].concat()), None);
        assert_eq!(Mechanism::from_oid(&[]), None);
    }

    #[test]
    fn the_first_octet_holds_two_arcs() {
        assert_eq!(oid_to_dotted(&[0x88, 0x37, 3]).to_string(), "2.999.3"); // X.690 §8.19.5
        assert_eq!(oid_to_dotted(&[39]).to_string(), "0.39");
        assert_eq!(oid_to_dotted(&[79]).to_string(), "1.39");
        assert_eq!(oid_to_dotted(&[80]).to_string(), "2.0");
    }

    #[test]
    fn arcs_of_64_bits_are_printed_and_larger_ones_are_not() {
        let largest = [
            0x2a, 0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
        ];
        assert_eq!(
            oid_to_dotted(&largest).to_string(),
            "1.2.18446744073709551615"
        );
        let larger = [
            0x2a, 0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00,
        ];
        assert_eq!(
            oid_to_dotted(&larger).to_string(),
            "OID 0x2a82808080808080808000 (11 octets)"
        );
    }

    #[test]
    fn empty_unterminated_and_endless_oids_are_printed_in_bounded_hexadecimal() {
        assert_eq!(oid_to_dotted(&[]).to_string(), "OID 0x (0 octets)");
        assert_eq!(
            oid_to_dotted(&[0x2a, 0x86]).to_string(),
            "OID 0x2a86 (2 octets)"
        );
        let endless = oid_to_dotted(&[1; 255]).to_string();
        assert!(endless.len() < 100 && endless.ends_with("(255 octets)"));
    }
}
