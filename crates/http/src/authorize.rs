//! [`AuthorizeLayer`]: an [`Access`] rule before a route.

use crate::access::Access;
use crate::extract::Anonymous;
use crate::refusal::{Forbidden, Refusal};
use crate::side::Side;
use crate::user::User;
use crate::verdict::Verdict;
use core::future::{Ready, ready};
use core::pin::Pin;
use core::task::{Context, Poll};
use http::{Extensions, Request, Response, StatusCode};
use pin_project_lite::pin_project;
use std::sync::Arc;
use tower_layer::Layer;
use tower_service::Service;

/// Lets those users through to a service who meet an [`Access`] rule. Put it behind a
/// [`NegotiateLayer`](crate::NegotiateLayer), around a route.
///
/// | the request | the answer |
/// | --- | --- |
/// | is of a user who meets the rule | the service's |
/// | is of another user | 403, which does not say why; the [`Verdict`] among its extensions does |
/// | is of nobody, and the layer before is optional | 401 with a challenge |
/// | did not come through a layer at all | 500: a mistake of the application |
#[derive(Clone, Debug)]
#[must_use = "a layer guards nothing until it is put around a service"]
pub struct AuthorizeLayer {
    access: Arc<Access>,
}

impl AuthorizeLayer {
    /// A layer that lets those through who meet this rule.
    pub fn new(access: Access) -> Self {
        Self {
            access: Arc::new(access),
        }
    }
}

impl<S> Layer<S> for AuthorizeLayer {
    type Service = Authorize<S>;

    fn layer(&self, inner: S) -> Authorize<S> {
        Authorize {
            inner,
            access: Arc::clone(&self.access),
        }
    }
}

/// A service behind an [`AuthorizeLayer`].
#[derive(Clone, Debug)]
pub struct Authorize<S> {
    inner: S,
    access: Arc<Access>,
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for Authorize<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
    ResponseBody: From<String>,
{
    type Response = Response<ResponseBody>;
    type Error = S::Error;
    type Future = AuthorizeFuture<S::Future, ResponseBody>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let stage = match refusal(&self.access, request.extensions()) {
            None => Stage::Permitted {
                future: self.inner.call(request),
            },
            Some(response) => Stage::Refused {
                response: ready(response),
            },
        };
        AuthorizeFuture { stage }
    }
}

/// What is answered to who may not come in.
fn refusal<B: From<String>>(access: &Access, extensions: &Extensions) -> Option<Response<B>> {
    let side = extensions
        .get()
        .map_or(Side::Origin, |Anonymous(side)| *side);
    let (user, refusal) = match (extensions.get::<User>(), extensions.get::<Anonymous>()) {
        (Some(user), _) => {
            let why = Box::new(Forbidden::Rule(access.permit(user).err()?));
            (Some(user.clone()), Refusal::Forbidden { why, reply: None })
        }
        (None, Some(_)) => (None, Refusal::NoCredentials),
        (None, None) => {
            let mut response =
                Response::new(B::from("no NegotiateLayer guards this route\n".into()));
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return Some(response);
        }
    };
    let refusal = Arc::new(refusal);
    let verdict = Verdict::refused(side, user, Arc::clone(&refusal));
    #[cfg(feature = "tracing")]
    crate::event::emit(&verdict);
    #[cfg(feature = "metrics")]
    crate::meter::count_denial(&verdict);
    let mut response = refusal.to_response(side);
    response.extensions_mut().insert(verdict);
    Some(response)
}

pin_project! {
    /// What becomes of a request to an [`Authorize`].
    #[must_use = "futures do nothing unless polled"]
    pub struct AuthorizeFuture<F, B> {
        #[pin]
        stage: Stage<F, B>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<F, B> {
        Permitted {
            #[pin]
            future: F,
        },
        Refused {
            #[pin]
            response: Ready<Response<B>>,
        },
    }
}

impl<F, B, E> Future for AuthorizeFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().stage.project() {
            StageProjection::Permitted { future } => future.poll(context),
            StageProjection::Refused { response } => response.poll(context).map(Ok),
        }
    }
}

impl<F, B> core::fmt::Debug for AuthorizeFuture<F, B> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("AuthorizeFuture").finish_non_exhaustive()
    }
}
