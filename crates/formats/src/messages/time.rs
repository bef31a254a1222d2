//! Hot path. Points in time: whole seconds on the calendar, and microseconds beside them.

use crate::der::{Decode, DecodeErrorKind, Encode, Reader, Result, Writer};
use core::fmt;
use core::time::Duration;

const SECONDS_PER_DAY: i64 = 86_400;

/// A KerberosTime (RFC 4120 §5.2.3): a second of UTC between the years 0 and 9999.
///
/// ```text
/// KerberosTime ::= GeneralizedTime -- with no fractional seconds
/// ```
///
/// Leap seconds do not exist, as on the clocks that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KerberosTime(i64);

/// The start of the year 0.
const EARLIEST: i64 = -62_167_219_200;
/// The end of the year 9999.
const LATEST: i64 = 253_402_300_799;

impl KerberosTime {
    /// The start of the year 0.
    pub const MIN: Self = Self(EARLIEST);
    /// The end of the year 9999.
    pub const MAX: Self = Self(LATEST);
    /// 1970-01-01T00:00:00Z, which MIT krb5 sends for "never".
    pub const UNIX_EPOCH: Self = Self(0);

    /// The point `seconds` after 1970-01-01T00:00:00Z, or the nearest that can be written.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        match seconds {
            ..=EARLIEST => Self::MIN,
            LATEST.. => Self::MAX,
            seconds => Self(seconds),
        }
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn as_unix(self) -> i64 {
        self.0
    }

    /// Century, year, month, day, hour, minute, second: two digits each.
    fn digit_pairs(self) -> [i64; 7] {
        let (year, month, day) = date(self.0.div_euclid(SECONDS_PER_DAY));
        let second = self.0.rem_euclid(SECONDS_PER_DAY);
        [
            year / 100,
            year % 100,
            month,
            day,
            second / 3600,
            second / 60 % 60,
            second % 60,
        ]
    }

    fn from_digit_pairs(pairs: [i64; 7]) -> Option<Self> {
        let [century, year, month, day, hour, minute, second] = pairs;
        let year = century.saturating_mul(100).saturating_add(year);
        if !(1..=days_of_month(year, month)).contains(&day) || hour > 23 || minute > 59 {
            return None;
        }
        if second > 59 {
            return None; // a clock that counts from 1970 has no second 60
        }
        let seconds_of_day = hour
            .saturating_mul(3600)
            .saturating_add(minute.saturating_mul(60))
            .saturating_add(second);
        let seconds = days_before(year, month, day)
            .saturating_mul(SECONDS_PER_DAY)
            .saturating_add(seconds_of_day);
        Some(Self(seconds))
    }

    /// Reads `YYYYMMDDHHMMSSZ`.
    fn parse(text: &[u8]) -> Option<Self> {
        let [date @ .., h, i, j, k, l, m, b'Z'] = *<&[u8; 15]>::try_from(text).ok()? else {
            return None;
        };
        let [century, year, month, day] = pairs_of_digits(date)?;
        let [_, hour, minute, second] = pairs_of_digits([b'0', b'0', h, i, j, k, l, m])?;
        let pairs = [century, year, month, day, hour, minute, second];
        Self::from_digit_pairs(pairs.map(i64::from))
    }
}

/// The numbers that two digits each are, if all are digits; all eight at once, each in its octet of a word.
fn pairs_of_digits(digits: [u8; 8]) -> Option<[u8; 4]> {
    const ALL: u64 = 0x0101_0101_0101_0101;
    let values = u64::from_le_bytes(digits) ^ ALL.wrapping_mul(b'0'.into());
    // Below ten, and only there, neither a value nor six more has a bit of the upper four.
    let high_bits = (values | values.wrapping_add(ALL.wrapping_mul(6))) & ALL.wrapping_mul(0xf0);
    if high_bits != 0 {
        return None;
    }
    // The first is that of the lowest octet: ten times each, and the one after it.
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let [first, _, second, _, third, _, fourth, _] = pairs.to_le_bytes();
    Some([first, second, third, fourth])
}

