#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "test code"
)]

use super::*;
use alloc::string::ToString;
use alloc::vec::Vec;

fn written(text: &[u8]) -> Vec<u8> {
    let mut output = Writer::new();
    output.generalized_time(text);
    output.into_vec()
}

fn read(text: &[u8]) -> Result<KerberosTime> {
    KerberosTime::from_der(&written(text))
}

/// Unix seconds by GNU `date`.
#[test]
fn known_times_are_read_written_and_printed() {
    for (text, seconds, printed) in [
        (b"19700101000000Z", 0, "1970-01-01T00:00:00Z"),
        (b"19691231235959Z", -1, "1969-12-31T23:59:59Z"),
        (b"20000229120000Z", 951_825_600, "2000-02-29T12:00:00Z"),
        (b"20260101000501Z", 1_767_225_901, "2026-01-01T00:05:01Z"),
        (b"20370913024805Z", 2_136_422_885, "2037-09-13T02:48:05Z"), // "never", to Windows
        (b"20380119031408Z", 2_147_483_648, "2038-01-19T03:14:08Z"), // beyond 31 bits
        (b"21000101000000Z", 4_102_444_800, "2100-01-01T00:00:00Z"),
        (b"21060207062816Z", 4_294_967_296, "2106-02-07T06:28:16Z"), // beyond 32 bits
        (b"00000101000000Z", -62_167_219_200, "0000-01-01T00:00:00Z"),
        (b"99991231235959Z", 253_402_300_799, "9999-12-31T23:59:59Z"),
    ] {
        let time = read(text).unwrap();
        assert_eq!(time.as_unix(), seconds);
        assert_eq!(time, KerberosTime::from_unix(seconds));
        assert_eq!(time.to_der(), written(text));
        assert_eq!(time.to_string(), printed);
    }
}

/// RFC 4120 §5.2.3: no fractions, no offsets, and what is no time at all.
#[test]
fn anything_else_is_no_kerberos_time() {
    for text in [
        b"".as_slice(),
        b"Z",
        b"20260101000501",
        b"260101000501Z",
        b"20260101000501.5Z",
        b"20260101000501+0000",
        b"20260101000501z",
        b"2026010100050 Z",
        b"2026010100050aZ",
        b"-0260101000501Z",
        b"20260101000501Z\0",
        b"20260001000000Z",
        b"20261301000000Z",
        b"20260100000000Z",
        b"20260132000000Z",
        b"20260431000000Z",
        b"20260229000000Z",
        b"21000229000000Z",
        b"20260101240000Z",
        b"20260101006000Z",
        b"20161231235960Z", // a leap second that was
    ] {
        assert_eq!(
            read(text).unwrap_err().kind,
            DecodeErrorKind::Time,
            "{text:02x?}"
        );
    }
}

#[test]
fn only_digits_make_a_time_wherever_they_stand() {
    let good = *b"20111111111111Z";
    for place in 0..14 {
        for octet in 0..=u8::MAX {
            let mut text = good;
            text[place] = octet;
            let time = read(&text);
            if !octet.is_ascii_digit() {
                assert_eq!(time.unwrap_err().kind, DecodeErrorKind::Time, "{text:02x?}");
            } else if let Ok(time) = time {
                assert_eq!(time.to_der(), written(&text));
            }
        }
    }
}

/// A calendar that only counts.
#[test]
fn every_day_of_eight_centuries_has_its_number() {
    let (mut year, mut month, mut day) = (1600, 1, 1);
    for number in -135_140..157_054 {
        assert_eq!(days_before(year, month, day), number);
        assert_eq!(date(number), (year, month, day));
        day += 1;
        if day > days_of_month(year, month) {
            (day, month) = (1, month + 1);
        }
        if month > 12 {
            (month, year) = (1, year + 1);
        }
    }
    assert_eq!((year, month, day), (2400, 1, 1));
}

#[test]
fn times_outside_the_calendar_become_its_ends() {
    assert_eq!(KerberosTime::from_unix(i64::MIN), KerberosTime::MIN);
    assert_eq!(KerberosTime::from_unix(i64::MAX), KerberosTime::MAX);
}

#[test]
fn microseconds_end_before_a_million() {
    assert_eq!(Microseconds::new(1_000_000), None);
    let last = Microseconds::new(999_999).unwrap();
    assert_eq!(Microseconds::from_der(&last.to_der()), Ok(last));
    let million = b"\x02\x03\x0f\x42\x40";
    let refused = Microseconds::from_der(million).unwrap_err();
    assert_eq!(refused.kind, DecodeErrorKind::IntegerOutOfRange);
    assert!(Microseconds::from_der(b"\x02\x01\xff").is_err());
    assert_eq!(
        Microseconds::of(Duration::new(7, 365_850_999)).as_u32(),
        365_850
    );
}
