//! [`MessageError`]: why a message's token was refused or could not be made.

use core::fmt;
use portcullis_formats::der::DecodeError;
use portcullis_formats::registry::EtypeNumber;

/// Why a per-message token was refused or could not be made.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageError {
    /// It is no token of the kind that is due.
    Malformed(DecodeError),
    /// It asks to delete the context (RFC 1964 §1.2.3), which nobody may do any more (RFC 2743
    /// §2.2.2): a context ends when it is dropped.
    ContextDeletion,
    /// It was sent by an acceptor: one of ours, come back. Under RC4 whoever sends it back can hide
    /// that ([`SecurityContext::signs_numbers`](super::SecurityContext::signs_numbers)).
    Direction,
    /// It claims a subkey that we never proposed.
    NoSubkey,
    /// It does not verify.
    Integrity,
    /// Its header says another thing than the copy that is sealed with the message, or counts
    /// octets that are not there.
    Header,
    /// What stands before or after a message in place is not as long as
    /// [`TokenLengths`](super::TokenLengths) says.
    Length,
    /// There is no randomness to seal with.
    Entropy,
    /// A key of this encryption type makes no such tokens here.
    Unsupported(EtypeNumber),
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed(error) => return error.fmt(f),
            Self::ContextDeletion => "message token that asks to delete the context",
            Self::Direction => "message token of an acceptor, one of an initiator is due",
            Self::NoSubkey => "message token with a subkey that was never proposed",
            Self::Integrity => "message token does not verify",
            Self::Header => "message token's header is not the one that was sealed",
            Self::Length => "message token in parts of other lengths than it has",
            Self::Entropy => "no randomness to seal with",
            Self::Unsupported(etype) => {
                return write!(f, "no message tokens with a key of {etype}");
            }
        })
    }
}

impl core::error::Error for MessageError {}
