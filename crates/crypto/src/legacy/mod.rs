//! Enctypes that RFC 8429 deprecates and some realms still issue.
//!
//! The feature compiles them; whether one may be used is a policy of the caller.

pub(crate) mod des3;
pub(crate) mod des3_random_to_key;
pub(crate) mod rc4_hmac;
pub(crate) mod rfc1964;
