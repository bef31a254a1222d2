//! Who remembers which authenticators were seen (RFC 4120 §3.2.3).
//!
//! [`ReplayCache`] is the question, [`MemoryReplayCache`] the answer for one process, and
//! [`AsyncReplayStore`] the question to what several processes share. A record is made after
//! everything that the client could have got wrong, so refused tokens fill nothing, and before
//! anything is granted, so nothing is granted unrecorded.

mod awaited;
mod memory;
mod table;

/// `proofs/` compiles the cache with another lock, to try every order in which threads take it.
mod lock {
    pub(super) use std::sync::Mutex;
}

use core::fmt;
use core::hash::{Hash, Hasher};
use core::time::Duration;
use std::time::SystemTime;

pub use awaited::AsyncReplayStore;
pub use memory::MemoryReplayCache;

/// Remembers authenticators until they could no longer pass the time check.
///
/// All processes that share a service key must share a cache, or each of them accepts the same
/// authenticator once.
pub trait ReplayCache: fmt::Debug + Send + Sync {
    /// Records `tag` if it is new: look-up and insertion are one atomic act, so that of any number
    /// of threads with the same tag exactly one learns [`Freshness::Fresh`].
    ///
    /// `now` is the time of the request; `expires` is the first instant at which the authenticator
    /// can no longer pass the time check. The record must last until then.
    ///
    /// # Errors
    /// [`ReplayCacheError`] when the tag could not be recorded; the authenticator is then refused.
    fn record(
        &self,
        tag: &ReplayTag,
        now: SystemTime,
        expires: SystemTime,
    ) -> Result<Freshness, ReplayCacheError>;

    /// An acceptor is being built that allows this clock skew and is going to ask this cache.
    ///
    /// An authenticator expires with the clock skew. A cache that finds its records by when they
    /// expire has to refuse acceptors that disagree about it; the default is to take all.
    ///
    /// # Errors
    /// [`ClockSkewDiffers`].
    fn serves(&self, _clock_skew: Duration) -> Result<(), ClockSkewDiffers> {
        Ok(())
    }
}

/// A replay cache cannot serve acceptors that allow different clock skews.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSkewDiffers {
    /// What the first acceptor on this cache allows.
    pub first: Duration,
}

impl fmt::Display for ClockSkewDiffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.first.as_secs();
        write!(
            f,
            "the replay cache serves acceptors with a clock skew of {first} s"
        )
    }
}

impl core::error::Error for ClockSkewDiffers {}

/// What a replay cache knows of an authenticator.
#[must_use = "a replayed authenticator must be refused"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_enums,
    reason = "there is no third answer, and a match that needs `_` could let one in"
)]
pub enum Freshness {
    /// It was not seen before, and now it is recorded.
    Fresh,
    /// It was seen before.
    Replayed,
}

/// Why an authenticator could not be recorded.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReplayCacheError {
    /// There is no room for another record, and none may be forgotten yet.
    Full {
        /// How many records the cache was made for.
        capacity: usize,
    },
    /// The record, if there was one, is already dropped: an earlier call named a later time.
    ClockWentBack {
        /// By how much at least.
        by: Duration,
    },
    /// The record was to last until an instant that is not after `now`: the caller took the
    /// authenticator without the time check.
    Expired {
        /// How long ago it expired.
        ago: Duration,
    },
    /// A store outside this process began after the authenticator was made: it may have had a record
    /// of it, and lost it.
    TooYoung {
        /// How long after. A client whose clock goes as this authenticator says comes in when so much
        /// has passed.
        by: Duration,
    },
    /// A store outside this process did not answer; the text is the store's own.
    Unreachable(String),
}

impl fmt::Display for ReplayCacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full { capacity } => {
                write!(f, "replay cache is full ({capacity} authenticators)")
            }
            Self::ClockWentBack { by } => write!(
                f,
                "clock went back by {} s or more, and the replay records of that time are dropped",
                by.as_secs()
            ),
            Self::Expired { ago } => {
                write!(f, "authenticator expired {} s ago", ago.as_secs())
            }
            Self::TooYoung { by } => write!(
                f,
                "replay cache began {} s after the authenticator was made, and may have lost its record",
                by.as_secs()
            ),
            Self::Unreachable(reason) => write!(f, "replay cache is unreachable: {reason}"),
        }
    }
}

