//! [`GssChecksumDraft`]: the authenticator's checksum of type 0x8003 (RFC 4121 §4.1.1).

use crate::Fault;
use portcullis_formats::gss::ContextFlags;

/// An extension that claims nine octets and has one.
const CUT_EXTENSION: &[u8] = &[0, 0, 0, 9, 0, 0, 0, 9, 1];

/// The checksum, written by hand: any field may be wrong.
pub(crate) struct GssChecksumDraft {
    length: u32,
    bindings: [u8; 16],
    flags: ContextFlags,
    option: u16,
    /// By how much the credential's length is exaggerated.
    exaggeration: u16,
    credential: Option<Vec<u8>>,
    extensions: &'static [u8],
    cut: bool,
}

impl GssChecksumDraft {
    pub(crate) const fn new(
        bindings: [u8; 16],
        flags: ContextFlags,
        credential: Option<Vec<u8>>,
    ) -> Self {
        Self {
            length: 16,
            bindings,
            flags,
            option: 1,
            exaggeration: 0,
            credential,
            extensions: &[],
            cut: false,
        }
    }

    /// Gets the fault if it is one of this checksum's.
    pub(crate) fn spoil(&mut self, fault: Fault) {
        match fault {
            Fault::FramedDceStyle => self.flags = self.flags | ContextFlags::DCE_STYLE,
            Fault::ChecksumTooShort => self.cut = true,
            Fault::ChecksumLength => self.length = 17,
            Fault::ChecksumExtension => self.extensions = CUT_EXTENSION,
            Fault::CredentialOption => self.option = 2,
            Fault::CredentialLength => self.exaggeration = 1,
            Fault::MalformedCredential => self.credential = Some(b"no KRB-CRED".to_vec()),
            _ => {}
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut output = Vec::new();
        output.extend_from_slice(&self.length.to_le_bytes());
        output.extend_from_slice(&self.bindings);
        output.extend_from_slice(&self.flags.0.to_le_bytes());
        if self.cut {
            output.truncate(23);
            return output;
        }
        if let Some(credential) = &self.credential {
            let length = u16::try_from(credential.len()).unwrap_or(u16::MAX);
            output.extend_from_slice(&self.option.to_le_bytes());
            output.extend_from_slice(&length.saturating_add(self.exaggeration).to_le_bytes());
            output.extend_from_slice(credential);
        }
        output.extend_from_slice(self.extensions);
        output
    }
}
