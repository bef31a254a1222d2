//! [`ServedKdc`], not for production: the KDC on UDP and TCP sockets of loopback (RFC 4120 §7.2).

use super::configuration::{self, UserKeytabs};
use super::source::Source;
use super::{MiniKdc, connections, datagrams};
use core::net::{Ipv4Addr, SocketAddr};
use core::sync::atomic::{AtomicBool, Ordering};
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Somebody may have the number that TCP gave us on UDP.
const ATTEMPTS: usize = 16;

/// Not for production: a KDC on sockets of loopback, from [`MiniKdc::serve`]. It ends when this is
/// dropped.
#[derive(Debug)]
pub struct ServedKdc {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    keytabs: Mutex<Option<JoinHandle<io::Result<()>>>>,
}

impl MiniKdc {
    /// Answers on UDP and TCP, on one port of 127.0.0.1, until the value that is returned is
    /// dropped; by this machine's clock, and with random numbers of its own. Port 0 is any that is
    /// free.
    ///
    /// Into `directory`, which is made if need be, go
    /// - `krb5.conf`: with `KRB5_CONFIG=DIRECTORY/krb5.conf`, `kinit alice` works at once, and its
    ///   tickets go to `DIRECTORY/ccache`;
    /// - `services.keytab`: the keys of all services;
    /// - `alice.keytab` for each user, and all passwords in `passwords.txt`.
    ///
    /// Keytabs and passwords are for their owner alone, where files have modes.
    /// They have the principals that there are now; the KDC knows those that come later, too. A key
    /// takes milliseconds to be made from a password: of more than eight users the others get
    /// their keytabs while the KDC serves ([`ServedKdc::wait_for_keytabs`]).
    ///
    /// # Errors
    /// When a file cannot be written, or there is no such port.
    pub fn serve(&self, directory: impl AsRef<Path>, port: u16) -> io::Result<ServedKdc> {
        let kdc = Self {
            source: Source::System,
            ..self.clone()
        };
        let (tcp, udp) = bind(port)?;
        let address = tcp.local_addr()?;
        let keytabs = configuration::write(directory.as_ref(), &self.realms(), address)?;
        let stop = Arc::new(AtomicBool::new(false));
        let mut threads = datagrams::answer(&kdc, udp, &stop);
        threads.push(connections::answer(kdc, tcp, stop.clone()));
        Ok(ServedKdc {
            address,
            threads,
            keytabs: Mutex::new(Some(write_the_rest(keytabs, stop.clone()))),
            stop,
        })
    }
}

fn write_the_rest(keytabs: UserKeytabs, stop: Arc<AtomicBool>) -> JoinHandle<io::Result<()>> {
    thread::spawn(move || {
        let keytabs = keytabs.into_iter();
        keytabs
            .take_while(|_| !stop.load(Ordering::Acquire))
            .try_for_each(|keytab| keytab.write())
    })
}

impl ServedKdc {
    /// Where it listens, on UDP and TCP.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns when the keytabs of all users are written.
    ///
    /// # Errors
    /// When one could not be; told once.
    pub fn wait_for_keytabs(&self) -> io::Result<()> {
        let mut keytabs = self.keytabs.lock().unwrap_or_else(PoisonError::into_inner);
        let written = keytabs.take().map(JoinHandle::join);
        written.and_then(Result::ok).unwrap_or(Ok(()))
    }
}

impl Drop for ServedKdc {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let _ = self.wait_for_keytabs(); // at most one more
        // Both sockets wait for somebody: here he is.
        let by_tcp = TcpStream::connect(self.address);
        let by_udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|socket| socket.send_to(&[], self.address));
        if by_tcp.is_err() || by_udp.is_err() {
            return; // no socket to be had: they end with their next client
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Both sockets, on one port.
fn bind(port: u16) -> io::Result<(TcpListener, UdpSocket)> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        match UdpSocket::bind(tcp.local_addr()?) {
            Ok(udp) => return Ok((tcp, udp)),
            Err(error) => last = error,
        }
    }
    Err(last)
}
