//! [`Exchange`]: one request, and what both exchanges ask of it.

use super::Account;
use super::krb_error::Refusal;
use super::source::Source;
use crate::realm::{Realm, kerberos_time};
use core::time::Duration;
use portcullis::Enctype;
use portcullis_crypto::Key;
use portcullis_formats::messages::{
    KdcOptions, KdcReq, KdcReqBody, KerberosTime, Microseconds, PrincipalName, Ticket,
};
use portcullis_formats::registry::{ErrorCode, PaDataType};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// How far the client's clock may be off.
const SKEW: u64 = 300;

/// A point in time as messages have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Time {
    pub(super) seconds: KerberosTime,
    pub(super) microseconds: Microseconds,
}

impl Time {
    pub(super) fn of(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Self {
            seconds: kerberos_time(time),
            microseconds: Microseconds::of(since),
        }
    }

    /// Whether `other` is near enough.
    pub(super) const fn agrees_with(self, other: KerberosTime) -> bool {
        self.seconds.as_unix().abs_diff(other.as_unix()) <= SKEW
    }

    /// Whether `other` is further ahead than clocks differ.
    pub(super) fn is_well_before(self, other: KerberosTime) -> bool {
        self.seconds < other && !self.agrees_with(other)
    }

    /// Whether `other` is longer ago than clocks differ.
    pub(super) fn is_well_after(self, other: KerberosTime) -> bool {
        self.seconds > other && !self.agrees_with(other)
    }
}

/// One request.
pub(super) struct Exchange<'a> {
    /// The realm that was asked.
    pub(super) realm: Arc<Realm>,
    pub(super) source: &'a Source,
    /// All of the request, which the reply to an AS-REQ may sign.
    pub(super) octets: &'a [u8],
    pub(super) request: KdcReq<'a>,
    pub(super) body: KdcReqBody<'a>,
    pub(super) now: Time,
}

impl<'a> Exchange<'a> {
    pub(super) fn asks(&self, option: KdcOptions) -> bool {
        self.body.kdc_options.contains(option)
    }

    /// The value of the first preauthentication data of this type.
    pub(super) fn padata(&self, padata_type: PaDataType) -> Option<&'a [u8]> {
        let mut padata = self.request.padata?.iter();
        let found = padata.find(|padata| padata.padata_type == padata_type)?;
        Some(found.padata_value)
    }

    /// What our KDC signs with.
    pub(super) fn kdc_key(&self) -> Key {
        self.realm.kdc_key(&self.realm.krbtgt())
    }

    /// The first of the tickets that came along.
    pub(super) fn second_ticket(&self) -> Option<Ticket<'a>> {
        self.body.additional_tickets?.iter().next()
    }

    /// The service's name.
    pub(super) fn sname(&self) -> Result<PrincipalName<'a>, Refusal> {
        self.body
            .sname
            .ok_or(Refusal::new(ErrorCode::S_PRINCIPAL_UNKNOWN, "NULL_SERVER"))
    }

    /// The encryption type of the session key: what the client likes best of that which the
    /// service has keys for; a KDC itself can use any.
    pub(super) fn session_enctype(&self, service: &Account) -> Result<Enctype, Refusal> {
        let usable = if service.is_kdc() {
            Enctype::all().to_vec()
        } else {
            service.enctypes()
        };
        let mut asked = self.body.etype.iter();
        asked
            .find_map(|etype| {
                let enctype = Enctype::try_from(etype.0).ok()?;
                usable.contains(&enctype).then_some(enctype)
            })
            .ok_or(Refusal::new(ErrorCode::ETYPE_NOSUPP, "BAD_ENCRYPTION_TYPE"))
    }
}
