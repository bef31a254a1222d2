//! [`Layers`]: the security layers of RFC 4752 §3.3, as the bits that go over the wire.

use core::fmt;
use portcullis::context::Protection;

/// A set of security layers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Layers(u8);

impl Layers {
    /// Messages as they are. Right where TLS is below, wrong elsewhere: who sits between may then
    /// change everything that follows the login.
    pub const NONE: Self = Self(1);
    /// Messages that show who wrote them, and that everybody can read.
    pub const INTEGRITY: Self = Self(2);
    /// Messages that only the peer can read.
    pub const CONFIDENTIALITY: Self = Self(4);
    /// Integrity or confidentiality, as the client likes.
    pub const PROTECTED: Self = Self(2 | 4);
    /// Whatever the client likes.
    pub const ANY: Self = Self(1 | 2 | 4);

    /// No layer at all, not even that which does nothing.
    pub(crate) const NOTHING: Self = Self(0);

    /// Those that are in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those that are in both.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of `other` are in it.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there is none, not even that which does nothing.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The octet of RFC 4752 §3.3.
    pub(crate) const fn octet(self) -> u8 {
        self.0
    }
}

/// One security layer of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    None,
    Wrapped(Protection),
}

impl Layer {
    /// The layer that the client chose by an octet, if it is one that was offered.
    pub(crate) fn chosen(octet: u8, offered: Layers) -> Option<Self> {
        let chosen = Layers(octet);
        if !offered.contains(chosen) {
            return None;
        }
        // PEER Samba sends all the bits that it agrees with, other clients of Active Directory both
        // protected layers, and mean the strongest; RFC 4752 §3.1 wants one bit.
        if chosen.contains(Layers::CONFIDENTIALITY) {
            return Some(Self::Wrapped(Protection::Confidentiality));
        }
        if chosen.contains(Layers::INTEGRITY) {
            return Some(Self::Wrapped(Protection::Integrity));
        }
        chosen.contains(Layers::NONE).then_some(Self::None)
    }
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Self::NONE, "no layer"),
            (Self::INTEGRITY, "integrity"),
            (Self::CONFIDENTIALITY, "confidentiality"),
        ];
        let mut between = "";
        for (_, name) in names.iter().filter(|(layer, _)| self.contains(*layer)) {
            write!(f, "{between}{name}")?;
            between = " or ";
        }
        match between {
            "" => f.write_str("nothing"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Layers({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4752 §3.3.
    #[test]
    fn each_layer_has_its_bit() {
        let sealed = Layer::Wrapped(Protection::Confidentiality);
        let signed = Layer::Wrapped(Protection::Integrity);
        assert_eq!(Layer::chosen(1, Layers::ANY), Some(Layer::None));
        assert_eq!(Layer::chosen(2, Layers::ANY), Some(signed));
        assert_eq!(Layer::chosen(4, Layers::ANY), Some(sealed));
    }

    #[test]
    fn a_layer_that_was_not_offered_cannot_be_chosen() {
        assert_eq!(Layer::chosen(1, Layers::PROTECTED), None);
        assert_eq!(Layer::chosen(2, Layers::CONFIDENTIALITY), None);
        assert_eq!(Layer::chosen(4, Layers::NONE), None);
    }

    #[test]
    fn of_several_layers_the_strongest_counts_if_all_were_offered() {
        let sealed = Layer::Wrapped(Protection::Confidentiality);
        let signed = Layer::Wrapped(Protection::Integrity);
        assert_eq!(Layer::chosen(3, Layers::ANY), Some(signed));
        for octet in [5, 6, 7] {
            assert_eq!(Layer::chosen(octet, Layers::ANY), Some(sealed), "{octet}");
        }
        assert_eq!(Layer::chosen(6, Layers::PROTECTED), Some(sealed));
        assert_eq!(Layer::chosen(7, Layers::PROTECTED), None);
        assert_eq!(Layer::chosen(6, Layers::CONFIDENTIALITY), None);
        assert_eq!(Layer::chosen(6, Layers::INTEGRITY), None);
    }

    #[test]
    fn no_layer_and_unknown_ones_are_no_choice() {
        assert_eq!(Layer::chosen(0, Layers::ANY), None);
        for octet in 8..=u8::MAX {
            assert_eq!(Layer::chosen(octet, Layers::ANY), None, "{octet}");
        }
    }

    #[test]
    fn a_set_reads_as_a_choice() {
        assert_eq!(
            Layers::PROTECTED.to_string(),
            "integrity or confidentiality"
        );
        assert_eq!(Layers::NONE.to_string(), "no layer");
        let nothing = Layers::NONE.intersection(Layers::PROTECTED);
        assert_eq!(nothing.to_string(), "nothing");
    }
}
