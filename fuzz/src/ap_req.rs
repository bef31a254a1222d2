//! The messages of the AP exchange, as they stand in clear.

use crate::canonical::reencodes;
use crate::shapes;
use portcullis_formats::messages::{ApRep, ApReq, EncApRepPart, KrbError};

/// Reads `input` as each of them.
pub fn run(input: &[u8]) {
    if let Some(request) = reencodes::<ApReq<'_>>(&shapes::AP_REQ, input) {
        let _ = (request.ticket.sname.to_string(), format!("{request:?}"));
    }
    reencodes::<ApRep<'_>>(&shapes::AP_REP, input);
    reencodes::<EncApRepPart<'_>>(&shapes::ENC_AP_REP_PART, input);
    if let Some(error) = reencodes::<KrbError<'_>>(&shapes::KRB_ERROR, input) {
        let _ = format!("{error:?}");
    }
}
