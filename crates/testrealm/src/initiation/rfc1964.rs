//! Tokens with a key of RC4-HMAC or DES3: RFC 1964 §1.2, RFC 4757 §7, as Windows and MIT krb5 make
//! them (RFC 4757 has the octets of the direction the wrong way round).

use super::{InitiationError, InitiatorContext};
use portcullis::context::Protection;
use portcullis_crypto::{Key, Rfc1964Key, Rfc1964Kind};
use portcullis_formats::gss::{InitialContextToken, Mechanism, Rfc1964Head, TokenId, frame};

const FROM_INITIATOR: u8 = 0;
const FROM_ACCEPTOR: u8 = 0xff;
const CONFOUNDER: usize = 8;

/// One side's next token.
struct Maker {
    key: Rfc1964Key,
    number: u32,
    direction: u8,
}

impl InitiatorContext {
    pub(super) fn rfc1964_mic(&self, message: &[u8]) -> Result<Vec<u8>, InitiationError> {
        let maker = Maker::new(self.key(), self.sending, FROM_INITIATOR)?;
        Ok(frame(Mechanism::Krb5.oid(), &maker.mic(message)))
    }

    pub(super) fn verify_rfc1964_mic(
        &self,
        message: &[u8],
        token: &[u8],
    ) -> Result<(), InitiationError> {
        let maker = Maker::new(self.key(), self.receiving, FROM_ACCEPTOR)?;
        let theirs = InitialContextToken::decode(token)?.inner;
        match theirs == maker.mic(message) {
            true => Ok(()),
            false => Err(InitiationError::Mic),
        }
    }

    pub(super) fn rfc1964_wrap(
        &self,
        message: &[u8],
        protection: Protection,
    ) -> Result<Vec<u8>, InitiationError> {
        let maker = Maker::new(self.key(), self.sending, FROM_INITIATOR)?;
        let [confounder @ .., _, _, _, _, _, _, _, _] = self.random.confounder();
        let token = maker.wrap(confounder, message, protection);
        Ok(frame(Mechanism::Krb5.oid(), &token))
    }

    pub(super) fn rfc1964_unwrap(
        &self,
        token: &[u8],
    ) -> Result<(Vec<u8>, Protection), InitiationError> {
        let maker = Maker::new(self.key(), self.receiving, FROM_ACCEPTOR)?;
        let theirs = InitialContextToken::decode(token)?.inner;
        let length = Rfc1964Head::LENGTH.saturating_add(maker.key.checksum_length());
        let (head, text) = theirs
            .split_at_checked(length)
            .ok_or(InitiationError::Wrap)?;
        let head = Rfc1964Head::decode(TokenId::RFC1964_WRAP, head)?;
        let mut text = text.to_vec();
        let mut protection = Protection::Integrity;
        if head.seal_alg != Rfc1964Head::NOT_SEALED {
            protection = Protection::Confidentiality;
            let opened = maker.key.open(maker.number, &mut text);
            opened.map_err(|_| InitiationError::Wrap)?;
        }
        let end = text
            .len()
            .saturating_sub(text.last().map_or(0, |padding| usize::from(*padding)));
        let message = text.get(CONFOUNDER..end).ok_or(InitiationError::Wrap)?;
        let confounder = text.first_chunk().ok_or(InitiationError::Wrap)?;
        match maker.wrap(*confounder, message, protection) == theirs {
            true => Ok((message.to_vec(), protection)),
            false => Err(InitiationError::Wrap),
        }
    }
}

impl Maker {
    fn new(key: &Key, number: u64, direction: u8) -> Result<Self, InitiationError> {
        let [.., a, b, c, d] = number.to_be_bytes(); // 32 bits, which wrap around
        Ok(Self {
            key: key.rfc1964().ok_or(InitiationError::NoMessageTokens)?,
            number: u32::from_be_bytes([a, b, c, d]),
            direction,
        })
    }

    fn mic(&self, message: &[u8]) -> Vec<u8> {
        let head = self.head(TokenId::RFC1964_MIC, Rfc1964Head::NOT_SEALED);
        let parts = [&head.header(), message];
        self.signed(head, Rfc1964Kind::Mic, &parts)
    }

    fn wrap(
        &self,
        confounder: [u8; CONFOUNDER],
        message: &[u8],
        protection: Protection,
    ) -> Vec<u8> {
        let sealed = protection == Protection::Confidentiality;
        let seal_alg = match sealed {
            true => self.key.seal_alg(),
            false => Rfc1964Head::NOT_SEALED,
        };
        let head = self.head(TokenId::RFC1964_WRAP, seal_alg);
        let padding = self.key.padding(message.len());
        let padding = vec![padding; padding.into()];
        let mut text = [&confounder, message, &padding].concat();
        let head = self.signed(head, Rfc1964Kind::Wrap, &[&head.header(), &text]);
        if sealed {
            self.key.seal(self.number, &mut text);
        }
        [head, text].concat()
    }

    const fn head(&self, token_id: TokenId, seal_alg: [u8; 2]) -> Rfc1964Head<'static> {
        Rfc1964Head {
            token_id,
            sgn_alg: self.key.sgn_alg(),
            seal_alg,
            snd_seq: [0; 8],
            sgn_cksum: &[],
        }
    }

    fn signed(&self, head: Rfc1964Head<'_>, kind: Rfc1964Kind, parts: &[&[u8]]) -> Vec<u8> {
        let checksum = self.key.checksum(kind, parts);
        let sgn_cksum = checksum.as_ref();
        let snd_seq = self
            .key
            .seal_sequence(self.number, self.direction, sgn_cksum);
        let head = Rfc1964Head {
            snd_seq,
            sgn_cksum,
            ..head
        };
        head.encode()
    }
}
