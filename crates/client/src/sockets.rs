//! [`KdcAddresses`]: KDCs behind sockets (RFC 4120 §7.2).

use core::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{TcpStream, ToSocketAddrs as _, UdpSocket};
use std::time::Instant;

/// No answer is longer; a ticket with a thousand groups has some 20,000 octets.
const LONGEST_ANSWER: usize = 1 << 20;
const LONGEST_DATAGRAM: usize = 1 << 16;
/// How often a datagram is sent before we give up.
const DATAGRAMS: u32 = 3;

/// Where the KDCs of realms are, and how long they may take.
///
/// A request goes to the first over TCP, and over UDP if nobody listens there; then to the next.
///
/// ```no_run
/// use portcullis_client::KdcAddresses;
///
/// let kdcs = KdcAddresses::new().realm("EXAMPLE.TEST", ["kdc1.example.test:88", "192.0.2.7:88"]);
/// let mut ask = |realm: &str, request: &[u8]| kdcs.ask(realm, request);
/// ```
#[derive(Clone, Debug)]
pub struct KdcAddresses {
    realms: BTreeMap<String, Vec<String>>,
    timeout: Duration,
}

impl KdcAddresses {
    /// None at all, each of which may take 3 seconds.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            realms: BTreeMap::new(),
            timeout: Duration::from_secs(3),
        }
    }

    /// The KDCs of a realm, each a host and a port.
    #[must_use]
    pub fn realm<A: Into<String>>(
        mut self,
        name: impl Into<String>,
        addresses: impl IntoIterator<Item = A>,
    ) -> Self {
        let addresses = addresses.into_iter().map(Into::into);
        self.realms
            .entry(name.into())
            .or_default()
            .extend(addresses);
        self
    }

    /// How long each address of a KDC may take to answer a request.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The answer of the first KDC of `realm` that gives one. Blocks as long as that takes.
    ///
    /// # Errors
    /// Those of the last KDC that was asked.
    pub fn ask(&self, realm: &str, request: &[u8]) -> io::Result<Vec<u8>> {
        let addresses = self.realms.get(realm).map(Vec::as_slice);
        let mut failure = io::Error::new(ErrorKind::NotFound, format!("no KDC of {realm}"));
        for address in addresses.unwrap_or_default() {
            let resolved = address.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
            let resolved = resolved.unwrap_or_else(|error| {
                failure = named(address, &error);
                Vec::new()
            });
            for socket in resolved {
                match self.ask_at(socket, request) {
                    Ok(answer) => return Ok(answer),
                    Err(error) => failure = named(address, &error),
                }
            }
        }
        Err(failure)
    }

    fn ask_at(&self, address: SocketAddr, request: &[u8]) -> io::Result<Vec<u8>> {
        match ask_over_tcp(address, request, self.timeout) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                ask_over_udp(address, request, self.timeout)
            }
            answer => answer,
        }
    }
}

impl Default for KdcAddresses {
    fn default() -> Self {
        Self::new()
    }
}

fn named(address: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{address}: {error}"))
}

/// A length, then the message (RFC 4120 §7.2.2).
fn ask_over_tcp(address: SocketAddr, request: &[u8], timeout: Duration) -> io::Result<Vec<u8>> {
    let start = Instant::now();
    let mut stream = TcpStream::connect_timeout(&address, timeout)?;
    let length = u32::try_from(request.len()).map_err(io::Error::other)?;
    stream.set_write_timeout(Some(left(start, timeout)?))?;
    stream.write_all(&[length.to_be_bytes().as_slice(), request].concat())?;
    let mut length = [0; 4];
    fill(&mut stream, &mut length, start, timeout)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > LONGEST_ANSWER {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut answer = vec![0; length];
    fill(&mut stream, &mut answer, start, timeout)?;
    Ok(answer)
}

/// Reads as many octets as there is room for, in what is left of the time.
fn fill(
    stream: &mut TcpStream,
    mut octets: &mut [u8],
    start: Instant,
    timeout: Duration,
) -> io::Result<()> {
    while !octets.is_empty() {
        stream.set_read_timeout(Some(left(start, timeout)?))?;
        match stream.read(octets) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => octets = octets.get_mut(read..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(timed_out(error)),
        }
    }
    Ok(())
}

fn left(start: Instant, timeout: Duration) -> io::Result<Duration> {
    let left = timeout.saturating_sub(start.elapsed());
    match left.is_zero() {
        true => Err(ErrorKind::TimedOut.into()),
        false => Ok(left),
    }
}

/// A datagram each way (§7.2.1). What comes from elsewhere is not received.
fn ask_over_udp(address: SocketAddr, request: &[u8], timeout: Duration) -> io::Result<Vec<u8>> {
    let socket = match address {
        SocketAddr::V4(_) => UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?,
        SocketAddr::V6(_) => UdpSocket::bind((Ipv6Addr::UNSPECIFIED, 0))?,
    };
    socket.connect(address)?;
    let patience = timeout.checked_div(DATAGRAMS).unwrap_or(timeout);
    socket.set_read_timeout(Some(patience.max(Duration::from_millis(1))))?;
    let mut failure = ErrorKind::TimedOut.into();
    for _ in 0..DATAGRAMS {
        socket.send(request)?;
        let mut answer = vec![0; LONGEST_DATAGRAM];
        match socket.recv(&mut answer) {
            Ok(length) => {
                answer.truncate(length);
                return Ok(answer);
            }
            Err(error) => failure = timed_out(error),
        }
        if failure.kind() != ErrorKind::TimedOut {
            break;
        }
    }
    Err(failure)
}

/// Unix says "would block" for it.
fn timed_out(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::WouldBlock => ErrorKind::TimedOut.into(),
        _ => error,
    }
}
