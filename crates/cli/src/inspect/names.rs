//! Names and numbers as people read them.

use core::fmt::{self, Display, Formatter};
use core::net::{Ipv4Addr, Ipv6Addr};
use portcullis::formats::gss::{ContextFlags, Mechanism, oid_to_dotted};
use portcullis::formats::messages::{
    ApOptions, HostAddress, KerberosString, PrincipalName, Realm, TicketFlags,
};
use portcullis::formats::registry::AddressType;

/// A name in a realm.
pub(super) struct Named<'a>(pub(super) PrincipalName<'a>, pub(super) Realm<'a>);

impl Display for Named<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.0, self.1)
    }
}

/// A mechanism by name, with its number.
pub(super) struct Mech<'a>(pub(super) &'a [u8]);

impl Display for Mech<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let dotted = oid_to_dotted(self.0);
        match Mechanism::from_oid(self.0) {
            Some(mechanism) => write!(f, "{mechanism} ({dotted})"),
            None => write!(f, "unknown ({dotted})"),
        }
    }
}

/// An address, if it is one of the Internet; else its type and length.
pub(super) struct Address<'a>(pub(super) HostAddress<'a>);

impl Display for Address<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let HostAddress { addr_type, address } = self.0;
        match (
            addr_type,
            <[u8; 4]>::try_from(address),
            <[u8; 16]>::try_from(address),
        ) {
            (AddressType::IPV4, Ok(octets), _) => Ipv4Addr::from(octets).fmt(f),
            (AddressType::IPV6, _, Ok(octets)) => Ipv6Addr::from(octets).fmt(f),
            (AddressType::NETBIOS, ..) => {
                write!(
                    f,
                    "{} {}",
                    addr_type,
                    KerberosString(address.trim_ascii_end())
                )
            }
            _ => write!(f, "{addr_type}, {} octets", address.len()),
        }
    }
}

/// The flags of a ticket by name, bits that have none by number.
pub(super) fn ticket_flags(flags: TicketFlags) -> Vec<String> {
    by_name(flags.0, |bit| TicketFlags(bit).names().next())
}

/// The options of an AP-REQ likewise.
pub(super) fn ap_options(options: ApOptions) -> Vec<String> {
    by_name(options.0, |bit| ApOptions(bit).names().next())
}

/// Bit 0 is the highest, as in a BIT STRING (RFC 4120 §5.2.8).
fn by_name(flags: u32, name: impl Fn(u32) -> Option<&'static str>) -> Vec<String> {
    let bits = (0..32_u32).map(|number| (number, 0x8000_0000 >> number));
    bits.filter(|(_, bit)| flags & bit != 0)
        .map(|(number, bit)| name(bit).map_or_else(|| format!("bit {number}"), str::to_owned))
        .collect()
}

/// The flags of a context by name, others by value.
pub(super) fn context_flags(flags: ContextFlags) -> Vec<String> {
    let bits = (0..32_u32).map(|number| ContextFlags(1 << number));
    bits.filter(|bit| flags.contains(*bit))
        .map(|bit| {
            let name = bit.names().next();
            name.map_or_else(|| format!("{:#x}", bit.0), str::to_owned)
        })
        .collect()
}

/// Lower-case hexadecimal digits.
pub(super) struct Hexadecimal<'a>(pub(super) &'a [u8]);

impl Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_without_a_name_are_told_by_number() {
        let flags = TicketFlags::FORWARDABLE | TicketFlags(1);
        assert_eq!(ticket_flags(flags), ["forwardable", "bit 31"]);
        let flags = ContextFlags::MUTUAL | ContextFlags(0x8000_0000);
        assert_eq!(context_flags(flags), ["mutual", "0x80000000"]);
        assert_eq!(ap_options(ApOptions(0)), [""; 0]);
    }

    #[test]
    fn addresses_print_as_such_when_they_are() {
        let printed = |addr_type, address| Address(HostAddress { addr_type, address }).to_string();
        assert_eq!(printed(AddressType::IPV4, &[127, 0, 0, 1]), "127.0.0.1");
        assert_eq!(printed(AddressType::IPV6, &[0; 16]), "::");
        assert_eq!(printed(AddressType::IPV4, &[1]), "IPv4 (2), 1 octets");
        assert_eq!(
            printed(AddressType::NETBIOS, b"CLIENT\x1b[m   "),
            "NetBIOS (20) CLIENT\\x1b[m"
        );
    }
}
