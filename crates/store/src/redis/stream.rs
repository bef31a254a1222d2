//! [`Wire`]: the socket, and the octets that have come through it.

use super::error::RedisError;
use super::resp::{Reply, take};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

/// A socket of either kind.
trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

/// A connection, and what of it was read and not yet taken.
pub(super) struct Wire {
    socket: Box<dyn Socket>,
    received: Vec<u8>,
}

impl Wire {
    /// Connects to a host and port, or to the socket at a path.
    pub(super) async fn connect(address: &str) -> Result<Self, RedisError> {
        let failed = |error: std::io::Error| RedisError::Connect(error.to_string());
        #[cfg(unix)]
        if address.starts_with('/') {
            let socket = UnixStream::connect(address).await.map_err(failed)?;
            return Ok(Self::new(Box::new(socket)));
        }
        let socket = TcpStream::connect(address).await.map_err(failed)?;
        socket.set_nodelay(true).map_err(failed)?;
        Ok(Self::new(Box::new(socket)))
    }

    fn new(socket: Box<dyn Socket>) -> Self {
        let received = Vec::new();
        Self { socket, received }
    }

    pub(super) async fn send(&mut self, commands: &[u8]) -> Result<(), RedisError> {
        let sent = self.socket.write_all(commands).await;
        sent.map_err(|error| RedisError::Lost(error.to_string()))
    }

    /// The next reply. Nothing is lost when this is dropped before its end.
    pub(super) async fn reply(&mut self) -> Result<Reply, RedisError> {
        loop {
            if let Some(reply) = take(&mut self.received)? {
                return Ok(reply);
            }
            match self.socket.read_buf(&mut self.received).await {
                Ok(0) => return Err(RedisError::Closed),
                Ok(_) => {}
                Err(error) => return Err(RedisError::Lost(error.to_string())),
            }
        }
    }
}
