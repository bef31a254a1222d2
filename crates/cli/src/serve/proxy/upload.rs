//! [`Upload`]: the body of a request, and whether it still goes on.

use axum::body::{Body, Bytes};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use hyper::body::{Frame, SizeHint};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// A body of which somebody learns how it goes.
#[derive(Debug)]
pub(super) struct Upload {
    body: Body,
    /// Gone with the body.
    moves: watch::Sender<()>,
}

/// How an upload goes.
#[derive(Debug)]
pub(super) struct Progress {
    moves: watch::Receiver<()>,
}

impl Upload {
    pub(super) fn new(body: Body) -> (Self, Progress) {
        let (sender, moves) = watch::channel(());
        let moves = Progress { moves };
        (
            Self {
                body,
                moves: sender,
            },
            moves,
        )
    }
}

impl Progress {
    /// Returns when nothing has moved for so long, whether there is more to come or not.
    pub(super) async fn ends(mut self, patience: Duration) {
        loop {
            match timeout(patience, self.moves.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return sleep(patience).await,
                Err(_) => return,
            }
        }
    }
}

impl hyper::body::Body for Upload {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        self.moves.send_replace(());
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
