//! [`Download`]: the body of an answer, and whether its client still takes it.
//!
//! HTTP asks a body for its next part when there is room for it: when the client has read what came
//! before, or over HTTP/2 has allowed so much (RFC 9113 §5.2). A body that is not asked any more has a
//! client that does not read, and nothing else tells so: such a client may well answer pings.

use super::silence::{Requests, UnderWay};
use axum::body::{Body, Bytes, HttpBody};
use core::pin::Pin;
use core::task::{Context, Poll};
use hyper::body::{Frame, SizeHint};

/// What is given at a time. How much a client has to read for it to count depends on this.
const PART: usize = 16 * 1024;

/// A body that is no longer than this leaves with its head.
const SHORT: u64 = 16 * 1024;

/// A body that says when it moves.
#[derive(Debug)]
pub(super) struct Download {
    body: Body,
    /// Of the last frame, what was not given yet.
    rest: Bytes,
    requests: Requests,
    /// While the client waits for us, and not we for it.
    waits_for_us: Option<UnderWay>,
}

impl Download {
    /// This body, if it is one that a client could leave lying about.
    pub(super) fn of(body: Body, requests: &Requests) -> Body {
        let most = body.size_hint().upper();
        if most.is_some_and(|most| most <= SHORT) {
            return body;
        }
        Body::new(Self {
            body,
            rest: Bytes::new(),
            requests: requests.clone(),
            waits_for_us: None,
        })
    }

    fn part(&mut self) -> Frame<Bytes> {
        let part = self.rest.split_to(self.rest.len().min(PART));
        self.requests.moved();
        Frame::data(part)
    }
}

impl HttpBody for Download {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(self.part())));
        }
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            if self.waits_for_us.is_none() {
                self.waits_for_us = Some(self.requests.begin());
            }
            return Poll::Pending;
        };
        self.waits_for_us = None;
        Poll::Ready(match frame {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => {
                    self.rest = data;
                    Some(Ok(self.part()))
                }
                Err(trailers) => Some(Ok(trailers)),
            },
            end => end,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = u64::try_from(self.rest.len()).unwrap_or(u64::MAX);
        let (lower, upper) = (hint.lower(), hint.upper());
        hint.set_lower(0);
        if let Some(upper) = upper {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(lower.saturating_add(rest));
        hint
    }
}
