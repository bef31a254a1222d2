//! The KRB-ERROR that a refused client gets (RFC 4120 §5.9.1).

use crate::error::Error;
use crate::settings::Settings;
use crate::time::{kerberos_time, microseconds};
use portcullis_formats::messages::{ApOptions, ApReq, KrbError};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::ErrorCode;
use std::time::SystemTime;

/// KERB-ERROR-DATA { data-type [1] SKEW_RECOVERY } ([MS-KILE] §2.2.2): a Windows client that sees
/// it tries again with the time of this answer.
const SKEW_RECOVERY: &[u8] = &[0x30, 0x05, 0xa1, 0x03, 0x02, 0x01, 0x02];

/// The most octets of names that an answer repeats: a token of 64 KiB must not make a header of
/// 80 KiB, over which proxies stumble.
const LONGEST_NAME: usize = 1024;

/// What the request says in clear and the answer repeats; `None` if no answer is expected.
#[derive(Debug)]
pub(super) struct KrbErrorFacts(Option<Principal>);

impl KrbErrorFacts {
    /// RFC 4121 §4.1: a client that asked for mutual authentication waits for an answer. It said
    /// so in the options of the AP-REQ, in clear.
    pub(super) fn of(request: &ApReq<'_>) -> Self {
        Self::with_service(request, None)
    }

    /// The same, when `service` is likely whom the ticket is for: names are shared, not copied.
    pub(super) fn with_service(request: &ApReq<'_>, service: Option<&Principal>) -> Self {
        let waits = request.ap_options.contains(ApOptions::MUTUAL_REQUIRED);
        let (realm, name) = (request.ticket.realm, request.ticket.sname);
        let length = realm
            .0
            .len()
            .saturating_add(name.name_string.encoded_elements().len());
        if !waits || length > LONGEST_NAME {
            return Self(None);
        }
        match service.filter(|service| service.is(realm, name)) {
            Some(service) => Self(Some(service.clone().with_name_type(name.name_type))),
            None => Self(Principal::from_wire(realm, name).ok()),
        }
    }

    /// RFC 4121 §4.1: a token of a type that is not due is answered, too. It names no service, so
    /// the answer names the first that this acceptor answers for.
    pub(super) fn of_no_request(settings: &Settings) -> Self {
        let mut keys = settings.keytab.service_keys().iter();
        let ours = keys.find(|key| settings.rules.service.matches(&key.principal));
        Self(ours.map(|key| key.principal.clone()))
    }
}

/// The KRB-ERROR for `error`: its code, our time, the service's name as the ticket shows it in
/// clear, and nothing else.
pub(super) fn krb_error<'f>(
    error: &Error,
    facts: &'f KrbErrorFacts,
    now: SystemTime,
) -> Option<KrbError<'f>> {
    let (code, service) = (error.code()?, facts.0.as_ref()?);
    Some(KrbError {
        ctime: None,
        cusec: None,
        stime: kerberos_time(now),
        susec: microseconds(now),
        error_code: code,
        crealm: None,
        cname: None,
        realm: service.realm(),
        sname: service.name(),
        e_text: None,
        e_data: (code == ErrorCode::SKEW).then_some(SKEW_RECOVERY),
    })
}
