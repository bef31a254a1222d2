//! [`ServedKdc`], not for production: the KDC on UDP and TCP sockets of loopback (RFC 4120 §7.2).

use super::source::Source;
use super::{MiniKdc, configuration};
use core::net::{Ipv4Addr, SocketAddr};
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use portcullis_formats::registry::ErrorCode;
use std::io::{self, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

/// The longest reply in one datagram, MIT krb5's default.
const LONGEST_DATAGRAM: usize = 4096;
/// The longest request on a connection.
const LONGEST_REQUEST: usize = 65_536;
/// How long a connection may say nothing.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait when this process has no socket left.
const PAUSE: Duration = Duration::from_millis(10);
/// Somebody may have the number that TCP gave us on UDP.
const ATTEMPTS: usize = 16;

/// Not for production: a KDC on sockets of loopback, from [`MiniKdc::serve`]. It ends when this is
/// dropped.
#[derive(Debug)]
pub struct ServedKdc {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
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
    /// They have the principals that there are now; the KDC knows those that come later, too.
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
        configuration::write(directory.as_ref(), &self.realms(), address)?;
        let stop = Arc::new(AtomicBool::new(false));
        let (also_kdc, also_stop) = (kdc.clone(), stop.clone());
        let threads = vec![
            thread::spawn(move || datagrams(&also_kdc, &udp, &also_stop)),
            {
                let stop = stop.clone();
                thread::spawn(move || connections(&kdc, &tcp, &stop))
            },
        ];
        Ok(ServedKdc {
            address,
            stop,
            threads,
        })
    }

    /// The reply as it fits into one datagram.
    fn answer_datagram(&self, request: &[u8], now: SystemTime) -> Vec<u8> {
        let reply = self.answer(request, now);
        if reply.len() > LONGEST_DATAGRAM {
            return self.refuse(ErrorCode::RESPONSE_TOO_BIG, "RESPONSE_TOO_BIG", now);
        }
        reply
    }
}

impl ServedKdc {
    /// Where it listens, on UDP and TCP.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for ServedKdc {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        // Both threads wait for somebody: here he is.
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

fn datagrams(kdc: &MiniKdc, socket: &UdpSocket, stop: &AtomicBool) {
    let mut buffer = vec![0; LONGEST_REQUEST];
    loop {
        let received = socket.recv_from(&mut buffer);
        if stop.load(Ordering::Acquire) {
            return;
        }
        // An error is about an earlier reply that found its client gone.
        let Ok((length, client)) = received else {
            continue;
        };
        let request = buffer.get(..length).unwrap_or_default();
        let reply = kdc.answer_datagram(request, SystemTime::now());
        if !reply.is_empty() {
            let _ = socket.send_to(&reply, client);
        }
    }
}

fn connections(kdc: &MiniKdc, listener: &TcpListener, stop: &AtomicBool) {
    loop {
        let accepted = listener.accept();
        if stop.load(Ordering::Acquire) {
            return;
        }
        let Ok((connection, _)) = accepted else {
            thread::sleep(PAUSE);
            continue;
        };
        let kdc = kdc.clone();
        // Ends by itself, at the latest when the client has been silent for long enough.
        let _ = thread::Builder::new().spawn(move || converse(&kdc, connection));
    }
}

/// Request after request, each behind its length in four octets (RFC 4120 §7.2.2).
fn converse(kdc: &MiniKdc, mut connection: TcpStream) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    loop {
        let mut length = [0; 4];
        connection.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        let now = SystemTime::now();
        if length > LONGEST_REQUEST {
            let reply = kdc.refuse(ErrorCode::FIELD_TOOLONG, "FIELD_TOOLONG", now);
            return send(&mut connection, &reply);
        }
        let mut request = vec![0; length];
        connection.read_exact(&mut request)?;
        let reply = kdc.answer(&request, SystemTime::now());
        if reply.is_empty() {
            return Ok(());
        }
        send(&mut connection, &reply)?;
    }
}

fn send(connection: &mut TcpStream, reply: &[u8]) -> io::Result<()> {
    let length = u32::try_from(reply.len()).unwrap_or(u32::MAX);
    let framed = [length.to_be_bytes().as_slice(), reply].concat();
    connection.write_all(&framed)
}
