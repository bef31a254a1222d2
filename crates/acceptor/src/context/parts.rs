//! The parts of a Wrap token of RFC 4121 whose message stays where it is, and how long they are.

use super::{MessageError, Protection};
use portcullis_crypto::Enctype;
use portcullis_formats::gss::WrapHeader;

/// The octets that precede a sealed message: a block.
pub(super) const CONFOUNDER: usize = 16;

/// A token whose message stays where it is.
///
/// What it covers is `clear_before`, `message` and `clear_after`, one after the other; of them
/// `message` alone is sealed and sent as a part of the token.
pub struct InPlace<'t> {
    /// [`TokenLengths::header`] octets, sent before the message.
    pub header: &'t mut [u8],
    /// Octets that are signed with the message and travel by themselves.
    pub clear_before: &'t [u8],
    /// The message, sealed and opened here.
    pub message: &'t mut [u8],
    /// The same as `clear_before`, after the message.
    pub clear_after: &'t [u8],
    /// [`TokenLengths::trailer`] octets, sent after the message; none if all stands in the header.
    pub trailer: &'t mut [u8],
}

/// Where a token whose message stays in its place has the rest of its octets.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Before and after the message: as they are when a token is one piece.
    HeaderAndTrailer,
    /// Before the message, as DCE RPC sends them.
    HeaderOnly,
}

/// How many octets a token has around its message. There is no padding.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLengths {
    /// Before the message.
    pub header: usize,
    /// After the message.
    pub trailer: usize,
}

/// The parts of a token beside its message.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// A confounder, or nothing.
    confounder: usize,
    /// Filler and the header's copy, or nothing.
    tail: usize,
    tag: usize,
    /// EC as it is sealed; a signed message's is its checksum's length.
    pub(super) filler: u16,
}

impl Shape {
    pub(super) const fn of(enctype: Enctype, protection: Protection, filler: u16) -> Self {
        let tag = enctype.checksum_length();
        match protection {
            Protection::Integrity => Self {
                confounder: 0,
                tail: 0,
                tag,
                filler: 0,
            },
            Protection::Confidentiality => Self {
                confounder: CONFOUNDER,
                tail: match filler {
                    0 => WrapHeader::LENGTH,
                    _ => WrapHeader::LENGTH.saturating_add(CONFOUNDER),
                },
                tag,
                filler,
            },
        }
    }

    pub(super) const fn lengths(self, layout: Layout) -> TokenLengths {
        let header = WrapHeader::LENGTH.saturating_add(self.confounder);
        let rest = self.tail.saturating_add(self.tag);
        match layout {
            Layout::HeaderAndTrailer => TokenLengths {
                header,
                trailer: rest,
            },
            Layout::HeaderOnly => TokenLengths {
                header: header.saturating_add(rest),
                trailer: 0,
            },
        }
    }

    /// RRC when all stands in the header. In DCE style it does not count the filler, although that
    /// is rotated with the rest: so do Windows and MIT krb5.
    pub(super) fn rotation(self, dce_style: bool) -> u16 {
        let rest = self.tail.saturating_add(self.tag);
        let counted = match dce_style {
            true => rest.saturating_sub(self.filler.into()),
            false => rest,
        };
        u16::try_from(counted).unwrap_or(u16::MAX) // 56 at most
    }
}

/// The parts of a token in their places.
pub(super) struct Parts<'t> {
    pub(super) header: &'t mut [u8; WrapHeader::LENGTH],
    pub(super) confounder: &'t mut [u8],
    pub(super) tail: &'t mut [u8],
    pub(super) tag: &'t mut [u8],
    /// All of them stand before the message.
    pub(super) rotated: bool,
}

impl<'t> Parts<'t> {
    /// Parts header and trailer, which must be exactly as long as the shape says.
    pub(super) fn split(
        header: &'t mut [u8],
        trailer: &'t mut [u8],
        shape: Shape,
    ) -> Result<Self, MessageError> {
        let rotated = trailer.is_empty();
        let layout = match rotated {
            true => Layout::HeaderOnly,
            false => Layout::HeaderAndTrailer,
        };
        let lengths = shape.lengths(layout);
        if (header.len(), trailer.len()) != (lengths.header, lengths.trailer) {
            return Err(MessageError::Length);
        }
        let (header, rest) = header.split_first_chunk_mut().ok_or(MessageError::Length)?;
        let end = rest.len().saturating_sub(shape.confounder);
        let (before, confounder) = rest.split_at_mut_checked(end).ok_or(MessageError::Length)?;
        let rest = if rotated { before } else { trailer };
        let (tail, tag) = rest
            .split_at_mut_checked(shape.tail)
            .ok_or(MessageError::Length)?;
        Ok(Self {
            header,
            confounder,
            tail,
            tag,
            rotated,
        })
    }
}
