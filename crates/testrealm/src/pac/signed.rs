//! The buffers of a PAC laid out and signed, in the order that [MS-PAC] §2.8 wants.

use super::PacDraft;
use super::contents::ServerSignature;
use crate::must;
use crate::token::md5;
use portcullis_crypto::{Enctype, Key, KeyUsage};
use portcullis_formats::pac::{PacBufferType, PacSignature, PacWriter, UnsignedPac};
use portcullis_formats::registry::ChecksumTypeNumber;

/// Fewer octets than any signature has.
const SHORT: usize = 4;

impl PacDraft {
    /// The PAC with the signatures of the service's key, which the ticket is sealed with, and of the
    /// krbtgt's; with those of the latter over the whole PAC and over the ticket, too, if `ticket` is
    /// the EncTicketPart with one zero octet in the PAC's place.
    pub(crate) fn signed(&self, server: &Key, kdc: &Key, ticket: Option<&[u8]>) -> Vec<u8> {
        let mut pac = self.laid_out(server, kdc, ticket.is_some());
        if let Some(ticket) = ticket {
            self.put(&mut pac, PacBufferType::TICKET_CHECKSUM, mac(kdc, ticket));
            let whole = mac(kdc, pac.octets());
            self.put(&mut pac, PacBufferType::FULL_CHECKSUM, whole);
        }
        let signature = self.server_signature(server, pac.octets());
        self.put(&mut pac, PacBufferType::SERVER_CHECKSUM, signature);
        let of_service = pac.signature_octets(PacBufferType::SERVER_CHECKSUM);
        let of_kdc = mac(kdc, of_service.unwrap_or_default());
        self.put(&mut pac, PacBufferType::KDC_CHECKSUM, of_kdc);
        let edits = self.edits.iter();
        edits.fold(pac.into_vec(), |octets, edit| edit(octets))
    }

    /// All buffers, with zeros for signatures.
    fn laid_out(&self, server: &Key, kdc: &Key, of_ticket: bool) -> UnsignedPac {
        let (of_server, of_kdc) = (self.server_placeholder(server), placeholder(kdc));
        let signatures = [
            (PacBufferType::SERVER_CHECKSUM, of_server, true),
            (PacBufferType::KDC_CHECKSUM, of_kdc.clone(), true),
            (PacBufferType::TICKET_CHECKSUM, of_kdc.clone(), of_ticket),
            (PacBufferType::FULL_CHECKSUM, of_kdc, of_ticket),
        ];
        let wanted = signatures
            .into_iter()
            .filter(|(buffer_type, _, due)| *due && !self.unsigned.contains(buffer_type))
            .map(|(buffer_type, octets, _)| (buffer_type, octets));
        let buffers = self.buffers.iter().cloned().chain(wanted);
        let pac = buffers.fold(PacWriter::new(), |pac, (buffer_type, octets)| {
            pac.buffer(buffer_type, octets)
        });
        pac.finish()
    }

    /// Puts a signature into its buffer, if it has one.
    fn put(&self, pac: &mut UnsignedPac, buffer_type: PacBufferType, mut signature: Vec<u8>) {
        if let (true, Some(octet)) = (self.tampered.contains(&buffer_type), signature.first_mut()) {
            *octet ^= 1;
        }
        if pac.signature_octets(buffer_type).is_some() {
            must(pac.sign(buffer_type, &signature), "signature of a PAC");
        }
    }

    fn server_placeholder(&self, key: &Key) -> Vec<u8> {
        let own = ChecksumTypeNumber(key.enctype().checksum_type());
        match self.server_signature {
            ServerSignature::Proper => placeholder(key),
            ServerSignature::Unkeyed => zeros(ChecksumTypeNumber::RSA_MD5, 16),
            ServerSignature::OtherType => placeholder(&other_key(key)),
            ServerSignature::Short => zeros(own, SHORT),
        }
    }

    fn server_signature(&self, key: &Key, octets: &[u8]) -> Vec<u8> {
        match self.server_signature {
            ServerSignature::Proper => mac(key, octets),
            ServerSignature::Unkeyed => md5(octets).to_vec(),
            ServerSignature::OtherType => mac(&other_key(key), octets),
            ServerSignature::Short => mac(key, octets).into_iter().take(SHORT).collect(),
        }
    }
}

/// A key of the same octets and of RC4-HMAC; of AES if it is of RC4 already.
fn other_key(key: &Key) -> Key {
    let mut seed = [0; 32];
    let octets = seed.iter_mut().zip(key.expose_octets());
    octets.for_each(|(to, from)| *to = *from);
    let enctype = match key.enctype() {
        Enctype::Rc4Hmac => Enctype::Aes128CtsHmacSha1_96,
        _ => Enctype::Rc4Hmac,
    };
    Key::from_random(enctype, &seed)
}

fn mac(key: &Key, octets: &[u8]) -> Vec<u8> {
    let mac = key.mac(KeyUsage::PAC_CHECKSUM).checksum(&[octets]);
    mac.as_ref().to_vec()
}

/// The buffer of a signature that this key is going to make.
fn placeholder(key: &Key) -> Vec<u8> {
    let enctype = key.enctype();
    let checksum_type = ChecksumTypeNumber(enctype.checksum_type());
    zeros(checksum_type, enctype.checksum_length())
}

fn zeros(checksum_type: ChecksumTypeNumber, length: usize) -> Vec<u8> {
    let signature = PacSignature {
        checksum_type,
        signature: &vec![0; length],
        rodc_identifier: None,
    };
    signature.encode()
}
