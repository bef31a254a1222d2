//! [`BoundClient`]: the authenticator's checksum says which flags the client wants, which channel
//! it sees and which credential it delegates (RFC 4121 §4.1.1).

use super::attestation::AuthorizedClient;
use super::authenticator::Evidence;
use super::authorization_data::{self, ClientHints, KdcsWord};
use super::delegation;
use super::ticket::Content;
use crate::channel_bindings;
use crate::delegated::DelegatedCredential;
use crate::error::{AuthenticatorError, Error, Unsupported};
use crate::identity::Carrier;
use crate::peer::Peer;
use crate::rules::Rules;
use portcullis_crypto::{Key, KeyUsage};
use portcullis_formats::gss::{ContextFlags, GssChecksum};
use portcullis_formats::messages::{ApOptions, Checksum};
use portcullis_formats::registry::ChecksumTypeNumber;

/// What a client that sent no bindings sends in their place.
const NO_BINDINGS: [u8; 16] = [0; 16];

/// The flags that mean something between two peers; others are for local use or unknown.
const MEANT: ContextFlags = ContextFlags(
    ContextFlags::MUTUAL.0
        | ContextFlags::REPLAY.0
        | ContextFlags::SEQUENCE.0
        | ContextFlags::CONF.0
        | ContextFlags::INTEG.0
        | ContextFlags::DCE_STYLE.0
        | ContextFlags::IDENTIFY.0
        | ContextFlags::EXTENDED_ERROR.0,
);

/// The checksum is understood, and the channel is the one that the client sees.
pub(super) struct BoundClient<'p>(Bound<'p>);

/// What [`BoundClient`] and [`AuthorizedClient`] know.
pub(super) struct Bound<'p> {
    pub(super) evidence: Evidence<'p>,
    pub(super) subkey: Option<Key>,
    pub(super) hints: ClientHints<'p>,
    pub(super) flags: ContextFlags,
    pub(super) channel_bound: bool,
    /// Rare and large, so apart: what is beside it is moved from check to check.
    pub(super) delegated: Option<Box<DelegatedCredential>>,
}

impl<'p> BoundClient<'p> {
    /// For [`super::policy::PermittedClient::bound_to`] alone.
    pub(super) fn to(
        evidence: Evidence<'p>,
        subkey: Option<Key>,
        peer: &Peer,
        carrier: Carrier,
        rules: &Rules,
    ) -> Result<Self, Error> {
        let said = Said::by(&evidence)?;
        let hints = ClientHints::read(evidence.authenticator.authorization_data)?;
        fits(said.flags, carrier, rules)?;
        let channel_bound = channel_bindings::decide(
            rules.channel_bindings,
            &peer.bindings,
            &said.bindings,
            hints.claims_bindings,
        )
        .map_err(AuthenticatorError::ChannelBindings)?;
        let mut flags = ContextFlags(said.flags.0 & MEANT.0);
        let mut delegated = None;
        if let Some(credential) = said.delegation {
            let session_key = &evidence.open.session_key;
            let opened = delegation::open_credential(credential, subkey.as_ref(), session_key)
                .map_err(AuthenticatorError::Delegation)?;
            flags = ContextFlags(flags.0 | ContextFlags::DELEG.0);
            delegated = rules.keep_delegated_credentials.then(|| Box::new(opened));
        }
        Ok(Self(Bound {
            evidence,
            subkey,
            hints,
            flags,
            channel_bound,
            delegated,
        }))
    }

    /// RFC 4120 §5.2.6: no authorization data that we would have to understand is left unread.
    pub(super) fn authorized(self, rules: &Rules) -> Result<AuthorizedClient<'p>, Error> {
        let lenient = rules.lenient_authorization_data;
        let mut word = KdcsWord::default();
        if let Content::New(ticket, _) = &self.0.evidence.open.content
            && let Some(data) = ticket.authorization_data
        {
            word = KdcsWord::read(data, lenient)?;
        }
        if let Some(data) = self.0.evidence.authenticator.authorization_data {
            authorization_data::nothing_critical(data, lenient)?;
        }
        Ok(AuthorizedClient::new(self.0, word))
    }
}

/// What the checksum says.
struct Said<'p> {
    flags: ContextFlags,
    bindings: [u8; 16],
    delegation: Option<&'p [u8]>,
}

impl<'p> Said<'p> {
    fn by(evidence: &Evidence<'p>) -> Result<Self, AuthenticatorError> {
        let nothing = Self {
            flags: ContextFlags(0),
            bindings: NO_BINDINGS,
            delegation: None,
        };
        let Some(checksum) = evidence.authenticator.cksum else {
            return Ok(nothing); // [MS-KILE] §3.4.5: as if all were zero
        };
        if checksum.cksumtype == ChecksumTypeNumber::GSS {
            let said =
                GssChecksum::decode(checksum.checksum).map_err(AuthenticatorError::GssChecksum)?;
            let GssChecksum {
                flags,
                bindings,
                delegation,
                ..
            } = said;
            return Ok(Self {
                flags,
                bindings,
                delegation,
            });
        }
        // PEER Samba's and some SMB clients send an ordinary checksum over nothing; MIT krb5 gives
        // them these flags.
        verify_over_nothing(&checksum, &evidence.open.session_key)?;
        let mutual = evidence
            .open
            .request
            .ap_options
            .contains(ApOptions::MUTUAL_REQUIRED);
        let mutual = if mutual { ContextFlags::MUTUAL.0 } else { 0 };
        let flags = ContextFlags::REPLAY.0 | ContextFlags::SEQUENCE.0 | mutual;
        Ok(Self {
            flags: ContextFlags(flags),
            ..nothing
        })
    }
}

/// A keyed checksum of the one type that the session key makes; an unkeyed one proves nothing
/// (CVE-2010-1324).
fn verify_over_nothing(checksum: &Checksum<'_>, key: &Key) -> Result<(), AuthenticatorError> {
    let expected = ChecksumTypeNumber(key.enctype().checksum_type());
    if checksum.cksumtype != expected {
        let found = checksum.cksumtype;
        return Err(AuthenticatorError::ChecksumType { expected, found });
    }
    key.mac(KeyUsage::AP_REQ_CHECKSUM)
        .verify(&[], checksum.checksum)
        .map_err(|_| AuthenticatorError::Checksum)
}

/// DCE style is three legs without framing; without framing DCE style is due, unless the settings
/// take AP-REQs as they are. MIT krb5 draws the same two lines.
fn fits(flags: ContextFlags, carrier: Carrier, rules: &Rules) -> Result<(), Unsupported> {
    match (carrier.bare, flags.contains(ContextFlags::DCE_STYLE)) {
        (false, true) => Err(Unsupported::FramedDceStyle),
        (true, false) if !rules.raw_ap_req => Err(Unsupported::BareApReq),
        _ => Ok(()),
    }
}
