//! Hot path. Wrap tokens of RFC 4121 whose message stays where it is, with octets in clear around it
//! that are covered, too: what `gss_wrap_iov` calls header, data, sign-only data and trailer. NFS
//! and DCE RPC wrap so.

use super::parts::{InPlace, Layout, Parts, Shape, TokenLengths};
use super::prepared::Prepared;
use super::receiving::Receiving;
use super::sending::Sending;
use super::wrap::{counting, header, signed};
use super::{ContextKeys, MessageError, Order, Protection};
use crate::entropy::Entropy;
use portcullis_crypto::{Enctype, Key, Scattered};
use portcullis_formats::gss::{TokenFlags, WrapHeader};
use portcullis_formats::registry::EtypeNumber;

/// The filler of DCE style, a block: Windows wants it (\[MS-KILE\] §3.4.5.4.1).
const DCE_FILLER: u16 = 16;
const FILLER: u8 = 0xff;

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
            let key = keys.sending();
            let text = Covered::of(token.clear_before, token.message, token.clear_after);
            let sent = match protection {
                Protection::Integrity => sign(prepared, key, covered, text, parts.tag),
                Protection::Confidentiality => {
                    let filled = entropy.fill(parts.confounder);
                    filled.map_err(|_| MessageError::Entropy)?;
                    put_tail(parts.tail, covered);
                    let mut text = text.scattered(parts.confounder, parts.tail, parts.tag);
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
    /// Whatever is wrong, no octet of the message can be used afterwards.
    pub(super) fn unwrap_in_place(
        &mut self,
        keys: &ContextKeys,
        token: InPlace<'_>,
    ) -> Result<UnwrappedInPlace, MessageError> {
        let message = token.message;
        let token = InPlace {
            message: &mut *message,
            ..token
        };
        self.open_in_place(keys, token)
            .inspect_err(|_| message.fill(0))
    }

    fn open_in_place(
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
        let text = Covered::of(token.clear_before, token.message, token.clear_after);
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
    const fn of(before: &'t [u8], message: &'t mut [u8], after: &'t [u8]) -> Self {
        Self {
            before,
            message,
            after,
        }
    }

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
