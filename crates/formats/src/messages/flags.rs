//! KerberosFlags (RFC 4120 §5.2.8): 32 bits with names, bit 0 the highest.

/// A newtype over KerberosFlags with named bits.
macro_rules! flags {
    (
        $(#[$doc:meta])*
        $type:ident;
        $($constant:ident = $bit:literal, $name:literal;)*
    ) => {
        $(#[$doc])*
        ///
        /// Bits without a name are kept as they were sent.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $type(pub u32);

        impl $type {
            $(
                #[doc = concat!("`", $name, "`, bit ", stringify!($bit), ".")]
                pub const $constant: Self = Self(0x8000_0000 >> $bit);
            )*

            const NAMES: &'static [(Self, &'static str)] = &[$((Self::$constant, $name),)*];

            /// Whether all bits of `flags` are set.
            #[must_use]
            pub const fn contains(self, flags: Self) -> bool {
                self.0 & flags.0 == flags.0
            }

            /// The names of the bits that are set and have one, in the order of the bits.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                let set = Self::NAMES.iter().filter(move |(flag, _)| self.contains(*flag));
                set.map(|(_, name)| *name)
            }
        }

        /// The bits of both.
        impl core::ops::BitOr for $type {
            type Output = Self;

            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl<'a> $crate::der::Decode<'a> for $type {
            fn decode(input: &mut $crate::der::Reader<'a>) -> $crate::der::Result<Self> {
                input.flags().map(Self)
            }
        }

        impl $crate::der::Encode for $type {
            fn encode(&self, output: &mut $crate::der::Writer) {
                output.flags(self.0);
            }
        }
    };
}

pub(super) use flags;

flags! {
    /// TicketFlags (RFC 4120 §5.3, RFC 6806 §11, RFC 8062 §4).
    TicketFlags;
    FORWARDABLE = 1, "forwardable";
    FORWARDED = 2, "forwarded";
    PROXIABLE = 3, "proxiable";
    PROXY = 4, "proxy";
    MAY_POSTDATE = 5, "may-postdate";
    POSTDATED = 6, "postdated";
    INVALID = 7, "invalid";
    RENEWABLE = 8, "renewable";
    INITIAL = 9, "initial";
    PRE_AUTHENT = 10, "pre-authent";
    HW_AUTHENT = 11, "hw-authent";
    TRANSITED_POLICY_CHECKED = 12, "transited-policy-checked";
    OK_AS_DELEGATE = 13, "ok-as-delegate";
    ENC_PA_REP = 15, "enc-pa-rep";
    ANONYMOUS = 16, "anonymous";
}

flags! {
    /// APOptions (RFC 4120 §5.5.1).
    ApOptions;
    USE_SESSION_KEY = 1, "use-session-key";
    MUTUAL_REQUIRED = 2, "mutual-required";
}

flags! {
    /// KDCOptions (RFC 4120 §5.4.1, RFC 6806 §4, RFC 8062 §4, [MS-SFU] §2.2.3).
    KdcOptions;
    FORWARDABLE = 1, "forwardable";
    FORWARDED = 2, "forwarded";
    PROXIABLE = 3, "proxiable";
    PROXY = 4, "proxy";
    ALLOW_POSTDATE = 5, "allow-postdate";
    POSTDATED = 6, "postdated";
    RENEWABLE = 8, "renewable";
    CNAME_IN_ADDL_TKT = 14, "cname-in-addl-tkt";
    CANONICALIZE = 15, "canonicalize";
    REQUEST_ANONYMOUS = 16, "request-anonymous";
    DISABLE_TRANSITED_CHECK = 26, "disable-transited-check";
    RENEWABLE_OK = 27, "renewable-ok";
    ENC_TKT_IN_SKEY = 28, "enc-tkt-in-skey";
    RENEW = 30, "renew";
    VALIDATE = 31, "validate";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::der::{Decode, Encode};
    use alloc::vec::Vec;

    #[test]
    fn bits_have_the_masks_of_rfc_4120() {
        assert_eq!(TicketFlags::FORWARDABLE.0, 0x4000_0000);
        assert_eq!(TicketFlags::INVALID.0, 0x0100_0000);
        assert_eq!(TicketFlags::ENC_PA_REP.0, 0x0001_0000);
        assert_eq!(TicketFlags::ANONYMOUS.0, 0x0000_8000);
        assert_eq!(ApOptions::MUTUAL_REQUIRED.0, 0x2000_0000);
        assert_eq!(KdcOptions::CNAME_IN_ADDL_TKT.0, 0x0002_0000);
        assert_eq!(KdcOptions::DISABLE_TRANSITED_CHECK.0, 0x0000_0020);
        assert_eq!(KdcOptions::ENC_TKT_IN_SKEY.0, 0x0000_0008);
        assert_eq!(KdcOptions::VALIDATE.0, 0x0000_0001);
    }

    #[test]
    fn names_come_in_the_order_of_the_bits() {
        let flags = TicketFlags::ANONYMOUS | TicketFlags::FORWARDABLE | TicketFlags(1);
        assert_eq!(
            flags.names().collect::<Vec<_>>(),
            ["forwardable", "anonymous"]
        );
    }

    #[test]
    fn bits_without_a_name_survive() {
        let octets = [0x03, 0x05, 0x00, 0x80, 0x00, 0x00, 0x01];
        let flags = TicketFlags::from_der(&octets).unwrap();
        assert_eq!(flags.to_der(), octets);
    }

    #[test]
    fn contains_asks_for_all_bits() {
        let both = ApOptions::USE_SESSION_KEY | ApOptions::MUTUAL_REQUIRED;
        assert!(both.contains(ApOptions::MUTUAL_REQUIRED));
        assert!(!ApOptions::MUTUAL_REQUIRED.contains(both));
    }
}
