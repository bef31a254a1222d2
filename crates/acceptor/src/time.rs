//! From the caller's clock to the protocol's and back.

use core::time::Duration;
use portcullis_formats::messages::{KerberosTime, Microseconds};
use std::time::{SystemTime, UNIX_EPOCH};

/// The second that `now` lies in.
pub(crate) fn kerberos_time(now: SystemTime) -> KerberosTime {
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    KerberosTime::from_unix(match now.duration_since(UNIX_EPOCH) {
        Ok(since) => seconds(since),
        Err(before) => {
            let before = before.duration();
            let whole = seconds(before).saturating_neg();
            whole.saturating_sub(i64::from(before.subsec_nanos() > 0))
        }
    })
}

/// How far into its second `now` lies.
pub(crate) fn microseconds(now: SystemTime) -> Microseconds {
    Microseconds::of(now.duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// The instant at which the second `time` begins.
pub(crate) fn system_time(time: KerberosTime) -> SystemTime {
    let seconds = Duration::from_secs(time.as_unix().unsigned_abs());
    let moved = match time.as_unix().is_negative() {
        true => UNIX_EPOCH.checked_sub(seconds),
        false => UNIX_EPOCH.checked_add(seconds),
    };
    moved.unwrap_or(UNIX_EPOCH)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "test code")]
mod tests {
    use super::*;

    #[test]
    fn an_instant_before_1970_lies_in_the_second_that_began_before_it() {
        for (milliseconds, second) in [
            (0, 0),
            (1, -1),
            (999, -1),
            (1000, -1),
            (1001, -2),
            (2000, -2),
        ] {
            let now = UNIX_EPOCH - Duration::from_millis(milliseconds);
            assert_eq!(
                kerberos_time(now).as_unix(),
                second,
                "{milliseconds} before"
            );
        }
    }

    #[test]
    fn a_second_begins_as_long_before_or_after_1970_as_it_says() {
        for (unix, expected) in [
            (-2, UNIX_EPOCH - Duration::from_secs(2)),
            (0, UNIX_EPOCH),
            (2, UNIX_EPOCH + Duration::from_secs(2)),
        ] {
            assert_eq!(system_time(KerberosTime::from_unix(unix)), expected);
        }
    }
}
