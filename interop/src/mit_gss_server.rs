//! `gss-server`, the sample acceptor of MIT krb5, and the frames that its clients speak (`gss-misc.c`).

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::process::Daemon;
use crate::realm::MitRealm;

/// `TOKEN_NOOP | TOKEN_CONTEXT_NEXT`: a context is going to be made.
const BEGIN: u8 = 0x11;
const CONTEXT: u8 = 0x02;
/// `TOKEN_DATA | TOKEN_WRAPPED | TOKEN_SEND_MIC`: a wrapped message, over which a MIC shall come back.
const WRAPPED: u8 = 0xa4;
const ENCRYPTED: u8 = 0x40;
const MIC: u8 = 0x08;
/// `TOKEN_NOOP`: that was all.
const END: u8 = 0x01;

/// A running `gss-server`.
#[derive(Debug)]
pub struct MitGssServer {
    port: u16,
    _daemon: Daemon,
}

/// A connection to it.
#[derive(Debug)]
pub struct Connection(TcpStream);

impl MitGssServer {
    /// Starts it for `service`, as `HTTP@e18.example.test`, with a keytab.
    ///
    /// # Panics
    /// When there is no port.
    #[must_use]
    pub fn start(realm: &MitRealm, keytab: &Path, service: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port on loopback");
        let port = listener.local_addr().expect("bound").port();
        drop(listener);
        let mut command = realm.command("/usr/bin/gss-server");
        command.env("KRB5_KTNAME", keytab);
        command.args(["-port", &port.to_string(), service]);
        Self {
            port,
            _daemon: Daemon::start(&command, Stdio::null()),
        }
    }

    /// Connects.
    ///
    /// # Panics
    /// When it does not come up within ten seconds.
    #[must_use]
    pub fn connect(&self) -> Connection {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            match TcpStream::connect(("127.0.0.1", self.port)) {
                Ok(stream) => return Connection::begin(stream),
                Err(error) => assert!(Instant::now() < deadline, "gss-server: {error}"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Connection {
    fn begin(stream: TcpStream) -> Self {
        let patience = Some(Duration::from_secs(10));
        stream.set_read_timeout(patience).expect("a timeout");
        let mut connection = Self(stream);
        connection.send(BEGIN, b"");
        connection
    }

    /// Sends a context token, and returns the answer if one is due.
    ///
    /// # Panics
    /// When the answer does not come.
    pub fn context(&mut self, token: &[u8], answered: bool) -> Vec<u8> {
        self.send(CONTEXT, token);
        match answered {
            true => self.receive(CONTEXT),
            false => Vec::new(),
        }
    }

    /// Sends a wrapped message and returns the MIC over what `gss-server` unwrapped.
    ///
    /// # Panics
    /// When no MIC comes back: it did not unwrap the message.
    pub fn message(&mut self, wrapped: &[u8], sealed: bool) -> Vec<u8> {
        let encrypted = if sealed { ENCRYPTED } else { 0 };
        self.send(WRAPPED | encrypted, wrapped);
        self.receive(MIC)
    }

    fn send(&mut self, flags: u8, token: &[u8]) {
        let length = u32::try_from(token.len()).expect("a short token");
        let frame = [&[flags], length.to_be_bytes().as_slice(), token].concat();
        self.0.write_all(&frame).expect("gss-server reads");
    }

    fn receive(&mut self, expected: u8) -> Vec<u8> {
        let mut head = [0; 5];
        self.0.read_exact(&mut head).expect("an answer");
        let [flags, length @ ..] = head;
        assert_eq!(flags, expected, "the kind of gss-server's answer");
        let mut token = vec![0; usize::try_from(u32::from_be_bytes(length)).expect("32 bits")];
        self.0.read_exact(&mut token).expect("a token");
        token
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let _ = self.0.write_all(&[END, 0, 0, 0, 0]);
    }
}
