//! The flags of a security context (RFC 2744, RFC 4757 §7.1, [MS-KILE] §3.4.5).

use core::ops::{BitAnd, BitOr};

/// Flags of a security context: what the initiator asks in the authenticator's checksum, and what
/// the acceptor's caller is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ContextFlags(pub u32);

impl ContextFlags {
    /// A credential is forwarded.
    pub const DELEG: Self = Self(0x1);
    /// The acceptor is to prove itself.
    pub const MUTUAL: Self = Self(0x2);
    /// Replayed messages are to be told.
    pub const REPLAY: Self = Self(0x4);
    /// Messages out of sequence are to be told.
    pub const SEQUENCE: Self = Self(0x8);
    /// Messages can be encrypted.
    pub const CONF: Self = Self(0x10);
    /// Messages can be signed.
    pub const INTEG: Self = Self(0x20);
    /// The initiator is anonymous.
    pub const ANON: Self = Self(0x40);
    /// Messages can be protected already; of local meaning only.
    pub const PROT_READY: Self = Self(0x80);
    /// The context can be handed to another process; of local meaning, yet MIT krb5 sends it.
    pub const TRANS: Self = Self(0x100);
    /// The channel bindings of both sides agreed; of local meaning only.
    pub const CHANNEL_BOUND: Self = Self(0x800);
    /// Three legs and no framing, as DCE RPC wants it.
    pub const DCE_STYLE: Self = Self(0x1000);
    /// The acceptor may identify the initiator and not impersonate it.
    pub const IDENTIFY: Self = Self(0x2000);
    /// The initiator understands extended errors.
    pub const EXTENDED_ERROR: Self = Self(0x4000);
    /// Delegation only where the KDC recommends it; of local meaning only.
    pub const DELEG_POLICY: Self = Self(0x8000);

    /// Whether all of `flags` are set.
    #[must_use]
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// The names of the flags that are set and known, lowest bit first.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES
            .into_iter()
            .filter(move |(flag, _)| self.contains(*flag))
            .map(|(_, name)| name)
    }
}

impl BitOr for ContextFlags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for ContextFlags {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

const NAMES: [(ContextFlags, &str); 14] = [
    (ContextFlags::DELEG, "deleg"),
    (ContextFlags::MUTUAL, "mutual"),
    (ContextFlags::REPLAY, "replay"),
    (ContextFlags::SEQUENCE, "sequence"),
    (ContextFlags::CONF, "conf"),
    (ContextFlags::INTEG, "integ"),
    (ContextFlags::ANON, "anon"),
    (ContextFlags::PROT_READY, "prot-ready"),
    (ContextFlags::TRANS, "trans"),
    (ContextFlags::CHANNEL_BOUND, "channel-bound"),
    (ContextFlags::DCE_STYLE, "dce-style"),
    (ContextFlags::IDENTIFY, "identify"),
    (ContextFlags::EXTENDED_ERROR, "extended-error"),
    (ContextFlags::DELEG_POLICY, "deleg-policy"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn known_flags_are_named_and_unknown_ones_passed_over() {
        let sent_by_mit = ContextFlags(0x8000_013e);
        assert_eq!(
            sent_by_mit.names().collect::<Vec<_>>(),
            ["mutual", "replay", "sequence", "conf", "integ", "trans"]
        );
        assert_eq!(ContextFlags(0).names().count(), 0);
        assert_eq!(ContextFlags(u32::MAX).names().count(), NAMES.len());
    }

    #[test]
    fn contains_wants_every_flag() {
        let both = ContextFlags::MUTUAL | ContextFlags::INTEG;
        assert!(both.contains(ContextFlags::MUTUAL));
        assert!(both.contains(both));
        assert!(!ContextFlags::MUTUAL.contains(both));
        assert_eq!(both & ContextFlags::MUTUAL, ContextFlags::MUTUAL);
    }
}
