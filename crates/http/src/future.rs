//! [`NegotiateFuture`]: the answer of the service with our token in it, or the refusal.

use crate::guard::{Entrant, Judgement};
use crate::passage::{Arrival, Farewell, Passage};
use crate::refusal::Refusal;
use crate::span::RequestSpan;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

pin_project! {
    /// What becomes of a request to a [`Negotiate`](crate::Negotiate).
    #[must_use = "futures do nothing unless polled"]
    pub struct NegotiateFuture<S, RequestBody>
    where
        S: Service<Request<RequestBody>>,
    {
        #[pin]
        stage: Stage<S, S::Future, RequestBody>,
        span: RequestSpan,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<S, F, RequestBody> {
        Judging {
            judgement: Judgement,
            passage: Option<Passage<S, RequestBody>>,
        },
        Answering {
            #[pin]
            future: F,
            farewell: Option<Farewell>,
        },
    }
}

impl<S, RequestBody> NegotiateFuture<S, RequestBody>
where
    S: Service<Request<RequestBody>>,
{
    pub(crate) fn new(judgement: Judgement, passage: Passage<S, RequestBody>) -> Self {
        Self {
            stage: Stage::Judging {
                judgement,
                passage: Some(passage),
            },
            span: RequestSpan::begin(),
        }
    }
}

impl<S, RequestBody, ResponseBody> Future for NegotiateFuture<S, RequestBody>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    ResponseBody: From<String>,
{
    type Output = Result<Response<ResponseBody>, S::Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut stage = this.stage;
        let span: &RequestSpan = this.span;
        span.within(|| {
            if let StageProjection::Judging { judgement, passage } = stage.as_mut().project() {
                let judged = ready!(judgement.poll(context));
                // Nobody polls a future again that has given its answer.
                let Some(passage) = passage.take() else {
                    return Poll::Pending;
                };
                match passage.end(judged, span) {
                    Arrival::Answering { future, farewell } => stage.set(Stage::Answering {
                        future,
                        farewell: Some(farewell),
                    }),
                    Arrival::Refused(response) => return Poll::Ready(Ok(response)),
                }
            }
            let StageProjection::Answering { future, farewell } = stage.project() else {
                return Poll::Pending;
            };
            let mut response = ready!(future.poll(context))?;
            if let Some(farewell) = farewell.take() {
                farewell.add_to(&mut response);
            }
            Poll::Ready(Ok(response))
        })
    }
}

impl Judgement {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Entrant, Refusal>> {
        match self {
            Self::Known(judged) => judged.take().map_or(Poll::Pending, Poll::Ready),
            Self::Awaited(future) => future.as_mut().poll(context),
        }
    }
}

impl<S, RequestBody> core::fmt::Debug for NegotiateFuture<S, RequestBody>
where
    S: Service<Request<RequestBody>>,
{
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("NegotiateFuture").finish_non_exhaustive()
    }
}
