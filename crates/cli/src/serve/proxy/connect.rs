//! [`Connect`]: connections to the application, whichever address a request names.

use crate::serve::config::Upstream;
use crate::serve::keepalive::ask_whether_it_is_there;
use axum::http::Uri;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::rt::TokioIo;
use std::io;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tower_service::Service;

/// Makes connections to one application.
#[derive(Clone, Debug)]
pub(super) struct Connect {
    upstream: Upstream,
    patience: Duration,
}

/// A connection of any sort.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Connection for Box<dyn Stream> {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Connect {
    pub(super) const fn new(upstream: Upstream, patience: Duration) -> Self {
        Self { upstream, patience }
    }

    async fn connect(self) -> io::Result<TokioIo<Box<dyn Stream>>> {
        let connected = timeout(self.patience, reach(&self.upstream)).await;
        let late = |_| io::Error::new(io::ErrorKind::TimedOut, "no connection in time");
        connected.map_err(late)?.map(TokioIo::new)
    }
}

async fn reach(upstream: &Upstream) -> io::Result<Box<dyn Stream>> {
    match upstream {
        Upstream::Tcp(authority) => {
            // Its port is there: without one the upstream is refused when it is read.
            let stream = TcpStream::connect(authority.as_str()).await?;
            stream.set_nodelay(true)?;
            ask_whether_it_is_there(&stream);
            Ok(Box::new(stream))
        }
        Upstream::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
    }
}

impl Service<Uri> for Connect {
    type Response = TokioIo<Box<dyn Stream>>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        Box::pin(self.clone().connect())
    }
}
