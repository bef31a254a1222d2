//! The types of a PAC's buffers ([MS-PAC] §2.4).

use core::fmt;

/// What a buffer of a PAC holds. Any number may be sent; the known ones have names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PacBufferType(pub u32);

macro_rules! buffer_types {
    ($($(#[$doc:meta])* $constant:ident = $number:literal, $name:literal;)*) => {
        impl PacBufferType {
            $(
                $(#[$doc])*
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
    };
}

buffer_types! {
    /// KERB_VALIDATION_INFO: [`LogonInfo`](super::LogonInfo).
    LOGON_INFO = 1, "LOGON_INFO";
    /// PAC_CREDENTIAL_INFO: encrypted, for the client of PKINIT alone.
    CREDENTIALS_INFO = 2, "CREDENTIALS_INFO";
    /// The signature with the service's key: [`PacSignature`](super::PacSignature).
    SERVER_CHECKSUM = 6, "SERVER_CHECKSUM";
    /// The signature with the krbtgt's key over the service's signature.
    KDC_CHECKSUM = 7, "KDC_CHECKSUM";
    /// PAC_CLIENT_INFO: [`ClientInfo`](super::ClientInfo).
    CLIENT_INFO = 10, "CLIENT_INFO";
    /// S4U_DELEGATION_INFO: [`S4uDelegationInfo`](super::S4uDelegationInfo).
    S4U_DELEGATION_INFO = 11, "S4U_DELEGATION_INFO";
    /// UPN_DNS_INFO: [`UpnDnsInfo`](super::UpnDnsInfo).
    UPN_DNS_INFO = 12, "UPN_DNS_INFO";
    /// PAC_CLIENT_CLAIMS_INFO: what the directory claims of the user.
    CLIENT_CLAIMS_INFO = 13, "CLIENT_CLAIMS_INFO";
    /// PAC_DEVICE_INFO: the groups of the user's machine.
    DEVICE_INFO = 14, "DEVICE_INFO";
    /// PAC_DEVICE_CLAIMS_INFO: what the directory claims of the user's machine.
    DEVICE_CLAIMS_INFO = 15, "DEVICE_CLAIMS_INFO";
    /// The signature with the krbtgt's key over the ticket.
    TICKET_CHECKSUM = 16, "TICKET_CHECKSUM";
    /// PAC_ATTRIBUTES_INFO: [`AttributesInfo`](super::AttributesInfo).
    ATTRIBUTES_INFO = 17, "ATTRIBUTES_INFO";
    /// PAC_REQUESTOR: a [`Sid`](super::Sid).
    REQUESTOR = 18, "REQUESTOR";
    /// The signature with the krbtgt's key over the whole PAC.
    FULL_CHECKSUM = 19, "FULL_CHECKSUM";
    /// PAC_REQUESTOR_GUID: sixteen octets.
    REQUESTOR_GUID = 20, "REQUESTOR_GUID";
}

impl fmt::Display for PacBufferType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "PAC buffer {}", self.0),
        }
    }
}