impl core::error::Error for ReplayCacheError {}

/// The longest checksum that ends a ciphertext: HMAC-SHA1 in full has 20 octets, SHA-384's half 24.
const LONGEST_TAG: usize = 24;

/// What an authenticator is recognised by: the last octets of its ciphertext, as many as the
/// checksum of its enctype has.
///
/// They are MIT krb5's tag, so a store can be shared with it. They stem from authenticated octets
/// alone and from no name that is sent in clear: whoever rewrites the service's name in the ticket
/// does not get another tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReplayTag {
    /// Those after `length` are zero.
    octets: [u8; LONGEST_TAG],
    length: usize,
}

impl ReplayTag {
    /// The last `checksum_length` octets of an authenticator's ciphertext.
    ///
    /// MIT krb5 takes them of every enctype, also of RC4-HMAC, whose checksum comes first: any
    /// sixteen octets of its ciphertext depend on the confounder.
    ///
    /// `None` when the ciphertext is shorter, or the length is 0 or more than 24.
    #[must_use]
    pub fn of_tail(ciphertext: &[u8], checksum_length: usize) -> Option<Self> {
        let tail = ciphertext.get(ciphertext.len().checked_sub(checksum_length)?..)?;
        let mut octets = [0; LONGEST_TAG];
        octets.get_mut(..tail.len())?.copy_from_slice(tail);
        (checksum_length > 0).then_some(Self {
            octets,
            length: checksum_length,
        })
    }
}

impl AsRef<[u8]> for ReplayTag {
    fn as_ref(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

impl Hash for ReplayTag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Without the length: one cache meets tags of few lengths, and SipHash counts its input.
        state.write(self.as_ref());
    }
}

impl fmt::Display for ReplayTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref()
            .iter()
            .try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for ReplayTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplayTag({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_the_tail_of_the_ciphertext() {
        let ciphertext: Vec<u8> = (0..40).collect();

        for checksum_length in [12, 16, 20, 24] {
            let tag = ReplayTag::of_tail(&ciphertext, checksum_length).unwrap();
            assert_eq!(tag.as_ref(), &ciphertext[40 - checksum_length..]);
        }
    }

    #[test]
    fn a_ciphertext_shorter_than_its_checksum_has_no_tag() {
        assert_eq!(ReplayTag::of_tail(&[1; 11], 12), None);
        assert_eq!(ReplayTag::of_tail(&[], 12), None);
        assert!(ReplayTag::of_tail(&[1; 12], 12).is_some());
    }

    #[test]
    fn a_tag_has_between_1_and_24_octets() {
        assert_eq!(ReplayTag::of_tail(&[1; 40], 0), None);
        assert_eq!(ReplayTag::of_tail(&[1; 40], 25), None);
        assert_eq!(ReplayTag::of_tail(&[1; 40], usize::MAX), None);
    }

    #[test]
    fn tags_that_differ_in_length_alone_differ() {
        let short = ReplayTag::of_tail(&[0; 40], 12).unwrap();
        let long = ReplayTag::of_tail(&[0; 40], 16).unwrap();

        assert_ne!(short, long);
    }

    #[test]
    fn a_tag_prints_as_hexadecimal() {
        let tag = ReplayTag::of_tail(&[0x0a, 0xff], 2).unwrap();

        assert_eq!(tag.to_string(), "0aff");
        assert_eq!(format!("{tag:?}"), "ReplayTag(0aff)");
    }

    #[test]
    fn errors_say_what_an_operator_needs() {
        let full = ReplayCacheError::Full { capacity: 1024 };
        let back = ReplayCacheError::ClockWentBack {
            by: Duration::from_secs(31),
        };

        assert_eq!(
            full.to_string(),
            "replay cache is full (1024 authenticators)"
        );
        assert_eq!(
            back.to_string(),
            "clock went back by 31 s or more, and the replay records of that time are dropped"
        );
    }
}