impl<'a> Decode<'a> for KerberosTime {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let start = input.clone();
        Self::parse(input.generalized_time()?).ok_or_else(|| start.error(DecodeErrorKind::Time))
    }
}

impl Encode for KerberosTime {
    fn encode(&self, output: &mut Writer) {
        let mut text = [b'Z'; 15];
        for (place, pair) in text.chunks_exact_mut(2).zip(self.digit_pairs()) {
            let pair = u8::try_from(pair).unwrap_or_default();
            for (octet, digit) in place.iter_mut().zip([pair / 10, pair % 10]) {
                *octet = digit.saturating_add(b'0');
            }
        }
        output.generalized_time(&text);
    }
}

/// As in RFC 3339: `2026-01-01T00:05:01Z`.
impl fmt::Display for KerberosTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [century, year, month, day, hour, minute, second] = self.digit_pairs();
        write!(f, "{century:02}{year:02}-{month:02}-{day:02}")?;
        write!(f, "T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Microseconds (RFC 4120 §5.2.4): the fraction of a second beside a [`KerberosTime`], 0 to
/// 999999.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Microseconds(u32);

impl Microseconds {
    /// `None` from a million on.
    #[must_use]
    pub const fn new(microseconds: u32) -> Option<Self> {
        match microseconds {
            0..=999_999 => Some(Self(microseconds)),
            _ => None,
        }
    }

    /// Those beyond the whole seconds of `duration`.
    #[must_use]
    pub const fn of(duration: Duration) -> Self {
        Self(duration.subsec_micros())
    }

    /// As a number below a million.
    #[must_use]
    pub const fn as_u32(self) -> u32 {
        self.0
    }
}

impl<'a> Decode<'a> for Microseconds {
    fn decode(input: &mut Reader<'a>) -> Result<Self> {
        let start = input.clone();
        Self::new(input.uint32()?).ok_or_else(|| start.error(DecodeErrorKind::IntegerOutOfRange))
    }
}

impl Encode for Microseconds {
    fn encode(&self, output: &mut Writer) {
        output.integer(self.0);
    }
}

const fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
///
/// The year is taken to begin in March, so that its only irregular day is its last; 719,468 days
/// lie between the start of the year 0 so counted and 1970. Nothing overflows: years are 0 to 9999.
const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 {
        year
    } else {
        year.saturating_sub(1)
    };
    let month_from_march = month.saturating_add(9) % 12;
    let day_of_year = month_from_march.saturating_mul(153).saturating_add(2) / 5;
    year.saturating_mul(365)
        .saturating_add(year.div_euclid(4))
        .saturating_sub(year.div_euclid(100))
        .saturating_add(year.div_euclid(400))
        .saturating_add(day_of_year)
        .saturating_add(day)
        .saturating_sub(719_469)
}

/// Year, month and day of the day that comes `days` after 1970-01-01: the inverse of
/// [`days_before`], in cycles of 400 years, which have 146,097 days.
const fn date(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let cycle = days.div_euclid(146_097);
    let day_of_cycle = days.rem_euclid(146_097);
    let leap_days = (day_of_cycle / 1460)
        .saturating_sub(day_of_cycle / 36_524)
        .saturating_add(day_of_cycle / 146_096);
    let year_of_cycle = day_of_cycle.saturating_sub(leap_days) / 365;
    let day_of_year = day_of_cycle
        .saturating_sub(year_of_cycle.saturating_mul(365))
        .saturating_sub(year_of_cycle / 4)
        .saturating_add(year_of_cycle / 100);
    let month_from_march = day_of_year.saturating_mul(5).saturating_add(2) / 153;
    let days_before_month = month_from_march.saturating_mul(153).saturating_add(2) / 5;
    let day = day_of_year
        .saturating_sub(days_before_month)
        .saturating_add(1);
    let month = month_from_march.saturating_add(2) % 12;
    let year = cycle.saturating_mul(400).saturating_add(year_of_cycle);
    let year = if month < 2 {
        year.saturating_add(1)
    } else {
        year
    };
    (year, month.saturating_add(1), day)
}

#[cfg(test)]
mod tests;
