//! Many requests at once, over connections that stay or that are new each time.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::to_base64;

/// A connection to a server on loopback.
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
}

/// The head of a response; its body was read and is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// The fields, their names in lower case.
    pub fields: Vec<(String, String)>,
}

impl Connection {
    /// Opens it.
    ///
    /// # Errors
    /// When nobody listens.
    pub fn open(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        let stream = BufReader::new(stream);
        Ok(Self { stream })
    }

    /// Asks for `path` with these lines in the header, and reads the answer.
    ///
    /// # Errors
    /// When the connection ends before all of the answer has come.
    pub fn ask(&mut self, host: &str, path: &str, fields: &[String]) -> io::Result<Head> {
        let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n");
        self.stream.get_mut().write_all(request.as_bytes())?;
        let first = self.line()?;
        let status = first.split(' ').nth(1).and_then(|text| text.parse().ok());
        let mut head = Head {
            status: status.ok_or(io::ErrorKind::InvalidData)?,
            fields: Vec::new(),
        };
        loop {
            let line = self.line()?;
            match line.split_once(": ") {
                Some((name, value)) => head
                    .fields
                    .push((name.to_ascii_lowercase(), value.to_owned())),
                None => break,
            }
        }
        let length = head
            .field("content-length")
            .and_then(|text| text.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        self.stream.read_exact(&mut body)?;
        Ok(head)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(line.to_owned()),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

impl Head {
    /// The value of the first field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields.find_map(|(it, value)| (it == name).then_some(value.as_str()))
    }

    /// Whether the server closes the connection behind this answer.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.field("connection") == Some("close")
    }
}

/// The line of a header that has this token.
#[must_use]
pub fn negotiate(token: &[u8]) -> String {
    format!("Authorization: Negotiate {}", to_base64(token))
}

/// Shares `items` out among `threads`, each of which gives every item of its to `work`; what came of all, in no order.
///
/// # Panics
/// When a thread does.
pub fn shared_out<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    work: impl Fn(&mut dyn Iterator<Item = &T>) -> Vec<R> + Sync,
) -> Vec<R> {
    std::thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = (0..threads)
            .map(|number| {
                scope.spawn(move || work(&mut items.iter().skip(number).step_by(threads)))
            })
            .collect();
        let results = running
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        results.flatten().collect()
    })
}
