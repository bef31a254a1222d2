//! [`Error::remedy`]: one sentence that says what to do.

use super::{
    AuthenticatorError, Bounded, Encrypted, Error, NoKeyReason, TicketError, TooLarge, Unsupported,
};
use crate::channel_bindings::BindingsMismatch;
use crate::replay::ReplayCacheError;
use portcullis_formats::registry::EtypeNumber;

impl Error {
    /// One sentence that tells an operator what to do.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::TooLarge(TooLarge {
                what: Bounded::MechTypes,
                ..
            }) => {
                "No client offers so many mechanisms: its SPNEGO is broken, or this is an attack."
            }
            Self::TooLarge(_) => {
                "If the client is in very many groups, raise the limit of the token's size; otherwise the client is broken."
            }
            Self::Malformed(_) => {
                "The client or something between it and this service damaged the token: look for header limits of proxies, then at the client's software."
            }
            Self::Unsupported(unsupported) => unsupported.remedy(),
            Self::Negotiation(_) => {
                "Let the client begin afresh; if it repeats, its SPNEGO or a proxy that mixes connections is at fault."
            }
            Self::NoKey(no_key) => no_key.reason.remedy(),
            Self::Ticket(error) => error.remedy(),
            Self::Authenticator(error) => error.remedy(),
            Self::AuthorizationData(_) => {
                "The KDC or the client adds restrictions that this service cannot enforce: remove them, or choose lenient authorization data if you know them to be harmless."
            }
            Self::Pac(error) => error.remedy(),
            Self::Replayed { .. } => {
                "Nothing if it is rare: a client or proxy sent a request twice and will begin afresh; if it is frequent, look for retries in proxies, or for an attacker."
            }
            Self::ReplayCache(error) => replay_cache(error),
            Self::Entropy => "The operating system gave no randomness: repair the machine.",
        }
    }
}

const fn replay_cache(error: &ReplayCacheError) -> &'static str {
    match error {
        ReplayCacheError::Full { .. } => {
            "Raise the capacity of the replay cache above the number of logins within twice the clock skew."
        }
        ReplayCacheError::ClockWentBack { .. } | ReplayCacheError::Expired { .. } => {
            "This machine's clock was set back: synchronise it with NTP and let it run on."
        }
        ReplayCacheError::TooYoung { .. } => {
            "Nothing if the shared replay store was just started: new logins come in. If it lasts, the client's clock is behind, or the store starts again and again."
        }
        ReplayCacheError::Unreachable(_) => {
            "Bring the shared replay store back: nobody is let in without it."
        }
    }
}

impl Unsupported {
    const fn remedy(&self) -> &'static str {
        match self {
            Self::Ntlm => {
                "Give the client a reason to use Kerberos: register the SPN of the name in the URL, use that name and no IP address, put the site into the browser's intranet zone or allow-list, and check that the client reaches a KDC."
            }
            Self::NegoEx | Self::Mechanism { .. } => {
                "Make the client offer Kerberos: it needs a ticket for this service, so register the SPN of the name it uses and check that it reaches a KDC."
            }
            Self::TokenId(_) => {
                "Let the client begin with an AP-REQ: its Kerberos software is at fault."
            }
            Self::BareApReq => {
                "Let the client frame its AP-REQ as GSS-API says, or permit raw AP-REQs if your protocol sends them so."
            }
            Self::FramedDceStyle => "Let the client send DCE-style tokens without framing.",
            Self::UserToUser => {
                "Register an SPN for this service with an account that has a keytab: without one clients fall back to user-to-user."
            }
            Self::UserToUserRequired => {
                "Let the client use user-to-user authentication, or give this service a keytab."
            }
            Self::EnctypeNotPermitted {
                what: Encrypted::SessionKey,
                ..
            }
            | Self::Enctype {
                what: Encrypted::SessionKey,
                ..
            } => {
                "Let the KDC make stronger session keys for this service (in Active Directory msDS-SupportedEncryptionTypes of its account, with MIT krb5 session_enctypes), and let clients fetch new tickets; the keytab is not at fault."
            }
            Self::EnctypeNotPermitted {
                what: Encrypted::Subkey | Encrypted::Authenticator,
                ..
            }
            | Self::Enctype {
                what: Encrypted::Subkey | Encrypted::Authenticator,
                ..
            } => {
                "Permit stronger encryption types on the client (permitted_enctypes in its krb5.conf); the keytab is not at fault."
            }
            Self::Enctype {
                etype: EtypeNumber::RC4_HMAC | EtypeNumber::DES3_CBC_SHA1,
                ..
            }
            | Self::EnctypeNotPermitted {
                etype: EtypeNumber::RC4_HMAC | EtypeNumber::DES3_CBC_SHA1,
                ..
            } => {
                "Give the service account AES keys (in Active Directory set msDS-SupportedEncryptionTypes to 24 and a new password), export a new keytab, and let clients fetch new tickets."
            }
            Self::EnctypeNotPermitted { .. } => {
                "Give the service account AES keys and export a new keytab, or permit this encryption type if you need it."
            }
            Self::Enctype { .. } | Self::MessageTokens { .. } => {
                "Give the service account AES keys and export a new keytab."
            }
        }
    }
}

