//! [`TimelyClient`]: the ticket counts now, and the authenticator was made now.

use super::authenticator::Evidence;
use super::policy::PermittedClient;
use crate::error::{AuthenticatorError, Error, TicketError};
use crate::rules::Rules;
use crate::tickets::Validity;
use portcullis_formats::messages::{KerberosTime, TicketFlags};

/// The ticket counts now, and the authenticator was made now.
pub(super) struct TimelyClient<'p>(Evidence<'p>);

impl<'p> TimelyClient<'p> {
    /// For [`super::address::LocatedClient::timely_at`] alone.
    pub(super) fn at(
        evidence: Evidence<'p>,
        now: KerberosTime,
        rules: &Rules,
    ) -> Result<Self, Error> {
        ticket_counts(&evidence, now, rules.skew)?;
        made_now(&evidence, now, rules)?;
        Ok(Self(evidence))
    }

    /// What policy says of encryption types, realms and anonymity.
    pub(super) fn permitted(self, rules: &Rules) -> Result<PermittedClient<'p>, Error> {
        PermittedClient::by(self.0, rules)
    }
}

/// RFC 4120 §3.2.3: not before the start, not after the end, with the clock's skew allowed; and
/// not with the INVALID flag, which a KDC clears when the time has come (RFC 4120 §2.2).
fn ticket_counts(evidence: &Evidence<'_>, now: KerberosTime, skew: i64) -> Result<(), TicketError> {
    let client = || Box::new(evidence.open.client.clone());
    let Validity {
        flags,
        starttime: starts,
        endtime: ended,
        ..
    } = evidence.open.validity;
    if starts.as_unix() > now.as_unix().saturating_add(skew) {
        return Err(TicketError::NotYetValid {
            client: client(),
            starts,
            now,
        });
    }
    if now.as_unix() > ended.as_unix().saturating_add(skew) {
        return Err(TicketError::Expired {
            client: client(),
            ended,
            now,
        });
    }
    if flags.contains(TicketFlags::INVALID) {
        return Err(TicketError::Invalid { flags });
    }
    Ok(())
}

/// RFC 4120 §3.2.3: the client's time and ours differ by no more than the skew. In whole seconds,
/// as MIT krb5 and Heimdal compare: `cusec` does not count.
fn made_now(
    evidence: &Evidence<'_>,
    now: KerberosTime,
    rules: &Rules,
) -> Result<(), AuthenticatorError> {
    let client = evidence.authenticator.ctime;
    let allowed = rules.skew.unsigned_abs();
    if client.as_unix().abs_diff(now.as_unix()) > allowed {
        let whose = Box::new(evidence.open.client.clone());
        return Err(AuthenticatorError::Skew {
            whose,
            client,
            now,
            allowed,
        });
    }
    match rules.refuse_stamped_before {
        Some(start) if client <= start => Err(AuthenticatorError::StampedBeforeStart {
            stamped: client,
            start,
        }),
        _ => Ok(()),
    }
}
