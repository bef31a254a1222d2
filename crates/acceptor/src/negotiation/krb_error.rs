//! The KRB-ERROR that a refused client gets (RFC 4120 §5.9.1).

use crate::error::Error;
use crate::settings::Settings;
use crate::time::{kerberos_time, microseconds};
use portcullis_formats::messages::{ApOptions, ApReq, KrbError, PrincipalName, Realm};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::ErrorCode;
use std::time::SystemTime;

/// KERB-ERROR-DATA { data-type [1] SKEW_RECOVERY } ([MS-KILE] §2.2.2): a Windows client that sees
/// it tries again with the time of this answer.
const SKEW_RECOVERY: &[u8] = &[0x30, 0x05, 0xa1, 0x03, 0x02, 0x01, 0x02];

/// The most octets of names that an answer repeats: a token of 64 KiB must not make a header of
/// 80 KiB, over which proxies stumble.
const LONGEST_NAME: usize = 1024;

/// Whom an answer speaks for: what the request says in clear and the answer repeats.
#[derive(Clone, Copy, Debug)]
pub(super) struct KrbErrorFacts<'r> {
    realm: Realm<'r>,
    sname: PrincipalName<'r>,
}

impl<'r> KrbErrorFacts<'r> {
    /// RFC 4121 §4.1: a client that asked for mutual authentication waits for an answer. It said
    /// so in the options of the AP-REQ, in clear. `None` if no answer is expected.
    pub(super) fn of(request: &ApReq<'r>) -> Option<Self> {
        let waits = request.ap_options.contains(ApOptions::MUTUAL_REQUIRED);
        let (realm, sname) = (request.ticket.realm, request.ticket.sname);
        let length = realm
            .0
            .len()
            .saturating_add(sname.name_string.encoded_elements().len());
        (waits && length <= LONGEST_NAME).then_some(Self { realm, sname })
    }

    /// RFC 4121 §4.1: a token of a type that is not due is answered, too. It names no service, so
    /// the answer names the first that this acceptor answers for.
    pub(super) fn of_no_request(settings: &'r Settings) -> Option<Self> {
        let mut keys = settings.keytab.service_keys().iter();
        let ours = keys.find(|key| settings.rules.service.matches(&key.principal));
        ours.map(|key| Self::of_service(&key.principal))
    }

    pub(super) fn of_service(service: &'r Principal) -> Self {
        Self {
            realm: service.realm(),
            sname: service.name(),
        }
    }

    /// The same for longer than the request lasts. It is likely for `service`: names are shared, not
    /// copied.
    pub(super) fn kept(self, service: &Principal) -> Option<Principal> {
        match service.is(self.realm, self.sname) {
            true => Some(service.clone().with_name_type(self.sname.name_type)),
            false => Principal::from_wire(self.realm, self.sname).ok(),
        }
    }
}

/// The KRB-ERROR for `error`: its code, our time, the service's name as the ticket shows it in
/// clear, and nothing else.
pub(super) fn krb_error<'r>(
    error: &Error,
    facts: Option<KrbErrorFacts<'r>>,
    now: SystemTime,
) -> Option<KrbError<'r>> {
    let (code, KrbErrorFacts { realm, sname }) = (error.code()?, facts?);
    Some(KrbError {
        ctime: None,
        cusec: None,
        stime: kerberos_time(now),
        susec: microseconds(now),
        error_code: code,
        crealm: None,
        cname: None,
        realm,
        sname,
        e_text: None,
        e_data: (code == ErrorCode::SKEW).then_some(SKEW_RECOVERY),
    })
}
