//! GSS-API framing and what is Kerberos' own inside it (RFC 2743 §3.1, RFC 4121, RFC 1964).
//!
//! Layouts only: what a token is and where its parts lie. Keys, checksums and sequence windows
//! belong to whoever holds a context.

mod channel_bindings;
mod checksum_8003;
mod context_flags;
mod first_token;
mod initial_token;
mod mech;
mod mic_token;
mod rfc1964_token;
mod wrap_header;

pub use channel_bindings::ChannelBindings;
pub use checksum_8003::{GssChecksum, GssChecksumError, GssExtension, GssExtensions};
pub use context_flags::ContextFlags;
pub use first_token::FirstToken;
pub use initial_token::{
    InitialContextToken, TokenId, encode_framed, frame, frame_message, split_token_id,
};
pub use mech::{DottedOid, Mechanism, oid_to_dotted};
pub use mic_token::{MicToken, TokenFlags};
pub use rfc1964_token::Rfc1964Head;
pub use wrap_header::WrapHeader;
