//! A verified PAC in an exported context: where it lies in the authorization data, which goes by
//! itself, and that it was verified.
//!
//! ```text
//! ExportedPac ::= SEQUENCE { start [0] UInt32, end [1] UInt32, kdc-verified [2] BOOLEAN }
//! ```

use super::Pac;
use super::attest::sound;
use crate::error::PacError;
use crate::rules::Rules;
use portcullis_formats::der::{self, DecodeErrorKind, Reader, Writer};
use portcullis_formats::pac::RawPac;
use portcullis_formats::principal::Principal;
use std::sync::Arc;

impl Pac {
    pub(crate) fn export(&self, output: &mut Writer) {
        // No authorization data has 2³² octets.
        let octet = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        output.sequence(|fields| {
            fields.field(0, |field| field.integer(octet(self.place.start)));
            fields.field(1, |field| field.integer(octet(self.place.end)));
            fields.field(2, |field| field.boolean(self.kdc_verified));
        });
    }

    /// Whether it counts where it was imported: its account may be one that its realm may not vouch
    /// for here.
    pub(crate) fn admit(&self) -> Result<(), PacError> {
        let pac = RawPac::decode(self.octets()).map_err(PacError::Malformed)?;
        sound(&pac, self.confines.as_ref())
    }

    /// `client` is whose it is. Which SIDs count is decided here and now.
    pub(crate) fn import(
        input: &mut Reader<'_>,
        data: &Arc<[u8]>,
        client: &Principal,
        rules: &Rules,
    ) -> der::Result<Self> {
        let start = input.clone();
        input.sequence("ExportedPac", |fields| {
            let octet = |field: &mut Reader<'_>| field.uint32().map(usize::try_from);
            let place = (
                fields.field(0, "start", octet)?,
                fields.field(1, "end", octet)?,
            );
            let kdc_verified = fields.field(2, "kdc-verified", Reader::boolean)?;
            let place = match place {
                (Ok(start), Ok(end)) if data.get(start..end).is_some() => start..end,
                _ => return Err(start.error(DecodeErrorKind::Value("a place in the data"))),
            };
            let filter = rules.sid_filter.as_ref();
            Ok(Self {
                data: data.clone(),
                place,
                kdc_verified,
                confines: filter.and_then(|filter| filter.confines_of(client.realm().0)),
            })
        })
    }
}
