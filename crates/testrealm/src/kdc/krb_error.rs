//! [`Refusal`]: why there is no ticket, and the KRB-ERROR that says so (RFC 4120 §5.9.1).

use super::exchange::{Exchange, Time};
use portcullis::Principal;
use portcullis::entropy::EntropyError;
use portcullis_formats::der::{DecodeError, Encode};
use portcullis_formats::messages::{KerberosString, KrbError, PrincipalName, Realm};
use portcullis_formats::registry::ErrorCode;

/// Why there is no ticket.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: ErrorCode,
    /// What MIT krb5 writes into e-text, which its log has, too.
    text: &'static str,
    e_data: Option<Vec<u8>>,
    /// The client's realm, where the client has to ask.
    realm: Option<Vec<u8>>,
}

impl Refusal {
    pub(super) const fn new(code: ErrorCode, text: &'static str) -> Self {
        Self {
            code,
            text,
            e_data: None,
            realm: None,
        }
    }

    /// With METHOD-DATA.
    pub(super) fn with_data(self, e_data: Vec<u8>) -> Self {
        let e_data = Some(e_data);
        Self { e_data, ..self }
    }

    /// The client is another realm's (RFC 6806 §7).
    pub(super) fn wrong_realm(realm: &str) -> Self {
        Self {
            realm: Some(realm.as_bytes().to_vec()),
            ..Self::new(ErrorCode::WRONG_REALM, "REFERRAL")
        }
    }

    /// The KRB-ERROR for a request.
    pub(super) fn encode(&self, exchange: &Exchange<'_>) -> Vec<u8> {
        let body = &exchange.body;
        let krbtgt = exchange.realm.krbtgt();
        let referred = self.realm.as_deref().map(KerberosString);
        let error = error(
            self,
            exchange.now,
            body.realm,
            body.sname.unwrap_or_else(|| krbtgt.name()),
        );
        KrbError {
            crealm: referred.or_else(|| body.cname.map(|_| body.realm)),
            cname: body.cname,
            ..error
        }
        .to_der()
    }

    /// The KRB-ERROR for a request that nobody has read.
    pub(super) fn encode_unread(&self, krbtgt: &Principal, now: Time) -> Vec<u8> {
        error(self, now, krbtgt.realm(), krbtgt.name()).to_der()
    }
}

fn error<'a>(
    refusal: &'a Refusal,
    now: Time,
    realm: Realm<'a>,
    sname: PrincipalName<'a>,
) -> KrbError<'a> {
    KrbError {
        ctime: None,
        cusec: None,
        stime: now.seconds,
        susec: now.microseconds,
        error_code: refusal.code,
        crealm: None,
        cname: None,
        realm,
        sname,
        e_text: Some(KerberosString(refusal.text.as_bytes())),
        e_data: refusal.e_data.as_deref(),
    }
}

impl From<EntropyError> for Refusal {
    fn from(_: EntropyError) -> Self {
        Self::new(ErrorCode::SVC_UNAVAILABLE, "NO_ENTROPY")
    }
}

/// What was decrypted, or came as preauthentication data, is not what it should be.
impl From<DecodeError> for Refusal {
    fn from(_: DecodeError) -> Self {
        Self::new(ErrorCode::GENERIC, "DECODE")
    }
}
