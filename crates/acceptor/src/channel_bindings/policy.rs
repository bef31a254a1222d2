//! Whether the client's channel bindings are good enough.

use core::fmt;

/// What a service asks of the client's channel bindings, once it has said what its own are.
///
/// Windows' Extended Protection says never, when supported and always for [`Self::Ignore`],
/// [`Self::Aware`] and [`Self::Required`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChannelBindingPolicy {
    /// They are not looked at.
    Ignore,
    /// Different ones are refused; none are accepted of everybody.
    Allow,
    /// Different ones are refused; none are accepted of clients that do not claim to send them.
    ///
    /// Windows clients claim it in AD-AP-OPTIONS ([MS-KILE] §3.2.5.8). Such a token without
    /// bindings was made for a channel that has none, and was relayed to one that has.
    #[default]
    Aware,
    /// They must be ours. A service that has not said what its own are accepts nobody.
    Required,
}

/// Why the client's channel bindings were refused.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingsMismatch {
    /// The client sent none, and they are required.
    Missing,
    /// The client sent those of another channel.
    Different,
    /// The client claims to send them, and sent none.
    ClaimedButMissing,
    /// They are required, and the service has not said what its own are.
    NoneOfOurOwn,
}

impl fmt::Display for BindingsMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "client sent no channel bindings",
            Self::Different => "client sent the channel bindings of another channel",
            Self::ClaimedButMissing => {
                "client supports channel bindings and sent none, as to another channel"
            }
            Self::NoneOfOurOwn => "required, but this service has not said what its own are",
        })
    }
}

impl core::error::Error for BindingsMismatch {}

/// RFC 4121 §4.1.1: what an initiator without bindings sends.
const NONE: [u8; 16] = [0; 16];

/// Whether the client is bound to the channel, or refused.
///
/// `expected` are the hashes of the service's own bindings: none when it has not said, several
/// while a certificate changes. `sent` is the client's. `client_claims_cbt`: AD-AP-OPTIONS of the
/// authenticator has KERB_AP_OPTIONS_CBT (0x4000) set.
pub(crate) fn decide(
    policy: ChannelBindingPolicy,
    expected: &[[u8; 16]],
    sent: &[u8; 16],
    client_claims_cbt: bool,
) -> Result<bool, BindingsMismatch> {
    use ChannelBindingPolicy::{Allow, Aware, Ignore, Required};

    let sent = Some(sent).filter(|sent| **sent != NONE);
    match (policy, sent) {
        (Ignore, _) => Ok(false),
        (Allow | Aware, _) if expected.is_empty() => Ok(false),
        (Required, _) if expected.is_empty() => Err(BindingsMismatch::NoneOfOurOwn),
        (_, Some(sent)) if expected.contains(sent) => Ok(true),
        (_, Some(_)) => Err(BindingsMismatch::Different),
        (Allow, None) => Ok(false),
        (Aware | Required, None) if client_claims_cbt => Err(BindingsMismatch::ClaimedButMissing),
        (Aware, None) => Ok(false),
        (Required, None) => Err(BindingsMismatch::Missing),
    }
}

#[cfg(test)]
mod tests {
    use super::ChannelBindingPolicy::{Allow, Aware, Ignore, Required};
    use super::*;

    const OURS: [u8; 16] = [1; 16];
    const OUR_NEXT: [u8; 16] = [2; 16];
    const ANOTHER: [u8; 16] = [3; 16];

    const BOUND: Result<bool, BindingsMismatch> = Ok(true);
    const UNBOUND: Result<bool, BindingsMismatch> = Ok(false);
    const MISSING: Result<bool, BindingsMismatch> = Err(BindingsMismatch::Missing);
    const DIFFERENT: Result<bool, BindingsMismatch> = Err(BindingsMismatch::Different);
    const CLAIMED: Result<bool, BindingsMismatch> = Err(BindingsMismatch::ClaimedButMissing);

    const NONE_OF_OURS: Result<bool, BindingsMismatch> = Err(BindingsMismatch::NoneOfOurOwn);

    /// Each row: what the client sends, then the answer to one that makes no claim and to one that
    /// claims to send bindings.
    type Row = ([u8; 16], [Result<bool, BindingsMismatch>; 2]);

    fn assert_rows(policy: ChannelBindingPolicy, expected: &[[u8; 16]], rows: [Row; 4]) {
        for (sent, [unclaimed, claimed]) in rows {
            let answer = |claims| decide(policy, expected, &sent, claims);
            assert_eq!(answer(false), unclaimed, "{policy:?} {sent:?} unclaimed");
            assert_eq!(answer(true), claimed, "{policy:?} {sent:?} claimed");
        }
    }

    #[test]
    fn a_service_with_bindings_answers_by_its_policy() {
        let given = &[OURS, OUR_NEXT];

        assert_rows(
            Ignore,
            given,
            [
                (NONE, [UNBOUND, UNBOUND]),
                (OURS, [UNBOUND, UNBOUND]),
                (OUR_NEXT, [UNBOUND, UNBOUND]),
                (ANOTHER, [UNBOUND, UNBOUND]),
            ],
        );
        assert_rows(
            Allow,
            given,
            [
                (NONE, [UNBOUND, UNBOUND]),
                (OURS, [BOUND, BOUND]),
                (OUR_NEXT, [BOUND, BOUND]),
                (ANOTHER, [DIFFERENT, DIFFERENT]),
            ],
        );
        assert_rows(
            Aware,
            given,
            [
                (NONE, [UNBOUND, CLAIMED]),
                (OURS, [BOUND, BOUND]),
                (OUR_NEXT, [BOUND, BOUND]),
                (ANOTHER, [DIFFERENT, DIFFERENT]),
            ],
        );
        assert_rows(
            Required,
            given,
            [
                (NONE, [MISSING, CLAIMED]),
                (OURS, [BOUND, BOUND]),
                (OUR_NEXT, [BOUND, BOUND]),
                (ANOTHER, [DIFFERENT, DIFFERENT]),
            ],
        );
    }

    #[test]
    fn a_service_without_bindings_is_never_bound() {
        for policy in [Ignore, Allow, Aware] {
            assert_rows(
                policy,
                &[],
                [NONE, OURS, OUR_NEXT, ANOTHER].map(|sent| (sent, [UNBOUND, UNBOUND])),
            );
        }
    }

    #[test]
    fn bindings_that_are_required_and_not_given_let_nobody_in() {
        assert_rows(
            Required,
            &[],
            [
                (NONE, [NONE_OF_OURS, NONE_OF_OURS]),
                (OURS, [NONE_OF_OURS, NONE_OF_OURS]),
                (OUR_NEXT, [NONE_OF_OURS, NONE_OF_OURS]),
                (ANOTHER, [NONE_OF_OURS, NONE_OF_OURS]),
            ],
        );
    }

    #[test]
    fn no_bindings_match_no_expectation_not_even_zeros() {
        assert_eq!(decide(Required, &[NONE], &NONE, false), MISSING);
        assert_eq!(decide(Aware, &[NONE], &NONE, false), UNBOUND);
    }

    #[test]
    fn the_default_is_aware() {
        assert_eq!(ChannelBindingPolicy::default(), Aware);
    }
}
