//! [`Lifetime`]: from when, until when, and how long renewable (RFC 4120 §3.1.3, §3.3.3).

use super::exchange::Time;
use super::krb_error::Refusal;
use crate::realm::moved;
use portcullis_formats::messages::{EncTicketPart, KdcOptions, KdcReqBody, KerberosTime};
use portcullis_formats::registry::ErrorCode;

/// A day, MIT krb5's default, and what its clients ask for.
const LONGEST_LIFE: i64 = 86_400;
/// Seven days, Active Directory's default.
const LONGEST_RENEWABLE_LIFE: i64 = 604_800;

/// When a ticket counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lifetime {
    pub(super) start: KerberosTime,
    pub(super) end: KerberosTime,
    pub(super) renew_till: Option<KerberosTime>,
}

impl Lifetime {
    /// As long as was asked for and may be.
    pub(super) fn initial(body: &KdcReqBody<'_>, now: Time) -> Result<Self, Refusal> {
        if body.from.is_some_and(|from| now.is_well_before(from)) {
            return Err(Refusal::new(
                ErrorCode::CANNOT_POSTDATE,
                "POSTDATE NOT ALLOWED",
            ));
        }
        let longest = moved(now.seconds, LONGEST_LIFE);
        let longest_renewable = moved(now.seconds, LONGEST_RENEWABLE_LIFE);
        Self::within(body, now, longest, Some(longest_renewable))
    }

    /// The same, but not beyond the ticket-granting ticket.
    pub(super) fn under(
        body: &KdcReqBody<'_>,
        tgt: &EncTicketPart<'_>,
        now: Time,
    ) -> Result<Self, Refusal> {
        let longest = moved(now.seconds, LONGEST_LIFE).min(tgt.endtime);
        Self::within(body, now, longest, tgt.renew_till)
    }

    /// As long again as the ticket was made for, if it can still be renewed.
    pub(super) fn renewed(ticket: &EncTicketPart<'_>, now: Time) -> Result<Self, Refusal> {
        let not_renewable = Refusal::new(ErrorCode::BADOPTION, "TICKET NOT RENEWABLE");
        let renew_till = ticket.renew_till.ok_or(not_renewable)?;
        if now.seconds >= renew_till {
            return Err(Refusal::new(ErrorCode::TKT_EXPIRED, "TICKET NOT RENEWABLE"));
        }
        let start = ticket.starttime.unwrap_or(ticket.authtime);
        let life = ticket.endtime.as_unix().saturating_sub(start.as_unix());
        Ok(Self {
            start: now.seconds,
            end: moved(now.seconds, life).min(renew_till),
            renew_till: Some(renew_till),
        })
    }

    fn within(
        body: &KdcReqBody<'_>,
        now: Time,
        longest: KerberosTime,
        longest_renewable: Option<KerberosTime>,
    ) -> Result<Self, Refusal> {
        let till = or_for_ever(Some(body.till));
        let end = till.min(longest);
        if end <= now.seconds {
            return Err(Refusal::new(ErrorCode::NEVER_VALID, "NEVER_VALID"));
        }
        let wanted = if body.kdc_options.contains(KdcOptions::RENEWABLE) {
            Some(or_for_ever(body.rtime))
        } else {
            let instead = body.kdc_options.contains(KdcOptions::RENEWABLE_OK);
            (instead && till > end).then_some(till)
        };
        let renew_till = wanted.zip(longest_renewable).map(|(a, b)| a.min(b));
        Ok(Self {
            start: now.seconds,
            end,
            renew_till: renew_till.filter(|till| *till > end),
        })
    }
}

/// MIT krb5 and Java send 1970 for "as long as may be".
fn or_for_ever(time: Option<KerberosTime>) -> KerberosTime {
    time.filter(|time| *time != KerberosTime::UNIX_EPOCH)
        .unwrap_or(KerberosTime::MAX)
}
