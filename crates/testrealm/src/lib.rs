//! A Kerberos realm in memory, for tests: services with keytabs, users, and the tokens that users
//! send to services, with chosen faults.
//!
//! ```
//! use portcullis::{Acceptor, Step};
//! use portcullis_testrealm::{Fault, TestRealm};
//!
//! let realm = TestRealm::new("EXAMPLE.TEST");
//! let web = realm.service("HTTP/web.example.test");
//! let acceptor = Acceptor::new(web.keytab()).unwrap();
//!
//! let login = realm.user("alice").token_for(&web).mutual().spnego().build();
//! let Ok(Step::Complete { context, reply }) = acceptor.begin().step(login.token(), realm.now())
//! else {
//!     panic!("alice is let in")
//! };
//! assert_eq!(context.identity().client().to_string(), "alice@EXAMPLE.TEST");
//! login.finish(&reply.unwrap()).unwrap(); // the service has proven itself, too
//!
//! let stale = realm.user("alice").token_for(&web).fault(Fault::Expired).build();
//! assert!(acceptor.begin().step(stale.token(), realm.now()).is_err());
//! ```
//!
//! There is a KDC, too, as messages in and out ([`MiniKdc::answer`]) or on a socket for `kinit` and
//! `curl`; it is not for production:
//!
//! ```no_run
//! # use portcullis_testrealm::TestRealm;
//! let realm = TestRealm::new("EXAMPLE.TEST");
//! realm.user_with_password("alice", "secret");
//! realm.service("HTTP/web.example.test");
//! let kdc = realm.kdc().serve("realm", 8888)?; // until it is dropped
//! // $ KRB5_CONFIG=realm/krb5.conf kinit alice
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! But for that socket, nothing here is random and nothing looks at a clock: keys follow from the
//! names of realm and principal (and a seed, if there is one), and the time is [`TestRealm::now`]
//! until it is moved. A test that fails once fails always. So nothing here is secret either: no key
//! of a test realm may guard anything.
//!
//! The [guide] shows how to test a server with it.
//!
//! It panics where a test is wrong in itself, as with a service name that is no name.

mod client;
mod draft;
mod fault;
mod initiation;
mod kdc;
mod pac;
mod random;
mod realm;
mod replay;
mod salt;
mod service;
mod token;
mod user;

pub use client::{TestClient, ask_over_tcp};
pub use fault::Fault;
pub use initiation::{Initiation, InitiationError, InitiatorContext, Next, WrapShape};
pub use kdc::{MiniKdc, Pacs, ServedKdc};
pub use pac::TestGroup;
pub use portcullis_client::{AskKdc, ClientError};
pub use realm::TestRealm;
pub use replay::SteadyReplay;
pub use salt::Salt;
pub use service::{ServiceBuilder, TestService};
pub use token::{Delegator, TokenBuilder};
pub use user::{TestUser, UserBuilder};

use core::fmt::Display;

/// The README, whose code has to compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;

#[allow(
    clippy::test_attr_in_doctest,
    reason = "they are for copying; tests/guide runs them"
)]
#[doc = include_str!("../docs/guide.md")]
pub mod guide {}

/// The value, or the end of a test that asked for the impossible.
#[expect(
    clippy::panic,
    reason = "a test that is wrong in itself has to fail, and say why"
)]
#[track_caller]
fn must<T, E: Display>(result: Result<T, E>, what: &str) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{what}: {error}"),
    }
}
