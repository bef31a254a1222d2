//! FILETIME ([MS-DTYP] §2.3.3): when, in steps of 100 nanoseconds since 1601.

use core::fmt;

const TICKS_PER_SECOND: u64 = 10_000_000;
/// Seconds from 1601-01-01 to 1970-01-01.
const UNIX_EPOCH: i64 = 11_644_473_600;

/// A point in time: 100-nanosecond intervals since 1601-01-01T00:00:00Z.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileTime(pub u64);

impl FileTime {
    /// Not set.
    pub const UNSET: Self = Self(0);
    /// At no time: an account that does not expire, a password that need not change.
    pub const NEVER: Self = Self(0x7fff_ffff_ffff_ffff);

    /// The point `seconds` after 1970-01-01T00:00:00Z; [`FileTime::UNSET`] before 1601.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        let seconds = seconds.saturating_add(UNIX_EPOCH);
        if seconds <= 0 {
            return Self::UNSET;
        }
        Self(seconds.unsigned_abs().saturating_mul(TICKS_PER_SECOND))
    }

    /// Whole seconds since 1970-01-01T00:00:00Z; `None` when it is unset or never.
    #[must_use]
    pub const fn as_unix(self) -> Option<i64> {
        if self.0 == Self::UNSET.0 || self.0 >= Self::NEVER.0 {
            return None;
        }
        // A multiple of 100 ns below 2^63 is below 2^40 seconds.
        let seconds = (self.0 / TICKS_PER_SECOND).cast_signed();
        Some(seconds.saturating_sub(UNIX_EPOCH))
    }
}

/// `unset`, `never` or the number.
impl fmt::Debug for FileTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::UNSET => f.write_str("unset"),
            Self::NEVER => f.write_str("never"),
            Self(ticks) => write!(f, "FileTime({ticks})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_of_the_calendar_goes_there_and_back() {
        // [MS-DTYP] and every Windows: 1970 is 0x019db1ded53e8000.
        assert_eq!(FileTime::from_unix(0), FileTime(0x019d_b1de_d53e_8000));
        assert_eq!(
            FileTime(0x01c5_8037_ea28_6680).as_unix(),
            Some(1_120_440_609)
        );
        assert_eq!(FileTime::from_unix(1_120_440_609).0, 0x01c5_8037_ea28_6680);
        assert_eq!(FileTime(1).as_unix(), Some(-UNIX_EPOCH));
    }

    #[test]
    fn unset_and_never_are_no_seconds() {
        assert_eq!(FileTime::UNSET.as_unix(), None);
        assert_eq!(FileTime::NEVER.as_unix(), None);
        assert_eq!(FileTime(u64::MAX).as_unix(), None);
        assert_eq!(FileTime::from_unix(i64::MIN), FileTime::UNSET);
        assert!(FileTime::from_unix(i64::MAX).as_unix().is_none());
    }
}
