//! Wrap tokens of RFC 4121 §4.2.6.2 as initiators make and read them, in any peer's shape.
//!
//! Written from the RFC and [MS-KILE] §3.4.5.4, apart from the acceptor's code: what both believe is
//! then no mistake of one.

use super::{InitiationError, InitiatorContext};
use portcullis::context::Protection;
use portcullis_crypto::KeyUsage;
use portcullis_formats::gss::{TokenFlags, WrapHeader};

/// The octets of a Wrap token that its maker is free to choose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a test writes any shape down")]
pub struct WrapShape {
    /// EC of a sealed token: octets of filler after the message. A token without confidentiality
    /// has its checksum's length there.
    pub filler: u16,
    /// RRC, as the header has it.
    pub rotation: u16,
    /// By how much more than RRC says the data is rotated: as peers do that speak DCE style.
    pub hidden_rotation: u16,
}

impl WrapShape {
    /// What MIT krb5 and Heimdal send: no filler, nothing rotated.
    pub const MIT: Self = Self {
        filler: 0,
        rotation: 0,
        hidden_rotation: 0,
    };
    /// What Windows sends under a key of AES with SHA-1 ([MS-KILE] §3.4.5.4.1): 16 octets of filler,
    /// and the trailer of 28 before the message.
    pub const WINDOWS: Self = Self {
        filler: 16,
        rotation: 28,
        hidden_rotation: 0,
    };
    /// The same in DCE style, where the filler is rotated, too, and RRC does not count it.
    pub const DCE_STYLE: Self = Self {
        filler: 16,
        rotation: 28,
        hidden_rotation: 16,
    };
}

impl InitiatorContext {
    /// Wraps `message` for the acceptor, as MIT krb5 does.
    ///
    /// # Errors
    /// [`InitiationError::NoMessageTokens`] with a key of no known kind.
    pub fn wrap(
        &mut self,
        message: &[u8],
        protection: Protection,
    ) -> Result<Vec<u8>, InitiationError> {
        if !self.key().enctype().is_cfx() {
            let token = self.rfc1964_wrap(message, protection)?;
            self.sending = self.sending.wrapping_add(1);
            return Ok(token);
        }
        self.wrap_shaped(message, protection, WrapShape::MIT)
    }

    /// The same in another peer's shape, or in nobody's.
    ///
    /// # Errors
    /// [`InitiationError::NoMessageTokens`] with a key of RC4 or DES3, whose tokens have one shape.
    pub fn wrap_shaped(
        &mut self,
        message: &[u8],
        protection: Protection,
        shape: WrapShape,
    ) -> Result<Vec<u8>, InitiationError> {
        let (header, mut data) = match protection {
            _ if !self.key().enctype().is_cfx() => return Err(InitiationError::NoMessageTokens),
            Protection::Integrity => self.sign(message),
            _ => self.seal(message, shape.filler),
        };
        let rotation = usize::from(shape.rotation).saturating_add(shape.hidden_rotation.into());
        let rotation = rotation.checked_rem(data.len()).unwrap_or(0);
        data.rotate_right(rotation);
        let header = WrapHeader {
            right_rotation_count: shape.rotation,
            ..header
        };
        self.sending = self.sending.wrapping_add(1);
        Ok([header.octets().as_slice(), &data].concat())
    }

    /// Unwraps the acceptor's next message.
    ///
    /// # Errors
    /// [`InitiationError::Wrap`] when it is not that; [`InitiationError::Malformed`] when it is no
    /// Wrap token; [`InitiationError::NoMessageTokens`] with a key of no known kind.
    pub fn unwrap(&mut self, token: &[u8]) -> Result<(Vec<u8>, Protection), InitiationError> {
        if !self.key().enctype().is_cfx() {
            let unwrapped = self.rfc1964_unwrap(token)?;
            self.receiving = self.receiving.wrapping_add(1);
            return Ok(unwrapped);
        }
        let mut token = token.to_vec();
        let (header, data) = WrapHeader::split(&mut token)?;
        let rotation = usize::from(header.right_rotation_count);
        data.rotate_left(rotation.checked_rem(data.len()).unwrap_or(0));
        let unwrapped = match header.flags.contains(TokenFlags::SEALED) {
            true => (self.open(header, data)?, Protection::Confidentiality),
            false => (self.verify(header, data)?, Protection::Integrity),
        };
        if !self.expects(header.flags, header.sequence) {
            return Err(InitiationError::Wrap);
        }
        self.receiving = self.receiving.wrapping_add(1);
        Ok(unwrapped)
    }

    /// Header, and Encrypt(message | filler | header).
    fn seal(&self, message: &[u8], filler: u16) -> (WrapHeader, Vec<u8>) {
        let header = self.header(TokenFlags::SEALED, filler);
        let (filler, mut data) = (vec![0xff; filler.into()], Vec::new());
        self.key().seal(
            KeyUsage::INITIATOR_SEAL,
            &self.random.confounder(),
            &[message, &filler, &header.octets()],
            &mut data,
        );
        (header, data)
    }

    /// Header, and message | checksum(message | header without its counts).
    fn sign(&self, message: &[u8]) -> (WrapHeader, Vec<u8>) {
        let header = self.header(TokenFlags(0), 0);
        let key = self.key().mac(KeyUsage::INITIATOR_SEAL);
        let checksum = key.checksum(&[message, &header.octets()]);
        let sent = WrapHeader {
            extra_count: u16::try_from(checksum.as_ref().len()).unwrap_or(u16::MAX), // 24 at most
            ..header
        };
        (sent, [message, checksum.as_ref()].concat())
    }

    fn header(&self, sealed: TokenFlags, extra_count: u16) -> WrapHeader {
        WrapHeader {
            flags: TokenFlags(self.flags().0 | sealed.0),
            extra_count,
            right_rotation_count: 0,
            sequence: self.sending,
        }
    }

    fn open(&self, header: WrapHeader, data: &mut [u8]) -> Result<Vec<u8>, InitiationError> {
        let opened = self.key().open(KeyUsage::ACCEPTOR_SEAL, data);
        let opened = opened.map_err(|_| InitiationError::Wrap)?;
        let (rest, sealed) = opened
            .split_last_chunk::<{ WrapHeader::LENGTH }>()
            .ok_or(InitiationError::Wrap)?;
        let length = rest.len().checked_sub(header.extra_count.into());
        match length.and_then(|length| rest.get(..length)) {
            Some(message) if *sealed == header.unrotated().octets() => Ok(message.to_vec()),
            _ => Err(InitiationError::Wrap),
        }
    }

    fn verify(&self, header: WrapHeader, data: &[u8]) -> Result<Vec<u8>, InitiationError> {
        let length = data.len().checked_sub(header.extra_count.into());
        let (message, checksum) = length
            .and_then(|length| data.split_at_checked(length))
            .ok_or(InitiationError::Wrap)?;
        let signed = WrapHeader {
            extra_count: 0,
            ..header.unrotated()
        };
        self.key()
            .mac(KeyUsage::ACCEPTOR_SEAL)
            .verify(&[message, &signed.octets()], checksum)
            .map_err(|_| InitiationError::Wrap)?;
        Ok(message.to_vec())
    }
}
