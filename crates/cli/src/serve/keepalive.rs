//! Peers that are gone without a word: a machine that was switched off, a firewall that forgot.
//!
//! Connections may be quiet for hours: event streams, WebSockets, whoever waits for a slow application.
//! The kernel asks their peers whether they are still there (TCP keep-alive, RFC 9293 §3.8.4), as
//! neither we nor hyper can tell; HTTP/2 has pings beside it.

use core::time::Duration;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

/// How long a connection is quiet before its peer is asked: less than what firewalls and load balancers
/// forget connections after.
const QUIET: Duration = Duration::from_secs(60);

/// How long until it is asked again, and how often that is before it is taken for gone.
const AGAIN: (Duration, u32) = (Duration::from_secs(10), 6);

/// Has the kernel end this connection when its peer is gone: within two minutes if nothing is under way.
pub(super) fn ask_whether_it_is_there(stream: &TcpStream) {
    let (interval, times) = AGAIN;
    let keepalive = TcpKeepalive::new()
        .with_time(QUIET)
        .with_interval(interval)
        .with_retries(times);
    // Where that cannot be, nothing else is amiss.
    let _ = SockRef::from(stream).set_tcp_keepalive(&keepalive);
}
