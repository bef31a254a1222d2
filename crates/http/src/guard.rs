//! [`Guard`]: from the fields of a request to a proven client, or to what is answered instead.

use crate::connection::ConnectionBindings;
use crate::header::{self, HeaderError};
use core::fmt;
use http::{Extensions, HeaderMap};
use portcullis::{Acceptor, ChannelBindings, Identity, Rejection, Step};
use std::time::SystemTime;

/// The settings of a layer; and the decision.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) acceptor: Acceptor,
    pub(crate) optional: bool,
    pub(crate) max_header: usize,
    pub(crate) bindings: Vec<ChannelBindings>,
    pub(crate) now: fn() -> SystemTime,
}

/// Who is let through.
pub(crate) enum Entrant {
    /// A proven client, and our token for it.
    Client {
        identity: Box<Identity>,
        reply: Option<Vec<u8>>,
    },
    /// Somebody who showed nothing, where that will do.
    Anonymous,
}

/// Why nobody is let through.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The request has no Negotiate credentials.
    NoCredentials,
    /// It has, but no token.
    Header(HeaderError),
    /// The token is the first of several.
    AnotherLeg { reply: Vec<u8> },
    /// The token proves nobody.
    Rejected(Box<Rejection>),
    /// The acceptor took a step that this crate does not know.
    UnknownStep,
}

impl Guard {
    pub(crate) fn new(acceptor: Acceptor) -> Self {
        Self {
            acceptor,
            optional: false,
            max_header: 64 * 1024,
            bindings: Vec::new(),
            now: SystemTime::now,
        }
    }

    /// Whom a request with these fields and extensions comes from.
    pub(crate) fn judge(
        &self,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<Entrant, Refusal> {
        match header::token(headers, self.max_header).map_err(Refusal::Header)? {
            Some(token) => self.accept(&token, extensions.get()),
            None if self.optional => Ok(Entrant::Anonymous),
            None => Err(Refusal::NoCredentials),
        }
    }

    fn accept(
        &self,
        token: &[u8],
        connection: Option<&ConnectionBindings>,
    ) -> Result<Entrant, Refusal> {
        let bindings = connection.map_or(&*self.bindings, ConnectionBindings::acceptable);
        let begun = self.acceptor.begin().channel_bindings_any_of(bindings);
        match begun.step(token, (self.now)()) {
            Ok(Step::Complete { context, reply }) => Ok(Entrant::Client {
                identity: Box::new(context.into_identity()),
                reply,
            }),
            // The rest of the negotiation has no place to wait in.
            Ok(Step::Continue {
                reply,
                negotiation: _,
            }) => Err(Refusal::AnotherLeg { reply }),
            Ok(_) => Err(Refusal::UnknownStep),
            Err(rejection) => Err(Refusal::Rejected(Box::new(rejection))),
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("acceptor", &self.acceptor)
            .field("optional", &self.optional)
            .field("max_header", &self.max_header)
            .field("bindings", &self.bindings)
            .finish_non_exhaustive()
    }
}
