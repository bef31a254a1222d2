//! Hot path. Wrap tokens of RFC 4121 whose message stays where it is, with octets in clear around it
//! that are covered, too: what `gss_wrap_iov` calls header, data, sign-only data and trailer. NFS
//! and DCE RPC wrap so.

use super::prepared::Prepared;
use super::receiving::Receiving;
use super::sending::Sending;
use super::wrap::{counting, header, signed};
use super::{ContextKeys, MessageError, Order, Protection};
use crate::entropy::Entropy;
use portcullis_crypto::{Enctype, Key, Scattered};
use portcullis_formats::gss::{TokenFlags, WrapHeader};
use portcullis_formats::registry::EtypeNumber;

const CONFOUNDER: usize = 16;
/// The filler of DCE style, a block: Windows wants it (\[MS-KILE\] §3.4.5.4.1).
const DCE_FILLER: u16 = 16;
const FILLER: u8 = 0xff;

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

/// What an initiator's token with its message in place has shown.
#[must_use]
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnwrappedInPlace {
    /// What was done to the message. A peer may send less than was agreed: look.
    pub protection: Protection,
    /// Where it stands among the others.
    pub order: Order,
}

/// The parts of a token beside its message.
#[derive(Clone, Copy)]
struct Shape {
    /// A confounder, or nothing.
    confounder: usize,
    /// Filler and the header's copy, or nothing.
    tail: usize,
    tag: usize,
    /// EC as it is sealed; a signed message's is its checksum's length.
    filler: u16,
}

