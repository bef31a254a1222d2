//! Every byte layout that a Kerberos acceptor meets, read and written.
//!
//! From the outside in: [`spnego`] and [`gss`] frame a token, [`messages`] are what is inside,
//! [`der`] is how they are written down, [`pac`] is what Active Directory adds. [`keytab`],
//! [`ccache`] and [`krb5_conf`] are the files. [`principal`] and [`registry`] are the names and
//! numbers that all of them share.
//!
//! Decoding borrows, allocates nothing and never panics. Nothing here is verified: a decoded
//! ticket is what somebody sent, no more.
#![no_std]

extern crate alloc;

pub mod ccache;
pub mod der;
mod escape;
mod file_cursor;
pub mod gss;
pub mod keytab;
pub mod krb5_conf;
pub mod messages;
pub mod pac;
pub mod principal;
pub mod registry;
pub mod spnego;
