//! [`PermittedClient`]: encryption types, path of realms and anonymity are as policy has them.

use super::authenticator::Evidence;
use super::gss_checksum::BoundClient;
use super::ticket::Content;
use crate::error::{AuthenticatorError, Encrypted, Error, TicketError};
use crate::identity::Carrier;
use crate::peer::Peer;
use crate::rules::Rules;
use portcullis_crypto::Key;
use portcullis_formats::messages::{EncTicketPart, EncryptionKey, Realm, TicketFlags};
use portcullis_formats::principal::Principal;
use portcullis_formats::registry::EtypeNumber;

const ANONYMOUS_REALM: &[u8] = b"WELLKNOWN:ANONYMOUS";

/// Encryption types, path of realms and anonymity are as policy has them.
pub(super) struct PermittedClient<'p> {
    evidence: Evidence<'p>,
    subkey: Option<Key>,
}

impl<'p> PermittedClient<'p> {
    /// For [`super::times::TimelyClient::permitted`] alone.
    pub(super) fn by(evidence: Evidence<'p>, rules: &Rules) -> Result<Self, Error> {
        let open = evidence.open;
        // A weak session key under a strong ticket is a downgrade all the same (CVE-2022-33647).
        let session_etype = EtypeNumber(open.session_key.enctype().number());
        rules
            .enctypes
            .permit(Encrypted::SessionKey, session_etype)?;
        let subkey = evidence.authenticator.subkey.as_ref();
        let subkey = subkey.map(|key| permitted_subkey(key, rules)).transpose()?;
        if let Content::New(ticket, _) = &open.content {
            may_be_named(
                &open.client,
                ticket,
                open.service_key.principal.realm(),
                rules,
            )?;
        }
        Ok(Self { evidence, subkey })
    }

    /// The authenticator's checksum: GSS flags, channel bindings, delegation.
    pub(super) fn bound_to(
        self,
        peer: &Peer,
        carrier: Carrier,
        rules: &Rules,
    ) -> Result<BoundClient<'p>, Error> {
        BoundClient::to(self.evidence, self.subkey, peer, carrier, rules)
    }
}

fn permitted_subkey(key: &EncryptionKey<'_>, rules: &Rules) -> Result<Key, Error> {
    let enctype = rules.enctypes.permit(Encrypted::Subkey, key.keytype)?;
    Key::new(enctype, key.keyvalue).map_err(|length| {
        let (expected, found) = (length.expected, length.found);
        AuthenticatorError::SubkeyLength {
            etype: key.keytype,
            expected,
            found,
        }
        .into()
    })
}

/// Whether the ticket may name this client: the same for as long as the rules are.
fn may_be_named(
    client: &Principal,
    ticket: &EncTicketPart<'_>,
    our_realm: Realm<'_>,
    rules: &Rules,
) -> Result<(), TicketError> {
    let anonymous = client.is_anonymous();
    if anonymous && !rules.anonymous {
        return Err(TicketError::Anonymous);
    }
    // RFC 8062 §4: nobody vouches for an anonymous client of the anonymous realm, so no path can
    // be wrong. With a name it would be somebody, and any realm on the way could have made it.
    match anonymous && ticket.crealm.0 == ANONYMOUS_REALM {
        true => Ok(()),
        false => came_by_permitted_path(ticket, our_realm, rules),
    }
}

/// RFC 4120 §2.7: the realms between the client's and ours may vouch for it, by the KDC's word or
/// by our own rules. Our realm is that of the key that opened the ticket: the one that the ticket
/// shows in clear could be rewritten to the client's, and then there would be no path to look at.
/// A client of our own realm has one, too, if it came through another (MIT krb5's
/// `krb5_check_transited_list` looks at it); where it is empty nobody else vouches.
fn came_by_permitted_path(
    ticket: &EncTicketPart<'_>,
    our_realm: Realm<'_>,
    rules: &Rules,
) -> Result<(), TicketError> {
    let checked_by_kdc = rules.trust_kdc_on_transited
        && ticket.flags.contains(TicketFlags::TRANSITED_POLICY_CHECKED);
    if checked_by_kdc {
        return Ok(());
    }
    let transited = &ticket.transited;
    rules
        .realm_paths
        .permit(
            transited.tr_type,
            transited.contents,
            ticket.crealm.0,
            our_realm.0,
        )
        .map_err(TicketError::Transited)
}