impl Shape {
    const fn of(enctype: Enctype, protection: Protection, filler: u16) -> Self {
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

    const fn lengths(self, layout: Layout) -> TokenLengths {
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
    fn rotation(self, dce_style: bool) -> u16 {
        let rest = self.tail.saturating_add(self.tag);
        let counted = match dce_style {
            true => rest.saturating_sub(self.filler.into()),
            false => rest,
        };
        u16::try_from(counted).unwrap_or(u16::MAX) // 56 at most
    }
}

/// The parts of a token in their places.
struct Parts<'t> {
    header: &'t mut [u8; WrapHeader::LENGTH],
    confounder: &'t mut [u8],
    tail: &'t mut [u8],
    tag: &'t mut [u8],
    rotated: bool,
}

impl<'t> Parts<'t> {
    /// Parts header and trailer, which must be exactly as long as the shape says.
    fn split(
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

impl Sending {
    pub(super) fn token_lengths(
        &self,
        keys: &ContextKeys,
        protection: Protection,
        layout: Layout,
    ) -> Result<TokenLengths, MessageError> {
        Ok(self.shape(keys, protection)?.lengths(layout))
    }

    fn shape(&self, keys: &ContextKeys, protection: Protection) -> Result<Shape, MessageError> {
        let enctype = rfc4121(keys.sending())?;
        let filler = if self.dce_style { DCE_FILLER } else { 0 };
        Ok(Shape::of(enctype, protection, filler))
    }

    pub(super) fn wrap_in_place(
        &mut self,
        keys: &ContextKeys,
        entropy: &dyn Entropy,
        token: InPlace<'_>,
        protection: Protection,
    ) -> Result<(), MessageError> {
        let (shape, dce_style) = (self.shape(keys, protection)?, self.dce_style);
        self.numbered(keys, |prepared, number| {
            let parts = Parts::split(token.header, token.trailer, shape)?;
            let covered = header(keys, number, protection, shape.filler);
            let rotation = match parts.rotated {
                true => shape.rotation(dce_style),
                false => 0,
            };
            let text = Covered {
                before: token.clear_before,
                message: token.message,
                after: token.clear_after,
            };
            let key = keys.sending();
            let sent = match protection {
                Protection::Integrity => sign(prepared, key, covered, text, parts.tag),
                Protection::Confidentiality => {
                    entropy
                        .fill(parts.confounder)
                        .map_err(|_| MessageError::Entropy)?;
                    let (confounder, tail, tag) = (parts.confounder, parts.tail, parts.tag);
                    put_tail(tail, covered);
                    let mut text = text.scattered(confounder, tail, tag);
                    let sealed = prepared.cipher(key).seal_scattered(&mut text);
                    sealed.map_err(|_| MessageError::Length)?;
                    covered
                }
            };
            *parts.header = WrapHeader {
                right_rotation_count: rotation,
                ..sent
            }
            .octets();
            Ok(())
        })
    }
}

impl Receiving {
    pub(super) fn unwrap_in_place(
        &mut self,
        keys: &ContextKeys,
        token: InPlace<'_>,
    ) -> Result<UnwrappedInPlace, MessageError> {
        let dce_style = self.dce_style;
        let (sent, _) = WrapHeader::split(token.header).map_err(MessageError::Malformed)?;
        let (prepared, key) = self.rfc4121(keys, sent.flags)?;
        let (protection, filler) = match sent.flags.contains(TokenFlags::SEALED) {
            true => (Protection::Confidentiality, sent.extra_count),
            false => (Protection::Integrity, 0),
        };
        if ![0, DCE_FILLER].contains(&filler) {
            return Err(MessageError::Header); // a block or nothing: nobody sends another
        }
        let shape = Shape::of(key.enctype(), protection, filler);
        let parts = Parts::split(token.header, token.trailer, shape)?;
        let rotation = match parts.rotated {
            true => shape.rotation(dce_style),
            false => 0,
        };
        if sent.right_rotation_count != rotation {
            return Err(MessageError::Header);
        }
        let text = Covered {
            before: token.clear_before,
            message: token.message,
            after: token.clear_after,
        };
        match protection {
            Protection::Integrity => verify(prepared, key, sent, &text, parts.tag)?,
            Protection::Confidentiality => open(prepared, key, sent, text, parts)?,
        }
        Ok(UnwrappedInPlace {
            protection,
            order: self.window.note(sent.sequence),
        })
    }
}

/// The message and what stands in clear around it.
struct Covered<'t> {
    before: &'t [u8],
    message: &'t mut [u8],
    after: &'t [u8],
}

impl<'t> Covered<'t> {
    const fn scattered(
        self,
        confounder: &'t mut [u8],
        tail: &'t mut [u8],
        tag: &'t mut [u8],
    ) -> Scattered<'t> {
        Scattered {
            confounder,
            clear_before: self.before,
            message: self.message,
            clear_after: self.after,
            tail,
            tag,
        }
    }
}

/// filler | header
fn put_tail(tail: &mut [u8], header: WrapHeader) {
    tail.fill(FILLER);
    if let Some(copy) = tail.last_chunk_mut() {
        *copy = header.octets();
    }
}

/// Writes the checksum; gives the header as it is sent.
fn sign(
    prepared: &mut Prepared,
    key: &Key,
    signed: WrapHeader,
    text: Covered<'_>,
    tag: &mut [u8],
) -> WrapHeader {
    let parts = [text.before, text.message, text.after, &signed.octets()];
    let checksum = prepared.wrap_mac(key).checksum(&parts);
    for (to, from) in tag.iter_mut().zip(checksum.as_ref()) {
        *to = *from;
    }
    counting(signed, checksum.as_ref().len())
}

fn verify(
    prepared: &mut Prepared,
    key: &Key,
    sent: WrapHeader,
    text: &Covered<'_>,
    tag: &[u8],
) -> Result<(), MessageError> {
    if usize::from(sent.extra_count) != tag.len() {
        return Err(MessageError::Header);
    }
    let signed = signed(sent).octets();
    let parts = [text.before, text.message, text.after, &signed];
    let verified = prepared.wrap_mac(key).verify(&parts, tag);
    verified.map_err(|_| MessageError::Integrity)
}

fn open(
    prepared: &mut Prepared,
    key: &Key,
    sent: WrapHeader,
    text: Covered<'_>,
    parts: Parts<'_>,
) -> Result<(), MessageError> {
    let mut text = text.scattered(parts.confounder, parts.tail, parts.tag);
    let opened = prepared.cipher(key).open_scattered(&mut text);
    opened.map_err(|_| MessageError::Integrity)?;
    // CVE-2024-37370: the header in clear counts only as far as the sealed copy says the same.
    if text.tail.last_chunk() != Some(&sent.unrotated().octets()) {
        text.message.fill(0);
        return Err(MessageError::Header);
    }
    Ok(())
}

const fn rfc4121(key: &Key) -> Result<Enctype, MessageError> {
    let enctype = key.enctype();
    match enctype.is_cfx() {
        true => Ok(enctype),
        false => Err(MessageError::Unsupported(EtypeNumber(enctype.number()))),
    }
}
