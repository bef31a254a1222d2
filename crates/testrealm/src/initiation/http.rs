//! What an initiator says and hears in HTTP (RFC 4559 §4).

use super::{Initiation, InitiationError, InitiatorContext};
use base64::{Engine as _, engine::general_purpose::STANDARD};

const SCHEME: &str = "Negotiate";

impl Initiation {
    /// The token as the value of the field `Authorization`: `Negotiate YII…`.
    #[must_use]
    pub fn authorization(&self) -> String {
        format!("{SCHEME} {}", STANDARD.encode(self.token()))
    }

    /// Ends with the value of the answer's field `WWW-Authenticate`, empty if it has none.
    ///
    /// # Errors
    /// [`InitiationError`]: it does not prove the service, or another token is due.
    pub fn finish_http(self, www_authenticate: &str) -> Result<InitiatorContext, InitiationError> {
        let said = www_authenticate.trim();
        let encoded = said.strip_prefix(SCHEME).unwrap_or(said).trim();
        let reply = STANDARD.decode(encoded);
        self.finish(&reply.map_err(|_| InitiationError::Unexpected)?)
    }
}
