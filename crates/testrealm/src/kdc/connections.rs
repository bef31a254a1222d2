//! The KDC on TCP (RFC 4120 §7.2.2): a thread for each connection, up to a number of them.

use super::MiniKdc;
use core::sync::atomic::{AtomicBool, Ordering};
use core::time::Duration;
use portcullis_formats::registry::ErrorCode;
use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

/// The longest request on a connection.
const LONGEST_REQUEST: usize = 65_536;
/// How long a connection may say nothing.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait when this process has no socket left.
const PAUSE: Duration = Duration::from_millis(10);
/// How many are served at once; the others wait until one ends.
const MOST: usize = 256;

/// Answers until `stop` and one more connection.
pub(super) fn answer(kdc: MiniKdc, listener: TcpListener, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    thread::spawn(move || {
        let open = Arc::new(Open::default());
        accept(&kdc, &listener, &stop, &open);
        open.end();
    })
}

fn accept(kdc: &MiniKdc, listener: &TcpListener, stop: &AtomicBool, open: &Arc<Open>) {
    loop {
        open.wait_until_fewer_than(MOST, stop);
        let accepted = listener.accept();
        if stop.load(Ordering::Acquire) {
            return;
        }
        let Ok((connection, _)) = accepted else {
            thread::sleep(PAUSE);
            continue;
        };
        let (kdc, connection) = (kdc.clone(), open.add(connection));
        let _ = thread::Builder::new().spawn(move || converse(&kdc, &connection.stream));
    }
}

/// The connections that are open.
#[derive(Debug, Default)]
struct Open {
    streams: Mutex<(u64, HashMap<u64, Arc<TcpStream>>)>,
    one_ended: Condvar,
}

/// A connection that is open until this is dropped.
struct Connection {
    open: Arc<Open>,
    number: u64,
    stream: Arc<TcpStream>,
}

impl Open {
    fn lock(&self) -> MutexGuard<'_, (u64, HashMap<u64, Arc<TcpStream>>)> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(self: &Arc<Self>, stream: TcpStream) -> Connection {
        let stream = Arc::new(stream);
        let mut streams = self.lock();
        streams.0 = streams.0.wrapping_add(1);
        let number = streams.0;
        streams.1.insert(number, stream.clone());
        drop(streams);
        Connection {
            open: self.clone(),
            number,
            stream,
        }
    }

    fn wait_until_fewer_than(&self, most: usize, stop: &AtomicBool) {
        let mut streams = self.lock();
        while streams.1.len() >= most && !stop.load(Ordering::Acquire) {
            let waited = self.one_ended.wait_timeout(streams, PAUSE);
            (streams, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends all of them, and waits until they have.
    fn end(&self) {
        for stream in self.lock().1.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        while !self.lock().1.is_empty() {
            thread::sleep(PAUSE);
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.open.lock().1.remove(&self.number);
        self.open.one_ended.notify_one();
    }
}

/// Request after request, each behind its length in four octets.
fn converse(kdc: &MiniKdc, mut connection: &TcpStream) -> io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    loop {
        let mut length = [0; 4];
        connection.read_exact(&mut length)?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        let now = SystemTime::now();
        if length > LONGEST_REQUEST {
            let reply = kdc.refuse(ErrorCode::FIELD_TOOLONG, "FIELD_TOOLONG", now);
            return send(connection, &reply);
        }
        let mut request = vec![0; length];
        connection.read_exact(&mut request)?;
        let reply = kdc.answer(&request, SystemTime::now());
        if reply.is_empty() {
            return Ok(());
        }
        send(connection, &reply)?;
    }
}

fn send(mut connection: &TcpStream, reply: &[u8]) -> io::Result<()> {
    let length = u32::try_from(reply.len()).unwrap_or(u32::MAX);
    let framed = [length.to_be_bytes().as_slice(), reply].concat();
    connection.write_all(&framed)
}
