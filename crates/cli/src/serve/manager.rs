//! What a service manager such as systemd does for a daemon: sockets that are there before it
//! ([`Inherited`]), and somebody who wants to know how it is ([`notify`]).

use super::listen::Listener;
use listenfd::ListenFd;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use tokio::net::{TcpListener, UnixListener};

/// Sockets that were handed over.
#[derive(Debug, Default)]
pub(super) struct Inherited {
    pub(super) site: Vec<Listener>,
    /// Those that are called so: `FileDescriptorName=own`.
    pub(super) own: Vec<Listener>,
}

/// The name of sockets for what the daemon says of itself.
const OWN: &str = "own";

impl Inherited {
    /// What the environment speaks of: `LISTEN_FDS`, and `LISTEN_FDNAMES` for their names.
    pub(super) fn take() -> io::Result<Self> {
        let mut handed_over = ListenFd::from_env();
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut inherited = Self::default();
        for number in 0..handed_over.len() {
            let listener = take(&mut handed_over, number)?;
            match names.next() {
                Some(OWN) => inherited.own.push(listener),
                _ => inherited.site.push(listener),
            }
        }
        Ok(inherited)
    }
}

fn take(handed_over: &mut ListenFd, number: usize) -> io::Result<Listener> {
    if let Ok(Some(listener)) = handed_over.take_unix_listener(number) {
        listener.set_nonblocking(true)?;
        return UnixListener::from_std(listener).map(Listener::Unix);
    }
    let listener = handed_over.take_tcp_listener(number)?;
    let listener = listener.ok_or_else(|| io::Error::other("a socket was handed over twice"))?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener).map(Listener::HandedOver)
}

/// Tells the service manager, if there is one that listens, how we are: `READY=1`, `STOPPING=1`.
pub(super) fn notify(state: &str) {
    // Who does not listen does not need to know.
    let _ = std::env::var("NOTIFY_SOCKET").map(|path| send(&path, state));
}

fn send(path: &str, state: &str) -> io::Result<()> {
    let address = match path.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(path)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.send_to_addr(state.as_bytes(), &address)?;
    Ok(())
}
