//! The signatures of a PAC ([MS-PAC] §2.8), as far as there are keys.

use crate::error::PacError;
use crate::keytab::{Keytab, ServiceKey};
use crate::rules::Rules;
use core::ops::Range;
use portcullis_crypto::MacKey;
use portcullis_formats::pac::{PacBufferType, PacSignature, RawPac};
use portcullis_formats::registry::ChecksumTypeNumber;

/// What a signature is not over is over zeros, of which no buffer has more.
const ZEROS: [u8; PacSignature::MOST_OCTETS] = [0; PacSignature::MOST_OCTETS];

/// The service's signature: over the PAC without it and the KDC's. Only the type that belongs to
/// the key's encryption type will do, so none without a key (CVE-2014-6324) and none of RC4 under
/// an AES key (CVE-2022-37967).
pub(super) fn verify_server(pac: &RawPac<'_>, key: &MacKey) -> Result<(), PacError> {
    let signature = required(pac, PacBufferType::SERVER_CHECKSUM)?;
    required(pac, PacBufferType::KDC_CHECKSUM)?;
    let expected = ChecksumTypeNumber(key.enctype().checksum_type());
    let found = signature.checksum_type;
    if found != expected {
        return Err(PacError::SignatureType { expected, found });
    }
    let blanks = [PacBufferType::SERVER_CHECKSUM, PacBufferType::KDC_CHECKSUM];
    match Blanked::of(pac, &blanks).verify(key, signature.signature) {
        Some(()) => Ok(()),
        None => Err(PacError::Signature(PacBufferType::SERVER_CHECKSUM)),
    }
}

/// The KDC's signatures: over the service's, over the whole PAC and over the ticket. The last two
/// are newer (CVE-2022-37967, CVE-2020-17049) and may be missing: the first binds what there is.
pub(super) fn verify_kdc(
    pac: &RawPac<'_>,
    ticket: impl FnOnce() -> Result<Vec<u8>, PacError>,
    keys: &Keytab,
    rules: &Rules,
) -> Result<(), PacError> {
    let keys = KdcKeys { keys, rules };
    let kdc = required(pac, PacBufferType::KDC_CHECKSUM)?;
    let server = pac
        .signature_octets(PacBufferType::SERVER_CHECKSUM)
        .and_then(|place| pac.octets().get(place))
        .unwrap_or_default();
    keys.verify(PacBufferType::KDC_CHECKSUM, &kdc, &[server])?;
    if let Some(full) = optional(pac, PacBufferType::FULL_CHECKSUM)? {
        let blanks = [
            PacBufferType::SERVER_CHECKSUM,
            PacBufferType::KDC_CHECKSUM,
            PacBufferType::FULL_CHECKSUM,
        ];
        let parts = Blanked::of(pac, &blanks).parts();
        keys.verify(PacBufferType::FULL_CHECKSUM, &full, &parts)?;
    }
    if let Some(signature) = optional(pac, PacBufferType::TICKET_CHECKSUM)? {
        keys.verify(PacBufferType::TICKET_CHECKSUM, &signature, &[&ticket()?])?;
    }
    Ok(())
}

/// The keys of the KDC, of which any may have signed.
struct KdcKeys<'k> {
    keys: &'k Keytab,
    rules: &'k Rules,
}

impl KdcKeys<'_> {
    fn verify(
        &self,
        buffer_type: PacBufferType,
        signature: &PacSignature<'_>,
        parts: &[&[u8]],
    ) -> Result<(), PacError> {
        let mut suitable = self
            .keys
            .service_keys()
            .iter()
            .filter(|key| self.rules.enctypes.contains(key.enctype))
            .filter(|key| key.enctype.checksum_type() == signature.checksum_type.0)
            .peekable();
        if suitable.peek().is_none() {
            return Err(PacError::NoKdcKey {
                checksum_type: signature.checksum_type,
            });
        }
        let signed = |key: &ServiceKey| key.pac.verify(parts, signature.signature).is_ok();
        match suitable.any(signed) {
            true => Ok(()),
            false => Err(PacError::Signature(buffer_type)),
        }
    }
}

fn required<'p>(
    pac: &RawPac<'p>,
    buffer_type: PacBufferType,
) -> Result<PacSignature<'p>, PacError> {
    match optional(pac, buffer_type)? {
        Some(signature) => Ok(signature),
        None => Err(PacError::NoBuffer(buffer_type)),
    }
}

fn optional<'p>(
    pac: &RawPac<'p>,
    buffer_type: PacBufferType,
) -> Result<Option<PacSignature<'p>>, PacError> {
    pac.signature(buffer_type).map_err(PacError::Malformed)
}

/// A PAC with zeros where signatures are, in pieces, so that nothing is copied.
struct Blanked<'p> {
    octets: &'p [u8],
    /// In the order in which they lie; unused ones at the end of the PAC.
    blanks: [Range<usize>; 3],
}

impl<'p> Blanked<'p> {
    fn of(pac: &RawPac<'p>, buffer_types: &[PacBufferType]) -> Self {
        let octets = pac.octets();
        let nowhere = octets.len()..octets.len();
        let mut blanks = [const { 0..0 }; 3];
        let mut places = buffer_types
            .iter()
            .filter_map(|buffer_type| pac.signature_octets(*buffer_type));
        for blank in &mut blanks {
            *blank = places.next().unwrap_or_else(|| nowhere.clone());
        }
        blanks.sort_unstable_by_key(|blank| blank.start);
        Self { octets, blanks }
    }

    /// What lies before each blank, and zeros for it; then what lies after the last.
    fn parts(&self) -> [&'p [u8]; 7] {
        let [a, b, c] = &self.blanks;
        let piece = |from, to| self.octets.get(from..to).unwrap_or_default();
        let zeros = |blank: &Range<usize>| ZEROS.get(..blank.len()).unwrap_or(&ZEROS);
        [
            piece(0, a.start),
            zeros(a),
            piece(a.end, b.start),
            zeros(b),
            piece(b.end, c.start),
            zeros(c),
            piece(c.end, self.octets.len()),
        ]
    }

    fn verify(&self, key: &MacKey, signature: &[u8]) -> Option<()> {
        key.verify(&self.parts(), signature).ok()
    }
}
