//! [`NegotiateFuture`]: the answer of the service with our token in it, or the refusal.

use core::future::{Future, Ready, ready};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, Response};
use pin_project_lite::pin_project;

pin_project! {
    /// What becomes of a request to a [`Negotiate`](crate::Negotiate).
    #[must_use = "futures do nothing unless polled"]
    pub struct NegotiateFuture<F, B> {
        #[pin]
        answer: Answer<F, B>,
    }
}

pin_project! {
    #[project = AnswerProjection]
    enum Answer<F, B> {
        OfTheService {
            #[pin]
            future: F,
            reply: Option<HeaderValue>,
        },
        Refusal {
            #[pin]
            response: Ready<Response<B>>,
        },
    }
}

impl<F, B> NegotiateFuture<F, B> {
    /// The service answers, and the client finds `reply` in what it says.
    pub(crate) const fn answered(future: F, reply: Option<HeaderValue>) -> Self {
        Self {
            answer: Answer::OfTheService { future, reply },
        }
    }

    /// The service is not asked.
    pub(crate) fn refused(response: Response<B>) -> Self {
        Self {
            answer: Answer::Refusal {
                response: ready(response),
            },
        }
    }
}

impl<F, B, E> Future for NegotiateFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().answer.project() {
            AnswerProjection::OfTheService { future, reply } => {
                let mut response = ready!(future.poll(context))?;
                if let Some(reply) = reply.take() {
                    // Whatever the status: a client that asks for mutual authentication wants to
                    // know that it was us who said 404.
                    response.headers_mut().append(WWW_AUTHENTICATE, reply);
                }
                Poll::Ready(Ok(response))
            }
            AnswerProjection::Refusal { response } => response.poll(context).map(Ok),
        }
    }
}

impl<F, B> core::fmt::Debug for NegotiateFuture<F, B> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("NegotiateFuture").finish_non_exhaustive()
    }
}
