//! 32 bits with names, bit 0 the lowest, as Windows writes them.

/// A newtype over 32 bits with names.
macro_rules! bits {
    (
        $(#[$doc:meta])*
        $type:ident;
        $($(#[$constant_doc:meta])* $constant:ident = $value:literal, $name:literal;)*
    ) => {
        $(#[$doc])*
        ///
        /// Bits without a name are kept as they were sent.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $type(pub u32);

        impl $type {
            $(
                #[doc = concat!("`", $name, "`, ", stringify!($value), ".")]
                $(#[$constant_doc])*
                pub const $constant: Self = Self($value);
            )*

            const NAMES: &'static [(Self, &'static str)] = &[$((Self::$constant, $name),)*];

            /// Whether all bits of `bits` are set.
            #[must_use]
            pub const fn contains(self, bits: Self) -> bool {
                self.0 & bits.0 == bits.0
            }

            /// The names of the bits that are set and have one, lowest first.
            pub fn names(self) -> impl Iterator<Item = &'static str> {
                let set = Self::NAMES.iter().filter(move |(bit, _)| self.contains(*bit));
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
    };
}
pub(super) use bits;
