//! What tests of single functions cannot show: that no interleaving of threads lets an authenticator
//! in twice, that no key stays behind in memory, and that none is printed.
//!
//! [`replay`] is the acceptor's replay cache, compiled a second time with locks whose every order
//! can be tried; [`watch`] an allocator that looks into each block before it lets it go.

pub mod replay;
pub mod watch;
