//! Times in requests.

use core::time::Duration;
use portcullis_formats::messages::KerberosTime;
use std::time::{SystemTime, UNIX_EPOCH};

pub(crate) fn kerberos_time(time: SystemTime) -> KerberosTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    KerberosTime::from_unix(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// The ticket's time of expiry that a client asks for: ten hours from now.
pub(crate) fn till(now: SystemTime) -> KerberosTime {
    let ten_hours = Duration::from_secs(36_000);
    kerberos_time(now.checked_add(ten_hours).unwrap_or(now))
}
