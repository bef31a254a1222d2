//! [`RequestSpan`]: around all that happens with a request, here and in the service behind.

/// A span of `tracing`, where that is wanted; else nothing.
pub(crate) struct RequestSpan {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

impl RequestSpan {
    /// Of a request that has come. It gets the outcome and, where the subscriber asks for the level
    /// `DEBUG`, the user's name.
    pub(crate) fn begin() -> Self {
        Self {
            #[cfg(feature = "tracing")]
            span: {
                use tracing::field::Empty;
                tracing::info_span!("negotiate", outcome = Empty, user = Empty)
            },
        }
    }

    /// Its request has this verdict.
    #[cfg(feature = "tracing")]
    pub(crate) fn record(&self, verdict: &crate::Verdict) {
        self.span.record("outcome", verdict.outcome().label());
        let user = verdict.user();
        let user = user.filter(|_| tracing::enabled!(tracing::Level::DEBUG));
        self.span.record("user", user.map(crate::User::name));
    }

    pub(crate) fn within<T>(&self, act: impl FnOnce() -> T) -> T {
        #[cfg(feature = "tracing")]
        let _entered = self.span.enter();
        act()
    }
}