impl NoKeyReason {
    const fn remedy(&self) -> &'static str {
        match self {
            Self::NothingForExpectedService { .. } => {
                "Correct the expected service name, or export a keytab that has its key."
            }
            Self::OtherService { .. } => {
                "Let the client use the name of this service, or widen the expected service name."
            }
            Self::Principal => {
                "Export that principal's key into the keytab, or let the client use a name that the keytab has."
            }
            Self::Kvno => {
                "The password was changed since the keytab was exported, or the client has an old ticket: export the keytab again, then let the client fetch a new ticket."
            }
            Self::Enctype => "Export the keytab again with all encryption types of the account.",
        }
    }
}

impl TicketError {
    const fn remedy(&self) -> &'static str {
        match self {
            Self::Integrity(_) => {
                "The key in the keytab is not the account's: it was made from another password or salt (renamed account, other case), or the SPN belongs to another account; export the keytab again from the KDC and check for duplicate SPNs."
            }
            Self::ServiceName(_)
            | Self::Malformed(_)
            | Self::SessionKeyLength { .. }
            | Self::ClientName => {
                "The KDC issued a ticket that no client should have: look at its version and patches."
            }
            Self::Address => {
                "Let the client ask for tickets without addresses (noaddresses), or do not tell this service the peer's address behind NAT."
            }
            Self::NotYetValid { .. } => {
                "Synchronise the clocks of this machine and of the KDC with NTP."
            }
            Self::Expired { .. } => {
                "Let the client fetch a new ticket (kinit, or lock and unlock the screen); if it has just done so, synchronise the clocks."
            }
            Self::Invalid { .. } => {
                "Let the client have its postdated ticket validated (kinit -v)."
            }
            Self::Anonymous => {
                "Let the client log in with a name, or permit anonymous clients if that is wanted."
            }
            Self::Transited(_) => {
                "Add the path of realms to the realm rules of this service, or let the KDC check it (transited-policy-checked)."
            }
            Self::ArmorOnly => "Let the client use an ordinary service ticket.",
        }
    }
}

impl AuthenticatorError {
    const fn remedy(&self) -> &'static str {
        match self {
            Self::Skew { .. } => {
                "Synchronise the clocks of the client and of this machine with NTP."
            }
            Self::StampedBeforeStart { .. } => {
                "Nothing: the service was restarted a moment ago, and the client can log in as soon as its clock has passed that moment."
            }
            Self::ChannelBindings(BindingsMismatch::Different) => {
                "The client sees another TLS certificate than this service: give the service the certificate of whatever ends TLS; if it has it, somebody stands in between."
            }
            Self::ChannelBindings(BindingsMismatch::NoneOfOurOwn) => {
                "Tell this service its own bindings (the certificate of whatever ends TLS), or require them no longer."
            }
            Self::ChannelBindings(BindingsMismatch::ClaimedButMissing) => {
                "Let the client reach this service by TLS alone: its login was made for a channel without TLS, which is what a relayed login looks like."
            }
            Self::ChannelBindings(BindingsMismatch::Missing) => {
                "Let the client send channel bindings (Extended Protection), or require them no longer."
            }
            Self::Delegation(_) => {
                "Let the client log in afresh; if it repeats, its Kerberos software is at fault."
            }
            Self::Integrity
            | Self::Malformed(_)
            | Self::Enctype { .. }
            | Self::WrongClient { .. }
            | Self::SubkeyLength { .. }
            | Self::ChecksumType { .. }
            | Self::Checksum
            | Self::GssChecksum(_) => {
                "The client's Kerberos software is broken, or somebody tampers with its tokens."
            }
        }
    }
}
